import Foundation
package import NIOPosix

/// Has a worker process do one small thing outside the queue, while somebody waits for it: whoever made the file may have made it for
/// whoever looks.
package struct WorkerLook: Sendable {
    private let program: WorkerProgram
    private let limits: WorkerLimits
    private let threads: NIOThreadPool

    /// Looks yield to the server, which has to stay quick.
    private static let niceness: Int32 = 10

    package init(_ program: WorkerProgram, limits: WorkerLimits, threads: NIOThreadPool) {
        self.program = program
        self.limits = limits
        self.threads = threads
    }

    /// The last report of the worker, and how it ended. When the task is cancelled, the worker is killed.
    package func run(_ order: WorkOrder) async throws -> (report: WorkReport?, exit: WorkerExit?) {
        let line = try JSONEncoder().encode(order)
        // Starting a program blocks for a moment. A worker gets no secrets: its environment is empty.
        let worker = try await threads.runIfActive { [program] in
            try WorkerProcess.start(
                executable: program.executable, arguments: program.arguments, environment: ["LANG": "C.UTF-8"],
                niceness: Self.niceness)
        }
        var (report, exit): (WorkReport?, WorkerExit?) = (nil, nil)
        do {
            try worker.limit(limits)
            try worker.send(line)
        } catch {
            // Its end tells why.
            worker.kill()
        }
        await withTaskCancellationHandler {
            for await message in worker.messages {
                switch message {
                case .line(let line):
                    do {
                        report = try WorkMessage(line: line).report
                    } catch {
                        // Its end tells that there is no result.
                        worker.kill()
                    }
                case .flooded: break
                case .exited(let ended): exit = ended
                }
            }
        } onCancel: {
            worker.kill()
        }
        return (report, exit)
    }
}
