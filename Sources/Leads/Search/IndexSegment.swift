/// A part of the lead index that never changes: a column for each property, and for each term the leads that have it.
///
/// Slots number the leads of a segment in the order of their ids. A lead that changes gets a slot in a newer segment; the old slot is
/// then marked as dead by the index.
final class IndexSegment: Sendable {
    /// Ascending.
    let ids: [Int64]
    /// -1: no score.
    let scores: [Int8]
    /// Moments of verification; 0: never.
    let verified: [Int64]
    /// For each facet the code of each lead's value, as `FacetValues` numbers them; 0: no value.
    let facets: [[UInt32]]
    private let terms: TermDictionary
    /// Where the slots of each term begin in `postings`, and at last where those of the last term end.
    private let starts: [UInt32]
    private let postings: [UInt32]

    init(
        ids: [Int64], scores: [Int8], verified: [Int64], facets: [[UInt32]], terms: TermDictionary, starts: [UInt32],
        postings: [UInt32]
    ) {
        (self.ids, self.scores, self.verified, self.facets) = (ids, scores, verified, facets)
        (self.terms, self.starts, self.postings) = (terms, starts, postings)
    }

    var count: Int { ids.count }

    /// The slot of a lead, by binary search.
    func slot(of id: Int64) -> Int? {
        var (low, high) = (0, ids.count)
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < ids.count && ids[low] == id ? low : nil
    }

    /// The slots of leads with a term that begins with `prefix`.
    func slots(withPrefix prefix: [UInt8]) -> SlotSet {
        var slots = SlotSet(count: count)
        let range = terms.range(withPrefix: prefix)
        // The slots of neighbouring terms stand side by side.
        insert(Int(starts[range.lowerBound])..<Int(starts[range.upperBound]), into: &slots)
        return slots
    }

    /// Adds the slots of leads with a term that is nearly `word`.
    func addSlots(near word: [UInt8], to slots: inout SlotSet) {
        for term in terms.near(word) { insert(Int(starts[term])..<Int(starts[term + 1]), into: &slots) }
    }

    private func insert(_ range: Range<Int>, into slots: inout SlotSet) {
        postings.withUnsafeBufferPointer { postings in
            for index in range { slots.insert(Int(postings[index])) }
        }
    }

    // MARK: Merging

    /// One segment with the live leads of several, none of which is live in two of them.
    static func merging(_ parts: [(segment: IndexSegment, dead: SlotSet)]) -> IndexSegment {
        var order: [(id: Int64, part: Int, slot: Int)] = []
        for (part, entry) in parts.enumerated() {
            for slot in 0..<entry.segment.count where !entry.dead.contains(slot) {
                order.append((entry.segment.ids[slot], part, slot))
            }
        }
        order.sort { $0.id < $1.id }
        var moved = parts.map { [UInt32](repeating: .max, count: $0.segment.count) }
        for (slot, entry) in order.enumerated() { moved[entry.part][entry.slot] = UInt32(slot) }
        let facets = (0..<(parts.first?.segment.facets.count ?? 0)).map { facet in
            order.map { parts[$0.part].segment.facets[facet][$0.slot] }
        }
        let segments = parts.map(\.segment)
        var terms = TermDictionary().reserving(
            segments.map(\.terms.count).max() ?? 0, bytes: segments.map(\.terms.bytes.count).max() ?? 0)
        var (starts, postings): ([UInt32], [UInt32]) = ([0], [])
        postings.reserveCapacity(segments.map(\.postings.count).reduce(0, +))
        var next = [Int](repeating: 0, count: parts.count)
        while true {
            var least: ArraySlice<UInt8>?
            for (part, segment) in segments.enumerated() where next[part] < segment.terms.count {
                let term = segment.terms[next[part]]
                if least.map({ term.lexicographicallyPrecedes($0) }) ?? true { least = term }
            }
            guard let least else { break }
            let before = postings.count
            for (part, segment) in segments.enumerated()
            where next[part] < segment.terms.count && segment.terms[next[part]] == least {
                for index in Int(segment.starts[next[part]])..<Int(segment.starts[next[part] + 1]) {
                    let slot = moved[part][Int(segment.postings[index])]
                    if slot != .max { postings.append(slot) }
                }
                next[part] += 1
            }
            if postings.count > before, terms.bytes.count + least.count >= TermDictionary.Limits.bytes {
                postings.removeSubrange(before...)
            } else if postings.count > before {
                terms.append(least)
                starts.append(UInt32(postings.count))
            }
        }
        return IndexSegment(
            ids: order.map(\.id), scores: order.map { parts[$0.part].segment.scores[$0.slot] },
            verified: order.map { parts[$0.part].segment.verified[$0.slot] }, facets: facets, terms: terms, starts: starts,
            postings: postings)
    }
}

/// Builds a segment from leads that come in the order of their ids.
struct SegmentBuilder {
    private var ids: [Int64] = []
    private var scores: [Int8] = []
    private var verified: [Int64] = []
    private var facets: [[UInt32]]
    private var table = TermTable()
    /// The terms of all leads, one lead after the other, and where those of each end.
    private var rowTerms: [UInt32] = []
    private var rowEnds: [UInt32] = []

    init(facets: Int) {
        self.facets = Array(repeating: [], count: facets)
    }

    var count: Int { ids.count }

    /// - Precondition: `id` is above all ids before.
    mutating func begin(_ id: Int64, score: Int8, verified moment: Int64, facets codes: [UInt32]) {
        ids.append(id)
        scores.append(score)
        verified.append(moment)
        for (facet, code) in codes.enumerated() { facets[facet].append(code) }
        rowEnds.append(UInt32(rowTerms.count))
    }

    /// Adds a term to the lead that was begun last.
    mutating func add(_ term: UnsafeBufferPointer<UInt8>) {
        guard let number = table.number(of: term) else { return }
        let start = rowEnds.count > 1 ? Int(rowEnds[rowEnds.count - 2]) : 0
        guard !rowTerms[start...].contains(number) else { return }
        rowTerms.append(number)
        rowEnds[rowEnds.count - 1] = UInt32(rowTerms.count)
    }

    func finish() -> IndexSegment {
        let (bytes, bounds) = (table.bytes, table.starts)
        func term(_ number: Int) -> Range<Int> { Int(bounds[number])..<Int(bounds[number + 1]) }
        let sorted = bytes.withUnsafeBufferPointer { bytes in
            (0..<table.count).sorted { one, other in
                bytes[term(one)].lexicographicallyPrecedes(bytes[term(other)])
            }
        }
        var terms = TermDictionary().reserving(table.count, bytes: bytes.count)
        var rank = [Int](repeating: 0, count: table.count)
        for (place, number) in sorted.enumerated() {
            rank[number] = place
            terms.append(bytes[term(number)])
        }
        var starts = [UInt32](repeating: 0, count: table.count + 1)
        for number in rowTerms { starts[rank[Int(number)] + 1] += 1 }
        for place in 0..<table.count { starts[place + 1] += starts[place] }
        var free = starts
        var postings = [UInt32](repeating: 0, count: rowTerms.count)
        var begin = 0
        for (slot, end) in rowEnds.enumerated() {
            for index in begin..<Int(end) {
                let place = rank[Int(rowTerms[index])]
                postings[Int(free[place])] = UInt32(slot)
                free[place] += 1
            }
            begin = Int(end)
        }
        return IndexSegment(
            ids: ids, scores: scores, verified: verified, facets: facets, terms: terms, starts: starts, postings: postings)
    }
}

/// Slots as bits.
struct SlotSet: Sendable {
    fileprivate(set) var words: [UInt64]
    let count: Int

    init(count: Int) {
        self.count = count
        words = Array(repeating: 0, count: (count + 63) / 64)
    }

    static func all(count: Int) -> SlotSet {
        var set = SlotSet(count: count)
        for index in set.words.indices { set.words[index] = .max }
        if count % 64 > 0 { set.words[set.words.count - 1] = 1 << UInt64(count % 64) - 1 }
        return set
    }

    func contains(_ slot: Int) -> Bool { words[slot / 64] & 1 << UInt64(slot % 64) != 0 }
    mutating func insert(_ slot: Int) { words[slot / 64] |= 1 << UInt64(slot % 64) }

    mutating func formIntersection(_ other: SlotSet) {
        for index in words.indices { words[index] &= other.words[index] }
    }

    mutating func formUnion(_ other: SlotSet) {
        for index in words.indices { words[index] |= other.words[index] }
    }

    mutating func subtract(_ other: SlotSet) {
        for index in words.indices { words[index] &= ~other.words[index] }
    }

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
    var population: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Calls `body` with each slot, in ascending order.
    @inline(__always)
    func forEach(_ body: (Int) -> Void) {
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                body(index * 64 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
    }
}
