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
    }

    private enum Limits {
        static let errors = 50
        static let cells = 4_000_000
        /// Records that are read together.
        static let partBytes = 512 << 10
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

    /// - Parameter pieces: calls back with each piece of the body, and returns the number of bytes.
    /// - Throws: `Failure` `invalid_media_type`, `invalid_table`, `invalid_json`, and what `pieces` throws. Rows before a part that
    ///   can not be read are kept.
    package func take(
        contentType: String?, isDry: Bool, for caller: Caller,
        pieces: (_ take: (ByteBuffer) async throws -> Void) async throws -> Int
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
            result.accepted += kept.accepted
            result.rejected += kept.rejected
            result.errors += kept.errors.prefix(max(0, Limits.errors - result.errors.count))
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
            result.receivedBytes = try await pieces { piece in
                if let part = splitter.append(piece.readableBytesView) { try await take(part) }
            }
            try await take(splitter.rest)
        } catch {
            _ = await writing?.result
            throw error
        }
        try await finishWriting()
        return result
    }

    private typealias Checked = (number: Int, entry: Swift.Result<IngestEntry, IngestEntry.Rejection>)

    private func keep(_ rows: [Checked], _ isDry: Bool, _ caller: Caller) async throws -> Result {
        var result = Result()
        for start in stride(from: 0, to: rows.count, by: Limits.batch) {
            let (accepted, errors) = try await write(rows[start..<min(start + Limits.batch, rows.count)], isDry, caller)
            result.accepted += accepted
            result.rejected += errors.count
            result.errors += errors.prefix(max(0, Limits.errors - result.errors.count))
        }
        return result
    }

    private func write(_ rows: ArraySlice<Checked>, _ isDry: Bool, _ caller: Caller) async throws -> (Int, [String]) {
        let profile = profile
        return try await storage.write { db in
            let writer = LeadStore.Writer(tenant: caller.tenant, profile: profile, db: db)
            var (accepted, errors) = (0, [String]())
            for row in rows {
                do {
                    let entry = try row.entry.get()
                    if !isDry {
                        guard try writer.save(entry.draft, at: entry.domain, company: entry.company) != nil else {
                            throw IngestEntry.Rejection(reason: "suppressed")
                        }
                    }
                    accepted += 1
                } catch let rejection as IngestEntry.Rejection {
                    errors.append("row \(row.number): \(rejection.reason)")
                }
            }
            return (accepted, errors)
        }
    }

    /// Reads parts of a body, and remembers what later parts need of the first.
    private struct Reader: Sendable {
        let format: Format
        private var count = 0
        /// Of a table: its first record, its encoding and its columns.
        private var opening: (header: [UInt8], encoding: String, columns: IngestRow.Columns)?

        init(format: Format) {
            self.format = format
        }

        mutating func rows(_ part: [UInt8]) throws -> [Checked] {
            let rows: [IngestRow]
            switch format {
            case .table: rows = try table(part)
            case .lines: rows = lines(part)
            case .list:
                let json = try JSON(parsing: part)
                guard let values = json.arrayValue ?? json["items"]?.arrayValue else {
                    throw Failure(.invalid, "invalid_json", "Send a list of objects, or JSON Lines as application/x-ndjson.")
                }
                rows = values.enumerated().map { IngestRow(number: $0 + 1, json: $1) }
            }
            count += rows.count
            let domains = IngestEntry.Domains()
            return rows.map { row in
                do {
                    return (row.number, .success(try IngestEntry(row, domains)))
                } catch {
                    return (row.number, .failure(error as? IngestEntry.Rejection ?? .init(reason: "invalid")))
                }
            }
        }

        private func lines(_ part: [UInt8]) -> [IngestRow] {
            var rows: [IngestRow] = []
            for line in part.split(separator: 0x0A) where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) {
                rows.append(IngestRow(number: count + rows.count + 1, json: try? JSON(parsing: Array(line))))
            }
            return rows
        }

        private mutating func table(_ part: [UInt8]) throws -> [IngestRow] {
            guard part.contains(where: { $0 > 0x20 }) else { return [] }
            let decoded = DecodedText((opening?.header ?? []) + part, said: opening?.encoding)
            let table: TextTable
            do {
                table = try TextTable(decoded, name: "leads.csv", most: Limits.cells)
            } catch let failure as TabularFailure {
                throw Failure(.invalid, "invalid_table", failure.message)
            }
            if opening == nil {
                guard let header = table.rows.first, let columns = IngestRow.Columns(header: header) else {
                    throw Failure(
                        .invalid, "invalid_table",
                        "The first row must name the columns, such as company, domain, first_name, last_name, title, email.")
                }
                // Later parts are read as tables with the same first record.
                let end = part.firstIndex(of: 0x0A).map { $0 + 1 } ?? part.count
                opening = (Array(part[..<end]), decoded.encoding, columns)
            }
            guard let columns = opening?.columns else { return [] }
            return table.rows.dropFirst().enumerated().map { index, cells in
                IngestRow(number: count + index + 1, values: columns.values(of: cells))
            }
        }
    }
}
