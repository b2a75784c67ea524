import CSandbox
import Foundation
import Glibc
import Synchronization

/// The life of one reader thread.
struct WorkerReader {
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
    private var peaks = MemoryPeaks()
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
        process.bury(words: words.text, mentionsMemory: words.mentionMemory, peaks: peaks)
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
            peaks.note(MemoryPeaks(of: process.id))
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

/// Cuts bytes into lines, keeping an incomplete one for the next bytes.
struct LineSplitter {
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
struct LastWords {
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
struct Rate {
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

/// How large a process has been, from proc_pid_status(5). Both numbers begin anew when a process starts a program.
package struct MemoryPeaks: Sendable, Equatable {
    /// `VmPeak`.
    package private(set) var addressSpaceBytes: UInt64 = 0
    /// `VmHWM`.
    package private(set) var residentBytes: UInt64 = 0

    init() {}

    /// Zeros when it can not be told.
    init(of id: pid_t) {
        let status = open("/proc/\(id)/status", O_RDONLY | O_CLOEXEC)
        self.init(status: status)
        if status >= 0 { close(status) }
    }

    /// - Parameter status: an open `/proc/<process>/status`, read from its beginning.
    package init(status: Int32) {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = pread(status, &bytes, bytes.count, 0)
        guard count > 0 else { return }
        for line in bytes[..<count].split(separator: UInt8(ascii: "\n")) {
            if line.starts(with: "VmPeak:".utf8) { addressSpaceBytes = Self.bytes(line) }
            if line.starts(with: "VmHWM:".utf8) { residentBytes = Self.bytes(line) }
        }
    }

    private static func bytes(_ line: ArraySlice<UInt8>) -> UInt64 {
        let digits = line.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return (UInt64(String(decoding: digits, as: UTF8.self)) ?? 0) << 10
    }

    mutating func note(_ other: MemoryPeaks) {
        addressSpaceBytes = max(addressSpaceBytes, other.addressSpaceBytes)
        residentBytes = max(residentBytes, other.residentBytes)
    }
}

extension SuspendingClock.Instant {
    func seconds(to later: Self) -> Double {
        duration(to: later) / .seconds(1)
    }
}

extension timeval {
    var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1_000_000 }
}
