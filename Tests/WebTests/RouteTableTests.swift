import Core
import HTTPTypes
import Hummingbird
import Testing

@testable import Web

@Suite("The table of routes")
struct RouteTableTests {
    let router = Router(context: AppRequestContext.self)
    let table = RouteTable()

    @Test func `a path finds its routes, and literal parts come before parameters`() throws {
        let routes = Routes(router, table, mount: "api/v1")
        routes.get("jobs/:id", .init("Show", .everyone)) { _, _ in Response(status: .ok) }
            .delete("jobs/:id", .init("Delete", .everyone)) { _, _ in Response(status: .ok) }
            .get("jobs/new", .init("New", .everyone)) { _, _ in Response(status: .ok) }
            .get("files/**", .init("File", .everyone)) { _, _ in Response(status: .ok) }
        try table.check(against: router)
        #expect(table.routes(at: "/api/v1/jobs/7").keys.sorted() == ["DELETE", "GET"])
        #expect(table.routes(at: "/api/v1/jobs/new")["GET"]?.declaration.summary == "New")
        #expect(table.routes(at: "/api/v1/jobs/7")["GET"]?.template == "jobs/{id}")
        #expect(table.routes(at: "/api/v1/files/a/b/c").keys.sorted() == ["GET"])
        #expect(table.routes(at: "/api/v1/jobs/7/8").isEmpty)
        #expect(table.routes(at: "/jobs/7").isEmpty)
        #expect(table.all.map(\.path) == ["/api/v1/files/**", "/api/v1/jobs/new", "/api/v1/jobs/{id}", "/api/v1/jobs/{id}"])
    }

    @Test func `a route without a declaration stops the start`() throws {
        Routes(router, table).get("told", .init("Told", .everyone)) { _, _ in Response(status: .ok) }
        router.get("untold/:id") { _, _ in Response(status: .ok) }
        let failure = #expect(throws: Failure.self) { try table.check(against: router) }
        #expect(failure?.code == "route_undeclared")
        #expect(failure?.message.contains("GET /untold/{id}") == true)
        #expect(failure?.message.contains("/told ") == false)
    }

    @Test func `a declaration that the context does not keep stops the start`() {
        Routes(router, table).get("mine", .init("Mine", .signedIn([]))) { _, _ in Response(status: .ok) }
        Routes(router, table).group("yours", context: SignedIn.self)
            .get(.init("Yours", .everyone)) { _, _ in Response(status: .ok) }
        let failure = #expect(throws: Failure.self) { try table.check(against: router) }
        #expect(failure?.message.contains("GET /mine: its context lets everybody in") == true)
        #expect(failure?.message.contains("GET /yours: its context lets in only who is signed in") == true)
    }

    @Test func `below pages what is not there is for people too`() throws {
        Routes(router, table).get("dashboard/jobs", .page("Jobs", .everyone)) { _, _ in Response(status: .ok) }
            .get("auth/login", .page("Sign in", .everyone)) { _, _ in Response(status: .ok) }
            .get("auth/session", .init("Session", .everyone)) { _, _ in Response(status: .ok) }
        try table.check(against: router)
        #expect(table.isBelowPages("/dashboard/nothing"))
        #expect(!table.isBelowPages("/auth/nothing"))
        #expect(!table.isBelowPages("/nothing"))
    }
}
