/// In what the bytes of a font are written.
struct RTFFonts {
    private struct Font {
        var encoding: String?
        var name = ""
        var isSymbol = false
    }

    private var fonts: [Int: Font] = [:]
    /// For fonts that say nothing.
    var standard = "windows-1252"

    /// Sets of characters by which Windows tells fonts (RTF 1.9, `\fcharset`).
    private static let pages: [Int: Int] = [
        77: 10000, 128: 932, 129: 949, 130: 1361, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255, 178: 1256,
        179: 1256, 180: 1256, 181: 1255, 186: 1257, 204: 1251, 222: 874, 238: 1250, 254: 437, 255: 850,
    ]

    mutating func set(_ font: Int, charset: Int) {
        fonts[font, default: Font()].isSymbol = charset == 2
        // A code page that is named says more.
        if fonts[font]?.encoding == nil, let page = Self.pages[charset] { fonts[font]?.encoding = CodePages.encoding(page) }
    }

    mutating func set(_ font: Int, codePage: Int) {
        if let encoding = CodePages.encoding(codePage) { fonts[font, default: Font()].encoding = encoding }
    }

    mutating func set(_ font: Int, name: String) { fonts[font, default: Font()].name = name }

    func encoding(_ font: Int) -> String { fonts[font]?.encoding ?? standard }

    /// The name of a font whose letters are pictures; nil for any other.
    func symbol(_ font: Int) -> String? {
        guard let known = fonts[font] else { return nil }
        let name = known.name.lowercased()
        return known.isSymbol || name.hasPrefix("symbol") || name.hasPrefix("wingdings") ? known.name : nil
    }
}
