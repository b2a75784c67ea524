package import Core
import Foundation
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
    /// Where the bytes are, below the folder of the bucket; nil, in rows of older versions: where `key` says.
    package let file: String?

    package init(
        key: String, sizeBytes: Int64, sha256: String, contentType: String?, modifiedNanoseconds: Int64, createdAt: Moment,
        file: String?
    ) {
        self.key = key
        self.sizeBytes = sizeBytes
        self.sha256 = sha256
        self.contentType = contentType
        self.modifiedNanoseconds = modifiedNanoseconds
        self.createdAt = createdAt
        self.file = file
    }
}

/// An object whose bytes stay readable, also when another version replaces it meanwhile.
package final class OpenObject: Sendable {
    package let object: StoredObject
    let descriptor: Int32

    init(_ object: StoredObject, descriptor: Int32) {
        self.object = object
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
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

/// A file that has its place in the store, which no row names yet. What never gets a row is gone at the next start.
package struct PlacedObject: Sendable {
    /// The row that it is to have.
    package let object: StoredObject

    package init(_ object: StoredObject) { self.object = object }
}

/// Where objects live. A folder is one; a store behind an S3 endpoint can be another: nothing that takes time or needs a network
/// happens inside a transaction.
package protocol ObjectStore: Sendable {
    /// Streams a body to a file aside. It is flushed when this returns, and gone when this throws.
    /// - Parameter limitBytes: one byte more is `Failure` `upload_too_large`.
    /// - Parameter next: the pieces of the body, nil at its end.
    func stage(contentType: String?, limitBytes: Int64, next: () async throws -> ByteBuffer?) async throws -> StagedFile

    /// The file of an object under a second name, to be placed as another object; nil when it is gone or can have no second name.
    func restage(_ object: StoredObject) async throws -> StagedFile?

    /// Gives a staged file its place in the store, outside of any transaction and under a name that nobody knows yet. The staged
    /// file is the store's from then on; when this throws, it is still the caller's.
    func place(_ file: StagedFile, as key: ObjectKey) async throws -> PlacedObject

    /// Writes the row of a placed object, inside the caller's transaction; what was stored under its key goes after the commit. A
    /// transaction that fails changes nothing, and the placed object can be committed by another, or discarded.
    @discardableResult
    func commit(_ placed: PlacedObject, _ db: Database) throws -> StoredObject

    /// Removes a staged file that will not be placed.
    func discard(_ file: StagedFile) async

    /// Removes a placed object that will not be committed.
    func discard(_ placed: PlacedObject) async

    func find(_ key: ObjectKey, _ db: Database) throws -> StoredObject?

    /// The keys of everything in a folder, such as `output/<job>`, and in the folders below it.
    func keys(below folder: ObjectKey, _ db: Database) throws -> [ObjectKey]

    /// Takes the row away, inside the caller's transaction; the file goes after the commit.
    func forget(_ key: ObjectKey, _ db: Database) throws

    /// Opens an object; nil when its file is gone, as when another version has replaced it.
    func open(_ object: StoredObject) async throws -> OpenObject?

    /// Reads bytes of an object in pieces, in order.
    func read(_ object: OpenObject, from offset: Int64, count: Int64, _ piece: (ByteBuffer) async throws -> Void) async throws

    /// The path of the object for a worker on this machine.
    func path(of object: StoredObject) -> String
}

extension ObjectStore {
    /// Stores a staged file together with what the body writes: both, or neither.
    package func store<Value: Sendable>(
        _ file: StagedFile, as key: ObjectKey, in storage: Storage,
        _ body: @escaping @Sendable (PlacedObject, Database) throws -> Value
    ) async throws -> Value {
        let placed = try await place(file, as: key)
        do {
            return try await storage.write { db in try body(placed, db) }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_IOERR {
            // Nobody knows whether the commit has reached the disk; the next start finds out, and takes away what no row names.
            throw error
        } catch {
            await discard(placed)
            throw error
        }
    }
}
