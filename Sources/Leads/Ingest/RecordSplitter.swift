/// Cuts a stream of CSV or JSON Lines into parts that end with a record, so that rows can be kept while the rest still arrives.
struct RecordSplitter {
    private let hasQuotes: Bool
    private let partBytes: Int
    private var bytes: [UInt8] = []
    /// Up to here the state below is known.
    private var scanned = 0
    /// Behind the last line feed that ends a record.
    private var boundary = 0
    private var state = State.fieldStart
    private var isWide: Bool?

    private enum State { case fieldStart, plain, quoted, quoteInQuoted }

    /// - Parameter hasQuotes: whether a field in quotes may hold line feeds (RFC 4180).
    init(hasQuotes: Bool, partBytes: Int) {
        (self.hasQuotes, self.partBytes) = (hasQuotes, partBytes)
    }

    /// Takes in more.
    /// - Returns: whole records, when there are enough of them.
    mutating func append(_ more: some Collection<UInt8>) -> [UInt8]? {
        bytes += more
        // A line feed of UTF-16 or UTF-32 is more than one byte: such a text is kept whole.
        if isWide == nil, bytes.count >= 4 {
            isWide = bytes.prefix(4).contains(0) || bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
        }
        guard isWide == false else { return nil }
        scan()
        guard boundary >= partBytes else { return nil }
        let part = Array(bytes[..<boundary])
        bytes.removeFirst(boundary)
        scanned -= boundary
        boundary = 0
        return part
    }

    /// What is left at the end.
    var rest: [UInt8] { bytes }

    private mutating func scan() {
        for index in scanned..<bytes.count {
            let byte = bytes[index]
            guard hasQuotes else {
                if byte == 0x0A { boundary = index + 1 }
                continue
            }
            switch (state, byte) {
            case (.quoted, 0x22): state = .quoteInQuoted
            case (.quoted, _): break
            case (.quoteInQuoted, 0x22): state = .quoted
            case (.fieldStart, 0x22): state = .quoted
            case (_, 0x0A):
                boundary = index + 1
                state = .fieldStart
            // Comma, semicolon, tab, bar: what divides fields is found out later.
            case (_, 0x2C), (_, 0x3B), (_, 0x09), (_, 0x7C): state = .fieldStart
            case (.fieldStart, 0x20): break
            default: state = .plain
            }
        }
        scanned = bytes.count
    }
}
