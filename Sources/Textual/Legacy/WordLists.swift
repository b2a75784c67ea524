/// The lists of a document of the older formats of Word, by which items are numbered where the file does not spell their numbers out.
struct WordLists {
    struct Level {
        /// 0 for 1, 2, 3; 1 and 2 Roman; 3 and 4 letters; 23 a bullet; 255 nothing.
        var form = 0
        var start = 1
        /// Numbers below 9 stand for those of the levels.
        var text: [UInt32] = []
    }

    /// Levels by the id of a list.
    private var lists: [Int: [Level]] = [:]
    /// Ids of lists by the number that paragraphs use.
    private var overrides: [Int: Int] = [:]
    /// Where such a number begins anew, and what it says itself, by level.
    private var starts: [Int: [Int: Int]] = [:]
    private var own: [Int: [Int: Level]] = [:]
    private var used: Set<Int> = []
    private var counts: [Int: [Int]] = [:]

    private static let mostLevels = 9

    mutating func add(_ levels: [Level], id: Int) { lists[id] = levels }

    /// - Parameters:
    ///   - starts: by level: where the first item of this number begins to count.
    ///   - own: levels that are not as the list has them.
    mutating func add(override number: Int, list: Int, starts: [Int: Int] = [:], own: [Int: Level] = [:]) {
        overrides[number] = list
        self.starts[number] = starts
        self.own[number] = own
    }

    /// The mark of the next item.
    mutating func next(_ number: Int, level: Int) -> String? {
        guard number > 0, let id = overrides[number], var levels = lists[id], levels.indices.contains(level) else { return nil }
        for (level, other) in own[number] ?? [:] where levels.indices.contains(level) { levels[level] = other }
        var numbers = counts[id] ?? []
        if used.insert(number).inserted {
            for (level, start) in starts[number] ?? [:] where level < numbers.count { numbers[level] = start - 1 }
            for (level, start) in starts[number] ?? [:] where levels.indices.contains(level) { levels[level].start = start }
        }
        while numbers.count <= level {
            numbers.append(levels[min(numbers.count, levels.count - 1)].start - (numbers.count < level ? 0 : 1))
        }
        numbers.removeSubrange((level + 1)...)
        numbers[level] += 1
        counts[id] = numbers
        let form = levels[level]
        guard form.form != 23 else { return "•" }
        guard form.form != 255 else { return nil }
        var text = ""
        for unit in form.text {
            if unit < Self.mostLevels {
                let place = Int(unit)
                if numbers.indices.contains(place) { text += Self.spelled(numbers[place], levels[place].form) }
            } else if let scalar = Unicode.Scalar(unit) {
                text.unicodeScalars.append(scalar)
            }
        }
        let marker = text.trimmedLines
        return marker.isEmpty ? nil : marker
    }

    /// A mark from a font of pictures is a bullet.
    static func shown(_ marker: String) -> String {
        guard marker.unicodeScalars.count == 1, let scalar = marker.unicodeScalars.first else { return marker }
        return scalar == "\u{B7}" || 0xE000...0xF8FF ~= scalar.value ? "•" : marker
    }

    private static func spelled(_ number: Int, _ form: Int) -> String {
        let number = min(max(number, 0), 1_000_000)
        return switch form {
        case 1: RomanNumeral.text(number)
        case 2: RomanNumeral.text(number).lowercased()
        case 3 where number > 0: LetterNumeral.text(number)
        case 4 where number > 0: LetterNumeral.text(number).lowercased()
        case 22: number < 10 ? "0\(number)" : String(number)
        default: String(number)
        }
    }
}
