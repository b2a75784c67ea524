import Foundation

/// Keys of JSON objects, or other names, and their numbers.
///
/// A table of its own, because a dictionary wants an array made of each key that is looked up, and hashes it byte by byte.
struct KeyTable {
    /// All names one behind the other, where each begins, and at last where the next one will.
    private var bytes: [UInt8] = []
    private var starts: [Int] = [0]
    private var hashes: [UInt32] = []
    /// The number of a key plus one at the place of its hash or behind it; 0 is free. At most half of the places are taken.
    private var places: [UInt32] = []

    /// Odd, and different in each process, so that nobody can make keys that collide. Keys are numbered as they come.
    private static let factor = UInt64.random(in: .min ... .max) | 1

    init(_ names: [[UInt8]] = []) {
        reserve(names.count)
        for name in names { _ = add(name) }
    }

    /// - Parameters:
    ///   - capacity: names for which there is room from the start.
    ///   - room: bytes of all of them together.
    init(capacity: Int, bytes room: Int = 0) {
        reserve(capacity)
        bytes.reserveCapacity(room)
    }

    var count: Int { starts.count - 1 }
    var names: [[UInt8]] { (0..<count).map(name) }
    var strings: [String] { (0..<count).map { number in withName(number) { String(decoding: $0, as: UTF8.self) } } }

    func name(_ number: Int) -> [UInt8] { withName(number) { Array($0) } }

    func withName<Result>(_ number: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        let range = range(number)
        return try bytes.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    /// The number of a key, a new one for a new key.
    mutating func add(_ name: [UInt8]) -> Int { name.withUnsafeBufferPointer { add($0) } }

    mutating func add(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        let raw = UnsafeRawBufferPointer(name)
        let hash = KeyTable.hash(raw)
        if let known = number(of: raw, hash) { return known }
        if 2 * (count + 1) > places.count { grow() }
        bytes.append(contentsOf: name)
        starts.append(bytes.count)
        hashes.append(hash)
        place(count - 1)
        return count - 1
    }

    func number(of name: [UInt8]) -> Int? {
        name.withUnsafeBytes { number(of: $0, KeyTable.hash($0)) }
    }

    /// The number of a key; `hint` is tried first, because objects of one file mostly have their keys in the same order.
    @inline(__always)
    func find(_ key: UnsafePointer<UInt8>, _ count: Int, hint: Int) -> Int? {
        let bytes = UnsafeRawBufferPointer(start: key, count: count)
        if hint < self.count, isName(hint, bytes) { return hint }
        return number(of: bytes, KeyTable.hash(bytes))
    }

    private func range(_ number: Int) -> Range<Int> { Range(uncheckedBounds: (starts[number], starts[number + 1])) }

    private func number(of key: UnsafeRawBufferPointer, _ hash: UInt32) -> Int? {
        guard !places.isEmpty else { return nil }
        var place = Int(hash) & (places.count - 1)
        while places[place] != 0 {
            let number = Int(places[place]) - 1
            if hashes[number] == hash, isName(number, key) { return number }
            place = (place + 1) & (places.count - 1)
        }
        return nil
    }

    @inline(__always)
    private func isName(_ number: Int, _ key: UnsafeRawBufferPointer) -> Bool {
        let range = range(number)
        guard range.count == key.count, let other = key.baseAddress else { return range.count == key.count }
        return bytes.withUnsafeBufferPointer { known in
            known.baseAddress.map { memcmp($0 + range.lowerBound, other, range.count) == 0 } ?? true
        }
    }

    private mutating func reserve(_ count: Int) {
        guard count > 0 else { return }
        starts.reserveCapacity(count + 1)
        hashes.reserveCapacity(count)
        places = Array(repeating: 0, count: max(16, 1 << (Int.bitWidth - (2 * count - 1).leadingZeroBitCount)))
    }

    private mutating func grow() {
        places = Array(repeating: 0, count: max(16, places.count * 4))
        for number in 0..<count { place(number) }
    }

    private mutating func place(_ number: Int) {
        var place = Int(hashes[number]) & (places.count - 1)
        while places[place] != 0 { place = (place + 1) & (places.count - 1) }
        places[place] = UInt32(number + 1)
    }

    /// Eight bytes at a time, each folded into the product of all before it.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var hash = factor ^ UInt64(bytes.count)
        var i = 0
        while i + 8 <= bytes.count {
            hash = folded(hash ^ bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self))
            i += 8
        }
        var rest: UInt64 = 0
        while i < bytes.count {
            rest = rest << 8 | UInt64(bytes[i])
            i += 1
        }
        hash = folded(hash ^ rest)
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }

    private static func folded(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: factor)
        return product.high ^ product.low
    }
}
