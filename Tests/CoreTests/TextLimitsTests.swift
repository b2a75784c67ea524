import Core
import Foundation
import Testing

/// Marks of two classes, so that normalising has to sort them.
private func marked(_ count: Int) -> String {
    "a" + String(repeating: "\u{301}", count: count / 2) + String(repeating: "\u{316}", count: count / 2)
}

@Suite("Limiting texts")
struct TextLimitsTests {
    @Test func `a letter with marks without end is no short text`() {
        #expect(marked(1_000_000).count == 1)
        #expect(!marked(1_000_000).fits(letters: 255))
        #expect(!marked(1_000_000).hasFewMarks)
    }

    @Test(arguments: ["a", "é", "я", "語", "क्षि", "👩‍👩‍👧", "👍🏽"])
    func `a field takes as many letters as it says, of any script`(letter: String) {
        let room = max(1, 255 * 4 / letter.utf8.count)
        #expect(String(repeating: letter, count: min(255, room)).fits(letters: 255))
        #expect(!String(repeating: letter, count: 256).fits(letters: 255))
    }

    @Test func `a letter may carry as many marks as the stream-safe format allows`() {
        #expect(("a" + String(repeating: "\u{301}", count: 30) + "b" + String(repeating: "\u{316}", count: 30)).hasFewMarks)
        #expect(!("a" + String(repeating: "\u{301}", count: 31)).hasFewMarks)
    }

    @Test func `a text is cut between two scalars`() {
        #expect("añb".beginning(bytes: 2) == "a")
        #expect("añb".beginning(bytes: 3) == "añ")
        #expect("añb".beginning(bytes: 30) == "añb")
        #expect("añb".beginning(letters: 2) == "añ")
        #expect(marked(10_000).beginning(letters: 100).utf8.count <= 400)
    }

    @Test func `a member that is too long is refused, whatever it is made of`() throws {
        let blanks = String(repeating: " ", count: 500)
        let fields = try Fields([
            "marks": .string(marked(2000)), "letters": .string(String(repeating: "x", count: 256)), "blanks": .string(blanks),
            "endless": .string(String(repeating: " ", count: 1_000_000)), "fine": .string(blanks + "x" + blanks),
        ])
        for name in ["marks", "letters", "endless"] {
            let failure = #expect(throws: Failure.self) { try fields.optionalText(name, limit: 255) }
            #expect(failure?.code == "invalid_\(name)")
        }
        #expect(try fields.optionalText("blanks", limit: 255) == nil)
        #expect(try fields.optionalText("fine", limit: 255) == "x")
        let secret = try Fields(["password": .string(String(repeating: "x", count: 4097))])
        #expect(#expect(throws: Failure.self) { try secret.secret("password") }?.code == "invalid_password")
    }

    /// A name is hashed, which takes minutes with marks like these.
    @Test(.timeLimit(.minutes(1)))
    func `JSON with marks without end is refused before it is hashed`() {
        for text in [
            "{\"\(marked(1_000_000))\": 1}", "[\"\(marked(1_000_000))\"]", "\"a" + String(repeating: "\\u0301", count: 40) + "\"",
        ] {
            #expect(#expect(throws: Failure.self) { try JSON(parsing: text) }?.code == "too_many_marks")
        }
    }

    @Test func `what older versions stored is still read`() throws {
        #expect(try JSON(stored: "[\"\(marked(100))\"]").arrayValue?.first?.stringValue == marked(100))
    }
}

@Suite("Writing events")
struct EventTests {
    @Test func `an event holds little, and keeps its short members`() {
        let event = Event(
            tenant: "t", user: nil, type: "task.changed",
            detail: [
                "task_id": "x", "version": 7, "title": .string(marked(1_000_000)),
                "more": .array(.init(repeating: 1, count: 9000)),
            ])
        #expect(event.detail.bytes.count <= Event.Limits.detailBytes)
        #expect(event.detail["task_id"] == "x")
        #expect(event.detail["version"] == 7)
        #expect(event.detail["is_cut"] == true)
        #expect(event.detail["more"] == nil)
    }
}
