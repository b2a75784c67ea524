/// Reads calendars (RFC 5545) and visiting cards (RFC 6350): each event, task or person as a paragraph, its properties as lines.
enum CalendarReader {
    static func isCalendar(_ text: [UInt8]) -> Bool {
        let head = String(decoding: text.prefix(200).drop { $0 <= 0x20 || $0 >= 0x80 }.prefix(15), as: UTF8.self).uppercased()
        return head.hasPrefix("BEGIN:VCALENDAR") || head.hasPrefix("BEGIN:VCARD")
    }

    /// - Parameter text: UTF-8.
    /// - Throws: `TextualFailure` `limit_exceeded`.
    static func read(_ text: [UInt8], limits: TextualLimits) throws -> Document {
        try limits.mustHold(textBytes: text.count)
        var document = Document(format: .txt)
        var (lines, first) = ([String](), 1)
        func end() {
            guard !lines.isEmpty else { return }
            // Many small ones make no million blocks.
            if document.blocks.count >= mostBlocks {
                document.blocks[document.blocks.count - 1].text += "\n\n" + lines.joined(separator: "\n")
                lines = []
                return
            }
            var place = Place()
            place.line = first
            document.blocks.append(Block(.paragraph, lines.joined(separator: "\n"), at: place))
            lines = []
        }
        for (number, line) in unfolded(text) {
            guard let (name, value) = property(line) else { continue }
            switch name {
            case "BEGIN":
                end()
                first = number
            case "END": end()
            // What programs say to each other.
            case "VERSION", "PRODID", "CALSCALE", "METHOD", "UID", "DTSTAMP", "REV", "SEQUENCE", "TRANSP": continue
            default:
                let words = unescaped(value)
                if !words.isEmpty { lines.append("\(name.prefix(1))\(name.dropFirst().lowercased()): \(words)") }
            }
        }
        end()
        return document
    }

    private static let mostBlocks = 100_000

    /// Lines that begin with a blank go on with the one before (RFC 5545, section 3.1).
    private static func unfolded(_ text: [UInt8]) -> [(number: Int, line: [UInt8])] {
        var lines: [(number: Int, line: [UInt8])] = []
        for (number, part) in text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let line = part.last == 0x0D ? part.dropLast() : part
            if let first = line.first, first == 0x20 || first == 0x09, !lines.isEmpty {
                lines[lines.count - 1].line += line.dropFirst()
            } else if !line.isEmpty {
                lines.append((number + 1, Array(line)))
            }
        }
        return lines
    }

    /// `NAME;parameters:value`; a parameter in quotes may hold a colon.
    private static func property(_ line: [UInt8]) -> (name: String, value: String)? {
        var (place, isQuoted, nameEnd) = (0, false, Int?.none)
        while place < line.count {
            switch line[place] {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ";") where !isQuoted: nameEnd = nameEnd ?? place
            case UInt8(ascii: ":") where !isQuoted:
                let name = String(decoding: line[..<(nameEnd ?? place)], as: UTF8.self)
                // A group of a card stands in front of a point.
                let bare = name.split(separator: ".").last.map(String.init) ?? name
                return (bare.uppercased(), String(decoding: line[(place + 1)...], as: UTF8.self))
            default: break
            }
            place += 1
        }
        return nil
    }

    private static func unescaped(_ text: String) -> String {
        var (out, isEscaped) = ("", false)
        for letter in text {
            if isEscaped {
                out.append(letter == "n" || letter == "N" ? "\n" : letter)
                isEscaped = false
            } else if letter == "\\" {
                isEscaped = true
            } else {
                out.append(letter)
            }
        }
        return out.trimmedLines
    }
}
