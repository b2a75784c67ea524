import Accounts
import Assembly
import Core
import Foundation
import Logging
import NIOPosix
import Storage
import Web

/// What verbs that work on accounts need: the data folder, opened beside a running server or without one.
struct CommandContext {
    let settings: Settings
    let accounts: Accounts

    /// - Parameter mayMakeFolder: whether the verb begins a new server's data; the others look after one that is there.
    init(_ flags: SettingFlags, mayMakeFolder: Bool = false) async throws {
        settings = try flags.settings()
        let folder = try flags.folder(settings, mayMake: mayMakeFolder)
        for finding in folder.findings.prefix(DataFolder.Limits.toldFindings) { Terminal.error("quern: \(finding.words)") }
        let storage = try Storage(path: folder.database, migrations: Server.migrations)
        let threads = NIOThreadPool(numberOfThreads: 1)
        threads.start()
        accounts = try await AccountsAssembly.accounts(
            settings, storage, folder, threads, pages: try Pages(assets: Assets(), version: Version.text),
            address: PublicAddress(configured: settings.optional("QUERN_PUBLIC_URL")), outbound: .unavailable,
            logger: Logger(label: "quern"))
    }
}
