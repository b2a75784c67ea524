import Core
import Foundation

/// What a setting may hold. `serve` and `config show` check all settings by it before anything else is done.
package enum SettingKind: Sendable {
    /// Text, or something that its own reader checks.
    case text
    case number(ClosedRange<UInt64>)
    /// With a fraction, perhaps.
    case decimal(ClosedRange<Double>)
    case flag
    case choice([String])
    /// An absolute URL with one of these schemes.
    case url([String])

    /// What is expected instead; nil when the text will do.
    func problem(_ text: String) -> String? {
        switch self {
        case .text: nil
        case .number(let range):
            UInt64(text).map(range.contains) == true
                ? nil : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .decimal(let range):
            Double(text).map(range.contains) == true ? nil : "a number from \(range.lowerBound) to \(range.upperBound)"
        case .flag:
            ["true", "1", "yes", "on", "false", "0", "no", "off", ""].contains(text.lowercased()) ? nil : "true or false"
        case .choice(let known):
            known.contains(text.lowercased())
                ? nil
                : "one of \(known.joined(separator: ", "))"
                    + (Nearest.name(to: text, in: known).map { " (did you mean \($0)?)" } ?? "")
        case .url(let schemes):
            text.isEmpty || schemes.contains { text.lowercased().hasPrefix("\($0)://") && text.utf8.count > $0.utf8.count + 3 }
                ? nil : "a URL that begins with \(schemes.map { "\($0)://" }.joined(separator: " or "))"
        }
    }
}
