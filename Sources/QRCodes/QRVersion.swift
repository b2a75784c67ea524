/// What the tables of ISO/IEC 18004 say of one size and correction, and how data become its codewords.
struct QRVersion {
    static let numbers = 1...40

    let number: Int
    let width: Int
    private let blocks: Int
    private let correctionPerBlock: Int
    private let codewords: Int

    init(_ number: Int, _ correction: QRCode.Correction) {
        self.number = number
        width = number * 4 + 17
        blocks = Self.blocks[correction.rawValue][number - 1]
        correctionPerBlock = Self.correctionPerBlock[correction.rawValue][number - 1]
        codewords = Self.dataModules(number) / 8
    }

    private var dataCodewords: Int { codewords - blocks * correctionPerBlock }

    private var countBits: Int { number < 10 ? 8 : 16 }

    var byteCapacity: Int { (dataCodewords * 8 - 4 - countBits) / 8 }

    /// The modules left for data and correction: all, less finders, timing, alignment, format and version.
    private static func dataModules(_ number: Int) -> Int {
        var modules = (16 * number + 128) * number + 64
        if number >= 2 {
            let lines = number / 7 + 2
            modules -= (25 * lines - 10) * lines - 55
        }
        if number >= 7 { modules -= 36 }
        return modules
    }

    /// The centres of the alignment patterns, the same down and across (annex E).
    var alignments: [Int] {
        guard number > 1 else { return [] }
        let lines = number / 7 + 2
        let step = (number * 8 + lines * 3 + 5) / (lines * 4 - 4) * 2
        return [6] + (0..<lines - 1).reversed().map { width - 7 - $0 * step }
    }

    // MARK: Codewords

    /// Mode, length, bytes, terminator and padding (section 7.4). The bytes have to fit.
    func codewords(for bytes: [UInt8]) -> [UInt8] {
        var bits = QRBits()
        bits.append(0b0100, count: 4)
        bits.append(bytes.count, count: countBits)
        for byte in bytes { bits.append(Int(byte), count: 8) }
        bits.append(0, count: min(4, dataCodewords * 8 - bits.count))
        var words = bits.bytes
        var isFirst = true
        while words.count < dataCodewords {
            words.append(isFirst ? 0xEC : 0x11)
            isFirst.toggle()
        }
        return words
    }

    /// The blocks, each with its correction, dealt out one codeword at a time (section 7.6); the later blocks may be one longer.
    func interleaved(_ data: [UInt8]) -> [UInt8] {
        let code = ReedSolomon(degree: correctionPerBlock)
        let short = data.count / blocks
        let longOnes = data.count % blocks
        var start = 0
        let parts = (0..<blocks).map { index in
            let length = short + (index < blocks - longOnes ? 0 : 1)
            defer { start += length }
            return Array(data[start..<start + length])
        }
        let corrections = parts.map { code.remainder(of: $0) }
        let dealt = (0...short).flatMap { column in parts.filter { column < $0.count }.map { $0[column] } }
        return dealt + (0..<correctionPerBlock).flatMap { column in corrections.map { $0[column] } }
    }

    // MARK: Table 9, by correction low, medium, quartile, high

    private static let correctionPerBlock = [
        [
            7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
            28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
        ],
        [
            10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
            26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        ],
        [
            13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30,
            28, 30, 30, 30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
        ],
        [
            17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28,
            30, 24, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
        ],
    ]

    private static let blocks = [
        [
            1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8,
            8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25,
        ],
        [
            1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16,
            17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
        ],
        [
            1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20,
            23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68,
        ],
        [
            1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25,
            25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81,
        ],
    ]
}

/// Bits, the highest of each number first.
private struct QRBits {
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0

    mutating func append(_ value: Int, count length: Int) {
        for bit in (0..<length).reversed() {
            if count % 8 == 0 { bytes.append(0) }
            if value >> bit & 1 == 1 { bytes[count / 8] |= 0x80 >> UInt8(count % 8) }
            count += 1
        }
    }
}
