/// Reads the files inside of a file, one after the other, into one document: each behind a heading with its name, and every block of it
/// with its path.
struct EntryReader {
    private(set) var document: Document
    private let limits: TextualLimits
    private var textBytes = 0

    init(_ document: Document, limits: TextualLimits) {
        self.document = document
        self.limits = limits
    }

    /// - Throws: `TextualFailure` `limit_exceeded` where all files together are too much; what one file alone throws is told in the
    ///   receipt.
    mutating func add(_ name: String, _ bytes: [UInt8]) throws {
        let inner: Document
        do {
            inner = try Extractor.read(bytes, name: name, limits: try limits.inside())
        } catch let failure as TextualFailure {
            return leave(name, failure)
        }
        document.blocks.append(heading(name))
        for var block in inner.blocks {
            if block.kind == .heading { block.level = min(9, block.level + 1) }
            block.place.entry = block.place.entry.map { "\(name)/\($0)" } ?? name
            textBytes += block.text.utf8.count + (block.table.map { $0.rows.reduce(0) { $0 + $1.count } } ?? 0) + 64
            document.blocks.append(block)
        }
        document.receipt.add(inner.receipt, entry: name)
        guard textBytes <= limits.textBytes else {
            throw TextualFailure.limit("The files in it have more than \(limits.textBytes >> 20) MiB of text together.")
        }
    }

    /// A file that is not read: its name is text all the same.
    mutating func leave(_ name: String, _ failure: TextualFailure) {
        switch failure.code {
        case "empty_document": return
        case "locked_document": document.receipt.count(.locked)
        case "unknown_format": document.receipt.count(Self.isPicture(name) ? .picture : .unsupported)
        case "limit_exceeded": document.receipt.count(.limit)
        default: document.receipt.count(.broken)
        }
        document.receipt.note(.init(entry: name, code: failure.code, message: failure.message))
    }

    /// A file that was read all the same.
    mutating func mark(_ name: String, _ failure: TextualFailure) {
        document.receipt.count(.broken)
        document.receipt.note(.init(entry: name, code: failure.code, message: failure.message))
    }

    mutating func append(_ blocks: [Block]) { document.blocks += blocks }

    mutating func count(_ kind: Receipt.Kind) { document.receipt.count(kind) }

    mutating func count(_ receipt: Receipt) { document.receipt.add(receipt) }

    private func heading(_ name: String) -> Block {
        var place = Place()
        place.entry = name
        return Block(.heading, name, level: 1, at: place)
    }

    static func isPicture(_ name: String) -> Bool {
        let ending = name.split(separator: ".").last?.lowercased() ?? ""
        return ["png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp", "svg", "emf", "wmf", "heic", "ico"].contains(ending)
    }
}
