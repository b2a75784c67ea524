import Foundation

/// Compares numbers by their digits, where doubles can not tell them apart.
enum ExactNumber {
    /// Digits without zeros at either end, and the power of ten of the first: 0.DIGITS × 10^exponent.
    private struct Digits {
        var isNegative = false
        var digits: [UInt8] = []
        var exponent = 0

        /// The text must spell a number: `[+-]?[0-9]*(\.[0-9]*)?([eE][+-]?[0-9]+)?`.
        init(_ p: UnsafePointer<UInt8>, _ n: Int) {
            var i = 0
            if n > 0, p[0] == UInt8(ascii: "-") || p[0] == UInt8(ascii: "+") {
                isNegative = p[0] == UInt8(ascii: "-")
                i = 1
            }
            var isFraction = false
            while i < n {
                let byte = p[i]
                if byte == UInt8(ascii: ".") {
                    isFraction = true
                } else if byte &- 0x30 < 10 {
                    if digits.isEmpty, byte == UInt8(ascii: "0") {
                        if isFraction { exponent -= 1 }
                    } else {
                        digits.append(byte)
                        if !isFraction { exponent += 1 }
                    }
                } else {
                    break
                }
                i += 1
            }
            if i < n, let power = Int(String(decoding: UnsafeBufferPointer(start: p + i + 1, count: n - i - 1), as: UTF8.self)) {
                exponent += min(max(power, -100_000), 100_000)
            }
            while digits.last == UInt8(ascii: "0") { digits.removeLast() }
            if digits.isEmpty { (isNegative, exponent) = (false, 0) }
        }
    }

    /// -1, 0 or 1.
    static func compare(_ a: UnsafePointer<UInt8>, _ n: Int, _ b: UnsafePointer<UInt8>, _ m: Int) -> Int {
        let (one, other) = (Digits(a, n), Digits(b, m))
        if one.isNegative != other.isNegative { return one.isNegative ? -1 : 1 }
        let sign = one.isNegative ? -1 : 1
        if one.digits.isEmpty || other.digits.isEmpty {
            return one.digits.isEmpty ? (other.digits.isEmpty ? 0 : -sign) : sign
        }
        if one.exponent != other.exponent { return one.exponent < other.exponent ? -sign : sign }
        if one.digits == other.digits { return 0 }
        return one.digits.lexicographicallyPrecedes(other.digits) ? -sign : sign
    }
}
