import Foundation
import Testing

@testable import Tabular

@Suite("Matching patterns")
struct PatternTests {
    func matches(_ pattern: String, _ text: String) throws -> Bool {
        let matcher = PatternMatcher(try Pattern(pattern, isCaseSensitive: true, field: "value"))
        return Array((text + "\0").utf8).withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { matcher.matches($0, bytes.count - 1) } ?? false
        }
    }

    /// Patterns whose meaning is the same here and in Foundation.
    static let patterns = [
        "a", "^a", "a$", "^a$", "ab|cd", "(ab)+", "a*b", "a+?b", "[abc]+d", "[^abc]", "a{2}", "^a{2,3}$", "^(a|b){2,}$", "a.c",
        "\\d+",
        "^[a-z]\\w*$", "\\s", "\\S+ \\S+", "\\bcat\\b", "\\Bcat", "é", "[à-ü]", "^.$", "^..$", "(?:x|y)z", "\\.", "a\\|b", "[]a]",
        "[a-]",
        "^(\\d{4})-(\\d{2})$", "a?b?c?", "^$", "😀", "[😀é]+$", "x{0}y", "(a|ab)(c|bcd)(d*)",
    ]
    static let texts = [
        "", "a", "b", "ab", "abc", "aab", "aaa", "aaaa", "cd", "abab", "bcd", "a.c", "axc", "a\nc", "12", "2020-01", "cat",
        "concat",
        "a cat!", "é", "ü", "😀", "😀é", "xz", "yz", "a|b", "]", "-", "word_1", "two words", "\t", "y", "abcd", "ñ",
    ]

    @Test(arguments: patterns)
    func `a pattern matches what it matches elsewhere`(_ pattern: String) throws {
        let expected = try NSRegularExpression(pattern: pattern)
        for text in PatternTests.texts {
            let whole = NSRange(text.startIndex..., in: text)
            #expect(
                try matches(pattern, text) == (expected.firstMatch(in: text, range: whole) != nil),
                "\(pattern) on \(text.debugDescription)")
        }
    }

    @Test(arguments: ["(a+)+$", "(a|a)*b", "(.*)*x", "(a?){50}a{50}", "^(([a-z])+.)+[A-Z]([a-z])+$"])
    func `a hostile pattern takes linear time`(_ pattern: String) throws {
        let text = String(repeating: "a", count: 5_000) + "!"
        let start = ContinuousClock.now
        _ = try matches(pattern, text)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test(arguments: [
        "(", ")", "[", "a{3,2}", "*", "a**", "\\", "\\k", "(?<n>a)", "(?=a)", "(a)\\1", "a{5000}", "((a{100}){100}){100}",
        "[z-a]", "(?x)a",
    ])
    func `a pattern that is broken or too large is refused`(_ pattern: String) {
        #expect(throws: InvalidStep.self) { try matches(pattern, "a") }
    }

    @Test func `many states do not use up the memory`() throws {
        let pattern = "[ab]*a[ab]{15}c"
        var random = Seeded(state: 7)
        let text = String((0..<10_000).map { _ in Bool.random(using: &random) ? Character("a") : "b" })
        #expect(try !matches(pattern, text))
        #expect(try matches(pattern, text + "a" + String(repeating: "b", count: 15) + "c"))
    }
}
