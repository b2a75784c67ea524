/// A name for how text is cut into chunks.
package struct ExtractionPreset: Sendable, Equatable {
    package let name: String
    /// For people, in one sentence.
    package let about: String
    package let chunks: ChunkOptions

    package init(_ name: String, _ about: String, _ chunks: ChunkOptions) {
        self.name = name
        self.about = about
        self.chunks = chunks
    }

    private init(_ name: String, _ about: String, tokens: Int, overlap: Int = 0) {
        self.name = name
        self.about = about
        var chunks = ChunkOptions()
        (chunks.tokens, chunks.overlap) = (tokens, overlap)
        self.chunks = chunks
    }

    package static let balanced = ExtractionPreset(
        "balanced", "Chunks of up to 500 tokens; good for most documents.", tokens: 500)

    package static let builtIn = [
        ExtractionPreset("quality", "Small chunks of up to 256 tokens, each close to its source.", tokens: 256),
        ExtractionPreset("speed", "Large chunks of up to 1024 tokens; few of them.", tokens: 1024), balanced,
        ExtractionPreset(
            "audit-standard", "Chunks of up to 512 tokens that repeat up to 128 of the one before.", tokens: 512, overlap: 128),
        ExtractionPreset("quick-scan", "Chunks of up to 512 tokens, none repeated; a first look.", tokens: 512),
        ExtractionPreset(
            "rag-optimized", "Chunks of up to 256 tokens that repeat up to 64 of the one before, for retrieval.", tokens: 256,
            overlap: 64),
    ]
}
