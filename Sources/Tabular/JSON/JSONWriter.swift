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
    private let readings: [ColumnReading]
    private let rules: [TypeRules]
    private let isArray: Bool

    init(names: [String], readings: [ColumnReading], rules: [TypeRules], isArray: Bool) {
        keys = names.enumerated().map { Array((($0 == 0 ? "{" : ",") + JSONRowWriter.quoted($1) + ":").utf8) }
        self.readings = readings
        self.rules = rules
        self.isArray = isArray
    }

    /// A name as values are written.
    private static func quoted(_ text: String) -> String {
        let buffer = ByteBuffer(capacity: text.utf8.count + 16)
        var bytes = Array(text.utf8)
        bytes.append(0)
        bytes.withUnsafeBufferPointer {
            if let base = $0.baseAddress { buffer.appendJSONString(base, $0.count - 1) }
        }
        return String(decoding: buffer.bytes, as: UTF8.self)
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
            append(cells[i], readings[i], rules[i], to: output, evidence: evidence + i)
        }
        output.append(UInt8(ascii: "}"))
        if !isArray { output.append(UInt8(ascii: "\n")) }
    }

    private func append(
        _ cell: Cell, _ reading: ColumnReading, _ rules: TypeRules, to output: ByteBuffer,
        evidence: UnsafeMutablePointer<Evidence>
    ) {
        switch cell.kind {
        case .null:
            evidence.pointee.insert(.null)
            output.append("null")
        case .number, .truth, .nested:
            output.append(cell.base, cell.count)
        case .text:
            output.appendJSONString(cell.base, cell.count)
        case .plain:
            if reading.type == .string {
                if !evidence.pointee.contains(.string) { evidence.pointee.formUnion(ScalarParser.evidence(cell, rules)) }
                return output.appendJSONString(cell.base, cell.count)
            }
            let found = ScalarParser.evidence(cell, rules)
            evidence.pointee.formUnion(found)
            guard found.isDisjoint(with: [.null, .nullWord]) else { return output.append("null") }
            appendValue(cell, found, reading, to: output, evidence: evidence)
        }
    }

    private static let otherSpellings: Evidence = [
        .loose, .plus, .decimalComma, .groupComma, .eitherComma, .groupPoint, .styled, .dayFirst, .monthFirst, .eitherFirst,
        .slashed,
    ]

    /// Values are copied as they are where JSON spells them so. What has no value in its column's type is no null: the column is to be
    /// read again as text.
    private func appendValue(
        _ cell: Cell, _ found: Evidence, _ reading: ColumnReading, to output: ByteBuffer, evidence: UnsafeMutablePointer<Evidence>
    ) {
        let isSpaced =
            cell.base[0] <= 0x20 || cell.base[cell.count - 1] <= 0x20 || cell.base[0] == 0xC2
            || cell.base[cell.count - 1] == 0xA0
        let isPlain =
            found.isDisjoint(with: JSONRowWriter.otherSpellings) && !isSpaced
            && (reading.numbers == .plain || found.contains(.integer)) && !reading.isForced
        func misfit() {
            evidence.pointee.insert(.string)
            output.append("null")
        }
        switch reading.type {
        case .integer, .double, .decimal:
            if isPlain { return output.append(cell.base, cell.count) }
            guard
                let text = LooseSpelling.normalised(cell.base, cell.count, reading.numbers, allowsZeros: reading.isForced)
            else { return misfit() }
            text.withUnsafeBufferPointer { if let base = $0.baseAddress { output.append(base, $0.count) } }
        case .boolean:
            guard let truth = LooseSpelling.truth(cell.base, cell.count, isForced: reading.isForced) else { return misfit() }
            output.append(truth ? "true" : "false")
        case .date, .timestamp, .timestampUTC:
            let (start, end) = LooseSpelling.trimmed(cell.base, cell.count)
            if found.isDisjoint(with: JSONRowWriter.otherSpellings) {
                output.appendJSONString(cell.base + start, end - start)
            } else if let moment = LooseSpelling.moment(cell.base, cell.count, reading) {
                output.append("\"\(moment.text)\"")
            } else {
                misfit()
            }
        case .string:
            output.appendJSONString(cell.base, cell.count)
        }
    }
}
