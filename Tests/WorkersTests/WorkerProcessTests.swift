import Foundation
import Glibc
import Testing
import Workers

@Suite("Supervising a worker process", .serialized, .timeLimit(.minutes(2)))
struct WorkerProcessTests {
    // MARK: Talking

    @Test func `lines go in and come out and the exit is the last message`() async throws {
        let worker = try shell(#"while read -r line; do echo "got $line"; done; echo incomplete >&2; printf half"#)
        try worker.send(Data("one".utf8))
        try worker.send(Data("two".utf8))
        worker.closeInput()
        let (lines, exit) = try await outcome(of: worker)
        #expect(lines == ["got one", "got two"])
        #expect(exit.reason == .code(0))
        #expect(exit.lastWords == "incomplete")
    }

    @Test func `end of input is seen by the worker`() async throws {
        let worker = try shell("cat; exit 7")
        worker.closeInput()
        let (_, exit) = try await outcome(of: worker)
        #expect(exit.reason == .code(7))
        #expect(exit.explanation.code == "worker_crashed")
    }

    @Test func `an order larger than the pipe neither blocks the sender nor is cut`() async throws {
        let worker = try shell("read -r start; read -r order; echo ${#order}")
        let order = Data(repeating: UInt8(ascii: "x"), count: 1_000_000)
        try worker.send(Data("start".utf8))
        try worker.send(order)
        worker.closeInput()
        let (lines, _) = try await outcome(of: worker)
        #expect(lines == ["1000000"])
    }

    @Test func `orders that are never read are refused before they fill the memory`() async throws {
        let worker = try shell("kill -STOP $$")
        defer { worker.kill() }
        #expect(throws: WorkerProcess.Failure.inputFull) {
            for _ in 0..<1000 { try worker.send(Data(repeating: 0, count: 1 << 20)) }
        }
    }

    @Test func `sending to a worker that is gone is an error and no signal`() async throws {
        let worker = try shell("exit 0")
        _ = try await outcome(of: worker)
        #expect(throws: WorkerProcess.Failure.gone) { try worker.send(Data("order".utf8)) }
        #expect(throws: WorkerProcess.Failure.gone) { try worker.limit(.standard) }
    }

    @Test func `sending to a worker that closed its input is an error and no signal`() async throws {
        let worker = try shell("exec <&-; echo closed; exec sleep 1000")
        var messages = worker.messages.makeAsyncIterator()
        #expect(await messages.next() == .line(Data("closed".utf8)))
        // Another test may be starting a process just now, which holds all files for the moment between fork and exec.
        await #expect(throws: WorkerProcess.Failure.gone) {
            for _ in 0..<500 {
                try worker.send(Data("order".utf8))
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        worker.kill()
    }

    @Test func `every line arrives, however late the consumer looks`() async throws {
        let worker = try python("for i in range(20000): print(i)")
        let (lines, exit) = try await outcome(of: worker)
        #expect(lines == (0..<20_000).map(String.init))
        #expect(exit.reason == .code(0))
    }

    @Test func `a missing program is an error of the start`() {
        #expect(throws: WorkerProcess.Failure.cannotStart(errno: ENOENT)) {
            try WorkerProcess.start(executable: "/nonexistent", arguments: [], environment: [:], niceness: 0)
        }
    }

    @Test func `the child has three descriptors, its own group, default signals and exactly its environment`() async throws {
        signal(SIGXFSZ, SIG_IGN)
        defer { signal(SIGXFSZ, SIG_DFL) }
        let worker = try python(
            """
            import os, signal
            input()
            print(sorted(int(n) for n in os.listdir('/proc/self/fd'))[:3], len(os.listdir('/proc/self/fd')))
            print(os.getpgid(0) == os.getpid(), os.nice(0), sorted(k for k in os.environ if k != 'LC_CTYPE'))
            print([l.split()[1] for l in open('/proc/self/status') if l.startswith('SigBlk')])
            """, niceness: 5)
        // Like an order: what is set from outside is in force once the start has returned.
        try worker.send(Data("go".utf8))
        let (lines, _) = try await outcome(of: worker)
        // The fourth is the folder that is being listed.
        #expect(lines == ["[0, 1, 2] 4", "True 5 ['PATH']", "['0000000000000000']"])
    }

    // MARK: Misbehaving

    @Test(arguments: ["ILL", "SEGV", "ABRT", "TRAP", "BUS"])
    func `a trap is a crash, named`(signal: String) async throws {
        let (lines, exit) = try await outcome(of: try shell("echo first; echo 'Fatal error: oops' >&2; kill -\(signal) $$"))
        #expect(lines == ["first"])
        #expect(exit.explanation == ("worker_crashed", "The worker crashed (SIG\(signal))."))
        #expect(exit.lastWords == "Fatal error: oops")
    }

    @Test func `the message of a trap survives a long stack trace`() async throws {
        let script = "echo noise >&2; echo 'Fatal error: oops' >&2; seq 1 5000 >&2; kill -ILL $$"
        let (_, exit) = try await outcome(of: try shell(script))
        #expect(exit.lastWords.hasPrefix("Fatal error: oops"))
        #expect(exit.lastWords.utf8.count <= 4096)
    }

    @Test func `an endless loop ends at the processor limit`() async throws {
        let worker = try limited("while :; do :; done") { $0.cpuSeconds = 1 }
        let (_, exit) = try await outcome(of: worker)
        #expect(exit.explanation.code == "cpu_limit")
        #expect(exit.cpuSeconds > 0.5)
    }

    @Test func `a process that ignores the first warning ends at the processor limit too`() async throws {
        let worker = try python(
            "import signal, sys\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nsys.stdin.readline()\nwhile True: pass"
        ) {
            $0.cpuSeconds = 1
        }
        try worker.send(Data())
        let (_, exit) = try await outcome(of: worker)
        #expect(exit.reason == .signal(SIGKILL))
        #expect(exit.explanation.code == "cpu_limit")
    }

    @Test func `a leak ends at the memory limit`() async throws {
        let worker = try python("import sys\nsys.stdin.readline()\nall = []\nwhile True: all.append(bytearray(1 << 20))") {
            $0.addressSpaceBytes = 256 << 20
        }
        try worker.send(Data())
        let (_, exit) = try await outcome(of: worker)
        #expect(exit.explanation.code == "memory_limit")
        #expect(exit.peakMemoryBytes > 64 << 20)
    }

    @Test func `a crash near the memory limit is taken for the limit, even without a word`() async throws {
        let worker = try python(
            """
            import os, sys, time
            sys.stdin.readline()
            all = []
            try:
                while True:
                    all.append(bytearray(1 << 20))
                    # Its size is sampled some times a second.
                    time.sleep(0.003)
            except MemoryError: os.abort()
            """
        ) { $0.addressSpaceBytes = 256 << 20 }
        try worker.send(Data())
        let (_, exit) = try await outcome(of: worker)
        #expect(exit.reason == .signal(SIGABRT))
        #expect(exit.explanation.code == "memory_limit")
    }

    @Test func `a crash far from the memory limit is a crash`() async throws {
        let (_, exit) = try await outcome(of: try limited("kill -SEGV $$") { _ in })
        #expect(exit.explanation.code == "worker_crashed")
    }

    @Test func `a file over the limit is an output limit`() async throws {
        let worker = try limited("exec head -c 3000000 /dev/zero > \"$0\"") { $0.outputBytes = 1 << 20 }
        let (_, exit) = try await outcome(of: worker)
        #expect(exit.reason == .signal(SIGXFSZ))
        #expect(exit.explanation.code == "output_limit")
    }

    @Test(arguments: ["yes message", "yes message 3>&1 >&2", "yes ''"])
    func `a flood is stopped and does not grow this process`(flood: String) async throws {
        let before = residentBytes()
        // On a busy machine a flood can take its time.
        let worker = try limited("exec \(flood)") { $0.heartbeatSeconds = 60 }
        var wasFlooded = false
        var exit: WorkerExit?
        for await message in worker.messages {
            switch message {
            case .line: #expect(!wasFlooded)
            case .flooded: wasFlooded = true
            case .exited(let end): exit = end
            }
        }
        #expect(wasFlooded)
        #expect(exit?.explanation.code == "worker_flooded")
        #expect(residentBytes() - before < 64 << 20)
    }

    @Test func `a flood that nobody reads waits in the worker`() async throws {
        let before = residentBytes()
        let worker = try python("import sys\nwhile True:\n  sys.stdout.write('x' * 1023 + chr(10)); sys.stderr.write('.') ")
        // The pipe is full, and so is the inbox, when the process sleeps in write(2) a hundred looks in a row.
        var sleeping = 0
        while sleeping < 100 { sleeping = state(of: worker.id) == "S" ? sleeping + 1 : 0 }
        #expect(residentBytes() - before < 32 << 20)
        worker.kill()
        let (lines, exit) = try await outcome(of: worker)
        #expect(lines.count < 10_000)
        #expect(exit.explanation.code == "worker_killed")
    }

    @Test func `a line without an end is a flood`() async throws {
        let worker = try shell("head -c 1100000 /dev/zero; exec sleep 1000")
        var messages: [WorkerMessage] = []
        for await message in worker.messages { messages.append(message) }
        #expect(messages.count == 2)
        #expect(messages.first == .flooded)
    }

    @Test func `a silent worker is stopped`() async throws {
        let worker = try limited("echo started; exec sleep 1000") { $0.heartbeatSeconds = 0.2 }
        let (lines, exit) = try await outcome(of: worker)
        #expect(lines == ["started"])
        #expect(exit.explanation.code == "worker_silent")
    }

    @Test func `a worker that talks for ever is stopped at its deadline`() async throws {
        let worker = try limited("while sleep 0.01; do echo alive; done") {
            $0.heartbeatSeconds = 10
            $0.wallSeconds = 0.3
        }
        let (_, exit) = try await outcome(of: worker)
        #expect(exit.explanation.code == "time_limit")
    }

    @Test func `a worker that closes its message pipe and lives on is stopped`() async throws {
        let (_, exit) = try await outcome(of: try shell("exec >&-; exec sleep 1000"))
        #expect(exit.stop == .lingered)
    }

    @Test func `a descendant that keeps the pipe open does not keep the worker alive`() async throws {
        let worker = try shell("sleep 1000 & echo $!; exit 3")
        let (lines, exit) = try await outcome(of: worker)
        #expect(exit.reason == .code(3))
        let descendant = try #require(lines.first.flatMap { Int32($0) })
        // The signal is on its way, and a zombie is left to whoever adopted it. The suite's time limit is the deadline.
        while !["Z", "X", nil].contains(state(of: descendant)) { await Task.yield() }
    }

    // MARK: Killing

    @Test func `kill is prompt and may be repeated`() async throws {
        let worker = try shell("trap '' TERM INT HUP; echo ready; while :; do sleep 1000; done")
        var messages = worker.messages.makeAsyncIterator()
        #expect(await messages.next() == .line(Data("ready".utf8)))
        #expect(worker.isRunning)
        let start = SuspendingClock.now
        worker.kill()
        worker.kill()
        guard case .exited(let exit) = await messages.next() else {
            Issue.record("no exit")
            return
        }
        #expect(start.duration(to: .now) < .milliseconds(250))
        #expect(!worker.isRunning)
        #expect(exit.explanation.code == "worker_killed")
        #expect(await messages.next() == nil)
        worker.kill()
    }

    @Test func `a consumer who is cancelled stops waiting`() async throws {
        let worker = try shell("exec sleep 1000")
        let consumer = Task { for await _ in worker.messages {} }
        consumer.cancel()
        await consumer.value
        worker.kill()
    }

    @Test func `fifty starts and kills leave neither zombie nor descriptor`() async throws {
        let before = descriptors()
        var ids: [Int32] = []
        for number in 0..<50 {
            let worker = try shell("exec cat")
            ids.append(worker.id)
            if number.isMultiple(of: 2) { worker.kill() } else { worker.closeInput() }
            _ = try await outcome(of: worker)
        }
        #expect(ids.filter { state(of: $0) != nil } == [])
        // Each worker has five, and a leak of one would leave fifty. What other tests of this process have open goes in time; the
        // suite's time limit is the deadline.
        while descriptors() >= before + 25 { try await Task.sleep(for: .milliseconds(50)) }
    }

    // MARK: Helpers

    private func shell(_ script: String) throws -> WorkerProcess {
        try WorkerProcess.start(
            executable: "/bin/sh", arguments: ["-c", script, temporaryFile], environment: ["PATH": path], niceness: 0)
    }

    /// The script begins when the limits are in force.
    private func limited(_ script: String, _ change: (inout WorkerLimits) -> Void) throws -> WorkerProcess {
        let worker = try shell("read -r go; " + script)
        var limits = WorkerLimits.standard
        change(&limits)
        try worker.limit(limits)
        try worker.send(Data("go".utf8))
        return worker
    }

    private func python(
        _ script: String, niceness: Int32 = 0, _ change: ((inout WorkerLimits) -> Void)? = nil
    ) throws -> WorkerProcess {
        let worker = try WorkerProcess.start(
            executable: "/usr/bin/env", arguments: ["python3", "-c", script], environment: ["PATH": path], niceness: niceness)
        if let change {
            var limits = WorkerLimits.standard
            change(&limits)
            try worker.limit(limits)
        }
        return worker
    }

    private let path = "/usr/local/bin:/usr/bin:/bin"
    private let temporaryFile = FileManager.default.temporaryDirectory.appending(path: "worker-\(UUID())").path

    private func outcome(of worker: WorkerProcess) async throws -> (lines: [String], exit: WorkerExit) {
        var lines: [String] = []
        var exits: [WorkerExit] = []
        for await message in worker.messages {
            switch message {
            case .line(let line): lines.append(String(decoding: line, as: UTF8.self))
            case .flooded: Issue.record("flooded")
            case .exited(let exit): exits.append(exit)
            }
        }
        #expect(exits.count == 1)
        unlink(temporaryFile)
        return (lines, try #require(exits.last))
    }

    private func descriptors() -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }

    /// One letter of proc_pid_status(5), or nil without such a process.
    private func state(of id: Int32) -> String? {
        let status = try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
        return status?.split(separator: "\n").first { $0.hasPrefix("State:") }.map {
            String($0.split(separator: "\t")[1].prefix(1))
        }
    }

    private func residentBytes() -> Int {
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
        return (pages.flatMap { Int($0[1]) } ?? 0) * 4096
    }
}
