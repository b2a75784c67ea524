/// How a CSV file is written, in bytes of UTF-8.
struct CSVFormat: Equatable {
    var delimiter: UInt8 = UInt8(ascii: ",")
    /// 0 when nothing is quoted.
    var quote: UInt8 = UInt8(ascii: "\"")
    /// Line feed (a carriage return before it does not count), or carriage return in files that know no line feed.
    var terminator: UInt8 = UInt8(ascii: "\n")
}

/// Reads one CSV record byte by byte. It takes what `FieldIndex` leaves: quotes inside unquoted fields, which stand for themselves,
/// and records that are broken.
struct RecordParser {
    struct Field {
        /// Without quotes.
        var start: Int
        var end: Int
        var isQuoted = false
        var hasDoubledQuotes = false
    }

    enum Result {
        /// `next` is where the following record starts.
        case record(next: Int)
        /// The record does not end in the bytes given; inside quotes or not.
        case unfinished(inQuotes: Bool)
        case defect(StaticString)
    }

    let format: CSVFormat
    private(set) var fields: [Field] = []

    init(_ format: CSVFormat) { self.format = format }

    /// Parses the record that starts at `start`. It stops with a defect as soon as there are more than `maxFields` fields.
    mutating func parse(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int, maxFields: Int) -> Result {
        fields.removeAll(keepingCapacity: true)
        var position = start
        while true {
            guard fields.count < maxFields else { return .defect("too many fields") }
            var field = Field(start: position, end: position)
            if position < end, format.quote != 0, base[position] == format.quote {
                field.isQuoted = true
                position += 1
                field.start = position
                while true {
                    while position < end, base[position] != format.quote { position += 1 }
                    guard position < end else { return .unfinished(inQuotes: true) }
                    field.end = position
                    position += 1
                    guard position < end, base[position] == format.quote else { break }
                    field.hasDoubledQuotes = true
                    position += 1
                }
                if position < end, base[position] == UInt8(ascii: "\r"), format.terminator == UInt8(ascii: "\n") {
                    guard position + 1 < end else { return .unfinished(inQuotes: false) }
                    if base[position + 1] == UInt8(ascii: "\n") { position += 1 }
                }
                guard position < end else { return .unfinished(inQuotes: false) }
                guard base[position] == format.delimiter || base[position] == format.terminator else {
                    return .defect("text after a closing quote")
                }
            } else {
                while position < end, base[position] != format.delimiter, base[position] != format.terminator { position += 1 }
                guard position < end else { return .unfinished(inQuotes: false) }
                field.end = position
                let endsInReturn =
                    format.terminator == UInt8(ascii: "\n") && base[position] == format.terminator
                    && position > field.start && base[position - 1] == UInt8(ascii: "\r")
                if endsInReturn { field.end -= 1 }
            }
            fields.append(field)
            position += 1
            if base[position - 1] == format.terminator { return .record(next: position) }
        }
    }

    /// The text of a field.
    func text(_ field: Field, _ base: UnsafePointer<UInt8>) -> [UInt8] {
        let raw = UnsafeBufferPointer(start: base + field.start, count: field.end - field.start)
        guard field.hasDoubledQuotes else { return Array(raw) }
        let target = ByteBuffer(capacity: raw.count)
        target.append(base + field.start, raw.count, undoubling: format.quote)
        return Array(target.bytes)
    }
}

extension ByteBuffer {
    /// Appends text in which two quotes stand for one.
    func append(_ source: UnsafePointer<UInt8>, _ length: Int, undoubling quote: UInt8) {
        reserve(length)
        let target = base + count
        var written = 0
        var i = 0
        while i < length {
            let byte = source[i]
            target[written] = byte
            written += 1
            i += byte == quote ? 2 : 1
        }
        count += written
    }
}
