/// Builds the tree out of tokens (HTML Living Standard, section 13.2.6). The modes and their rules have the names of the standard.
struct HTMLTreeBuilder {
    typealias Tag = HTMLTokens.Tag

    enum Mode {
        case initial, beforeHTML, beforeHead, inHead, inHeadNoscript, afterHead, inBody, text, inTable, inTableText, inCaption
        case inColumnGroup, inTableBody, inRow, inCell, inSelect, inSelectInTable, inTemplate, afterBody, inFrameset
        case afterFrameset, afterAfterBody, afterAfterFrameset
    }

    /// An element of the list of active formatting elements, or a marker.
    struct Formatting {
        /// -1: a marker.
        let node: Int
        let tag: Tag
    }

    var tree = HTMLTree()
    var tokens: HTMLTokens
    var mode = Mode.initial
    var originalMode = Mode.initial
    var templateModes: [Mode] = []
    var stack: [Int] = []
    var formatting: [Formatting] = []
    var head = -1
    var form = -1
    var isFramesetOK = true
    var isQuirky = false
    var usesFosterParent = false
    var tableText: [UInt8] = []
    var skipsLineFeed = false

    init(_ bytes: [UInt8]) {
        tokens = HTMLTokens(bytes)
    }

    mutating func build() -> HTMLTree {
        while true {
            let isForeign = stack.last.map { tree.nodes[$0].namespace != .html } ?? false
            let token = tokens.next(isForeign: isForeign)
            guard tree.nodes.count < HTMLTree.Limits.nodes else {
                tree.isCut = true
                finish()
                return tree
            }
            switch token {
            case .text(var bytes):
                if skipsLineFeed, bytes.first == 0x0A { bytes.removeFirst() }
                skipsLineFeed = false
                if !bytes.isEmpty { text(bytes) }
            case .finished:
                finish()
                return tree
            case .start, .end, .comment, .doctype:
                skipsLineFeed = false
                process(token)
            }
        }
    }

    /// Texts of tables are kept back until it is known what they are; nothing else is left open.
    private mutating func finish() {
        if mode == .inTableText { flushTableText() }
        for _ in 0..<Self.mostSteps where endOfFile() {}
    }

    private static let mostSteps = HTMLTree.Limits.depth + 32

    /// - Returns: whether the end is to be processed once more, in another mode.
    private mutating func endOfFile() -> Bool {
        switch mode {
        case .initial, .beforeHTML, .beforeHead, .inHead, .inHeadNoscript, .afterHead:
            anythingElse(.finished)
            return true
        case .text:
            pop()
            mode = originalMode
            return true
        case .inTableText:
            flushTableText()
            return true
        case .inTemplate, .inBody, .inTable, .inCaption, .inColumnGroup, .inTableBody, .inRow, .inCell, .inSelect,
            .inSelectInTable:
            guard !templateModes.isEmpty, hasOnStack("template") else { return false }
            popUntil("template")
            clearFormatting()
            templateModes.removeLast()
            resetMode()
            return true
        case .afterBody, .inFrameset, .afterFrameset, .afterAfterBody, .afterAfterFrameset: return false
        }
    }

    // MARK: Dispatch (section 13.2.6)

    mutating func process(_ token: HTMLTokens.Token) {
        guard let current = stack.last, tree.nodes[current].namespace != .html, !isIntegrated(current, token) else {
            return inMode(token)
        }
        foreign(token)
    }

    mutating func inMode(_ token: HTMLTokens.Token) {
        switch token {
        case .text(let bytes): textInMode(bytes)
        case .comment(let bytes): comment(bytes)
        case .doctype(let name, let publicID, let systemID, let isBroken):
            guard mode == .initial else {
                if mode == .inTableText {
                    flushTableText()
                    inMode(token)
                }
                return
            }
            let node = HTMLTree.Node(kind: .doctype(name: name ?? "", publicID: publicID, systemID: systemID))
            tree.insert(tree.add(node), into: HTMLTree.root)
            isQuirky = Quirks.isQuirky(name, publicID, systemID, isBroken: isBroken)
            mode = .beforeHTML
        case .start(let tag): start(tag)
        case .end(let tag): end(tag)
        case .finished: break
        }
    }

    /// A token that the modes before the body do not know: what has to be there is put there, and the token comes again.
    mutating func anythingElse(_ token: HTMLTokens.Token) {
        switch mode {
        case .initial:
            isQuirky = true
            mode = .beforeHTML
        case .beforeHTML:
            insertHTMLElement()
            mode = .beforeHead
        case .beforeHead:
            head = insert(Tag(name: "head"))
            mode = .inHead
        case .inHead:
            pop()
            mode = .afterHead
        case .inHeadNoscript:
            pop()
            mode = .inHead
        case .afterHead:
            insert(Tag(name: "body"))
            mode = .inBody
        default: return
        }
        if case .finished = token { return }
        inMode(token)
    }

    mutating func insertHTMLElement(_ tag: Tag = Tag(name: "html")) {
        let node = tree.add(.init(kind: .element, name: "html", attributes: tag.attributes))
        tree.insert(node, into: HTMLTree.root)
        stack.append(node)
    }

    // MARK: Texts and comments

    mutating func text(_ bytes: [UInt8]) {
        guard let current = stack.last, tree.nodes[current].namespace != .html, !isIntegrated(current, .text(bytes)) else {
            return textInMode(bytes)
        }
        let kept = bytes.contains(0) ? bytes.flatMap { $0 == 0 ? Array("\u{FFFD}".utf8) : [$0] } : bytes
        insertText(kept)
        if !bytes.allSatisfy({ HTMLTokens.isSpace($0) || $0 == 0x0D || $0 == 0 }) { isFramesetOK = false }
    }

    mutating func textInMode(_ bytes: [UInt8]) {
        switch mode {
        case .initial, .beforeHTML, .beforeHead:
            let rest = bytes.drop(while: Self.isSpace)
            guard !rest.isEmpty else { return }
            anythingElse(.text(Array(rest)))
        case .inHead, .afterHead, .inHeadNoscript, .inColumnGroup:
            let rest = bytes.drop(while: Self.isSpace)
            let space = bytes[..<rest.startIndex]
            if !space.isEmpty { insertText(Array(space)) }
            guard !rest.isEmpty else { return }
            if mode == .inColumnGroup {
                guard let current = stack.last, tree.nodes[current].isElement("colgroup") else { return }
                pop()
                mode = .inTable
                return textInMode(Array(rest))
            }
            anythingElse(.text(Array(rest)))
        case .inBody, .inCaption, .inCell, .inTemplate: bodyText(bytes)
        case .text: insertText(bytes)
        case .inTable, .inTableBody, .inRow:
            if let current = stack.last,
                ["table", "tbody", "tfoot", "thead", "tr", "template"].contains(tree.nodes[current].name)
            {
                tableText = []
                originalMode = mode
                mode = .inTableText
                textInMode(bytes)
            } else {
                usesFosterParent = true
                bodyText(bytes)
                usesFosterParent = false
            }
        case .inTableText: tableText += bytes.filter { $0 != 0 }
        case .inSelect, .inSelectInTable: insertText(bytes.filter { $0 != 0 })
        case .afterBody, .afterAfterBody:
            let rest = bytes.drop(while: Self.isSpace)
            if rest.isEmpty { return bodyText(bytes) }
            let space = bytes[..<rest.startIndex]
            if !space.isEmpty { bodyText(Array(space)) }
            mode = .inBody
            bodyText(Array(rest))
        case .inFrameset, .afterFrameset: insertText(bytes.filter(Self.isSpace))
        case .afterAfterFrameset:
            let space = bytes.filter(Self.isSpace)
            if !space.isEmpty { bodyText(space) }
        }
    }

    mutating func bodyText(_ bytes: [UInt8]) {
        let kept = bytes.contains(0) ? bytes.filter { $0 != 0 } : bytes
        guard !kept.isEmpty else { return }
        reopenFormatting()
        insertText(kept)
        if !kept.allSatisfy(Self.isSpace) { isFramesetOK = false }
    }

    mutating func flushTableText() {
        mode = originalMode
        let text = tableText
        tableText = []
        guard !text.isEmpty else { return }
        if text.allSatisfy(Self.isSpace) {
            insertText(text)
        } else {
            usesFosterParent = true
            bodyText(text)
            usesFosterParent = false
        }
    }

    mutating func comment(_ bytes: [UInt8]) {
        if mode == .inTableText { flushTableText() }
        let node = tree.add(.init(kind: .comment, bytes: bytes))
        switch mode {
        case .initial, .beforeHTML, .afterAfterBody, .afterAfterFrameset: tree.insert(node, into: HTMLTree.root)
        case .afterBody: tree.insert(node, into: stack.first ?? HTMLTree.root)
        default:
            let place = insertionPlace()
            tree.insert(node, into: place.parent, before: place.sibling)
        }
    }

    static func isSpace(_ byte: UInt8) -> Bool { HTMLTokens.isSpace(byte) || byte == 0x0D }

    // MARK: Insertion (section 13.2.6.1)

    func insertionPlace(in override: Int? = nil) -> (parent: Int, sibling: Int?) {
        guard let target = override ?? stack.last else { return (HTMLTree.root, nil) }
        let name = tree.nodes[target].namespace == .html ? tree.nodes[target].name : ""
        if usesFosterParent, ["table", "tbody", "tfoot", "thead", "tr"].contains(name) {
            let template = stack.lastIndex { tree.nodes[$0].isElement("template") }
            let table = stack.lastIndex { tree.nodes[$0].isElement("table") }
            if let template, table.map({ template > $0 }) ?? true { return inside(stack[template]) }
            guard let table else { return (stack.first ?? HTMLTree.root, nil) }
            let node = stack[table]
            if tree.nodes[node].parent >= 0 { return (tree.nodes[node].parent, node) }
            return inside(stack[max(0, table - 1)])
        }
        return inside(target)
    }

    private func inside(_ node: Int) -> (parent: Int, sibling: Int?) {
        if tree.nodes[node].isElement("template"), let content = tree.content(of: node) { return (content, nil) }
        return (node, nil)
    }

    @discardableResult
    mutating func insert(_ tag: Tag, _ namespace: HTMLTree.Namespace = .html) -> Int {
        // What is too deep is a sibling.
        if stack.count >= HTMLTree.Limits.depth { stack.removeLast() }
        let place = insertionPlace()
        let node = tree.add(.init(kind: .element, name: tag.name, namespace: namespace, attributes: tag.attributes))
        tree.insert(node, into: place.parent, before: place.sibling)
        if namespace == .html, tag.name == "template" { tree.insert(tree.add(.init(kind: .content)), into: node) }
        stack.append(node)
        return node
    }

    mutating func insertText(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        let place = insertionPlace()
        guard place.parent != HTMLTree.root else { return }
        let before = place.sibling.map { tree.nodes[$0].previous } ?? tree.nodes[place.parent].lastChild
        if before >= 0, tree.nodes[before].kind == .text {
            tree.nodes[before].bytes += bytes
        } else {
            tree.insert(tree.add(.init(kind: .text, bytes: bytes)), into: place.parent, before: place.sibling)
        }
    }

    mutating func pop() { if !stack.isEmpty { stack.removeLast() } }

    private static let lasting = 1

    mutating func popUntil(_ names: String...) {
        // The root stays: what was too deep may be open no more.
        while stack.count > Self.lasting, let node = stack.popLast() {
            if tree.nodes[node].namespace == .html, names.contains(tree.nodes[node].name) { return }
        }
    }

    mutating func popUntil(node: Int) {
        while stack.count > Self.lasting, let last = stack.popLast() { if last == node { return } }
    }

    /// To one of these, which stay.
    mutating func clearStack(to names: [String]) {
        while let last = stack.last, !(tree.nodes[last].namespace == .html && names.contains(tree.nodes[last].name)),
            stack.count > 1
        {
            stack.removeLast()
        }
    }

    var currentName: String {
        guard let last = stack.last, tree.nodes[last].namespace == .html else { return "" }
        return tree.nodes[last].name
    }

    func hasOnStack(_ name: String) -> Bool { stack.contains { tree.nodes[$0].isElement(name) } }

    // MARK: Scopes (section 13.2.4.2)

    enum Scope { case standard, listItem, button, table, select }

    func hasInScope(_ wanted: (Int) -> Bool, _ scope: Scope = .standard) -> Bool {
        for node in stack.reversed() {
            if wanted(node) { return true }
            if ends(scope, at: node) { return false }
        }
        return false
    }

    func hasInScope(_ name: String, _ scope: Scope = .standard) -> Bool { hasInScope({ tree.nodes[$0].isElement(name) }, scope) }

    private func ends(_ scope: Scope, at node: Int) -> Bool {
        let traits = tree.traits[node]
        return switch scope {
        case .standard: traits.contains(.endsScope)
        case .listItem: !traits.isDisjoint(with: [.endsScope, .list])
        case .button: !traits.isDisjoint(with: [.endsScope, .button])
        case .table: traits.contains(.endsTableScope)
        case .select: !traits.contains(.option)
        }
    }

    mutating func generateImpliedEndTags(except name: String = "", thoroughly: Bool = false) {
        while let last = stack.last, tree.nodes[last].namespace == .html {
            let current = tree.nodes[last].name
            let isImplied =
                Self.impliedEnds.contains(current)
                || (thoroughly
                    && ["caption", "colgroup", "tbody", "td", "tfoot", "th", "thead", "tr"].contains(current))
            guard isImplied, current != name else { return }
            stack.removeLast()
        }
    }

    private static let impliedEnds: Set = ["dd", "dt", "li", "optgroup", "option", "p", "rb", "rp", "rt", "rtc"]

    mutating func closeParagraph() {
        generateImpliedEndTags(except: "p")
        popUntil("p")
    }

    mutating func closeParagraphInScope() {
        for node in stack.reversed() {
            let traits = tree.traits[node]
            if traits.contains(.paragraph) { return closeParagraph() }
            if !traits.isDisjoint(with: [.endsScope, .button]) { return }
        }
    }

    // MARK: Formatting elements (section 13.2.4.3)

    mutating func pushFormatting(_ node: Int, _ tag: Tag) {
        var (alike, earliest) = (0, -1)
        for index in formatting.indices.reversed() {
            if formatting[index].node < 0 { break }
            if formatting[index].tag.name == tag.name,
                formatting[index].tag.attributes.count == tag.attributes.count,
                tag.attributes.allSatisfy(formatting[index].tag.attributes.contains)
            {
                (alike, earliest) = (alike + 1, index)
            }
        }
        if alike >= 3 { formatting.remove(at: earliest) }
        formatting.append(.init(node: node, tag: tag))
        if formatting.count > HTMLTree.Limits.formatting { formatting.removeFirst() }
    }

    mutating func reopenFormatting() {
        guard let last = formatting.last, last.node >= 0, !stack.contains(last.node) else { return }
        var index = formatting.count - 1
        while index > 0, formatting[index - 1].node >= 0, !stack.contains(formatting[index - 1].node) { index -= 1 }
        while index < formatting.count {
            let tag = formatting[index].tag
            formatting[index] = .init(node: insert(tag), tag: tag)
            index += 1
        }
    }

    mutating func clearFormatting() {
        while let last = formatting.popLast(), last.node >= 0 {}
    }

    mutating func addMarker() { formatting.append(.init(node: -1, tag: Tag(name: ""))) }

    /// The adoption agency (section 13.2.6.4.7).
    mutating func adopt(_ name: String) {
        if currentName == name, let last = stack.last, !formatting.contains(where: { $0.node == last }) { return pop() }
        for _ in 0..<8 {
            var found: Int?
            for index in formatting.indices.reversed() {
                if formatting[index].node < 0 { break }
                if formatting[index].tag.name == name {
                    found = index
                    break
                }
            }
            guard var entry = found else { return anyOtherEndTag(name) }
            let element = formatting[entry].node
            guard let place = stack.lastIndex(of: element), place > 0 else {
                formatting.remove(at: entry)
                return
            }
            guard hasInScope({ $0 == element }) else { return }
            guard let furthestPlace = stack[(place + 1)...].firstIndex(where: isSpecial) else {
                popUntil(node: element)
                formatting.remove(at: entry)
                return
            }
            let furthest = stack[furthestPlace]
            let ancestor = stack[place - 1]
            var bookmark = entry
            var (index, last, inner) = (furthestPlace, furthest, 0)
            while true {
                inner += 1
                index -= 1
                var node = stack[index]
                if node == element { break }
                var active = formatting.firstIndex { $0.node == node }
                if inner > 3, let listed = active {
                    formatting.remove(at: listed)
                    if listed < bookmark { bookmark -= 1 }
                    if listed < entry { entry -= 1 }
                    active = nil
                }
                guard let listed = active else {
                    stack.remove(at: index)
                    continue
                }
                let tag = formatting[listed].tag
                node = tree.add(.init(kind: .element, name: tag.name, attributes: tag.attributes))
                formatting[listed] = .init(node: node, tag: tag)
                stack[index] = node
                if last == furthest { bookmark = listed + 1 }
                tree.insert(last, into: node)
                last = node
            }
            let target = insertionPlaceFostering(ancestor)
            tree.insert(last, into: target.parent, before: target.sibling)
            let tag = formatting[entry].tag
            let copy = tree.add(.init(kind: .element, name: tag.name, attributes: tag.attributes))
            let home = tree.nodes[furthest].isElement("template") ? tree.content(of: furthest) ?? furthest : furthest
            while tree.nodes[home].firstChild >= 0 { tree.insert(tree.nodes[home].firstChild, into: copy) }
            tree.insert(copy, into: home)
            formatting.remove(at: entry)
            if entry < bookmark { bookmark -= 1 }
            formatting.insert(.init(node: copy, tag: tag), at: min(bookmark, formatting.count))
            stack.removeAll { $0 == element }
            if let at = stack.lastIndex(of: furthest) { stack.insert(copy, at: at + 1) }
        }
    }

    private mutating func insertionPlaceFostering(_ ancestor: Int) -> (parent: Int, sibling: Int?) {
        let before = usesFosterParent
        usesFosterParent = true
        defer { usesFosterParent = before }
        return insertionPlace(in: ancestor)
    }

    mutating func anyOtherEndTag(_ name: String) {
        for node in stack.reversed() {
            if tree.nodes[node].isElement(name) {
                generateImpliedEndTags(except: name)
                popUntil(node: node)
                return
            }
            if isSpecial(node) { return }
        }
    }

    func isSpecial(_ node: Int) -> Bool { tree.traits[node].contains(.special) }

    // MARK: The mode after a table or a template ends (section 13.2.4.1)

    mutating func resetMode() {
        for (index, node) in stack.enumerated().reversed() {
            let isLast = index == 0
            guard tree.nodes[node].namespace == .html else {
                if isLast { break }
                continue
            }
            switch tree.nodes[node].name {
            case "select":
                for other in stack[..<index].reversed() {
                    if tree.nodes[other].isElement("template") { break }
                    if tree.nodes[other].isElement("table") {
                        mode = .inSelectInTable
                        return
                    }
                }
                mode = .inSelect
            case "td" where !isLast, "th" where !isLast: mode = .inCell
            case "tr": mode = .inRow
            case "tbody", "thead", "tfoot": mode = .inTableBody
            case "caption": mode = .inCaption
            case "colgroup": mode = .inColumnGroup
            case "table": mode = .inTable
            case "template": mode = templateModes.last ?? .inBody
            case "head" where !isLast: mode = .inHead
            case "body": mode = .inBody
            case "frameset": mode = .inFrameset
            case "html": mode = head < 0 ? .beforeHead : .afterHead
            default:
                if isLast { break }
                continue
            }
            return
        }
        mode = .inBody
    }
}
