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

    func csv(fileName: String) -> Response {
        let headers: HTTPFields = [
            .contentType: "text/csv; charset=utf-8", .contentDisposition: "attachment; filename=\"\(fileName)\"",
        ]
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                var writer = writer
                try await writer.write(ByteBuffer(string: Self.columns.joined(separator: ",") + "\r\n"))
                var sent = 0
                while sent < limit {
                    let rows = try await leads.results(
                        of: run, Page(skip: sent, limit: min(Self.batch, limit - sent)), in: tenant)
                    guard !rows.isEmpty else { break }
                    var text = ""
                    for lead in rows {
                        let json = lead.json
                        text += Self.columns.map { Self.cell(json[$0] ?? .null) }.joined(separator: ",") + "\r\n"
                    }
                    try await writer.write(ByteBuffer(string: text))
                    sent += rows.count
                }
                try await writer.finish(nil)
            })
    }

    func json(fileName: String) async throws -> Response {
        var found: [JSON] = []
        while found.count < limit {
            let rows = try await leads.results(
                of: run, Page(skip: found.count, limit: min(Self.batch, limit - found.count)), in: tenant)
            guard !rows.isEmpty else { break }
            found += rows.map(\.json)
        }
        return Answer.json(
            ["run_id": .string(run), "count": .int(Int64(found.count)), "results": .array(found)],
            headers: [.contentDisposition: "attachment; filename=\"\(fileName)\""])
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
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
