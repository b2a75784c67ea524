import Tabular

/// Reads plain text: a paragraph is what stands between empty lines.
enum TextReader {
    /// Paragraphs that are blocks of their own; those behind them share blocks of so many bytes.
    private static let mostBlocks = 100_000
    private static let longestJoined = 8192

    /// - Parameter text: UTF-8.
    static func read(_ text: [UInt8], limits: TextualLimits) throws -> Document {
        var document = Document(format: .txt)
        document.blocks = try blocks(text, at: Place(), limits: limits)
        return document
    }

    /// - Parameter place: of the first line, where the text is a part of something.
    static func blocks(_ text: [UInt8], at place: Place, limits: TextualLimits) throws -> [Block] {
        try limits.mustHold(textBytes: text.count)
        var blocks: [Block] = []
        var paragraph: [UInt8] = []
        var (line, first) = (place.line ?? 1, place.line ?? 1)
        func end() {
            // The first line keeps its indent, as the others do.
            let indent = paragraph.prefix { $0 == 0x20 || $0 == 0x09 }
            let words = String(decoding: indent, as: UTF8.self) + String(decoding: paragraph, as: UTF8.self).trimmedLines
            let isEmpty = words.utf8.count == indent.count
            paragraph.removeAll(keepingCapacity: true)
            guard !isEmpty else { return }
            // A file of many short lines makes no million blocks.
            if blocks.count >= mostBlocks, blocks[blocks.count - 1].text.utf8.count < longestJoined {
                blocks[blocks.count - 1].text += "\n\n" + words
                return
            }
            var place = place
            place.line = first
            blocks.append(Block(.paragraph, words, at: place))
        }
        for part in plain(text).split(separator: 0x0A, omittingEmptySubsequences: false) {
            if part.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0C }) {
                end()
            } else {
                if paragraph.isEmpty { first = line }
                // A new page of a printer ends what stands before it.
                for (index, piece) in part.split(separator: 0x0C, omittingEmptySubsequences: false).enumerated() {
                    if index > 0 {
                        end()
                        first = line
                    }
                    if !paragraph.isEmpty { paragraph.append(0x0A) }
                    paragraph += piece
                }
            }
            line += 1
        }
        end()
        return blocks
    }

    /// Lines end with line feeds; what moves the head of a printer or colours a terminal is no text.
    static func plain(_ text: [UInt8]) -> [UInt8] {
        guard
            text.contains(where: { $0 < 0x20 && $0 != 0x0A && $0 != 0x09 || $0 == 0x7F || $0 == 0xC2 || $0 == 0xE2 || $0 == 0xEF }
            )
        else { return text }
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        var place = 0
        func next(_ distance: Int) -> UInt8 { place + distance < text.count ? text[place + distance] : 0 }
        while place < text.count {
            let byte = text[place]
            switch byte {
            case 0x0D:
                // Also CR CR LF, which some programs make of CR LF.
                var returns = 1
                while next(returns) == 0x0D { returns += 1 }
                if next(returns) == 0x0A { place += returns - 1 } else { out.append(0x0A) }
            case 0x0B: out.append(0x0A)
            // A letter struck twice, or over a line, on a printer: `A BS A`, `_ BS A`.
            case 0x08:
                while let last = out.last, last & 0xC0 == 0x80 { out.removeLast() }
                if let last = out.last, last != 0x0A { out.removeLast() }
            case 0x1B: place = escape(text, place)
            case 0x0A, 0x09, 0x0C: out.append(byte)
            case 0x00..<0x20, 0x7F: break
            // Next line (U+0085), soft hyphen (U+00AD).
            case 0xC2 where next(1) == 0x85:
                out.append(0x0A)
                place += 1
            case 0xC2 where next(1) == 0xAD: place += 1
            // Line and paragraph separator; zero width space, word joiner; a byte order mark inside.
            case 0xE2 where next(1) == 0x80 && (next(2) == 0xA8 || next(2) == 0xA9):
                out.append(0x0A)
                place += 2
            case 0xE2 where next(1) == 0x80 && next(2) == 0x8B, 0xE2 where next(1) == 0x81 && next(2) == 0xA0,
                0xEF where next(1) == 0xBB && next(2) == 0xBF:
                place += 2
            default: out.append(byte)
            }
            place += 1
        }
        return out
    }

    /// The last byte of a control sequence (ECMA-48, section 5), or of an escape that is none.
    private static func escape(_ text: [UInt8], _ start: Int) -> Int {
        guard start + 1 < text.count else { return start }
        var place = start + 2
        switch text[start + 1] {
        case UInt8(ascii: "["): break
        // A title of the window, which ends with a bell or with another escape.
        case UInt8(ascii: "]"):
            while place < text.count, place - start < 512, ![0x07, 0x1B, 0x0A].contains(text[place]) { place += 1 }
            guard place < text.count, text[place] != 0x0A else { return start + 1 }
            return text[place] == 0x07 ? place : min(text.count - 1, place + 1)
        // A set of characters.
        case 0x20...0x2F: return min(text.count - 1, start + 2)
        case 0x30...0x7E: return start + 1
        default: return start
        }
        while place < text.count, place - start < 64, 0x20...0x3F ~= text[place] { place += 1 }
        return place < text.count && 0x40...0x7E ~= text[place] ? place : start + 1
    }
}
