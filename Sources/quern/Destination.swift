import Core
import Foundation

/// A file that a verb writes: aside at first, and under its name once it is whole.
struct Destination {
    let path: String
    /// What the file is, for messages: `output` or `rejects file`.
    let role: String
    let mayReplace: Bool
    let aside: String

    init(_ path: String, role: String, mayReplace: Bool) {
        self.path = path
        self.role = role
        self.mayReplace = mayReplace
        aside = "\(path).part-\(getpid())"
    }

    /// - Throws: `Failure` `output_is_input` for a file that is read, whatever name leads to it; `output_exists`, `output_not_a_file`.
    func check(against inputs: [String]) throws {
        for input in inputs where isSame(as: input) {
            throw Failure(
                .conflict, "output_is_input", "The \(role) \(path) is the same file as \(input); choose another place for it.")
        }
        switch FileIdentity.kind(path: path) {
        case .nothing: return
        case .other:
            throw Failure(.conflict, "output_not_a_file", "The \(role) \(path) exists and is not a file; choose another name.")
        case .file: guard mayReplace else { throw exists }
        }
    }

    func isSame(as other: String) -> Bool {
        if URL(fileURLWithPath: path).standardizedFileURL == URL(fileURLWithPath: other).standardizedFileURL { return true }
        guard let mine = FileIdentity(path: path) else { return false }
        return mine == FileIdentity(path: other)
    }

    /// Gives the file its name at once: nobody sees half of it, and what stood there is not touched before.
    func keep() throws {
        if !mayReplace {
            // link(2) fails when something got the name meanwhile; not every file system has it.
            if link(aside, path) == 0 { return discard() }
            guard errno != EEXIST else { throw exists }
        }
        guard rename(aside, path) == 0 else {
            throw Failure(.unavailable, "output_not_written", "The \(role) \(path) could not be written.")
        }
    }

    func discard() { unlink(aside) }

    /// Removes what an earlier run left under the name.
    func removeEarlier() { if mayReplace { unlink(path) } }

    private var exists: Failure {
        Failure(.conflict, "output_exists", "The \(role) \(path) exists; --force replaces it, or choose another name.")
    }
}

/// Files aside that go when a signal ends the process.
enum Leftovers {
    /// Not checked for concurrency: written once, before the handlers are set, and read by them.
    nonisolated(unsafe) private static var paths: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?> = .init(
        start: nil, count: 0)

    static func removeOnSignal(_ files: [String]) {
        paths = .allocate(capacity: files.count)
        _ = paths.initialize(from: files.map { strdup($0) })
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { number in
                // Twice: while a large file goes, another thread may make the next.
                for _ in 0..<2 { for path in Leftovers.paths { if let path { unlink(path) } } }
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }
}
