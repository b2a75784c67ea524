import Core
import Foundation
import Testing

@Suite("Reading and writing JSON")
struct JSONTests {
    @Test func `keys are sorted, so that equal values have equal bytes`() throws {
        #expect(try JSON(parsing: #"{"b": 1, "a": [true, null, 1.5]}"#).text == #"{"a":[true,null,1.5],"b":1}"#)
    }

    @Test func `what was written is read back equal`() throws {
        let value: JSON = [
            "text": "quote \" slash \\ line \n tab \t bell \u{7} ü 😀",
            "numbers": [0, -1, .int(.max), .double(0.1), .double(1e300)],
        ]
        #expect(try JSON(parsing: value.text) == value)
    }

    @Test(arguments: ["", "{", "nope", "{\"a\":}", "[1,]x", "\u{FEFF}\u{0}"]) func `broken text is refused with a reason`(
        text: String
    ) {
        let failure = #expect(throws: Failure.self) { try JSON(parsing: text) }
        #expect(failure?.code == "invalid_json")
    }
}

@Suite("Reading fields of a body")
struct FieldsTests {
    let fields: Fields

    init() throws { fields = try Fields(["name": "  Ada ", "blank": " ", "size": 12, "wrong": true]) }

    @Test func `text is trimmed, and blank counts as absent`() throws {
        #expect(try fields.text("name", limit: 10) == "Ada")
        #expect(try fields.optionalText("blank", limit: 10) == nil)
    }

    @Test(arguments: [("missing", "missing_missing"), ("blank", "missing_blank"), ("wrong", "invalid_wrong")])
    func `a failure names the field`(name: String, code: String) {
        let failure = #expect(throws: Failure.self) { try fields.text(name, limit: 10) }
        #expect(failure?.code == code)
        #expect(failure?.message.contains(name) == true)
    }

    @Test func `a number outside its range is refused`() throws {
        #expect(try fields.optionalCount("size", in: 0...12) == 12)
        #expect(throws: Failure.self) { try fields.optionalCount("size", in: 0...11) }
    }
}

@Suite("Guessing the name that was meant")
struct NearestTests {
    @Test func `a slip is corrected and a stranger is not`() {
        #expect(Nearest.name(to: "prot", in: ["host", "port", "workers"]) == "port")
        #expect(Nearest.name(to: "elephants", in: ["host", "port", "workers"]) == nil)
    }
}
