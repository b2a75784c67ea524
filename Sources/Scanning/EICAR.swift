import Glibc

/// The test file of the European Institute for Computer Antivirus Research: harmless, and known to every scanner.
///
/// A file that begins with these 68 bytes counts as infected, and so does a small one that holds them anywhere: that is how
/// they arrive in a mail or a document.
enum EICAR {
    /// As scanners call it.
    static let name = "EICAR-Test-File"
    /// What is longer is searched at its beginning only.
    static let smallBytes = 1_000_000

    /// Put together here, so that no scanner takes this executable for the file.
    static let mark = Array(#"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-"#.utf8) + Array("STANDARD-ANTIVIRUS-TEST-FILE!$H+H*".utf8)

    /// - Parameter isWhole: whether these bytes are all there is, or the beginning of more.
    static func isIn(_ bytes: ArraySlice<UInt8>, isWhole: Bool) -> Bool {
        isWhole && bytes.count <= smallBytes ? contains(bytes) : bytes.starts(with: mark)
    }

    private static func contains(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            // From one first letter to the next: the C library looks at many bytes at once.
            while rest.count >= mark.count {
                let window = UnsafeRawBufferPointer(rebasing: rest)
                guard let start = window.baseAddress, let found = memchr(start, Int32(mark[0]), window.count) else {
                    return false
                }
                rest = rest.dropFirst(UnsafeRawPointer(found) - start)
                if rest.starts(with: mark) { return true }
                rest = rest.dropFirst()
            }
            return false
        }
    }
}
