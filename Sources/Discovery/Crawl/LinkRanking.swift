import Core
import Foundation

/// Which pages of a site are likely to name people.
enum LinkRanking {
    private enum Limits {
        static let pathBytes = 400
        static let textBytes = 200
    }

    /// Higher is likelier; nil for what is no page.
    static func rank(_ url: PageURL, text: String) -> Int? {
        // What says what a page is stands at the beginning of a path.
        let path = url.path.beginning(bytes: Limits.pathBytes).prefix { $0 != "?" }.lowercased()
        if let dot = path.lastIndex(of: "."), path[dot...].count <= 6 {
            guard pageEndings.contains(String(path[path.index(after: dot)...])) else { return nil }
        }
        let words = folded((PercentCoding.decode(text: path) ?? path) + " " + text.beginning(bytes: Limits.textBytes))
        if never.contains(where: words.contains) { return 0 }
        for (rank, group) in likely where group.contains(where: words.contains) {
            // One of many people, or of many years, is less than the page that lists them.
            let depth = path.split(separator: "/").count
            return rank * 10 - min(depth, 5)
        }
        return 1
    }

    /// What sites call them where no page leads there.
    static let guesses = ["/team", "/about", "/about-us", "/contact", "/people", "/leadership", "/impressum", "/kontakt"]

    /// Whether a sitemap that an index of sitemaps names is one of pages, or of people.
    static func isSitemapOfPages(_ url: PageURL) -> Bool {
        let path = url.path.prefix { $0 != "?" }.lowercased()
        return ["page", "team", "people", "staff", "person", "about", "seite", "static"].contains(where: path.contains)
            && path.hasSuffix(".xml")
    }

    private static let pageEndings: Set = [
        "html", "htm", "xhtml", "php", "php5", "asp", "aspx", "jsp", "cfm", "shtml", "cgi", "do",
    ]

    private static let never = [
        "wp-json", "/feed", "/cart", "/login", "/signin", "/register", "/tag/", "/category/", "add-to-cart", "/privacy",
        "datenschutz", "/terms", "/cookie", "/shop/", "/product",
    ]

    private static let likely: [(Int, [String])] = [
        (
            4,
            [
                "team", "people", "leadership", "management", "staff", "board", "founders", "executive", "directors",
                "who-we-are",
                "ansprechpartner", "mitarbeiter", "vorstand", "geschaftsfuhrung", "geschaeftsfuehrung", "equipe", "direction",
                "equipo", "directivos", "squadra", "persone", "medewerkers", "zespol", "zarzad", "medarbetare", "ledning",
                "medarbejdere", "ansatte", "henkilo", "equipa", "ekip", "yonetim", "our-lawyers", "attorneys", "faculty",
                "команд", "сотрудник", "руководств", "ομαδα", "役員", "チーム", "スタッフ", "团队", "團隊", "管理层", "구성원", "임원", "팀",
            ]
        ),
        (
            3,
            [
                "about", "company", "uber-uns", "ueber-uns", "unternehmen", "a-propos", "qui-sommes", "nosotros", "quienes",
                "empresa",
                "chi-siamo", "azienda", "over-ons", "o-nas", "om-oss", "om-os", "meista", "sobre", "hakkimizda", "о компании",
                "о нас", "o-kompanii", "会社概要", "会社案内", "关于", "關於", "회사소개",
            ]
        ),
        (
            2,
            [
                "contact", "kontakt", "contacto", "contatti", "contato", "contactez", "iletisim", "контакт", "kontakty", "yhteys",
                "imprint", "impressum", "mentions-legales", "aviso-legal", "note-legali", "legal-notice", "colofon", "連絡", "联系",
                "お問い合わせ", "연락",
            ]
        ),
    ]

    static func folded(_ text: String) -> String {
        text.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars.reduce(into: "") { folded, scalar in
            if scalar.properties.generalCategory != .nonspacingMark {
                folded.unicodeScalars.append(scalar == "_" ? "-" : scalar)
            }
        }.replacing(" us", with: "-us")
    }
}
