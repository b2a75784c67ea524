package import Core
package import Jobs
import ServiceLifecycle
package import Web
import Workers

/// What is said on `/ws`: a greeting, echoes, and the news of the topics that were asked for.
package struct LiveSocket: Sendable {
    private let log: EventLog
    private let board: ProgressBoard
    private let lines: ConnectionQuota

    /// - Parameter lines: how many sockets one person may have open.
    package init(log: EventLog, board: ProgressBoard, lines: ConnectionQuota) {
        self.log = log
        self.board = board
        self.lines = lines
    }

    private enum Close {
        /// RFC 6455, section 7.4.1.
        static let policy: UInt16 = 1008
    }

    /// Decides about somebody who is known.
    /// - Parameter query: `topics=jobs,tasks`, `last_event_id`.
    package func admit(_ caller: Caller, _ credential: Credential, _ query: Form) -> SocketAdmission {
        var topics: Set<Event.Topic> = []
        for name in (query["topics"] ?? "").split(separator: ",").map(\.trimmed) {
            guard let topic = Event.Topic(rawValue: name) else { return .closed(code: Close.policy, reason: "unknown topic") }
            guard credential.allows(topic) else { return .closed(code: Close.policy, reason: "no scope") }
            topics.insert(topic)
        }
        let start: Int64?
        do {
            start = try EventReader.start(query["last_event_id"])
        } catch {
            return .closed(code: Close.policy, reason: "invalid last_event_id")
        }
        guard lines.open(caller.user) else { return .closed(code: Close.policy, reason: "too many sockets") }
        return .open { [topics] line in
            defer { lines.close(caller.user) }
            try await converse(line, caller, credential, topics, after: start)
        }
    }

    private func converse(
        _ line: WebSocketSession, _ caller: Caller, _ credential: Credential, _ topics: Set<Event.Topic>, after start: Int64?
    ) async throws {
        let reader = try await EventReader(log: log, board: board, interest: .topics(topics, caller), after: start)
        line.send(Self.message(["type": "connection", "status": "connected"], caller))
        await withTaskGroup { group in
            group.addTask { await tell(reader, line, caller, credential, hasTopics: !topics.isEmpty) }
            for await message in line.messages { line.send(Self.answer(message, caller)) }
            reader.signal.finish()
            group.cancelAll()
        }
    }

    /// News, and the end of it when the session ends.
    private func tell(
        _ reader: EventReader, _ line: WebSocketSession, _ caller: Caller, _ credential: Credential, hasTopics: Bool
    ) async {
        var watch = SessionRecheck(reader.signal)
        for await _ in reader.signal.notifications {
            if watch.isDue(log.generation), !(await credential.isAlive()) {
                return line.close(code: Close.policy, reason: "signed out")
            }
            guard hasTopics else { continue }
            do {
                let news = try await reader.next()
                for event in news.events {
                    let said: [String: JSON] = ["type": "event", "topic": .string(event.topic.rawValue), "data": event.json]
                    guard await hasRoom(line) else { return line.close(code: Close.policy, reason: "too slow") }
                    guard line.send(Self.message(said, caller)) else { return }
                }
            } catch {
                return line.close(code: 1011, reason: "the events could not be read")
            }
        }
    }

    /// Whoever catches up on a thousand events gets them at the pace at which they take them.
    private func hasRoom(_ line: WebSocketSession) async -> Bool {
        let end = ContinuousClock.now + Limits.patience
        while line.waiting >= Limits.ahead || line.waitingBytes >= Limits.aheadBytes {
            // Cancelled when the line is over.
            guard ContinuousClock.now < end, (try? await Task.sleep(for: Limits.pause)) != nil else { return false }
        }
        return true
    }

    private enum Limits {
        /// Events that are queued ahead of a reader; half of what makes a line break.
        static let ahead = SocketLimits.waitingMessages / 2
        static let aheadBytes = SocketLimits.waitingBytes / 2
        /// Who takes nothing for so long is hung up on.
        static let patience = Duration.seconds(5)
        static let pause = Duration.milliseconds(10)
    }

    private static func answer(_ message: SocketMessage, _ caller: Caller) -> String {
        guard case .text(let text) = message else { return problem("Send text: a JSON object.") }
        guard let data = try? JSON(parsing: text) else { return problem("This is not valid JSON.") }
        guard case .object = data else { return problem("Send a JSON object.") }
        return Self.message(["type": "message", "data": data], caller)
    }

    private static func message(_ members: [String: JSON], _ caller: Caller) -> String {
        var members = members
        members["timestamp"] = .string(Moment.now.withoutZone)
        members["user"] = .string(caller.email)
        return JSON.object(members).text
    }

    private static func problem(_ words: String) -> String {
        (["type": "error", "message": .string(words)] as JSON).text
    }
}
