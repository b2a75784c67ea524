import NIOCore
import NIOPosix

/// Waits on an event loop. Timers of the concurrency runtime live in queues that watch their threads through `/proc`, which a worker without
/// files can not open.
package enum Pause {
    /// - Throws: `CancellationError`.
    package static func seconds(_ seconds: Double) async throws {
        try Task.checkCancellation()
        guard seconds > 0 else { return }
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let scheduled = loop.scheduleTask(in: .nanoseconds(Int64(min(seconds, 86_400) * 1_000_000_000))) {}
        try await withTaskCancellationHandler {
            do {
                try await scheduled.futureResult.get()
            } catch {
                throw CancellationError()
            }
        } onCancel: {
            scheduled.cancel()
        }
    }
}

/// Runs tasks on threads of their own, for the same reason.
package final class PoolExecutor: TaskExecutor {
    private let pool: NIOThreadPool

    package init(threads: Int) {
        pool = NIOThreadPool(numberOfThreads: threads)
        pool.start()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        pool.submit { [self] _ in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
