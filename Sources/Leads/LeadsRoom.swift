import Core
package import Discovery
import Foundation
package import Jobs
package import Logging
package import ServiceLifecycle
package import Storage
package import Web

/// Domains in, verified people out.
package struct LeadsRoom: Room {
    package static let migrations = LeadSchema.migrations

    /// - Parameters:
    ///   - settings: what workers are given.
    ///   - profile: what makes a lead a good one.
    ///   - service: says whether addresses exist; nil: there is none.
    package static func kinds(
        _ settings: DiscoverySettings, profile: CustomerProfile, service: AddressService?, storage: Storage
    ) -> [JobKind] {
        [RunJob.kind(settings, profile: profile, RunAsides(storage, service: service, delaySeconds: settings.delaySeconds))]
    }

    /// The domains of a run on its page.
    package let attachment: JobPageAttachment
    package let services: [any Service]
    private let runs: RunRoutes
    private let leads: LeadRoutes
    private let pages: LeadPages

    package init(
        machine: JobMachine, _ settings: DiscoverySettings, profile: CustomerProfile, storage: Storage, pages: Pages,
        bodies: Bodies, logger: Logger
    ) {
        let (store, runStore, suppressions) = (LeadStore(storage), RunStore(storage), SuppressionStore(storage))
        let savedSearches = SavedSearchStore(storage)
        runs = RunRoutes(jobs: machine.store, engine: machine.engine, runs: runStore, leads: store, bodies: bodies)
        let ingest = LeadIngest(storage, profile: profile)
        leads = LeadRoutes(
            leads: store, suppressions: suppressions, savedSearches: savedSearches, ingest: ingest, bodies: bodies)
        self.pages = LeadPages(
            routes: runs, runs: runStore, leads: store, suppressions: suppressions, savedSearches: savedSearches,
            ingest: ingest, jobs: machine.store, pages: pages,
            bodies: bodies, asksMailServers: settings.probes || settings.hasService)
        attachment = self.pages.attachment
        services = [
            OldVerdicts(store, logger: logger), IndexUpkeep(store.indexes, logger: logger),
            Rescoring(storage, profile: profile, logger: logger),
        ]
    }

    package func routes(_ routes: Routes<AppRequestContext>) {
        runs.routes(routes)
        leads.routes(routes)
    }

    package func pages(_ routes: Routes<AppRequestContext>) { pages.routes(routes) }
}

/// Foundation has one too.
typealias Unit = Jobs.Unit
