import Core
import Foundation

/// What the command line says, and how it ends.
enum Terminal {
    /// Exit codes of every verb.
    enum Exit {
        static let failed: Int32 = 1
        static let partial: Int32 = 2
        static let usage: Int32 = 64
    }

    static func out(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
    static func error(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    /// Rows below their headings in columns, or a sentence when there are none.
    static func table(_ headings: [String], _ rows: [[String]], empty: String) {
        guard !rows.isEmpty else { return out(empty) }
        let lines = [headings] + rows
        let widths = headings.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        for line in lines {
            let cells = zip(line, widths).enumerated().map { index, cell in
                index == widths.count - 1 ? cell.0 : cell.0 + String(repeating: " ", count: cell.1 - cell.0.count)
            }
            out(cells.joined(separator: "  "))
        }
    }

    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Says what went wrong, and ends the process.
    static func fail(_ error: any Error, asJSON: Bool = false, code exitCode: Int32 = Exit.failed) -> Never {
        let failure = error as? Failure
        let (code, message) = (failure?.code ?? "internal_error", failure?.message ?? "\(error)")
        if asJSON { out((["error": .string(code), "detail": .string(message)] as JSON).text) }
        Terminal.error("quern: \(message)")
        exit(exitCode)
    }
}
