import Assembly
import CSandbox
import Collaboration
import Core
import Extractions
import Foundation
import Jobs
import Leads
import Transforms
import Workers

/// The other end of the pipe: takes one order, does it, ends.
///
/// It is no command of ArgumentParser, because those begin with a task: the threads of the task's queues would be there before
/// the confinement, which holds for the thread that asks and those that it starts.
enum WorkerCommand {
    /// The verb, which no help shows.
    static let verb = "worker"

    static func run() {
        // However the server ends, no worker outlives it.
        guard quern_die_with_parent(getppid()) == 0 else { return }
        guard let line = readLine(strippingNewline: true), !line.isEmpty,
            let order = try? JSONDecoder().decode(WorkOrder.self, from: Data(line.utf8))
        else { return }
        // Open before the files are out of reach.
        let status = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
        // So are the authorities that vouch for sites.
        let roots = order.profile == .network ? (try? TrustRoots.certificates(file: DiscoverWork.certificates(order))) ?? [] : []
        // From here on: no network, no other program, and no file but those of the order.
        say(WorkMessage(.confined(Confinement.enter(order)), of: order))
        let report: @Sendable (WorkReport) -> Void = { report in
            switch report {
            case .confined, .unit, .progress, .artifact, .asked: say(WorkMessage(report, of: order))
            case .finished, .failed:
                let peak = MemoryPeaks(status: status).residentBytes
                say(WorkMessage(report, of: order, peakMemoryBytes: peak > 0 ? Int64(clamping: peak) : nil))
            }
        }
        let questions = WorkerQuestions(report: report)
        watchForEnd(questions)
        switch order.kind {
        case DiscoverWork.kind: DiscoverWork.run(order, roots: roots, questions, report: report)
        case "transform": TransformWork.run(order, report: report)
        case ExtractJob.kind.name: ExtractWork.run(order, report: report)
        case SniffWork.kind: SniffWork.run(order, report: report)
        case ScanWork.kind: ScanWork.run(order, report: report)
        case Confinement.kind: report(.finished(result: [:], isPartial: false))
        default: report(.failed(code: "unknown_kind", message: "This worker does not know the kind \(order.kind)."))
        }
    }

    /// A cancel, or the end of the server, ends this process at once: what it made is thrown away anyway. Lines before are answers.
    private static func watchForEnd(_ questions: WorkerQuestions) {
        Thread.detachNewThread {
            while let line = readLine(), let answer = try? JSONDecoder().decode(WorkAnswer.self, from: Data(line.utf8)) {
                questions.take(answer)
            }
            _exit(75)
        }
    }

    private static let voice = NSLock()

    private static func say(_ message: WorkMessage) {
        guard var line = try? message.line() else { return }
        line.append(UInt8(ascii: "\n"))
        // Several threads may speak; what is longer than the pipe goes out in pieces.
        voice.lock()
        defer { voice.unlock() }
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
