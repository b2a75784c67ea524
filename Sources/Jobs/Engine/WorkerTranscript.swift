import Core
import Workers

/// What was heard of a worker until it ended: how far it is with the units that it was given. A value that asks nobody.
struct WorkerTranscript {
    /// What the worker has to do, in this order.
    let given: [Unit]
    /// Whether the job has more than one unit, whose ends are written as they come.
    let hasSeveral: Bool
    private let unitsName: String
    private let total: Int
    /// Of the whole job.
    private var endedInAll: Int
    private var left: Set<Int>
    private let startedAt = ContinuousClock.now

    /// The unit that it works on.
    private(set) var inHand: Int?
    /// Whether it may still say that it begins the unit which it has in hand anyway.
    private var isUnsaid = false
    private(set) var unitStartedAt: Moment?
    /// Those that it has asked about and not ended: it works on several at once.
    private var openUnits: Set<Int> = []
    /// How many units it has ended.
    private(set) var endedHere = 0
    /// How the unit in hand ended, until that is written.
    var ended: UnitEnd?
    /// Of the unit in hand.
    private(set) var artifacts: [WorkReport.MadeArtifact] = []
    var exit: WorkerExit?
    /// What the worker itself measured.
    var peakMemoryBytes: Int64?
    var confinement: Confinement?
    /// Why nothing more of it is believed.
    var refusal: Failure?

    init(_ claim: JobStore.Claim, unitsName: String) {
        var bytes = 0
        given = Array(
            claim.units.prefix { unit in
                defer { bytes += unit.key.utf8.count }
                return bytes < Unit.Limits.orderBytes
            })
        self.unitsName = unitsName
        total = claim.counts.total
        endedInAll = claim.counts.ended
        hasSeveral = claim.counts.total > 1
        left = Set(given.map(\.number))
        // Who has one thing to do need not say what it does.
        if given.count == 1 {
            inHand = given.first?.number
            unitStartedAt = claim.job.startedAt
            isUnsaid = true
        }
    }

    /// - Throws: `Failure` `worker_invalid`.
    mutating func begin(_ number: Int, at now: Moment) throws {
        if isUnsaid, inHand == number, ended == nil {
            isUnsaid = false
            return
        }
        guard inHand == nil, left.contains(number) else { throw WorkReport.invalid("unit") }
        inHand = number
        unitStartedAt = now
    }

    /// A unit that the worker works on beside others; its end is said later, in one piece.
    /// - Returns: its key.
    /// - Throws: `Failure` `worker_invalid` for a unit that the worker was not given, or that has ended.
    mutating func open(_ number: Int) throws -> String {
        guard left.contains(number), let unit = given.first(where: { $0.number == number }) else {
            throw WorkReport.invalid("unit")
        }
        openUnits.insert(number)
        return unit.key
    }

    /// - Throws: `Failure` `worker_invalid` when there is none, or when its end was said already.
    func unitInHand() throws -> Int {
        guard let inHand, ended == nil else { throw WorkReport.invalid("unit") }
        return inHand
    }

    /// - Throws: `Failure` `worker_invalid`.
    mutating func take(_ artifact: WorkReport.MadeArtifact) throws {
        _ = try unitInHand()
        guard artifacts.count < WorkReport.Limits.artifacts else { throw WorkReport.invalid("artifacts") }
        artifacts.append(artifact)
    }

    /// The end of the unit in hand is written.
    mutating func close(_ number: Int) {
        left.remove(number)
        openUnits.remove(number)
        endedInAll += 1
        endedHere += 1
        (inHand, unitStartedAt, ended, artifacts) = (nil, nil, nil, [])
    }

    /// - Throws: `Failure` `sandbox_missing` when the first that it says is not that every layer holds it.
    func mustBeConfined(by report: WorkReport) throws {
        guard confinement == nil else { return }
        guard case .confined(let held) = report, held.isWhole else {
            throw Failure(
                .unavailable, "sandbox_missing",
                "The worker is not confined as this server requires (QUERN_SANDBOX); ask whoever runs it.")
        }
    }

    /// What people call the unit in hand.
    var nameInHand: String? { given.first { $0.number == inHand }?.name }

    /// Everything that it was given has ended.
    var isDone: Bool { left.isEmpty }

    /// Whether the worker had nothing in hand, and had done nothing or lied.
    var isVain: Bool { inHand == nil && (endedHere == 0 || refusal != nil) }

    /// Whose fault it is that the worker died.
    func blame(isLimit: Bool) -> AttemptEnding.Blame {
        guard let inHand else { return openUnits.isEmpty ? .nobody : .suspects(openUnits.sorted()) }
        // What others used up is not its fault. It comes first in the next worker, and has the whole limit for itself there.
        if isLimit, endedHere > 0 { return .nobody }
        return .unit(number: inHand, startedAt: unitStartedAt, isLimit: isLimit)
    }

    /// How far the whole job is.
    /// - Parameter unit: how far the unit in hand is, where it says so.
    func progress(_ unit: Progress?) -> Progress {
        let seconds = max((ContinuousClock.now - startedAt) / .seconds(1), 0.001)
        return Progress(
            fraction: min(1, (Double(endedInAll) + (unit?.fraction ?? 0)) / Double(max(1, total))), done: Int64(endedInAll),
            total: Int64(total), unit: unitsName, rate: Double(endedHere) / seconds, message: unit?.message ?? nameInHand ?? "")
    }
}
