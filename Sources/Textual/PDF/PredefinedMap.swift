import Tabular

/// The CMaps that files name without holding them (ISO 32000-2, table 116): codes are letters of a known encoding of the Far East.
struct PredefinedMap {
    private enum Codes {
        /// One byte, or two where the first one lies in these ranges.
        case mixed([ClosedRange<UInt8>], encoding: String)
        /// Two bytes of seven bits: a row and a cell of a national table.
        case cells(encoding: String)
        case utf8, utf16, utf32
    }

    let isVertical: Bool
    private let codes: Codes
    /// Letters of ASCII are half as wide as the others, and not each as wide as it is drawn.
    private let isHalf: Bool
    /// Where the half letters of ASCII begin among the glyphs of the collection.
    private let halfStart: UInt32

    init?(_ name: String) {
        guard name.hasSuffix("-H") || name.hasSuffix("-V") || name == "H" || name == "V" else { return nil }
        isVertical = name.hasSuffix("V")
        let stem = name.count > 2 ? String(name.dropLast(2)) : ""
        let high: ClosedRange<UInt8> = 0x81...0xFE
        switch stem {
        case "": codes = .cells(encoding: "euc-jp")
        case "GB-EUC", "GBpc-EUC", "GBK-EUC", "GBKp-EUC", "GBK2K": codes = .mixed([high], encoding: "gb18030")
        case "B5pc", "HKscs-B5", "ETen-B5", "ETenms-B5": codes = .mixed([high], encoding: "big5")
        case "83pv-RKSJ", "90ms-RKSJ", "90msp-RKSJ", "90pv-RKSJ", "Add-RKSJ", "Ext-RKSJ", "RKSJ", "Hojo":
            codes = .mixed([0x81...0x9F, 0xE0...0xFC], encoding: "shift_jis")
        case "EUC": codes = .mixed([0x8E...0x8E, 0xA1...0xFE], encoding: "euc-jp")
        case "KSC-EUC", "KSCms-UHC", "KSCms-UHC-HW", "KSCpc-EUC": codes = .mixed([high], encoding: "euc-kr")
        case "GB": codes = .cells(encoding: "gb18030")
        case "KSC": codes = .cells(encoding: "euc-kr")
        case let other where other.hasPrefix("Uni"):
            switch other.drop(while: { $0 != "-" }).dropFirst() {
            case "UTF8": codes = .utf8
            case "UTF32": codes = .utf32
            case "UCS2", "UCS2-HW", "UTF16": codes = .utf16
            default: return nil
            }
        default: return nil
        }
        isHalf =
            ["GBK-EUC", "GB-EUC", "ETen-B5", "90ms-RKSJ", "KSCms-UHC-HW", "RKSJ", "Ext-RKSJ", "Add-RKSJ", "EUC"].contains(stem)
            || stem.hasSuffix("-HW")
        switch stem {
        case "GBK-EUC", "GB-EUC": halfStart = 814
        case "ETen-B5": halfStart = 13648
        case "KSCms-UHC-HW": halfStart = 8094
        case let other where other.contains("RKSJ") || other.hasPrefix("UniJIS") || other == "EUC": halfStart = 231
        default: halfStart = 814
        }
    }

    /// The next code of a text, and how many bytes it has.
    func code(_ bytes: [UInt8], at place: Int) -> (code: UInt32, length: Int) {
        let left = bytes.count - place
        var length = 1
        switch codes {
        case .mixed(let first, _):
            if first.contains(where: { $0.contains(bytes[place]) }) {
                length = 2
                // Four bytes of GB 18030.
                if left >= 4, case .mixed(_, "gb18030") = codes, 0x30...0x39 ~= bytes[place + 1] { length = 4 }
            }
        case .cells: length = 2
        case .utf16:
            let isPair = left >= 4 && bytes[place] & 0xFC == 0xD8 && bytes[place + 2] & 0xFC == 0xDC
            length = isPair ? 4 : 2
        case .utf32: length = 4
        case .utf8: length = bytes[place] < 0xC0 ? 1 : bytes[place] < 0xE0 ? 2 : bytes[place] < 0xF0 ? 3 : 4
        }
        length = min(length, left)
        return (bytes[place..<(place + length)].reduce(0) { $0 << 8 | UInt32($1) }, length)
    }

    /// What a code of so many bytes is.
    func text(_ code: UInt32, length: Int) -> String? {
        var bytes = (0..<length).map { UInt8(truncatingIfNeeded: code >> (8 * UInt32(length - 1 - $0))) }
        let encoding: String
        switch codes {
        case .mixed(_, let name): encoding = name
        case .cells(let name):
            bytes = bytes.map { $0 | 0x80 }
            encoding = name
        case .utf8: encoding = "utf-8"
        case .utf16: encoding = "utf-16be"
        case .utf32: encoding = "utf-32be"
        }
        guard let utf8 = DecodedText.utf8(bytes, in: encoding) else { return nil }
        let text = String(decoding: utf8, as: UTF8.self)
        return text.isEmpty || text.unicodeScalars.contains("\u{FFFD}") ? nil : text
    }

    /// How wide the glyph of a letter is that the file does not tell by number: letters of ASCII stand at the beginning of each collection.
    func width(_ text: String?, _ widths: [UInt32: Double], _ standard: Double) -> Double {
        guard let scalar = text?.unicodeScalars.first?.value else { return standard }
        switch scalar {
        case 0x20...0x7E:
            return isHalf
                ? widths[halfStart + scalar - 0x20] ?? 0.5 : widths[scalar - 0x1F] ?? widths[halfStart + scalar - 0x20] ?? 0.5
        case 0xFF61...0xFF9F: return 0.5
        default: return standard
        }
    }
}

/// The letters of Adobe-Japan1 (Adobe Technical Note 5078): its first 7,500 glyphs stand in the order of JIS X 0208.
enum JapaneseCollection {
    static func text(_ number: UInt32) -> String? {
        switch number {
        case 1...94: scalar(0x1F + number)
        case 231...324: scalar(0x20 + number - 231)
        case 327...389: scalar(0xFF61 + number - 327)
        case 633...726: cell(1, number - 633)
        case 842...924: cell(4, number - 842)
        case 925...1010: cell(5, number - 925)
        case 1011...1034: cell(6, number - 1011)
        case 1035...1058: cell(6, number - 1035 + 32)
        case 1059...1091: cell(7, number - 1059)
        case 1092...1124: cell(7, number - 1092 + 48)
        case 1125...4089: cell(16, number - 1125)
        case 4090...7477: cell(48, number - 4090)
        default: nil
        }
    }

    private static func scalar(_ value: UInt32) -> String? { Unicode.Scalar(value).map { String(Character($0)) } }

    /// A letter so many places behind the first one of a row of 94.
    private static func cell(_ row: UInt32, _ place: UInt32) -> String? {
        let bytes = [UInt8(truncatingIfNeeded: 0xA0 + row + place / 94), UInt8(truncatingIfNeeded: 0xA1 + place % 94)]
        guard let utf8 = DecodedText.utf8(bytes, in: "euc-jp") else { return nil }
        let text = String(decoding: utf8, as: UTF8.self)
        return text.unicodeScalars.contains("\u{FFFD}") ? nil : text
    }
}
