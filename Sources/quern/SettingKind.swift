import Assembly
import Core
import Foundation

/// What a setting may hold. `serve` and `config show` check all settings by it before anything else is done.
enum SettingKind: Sendable {
    case number(ClosedRange<UInt64>)
    case flag
    case choice([String])
    /// An absolute URL with one of these schemes.
    case url([String])

    /// Settings that are not here hold text, or something that its own reader checks.
    static let all: [String: SettingKind] = [
        "QUERN_PORT": .number(0...65535),
        "QUERN_PUBLIC_URL": .url(["http", "https"]),
        "QUERN_WORKERS": .number(0...1024),
        "QUERN_JOB_SECONDS": .number(0...31_536_000),
        "QUERN_SANDBOX": .choice(["auto", "required"]),
        "QUERN_WORKER_MEMORY_BYTES": .number(268_435_456...UInt64.max),
        "QUERN_LOG_LEVEL": .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
        "QUERN_LOG_FORMAT": .choice(["auto", "json", "text"]),
        "QUERN_ENV": .choice(["production", "development"]),
        "AUTH_MODE": .choice(["session", "hs256", "dev"]),
        "AUTH_PROVIDER": .choice(["embedded", "cognito"]),
        "COGNITO_ENDPOINT_URL": .url(["http", "https"]),
        "ACCESS_TOKEN_EXPIRE_MINUTES": .number(1...525_600),
        "SESSION_TTL_SECONDS": .number(60...31_536_000),
        "REGISTRATION_ENABLED": .flag,
        "REGISTRATION_APPROVAL": .flag,
        "QUERN_MFA_REQUIRED": .flag,
        "TURNSTILE_VERIFY_URL": .url(["http", "https"]),
        "SMTP_URL": .url(["smtp", "smtps"]),
        "RATE_LIMIT_ENABLED": .flag,
        "QUERN_STREAMS_PER_USER": .number(1...100_000),
        "QUERN_SOCKETS_PER_USER": .number(1...100_000),
        "BODY_LIMIT_BYTES": .number(1024...1_073_741_824),
        "MAX_UPLOAD_BYTES": .number(1...UInt64(Int64.max)),
        "MAX_DOCUMENT_BYTES": .number(1...104_857_600),
    ]

    /// What is expected instead; nil when the text will do.
    func problem(_ text: String) -> String? {
        switch self {
        case .number(let range):
            UInt64(text).map(range.contains) == true
                ? nil : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .flag:
            ["true", "1", "yes", "on", "false", "0", "no", "off", ""].contains(text.lowercased()) ? nil : "true or false"
        case .choice(let known):
            known.contains(text.lowercased())
                ? nil
                : "one of \(known.joined(separator: ", "))"
                    + (Nearest.name(to: text, in: known).map { " (did you mean \($0)?)" } ?? "")
        case .url(let schemes):
            text.isEmpty || schemes.contains { text.lowercased().hasPrefix("\($0)://") && text.utf8.count > $0.utf8.count + 3 }
                ? nil : "a URL that begins with \(schemes.map { "\($0)://" }.joined(separator: " or "))"
        }
    }
}

extension Settings {
    /// - Throws: `Failure` `invalid_setting`, with every setting that can not be used. Secrets are not repeated.
    func check() throws {
        let problems = values.compactMap { value -> String? in
            guard let wanted = SettingKind.all[value.setting.name]?.problem(value.text) else { return nil }
            return "\(value.setting.name) must be \(wanted)" + (value.setting.isSecret ? "." : ", not \"\(value.text)\".")
        }
        guard problems.isEmpty else { throw Failure(.invalid, "invalid_setting", problems.joined(separator: "\n")) }
    }
}
