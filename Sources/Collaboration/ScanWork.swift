import Core
import Foundation
import Scanning
package import Workers

/// What a worker does with a scan order, and how its result is read on the other side.
package enum ScanWork {
    package static let kind = "scan"

    /// Blocks until the work is done; reports the verdict.
    package static func run(_ order: WorkOrder, report: @escaping @Sendable (WorkReport) -> Void) {
        guard let input = order.input, let data = FileManager.default.contents(atPath: input),
            let scope = order.spec["scope"]?.stringValue.flatMap(BuiltInScan.Scope.init)
        else {
            report(.failed(code: "invalid_order", message: "The file can not be read."))
            return
        }
        let verdict = BuiltInScan.check(
            [UInt8](data), contentType: order.spec["content_type"]?.stringValue,
            fileName: order.spec["file_name"]?.stringValue ?? "", scope: scope)
        report(.finished(result: result(verdict), isPartial: false))
    }

    private static func result(_ verdict: Verdict) -> JSON {
        switch verdict {
        case .clean: ["verdict": "clean", "message": nil]
        case .infected(let name): ["verdict": "infected", "message": .string(name)]
        case .refused(let message): ["verdict": "refused", "message": .string(message)]
        }
    }

    /// Nil for what is no result of ours.
    static func outcome(_ result: JSON) -> Scan.Outcome? {
        let message = (result["message"]?.stringValue ?? "").clipped(bytes: Limits.messageBytes)
        return switch result["verdict"]?.stringValue {
        case "clean": .clean
        case "infected": .infected(message)
        case "refused": .refused(message)
        default: nil
        }
    }

    private enum Limits {
        /// A worker may be in the hands of the file that it reads.
        static let messageBytes = 500
    }
}
