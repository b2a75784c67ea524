import Core
import GRDB
import Storage

/// The SQL of the board: windows on its columns, never all of a tenant's tasks.
extension SharedTaskStore {
    /// The tasks of a page of the board, and how many there are beyond, of one moment.
    func board(_ place: TaskBoard.Place, for caller: Caller) async throws -> TaskBoard {
        try await storage.read { db in
            let counts = try Self.counts(caller, db)
            let total = { (isDone: Bool) in counts[isDone]?[place.view] ?? 0 }
            var place = place
            place.todo = min(place.todo, max(1, (total(false) - 1) / TaskBoard.Limits.todoCards + 1))
            place.done = place.done.map { min($0, max(1, (total(true) - 1) / TaskBoard.Limits.doneCards + 1)) }
            return TaskBoard(
                place: place, open: counts[false] ?? [:],
                todo: try Self.lane(isDone: false, place, total: total(false), caller, db),
                done: try Self.lane(isDone: true, place, total: total(true), caller, db))
        }
    }

    /// The place with its column turned to the page that holds a task; the same place when the task is not in this view.
    func place(_ place: TaskBoard.Place, showing id: String, for caller: Caller) async throws -> TaskBoard.Place {
        try await storage.read { db in
            guard let task = try? Self.find(id, for: caller, db) else { return place }
            var place = place
            let column = Self.column(isDone: task.isDone, place.view, caller)
            guard try Self.holds(task, column, db) else { return place }
            if task.isDone, place.done == nil, try Self.holds(task, Self.newest(column), db) { return place }
            let before =
                try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM task WHERE \(column.sql) AND (position, id) < (?, ?)",
                    arguments: column.arguments + [task.position, task.id]) ?? 0
            if task.isDone {
                place.done = before / TaskBoard.Limits.doneCards + 1
            } else {
                place.todo = before / TaskBoard.Limits.todoCards + 1
            }
            return place
        }
    }

    /// The ids of those beside a task in its column, as the reader of this place sees it.
    func neighbours(of id: String, _ place: TaskBoard.Place, for caller: Caller) async throws -> (above: String?, below: String?)
    {
        try await storage.read { db in
            let task = try Self.find(id, for: caller, db)
            var column = Self.column(isDone: task.isDone, place.view, caller)
            if task.isDone && place.done == nil { column = Self.newest(column) }
            func next(_ relation: String, _ order: String) throws -> String? {
                try String.fetchOne(
                    db,
                    sql: """
                        SELECT id FROM task WHERE \(column.sql) AND (position, id) \(relation) (?, ?)
                        ORDER BY position \(order), id \(order) LIMIT 1
                        """, arguments: column.arguments + [task.position, task.id])
            }
            return (try next("<", "DESC"), try next(">", "ASC"))
        }
    }

    // MARK: Inside a transaction

    /// A condition on tasks.
    private struct Column {
        var sql: String
        var arguments: StatementArguments
    }

    private static func column(isDone: Bool, _ view: TaskBoard.View, _ caller: Caller) -> Column {
        var column = Column(sql: "tenant = ? AND isDeleted = 0 AND isDone = ?", arguments: [caller.tenant, isDone])
        switch view {
        case .all: break
        case .mine:
            column.sql += " AND assignee = ?"
            column.arguments += [caller.email]
        case .unassigned: column.sql += " AND assignee IS NULL"
        }
        return column
    }

    private static func newest(_ column: Column) -> Column {
        Column(
            sql: """
                id IN (SELECT id FROM task WHERE \(column.sql) ORDER BY updatedAt DESC, id LIMIT \(TaskBoard.Limits.doneCards))
                """, arguments: column.arguments)
    }

    private static func holds(_ task: SharedTask, _ column: Column, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM task WHERE id = ? AND \(column.sql))",
            arguments: [task.id] + column.arguments) ?? false
    }

    private static func lane(
        isDone: Bool, _ place: TaskBoard.Place, total: Int, _ caller: Caller, _ db: Database
    ) throws -> TaskBoard.Lane {
        let size = isDone ? TaskBoard.Limits.doneCards : TaskBoard.Limits.todoCards
        let isNewest = isDone && place.done == nil
        var column = Self.column(isDone: isDone, place.view, caller)
        if isNewest { column = newest(column) }
        let skip = isNewest ? 0 : ((isDone ? place.done ?? 1 : place.todo) - 1) * size
        // The ids come from the index alone, so that long descriptions of other pages are never read.
        let tasks = try SharedTask.fetchAll(
            db,
            sql: """
                SELECT * FROM task WHERE id IN (
                    SELECT id FROM task WHERE \(column.sql) ORDER BY position, id LIMIT \(size) OFFSET \(skip)
                ) ORDER BY position, id
                """, arguments: column.arguments)
        return TaskBoard.Lane(tasks: tasks, skip: skip, total: total, pageSize: size, isNewest: isNewest && total > size)
    }

    private static func counts(_ caller: Caller, _ db: Database) throws -> [Bool: [TaskBoard.View: Int]] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT isDone, count(*) AS n, total(assignee IS ?) AS mine, total(assignee IS NULL) AS nobodys
                FROM task WHERE tenant = ? AND isDeleted = 0 GROUP BY isDone
                """, arguments: [caller.email, caller.tenant])
        return Dictionary(
            rows.map { row in
                let counts: [TaskBoard.View: Int] = [.all: row["n"], .mine: row["mine"], .unassigned: row["nobodys"]]
                return (row["isDone"], counts)
            }, uniquingKeysWith: { $1 })
    }
}
