import Core
import Foundation
import Storage
import Synchronization
import Textual
package import Workers

/// What a worker does with an order of documents.
package enum ExtractWork {
    /// Blocks until all are read, or until one of them takes too long; then the process ends, and another one does the rest.
    package static func run(_ order: WorkOrder, report: @escaping @Sendable (WorkReport) -> Void) {
        let watchdog = Watchdog(report)
        watchdog.watch()
        let options = ExtractOptions(stored: order.spec)
        for unit in order.units {
            watchdog.begin(unit.number, name(of: unit))
            do {
                let made = try read(unit, options, staging: order.staging)
                watchdog.finish(made)
            } catch let failure as TextualFailure {
                let category: FailureCategory = failure.category == .permanent ? .permanent : .requiresConfig
                watchdog.fail(failure.code, failure.message, category)
            } catch let failure as Failure {
                watchdog.fail(failure.code, failure.message, failure.code == "input_gone" ? .permanent : .recoverable)
            } catch {
                watchdog.fail("internal_error", "The worker met an error that it can not explain.", .recoverable)
            }
        }
    }

    /// What was made of a file.
    fileprivate struct Made: Sendable {
        let artifacts: [WorkReport.MadeArtifact]
        let result: JSON
        let isPartial: Bool
    }

    private static func read(_ unit: WorkOrder.Unit, _ options: ExtractOptions, staging: String) throws -> Made {
        guard let path = unit.file else {
            throw Failure(.missing, "input_gone", "The file is not in the store any more; make a new job with it.")
        }
        let name = name(of: unit)
        let clock = ContinuousClock()
        let start = clock.now
        let extraction = try Extraction(try bytes(of: path), fileName: name, chunks: options.chunks)
        let read = clock.now
        var artifacts = [try write(extraction, options.format, "output", name, unit, staging)]
        // What the viewer and the search read is there whatever was asked for.
        if options.format != .json { artifacts.append(try write(extraction, .json, "document", name, unit, staging)) }
        if options.format != .jsonl { artifacts.append(try write(extraction, .jsonl, "chunks", name, unit, staging)) }
        let document = extraction.document
        var result: [String: JSON] = [
            "id": .string(extraction.id), "format": .string(document.format.rawValue),
            "blocks": .int(Int64(document.blocks.count)),
            "tables": .int(Int64(document.blocks.count { $0.table != nil })), "chunks": .int(Int64(extraction.chunks.count)),
            "words": .int(Int64(extraction.chunks.reduce(0) { $0 + $1.words })),
            "text_bytes": .int(Int64(extraction.stored.bytes.count)), "receipt": document.receipt.json(unread: Limits.unread),
            "timings_ms": ["extract": milliseconds(read - start), "output": milliseconds(clock.now - read)],
        ]
        if let pages = document.pageCount { result["pages"] = .int(Int64(pages)) }
        if let title = document.metadata.first(where: { $0.name == "title" })?.value, !title.isEmpty {
            result["title"] = .string(title.clipped(bytes: Limits.titleBytes))
        }
        return Made(artifacts: artifacts, result: .object(result), isPartial: document.receipt.isIncomplete)
    }

    /// The key is `input/<job>/<number>.<name>`.
    private static func name(of unit: WorkOrder.Unit) -> String {
        String(unit.key.split(separator: "/").last?.drop { $0 != "." }.dropFirst() ?? "file")
    }

    private enum Limits {
        static let titleBytes = 300
        /// Files inside of the file that were not read, and are named; the document names more.
        static let unread = 2
        /// Of one file; far more than any that is honest takes.
        static let seconds = 600.0
        /// Between two signs of life.
        static let pulse = 1.0
    }

    private static func milliseconds(_ duration: Duration) -> JSON { .int(Int64(duration / .milliseconds(1))) }

    private static func bytes(of path: String) throws -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0, case .file(let sizeBytes) = PathStatus(path) else {
            throw Failure(.unavailable, "input_unreadable", "The file can not be read.")
        }
        defer { close(file) }
        // The reader says what is too large, and need not be given more than that.
        let wanted = min(Int(sizeBytes), TextualLimits().fileBytes + 1)
        return try [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            while count < wanted {
                let got = Foundation.read(file, buffer.baseAddress?.advanced(by: count), wanted - count)
                if got < 0, errno == EINTR { continue }
                guard got >= 0 else { throw Failure(.unavailable, "input_unreadable", "The file can not be read.") }
                if got == 0 { break }
                count += got
            }
        }
    }

    private static func write(
        _ extraction: Extraction, _ format: ExtractionFormat, _ role: String, _ name: String, _ unit: WorkOrder.Unit,
        _ staging: String
    ) throws -> WorkReport.MadeArtifact {
        let bytes = extraction.bytes(format)
        let file = "\(unit.number).\(role)"
        let path = "\(staging)/\(file)"
        let writer = try FileWriter(path: path)
        try bytes.withUnsafeBytes { try writer.write($0) }
        let sha256 = try writer.finish()
        let ending = role == "chunks" ? "chunks.jsonl" : format.rawValue
        return .init(
            file: file, name: "\(name).\(ending)", role: role, sizeBytes: Int64(bytes.count),
            sha256: sha256, contentType: format.mediaType)
    }

    /// Says once a second that the worker is alive, and ends the process when one file takes too long. Both and every report hold the same
    /// lock, so that nothing is said of a file that has ended.
    private final class Watchdog: Sendable {
        private struct State {
            /// What people call it.
            var name: String?
            var begun = ContinuousClock.now
        }

        private let state = Mutex(State())
        private let report: @Sendable (WorkReport) -> Void

        init(_ report: @escaping @Sendable (WorkReport) -> Void) {
            self.report = report
        }

        func watch() {
            Thread.detachNewThread { [self] in
                while true {
                    usleep(UInt32(Limits.pulse * 1_000_000))
                    state.withLock { state in
                        guard let name = state.name else { return }
                        let seconds = (ContinuousClock.now - state.begun) / .seconds(1)
                        guard seconds < Limits.seconds else {
                            report(
                                .failed(
                                    code: "time_limit", message: "The file took longer than \(Int(Limits.seconds)) seconds.",
                                    category: .requiresConfig))
                            _exit(0)
                        }
                        report(
                            .progress(.init(fraction: 0, done: 0, total: 1, unit: "files", rate: 0, message: name)))
                    }
                }
            }
        }

        func begin(_ number: Int, _ name: String) {
            state.withLock { state in
                state = State(name: name)
                report(.unit(number: number))
            }
        }

        func finish(_ made: Made) {
            end {
                for artifact in made.artifacts { report(.artifact(artifact)) }
                report(.finished(result: made.result, isPartial: made.isPartial))
            }
        }

        func fail(_ code: String, _ message: String, _ category: FailureCategory) {
            end { report(.failed(code: code, message: message, category: category)) }
        }

        private func end(_ say: () -> Void) {
            state.withLock { state in
                say()
                state.name = nil
            }
        }
    }
}
