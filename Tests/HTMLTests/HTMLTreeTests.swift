import HTML
import Testing

@Suite("Reading a page as browsers do")
struct HTMLTreeTests {
    @Test func `what is misnested is put right`() {
        #expect(outline("<p><b>a<p>b</b>c") == "html(head body(p(b('a')) p(b('b') 'c')))")
    }

    @Test func `text in a table goes in front of it`() {
        #expect(outline("<table>x<tr><td>y") == "html(head body('x' table(tbody(tr(td('y'))))))")
    }

    @Test func `references count in texts and not in addresses`() {
        let tree = HTMLTree(Array("<a href='?a=1&copy=2'>&copy; &#x1F600; &#0;</a>".utf8))
        let link = tree.nodes.first { $0.name == "a" }
        #expect(link?["href"] == "?a=1&copy=2")
        #expect(tree.nodes.first { $0.kind == .text }?.text == "© 😀 \u{FFFD}")
    }

    @Test func `a script ends where browsers end it`() {
        #expect(
            outline("<script><!--<script></script>--></script>x") == "html(head(script('<!--<script></script>-->')) body('x'))")
    }

    @Test func `what is deeper than browsers go is no deeper here`() {
        let tree = HTMLTree(Array(String(repeating: "<div>", count: 5000).utf8))
        var depth = 0
        var node = tree.nodes.count - 1
        while node >= 0 {
            depth += 1
            node = tree.nodes[node].parent
        }
        #expect(depth <= HTMLTree.Limits.depth + 2)
        #expect(tree.nodes.count > 5000)
    }

    @Test func `a page of too many nodes is cut`() {
        let tree = HTMLTree(Array(String(repeating: "<i>", count: HTMLTree.Limits.nodes + 10).utf8))
        #expect(tree.isCut)
    }

    private func outline(_ page: String) -> String {
        let tree = HTMLTree(Array(page.utf8))
        func text(_ node: Int) -> String {
            let children = tree.children(of: node).map(text).joined(separator: " ")
            return switch tree.nodes[node].kind {
            case .element: tree.nodes[node].name + (children.isEmpty ? "" : "(\(children))")
            case .text: "'\(tree.nodes[node].text)'"
            default: children
            }
        }
        return text(HTMLTree.root)
    }
}
