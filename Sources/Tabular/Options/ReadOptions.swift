package import Core
package import Foundation

/// How a file is packed.
package enum Compression: String, Sendable, CaseIterable, Codable {
    case none, gzip, zstd

    /// Of packed bytes; nil where nothing is packed.
    package var mediaType: String? {
        switch self {
        case .none: nil
        case .gzip: "application/gzip"
        case .zstd: "application/zstd"
        }
    }

    /// What the name of a packed file ends with.
    package var fileExtension: String {
        switch self {
        case .none: ""
        case .gzip: ".gz"
        case .zstd: ".zst"
        }
    }
}

/// How an input is to be read. What is nil is found out from the file.
///
/// The same options have the same names everywhere: as members of `input_options` in a job, as flags of the command line
/// (`--skip-lines` for `skip_lines`) and as fields of the page.
package struct ReadOptions: Sendable, Equatable {
    package enum Header: Sendable, Equatable {
        case none
        /// So many lines name the columns.
        case lines(Int)
    }

    package struct ForcedType: Sendable, Equatable {
        package var column: String
        package var type: String
    }

    package var format: Format?
    package var compression: Compression?
    /// A name that `TextEncoding` knows.
    package var encoding: String?
    /// One byte or more; `spaces` for any number of them.
    package var delimiter: String?
    /// One ASCII character; empty where nothing is quoted.
    package var quote: String?
    /// Whether a backslash stands before a quote that is part of a value; else the quote is doubled.
    package var isEscapedByBackslash: Bool?
    package var header: Header?
    /// Lines before the header that are not read.
    package var skipLines: Int?
    /// What a line begins with that is no record; empty where there are no such lines.
    package var comment: String?
    /// Words that mean null, wherever they stand. Empty: no word does.
    package var nullWords: [String]?
    package var decimalMark: String?
    /// Between groups of digits; empty for none.
    package var thousandsMark: String?
    package var dateOrder: DateOrder?
    package var ragged: RaggedRows?
    package var hasTrailingDelimiters: Bool?
    package var trimsSpaces: Bool?
    /// False: everything is text, as it is in the file.
    package var findsTypes: Bool?
    package var types: [ForcedType] = []
    /// A JSON pointer (RFC 6901) to the array or object that holds the rows.
    package var path: String?
    /// Whether members of nested objects become columns with names such as `address.city`.
    package var flattens: Bool?

    package init() {}

    /// Names of all options, as they are in JSON.
    package static let names = [
        "format", "compression", "encoding", "delimiter", "quote", "escape", "header", "skip_lines", "comment", "null_words",
        "decimal", "thousands", "date_order", "ragged", "trailing_delimiters", "trim_spaces", "infer_types", "types", "path",
        "flatten",
    ]

    /// Reads an object with some of the options. Numbers and truth values may also be given as text.
    ///
    /// - Throws: `InvalidStep` that names the option, says what is allowed, and for an unknown name the nearest known one.
    package init(_ json: JSON, field: String = "input_options") throws {
        for place in try OptionPlace.all(json, field: field, names: Self.names) { try set(place.name, place) }
        try check(field)
    }

    /// The same of bytes, at most 64 KiB.
    package static func parse(json: Data, field: String = "input_options") throws -> ReadOptions {
        try ReadOptions(try OptionPlace.json(json, field: field), field: field)
    }

    private mutating func set(_ name: String, _ place: OptionPlace) throws {
        switch name {
        case "format":
            format = try place.choice(["csv": .csv, "tsv": .csv, "jsonl": .jsonl, "ndjson": .jsonl, "json": .json])
        case "compression":
            compression = try place.choice(["none": Compression.none, "gzip": .gzip, "gz": .gzip, "zstd": .zstd, "zst": .zstd])
        case "encoding": encoding = try ReadOptions.encoding(place)
        case "delimiter": delimiter = try ReadOptions.delimiter(place)
        case "quote": quote = try ReadOptions.quote(place)
        case "escape":
            isEscapedByBackslash = try place.choice(["backslash": true, "\\": true, "double": false, "doubled": false])
        case "header": header = try ReadOptions.header(place)
        case "skip_lines": skipLines = try place.count(upTo: 1_000_000)
        case "comment":
            let text = try place.text(upTo: 8)
            comment = text == "none" ? "" : text
        case "null_words": nullWords = try place.list(upTo: 100, bytes: 64)
        case "decimal": decimalMark = try place.choice([".": ".", ",": ",", "point": ".", "comma": ","])
        case "thousands":
            thousandsMark = try place.choice([
                ",": ",", ".": ".", " ": " ", "'": "'", "_": "_", "comma": ",", "point": ".", "space": " ", "none": "",
            ])
        case "date_order": dateOrder = try place.choice(["ymd": DateOrder.yearFirst, "dmy": .dayFirst, "mdy": .monthFirst])
        case "ragged": ragged = try place.choice(["reject": .reject, "pad": .pad, "cut": .cut])
        case "trailing_delimiters": hasTrailingDelimiters = try place.truth()
        case "trim_spaces": trimsSpaces = try place.truth()
        case "infer_types": findsTypes = try place.truth()
        case "types": types = try ReadOptions.types(place)
        case "path":
            let text = try place.text(upTo: 1024)
            guard text.isEmpty || text.hasPrefix("/") else {
                throw place.problem("A JSON pointer begins with a slash, such as /results or /data/items.")
            }
            path = text
        case _: flattens = try place.truth()
        }
    }

    /// What can not be true together.
    private func check(_ field: String) throws {
        let marks = [(delimiter ?? "", "delimiter"), (quote ?? "", "quote"), (comment ?? "", "comment")].filter { !$0.0.isEmpty }
        for (index, mark) in marks.enumerated() {
            for other in marks[..<index] where other.0 == mark.0 {
                throw InvalidStep(field: "\(field).\(mark.1)", message: "The \(mark.1) can not be the same as the \(other.1).")
            }
        }
        if let decimalMark, decimalMark == thousandsMark {
            throw InvalidStep(
                field: "\(field).thousands", message: "The mark between thousands can not be the same as the decimal mark.")
        }
    }

    private static func encoding(_ place: OptionPlace) throws -> String {
        let text = try place.text(upTo: 40)
        guard let known = TextEncoding.named(text) else {
            throw place.problem("The encoding \"\(text)\" is not known; known are \(TextEncoding.names.joined(separator: ", ")).")
        }
        return known.name
    }

    static let delimiterWords = [
        "comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "space": " ", "colon": ":", "caret": "^",
    ]

    private static func delimiter(_ place: OptionPlace) throws -> String {
        let text = try place.text(upTo: 40)
        if text == "spaces" { return text }
        let mark = delimiterWords[text] ?? text
        guard !mark.isEmpty, mark.utf8.count <= 8, !mark.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0x22 }) else {
            throw place.problem(
                "A delimiter is a text of one to eight bytes without quotes and line ends, or tab, comma, semicolon, pipe, space or spaces."
            )
        }
        return mark
    }

    private static func quote(_ place: OptionPlace) throws -> String {
        let text = try place.text(upTo: 8)
        let mark = ["none": "", "double": "\"", "single": "'"][text] ?? text
        guard mark.isEmpty || (mark.utf8.count == 1 && mark.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }) else {
            throw place.problem("A quote is one ASCII character, such as \" or ', or none.")
        }
        return mark
    }

    private static func header(_ place: OptionPlace) throws -> Header {
        switch place.value {
        case .bool(let truth): return truth ? .lines(1) : .none
        case .string("yes"), .string("true"): return .lines(1)
        case .string("no"), .string("none"), .string("false"): return .none
        case .int, .double, .string:
            guard let count = try? place.count(upTo: 20) else {
                throw place.problem("The header is yes, no, or a count of header lines up to 20.")
            }
            return count == 0 ? .none : .lines(count)
        case .null, .array, .object: throw place.problem("The header is yes, no, or a count of header lines.")
        }
    }

    /// An object of names and types, or `name=type,name=type(12,2)`.
    private static func types(_ place: OptionPlace) throws -> [ForcedType] {
        var pairs: [(String, String)] = []
        switch place.value {
        case .object(let members):
            for member in members.sorted(by: { $0.key < $1.key }) {
                guard case .string(let type) = member.value else {
                    throw place.problem("The type of \(member.key) is a text, such as string.")
                }
                pairs.append((member.key, type))
            }
        case .string(let text):
            for part in ReadOptions.parts(text) {
                guard let mark = part.lastIndex(of: "=") else {
                    throw place.problem("Types are written name=type, divided by commas; \(part) is not.")
                }
                pairs.append((String(part[..<mark]), String(part[part.index(after: mark)...])))
            }
        case .null, .bool, .int, .double, .array:
            throw place.problem("An object of names and types is expected, not \(place.value.kindName).")
        }
        guard pairs.count <= 10_000 else { throw place.problem("At most 10000 types are allowed.") }
        var seen: Set<[UInt8]> = []
        return try pairs.map { name, type in
            guard !name.isEmpty, name.utf8.count <= TabularLimits.standard.maxNameBytes else {
                throw place.problem("The name of a column is expected before \(type).")
            }
            guard seen.insert(Array(name.utf8)).inserted else { throw place.problem("The column \"\(name)\" is named twice.") }
            let word = type.lowercased().filter { $0 != " " }
            guard let known = ColumnType.named(word) else {
                throw place.problem(
                    "The type \"\(type)\" is not known; known are string, integer, double, boolean, date, timestamp, timestamp_utc and decimal(digits,decimals) of at most \(ColumnType.maxPrecision) digits."
                )
            }
            return ForcedType(column: name, type: known.name)
        }
    }

    /// Divides at commas that do not stand in parentheses.
    private static func parts(_ text: String) -> [Substring] {
        var parts: [Substring] = []
        var depth = 0
        var start = text.startIndex
        for index in text.indices {
            switch text[index] {
            case "(": depth += 1
            case ")": depth -= 1
            case "," where depth == 0:
                parts.append(text[start..<index])
                start = text.index(after: index)
            case _: continue
            }
        }
        parts.append(text[start...])
        return parts.filter { !$0.isEmpty }
    }

    /// The options that were said, as they are read.
    package var json: JSON {
        var members: [String: JSON] = [:]
        func add(_ name: String, _ value: JSON?) { if let value { members[name] = value } }
        func text(_ text: String?) -> JSON? { text.map { .string($0) } }
        func truth(_ truth: Bool?) -> JSON? { truth.map { .bool($0) } }
        add("format", text(format?.rawValue))
        add("compression", text(compression?.rawValue))
        add("encoding", text(encoding))
        add("delimiter", text(delimiter))
        add("quote", text(quote.map { $0.isEmpty ? "none" : $0 }))
        add("escape", text(isEscapedByBackslash.map { $0 ? "backslash" : "double" }))
        switch header {
        case .lines(let count)?: add("header", .int(Int64(count)))
        case ReadOptions.Header.none?: add("header", false)
        case nil: break
        }
        add("skip_lines", skipLines.map { .int(Int64($0)) })
        add("comment", text(comment.map { $0.isEmpty ? "none" : $0 }))
        add("null_words", nullWords.map { .array($0.map { .string($0) }) })
        add("decimal", text(decimalMark))
        add("thousands", text(thousandsMark.map { $0.isEmpty ? "none" : $0 }))
        add("date_order", text(dateOrder?.rawValue))
        add("ragged", text(ragged?.rawValue))
        add("trailing_delimiters", truth(hasTrailingDelimiters))
        add("trim_spaces", truth(trimsSpaces))
        add("infer_types", truth(findsTypes))
        if !types.isEmpty {
            add("types", .object(Dictionary(types.map { ($0.column, .string($0.type)) }, uniquingKeysWith: { $1 })))
        }
        add("path", text(path))
        add("flatten", truth(flattens))
        return .object(members)
    }

    /// Options that were said and mean something for one format alone.
    var onlyForCSV: [String] {
        let said: [(String, Bool)] = [
            ("delimiter", delimiter != nil), ("quote", quote != nil), ("escape", isEscapedByBackslash != nil),
            ("header", header != nil), ("skip_lines", skipLines != nil), ("comment", comment != nil), ("ragged", ragged != nil),
            ("trailing_delimiters", hasTrailingDelimiters != nil), ("trim_spaces", trimsSpaces != nil),
        ]
        return said.filter(\.1).map(\.0)
    }
    var onlyForJSON: [String] { [("path", path != nil), ("flatten", flattens == true)].filter(\.1).map(\.0) }

    /// What it says of types, for each column.
    func rules(for columns: [String], to format: Format = .parquet) -> [TypeRules] {
        var rules = TypeRules()
        rules.keepsDigits = format == .json || format == .jsonl
        rules.findsNullWords = nullWords == nil
        if decimalMark != nil || thousandsMark != nil {
            rules.numbers = NumberStyle(
                decimal: decimalMark?.utf8.first ?? (thousandsMark == "." ? UInt8(ascii: ",") : UInt8(ascii: ".")),
                group: thousandsMark?.utf8.first ?? 0)
        }
        rules.dates = dateOrder
        rules.findsTypes = findsTypes ?? true
        guard !types.isEmpty else { return Array(repeating: rules, count: columns.count) }
        // By bytes: a dictionary of strings would normalise each name, in time that grows with the square of its combining marks.
        let forced = Dictionary(types.map { (Array($0.column.utf8), $0.type) }, uniquingKeysWith: { first, _ in first })
        return columns.map { column in
            var own = rules
            own.forced = forced[Array(column.utf8)].flatMap(ColumnType.named)
            return own
        }
    }
}
