import Core
import Foundation

/// Addresses in texts and attributes, also those that are hidden from programs a little.
enum Addresses {
    private enum Limits {
        static let textBytes = 20_000
        static let addressBytes = 254
        static let found = 200
        /// Of one link.
        static let recipients = 50
    }

    /// Local parts of roles, which are nobody's own.
    static let roles: Set = [
        "info", "hello", "support", "help", "sales", "contact", "team", "office", "careers", "career", "jobs", "job", "hr",
        "billing", "accounts", "accounting", "finance", "payroll",
        "privacy", "legal", "security", "admin", "webmaster", "newsletter", "press", "presse", "media", "example", "no-reply",
        "noreply", "donotreply", "kontakt",
        "contacto", "contatto", "contact-us", "mail", "post", "postmaster", "abuse", "service", "kundenservice", "kundendienst",
        "bewerbung", "verwaltung", "vertrieb", "einkauf",
        "buchhaltung", "datenschutz", "dpo", "rgpd", "marketing", "pr", "events", "event", "enquiries", "enquiry", "inquiries",
        "reception", "empfang", "zentrale", "bestellung", "orders", "order",
        "shop", "feedback", "hallo", "hola", "bonjour", "ciao", "commercial", "ventas", "rrhh", "administracion", "recrutement",
        "rh", "direction", "secretariat", "sekretariat", "biuro", "firma", "ofis", "bilgi",
        "iletisim", "asiakaspalvelu", "kundtjanst", "salg", "salgs", "myynti", "verkoop", "ir", "investors", "investor",
        "partners", "partner", "research", "general", "customerservice", "customer-service", "client", "clients", "it",
        "hostmaster", "finance", "invoices", "rechnung", "studio", "redaktion", "redazione", "redaction", "pressoffice",
        "urednistvo", "mailbox", "welcome", "booking", "bookings", "reservations", "donate", "giving", "admissions", "registrar",
        "editor", "gdpr", "compliance", "sales-team", "technik", "werkstatt", "praxis", "kanzlei", "rezeption", "sede",
        "segreteria", "amministrazione", "ufficio", "info-de", "obchod",
    ]

    static func isRole(_ address: String) -> Bool {
        let local = address.prefix { $0 != "@" }.lowercased()
        return roles.contains(local) || local.contains("+") || local.hasPrefix("no-reply") || local.hasPrefix("noreply")
            || roles.contains(local.split(whereSeparator: { $0 == "." || $0 == "-" || $0 == "_" }).first.map(String.init) ?? "")
                && local.contains(where: { "-_.".contains($0) })
                && local.split(whereSeparator: { $0 == "." || $0 == "-" || $0 == "_" }).dropFirst().allSatisfy {
                    roles.contains(String($0)) || $0.count == 2
                }
    }

    // MARK: In texts

    /// In the order of the text, each once.
    static func all(in source: String) -> [String] {
        guard source.utf8.count <= Limits.textBytes else { return all(in: source.beginning(bytes: Limits.textBytes)) }
        var found: [String] = []
        func take(_ text: String) {
            let bytes = Array(text.utf8)
            var from = 0
            while found.count < Limits.found, let at = bytes[from...].firstIndex(of: UInt8(ascii: "@")) {
                from = at + 1
                var (start, end) = (at, at + 1)
                while start > 0, isLocal(bytes[start - 1]), at - start < 64 { start -= 1 }
                while end < bytes.count, isDomain(bytes[end]), end - at < 190 { end += 1 }
                while start < at, bytes[start] == UInt8(ascii: ".") || bytes[start] == UInt8(ascii: "-") { start += 1 }
                while end > at + 1, bytes[end - 1] == UInt8(ascii: ".") || bytes[end - 1] == UInt8(ascii: "-") { end -= 1 }
                if let address = checked(String(decoding: bytes[start..<end], as: UTF8.self)), !found.contains(address) {
                    found.append(address)
                }
            }
        }
        if source.utf8.contains(UInt8(ascii: "@")) { take(source) }
        let plain = deobfuscated(source)
        if plain != source { take(plain) }
        return found
    }

    private static func isLocal(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte || "._%+-'&".utf8.contains(byte)
    }

    private static func isDomain(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "-")
            || byte >= 0x80
    }

    private static let fileEndings: Set = ["png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "avif", "html", "php"]

    /// - Returns: in small letters; nil for what can be no address, and for placeholders.
    static func checked(_ text: String) -> String? {
        let address = text.lowercased()
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, address.utf8.count <= Limits.addressBytes, !parts[0].hasPrefix("."),
            !parts[0].hasSuffix("."),
            !parts[0].contains(".."), let domain = try? DomainName(String(parts[1])), parts[1].contains("."),
            let last = domain.description.split(separator: ".").last, last.count >= 2, !fileEndings.contains(String(last))
        else { return nil }
        guard
            !["example.com", "example.org", "example.net", "domain.com", "email.com", "yourdomain.com", "sentry.io"].contains(
                domain.description),
            ![
                "firstname.lastname", "vorname.nachname", "prenom.nom", "name", "nombre.apellido", "you", "your.name", "yourname",
                "first.last",
            ]
            .contains(String(parts[0]))
        else { return nil }
        // Letters beyond ASCII become longer.
        let plain = "\(parts[0])@\(domain)"
        return plain.utf8.count <= Limits.addressBytes ? plain : nil
    }

    /// `name [at] domain [dot] com` and its like.
    static func deobfuscated(_ source: String) -> String {
        let small = Array(source.lowercased().utf8)
        guard hints.contains(where: { ByteText.holds(small, $0) }) else { return source }
        return Deobfuscation.plain(source.collapsed)
    }

    private static let hints: [[UInt8]] = [
        "at)", "at]", "at}", "at>", " at ", "(@", "[@", " @ ", "ät", "klammeraffe", "arroba", "chez", "_at_", "-at-", "*at*",
        "dot", "punkt", "(a)", "[a]", "@ ", "|at|", "at|",
        "malpa", "małpa", "at&", "kukac", "zavinac", "snabel", "-at-", "собака",
    ].map { Array($0.utf8) }

    // MARK: In attributes

    /// What a link of the form `mailto:` names; several have commas between them.
    static func mailto(_ href: String) -> [String] {
        let trimmed = href.trimmed
        guard trimmed.lowercased().hasPrefix("mailto:") else { return [] }
        let rest = trimmed.dropFirst(7).prefix { $0 != "?" }
        let text = PercentCoding.decode(text: String(rest)) ?? String(rest)
        return text.split(maxSplits: Limits.recipients, whereSeparator: { $0 == "," || $0 == ";" }).prefix(Limits.recipients)
            .compactMap { part in
                checked(String(part).trimmed) ?? all(in: String(part)).first
            }
    }

    /// Cloudflare's protection: hexadecimal, all bytes mixed with the first.
    static func cloudflare(_ hex: String) -> String? {
        let digits = Array(hex.utf8)
        guard digits.count >= 8, digits.count % 2 == 0, digits.count <= 600 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = PercentCoding.value(ofHexDigit: digits[index]),
                let low = PercentCoding.value(ofHexDigit: digits[index + 1])
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return checked(String(decoding: bytes.dropFirst().map { $0 ^ bytes[0] }, as: UTF8.self))
    }

    /// What an attribute or a script hides: as it is, in rot13, in base64, or with its letters from back to front. The reading with an
    /// address of the site is the right one; else the first with any.
    static func unhidden(_ text: String, host: String) -> [String] {
        guard text.utf8.count >= 6, text.utf8.count <= 2000 else { return [] }
        let plain = deobfuscated(text)
        var readings = [text, rot13(text), rot13(plain), String(text.reversed())]
        if let data = Data(base64Encoded: text), data.allSatisfy({ 0x20...0x7E ~= $0 }) {
            readings.append(String(decoding: data, as: UTF8.self))
        }
        let found = readings.map { all(in: $0) }
        return found.first { $0.contains { $0.hasSuffix("@" + host) } } ?? found[0]
    }

    /// What a script writes into the page: its texts, put together as its sums of texts and variables say, and each text as `unhidden`
    /// reads it.
    static func written(by script: String, host: String) -> [String] {
        guard script.utf8.count <= 4000,
            script.lowercased().contains("mail") || script.contains("@") || script.contains("&#64;") || script.contains("atob")
        else { return [] }
        let values = ScriptTexts(script)
        let plain = values.sums.joined(separator: " ").replacing("&#64;", with: "@").replacing("&#46;", with: ".")
            .replacing("\\x40", with: "@").replacing("%40", with: "@").replacing("mailto:", with: " ")
        var found = all(in: plain)
        for text in values.texts where (8...300).contains(text.utf8.count) {
            for address in unhidden(text, host: host) where !found.contains(address) { found.append(address) }
        }
        // A reading with an address of the site is the right one.
        let own = found.filter { $0.hasSuffix("@" + host) }
        return own.isEmpty ? found : own
    }

    static func rot13(_ text: String) -> String {
        String(
            decoding: text.utf8.map { byte in
                switch byte {
                case 0x41...0x5A: (byte - 0x41 + 13) % 26 + 0x41
                case 0x61...0x7A: (byte - 0x61 + 13) % 26 + 0x61
                default: byte
                }
            }, as: UTF8.self)
    }

    /// How well a local part fits a name: 0 for not at all.
    static func fit(_ address: String, _ name: String) -> Int {
        let local = address.prefix { $0 != "@" }.lowercased()
        let letters = local.filter(\.isLetter)
        let parts = EmailPattern.parts(of: name)
        guard let first = parts.first, let last = parts.last, parts.count >= 2 else {
            return parts.first == letters && letters.count > 2 ? 2 : 0
        }
        let pieces = local.split { !$0.isLetter }.map(String.init)
        if pieces.contains(first), pieces.contains(last) { return 5 }
        if letters == first + last || letters == last + first { return 5 }
        if letters.hasPrefix(String(first.prefix(1))), letters.hasSuffix(last), letters.count <= first.count + last.count {
            return 4
        }
        if letters.hasPrefix(last), letters.count <= last.count + 2 { return 4 }
        if letters.hasPrefix(first), letters.count <= first.count + 2 { return 3 }
        if last.count >= 4, letters.contains(last) { return 3 }
        if parts.dropFirst().contains(where: { $0.count >= 4 && letters.contains($0) }) { return 2 }
        if letters.count == parts.count, zip(letters, parts).allSatisfy({ $1.first == $0 }) { return 2 }
        return 0
    }
}
