/// What is asked of a name server, and what it answers (RFC 1035 section 4).
struct DNSMessage {
    enum Kind: UInt16, Sendable { case a = 1, cname = 5, mx = 15, aaaa = 28 }

    enum Content: Equatable, Sendable {
        case address(IPAddress)
        case alias(String)
        case exchange(preference: Int, host: String)
    }

    struct Record: Equatable, Sendable {
        let name: String
        let ttlSeconds: UInt32
        let content: Content
    }

    enum Trouble: Error { case malformed, notOurs }

    let isTruncated: Bool
    /// 0 fine, 2 the server failed, 3 no such name, 5 refused.
    let code: Int
    let records: [Record]

    private enum Limits {
        static let records = 500
        /// Pointers of one name; each must lead back, but a bound costs nothing.
        static let jumps = 64
        static let nameBytes = 255
        /// What fits through every network in one piece (DNS flag day 2020).
        static let udpBytes: UInt16 = 1232
    }

    /// A question with recursion desired and room for long answers (EDNS, RFC 6891).
    static func question(_ name: String, _ kind: Kind, id: UInt16) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(id >> 8), UInt8(id & 0xFF), 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 1]
        for label in name.split(separator: ".") {
            bytes.append(UInt8(label.utf8.count & 0x3F))
            bytes += label.utf8
        }
        bytes += [0, 0, UInt8(kind.rawValue), 0, 1]
        bytes += [0, 0, 41, UInt8(Limits.udpBytes >> 8), UInt8(Limits.udpBytes & 0xFF), 0, 0, 0, 0, 0, 0]
        return bytes
    }

    /// - Throws: `Trouble.notOurs` for the answer to another question, which somebody may have forged.
    init(_ bytes: [UInt8], answering name: String, _ kind: Kind, id: UInt16) throws(Trouble) {
        var reader = Reader(bytes: bytes)
        let (gotID, flags) = (try reader.number16(), try reader.number16())
        let (questions, answers) = (try reader.number16(), try reader.number16())
        _ = try reader.number16()
        _ = try reader.number16()
        guard gotID == id, flags & 0x8000 != 0, flags & 0x7800 == 0 else { throw .notOurs }
        isTruncated = flags & 0x0200 != 0
        code = Int(flags & 0xF)
        // Some servers cut the question off, too. Who forges that brings about no more than a question over TCP.
        if isTruncated, questions == 0 {
            records = []
            return
        }
        guard questions == 1 else { throw .notOurs }
        let (asked, type) = (try reader.name(), try reader.number16())
        guard asked == name.lowercased(), type == kind.rawValue, try reader.number16() == 1 else { throw .notOurs }
        var records: [Record] = []
        // What a cut answer still holds is asked for again.
        for _ in 0..<(isTruncated ? 0 : min(Int(answers), Limits.records)) {
            let owner = try reader.name()
            let (type, kindClass) = (try reader.number16(), try reader.number16())
            let ttl = UInt32(try reader.number16()) << 16 | UInt32(try reader.number16())
            let length = Int(try reader.number16())
            let end = reader.place + length
            guard end <= bytes.count else { throw .malformed }
            if kindClass == 1 {
                var content: Content?
                switch Kind(rawValue: type) {
                case .a, .aaaa: content = IPAddress(bytes: Array(bytes[reader.place..<end])).map { .address($0) }
                case .cname: content = .alias(try reader.name())
                case .mx: content = .exchange(preference: Int(try reader.number16()), host: try reader.name())
                case nil: break
                }
                // A negative number is none (RFC 2181 section 8).
                if let content { records.append(Record(name: owner, ttlSeconds: ttl > 0x7FFF_FFFF ? 0 : ttl, content: content)) }
            }
            reader.place = end
        }
        self.records = records
    }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0

        mutating func number16() throws(Trouble) -> UInt16 {
            guard place + 2 <= bytes.count else { throw .malformed }
            defer { place += 2 }
            return UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1])
        }

        /// In small letters, without the dot at the end; the root is empty. A letter that no name of a host has becomes `?`.
        mutating func name() throws(Trouble) -> String {
            var (text, at, jumps) = ([UInt8](), place, 0)
            var end: Int?
            while true {
                guard at < bytes.count else { throw .malformed }
                let length = Int(bytes[at])
                if length & 0xC0 == 0xC0 {
                    guard at + 1 < bytes.count else { throw .malformed }
                    if end == nil { end = at + 2 }
                    let target = (length & 0x3F) << 8 | Int(bytes[at + 1])
                    jumps += 1
                    guard target < at, jumps <= Limits.jumps else { throw .malformed }
                    at = target
                    continue
                }
                guard length & 0xC0 == 0 else { throw .malformed }
                if length == 0 {
                    place = end ?? at + 1
                    return String(decoding: text, as: UTF8.self)
                }
                guard at + 1 + length <= bytes.count, text.count + length + 1 <= Limits.nameBytes else { throw .malformed }
                if !text.isEmpty { text.append(UInt8(ascii: ".")) }
                text += bytes[(at + 1)..<(at + 1 + length)].map { byte in
                    0x41...0x5A ~= byte
                        ? byte | 0x20 : byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: ".") ? byte : UInt8(ascii: "?")
                }
                at += 1 + length
            }
        }
    }
}
