import Core
package import Hummingbird

/// The token in the forms of a session's pages.
package enum FormToken {
    /// Another text each time: pages are sent compressed, and a token that is the same in all of them could be guessed from their
    /// lengths (BREACH).
    /// - Parameter code: of the session, known to the server alone.
    package static func masked(_ code: [UInt8]) -> String {
        let pad = code.map { _ in UInt8.random(in: .min ... .max) }
        return Base64URL.encode(pad + zip(pad, code).map { $0 ^ $1 })
    }

    /// Whether two tokens hide the same code.
    package static func isSame(_ token: String?, _ other: String) -> Bool {
        guard let code = token.flatMap(unmasked), let expected = unmasked(other) else { return false }
        return ConstantTime.areEqual(Base64URL.encode(code), Base64URL.encode(expected))
    }

    private static func unmasked(_ token: String) -> [UInt8]? {
        guard let bytes = Base64URL.decode(token), !bytes.isEmpty, bytes.count % 2 == 0 else { return nil }
        return zip(bytes, bytes.dropFirst(bytes.count / 2)).map { $0 ^ $1 }
    }
}

extension AppRequestContext.Session {
    /// Whether a form has the token of a page that this session was shown.
    package func isOurs(_ formToken: String?) -> Bool { FormToken.isSame(formToken, self.formToken) }
}

extension SignedIn {
    /// What a form of one of our pages holds, sent by the session that was shown the page. Its origin is looked at by the
    /// authenticator.
    /// - Throws: `Failure` `stale_form`, and those of `Bodies.form`.
    package func form(_ request: Request, _ bodies: Bodies) async throws -> Form {
        let form = try await bodies.form(request)
        try mustBeOurs(form["form_token"])
        return form
    }

    /// For forms that are not read whole.
    /// - Throws: `Failure` `stale_form`.
    package func mustBeOurs(_ formToken: String?) throws {
        guard session?.isOurs(formToken) == true else { throw Failure.staleForm }
    }
}
