package import Core
import Foundation
import Jobs
package import Logging
package import NIOPosix
package import Storage

/// A data folder of its own with the real database and the real object store in it, gone when the test is over.
package final class Workshop: Sendable {
    package let folder: DataFolder
    package let storage: Storage
    package let objects: FolderStore
    package let threads: NIOThreadPool

    package static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    package init(migrations: [Migration]) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "quern-test-\(UUID().uuidString)").path
        folder = try DataFolder(path)
        storage = try Storage(path: folder.database, migrations: migrations)
        threads = NIOThreadPool(numberOfThreads: 2)
        threads.start()
        objects = try FolderStore(folder: folder, bucket: "quern", threads: threads)
    }

    /// Paths of all files in the store, below the bucket.
    package var objectFiles: [String] {
        let root = "\(folder.objects)/quern"
        let paths = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return paths.filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder) && !isFolder.boolValue
        }.sorted()
    }

    deinit {
        threads.shutdownGracefully { _ in }
        try? FileManager.default.removeItem(atPath: folder.path)
    }
}

extension Caller {
    package static let ada = Caller(user: ID(), tenant: "default", email: "ada@example.com", role: .member)
    package static let bob = Caller(user: ID(), tenant: "default", email: "bob@example.com", role: .member)
    package static let eve = Caller(user: ID(), tenant: "elsewhere", email: "eve@example.org", role: .admin)
    package static let admin = Caller(user: ID(), tenant: "default", email: "admin@example.com", role: .admin)
}
