package import Core
package import HTTPTypes
package import Hummingbird

extension Page {
    /// `X-Total-Count`, and `Link` to the neighbours of this page (RFC 8288).
    package func headers(_ request: Request, total: Int) -> HTTPFields {
        var headers: HTTPFields = [.xTotalCount: "\(total)"]
        headers[.link] = links(request, total)
        return headers
    }

    private func links(_ request: Request, _ total: Int) -> String? {
        func link(_ skip: Int, _ relation: String) -> String {
            // As they came, each with its own way to write odd signs.
            var pairs = (request.uri.query ?? "").split(separator: "&").map(String.init).filter {
                !$0.hasPrefix("skip=") && !$0.hasPrefix("limit=")
            }
            pairs += ["skip=\(skip)", "limit=\(limit)"]
            return "<\(request.uri.path)?\(pairs.joined(separator: "&"))>; rel=\"\(relation)\""
        }
        guard limit > 0 else { return nil }
        var links = [link(0, "first"), link(max(0, (total - 1) / limit * limit), "last")]
        if skip > 0 { links.append(link(max(0, skip - limit), "prev")) }
        if skip + limit < total { links.append(link(skip + limit, "next")) }
        return links.joined(separator: ", ")
    }
}
