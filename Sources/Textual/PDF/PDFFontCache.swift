/// Fonts are read once for all pages.
final class PDFFontCache {
    /// What tells a font that is no object of its own from others.
    private struct Key: Hashable {
        let name: String?
        let references: [Int?]
    }

    private var known: [Int: PDFFont] = [:]
    private var unnumbered: [Key: PDFFont] = [:]
    private var loads = 0

    private static let mostLoads = 10_000
    private static let mostKnown = 2000

    func font(_ object: PDFObject?, _ file: PDFFile) -> PDFFont? {
        if case .reference(let number)? = object {
            if let font = known[number] { return font }
            guard let dictionary = file.resolve(object).dictionary, let font = load(dictionary, file) else { return nil }
            if known.count > Self.mostKnown { known = [:] }
            known[number] = font
            return font
        }
        guard let dictionary = object?.dictionary else { return nil }
        let references = ["FontDescriptor", "DescendantFonts", "ToUnicode"].map { name -> Int? in
            if case .reference(let number)? = dictionary[name] { number } else { nil }
        }
        // Without large parts that it shares with others it is soon read anew.
        guard references.contains(where: { $0 != nil }) else { return load(dictionary, file) }
        let key = Key(name: dictionary["BaseFont"]?.name, references: references)
        if let font = unnumbered[key] { return font }
        guard let font = load(dictionary, file) else { return nil }
        if unnumbered.count > Self.mostKnown { unnumbered = [:] }
        unnumbered[key] = font
        return font
    }

    private func load(_ dictionary: [String: PDFObject], _ file: PDFFile) -> PDFFont? {
        loads += 1
        return loads < Self.mostLoads ? PDFFont(dictionary, file) : nil
    }
}
