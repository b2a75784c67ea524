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
        Migration(
            "jobs-004-lists",
            // `swiftLowercaseString` is GRDB's `String.lowercased()`; every connection of ours has it.
            """
            ALTER TABLE job ADD COLUMN about TEXT;
            ALTER TABLE job ADD COLUMN ledger TEXT;
            ALTER TABLE job ADD COLUMN retiresAt INTEGER;
            ALTER TABLE job ADD COLUMN status TEXT GENERATED ALWAYS AS (coalesce(trackStatus, state)) VIRTUAL;
            ALTER TABLE job ADD COLUMN isTrack INTEGER GENERATED ALWAYS AS (trackStatus IS NOT NULL) VIRTUAL;
            CREATE INDEX jobByStatus ON job (user, status, number);
            CREATE INDEX jobByUpdate ON job (user, updatedAt, number);
            CREATE INDEX jobByName ON job (user, name, number);
            CREATE INDEX jobWithoutAbout ON job (number) WHERE about IS NULL;
            CREATE INDEX jobRetiring ON job (user, retiresAt) WHERE retiresAt IS NOT NULL;
            -- When somebody was told last which jobs will be deleted.
            CREATE TABLE retention (user TEXT PRIMARY KEY NOT NULL, toldAt INTEGER NOT NULL) STRICT, WITHOUT ROWID;

            -- How many jobs a person has, by everything that a list counts. A row at 0 stays: few words come and go.
            CREATE TABLE jobCount (
                user TEXT NOT NULL,
                status TEXT NOT NULL,
                kind TEXT NOT NULL,
                state TEXT NOT NULL,
                isTrack INTEGER NOT NULL,
                n INTEGER NOT NULL,
                PRIMARY KEY (user, status, kind, state, isTrack)
            ) STRICT, WITHOUT ROWID;
            INSERT INTO jobCount SELECT user, status, kind, state, isTrack, count(*) FROM job GROUP BY 1, 2, 3, 4, 5;
            CREATE TRIGGER jobCountAdded AFTER INSERT ON job BEGIN
                INSERT INTO jobCount VALUES
                    (NEW.user, coalesce(NEW.trackStatus, NEW.state), NEW.kind, NEW.state, NEW.trackStatus IS NOT NULL, 1)
                ON CONFLICT DO UPDATE SET n = n + 1;
            END;
            CREATE TRIGGER jobCountRemoved AFTER DELETE ON job BEGIN
                UPDATE jobCount SET n = n - 1 WHERE user = OLD.user AND status = coalesce(OLD.trackStatus, OLD.state)
                    AND kind = OLD.kind AND state = OLD.state AND isTrack = (OLD.trackStatus IS NOT NULL);
                DELETE FROM jobCount WHERE user = OLD.user AND status = coalesce(OLD.trackStatus, OLD.state) AND n = 0;
            END;
            CREATE TRIGGER jobCountMoved AFTER UPDATE OF state, trackStatus ON job
            WHEN OLD.state IS NOT NEW.state OR OLD.trackStatus IS NOT NEW.trackStatus BEGIN
                UPDATE jobCount SET n = n - 1 WHERE user = OLD.user AND status = coalesce(OLD.trackStatus, OLD.state)
                    AND kind = OLD.kind AND state = OLD.state AND isTrack = (OLD.trackStatus IS NOT NULL);
                DELETE FROM jobCount WHERE user = OLD.user AND status = coalesce(OLD.trackStatus, OLD.state) AND n = 0;
                INSERT INTO jobCount VALUES
                    (NEW.user, coalesce(NEW.trackStatus, NEW.state), NEW.kind, NEW.state, NEW.trackStatus IS NOT NULL, 1)
                ON CONFLICT DO UPDATE SET n = n + 1;
            END;

            CREATE TABLE jobTag (
                user TEXT NOT NULL,
                tag TEXT NOT NULL,
                number INTEGER NOT NULL,
                PRIMARY KEY (user, tag, number)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE tagCount (
                user TEXT NOT NULL,
                tag TEXT NOT NULL,
                n INTEGER NOT NULL,
                PRIMARY KEY (user, tag)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX tagCountByUse ON tagCount (user, n DESC, tag);
            INSERT INTO jobTag SELECT DISTINCT user, value, number FROM job, json_each(job.tags);
            INSERT INTO tagCount SELECT user, tag, count(*) FROM jobTag GROUP BY 1, 2;
            CREATE TRIGGER jobTagAdded AFTER INSERT ON jobTag BEGIN
                INSERT INTO tagCount VALUES (NEW.user, NEW.tag, 1) ON CONFLICT DO UPDATE SET n = n + 1;
            END;
            CREATE TRIGGER jobTagRemoved AFTER DELETE ON jobTag BEGIN
                UPDATE tagCount SET n = n - 1 WHERE user = OLD.user AND tag = OLD.tag;
                DELETE FROM tagCount WHERE user = OLD.user AND tag = OLD.tag AND n = 0;
            END;
            CREATE TRIGGER jobTagsAdded AFTER INSERT ON job BEGIN
                INSERT INTO jobTag SELECT DISTINCT NEW.user, value, NEW.number FROM json_each(NEW.tags);
            END;
            CREATE TRIGGER jobTagsChanged AFTER UPDATE OF tags ON job WHEN OLD.tags IS NOT NEW.tags BEGIN
                DELETE FROM jobTag WHERE user = OLD.user AND number = OLD.number
                    AND tag IN (SELECT value FROM json_each(OLD.tags));
                INSERT INTO jobTag SELECT DISTINCT NEW.user, value, NEW.number FROM json_each(NEW.tags);
            END;
            CREATE TRIGGER jobTagsRemoved AFTER DELETE ON job BEGIN
                DELETE FROM jobTag WHERE user = OLD.user AND number = OLD.number
                    AND tag IN (SELECT value FROM json_each(OLD.tags));
            END;

            -- What people wrote, in small letters, and where each three characters of it are.
            CREATE TABLE jobText (
                number INTEGER PRIMARY KEY NOT NULL,
                user TEXT NOT NULL,
                text TEXT NOT NULL
            ) STRICT;
            CREATE INDEX jobTextByUser ON jobText (user);
            CREATE VIRTUAL TABLE jobSearch USING fts5 (
                text, content = 'jobText', content_rowid = 'number', tokenize = 'trigram case_sensitive 1', detail = 'none',
                columnsize = 0
            );
            CREATE VIEW jobWords AS SELECT number, user, swiftLowercaseString(
                name || char(31) || coalesce(description, '') || char(31) || coalesce(fileName, '') || CASE
                WHEN isTrack THEN char(31) || coalesce(spec ->> '$.company_name', '') || char(31)
                    || coalesce(spec ->> '$.job_title', '') || char(31) || coalesce(spec ->> '$.location', '')
                ELSE '' END) AS text
            FROM job;
            INSERT INTO jobText SELECT number, user, text FROM jobWords;
            INSERT INTO jobSearch (jobSearch) VALUES ('rebuild');
            CREATE TRIGGER jobTextAdded AFTER INSERT ON jobText BEGIN
                INSERT INTO jobSearch (rowid, text) VALUES (NEW.number, NEW.text);
            END;
            CREATE TRIGGER jobTextRemoved AFTER DELETE ON jobText BEGIN
                INSERT INTO jobSearch (jobSearch, rowid, text) VALUES ('delete', OLD.number, OLD.text);
            END;
            CREATE TRIGGER jobTextChanged AFTER UPDATE OF text ON jobText WHEN OLD.text IS NOT NEW.text BEGIN
                INSERT INTO jobSearch (jobSearch, rowid, text) VALUES ('delete', OLD.number, OLD.text);
                INSERT INTO jobSearch (rowid, text) VALUES (NEW.number, NEW.text);
            END;
            CREATE TRIGGER jobWordsAdded AFTER INSERT ON job BEGIN
                INSERT INTO jobText SELECT number, user, text FROM jobWords WHERE number = NEW.number;
            END;
            CREATE TRIGGER jobWordsChanged AFTER UPDATE OF name, description, fileName, spec ON job
            WHEN OLD.name IS NOT NEW.name OR OLD.description IS NOT NEW.description OR OLD.fileName IS NOT NEW.fileName
                OR (NEW.trackStatus IS NOT NULL AND OLD.spec IS NOT NEW.spec) BEGIN
                UPDATE jobText SET text = (SELECT text FROM jobWords WHERE number = NEW.number) WHERE number = NEW.number;
            END;
            CREATE TRIGGER jobWordsRemoved AFTER DELETE ON job BEGIN
                DELETE FROM jobText WHERE number = OLD.number;
            END;
            """),
        Migration(
            "jobs-005-phrases",
            // With the places of the pieces the index finds a text by itself, without a look at what it finds.
            """
            DROP TABLE jobSearch;
            CREATE VIRTUAL TABLE jobSearch USING fts5 (
                text, content = 'jobText', content_rowid = 'number', tokenize = 'trigram case_sensitive 1', detail = 'full',
                columnsize = 0
            );
            INSERT INTO jobSearch (jobSearch) VALUES ('rebuild');
            """),
        Migration(
            "jobs-006-tags-with-status",
            // A list of a tag and a state looks up no job for each of the tag's.
            """
            ALTER TABLE jobTag ADD COLUMN status TEXT;
            UPDATE jobTag SET status = (SELECT status FROM job WHERE job.number = jobTag.number);
            DROP TRIGGER jobTagsAdded;
            DROP TRIGGER jobTagsChanged;
            CREATE TRIGGER jobTagsAdded AFTER INSERT ON job BEGIN
                INSERT INTO jobTag SELECT DISTINCT NEW.user, value, NEW.number, NEW.status FROM json_each(NEW.tags);
            END;
            CREATE TRIGGER jobTagsChanged AFTER UPDATE OF tags ON job WHEN OLD.tags IS NOT NEW.tags BEGIN
                DELETE FROM jobTag WHERE user = OLD.user AND number = OLD.number
                    AND tag IN (SELECT value FROM json_each(OLD.tags));
                INSERT INTO jobTag SELECT DISTINCT NEW.user, value, NEW.number, NEW.status FROM json_each(NEW.tags);
            END;
            CREATE TRIGGER jobTagsMoved AFTER UPDATE OF state, trackStatus ON job WHEN OLD.status IS NOT NEW.status BEGIN
                UPDATE jobTag SET status = NEW.status WHERE user = NEW.user AND number = NEW.number
                    AND tag IN (SELECT value FROM json_each(NEW.tags));
            END;
            """),
        Migration(
            "jobs-007-units",
            // Jobs of older versions get their units when they are claimed.
            """
            CREATE TABLE unit (
                job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
                number INTEGER NOT NULL,
                key TEXT NOT NULL,
                name TEXT NOT NULL,
                state TEXT NOT NULL,
                attempt TEXT,
                tries INTEGER NOT NULL,
                retries INTEGER NOT NULL,
                errorCode TEXT,
                errorMessage TEXT,
                category TEXT,
                result TEXT,
                startedAt INTEGER,
                finishedAt INTEGER,
                PRIMARY KEY (job, number)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX unitByState ON unit (job, state, number);
            ALTER TABLE artifact ADD COLUMN unit INTEGER;
            """),
        Migration(
            "jobs-008-words-once-a-commit",
            // The index of words writes out what it has gathered at the end of each statement, which costs more than all the rest of
            // a new job. So its rows wait until the end of the transaction, where many are written as one.
            """
            CREATE TABLE jobUnindexed (number INTEGER PRIMARY KEY NOT NULL) STRICT;
            DROP TRIGGER jobTextAdded;
            CREATE TRIGGER jobTextAdded AFTER INSERT ON jobText BEGIN
                INSERT INTO jobUnindexed VALUES (NEW.number);
            END;
            DROP TRIGGER jobTextRemoved;
            CREATE TRIGGER jobTextRemoved AFTER DELETE ON jobText BEGIN
                INSERT INTO jobSearch (jobSearch, rowid, text) SELECT 'delete', OLD.number, OLD.text
                    WHERE OLD.number NOT IN (SELECT number FROM jobUnindexed);
                DELETE FROM jobUnindexed WHERE number = OLD.number;
            END;
            DROP TRIGGER jobTextChanged;
            CREATE TRIGGER jobTextChanged AFTER UPDATE OF text ON jobText WHEN OLD.text IS NOT NEW.text BEGIN
                INSERT INTO jobSearch (jobSearch, rowid, text) SELECT 'delete', OLD.number, OLD.text
                    WHERE OLD.number NOT IN (SELECT number FROM jobUnindexed);
                INSERT INTO jobUnindexed VALUES (NEW.number) ON CONFLICT DO NOTHING;
            END;
            -- Most jobs have no tags.
            DROP TRIGGER jobTagsAdded;
            CREATE TRIGGER jobTagsAdded AFTER INSERT ON job WHEN NEW.tags != '[]' BEGIN
                INSERT INTO jobTag SELECT DISTINCT NEW.user, value, NEW.number, NEW.status FROM json_each(NEW.tags);
            END;
            """),
        Migration(
            "jobs-009-ends-of-units",
            // What each attempt made of each unit stays when another attempt tries the unit again.
            """
            CREATE TABLE unitEnd (
                attempt TEXT NOT NULL REFERENCES attempt (id) ON DELETE CASCADE,
                number INTEGER NOT NULL,
                state TEXT NOT NULL,
                errorCode TEXT,
                errorMessage TEXT,
                category TEXT,
                at INTEGER,
                PRIMARY KEY (attempt, number)
            ) STRICT, WITHOUT ROWID;
            INSERT INTO unitEnd SELECT attempt, number, state, errorCode, errorMessage, category, finishedAt FROM unit
                WHERE state IN ('completed', 'partial', 'failed') AND attempt IN (SELECT id FROM attempt);
            CREATE TRIGGER unitEnded AFTER UPDATE OF state ON unit
            WHEN NEW.state IN ('completed', 'partial', 'failed') AND NEW.attempt IS NOT NULL BEGIN
                INSERT OR REPLACE INTO unitEnd VALUES
                    (NEW.attempt, NEW.number, NEW.state, NEW.errorCode, NEW.errorMessage, NEW.category, NEW.finishedAt);
            END;
            """),
    ]
}
