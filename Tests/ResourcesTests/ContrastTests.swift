import Foundation
import Resources
import Testing

/// WCAG 2.2, 1.4.3 and 1.4.11, computed from the style sheet for both themes.
@Suite("Telling colours apart")
struct ContrastTests {
    struct Colour {
        let luminance: Double

        /// `#rrggbb` (WCAG 2.2, relative luminance).
        init?(_ text: Substring) {
            guard text.first == "#", text.count == 7, let number = Int(text.dropFirst(), radix: 16) else { return nil }
            let parts = [number >> 16, number >> 8 & 0xFF, number & 0xFF].map { part in
                let share = Double(part) / 255
                return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
            }
            luminance = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
        }

        func contrast(to other: Colour) -> Double {
            (max(luminance, other.luminance) + 0.05) / (min(luminance, other.luminance) + 0.05)
        }
    }

    let css: String
    /// Light and dark, by the name of the custom property.
    let colours: [String: [Colour]]

    init() throws {
        let resource = try #require(
            (0..<quern_resource_count()).compactMap { quern_resource_at($0)?.pointee }.first {
                String(cString: $0.name) == "assets/app.css"
            })
        css = String(decoding: Data(bytes: resource.bytes, count: resource.length), as: UTF8.self)
        var colours: [String: [Colour]] = [:]
        for match in css.matches(of: /--([a-z-]+): (?:light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)|(#[0-9a-f]{6}));/) {
            let pair = match.4.map { [$0, $0] } ?? [match.2, match.3].compactMap(\.self)
            colours[String(match.1)] = pair.compactMap(Colour.init)
        }
        self.colours = colours
        #expect(colours.count > 30)
    }

    private func check(_ front: String, _ ground: String, least: Double) throws {
        let (fronts, grounds) = (try #require(colours[front], "\(front)"), try #require(colours[ground], "\(ground)"))
        for (theme, pair) in zip(["light", "dark"], zip(fronts, grounds)) {
            let contrast = pair.0.contrast(to: pair.1)
            #expect(contrast >= least, "\(front) on \(ground), \(theme): \((contrast * 100).rounded() / 100) to 1")
        }
    }

    static let states = ["queued", "running", "completed", "partial", "failed", "cancelled"]

    @Test(arguments: ["ink", "soft", "link"], ["paper", "sheet", "sunk", "field"])
    func `text is read on every ground`(text: String, ground: String) throws {
        try check(text, ground, least: 4.5)
    }

    @Test(arguments: states)
    func `states and notes are read`(state: String) throws {
        for text in [state, "ink", "soft", "link"] { try check(text, "\(state)-wash", least: 4.5) }
    }

    @Test func `every rule that sets both colours is read`() throws {
        var count = 0
        for rule in css.matches(of: /\{([^{}]*)\}/) {
            guard let ground = rule.1.firstMatch(of: /background(?:-color)?: var\(--([a-z-]+)\)/)?.1,
                let text = rule.1.firstMatch(of: /(?:^|[ ;])color: var\(--([a-z-]+)\)/)?.1,
                colours[String(ground)] != nil, colours[String(text)] != nil,
                // A bar and its grain are no words.
                !rule.0.contains("appearance: none")
            else { continue }
            count += 1
            try check(String(text), String(ground), least: 4.5)
        }
        #expect(count > 20)
    }

    @Test func `chips, links and marks are read`() throws {
        for (text, ground) in [
            ("paper", "ink"), ("on-wheat", "wheat"), ("on-wheat", "wheat-high"), ("failed", "sheet"), ("failed", "paper"),
            ("completed", "sheet"), ("running", "sheet"), ("sheet", "stone"),
        ] { try check(text, ground, least: 4.5) }
    }

    /// Half-transparent text has another contrast than its colour says.
    @Test func `only what can not be used, or is on its way, is faded`() {
        let faded = css.matches(of: /\n *([^{}\n]*)\{[^{}]*[ ;]opacity: 0?\.[0-9]+;/).map { String($0.1) }
        for selector in faded {
            #expect(
                ["disabled", "aria-busy", "is-lifted"].contains { selector.contains($0) }, "\(selector) is faded")
        }
        #expect(!faded.isEmpty)
    }

    @Test func `edges and marks are seen`() throws {
        for front in ["edge", "focus"] {
            for ground in ["paper", "sheet", "sunk", "field"] { try check(front, ground, least: 3) }
        }
        for front in ["wheat-edge", "alive", "failed"] {
            for ground in ["paper", "sheet"] { try check(front, ground, least: 3) }
        }
        try check("wheat-edge", "sunk", least: 3)
    }

    @Test func `parts of the ledger are seen, and told apart from their neighbours`() throws {
        for part in ["written", "filtered", "rejected"] { try check(part, "sheet", least: 3) }
        try check("written", "filtered", least: 3)
        try check("filtered", "rejected", least: 3)
    }
}
