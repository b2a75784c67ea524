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
            """)
    ]
}
