import Core
import Hummingbird
package import Web

/// Full text over what was extracted.
package struct SearchRoutes: Sendable {
    private let index: ChunkIndex

    package init(index: ChunkIndex) {
        self.index = index
    }

    static let standard = 20

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.group("search", context: SignedIn.self)
            .get(
                .init("Search what was extracted for the caller", .signedIn([.jobsRead])).paged(standard: Self.standard).asking(
                    .init("q", .string, "Words that all have to be there; in quotes next to each other.", isRequired: true),
                    .init("job_id", "Only in this job.")
                ).giving(Self.results).refusing(.invalid, "invalid_q", "missing_q"), use: search)
    }

    private static let results = Schema.object([
        "results": .list(
            of: .object([
                "job_id": .id, "job_name": .string, "file": .string, "file_number": .integer, "position_index": .integer,
                "section_context": .string, "place": .map, "snippet": .string.described("The words that were found stand in **."),
                "view": .string.described("Its place on the page of the file."),
            ]).named("Hit")),
        "has_more": .boolean,
    ])

    @Sendable func search(_ request: Request, _ context: SignedIn) async throws -> Response {
        let query = Form(query: request)
        guard let words = query["q"] else {
            throw Failure(.invalid, "missing_q", "q is required: the words to search for.")
        }
        let page = try Page(skip: query["skip"], limit: query["limit"], standard: Self.standard)
        let (hits, isMore) = try await index.search(words, of: context.caller.user, job: query["job_id"], page)
        return Answer.json([
            "results": .array(
                hits.map { hit in
                    [
                        "job_id": .string(hit.job), "job_name": .string(hit.jobName), "file": .string(hit.file),
                        "file_number": .int(Int64(hit.unit)), "position_index": .int(hit.position),
                        "section_context": .string(hit.section), "place": hit.place,
                        "snippet": .string(
                            hit.snippet.replacing(ChunkIndex.marks.begin, with: "**").replacing(
                                ChunkIndex.marks.end, with: "**")), "view": .string(hit.href),
                    ]
                }), "has_more": .bool(isMore),
        ])
    }
}

extension ChunkIndex.Hit {
    /// Where the viewer shows it.
    var href: String { "/dashboard/jobs/\(job)/files/\(unit)?chunk=\(position)#chunk-\(position)" }
}
