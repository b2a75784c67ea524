import Core
import Foundation
import Testing

@Suite("Writing a moment")
struct MomentTests {
    @Test func `the document's example comes out letter by letter`() {
        #expect(Moment(rawValue: 1_698_400_800_000).description == "2023-10-27T10:00:00.000Z")
    }

    @Test func `moments before 1970 and on leap days are right`() {
        #expect(Moment(rawValue: -1).description == "1969-12-31T23:59:59.999Z")
        #expect(Moment(rawValue: 951_782_400_000).description == "2000-02-29T00:00:00.000Z")
    }

    @Test func `beyond the years of four digits the nearer end is shown`() {
        #expect(Moment(rawValue: .max).description == "9999-12-31T23:59:59.999Z")
        #expect(Moment(rawValue: .min).description == "0000-01-01T00:00:00.000Z")
        #expect(Moment(Date(timeIntervalSince1970: 1e300)).rawValue == .max)
        #expect(Moment(rawValue: .max).adding(seconds: 1).rawValue == .max)
        #expect(Moment(rawValue: .min).adding(seconds: -1e300).rawValue == .min)
        #expect(Moment(rawValue: 5).adding(seconds: .nan).rawValue == 5)
    }

    @Test func `it agrees with Foundation over four centuries`() {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        var seconds: Int64 = -4_000_000_000
        while seconds < 9_000_000_000 {
            let moment = Moment(rawValue: seconds * 1000 + 7)
            #expect(moment.description == formatter.string(from: moment.date))
            seconds += 12_345_678
        }
    }
}
