import Tabular

/// Reads Rich Text (Microsoft, RTF 1.9.1) as people see it: changes accepted, fields with their results, lists with their numbers.
struct RTFReader {
    private var tokenizer: RTFTokenizer
    private let limits: TextualLimits
    private var document = Document(format: .rtf)
    private var fonts = RTFFonts()
    private var lists = WordLists()
    private var styles: [Int: Style] = [:]

    // MARK: State

    private enum Destination: Equatable {
        case text, skip, fonts, styles, info, field(String), lists, listOverrides, levelText, marker, instruction, author
        /// The variant for programs that know no Unicode, which is passed over.
        case variants
    }

    /// What a group inherits, and what ends with it.
    private struct State {
        var destination = Destination.text
        var font = 0
        var isHidden = false
        var isDeleted = false
        /// Characters behind a Unicode one that stand in its place for older programs.
        var fallback = 1
        var style = 0
        var outline: Int?
        var list = 0
        var level = 0
        var isInTable = false
        var nesting = 1
        /// What begins with the group and must be finished with it.
        var opens = Opening.nothing
        // Of the table row at hand: a row of a table inside of another is defined in a group of its own.
        var row = WordTable.RowDefinition()
        var definition = WordTable.Definition()
    }

    private enum Opening: Equatable {
        case nothing, note(String), side(Block.Kind), box, field, result, marker, styleEntry
    }

    private struct Style {
        var name = ""
        var outline: Int?
        var base: Int?
        var list = 0
        var level = 0
    }

    /// A text with its own paragraphs: the body, a note, a header.
    private struct Context {
        var part: String?
        var flow: WordFlow
        var line: [UInt8] = []
        var hidden: [UInt8] = []
        var links: [Block.Link] = []
        var marker: String?
        /// Of shapes that belong to the paragraph at hand.
        var boxes: [Block] = []

        init(part: String? = nil) {
            self.part = part
            flow = WordFlow(part: part)
        }
    }

    private struct Field {
        var instruction = ""
        var start = 0
    }

    private var state = State()
    private var stack: [State] = []
    private var contexts = [Context()]
    private var fields: [Field] = []
    /// Bytes of text that are not decoded yet: a character may have two.
    private var pending: [UInt8] = []
    private var skipped = 0
    private var surrogate: UInt32?
    private var mayBeginDestination = false
    private var isOptional = false
    private var textBytes = 0
    private var cellCount = 0
    private var paragraphs = 0
    private var noteCount = 0
    private var endnoteCount = 0
    private var notes: [Block] = []
    private var sides: [Block] = []
    private var toldSides: Set<String> = []
    private var author = ""

    // Of what is being defined.
    private var word = ""
    private var font = 0
    private var style = Style()
    private var styleNumber = 0
    private var levels: [WordLists.Level] = []
    private var listID = 0
    private var standardFont = 0
    private var created: [String: Int] = [:]

    private static let deepest = 1000
    private static let mostContexts = 50

    static func isRTF(_ bytes: [UInt8]) -> Bool {
        var rest = bytes.prefix(64)
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        return rest.drop { $0 <= 0x20 }.starts(with: Array("{\\rtf".utf8))
    }

    /// - Throws: `TextualFailure` `limit_exceeded`.
    static func read(_ bytes: [UInt8], limits: TextualLimits) throws -> Document {
        var reader = RTFReader(bytes, limits)
        return try reader.read()
    }

    private init(_ bytes: [UInt8], _ limits: TextualLimits) {
        tokenizer = RTFTokenizer(bytes)
        self.limits = limits
    }

    private mutating func read() throws -> Document {
        loop: while true {
            let token = tokenizer.next()
            if case .byte = token {} else { try flushBytes() }
            switch token {
            case .finished: break loop
            case .open:
                guard stack.count < Self.deepest else {
                    throw TextualFailure.limit("The document is nested more than \(Self.deepest) deep.")
                }
                stack.append(state)
                state.opens = .nothing
                (mayBeginDestination, isOptional, skipped) = (true, false, 0)
                if state.destination == .variants { state.destination = .skip }
                // Another name for a font that the system may not have.
                if state.destination == .fonts, !word.isEmpty { state.destination = .skip }
                if state.destination == .styles { beginStyle() }
                continue
            case .close:
                skipped = 0
                // The last paragraph need not say that it ends.
                if stack.count == 1 { try paragraph() }
                try close()
                // What stands behind the last group is no part of the document.
                if stack.isEmpty { break loop }
            case .symbol(let symbol): try read(symbol)
            case .word(let word, let number): try read(word, number)
            case .byte(let byte): take(byte)
            }
            if case .symbol(UInt8(ascii: "*")) = token { continue }
            mayBeginDestination = false
            isOptional = false
        }
        try flushBytes()
        // A file that is cut off has groups that are open.
        if !stack.isEmpty { document.receipt.count(.broken) }
        while !stack.isEmpty {
            if stack.count == 1 { try paragraph() }
            try close()
        }
        try paragraph()
        contexts[contexts.count - 1].flow.endTables(paragraph: bodyParagraph)
        document.blocks =
            sides.filter { $0.kind == .header } + contexts[0].flow.blocks + notes + sides.filter { $0.kind != .header }
        return document
    }

    private mutating func close() throws {
        let ended = state
        state = stack.popLast() ?? State()
        switch ended.opens {
        case .nothing: break
        case .note, .side, .box: try endContext(ended.opens)
        case .field: try endField()
        case .result: endResult()
        case .marker:
            contexts[contexts.count - 1].marker = word.trimmedLines
            word = ""
        case .styleEntry: if ended.destination == .styles { endStyle() }
        }
        if ended.destination == .fonts { endFont() }
        if case .field(let name) = ended.destination, state.destination == .info { endInfo(name) }
        if ended.destination == .instruction, state.destination != .instruction, !fields.isEmpty {
            fields[fields.count - 1].instruction += word
            word = ""
        }
        if ended.destination == .levelText, state.destination != .levelText { endLevelText() }
        if ended.destination == .author, state.destination != .author {
            author = word.trimmedLines
            word = ""
        }
    }

    // MARK: Text

    private mutating func take(_ byte: UInt8) {
        if skipped > 0 {
            skipped -= 1
            return
        }
        switch state.destination {
        case .skip, .variants, .lists, .listOverrides, .info: return
        default: pending.append(byte)
        }
    }

    private mutating func flushBytes() throws {
        guard !pending.isEmpty else { return }
        let bytes = pending
        pending.removeAll(keepingCapacity: true)
        if state.destination == .levelText || state.destination == .text || state.destination == .marker,
            let symbol = fonts.symbol(state.font)
        {
            return try add(bytes.map { SymbolFont.text(UInt32($0), font: symbol) }.joined())
        }
        let isPlain = bytes.allSatisfy { $0 < 0x80 }
        let utf8 = isPlain ? bytes : DecodedText.utf8(bytes, in: fonts.encoding(state.font)) ?? bytes
        if state.destination == .text { try addBytes(utf8) } else { try add(String(decoding: utf8, as: UTF8.self)) }
    }

    private mutating func add(_ text: String) throws {
        switch state.destination {
        case .text: try addBytes(Array(text.utf8))
        case .fonts, .styles, .field, .marker, .instruction, .levelText, .author: if word.utf8.count < 100_000 { word += text }
        default: break
        }
    }

    private mutating func addBytes(_ bytes: [UInt8]) throws {
        if state.isDeleted { return }
        textBytes += bytes.count
        guard textBytes <= limits.textBytes else {
            throw TextualFailure.limit("The document has more than \(limits.textBytes >> 20) MiB of text.")
        }
        let last = contexts.count - 1
        if state.isHidden { contexts[last].hidden += bytes } else { contexts[last].line += bytes }
    }

    private mutating func unicode(_ number: Int) throws {
        let unit = UInt32(truncatingIfNeeded: number) & 0xFFFF
        skipped = state.fallback
        if 0xD800...0xDBFF ~= unit {
            surrogate = unit
            return
        }
        var point = number > 0xFFFF ? UInt32(clamping: number) : unit
        if let high = surrogate, 0xDC00...0xDFFF ~= unit { point = 0x10000 + (high - 0xD800) << 10 + (unit - 0xDC00) }
        surrogate = nil
        if 0xF000...0xF0FF ~= point {
            return try add(SymbolFont.text(point & 0xFF, font: fonts.symbol(state.font) ?? ""))
        }
        try add(Unicode.Scalar(point).map { String(Character($0)) } ?? "\u{FFFD}")
    }

    private mutating func read(_ symbol: UInt8) throws {
        switch symbol {
        case UInt8(ascii: "*"):
            isOptional = mayBeginDestination
            return
        case UInt8(ascii: "~"): try visible("\u{A0}")
        case UInt8(ascii: "_"): try visible("-")
        // A place where a word may be parted.
        case UInt8(ascii: "-"): if skipped > 0 { skipped -= 1 }
        case UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "}"): try visible(String(Character(Unicode.Scalar(symbol))))
        case 0x0A, 0x0D: if state.destination == .text { try paragraph() }
        case UInt8(ascii: "|"), UInt8(ascii: ":"): break
        default: break
        }
    }

    private mutating func visible(_ text: String) throws {
        if skipped > 0 {
            skipped -= 1
        } else {
            try add(text)
        }
    }

    // MARK: Control words

    private static let letters: [String: String] = [
        "tab": "\t", "line": "\n", "lbr": "\n", "page": "\n", "column": "\n", "emdash": "—", "endash": "–", "emspace": "\u{2003}",
        "enspace": "\u{2002}", "qmspace": "\u{2005}", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“",
        "rdblquote": "”", "zwj": "\u{200D}", "zwnj": "\u{200C}",
    ]

    private mutating func read(_ name: String, _ number: Int?) throws {
        if name == "bin" { return tokenizer.skip(number ?? 0) }
        if name == "u", let number { return try unicode(number) }
        if name == "uc" {
            state.fallback = min(max(number ?? 1, 0), 100)
            return
        }
        if mayBeginDestination, name == "ud", stack.last?.destination == .variants { state.destination = outer }
        if state.destination == .skip { return }
        if mayBeginDestination, try begin(name, number) { return }
        if isOptional {
            state.destination = .skip
            return
        }
        switch state.destination {
        case .fonts: return font(name, number)
        case .styles: return style(name, number)
        case .lists: return list(name, number)
        case .listOverrides: return override(name, number)
        case .info: return
        case .field("creatim"): created[name] = number
        default: break
        }
        if let text = Self.letters[name] { return try visible(text) }
        switch name {
        case "ansicpg": if let encoding = number.flatMap({ RTFFonts.encoding(codePage: $0) }) { fonts.standard = encoding }
        case "mac": fonts.standard = "macintosh"
        case "pc": fonts.standard = "ibm437"
        case "pca": fonts.standard = "ibm850"
        case "deff": (standardFont, state.font) = (number ?? 0, number ?? 0)
        default: try format(name, number)
        }
    }

    private mutating func format(_ name: String, _ number: Int?) throws {
        let isOn = number != 0
        switch name {
        // The end of a paragraph that was deleted joins two.
        case "par", "sect": if state.destination == .text, !state.isDeleted { try paragraph() }
        case "pard":
            (state.style, state.outline, state.list, state.level, state.isInTable, state.nesting) = (0, nil, 0, 0, false, 1)
        case "plain": (state.isHidden, state.isDeleted, state.font) = (false, false, standardFont)
        case "f": state.font = number ?? 0
        case "v": state.isHidden = isOn
        // Text that was moved stands in its new place, too.
        case "deleted", "mvf":
            if isOn, !state.isDeleted { document.receipt.count(.deleted) }
            state.isDeleted = isOn
        case "s": state.style = number ?? 0
        case "outlinelevel": state.outline = number
        case "ls": state.list = number ?? 0
        case "ilvl": state.level = min(max(number ?? 0, 0), 8)
        case "intbl": state.isInTable = isOn
        case "itap":
            state.nesting = min(max(number ?? 1, 0), WordFlow.deepest)
            if state.nesting > 0 { state.isInTable = true }
        case "cell", "nestcell": if state.destination == .text { try cell(name == "cell" ? 1 : max(2, state.nesting)) }
        case "row":
            if state.destination == .text {
                contexts[contexts.count - 1].flow.endRow(depth: 1, state.row, paragraph: bodyParagraph)
            }
        case "nestrow":
            contexts[contexts.count - 1].flow.endRow(depth: max(2, state.nesting), state.row, paragraph: bodyParagraph)
        case "trowd": (state.row, state.definition) = (.init(), .init())
        case "trleft": state.row.left = number ?? 0
        case "trhdr": state.row.isHeader = isOn
        case "clmrg": state.definition.goesOnAcross = true
        case "clvmgf": state.definition.beginsDown = true
        case "clvmrg": state.definition.goesOnDown = true
        case "cellx":
            state.definition.right = number ?? 0
            if state.row.cells.count < 1000 { state.row.cells.append(state.definition) }
            state.definition = .init()
        case "chftn": try add("[\(noteMarker)]")
        case "ftnalt": endnote()
        default: break
        }
    }

    /// A note that stands at the end of the document, as it says inside: it is counted for itself.
    private mutating func endnote() {
        guard contexts.count > 1, case .note(let marker) = state.opens, marker == String(noteCount) else { return }
        endnoteCount += 1
        let name = RomanNumeral.text(endnoteCount).lowercased()
        contexts[contexts.count - 1].part = "endnotes"
        contexts[contexts.count - 2].line.removeLast(marker.utf8.count + 2)
        contexts[contexts.count - 2].line += Array("[\(name)]".utf8)
        noteCount -= 1
        state.opens = .note(name)
    }

    /// The number by which the text names the note that comes next, or in which one stands.
    private var noteMarker: Int { contexts.count > 1 ? noteCount : noteCount + 1 }

    // MARK: Destinations

    /// - Returns: whether the group that begins is something else than text.
    private mutating func begin(_ name: String, _ number: Int?) throws -> Bool {
        func open(_ opening: Opening) {
            state.opens = opening
            state.destination = .text
            (state.isHidden, state.isInTable, state.list, state.style, state.outline) = (false, false, 0, 0, nil)
        }
        switch name {
        case "fonttbl": state.destination = .fonts
        case "stylesheet": state.destination = .styles
        case "info": state.destination = .info
        case "listtable": state.destination = .lists
        case "listoverridetable": state.destination = .listOverrides
        case "levelnumbers", "listname", "listpicture": state.destination = .skip
        case "leveltext" where state.destination == .lists:
            state.destination = .levelText
            word = ""
        case "list" where state.destination == .lists: levels = []
        case "listlevel" where state.destination == .lists: levels.append(.init())
        case "listtext", "pntext":
            state.destination = .marker
            state.opens = .marker
            word = ""
        case "footnote":
            guard contexts.count < Self.mostContexts else { return skipGroup() }
            noteCount += 1
            let before = contexts[contexts.count - 1].line
            contexts.append(Context(part: "footnotes"))
            if before.reversed().starts(with: "[\(noteCount)]".utf8.reversed()) {
                open(.note(String(noteCount)))
            } else {
                // A mark of its own, such as a star, takes no number.
                noteCount -= 1
                let mark = String(decoding: before.suffix(4), as: UTF8.self).last {
                    !$0.isLetter && !$0.isNumber && !$0.isWhitespace
                }
                open(.note(mark.map(String.init) ?? "Note"))
            }
        case "annotation":
            guard contexts.count < Self.mostContexts else { return skipGroup() }
            contexts.append(Context(part: "comments"))
            open(.note(author.isEmpty ? "Comment" : "Comment by \(author)"))
        case "atnauthor":
            state.destination = .author
            word = ""
        case "header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf":
            guard contexts.count < Self.mostContexts else { return skipGroup() }
            contexts.append(Context(part: name.hasPrefix("header") ? "header" : "footer"))
            open(.side(name.hasPrefix("header") ? .header : .footer))
        case "shptxt", "dptxbxtext":
            guard contexts.count < Self.mostContexts else { return skipGroup() }
            contexts.append(Context(part: contexts[contexts.count - 1].part))
            open(.box)
        case "field":
            state.opens = .field
            if fields.count < Self.deepest { fields.append(Field()) } else { return skipGroup() }
        case "fldinst":
            state.destination = .instruction
            word = ""
        case "fldrslt":
            state.opens = .result
            if !fields.isEmpty { fields[fields.count - 1].start = contexts[contexts.count - 1].line.count }
        case "pict":
            document.receipt.count(.picture)
            state.destination = .skip
        case "object":
            document.receipt.count(.embedded)
        // What people see of an object is in its result; a row of a table inside of another ends in its properties.
        case "nesttableprops", "result", "shp", "shpinst", "shppict", "shpgrp", "do", "mmath", "moMath", "moMathPara", "ud": break
        case "upr": state.destination = .variants
        case "colortbl", "filetbl", "revtbl", "objdata", "objclass", "objname", "nonshppict", "shprslt", "sp", "xe", "tc", "rxe",
            "tcn", "bkmkstart",
            "bkmkend", "themedata", "colorschememapping", "datastore", "latentstyles", "generator", "ftnsep", "ftnsepc", "ftncn",
            "aftnsep",
            "aftnsepc", "aftncn", "pnseclvl", "pn", "template", "private", "background", "atnid", "atntime", "atnicn", "atnref",
            "atrfstart",
            "atrfend", "atndate", "atnparent", "datafield", "formfield", "ffdeftext", "mmathPict", "wgrffmtfilter", "rsidtbl",
            "mmathPr", "xmlnstbl", "fldtype",
            "nonesttables":
            state.destination = .skip
        case _ where name.hasPrefix("m") && name.hasSuffix("Pr"): state.destination = .skip
        default:
            if state.destination == .info, Self.infoFields[name] != nil || name == "creatim" {
                state.destination = .field(name)
                word = ""
                return true
            }
            return false
        }
        return true
    }

    private mutating func skipGroup() -> Bool {
        state.destination = .skip
        return true
    }

    /// Of the group around two variants.
    private var outer: Destination { stack.dropLast().last?.destination ?? .text }

    private mutating func endContext(_ opening: Opening) throws {
        guard contexts.count > 1 else { return }
        try paragraph()
        contexts[contexts.count - 1].flow.endTables(paragraph: bodyParagraph)
        let context = contexts.removeLast()
        switch opening {
        case .note(let marker):
            var text = context.flow.blocks.words
            // The number stands in the note, too.
            let isSign = marker.allSatisfy { !$0.isLetter && !$0.isNumber }
            let marks = ["[\(marker)]", "[\(noteCount)]"] + (isSign ? [marker] : [])
            for mark in marks where text.hasPrefix(mark) && text.utf8.count > mark.utf8.count {
                text = String(text.dropFirst(mark.count)).trimmedLines
                break
            }
            if !text.isEmpty { notes.append(Block(.note, text, marker: marker, at: Place(part: context.part))) }
        case .side(let kind):
            for var block in context.flow.blocks {
                let words = block.table.map(PlainText.text) ?? block.text
                guard toldSides.insert("\(kind) \(words)").inserted else { continue }
                if block.table == nil { block.kind = kind }
                sides.append(block)
            }
        default: contexts[contexts.count - 1].boxes += context.flow.blocks
        }
    }

    private mutating func endResult() {
        let last = contexts.count - 1
        guard let field = fields.last, field.start <= contexts[last].line.count,
            let target = FieldInstruction(field.instruction).target
        else { return }
        let words = contexts[last].line[field.start...]
        guard !words.isEmpty, words.count <= Self.longestLink else { return }
        contexts[last].links.append(.init(text: String(decoding: words, as: UTF8.self), target: target))
    }

    /// Of the words of a link: fields may be inside each other.
    private static let longestLink = 4096

    /// What a field says itself, where it has no result.
    private mutating func endField() throws {
        guard let field = fields.popLast(), field.start >= contexts[contexts.count - 1].line.count,
            let shown = FieldInstruction(field.instruction).shown
        else { return }
        try add(shown)
    }

    // MARK: Paragraphs

    private mutating func paragraph() throws {
        let last = contexts.count - 1
        let text = String(decoding: contexts[last].line, as: UTF8.self).trimmedLines
        let hidden = String(decoding: contexts[last].hidden, as: UTF8.self).trimmedLines
        let (links, spelled) = (contexts[last].links, contexts[last].marker)
        contexts[last].line.removeAll(keepingCapacity: true)
        contexts[last].hidden.removeAll(keepingCapacity: true)
        contexts[last].links = []
        contexts[last].marker = nil
        for index in fields.indices { fields[index].start = 0 }
        if !state.isInTable { contexts[last].flow.endTables(paragraph: bodyParagraph) }
        if last == 0 { paragraphs += 1 }
        let place = Place(paragraph: last == 0 ? paragraphs : nil, part: contexts[last].part)
        var blocks: [Block] = []
        let style = styles[state.style]
        let list = state.list > 0 ? (state.list, state.level) : (style?.list ?? 0, style?.level ?? 0)
        let counted = list.0 > 0 ? lists.next(list.0, level: list.1) : nil
        let marker = (spelled.flatMap { $0.isEmpty ? nil : $0 } ?? counted).map { WordLists.shown($0) }
        if !text.isEmpty {
            var block: Block
            if let level = heading {
                block = Block(
                    .heading, marker.map { $0 == "•" ? text : "\($0) \(text)" } ?? text, level: level, marker: marker, at: place)
            } else if let marker {
                block = Block(.listItem, text, level: list.1, marker: marker, at: place)
            } else {
                block = Block(.paragraph, text, at: place)
            }
            block.links = links
            blocks.append(block)
        }
        if !hidden.isEmpty {
            document.receipt.count(.hidden)
            blocks.append(Block(.paragraph, hidden, at: place, isHidden: true))
        }
        blocks += contexts[last].boxes
        contexts[last].boxes = []
        guard !blocks.isEmpty else { return }
        contexts[last].flow.add(blocks, depth: state.isInTable ? max(1, state.nesting) : 0, paragraph: bodyParagraph)
    }

    private var heading: Int? {
        if let outline = state.outline { return 0...8 ~= outline ? outline + 1 : nil }
        var number: Int? = state.style
        for _ in 0..<10 {
            guard let known = number, let style = styles[known] else { return nil }
            let name = style.name.lowercased()
            if name == "title" { return 1 }
            if name.hasPrefix("heading "), let level = Int(name.dropFirst(8)), 1...9 ~= level { return level }
            if let outline = style.outline { return 0...8 ~= outline ? outline + 1 : nil }
            number = style.base == known ? nil : style.base
        }
        return nil
    }

    // MARK: Tables

    private mutating func cell(_ depth: Int) throws {
        let before = (state.isInTable, state.nesting)
        (state.isInTable, state.nesting) = (true, depth)
        try paragraph()
        (state.isInTable, state.nesting) = before
        cellCount += 1
        guard cellCount <= limits.cells else { throw TextualFailure.limit("The tables have more cells than a document may.") }
        contexts[contexts.count - 1].flow.endCell(depth: depth, paragraph: bodyParagraph)
    }

    /// The number of the paragraph; nil outside of the body.
    private var bodyParagraph: Int? { contexts.count == 1 ? paragraphs : nil }

    // MARK: Tables of the file

    private mutating func font(_ name: String, _ number: Int?) {
        switch name {
        case "f":
            endFont()
            font = number ?? 0
        case "fcharset": fonts.set(font, charset: number ?? 0)
        case "cpg": fonts.set(font, codePage: number ?? 0)
        default: break
        }
    }

    private mutating func endFont() {
        let name = word.prefix { $0 != ";" }
        if !name.isEmpty { fonts.set(font, name: String(name)) }
        word = ""
    }

    private mutating func beginStyle() {
        guard stack.last?.opens != .styleEntry else {
            // Such as a shortcut of the keyboard.
            state.destination = .skip
            return
        }
        state.opens = .styleEntry
        (style, styleNumber, word) = (Style(), 0, "")
    }

    private mutating func style(_ name: String, _ number: Int?) {
        switch name {
        case "s": styleNumber = number ?? 0
        case "outlinelevel": style.outline = number
        case "sbasedon": style.base = number
        case "ls": style.list = number ?? 0
        case "ilvl": style.level = min(max(number ?? 0, 0), 8)
        // Of letters, of tables.
        case "cs", "ds", "ts": styleNumber = -1
        default: break
        }
    }

    private mutating func endStyle() {
        style.name = String(word.prefix { $0 != ";" }).trimmedLines
        if styleNumber >= 0, styles.count < 10_000 { styles[styleNumber] = style }
        word = ""
    }

    private mutating func list(_ name: String, _ number: Int?) {
        switch name {
        case "levelnfc", "levelnfcn": if !levels.isEmpty { levels[levels.count - 1].form = number ?? 0 }
        case "levelstartat": if !levels.isEmpty { levels[levels.count - 1].start = min(max(number ?? 1, 0), 1_000_000) }
        case "listid":
            listID = number ?? 0
            lists.add(levels, id: listID)
        default: break
        }
    }

    private mutating func override(_ name: String, _ number: Int?) {
        if name == "listid" { listID = number ?? 0 }
        if name == "ls", let number { lists.add(override: number, list: listID) }
    }

    /// Its first letter is a length; a semicolon ends it.
    private mutating func endLevelText() {
        var units = word.unicodeScalars.map(\.value)
        word = ""
        guard !levels.isEmpty, !units.isEmpty else { return }
        let length = Int(units.removeFirst())
        levels[levels.count - 1].text = Array(units.prefix(min(length, 50)))
    }

    private static let infoFields = [
        "title": "title", "subject": "subject", "author": "author", "keywords": "keywords", "doccomm": "description",
        "operator": "last_modified_by", "company": "company",
    ]

    private mutating func endInfo(_ name: String) {
        if name == "creatim" {
            if let year = created["yr"], let month = created["mo"], let day = created["dy"], 1...9999 ~= year, 1...12 ~= month,
                1...31 ~= day
            {
                func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
                document.metadata.append(.init("created", "\(year)-\(two(month))-\(two(day))"))
            }
            return
        }
        let value = word.trimmedLines
        word = ""
        if let field = Self.infoFields[name], !value.isEmpty { document.metadata.append(.init(field, value)) }
    }
}
