import Tabular

/// The text of documents of Word 6 and 95, whose formatting is not read.
enum DOC6Reader {
    static func read(_ bytes: [UInt8], limits: TextualLimits) throws -> Document {
        var document = Document(format: .doc)
        var start = bytes.u32(0x18)
        let end = min(bytes.count, bytes.u32(0x1C))
        var flow = WordFlow(part: nil)
        guard start < end else { throw TextualFailure.broken("it has no text") }
        // Of a Macintosh (section 2.5.2 of the format of Word 97 keeps both fields).
        let encoding = bytes.u16(0x12) & 0xFF == 1 || bytes.u16(0x14) == 256 ? "macintosh" : "windows-1252"
        var text: [UInt8] = []
        var cells = 0
        var (number, isInstruction) = (0, false)
        func words() -> [Block] {
            let words =
                (DecodedText.utf8(text, in: encoding)).map { String(decoding: $0, as: UTF8.self).trimmedLines } ?? ""
            text = []
            return words.isEmpty ? [] : [Block(.paragraph, words, at: Place(paragraph: number))]
        }
        while start < end {
            let byte = bytes[start]
            start += 1
            switch byte {
            case 0x0D, 0x0C:
                number += 1
                flow.add(words(), depth: 0, paragraph: number)
            case 0x07:
                number += 1
                let blocks = words()
                // Two marks end a row.
                if blocks.isEmpty, start < end, cells > 0, bytes[start - 2] == 0x07 {
                    flow.endRow(depth: 1, .init(), paragraph: number)
                    cells = 0
                } else {
                    flow.add(blocks, depth: 1, paragraph: number)
                    flow.endCell(depth: 1, paragraph: number)
                    cells += 1
                }
            case 0x13: isInstruction = true
            case 0x14, 0x15: isInstruction = false
            case 0x0B: text.append(0x0A)
            case 0x1E: text.append(0x2D)
            case 0x09: text.append(byte)
            case 0..<0x20: break
            default: if !isInstruction { text.append(byte) }
            }
        }
        flow.add(words(), depth: 0, paragraph: number)
        flow.endTables(paragraph: number)
        document.blocks = flow.blocks
        return document
    }
}
