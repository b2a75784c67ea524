import ArgumentParser
import Assembly
import Core
import Foundation
import Logging
import Storage
import Web

/// The routes of a server that is assembled in a folder of its own, so that what is told is what is served.
private enum AssembledRoutes {
    static func table() async throws -> RouteTable {
        let path = FileManager.default.temporaryDirectory.appending(path: "quern-routes-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let settings = try Settings(flags: ["QUERN_DATA_DIR": path], environment: [:], file: nil)
        LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
        return try await Server(settings, try DataFolder(path), logger: Logger(label: "quern")).table
    }
}

struct RoutesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes", abstract: "List every route that the server has, and who may call it.")
    @Flag(help: "Answer in JSON.") var json = false

    func run() async throws {
        do {
            let routes = try await AssembledRoutes.table().all
            if json {
                Terminal.out(JSON.array(routes.map(\.json)).text)
            } else {
                Terminal.table(
                    ["METHOD", "PATH", "WHO", "WHAT"],
                    routes.map { [$0.method, $0.path, $0.declaration.who, $0.declaration.summary] }, empty: "No routes.")
            }
        } catch {
            Terminal.fail(error, asJSON: json)
        }
    }
}

struct OpenAPICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi", abstract: "Print the description of the API (OpenAPI 3.1), as GET /openapi.json answers it.")

    func run() async throws {
        do {
            Terminal.out(OpenAPI.document(try await AssembledRoutes.table().all, version: Version.text).text)
        } catch {
            Terminal.fail(error, asJSON: false)
        }
    }
}
