/// Checks the frame of a JSON document (RFC 8259): all that stands around the rows, which are checked one by one when they are read.
///
/// What other programs let pass and nothing is lost by, passes: a comma before a closing bracket, `NaN` and `Infinity`, control
/// characters in strings.
struct JSONGrammar {
    private enum State {
        case value, keyOrEnd, colon, afterValue
        /// Behind a comma.
        case next
    }

    private var state = State.value
    /// For each open container whether it is an array.
    private var isArray: [Bool] = []
    private var inString = false
    private var isEscaped = false
    private var word: [UInt8] = []
    private let maxDepth: Int

    /// - Parameter rows: where the rows stand, their brackets included; nothing in it is looked at.
    /// - Throws: `invalid_json` with the byte at which the document is none.
    static func check(_ file: InputFile, from start: Int64, around rows: Range<Int64>, _ limits: TabularLimits) throws {
        var grammar = JSONGrammar(maxDepth: limits.maxJSONDepth)
        let buffer = ByteBuffer(capacity: Tuning.blockBytes)
        var offset = start
        while offset < file.size {
            if offset == rows.lowerBound {
                guard grammar.take(value: offset) else { throw broken(offset) }
                offset = rows.upperBound
                continue
            }
            let stop = offset < rows.lowerBound ? rows.lowerBound : file.size
            let count = try file.read(into: buffer.base, at: offset, count: Int(min(Int64(Tuning.blockBytes), stop - offset)))
            for i in 0..<count {
                guard grammar.take(buffer.base[i]) else { throw broken(offset + Int64(i)) }
            }
            offset += Int64(count)
        }
        guard grammar.endWord(), grammar.isArray.isEmpty, grammar.state == .afterValue, !grammar.inString else {
            throw broken(file.size)
        }
    }

    private static func broken(_ offset: Int64) -> TabularFailure {
        TabularFailure("invalid_json", "The JSON document is broken at byte \(offset).")
    }

    private init(maxDepth: Int) {
        self.maxDepth = maxDepth
    }

    /// A value that is not looked at.
    private mutating func take(value offset: Int64) -> Bool {
        guard endWord() else { return false }
        return begin()
    }

    /// Whether a value may stand here; then it is taken.
    private mutating func begin() -> Bool {
        guard state == .value || (state == .next && isArray.last == true) else { return false }
        state = .afterValue
        return true
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        if inString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                inString = false
            }
            return true
        }
        switch byte {
        case UInt8(ascii: "\""):
            guard endWord() else { return false }
            inString = true
            if state == .keyOrEnd || (state == .next && isArray.last == false) {
                state = .colon
                return true
            }
            return begin()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard endWord(), begin(), isArray.count < maxDepth else { return false }
            isArray.append(byte == UInt8(ascii: "["))
            state = byte == UInt8(ascii: "[") ? .next : .keyOrEnd
            return true
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            guard endWord(), isArray.popLast() == (byte == UInt8(ascii: "]")),
                state == .afterValue || state == .keyOrEnd || state == .next
            else { return false }
            state = .afterValue
            return true
        case UInt8(ascii: ":"):
            guard endWord(), state == .colon else { return false }
            state = .value
            return true
        case UInt8(ascii: ","):
            guard endWord(), state == .afterValue, !isArray.isEmpty else { return false }
            state = .next
            return true
        case 0...0x20: return endWord()
        default:
            guard word.count < 400 else { return false }
            word.append(byte)
            return true
        }
    }

    /// A number, or one of the words that JSON knows.
    private mutating func endWord() -> Bool {
        guard !word.isEmpty else { return true }
        defer { word.removeAll(keepingCapacity: true) }
        let isNumber =
            word.contains { 0x30...0x39 ~= $0 }
            && word.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
        guard isNumber || JSONGrammar.words.contains(word) else { return false }
        return begin()
    }

    private static let words = Set(["true", "false", "null", "NaN", "Infinity", "-Infinity"].map { Array($0.utf8) })
}
