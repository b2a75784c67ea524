extension FixedWidthInteger {
    /// The nearest whole number, cut off towards zero; not a number becomes 0.
    ///
    /// For numbers that came from outside: a worker, a body, a row that an older version wrote. `Self(_:)` traps on them.
    package init(clamped number: Double) {
        self = number.isNaN ? 0 : Self(exactly: number.rounded(.towardZero)) ?? (number < 0 ? .min : .max)
    }
}

extension String {
    /// At most so many bytes of UTF-8, cut between two scalars.
    package func clipped(bytes: Int) -> String {
        guard utf8.count > bytes else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: bytes)
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(unicodeScalars[..<end])
    }
}
