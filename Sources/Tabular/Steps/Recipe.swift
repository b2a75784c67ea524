package import Core
package import Foundation

/// A step that can not be taken as it is written.
package struct InvalidStep: Error, Equatable, Sendable {
    /// Path of the field, such as `processing_steps[0].params.operator`.
    package var field: String
    /// One sentence: what is wrong, and what is allowed.
    package var message: String

    package init(field: String, message: String) {
        self.field = field
        self.message = message
    }
}

/// The steps of a transformation, in the order in which they apply.
package struct Recipe: Sendable, Equatable {
    package var steps: [Step]

    package init(steps: [Step]) { self.steps = steps }

    /// The format of the last `convert_format`, else that of the input.
    package func outputFormat(input: Format) -> Format {
        for case .convertFormat(let format, _) in steps.reversed() { return format }
        return input
    }

    /// What the last `convert_format` that says it says of formulas.
    var isFormulaSafe: Bool? {
        for case .convertFormat(_, let isFormulaSafe?) in steps.reversed() { return isFormulaSafe }
        return nil
    }

    /// Whether columns get names: then the output has a header although the input has none.
    var renames: Bool {
        steps.contains { step in
            if case .renameColumns = step { true } else { false }
        }
    }

    /// Reads an array of `{"type": …, "params": {…}}`.
    ///
    /// - Throws: `InvalidStep` that names the field and the nearest known word.
    package static func parse(json: Data) throws -> Recipe {
        try Recipe(
            try JSON.given(
                json, most: maxBytes,
                InvalidStep(field: "processing_steps", message: "This is not valid JSON; a list of steps is expected.")))
    }

    /// As `parse(json:)`.
    package init(_ json: JSON) throws {
        guard case .array(let items) = json else {
            throw InvalidStep(field: "processing_steps", message: "A list of steps is expected, not \(json.kindName).")
        }
        guard items.count <= Self.maxSteps else {
            throw InvalidStep(field: "processing_steps", message: "At most \(Self.maxSteps) steps are allowed.")
        }
        var instructions = 0
        steps = try items.enumerated().map { index, item in
            let reader = StepReader(field: "processing_steps[\(index)]")
            let (step, more) = try reader.step(item)
            instructions += more
            guard instructions <= Pattern.maxInstructionsOfRecipe else { throw Self.tooManyPatterns(at: reader.field) }
            return step
        }
    }

    static func tooManyPatterns(at field: String) -> InvalidStep {
        InvalidStep(
            field: field,
            message:
                "The patterns of all steps together are too large; fewer patterns, or fewer and smaller repetitions, are needed.")
    }

    /// The steps as they are read.
    package var json: JSON { .array(steps.map(\.json)) }

    /// Steps of one recipe; each costs time for every row.
    package static let maxSteps = 200
    private static let maxBytes = 4 << 20
}

/// Reads one step, knowing where it stands.
private struct StepReader {
    let field: String

    /// The step, and the instructions of its pattern.
    func step(_ item: JSON) throws -> (Step, Int) {
        guard case .object(let members) = item else {
            throw InvalidStep(field: field, message: "A step is an object with \"type\" and \"params\", not \(item.kindName).")
        }
        try refuseUnknown(members, known: ["type", "params"], at: field)
        guard let typeValue = members["type"] else {
            throw InvalidStep(
                field: "\(field).type", message: "The type is missing; known types are \(Spelling.list(Step.types)).")
        }
        guard case .string(let type) = typeValue, Step.types.contains(type) else {
            let written = if case .string(let text) = typeValue { "\"\(text)\"" } else { typeValue.text }
            throw InvalidStep(
                field: "\(field).type",
                message:
                    "There is no step \(written); \(suggestion(written, in: Step.types))known types are \(Spelling.list(Step.types))."
            )
        }
        let params = members["params"] ?? [:]
        guard case .object(let given) = params else {
            throw InvalidStep(field: "\(field).params", message: "Params are an object, not \(params.kindName).")
        }
        return try step(type, given)
    }

    private func step(_ type: String, _ params: [String: JSON]) throws -> (Step, Int) {
        let place = "\(field).params"
        switch type {
        case "filter":
            try refuseUnknown(params, known: ["column", "operator", "value", "values", "case_sensitive"], at: place)
            let (filter, instructions) = try filter(params)
            return (.filter(filter), instructions)
        case "select_columns":
            try refuseUnknown(params, known: ["columns"], at: place)
            return (.selectColumns(try columns(params)), 0)
        case "drop_columns":
            try refuseUnknown(params, known: ["columns"], at: place)
            return (.dropColumns(try columns(params)), 0)
        case "rename_columns":
            try refuseUnknown(params, known: ["mapping"], at: place)
            return (.renameColumns(try mapping(params)), 0)
        case "limit":
            try refuseUnknown(params, known: ["n"], at: place)
            guard case .int(let n)? = params["n"], n >= 0 else {
                throw InvalidStep(field: "\(place).n", message: "A whole number of rows, 0 or more, is expected.")
            }
            return (.limit(n), 0)
        case _:
            try refuseUnknown(params, known: ["to_format", "formula_safe"], at: place)
            let format = try format(params)
            return (.convertFormat(format, isFormulaSafe: try formulaSafety(params, format)), 0)
        }
    }

    private func filter(_ params: [String: JSON]) throws -> (Filter, Int) {
        let place = "\(field).params"
        guard case .string(let column)? = params["column"], !column.isEmpty else {
            throw InvalidStep(field: "\(place).column", message: "The name of a column is expected.")
        }
        try StepReader.refuseLong(column, at: "\(place).column")
        guard case .string(let spelling)? = params["operator"], let comparison = Comparison(spelling: spelling) else {
            let written = params["operator"]
            let known = "known operators are \(Comparison.spellings.joined(separator: ", "))."
            guard let written else { throw InvalidStep(field: "\(place).operator", message: "The operator is missing; \(known)") }
            let word = if case .string(let text) = written { "\"\(text)\"" } else { written.text }
            throw InvalidStep(
                field: "\(place).operator",
                message: "There is no operator \(word); \(suggestion(word, in: Comparison.spellings))\(known)")
        }
        var isCaseSensitive = true
        if let given = params["case_sensitive"] {
            guard case .bool(let truth) = given else {
                throw InvalidStep(field: "\(place).case_sensitive", message: "true or false is expected, not \(given.kindName).")
            }
            isCaseSensitive = truth
        }
        let name = params["values"] == nil ? "value" : "values"
        let filter = Filter(
            column: column, comparison: comparison,
            values: try operands(params[name], comparison, at: "\(place).\(name)"),
            isCaseSensitive: isCaseSensitive)
        return (filter, try filter.check(at: "\(place).\(name)"))
    }

    private func operands(_ given: JSON?, _ comparison: Comparison, at place: String) throws -> [Operand] {
        func operand(_ value: JSON, _ place: String) throws -> Operand {
            switch value {
            case .string(let text): return .text(text)
            case .int: return .number(value.text)
            case .double(let number):
                guard number.magnitude < 0x1p63 else {
                    throw InvalidStep(
                        field: place, message: "A number of JSON does not keep so many digits; write it as a text, in quotes.")
                }
                return .number(value.text)
            case .bool(let truth): return .truth(truth)
            case .null:
                throw InvalidStep(field: place, message: "Nothing equals null; use the operator is_null or not_null.")
            case .array, .object:
                throw InvalidStep(field: place, message: "A text, a number or a truth value is expected, not \(value.kindName).")
            }
        }
        switch comparison.arity {
        case .none:
            guard given == nil || given == .null else {
                throw InvalidStep(field: place, message: "\(comparison.rawValue) takes no value.")
            }
            return []
        case .one:
            guard let given else {
                throw InvalidStep(
                    field: place, message: "\(comparison.rawValue) needs a value: a text, a number or a truth value.")
            }
            return [try operand(given, place)]
        case .two:
            guard case .array(let list)? = given, list.count == 2 else {
                throw InvalidStep(field: place, message: "between needs a list of two values, the lowest and the highest.")
            }
            return try list.enumerated().map { try operand($1, "\(place)[\($0)]") }
        case .list:
            guard case .array(let list)? = given, !list.isEmpty else {
                throw InvalidStep(field: place, message: "\(comparison.rawValue) needs a list of one value or more.")
            }
            return try list.enumerated().map { try operand($1, "\(place)[\($0)]") }
        }
    }

    private func columns(_ params: [String: JSON]) throws -> [String] {
        let place = "\(field).params.columns"
        guard case .array(let list)? = params["columns"], !list.isEmpty else {
            throw InvalidStep(field: place, message: "A list of one column name or more is expected.")
        }
        var seen: Set<[UInt8]> = []
        return try list.enumerated().map { index, item in
            guard case .string(let name) = item, !name.isEmpty else {
                throw InvalidStep(field: "\(place)[\(index)]", message: "A column name is expected, not \(item.kindName).")
            }
            try StepReader.refuseLong(name, at: "\(place)[\(index)]")
            guard seen.insert(Array(name.utf8)).inserted else {
                throw InvalidStep(field: "\(place)[\(index)]", message: "The column \"\(name)\" is named twice.")
            }
            return name
        }
    }

    private func mapping(_ params: [String: JSON]) throws -> [Step.Renaming] {
        let place = "\(field).params.mapping"
        guard case .object(let members)? = params["mapping"], !members.isEmpty else {
            throw InvalidStep(field: place, message: "An object is expected that names each old name's new name.")
        }
        // By bytes: a set of strings would normalise each name, in time that grows with the square of its combining marks.
        var targets: Set<[UInt8]> = []
        var sources: Set<[UInt8]> = []
        return try members.sorted(by: { $0.key < $1.key }).map { member in
            try StepReader.refuseLong(member.key, at: place)
            guard case .string(let to) = member.value, !to.isEmpty else {
                throw InvalidStep(
                    field: "\(place).\(member.key)", message: "The new name is expected, not \(member.value.kindName).")
            }
            try StepReader.refuseLong(to, at: "\(place).\(member.key)")
            guard sources.insert(Array(member.key.utf8)).inserted, targets.insert(Array(to.utf8)).inserted else {
                throw InvalidStep(field: "\(place).\(member.key)", message: "A name stands twice in the mapping.")
            }
            return Step.Renaming(from: member.key, to: to)
        }
    }

    /// No table has longer names, see `TabularLimits.maxNameBytes`.
    private static func refuseLong(_ name: String, at place: String) throws {
        let most = TabularLimits.standard.maxNameBytes
        guard name.utf8.count <= most else {
            throw InvalidStep(field: place, message: "A column name has at most \(most) bytes.")
        }
    }

    private func format(_ params: [String: JSON]) throws -> Format {
        let known = Format.allCases.map(\.rawValue)
        let given = params["to_format"]
        guard case .string(let text)? = given, let format = Format(rawValue: text.lowercased()) else {
            let word = if case .string(let text)? = given { "\"\(text)\"" } else { given?.text ?? "missing" }
            throw InvalidStep(
                field: "\(field).params.to_format",
                message:
                    "The format is \(word); \(suggestion(word, in: known))known formats are \(known.joined(separator: ", ")).")
        }
        return format
    }

    private func formulaSafety(_ params: [String: JSON], _ format: Format) throws -> Bool? {
        guard let given = params["formula_safe"] else { return nil }
        let place = "\(field).params.formula_safe"
        guard case .bool(let isSafe) = given else {
            throw InvalidStep(field: place, message: "true or false is expected, not \(given.kindName).")
        }
        guard !isSafe || format == .csv else {
            throw InvalidStep(
                field: place, message: "Only CSV can be made safe for spreadsheets; the format is \(format.rawValue).")
        }
        return isSafe
    }

    private func refuseUnknown(_ members: [String: JSON], known: [String], at place: String) throws {
        for member in members.sorted(by: { $0.key < $1.key }) where !known.contains(member.key) {
            throw InvalidStep(
                field: "\(place).\(member.key)",
                message:
                    "There is no field \"\(member.key)\" here; \(suggestion(member.key, in: known))known fields are \(known.joined(separator: ", "))."
            )
        }
    }

    private func suggestion(_ word: String, in known: [String]) -> String {
        Spelling.nearest(to: word.trimmingCharacters(in: ["\""]), in: known).map { "did you mean \"\($0)\"? " } ?? ""
    }
}

extension Step {
    fileprivate var json: JSON {
        func step(_ type: String, _ params: [String: JSON]) -> JSON { ["type": .string(type), "params": .object(params)] }
        func list(_ names: [String]) -> JSON { .array(names.map { .string($0) }) }
        switch self {
        case .filter(let filter): return step("filter", filter.json)
        case .selectColumns(let names): return step("select_columns", ["columns": list(names)])
        case .dropColumns(let names): return step("drop_columns", ["columns": list(names)])
        case .renameColumns(let renamings):
            let mapping = Dictionary(renamings.map { ($0.from, JSON.string($0.to)) }, uniquingKeysWith: { $1 })
            return step("rename_columns", ["mapping": .object(mapping)])
        case .limit(let n): return step("limit", ["n": .int(n)])
        case .convertFormat(let format, let isFormulaSafe):
            var params: [String: JSON] = ["to_format": .string(format.rawValue)]
            if let isFormulaSafe { params["formula_safe"] = .bool(isFormulaSafe) }
            return step("convert_format", params)
        }
    }
}

extension Filter {
    fileprivate var json: [String: JSON] {
        let operands: [JSON] = values.map {
            switch $0 {
            case .text(let text): .string(text)
            // Its digits are a number of JSON, see `Recipe`.
            case .number(let digits): (try? JSON(parsing: digits)) ?? .string(digits)
            case .truth(let truth): .bool(truth)
            }
        }
        var members: [String: JSON] = ["column": .string(column), "operator": .string(comparison.rawValue)]
        switch comparison.arity {
        case .none: break
        case .one: members["value"] = operands.first
        case .two, .list: members["value"] = .array(operands)
        }
        if !isCaseSensitive { members["case_sensitive"] = false }
        return members
    }
}
