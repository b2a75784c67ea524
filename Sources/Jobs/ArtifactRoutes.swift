import Archives
import Core
import HTTPTypes
import Hummingbird
import NIOCore
package import NIOPosix
package import Storage
package import Web

/// What a job made: listed, handed out by signed URL or all together in an archive, and taken away.
package struct ArtifactRoutes: Sendable {
    private let store: JobStore
    private let objects: any ObjectStore
    private let signer: ObjectSigner
    private let threads: NIOThreadPool

    /// - Parameter threads: that compute.
    package init(store: JobStore, objects: any ObjectStore, signer: ObjectSigner, threads: NIOThreadPool) {
        self.store = store
        self.objects = objects
        self.signer = signer
        self.threads = threads
    }

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.group("jobs/:id/artifacts", context: SignedIn.self)
            .get(.init("List what a job made", .signedIn([.jobsRead])).giving(JobShapes.artifacts).ofJob, use: list)
            .delete(
                .init("Take away the files of a job", .signedIn([.jobsWrite])).giving(JobShapes.cleaned).ofJob.refusing(
                    .conflict, "job_not_over"), use: clean
            )
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
        routes.group("jobs/:id/artifacts.zip", context: SignedIn.self)
            .get(
                .init("Download everything that a job made", .signedIn([.jobsRead]), answers: .bytes).giving(
                    .file, "An archive.", type: "application/zip"
                ).ofJob.refusing(.missing, "artifact_not_found"), use: archive)
    }

    @Sendable func list(_ request: Request, _ context: SignedIn) async throws -> Response {
        let (job, artifacts) = try await store.artifacts(of: try context.parameters.require("id"), for: context.caller)
        return Answer.tagged(
            [
                "job_id": .string(job.id.rawValue),
                "artifacts": .array(
                    artifacts.map {
                        [
                            "path": .string($0.path), "role": .string($0.role), "size_bytes": .int($0.sizeBytes),
                            "sha256": .string($0.sha256), "modified_at": .string($0.createdAt.description),
                        ]
                    }),
            ], for: request)
    }

    /// Leads to a URL that is valid for a while, with a file name for saving.
    @Sendable func download(_ request: Request, _ context: SignedIn) async throws -> Response {
        let (id, name) = (try context.parameters.require("id"), try context.parameters.require("name"))
        let missing = Failure(.missing, "artifact_not_found", "This job has no such artifact.")
        let unit = context.parameters.get("unit")
        let number = unit.flatMap { Int($0) }
        guard
            let artifact = try await store.artifact(
                of: id, unit: number, names: [name, PercentCoding.decode(text: name) ?? name], for: context.caller),
            unit == number.map(String.init)
        else { throw missing }
        return Answer.redirect(to: signer.url("GET", artifact.key, request, saveAs: artifact.name))
    }

    /// The job stays, with all that is known of it.
    @Sendable func clean(_ request: Request, _ context: SignedIn) async throws -> Response {
        let id = try context.parameters.require("id")
        let isRemoved = try await store.clean(id, by: context.caller, address: context.address)
        return Answer.json(["job_id": .string(id), "removed": .bool(isRemoved)])
    }

    // MARK: The archive

    private struct Entry: Sendable {
        let name: String
        let artifact: Artifact
    }

    /// Packed while it is sent: it stands on no disk, and however large it is, a piece of it is in memory.
    @Sendable func archive(_ request: Request, _ context: SignedIn) async throws -> Response {
        let (job, artifacts) = try await store.artifacts(of: try context.parameters.require("id"), for: context.caller)
        guard !artifacts.isEmpty else {
            throw Failure(.missing, "artifact_not_found", "This job has no artifacts.")
        }
        let folders = try await store.units(of: job.id).reduce(into: [Int: String]()) { folders, unit in
            folders[unit.number] = unit.name.lastIndex(of: "/").map { String(unit.name[...$0]) } ?? ""
        }
        let entries = Self.entries(artifacts, folders: folders)
        let headers: HTTPFields = [
            .contentType: "application/zip",
            .contentDisposition: "attachment; filename=\"\(job.id).zip\"",
        ]
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { [self] writer in
                var writer = writer
                var zip = ZipWriter()
                for entry in entries { try await add(entry, &zip, to: &writer) }
                try await writer.write(ByteBuffer(bytes: zip.finish()))
                try await writer.finish(nil)
            })
    }

    /// By the folders of what they were made from; those that would have one name keep the number of their unit.
    private static func entries(_ artifacts: [Artifact], folders: [Int: String]) -> [Entry] {
        let named = artifacts.map { artifact in
            ((artifact.unit.flatMap { folders[$0] } ?? "") + artifact.name, artifact)
        }
        let counts = named.reduce(into: [String: Int]()) { $0[$1.0, default: 0] += 1 }
        return named.map { name, artifact in Entry(name: counts[name] == 1 ? name : artifact.path, artifact: artifact) }
    }

    private func add(_ entry: Entry, _ given: inout ZipWriter, to writer: inout any ResponseBodyWriter) async throws {
        // What somebody takes away meanwhile is missing from the archive, and its end says so by being cut off.
        guard let object = try await store.object(entry.artifact.key), let opened = try await objects.open(object) else {
            throw Failure(.missing, "artifact_not_found", "An artifact was taken away meanwhile.")
        }
        var zip = given
        try await writer.write(
            ByteBuffer(bytes: try zip.begin(entry.name, sizeBytes: object.sizeBytes, at: entry.artifact.createdAt)))
        try await objects.read(opened, from: 0, count: object.sizeBytes) { piece in
            let (next, packed) = try await Self.packed(piece, zip, threads)
            zip = next
            if !packed.isEmpty { try await writer.write(ByteBuffer(bytes: packed)) }
        }
        try await writer.write(ByteBuffer(bytes: try zip.end()))
        given = zip
    }

    private static func packed(
        _ piece: ByteBuffer, _ zip: ZipWriter, _ threads: NIOThreadPool
    ) async throws -> (ZipWriter, [UInt8]) {
        let travelling = Travelling(zip: zip)
        return try await threads.work {
            var zip = travelling.zip
            let packed = try piece.withUnsafeReadableBytes { try zip.write($0) }
            return Travelling(zip: zip, packed: packed)
        }.parts
    }

    /// One archive that travels between the turns of one answer: each turn is awaited before the next begins.
    private struct Travelling: @unchecked Sendable {
        let zip: ZipWriter
        var packed: [UInt8] = []

        var parts: (ZipWriter, [UInt8]) { (zip, packed) }
    }
}
