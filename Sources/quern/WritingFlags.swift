import ArgumentParser
import Core
import Foundation
import Tabular

/// How the output is written, where that is said. The ending of its name decides the rest.
struct WritingFlags: ParsableArguments {
    @Option(help: "What divides fields of CSV: one character, or tab, comma, semicolon, pipe, space.") var outDelimiter: String?
    @Option(help: "Which fields of CSV stand in quotes: minimal, all or nonnumeric.") var outQuoting: String?
    @Option(help: "Whether CSV begins with the names: yes or no.") var outHeader: String?
    @Option(help: "How lines of CSV end: lf or crlf.") var outLineEnd: String?
    @Option(help: "The encoding of text, such as windows-1252 or utf-16le.") var outEncoding: String?
    @Option(help: "Whether text begins with a byte order mark: yes or no.") var outMark: String?
    @Option(help: "How text is packed: none, gzip or zstd; also by the ending .gz or .zst.") var outCompression: String?
    @Option(help: "How Parquet is packed: snappy, zstd, gzip or none.") var outCodec: String?
    @Option(help: "Rows of a Parquet row group at most.") var outRowGroupRows: String?
    @Option(help: "What stands for null in CSV.") var outNullWord: String?

    /// - Throws: `InvalidStep` that names the flag.
    func options(for output: String, _ format: Format) throws -> WriteOptions {
        let packing = Format.packing(of: output)
        let given: [(String, String?)] = [
            ("delimiter", outDelimiter), ("quoting", outQuoting), ("header", outHeader), ("line_end", outLineEnd),
            ("encoding", outEncoding), ("mark", outMark),
            ("compression", outCompression ?? (packing == .none ? nil : packing.rawValue)), ("codec", outCodec),
            ("row_group_rows", outRowGroupRows), ("null_word", outNullWord),
        ]
        let members = given.compactMap { name, value in value.map { (name, JSON.string($0)) } }
        do {
            var options = try WriteOptions(.object(Dictionary(members, uniquingKeysWith: { $1 })), format: format)
            if options.delimiter == nil { options.delimiter = Format.delimiter(ofFileName: Format.withoutPacking(output)) }
            return options
        } catch let step as InvalidStep {
            let name = step.field.split(separator: ".").last.map(String.init) ?? step.field
            throw InvalidStep(field: "--out-\(name.replacing("_", with: "-"))", message: step.message)
        }
    }
}
