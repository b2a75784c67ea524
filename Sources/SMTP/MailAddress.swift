import Core

/// An e-mail address that is fit for a command and a header: a dot-string and a domain (RFC 5321 section 4.1.2), with
/// the letters of RFC 6531. What ends or splits either (CR, LF, NUL, space, angle brackets, quotes, comma, colon, a
/// second @) can not be in one.
package struct MailAddress: Hashable, Sendable, CustomStringConvertible {
    package let local: String
    package let domain: String

    /// - Throws: `Failure` `invalid_email`.
    package init(_ text: String) throws {
        let parts =
            text.utf8.count <= SMTPLimits.addressOctets ? text.split(separator: "@", omittingEmptySubsequences: false) : []
        guard parts.count == 2, Self.isLocal(parts[0]), Self.isDomain(parts[1])
        else {
            throw Failure(.invalid, "invalid_email", "email is not a valid address, such as name@example.com.")
        }
        (local, domain) = (String(parts[0]), String(parts[1]))
    }

    package var isASCII: Bool { description.utf8.allSatisfy { $0 < 0x80 } }
    package var description: String { "\(local)@\(domain)" }

    private static func isLocal(_ text: Substring) -> Bool {
        text.utf8.count <= SMTPLimits.localOctets
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
                !atom.isEmpty
                    && atom.unicodeScalars.allSatisfy { $0.isLetterOrDigit || "!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains($0) }
            }
    }

    private static func isDomain(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...SMTPLimits.domainLabelOctets).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.unicodeScalars.allSatisfy { $0.isLetterOrDigit || $0 == "-" }
        }
    }
}

extension Unicode.Scalar {
    /// Of any script, with the marks that some letters need. No space, no sign, nothing invisible.
    fileprivate var isLetterOrDigit: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .nonspacingMark, .spacingMark:
            true
        default: false
        }
    }
}

/// Who a mail is from: `Quern <quern@example.com>`.
package struct MailSender: Equatable, Sendable {
    /// What mail programs show instead of the address.
    package let name: String?
    package let address: MailAddress

    package init(name: String? = nil, address: MailAddress) {
        self.name = name
        self.address = address
    }

    /// - Parameter setting: an address, or a name and an address in angle brackets.
    /// - Throws: `Failure` `invalid_setting`.
    package init(setting: String) throws {
        let text = setting.trimmed
        let (name, address) =
            if text.hasSuffix(">"), let bracket = text.lastIndex(of: "<") {
                (Self.unquoted(text[..<bracket].trimmed), String(text[text.index(after: bracket)...].dropLast()))
            } else {
                ("", text)
            }
        guard let address = try? MailAddress(address), address.isASCII, (try? HeaderText(name)) != nil else {
            throw Failure(
                .invalid, "invalid_setting",
                "MAIL_FROM must be an address such as quern@example.com or Quern <quern@example.com>, in ASCII but for the name.")
        }
        self.init(name: name.isEmpty ? nil : name, address: address)
    }

    private static func unquoted(_ text: String) -> String {
        guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        var plain = ""
        var isEscaped = false
        for character in text.dropFirst().dropLast() {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                plain.append(character)
                isEscaped = false
            }
        }
        return plain
    }
}

/// How this program introduces itself in EHLO: a domain, or an address in brackets (RFC 5321 section 4.1.4).
package struct HelloName: Equatable, Sendable, CustomStringConvertible {
    package let description: String

    /// - Returns: nil for anything that is neither.
    package init?(_ text: String) {
        let isLiteral = text.hasPrefix("[") && text.hasSuffix("]")
        let host = isLiteral ? String(text.dropFirst().dropLast()) : text
        guard let host = MailHost(host, port: 25), host.isAddress == isLiteral else { return nil }
        let literal = host.name.contains(":") ? "[IPv6:\(host.name)]" : "[\(host.name)]"
        description = isLiteral ? literal : host.name
    }

    /// The domain of the sender: it says nothing about this machine that the mail does not say.
    package init(domainOf sender: MailAddress) { description = sender.isASCII ? sender.domain : "localhost" }
}
