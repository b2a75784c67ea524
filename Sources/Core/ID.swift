import Foundation

/// A lower-case UUID that knows what it names, so that a job's id can not be passed for a user's.
package struct ID<Subject>: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String

    /// - Returns: nil unless the text is a UUID in its 36-character form; upper case is folded.
    package init?(rawValue: String) {
        guard rawValue.utf8.count == 36, Self.isUUID(rawValue) else { return nil }
        self.rawValue = rawValue.utf8.contains { 0x41...0x46 ~= $0 } ? rawValue.lowercased() : rawValue
    }

    /// A new random (version 4) id.
    package init() {
        rawValue = UUID().uuidString.lowercased()
    }

    /// Groups of 8, 4, 4, 4 and 12 hexadecimal digits (RFC 9562, section 4).
    private static func isUUID(_ text: String) -> Bool {
        var place = 0
        for byte in text.utf8 {
            switch (place, byte) {
            case (8, 0x2D), (13, 0x2D), (18, 0x2D), (23, 0x2D): break
            case (8, _), (13, _), (18, _), (23, _): return false
            case (_, 0x30...0x39), (_, 0x41...0x46), (_, 0x61...0x66): break
            case _: return false
            }
            place += 1
        }
        return place == 36
    }

    package var description: String { rawValue }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = Self(rawValue: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a UUID")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
