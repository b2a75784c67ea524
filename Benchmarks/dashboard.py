"""How quick the dashboard and the list of jobs are when somebody has many jobs.

    python Benchmarks/dashboard.py [--quern FILE] [--jobs 100000] [--requests 40]

Fills a data folder of its own with jobs, by SQL while the server is down, and prints p50 and p95 of the pages and lists that people
open. No answer is taken from the cache of an earlier one: each asks with other words or another page. Loopback only, bounded,
removes what it makes.
"""

import argparse
import datetime
import http.client
import json
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import time
import urllib.parse
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import Server  # noqa: E402

WORDS = ["sales", "people", "orders", "invoice", "Berlin", "report", "export", "customer", "stock", "ledger", "Äpfel", "мельница"]
TAGS = ["remote", "senior", "red", "green", "blue", "urgent", "later", "2026"]
STATES = ["completed"] * 30 + ["failed", "cancelled", "partial", "pending"]
START = 1_760_000_000_000


def fill(database, count):
    """Two thirds are files, one third is tracked by hand; all belong to the one account there is."""
    dice = random.Random(7)
    base = sqlite3.connect(database)
    # As every connection of the server has it: triggers fold what people wrote.
    base.create_function("swiftLowercaseString", 1, lambda text: text if text is None else text.lower(), deterministic=True)
    user, tenant = base.execute("SELECT id, tenant FROM user").fetchone()
    spec = json.dumps({"steps": [{"params": {"to_format": "parquet"}, "type": "convert_format"}]})
    result = json.dumps({"ledger": {"rows_read": 1000, "rows_written": 990}})
    with base:
        for number in range(1, count + 1):
            name = f"{dice.choice(WORDS)} {dice.choice(WORDS)} {number}.csv"
            is_track = number % 3 == 0
            made = START + number * 1000
            base.execute(
                "INSERT INTO job (id, number, tenant, user, kind, name, description, tags, state, trackStatus, fileName, originalSizeBytes,"
                " spec, result, attemptCount, createdAt, updatedAt, startedAt, finishedAt) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                (str(uuid.UUID(int=dice.getrandbits(128), version=4)), number, tenant, user, "track" if is_track else "transform", name,
                 " ".join(dice.choice(WORDS) for _ in range(12)) if number % 2 else None, json.dumps(dice.sample(TAGS, dice.randrange(3))),
                 "pending" if is_track else dice.choice(STATES), dice.choice(["applied", "offer", "rejected"]) if is_track else None,
                 None if is_track else name, 1_000_000, '{"company_name":"Mill"}' if is_track else spec, "{}" if is_track else result, 1,
                 made, made + dice.randrange(10_000_000), None if is_track else made, None if is_track else made + 900))
        # As the server does at the end of each transaction.
        base.execute("INSERT INTO jobSearch (rowid, text) SELECT number, text FROM jobText WHERE number IN (SELECT number FROM jobUnindexed)")
        base.execute("DELETE FROM jobUnindexed")
    base.close()


def asked(number, dice):
    """What is measured: a name, and the address of the n-th request."""
    word, rare = dice.choice(WORDS), f"{dice.choice(WORDS)} {dice.randrange(1, 100_000)}"
    skip = number * 50
    return {
        "dashboard": f"/dashboard?skip={skip}",
        "dashboard, one state": f"/dashboard?status={dice.choice(['failed', 'completed', 'applied'])}&skip={skip}",
        "dashboard, one tag": f"/dashboard?tag={dice.choice(TAGS)}&skip={skip}",
        "dashboard, a word of many jobs": f"/dashboard?q={urllib.parse.quote(word[:3 + number % 3])}&skip={skip}",
        "dashboard, a word of one job": f"/dashboard?q={urllib.parse.quote(rare)}",
        "dashboard, two letters": f"/dashboard?q={urllib.parse.quote(word[:2])}&skip={skip}",
        "dashboard, a word, a tag and a state": f"/dashboard?q={urllib.parse.quote(word)}&tag={dice.choice(TAGS)}&status=completed&skip={skip}",
        "dashboard, by title": f"/dashboard?sort=title_asc&skip={skip}",
        "GET /jobs?limit=50": f"/api/v1/jobs?limit=50&skip={skip}",
        "GET /jobs?limit=50&q=": f"/api/v1/jobs?limit=50&q={urllib.parse.quote(word)}&skip={skip}",
        "GET /jobs?limit=50&status=": f"/api/v1/jobs?limit=50&status=failed&skip={skip}",
        "GET /jobs?limit=50&tag=": f"/api/v1/jobs?limit=50&tag={dice.choice(TAGS)}&skip={skip}",
    }


def measure(server, requests):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    dice = random.Random(11)
    times, sizes = {}, {}
    for number in range(requests):
        for name, path in asked(number, dice).items():
            start = time.monotonic()
            connection.request("GET", path, headers={"Authorization": f"Bearer {server.token}", "Accept": "text/html"
                                                     if path.startswith("/dashboard") else "application/json"})
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == 200, (path, answer.status, body[:300])
            times.setdefault(name, []).append((time.monotonic() - start) * 1000)
            sizes[name] = len(body)
    return times, sizes


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quern", default=os.environ.get("QUERN_BIN", ".build/release/quern"))
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=40)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="quern-dashboard-")
    server = Server(options.quern, folder)
    try:
        server.sign_in()
        server.stop()
        fill(os.path.join(folder, "data", "quern.db"), options.jobs)
        token = server.token
        server = Server(options.quern, folder)
        server.token = token
        times, sizes = measure(server, options.requests)
        print(f"{options.jobs} jobs, {datetime.date.today()}\n\n| what | p50 | p95 | bytes |\n|---|---|---|---|")
        for name, all_times in times.items():
            all_times.sort()
            p50, p95 = all_times[len(all_times) // 2], all_times[int(len(all_times) * 0.95)]
            print(f"| {name} | {p50:.1f} ms | {p95:.1f} ms | {sizes[name]:,} |")
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
