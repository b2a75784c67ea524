import Core
import Foundation

/// A number format of a sheet (ECMA-376, part 1, section 18.8.31): how a stored number looks to people.
struct NumberFormat: Sendable {
    private enum Part: Equatable {
        case literal(String)
        /// A run of `0`, `#` and `?` with its comma, and behind the point.
        case digits(String)
        case point
        case percent
        case exponent(plus: Bool, digits: Int)
        case date(Character, Int)
        case elapsed(Character, Int)
        case amPM(String)
        case fraction(numerator: Int, denominator: Int, fixed: Int?)
        case general
        case text
    }

    private struct Section {
        var parts: [Part] = []
        /// Thousands that are divided away, by commas behind the last digit.
        var scale = 0
        var hasGroups = false
        var condition: (sign: String, value: Double)?
        var isDate = false
        /// Of the names of months and days (MS-LCID).
        var language: Int?
    }

    private let sections: [Section]

    init(_ code: String) {
        // Longer ones no program writes.
        sections = Self.split(String(code.prefix(Self.longest))).map(Self.section)
    }

    /// In characters; Excel takes 255.
    private static let longest = 300

    /// Formats that files name by number alone (section 18.8.30).
    static let builtIn: [Int: String] = [
        0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "$#,##0;-$#,##0", 6: "$#,##0;-$#,##0",
        7: "$#,##0.00;-$#,##0.00", 8: "$#,##0.00;-$#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
        13: "# ??/??",
        14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm",
        21: "h:mm:ss",
        22: "yyyy-mm-dd h:mm", 37: "#,##0 ;(#,##0)", 38: "#,##0 ;(#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)",
        41: "#,##0;-#,##0;-", 42: "$#,##0;-$#,##0;$-", 43: "#,##0.00;-#,##0.00;-", 44: "$#,##0.00;-$#,##0.00;$-",
        // Dates of East Asia, which each language writes in its own way.
        27: "yyyy-mm-dd", 28: "yyyy-mm-dd", 29: "yyyy-mm-dd", 30: "yyyy-mm-dd", 31: "yyyy-mm-dd", 32: "h:mm", 33: "h:mm:ss",
        34: "yyyy-mm-dd", 35: "yyyy-mm-dd", 36: "yyyy-mm-dd", 50: "yyyy-mm-dd", 51: "yyyy-mm-dd", 52: "yyyy-mm-dd",
        53: "yyyy-mm-dd", 54: "yyyy-mm-dd", 55: "yyyy-mm-dd", 56: "yyyy-mm-dd", 57: "yyyy-mm-dd", 58: "yyyy-mm-dd",
        45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    ]

    /// Whether numbers of this format are dates or times.
    var isDate: Bool { sections.first?.isDate == true }

    func text(_ value: Double, is1904: Bool) -> String {
        guard let section = section(for: value) else { return Self.general(value) }
        // Text stays as it is, also where it is a number.
        if section.parts.contains(.text) { return section.parts.map { Self.words($0, Self.general(value)) }.joined() }
        if section.parts == [.general] || section.parts.isEmpty && sections.count == 1 { return Self.general(value) }
        if section.isDate { return Self.date(value, section, is1904) ?? Self.general(value) }
        // A second section is for negative numbers and says their sign itself.
        let isOwn = sections.count > 1 && sections.allSatisfy { $0.condition == nil } && value < 0
        return Self.number(isOwn ? -value : value, section)
    }

    func text(_ text: String) -> String {
        guard let section = sections.count > 3 ? sections[3] : sections.first(where: { $0.parts.contains(.text) }) else {
            return text
        }
        return section.parts.map { Self.words($0, text) }.joined()
    }

    private static func words(_ part: Part, _ text: String) -> String {
        switch part {
        case .literal(let words): words
        case .text: text
        default: ""
        }
    }

    private func section(for value: Double) -> Section? {
        if let chosen = sections.first(where: { $0.condition.map { Self.holds($0, value) } == true }) { return chosen }
        var plain = sections.filter { $0.condition == nil }
        // A last section for text is for no number.
        if plain.count > 1, plain.last?.parts.contains(.text) == true { plain.removeLast() }
        switch plain.count {
        case 0: return sections.last
        case 1: return plain[0]
        case 2: return sections.allSatisfy { $0.condition == nil } && value < 0 ? plain[1] : plain[0]
        default: return value > 0 ? plain[0] : value < 0 ? plain[1] : plain[2]
        }
    }

    private static func holds(_ condition: (sign: String, value: Double), _ value: Double) -> Bool {
        switch condition.sign {
        case "<": value < condition.value
        case "<=": value <= condition.value
        case ">": value > condition.value
        case ">=": value >= condition.value
        case "<>": value != condition.value
        default: value == condition.value
        }
    }

    // MARK: Reading the format

    private static func split(_ code: String) -> [String] {
        var (sections, current, isQuoted, isEscaped, isBracket) = ([String](), "", false, false, false)
        for character in code {
            if isEscaped {
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if !isQuoted {
                if character == "[" { isBracket = true } else if character == "]" { isBracket = false }
                if character == ";", !isBracket {
                    sections.append(current)
                    current = ""
                    continue
                }
            }
            current.append(character)
        }
        return Array((sections + [current]).prefix(4))
    }

    private static func section(_ code: String) -> Section {
        var section = Section()
        var rest = Array(code)[...]
        func append(_ text: String) {
            if case .literal(let before)? = section.parts.last {
                section.parts[section.parts.count - 1] = .literal(before + text)
            } else {
                section.parts.append(.literal(text))
            }
        }
        while let character = rest.popFirst() {
            switch character {
            case "\"":
                let words = rest.prefix { $0 != "\"" }
                append(String(words))
                rest = rest.dropFirst(words.count + 1)
            case "\\": if let next = rest.popFirst() { append(String(next)) }
            case "_":
                _ = rest.popFirst()
                append(" ")
            case "*": _ = rest.popFirst()
            case "[":
                let inner = String(rest.prefix { $0 != "]" })
                rest = rest.dropFirst(inner.count + 1)
                if let words = bracket(inner, &section) { append(words) }
            case "0", "#", "?":
                let more = rest.prefix { "0#?,".contains($0) }
                rest = rest.dropFirst(more.count)
                digits(String(character) + String(more), &rest, &section)
            case ".":
                if section.isDate, rest.first == "0" {
                    let zeros = rest.prefix { $0 == "0" }
                    rest = rest.dropFirst(zeros.count)
                    section.parts.append(.date(".", zeros.count))
                } else {
                    section.parts.append(.point)
                }
            case "%":
                section.parts.append(.percent)
            case "E", "e":
                guard rest.first == "+" || rest.first == "-" else {
                    append(String(character))
                    break
                }
                let plus = rest.removeFirst() == "+"
                let zeros = rest.prefix { "0#?".contains($0) }
                rest = rest.dropFirst(zeros.count)
                section.parts.append(.exponent(plus: plus, digits: zeros.count))
            case "@": section.parts.append(.text)
            case "G" where String(rest.prefix(6)).lowercased() == "eneral":
                rest = rest.dropFirst(6)
                section.parts.append(.general)
            case "A", "a":
                let all = String([character] + rest.prefix(4)).uppercased()
                if all == "AM/PM" {
                    rest = rest.dropFirst(4)
                    section.parts.append(.amPM("AM/PM"))
                } else if all.hasPrefix("A/P") {
                    rest = rest.dropFirst(2)
                    section.parts.append(.amPM("A/P"))
                } else {
                    append(String(character))
                    break
                }
                section.isDate = true
            case "y", "Y", "m", "M", "d", "D", "h", "H", "s", "S":
                let letter = Character(character.lowercased())
                let more = rest.prefix { Character($0.lowercased()) == letter }
                rest = rest.dropFirst(more.count)
                section.parts.append(.date(letter, more.count + 1))
                section.isDate = true
            default: append(String(character))
            }
        }
        section.parts = minutes(section.parts)
        return section
    }

    /// - Returns: what is written in the place of the bracket.
    private static func bracket(_ inner: String, _ section: inout Section) -> String? {
        if let sign = ["<=", ">=", "<>", "<", ">", "="].first(where: inner.hasPrefix),
            let value = Double(inner.dropFirst(sign.count))
        {
            section.condition = (sign, value)
        } else if inner.hasPrefix("$") {
            // A currency, and behind the hyphen a language, whose lower ten bits tell which.
            if let hyphen = inner.lastIndex(of: "-"), let code = Int(inner[inner.index(after: hyphen)...], radix: 16) {
                section.language = code & 0x3FF
            }
            return String(inner.dropFirst().prefix { $0 != "-" })
        } else if let letter = inner.lowercased().first, "hms".contains(letter), inner.lowercased().allSatisfy({ $0 == letter }) {
            section.parts.append(.elapsed(letter, inner.count))
            section.isDate = true
        }
        return nil
    }

    private static func digits(_ text: String, _ rest: inout ArraySlice<Character>, _ section: inout Section) {
        if rest.first == "/", let end = fraction(rest.dropFirst()) {
            rest = rest.dropFirst(1 + end.length)
            section.parts.append(.fraction(numerator: text.count, denominator: end.length, fixed: end.fixed))
            return
        }
        let own = text.reversed().drop { $0 == "," }
        section.scale += text.count - own.count
        if own.contains(",") { section.hasGroups = true }
        section.parts.append(.digits(String(own.reversed()).replacing(",", with: "")))
    }

    private static func fraction(_ rest: ArraySlice<Character>) -> (length: Int, fixed: Int?)? {
        let marks = rest.prefix { "0#?123456789".contains($0) }
        guard !marks.isEmpty else { return nil }
        let isFixed = marks.contains { "123456789".contains($0) }
        return (marks.count, isFixed ? Int(String(marks)).flatMap { 1...99_999 ~= $0 ? $0 : nil } : nil)
    }

    /// `m` beside hours or seconds means minutes.
    private static func minutes(_ parts: [Part]) -> [Part] {
        var parts = parts
        let clock = parts.indices.filter {
            switch parts[$0] {
            case .date, .elapsed: true
            default: false
            }
        }
        func letter(_ index: Int) -> Character? {
            switch parts[index] {
            case .date(let letter, _), .elapsed(let letter, _): letter
            default: nil
            }
        }
        for (place, index) in clock.enumerated() {
            guard case .date("m", let count) = parts[index], count <= 2 else { continue }
            let before = place > 0 ? letter(clock[place - 1]) : nil
            let after = place + 1 < clock.count ? letter(clock[place + 1]) : nil
            if before == "h" || after == "s" { parts[index] = .date("n", count) }
        }
        return parts
    }

    // MARK: Numbers

    /// As sheets show a number without a format: up to eleven digits.
    static func general(_ value: Double) -> String {
        guard value.isFinite else { return String(value) }
        if value == value.rounded(), abs(value) < 1e11 { return String(Int64(value)) }
        let size = abs(value)
        if size >= 1e11 || size < 1e-9 || size < 1e-4 && isLong(size) {
            return exponential(value, places: 5, trims: true, plus: true, digits: 2)
        }
        // Ten digits behind and before the point: what the scaling loses is far behind the last of them.
        var places = 9
        var limit = 10.0
        while places > 0, size >= limit {
            places -= 1
            limit *= 10
        }
        var rest = Int64((size * powers[places]).rounded())
        while places > 0, rest % 10 == 0 {
            rest /= 10
            places -= 1
        }
        let digits = String(rest)
        let sign = value < 0 && rest > 0 ? "-" : ""
        guard places > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.utf8.count)) + digits
        return "\(sign)\(padded.dropLast(places)).\(padded.suffix(places))"
    }

    /// Whether a small number has more digits than a cell shows behind the point.
    private static func isLong(_ size: Double) -> Bool {
        let scaled = size * 1e9
        return abs(scaled - scaled.rounded()) > 1e-6 * scaled
    }

    private static let powers: [Double] = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]

    private static func exponential(_ value: Double, places: Int, trims: Bool, plus: Bool, digits: Int) -> String {
        let text = String(format: "%.\(places)E", value)
        let parts = text.split(separator: "E")
        guard parts.count == 2, let exponent = Int(parts[1]) else { return text }
        var mantissa = String(parts[0])
        if trims, mantissa.contains(".") {
            while mantissa.last == "0" { mantissa.removeLast() }
            if mantissa.last == "." { mantissa.removeLast() }
        }
        let number = String(abs(exponent))
        let sign = exponent < 0 ? "-" : plus ? "+" : ""
        return "\(mantissa)E\(sign)\(String(repeating: "0", count: max(0, digits - number.count)))\(number)"
    }

    /// Several digits before the point: the power of ten is a multiple of their count, as in `12.3E+3` of `##0.0E+0`.
    private static func engineering(_ value: Double, step: Int, places: Int) -> (mantissa: String, power: Int)? {
        guard value > 0, value.isFinite, step <= 20 else { return nil }
        var power = Int((log10(value) / Double(step)).rounded(.down)) * step
        var mantissa = rounded(value / pow(10, Double(power)), places: places)
        // What is rounded up may have one digit too many.
        if mantissa.prefix(while: { $0 != "." }).count > step {
            power += step
            mantissa = rounded(value / pow(10, Double(power)), places: places)
        }
        return (mantissa, power)
    }

    private static func number(_ value: Double, _ section: Section) -> String {
        var value = value
        for part in section.parts where part == .percent { value *= 100 }
        for _ in 0..<min(section.scale, 10) { value /= 1000 }
        if section.parts.contains(where: { if case .fraction = $0 { true } else { false } }) { return fraction(value, section) }
        let point = section.parts.firstIndex(of: .point)
        let before = section.parts[..<(point ?? section.parts.endIndex)]
        let after = point.map { section.parts[($0 + 1)...] } ?? []
        func marks(_ parts: ArraySlice<Part>) -> String {
            parts.map { if case .digits(let marks) = $0 { marks } else { "" } }.joined()
        }
        let (wholeMarks, partMarks) = (marks(before), marks(after))
        guard !wholeMarks.isEmpty || !partMarks.isEmpty else {
            return (value < 0 ? "-" : "")
                + section.parts.map { part in
                    switch part {
                    case .literal(let words): words
                    case .percent: "%"
                    case .general: general(abs(value))
                    default: ""
                    }
                }.joined()
        }
        let exponent = section.parts.lazy.compactMap { part -> (Bool, Int)? in
            if case .exponent(let plus, let digits) = part { (plus, digits) } else { nil }
        }.first
        var written: String
        var power = ""
        if let (plus, digits) = exponent {
            let text = exponential(abs(value), places: partMarks.count, trims: false, plus: plus, digits: digits)
            let parts = text.split(separator: "E")
            written = String(parts[0])
            power = "E" + (parts.count > 1 ? String(parts[1]) : "")
            if wholeMarks.count > 1, let exact = engineering(abs(value), step: wholeMarks.count, places: partMarks.count) {
                let number = String(abs(exact.power))
                written = exact.mantissa
                power =
                    "E\(exact.power < 0 ? "-" : plus ? "+" : "")" + String(repeating: "0", count: max(0, digits - number.count))
                    + number
            }
        } else {
            // Away from zero at a half, of the decimal number that people see.
            written = rounded(abs(value), places: partMarks.count)
        }
        var whole = String(written.prefix { $0 != "." })
        var decimals = written.contains(".") ? String(written.drop { $0 != "." }.dropFirst()) : ""
        if whole == "0", !wholeMarks.contains("0") { whole = "" }
        let least = wholeMarks.filter { $0 == "0" }.count
        whole = String(repeating: "0", count: max(0, least - whole.count)) + whole
        for mark in partMarks.reversed() {
            guard mark != "0", decimals.last == "0" else { break }
            decimals.removeLast()
        }
        if section.hasGroups { whole = grouped(whole) }
        // `000-00`: each run of marks takes its digits, the first one what is left.
        var runs = before.compactMap { if case .digits(let marks) = $0 { marks.count } else { nil } }
        if section.hasGroups { runs = Array(runs.prefix(1)) }
        var shares: [String] = []
        for count in runs.dropFirst().reversed() {
            shares.insert(String(whole.suffix(count)), at: 0)
            whole = String(whole.dropLast(count))
        }
        let isNegative = value < 0 && written.contains { "123456789".contains($0) }
        var text = isNegative ? "-" : ""
        var hasWhole = false
        var hasPart = false
        var isBehind = false
        for part in section.parts {
            switch part {
            case .literal(let words): text += words
            case .digits:
                if isBehind {
                    if !hasPart { text += decimals }
                    hasPart = true
                } else {
                    if !hasWhole { text += whole } else if !shares.isEmpty { text += shares.removeFirst() }
                    hasWhole = true
                }
            case .point:
                if !hasWhole { text += whole }
                hasWhole = true
                isBehind = true
                if !decimals.isEmpty || partMarks.contains("0") { text += "." }
            case .percent: text += "%"
            case .exponent: text += power
            case .general: text += general(abs(value))
            case .date, .elapsed, .amPM, .fraction, .text: break
            }
        }
        return text
    }

    private static func rounded(_ value: Double, places: Int) -> String {
        guard places <= 15 else { return String(format: "%.\(min(places, 30))f", value) }
        guard value < 1e15 else {
            // Fifteen digits, and zeros for the rest.
            guard value < 1e300 else { return String(format: "%.0f", value) }
            let parts = String(format: "%.14e", value).split(separator: "e")
            let digits = parts[0].filter { $0 != "." }
            let zeros = max(0, (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) - 14)
            return digits + String(repeating: "0", count: zeros) + (places > 0 ? "." + String(repeating: "0", count: places) : "")
        }
        // Fifteen digits are what a sheet keeps; 1.005 is more than it seems in binary.
        let whole = value < 1 ? 1 : String(Int64(value)).count
        let kept = String(format: "%.\(max(0, 15 - whole))f", value)
        guard let point = kept.firstIndex(of: ".") else { return String(format: "%.\(places)f", value) }
        let digits = kept[kept.index(after: point)...]
        guard digits.count > places else { return String(format: "%.\(places)f", value) }
        var number = Array((kept[..<point] + digits.prefix(places)).utf8)
        if digits.dropFirst(places).first.map({ $0 >= "5" }) == true {
            var place = number.count - 1
            while place >= 0, number[place] == UInt8(ascii: "9") {
                number[place] = UInt8(ascii: "0")
                place -= 1
            }
            if place >= 0 { number[place] += 1 } else { number.insert(UInt8(ascii: "1"), at: 0) }
        }
        let text = String(decoding: number, as: UTF8.self)
        return places == 0 ? text : "\(text.dropLast(places)).\(text.suffix(places))"
    }

    private static func grouped(_ whole: String) -> String {
        var text = ""
        for (place, digit) in whole.reversed().enumerated() {
            if place > 0, place % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    private static func fraction(_ value: Double, _ section: Section) -> String {
        let hasWhole = section.parts.contains { if case .digits = $0 { true } else { false } }
        let size = abs(value)
        guard size < 1e9 else { return general(value) }
        let whole = hasWhole ? size.rounded(.down) : 0
        var (numerator, denominator) = (0, 1)
        for case .fraction(_, let places, let fixed) in section.parts {
            if let fixed {
                (numerator, denominator) = (Int(((size - whole) * Double(fixed)).rounded()), fixed)
            } else {
                (numerator, denominator) = nearest(size - whole, most: places == 1 ? 9 : places == 2 ? 99 : 999)
            }
        }
        var total = Int(exactly: whole) ?? 0
        if hasWhole, numerator == denominator {
            total += 1
            numerator = 0
        }
        let sign = value < 0 ? "-" : ""
        if hasWhole {
            return numerator == 0
                ? "\(sign)\(total)"
                : total == 0 ? "\(sign)\(numerator)/\(denominator)" : "\(sign)\(total) \(numerator)/\(denominator)"
        }
        return "\(sign)\(numerator)/\(denominator)"
    }

    private static func nearest(_ value: Double, most: Int) -> (Int, Int) {
        var best = (0, 1)
        var distance = value
        for denominator in 1...most {
            let numerator = (value * Double(denominator)).rounded()
            let off = abs(value - numerator / Double(denominator))
            if off < distance - 1e-12 { (best, distance) = ((Int(numerator), denominator), off) }
        }
        return best
    }

    // MARK: Dates

    /// Days behind the day 0 of a sheet as calendar parts; 1900-02-29, which Lotus believed in, is kept as sheets keep it.
    static func calendar(_ days: Int, is1904: Bool) -> (year: Int, month: Int, day: Int, weekday: Int)? {
        guard 0...2_958_465 ~= days else { return nil }
        if !is1904 {
            if days == 60 { return (1900, 2, 29, 3) }
            if days == 0 { return (1900, 1, 0, 6) }
        }
        // Day 1 is the first of January 1900; before March a day is missing.
        let unix = is1904 ? days - 24_107 : days - (days < 60 ? 25_568 : 25_569)
        let day = CalendarDay(days: unix)
        return (day.year, day.month, day.day, ((unix % 7) + 11) % 7)
    }

    private static func date(_ value: Double, _ section: Section, _ is1904: Bool) -> String? {
        guard value >= 0, value < 2_958_466 else { return nil }
        let decimals = section.parts.lazy.compactMap { if case .date(".", let count) = $0 { count } else { nil } }.first ?? 0
        let unit = (0..<min(decimals, 3)).reduce(1.0) { unit, _ in unit * 10 }
        let ticks = (value * 86_400 * unit).rounded()
        let seconds = Int((ticks / unit).rounded(.down))
        let (days, second) = (seconds / 86_400, seconds % 86_400)
        guard let calendar = calendar(days, is1904: is1904) else { return nil }
        let names = section.language.flatMap { CalendarNames.languages[$0] } ?? .english
        let isHalf = section.parts.contains { if case .amPM = $0 { true } else { false } }
        let hour = second / 3600
        func padded(_ number: Int, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return section.parts.map { part in
            switch part {
            case .literal(let words): words
            case .point: "."
            case .date("y", let count): count <= 2 ? padded(calendar.year % 100, 2) : String(calendar.year)
            case .date("m", let count):
                count <= 2 ? padded(calendar.month, count) : names.month(calendar.month, letters: count)
            case .date("d", let count):
                count <= 2 ? padded(calendar.day, count) : names.weekday(calendar.weekday, letters: count)
            case .date("h", let count): padded(isHalf ? (hour % 12 == 0 ? 12 : hour % 12) : hour, count)
            case .date("n", let count): padded(second / 60 % 60, count)
            case .date("s", let count): padded(second % 60, count)
            case .date(".", let count): "." + padded(Int(ticks) % Int(unit), min(count, 3))
            case .elapsed("h", let count): padded(seconds / 3600, count)
            case .elapsed("m", let count): padded(seconds / 60, count)
            case .elapsed("s", let count): padded(seconds, count)
            case .amPM(let form): form == "A/P" ? (hour < 12 ? "A" : "P") : hour < 12 ? "AM" : "PM"
            case .date, .elapsed, .digits, .percent, .exponent, .fraction, .general, .text: ""
            }
        }.joined()
    }
}
