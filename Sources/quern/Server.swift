import Accounts
import Collaboration
import Core
import Crypto
import Foundation
import Hummingbird
import HummingbirdCore
import Jobs
import Logging
import NIOCore
import NIOPosix
import Operations
import ServiceLifecycle
import Storage
import Transforms
import UnixSignals
import Web

/// The assembly: read from the top it is the inventory of the product.
struct Server {
    private let application: any ApplicationProtocol
    /// Every route, for whoever asks what is served.
    let table: RouteTable
    private let logger: Logger
    /// Held until the process ends.
    private let lock: Int32

    /// A connection that says nothing for so long is closed.
    private static let idle = Duration.seconds(90)
    /// Where the JSON routes are, and the sockets.
    private static let mounts = ["", "api", "api/v1"]
    /// A document is held in memory by whoever looks into it.
    private static let largestDocument: Int64 = 104_857_600
    /// An upload that is still coming in at the end of this is cut off; nothing of it is kept.
    private static let shutdownGrace = Duration.seconds(20)

    init(_ settings: Settings, _ folder: DataFolder, logger: Logger) async throws {
        self.logger = logger
        for name in settings.strangers { logger.warning("unknown_setting", metadata: ["name": "\(name)"]) }
        let (host, port) = (settings.text("QUERN_HOST"), try settings.number("QUERN_PORT", in: 0...65535))
        let cores = System.coreCount
        let workers = try settings.number("QUERN_WORKERS", in: 0...1024)
        let workerCount = workers == 0 ? cores : workers

        // The folder and what is in it.
        lock = try folder.lock()
        let storage = try Storage(path: folder.database, migrations: Server.migrations)
        let files = NIOThreadPool(numberOfThreads: max(4, cores * 2))
        files.start()
        let bucket = try Self.bucket(settings)
        let objects = try FolderStore(folder: folder, bucket: bucket, threads: files)
        try await objects.repair(storage, logger: logger)
        let certificate = try Certificate(settings, logger: logger)
        let address = PublicAddress(configured: settings.optional("QUERN_PUBLIC_URL"), isTLS: certificate != nil)
        let assets = Assets()
        let pages = try Pages(assets: assets, version: Version.text)
        let signature = SignatureV4(
            accessKey: settings.text("OBJECT_STORAGE_ACCESS_KEY"), secretKey: try Self.secretKey(settings, folder),
            region: settings.text("OBJECT_STORAGE_REGION"))
        let signer = ObjectSigner(signature: signature, bucket: bucket, address: address)

        // Accounts.
        let outside = OutboundHTTP(try TrustRoots(file: settings.optional("QUERN_CA_FILE")))
        let assembly = try await AccountsAssembly(
            settings, storage, folder, pages: pages, address: address, outbound: outside.outbound, logger: logger)
        let accounts = assembly.accounts
        try await assembly.makeAdmin(settings)

        // Jobs.
        let kinds = [TransformJob.kind, JobKind.track]
        let events = EventLog(storage)
        let board = ProgressBoard()
        let answer = JobAnswer(kinds: kinds, board: board)
        let jobs = JobStore(storage, objects: objects, answer: answer)
        try await jobs.forgetForeignTags()
        let recovered = try await jobs.recover()
        if recovered > 0 { logger.notice("jobs_recovered", metadata: ["count": "\(recovered)"]) }
        var limits = WorkerLimits.standard
        limits.addressSpaceBytes = try settings.number("QUERN_WORKER_MEMORY_BYTES", in: 268_435_456...UInt64.max)
        let engine = JobEngine(
            store: jobs, objects: objects, board: board, kinds: kinds,
            settings: .init(
                executable: "/proc/self/exe", arguments: ["worker"], workers: workerCount, threadsPerOrder: cores, limits: limits,
                staging: folder.staging), threads: files, logger: logger)

        // Notes and documents.
        let notes = NoteStore(storage, jobs: jobs, threads: files)
        let documentLimit = try settings.number("MAX_DOCUMENT_BYTES", in: 1...Self.largestDocument)
        let scanBell = ScanBell()
        let documents = DocumentStore(storage, objects: objects, limitBytes: documentLimit, bell: scanBell)
        let scanner = DocumentScanner(
            store: documents, objects: objects,
            content: ContentCheck(
                executable: "/proc/self/exe", arguments: ["worker"], limits: ContentCheck.limits(documentBytes: documentLimit),
                threads: files, logger: logger),
            clamd: try settings.optional("CLAMD_SOCKET").map { ClamdClient(try ClamdClient.Address($0)) }, bell: scanBell,
            logger: logger)

        // Doors.
        let bodies = Bodies(limitBytes: try settings.number("BODY_LIMIT_BYTES", in: 1024...1_073_741_824))
        let uploadLimit = try settings.number("MAX_UPLOAD_BYTES", in: 1...Int64.max)
        let tags = RememberedTags()
        let jobRoutes = JobRoutes(store: jobs, kinds: kinds, answer: answer, bodies: bodies, engine: engine, tags: tags)
        let streams = OpenLines(most: try settings.number("QUERN_STREAMS_PER_USER", in: 1...100_000))
        let eventRoutes = EventRoutes(log: events, store: jobs, board: board, lines: streams, tags: tags)
        let table = RouteTable()
        let router = Router(context: Visit.self)
        let problem = Problem(pages: pages, table: table)
        let proxies = try TrustedProxies(settings.text("TRUSTED_PROXIES"))
        router.add(middleware: CrossOrigin(try CrossOrigin.origins(settings.text("BACKEND_CORS_ORIGINS"))))
        router.add(
            middleware: FailureMiddleware(
                problem: problem, table: table, proxies: proxies,
                isSecure: address.isSecure))
        HealthRoutes(storage: storage, version: Version.text).routes(router)
        assets.routes(router)
        ObjectRoutes(
            storage: storage, objects: objects, signature: signature, bucket: bucket, uploadLimitBytes: uploadLimit,
            gates: [documents.gate]
        ).routes(router)
        let authenticator = Authenticator(accounts: accounts, outsiders: assembly.outsiders, address: address)
        router.add(middleware: authenticator)
        router.add(middleware: ETags())
        router.add(middleware: RateLimits(limiter: assembly.limiter, table: .standard(bucket: bucket)))
        router.add(
            middleware: Idempotency(
                store: IdempotencyStore(storage, secret: try folder.secret("idempotency")), bodies: bodies, problem: problem))
        let doors = AccountDoors(assembly, pages: pages, bodies: bodies, address: address)
        let transformRoutes = TransformRoutes(
            store: jobs, answer: answer, bodies: bodies, engine: engine, objects: objects, signer: signer)
        let tickets = SocketTickets()
        let tasks = SharedTaskStore(storage, isMember: { try await accounts.users.isActive(email: $0, tenant: $1) })
        try await tasks.renewTags()
        let noteRoutes = NoteRoutes(store: notes, jobs: jobs, bodies: bodies, tags: tags)
        let documentRoutes = DocumentRoutes(store: documents, jobs: jobs, bodies: bodies, signer: signer, tags: tags)
        let taskRoutes = SharedTaskRoutes(store: tasks, bodies: bodies, tags: tags)
        for mount in Self.mounts {
            let group = router.group(RouterPath(mount))
            doors.routes(group, isRoot: mount.isEmpty)
            jobRoutes.routes(group)
            transformRoutes.routes(group)
            ArtifactRoutes(store: jobs, signer: signer).routes(group)
            noteRoutes.routes(group)
            documentRoutes.routes(group)
            eventRoutes.routes(group)
            taskRoutes.routes(group)
            SocketRoutes.routes(group)
            tickets.routes(group)
        }
        doors.pages(router)
        let isFormValid: @Sendable (String?, String) -> Bool = { accounts.formTokens.isValid($0, session: $1) }
        let attachments = AttachmentModels(notes: notes, documents: documents)
        let jobPages = JobPages(
            store: jobs, routes: jobRoutes, events: events, models: JobPageModels(kinds: kinds, board: board), pages: pages,
            bodies: bodies,
            isFormValid: isFormValid, nameOf: { try await accounts.users.find(id: $0)?.email },
            attachments: attachments.parts)
        jobPages.routes(router)
        AttachmentPages(
            notes: notes, documents: documents, documentRoutes: documentRoutes, objects: objects, jobs: jobs, page: jobPages
        ).routes(router)
        TaskPages(
            store: tasks, events: events, pages: pages, bodies: bodies, isFormValid: isFormValid,
            members: { tenant in
                try await accounts.users.list(tenant: tenant, search: nil, states: [.active]).map(\.email).sorted()
            }
        ).routes(router)
        TransformPages(
            store: jobs, engine: engine, objects: objects, pages: pages, uploadLimitBytes: uploadLimit,
            isFormValid: isFormValid
        ).routes(router)
        table.fill(from: router)
        self.table = table
        let sockets = OpenLines(most: try settings.number("QUERN_SOCKETS_PER_USER", in: 1...100_000))
        let door = SocketDoor(
            authenticator: authenticator, tickets: tickets, live: LiveSocket(log: events, board: board, lines: sockets),
            address: address, limiter: assembly.limiter, proxies: proxies)

        let setupNotice = try await Self.setupNotice(accounts, host: host, port: port, address)
        application = Application(
            router: router, server: Self.channel(certificate, door),
            configuration: .init(
                address: .hostname(host, port: port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(Descriptors.raise())),
            services: [
                outside, assembly.postman, engine, scanner,
                Pacemaker(log: events, board: board, storage: storage, logger: logger),
            ],
            onServerRunning: { channel in
                let bound = channel.localAddress.flatMap(\.port) ?? port
                logger.notice("listening", metadata: ["host": "\(host)", "port": "\(bound)", "version": "\(Version.text)"])
                Terminal.out("Quern \(Version.text) listens on \(certificate == nil ? "http" : "https")://\(host):\(bound)")
                if let setupNotice { Terminal.out(setupNotice) }
            }, logger: logger)
    }

    /// Serves until SIGTERM or SIGINT; then finishes the answers in flight, but waits for none of them for ever.
    func run() async throws {
        var configuration = ServiceGroupConfiguration(
            services: [.init(service: application)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.shutdownGrace
        configuration.maximumCancellationDuration = .seconds(5)
        try await ServiceGroup(configuration: configuration).run()
        logger.notice("stopped")
    }

    /// What speaks on a connection: HTTP/1.1 and sockets, and with a certificate the same and HTTP/2 inside TLS.
    private static func channel(_ certificate: Certificate?, _ door: SocketDoor) -> HTTPServerBuilder {
        let settings = WebChannel.Settings(
            socketPaths: Set(mounts.map { $0.isEmpty ? "/\(SocketRoutes.path)" : "/\($0)/\(SocketRoutes.path)" }), idle: idle,
            handlers: { [ExpectHandler()] })
        return HTTPServerBuilder { responder in
            let web = WebChannel(responder: responder, settings: settings, isSecure: certificate != nil, gate: door.admit)
            return certificate.map { SecureChannel(certificate: $0, web: web, settings: settings) } ?? web
        }
    }

    static let migrations =
        StorageSchema.migrations + AccountSchema.migrations + JobSchema.migrations + CollaborationSchema.migrations
        + SharedTaskSchema.migrations + IdempotencySchema.migrations

    private static func bucket(_ settings: Settings) throws -> String {
        let bucket = settings.text("OBJECT_STORAGE_BUCKET")
        let taken = ["api", "auth", "assets", "dashboard", "jobs", "users", "events", "health", "healthz", "admin", "docs"]
        guard bucket.wholeMatch(of: /[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]/) != nil, !taken.contains(bucket) else {
            throw Failure(
                .invalid, "invalid_setting",
                "OBJECT_STORAGE_BUCKET must have 3 to 63 small letters, digits, dots or hyphens, and be no address of the server itself."
            )
        }
        return bucket
    }

    private static func secretKey(_ settings: Settings, _ folder: DataFolder) throws -> String {
        if let key = settings.optional("OBJECT_STORAGE_SECRET_KEY") { return key }
        return try folder.secret("object-store").withUnsafeBytes { Data($0) }.base64URL
    }

    /// An empty server that listens beyond this machine prints a link with which the first account is made.
    private static func setupNotice(
        _ accounts: Accounts, host: String, port: Int, _ address: PublicAddress
    ) async throws -> String? {
        guard try await accounts.users.isEmpty() else { return nil }
        if ["127.0.0.1", "localhost", "::1"].contains(host) {
            return "There is no account yet: the first one to register becomes the admin."
        }
        return "There is no account yet. Make the first one, an admin, here (works once):\n  "
            + "\(address.link(host: host, port: port))/auth/register?setup=\(accounts.setup.make())"
    }
}
