import Core

/// The credential that a browser sends (`PublicKeyCredential.toJSON()`), opened with a limit for every part.
struct PasskeyAnswer {
    let credentialID: String
    private let response: JSON

    init(_ credential: JSON) throws {
        guard credential["type"] == "public-key", let id = credential["id"]?.stringValue,
            credential["rawId"] ?? .string(id) == .string(id), let response = credential["response"],
            case .object = response
        else { throw WebAuthn.unreadable }
        credentialID = id
        self.response = response
        let bytes = try Self.bytes(credential["id"], limit: WebAuthn.Limits.credentialIDBytes)
        guard !bytes.isEmpty else { throw WebAuthn.unreadable }
    }

    func bytes(_ name: String, limit: Int) throws -> [UInt8] { try Self.bytes(response[name], limit: limit) }

    /// Nil when absent, null or empty.
    func optionalBytes(_ name: String, limit: Int) throws -> [UInt8]? {
        guard let value = response[name], value != .null, value != "" else { return nil }
        return try Self.bytes(value, limit: limit)
    }

    /// Hints for the next login, in the words of the browser; what does not look like one is left out.
    var transports: [String] {
        let words = (response["transports"]?.arrayValue ?? []).compactMap(\.stringValue).filter { word in
            (1...32).contains(word.utf8.count) && word.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D }
        }
        return Array(Set(words).sorted().prefix(WebAuthn.Limits.transports))
    }

    private static func bytes(_ value: JSON?, limit: Int) throws -> [UInt8] {
        guard let text = value?.stringValue, text.utf8.count <= (limit * 4 + 2) / 3, let bytes = Base64URL.decode(text) else {
            throw WebAuthn.unreadable
        }
        return bytes
    }
}
