/// Why a document was not read.
package struct TextualFailure: Error, Sendable, Equatable {
    package enum Category: String, Sendable {
        /// Another try will not help.
        case permanent
        /// Something that the caller can give is missing, such as a password.
        case requiresConfig = "requires_config"
    }

    /// `unknown_format`, `broken_document`, `locked_document`, `limit_exceeded`.
    package let code: String
    /// One sentence for a person.
    package let message: String
    package let category: Category

    package init(_ code: String, _ message: String, _ category: Category = .permanent) {
        self.code = code
        self.message = message
        self.category = category
    }

    static func broken(_ what: String) -> TextualFailure {
        TextualFailure("broken_document", "The file is damaged: \(what).")
    }

    static func locked(_ what: String = "The document is locked with a password.") -> TextualFailure {
        TextualFailure("locked_document", what, .requiresConfig)
    }

    static func limit(_ what: String) -> TextualFailure { TextualFailure("limit_exceeded", what) }
}

/// How much of a document is read at most. Each bound is far above what real documents have.
package struct TextualLimits: Sendable, Equatable {
    /// Of one file.
    package var fileBytes = 512 << 20
    /// What all packed parts of one document may grow to.
    package var unpackedBytes = 1 << 30
    /// Bytes that may come out of one that goes in, beyond the first million.
    package var ratio = 1000
    /// Content of pages, forms and annotations, each time it is drawn.
    package var drawnBytes = 256 << 20
    /// Files inside an archive.
    package var members = 20_000
    /// Text of the whole document, in UTF-8.
    package var textBytes = 256 << 20
    package var pages = 50_000
    /// Tables, groups and elements inside each other.
    package var nesting = 200
    /// Cells of all sheets together.
    package var cells = 20_000_000
    /// Archives and mails inside each other.
    package var containers = 6
    /// MIME parts of one mail.
    package var parts = 2000

    package init() {}
}

extension TextualLimits {
    /// - Parameter bytes: of all text so far.
    /// - Throws: `TextualFailure` `limit_exceeded`.
    func mustHold(textBytes bytes: Int) throws {
        guard bytes <= textBytes else { throw TextualFailure.limit("The document has more than \(textBytes >> 20) MiB of text.") }
    }

    /// - Parameter count: of the cells of all tables so far.
    /// - Throws: `TextualFailure` `limit_exceeded`.
    func mustHold(cells count: Int) throws {
        guard count <= cells else { throw TextualFailure.limit("The tables have more than \(cells) cells.") }
    }
}
