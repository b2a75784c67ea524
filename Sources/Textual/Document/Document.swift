package import Core

/// What a document holds, in reading order, whatever its format.
package struct Document: Sendable, Equatable {
    package let format: DocumentFormat
    /// As the file says them, such as `title` and `author`, in the order of the file.
    package var metadata: [Metadata] = []
    package var blocks: [Block] = []
    package var receipt = Receipt()
    /// Pages, slides or sheets; nil where a format has none.
    package var pageCount: Int?

    package struct Metadata: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(format: DocumentFormat) {
        self.format = format
    }
}

/// Formats that are read, told by their content.
package enum DocumentFormat: String, Sendable, CaseIterable {
    case pdf, docx, xlsx, pptx, doc, xls, ppt, odt, ods, odp, epub, rtf, html, csv, json, xml
    /// Markdown.
    case md
    /// Plain text.
    case txt
    /// One mail, many in one file, and one as Outlook stores it.
    case eml, mbox, msg
    /// Files in an archive; gzip is what is in it.
    case zip, tar

    /// For people.
    package var title: String {
        switch self {
        case .pdf: "PDF"
        case .docx: "Word (DOCX)"
        case .xlsx: "Excel (XLSX)"
        case .pptx: "PowerPoint (PPTX)"
        case .doc: "Word 97 to 2003 (DOC)"
        case .xls: "Excel 5 to 2003 (XLS)"
        case .ppt: "PowerPoint 97 to 2003 (PPT)"
        case .odt: "OpenDocument text (ODT)"
        case .ods: "OpenDocument spreadsheet (ODS)"
        case .odp: "OpenDocument presentation (ODP)"
        case .epub: "EPUB"
        case .rtf: "Rich Text (RTF)"
        case .html: "HTML"
        case .csv: "CSV and TSV"
        case .json: "JSON"
        case .xml: "XML"
        case .md: "Markdown"
        case .txt: "plain text"
        case .eml: "mail (EML)"
        case .mbox: "mailbox (MBOX)"
        case .msg: "Outlook mail (MSG)"
        case .zip: "ZIP archive"
        case .tar: "tar archive"
        }
    }
}

extension DocumentFormat {
    /// All that are read, for people.
    package static var titles: String { allCases.map(\.title).joined(separator: ", ") }

    /// What `Document.pageCount` counts.
    package var pageWord: String {
        switch self {
        case .xlsx, .xls, .ods: "sheet"
        case .pptx, .ppt, .odp: "slide"
        case .epub: "chapter"
        case .mbox: "message"
        case .zip, .tar: "file"
        case .pdf, .docx, .doc, .odt, .rtf, .html, .csv, .json, .xml, .md, .txt, .eml, .msg: "page"
        }
    }
}

/// A piece of a document that stands for itself.
package struct Block: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case heading, paragraph, table, picture, note, header, footer, code
        case listItem = "list_item"
        case pageNumber = "page_number"

        /// Repeated on each page around what the document says.
        package var isFurniture: Bool { self == .header || self == .footer || self == .pageNumber }
    }

    package var kind: Kind
    /// Without the marker of a list; of a picture its description; empty for a table.
    package var text: String
    /// Of a heading 1 to 9; of a list 0 for its outermost items.
    package var level: Int
    /// Of a list item, such as `•` or `2.1`; of a note its number.
    package var marker: String?
    package var table: Table?
    package var place: Place
    /// There, but not to be seen: hidden text, a hidden sheet or slide, text under a picture.
    package var isHidden: Bool
    package var links: [Link] = []

    package struct Link: Sendable, Equatable {
        package let text: String
        package let target: String
    }

    package init(
        _ kind: Kind, _ text: String, level: Int = 0, marker: String? = nil, table: Table? = nil, at place: Place,
        isHidden: Bool = false
    ) {
        self.kind = kind
        self.text = text
        self.level = level
        self.marker = marker
        self.table = table
        self.place = place
        self.isHidden = isHidden
    }
}

extension [Block] {
    /// Of their texts and of the cells of their tables.
    var textBytes: Int {
        reduce(0) { sum, block in
            sum + block.text.utf8.count + (block.table?.rows.joined().reduce(0) { $0 + ($1?.text.utf8.count ?? 0) } ?? 0)
        }
    }
}

/// Rows of cells; a cell that spans others stands once, where it begins.
package struct Table: Sendable, Equatable {
    package struct Cell: Sendable, Equatable {
        package var text: String
        package var columns: Int
        package var rows: Int
        /// As the file stores it, where that differs from what people see: a number or a date in a sheet.
        package var value: String?

        package init(_ text: String, columns: Int = 1, rows: Int = 1, value: String? = nil) {
            self.text = text
            self.columns = columns
            self.rows = rows
            self.value = value
        }
    }

    /// Each row as long as its cells reach; places that a cell above or before covers hold nothing.
    package var rows: [[Cell?]]
    /// Rows at the top that name the columns.
    package var headerRows: Int

    package init(rows: [[Cell?]], headerRows: Int = 0) {
        self.rows = rows
        self.headerRows = headerRows
    }
}

/// Where a block stands in its file. What a format does not have is nil.
package struct Place: Sendable, Equatable {
    /// From 1.
    package var page: Int?
    package var box: Box?
    package var slide: Int?
    package var sheet: String?
    /// Such as `A1:D20`.
    package var cells: String?
    /// From 1, counted through the whole body.
    package var paragraph: Int?
    /// A part beside the body, such as `footnotes` or `header1`.
    package var part: String?
    /// Of a text, from 1.
    package var line: Int?
    /// The path of a file inside an archive or a mail, such as `2024/mail.eml/plan.docx`.
    package var entry: String?

    /// In points (1/72 inch), from the upper left corner of the page as people see it.
    package struct Box: Sendable, Equatable {
        package var left: Double
        package var top: Double
        package var right: Double
        package var bottom: Double

        package init(left: Double, top: Double, right: Double, bottom: Double) {
            self.left = left
            self.top = top
            self.right = right
            self.bottom = bottom
        }

        package func union(_ other: Box) -> Box {
            Box(
                left: min(left, other.left), top: min(top, other.top), right: max(right, other.right),
                bottom: max(bottom, other.bottom))
        }
    }

    package init(
        page: Int? = nil, box: Box? = nil, slide: Int? = nil, sheet: String? = nil, cells: String? = nil, paragraph: Int? = nil,
        part: String? = nil, line: Int? = nil
    ) {
        self.page = page
        self.box = box
        self.slide = slide
        self.sheet = sheet
        self.cells = cells
        self.paragraph = paragraph
        self.part = part
        self.line = line
    }
}

/// What was seen in a file and is not in its text, so that nobody takes a part for the whole.
package struct Receipt: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Pictures whose content was not read.
        case picture
        /// Pages that hold nothing but a picture: a scan.
        case scannedPage = "scanned_page"
        /// Text that is marked as hidden. It is in the document, marked.
        case hidden
        /// Text that was deleted with changes tracked. It is left out.
        case deleted
        /// Parts that are broken and could not be read.
        case broken
        /// Letters whose meaning the file does not tell.
        case unmapped
        /// Embedded files and objects that were not opened.
        case embedded
        /// Files inside this one that are locked with a password.
        case locked
        /// Files inside this one whose format is not known.
        case unsupported
        /// Text beyond a limit.
        case limit
    }

    /// A file inside this one that was not read.
    package struct Unread: Sendable, Equatable {
        /// Its path.
        package let entry: String
        /// As of a `TextualFailure`.
        package let code: String
        package let message: String
    }

    package private(set) var counts: [Kind: Int] = [:]
    /// The first of them.
    package private(set) var unread: [Unread] = []

    private static let mostUnread = 100
    private static let longestEntry = 300

    /// Whether parts of the file are missing because they are broken, locked or too much.
    package var isIncomplete: Bool { counts[.broken] != nil || counts[.limit] != nil || counts[.locked] != nil }

    package mutating func count(_ kind: Kind, _ more: Int = 1) {
        if more > 0 { counts[kind, default: 0] += more }
    }

    /// - Parameter entry: the path of the file that the other one is of, where that is another.
    mutating func add(_ other: Receipt, entry: String? = nil) {
        for (kind, more) in other.counts { count(kind, more) }
        for file in other.unread { note(file, in: entry) }
    }

    mutating func note(_ file: Unread, in entry: String? = nil) {
        guard unread.count < Self.mostUnread else { return }
        let path = entry.map { "\($0)/\(file.entry)" } ?? file.entry
        unread.append(Unread(entry: path.clipped(bytes: Self.longestEntry), code: file.code, message: file.message))
    }

    package var json: JSON { json(unread: Self.mostUnread) }

    /// - Parameter most: files that are named.
    package func json(unread most: Int) -> JSON {
        var members = Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, JSON.int(Int64($0.value))) })
        if !unread.isEmpty, most > 0 {
            members["unread"] = .array(
                unread.prefix(most).map {
                    ["entry": .string($0.entry), "code": .string($0.code), "message": .string($0.message)]
                })
        }
        return .object(members)
    }
}
