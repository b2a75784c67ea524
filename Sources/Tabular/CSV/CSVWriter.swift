import Foundation

/// CSV as the engine writes it: comma, double quote, line feed, UTF-8, quotes only where they are needed. A null is nothing at all, an
/// empty text is `""`.
enum CSVText {
    /// How cells are written.
    struct Style {
        var delimiter = UInt8(ascii: ",")
        /// Whether what a spreadsheet would take for a formula is made text.
        var isFormulaSafe = false
        var quoting = WriteOptions.Quoting.minimal
        var nullWord: [UInt8] = []
        var endsLinesWithReturn = false
        /// A null in a table of one column is two quotes: readers skip blank lines.
        var isNullQuoted = false

        static let plain = Style()
    }

    static func append(_ cell: Cell, _ style: Style, to output: ByteBuffer) {
        guard cell.kind != .null else {
            if !style.nullWord.isEmpty {
                style.nullWord.withUnsafeBufferPointer { if let base = $0.baseAddress { output.append(base, $0.count) } }
            } else if style.isNullQuoted {
                output.append("\"\"")
            }
            return
        }
        append(cell.base, cell.count, style, to: output)
    }

    static func append(_ text: UnsafePointer<UInt8>, _ length: Int, _ style: Style, to output: ByteBuffer) {
        guard style.isFormulaSafe, isFormula(text, length) else { return appendText(text, length, style, to: output) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length + 1) { safe in
            guard let base = safe.baseAddress else { return }
            base[0] = UInt8(ascii: "'")
            (base + 1).update(from: text, count: length)
            appendText(base, length + 1, style, to: output)
        }
    }

    /// Whether a spreadsheet would calculate the cell instead of showing it (OWASP, CSV Injection). A plain number such as -5 is none:
    /// it is worth what it says.
    private static func isFormula(_ text: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        guard length > 0 else { return false }
        switch text[0] {
        case UInt8(ascii: "="), UInt8(ascii: "@"), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): return true
        case UInt8(ascii: "+"), UInt8(ascii: "-"): return ScalarParser.looseNumber(text, length) == nil
        // The same signs in full width, which spreadsheets in East Asia take for them: U+FF1D, U+FF0B, U+FF0D and U+FF20.
        case 0xEF: return length >= 3 && (text[1] == 0xBC ? [0x9D, 0x8B, 0x8D, 0xA0].contains(text[2]) : false)
        case _: return false
        }
    }

    private static func appendText(_ text: UnsafePointer<UInt8>, _ length: Int, _ style: Style, to output: ByteBuffer) {
        let needsQuotes =
            length == 0 || needsQuotes(text, length, style.delimiter)
            || (style.quoting != .minimal || !style.nullWord.isEmpty) && isQuoted(text, length, style)
        guard needsQuotes else { return output.append(text, length) }
        output.reserve(length * 2 + 2)
        let target = output.base + output.count
        var written = 1
        target[0] = UInt8(ascii: "\"")
        for i in 0..<length {
            target[written] = text[i]
            written += 1
            if text[i] == UInt8(ascii: "\"") {
                target[written] = text[i]
                written += 1
            }
        }
        target[written] = UInt8(ascii: "\"")
        output.count += written + 1
    }

    /// Whether the style asks for quotes: a text that is the word for null gets them, so that it is none.
    @inline(never)
    private static func isQuoted(_ text: UnsafePointer<UInt8>, _ length: Int, _ style: Style) -> Bool {
        switch style.quoting {
        case .all: return true
        case .nonnumeric: return ScalarParser.looseNumber(text, length) == nil
        case .minimal: return length == style.nullWord.count && memcmp(text, style.nullWord, length) == 0
        }
    }

    static func endLine(_ style: Style, _ output: ByteBuffer) {
        if style.endsLinesWithReturn { output.append(0x0D) }
        output.append(0x0A)
    }

    @inline(__always)
    private static func needsQuotes(_ text: UnsafePointer<UInt8>, _ length: Int, _ delimiter: UInt8) -> Bool {
        for i in 0..<length {
            let byte = text[i]
            if byte == delimiter || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D { return true }
        }
        return false
    }

    static func append(_ text: String, _ style: Style = .plain, to output: ByteBuffer) {
        var bytes = Array(text.utf8)
        bytes.append(0)
        bytes.withUnsafeBufferPointer {
            if let base = $0.baseAddress { append(base, $0.count - 1, style, to: output) }
        }
    }

    static func header(_ names: [String], _ style: Style = .plain, to output: ByteBuffer) {
        for (i, name) in names.enumerated() {
            if i > 0 { output.append(style.delimiter) }
            append(name, style, to: output)
        }
        if !names.isEmpty { endLine(style, output) }
    }
}
