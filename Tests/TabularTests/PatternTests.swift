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

    private func text(_ count: Int) -> String {
        var random = Seeded(state: 7)
        return String((0..<count).map { _ in Bool.random(using: &random) ? Character("a") : "b" })
    }

    private func run(_ matcher: PatternMatcher, _ text: String) -> Bool {
        Array((text + "\0").utf8).withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { matcher.matches($0, bytes.count - 1) } ?? false
        }
    }

    @Test(arguments: [("[ab]*a[ab]{900}c", 900), ("[ab]*a[ab]{15}c", 15), ("(a|b)*a(a|b){300}c", 300)])
    func `a pattern that meets new states at every byte goes without keeping them`(_ pattern: String, _ gap: Int) throws {
        let compiled = try Pattern(pattern, isCaseSensitive: true, field: "value")
        let matcher = PatternMatcher(compiled)
        let text = text(200_000)
        #expect(!run(matcher, text))
        // Few states were made, and each byte visited each instruction once at most.
        #expect(matcher.statesMade < 3000)
        #expect(matcher.visits <= (text.utf8.count + matcher.statesMade + 1) * compiled.instructions.count)
        #expect(run(matcher, text + "a" + String(repeating: "b", count: gap) + "c"))
        #expect(!run(matcher, text + "b" + String(repeating: "b", count: gap) + "c"))
    }

    @Test func `states are tried again after a while, and memory stays bounded`() throws {
        let matcher = PatternMatcher(try Pattern("[ab]*a[ab]{15}c|x+y", isCaseSensitive: true, field: "value"))
        _ = run(matcher, text(100_000))
        let before = matcher.visits
        for _ in 0..<50 { #expect(!run(matcher, String(repeating: "x", count: 20_000))) }
        // With states the visits end; without them each byte costs some.
        #expect(matcher.visits - before < 1_000_000 * 8)
        let visits = matcher.visits
        #expect(run(matcher, String(repeating: "x", count: 20_000) + "y"))
        #expect(matcher.visits - visits < 1000)
    }

    @Test(arguments: PatternTests.patterns)
    func `a pattern matches the same with states and without`(_ pattern: String) throws {
        let simulated = PatternMatcher(try Pattern(pattern, isCaseSensitive: true, field: "value"))
        simulated.goWithoutStates()
        for text in PatternTests.texts { #expect(run(simulated, text) == (try matches(pattern, text)), "\(pattern) on \(text)") }
    }

    @Test(arguments: [
        "(((){1000}){1000}){1000}", "((((((?:){999}){999}){999}){999}){999}){999}", String(repeating: "a", count: 20_000),
    ])
    func `a pattern that would take for ever to compile is refused at once`(_ pattern: String) {
        let start = ContinuousClock.now
        #expect(throws: InvalidStep.self) { try matches(pattern, "a") }
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func `the patterns of a recipe are bounded together`() throws {
        func recipe(_ count: Int) throws -> Recipe {
            let step = #"{"type":"filter","params":{"column":"a","operator":"regex","value":"[ab]{900}"}}"#
            return try Recipe.parse(json: Data(("[" + Array(repeating: step, count: count).joined(separator: ",") + "]").utf8))
        }
        _ = try recipe(10)
        let refused = #expect(throws: InvalidStep.self) { try recipe(50) }
        #expect(refused?.field == "processing_steps[17]")
        // The command line adds steps one by one; they meet the bound when the run begins.
        let bench = try Bench()
        let many = try (0..<50).map { _ in try recipe(1).steps[0] }
        #expect(bench.failure("a\nx\n", steps: many) == "invalid_step")
    }
}
