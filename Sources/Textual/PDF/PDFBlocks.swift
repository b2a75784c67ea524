/// Makes blocks of the text of all pages: what is larger than the rest is a heading, what stands on each page is a header or a footer.
enum PDFBlocks {
    static func blocks(_ pages: [PDFReader.PageText], _ outline: [PDFOutline.Entry], _ numbers: [Int: Int]) -> [Block] {
        let body = bodySize(pages)
        let sizes = headingSizes(pages, body)
        let furniture = furniture(pages, body)
        let hyphenated = hyphenated(pages)
        var blocks: [Block] = []
        for page in pages {
            var links = page.links
            let notes = PDFNotes.find(page, body)
            for (index, group) in page.groups.enumerated() {
                let place = Place(page: page.number, box: group.box)
                if let kind = furniture[Key(page: page.number, group: index)] {
                    blocks.append(Block(kind, text(group.lines), at: place))
                } else if let marker = notes[index] {
                    let whole = text(group.lines, hyphenated)
                    let rest = whole.dropFirst(marker.count).drop { $0 == " " || $0 == "." || $0 == ")" }
                    blocks.append(
                        Block(.note, marker.isEmpty ? whole : String(rest), marker: marker.isEmpty ? nil : marker, at: place))
                } else if let table = group.table {
                    blocks.append(Block(.table, "", table: table.asRead, at: place))
                } else {
                    var made = block(group, body, sizes, place, hyphenated)
                    // Each link belongs to the first text that it lies over.
                    made.links = links.filter { overlaps($0.box, group.box) }.map { .init(text: "", target: $0.target) }
                    if !made.links.isEmpty { links.removeAll { overlaps($0.box, group.box) } }
                    blocks.append(made)
                }
            }
            blocks += page.additions
            for group in page.artifacts {
                let words = text(group.lines)
                let kind: Block.Kind = isNumber(words) ? .pageNumber : group.box.top < page.height / 2 ? .header : .footer
                blocks.append(Block(kind, words, at: Place(page: page.number, box: group.box)))
            }
            for group in page.hidden {
                blocks.append(Block(.paragraph, text(group.lines), at: Place(page: page.number, box: group.box), isHidden: true))
            }
        }
        PDFOutline.mark(&blocks, outline, numbers)
        setLevels(&blocks)
        return joined(blocks)
    }

    private static func overlaps(_ a: Place.Box, _ b: Place.Box) -> Bool {
        a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
    }

    private static func block(
        _ group: PDFLayout.Group, _ body: Double, _ sizes: [Double], _ place: Place, _ hyphenated: Set<String>
    ) -> Block {
        let words = text(group.lines, hyphenated)
        let size = group.lines.map(\.size).max() ?? body
        let mark = ListMark.split(words)?.mark
        let isBullet = mark.map { $0.count == 1 && $0.first?.isNumber != true && $0.first?.isLetter != true } ?? false
        if group.isCode, size < body * 1.2 { return Block(.code, code(group.lines), at: place) }
        if !isBullet, group.lines.count <= 3, words.utf8.count <= 300, !group.isTurned,
            words.unicodeScalars.contains(where: \.properties.isAlphabetic)
        {
            // A long sentence that is a little larger leads into the text below it.
            let isLead = words.utf8.count > 90 && words.last == "." && size < body * 1.35
            if !isLead, let level = sizes.firstIndex(where: { abs($0 - size) < 0.3 }) {
                return Block(.heading, words, level: level + 1, at: place)
            }
            // Bold lines that stand for themselves and end without a point.
            let isAlone =
                group.lines.count == 1 && group.lines[0].isBold && group.lines[0].isEven && size > body - 0.6
                && words.utf8.count <= 100
            if isAlone, let last = words.last, !".,;:".contains(last),
                ListMark.split(words)?.mark.first.map({ $0.isNumber }) ?? true
            {
                return Block(.heading, words, level: min(6, sizes.count + 1), at: place)
            }
        }
        if let (mark, rest) = ListMark.split(words) {
            return Block(.listItem, rest, marker: mark, at: place)
        }
        return Block(.paragraph, words, at: place)
    }

    /// Lines as they stand, set in as far as they are.
    private static func code(_ lines: [PDFLayout.Line]) -> String {
        let left = lines.map(\.box.left).min() ?? 0
        let widths = lines.flatMap(\.pieces).filter { $0.letters > 1 }.map { $0.box.width / Double($0.letters) }.sorted()
        let width = widths.isEmpty ? 6 : max(1, widths[widths.count / 2])
        func blanks(_ distance: Double) -> String {
            String(repeating: " ", count: Int(min(200, max(0, (distance / width).rounded()))))
        }
        return lines.map { line in
            var (text, end) = ("", left)
            for piece in line.pieces {
                let gap = blanks(piece.box.left - end)
                text += text.isEmpty || !gap.isEmpty ? gap : " "
                text += piece.text
                end = piece.box.right
            }
            return text
        }.joined(separator: "\n")
    }

    private static let mostHyphenated = 100_000

    /// Words that have a hyphen inside of a line, such as `well-known`: at the end of a line theirs is no mark of the break.
    private static func hyphenated(_ pages: [PDFReader.PageText]) -> Set<String> {
        var words: Set<String> = []
        for piece in pages.lazy.flatMap(\.groups).flatMap(\.lines).flatMap(\.pieces) where words.count < mostHyphenated {
            guard piece.text.utf8.contains(UInt8(ascii: "-")) else { continue }
            for word in piece.text.split(separator: " ") where word.utf8.contains(UInt8(ascii: "-")) && word.utf8.count <= 100 {
                let bare = word.lowercased().filter { $0.isLetter || $0 == "-" }
                if !bare.hasPrefix("-"), !bare.hasSuffix("-") { words.insert(bare) }
            }
        }
        return words
    }

    /// The lines of a paragraph as one text: hyphens at line ends join what they part.
    /// - Parameter hyphenated: words that keep theirs.
    static func text(_ lines: [PDFLayout.Line], _ hyphenated: Set<String> = []) -> String {
        var out = ""
        for line in lines {
            let text = line.text
            guard !out.isEmpty else {
                out = text
                continue
            }
            if let last = out.last, last == "-" || last == "\u{2010}" || last == "\u{AD}", let first = text.first,
                first.isLowercase,
                out.dropLast().last?.isLetter == true
            {
                let front = out.suffix(100).reversed().prefix { $0 != " " }.reversed()
                let word = (String(front) + text.prefix { $0 != " " }).lowercased().filter { $0.isLetter || $0 == "-" }
                if !hyphenated.contains(word) { out.removeLast() }
                out += text
            } else if out.last == "-", out.dropLast().last?.isNumber == true, text.first?.isNumber == true {
                // From one number to another.
                out += text
            } else if isIdeograph(out.unicodeScalars.last), isIdeograph(text.unicodeScalars.first) {
                out += text
            } else {
                out += " " + text
            }
        }
        if out.unicodeScalars.last == "\u{AD}" { out.unicodeScalars.removeLast() }
        return out
    }

    private static func isIdeograph(_ scalar: Unicode.Scalar?) -> Bool {
        guard let value = scalar?.value else { return false }
        return 0x3001...0x30FF ~= value || 0x3400...0x9FFF ~= value || 0xF900...0xFAFF ~= value || 0xFF00...0xFFEF ~= value
    }

    // MARK: Sizes

    private static func bodySize(_ pages: [PDFReader.PageText]) -> Double {
        var letters: [Double: Int] = [:]
        for page in pages {
            for line in page.groups.filter({ $0.table == nil }).flatMap(\.lines) {
                letters[(line.size * 2).rounded() / 2, default: 0] += line.pieces.reduce(0) { $0 + $1.letters }
            }
        }
        return letters.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 10
    }

    /// Sizes of headings, largest first: those of short lines that are larger than the body.
    private static func headingSizes(_ pages: [PDFReader.PageText], _ body: Double) -> [Double] {
        var letters: [Double: Int] = [:]
        for group in pages.lazy.flatMap(\.groups) where group.lines.count <= 3 && group.table == nil {
            let size = group.lines.map(\.size).max() ?? body
            if size > body * 1.12 { letters[(size * 2).rounded() / 2, default: 0] += 1 }
        }
        return Array(letters.keys.sorted(by: >).prefix(6))
    }

    // MARK: Headers and footers

    private struct Key: Hashable {
        let page: Int
        let group: Int
    }

    /// What stands at the edges of pages and comes again on others, digits aside.
    private static func furniture(_ pages: [PDFReader.PageText], _ body: Double) -> [Key: Block.Kind] {
        var places: [String: [(Key, Bool)]] = [:]
        for page in pages {
            let groups = page.groups.enumerated().filter { $0.element.lines.count <= 3 && $0.element.table == nil }
            for (index, group) in groups {
                let isTop = group.box.bottom < page.height * 0.12
                guard isTop || group.box.top > page.height * 0.88 else { continue }
                // Titles of chapters are large, and differ by their numbers.
                guard group.lines.allSatisfy({ $0.size <= body * 1.35 }) else { continue }
                let words = text(group.lines)
                let shape = String(words.map { $0.isNumber ? "0" : $0 })
                var squeezed = ""
                for letter in shape where !(letter == "0" && squeezed.last == "0") { squeezed.append(letter) }
                let key = Key(page: page.number, group: index)
                places["\(isTop ? "top" : "bottom") \(isNumber(words) ? "0" : squeezed)", default: []].append((key, isTop))
            }
        }
        var found: [Key: Block.Kind] = [:]
        let few = max(2, min(5, pages.count / 3))
        for (name, keys) in places where Set(keys.map(\.0.page)).count >= few && pages.count > 1 {
            for (key, isTop) in keys { found[key] = name.hasSuffix(" 0") ? .pageNumber : isTop ? .header : .footer }
        }
        // Pages on the left and on the right may say different things at the same height.
        var heights: [Block.Kind: Set<Int>] = [:]
        for page in pages {
            for (index, group) in page.groups.enumerated() {
                if let kind = found[Key(page: page.number, group: index)], kind != .pageNumber {
                    heights[kind, default: []].insert(Int(group.box.top.rounded()))
                }
            }
        }
        for (kind, tops) in heights {
            for page in pages {
                for (index, group) in page.groups.enumerated() where group.lines.count == 1 && group.lines[0].size <= body * 1.35
                {
                    let key = Key(page: page.number, group: index)
                    let isAtEdge = kind == .header ? group.box.bottom < page.height * 0.12 : group.box.top > page.height * 0.88
                    if found[key] == nil, isAtEdge, tops.contains(Int(group.box.top.rounded())) { found[key] = kind }
                }
            }
        }
        // A page that holds nothing else is not around a text.
        for page in pages where page.groups.indices.allSatisfy({ found[Key(page: page.number, group: $0)] != nil }) {
            for index in page.groups.indices { found[Key(page: page.number, group: index)] = nil }
        }
        return found
    }

    /// Whether a text is nothing but a page number: `12`, `- 12 -`, `Page 3 of 10`.
    private static func isNumber(_ text: String) -> Bool {
        guard text.utf8.count <= 24, text.contains(where: \.isNumber) else { return false }
        let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }
        return words.allSatisfy { word in
            word.allSatisfy(\.isNumber)
                || ["page", "of", "seite", "von", "p", "página", "de", "pagina", "di", "стр", "из"].contains(String(word))
                || word.allSatisfy { "ivxlc".contains($0) }
        }
    }

    // MARK: Lists

    /// Items of a list that are set in further than the one above them are inside of it.
    private static func setLevels(_ blocks: inout [Block]) {
        // Where the items begin that are open, the outermost first; from right to left, below zero.
        var lefts: [Double] = []
        var last: Place.Box?
        for place in blocks.indices
        where !blocks[place].kind.isFurniture && blocks[place].kind != .note && !blocks[place].isHidden {
            guard let box = blocks[place].place.box else { continue }
            // Text that is set in goes on with an item.
            let left = RightToLeft.isIn([blocks[place].text]) ? -box.right : box.left
            if blocks[place].kind == .paragraph, let first = lefts.first, left > first + 3 { continue }
            guard blocks[place].kind == .listItem else {
                lefts = []
                continue
            }
            // The head of the next column.
            if let last, box.top < last.top, box.left > last.right { lefts = [] }
            while let open = lefts.last, left < open - 3 { lefts.removeLast() }
            if lefts.last.map({ left > $0 + 5 }) ?? true, lefts.count < 9 { lefts.append(left) }
            blocks[place].level = max(0, lefts.count - 1)
            last = box
        }
    }

    // MARK: Over page breaks

    /// Joins a paragraph that a page break cut: the first part ends in the middle of a sentence, the second goes on in small letters.
    private static func joined(_ blocks: [Block]) -> [Block] {
        var out: [Block] = []
        var open: Int?
        // Where what is open ends; it may begin pages before.
        var tail = Place()
        for block in blocks {
            if block.kind.isFurniture || block.isHidden || block.kind == .note {
                out.append(block)
                continue
            }
            if let place = open, isNext(block.place, tail) {
                if let table = block.table, var whole = out[place].table, tail.page != block.place.page {
                    // Nobody else holds it while it grows, so that it is not copied for each page.
                    out[place].table = nil
                    let isJoined = whole.take(table, isAlike: isAlike(tail.box, block.place.box))
                    out[place].table = whole
                    if isJoined {
                        tail = block.place
                        continue
                    }
                }
                if block.kind == .paragraph, [.paragraph, .listItem].contains(out[place].kind), let first = block.text.first,
                    first.isLowercase,
                    let last = out[place].text.last, !".!?:;".contains(last)
                {
                    let isCut = last == "-" && out[place].text.dropLast().last?.isLetter == true
                    if isCut { out[place].text.removeLast() }
                    out[place].text += (isCut ? "" : " ") + block.text
                    out[place].links += block.links
                    tail = block.place
                    continue
                }
            }
            out.append(block)
            open = [.paragraph, .listItem, .table].contains(block.kind) ? out.count - 1 : nil
            tail = block.place
        }
        return out
    }

    /// Whether a place is where one goes on to read: on the next page, or at the head of the next column.
    private static func isNext(_ place: Place, _ before: Place) -> Bool {
        guard let page = place.page, let last = before.page else { return false }
        if page == last + 1 { return true }
        guard page == last, let box = place.box, let above = before.box else { return false }
        return box.left > above.right - 1 && box.top < above.top
    }

    /// Whether two boxes stand below each other on their pages.
    private static func isAlike(_ a: Place.Box?, _ b: Place.Box?) -> Bool {
        guard let a, let b else { return false }
        // The last column may be wider on one page.
        return abs(a.left - b.left) < 12 && abs(a.right - b.right) < min(40, max(12, a.width * 0.12))
    }
}

extension Table {
    /// In a script from right to left the first column is the one at the right.
    fileprivate var asRead: Table {
        let width = rows.map(\.count).max() ?? 0
        guard width > 1, RightToLeft.isIn(rows.joined().compactMap { $0?.text }) else { return self }
        var table = self
        table.rows = rows.map { row in
            var turned = [Cell?](repeating: nil, count: width)
            for (column, cell) in row.enumerated() {
                guard let cell else { continue }
                turned[max(0, width - column - cell.columns)] = cell
            }
            return turned
        }
        return table
    }

    /// Adds a part on the next page.
    /// - Parameter isAlike: whether both stand at the same place of their pages.
    /// - Returns: whether it is a part of this one.
    fileprivate mutating func take(_ other: Table, isAlike: Bool) -> Bool {
        let width = rows.last?.count ?? 0
        guard width >= 2, width == other.rows.map(\.count).max() else { return false }
        func texts(_ row: [Cell?]) -> [String] { row.map { $0?.text ?? "" } }
        // The head comes again.
        let most = max(1, min(4, headerRows, other.rows.count - 1))
        var repeated = 0
        while repeated < most, repeated < rows.count, repeated < other.rows.count,
            texts(rows[repeated]) == texts(other.rows[repeated])
        {
            repeated += 1
        }
        guard repeated > 0 || isAlike && other.headerRows == 0 else { return false }
        var rest = other.rows[repeated...]
        // A row that the page break cut: its first cell has no more to say.
        if let cut = rest.first, let last = rows.last, cut.count == last.count, cut.first??.text.isEmpty ?? true,
            last.first??.text.isEmpty == false,
            zip(cut, last).allSatisfy({ $0?.text.isEmpty ?? true || $1?.text.isEmpty == false })
        {
            for column in cut.indices {
                guard let more = cut[column]?.text, !more.isEmpty, let before = last[column]?.text else { continue }
                rows[rows.count - 1][column]?.text = before + " " + more
            }
            rest = rest.dropFirst()
        }
        rows += rest
        return true
    }
}
