import ArgumentParser
import Assembly
import Core
import Foundation
import Logging
import NIOCore
import Storage
import UnixSignals

/// Flags that every verb with settings takes.
struct SettingFlags: ParsableArguments {
    @Option(help: "Folder of the database, objects and secrets.")
    var dataDir: String?

    @Option(help: "TOML or YAML file with settings.")
    var config: String?

    /// Opens the data folder. What this process makes from now on is the owner's alone, whatever the folder itself allows.
    /// - Throws: `Failure` `no_data_folder` when there is none and the verb may not make one.
    func folder(_ settings: Settings, mayMake: Bool) throws -> DataFolder {
        umask(0o077)
        let path = settings.text("QUERN_DATA_DIR")
        guard mayMake || FileManager.default.fileExists(atPath: path + "/quern.db") else {
            throw Failure(
                .missing, "no_data_folder",
                "There is no data folder at \(URL(fileURLWithPath: path).path). Name it with --data-dir or QUERN_DATA_DIR; quern serve and quern user create make a new one."
            )
        }
        return try DataFolder(path)
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
            try settings.check()
            let (level, format) = (try settings.logLevel, settings.text("QUERN_LOG_FORMAT"))
            try PortCheck.mustBeFree(settings.text("QUERN_HOST"), try settings.number("QUERN_PORT"))
            let isJSON = format == "json" || (format == "auto" && !Terminal.errorIsTerminal)
            let file = try LogFile(settings)
            LoggingSystem.bootstrap { _ in LogLines(logLevel: level, isJSON: isJSON, file: file) }
            let server = try await Server(
                settings, try flags.folder(settings, mayMake: true), connections: Descriptors.raise(),
                logger: Logger(label: "quern"), announce: Terminal.out)
            try await server.run(until: [.sigterm, .sigint])
        } catch let error as IOError {
            // Somebody took the port since it was looked at.
            Terminal.fail(PortCheck.failure(error.errnoCode) ?? error)
        } catch {
            Terminal.fail(error)
        }
    }
}
