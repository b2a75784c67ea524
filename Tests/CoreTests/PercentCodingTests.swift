import Core
import Testing

@Suite("Percent-encoding")
struct PercentCodingTests {
    @Test func `every byte comes back as it was`() throws {
        let all = Array(UInt8.min...UInt8.max)
        let text = PercentCoding.encode(all)
        #expect(PercentCoding.decode(text.utf8) == all)
        #expect(text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
    }

    @Test func `unreserved characters stay, and slashes where they are asked for`() {
        #expect(PercentCoding.encode("aZ09-._~ /é+".utf8) == "aZ09-._~%20%2F%C3%A9%2B")
        #expect(PercentCoding.encode("a/b c".utf8, keepsSlash: true) == "a/b%20c")
    }

    @Test(arguments: ["%", "a%2", "%zz", "%+1", "% 1", "%-1", "%é", "%2%30"]) func `half a code is none`(text: String) {
        #expect(PercentCoding.decode(text.utf8) == nil)
    }

    @Test func `small letters are digits too, and what is no UTF-8 is no text`() {
        #expect(PercentCoding.decode(text: "%c3%a9") == "é")
        #expect(PercentCoding.decode(text: "%ff") == nil)
        #expect(PercentCoding.decode("%ff".utf8) == [0xFF])
    }
}
