/// When to ask again whether who listens is still signed in.
///
/// A session ends by a commit, so there is nothing to ask while nobody writes; it may also run out, so it is asked now and then
/// all the same. A stream ends within a second of its session.
package struct Watch: Sendable {
    private var lastAsked = ContinuousClock.now
    private var seen: Int64 = -1

    private static let shortest = Duration.milliseconds(400)
    private static let longest = Duration.seconds(5)

    package init() {}

    /// - Parameter generation: of the log; grows with every commit.
    package mutating func isDue(_ generation: Int64) -> Bool {
        let age = ContinuousClock.now - lastAsked
        guard age > Self.longest || (generation != seen && age > Self.shortest) else { return false }
        seen = generation
        lastAsked = .now
        return true
    }
}
