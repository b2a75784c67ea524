import Core
import Crypto
import Testing

@testable import QRCodes

@Suite("Drawing QR codes")
struct DrawQRCodeTests {
    /// As Python's `qrcode` 8.2 draws it.
    @Test func `a short word looks as other encoders draw it`() throws {
        let code = try QRCode(Array("Quern".utf8), .medium, version: 1, mask: 2)
        let drawn = code.modules.map { String($0.map { $0 ? "#" : "." }) }.joined(separator: "\n")
        #expect(
            drawn == """
                #######...#...#######
                #.....#..####.#.....#
                #.###.#.###.#.#.###.#
                #.###.#.#.....#.###.#
                #.###.#.###.#.#.###.#
                #.....#.####..#.....#
                #######.#.#.#.#######
                ........###..........
                #.#####....#..#####..
                .#.##...#.#####..####
                ##.##.###...#.##.###.
                ...##...#######..###.
                ###..##..#..#..#.....
                ........#.#.#..#.###.
                #######....#.#..####.
                #.....#.#.#....#####.
                #.###.#.#.##.#..##.#.
                #.###.#.########..#..
                #.###.#.#.#.#.##.....
                #.....#....########..
                #######.###.#...#..#.
                """)
    }

    /// How many bytes each size and correction holds, and the head of the SHA-256 of all modules (`0` and `1`, row by row) when
    /// filled to the last byte, with the text and the mask that the test makes. Drawn by `qrcode` 8.2 and by `segno` 1.6.6 alike.
    @Test(arguments: Self.filled)
    func `each size and correction holds as much and looks the same`(version: Int, columns: [(Int, String)]) throws {
        for (correction, (capacity, digest)) in zip(QRCode.Correction.allCases, columns) {
            let bytes = (0..<capacity).map { UInt8(33 + ($0 * 7 + version) % 90) }
            let code = try QRCode(bytes, correction, version: nil, mask: (version + correction.rawValue) % 8)
            #expect(code.version == version)
            let text = code.modules.map { String($0.map { $0 ? "1" : "0" }) }.joined()
            #expect(SHA256.hash(data: Array(text.utf8)).hex.hasPrefix(digest), "version \(version), \(correction)")
            #expect(throws: Failure.self) { try QRCode(bytes + [33], correction, version: version, mask: 0) }
        }
    }

    /// `segno` 1.6.6 takes the same ones; where the rules leave room, encoders differ.
    @Test(arguments: [
        (1, QRCode.Correction.low, 17, 2), (2, QRCode.Correction.medium, 26, 1), (5, QRCode.Correction.medium, 84, 4),
        (7, QRCode.Correction.high, 64, 6), (10, QRCode.Correction.medium, 213, 2),
    ])
    func `the mask that reads best is taken`(version: Int, correction: QRCode.Correction, capacity: Int, mask: Int) throws {
        let bytes = (0..<capacity).map { UInt8(33 + ($0 * 7 + version) % 90) }
        #expect(try QRCode(bytes, correction, version: nil, mask: nil).mask == mask)
    }

    @Test func `a text that is too long is refused`() throws {
        let most = [UInt8](repeating: 0x78, count: 2331)
        #expect(try QRCode(most, .medium, version: nil, mask: 0).version == 40)
        let failure = #expect(throws: Failure.self) { try QRCode(String(repeating: "x", count: 2332)) }
        #expect(failure?.code == "qr_text_too_long")
    }

    @Test func `nothing is a text too`() throws {
        let code = try QRCode("")
        #expect(code.version == 1)
        #expect(code.modules.count == 21 && code.modules.allSatisfy { $0.count == 21 })
    }

    // MARK: Picture

    @Test func `the picture shows exactly the modules, inside a quiet zone`() throws {
        let code = try QRCode("otpauth://totp/Quern:ada@example.com?secret=JBSWY3DPEHPK3PXP&issuer=Quern")
        let width = code.modules.count
        let svg = code.svg(title: "Your secret")
        #expect(svg.contains("viewBox=\"0 0 \(width + 8) \(width + 8)\""))
        #expect(svg.split(separator: "<path").count == 2)
        var drawn = [[Bool]](repeating: [Bool](repeating: false, count: width), count: width)
        for run in svg.matches(of: /M(\d+) (\d+)h(\d+)v1h-(\d+)z/) {
            let (x, y) = (try #require(Int(run.1)) - 4, try #require(Int(run.2)) - 4)
            #expect(run.3 == run.4)
            for column in x..<x + (try #require(Int(run.3))) { drawn[y][column] = true }
        }
        #expect(drawn == code.modules)
    }

    @Test func `a title can not break out of the picture`() throws {
        let svg = try QRCode("x").svg(title: "<b> & \"c\" 'd'\u{1}\n]]>")
        #expect(svg.contains("<title>&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;\u{FFFD} ]]&gt;</title>"))
        #expect(svg.contains("role=\"img\""))
    }

    private static let filled: [(Int, [(Int, String)])] = [
        (1, [(17, "73796ba85dec"), (14, "30788e7818c2"), (11, "e6c320299b24"), (7, "38c66aa4a57b")]),
        (2, [(32, "7690f7df81c1"), (26, "dc0f5c4ce12d"), (20, "6cd90046aafc"), (14, "17914af15ac8")]),
        (3, [(53, "154400271bab"), (42, "6df1bc30f8f3"), (32, "66919b26810b"), (24, "08db40ca9dfa")]),
        (4, [(78, "5bb8eead5876"), (62, "32bd08debfb3"), (46, "c1f0e69e05cd"), (34, "cf3841ef31a1")]),
        (5, [(106, "4d74aaa27e9b"), (84, "25b57f39a841"), (60, "7f88c7682cfb"), (44, "d4a518ef5a5f")]),
        (6, [(134, "63abfb43ae97"), (106, "cafd2ac957d2"), (74, "2799f1749503"), (58, "75bd63a6bb77")]),
        (7, [(154, "43d1adf0f509"), (122, "a050fa9a61d3"), (86, "247f9b40e469"), (64, "f63b87c7dce8")]),
        (8, [(192, "35d413b0758c"), (152, "80f3093698aa"), (108, "be8df4a37aaf"), (84, "6c8563fb8c78")]),
        (9, [(230, "02fd35b4e7c4"), (180, "399c0a809758"), (130, "4606799d4c9f"), (98, "649107b499f3")]),
        (10, [(271, "5db9087a1deb"), (213, "828fea1ddbdc"), (151, "0408fe8be938"), (119, "1a4a68cfb006")]),
        (11, [(321, "6095b079fc89"), (251, "85c4d941ce73"), (177, "6e26c9546cd5"), (137, "04a11186d112")]),
        (12, [(367, "0aed6c1f2128"), (287, "1c55f0ea8041"), (203, "76bbb714849e"), (155, "f52a0042252b")]),
        (13, [(425, "3732d970b21d"), (331, "7de48cc86fab"), (241, "0eea55dcb879"), (177, "f3c8b7e6002c")]),
        (14, [(458, "462a5adfcd6f"), (362, "ba240ef80efd"), (258, "3be8cbea7b36"), (194, "c6d9db1f6fad")]),
        (15, [(520, "346fd4161acb"), (412, "44453e12b78d"), (292, "5861bf4bb55a"), (220, "400c7b3db6a7")]),
        (16, [(586, "0c30b539d2a3"), (450, "8dd5be5123e8"), (322, "8a118218a231"), (250, "b3949a8e747f")]),
        (17, [(644, "230a0eaef23b"), (504, "019fd9b7f5dd"), (364, "5020e3f3a41f"), (280, "dbb28ab0ac70")]),
        (18, [(718, "d3c065daf376"), (560, "3dd3ae4e01c2"), (394, "cdc34365a06d"), (310, "b81fed5860e5")]),
        (19, [(792, "3d2da2dd34da"), (624, "0b93d6fa9cd3"), (442, "95aa7c2f95fe"), (338, "101d01e5a110")]),
        (20, [(858, "a8d52a36c863"), (666, "6f8f8fda8157"), (482, "ae8155198eb3"), (382, "de4f403b8c92")]),
        (27, [(1465, "17c8192b345e"), (1125, "7e2aee5b03ca"), (805, "99d0fbe643b9"), (625, "6ca33f89f29b")]),
        (33, [(2068, "ce59dfa3b757"), (1628, "ae39c9fbd35f"), (1168, "4f9b8bb0daf8"), (898, "80b5fef9fd79")]),
        (40, [(2953, "f2ae7e4edf9a"), (2331, "f5402ac91e98"), (1663, "572f11b21019"), (1273, "5c27d1581912")]),
    ]
}
