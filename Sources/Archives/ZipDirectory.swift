/// The members of a ZIP archive as its central directory lists them (APPNOTE.TXT 6.3), held against the headers before the data:
/// a reader that goes by the one must see what a reader that goes by the other sees.
package struct ZipDirectory: Sendable {
    package struct Member: Sendable {
        package let name: String
        /// As the archive has them: UTF-8, or a code page of old.
        package let nameBytes: [UInt8]
        let flags: Int
        package let method: Int
        package let checksum: UInt
        package let packedBytes: Int
        package let plainBytes: Int
        /// Of the local header.
        let offset: Int

        package var isEncrypted: Bool { flags & 1 != 0 }

        /// Whether unpacked bytes are those that were packed.
        package func isWhole(_ bytes: [UInt8]) -> Bool { Inflater.checksum(0, bytes[...]) == checksum }
    }

    package let members: [Member]
    private let bytes: ArraySlice<UInt8>

    package struct Broken: Error {}

    private static let endBytes = 22
    private static let entryBytes = 46
    private static let headerBytes = 30
    private static let longestComment = 65_535

    /// - Parameter most: with more members than this only the count is read, and `members` stays short of it by one.
    package init(_ bytes: ArraySlice<UInt8>, most: Int) throws {
        self.bytes = bytes
        let (count, start) = try Self.directory(bytes)
        guard count <= most else {
            members = []
            declared = count
            return
        }
        var members: [Member] = []
        var place = start
        for _ in 0..<count {
            guard bytes.number(at: place, 4) == 0x0201_4B50, let nameBytes = bytes.number(at: place + 28, 2),
                let extraBytes = bytes.number(at: place + 30, 2), let commentBytes = bytes.number(at: place + 32, 2),
                let name = bytes.part(at: place + Self.entryBytes, nameBytes),
                let extra = bytes.part(at: place + Self.entryBytes + nameBytes, extraBytes)
            else { throw Broken() }
            members.append(try Self.member(bytes, at: place, name: name, extra: extra))
            place += Self.entryBytes + nameBytes + extraBytes + commentBytes
        }
        self.members = members
        declared = count
        try mustNotOverlap()
    }

    /// How many members the archive says it has.
    package let declared: Int

    private static func directory(_ bytes: ArraySlice<UInt8>) throws -> (count: Int, start: Int) {
        let last = bytes.count - endBytes
        guard last >= 0 else { throw Broken() }
        // The end record is found from behind; before its comment nothing may look like another that fits as well.
        let found = stride(from: last, through: max(0, last - longestComment), by: -1).first { place in
            bytes.number(at: place, 4) == 0x0605_4B50 && bytes.number(at: place + 20, 2) == last - place
        }
        guard let end = found, let count = bytes.number(at: end + 10, 2), let start = bytes.number(at: end + 16, 4),
            bytes.number(at: end + 4, 2) == bytes.number(at: end + 6, 2)
        else { throw Broken() }
        guard count == 0xFFFF || start == 0xFFFF_FFFF else { return (count, start) }
        // Zip64: a locator before the end record names the place of a larger one.
        guard bytes.number(at: end - 20, 4) == 0x0706_4B50, let large = bytes.number(at: end - 12, 8),
            bytes.number(at: large, 4) == 0x0606_4B50, let largeCount = bytes.number(at: large + 32, 8),
            let largeStart = bytes.number(at: large + 48, 8)
        else { throw Broken() }
        return (largeCount, largeStart)
    }

    private static func member(
        _ bytes: ArraySlice<UInt8>, at place: Int, name: ArraySlice<UInt8>, extra: ArraySlice<UInt8>
    ) throws -> Member {
        guard let flags = bytes.number(at: place + 8, 2), let method = bytes.number(at: place + 10, 2),
            let checksum = bytes.number(at: place + 16, 4), var packed = bytes.number(at: place + 20, 4),
            var plain = bytes.number(at: place + 24, 4), var offset = bytes.number(at: place + 42, 4)
        else { throw Broken() }
        if packed == 0xFFFF_FFFF || plain == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
            // Zip64: only the fields that are full above are there, in this order.
            guard let large = field(1, of: extra) else { throw Broken() }
            var next = 0
            func read(_ value: inout Int) throws {
                guard value == 0xFFFF_FFFF else { return }
                guard let number = large.number(at: next, 8) else { throw Broken() }
                value = number
                next += 8
            }
            try read(&plain)
            try read(&packed)
            try read(&offset)
        }
        guard packed <= bytes.count, offset <= bytes.count else { throw Broken() }
        return Member(
            name: String(decoding: name, as: UTF8.self), nameBytes: Array(name), flags: flags, method: method,
            checksum: UInt(checksum),
            packedBytes: packed, plainBytes: plain, offset: offset)
    }

    private static func field(_ wanted: Int, of extra: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var place = 0
        while let id = extra.number(at: place, 2), let size = extra.number(at: place + 2, 2) {
            if id == wanted { return extra.part(at: place + 4, size) }
            place += 4 + size
        }
        return nil
    }

    /// Members that share bytes are how a small archive holds more than fits on a disk (D. Fifield, "A better zip bomb").
    private func mustNotOverlap() throws {
        var end = 0
        for member in members.sorted(by: { $0.offset < $1.offset }) {
            guard member.offset >= end else { throw Broken() }
            end = try dataStart(of: member) + member.packedBytes
        }
        guard end <= bytes.count else { throw Broken() }
    }

    /// The packed bytes of a member.
    package func data(of member: Member) throws -> ArraySlice<UInt8> {
        guard let data = bytes.part(at: try dataStart(of: member), member.packedBytes) else { throw Broken() }
        return data
    }

    private func dataStart(of member: Member) throws -> Int {
        let place = member.offset
        guard bytes.number(at: place, 4) == 0x0403_4B50, bytes.number(at: place + 8, 2) == member.method,
            let flags = bytes.number(at: place + 6, 2), (flags & 1 != 0) == member.isEncrypted,
            let nameBytes = bytes.number(at: place + 26, 2), let extraBytes = bytes.number(at: place + 28, 2),
            let name = bytes.part(at: place + Self.headerBytes, nameBytes),
            String(decoding: name, as: UTF8.self) == member.name
        else { throw Broken() }
        return place + Self.headerBytes + nameBytes + extraBytes
    }
}

extension ArraySlice<UInt8> {
    /// A little-endian number at a distance from the start; nil beyond the end, or when it is too large to be a place.
    fileprivate func number(at place: Int, _ size: Int) -> Int? {
        guard let bytes = part(at: place, size) else { return nil }
        return Int(exactly: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    fileprivate func part(at place: Int, _ size: Int) -> ArraySlice<UInt8>? {
        guard place >= 0, size >= 0, place <= count, size <= count - place else { return nil }
        return self[(startIndex + place)..<(startIndex + place + size)]
    }
}
