/// A window on a list: skip so many, then at most so many.
package struct Page: Sendable, Equatable {
    package let skip: Int
    package let limit: Int

    /// The most that one page holds; a larger wish gets this many.
    package static let most = 1000

    private static let furthest = 1 << 53

    package init(skip: Int, limit: Int) {
        // Far beyond every list, and far from where sums overflow.
        self.skip = min(skip, Self.furthest)
        self.limit = min(limit, Self.most)
    }

    /// - Throws: `Failure` `invalid_skip` or `invalid_limit` for anything but a whole number from 0 up.
    package init(skip: String?, limit: String?, standard: Int) throws {
        self.init(
            skip: try Self.count(skip, name: "skip") ?? 0,
            limit: try Self.count(limit, name: "limit") ?? standard)
    }

    private static func count(_ text: String?, name: String) throws -> Int? {
        guard let text else { return nil }
        guard let count = Int(text), count >= 0 else {
            throw Failure(.invalid, "invalid_\(name)", "\(name) must be a whole number from 0 up.")
        }
        return count
    }
}
