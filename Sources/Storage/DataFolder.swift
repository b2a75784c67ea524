import Core
package import Crypto
import Foundation

/// Where everything lives: `quern.db`, `objects/`, `staging/` and `secrets/`.
package struct DataFolder: Sendable {
    package let path: String
    /// What others could do with it: what was mended at the opening, and what was not.
    package let findings: [FolderFinding]

    /// Makes the folders that are missing, for the owner alone, and takes what is there from everybody else.
    /// - Throws: `Failure` `data_folder` when it can not be made or written.
    package init(_ path: String) throws {
        let path = URL(fileURLWithPath: path).standardizedFileURL.path
        self.path = path
        let parts = ["objects", "staging", "secrets"].map { "\(path)/\($0)" }
        do {
            for folder in [path] + parts {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
        } catch {
            throw Failure(
                .unavailable, "data_folder",
                "The data folder \(path) can not be made or written; check its permissions, or name another with --data-dir.")
        }
        var check = FolderCheck()
        check.check(
            folder: path, parts: parts, files: ["quern.db", "quern.db-wal", "quern.db-shm", "lock"].map { "\(path)/\($0)" },
            deep: ["\(path)/secrets", "\(path)/objects"])
        findings = check.findings
    }

    package enum Limits {
        /// Findings that are told one by one; of more, their number.
        package static let toldFindings = 20
    }

    package var database: String { path + "/quern.db" }
    package var objects: String { path + "/objects" }
    package var staging: String { path + "/staging" }
    package var secrets: String { path + "/secrets" }

    /// Reads a secret of 32 random bytes, making it at first use (mode 0600, flushed before it is used).
    package func secret(_ name: String) throws -> SymmetricKey {
        let file = "\(secrets)/\(name)"
        if let text = FileManager.default.contents(atPath: file), let bytes = Data(base64Encoded: text), bytes.count == 32 {
            return SymmetricKey(data: bytes)
        }
        let key = SymmetricKey(size: .bits256)
        let text = key.withUnsafeBytes { Data($0) }.base64EncodedData()
        let aside = "\(file).\(UUID().uuidString)"
        try FileWriter.write(text, to: aside, mode: 0o600)
        // link(2) fails when somebody else was first, and then theirs is the secret.
        let wasFirst = link(aside, file) == 0
        unlink(aside)
        return wasFirst ? key : try secret(name)
    }

    /// One server at a time: two would run each other's jobs.
    /// - Returns: a descriptor that holds the lock until the process ends.
    /// - Throws: `Failure` `data_folder_in_use`.
    package func lock() throws -> Int32 {
        let descriptor = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw Failure(
                .conflict, "data_folder_in_use",
                "Another server uses the data folder \(path); stop it, or name another folder with --data-dir.")
        }
        return descriptor
    }
}
