import Core

/// Reads books of EPUB 2 and 3 (EPUB 3.3): their documents in the order in which they are read.
struct EPUBReader {
    private var package: Package
    private let limits: TextualLimits
    private var document = Document(format: .epub)

    /// Documents of one book.
    private static let mostDocuments = 10_000
    private static let mostStyleBytes = 1 << 20
    /// Style sheets by their paths.
    private var styles: [String: [UInt8]] = [:]

    /// - Returns: nil when the archive is no book.
    /// - Throws: `TextualFailure`.
    static func read(_ package: Package, limits: TextualLimits) throws -> Document? {
        var reader = EPUBReader(package: package, limits: limits)
        guard let root = try reader.root() else { return nil }
        return try reader.read(root)
    }

    private init(package: Package, limits: TextualLimits) {
        self.package = package
        self.limits = limits
    }

    /// The part that tells what the book consists of.
    private mutating func root() throws -> String? {
        guard let bytes = try package.part("META-INF/container.xml") else { return nil }
        var reader = XMLReader(bytes)
        while let event = try? reader.next(), event != .finished {
            if event == .start, reader.name == "rootfile", let path = reader.attribute("full-path"), package.has(path) {
                return path
            }
        }
        return nil
    }

    private struct Item {
        let path: String
        let type: String
        let properties: String
    }

    private mutating func read(_ root: String) throws -> Document {
        guard let bytes = try package.part(root) else { throw TextualFailure.broken("it has no \(root)") }
        let folder = root.lastIndex(of: "/").map { String(root[...$0]) } ?? ""
        var items: [String: Item] = [:]
        var spine: [(id: String, isLinear: Bool)] = []
        var reader = XMLReader(bytes)
        document.metadata = MetadataReader.read(bytes, Self.fields)
        while true {
            let event = try reader.next()
            if event == .finished { break }
            guard event == .start else { continue }
            switch reader.name {
            case "item":
                guard let id = reader.attribute("id"), let href = reader.attribute("href") else { continue }
                items[id] = Item(
                    path: Self.resolved(href, in: folder), type: reader.attribute("media-type") ?? "",
                    properties: reader.attribute("properties") ?? "")
            case "itemref":
                guard let id = reader.attribute("idref"), spine.count < Self.mostDocuments else { continue }
                spine.append((id, reader.attribute("linear") != "no"))
            default: continue
            }
        }
        for item in items.values.sorted(by: { $0.path < $1.path }) where item.type == "text/css" && styles.count < 100 {
            if let bytes = try? package.part(item.path), bytes.count <= Self.mostStyleBytes { styles[item.path] = bytes }
        }
        let locked = lockedParts()
        var count = 0
        var read: Set<String> = []
        // What stands beside the order comes last.
        for (id, _) in spine.filter(\.isLinear) + spine.filter({ !$0.isLinear }) {
            guard let item = items[id], item.type.contains("html") || item.type.contains("xml") else { continue }
            // The table of contents for machines says what the headings say.
            if item.properties.split(separator: " ").contains("nav") { continue }
            guard !locked.contains(item.path) else {
                throw TextualFailure.locked("The book is locked.")
            }
            // A document that is named again says nothing new.
            guard read.insert(item.path).inserted else { continue }
            count += 1
            try chapter(item.path)
        }
        document.pageCount = count
        return document
    }

    private static let fields: [(XMLName, String)] = [
        ("title", "title"), ("creator", "author"), ("language", "language"), ("date", "created"), ("description", "description"),
        ("subject", "subject"), ("publisher", "publisher"),
    ]

    /// Parts that are ciphered; fonts that are only made useless for others are no lock.
    private mutating func lockedParts() -> Set<String> {
        guard let bytes = try? package.part("META-INF/encryption.xml") else { return [] }
        var reader = XMLReader(bytes)
        var found: Set<String> = []
        while let event = try? reader.next(), event != .finished {
            if event == .start, reader.name == "CipherReference", let path = reader.attribute("URI") { found.insert(path) }
        }
        return found
    }

    private mutating func chapter(_ path: String) throws {
        let content: [UInt8]?
        do {
            content = try package.part(path)
        } catch let failure as TextualFailure where failure.code == "broken_document" {
            content = nil
        }
        guard let content else {
            document.receipt.count(.broken)
            return
        }
        let file = String(path.split(separator: "/").last ?? "")
        // UTF-8 or UTF-16 (EPUB 3.3, section 3.9).
        let (styles, folder) = (styles, path.lastIndex(of: "/").map { String(path[...$0]) } ?? "")
        let read = try HTMLReader.read(content.asUTF8, at: Place(part: file), limits: limits) {
            styles[Self.resolved($0, in: folder)]
        }
        document.blocks += read.blocks
        document.receipt.add(read.receipt)
    }

    /// A reference of the book, with its `%20` and `..`.
    private static func resolved(_ href: String, in folder: String) -> String {
        let bare = href.prefix { $0 != "#" }
        let plain = PercentCoding.decode(text: String(bare)) ?? String(bare)
        return Package.resolved(plain, in: folder)
    }
}
