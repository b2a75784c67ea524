"""What accounts cost: logins side by side, memory while they hash, and how quick the API stays meanwhile.

    python Benchmarks/accounts.py [--quern FILE] [--logins 200] [--seconds 5]

Told are: logins a second, the largest resident memory of the server while so many wait, GET /users/me alone and during the rush
(p50, p99), and refreshes a second on one chain. Loopback only, bounded, removes what it makes.
"""

import argparse
import concurrent.futures
import http.client
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time

PASSWORD = "Ground-Slowly-7-Stones"


class Server:
    def __init__(self, executable, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [executable, "serve", "--port", str(self.port), "--data-dir", os.path.join(folder, "data")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "QUERN_LOG_LEVEL": "error", "RATE_LIMIT_ENABLED": "false"})
        end = time.monotonic() + 20
        while True:
            try:
                self.call("GET", "/health")
                return
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def call(self, method, path, body=None, token=None, connection=None):
        connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        data = answer.read()
        assert answer.status < 300, (answer.status, data)
        return json.loads(data)

    def memory(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS:"))

    def log_in(self):
        return self.call("POST", "/auth/cognito/login", {"email": "a@example.com", "password": PASSWORD})["tokens"]


def percentile(values, percent):
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))]


def latencies(server, token, until):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    taken = []
    while not until():
        start = time.perf_counter()
        server.call("GET", "/users/me", token=token, connection=connection)
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def told(name, taken):
    print(f"{name:34} p50 {percentile(taken, 50):7.2f} ms   p99 {percentile(taken, 99):7.2f} ms   {len(taken)} requests")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quern", default=os.environ.get("QUERN_BIN", ".build/release/quern"))
    parser.add_argument("--logins", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="quern-accounts-")
    server = Server(options.quern, folder)
    try:
        server.call("POST", "/api/v1/auth/register", {"email": "a@example.com", "password": PASSWORD})
        tokens = server.log_in()
        end = time.monotonic() + options.seconds
        told("GET /users/me, server idle", latencies(server, tokens["access_token"], lambda: time.monotonic() > end))

        idle = server.memory()
        most, done = [idle], threading.Event()

        def watch():
            while not done.wait(0.01):
                most.append(server.memory())

        watcher = threading.Thread(target=watch)
        watcher.start()
        start = time.perf_counter()
        with concurrent.futures.ThreadPoolExecutor(options.logins + 1) as pool:
            quick = pool.submit(latencies, server, tokens["access_token"], done.is_set)
            rush = [pool.submit(server.log_in) for _ in range(options.logins)]
            for one in rush:
                one.result()
            seconds = time.perf_counter() - start
            done.set()
            told(f"GET /users/me, {options.logins} logins at once", quick.result())
        watcher.join()
        print(f"{options.logins} logins at once: {seconds:.1f} s, {options.logins / seconds:.1f}/s; "
              f"memory {idle:.0f} MiB idle, at most {max(most):.0f} MiB")

        token, count, end = tokens["refresh_token"], 0, time.monotonic() + options.seconds
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        while time.monotonic() < end:
            token = server.call("POST", "/auth/cognito/refresh", {"refresh_token": token}, connection=connection)["tokens"]["refresh_token"]
            count += 1
        print(f"refreshes on one chain: {count / options.seconds:.0f}/s")
    finally:
        server.process.terminate()
        server.process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
