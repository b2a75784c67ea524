import Core
import Discovery
import HTTPTypes
import Hummingbird
import NIOCore
import Storage
package import Web

/// The JSON doors of leads: search, one lead, erasure, ingest, and who is not to be kept.
package struct LeadRoutes: Sendable {
    private let leads: LeadStore
    private let suppressions: SuppressionStore
    private let savedSearches: SavedSearchStore
    private let ingest: LeadIngest
    private let bodies: Bodies

    package init(
        leads: LeadStore, suppressions: SuppressionStore, savedSearches: SavedSearchStore, ingest: LeadIngest, bodies: Bodies
    ) {
        (self.leads, self.suppressions, self.savedSearches) = (leads, suppressions, savedSearches)
        (self.ingest, self.bodies) = (ingest, bodies)
    }

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.group("leads", context: SignedIn.self)
            .get(
                "search",
                Self.refusingFilters(
                    .init("Search leads", .signedIn([.leadsRead])).asking(
                        [.init("q", .string, "Words of the name, the title, the company or the address.", isRequired: true)]
                            + Self.filters + [
                                .init("limit", .integer(1...100), "How many."), .init("cursor", "Where the last page ended."),
                                .init(
                                    "facets",
                                    "Counts for: verify_status, icp_bucket, role_family, seniority, company_size_bucket, company_industry, source."
                                ),
                            ]
                    ).giving(Self.found)
                ).refusing(.invalid, "invalid_cursor", "invalid_facets"), use: search
            )
            .get(
                "export",
                Self.refusingFilters(
                    .init("Export what a search finds", .signedIn([.leadsRead])).asking(
                        [.init("q", .string, "Words, as in a search; may be left out.")] + Self.filters + [
                            .init("format", .string, "csv, which is usual, or json."),
                            .init(
                                "limit", .integer,
                                "How many rows, up to \(RunRoutes.Limits.mostExported), which is usual."),
                        ]
                    ).giving(.file, type: "text/csv")
                ).refusing(.invalid, "invalid_format"), use: export
            )
            .get(
                "searches",
                .init("List your saved searches", .signedIn([.leadsRead])).giving(
                    .object(["results": .list(of: Self.savedSearch)])),
                use: listSearches
            )
            .post(
                "searches",
                .init("Save a search under a name", .signedIn([.leadsRead])).taking(.object(["name": .string, "query": .string]))
                    .giving(Self.savedSearch).refusing(
                        .invalid, "missing_name", "invalid_name", "missing_query", "invalid_query", "invalid_sort",
                        "invalid_icp_min",
                        "invalid_recency_days", "invalid_limit", "invalid_cursor", "invalid_verify_status", "invalid_roles",
                        "invalid_seniority", "invalid_industries", "invalid_sizes", "invalid_source", "invalid_icp_bucket",
                        "invalid_domain", "invalid_tech", "invalid_facets"
                    ).refusing(.conflict, "too_many_saved_searches"), use: saveSearch
            )
            .delete(
                "searches/:id",
                .init("Delete a saved search", .signedIn([.leadsRead])).giving(nil, status: 204).refusing(
                    .missing, "saved_search_not_found"), use: deleteSearch
            )
            .get(
                ":id",
                .init("Show a lead and what is known of it", .signedIn([.leadsRead])).giving(Self.detailed).refusing(
                    .missing, "lead_not_found"),
                use: show
            )
            .delete(
                ":id",
                .init("Erase a lead, and never take it in again", .signedIn([.leadsWrite])).giving(nil, status: 204).refusing(
                    .missing, "lead_not_found"),
                use: erase)
        routes.group("ingest", context: SignedIn.self)
            .post(
                .init("Take in leads as CSV, JSON Lines or a JSON list", .signedIn([.leadsWrite]), body: .file).asking(
                    .init("dry_run", .boolean, "Only tell what would be taken in.")
                ).giving(Self.ingested).refusing(
                    .invalid, "invalid_media_type", "invalid_table", "invalid_json", "invalid_dry_run", "too_many_rows"
                ).refusing(.tooLarge, "body_too_large"),
                use: takeIn)
        routes.group("suppressions", context: SignedIn.self)
            .get(
                .init("List who is not to be kept or asked about", .signedIn([.leadsRead])).paged(standard: 100).giving(
                    .object(["results": .list(of: Self.suppression), "total": .integer])), use: listSuppressions
            )
            .post(
                .init("Keep nothing of an address or a domain any more", .signedIn([.leadsWrite])).taking(
                    .object(["value": .string, "reason": .string.orNull.optional])
                ).giving(Self.suppression).refusing(.invalid, "missing_value", "invalid_value", "invalid_reason"), use: suppress
            )
            .delete(
                ":value",
                .init("Allow an address or a domain again", .signedIn([.leadsWrite])).giving(nil, status: 204).refusing(
                    .missing, "suppression_not_found"), use: allow)
    }

    static let lead = Schema.object(
        [
            "id": .integer, "email": .string.orNull, "first_name": .string.orNull, "last_name": .string.orNull,
            "full_name": .string,
            "title": .string.orNull, "role_family": .string.orNull, "seniority": .string.orNull, "company": .string,
            "company_name": .string,
            "company_id": .integer, "company_domain": .string, "industry": .string.orNull, "company_size": .string.orNull,
            "tech": .list(of: .string), "icp_score": .integer.orNull, "icp_reasons": .list(of: .string),
            "verify_status": .string.orNull,
            "verify_reason": .string.orNull, "verified_at": .string.orNull, "source": .string, "source_url": .string.orNull,
            "verify_label": .string, "is_primary_for_person": .boolean,
        ]
    ).named("Lead")
    private static let detailed = Schema.object(
        ["id": .integer, "full_name": .string, "evidence": .list(of: .map)], isOpen: true
    ).named("DetailedLead")
    private static let found = Schema.object([
        "results": .list(of: lead), "limit": .integer, "sort": .string, "next_cursor": .string.orNull, "approximate": .boolean,
        "facets": .map,
    ])
    private static let ingested = Schema.object([
        "ok": .boolean, "received_bytes": .integer, "accepted": .integer, "rejected": .integer, "dry_run": .boolean,
        "errors": .list(of: .string), "warnings": .list(of: .string),
    ])
    private static let savedSearch = Schema.object([
        "id": .string, "name": .string, "query": .string, "created_at": .string,
    ]).named("SavedSearch")
    private static let suppression = Schema.object([
        "value": .string, "reason": .string.orNull, "created_at": .string,
    ]).named("Suppression")

    /// What narrows a search, beside its words.
    private static let filters: [RouteDeclaration.Parameter] = [
        .init("verify_status", "valid, risky_catch_all, invalid, unknown_timeout; several with commas between them."),
        .init("icp_min", .integer(0...100), "The least score."),
        .init("icp_bucket", "0-39, 40-59, 60-79, 80-100."), .init("roles", "Role families."),
        .init("seniority", "C-Level, VP, Head, Director, Manager, IC."), .init("industries", "Industries of companies."),
        .init("sizes", "Sizes of companies."), .init("tech", "Words of the technology of companies."),
        .init("source", "published, generated, ingested."), .init("domain", "The whole domain of the company."),
        .init("recency_days", .integer, "Verified within so many days."),
        .init("sort", "icp_desc, icp_asc, verified_at_desc or verified_at_asc."), .init("run", "Only what this run found."),
    ]

    private static func refusingFilters(_ declaration: RouteDeclaration) -> RouteDeclaration {
        declaration.refusing(
            .invalid, "invalid_query", "invalid_sort", "invalid_icp_min", "invalid_recency_days", "invalid_limit",
            "invalid_verify_status", "invalid_roles", "invalid_seniority", "invalid_industries", "invalid_sizes",
            "invalid_source", "invalid_icp_bucket", "invalid_domain", "invalid_tech")
    }

    @Sendable func export(_ request: Request, _ context: SignedIn) async throws -> Response {
        let query = Form(query: request)
        let format = try LeadExport.Format(query)
        let limit = try RunRoutes.count(
            "limit", query, standard: RunRoutes.Limits.mostExported, most: RunRoutes.Limits.mostExported)
        let filter = try LeadFilter(Form(LeadFilter.query(of: query)), mustHaveWords: false)
        return try await LeadExport(of: filter, leads, most: limit, in: context.caller.tenant).file(format, named: "leads")
    }

    @Sendable func search(_ request: Request, _ context: SignedIn) async throws -> Response {
        let filter = try LeadFilter(Form(query: request), mustHaveWords: true)
        let found = try await leads.search(filter, in: context.caller.tenant)
        return Answer.json([
            "results": .array(found.leads.map(\.json)), "limit": .int(Int64(filter.limit)), "sort": .string(filter.sort.rawValue),
            "next_cursor": .optional(found.next), "approximate": .bool(found.isApproximate),
            "facets": .object(
                Dictionary(
                    uniqueKeysWithValues: found.facets.map { facet, counts in
                        (
                            facet.rawValue,
                            .object(
                                Dictionary(counts.map { ($0.value, .int($0.count)) }, uniquingKeysWith: { first, _ in first }))
                        )
                    })),
        ])
    }

    @Sendable func listSearches(_ request: Request, _ context: SignedIn) async throws -> Response {
        Answer.json(["results": .array(try await savedSearches.list(of: context.caller).map(\.json))])
    }

    @Sendable func saveSearch(_ request: Request, _ context: SignedIn) async throws -> Response {
        let fields = try await bodies.fields(request, known: ["name", "query"])
        return Answer.json(
            try await savedSearches.save(
                try fields.text("name", limit: 100), try fields.text("query", limit: 4000), by: context.caller
            )
            .json)
    }

    @Sendable func deleteSearch(_ request: Request, _ context: SignedIn) async throws -> Response {
        try await savedSearches.delete(try context.parameters.require("id"), of: context.caller)
        return Response(status: .noContent)
    }

    @Sendable func show(_ request: Request, _ context: SignedIn) async throws -> Response {
        let lead = try await leads.find(try context.parameters.require("id"), in: context.caller.tenant)
        guard case .object(var members) = lead.json else { return Answer.json([:]) }
        members["evidence"] = lead.evidence
        members["notes"] = .optional(lead.notes)
        members["created_at"] = Lead.time(lead.createdAt)
        members["check"] = try await leads.check(of: lead.email, in: context.caller.tenant)?.json ?? .null
        return Answer.tagged(.object(members), for: request)
    }

    @Sendable func erase(_ request: Request, _ context: SignedIn) async throws -> Response {
        try await suppressions.erase(lead: try context.parameters.require("id"), by: context.caller)
        return Response(status: .noContent)
    }

    @Sendable func takeIn(_ request: Request, _ context: SignedIn) async throws -> Response {
        let dryRun = Form(query: request)["dry_run"]
        guard dryRun == nil || dryRun == "true" || dryRun == "false" else {
            throw Failure(.invalid, "invalid_dry_run", "dry_run must be true or false.")
        }
        let result = try await ingest.take(
            contentType: request.headers[.contentType], isDry: dryRun == "true", for: context.caller
        ) { take in try await bodies.forEachPiece(of: request, take) }
        return Answer.json([
            "ok": true, "received_bytes": .int(Int64(result.receivedBytes)), "accepted": .int(Int64(result.accepted)),
            "rejected": .int(Int64(result.rejected)), "dry_run": .bool(dryRun == "true"),
            "errors": .array(result.errors.map { .string($0) }), "warnings": .array(result.warnings.map { .string($0) }),
        ])
    }

    @Sendable func listSuppressions(_ request: Request, _ context: SignedIn) async throws -> Response {
        let query = Form(query: request)
        let page = try Page(skip: query["skip"], limit: query["limit"], standard: 100)
        let (entries, total) = try await suppressions.list(page, in: context.caller.tenant)
        return Answer.json(["results": .array(entries.map(\.json)), "total": .int(Int64(total))])
    }

    @Sendable func suppress(_ request: Request, _ context: SignedIn) async throws -> Response {
        let fields = try await bodies.fields(request, known: ["value", "reason"])
        let entry = try await suppressions.add(
            try fields.text("value", limit: 254), reason: try fields.optionalText("reason", limit: 500), by: context.caller)
        return Answer.json(entry.json)
    }

    @Sendable func allow(_ request: Request, _ context: SignedIn) async throws -> Response {
        let value = try context.parameters.require("value")
        try await suppressions.remove(PercentCoding.decode(text: value) ?? value, in: context.caller.tenant)
        return Response(status: .noContent)
    }
}
