/// The outline of a PDF file (section 12.3.3), which names its headings.
enum PDFOutline {
    struct Entry {
        let title: String
        /// From 1.
        let level: Int
        /// The page to which it leads, as the file names it: by its object, or by its number from 0.
        let target: PDFObject?

        func isOn(_ page: Int?, _ pages: [Int: Int]) -> Bool {
            switch target {
            case .reference(let object): pages[object].map { $0 == page } ?? true
            case .number(let number): Int(exactly: number).map { $0 &+ 1 == page } ?? true
            default: true
            }
        }
    }

    private static let mostEntries = 20_000
    private static let deepest = 9
    /// In bytes.
    private static let longestTitle = 1000
    /// Entries of one title.
    private static let mostAlike = 200
    /// Names of places that are looked at for all entries together.
    private static let mostNames = 2_000_000

    static func entries(_ file: PDFFile) -> [Entry] {
        var entries: [Entry] = []
        var (seen, left): (Set<Int>, Int) = ([], mostNames)
        func walk(_ first: PDFObject?, _ level: Int) {
            var item = first
            while case .reference(let number)? = item, seen.insert(number).inserted, entries.count < mostEntries {
                let values = file.dictionary(item)
                if let title = file.resolve(values["Title"]).string.map({ PDFText.text(Array($0.prefix(longestTitle))) }) {
                    entries.append(Entry(title: folded(title), level: level, target: target(values, file, &left)))
                }
                if level < deepest { walk(values["First"], level + 1) }
                item = values["Next"]
            }
        }
        walk(file.dictionary(file.catalog?["Outlines"])["First"], 1)
        return entries
    }

    private static func target(_ values: [String: PDFObject], _ file: PDFFile, _ left: inout Int) -> PDFObject? {
        var place = file.resolve(values["Dest"] ?? file.dictionary(values["A"])["D"])
        if place.name != nil || place.string != nil { place = named(place, file, &left) }
        return (place.array ?? file.resolve(place.dictionary?["D"]).array)?.first
    }

    /// A destination by its name: of the dictionary of old files, or of the name tree.
    private static func named(_ name: PDFObject, _ file: PDFFile, _ left: inout Int) -> PDFObject {
        if let old = name.name { return file.resolve(file.dictionary(file.catalog?["Dests"])[old]) }
        guard let wanted = name.string else { return .null }
        var node = file.dictionary(file.dictionary(file.catalog?["Names"])["Dests"])
        for _ in 0..<20 {
            guard left > 0 else { return .null }
            if let pairs = file.resolve(node["Names"]).array {
                left -= pairs.count
                for place in stride(from: 0, to: pairs.count - 1, by: 2) where file.resolve(pairs[place]).string == wanted {
                    return file.resolve(pairs[place + 1])
                }
                return .null
            }
            left -= file.resolve(node["Kids"]).array?.count ?? 0
            let next = file.resolve(node["Kids"]).array?.prefix(10_000).map { file.dictionary($0) }.first { kid in
                guard let limits = file.resolve(kid["Limits"]).array?.map({ file.resolve($0).string ?? [] }), limits.count == 2
                else { return false }
                return !wanted.lexicographicallyPrecedes(limits[0]) && !limits[1].lexicographicallyPrecedes(wanted)
            }
            guard let next else { return .null }
            node = next
        }
        return .null
    }

    /// For comparison: words with one blank between, in small letters.
    static func folded(_ text: String) -> String {
        text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Makes headings of what the outline names, with its levels.
    /// - Parameter pages: numbers of pages by the objects that they are.
    static func mark(_ blocks: inout [Block], _ entries: [Entry], _ pages: [Int: Int]) {
        guard !entries.isEmpty else { return }
        var byTitle: [String: [Entry]] = [:]
        for entry in entries where entry.title.contains(where: \.isLetter) {
            if byTitle[entry.title, default: []].count < mostAlike { byTitle[entry.title, default: []].append(entry) }
        }
        for place in blocks.indices {
            let block = blocks[place]
            guard !block.isHidden, [.paragraph, .heading, .listItem].contains(block.kind), block.text.utf8.count <= 500 else {
                continue
            }
            let whole = block.marker.map { $0 + " " + block.text } ?? block.text
            let found = (byTitle[folded(whole)] ?? byTitle[folded(block.text)])?.first {
                $0.isOn(block.place.page, pages)
            }
            guard let found else { continue }
            blocks[place].kind = .heading
            blocks[place].level = min(9, found.level)
            blocks[place].text = whole
            blocks[place].marker = nil
        }
    }
}
