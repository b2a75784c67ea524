import Tabular

/// Title, author and dates of a compound file (MS-OLEPS).
enum SummaryReader {
    private static let names: [Int: String] = [
        2: "title", 3: "subject", 4: "author", 5: "keywords", 6: "description", 8: "last_modified_by", 12: "created",
        13: "modified",
    ]

    static func read(_ file: CompoundFile) -> [Document.Metadata] {
        guard let bytes = file.stream("\u{5}SummaryInformation"), bytes.u16(0) == 0xFFFE else { return [] }
        let start = bytes.u32(44)
        var places: [Int: Int] = [:]
        for index in 0..<min(bytes.u32(start + 4), 200) {
            places[bytes.u32(start + 8 + 8 * index)] = start + bytes.u32(start + 12 + 8 * index)
        }
        let page = places[1].map { bytes.u16($0 + 4) } ?? 1252
        return names.keys.sorted().compactMap { id in
            guard let place = places[id], let name = names[id], let value = value(bytes, place, page), !value.isEmpty else {
                return nil
            }
            return Document.Metadata(name, value)
        }
    }

    private static func value(_ bytes: [UInt8], _ place: Int, _ page: Int) -> String? {
        switch bytes.u32(place) {
        case 0x1E:
            let text = Array(bytes.part(place + 8, bytes.u32(place + 4)))
            if page == 1200 { return text.utf16(0, units: text.count / 2).prefix { $0 != "\0" }.trimmedLines }
            let encoding = CodePages.encoding(page) ?? "windows-1252"
            return (DecodedText.utf8(text.prefix { $0 != 0 }.map(\.self), in: encoding)).map {
                String(decoding: $0, as: UTF8.self).trimmedLines
            }
        case 0x1F: return bytes.utf16(place + 8, units: bytes.u32(place + 4)).prefix { $0 != "\0" }.trimmedLines
        case 0x40: return moment(bytes.u64(place + 4))
        default: return nil
        }
    }

    /// A time in tenths of microseconds since 1601, as ISO 8601; nil for none.
    static func moment(_ ticks: UInt64) -> String? {
        let seconds = Int(ticks / 10_000_000)
        let days = seconds / 86_400
        // 1899-12-30, from which spreadsheets count, is so many days behind 1601.
        let fromSheets = days - 109_205
        guard ticks > 0, let date = NumberFormat.calendar(fromSheets, is1904: false) else { return nil }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
        let rest = seconds % 86_400
        return "\(date.year)-\(two(date.month))-\(two(date.day))T\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
    }
}
