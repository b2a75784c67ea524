import Core
import Testing

@Suite("Dates of HTTP")
struct HTTPDateTests {
    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "sun, 6 NOV 1994 08:49:37 gmt",
        "Sun, 06 Nov 1994 08:49:37 UTC",
    ])
    func `each usual way is read`(text: String) throws {
        #expect(try #require(Moment(httpDate: text)).rawValue == 784_111_777_000)
    }

    @Test func `what is written is read`() {
        for seconds in stride(from: Int64(-30_000_000_000), to: 200_000_000_000, by: 987_654_321) {
            let moment = Moment(rawValue: seconds * 1000)
            #expect(Moment(httpDate: moment.httpDate)?.rawValue == moment.rawValue, "\(moment.httpDate)")
        }
    }

    @Test func `two digits of a year lie at most fifty years ahead`() throws {
        let now = try #require(Moment(httpDate: "Sun, 29 Nov 2026 12:00:00 GMT"))
        #expect(Moment(httpDate: "Sunday, 06-Nov-76 08:49:37 GMT", now: now)?.description.hasPrefix("2076-11-06") == true)
        #expect(Moment(httpDate: "Sunday, 06-Nov-77 08:49:37 GMT", now: now)?.description.hasPrefix("1977-11-06") == true)
    }

    @Test(arguments: [
        "", "soon", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Brumaire 1994 08:49:37 GMT", "Sun, ٠٦ Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 99999999999999999999 08:49:37 GMT", "Sun, 06 Nov 1994 -8:49:37 GMT", "Sun, 06 Nov 1994 ::: GMT",
        String(repeating: "Sun, ", count: 10_000), "Sun Nov 6 08:49:37",
    ])
    func `anything else is no date`(text: String) {
        #expect(Moment(httpDate: text) == nil)
    }
}
