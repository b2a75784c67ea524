import CMarkdown
import Core
import Glibc

/// CommonMark to HTML that is safe to show to anybody: no raw HTML, no picture that is loaded from elsewhere, links that lead
/// to web pages and mail addresses alone, and no heading above those of the page.
package enum Markdown {
    package enum Limits {
        /// Quotes and lists in each other. The parser takes time for each of them on each line; people use three. What is nested
        /// deeper is shown as it was typed.
        package static let nesting = 20
        /// `h1` and `h2` belong to the page.
        static let headingShift: Int32 = 2
        static let smallestHeading: Int32 = 6
    }

    /// Takes milliseconds of processor time: not for the threads that serve.
    package static func html(_ text: String) throws -> String {
        guard MarkdownNesting.depth(of: text) <= Limits.nesting else { return "<pre>\(escaped(text))</pre>\n" }
        var text = text
        let parsed = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { cmark_parse_document($0.baseAddress, $0.count, CMARK_OPT_DEFAULT) }
        }
        guard let document = parsed else { throw unrendered }
        defer { cmark_node_free(document) }
        Disarming(document).run()
        guard let html = cmark_render_html(document, CMARK_OPT_DEFAULT) else { throw unrendered }
        defer { free(html) }
        // In what the renderer writes this is the beginning of a link and nothing else: `<` is escaped in text.
        return String(cString: html).replacing("<a href=\"", with: "<a rel=\"nofollow noopener noreferrer\" href=\"")
    }

    private static var unrendered: Failure { Failure(.unavailable, "markdown_failed", "The text could not be rendered.") }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, letter in
            switch letter {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(letter)
            }
        }
    }

    /// Whether an address may stand in a link.
    static func isAllowed(_ address: String) -> Bool {
        let scheme = address.prefix { $0 != ":" }.lowercased()
        return address.contains(":") && ["http", "https", "mailto"].contains(scheme)
    }
}

/// Takes out of a parsed text what must not reach a page. Changes wait until the walk is over, which does not bear them.
private struct Disarming {
    private let document: OpaquePointer
    private var raw: [OpaquePointer] = []
    private var links: [OpaquePointer] = []
    private var pictures: [(node: OpaquePointer, isLink: Bool)] = []
    private var linkDepth = 0
    private var pictureDepth = 0

    init(_ document: OpaquePointer) { self.document = document }

    consuming func run() {
        let walk = cmark_iter_new(document)
        defer { cmark_iter_free(walk) }
        while true {
            let event = cmark_iter_next(walk)
            guard event != CMARK_EVENT_DONE, let node = cmark_iter_get_node(walk) else { break }
            if event == CMARK_EVENT_ENTER { enter(node) } else { leave(node) }
        }
        for (node, isLink) in pictures { replace(node, isLink: isLink) }
        for node in links { unwrap(node) }
        for node in raw {
            cmark_node_unlink(node)
            cmark_node_free(node)
        }
    }

    private mutating func enter(_ node: OpaquePointer) {
        switch cmark_node_get_type(node) {
        case CMARK_NODE_HEADING:
            let level = cmark_node_get_heading_level(node) + Markdown.Limits.headingShift
            cmark_node_set_heading_level(node, min(level, Markdown.Limits.smallestHeading))
        case CMARK_NODE_HTML_BLOCK, CMARK_NODE_HTML_INLINE:
            if pictureDepth == 0 { raw.append(node) }
        case CMARK_NODE_LINK:
            if pictureDepth == 0, !Self.isAllowed(node) { links.append(node) }
            linkDepth += 1
        case CMARK_NODE_IMAGE:
            // A link in a link is none.
            if pictureDepth == 0 { pictures.append((node, linkDepth == 0 && Self.isAllowed(node))) }
            pictureDepth += 1
        default: break
        }
    }

    private mutating func leave(_ node: OpaquePointer) {
        switch cmark_node_get_type(node) {
        case CMARK_NODE_LINK: linkDepth -= 1
        case CMARK_NODE_IMAGE: pictureDepth -= 1
        default: break
        }
    }

    private static func isAllowed(_ node: OpaquePointer) -> Bool {
        cmark_node_get_url(node).map { Markdown.isAllowed(String(cString: $0)) } ?? false
    }

    /// What describes the picture stands in its place, and leads to it.
    private func replace(_ picture: OpaquePointer, isLink: Bool) {
        var words = ""
        let walk = cmark_iter_new(picture)
        while cmark_iter_next(walk) != CMARK_EVENT_DONE {
            guard let node = cmark_iter_get_node(walk) else { break }
            switch cmark_node_get_type(node) {
            case CMARK_NODE_TEXT, CMARK_NODE_CODE: words += cmark_node_get_literal(node).map { String(cString: $0) } ?? ""
            case CMARK_NODE_SOFTBREAK, CMARK_NODE_LINEBREAK: words += " "
            default: break
            }
        }
        cmark_iter_free(walk)
        guard let text = cmark_node_new(CMARK_NODE_TEXT) else { return }
        cmark_node_set_literal(text, words.isEmpty ? "picture" : words)
        if isLink, let link = cmark_node_new(CMARK_NODE_LINK) {
            cmark_node_set_url(link, cmark_node_get_url(picture))
            cmark_node_append_child(link, text)
            cmark_node_replace(picture, link)
        } else {
            cmark_node_replace(picture, text)
        }
        cmark_node_free(picture)
    }

    /// The words stay, the link goes.
    private func unwrap(_ link: OpaquePointer) {
        while let child = cmark_node_first_child(link) { cmark_node_insert_before(link, child) }
        cmark_node_unlink(link)
        cmark_node_free(link)
    }
}
