import Core
import HTTPTypes
import Hummingbird
import NIOCore
import Web

/// What a run found, as a file. Rows are read a little at a time while they are sent.
struct LeadExport: Sendable {
    let leads: LeadStore
    let run: String
    let tenant: String
    let limit: Int

    private static let batch = 500
    private static let columns = [
        "email", "first_name", "last_name", "full_name", "title", "company", "company_id", "company_domain", "icp_score",
        "verify_status",
        "verify_reason", "verified_at", "verify_label", "is_primary_for_person", "source_url",
    ]

    func csv(fileName: String) async throws -> Response {
        try await file(fileName, type: "text/csv; charset=utf-8") { writer, forEachPart in
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

    func json(fileName: String) async throws -> Response {
        try await file(fileName, type: "application/json; charset=utf-8") { writer, forEachPart in
            try await writer.write(ByteBuffer(string: "{\"run_id\":\(JSON.string(run).text),\"results\":["))
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

    private typealias Rows = (_ take: ([Lead]) async throws -> Void) async throws -> Void

    private func file(
        _ name: String, type: String,
        _ write: @escaping @Sendable (_ writer: inout any ResponseBodyWriter, Rows) async throws -> Void
    ) async throws -> Response {
        let ids = try await leads.ids(of: run, most: limit, in: tenant)
        return Response(
            status: .ok, headers: [.contentType: type, .contentDisposition: "attachment; filename=\"\(name)\""],
            body: ResponseBody { writer in
                try await write(&writer) { take in
                    for start in stride(from: 0, to: ids.count, by: Self.batch) {
                        let part = Array(ids[start..<min(start + Self.batch, ids.count)])
                        try await take(try await leads.leads(part, in: tenant))
                    }
                }
                try await writer.finish(nil)
            })
    }

    /// A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection).
    static func cell(_ value: JSON) -> String {
        var text: String
        switch value {
        case .null: return ""
        case .string(let string): text = string
        default: return value.text
        }
        if let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) { text = "'" + text }
        // By bytes: a quote with an accent behind it is one letter, and a quote all the same.
        guard text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 0x0A || $0 == 0x0D })
        else { return text }
        let quote = UInt8(ascii: "\"")
        return "\"" + String(decoding: text.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }, as: UTF8.self) + "\""
    }
}
