import Accounts
import ArgumentParser
import Assembly
import Core
import Foundation
import SMTP
import Web

struct OutboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox", abstract: "Look at outgoing mail, and try the mail server.",
        subcommands: [List.self, Show.self, Test.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List outgoing mail, newest first.")
        @OptionGroup var flags: SettingFlags
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            do {
                let mails = try await CommandContext(flags).accounts.outbox.list(tenant: nil)
                if json { return Terminal.out(JSON.array(mails.map(\.json)).text) }
                Terminal.table(
                    ["ID", "STATE", "TO", "SUBJECT"], mails.map { [$0.id, $0.state.rawValue, $0.recipient, $0.subject] },
                    empty: "There are no mails.")
                // Codes and links open accounts: they are shown one at a time, to whoever asks for them.
                if !mails.isEmpty { Terminal.out("\nquern outbox show ID shows the words of a mail, with its code or link.") }
            } catch {
                Terminal.fail(error, asJSON: json)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show one mail; its words are there until it was sent or has expired.")
        @OptionGroup var flags: SettingFlags
        @Argument(help: "Id, as quern outbox list shows it.") var id: String
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            do {
                let mail = try await CommandContext(flags).accounts.outbox.find(id)
                if json { return Terminal.out(mail.json.text) }
                Terminal.out("To: \(mail.recipient)\nSubject: \(mail.subject)\nState: \(mail.state.rawValue)\n")
                Terminal.out(mail.text ?? "The words are gone: the mail was sent, or has expired.")
            } catch {
                Terminal.fail(error, asJSON: json)
            }
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test", abstract: "Send one mail now, to see whether SMTP_URL and MAIL_FROM work.")
        @OptionGroup var flags: SettingFlags
        @Argument(help: "Where to send it.") var address: String
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            do {
                // The settings are enough: a mail server is tried before there is any data.
                let settings = try flags.settings()
                guard let mail = try MailDelivery(settings) else {
                    throw Failure(.invalid, "invalid_setting", "SMTP_URL is not set, so there is no mail server to try.")
                }
                let recipient = try EmailAddress.checked(address)
                let address = PublicAddress(configured: settings.optional("QUERN_PUBLIC_URL"))
                let letters = MailTemplates(
                    pages: try Pages(assets: Assets(), version: Version.text),
                    base: address.link(
                        host: settings.text("QUERN_HOST"), port: try settings.number("QUERN_PORT")))
                try await mail.send(try letters.letter(.test, to: recipient, tenant: "default"))
                Terminal.out(
                    json
                        ? (["sent": true, "to": .string(recipient)] as JSON).text
                        : "The mail server took a mail for \(recipient).")
            } catch let failure as SMTPFailure {
                Terminal.fail(failure.failure, asJSON: json)
            } catch {
                Terminal.fail(error, asJSON: json)
            }
        }
    }
}
