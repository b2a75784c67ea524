/// A regular expression, compiled to a Thompson automaton over the bytes of UTF-8.
///
/// Known: literals, `.`, classes with ranges and `^`, `\d \w \s \D \W \S`, `\b \B`, `^ $`, groups, `|`, `* + ? {m,n}` and their lazy
/// forms, `(?i)` and `(?s)` at the start, `\t \n \r \f \v \xHH \x{H…} \uHHHH`. Matching looks anywhere in the text and takes time linear
/// in it, whatever the pattern; what would break that (back references, look-around) is refused.
struct Pattern: Sendable {
    enum Instruction: Sendable {
        case bytes(UInt8, UInt8, next: Int)
        case split(Int, Int)
        case assertion(Assertion, next: Int)
        case match
    }

    enum Assertion: Sendable { case start, end, wordBoundary, notWordBoundary }

    let instructions: [Instruction]
    let start: Int

    /// - Throws: `InvalidStep` for `field` with the place in the pattern.
    init(_ text: String, isCaseSensitive: Bool, field: String) throws {
        guard text.utf8.count <= Pattern.maxBytes else {
            throw InvalidStep(field: field, message: "A pattern has at most \(Pattern.maxBytes) bytes.")
        }
        var parser = PatternParser(text, field: field, isFolding: !isCaseSensitive)
        let node = try parser.whole()
        var compiler = PatternCompiler(field: field)
        let match = try compiler.add(.match)
        start = try compiler.compile(node, next: match)
        instructions = compiler.instructions
    }

    /// Bytes of a pattern. People write dozens; what is longer is refused before it is read.
    static let maxBytes = 16 << 10
    /// Instructions of a pattern; each may cost time for every byte. Also the most often a repetition repeats.
    static let maxInstructions = 4000
    /// Instructions of all patterns of a recipe. It bounds what a byte of the input can cost when no pattern's states can be kept.
    static let maxInstructionsOfRecipe = 16_000
    /// Nodes compiled for each instruction that is allowed: repetitions of nothing, inside each other, make no instruction at all.
    static let maxNodesPerInstruction = 4
    static let maxRepetitions = 1000
    /// Levels of groups: parser and compiler recurse.
    static let maxDepth = 100
}

indirect enum PatternNode {
    case empty
    case scalars([ClosedRange<UInt32>])
    case sequence([PatternNode])
    case choice([PatternNode])
    case repetition(PatternNode, least: Int, most: Int?)
    case assertion(Pattern.Assertion)
}

private struct PatternParser {
    let scalars: [Unicode.Scalar]
    let field: String
    var isFolding: Bool
    var dotMatchesNewline = false
    var position = 0

    init(_ text: String, field: String, isFolding: Bool) {
        scalars = Array(text.unicodeScalars)
        self.field = field
        self.isFolding = isFolding
    }

    private func refuse(_ what: String) -> InvalidStep {
        InvalidStep(field: field, message: "The pattern is not valid at character \(position + 1): \(what).")
    }

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    mutating func whole() throws -> PatternNode {
        while next == "(", position + 2 < scalars.count, scalars[position + 1] == "?",
            "is".unicodeScalars.contains(scalars[position + 2])
        {
            position += 2
            while let flag = next, flag != ")" {
                switch flag {
                case "i": isFolding = true
                case "s": dotMatchesNewline = true
                case _: throw refuse("the flag \(flag) is not known; i and s are")
                }
                position += 1
            }
            guard take(")") else { throw refuse("a bracket is not closed") }
        }
        let node = try choice(depth: 0)
        guard next == nil else { throw refuse("a bracket is closed that was not opened") }
        return node
    }

    private mutating func choice(depth: Int) throws -> PatternNode {
        guard depth < Pattern.maxDepth else { throw refuse("too many groups inside each other") }
        var branches = [try sequence(depth: depth)]
        while take("|") { branches.append(try sequence(depth: depth)) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence(depth: Int) throws -> PatternNode {
        var parts: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            parts.append(try repeated(try atom(scalar, depth: depth)))
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func repeated(_ atom: PatternNode) throws -> PatternNode {
        var node = atom
        var isRepeated = false
        while let scalar = next {
            let bounds: (least: Int, most: Int?)
            switch scalar {
            case "*": bounds = (0, nil)
            case "+": bounds = (1, nil)
            case "?": bounds = (0, 1)
            case "{":
                guard let counted = try counts() else { return node }
                bounds = counted
                position -= 1
            case _: return node
            }
            position += 1
            if case .assertion = node { throw refuse("there is nothing to repeat") }
            if isRepeated { throw refuse("a repetition is repeated") }
            isRepeated = true
            // Lazy or not makes no difference to whether there is a match.
            _ = take("?")
            node = .repetition(node, least: bounds.least, most: bounds.most)
        }
        return node
    }

    /// `{m}`, `{m,}` or `{m,n}`; a brace that is none of these stands for itself.
    private mutating func counts() throws -> (least: Int, most: Int?)? {
        let start = position
        position += 1
        guard let least = number() else {
            position = start
            return nil
        }
        var most: Int? = least
        if take(",") { most = next == "}" ? nil : number() ?? -1 }
        guard take("}"), most ?? 0 >= 0 else {
            position = start
            return nil
        }
        guard most ?? least >= least else { throw refuse("the bounds of a repetition are the wrong way round") }
        guard max(least, most ?? 0) <= Pattern.maxRepetitions else {
            throw refuse("a repetition of more than \(Pattern.maxRepetitions)")
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = next, scalar.value &- 0x30 < 10, value ?? 0 < 100_000 {
            value = (value ?? 0) * 10 + Int(scalar.value - 0x30)
            position += 1
        }
        return value
    }

    private mutating func atom(_ scalar: Unicode.Scalar, depth: Int) throws -> PatternNode {
        switch scalar {
        case "(":
            position += 1
            if take("?") {
                guard take(":") else { throw refuse("look-around and named groups are not supported; (?:…) is") }
            }
            let inner = try choice(depth: depth + 1)
            guard take(")") else { throw refuse("a bracket is not closed") }
            return inner
        case "[":
            position += 1
            return .scalars(try bracket())
        case ".":
            position += 1
            return .scalars(dotMatchesNewline ? [0...0x10FFFF] : [0...9, 11...0x10FFFF])
        case "^":
            position += 1
            return .assertion(.start)
        case "$":
            position += 1
            return .assertion(.end)
        case "*", "+", "?":
            throw refuse("there is nothing to repeat")
        case "\\":
            position += 1
            if take("b") { return .assertion(.wordBoundary) }
            if take("B") { return .assertion(.notWordBoundary) }
            return .scalars(folded(try escape().ranges))
        case _:
            position += 1
            return .scalars(folded([scalar.value...scalar.value]))
        }
    }

    private static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
    private static let words: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
    private static let spaces: [ClosedRange<UInt32>] = [0x09...0x0D, 0x20...0x20]

    /// What follows a backslash. `single` when it is one character, which may begin a range.
    private mutating func escape() throws -> (ranges: [ClosedRange<UInt32>], single: UInt32?) {
        guard let scalar = next else { throw refuse("a backslash stands at the end") }
        position += 1
        func one(_ value: UInt32) -> (ranges: [ClosedRange<UInt32>], single: UInt32?) { ([value...value], value) }
        switch scalar {
        case "d": return (PatternParser.digits, nil)
        case "w": return (PatternParser.words, nil)
        case "s": return (PatternParser.spaces, nil)
        case "D": return (PatternParser.inverted(PatternParser.digits), nil)
        case "W": return (PatternParser.inverted(PatternParser.words), nil)
        case "S": return (PatternParser.inverted(PatternParser.spaces), nil)
        case "t": return one(9)
        case "n": return one(10)
        case "v": return one(11)
        case "f": return one(12)
        case "r": return one(13)
        case "x": return one(try hex(digits: 2))
        case "u": return one(try hex(digits: 4))
        case let other where other.properties.isAlphabetic || other.value &- 0x30 < 10:
            position -= 1
            throw refuse("\\\(other) is not supported")
        case let other: return one(other.value)
        }
    }

    private mutating func hex(digits: Int) throws -> UInt32 {
        let isBraced = take("{")
        var value: UInt32 = 0
        var count = 0
        while count < (isBraced ? 6 : digits), let scalar = next, scalar.isASCII, let digit = Int(String(scalar), radix: 16) {
            value = value << 4 | UInt32(digit)
            position += 1
            count += 1
        }
        guard isBraced ? count > 0 && take("}") : count == digits, Unicode.Scalar(value) != nil else {
            throw refuse("a bad hexadecimal escape")
        }
        return value
    }

    private mutating func bracket() throws -> [ClosedRange<UInt32>] {
        let isInverted = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while true {
            guard let scalar = next else { throw refuse("a square bracket is not closed") }
            if scalar == "]", !isFirst {
                position += 1
                break
            }
            isFirst = false
            let (low, single) = try member()
            guard let single, next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
                ranges += low
                continue
            }
            position += 1
            guard let high = try member().single, high >= single else { throw refuse("a range is the wrong way round") }
            ranges.append(single...high)
        }
        let all = folded(ranges)
        return isInverted ? PatternParser.inverted(all) : all
    }

    private mutating func member() throws -> (ranges: [ClosedRange<UInt32>], single: UInt32?) {
        guard let scalar = next else { throw refuse("a square bracket is not closed") }
        position += 1
        return scalar == "\\" ? try escape() : ([scalar.value...scalar.value], scalar.value)
    }

    /// Adds the other case. Ranges beyond ASCII fold only when they are one character: enough for words, and bounded.
    private func folded(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        guard isFolding else { return ranges }
        var all = ranges
        for range in ranges {
            for (from, to, shift) in [(0x41, 0x5A, 32), (0x61, 0x7A, -32)] as [(UInt32, UInt32, Int)] {
                let low = max(range.lowerBound, from)
                let high = min(range.upperBound, to)
                if low <= high { all.append(UInt32(Int(low) + shift)...UInt32(Int(high) + shift)) }
            }
            if range.count == 1, let scalar = Unicode.Scalar(range.lowerBound), !scalar.isASCII {
                for text in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
                    let mapped = Array(text.unicodeScalars)
                    if mapped.count == 1 { all.append(mapped[0].value...mapped[0].value) }
                }
            }
        }
        return all
    }

    private static func inverted(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var free: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { free.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { free.append(next...0x10FFFF) }
        return free
    }
}

private struct PatternCompiler {
    let field: String
    var instructions: [Pattern.Instruction] = []
    private var nodes = 0

    init(field: String) { self.field = field }

    private var tooLarge: InvalidStep {
        InvalidStep(field: field, message: "The pattern is too large; fewer or smaller repetitions are needed.")
    }

    mutating func add(_ instruction: Pattern.Instruction) throws -> Int {
        guard instructions.count < Pattern.maxInstructions else { throw tooLarge }
        instructions.append(instruction)
        return instructions.count - 1
    }

    /// Compiles back to front: `next` is what follows the node.
    mutating func compile(_ node: PatternNode, next: Int) throws -> Int {
        nodes += 1
        guard nodes <= Pattern.maxInstructions * Pattern.maxNodesPerInstruction else { throw tooLarge }
        switch node {
        case .empty: return next
        case .assertion(let assertion): return try add(.assertion(assertion, next: next))
        case .sequence(let parts):
            var entry = next
            for part in parts.reversed() { entry = try compile(part, next: entry) }
            return entry
        case .choice(let branches):
            return try join(try branches.map { try compile($0, next: next) }, orElse: next)
        case .scalars(let ranges):
            var entries: [Int] = []
            for range in PatternCompiler.merged(ranges) {
                for sequence in UTF8Ranges.sequences(range) {
                    var entry = next
                    for bytes in sequence.reversed() { entry = try add(.bytes(bytes.lowerBound, bytes.upperBound, next: entry)) }
                    entries.append(entry)
                }
            }
            // A class of nothing never matches.
            return entries.isEmpty ? try add(.bytes(1, 0, next: next)) : try join(entries, orElse: next)
        case .repetition(let inner, let least, let most):
            var entry = next
            if let most {
                for _ in least..<most {
                    let body = try compile(inner, next: entry)
                    entry = try add(.split(body, next))
                }
            } else {
                let loop = try add(.split(next, next))
                instructions[loop] = .split(try compile(inner, next: loop), next)
                entry = loop
            }
            for _ in 0..<least { entry = try compile(inner, next: entry) }
            return entry
        }
    }

    /// The same scalars in as few ranges as can be: `[ab]` is one instruction, not two and a choice.
    private static func merged(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound + 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }

    private mutating func join(_ entries: [Int], orElse none: Int) throws -> Int {
        guard var entry = entries.last else { return none }
        for other in entries.dropLast().reversed() { entry = try add(.split(other, entry)) }
        return entry
    }
}

/// Splits ranges of scalars into sequences of byte ranges, after Russ Cox's RE2.
private enum UTF8Ranges {
    static func sequences(_ range: ClosedRange<UInt32>) -> [[ClosedRange<UInt8>]] {
        let lengths: [ClosedRange<UInt32>] = [0...0x7F, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF]
        return lengths.filter { $0.overlaps(range) }.flatMap { split(range.clamped(to: $0)) }
    }

    private static func split(_ range: ClosedRange<UInt32>) -> [[ClosedRange<UInt8>]] {
        let low = range.lowerBound
        let high = range.upperBound
        if high < 0x80 { return [[UInt8(low)...UInt8(high)]] }
        for i in 1...3 {
            let mask: UInt32 = (1 << (6 * UInt32(i))) - 1
            guard low & ~mask != high & ~mask else { continue }
            if low & mask != 0 { return split(low...(low | mask)) + split(((low | mask) + 1)...high) }
            if high & mask != mask { return split(low...((high & ~mask) - 1)) + split((high & ~mask)...high) }
        }
        let a = bytes(low)
        let b = bytes(high)
        return [zip(a, b).map { $0...$1 }]
    }

    private static func bytes(_ scalar: UInt32) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 4) { target, count in
            count = target.baseAddress.map { UTF8Text.encode(scalar, to: $0) } ?? 0
        }
    }
}
