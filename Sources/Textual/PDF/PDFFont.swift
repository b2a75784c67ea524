/// A font of a PDF file: what its codes mean, and how wide they are (ISO 32000-2, section 9).
final class PDFFont {
    struct Glyph {
        /// Empty for a code whose meaning nobody tells.
        let text: String
        /// Of the em.
        let width: Double
        let isMapped: Bool
    }

    let isBold: Bool
    /// All letters are as wide as each other, as in programs.
    let isFixed: Bool
    let isVertical: Bool
    /// Of Type 3 fonts: from glyph space to text space.
    let scale: Double
    private let isComposite: Bool
    private var simple: [Glyph?] = []
    private var composite: [UInt32: Glyph] = [:]
    private let encoding: CharacterMap
    /// An encoding that the file names and does not hold.
    private let predefined: PredefinedMap?
    private let toUnicode: CharacterMap?
    private var widths: [UInt32: Double] = [:]
    private var standardWidth = 1.0
    private var trueType: TrueType?
    private var compact: CompactFont?
    /// Two bytes for the glyph of each number; nil where they are the same.
    private var glyphs: [UInt8]?
    /// Codes that are UTF-16.
    private let isUnicode: Bool
    /// Glyphs by the numbers of Adobe's Japanese collection.
    private let isJapanese: Bool
    /// Of Type 3 fonts: how much higher the letters are than the size says.
    private(set) var growth = 1.0

    init(_ dictionary: [String: PDFObject], _ file: PDFFile) {
        let subtype = dictionary["Subtype"]?.name ?? ""
        isComposite = subtype == "Type0"
        if case .stream(let stream) = file.resolve(dictionary["ToUnicode"]), let bytes = (try? file.content(stream)) ?? nil {
            let map = CharacterMap(bytes)
            toUnicode = map.hasTexts ? map : nil
        } else {
            toUnicode = nil
        }
        let name = file.resolve(dictionary["BaseFont"]).name ?? ""
        let descendant = file.dictionary(file.resolve(dictionary["DescendantFonts"]).array?.first)
        let descriptor = file.dictionary((isComposite ? descendant : dictionary)["FontDescriptor"])
        let lower = name.lowercased()
        isBold =
            lower.contains("bold") || lower.contains("black") || lower.contains("heavy")
            || (file.resolve(descriptor["FontWeight"]).number ?? 0) >= 600
        isFixed =
            (file.resolve(descriptor["Flags"]).int ?? 0) & 1 != 0
            || ["courier", "mono", "consol", "cmtt", "typewriter", "menlo"].contains { lower.contains($0) }
        if subtype == "Type3", let matrix = file.resolve(dictionary["FontMatrix"]).array?.compactMap({ file.resolve($0).number }),
            matrix.count == 6
        {
            scale = abs(matrix[0]) > 0 ? abs(matrix[0]) : 0.001
        } else {
            scale = 0.001
        }
        if isComposite {
            let named = file.resolve(dictionary["Encoding"])
            if case .stream(let stream) = named, let bytes = (try? file.content(stream)) ?? nil {
                encoding = CharacterMap(bytes)
                // One that takes all from another, and turns it.
                predefined = file.resolve(stream.dictionary["UseCMap"]).name.flatMap(PredefinedMap.init)
                isVertical = encoding.isVertical || predefined?.isVertical == true
                isUnicode = false
            } else {
                encoding = .identity
                predefined = named.name.flatMap(PredefinedMap.init)
                isVertical = named.name?.hasSuffix("V") == true
                // Some say that their codes are Unicode by naming the identity where a table should be.
                isUnicode = file.resolve(dictionary["ToUnicode"]).name?.hasPrefix("Identity") == true
            }
        } else {
            (encoding, predefined, isVertical, isUnicode) = (.identity, nil, false, false)
        }
        isJapanese =
            file.resolve(file.dictionary(descendant["CIDSystemInfo"])["Ordering"]).string.map { $0.elementsEqual("Japan1".utf8) }
            ?? false
        if subtype == "Type3", let box = file.resolve(dictionary["FontBBox"]).array?.compactMap({ file.resolve($0).number }),
            box.count == 4,
            case let height = abs(box[3] - box[1]) * scale, height > 2.5 || 0.01..<0.4 ~= height
        {
            growth = height
        }
        if case .stream(let stream) = file.resolve(descriptor["FontFile2"]), toUnicode == nil,
            let bytes = (try? file.content(stream)) ?? nil
        {
            trueType = TrueType(bytes)
        }
        if case .stream(let stream) = file.resolve(descriptor["FontFile3"]), let bytes = (try? file.content(stream)) ?? nil {
            compact = CompactFont(CompactFont.table(of: bytes))
        }
        if case .stream(let stream) = file.resolve(descendant["CIDToGIDMap"]), trueType != nil {
            glyphs = (try? file.content(stream)) ?? nil
        }
        if isComposite { readComposite(descendant, file) } else { readSimple(dictionary, descriptor, name, subtype, file) }
    }

    // MARK: Simple fonts

    private func readSimple(
        _ dictionary: [String: PDFObject], _ descriptor: [String: PDFObject], _ name: String, _ subtype: String, _ file: PDFFile
    ) {
        let flags = file.resolve(descriptor["Flags"]).int ?? 0
        let isSymbolic = flags & 4 != 0
        let named = file.resolve(dictionary["Encoding"])
        let lower = name.lowercased()
        var names: [String?]
        func base(_ name: String?) -> [String?]? {
            switch name {
            case "WinAnsiEncoding": GlyphNames.encoding(.winansi)
            case "MacRomanEncoding": GlyphNames.encoding(.macroman)
            case "StandardEncoding": GlyphNames.encoding(.standard)
            default: nil
            }
        }
        let differences = file.dictionary(named)
        let stated = base(named.name) ?? base(file.resolve(differences["BaseEncoding"]).name)
        if lower.contains("zapfdingbats") {
            names = GlyphNames.encoding(.zapfdingbats)
        } else if lower.hasSuffix("symbol") || lower.contains("symbolmt") {
            names = GlyphNames.encoding(.symbol)
        } else {
            names =
                stated ?? builtIn(descriptor, file) ?? compact?.encoding
                ?? (isSymbolic && trueType != nil ? [String?](repeating: nil, count: 256) : nil)
                ?? GlyphNames.encoding(.standard)
        }
        var code = 0
        for value in file.resolve(differences["Differences"]).array ?? [] {
            switch file.resolve(value) {
            case .number(let number): code = PDFObject.number(number).int ?? code
            case .name(let glyph):
                if names.indices.contains(code) { names[code] = glyph }
                code += 1
            default: break
            }
        }
        let first = file.resolve(dictionary["FirstChar"]).int ?? 0
        let listed = file.resolve(dictionary["Widths"]).array?.map { file.resolve($0).number ?? 0 } ?? []
        let missing = file.resolve(descriptor["MissingWidth"]).number ?? 0
        let standard = listed.isEmpty ? GlyphNames.widths(ofFont: name) : [:]
        for code in 0..<256 {
            let name = names[code]
            let width: Double =
                if listed.indices.contains(code - first) {
                    listed[code - first] * scale
                } else if listed.isEmpty {
                    (name.flatMap { standard[$0] } ?? standard["space"] ?? 500) / 1000
                } else {
                    missing * scale
                }
            var text = toUnicode?.text(UInt32(code))
            if text == nil || text == "\u{FFFD}" || text == "\0" {
                text = name.flatMap(GlyphNames.text) ?? trueType?.text(code: UInt32(code)) ?? text
            }
            // Some programs name glyphs by their codes alone.
            if text == nil, let name, subtype != "Type3", let number = Self.trailing(name), 32...126 ~= number,
                isSymbolic == false
            {
                text = Unicode.Scalar(UInt32(number)).map { String(Character($0)) }
            }
            simple.append(Glyph(text: Self.clean(text, width), width: width, isMapped: text != nil))
        }
    }

    private static func trailing(_ name: String) -> Int? {
        let digits = name.drop { !$0.isASCII || !$0.isNumber }
        return name.count - digits.count <= 1 ? Int(digits) : nil
    }

    /// The encoding inside a Type 1 font, which stands in its readable part: `dup 65 /A put`.
    private func builtIn(_ descriptor: [String: PDFObject], _ file: PDFFile) -> [String?]? {
        guard case .stream(let stream) = file.resolve(descriptor["FontFile"]), let bytes = (try? file.content(stream)) ?? nil
        else { return nil }
        var lexer = PDFLexer(bytes, end: min(bytes.count, file.resolve(stream.dictionary["Length1"]).int ?? bytes.count))
        var names: [String?]?
        var (code, name) = (Int?.none, String?.none)
        var count = 0
        while let value = lexer.next(references: false), count < 20_000 {
            count += 1
            switch value {
            case .name(let word):
                if word == "Encoding" { names = [String?](repeating: nil, count: 256) }
                name = word
            case .number(let number): code = PDFObject.number(number).int
            case .keyword("put"):
                if let code, let name, names?.indices.contains(code) == true { names?[code] = name }
            case .keyword("StandardEncoding"): return GlyphNames.encoding(.standard)
            case .keyword("def"), .keyword("readonly"):
                if names?.contains(where: { $0 != nil }) == true { return names }
            default: break
            }
        }
        return names?.contains { $0 != nil } == true ? names : nil
    }

    // MARK: Composite fonts

    private func readComposite(_ descendant: [String: PDFObject], _ file: PDFFile) {
        standardWidth = (file.resolve(descendant["DW"]).number ?? 1000) / 1000
        let list = file.resolve(descendant["W"]).array ?? []
        var place = 0
        var left = 1_000_000
        while place + 1 < list.count, left > 0 {
            guard let first = file.resolve(list[place]).int, first >= 0 else { break }
            let second = file.resolve(list[place + 1])
            if let values = second.array {
                left -= values.count
                for (step, value) in values.enumerated() {
                    widths[UInt32(clamping: first + step)] = (file.resolve(value).number ?? 0) / 1000
                }
                place += 2
            } else if let last = second.int, place + 2 < list.count {
                let width = (file.resolve(list[place + 2]).number ?? 0) / 1000
                left -= max(0, last - first)
                if first <= last, last - first < 70_000, left > 0 {
                    for number in first...last { widths[UInt32(clamping: number)] = width }
                }
                place += 3
            } else {
                break
            }
        }
    }

    // MARK: Reading text

    /// Calls with each glyph of a text and whether it is the single byte 32, to which the space between words is added.
    func each(_ bytes: [UInt8], _ body: (Glyph, Bool) -> Void) {
        guard isComposite else {
            for byte in bytes { if let glyph = simple[Int(byte)] { body(glyph, byte == 32) } }
            return
        }
        var place = 0
        while place < bytes.count {
            let (code, length) = predefined?.code(bytes, at: place) ?? encoding.code(bytes, at: place, standard: 2)
            body(glyph(code, length), length == 1 && code == 32)
            place += length
        }
    }

    private func glyph(_ code: UInt32, _ length: Int) -> Glyph {
        // Codes of one byte and of two may have the same number.
        let key = code | (length == 1 ? 1 << 31 : 0)
        if let known = composite[key] { return known }
        var text = toUnicode?.text(code)
        let made: Glyph
        if let predefined, encoding.isIdentity || encoding.number(code) == nil {
            text = text ?? predefined.text(code, length: length)
            let width = predefined.width(text, widths, standardWidth)
            made = Glyph(text: Self.clean(text, width), width: width, isMapped: text != nil)
        } else {
            let number = encoding.number(code) ?? 0
            if text == nil {
                text =
                    isUnicode
                    ? Unicode.Scalar(code).map { String(Character($0)) }
                    : trueType?.text(glyph: glyph(of: number)) ?? compact?.name(glyph: Int(number)).flatMap(GlyphNames.text)
                        ?? (isJapanese ? JapaneseCollection.text(number) : nil)
            }
            let width = widths[number] ?? standardWidth
            made = Glyph(text: Self.clean(text, width), width: width, isMapped: text != nil)
        }
        composite[key] = made
        return made
    }

    /// Which glyph a number of the collection is.
    private func glyph(of number: UInt32) -> UInt32 {
        guard let glyphs else { return number }
        let place = 2 * Int(number)
        return place + 1 < glyphs.count ? UInt32(glyphs[place]) << 8 | UInt32(glyphs[place + 1]) : 0
    }

    /// Ligatures as their letters, no control characters. A hyphen that may be put in stays one where it is not drawn.
    private static func clean(_ text: String?, _ width: Double) -> String {
        guard let text else { return "" }
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0xFB00: out += "ff"
            case 0xFB01: out += "fi"
            case 0xFB02: out += "fl"
            case 0xFB03: out += "ffi"
            case 0xFB04: out += "ffl"
            case 0xFB05, 0xFB06: out += "st"
            case 0xA0, 0x2000...0x200A, 0x3000: out += " "
            // Bullets of the fonts for symbols.
            case 0xF0B7: out += "•"
            case 0xF0A7, 0xF0D8, 0xF0FC, 0xF06C, 0xF06E: out += SymbolFont.text(scalar.value & 0xFF, font: "wingdings")
            case 0xAD: out += width < 0.01 ? "\u{AD}" : "-"
            case 0..<0x20, 0x7F..<0xA0, 0xFEFF, 0xFFFD, 0x200B, 0x200E, 0x200F: continue
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
