import Core
import Foundation
package import HTML

/// Reads the pages of one domain, one after the other and slowly, those first that are likely to name people.
package struct Crawler: Sendable {
    package struct Settings: Sendable {
        /// Between two requests to a host, unless the site asks for more.
        package var delaySeconds: Double
        package var pages: Int
        /// Links from the first page to a page.
        package var depth: Int
        /// For the whole domain.
        package var seconds: Double

        package init(delaySeconds: Double = 3, pages: Int = 30, depth: Int = 2, seconds: Double = 300) {
            self.delaySeconds = delaySeconds
            self.pages = pages
            self.depth = depth
            self.seconds = seconds
        }
    }

    /// How the visit of a domain ended.
    package enum Outcome: String, Sendable, Codable, CaseIterable {
        case read
        case robotsDenied = "robots_denied"
        /// The site answers programs with 401, 403 or 429.
        case blocked
        case noSuchHost = "no_such_host"
        case unreachable
        case timeout
        case untrustedCertificate = "untrusted_certificate"
        /// Its name stands for a machine that is not on the public internet.
        case forbiddenAddress = "forbidden_address"
        /// It answers, but not with a page.
        case noPage = "no_page"
        /// What it shows is made by scripts in the browser, which are not run.
        case scriptOnly = "script_only"
        /// Others read the same host all the time.
        case busy
    }

    package struct Visit: Sendable {
        package var outcome: Outcome
        /// The host that answered: perhaps another one than was asked for.
        package var host: String
        package var requests = 0
        package var pages = 0
    }

    /// Each request waits for its turn, since others may read the same host.
    package struct Turns: Sendable {
        /// Answers 0, or in how many seconds to ask again.
        package let begin: @Sendable (_ host: String) async -> Double
        package let end: @Sendable (_ host: String, _ pauseSeconds: Double) async -> Void

        package init(
            begin: @escaping @Sendable (_ host: String) async -> Double,
            end: @escaping @Sendable (_ host: String, _ pauseSeconds: Double) async -> Void
        ) {
            (self.begin, self.end) = (begin, end)
        }
    }

    private let fetcher: Fetcher
    private let settings: Settings
    private let product: String
    private let sleep: @Sendable (Double) async throws -> Void

    private enum Limits {
        static let redirects = 5
        static let links = 2000
        static let sitemapBytes = 2 << 20
        static let sitemapPages = 500
        /// Sitemaps of an index that are looked at.
        static let listedSitemaps = 50
        /// Of one entry of a sitemap; addresses are shorter (sitemaps.org: 2,048 letters).
        static let locationBytes = 4000
        /// Requests for sitemaps of one site.
        static let sitemaps = 3
        static let longDelay = 10.0
        static let refusals = 3
        /// Letters that a page of words has at least.
        static let letters = 60
        static let longestWait = 60.0
        /// Spent on waiting for others who read the same host.
        static let othersSeconds = 1800.0
        /// For one turn.
        static let longestTurnWait = 300.0
    }

    /// - Parameters:
    ///   - product: the first word of the agent's name, in small letters, as robots.txt names it.
    ///   - sleep: waits so many seconds.
    package init(
        _ fetcher: Fetcher, _ settings: Settings, product: String,
        sleep: @escaping @Sendable (Double) async throws -> Void = { try await Pause.seconds($0) }
    ) {
        (self.fetcher, self.settings, self.product, self.sleep) = (fetcher, settings, product, sleep)
    }

    /// What is known of the site while it is read.
    private struct State {
        var visit: Visit
        var robots = Robots.open
        var base: PageURL
        var last: ContinuousClock.Instant?
        var delay: Double
        var deadline: ContinuousClock.Instant
        let turns: Turns
        /// How long others who read the same host were waited for.
        var othersSeconds = 0.0
        /// The last host that a turn was asked for at.
        var place: String?
        var refusals = 0

        /// A site that refuses is asked more slowly.
        mutating func refused() {
            refusals += 1
            delay = max(delay, min(max(delay * 2, 1), Limits.longestWait))
        }

        /// Whoever gives up keeps nobody waiting.
        func leave() async {
            if let place { await turns.end(place, delay) }
        }
    }

    private enum Stop: Error {
        case outcome(Outcome)
    }

    /// - Parameters:
    ///   - seconds: the longest that the visit may take, where that is less than usual.
    ///   - progress: called with the address of each page before it is asked for.
    ///   - reading: called with all work on what a page holds, which waits for nothing.
    ///   - read: called with each page.
    /// - Throws: `CancellationError`.
    package func visit(
        _ domain: DomainName, within seconds: Double? = nil, turns: Turns, progress: @Sendable (String) -> Void = { _ in },
        reading: (() -> Void) -> Void = { $0() }, read: (_ page: PageURL, _ tree: HTMLTree) async throws -> Void
    ) async throws -> Visit {
        let start = PageURL(host: domain.description, isSecure: true)
        var state = State(
            visit: Visit(outcome: .read, host: domain.description), base: start, delay: settings.delaySeconds,
            deadline: ContinuousClock.now + .seconds(min(seconds ?? .infinity, settings.seconds)), turns: turns)
        do {
            try await findSite(domain, &state)
            try await readPages(domain, &state, progress, reading, read)
        } catch Stop.outcome(let outcome) {
            // What was read until then counts.
            if state.visit.pages == 0 || outcome == .blocked || outcome == .scriptOnly { state.visit.outcome = outcome }
        } catch {
            await state.leave()
            throw error
        }
        await state.leave()
        state.visit.host = state.base.host
        return state.visit
    }

    /// Finds out where the site answers, and what it allows.
    private func findSite(_ domain: DomainName, _ state: inout State) async throws {
        var first: Fetcher.Trouble?
        for (prefix, isSecure) in [("", true), ("www.", true), ("", false), ("www.", false)] {
            let base = PageURL(host: prefix + domain.description, isSecure: isSecure)
            do {
                state.base = base
                try await readRobots(of: base, &state)
                return
            } catch let trouble as Fetcher.Trouble {
                if first == nil || first == .noSuchHost { first = trouble }
                if trouble == .forbiddenAddress { break }
            }
        }
        throw Stop.outcome(Self.outcome(first ?? .unreachable))
    }

    private static func outcome(_ trouble: Fetcher.Trouble) -> Outcome {
        switch trouble {
        case .noSuchHost: .noSuchHost
        case .unreachable: .unreachable
        case .timeout: .timeout
        case .untrustedCertificate: .untrustedCertificate
        case .forbiddenAddress: .forbiddenAddress
        }
    }

    private func readRobots(of base: PageURL, _ state: inout State) async throws {
        var url = PageURL(host: base.host, path: "/robots.txt", isSecure: base.isSecure)
        for hop in 0...Limits.redirects {
            let page: Fetcher.Page
            do {
                page = try await request(url, &state, most: Robots.Limits.bytes)
            } catch is Fetcher.Trouble where hop > 0 {
                // RFC 9309 section 2.3.1.4: what can not be had forbids. The site itself has answered.
                state.robots = .closed
                return
            }
            switch page.status {
            case 200..<300: state.robots = Robots(page.body, product: product)
            case 300..<400:
                guard let next = page.location.flatMap({ PageURL($0, on: url) }) else {
                    state.robots = .open
                    return
                }
                url = next
                continue
            // RFC 9309 section 2.3.1.3: unavailable means allowed; a server that fails forbids.
            case 400..<500: state.robots = .open
            default: state.robots = .closed
            }
            state.delay = max(settings.delaySeconds, state.robots.delaySeconds ?? 0)
            return
        }
        state.robots = .open
    }

    /// A request in its turn.
    private func request(_ url: PageURL, _ state: inout State, most: Int = Fetcher.Limits.pageBytes) async throws -> Fetcher.Page
    {
        // An address in place of a name is a way around the guard that no company has.
        guard let host = (try? DomainName(url.host))?.description else { throw Fetcher.Trouble.forbiddenAddress }
        try await wait(&state, atLeast: 0)
        // Names are looked up before a turn is taken: that may take longer than a request.
        let addresses = try await fetcher.vetted(url.host)
        try await waitForTurn(at: host, &state)
        state.visit.requests += 1
        do {
            let page = try await fetcher.get(url, at: addresses, most: most)
            let asked = page.isLater ? page.retryAfterSeconds ?? 0 : 0
            await state.turns.end(host, max(state.delay, asked))
            state.last = .now
            // Who wants to be left alone for long is.
            if asked > Limits.longestWait { throw Stop.outcome(page.status == 503 ? .unreachable : .blocked) }
            return page
        } catch let stop as Stop {
            throw stop
        } catch {
            await state.turns.end(host, state.delay)
            state.last = .now
            throw error
        }
    }

    /// Time that others take is not taken from the site's.
    private func waitForTurn(at host: String, _ state: inout State) async throws {
        while true {
            state.place = host
            let seconds = await state.turns.begin(host)
            guard seconds > 0 else { return }
            state.othersSeconds += min(seconds, Limits.longestWait)
            guard seconds < Limits.longestTurnWait, state.othersSeconds < Limits.othersSeconds else { throw Stop.outcome(.busy) }
            let part = min(seconds, Limits.longestWait)
            state.deadline += .seconds(part)
            try await sleep(part)
        }
    }

    private func wait(_ state: inout State, atLeast seconds: Double) async throws {
        try Task.checkCancellation()
        let now = ContinuousClock.now
        let since = state.last.map { (now - $0) / .seconds(1) } ?? .infinity
        let pause = max(seconds, state.delay - since)
        guard now + .seconds(max(0, pause)) < state.deadline else { throw Stop.outcome(state.visit.pages > 0 ? .read : .timeout) }
        if pause > 0 { try await sleep(pause) }
    }

    // MARK: Pages

    private struct Candidate {
        let url: PageURL
        let rank: Int
        let depth: Int
        let order: Int
    }

    private func readPages(
        _ domain: DomainName, _ state: inout State, _ progress: @Sendable (String) -> Void, _ reading: (() -> Void) -> Void,
        _ read: (_ page: PageURL, _ tree: HTMLTree) async throws -> Void
    ) async throws {
        var frontier = [Candidate(url: state.base, rank: .max, depth: 0, order: 0)]
        var seen: Set = [state.base]
        var (order, letters, isScripted) = (0, 0, false)
        func add(_ url: PageURL, _ text: String, depth: Int) {
            guard seen.count < Limits.links, let rank = LinkRanking.rank(url, text: text), seen.insert(url).inserted else {
                return
            }
            order += 1
            frontier.append(.init(url: url, rank: rank, depth: depth, order: order))
        }
        while state.visit.pages < settings.pages,
            let best = frontier.indices.max(by: { Self.isBefore(frontier[$1], frontier[$0]) })
        {
            let next = frontier.remove(at: best)
            let isFirst = next.depth == 0
            try Task.checkCancellation()
            guard ContinuousClock.now < state.deadline else { throw Stop.outcome(.timeout) }
            guard state.robots.allows(next.url.path) else {
                if isFirst { throw Stop.outcome(.robotsDenied) }
                continue
            }
            progress(next.url.description)
            guard let (url, page) = try await page(at: next.url, of: domain, isFirst: isFirst, &state) else { continue }
            seen.insert(url)
            state.visit.pages += 1
            var (tree, links) = (HTMLTree([]), PageLinks())
            reading {
                tree = HTMLTree(PageDecoding.utf8(page.body, contentType: page.contentType))
                links = PageLinks(tree, on: url)
            }
            try await read(url, tree)
            if isFirst {
                (letters, isScripted) = (links.letters, links.hasScripts)
                for sitemap in try await sitemapPages(&state, reading) { add(sitemap, "", depth: 1) }
            } else {
                letters += links.letters
            }
            if next.depth < settings.depth {
                for (link, text) in links.links where link.host.withoutWWW == state.base.host.withoutWWW {
                    // With `www.` or without, by http or https: what is allowed is known of the place that answered.
                    let own = PageURL(host: state.base.host, path: link.path, isSecure: state.base.isSecure)
                    add(own, text, depth: next.depth + 1)
                }
            }
            // Nothing leads to a likely page: the usual names are tried.
            if isFirst, !frontier.contains(where: { $0.rank > 1 }) {
                for guess in LinkRanking.guesses {
                    add(PageURL(host: url.host, path: guess, isSecure: url.isSecure), "", depth: 1)
                }
            }
        }
        if letters < Limits.letters, isScripted { throw Stop.outcome(.scriptOnly) }
    }

    private static func isBefore(_ one: Candidate, _ other: Candidate) -> Bool {
        (-one.rank, one.depth, one.order) < (-other.rank, other.depth, other.order)
    }

    /// The page, and where it was in the end; nil when there is none.
    private func page(
        at start: PageURL, of domain: DomainName, isFirst: Bool, _ state: inout State
    ) async throws -> (PageURL, Fetcher.Page)? {
        var url = start
        var redirects = 0
        var isRetry = false
        while true {
            let page: Fetcher.Page
            do {
                page = try await request(url, &state)
            } catch let trouble as Fetcher.Trouble {
                if isFirst { throw Stop.outcome(Self.outcome(trouble)) }
                return nil
            }
            switch page.status {
            case 200..<300:
                let isPage = page.contentType.isEmpty || page.contentType.contains("html")
                if !isPage, isFirst { throw Stop.outcome(.noPage) }
                return isPage ? (url, page) : nil
            case 300..<400:
                redirects += 1
                guard redirects <= Limits.redirects, let target = page.location.flatMap({ PageURL($0, on: url) }) else {
                    if isFirst { throw Stop.outcome(.noPage) }
                    return nil
                }
                if target.host != url.host {
                    // A company may have moved: its first page may lead anywhere that is public, all others stay.
                    guard isFirst else { return nil }
                }
                if isFirst, target.host != url.host || target.isSecure != url.isSecure {
                    state.base = PageURL(host: target.host, isSecure: target.isSecure)
                    // What one host asks for is nothing that another one has to bear.
                    if target.host.withoutWWW != url.host.withoutWWW { state.delay = settings.delaySeconds }
                    do {
                        try await readRobots(of: state.base, &state)
                    } catch let trouble as Fetcher.Trouble {
                        throw Stop.outcome(Self.outcome(trouble))
                    }
                }
                // What is allowed is known of this place alone.
                guard isFirst || target.isSecure == state.base.isSecure else { return nil }
                url = target
                guard state.robots.allows(url.path) else {
                    if isFirst { throw Stop.outcome(.robotsDenied) }
                    return nil
                }
            case 401, 403, 429, 503:
                state.refused()
                let asked = page.isLater ? page.retryAfterSeconds : nil
                // Once more after as long as it asks for.
                if let asked, !isRetry {
                    isRetry = true
                    try await wait(&state, atLeast: asked)
                    continue
                }
                if isFirst || state.refusals >= Limits.refusals {
                    throw Stop.outcome(page.status == 503 ? .unreachable : .blocked)
                }
                return nil
            default:
                if isFirst { throw Stop.outcome(.noPage) }
                return nil
            }
        }
    }

    /// What the site lists of itself, as far as it is likely to name people: the sitemaps that robots.txt names, and of an index of
    /// sitemaps those of pages.
    private func sitemapPages(_ state: inout State, _ reading: (() -> Void) -> Void) async throws -> [PageURL] {
        var seen: Set<PageURL> = []
        /// On the place that has answered, and each once.
        func own(_ urls: [PageURL]) -> [PageURL] {
            urls.filter { $0.host.withoutWWW == state.base.host.withoutWWW }.map {
                PageURL(host: state.base.host, path: $0.path, isSecure: state.base.isSecure)
            }.filter { seen.insert($0).inserted }
        }
        var waiting = own(state.robots.sitemaps.compactMap { PageURL($0, on: state.base) })
        var pages: [PageURL] = []
        // Of a site that wants long pauses one, so that time is left for its pages.
        for _ in 0..<(state.delay > Limits.longDelay ? 1 : Limits.sitemaps) where pages.count < Limits.sitemapPages {
            guard let place = waiting.firstIndex(where: { state.robots.allows($0.path) }) else { break }
            let url = waiting.remove(at: place)
            let page: Fetcher.Page
            do {
                page = try await request(url, &state, most: Limits.sitemapBytes)
            } catch is Fetcher.Trouble {
                continue
            }
            if [401, 403, 429, 503].contains(page.status) {
                state.refused()
                break
            }
            guard page.status == 200 else { continue }
            var listed: [PageURL] = []
            reading { listed = own(Self.locations(page.body).compactMap { PageURL($0, on: url) }) }
            if ByteText.place(of: "<sitemapindex".utf8, in: page.body, from: 0) != nil {
                // `page-sitemap.xml` before those of posts and products.
                let likely = listed.filter { LinkRanking.isSitemapOfPages($0) }
                waiting = (likely.isEmpty ? Array(listed.prefix(1)) : Array(likely.prefix(Limits.listedSitemaps))) + waiting
            } else {
                pages += listed.filter { (LinkRanking.rank($0, text: "") ?? 0) > 1 }
            }
        }
        return Array(pages.prefix(Limits.sitemapPages))
    }

    private static func locations(_ text: [UInt8]) -> [String] {
        var found: [String] = []
        var start = 0
        while found.count < Limits.links * 10, let tag = ByteText.place(of: "<loc>".utf8, in: text, from: start),
            let end = ByteText.place(of: "</loc>".utf8, in: text, from: tag + 5)
        {
            start = end + 6
            guard end - tag <= Limits.locationBytes else { continue }
            found.append(
                String(decoding: text[(tag + 5)..<end], as: UTF8.self).withFewMarks.replacing("&amp;", with: "&")
                    .replacing("<![CDATA[", with: "").replacing("]]>", with: "").trimmed)
        }
        return found
    }
}

extension String {
    var withoutWWW: String { hasPrefix("www.") ? String(dropFirst(4)) : self }
}

/// Where a page leads, and how much it says.
struct PageLinks {
    private(set) var links: [(url: PageURL, text: String)] = []
    /// Of the texts that people see.
    private(set) var letters = 0
    private(set) var hasScripts = false

    /// Whether a script of the type runs; others hold data, such as JSON-LD.
    private func isProgram(_ type: String?) -> Bool {
        let type = type?.trimmed.lowercased() ?? ""
        return type.isEmpty || type == "module" || type.contains("javascript") || type.contains("ecmascript")
    }

    private enum Limits {
        static let links = 1000
        static let textBytes = 200
    }

    /// Of no page.
    init() {}

    init(_ tree: HTMLTree, on page: PageURL) {
        var base = page
        var node: Int? = HTMLTree.root
        var link: (url: PageURL, text: String, node: Int)?
        while let current = node {
            let element = tree.nodes[current]
            switch element.kind {
            case .element:
                switch element.name {
                case "script", "style", "noscript", "template":
                    if element.name == "script", isProgram(element["type"]) { hasScripts = true }
                    node = tree.followingSkipping(current, in: HTMLTree.root)
                    continue
                case "base": if let href = element["href"], let url = PageURL(href, on: page) { base = url }
                // What a browser shows by itself: the page behind a splash page, the parts of a frameset.
                case "meta" where element["http-equiv"]?.lowercased() == "refresh":
                    let parts = element["content"]?.split(separator: ";", maxSplits: 1) ?? []
                    if parts.count == 2, let target = Self.target(String(parts[1]).trimmed),
                        let url = PageURL(
                            target.trimmingCharacters(in: .whitespacesAndNewlines.union(["'", "\""])), on: base)
                    {
                        append(url, "")
                    }
                case "frame", "iframe": if let source = element["src"], let url = PageURL(source, on: base) { append(url, "") }
                case "a", "area":
                    if let link { append(link.url, link.text) }
                    link = nil
                    if let href = element["href"], let url = PageURL(href, on: base) {
                        link = (url, element["title"] ?? element["aria-label"] ?? "", current)
                    }
                default: break
                }
            case .text:
                letters += element.bytes.count { !HTMLText.isSpace($0) }
                if let text = link?.text, text.utf8.count < Limits.textBytes, let owner = link?.node,
                    Self.isInside(current, owner, tree)
                {
                    link?.text = text + " " + element.text.beginning(bytes: Limits.textBytes)
                }
            default: break
            }
            node = tree.following(current, in: HTMLTree.root)
        }
        if let link { append(link.url, link.text) }
    }

    /// `url=/en/`, or the address alone.
    private static func target(_ text: String) -> String? {
        guard text.lowercased().hasPrefix("url"), let sign = text.firstIndex(of: "=") else { return text }
        return String(text[text.index(after: sign)...])
    }

    private mutating func append(_ url: PageURL, _ text: String) {
        if links.count < Limits.links { links.append((url, text)) }
    }

    private static func isInside(_ node: Int, _ owner: Int, _ tree: HTMLTree) -> Bool {
        var node = tree.nodes[node].parent
        for _ in 0..<8 where node >= 0 {
            if node == owner { return true }
            node = tree.nodes[node].parent
        }
        return false
    }
}
