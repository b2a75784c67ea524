/// Chunks that say nearly the same as one before them, such as a notice that each chapter repeats.
///
/// Fingerprints of 64 bits are close where texts share most runs of three words (M. Charikar, "Similarity estimation techniques from rounding
/// algorithms", 2002); those that differ in three bits at most agree in one of four parts (G. Manku and others, "Detecting near-duplicates
/// for web crawling", 2007), and are then compared run by run.
enum NearDuplicates {
    /// Of runs that two texts have in common, of all that they have.
    private static let likeness = 0.85
    private static let mostBits = 3
    /// Shorter texts must be the same.
    private static let fewestWords = 12
    private static let mostCandidates = 20

    /// For each chunk the first one that says nearly the same; nil for most.
    static func find(_ chunks: [Chunk], _ stored: [UInt8]) -> [Int?] {
        guard chunks.count > 1 else { return [Int?](repeating: nil, count: chunks.count) }
        var found: [Int?] = []
        found.reserveCapacity(chunks.count)
        var prints: [UInt64] = []
        // Chunks by a part of their fingerprint, or by their words where these are few.
        var places: [UInt64: [Int]] = [:]
        for (index, chunk) in chunks.enumerated() {
            let words = words(stored[chunk.bytes])
            guard words.count >= fewestWords else {
                prints.append(0)
                let key = words.reduce(0x5EED) { mixed($0 ^ $1) } | 7
                let first = words.isEmpty ? nil : places[key]?.first
                found.append(first.flatMap { Self.words(stored[chunks[$0].bytes]) == words ? $0 : nil })
                if first == nil { places[key] = [index] }
                continue
            }
            let runs = runs(words)
            let print = fingerprint(runs)
            prints.append(print)
            var match: Int?
            for part in 0..<4 {
                let key = (print >> UInt64(16 * part) & 0xFFFF) << 8 | UInt64(part) << 4
                for other in places[key] ?? [] where match == nil && (prints[other] ^ print).nonzeroBitCount <= mostBits {
                    if isAlike(Set(runs), Set(Self.runs(Self.words(stored[chunks[other].bytes])))) { match = other }
                }
                // What repeats another one is not looked for by itself.
                if match == nil, (places[key]?.count ?? 0) < mostCandidates { places[key, default: []].append(index) }
            }
            found.append(match)
        }
        return found
    }

    private static func isAlike(_ first: Set<UInt64>, _ second: Set<UInt64>) -> Bool {
        let common = first.intersection(second).count
        return Double(common) >= likeness * Double(first.count + second.count - common)
    }

    /// Hashes of the words (FNV-1a), without regard to the case of Latin letters.
    private static func words(_ text: ArraySlice<UInt8>) -> [UInt64] {
        var words: [UInt64] = []
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var isWord = false
        for byte in text {
            let isLetter = byte >= 0x80 || 0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte
            if isLetter {
                hash = (hash ^ UInt64(0x41...0x5A ~= byte ? byte | 0x20 : byte)) &* 0x100_0000_01B3
                isWord = true
            } else if isWord {
                words.append(hash)
                (hash, isWord) = (0xCBF2_9CE4_8422_2325, false)
            }
        }
        if isWord { words.append(hash) }
        return words
    }

    private static func runs(_ words: [UInt64]) -> [UInt64] {
        guard words.count > 2 else { return words }
        return (0..<(words.count - 2)).map { mixed(words[$0] ^ mixed(words[$0 + 1] ^ mixed(words[$0 + 2]))) }
    }

    private static func fingerprint(_ runs: [UInt64]) -> UInt64 {
        var counts = [Int32](repeating: 0, count: 64)
        counts.withUnsafeMutableBufferPointer { counts in
            for run in runs { for bit in 0..<64 { counts[bit] &+= Int32(truncatingIfNeeded: run >> UInt64(bit) & 1) } }
        }
        // More than half of the runs have the bit.
        var print: UInt64 = 0
        for bit in 0..<64 where Int(counts[bit]) * 2 > runs.count { print |= 1 << UInt64(bit) }
        return print
    }

    /// The last step of MurmurHash3.
    private static func mixed(_ value: UInt64) -> UInt64 {
        var value = value
        value ^= value >> 33
        value = value &* 0xFF51_AFD7_ED55_8CCD
        value ^= value >> 33
        value = value &* 0xC4CE_B9FE_1A85_EC53
        return value ^ value >> 33
    }
}
