import Core
import Foundation
import Testing

@testable import Storage

@Suite("Opening a data folder")
final class DataFolderTests {
    let path = FileManager.default.temporaryDirectory.appending(path: "quern-test-\(UUID().uuidString)").path

    init() { mkdir(path, 0o700) }

    deinit {
        chmod(path, 0o700)
        try? FileManager.default.removeItem(atPath: path)
    }

    private func mode(_ name: String = "") -> mode_t {
        var status = stat()
        return lstat("\(path)/\(name)", &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    private func file(_ name: String, mode: mode_t) {
        _ = FileManager.default.createFile(atPath: "\(path)/\(name)", contents: Data("x".utf8))
        chmod("\(path)/\(name)", mode)
    }

    @Test func `a sound folder has no findings`() throws {
        #expect(try DataFolder(path).findings.isEmpty)
        #expect(try DataFolder(path).findings.isEmpty)
        #expect([mode(), mode("objects"), mode("staging"), mode("secrets")] == [0o700, 0o700, 0o700, 0o700])
    }

    @Test func `what others could use is tightened and told, name by name`() throws {
        _ = try DataFolder(path).secret("accounts")
        mkdir("\(path)/objects/quern", 0o700)
        file("quern.db", mode: 0o644)
        file("objects/quern/upload", mode: 0o666)
        for (name, mode) in [("", 0o777), ("secrets", 0o755), ("secrets/accounts", 0o640), ("objects/quern", 0o711)]
            as [(String, mode_t)]
        {
            chmod("\(path)/\(name)", mode)
        }
        let findings = try DataFolder(path).findings
        #expect(
            Set(findings.map(\.path))
                == Set(
                    [path]
                        + ["secrets", "secrets/accounts", "objects/quern", "objects/quern/upload", "quern.db"].map {
                            "\(path)/\($0)"
                        }))
        #expect(findings.contains(FolderFinding(path: path, kind: .tightened(from: 0o777, to: 0o700))))
        #expect(findings.contains(FolderFinding(path: "\(path)/secrets/accounts", kind: .tightened(from: 0o640, to: 0o600))))
        #expect([mode(), mode("secrets"), mode("objects/quern")] == [0o700, 0o700, 0o700])
        #expect([mode("quern.db"), mode("secrets/accounts"), mode("objects/quern/upload")] == [0o600, 0o600, 0o600])
        #expect(findings.first?.words == "\(path) had mode 0777, so that others could use it; it has 0700 now.")
        #expect(try DataFolder(path).findings.isEmpty)
    }

    @Test func `a folder with other things in it stays as it is, and is told`() throws {
        file("somebody's", mode: 0o644)
        chmod(path, 0o755)
        let findings = try DataFolder(path).findings
        #expect(findings.map(\.code) == ["open"])
        #expect([mode(), mode("somebody's")] == [0o755, 0o644])
        // What Quern made in it is its own.
        #expect(mode("secrets") == 0o700)
    }

    @Test func `links are told, and what they lead to is left alone`() throws {
        _ = try DataFolder(path)
        file("elsewhere", mode: 0o644)
        symlink("\(path)/elsewhere", "\(path)/secrets/forms")
        link("\(path)/elsewhere", "\(path)/objects/twin")
        let findings = try DataFolder(path).findings
        #expect(Set(findings.map(\.code)) == ["symbolic_link", "hard_link"])
        #expect(findings.contains { $0.words.contains("\(path)/secrets/forms is a symbolic link to \(path)/elsewhere") })
        #expect(mode("elsewhere") == 0o644)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a file away"))
    func `a part of somebody else is told`() throws {
        _ = try DataFolder(path)
        file("secrets/forms", mode: 0o600)
        chown("\(path)/secrets/forms", 4711, 4711)
        #expect(try DataFolder(path).findings == [FolderFinding(path: "\(path)/secrets/forms", kind: .foreign(owner: 4711))])
    }

    @Test func `a folder that others can put something in place of is told`() throws {
        chmod(path, 0o777)
        let findings = try DataFolder("\(path)/data").findings
        #expect(findings == [FolderFinding(path: "\(path)/data", kind: .replaceable(parent: path))])
    }
}
