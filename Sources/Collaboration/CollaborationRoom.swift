import Core
package import Jobs
package import Logging
package import NIOPosix
package import ServiceLifecycle
package import Storage
package import Web
package import Workers

/// What people work on together: notes and documents on jobs, tasks of the tenant, and news over a socket.
package struct CollaborationRoom: Room {
    package static let migrations = CollaborationSchema.migrations + SharedTaskSchema.migrations
    /// Folders of the store in which it keeps objects of jobs.
    package static let objectFolders = [DocumentStore.folder]

    /// Notes and documents on the pages of jobs.
    package let attachment: JobPageAttachment
    package let gate: ObjectGate
    package let live: LiveSocket
    package let tickets = SocketTickets()
    package let services: [any Service]
    private let noteRoutes: NoteRoutes
    private let documentRoutes: DocumentRoutes
    private let taskRoutes: SharedTaskRoutes
    private let attachmentPages: AttachmentPages
    private let taskPages: TaskPages

    package struct Settings: Sendable {
        /// Of one document.
        let documentBytes: Int64
        /// Nil: the built-in check looks for the test file alone.
        let clamd: ClamdClient?
        /// How many sockets one person may have open.
        let socketsPerUser: Int

        package init(documentBytes: Int64, clamd: ClamdClient?, socketsPerUser: Int) {
            self.documentBytes = documentBytes
            self.clamd = clamd
            self.socketsPerUser = socketsPerUser
        }
    }

    /// What the room asks of that of people.
    package struct People: Sendable {
        let isMember: @Sendable (_ email: String, _ tenant: String) async throws -> Bool
        /// The addresses of a tenant's active people, in order.
        let members: @Sendable (_ tenant: String) async throws -> [String]

        package init(
            isMember: @escaping @Sendable (_ email: String, _ tenant: String) async throws -> Bool,
            members: @escaping @Sendable (_ tenant: String) async throws -> [String]
        ) {
            self.isMember = isMember
            self.members = members
        }
    }

    /// - Parameters:
    ///   - files: threads that wait for files.
    ///   - rendering: threads that compute.
    package init(
        _ machine: JobMachine, _ settings: Settings, storage: Storage, objects: any ObjectStore, people: People,
        worker: WorkerProgram, signer: ObjectSigner, pages: Pages, bodies: Bodies, tags: ListCache, files: NIOThreadPool,
        rendering: NIOThreadPool, logger: Logger
    ) async throws {
        let jobs = machine.store
        let notes = NoteStore(storage, jobs: jobs, threads: rendering)
        let scanSignals = (0..<DocumentScanner.places).map { _ in Signal() }
        let documents = DocumentStore(
            storage, objects: objects, limitBytes: settings.documentBytes, scanSignals: scanSignals)
        let tasks = SharedTaskStore(storage, isMember: people.isMember)
        try await tasks.renewTags()
        attachment = AttachmentModels(notes: notes, documents: documents).attachment
        gate = documents.gate
        live = LiveSocket(
            log: machine.events, board: machine.board, lines: ConnectionQuota(most: settings.socketsPerUser))
        services = [
            DocumentScanner(
                store: documents, objects: objects,
                content: ContentCheck(
                    worker: worker, limits: ContentCheck.limits(documentBytes: settings.documentBytes), threads: files,
                    logger: logger),
                clamd: settings.clamd, signals: scanSignals, logger: logger)
        ]
        noteRoutes = NoteRoutes(store: notes, jobs: jobs, bodies: bodies, tags: tags)
        documentRoutes = DocumentRoutes(store: documents, jobs: jobs, bodies: bodies, signer: signer, tags: tags)
        taskRoutes = SharedTaskRoutes(store: tasks, bodies: bodies, tags: tags)
        attachmentPages = AttachmentPages(
            notes: notes, documents: documents, documentRoutes: documentRoutes, objects: objects, jobs: jobs, bodies: bodies,
            refusedForms: machine.refusedForms)
        taskPages = TaskPages(
            store: tasks, events: machine.events, pages: pages, bodies: bodies, members: people.members)
    }

    package func routes(_ routes: Routes<AppRequestContext>) {
        noteRoutes.routes(routes)
        documentRoutes.routes(routes)
        taskRoutes.routes(routes)
        SocketRoutes.routes(routes.confidential)
        tickets.routes(routes.confidential)
    }

    package func pages(_ routes: Routes<AppRequestContext>) {
        attachmentPages.routes(routes)
        taskPages.routes(routes)
    }
}
