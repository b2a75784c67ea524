package import Storage

package enum IdempotencySchema {
    package static let migrations = [
        Migration(
            "operations-001-idempotency",
            """
            CREATE TABLE idempotentRequest (
                user TEXT NOT NULL,
                key TEXT NOT NULL,
                fingerprint TEXT NOT NULL,
                -- The process that took it on; another one has ended in the middle.
                process TEXT NOT NULL,
                -- Whether a change of it was committed.
                isCommitted INTEGER NOT NULL DEFAULT 0,
                -- Sealed; null until the answer is known.
                answer BLOB,
                createdAt INTEGER NOT NULL,
                PRIMARY KEY (user, key)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX idempotentRequestByAge ON idempotentRequest (createdAt);
            """)
    ]
}
