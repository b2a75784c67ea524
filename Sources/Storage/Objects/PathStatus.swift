import Foundation

/// What a path leads to, links not followed.
package enum PathStatus: Sendable, Equatable {
    case folder
    case file(sizeBytes: Int64)
    /// A link, a pipe, a device.
    case other

    /// Blocks for a moment. Nil when there is nothing.
    package init?(_ path: String) {
        var info = stat()
        guard lstat(path, &info) == 0 else { return nil }
        switch info.st_mode & S_IFMT {
        case S_IFDIR: self = .folder
        case S_IFREG: self = .file(sizeBytes: Int64(info.st_size))
        default: self = .other
        }
    }
}
