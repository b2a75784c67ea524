import Core
import Foundation
import Testing
import Textual
import Web

@testable import Extractions

struct IntakeRulesTests {
    @Test(arguments: [
        ("report.pdf", "report.pdf"), ("../../etc/passwd", "etc/passwd"), ("a//./b/../c.pdf", "a/b/c.pdf"),
        ("C:\\Docs\\x.docx", "C:/Docs/x.docx"), ("", "file"), ("..", "file"), ("a/\u{1}b", "a/_b"),
    ])
    func namesBecomeSafePaths(_ given: String, _ safe: String) { #expect(ExtractJob.safeName(given) == safe) }

    @Test func aLongPathKeepsItsEnd() {
        let name = ExtractJob.safeName(String(repeating: "folder/", count: 400) + "end.pdf")
        #expect(name.utf8.count <= ExtractJob.Limits.nameBytes && name.hasSuffix("/end.pdf"))
    }

    @Test func optionsBeginWithThePresetAndTakeWhatIsSaid() throws {
        var options = ExtractOptions()
        try options.take(Fields(["chunk_size": 100, "output_format": "MD", "chunk_by": "sentences"]))
        #expect(options.chunks.tokens == 100 && options.format == .md && options.chunks.strategy == .sentences)
        #expect(ExtractOptions(stored: options.json) == options)
    }

    private static let wrong: [(JSON, String)] = [
        (["chunk_size": 7], "invalid_chunk_size"), (["chunk_size": .double(1.5)], "invalid_chunk_size"),
        (["chunk_size": 100, "chunk_overlap": 100], "invalid_chunk_overlap"), (["output_format": "exe"], "invalid_output_format"),
        (["chunk_by": 4], "invalid_chunk_by"),
    ]

    @Test(arguments: wrong)
    func whatIsWrongIsNamed(_ body: JSON, _ code: String) {
        var options = ExtractOptions()
        #expect { try options.take(Fields(body)) } throws: { ($0 as? Failure)?.code == code }
    }

    private static let wishes: [(JSON, Bool)] = [
        (["per_chunk": true], true), (["per_chunk": false], false), (["include_semantic": true], true),
        (["continue_on_error": false], true), (["strategy": "flat"], true), (["strategy": .null], false),
        (["evaluation_policy": "baseline_v1"], false), (["include_metadata": true], false),
    ]

    @Test(arguments: wishes)
    func whatIsNotDoneIsRefusedAndNotSwallowed(_ body: JSON, _ isRefused: Bool) throws {
        let fields = try Fields(body)
        if isRefused {
            #expect { try ExtractFields.check(fields) } throws: { ($0 as? Failure)?.code == "unsupported_option" }
        } else {
            try ExtractFields.check(fields)
        }
    }

    @Test func aFormSaysTheSameAsJSON() throws {
        let form = Form("chunk_size=128&recursive=yes&per_chunk=no&output_format=txt&source_files=/a&source_files=/b")
        let fields = try ExtractFields.fields(of: form)
        try ExtractFields.check(fields)
        #expect(try ExtractFields.flag("recursive", fields))
        #expect(try ExtractFields.paths(fields) == ["/a", "/b"])
        #expect { _ = try ExtractFields.fields(of: Form("chunk_size=many")) } throws: {
            ($0 as? Failure)?.code == "invalid_chunk_size"
        }
        #expect { _ = try ExtractFields.fields(of: Form("chnk_size=1")) } throws: { ($0 as? Failure)?.code == "unknown_field" }
    }

    // MARK: Paths

    private struct Folder {
        let path: String
        init() throws {
            path = try #require(realpath(NSTemporaryDirectory(), nil).map { String(cString: $0) }) + "/quern-\(UUID().uuidString)"
            for folder in ["in/deep", "out"] {
                try FileManager.default.createDirectory(atPath: "\(path)/\(folder)", withIntermediateDirectories: true)
            }
            for name in ["in/a.pdf", "in/deep/b.pdf", "in/.hidden.pdf", "out/secret.pdf"] {
                try Data("%PDF-1.4 \(name)".utf8).write(to: URL(filePath: "\(path)/\(name)"))
            }
            try Data("no document".utf8).write(to: URL(filePath: "\(path)/in/c.bin"))
            symlink("\(path)/out/secret.pdf", "\(path)/in/link.pdf")
            symlink("\(path)/out", "\(path)/in/linked")
        }
    }

    private func found(
        _ paths: String..., by inputs: PathInputs, recursive: Bool = false, most: Int = 10
    ) throws -> PathInputs.Findings {
        var findings = PathInputs.Findings(most: most)
        for path in paths { try inputs.find(path, recursive: recursive, into: &findings) }
        return findings
    }

    @Test func theSameFileIsTakenOnce() throws {
        let folder = try Folder()
        let inputs = try PathInputs(setting: "\(folder.path)/in")
        let path = "\(folder.path)/in"
        #expect(try found(path, "\(path)/a.pdf", "\(path)/deep/../a.pdf", "\(path)/a*", by: inputs).files.count == 1)
    }

    @Test func aNameThatLooksLikeAPatternIsANameFirst() throws {
        let folder = try Folder()
        let path = "\(folder.path)/in/we{ir}d[1].pdf"
        try Data("%PDF-1.4".utf8).write(to: URL(filePath: path))
        #expect(try found(path, by: PathInputs(setting: "\(folder.path)/in")).files.map(\.name) == ["we{ir}d[1].pdf"])
    }

    @Test func namesThatNobodyCanWriteAreCounted() throws {
        let folder = try Folder()
        let name = Array("\(folder.path)/in/bad".utf8CString.dropLast()) + [-1, 0]
        close(open(name, O_CREAT | O_WRONLY, 0o600))
        #expect(try found("\(folder.path)/in", by: PathInputs(setting: "\(folder.path)/in")).skipped == 2)
    }

    @Test func moreThanAJobTakesIsRefused() throws {
        let folder = try Folder()
        let inputs = try PathInputs(setting: "\(folder.path)/in")
        #expect {
            _ = try found("\(folder.path)/in", by: inputs, recursive: true, most: 1)
        } throws: {
            ($0 as? Failure)?.message.contains("at most 1 file") == true
        }
    }

    /// Whatever is there outside of the roots, the answer is the same, and it comes at once.
    @Test(arguments: ["/etc/shado*", "/etc/shadoq*", "/*/*/*/*/*", "/etc/*/passwd", "*", "/*", "/tmp/../etc/p*"])
    func aPatternOutsideOfTheRootsIsNotLookedAt(_ pattern: String) throws {
        let folder = try Folder()
        let inputs = try PathInputs(setting: "\(folder.path)/in")
        #expect {
            _ = try found(pattern, by: inputs)
        } throws: {
            ($0 as? Failure)?.code == "invalid_input_path"
        }
    }

    @Test func aPatternFollowsNoLinks() throws {
        let folder = try Folder()
        symlink(".", "\(folder.path)/in/loop")
        let inputs = try PathInputs(setting: "\(folder.path)/in")
        let deep = String(repeating: "*/", count: 200)
        #expect(try found("\(folder.path)/in/\(deep)", by: inputs).files.isEmpty)
        #expect(throws: Failure.self) { _ = try found("\(folder.path)/in/linked/*", by: inputs) }
    }

    @Test func aFolderIsReadWithoutHiddenFilesAndLinks() throws {
        let folder = try Folder()
        let inputs = try PathInputs(setting: "\(folder.path)/in")
        let flat = try found("\(folder.path)/in", by: inputs)
        #expect(flat.files.map(\.name) == ["a.pdf"] && flat.skipped == 1)
        let deep = try found("\(folder.path)/in", by: inputs, recursive: true)
        #expect(deep.files.map(\.name) == ["a.pdf", "deep/b.pdf"])
        #expect(try found("\(folder.path)/in/*.pdf", by: inputs).files.map(\.name) == ["a.pdf"])
        #expect(try found("\(folder.path)/in/*/*.pdf", by: inputs).files.map(\.name) == ["b.pdf"])
        #expect(try found("\(folder.path)/in/*", by: inputs).files.map(\.name) == ["a.pdf", "deep/b.pdf"])
    }

    @Test(arguments: ["out", "out/secret.pdf", "in/../out", "in/link.pdf", "in/linked/secret.pdf", "none", ""])
    func nothingOutsideOfTheRootsIsRead(_ name: String) throws {
        let folder = try Folder()
        let inputs = try PathInputs(setting: "\(folder.path)/in")
        let path = name.isEmpty ? "" : "\(folder.path)/\(name)"
        #expect { _ = try found(path, by: inputs, recursive: true) } throws: {
            ($0 as? Failure)?.code == "invalid_input_path"
        }
    }

    @Test func aFileThatBecameALinkIsNotOpened() throws {
        let folder = try Folder()
        let inputs = try PathInputs(setting: "\(folder.path)/in")
        let found = try #require(try found("\(folder.path)/in/a.pdf", by: inputs).files.first)
        unlink(found.path)
        symlink("\(folder.path)/out/secret.pdf", found.path)
        #expect { _ = try inputs.open(found) } throws: { ($0 as? Failure)?.code == "input_unreadable" }
    }

    @Test func aFolderThatBecameALinkIsNotOpened() throws {
        let folder = try Folder()
        let inputs = try PathInputs(setting: "\(folder.path)/in")
        let found = try #require(try found("\(folder.path)/in/deep/b.pdf", by: inputs).files.first)
        try FileManager.default.removeItem(atPath: "\(folder.path)/in/deep")
        try FileManager.default.moveItem(atPath: "\(folder.path)/out/secret.pdf", toPath: "\(folder.path)/out/b.pdf")
        symlink("\(folder.path)/out", "\(folder.path)/in/deep")
        #expect { _ = try inputs.open(found) } throws: { ($0 as? Failure)?.code == "input_unreadable" }
    }

    @Test func withoutRootsNoPathIsRead() throws {
        #expect { _ = try found("/tmp", by: PathInputs(setting: "")) } throws: {
            ($0 as? Failure)?.message.contains("IMPORT_ROOTS") == true
        }
        #expect(throws: Failure.self) { _ = try PathInputs(setting: "/") }
    }

    // MARK: Search

    @Test(
        arguments: [
            ("costs 2026", "\"costs\" \"2026\"*"), ("\"net income\" tax ", "\"net income\" \"tax\""),
            ("AND OR", "\"AND\" \"OR\"*"),
            ("a\"b", "\"a\" \"b\"*"), ("*", nil), ("", nil), ("c++ (x)", "\"c++\" \"(x)\"*"),
        ] as [(String, String?)])
    func wordsOfAPersonAreNoSyntax(_ words: String, _ query: String?) throws {
        if let query {
            #expect(try ChunkIndex.query(words) == query)
        } else {
            #expect { _ = try ChunkIndex.query(words) } throws: { ($0 as? Failure)?.code == "invalid_q" }
        }
    }

    // MARK: Viewer

    @Test func theViewerBelievesNothing() {
        let documents: [JSON] = [
            [:], ["blocks": [1, "x", [:]], "content": 4, "chunks": [[:], 3]],
            [
                "blocks": [
                    ["kind": "paragraph", "bytes": [5, 900_000]], ["kind": "table", "table": ["rows": [1, [[:]], [nil]]]],
                ],
                "content": "short",
                "chunks": [["position_index": -4, "start_byte": -9], ["position_index": 1, "start_byte": .double(1e300)]],
            ],
        ]
        for document in documents {
            let view = DocumentView(document)
            for page in 0..<view.pages { _ = view.model(page: page) }
            _ = view.page(ofChunk: 3)
        }
    }
}
