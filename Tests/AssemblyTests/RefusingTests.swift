import Assembly
import Core
import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing
import Web

/// Who asks, what comes, and what must not come: every route that exists, asked by those who are nobody.
@Suite("Refusing strangers")
struct RefusingTests {
    /// A path with ids of nothing in place of its parameters.
    private static func filled(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).map { part in
            part.hasPrefix("{") || part.hasPrefix(":") || part == "**" ? "00000000-0000-4000-8000-000000000000" : String(part)
        }.joined(separator: "/")
    }

    private static let nobodies: [(name: String, person: Served.Person)] = [
        ("nobody", .stranger), ("a made-up token", .bearer("made.up.token")),
        ("a made-up key", .stranger.sending("quern_0123456789abcdef0123456789abcdef", as: .named("X-API-Key"))),
        ("a made-up cookie", .stranger.sending("quern_session=made-up", as: .cookie)),
    ]

    @Test func `a route answers a stranger only where it is said to`() async throws {
        try await Served.with { served, client in
            for route in served.table.all {
                switch route.declaration.access {
                case .everyone, .signature, .socket: continue
                case .signedIn, .administrator: break
                }
                for (name, person) in Self.nobodies {
                    let method = try #require(HTTPRequest.Method(route.method))
                    let reply = try await client.ask(
                        method, Self.filled(route.path), as: person.sending("application/json", as: .accept),
                        body: method == .get || method == .head ? nil : Data("{}".utf8))
                    let isSentToDoor = reply.status == 303 && reply.headers[.location]?.hasPrefix("/auth/") == true
                    #expect(
                        reply.status == 401 || reply.status == 403 || isSentToDoor,
                        "\(route.method) \(route.path), \(name): \(reply.status)")
                }
            }
        }
    }

    @Test func `a route of administrators refuses members, and says that it is for administrators`() async throws {
        try await Served.with { served, client in
            let member = try await served.person("member@example.com", client)
            for route in served.table.all where route.declaration.access == .administrator([.admin]) {
                let method = try #require(HTTPRequest.Method(route.method))
                let reply = try await client.ask(
                    method, Self.filled(route.path), as: member.sending("application/json", as: .accept),
                    body: method == .get ? nil : Data("{}".utf8))
                // The address of a form leads everybody to its page, which refuses.
                let isAddressOfForm = method == .get && reply.status == 303
                #expect(reply.status == 403 || isAddressOfForm, "\(route.method) \(route.path): \(reply.status)")
            }
        }
    }

    @Test func `a route of the documents is the same at every mount`() async throws {
        try await Served.with { served, _ in
            let all = served.table.all
            for family in ["/users", "/jobs", "/events", "/collab", "/ws", "/auth/cognito", "/auth/session"] {
                func routes(at mount: String) -> Set<String> {
                    var found: Set<String> = []
                    for route in all where route.path == mount + family || route.path.hasPrefix(mount + family + "/") {
                        found.insert(route.method + " " + String(route.path.dropFirst(mount.count)))
                    }
                    return found
                }
                #expect(!routes(at: "").isEmpty)
                #expect(routes(at: "") == routes(at: "/api"))
                #expect(routes(at: "") == routes(at: "/api/v1"))
            }
        }
    }
}
