import Foundation

/// A small JSON document as a tree, for recipes. Numbers keep their text.
enum JSONValue: Equatable {
    case null
    case truth(Bool)
    case number(String)
    case text(String)
    case array([JSONValue])
    case object([Member])

    struct Member: Equatable {
        var key: String
        var value: JSONValue
    }

    /// Nil when the bytes are not JSON, or nested deeper than any recipe needs.
    init?(_ data: Data) {
        guard data.count <= JSONValue.maxBytes, String(data: data, encoding: .utf8) != nil else { return nil }
        let parsed: JSONValue? = data.withUnsafeBytes { raw in
            guard let base = raw.bindMemory(to: UInt8.self).baseAddress else { return nil }
            var scanner = JSONScanner(base, from: 0, to: raw.count, maxDepth: JSONValue.maxDepth)
            scanner.skipSpace()
            guard let value = try? JSONValue(&scanner, depth: 0) else { return nil }
            scanner.skipSpace()
            return scanner.position == scanner.end ? value : nil
        }
        guard let parsed else { return nil }
        self = parsed
    }

    /// What the value is, for a message.
    var kind: String {
        switch self {
        case .null: "null"
        case .truth: "a truth value"
        case .number: "a number"
        case .text: "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }

    /// The value as compact JSON.
    var json: String {
        switch self {
        case .null: "null"
        case .truth(let truth): truth ? "true" : "false"
        case .number(let digits): digits
        case .text(let text): JSONValue.quoted(text)
        case .array(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { JSONValue.quoted($0.key) + ":" + $0.value.json }.joined(separator: ",") + "}"
        }
    }

    static func quoted(_ text: String) -> String {
        let buffer = ByteBuffer(capacity: text.utf8.count + 16)
        var bytes = Array(text.utf8)
        bytes.append(0)
        bytes.withUnsafeBufferPointer {
            if let base = $0.baseAddress { buffer.appendJSONString(base, $0.count - 1) }
        }
        return String(decoding: buffer.bytes, as: UTF8.self)
    }

    /// Bytes of a recipe, and its levels.
    private static let maxBytes = 4 << 20
    private static let maxDepth = 32

    private init(_ scanner: inout JSONScanner, depth: Int) throws {
        guard depth < JSONValue.maxDepth else { throw JSONScanner.Defect(reason: "JSON nested too deeply") }
        switch scanner.peek {
        case UInt8(ascii: "["):
            self = .array(
                try JSONValue.elements(&scanner, close: UInt8(ascii: "]")) { scanner in
                    try JSONValue(&scanner, depth: depth + 1)
                })
        case UInt8(ascii: "{"):
            self = .object(
                try JSONValue.elements(&scanner, close: UInt8(ascii: "}")) { scanner in
                    let key = JSONValue.string(try scanner.text(), scanner)
                    scanner.skipSpace()
                    guard scanner.take(UInt8(ascii: ":")) else { throw JSONScanner.Defect(reason: "no colon") }
                    scanner.skipSpace()
                    return Member(key: key, value: try JSONValue(&scanner, depth: depth + 1))
                })
        case _:
            self =
                switch try scanner.value() {
                case .null, .nested: .null
                case .truth(let truth): .truth(truth)
                case .number(let start, let end):
                    .number(String(decoding: UnsafeBufferPointer(start: scanner.base + start, count: end - start), as: UTF8.self))
                case .text(let text): .text(JSONValue.string(text, scanner))
                }
        }
    }

    private static func elements<Element>(
        _ scanner: inout JSONScanner, close: UInt8, _ element: (inout JSONScanner) throws -> Element
    ) throws -> [Element] {
        scanner.position += 1
        scanner.skipSpace()
        var found: [Element] = []
        if scanner.take(close) { return found }
        while true {
            found.append(try element(&scanner))
            scanner.skipSpace()
            if scanner.take(close) { return found }
            guard scanner.take(UInt8(ascii: ",")) else { throw JSONScanner.Defect(reason: "no comma") }
            scanner.skipSpace()
        }
    }

    private static func string(_ text: JSONScanner.Text, _ scanner: JSONScanner) -> String {
        let room = max(1, text.end - text.start)
        let bytes = [UInt8](unsafeUninitializedCapacity: room) { target, count in
            count = target.baseAddress.map { scanner.unescape(text, to: $0) } ?? 0
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
