package import Core
package import Jobs

/// What somebody wrote about a job, in Markdown.
package struct Note: Sendable, Equatable, Codable {
    package let id: ID<Note>
    /// Grows with every note made; the order of lists. 0 until the note is stored.
    package var number: Int64
    package let job: ID<Job>
    /// The e-mail address of who wrote it.
    package let author: String
    /// As it was typed.
    package let body: String
    /// The body as HTML that is safe on our pages, made once: when the note is written.
    package let html: String
    package let createdAt: Moment

    package init(id: ID<Note> = ID(), job: ID<Job>, author: Caller, body: String, html: String, at now: Moment) {
        self.id = id
        number = 0
        self.job = job
        self.author = author.email
        self.body = body
        self.html = html
        createdAt = now
    }

    package enum Limits {
        /// Unicode scalars, as most programming languages count characters.
        package static let characters = 20_000
    }

    /// - Throws: `Failure` `missing_body`, `invalid_body_text`.
    package static func body(_ value: JSON?) throws -> String {
        switch value ?? .null {
        case .null: throw Failure(.invalid, "missing_body", "body is required.")
        case .string(let text): return try body(text)
        case .bool, .int, .double, .array, .object: throw Failure(.invalid, "invalid_body_text", "body must be text.")
        }
    }

    package static func body(_ text: String) throws -> String {
        guard text.utf8.count <= Limits.characters * TextLimits.bytesPerLetter, text.unicodeScalars.count <= Limits.characters,
            text.hasFewMarks
        else {
            throw Failure(.invalid, "invalid_body_text", "body is longer than \(Limits.characters) characters.")
        }
        guard !text.allSatisfy(\.isWhitespace) else { throw Failure(.invalid, "missing_body", "body is required.") }
        guard !text.utf8.contains(0) else {
            throw Failure(.invalid, "invalid_body_text", "body holds a NUL character, which no text has.")
        }
        return text
    }
}
