import Core

/// How what was read is written.
package enum ExtractionFormat: String, Sendable, CaseIterable {
    /// Everything: blocks with their places, tables, text, chunks, and a receipt of what was not read.
    case json
    /// Markdown.
    case md
    /// Plain text, in which the chunks tell their places.
    case txt
    /// The tables, one behind the other.
    case csv
    /// The chunks, one a line.
    case jsonl

    package var mediaType: String {
        switch self {
        case .json: "application/json"
        case .md: "text/markdown; charset=utf-8"
        case .txt: "text/plain; charset=utf-8"
        case .csv: "text/csv; charset=utf-8"
        case .jsonl: "application/x-ndjson"
        }
    }
}

/// A document with what is made of it: the stored text and its chunks.
package struct Extraction: Sendable {
    /// The same for the same bytes and name.
    package let id: String
    package let document: Document
    package let stored: PlainText
    package let chunks: [Chunk]
    /// Two formats write them.
    private let chunksJSON: [JSON]

    /// - Parameters:
    ///   - bytes: of the whole file.
    ///   - chunks: nil where nobody asks for chunks.
    /// - Throws: `TextualFailure`.
    package init(_ bytes: [UInt8], fileName: String, chunks: ChunkOptions?, limits: TextualLimits = TextualLimits()) throws {
        document = try Extractor.read(bytes, name: fileName, limits: limits)
        stored = PlainText(document)
        self.chunks = chunks.map { [document, stored] in Chunks.make(document, stored, $0) } ?? []
        id = Extractor.id(fileName: fileName, bytes: bytes)
        let repeated = NearDuplicates.find(self.chunks, stored.bytes)
        chunksJSON = self.chunks.enumerated().map { [id, document, stored] in
            $1.json($0, of: id, document, stored, repeats: repeated[$0])
        }
    }

    package func bytes(_ format: ExtractionFormat) -> [UInt8] {
        switch format {
        case .txt: return stored.bytes + (stored.bytes.isEmpty ? [] : [UInt8(ascii: "\n")])
        case .md: return Array(Markdown.text(document).utf8)
        case .csv: return Array(TableCSV.text(document).utf8)
        case .jsonl: return chunksJSON.flatMap { $0.bytes + [UInt8(ascii: "\n")] }
        case .json:
            guard case .object(var members) = document.json(stored: stored) else { return [] }
            members["id"] = .string(id)
            members["chunks"] = .array(chunksJSON)
            return JSON.object(members).bytes + [UInt8(ascii: "\n")]
        }
    }
}
