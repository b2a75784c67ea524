import Assembly
import Core
import Testing
import Web

/// What stands in the declarations of the product's routes and matters to who relies on it.
@Suite("The declarations of all routes")
struct RouteDeclarationsTests {
    @Test func `limits, scopes and what is made are the same below every mount`() async throws {
        try await Served.with { served, _ in
            func declaration(_ method: String, _ path: String) -> RouteDeclaration? {
                served.table.routes(at: path)[method]?.declaration
            }
            for mount in ["", "/api", "/api/v1"] {
                #expect(declaration("POST", "\(mount)/auth/login")?.rates == [.login])
                #expect(declaration("POST", "\(mount)/auth/cognito/login")?.rates == [.login])
                #expect(declaration("POST", "\(mount)/auth/cognito/signup")?.rates == [.signup])
                #expect(declaration("POST", "\(mount)/auth/cognito/refresh")?.rates == [.refresh])
                #expect(declaration("GET", "\(mount)/jobs/7")?.rates == [.api])
                #expect(declaration("GET", "\(mount)/jobs")?.scopes == [.jobsRead])
                #expect(declaration("POST", "\(mount)/jobs")?.scopes == [.jobsWrite])
                #expect(declaration("POST", "\(mount)/jobs")?.isCreating == true)
                #expect(declaration("GET", "\(mount)/events")?.scopes == [.jobsRead, .tasksRead])
                #expect(declaration("GET", "\(mount)/ws")?.scopes == [.jobsRead, .tasksRead])
                #expect(declaration("PATCH", "\(mount)/collab/tasks/7")?.scopes == [.tasksWrite])
                #expect(declaration("GET", "\(mount)/collab/tasks/7")?.dialect == .enveloped)
                #expect(declaration("GET", "\(mount)/users/me")?.scopes == [.accountRead])
                for (method, path) in [
                    ("PATCH", "users/me"), ("GET", "users/me/keys"), ("GET", "users/me/sessions"), ("GET", "users/me/mfa"),
                    ("PUT", "users/me/settings"), ("POST", "auth/reauthenticate"),
                ] {
                    #expect(declaration(method, "\(mount)/\(path)")?.scopes == [], "no key is good for \(path)")
                }
                #expect(declaration("GET", "\(mount)/admin/users")?.access == .administrator([.admin]))
                #expect(declaration("POST", "\(mount)/users/me/keys")?.needsFreshLogin == true)
            }
            for (method, path, isConfidential) in [
                ("GET", "/api/v1/auth/session", true), ("GET", "/auth/login", true), ("GET", "/users/me/keys", true),
                ("GET", "/api/users/me/mfa", true), ("GET", "/dashboard/settings", true), ("GET", "/admin/outbox", true),
                ("GET", "/api/v1/jobs/7/documents/8/presign-download", true), ("POST", "/ws/ticket", true),
                ("GET", "/api/v1/jobs", false), ("GET", "/dashboard", false), ("GET", "/dashboard/tasks", false),
                ("GET", "/api/collab/state/tasks", false),
            ] {
                #expect(declaration(method, path)?.isConfidential == isConfidential, "\(path)")
            }
            for path in ["/health", "/healthz", "/api/healthz", "/api/v1/health", "/assets/a.css", "/favicon.ico", "/quern/a/b"] {
                #expect(declaration("GET", path)?.rates.isEmpty == true, "nothing counts \(path)")
            }
        }
    }

    @Test func `no page is open to keys, and whatever needs a scope names it`() async throws {
        try await Served.with { served, _ in
            for route in served.table.all {
                let declaration = route.declaration
                if declaration.answers == .page {
                    #expect((declaration.scopes ?? []).allSatisfy { $0 == .admin }, "\(route.path)")
                }
                if declaration.needsFreshLogin { #expect(declaration.scopes != nil, "\(route.path)") }
                #expect(declaration.summary.first?.isUppercase == true && !declaration.summary.hasSuffix("."), "\(route.path)")
            }
        }
    }
}
