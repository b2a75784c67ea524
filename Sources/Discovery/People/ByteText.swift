import Foundation

/// Searches in the UTF-8 of a text.
enum ByteText {
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
