import Core
import Foundation
import Testing

@Suite("Ids")
struct IDTests {
    @Test func `a UUID is one, and upper case is folded`() {
        for _ in 0..<100 {
            let text = UUID().uuidString
            #expect(ID<Int>(rawValue: text)?.rawValue == text.lowercased())
            #expect(ID<Int>(rawValue: text.lowercased())?.rawValue == text.lowercased())
        }
    }

    @Test(arguments: [
        "", "00000000-0000-4000-8000-00000000000", "00000000-0000-4000-8000-0000000000000", "00000000000040008000000000000000",
        "0000000-00000-4000-8000-000000000000", "g0000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-00000000000é",
        "{0000000-0000-4000-8000-00000000000}", "00000000_0000_4000_8000_000000000000", "------------------------------------",
        "０0000000-0000-4000-8000-0000000000",
    ])
    func `nothing else is`(text: String) {
        #expect(ID<Int>(rawValue: text) == nil)
        #expect(text.utf8.count != 36 || UUID(uuidString: text) == nil)
    }
}
