import Core
import Testing

@Suite("Telling what is no table")
struct TableContentTests {
    private static let tar: [UInt8] = {
        var bytes = [UInt8](repeating: 0, count: 512)
        bytes.replaceSubrange(0..<10, with: Array("people.csv".utf8))
        bytes.replaceSubrange(257..<262, with: Array("ustar".utf8))
        return bytes + Array("name,city\nAda,Bruges\n".utf8)
    }()

    private static func bytes(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }

    private static let others: [(bytes: [UInt8], word: String)] = [
        (tar, "TAR"), (bytes("RIFF\u{24}\0\0\0WAVEfmt "), "WAV"), (bytes("\0\0\0\u{20}ftypisom"), "MP4"),
        (bytes("ID3\u{4}\0"), "MP3"), (bytes("\0\0\u{1}\0\u{1}\0"), "icon"), (bytes("OggS\0\u{2}"), "Ogg"),
        (bytes("%!PS-Adobe-3.0\n"), "PostScript"), (bytes("{\\rtf1\\ansi"), "RTF"), (bytes("<svg xmlns='x'/>"), "SVG"),
    ]

    @Test(arguments: others.indices)
    func `a file with the name of a table is told by its beginning`(_ index: Int) {
        let (bytes, word) = Self.others[index]
        #expect(TableContent.problem(bytes)?.contains(word) == true, "\(TableContent.problem(bytes) ?? "nothing")")
    }

    @Test(arguments: [
        "ID3,name\n1,a\n", "ORC,elf\n1,2\n", "OggS,a\n", "left,right\n", "%!,b\n", "ustar,a\n", "{\"rtf\": 1}\n",
        "RIFF,WAVE\n1,2\n",
    ])
    func `a table whose first words look like one is a table`(_ text: String) {
        #expect(TableContent.problem(Array(text.utf8)) == nil)
    }
}
