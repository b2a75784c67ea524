import ArgumentParser
import Core
import Foundation
import Tabular

/// How the input is read, where that is said: the flags of `transform` and `sniff`. What is not said is found out.
struct ReadingFlags: ParsableArguments {
    @Option(help: "What the input is: csv, jsonl or json.") var format: String?
    @Option(help: "How the input is packed: none, gzip or zstd.") var compression: String?
    @Option(help: "The encoding, such as utf-8, windows-1251 or iso-8859-2.") var encoding: String?
    @Option(
        help: "What divides fields: a text of up to 8 bytes, or tab, comma, semicolon, pipe, space, spaces (any number of them).")
    var delimiter: String?
    @Option(help: "What fields stand in: one character, or none.") var quote: String?
    @Option(help: "How a quote in a value is written: double or backslash.") var escape: String?
    @Option(help: "yes, no, or how many lines name the columns.") var header: String?
    @Option(help: "Lines before the header that are not read.") var skipLines: String?
    @Option(help: "What lines begin with that are no records, such as #; or none.") var comment: String?
    @Option(name: [.long, .customLong("null-words")], help: "Words that mean null, divided by commas; none for no word.")
    var null: String?
    @Option(help: "The decimal mark: . or ,") var decimal: String?
    @Option(help: "The mark between thousands: , . ' space or none.") var thousands: String?
    @Option(help: "The order in dates: ymd, dmy or mdy.") var dateOrder: String?
    @Option(help: "Rows with too few or too many fields: reject, pad (with nulls) or cut (and pad).") var ragged: String?
    @Option(help: "Whether records may end with a delimiter: yes or no.") var trailingDelimiters: String?
    @Option(help: "Whether spaces around fields are no part of them: yes or no.") var trimSpaces: String?
    @Option(help: "no: everything is text.") var inferTypes: String?
    @Option(
        name: [.long, .customLong("types")],
        help: "Types of columns, such as zip=string,price=double; may be given again. Rows that do not fit are rejected.")
    var type: [String] = []
    @Option(help: "Where in a JSON document the rows are, such as /results; an empty text for the whole of it.") var path: String?
    @Option(help: "Whether nested objects become columns such as address.city: yes or no.") var flatten: String?

    /// - Throws: `InvalidStep` that names the flag.
    func options() throws -> ReadOptions {
        let given: [(String, String?)] = [
            ("format", format), ("compression", compression), ("encoding", encoding), ("delimiter", delimiter), ("quote", quote),
            ("escape", escape), ("header", header), ("skip_lines", skipLines), ("comment", comment), ("null_words", null),
            ("decimal", decimal), ("thousands", thousands), ("date_order", dateOrder), ("ragged", ragged),
            ("trailing_delimiters", trailingDelimiters), ("trim_spaces", trimSpaces), ("infer_types", inferTypes),
            ("types", type.isEmpty ? nil : type.joined(separator: ",")), ("path", path), ("flatten", flatten),
        ]
        let members = given.compactMap { name, value in value.map { (name, JSON.string($0)) } }
        do {
            return try ReadOptions(.object(Dictionary(members, uniquingKeysWith: { $1 })))
        } catch let step as InvalidStep {
            let name = step.field.split(separator: ".").last.map(String.init) ?? step.field
            let flag = ["null_words": "null", "types": "type"][name] ?? name.replacing("_", with: "-")
            throw InvalidStep(field: "--\(flag)", message: step.message)
        }
    }
}
