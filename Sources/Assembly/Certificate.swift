import Core
import Foundation
import Logging
import NIOCore
import NIOHTTP2
import NIOSSL
import Synchronization

/// What the server shows to be who it is. A certificate that is renewed on the disk is shown from the next connection on.
final class Certificate: Sendable {
    private struct State {
        var context: NIOSSLContext
        var stamps: [Stamp]
        var looked: ContinuousClock.Instant
    }

    /// Enough of a file's status to see that it is another one now.
    private struct Stamp: Equatable {
        let inode: UInt64
        let size: Int64
        let seconds: Int
        let nanoseconds: Int

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            (inode, size) = (UInt64(status.st_ino), Int64(status.st_size))
            (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
        }
    }

    /// How often the files are looked at, while connections come.
    private static let interval = Duration.seconds(10)
    /// Forward secret and authenticated; what HTTP/2 asks for (RFC 9113, section 9.2.2). TLS 1.3 has its own.
    private static let suites = "ECDHE+AESGCM:ECDHE+CHACHA20"

    /// How long a peer may take to answer that TLS ends; many never do.
    private static let farewell: TimeAmount = .seconds(1)

    private let (certificate, key): (String, String)
    private let state: Mutex<State>
    private let logger: Logger

    /// - Returns: nil when the server speaks no TLS.
    /// - Throws: `Failure` `invalid_setting`.
    init?(_ settings: Settings, logger: Logger) throws {
        switch (settings.optional("TLS_CERTIFICATE"), settings.optional("TLS_PRIVATE_KEY")) {
        case (nil, nil): return nil
        case (_?, nil):
            throw Failure(.invalid, "invalid_setting", "TLS_CERTIFICATE is set, but TLS_PRIVATE_KEY is not.")
        case (nil, _?):
            throw Failure(.invalid, "invalid_setting", "TLS_PRIVATE_KEY is set, but TLS_CERTIFICATE is not.")
        case (let certificate?, let key?):
            (self.certificate, self.key, self.logger) = (certificate, key, logger)
            // The stamps first: a change while we read is then seen as one.
            let stamps = Self.stamps(certificate, key)
            state = Mutex(State(context: try Self.load(certificate, key), stamps: stamps, looked: .now))
        }
    }

    /// For a new connection. A file that is wrong, or only half written, changes nothing.
    var context: NIOSSLContext {
        state.withLock { state in
            guard ContinuousClock.now - state.looked >= Self.interval else { return state.context }
            state.looked = .now
            let stamps = Self.stamps(certificate, key)
            guard stamps.count == 2, stamps != state.stamps else { return state.context }
            do {
                state.context = try Self.load(certificate, key)
                state.stamps = stamps
                logger.notice("certificate_renewed")
            } catch {
                logger.error(
                    "certificate_not_renewed", metadata: ["error": "\((error as? Failure)?.message ?? "\(error)")"])
            }
            return state.context
        }
    }

    private static func stamps(_ paths: String...) -> [Stamp] { paths.compactMap(Stamp.init) }

    private static func load(_ certificate: String, _ key: String) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try chain(certificate).map { .certificate($0) }, privateKey: .privateKey(try privateKey(key)))
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuites = suites
        configuration.shutdownTimeout = farewell
        configuration.applicationProtocols = NIOHTTP2SupportedALPNProtocols
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw Failure(
                .invalid, "invalid_setting",
                "The key in \(key) is not the one of the certificate in \(certificate); check TLS_PRIVATE_KEY and TLS_CERTIFICATE."
            )
        }
    }

    private static func chain(_ path: String) throws -> [NIOSSLCertificate] {
        do {
            let chain = try NIOSSLCertificate.fromPEMBytes(try bytes("TLS_CERTIFICATE", path))
            if !chain.isEmpty { return chain }
        } catch let failure as Failure {
            throw failure
        } catch {
            // Said below.
        }
        throw Failure(
            .invalid, "invalid_setting",
            "TLS_CERTIFICATE names \(path), which holds no certificate: one begins with -----BEGIN CERTIFICATE-----.")
    }

    private static func privateKey(_ path: String) throws -> NIOSSLPrivateKey {
        do {
            return try NIOSSLPrivateKey(bytes: try bytes("TLS_PRIVATE_KEY", path), format: .pem)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(
                .invalid, "invalid_setting",
                "TLS_PRIVATE_KEY names \(path), which holds no key without a password: one begins with -----BEGIN PRIVATE KEY-----."
            )
        }
    }

    private static func bytes(_ name: String, _ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(.invalid, "invalid_setting", "\(name) names \(path), which can not be read.")
        }
        return Array(data)
    }
}
