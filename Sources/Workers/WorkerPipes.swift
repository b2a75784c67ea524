import CSandbox
import Foundation
import Glibc
import Synchronization

/// The descriptors of one process, as plain numbers: who closes which is said where it is done.
struct WorkerPipes {
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
final class StartAnswer: Sendable {
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
enum BrokenPipe {
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
