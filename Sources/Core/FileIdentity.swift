import Foundation

/// A file, whatever it is called: all its names and the links that lead to it have the same identity (POSIX, `stat`).
package struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64

    /// - Parameter path: of a file or of a link to one; nil where there is none.
    package init?(path: String) {
        guard let status = FileIdentity.status(path) else { return nil }
        (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino))
    }

    /// What stands at a path.
    package enum Kind: Sendable { case nothing, file, other }

    /// - Returns: `file` also for a link to a file, and for a link that leads nowhere.
    package static func kind(path: String) -> Kind {
        var link = stat()
        guard lstat(path, &link) == 0 else { return .nothing }
        return status(path).map { $0.st_mode & S_IFMT == S_IFREG ? .file : .other } ?? .file
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }
}
