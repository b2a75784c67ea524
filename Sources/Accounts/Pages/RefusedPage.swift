package import Core
import Foundation
package import HTTPTypes
package import Hummingbird
package import Web

/// The page that says why a form was refused, where no page of the form can say it: the form is too old, it came from another
/// site, or what it is about is gone.
///
/// A browser is led here, so that neither reload nor back sends the form again.
package struct RefusedPage: Sendable {
    private let accounts: Accounts
    private let pages: Pages
    private let address: PublicAddress

    private static let path = "/auth/refused"
    /// Together with the reason it fits into a cookie.
    private static let backBytes = 1000

    package init(accounts: Accounts, pages: Pages, address: PublicAddress) {
        self.accounts = accounts
        self.pages = pages
        self.address = address
    }

    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.get(Self.path, .page("Show why a form was refused", .everyone), use: show)
    }

    package func keep(
        _ failure: Failure, _ status: HTTPResponse.Status, _ request: Request, _ context: AppRequestContext
    ) -> (address: String, cookie: String)? {
        var typed = [
            "status": String(status.code), "reason": status.reasonPhrase, "request": context.requestID,
            "session": context.session?.id ?? "",
        ]
        // What is gone has no page to go back to.
        if failure.kind != .missing { typed["back"] = back(request) }
        guard
            let kept = try? RefusedStrangerForm.keep(
                failure, typed: typed, path: Self.path, isOneOfSome: true, accounts.keyring, address)
        else { return nil }
        return ("\(Self.path)?refused=\(kept.key)", kept.cookie)
    }

    @Sendable private func show(_ request: Request, _ context: AppRequestContext) throws -> Response {
        // A browser sends no cookie of a session with a form of another site: that was nobody's, and the page is for anybody.
        guard let refused = RefusedStrangerForm(request, isOneOfSome: true, accounts.keyring, address),
            ["", context.session?.id].contains(refused.typed["session"])
        else {
            return Answer.redirect(to: context.caller == nil ? "/auth/login" : "/dashboard")
        }
        return pages.problem(
            refused.message,
            status: HTTPResponse.Status(
                code: refused.typed["status"].flatMap { Int($0) } ?? 400, reasonPhrase: refused.typed["reason"] ?? ""), context,
            requestID: refused.typed["request"], back: refused.typed["back"],
            headers: refused.retryAfterSeconds.map { [.retryAfter: String($0)] } ?? [:])
    }

    /// The page of ours that the form was on.
    private func back(_ request: Request) -> String? {
        guard let referer = request.headers[.named("Referer")], referer.utf8.count <= Self.backBytes,
            let parts = URLComponents(string: referer), let scheme = parts.scheme, let host = parts.host,
            address.isOwn(origin: "\(scheme)://\(host)\(parts.port.map { ":\($0)" } ?? "")", request),
            parts.percentEncodedPath.hasPrefix("/"), !parts.percentEncodedPath.hasPrefix("//"),
            // As the router reads it.
            ![["auth", "refused"], ["auth", "logout"]].contains(parts.path.split(separator: "/"))
        else { return nil }
        let back = parts.percentEncodedPath + (parts.percentEncodedQuery.map { "?\($0)" } ?? "")
        return back.utf8.count <= Self.backBytes ? back : nil
    }
}
