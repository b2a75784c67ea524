"""Sudden death of the server or of a worker, at random moments. What was accepted is done, once, and nothing is left over.

QUERN_LONG=1 makes it 12 times, QUERN_CHAOS_SEED says at which moments.
"""

import hashlib
import os
import random
import signal
import sqlite3
import threading
import time

import pytest
import requests

from served import BUCKET, TERMINAL, Server, is_running, object_key, rounds, wait_until
from workload import STEPS, busy_file

ROUNDS = rounds(4, 12)
SEED = int(os.environ.get("QUERN_CHAOS_SEED", "20"))
BUSY_SECONDS = 1.2
LIMIT = 180 + 30 * ROUNDS


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The input, the digest of its output, and how long a whole job takes when nobody interferes."""
    folder = tmp_path_factory.mktemp("undisturbed")
    server = Server(folder / "server").start()
    server.register()
    client = server.login()
    path = busy_file(client, folder, BUSY_SECONDS)
    started = time.monotonic()
    with open(path, "rb") as file:
        job = client.wait(client.submit(file, "busy.csv", STEPS), pause=0.01)
    seconds = time.monotonic() - started
    assert job["status"] == "COMPLETED", job
    digest = hashlib.sha256(client.output(job["id"])).hexdigest()
    server.stop()
    return path, digest, seconds


@pytest.fixture
def survivor(new_server):
    server = new_server()
    server.register()
    return server, server.login()


class Submission(threading.Thread):
    """Walks a job from creation to the queue, noting each promise that the server made, until it is done or cut off."""

    def __init__(self, client, path):
        super().__init__()
        self.client, self.path = client, path
        self.created = self.url = None
        self.is_queued = False
        self.refused = None

    def run(self):
        try:
            self.created = self.client.create_job("busy.csv", STEPS)["id"]
            self.url = self.client.upload_url(self.created)
            with open(self.path, "rb") as file:
                self.client.expect(200, "PUT", self.url, data=file)
            self.client.mark_uploaded(self.created, object_key(self.url))
            self.is_queued = True
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, requests.Timeout):
            pass  # the server is gone; what it promised until then stands
        except AssertionError as error:
            self.refused = error


def output_digest(client, job):
    return hashlib.sha256(client.output(job)).hexdigest()


def finish(client, submission):
    """Takes up a submission where the crash cut it off, as its client would."""
    job = client.job(submission.created)
    if job["status"] == "PENDING":
        assert not submission.is_queued, f"accepted, but forgotten: {job}"
        if submission.url is None:
            answer = client.post(f"/api/v1/jobs/{job['id']}/upload-url", json={})
            if answer.status_code == 400:
                # The address was made, but the crash came before its answer: the job can only be begun anew.
                client.expect(200, "POST", f"/api/v1/jobs/{job['id']}/cancel", json={})
                return client.job(job["id"])
            submission.url = answer.json()["upload_url"]
        with open(submission.path, "rb") as file:
            client.expect(200, "PUT", submission.url, data=file)
        client.mark_uploaded(job["id"], object_key(submission.url))
    return client.wait(job["id"])


def assert_nothing_left_over(server, jobs):
    """Rows and files agree, byte for byte; each file belongs to a job; nothing is staged; the database is whole."""
    wait_until(lambda: server.staged_files() == [], 20, "the staging folder is empty")
    database = sqlite3.connect(f"file:{server.data / 'quern.db'}?mode=ro", uri=True, timeout=10)
    try:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        rows = {key: (size, digest) for key, size, digest in database.execute("SELECT key, sizeBytes, sha256 FROM object")}
    finally:
        database.close()
    files = server.object_files()
    assert files == set(rows), f"files without rows or rows without files: {files ^ set(rows)}"
    for key, (size, digest) in rows.items():
        content = server.object_path(key).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (size, digest), key
        assert key.split("/")[1] in jobs, f"{key} belongs to no job"


@pytest.mark.seconds(LIMIT)
def test_kill_of_the_server_at_random_moments(survivor, undisturbed, capsys):
    server, client = survivor
    path, digest, seconds = undisturbed
    dice = random.Random(SEED)
    jobs, ends, states_at_kill = [], {}, {}
    for _ in range(ROUNDS):
        submission = Submission(client, path)
        submission.start()
        time.sleep(dice.uniform(0, seconds))
        try:
            state = "none" if submission.created is None else client.job(submission.created)["status"]
        except (requests.ConnectionError, AssertionError):
            state = "unknown"
        states_at_kill[state] = states_at_kill.get(state, 0) + 1
        workers = server.workers()
        server.kill()
        submission.join(60)
        assert not submission.is_alive()
        assert submission.refused is None, submission.refused
        wait_until(lambda: not any(map(is_running, workers)), 15, "workers end with their server")
        server.start()
        client.session = requests.Session()
        if submission.created is None:
            continue
        jobs.append(submission.created)
        job = finish(client, submission)
        ends[job["status"]] = ends.get(job["status"], 0) + 1
        if submission.is_queued or job["status"] != "CANCELLED":
            assert job["status"] == "COMPLETED", job
            assert output_digest(client, job["id"]) == digest, "the output differs from that of an undisturbed run"
        keep_few(client, jobs)
    listed = client.get("/api/v1/jobs?limit=1000").json()
    # A job that was stored just before its answer was cut off is nobody's promise, but is not lost either.
    assert set(jobs) <= {job["id"] for job in listed}
    for job in listed:
        assert job["status"] in TERMINAL or job["id"] not in jobs, job
    assert_nothing_left_over(server, {job["id"] for job in listed})
    server.stop()
    with capsys.disabled():
        print(f"\n{ROUNDS} kills of the server; states at the kill {states_at_kill}, ends {ends}")


@pytest.mark.seconds(LIMIT)
def test_kill_of_a_worker_at_random_moments(survivor, undisturbed, capsys):
    server, client = survivor
    path, digest, seconds = undisturbed
    dice = random.Random(SEED + 1)
    pid, jobs, killed = server.pid, [], 0
    for _ in range(ROUNDS):
        with open(path, "rb") as file:
            job = client.submit(file, "busy.csv", STEPS)
        jobs.append(job)
        time.sleep(dice.uniform(0, BUSY_SECONDS))
        for worker in server.workers():
            killed += client.job(job)["status"] == "RUNNING"
            kill(worker)
        done = client.wait(job)
        assert done["status"] == "COMPLETED", done
        assert output_digest(client, job) == digest, "the output differs from that of an undisturbed run"
        keep_few(client, jobs)
    assert server.pid == pid and server.process.poll() is None
    assert killed > 0, "no kill met a running job"
    assert_nothing_left_over(server, set(jobs))
    with capsys.disabled():
        print(f"\n{killed} kills of a worker with a running job")


def keep_few(client, jobs):
    """Deletes the oldest jobs that have been looked at: a hundred rounds need no more disk than four."""
    while len(jobs) > 4:
        client.expect(204, "DELETE", f"/api/v1/jobs/{jobs.pop(0)}")


def kill(worker, sign=signal.SIGKILL):
    try:
        os.kill(worker, sign)
    except ProcessLookupError:
        pass  # it had ended by itself


@pytest.mark.seconds(120)
def test_a_server_that_is_killed_again_and_again_uses_up_no_attempt_of_a_job(survivor, undisturbed):
    server, client = survivor
    path, digest, _ = undisturbed
    with open(path, "rb") as file:
        job = client.submit(file, "busy.csv", STEPS)
    for _ in range(5):
        assert client.wait(job, {"RUNNING"}, pause=0.005)["attempts"] == 1
        server.kill()
        server.start()
        client.session = requests.Session()
    done = client.wait(job)
    assert done["status"] == "COMPLETED" and done["attempts"] == 1, done
    assert output_digest(client, job) == digest
    assert_nothing_left_over(server, {job})


@pytest.mark.seconds(300)
def test_a_job_whose_worker_always_dies_is_given_up_with_a_reason(new_server, undisturbed, people):
    server = new_server(QUERN_WORKERS=1)
    server.register()
    client = server.login()
    with open(undisturbed[0], "rb") as file:
        job = client.submit(file, "busy.csv", STEPS)
    end = time.monotonic() + 120
    while (now := client.job(job))["status"] not in TERMINAL:
        assert time.monotonic() < end, now
        if now["status"] == "RUNNING":
            for worker in server.workers():
                kill(worker)
        time.sleep(0.02)
    assert now["status"] == "FAILED", now
    assert now["error_message"], now
    assert now["output_object_key"] is None
    assert client.run(people)["status"] == "COMPLETED", "the next job is none the worse for it"
    assert_nothing_left_over(server, {job["id"] for job in client.get("/api/v1/jobs").json()})


@pytest.mark.seconds(400)
def test_a_worker_that_hangs_is_replaced(new_server, undisturbed):
    server = new_server(QUERN_WORKERS=1)
    server.register()
    client = server.login()
    path, digest, _ = undisturbed
    with open(path, "rb") as file:
        job = client.submit(file, "busy.csv", STEPS)
    client.wait(job, {"RUNNING"}, pause=0.005)
    hanging = server.workers()
    for worker in hanging:
        kill(worker, signal.SIGSTOP)
    done = client.wait(job, seconds=240)
    assert done["status"] == "COMPLETED", done
    assert output_digest(client, job) == digest
    # One that had nothing to do is not missed.
    assert not all(map(is_running, hanging)), "the hanging worker was killed"


@pytest.mark.seconds(300)
def test_a_graceful_stop_keeps_a_running_job_for_the_next_start(survivor, undisturbed):
    server, client = survivor
    path, digest, _ = undisturbed
    with open(path, "rb") as file:
        job = client.submit(file, "busy.csv", STEPS)
    client.wait(job, {"RUNNING", "COMPLETED"}, pause=0.005)
    workers = server.workers()
    server.stop()
    assert not any(map(is_running, workers))
    server.start()
    client.session = requests.Session()
    done = client.wait(job)
    assert done["status"] == "COMPLETED", done
    assert output_digest(client, job) == digest
    assert_nothing_left_over(server, {job})


def test_two_servers_do_not_share_a_data_folder(survivor):
    server, client = survivor
    second = Server(server.folder, server.settings)
    second.log = server.folder / "second.log"
    with pytest.raises(AssertionError, match="the server ended with"):
        second.start()
    assert "data folder" in second.log.read_text()
    assert client.get("/api/v1/jobs").status_code == 200
