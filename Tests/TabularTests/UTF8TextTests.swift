import Testing

@testable import Tabular

@Suite("UTF-8")
struct UTF8TextTests {
    /// Where the standard library finds the first sequence that is not valid.
    private func firstInvalid(_ bytes: [UInt8]) -> Int? {
        var decoder = UTF8()
        var source = bytes.makeIterator()
        var offset = 0
        while true {
            switch decoder.decode(&source) {
            case .scalarValue(let scalar): offset += UTF8.width(scalar)
            case .emptyInput: return nil
            case .error: return offset
            }
        }
    }

    private func found(_ bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBufferPointer { $0.baseAddress.flatMap { UTF8Text.firstInvalid($0, bytes.count) } }
    }

    @Test("the bytes of a file that a text of any length stands for are counted as the encoding writes them")
    func sourceBytesAreCounted() throws {
        let sample = Array("aé漢🙂".unicodeScalars)
        for (name, width) in [
            ("windows-1252", { _ in 1 }), ("utf-16le", { $0.value > 0xFFFF ? 4 : 2 }), ("utf-32le", { _ in 4 }),
        ]
            as [(String, (Unicode.Scalar) -> Int)]
        {
            let encoding = try #require(TextEncoding.named(name))
            var text: [UInt8] = []
            var expected = 0
            for place in 0..<9_000 {
                #expect(
                    text.withUnsafeBufferPointer { text in text.baseAddress.map { encoding.sourceBytes($0, text.count) } ?? 0 }
                        == expected)
                let scalar = sample[(place * place / 7) % sample.count]
                text += Array(String(Character(scalar)).utf8)
                expected += width(scalar)
            }
        }
    }

    @Test("the first invalid byte is found in text of many scripts with one byte changed, added or left out")
    func invalidBytesAreFound() {
        var random = SystemRandomNumberGenerator()
        let texts = [
            "漢字かな交じり文", "한국어 텍스트, ASCII", "\u{800}\u{D7FF}\u{E000}\u{FFFD}", "🙂𝔘 ä ñ", "plain and long enough for whole words 漢",
        ]
        for _ in 0..<20_000 {
            var bytes = Array((texts.randomElement(using: &random) ?? "").utf8)
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let byte = UInt8.random(in: 0x70...0xFF, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = byte
            case 1: bytes.insert(byte, at: place)
            case 2: bytes.remove(at: place)
            case _: break
            }
            #expect(found(bytes) == firstInvalid(bytes), "\(bytes)")
        }
    }

    @Test(
        "surrogates and characters written longer than they need are not valid",
        arguments: [
            [0xED, 0xA0, 0x80, 0x41], [0xE0, 0x80, 0x80, 0x41], [0xE0, 0x9F, 0xBF, 0x41], [0xF4, 0x90, 0x80, 0x80], [0xC1, 0x81],
        ] as [[UInt8]])
    func surrogatesAndOverlongFormsAreInvalid(_ bytes: [UInt8]) {
        #expect(found(Array("漢字".utf8) + bytes) == 6)
    }

    @Test("a census may stop when enough was seen, and not before a byte was invalid")
    func censusStops() {
        let bytes = Array(String(repeating: "漢", count: 100).utf8) + [0xFF] + Array(String(repeating: "字", count: 100).utf8)
        bytes.withUnsafeBufferPointer { text in
            guard let base = text.baseAddress else { return }
            let few = UTF8Text.census(base, text.count, enough: 12)
            #expect(few.invalid == 1 && few.valid > 12)
            let all = UTF8Text.census(base, text.count, enough: .max)
            #expect(all.invalid == 1 && all.valid == 200)
        }
    }
}
