package import Web

/// What routes of jobs take and give, for the document of the API.
package enum JobShapes {
    package static let progress = Schema.object([
        "fraction": .number.described("From 0 to 1."), "done": .integer, "total": .integer.orNull, "unit": .string,
        "rate": .number.described("Units a second."), "message": .string, "rows": .integer.orNull,
    ]).named("Progress")

    /// Kinds add members of their own, so it is open.
    package static let job = Schema.object(
        [
            "id": .id, "kind": .string, "user_id": .id, "name": .string, "title": .string, "description": .string.orNull,
            "tags": .list(of: .string), "file_name": .string.orNull, "original_file_size_bytes": .integer.orNull,
            "status": .string.described(
                "PENDING, QUEUED, RUNNING, CANCELLATION_REQUESTED, COMPLETED, PARTIAL, FAILED or CANCELLED; in small letters in the enveloped dialect, with cancelling for the request. Of a job without machine work it is the text that was set."
            ),
            "processing_steps": .list(of: .map).orNull, "progress": progress.orNull, "created_at": .moment, "updated_at": .moment,
            "started_at": .moment.orNull, "finished_at": .moment.orNull, "input_object_key": .string.orNull,
            "output_object_key": .string.orNull, "error_code": .string.orNull, "error_message": .string.orNull,
            "attempts": .integer, "links": .map,
            "units": Schema.object([
                "total": .integer, "pending": .integer, "completed": .integer, "partial": .integer, "failed": .integer,
            ]).described("How many parts of the job are in which state, where it has several.").optional,
            "delete_at": .moment.described("When data retention deletes the job.").optional,
            "omitted": .list(of: .string).described("Members that a list has no room for, and shows as null.").optional,
        ], isOpen: true
    ).named("Job")

    static let jobs = Schema.either(.list(of: job), .object(["jobs": .list(of: job)]))

    private static let tags = Schema.list(of: .string(most: JobEdit.Limits.tag)).orNull.optional

    static func change(_ kinds: JobKinds) -> Schema {
        let members = [
            ("title", .string(most: JobEdit.Limits.title).optional), ("description", .string.orNull.optional),
            ("status", .string(most: JobEdit.Limits.status).described("Of a job without machine work.").optional), ("tags", tags),
        ]
        return Schema.object(members + details(kinds)).named("JobChange")
    }

    /// Kinds take members of their own.
    static func draft(_ kinds: JobKinds) -> Schema {
        let own = [
            ("title", .string(most: JobEdit.Limits.title).described("Of a job without a file.").optional),
            ("description", .string.orNull.optional), ("status", .string(most: JobEdit.Limits.status).optional), ("tags", tags),
        ]
        let ofKinds = kinds.all.flatMap { $0.shapes.map { ($0.key, $0.value) } } + details(kinds)
        return Schema.object(own + ofKinds, isOpen: true).named("JobDraft")
    }

    private static func details(_ kinds: JobKinds) -> [(String, Schema)] {
        kinds.all.compactMap(\.details).flatMap { $0.shapes.map { ($0.key, $0.value) } }
    }

    static let retried = Schema.object([
        "job_id": .id, "status": .string.described("queued"), "units": .integer.described("How many are tried again."),
    ]).named("Retried")

    static let artifacts = Schema.object([
        "job_id": .id,
        "artifacts": .list(
            of: .object([
                "path": .string, "role": .string, "size_bytes": .integer, "sha256": .string, "modified_at": .moment,
            ])),
    ]).named("Artifacts")

    static let cleaned = Schema.object(["job_id": .id, "removed": .boolean.described("Whether there were any.")])

    private static let sessionMembers: [(String, Schema)] = [
        ("session_id", .id), ("job_id", .id), ("kind", .string),
        ("status", .choice(["in_progress", "completed", "failed", "interrupted"])), ("outcome", .string.orNull),
        ("source_directory", .string), ("attempt", .integer), ("total_files", .integer), ("processed_count", .integer),
        ("failed_count", .integer), ("started_at", .moment), ("updated_at", .moment), ("finished_at", .moment.orNull),
        ("error_code", .string.orNull), ("error_message", .string.orNull),
    ]

    static let session = Schema.object(sessionMembers).named("Session")

    static let sessionDetails = Schema.object(
        sessionMembers + [
            ("schema_version", .string), ("configuration", .map), ("processed_files", .list(of: .map)),
            ("failed_files", .list(of: .map)), ("statistics", .map),
        ]
    ).named("SessionDetails")

    /// Types of events add members of their own.
    static let event = Schema.object(
        [
            "id": .integer, "type": .string, "job_id": .string.orNull, "at": .moment, "user_id": .string.orNull,
            "request_id": .string.orNull, "trace_id": .string.orNull,
        ], isOpen: true
    ).named("Event")

    /// An address that is valid for a while.
    package static func address(_ name: String) -> Schema {
        .object([
            name == "upload_url" ? "upload_url" : "download_url": .string, "object_key": .string, "method": .string,
            "expires_in": .integer, "job_id": .id.optional,
        ])
    }
}
