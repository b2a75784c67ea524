import Core
import Tabular

/// The steps as one object, the form that older clients know: `processing_parameters` with `filters`, each the params of a `filter`
/// step, and `output_format`, the format of a `convert_format` step. Filters apply in their order, the format last.
struct StepParameters {
    static let field = "processing_parameters"

    /// The same as `processing_steps`.
    let steps: JSON
    private let filterCount: Int

    /// - Throws: `Failure` `invalid_body`, `unknown_field`, `invalid_processing_parameters`: what is not an object with these two
    ///   members. What stands in them is read with the steps.
    init(_ json: JSON) throws {
        let fields = try Fields(json, path: Self.field)
        try fields.mustBeKnown(["filters", "output_format"])
        let filters = fields.value("filters") ?? .null
        guard let list = filters == .null ? [] : filters.arrayValue else {
            throw Failure(.invalid, "invalid_\(Self.field)", "\(Self.field).filters must be a list of filters.")
        }
        // Before a list of millions becomes something larger.
        guard list.count <= Recipe.maxSteps else {
            throw Failure(
                .invalid, "invalid_\(Self.field)",
                "\(Self.field).filters has \(list.count) filters; \(Recipe.maxSteps) are allowed.")
        }
        var steps = list.map { JSON.object(["type": "filter", "params": $0]) }
        filterCount = steps.count
        if fields.has("output_format"), let format = fields.value("output_format") {
            steps.append(["type": "convert_format", "params": ["to_format": format]])
        }
        self.steps = .array(steps)
    }

    /// Where the client wrote what stands at `field` of the steps: `processing_steps[1].params.column` is
    /// `processing_parameters.filters[1].column`.
    func place(of field: String) -> String {
        for index in 0..<filterCount {
            let step = "processing_steps[\(index)]"
            guard field.hasPrefix(step) else { continue }
            let rest = field.dropFirst(step.count)
            return "\(Self.field).filters[\(index)]" + (rest.hasPrefix(".params") ? rest.dropFirst(7) : rest)
        }
        return field.hasSuffix(".to_format") ? "\(Self.field).output_format" : Self.field
    }
}
