import Core
import Crypto
import HTTPTypes
package import Hummingbird
import NIOCore
import Resources

/// What is embedded in the executable: templates, style sheet, scripts, pictures.
package struct Assets: Sendable {
    /// Template or asset name (path below `Resources/`) to bytes in read-only memory.
    package let files: [String: UnsafeRawBufferPointer.Sendable]
    /// Template key such as `app_css` to the address with the content's hash.
    package let addresses: [String: String]
    private let byAddress: [String: String]

    package init() {
        var files: [String: UnsafeRawBufferPointer.Sendable] = [:]
        var addresses: [String: String] = [:]
        var byAddress: [String: String] = [:]
        for index in 0..<quern_resource_count() {
            guard let resource = quern_resource_at(index)?.pointee, let name = resource.name else { continue }
            let path = String(cString: name)
            let bytes = UnsafeRawBufferPointer(start: resource.bytes, count: resource.length)
            files[path] = .init(bytes: bytes)
            guard path.hasPrefix("assets/") else { continue }
            let file = path.dropFirst("assets/".count)
            let hash = SHA256.hash(data: bytes).prefix(6).hex
            let dot = file.lastIndex(of: ".") ?? file.endIndex
            let address = "/assets/\(file[..<dot]).\(hash)\(file[dot...])"
            addresses[String(file.map { $0 == "." || $0 == "/" || $0 == "-" ? "_" : $0 })] = address
            byAddress[address] = path
        }
        self.files = files
        self.addresses = addresses
        self.byAddress = byAddress
    }

    package func text(_ name: String) -> String? {
        files[name].map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// The address holds the content's hash, so the content at an address never changes.
    package func routes(_ router: Router<Visit>) {
        router.get("assets/**") { request, _ in
            guard let name = byAddress[request.uri.path], let file = files[name] else {
                throw Failure(.missing, "not_found", "There is nothing at this address.")
            }
            return Response(
                status: .ok,
                headers: [.contentType: Self.mediaType(name), .cacheControl: "public, max-age=31536000, immutable"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes)))
        }
        router.get("favicon.ico") { _, _ in
            Answer.redirect(to: addresses["favicon_svg"] ?? "/", headers: [.cacheControl: "public, max-age=86400"])
        }
    }

    private static func mediaType(_ name: String) -> String {
        switch name.split(separator: ".").last {
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "yaml": "application/yaml; charset=utf-8"
        default: "application/octet-stream"
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Bytes of the executable itself: constant and there as long as the process is, so that sharing them is safe.
    package struct Sendable: @unchecked Swift.Sendable {
        package let bytes: UnsafeRawBufferPointer
    }
}
