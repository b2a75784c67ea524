import Core
package import GRDB
package import Storage

/// Rules the objects of one folder of the store, for the room that they belong to. Asked in the transaction that counts.
package struct ObjectGate: Sendable {
    /// The first part of the keys that it rules.
    package let folder: String
    /// How many bytes the object may have that is to be written.
    /// - Throws: `Failure` when it may not be written.
    package let mayWrite: @Sendable (ObjectKey, Database) throws -> Int64
    /// - Throws: `Failure` when it may not be read.
    package let mayRead: @Sendable (ObjectKey, Database) throws -> Void

    package init(
        folder: String, mayWrite: @escaping @Sendable (ObjectKey, Database) throws -> Int64,
        mayRead: @escaping @Sendable (ObjectKey, Database) throws -> Void
    ) {
        self.folder = folder
        self.mayWrite = mayWrite
        self.mayRead = mayRead
    }
}

/// Decides whether an object may be written with a signed URL.
package enum UploadGate {
    /// The input of a job can be written until the job begins, its output never; other keys belong to whoever holds the store's
    /// secret key.
    /// - Throws: `Failure` `upload_closed`.
    package static func mustBeOpen(_ key: ObjectKey, _ db: Database) throws {
        let parts = key.text.split(separator: "/")
        guard parts.first == "input" || parts.first == "output" else { return }
        guard parts.first == "input", parts.count == 3, let id = ID<Job>(rawValue: String(parts[1])),
            let job = try Job.filter(Column("id") == id).fetchOne(db), try job.uploadKey?.text == key.text
        else {
            throw Failure(.forbidden, "upload_closed", "Only the input of a job can be written; ask the job for an upload URL.")
        }
        guard job.state == .pending else {
            throw Failure(.forbidden, "upload_closed", "This job takes no upload any more.")
        }
    }
}

/// Decides whether an address still works that was signed for somebody: not when their account is disabled or gone.
package struct OwnerGate: Sendable {
    private let isActive: JobStore.IsActive

    package init(isActive: @escaping JobStore.IsActive) {
        self.isActive = isActive
    }

    /// Objects of no job belong to whoever holds the store's secret key.
    /// - Throws: `Failure` `account_disabled`.
    func mustBeActive(_ key: ObjectKey, _ db: Database) throws {
        let parts = key.text.split(separator: "/")
        guard parts.count > 1, Job.folders.contains(String(parts[0])),
            let owner = try ID<Caller>.fetchOne(
                db, sql: "SELECT user FROM job WHERE id = ?", arguments: [String(parts[1])])
        else { return }
        guard try isActive(owner, db) else {
            throw Failure(.forbidden, "account_disabled", "The account that this address was made for is disabled.")
        }
    }
}

extension Job {
    /// Folders of the store in which a job may have objects, each below its id.
    static let folders = ["input", "output", "documents"]

    /// Where the input of a job with a file belongs: `input/<job>/<file>`, with the file name made safe.
    package var uploadKey: ObjectKey? {
        get throws { try fileName.map { try ObjectKey("input/\(id)/\(ObjectKey.part(from: $0))") } }
    }
}
