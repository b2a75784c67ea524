/// Why a socket ends, as the close frame tells it (RFC 6455, section 7.4).
package struct SocketClose: Error, Equatable, Sendable {
    package let code: UInt16
    /// At most 123 bytes; what is longer is cut.
    package let reason: String

    package init(_ code: UInt16, _ reason: String = "") {
        self.code = code
        self.reason = reason
    }

    package static let normal = SocketClose(1000)
    package static let goingAway = SocketClose(1001, "the server is shutting down")
    package static func protocolError(_ reason: String) -> SocketClose { SocketClose(1002, reason) }
    package static let notUTF8 = SocketClose(1007, "text is not UTF-8")
    package static func refused(_ reason: String) -> SocketClose { SocketClose(1008, reason) }
    package static let tooBig = SocketClose(1009, "message too big")
    package static let defect = SocketClose(1011, "something went wrong on the server")

    /// What a peer may send: the codes of the registry that are meant for the wire, and those of libraries and applications.
    static func mayBeSent(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
