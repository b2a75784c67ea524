package import Core
import Foundation

/// Numbers and times as people read them on a page.
package enum HumanFormat {
    /// `2,800,000`
    package static func count(_ number: Int64) -> String {
        var digits = Array(String(number.magnitude))
        var index = digits.count - 3
        while index > 0 {
            digits.insert(",", at: index)
            index -= 3
        }
        return (number < 0 ? "-" : "") + String(digits)
    }

    /// `954 MB`, in powers of ten as disks are sold.
    package static func size(_ bytes: Int64) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        var (value, unit) = (Double(bytes), 0)
        while value >= 999.5, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        let text = unit == 0 || value >= 99.5 ? String(Int64(clamped: value.rounded())) : oneDecimal(value)
        return "\(text) \(bytes == 1 ? "byte" : units[unit])"
    }

    /// `61.2 %`
    package static func share(_ part: Int64, of whole: Int64) -> String {
        whole == 0 ? "0 %" : "\(oneDecimal(Double(part) * 100 / Double(whole))) %"
    }

    /// `1 m 12 s`
    package static func duration(_ seconds: Double) -> String {
        let whole = Int64(clamped: max(0, seconds))
        switch whole {
        case 0 where seconds < 0.1: return "under 0.1 s"
        case 0..<10: return "\(oneDecimal(max(0, seconds))) s"
        case 10..<60: return "\(whole) s"
        case 60..<3600: return "\(whole / 60) m \(whole % 60) s"
        default: return "\(whole / 3600) h \(whole % 3600 / 60) m"
        }
    }

    /// `21 Nov 2026, 10:52 UTC`
    package static func time(_ moment: Moment, seconds: Bool = false) -> String {
        let text = Array(moment.description)
        return "\(moment.day.day) \(moment.day.monthName) \(String(text[0...3])), \(String(text[11...(seconds ? 18 : 15)])) UTC"
    }

    /// `1 row`, `2,000 rows`
    package static func counted(_ number: Int64, _ word: String) -> String {
        "\(count(number)) \(word)\(number == 1 ? "" : "s")"
    }

    /// A message about a field, with the word that the page has for it: `job_url must be …` becomes `Link must be …`.
    package static func labelled(_ message: String, _ labels: [String: String]) -> String {
        let name = message.prefix { $0 != " " && $0 != ":" }
        return labels[String(name)].map { $0 + message.dropFirst(name.count) } ?? message
    }

    private static func oneDecimal(_ value: Double) -> String {
        let tenths = Int64(clamped: (value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
