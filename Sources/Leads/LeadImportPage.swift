import Core
import HTTPTypes
import Hummingbird
import NIOCore
import Web

/// The page that takes in a list of leads that somebody has.
struct LeadImportPage: Sendable {
    private let ingest: LeadIngest
    private let pages: Pages
    private let listLimitBytes: Int
    private let outcomes = RefusedForms<Outcome>()

    /// How a form ended, as its page shows it.
    private enum Outcome: Sendable {
        case done(LeadIngest.Result, fileName: String, isDry: Bool)
        case refused(Failure)
    }

    private enum Limits {
        /// Somebody waits for the answer meanwhile.
        static let fileBytes = 64_000_000
        static let fieldBytes = 65_536
    }

    init(ingest: LeadIngest, pages: Pages, bodies: Bodies) {
        (self.ingest, self.pages, listLimitBytes) = (ingest, pages, bodies.limitBytes)
    }

    @Sendable func show(_ request: Request, _ context: SignedIn) async throws -> Response {
        try render(outcomes.value(Form(query: request)["done"], session: context.session?.id), context)
    }

    @Sendable func take(_ request: Request, _ context: SignedIn) async throws -> Response {
        try context.mustBeOurs(Form(query: request)["form_token"])
        var reader = try MultipartReader(request, fieldLimitBytes: Limits.fieldBytes)
        let (form, file) = try await reader.fieldsBeforeFile()
        let isDry = form["dry_run"] != nil
        let outcome: Outcome
        do {
            guard let file, file.field == "file", !file.name.isEmpty else {
                throw Failure(.invalid, "missing_file", "Choose a file first.")
            }
            let (contentType, limit) = try kind(of: file.name)
            let result = try await ingest.take(contentType: contentType, isDry: isDry, for: context.caller) { take in
                var count = 0
                while let piece = try await reader.nextPieceOfFile() {
                    count += piece.readableBytes
                    guard count <= limit else {
                        throw Failure(
                            .tooLarge, "body_too_large",
                            "The file is larger than \(HumanFormat.size(Int64(limit))); divide it, or send it to /ingest in parts."
                        )
                    }
                    try BodyAllowance.current?.take(piece.readableBytes)
                    BodyAllowance.current?.letGo(downTo: try await take(piece))
                }
                return count
            }
            outcome = .done(result, fileName: file.name.beginning(letters: 200), isDry: isDry)
        } catch let failure as Failure where [.invalid, .tooLarge, .outage].contains(failure.kind) {
            outcome = .refused(failure)
        }
        // Kept for the redirect: back and reload show it again, and send nothing.
        guard let session = context.session?.id, let key = outcomes.keep(outcome, bytes: Limits.fieldBytes, session: session)
        else {
            return try render(outcome, context)
        }
        return Answer.redirect(to: "/dashboard/leads/import?done=\(key)")
    }

    /// By the end of a file's name: what browsers say of types differs from machine to machine.
    /// - Throws: `Failure` `invalid_media_type`.
    private func kind(of name: String) throws -> (contentType: String, limitBytes: Int) {
        switch name.lowercased().split(separator: ".").last {
        case "csv", "tsv", "tab", "txt": ("text/csv", Limits.fileBytes)
        case "jsonl", "ndjson": ("application/x-ndjson", Limits.fileBytes)
        // Read in one piece.
        case "json": ("application/json", min(listLimitBytes, Limits.fileBytes))
        default:
            throw Failure(
                .invalid, "invalid_media_type",
                "Send a file of the kind .csv, .tsv, .jsonl, .ndjson or .json; a workbook becomes one when it is saved as CSV.")
        }
    }

    private func render(_ outcome: Outcome?, _ context: SignedIn) throws -> Response {
        var model: [String: Any] = ["limitText": HumanFormat.size(Int64(Limits.fileBytes))]
        switch outcome {
        case .done(let result, let fileName, let isDry):
            let counted = HumanFormat.counted(Int64(result.accepted), "row")
            model["result"] =
                [
                    "fileName": fileName,
                    "acceptedText": isDry ? "\(counted) would be taken in" : "\(counted) taken in",
                    "rejectedText": result.rejected == 0
                        ? "" : "\(HumanFormat.counted(Int64(result.rejected), "row")) can not be used",
                    "hasProblems": !result.errors.isEmpty || !result.warnings.isEmpty,
                    "problems": (result.errors + result.warnings).map { ["text": $0] },
                    "isShortened": result.errors.count < result.rejected,
                ] as [String: Any]
        case .refused(let failure): model["problem"] = failure.message
        case nil: break
        }
        return try pages.render("leads/import", Pages.Frame(title: "Take in a list", signedIn: context, place: .leads), model)
    }
}
