"""The executable under test, started and stopped as a person would, and a client that speaks its API."""

import collections
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import requests

EXECUTABLE = os.environ.get("QUERN_BIN", "")
ADMIN = "admin@example.com"
PASSWORD = "a mill turns slowly, 7 stones"
BUCKET = "quern"
TERMINAL = {"COMPLETED", "PARTIAL", "FAILED", "CANCELLED"}

# QUERN_LONG=1 makes races, cuts and kills as many as it takes to find what happens once in a thousand times.
LONG = os.environ.get("QUERN_LONG", "") not in ("", "0")

# Starts of servers, browsers and verbs in this process. The summary of a run adds them up over its workers.
STARTS = collections.Counter()

# Hashing a password at full cost takes a quarter of a second, and a run makes thousands. Only a server of developers on
# loopback may hash at this cost. QUERN_ENV=None gives a server as it is shipped.
QUICK = {"QUERN_ENV": "development", "QUERN_PASSWORD_COST": "4"}

REQUEST_SECONDS = 30
START_SECONDS = 30
STOP_SECONDS = 30
JOB_SECONDS = 90


def rounds(short, long):
    """How often something is tried that depends on the moment: the first number in a usual run."""
    return long if LONG else short


def wait_until(condition, seconds, what, pause=0.02):
    """The first true value of a condition. Fails after so many seconds; `what` may be a function that words what was missed."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(pause)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(settings=None):
    """Nothing of this machine's settings reaches the executable, only those named."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    return kept | {name: str(value) for name, value in (settings or {}).items()}


def run_quern(*arguments, settings=None, input=None, cwd=None, seconds=120):
    """Runs a verb to its end; output as text."""
    STARTS["command line"] += 1
    return subprocess.run(
        [EXECUTABLE, *map(str, arguments)],
        env=environment(settings), input=input, cwd=cwd, capture_output=True, text=True, timeout=seconds,
    )


class Server:
    """`quern serve` on a port of its own, with a data folder of its own that outlives a restart."""

    def __init__(self, folder, settings=None):
        self.folder = Path(folder)
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.out = self.folder / "server.out"
        settings = dict(settings or {})
        chosen = {"RATE_LIMIT_ENABLED": "false"} | ({} if "QUERN_ENV" in settings else QUICK) | settings
        self.settings = {name: value for name, value in chosen.items() if value is not None}
        self.secrets = {PASSWORD}
        self.process = None
        self.port = None

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self):
        return self.process.pid

    def start(self):
        assert self.process is None, "already started"
        STARTS["server"] += 1
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()
        with self.log.open("ab") as log, self.out.open("ab") as out:
            self.process = subprocess.Popen(
                [EXECUTABLE, "serve", "--host", "127.0.0.1", "--port", str(self.port), "--data-dir", str(self.data)],
                env=environment(self.settings), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=log,
            )
        wait_until(self._is_healthy, START_SECONDS, "a healthy answer after start")
        return self

    def _is_healthy(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.log_tail()}")
        try:
            return requests.get(f"{self.base}/health", timeout=2).status_code == 200
        except requests.ConnectionError:
            return False

    def stop(self):
        """Stops gracefully; the promise is exit code 0 and a log of JSON lines without a secret."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not stop within {STOP_SECONDS} s:\n{self.log_tail()}")
        self.process = None
        assert code == 0, f"the server ended with {code}:\n{self.log_tail()}"
        self.check_log()

    def kill(self):
        self.process.kill()
        self.process.wait(10)
        self.process = None

    def end(self):
        """For teardown: stops what runs, whatever state the test left it in, and frees the disk."""
        try:
            if self.process is not None:
                self.stop()
        finally:
            shutil.rmtree(self.data, ignore_errors=True)

    def check_log(self):
        text = self.log.read_text()
        assert text, "nothing was logged"
        for line in text.splitlines():
            assert isinstance(json.loads(line), dict), f"not a JSON object: {line}"
        lines = map(json.loads, text.splitlines())
        undeclared = {f"{line['route']}: {line['code']}" for line in lines if line["message"] == "refusal_undeclared"}
        assert not undeclared, f"refused in ways that openapi.json does not tell of: {sorted(undeclared)}"
        for secret in self.secrets:
            assert secret not in text + self.out.read_text(), f"the log holds the secret {secret[:6]}…"

    def log_tail(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])

    # What a server leaves on the disk.

    def object_files(self):
        """The keys of all objects; what vanishes while it is listed was not there.

        Each has one file, whose name is the key and 16 random digits.
        """
        root = self.data / "objects"
        names = [
            os.path.relpath(os.path.join(folder, name), root / BUCKET) for folder, _, files in os.walk(root) for name in files
        ]
        assert all(re.search(r"\.[0-9a-f]{16}$", name) for name in names), names
        return {name[:-17] for name in names}

    def object_path(self, key):
        folder, _, name = key.rpartition("/")
        (path,) = [
            path for path in (self.data / "objects" / BUCKET / folder).iterdir() if path.is_file() and path.name[:-17] == name
        ]
        return path

    def staged_files(self):
        """Paths below the staging folder; what vanishes while it is listed was not there."""
        found = []
        for folder, folders, files in os.walk(self.data / "staging"):
            found += [os.path.join(folder, name) for name in folders + files]
        return found

    # Child processes.

    def workers(self):
        """Process ids of the server's children that are workers and still run."""
        return [child for child in children(self.pid) if is_worker(child)]

    def create_user(self, email, *flags):
        """An active account, made on the command line while the server runs."""
        made = run_quern(
            "user", "create", "--email", email, "--password", PASSWORD, "--data-dir", self.data, *flags, settings=self.hashing)
        assert made.returncode == 0, made.stderr
        return made

    @property
    def hashing(self):
        """The settings that make a verb hash passwords at the cost of this server."""
        return {name: self.settings[name] for name in QUICK if name in self.settings}

    def visitor(self):
        return Client(self)

    def register(self, email=ADMIN):
        answer = self.visitor().post("/api/v1/auth/register", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def login(self, email=ADMIN):
        client = self.visitor()
        answer = client.post("/api/v1/auth/login", data={"username": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        client.token = answer.json()["access_token"]
        self.secrets.add(client.token)
        return client


class SharedServers:
    """Servers that tests share which want the same settings. Each starts when it is first asked for, with an administrator.

    Tests on a shared server use addresses of their own, and count nothing that others make too.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.servers = {}

    def get(self, prepare, **settings):
        """The server with these settings. `prepare` is given a new one before it starts, and must always be the same."""
        key = (prepare, *sorted(settings.items()))
        server = self.servers.get(key)
        if server is None or server.process is None or server.process.poll() is not None:
            server = Server(self.folder / f"shared-{len(self.servers)}-{time.monotonic_ns()}", settings)
            prepare(server)
            server.start()
            server.register()
            self.servers[key] = server
        return server

    def end(self):
        ended = list(self.servers.values())
        self.servers.clear()
        for server in ended:
            server.end()


class Client:
    """Requests of one person; presigned URLs, which are whole, go without the token."""

    def __init__(self, server, token=None):
        self.server = server
        self.token = token
        self.session = requests.Session()
        self.session.trust_env = False

    def request(self, method, path, **options):
        options.setdefault("timeout", REQUEST_SECONDS)
        headers = dict(options.pop("headers", None) or {})
        if self.token and not path.startswith("http"):
            headers.setdefault("Authorization", f"Bearer {self.token}")
        url = path if path.startswith("http") else self.server.base + path
        return self.session.request(method, url, headers=headers, **options)

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, **options):
        return self.request("POST", path, **options)

    def put(self, path, **options):
        return self.request("PUT", path, **options)

    def delete(self, path, **options):
        return self.request("DELETE", path, **options)

    def expect(self, status, method, path, **options):
        answer = self.request(method, path, **options)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} instead of {status}: {answer.text}"
        return answer

    # One job from end to end.

    def create_job(self, file_name="people.csv", steps=(), **members):
        body = {"file_name": file_name, "processing_steps": list(steps)} | members
        return self.expect(201, "POST", "/api/v1/jobs", json=body).json()

    def upload_url(self, job):
        url = self.expect(200, "POST", f"/api/v1/jobs/{job}/upload-url", json={}).json()["upload_url"]
        self.server.secrets.add(signature(url))
        return url

    def download_url(self, job):
        url = self.expect(200, "POST", f"/api/v1/jobs/{job}/download-url", json={}).json()["download_url"]
        self.server.secrets.add(signature(url))
        return url

    def mark_uploaded(self, job, key):
        return self.expect(200, "POST", f"/api/v1/jobs/{job}/mark-uploaded", json={"object_key": key}).json()

    def submit(self, data, file_name="people.csv", steps=()):
        """Creates a job, uploads bytes or an open file, and queues it."""
        job = self.create_job(file_name, steps)["id"]
        url = self.upload_url(job)
        self.expect(200, "PUT", url, data=data)
        return self.mark_uploaded(job, object_key(url))["id"]

    def job(self, job):
        return self.expect(200, "GET", f"/api/v1/jobs/{job}").json()

    def wait(self, job, states=frozenset(TERMINAL), seconds=JOB_SECONDS, pause=0.05):
        last = {}

        def reached():
            last.update(self.job(job))
            assert last["status"] in states or last["status"] not in TERMINAL, f"ended early: {last}"
            return last["status"] in states

        wait_until(reached, seconds, f"the job is one of {sorted(states)}", pause)
        return last

    def run(self, data, file_name="people.csv", steps=()):
        """The finished job, which must have completed."""
        job = self.wait(self.submit(data, file_name, steps))
        assert job["status"] == "COMPLETED", job
        return job

    def output(self, job):
        return self.expect(200, "GET", self.download_url(job)).content


def object_key(url):
    """The key in a presigned URL: the path after the bucket."""
    path = requests.utils.unquote(url.split("?", 1)[0].split("/", 3)[3])
    bucket, key = path.split("/", 1)
    assert bucket == BUCKET
    return key


def signature(url):
    return re.search(r"X-Amz-Signature=([0-9a-f]{64})", url).group(1)


def filter_step(column, operator, value):
    return {"type": "filter", "params": {"column": column, "operator": operator, "value": value}}


def convert_step(to_format):
    return {"type": "convert_format", "params": {"to_format": to_format}}


# /proc


def children(pid):
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and parent(int(name)) == pid:
            found.append(int(name))
    return found


def parent(pid):
    fields = stat_fields(pid)
    return int(fields[1]) if fields else None


def stat_fields(pid):
    """Fields of /proc/<pid>/stat from the state on; None when the process is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text[text.rindex(")") + 2:].split()


def is_running(pid):
    """Whether a process exists and is not merely waiting to be reaped."""
    fields = stat_fields(pid)
    return fields is not None and fields[0] not in "ZX"


def is_worker(pid):
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return len(arguments) > 1 and arguments[1] == b"worker" and is_running(pid)


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
