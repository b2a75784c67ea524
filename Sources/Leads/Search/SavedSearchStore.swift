package import Core
import GRDB
package import Storage
import Web

/// Searches that people have saved under a name, each for themselves.
package struct SavedSearchStore: Sendable {
    private let storage: Storage

    package init(_ storage: Storage) {
        self.storage = storage
    }

    package struct SavedSearch: Sendable {
        let id: ID<SavedSearch>
        let name: String
        /// Parameters of `/leads/search`, as in a URL.
        let query: String
        let createdAt: Moment

        var json: JSON {
            ["id": .string(id.rawValue), "name": .string(name), "query": .string(query), "created_at": Lead.time(createdAt)]
        }
    }

    private enum Limits {
        static let searches = 100
        static let nameLetters = 100
        static let queryBytes = 4000
    }

    /// By name.
    package func list(of caller: Caller) async throws -> [SavedSearch] {
        try await storage.read { db in
            try Row.fetchAll(
                db, sql: "SELECT id, name, query, createdAt FROM savedSearch WHERE tenant = ? AND user = ? ORDER BY name",
                arguments: [caller.tenant, caller.user]
            ).map { SavedSearch(id: $0["id"], name: $0["name"], query: $0["query"], createdAt: $0["createdAt"]) }
        }
    }

    /// Saves a search; one of the same name is replaced.
    /// - Throws: `Failure` `missing_name`, `invalid_name`, `invalid_query`, `too_many_saved_searches`, and those of `LeadFilter`.
    package func save(_ name: String, _ query: String, by caller: Caller) async throws -> SavedSearch {
        let name = name.trimmed
        guard !name.isEmpty else { throw Failure(.invalid, "missing_name", "name is required.") }
        try TextLimits.check(name, letters: Limits.nameLetters, "name")
        let search = SavedSearch(id: ID(), name: name, query: try Self.checked(query), createdAt: .now)
        return try await storage.write { db in
            let count =
                try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM savedSearch WHERE tenant = ? AND user = ? AND name <> ?",
                    arguments: [caller.tenant, caller.user, name]) ?? 0
            guard count < Limits.searches else {
                throw Failure(
                    .conflict, "too_many_saved_searches", "You have \(Limits.searches) saved searches; delete one first.")
            }
            try db.execute(
                sql: """
                    INSERT INTO savedSearch (id, tenant, user, name, query, createdAt) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (tenant, user, name) DO UPDATE SET query = excluded.query, createdAt = excluded.createdAt
                    """, arguments: [search.id, caller.tenant, caller.user, name, search.query, search.createdAt])
            let id = try ID<SavedSearch>.fetchOne(
                db, sql: "SELECT id FROM savedSearch WHERE tenant = ? AND user = ? AND name = ?",
                arguments: [caller.tenant, caller.user, name])
            return SavedSearch(id: id ?? search.id, name: name, query: search.query, createdAt: search.createdAt)
        }
    }

    /// Only what is known of a search, in one spelling; a place within its results is none of it.
    private static func checked(_ query: String) throws -> String {
        let text = query.hasPrefix("?") ? String(query.dropFirst()) : query
        guard text.utf8.count <= Limits.queryBytes else {
            throw Failure(.invalid, "invalid_query", "query may have at most \(Limits.queryBytes) bytes.")
        }
        let form = Form(text)
        _ = try LeadFilter(form, mustHaveWords: false)
        let spelled = LeadFilter.query(of: form)
        guard !spelled.isEmpty else {
            throw Failure(
                .invalid, "invalid_query", "query must hold parameters of a search, such as q=sales&verify_status=valid.")
        }
        return spelled
    }

    /// - Throws: `Failure` `saved_search_not_found`.
    package func delete(_ id: String, of caller: Caller) async throws {
        let isGone = try await storage.write { db in
            try db.execute(
                sql: "DELETE FROM savedSearch WHERE id = ? AND tenant = ? AND user = ?",
                arguments: [id, caller.tenant, caller.user])
            return db.changesCount > 0
        }
        guard isGone else { throw Failure(.missing, "saved_search_not_found", "There is no such saved search.") }
    }
}
