import Archives
import Core

/// The check for documents that needs no virus scanner: the EICAR test file, false claims, and archives that are traps.
package struct BuiltInScan {
    /// What is checked.
    package enum Scope: String, Sendable {
        case everything
        /// All but the test file, where a virus scanner decides what is infected.
        case contentOnly
    }

    private let scope: Scope
    private let limits: ScanLimits
    private var members = 0
    private var inflatedBytes: Int64 = 0

    private init(_ scope: Scope, _ limits: ScanLimits) {
        self.scope = scope
        self.limits = limits
    }

    /// - Parameters:
    ///   - contentType: as claimed; nil when nothing is.
    ///   - limits: other ones are for tests.
    package static func check(
        _ bytes: [UInt8], contentType: String?, fileName: String, scope: Scope = .everything, limits: ScanLimits = ScanLimits()
    ) -> Verdict {
        var scan = BuiltInScan(scope, limits)
        do {
            // What is infected is called so, whatever else is wrong with it.
            try scan.mustNotBeInfected(bytes[...], isWhole: true)
            let claim = Result { try ContentClaim.check(contentType, fileName: fileName, bytes: bytes[...]) }
            let archive = Result { try scan.look(into: bytes[...], depth: 1) }
            if case .failure(Finding.infected(let name)) = archive { return .infected(name) }
            try claim.get()
            try archive.get()
            return .clean
        } catch let finding as Finding {
            return finding.verdict
        } catch {
            return .refused("the file can not be read as what it seems to be")
        }
    }

    private func mustNotBeInfected(_ bytes: ArraySlice<UInt8>, isWhole: Bool) throws {
        guard scope == .everything, EICAR.isIn(bytes, isWhole: isWhole) else { return }
        throw Finding.infected(EICAR.name)
    }

    /// - Parameter depth: of the archive that these bytes may be.
    private mutating func look(into bytes: ArraySlice<UInt8>, depth: Int) throws {
        let kind = FileKind(bytes)
        guard kind == .zip || kind == .gzip else { return }
        guard depth <= limits.nesting else {
            throw Finding.refused("the archive has more than \(limits.nesting) archives in each other")
        }
        if kind == .zip {
            try unzip(bytes, depth: depth)
        } else {
            try gunzip(bytes, depth: depth)
        }
    }

    // MARK: ZIP

    private mutating func unzip(_ bytes: ArraySlice<UInt8>, depth: Int) throws {
        let most = limits.members - members
        let directory = try Self.whole("ZIP") { try ZipDirectory(bytes, most: most) }
        try count(directory.declared)
        for member in directory.members { try mustHaveSafeName(member.name) }
        for member in directory.members {
            guard !member.isEncrypted else {
                throw Finding.refused("the archive holds an encrypted file, which can not be looked into: \(member.name.shown)")
            }
            let data = try Self.whole("ZIP") { try directory.data(of: member) }
            var sink = Sink(limits, packedBytes: data.count)
            switch member.method {
            case 0: try take(data, into: &sink)
            case 8:
                let used = try Self.whole("ZIP") { try Inflater.run(.raw, data) { try take($0, into: &sink) } }
                guard used == data.count else { throw Self.broken("ZIP") }
            default:
                throw Finding.refused(
                    "the archive holds a file that is packed in a way that can not be looked into: \(member.name.shown)")
            }
            guard sink.total == member.plainBytes, sink.checksum == member.checksum else { throw Self.broken("ZIP") }
            try finish(sink, depth: depth)
        }
    }

    private func mustHaveSafeName(_ name: String) throws {
        let parts = name.split(whereSeparator: { $0 == "/" || $0 == "\\" })
        let hasDrive = name.dropFirst().first == ":" && name.first?.isLetter == true
        guard !name.hasPrefix("/"), !name.hasPrefix("\\"), !hasDrive, !parts.contains(".."), !name.utf8.contains(0) else {
            throw Finding.refused("the archive holds a file whose name leads out of its folder: \(name.shown)")
        }
    }

    // MARK: GZIP

    private mutating func gunzip(_ bytes: ArraySlice<UInt8>, depth: Int) throws {
        var rest = bytes
        var sink = Sink(limits, packedBytes: bytes.count)
        // A file may be several members, one behind the other, and padded with zeros.
        while !rest.isEmpty, !rest.allSatisfy({ $0 == 0 }) {
            try count(1)
            rest = rest.dropFirst(try Self.whole("GZIP") { try Inflater.run(.gzip, rest) { try take($0, into: &sink) } })
        }
        try finish(sink, depth: depth)
    }

    // MARK: Members

    private mutating func count(_ more: Int) throws {
        guard more <= limits.members - members else {
            throw Finding.refused("the archive has more than \(limits.members) files")
        }
        members += more
    }

    private mutating func take(_ piece: ArraySlice<UInt8>, into sink: inout Sink) throws {
        inflatedBytes += Int64(piece.count)
        guard inflatedBytes <= limits.inflatedBytes else {
            throw Finding.refused("the archive holds more than \(limits.inflatedBytes / 1_000_000) MB when it is unpacked")
        }
        try sink.take(piece)
    }

    private mutating func finish(_ sink: Sink, depth: Int) throws {
        try mustNotBeInfected(sink.kept[...], isWhole: sink.kept.count == sink.total)
        try look(into: sink.kept[...], depth: depth + 1)
    }

    private static func whole<Value>(_ what: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let finding as Finding {
            throw finding
        } catch {
            throw broken(what)
        }
    }

    private static func broken(_ what: String) -> Finding {
        .refused("the \(what) archive is broken and can not be looked into")
    }
}

/// Takes what comes out of one member, and keeps as much of it as is looked at.
private struct Sink {
    private let limits: ScanLimits
    private let packedBytes: Int
    private(set) var kept: [UInt8] = []
    private(set) var total = 0
    private(set) var checksum: UInt = 0

    init(_ limits: ScanLimits, packedBytes: Int) {
        self.limits = limits
        self.packedBytes = packedBytes
    }

    mutating func take(_ piece: ArraySlice<UInt8>) throws {
        total += piece.count
        checksum = Inflater.checksum(checksum, piece)
        if Int64(total) > limits.ratioFreeBytes, Int64(total) / limits.ratio > Int64(packedBytes) {
            throw Finding.refused("the archive holds a file that grows to more than \(limits.ratio) times its size")
        }
        let isArchive = [FileKind.zip, .gzip].contains(FileKind((kept.isEmpty ? piece : kept[...]).prefix(64)))
        guard isArchive || kept.count < EICAR.smallBytes + 1 else { return }
        guard !isArchive || total <= limits.nestedArchiveBytes else {
            throw Finding.refused(
                "the archive holds another that is larger than \(limits.nestedArchiveBytes / 1_000_000) MB")
        }
        kept += isArchive ? piece : piece.prefix(EICAR.smallBytes + 1 - kept.count)
    }
}

extension String {
    /// A name from a stranger, short and without what a terminal or a page would take for more than letters.
    fileprivate var shown: String {
        String(String.UnicodeScalarView(unicodeScalars.prefix(80).map { $0.properties.generalCategory == .control ? "?" : $0 }))
    }
}
