import Foundation
import Testing

@testable import Scanning

/// Archives come from Python's `zipfile` and `gzip`, which know nothing of ours.
@Suite("Looking into documents")
struct BuiltInScanTests {
    private static let eicar = EICAR.mark

    private func verdict(
        _ bytes: [UInt8], _ contentType: String? = nil, name: String = "file", limits: ScanLimits = ScanLimits()
    ) -> Verdict {
        BuiltInScan.check(bytes, contentType: contentType, fileName: name, limits: limits)
    }

    private func refusal(_ bytes: [UInt8], _ contentType: String? = nil, limits: ScanLimits = ScanLimits()) -> String? {
        guard case .refused(let message) = verdict(bytes, contentType, limits: limits) else { return nil }
        return message
    }

    /// What a Python script writes to `out`.
    private func made(_ script: String) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let prelude = """
            import sys, io, zipfile, gzip, struct
            eicar = bytes(\(Self.eicar))
            def packed(*members, method=zipfile.ZIP_DEFLATED):
                file = io.BytesIO()
                with zipfile.ZipFile(file, "w", method) as archive:
                    for name, data in members: archive.writestr(zipfile.ZipInfo(name), data, method)
                return file.getvalue()
            """
        process.arguments = ["python3", "-c", "\(prelude)\n\(script)\nsys.stdout.buffer.write(out)"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return [UInt8](data)
    }

    // MARK: The test file

    @Test func `the test file is found at the beginning, in a small file, and not far inside a large one`() {
        #expect(verdict(Self.eicar) == .infected("EICAR-Test-File"))
        #expect(verdict(Self.eicar + Array(" \r\n".utf8)) == .infected("EICAR-Test-File"))
        #expect(verdict(Array("some words ".utf8) + Self.eicar + Array(" and more".utf8)) == .infected("EICAR-Test-File"))
        let zeros = [UInt8](repeating: 0, count: EICAR.smallBytes)
        #expect(verdict(Self.eicar + zeros) == .infected("EICAR-Test-File"))
        #expect(verdict(zeros + Self.eicar) == .clean)
        #expect(verdict(Array(Self.eicar.dropLast())) == .clean)
        #expect(verdict([]) == .clean)
    }

    @Test(arguments: [
        "out = packed(('a.txt', b'x'), ('b/c.txt', eicar))",
        "out = packed(('a.txt', eicar), method=zipfile.ZIP_STORED)",
        "out = packed(('a.zip', packed(('b.zip', packed(('c', eicar))))))",
        "out = gzip.compress(eicar)",
        "out = gzip.compress(b'one') + gzip.compress(eicar) + bytes(512)",
        "out = gzip.compress(packed(('a', eicar)))",
        "out = packed(('a.gz', gzip.compress(eicar)))",
    ])
    func `the test file is found in archives`(script: String) throws {
        #expect(verdict(try made(script)) == .infected("EICAR-Test-File"))
    }

    @Test func `infected counts for more than mismatched`() throws {
        #expect(verdict(Self.eicar, "application/pdf") == .infected("EICAR-Test-File"))
        #expect(verdict(try made("out = packed(('a', eicar))"), "image/png") == .infected("EICAR-Test-File"))
    }

    @Test func `with a virus scanner the test file is left to it`() {
        let verdict = BuiltInScan.check(Self.eicar, contentType: nil, fileName: "f", scope: .contentOnly)
        #expect(verdict == .clean)
    }

    // MARK: Claims

    private static let beginnings: [(String, [UInt8])] = [
        ("application/pdf", Array("%PDF-1.7\n".utf8)), ("image/png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0]),
        ("image/jpeg", [0xFF, 0xD8, 0xFF, 0xE0]), ("image/gif", Array("GIF89a".utf8)),
        ("image/webp", Array("RIFF0000WEBPVP8 ".utf8)),
        ("application/msword", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0]),
        ("text/plain", Array("Grüße\n".utf8)), ("text/csv", Array("a,b\n1,2\n".utf8)), ("text/markdown", Array("# Hi".utf8)),
        ("application/json", Array("{}".utf8)), ("text/html", Array(" <!doctype html>".utf8)),
    ]

    @Test func `what is claimed rightly passes, and nothing else does`() {
        for (type, bytes) in Self.beginnings {
            #expect(verdict(bytes, type) == .clean, "\(type)")
            #expect(verdict(bytes, "\(type.uppercased()); charset=utf-8") == .clean, "\(type)")
            for (other, _) in Self.beginnings where other != type && !(other.isText && type.isText) {
                #expect(refusal(bytes, other) != nil, "\(type) as \(other)")
            }
        }
    }

    @Test func `a false claim is told in plain words`() {
        let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        #expect(refusal(png, "application/pdf") == "content type is application/pdf, but the file begins like a PNG")
    }

    @Test func `text is UTF-8 or UTF-16 without zeros`() {
        #expect(verdict([0xFF, 0xFE, 0x41, 0x00], "text/plain") == .clean)
        #expect(verdict([0xFE, 0xFF, 0x00, 0x41], "text/plain") == .clean)
        #expect(refusal([0xFE, 0xFF, 0xD8, 0x00], "text/plain") != nil)
        #expect(refusal([0xFF, 0xFE, 0x41], "text/plain") != nil)
        #expect(refusal([0x41, 0x00, 0x42], "text/csv")?.contains("NUL") == true)
        #expect(refusal([0xC3, 0x28], "text/plain") != nil)
        #expect(verdict(Array("about %PDF- files".utf8), "text/markdown") == .clean)
        #expect(verdict(Array("junk %PDF-1.4".utf8), "application/pdf") == .clean)
    }

    @Test(arguments: ["\u{7F}ELF\u{2}", "MZ\u{0}\u{1}", "#!/bin/sh\n"])
    func `programs are no documents, but unknown claims pass`(beginning: String) {
        let bytes = Array(beginning.utf8)
        #expect(refusal(bytes, "application/pdf") != nil)
        #expect(refusal(bytes, "text/plain") != nil)
        #expect(refusal(bytes, "image/svg+xml") != nil)
        #expect(verdict(bytes, "application/octet-stream") == .clean)
        #expect(verdict(bytes, nil, name: "run.bin") == .clean)
        #expect(verdict(bytes, nil, name: "cv.PDF") != .clean)
    }

    // MARK: Archives

    @Test func `office documents of Python's making are clean`() throws {
        let type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        let bytes = try made("out = packed(('[Content_Types].xml', '<x/>'), ('word/document.xml', '<w>' * 9000))")
        #expect(verdict(bytes, type) == .clean)
        #expect(refusal(bytes, "application/pdf") == "content type is application/pdf, but the file begins like a ZIP archive")
        #expect(verdict(try made("out = packed()"), "application/zip") == .clean)
    }

    @Test(arguments: [
        // Sizes that are not known when the header is written, large forms, comments, many members, big random members.
        """
        file = io.BytesIO()
        class Pipe:
            def write(self, data): return file.write(data)
            def flush(self): pass
        with zipfile.ZipFile(Pipe(), "w", zipfile.ZIP_DEFLATED) as archive: archive.writestr("a", b"hello" * 99)
        out = file.getvalue()
        """,
        """
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.comment = b"a comment"
            with archive.open("a", "w", force_zip64=True) as member: member.write(b"hello")
        out = file.getvalue()
        """,
        "out = packed(*[(f'n{i}', str(i)) for i in range(1000)])",
        "import random; out = packed(('r', random.Random(1).randbytes(3_000_000)), ('s', b'ab' * 400_000))",
        "out = gzip.compress(b'x' * 900_000)",
        "out = packed(('Grüße/täst.txt', 'x'), ('dir/', ''))",
    ])
    func `whole archives are looked into and clean`(script: String) throws {
        #expect(verdict(try made(script)) == .clean)
    }

    @Test(arguments: [
        ("out = packed(('a', b'0' * 5_000_000))", "100 times"),
        ("out = gzip.compress(b'0' * 5_000_000)", "100 times"),
        ("out = packed(*[(f'n{i}', '') for i in range(1001)])", "1000 files"),
        ("out = packed(('a', packed(*[(f'n{i}', '') for i in range(999)])), ('b', ''), ('c', ''))", "1000 files"),
        ("out = packed(('a', packed(('b', packed(('c', packed(('d', 'x'))))))))", "3 archives"),
        ("out = packed(('/etc/passwd', 'x'))", "out of its folder"),
        ("out = packed(('a/../../b', 'x'))", "out of its folder"),
        (#"out = packed(('..\\b', 'x'))"#, "out of its folder"),
        (#"out = packed(('C:\\b', 'x'))"#, "out of its folder"),
        ("out = bytearray(packed(('a', 'x'))); out[6] |= 1; out[out.index(b'PK\\1\\2') + 8] |= 1", "encrypted"),
        ("out = packed(('a', 'x' * 999), method=zipfile.ZIP_BZIP2)", "packed in a way"),
        ("out = packed(('a', 'hello world' * 99))[:-30]", "broken"),
        ("out = b'PK\\3\\4' + b'junk' * 99", "broken"),
        ("out = bytearray(packed(('a', 'hello'), method=zipfile.ZIP_STORED)); out[31] ^= 1", "broken"),
        ("out = gzip.compress(b'hello' * 99)[:-3]", "broken"),
        ("out = gzip.compress(b'hello' * 99) + b'rest'", "broken"),
        ("out = b'\\x1f\\x8b\\x08' + b'x' * 50", "broken"),
        // Two entries for one place, as overlapping bombs have.
        (
            """
            one = packed(('a', 'x' * 50)); at = one.index(b'PK\\1\\2'); entry = one[at:one.index(b'PK\\5\\6')]
            out = one[:at] + entry * 2 + struct.pack('<IHHHHIIH', 0x06054b50, 0, 0, 2, 2, 2 * len(entry), at, 0)
            """, "broken"
        ),
        // The name in the directory is not the one before the data.
        ("one = packed(('a.txt', 'x')); out = one.replace(b'a.txt', b'b.txt', 1)", "broken"),
    ])
    func `traps are refused by name`(script: String, words: String) throws {
        let found = verdict(try made(script))
        guard case .refused(let message) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(message.contains(words))
    }

    @Test func `all archives together have one budget`() throws {
        var limits = ScanLimits()
        limits.inflatedBytes = 10_000
        let script = "import random; d = random.Random(1).randbytes(6_000); out = packed(('a', d), ('b', packed(('c', d))))"
        #expect(refusal(try made(script), limits: limits)?.contains("unpacked") == true)
        limits.inflatedBytes = 100_000
        limits.nestedArchiveBytes = 5_000
        #expect(refusal(try made(script), limits: limits)?.contains("holds another") == true)
    }

    @Test func `a damaged archive is refused or clean, and never a crash`() throws {
        let whole = try made("out = packed(('a', 'hello' * 50), ('b', packed(('c', 'x' * 20)))) ")
        var dice = SystemRandomNumberGenerator()
        for _ in 0..<3000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &dice) {
                bytes[Int.random(in: bytes.indices, using: &dice)] = UInt8.random(in: 0...255, using: &dice)
            }
            _ = verdict(Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &dice))))
            _ = verdict(bytes)
        }
    }
}

extension String {
    fileprivate var isText: Bool { hasPrefix("text/") || self == "application/json" }
}
