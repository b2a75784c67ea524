import Core
import Foundation
import Storage

/// Finds the documents of a path on the server, inside the folders that may be read from (`IMPORT_ROOTS`).
package struct PathInputs: Sendable {
    /// Without links, none of them the root of the file system.
    private let roots: [String]

    struct Found: Sendable {
        let path: String
        /// Below what was asked for.
        let name: String
        let sizeBytes: Int64
    }

    /// What one request has found so far, and how much it may still look at.
    struct Findings: Sendable {
        var files: [Found] = []
        /// Files that are no documents, or whose names nobody could write.
        var skipped = 0
        fileprivate var known: Set<String> = []
        fileprivate var entries = 0
        fileprivate let most: Int
        fileprivate let end = ContinuousClock.now + Limits.time

        /// - Parameter most: documents.
        init(most: Int) { self.most = most }

        /// The same file once, however often it was named.
        fileprivate mutating func add(_ file: Found) throws {
            guard known.insert(file.path).inserted else { return }
            files.append(file)
            guard files.count <= most else {
                throw Failure(.tooLarge, "too_many_files", "One job takes at most \(most) files; make several jobs.")
            }
        }

        /// The entries of a folder.
        fileprivate mutating func names(in folder: String) throws -> [String] {
            guard ContinuousClock.now < end else {
                throw Failure(
                    .tooLarge, "too_many_files", "Looking for the documents takes too long; name a smaller folder.")
            }
            guard let (names, unreadable) = try PathStatus.names(in: folder, most: Limits.entries - entries) else { return [] }
            entries += names.count + unreadable
            skipped += unreadable
            return names
        }
    }

    private enum Limits {
        /// Entries of folders that one request looks at.
        static let entries = 1_000_000
        static let time = Duration.seconds(20)
        static let headBytes = 512
    }

    /// - Parameter setting: folders, with commas between them.
    /// - Throws: `Failure` `invalid_setting`.
    package init(setting: String) throws {
        roots = try setting.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }.map { text in
            guard let path = Self.resolved(text), path != "/" else {
                throw Failure(.invalid, "invalid_setting", "IMPORT_ROOTS names \(text), which is no folder that can be read.")
            }
            return path
        }
    }

    /// Blocks.
    /// - Parameter path: of a file or a folder, or a pattern such as `/data/*.pdf`.
    /// - Throws: `Failure` `invalid_input_path`, `too_many_files`.
    func find(_ path: String, recursive: Bool, into findings: inout Findings) throws {
        guard !roots.isEmpty else {
            throw Failure(
                .invalid, "invalid_input_path",
                "This server reads no paths; send the files, or ask whoever runs it to set IMPORT_ROOTS.")
        }
        // What is outside of the roots is not looked at, so that nobody learns whether it is there.
        let outside = Failure(
            .invalid, "invalid_input_path",
            "\(path.clipped(bytes: 200)) is no file or folder in the folders that this server may read (IMPORT_ROOTS).")
        if let real = Self.resolved(path), isInside(real) {
            switch PathStatus(real) {
            case .folder: try walk(real, recursive: recursive, into: &findings)
            // A file that was named is taken as it is, and says for itself why it can not be read.
            case .file(let bytes):
                try findings.add(Found(path: real, name: String(path.split(separator: "/").last ?? "file"), sizeBytes: bytes))
            case .other: findings.skipped += 1
            case nil: throw outside
            }
            return
        }
        var parts = path.split(separator: "/", omittingEmptySubsequences: true)[...]
        var folder = ""
        while let part = parts.first, !Self.isPattern(part) {
            folder += "/\(part)"
            parts.removeFirst()
        }
        guard path.hasPrefix("/"), !parts.isEmpty, !parts.contains(".."), let start = Self.resolved(folder), isInside(start)
        else {
            throw outside
        }
        try match(start, parts, recursive: recursive, into: &findings)
    }

    private static func isPattern(_ text: some StringProtocol) -> Bool { text.contains { "*?[".contains($0) } }

    /// Goes down a pattern part by part. Links are not followed, and hidden names have to be named.
    private func match(
        _ folder: String, _ parts: ArraySlice<Substring>, recursive: Bool, into findings: inout Findings
    ) throws {
        guard let part = parts.first else { return }
        let rest = parts.dropFirst()
        let pattern = String(part)
        let names =
            Self.isPattern(part) ? try findings.names(in: folder).filter { fnmatch(pattern, $0, FNM_PERIOD) == 0 } : [pattern]
        for name in names {
            let path = "\(folder)/\(name)"
            switch PathStatus(path) {
            case .folder where rest.isEmpty: try walk(path, recursive: recursive, under: "\(name)/", into: &findings)
            case .folder: try match(path, rest, recursive: recursive, into: &findings)
            case .file(let bytes) where rest.isEmpty: try take(path, name, bytes, into: &findings)
            case .file, .other, nil: continue
            }
        }
    }

    private func take(_ path: String, _ name: String, _ bytes: Int64, into findings: inout Findings) throws {
        if Self.isDocument(path) {
            try findings.add(Found(path: path, name: name, sizeBytes: bytes))
        } else {
            findings.skipped += 1
        }
    }

    /// In the order of their names. Hidden files are left out, and links are not followed.
    private func walk(_ folder: String, recursive: Bool, under name: String = "", into findings: inout Findings) throws {
        var folders = [(path: folder, name: name)]
        while let next = folders.popLast() {
            var inner: [(path: String, name: String)] = []
            for name in try findings.names(in: next.path) where !name.hasPrefix(".") {
                let path = "\(next.path)/\(name)"
                switch PathStatus(path) {
                case .folder: if recursive { inner.append((path, "\(next.name)\(name)/")) }
                case .file(let bytes): try take(path, next.name + name, bytes, into: &findings)
                case .other, nil: break
                }
            }
            folders += inner.reversed()
        }
    }

    /// Whether its first bytes are those of a document: told by its content, not by its name.
    private static func isDocument(_ path: String) -> Bool {
        guard let head = head(path) else { return false }
        return switch FileKind(head) {
        case .pdf, .zip, .ole: true
        case _: FileKind.isPDF(head[...])
        }
    }

    private static func head(_ path: String) -> [UInt8]? {
        let file = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return [UInt8](unsafeUninitializedCapacity: Limits.headBytes) { buffer, count in
            count = max(0, read(file, buffer.baseAddress, Limits.headBytes))
        }
    }

    /// A file, open to be read. What was found may have been replaced by a link meanwhile: what counts is where the open file is.
    /// - Throws: `Failure` `input_unreadable`.
    func open(_ found: Found) throws -> OpenInput {
        let unreadable = Failure(.invalid, "input_unreadable", "\(found.name) can not be read; nothing was started.")
        let file = Foundation.open(found.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { throw unreadable }
        let input = OpenInput(descriptor: file)
        guard let real = Self.resolved("/proc/self/fd/\(file)"), isInside(real), case .file = PathStatus(real) else {
            throw unreadable
        }
        return input
    }

    private func isInside(_ path: String) -> Bool { roots.contains { path == $0 || path.hasPrefix($0 + "/") } }

    private static func resolved(_ path: String) -> String? {
        guard path.hasPrefix("/"), let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}

/// A file that is read from front to back.
final class OpenInput: Sendable {
    private let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    private static let pieceBytes = 512 * 1024

    /// Blocks. Nil at the end.
    /// - Throws: `Failure` `input_unreadable`.
    func next() throws -> [UInt8]? {
        let bytes = try [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { buffer, count in
            var got = read(descriptor, buffer.baseAddress, Self.pieceBytes)
            while got < 0, errno == EINTR { got = read(descriptor, buffer.baseAddress, Self.pieceBytes) }
            guard got >= 0 else { throw Failure(.unavailable, "input_unreadable", "A file can not be read.") }
            count = got
        }
        return bytes.isEmpty ? nil : bytes
    }
}
