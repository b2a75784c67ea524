import Core
import Foundation

/// Whether a server could listen, found out before it opens or changes anything.
enum PortCheck {
    /// - Throws: `Failure` `address_in_use`, `address_not_available`.
    static func mustBeFree(_ host: String, _ port: Int) throws {
        guard port > 0 else { return }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found else { throw notAvailable }
        defer { freeaddrinfo(found) }
        let descriptor = socket(address.pointee.ai_family, address.pointee.ai_socktype, 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // As the server itself does: what a server before it left half closed is no obstacle.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) != 0 else { return }
        if let failure = failure(errno, port: port) { throw failure }
    }

    /// Nil when the code has nothing to do with the address.
    static func failure(_ code: Int32, port: Int? = nil) -> Failure? {
        switch code {
        case EADDRINUSE:
            Failure(
                .conflict, "address_in_use",
                "The port\(port.map { " \($0)" } ?? "") is in use; stop the other program, or choose another port with --port.")
        case EACCES, EADDRNOTAVAIL: notAvailable
        case _: nil
        }
    }

    private static var notAvailable: Failure {
        Failure(
            .invalid, "address_not_available",
            "This address and port can not be listened on; check --host, and take a port above 1023 unless you are root.")
    }
}
