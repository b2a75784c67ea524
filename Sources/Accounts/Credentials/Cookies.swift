import Hummingbird
import Web

/// How this server writes its cookies: for its own pages only, and for no script.
extension PublicAddress {
    /// Over TLS the prefix keeps other hosts of the domain from setting it (RFC 6265bis, section 4.1.3).
    private func cookieName(_ name: String, path: String) -> String {
        "\(isSecure ? path == "/" ? "__Host-" : "__Secure-" : "")quern_\(name)"
    }

    func cookie(_ name: String, _ value: String, seconds: Double, isStrict: Bool = false, path: String = "/") -> String {
        "\(cookieName(name, path: path))=\(value); Path=\(path); Max-Age=\(Int(seconds)); HttpOnly"
            + "; SameSite=\(isStrict ? "Strict" : "Lax")\(isSecure ? "; Secure" : "")"
    }

    /// nil when there is none, or it is empty.
    func cookie(_ name: String, in request: Request, path: String = "/") -> String? {
        request.cookies[cookieName(name, path: path)].flatMap { $0.value.isEmpty ? nil : $0.value }
    }
}

/// The cookie that carries a session.
enum SessionCookie {
    private static let name = "session"

    static func token(in request: Request, address: PublicAddress) -> String? { address.cookie(name, in: request) }

    static func set(_ token: String, lifeSeconds: Double, isStrict: Bool = false, _ address: PublicAddress) -> String {
        address.cookie(name, token, seconds: lifeSeconds, isStrict: isStrict)
    }

    static func clear(_ address: PublicAddress) -> String { set("", lifeSeconds: 0, address) }
}

/// The cookie that carries a login from one step to the next.
enum StepCookie {
    private static let name = "step"

    static func token(in request: Request, address: PublicAddress) -> String? { address.cookie(name, in: request) }

    static func set(_ token: String, _ address: PublicAddress) -> String {
        address.cookie(name, token, seconds: SignInStep.Limits.seconds)
    }

    static func clear(_ address: PublicAddress) -> String { address.cookie(name, "", seconds: 0) }
}
