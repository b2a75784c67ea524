import Core
import Foundation

/// What stands at the head of a JSON file, and where its rows are.
struct JSONOpening {
    var source: JSONSource
    /// Lines before the first block.
    var firstLine: Int64 = 0
    var path = ""
    var notes: [String]
    /// How sure the encoding is.
    let encoding: Encoded

    /// - Parameters:
    ///   - told: the encoding of the file.
    ///   - isDocument: whether an object that is alone in the file is a document that may hold the rows, even if it stands in one line;
    ///     in a file of JSON Lines it is the only row.
    /// - Throws: `invalid_json` for an array that is broken, `record_too_long`, `path_not_found`.
    init(
        _ given: InputFile, encoded told: Encoded, limits: TabularLimits, options: ReadOptions, preparation: Preparation,
        isDocument: Bool
    ) throws {
        self.encoding = told
        notes = told.warnings
        var file = given
        var encoding = told.encoding
        var start = Int64(told.markBytes)
        var isRewritten = false
        var first = try JSONOpening.firstByte(file, encoding, from: start)
        let isLines =
            try first.byte != nil && first.byte != UInt8(ascii: "[") && options.path == nil
            && JSONOpening.isLines(file, encoding, first.offset, limits)
            && !(isDocument && JSONOpening.isOneLine(file, encoding, first.offset))
        if encoding != .utf8, !isLines || encoding.unitBytes == 4 || encoding.isMultiByte {
            // Objects over several lines are divided at commas and brackets, which are bytes in UTF-8 alone.
            file = try preparation.inUTF8(file, encoding, from: start)
            (encoding, start) = (.utf8, 0)
            isRewritten = true
            first = try JSONOpening.firstByte(file, encoding, from: 0)
        }
        source = JSONSource(
            input: file, encoding: encoding, dataStart: start, boundaries: [], limits: limits, flattens: options.flattens ?? false
        )
        source.isRewritten = isRewritten
        if isLines || (first.byte == nil && options.path == nil) { return }
        if let path = options.path, !path.isEmpty {
            let outline = try JSONOutline(file, from: first.offset, limits, wanted: JSONOpening.tokens(path))
            guard let found = outline.wanted else {
                throw TabularFailure("path_not_found", "The document has no array or object at \(path).")
            }
            try outline.mustBeWhole(around: found, file, from: first.offset, limits)
            self.path = path
            notes += outline.notes(reading: path)
            // An object that holds none is a row itself; only an array or an object of objects can be read further down.
            try take(found.isArray ? .array : .members, from: found.start)
            return
        }
        switch first.byte {
        case UInt8(ascii: "[")?:
            do {
                try take(.array, from: first.offset)
            } catch let failure as TabularFailure where failure.code == "invalid_json" && !file.isCut {
                // A string or an object that does not end takes all behind it along, unless each line has an element of its own.
                guard try JSONOpening.hasElementLines(file, first.offset + 1, limits) else { throw failure }
                notes.append("\(failure.message) Its lines are read one by one.")
                source.shape = .lines
                source.boundaries = []
                source.isBroken = true
                source.dataStart = first.offset + 1
                firstLine = try JSONOpening.lines(file, upTo: first.offset + 1)
            }
        case UInt8(ascii: "{")?:
            let outline: JSONOutline
            do {
                outline = try JSONOutline(file, from: first.offset, limits, wanted: nil)
            } catch let failure as TabularFailure where failure.code == "invalid_json" && options.path == nil {
                try takeValues(from: first.offset, despite: failure)
                return
            }
            if options.path == nil, outline.values == 1, let rows = outline.rows {
                if let stray = outline.stray { throw JSONOpening.stray(stray) }
                do {
                    try outline.mustBeWhole(around: rows, file, from: first.offset, limits)
                } catch let failure as TabularFailure where failure.code == "invalid_json" {
                    try takeValues(from: first.offset, despite: failure)
                    return
                }
                path = rows.pointer
                notes.append(
                    rows.isArray
                        ? "The rows are in the array at \(rows.pointer)."
                        : "Each member of the document is a row, with its name in the column key.")
                notes += outline.notes(reading: rows.pointer)
                try take(rows.isArray ? .array : .members, from: rows.start)
            } else {
                // One value is one block; where to divide it need not be looked for.
                let isOne =
                    outline.values == 1 && (!file.isCut || outline.isOpen)
                    && file.size - first.offset <= Int64(limits.maxRecordBytes)
                try take(.values, from: first.offset, boundaries: isOne ? [first.offset, file.size] : nil)
            }
        case _?:
            // What stands first is no JSON, and costs itself alone.
            if try JSONOpening.objectLines(file, from: first.offset, limits).count > 0 {
                try take(.values, from: first.offset)
            }
        case nil: return
        }
    }

    var dialect: Dialect {
        var dialect = Dialect(encoding: encoding.encoding.name, delimiter: "", quote: "", header: false)
        dialect.format = (source.isArray ? Format.json : .jsonl).rawValue
        dialect.path = path
        dialect.confidence = ["encoding": encoding.confidence]
        dialect.notes = notes
        return dialect
    }

    private mutating func take(_ shape: JSONSource.Shape, from start: Int64, boundaries known: [Int64]? = nil) throws {
        source.shape = shape
        if let known {
            source.boundaries = known
        } else if shape == .values {
            (source.boundaries, source.cuts) = try JSONOpening.valueBoundaries(source.input, from: start, source.limits)
        } else {
            source.boundaries = try JSONOpening.boundaries(source.input, shape, from: start, source.limits)
        }
        source.dataStart = start
        firstLine = try JSONOpening.lines(source.input, upTo: start)
    }

    /// Objects one behind the other, of which one does not end or is closed twice: it alone is rejected.
    /// - Throws: the failure, where nothing shows that there is more than one.
    private mutating func takeValues(from start: Int64, despite failure: TabularFailure) throws {
        guard
            try JSONOpening.objectLines(source.input, from: start, source.limits).count > 0
                || JSONOpening.isFollowed(source.input, at: start, source.limits)
        else { throw failure }
        notes.append("\(failure.message) Its objects are read one by one.")
        try take(.values, from: start)
    }

    private static func tokens(_ pointer: String) -> [[UInt8]] {
        pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
            Array($0.replacing("~1", with: "/").replacing("~0", with: "~").utf8)
        }
    }

    /// The first byte that is neither space nor a record separator (RFC 7464), and where it stands.
    private static func firstByte(
        _ file: InputFile, _ encoding: TextEncoding, from start: Int64
    ) throws -> (byte: UInt8?, offset: Int64) {
        let text = BlockText(
            input: file, encoding: encoding, terminator: 0x0A, low: start, end: file.size, buffer: ByteBuffer(capacity: 4096),
            scratch: ByteBuffer(capacity: 4096))
        var position = 0
        while true {
            while position < text.buffer.count {
                let byte = text.buffer.base[position]
                if byte > 0x20 { return (byte, text.offset(of: position)) }
                position += 1
            }
            guard !text.isAtEnd else { return (nil, file.size) }
            try text.load(to: text.high + 4096)
        }
    }

    /// Whether the objects at the head stand in a line each.
    private static func isLines(
        _ file: InputFile, _ encoding: TextEncoding, _ start: Int64, _ limits: TabularLimits
    ) throws -> Bool {
        let text = BlockText(
            input: file, encoding: encoding, terminator: 0x0A, low: start, end: file.size,
            buffer: ByteBuffer(capacity: Tuning.sampleBytes), scratch: ByteBuffer(capacity: 64))
        try text.load(to: start + Int64(Tuning.sampleBytes))
        while !text.isAtEnd, text.buffer.count < limits.maxRecordBytes, memchr(text.buffer.base, 0x0A, text.buffer.count) == nil {
            try text.load(to: text.high + Int64(text.buffer.count))
        }
        let base = UnsafePointer(text.buffer.base)
        var (position, objects) = (0, 0)
        for _ in 0..<1000 {
            let end: Int
            if let found = memchr(base + position, 0x0A, text.buffer.count - position) {
                end = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - base
            } else if text.isAtEnd, position > 0, position < text.buffer.count {
                end = text.buffer.count
            } else {
                // A line that is too long, or the only one.
                return objects > 0 || (position == 0 && !text.isAtEnd)
            }
            var scanner = JSONScanner(base, from: position, to: end, maxDepth: limits.maxJSONDepth)
            scanner.skipSeparators()
            let first = scanner.position
            position = min(end + 1, text.buffer.count)
            guard scanner.peek == UInt8(ascii: "{") else { continue }
            if (try? scanner.value()) != nil {
                scanner.skipSeparators()
                // Several objects in one line are values one behind the other.
                if scanner.peek == UInt8(ascii: "{") { return false }
                objects += 1
            } else {
                var ahead = JSONScanner(base, from: position, to: text.buffer.count, maxDepth: 0)
                ahead.skipSpace()
                if isPretty(base, first, end, next: ahead.peek) { return false }
                // Anything else is a broken line.
                objects += 1
            }
        }
        return objects > 0
    }

    /// Whether nothing but space stands behind the first line, or that is long.
    private static func isOneLine(_ file: InputFile, _ encoding: TextEncoding, _ start: Int64) throws -> Bool {
        let text = BlockText(
            input: file, encoding: encoding, terminator: 0x0A, low: start, end: file.size,
            buffer: ByteBuffer(capacity: Tuning.sampleBytes), scratch: ByteBuffer(capacity: 64))
        try text.load(to: start + Int64(Tuning.sampleBytes))
        guard let end = text.buffer.bytes.firstIndex(of: 0x0A) else { return true }
        return text.isAtEnd && text.buffer.bytes[end...].allSatisfy { $0 <= 0x20 }
    }

    /// Whether most of the first lines are an object each, with a comma behind it or not.
    private static func hasElementLines(_ file: InputFile, _ start: Int64, _ limits: TabularLimits) throws -> Bool {
        let buffer = ByteBuffer(capacity: Tuning.sampleBytes)
        buffer.count = try file.read(into: buffer.base, at: start, count: Tuning.sampleBytes)
        let base = UnsafePointer(buffer.base)
        var (whole, others, position) = (0, 0, 0)
        while whole + others < 100, position < buffer.count {
            let found = memchr(base + position, 0x0A, buffer.count - position)
            let end = found.map { UnsafePointer($0.assumingMemoryBound(to: UInt8.self)) - base } ?? buffer.count
            var scanner = JSONScanner(base, from: position, to: end, maxDepth: limits.maxJSONDepth)
            position = end + 1
            scanner.skipSeparators()
            guard let first = scanner.peek, first != UInt8(ascii: "]") else { continue }
            let isWhole = first == UInt8(ascii: "{") && (try? scanner.value()) != nil
            scanner.skipSeparators()
            if isWhole, scanner.position == end { whole += 1 } else { others += 1 }
        }
        return whole >= 2 && whole >= others
    }

    /// Splits values that stand one behind the other, about every block: where objects begin a line, which holds whatever is broken
    /// before, else behind closing brackets.
    /// - Returns: the places, and those of them that are in the middle of what is too long.
    private static func valueBoundaries(
        _ file: InputFile, from start: Int64, _ limits: TabularLimits
    ) throws -> (places: [Int64], cuts: Set<Int64>) {
        let lines = try objectLines(file, from: start, limits)
        if lines.count > 0, lines.widest <= Int64(2 * limits.blockBytes) { return (lines.places, []) }
        do {
            return (try boundaries(file, .values, from: start, limits), [])
        } catch let failure as TabularFailure where ["invalid_json", "record_too_long"].contains(failure.code) {
            if lines.count == 0 {
                // Nothing shows where a broken one ends.
                guard failure.code == "invalid_json", file.size - start <= Int64(limits.maxRecordBytes) else { throw failure }
                return ([start, file.size], [])
            }
            // What is too long is rejected in pieces, and costs nothing else.
            var (places, cuts) = ([start], Set<Int64>())
            for place in lines.places.dropFirst() {
                while place - (places.last ?? start) > Int64(limits.maxRecordBytes) {
                    let cut = (places.last ?? start) + Int64(limits.maxRecordBytes)
                    places.append(cut)
                    cuts.insert(cut)
                }
                places.append(place)
            }
            return (places, cuts)
        }
    }

    /// Where objects begin a line, about every block; and how far the widest gap between two of them is.
    private static func objectLines(
        _ file: InputFile, from start: Int64, _ limits: TabularLimits
    ) throws -> (places: [Int64], widest: Int64, count: Int) {
        let buffer = ByteBuffer(capacity: Tuning.blockBytes)
        var (found, offset, last, widest, lines) = ([start], start, start, Int64(0), 0)
        var objects = ObjectLines(behind: 0)
        while offset < file.size {
            let count = try file.read(into: buffer.base, at: offset, count: Tuning.blockBytes)
            for i in 0..<count where objects.see(buffer.base[i]) {
                let here = offset + Int64(i)
                widest = max(widest, here - last)
                (last, lines) = (here, lines + 1)
                if here - (found.last ?? start) >= Int64(limits.blockBytes) { found.append(here) }
            }
            offset += Int64(count)
        }
        // Of the beginning of a file the last object is not whole.
        let end = file.isCut && lines > 0 ? last : file.size
        if found.last != end { found.append(end) }
        return (found, max(widest, file.size - last), lines)
    }

    /// Whether a value at a place is whole, and another object follows.
    private static func isFollowed(_ file: InputFile, at start: Int64, _ limits: TabularLimits) throws -> Bool {
        let most = Int(min(Int64(limits.maxRecordBytes), file.size - start))
        let buffer = ByteBuffer(capacity: most + 1)
        buffer.count = try file.read(into: buffer.base, at: start, count: most)
        var scanner = JSONScanner(UnsafePointer(buffer.base), from: 0, to: buffer.count, maxDepth: limits.maxJSONDepth)
        guard (try? scanner.value()) != nil else { return false }
        scanner.skipSeparators()
        return scanner.peek == UInt8(ascii: "{")
    }

    /// Whether a line is the first of an object that goes on in the next: it ends with an open bracket, or with a comma behind which
    /// no other object follows.
    private static func isPretty(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, next: UInt8?) -> Bool {
        var last = end
        while last > start, base[last - 1] <= 0x20 { last -= 1 }
        guard last > start else { return false }
        return switch base[last - 1] {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"): true
        case UInt8(ascii: ","): next != UInt8(ascii: "{")
        case _: false
        }
    }

    private static func lines(_ file: InputFile, upTo end: Int64) throws -> Int64 {
        let buffer = ByteBuffer(capacity: Tuning.blockBytes)
        var offset: Int64 = 0
        var lines: Int64 = 0
        while offset < end {
            buffer.count = try file.read(into: buffer.base, at: offset, count: Int(min(Int64(Tuning.blockBytes), end - offset)))
            lines += Int64(ByteCount.of(0x0A, UnsafePointer(buffer.base), buffer.count))
            offset += Int64(buffer.count)
        }
        return lines
    }

    /// Splits an array or object at commas between its elements, or a row of values between them, about every block. The elements are
    /// checked when they are parsed.
    private static func boundaries(
        _ file: InputFile, _ shape: JSONSource.Shape, from start: Int64, _ limits: TabularLimits
    ) throws -> [Int64] {
        let buffer = ByteBuffer(capacity: Tuning.blockBytes)
        var found = [start]
        var offset = start
        var depth = 0
        var inString = false
        var isEscaped = false
        var isClosed = false
        var lastEnd = start
        let isOfValues = shape == .values
        scanning: while offset < file.size {
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
                case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
                case UInt8(ascii: "]"), UInt8(ascii: "}"):
                    depth -= 1
                    if depth < 0 { throw broken(here) }
                    guard depth == 0 else { continue }
                    if isOfValues {
                        lastEnd = here + 1
                        if here + 1 - (found.last ?? start) >= Int64(limits.blockBytes) { found.append(here + 1) }
                    } else {
                        guard byte == (shape == .array ? UInt8(ascii: "]") : UInt8(ascii: "}")) else { throw broken(here) }
                        isClosed = true
                        found.append(here + 1)
                        break scanning
                    }
                case UInt8(ascii: ",") where depth == 1 && !isOfValues:
                    lastEnd = here
                    if here - (found.last ?? start) >= Int64(limits.blockBytes) { found.append(here + 1) }
                case _: continue
                }
                if here - lastEnd > Int64(limits.maxRecordBytes), depth > 0 { throw tooLong(lastEnd, limits) }
            }
            offset += Int64(count)
            // Texts, and what stands between values, too.
            guard offset - lastEnd <= Int64(limits.maxRecordBytes) + Int64(count) else { throw tooLong(lastEnd, limits) }
        }
        if file.isCut, !isClosed {
            // What is cut in its middle is left out, if there is anything else.
            let end = isOfValues ? lastEnd : lastEnd + 1
            if (found.last ?? start) < end, lastEnd > start {
                found.append(end)
            } else if found.count == 1 {
                found.append(file.size)
            }
            return found
        }
        guard isClosed || (isOfValues && depth == 0 && !inString) else {
            throw TabularFailure(
                "invalid_json", "The JSON \(isOfValues ? "object" : "array") does not end; the file may have been cut off.")
        }
        if isOfValues {
            if found.last != file.size { found.append(file.size) }
        } else if shape == .array {
            try mustBeBlank(file, from: found.last ?? start, start)
        }
        return found
    }

    /// Behind an array that is the whole document nothing follows.
    private static func mustBeBlank(_ file: InputFile, from end: Int64, _ start: Int64) throws {
        // An array inside a document is followed by the rest of it.
        guard try firstByte(file, .utf8, from: 0).offset == start else { return }
        let next = try firstByte(file, .utf8, from: end)
        guard let byte = next.byte else { return }
        if byte == UInt8(ascii: "[") {
            throw TabularFailure(
                "rows_are_arrays",
                "Each row is an array of its own, at byte \(next.offset) the second; rows are read from objects.")
        }
        throw broken(next.offset)
    }

    private static func stray(_ offset: Int64) -> TabularFailure {
        TabularFailure(
            "invalid_json", "Something stands outside the JSON document, at byte \(offset). A document is one object or array.")
    }

    private static func tooLong(_ offset: Int64, _ limits: TabularLimits) -> TabularFailure {
        TabularFailure(
            "record_too_long",
            "An element of the JSON document after byte \(offset) is longer than \(limits.maxRecordBytes) bytes.")
    }

    private static func broken(_ offset: Int64) -> TabularFailure {
        TabularFailure("invalid_json", "The JSON array is broken at byte \(offset).")
    }
}

/// The upper levels of a JSON document: where its arrays of objects are.
struct JSONOutline {
    struct Container {
        var pointer: String
        var start: Int64
        var isArray: Bool
        /// Whether the first thing in it is an object, and all members are.
        var holdsObjects: Bool
        var members: Int
        var bytes: Int64
    }

    /// Values at the top.
    private(set) var values = 0
    private(set) var wanted: Container?
    /// Whether the file ends, or is cut, before its last value does.
    private(set) var isOpen = false
    /// Where the first thing stands that is in no object or array.
    private(set) var stray: Int64?
    /// How often the wanted path came.
    private var timesWanted = 0
    private var arrays: [Container] = []
    private var top: Container?

    private static let depth = 3
    private static let mostArrays = 1000

    /// The rows of a document that is one object: its longest array of objects, or its members where all are objects.
    var rows: Container? {
        if let top, top.holdsObjects, top.members >= 2 { return top }
        let upper = arrays.filter { !$0.pointer.dropFirst().contains("/") }
        return (upper.isEmpty ? arrays : upper).max { $0.bytes < $1.bytes }
    }

    /// The rows are checked when they are read, what stands around them is not.
    /// - Throws: `invalid_json`.
    func mustBeWhole(around rows: Container, _ file: InputFile, from start: Int64, _ limits: TabularLimits) throws {
        guard !file.isCut else { return }
        try JSONGrammar.check(file, from: start, around: rows.start..<(rows.start + rows.bytes + 1), limits)
    }

    /// What stays unread beside the rows at a path.
    func notes(reading path: String) -> [String] {
        var notes: [String] = []
        let same = arrays.filter { $0.pointer == path }.count
        if max(same, timesWanted) > 1 {
            notes.append("\(path) stands \(max(same, timesWanted)) times in the document; one of them is read.")
        }
        var seen: Set<[UInt8]> = [Array(path.utf8)]
        // What is inside the rows belongs to them.
        let others = arrays.map(\.pointer).filter { !$0.hasPrefix(path + "/") && seen.insert(Array($0.utf8)).inserted }
        if !others.isEmpty {
            let shown = others.prefix(5).map { $0.clipped(bytes: 80) }.joined(separator: ", ")
            notes.append(
                "Other arrays of objects are not read: \(shown)\(others.count > 5 ? " and \(others.count - 5) more" : "").")
        }
        return notes
    }

    private struct Open {
        var key: [UInt8]
        var start: Int64
        var isArray: Bool
        var children = 0
        var objects = 0
        var isFirstObject = false
    }

    /// - Throws: `invalid_json` where brackets do not match.
    init(_ file: InputFile, from start: Int64, _ limits: TabularLimits, wanted path: [[UInt8]]?) throws {
        let buffer = ByteBuffer(capacity: Tuning.blockBytes)
        var offset = start
        var depth = 0
        var stack: [Open] = []
        var inString = false
        var isEscaped = false
        var key: [UInt8] = []
        var text: [UInt8] = []
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
                        continue
                    }
                    if depth <= JSONOutline.depth, text.count < limits.maxNameBytes { text.append(byte) }
                    continue
                }
                let here = offset + Int64(i)
                switch byte {
                case UInt8(ascii: "\""):
                    inString = true
                    if depth == 0, stray == nil { stray = here }
                    text.removeAll(keepingCapacity: true)
                case UInt8(ascii: ":") where depth <= JSONOutline.depth: key = text
                case UInt8(ascii: "["), UInt8(ascii: "{"):
                    let isArray = byte == UInt8(ascii: "[")
                    if depth == 0 { values += 1 }
                    if depth > 0, depth <= JSONOutline.depth, !stack.isEmpty {
                        stack[stack.count - 1].objects += isArray ? 0 : 1
                        if stack[stack.count - 1].objects == 1, stack[stack.count - 1].children == 0, !isArray {
                            stack[stack.count - 1].isFirstObject = true
                        }
                    }
                    if depth < JSONOutline.depth { stack.append(Open(key: depth == 0 ? [] : key, start: here, isArray: isArray)) }
                    depth += 1
                case UInt8(ascii: ","):
                    if depth > 0, depth <= JSONOutline.depth, depth == stack.count { stack[depth - 1].children += 1 }
                case UInt8(ascii: "]"), UInt8(ascii: "}"):
                    if depth <= JSONOutline.depth, depth == stack.count, let closed = stack.popLast() {
                        close(closed, at: here, stack, path)
                    }
                    depth -= 1
                    guard depth >= 0 else { throw TabularFailure("invalid_json", "The JSON document is broken at byte \(here).") }
                case _:
                    if depth == 0, byte > 0x20, stray == nil { stray = here }
                }
            }
            offset += Int64(count)
        }
        isOpen = depth > 0 || inString
        if file.isCut {
            while var open = stack.popLast() {
                // The last member may be cut before its value.
                if !open.isArray, open.objects > 0, open.objects == open.children { open.children -= 1 }
                close(open, at: offset, stack, path)
            }
        }
        guard file.isCut || !isOpen else {
            throw TabularFailure("invalid_json", "The JSON document does not end; the file may have been cut off.")
        }
    }

    private mutating func close(_ closed: Open, at end: Int64, _ stack: [Open], _ path: [[UInt8]]?) {
        // An element of an array has no name, so nothing in it has a pointer here.
        guard !stack.contains(where: \.isArray) else { return }
        let mayHoldRows = closed.isArray && closed.isFirstObject && arrays.count < JSONOutline.mostArrays
        // A document may have a million members: names are put together for what they are needed for only.
        guard stack.isEmpty || mayHoldRows || path?.count == stack.count else { return }
        let keys = stack.dropFirst().map(\.key) + (stack.isEmpty ? [] : [closed.key])
        let members = closed.children + 1
        let pointer = keys.map {
            "/" + String(decoding: $0, as: UTF8.self).replacing("~", with: "~0").replacing("/", with: "~1")
        }.joined()
        let container = Container(
            pointer: pointer, start: closed.start, isArray: closed.isArray,
            holdsObjects: closed.isArray ? closed.isFirstObject : closed.objects == members, members: members,
            bytes: end - closed.start)
        if let path, keys == path {
            timesWanted += 1
            if wanted == nil { wanted = container }
        }
        if stack.isEmpty {
            top = container
        } else if mayHoldRows {
            arrays.append(container)
        }
    }
}
