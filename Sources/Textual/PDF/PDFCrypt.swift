import Crypto
import CryptoExtras
import Foundation

/// The standard security handler (ISO 32000-2, section 7.6), opened with the empty user password.
struct PDFCrypt {
    private enum Method { case none, rc4, aes128, aes256 }

    private let key: [UInt8]
    private let streams: Method
    private let strings: Method
    private let encryptsMetadata: Bool

    /// - Returns: nil where another password is needed, or another handler.
    init?(_ dictionary: [String: PDFObject], id: [UInt8], resolve: (PDFObject?) -> PDFObject) {
        guard dictionary["Filter"]?.name == "Standard", let version = dictionary["V"]?.int, let revision = dictionary["R"]?.int,
            let owner = dictionary["O"]?.string, let user = dictionary["U"]?.string,
            let permissions = dictionary["P"]?.number.flatMap({ Int64(exactly: $0.rounded(.towardZero)) })
        else { return nil }
        encryptsMetadata = dictionary["EncryptMetadata"]?.bool ?? true
        func method(_ name: String) -> Method {
            guard version >= 4 else { return .rc4 }
            let filter = dictionary[name]?.name ?? "Identity"
            guard filter != "Identity", let filters = dictionary["CF"]?.dictionary,
                let values = resolve(filters[filter]).dictionary
            else { return .none }
            return switch resolve(values["CFM"]).name {
            case "V2": .rc4
            case "AESV2": .aes128
            case "AESV3": .aes256
            default: .none
            }
        }
        streams = method("StmF")
        strings = method("StrF")
        // Files that are attached may be locked, and nothing else.
        if version >= 4, streams == .none, strings == .none {
            key = []
            return
        }
        if revision >= 5 {
            guard let found = Self.modernKey(dictionary, user, revision) else { return nil }
            key = found
            return
        }
        let length = version == 1 ? 5 : min(16, max(5, (dictionary["Length"]?.int ?? (version >= 4 ? 128 : 40)) / 8))
        // Algorithm 2.
        var hash = Insecure.MD5()
        hash.update(data: Self.padding)
        hash.update(data: owner.prefix(32))
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: permissions).littleEndian) { hash.update(bufferPointer: $0) }
        hash.update(data: id)
        if revision >= 4, !encryptsMetadata { hash.update(data: [0xFF, 0xFF, 0xFF, 0xFF]) }
        var digest = Array(hash.finalize())
        if revision >= 3 { for _ in 0..<50 { digest = Array(Insecure.MD5.hash(data: digest.prefix(length))) } }
        key = Array(digest.prefix(length))
        guard Self.isUser(key, user, id, revision) else { return nil }
    }

    private static let padding: [UInt8] = [
        0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01, 0x08, 0x2E, 0x2E, 0x00, 0xB6,
        0xD0,
        0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69, 0x7A,
    ]

    /// Algorithms 4 to 6.
    private static func isUser(_ key: [UInt8], _ user: [UInt8], _ id: [UInt8], _ revision: Int) -> Bool {
        if revision == 2 { return rc4(key, padding[...]).elementsEqual(user.prefix(32)) }
        var value = Array(Insecure.MD5.hash(data: padding + id))
        for round in 0..<20 { value = rc4(key.map { $0 ^ UInt8(round) }, value[...]) }
        return value.elementsEqual(user.prefix(16))
    }

    /// Algorithms 2.A and 2.B.
    private static func modernKey(_ dictionary: [String: PDFObject], _ user: [UInt8], _ revision: Int) -> [UInt8]? {
        guard user.count >= 48, let packed = dictionary["UE"]?.string, packed.count >= 32 else { return nil }
        let zeros = [UInt8](repeating: 0, count: 16)
        if hash(salt: user[32..<40], [], revision).elementsEqual(user[0..<32]) {
            return aes(hash(salt: user[40..<48], [], revision), iv: zeros, packed[0..<32], isPadded: false)
        }
        // Some files have an empty password for their owner alone.
        guard let owner = dictionary["O"]?.string, owner.count >= 48, let packed = dictionary["OE"]?.string, packed.count >= 32,
            case let id = Array(user[0..<48]), hash(salt: owner[32..<40], id, revision).elementsEqual(owner[0..<32])
        else { return nil }
        return aes(hash(salt: owner[40..<48], id, revision), iv: zeros, packed[0..<32], isPadded: false)
    }

    /// - Parameter user: what the hash of an owner's password holds besides.
    private static func hash(salt: ArraySlice<UInt8>, _ user: [UInt8], _ revision: Int) -> [UInt8] {
        var key = Array(SHA256.hash(data: salt + user))
        guard revision >= 6 else { return key }
        var round = 0
        while true {
            // The password is empty.
            let block = (0..<64).flatMap { _ in key + user }
            guard
                let cipher = try? AES._CBC.encrypt(
                    block, using: SymmetricKey(data: key.prefix(16)), iv: .init(ivBytes: key[16..<32]), noPadding: true)
            else { return key }
            let text = Array(cipher)
            switch text.prefix(16).reduce(0, { $0 + Int($1) }) % 3 {
            case 0: key = Array(SHA256.hash(data: text))
            case 1: key = Array(SHA384.hash(data: text))
            default: key = Array(SHA512.hash(data: text))
            }
            round += 1
            if round >= 64, Int(text.last ?? 0) <= round - 32 { return Array(key.prefix(32)) }
        }
    }

    // MARK: Deciphering

    func deciphered(_ object: PDFObject, _ number: Int, _ generation: Int) -> PDFObject {
        switch object {
        case .string(let bytes): .string(data(bytes[...], strings, number, generation))
        case .array(let values): .array(values.map { deciphered($0, number, generation) })
        case .dictionary(let members): .dictionary(members.mapValues { deciphered($0, number, generation) })
        default: object
        }
    }

    func stream(_ bytes: ArraySlice<UInt8>, _ stream: PDFStream) -> [UInt8] {
        let type = stream.dictionary["Type"]?.name
        if type == "XRef" || type == "Metadata" && !encryptsMetadata { return Array(bytes) }
        return data(bytes, streams, stream.number, stream.generation)
    }

    private func data(_ bytes: ArraySlice<UInt8>, _ method: Method, _ number: Int, _ generation: Int) -> [UInt8] {
        switch method {
        case .none: return Array(bytes)
        case .rc4: return Self.rc4(objectKey(number, generation, isAES: false), bytes)
        case .aes128, .aes256:
            guard bytes.count >= 16 else { return [] }
            let own = method == .aes256 ? key : objectKey(number, generation, isAES: true)
            let body = bytes.dropFirst(16)
            return Self.aes(own, iv: Array(bytes.prefix(16)), body.prefix(body.count / 16 * 16), isPadded: true) ?? []
        }
    }

    /// Algorithm 1.
    private func objectKey(_ number: Int, _ generation: Int, isAES: Bool) -> [UInt8] {
        var bytes = key
        for shift in [0, 8, 16] { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
        for shift in [0, 8] { bytes.append(UInt8(truncatingIfNeeded: generation >> shift)) }
        if isAES { bytes += [0x73, 0x41, 0x6C, 0x54] }
        return Array(Insecure.MD5.hash(data: bytes).prefix(min(16, key.count + 5)))
    }

    private static func aes(_ key: [UInt8], iv: [UInt8], _ bytes: ArraySlice<UInt8>, isPadded: Bool) -> [UInt8]? {
        guard !bytes.isEmpty, [16, 24, 32].contains(key.count), let vector = try? AES._CBC.IV(ivBytes: iv),
            let plain = try? AES._CBC.decrypt(bytes, using: SymmetricKey(data: key), iv: vector, noPadding: true)
        else { return nil }
        let text = Array(plain)
        // Padding that is wrong is left in: the text before it is still good.
        guard isPadded, let last = text.last, 1...16 ~= last, Int(last) <= text.count else { return text }
        return Array(text.dropLast(Int(last)))
    }

    static func rc4(_ key: [UInt8], _ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard !key.isEmpty else { return Array(bytes) }
        var state = (0...255).map { UInt8($0) }
        var j = 0
        for i in 0..<256 {
            j = (j + Int(state[i]) + Int(key[i % key.count])) & 255
            state.swapAt(i, j)
        }
        var (a, b) = (0, 0)
        return bytes.map { byte in
            a = (a + 1) & 255
            b = (b + Int(state[a])) & 255
            state.swapAt(a, b)
            return byte ^ state[(Int(state[a]) + Int(state[b])) & 255]
        }
    }
}
