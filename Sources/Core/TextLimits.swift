/// Limits of text are in UTF-8 bytes: a letter may carry any number of combining marks, so a number of letters bounds nothing.
package enum TextLimits {
    /// A field that shows a limit in letters takes so many bytes for each of them. No letter has more than four bytes; letters
    /// that carry marks have more, and share the room.
    package static let bytesPerLetter = 4
    /// Combining marks in a row, as the stream-safe text format has it (Unicode, UAX #15, section 13): more than any language
    /// needs. Comparing, hashing and normalising a text takes time that grows with the square of this number.
    package static let marksInRow = 30

    /// Passwords and keys: four times the 1,024 letters that a password may have.
    package static let secretBytes = 4096
    /// Blanks around a short value are cut off, up to so many.
    static let blankBytes = 1024

    /// - Throws: `Failure` `invalid_<name>`.
    package static func check(_ text: some StringProtocol, letters limit: Int, _ name: String, path: String = "") throws {
        guard text.fits(letters: limit) else { throw tooLong(name, letters: limit, path: path) }
        // SQLite's functions read a text to its first NUL, so that nothing behind it is found again.
        guard !text.utf8.contains(0) else {
            throw Failure(.invalid, "invalid_\(name)", "\(path)\(name) has a NUL character; send it without.")
        }
    }

    static func tooLong(_ name: String, letters limit: Int, path: String) -> Failure {
        Failure(.invalid, "invalid_\(name)", "\(path)\(name) is longer than \(limit) characters.")
    }

    /// What is answered to a text that no person wrote.
    package static let tooManyMarks = Failure(
        .invalid, "too_many_marks", "A text has more than \(marksInRow) combining marks in a row; send it without them.")
}

extension StringProtocol {
    /// Whether a text keeps a limit that is shown in letters. Bytes are looked at first: they cost no work.
    package func fits(letters limit: Int) -> Bool {
        utf8.count <= limit || (utf8.count <= limit * TextLimits.bytesPerLetter && hasFewMarks && count <= limit)
    }

    /// Whether no letter carries more marks than the stream-safe text format allows. Linear in the length.
    package var hasFewMarks: Bool {
        var inRow = 0
        for scalar in unicodeScalars {
            // Nothing below U+0300 is a mark.
            if scalar.value < 0x300 || scalar.properties.canonicalCombiningClass == .notReordered {
                inRow = 0
            } else {
                inRow += 1
                if inRow > TextLimits.marksInRow { return false }
            }
        }
        return true
    }

    /// Without the marks that are too many in a row.
    package var withFewMarks: String {
        var inRow = 0
        var kept = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            let isMark = scalar.value >= 0x300 && scalar.properties.canonicalCombiningClass != .notReordered
            inRow = isMark ? inRow + 1 : 0
            if inRow <= TextLimits.marksInRow { kept.append(scalar) }
        }
        return String(kept)
    }

    /// The beginning of a text that has so many bytes at most, cut between two scalars.
    package func beginning(bytes limit: Int) -> String {
        let text = String(self)
        guard text.utf8.count > limit else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: limit)
        // A byte that begins with 10 continues a scalar.
        while text.utf8[end] & 0b1100_0000 == 0b1000_0000 { end = text.utf8.index(before: end) }
        return String(text[..<end])
    }

    /// The beginning of a text that keeps a limit that is shown in letters.
    package func beginning(letters limit: Int) -> String {
        let part = beginning(bytes: limit * TextLimits.bytesPerLetter)
        return part.utf8.count <= limit ? part : String(part.prefix(limit))
    }
}
