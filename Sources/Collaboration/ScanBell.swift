/// Rings when a document may be waiting for its scan; each of the scanner's places hears it.
package final class ScanBell: Sendable {
    private let bells: [AsyncStream<Void>.Continuation]
    let rings: [AsyncStream<Void>]

    /// How many documents are scanned at the same time. Uploads are rare and small; more would only take from the jobs.
    static let places = 2

    package init() {
        let pairs = (0..<Self.places).map { _ in AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1)) }
        rings = pairs.map(\.stream)
        bells = pairs.map(\.continuation)
    }

    package func ring() {
        for bell in bells { bell.yield() }
    }
}
