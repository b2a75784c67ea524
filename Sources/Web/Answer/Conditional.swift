package import Core
import Crypto
package import HTTPTypes
package import Hummingbird
import NIOCore
package import NIOPosix
import Synchronization

/// Entity tags: strong, the SHA-256 of the canonical JSON of an answer (RFC 9110, section 8.8.3).
package enum ETag {
    package static func of(_ json: JSON) -> String { of(json.bytes) }

    package static func of(_ bytes: [UInt8]) -> String { "\"\(SHA256.hash(data: bytes).hex)\"" }

    /// Weak comparison of a list, as `If-None-Match` asks for (RFC 9110, section 13.1.2). Tags without quotes count too.
    package static func matches(_ list: String, _ tag: String) -> Bool {
        list.split(separator: ",").map(\.trimmed).contains { candidate in
            let bare = candidate.hasPrefix("W/") ? String(candidate.dropFirst(2)) : candidate
            return bare == "*" || bare == tag || "\"\(bare)\"" == tag
        }
    }
}

/// What a change says it is based on (RFC 9110, section 13.1.1).
package struct IfMatch: Sendable {
    private let list: String?

    package init(_ request: Request) {
        let values = request.headers[values: .ifMatch]
        list = values.isEmpty ? nil : values.joined(separator: ",")
    }

    /// For a form, whose hidden field carries the tag.
    package init(tag: String?) { list = tag }

    /// Nothing was said.
    package static let none = IfMatch(tag: nil)

    /// - Throws: `Failure` `if_match_required`.
    package func mustBeGiven() throws {
        guard list != nil else {
            throw Failure(
                .preconditionRequired, "if_match_required",
                "Send If-Match with the ETag of the version that this change is based on, so that nobody's work is lost.")
        }
    }

    /// Strong comparison: a weak tag matches nothing. Without a word from the caller everything is allowed.
    /// - Parameter tags: those of the present state; each dialect may have one of its own.
    /// - Throws: `Failure` `stale_version`, with the present tag in its details.
    package func mustMatch(_ tags: @autoclosure () throws -> [String]) throws {
        // Most changes say nothing, and a tag costs a rendering.
        guard let list else { return }
        let tags = try tags()
        let isMatch = list.split(separator: ",").map(\.trimmed).contains {
            $0 == "*" || tags.contains($0) || tags.contains("\"\($0)\"")
        }
        guard isMatch else {
            throw Failure(
                .stale, "stale_version",
                "This was changed by somebody else meanwhile; get it again, and repeat your change if it still makes sense.",
                details: tags.first.map { ["etag": .string($0)] })
        }
    }
}

/// The answers of lists, each good for as long as the revision of what is listed stands.
package final class ListCache: Sendable {
    private struct Entry {
        let revision: Int64
        let json: RenderedJSON
        let headers: HTTPFields
        /// Of a long one only the tag counts: it is not kept.
        let isLong: Bool

        init(revision: Int64, _ json: RenderedJSON, _ headers: HTTPFields) {
            (self.revision, self.headers) = (revision, headers)
            isLong = json.body.readableBytes > ListCache.longestBody
            self.json = isLong ? RenderedJSON(tag: json.tag, body: ByteBuffer()) : json
        }
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// Of all bodies.
        var bytes = 0

        mutating func set(_ key: String, _ entry: Entry) {
            if entries.count >= ListCache.most || bytes >= ListCache.mostBytes { self = State() }
            bytes += entry.json.body.readableBytes - (entries[key]?.json.body.readableBytes ?? 0)
            entries[key] = entry
        }
    }

    /// Lists that are remembered, and bytes of them; above that all are forgotten: the next answer brings each back.
    private static let most = 20_000
    private static let mostBytes = 8 << 20
    private static let longestBody = 64 << 10
    /// A query longer than this is a list of its own making, and not remembered.
    private static let longestKey = 500

    private let state = Mutex(State())
    private let threads: NIOThreadPool

    /// - Parameter threads: where answers are rendered.
    package init(threads: NIOThreadPool) {
        self.threads = threads
    }

    /// - Parameters:
    ///   - scope: whose list it is; people who see different things have different scopes.
    ///   - revision: read before the data of `render`; nil when the answer changes without one.
    package func answer(
        _ request: Request, _ dialect: Dialect, scope: String, revision: Int64?,
        render: () async throws -> (json: @Sendable () -> JSON, headers: HTTPFields)
    ) async throws -> Response {
        let key = "\(scope) \(dialect.rawValue) \(request.uri.string)"
        let known = request.headers[.ifNoneMatch]
        if let revision, let entry = state.withLock({ $0.entries[key] }), entry.revision == revision {
            if !entry.isLong || known.map({ ETag.matches($0, entry.json.tag) }) == true {
                return Answer.tagged(entry.json, for: request, headers: entry.headers)
            }
        }
        let (json, headers) = try await render()
        let rendered = try await threads.work { RenderedJSON(json()) }
        if let revision, key.utf8.count <= Self.longestKey {
            let entry = Entry(revision: revision, rendered, headers)
            state.withLock { $0.set(key, entry) }
        }
        return Answer.tagged(rendered, for: request, headers: headers)
    }
}
