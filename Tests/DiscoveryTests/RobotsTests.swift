import Discovery
import Testing

@Suite("What robots.txt allows")
struct RobotsTests {
    private func robots(_ text: String) -> Robots { Robots(Array(text.utf8), product: "quern") }

    @Test func `the longest rule counts, and the kinder of two that are as long`() {
        let robots = robots("User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b\nDisallow: /x/")
        #expect(!robots.allows("/a/c"))
        #expect(robots.allows("/a/b/c"))
        #expect(robots.allows("/x"))
        #expect(!robots.allows("/x/y"))
        #expect(robots.allows("/other"))
    }

    @Test func `its own group counts alone`() {
        let robots = robots(
            "User-agent: *\nDisallow: /\n\nUser-agent: other\nUser-agent: Quern/2.0\nDisallow: /private\nCrawl-delay: 7")
        #expect(robots.allows("/team"))
        #expect(!robots.allows("/private/x"))
        #expect(robots.delaySeconds == 7)
    }

    @Test func `stars and ends count`() {
        let robots = robots("User-agent: *\nDisallow: /*.pdf$\nDisallow: /*/secret\nAllow: /")
        #expect(!robots.allows("/a/b.pdf"))
        #expect(robots.allows("/a/b.pdf?x"))
        #expect(!robots.allows("/q/secret/x"))
    }

    @Test func `letters are compared however they are written`() {
        #expect(!robots("User-agent: *\nDisallow: /m%C3%BCller").allows("/müller/x"))
        #expect(!robots("User-agent: *\nDisallow: /a%7Eb").allows("/a~b"))
    }

    @Test func `many stars take no time`() {
        let robots = robots("User-agent: *\nDisallow: /" + String(repeating: "*a", count: 900) + "$")
        #expect(robots.allows("/" + String(repeating: "a", count: 1500) + "b"))
    }

    @Test func `nothing and nonsense allow everything`() {
        #expect(robots("").allows("/x"))
        #expect(robots("<html>not found</html>").allows("/x"))
        #expect(robots("Disallow: /").allows("/x"))
        #expect(!Robots.closed.allows("/x"))
        #expect(robots("Sitemap: https://a.test/s.xml\n").sitemaps == ["https://a.test/s.xml"])
    }
}
