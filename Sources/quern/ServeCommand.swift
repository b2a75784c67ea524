import ArgumentParser
import Core
import Foundation
import Logging
import NIOCore
import Storage

/// Flags that every verb with settings takes.
struct SettingFlags: ParsableArguments {
    @Option(help: "Folder of the database, objects and secrets.")
    var dataDir: String?

    @Option(help: "TOML or YAML file with settings.")
    var config: String?

    /// Opens the data folder. What this process makes from now on is the owner's alone, whatever the folder itself allows.
    func folder(_ settings: Settings) throws -> DataFolder {
        umask(0o077)
        return try DataFolder(settings.text("QUERN_DATA_DIR"))
    }

    func settings(_ more: [String: String?] = [:]) throws -> Settings {
        var flags = more.compactMapValues { $0 }
        flags["QUERN_DATA_DIR"] = dataDir
        return try Settings(flags: flags, environment: ProcessInfo.processInfo.environment, file: config)
    }
}

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the API and the dashboard, and run jobs.")

    @OptionGroup var flags: SettingFlags
    @Option(help: "Address to listen on.") var host: String?
    @Option(help: "Port to listen on; 0 takes a free one.") var port: Int?
    @Option(help: "Worker processes.") var workers: Int?

    func run() async throws {
        do {
            let settings = try flags.settings([
                "QUERN_HOST": host, "QUERN_PORT": port.map(String.init), "QUERN_WORKERS": workers.map(String.init),
            ])
            let (level, format) = (try settings.logLevel, settings.text("QUERN_LOG_FORMAT"))
            guard ["auto", "json", "text"].contains(format) else {
                throw Failure(.invalid, "invalid_setting", "QUERN_LOG_FORMAT must be json, text or auto.")
            }
            let isJSON = format == "json" || (format == "auto" && !Terminal.errorIsTerminal)
            let file = try LogFile(settings)
            LoggingSystem.bootstrap { _ in LogLines(logLevel: level, isJSON: isJSON, file: file) }
            let server = try await Server(settings, try flags.folder(settings), logger: Logger(label: "quern"))
            try await server.run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            Terminal.fail(
                Failure(
                    .conflict, "address_in_use", "The port is in use; stop the other program, or choose another port with --port."
                ))
        } catch let error as IOError where error.errnoCode == EACCES || error.errnoCode == EADDRNOTAVAIL {
            Terminal.fail(
                Failure(
                    .invalid, "address_not_available",
                    "This address and port can not be listened on; check --host, and take a port above 1023 unless you are root.")
            )
        } catch {
            Terminal.fail(error)
        }
    }
}
