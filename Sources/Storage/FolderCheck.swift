import Core
package import Foundation

/// What is weak about a data folder: others can read or change it, or a part of it lies elsewhere or belongs to somebody else.
package struct FolderFinding: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Others could use it; now they can not.
        case tightened(from: mode_t, to: mode_t)
        /// Others can use it, and it can not be changed from here.
        case open(mode: mode_t, reason: String)
        case link(target: String)
        case foreign(owner: uid_t)
        /// It has another name somewhere, so its permissions may be somebody else's business.
        case otherNames
        /// Others can put something else in its place.
        case replaceable(parent: String)
    }

    package let path: String
    package let kind: Kind

    package var code: String {
        switch kind {
        case .tightened: "tightened"
        case .open: "open"
        case .link: "symbolic_link"
        case .foreign: "foreign_owner"
        case .otherNames: "hard_link"
        case .replaceable: "replaceable"
        }
    }

    /// One sentence for the operator.
    package var words: String {
        switch kind {
        case .tightened(let old, let new):
            "\(path) had mode \(Self.octal(old)), so that others could use it; it has \(Self.octal(new)) now."
        case .open(let mode, let reason): "\(path) has mode \(Self.octal(mode)), so that others can use it; \(reason)"
        case .link(let target): "\(path) is a symbolic link to \(target); see to it that only this user can change what is there."
        case .foreign(let owner):
            "\(path) belongs to the user with the number \(owner), who can read and change it; make it belong to this user (chown)."
        case .otherNames: "\(path) is a hard link with other names; others may reach it by them."
        case .replaceable(let parent):
            "\(parent) can be changed by others, who can put something else in place of \(path); take their permission to write away."
        }
    }

    private static func octal(_ mode: mode_t) -> String { "0" + String(mode & 0o7777, radix: 8) }
}

/// Takes the permissions of group and others away from what belongs to this user, and tells of what it can not mend.
struct FolderCheck {
    private(set) var findings: [FolderFinding] = []
    /// Things looked at.
    private var count = 0

    enum Limits {
        /// Whoever can not enter the folder reaches nothing in it, so the first so many things in it are enough.
        static let entries = 10_000
        static let othersMask: mode_t = 0o077
    }

    /// - Parameter path: of the data folder itself.
    mutating func check(folder path: String, parts: [String], files: [String], deep: [String]) {
        look(at: path, mayTighten: Self.isOurs(path))
        checkParent(of: path)
        for part in parts { look(at: part) }
        for file in files { look(at: file) }
        for folder in deep { walk(folder) }
    }

    /// A folder that holds other things than ours, such as /tmp or a home folder, stays as it is.
    private static func isOurs(_ path: String) -> Bool {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return false }
        let ours = Set(["objects", "staging", "secrets"])
        return names.contains("quern.db") || ours.isSuperset(of: names)
    }

    private mutating func checkParent(of path: String) {
        let parent = (path as NSString).deletingLastPathComponent
        var status = stat()
        guard stat(parent, &status) == 0 else { return }
        let isSticky = status.st_mode & mode_t(S_ISVTX) != 0
        if status.st_mode & 0o022 != 0 && !isSticky {
            findings.append(FolderFinding(path: path, kind: .replaceable(parent: parent)))
        }
    }

    private mutating func walk(_ folder: String) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return }
        for name in names.sorted() {
            guard count < Limits.entries else { return }
            count += 1
            let path = "\(folder)/\(name)"
            if look(at: path) { walk(path) }
        }
    }

    /// - Returns: whether it is a folder of ours.
    @discardableResult
    private mutating func look(at path: String, mayTighten: Bool = true) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return false }
        let kind = status.st_mode & mode_t(S_IFMT)
        if kind == mode_t(S_IFLNK) {
            let target = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) ?? "somewhere"
            findings.append(FolderFinding(path: path, kind: .link(target: target)))
            return false
        }
        guard kind == mode_t(S_IFDIR) || kind == mode_t(S_IFREG) else { return false }
        guard status.st_uid == geteuid() else {
            findings.append(FolderFinding(path: path, kind: .foreign(owner: status.st_uid)))
            return kind == mode_t(S_IFDIR)
        }
        if status.st_mode & Limits.othersMask != 0 { tighten(path, status, mayTighten: mayTighten) }
        return kind == mode_t(S_IFDIR)
    }

    private mutating func tighten(_ path: String, _ status: stat, mayTighten: Bool) {
        let (old, new) = (status.st_mode & 0o7777, status.st_mode & 0o7700)
        let isFile = status.st_mode & mode_t(S_IFMT) == mode_t(S_IFREG)
        if isFile && status.st_nlink > 1 {
            findings.append(FolderFinding(path: path, kind: .otherNames))
            return
        }
        guard mayTighten, status.st_mode & mode_t(S_ISVTX) == 0 else {
            let reason = "other things are in it, so it stays as it is: use a folder that is for Quern alone (--data-dir)."
            findings.append(FolderFinding(path: path, kind: .open(mode: old, reason: reason)))
            return
        }
        // By descriptor: what was looked at is what is changed, whatever the name means by now.
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        var opened = stat()
        let isSame =
            descriptor >= 0 && fstat(descriptor, &opened) == 0 && opened.st_ino == status.st_ino && opened.st_dev == status.st_dev
        guard isSame, fchmod(descriptor, new) == 0, fstat(descriptor, &opened) == 0,
            opened.st_mode & Limits.othersMask == 0
        else {
            let reason = "its permissions could not be changed; does its file system have any?"
            findings.append(FolderFinding(path: path, kind: .open(mode: old, reason: reason)))
            return
        }
        findings.append(FolderFinding(path: path, kind: .tightened(from: old, to: new)))
    }
}
