import Core
import Foundation
import HTTPTypes
import Hummingbird
import Jobs
package import NIOPosix
package import Storage
package import Web
package import Workers

/// Tells how a file would be read, before it is sent as a whole.
package struct SniffRoutes: Sendable {
    private let look: WorkerLook
    private let objects: any ObjectStore
    private let staging: String
    private let threads: NIOThreadPool
    private let places = LookPlaces(most: 2, waiting: 16)

    /// Bytes of a file that are looked at: the first are enough to guess by.
    package static let limitBytes: Int64 = 4 << 20
    private static let known = ["file_name", "input_options", "is_part"]

    package init(worker: WorkerProgram, objects: any ObjectStore, staging: String, threads: NIOThreadPool) {
        var limits = WorkerLimits.standard
        limits.addressSpaceBytes = 2 << 30
        limits.cpuSeconds = 10
        limits.outputBytes = 256 << 20
        limits.heartbeatSeconds = nil
        limits.wallSeconds = 10
        look = WorkerLook(worker, limits: limits, threads: threads)
        self.objects = objects
        self.staging = staging
        self.threads = threads
    }

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.group("transform", context: SignedIn.self)
            .post(
                "sniff",
                .init("Tell how a table would be read", .signedIn([.jobsWrite]), body: .file).asking(
                    .init("file_name", "Its ending is evidence of what is in the file."),
                    .init("input_options", "How it is to be read, in JSON."),
                    .init("is_part", .choice(["true", "false"]), "Whether only the first bytes of the file are sent.")
                ).giving(.map, "What would be guessed, and the first rows.").refusing(
                    .invalid, ["unknown_field", "invalid_body"] + TransformJob.failures
                ).refusing(.tooLarge, "upload_too_large"), use: sniff)
    }

    /// The body is the file, or its first bytes with `is_part=true`; `file_name` and `input_options` (JSON) stand in the query.
    @Sendable func sniff(_ request: Request, _ context: SignedIn) async throws -> Response {
        let query = Form(query: request)
        if let unknown = query.names.first(where: { !Self.known.contains($0) }) {
            throw Failure(
                .invalid, "unknown_field",
                "There is no field \"\(unknown.clipped(bytes: 80))\"; known are \(Self.known.joined(separator: ", ")).")
        }
        guard ["true", "false", nil].contains(query["is_part"]) else {
            throw Failure(.invalid, "invalid_is_part", "is_part is true or false.")
        }
        guard request.headers[.contentType]?.lowercased().hasPrefix("multipart/") != true else {
            throw Failure(.invalid, "invalid_body", "Send the file itself as the body, and the options in the query.")
        }
        let name = query["file_name"] ?? ""
        guard name.utf8.count <= 255 else { throw Failure(.invalid, "invalid_file_name", "file_name has more than 255 bytes.") }
        let options = try query["input_options"].map { text in
            guard text.utf8.count <= Job.Limits.specBytes, let options = try? JSON(parsing: text) else {
                throw Failure(.invalid, "invalid_input_options", "input_options is not valid JSON.")
            }
            return options
        }
        try TransformJob.check(reading: options ?? .null)
        return try await places.take {
            var body = request.body.makeAsyncIterator()
            let staged = try await objects.stage(contentType: nil, limitBytes: Self.limitBytes) { try await body.next() }
            do {
                let answer = try await self.preview(
                    staged.path, name, options ?? .null, isPart: query["is_part"] == "true", context)
                await objects.discard(staged)
                return Answer.json(answer)
            } catch {
                await objects.discard(staged)
                throw error
            }
        }
    }

    private func preview(
        _ path: String, _ name: String, _ options: JSON, isPart: Bool, _ context: SignedIn
    ) async throws -> JSON {
        let folder = "\(staging)/sniff-\(UUID().uuidString.lowercased())"
        try await threads.runIfActive {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        let order = WorkOrder(
            kind: SniffWork.kind, input: path, staging: folder, threads: 1,
            spec: ["file_name": .string(name), "input_options": options, "is_part": .bool(isPart)],
            correlation: Correlation.current)
        let ended = try await look.run(order)
        _ = try? await threads.runIfActive { try FileManager.default.removeItem(atPath: folder) }
        switch ended.report {
        case .finished(let result, _)? where ended.exit?.reason == .code(0): return result
        case .failed(let code, let message, _)?: throw Failure(.invalid, code, message)
        case _:
            let words = ended.exit?.explanation
            throw Failure(.invalid, words?.code ?? "worker_lost", words?.message ?? "The file could not be looked at.")
        }
    }
}

/// Few look at a time, and few wait.
actor LookPlaces {
    private var free: Int
    private let waiting: Int
    private var queue: [CheckedContinuation<Void, Never>] = []

    init(most: Int, waiting: Int) {
        free = most
        self.waiting = waiting
    }

    /// - Throws: `Failure` `server_busy`.
    func take<Answer: Sendable>(_ body: @Sendable () async throws -> Answer) async throws -> Answer {
        if free > 0 {
            free -= 1
        } else {
            guard queue.count < waiting else {
                throw Failure(.unavailable, "server_busy", "Too many files are being looked at; try again in a moment.")
            }
            await withCheckedContinuation { queue.append($0) }
        }
        defer { giveBack() }
        return try await body()
    }

    private func giveBack() {
        if queue.isEmpty { free += 1 } else { queue.removeFirst().resume() }
    }
}
