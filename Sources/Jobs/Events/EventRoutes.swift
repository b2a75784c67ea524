package import Core
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
package import Web
import Workers

/// The event log as a stream, and as a list.
package struct EventRoutes: Sendable {
    private let log: EventLog
    private let store: JobStore
    private let board: ProgressBoard
    private let lines: ConnectionQuota
    private let tags: ListCache

    /// - Parameter lines: how many streams one person may have open.
    package init(log: EventLog, store: JobStore, board: ProgressBoard, lines: ConnectionQuota, tags: ListCache) {
        self.log = log
        self.store = store
        self.board = board
        self.lines = lines
        self.tags = tags
    }

    enum Limits {
        /// Who has too many streams may ask again after so long.
        static let retrySeconds = 5
        /// A comment goes out when nothing else did for so long, give or take a call of the pacemaker.
        static let heartbeat = Duration.seconds(13)
        /// `?limit=` of the list.
        static let list = 500
        /// Bytes of one list; who asks for more goes on with `?after=`.
        static let listBytes = 4_194_304
    }

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ routes: Routes<AppRequestContext>) {
        // What is heard depends on the topics, each with a scope of its own.
        routes.group("events", context: SignedIn.self)
            .get(
                .init("Stream events", .signedIn([.jobsRead, .tasksRead]))
                    .asking(
                        .init("topics", "jobs, tasks, or both divided by a comma."), .init("job_id", "Only events of this job."),
                        .init("last_event_id", "Begins behind this event, as the header Last-Event-ID does.")
                    ).giving(.string, "Server-sent events.", type: "text/event-stream").ofJob
                    .refusing(.invalid, "unknown_topic").refusing(.tooMany, "too_many_streams"), use: stream)
        routes.group("jobs/:id/events", context: SignedIn.self)
            .get(
                .init("List the events of a job", .signedIn([.jobsRead]))
                    .asking(
                        .init("after", .integer(0...Int64.max), "Begins behind this event."),
                        .init("limit", .integer(0...Int64.max), "How many to show.")
                    ).giving(.list(of: JobShapes.event)).ofJob.refusing(.invalid, "invalid_skip"), use: list)
    }

    /// Events of one job, oldest first: `?after=<id>&limit=`.
    @Sendable func list(_ request: Request, _ context: SignedIn) async throws -> Response {
        let job = try await store.find(try context.parameters.require("id"), for: context.caller)
        let query = Form(query: request)
        let after = try Page(skip: query["after"], limit: query["limit"], standard: Limits.list)
        let revision = try await store.revision(.events(of: job.id))
        return try await tags.answer(request, context.dialect, scope: "events \(job.id)", revision: revision) {
            let batch = try await log.batch(
                after: Int64(after.skip), .job(job.id), most: min(after.limit, Limits.list), bytes: Limits.listBytes)
            return ({ .array(batch.events.map(\.json)) }, [:])
        }
    }

    /// Begins behind `Last-Event-ID` (or `?last_event_id=`), without one at the present; never skips, never repeats.
    @Sendable func stream(_ request: Request, _ context: SignedIn) async throws -> Response {
        let query = Form(query: request)
        let start = try EventReader.start(request.headers[.lastEventID] ?? query["last_event_id"])
        let job: Job? = if let id = query["job_id"] { try await store.find(id, for: context.caller) } else { nil }
        // A single-job stream needs `jobs:read`.
        let topics = try Self.topics(job == nil ? query["topics"] : Event.Topic.jobs.rawValue, context.credential)
        let (user, alive) = (context.caller.user, context.credential.isAlive)
        guard lines.open(user) else {
            throw Failure(
                .tooMany, "too_many_streams", "You have too many event streams open; close one, and try again.",
                retryAfterSeconds: Limits.retrySeconds)
        }
        // Given back when the answer ends, and when it never begins.
        let line = Line { [lines] in lines.close(user) }
        let reader = try await EventReader(
            log: log, board: board, interest: job.map { .job($0.id) } ?? .topics(topics, context.caller), after: start)
        let channel = context.channel
        return SSE.response { writer in
            defer { line.end() }
            try await SSE.whileReaderIsThere(request, channel, onGone: reader.signal.finish) {
                try await Self.tell(reader, &writer, while: alive, log)
            }
            try await writer.finish(nil)
        }
    }

    private static func tell(
        _ reader: EventReader, _ writer: inout any ResponseBodyWriter, while alive: @Sendable () async -> Bool, _ log: EventLog
    ) async throws {
        try await writer.write(SSE.heartbeat)
        var lastSent = ContinuousClock.now
        var watch = SessionRecheck(reader.signal)
        for await _ in reader.signal.notifications.cancelOnGracefulShutdown() {
            if watch.isDue(log.generation), !(await alive()) { return }
            var buffer = messages(try await reader.next())
            if buffer.readableBytes == 0 && ContinuousClock.now - lastSent > Limits.heartbeat { buffer = SSE.heartbeat }
            guard buffer.readableBytes > 0 else { continue }
            try await writer.write(buffer)
            lastSent = .now
        }
    }

    /// `?topics=jobs,tasks`; without it, all that the caller may hear.
    /// - Throws: `Failure` `unknown_topic`, `scope_missing`.
    package static func topics(_ text: String?, _ credential: Credential) throws -> Set<Event.Topic> {
        guard let text else { return Set(Event.Topic.allCases.filter(credential.allows)) }
        return Set(
            try text.split(separator: ",").map(\.trimmed).map { name in
                guard let topic = Event.Topic(rawValue: name) else {
                    throw Failure(
                        .invalid, "unknown_topic",
                        "topics may hold \(Event.Topic.allCases.map(\.rawValue).joined(separator: " and ")), divided by commas; \(name.beginning(letters: 64)) is none."
                    )
                }
                guard credential.allows(topic) else {
                    throw Failure(.forbidden, "scope_missing", "This API key lacks the scope \(topic.rawValue):read.")
                }
                return topic
            })
    }

    private static func messages(_ news: EventReader.News) -> ByteBuffer {
        var out = ByteBuffer()
        for event in news.events {
            out.writeImmutableBuffer(SSE.message(event: event.topic == .jobs ? "job" : "task", id: event.id, data: event.json))
        }
        for (job, progress) in news.progress {
            out.writeImmutableBuffer(
                SSE.message(
                    event: "progress", data: ["job_id": .string(job.rawValue), "status": "RUNNING", "progress": progress.json]))
        }
        return out
    }
}

/// Ends once, at the latest when nobody holds it any more: an answer whose reader has gone before it began is never written.
private final class Line: Sendable {
    private let action: Mutex<(@Sendable () -> Void)?>

    init(_ action: @escaping @Sendable () -> Void) {
        self.action = Mutex(action)
    }

    deinit { end() }

    func end() {
        action.withLock { action in
            action?()
            action = nil
        }
    }
}

extension HTTPField.Name {
    fileprivate static let lastEventID = named("Last-Event-ID")
}
