package import Core
import HTTPTypes
import Hummingbird
package import Web

/// Presets, and what is in force.
package struct ConfigRoutes: Sendable {
    private let presets: PresetStore
    private let bodies: Bodies
    private let settings: JSON

    /// - Parameter settings: of the server, for administrators; secrets masked.
    package init(presets: PresetStore, bodies: Bodies, settings: JSON) {
        self.presets = presets
        self.bodies = bodies
        self.settings = settings
    }

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ routes: Routes<AppRequestContext>) {
        let unknown = ["preset_not_found"]
        routes.group("config", context: SignedIn.self)
            .get(
                "effective",
                .init("Tell how the caller's documents are extracted, and administrators all settings", .signedIn([.jobsRead]))
                    .giving(Self.effective), use: effective
            )
            .get(
                "current-preset",
                .init("Tell which preset the caller's jobs begin with", .signedIn([.jobsRead])).giving(
                    .object(["preset": .string.orNull])), use: current
            )
            .get(
                "presets", .init("List presets", .signedIn([.jobsRead])).giving(.list(of: Self.preset)), use: list
            )
            .post(
                "presets",
                .init("Make a preset, or change it", .signedIn([.jobsWrite])).taking(Self.draft).giving(Self.preset).refusing(
                    .invalid, "invalid_preset", "missing_name", "invalid_chunk_size", "invalid_chunk_overlap", "invalid_chunk_by",
                    "invalid_output_format"
                ).refusing(.conflict, "preset_built_in", "too_many_presets"), use: save
            )
            .delete(
                "presets/:name",
                .init("Delete a preset of one's own", .signedIn([.jobsWrite])).giving(nil, status: 204).refusing(
                    .missing, unknown
                )
                .refusing(.invalid, "invalid_preset").refusing(.conflict, "preset_built_in"), use: delete
            )
            .get(
                "presets/:name/preview",
                .init("Tell what a preset means", .signedIn([.jobsRead])).giving(Self.applied).refusing(.missing, unknown)
                    .refusing(.invalid, "invalid_preset"), use: preview
            )
            .post(
                "presets/:name/apply",
                .init("Let the caller's jobs begin with a preset", .signedIn([.jobsWrite]), body: .nothing).giving(Self.applied)
                    .refusing(.missing, unknown).refusing(.invalid, "invalid_preset"), use: apply)
    }

    private static let draft = Schema.object([
        "name": .string(most: PresetStore.Limits.nameBytes), "description": .string.orNull.optional,
        "output_format": .string.orNull.optional, "chunk_size": .integer.orNull.optional,
        "chunk_overlap": .integer.orNull.optional, "chunk_by": .string.orNull.optional,
    ])
    private static let preset = Schema.object([
        "name": .string, "category": .string, "description": .string.orNull, "is_builtin": .boolean, "is_current": .boolean,
    ]).named("Preset")
    private static let applied = Schema.object(["preset": .string, "effective_config": .map])
    private static let effective = Schema.object(
        ["preset": .string.orNull, "format": .string, "chunk": .map, "settings": .list(of: .map).optional])

    @Sendable func effective(_ request: Request, _ context: SignedIn) async throws -> Response {
        let user = context.caller.user
        guard case .object(var members) = try await presets.options(nil, of: user).effective else { return Answer.json([:]) }
        members["preset"] = .optional(try await presets.current(of: user))
        if context.caller.role == .admin { members["settings"] = settings }
        return Answer.json(.object(members))
    }

    @Sendable func current(_ request: Request, _ context: SignedIn) async throws -> Response {
        Answer.json(["preset": .optional(try await presets.current(of: context.caller.user))])
    }

    @Sendable func list(_ request: Request, _ context: SignedIn) async throws -> Response {
        let current = try await presets.current(of: context.caller.user)
        return Answer.json(
            .array(try await presets.all(of: context.caller.user).map { Self.json($0, isCurrent: $0.name == current) }))
    }

    private static func json(_ preset: PresetStore.Preset, isCurrent: Bool) -> JSON {
        [
            "name": .string(preset.name), "category": .string(preset.category), "description": .optional(preset.about),
            "is_builtin": .bool(preset.isBuiltIn), "is_current": .bool(isCurrent),
        ]
    }

    @Sendable func save(_ request: Request, _ context: SignedIn) async throws -> Response {
        let known = ["name", "description", "output_format", "chunk_size", "chunk_overlap", "chunk_by"]
        let fields = try await bodies.fields(request, known: known)
        let name = try fields.text("name", limit: PresetStore.Limits.nameBytes)
        var options = ExtractOptions()
        options.preset = name
        try options.take(fields)
        let preset = try await presets.save(
            name, about: try fields.optionalText("description", limit: PresetStore.Limits.aboutLetters), options,
            for: context.caller.user)
        return Answer.json(
            Self.json(preset, isCurrent: try await presets.current(of: context.caller.user) == name))
    }

    @Sendable func delete(_ request: Request, _ context: SignedIn) async throws -> Response {
        try await presets.delete(try context.parameters.require("name"), of: context.caller.user)
        return Response(status: .noContent)
    }

    @Sendable func preview(_ request: Request, _ context: SignedIn) async throws -> Response {
        Self.applied(try await presets.find(try context.parameters.require("name"), of: context.caller.user))
    }

    @Sendable func apply(_ request: Request, _ context: SignedIn) async throws -> Response {
        let preset = try await presets.find(try context.parameters.require("name"), of: context.caller.user)
        try await presets.apply(preset, for: context.caller.user)
        return Self.applied(preset)
    }

    private static func applied(_ preset: PresetStore.Preset) -> Response {
        Answer.json(["preset": .string(preset.name), "effective_config": preset.options.effective])
    }
}
