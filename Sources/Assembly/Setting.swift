import Accounts

/// One thing that can be set: its name in the environment, its default, its meaning.
package struct Setting: Sendable {
    package let name: String
    package let standard: String
    package let meaning: String
    package let kind: SettingKind
    package let isSecret: Bool

    init(_ name: String, _ standard: String, _ meaning: String, _ kind: SettingKind = .text, isSecret: Bool = false) {
        self.name = name
        self.standard = standard
        self.meaning = meaning
        self.kind = kind
        self.isSecret = isSecret
    }

    /// The name in a configuration file: lower case, without the prefix.
    package var key: String { (name.hasPrefix("QUERN_") ? String(name.dropFirst("QUERN_".count)) : name).lowercased() }

    /// Every setting that exists, in the order in which people read about them.
    package static let all: [Setting] = [
        Setting("QUERN_HOST", "127.0.0.1", "address to listen on"),
        Setting("QUERN_PORT", "8000", "port to listen on; 0 takes a free one", .number(0...65535)),
        Setting("QUERN_DATA_DIR", "quern-data", "folder of the database, objects and secrets"),
        Setting("QUERN_PUBLIC_URL", "", "base of signed URLs; empty: taken from each request", .url(["http", "https"])),
        Setting("TLS_CERTIFICATE", "", "PEM file of the certificate and its chain, to serve https and wss; empty: http"),
        Setting("TLS_PRIVATE_KEY", "", "PEM file of that certificate's key"),
        Setting("QUERN_WORKERS", "0", "worker processes; 0: one for each core", .number(0...1024)),
        Setting("QUERN_WORKER_MEMORY_BYTES", "2147483648", "address space of one worker", .number(268_435_456...UInt64.max)),
        Setting(
            "QUERN_JOB_SECONDS", "86400", "longest time that one attempt of a job may take; 0: no limit", .number(0...31_536_000)),
        Setting(
            "QUERN_SANDBOX", "auto", "auto: workers are confined as far as the kernel can; required: no start without all layers",
            .choice(["auto", "required"])),
        Setting(
            "QUERN_LOG_LEVEL", "info", "trace, debug, info, notice, warning, error or critical",
            .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"])),
        Setting("QUERN_LOG_FORMAT", "auto", "json or text; auto: text on a terminal", .choice(["auto", "json", "text"])),
        Setting(
            "QUERN_ENV", "production", "development: log lines also go to .devlogs/orch-<ORCH_ID>.log",
            .choice(["production", "development"])),
        Setting("ORCH_ID", "o-glm", "name of this server in the file of QUERN_ENV=development"),
        Setting("QUERN_ADMIN_EMAIL", "", "makes this admin on an empty server"),
        Setting("QUERN_ADMIN_PASSWORD", "", "password of that admin", isSecret: true),
        Setting(
            "AUTH_MODE", "session", "session; hs256: also believes outside tokens; dev: believes headers, on this machine alone",
            .choice(["session", "hs256", "dev"])),
        Setting("AUTH_HS256_SECRET", "", "key of the outside tokens of hs256", isSecret: true),
        Setting("AUTH_JWT_ISSUER", "", "issuer that outside tokens must name; empty: any"),
        Setting("AUTH_JWT_AUDIENCE", "", "audience that outside tokens must name; empty: any"),
        Setting("AUTH_PROVIDER", "embedded", "who checks passwords: embedded or cognito", .choice(["embedded", "cognito"])),
        Setting("COGNITO_REGION", "", "region of the user pool"),
        Setting("COGNITO_USER_POOL_ID", "", "id of the user pool"),
        Setting("COGNITO_CLIENT_ID", "", "id of the pool's app client, one without a secret"),
        Setting("COGNITO_ENDPOINT_URL", "", "where the pool's API is; empty: Amazon's own", .url(["http", "https"])),
        Setting("ACCESS_TOKEN_EXPIRE_MINUTES", "30", "life of an access token", .number(1...525_600)),
        Setting("SESSION_TTL_SECONDS", "86400", "life of a browser session", .number(60...31_536_000)),
        Setting("REGISTRATION_ENABLED", "false", "whether people may register themselves", .flag),
        Setting("REGISTRATION_APPROVAL", "true", "whether an admin has to approve who registers", .flag),
        Setting(
            "QUERN_PASSWORD_COST", "15",
            "log2 of scrypt's N for new passwords; below 15 only with QUERN_ENV=development on this machine alone",
            .number(Passwords.settableLogN)),
        Setting("QUERN_MFA_REQUIRED", "false", "whether everyone needs a second step to sign in", .flag),
        Setting("TURNSTILE_SECRET_KEY", "", "secret of Cloudflare's bot check; empty: a built-in proof of work", isSecret: true),
        Setting("TURNSTILE_SITE_KEY", "", "site key of Cloudflare's bot check"),
        Setting(
            "TURNSTILE_VERIFY_URL", "https://challenges.cloudflare.com/turnstile/v0/siteverify", "where that check is verified",
            .url(["http", "https"])),
        Setting("DATA_EXTRACT_API_KEY", "", "one API key, for /auth/session and X-API-Key", isSecret: true),
        Setting(
            "SMTP_URL", "", "smtp://user:password@host:587 or smtps://…; empty: mails wait in the outbox",
            .url(["smtp", "smtps"]), isSecret: true),
        Setting("MAIL_FROM", "", "sender of mails, such as Quern <quern@example.com>"),
        Setting("RATE_LIMIT_ENABLED", "true", "whether requests that come too often are refused", .flag),
        Setting("BACKEND_CORS_ORIGINS", "", "origins, divided by commas, whose pages may use the API; empty: none"),
        Setting("QUERN_STREAMS_PER_USER", "32", "event streams that one person may have open", .number(1...100_000)),
        Setting("QUERN_SOCKETS_PER_USER", "64", "WebSockets that one person may have open", .number(1...100_000)),
        Setting("TRUSTED_PROXIES", "", "addresses or CIDR blocks whose X-Forwarded-For is believed"),
        Setting("QUERN_CA_FILE", "", "PEM file with more certificate authorities to trust"),
        Setting("OBJECT_STORAGE_ACCESS_KEY", "quern", "access key in signed URLs"),
        Setting("OBJECT_STORAGE_SECRET_KEY", "", "secret key that signs URLs; empty: made at first start", isSecret: true),
        Setting("OBJECT_STORAGE_BUCKET", "quern", "bucket, the first part of an object's address"),
        Setting("OBJECT_STORAGE_REGION", "us-east-1", "region in signed URLs"),
        Setting("BODY_LIMIT_BYTES", "5242880", "largest JSON or form body", .number(1024...1_073_741_824)),
        Setting("MAX_UPLOAD_BYTES", "53687091200", "largest uploaded file", .number(1...UInt64(Int64.max))),
        // A document is held in memory while its content is checked.
        Setting("MAX_DOCUMENT_BYTES", "5242880", "largest document that is attached to a job", .number(1...104_857_600)),
        Setting("IMPORT_ROOTS", "", "folders, divided by commas, whose documents people may extract by path; empty: none"),
        Setting("MAX_EXTRACT_FILE_BYTES", "104857600", "largest document of an extraction", .number(1...536_870_912)),
        Setting(
            "MAX_EXTRACT_JOB_BYTES", "524288000", "all documents of one extraction together", .number(1...UInt64(Int64.max))),
        Setting("MAX_EXTRACT_FILES", "1000", "documents of one extraction", .number(1...100_000)),
        Setting("MAX_QUEUED_EXTRACTIONS", "1000", "extractions that may wait for a worker", .number(1...1_000_000)),
        Setting(
            "INGEST_HTTP_TOKEN", "", "bearer token that is good for sending leads to /ingest, and for nothing else",
            isSecret: true),
        Setting("DNS_SERVER", "", "name server of discovery, such as 192.0.2.53 or 127.0.0.1:5353; empty: the system's first"),
        Setting("OUTBOUND_ALLOW", "", "CIDR blocks, divided by commas, that discovery may reach although they are not public"),
        Setting(
            "CRAWL_DELAY_SECONDS", "3", "seconds between two requests to a site, unless it asks for more", .decimal(0...3600)),
        Setting("CRAWL_PAGES", "30", "pages that are read of a site at most", .number(1...1000)),
        Setting("CRAWL_SECONDS", "300", "longest time that reading one site may take", .number(5...86_400)),
        Setting("CRAWL_CONTACT", "", "address or page that sites find in the name of the crawler, for complaints"),
        Setting("CRAWL_HTTP_PORT", "80", "port of http pages", .number(1...65_535)),
        Setting("CRAWL_HTTPS_PORT", "443", "port of https pages", .number(1...65_535)),
        Setting("SMTP_PROBES_ENABLED", "false", "whether mail servers are asked if they know an address", .flag),
        Setting("SMTP_PROBE_PORT", "25", "port of the mail servers that are asked", .number(1...65_535)),
        Setting(
            "SMTP_HELO_DOMAIN", "",
            "how this machine introduces itself to mail servers that it asks; needed for SMTP_PROBES_ENABLED"),
        Setting("SMTP_MAIL_FROM", "", "sender that mail servers are told when they are asked; empty: the empty sender"),
        Setting(
            "SMTP_PROBE_PATIENCE", "1", "multiplies the pauses between questions to mail servers", .decimal(0.001...100)),
        Setting(
            "VERIFY_SERVICE_URL", "",
            "service that is asked about addresses where mail servers leave it open; empty: none"),
        Setting("VERIFY_SERVICE_KEY", "", "bearer token for VERIFY_SERVICE_URL", isSecret: true),
        Setting("LEADS_PROFILE_FILE", "", "JSON file with the weights that score leads; empty: the built-in ones"),
        Setting("CLAMD_SOCKET", "", "virus scanner for documents: /path, unix:/path or tcp://host:port; empty: a built-in check"),
    ]
}
