/// Dates as HTTP writes them (RFC 9110, section 5.6.7). Nothing here asks the system for calendars or zones, which a confined worker has not.
extension Moment {
    package var httpDate: String {
        let text = Array(description.utf8)
        func part(_ range: ClosedRange<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
        return "\(day.weekdayName), \(part(8...9)) \(day.monthName) \(part(0...3)) \(part(11...18)) GMT"
    }

    /// In each of the three ways that have been usual: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and
    /// `Sun Nov  6 08:49:37 1994`; nil for anything else. The name of the day is not looked at.
    /// - Parameter now: a year of two digits that seems to be more than 50 years ahead lies in the past.
    package init?(httpDate text: String, now: Moment = .now) {
        guard text.utf8.count <= 64 else { return nil }
        let words = text.split { " ,-\t".contains($0) }
        guard words.count == 5 || words.count == 6 else { return nil }
        let isOld = words.count == 5
        guard isOld || ["GMT", "UTC"].contains(words[5].uppercased()),
            let month = CalendarDay.monthNames.firstIndex(of: words[isOld ? 1 : 2].capitalized),
            let day = Self.number(words[isOld ? 2 : 1], digits: 1...2),
            var year = Self.number(words[isOld ? 4 : 3], digits: 2...4)
        else { return nil }
        if year < 100 {
            year += 2000
            if year > now.day.year + 50 { year -= 100 }
        }
        let time = words[isOld ? 3 : 4].split(separator: ":", omittingEmptySubsequences: false).map {
            Self.number($0, digits: 2...2)
        }
        guard time.count == 3, let hour = time[0], let minute = time[1], let second = time[2], hour < 24, minute < 60,
            second <= 60,
            let days = CalendarDay.days(year: year, month: month + 1, day: day)
        else { return nil }
        self.init(rawValue: Int64(((days * 24 + hour) * 60 + minute) * 60 + second) * 1000)
    }

    private static func number(_ text: Substring, digits: ClosedRange<Int>) -> Int? {
        guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        return Int(text)
    }
}

extension Substring {
    /// In ASCII letters.
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst().lowercased() }
}
