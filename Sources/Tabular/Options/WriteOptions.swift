package import Core
package import Foundation

/// How an output is written, where that is said.
///
/// The same options have the same names everywhere: as members of `output_options` in a job, and with hyphens and `--out-` before them on
/// the command line.
package struct WriteOptions: Sendable, Equatable {
    package enum Quoting: String, Sendable, CaseIterable {
        /// Only what would be read wrong without.
        case minimal
        /// All that is there; nulls stay without, so that they differ from empty texts.
        case all
        /// All but numbers.
        case nonnumeric
    }

    package enum Codec: String, Sendable, CaseIterable {
        case snappy, zstd, gzip, none
    }

    /// One ASCII character; by the name of the output when it is nil.
    package var delimiter: UInt8?
    package var quoting = Quoting.minimal
    /// Whether CSV begins with the names; when nil, where the input has names or a step gives some.
    package var header: Bool?
    package var endsLinesWithReturn = false
    /// A name that `TextEncoding` knows.
    package var encoding: String?
    /// Whether a byte order mark stands first.
    package var hasMark = false
    /// How text output is packed; Parquet is packed page by page, see `codec`.
    package var compression = Compression.none
    package var codec = Codec.snappy
    /// Rows of a Parquet row group at most.
    package var rowGroupRows: Int?
    /// What stands for null in CSV; nothing when empty.
    package var nullWord = ""

    package init() {}

    /// Names of all options, as they are in JSON.
    package static let names = [
        "delimiter", "quoting", "header", "line_end", "encoding", "mark", "compression", "codec", "row_group_rows", "null_word",
    ]

    /// Reads an object with some of the options. Numbers and truth values may also be given as text.
    ///
    /// - Throws: `InvalidStep` that names the option, says what is allowed, and for an unknown name the nearest known one.
    /// - Parameter format: what is written; an option that means nothing for it is refused.
    package init(_ json: JSON, format: Format, field: String = "output_options") throws {
        for place in try OptionPlace.all(json, field: field, names: Self.names) {
            let isOfParquet = place.name == "codec" || place.name == "row_group_rows"
            let isOfText = ["encoding", "mark", "compression"].contains(place.name)
            let fits = format == .parquet ? isOfParquet : isOfText || (format == .csv && !isOfParquet)
            guard fits else { throw place.problem("This means nothing where \(format.rawValue) is written.") }
            try set(place)
        }
        if nullWord.utf8.contains(delimiter ?? UInt8(ascii: ",")), format == .csv {
            throw InvalidStep(field: "\(field).null_word", message: "A word for null can not hold the delimiter.")
        }
    }

    /// The same of bytes, at most 64 KiB.
    package static func parse(json: Data, format: Format, field: String = "output_options") throws -> WriteOptions {
        try WriteOptions(try OptionPlace.json(json, field: field), format: format, field: field)
    }

    private mutating func set(_ place: OptionPlace) throws {
        switch place.name {
        case "delimiter": delimiter = try WriteOptions.delimiter(place)
        case "quoting": quoting = try place.choice(["minimal": .minimal, "all": .all, "nonnumeric": .nonnumeric])
        case "header": header = try place.truth()
        case "line_end": endsLinesWithReturn = try place.choice(["lf": false, "crlf": true])
        case "encoding":
            let text = try place.text(upTo: 40)
            guard let known = TextEncoding.named(text), known.canEncode else {
                throw place.problem(
                    "The encoding \"\(text)\" can not be written; known are \(TextEncoding.writableNames.joined(separator: ", "))."
                )
            }
            encoding = known.name
        case "mark": hasMark = try place.truth()
        case "compression":
            compression = try place.choice(["none": Compression.none, "gzip": .gzip, "gz": .gzip, "zstd": .zstd, "zst": .zstd])
        case "codec":
            codec = try place.choice(["snappy": Codec.snappy, "zstd": .zstd, "gzip": .gzip, "none": Codec.none])
        case "row_group_rows":
            let rows = try place.count(upTo: 10_000_000)
            guard rows >= 100 else { throw place.problem("A row group has 100 rows at least.") }
            rowGroupRows = rows
        case _:
            let word = try place.text(upTo: 64)
            guard !word.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") }) else {
                throw place.problem("A word for null has no quotes and no line ends.")
            }
            nullWord = word
        }
    }

    private static func delimiter(_ place: OptionPlace) throws -> UInt8 {
        let text = try place.text(upTo: 16)
        let mark = Array((ReadOptions.delimiterWords[text] ?? text).utf8)
        guard mark.count == 1, mark[0] < 0x80, ![0x0A, 0x0D, 0x22, 0].contains(mark[0]) else {
            throw place.problem("A delimiter is one ASCII character, or tab, comma, semicolon, pipe or space.")
        }
        return mark[0]
    }

    /// Whether CSV rows can be written as they were read.
    var copiesRows: Bool { quoting == .minimal && !endsLinesWithReturn && nullWord.isEmpty }
}
