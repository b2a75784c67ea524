import Core
import Crypto
import HTTPTypes
import Hummingbird
import NIOCore
import Resources

/// What is embedded in the executable: templates, style sheet, scripts, pictures.
package struct Assets: Sendable {
    /// Template or asset name (path below `Resources/`) to bytes in read-only memory.
    package let files: [String: UnsafeRawBufferPointer.Sendable]
    /// Template key such as `app_css` to the address with the content's hash.
    package let addresses: [String: String]
    private let byAddress: [String: Asset]

    /// What is served at one address.
    private struct Asset: Sendable {
        let name: String
        let plain: UnsafeRawBufferPointer.Sendable
        let hash: String
        /// Made at build, by `make resources`.
        let brotli: UnsafeRawBufferPointer.Sendable?
        /// Made at start; nil where it saves nothing.
        let gzip: ByteBuffer?
    }

    package init() {
        var files: [String: UnsafeRawBufferPointer.Sendable] = [:]
        var addresses: [String: String] = [:]
        var byAddress: [String: Asset] = [:]
        var assets: [String] = []
        for index in 0..<quern_resource_count() {
            guard let resource = quern_resource_at(index)?.pointee, let name = resource.name else { continue }
            let path = String(cString: name)
            let bytes = UnsafeRawBufferPointer(start: resource.bytes, count: resource.length)
            files[path] = .init(bytes: bytes)
            if path.hasPrefix("assets/") { assets.append(path) }
        }
        for path in assets {
            guard let plain = files[path] else { continue }
            let file = path.dropFirst("assets/".count)
            let hash = SHA256.hash(data: plain.bytes).prefix(6).hex
            let dot = file.lastIndex(of: ".") ?? file.endIndex
            let address = "/assets/\(file[..<dot]).\(hash)\(file[dot...])"
            addresses[String(file.map { $0 == "." || $0 == "/" || $0 == "-" ? "_" : $0 })] = address
            let gzip = try? Gzip.pack(plain.bytes, .asset)
            byAddress[address] = Asset(
                name: path, plain: plain, hash: hash,
                // The name holds the hash of what was packed, so that an old one is never taken for the present file.
                brotli: files["compressed/\(file).\(hash).br"],
                gzip: gzip.flatMap { $0.count < plain.bytes.count ? ByteBuffer(bytes: $0) : nil })
        }
        self.files = files
        self.addresses = addresses
        self.byAddress = byAddress
    }

    package func text(_ name: String) -> String? {
        files[name].map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// The address holds the content's hash, so the content at an address never changes.
    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.get("assets/**", .init("Send a file of the pages", .everyone, answers: .bytes, rates: [])) { request, _ in
            guard let asset = byAddress[request.uri.path] else {
                throw Failure(.missing, "not_found", "There is nothing at this address.")
            }
            return Self.answer(asset, request)
        }
        routes.get("favicon.ico", .init("Lead to the icon", .everyone, answers: .bytes, rates: [])) { _, _ in
            Answer.redirect(to: addresses["favicon_svg"] ?? "/", headers: [.cacheControl: "public, max-age=86400"])
        }
    }

    private static func answer(_ asset: Asset, _ request: Request) -> Response {
        let offered: [Coding] = (asset.brotli == nil ? [] : [.brotli]) + (asset.gzip == nil ? [] : [.gzip])
        let coding = Coding.best(for: request, of: offered)
        var headers: HTTPFields = [
            .contentType: mediaType(asset.name), .cacheControl: "public, max-age=31536000, immutable",
            // Each coding has bytes of its own, and so a tag of its own (RFC 9110, section 8.8.3.3).
            .eTag: coding == .identity ? "\"\(asset.hash)\"" : "\"\(asset.hash)-\(coding.rawValue)\"", .vary: "Accept-Encoding",
        ]
        if let known = request.headers[.ifNoneMatch], let tag = headers[.eTag], ETag.matches(known, tag) {
            headers[.contentType] = nil
            return Response(status: .notModified, headers: headers)
        }
        let body: ByteBuffer
        switch coding {
        case .brotli: body = ByteBuffer(bytes: (asset.brotli ?? asset.plain).bytes)
        case .gzip: body = asset.gzip ?? ByteBuffer()
        case .identity: body = ByteBuffer(bytes: asset.plain.bytes)
        }
        // Also where nothing is packed: `Compression` has nothing to add here.
        headers[.contentEncoding] = coding.rawValue
        if coding == .identity { headers[.contentEncoding] = nil }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
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
