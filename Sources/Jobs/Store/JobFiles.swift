package import Core
package import GRDB
package import Storage

/// The files of jobs: those that they are made from, and those that they make.
extension JobStore {
    /// A job and everything that it made.
    /// - Throws: as `find`.
    package func artifacts(of id: String, for caller: Caller) async throws -> (job: Job, artifacts: [Artifact]) {
        try await storage.read { db in
            let job = try Self.find(id, for: caller, toChange: false, db)
            let artifacts = try Artifact.filter(Column("job") == job.id).order(Column("unit"), Column("role")).fetchAll(db)
            return (job, artifacts)
        }
    }

    /// - Parameters:
    ///   - unit: the unit that it was made of; nil for one of the job as a whole.
    ///   - names: by any of which it may be called.
    /// - Throws: as `find`.
    func artifact(of id: String, unit: Int?, names: [String], for caller: Caller) async throws -> Artifact? {
        try await storage.read { db in
            let job = try Self.find(id, for: caller, toChange: false, db)
            return try Artifact.filter(Column("job") == job.id && Column("unit") == unit && names.contains(Column("name")))
                .fetchOne(db)
        }
    }

    /// The file that a job was made with, while it is in the store.
    package func input(of job: Job) async throws -> StoredObject? {
        guard let key = job.inputKey else { return nil }
        return try await storage.read { db in try objects.find(try ObjectKey(key), db) }
    }

    /// An object of any job; nil when there is none.
    package func object(_ key: String) async throws -> StoredObject? {
        try await storage.read { [objects] db in try objects.find(try ObjectKey(key), db) }
    }

    /// What a job made, open to be read; nil when it is gone.
    package func output(of job: Job) async throws -> OpenObject? {
        guard let text = job.outputKey else { return nil }
        let key = try ObjectKey(text)
        guard let object = try await storage.read({ [objects] db in try objects.find(key, db) }) else { return nil }
        return try await objects.open(object)
    }

    /// A file of a new job that is one of its units.
    package struct NewInput: Sendable {
        package let file: StagedFile
        package let key: ObjectKey
        /// What people call it.
        package let name: String

        package init(_ file: StagedFile, key: ObjectKey, name: String) {
            self.file = file
            self.key = key
            self.name = name
        }
    }

    /// Stores a new job with its files, each a unit, and queues it: all of it, or nothing.
    /// - Parameter existing: asked first, in the same transaction; a job that it names is the answer, and none is made.
    package func create(
        _ job: Job, inputs: [NewInput], unless existing: @escaping @Sendable (Database) throws -> ID<Job>? = { _ in nil }
    ) async throws -> Job {
        var placed: [PlacedObject] = []
        do {
            for input in inputs { placed.append(try await objects.place(input.file, as: input.key)) }
            let files = placed
            let stored = try await storage.write { [self] db in
                if let known = try existing(db).flatMap({ try Self.find($0.rawValue, db) }) { return known }
                var job = job
                job.number = try Int64.fetchOne(db, sql: "SELECT coalesce(max(number), 0) + 1 FROM job") ?? 1
                finish(&job)
                try job.add(db)
                try Self.log("job.created", job, [:], db)
                for file in files { try objects.commit(file, db) }
                try Self.add(inputs.map { NewUnit(key: $0.key.text, name: $0.name) }, to: job, db)
                try job.enqueue(input: nil, at: job.createdAt)
                job.note(try Self.counts(of: job.id, db))
                try store(&job, db)
                try Self.log("job.queued", job, [:], db)
                return job
            }
            if stored.id != job.id { for file in placed { await objects.discard(file) } }
            return stored
        } catch let error as DatabaseError where error.resultCode == .SQLITE_IOERR {
            // Nobody knows whether the commit has reached the disk; the next start finds out.
            throw error
        } catch {
            for file in placed { await objects.discard(file) }
            throw error
        }
    }

    /// Takes away the files of a job, those that it made and those that it was made from; the job itself stays.
    /// - Returns: whether there were any.
    /// - Throws: `Failure` as `find`, `job_not_over`.
    package func clean(_ id: String, by caller: Caller, address: String = "") async throws -> Bool {
        try await storage.write { db in
            var job = try Self.find(id, toEndBy: caller, db)
            guard job.state.isOver else {
                throw Failure(
                    .conflict, "job_not_over", "This job is \(job.state.rawValue.uppercased()); its files go when it is over.")
            }
            try witnessed("job.cleaned", job, caller, address, db)
            let keys = try Job.folders.flatMap { try objects.keys(below: ObjectKey("\($0)/\(job.id)"), db) }
            guard !keys.isEmpty else { return false }
            for key in keys { try objects.forget(key, db) }
            try db.execute(sql: "DELETE FROM artifact WHERE job = ?", arguments: [job.id])
            // Without its input nothing of it can be tried again.
            try db.execute(
                sql: "UPDATE unit SET category = 'permanent' WHERE job = ? AND state = 'failed'", arguments: [job.id])
            job.outputKey = nil
            job.updatedAt = .now
            try store(&job, db)
            try Self.log("job.cleaned", job, ["files": .int(Int64(keys.count))], db)
            return true
        }
    }

    /// Where the input of a job is for its worker; nil when it has none.
    package func inputPath(_ job: Job) async throws -> String? {
        guard let key = try job.inputKey.map({ try ObjectKey($0) }) else { return nil }
        return try await storage.read { [objects] db in try objects.find(key, db).map { objects.path(of: $0) } }
    }

    /// Where the files of units are for their worker, by the keys of the units; those that are gone are missing.
    func paths(of units: [Unit]) async throws -> [String: String] {
        try await storage.read { [objects] db in
            var paths: [String: String] = [:]
            for unit in units { paths[unit.key] = try objects.find(try ObjectKey(unit.key), db).map { objects.path(of: $0) } }
            return paths
        }
    }

    /// A file that a worker made, and that becomes an artifact with the end of its unit.
    package struct MadeFile: Sendable {
        package let placed: PlacedObject
        package let name: String
        package let role: String

        package init(_ placed: PlacedObject, name: String, role: String) {
            self.placed = placed
            self.name = name
            self.role = role
        }
    }

    /// Takes away those files that no row names, whatever became of the transaction that was to commit them.
    package func discardUncommitted(_ files: [PlacedObject]) async throws {
        let left = try await storage.read { [objects] db in
            try files.filter { try objects.find(ObjectKey($0.object.key), db)?.file != $0.object.file }
        }
        for file in left { await objects.discard(file) }
    }
}
