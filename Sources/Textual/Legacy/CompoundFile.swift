/// A file of streams in folders, as older Office programs and Outlook write them (MS-CFB).
struct CompoundFile {
    private let bytes: [UInt8]
    private let sectorBytes: Int
    private let miniBytes: Int
    private let miniCutoff: Int
    private var table: [UInt32] = []
    private var miniTable: [UInt32] = []
    private var miniStream: [UInt8] = []
    private var entries: [Entry] = []

    private struct Entry {
        let name: String
        let type: UInt8
        let left: Int
        let right: Int
        let child: Int
        let start: UInt32
        let size: Int
    }

    /// A stream or a folder.
    struct Node {
        let name: String
        let isFolder: Bool
        fileprivate let index: Int
    }

    static let magic: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]
    private static let end: UInt32 = 0xFFFF_FFFA
    private static let mostEntries = 200_000

    /// - Throws: `TextualFailure` `broken_document`.
    init(_ bytes: [UInt8]) throws {
        guard bytes.starts(with: Self.magic), bytes.count >= 512 else { throw TextualFailure.broken("it is no compound file") }
        self.bytes = bytes
        let (shift, miniShift) = (bytes.u16(0x1E), bytes.u16(0x20))
        guard 7...16 ~= shift, 2...shift ~= miniShift else {
            throw TextualFailure.broken("its header names an impossible sector size")
        }
        (sectorBytes, miniBytes) = (1 << shift, 1 << miniShift)
        miniCutoff = min(bytes.u32(0x38), 1 << 20)
        table = readTable()
        let directory = chain(UInt32(truncatingIfNeeded: bytes.u32(0x30)), most: bytes.count)
        for place in stride(from: 0, to: directory.count - 127, by: 128) {
            guard entries.count < Self.mostEntries else { break }
            let length = min(64, max(0, directory.u16(place + 64)))
            let units = stride(from: 0, to: max(0, length - 2), by: 2).map {
                UInt16(truncatingIfNeeded: directory.u16(place + $0))
            }
            func index(_ offset: Int) -> Int { directory.u32(place + offset) == 0xFFFF_FFFF ? -1 : directory.u32(place + offset) }
            entries.append(
                Entry(
                    name: String(decoding: units, as: UTF16.self), type: directory[place + 66], left: index(68), right: index(72),
                    child: index(76), start: UInt32(truncatingIfNeeded: directory.u32(place + 116)),
                    size: directory.u32(place + 120)))
        }
        guard let root = entries.first, root.type == 5 else { throw TextualFailure.broken("its directory has no root entry") }
        let miniStart = UInt32(truncatingIfNeeded: bytes.u32(0x3C))
        miniTable = Self.numbers(chain(miniStart, most: bytes.count))
        miniStream = Array(chain(root.start, most: bytes.count).prefix(root.size))
    }

    private static func numbers(_ bytes: [UInt8]) -> [UInt32] {
        stride(from: 0, to: bytes.count - 3, by: 4).map { UInt32(truncatingIfNeeded: bytes.u32($0)) }
    }

    private func sector(_ number: UInt32) -> ArraySlice<UInt8> {
        let start = (Int(number) + 1) * sectorBytes
        guard start < bytes.count else { return [] }
        return bytes[start..<min(bytes.count, start + sectorBytes)]
    }

    /// Which sector follows which: its own sectors are named in the header, and in a chain that begins there.
    private func readTable() -> [UInt32] {
        var table: [UInt32] = []
        let most = bytes.count / sectorBytes + 1
        func add(_ number: UInt32) { if number < Self.end, table.count <= most { table += Self.numbers(Array(sector(number))) } }
        for place in 0..<109 { add(UInt32(truncatingIfNeeded: bytes.u32(0x4C + 4 * place))) }
        var next = UInt32(truncatingIfNeeded: bytes.u32(0x44))
        var count = 0
        while next < Self.end, count < most {
            let numbers = Self.numbers(Array(sector(next)))
            guard let last = numbers.last else { break }
            for number in numbers.dropLast() { add(number) }
            next = last
            count += 1
        }
        return table
    }

    private func chain(_ start: UInt32, most: Int) -> [UInt8] {
        var out: [UInt8] = []
        var next = start
        while next < Self.end, out.count < most {
            let piece = sector(next)
            guard !piece.isEmpty else { break }
            out += piece
            guard Int(next) < table.count else { break }
            next = table[Int(next)]
        }
        return out
    }

    private func miniChain(_ start: UInt32, size: Int) -> [UInt8] {
        var out: [UInt8] = []
        var next = start
        while next < Self.end, out.count < size {
            let place = Int(next) * miniBytes
            guard place < miniStream.count else { break }
            out += miniStream[place..<min(miniStream.count, place + miniBytes)]
            guard Int(next) < miniTable.count else { break }
            next = miniTable[Int(next)]
        }
        return Array(out.prefix(size))
    }

    // MARK: Streams and folders

    var root: Node { Node(name: "", isFolder: true, index: 0) }

    /// What is in a folder, in the order of the directory.
    func children(of folder: Node) -> [Node] {
        guard entries.indices.contains(folder.index) else { return [] }
        var found: [Int] = []
        var open = [entries[folder.index].child]
        var seen: Set<Int> = []
        while let index = open.popLast() {
            guard entries.indices.contains(index), seen.insert(index).inserted else { continue }
            if entries[index].type == 1 || entries[index].type == 2 { found.append(index) }
            open += [entries[index].left, entries[index].right]
        }
        return found.sorted().map { Node(name: entries[$0].name, isFolder: entries[$0].type == 1, index: $0) }
    }

    /// A stream or a folder inside of one; case does not count.
    func node(_ name: String, in folder: Node? = nil) -> Node? {
        children(of: folder ?? root).first { $0.name.lowercased() == name.lowercased() }
    }

    func content(of node: Node) -> [UInt8] {
        guard !node.isFolder, entries.indices.contains(node.index) else { return [] }
        let entry = entries[node.index]
        let size = min(entry.size, bytes.count)
        return size < miniCutoff ? miniChain(entry.start, size: size) : Array(chain(entry.start, most: size).prefix(size))
    }

    func stream(_ name: String, in folder: Node? = nil) -> [UInt8]? { node(name, in: folder).map { content(of: $0) } }
}

extension [UInt8] {
    /// Little-endian; 0 beyond the end.
    func u16(_ place: Int) -> Int {
        guard place >= 0, place + 1 < count else { return 0 }
        return Int(self[place]) | Int(self[place + 1]) << 8
    }

    func u32(_ place: Int) -> Int {
        guard place >= 0, place + 3 < count else { return 0 }
        return Int(self[place]) | Int(self[place + 1]) << 8 | Int(self[place + 2]) << 16 | Int(self[place + 3]) << 24
    }

    func i16(_ place: Int) -> Int { Int(Int16(truncatingIfNeeded: u16(place))) }

    func i32(_ place: Int) -> Int { Int(Int32(truncatingIfNeeded: u32(place))) }

    func u64(_ place: Int) -> UInt64 { UInt64(u32(place)) | UInt64(u32(place + 4)) << 32 }

    /// What there is of a range.
    func part(_ place: Int, _ length: Int) -> ArraySlice<UInt8> {
        guard place >= 0, place <= count, length > 0 else { return [] }
        return self[place..<Swift.min(count, place + Swift.min(length, count))]
    }

    /// UTF-16, little-endian.
    func utf16(_ place: Int, units: Int) -> String {
        let bytes = Array(part(place, units.clamped * 2))
        return String(
            decoding: stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(truncatingIfNeeded: bytes.u16($0)) },
            as: UTF16.self)
    }
}

extension Int {
    /// A length that a file says.
    fileprivate var clamped: Int { Swift.min(Swift.max(self, 0), 1 << 40) }
}
