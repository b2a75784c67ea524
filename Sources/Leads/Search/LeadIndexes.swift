import Core
import GRDB
import Storage
import Synchronization
import Web

/// The indexes of the tenants that search. Each is built at a tenant's first search, and dropped when it has not been used for a while.
package actor LeadIndexes {
    private let storage: Storage
    private var entries: [String: Entry] = [:]

    private struct Entry {
        let index: CurrentLeadIndex
        var lastUse: ContinuousClock.Instant
        /// Under way: the build of the index, or catching up with many changes.
        var work: Task<Void, any Error>?
    }

    private enum Limits {
        /// Leads of all indexes together; beyond that the one that was used least recently goes.
        static let leads = 10_000_000
        /// Changes that are kept for indexes to catch up with; one that is further behind is built anew.
        static let changes: Int64 = 200_000
        static let changesAtOnce = 20_000
    }

    init(_ storage: Storage) {
        self.storage = storage
    }

    /// The index of a tenant, built.
    func index(for tenant: String) async throws -> CurrentLeadIndex {
        if entries[tenant] == nil {
            makeRoom()
            entries[tenant] = Entry(index: CurrentLeadIndex(storage, tenant), lastUse: .now)
            return try await bringForward(tenant)
        }
        entries[tenant]?.lastUse = .now
        if let entry = entries[tenant], entry.work == nil, entry.index.isBuilt { return entry.index }
        return try await bringForward(tenant)
    }

    /// Builds an index, or takes in the changes since; once for all who wait for it.
    @discardableResult
    func bringForward(_ tenant: String) async throws -> CurrentLeadIndex {
        guard let entry = entries[tenant] else { return try await index(for: tenant) }
        // Detached: whoever asked first may leave, and others wait for the same work.
        let work = entry.work ?? Task.detached { try await entry.index.bringForward() }
        entries[tenant]?.work = work
        defer { if entries[tenant]?.work == work { entries[tenant]?.work = nil } }
        try await work.value
        return entry.index
    }

    private func makeRoom() {
        while entries.values.reduce(0, { $0 + $1.index.count }) > Limits.leads,
            let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            entries[oldest.key] = nil
        }
    }

    /// Drops indexes that nobody has used for so long.
    func dropUnused(for time: Duration) {
        entries = entries.filter { $0.value.work != nil || $0.value.lastUse.duration(to: .now) < time }
    }

    /// Deletes old rows of `leadChange`, a part at a time: others wait for the writer meanwhile.
    func forgetOldChanges() async throws {
        while true {
            let deleted = try await storage.write { db in
                try db.execute(
                    sql: """
                        DELETE FROM leadChange WHERE position <= (SELECT max(position) FROM leadChange) - ?
                            AND position < (SELECT min(position) FROM leadChange) + ?
                        """, arguments: [Limits.changes, Limits.changesAtOnce])
                return db.changesCount
            }
            guard deleted > 0 else { return }
        }
    }
}

/// The index of one tenant, and how far it is.
final class CurrentLeadIndex: Sendable {
    private let storage: Storage
    private let tenant: String
    private let state = Mutex<LeadIndex?>(nil)
    private let size = Atomic<Int>(-1)

    private enum Limits {
        /// Rows that are read in one go: some 50 ms.
        static let rows = 20_000
    }

    init(_ storage: Storage, _ tenant: String) {
        (self.storage, self.tenant) = (storage, tenant)
    }

    /// Neither waits for whoever reads into the index at the moment.
    var isBuilt: Bool { size.load(ordering: .acquiring) >= 0 }
    var count: Int { max(0, size.load(ordering: .acquiring)) }

    /// The index as the snapshot of `db` has the leads; nil when it has to be brought forward first, or is ahead of the snapshot.
    func index(at db: Database) throws -> LeadIndex? {
        let (oldest, newest) = try Self.positions(db)
        return try state.withLock { index in
            guard var current = index, current.position <= newest, newest - current.position <= Limits.rows,
                oldest <= current.position + 1
            else { return nil }
            guard current.position < newest else { return current }
            // Only one owner, so that nothing is copied.
            index = nil
            defer { index = current }
            try Self.takeChanges(&current, through: newest, tenant, db)
            size.store(current.count, ordering: .releasing)
            return current
        }
    }

    /// Reads everything, or what has changed, a part at a time.
    func bringForward() async throws {
        enum Step { case more, done, build(from: Int64) }
        while true {
            let step = try await storage.read { [self] db in
                let (oldest, newest) = try Self.positions(db)
                return try state.withLock { index -> Step in
                    // Changes that it has not taken in may be forgotten by now.
                    guard var current = index, oldest <= current.position + 1 else { return .build(from: newest) }
                    guard current.position < newest else { return .done }
                    index = nil
                    defer { index = current }
                    let end = min(newest, current.position + Int64(Limits.rows))
                    try Self.takeChanges(&current, through: end, tenant, db)
                    size.store(current.count, ordering: .releasing)
                    return end < newest ? .more : .done
                }
            }
            switch step {
            case .more: continue
            case .done: return
            case .build(let newest): return try await build(from: newest)
            }
        }
    }

    private static func positions(_ db: Database) throws -> (oldest: Int64, newest: Int64) {
        let row = try Row.fetchOne(
            try db.cachedStatement(
                sql: "SELECT (SELECT min(position) FROM leadChange) AS oldest, (SELECT max(position) FROM leadChange) AS newest"))
        return (row?["oldest"] ?? 0, row?["newest"] ?? 0)
    }

    private static func takeChanges(_ index: inout LeadIndex, through end: Int64, _ tenant: String, _ db: Database) throws {
        let changed = try Int64.fetchAll(
            try db.cachedStatement(
                sql: "SELECT DISTINCT lead FROM leadChange WHERE position > ? AND position <= ? ORDER BY lead"),
            arguments: [index.position, end])
        var reader = index.reader()
        try db.forEachRow(
            sql: """
                SELECT \(LeadRow.columns) FROM lead WHERE +tenant = ? AND id IN (
                    SELECT lead FROM leadChange WHERE position > ? AND position <= ?
                ) ORDER BY id
                """, arguments: [tenant, index.position, end]
        ) { reader.read(LeadRow($0)) }
        index.apply(reader, replacing: changed, position: end)
    }

    /// - Parameter position: what has changed behind it is taken in later.
    private func build(from position: Int64) async throws {
        let building = Building(LeadIndex(position: position).reader())
        while try await storage.read({ [tenant] db in try building.readMore(Int64(Limits.rows), tenant, db) }) {}
        try await HeavyWork.run { [self] in
            let index = building.finish(LeadIndex(position: position))
            state.withLock { $0 = index }
            size.store(index.count, ordering: .releasing)
        }
    }

    /// What a build has read so far.
    private final class Building: Sendable {
        private let state: Mutex<(reader: LeadIndex.Reader, last: Int64)>

        init(_ reader: LeadIndex.Reader) {
            state = Mutex((reader, 0))
        }

        /// Reads the leads of the next `span` ids.
        /// - Returns: whether there are more.
        func readMore(_ span: Int64, _ tenant: String, _ db: Database) throws -> Bool {
            try state.withLock { state in
                let end = state.last + span
                try db.forEachRow(
                    // In the order of the table: no index leads through the leads of a tenant in the order of their ids.
                    sql: "SELECT \(LeadRow.columns) FROM lead NOT INDEXED WHERE id > ? AND id <= ? AND tenant = ? ORDER BY id",
                    arguments: [state.last, end, tenant]
                ) { state.reader.read(LeadRow($0)) }
                state.last = end
                return try Int64.fetchOne(db, sql: "SELECT max(id) FROM lead").map { $0 > end } ?? false
            }
        }

        func finish(_ index: LeadIndex) -> LeadIndex {
            state.withLock { state in
                var index = index
                index.apply(state.reader, replacing: [], position: index.position)
                return index
            }
        }
    }
}

/// A row of `lead` as the index reads it.
struct LeadRow {
    static let columns = """
        id, coalesce(score, -1), coalesce(verifiedAt, 0), status, roleFamily, seniority, size, industry, source, fullName, title,
            companyName, domain, email, tech
        """
    private static let firstText: Int32 = 9
    private static let domainText: Int32 = 12
    private static let lastText: Int32 = 13

    private let cells: RowCells
    let id: Int64
    let score: Int8
    let verifiedAt: Int64

    init(_ cells: RowCells) {
        self.cells = cells
        id = cells.integer(0) ?? 0
        score = Int8(clamping: cells.integer(1) ?? -1)
        verifiedAt = cells.integer(2) ?? 0
    }

    func value(of facet: LeadFilter.Facet) -> String? {
        switch facet {
        case .status: cells.text(3)
        case .scoreBucket: LeadFilter.Facet.bucket(ofScore: score)
        case .role: cells.text(4)
        case .seniority: cells.text(5)
        case .size: cells.text(6)
        case .industry: cells.text(7)
        case .source: cells.text(8)
        }
    }

    var texts: [UnsafeBufferPointer<UInt8>] { (Self.firstText...Self.lastText).map(cells.bytes) }
    var domain: UnsafeBufferPointer<UInt8> { cells.bytes(Self.domainText) }
    var tech: UnsafeBufferPointer<UInt8> { cells.bytes(Self.lastText + 1) }
}
