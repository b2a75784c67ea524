import Core
import Foundation
package import Logging
package import NIOPosix
import Scanning
package import Workers

/// Has a worker process look into a document: whoever made the file may have made it for whoever looks.
package struct ContentCheck: Sendable {
    private let look: WorkerLook
    private let logger: Logger

    package init(worker: WorkerProgram, limits: WorkerLimits, threads: NIOThreadPool, logger: Logger) {
        look = WorkerLook(worker, limits: limits, threads: threads)
        self.logger = logger
    }

    /// What one look may use. The document is held in memory, once as a file and once as bytes. Most of the space is only reserved:
    /// each thread of a process takes 8 MiB for its stack and up to 128 MiB for what it allocates, and who can not start a
    /// thread waits a second and tries again.
    package static func limits(documentBytes: Int64) -> WorkerLimits {
        WorkerLimits(
            addressSpaceBytes: 1 << 30 + 2 * UInt64(documentBytes), cpuSeconds: 20, outputBytes: 0, openFiles: 64,
            heartbeatSeconds: nil, wallSeconds: 20)
    }

    func check(_ document: Document, path: String, scope: BuiltInScan.Scope) async throws -> Scan.Outcome {
        let order = WorkOrder(
            kind: ScanWork.kind, input: path,
            // It makes no files.
            staging: "", threads: 1,
            spec: [
                "content_type": .optional(document.contentType), "file_name": .string(document.fileName),
                "scope": .string(scope.rawValue),
            ])
        let (report, exit) = try await look.run(order)
        if case .finished(let result, _) = report, exit?.reason == .code(0), let outcome = ScanWork.outcome(result) {
            return outcome
        }
        let words = exit?.explanation
        logger.warning(
            "scan_worker", metadata: ["document_id": "\(document.id)", "code": "\(words?.code ?? "worker_lost")"])
        return .failed("the file could not be checked: \(words?.message ?? "The worker was lost.")")
    }
}
