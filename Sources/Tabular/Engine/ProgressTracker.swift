import Foundation

/// Turns the bytes of several passes into one fraction that never goes back. Used by one thread.
final class ProgressTracker {
    private var report: ((Progress) -> Void)?
    private let bytesTotal: Int64
    private var fraction = 0.0
    private var base = 0.0
    private var last = Progress(bytesRead: 0, bytesTotal: 0, rowsRead: 0, rowsWritten: 0, message: "", fraction: 0)

    /// The share of a pass; the rest is for finishing.
    private static let reading = 0.98

    init(bytesTotal: Int64, report: @escaping (Progress) -> Void) {
        self.bytesTotal = bytesTotal
        self.report = report
        last.bytesTotal = bytesTotal
    }

    /// A further pass shares what the passes before it left.
    func beginPass(_ message: String) {
        base = fraction
        last.message = message
        last.bytesRead = 0
        last.rowsRead = 0
        last.rowsWritten = 0
        emit()
    }

    func advance(_ standing: Pass.State) {
        let done = bytesTotal > 0 ? Double(standing.bytesRead) / Double(bytesTotal) : 1
        // After a wrong guess another reading of everything follows this one.
        let share = standing.isScan ? 0.4 : 1
        fraction = max(fraction, min(ProgressTracker.reading, base + (ProgressTracker.reading - base) * done * share))
        last.bytesRead = standing.bytesRead
        last.rowsRead = standing.ledger.rowsRead
        last.rowsWritten = standing.isScan ? 0 : standing.ledger.rowsWritten
        emit()
    }

    /// Lets go of whom it reported to. Threads that are about to end may hold the tracker a little longer.
    func detach() { report = nil }

    func say(_ message: String) {
        last.message = message
        emit()
    }

    func end(_ ledger: Ledger) {
        fraction = 1
        last.bytesRead = bytesTotal
        last.rowsRead = ledger.rowsRead
        last.rowsWritten = ledger.rowsWritten
        last.message = "done"
        emit()
    }

    private func emit() {
        last.fraction = fraction
        report?(last)
    }
}

/// Does work that may take long on a thread of its own, while this one reports.
///
/// Unchecked: `outcome` is touched with the condition held only, and the work runs on one thread.
final class LongWork<Result>: @unchecked Sendable {
    private let condition = NSCondition()
    private let work: () throws -> Result
    private var outcome: Swift.Result<Result, any Error>?

    private init(_ work: @escaping () throws -> Result) { self.work = work }

    static func run(report: () -> Void, _ work: @escaping () throws -> Result) throws -> Result {
        try LongWork(work).wait(report)
    }

    private func wait(_ report: () -> Void) throws -> Result {
        Thread.detachNewThread {
            let result = Swift.Result { try self.work() }
            self.condition.lock()
            self.outcome = result
            self.condition.signal()
            self.condition.unlock()
        }
        condition.lock()
        while true {
            if let outcome {
                condition.unlock()
                return try outcome.get()
            }
            _ = condition.wait(until: Date(timeIntervalSinceNow: Tuning.reportSeconds))
            condition.unlock()
            report()
            condition.lock()
        }
    }
}
