import Accounts
import ArgumentParser
import Core
import Foundation
import NIOPosix
import Storage

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Make and list accounts, with or without a running server.",
        subcommands: [Create.self, List.self, Approve.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "create", abstract: "Make an account.")
        @OptionGroup var flags: SettingFlags
        @Option(help: "E-mail address.") var email: String
        @Option(help: "Password; without it, it is asked for.") var password: String?
        @Option(help: "Name.") var name: String?
        @Flag(help: "Make the account an admin.") var admin = false
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            do {
                let storage = try UserCommand.storage(flags)
                let threads = NIOThreadPool(numberOfThreads: 1)
                threads.start()
                let address = try EmailAddress.checked(email)
                let secret = try password ?? UserCommand.askPassword()
                try Passwords.mustBeStrong(secret)
                let user = try await UserStore(storage).create(
                    email: address, name: name ?? String(address.prefix { $0 != "@" }),
                    passwordHash: try await Passwords(threads: threads).hash(secret), [.granted(admin ? .admin : .member)])
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
                let users = try await UserStore(try UserCommand.storage(flags)).all()
                if json { return Terminal.out(JSON.array(users.map(\.json)).text) }
                for user in users {
                    Terminal.out("\(user.email)\t\(user.role.rawValue)\t\(user.state.rawValue)\t\(user.createdAt)")
                }
            } catch {
                Terminal.fail(error, asJSON: json)
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "approve", abstract: "Let in somebody who registered and waits.")
        @OptionGroup var flags: SettingFlags
        @Argument(help: "E-mail address.") var email: String
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            do {
                let user = try await UserStore(try UserCommand.storage(flags)).approve(email: try EmailAddress.checked(email))
                Terminal.out(json ? user.json.text : "\(user.email) may sign in now.")
            } catch {
                Terminal.fail(error, asJSON: json)
            }
        }
    }

    private static func storage(_ flags: SettingFlags) throws -> Storage {
        let folder = try flags.folder(try flags.settings())
        return try Storage(path: folder.database, migrations: Server.migrations)
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
