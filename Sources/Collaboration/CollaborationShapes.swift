import Web

/// What routes of notes, documents and tasks take and give, for the document of the API.
enum CollaborationShapes {
    static let note = Schema.object([
        "id": .id, "job_id": .id, "application_id": .id.described("The same as job_id."), "body": .string,
        "html": .string.described("The body as HTML; markup in it is text."), "author": .string, "created_at": .moment,
    ]).named("Note")
    static let notes = Schema.either(.list(of: note), .object(["notes": .list(of: note)]))
    static let noteDraft = Schema.object(["body": .string.described("Markdown.")])

    private static let kind = Schema.choice(Document.Kind.allCases.map(\.rawValue))
    static let document = Schema.object([
        "id": .id, "job_id": .id, "application_id": .id.described("The same as job_id."), "doc_type": kind,
        "original_filename": .string, "content_type": .string.orNull, "size_bytes": .integer,
        "status": .choice(Document.State.allCases.map(\.rawValue)), "scan_status": .string, "scan_checked_at": .moment.orNull,
        "scan_message": .string.orNull,
        "quarantined_s3_key": .string.orNull.described("Always null: infected bytes are deleted."),
        "uploaded_at": .moment.orNull, "created_at": .moment, "uploaded_by": .string,
    ]).named("Document")
    static let documents = Schema.either(.list(of: document), .object(["documents": .list(of: document)]))
    static let announced = Schema.object([
        "doc_type": kind, "filename": .string(most: Document.Limits.fileName),
        "content_type": .string(most: Document.Limits.contentType).orNull.optional, "size_bytes": .integer(1...Int64.max),
    ])
    static let confirmed = Schema.object([
        "document_id": .string(most: 64), "size_bytes": .integer(1...Int64.max).orNull.optional,
    ])
    static let deleted = Schema.object(["deleted": .boolean])

    /// Its moments have no zone: they are in UTC, as the document of the API has them.
    static let task = Schema.object([
        "id": .id, "title": .string, "description": .string.orNull, "version": .integer, "created_at": .string,
        "updated_at": .string, "assignee": .string.orNull, "done": .boolean, "order": .number, "created_by": .string,
        "updated_by": .string, "deleted": .boolean.optional,
    ]).named("Task")
    static let tasks = Schema.object(["kind": .always("tasks"), "items": .list(of: task)])
    static let versions = Schema.object([
        "kind": .always("versions"),
        "items": .list(
            of: .object([
                "id": .id, "title": .string, "description": .string.orNull, "version": .integer, "assignee": .string.orNull,
                "done": .boolean, "order": .number, "created_at": .string, "created_by": .string, "updated_at": .string,
                "updated_by": .string, "changed_by": .string, "changed_at": .string, "action": .string,
            ])),
    ])

    private static let title = Schema.string(most: SharedTask.Limits.title)
    private static let description = Schema.string.orNull.optional
    private static let assignee = Schema.string.orNull.optional.described("The e-mail address of a member.")
    static let taskDraft = Schema.object([
        "title": title, "description": description, "assignee": assignee, "done": .boolean.orNull.optional,
        "order": .number.orNull.optional,
    ])
    static let taskChange = Schema.object([
        "title": title.optional, "description": description, "assignee": assignee, "done": .boolean.optional,
        "order": .number.optional, "before": .string.described("The id of a task to stand before.").optional,
        "after": .string.described("The id of a task to stand behind.").optional,
    ])
    static let ticket = Schema.object(["ticket": .string, "expires_in": .integer])
}
