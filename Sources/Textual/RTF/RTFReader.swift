import Tabular

/// Reads Rich Text (Microsoft, RTF 1.9.1) as people see it: changes accepted, fields with their results, lists with their numbers.
struct RTFReader {
    private var tokenizer: RTFTokenizer
    private let limits: TextualLimits
    private var document = Document(format: .rtf)
    private var definitions = RTFDefinitions()

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
    private var sides = PageSides()
    private var author = ""

    /// The text of what is no text of the document, such as the name of a font.
    private var word = ""
    private var standardFont = 0

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
        document.metadata = definitions.metadata
        document.blocks = sides.headers + contexts[0].flow.blocks + notes + sides.footers
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
            contexts[contexts.count - 1].marker = taken().trimmedLines
        case .styleEntry: if ended.destination == .styles { definitions.endStyle(taken()) }
        }
        if ended.destination == .fonts { definitions.endFont(taken()) }
        if case .field(let name) = ended.destination, state.destination == .info { definitions.endInfo(name, taken()) }
        if ended.destination == .instruction, state.destination != .instruction, !fields.isEmpty {
            fields[fields.count - 1].instruction += taken()
        }
        if ended.destination == .levelText, state.destination != .levelText { definitions.endLevelText(taken()) }
        if ended.destination == .author, state.destination != .author { author = taken().trimmedLines }
    }

    private mutating func taken() -> String {
        defer { word = "" }
        return word
    }

    private mutating func beginStyle() {
        // A group inside of a style is such as a shortcut of the keyboard.
        guard stack.last?.opens != .styleEntry else {
            state.destination = .skip
            return
        }
        state.opens = .styleEntry
        word = ""
        definitions.beginStyle()
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
            let symbol = definitions.fonts.symbol(state.font)
        {
            return try add(bytes.map { SymbolFont.text(UInt32($0), font: symbol) }.joined())
        }
        let isPlain = bytes.allSatisfy { $0 < 0x80 }
        let utf8 = isPlain ? bytes : DecodedText.utf8(bytes, in: definitions.fonts.encoding(state.font)) ?? bytes
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
        try limits.mustHold(textBytes: textBytes)
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
            return try add(SymbolFont.text(point & 0xFF, font: definitions.fonts.symbol(state.font) ?? ""))
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
        case .fonts:
            // Fonts may follow each other without groups.
            if name == "f" { definitions.endFont(taken()) }
            return definitions.font(name, number)
        case .styles: return definitions.style(name, number)
        case .lists: return definitions.list(name, number)
        case .listOverrides: return definitions.override(name, number)
        case .info: return
        case .field("creatim"): definitions.moment(name, number)
        default: break
        }
        if let text = Self.letters[name] { return try visible(text) }
        switch name {
        case "ansicpg": if let encoding = number.flatMap({ CodePages.encoding($0) }) { definitions.fonts.standard = encoding }
        case "mac": definitions.fonts.standard = "macintosh"
        case "pc": definitions.fonts.standard = "ibm437"
        case "pca": definitions.fonts.standard = "ibm850"
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

    /// Of which people see nothing.
    private static let unseen: Set<String> = [
        "levelnumbers", "listname", "listpicture", "colortbl", "filetbl", "revtbl", "objdata", "objclass", "objname",
        "nonshppict", "shprslt", "sp", "xe", "tc", "rxe", "tcn", "bkmkstart", "bkmkend", "themedata",
        "colorschememapping", "datastore", "latentstyles", "generator", "ftnsep", "ftnsepc", "ftncn", "aftnsep",
        "aftnsepc", "aftncn", "pnseclvl", "pn", "template", "private", "background", "atnid", "atntime", "atnicn",
        "atnref", "atrfstart", "atrfend", "atndate", "atnparent", "datafield", "formfield", "ffdeftext", "mmathPict",
        "wgrffmtfilter", "rsidtbl", "mmathPr", "xmlnstbl", "fldtype", "nonesttables",
    ]

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
        case "leveltext" where state.destination == .lists:
            state.destination = .levelText
            word = ""
        case "list" where state.destination == .lists: definitions.beginList()
        case "listlevel" where state.destination == .lists: definitions.beginLevel()
        case "listtext", "pntext":
            state.destination = .marker
            state.opens = .marker
            word = ""
        case "footnote":
            guard contexts.count < Self.mostContexts else { return skipGroup() }
            noteCount += 1
            let before = contexts[contexts.count - 1].line
            contexts.append(Context(part: "footnotes"))
            let number = "[\(noteCount)]".utf8
            if before.suffix(number.count).elementsEqual(number) {
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
        case _ where Self.unseen.contains(name): state.destination = .skip
        case _ where name.hasPrefix("m") && name.hasSuffix("Pr"): state.destination = .skip
        default:
            if state.destination == .info, RTFDefinitions.isInfo(name) {
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
        case .side(let kind): sides.add(context.flow.blocks, as: kind)
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
        let style = definitions.styles[state.style]
        let list = state.list > 0 ? (state.list, state.level) : (style?.list ?? 0, style?.level ?? 0)
        let counted = list.0 > 0 ? definitions.lists.next(list.0, level: list.1) : nil
        let marker = spelled.flatMap { $0.isEmpty ? nil : $0 } ?? counted
        if !hidden.isEmpty { document.receipt.count(.hidden) }
        let heading = definitions.heading(state.style, outline: state.outline)
        var blocks = WordFlow.blocks(text, hidden, heading: heading, marker: marker, level: list.1, links, at: place)
        blocks += contexts[last].boxes
        contexts[last].boxes = []
        guard !blocks.isEmpty else { return }
        contexts[last].flow.add(blocks, depth: state.isInTable ? max(1, state.nesting) : 0, paragraph: bodyParagraph)
    }

    // MARK: Tables

    private mutating func cell(_ depth: Int) throws {
        let before = (state.isInTable, state.nesting)
        (state.isInTable, state.nesting) = (true, depth)
        try paragraph()
        (state.isInTable, state.nesting) = before
        cellCount += 1
        try limits.mustHold(cells: cellCount)
        contexts[contexts.count - 1].flow.endCell(depth: depth, paragraph: bodyParagraph)
    }

    /// The number of the paragraph; nil outside of the body.
    private var bodyParagraph: Int? { contexts.count == 1 ? paragraphs : nil }
}
