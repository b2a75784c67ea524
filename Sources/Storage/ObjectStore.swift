package import Core
package import GRDB
package import NIOCore

/// What is known of an object.
package struct StoredObject: Sendable, Equatable, Codable, FetchableRecord, PersistableRecord {
    package static let databaseTableName = "object"

    package let key: String
    package let sizeBytes: Int64
    /// Lower-case hex; the object's ETag too.
    package let sha256: String
    package let contentType: String?
    /// Of the file, to see at start whether row and file belong together.
    package let modifiedNanoseconds: Int64
    package let createdAt: Moment
}

/// A file that is written and flushed, but has no name in the store yet.
package struct StagedFile: Sendable {
    package let path: String
    package let sizeBytes: Int64
    package let sha256: String
    package let contentType: String?

    package init(path: String, sizeBytes: Int64, sha256: String, contentType: String?) {
        self.path = path
        self.sizeBytes = sizeBytes
        self.sha256 = sha256
        self.contentType = contentType
    }
}

/// Where objects live. A folder is one; a store behind an S3 endpoint is another.
package protocol ObjectStore: Sendable {
    /// Streams a body to a file aside. It is flushed when this returns, and gone when this throws.
    /// - Parameter limitBytes: one byte more is `Failure` `upload_too_large`.
    /// - Parameter next: the pieces of the body, nil at its end.
    func stage(contentType: String?, limitBytes: Int64, next: () async throws -> ByteBuffer?) async throws -> StagedFile

    /// Gives a staged file its name, inside the caller's transaction, so that row and file come together.
    @discardableResult
    func place(_ file: StagedFile, as key: ObjectKey, _ db: Database) throws -> StoredObject

    /// Removes a staged file that will not be placed.
    func discard(_ file: StagedFile) async

    func find(_ key: ObjectKey, _ db: Database) throws -> StoredObject?

    /// The keys of everything in a folder, such as `output/<job>`, and in the folders below it.
    func keys(below folder: ObjectKey, _ db: Database) throws -> [ObjectKey]

    /// Takes the row away, inside the caller's transaction; `sweep(keys:)` takes the file after the commit.
    func forget(_ key: ObjectKey, _ db: Database) throws
    func sweep(keys: [ObjectKey]) async

    /// Reads bytes of an object in pieces, in order.
    func read(_ object: StoredObject, from offset: Int64, count: Int64, _ piece: (ByteBuffer) async throws -> Void) async throws

    /// The path of the object for a worker on this machine.
    func path(of key: ObjectKey) -> String
}
