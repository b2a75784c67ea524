import Archives

/// An office document as a ZIP archive of parts (ECMA-376, part 2; OpenDocument 1.3, part 2).
struct Package {
    private let directory: ZipDirectory?
    /// Of an archive whose directory is missing or broken: what its files say themselves.
    let salvaged: [(name: String, content: [UInt8])]
    private let salvagedPlaces: [String: Int]
    private let members: [String: ZipDirectory.Member]
    private let limits: TextualLimits
    private var unpackedBytes = 0

    /// - Throws: `TextualFailure` `broken_document`, `limit_exceeded`.
    init(_ bytes: [UInt8], limits: TextualLimits) throws {
        self.limits = limits
        guard let directory = try? ZipDirectory(bytes[...], most: limits.members) else {
            salvaged = ZipSalvage.files(bytes, limits: limits)
            guard !salvaged.isEmpty else { throw TextualFailure.broken("its ZIP archive can not be read") }
            salvagedPlaces = Dictionary(salvaged.indices.map { [salvaged] in (Self.key(salvaged[$0].name), $0) }) { first, _ in
                first
            }
            (self.directory, members) = (nil, [:])
            return
        }
        (self.directory, salvaged, salvagedPlaces) = (directory, [], [:])
        guard directory.declared <= limits.members else {
            throw TextualFailure.limit("The archive has more than \(limits.members) parts.")
        }
        // Names are compared without case (ECMA-376, part 2, section 6.2.2.3).
        members = Dictionary(directory.members.map { (Self.key($0.name), $0) }) { first, _ in first }
    }

    private static func key(_ name: String) -> String {
        // Some programs write the signs of Windows between folders.
        let name = name.utf8.contains(UInt8(ascii: "\\")) ? String(name.map { $0 == "\\" ? "/" : $0 }) : name
        return (name.utf8.first == UInt8(ascii: "/") ? String(name.dropFirst()) : name).lowercased()
    }

    var names: [String] { directory?.members.map(\.name) ?? salvaged.map(\.name) }

    /// Whether the archive is damaged, so that parts may be missing.
    var isDamaged: Bool { directory == nil }

    /// All members, in the order of the archive; two may have one name.
    var all: [ZipDirectory.Member] { directory?.members ?? [] }

    func has(_ name: String) -> Bool { members[Self.key(name)] != nil || salvagedPlaces[Self.key(name)] != nil }

    /// The content of a part; nil when there is none of that name.
    /// - Throws: `TextualFailure` `broken_document`, `locked_document`, `limit_exceeded`.
    mutating func part(_ name: String) throws -> [UInt8]? {
        if let place = salvagedPlaces[Self.key(name)] { return salvaged[place].content }
        return try members[Self.key(name)].map { try content(of: $0) }
    }

    /// - Throws: `TextualFailure` `broken_document`, `locked_document`, `limit_exceeded`.
    mutating func content(of member: ZipDirectory.Member) throws -> [UInt8] {
        let name = member.name
        guard !member.isEncrypted else {
            throw TextualFailure.locked("The archive is locked with a password.")
        }
        guard let data = try? directory?.data(of: member) else { throw TextualFailure.broken("its part \(name) is cut off") }
        switch member.method {
        case 0:
            try count(data.count)
            return Array(data)
        case 8:
            var content: [UInt8] = []
            content.reserveCapacity(min(member.plainBytes, 64 << 20, max(1 << 20, data.count * 20)))
            do {
                _ = try Inflater.run(.raw, data) { piece in
                    try count(piece.count)
                    content += piece
                    guard content.count <= max(1_000_000, data.count * limits.ratio) else {
                        throw TextualFailure.limit("A part of the document grows to more than \(limits.ratio) times its size.")
                    }
                }
            } catch let failure as TextualFailure {
                throw failure
            } catch {
                throw TextualFailure.broken("its part \(name) can not be unpacked")
            }
            return content
        default: throw TextualFailure.broken("its part \(name) is packed in an unknown way")
        }
    }

    private mutating func count(_ bytes: Int) throws {
        unpackedBytes += bytes
        guard unpackedBytes <= limits.unpackedBytes else {
            throw TextualFailure.limit("The document grows to more than \(limits.unpackedBytes >> 20) MiB when it is unpacked.")
        }
    }

    // MARK: Relations

    struct Relation {
        let type: String
        let target: String
        let isExternal: Bool
    }

    /// In the order of their list, so that the same file gives the same document each time.
    struct Relations {
        private(set) var values: [Relation] = []
        private var places: [String: Int] = [:]

        subscript(id: String) -> Relation? { places[id].map { values[$0] } }

        fileprivate mutating func set(_ id: String, _ relation: Relation) {
            if let place = places[id] {
                values[place] = relation
            } else {
                places[id] = values.count
                values.append(relation)
            }
        }
    }

    /// What a part refers to, by the ids that it uses (ECMA-376, part 2, section 6.5). A broken list of relations is an empty one.
    mutating func relations(of part: String) -> Relations {
        let slash = part.lastIndex(of: "/")
        let folder = slash.map { String(part[...$0]) } ?? ""
        let file = slash.map { String(part[part.index(after: $0)...]) } ?? part
        guard let bytes = try? self.part("\(folder)_rels/\(file).rels") else { return Relations() }
        var found = Relations()
        var reader = XMLReader(bytes)
        while let event = try? reader.next(), event != .finished {
            guard event == .start, reader.name == "Relationship", let id = reader.attribute("Id"),
                let target = reader.attribute("Target")
            else { continue }
            let isExternal = reader.attribute("TargetMode") == "External"
            let type = reader.attribute("Type") ?? ""
            found.set(
                id,
                Relation(
                    type: type.split(separator: "/").last.map(String.init) ?? "",
                    target: isExternal ? target : Self.resolved(target, in: folder), isExternal: isExternal))
        }
        return found
    }

    static func resolved(_ target: String, in folder: String) -> String {
        guard !target.hasPrefix("/") else { return String(target.dropFirst()) }
        var parts = folder.split(separator: "/")
        for part in target.split(whereSeparator: { $0 == "/" || $0 == "\\" }) {
            if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }
}
