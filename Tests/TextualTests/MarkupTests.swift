import Testing

@testable import Textual

@Suite("Reading XML")
struct XMLReaderTests {
    private func events(_ text: String) throws -> [String] {
        var reader = XMLReader(Array(text.utf8))
        var seen: [String] = []
        while true {
            switch try reader.next() {
            case .finished: return seen
            case .start: seen.append("<")
            case .end: seen.append(">")
            case .text:
                var bytes: [UInt8] = []
                reader.appendText(to: &bytes)
                seen.append(String(decoding: bytes, as: UTF8.self))
            }
        }
    }

    @Test func `elements, texts and entities`() throws {
        #expect(
            try events("<?xml version='1.0'?><a x='>'>1 &lt; 2 &#x41;&#66;<b/><!-- no --><![CDATA[<&>]]></a>") == [
                "<", "1 < 2 AB", "<", ">", "<&>", ">",
            ])
    }

    @Test func `entities that a file declares are not known, and nothing is fetched`() throws {
        let bomb = """
            <!DOCTYPE a [<!ENTITY x "yyyyyyyyyy"><!ENTITY z "&x;&x;&x;"><!ENTITY f SYSTEM "file:///etc/passwd">]><a>&z;&f;</a>
            """
        #expect(try events(bomb) == ["<", "&z;&f;", ">"])
    }

    @Test func `attributes by local name and by prefix`() throws {
        var reader = XMLReader(Array("<w:a w:id=\"1\" r:id = '2' x=\"a&amp;b\"/>".utf8))
        _ = try reader.next()
        #expect(reader.name == "a")
        #expect(reader.attribute("id") == "1")
        #expect(reader.attribute("id", prefix: "r") == "2")
        #expect(reader.attribute("x") == "a&b")
        #expect(reader.attribute("y") == nil)
    }

    @Test func `names that are long differ by their beginning and their length`() {
        #expect("AlternateContent" as XMLName == XMLName(Array("AlternateContent".utf8)))
        #expect("AlternateContent" as XMLName != "AlternateContents")
        #expect("abcdefghijklmnop" as XMLName != "abcdefghijklmno")
    }

    @Test func `UTF-16 with a mark`() throws {
        let units = Array("<a>ü</a>".utf16)
        var reader = XMLReader([0xFF, 0xFE] + units.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })
        #expect(try reader.next() == .start)
        #expect(try reader.next() == .text)
        var bytes: [UInt8] = []
        reader.appendText(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "ü")
    }

    @Test(arguments: [
        "<", "<a", "<a b='", "</", "<!", "<![CDATA[", "<!--", "<?", "&", "<a>&#xFFFFFFFF;</a>", "</a></a>", "<a/></a>",
    ])
    func `what is broken ends, with an error or without`(_ text: String) {
        _ = try? events(text)
    }
}

@Suite("Filters and maps of PDF files")
struct PDFPartsTests {
    private func unpacked(_ name: String, _ bytes: [UInt8], _ parameters: [String: PDFObject] = [:]) throws -> String? {
        try PDFFilters.unpack(bytes[...], [(name, parameters)], most: 1_000_000).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `each filter gives what was packed`() throws {
        #expect(try unpacked("ASCIIHexDecode", Array("48 65 6C6c 6F>".utf8)) == "Hello")
        #expect(try unpacked("ASCII85Decode", Array("87cURD]i,\"Ebo80~>".utf8)) == "Hello World!")
        #expect(try unpacked("RunLengthDecode", [2, 65, 66, 67, 254, 68, 128]) == "ABCDDD")
        // The example of the standard (section 7.4.4.2).
        #expect(try unpacked("LZWDecode", [0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01]) == "-----A---B")
        #expect(try unpacked("DCTDecode", [1]) == nil)
    }

    @Test func `a stream that grows without end is refused`() {
        #expect(throws: TextualFailure.self) {
            try PDFFilters.unpack([UInt8](repeating: 129, count: 20_000)[...], [("RunLengthDecode", [:])], most: 100_000)
        }
    }

    @Test func `a map of codes to texts`() {
        let map = CharacterMap(
            Array(
                """
                begincmap 1 begincodespacerange <00> <FF> endcodespacerange
                2 beginbfchar <01> <0041> <02> <00660069> endbfchar
                2 beginbfrange <10> <12> <0061> <20> <21> [<0078> <0079>] endbfrange endcmap
                """.utf8))
        #expect(map.text(1) == "A")
        #expect(map.text(2) == "fi")
        #expect(map.text(0x11) == "b")
        #expect(map.text(0x21) == "y")
        #expect(map.text(0x30) == nil)
        #expect(map.code([0x10, 0x11], at: 1, standard: 2) == (0x11, 1))
    }

    @Test func `names of glyphs`() {
        for (name, text) in [
            ("A", "A"), ("eacute", "é"), ("f_i", "fi"), ("uni0041", "A"), ("u1F600", "😀"), ("a.alt", "a"), ("Lcommaaccent", "Ļ"),
        ] {
            #expect(GlyphNames.text(name) == text)
        }
        #expect(GlyphNames.text("g123") == nil)
        #expect(GlyphNames.widths(ofFont: "ABCDEF+Helvetica-Bold")["A"] == 722)
    }

    @Test(arguments: [
        ("12 0 R", "R"), ("-.5", "-0.5"), ("--5", "-5.0"), ("(a\\(b\\051\\\nc)", "a(b)c"), ("<48 6>", "H`"), ("/A#20B", "A B"),
        ("<</A 1/B[2 3]>>", "d2"),
        ("<</A 1", "d1"), ("[1 2", "a2"), ("(a", "a"), (">>", "k"), ("4.", "4.0"), ("+7", "7.0"),
    ])
    func `a value`(_ text: String, _ told: String) {
        var lexer = PDFLexer(Array(text.utf8))
        let value: String =
            switch lexer.next(references: true) {
            case .reference?: "R"
            case .number(let number)?: number == number.rounded() && !text.contains(".") ? "\(number)" : "\(number)"
            case .string(let bytes)?: String(decoding: bytes, as: UTF8.self)
            case .name(let name)?: name
            case .dictionary(let members)?: "d\(members.count)"
            case .array(let values)?: "a\(values.count)"
            case .keyword?: "k"
            default: "?"
            }
        #expect(value == told)
    }

    @Test func `text from right to left is turned, its numbers are not`() {
        #expect(RightToLeft.ordered("םולש") == "שלום")
        #expect(RightToLeft.ordered("2023 תנש") == "שנת 2023")
        #expect(RightToLeft.ordered("plain") == "plain")
    }
}

@Suite("Chunks and texts of documents")
struct OutputTests {
    private func document() -> Document {
        var document = Document(format: .docx)
        document.blocks = [
            Block(.heading, "Mills", level: 1, at: Place()),
            Block(
                .paragraph, "A quern is a hand mill. Öl & Wasser: 10 °C! Is it old? Dr. A. Stone says so.",
                at: Place(paragraph: 2)),
            Block(.paragraph, "never seen", at: Place(), isHidden: true),
            Block(.listItem, "first", marker: "1.", at: Place()), Block(.listItem, "second", level: 1, marker: "•", at: Place()),
            Block(.heading, "石臼", level: 2, at: Place()),
            Block(.paragraph, "石臼は穀物を挽く道具です。とても古い。", at: Place()),
            Block(
                .table, "", table: Table(rows: [[.init("a|b"), .init("c")], [.init("1"), nil]], headerRows: 1), at: Place()),
            Block(.paragraph, String(repeating: "long", count: 500), at: Place()),
            Block(.note, "A note.", marker: "1", at: Place(part: "footnotes")),
        ]
        return document
    }

    @Test(arguments: ChunkOptions.Strategy.allCases, [1, 5, 12, 100, 10_000])
    func `chunks are slices of the stored text and leave nothing out`(_ strategy: ChunkOptions.Strategy, _ tokens: Int) {
        let document = document()
        let stored = PlainText(document)
        for overlap in [0, tokens / 3] {
            var options = ChunkOptions()
            (options.strategy, options.tokens, options.overlap) = (strategy, tokens, overlap)
            let chunks = Chunks.make(document, stored, options)
            var covered = Set<Int>()
            for chunk in chunks {
                let text = String(decoding: stored.bytes[chunk.bytes], as: UTF8.self)
                #expect(!text.contains("\u{FFFD}"))
                let scalars = Array(stored.text.unicodeScalars)
                #expect(String(String.UnicodeScalarView(scalars[chunk.characters])) == text)
                #expect(chunk.tokens <= tokens || chunk.words <= 1)
                covered.formUnion(chunk.bytes)
            }
            // Only the space between blocks is in no chunk.
            for place in stored.bytes.indices where !covered.contains(place) { #expect(stored.bytes[place] == 10) }
            #expect(
                zip(chunks, chunks.dropFirst()).allSatisfy {
                    $0.bytes.lowerBound < $1.bytes.lowerBound && $0.bytes.upperBound < $1.bytes.upperBound
                })
        }
    }

    @Test func `sections of chunks`() {
        let document = document()
        var options = ChunkOptions()
        options.tokens = 10_000
        let chunks = Chunks.make(document, PlainText(document), options)
        #expect(chunks.map(\.section) == [["Mills"], ["Mills", "石臼"]])
    }

    @Test func `the text and the Markdown of a document`() {
        var document = document()
        document.blocks.remove(at: 8)
        #expect(
            PlainText(document).text == """
                Mills

                A quern is a hand mill. Öl & Wasser: 10 °C! Is it old? Dr. A. Stone says so.

                1. first
                  • second

                石臼

                石臼は穀物を挽く道具です。とても古い。

                a|b | c
                1 | 

                [1] A note.
                """)
        #expect(
            Markdown.text(document) == """
                # Mills

                A quern is a hand mill. Öl & Wasser: 10 °C! Is it old? Dr. A. Stone says so.

                1. first
                    - second

                ## 石臼

                石臼は穀物を挽く道具です。とても古い。

                | a\\|b | c |
                | --- | --- |
                | 1 |  |

                \\[1\\] A note.

                """)
    }

    @Test func `what is none of the formats is told`() {
        for bytes in [
            [], [0, 1, 2, 0xFF], [0x50, 0x4B, 3, 4], Array("%PDF-1.4".utf8),
            [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
        ] as [[UInt8]] {
            #expect(throws: TextualFailure.self) { try Extractor.read(bytes) }
        }
    }
}
