import CSandbox
import Dispatch
package import Foundation
import Glibc
import Synchronization

/// A child process that speaks in lines: orders go in, messages come out, one process for one order.
///
/// It runs in a process group of its own with default signal handlers and no descriptor but the three standard ones. Its
/// owner reads `messages` to the end, by one task, and calls `kill()` when it loses interest: a process that nobody
/// references any more is not stopped by that.
///
/// A reader thread per process starts it, reads it and buries it. Nothing that the process does makes memory grow here:
/// a consumer who is behind makes the reader stop reading, and a flood stops the process.
///
/// **Telling a memory limit from a crash.** A failed allocation ends a process like any trap does. It is called a memory
/// limit when the process says so in its last words (the Swift runtime, libstdc++ and Python do), or when its address
/// space or resident memory was last seen near the limit.
package final class WorkerProcess: Sendable {
    package enum Failure: Error, Equatable {
        /// posix_spawn(3) or what precedes it failed.
        case cannotStart(errno: Int32)
        /// The process has ended or closed its standard input.
        case gone
        /// It does not read its orders, and no more are kept for it.
        case inputFull
        case cannotLimit(errno: Int32)
    }

    /// Its process id, for the log. To end it, call `kill()`.
    package let id: Int32
    /// Lines as they come, finally `.exited`. An incomplete last line is dropped. For one consumer.
    package let messages: AsyncStream<WorkerMessage>

    private let inbox: WorkerInbox
    private let wake: Int32
    private let life: Mutex<Life>

    /// What the reader thread and callers share.
    private struct Life: ~Copyable {
        /// Write end of the process's standard input, -1 when closed.
        var input: Int32
        var unsent = Data()
        var isInputEnding = false
        /// Once set, the process id may belong to someone else.
        var isReaped = false
        var stop: WorkerExit.Stop?
        var limits: WorkerLimits?
        var limitedAt: SuspendingClock.Instant?
    }

    /// Starts `executable` (a path, not searched for) with exactly this environment.
    ///
    /// Blocks for as long as the kernel needs to start a program, a few milliseconds. The niceness is in force when this returns,
    /// not when the program begins: a program waits for its first line before it starts threads.
    /// - Throws: `Failure.cannotStart`.
    package static func start(
        executable: String, arguments: [String], environment: [String: String], niceness: Int32
    ) throws -> WorkerProcess {
        let answer = StartAnswer()
        // The thread that reads also spawns: the kernel sends a parent-death signal when the spawning thread ends, see
        // PR_SET_PDEATHSIG, and this one outlives the child unless the whole server ends.
        let thread = Thread {
            let spawned = Result<(WorkerProcess, WorkerPipes), any Error> {
                let pipes = try WorkerPipes()
                do {
                    let id = try pipes.spawn(executable, arguments, environment)
                    // Before it has threads, since a niceness set from outside reaches only the ones that exist.
                    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(id), niceness)
                    _ = quern_limit(id, QUERN_CORE_BYTES, 0, 0)
                    return (WorkerProcess(id: id, pipes: pipes), pipes)
                } catch {
                    pipes.closeAll()
                    throw error
                }
            }
            answer.give(spawned.map(\.0))
            if case .success(let (process, pipes)) = spawned {
                var reader = WorkerReader(process: process, pipes: pipes)
                reader.run()
            }
        }
        thread.stackSize = WorkerProcess.readerStackBytes
        thread.name = "worker reader"
        thread.start()
        return try answer.take()
    }

    private init(id: pid_t, pipes: WorkerPipes) {
        self.id = id
        let inbox = WorkerInbox(wake: pipes.wake)
        self.inbox = inbox
        wake = pipes.wake
        life = Mutex(Life(input: pipes.input))
        messages = AsyncStream {
            await inbox.take()
        } onCancel: {
            inbox.abandon()
        }
    }

    /// Sends one line and its newline. Never blocks: what the pipe does not take yet is kept and sent when it does.
    /// - Throws: `Failure.gone`, `Failure.inputFull`.
    package func send(_ line: Data) throws {
        try life.withLock { life in
            guard life.input >= 0, !life.isInputEnding else { throw Failure.gone }
            guard life.unsent.count + line.count < Self.unsentBytes else { throw Failure.inputFull }
            life.unsent.append(line)
            life.unsent.append(UInt8(ascii: "\n"))
            try Self.flush(&life)
            if !life.unsent.isEmpty { wakeReader() }
        }
    }

    /// Closes the process's standard input after what was sent.
    package func closeInput() {
        life.withLock { life in
            life.isInputEnding = true
            // A process that is gone has no input to close.
            try? Self.flush(&life)
        }
    }

    /// Puts limits on the process and starts its clocks. Call it before the order is sent.
    /// - Throws: `Failure.gone`, `Failure.cannotLimit`.
    package func limit(_ limits: WorkerLimits) throws {
        try life.withLock { life in
            guard !life.isReaped else { throw Failure.gone }
            try set(QUERN_ADDRESS_SPACE, limits.addressSpaceBytes)
            try set(QUERN_FILE_BYTES, limits.outputBytes)
            try set(QUERN_OPEN_FILES, limits.openFiles)
            // The soft limit sends SIGXCPU, which tells what happened; the hard one is for a process that ignores it.
            try set(QUERN_CPU_SECONDS, limits.cpuSeconds, hard: limits.cpuSeconds + Self.cpuGraceSeconds)
            life.limits = limits
            life.limitedAt = .now
            wakeReader()
        }
    }

    private func set(_ resource: quern_resource, _ soft: UInt64, hard: UInt64? = nil) throws {
        let result = quern_limit(id, resource, soft, hard ?? soft)
        guard result == 0 else { throw result == -ESRCH ? Failure.gone : Failure.cannotLimit(errno: -result) }
    }

    /// Whether it lives. A no is final; a yes may be old by the time it is read.
    package var isRunning: Bool {
        // Under the lock, because the id belongs to us only until the process is reaped.
        life.withLock { !$0.isReaped && !hasEnded() }
    }

    /// Ends the process and everything it has started, at once. Later calls do nothing.
    package func kill() {
        stop(.asked)
    }

    func stop(_ reason: WorkerExit.Stop) {
        life.withLock { life in
            // Reaping happens under the same lock, so the id can not have passed to another process.
            guard !life.isReaped else { return }
            if life.stop == nil { life.stop = reason }
            killGroup()
        }
    }

    private func killGroup() {
        Glibc.kill(-id, SIGKILL)
        Glibc.kill(id, SIGKILL)
    }

    /// Call with `life` locked: the reader closes the descriptor only after it has reaped.
    private func wakeReader() {
        WorkerInbox.signal(wake)
    }

    /// Writes as much as the pipe takes, and closes it when asked to.
    private static func flush(_ life: inout Life) throws {
        guard life.input >= 0 else { return }
        while !life.unsent.isEmpty {
            let input = life.input
            let written = life.unsent.withUnsafeBytes { bytes in
                BrokenPipe.silenced { write(input, bytes.baseAddress, bytes.count) }
            }
            if written >= 0 {
                life.unsent = life.unsent.dropFirst(written)
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                closeInput(&life)
                throw Failure.gone
            }
        }
        life.unsent = Data()
        if life.isInputEnding { closeInput(&life) }
    }

    private static func closeInput(_ life: inout Life) {
        if life.input >= 0 { close(life.input) }
        life.input = -1
        life.unsent = Data()
    }
}

// MARK: - Limits

extension WorkerProcess {
    /// The longest line. A message names files and counts rows; it never carries a file.
    static let lineBytes = 1 << 20
    /// A process that says more than this in a second, on either stream, is broken.
    static let bytesPerSecond = 16 << 20
    static let linesPerSecond = 50_000
    /// Lines that wait for the consumer before the reader stops reading.
    static let waitingLines = 512
    static let waitingBytes = 4 << 20
    /// The longest sequence of orders that waits for the process to read it.
    static let unsentBytes = 16 << 20
    /// Enough for the message of a trap with the beginning of its stack.
    static let lastWordsBytes = 4 << 10
    /// What is still read after the end: the largest pipe that Linux gives to a user.
    static let farewellBytes = 1 << 20
    static let readBytes = 64 << 10
    static let readerStackBytes = 512 << 10
    /// From the end of the message pipe to the end of the process.
    static let lingerSeconds = 1.0
    /// From SIGXCPU to SIGKILL.
    static let cpuGraceSeconds: UInt64 = 2
    /// How often a limited process is asked for its size: a process that grows into its limit does so in some tenths of a second.
    static let sampleSeconds = 0.05
    /// How often a kernel without pidfd is asked whether the process has ended.
    static let lookSeconds = 0.05
    /// An address space or memory this near to the limit makes a crash a matter of memory. The last allocation, the one
    /// that failed, is missing in both numbers.
    static let nearMemoryLimit = 0.75
}

/// What the reader thread does to the process it reads.
extension WorkerProcess {
    func hasRoom() -> Bool { inbox.hasRoom() }

    func deliver(_ messages: [WorkerMessage]) { inbox.put(messages) }

    func limitsInForce() -> (WorkerLimits, SuspendingClock.Instant)? {
        life.withLock { life in
            guard let limits = life.limits, let since = life.limitedAt else { return nil }
            return (limits, since)
        }
    }

    /// The input, when something waits to be written there, otherwise -1.
    func unsentInput() -> Int32 {
        life.withLock { $0.unsent.isEmpty ? -1 : $0.input }
    }

    func flushInput() {
        // Whoever sends next is told that the process is gone.
        life.withLock { try? Self.flush(&$0) }
    }

    /// Whether it is a zombie, without reaping it.
    func hasEnded() -> Bool {
        var info = siginfo_t()
        guard waitid(P_PID, id_t(id), &info, WEXITED | WNOHANG | WNOWAIT) == 0 else { return errno == ECHILD }
        return info.si_signo == SIGCHLD
    }

    /// Reaps the process and says so, as the last message.
    func bury(words: String, mentionsMemory: Bool, peaks: MemoryPeaks) {
        var status: Int32 = 0
        var usage = rusage()
        let (stop, limits) = life.withLock { life in
            // The zombie still holds the number of the group: what the process has left behind goes first.
            killGroup()
            while wait4(id, &status, 0, &usage) < 0, errno == EINTR {}
            life.isReaped = true
            Self.closeInput(&life)
            return (life.stop, life.limits)
        }
        // Of a status, see wait(2): the low seven bits are the signal, the second byte is the code.
        let signal = status & 0x7f
        let reason = signal == 0 ? WorkerExit.Reason.code((status >> 8) & 0xff) : .signal(signal)
        let cpuSeconds = usage.ru_utime.seconds + usage.ru_stime.seconds
        // ru_maxrss begins with the size of the process that started this one: it tells something when it is larger than that.
        let largest = UInt64(max(usage.ru_maxrss, 0)) << 10
        let residentBytes = largest > MemoryPeaks(of: getpid()).residentBytes ? largest : peaks.residentBytes
        let peakBytes = max(residentBytes, peaks.addressSpaceBytes)
        let exit = WorkerExit(
            reason: reason, stop: reason == .signal(SIGKILL) ? stop : nil,
            exceeded: limits.flatMap {
                Self.exceeded(
                    $0, reason, hasStop: stop != nil, cpuSeconds: cpuSeconds, peakBytes: peakBytes, mentionsMemory: mentionsMemory
                )
            },
            cpuSeconds: cpuSeconds, peakMemoryBytes: Int64(clamping: residentBytes), lastWords: words)
        inbox.readerLeaves()
        inbox.put([.exited(exit)], isLast: true)
    }

    private static func exceeded(
        _ limits: WorkerLimits, _ reason: WorkerExit.Reason, hasStop: Bool, cpuSeconds: Double, peakBytes: UInt64,
        mentionsMemory: Bool
    ) -> WorkerExit.Exceeded? {
        let isNearMemory = Double(peakBytes) >= Double(limits.addressSpaceBytes) * nearMemoryLimit
        switch reason {
        case .signal(SIGXFSZ): return .output
        case .signal(SIGXCPU): return .cpu
        case .signal(SIGKILL) where hasStop: return nil
        case .signal(SIGKILL) where cpuSeconds >= Double(limits.cpuSeconds): return .cpu
        case .signal(SIGKILL), .signal(SIGILL), .signal(SIGTRAP), .signal(SIGABRT), .signal(SIGSEGV), .signal(SIGBUS):
            return isNearMemory || mentionsMemory ? .memory : nil
        case .signal, .code(0): return nil
        case .code: return mentionsMemory ? .memory : nil
        }
    }
}
