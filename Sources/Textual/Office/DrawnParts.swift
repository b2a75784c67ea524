/// Charts and diagrams in the drawings of Office files. They are parts of their own, and each is read once.
struct DrawnParts {
    private var read: Set<String> = []

    private static let most = 1000

    /// What the element that has just begun draws: `chart` (section 21.2.2.29) or `relIds` (section 21.4.2.21) of ECMA-376, part 1.
    /// - Throws: `TextualFailure` `limit_exceeded`.
    mutating func blocks(
        _ reader: XMLReader, _ relations: Package.Relations, in package: inout Package, at place: Place, limits: TextualLimits,
        _ receipt: inout Receipt
    ) throws -> [Block] {
        let isChart = reader.name == "chart"
        guard let id = reader.attribute(isChart ? "id" : "dm", prefix: "r"), let relation = relations[id], !relation.isExternal,
            read.count < Self.most, read.insert(relation.target).inserted
        else { return [] }
        guard let bytes = (try? package.part(relation.target)) ?? nil else {
            receipt.count(.broken)
            return []
        }
        return isChart ? ChartReader.blocks(bytes, at: place) : try DrawingText.all(bytes, at: place, limits: limits)
    }
}
