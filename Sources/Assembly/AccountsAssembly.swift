package import Accounts
import Core
import Crypto
import Foundation
import Hummingbird
package import Logging
import NIOCore
package import NIOPosix
package import Storage
package import Web

/// The Accounts room, put together as the settings say.
package struct AccountsAssembly {
    package let accounts: Accounts
    let externalIdentities: ExternalIdentities?
    let botCheck: BotCheck
    let limiter: RateLimiter
    let mailDispatcher: MailDispatcher
    /// Who sends mail, in words; nil when nobody does.
    let sender: String?

    init(
        _ settings: Settings, _ storage: Storage, _ folder: DataFolder, pages: Pages, address: PublicAddress, outbound: Outbound,
        logger: Logger
    ) async throws {
        let hashing = NIOThreadPool(numberOfThreads: NIOCore.System.coreCount)
        hashing.start()
        accounts = try await Self.accounts(
            settings, storage, folder, hashing, pages: pages, address: address, outbound: outbound, logger: logger)
        externalIdentities = try await Self.externalIdentities(settings)
        if externalIdentities?.isDeveloperMode == true {
            logger.warning(
                "auth_mode_dev", metadata: ["meaning": "AUTH_MODE=dev: whoever reaches this server is an administrator"])
        }
        limiter = RateLimiter(isEnabled: try settings.flag("RATE_LIMIT_ENABLED"))
        botCheck = try Self.botCheck(settings, accounts, limiter, outbound, logger)
        let mail = try MailDelivery(settings)
        sender = mail?.words
        let (accounts, delivery) = (accounts, mail?.deliver)
        mailDispatcher = MailDispatcher(
            outbox: accounts.outbox, signal: accounts.signal, sendDeferredMail: { try await accounts.deferredMail.run() },
            deliver: delivery,
            tidyRest: { try await accounts.tidy() }, logger: logger)
    }

    /// For the command line too, which works on the data folder with or without a running server.
    package static func accounts(
        _ settings: Settings, _ storage: Storage, _ folder: DataFolder, _ hashing: NIOThreadPool, pages: Pages,
        address: PublicAddress, outbound: Outbound, logger: Logger
    ) async throws -> Accounts {
        let minutes = try settings.number("ACCESS_TOKEN_EXPIRE_MINUTES")
        let tokens = await Tokens(
            key: try folder.secret("access-tokens"), issuer: settings.optional("AUTH_JWT_ISSUER") ?? "quern",
            audience: settings.optional("AUTH_JWT_AUDIENCE") ?? "quern", lifeSeconds: Double(minutes * 60))
        let pool = try Self.pool(settings)
        return Accounts(
            storage, keys: .init(accounts: try folder.secret("accounts"), forms: try folder.secret("forms")),
            passwords: Passwords(threads: hashing, logN: try Self.passwordCost(settings)), tokens: tokens, pages: pages,
            linkBase: address.link(
                host: settings.text("QUERN_HOST"), port: try settings.number("QUERN_PORT")),
            sessionSeconds: Double(try settings.number("SESSION_TTL_SECONDS")),
            rules: AccountRules(
                isRegistrationOpen: try settings.flag("REGISTRATION_ENABLED"),
                needsApproval: try settings.flag("REGISTRATION_APPROVAL"),
                isMFARequired: try settings.flag("QUERN_MFA_REQUIRED")),
            environmentKey: try Self.secret("DATA_EXTRACT_API_KEY", settings),
            ingestToken: try Self.secret("INGEST_HTTP_TOKEN", settings),
            outside: pool.map { pool in
                { _, rules, mailTemplates in
                    CognitoProvider(
                        storage, client: CognitoClient(pool: pool, outbound: outbound, logger: logger), rules: rules,
                        mailTemplates: mailTemplates)
                }
            })
    }

    private static let ownHosts = ["127.0.0.1", "localhost", "::1"]

    /// Cheap hashes are for tests: a database of them is soon guessed.
    private static func passwordCost(_ settings: Settings) throws -> Int {
        let cost = try settings.number("QUERN_PASSWORD_COST")
        let isForTests = settings.text("QUERN_ENV") == "development" && ownHosts.contains(settings.text("QUERN_HOST"))
        guard cost >= Passwords.standardLogN || isForTests else {
            throw Failure(
                .invalid, "invalid_setting",
                "QUERN_PASSWORD_COST may be below \(Passwords.standardLogN) only with QUERN_ENV=development and QUERN_HOST 127.0.0.1, localhost or ::1."
            )
        }
        return cost
    }

    private static func pool(_ settings: Settings) throws -> Cognito.Pool? {
        switch settings.text("AUTH_PROVIDER") {
        case "embedded": return nil
        case "cognito":
            return try Cognito.Pool(
                region: settings.text("COGNITO_REGION"), id: settings.text("COGNITO_USER_POOL_ID"),
                clientID: settings.text("COGNITO_CLIENT_ID"), endpoint: settings.optional("COGNITO_ENDPOINT_URL"))
        case let other:
            throw Failure(.invalid, "invalid_setting", "AUTH_PROVIDER must be embedded or cognito, not \(other).")
        }
    }

    /// A key that can be guessed is none.
    private static let secretCharacters = 16

    private static func secret(_ name: String, _ settings: Settings) throws -> String? {
        guard let key = settings.optional(name) else { return nil }
        guard key.count >= secretCharacters else {
            throw Failure(.invalid, "invalid_setting", "\(name) must have at least \(secretCharacters) characters.")
        }
        return key
    }

    private static let hs256Characters = 32

    private static func externalIdentities(_ settings: Settings) async throws -> ExternalIdentities? {
        switch settings.text("AUTH_MODE") {
        case "session": return nil
        case "hs256":
            let secret = settings.text("AUTH_HS256_SECRET")
            guard secret.utf8.count >= hs256Characters else {
                throw Failure(
                    .invalid, "invalid_setting",
                    "AUTH_MODE=hs256 needs AUTH_HS256_SECRET, with at least \(hs256Characters) bytes (RFC 7518, section 3.2).")
            }
            return await .signed(
                secret: secret, issuer: settings.optional("AUTH_JWT_ISSUER"), audience: settings.optional("AUTH_JWT_AUDIENCE"))
        case "dev":
            guard ownHosts.contains(settings.text("QUERN_HOST")) else {
                throw Failure(
                    .invalid, "invalid_setting",
                    "AUTH_MODE=dev lets everybody in, so it works on 127.0.0.1, localhost or ::1 alone; change QUERN_HOST or AUTH_MODE."
                )
            }
            return .developers
        case let other:
            throw Failure(.invalid, "invalid_setting", "AUTH_MODE must be session, hs256 or dev, not \(other).")
        }
    }

    private static func botCheck(
        _ settings: Settings, _ accounts: Accounts, _ limiter: RateLimiter, _ outbound: Outbound, _ logger: Logger
    ) throws -> BotCheck {
        if let secret = settings.optional("TURNSTILE_SECRET_KEY") {
            guard let site = settings.optional("TURNSTILE_SITE_KEY") else {
                throw Failure(.invalid, "invalid_setting", "TURNSTILE_SECRET_KEY is set, but TURNSTILE_SITE_KEY is not.")
            }
            return BotCheck(
                .turnstile(
                    Turnstile(
                        secret: secret, siteKey: site, verifyURL: settings.text("TURNSTILE_VERIFY_URL"), outbound: outbound,
                        warn: { logger.warning("turnstile", metadata: ["error_codes": "\($0.joined(separator: " "))"]) })))
        }
        let lockouts = accounts.lockouts
        let spend: Spend = { hash, expires in try await lockouts.claim("bot-check:\(hash)", until: expires) == nil }
        return BotCheck(
            .proofOfWork(
                ProofOfWork(key: accounts.keyring.botCheck, spend: spend),
                Questions(key: accounts.keyring.botCheck, limiter: limiter, spend: spend)))
    }

    /// `QUERN_ADMIN_EMAIL`, on an empty server.
    func makeAdmin(_ settings: Settings) async throws {
        guard let email = settings.optional("QUERN_ADMIN_EMAIL"), try await accounts.users.isEmpty() else { return }
        let password = settings.optional("QUERN_ADMIN_PASSWORD")
        guard password != nil || accounts.provider.isOutside else {
            throw Failure(.invalid, "invalid_setting", "QUERN_ADMIN_EMAIL is set, but QUERN_ADMIN_PASSWORD is not.")
        }
        try await accounts.create(
            email: email, password: accounts.provider.isOutside ? nil : password, role: .admin, by: .operatorHere)
    }
}
