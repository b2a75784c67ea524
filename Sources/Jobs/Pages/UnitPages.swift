package import Core
package import Web

/// Which part of a job's units its page lists, and the links to the other parts.
package struct UnitPages: Sendable {
    /// The name of the list in the address, and of the place in the page.
    private let list: String
    /// Units of one state; nil for all.
    package let state: Unit.State?
    package let page: Page

    /// - Parameters:
    ///   - list: such as `files`: `?files=100` begins behind the first hundred, `?show=failed` lists those that failed.
    ///   - limit: units on one page.
    package init(_ list: String, limit: Int, query: Form) {
        self.list = list
        state = query["show"].flatMap(Unit.State.init)
        page = Page(skip: max(0, query[list].flatMap { Int($0) } ?? 0), limit: limit)
    }

    /// What templates show of it: `rangeText`, `beforeHref`, `behindHref`, `failedHref` and `failedText`, each only where it is of use.
    ///
    /// - Parameter shown: units on this page.
    package func model(_ job: Job, _ counts: Unit.Counts, shown: Int) -> [String: Any] {
        let href = "/dashboard/jobs/\(job.id)"
        func link(_ skip: Int) -> String {
            "\(href)?\(list)=\(skip)" + (state.map { "&show=\($0.rawValue)" } ?? "") + "#\(list)"
        }
        var model: [String: Any] = [:]
        let total = state.map { counts[$0] } ?? counts.total
        if total > page.limit, shown > 0 {
            model["rangeText"] = "\(page.skip + 1)–\(page.skip + shown) of \(HumanFormat.count(Int64(total)))"
        }
        if page.skip > 0 { model["beforeHref"] = link(max(0, page.skip - page.limit)) }
        if page.skip + shown < total { model["behindHref"] = link(page.skip + page.limit) }
        if counts.failed > 0, counts.total > 1 {
            model["failedHref"] = state == .failed ? "\(href)#\(list)" : "\(href)?show=failed#\(list)"
            model["failedText"] = state == .failed ? "Show all" : "Show \(HumanFormat.count(Int64(counts.failed))) failed"
        }
        return model
    }
}
