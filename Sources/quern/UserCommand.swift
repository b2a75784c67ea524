import Accounts
import ArgumentParser
import Core
import Foundation

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Look after accounts, with or without a running server.",
        subcommands: [
            Create.self, List.self, Approve.self, Role.self, ResetPassword.self, ResetMFA.self, Disable.self, Enable.self,
        ])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "create", abstract: "Make an account.")
        @OptionGroup var flags: SettingFlags
        @Option(help: "E-mail address.") var email: String
        @Option(help: "Password; without it, it is asked for.") var password: String?
        @Option(help: "Name.") var name: String?
        @Option(help: "Tenant, the group of people who share leads and tasks.") var tenant = "default"
        @Flag(help: "Make the account an admin.") var admin = false
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            do {
                // Before a folder is made or the password is asked for: nobody types one for nothing.
                let address = try EmailAddress.checked(email)
                let accounts = try await CommandContext(flags, mayMakeFolder: true).accounts
                let secret = accounts.provider.isOutside ? nil : try password ?? UserCommand.askPassword()
                let user = try await accounts.create(
                    email: address, name: name, password: secret, role: admin ? .admin : .member, tenant: tenant,
                    by: .operatorHere)
                Terminal.out(json ? user.json.text : "\(user.email) is \(admin ? "an admin" : "a member") now.")
            } catch {
                Terminal.fail(error, asJSON: json)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List accounts.")
        @OptionGroup var flags: SettingFlags
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            do {
                let users = try await CommandContext(flags).accounts.users.all()
                if json { return Terminal.out(JSON.array(users.map(\.json)).text) }
                Terminal.table(
                    ["EMAIL", "ROLE", "STATE", "CREATED"],
                    users.map { [$0.email, $0.role.rawValue, $0.state.rawValue, "\($0.createdAt)"] },
                    empty: "There are no accounts yet; quern user create makes one.")
            } catch {
                Terminal.fail(error, asJSON: json)
            }
        }
    }

    /// What the verbs for one person share.
    struct Target: ParsableArguments {
        @OptionGroup var flags: SettingFlags
        @Argument(help: "E-mail address.") var email: String
        @Flag(help: "Answer in JSON.") var json = false

        func perform(_ body: (UserAdministration, UserAdministration.Who) async throws -> (User, String)) async {
            do {
                let accounts = try await CommandContext(flags).accounts
                let person = try await UserCommand.person(email, accounts)
                let (user, words) = try await body(
                    UserAdministration(accounts: accounts),
                    UserAdministration.Who(id: person.id, tenant: nil, actor: .operatorHere))
                Terminal.out(json ? user.json.text : "\(user.email) \(words)")
            } catch {
                Terminal.fail(error, asJSON: json)
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "approve", abstract: "Let in somebody who registered and waits.")
        @OptionGroup var target: Target

        func run() async throws {
            await target.perform { verbs, who in
                let (user, was) = try await verbs.approve(who)
                return (user, was ? "was let in already." : "may sign in now.")
            }
        }
    }

    struct Role: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "role", abstract: "Make somebody an admin or a member; their sessions end.")
        @OptionGroup var target: Target
        @Argument(help: "admin or member.") var role: String

        func run() async throws {
            await target.perform { verbs, who in
                guard let role = Caller.Role(rawValue: role) else {
                    throw Failure(.invalid, "invalid_role", "The role must be admin or member, not \(role).")
                }
                return (try await verbs.setRole(role, who), role == .admin ? "is an admin now." : "is a member now.")
            }
        }
    }

    struct ResetPassword: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset-password",
            abstract: "Set a password that its owner has to change at the next login; their sessions end.")
        @OptionGroup var target: Target
        @Option(help: "The password; without it, it is asked for.") var password: String?
        @Flag(help: "Mail a link to choose a new password instead.") var mail = false

        func run() async throws {
            await target.perform { verbs, who in
                if mail { return (try await verbs.mailPasswordLink(who), "gets a link to choose a new password.") }
                let secret = try password ?? UserCommand.askPassword()
                return (try await verbs.setPassword(secret, who), "has a new password, to be changed at the next login.")
            }
        }
    }

    struct ResetMFA: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset-mfa", abstract: "Forget somebody's devices, passkeys and recovery codes; their sessions end.")
        @OptionGroup var target: Target

        func run() async throws {
            await target.perform { verbs, who in
                (try await verbs.resetMFA(who), "signs in without a second step until it is set up again.")
            }
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable", abstract: "Keep somebody out; their sessions end.")
        @OptionGroup var target: Target

        func run() async throws {
            await target.perform { verbs, who in (try await verbs.disable(who), "may not sign in any more.") }
        }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "enable", abstract: "Let somebody in again who was disabled.")
        @OptionGroup var target: Target

        func run() async throws {
            await target.perform { verbs, who in (try await verbs.enable(who), "may sign in again.") }
        }
    }

    /// - Throws: `Failure` `user_not_found`.
    static func person(_ email: String, _ accounts: Accounts) async throws -> User {
        let address = try EmailAddress.checked(email)
        guard let user = try await accounts.users.find(email: address) else {
            throw Failure(.missing, "user_not_found", "There is no user \(address).")
        }
        return user
    }

    /// Reads a line without showing it, or from a pipe as it comes.
    private static func askPassword() throws -> String {
        var saved = termios()
        let isTerminal = tcgetattr(STDIN_FILENO, &saved) == 0
        if isTerminal {
            FileHandle.standardError.write(Data("Password: ".utf8))
            var silent = saved
            silent.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(STDIN_FILENO, TCSANOW, &silent)
        }
        defer {
            if isTerminal {
                tcsetattr(STDIN_FILENO, TCSANOW, &saved)
                Terminal.error("")
            }
        }
        guard let line = readLine(), !line.isEmpty else {
            throw Failure(.invalid, "missing_password", "A password is needed: use --password, or type one.")
        }
        return line
    }
}
