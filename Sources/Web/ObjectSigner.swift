import Core
package import Hummingbird

/// Makes addresses with which a program reads or writes one object of the store for a while.
package struct ObjectSigner: Sendable {
    /// An address is valid for so long.
    package static let lifeSeconds = 3600

    /// What is signed.
    package struct Wish: Sendable {
        package let method: String
        /// Scheme, host and port.
        package let base: String
        package let key: String
        package let lifeSeconds: Int
        package let query: [(String, String)]
        /// Headers that the request has to carry exactly so.
        package let headers: [(String, String)]
    }

    private let address: PublicAddress
    private let sign: @Sendable (Wish) -> String

    package init(address: PublicAddress, sign: @escaping @Sendable (Wish) -> String) {
        self.address = address
        self.sign = sign
    }

    /// - Parameter contentType: an upload has to carry exactly this header.
    package func url(
        _ method: String, _ key: String, _ request: Request, lifeSeconds: Int = Self.lifeSeconds, saveAs name: String? = nil,
        contentType: String? = nil
    ) -> String {
        let disposition = name.map { [("response-content-disposition", "attachment; filename*=UTF-8''\($0.queryEscaped)")] } ?? []
        return sign(
            Wish(
                method: method, base: address.base(request), key: key, lifeSeconds: lifeSeconds, query: disposition,
                headers: contentType.map { [("content-type", $0)] } ?? []))
    }
}
