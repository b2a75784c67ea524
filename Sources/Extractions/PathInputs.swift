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
    }

    struct Findings: Sendable {
        var files: [Found] = []
        /// Files that are no documents.
        var skipped = 0
    }

    private enum Limits {
        /// Entries of folders that one request looks at.
        static let entries = 1_000_000
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
    /// - Throws: `Failure` `invalid_input_path`.
    func find(_ path: String, recursive: Bool, most: Int) throws -> Findings {
        guard !roots.isEmpty else {
            throw Failure(
                .invalid, "invalid_input_path",
                "This server reads no paths; send the files, or ask whoever runs it to set IMPORT_ROOTS.")
        }
        let outside = Failure(
            .invalid, "invalid_input_path",
            "\(path.clipped(bytes: 200)) is no file or folder in the folders that this server may read (IMPORT_ROOTS).")
        let isPattern = path.contains { "*?[".contains($0) }
        let matches = isPattern ? Self.matches(path) : [path]
        var findings = Findings()
        for match in matches {
            guard let real = Self.resolved(match), isInside(real) else {
                // A pattern may reach what it must not; a path that was named may not.
                if isPattern { continue }
                throw outside
            }
            let last = String(match.split(separator: "/").last ?? "file")
            switch PathStatus(real) {
            case .folder: try walk(real, recursive: recursive, most: most, into: &findings)
            // A file that was named is taken as it is, and says for itself why it can not be read.
            case .file where isPattern && !Self.isDocument(real): findings.skipped += 1
            case .file: findings.files.append(Found(path: real, name: last))
            case .other: findings.skipped += 1
            case nil: throw outside
            }
            try Self.mustFit(findings, most)
        }
        guard !findings.files.isEmpty || !matches.isEmpty else { throw outside }
        return findings
    }

    private static func mustFit(_ findings: Findings, _ most: Int) throws {
        guard findings.files.count <= most else {
            throw Failure(.tooLarge, "too_many_files", "There are more than \(most) documents; name a smaller folder.")
        }
    }

    /// In the order of their names. Hidden files are left out, and links are not followed.
    private func walk(_ folder: String, recursive: Bool, most: Int, into findings: inout Findings) throws {
        var folders = [(path: folder, name: "")]
        var seen = 0
        while let next = folders.popLast() {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: next.path)) ?? []
            seen += names.count
            guard seen <= Limits.entries else {
                throw Failure(
                    .tooLarge, "too_many_files", "The folder has more than \(Limits.entries) entries; name a smaller one.")
            }
            for name in names.sorted(by: >) where !name.hasPrefix(".") {
                let path = "\(next.path)/\(name)"
                switch PathStatus(path) {
                case .folder: if recursive { folders.append((path, "\(next.name)\(name)/")) }
                case .file:
                    if Self.isDocument(path) {
                        findings.files.append(Found(path: path, name: next.name + name))
                    } else {
                        findings.skipped += 1
                    }
                case .other, nil: break
                }
            }
            try Self.mustFit(findings, most)
        }
        findings.files.sort { $0.name < $1.name }
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

    private static func matches(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, GLOB_NOSORT, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }.sorted()
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
