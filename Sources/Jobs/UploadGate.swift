import Core
package import GRDB
package import Storage

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

extension Job {
    /// Where the input of a job with a file belongs: `input/<job>/<file>`, with the file name made safe.
    package var uploadKey: ObjectKey? {
        get throws { try fileName.map { try ObjectKey("input/\(id)/\(ObjectKey.part(from: $0))") } }
    }
}
