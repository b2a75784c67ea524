import Core
import HTTPTypes
import Hummingbird
package import Web

/// What a job made: listed, and handed out by signed URL.
package struct ArtifactRoutes: Sendable {
    private let store: JobStore
    private let signer: ObjectSigner

    package init(store: JobStore, signer: ObjectSigner) {
        self.store = store
        self.signer = signer
    }

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.group("jobs/:id/artifacts", context: SignedIn.self)
            .get(.init("List what a job made", .signedIn([.jobsRead])).giving(JobShapes.artifacts).ofJob, use: list)
            .get(
                ":name",
                .init("Download what a job made", .signedIn([.jobsRead]), answers: .bytes).giving(
                    nil, "Leads to a signed address.", status: 303
                ).ofJob.refusing(.missing, "artifact_not_found"), use: download
            )
            .get(
                ":unit/:name",
                .init("Download what a job made of one of its parts", .signedIn([.jobsRead]), answers: .bytes).giving(
                    nil, "Leads to a signed address.", status: 303
                ).ofJob.refusing(.missing, "artifact_not_found"), use: download)
    }

    @Sendable func list(_ request: Request, _ context: SignedIn) async throws -> Response {
        let details = try await store.details(try context.parameters.require("id"), for: context.caller)
        return Answer.tagged(
            [
                "job_id": .string(details.job.id.rawValue),
                "artifacts": .array(
                    details.artifacts.map {
                        [
                            "path": .string($0.path), "role": .string($0.role), "size_bytes": .int($0.sizeBytes),
                            "sha256": .string($0.sha256), "modified_at": .string($0.createdAt.description),
                        ]
                    }),
            ], for: request)
    }

    /// Leads to a URL that is valid for a while, with a file name for saving.
    @Sendable func download(_ request: Request, _ context: SignedIn) async throws -> Response {
        let details = try await store.details(try context.parameters.require("id"), for: context.caller)
        let name = try context.parameters.require("name")
        let folder = context.parameters.get("unit").map { "\($0)/" } ?? ""
        let paths = [folder + name, folder + (PercentCoding.decode(text: name) ?? name)]
        guard let artifact = details.artifacts.first(where: { paths.contains($0.path) }) else {
            throw Failure(.missing, "artifact_not_found", "This job has no such artifact.")
        }
        return Answer.redirect(to: signer.url("GET", artifact.key, request, saveAs: artifact.name))
    }
}
