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
    /// Blocks for as long as the kernel needs to start a program, a few milliseconds.
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

    fileprivate func stop(_ reason: WorkerExit.Stop) {
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
        WorkerInbox.ring(wake)
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
    fileprivate static let lineBytes = 1 << 20
    /// A process that says more than this in a second, on either stream, is broken.
    fileprivate static let bytesPerSecond = 16 << 20
    fileprivate static let linesPerSecond = 50_000
    /// Lines that wait for the consumer before the reader stops reading.
    fileprivate static let waitingLines = 512
    fileprivate static let waitingBytes = 4 << 20
    /// The longest sequence of orders that waits for the process to read it.
    fileprivate static let unsentBytes = 16 << 20
    /// Enough for the message of a trap with the beginning of its stack.
    fileprivate static let lastWordsBytes = 4 << 10
    /// What is still read after the end: the largest pipe that Linux gives to a user.
    fileprivate static let farewellBytes = 1 << 20
    fileprivate static let readBytes = 64 << 10
    fileprivate static let readerStackBytes = 512 << 10
    /// From the end of the message pipe to the end of the process.
    fileprivate static let lingerSeconds = 1.0
    /// From SIGXCPU to SIGKILL.
    fileprivate static let cpuGraceSeconds: UInt64 = 2
    /// How often a limited process is asked for the size of its address space.
    fileprivate static let sampleSeconds = 0.25
    /// How often a kernel without pidfd is asked whether the process has ended.
    fileprivate static let lookSeconds = 0.05
    /// An address space or memory this near to the limit makes a crash a matter of memory. The last allocation, the one
    /// that failed, is missing in both numbers.
    fileprivate static let nearMemoryLimit = 0.75
}

// MARK: - Start

/// The descriptors of one process, as plain numbers: who closes which is said where it is done.
private struct WorkerPipes {
    var input: Int32 = -1, output: Int32 = -1, errors: Int32 = -1, wake: Int32 = -1
    private var childInput: Int32 = -1, childOutput: Int32 = -1, childErrors: Int32 = -1

    init() throws {
        do {
            (childInput, input) = try Self.pipe()
            (output, childOutput) = try Self.pipe()
            (errors, childErrors) = try Self.pipe()
            wake = quern_eventfd()
            guard wake >= 0 else { throw WorkerProcess.Failure.cannotStart(errno: -wake) }
            for end in [input, output, errors] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        } catch {
            closeAll()
            throw error
        }
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        let result = quern_pipe(&ends)
        guard result == 0 else { throw WorkerProcess.Failure.cannotStart(errno: -result) }
        return (ends[0], ends[1])
    }

    /// Starts the program and closes the child's ends here, so that its death is the end of file of ours.
    func spawn(_ executable: String, _ arguments: [String], _ environment: [String: String]) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        var all = sigset_t()
        var none = sigset_t()
        sigfillset(&all)
        sigemptyset(&none)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        let steps = [
            posix_spawn_file_actions_adddup2(&actions, childInput, STDIN_FILENO),
            posix_spawn_file_actions_adddup2(&actions, childOutput, STDOUT_FILENO),
            posix_spawn_file_actions_adddup2(&actions, childErrors, STDERR_FILENO),
            // Every descriptor of ours is closed on exec already; this is for those of libraries that forgot.
            quern_spawn_close_from(&actions, STDERR_FILENO + 1),
            posix_spawnattr_setflags(&attributes, Int16(flags)),
            posix_spawnattr_setpgroup(&attributes, 0),
            posix_spawnattr_setsigdefault(&attributes, &all),
            posix_spawnattr_setsigmask(&attributes, &none),
        ]
        if let failure = steps.first(where: { $0 != 0 }) { throw WorkerProcess.Failure.cannotStart(errno: failure) }

        var id: pid_t = -1
        let variables = environment.map { "\($0.key)=\($0.value)" }
        let result = Self.withCStrings([executable] + arguments) { arguments in
            Self.withCStrings(variables) { variables in
                posix_spawn(&id, executable, &actions, &attributes, arguments, variables)
            }
        }
        guard result == 0 else { throw WorkerProcess.Failure.cannotStart(errno: result) }
        for end in [childInput, childOutput, childErrors] { close(end) }
        return id
    }

    func closeAll() {
        for end in [input, output, errors, wake, childInput, childOutput, childErrors] where end >= 0 { close(end) }
    }

    private static func withCStrings<Answer>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Answer
    ) -> Answer {
        let copies = strings.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return body(copies + [nil])
    }
}

/// Hands the outcome of a start from the reader thread to the caller.
private final class StartAnswer: Sendable {
    private let answer = Mutex<Result<WorkerProcess, any Error>?>(nil)
    private let given = DispatchSemaphore(value: 0)

    func give(_ result: Result<WorkerProcess, any Error>) {
        answer.withLock { $0 = result }
        given.signal()
    }

    func take() throws -> WorkerProcess {
        given.wait()
        guard let result = answer.withLock({ $0 }) else { throw WorkerProcess.Failure.cannotStart(errno: EINVAL) }
        return try result.get()
    }
}

/// A write into a pipe whose reader is gone, without the signal that would end the server.
private enum BrokenPipe {
    static func silenced(_ write: () -> Int) -> Int {
        var pipe = sigset_t()
        var before = sigset_t()
        var pending = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        sigpending(&pending)
        let wasPending = sigismember(&pending, SIGPIPE) == 1
        pthread_sigmask(SIG_BLOCK, &pipe, &before)
        let result = write()
        let failure = errno
        if result < 0, failure == EPIPE, !wasPending {
            // Takes the signal that this write has made, so that it is not delivered once it is unblocked.
            sigpending(&pending)
            var number: Int32 = 0
            if sigismember(&pending, SIGPIPE) == 1 { sigwait(&pipe, &number) }
        }
        pthread_sigmask(SIG_SETMASK, &before, nil)
        errno = failure
        return result
    }
}

// MARK: - Reading

/// Lines on their way from the reader thread to the one consumer. Bounded by the reader, which asks `hasRoom`.
private final class WorkerInbox: Sendable {
    private struct State {
        var waiting: [WorkerMessage] = []
        var next = 0
        var bytes = 0
        var consumer: CheckedContinuation<WorkerMessage?, Never>?
        /// The last message is in `waiting`, or was.
        var isFinished = false
        var isAbandoned = false
        var isReaderStalled = false
        var isReaderGone = false
    }

    private let state = Mutex(State())
    private let wake: Int32

    init(wake: Int32) {
        self.wake = wake
    }

    func put(_ messages: [WorkerMessage], isLast: Bool = false) {
        let resumption = state.withLock { state -> (CheckedContinuation<WorkerMessage?, Never>, WorkerMessage?)? in
            // Nobody will take them.
            guard !state.isAbandoned else { return nil }
            state.waiting += messages
            state.bytes += messages.reduce(0) { $0 + $1.sizeBytes }
            if isLast { state.isFinished = true }
            guard let consumer = state.consumer, let message = Self.takeFirst(&state) else { return nil }
            state.consumer = nil
            return (consumer, message)
        }
        if let (consumer, message) = resumption { consumer.resume(returning: message) }
    }

    /// The next message, or nil after the last one.
    func take() async -> WorkerMessage? {
        await withCheckedContinuation { consumer in
            let answer = state.withLock { state -> WorkerMessage?? in
                if state.isAbandoned { return .some(nil) }
                if let message = Self.takeFirst(&state) {
                    if state.isReaderStalled, !state.isReaderGone, Self.hasRoom(state, part: 2) {
                        state.isReaderStalled = false
                        Self.ring(wake)
                    }
                    return message
                }
                // A second consumer would be a defect of ours; it sees the end instead of stealing lines.
                if state.isFinished || state.consumer != nil { return .some(nil) }
                state.consumer = consumer
                return nil
            }
            if let answer { consumer.resume(returning: answer) }
        }
    }

    /// The consumer's task was cancelled.
    func abandon() {
        let consumer = state.withLock { state in
            state.isAbandoned = true
            state.waiting = []
            state.next = 0
            state.bytes = 0
            if state.isReaderStalled, !state.isReaderGone { Self.ring(wake) }
            defer { state.consumer = nil }
            return state.consumer
        }
        consumer?.resume(returning: nil)
    }

    /// Whether the reader may read on. After a no, the reader is woken when there is room again.
    func hasRoom() -> Bool {
        state.withLock { state in
            let hasRoom = Self.hasRoom(state, part: 1)
            state.isReaderStalled = !hasRoom
            return hasRoom
        }
    }

    /// From here on the wake descriptor may be closed.
    func readerLeaves() {
        state.withLock { $0.isReaderGone = true }
    }

    static func ring(_ wake: Int32) {
        var one: UInt64 = 1
        // Full means that it rings already.
        _ = write(wake, &one, MemoryLayout<UInt64>.size)
    }

    private static func hasRoom(_ state: State, part: Int) -> Bool {
        state.waiting.count - state.next < WorkerProcess.waitingLines / part && state.bytes < WorkerProcess.waitingBytes / part
    }

    private static func takeFirst(_ state: inout State) -> WorkerMessage? {
        guard state.next < state.waiting.count else { return nil }
        let message = state.waiting[state.next]
        state.next += 1
        state.bytes -= message.sizeBytes
        if state.next == state.waiting.count {
            state.waiting.removeAll(keepingCapacity: true)
            state.next = 0
        } else if state.next >= WorkerProcess.waitingLines {
            state.waiting.removeFirst(state.next)
            state.next = 0
        }
        return message
    }
}

extension WorkerMessage {
    fileprivate var sizeBytes: Int {
        switch self {
        case .line(let line): line.count
        case .flooded, .exited: 0
        }
    }
}

/// The life of one reader thread.
private struct WorkerReader {
    private let process: WorkerProcess
    private let pipes: WorkerPipes
    private let pidfd: Int32
    private var isOutputOpen = true, isErrorsOpen = true
    private var lines = LineSplitter()
    private var words = LastWords()
    private var rate = Rate()
    private var isFlooded = false
    private var lastLineAt = SuspendingClock.now
    private var outputEndedAt: SuspendingClock.Instant?
    private var peakAddressSpaceBytes: UInt64 = 0
    private var sampledAt = SuspendingClock.now
    private var buffer = [UInt8](repeating: 0, count: WorkerProcess.readBytes)

    init(process: WorkerProcess, pipes: WorkerPipes) {
        self.process = process
        self.pipes = pipes
        pidfd = quern_pidfd(process.id)
    }

    mutating func run() {
        while !process.hasEnded() {
            wait()
            supervise()
        }
        readFarewell()
        process.bury(words: words.text, mentionsMemory: words.mentionMemory, peakAddressSpaceBytes: peakAddressSpaceBytes)
        for end in [pipes.output, pipes.errors, pipes.wake, pidfd] where end >= 0 { close(end) }
    }

    /// Sleeps until there is something to read, to write or to check, and reads and writes.
    private mutating func wait() {
        let hasRoom = process.hasRoom()
        if !hasRoom { lastLineAt = .now }
        // A negative descriptor is skipped; an event mask of 0 would still report hang-ups, and spin.
        var interests = [
            pollfd(fd: isOutputOpen && hasRoom ? pipes.output : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: isErrorsOpen ? pipes.errors : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: pipes.wake, events: Int16(POLLIN), revents: 0),
            pollfd(fd: process.unsentInput(), events: Int16(POLLOUT), revents: 0),
        ]
        guard poll(&interests, nfds_t(interests.count), timeoutMilliseconds()) > 0 else { return }
        if interests[0].revents != 0 { readOutput() }
        if interests[1].revents != 0 { readErrors() }
        if interests[3].revents != 0 {
            var count: UInt64 = 0
            _ = read(pipes.wake, &count, MemoryLayout<UInt64>.size)
        }
        if interests[4].revents != 0 { process.flushInput() }
    }

    /// Until the next thing that happens without an event.
    private func timeoutMilliseconds() -> Int32 {
        var seconds: [Double] = []
        let now = SuspendingClock.now
        if pidfd < 0 { seconds.append(WorkerProcess.lookSeconds) }
        if let outputEndedAt { seconds.append(WorkerProcess.lingerSeconds - outputEndedAt.seconds(to: now)) }
        if let (limits, since) = process.limitsInForce() {
            seconds.append(WorkerProcess.sampleSeconds - sampledAt.seconds(to: now))
            if let wall = limits.wallSeconds { seconds.append(wall - since.seconds(to: now)) }
            if let heartbeat = limits.heartbeatSeconds {
                seconds.append(heartbeat - max(since, lastLineAt).seconds(to: now))
            }
        }
        guard let soonest = seconds.min() else { return -1 }
        return Int32(min(max(soonest, 0) * 1000 + 1, Double(Int16.max)))
    }

    /// Stops a process that broke a rule which the kernel does not know.
    private mutating func supervise() {
        let now = SuspendingClock.now
        if let outputEndedAt, outputEndedAt.seconds(to: now) >= WorkerProcess.lingerSeconds { process.stop(.lingered) }
        guard let (limits, since) = process.limitsInForce() else { return }
        if let wall = limits.wallSeconds, since.seconds(to: now) >= wall { process.stop(.overtime) }
        if let heartbeat = limits.heartbeatSeconds, max(since, lastLineAt).seconds(to: now) >= heartbeat { process.stop(.silent) }
        if sampledAt.seconds(to: now) >= WorkerProcess.sampleSeconds {
            sampledAt = now
            peakAddressSpaceBytes = max(peakAddressSpaceBytes, AddressSpace.peakBytes(of: process.id))
        }
    }

    private mutating func readOutput() {
        switch readSome(pipes.output) {
        case .bytes(let count): take(count)
        case .nothing: break
        case .end:
            isOutputOpen = false
            outputEndedAt = .now
        }
    }

    private mutating func take(_ count: Int) {
        guard !isFlooded else { return }
        let found = lines.split(buffer[..<count])
        if !found.isEmpty {
            lastLineAt = .now
            process.deliver(found.map { .line($0) })
        }
        noteRate(bytes: count, lines: found.count)
    }

    private mutating func readErrors() {
        switch readSome(pipes.errors) {
        case .bytes(let count):
            words.append(buffer[..<count])
            noteRate(bytes: count, lines: 0)
        case .nothing: break
        case .end: isErrorsOpen = false
        }
    }

    private mutating func noteRate(bytes: Int, lines: Int) {
        guard !isFlooded, rate.isExceeded(bytes: bytes, lines: lines) || self.lines.isTooLong else { return }
        isFlooded = true
        process.deliver([.flooded])
        process.stop(.flooded)
    }

    /// What lies in the pipes when the process has ended. Bounded, since a descendant may still write into them.
    private mutating func readFarewell() {
        var left = WorkerProcess.farewellBytes
        while isOutputOpen, left > 0, case .bytes(let count) = readSome(pipes.output) {
            left -= count
            take(count)
        }
        left = WorkerProcess.farewellBytes
        while isErrorsOpen, left > 0, case .bytes(let count) = readSome(pipes.errors) {
            left -= count
            words.append(buffer[..<count])
        }
    }

    private enum Reading { case bytes(Int), nothing, end }

    private mutating func readSome(_ descriptor: Int32) -> Reading {
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 { return .bytes(count) }
        if count < 0, errno == EAGAIN || errno == EINTR { return .nothing }
        return .end
    }
}

/// What the reader thread does to the process it reads.
extension WorkerProcess {
    fileprivate func hasRoom() -> Bool { inbox.hasRoom() }

    fileprivate func deliver(_ messages: [WorkerMessage]) { inbox.put(messages) }

    fileprivate func limitsInForce() -> (WorkerLimits, SuspendingClock.Instant)? {
        life.withLock { life in
            guard let limits = life.limits, let since = life.limitedAt else { return nil }
            return (limits, since)
        }
    }

    /// The input, when something waits to be written there, otherwise -1.
    fileprivate func unsentInput() -> Int32 {
        life.withLock { $0.unsent.isEmpty ? -1 : $0.input }
    }

    fileprivate func flushInput() {
        // Whoever sends next is told that the process is gone.
        life.withLock { try? Self.flush(&$0) }
    }

    /// Whether it is a zombie, without reaping it.
    fileprivate func hasEnded() -> Bool {
        var info = siginfo_t()
        guard waitid(P_PID, id_t(id), &info, WEXITED | WNOHANG | WNOWAIT) == 0 else { return errno == ECHILD }
        return info.si_signo == SIGCHLD
    }

    /// Reaps the process and says so, as the last message.
    fileprivate func bury(words: String, mentionsMemory: Bool, peakAddressSpaceBytes: UInt64) {
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
        let peakMemoryBytes = Int64(usage.ru_maxrss) << 10
        let peakBytes = max(UInt64(max(peakMemoryBytes, 0)), peakAddressSpaceBytes)
        let exit = WorkerExit(
            reason: reason, stop: reason == .signal(SIGKILL) ? stop : nil,
            exceeded: limits.flatMap {
                Self.exceeded(
                    $0, reason, hasStop: stop != nil, cpuSeconds: cpuSeconds, peakBytes: peakBytes, mentionsMemory: mentionsMemory
                )
            },
            cpuSeconds: cpuSeconds, peakMemoryBytes: peakMemoryBytes, lastWords: words)
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

/// Cuts bytes into lines, keeping an incomplete one for the next bytes.
private struct LineSplitter {
    private var rest = Data()
    /// Set once for all: what follows is not looked at any more.
    private(set) var isTooLong = false

    mutating func split(_ bytes: ArraySlice<UInt8>) -> [Data] {
        var found: [Data] = []
        var bytes = bytes
        while !isTooLong, let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
            rest.append(contentsOf: bytes[..<end])
            bytes = bytes[(end + 1)...]
            isTooLong = rest.count > WorkerProcess.lineBytes
            if !isTooLong { found.append(rest) }
            rest = Data()
        }
        rest.append(contentsOf: bytes)
        isTooLong = isTooLong || rest.count > WorkerProcess.lineBytes
        if isTooLong { rest = Data() }
        return found
    }
}

/// The end of what a process wrote to standard error; from the message of a trap on, the beginning of that.
private struct LastWords {
    private static let fatal = Data("Fatal error:".utf8)
    private static let memory = [
        "failed to allocate", "Could not allocate memory", "Cannot allocate memory", "bad_alloc", "out of memory", "MemoryError",
    ].map { Data($0.utf8) }
    /// Longer than every phrase above: what two reads share.
    private static let overlapBytes = 32

    private var kept = Data()
    private var seam = Data()
    private var isTrap = false
    private(set) var mentionMemory = false

    var text: String {
        String(decoding: kept, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    mutating func append(_ bytes: ArraySlice<UInt8>) {
        let searched = seam + bytes
        seam = Data(searched.suffix(Self.overlapBytes))
        if !mentionMemory { mentionMemory = Self.memory.contains { searched.range(of: $0) != nil } }
        kept.append(contentsOf: bytes)
        if !isTrap, let start = kept.range(of: Self.fatal)?.lowerBound {
            // A stack trace follows, long enough to push the message out.
            isTrap = true
            kept = Data(kept[start...])
        }
        kept = Data(isTrap ? kept.prefix(WorkerProcess.lastWordsBytes) : kept.suffix(WorkerProcess.lastWordsBytes))
    }
}

/// Counts what arrives in a second.
private struct Rate {
    private var since = SuspendingClock.now
    private var bytes = 0, lines = 0

    mutating func isExceeded(bytes: Int, lines: Int) -> Bool {
        let now = SuspendingClock.now
        if since.seconds(to: now) >= 1 { (since, self.bytes, self.lines) = (now, 0, 0) }
        self.bytes += bytes
        self.lines += lines
        return self.bytes > WorkerProcess.bytesPerSecond || self.lines > WorkerProcess.linesPerSecond
    }
}

/// The address space of a process, from `VmPeak` in proc_pid_status(5).
private enum AddressSpace {
    /// 0 when it can not be told.
    static func peakBytes(of id: pid_t) -> UInt64 {
        let status = open("/proc/\(id)/status", O_RDONLY | O_CLOEXEC)
        guard status >= 0 else { return 0 }
        defer { close(status) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(status, &bytes, bytes.count)
        guard count > 0 else { return 0 }
        let line = bytes[..<count].split(separator: UInt8(ascii: "\n")).first { $0.starts(with: "VmPeak:".utf8) }
        let digits = (line ?? []).filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return (UInt64(String(decoding: digits, as: UTF8.self)) ?? 0) << 10
    }
}

extension SuspendingClock.Instant {
    fileprivate func seconds(to later: Self) -> Double {
        duration(to: later) / .seconds(1)
    }
}

extension timeval {
    fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1_000_000 }
}
