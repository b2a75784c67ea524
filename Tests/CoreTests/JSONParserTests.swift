import Core
import Foundation
import Testing

@Suite("Reading JSON")
struct JSONParserTests {
    @Test func `values of every kind`() throws {
        let text = #" {"a": [1, -2.5, 1e400000000000000000000e] } "#
        #expect(throws: Failure.self) { try JSON(parsing: text) }
        #expect(
            try JSON(parsing: #"{"a":[1,-2.5,true,false,null,""],"b":{"c":"d"},"e":1.5e3,"f":9223372036854775807}"#)
                == ["a": [1, .double(-2.5), true, false, nil, ""], "b": ["c": "d"], "e": 1500, "f": .int(.max)])
    }

    @Test func `escapes and letters beyond ASCII`() throws {
        #expect(try JSON(parsing: #""a\"\\\/\b\f\n\r\tü\ud83d\ude00ß""#) == .string("a\"\\/\u{8}\u{C}\n\r\tü😀ß"))
    }

    @Test(arguments: [
        "", " ", "{", "[", "[1", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "'a'", "\"a", "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "01", "+1", "1.", ".5", "1e", "--1", "nul", "truex", "1 2",
        "\"a\nb\"", "[1]]",
        "NaN", "Infinity", "1e999", "// x\n1",
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(#expect(throws: Failure.self) { try JSON(parsing: text) }?.code == "invalid_json")
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        #expect(throws: Failure.self) { try JSON(parsing: Data([0x22, 0xFF, 0x22])) }
        #expect(throws: Failure.self) { try JSON(parsing: Data([0x22, 0x5C, 0x6E, 0xC3, 0x22])) }
    }

    @Test func `sixty-four levels are read and one more is not`() throws {
        let fits = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        _ = try JSON(parsing: fits)
        #expect(throws: Failure.self) { try JSON(parsing: "[" + fits + "]") }
    }

    /// Nothing here is timed: what grew with the square of the depth would not end within the test's patience.
    @Test func `five hostile megabytes cost no more than five honest ones`() throws {
        for text in [String(repeating: "[", count: 5_000_000), String(repeating: "{\"a\":", count: 1_000_000)] {
            #expect(throws: Failure.self) { try JSON(parsing: text) }
        }
        let flat = "[" + String(repeating: "{},", count: 1_700_000) + "{}]"
        #expect(try JSON(parsing: flat).arrayValue?.count == 1_700_001)
    }

    @Test func `what is written is read again`() throws {
        let value: JSON = ["text": "quote \" back \\ tab \t null \u{0} 😀", "numbers": [0, -1, .double(0.1), .double(1e300)]]
        #expect(try JSON(parsing: value.bytes) == value)
    }
}
