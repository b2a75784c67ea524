import Accounts
import Core
import Foundation
import GRDB
import Jobs
import Logging
import NIOPosix
import Storage
import Workers

/// A server that does nothing but run jobs of the kind `trial`, so that a test can kill it: `UnitTrial FOLDER SCRIPT`. It ends when no
/// job is left.
@main
enum UnitTrial {
    /// A unit for each of the numbers up to that in the job's name; the script says what its worker does with it.
    static let kind = JobKind(
        name: "trial", create: { _, _ in nil },
        work: .init(
            units: { job in (1...(Int(job.name) ?? 1)).map { .init(key: String($0), name: "unit \($0)") } },
            order: { _ in [:] }), answer: .init { _ in [:] }, page: .init { _ in "" })

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else { exit(64) }
        // Whoever waits for it does not wait for ever.
        alarm(150)
        let folder = try DataFolder(arguments[1])
        let storage = try Storage(
            path: folder.database, migrations: StorageSchema.migrations + AccountSchema.migrations + JobSchema.migrations)
        let threads = NIOThreadPool(numberOfThreads: 2)
        threads.start()
        let board = ProgressBoard()
        let objects = try FolderStore(folder: folder, bucket: "quern", threads: threads)
        let logger = Logger(label: "trial", factory: { _ in SwiftLogNoOpLogHandler() })
        try await objects.repair(storage, logger: logger)
        let store = JobStore(
            storage, objects: objects,
            answer: JobAnswer(kinds: [kind], board: board))
        _ = try await store.recover()
        let engine = JobEngine(
            store: store, board: board, kinds: [kind],
            settings: .init(
                executable: "/usr/bin/env", arguments: ["PATH=/usr/local/bin:/usr/bin:/bin", "python3", arguments[2]], workers: 2,
                threadsPerOrder: 1, limits: .standard, staging: folder.staging),
            threads: threads, logger: logger)
        try await withThrowingTaskGroup { group in
            group.addTask { try await engine.run() }
            group.addTask {
                while true {
                    let left = try await storage.read { db in
                        try Int.fetchOne(db, sql: "SELECT count(*) FROM job WHERE state IN ('queued', 'running')")
                    }
                    if left == 0 { return await engine.shutDown() }
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            try await group.waitForAll()
        }
    }
}
