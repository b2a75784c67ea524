import Core
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

    /// The names in a folder in their order, and how many are no UTF-8. Blocks. Nil when it can not be read.
    /// - Throws: `Failure` `too_many_files` when there are more than `most`.
    package static func names(in folder: String, most: Int) throws -> (names: [String], unreadable: Int)? {
        guard let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        var (names, unreadable) = ([String](), 0)
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(validatingCString: $0) }
            }
            guard let name else {
                unreadable += 1
                continue
            }
            if name != ".", name != ".." { names.append(name) }
            guard names.count + unreadable <= most else {
                throw Failure(.tooLarge, "too_many_files", "A folder has more than \(most) entries; name a smaller one.")
            }
        }
        return (names.sorted(), unreadable)
    }
}
