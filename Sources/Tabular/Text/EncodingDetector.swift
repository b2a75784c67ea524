import Foundation

/// Tells encodings apart by their bytes beyond ASCII.
///
/// Each encoding together with each language that it is used for is a model that says how many bits the text costs: letters that often
/// follow each other are cheap, symbols inside words, changes of case and unassigned bytes are dear. The cheapest wins, and the distance
/// to the next one that gives another text says how sure that is.
struct EncodingDetector {
    /// Words, as far as bytes show them, with at least one byte beyond ASCII; each counts once.
    private let segments: KeyTable
    private let counts: [(a: UInt8, b: UInt8, count: Double)]
    /// The bytes beyond ASCII that the text has.
    private let high: [UInt8]

    init(_ bytes: [UInt8]) {
        segments = bytes.withUnsafeBufferPointer { EncodingDetector.segments($0) }
        counts = EncodingDetector.pairs(segments)
        // Each byte stands at the end of a pair.
        var isUsed = Array(repeating: false, count: 256)
        for pair in counts { isUsed[Int(pair.b)] = true }
        high = (0x80...0xFF).filter { isUsed[Int($0)] }
    }

    /// Makes the tables that detection needs, which are otherwise made by the first text.
    static func makeTables() {
        _ = CodePage.all
    }

    /// Whether the text has no byte beyond ASCII that was not looked at here.
    func hasSeenAll(of text: [UInt8]) -> Bool {
        var isSeen = [Bool](repeating: false, count: 256)
        for byte in high { isSeen[Int(byte)] = true }
        return text.allSatisfy { $0 < 0x80 || isSeen[Int($0)] }
    }

    private struct Found {
        var bits: Double
        var encoding: TextEncoding
        /// What the text comes to, as far as it matters: the characters of its bytes.
        var key: [UInt32]
        var prior: Double
    }

    struct Answer {
        var encoding: TextEncoding
        /// From 0 to 1.
        var confidence: Double
        /// The names of the encodings that are not so much dearer that more text would not bring them back.
        var contenders: Set<String> = []
        /// Whether the contenders all give the same text.
        var isSettled = false
    }

    /// The likeliest encoding, and how sure it is.
    /// - Parameter contenders: of a look at a part of the text; nil for all encodings.
    func best(of contenders: Set<String>? = nil) -> Answer {
        guard segments.count > 0 else { return Answer(encoding: .utf8, confidence: 1, isSettled: true) }
        func isOut(_ name: String) -> Bool { contenders.map { !$0.contains(name) } ?? false }
        var found: [Found] = []
        // What costs so much more than another is out, however much more it is.
        var limit = Double.infinity
        var multiByte: [Found] = []
        for (number, encoding) in MultiByteEncoding.allCases.enumerated() where !isOut(encoding.rawValue) {
            let bits = MultiByteCost(encoding).bits(segments, limit: limit)
            limit = min(limit, bits + EncodingDetector.hopeless)
            if let known = TextEncoding.named(encoding.rawValue) {
                multiByte.append(Found(bits: bits, encoding: known, key: [UInt32(0x11_0000 + number)], prior: 0))
            }
        }
        for page in CodePage.all where !isOut(page.encoding.name) {
            guard let bits = page.bits(counts, limit: limit) else { continue }
            limit = min(limit, bits + EncodingDetector.hopeless)
            found.append(Found(bits: bits, encoding: page.encoding, key: high.map { page.points[Int($0)] }, prior: page.prior))
        }
        found += multiByte
        if !isOut(TextEncoding.utf8.name), let bits = utf8Bits {
            found.append(Found(bits: bits, encoding: .utf8, key: [0x12_0000], prior: 0))
        }
        guard !found.isEmpty else { return Answer(encoding: .windows1252, confidence: 0) }
        let order = found.enumerated().sorted { ($0.element.bits, $0.offset) < ($1.element.bits, $1.offset) }.map(\.element)
        let first = order[0]
        var rivals: [[UInt32]: Double] = [:]
        for other in order where other.key != first.key && rivals[other.key] == nil {
            rivals[other.key] = other.bits - first.bits
        }
        var confidence = 1 / (1 + rivals.values.reduce(0) { $0 + exp2(-EncodingDetector.tempered * $1) })
        // Text in a known language costs 3 to 6 bits a pair, anything else more than 7.
        let fit = first.bits / max(1, counts.reduce(0) { $0 + $1.count })
        confidence *= max(0, min(1, (7.5 - fit) / 1.5))
        // Of encodings that give the same text the most usual one.
        // A byte or two that nobody can be sure of are a stray letter of the most usual encoding sooner than the half of a character.
        let isHigh = { (byte: UInt8) in byte >= 0x80 }
        let few =
            (0..<segments.count).reduce(0) { $0 + segments.withName($1) { $0.lazy.filter(isHigh).count } }
            <= EncodingDetector.fewBytes
        if few, confidence < 0.5, let usual = order.first(where: { $0.encoding == TextEncoding.windows1252 }) {
            return Answer(encoding: usual.encoding, confidence: confidence, contenders: Set(order.map(\.encoding.name)))
        }
        let same = order.filter { $0.key == first.key && $0.bits < first.bits + 10 }
        return Answer(
            encoding: same.min { $0.prior < $1.prior }?.encoding ?? first.encoding, confidence: confidence,
            contenders: Set(order.filter { $0.bits < first.bits + EncodingDetector.hopeless }.map(\.encoding.name)),
            isSettled: rivals.values.allSatisfy { $0 >= EncodingDetector.hopeless })
    }

    /// Pairs of letters are not independent, so a bit of difference is worth less than one.
    private static let tempered = 0.35
    private static let hopeless = 200.0
    private static let fewBytes = 3
    private static let bad = 30.0

    // MARK: Text

    private static func segments(_ bytes: UnsafeBufferPointer<UInt8>) -> KeyTable {
        var found = KeyTable()
        var i = 0
        while i < bytes.count {
            guard isInSegment(bytes[i]) else {
                i += 1
                continue
            }
            let start = i
            var isHigh = false
            while i < bytes.count, isInSegment(bytes[i]) {
                if bytes[i] >= 0x80 { isHigh = true }
                i += 1
            }
            if isHigh { _ = found.add(UnsafeBufferPointer(rebasing: bytes[start..<i])) }
        }
        return found
    }

    private static func isInSegment(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte || 0x40...0x7E ~= byte || byte >= 0x80 }

    static func isLetter(_ byte: UInt8) -> Bool { 0x41...0x5A ~= byte || 0x61...0x7A ~= byte }

    /// Neighbours in the segments, each with a boundary on both sides; every ASCII byte but a letter is one.
    private static func pairs(_ segments: KeyTable) -> [(a: UInt8, b: UInt8, count: Double)] {
        var counts = Array(repeating: 0, count: 65_536)
        for number in 0..<segments.count {
            segments.withName(number) { segment in
                var previous: UInt8 = 0x20
                for given in segment {
                    let byte = given < 0x80 && !isLetter(given) ? 0x20 : given
                    if previous != 0x20 || byte != 0x20 { counts[Int(previous) << 8 | Int(byte)] += 1 }
                    previous = byte
                }
                if previous != 0x20 { counts[Int(previous) << 8 | 0x20] += 1 }
            }
        }
        return counts.indices.compactMap { index in
            counts[index] == 0
                ? nil : (UInt8(index >> 8), UInt8(index & 0xFF), Double(counts[index]))
        }
    }

    /// What the text costs as UTF-8 with some broken bytes; nil when fewer than two sequences are whole.
    private var utf8Bits: Double? {
        var total = 6.0
        var good = 0
        for number in 0..<segments.count {
            segments.withName(number) { bytes in
                guard let base = bytes.baseAddress else { return }
                var i = 0
                while i < bytes.count {
                    if base[i] < 0x80 {
                        if EncodingDetector.isLetter(base[i]) { total += 4 }
                        i += 1
                        continue
                    }
                    let length = UTF8Text.sequenceLength(base + i, bytes.count - i)
                    total += length > 0 ? Double(4 * length + 2) : EncodingDetector.bad
                    if length > 0 { good += 1 }
                    i += max(1, length)
                }
                total += 2
            }
        }
        return good >= 2 ? total : nil
    }
}

/// One encoding of single bytes, ready to be compared with text.
private struct CodePage {
    let encoding: TextEncoding
    let prior: Double
    let points: [UInt32]
    /// What each byte is.
    private let bytes: [ByteClass]
    private let models: [Model]

    /// A language in this encoding.
    private struct Model {
        let language: LanguageModel
        /// The class of each byte in the language; 0 for what is no letter of its script.
        let classes: [UInt8]
        let prior: Double
    }

    /// What a byte stands for, without regard to a language.
    private struct ByteClass {
        let point: UInt32
        let script: LetterScript
        let letterCase: Letter.Case
        let symbol: Symbol
        /// Bits of a letter that the language does not have: fewer where others do.
        let unknown: Double
    }

    private static let west: Set = [
        "en", "de", "fr", "es", "it", "pt", "nl", "sv", "nb", "da", "fi", "is", "ca", "ga", "sq", "et",
    ]
    private static let east: Set = ["pl", "cs", "sk", "hu", "ro", "sl", "hr", "sq"]
    private static let baltic: Set = ["lt", "lv", "et"]
    private static let rare = ["sq": 2, "ga": 2, "is": 1, "ca": 1, "et": 1, "be": 2, "mk": 1, "sr": 1, "fa": 1, "sl": 0.5]
    /// Bits more for a language that an encoding is not usual for.
    private static let away = 4.0

    /// What an encoding costs before anything was looked at, and the languages that it is usual for.
    private static let known: [(name: String, prior: Double, script: LetterScript, home: Set<String>)] = [
        ("windows-1252", 0, .latin, west), ("windows-1250", 1, .latin, east), ("windows-1251", 0.5, .cyrillic, []),
        ("windows-1253", 1, .greek, []), ("windows-1254", 1.5, .latin, ["tr"]), ("windows-1255", 1, .hebrew, []),
        ("windows-1256", 1, .arabic, []), ("windows-1257", 1.5, .latin, baltic), ("windows-1258", 4, .latin, ["vi"]),
        ("windows-874", 1, .thai, []), ("iso-8859-2", 2, .latin, east), ("iso-8859-15", 3, .latin, west),
        ("iso-8859-5", 4, .cyrillic, []), ("iso-8859-7", 3, .greek, []), ("iso-8859-8", 3, .hebrew, []),
        ("iso-8859-6", 4, .arabic, []), ("iso-8859-13", 4, .latin, baltic), ("iso-8859-4", 6, .latin, baltic),
        ("iso-8859-16", 6, .latin, east), ("iso-8859-10", 8, .latin, baltic), ("iso-8859-3", 8, .latin, ["tr"]),
        ("koi8-r", 2, .cyrillic, []), ("koi8-u", 3, .cyrillic, []), ("macintosh", 4, .latin, west),
        ("x-mac-cyrillic", 4, .cyrillic, []), ("x-mac-ce", 7, .latin, east), ("ibm437", 6, .latin, west),
        ("ibm850", 4, .latin, west), ("ibm852", 5, .latin, east), ("ibm866", 3, .cyrillic, []),
    ]

    static let all: [CodePage] = {
        var known = KnownPoints()
        return CodePage.known.compactMap { CodePage($0.name, $0.prior, $0.script, $0.home, &known) }
    }()

    /// Most code points stand in several encodings, and what they are is slow to look up.
    private struct KnownPoints {
        private var places = [UInt16](repeating: 0, count: 0x10000)
        private var found: [(letter: Letter, symbol: Symbol, isKnown: Bool)] = []
        private let letters = Set(LanguageTables.shared.languages.flatMap(\.letters))

        mutating func find(_ point: UInt32) -> (letter: Letter, symbol: Symbol, isKnown: Bool) {
            let index = Int(point & 0xFFFF)
            if places[index] == 0 {
                let letter = Letter(point)
                found.append((letter, Symbol(point), letters.contains(letter.folded)))
                places[index] = UInt16(found.count)
            }
            return found[Int(places[index]) - 1]
        }
    }

    private init?(_ name: String, _ prior: Double, _ script: LetterScript, _ home: Set<String>, _ known: inout KnownPoints) {
        guard let encoding = TextEncoding.named(name), case .singleByte(let table) = encoding.kind else { return nil }
        self.encoding = encoding
        self.prior = prior
        let points = (0..<128).map { UInt32($0) } + TextEncoding.characters(of: table)
        self.points = points
        let found = points.map { known.find($0) }
        bytes = zip(points, found).map { point, found in
            ByteClass(
                point: point, script: found.letter.script, letterCase: found.letter.letterCase, symbol: found.symbol,
                unknown: found.isKnown ? 11 : 14)
        }
        let letters = found.map(\.letter)
        let have = Set(letters.filter { $0.script != .none }.map(\.folded))
        models = LanguageTables.shared.languages.filter { $0.script == script && $0.core.allSatisfy(have.contains) }.map {
            language in
            let classes = letters.map { $0.script == script ? UInt8(language.letterClass(of: $0.folded)) : 0 }
            let usual = home.isEmpty || home.contains(language.id) ? 0 : CodePage.away
            return Model(language: language, classes: classes, prior: (CodePage.rare[language.id] ?? 0) + usual)
        }
    }

    /// The cost of the text in the language that it fits best, or a part of it that is above the limit; nil without languages.
    func bits(_ counts: [(a: UInt8, b: UInt8, count: Double)], limit: Double) -> Double? {
        var best: Double?
        for model in models {
            let total = bits(counts, in: model, limit: min(limit, best ?? limit))
            if best == nil || total < best ?? 0 { best = total }
        }
        return best
    }

    private func bits(_ counts: [(a: UInt8, b: UInt8, count: Double)], in model: Model, limit: Double) -> Double {
        var total = prior + model.prior
        bytes.withUnsafeBufferPointer { bytes in
            model.classes.withUnsafeBufferPointer { classes in
                model.language.cost.withUnsafeBufferPointer { costs in
                    CodePage.caseCost.withUnsafeBufferPointer { cases in
                        let page = Look(
                            bytes: bytes, classes: classes, costs: costs, cases: cases, script: model.language.script,
                            width: model.language.classes)
                        for pair in counts {
                            total += pair.count * page.cost(Int(pair.a), Int(pair.b))
                            if total > limit { return }
                        }
                    }
                }
            }
        }
        return total
    }

    private static let caseCost: [Double] = [0, 8, 0.5, 0, 0.75, 1.25, 0.5, 0, 0.5, 0.5, 0, 0, 0.75, 1.25, 0, 0]

    /// A model with its tables where they lie in memory: millions of pairs are looked up in them.
    private struct Look {
        let bytes: UnsafeBufferPointer<ByteClass>
        let classes: UnsafeBufferPointer<UInt8>
        let costs: UnsafeBufferPointer<Float>
        let cases: UnsafeBufferPointer<Double>
        let script: LetterScript
        /// Classes of the language.
        let width: Int

        /// Bits of byte `b` behind byte `a`.
        @inline(__always)
        func cost(_ a: Int, _ b: Int) -> Double {
            let (one, other) = (bytes[a], bytes[b])
            let previous = Int(classes[a])
            var cost = cases[one.letterCase.rawValue * 4 + other.letterCase.rawValue]
            if other.script == .none {
                let end = previous != 0 ? Double(costs[previous * width]) : one.script != .none ? 2 : 0
                if b == 0x20 { return cost + end }
                cost += end + other.symbol.cost
                if other.symbol.isFrame, one.symbol.isFrame { return one.point == other.point ? 1.5 : 7 }
                if one.script != .none { return cost + other.symbol.behindLetter }
                return other.point == 0x2019 ? cost + 3 : cost
            }
            if one.script == .none, a != 0x20 { cost += one.symbol.beforeLetter }
            if other.script == script {
                let next = Int(classes[b])
                if next == 0 { return cost + other.unknown }
                cost += Double(costs[previous * width + next])
                return one.script != .none && one.script != script ? cost + 6 : cost
            }
            if b < 0x80 {
                if one.script == .latin { return cost + 4.5 }
                return cost + (one.script == .none ? 5 : 11)
            }
            return cost + 16 + (one.script != .none ? 6 : 0)
        }
    }
}

/// A code point as a letter in lower case, or as none.
private struct Letter {
    let script: LetterScript
    let folded: UInt32
    let letterCase: Case

    enum Case: Int { case lower, upper, caseless, other }

    private static let ranges: [(ClosedRange<UInt32>, LetterScript)] = [
        (0x41...0x24F, .latin), (0x300...0x36F, .latin), (0x370...0x3FF, .greek), (0x400...0x52F, .cyrillic),
        (0x590...0x5FF, .hebrew), (0x600...0x6FF, .arabic), (0xE00...0xE7F, .thai), (0x1E00...0x1EFF, .latin),
    ]
    /// Romanian letters with a comma as those with a cedilla, Persian ones as Arabic ones.
    private static let same: [UInt32: UInt32] = [0x219: 0x15F, 0x21B: 0x163, 0x6CC: 0x64A, 0x6A9: 0x643, 0x130: 0x69]

    init(_ point: UInt32) {
        guard ![0xAA, 0xBA, 0xB5, 0x192, 0xFFFD].contains(point), let scalar = Unicode.Scalar(point), Letter.isLetter(scalar),
            let script = Letter.ranges.first(where: { $0.0.contains(point) })?.1
        else {
            (self.script, folded, letterCase) = (.none, point, .other)
            return
        }
        self.script = script
        let start = Letter.same[point] ?? point
        let lower = (Unicode.Scalar(start) ?? scalar).properties.lowercaseMapping.unicodeScalars
        folded = lower.count == 1 ? lower.first.map { Letter.same[$0.value] ?? $0.value } ?? start : start
        letterCase =
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .titlecaseLetter: .upper
            case .lowercaseLetter: scalar.properties.uppercaseMapping != String(Character(scalar)) ? .lower : .caseless
            case _: .caseless
            }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark,
            .enclosingMark:
            true
        case _: false
        }
    }
}

/// What symbols cost, and where they may stand.
private struct Symbol {
    let cost: Double
    let isFrame: Bool
    /// What it costs more that the symbol touches a letter.
    let behindLetter: Double
    let beforeLetter: Double

    init(_ point: UInt32) {
        cost = Symbol.cost(point)
        isFrame = Symbol.isFrame(point)
        behindLetter = Symbol.beside(point, letterAfter: false)
        beforeLetter = Symbol.beside(point, letterAfter: true)
    }

    private static let costs: [UInt32: Double] = {
        var costs: [UInt32: Double] = [:]
        let groups: [(Double, String)] = [
            (5, "\u{2019}"), (6, "\u{A0}«»–“”"), (7, "„—…’"), (8, "‘·•°€№"), (9, "§©®™£¿¡ºª²½"),
            (10, "±×µ³´¼¾‹›‚¹¥\u{60C}\u{61B}\u{61F}\u{AD}"), (11, "÷¬†‡‰¢¶"), (7, "\u{200C}\u{200D}\u{200E}\u{200F}"),
            (14, "¤¨¸¯¦ˆ˜"),
        ]
        for (bits, symbols) in groups { for scalar in symbols.unicodeScalars { costs[scalar.value] = bits } }
        return costs
    }()
    private static let opening = Set("“‘«‹„‚¿¡£".unicodeScalars.map(\.value))
    private static let closing = Set("”»›…™®²³".unicodeScalars.map(\.value))
    private static let free: Set<UInt32> = [0x2019, 0xA0, 0xB0, 0xAA, 0xBA, 0xAD, 0x200C, 0x200D, 0x200E, 0x200F]

    private static func isFrame(_ point: UInt32) -> Bool { 0x2500...0x259F ~= point }

    private static func cost(_ point: UInt32) -> Double {
        if point == 0xFFFD { return 24 }
        if point < 0xA0 { return 22 }
        return isFrame(point) ? 10 : costs[point] ?? 13
    }

    private static func beside(_ point: UInt32, letterAfter: Bool) -> Double {
        if free.contains(point) { return 0 }
        if opening.contains(point) { return letterAfter ? 0 : 4 }
        if closing.contains(point) { return letterAfter ? 4 : 0 }
        return point == 0x2013 || point == 0x2014 ? 1 : 3
    }
}

/// What text costs in an encoding in which a character takes several bytes: common characters are cheap.
private struct MultiByteCost {
    private let encoding: MultiByteEncoding
    private let table: [Double]
    private let halfKana: [Double]
    private static let bad = 30.0
    private static let touch = 9.0

    init(_ encoding: MultiByteEncoding) {
        self.encoding = encoding
        let tables = LanguageTables.shared.frequency
        let name =
            switch encoding {
            case .shiftJIS, .eucJP: "jis"
            case .eucKR: "ksx"
            case .gb18030: "gb"
            case .big5: "big5"
            }
        table = tables[name] ?? []
        halfKana = tables["halfkana"] ?? []
    }

    private var prior: Double {
        switch encoding {
        case .shiftJIS, .eucKR, .gb18030: 1
        case .eucJP: 2
        case .big5: 1.5
        }
    }

    func bits(_ segments: KeyTable, limit: Double) -> Double {
        var total = prior
        for number in 0..<segments.count {
            total = segments.withName(number) { bits($0, behind: total) }
            if total > limit { return total }
        }
        return total
    }

    private enum Before { case boundary, letter, character }

    /// The cost of one word more.
    private func bits(_ segment: UnsafeBufferPointer<UInt8>, behind cost: Double) -> Double {
        var total = cost
        var i = 0
        var before = Before.boundary
        while i < segment.count {
            let byte = segment[i]
            if byte < 0x80 {
                if EncodingDetector.isLetter(byte) {
                    total += before == .letter ? 4.5 : before == .boundary ? 5 : MultiByteCost.touch
                    before = .letter
                } else {
                    total += before == .character ? 1 : before == .letter ? 2 : 0
                    before = .boundary
                }
                i += 1
            } else {
                let (length, bits) = step(segment, i)
                total += bits + (before == .letter ? MultiByteCost.touch : 0.5)
                before = .character
                i += length
            }
        }
        return total + (before == .character ? 1 : before == .letter ? 2 : 0)
    }

    private func cost(_ index: Int, below limit: Int, rest: Double) -> Double {
        index >= 0 && index < limit && index < table.count ? table[index] : rest
    }

    private func step(_ s: UnsafeBufferPointer<UInt8>, _ i: Int) -> (length: Int, bits: Double) {
        let bad = (1, MultiByteCost.bad)
        let lead = Int(s[i])
        let trail = i + 1 < s.count ? Int(s[i + 1]) : 0
        switch encoding {
        case .shiftJIS:
            if 0xA1...0xDF ~= lead {
                let isBehind = i > 0 && 0xA1...0xDF ~= s[i - 1]
                let isBefore = 0xA1...0xDF ~= trail
                let lonely: Double = isBehind ? (s[i - 1] == s[i] ? 4 : 0) : isBefore ? 3 : 8
                return (1, (lead - 0xA1 < halfKana.count ? halfKana[lead - 0xA1] : 10) + lonely)
            }
            guard 0x81...0x9F ~= lead || 0xE0...0xFC ~= lead, 0x40...0xFC ~= trail, trail != 0x7F else { return bad }
            let p = (lead - (lead < 0xE0 ? 0x81 : 0xC1)) * 188 + trail - (trail < 0x7F ? 0x40 : 0x41)
            if p < 94 * 47 { return (2, cost(p, below: 94 * 47, rest: 19)) }
            if p < 94 * 84 { return (2, 19) }
            return (2, 94 * 114..<94 * 119 ~= p || 94 * 88..<94 * 92 ~= p ? 20 : 28)
        case .eucJP:
            if lead == 0x8E, 0xA1...0xDF ~= trail { return (2, 12) }
            if lead == 0x8F, i + 2 < s.count, 0xA1...0xFE ~= trail, 0xA1...0xFE ~= s[i + 2] { return (3, 22) }
            guard 0xA1...0xFE ~= lead, 0xA1...0xFE ~= trail else { return bad }
            let p = (lead - 0xA1) * 94 + trail - 0xA1
            return (2, p < 94 * 47 ? cost(p, below: 94 * 47, rest: 19) : p < 94 * 84 ? 19 : 24)
        case .eucKR:
            guard 0x81...0xFE ~= lead else { return bad }
            if lead >= 0xA1, trail >= 0xA1 {
                guard trail <= 0xFE else { return bad }
                if lead == 0xC9 || lead == 0xFE { return (2, 28) }
                return (2, cost((lead - 0xA1) * 94 + trail - 0xA1, below: 94 * 40, rest: 19))
            }
            let isSyllable = 0x41...0x5A ~= trail || 0x61...0x7A ~= trail || 0x81...0xFE ~= trail
            return lead <= 0xC6 && isSyllable ? (2, 18) : bad
        case .gb18030:
            guard 0x81...0xFE ~= lead else { return bad }
            if 0x40...0xFE ~= trail, trail != 0x7F {
                if lead >= 0xA1, trail >= 0xA1 { return (2, cost((lead - 0xA1) * 94 + trail - 0xA1, below: 94 * 87, rest: 28)) }
                return (2, 0xA1...0xA7 ~= lead ? 28 : 17.5)
            }
            let isLong =
                0x30...0x39 ~= trail && i + 3 < s.count && 0x81...0xFE ~= s[i + 2] && 0x30...0x39 ~= s[i + 3] && lead <= 0x84
            return isLong ? (4, 28) : bad
        case .big5:
            guard 0x81...0xFE ~= lead, 0x40...0x7E ~= trail || 0xA1...0xFE ~= trail else { return bad }
            if lead < 0xA1 { return (2, 24) }
            let p = (lead - 0xA1) * 157 + trail - (trail < 0x7F ? 0x40 : 0x62)
            if p < table.count, lead <= 0xC6 { return (2, table[p]) }
            return (2, 0xC9...0xF9 ~= lead ? 18 : 24)
        }
    }
}
