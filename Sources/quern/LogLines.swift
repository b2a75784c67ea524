import Core
import Foundation
import Logging

/// Log lines on standard error: one JSON object a line, or text for people.
struct LogLines: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    let isJSON: Bool
    /// A file that gets every line too, as JSON.
    let file: LogFile?

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let current = Correlation.current {
            // What a request sets off far from its handler belongs to it all the same.
            all["request_id"] = "\(current.requestID)"
            all["trace_id"] = "\(current.trace.id)"
            all["span_id"] = "\(current.trace.span)"
        }
        if let more = event.metadata { all.merge(more) { $1 } }
        let line = isJSON ? Self.json(event.level, "\(event.message)", all) : Self.text(event.level, "\(event.message)", all)
        Self.write(line, to: STDERR_FILENO)
        if let file { Self.write(isJSON ? line : Self.json(event.level, "\(event.message)", all), to: file.descriptor) }
    }

    /// One write a line, so that lines of several threads do not mix.
    private static func write(_ line: String, to descriptor: Int32) {
        var bytes = Array(line.utf8)
        bytes.append(UInt8(ascii: "\n"))
        _ = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
    }

    private static func json(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) -> String {
        var members: [String: JSON] = [
            "at": .string(Moment.now.description), "level": .string(level.rawValue), "message": .string(message),
        ]
        for (key, value) in metadata { members[key] = .string("\(value)") }
        return JSON.object(members).text
    }

    /// Nobody begins a line of ours, or colours a terminal, with what they send.
    private static func plain(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    private static func text(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) -> String {
        let pairs = metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\(plain("\($0.value)"))" }.joined(separator: " ")
        return
            "\(Moment.now.description.dropFirst(11).prefix(12)) \(level.rawValue.padding(toLength: 7, withPad: " ", startingAt: 0)) \(message) \(pairs)"
    }
}
