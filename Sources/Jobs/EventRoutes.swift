import Core
import HTTPTypes
package import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
package import Web

/// The event log as a stream, and as a list.
package struct EventRoutes: Sendable {
    private let log: EventLog
    private let store: JobStore
    private let board: ProgressBoard

    package init(log: EventLog, store: JobStore, board: ProgressBoard) {
        self.log = log
        self.store = store
        self.board = board
    }

    enum Limits {
        /// Events read from the log in one look.
        static let batch = 500
        /// Progress is sent so often at most.
        static let progressInterval = Duration.milliseconds(250)
        /// A comment goes out when nothing else did for so long.
        static let heartbeat = Duration.seconds(15)
        /// Whether the listener is still signed in is asked so often: a stream ends within a second of its session.
        static let aliveInterval = Duration.milliseconds(400)
        /// `?limit=` of the list.
        static let list = 500
    }

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ group: RouterGroup<Visit>) {
        group.group("events", context: SignedIn.self).get(use: stream)
        group.group("jobs/:id/events", context: SignedIn.self).get(use: list)
    }

    /// Events of one job, oldest first: `?after=<id>&limit=`.
    @Sendable func list(_ request: Request, _ context: SignedIn) async throws -> Response {
        let job = try await store.find(try context.parameters.require("id"), for: context.caller)
        let query = Form(query: request)
        let after = try Page(skip: query["after"], limit: query["limit"], standard: Limits.list)
        let events = try await log.events(
            after: Int64(after.skip), of: job.user, job: job.id.rawValue, most: min(after.limit, Limits.list))
        return Answer.tagged(.array(events.map(\.json)), for: request)
    }

    /// Begins behind `Last-Event-ID` (or `?last_event_id=`), without one at the present; never skips, never repeats.
    @Sendable func stream(_ request: Request, _ context: SignedIn) async throws -> Response {
        let query = Form(query: request)
        let known = request.headers[.lastEventID] ?? query["last_event_id"]
        let job: Job? = if let id = query["job_id"] { try await store.find(id, for: context.caller) } else { nil }
        // Listen first, look then: what happens in between rings the bell.
        let bell = log.bell()
        var start: Int64
        if let known {
            guard let id = Int64(known), id >= 0 else {
                throw Failure(.invalid, "invalid_last_event_id", "Last-Event-ID must be the id of an event.")
            }
            start = id
        } else {
            start = try await log.lastID()
        }
        let reader = Reader(log: log, board: board, user: job?.user ?? context.caller.user, job: job?.id, position: start)
        return SSE.response { writer in
            try await writer.write(SSE.heartbeat)
            var lastAsked = ContinuousClock.now
            for await _ in Self.turns(bell).cancelOnGracefulShutdown() {
                if ContinuousClock.now - lastAsked > Limits.aliveInterval {
                    guard await context.credential.isAlive() else { break }
                    lastAsked = .now
                }
                let buffer = try await reader.next()
                if buffer.readableBytes > 0 { try await writer.write(buffer) }
            }
            try await writer.finish(nil)
        }
    }

    /// When to look: at every ring, and at every beat of the progress clock.
    private static func turns(_ bell: AsyncStream<Void>) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let task = Task {
            await withTaskGroup { group in
                group.addTask { for await _ in bell { continuation.yield() } }
                group.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: Limits.progressInterval)
                        continuation.yield()
                    }
                }
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        continuation.yield()
        return stream
    }
}

/// One reader's place in the log and on the board.
private actor Reader {
    private let log: EventLog
    private let board: ProgressBoard
    private let user: ID<Caller>
    private let job: ID<Job>?
    private var position: Int64
    private var seen: Int64 = 0
    private var lastSent = ContinuousClock.now
    private var lastLook: Int64 = -1

    init(log: EventLog, board: ProgressBoard, user: ID<Caller>, job: ID<Job>?, position: Int64) {
        self.log = log
        self.board = board
        self.user = user
        self.job = job
        self.position = position
    }

    /// What is new since the last turn; empty when nothing is.
    func next() async throws -> ByteBuffer {
        var out = ByteBuffer()
        if log.generation != lastLook {
            lastLook = log.generation
            while true {
                let events = try await log.events(after: position, of: user, job: job?.rawValue, most: EventRoutes.Limits.batch)
                for event in events {
                    var message = SSE.message(event: "job", id: event.id, data: event.json)
                    out.writeBuffer(&message)
                    position = event.id
                }
                if events.count < EventRoutes.Limits.batch { break }
            }
        }
        let (changes, version) = board.changes(after: seen, of: user, job: job)
        seen = version
        for (job, progress) in changes {
            var message = SSE.message(
                event: "progress", data: ["job_id": .string(job.rawValue), "status": "RUNNING", "progress": progress.json])
            out.writeBuffer(&message)
        }
        let now = ContinuousClock.now
        if out.readableBytes == 0 && now - lastSent > EventRoutes.Limits.heartbeat { out = SSE.heartbeat }
        if out.readableBytes > 0 { lastSent = now }
        return out
    }
}

extension HTTPField.Name {
    fileprivate static let lastEventID = named("Last-Event-ID")
}
