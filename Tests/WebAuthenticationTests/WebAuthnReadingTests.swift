import Core
import Testing

@testable import WebAuthentication

@Suite("Reading CBOR")
struct ReadCBORTests {
    private func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.count, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
    }

    /// Of RFC 8949, appendix A.
    @Test(
        arguments: [
            ("00", .int(0)), ("17", .int(23)), ("1818", .int(24)), ("1864", .int(100)), ("1903e8", .int(1000)),
            ("1a000f4240", .int(1_000_000)), ("1b000000e8d4a51000", .int(1_000_000_000_000)), ("20", .int(-1)),
            ("3863", .int(-100)), ("3903e7", .int(-1000)), ("3b7fffffffffffffff", .int(.min)), ("f4", .bool(false)),
            ("f5", .bool(true)), ("f6", .null), ("40", .bytes([])), ("4401020304", .bytes([1, 2, 3, 4])), ("60", .text("")),
            ("62c3bc", .text("ü")), ("80", .array([])),
            ("8301820203820405", .array([.int(1), .array([.int(2), .int(3)]), .array([.int(4), .int(5)])])), ("a0", .map([:])),
            ("a201020304", .map([.int(1): .int(2), .int(3): .int(4)])),
            ("a26161016162820203", .map([.text("a"): .int(1), .text("b"): .array([.int(2), .int(3)])])),
        ] as [(String, CBOR)])
    func `the examples of the standard are read`(hex: String, expected: CBOR) throws {
        #expect(try CBOR(parsing: bytes(hex)) == expected)
    }

    @Test(arguments: [
        // Nothing, cut off, and more than one item.
        "", "18", "1901", "4401", "6261", "8101ff", "82", "a1", "a101", "0000", "a0a0",
        // Lengths beyond what is there, up to the largest.
        "5affffffff", "5bffffffffffffffff", "7bffffffffffffffff", "9bffffffffffffffff", "bbffffffffffffffff", "9a00ffffff00",
        "bb8000000000000000", "9b7fffffffffffffff",
        // Indefinite lengths, reserved sizes, tags, floats, undefined, simple values.
        "5f4101ff", "7f6161ff", "9fff", "bfff", "1c", "1f", "ff", "c001", "d81800", "f90000", "fa00000000", "fb0000000000000000",
        "f7", "f0", "f820",
        // Longer than needed.
        "1800", "1817", "190018", "1a00000100", "1b0000000000000001", "580101", "a118010100",
        // Beyond 64 bits with a sign.
        "1b8000000000000000", "3b8000000000000000",
        // Keys twice, and keys of other kinds.
        "a201020103", "a2616101616102", "a14001", "a1f501", "a18001", "a1a001",
        // Not UTF-8.
        "61ff", "62c328", "63eda080",
    ])
    func `anything else is refused`(hex: String) {
        #expect(#expect(throws: Failure.self) { try CBOR(parsing: bytes(hex)) }?.code == "invalid_passkey")
    }

    @Test func `nesting and size have an end`() throws {
        func nested(_ depth: Int, _ wrap: [UInt8]) -> [UInt8] { (0..<depth).flatMap { _ in wrap } + [0x00] }
        #expect(try CBOR(parsing: nested(7, [0x81])).count == 1)
        #expect(throws: Failure.self) { try CBOR(parsing: nested(8, [0x81])) }
        #expect(throws: Failure.self) { try CBOR(parsing: nested(8, [0xA1, 0x00])) }
        #expect(throws: Failure.self) { try CBOR(parsing: nested(60_000, [0x81])) }
        let most = CBOR.Limits.sizeBytes
        #expect(try CBOR(parsing: CBOR.bytes([UInt8](repeating: 0, count: most - 5)).encoded).bytesValue?.count == most - 5)
        #expect(throws: Failure.self) { try CBOR(parsing: CBOR.bytes([UInt8](repeating: 0, count: most)).encoded) }
    }
}

@Suite("Reading base64url")
struct ReadBase64URLTests {
    @Test(arguments: [
        ("", []), ("Zg", [0x66]), ("Zm8", [0x66, 0x6F]), ("Zm9v", [0x66, 0x6F, 0x6F]), ("-_-_", [0xFB, 0xFF, 0xBF]),
        ("_w", [0xFF]), ("AAAA", [0, 0, 0]),
    ])
    func `bytes have one spelling`(text: String, bytes: [UInt8]) {
        #expect(Base64URL.decode(text) == bytes)
        #expect(Base64URL.encode(bytes) == text)
    }

    @Test(arguments: ["Z", "Zg==", "Zg=", "Zh", "Zm9", "+/+/", "Zm 9v", "Zm9v\n", "Zm9vZ", "Zé", "\u{0}AAA"])
    func `every other spelling is refused`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test func `all lengths come back`() {
        for length in 0..<200 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + length) }
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
    }
}
