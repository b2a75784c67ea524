import ArgumentParser
import CSandbox
import Collaboration
import Core
import Foundation
import Jobs
import Transforms

/// The other end of the pipe: takes one order, does it, ends.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "worker", shouldDisplay: false)

    func run() throws {
        // However the server ends, no worker outlives it.
        guard quern_die_with_parent(getppid()) == 0 else { return }
        guard let line = readLine(strippingNewline: true), !line.isEmpty,
            let order = try? JSONDecoder().decode(WorkOrder.self, from: Data(line.utf8))
        else { return }
        confine(order)
        watchForEnd()
        let report: @Sendable (WorkReport) -> Void = { Self.say(WorkMessage($0, of: order)) }
        switch order.kind {
        case "transform": TransformWork.run(order, report: report)
        case ScanWork.kind: ScanWork.run(order, report: report)
        default: report(.failed(code: "unknown_kind", message: "This worker does not know the kind \(order.kind)."))
        }
    }

    /// From here on: no network, no other program, and no file but those of the order. Before any other thread starts,
    /// because Landlock holds for the thread that asks and those that it starts.
    private func confine(_ order: WorkOrder) {
        let readable = [order.input].compactMap { $0 }
        withCStrings(readable) { read in
            withCStrings([order.staging]) { write in
                _ = quern_confine(read.baseAddress, read.count, write.baseAddress, write.count)
            }
        }
    }

    private func withCStrings(_ texts: [String], _ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> Void) {
        let copies = texts.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        copies.map { UnsafePointer($0) }.withUnsafeBufferPointer(body)
    }

    /// A cancel, or the end of the server, ends this process at once: what it made is thrown away anyway.
    private func watchForEnd() {
        Thread.detachNewThread {
            _ = readLine()
            _exit(75)
        }
    }

    private static func say(_ message: WorkMessage) {
        guard var line = try? message.line() else { return }
        line.append(UInt8(ascii: "\n"))
        line.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = write(STDOUT_FILENO, rest.baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                // Nobody listens any more.
                guard count > 0 else { _exit(74) }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }
}
