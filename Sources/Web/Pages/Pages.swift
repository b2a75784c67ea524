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
            try library.register(Self.withoutHead(assets.text(name) ?? ""), named: String(short))
        }
        self.library = library
        self.assets = assets
        self.version = version
    }

    /// A template begins with a comment that tells what it is given. Parsing one takes time that grows with the square of its length.
    private static func withoutHead(_ text: String) -> String {
        guard text.hasPrefix("{{!"), let end = text.utf8.firstRange(of: "}}\n".utf8)?.upperBound else { return text }
        return String(text[end...])
    }

    /// An entry of the menu.
    package enum Place: Sendable { case dashboard, newJob, search, presets, leads, tasks, people, settings }

    /// Who looks at a page.
    package struct Reader: Sendable {
        let email: String
        let isAdmin: Bool
        /// What they set for themselves; else the device decides.
        let theme: String?

        package init(_ caller: Caller, theme: String?) {
            email = caller.email
            isAdmin = caller.role == .admin
            self.theme = theme
        }
    }

    /// What every page shows around its content.
    package struct Frame: Sendable {
        package var title: String
        package var user: Reader?
        package var formToken: String?
        package var place: Place?
        /// Good news after a redirect.
        package var flash: String?
        /// A list whose reader set it is loaded again after this, where no live update arrives; 0 never.
        package var refreshSeconds = 0
        /// Another site's scripts and frames that this one page needs.
        package var alsoAllow: String?

        package init(title: String, user: Reader? = nil, formToken: String? = nil, place: Place? = nil) {
            self.title = title
            self.user = user
            self.formToken = formToken
            self.place = place
        }

        package init(title: String, signedIn context: SignedIn, place: Place?) {
            self.init(
                title: title, user: Reader(context.caller, theme: context.session?.theme),
                formToken: context.session?.formToken, place: place)
        }

        /// For whoever it is, signed in or not.
        package init(title: String, visit context: AppRequestContext) {
            self.init(
                title: title, user: context.caller.map { Reader($0, theme: context.session?.theme) },
                formToken: context.session?.formToken)
        }
    }

    /// - Parameter content: the template's own members, beside those of the frame.
    package func render(
        _ template: String, _ frame: Frame, _ content: [String: Any], status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) throws -> Response {
        var model: [String: Any] = ["title": frame.title, "assets": assets.addresses, "version": version]
        model["user"] = frame.user.map { reader in
            var member: [String: Any] = ["email": reader.email, "isAdmin": reader.isAdmin]
            member["theme"] = reader.theme
            return member
        }
        model["formToken"] = frame.formToken
        if frame.refreshSeconds > 0 { model["refreshSeconds"] = frame.refreshSeconds }
        model["flash"] = frame.flash.map { ["tone": "good", "text": $0] }
        model["nav"] = [
            "dashboard": frame.place == .dashboard, "newJob": frame.place == .newJob, "search": frame.place == .search,
            "presets": frame.place == .presets, "leads": frame.place == .leads,
            "tasks": frame.place == .tasks, "people": frame.place == .people,
            "settings": frame.place == .settings,
        ]
        model.merge(content) { _, own in own }
        guard let html = library.render(model, withTemplate: template) else {
            throw Failure(.unavailable, "internal_error", "This page has no template.")
        }
        var headers = headers
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.contentSecurityPolicy] =
            frame.alsoAllow.map { "\(Self.policy(scripts: "'self' \($0)")); frame-src \($0)" } ?? Self.policy(scripts: "'self'")
        headers[.xFrameOptions] = "DENY"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    /// - Parameters:
    ///   - requestID: of the request that went wrong, where it was another one than this.
    ///   - back: the page of the form that was refused.
    package func problem(
        _ message: String, status: HTTPResponse.Status, _ context: AppRequestContext, requestID: String? = nil,
        back: String? = nil,
        headers: HTTPFields = [:]
    ) -> Response {
        let frame = Frame(title: status.reasonPhrase, visit: context)
        let content: [String: Any] = [
            "status": status.code, "heading": status.reasonPhrase, "detail": message, "requestId": requestID ?? context.requestID,
            "backHref": back ?? (context.caller == nil ? "/auth/login" : "/dashboard"),
            "backText": back != nil ? "Back to the form" : context.caller == nil ? "Sign in" : "Back to the dashboard",
        ]
        return (try? render("web/error", frame, content, status: status, headers: headers))
            ?? Response(status: status, headers: headers)
    }

    /// A part of a page, which goes into its template as it is.
    package func part(_ template: String, _ content: [String: Any]) throws -> String {
        guard let html = library.render(content, withTemplate: template) else {
            throw Failure(.unavailable, "internal_error", "The part \(template) of this page has no template.")
        }
        return html
    }

    /// The text of a message, not of a page.
    package func text(_ template: String, _ content: [String: Any]) throws -> String {
        guard let text = library.render(content, withTemplate: template) else {
            throw Failure(.unavailable, "internal_error", "The message \(template) has no template.")
        }
        return String(text.drop { $0.isWhitespace })
    }

    private static func policy(scripts: String) -> String {
        "default-src 'none'; style-src 'self'; script-src \(scripts); img-src 'self' data:; font-src 'self'; worker-src 'self'; "
            + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    }
}

extension HTTPField.Name {
    fileprivate static let xFrameOptions = named("X-Frame-Options")
}
