import Core
import Foundation

/// The files that arguments name: some are patterns, which the shell leaves alone when they stand in quotes.
struct InputFiles {
    let paths: [String]

    /// - Throws: `Failure` `input_not_found`, `input_twice`, `too_many_inputs`.
    init(_ arguments: [String]) throws {
        paths = try arguments.flatMap { argument -> [String] in
            if argument == "-" || FileManager.default.isReadableFile(atPath: argument) { return [argument] }
            let found = Self.matches(argument)
            guard !found.isEmpty else {
                throw Failure(
                    .missing, "input_not_found",
                    Self.isPattern(argument)
                        ? "No file is like \(argument)." : "\(argument) can not be read; check the name.")
            }
            return found
        }
        guard paths.count > 1 else { return }
        guard !paths.contains("-") else {
            throw Failure(.invalid, "input_not_found", "The standard input can not be joined with other files; write it to one.")
        }
        var seen: [FileIdentity: String] = [:]
        for path in paths {
            guard let place = FileIdentity(path: path), let other = seen.updateValue(path, forKey: place) else { continue }
            throw Failure(
                .conflict, "input_twice",
                path == other
                    ? "\(path) is named twice; its rows would be there twice."
                    : "\(path) and \(other) are the same file; its rows would be there twice.")
        }
        guard paths.count <= Self.most else {
            throw Failure(.invalid, "too_many_inputs", "At most \(Self.most) files become one table; these are \(paths.count).")
        }
    }

    private static let most = 10_000

    private static func isPattern(_ text: String) -> Bool { text.contains { "*?[".contains($0) } }

    /// In the order of their names, in which numbers count as numbers: part-2 comes before part-10.
    private static func matches(_ pattern: String) -> [String] {
        guard isPattern(pattern) else { return [] }
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, GLOB_MARK, nil, &found) == 0 else { return [] }
        let paths = (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
        // A file that is called so is not the standard input.
        return paths.filter { !$0.hasSuffix("/") }.map { $0 == "-" ? "./-" : $0 }.sorted {
            $0.compare($1, options: [.numeric, .caseInsensitive]) == .orderedAscending
        }
    }
}
