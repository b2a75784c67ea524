import Core
import Glibc

/// The proxies whose word about their own callers counts (`TRUSTED_PROXIES`).
///
/// Whoever is not on the list can write into a forwarding header whatever he likes, so that nothing of it is believed: neither
/// when he is the peer, nor what stands to the left of him in the list of hops.
package struct TrustedProxies: Sendable {
    private let ranges: [AddressRange]

    package enum Limits {
        /// Longer chains of our own proxies do not exist; a header of a thousand entries is somebody's joke.
        package static let hops = 32
    }

    /// Nobody is trusted.
    package static let none = TrustedProxies(ranges: [])

    private init(ranges: [AddressRange]) {
        self.ranges = ranges
    }

    /// Addresses and ranges (`10.0.0.0/8`, `fd00::/8`), separated by commas; an empty text trusts nobody.
    /// - Throws: `Failure` `invalid_setting`, which names the entry that is wrong.
    package init(_ setting: String) throws {
        ranges = try setting.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }.map { try AddressRange(checking: $0) }
    }

    /// Where a request began, as far as trusted proxies tell.
    package struct Client: Sendable, Equatable {
        package enum Scheme: String, Sendable { case http, https }

        /// Written in one way only: IPv6 compressed, IPv4 in IPv6 as IPv4.
        package let address: String
        /// A trusted proxy passed it on.
        package let isForwarded: Bool
        /// What the client itself spoke; nil when nobody trusted told.
        package let scheme: Scheme?
    }

    /// The address of the client: the last hop that is no proxy of ours.
    package func clientAddress(peer: String, forwardedFor: String?, forwarded: String?) -> String {
        client(peer: peer, forwardedFor: forwardedFor, forwarded: forwarded, forwardedProto: nil).address
    }

    /// Reads `X-Forwarded-For` and `X-Forwarded-Proto`, or, when the first is missing, `Forwarded` (RFC 7239). Where both are
    /// there `X-Forwarded-For` counts: most proxies write that one alone, and pass on a `Forwarded` that the client made up.
    /// A proxy that writes `Forwarded` has to drop the other one.
    ///
    /// The walk goes from right to left, that is from the nearest hop outwards, and ends at the first address that is no proxy
    /// of ours. An entry that is no address (`unknown`, `_hidden`, rubbish) ends it too, at the hop that reported it.
    package func client(peer: String, forwardedFor: String?, forwarded: String?, forwardedProto: String?) -> Client {
        guard let near = IPAddress(peer), trusts(near) else {
            return Client(address: IPAddress(peer)?.description ?? peer, isForwarded: false, scheme: nil)
        }
        let hops = forwardedFor.map(Hop.list) ?? forwarded.map(Hop.listOfForwarded) ?? []
        var (client, passed) = (near, 0)
        for hop in hops.prefix(Limits.hops) {
            guard let address = hop.address else { break }
            (client, passed) = (address, passed + 1)
            if !trusts(address) { break }
        }
        let own = passed > 0 ? hops[passed - 1].scheme : nil
        return Client(
            address: client.description, isForwarded: forwardedFor != nil || forwarded != nil || forwardedProto != nil,
            scheme: forwardedFor == nil && own != nil ? own : forwardedProto.flatMap { Hop.scheme(in: $0, passed: passed) })
    }

    private func trusts(_ address: IPAddress) -> Bool {
        ranges.contains { $0.contains(address) }
    }
}

/// One entry of a forwarding header.
private struct Hop {
    /// nil when the entry is no address.
    var address: IPAddress?
    var scheme: TrustedProxies.Client.Scheme?

    /// The entries of `X-Forwarded-For`, the nearest first.
    static func list(_ header: String) -> [Hop] {
        header.split(separator: ",", omittingEmptySubsequences: false).reversed().map { Hop(address: address($0.trimmed)) }
    }

    /// The entries of `Forwarded` (RFC 7239, section 4), the nearest first; none when a quotation does not end.
    static func listOfForwarded(_ header: String) -> [Hop] {
        guard let elements = split(header, at: ",") else { return [] }
        return elements.reversed().map { element in
            var hop = Hop()
            for pair in split(element, at: ";") ?? [] {
                let parts = pair.split(separator: "=", maxSplits: 1).map(\.trimmed)
                guard parts.count == 2 else { continue }
                let value = unquoted(parts[1])
                switch parts[0].lowercased() {
                case "for": hop.address = address(value)
                case "proto": hop.scheme = TrustedProxies.Client.Scheme(rawValue: value.lowercased())
                default: continue
                }
            }
            return hop
        }
    }

    /// Of several protocols the one that the outermost hop we believe has written.
    static func scheme(in header: String, passed: Int) -> TrustedProxies.Client.Scheme? {
        let entries = header.split(separator: ",", omittingEmptySubsequences: false)
        let index = max(0, entries.count - max(1, passed))
        return TrustedProxies.Client.Scheme(rawValue: entries[index].trimmed.lowercased())
    }

    /// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`
    private static func address(_ text: String) -> IPAddress? {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || (rest.hasPrefix(":") && isPort(rest.dropFirst())) else { return nil }
            return IPAddress(text[text.index(after: text.startIndex)..<end]).flatMap { $0.isV6 || $0.wasMapped ? $0 : nil }
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2, isPort(parts[1]) { return IPAddress(parts[0]) }
        return IPAddress(text)
    }

    private static func isPort(_ text: Substring) -> Bool {
        (1...5).contains(text.utf8.count) && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Splits outside quotations.
    private static func split(_ text: String, at separator: Character) -> [String]? {
        var (parts, isQuoted, isEscaped) = ([""], false, false)
        for character in text {
            if character == separator && !isQuoted {
                parts.append("")
                continue
            }
            if character == "\"" && !isEscaped { isQuoted.toggle() }
            isEscaped = isQuoted && character == "\\" && !isEscaped
            parts[parts.count - 1].append(character)
        }
        return isQuoted ? nil : parts
    }

    private static func unquoted(_ text: String) -> String {
        guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        var (out, isEscaped) = ("", false)
        for character in text.dropFirst().dropLast() {
            isEscaped = character == "\\" && !isEscaped
            if !isEscaped { out.append(character) }
        }
        return out
    }
}

/// An address that is written in one way only; IPv4 in IPv6 (`::ffff:192.0.2.1`) is IPv4.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    package let isV6: Bool
    /// It was written as IPv4 in IPv6.
    let wasMapped: Bool
    /// IPv4 in the upper 32 bits, so that prefixes count from the same end.
    fileprivate let bits: UInt128

    /// - Returns: nil unless the text is one address, without port, zone or brackets.
    package init?(_ text: some StringProtocol) {
        // inet_pton stops at a zero byte, so that nothing but an address may reach it.
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: ":"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isPlain, text.utf8.count < Int(INET6_ADDRSTRLEN) else { return nil }
        let text = String(text)
        var (four, six) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(isV6: false, bits: UInt128(UInt32(bigEndian: four.s_addr)) << 96)
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            let bits = withUnsafeBytes(of: six) { $0.reduce(UInt128(0)) { $0 << 8 | UInt128($1) } }
            let isMapped = bits >> 32 == 0xFFFF
            self.init(isV6: !isMapped, bits: isMapped ? bits << 96 : bits, wasMapped: isMapped)
        } else {
            return nil
        }
    }

    fileprivate init(isV6: Bool, bits: UInt128, wasMapped: Bool = false) {
        self.isV6 = isV6
        self.bits = bits
        self.wasMapped = wasMapped
    }

    package static func == (one: IPAddress, other: IPAddress) -> Bool { one.isV6 == other.isV6 && one.bits == other.bits }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(isV6)
        hasher.combine(bits)
    }

    fileprivate var width: Int { isV6 ? 128 : 32 }

    fileprivate func masked(_ prefix: Int) -> IPAddress {
        IPAddress(isV6: isV6, bits: prefix == 0 ? 0 : bits & (UInt128.max << (128 - prefix)))
    }

    /// What one customer of a network holds: an IPv4 address, or an IPv6 network of 64 bits, in which he may take a new
    /// address for every request (RFC 4291, section 2.5.4; RFC 8981).
    package var networkPrefix: IPAddress { isV6 ? masked(64) : self }

    /// RFC 5952 for IPv6.
    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        if isV6 {
            var bytes = bits.bigEndian
            _ = inet_ntop(AF_INET6, &bytes, &text, socklen_t(text.count))
        } else {
            var bytes = UInt32(truncatingIfNeeded: bits >> 96).bigEndian
            _ = inet_ntop(AF_INET, &bytes, &text, socklen_t(text.count))
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// `10.0.0.0/8`, or one address.
private struct AddressRange: Sendable {
    let base: IPAddress
    let prefix: Int

    init(checking text: String) throws {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(parts[0]) else {
            throw Self.invalid("\(text) is no address or range; write 192.0.2.1, 10.0.0.0/8 or fd00::/8")
        }
        base = address
        guard parts.count == 2 else {
            prefix = address.width
            return
        }
        let most = address.wasMapped ? 128 : address.width
        guard parts[1].allSatisfy({ $0.isASCII && $0.isNumber }), let length = Int(parts[1]), length <= most else {
            throw Self.invalid("the part after the slash of \(text) must be a number from 0 to \(most)")
        }
        guard !address.wasMapped || length >= 96 else {
            throw Self.invalid("\(text) mixes IPv4 and IPv6; write the IPv4 range as it is")
        }
        prefix = address.wasMapped ? length - 96 : length
        // Who writes 10.1.2.3/8 means either the address or the range; trusting the wrong one is not for us to choose.
        guard address.masked(prefix) == address else {
            throw Self.invalid("\(text) is an address in the range \(address.masked(prefix))/\(prefix); write either")
        }
    }

    func contains(_ address: IPAddress) -> Bool {
        address.isV6 == base.isV6 && address.masked(prefix) == base
    }

    private static func invalid(_ reason: String) -> Failure {
        Failure(.invalid, "invalid_setting", "TRUSTED_PROXIES: \(reason).")
    }
}
