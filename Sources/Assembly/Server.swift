package import Accounts
import Collaboration
import Core
import Extractions
import Foundation
package import Hummingbird
import HummingbirdCore
import Jobs
import Leads
package import Logging
import NIOCore
import Objects
import Operations
import ServiceLifecycle
package import Storage
import Tracking
import Transforms
package import UnixSignals
package import Web
package import Workers

/// The assembly: read from the top it is the inventory of the product.
package struct Server {
    package let accounts: Accounts
    /// Answers every request; tests ask it without a socket.
    package let router: Router<AppRequestContext>
    /// Every route, for whoever asks what is served.
    package let table: RouteTable
    private let application: any ApplicationProtocol
    private let logger: Logger

    /// A connection that says nothing for so long is closed.
    private static let idle = Duration.seconds(90)
    /// Where the JSON routes are, and the sockets.
    private static let mounts = ["", "api", "api/v1"]
    /// An upload that is still coming in at the end of this is cut off; nothing of it is kept.
    private static let shutdownGrace = Duration.seconds(20)

    /// - Parameters:
    ///   - connections: how many may be open at once.
    ///   - announce: called with lines for the person who started the server, once it listens.
    /// - Throws: `Failure` `invalid_setting`, or why the data folder can not be used.
    package init(
        _ settings: Settings, _ folder: DataFolder, worker: WorkerProgram = .own, connections: Int = 256, logger: Logger,
        announce: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws {
        self.logger = logger
        for name in settings.strangers { logger.warning("unknown_setting", metadata: ["name": "\(name)"]) }
        let (host, port) = (settings.text("QUERN_HOST"), try settings.number("QUERN_PORT"))
        let cores = System.coreCount
        // How workers are held, on this kernel and in this container.
        let sandbox = try await Self.sandbox(settings, worker: worker, logger: logger, announce: announce)
        let ground = try await Ground(settings, folder, cores: cores, logger: logger)
        let outside = OutboundHTTP(try TrustRoots(file: settings.optional("QUERN_CA_FILE")))
        let people = try await AccountsAssembly(
            settings, ground.storage, folder, pages: ground.pages, address: ground.address, outbound: outside.outbound,
            logger: logger)
        accounts = people.accounts
        try await people.makeAdmin(settings)
        let leads = try LeadsAssembly(settings)
        let machine = try await Self.machine(settings, ground, leads, worker: worker, cores: cores, logger: logger)
        let crossOrigins = try CrossOrigin.origins(settings.text("BACKEND_CORS_ORIGINS"))
        table = RouteTable()
        let authenticator = Authenticator(
            accounts: accounts, externalIdentities: people.externalIdentities, address: ground.address,
            crossOrigins: crossOrigins)
        let proxies = try TrustedProxies(settings.text("TRUSTED_PROXIES"))
        let (rooms, collaboration) = try await Self.rooms(
            settings, ground, people, machine, leads, worker: worker, sandbox: sandbox, table: table, logger: logger)

        router = Router(context: AppRequestContext.self)
        let problem = Problem(
            pages: ground.pages, table: table,
            keep: RefusedPage(accounts: accounts, pages: ground.pages, address: ground.address).keep)
        let outermost = FailureMiddleware(
            problem: problem, table: table, proxies: proxies, budget: BodyBudget(bodyLimitBytes: ground.bodies.limitBytes),
            isSecure: ground.address.isSecure, isDevelopment: settings.text("QUERN_ENV") == "development")
        try Self.addRoutes(
            of: rooms, to: router, table, ground, people, outermost: outermost, problem: problem,
            authenticator: authenticator, crossOrigins: crossOrigins)
        try table.check(against: router)

        let door = SocketAuthenticator(
            authenticator: authenticator, tickets: collaboration.tickets, live: collaboration.live, address: ground.address,
            limiter: people.limiter, proxies: proxies)
        let setupNotice = try await Self.setupNotice(accounts, host: host, ground.address)
        let certificate = ground.certificate
        // As a browser on this machine reaches it, whatever address people elsewhere use.
        let here = PublicAddress(configured: nil, isTLS: certificate != nil)
        application = Application(
            router: router,
            server: Self.channel(
                certificate, door,
                BodyWatch.Settings(table: table, limitBytes: Int64(ground.bodies.limitBytes)),
                pulse: outermost.pulse),
            configuration: .init(
                address: .hostname(host, port: port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(connections)),
            services: [outside] + rooms.flatMap(\.services),
            onServerRunning: { channel in
                let bound = channel.localAddress.flatMap(\.port) ?? port
                logger.notice("listening", metadata: ["host": "\(host)", "port": "\(bound)", "version": "\(Version.text)"])
                announce("Quern \(Version.text) listens on \(here.link(host: host, port: bound))")
                if let setupNotice { announce(setupNotice(bound)) }
            }, logger: logger)
    }

    /// Serves until one of the signals comes; then finishes the answers in flight, but waits for none of them for ever.
    package func run(until signals: [UnixSignal]) async throws {
        var configuration = ServiceGroupConfiguration(
            services: [.init(service: application)], gracefulShutdownSignals: signals, logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.shutdownGrace
        configuration.maximumCancellationDuration = .seconds(5)
        try await ServiceGroup(configuration: configuration).run()
        logger.notice("stopped")
    }

    /// Jobs of every kind, and who runs them.
    private static func machine(
        _ settings: Settings, _ ground: Ground, _ leads: LeadsAssembly, worker: WorkerProgram, cores: Int, logger: Logger
    ) async throws -> JobMachine {
        var limits = WorkerLimits.standard
        limits.addressSpaceBytes = try settings.number("QUERN_WORKER_MEMORY_BYTES", as: UInt64.self)
        let seconds = try settings.number("QUERN_JOB_SECONDS")
        limits.wallSeconds = seconds == 0 ? nil : Double(seconds)
        let workers = try settings.number("QUERN_WORKERS")
        return try await JobMachine(
            ground.storage, objects: ground.objects,
            kinds: TransformsRoom.kinds + ExtractionsRoom.kinds
                + LeadsRoom.kinds(
                    leads.discovery, profile: leads.profile, service: leads.service, storage: ground.storage)
                + TrackingRoom.kinds,
            otherFolders: CollaborationRoom.objectFolders,
            settings: .init(
                executable: worker.executable, arguments: worker.arguments, workers: workers == 0 ? cores : workers,
                threadsPerOrder: cores, limits: limits, staging: ground.folder.staging,
                requiresConfinement: settings.text("QUERN_SANDBOX") == "required"), threads: ground.files,
            isActive: UserStore.isActive,
            witness: { act, db in
                try Audit.append(
                    act.action, job: act.job.id.rawValue, name: act.job.name, of: act.job.user, by: act.admin,
                    address: act.address, requestID: Correlation.current?.requestID ?? "", db)
            }, logger: logger)
    }

    /// The rooms of the product. What one asks of another is handed over here.
    private static func rooms(
        _ settings: Settings, _ ground: Ground, _ people: AccountsAssembly, _ machine: JobMachine, _ leads: LeadsAssembly,
        worker: WorkerProgram, sandbox: Confinement, table: RouteTable, logger: Logger
    ) async throws -> ([any Room], CollaborationRoom) {
        let (storage, objects, pages, bodies) = (ground.storage, ground.objects, ground.pages, ground.bodies)
        let accounts = people.accounts
        let uploadLimit = try settings.number("MAX_UPLOAD_BYTES", as: Int64.self)
        let tags = ListCache(threads: ground.rendering)
        let collaboration = try await CollaborationRoom(
            machine,
            .init(
                documentBytes: try settings.number("MAX_DOCUMENT_BYTES", as: Int64.self),
                clamd: try settings.optional("CLAMD_SOCKET").map { ClamdClient(try ClamdClient.Address($0)) },
                socketsPerUser: try settings.number("QUERN_SOCKETS_PER_USER")),
            storage: storage, objects: objects,
            people: .init(
                isMember: { try await accounts.users.isActive(email: $0, tenant: $1) },
                members: { tenant in
                    try await accounts.users.list(tenant: tenant, search: nil, states: [.active]).map(\.email).sorted()
                }), worker: worker, signer: ground.signer, pages: pages, bodies: bodies, tags: tags, files: ground.files,
            rendering: ground.rendering, logger: logger)
        let workers = try settings.number("QUERN_WORKERS")
        let extractions = try ExtractionsRoom(
            machine: machine,
            .init(
                limits: .init(
                    fileBytes: try settings.number("MAX_EXTRACT_FILE_BYTES", as: Int64.self),
                    jobBytes: try settings.number("MAX_EXTRACT_JOB_BYTES", as: Int64.self),
                    files: try settings.number("MAX_EXTRACT_FILES")),
                importRoots: settings.text("IMPORT_ROOTS"), queued: try settings.number("MAX_QUEUED_EXTRACTIONS"),
                workers: workers == 0 ? System.coreCount : workers, shown: settings.json),
            storage: storage, objects: objects, pages: pages, bodies: bodies, files: ground.files, rendering: ground.rendering,
            logger: logger)
        let leadsRoom = LeadsRoom(
            machine: machine, leads.discovery, profile: leads.profile, storage: storage, pages: pages, bodies: bodies,
            logger: logger)
        let jobs = JobsRoom(
            machine, storage: storage,
            people: .init(
                listSettings: { user in
                    let set = try await accounts.users.find(id: user)?.preferences ?? Preferences()
                    return JobPages.ListSettings(
                        usual: .init(sort: set.jobsSort, view: set.jobsView), refreshSeconds: set.autoRefreshSeconds)
                },
                nameOf: { try await accounts.users.find(id: $0)?.email },
                keepers: { try await accounts.users.retentionDays().map { .init(user: $0.user, days: $0.days) } },
                tell: { try accounts.mailTemplates.tellRetention(of: $0.user, jobs: $0.jobs, from: $0.from, $1) }),
            attachments: [extractions.attachment, leadsRoom.attachment, collaboration.attachment], signer: ground.signer,
            pages: pages, bodies: bodies,
            tags: tags,
            streams: ConnectionQuota(most: try settings.number("QUERN_STREAMS_PER_USER")), rendering: ground.rendering,
            logger: logger)
        let rooms: [any Room] = [
            OperationsRoom(
                storage: storage, version: Version.text, sandbox: sandbox.json, counters: extractions.counters,
                workers: { [engine = machine.engine] in await engine.workers() }, table: table,
                pages: pages, rendering: ground.rendering),
            ObjectsRoom(
                storage: storage, objects: objects, signature: ground.signature, bucket: ground.bucket,
                uploadLimitBytes: uploadLimit, gates: machine.objects.gates + [collaboration.gate],
                mustBeActive: machine.objects.mustBeActive),
            AccountsRoom(
                accounts, botCheck: people.botCheck, dispatcher: people.mailDispatcher, sender: people.sender,
                sandbox: .init(text: sandbox.text, warning: sandbox.warning), address: ground.address, pages: pages,
                bodies: bodies),
            jobs,
            TransformsRoom(
                machine: machine, routes: jobs.jobs, worker: worker, objects: objects, staging: ground.folder.staging,
                signer: ground.signer, pages: pages, bodies: bodies, uploadLimitBytes: uploadLimit, files: ground.files,
                rendering: ground.rendering),
            extractions,
            leadsRoom,
            TrackingRoom(store: machine.store, pages: pages, bodies: bodies),
            collaboration,
        ]
        return (rooms, collaboration)
    }

    /// All doors, and what stands before them, in the order in which a request meets it.
    private static func addRoutes(
        of rooms: [any Room], to router: Router<AppRequestContext>, _ table: RouteTable, _ ground: Ground,
        _ people: AccountsAssembly, outermost: FailureMiddleware, problem: Problem, authenticator: Authenticator,
        crossOrigins: Set<String>
    ) throws {
        let accounts = people.accounts
        router.add(middleware: Compression(table: table))
        router.add(middleware: CrossOrigin(crossOrigins))
        router.add(middleware: outermost)
        let root = Routes(router, table)
        ground.assets.routes(root)
        for room in rooms { room.open(root) }
        router.add(middleware: authenticator)
        router.add(middleware: ETags(threads: ground.rendering))
        router.add(middleware: RateLimits(limiter: people.limiter))
        router.add(
            middleware: Idempotency(
                store: IdempotencyStore(ground.storage, secret: try ground.folder.secret("idempotency")),
                bodies: ground.bodies, problem: problem, mustBeAllowed: { try accounts.mustBeAllowed($0, $1) }))
        router.add(middleware: BareBodies(bodies: ground.bodies))
        for mount in mounts {
            for room in rooms { room.routes(Routes(router, table, mount: mount)) }
        }
        for room in rooms { room.pages(root) }
    }

    /// What speaks on a connection: HTTP/1.1 and sockets, and with a certificate the same and HTTP/2 inside TLS.
    private static func channel(
        _ certificate: Certificate?, _ door: SocketAuthenticator, _ watch: BodyWatch.Settings, pulse: @escaping Pulse.Answer
    ) -> HTTPServerBuilder {
        let settings = WebChannel.Settings(
            socketPaths: Set(mounts.map { $0.isEmpty ? "/\(SocketRoutes.path)" : "/\($0)/\(SocketRoutes.path)" }), idle: idle,
            pulse: pulse, handlers: { isHTTP2 in [BodyWatch(watch, isHTTP2: isHTTP2), ExpectHandler(), CallerWatch()] })
        return HTTPServerBuilder { responder in
            let web = WebChannel(responder: responder, settings: settings, isSecure: certificate != nil, gate: door.admit)
            return certificate.map { SecureChannel(certificate: $0, web: web, settings: settings) } ?? web
        }
    }

    /// In the order in which they came into being: rooms refer to tables of those before them.
    package static let migrations =
        StorageSchema.migrations + AccountsRoom.migrations + JobsRoom.migrations + CollaborationRoom.migrations
        + OperationsRoom.migrations + ExtractionsRoom.migrations + LeadsRoom.migrations

    /// - Throws: `Failure` `invalid_setting`, `sandbox_missing`.
    private static func sandbox(
        _ settings: Settings, worker: WorkerProgram, logger: Logger, announce: @Sendable (String) -> Void
    ) async throws -> Confinement {
        let wish = settings.text("QUERN_SANDBOX")
        guard ["auto", "required"].contains(wish) else {
            throw Failure(.invalid, "invalid_setting", "QUERN_SANDBOX must be auto or required.")
        }
        let held = await Confinement.ask(executable: worker.executable, arguments: worker.arguments)
        guard let warning = held.warning else {
            logger.notice("sandbox", metadata: ["layers": "\(held.text)"])
            return held
        }
        logger.critical("sandbox_incomplete", metadata: ["layers": "\(held.text)", "text": "\(warning)"])
        guard wish == "auto" else { throw Failure(.unavailable, "sandbox_missing", warning) }
        announce("Warning: \(warning)")
        return held
    }

    /// An empty server that listens beyond this machine prints a link with which the first account is made.
    private static func setupNotice(
        _ accounts: Accounts, host: String, _ address: PublicAddress
    ) async throws -> (@Sendable (_ port: Int) -> String)? {
        guard try await accounts.users.isEmpty() else { return nil }
        if ["127.0.0.1", "localhost", "::1"].contains(host) {
            return { port in
                "There is no account yet. Make the first one, the administrator's, here:\n  \(address.link(host: host, port: port))/"
            }
        }
        let token = accounts.setup.make()
        return { port in
            "There is no account yet. Make the first one, the administrator's, here (works once):\n  "
                + "\(address.link(host: host, port: port))/auth/register?setup=\(token)"
        }
    }
}
