package import Core

/// What a JSON value looks like, in the words of JSON Schema 2020-12, as OpenAPI 3.1 takes it.
package struct Schema: Sendable {
    package let json: JSON
    /// Schemas that this one names, by their names.
    package let definitions: [String: JSON]
    /// Whether a member of this schema may be missing.
    package let isOptional: Bool

    private init(_ json: JSON, _ definitions: [String: JSON] = [:], isOptional: Bool = false) {
        (self.json, self.definitions, self.isOptional) = (json, definitions, isOptional)
    }

    // MARK: Values

    package static let string = Schema(["type": "string"])
    package static let integer = Schema(["type": "integer", "format": "int64"])
    package static let number = Schema(["type": "number"])
    package static let boolean = Schema(["type": "boolean"])
    /// `2023-10-27T10:00:00.000Z`
    package static let moment = Schema(["type": "string", "format": "date-time"])
    package static let id = Schema(["type": "string", "format": "uuid"])
    package static let email = Schema(["type": "string", "format": "email"])
    package static let anything = Schema([:])
    /// Any members.
    package static let map = Schema(["type": "object"])
    package static let file = Schema(["type": "string", "format": "binary"])

    /// - Parameter most: characters.
    package static func string(most: Int) -> Schema {
        Schema(["type": "string", "minLength": 1, "maxLength": .int(Int64(most))])
    }

    package static func integer(_ range: ClosedRange<Int64>) -> Schema {
        Schema(["type": "integer", "minimum": .int(range.lowerBound), "maximum": .int(range.upperBound)])
    }

    package static func choice(_ words: [String]) -> Schema {
        Schema(["type": "string", "enum": .array(words.map { .string($0) })])
    }

    package static func always(_ word: String) -> Schema { Schema(["const": .string(word)]) }

    package static func list(of item: Schema) -> Schema {
        Schema(["type": "array", "items": item.json], item.definitions)
    }

    /// One of several.
    package static func either(_ schemas: Schema...) -> Schema {
        Schema(["anyOf": .array(schemas.map(\.json))], schemas.reduce(into: [:]) { $0.merge($1.definitions) { $1 } })
    }

    /// - Parameters:
    ///   - members: those that are not optional are always there.
    ///   - isOpen: whether there may be others.
    package static func object(_ members: KeyValuePairs<String, Schema>, isOpen: Bool = false) -> Schema {
        object(members.map { ($0.key, $0.value) }, isOpen: isOpen)
    }

    /// The same with members that were put together.
    package static func object(_ members: [(String, Schema)], isOpen: Bool = false) -> Schema {
        var json: [String: JSON] = [
            "type": "object", "properties": .object(Dictionary(members.map { ($0.0, $0.1.json) }) { $1 }),
        ]
        let required = members.filter { !$0.1.isOptional }.map { JSON.string($0.0) }
        if !required.isEmpty { json["required"] = .array(required) }
        if !isOpen { json["additionalProperties"] = false }
        return Schema(.object(json), members.reduce(into: [:]) { $0.merge($1.1.definitions) { $1 } })
    }

    /// The members of an object, also of one that is named, and whether null means nothing.
    var members: [(name: String, isNullable: Bool)] {
        var shape = json
        if let name = json["$ref"]?.stringValue?.split(separator: "/").last { shape = definitions[String(name)] ?? json }
        guard case .object(let properties)? = shape["properties"] else { return [] }
        return properties.map { name, schema in
            let types = (schema["type"]?.arrayValue ?? []) + (schema["anyOf"]?.arrayValue ?? []).compactMap { $0["type"] }
            return (name, types.contains("null"))
        }
    }

    // MARK: Changes

    /// The same, or null.
    package var orNull: Schema {
        if case .string(let type)? = json["type"], case .object(var members) = json, members["enum"] == nil {
            members["type"] = [.string(type), "null"]
            return Schema(.object(members), definitions, isOptional: isOptional)
        }
        return Schema(["anyOf": [json, ["type": "null"]]], definitions, isOptional: isOptional)
    }

    /// A member that may be missing.
    package var optional: Schema { Schema(json, definitions, isOptional: true) }

    package func described(_ text: String) -> Schema {
        guard case .object(var members) = json, members["$ref"] == nil else { return self }
        members["description"] = .string(text)
        return Schema(.object(members), definitions, isOptional: isOptional)
    }

    /// Stands once in the document, and is named wherever it is used.
    package func named(_ name: String) -> Schema {
        Schema(["$ref": .string("#/components/schemas/\(name)")], definitions.merging([name: json]) { $1 })
    }
}
