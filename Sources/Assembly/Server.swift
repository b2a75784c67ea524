package import Accounts
import Collaboration
import Core
import Foundation
package import Hummingbird
import HummingbirdCore
import Jobs
package import Logging
import NIOCore
import Operations
import ServiceLifecycle
package import Storage
import Transforms
package import UnixSignals
package import Web
import Workers

/// The assembly: read from the top it is the inventory of the product.
package struct Server {
    /// Where workers come from: the program, and the words that make it one.
    package struct Worker: Sendable {
        package let executable: String
        package let arguments: [String]

        package init(executable: String, arguments: [String]) {
            self.executable = executable
            self.arguments = arguments
        }

        /// This executable itself.
        package static let own = Worker(executable: "/proc/self/exe", arguments: ["worker"])
    }

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
        _ settings: Settings, _ folder: DataFolder, worker: Worker = .own, connections: Int = 256, logger: Logger,
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
        let work = try await WorkAssembly(settings, ground, worker: worker, cores: cores, logger: logger)
        let crossOrigins = try CrossOrigin.origins(settings.text("BACKEND_CORS_ORIGINS"))
        table = RouteTable()
        let authenticator = Authenticator(
            accounts: accounts, externalIdentities: people.externalIdentities, address: ground.address,
            crossOrigins: crossOrigins)
        let proxies = try TrustedProxies(settings.text("TRUSTED_PROXIES"))
        let tickets = SocketTickets()

        router = Router(context: AppRequestContext.self)
        let problem = Problem(
            pages: ground.pages, table: table,
            keep: RefusedPage(accounts: accounts, pages: ground.pages, address: ground.address).keep)
        let outermost = FailureMiddleware(
            problem: problem, table: table, proxies: proxies, budget: BodyBudget(bodyLimitBytes: ground.bodies.limitBytes),
            isSecure: ground.address.isSecure)
        try await Self.addRoutes(
            to: router, table, settings, ground, people, work, sandbox: sandbox, outermost: outermost, problem: problem,
            authenticator: authenticator, crossOrigins: crossOrigins, tickets: tickets)
        try table.check(against: router)

        let sockets = ConnectionQuota(most: try settings.number("QUERN_SOCKETS_PER_USER"))
        let door = SocketAuthenticator(
            authenticator: authenticator, tickets: tickets,
            live: LiveSocket(log: work.events, board: work.board, lines: sockets), address: ground.address,
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
            services: [
                outside, people.mailDispatcher, work.engine, work.scanner,
                StreamTicker(log: work.events, board: work.board, storage: ground.storage, logger: logger),
                Retention(
                    store: work.jobs,
                    keepers: { [accounts] in
                        try await accounts.users.retentionDays().map { .init(user: $0.user, days: $0.days) }
                    },
                    tell: { [accounts] in
                        try accounts.mailTemplates.tellRetention(of: $0.user, jobs: $0.jobs, from: $0.from, $1)
                    },
                    logger: logger),
            ],
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

    /// All doors, and what stands before them, in the order in which a request meets it.
    private static func addRoutes(
        to router: Router<AppRequestContext>, _ table: RouteTable, _ settings: Settings, _ ground: Ground,
        _ people: AccountsAssembly,
        _ work: WorkAssembly,
        sandbox: Confinement, outermost: FailureMiddleware, problem: Problem, authenticator: Authenticator,
        crossOrigins: Set<String>, tickets: SocketTickets
    ) async throws {
        let (storage, objects, pages, bodies) = (ground.storage, ground.objects, ground.pages, ground.bodies)
        let (accounts, jobs, events) = (people.accounts, work.jobs, work.events)
        let uploadLimit = try settings.number("MAX_UPLOAD_BYTES", as: Int64.self)
        router.add(middleware: Compression(table: table))
        router.add(middleware: CrossOrigin(crossOrigins))
        router.add(middleware: outermost)
        let health = HealthRoutes(storage: storage, version: Version.text, sandbox: sandbox.json)
        let root = Routes(router, table)
        health.routes(root)
        ground.assets.routes(root)
        ObjectRoutes(
            storage: storage, objects: objects, signature: ground.signature, bucket: ground.bucket, uploadLimitBytes: uploadLimit,
            owners: OwnerGate(isActive: UserStore.isActive), gates: [work.documents.gate]
        ).routes(root)
        router.add(middleware: authenticator)
        health.detailedRoutes(root)
        router.add(middleware: ETags(threads: ground.rendering))
        router.add(middleware: RateLimits(limiter: people.limiter))
        router.add(
            middleware: Idempotency(
                store: IdempotencyStore(storage, secret: try ground.folder.secret("idempotency")), bodies: bodies,
                problem: problem, mustBeAllowed: { try accounts.mustBeAllowed($0, $1) }))

        router.add(middleware: BareBodies(bodies: bodies))
        OpenAPIRoutes(table: table, version: Version.text, threads: ground.rendering).routes(root)
        DocumentationPage(table: table, pages: pages, threads: ground.rendering).routes(root)

        let tags = ListCache(threads: ground.rendering)
        let doors = AccountsRouteSet(
            people, pages: pages, bodies: bodies, address: ground.address,
            sandbox: .init(text: sandbox.text, warning: sandbox.warning))
        let jobRoutes = JobRoutes(
            store: jobs, kinds: work.kinds, answer: work.answer, bodies: bodies, engine: work.engine, tags: tags,
            threads: ground.rendering)
        let transformRoutes = TransformRoutes(
            store: jobs, jobs: jobRoutes, bodies: bodies, engine: work.engine, objects: objects, signer: ground.signer)
        let oneCall = OneCallRoutes(
            store: jobs, jobs: jobRoutes, engine: work.engine, objects: objects, uploadLimitBytes: uploadLimit,
            threads: ground.rendering)
        let streams = ConnectionQuota(most: try settings.number("QUERN_STREAMS_PER_USER"))
        let eventRoutes = EventRoutes(log: events, store: jobs, board: work.board, lines: streams, tags: tags)
        let tasks = SharedTaskStore(storage, isMember: { try await accounts.users.isActive(email: $0, tenant: $1) })
        try await tasks.renewTags()
        let noteRoutes = NoteRoutes(store: work.notes, jobs: jobs, bodies: bodies, tags: tags)
        let documentRoutes = DocumentRoutes(
            store: work.documents, jobs: jobs, bodies: bodies, signer: ground.signer, tags: tags)
        let taskRoutes = SharedTaskRoutes(store: tasks, bodies: bodies, tags: tags)
        for mount in mounts {
            let group = Routes(router, table, mount: mount)
            doors.routes(group, isRoot: mount.isEmpty)
            jobRoutes.routes(group)
            transformRoutes.routes(group)
            work.sniff.routes(group)
            oneCall.routes(group)
            ArtifactRoutes(store: jobs, signer: ground.signer).routes(group)
            noteRoutes.routes(group)
            documentRoutes.routes(group)
            eventRoutes.routes(group)
            taskRoutes.routes(group)
            SocketRoutes.routes(group.confidential)
            tickets.routes(group.confidential)
        }

        doors.pages(root)
        let jobPages = JobPages(
            store: jobs, routes: jobRoutes, events: events, models: JobPageModels(kinds: work.kinds, board: work.board),
            pages: pages, bodies: bodies, threads: ground.rendering,
            settings: { user in
                let set = try await accounts.users.find(id: user)?.preferences ?? Preferences()
                return JobPages.ListSettings(
                    usual: .init(sort: set.jobsSort, view: set.jobsView), refreshSeconds: set.autoRefreshSeconds)
            },
            nameOf: { try await accounts.users.find(id: $0)?.email },
            attachments: AttachmentModels(notes: work.notes, documents: work.documents).parts)
        jobPages.routes(root)
        AttachmentPages(
            notes: work.notes, documents: work.documents, documentRoutes: documentRoutes, objects: objects, jobs: jobs,
            bodies: bodies, page: jobPages
        ).routes(root)
        TaskPages(
            store: tasks, events: events, pages: pages, bodies: bodies,
            members: { tenant in
                try await accounts.users.list(tenant: tenant, search: nil, states: [.active]).map(\.email).sorted()
            }
        ).routes(root)
        TransformPages(
            store: jobs, engine: work.engine, objects: objects, pages: pages, uploadLimitBytes: uploadLimit,
            threads: ground.rendering
        ).routes(root)
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

    package static let migrations =
        StorageSchema.migrations + AccountSchema.migrations + JobSchema.migrations + CollaborationSchema.migrations
        + SharedTaskSchema.migrations + IdempotencySchema.migrations

    /// - Throws: `Failure` `invalid_setting`, `sandbox_missing`.
    private static func sandbox(
        _ settings: Settings, worker: Worker, logger: Logger, announce: @Sendable (String) -> Void
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
