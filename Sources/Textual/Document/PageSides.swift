/// Headers and footers of pages: those of different pages often say the same, which is told once.
struct PageSides {
    private(set) var headers: [Block] = []
    private(set) var footers: [Block] = []
    private var told: Set<String> = []

    /// - Parameter kind: `header` or `footer`.
    mutating func add(_ blocks: [Block], as kind: Block.Kind) {
        for var block in blocks where block.table != nil || !block.text.isEmpty {
            guard told.insert("\(kind) \(block.table.map(PlainText.text) ?? block.text)").inserted else { continue }
            if block.table == nil { block.kind = kind }
            if kind == .header { headers.append(block) } else { footers.append(block) }
        }
    }
}
