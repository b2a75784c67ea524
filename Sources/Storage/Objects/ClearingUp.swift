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
}
