/// How deeply quotes and lists may be nested in a text, guessed before it is parsed, and never too low.
///
/// The parser of CommonMark asks every open quote and list on every line: ten thousand of them in front of ten thousand blank
/// lines keep it busy for seconds.
enum MarkdownNesting {
    static func depth(of text: String) -> Int {
        var (depth, deepest, isParagraph) = (0, 0, false)
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let start = LineStart(line)
            if start.isBlank {
                isParagraph = false
                continue
            }
            // A line without marks may go on with the paragraph before it, however deep that is. Every other line keeps a quote
            // open by its mark, and a list by two blanks at least.
            if start.marks > 0 || !isParagraph { depth = min(depth, start.blanks / 2) + start.marks }
            deepest = max(deepest, depth)
            isParagraph = true
        }
        return deepest
    }

    /// Blanks and marks of quotes and lists at the beginning of a line.
    private struct LineStart {
        private(set) var marks = 0
        /// In columns, without the one that belongs to the mark before it.
        private(set) var blanks = 0
        private(set) var isBlank = true

        init(_ line: Substring.UTF8View.SubSequence) {
            var before = Piece.start
            for byte in line {
                let piece = Piece(byte, after: before)
                switch piece {
                case .start: continue
                case .blank(let columns): blanks += before == .quote || before == .list ? columns - 1 : columns
                case .quote: marks += 1
                case .list:
                    // Looked at once: a line of a thousand marks would be looked at a thousand times.
                    if marks == 0, Self.isRule(line) {
                        isBlank = false
                        return
                    }
                    marks += 1
                case .digit: break
                case .text:
                    isBlank = false
                    return
                }
                if case .blank = piece {} else { isBlank = false }
                before = piece
            }
        }

        private enum Piece: Equatable {
            case start, quote, list, digit, text
            case blank(Int)

            init(_ byte: UInt8, after before: Piece) {
                self =
                    switch byte {
                    case UInt8(ascii: " "), UInt8(ascii: "\r"): .blank(1)
                    case UInt8(ascii: "\t"): .blank(4)
                    case UInt8(ascii: ">"): before == .digit ? .text : .quote
                    // A mark of a list ends with a blank; what follows it directly makes it text.
                    case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "*"):
                        before == .list || before == .digit ? .text : .list
                    case UInt8(ascii: "0")...UInt8(ascii: "9"): before == .list ? .text : .digit
                    case UInt8(ascii: "."), UInt8(ascii: ")"): before == .digit ? .list : .text
                    default: .text
                    }
            }
        }

        /// `* * *`: a thematic break, however many there are.
        private static func isRule(_ line: Substring.UTF8View.SubSequence) -> Bool {
            guard let mark = line.first(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }),
                [UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "_")].contains(mark)
            else { return false }
            let rest = line.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") && $0 != UInt8(ascii: "\r") }
            return rest.count >= 3 && rest.allSatisfy { $0 == mark }
        }
    }
}
