import Core
import GRDB
package import Storage
import Textual

/// Presets that people made for themselves, and which one their jobs begin with.
package struct PresetStore: Sendable {
    private let storage: Storage

    package init(_ storage: Storage) {
        self.storage = storage
    }

    package enum Limits {
        static let perUser = 100
        static let nameBytes = 64
        static let aboutLetters = 300
    }

    package struct Preset: Sendable {
        let name: String
        let about: String?
        let options: ExtractOptions
        /// `preset_manager` and `config` as the document has them; `custom` for those that people made.
        let category: String

        var isBuiltIn: Bool { category != Self.custom }

        static let custom = "custom"
    }

    static let builtIn = ExtractionPreset.builtIn.map { preset in
        var options = ExtractOptions()
        (options.chunks, options.preset) = (preset.chunks, preset.name)
        let isManaged = ["quality", "speed", "balanced"].contains(preset.name)
        return Preset(
            name: preset.name, about: preset.about, options: options, category: isManaged ? "preset_manager" : "config")
    }

    /// By name.
    func all(of user: ID<Caller>) async throws -> [Preset] {
        let own = try await storage.read { db in
            try Row.fetchAll(db, sql: "SELECT name, about, options FROM extractionPreset WHERE user = ?", arguments: [user]).map {
                Self.preset($0)
            }
        }
        return (Self.builtIn + own).sorted { $0.name < $1.name }
    }

    private static func preset(_ row: Row) -> Preset {
        let name: String = row["name"]
        var options = ExtractOptions(stored: (try? JSON(parsing: row["options"] as String)) ?? [:])
        options.preset = name
        return Preset(name: name, about: row["about"], options: options, category: Preset.custom)
    }

    /// - Throws: `Failure` `preset_not_found`, `invalid_preset`.
    func find(_ name: String, of user: ID<Caller>) async throws -> Preset {
        if let builtIn = Self.builtIn.first(where: { $0.name == name }) { return builtIn }
        try Self.check(name)
        let own = try await storage.read { db in
            try Row.fetchOne(
                db, sql: "SELECT name, about, options FROM extractionPreset WHERE user = ? AND name = ?",
                arguments: [user, name]
            ).map { Self.preset($0) }
        }
        if let own { return own }
        let names = try await all(of: user).map(\.name)
        let hint = Nearest.name(to: name, in: names).map { " Did you mean \($0)?" } ?? ""
        throw Failure(
            .missing, "preset_not_found", "There is no preset \(name).\(hint) There are: \(names.joined(separator: ", ")).")
    }

    /// What the jobs of somebody begin with; nil while they chose nothing.
    func current(of user: ID<Caller>) async throws -> String? {
        try await storage.read { db in
            try String.fetchOne(db, sql: "SELECT preset FROM extractionChoice WHERE user = ?", arguments: [user])
        }
    }

    /// The options that a job of somebody begins with.
    /// - Parameter name: nil: the preset of their choice, else `balanced`.
    /// - Throws: as `find`.
    func options(_ name: String?, of user: ID<Caller>) async throws -> ExtractOptions {
        if let name { return try await find(name, of: user).options }
        guard let chosen = try await current(of: user) else { return ExtractOptions() }
        do {
            return try await find(chosen, of: user).options
        } catch let failure as Failure where failure.code == "preset_not_found" {
            // It was deleted after it was chosen.
            return ExtractOptions()
        }
    }

    func apply(_ preset: Preset, for user: ID<Caller>) async throws {
        try await storage.write { db in
            try db.execute(
                sql: "INSERT INTO extractionChoice VALUES (?, ?) ON CONFLICT DO UPDATE SET preset = excluded.preset",
                arguments: [user, preset.name])
        }
    }

    /// - Throws: `Failure` `preset_built_in`, `too_many_presets`, `invalid_preset`.
    func save(_ name: String, about: String?, _ options: ExtractOptions, for user: ID<Caller>) async throws -> Preset {
        try Self.check(name)
        guard !Self.builtIn.contains(where: { $0.name == name }) else {
            throw Failure(.conflict, "preset_built_in", "\(name) is a preset of the program; take another name.")
        }
        try await storage.write { db in
            let count =
                try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM extractionPreset WHERE user = ? AND name != ?", arguments: [user, name]) ?? 0
            guard count < Limits.perUser else {
                throw Failure(
                    .conflict, "too_many_presets", "You have \(Limits.perUser) presets; delete one before you add another.")
            }
            try db.execute(
                sql: """
                    INSERT INTO extractionPreset VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET about = excluded.about, options = excluded.options
                    """, arguments: [user, name, about, options.json.text, Moment.now])
        }
        return Preset(name: name, about: about, options: options, category: Preset.custom)
    }

    /// - Throws: as `find`, `preset_built_in`.
    func delete(_ name: String, of user: ID<Caller>) async throws {
        guard !(try await find(name, of: user).isBuiltIn) else {
            throw Failure(.conflict, "preset_built_in", "\(name) is a preset of the program and can not be deleted.")
        }
        try await storage.write { db in
            try db.execute(
                sql: "DELETE FROM extractionPreset WHERE user = ? AND name = ?", arguments: [user, name])
            try db.execute(
                sql: "DELETE FROM extractionChoice WHERE user = ? AND preset = ?", arguments: [user, name])
        }
    }

    private static func check(_ name: String) throws {
        let isGood =
            (1...Limits.nameBytes).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }
        guard isGood else {
            throw Failure(
                .invalid, "invalid_preset",
                "The name of a preset has 1 to \(Limits.nameBytes) small letters, digits, hyphens and underscores.")
        }
    }
}
