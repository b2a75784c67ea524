"""How many requests a second the server answers, beside FastAPI: the same jobs, the same requests, one run.

    python Benchmarks/serving.py [--quern FILE] [--peers PYTHON] [--jobs 100000] [--seconds 5]

Needs wrk (Debian: wrk). PYTHON is the interpreter of a virtual environment with fastapi, uvicorn[standard], sqlalchemy and pyjwt;
without it the server is measured alone. Each request is measured with `wrk -t1 -c32`; the table has requests a second, CPU time of the
server for each, and p99. Loopback only, bounded, removes what it makes.
"""

import argparse
import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from dashboard import fill  # noqa: E402
from server import Server, write_rows  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
TICKS = os.sysconf("SC_CLK_TCK")
SECRET = "no secret, but long enough for SHA-256"
STEPS = [{"type": "convert_format", "params": {"to_format": "parquet"}}]


def cpu_seconds(pid):
    """Of the process and its threads, without its children."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def wrk(port, path, seconds, headers=(), body=None):
    """Requests a second, p99 in ms, and how many answers were not 2xx or 3xx."""
    command = ["wrk", "-t1", "-c32", f"-d{seconds}s", "--latency"]
    for header in headers:
        command += ["-H", header]
    script = None
    if body is not None:
        script = tempfile.NamedTemporaryFile("w", suffix=".lua", delete=False)
        script.write(f'wrk.method = "POST"\nwrk.body = [==[{body}]==]\nwrk.headers["Content-Type"] = "application/json"\n')
        script.close()
        command += ["-s", script.name]
    told = subprocess.run([*command, f"http://127.0.0.1:{port}{path}"], check=True, capture_output=True, text=True).stdout
    if script:
        os.unlink(script.name)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", told).groups()
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    return rate, float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit], int(bad[1]) if bad else 0


def measure(pid, port, requests, seconds):
    found = {}
    for name, (path, headers, body) in requests.items():
        wrk(port, path, 1, headers, body)
        before = cpu_seconds(pid)
        rate, p99, bad = wrk(port, path, seconds, headers, body)
        assert not bad, f"{name}: {bad} answers were refused"
        found[name] = (rate, (cpu_seconds(pid) - before) / (rate * seconds) * 1e6, p99)
    return found


def requests_of(token, job, tag=None, prefix="/api/v1"):
    bearer = [f"Authorization: Bearer {token}"]
    made = {
        "GET /health": ("/health", [], None),
        "GET /users/me": (f"{prefix}/users/me", bearer, None),
        "GET /jobs/{id}": (f"{prefix}/jobs/{job}", bearer, None),
    }
    if tag:
        made["GET /jobs/{id}, 304"] = (f"{prefix}/jobs/{job}", [*bearer, f"If-None-Match: {tag}"], None)
    return made | {
        "GET /jobs?limit=50": (f"{prefix}/jobs?limit=50", bearer, None),
        "POST /jobs": (f"{prefix}/jobs", bearer, json.dumps({"file_name": "made.csv", "processing_steps": STEPS})),
    }


def measure_quern(options, folder):
    server = Server(options.quern, folder)
    try:
        server.sign_in()
        server.stop()
        fill(os.path.join(folder, "data", "quern.db"), options.jobs)
        token, server = server.token, Server(options.quern, folder)
        server.token = token
        job = server.call("GET", "/api/v1/jobs?limit=1&skip=100")[0]["id"]
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        connection.request("GET", f"/api/v1/jobs/{job}", headers={"Authorization": f"Bearer {token}"})
        tag = connection.getresponse().headers["ETag"]
        found = measure(server.process.pid, server.port, requests_of(token, job, tag), options.seconds)
        rows = os.path.join(folder, "rows.csv")
        write_rows(rows, options.megabytes)
        busy = [server.upload(rows) for _ in range(6)]
        for name, key in busy:
            server.call("POST", f"/api/v1/jobs/{name}/mark-uploaded", {"object_key": key})
        time.sleep(0.5)
        rate, p99, _ = wrk(server.port, f"/api/v1/jobs/{job}", options.seconds, [f"Authorization: Bearer {token}"])
        states = [server.call("GET", f"/api/v1/jobs/{name}")["status"] for name, _ in busy]
        found["GET /jobs/{id}, workers busy"] = (rate, float("nan"), p99)
        if "QUEUED" not in states and "RUNNING" not in states:
            print("The workers were done before the last measurement ended; give more --megabytes.", file=sys.stderr)
        for name, _ in busy:
            if server.call("GET", f"/api/v1/jobs/{name}")["status"] in ("RUNNING", "QUEUED"):
                server.call("POST", f"/api/v1/jobs/{name}/cancel", {})
        return found
    finally:
        server.stop()


def copied(source):
    """The jobs of the server as the peers keep them."""
    base = sqlite3.connect(source)
    rows = base.execute(
        "SELECT id, name, description, tags, upper(state), fileName, originalSizeBytes, spec, createdAt, updatedAt FROM job"
        " WHERE kind = 'transform'")
    for id, name, description, tags, state, file, size, spec, made, changed in rows:
        yield (id, "u1", name, description, tags, state, file, size, json.dumps(json.loads(spec)["steps"]),
               *(time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at / 1000)) + f".{at % 1000:03}Z" for at in (made, changed)))


def measure_peer(options, folder, app):
    path = os.path.join(folder, f"{app}.db")
    sys.path.insert(0, HERE)
    rows = list(copied(os.path.join(folder, "data", "quern.db")))
    environment = {**os.environ, "JOBS_DB": path, "JWT_SECRET": SECRET}
    make = "import json, sys, serving_peers; serving_peers.create(sys.argv[1], json.load(sys.stdin))"
    subprocess.run([options.peers, "-c", make, path], input=json.dumps(rows), text=True, check=True, cwd=HERE, env=environment)
    token = subprocess.run(
        [options.peers, "-c", f"import jwt, time; print(jwt.encode({{'sub': 'u1', 'exp': time.time() + 3600}}, '{SECRET}'))"],
        check=True, capture_output=True, text=True).stdout.strip()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [options.peers, "-m", "uvicorn", f"serving_peers:{app}", "--port", str(port), "--log-level", "critical", "--no-access-log"],
        cwd=HERE, env=environment)
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        return measure(process.pid, port, requests_of(token, rows[100][0], prefix=""), options.seconds)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quern", default=os.environ.get("QUERN_BIN", ".build/release/quern"))
    parser.add_argument("--peers", help="Python with fastapi, uvicorn, sqlalchemy and pyjwt")
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--megabytes", type=int, default=300)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="quern-serving-")
    try:
        tables = {"Quern": measure_quern(options, folder)}
        if options.peers:
            tables |= {app: measure_peer(options, folder, app) for app in ("tuned", "tutorial")}
        print("| request |" + "".join(f" {name}: a second | µs CPU | p99 |" for name in tables) + " × tuned | × tutorial |")
        print("|---|" + "---|" * (3 * len(tables) + 2))
        for request in tables["Quern"]:
            cells = []
            for table in tables.values():
                rate, cpu, p99 = table.get(request, (None, None, None))
                cells += ["", "", ""] if rate is None else [f"{rate:,.0f}", "" if cpu != cpu else f"{cpu:,.0f}", f"{p99:.1f} ms"]
            like = request.split(",")[0]
            for app in ("tuned", "tutorial"):
                peer = tables.get(app, {}).get(like)
                cells.append(f"{tables['Quern'][request][0] / peer[0]:.1f}" if peer else "")
            print(f"| {request} | {' | '.join(cells)} |")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
