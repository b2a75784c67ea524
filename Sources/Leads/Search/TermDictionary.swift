/// Terms sorted by their bytes, in one buffer.
struct TermDictionary: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Where each term begins, and at last where the last one ends.
    private(set) var starts: [UInt32] = [0]

    var count: Int { starts.count - 1 }

    /// - Precondition: the term sorts behind all that were appended before.
    mutating func append(_ term: some Collection<UInt8>) {
        bytes += term
        starts.append(UInt32(bytes.count))
    }

    func reserving(_ terms: Int, bytes count: Int) -> TermDictionary {
        var copy = self
        copy.bytes.reserveCapacity(count)
        copy.starts.reserveCapacity(terms + 1)
        return copy
    }

    subscript(term: Int) -> ArraySlice<UInt8> { bytes[Int(starts[term])..<Int(starts[term + 1])] }

    /// The terms that begin with `prefix`, by binary search.
    func range(withPrefix prefix: [UInt8]) -> Range<Int> {
        let lower = partition { !$0.lexicographicallyPrecedes(prefix) }
        let upper = partition { !$0.lexicographicallyPrecedes(prefix) && !$0.starts(with: prefix) }
        return lower..<max(lower, upper)
    }

    /// The first term for which `isBehind` holds; it holds for all after it.
    private func partition(_ isBehind: (ArraySlice<UInt8>) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Terms within one edit of `word` (two from eight letters on): an insertion, a deletion, a substitution, or two letters swapped.
    /// The first letter has to be right, which keeps the search to a small part of the dictionary. Words of fewer than four letters
    /// have no near terms: too many others would do.
    func near(_ word: [UInt8]) -> [Int] {
        let letters = Array(String(decoding: word, as: UTF8.self).unicodeScalars)
        guard (4...Limits.nearLetters).contains(letters.count) else { return [] }
        let most = letters.count >= 8 ? 2 : 1
        var distance = EditDistance(letters, most: most)
        return range(withPrefix: Array(String(letters[0]).utf8)).prefix(Limits.compared).filter { distance.isNear(self[$0]) }
    }

    enum Limits {
        /// Names are shorter.
        static let nearLetters = 24
        /// Terms that one word is compared with.
        static let compared = 300_000
        /// Offsets have 32 bits; terms beyond that are not searched.
        static let bytes = 1 << 31
    }
}

/// The optimal string alignment distance between one word and many, given up as soon as it is above a limit.
private struct EditDistance {
    private let word: [Unicode.Scalar]
    private let most: Int
    private var rows: [[Int]]

    init(_ word: [Unicode.Scalar], most: Int) {
        (self.word, self.most) = (word, most)
        rows = Array(repeating: Array(repeating: 0, count: word.count + 1), count: 3)
    }

    mutating func isNear(_ term: ArraySlice<UInt8>) -> Bool {
        // A letter has one to four bytes.
        guard term.count + most >= word.count, term.count <= (word.count + most) * 4 else { return false }
        let letters = term.allSatisfy { $0 < 0x80 } ? nil : Array(String(decoding: term, as: UTF8.self).unicodeScalars)
        let count = letters?.count ?? term.count
        guard abs(count - word.count) <= most else { return false }
        func letter(_ index: Int) -> Unicode.Scalar { letters?[index] ?? Unicode.Scalar(term[term.startIndex + index]) }
        var (older, previous, current) = (0, 1, 2)
        for column in 0...word.count { rows[previous][column] = column }
        // At least two: words have four letters, and two may be missing.
        for row in 1...count {
            rows[current][0] = row
            var least = row
            for column in 1...word.count {
                let isSame = letter(row - 1) == word[column - 1]
                var cost = min(
                    rows[previous][column] + 1, rows[current][column - 1] + 1, rows[previous][column - 1] + (isSame ? 0 : 1))
                if row > 1, column > 1, letter(row - 1) == word[column - 2], letter(row - 2) == word[column - 1] {
                    cost = min(cost, rows[older][column - 2] + 1)
                }
                rows[current][column] = cost
                least = min(least, cost)
            }
            guard least <= most else { return false }
            (older, previous, current) = (previous, current, older)
        }
        return rows[previous][word.count] <= most
    }
}

/// Numbers terms in the order in which they are first seen, while a segment is built.
struct TermTable {
    private(set) var bytes: [UInt8] = []
    /// Where each term begins, and at last where the last one ends.
    private(set) var starts: [UInt32] = [0]
    /// Open addressing: the number of a term plus one; 0 is free.
    private var places = [UInt32](repeating: 0, count: 1 << 10)

    var count: Int { starts.count - 1 }

    /// - Returns: nil when there are more terms than offsets can name.
    mutating func number(of term: UnsafeBufferPointer<UInt8>) -> UInt32? {
        let mask = places.count - 1
        var place = Self.hash(UnsafeRawBufferPointer(term)) & mask
        while places[place] != 0 {
            let number = Int(places[place] - 1)
            if isEqual(number, term) { return UInt32(number) }
            place = (place + 1) & mask
        }
        guard bytes.count + term.count < TermDictionary.Limits.bytes else { return nil }
        bytes.append(contentsOf: term)
        starts.append(UInt32(bytes.count))
        places[place] = UInt32(count)
        if count * 2 > places.count { grow() }
        return UInt32(count - 1)
    }

    /// Seeded, so that whoever names leads can not construct collisions.
    private static func hash(_ term: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: term)
        return hasher.finalize()
    }

    private func isEqual(_ number: Int, _ term: UnsafeBufferPointer<UInt8>) -> Bool {
        let (start, end) = (Int(starts[number]), Int(starts[number + 1]))
        guard end - start == term.count else { return false }
        return bytes.withUnsafeBufferPointer { known in
            for index in 0..<term.count where known[start + index] != term[index] { return false }
            return true
        }
    }

    private mutating func grow() {
        places = [UInt32](repeating: 0, count: places.count * 2)
        let mask = places.count - 1
        for number in 0..<count {
            let range = Int(starts[number])..<Int(starts[number + 1])
            var place = bytes.withUnsafeBytes { Self.hash(UnsafeRawBufferPointer(rebasing: $0[range])) } & mask
            while places[place] != 0 { place = (place + 1) & mask }
            places[place] = UInt32(number + 1)
        }
    }
}
