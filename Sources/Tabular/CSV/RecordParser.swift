import Foundation

/// How a CSV file is written, in bytes of UTF-8.
struct CSVFormat: Equatable {
    var delimiter: UInt8 = UInt8(ascii: ",")
    /// 0 when nothing is quoted.
    var quote: UInt8 = UInt8(ascii: "\"")
    /// Line feed (carriage returns before it do not count), or carriage return in files whose lines end with it.
    var terminator: UInt8 = UInt8(ascii: "\n")
    /// What takes the meaning from a quote, a delimiter or itself when it stands before it; 0 where quotes are doubled instead.
    var escape: UInt8 = 0
    /// Whether spaces around a field are not part of it.
    var trimsSpaces = false
    /// Whether any number of spaces is one delimiter. Such a text is written anew before it is read, see `SpaceRuns`.
    var joinsSpaces = false

    @inline(__always)
    func isSpace(_ byte: UInt8) -> Bool { (byte == 0x20 || byte == 0x09) && byte != delimiter }
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
            if format.trimsSpaces {
                while position < end, format.isSpace(base[position]) { position += 1 }
            }
            var field = Field(start: position, end: position)
            if position < end, format.quote != 0, base[position] == format.quote {
                field.isQuoted = true
                position += 1
                field.start = position
                while true {
                    let escape = format.escape == 0 ? format.quote : format.escape
                    position = RecordParser.skip(base, position, end, format.quote, escape, escape)
                    while position < end, base[position] != format.quote, base[position] != escape { position += 1 }
                    guard position < end else { return .unfinished(inQuotes: true) }
                    if base[position] != format.quote {
                        field.hasDoubledQuotes = true
                        position += 2
                        guard position <= end else { return .unfinished(inQuotes: true) }
                        continue
                    }
                    field.end = position
                    position += 1
                    guard position < end, base[position] == format.quote else { break }
                    field.hasDoubledQuotes = true
                    position = RecordParser.skipRun(base, position + 1, end, of: format.quote)
                }
                if format.trimsSpaces {
                    while position < end, format.isSpace(base[position]) { position += 1 }
                }
                if format.terminator == UInt8(ascii: "\n") {
                    var next = position
                    while next < end, base[next] == UInt8(ascii: "\r") { next += 1 }
                    guard next < end || next == position else { return .unfinished(inQuotes: false) }
                    if next < end, base[next] == UInt8(ascii: "\n") { position = next }
                }
                guard position < end else { return .unfinished(inQuotes: false) }
                guard base[position] == format.delimiter || base[position] == format.terminator else {
                    return .defect("text after a closing quote")
                }
            } else {
                let escape = format.escape == 0 ? format.delimiter : format.escape
                position = RecordParser.skip(base, position, end, format.delimiter, format.terminator, escape)
                while position < end, base[position] != format.delimiter, base[position] != format.terminator {
                    if format.escape != 0, base[position] == format.escape {
                        field.hasDoubledQuotes = true
                        position += 1
                    }
                    position += 1
                }
                guard position < end else { return .unfinished(inQuotes: false) }
                field.end = position
                if format.terminator == UInt8(ascii: "\n"), base[position] == format.terminator {
                    while field.end > field.start, base[field.end - 1] == UInt8(ascii: "\r") { field.end -= 1 }
                }
                if format.trimsSpaces {
                    while field.end > field.start, format.isSpace(base[field.end - 1]) { field.end -= 1 }
                }
            }
            fields.append(field)
            position += 1
            if base[position - 1] == format.terminator { return .record(next: position) }
        }
    }

    /// Moves over bytes none of which is one of three, as long as there are many of them.
    @inline(__always)
    private static func skip(
        _ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ a: UInt8, _ b: UInt8, _ c: UInt8
    ) -> Int {
        var position = start
        let (a, b, c) = (SIMD16(repeating: a), SIMD16(repeating: b), SIMD16(repeating: c))
        while position + 16 <= end {
            let bytes = UnsafeRawPointer(base + position).loadUnaligned(as: SIMD16<UInt8>.self)
            guard !any((bytes .== a) .| (bytes .== b) .| (bytes .== c)) else { break }
            position += 16
        }
        return position
    }

    /// Moves over an even number of one byte, as long as there are many of them: a file may be made of quotes.
    @inline(__always)
    private static func skipRun(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, of byte: UInt8) -> Int {
        var position = start
        let wanted = SIMD16(repeating: byte)
        while position + 16 <= end, base[position] == byte,
            UnsafeRawPointer(base + position).loadUnaligned(as: SIMD16<UInt8>.self) == wanted
        { position += 16 }
        return position
    }

    /// Cuts one line in which a quote does not do what quotes do: where the first quote behind an opening one closes nothing, both are
    /// text. `end` is the end of the line. What is found is in `fields`.
    mutating func mend(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int, maxFields: Int) {
        fields.removeAll(keepingCapacity: true)
        var end = end
        while end > start, base[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        var position = start
        while fields.count < maxFields {
            var field = Field(start: position, end: position)
            if position < end, base[position] == format.quote, let close = closing(base, position + 1, end) {
                field = Field(start: position + 1, end: close, isQuoted: true)
                field.hasDoubledQuotes = memchr(base + position + 1, Int32(format.quote), close - position - 1) != nil
                position = close + 1
            } else {
                while position < end, base[position] != format.delimiter { position += 1 }
                field.end = position
                // Quotes around a value that holds others.
                if field.end - field.start >= 2, base[field.start] == format.quote, base[field.end - 1] == format.quote {
                    field.start += 1
                    field.end -= 1
                    field.isQuoted = true
                }
            }
            fields.append(field)
            guard position < end else { return }
            position += 1
        }
    }

    /// The quote that closes the field, if the first one that is not doubled does.
    private func closing(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var i = start
        while i < end {
            guard base[i] == format.quote else {
                i += 1
                continue
            }
            if i + 1 == end || base[i + 1] == format.delimiter { return i }
            guard base[i + 1] == format.quote else { return nil }
            i += 2
        }
        return nil
    }

    /// The text of a field.
    func text(_ field: Field, _ base: UnsafePointer<UInt8>) -> [UInt8] {
        let raw = UnsafeBufferPointer(start: base + field.start, count: field.end - field.start)
        guard field.hasDoubledQuotes else { return Array(raw) }
        let target = ByteBuffer(capacity: raw.count)
        target.append(base + field.start, raw.count, undoubling: format)
        return Array(target.bytes)
    }
}

extension ByteBuffer {
    /// Appends text in which two quotes stand for one, or the escape before a quote, a delimiter or itself for that character.
    func append(_ source: UnsafePointer<UInt8>, _ length: Int, undoubling format: CSVFormat) {
        reserve(length)
        let target = base + count
        var written = 0
        var i = 0
        while i < length {
            let byte = source[i]
            if format.escape != 0, byte == format.escape, i + 1 < length,
                [format.escape, format.quote, format.delimiter].contains(source[i + 1])
            {
                target[written] = source[i + 1]
                i += 2
            } else {
                target[written] = byte
                i += byte == format.quote && i + 1 < length && source[i + 1] == byte ? 2 : 1
            }
            written += 1
        }
        count += written
    }
}
