package import Core
package import Jobs
package import Logging
package import NIOPosix
package import ServiceLifecycle
package import Storage
package import Web

/// Documents in; text, tables and chunks out.
package struct ExtractionsRoom: Room {
    package static let kinds = [ExtractJob.kind]
    package static let migrations = ExtractionSchema.migrations

    /// The files of a job on its page.
    package let attachment: JobPageAttachment
    package let services: [any Service]
    /// What those who watch the server are told.
    package let counters: @Sendable () async throws -> [String: JSON]
    private let extract: ExtractRoutes
    private let config: ConfigRoutes
    private let search: SearchRoutes
    private let pages: ExtractPages

    package struct Settings: Sendable {
        let limits: Intake.Settings
        /// Folders that a path may lie in, with commas between them.
        let importRoots: String
        /// Jobs that may wait for a worker.
        let queued: Int
        let workers: Int
        /// All settings of the server, secrets masked.
        let shown: JSON

        package init(limits: Intake.Settings, importRoots: String, queued: Int, workers: Int, shown: JSON) {
            self.limits = limits
            self.importRoots = importRoots
            self.queued = queued
            self.workers = workers
            self.shown = shown
        }
    }

    /// - Parameters:
    ///   - files: threads that wait for files.
    ///   - rendering: threads that compute.
    /// - Throws: `Failure` `invalid_setting`.
    package init(
        machine: JobMachine, _ settings: Settings, storage: Storage, objects: any ObjectStore, pages: Pages, bodies: Bodies,
        files: NIOThreadPool, rendering: NIOThreadPool, logger: Logger
    ) throws {
        let presets = PresetStore(storage)
        let gate = QueueGate(store: machine.store, most: settings.queued, workers: settings.workers)
        let intake = Intake(
            storage, store: machine.store, engine: machine.engine, objects: objects, presets: presets,
            paths: try PathInputs(setting: settings.importRoots), gate: gate, settings: settings.limits, threads: files)
        let index = ChunkIndex(storage, objects: objects, threads: files, logger: logger)
        counters = gate.counters
        services = [index]
        extract = ExtractRoutes(intake: intake, bodies: bodies)
        config = ConfigRoutes(presets: presets, bodies: bodies, settings: settings.shown)
        search = SearchRoutes(index: index)
        self.pages = ExtractPages(
            intake: intake, index: index, objects: objects, pages: pages, bodies: bodies, threads: rendering)
        attachment = self.pages.attachment
    }

    package func routes(_ routes: Routes<AppRequestContext>) {
        extract.routes(routes)
        config.routes(routes)
        search.routes(routes)
    }

    package func pages(_ routes: Routes<AppRequestContext>) { pages.routes(routes) }
}

/// Foundation has one too.
typealias Unit = Jobs.Unit
