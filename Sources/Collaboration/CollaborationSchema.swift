package import Storage

package enum CollaborationSchema {
    package static let migrations = [
        Migration(
            "collaboration-001-note",
            """
            CREATE TABLE note (
                id TEXT PRIMARY KEY NOT NULL,
                number INTEGER NOT NULL UNIQUE,
                job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
                author TEXT NOT NULL,
                body TEXT NOT NULL,
                html TEXT NOT NULL,
                createdAt INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX noteByJob ON note (job, number);

            CREATE TRIGGER noteAdded AFTER INSERT ON note BEGIN
                INSERT INTO revision VALUES ('job ' || NEW.job, 1) ON CONFLICT (scope) DO UPDATE SET number = number + 1;
            END;
            CREATE TRIGGER noteChanged AFTER UPDATE ON note BEGIN
                INSERT INTO revision VALUES ('job ' || NEW.job, 1) ON CONFLICT (scope) DO UPDATE SET number = number + 1;
            END;
            CREATE TRIGGER noteRemoved AFTER DELETE ON note BEGIN
                INSERT INTO revision VALUES ('job ' || OLD.job, 1) ON CONFLICT (scope) DO UPDATE SET number = number + 1;
            END;
            """),
        Migration(
            "collaboration-002-document",
            """
            CREATE TABLE document (
                id TEXT PRIMARY KEY NOT NULL,
                number INTEGER NOT NULL UNIQUE,
                job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
                kind TEXT NOT NULL,
                fileName TEXT NOT NULL,
                contentType TEXT,
                sizeBytes INTEGER NOT NULL,
                key TEXT NOT NULL UNIQUE,
                state TEXT NOT NULL CHECK (state IN ('pending', 'scanning', 'uploaded', 'infected', 'failed')),
                uploadedBy TEXT NOT NULL,
                createdAt INTEGER NOT NULL,
                uploadUntil INTEGER NOT NULL,
                uploadedAt INTEGER,
                scan TEXT,
                scanTries INTEGER NOT NULL,
                nextScanAt INTEGER,
                scanCheckedAt INTEGER,
                scanMessage TEXT,
                requestID TEXT,
                traceparent TEXT
            ) STRICT;
            CREATE INDEX documentByJob ON document (job, number);
            CREATE INDEX documentScanning ON document (nextScanAt) WHERE state = 'scanning';

            CREATE TRIGGER documentAdded AFTER INSERT ON document BEGIN
                INSERT INTO revision VALUES ('job ' || NEW.job, 1) ON CONFLICT (scope) DO UPDATE SET number = number + 1;
            END;
            CREATE TRIGGER documentChanged AFTER UPDATE ON document BEGIN
                INSERT INTO revision VALUES ('job ' || NEW.job, 1) ON CONFLICT (scope) DO UPDATE SET number = number + 1;
            END;
            CREATE TRIGGER documentRemoved AFTER DELETE ON document BEGIN
                INSERT INTO revision VALUES ('job ' || OLD.job, 1) ON CONFLICT (scope) DO UPDATE SET number = number + 1;
            END;
            """),
    ]
}
