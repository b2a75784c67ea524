import Testing

@testable import Transforms

@Suite("Drawing the row ledger")
struct LedgerBarTests {
    @Test func `one rejected row of millions is seen`() {
        let widths = TransformSection.widths(of: [2_000_000, 800_000, 1])
        #expect(widths[2] == 16)
        #expect(widths.reduce(0, +) <= 1000)
        #expect(widths[0] > 2 * widths[1])
    }

    @Test func `parts that are not there have no width`() {
        #expect(TransformSection.widths(of: [5, 0, 0]) == [1000, 0, 0])
        #expect(TransformSection.widths(of: [0, 0, 0]) == [0, 0, 0])
        #expect(TransformSection.widths(of: [1, 1, 0]) == [500, 500, 0])
    }

    @Test func `numbers without a meaning draw no more than the bar`() {
        #expect(TransformSection.widths(of: [.max, .max, .max]).reduce(0, +) <= 1000)
        #expect(TransformSection.widths(of: [-1, .min, 3]) == [0, 0, 1000])
    }
}
