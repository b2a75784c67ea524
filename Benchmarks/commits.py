"""What durability costs: accepted jobs a second, each flushed to the disk before its answer.

    python Benchmarks/commits.py [--seconds 5] [--quern FILE]

Three lines to compare: SQLite alone with synchronous NORMAL (a power cut may lose the last commits), SQLite alone with
FULL (one flush for each commit), and Quern's POST /jobs with 1, 8 and 64 connections, where writes that wait together share
one flush. Only loopback, bounded in time, and everything it makes is removed.
"""

import argparse
import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time

PASSWORD = "a mill turns slowly"


def sqlite_rate(folder, synchronous, seconds):
    path = os.path.join(folder, f"{synchronous}.db")
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute(f"PRAGMA synchronous = {synchronous}")
    database.execute("CREATE TABLE job (id INTEGER PRIMARY KEY, body TEXT)")
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO job (body) VALUES (?)", ("x" * 600,))
        database.execute("COMMIT")
        count += 1
    database.close()
    return count / seconds


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def call(connection, method, path, body=None, token=None, kind="application/json"):
    headers = {"Content-Type": kind}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    connection.request(method, path, body=body, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def quern_rate(port, token, connections, seconds):
    counts, times = [0] * connections, [[] for _ in range(connections)]
    end = time.monotonic() + seconds

    def work(index):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        body = json.dumps({"file_name": "people.csv", "processing_steps": []})
        while time.monotonic() < end:
            start = time.monotonic()
            status, _ = call(connection, "POST", "/api/v1/jobs", body, token)
            assert status == 201, status
            times[index].append(time.monotonic() - start)
            counts[index] += 1
        connection.close()

    threads = [threading.Thread(target=work, args=(index,)) for index in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    all_times = sorted(value for row in times for value in row)
    return sum(counts) / seconds, all_times[int(len(all_times) * 0.99)] * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--quern", default=os.environ.get("QUERN_BIN", ".build/release/quern"))
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="quern-commits-")
    port = free_port()
    server = None
    try:
        print("| what | commits or answers a second | p99, ms |\n|---|---|---|")
        for synchronous in ("NORMAL", "FULL"):
            print(f"| SQLite alone, synchronous {synchronous} | {sqlite_rate(folder, synchronous, options.seconds):,.0f} | |")
        server = subprocess.Popen(
            [options.quern, "serve", "--port", str(port), "--data-dir", os.path.join(folder, "data")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "QUERN_LOG_LEVEL": "error"})
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        call(connection, "POST", "/api/v1/auth/register", json.dumps({"email": "bench@example.com", "password": PASSWORD}))
        _, answer = call(connection, "POST", "/api/v1/auth/login", json.dumps({"username": "bench@example.com", "password": PASSWORD}))
        token = json.loads(answer)["access_token"]
        for connections in (1, 8, 64):
            rate, p99 = quern_rate(port, token, connections, options.seconds)
            print(f"| POST /jobs, {connections} connections | {rate:,.0f} | {p99:.1f} |")
    finally:
        if server:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
