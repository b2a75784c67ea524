import Accounts
import Core
import Crypto
import Foundation
import Jobs
import Logging
import NIOPosix
import Storage
import Web

/// What every room stands on: the data folder, the database, the object store, addresses and pages.
struct Ground: Sendable {
    let folder: DataFolder
    /// Held until the process ends.
    let lock: Int32
    let storage: Storage
    /// For work on files, which must not block the cooperative pool.
    let files: NIOThreadPool
    /// For rendering and hashing: no more threads than cores, so that reading files and serving go on beside them.
    let rendering: NIOThreadPool
    let bucket: String
    let objects: FolderStore
    let certificate: Certificate?
    let address: PublicAddress
    let assets = Assets()
    let pages: Pages
    let signature: SignatureV4
    let bodies: Bodies

    var signer: ObjectSigner {
        ObjectSigner(address: address) { [signature, bucket] wish in
            signature.presign(
                method: wish.method, url: wish.base, bucket: bucket, key: wish.key, expiresSeconds: wish.lifeSeconds,
                at: Moment.now.date, extraQuery: wish.query, headers: wish.headers)
        }
    }

    /// - Throws: `Failure` `invalid_setting`, or why the data folder can not be used.
    init(_ settings: Settings, _ folder: DataFolder, cores: Int, logger: Logger) async throws {
        self.folder = folder
        for finding in folder.findings.prefix(DataFolder.Limits.toldFindings) {
            logger.warning("data_folder", metadata: ["finding": "\(finding.code)", "meaning": "\(finding.words)"])
        }
        if folder.findings.count > DataFolder.Limits.toldFindings {
            logger.warning("data_folder", metadata: ["findings": "\(folder.findings.count)"])
        }
        lock = try folder.lock()
        storage = try Storage(path: folder.database, migrations: Server.migrations)
        files = NIOThreadPool(numberOfThreads: max(4, cores * 2))
        files.start()
        rendering = NIOThreadPool(numberOfThreads: cores)
        rendering.start()
        bucket = try Self.bucket(settings)
        objects = try FolderStore(folder: folder, bucket: bucket, threads: files)
        try await objects.repair(storage, logger: logger)
        certificate = try Certificate(settings, logger: logger)
        address = PublicAddress(configured: settings.optional("QUERN_PUBLIC_URL"), isTLS: certificate != nil)
        pages = try Pages(assets: assets, version: Version.text)
        signature = SignatureV4(
            accessKey: settings.text("OBJECT_STORAGE_ACCESS_KEY"), secretKey: try Self.secretKey(settings, folder),
            region: settings.text("OBJECT_STORAGE_REGION"))
        bodies = Bodies(limitBytes: try settings.number("BODY_LIMIT_BYTES"))
    }

    private static func bucket(_ settings: Settings) throws -> String {
        let bucket = settings.text("OBJECT_STORAGE_BUCKET")
        let taken = ["api", "auth", "assets", "dashboard", "jobs", "users", "events", "health", "healthz", "admin", "docs"]
        guard bucket.wholeMatch(of: /[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]/) != nil, !taken.contains(bucket) else {
            throw Failure(
                .invalid, "invalid_setting",
                "OBJECT_STORAGE_BUCKET must have 3 to 63 small letters, digits, dots or hyphens, and be no address of the server itself."
            )
        }
        return bucket
    }

    private static func secretKey(_ settings: Settings, _ folder: DataFolder) throws -> String {
        if let key = settings.optional("OBJECT_STORAGE_SECRET_KEY") { return key }
        return try folder.secret("object-store").withUnsafeBytes { Data($0) }.base64URL
    }
}
