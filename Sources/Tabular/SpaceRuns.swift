/// Tables whose columns are divided by any number of spaces, as programs print them.
enum SpaceRuns {
    /// The text with one space between fields, and none at the ends of lines. Spaces inside quotes stay.
    static func joined(_ base: UnsafePointer<UInt8>, _ count: Int, _ format: CSVFormat) -> ByteBuffer {
        let target = ByteBuffer(capacity: count)
        var joiner = SpaceJoiner(format)
        joiner.append(base, count, to: target)
        return target
    }
}

/// Joins the spaces of a text that comes in pieces.
struct SpaceJoiner {
    private let format: CSVFormat
    private var inQuotes = false
    private var isAtStart = true
    private var hasSpace = false
    /// Whether the byte before closed quotes.
    private var hasClosed = false

    init(_ format: CSVFormat) { self.format = format }

    mutating func append(_ base: UnsafePointer<UInt8>, _ count: Int, to target: ByteBuffer) {
        target.reserve(count + 1)
        for i in 0..<count {
            let byte = base[i]
            if inQuotes {
                target.append(byte)
                if byte == format.quote { (inQuotes, hasClosed) = (false, true) }
                continue
            }
            if byte == 0x20 || byte == 0x09 {
                hasClosed = false
                hasSpace = true
                continue
            }
            if byte == format.terminator || byte == 0x0D {
                hasSpace = false
                target.append(byte)
                isAtStart = true
                continue
            }
            if hasSpace, !isAtStart { target.append(0x20) }
            // A quote right behind one that closed is a doubled one: the value goes on.
            let opens = hasSpace || isAtStart || (hasClosed && byte == format.quote)
            hasSpace = false
            isAtStart = false
            hasClosed = false
            if byte == format.quote, format.quote != 0, opens { inQuotes = true }
            target.append(byte)
        }
    }
}

/// Puts one byte in the place of a delimiter of several, outside quotes.
struct DelimiterReplacer {
    private let delimiter: [UInt8]
    private let quote: UInt8
    private let replacement: UInt8
    private var inQuotes = false
    private var isFieldStart = true
    /// Whether the byte before closed quotes, so that one more opens them again.
    private var hasClosed = false
    /// Bytes that may begin a delimiter, from the piece before.
    private var held: [UInt8] = []

    init(_ delimiter: [UInt8], quote: UInt8, by replacement: UInt8) {
        self.delimiter = delimiter
        self.quote = quote
        self.replacement = replacement
    }

    mutating func append(_ base: UnsafePointer<UInt8>, _ count: Int, to target: ByteBuffer) {
        target.reserve(count + delimiter.count)
        for i in 0..<count { take(base[i], target) }
    }

    mutating func end(_ target: ByteBuffer) {
        for byte in held { target.append(byte) }
        held = []
    }

    private mutating func take(_ byte: UInt8, _ target: ByteBuffer) {
        if inQuotes {
            target.append(byte)
            if byte == quote { (inQuotes, hasClosed) = (false, true) }
            return
        }
        if !held.isEmpty {
            held.append(byte)
            if held == delimiter {
                target.append(replacement)
                held = []
                isFieldStart = true
                return
            }
            if delimiter.starts(with: held) { return }
            // The first byte begins no delimiter; those behind it may.
            let rest = Array(held.dropFirst())
            let first = held[0]
            held = []
            plain(first, target)
            for byte in rest { take(byte, target) }
            return
        }
        if byte == delimiter[0] {
            held = [byte]
            return
        }
        plain(byte, target)
    }

    private mutating func plain(_ byte: UInt8, _ target: ByteBuffer) {
        if byte == quote, quote != 0, isFieldStart || target.count > 0 && target.base[target.count - 1] == quote {
            inQuotes = true
        }
        isFieldStart = byte == 0x0A || byte == 0x0D
        target.append(byte)
    }
}
