import Core
import Foundation
package import NIOSSL
import Web

/// Whom to believe when a server outside shows its certificate.
package struct TrustRoots: Sendable {
    let roots: NIOSSLTrustRoots
    /// Those of `QUERN_CA_FILE`.
    let additional: [NIOSSLAdditionalTrustRoots]

    /// Where the usual systems keep theirs. A container that holds this executable alone has none of them.
    private static let bundles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"]

    /// The system's authorities, which its owner keeps up to date, or else those embedded here.
    /// - Parameter file: `QUERN_CA_FILE`; nil for none.
    /// - Throws: `Failure` `invalid_setting` when the file can not be read or holds no certificate.
    init(file: String?) throws {
        roots = .certificates(try Self.bundles.lazy.compactMap(Self.certificates).first ?? Self.embedded())
        additional = try file.map { [.certificates(try Self.named($0))] } ?? []
    }

    /// - Returns: nil where there is no such file, and for one that holds nothing: then it is as good as none.
    private static func certificates(_ path: String) -> [NIOSSLCertificate]? {
        try? NIOSSLCertificate.fromPEMFile(path)
    }

    /// All of them, for a worker that has no files afterwards.
    /// - Throws: as `init`.
    package static func certificates(file: String?) throws -> [NIOSSLCertificate] {
        try (bundles.lazy.compactMap(certificates).first ?? embedded()) + (file.map(named) ?? [])
    }

    static func embedded() throws -> [NIOSSLCertificate] {
        try NIOSSLCertificate.fromPEMBytes(
            Array(Assets().files["certificates/mozilla.pem"]?.bytes ?? .init(start: nil, count: 0)))
    }

    private static func named(_ path: String) throws -> [NIOSSLCertificate] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(.invalid, "invalid_setting", "QUERN_CA_FILE names \(path), which can not be read.")
        }
        do {
            return try NIOSSLCertificate.fromPEMBytes(Array(data))
        } catch {
            throw Failure(
                .invalid, "invalid_setting",
                "QUERN_CA_FILE names \(path), which is not a file of certificates: they begin with -----BEGIN CERTIFICATE-----.")
        }
    }
}
