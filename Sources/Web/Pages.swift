package import Core
package import HTTPTypes
package import Hummingbird
import Mustache
import NIOCore

/// Renders templates. They are parsed once, at start, so that a broken template stops the start and not a request.
package struct Pages: Sendable {
    private let library: MustacheLibrary
    private let assets: Assets
    private let version: String

    /// - Throws: when a template does not parse.
    package init(assets: Assets, version: String) throws {
        var library = MustacheLibrary()
        for name in assets.files.keys where name.hasPrefix("templates/") && name.hasSuffix(".mustache") {
            let short = name.dropFirst("templates/".count).dropLast(".mustache".count)
            try library.register(assets.text(name) ?? "", named: String(short))
        }
        self.library = library
        self.assets = assets
        self.version = version
    }

    /// An entry of the menu.
    package enum Place: Sendable { case dashboard, newJob }

    /// What every page shows around its content.
    package struct Frame: Sendable {
        package var title: String
        package var user: String?
        package var formToken: String?
        package var place: Place?

        package init(title: String, user: String? = nil, formToken: String? = nil, place: Place? = nil) {
            self.title = title
            self.user = user
            self.formToken = formToken
            self.place = place
        }
    }

    /// - Parameter content: the template's own members, beside those of the frame.
    package func render(
        _ template: String, _ frame: Frame, _ content: [String: Any], status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) throws -> Response {
        var model: [String: Any] = ["title": frame.title, "assets": assets.addresses, "version": version]
        model["user"] = frame.user.map { ["email": $0] }
        model["formToken"] = frame.formToken
        model["nav"] = ["dashboard": frame.place == .dashboard, "newJob": frame.place == .newJob]
        model.merge(content) { _, own in own }
        guard let html = library.render(model, withTemplate: template) else {
            throw Failure(.unavailable, "internal_error", "This page has no template.")
        }
        var headers = headers
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.contentSecurityPolicy] = Self.policy
        headers[.xFrameOptions] = "DENY"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    package func problem(_ failure: Failure, status: HTTPResponse.Status, _ context: Visit, headers: HTTPFields) -> Response {
        let frame = Frame(
            title: status.reasonPhrase, user: context.caller?.email, formToken: context.session?.formToken)
        let content: [String: Any] = [
            "status": status.code, "heading": status.reasonPhrase, "detail": failure.message, "requestId": context.requestID,
            "backHref": context.caller == nil ? "/auth/login" : "/dashboard",
            "backText": context.caller == nil ? "Sign in" : "Back to the dashboard",
        ]
        return (try? render("web/error", frame, content, status: status, headers: headers))
            ?? Response(status: status, headers: headers)
    }

    private static let policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
        + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

extension HTTPField.Name {
    fileprivate static let xFrameOptions = named("X-Frame-Options")
}
