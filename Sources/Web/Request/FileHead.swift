package import NIOCore

/// Looks at the first bytes of a file that is coming in, so that what nobody can use is refused before all of it is sent.
package struct FileHead {
    private var bytes: [UInt8] = []
    private var isDone = false
    private let check: @Sendable ([UInt8]) throws -> Void

    /// Bytes that tell every kind of file apart that has a beginning of its own.
    private static let wantedBytes = 512

    /// - Parameter check: is given all bytes that came so far, up to the first that are looked at; throws to refuse the file.
    package init(check: @escaping @Sendable ([UInt8]) throws -> Void) { self.check = check }

    package mutating func look(at piece: ByteBuffer) throws {
        guard !isDone else { return }
        bytes += piece.readableBytesView.prefix(Self.wantedBytes - bytes.count)
        isDone = bytes.count >= Self.wantedBytes
        try check(bytes)
    }
}
