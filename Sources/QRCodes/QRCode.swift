import Core

/// A QR code (ISO/IEC 18004, model 2) in byte mode, for what a telephone's camera should read from a page.
package struct QRCode: Sendable, Equatable {
    /// How much of the symbol may be lost: about 7, 15, 25 or 30 per cent.
    package enum Correction: Int, Sendable, CaseIterable {
        case low, medium, quartile, high
    }

    /// From 1 (21 modules wide) to 40 (177).
    package let version: Int
    package let correction: Correction
    /// Which of the eight masks was taken.
    package let mask: Int
    /// Rows from the top, true where dark, without the quiet zone.
    package let modules: [[Bool]]

    /// The smallest symbol that holds the text as UTF-8, with the mask that scanners like best.
    /// - Throws: `Failure` `qr_text_too_long` when not even version 40 holds it.
    package init(_ text: String, correction: Correction = .medium) throws {
        try self.init(Array(text.utf8), correction, version: nil, mask: nil)
    }

    /// With a version or mask of the caller's choice, for comparison with other encoders.
    init(_ bytes: [UInt8], _ correction: Correction, version wanted: Int?, mask: Int?) throws {
        let versions = wanted.map { $0...$0 } ?? QRVersion.numbers
        let layout = versions.lazy.map { QRVersion($0, correction) }.first { $0.byteCapacity >= bytes.count }
        guard let layout else {
            throw Failure(.refused, "qr_text_too_long", "This text is too long for a QR code.")
        }
        let canvas = QRCanvas(layout, codewords: layout.interleaved(layout.codewords(for: bytes)))
        let candidates = (mask.map { $0...$0 } ?? 0...7).map { (mask: $0, canvas: canvas.masked($0, correction)) }
        let best =
            candidates.count == 1
            ? candidates.first : candidates.map { ($0, $0.canvas.penalty) }.min { $0.1 < $1.1 }?.0
        version = layout.number
        self.correction = correction
        self.mask = best?.mask ?? 0
        modules = best?.canvas.rows ?? []
    }

    /// Four modules of white on each side, as section 6.3.8 asks.
    private static let quietZone = 4

    /// A picture without a size of its own. Black on white in every theme: many scanners do not read the inverse.
    package func svg(title: String) -> String {
        let width = modules.count + 2 * Self.quietZone
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(width)" role="img" shape-rendering="crispEdges">\
            <title>\(Self.escaped(title))</title><rect width="\(width)" height="\(width)" fill="#fff"/>\
            <path fill="#000" d="\(outline)"/></svg>
            """
    }

    /// A rectangle for each run of dark modules in a row.
    private var outline: String {
        var path = ""
        for (y, row) in modules.enumerated() {
            var x = 0
            while x < row.count {
                let length = row[x...].prefix { $0 == row[x] }.count
                if row[x] { path += "M\(x + Self.quietZone) \(y + Self.quietZone)h\(length)v1h-\(length)z" }
                x += length
            }
        }
        return path
    }

    private static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            case "\t", "\n", "\r": out += " "
            // XML 1.0 has no other control characters and no non-characters, not even escaped.
            case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": out += "\u{FFFD}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
