"""Taking in and searching a million leads, beside SQLite by hand and DuckDB, in one run.

    python Benchmarks/leads.py [--quern FILE] [--rows 1000000] [--searches 200]

Takes the rows in over HTTP as CSV, and imports the same file with `sqlite3 .import` into a table with the same indexes. Then runs the same searches,
each with five facets: over HTTP against Quern, as SQL with FTS5 against SQLite, and as SQL against DuckDB in memory. Every answer of Quern is
compared with DuckDB's, which looks at every row. Prints a Markdown table. Loopback only, bounded, removes what it makes.
"""

import argparse
import csv
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import time
import urllib.parse

import duckdb
import requests

from server import Server

FACETS = {
    "verify_status": "status", "icp_bucket": "bucket", "role_family": "roleFamily", "seniority": "seniority", "source": "source",
}
FIRST = (
    "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica Thomas Sarah Karen "
    "Nancy Lisa Betty Margaret Sandra Ashley Kimberly Emily Donna Michelle Carol Amanda Melissa Deborah Stephanie Rebecca Laura Sharon "
    "Cynthia Kathleen Amy Angela Shirley Anna Ruth Brenda Pamela Nicole Katherine Samantha Christine Jürgen Søren Zoë Noémie Ivan Olga Wei"
).split()
SYLLABLES = [c + v for c in "b c d f g h k l m n p r s t v w z".split() for v in "a e i o u".split()]
TITLES = [
    "Chief Executive Officer", "Chief Technology Officer", "VP of Engineering", "VP Sales", "Director of Marketing", "Head of Product",
    "Senior Software Engineer", "Software Engineer", "Account Manager", "Marketing Manager", "Operations Lead", "HR Business Partner",
    "Data Engineer", "Customer Success Manager", "Founder", "Sales Development Representative",
]
CHUNK = 40_000


def word(chance, least, most):
    return "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(least, most))).title()


def make(path, rows):
    """A CSV of leads at some twelve people a company."""
    chance = random.Random(5)
    last = [word(chance, 2, 4) for _ in range(40_000)]
    companies = [(f"{(name := word(chance, 2, 3))} {chance.choice(['Inc', 'GmbH', 'Ltd', 'Labs', 'Group'])}", f"{name.lower()}{number}.test")
                 for number in range(max(1, rows // 12))]
    with open(path, "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["company", "domain", "first_name", "last_name", "title", "email"])
        for number in range(rows):
            company, domain = companies[number * len(companies) // rows]
            one, other = chance.choice(FIRST), chance.choice(last)
            table.writerow([company, domain, one, other, chance.choice(TITLES), f"{other.lower()}.{number}@{domain}"])


def timed(action):
    start = time.perf_counter()
    value = action()
    return value, time.perf_counter() - start


def take_in(server, path):
    """Sends the file in parts, each with its header."""
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "text/csv"}
    base = f"http://127.0.0.1:{server.port}"
    total = 0
    with open(path, "rb") as file, requests.Session() as session:
        header = file.readline()
        while True:
            lines = [line for _, line in zip(range(CHUNK), file)]
            if not lines:
                return total
            answer = session.post(f"{base}/ingest", data=header + b"".join(lines), headers=headers)
            answer.raise_for_status()
            assert answer.json()["rejected"] == 0, answer.json()["errors"]
            total += answer.json()["accepted"]


def import_by_hand(path, folder):
    """`sqlite3 .import` into a table with the columns and indexes of `lead`, and the full-text index that a search needs."""
    script = [
        "PRAGMA journal_mode = WAL;",
        "CREATE TABLE lead (company TEXT, domain TEXT, firstName TEXT, lastName TEXT, title TEXT, email TEXT);",
        "CREATE UNIQUE INDEX leadByEmail ON lead (email);", "CREATE INDEX leadByPerson ON lead (domain, firstName, lastName);",
        "CREATE INDEX leadByDomain ON lead (domain);", "CREATE INDEX leadByCompany ON lead (company);",
        f".import --csv --skip 1 {path} lead",
    ]
    subprocess.run(["sqlite3", f"{folder}/hand.db"], input="\n".join(script), text=True, check=True, stdout=subprocess.DEVNULL)


def vary(database):
    """Gives the leads scores, verdicts and sources, as runs would."""
    db = sqlite3.connect(database)
    db.execute(
        """UPDATE lead SET score = CASE WHEN id % 11 = 0 THEN NULL ELSE (id * 7919) % 101 END,
            status = CASE (id * 31) % 5 WHEN 0 THEN 'valid' WHEN 1 THEN 'risky_catch_all' WHEN 2 THEN 'invalid' WHEN 3 THEN 'unknown_timeout' END,
            verifiedAt = CASE WHEN (id * 31) % 5 < 4 THEN createdAt - (id * 6007) % 5000000000 END,
            source = CASE id % 3 WHEN 0 THEN 'published' WHEN 1 THEN 'generated' ELSE 'ingested' END""")
    db.commit()
    db.close()


def searches(count):
    chance = random.Random(8)
    words = ["engineer", "sales", "manager", "james", "jurgen", "chief officer", "director", "ba", "kata", "mary", "head product", "vp", "gmbh", "test",
             "senior software", "anna", "wei", "labs", "founder", "m"]
    for _ in range(count):
        query = {"q": chance.choice(words) if chance.random() < 0.7 else f"{chance.choice(FIRST)} {chance.choice(SYLLABLES)}"}
        if chance.random() < 0.4:
            query["verify_status"] = "valid,risky_catch_all"
        if chance.random() < 0.3:
            query["seniority"] = "VP"
        if chance.random() < 0.3:
            query["icp_min"] = "40"
        if chance.random() < 0.2:
            query["roles"] = "Engineering,Sales"
        if chance.random() < 0.2:
            query["sort"] = "verified_at_desc"
        yield query


def terms(text):
    import unicodedata

    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c)).replace("ø", "o")
    return plain.split()


def conditions(query, without=None):
    if "verify_status" in query and without != "verify_status":
        yield "status IN ({})".format(", ".join(f"'{v}'" for v in query["verify_status"].split(",")))
    if "seniority" in query and without != "seniority":
        yield f"seniority = '{query['seniority']}'"
    if "roles" in query and without != "role_family":
        yield "roleFamily IN ({})".format(", ".join(f"'{v}'" for v in query["roles"].split(",")))
    if "icp_min" in query:
        yield f"score >= {query['icp_min']}"


def in_sql(run, query, match):
    """The same search as statements: a page, and a count for each facet."""
    order = "coalesce(verifiedAt, 0) DESC" if query.get("sort") else "coalesce(score, -1) DESC"

    def where(without=None):
        return " AND ".join([match, *conditions(query, without)])

    page = [row[0] for row in run(f"SELECT id FROM lead WHERE {where()} ORDER BY {order}, id LIMIT 20")]
    facets = {
        name: dict(run(f"SELECT {column}, count(*) FROM lead WHERE {where(name)} AND {column} IS NOT NULL GROUP BY 1"))
        for name, column in FACETS.items()
    }
    return page, facets


def percentiles(times):
    times = sorted(times)
    return statistics.median(times) * 1000, times[int(len(times) * 0.95)] * 1000, times[-1] * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quern", default=os.environ.get("QUERN_BIN", ".build/release/quern"))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--searches", type=int, default=200)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="quern-leads-")
    server = Server(options.quern, folder)
    try:
        table = f"{folder}/leads.csv"
        make(table, options.rows)
        server.sign_in()
        accepted, quern = timed(lambda: take_in(server, table))
        assert accepted == options.rows
        _, hand = timed(lambda: import_by_hand(table, folder))
        print(f"| {options.rows:,} rows taken in | seconds | rows a second |\n|---|---|---|")
        print(f"| Quern, POST /ingest | {quern:.1f} | {options.rows / quern:,.0f} |")
        print(f"| sqlite3 .import | {hand:.1f} | {options.rows / hand:,.0f} |", flush=True)
        server.stop()
        vary(f"{folder}/data/quern.db")
        token, server = server.token, Server(options.quern, folder)
        server.token = token
        headers = {"Authorization": f"Bearer {server.token}"}
        base = f"http://127.0.0.1:{server.port}"
        session = requests.Session()

        def search(query):
            answer = session.get(f"{base}/leads/search?{urllib.parse.urlencode(query | {'facets': ','.join(FACETS)})}", headers=headers)
            answer.raise_for_status()
            return answer.json()


        def rss():
            """What is mapped of the database's file is not counted."""
            with open(f"/proc/{server.process.pid}/status", encoding="ascii") as status:
                return next(int(line.split()[1]) for line in status if line.startswith("RssAnon")) / 1024

        before = rss()
        _, cold = timed(lambda: search({"q": "engineer"}))
        chosen = list(searches(options.searches))
        answers, times = zip(*(timed(lambda query=query: search(query)) for query in chosen))
        memory = rss()
        columns = (
            "id, fullName, title, companyName, domain, email, roleFamily, seniority, source, status, score, verifiedAt, "
            "CASE WHEN score >= 80 THEN '80-100' WHEN score >= 60 THEN '60-79' WHEN score >= 40 THEN '40-59' WHEN score IS NOT NULL THEN '0-39' END AS bucket")
        rows = sqlite3.connect(f"file:{folder}/data/quern.db?mode=ro", uri=True)
        with open(f"{folder}/rows.csv", "w", encoding="utf-8", newline="") as file:
            cursor = rows.execute(f"SELECT {columns} FROM lead")
            names = [column[0] for column in cursor.description]
            table = csv.writer(file)
            table.writerow(names)
            table.writerows(cursor)
        duck = duckdb.connect()
        duck.execute(f"CREATE TABLE lead AS SELECT *, ' ' || regexp_replace(lower(strip_accents(replace(concat_ws(' ', fullName, title, companyName, domain, email), 'ø', 'o'))), '[^\\p{{L}}\\p{{N}}]+', ' ', 'g') AS words "
                     f"FROM read_csv('{folder}/rows.csv', header = true, all_varchar = false)")
        by_duck = []
        for query in chosen:
            match = " AND ".join(f"contains(words, ' {term}')" for term in terms(query["q"]))
            by_duck.append(timed(lambda query=query, match=match: in_sql(lambda sql: duck.execute(sql).fetchall(), query, match)))
        wrong = 0
        for query, answer, ((page, facets), _) in zip(chosen, answers, by_duck):
            if [lead["id"] for lead in answer["results"]] != page or answer["facets"] != facets:
                wrong += 1
                print("differs:", query, [lead["id"] for lead in answer["results"]][:5], page[:5], answer["facets"], facets)
        lite = sqlite3.connect(f"{folder}/lite.db")
        lite.execute("CREATE TABLE lead (id INTEGER PRIMARY KEY, {})".format(", ".join(names[1:])))
        lite.executemany("INSERT INTO lead VALUES ({})".format(", ".join("?" * len(names))), rows.execute(f"SELECT {columns} FROM lead"))
        lite.execute("CREATE VIRTUAL TABLE found USING fts5 (fullName, title, companyName, domain, email, content = 'lead', content_rowid = 'id', "
                     "tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3')")
        lite.execute("INSERT INTO found (found) VALUES ('rebuild')")
        lite.execute("INSERT INTO found (found) VALUES ('optimize')")
        lite.commit()
        by_hand = []
        for query in chosen[: max(20, options.searches // 5)]:
            match = "id IN (SELECT rowid FROM found WHERE found MATCH '{}')".format(" ".join(f'"{term}"*' for term in terms(query["q"])))
            by_hand.append(timed(lambda query=query, match=match: in_sql(lambda sql: lite.execute(sql).fetchall(), query, match))[1])
        print(f"\n| {options.searches} searches, five facets each | median ms | p95 ms | slowest ms |\n|---|---|---|---|")
        for name, measured in (("Quern, over HTTP", times), ("DuckDB, in its process", [t for _, t in by_duck]), (f"SQLite, in its process ({len(by_hand)})", by_hand)):
            print("| {} | {:.1f} | {:.1f} | {:.1f} |".format(name, *percentiles(measured)))
        print(f"\nFirst search after a start: {cold:.2f} s. Memory of the server: {before:.0f} MiB before it, {memory:.0f} MiB after all. Answers that differ from DuckDB's: {wrong}.")
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
