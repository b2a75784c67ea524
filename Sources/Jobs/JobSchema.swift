package import Storage

package enum JobSchema {
    package static let migrations = [
        Migration(
            "jobs-001-job",
            """
            CREATE TABLE job (
                id TEXT PRIMARY KEY NOT NULL,
                number INTEGER NOT NULL UNIQUE,
                tenant TEXT NOT NULL,
                user TEXT NOT NULL,
                kind TEXT NOT NULL,
                name TEXT NOT NULL,
                description TEXT,
                tags TEXT NOT NULL,
                state TEXT NOT NULL,
                trackStatus TEXT,
                fileName TEXT,
                originalSizeBytes INTEGER,
                spec TEXT NOT NULL,
                result TEXT NOT NULL,
                inputKey TEXT,
                outputKey TEXT,
                attempt TEXT,
                attemptCount INTEGER NOT NULL,
                errorCode TEXT,
                errorMessage TEXT,
                createdAt INTEGER NOT NULL,
                updatedAt INTEGER NOT NULL,
                startedAt INTEGER,
                finishedAt INTEGER
            ) STRICT;
            CREATE INDEX jobByUser ON job (user, number);
            CREATE INDEX jobAlive ON job (state, number) WHERE state IN ('queued', 'running', 'cancelling');

            CREATE TABLE attempt (
                id TEXT PRIMARY KEY NOT NULL,
                job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
                number INTEGER NOT NULL,
                worker INTEGER NOT NULL,
                startedAt INTEGER NOT NULL,
                finishedAt INTEGER,
                outcome TEXT,
                errorCode TEXT,
                errorMessage TEXT,
                cpuSeconds REAL,
                peakMemoryBytes INTEGER
            ) STRICT;
            CREATE INDEX attemptByJob ON attempt (job, number);

            CREATE TABLE artifact (
                key TEXT PRIMARY KEY NOT NULL,
                job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
                name TEXT NOT NULL,
                role TEXT NOT NULL,
                sizeBytes INTEGER NOT NULL,
                sha256 TEXT NOT NULL,
                createdAt INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX artifactByJob ON artifact (job);

            CREATE TABLE event (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                tenant TEXT NOT NULL,
                user TEXT,
                job TEXT,
                type TEXT NOT NULL,
                detail TEXT NOT NULL,
                at INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX eventByUser ON event (user, id);
            CREATE INDEX eventByJob ON event (job, id);
            """),
        Migration(
            "jobs-002-correlation-and-revision",
            """
            ALTER TABLE job ADD COLUMN requestID TEXT;
            ALTER TABLE job ADD COLUMN traceparent TEXT;
            ALTER TABLE job ADD COLUMN entityTag TEXT;
            ALTER TABLE job ADD COLUMN envelopedEntityTag TEXT;

            ALTER TABLE event ADD COLUMN topic TEXT NOT NULL DEFAULT 'jobs';
            ALTER TABLE event ADD COLUMN request TEXT;
            ALTER TABLE event ADD COLUMN trace TEXT;
            CREATE INDEX eventOfTasks ON event (tenant, id) WHERE topic = 'tasks';

            -- A number for each thing that is listed; it grows with every change of what the list shows.
            CREATE TABLE revision (scope TEXT PRIMARY KEY NOT NULL, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            CREATE TRIGGER jobAdded AFTER INSERT ON job BEGIN
                INSERT INTO revision VALUES ('jobs ' || NEW.user, 1) ON CONFLICT (scope) DO UPDATE SET number = number + 1;
            END;
            CREATE TRIGGER jobChanged AFTER UPDATE ON job BEGIN
                INSERT INTO revision VALUES ('jobs ' || NEW.user, 1) ON CONFLICT (scope) DO UPDATE SET number = number + 1;
            END;
            CREATE TRIGGER jobRemoved AFTER DELETE ON job BEGIN
                INSERT INTO revision VALUES ('jobs ' || OLD.user, 1) ON CONFLICT (scope) DO UPDATE SET number = number + 1;
            END;

            -- The shape of the answers that the tags belong to.
            CREATE TABLE answerShape (name TEXT PRIMARY KEY NOT NULL, tag TEXT NOT NULL) STRICT, WITHOUT ROWID;
            """),
        Migration(
            "jobs-003-fair-queue",
            """
            CREATE INDEX jobWaiting ON job (user, kind, number) WHERE state = 'queued';
            CREATE INDEX jobBusy ON job (user) WHERE state IN ('running', 'cancelling');
            """),
    ]
}
