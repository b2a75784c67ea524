package import Foundation
import Glibc

/// What one order may use. The kernel enforces the first four, `WorkerProcess` the last two.
package struct WorkerLimits: Sendable, Codable, Equatable {
    /// Address space, RLIMIT_AS: memory that is reserved counts, whether touched or not.
    package var addressSpaceBytes: UInt64
    /// CPU time since the process started, of all its threads, RLIMIT_CPU.
    package var cpuSeconds: UInt64
    /// Size of the largest file it may write, RLIMIT_FSIZE.
    package var outputBytes: UInt64
    /// RLIMIT_NOFILE.
    package var openFiles: UInt64
    /// Longest silence on the message pipe, from `limit(_:)` on. Nil: silence is fine.
    package var heartbeatSeconds: Double?
    /// Longest time from `limit(_:)` to the end of the process. Nil: no deadline.
    package var wallSeconds: Double?

    package init(
        addressSpaceBytes: UInt64, cpuSeconds: UInt64, outputBytes: UInt64, openFiles: UInt64,
        heartbeatSeconds: Double?, wallSeconds: Double?
    ) {
        self.addressSpaceBytes = addressSpaceBytes
        self.cpuSeconds = cpuSeconds
        self.outputBytes = outputBytes
        self.openFiles = openFiles
        self.heartbeatSeconds = heartbeatSeconds
        self.wallSeconds = wallSeconds
    }

    /// Room for the largest job that the product promises, and an end to everything that has gone wrong.
    package static let standard = WorkerLimits(
        addressSpaceBytes: 2 << 30, cpuSeconds: 24 * 3600, outputBytes: 200 << 30, openFiles: 256,
        heartbeatSeconds: 30, wallSeconds: nil)
}

/// What a worker said, or what became of it.
package enum WorkerMessage: Sendable, Equatable {
    /// One line, without its newline.
    case line(Data)
    /// It said more than anyone could read and was stopped for it; no line follows.
    case flooded
    /// Exactly once, and last.
    case exited(WorkerExit)
}

/// How a worker ended.
package struct WorkerExit: Sendable, Equatable {
    package enum Reason: Sendable, Equatable {
        case code(Int32)
        case signal(Int32)
    }

    /// Why the supervisor stopped it.
    package enum Stop: Sendable, Equatable {
        /// `kill()` was called.
        case asked
        case flooded
        /// No line within `WorkerLimits.heartbeatSeconds`.
        case silent
        /// `WorkerLimits.wallSeconds` were over.
        case overtime
        /// It closed its message pipe and lived on.
        case lingered
    }

    /// The limit that it ran into. For memory this is a conclusion and can be wrong: see `WorkerProcess`.
    package enum Exceeded: Sendable, Equatable {
        case memory, cpu, output
    }

    package var reason: Reason
    package var stop: Stop?
    package var exceeded: Exceeded?
    /// User and system time of all its threads.
    package var cpuSeconds: Double
    /// Largest resident size that was seen; 0 when the process was gone before anybody looked.
    package var peakMemoryBytes: Int64
    /// What it wrote to standard error last, such as the message of a trap. For the log, not for a person.
    package var lastWords: String

    package init(
        reason: Reason, stop: Stop? = nil, exceeded: Exceeded? = nil, cpuSeconds: Double = 0, peakMemoryBytes: Int64 = 0,
        lastWords: String = ""
    ) {
        self.reason = reason
        self.stop = stop
        self.exceeded = exceeded
        self.cpuSeconds = cpuSeconds
        self.peakMemoryBytes = peakMemoryBytes
        self.lastWords = lastWords
    }

    /// A stable code and one sentence, for an attempt that ended without a result.
    package var explanation: (code: String, message: String) {
        switch (exceeded, stop, reason) {
        case (.memory, _, _): ("memory_limit", "The work needed more memory than one order may use.")
        case (.cpu, _, _): ("cpu_limit", "The work took more processor time than one order may use.")
        case (.output, _, _): ("output_limit", "The work wrote a larger file than one order may write.")
        case (nil, .asked, _): ("worker_killed", "The worker was stopped.")
        case (nil, .flooded, _): ("worker_flooded", "The worker sent more messages than can be read and was stopped.")
        case (nil, .silent, _): ("worker_silent", "The worker gave no sign of life for too long and was stopped.")
        case (nil, .overtime, _): ("time_limit", "The work took longer than one order may take.")
        case (nil, .lingered, _): ("worker_silent", "The worker stopped reporting without ending and was stopped.")
        case (nil, nil, .signal(SIGKILL)):
            ("worker_killed", "The worker was stopped by the system, most likely because memory ran out.")
        case (nil, nil, .signal(let number)): ("worker_crashed", "The worker crashed (\(Self.name(ofSignal: number))).")
        case (nil, nil, .code(let code)): ("worker_crashed", "The worker ended without a result (exit code \(code)).")
        }
    }

    private static func name(ofSignal number: Int32) -> String {
        switch number {
        case SIGILL: "SIGILL"
        case SIGTRAP: "SIGTRAP"
        case SIGABRT: "SIGABRT"
        case SIGBUS: "SIGBUS"
        case SIGFPE: "SIGFPE"
        case SIGSEGV: "SIGSEGV"
        case SIGSYS: "SIGSYS"
        case SIGTERM: "SIGTERM"
        default: "signal \(number)"
        }
    }
}
