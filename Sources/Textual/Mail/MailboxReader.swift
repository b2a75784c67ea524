import Foundation

/// Reads a mailbox: many mails in one file, each behind a line that begins with `From ` (RFC 4155).
enum MailboxReader {
    private static let most = 100_000

    static func isMailbox(_ bytes: [UInt8]) -> Bool {
        guard let line = line(bytes, 0), isEnvelope(line) else { return false }
        return MailReader.isMail(Array(bytes.prefix(32 << 10)), fewest: 1)
    }

    /// - Throws: `TextualFailure`.
    static func read(_ bytes: [UInt8], limits: TextualLimits) throws -> Document {
        var document = Document(format: .mbox)
        var textBytes = 0
        let starts = starts(bytes)
        let inside = try limits.inside()
        for (index, start) in starts.enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1] : bytes.count
            let name = "message \(index + 1)"
            let message: Document
            do {
                message = try MailReader.read(unquoted(bytes[start..<end]), limits: inside)
            } catch let failure as TextualFailure {
                document.receipt.count(failure.code == "limit_exceeded" ? .limit : .broken)
                document.receipt.note(.init(entry: name, code: failure.code, message: failure.message))
                continue
            }
            for var block in message.blocks {
                block.place.entry = block.place.entry.map { "\(name)/\($0)" } ?? name
                textBytes += block.text.utf8.count + 64
                document.blocks.append(block)
            }
            document.receipt.add(message.receipt, entry: name)
            guard textBytes <= limits.textBytes else {
                throw TextualFailure.limit("The mails have more than \(limits.textBytes >> 20) MiB of text together.")
            }
        }
        document.pageCount = starts.count
        return document
    }

    private static func line(_ bytes: [UInt8], _ start: Int) -> ArraySlice<UInt8>? {
        guard bytes.count > start + 5, bytes[start...].starts(with: Array("From ".utf8)) else { return nil }
        return bytes[start...].prefix(300).prefix { $0 != 0x0A }
    }

    private static let days: Set<String> = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// `From ada@example.org Mon Jan  1 00:00:00 2024`: a day of the week, a time of day, and a year.
    private static func isEnvelope(_ line: ArraySlice<UInt8>) -> Bool {
        let words = line.split(whereSeparator: { $0 <= 0x20 })
        guard words.count >= 4 else { return false }
        let hasTime = words.contains { word in
            word.count >= 5 && word.prefix(8).allSatisfy { 0x30...0x39 ~= $0 || $0 == UInt8(ascii: ":") }
                && word.contains(UInt8(ascii: ":"))
        }
        guard
            words.contains(where: { days.contains(String(decoding: $0.prefix(3), as: UTF8.self).lowercased()) && $0.count <= 4 })
        else {
            return false
        }
        return hasTime && words.contains { $0.count == 4 && $0.allSatisfy { 0x30...0x39 ~= $0 } }
    }

    /// Where the messages begin: at a line of an envelope, behind an empty one.
    private static func starts(_ bytes: [UInt8]) -> [Int] {
        var starts = [0]
        var place = 0
        while let end = bytes[place...].firstIndex(of: 0x0A), starts.count < most {
            let isEmpty = end == place || end == place + 1 && bytes[place] == 0x0D
            place = end + 1
            if isEmpty, let line = line(bytes, place), isEnvelope(line) { starts.append(place) }
        }
        return starts
    }

    /// Lines of the text that would have begun a message were quoted: `>From `.
    private static func unquoted(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var place = bytes.startIndex
        let mark = Array("From ".utf8)
        while place < bytes.endIndex {
            let stop = bytes[place...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.endIndex
            let line = bytes[place..<stop]
            let quotes = line.prefix { $0 == UInt8(ascii: ">") }.count
            out += quotes > 0 && line.dropFirst(quotes).starts(with: mark) ? line.dropFirst() : line
            place = stop
        }
        return out
    }
}
