import Core
import Foundation

/// An address of a machine: four bytes or sixteen.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    package let bytes: [UInt8]

    /// - Parameter bytes: four are an address of IPv4, others the beginning of one of IPv6.
    init(beginning bytes: [UInt8]) {
        self.bytes = bytes.count == 4 ? bytes : Array((bytes + [UInt8](repeating: 0, count: 16)).prefix(16))
    }

    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// - Returns: nil for anything but an address in its usual spelling; `127.1` and `0x7f.0.0.1` are none.
    package init?(_ text: String) {
        var buffer = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &buffer) == 1 {
            bytes = Array(buffer[..<4])
        } else if inet_pton(AF_INET6, text, &buffer) == 1 {
            bytes = buffer
        } else {
            return nil
        }
    }

    package var isV4: Bool { bytes.count == 4 }

    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        return inet_ntop(isV4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)).map { String(cString: $0) } ?? ""
    }
}

/// Decides which addresses may be reached: those of the public internet, and those that whoever runs the server allows. A name is resolved
/// once, its address is asked about here, and the connection goes to that address and no other.
package struct OutboundGuard: Sendable {
    /// Addresses that begin with the same bits.
    package struct Block: Sendable, Equatable {
        let address: IPAddress
        let bits: Int

        /// - Throws: `Failure` `invalid_setting`.
        package init(_ text: String) throws {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, let address = IPAddress(String(parts[0])),
                let bits = parts.count == 1 ? address.bytes.count * 8 : Int(parts[1]),
                (0...(address.bytes.count * 8)).contains(bits)
            else {
                throw Failure(
                    .invalid, "invalid_setting",
                    "OUTBOUND_ALLOW must hold addresses or blocks such as 10.0.0.0/8, divided by commas; \"\(text)\" is neither.")
            }
            self.address = address
            self.bits = bits
        }

        /// - Parameter bytes: the first of the address: four of IPv4, more of IPv6.
        init(_ bytes: [UInt8], _ bits: Int) {
            address = IPAddress(beginning: bytes)
            self.bits = bits
        }

        func contains(_ other: IPAddress) -> Bool {
            guard other.bytes.count == address.bytes.count else { return false }
            let (whole, rest) = bits.quotientAndRemainder(dividingBy: 8)
            guard other.bytes[..<whole] == address.bytes[..<whole] else { return false }
            guard rest > 0 else { return true }
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> rest)
            return other.bytes[whole] & mask == address.bytes[whole] & mask
        }
    }

    private let allowed: [Block]

    package init(allowed: [Block] = []) {
        self.allowed = allowed
    }

    /// - Parameter setting: blocks with commas between them.
    /// - Throws: `Failure` `invalid_setting`.
    package init(setting: String) throws {
        allowed = try setting.split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty }.map(Block.init)
    }

    package func mayReach(_ address: IPAddress) -> Bool {
        if allowed.contains(where: { $0.contains(address) }) { return true }
        return address.isV4
            ? !Self.special4.contains { $0.contains(address) }
            : Self.global6.contains(address) && !Self.special6.contains { $0.contains(address) }
    }

    /// IANA's registry of special-purpose IPv4 addresses (RFC 6890), with multicast and what is reserved, and the address under which
    /// Azure offers its virtual machines their secrets.
    private static let special4 = [
        Block([0, 0, 0, 0], 8), Block([10, 0, 0, 0], 8), Block([100, 64, 0, 0], 10), Block([127, 0, 0, 0], 8),
        Block([169, 254, 0, 0], 16), Block([172, 16, 0, 0], 12), Block([192, 0, 0, 0], 24), Block([192, 0, 2, 0], 24),
        Block([168, 63, 129, 16], 32), Block([192, 88, 99, 0], 24), Block([192, 168, 0, 0], 16), Block([198, 18, 0, 0], 15),
        Block([198, 51, 100, 0], 24),
        Block([203, 0, 113, 0], 24), Block([224, 0, 0, 0], 4), Block([240, 0, 0, 0], 4),
    ]
    /// Global unicast. Outside of it lie loopback, link-local, unique local, multicast, and the forms that hold an IPv4 address.
    private static let global6 = Block([0x20, 0, 0, 0, 0], 3)
    /// Protocol assignments with Teredo and ORCHID, documentation, 6to4.
    private static let special6 = [
        Block([0x20, 0x01, 0, 0, 0], 23), Block([0x20, 0x01, 0x0D, 0xB8, 0], 32), Block([0x20, 0x02, 0, 0, 0], 16),
        Block([0x3F, 0xFF, 0, 0, 0], 20),
    ]
}
