package import Storage

package enum SharedTaskSchema {
    package static let migrations = [
        Migration(
            "collaboration-001-task",
            """
            CREATE TABLE task (
                id TEXT PRIMARY KEY NOT NULL,
                tenant TEXT NOT NULL,
                version INTEGER NOT NULL,
                title TEXT NOT NULL,
                description TEXT,
                assignee TEXT,
                isDone INTEGER NOT NULL,
                position REAL NOT NULL,
                isDeleted INTEGER NOT NULL,
                basis INTEGER NOT NULL,
                createdAt INTEGER NOT NULL,
                createdBy TEXT NOT NULL,
                updatedAt INTEGER NOT NULL,
                updatedBy TEXT NOT NULL,
                entityTag TEXT NOT NULL
            ) STRICT;
            CREATE INDEX taskByPlace ON task (tenant, isDeleted, position, id);

            CREATE TABLE taskVersion (
                task TEXT NOT NULL REFERENCES task (id) ON DELETE CASCADE,
                version INTEGER NOT NULL,
                parent INTEGER,
                action TEXT NOT NULL,
                title TEXT NOT NULL,
                description TEXT,
                assignee TEXT,
                isDone INTEGER NOT NULL,
                position REAL NOT NULL,
                isDeleted INTEGER NOT NULL,
                changedAt INTEGER NOT NULL,
                changedBy TEXT NOT NULL,
                PRIMARY KEY (task, version)
            ) STRICT, WITHOUT ROWID;

            CREATE TRIGGER taskAdded AFTER INSERT ON task BEGIN
                INSERT INTO revision VALUES ('tasks ' || NEW.tenant, 1) ON CONFLICT (scope) DO UPDATE SET number = number + 1;
            END;
            CREATE TRIGGER taskChanged AFTER UPDATE ON task BEGIN
                INSERT INTO revision VALUES ('tasks ' || NEW.tenant, 1) ON CONFLICT (scope) DO UPDATE SET number = number + 1;
            END;
            """),
        Migration(
            "collaboration-003-task-text",
            // `swiftLowercaseString` is GRDB's `String.lowercased()`; every connection of ours has it.
            """
            -- What people wrote, in small letters, for searches.
            CREATE TABLE taskText (
                task TEXT PRIMARY KEY NOT NULL REFERENCES task (id) ON DELETE CASCADE,
                text TEXT NOT NULL
            ) STRICT, WITHOUT ROWID;
            INSERT INTO taskText
                SELECT id, swiftLowercaseString(title || char(31) || coalesce(description, '')) FROM task;
            CREATE TRIGGER taskTextAdded AFTER INSERT ON task BEGIN
                INSERT INTO taskText VALUES
                    (NEW.id, swiftLowercaseString(NEW.title || char(31) || coalesce(NEW.description, '')));
            END;
            CREATE TRIGGER taskTextChanged AFTER UPDATE OF title, description ON task
            WHEN OLD.title IS NOT NEW.title OR OLD.description IS NOT NEW.description BEGIN
                UPDATE taskText SET text = swiftLowercaseString(NEW.title || char(31) || coalesce(NEW.description, ''))
                    WHERE task = NEW.id;
            END;
            """),
        // Everything that chooses the cards of a board, so that no description is read before its page is known.
        Migration(
            "collaboration-004-task-board",
            "CREATE INDEX taskOnBoard ON task (tenant, isDeleted, isDone, position, id, assignee, updatedAt)"),
    ]
}
