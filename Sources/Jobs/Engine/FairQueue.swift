package import Core

/// Who is served next when several people wait. A value: it asks nobody and reads no clock.
package struct FairQueue: Sendable {
    /// Somebody with queued jobs.
    package struct Waiting: Sendable, Equatable {
        package let user: ID<Caller>
        /// Of the oldest queued job.
        package let number: Int64
        /// How many jobs of this person run now.
        package let running: Int

        package init(user: ID<Caller>, number: Int64, running: Int) {
            self.user = user
            self.number = number
            self.running = running
        }
    }

    /// The turn at which each person was served last.
    private var turns: [ID<Caller>: Int] = [:]
    private var turn = 0

    private enum Limits {
        /// Turns are forgotten beyond so many people; then the oldest job comes first, once.
        static let people = 10_000
    }

    package init() {}

    /// Who has the fewest running jobs comes first; then who was served longest ago; then whose job is oldest. So people take
    /// turns, however many jobs each of them has queued.
    package func next(_ waiting: [Waiting]) -> ID<Caller>? {
        waiting.min { one, other in
            (one.running, turns[one.user] ?? 0, one.number) < (other.running, turns[other.user] ?? 0, other.number)
        }?.user
    }

    package mutating func serve(_ user: ID<Caller>) {
        if turns.count >= Limits.people { turns = [:] }
        turn += 1
        turns[user] = turn
    }

    /// Somebody's running job.
    package struct Running: Sendable, Equatable {
        package let job: ID<Job>
        package let user: ID<Caller>
        package let startedAt: Moment

        package init(job: ID<Job>, user: ID<Caller>, startedAt: Moment) {
            self.job = job
            self.user = user
            self.startedAt = startedAt
        }
    }

    /// The job that goes back to the queue so that somebody without any running job gets a worker: the youngest of the person who
    /// has the most, and nobody's only one. So what is lost is little, and everybody's oldest job runs to its end.
    package static func victim(among running: [Running]) -> ID<Job>? {
        let byUser = Dictionary(grouping: running, by: \.user).values.filter { $0.count > 1 }
        return byUser.max { $0.count < $1.count }?.max { $0.startedAt < $1.startedAt }?.job
    }
}
