package import Core
import Foundation
package import Jobs
import Storage
package import Tabular

/// What a worker does with a transform order.
package enum TransformWork {
    /// Blocks until the work is done; reports progress on the way, the artifacts and the end.
    package static func run(_ order: WorkOrder, report: @escaping @Sendable (WorkReport) -> Void) {
        do {
            try work(order, report)
        } catch let failure as TabularFailure {
            report(.failed(code: failure.code, message: failure.message))
        } catch let step as InvalidStep {
            report(.failed(code: "invalid_processing_steps", message: "\(step.field): \(step.message)"))
        } catch let failure as Failure {
            report(.failed(code: failure.code, message: failure.message))
        } catch {
            report(.failed(code: "internal_error", message: "The worker met an error that it can not explain."))
        }
    }

    private static func work(_ order: WorkOrder, _ report: @escaping @Sendable (WorkReport) -> Void) throws {
        guard let input = order.input, let name = order.spec["output_name"]?.stringValue,
            let format = order.spec["output_format"]?.stringValue.flatMap(Format.init)
        else { throw Failure(.invalid, "invalid_order", "The work order is incomplete.") }
        let fileName = order.spec["file_name"]?.stringValue ?? ""
        let recipe = try Recipe.parse(json: Data((order.spec["steps"] ?? []).bytes))
        let (output, rejects) = ("\(order.staging)/output", "\(order.staging)/rejects")
        let start = ContinuousClock.now
        let outcome = try Transformation(
            input: input, inputFormat: Format.of(fileName: fileName), output: output, outputFormat: format, rejects: rejects,
            recipe: recipe,
            threads: order.threads
        ).run { progress in report(.progress(Self.progress(progress, since: start))) }
        report(.artifact(try artifact(output, file: "output", name: name, role: "output", type: format.mediaType)))
        if outcome.rejectsBytes > 0 {
            let base = name.prefix(upTo: name.range(of: "_processed.", options: .backwards)?.lowerBound ?? name.endIndex)
            report(
                .artifact(try artifact(rejects, file: "rejects", name: "\(base)_rejected.csv", role: "rejects", type: "text/csv"))
            )
        }
        report(.finished(result: result(outcome), isPartial: outcome.ledger.rowsRejected > 0))
    }

    private static func artifact(
        _ path: String, file: String, name: String, role: String, type: String
    ) throws -> WorkReport.MadeArtifact {
        // FileManager would look for the names of owner and group, which a worker may not.
        guard let sizeBytes = FolderStore.plainFileBytes(path) else {
            throw Failure(.unavailable, "artifact_missing", "The result is gone.")
        }
        return .init(
            file: file, name: name, role: role, sizeBytes: sizeBytes, sha256: try FileHash.sha256(path: path),
            contentType: type)
    }

    private static func progress(_ progress: Tabular.Progress, since start: ContinuousClock.Instant) -> Jobs.Progress {
        let seconds = max((ContinuousClock.now - start) / .seconds(1), 0.001)
        return Jobs.Progress(
            fraction: min(max(progress.fraction, 0), 1), done: progress.bytesRead, total: progress.bytesTotal, unit: "bytes",
            rate: Double(progress.bytesRead) / seconds, message: progress.message, rows: progress.rowsRead)
    }

    /// Also what `quern transform --json` prints.
    package static func result(_ outcome: Outcome) -> JSON {
        [
            "ledger": [
                "rows_read": .int(outcome.ledger.rowsRead), "rows_written": .int(outcome.ledger.rowsWritten),
                "rows_filtered": .int(outcome.ledger.rowsFiltered), "rows_rejected": .int(outcome.ledger.rowsRejected),
            ],
            "columns": .array(
                outcome.columns.map { ["name": .string($0.name), "type": .string($0.type), "nullable": .bool($0.nullable)] }),
            "dialect": [
                "encoding": .string(outcome.dialect.encoding), "delimiter": .string(outcome.dialect.delimiter),
                "quote": .string(outcome.dialect.quote), "header": .bool(outcome.dialect.header),
            ],
            "output_bytes": .int(outcome.outputBytes),
            "formula_safe": ["output": .bool(outcome.isOutputFormulaSafe), "rejects": .bool(outcome.areRejectsFormulaSafe)],
        ]
    }
}
