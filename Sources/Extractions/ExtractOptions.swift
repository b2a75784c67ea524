package import Core
package import Textual

/// What somebody wants made of documents.
package struct ExtractOptions: Sendable, Equatable {
    package var format = ExtractionFormat.json
    package var chunks = ExtractionPreset.balanced.chunks
    /// The name of the preset that it began with.
    package var preset = ExtractionPreset.balanced.name

    package enum Limits {
        package static let chunkTokens = 8...100_000
    }

    package init() {}

    /// As a job keeps them, and its worker gets them.
    package var json: JSON {
        [
            "output_format": .string(format.rawValue), "preset": .string(preset), "chunk_size": .int(Int64(chunks.tokens)),
            "chunk_overlap": .int(Int64(chunks.overlap)), "chunk_by": .string(chunks.strategy.rawValue),
        ]
    }

    /// The same in the words of the document of the API.
    package var effective: JSON {
        [
            "format": .string(format.rawValue),
            "chunk": [
                "max_tokens": .int(Int64(chunks.tokens)), "overlap": .int(Int64(chunks.overlap)),
                "by": .string(chunks.strategy.rawValue),
            ],
        ]
    }

    /// - Parameter stored: as `json` made it; what is missing is as usual.
    package init(stored: JSON) {
        if let format = stored["output_format"]?.stringValue.flatMap(ExtractionFormat.init) { self.format = format }
        if let preset = stored["preset"]?.stringValue { self.preset = preset }
        if let tokens = stored["chunk_size"]?.intValue { chunks.tokens = Int(clamping: tokens) }
        if let overlap = stored["chunk_overlap"]?.intValue { chunks.overlap = Int(clamping: overlap) }
        if let strategy = stored["chunk_by"]?.stringValue.flatMap(ChunkOptions.Strategy.init) { chunks.strategy = strategy }
    }

    /// Takes what a request says; what it does not say stays.
    /// - Throws: `Failure` `invalid_<name>`.
    package mutating func take(_ fields: Fields) throws {
        if let text = try fields.optionalText("output_format", limit: 16) {
            format = try Self.choice(text, ExtractionFormat.self, "output_format")
        }
        if let text = try fields.optionalText("chunk_by", limit: 16) {
            chunks.strategy = try Self.choice(text, ChunkOptions.Strategy.self, "chunk_by")
        }
        let range = Limits.chunkTokens
        if let tokens = try fields.optionalCount("chunk_size", in: Int64(range.lowerBound)...Int64(range.upperBound)) {
            // What a preset repeats was meant for its own size.
            (chunks.tokens, chunks.overlap) = (Int(tokens), min(chunks.overlap, Int(tokens) / 4))
        }
        if let overlap = try fields.optionalCount("chunk_overlap", in: 0...Int64(range.upperBound)) {
            guard overlap < chunks.tokens else {
                throw Failure(
                    .invalid, "invalid_chunk_overlap", "chunk_overlap must be less than chunk_size, which is \(chunks.tokens).")
            }
            chunks.overlap = Int(overlap)
        }
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ text: String, _ type: Choice.Type, _ name: String
    ) throws -> Choice where Choice.RawValue == String {
        if let choice = Choice(rawValue: text.lowercased()) { return choice }
        let known = Choice.allCases.map(\.rawValue)
        let hint = Nearest.name(to: text, in: known).map { " Did you mean \($0)?" } ?? ""
        throw Failure(.invalid, "invalid_\(name)", "\(name) must be one of \(known.joined(separator: ", ")).\(hint)")
    }
}
