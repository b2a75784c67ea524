import Core
package import NIOCore

/// Looks at the first bytes of a file that is coming in, and refuses what is no table.
package struct TableHead {
    private var bytes: [UInt8] = []
    private var isDone = false

    /// Bytes that tell every kind of file apart that has a beginning of its own.
    private static let wantedBytes = 512

    package init() {}

    /// - Throws: `Failure` `not_a_table`, with words for the person whose file it is.
    package mutating func look(at piece: ByteBuffer) throws {
        guard !isDone else { return }
        bytes += piece.readableBytesView.prefix(Self.wantedBytes - bytes.count)
        isDone = bytes.count >= Self.wantedBytes
        if let problem = TableContent.problem(bytes) { throw Failure(.invalid, "not_a_table", problem) }
    }
}
