package import Storage

package enum ExtractionSchema {
    package static let migrations = [
        Migration(
            "extractions-001-presets-and-requests",
            """
            CREATE TABLE extractionPreset (
                user TEXT NOT NULL,
                name TEXT NOT NULL,
                about TEXT,
                options TEXT NOT NULL,
                createdAt INTEGER NOT NULL,
                PRIMARY KEY (user, name)
            ) STRICT, WITHOUT ROWID;
            -- The preset that somebody's new jobs begin with.
            CREATE TABLE extractionChoice (user TEXT PRIMARY KEY NOT NULL, preset TEXT NOT NULL) STRICT, WITHOUT ROWID;

            -- Which job a request has made, so that the same request makes no second one.
            CREATE TABLE extractionRequest (
                user TEXT NOT NULL,
                key TEXT NOT NULL,
                hash TEXT NOT NULL,
                job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
                PRIMARY KEY (user, key, hash)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX extractionRequestByJob ON extractionRequest (job);
            """),
        Migration(
            "extractions-002-search",
            """
            CREATE TABLE extractionChunk (
                id INTEGER PRIMARY KEY NOT NULL,
                user TEXT NOT NULL,
                job TEXT NOT NULL,
                unit INTEGER NOT NULL,
                position INTEGER NOT NULL,
                section TEXT NOT NULL,
                place TEXT NOT NULL,
                text TEXT NOT NULL
            ) STRICT;
            CREATE INDEX extractionChunkByUnit ON extractionChunk (job, unit, position);
            CREATE VIRTUAL TABLE extractionSearch USING fts5 (
                text, content = 'extractionChunk', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
            );
            CREATE TRIGGER extractionChunkAdded AFTER INSERT ON extractionChunk BEGIN
                INSERT INTO extractionSearch (rowid, text) VALUES (NEW.id, NEW.text);
            END;
            CREATE TRIGGER extractionChunkRemoved AFTER DELETE ON extractionChunk BEGIN
                INSERT INTO extractionSearch (extractionSearch, rowid, text) VALUES ('delete', OLD.id, OLD.text);
            END;

            -- Files of chunks that are to be taken into the index, and what is to be taken out of it: both a little at a time, since
            -- a book has thousands of chunks, and others wait for the writer.
            CREATE TABLE extractionUnindexed (key TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
            CREATE TABLE extractionGone (job TEXT NOT NULL, unit INTEGER, UNIQUE (job, unit)) STRICT;
            CREATE TRIGGER extractionMade AFTER INSERT ON artifact
            WHEN NEW.role = 'chunks' OR (NEW.role = 'output' AND NEW.name LIKE '%.jsonl') BEGIN
                INSERT OR IGNORE INTO extractionUnindexed
                    SELECT NEW.key FROM job WHERE id = NEW.job AND kind = 'extract';
            END;
            CREATE TRIGGER extractionMadeAnew AFTER UPDATE OF sha256 ON artifact
            WHEN NEW.role = 'chunks' OR (NEW.role = 'output' AND NEW.name LIKE '%.jsonl') BEGIN
                INSERT OR IGNORE INTO extractionUnindexed
                    SELECT NEW.key FROM job WHERE id = NEW.job AND kind = 'extract';
            END;
            CREATE TRIGGER extractionTakenAway AFTER DELETE ON artifact
            WHEN OLD.role = 'chunks' OR (OLD.role = 'output' AND OLD.name LIKE '%.jsonl') BEGIN
                DELETE FROM extractionUnindexed WHERE key = OLD.key;
                INSERT OR IGNORE INTO extractionGone SELECT OLD.job, coalesce(OLD.unit, 1)
                    WHERE EXISTS (SELECT 1 FROM extractionChunk WHERE job = OLD.job AND unit = coalesce(OLD.unit, 1));
            END;
            """),
    ]
}
