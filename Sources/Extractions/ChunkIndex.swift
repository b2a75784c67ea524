package import Core
import Foundation
import GRDB
import Jobs
package import Logging
package import NIOPosix
import ServiceLifecycle
package import Storage
import Web

/// The chunks of all extractions, to be searched. They come in behind the work: a job is done before its words can be found, and what a
/// crash left out is taken in after the next start.
package final class ChunkIndex: Service {
    private let storage: Storage
    private let objects: any ObjectStore
    private let threads: NIOThreadPool
    private let logger: Logger

    private enum Limits {
        /// Files looked at together, and chunks that one transaction takes in: others wait for the writer meanwhile.
        static let files = 50
        static let chunks = 500
        static let batchBytes = 2 << 20
        /// A line of a file of chunks; a chunk has far fewer bytes.
        static let lineBytes = 16 << 20
        static let pause = Duration.milliseconds(500)
        static let placeBytes = 2000
        static let sectionBytes = 1000
        static let words = 32
        static let queryBytes = 1000
    }

    /// - Parameter threads: that wait for files.
    package init(_ storage: Storage, objects: any ObjectStore, threads: NIOThreadPool, logger: Logger) {
        self.storage = storage
        self.objects = objects
        self.threads = threads
        self.logger = logger
    }

    // MARK: Taking in

    package func run() async throws {
        try? await cancelWhenGracefulShutdown { [self] in
            var seen: Int64 = -1
            while !Task.isCancelled {
                let generation = storage.generation
                if generation != seen {
                    do {
                        // What it writes itself is no reason to look again, what others wrote meanwhile is.
                        if try await !takeInNext() { seen = generation }
                        continue
                    } catch is CancellationError {
                        return
                    } catch {
                        logger.error("chunks_not_indexed", metadata: ["error": "\(error)"])
                    }
                }
                try await Task.sleep(for: Limits.pause)
            }
        }
    }

    private struct Waiting: Sendable {
        let job: String
        let unit: Int
        let user: String
        let object: StoredObject
    }

    /// - Returns: whether there was anything to do.
    package func takeInNext() async throws -> Bool {
        if try await takeOutNext() { return true }
        let waiting = try await storage.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT artifact.job, coalesce(artifact.unit, 1) AS unit, job.user, object.*
                    FROM extractionUnindexed AS next JOIN artifact ON artifact.key = next.key
                        JOIN object ON object.key = next.key JOIN job ON job.id = artifact.job
                    LIMIT \(Limits.files)
                    """
            ).map { row in
                Waiting(job: row["job"], unit: row["unit"], user: row["user"], object: try StoredObject(row: row))
            }
        }
        for file in waiting {
            try Task.checkCancellation()
            try await takeIn(file)
        }
        return !waiting.isEmpty
    }

    private func takeOutNext() async throws -> Bool {
        let isWaiting = try await storage.read { db in
            try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM extractionGone)")
        }
        guard isWaiting == true else { return false }
        try await storage.write { db in
            guard let gone = try Row.fetchOne(db, sql: "SELECT job, unit FROM extractionGone LIMIT 1") else { return }
            let (job, unit): (String, Int) = (gone["job"], gone["unit"])
            try Self.takeOut(job, unit, db)
            let isDone = db.changesCount < Limits.chunks
            if isDone { try db.execute(sql: "DELETE FROM extractionGone WHERE job = ? AND unit = ?", arguments: [job, unit]) }
        }
        return true
    }

    private static func takeOut(_ job: String, _ unit: Int, _ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM extractionChunk WHERE id IN
                    (SELECT id FROM extractionChunk WHERE job = ? AND unit = ? LIMIT \(Limits.chunks))
                """, arguments: [job, unit])
    }

    private struct Line: Sendable {
        let position: Int64
        let section: String
        let place: String
        let text: String
    }

    private func takeIn(_ file: Waiting) async throws {
        // What a crash, or an earlier version of the file, has left.
        while try await storage.write({ db in
            try Self.takeOut(file.job, file.unit, db)
            return db.changesCount
        }) == Limits.chunks {}
        let reader = LineReader(path: objects.path(of: file.object), most: Limits.lineBytes)
        while true {
            let lines = try await threads.runIfActive { () -> [Line]? in
                var lines: [Line] = []
                var bytes = 0
                while lines.count < Limits.chunks, bytes < Limits.batchBytes, let line = try reader.next() {
                    bytes += line.count
                    if let line = Self.line(line) { lines.append(line) }
                }
                return lines.isEmpty ? nil : lines
            }
            guard let lines else { break }
            try await storage.write { db in
                // What was deleted meanwhile needs none.
                let isWanted = try Bool.fetchOne(
                    db, sql: "SELECT EXISTS (SELECT 1 FROM extractionUnindexed WHERE key = ?)", arguments: [file.object.key])
                guard isWanted == true else { return }
                let insert = try db.cachedStatement(
                    sql:
                        "INSERT INTO extractionChunk (user, job, unit, position, section, place, text) VALUES (?, ?, ?, ?, ?, ?, ?)"
                )
                for line in lines {
                    try insert.execute(
                        arguments: [file.user, file.job, file.unit, line.position, line.section, line.place, line.text])
                }
            }
        }
        try await storage.write { db in
            try db.execute(sql: "DELETE FROM extractionUnindexed WHERE key = ?", arguments: [file.object.key])
        }
    }

    /// A worker wrote it; what is no chunk is left out.
    private static func line(_ bytes: [UInt8]) -> Line? {
        guard let json = try? JSON(parsing: bytes), let text = json["text"]?.stringValue,
            let position = json["position_index"]?.intValue
        else { return nil }
        let place = json["places"]?.arrayValue?.first ?? [:]
        let placeText = place.bytes.count <= Limits.placeBytes ? place.text : "{}"
        return Line(
            position: position, section: (json["section_context"]?.stringValue ?? "").clipped(bytes: Limits.sectionBytes),
            place: placeText, text: text)
    }

    // MARK: Searching

    package struct Hit: Sendable {
        let job: String
        let jobName: String
        let unit: Int
        let file: String
        let position: Int64
        let section: String
        let place: JSON
        /// With the words that were found between the two marks.
        let snippet: String
    }

    /// No text of a document has them: readers drop control characters.
    static let marks = (begin: "\u{2}", end: "\u{3}")

    /// Chunks with all words, in one's own jobs, the best first.
    /// - Throws: `Failure` `invalid_q`.
    package func search(
        _ words: String, of user: ID<Caller>, job: String?, _ page: Page
    ) async throws -> (hits: [Hit], isMore: Bool) {
        let query = try Self.query(words)
        return try await storage.search { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT extractionChunk.job, job.name AS jobName, extractionChunk.unit, unit.name AS file, position, section,
                        place, snippet(extractionSearch, 0, ?, ?, ' … ', 32) AS snippet
                    FROM extractionSearch JOIN extractionChunk ON extractionChunk.id = extractionSearch.rowid
                        JOIN job ON job.id = extractionChunk.job
                        JOIN unit ON unit.job = extractionChunk.job AND unit.number = extractionChunk.unit
                    WHERE extractionSearch MATCH ? AND extractionChunk.user = ? \(job == nil ? "" : "AND extractionChunk.job = ?")
                    ORDER BY rank LIMIT ? OFFSET ?
                    """,
                arguments: StatementArguments([Self.marks.begin, Self.marks.end, query, user.rawValue])
                    + StatementArguments(job.map { [$0] } ?? []) + [page.limit + 1, page.skip])
            let hits = rows.prefix(page.limit).map { row in
                Hit(
                    job: row["job"], jobName: row["jobName"], unit: row["unit"], file: row["file"], position: row["position"],
                    section: row["section"], place: (try? JSON(parsing: row["place"] as String)) ?? [:], snippet: row["snippet"])
            }
            return (Array(hits), rows.count > page.limit)
        }
    }

    /// The words of a person as an expression of FTS5: each in quotes, what stands in quotes together, the last one perhaps not
    /// finished.
    static func query(_ words: String) throws -> String {
        guard words.utf8.count <= Limits.queryBytes else {
            throw Failure(.invalid, "invalid_q", "q has at most \(Limits.queryBytes) bytes.")
        }
        var terms: [String] = []
        var isQuoted = false
        for part in words.split(separator: "\"", omittingEmptySubsequences: false) {
            if isQuoted {
                if part.contains(where: { $0.isLetter || $0.isNumber }) { terms.append("\"\(part)\"") }
            } else {
                terms += part.split(whereSeparator: \.isWhitespace).filter { $0.contains { $0.isLetter || $0.isNumber } }.map {
                    "\"\($0)\""
                }
            }
            isQuoted.toggle()
        }
        guard !terms.isEmpty else { throw Failure(.invalid, "invalid_q", "q must have a word to search for.") }
        guard terms.count <= Limits.words else { throw Failure(.invalid, "invalid_q", "q has at most \(Limits.words) words.") }
        let isOpen = !(words.last?.isWhitespace ?? false) && !words.hasSuffix("\"")
        return terms.joined(separator: " ") + (isOpen ? "*" : "")
    }
}

/// Lines of a file, one after the other; blocks.
private final class LineReader: @unchecked Sendable {
    // One caller at a time: each turn is awaited before the next begins.
    private let most: Int
    private let descriptor: Int32
    private var waiting: [UInt8] = []
    private var place = 0
    private var isAtEnd = false

    init(path: String, most: Int) {
        self.most = most
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    private static let pieceBytes = 1 << 20

    /// - Throws: `Failure` `object_unreadable`.
    func next() throws -> [UInt8]? {
        while true {
            if let end = waiting[place...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { place = end + 1 }
                return Array(waiting[place..<end])
            }
            if isAtEnd { return nil }
            waiting.removeFirst(place)
            place = 0
            guard waiting.count <= most else {
                throw Failure(.unavailable, "object_unreadable", "A file of chunks has a line without an end.")
            }
            var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
            let got = read(descriptor, &piece, piece.count)
            if got < 0, errno == EINTR { continue }
            // A file that is gone belongs to a job that was deleted.
            guard got > 0 else {
                isAtEnd = true
                return nil
            }
            waiting += piece[..<got]
        }
    }
}
