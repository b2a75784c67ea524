import Core
package import GRDB
package import Storage

/// Who may read and write the objects of jobs with signed addresses.
package struct JobObjects: Sendable {
    private let kinds: JobKinds
    private let isActive: JobStore.IsActive

    package init(kinds: JobKinds, isActive: @escaping JobStore.IsActive) {
        self.kinds = kinds
        self.isActive = isActive
    }

    private static let anything: @Sendable ([UInt8]) throws -> Void = { _ in }

    /// Rules for the folders of inputs and outputs. Whoever else has a folder for jobs asks `mustBeActive` too.
    package var gates: [ObjectGate] {
        [
            ObjectGate(
                folder: "input",
                mayWrite: { [kinds] key, db in
                    let job = try Self.mustBeOpen(key, db)
                    return .init(checkHead: kinds[job]?.work?.checkInput ?? Self.anything)
                }, mayRead: { _, _ in }),
            ObjectGate(folder: "output", mayWrite: { _, _ in throw Self.closed }, mayRead: { _, _ in }),
        ]
    }

    /// The input of a job can be written until the job begins, its output never.
    /// - Throws: `Failure` `upload_closed`.
    package static func mustBeOpen(_ key: ObjectKey, _ db: Database) throws -> Job {
        let parts = key.text.split(separator: "/")
        guard parts.first == "input", parts.count == 3, let id = ID<Job>(rawValue: String(parts[1])),
            let job = try Job.filter(Column("id") == id).fetchOne(db), try job.uploadKey?.text == key.text
        else { throw closed }
        guard job.state == .pending else {
            throw Failure(.forbidden, "upload_closed", "This job takes no upload any more.")
        }
        return job
    }

    private static var closed: Failure {
        Failure(.forbidden, "upload_closed", "Only the input of a job can be written; ask the job for an upload URL.")
    }

    /// An address that was signed for somebody does not work any more when their account is disabled or gone. Objects of no job
    /// belong to whoever holds the store's secret key.
    /// - Throws: `Failure` `account_disabled`.
    package func mustBeActive(_ key: ObjectKey, _ db: Database) throws {
        let parts = key.text.split(separator: "/")
        guard parts.count > 1,
            let owner = try ID<Caller>.fetchOne(
                db, sql: "SELECT user FROM job WHERE id = ?", arguments: [String(parts[1])])
        else { return }
        guard try isActive(owner, db) else {
            throw Failure(.forbidden, "account_disabled", "The account that this address was made for is disabled.")
        }
    }
}

extension Job {
    /// Folders of the store in which every job may have objects, each below its id.
    static let folders = ["input", "output"]

    /// Where the input of a job with a file belongs: `input/<job>/<file>`, with the file name made safe.
    package var uploadKey: ObjectKey? {
        get throws { try fileName.map { try ObjectKey("input/\(id)/\(ObjectKey.part(from: $0))") } }
    }
}
