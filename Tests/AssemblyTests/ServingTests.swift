import Assembly
import Core
import HTTPTypes
import HummingbirdTesting
import Testing
import Web

@Suite("Serving in one process")
struct ServingTests {
    @Test func `every route is there, and a stranger reaches only what is public`() async throws {
        try await Served.with { served, client in
            #expect(served.table.all.count > 200)
            #expect(try await client.ask(.get, "/health").status == 200)
            let refused = try await client.ask(.get, "/api/v1/jobs")
            #expect(refused.status == 401)
            #expect(refused.code == "sign_in_required")
            #expect(try await client.ask(.get, "/api/v1/no-such-route").status == 404)
        }
    }

    @Test func `somebody who is signed in creates a job and reads it; somebody else does not`() async throws {
        try await Served.with { served, client in
            let ada = try await served.person("ada@example.com", client, role: .admin)
            let bob = try await served.person("bob@example.com", client)
            let eve = try await served.person("eve@example.com", client)
            let made = try await client.ask(.post, "/api/v1/jobs", as: bob, json: ["file_name": "people.csv"])
            #expect(made.status == 201)
            let id = try #require(try made.json["id"]?.stringValue)
            #expect(try await client.ask(.get, "/api/v1/jobs/\(id)", as: bob).status == 200)
            #expect(try await client.ask(.get, "/api/v1/jobs/\(id)", as: ada).status == 200)
            #expect(try await client.ask(.get, "/api/v1/jobs/\(id)", as: eve).status == 403)
        }
    }

    @Test func `how workers are held is told to who is known, and not to strangers`() async throws {
        try await Served.with { served, client in
            let bob = try await served.person("bob@example.com", client)
            let path = "/api/v1/health?detailed=true"
            let told = try await client.ask(.get, path, as: bob)
            #expect(told.status == 200)
            #expect(try told.json["sandbox"]?["complete"] != nil)
            let stranger = try await client.ask(.get, path)
            #expect(stranger.status == 200)
            #expect(try stranger.json["sandbox"] == nil)
            #expect(try stranger.json["jobs"] == nil)
        }
    }
}
