import Foundation

/// Growing memory for bytes. `slack` readable bytes always follow `capacity`, so that whole words can be loaded at the end.
final class ByteBuffer {
    private(set) var base: UnsafeMutablePointer<UInt8>
    private(set) var capacity: Int
    var count = 0

    /// Bytes beyond the capacity that may be read, and are never meaningful.
    static let slack = 64

    init(capacity: Int) {
        self.capacity = max(capacity, 64)
        base = .allocate(capacity: self.capacity + ByteBuffer.slack)
        (base + self.capacity).initialize(repeating: 0, count: ByteBuffer.slack)
    }

    deinit { base.deallocate() }

    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

    /// Makes room for `more` bytes after `count`.
    @inline(__always)
    func reserve(_ more: Int) {
        if count + more > capacity { grow(to: count + more) }
    }

    @inline(never)
    private func grow(to needed: Int) {
        let larger = max(needed, capacity + capacity / 2)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger + ByteBuffer.slack)
        moved.update(from: base, count: count)
        (moved + larger).initialize(repeating: 0, count: ByteBuffer.slack)
        base.deallocate()
        base = moved
        capacity = larger
    }

    @inline(__always)
    func append(_ byte: UInt8) {
        reserve(1)
        base[count] = byte
        count += 1
    }

    @inline(__always)
    func append(_ source: UnsafePointer<UInt8>, _ length: Int) {
        reserve(length)
        memcpy(base + count, source, length)
        count += length
    }

    func append(_ text: String) {
        var text = text
        text.withUTF8 { if let start = $0.baseAddress { append(start, $0.count) } }
    }

    func append(_ text: StaticString) { append(text.utf8Start, text.utf8CodeUnitCount) }

    func append(_ other: ByteBuffer) { append(other.base, other.count) }

    /// Little-endian, as Parquet and Snappy want it.
    func append<Number: FixedWidthInteger>(number: Number) {
        let size = MemoryLayout<Number>.size
        reserve(size)
        UnsafeMutableRawPointer(base + count).storeBytes(of: number.littleEndian, as: Number.self)
        count += size
    }

    /// LEB128.
    func append(varint value: UInt64) {
        var value = value
        while value >= 0x80 {
            append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        append(UInt8(value))
    }
}

/// Growing memory for plain values, where an array's checks and reference counts would cost too much.
struct GrowableBuffer<Element: BitwiseCopyable>: ~Copyable {
    private(set) var base: UnsafeMutablePointer<Element>
    private(set) var capacity: Int

    init(capacity: Int) {
        self.capacity = max(capacity, 16)
        base = .allocate(capacity: self.capacity)
    }

    deinit { base.deallocate() }

    /// Makes room for `needed` elements, keeping the first `used`.
    @inline(__always)
    mutating func reserve(_ needed: Int, keeping used: Int) {
        if needed > capacity { grow(to: needed, keeping: used) }
    }

    @inline(never)
    private mutating func grow(to needed: Int, keeping used: Int) {
        let larger = max(needed, capacity * 2)
        let moved = UnsafeMutablePointer<Element>.allocate(capacity: larger)
        moved.update(from: base, count: used)
        base.deallocate()
        base = moved
        capacity = larger
    }
}
