import Foundation
import Resources
import Testing

@Suite("Embedding resources")
struct EmbeddedResourcesTests {
    /// Only these are embedded; the generator in .ci names the same.
    let roots = ["templates", "assets", "compressed", "certificates", "passwords", "openapi.yaml"]
    let folder = URL(filePath: #filePath)
        .deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent()
        .appending(path: "Resources", directoryHint: .isDirectory)

    @Test func `every file of the folder is embedded, in the order of names, and nothing else is`() throws {
        let embedded = try embeddedFiles().map(\.name)
        #expect(embedded == (try namesInFolder()), "Run `make resources`.")
        #expect(!embedded.isEmpty)
    }

    @Test func `the embedded bytes are the bytes of the file`() throws {
        for file in try embeddedFiles() {
            let onDisk = try Data(contentsOf: folder.appending(path: file.name))
            #expect(file.bytes == onDisk, "\(file.name) was built from other bytes.")
        }
    }

    @Test func `an index at or beyond the count has no file`() {
        #expect(quern_resource_at(quern_resource_count()) == nil)
        #expect(quern_resource_at(Int.max) == nil)
    }

    private func embeddedFiles() throws -> [(name: String, bytes: Data)] {
        try (0..<quern_resource_count()).map { index in
            let resource = try #require(quern_resource_at(index)).pointee
            let name = String(cString: try #require(resource.name))
            let bytes = Data(bytes: try #require(resource.bytes), count: resource.length)
            return (name, bytes)
        }
    }

    private func namesInFolder() throws -> [String] {
        var names: [String] = []
        for root in roots {
            let start = folder.appending(path: root)
            guard FileManager.default.fileExists(atPath: start.path) else { continue }
            if try isFile(start) {
                names.append(root)
            } else {
                let below = try FileManager.default.subpathsOfDirectory(atPath: start.path)
                names += try below.filter { try isFile(start.appending(path: $0)) }.map { "\(root)/\($0)" }
            }
        }
        return
            names
            .filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") } }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private func isFile(_ url: URL) throws -> Bool {
        try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile ?? false
    }
}
