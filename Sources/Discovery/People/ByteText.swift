import Foundation

/// Searches in the UTF-8 of a text.
enum ByteText {
    /// Where a part begins first, at a place or behind it; an empty one is everywhere. Linear whatever the two are (Knuth, Morris and
    /// Pratt, "Fast Pattern Matching in Strings", 1977).
    static func place(of part: some Collection<UInt8>, in text: [UInt8], from start: Int) -> Int? {
        let part = Array(part)
        guard !part.isEmpty else { return start }
        guard text.count - start >= part.count else { return nil }
        // Of each beginning of the part, the longest end that is a beginning too.
        var ends = [0]
        ends.reserveCapacity(part.count)
        var length = 0
        for byte in part.dropFirst() {
            while length > 0, part[length] != byte { length = ends[length - 1] }
            if part[length] == byte { length += 1 }
            ends.append(length)
        }
        var matched = 0
        for place in start..<text.count {
            while matched > 0, part[matched] != text[place] { matched = ends[matched - 1] }
            if part[matched] == text[place] { matched += 1 }
            if matched == part.count { return place - matched + 1 }
        }
        return nil
    }

    static func holds(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        guard let first = part.first else { return true }
        return text.withUnsafeBytes { text in
            var start = 0
            while start + part.count <= text.count,
                let found = memchr(text.baseAddress.unsafelyUnwrapped + start, Int32(first), text.count - start - part.count + 1)
            {
                if memcmp(found, part, part.count) == 0 { return true }
                start = found - UnsafeMutableRawPointer(mutating: text.baseAddress.unsafelyUnwrapped) + 1
            }
            return false
        }
    }
}
