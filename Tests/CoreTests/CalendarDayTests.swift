import Core
import Testing

@Suite("Days of the calendar")
struct CalendarDayTests {
    @Test func `every day has one number, from the year 1 to the year 9999`() {
        var expected = (year: 1, month: 1, day: 1)
        for days in -719_162...2_932_896 {
            let day = CalendarDay(days: days)
            guard (day.year, day.month, day.day) == expected,
                CalendarDay.days(year: day.year, month: day.month, day: day.day) == days
            else {
                Issue.record("day \(days) is \(day)")
                return
            }
            expected.day += 1
            if expected.day > CalendarDay.length(ofMonth: expected.month, year: expected.year) {
                expected = (expected.month == 12 ? expected.year + 1 : expected.year, expected.month % 12 + 1, 1)
            }
        }
        #expect(expected == (10_000, 1, 1))
    }

    @Test(arguments: [(2023, 2, 29), (1900, 2, 29), (2024, 4, 31), (2024, 13, 1), (2024, 0, 1), (2024, 1, 0), (0, 12, 31)])
    func `a day that is in no calendar has no number`(year: Int, month: Int, day: Int) {
        #expect(CalendarDay.days(year: year, month: month, day: day) == nil)
    }

    @Test func `days and months have their English names`() {
        let day = CalendarDay(days: 20_785)
        #expect("\(day.weekdayName) \(day.day) \(day.monthName) \(day.year)" == "Sat 28 Nov 2026")
        #expect(CalendarDay(days: -1).weekdayName == "Wed")
    }
}
