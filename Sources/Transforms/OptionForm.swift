import Core
import Foundation
import Web

/// The options of reading and writing as fields of a form: `input_delimiter`, `output_codec`. A field that is empty says nothing, and
/// what it is about is found out.
struct OptionForm {
    /// One option.
    struct Field {
        let name: String
        let label: String
        var hint = ""
        /// Values to choose from, with their words; with `isOpen` others can be written too.
        var choices: [(value: String, label: String)] = []
        var isOpen = false
    }

    /// What the names of the fields begin with: `input` or `output`.
    let prefix: String
    let fields: [Field]
    /// The options in a job.
    var member: String { "\(prefix)_options" }

    private static let yesOrNo = [("yes", "yes"), ("no", "no")]
    private static let delimiters = [
        ("comma", "comma"), ("semicolon", "semicolon"), ("tab", "tab"), ("pipe", "vertical bar"), ("space", "one space"),
    ]

    static let reading = OptionForm(
        prefix: "input",
        fields: [
            Field(
                name: "delimiter", label: "Delimiter", hint: "Also any text of up to eight bytes",
                choices: delimiters + [("spaces", "any number of spaces")], isOpen: true),
            Field(
                name: "header", label: "Header", hint: "yes, no, or how many lines",
                choices: [("yes", "yes"), ("no", "no"), ("2", "two lines")], isOpen: true),
            Field(name: "encoding", label: "Encoding", hint: "Such as utf-8 or windows-1252"),
            Field(name: "skip_lines", label: "Lines to skip before the header"),
            Field(name: "types", label: "Types of columns", hint: "zip=string, price=double"),
            Field(name: "null_words", label: "Words for null", hint: "With commas between; none for no word"),
            Field(name: "decimal", label: "Decimal mark", choices: [(".", "point"), (",", "comma")]),
            Field(
                name: "thousands", label: "Mark between thousands",
                choices: [(",", "comma"), (".", "point"), ("'", "apostrophe"), ("space", "space"), ("none", "none")]),
            Field(
                name: "date_order", label: "Order in dates",
                choices: [("ymd", "year, month, day"), ("dmy", "day, month, year"), ("mdy", "month, day, year")]),
            Field(
                name: "ragged", label: "Rows that are too short or too long",
                choices: [("reject", "reject them"), ("pad", "fill short ones with nulls"), ("cut", "fill and cut them")]),
            Field(
                name: "quote", label: "Quote", choices: [("double", "\""), ("single", "'"), ("none", "none")], isOpen: true),
            Field(
                name: "escape", label: "A quote in a value is",
                choices: [("double", "doubled"), ("backslash", "behind a backslash")]),
            Field(name: "comment", label: "Comments begin with", hint: "Such as #; none for no comments"),
            Field(name: "trailing_delimiters", label: "Rows may end with a delimiter", choices: yesOrNo),
            Field(name: "trim_spaces", label: "Drop spaces around values", choices: yesOrNo),
            Field(name: "infer_types", label: "Find types out", choices: yesOrNo),
            Field(
                name: "format", label: "Format", choices: [("csv", "CSV"), ("jsonl", "JSON Lines"), ("json", "JSON")]),
            Field(
                name: "compression", label: "Packed by", choices: [("none", "nothing"), ("gzip", "gzip"), ("zstd", "Zstandard")]),
            Field(name: "path", label: "Rows in JSON at", hint: "A pointer such as /data/items"),
            Field(name: "flatten", label: "Nested objects become columns", choices: yesOrNo),
        ])

    static let writing = OptionForm(
        prefix: "output",
        fields: [
            Field(
                name: "delimiter", label: "Delimiter", choices: delimiters, isOpen: true),
            Field(
                name: "quoting", label: "Quotes",
                choices: [
                    ("minimal", "where they are needed"), ("all", "around all values"), ("nonnumeric", "around all but numbers"),
                ]),
            Field(name: "header", label: "Header", choices: yesOrNo),
            Field(name: "line_end", label: "Line ends", choices: [("lf", "LF"), ("crlf", "CR LF")]),
            Field(name: "null_word", label: "Word for null"),
            Field(name: "encoding", label: "Encoding", hint: "Such as utf-16le or windows-1252"),
            Field(name: "mark", label: "Byte order mark", choices: yesOrNo),
            Field(
                name: "compression", label: "Pack the text by",
                choices: [("none", "nothing"), ("gzip", "gzip"), ("zstd", "Zstandard")]),
            Field(
                name: "codec", label: "Codec in Parquet",
                choices: [("snappy", "Snappy"), ("zstd", "Zstandard"), ("gzip", "gzip"), ("none", "none")]),
            Field(name: "row_group_rows", label: "Rows of a row group in Parquet"),
        ])

    // MARK: Reading

    /// The options that were filled in; nil for none.
    func options(_ form: Form) -> JSON? {
        let members = fields.compactMap { field -> (String, JSON)? in
            guard let text = form["\(prefix)_\(field.name)"]?.trimmed, !text.isEmpty else { return nil }
            return (field.name, .string(["types", "null_words"].contains(field.name) ? Self.closed(text) : text))
        }
        return members.isEmpty ? nil : .object(Dictionary(members) { first, _ in first })
    }

    /// A list without the spaces that people write behind commas.
    private static func closed(_ text: String) -> String {
        text.split(separator: ",").map(\.trimmed).joined(separator: ",")
    }

    /// The refusal of an option, `input_options.delimiter: …`, at its field.
    func refusal(_ failure: Failure) -> Failure? {
        guard failure.code == "invalid_\(member)",
            let match = failure.message.firstMatch(of: #/^[a-z]+_options\.([a-z_]+): /#),
            fields.contains(where: { $0.name == match.1 })
        else { return nil }
        return StepForm.refusal(String(failure.message[match.range.upperBound...]), at: id(String(match.1)))
    }

    // MARK: Showing

    private func id(_ name: String) -> String { "\(prefix)-\(name.replacing("_", with: "-"))" }

    /// Fills the form with the options of a job.
    func fill(_ form: inout Form, _ options: JSON?) {
        guard case .object(let members)? = options else { return }
        for field in fields {
            if let value = members[field.name], value != .null { form.append("\(prefix)_\(field.name)", Self.text(value)) }
        }
    }

    private static func text(_ value: JSON) -> String {
        switch value {
        case .bool(let truth): truth ? "yes" : "no"
        case .array(let items): items.isEmpty ? "none" : items.map { $0.stringValue ?? $0.text }.joined(separator: ",")
        case .object(let members):
            members.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.stringValue ?? $0.value.text)" }.joined(separator: ",")
        default: value.stringValue ?? value.text
        }
    }

    /// What the template shows: see `OptionGroup` there.
    func model(_ form: Form, bad: String?) -> [String: Any] {
        let shown = fields.map { field -> [String: Any] in
            let id = id(field.name)
            let value = form["\(prefix)_\(field.name)"] ?? ""
            var choices = field.choices
            if !field.isOpen, !choices.isEmpty, !value.isEmpty, !choices.contains(where: { $0.value == value }) {
                choices.append((value, value))
            }
            return [
                "id": id, "name": "\(prefix)_\(field.name)", "label": field.label, "hint": field.hint,
                "hasHint": !field.hint.isEmpty,
                "value": value, "isSelect": !choices.isEmpty && !field.isOpen, "hasList": field.isOpen, "isBad": id == bad,
                "choices": choices.map {
                    ["value": $0.value, "label": $0.label, "isChosen": $0.value == value] as [String: Any]
                },
            ]
        }
        let isSaid = fields.contains { !(form["\(prefix)_\($0.name)"] ?? "").isEmpty }
        return [
            "fields": shown, "usual": prefix == "input" ? "found out" : "as usual",
            "isOpen": isSaid || fields.contains { id($0.name) == bad },
        ]
    }
}
