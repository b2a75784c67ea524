/// A piece of the stored text, small enough to be embedded or shown.
package struct Chunk: Sendable, Equatable {
    /// In the stored text, in bytes of UTF-8: slicing it gives exactly the text of the chunk.
    package let bytes: Range<Int>
    /// The same in Unicode code points, as most languages slice.
    package let characters: Range<Int>
    /// Estimated; see `Chunks.tokens`.
    package let tokens: Int
    package let words: Int
    /// Titles of the sections around its beginning, outermost first.
    package let section: [String]
    /// Blocks of the document that it holds, at least in part.
    package let blocks: Range<Int>
}

package struct ChunkOptions: Sendable, Equatable {
    package enum Strategy: String, Sendable, CaseIterable {
        /// As many whole sentences as fit.
        case tokens
        /// One sentence each.
        case sentences
        /// As `tokens`, and each heading begins a new chunk.
        case headings
    }

    package var strategy = Strategy.headings
    /// Of one chunk at most.
    package var tokens = 512
    /// What a chunk repeats of the one before, at most.
    package var overlap = 0

    package init() {}
}

package enum Chunks {
    private struct Segment {
        let bytes: Range<Int>
        let tokens: Int
        let words: Int
        let block: Int
        let isHeading: Bool
    }

    /// In bytes; each chunk of a section repeats it.
    private static let longestTitle = 300

    package static func make(_ document: Document, _ stored: PlainText, _ options: ChunkOptions) -> [Chunk] {
        let segments = segments(document, stored, most: max(1, options.tokens))
        var sections: [[String]] = []
        var path: [(level: Int, title: String)] = []
        for block in document.blocks {
            if block.kind == .heading, !block.isHidden {
                path.removeAll { $0.level >= block.level }
                path.append((block.level, String(decoding: block.text.utf8.prefix(longestTitle), as: UTF8.self)))
            }
            sections.append(path.map(\.title))
        }
        var chunks: [Chunk] = []
        var counter = CharacterCounter(stored.bytes)
        var start = 0
        while start < segments.count {
            var (end, tokens) = (start, 0)
            while end < segments.count {
                let next = segments[end]
                if end > start {
                    if options.strategy == .sentences || tokens + next.tokens > options.tokens { break }
                    if options.strategy == .headings, next.isHeading, !segments[end - 1].isHeading { break }
                }
                tokens += next.tokens
                end += 1
            }
            let bytes = segments[start].bytes.lowerBound..<segments[end - 1].bytes.upperBound
            chunks.append(
                Chunk(
                    bytes: bytes, characters: counter.position(of: bytes.lowerBound)..<counter.position(of: bytes.upperBound),
                    tokens: tokens, words: segments[start..<end].reduce(0) { $0 + $1.words },
                    section: sections[segments[start].block],
                    blocks: segments[start].block..<(segments[end - 1].block + 1)))
            guard end < segments.count else { break }
            var (next, repeated) = (end, 0)
            // Sections do not run over into each other.
            let isNewSection = options.strategy == .headings && segments[end].isHeading
            // What is repeated leaves room for what comes next.
            let room = min(options.overlap, options.tokens - segments[end].tokens)
            while !isNewSection, next - 1 > start, repeated + segments[next - 1].tokens <= room {
                next -= 1
                repeated += segments[next].tokens
            }
            start = next
        }
        return chunks
    }

    /// Sentences, lines of tables, and parts of what is longer than a chunk.
    private static func segments(_ document: Document, _ stored: PlainText, most: Int) -> [Segment] {
        var segments: [Segment] = []
        for (index, range) in stored.ranges.enumerated() {
            guard let range else { continue }
            let isTable = document.blocks[index].kind == .table
            let isHeading = document.blocks[index].kind == .heading
            var start = range.lowerBound
            func take(_ end: Int) {
                guard end > start else { return }
                append(start..<end, stored.bytes, most: most, block: index, isHeading: isHeading, to: &segments)
                start = end
            }
            var place = start
            while place < range.upperBound {
                let byte = stored.bytes[place]
                place += 1
                if byte == UInt8(ascii: "\n") {
                    if isTable || place < range.upperBound && stored.bytes[place] == byte { take(place) }
                } else if !isTable, isSentenceEnd(stored.bytes, place, range.upperBound) {
                    while place < range.upperBound, stored.bytes[place] == UInt8(ascii: " ") { place += 1 }
                    take(place)
                }
            }
            take(range.upperBound)
        }
        return segments
    }

    /// Whether a sentence ends with the byte before a place.
    private static func isSentenceEnd(_ bytes: [UInt8], _ place: Int, _ end: Int) -> Bool {
        switch bytes[place - 1] {
        case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"):
            guard place < end, bytes[place] == UInt8(ascii: " ") || bytes[place] == UInt8(ascii: "\n") else { return false }
            // A lone letter before the point is an initial or an abbreviation.
            return place < 3 || bytes[place - 1] != UInt8(ascii: ".") || bytes[place - 3] != UInt8(ascii: " ")
        // 。！？ end sentences without a space.
        case 0x82: return place >= 3 && bytes[place - 3] == 0xE3 && bytes[place - 2] == 0x80
        case 0x81, 0x9F: return place >= 3 && bytes[place - 3] == 0xEF && bytes[place - 2] == 0xBC
        default: return false
        }
    }

    private static func append(
        _ range: Range<Int>, _ bytes: [UInt8], most: Int, block: Int, isHeading: Bool, to segments: inout [Segment]
    ) {
        var start = range.lowerBound
        while start < range.upperBound {
            var (place, tokens, words) = (start, 0, 0)
            var cut = start
            var (cutTokens, cutWords) = (0, 0)
            while place < range.upperBound {
                let wordEnd = word(bytes, place, min(range.upperBound, place + 4 * most + 8))
                let cost = Self.tokens(bytes[place..<wordEnd.letters])
                // One word alone may be longer than a chunk.
                if tokens + cost > most, place > start { break }
                tokens += cost
                words += wordEnd.letters > place ? 1 : 0
                place = wordEnd.behind
                if tokens > most {
                    place = split(bytes, start, most, range.upperBound)
                    (tokens, words) = (most, 1)
                    (cut, cutTokens, cutWords) = (place, tokens, words)
                    break
                }
                (cut, cutTokens, cutWords) = (place, tokens, words)
            }
            segments.append(
                Segment(
                    bytes: start..<cut, tokens: cutTokens, words: cutWords, block: block,
                    isHeading: isHeading && start == range.lowerBound))
            start = cut
        }
    }

    /// The end of the letters of a word, and the beginning of the next one.
    private static func word(_ bytes: [UInt8], _ start: Int, _ end: Int) -> (letters: Int, behind: Int) {
        var place = start
        while place < end, bytes[place] > 0x20 { place += 1 }
        let letters = place
        while place < end, bytes[place] <= 0x20 { place += 1 }
        return (letters, place)
    }

    /// Inside a word without an end, between two code points.
    private static func split(_ bytes: [UInt8], _ start: Int, _ tokens: Int, _ end: Int) -> Int {
        var place = min(end, start + tokens * 4)
        while place < end, bytes[place] & 0xC0 == 0x80 { place += 1 }
        return max(place, start + 1)
    }

    /// How many tokens a language model makes of a word, estimated: four bytes of Latin letters are one, and so is each letter of a script
    /// that takes three bytes or more.
    static func tokens(_ word: ArraySlice<UInt8>) -> Int {
        var (short, long) = (0, 0)
        for byte in word { if byte >= 0xE0 { long += 1 } else if byte < 0x80 || byte >= 0xC0 { short += 1 } }
        return (short + 3) / 4 + long
    }
}

/// Turns places in bytes into places in code points, going forward and a little back.
private struct CharacterCounter {
    private let bytes: [UInt8]
    private var (byte, character) = (0, 0)

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func position(of place: Int) -> Int {
        while byte < place {
            if bytes[byte] & 0xC0 != 0x80 { character += 1 }
            byte += 1
        }
        while byte > place {
            byte -= 1
            if bytes[byte] & 0xC0 != 0x80 { character -= 1 }
        }
        return character
    }
}
