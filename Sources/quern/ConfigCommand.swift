import ArgumentParser
import Assembly
import Core
import Foundation

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Look at the settings.", subcommands: [Show.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Tell each setting, its value and where it came from; secrets are masked.")
        @OptionGroup var flags: SettingFlags
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            do {
                let settings = try flags.settings()
                for name in settings.strangers {
                    let meant = Nearest.name(to: name, in: Setting.all.map(\.name)).map { " Did you mean \($0)?" } ?? ""
                    Terminal.error("quern: \(name) is set in the environment, but there is no such setting.\(meant)")
                }
                try settings.check()
                if json { return Terminal.out(settings.json.text) }
                let width = settings.values.map(\.setting.name.count).max() ?? 0
                for value in settings.values {
                    let name = value.setting.name.padding(toLength: width, withPad: " ", startingAt: 0)
                    Terminal.out("\(name)  \(Settings.shown(value))  (\(value.source.rawValue))")
                }
            } catch {
                Terminal.fail(error, asJSON: json)
            }
        }
    }
}
