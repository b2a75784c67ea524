package import Core
import GRDB
import Jobs
package import Storage

extension Document: FetchableRecord, PersistableRecord {
    package static let databaseTableName = "document"
}

/// All SQL of documents.
package struct DocumentStore: Sendable {
    /// The first part of the keys of their objects.
    package static let folder = "documents"

    private let storage: Storage
    private let objects: any ObjectStore
    /// `MAX_DOCUMENT_BYTES`.
    package let limitBytes: Int64
    /// Sent when a document may be waiting for its scan.
    private let scanSignals: [Signal]

    package init(_ storage: Storage, objects: any ObjectStore, limitBytes: Int64, scanSignals: [Signal]) {
        self.storage = storage
        self.objects = objects
        self.limitBytes = limitBytes
        self.scanSignals = scanSignals
    }

    // MARK: What people do

    package struct Listing: Sendable {
        package let documents: [Document]
        package let total: Int
    }

    /// Documents of a job, newest first.
    /// - Throws: `Failure` `job_not_found`, `job_not_yours`.
    package func list(of job: String, for caller: Caller, _ page: Page) async throws -> Listing {
        try await storage.read { db in
            let job = try JobStore.find(job, for: caller, toChange: false, db)
            let request = Document.filter(Column("job") == job.id)
            return Listing(
                documents: try request.order(Column("number").desc).limit(page.limit, offset: page.skip).fetchAll(db),
                total: try request.fetchCount(db))
        }
    }

    /// Makes room for an upload.
    /// - Throws: `Failure` `document_too_large`, `too_many_pending_uploads`, `job_not_found`, `job_not_yours`.
    package func announce(_ upload: Document.Announced, for job: String, by caller: Caller) async throws -> Document {
        try await storage.write { [limitBytes, objects] db in
            let job = try JobStore.find(job, for: caller, toChange: true, db)
            guard upload.sizeBytes <= limitBytes else { throw Document.tooLarge(limitBytes) }
            let now = Moment.now
            try Self.clearAbandoned(job, at: now, objects, db)
            try Self.mustHaveRoom(job, at: now, db)
            var document = Document(
                upload, job: job.id, by: caller, key: { Self.key(of: $0, upload.fileName, job.id) }, at: now)
            document.number = try Int64.fetchOne(db, sql: "SELECT coalesce(max(number), 0) + 1 FROM document") ?? 1
            try document.insert(db)
            try Self.log("document.added", document, job, at: now, db)
            return document
        }
    }

    /// What was announced long ago and never confirmed: nobody waits for it any more.
    private static func clearAbandoned(
        _ job: Job, at now: Moment, _ objects: any ObjectStore, _ db: Database
    ) throws {
        let long = now.adding(seconds: -Document.Limits.abandonedSeconds)
        let abandoned = try Document.filter(
            Column("job") == job.id && Column("state") == Document.State.pending.rawValue && Column("uploadUntil") < long
        ).fetchAll(db)
        for document in abandoned { try remove(document, of: job, because: "abandoned", at: now, objects, db) }
    }

    private static func mustHaveRoom(_ job: Job, at now: Moment, _ db: Database) throws {
        let open = try Document.filter(
            Column("job") == job.id && Column("state") == Document.State.pending.rawValue && Column("uploadUntil") > now
        ).order(Column("uploadUntil")).fetchAll(db)
        guard open.count >= Document.Limits.pending, let first = open.first else { return }
        throw Failure(
            .tooMany, "too_many_pending_uploads",
            "\(open.count) documents of this job wait for their upload; confirm or delete one of them first.",
            retryAfterSeconds: Int(clamped: (first.uploadUntil.seconds - now.seconds).rounded(.up)))
    }

    /// The name is there for people who look at the folder; what nobody can guess is before it.
    private static func key(of id: ID<Document>, _ fileName: String, _ job: ID<Job>) -> String {
        let random = UInt64.random(in: .min ... .max)
        return "\(folder)/\(job)/\(id)/\(String(random, radix: 16))-\(safeName(fileName))"
    }

    /// Letters, digits, dots and hyphens of ASCII, which no tool, proxy or file system writes in another way.
    private static func safeName(_ fileName: String) -> String {
        String(
            ObjectKey.part(from: fileName).unicodeScalars.map { scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", ".", "-": Character(scalar)
                default: "_"
                }
            })
    }

    /// Hands an uploaded document to the scanner.
    /// - Throws: `Failure` as `Document.confirm`, and `document_not_found`, `job_not_found`, `job_not_yours`.
    package func confirm(
        _ id: String, of job: String, claimedBytes: Int64?, by caller: Caller
    ) async throws -> Document {
        let document = try await storage.write { [objects, limitBytes] db in
            let job = try JobStore.find(job, for: caller, toChange: true, db)
            var document = try Self.find(id, of: job, db)
            let object = try objects.find(try ObjectKey(document.key), db)
            try document.confirm(
                storedBytes: object?.sizeBytes, claimedBytes: claimedBytes, limitBytes: limitBytes, at: .now)
            try document.update(db)
            return document
        }
        for signal in scanSignals { signal.send() }
        return document
    }

    /// Takes a whole document, as a form sends it, and hands it to the scanner.
    /// - Throws: `Failure` as `announce` and `confirm`.
    package func add(
        _ file: StagedFile, _ kind: Document.Kind, fileName: String, to job: String, by caller: Caller
    ) async throws -> Document {
        // A form has no way to send nothing but the empty file.
        guard file.sizeBytes > 0 else { throw Failure(.conflict, "empty_document", "The uploaded file is empty.") }
        let upload = try Document.Announced(
            kind: kind, fileName: fileName, contentType: file.contentType, sizeBytes: file.sizeBytes)
        let job = try await storage.read { db in try JobStore.find(job, for: caller, toChange: true, db) }
        let new = Document(upload, job: job.id, by: caller, key: { Self.key(of: $0, fileName, job.id) }, at: .now)
        let document = try await objects.store(file, as: try ObjectKey(new.key), in: storage) {
            [objects, limitBytes] placed, db in
            let job = try JobStore.find(job.id.rawValue, for: caller, toChange: true, db)
            let now = Moment.now
            var document = new
            document.number = try Int64.fetchOne(db, sql: "SELECT coalesce(max(number), 0) + 1 FROM document") ?? 1
            try document.confirm(storedBytes: file.sizeBytes, claimedBytes: nil, limitBytes: limitBytes, at: now)
            try document.insert(db)
            try objects.commit(placed, db)
            try Self.log("document.added", document, job, at: now, db)
            return document
        }
        for signal in scanSignals { signal.send() }
        return document
    }

    /// A document that may be read.
    /// - Throws: `Failure` `not_clean`, `document_not_found`, `job_not_found`, `job_not_yours`.
    package func findClean(_ id: String, of job: String, for caller: Caller) async throws -> Document {
        try await storage.read { db in
            let job = try JobStore.find(job, for: caller, toChange: false, db)
            let document = try Self.find(id, of: job, db)
            guard document.state == .uploaded else {
                throw Failure(
                    .conflict, "not_clean",
                    "Only a document that was scanned and is clean can be read; this one is \(document.state.rawValue).")
            }
            return document
        }
    }

    /// - Throws: `Failure` `document_not_found`, `job_not_found`, `job_not_yours`.
    package func delete(_ id: String, of job: String, by caller: Caller) async throws {
        try await storage.write { [objects] db in
            let job = try JobStore.find(job, for: caller, toChange: true, db)
            try Self.remove(try Self.find(id, of: job, db), of: job, because: nil, at: .now, objects, db)
        }
    }

    // MARK: What the scanner does

    /// What is being scanned when the server starts was being scanned when it ended: it is scanned again.
    package func recover() async throws -> Int {
        try await storage.write { db in
            try db.execute(sql: "UPDATE document SET scan = NULL WHERE state = 'scanning'")
            return db.changesCount
        }
    }

    /// Gives the document that waits longest to a new scan; nil when none is due.
    package func claim(at now: Moment = .now) async throws -> Document? {
        // Looked at often and rarely there: a read leaves the disk alone.
        guard try await storage.read({ db in try Self.due(at: now).fetchOne(db) }) != nil else { return nil }
        return try await storage.write { db in
            guard var document = try Self.due(at: now).fetchOne(db) else { return nil }
            document.claim(by: ID())
            try document.update(db)
            return document
        }
    }

    private static func due(at now: Moment) -> QueryInterfaceRequest<Document> {
        Document.filter(
            Column("state") == Document.State.scanning.rawValue && Column("scan") == nil && Column("nextScanAt") <= now
        ).order(Column("nextScanAt"), Column("number")).limit(1)
    }

    /// The object of a document that is being scanned; nil when it has been deleted meanwhile.
    package func object(of document: Document) async throws -> (object: StoredObject, path: String)? {
        let key = try ObjectKey(document.key)
        return try await storage.read { [objects] db in try objects.find(key, db) }.map { ($0, objects.path(of: $0)) }
    }

    /// Ends a scan. State, bytes, the older document that this one replaces and the event change together.
    /// - Returns: the document, or nil when the scan came too late and nothing changed.
    package func finish(_ id: ID<Document>, _ scan: ID<Scan>, _ outcome: Scan.Outcome) async throws -> Document? {
        try await storage.write { [objects] db in
            guard var document = try Document.filter(Column("id") == id).fetchOne(db),
                let job = try Job.filter(Column("id") == document.job).fetchOne(db)
            else { return nil }
            let now = Moment.now
            guard let ending = document.finish(scan, outcome, at: now) else { return nil }
            try document.update(db)
            if ending == .removed { try objects.forget(try ObjectKey(document.key), db) }
            switch document.state {
            case .uploaded:
                try Self.log("document.uploaded", document, job, at: now, db)
                if document.kind.isSingle { try Self.replace(with: document, of: job, at: now, objects, db) }
            case .infected, .failed: try Self.log("document.refused", document, job, at: now, db)
            case .pending, .scanning: break
            }
            return document
        }
    }

    /// Of the clean documents of a single kind only the one confirmed last stays.
    private static func replace(
        with document: Document, of job: Job, at now: Moment, _ objects: any ObjectStore, _ db: Database
    ) throws {
        let clean = try Document.filter(
            Column("job") == job.id && Column("kind") == document.kind.rawValue
                && Column("state") == Document.State.uploaded.rawValue
        ).fetchAll(db)
        for older in clean where clean.contains(where: { older.isOlder(than: $0) }) {
            try remove(older, of: job, because: "replaced", at: now, objects, db)
        }
    }

    // MARK: Signed addresses

    /// Rules the objects of documents: written while their document is announced, read when it is clean.
    package var gate: ObjectGate {
        ObjectGate(
            folder: Self.folder,
            mayWrite: { [limitBytes] key, db in
                guard try Self.find(key, db)?.state == .pending else {
                    throw Failure(.forbidden, "upload_closed", "This document takes no upload any more; ask for a new one.")
                }
                return .init(limitBytes: limitBytes)
            },
            mayRead: { key, db in
                guard try Self.find(key, db)?.state == .uploaded else {
                    throw Failure(.forbidden, "not_clean", "Only a document that was scanned and is clean can be read.")
                }
            })
    }

    private static func find(_ key: ObjectKey, _ db: Database) throws -> Document? {
        try Document.filter(Column("key") == key.text).fetchOne(db)
    }

    // MARK: Inside a transaction

    private static func find(_ id: String, of job: Job, _ db: Database) throws -> Document {
        guard let id = ID<Document>(rawValue: id),
            let document = try Document.filter(Column("id") == id && Column("job") == job.id).fetchOne(db)
        else { throw Failure(.missing, "document_not_found", "This job has no such document.") }
        return document
    }

    private static func remove(
        _ document: Document, of job: Job, because reason: String?, at now: Moment, _ objects: any ObjectStore, _ db: Database
    ) throws {
        try objects.forget(try ObjectKey(document.key), db)
        try document.delete(db)
        try log("document.deleted", document, job, reason: reason, at: now, db)
    }

    private static func log(
        _ type: String, _ document: Document, _ job: Job, reason: String? = nil, at now: Moment, _ db: Database
    ) throws {
        var detail: [String: JSON] = [
            "document_id": .string(document.id.rawValue), "doc_type": .string(document.kind.rawValue),
            "status": .string(document.state.rawValue), "scan_status": .string(document.state.scanStatus),
        ]
        if let reason { detail["reason"] = .string(reason) }
        // What the scanner finds belongs to the request that handed it the document.
        try Correlation.$current.withValue(Correlation.current ?? document.correlation) {
            try EventLog.append(
                Event(tenant: job.tenant, user: job.user, job: job.id.rawValue, type: type, detail: .object(detail)), at: now, db)
        }
    }
}
