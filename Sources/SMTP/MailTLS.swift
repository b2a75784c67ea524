import Core
import NIOCore
package import NIOSSL

/// Whom to trust when a mail server shows its certificate. Making one reads every root: make it once, at start.
package struct MailTLS: Sendable {
    private let context: NIOSSLContext

    /// - Parameters:
    ///   - trustRoots: the usual authorities. A static executable alone in an empty root has no system bundle to find.
    ///   - additional: further authorities, such as those of a company.
    /// - Throws: `Failure` `invalid_certificates` when they can not be read.
    package init(trustRoots: NIOSSLTrustRoots, additional: [NIOSSLAdditionalTrustRoots] = []) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        configuration.trustRoots = trustRoots
        configuration.additionalTrustRoots = additional
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Failure(.invalid, "invalid_certificates", "The trusted certificates for mail can not be read.")
        }
    }

    /// Encrypts where the server can, whoever it is: what a mail exchanger of a stranger shows names nobody who could be known
    /// (RFC 7435). For questions only; no mail goes through it.
    /// - Throws: `Failure` `invalid_certificates`.
    package init(opportunistic: Void) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Failure(.invalid, "invalid_certificates", "TLS can not be set up for mail.")
        }
    }

    /// For one connection. An address has no place in SNI (RFC 6066 section 3); it is compared with the certificate's addresses.
    func handler(for host: String) throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
    }
}

extension SMTPFailure {
    /// Network and TLS errors in words; never the words of the error, which are for programmers.
    static func of(_ error: any Error) -> SMTPFailure {
        switch error {
        case let failure as SMTPFailure: failure
        case let error as NIOSSLExtraError where error == .failedToValidateHostname: wrongName
        case let error as NIOSSLExtraError where error == .serverHostnameImpossibleToMatch: wrongName
        case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate: untrusted
        case NIOSSLError.handshakeFailed(let reason):
            "\(reason)".contains("CERTIFICATE_VERIFY_FAILED")
                ? untrusted
                : SMTPFailure(
                    .temporary, "mail_tls_failed", "The mail server speaks no TLS at this port, or none that is still safe.")
        case NIOSSLError.uncleanShutdown: closed
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            SMTPFailure(.temporary, "mail_tls_failed", "The TLS connection to the mail server broke.")
        case is CancellationError: SMTPFailure(.temporary, "mail_cancelled", "Sending was stopped before it was done.")
        default: closed
        }
    }

    private static let wrongName = SMTPFailure(
        .temporary, "mail_certificate", "The certificate of the mail server is for another name than the one in SMTP_URL.")
    private static let untrusted = SMTPFailure(
        .temporary, "mail_certificate",
        "The certificate of the mail server is not trusted: it has expired, or QUERN_CA_FILE lacks the authority that signed it.")
    static let closed = SMTPFailure(.temporary, "mail_closed", "The mail server closed the connection before it was done.")
    static let timeout = SMTPFailure(.temporary, "mail_timeout", "The mail server did not answer in time.")
}
