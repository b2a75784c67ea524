import CEncodings
import Foundation

/// How often letters follow each other in a language, in bits.
struct LanguageModel {
    let id: String
    let script: LetterScript
    /// Folded code points; the class of each is its place and one more, and 0 is the boundary of a word.
    let letters: [UInt32]
    let classes: Int
    /// `cost[previous * classes + next]`.
    let cost: [Double]
    /// Letters without which an encoding is not for this language.
    let core: [UInt32]
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
        guard let base = table.bytes, case .object(let members)? = JSONValue(Data(bytes: base, count: table.length)) else {
            (languages, frequency) = ([], [:])
            return
        }
        func member(_ name: String, _ members: [JSONValue.Member]) -> JSONValue? { members.first { $0.key == name }?.value }
        func text(_ name: String, _ members: [JSONValue.Member]) -> String {
            if case .text(let text)? = member(name, members) { text } else { "" }
        }
        var levels: [Double] = []
        if case .array(let values)? = member("levels", members) {
            levels = values.compactMap { if case .number(let digits) = $0 { Double(digits) } else { nil } }
        }
        func nibbles(_ base64: String) -> [Int] {
            (Data(base64Encoded: base64) ?? Data()).flatMap { [Int($0 & 15), Int($0 >> 4)] }
        }
        var languages: [LanguageModel] = []
        if case .array(let items)? = member("languages", members) {
            for case .object(let item) in items {
                let letters = text("letters", item).unicodeScalars.map(\.value)
                languages.append(
                    LanguageModel(
                        id: text("lang", item), script: LetterScript(name: text("script", item)),
                        letters: letters, classes: letters.count + 1, cost: nibbles(text("cost", item)).map { levels[$0] },
                        core: text("core", item).unicodeScalars.map(\.value)))
            }
        }
        var frequency: [String: [Double]] = [:]
        if case .object(let items)? = member("frequency", members) {
            for item in items {
                guard case .text(let base64) = item.value else { continue }
                let least = item.key == "halfkana" ? 2.0 : 4.0
                frequency[item.key] = nibbles(base64).map { least + Double($0) }
            }
        }
        self.languages = languages
        self.frequency = frequency
    }
}
