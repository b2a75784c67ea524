/// A page as browsers build it (HTML Living Standard, section 13.2.6). Nodes are numbers into one array, so that a page of any depth is
/// walked without recursion.
package struct HTMLTree: Sendable {
    package enum Namespace: Sendable { case html, svg, mathML }

    package struct Attribute: Sendable, Equatable {
        /// As the tree has it; with a prefix such as `xlink:href` in foreign elements.
        package var name: String
        package var value: String
    }

    package enum Kind: Sendable, Equatable {
        case document
        case doctype(name: String, publicID: String?, systemID: String?)
        case element
        /// The content of a `template`, which is no part of the page.
        case content
        case text
        case comment
    }

    package struct Node: Sendable {
        package var kind: Kind
        /// Of an element, in small letters as far as HTML is concerned.
        package var name = ""
        package var namespace = Namespace.html
        package var attributes: [Attribute] = []
        /// Of texts and comments: UTF-8.
        package var bytes: [UInt8] = []
        package var parent = -1
        package var firstChild = -1
        package var lastChild = -1
        package var next = -1
        package var previous = -1

        package var text: String { String(decoding: bytes, as: UTF8.self) }

        package subscript(attribute: String) -> String? { attributes.first { $0.name == attribute }?.value }

        func isElement(_ wanted: String) -> Bool { kind == .element && namespace == .html && name == wanted }
    }

    package internal(set) var nodes = [Node(kind: .document)]
    /// What the rules ask of open elements again and again; one for each node.
    private(set) var traits: [Traits] = [[]]
    /// Whether the page was longer than what is kept of it.
    package internal(set) var isCut = false

    package enum Limits {
        /// Nodes of one page; more is an attack, or no page for people.
        package static let nodes = 400_000
        /// Open elements. Browsers stop at the same depth.
        package static let depth = 512
        /// Combining marks in a row (UAX 15, stream-safe text).
        static let marksInRow = 30
        /// Elements such as `b` that are to be opened again.
        static let formatting = 64
        /// Of one tag.
        static let attributes = 200
    }

    /// Builds the tree of a page, scripts not run.
    /// - Parameter bytes: UTF-8.
    package init(_ bytes: [UInt8]) {
        var builder = HTMLTreeBuilder(bytes)
        self = builder.build()
    }

    init() {}

    package static let root = 0

    package func children(of node: Int) -> ChildSequence { ChildSequence(tree: self, first: nodes[node].firstChild) }

    package struct ChildSequence: Sequence, IteratorProtocol {
        let tree: HTMLTree
        var first: Int

        package mutating func next() -> Int? {
            guard first >= 0 else { return nil }
            defer { first = tree.nodes[first].next }
            return first
        }
    }

    /// The node after a node in the order of the page, inside a part of it.
    package func following(_ node: Int, in part: Int) -> Int? {
        nodes[node].firstChild >= 0 ? nodes[node].firstChild : followingSkipping(node, in: part)
    }

    /// The same, without what is inside of the node.
    package func followingSkipping(_ node: Int, in part: Int) -> Int? {
        var node = node
        while node != part {
            if nodes[node].next >= 0 { return nodes[node].next }
            node = nodes[node].parent
            if node < 0 { return nil }
        }
        return nil
    }

    // MARK: Changes

    mutating func add(_ node: Node) -> Int {
        nodes.append(node)
        traits.append(node.kind == .element ? Traits(node) : [])
        return nodes.count - 1
    }

    mutating func detach(_ node: Int) {
        let (parent, previous, next) = (nodes[node].parent, nodes[node].previous, nodes[node].next)
        guard parent >= 0 else { return }
        if previous >= 0 { nodes[previous].next = next } else { nodes[parent].firstChild = next }
        if next >= 0 { nodes[next].previous = previous } else { nodes[parent].lastChild = previous }
        (nodes[node].parent, nodes[node].previous, nodes[node].next) = (-1, -1, -1)
    }

    /// - Parameter sibling: what comes behind it; nil: nothing.
    mutating func insert(_ node: Int, into parent: Int, before sibling: Int? = nil) {
        detach(node)
        nodes[node].parent = parent
        let previous = sibling.map { nodes[$0].previous } ?? nodes[parent].lastChild
        nodes[node].previous = previous
        nodes[node].next = sibling ?? -1
        if previous >= 0 { nodes[previous].next = node } else { nodes[parent].firstChild = node }
        if let sibling { nodes[sibling].previous = node } else { nodes[parent].lastChild = node }
    }

    /// The content of a template.
    func content(of template: Int) -> Int? {
        let first = nodes[template].firstChild
        return first >= 0 && nodes[first].kind == .content ? first : nil
    }
}

/// What an element is to the rules (sections 13.2.4.2 and 13.2.4.3).
struct Traits: OptionSet, Sendable {
    let rawValue: UInt8

    static let special = Traits(rawValue: 1)
    static let endsScope = Traits(rawValue: 2)
    static let endsTableScope = Traits(rawValue: 4)
    static let list = Traits(rawValue: 8)
    static let button = Traits(rawValue: 16)
    static let option = Traits(rawValue: 32)
    static let paragraph = Traits(rawValue: 64)

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    init(_ node: HTMLTree.Node) {
        switch node.namespace {
        case .mathML: self = Self.mathPoints.contains(node.name) ? [.special, .endsScope] : []
        case .svg: self = Self.graphicPoints.contains(node.name) ? [.special, .endsScope] : []
        case .html:
            var traits: Traits = Self.specials.contains(node.name) ? .special : []
            switch node.name {
            case "html", "table", "template": traits.formUnion([.endsScope, .endsTableScope])
            case "applet", "caption", "td", "th", "marquee", "object": traits.insert(.endsScope)
            case "ol", "ul": traits.insert(.list)
            case "button": traits.insert(.button)
            case "optgroup", "option": traits.insert(.option)
            case "p": traits.insert(.paragraph)
            default: break
            }
            self = traits
        }
    }

    private static let mathPoints: Set = ["mi", "mo", "mn", "ms", "mtext", "annotation-xml"]
    private static let graphicPoints: Set = ["foreignObject", "desc", "title"]
    private static let specials: Set = [
        "address", "applet", "area", "article", "aside", "base", "basefont", "bgsound", "blockquote", "body", "br", "button",
        "caption", "center", "col", "colgroup", "dd", "details", "dir", "div", "dl", "dt", "embed", "fieldset", "figcaption",
        "figure", "footer", "form", "frame", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr",
        "html", "iframe", "img", "input", "keygen", "li", "link", "listing", "main", "marquee", "menu", "meta", "nav", "noembed",
        "noframes", "noscript", "object", "ol", "p", "param", "plaintext", "pre", "script", "search", "section", "select",
        "source", "style", "summary", "table", "tbody", "td", "template", "textarea", "tfoot", "th", "thead", "title", "tr",
        "track", "ul", "wbr", "xmp",
    ]
}
