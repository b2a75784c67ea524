import ArgumentParser

@main
struct Quern: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quern",
        abstract: "Turns files into clean, searchable data: one executable, one folder.",
        version: "quern \(Version.text)",
        subcommands: [
            ServeCommand.self, TransformCommand.self, UserCommand.self, KeyCommand.self, OutboxCommand.self,
            ConfigCommand.self, HealthCommand.self, RoutesCommand.self, WorkerCommand.self,
        ])
}
