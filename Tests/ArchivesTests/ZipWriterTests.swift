import Core
import Foundation
import Testing

@testable import Archives

struct ZipWriterTests {
    private func archive(_ entries: [(name: String, bytes: [UInt8])], claimed: Int64? = nil) throws -> [UInt8] {
        var zip = ZipWriter()
        var all: [UInt8] = []
        for (name, bytes) in entries {
            all += try zip.begin(name, sizeBytes: claimed ?? Int64(bytes.count), at: Moment(rawValue: 1_700_000_000_000))
            // In two pieces, as bodies are written.
            let half = bytes.count / 2
            all += try bytes[..<half].withUnsafeBytes { try zip.write($0) }
            all += try bytes[half...].withUnsafeBytes { try zip.write($0) }
            all += try zip.end()
        }
        return all + zip.finish()
    }

    /// A second reader takes it: Python's.
    private func read(_ bytes: [UInt8]) throws -> [String: Int] {
        let path = NSTemporaryDirectory() + "quern-zip-\(UUID().uuidString).zip"
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [
            "-c",
            "import json, sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(json.dumps({i.filename: sum(z.read(i)) for i in z.infolist()}))",
            path,
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try JSONDecoder().decode([String: Int].self, from: data)
    }

    @Test func aSecondReaderFindsEveryEntryWhole() throws {
        let noise = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        let entries: [(String, [UInt8])] = [
            ("a.txt", Array("hello".utf8)), ("folder/ü €.json", Array(repeating: 65, count: 100_000)), ("empty", []),
            ("noise", noise),
        ]
        let found = try read(try archive(entries))
        #expect(found == Dictionary(uniqueKeysWithValues: entries.map { ($0.0, $0.1.reduce(0) { $0 + Int($1) }) }))
    }

    @Test func ofNothingItIsAnEmptyArchive() throws { #expect(try read(try archive([])) == [:]) }

    @Test func theFieldsOfLargeEntriesAreRead() throws {
        // Whoever says that four gigabytes come, gets the wide fields, whatever comes.
        let found = try read(try archive([("large", Array("wide".utf8)), ("second", [1, 2])], claimed: 5 << 30))
        #expect(found == ["large": 119 + 105 + 100 + 101, "second": 3])
    }
}
