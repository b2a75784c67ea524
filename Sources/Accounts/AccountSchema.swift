package import Storage

package enum AccountSchema {
    package static let migrations = [
        Migration(
            "accounts-001-user",
            """
            CREATE TABLE user (
                id TEXT PRIMARY KEY NOT NULL,
                tenant TEXT NOT NULL,
                email TEXT NOT NULL UNIQUE,
                name TEXT NOT NULL,
                role TEXT NOT NULL CHECK (role IN ('admin', 'member')),
                state TEXT NOT NULL,
                passwordHash TEXT NOT NULL,
                createdAt INTEGER NOT NULL,
                lastLoginAt INTEGER
            ) STRICT;

            CREATE TABLE session (
                id TEXT PRIMARY KEY NOT NULL,
                tokenHash TEXT NOT NULL UNIQUE,
                user TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
                userAgent TEXT NOT NULL,
                address TEXT NOT NULL,
                createdAt INTEGER NOT NULL,
                expiresAt INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX sessionByUser ON session (user);
            """)
    ]
}
