import ArgumentParser
import Assembly
import Core
import Foundation
import Logging
import Storage
import Web

/// Assembles the server in a folder of its own and asks it, so that what is told is what is served.
struct RoutesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "routes", abstract: "List every route that the server has.")
    @Flag(help: "Answer in JSON.") var json = false

    func run() async throws {
        do {
            let path = FileManager.default.temporaryDirectory.appending(path: "quern-routes-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: path) }
            let settings = try Settings(flags: ["QUERN_DATA_DIR": path], environment: [:], file: nil)
            LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
            let server = try await Server(settings, try DataFolder(path), logger: Logger(label: "quern"))
            let routes = server.table.all
            if json {
                Terminal.out(
                    JSON.array(routes.map { ["method": .string($0.method), "path": .string($0.path)] }).text)
            } else {
                for route in routes {
                    Terminal.out("\(route.method.padding(toLength: 7, withPad: " ", startingAt: 0)) \(route.path)")
                }
            }
        } catch {
            Terminal.fail(error, asJSON: json)
        }
    }
}
