package import Core

/// Decides when to revalidate a stream's session.
///
/// A session ends by a commit, so there is nothing to ask while nobody writes; it may also run out, so it is asked now and then
/// all the same. A stream ends within a second of its session.
package struct SessionRecheck: Sendable {
    private let signal: Signal
    private var lastAsked = ContinuousClock.now
    private var seen: Int64 = -1
    private var isOwed = false

    /// While others write without a pause it is asked so often.
    private static let shortest = Duration.milliseconds(400)
    private static let longest = Duration.seconds(5)

    /// - Parameter signal: sent again when an answer had to wait.
    package init(_ signal: Signal) {
        self.signal = signal
    }

    /// - Parameter generation: of the log; grows with every commit.
    package mutating func isDue(_ generation: Int64) -> Bool {
        let age = ContinuousClock.now - lastAsked
        let isNews = generation != seen
        if age > Self.longest || (isNews && age >= Self.shortest) {
            (seen, lastAsked, isOwed) = (generation, .now, false)
            return true
        }
        if isNews && !isOwed {
            isOwed = true
            // Hand-over: a signal that nobody waits for does nothing.
            Task { [signal] in
                try? await Task.sleep(for: Self.shortest - age)
                signal.send()
            }
        }
        return false
    }
}
