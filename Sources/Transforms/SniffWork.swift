import Core
import Foundation
import Tabular
package import Workers

/// What a worker does with a sniff order: tells how a file would be read.
package enum SniffWork {
    package static let kind = "sniff"
    /// Rows that are shown, and bytes of a cell.
    private static let rows = 10
    private static let cellBytes = 300
    private static let columns = 200

    /// Blocks until the work is done.
    package static func run(_ order: WorkOrder, report: @escaping @Sendable (WorkReport) -> Void) {
        do {
            guard let input = order.input else { throw Failure(.invalid, "invalid_order", "The work order is incomplete.") }
            let fileName = order.spec["file_name"]?.stringValue ?? ""
            let options = try ReadOptions(order.spec["input_options"] ?? .null)
            let preview = try Transformation(
                input: input, inputFormat: Format.of(packedName: fileName), output: "", outputFormat: .jsonl, rejects: "",
                recipe: Recipe(steps: []), threads: 1, reading: options, inputName: fileName
            ).preview(rows: rows, folder: order.staging, isPart: order.spec["is_part"] == .bool(true), shown: columns)
            report(.finished(result: TransformWork.preview(preview, columns: columns, cellBytes: cellBytes), isPartial: false))
        } catch let failure as TabularFailure {
            report(.failed(code: failure.code, message: failure.message))
        } catch let option as InvalidStep {
            report(.failed(code: "invalid_input_options", message: "\(option.field): \(option.message)"))
        } catch let failure as Failure {
            report(.failed(code: failure.code, message: failure.message))
        } catch {
            report(.failed(code: "internal_error", message: "The worker met an error that it can not explain."))
        }
    }
}
