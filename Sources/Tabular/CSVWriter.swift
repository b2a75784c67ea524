import Foundation

/// CSV as the engine writes it: comma, double quote, line feed, UTF-8, quotes only where they are needed. A null is nothing at all, an
/// empty text is `""`.
enum CSVText {
    /// Whether a value needs quotes. 0: no, else yes.
    private static let special: [Bool] = {
        var table = Array(repeating: false, count: 256)
        for byte in [UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")] { table[Int(byte)] = true }
        return table
    }()

    static func append(_ cell: Cell, to output: ByteBuffer) {
        guard cell.kind != .null else { return }
        append(cell.base, cell.count, to: output)
    }

    static func append(_ text: UnsafePointer<UInt8>, _ length: Int, to output: ByteBuffer) {
        let needsQuotes =
            length == 0
            || special.withUnsafeBufferPointer { special in
                var i = 0
                while i < length {
                    if special[Int(text[i])] { return true }
                    i += 1
                }
                return false
            }
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

    static func append(_ text: String, to output: ByteBuffer) {
        var bytes = Array(text.utf8)
        bytes.append(0)
        bytes.withUnsafeBufferPointer {
            if let base = $0.baseAddress { append(base, $0.count - 1, to: output) }
        }
    }

    static func header(_ names: [String], to output: ByteBuffer) {
        for (i, name) in names.enumerated() {
            if i > 0 { output.append(UInt8(ascii: ",")) }
            append(name, to: output)
        }
        if !names.isEmpty { output.append(UInt8(ascii: "\n")) }
    }
}
