import Core
package import NIOPosix

extension NIOThreadPool {
    /// Runs what costs processor time, such as rendering and hashing of large answers: the few threads that serve are never held up.
    package func work<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let correlation = Correlation.current
        return try await runIfActive { try Correlation.$current.withValue(correlation, operation: body) }
    }
}
