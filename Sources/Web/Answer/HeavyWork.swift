import NIOCore
import NIOPosix

/// Work that takes a processor for longer than a moment.
///
/// It has threads of its own: the threads of Swift's tasks are as many as there are cores, and whoever keeps them busy keeps
/// every other answer waiting.
package enum HeavyWork {
    private static let threads: NIOThreadPool = {
        let threads = NIOThreadPool(numberOfThreads: System.coreCount)
        threads.start()
        return threads
    }()

    package static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await threads.runIfActive(body)
    }
}
