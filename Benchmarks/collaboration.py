"""What collaboration costs: answers that need not be sent, sockets and streams that wait, and writers who meet at one task.

    python Benchmarks/collaboration.py [--quern FILE] [--seconds 4] [--connections 32] [--processes 2] [--sockets 1000] [--only PART]...

Parts: etags, memory, echo, writers, creating. Peers run in the same run on the same machine and do the same work: for ETags an app
of FastAPI on uvicorn (one process for each core) that reads SQLite, checks a signed token and hashes the JSON; for sockets a server
of the `websockets` package. A peer that is not installed is left out. Loopback only, bounded, removes what it makes.

The clients are Python too and share the cores with the servers: ratios are worth more than numbers.
"""
# requires fastapi==0.165.0, uvicorn==0.54.0, uvloop, httptools, websockets==17.4

import argparse
import base64
import collections
import contextlib
import hashlib
import heapq
import hmac
import http.client
import importlib.util
import json
import multiprocessing
import os
import re
import resource
import selectors
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

PASSWORD = "a mill turns slowly"
PERSON = "bench@example.com"
JOBS, TASKS = 100, 200
WRITERS = (1, 2, 4, 8, 16, 64)
MOST_MESSAGES = 90  # a second from one socket: the server shuts out those who send more than 100
ECHO_SOCKETS = 400
CREATORS = 16

FASTAPI = '''
import asyncio, base64, hashlib, hmac, json, os, sqlite3
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import StreamingResponse

app = FastAPI()
database = sqlite3.connect(os.environ["PEER_DATABASE"], check_same_thread=False)
KEY = os.environ["PEER_KEY"].encode()

def user(request):
    """The owner of a signed token, who must still be there."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    head, _, signature = token.rpartition(".")
    expected = base64.urlsafe_b64encode(hmac.new(KEY, head.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()
    if scheme != "Bearer" or not hmac.compare_digest(signature, expected):
        raise HTTPException(401)
    claims = json.loads(base64.urlsafe_b64decode(head.split(".")[1] + "=="))
    if database.execute("SELECT 1 FROM user WHERE id = ?", (claims["sub"],)).fetchone() is None:
        raise HTTPException(401)
    return claims["sub"]

def tagged(request, content):
    body = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    tag = \'"\' + hashlib.sha256(body).hexdigest() + \'"\'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return Response(body, media_type="application/json", headers={"ETag": tag})

def rows(sql, *arguments):
    return [json.loads(text) for (text,) in database.execute(sql, arguments)]

@app.get("/api/v1/jobs/{id}")
async def job(id: str, request: Request):
    found = rows("SELECT body FROM job WHERE id = ? AND user = ?", id, user(request))
    if not found:
        raise HTTPException(404)
    return tagged(request, found[0])

@app.get("/api/v1/jobs")
async def jobs(request: Request):
    return tagged(request, rows("SELECT body FROM job WHERE user = ? ORDER BY place", user(request)))

@app.get("/api/v1/collab/state/tasks")
async def tasks(request: Request):
    user(request)
    return tagged(request, {"kind": "tasks", "items": rows("SELECT body FROM task ORDER BY place")})

@app.get("/api/v1/events")
async def events(request: Request):
    user(request)
    async def beats():
        while True:
            yield ": still here\\n\\n"
            await asyncio.sleep(15)
    return StreamingResponse(beats(), media_type="text/event-stream")

@app.get("/health")
async def health():
    return {"status": "healthy"}
'''

WEBSOCKETS = '''
import asyncio, datetime, json, sys
from websockets.asyncio.server import serve

def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")

async def talk(connection):
    await connection.send(json.dumps({"type": "connection", "status": "connected", "user": "bench", "timestamp": now()}))
    async for text in connection:
        await connection.send(json.dumps({"type": "message", "data": json.loads(text), "timestamp": now(), "user": "bench"}))

async def main():
    async with serve(talk, "127.0.0.1", int(sys.argv[1]), compression=None, max_size=65536) as server:
        await server.serve_forever()

asyncio.run(main())
'''


# Servers


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """A server in a process of its own; its memory is that of its children too."""

    name = ""
    token = ""
    log = subprocess.DEVNULL

    def begin(self, words, **environment):
        self.process = subprocess.Popen(
            words, stdout=subprocess.DEVNULL, stderr=self.log, env={**os.environ, **environment}, start_new_session=True)
        end = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{self.name} did not start")
            time.sleep(0.02)

    def memory_kb(self):
        total, pids = 0, [self.process.pid]
        for pid in pids:
            with contextlib.suppress(OSError), open(f"/proc/{pid}/status", encoding="ascii") as status:
                total += next((int(line.split()[1]) for line in status if line.startswith("VmRSS:")), 0)
            with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
                pids += [int(child) for child in children.read().split() if not is_worker(int(child))]
        return total

    def call(self, method, path, body=None, connection=None, **headers):
        """Status, headers and body of an answer."""
        connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        fields = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            body, fields["Content-Type"] = json.dumps(body).encode(), "application/json"
        connection.request(method, path, body, fields)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()

    def must(self, status, method, path, body=None, **more):
        found, headers, data = self.call(method, path, body, **more)
        assert found == status, f"{self.name} {method} {path}: {found} {data[:500]}"
        return headers, json.loads(data) if data else None

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


def is_worker(pid):
    """A worker of Quern, which has nothing to do with sockets."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as words:
        return words.read().split(b"\0")[1:2] == [b"worker"]
    return False


class Quern(Process):
    name = "Quern"

    def __init__(self, executable, folder):
        self.port = free_port()
        self.begin(
            [executable, "serve", "--port", str(self.port), "--data-dir", os.path.join(folder, "data")], QUERN_LOG_LEVEL="error",
            RATE_LIMIT_ENABLED="false", QUERN_SOCKETS_PER_USER="100000", QUERN_STREAMS_PER_USER="100000")
        self.must(201, "POST", "/api/v1/auth/register", {"email": PERSON, "password": PASSWORD})
        self.sign_in()

    def sign_in(self):
        self.token = self.must(200, "POST", "/api/v1/auth/login", {"username": PERSON, "password": PASSWORD})[1]["access_token"]

    def fill(self):
        """Jobs and tasks as people write them."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        for number in range(JOBS):
            self.must(201, "POST", "/api/v1/jobs", {
                "title": f"Miller, mill number {number}", "status": ("applied", "interview", "offer")[number % 3],
                "tags": ["remote", f"tag {number % 7}"], "company_name": f"Mill & Söhne {number}", "location": "Köln",
                "description": "Grain in, flour out. " * 5,
            }, connection=connection)
        for number in range(TASKS):
            self.must(201, "POST", "/api/v1/collab/tasks", {
                "title": f"Dress stone {number}", "description": "With care, and from the middle outwards. " * 2,
            }, connection=connection)


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class FastAPI(Process):
    name = "FastAPI"

    def __init__(self, folder, jobs=(), tasks=()):
        import sqlite3
        self.port = free_port()
        path = os.path.join(folder, f"peer-{self.port}.db")
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.executescript(
                "PRAGMA journal_mode = WAL; CREATE TABLE user (id TEXT PRIMARY KEY); INSERT INTO user VALUES ('bench');"
                "CREATE TABLE job (place INTEGER PRIMARY KEY, id TEXT UNIQUE, user TEXT, body TEXT); CREATE INDEX jobByUser ON job (user, place);"
                "CREATE TABLE task (place INTEGER PRIMARY KEY, body TEXT);")
            database.executemany("INSERT INTO job (id, user, body) VALUES (?, 'bench', ?)", [(job["id"], json.dumps(job)) for job in jobs])
            database.executemany("INSERT INTO task (body) VALUES (?)", [(json.dumps(task),) for task in tasks])
            database.commit()
        key = os.urandom(16).hex()
        head = f"{encoded(b'{}')}.{encoded(json.dumps({'sub': 'bench'}).encode())}"
        self.token = f"{head}.{encoded(hmac.new(key.encode(), head.encode(), hashlib.sha256).digest())}"
        with open(os.path.join(folder, "peer.py"), "w", encoding="utf-8") as file:
            file.write(FASTAPI)
        self.begin(
            [sys.executable, "-m", "uvicorn", "peer:app", "--app-dir", folder, "--port", str(self.port), "--log-level", "error",
             "--no-access-log", "--workers", str(os.cpu_count())], PEER_DATABASE=path, PEER_KEY=key)
        time.sleep(1)  # the port is open before all its processes are


class WebSockets(Process):
    name = "websockets"

    def __init__(self, folder):
        self.port = free_port()
        path = os.path.join(folder, "echo.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(WEBSOCKETS)
        self.begin([sys.executable, path, str(self.port)])


def is_installed(*modules):
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        print(f"without {', '.join(missing)}: that peer is left out", file=sys.stderr)
    return not missing


@contextlib.contextmanager
def running(server):
    try:
        yield server
    finally:
        server.stop()


# Requests on connections that stay


class Answer:
    """Reads answers with a length off one connection."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer, self.sent_at = b"", 0.0

    def send(self, request):
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def take(self):
        """Status and size of the answer when all of it is there."""
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionResetError("the server hung up")
        self.buffer += part
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        length = re.search(rb"\r\ncontent-length: *(\d+)", self.buffer[:end + 2], re.I)
        size = end + 4 + (int(length.group(1)) if length and self.buffer[9:12] != b"304" else 0)
        if len(self.buffer) < size:
            return None
        status, self.buffer = int(self.buffer[9:12]), self.buffer[size:]
        return status, size


def load(port, request, connections, seconds):
    """Sends the same request again and again on each connection: milliseconds of each answer, statuses, and size of one."""
    times, statuses, size = [], collections.Counter(), 0
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            connection = Answer(port)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(request)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            for key, _ in selector.select(timeout=1):
                answer = key.data.take()
                if answer:
                    times.append((time.perf_counter() - key.data.sent_at) * 1000)
                    statuses[answer[0]] += 1
                    size = answer[1]
                    key.data.send(request)
        for key in list(selector.get_map().values()):
            key.data.socket.close()
    return times, statuses, size


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def measure(options, server, path, status, tag=None):
    """Answers a second, p50 and p99 in milliseconds, bytes of one answer."""
    condition = f"If-None-Match: {tag}\r\n" if tag else ""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAuthorization: Bearer {server.token}\r\n{condition}\r\n".encode()
    each = max(1, options.connections // options.processes)
    load(server.port, request, 2, 0.3)  # warm
    with multiprocessing.get_context("fork").Pool(options.processes) as pool:
        parts = pool.starmap(load, [(server.port, request, each, options.seconds)] * options.processes)
    times = [time for part in parts for time in part[0]]
    statuses = sum((part[1] for part in parts), collections.Counter())
    assert set(statuses) == {status}, f"{server.name} {path}: {statuses}"
    return len(times) / options.seconds, percentile(times, 50), percentile(times, 99), parts[0][2]


def etags(options, folder, quern):
    quern.fill()
    jobs = quern.must(200, "GET", "/api/v1/jobs?limit=100")[1]
    tasks = quern.must(200, "GET", "/api/v1/collab/state/tasks")[1]["items"]
    assert (len(jobs), len(tasks)) == (JOBS, TASKS)
    paths = {
        "GET /jobs/{id}": f"/api/v1/jobs/{jobs[0]['id']}", f"GET /jobs ({JOBS})": "/api/v1/jobs",
        f"GET /collab/state/tasks ({TASKS})": "/api/v1/collab/state/tasks",
    }
    servers = [contextlib.nullcontext(quern)]
    if is_installed("fastapi", "uvicorn"):
        servers.append(running(FastAPI(folder, jobs, tasks)))
    head("answers", "server", "status", "a second", "p50 ms", "p99 ms", "bytes", "304 : 200", "Quern : peer")
    found = {}
    for context in servers:
        with context as server:
            for name, path in paths.items():
                tag = server.must(200, "GET", path)[0]["ETag"]
                for status in (200, 304):
                    rate, half, most, size = found[server.name, name, status] = measure(
                        options, server, path, status, tag if status == 304 else None)
                    row(name, server.name, status, f"{rate:.0f}", f"{half:.2f}", f"{most:.2f}", size,
                        ratio(found, server.name, name) if status == 304 else "",
                        f"{found['Quern', name, status][0] / rate:.1f}" if server.name != "Quern" else "")


def ratio(found, server, name):
    return f"{found[server, name, 304][0] / found[server, name, 200][0]:.2f}"


# Sockets


class Wire:
    """A WebSocket by hand (RFC 6455)."""

    def __init__(self, port, query=""):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(
            f"GET /ws{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        self.buffer, self.sent_at = b"", 0.0
        while b"\r\n\r\n" not in self.buffer:
            part = self.socket.recv(65_536)
            assert part, self.buffer
            self.buffer += part
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        assert head.startswith(b"HTTP/1.1 101"), head
        greeting = self.text() or next(text for text in iter(self.more, None) if text)
        assert json.loads(greeting)["type"] == "connection", greeting

    def more(self):
        part = self.socket.recv(65_536)
        assert part, "the server hung up"
        self.buffer += part
        return self.text() or b""

    def text(self):
        """The next text that is there as a whole; pings are left unanswered for the few seconds that this takes."""
        while len(self.buffer) >= 2:
            opcode, size, start = self.buffer[0] & 15, self.buffer[1], 2
            if size >= 126:
                if len(self.buffer) < 10:
                    return None
                size, start = (struct.unpack(">H", self.buffer[2:4])[0], 4) if size == 126 else (struct.unpack(">Q", self.buffer[2:10])[0], 10)
            if len(self.buffer) < start + size:
                return None
            payload, self.buffer = self.buffer[start:start + size], self.buffer[start + size:]
            assert opcode != 8, f"closed: {payload}"
            if opcode == 1:
                return payload
        return None

    def send(self, payload):
        self.sent_at = time.perf_counter()
        # A mask of noughts is one too, and costs the client nothing; the server takes it off all the same.
        self.socket.sendall(bytes([129, 128 | len(payload)]) + bytes(4) + payload)


def echo(port, query, sockets, seconds):
    """Each socket sends again when it was answered, but not more often than a server allows: milliseconds of each round trip."""
    payload, times, waiting = json.dumps({"n": 1, "text": "grain in, flour out"}).encode(), [], []
    wires = [Wire(port, query) for _ in range(sockets)]
    with selectors.DefaultSelector() as selector:
        for wire in wires:
            selector.register(wire.socket, selectors.EVENT_READ, wire)
            wire.send(payload)
        end = time.perf_counter() + seconds
        while (now := time.perf_counter()) < end:
            while waiting and waiting[0][0] <= now:
                heapq.heappop(waiting)[2].send(payload)
            for key, _ in selector.select(timeout=max(0, min(0.1, waiting[0][0] - now)) if waiting else 0.1):
                if key.data.more():
                    now = time.perf_counter()
                    times.append((now - key.data.sent_at) * 1000)
                    heapq.heappush(waiting, (key.data.sent_at + 1 / MOST_MESSAGES, key.fd, key.data))
    for wire in wires:
        wire.socket.close()
    return times


def socket_servers(folder, quern):
    yield contextlib.nullcontext(quern)
    if is_installed("websockets"):
        yield running(WebSockets(folder))


def query_of(server):
    return f"?token={server.token}" if server.token else ""


def echoes(options, folder, quern):
    head("echo", "server", "sockets", "round trips a second", "p50 ms", "p99 ms", "Quern : peer")
    own = None
    for context in socket_servers(folder, quern):
        with context as server:
            each = max(1, ECHO_SOCKETS // options.processes)
            with multiprocessing.get_context("fork").Pool(options.processes) as pool:
                parts = pool.starmap(echo, [(server.port, query_of(server), each, options.seconds)] * options.processes)
            times = [time for part in parts for time in part]
            rate = len(times) / options.seconds
            own = own or rate
            row("echo", server.name, each * options.processes, f"{rate:.0f}", f"{percentile(times, 50):.2f}", f"{percentile(times, 99):.2f}",
                "" if server is quern else f"{own / rate:.1f}")


def settled(server):
    """Memory when it has stopped to grow."""
    last = server.memory_kb()
    for _ in range(20):
        time.sleep(0.25)
        now = server.memory_kb()
        if abs(now - last) < 64:
            break
        last = now
    return now


def stream(server):
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    connection.sendall(
        f"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAuthorization: Bearer {server.token}\r\n\r\n".encode())
    assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
    return connection


def memory(options, folder, quern):
    head("idle", "server", "open", "before", "with them", "each", "each, a second time")

    def tell(name, server, make):
        server.call("GET", "/health") if server.name != "websockets" else None
        each, ends = [], None
        # The second time tells what is paid for each, without what a server takes once and keeps.
        for _ in range(2):
            before = settled(server)
            held = [make() for _ in range(options.sockets)]
            after = settled(server)
            ends = ends or (before, after)
            each.append((after - before) / options.sockets)
            for one in held:
                getattr(one, "socket", one).close()
            time.sleep(1)
        row(name, server.name, options.sockets, f"{ends[0] / 1024:.1f} MiB", f"{ends[1] / 1024:.1f} MiB", f"{each[0]:.1f} KiB", f"{each[1]:.1f} KiB")

    for context in socket_servers(folder, quern):
        with context as server:
            tell("sockets", server, lambda: Wire(server.port, query_of(server)))
    tell("event streams", quern, lambda: stream(quern))
    if is_installed("fastapi", "uvicorn"):
        with running(FastAPI(folder)) as peer:
            tell("event streams", peer, lambda: stream(peer))


# Writers


def together(count, work, seconds):
    """Runs the same work on so many connections, each in a thread, until the time is over; counts of what it said."""
    said, end, errors = collections.Counter(), time.monotonic() + seconds, []
    lock = threading.Lock()

    def run():
        own = collections.Counter()
        try:
            for word in work(end):
                own[word] += 1
        except Exception as error:
            errors.append(error)
        with lock:
            said.update(own)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors[0]
    return said


def writers(options, folder, quern):
    head("writers on one task", "writes a second", "refused", "share of 412", "versions")
    for count in WRITERS:
        headers, task = quern.must(201, "POST", "/api/v1/collab/tasks", {"title": "One for all"})
        path, first = f"/api/v1/collab/tasks/{task['id']}", headers["ETag"]

        def work(end):
            connection, tag, number = http.client.HTTPConnection("127.0.0.1", quern.port, timeout=60), first, 0
            while time.monotonic() < end:
                number += 1
                body = {"description": f"{threading.get_ident()} {number}"}
                status, headers, data = quern.call("PATCH", path, body, connection, If_Match=tag)
                assert status in (200, 412), (status, data)
                tag = headers["ETag"]  # of the task now, also when it was refused
                yield status

        said = together(count, work, options.seconds)
        version = quern.must(200, "GET", path)[1]["version"]
        assert version == 1 + said[200], f"{said[200]} writes, version {version}: an update was lost"
        row(count, f"{said[200] / options.seconds:.0f}", said[412], f"{said[412] / max(1, said.total()):.0%}", version)


def creating(options, folder, quern):
    head(f"creating, {CREATORS} connections", "a second", "with : without")
    rates = []
    for name, is_keyed in (("POST /jobs", False), ("POST /jobs with Idempotency-Key", True), ("POST /collab/tasks", False),
                           ("POST /collab/tasks with Idempotency-Key", True)):
        path = "/api/v1" + name.split()[1]

        def work(end):
            connection = http.client.HTTPConnection("127.0.0.1", quern.port, timeout=60)
            while time.monotonic() < end:
                headers = {"Idempotency_Key": os.urandom(12).hex()} if is_keyed else {}
                status, _, data = quern.call("POST", path, {"title": "Made in a hurry"}, connection, **headers)
                assert status == 201, (status, data)
                yield status

        rates.append(together(CREATORS, work, options.seconds)[201] / options.seconds)
        row(name, f"{rates[-1]:.0f}", f"{rates[-1] / rates[-2]:.2f}" if is_keyed else "")


# Tables


def head(*cells):
    print()
    row(*cells)
    row(*["---"] * len(cells))


def row(*cells):
    print(f"| {' | '.join(map(str, cells))} |", flush=True)


# Those that need a quiet server come first; each that makes many things after those that count them.
PARTS = {"memory": memory, "echo": echoes, "etags": etags, "writers": writers, "creating": creating}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quern", default=os.environ.get("QUERN_BIN", ".build/release/quern"))
    parser.add_argument("--seconds", type=float, default=4, help="of each measurement")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--processes", type=int, default=2, help="of the client")
    parser.add_argument("--sockets", type=int, default=1000, help="that are idle")
    parser.add_argument("--only", action="append", choices=PARTS, help="a part; may be repeated")
    options = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 3 * options.sockets + 1000
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(hard, max(soft, wanted)), hard))
    folder = tempfile.mkdtemp(prefix="quern-collaboration-")
    try:
        with running(Quern(options.quern, folder)) as quern:
            for name, part in PARTS.items():
                if not options.only or name in options.only:
                    part(options, folder, quern)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
