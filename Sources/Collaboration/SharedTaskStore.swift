package import Core
import GRDB
import Jobs
package import Storage
package import Web

extension SharedTask: FetchableRecord, PersistableRecord {
    package static let databaseTableName = "task"
}

/// A version of a task as it was.
package struct TaskVersion: Sendable, Equatable, Codable, FetchableRecord, PersistableRecord {
    package static let databaseTableName = "taskVersion"

    package let task: ID<SharedTask>
    package let version: Int
    /// The version whose content this one followed; an undo goes back to it.
    package let parent: Int?
    package let action: SharedTask.Action
    package let title: String
    package let description: String?
    package let assignee: String?
    package let isDone: Bool
    package let position: Double
    package let isDeleted: Bool
    package let changedAt: Moment
    package let changedBy: String

    init(_ task: SharedTask, parent: Int?, _ action: SharedTask.Action) {
        self.task = task.id
        version = task.version
        self.parent = parent
        self.action = action
        title = task.title
        description = task.description
        assignee = task.assignee
        isDone = task.isDone
        position = task.position
        isDeleted = task.isDeleted
        changedAt = task.updatedAt
        changedBy = task.updatedBy
    }

    package var content: SharedTask.Content {
        SharedTask.Content(
            title: title, description: description, assignee: assignee, isDone: isDone, position: position, isDeleted: isDeleted)
    }

    /// The task as it was, and what became of it then.
    package func json(of task: SharedTask) -> JSON {
        [
            "id": .string(task.id.rawValue), "title": .string(title), "description": .optional(description),
            "version": .int(Int64(version)), "assignee": .optional(assignee), "done": .bool(isDone), "order": .double(position),
            "created_at": .string(task.createdAt.withoutZone), "created_by": .string(task.createdBy),
            "updated_at": .string(changedAt.withoutZone), "updated_by": .string(changedBy),
            "changed_by": .string(changedBy), "changed_at": .string(changedAt.withoutZone),
            "action": .string(action.rawValue),
        ]
    }
}

/// Which tasks of a tenant are listed.
package struct TaskFilter: Sendable {
    package var isDone: Bool?
    package var assignee: String?
    package var isUnassigned = false
    package var words: String?

    package init() {}

    /// `done`, `assignee`, `q`.
    /// - Throws: `Failure` `invalid_done`, `invalid_q`.
    package init(_ query: Form) throws {
        if let text = query["done"] {
            guard ["true", "false"].contains(text) else {
                throw Failure(.invalid, "invalid_done", "done must be true or false.")
            }
            isDone = text == "true"
        }
        assignee = query["assignee"]?.lowercased()
        words = query["q"]?.trimmed
        guard (words?.utf8.count ?? 0) <= JobFilter.Limits.wordsBytes else {
            throw Failure(.invalid, "invalid_q", "q is longer than \(JobFilter.Limits.wordsBytes) bytes.")
        }
        guard words?.unicodeScalars.contains("\0") != true else {
            throw Failure(.invalid, "invalid_q", "q must be text, without a NUL character.")
        }
    }
}

/// All SQL of tasks.
package struct SharedTaskStore: Sendable {
    let storage: Storage
    /// Whether an address belongs to somebody who may be given work.
    private let isMember: @Sendable (_ email: String, _ tenant: String) async throws -> Bool

    package init(_ storage: Storage, isMember: @escaping @Sendable (_ email: String, _ tenant: String) async throws -> Bool) {
        self.storage = storage
        self.isMember = isMember
    }

    // MARK: Reading

    package func list(for caller: Caller, _ filter: TaskFilter = TaskFilter()) async throws -> [SharedTask] {
        let body: @Sendable (Database) throws -> [SharedTask] = { db in
            var request = SharedTask.filter(Column("tenant") == caller.tenant && Column("isDeleted") == false)
            if let isDone = filter.isDone { request = request.filter(Column("isDone") == isDone) }
            if let assignee = filter.assignee { request = request.filter(Column("assignee") == assignee) }
            if filter.isUnassigned { request = request.filter(Column("assignee") == nil) }
            if let words = filter.words, !words.isEmpty {
                request = request.filter(
                    sql: "EXISTS (SELECT 1 FROM taskText WHERE taskText.task = task.id AND instr(taskText.text, ?) > 0)",
                    arguments: [words.lowercased()])
            }
            return try request.order(Column("position"), Column("id")).fetchAll(db)
        }
        return (filter.words ?? "").isEmpty ? try await storage.read(body) : try await storage.search(body)
    }

    package func revision(for caller: Caller) async throws -> Int64 {
        try await storage.read { db in try Revision.tasks(tenant: caller.tenant).number(db) }
    }

    /// - Throws: `Failure` `task_not_found`, also for another tenant's.
    package func find(_ id: String, for caller: Caller) async throws -> SharedTask {
        try await storage.read { db in try Self.find(id, for: caller, db) }
    }

    package func entityTag(_ id: String, for caller: Caller) async throws -> String {
        try await storage.read { db in
            guard
                let tag = try String.fetchOne(
                    db, sql: "SELECT entityTag FROM task WHERE id = ? AND tenant = ? AND NOT isDeleted",
                    arguments: [id.lowercased(), caller.tenant])
            else { throw Self.notFound }
            return tag
        }
    }

    /// A task, also one that was deleted, with all its versions, newest first.
    package func history(_ id: String, for caller: Caller) async throws -> (task: SharedTask, versions: [TaskVersion]) {
        try await storage.read { db in
            let task = try Self.find(id, for: caller, evenDeleted: true, db)
            let versions = try TaskVersion.filter(Column("task") == task.id).order(Column("version").desc).fetchAll(db)
            return (task, versions)
        }
    }

    /// Tags that another version of the program wrote are of other answers.
    package func renewTags() async throws {
        try await storage.write { db in
            let shape = SharedTask.shape
            guard try String.fetchOne(db, sql: "SELECT tag FROM answerShape WHERE name = 'task'") != shape else { return }
            let all = try SharedTask.fetchCursor(db)
            var renewed: [SharedTask] = []
            while var task = try all.next() {
                task.entityTag = ETag.of(task.json)
                renewed.append(task)
            }
            for task in renewed { try task.update(db) }
            try db.execute(sql: "INSERT OR REPLACE INTO answerShape VALUES ('task', ?)", arguments: [shape])
        }
    }

    // MARK: Changing

    package func create(_ draft: TaskEdit, by caller: Caller) async throws -> SharedTask {
        try await mustBeMember(draft.assignee, caller)
        return try await storage.write { db in
            guard let title = draft.title else { throw Failure(.invalid, "missing_title", "title is required.") }
            let living = SharedTask.filter(Column("tenant") == caller.tenant && Column("isDeleted") == false)
            guard try living.fetchCount(db) < SharedTask.Limits.most else {
                throw Failure(
                    .conflict, "too_many_tasks", "There are \(SharedTask.Limits.most) tasks already; delete some first.")
            }
            let last = try Double.fetchOne(
                db, sql: "SELECT max(position) FROM task WHERE tenant = ? AND NOT isDeleted", arguments: [caller.tenant])
            let task = SharedTask(
                draft, title: title, position: ((last ?? 0) + 1).rounded(.down), by: caller, at: .now)
            try task.insert(db)
            try TaskVersion(task, parent: nil, .created).insert(db)
            try Self.log(.created, task, caller, db)
            return task
        }
    }

    /// - Throws: `Failure` `if_match_required`, `stale_version`, `unknown_assignee`, `task_not_found`.
    package func change(_ id: String, _ edit: TaskEdit, by caller: Caller, _ basis: IfMatch) async throws -> SharedTask {
        try basis.mustBeGiven()
        try await mustBeMember(edit.assignee, caller)
        return try await storage.write { db in
            var task = try Self.find(id, for: caller, db)
            try basis.mustMatch([task.entityTag])
            var content = edit.applied(to: task.content)
            if let place = edit.place { content.position = try Self.position(place, of: task, caller, db) }
            try Self.store(&task, content, .changed, by: caller, db)
            return task
        }
    }

    /// - Returns: the task as it was deleted; its tag is what an undo is based on.
    package func delete(_ id: String, by caller: Caller, _ basis: IfMatch) async throws -> SharedTask {
        try basis.mustBeGiven()
        return try await storage.write { db in
            var task = try Self.find(id, for: caller, db)
            try basis.mustMatch([task.entityTag])
            var content = task.content
            content.isDeleted = true
            try Self.store(&task, content, .deleted, by: caller, db)
            return task
        }
    }

    /// Takes back the newest change that was not taken back yet.
    /// - Throws: `Failure` `nothing_to_undo` besides.
    package func undo(_ id: String, by caller: Caller, _ basis: IfMatch) async throws -> SharedTask {
        try basis.mustBeGiven()
        return try await storage.write { db in
            var task = try Self.find(id, for: caller, evenDeleted: true, db)
            try basis.mustMatch([task.entityTag])
            guard let present = try Self.version(task.basis, of: task, db), let parent = present.parent,
                let earlier = try Self.version(parent, of: task, db)
            else {
                throw Failure(.conflict, "nothing_to_undo", "There is no earlier version of the task; there is nothing to undo.")
            }
            try Self.store(&task, earlier.content, from: parent, .undone, by: caller, db)
            return task
        }
    }

    // MARK: Inside a transaction

    static func find(
        _ id: String, for caller: Caller, evenDeleted: Bool = false, _ db: Database
    ) throws -> SharedTask {
        guard let id = ID<SharedTask>(rawValue: id), let task = try SharedTask.filter(Column("id") == id).fetchOne(db),
            task.tenant == caller.tenant, evenDeleted || !task.isDeleted
        else { throw notFound }
        return task
    }

    private static var notFound: Failure { Failure(.missing, "task_not_found", "There is no such task.") }

    private static func version(_ number: Int, of task: SharedTask, _ db: Database) throws -> TaskVersion? {
        try TaskVersion.filter(Column("task") == task.id && Column("version") == number).fetchOne(db)
    }

    private static func store(
        _ task: inout SharedTask, _ content: SharedTask.Content, from basis: Int? = nil, _ action: SharedTask.Action,
        by caller: Caller, _ db: Database
    ) throws {
        let parent = task.basis
        guard task.take(content, from: basis, by: caller, at: .now) else { return }
        try task.update(db)
        try TaskVersion(task, parent: action == .undone ? nil : parent, action).insert(db)
        try forgetOldVersions(of: task, db)
        try log(action, task, caller, db)
    }

    /// Each version holds a copy of every text, so a task with long ones keeps fewer versions. The newest two always stay.
    private static func forgetOldVersions(of task: SharedTask, _ db: Database) throws {
        let oldest = try Int.fetchOne(
            db,
            sql: """
                SELECT min(version) FROM (
                    SELECT version, row_number() OVER newest AS place, sum(
                        length(CAST(title AS BLOB)) + coalesce(length(CAST(description AS BLOB)), 0)) OVER newest AS bytes
                    FROM taskVersion WHERE task = ? WINDOW newest AS (ORDER BY version DESC)
                ) WHERE place <= 2 OR (place <= ? AND bytes <= ?)
                """, arguments: [task.id, SharedTask.Limits.versions, SharedTask.Limits.versionBytes])
        try db.execute(
            sql: "DELETE FROM taskVersion WHERE task = ? AND version < ?", arguments: [task.id, oldest ?? 0])
    }

    /// A number between the neighbours of the place; when they stand too close, all tasks are spread out first.
    private static func position(_ place: TaskEdit.Place, of task: SharedTask, _ caller: Caller, _ db: Database) throws -> Double
    {
        let (anchor, isBefore) =
            switch place {
            case .before(let id): (id, true)
            case .after(let id): (id, false)
            }
        guard anchor.lowercased() != task.id.rawValue else { return task.position }
        for _ in 0..<2 {
            let others = SharedTask.filter(
                Column("tenant") == caller.tenant && Column("isDeleted") == false && Column("id") != task.id)
            guard let beside = try others.filter(Column("id") == anchor.lowercased()).fetchOne(db) else {
                throw Failure(.invalid, "unknown_task", "There is no task \(anchor) to move beside.")
            }
            let next = try Double.fetchOne(
                db,
                sql: """
                    SELECT position FROM task WHERE tenant = ? AND isDeleted = 0 AND id <> ?
                    AND (position, id) \(isBefore ? "<" : ">") (?, ?)
                    ORDER BY position \(isBefore ? "DESC" : "ASC"), id \(isBefore ? "DESC" : "ASC") LIMIT 1
                    """, arguments: [caller.tenant, task.id, beside.position, beside.id])
            guard let next else { return beside.position + (isBefore ? -1 : 1) }
            let (low, high) = (min(next, beside.position), max(next, beside.position))
            let middle = low + (high - low) / 2
            if low < middle && middle < high { return middle }
            for (index, var other) in try others.order(Column("position"), Column("id")).fetchAll(db).enumerated() {
                var content = other.content
                content.position = Double(index + 1)
                try store(&other, content, .changed, by: caller, db)
            }
        }
        throw Failure(.unavailable, "internal_error", "The tasks could not be spread out.")
    }

    private static func log(_ action: SharedTask.Action, _ task: SharedTask, _ caller: Caller, _ db: Database) throws {
        try EventLog.append(
            Event(
                .tasks, tenant: task.tenant, user: caller.user, type: "task.\(action.rawValue)",
                detail: [
                    "task_id": .string(task.id.rawValue), "version": .int(Int64(task.version)), "title": .string(task.title),
                ]), at: task.updatedAt, db)
    }

    private func mustBeMember(_ assignee: TaskEdit.Change?, _ caller: Caller) async throws {
        guard let email = assignee?.value else { return }
        guard try await isMember(email, caller.tenant) else {
            throw Failure(.invalid, "unknown_assignee", "assignee must be the e-mail address of an active account of your group.")
        }
    }
}
