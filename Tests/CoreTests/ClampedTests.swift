import Core
import Testing

@Suite("Numbers and texts from outside")
struct ClampedTests {
    @Test func `a number that does not fit becomes the nearest that does`() {
        #expect(Int64(clamped: 1e300) == .max)
        #expect(Int64(clamped: -1e300) == .min)
        #expect(Int64(clamped: .infinity) == .max)
        #expect(Int64(clamped: -.infinity) == .min)
        #expect(Int64(clamped: .nan) == 0)
        #expect(Int64(clamped: -2.9) == -2)
        #expect(Int(clamped: 9.22e18) == 9_220_000_000_000_000_000)
        #expect(UInt8(clamped: -1) == 0)
        #expect(UInt8(clamped: 256) == 255)
    }

    @Test func `a text is cut between scalars, however long its characters are`() {
        #expect("abc".clipped(bytes: 3) == "abc")
        #expect("abc".clipped(bytes: 2) == "ab")
        #expect("aü".clipped(bytes: 2) == "a")
        #expect("😀".clipped(bytes: 3).isEmpty)
        #expect(String(repeating: "a\u{301}", count: 1000).clipped(bytes: 100).utf8.count == 100)
        #expect(("a" + String(repeating: "\u{301}", count: 1000)).clipped(bytes: 100).utf8.count == 99)
    }
}
