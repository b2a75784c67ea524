/// How far a look into archives goes. What goes further is refused, because nobody has seen what is in it.
package struct ScanLimits: Sendable, Equatable {
    /// Archives in each other.
    package var nesting = 3
    /// Members of all archives together.
    package var members = 1000
    /// What all members together may grow to.
    package var inflatedBytes: Int64 = 200_000_000
    /// How many bytes may come out of one that goes in, a hundred times what documents reach.
    package var ratio: Int64 = 100
    /// Below this the ratio does not count: a blank page packs better than anything.
    package var ratioFreeBytes: Int64 = 1_000_000
    /// An archive inside another has to be held in memory, and a worker has little.
    package var nestedArchiveBytes = 32_000_000

    package init() {}
}
