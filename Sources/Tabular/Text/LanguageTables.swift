import CEncodings
import Core
import Foundation

/// How often letters follow each other in a language, in bits.
struct LanguageModel {
    let id: String
    let script: LetterScript
    /// Folded code points.
    let letters: [UInt32]
    /// By code point; all letters are below `codePoints`.
    private let letterClasses: [UInt8]
    let classes: Int
    /// `cost[previous * classes + next]`.
    let cost: [Float]
    /// Letters without which an encoding is not for this language.
    let core: [UInt32]

    private static let codePoints = 0x2000

    init(id: String, script: LetterScript, letters: [UInt32], cost: [Float], core: [UInt32]) {
        (self.id, self.script, self.letters, self.cost, self.core) = (id, script, letters, cost, core)
        classes = letters.count + 1
        var letterClasses = [UInt8](repeating: 0, count: LanguageModel.codePoints)
        for (place, letter) in letters.enumerated().reversed() where letter < UInt32(LanguageModel.codePoints) {
            letterClasses[Int(letter)] = UInt8(place + 1)
        }
        self.letterClasses = letterClasses
    }

    /// The place of a folded letter and one more; 0 for the boundary of a word and for what is no letter of this language.
    func letterClass(of point: UInt32) -> Int { point < UInt32(LanguageModel.codePoints) ? Int(letterClasses[Int(point)]) : 0 }
}

enum LetterScript: UInt8 {
    case none, latin, greek, cyrillic, hebrew, arabic, thai

    init(name: String) {
        self =
            switch name {
            case "Latn": .latin
            case "Grek": .greek
            case "Cyrl": .cyrillic
            case "Hebr": .hebrew
            case "Arab": .arabic
            case "Thai": .thai
            case _: .none
            }
    }
}

/// What is embedded of languages and of ideographs. See docs/decisions/encodings.md for its source.
struct LanguageTables {
    let languages: [LanguageModel]
    /// Bits of a two-byte character by its place in the table: `jis`, `gb`, `ksx`, `big5` and `halfkana`.
    let frequency: [String: [Double]]

    static let shared = LanguageTables()

    private init() {
        let table = quern_languages()
        guard let base = table.bytes, let json = try? JSON(parsing: UnsafeRawBufferPointer(start: base, count: table.length))
        else {
            (languages, frequency) = ([], [:])
            return
        }
        func text(_ name: String, _ item: JSON) -> String { item[name]?.stringValue ?? "" }
        let levels = (json["levels"]?.arrayValue ?? []).compactMap(\.doubleValue).map(Float.init)
        func nibbles(_ base64: String) -> [Int] {
            (Data(base64Encoded: base64) ?? Data()).flatMap { [Int($0 & 15), Int($0 >> 4)] }
        }
        languages = (json["languages"]?.arrayValue ?? []).map { item in
            LanguageModel(
                id: text("lang", item), script: LetterScript(name: text("script", item)),
                letters: text("letters", item).unicodeScalars.map(\.value), cost: nibbles(text("cost", item)).map { levels[$0] },
                core: text("core", item).unicodeScalars.map(\.value))
        }
        guard case .object(let items)? = json["frequency"] else {
            frequency = [:]
            return
        }
        var frequency: [String: [Double]] = [:]
        for (name, base64) in items {
            let least = name == "halfkana" ? 2.0 : 4.0
            frequency[name] = nibbles(base64.stringValue ?? "").map { least + Double($0) }
        }
        self.frequency = frequency
    }
}
