package import GRDB

/// Rules the objects of one folder of the store, for the room that they belong to. Asked in the transaction that counts.
package struct ObjectGate: Sendable {
    /// The first part of the keys that it rules.
    package let folder: String
    /// - Throws: `Failure` when the object may not be written.
    package let mayWrite: @Sendable (ObjectKey, Database) throws -> Writing
    /// - Throws: `Failure` when it may not be read.
    package let mayRead: @Sendable (ObjectKey, Database) throws -> Void

    /// What may be written.
    package struct Writing: Sendable {
        /// How many bytes the object may have; nil: as many as any upload.
        package let limitBytes: Int64?
        /// Looks at the first bytes.
        /// - Throws: `Failure` when nobody could use them.
        package let checkHead: @Sendable ([UInt8]) throws -> Void

        package init(limitBytes: Int64? = nil, checkHead: @escaping @Sendable ([UInt8]) throws -> Void = { _ in }) {
            self.limitBytes = limitBytes
            self.checkHead = checkHead
        }
    }

    package init(
        folder: String, mayWrite: @escaping @Sendable (ObjectKey, Database) throws -> Writing,
        mayRead: @escaping @Sendable (ObjectKey, Database) throws -> Void
    ) {
        self.folder = folder
        self.mayWrite = mayWrite
        self.mayRead = mayRead
    }
}
