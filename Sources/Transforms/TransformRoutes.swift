import Core
import Foundation
import HTTPTypes
import Hummingbird
package import Jobs
package import Storage
package import Web

/// The JSON doors of transform jobs: upload, start, download.
package struct TransformRoutes: Sendable {
    private let store: JobStore
    private let jobs: JobRoutes
    private let bodies: Bodies
    private let engine: JobEngine
    private let objects: any ObjectStore
    private let signer: ObjectSigner

    package init(
        store: JobStore, jobs: JobRoutes, bodies: Bodies, engine: JobEngine, objects: any ObjectStore, signer: ObjectSigner
    ) {
        self.store = store
        self.jobs = jobs
        self.bodies = bodies
        self.engine = engine
        self.objects = objects
        self.signer = signer
    }

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.group("jobs/:id", context: SignedIn.self)
            .post(
                "upload-url",
                .init("Get an address to upload the input to", .signedIn([.jobsWrite]), body: .nothing).giving(
                    JobShapes.address("upload_url")
                ).ofJob.refusing(.refused, "not_a_transform", "job_not_pending", "upload_url_exists"),
                use: uploadURL
            )
            .post(
                "mark-uploaded",
                .init("Start a job whose input was uploaded", .signedIn([.jobsWrite])).taking(.object(["object_key": .string]))
                    .giving(JobShapes.job).ofJob.conditional.refusing(
                        .refused, "not_a_transform", "invalid_object_key", "nothing_uploaded", "job_not_pending"),
                use: markUploaded
            )
            .post(
                "download-url",
                .init("Get an address to download the result from", .signedIn([.jobsWrite]), body: .nothing).giving(
                    JobShapes.address("download_url")
                ).ofJob.refusing(.refused, "not_a_transform", "job_not_completed", "no_output"),
                use: downloadURL)
    }

    /// One URL at a time: a second is given only when the first has expired.
    @Sendable func uploadURL(_ request: Request, _ context: SignedIn) async throws -> Response {
        let (job, key) = try await store.change(try context.parameters.require("id"), by: context.caller, event: nil) { job, _ in
            try Self.mustBeTransform(job)
            guard job.state == .pending else {
                throw Failure(
                    .refused, "job_not_pending",
                    "This job is not in the PENDING state any more; it is \(job.state.rawValue.uppercased()).")
            }
            let now = Moment.now
            if let until = job.spec["upload_until"]?.intValue, Moment(rawValue: until) > now {
                throw Failure(
                    .refused, "upload_url_exists",
                    "This job already has an upload URL, valid until \(Moment(rawValue: until)); use it, or ask again after that."
                )
            }
            guard let key = try job.uploadKey else { throw Failure(.refused, "not_a_transform", "This job takes no upload.") }
            job.spec = job.spec.setting("upload_until", .int(now.adding(seconds: Double(ObjectSigner.lifeSeconds)).rawValue))
            job.updatedAt = now
            return key
        }
        return Answer.json([
            "upload_url": .string(signer.url("PUT", key.text, request)), "object_key": .string(key.text), "method": "PUT",
            "expires_in": .int(Int64(ObjectSigner.lifeSeconds)), "job_id": .string(job.id.rawValue),
        ])
    }

    @Sendable func markUploaded(_ request: Request, _ context: SignedIn) async throws -> Response {
        let wanted = try await bodies.fields(request, known: ["object_key"]).text("object_key", limit: ObjectKey.Limits.keyBytes)
        let (job, _) = try await store.change(
            try context.parameters.require("id"), by: context.caller, IfMatch(request), event: "job.queued"
        ) { [objects] job, db in
            try Self.mustBeTransform(job)
            guard job.state == .pending else {
                throw Failure(
                    .refused, "job_not_pending",
                    "This job is not in the PENDING state any more; it is \(job.state.rawValue.uppercased()).")
            }
            guard let key = try job.uploadKey, key.text == wanted, job.spec["upload_until"] != nil else {
                throw Failure(
                    .refused, "invalid_object_key",
                    "object_key is not the key of this job's upload URL; it is the part behind the bucket's name.")
            }
            guard let object = try objects.find(key, db) else {
                throw Failure(
                    .refused, "nothing_uploaded",
                    "Nothing has been uploaded to object_key yet; PUT the file to the upload URL first.")
            }
            try job.enqueue(input: key.text, at: .now)
            // What the client said stands; where it said nothing, the truth does.
            if job.originalSizeBytes == nil { job.originalSizeBytes = object.sizeBytes }
            job.spec = job.spec.setting("input_bytes", .int(object.sizeBytes))
        }
        engine.wake()
        return try await jobs.respond(job, request, context)
    }

    @Sendable func downloadURL(_ request: Request, _ context: SignedIn) async throws -> Response {
        let job = try await store.find(try context.parameters.require("id"), for: context.caller)
        guard job.state == .completed || job.state == .partial else {
            throw Failure(
                .refused, "job_not_completed",
                "This job is not in the COMPLETED state; it is \(JobAnswer.status(job, .standard)).")
        }
        guard let key = job.outputKey else {
            throw Failure(.refused, "no_output", "This job has no output file.")
        }
        return Answer.json([
            "download_url": .string(signer.url("GET", key, request)), "object_key": .string(key), "method": "GET",
            "expires_in": .int(Int64(ObjectSigner.lifeSeconds)),
        ])
    }

    private static func mustBeTransform(_ job: Job) throws {
        guard job.kind == TransformJob.kind.name else {
            throw Failure(.refused, "not_a_transform", "This job takes no upload; it is of the kind \(job.kind).")
        }
    }
}

extension JSON {
    fileprivate func setting(_ key: String, _ value: JSON) -> JSON {
        guard case .object(var members) = self else { return self }
        members[key] = value
        return .object(members)
    }
}
