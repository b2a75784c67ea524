package import Core
package import Logging
package import NIOPosix
package import ServiceLifecycle
package import Storage
package import Web

/// The job machine, and the doors that all kinds of jobs share.
package struct JobsRoom: Room {
    package static let migrations = JobSchema.migrations

    /// For the doors of kinds.
    package let jobs: JobRoutes
    private let artifacts: ArtifactRoutes
    private let attempts: AttemptRoutes
    private let events: EventRoutes
    private let jobPages: JobPages
    package let services: [any Service]

    /// What the room asks of that of people.
    package struct People: Sendable {
        let listSettings: @Sendable (ID<Caller>) async throws -> JobPages.ListSettings
        let nameOf: @Sendable (ID<Caller>) async throws -> String?
        /// Who wants old jobs deleted.
        let keepers: @Sendable () async throws -> [Retention.Keeper]
        /// Writes the mail that tells of it, in the transaction that plans.
        let tell: Retention.Tell

        package init(
            listSettings: @escaping @Sendable (ID<Caller>) async throws -> JobPages.ListSettings,
            nameOf: @escaping @Sendable (ID<Caller>) async throws -> String?,
            keepers: @escaping @Sendable () async throws -> [Retention.Keeper], tell: @escaping Retention.Tell
        ) {
            self.listSettings = listSettings
            self.nameOf = nameOf
            self.keepers = keepers
            self.tell = tell
        }
    }

    /// - Parameters:
    ///   - attachments: what other rooms add to the pages of jobs.
    ///   - streams: how many streams of events each person may have open.
    package init(
        _ machine: JobMachine, storage: Storage, people: People, attachments: [JobPageAttachment], signer: ObjectSigner,
        pages: Pages, bodies: Bodies, tags: ListCache, streams: ConnectionQuota, rendering: NIOThreadPool, logger: Logger
    ) {
        jobs = JobRoutes(
            store: machine.store, kinds: machine.kinds, answer: machine.answer, bodies: bodies, engine: machine.engine,
            tags: tags, threads: rendering)
        artifacts = ArtifactRoutes(store: machine.store, objects: machine.store.objects, signer: signer, threads: rendering)
        attempts = AttemptRoutes(store: machine.store, kinds: machine.kinds)
        events = EventRoutes(log: machine.events, store: machine.store, board: machine.board, lines: streams, tags: tags)
        jobPages = JobPages(
            machine, routes: jobs, people: people, attachments: attachments, pages: pages, bodies: bodies, threads: rendering)
        services = [
            machine.engine,
            StreamTicker(log: machine.events, board: machine.board, storage: storage, logger: logger),
            Retention(store: machine.store, keepers: people.keepers, tell: people.tell, logger: logger),
        ]
    }

    package func routes(_ routes: Routes<AppRequestContext>) {
        jobs.routes(routes)
        artifacts.routes(routes)
        attempts.routes(routes)
        events.routes(routes)
    }

    package func pages(_ routes: Routes<AppRequestContext>) { jobPages.routes(routes) }
}
