import Accounts
import ArgumentParser
import Core
import Foundation

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Make, list and revoke API keys, with or without a running server.",
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Make a key for somebody; it is shown this once.")
        @OptionGroup var flags: SettingFlags
        @Option(help: "E-mail address of its owner.") var email: String
        @Option(help: "What it is for.") var name: String
        @Option(
            parsing: .upToNextOption,
            help: "What it may be used for: \(Scope.allCases.map(\.rawValue).joined(separator: ", ")).")
        var scope: [String] = [Scope.jobsRead.rawValue, Scope.jobsWrite.rawValue]
        @Option(help: "Days until it expires; 0: never.") var days: Int64 = APIKey.Limits.standardDays
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            do {
                let accounts = try await CommandContext(flags).accounts
                let owner = try await UserCommand.person(email, accounts)
                let scopes = try Scope.checked(scope)
                guard !scopes.contains(.admin) || owner.role == .admin else {
                    throw Failure(.forbidden, "admin_required", "\(owner.email) is no admin, so no key of theirs is.")
                }
                guard days == 0 || APIKey.Limits.days.contains(days) else {
                    throw Failure(
                        .invalid, "invalid_days",
                        "--days must be from \(APIKey.Limits.days.lowerBound) to \(APIKey.Limits.days.upperBound), or 0.")
                }
                let (key, secret) = try await accounts.keys.create(
                    for: owner.id, name: name, scopes: scopes, days: days == 0 ? nil : days)
                try await accounts.audit.append(
                    "key.created", by: .operatorHere, to: owner, detail: ["key": .string(key.id)])
                guard json, case .object(var members) = key.json else { return Terminal.out(secret) }
                members["key"] = .string(secret)
                Terminal.out(JSON.object(members).text)
            } catch {
                Terminal.fail(error, asJSON: json)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List somebody's keys.")
        @OptionGroup var flags: SettingFlags
        @Option(help: "E-mail address of their owner.") var email: String
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            do {
                let accounts = try await CommandContext(flags).accounts
                let keys = try await accounts.keys.list(of: try await UserCommand.person(email, accounts).id)
                if json { return Terminal.out(JSON.array(keys.map(\.json)).text) }
                Terminal.table(
                    ["ID", "BEGINS", "NAME", "SCOPES", "EXPIRES"],
                    keys.map { key in
                        [
                            key.id, "\(key.prefix)…", key.name, key.scopeSet.map(\.rawValue).sorted().joined(separator: " "),
                            key.expiresAt.map { "\($0)" } ?? "never",
                        ]
                    }, empty: "\(email) has no keys; quern key create makes one.")
            } catch {
                Terminal.fail(error, asJSON: json)
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke", abstract: "End a key, and every session that stands on it.")
        @OptionGroup var flags: SettingFlags
        @Argument(help: "Id of the key, as quern key list shows it.") var id: String
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            do {
                let accounts = try await CommandContext(flags).accounts
                let key = try await accounts.keys.revoke(id, of: nil)
                try await accounts.audit.append("key.revoked", by: .operatorHere, detail: ["key": .string(key.id)])
                Terminal.out(json ? key.json.text : "The key \(key.name) opens nothing any more.")
            } catch {
                Terminal.fail(error, asJSON: json)
            }
        }
    }
}
