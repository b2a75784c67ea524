package import Core

extension Schema {
    /// The shape in a few lines for people: members with their types, `?` behind those that may be missing, and what is said of them.
    /// A shape with a name is shown whole, those in it by their names.
    package var outline: String {
        let name = json["$ref"]?.stringValue.flatMap { $0.split(separator: "/").last }.map { String($0) }
        return Schema.outline(name.flatMap { definitions[$0] } ?? json)
    }

    /// - Parameter json: a schema.
    package static func outline(_ json: JSON, indent: Int = 0) -> String {
        if let reference = json["$ref"]?.stringValue { return String(reference.split(separator: "/").last ?? "") }
        if case .array(let words)? = json["enum"] { return words.compactMap(\.stringValue).joined(separator: " | ") }
        if let word = json["const"]?.stringValue { return word }
        if case .array(let schemas)? = json["anyOf"] {
            return schemas.map { outline($0, indent: indent) }.joined(separator: " or ")
        }
        if let item = json["items"] { return "[\(outline(item, indent: indent)), …]\(orNull(json))" }
        if case .object(let members)? = json["properties"] { return object(json, members, indent) + orNull(json) }
        let format = json["format"]?.stringValue.flatMap { formats[$0] }
        return (format ?? type(json)) + limits(json) + orNull(json)
    }

    private static let formats = ["date-time": "moment", "uuid": "id", "email": "e-mail address", "binary": "bytes"]

    private static func object(_ json: JSON, _ members: [String: JSON], _ indent: Int) -> String {
        let required = Set(json["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
        let space = String(repeating: " ", count: indent + 2)
        var lines = members.sorted { $0.key < $1.key }.map { name, schema in
            let said = schema["description"]?.stringValue.map { "    — \($0)" } ?? ""
            return "\(space)\(name)\(required.contains(name) ? "" : "?"): \(outline(schema, indent: indent + 2))\(said)"
        }
        if json["additionalProperties"] != .bool(false) { lines.append("\(space)…") }
        return "{\n\(lines.joined(separator: "\n"))\n\(String(repeating: " ", count: indent))}"
    }

    private static func type(_ json: JSON) -> String {
        switch json["type"] {
        case .string(let type)?: type
        case .array(let types)?: types.compactMap(\.stringValue).first { $0 != "null" } ?? "null"
        case _: "anything"
        }
    }

    private static func orNull(_ json: JSON) -> String {
        json["type"]?.arrayValue?.contains(.string("null")) == true ? " or null" : ""
    }

    private static func limits(_ json: JSON) -> String {
        if let most = json["maxLength"]?.intValue { return ", up to \(most) characters" }
        guard let least = json["minimum"]?.intValue, let most = json["maximum"]?.intValue else { return "" }
        return most == .max ? ", from \(least)" : ", \(least) to \(most)"
    }
}
