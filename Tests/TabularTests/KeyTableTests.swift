import Testing

@testable import Tabular

@Suite("Names of keys and columns")
struct KeyTableTests {
    @Test func `each key has one number, in the order in which they came`() {
        var table = KeyTable()
        let names = (0..<5_000).map { Array("key \($0 % 2_500)".utf8) } + [[], [0], [0, 0], Array(repeating: 0, count: 8)]
        let numbers = names.map { table.add($0) }
        #expect(table.names.count == 2_504)
        #expect(numbers == Array(0..<2_500) + Array(0..<2_500) + [2_500, 2_501, 2_502, 2_503])
        for name in names {
            let number = table.number(of: name)
            #expect(number.map { table.names[$0] } == name)
        }
        #expect(table.number(of: Array("key 2500".utf8)) == nil)
        #expect(table.number(of: [0, 0, 0]) == nil)
    }

    @Test func `a hint is only a hint`() {
        let table = KeyTable([Array("a".utf8), Array("b".utf8), []])
        let key = Array("bc".utf8)
        key.withUnsafeBufferPointer { key in
            guard let base = key.baseAddress else { return }
            for hint in 0..<5 {
                #expect(table.find(base, 1, hint: hint) == 1)
                #expect(table.find(base, 0, hint: hint) == 2)
                #expect(table.find(base, 2, hint: hint) == nil)
            }
        }
        #expect(KeyTable().number(of: []) == nil)
    }

    @Test(arguments: [
        (["a", "b"], ["a", "b"]), (["a", "a", "a"], ["a", "a_2", "a_3"]), (["a", "a_2", "a"], ["a", "a_2", "a_3"]),
        (["a", "a", "a_2"], ["a", "a_3", "a_2"]), (["", "", "column_2"], ["column_1", "column_2_2", "column_2"]),
        (["column_2", ""], ["column_2", "column_2_2"]), ([""], ["column_1"]), ([], []),
        (["a", "a", "a_2", "a_2", "a_2_2"], ["a", "a_3", "a_2", "a_2_3", "a_2_2"]),
    ])
    func `columns get names that differ`(_ given: [String], _ names: [String]) {
        #expect(ColumnNames.unique(given) == names)
    }

    @Test func `every word for nothing is known, and no other`() {
        for word in LooseSpelling.nullWords {
            #expect(word.withUnsafeBufferPointer { $0.baseAddress.map { LooseSpelling.isNullWord($0, word.count) } } == true)
            for other in [word + [0x41], Array(word.dropLast()), [0x20] + word] where !LooseSpelling.nullWords.contains(other) {
                #expect(
                    other.withUnsafeBufferPointer { $0.baseAddress.map { LooseSpelling.isNullWord($0, other.count) } } != true)
            }
        }
    }

    @Test(arguments: [
        ("9107.123456789012", true), ("9107.123456789013", false), ("0.1234567890123456", false), ("1234567890.12345678", true),
        ("0.30000000000000004", false),
        ("0.300000000000000044", false), ("0.300000000000000041", true), ("1e22", false), ("123456789012345678e-3", true),
        ("5e-324", false),
        ("4.94065645841246544e-324", false), ("-0.00012345678901234567", false), ("12345678901234567.0", true),
    ])
    func `digits that a double does not keep are seen`(_ text: String, _ isLong: Bool) {
        let bytes = Array(text.utf8) + Array(repeating: 0, count: 16)
        let found = bytes.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { ScalarParser.evidence(Cell(base: $0, count: text.utf8.count, kind: .plain)) }
        }
        #expect(found?.contains(.longDecimal) == isLong, "\(text)")
    }
}
