/// The objects of a PDF file, found by its cross-reference tables (ISO 32000-2, section 7.5), or by a look through the whole file where
/// those are damaged.
final class PDFFile {
    private enum Entry {
        case offset(Int, generation: Int)
        case packed(stream: Int, index: Int)
    }

    let bytes: [UInt8]
    let limits: TextualLimits
    private var entries: [Int: Entry] = [:]
    private(set) var trailer: [String: PDFObject] = [:]
    private var cache: [Int: PDFObject] = [:]
    private var loading: Set<Int> = []
    private var objectStreams: [Int: ObjectStream] = [:]
    private var isRebuilt = false
    private var crypt: PDFCrypt?
    private var unpackedBytes = 0
    private var drawnBytes = 0
    private var steps = 0
    /// How deep objects are that are needed to read other objects.
    private var depth = 0
    /// A limit that was reached where the caller can go on without what was beyond it.
    private var failure: TextualFailure?
    /// Streams whose bytes were counted.
    private var counted: Set<Int> = []
    private var entryCount = 0
    /// What the last searches found, by word: many streams without an end would search the same bytes again and again.
    private var searches: [String: (start: Int, found: Int?)] = [:]

    private static let deepest = 50
    private static let mostSteps = 100_000_000
    private static let mostEntries = 10_000_000
    private static let mostSections = 1000

    /// - Throws: `TextualFailure` `broken_document`, `locked_document`.
    init(_ bytes: [UInt8], limits: TextualLimits) throws {
        self.bytes = bytes
        self.limits = limits
        if let start = Self.startOfTable(bytes) { readTables(start) }
        // The catalog may itself be enciphered, in a stream of objects.
        var isLocked = !unlock()
        if catalog == nil || pagesRoot == nil {
            rebuild()
            isLocked = !unlock()
        }
        guard !isLocked else {
            throw TextualFailure.locked()
        }
        guard catalog != nil else { throw TextualFailure.broken("it has no catalog of pages") }
    }

    /// - Returns: false when a password is needed.
    private func unlock() -> Bool {
        crypt = nil
        guard let encryption = resolve(trailer["Encrypt"]).dictionary else { return true }
        let id = resolve(trailer["ID"]).array?.first.map { resolve($0) }?.string ?? []
        let values = encryption.mapValues { resolve($0) }
        guard let made = PDFCrypt(values, id: id, resolve: { [unowned self] in self.resolve($0) }) else { return false }
        // What was read before was not deciphered.
        cache = [:]
        objectStreams = [:]
        crypt = made
        return true
    }

    var catalog: [String: PDFObject]? {
        let root = resolve(trailer["Root"]).dictionary
        return root?["Pages"] == nil ? nil : root
    }

    private var pagesRoot: [String: PDFObject]? { resolve(catalog?["Pages"]).dictionary }

    // MARK: Values

    /// What a reference means; null for what is not there.
    func resolve(_ object: PDFObject?) -> PDFObject {
        var object = object ?? .null
        for _ in 0..<32 {
            guard case .reference(let number) = object else { return object }
            object = load(number)
        }
        return .null
    }

    func dictionary(_ object: PDFObject?) -> [String: PDFObject] { resolve(object).dictionary ?? [:] }

    private func load(_ number: Int) -> PDFObject {
        if let known = cache[number] { return known }
        guard depth < Self.deepest, loading.insert(number).inserted else { return .null }
        depth += 1
        defer {
            depth -= 1
            loading.remove(number)
        }
        let found: PDFObject
        switch entries[number] {
        case .offset(let offset, let generation): found = object(number, generation, at: offset) ?? .null
        case .packed(let stream, let index): found = packed(number, in: stream, index)
        case nil: found = .null
        }
        // The texts of files with millions of objects are not all kept.
        if cache.count > 200_000 { cache = [:] }
        cache[number] = found
        return found
    }

    private func object(_ number: Int, _ generation: Int, at offset: Int) -> PDFObject? {
        var lexer = PDFLexer(bytes, at: offset)
        guard let first = lexer.next(references: false)?.int, let second = lexer.next(references: false)?.int,
            case .keyword("obj")? = lexer.next(references: false)
        else {
            // A table that points to the wrong places.
            guard !isRebuilt else { return nil }
            rebuild()
            guard case .offset(let offset, let generation)? = entries[number] else { return nil }
            return object(number, generation, at: offset)
        }
        guard first == number else {
            guard !isRebuilt else { return nil }
            rebuild()
            guard case .offset(let offset, let generation)? = entries[number] else { return nil }
            return object(number, generation, at: offset)
        }
        guard let value = lexer.next(references: true) else { return nil }
        if case .dictionary(let dictionary) = value {
            let behind = lexer.place
            if case .keyword("stream")? = lexer.next(references: false) {
                return stream(dictionary, from: lexer.place, number, second)
            }
            lexer.place = behind
        }
        return crypt.map { $0.deciphered(value, number, second) } ?? value
    }

    private func stream(_ dictionary: [String: PDFObject], from place: Int, _ number: Int, _ generation: Int) -> PDFObject {
        var start = place
        if start < bytes.count, bytes[start] == 13 { start += 1 }
        if start < bytes.count, bytes[start] == 10 { start += 1 }
        var end = start
        let length = resolve(dictionary["Length"]).int ?? -1
        var isGood = false
        if length >= 0, length <= bytes.count - start {
            end = start + length
            var lexer = PDFLexer(bytes, at: end)
            isGood = lexer.word().hasPrefix("endstream")
        }
        // A length that is wrong: the stream ends where its end is written.
        if !isGood { end = next("endstream", from: start) ?? next("endobj", from: start) ?? bytes.count }
        let plain = crypt.map { $0.deciphered(.dictionary(dictionary), number, generation) }?.dictionary ?? dictionary
        return .stream(PDFStream(dictionary: plain, range: start..<end, number: number, generation: generation))
    }

    private func packed(_ number: Int, in stream: Int, _ index: Int) -> PDFObject {
        let found = objectStreams[stream] ?? open(objectStream: stream)
        objectStreams[stream] = found
        let place =
            found.places.indices.contains(index) && found.places[index].number == number
            ? index : found.places.firstIndex { $0.number == number }
        guard let place, found.places[place].offset < found.data.count else { return .null }
        var lexer = PDFLexer(found.data, at: found.places[place].offset, end: found.places[place].end)
        return lexer.next(references: true) ?? .null
    }

    private struct ObjectStream {
        var data: [UInt8] = []
        var places: [(number: Int, offset: Int, end: Int)] = []
    }

    private func open(objectStream number: Int) -> ObjectStream {
        guard case .offset? = entries[number], case .stream(let stream) = load(number), let data = (try? content(stream)) ?? nil,
            let count = resolve(stream.dictionary["N"]).int, let first = resolve(stream.dictionary["First"]).int,
            0...1_000_000 ~= count
        else { return ObjectStream() }
        var lexer = PDFLexer(data)
        var places: [(number: Int, offset: Int, end: Int)] = []
        for _ in 0..<count {
            guard let number = lexer.next(references: false)?.int, let offset = lexer.next(references: false)?.int,
                0...data.count ~= first + offset
            else { break }
            places.append((number, first + offset, data.count))
        }
        // Each ends where the next one begins.
        let starts = Set(places.map(\.offset)).sorted()
        var ends: [Int: Int] = [:]
        for (place, start) in starts.enumerated() { ends[start] = place + 1 < starts.count ? starts[place + 1] : data.count }
        for place in places.indices { places[place].end = ends[places[place].offset] ?? data.count }
        return ObjectStream(data: data, places: places)
    }

    /// The bytes of a stream, deciphered and unpacked; nil for a picture.
    /// - Throws: `TextualFailure` `limit_exceeded`.
    func content(_ stream: PDFStream) throws -> [UInt8]? {
        let filters = filters(stream.dictionary)
        var data = bytes[stream.range]
        let isPlain = filters.contains { $0.name == "Crypt" && ($0.parameters["Name"]?.name ?? "Identity") == "Identity" }
        if let crypt, stream.number > 0, !isPlain { data = crypt.stream(data, stream)[...] }
        do {
            let most = min(limits.unpackedBytes - unpackedBytes, max(4_000_000, data.count * limits.ratio))
            let content = try PDFFilters.unpack(data, filters, most: most)
            // The same stream may be needed several times.
            if stream.number == 0 || counted.insert(stream.number).inserted { unpackedBytes += content?.count ?? 0 }
            return content
        } catch let failure as TextualFailure {
            self.failure = failure
            throw failure
        }
    }

    /// The same of a stream that is drawn, which may be drawn again and again.
    func drawn(_ stream: PDFStream) throws -> [UInt8]? {
        let content = try content(stream)
        drawnBytes += content?.count ?? 0
        guard drawnBytes <= limits.drawnBytes else { throw TextualFailure.limit("The pages draw more than a document may.") }
        return content
    }

    /// Counts an operator of a page.
    func countStep() throws {
        steps += 1
        guard steps < Self.mostSteps else { throw TextualFailure.limit("The pages have too many operators to be real.") }
    }

    private func filters(_ dictionary: [String: PDFObject]) -> [(name: String, parameters: [String: PDFObject])] {
        func list(_ object: PDFObject) -> [PDFObject] { object.array ?? (object.isNull ? [] : [object]) }
        let names = list(resolve(dictionary["Filter"] ?? dictionary["F"])).compactMap { resolve($0).name }
        let parameters = list(resolve(dictionary["DecodeParms"] ?? dictionary["DP"]))
        return names.enumerated().map { place, name in
            let values = parameters.indices.contains(place) ? self.dictionary(parameters[place]) : [:]
            return (name, values.mapValues { resolve($0) })
        }
    }

    // MARK: Cross-reference tables

    private static func startOfTable(_ bytes: [UInt8]) -> Int? {
        let word = Array("startxref".utf8)
        var place = bytes.count - word.count
        let first = max(0, bytes.count - 2048)
        while place >= first {
            if bytes[place] == word[0], bytes[place..<(place + word.count)].elementsEqual(word) {
                var lexer = PDFLexer(bytes, at: place + word.count)
                return lexer.next(references: false)?.int
            }
            place -= 1
        }
        return nil
    }

    private func readTables(_ start: Int) {
        var (next, seen) = ([start], Set<Int>())
        while let place = next.popLast() {
            guard place >= 0, place < bytes.count, seen.insert(place).inserted, seen.count < Self.mostSections else { continue }
            var lexer = PDFLexer(bytes, at: place)
            lexer.skipSpace()
            let begin = lexer.place
            let found: [String: PDFObject]?
            if lexer.word() == "xref" {
                found = table(&lexer)
            } else {
                found = tableStream(at: begin)
            }
            guard let found else { continue }
            for (key, value) in found where trailer[key] == nil { trailer[key] = value }
            if let previous = found["Prev"]?.int { next.append(previous) }
            // What older readers do not see goes before what they see (section 7.5.8.4).
            if let hybrid = found["XRefStm"]?.int { next.append(hybrid) }
        }
    }

    private func table(_ lexer: inout PDFLexer) -> [String: PDFObject]? {
        while true {
            lexer.skipSpace()
            let place = lexer.place
            if lexer.word() == "trailer" { return lexer.next(references: true)?.dictionary }
            lexer.place = place
            guard var number = lexer.next(references: false)?.int, let count = lexer.next(references: false)?.int, count >= 0
            else { return nil }
            entryCount += count
            guard 0...Self.mostEntries ~= number, entryCount < Self.mostEntries else { return nil }
            for index in 0..<count {
                let start = lexer.place
                guard let offset = lexer.next(references: false)?.int, let generation = lexer.next(references: false)?.int else {
                    lexer.place = start
                    break
                }
                let kind = lexer.word()
                // Some programs count from 1 what the standard counts from 0.
                if index == 0, number == 1, kind == "f", generation == 65_535 { number = 0 }
                if kind == "n", offset > 0, entries[number] == nil { entries[number] = .offset(offset, generation: generation) }
                number += 1
            }
        }
    }

    private func tableStream(at place: Int) -> [String: PDFObject]? {
        var lexer = PDFLexer(bytes, at: place)
        guard lexer.next(references: false)?.int != nil, lexer.next(references: false)?.int != nil,
            case .keyword("obj")? = lexer.next(references: false),
            case .dictionary(let dictionary)? = lexer.next(references: true),
            case .keyword("stream")? = lexer.next(references: false),
            case .stream(let stream) = stream(dictionary, from: lexer.place, 0, 0), let data = (try? content(stream)) ?? nil,
            let widths = dictionary["W"]?.array?.compactMap(\.int), widths.count >= 3, widths.allSatisfy({ 0...8 ~= $0 })
        else { return nil }
        let size = widths.reduce(0, +)
        guard size > 0 else { return dictionary }
        let ranges = dictionary["Index"]?.array?.compactMap(\.int) ?? [0, dictionary["Size"]?.int ?? 0]
        var at = 0
        func field(_ width: Int) -> Int {
            var value = 0
            for _ in 0..<width {
                value = value &<< 8 | Int(data[at])
                at += 1
            }
            return value
        }
        for pair in stride(from: 0, to: ranges.count - 1, by: 2) {
            for number in ranges[pair]..<max(ranges[pair], ranges[pair] &+ max(0, ranges[pair + 1])) {
                entryCount += 1
                guard at + size <= data.count, entryCount < Self.mostEntries else { return dictionary }
                let kind = widths[0] == 0 ? 1 : field(widths[0])
                let (second, third) = (field(widths[1]), field(widths[2]))
                guard entries[number] == nil else { continue }
                if kind == 1 { entries[number] = .offset(second, generation: third) }
                if kind == 2 { entries[number] = .packed(stream: second, index: third) }
            }
        }
        return dictionary
    }

    /// Finds objects by looking at every `obj` of the file; the last of a number counts.
    private func rebuild() {
        isRebuilt = true
        entries = [:]
        cache = [:]
        objectStreams = [:]
        var streams: [Int] = []
        var place = 0
        // Dictionaries without an end would be read to the end of the file, each of them.
        var left = 8 * bytes.count + 1_000_000
        while let found = find("obj", from: place) {
            place = found + 3
            // Not that of `endobj`.
            guard found > 3, bytes[found - 1] != UInt8(ascii: "d") else { continue }
            // Back over the generation and the number.
            var at = found - 1
            func back(_ isWanted: (UInt8) -> Bool) -> Int {
                let last = at
                while at >= 0, isWanted(bytes[at]) { at -= 1 }
                return last - at
            }
            guard back({ $0 <= 32 }) >= 0, case let generationEnd = at, back({ 0x30...0x39 ~= $0 }) > 0, back({ $0 <= 32 }) > 0,
                case let numberEnd = at, back({ 0x30...0x39 ~= $0 }) > 0, numberEnd - at <= 8, generationEnd - numberEnd <= 12
            else { continue }
            let start = at + 1
            guard let number = Int(String(decoding: bytes[start...numberEnd], as: UTF8.self)) else { continue }
            entries[number] = .offset(start, generation: 0)
            // Only dictionaries of streams and catalogs matter here.
            var lexer = PDFLexer(bytes, at: place, end: place + min(65_536, left))
            defer { left -= max(0, lexer.place - place) }
            lexer.skipSpace()
            guard lexer.place + 1 < bytes.count, bytes[lexer.place] == UInt8(ascii: "<"),
                bytes[lexer.place + 1] == UInt8(ascii: "<"),
                let dictionary = lexer.next(references: true)?.dictionary
            else { continue }
            switch dictionary["Type"]?.name {
            case "ObjStm": streams.append(number)
            case "Catalog": trailer["Root"] = .reference(number)
            case "XRef":
                for key in ["Root", "Encrypt", "ID", "Info"] where trailer[key] == nil { trailer[key] = dictionary[key] }
            default: break
            }
        }
        place = 0
        while let found = find("trailer", from: place) {
            place = found + 7
            var lexer = PDFLexer(bytes, at: place, end: place + min(65_536, left))
            defer { left -= max(0, lexer.place - place) }
            if let dictionary = lexer.next(references: true)?.dictionary {
                for (key, value) in dictionary { trailer[key] = value }
            }
        }
        for stream in streams {
            for (index, number) in open(objectStream: stream).places.map(\.number).enumerated() where entries[number] == nil {
                entries[number] = .packed(stream: stream, index: index)
            }
        }
        guard catalog == nil else { return }
        if let found = entries.keys.sorted().first(where: { resolve(.reference($0)).dictionary?["Type"]?.name == "Catalog" }) {
            trailer["Root"] = .reference(found)
        }
    }

    /// The same as `find`, for searches that come in any order.
    private func next(_ word: StaticString, from start: Int) -> Int? {
        if let last = searches["\(word)"], last.start <= start, last.found.map({ start <= $0 }) ?? true { return last.found }
        let found = find(word, from: start)
        searches["\(word)"] = (start, found)
        return found
    }

    /// Where a word begins, at a place or behind it.
    func find(_ word: StaticString, from start: Int) -> Int? {
        word.withUTF8Buffer { wanted in
            bytes.withUnsafeBufferPointer { bytes in
                var place = start
                let last = bytes.count - wanted.count
                while place <= last {
                    if bytes[place] == wanted[0] {
                        var same = 1
                        while same < wanted.count, bytes[place + same] == wanted[same] { same += 1 }
                        if same == wanted.count { return place }
                    }
                    place += 1
                }
                return nil
            }
        }
    }

    // MARK: Pages

    struct Page {
        let dictionary: [String: PDFObject]
        let resources: [String: PDFObject]
        /// In units of the page: left, bottom, right, top.
        let box: (Double, Double, Double, Double)
        /// Quarter turns clockwise.
        let turns: Int
        /// The number of its object, by which places in the outline name it.
        let object: Int?
    }

    /// Calls with each page, in order.
    /// - Throws: `TextualFailure` `limit_exceeded`.
    func eachPage(_ body: (Page) throws -> Void) throws {
        var (count, nodes, seen) = (0, 0, Set<Int>())
        func walk(_ node: PDFObject, _ inherited: [String: PDFObject], _ depth: Int) throws {
            var number: Int?
            if case .reference(let object) = node {
                guard seen.insert(object).inserted else { return }
                number = object
            }
            nodes += 1
            guard nodes <= 4 * limits.pages else {
                throw TextualFailure.limit("The document has more than \(limits.pages) pages.")
            }
            guard depth < 100, let dictionary = resolve(node).dictionary else { return }
            var inherited = inherited
            for key in ["Resources", "MediaBox", "CropBox", "Rotate"] {
                if let value = dictionary[key] { inherited[key] = value }
            }
            if let kids = resolve(dictionary["Kids"]).array, dictionary["Type"]?.name != "Page" {
                for kid in kids { try walk(kid, inherited, depth + 1) }
                return
            }
            count += 1
            guard count <= limits.pages else { throw TextualFailure.limit("The document has more than \(limits.pages) pages.") }
            let turns = (resolve(inherited["Rotate"]).int ?? 0) / 90
            try body(
                Page(
                    dictionary: dictionary, resources: self.dictionary(inherited["Resources"]),
                    box: box(inherited["CropBox"]) ?? box(inherited["MediaBox"]) ?? (0, 0, 612, 792),
                    turns: ((turns % 4) + 4) % 4,
                    object: number))
        }
        try walk(catalog?["Pages"] ?? .null, [:], 0)
        // Pages and fonts that are missing for a limit are not left out in silence.
        if let failure { throw failure }
    }

    private func box(_ object: PDFObject?) -> (Double, Double, Double, Double)? {
        guard let numbers = resolve(object).array?.compactMap({ resolve($0).number }), numbers.count == 4 else { return nil }
        let box = (
            min(numbers[0], numbers[2]), min(numbers[1], numbers[3]), max(numbers[0], numbers[2]), max(numbers[1], numbers[3])
        )
        // No sheet of paper is larger than this, in points.
        guard [box.0, box.1, box.2, box.3].allSatisfy({ abs($0) <= 1_000_000 }) else { return nil }
        return box.2 - box.0 > 1 && box.3 - box.1 > 1 ? box : nil
    }
}
