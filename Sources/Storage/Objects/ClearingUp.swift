package import NIOPosix

extension NIOThreadPool {
    /// Runs what has to happen also when the caller's task is cancelled, such as removing what it leaves behind.
    package func runRegardless(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { done in
            submit { _ in
                body()
                done.resume()
            }
        }
    }

    /// The same for work that has an outcome: who would take a cancelled caller for a failure, asks it here.
    package func runToItsEnd<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { done in
            submit { _ in done.resume(with: Result { try body() }) }
        }
    }
}
