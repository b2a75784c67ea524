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
            """),
        Migration(
            "accounts-002-identity",
            // People whom somebody else vouches for may share an address with ours, so the address is unique among ours alone.
            // Who is signed in while this runs signs in once more.
            """
            DROP TABLE session;
            CREATE TABLE person (
                id TEXT PRIMARY KEY NOT NULL,
                tenant TEXT NOT NULL,
                email TEXT NOT NULL,
                name TEXT NOT NULL,
                role TEXT NOT NULL CHECK (role IN ('admin', 'member')),
                state TEXT NOT NULL CHECK (state IN ('unverified', 'pending', 'active', 'disabled')),
                passwordHash TEXT NOT NULL,
                createdAt INTEGER NOT NULL,
                lastLoginAt INTEGER,
                provider TEXT NOT NULL,
                subject TEXT,
                emailVerifiedAt INTEGER,
                mustChangePassword INTEGER NOT NULL,
                mfaEnabled INTEGER NOT NULL,
                settings TEXT NOT NULL,
                tokensFrom INTEGER,
                firstPasswordHash TEXT
            ) STRICT;
            INSERT INTO person SELECT id, tenant, email, name, role, state, passwordHash, createdAt, lastLoginAt,
                'embedded', NULL, NULL, 0, 0, '{}', NULL, NULL FROM user;
            DROP TABLE user;
            ALTER TABLE person RENAME TO user;
            CREATE UNIQUE INDEX userByEmail ON user (email) WHERE provider IN ('embedded', 'cognito', 'service');
            CREATE UNIQUE INDEX userBySubject ON user (provider, tenant, subject) WHERE subject IS NOT NULL;
            CREATE INDEX userByTenant ON user (tenant, state, createdAt);

            CREATE TABLE apiKey (
                id TEXT PRIMARY KEY NOT NULL,
                user TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
                name TEXT NOT NULL,
                prefix TEXT NOT NULL,
                keyHash TEXT NOT NULL UNIQUE,
                scopes TEXT NOT NULL,
                createdAt INTEGER NOT NULL,
                expiresAt INTEGER,
                lastUsedAt INTEGER
            ) STRICT;
            CREATE INDEX apiKeyByUser ON apiKey (user, createdAt);

            CREATE TABLE session (
                id TEXT PRIMARY KEY NOT NULL,
                kind TEXT NOT NULL CHECK (kind IN ('browser', 'token', 'key')),
                tokenHash TEXT UNIQUE,
                user TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
                apiKey TEXT REFERENCES apiKey (id) ON DELETE CASCADE,
                environmentKeyHash TEXT,
                userAgent TEXT NOT NULL,
                address TEXT NOT NULL,
                createdAt INTEGER NOT NULL,
                authenticatedAt INTEGER NOT NULL,
                lastUsedAt INTEGER NOT NULL,
                expiresAt INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX sessionByUser ON session (user, createdAt);
            CREATE INDEX sessionByKey ON session (apiKey) WHERE apiKey IS NOT NULL;
            CREATE INDEX sessionByExpiry ON session (expiresAt);

            CREATE TABLE refreshToken (
                tokenHash TEXT PRIMARY KEY NOT NULL,
                session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
                createdAt INTEGER NOT NULL,
                usedAt INTEGER
            ) STRICT;
            CREATE INDEX refreshTokenBySession ON refreshToken (session);

            CREATE TABLE signInStep (
                tokenHash TEXT PRIMARY KEY NOT NULL,
                user TEXT REFERENCES user (id) ON DELETE CASCADE,
                email TEXT NOT NULL,
                kind TEXT NOT NULL,
                detail TEXT NOT NULL,
                tries INTEGER NOT NULL,
                createdAt INTEGER NOT NULL,
                expiresAt INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX signInStepByUser ON signInStep (user);

            CREATE TABLE mailedSecret (
                id TEXT PRIMARY KEY NOT NULL,
                user TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
                purpose TEXT NOT NULL CHECK (purpose IN ('verify', 'reset')),
                secretHash TEXT NOT NULL,
                passwordHash TEXT,
                tries INTEGER NOT NULL,
                createdAt INTEGER NOT NULL,
                expiresAt INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX mailedSecretByUser ON mailedSecret (user, purpose);
            CREATE INDEX mailedSecretByHash ON mailedSecret (secretHash);

            CREATE TABLE totpDevice (
                id TEXT PRIMARY KEY NOT NULL,
                user TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
                name TEXT NOT NULL,
                sealedSecret BLOB NOT NULL,
                lastStep INTEGER NOT NULL,
                createdAt INTEGER NOT NULL,
                verifiedAt INTEGER,
                lastUsedAt INTEGER
            ) STRICT;
            CREATE INDEX totpDeviceByUser ON totpDevice (user, createdAt);

            CREATE TABLE recoveryCode (
                user TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
                codeHash TEXT NOT NULL,
                usedAt INTEGER,
                PRIMARY KEY (user, codeHash)
            ) STRICT;

            CREATE TABLE passkey (
                id TEXT PRIMARY KEY NOT NULL,
                user TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
                name TEXT NOT NULL,
                publicKey BLOB NOT NULL,
                signCount INTEGER NOT NULL,
                transports TEXT NOT NULL,
                isBackupEligible INTEGER NOT NULL,
                createdAt INTEGER NOT NULL,
                lastUsedAt INTEGER
            ) STRICT;
            CREATE INDEX passkeyByUser ON passkey (user, createdAt);

            CREATE TABLE tryCount (
                subject TEXT PRIMARY KEY NOT NULL,
                count INTEGER NOT NULL,
                lastAt INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX tryCountByAge ON tryCount (lastAt);

            CREATE TABLE errand (
                id TEXT PRIMARY KEY NOT NULL,
                kind TEXT NOT NULL,
                email TEXT NOT NULL,
                detail TEXT NOT NULL,
                createdAt INTEGER NOT NULL
            ) STRICT;

            CREATE TABLE spent (
                hash TEXT PRIMARY KEY NOT NULL,
                expiresAt INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX spentByExpiry ON spent (expiresAt);

            CREATE TABLE mail (
                id TEXT PRIMARY KEY NOT NULL,
                tenant TEXT NOT NULL,
                recipient TEXT NOT NULL,
                kind TEXT NOT NULL,
                subject TEXT NOT NULL,
                text TEXT,
                html TEXT,
                state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
                tries INTEGER NOT NULL,
                lastError TEXT,
                createdAt INTEGER NOT NULL,
                nextTryAt INTEGER NOT NULL,
                expiresAt INTEGER,
                doneAt INTEGER
            ) STRICT;
            CREATE INDEX mailWaiting ON mail (nextTryAt) WHERE state = 'waiting';
            CREATE INDEX mailByRecipient ON mail (recipient, kind, createdAt);
            CREATE INDEX mailByTenant ON mail (tenant, createdAt);

            CREATE TABLE audit (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                tenant TEXT NOT NULL,
                actor TEXT,
                actorName TEXT NOT NULL,
                action TEXT NOT NULL,
                subject TEXT,
                subjectName TEXT,
                detail TEXT NOT NULL,
                address TEXT NOT NULL,
                requestID TEXT NOT NULL,
                at INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX auditByTenant ON audit (tenant, id);
            """),
    ]
}
