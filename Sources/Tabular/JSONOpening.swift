import Foundation

/// What stands at the head of a JSON file.
enum JSONOpening {
    /// - Throws: `invalid_json` for an array that is broken, `record_too_long`.
    static func open(_ file: InputFile, limits: TabularLimits) throws -> JSONSource {
        let sample = ByteBuffer(capacity: Tuning.sampleBytes)
        let count = try file.read(into: sample.base, at: 0, count: Tuning.sampleBytes)
        let (encoding, mark) = TextEncoding.detect(sample.base, count)
        var source = JSONSource(input: file, encoding: encoding, dataStart: Int64(mark), boundaries: [], limits: limits)
        var i = mark
        while i < count, sample.base[i] <= 0x20 { i += 1 }
        if encoding == .utf8, i < count, sample.base[i] == UInt8(ascii: "[") {
            source.boundaries = try boundaries(file, from: Int64(i), limits)
        }
        return source
    }

    /// Splits an array at commas between its elements, about every block. The elements are checked when they are parsed.
    private static func boundaries(_ file: InputFile, from start: Int64, _ limits: TabularLimits) throws -> [Int64] {
        let buffer = ByteBuffer(capacity: Tuning.blockBytes)
        var found = [start]
        var offset = start
        var depth = 0
        var inString = false
        var isEscaped = false
        var isClosed = false
        var lastComma = start
        while offset < file.size {
            let count = try file.read(into: buffer.base, at: offset, count: Tuning.blockBytes)
            for i in 0..<count {
                let byte = buffer.base[i]
                if inString {
                    if isEscaped {
                        isEscaped = false
                    } else if byte == UInt8(ascii: "\\") {
                        isEscaped = true
                    } else if byte == UInt8(ascii: "\"") {
                        inString = false
                    }
                    continue
                }
                let here = offset + Int64(i)
                switch byte {
                case UInt8(ascii: "\""): inString = true
                case UInt8(ascii: "["), UInt8(ascii: "{"):
                    if isClosed { throw broken(here) }
                    depth += 1
                case UInt8(ascii: "]"), UInt8(ascii: "}"):
                    depth -= 1
                    if depth < 0 { throw broken(here) }
                    if depth == 0 { isClosed = true }
                case UInt8(ascii: ",") where depth == 1:
                    lastComma = here
                    if here - (found.last ?? start) >= Int64(limits.blockBytes) { found.append(here + 1) }
                case 0x20, 0x0A, 0x0D, 0x09: continue
                case _: if isClosed { throw broken(here) }
                }
                if here - lastComma > Int64(limits.maxRecordBytes), depth > 0 {
                    throw TabularFailure(
                        "record_too_long",
                        "An element of the JSON array after byte \(lastComma) is longer than \(limits.maxRecordBytes) bytes.")
                }
            }
            offset += Int64(count)
        }
        guard isClosed, !inString else {
            throw TabularFailure("invalid_json", "The JSON array does not end; the file may have been cut off.")
        }
        found.append(file.size)
        return found
    }

    private static func broken(_ offset: Int64) -> TabularFailure {
        TabularFailure("invalid_json", "The JSON array is broken at byte \(offset).")
    }
}
