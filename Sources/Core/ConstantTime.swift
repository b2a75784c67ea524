/// Compares secrets without telling by its time where they differ.
package enum ConstantTime {
    package static func areEqual(_ one: String, _ other: String) -> Bool {
        areEqual(Array(one.utf8), Array(other.utf8))
    }

    package static func areEqual(_ one: some Collection<UInt8>, _ other: some Collection<UInt8>) -> Bool {
        one.count == other.count && zip(one, other).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
    }
}
