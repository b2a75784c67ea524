import ArgumentParser
import Assembly
import Core
import Foundation

struct Quern: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quern",
        abstract: "Turns files into clean, searchable data: one executable, one folder.",
        version: "quern \(Version.text)",
        subcommands: [
            ServeCommand.self, TransformCommand.self, SniffCommand.self, ExtractCommand.self, DiscoverCommand.self,
            UserCommand.self, KeyCommand.self,
            OutboxCommand.self,
            ConfigCommand.self, HealthCommand.self, RoutesCommand.self, OpenAPICommand.self,
        ])
}

@main
enum Program {
    /// On the main thread, so that a worker confines itself before any other thread is there.
    @MainActor static func main() async {
        if Array(CommandLine.arguments.dropFirst()) == [WorkerCommand.verb] {
            WorkerCommand.run()
            exit(0)
        }
        if let problem = UnknownVerb.problem(CommandLine.arguments.dropFirst()) {
            Terminal.error(problem)
            exit(Terminal.Exit.usage)
        }
        if CommandLine.arguments.dropFirst().first == SniffCommand.configuration.commandName {
            SniffCommand.warmUp(Array(CommandLine.arguments.dropFirst(2)))
        }
        await Quern.main()
    }
}

/// Finds a verb that is none before the parser does: it would only say that the word was not expected.
enum UnknownVerb {
    /// What to say of the first unknown verb; nil when all are known.
    static func problem(_ words: some Sequence<String>) -> String? {
        var command: any ParsableCommand.Type = Quern.self
        var path = ["quern"]
        for word in words {
            let verbs = command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
            guard !verbs.isEmpty, !word.hasPrefix("-"), word != "help" else { return nil }
            guard let next = command.configuration.subcommands.first(where: { $0.configuration.commandName == word }) else {
                let names = verbs.compactMap { $0.configuration.commandName }
                let hint = Nearest.name(to: word, in: names).map { " Did you mean \($0)?" } ?? ""
                let own = path.joined(separator: " ")
                return
                    "Error: \(own) has no verb \"\(word)\".\(hint) It has: \(names.joined(separator: ", ")).\nSee: \(own) --help"
            }
            command = next
            path.append(word)
        }
        return nil
    }
}
