package import Core
package import Discovery
import Foundation
import GRDB
package import NIOCore
package import Storage
import Tabular
import Web

/// Takes in leads that somebody has already, row by row while they arrive: one that can not be used is rejected with a reason, and the
/// others are kept.
package struct LeadIngest: Sendable {
    private let storage: Storage
    private let profile: CustomerProfile

    package struct Result: Sendable {
        var receivedBytes = 0
        var accepted = 0
        var rejected = 0
        /// Of the first rows that were rejected.
        var errors: [String] = []
        /// Of the first rows that were taken in without a part of theirs.
        var warnings: [String] = []

        mutating func add(_ other: Result) {
            accepted += other.accepted
            rejected += other.rejected
            errors += other.errors.prefix(max(0, Limits.errors - errors.count))
            warnings += other.warnings.prefix(max(0, Limits.errors - warnings.count))
        }
    }

    private enum Limits {
        static let errors = 50
        static let cells = 2_000_000
        /// Records that are read together.
        static let partBytes = 128 << 10
        /// Of one part: a JSON list and a table without line feeds are one.
        static let rows = 200_000
        /// Rows in one transaction: others wait for the writer meanwhile.
        static let batch = 1000
    }

    package init(_ storage: Storage, profile: CustomerProfile) {
        (self.storage, self.profile) = (storage, profile)
    }

    private enum Format { case table, lines, list }

    private static func format(_ contentType: String?) throws -> Format {
        let type = (contentType ?? "text/csv").prefix { $0 != ";" }.trimmed.lowercased()
        switch type {
        case "text/csv", "text/plain", "text/tab-separated-values", "application/csv", "application/octet-stream",
            "application/x-www-form-urlencoded":
            return .table
        case "application/x-ndjson", "application/jsonl", "application/x-jsonlines", "application/jsonlines": return .lines
        case "application/json": return .list
        default:
            throw Failure(
                .invalid, "invalid_media_type",
                "Send leads as text/csv, application/x-ndjson or application/json, not \(type.beginning(letters: 60)).")
        }
    }

    /// - Parameter pieces: calls back with each piece of the body, which answers with the bytes that are held, and returns the number of
    ///   bytes in all.
    /// - Throws: `Failure` `invalid_media_type`, `invalid_table`, `invalid_json`, `too_many_rows`, and what `pieces` throws; it says how many
    ///   rows were kept before.
    package func take(
        contentType: String?, isDry: Bool, for caller: Caller,
        pieces: (_ take: (ByteBuffer) async throws -> Int) async throws -> Int
    ) async throws -> Result {
        let format = try Self.format(contentType)
        var splitter = RecordSplitter(hasQuotes: format == .table, partBytes: format == .list ? .max : Limits.partBytes)
        var reader = Reader(format: format)
        var result = Result()
        // One part is written while the next one is read.
        var writing: Task<Result, any Error>?
        func finishWriting() async throws {
            guard let kept = try await writing?.value else { return }
            writing = nil
            result.add(kept)
        }
        func take(_ part: [UInt8]) async throws {
            let current = reader
            let (rows, next) = try await HeavyWork.run {
                var reader = current
                let rows = try reader.rows(part)
                return (rows, reader)
            }
            reader = next
            try await finishWriting()
            writing = Task { try await keep(rows, isDry, caller) }
        }
        do {
            var lastPart = 0
            result.receivedBytes = try await pieces { piece in
                if let part = splitter.append(piece.readableBytesView) {
                    lastPart = part.count
                    try await take(part)
                }
                // One part is gathered, and one is written.
                return splitter.rest.count + lastPart
            }
            try await take(splitter.rest)
            try await finishWriting()
        } catch {
            try? await finishWriting()
            guard let failure = error as? Failure, result.accepted > 0, !isDry else { throw error }
            throw Failure(
                failure.kind, failure.code,
                "\(failure.message) \(result.accepted) rows before that were kept; sending them again does no harm.",
                retryAfterSeconds: failure.retryAfterSeconds)
        }
        return result
    }

    private func keep(_ rows: [IngestRow], _ isDry: Bool, _ caller: Caller) async throws -> Result {
        var result = Result()
        for start in stride(from: 0, to: rows.count, by: Limits.batch) {
            let part = rows[start..<min(start + Limits.batch, rows.count)]
            let checked = try await HeavyWork.run { Self.checked(part) }
            result.add(try await write(checked, isDry, caller))
        }
        return result
    }

    private typealias Checked = (number: Int, entry: Swift.Result<IngestEntry, IngestEntry.Rejection>)

    private static func checked(_ rows: ArraySlice<IngestRow>) -> [Checked] {
        let domains = IngestEntry.Domains()
        return rows.map { row in
            do throws(IngestEntry.Rejection) {
                return (row.number, .success(try IngestEntry(row, domains)))
            } catch {
                return (row.number, .failure(error))
            }
        }
    }

    private func write(_ rows: [Checked], _ isDry: Bool, _ caller: Caller) async throws -> Result {
        let profile = profile
        return try await storage.write { db in
            let writer = LeadStore.Writer(tenant: caller.tenant, profile: profile, db: db)
            var result = Result()
            for row in rows {
                do {
                    let entry = try row.entry.get()
                    let isKept =
                        isDry
                        ? try !writer.isSuppressed(
                            entry.draft.email, domain: entry.domain, name: entry.draft.name)
                        : try writer.save(entry.draft, at: entry.domain, company: entry.company) != nil
                    guard isKept else { throw IngestEntry.Rejection(reason: "suppressed") }
                    result.accepted += 1
                    if let warning = entry.warning { result.warnings.append("row \(row.number): \(warning)") }
                } catch let rejection as IngestEntry.Rejection {
                    result.rejected += 1
                    result.errors.append("row \(row.number): \(rejection.description)")
                }
            }
            return result
        }
    }

    /// Reads parts of a body, and remembers what later parts need of the first.
    private struct Reader: Sendable {
        let format: Format
        private var count = 0
        /// Of a table: its first part with the format that was found there, its encoding, and its columns.
        private var opening: (table: TextTable, encoding: String, columns: IngestRow.Columns)?

        init(format: Format) {
            self.format = format
        }

        mutating func rows(_ part: [UInt8]) throws -> [IngestRow] {
            let rows: [IngestRow]
            switch format {
            case .table: rows = try table(part)
            case .lines: rows = try lines(part)
            case .list:
                let json = try JSON(parsing: part)
                guard let values = json.arrayValue ?? json["items"]?.arrayValue else {
                    throw Failure(.invalid, "invalid_json", "Send a list of objects, or JSON Lines as application/x-ndjson.")
                }
                try Self.check(values.count)
                rows = values.enumerated().map { IngestRow(number: $0 + 1, json: $1) }
            }
            count += rows.count
            return rows
        }

        /// - Throws: `Failure` `too_many_rows`.
        private static func check(_ rows: Int) throws {
            guard rows <= Limits.rows else {
                throw Failure(
                    .invalid, "too_many_rows",
                    "\(rows) rows can not be read in one piece; send at most \(Limits.rows), or CSV or JSON Lines with line feeds."
                )
            }
        }

        private func lines(_ part: [UInt8]) throws -> [IngestRow] {
            var rows: [IngestRow] = []
            for line in part.split(separator: 0x0A) where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) {
                rows.append(IngestRow(number: count + rows.count + 1, json: try? JSON(parsing: Array(line))))
            }
            try Self.check(rows.count)
            return rows
        }

        private mutating func table(_ part: [UInt8]) throws -> [IngestRow] {
            guard part.contains(where: { $0 > 0x20 }) else { return [] }
            let decoded = DecodedText(part, said: opening?.encoding)
            let (cells, columns): (ArraySlice<[String]>, IngestRow.Columns)
            do {
                if let opening {
                    cells = try opening.table.rows(ofPart: decoded, most: Limits.cells)[...]
                    columns = opening.columns
                } else {
                    let table = try TextTable(decoded, name: "leads.csv", most: Limits.cells)
                    guard let header = table.rows.first, let found = IngestRow.Columns(header: header) else {
                        throw Failure(
                            .invalid, "invalid_table",
                            "The first row must name the columns, such as company, domain, first_name, last_name, title, email.")
                    }
                    (cells, columns) = (table.rows.dropFirst(), found)
                    opening = (table, decoded.encoding, found)
                }
            } catch let failure as TabularFailure {
                throw Failure(.invalid, "invalid_table", failure.message)
            }
            try Self.check(cells.count)
            return cells.enumerated().map { IngestRow(number: count + $0 + 1, values: columns.values(of: $1)) }
        }
    }
}
