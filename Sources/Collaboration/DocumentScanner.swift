package import Core
package import Logging
import Scanning
import ServiceLifecycle
package import Storage

/// Scans what was uploaded, before anybody can read it.
///
/// The queue is the documents that are `scanning`: it outlives the server. What a stop or a crash interrupts is scanned again.
package struct DocumentScanner: Service {
    private let store: DocumentStore
    private let objects: any ObjectStore
    private let content: ContentCheck
    /// Nil: the built-in check looks for the test file alone.
    private let clamd: ClamdClient?
    private let signals: [Signal]
    private let logger: Logger

    /// The queue is also looked at so often without a signal: for pauses that are over.
    private static let lookInterval = Duration.milliseconds(500)

    /// How many documents are scanned at the same time. Uploads are rare and small; more would only take from the jobs.
    package static let places = 2

    package init(
        store: DocumentStore, objects: any ObjectStore, content: ContentCheck, clamd: ClamdClient?, signals: [Signal],
        logger: Logger
    ) {
        self.store = store
        self.objects = objects
        self.content = content
        self.clamd = clamd
        self.signals = signals
        self.logger = logger
    }

    package func run() async throws {
        let again = try await store.recover()
        if again > 0 { logger.notice("scans_recovered", metadata: ["count": "\(again)"]) }
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                for signal in signals { group.addTask { await serve(signal) } }
                group.addTask {
                    while !Task.isCancelled {
                        for signal in signals { signal.send() }
                        // Cancelled at the end, which the loop sees.
                        try? await Task.sleep(for: Self.lookInterval)
                    }
                }
            }
        }
    }

    private func serve(_ signal: Signal) async {
        for await _ in signal.notifications {
            do {
                while !Task.isCancelled, let document = try await store.claim(), let scan = document.scan {
                    try await work(document, scan)
                }
            } catch {
                // Nothing was decided: at the next start at the latest the document is scanned again.
                logger.error("scan_not_stored", metadata: ["error": "\(error)"])
            }
        }
    }

    private func work(_ document: Document, _ scan: ID<Scan>) async throws {
        let outcome = await outcome(of: document)
        // The server stops: what came of it says nothing about the document.
        guard !Task.isCancelled else { return }
        let ended = try await store.finish(document.id, scan, outcome)
        logger.info(
            "document_scanned",
            metadata: [
                "document_id": "\(document.id)", "job_id": "\(document.job)", "state": "\(ended?.state.rawValue ?? "late")",
                "tries": "\(ended?.scanTries ?? 0)",
            ])
    }

    private func outcome(of document: Document) async -> Scan.Outcome {
        do {
            guard let (object, path) = try await store.object(of: document) else { return .failed("the file is not there") }
            if let clamd {
                let infected = try await clamd.scan(object, in: objects)
                guard infected == .clean else { return infected }
            }
            return try await content.check(document, path: path, scope: clamd == nil ? .everything : .contentOnly)
        } catch let failure as Failure {
            logger.warning("scan_failed", metadata: ["document_id": "\(document.id)", "code": "\(failure.code)"])
            return .failed(failure.message)
        } catch {
            logger.error("scan_failed", metadata: ["document_id": "\(document.id)", "error": "\(error)"])
            return .failed("the scan ended without a result")
        }
    }
}
