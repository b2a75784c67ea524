"""How light and how quick the server is: size, start, memory, and its answers while all cores work.

    python Benchmarks/server.py [--quern FILE] [--seconds 8] [--megabytes 300]

Prints a Markdown table: size of the executable, time from start to the first answer, resident memory when idle, and the
p50 and p99 of GET /jobs/{id} with the server idle and with every worker busy. Loopback only, bounded, removes what it makes.
"""

import argparse
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

PASSWORD = "a mill turns slowly"


class Server:
    def __init__(self, executable, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        start = time.monotonic()
        self.process = subprocess.Popen(
            [executable, "serve", "--port", str(self.port), "--data-dir", os.path.join(folder, "data")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "QUERN_LOG_LEVEL": "error", "RATE_LIMIT_ENABLED": "false"})
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
                connection.request("GET", "/health")
                assert connection.getresponse().status == 200
                break
            except OSError:
                if time.monotonic() - start > 30:
                    raise
                time.sleep(0.002)
        self.start_ms = (time.monotonic() - start) * 1000
        self.token = None

    def call(self, method, path, body=None, connection=None):
        connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        connection.request(method, path, body=None if body is None else json.dumps(body), headers=headers)
        answer = connection.getresponse()
        data = answer.read()
        assert answer.status < 300, (answer.status, data)
        return json.loads(data) if data else None

    def sign_in(self):
        person = {"email": "bench@example.com", "password": PASSWORD}
        self.call("POST", "/api/v1/auth/register", person)
        self.token = self.call("POST", "/api/v1/auth/login", {"username": person["email"], "password": PASSWORD})["access_token"]

    def upload(self, path):
        steps = [{"type": "convert_format", "params": {"to_format": "parquet"}}]
        job = self.call("POST", "/api/v1/jobs", {"file_name": "load.csv", "processing_steps": steps})["id"]
        given = self.call("POST", f"/api/v1/jobs/{job}/upload-url", {})
        url = urllib.parse.urlsplit(given["upload_url"])
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        with open(path, "rb") as file:
            connection.request("PUT", f"{url.path}?{url.query}", body=file, headers={"Content-Length": str(os.path.getsize(path))})
            assert connection.getresponse().status == 200
        return job, given["object_key"]

    def resident_mb(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1000

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)


def latencies(server, job, seconds):
    """Four connections, each with a pause of 2 ms, as a dashboard would poll."""
    times, end = [], time.monotonic() + seconds

    def poll():
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        while time.monotonic() < end:
            start = time.monotonic()
            server.call("GET", f"/api/v1/jobs/{job}", connection=connection)
            times.append((time.monotonic() - start) * 1000)
            time.sleep(0.002)

    threads = [threading.Thread(target=poll) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    return times[len(times) // 2], times[int(len(times) * 0.99)], len(times)


def write_rows(path, megabytes):
    with open(path, "w", encoding="utf-8") as file:
        file.write("id,name,city,age,score,day\n")
        number = 0
        while file.tell() < megabytes * 1_000_000:
            file.write("".join(
                f"{n},name {n * 7919 % 1000003},{('Pune', 'Lima', 'Oslo')[n % 3]},{n % 90},{n % 997}.{n % 10},2024-01-{n % 28 + 1:02}\n"
                for n in range(number, number + 20000)))
            number += 20000


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quern", default=os.environ.get("QUERN_BIN", ".build/release/quern"))
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--megabytes", type=int, default=300)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="quern-server-")
    server = Server(options.quern, folder)
    try:
        time.sleep(1)
        idle_mb = server.resident_mb()
        server.sign_in()
        rows = os.path.join(folder, "rows.csv")
        write_rows(rows, options.megabytes)
        job = server.call("POST", "/api/v1/jobs", {"file_name": "idle.csv", "processing_steps": []})["id"]
        idle = latencies(server, job, options.seconds)
        # All files are there before the first job begins, so that the workers are busy for the whole time.
        uploads = [server.upload(rows) for _ in range(8)]
        for name, key in uploads:
            server.call("POST", f"/api/v1/jobs/{name}/mark-uploaded", {"object_key": key})
        jobs = [name for name, _ in uploads]
        busy = latencies(server, job, options.seconds / 2)
        states = [server.call("GET", f"/api/v1/jobs/{name}")["status"] for name in jobs]
        print("| what | value |\n|---|---|")
        print(f"| size of the executable | {os.path.getsize(options.quern) / 1e6:.1f} MB |")
        print(f"| start to first answer | {server.start_ms:.0f} ms |")
        print(f"| resident memory, idle | {idle_mb:.1f} MB |")
        print(f"| GET /jobs/{{id}}, server idle | p50 {idle[0]:.1f} ms, p99 {idle[1]:.1f} ms of {idle[2]} |")
        print(f"| GET /jobs/{{id}}, jobs {', '.join(states)} | p50 {busy[0]:.1f} ms, p99 {busy[1]:.1f} ms of {busy[2]} |")
        for name in jobs:
            if server.call("GET", f"/api/v1/jobs/{name}")["status"] in ("RUNNING", "QUEUED"):
                server.call("POST", f"/api/v1/jobs/{name}/cancel", {})
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
