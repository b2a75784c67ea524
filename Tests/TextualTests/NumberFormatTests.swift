import Testing

@testable import Textual

@Suite("Numbers of sheets as people see them")
struct NumberFormatTests {
    /// What Excel shows, from its documentation and its own files.
    @Test(
        arguments: [
            ("General", 1234.5, "1234.5"), ("General", 0.1 + 0.2, "0.3"), ("General", 123_456_789_012, "1.23457E+11"),
            ("General", -7, "-7"),
            ("0", 2.5, "3"), ("0.00", 1.005, "1.01"), ("0.00", -0.001, "0.00"), ("#,##0", 1_234_567, "1,234,567"),
            ("#,##0.00", 0.5, "0.50"),
            ("0%", 0.256, "26%"), ("0.0%", 0.256, "25.6%"), ("0.00E+00", 12345, "1.23E+04"), ("0.00E+00", 0.00012, "1.20E-04"),
            ("#,##0;(#,##0)", -1234, "(1,234)"), ("0.00;[Red]-0.00;\"none\"", 0, "none"), ("\"EUR\" #,##0.00", 12.3, "EUR 12.30"),
            ("[$€-407] #,##0.00", 5, "€ 5.00"), ("0.0,,\" M\"", 12_345_678, "12.3 M"), ("000-00", 1234, "012-34"),
            ("# ?/?", 0.5, "1/2"),
            ("# ??/??", 2.25, "2 1/4"), ("[<1]0.00;0", 0.5, "0.50"), ("[<1]0.00;0", 5, "5"), ("#.##", 0.5, ".5"),
            ("0", 489_290_024_005_182_976, "489290024005183000"),
        ] as [(String, Double, String)])
    func `a number looks as in a sheet`(_ format: String, _ value: Double, _ shown: String) {
        #expect(NumberFormat(format).text(value, is1904: false) == shown)
    }

    @Test(
        arguments: [
            ("yyyy-mm-dd", 45_000, "2023-03-15"), ("d.m.yy", 45_000, "15.3.23"), ("mmm d, yyyy", 45_000, "Mar 15, 2023"),
            ("dddd", 45_000, "Wednesday"), ("yyyy-mm-dd", 1, "1900-01-01"), ("yyyy-mm-dd", 60, "1900-02-29"),
            ("yyyy-mm-dd", 61, "1900-03-01"),
            ("h:mm", 0.75, "18:00"), ("h:mm AM/PM", 0.75, "6:00 PM"), ("hh:mm:ss", 0.5 + 1.0 / 86_400, "12:00:01"),
            ("[h]:mm", 1.5, "36:00"),
            ("mm:ss.0", 1.0 / 86_400 * 61.5, "01:01.5"), ("d/m/yyyy h:mm", 45_000.25, "15/3/2023 6:00"), ("m/d", 45_000, "3/15"),
        ] as [(String, Double, String)])
    func `a date looks as in a sheet`(_ format: String, _ value: Double, _ shown: String) {
        #expect(NumberFormat(format).text(value, is1904: false) == shown)
        #expect(NumberFormat(format).isDate)
    }

    @Test func `days of a sheet of 1904 begin four years later`() {
        #expect(NumberFormat("yyyy-mm-dd").text(0, is1904: true) == "1904-01-01")
        #expect(NumberFormat("yyyy-mm-dd").text(43_538, is1904: true) == "2023-03-15")
    }

    @Test func `text keeps its section`() {
        #expect(NumberFormat("@").text("a") == "a")
        #expect(NumberFormat("0;0;0;\"<\"@\">\"").text("a") == "<a>")
    }

    @Test(arguments: [
        "", ";;;", "[", "\"", "\\", "E+", "0/0", "[$", "#,", "yyyyyyyyyyyyyyyyyyyy", "\u{1F600}", "0.0.0", "[h", "??/",
    ])
    func `no format ends the program`(_ format: String) {
        for value in [0, 1, -1, 1e300, -1e-300, 45_000.5, .infinity, .nan] { _ = NumberFormat(format).text(value, is1904: false) }
    }
}
