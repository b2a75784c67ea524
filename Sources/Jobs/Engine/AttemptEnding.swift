package import Core
package import Workers

/// How an attempt ended, and what that says of the units that it was given.
package enum AttemptEnding: Sendable, Equatable {
    /// The worker ended in order, and has done everything that it was given.
    case finished
    /// Nothing that is left can be done.
    case failed(code: String, message: String, category: FailureCategory)
    /// The worker died; another may do better.
    case lost(code: String, message: String, Blame)
    /// The server stops, or was killed; this attempt does not count.
    case interrupted
    /// The worker is needed for somebody who has none; this attempt does not count.
    case preempted

    /// Whose fault it is that a worker died.
    package enum Blame: Sendable, Equatable {
        /// The unit that it had in hand.
        /// - Parameter isLimit: a limit ended it, and nothing but this unit had used it up: another worker would end in the same
        ///   way.
        case unit(number: Int, startedAt: Moment?, isLimit: Bool)
        /// One of those that it worked on at the same time: the next worker takes each of them alone.
        case suspects([Int])
        /// It was not the first of this job that died before it had begun anything: everything that is left has failed.
        case all
        /// It died between two units or before the first, or ran into a limit with what others had used up.
        case nobody
    }
}

/// A unit's end, with the files that it made.
package struct UnitEnd: Sendable {
    package let number: Int
    package let ending: Unit.Ending
    package let startedAt: Moment?
    package var files: [JobStore.MadeFile]

    package init(number: Int, ending: Unit.Ending, startedAt: Moment?, files: [JobStore.MadeFile] = []) {
        self.number = number
        self.ending = ending
        self.startedAt = startedAt
        self.files = files
    }

    /// The same unit, whose work can not be kept.
    func failed(_ code: String, _ message: String) -> UnitEnd {
        UnitEnd(
            number: number, ending: .failed(code: code, message: message, category: .recoverable), startedAt: startedAt)
    }
}
