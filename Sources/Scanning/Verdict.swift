/// What a look into a file came to.
package enum Verdict: Sendable, Equatable {
    case clean
    /// It holds something harmful, by this name.
    case infected(String)
    /// It is not what it claims to be, or can not be looked into; the sentence is for a person.
    case refused(String)
}

/// Why a look ended early. Thrown inside the engine alone; outside it is a `Verdict`.
enum Finding: Error, Equatable {
    case infected(String)
    case refused(String)

    var verdict: Verdict {
        switch self {
        case .infected(let name): .infected(name)
        case .refused(let message): .refused(message)
        }
    }
}
