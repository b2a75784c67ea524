import Foundation

/// Memory for blocks, used again and again: fresh pages cost more than parsing them.
///
/// Unchecked: the buffers are touched under the lock only, and a buffer that was taken belongs to the taker.
final class BufferPool: @unchecked Sendable {
    private let lock = NSLock()
    private var free: [ByteBuffer] = []
    private let most: Int

    /// Larger buffers are not kept: one long record should not hold memory for the whole run.
    private static let largest = 4 * Tuning.blockBytes

    init(most: Int) { self.most = most }

    func take() -> ByteBuffer {
        lock.lock()
        defer { lock.unlock() }
        return free.popLast() ?? ByteBuffer(capacity: Tuning.blockBytes + Tuning.lookaheadBytes + 4096)
    }

    func give(_ buffer: ByteBuffer) {
        buffer.count = 0
        lock.lock()
        defer { lock.unlock() }
        if free.count < most, buffer.capacity <= BufferPool.largest { free.append(buffer) }
    }
}
