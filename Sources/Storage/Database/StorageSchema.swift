package enum StorageSchema {
    package static let migrations = [
        Migration(
            "storage-001-object",
            """
            CREATE TABLE object (
                key TEXT PRIMARY KEY NOT NULL,
                sizeBytes INTEGER NOT NULL CHECK (sizeBytes >= 0),
                sha256 TEXT NOT NULL,
                contentType TEXT,
                modifiedNanoseconds INTEGER NOT NULL,
                createdAt INTEGER NOT NULL
            ) STRICT;
            """),
        Migration("storage-002-object-file", "ALTER TABLE object ADD COLUMN file TEXT;"),
    ]
}
