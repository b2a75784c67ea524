import Accounts
import Assembly
import Core
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Storage
import Testing
import Web
import Workers

/// The whole product in this process, on a data folder of its own, without a socket: routes answer as people see them.
///
/// Nothing runs behind the routes: no worker takes a job, no mail leaves. What needs that is tested from outside.
struct Served: Sendable {
    let accounts: Accounts
    /// Every route that there is.
    let table: RouteTable
    let data: URL

    /// One answer, with what tests look at.
    struct Reply: Sendable {
        let status: Int
        let headers: HTTPFields
        let body: Data

        var text: String { String(decoding: body, as: UTF8.self) }
        /// - Throws: `Failure` when the body is no JSON.
        var json: JSON { get throws { try JSON(parsing: body) } }
        /// The member `error` of the standard dialect; nil when there is none.
        var code: String? { (try? json)?["error"]?.stringValue }
    }

    /// Somebody who asks: nobody, or who the header says.
    struct Person: Sendable {
        var headers: HTTPFields = [:]

        static let stranger = Person()
        static func bearer(_ token: String) -> Person { Person(headers: [.authorization: "Bearer \(token)"]) }
        func sending(_ value: String, as name: HTTPField.Name) -> Person {
            var copy = self
            copy.headers[name] = value
            return copy
        }
    }

    static let password = "a mill turns slowly, 7 stones"

    /// Serves while a test asks; the data folder goes with it.
    static func with(
        _ settings: [String: String] = [:], _ test: @Sendable (Served, any TestClientProtocol) async throws -> Void
    ) async throws {
        let data = FileManager.default.temporaryDirectory.appending(path: "quern-served-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: data) }
        let usual = ["QUERN_DATA_DIR": data.path, "RATE_LIMIT_ENABLED": "false", "QUERN_WORKERS": "1"]
        let all = try Settings(flags: usual.merging(settings) { $1 }, environment: [:], file: nil)
        let server = try await Server(
            all, try DataFolder(data.path), worker: .init(executable: "/bin/false", arguments: []),
            logger: Logger(label: "served") { _ in SwiftLogNoOpLogHandler() })
        let served = Served(accounts: server.accounts, table: server.table, data: data)
        // The router alone, without the services: no worker starts, no mail leaves.
        try await Application(router: server.router, logger: Logger(label: "served") { _ in SwiftLogNoOpLogHandler() })
            .test(.router) { client in try await test(served, client) }
    }

    /// An active account, signed in with a token.
    func person(
        _ email: String, _ client: any TestClientProtocol, role: Caller.Role = .member, tenant: String = "default"
    ) async throws -> Person {
        try await accounts.create(email: email, password: Self.password, role: role, tenant: tenant, by: .operatorHere)
        let form = "username=\(email)&password=\(Self.password.replacingOccurrences(of: " ", with: "+"))"
        let reply = try await client.ask(
            .post, "/api/v1/auth/login", as: .stranger.sending("application/x-www-form-urlencoded", as: .contentType),
            body: Data(form.utf8))
        return .bearer(try #require(try reply.json["access_token"]?.stringValue))
    }
}

extension TestClientProtocol {
    /// Sends one request; JSON when there is a body and no other type is named.
    func ask(
        _ method: HTTPRequest.Method, _ path: String, as person: Served.Person = .stranger, body: Data? = nil
    ) async throws -> Served.Reply {
        var headers = person.headers
        if body != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        let answer = try await executeRequest(
            uri: path, method: method, headers: headers, body: body.map { ByteBuffer(bytes: $0) })
        return Served.Reply(
            status: Int(answer.status.code), headers: answer.headers, body: Data(answer.body.readableBytesView))
    }

    func ask(
        _ method: HTTPRequest.Method, _ path: String, as person: Served.Person = .stranger, json: JSON
    ) async throws -> Served.Reply {
        try await ask(method, path, as: person, body: Data(json.text.utf8))
    }
}
