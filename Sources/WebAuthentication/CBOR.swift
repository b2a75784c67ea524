import Core

/// A CBOR data item (RFC 8949) of the kinds that WebAuthn uses: CTAP2 forbids tags, and nothing of ours has floats.
package enum CBOR: Equatable, Sendable {
    case int(Int64)
    case bytes([UInt8])
    case text(String)
    case array([CBOR])
    case map([Key: CBOR])
    case bool(Bool)
    case null

    package enum Key: Hashable, Sendable {
        case int(Int64)
        case text(String)
    }

    package enum Limits {
        /// A list of attestations, each with a chain of certificates, is five deep; CTAP2 itself stays within four.
        package static let depth = 8
        /// The longest chains of certificates known have about 10 KiB.
        package static let sizeBytes = 64 * 1024
    }

    /// - Throws: `Failure` `invalid_passkey` unless the bytes are exactly one item in its shortest form.
    package init(parsing bytes: [UInt8]) throws {
        var reader = try CBORReader(bytes[...])
        self = try reader.item()
        guard reader.rest.isEmpty else { throw WebAuthn.unreadable }
    }

    package subscript(label: Int64) -> CBOR? { if case .map(let members) = self { members[.int(label)] } else { nil } }
    package subscript(name: String) -> CBOR? { if case .map(let members) = self { members[.text(name)] } else { nil } }
    package var intValue: Int64? { if case .int(let value) = self { value } else { nil } }
    package var bytesValue: [UInt8]? { if case .bytes(let value) = self { value } else { nil } }
    package var textValue: String? { if case .text(let value) = self { value } else { nil } }
    package var count: Int? {
        switch self {
        case .array(let items): items.count
        case .map(let members): members.count
        case .int, .bytes, .text, .bool, .null: nil
        }
    }
}

/// Takes items off the front of bytes that a stranger sent. Definite lengths only; nothing is reserved on a length's word.
struct CBORReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) throws {
        guard bytes.count <= CBOR.Limits.sizeBytes else { throw WebAuthn.unreadable }
        rest = bytes
    }

    mutating func item() throws -> CBOR { try item(depth: 0) }

    private mutating func item(depth: Int) throws -> CBOR {
        guard depth < CBOR.Limits.depth else { throw WebAuthn.unreadable }
        let first = try take(1).first ?? 0
        let (major, low) = (first >> 5, first & 31)
        if major == 7 { return try simple(low) }
        let argument = try argument(low)
        switch major {
        case 0: return .int(try signed(argument))
        case 1: return .int(-1 - (try signed(argument)))
        case 2: return .bytes(Array(try take(argument)))
        case 3:
            guard let text = String(validating: try take(argument), as: UTF8.self) else { throw WebAuthn.unreadable }
            return .text(text)
        case 4: return .array(try items(argument, depth))
        case 5: return .map(try members(argument, depth))
        default: throw WebAuthn.unreadable
        }
    }

    private func simple(_ low: UInt8) throws -> CBOR {
        switch low {
        case 20: .bool(false)
        case 21: .bool(true)
        case 22: .null
        default: throw WebAuthn.unreadable
        }
    }

    /// The number after the first byte; a form longer than needed is refused, as is 31, which begins an indefinite length.
    private mutating func argument(_ low: UInt8) throws -> UInt64 {
        if low < 24 { return UInt64(low) }
        guard low < 28 else { throw WebAuthn.unreadable }
        let width = 1 << Int(low - 24)
        let value = try take(UInt64(width)).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let least: UInt64 = width == 1 ? 24 : 1 << UInt64(width * 4)
        guard value >= least else { throw WebAuthn.unreadable }
        return value
    }

    private func signed(_ argument: UInt64) throws -> Int64 {
        guard let value = Int64(exactly: argument) else { throw WebAuthn.unreadable }
        return value
    }

    private mutating func items(_ count: UInt64, _ depth: Int) throws -> [CBOR] {
        guard count <= UInt64(rest.count) else { throw WebAuthn.unreadable }
        var items: [CBOR] = []
        for _ in 0..<count { items.append(try item(depth: depth + 1)) }
        return items
    }

    private mutating func members(_ count: UInt64, _ depth: Int) throws -> [CBOR.Key: CBOR] {
        guard count <= UInt64(rest.count / 2) else { throw WebAuthn.unreadable }
        var members: [CBOR.Key: CBOR] = [:]
        for _ in 0..<count {
            let key: CBOR.Key =
                switch try item(depth: depth + 1) {
                case .int(let label): .int(label)
                case .text(let name): .text(name)
                case .bytes, .array, .map, .bool, .null: throw WebAuthn.unreadable
                }
            guard members.updateValue(try item(depth: depth + 1), forKey: key) == nil else { throw WebAuthn.unreadable }
        }
        return members
    }

    private mutating func take(_ count: UInt64) throws -> ArraySlice<UInt8> {
        guard count <= UInt64(rest.count) else { throw WebAuthn.unreadable }
        defer { rest = rest.dropFirst(Int(count)) }
        return rest.prefix(Int(count))
    }
}
