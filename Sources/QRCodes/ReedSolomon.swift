/// The error correction of QR codes: Reed-Solomon over the field of 256 elements with the polynomial 0x11D (annex A).
struct ReedSolomon {
    /// The logarithms of the generator polynomial's coefficients, highest power first, without its leading 1.
    private let generator: [Int]

    /// The powers of 2, twice over, so that a sum of two logarithms is an index.
    private static let powers: [UInt8] = {
        var powers: [UInt8] = [1]
        for index in 1..<510 {
            let last = powers[index - 1]
            powers.append(last << 1 ^ (last >> 7 == 1 ? 0x1D : 0))
        }
        return powers
    }()

    /// Zero has none.
    private static let logarithms: [Int] = {
        var logarithms = [Int](repeating: 0, count: 256)
        for (exponent, power) in powers.prefix(255).enumerated() { logarithms[Int(power)] = exponent }
        return logarithms
    }()

    init(degree: Int) {
        var generator = [UInt8](repeating: 0, count: degree - 1) + [1]
        for root in 0..<degree {
            for index in 0..<degree {
                let next = index + 1 < degree ? generator[index + 1] : 0
                generator[index] = next ^ (generator[index] == 0 ? 0 : Self.powers[Self.logarithms[Int(generator[index])] + root])
            }
        }
        // None of them is zero in the degrees that the standard has (table A.1).
        self.generator = generator.map { Self.logarithms[Int($0)] }
    }

    func remainder(of data: [UInt8]) -> [UInt8] {
        let powers = Self.powers
        var remainder = data + [UInt8](repeating: 0, count: generator.count)
        for index in data.indices where remainder[index] != 0 {
            let factor = Self.logarithms[Int(remainder[index])]
            for (place, coefficient) in generator.enumerated() { remainder[index + 1 + place] ^= powers[coefficient + factor] }
        }
        return Array(remainder.suffix(generator.count))
    }
}
