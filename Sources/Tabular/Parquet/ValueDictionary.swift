import Foundation

/// Text that stands somewhere in memory that outlives the work on it.
struct TextSlice: BitwiseCopyable {
    var base: UnsafePointer<UInt8>
    var count: Int

    /// By bytes, as Parquet orders text: unsigned, shorter first.
    @inline(__always)
    func isLess(than other: TextSlice) -> Bool {
        let order = memcmp(base, other.base, min(count, other.count))
        return order != 0 ? order < 0 : count < other.count
    }
}

/// The different values of a column, in the order in which they first came.
struct ValueDictionary: ~Copyable {
    private(set) var texts = GrowableBuffer<TextSlice>(capacity: 1 << 8)
    private(set) var numbers = GrowableBuffer<UInt64>(capacity: 1 << 8)
    private(set) var count = 0
    private(set) var textBytes = 0
    private var hashes = GrowableBuffer<UInt32>(capacity: 1 << 8)
    /// Entry number plus one at the place of its hash; 0 is free.
    private var table = GrowableBuffer<UInt32>(capacity: 1 << 9)
    private var mask = (1 << 9) - 1
    /// Factor of the hash, odd and different in each process, so that nobody can make values that collide. Entries are numbered as they
    /// come, so the output does not depend on it.
    private let factor = ValueDictionary.processFactor

    private static let processFactor = UInt64.random(in: .min ... .max) | 1

    /// After so many values, and after each such number more, most must have been seen before.
    private static let trial = 4096

    mutating func reset() {
        count = 0
        textBytes = 0
        mask = (1 << 9) - 1
        table.base.update(repeating: 0, count: 1 << 9)
    }

    /// Gives each number its entry. False when there are too many different ones.
    mutating func index(numbers values: UnsafePointer<UInt64>, _ total: Int, into indexes: UnsafeMutablePointer<UInt32>) -> Bool {
        var done = 0
        while done < total {
            guard isPaying(done) else { return false }
            let stop = min(total, done + ValueDictionary.trial)
            for i in done..<stop {
                let value = values[i]
                var hash = value &* factor
                hash ^= hash >> 32
                let short = UInt32(truncatingIfNeeded: hash)
                var slot = Int(short) & mask
                while true {
                    let entry = table.base[slot]
                    if entry == 0 {
                        numbers.reserve(count + 1, keeping: count)
                        numbers.base[count] = value
                        insert(short, at: slot)
                        indexes[i] = UInt32(truncatingIfNeeded: count - 1)
                        break
                    }
                    if numbers.base[Int(entry) - 1] == value {
                        indexes[i] = entry - 1
                        break
                    }
                    slot = (slot + 1) & mask
                }
            }
            done = stop
        }
        return count * 2 <= total
    }

    /// Gives each text its entry. False when there are too many different ones. `ByteBuffer.slack` bytes behind each text are readable.
    mutating func index(texts values: UnsafePointer<TextSlice>, _ total: Int, into indexes: UnsafeMutablePointer<UInt32>) -> Bool
    {
        var done = 0
        while done < total {
            guard isPaying(done) else { return false }
            let stop = min(total, done + ValueDictionary.trial)
            for i in done..<stop {
                let value = values[i]
                let short = ValueDictionary.hash(value, factor)
                var slot = Int(short) & mask
                while true {
                    let entry = Int(table.base[slot])
                    if entry == 0 {
                        texts.reserve(count + 1, keeping: count)
                        texts.base[count] = value
                        textBytes += value.count
                        insert(short, at: slot)
                        indexes[i] = UInt32(truncatingIfNeeded: count - 1)
                        break
                    }
                    if hashes.base[entry - 1] == short {
                        let known = texts.base[entry - 1]
                        if known.count == value.count, ValueDictionary.areEqual(known.base, value.base, value.count) {
                            indexes[i] = UInt32(truncatingIfNeeded: entry - 1)
                            break
                        }
                    }
                    slot = (slot + 1) & mask
                }
            }
            done = stop
        }
        return count * 2 <= total
    }

    private func isPaying(_ done: Int) -> Bool {
        (done == 0 || count * 2 <= done) && count <= Tuning.dictionaryEntries && textBytes <= Tuning.dictionaryBytes
    }

    private mutating func insert(_ hash: UInt32, at slot: Int) {
        hashes.reserve(count + 1, keeping: count)
        hashes.base[count] = hash
        count += 1
        table.base[slot] = UInt32(truncatingIfNeeded: count)
        if count * 2 > mask { grow() }
    }

    private mutating func grow() {
        let size = (mask + 1) * 4
        table.reserve(size, keeping: 0)
        mask = size - 1
        table.base.update(repeating: 0, count: size)
        for i in 0..<count {
            var slot = Int(hashes.base[i]) & mask
            while table.base[slot] != 0 { slot = (slot + 1) & mask }
            table.base[slot] = UInt32(truncatingIfNeeded: i + 1)
        }
    }

    /// Most texts that repeat are short: two loads each beat a call. What is read beyond the texts is masked out.
    @inline(__always)
    private static func areEqual(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        if count > 16 { return memcmp(a, b, count) == 0 }
        let x = UnsafeRawPointer(a)
        let y = UnsafeRawPointer(b)
        let low = (x.loadUnaligned(as: UInt64.self) ^ y.loadUnaligned(as: UInt64.self)).littleEndian
        if count <= 8 { return count == 0 || low << UInt64(64 - 8 * count) == 0 }
        let high = (x.loadUnaligned(fromByteOffset: 8, as: UInt64.self) ^ y.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            .littleEndian
        return low == 0 && high << UInt64(128 - 8 * count) == 0
    }

    @inline(__always)
    private static func hash(_ text: TextSlice, _ factor: UInt64) -> UInt32 {
        let raw = UnsafeRawPointer(text.base)
        var hash = UInt64(truncatingIfNeeded: text.count) &* 0x9E37_79B9_7F4A_7C15 ^ factor
        var i = 0
        while i + 8 <= text.count {
            hash = (hash ^ raw.loadUnaligned(fromByteOffset: i, as: UInt64.self).littleEndian) &* factor
            hash ^= hash >> 32
            i += 8
        }
        let rest = text.count - i
        if rest > 0 {
            let word = raw.loadUnaligned(fromByteOffset: i, as: UInt64.self).littleEndian & ((1 << UInt64(rest * 8)) - 1)
            hash = (hash ^ word) &* factor
            hash ^= hash >> 32
        }
        return UInt32(truncatingIfNeeded: hash ^ hash >> 29)
    }
}
