import Foundation
import NIOCore
package import NIOPosix
import Synchronization

/// Asks one name server for addresses and mail exchangers, by UDP and, when the answer is too long, by TCP; remembers answers as long as
/// they hold.
package final class DNSResolver: Sendable {
    package enum Trouble: Error, Equatable {
        /// There is no such name, or nothing of the kind for it.
        case nothing
        /// The server failed, refused, or did not answer: another time may do better.
        case unavailable
    }

    /// Where mail for a domain goes, in the order to try.
    package enum MailRoute: Sendable, Equatable {
        case hosts([String])
        /// The domain says that it takes no mail (RFC 7505), or has neither a mail exchanger nor an address.
        case none
    }

    private struct Key: Hashable {
        let name: String
        let kind: DNSMessage.Kind
    }

    private struct Entry {
        let records: Result<[DNSMessage.Record], Trouble>
        let until: ContinuousClock.Instant
    }

    private let server: IPAddress
    private let port: UInt16
    private let threads: NIOThreadPool
    private let cache = Mutex<[Key: Entry]>([:])

    private enum Limits {
        static let tries = 3
        static let timeoutSeconds = 3.0
        static let answerBytes = 65_535
        static let cached = 10_000
        static let aliases = 12
        static let longest = Duration.seconds(86_400)
        /// That something does not exist (RFC 2308 would ask the zone), and that nobody answered.
        static let negative = Duration.seconds(300)
        static let failed = Duration.seconds(10)
        static let hosts = 20
    }

    /// - Parameters:
    ///   - server: its address, perhaps with a port: `127.0.0.53`, `10.0.0.1:5353`, `[::1]:53`.
    ///   - threads: that wait for answers.
    /// - Returns: nil when that is no address.
    package init?(server text: String, threads: NIOThreadPool) {
        guard let (host, port) = Self.parts(text), let address = IPAddress(host) else { return nil }
        self.server = address
        self.port = port
        self.threads = threads
    }

    private static func parts(_ text: String) -> (host: String, port: UInt16)? {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let host = String(text[..<end].dropFirst())
            let rest = String(text[end...].dropFirst())
            return rest.isEmpty ? (host, 53) : rest.hasPrefix(":") ? port(String(rest.dropFirst())).map { (host, $0) } : nil
        }
        guard let colon = text.firstIndex(of: ":"), text.lastIndex(of: ":") == colon else { return (text, 53) }
        return port(String(text[colon...].dropFirst())).map { (String(text[..<colon]), $0) }
    }

    private static func port(_ text: String) -> UInt16? { UInt16(text).flatMap { $0 > 0 ? $0 : nil } }

    /// The name servers of a machine, as `/etc/resolv.conf` lists them.
    package static func systemServer(_ configuration: String) -> String? {
        for line in configuration.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            if words.count >= 2, words[0] == "nameserver", IPAddress(words[1]) != nil { return words[1] }
        }
        return nil
    }

    // MARK: Questions

    /// IPv4 first: more machines reach it.
    package func addresses(of host: String) async throws(Trouble) -> [IPAddress] {
        var trouble = Trouble.nothing
        var found: [IPAddress] = []
        for kind in [DNSMessage.Kind.a, .aaaa] {
            do {
                found += try await records(host, kind).compactMap {
                    if case .address(let address) = $0.content { address } else { nil }
                }
                if kind == .a, !found.isEmpty { break }
            } catch {
                if error == .unavailable { trouble = .unavailable }
            }
        }
        guard found.isEmpty else { return found }
        throw trouble
    }

    package func mailRoute(of domain: String) async throws(Trouble) -> MailRoute {
        do {
            let exchanges = try await records(domain, .mx).compactMap { record -> (Int, String)? in
                if case .exchange(let preference, let host) = record.content { (preference, host) } else { nil }
            }
            if exchanges.contains(where: { !$0.1.isEmpty }) {
                let hosts = exchanges.filter { !$0.1.isEmpty }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.1)
                return .hosts(Array(hosts.prefix(Limits.hosts)))
            }
            if !exchanges.isEmpty { return .none }
        } catch  where error == .unavailable {
            throw error
        } catch {}
        // Without one, the domain itself takes mail (RFC 5321 section 5.1).
        do {
            _ = try await addresses(of: domain)
            return .hosts([domain])
        } catch {
            guard error == .nothing else { throw error }
            return .none
        }
    }

    private func records(_ name: String, _ kind: DNSMessage.Kind) async throws(Trouble) -> [DNSMessage.Record] {
        let key = Key(name: name.lowercased(), kind: kind)
        let now = ContinuousClock.now
        if let entry = cache.withLock({ $0[key] }), entry.until > now { return try entry.records.get() }
        let answer: Result<[DNSMessage.Record], Trouble>
        do {
            answer = .success(try await threads.runIfActive { [self] in try ask(key.name, kind) })
        } catch let trouble as Trouble {
            answer = .failure(trouble)
        } catch {
            answer = .failure(.unavailable)
        }
        let life: Duration =
            switch answer {
            case .success(let records):
                min(Limits.longest, .seconds(Int64(records.map(\.ttlSeconds).min() ?? 0)))
            case .failure(.nothing): Limits.negative
            case .failure(.unavailable): Limits.failed
            }
        cache.withLock { cache in
            if cache.count >= Limits.cached { cache.removeAll() }
            cache[key] = Entry(records: answer, until: now + life)
        }
        return try answer.get()
    }

    /// Blocks. Follows aliases as far as the answer goes, and asks on where it ends.
    private func ask(_ name: String, _ kind: DNSMessage.Kind) throws -> [DNSMessage.Record] {
        var wanted = name
        for _ in 0..<Limits.aliases {
            let message = try exchange(wanted, kind)
            switch message.code {
            case 0: break
            case 3: throw Trouble.nothing
            default: throw Trouble.unavailable
            }
            var seen = 0
            while let alias = message.records.first(where: { record in
                if case .alias = record.content { record.name == wanted } else { false }
            }), case .alias(let target) = alias.content, seen < Limits.aliases {
                (wanted, seen) = (target, seen + 1)
            }
            let found = message.records.filter { record in
                if case .alias = record.content { false } else { record.name == wanted }
            }
            if !found.isEmpty { return found }
            if seen == 0 { throw Trouble.nothing }
        }
        throw Trouble.nothing
    }

    private func exchange(_ name: String, _ kind: DNSMessage.Kind) throws -> DNSMessage {
        guard name.utf8.count <= 253,
            name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ (1...63).contains($0.utf8.count) })
        else { throw Trouble.nothing }
        for _ in 0..<Limits.tries {
            let id = UInt16.random(in: .min ... .max)
            let question = DNSMessage.question(name, kind, id: id)
            guard let message = byUDP(question, name, kind, id) else { continue }
            guard message.isTruncated else { return message }
            if let whole = byTCP(question, name, kind, id), !whole.isTruncated { return whole }
        }
        throw Trouble.unavailable
    }

    private func byUDP(_ question: [UInt8], _ name: String, _ kind: DNSMessage.Kind, _ id: UInt16) -> DNSMessage? {
        guard let line = Datagrams(server, port, stream: false) else { return nil }
        guard line.send(question) else { return nil }
        let deadline = Date().addingTimeInterval(Limits.timeoutSeconds)
        // What is not ours may be forged: the right answer may still come.
        while let bytes = line.receive(Limits.answerBytes, until: deadline) {
            if let message = try? DNSMessage(bytes, answering: name, kind, id: id) { return message }
        }
        return nil
    }

    private func byTCP(_ question: [UInt8], _ name: String, _ kind: DNSMessage.Kind, _ id: UInt16) -> DNSMessage? {
        let deadline = Date().addingTimeInterval(Limits.timeoutSeconds)
        guard let line = Datagrams(server, port, stream: true),
            line.send([UInt8(question.count >> 8), UInt8(question.count & 0xFF)] + question)
        else { return nil }
        var bytes: [UInt8] = []
        while let more = line.receive(Limits.answerBytes, until: deadline), !more.isEmpty {
            bytes += more
            guard bytes.count >= 2 else { continue }
            let length = Int(bytes[0]) << 8 | Int(bytes[1])
            if bytes.count >= length + 2 {
                return try? DNSMessage(Array(bytes[2..<(length + 2)]), answering: name, kind, id: id)
            }
        }
        return nil
    }
}

/// A socket to one name server, closed when it is let go.
private final class Datagrams {
    private let descriptor: Int32

    init?(_ address: IPAddress, _ port: UInt16, stream: Bool) {
        let kind = Int32((stream ? SOCK_STREAM : SOCK_DGRAM).rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = socket(address.isV4 ? AF_INET : AF_INET6, kind, 0)
        guard descriptor >= 0 else { return nil }
        var wait = timeval(tv_sec: 3, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        guard let target = try? SocketAddress(ipAddress: address.description, port: Int(port)) else { return nil }
        let result = target.withSockAddr { connect(descriptor, $0, socklen_t($1)) }
        // What is let go of closes it.
        guard result == 0 else { return nil }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func send(_ bytes: [UInt8]) -> Bool { Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count }

    /// - Returns: nil when nothing came in time.
    func receive(_ most: Int, until deadline: Date) -> [UInt8]? {
        let milliseconds = Int32(max(0, min(deadline.timeIntervalSinceNow * 1000, 60_000)))
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard milliseconds > 0, poll(&waiting, 1, milliseconds) > 0 else { return nil }
        let bytes = [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
            count = max(0, recv(descriptor, buffer.baseAddress, most, 0))
        }
        return bytes.isEmpty ? nil : bytes
    }
}
