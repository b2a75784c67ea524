import Core
import Foundation
import HTML

/// A page as lines of text that stand by themselves for a reader, each with the elements around it.
struct PageLines {
    enum Hint { case name, title, email }

    struct Piece {
        var text: String
        var hint: Hint?
    }

    struct Line {
        /// Parts that the markup sets apart: `Jane Doe <small>Director</small>`.
        var pieces: [Piece]
        /// From the body inwards.
        var path: [Int]
        /// Of the heading that it is; 0 for none.
        var heading: Int
        var emails: [String] = []
        var isStrong = false
        /// In a part of the page where the words of others stand.
        var isForeign = false
        var isInList = false
        /// The cell of a table that it is in: row element and column.
        var cell: (row: Int, column: Int)?

        var text: String { pieces.map(\.text).joined(separator: " ").collapsed }
        var hint: Hint? { pieces.count == 1 ? pieces[0].hint : nil }
    }

    private(set) var lines: [Line] = []
    private let tree: HTMLTree
    private var path: [Int] = []
    private var pieces: [Piece] = []
    private var emails: [String] = []
    private var isStrong = false
    private var hasText = false
    private var hiddenBytes = 0

    private enum Limits {
        static let lines = 20_000
        static let lineBytes = 4000
        /// Of one line.
        static let emails = 100
        /// Attributes and scripts of a page that addresses are looked for in.
        static let hiddenBytes = 300_000
        static let columns = 1000
        static let rows = 1000
        /// Cells that reach into rows below are followed so far.
        static let spannedColumns = 64
    }

    /// The host of the page: an address there that is written from back to front is told by it.
    private let host: String

    init(_ tree: HTMLTree, host: String) {
        self.tree = tree
        self.host = host
        var node: Int? = HTMLTree.root
        // Elements that are open, outermost first, with what ends when they do.
        var open: [Int] = []
        while let current = node {
            while let last = open.last, tree.nodes[current].parent != last {
                close(last)
                open.removeLast()
            }
            let element = tree.nodes[current]
            var skips = false
            switch element.kind {
            case .element:
                if Self.skipped.contains(element.name) || element.namespace != .html
                    || element["hidden"] != nil && !Self.isShownLater(element)
                    || Self.isDecoy(element)
                {
                    skips = true
                    if element.name == "script", element["src"] == nil {
                        takeWritten(by: StructuredData.text(of: current, tree))
                    }
                } else {
                    start(current)
                    open.append(current)
                }
            case .text: text(element.bytes, current)
            case .content: skips = true
            case .document: open.append(current)
            case .doctype, .comment: break
            }
            if lines.count >= Limits.lines { break }
            node = skips ? tree.followingSkipping(current, in: HTMLTree.root) : tree.following(current, in: HTMLTree.root)
        }
        for element in open.reversed() { close(element) }
        flush()
        joinNames()
    }

    /// `<h3>Jane<br>Doe</h3>`, also where no heading says that it is one.
    private mutating func joinNames() {
        guard lines.count > 1 else { return }
        var joined = [lines[0]]
        for line in lines.dropFirst() {
            let last = joined[joined.count - 1]
            let text = "\(last.text) \(line.text)"
            if line.path == last.path, last.pieces.count == 1, line.pieces.count == 1, !line.text.contains(" "),
                Self.isGiven(last.text), PersonName(text)?.isSure == true, line.emails.isEmpty || last.emails.isEmpty
            {
                joined[joined.count - 1].pieces[0].text = text
                joined[joined.count - 1].emails += line.emails
            } else {
                joined.append(line)
            }
        }
        lines = joined
    }

    /// `Jane`, `Jane M.`
    private static func isGiven(_ text: String) -> Bool {
        let words = text.split(separator: " ")
        return words.count == 1 || words.count == 2 && words[1].count == 2 && words[1].hasSuffix(".")
    }

    private static let skipped: Set = [
        "script", "style", "noscript", "template", "svg", "head", "select", "option", "textarea", "iframe", "object", "video",
        "audio", "canvas",
    ]
    private static let blocks: Set = [
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div", "dl", "dt",
        "fieldset",
        "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav",
        "ol", "p",
        "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "br", "button",
    ]

    /// Whether something hidden is shown when somebody asks for it: a tab, say.
    private static func isShownLater(_ element: HTMLTree.Node) -> Bool {
        if element["role"] == "tabpanel" || element["hidden"] == "until-found" { return true }
        let words = element["class"]?.lowercased() ?? ""
        return ["cf", "tab", "panel", "accordion", "collapse", "pane"].contains(where: words.contains)
    }

    /// Whether an element inside of a line is never shown: letters that only programs read. What hides whole blocks may be shown by a
    /// script later.
    private static func isDecoy(_ element: HTMLTree.Node) -> Bool {
        guard inline.contains(element.name), let style = element["style"] else { return false }
        let plain = style.lowercased().filter { !$0.isWhitespace }
        return plain.contains("display:none") || plain.contains("visibility:hidden")
    }

    private static let inline: Set = ["span", "b", "i", "em", "strong", "small", "font", "u", "s", "sub", "sup", "bdi", "bdo"]

    private mutating func start(_ node: Int) {
        let element = tree.nodes[node]
        if isBlock(node) {
            flush()
            if element.name != "br" {
                path.append(node)
                surroundings.append(around(element))
            }
        }
        if let href = element["href"] {
            take(Addresses.mailto(href))
            if href.lowercased().hasPrefix("javascript:"), href.utf8.count < 2000 {
                takeWritten(by: href)
            }
            if let encoded = href.range(of: "/cdn-cgi/l/email-protection#") {
                take([Addresses.cloudflare(String(href[encoded.upperBound...]))].compactMap { $0 })
            }
        }
        if let hex = element["data-cfemail"] { take([Addresses.cloudflare(hex)].compactMap { $0 }) }
        if let user = element["data-user"] ?? element["data-name"] ?? element["data-local"] ?? element["data-u"],
            let domain = element["data-domain"] ?? element["data-host"] ?? element["data-d"], !user.contains(" ")
        {
            let top = element["data-tld"].map { "." + $0.drop { $0 == "." } } ?? ""
            for address in ["\(user)@\(domain)\(top)", "\(String(user.reversed()))@\(String(domain.reversed()))"] {
                if let checked = Addresses.checked(address), !emails.contains(checked) {
                    emails.append(checked)
                    break
                }
            }
        }
        for attribute in element.attributes where attribute.name.hasPrefix("data-") || attribute.name == "text" {
            guard attribute.value.utf8.count <= 500, hidden(attribute.value) else { continue }
            let found = Addresses.unhidden(attribute.value, host: host)
            if attribute.name.contains("mail") || found.contains(where: { $0.hasSuffix("@" + host) }) { take(found) }
        }
        if let script = element["onclick"], script.utf8.count < 2000 {
            takeHidden(in: script)
            takeWritten(by: script)
        }
        if element.name == "img", let alt = element["alt"], !alt.isEmpty {
            // A portrait may say more than its caption.
            if element["src"]?.contains("at.") == true || alt == "@" || alt.lowercased() == "at" || alt.lowercased() == "(at)" {
                add("@", node)
            } else if PersonName(alt)?.isSure == true {
                flush()
                add(alt, node)
                flush()
            }
        }
    }

    /// Whether a link is a whole card: it holds several elements.
    private func isCard(_ link: Int) -> Bool {
        var count = 0
        for child in tree.children(of: link) {
            switch tree.nodes[child].kind {
            case .element: count += 1
            case .text where !tree.nodes[child].bytes.allSatisfy(HTMLText.isSpace): return false
            default: break
            }
        }
        return count >= 2
    }

    private func isBlock(_ node: Int) -> Bool {
        let element = tree.nodes[node]
        if Self.blocks.contains(element.name) || element.name == "a" && isCard(node) { return true }
        guard let style = element["style"]?.lowercased() else { return false }
        return style.contains("display:block") || style.contains("display: block")
    }

    private mutating func close(_ node: Int) {
        guard path.last == node else { return }
        flush()
        path.removeLast()
        surroundings.removeLast()
    }

    private mutating func take(_ found: [String]) {
        for address in found where emails.count < Limits.emails && !emails.contains(address) { emails.append(address) }
    }

    private mutating func takeWritten(by script: String) {
        guard hidden(script) else { return }
        take(Addresses.written(by: script, host: host))
    }

    private mutating func takeHidden(in text: String) {
        guard hidden(text) else { return }
        take(Addresses.unhidden(text, host: host))
    }

    /// Whether there is time for what may hide an address: each reading of it costs more than the text of a page.
    private mutating func hidden(_ text: String) -> Bool {
        guard text.utf8.count <= Limits.lineBytes else { return false }
        hiddenBytes += text.utf8.count
        return hiddenBytes <= Limits.hiddenBytes
    }

    private mutating func text(_ bytes: [UInt8], _ node: Int) {
        guard surroundings.last?.isPreformatted == true else {
            return add(String(decoding: bytes.prefix(Limits.lineBytes), as: UTF8.self), tree.nodes[node].parent)
        }
        // Lines are lines there, and wide gaps divide columns.
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if index > 0 { flush() }
            guard lines.count < Limits.lines else { return }
            let text = String(decoding: line.prefix(Limits.lineBytes), as: UTF8.self)
            for column in text.replacing("\t", with: "   ").components(separatedBy: "   ") where !column.isEmpty {
                pieceNode = -1
                add(column, tree.nodes[node].parent)
            }
        }
    }

    private mutating func add(_ text: String, _ node: Int) {
        // Of a letter in another element no mark is: so no letter gets more of them piece by piece.
        let text = String(
            text.withFewMarks.unicodeScalars.drop {
                $0.value >= 0x300 && $0.properties.canonicalCombiningClass != .notReordered
            })
        // What is not seen is beyond ASCII.
        let clean =
            text.utf8.allSatisfy { $0 < 0x80 }
            ? text
            : text.filter {
                !"\u{AD}\u{200B}\u{200C}\u{2060}\u{FEFF}\u{200E}\u{200F}\u{202A}\u{202B}\u{202C}\u{202D}\u{202E}\u{2066}\u{2067}\u{2068}\u{2069}"
                    .contains($0)
            }
        let plain = clean.collapsed
        guard !plain.isEmpty else {
            // A blank between two elements.
            if !clean.isEmpty, !pieces.isEmpty { pieces[pieces.count - 1].text += " " }
            return
        }
        var reversed = plain
        if plain.contains("@"), Addresses.all(in: plain).allSatisfy({ !$0.hasSuffix(host) }),
            Addresses.all(in: String(plain.reversed())).contains(where: { $0.hasSuffix("@" + host) })
        {
            reversed = String(plain.reversed())
        }
        if let style = styleOf(node), style.contains("rtl"), style.contains("bidi-override") {
            reversed = String(plain.reversed())
        }
        let hint = hintOf(node)
        let isBold = isBoldInside(node)
        if !hasText { isStrong = isBold }
        hasText = true
        let lead = clean.first?.isWhitespace == true ? " " : ""
        let tail = clean.last?.isWhitespace == true ? " " : ""
        if let last = pieces.last, last.hint == hint, pieceNode == node {
            pieces[pieces.count - 1].text += lead + reversed + tail
        } else {
            pieces.append(.init(text: lead + reversed + tail, hint: hint))
        }
        pieceNode = node
    }

    /// The element of the last piece.
    private var pieceNode = -1

    private func styleOf(_ node: Int) -> String? { node >= 0 ? tree.nodes[node]["style"]?.lowercased() : nil }

    private func isBoldInside(_ node: Int) -> Bool {
        var node = node
        while node >= 0, node != path.last {
            if ["b", "strong"].contains(tree.nodes[node].name) { return true }
            if tree.nodes[node]["style"]?.lowercased().contains("font-weight") == true { return true }
            node = tree.nodes[node].parent
        }
        return false
    }

    private func hintOf(_ node: Int) -> Hint? {
        var node = node
        for _ in 0..<4 where node >= 0 {
            let element = tree.nodes[node]
            let words = [element["class"], element["itemprop"], element["property"], element["id"], element["data-label"]]
                .compactMap { $0?.lowercased() }.joined(separator: " ")
            if !words.isEmpty {
                let parts = words.split { !($0.isLetter || $0.isNumber) }
                if parts.contains(where: { Self.titleWords.contains(String($0)) }) { return .title }
                if parts.contains(where: { $0 == "email" || $0 == "mail" }) { return .email }
                if parts.contains(where: { Self.nameWords.contains(String($0)) }) { return .name }
            }
            if node == path.last { break }
            node = element.parent
        }
        return nil
    }

    private static let titleWords: Set = [
        "jobtitle", "position", "role", "designation", "job", "funktion", "poste", "cargo", "stanowisko", "titel", "fonction",
        "puesto", "ruolo", "functie",
    ]
    private static let nameWords: Set = ["fullname", "fn", "personname", "membername", "n", "nombre", "nom", "name"]

    private mutating func flush() {
        defer { (pieces, emails, isStrong, hasText, pieceNode) = ([], [], false, false, -1) }
        let kept = pieces.map { Piece(text: $0.text.collapsed, hint: $0.hint) }.filter { !$0.text.isEmpty }
        guard !kept.isEmpty || !emails.isEmpty else { return }
        var line = Line(pieces: kept, path: path, heading: 0)
        line.emails = emails
        for address in Addresses.all(in: pieces.map(\.text).joined()) where !line.emails.contains(address) {
            line.emails.append(address)
        }
        for address in Addresses.all(in: line.text) where !line.emails.contains(address) { line.emails.append(address) }
        line.isStrong = isStrong
        let surroundings = surroundings.last ?? Surroundings()
        line.heading = surroundings.heading
        line.isInList = surroundings.isInList
        line.cell = surroundings.cell
        line.isForeign = surroundings.isForeign
        markSection(&line)
        lines.append(line)
    }

    /// What a block is in; each knows what the one around it knew.
    private struct Surroundings {
        var heading = 0
        var isInList = false
        var cell: (row: Int, column: Int)?
        var isForeign = false
        var isPreformatted = false
    }

    private var surroundings: [Surroundings] = []
    /// Where the next cell of each open row begins.
    private var columns: [Int: Int] = [:]

    private mutating func around(_ element: HTMLTree.Node) -> Surroundings {
        var known = surroundings.last ?? Surroundings()
        if element.name.count == 2, element.name.first == "h", let level = element.name.last?.wholeNumberValue {
            known.heading = level
        }
        if element.name == "li" { known.isInList = true }
        if element.name == "pre" { known.isPreformatted = true }
        if element.name == "td" || element.name == "th" {
            let row = element.parent
            let group = tree.nodes[row].parent
            if columns[row] == nil { beginRow(row, in: group) }
            var column = columns[row, default: 0]
            while covered.contains(column) { column += 1 }
            let width = min(max(1, element["colspan"].flatMap { Int($0) } ?? 1), Limits.columns)
            let height = min(max(1, element["rowspan"].flatMap { Int($0) } ?? 1), Limits.rows)
            columns[row] = min(column + width, Limits.columns)
            if height > 1, group >= 0 {
                for place in column..<max(column, min(column + width, Limits.spannedColumns)) {
                    spans[group, default: [:]][place] = height - 1
                }
            }
            known.cell = (row, column)
        }
        if Self.isForeign(element) { known.isForeign = true }
        return known
    }

    /// For each group of rows the columns that cells of rows above reach into, and for how many rows yet.
    private var spans: [Int: [Int: Int]] = [:]
    /// Such columns of the current row.
    private var covered: Set<Int> = []

    private mutating func beginRow(_ row: Int, in group: Int) {
        columns[row] = 0
        covered = Set(spans[group, default: [:]].keys)
        guard !covered.isEmpty else { return }
        spans[group] = spans[group]?.compactMapValues { $0 > 1 ? $0 - 1 : nil }
    }

    private var foreignHeading: (level: Int, parent: Int)?

    /// What stands below a heading of that kind, in the same part of the page.
    private mutating func markSection(_ line: inout Line) {
        if let heading = foreignHeading {
            let isInside = line.path.contains(heading.parent)
            if !isInside || line.heading > 0 && line.heading <= heading.level { foreignHeading = nil }
        }
        if line.heading > 0 {
            let text = line.text.lowercased()
            if text.count < 60, Self.foreignHeadings.contains(where: text.contains), line.path.count >= 2 {
                foreignHeading = (line.heading, line.path[line.path.count - 2])
            }
        }
        if foreignHeading != nil { line.isForeign = true }
    }

    private static let foreignWords = [
        "testimonial", "review", "comment", "customer-quote", "reference", "client-quote", "cookie", "breadcrumb", "news",
        "partner", "press-item", "quote-card", "case-stud", "clients", "client-", "sponsor", "supplier", "customers",
    ]
    /// Headings over what others are called, or say.
    private static let foreignHeadings = [
        "partners", "our clients", "our customers", "customers say", "clients say", "testimonial", "trusted by", "news",
        "in the press", "case stud", "sponsors", "reviews", "comments", "investors", "backed by", "donors", "supporters",
        "guest authors", "investoren", "spender", "sponsoren",
        "unsere partner", "unsere kunden", "referenzen", "nos clients", "nos partenaires", "nuestros clientes",
    ]

    private static func isForeign(_ element: HTMLTree.Node) -> Bool {
        if element.name == "nav" { return true }
        // What the whole page is called says nothing of its parts.
        if ["html", "body", "main"].contains(element.name) { return false }
        guard let words = element["class"]?.lowercased() ?? element["id"]?.lowercased() else { return false }
        // Whom one asks at a company is none of its partners.
        let own = words.replacing("ansprechpartner", with: "").replacing("kontaktpartner", with: "")
        return foreignWords.contains(where: own.contains)
    }
}

extension String {
    /// White space of any kind becomes one blank.
    var collapsed: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}

enum HTMLText {
    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0D ~= byte }
}
