import Foundation

/// Text that is written from right to left: pages hold its letters in the order in which they stand, from left to right.
enum RightToLeft {
    static func isRight(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Digits of Arabic and Persian stand from left to right, as all digits do.
        case 0x0660...0x0669, 0x066B, 0x066C, 0x06F0...0x06F9: false
        case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFC, 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
        default: false
        }
    }

    /// Whether a text may have letters of these scripts: their UTF-8 begins with larger bytes than that of Latin, Greek and Cyrillic.
    private static func isPossible(_ text: String) -> Bool { text.utf8.contains { $0 >= 0xD6 } }

    static func isIn(_ texts: [String]) -> Bool {
        guard texts.contains(where: isPossible) else { return false }
        var (right, left) = (0, 0)
        for text in texts {
            for scalar in text.unicodeScalars {
                if isRight(scalar) { right += 1 } else if scalar.properties.isAlphabetic { left += 1 }
            }
        }
        return right > left
    }

    /// The letters of one glyph in the order in which they would stand if each had its own: a file tells them as they are read.
    static func asDrawn(_ text: String) -> String {
        guard text.utf8.count > 2, isPossible(text), let first = text.unicodeScalars.first, isRight(first) else { return text }
        return String(String.UnicodeScalarView(reversed(Array(text.unicodeScalars))))
    }

    /// A line as it is read; numbers and words of other scripts keep their order.
    static func ordered(_ text: String) -> String {
        guard isPossible(text), text.unicodeScalars.contains(where: isRight) else { return text }
        let isBase = isIn([text])
        var runs: [(isRight: Bool, scalars: [Unicode.Scalar])] = []
        var neutral: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            let isStrong = isRight(scalar) || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            // A sign of percent or degrees belongs to its number.
            if !isStrong, neutral.isEmpty, "%°‰".unicodeScalars.contains(scalar), let last = runs.last, !last.isRight {
                runs[runs.count - 1].scalars.append(scalar)
                continue
            }
            guard isStrong || scalar.properties.generalCategory == .nonspacingMark else {
                neutral.append(scalar)
                continue
            }
            let side = isRight(scalar)
            if let last = runs.last, last.isRight == side || scalar.properties.generalCategory == .nonspacingMark {
                runs[runs.count - 1].scalars += neutral + [scalar]
            } else {
                if !neutral.isEmpty { runs.append((isBase, neutral)) }
                runs.append((side, [scalar]))
            }
            neutral = []
        }
        if !neutral.isEmpty { runs.append((isBase, neutral)) }
        let ordered = isBase ? runs.reversed() : runs
        var out = String.UnicodeScalarView()
        for run in ordered { out += run.isRight ? reversed(run.scalars) : run.scalars }
        // Some files tell brackets as they are drawn, others as they are meant: those that open must come first.
        if !isPaired(out) {
            let turned = String.UnicodeScalarView(out.map { mirrored[$0] ?? $0 })
            if isPaired(turned) { out = turned }
        }
        // The forms of Arabic letters that only pages have become the letters themselves.
        return String(out).decomposedForms
    }

    /// Whether no bracket closes that was not opened.
    private static func isPaired(_ text: String.UnicodeScalarView) -> Bool {
        var depth = 0
        for scalar in text {
            switch scalar {
            case "(", "[", "«": depth += 1
            case ")", "]", "»": depth -= 1
            default: continue
            }
            if depth < 0 { return false }
        }
        return true
    }

    /// Backwards, with marks kept behind their letters.
    private static func reversed(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var out: [Unicode.Scalar] = []
        var marks: [Unicode.Scalar] = []
        for scalar in scalars.reversed() {
            if scalar.properties.generalCategory == .nonspacingMark {
                marks.append(scalar)
                continue
            }
            out.append(scalar)
            out += marks.reversed()
            marks = []
        }
        return out + marks
    }

    private static let mirrored: [Unicode.Scalar: Unicode.Scalar] = [
        "(": ")", ")": "(", "[": "]", "]": "[", "<": ">", ">": "<", "«": "»", "»": "«",
    ]
}

extension String {
    /// With presentation forms of Arabic and Hebrew as plain letters.
    fileprivate var decomposedForms: String {
        guard unicodeScalars.contains(where: { 0xFB1D...0xFDFF ~= $0.value || 0xFE70...0xFEFC ~= $0.value }) else { return self }
        var out = ""
        for scalar in unicodeScalars {
            if 0xFB1D...0xFDFF ~= scalar.value || 0xFE70...0xFEFC ~= scalar.value {
                out += String(scalar).precomposedStringWithCompatibilityMapping
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
