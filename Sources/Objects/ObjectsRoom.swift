package import GRDB
package import Storage
package import Web

/// The store's own door.
package struct ObjectsRoom: Room {
    private let objects: ObjectRoutes

    /// - Parameters:
    ///   - gates: rule the folders of rooms.
    ///   - mustBeActive: throws where the account is disabled that an object belongs to.
    package init(
        storage: Storage, objects: any ObjectStore, signature: SignatureV4, bucket: String, uploadLimitBytes: Int64,
        gates: [ObjectGate], mustBeActive: @escaping @Sendable (ObjectKey, Database) throws -> Void
    ) {
        self.objects = ObjectRoutes(
            storage: storage, objects: objects, signature: signature, bucket: bucket, uploadLimitBytes: uploadLimitBytes,
            gates: gates, mustBeActive: mustBeActive)
    }

    package func open(_ routes: Routes<AppRequestContext>) { objects.routes(routes) }
}
