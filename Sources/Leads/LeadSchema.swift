package import Storage

package enum LeadSchema {
    package static let migrations = [
        Migration(
            "leads-001-companies-and-leads",
            """
            CREATE TABLE company (
                id INTEGER PRIMARY KEY NOT NULL,
                tenant TEXT NOT NULL,
                domain TEXT NOT NULL,
                name TEXT,
                industry TEXT,
                size TEXT,
                tech TEXT NOT NULL DEFAULT '[]',
                -- How the last visit of its site ended; null: it was never visited.
                outcome TEXT,
                pages INTEGER NOT NULL DEFAULT 0,
                -- Published addresses that belong to nobody who is named: a JSON array.
                addresses TEXT NOT NULL DEFAULT '[]',
                catchAll TEXT,
                catchAllAt INTEGER,
                hasMail INTEGER,
                createdAt INTEGER NOT NULL,
                updatedAt INTEGER NOT NULL,
                UNIQUE (tenant, domain)
            ) STRICT;

            -- A person at a company with one address; without one as long as none is known. What is searched of the company stands here too.
            CREATE TABLE lead (
                id INTEGER PRIMARY KEY NOT NULL,
                tenant TEXT NOT NULL,
                company INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
                person TEXT NOT NULL,
                email TEXT,
                firstName TEXT,
                lastName TEXT,
                fullName TEXT NOT NULL,
                title TEXT,
                roleFamily TEXT,
                seniority TEXT,
                companyName TEXT,
                domain TEXT NOT NULL,
                industry TEXT,
                size TEXT,
                tech TEXT NOT NULL DEFAULT '',
                source TEXT NOT NULL,
                sourceURL TEXT,
                score INTEGER,
                reasons TEXT NOT NULL DEFAULT '[]',
                status TEXT,
                reason TEXT,
                verifiedAt INTEGER,
                isPrimary INTEGER NOT NULL DEFAULT 1,
                evidence TEXT NOT NULL DEFAULT '[]',
                notes TEXT,
                createdAt INTEGER NOT NULL,
                updatedAt INTEGER NOT NULL
            ) STRICT;
            CREATE UNIQUE INDEX leadByEmail ON lead (tenant, email) WHERE email IS NOT NULL;
            CREATE INDEX leadByPerson ON lead (company, person);
            CREATE INDEX leadByScore ON lead (tenant, coalesce(score, -1) DESC, id);
            CREATE INDEX leadByVerified ON lead (tenant, coalesce(verifiedAt, 0) DESC, id);
            CREATE VIRTUAL TABLE leadSearch USING fts5 (
                fullName, title, companyName, domain, email, content = 'lead', content_rowid = 'id',
                tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
            );
            CREATE TRIGGER leadAdded AFTER INSERT ON lead BEGIN
                INSERT INTO leadSearch (rowid, fullName, title, companyName, domain, email)
                    VALUES (NEW.id, NEW.fullName, NEW.title, NEW.companyName, NEW.domain, NEW.email);
            END;
            CREATE TRIGGER leadRemoved AFTER DELETE ON lead BEGIN
                INSERT INTO leadSearch (leadSearch, rowid, fullName, title, companyName, domain, email)
                    VALUES ('delete', OLD.id, OLD.fullName, OLD.title, OLD.companyName, OLD.domain, OLD.email);
            END;
            CREATE TRIGGER leadChanged AFTER UPDATE OF fullName, title, companyName, domain, email ON lead BEGIN
                INSERT INTO leadSearch (leadSearch, rowid, fullName, title, companyName, domain, email)
                    VALUES ('delete', OLD.id, OLD.fullName, OLD.title, OLD.companyName, OLD.domain, OLD.email);
                INSERT INTO leadSearch (rowid, fullName, title, companyName, domain, email)
                    VALUES (NEW.id, NEW.fullName, NEW.title, NEW.companyName, NEW.domain, NEW.email);
            END;

            -- Which run found whom.
            CREATE TABLE runLead (
                job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
                lead INTEGER NOT NULL REFERENCES lead (id) ON DELETE CASCADE,
                PRIMARY KEY (job, lead)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX runLeadByLead ON runLead (lead);

            -- Questions to mail servers: written before each, so that a crash asks nobody twice.
            CREATE TABLE addressCheck (
                tenant TEXT NOT NULL,
                email TEXT NOT NULL,
                askedAt INTEGER NOT NULL,
                endedAt INTEGER,
                status TEXT,
                reason TEXT,
                category TEXT,
                code INTEGER,
                host TEXT,
                text TEXT,
                PRIMARY KEY (tenant, email)
            ) STRICT, WITHOUT ROWID;

            -- Who is not to be kept or asked about: an address, or a domain and everybody there.
            CREATE TABLE suppression (
                tenant TEXT NOT NULL,
                value TEXT NOT NULL,
                reason TEXT,
                createdBy TEXT NOT NULL,
                createdAt INTEGER NOT NULL,
                PRIMARY KEY (tenant, value)
            ) STRICT, WITHOUT ROWID;

            -- What discovery has cost, by day.
            CREATE TABLE discoveryCost (
                day INTEGER NOT NULL,
                name TEXT NOT NULL,
                count INTEGER NOT NULL,
                PRIMARY KEY (day, name)
            ) STRICT, WITHOUT ROWID;
            """),
        Migration(
            "leads-002-erased-people",
            """
            -- People who were erased, whatever address is thought of for them.
            CREATE TABLE suppressedPerson (
                tenant TEXT NOT NULL,
                domain TEXT NOT NULL,
                person TEXT NOT NULL,
                createdAt INTEGER NOT NULL,
                PRIMARY KEY (tenant, domain, person)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX leadByDomain ON lead (tenant, domain);
            CREATE INDEX leadByAge ON lead (verifiedAt) WHERE verifiedAt IS NOT NULL;
            """),
        Migration(
            "leads-003-changes-of-leads",
            """
            -- The search reads an index in memory; its position in this log says which changes it has taken in. Old rows go. Who inserts a
            -- lead adds its row here: a trigger would make SQLite keep a journal for each such statement.
            CREATE TABLE leadChange (
                position INTEGER PRIMARY KEY NOT NULL,
                lead INTEGER NOT NULL
            ) STRICT;
            CREATE TRIGGER leadWasRemoved AFTER DELETE ON lead BEGIN
                INSERT INTO leadChange (lead) VALUES (OLD.id);
            END;
            CREATE TRIGGER leadWasChanged AFTER UPDATE OF tenant, fullName, title, companyName, domain, email, roleFamily, seniority,
                industry, size, tech, source, score, status, verifiedAt ON lead
            BEGIN
                INSERT INTO leadChange (lead) VALUES (NEW.id);
            END;
            -- All that was derived for searches by SQL.
            DROP TRIGGER leadAdded;
            DROP TRIGGER leadRemoved;
            DROP TRIGGER leadChanged;
            DROP TABLE leadSearch;
            DROP INDEX leadByScore;
            DROP INDEX leadByVerified;

            -- With which addresses they were erased: who allows one of these again allows the person.
            ALTER TABLE suppressedPerson ADD COLUMN emails TEXT NOT NULL DEFAULT '[]';

            CREATE TABLE savedSearch (
                id TEXT PRIMARY KEY NOT NULL,
                tenant TEXT NOT NULL,
                user TEXT NOT NULL,
                name TEXT NOT NULL,
                -- Parameters of /leads/search, as in a URL.
                query TEXT NOT NULL,
                createdAt INTEGER NOT NULL,
                UNIQUE (tenant, user, name)
            ) STRICT, WITHOUT ROWID;
            """),
        Migration(
            "leads-004-mail-domains",
            """
            -- The domain of the addresses that catchAll speaks of, where it is not that of the company.
            ALTER TABLE company ADD COLUMN mailDomain TEXT;

            -- What discovery has cost, by tenant and day. Until now nobody wrote down for whom.
            CREATE TABLE tenantCost (
                tenant TEXT NOT NULL,
                day INTEGER NOT NULL,
                name TEXT NOT NULL,
                count INTEGER NOT NULL,
                PRIMARY KEY (tenant, day, name)
            ) STRICT, WITHOUT ROWID;
            INSERT INTO tenantCost (tenant, day, name, count) SELECT
                coalesce((SELECT min(tenant) FROM company HAVING count(DISTINCT tenant) = 1), 'default'), day, name, count
                FROM discoveryCost;
            DROP TABLE discoveryCost;
            """),
        Migration(
            "leads-005-figures",
            """
            -- All that the administrator's figures count of leads that were asked about, without the leads themselves.
            CREATE INDEX leadByStatus ON lead (tenant, status, verifiedAt, company, domain, reason) WHERE status IS NOT NULL;

            -- Of many who share a name the first is found without looking at the others.
            DROP INDEX leadByPerson;
            CREATE INDEX leadByPerson ON lead (company, person, isPrimary DESC, id);

            -- By which weights leads are scored; one row. Leads up to the position have their points by these already.
            CREATE TABLE leadScoring (
                id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
                profile TEXT NOT NULL,
                position INTEGER NOT NULL
            ) STRICT;
            """),
    ]
}
