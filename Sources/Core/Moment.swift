package import Foundation

/// A point in time in whole milliseconds since 1970 (UTC); stored as an integer, shown as `2023-10-27T10:00:00.000Z`.
package struct Moment: RawRepresentable, Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    package init(_ date: Date) {
        rawValue = Int64(clamped: (date.timeIntervalSince1970 * 1000).rounded(.down))
    }

    package static var now: Moment { Moment(Date()) }

    package var date: Date { Date(timeIntervalSince1970: Double(rawValue) / 1000) }
    package var seconds: Double { Double(rawValue) / 1000 }

    /// The ends of time are where the sum would leave it.
    package func adding(seconds: Double) -> Moment {
        let (sum, isOver) = rawValue.addingReportingOverflow(Int64(clamped: seconds * 1000))
        return Moment(rawValue: isOver ? (seconds < 0 ? .min : .max) : sum)
    }

    /// What has a year of four digits; a moment outside is shown as the nearer end.
    private static let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999
    private var shown: Int64 { min(max(rawValue, Self.range.lowerBound), Self.range.upperBound) }

    /// Its day in UTC.
    package var day: CalendarDay { CalendarDay(days: Int(shown.dividedFloored(by: 86_400_000))) }

    package static func < (one: Moment, other: Moment) -> Bool { one.rawValue < other.rawValue }

    /// RFC 3339 in UTC with three decimals. Written by hand: a formatter costs more than the rest of a small answer.
    package var description: String {
        let date = day
        let inDay = shown - Int64(date.days) * 86_400_000
        let (hour, minute) = (inDay / 3_600_000, inDay / 60_000 % 60)
        let (second, milli) = (inDay / 1000 % 60, inDay % 1000)
        // From the last place to the first.
        return String(unsafeUninitializedCapacity: 24) { bytes in
            var place = 24
            func put(_ byte: UInt8) {
                place -= 1
                bytes.initializeElement(at: place, to: byte)
            }
            func put(_ number: Int64, digits: Int) {
                var rest = number
                for _ in 0..<digits {
                    put(0x30 + UInt8(rest % 10))
                    rest /= 10
                }
            }
            put(UInt8(ascii: "Z"))
            put(milli, digits: 3)
            put(UInt8(ascii: "."))
            put(second, digits: 2)
            put(UInt8(ascii: ":"))
            put(minute, digits: 2)
            put(UInt8(ascii: ":"))
            put(hour, digits: 2)
            put(UInt8(ascii: "T"))
            put(Int64(date.day), digits: 2)
            put(UInt8(ascii: "-"))
            put(Int64(date.month), digits: 2)
            put(UInt8(ascii: "-"))
            put(Int64(date.year), digits: 4)
            return 24
        }
    }

    /// As the collaboration document writes it: UTC without a zone, with six decimals, `2025-01-14T10:00:00.000000`.
    package var withoutZone: String { "\(description.dropLast())000" }
}

extension Int64 {
    fileprivate func dividedFloored(by divisor: Int64) -> Int64 {
        self >= 0 ? self / divisor : -((-self + divisor - 1) / divisor)
    }
}
