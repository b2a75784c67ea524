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
        let ids = try await leads.ids(of: run, most: limit, in: tenant)
        let headers: HTTPFields = [
            .contentType: "text/csv; charset=utf-8", .contentDisposition: "attachment; filename=\"\(fileName)\"",
        ]
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                var writer = writer
                try await writer.write(ByteBuffer(string: Self.columns.joined(separator: ",") + "\r\n"))
                for part in parts(ids) {
                    var text = ""
                    for lead in try await leads.leads(part, in: tenant) {
                        let json = lead.json
                        text += Self.columns.map { Self.cell(json[$0] ?? .null) }.joined(separator: ",") + "\r\n"
                    }
                    try await writer.write(ByteBuffer(string: text))
                }
                try await writer.finish(nil)
            })
    }

    func json(fileName: String) async throws -> Response {
        var found: [JSON] = []
        for part in parts(try await leads.ids(of: run, most: limit, in: tenant)) {
            found += try await leads.leads(part, in: tenant).map(\.json)
        }
        return Answer.json(
            ["run_id": .string(run), "count": .int(Int64(found.count)), "results": .array(found)],
            headers: [.contentDisposition: "attachment; filename=\"\(fileName)\""])
    }

    private func parts(_ ids: [Int64]) -> [[Int64]] {
        stride(from: 0, to: ids.count, by: Self.batch).map { Array(ids[$0..<min($0 + Self.batch, ids.count)]) }
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
