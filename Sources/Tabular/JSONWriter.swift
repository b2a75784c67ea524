import Foundation

extension ByteBuffer {
    /// Appends UTF-8 as a JSON string (RFC 8259), escaping only what must be escaped.
    func appendJSONString(_ text: UnsafePointer<UInt8>, _ length: Int) {
        // The longest escape has six bytes.
        reserve(length * 6 + 2)
        let target = base + count
        target[0] = UInt8(ascii: "\"")
        var written = 1
        var i = 0
        while i < length {
            let byte = text[i]
            i += 1
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                target[written] = byte
                written += 1
                continue
            }
            target[written] = UInt8(ascii: "\\")
            written += 1
            let short: UInt8? =
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
                case 0x08: UInt8(ascii: "b")
                case 0x09: UInt8(ascii: "t")
                case 0x0A: UInt8(ascii: "n")
                case 0x0C: UInt8(ascii: "f")
                case 0x0D: UInt8(ascii: "r")
                case _: nil
                }
            if let short {
                target[written] = short
                written += 1
            } else {
                let digits: StaticString = "0123456789abcdef"
                target[written] = UInt8(ascii: "u")
                target[written + 1] = UInt8(ascii: "0")
                target[written + 2] = UInt8(ascii: "0")
                target[written + 3] = digits.utf8Start[Int(byte >> 4)]
                target[written + 4] = digits.utf8Start[Int(byte & 15)]
                written += 5
            }
        }
        target[written] = UInt8(ascii: "\"")
        count += written + 1
    }
}

/// Writes rows as JSON objects. Numbers are copied as they were spelled, so that no digit is lost.
struct JSONRowWriter {
    private let keys: [[UInt8]]
    private let types: [ColumnType]
    private let isArray: Bool

    init(names: [String], types: [ColumnType], isArray: Bool) {
        keys = names.enumerated().map { Array((($0 == 0 ? "{" : ",") + JSONValue.quoted($1) + ":").utf8) }
        self.types = types
        self.isArray = isArray
    }

    /// What stands before all rows, and after them. Rows of an array begin with `separator`, but for the first.
    static let arrayStart: StaticString = "[\n"
    static let arrayEnd: StaticString = "\n]\n"
    static let emptyArrayEnd: StaticString = "]\n"
    static let separatorBytes = 2

    /// Appends one row and says which columns did not have the type that was promised for them.
    @inline(__always)
    func append(_ cells: UnsafePointer<Cell>, to output: ByteBuffer, evidence: UnsafeMutablePointer<Evidence>) {
        if isArray {
            output.append(UInt8(ascii: ","))
            output.append(UInt8(ascii: "\n"))
        }
        if keys.isEmpty { output.append(UInt8(ascii: "{")) }
        for i in 0..<keys.count {
            keys[i].withUnsafeBufferPointer { if let base = $0.baseAddress { output.append(base, $0.count) } }
            append(cells[i], types[i], to: output, evidence: evidence + i)
        }
        output.append(UInt8(ascii: "}"))
        if !isArray { output.append(UInt8(ascii: "\n")) }
    }

    private func append(_ cell: Cell, _ type: ColumnType, to output: ByteBuffer, evidence: UnsafeMutablePointer<Evidence>) {
        switch cell.kind {
        case .null:
            evidence.pointee.insert(.null)
            output.append("null")
        case .number, .truth, .nested:
            output.append(cell.base, cell.count)
        case .text:
            output.appendJSONString(cell.base, cell.count)
        case .plain:
            let isProven = type == .string && evidence.pointee.contains(.string)
            if !isProven { evidence.pointee.formUnion(Spelled.evidence(cell)) }
            switch type {
            case .integer, .double:
                if cell.count == 0 { output.append("null") } else { output.append(cell.base, cell.count) }
            case .boolean:
                switch Spelled.boolean(cell.base, cell.count) {
                case true?: output.append("true")
                case false?: output.append("false")
                case nil: output.append("null")
                }
            case .date, .timestamp, .timestampUTC:
                if cell.count == 0 { output.append("null") } else { output.appendJSONString(cell.base, cell.count) }
            case .string:
                output.appendJSONString(cell.base, cell.count)
            }
        }
    }
}
