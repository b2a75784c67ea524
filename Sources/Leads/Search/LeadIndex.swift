import Synchronization

/// The leads of one tenant in memory, for the search: some 100 bytes for each lead, with its share of the terms.
///
/// It is a list of segments, each at least twice as large as the next, as in a log-structured merge tree: a change makes a small
/// segment, and segments of like size are merged. Every row of `leadChange` names a lead that was added, changed or deleted; `position` is the
/// last row that the index has taken in, so it can be brought to exactly the snapshot that a search reads.
struct LeadIndex: Sendable {
    private(set) var position: Int64
    private var segments: [(segment: IndexSegment, dead: SlotSet)] = []
    private var values: [FacetValues]

    /// - Parameter position: the newest row of `leadChange` before the first lead was read.
    init(position: Int64) {
        self.position = position
        values = LeadFilter.Facet.allCases.map { _ in FacetValues() }
    }

    /// Slots, with those of leads that have changed since.
    var count: Int { segments.reduce(0) { $0 + $1.segment.count } }

    // MARK: Changes

    /// Reads leads into a segment.
    struct Reader {
        fileprivate var values: [FacetValues]
        fileprivate var builder = SegmentBuilder(facets: LeadFilter.Facet.allCases.count)
        private var term: [UInt8] = []
        private var codes = [UInt32](repeating: 0, count: LeadFilter.Facet.allCases.count)

        fileprivate init(_ values: [FacetValues]) {
            self.values = values
        }

        var count: Int { builder.count }

        /// - Precondition: leads come in the order of their ids.
        mutating func read(_ row: LeadRow) {
            for (index, facet) in LeadFilter.Facet.allCases.enumerated() {
                codes[index] = values[index].code(of: row.value(of: facet))
            }
            builder.begin(row.id, score: row.score, verified: row.verifiedAt, facets: codes)
            for text in row.texts { SearchTokenizer.index(text) { builder.add($0) } }
            // As `domainTerm`, in one buffer for all.
            term.removeAll(keepingCapacity: true)
            term.append(LeadQuery.domainMark)
            term.append(contentsOf: row.domain)
            term.append(LeadQuery.domainMark)
            term.withUnsafeBufferPointer { builder.add($0) }
            for name in row.tech.split(separator: 0x20) {
                LeadQuery.techTerm(Array(name)).withUnsafeBufferPointer { builder.add($0) }
            }
        }
    }

    func reader() -> Reader { Reader(values) }

    /// Takes in what `reader` has read.
    /// - Parameters:
    ///   - changed: leads that are as `reader` read them now, or gone.
    ///   - position: the last row of `leadChange` that this covers.
    mutating func apply(_ reader: Reader, replacing changed: [Int64], position: Int64) {
        for id in changed {
            for index in segments.indices {
                if let slot = segments[index].segment.slot(of: id) { segments[index].dead.insert(slot) }
            }
        }
        values = reader.values
        if reader.count > 0 {
            let segment = reader.builder.finish()
            segments.append((segment, SlotSet(count: segment.count)))
        }
        self.position = position
        compact()
    }

    private mutating func compact() {
        segments.removeAll { $0.dead.population == $0.segment.count }
        if let index = segments.firstIndex(where: { $0.dead.population * 2 > $0.segment.count }) { merge(index...index) }
        while segments.count > 1, segments[segments.count - 2].segment.count < 2 * segments[segments.count - 1].segment.count {
            merge((segments.count - 2)...(segments.count - 1))
        }
    }

    private mutating func merge(_ range: ClosedRange<Int>) {
        let merged = IndexSegment.merging(Array(segments[range]))
        segments.replaceSubrange(range, with: merged.count > 0 ? [(merged, SlotSet(count: merged.count))] : [])
    }

    // MARK: Search

    struct Result: Sendable {
        /// In order, with their sort keys; one more than asked for where there are more.
        var leads: [(id: Int64, key: Int64)] = []
        /// By facet, in the order of `LeadQuery.counted`.
        var counts: [[String: Int64]] = []
        /// Whether terms near to the words were taken, since no lead has the words themselves.
        var isApproximate = false
    }

    func search(_ query: LeadQuery) -> Result {
        var (found, isApproximate) = (segments.map { Self.slots($0, query, near: false) }, false)
        if !query.words.isEmpty, found.allSatisfy(\.isEmpty) {
            found = segments.map { Self.slots($0, query, near: true) }
            isApproximate = !found.allSatisfy(\.isEmpty)
        }
        var best = BestLeads(count: query.limit + 1, isDescending: query.isDescending, behind: query.cursor)
        var counts = values.map { [Int64](repeating: 0, count: $0.count) }
        // A page that goes on says nothing new of the whole.
        let counted = query.cursor == nil ? query.counted : []
        for (entry, slots) in zip(segments, found) where !slots.isEmpty {
            query.collect(entry.segment, slots, values, &best, counted, &counts)
        }
        let named =
            query.cursor == nil
            ? query.counted.map { facet in
                Dictionary(
                    uniqueKeysWithValues: counts[facet].enumerated().compactMap { code, count in
                        code > 0 && count > 0 ? (values[facet].text(of: code), count) : nil
                    })
            } : []
        return Result(leads: best.leads, counts: named, isApproximate: isApproximate)
    }

    /// The live slots that have all words and are among the leads asked for; filters come later.
    private static func slots(_ entry: (segment: IndexSegment, dead: SlotSet), _ query: LeadQuery, near: Bool) -> SlotSet {
        var slots: SlotSet
        if let only = query.only {
            slots = SlotSet(count: entry.segment.count)
            for id in only { if let slot = entry.segment.slot(of: id) { slots.insert(slot) } }
        } else {
            slots = .all(count: entry.segment.count)
        }
        slots.subtract(entry.dead)
        for word in query.words {
            var having = entry.segment.slots(withPrefix: word)
            if near { entry.segment.addSlots(near: word, to: &having) }
            slots.formIntersection(having)
        }
        return slots
    }
}

/// What a search asks of the index.
struct LeadQuery: Sendable {
    /// Terms as the tokenizer makes them: a lead needs a term that begins with each of them.
    var words: [[UInt8]] = []
    /// Accepted values by facet; facets are numbered as `LeadFilter.Facet.allCases`.
    var accepted: [Int: Set<String>] = [:]
    var scoreAtLeast: Int8?
    var verifiedSince: Int64?
    /// Terms of `techTerm`: a lead needs one of them.
    var tech: [[UInt8]] = []
    /// Terms of `domainTerm`: a lead needs one of them.
    var domains: [[UInt8]] = []
    /// Only these leads.
    var only: [Int64]?
    var sortsByScore = true
    var isDescending = true
    var limit = 20
    var cursor: (key: Int64, id: Int64)?
    /// Facets to count.
    var counted: [Int] = []

    /// The term of a technology: no text of a lead has it, and it begins no other.
    static func techTerm(_ name: [UInt8]) -> [UInt8] { [0x01] + name + [0x01] }

    /// The term of the whole domain of a company, as `techTerm`.
    static func domainTerm(_ name: [UInt8]) -> [UInt8] { [domainMark] + name + [domainMark] }

    fileprivate static let domainMark: UInt8 = 0x02

    /// Filters the slots of a segment, keeps the best, and counts values. A facet counts the leads that pass all other filters,
    /// whatever is chosen of itself.
    fileprivate func collect(
        _ segment: IndexSegment, _ slots: SlotSet, _ values: [FacetValues], _ best: inout BestLeads, _ counted: [Int],
        _ counts: inout [[Int64]]
    ) {
        var slots = slots
        for terms in [tech, domains] where !terms.isEmpty {
            var having = SlotSet(count: segment.count)
            for term in terms { having.formUnion(segment.slots(withPrefix: term)) }
            slots.formIntersection(having)
        }
        let filters = accepted.sorted { $0.key < $1.key }.map { facet, texts in
            (facet: facet, codes: segment.facets[facet], isAccepted: values[facet].accepting(texts))
        }
        let countsFacet = counts.indices.map { counted.contains($0) }
        let (leastScore, since) = (scoreAtLeast ?? .min, verifiedSince ?? .min)
        let byScore = sortsByScore
        var passed = SlotSet(count: segment.count)
        // By facet, the slots that its own filter alone keeps out.
        var keptOut = filters.map { _ in SlotSet(count: 0) }
        for (index, filter) in filters.enumerated() where countsFacet[filter.facet] {
            keptOut[index] = SlotSet(count: segment.count)
        }
        slots.forEach { slot in
            guard segment.scores[slot] >= leastScore, segment.verified[slot] >= since else { return }
            var failed = -1
            for (index, filter) in filters.enumerated() where !filter.isAccepted[Int(filter.codes[slot])] {
                guard failed < 0, keptOut[index].count > 0 else { return }
                failed = index
            }
            guard failed < 0 else { return keptOut[failed].insert(slot) }
            passed.insert(slot)
            best.add(segment.ids[slot], key: byScore ? Int64(segment.scores[slot]) : segment.verified[slot])
        }
        for facet in counted {
            Self.count(passed, segment.facets[facet], &counts[facet])
            for (index, filter) in filters.enumerated() where filter.facet == facet {
                Self.count(keptOut[index], filter.codes, &counts[facet])
            }
        }
    }

    private static func count(_ slots: SlotSet, _ codes: [UInt32], _ counts: inout [Int64]) {
        codes.withUnsafeBufferPointer { codes in
            counts.withUnsafeMutableBufferPointer { counts in slots.forEach { counts[Int(codes[$0])] += 1 } }
        }
    }
}

/// The first leads in an order, of many that come in any order.
private struct BestLeads {
    private(set) var leads: [(id: Int64, key: Int64)] = []
    private let count: Int
    private let isDescending: Bool
    private let behind: (key: Int64, id: Int64)?

    init(count: Int, isDescending: Bool, behind: (key: Int64, id: Int64)?) {
        (self.count, self.isDescending, self.behind) = (count, isDescending, behind)
    }

    /// By the key, leads with the same key by their ids.
    private func isBefore(_ one: (id: Int64, key: Int64), _ other: (id: Int64, key: Int64)) -> Bool {
        one.key != other.key ? (one.key > other.key) == isDescending : one.id < other.id
    }

    mutating func add(_ id: Int64, key: Int64) {
        let lead = (id: id, key: key)
        if leads.count == count, let last = leads.last, !isBefore(lead, last) { return }
        if let behind, !isBefore((behind.id, behind.key), lead) { return }
        var (low, high) = (0, leads.count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(leads[middle], lead) { low = middle + 1 } else { high = middle }
        }
        leads.insert(lead, at: low)
        if leads.count > count { leads.removeLast() }
    }
}

/// Numbers for the values of a facet; 0 stands for none.
struct FacetValues: Sendable {
    private var texts = [""]
    private var codes: [String: UInt32] = [:]

    var count: Int { texts.count }

    mutating func code(of text: String?) -> UInt32 {
        guard let text else { return 0 }
        if let code = codes[text] { return code }
        texts.append(text)
        codes[text] = UInt32(texts.count - 1)
        return UInt32(texts.count - 1)
    }

    func text(of code: Int) -> String { texts[code] }

    /// By code, whether a value is among `accepted`.
    func accepting(_ accepted: Set<String>) -> [Bool] {
        texts.enumerated().map { code, text in code > 0 && accepted.contains(text) }
    }
}
