import Core
package import GRDB
import Storage

/// Rows of jobs, read by position: a list has hundreds of them, and looking each column up by its name takes longer than the rest.
extension Job: FetchableRecord, TableRecord {
    package static let databaseTableName = "job"

    /// In the order in which `init(row:)` reads them.
    static let columns = [
        "id", "number", "tenant", "user", "kind", "name", "description", "tags", "state", "trackStatus", "fileName",
        "originalSizeBytes", "spec", "result", "inputKey", "outputKey", "attempt", "attemptCount", "errorCode", "errorMessage",
        "createdAt", "updatedAt", "startedAt", "finishedAt", "requestID", "traceparent", "about", "ledger", "retiresAt",
    ]

    package static var databaseSelection: [any SQLSelectable] { columns.map { Column($0) } }

    static let selectByID = "SELECT \(columns.joined(separator: ", ")) FROM job WHERE id = ?"

    /// An older version of the program kept the tags of its answers here, and would believe them.
    private static let forgotten = ["entityTag", "envelopedEntityTag"]

    private static let insertion =
        "INSERT INTO job (\(columns.joined(separator: ", "))) VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))"
    private static let change =
        "UPDATE job SET \((columns.map { "\($0) = ?" } + forgotten.map { "\($0) = NULL" }).joined(separator: ", ")) WHERE id = ?"

    /// In the order of `columns`.
    private var values: [(any DatabaseValueConvertible)?] {
        [
            id, number, tenant, user, kind, name, description, JSON.array(tags.map { .string($0) }), state.rawValue, statusText,
            fileName, originalSizeBytes, spec, result, inputKey, outputKey, attempt, attemptCount, errorCode, errorMessage,
            createdAt, updatedAt, startedAt, finishedAt, requestID, traceparent, about, digest, retiresAt,
        ]
    }

    /// By place, like the reading of rows: naming each value costs more than the rest.
    func add(_ db: Database) throws {
        try db.cachedStatement(sql: Self.insertion).execute(arguments: StatementArguments(values))
    }

    func save(_ db: Database) throws {
        try db.cachedStatement(sql: Self.change).execute(arguments: StatementArguments(values + [id]))
        guard db.changesCount == 1 else {
            throw RecordError.recordNotFound(databaseTableName: Self.databaseTableName, key: ["id": id.databaseValue])
        }
    }

    /// - Parameter row: begins with `columns`.
    /// - Throws: `Failure` `job_unreadable`.
    package init(row: Row) throws {
        func text(_ place: Int) -> String? { row[place] }
        func number(_ place: Int) -> Int64? { row[place] }
        func moment(_ place: Int) -> Moment? { number(place).map(Moment.init(rawValue:)) }
        func json(_ place: Int) throws -> JSON? { try text(place).map { try JSON(stored: $0) } }
        guard let id = text(0).flatMap(ID<Job>.init), let user = text(3).flatMap(ID<Caller>.init),
            let state = text(8).flatMap(State.init), let tags = try json(7)?.arrayValue, let createdAt = moment(20),
            let updatedAt = moment(21)
        else { throw Failure(.unavailable, "job_unreadable", "A row of the database is no job; restore a backup.") }
        self.id = id
        self.number = number(1) ?? 0
        tenant = text(2) ?? ""
        self.user = user
        kind = text(4) ?? ""
        name = text(5) ?? ""
        description = text(6)
        self.tags = tags.compactMap(\.stringValue)
        self.state = state
        statusText = text(9)
        fileName = text(10)
        originalSizeBytes = number(11)
        spec = try json(12) ?? .object([:])
        result = try json(13) ?? .object([:])
        inputKey = text(14)
        outputKey = text(15)
        attempt = text(16).flatMap(ID<Attempt>.init)
        attemptCount = Int(number(17) ?? 0)
        errorCode = text(18)
        errorMessage = text(19)
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        startedAt = moment(22)
        finishedAt = moment(23)
        requestID = text(24)
        traceparent = text(25)
        about = text(26)
        digest = try json(27)
        retiresAt = moment(28)
    }
}
