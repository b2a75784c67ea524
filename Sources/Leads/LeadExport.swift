import Core
import HTTPTypes
import Hummingbird
import NIOCore
import Web

/// What a run or a search found, as a file. Rows are read a little at a time while they are sent.
struct LeadExport: Sendable {
    typealias Rows = (_ take: ([Lead]) async throws -> Void) async throws -> Void

    /// nil: of a search.
    private let run: String?
    private let forEachPart: @Sendable (_ take: ([Lead]) async throws -> Void) async throws -> Void

    init(of run: String, _ leads: LeadStore, most limit: Int, in tenant: String) async throws {
        self.run = run
        let ids = try await leads.ids(of: run, most: limit, in: tenant)
        forEachPart = { take in
            for start in stride(from: 0, to: ids.count, by: Self.batch) {
                let part = Array(ids[start..<min(start + Self.batch, ids.count)])
                try await take(try await leads.leads(part, in: tenant))
            }
        }
    }

    /// - Throws: as the search, before anything is sent.
    init(of filter: LeadFilter, _ leads: LeadStore, most limit: Int, in tenant: String) async throws {
        run = nil
        var start = filter
        (start.cursor, start.facets, start.limit) = (nil, [], min(Self.batch, limit))
        let (filter, first) = (start, try await leads.search(start, in: tenant))
        forEachPart = { take in
            var (filter, found, left) = (filter, first, limit)
            while true {
                try await take(found.leads)
                left -= found.leads.count
                guard let next = found.next, left > 0 else { return }
                filter.cursor = try LeadFilter.Cursor(next, for: filter.sort)
                filter.limit = min(Self.batch, left)
                found = try await leads.search(filter, in: tenant)
            }
        }
    }

    func file(_ format: Format, named name: String) -> Response {
        switch format {
        case .csv: csv(fileName: "\(name).csv")
        case .json: json(fileName: "\(name).json")
        }
    }

    enum Format: String {
        case csv
        case json

        /// - Throws: `Failure` `invalid_format`.
        init(_ query: Form) throws {
            guard let format = Self(rawValue: query["format"] ?? "csv") else {
                throw Failure(.invalid, "invalid_format", "format must be csv or json.")
            }
            self = format
        }
    }

    private static let batch = 500
    private static let columns = [
        "email", "first_name", "last_name", "full_name", "title", "company", "company_id", "company_domain", "icp_score",
        "verify_status",
        "verify_reason", "verified_at", "verify_label", "is_primary_for_person", "source_url",
    ]

    private func csv(fileName: String) -> Response {
        file(fileName, type: "text/csv; charset=utf-8") { writer, forEachPart in
            try await writer.write(ByteBuffer(string: Self.columns.joined(separator: ",") + "\r\n"))
            try await forEachPart { leads in
                var text = ""
                for lead in leads {
                    let json = lead.json
                    text += Self.columns.map { Self.cell(json[$0] ?? .null) }.joined(separator: ",") + "\r\n"
                }
                try await writer.write(ByteBuffer(string: text))
            }
        }
    }

    private func json(fileName: String) -> Response {
        file(fileName, type: "application/json; charset=utf-8") { writer, forEachPart in
            let head = run.map { "\"run_id\":\(JSON.string($0).text)," } ?? ""
            try await writer.write(ByteBuffer(string: "{\(head)\"results\":["))
            var count = 0
            try await forEachPart { leads in
                guard !leads.isEmpty else { return }
                let rows = leads.map(\.json.text).joined(separator: ",")
                try await writer.write(ByteBuffer(string: count > 0 ? ",\(rows)" : rows))
                count += leads.count
            }
            // Known only now: somebody may be erased meanwhile.
            try await writer.write(ByteBuffer(string: "],\"count\":\(count)}"))
        }
    }

    private func file(
        _ name: String, type: String,
        _ write: @escaping @Sendable (_ writer: inout any ResponseBodyWriter, Rows) async throws -> Void
    ) -> Response {
        Response(
            status: .ok, headers: [.contentType: type, .contentDisposition: "attachment; filename=\"\(name)\""],
            body: ResponseBody { [forEachPart] writer in
                try await write(&writer, forEachPart)
                try await writer.finish(nil)
            })
    }

    private static let divides = Array(",;\t\"\n\r".utf8)

    /// A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection), and one that some would
    /// divide into several cells stands in quotes.
    static func cell(_ value: JSON) -> String {
        var text: String
        switch value {
        case .null: return ""
        case .string(let string): text = string
        default: return value.text
        }
        if let first = text.unicodeScalars.first, "=+-@\t\r＝＋－＠".unicodeScalars.contains(first) { text = "'" + text }
        // By bytes: a quote with an accent behind it is one letter, and a quote all the same.
        guard text.utf8.contains(where: { divides.contains($0) }) else { return text }
        let quote = UInt8(ascii: "\"")
        return "\"" + String(decoding: text.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }, as: UTF8.self) + "\""
    }
}
