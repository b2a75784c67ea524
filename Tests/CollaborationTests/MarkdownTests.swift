import Core
import Testing

@testable import Collaboration

@Suite("Rendering notes")
struct MarkdownTests {
    @Test(arguments: [
        ("# One\n\n###### Six", "<h3>One</h3>\n<h6>Six</h6>\n"),
        ("One\n===", "<h3>One</h3>\n"),
        ("a <b>b</b>", "<p>a b</p>\n"),
        ("<script>alert(1)</script>", ""),
        ("[a](javascript:alert(1)) [b](JaVaScript:x) [c](data:text/html,x) [d](/jobs) [e](//e.com)", "<p>a b c d e</p>\n"),
        ("[*a*](vbscript:x)", "<p><em>a</em></p>\n"),
        ("[a](&#106;avascript:x) [b](java\\\nscript:x)", "<p>a [b](java<br />\nscript:x)</p>\n"),
        (
            "[a](https://e.com/?x=1&y=\"2\")",
            "<p><a rel=\"nofollow noopener noreferrer\" href=\"https://e.com/?x=1&amp;y=%222%22\">a</a></p>\n"
        ),
        ("<me@e.com>", "<p><a rel=\"nofollow noopener noreferrer\" href=\"mailto:me@e.com\">me@e.com</a></p>\n"),
        (
            "![a *b*](http://e.com/p.png)",
            "<p><a rel=\"nofollow noopener noreferrer\" href=\"http://e.com/p.png\">a b</a></p>\n"
        ),
        ("![](data:image/png;base64,AA)", "<p>picture</p>\n"),
        ("![a [b](http://b/)](javascript:x)", "<p>a b</p>\n"),
        ("[![p](http://e/p.png)](http://e/)", "<p><a rel=\"nofollow noopener noreferrer\" href=\"http://e/\">p</a></p>\n"),
        ("[![p](http://e/p.png)](x:y)", "<p>p</p>\n"),
        ("`<a href=\"x\">`", "<p><code>&lt;a href=&quot;x&quot;&gt;</code></p>\n"),
        ("```a\" onclick=\"b\nx\n```", "<pre><code class=\"language-a&quot;\">x\n</code></pre>\n"),
        ("&lt;img src=x onerror=alert(1)&gt;", "<p>&lt;img src=x onerror=alert(1)&gt;</p>\n"),
    ])
    func `safe HTML`(text: String, html: String) throws {
        #expect(try Markdown.html(text) == html)
    }

    private static func repeated(_ text: String) -> String {
        String(repeating: text, count: Note.Limits.characters / text.unicodeScalars.count)
    }

    private static func half(_ text: String) -> String { String(repeated(text).prefix(Note.Limits.characters / 2)) }

    /// Shapes that have kept parsers of Markdown busy, in the largest note that there may be.
    static let hostile: [String] = {
        let shapes = [
            "[", "![", "[a](", "[a](b", "*a ", "**a *", "_a __", "*a_ ", "`", "<", "<!", "<!--", "<![CDATA[", "<?", "<a ", "&",
            "[]: a\n", "[a]: b\n", "a**b", "a***b_c* ", "*x", "[ (](", "![[]()", "](", "[[]", "[a][b]", "***", "![](", "<a b=\"",
            "a\n---\n", "> a\n", "* a\n", "* *\n", "a\n\n", "\"", "😀", "<b>", "\\", "[\\", "~~~\n", "```\n", "<http://", "\t",
            "> \n",
        ]
        var all = shapes.map(repeated)
        all.append((1...198).map { String(repeating: "`", count: $0) + " " }.joined())
        all.append((1...1500).map { "[a\($0)]: /u\n" }.joined())
        all.append("[a]: /" + half("😀") + "\n\n" + half("[a]").dropLast(10))
        all.append("[a]: /" + half("a") + "\n\n" + half("[a]").dropLast(10))
        for mark in ["> ", "- ", "1. ", "* > "] {
            let deep = String(repeating: mark, count: Markdown.Limits.nesting / (mark == "* > " ? 2 : 1))
            all.append(deep + String(half("\n") + half("\n")).dropLast(deep.count))
            all.append(deep + "a" + String(half("\na") + half("\na")).dropLast(deep.count + 1))
            all.append(repeated(deep + "a\n"))
        }
        // A list that goes one deeper with each line, then as many blank lines as there is room for.
        let stairs = (0..<Markdown.Limits.nesting).map { String(repeating: "  ", count: $0) + "- a\n" }.joined()
        all.append(stairs + String(repeated("\n")).dropLast(stairs.count))
        return all
    }()

    @Test func `no note takes long`() throws {
        var worst = (Duration.zero, "")
        for text in Self.hostile {
            #expect(text.unicodeScalars.count <= Note.Limits.characters)
            let taken = try ContinuousClock().measure { _ = try Markdown.html(text) }
            worst = max(worst, (taken, String(text.prefix(40)))) { $0.0 < $1.0 }
        }
        print("worst Markdown: \(worst)")
        // Far above what was measured, and far below what one of these takes when the parser is not protected.
        #expect(worst.0 < .seconds(1), "\(worst.1)")
    }

    @Test(arguments: ["> ", "- ", "1. ", "+ > "])
    func `what is nested deeper than people do is shown as it was typed`(mark: String) throws {
        let fits = String(repeating: mark, count: Markdown.Limits.nesting / (mark.count == 4 ? 2 : 1))
        #expect(try !Markdown.html(fits + "b *a*").hasPrefix("<pre>"))
        let tooDeep = fits + mark + "*a*<b>&\"<script>"
        let shown = tooDeep.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
        #expect(try Markdown.html(tooDeep) == "<pre>\(shown)</pre>\n")
        let steps = (0...Markdown.Limits.nesting).map { String(repeating: "    ", count: $0) + "- a\n" }.joined()
        #expect(try Markdown.html(steps).hasPrefix("<pre>"))
        #expect(try Markdown.html(Self.repeated(mark) + "a").hasPrefix("<pre>"))
    }

    @Test func `many rules, rows and code lines are no nesting`() throws {
        _ = try Markdown.html(String(repeating: "- ", count: 200))
        _ = try Markdown.html(String(repeating: "* * *\n", count: 500))
        _ = try Markdown.html(String(repeating: "- item\n", count: 500))
        _ = try Markdown.html(String(repeating: "1. item\n\n   > quote\n\n", count: 200))
        _ = try Markdown.html("```\n" + String(repeating: " ", count: 300) + "x\n```")
    }
}

private func max<Value>(_ one: Value, _ other: Value, by isLess: (Value, Value) -> Bool) -> Value {
    isLess(one, other) ? other : one
}
