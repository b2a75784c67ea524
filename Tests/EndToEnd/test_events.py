"""The stream of events: nothing twice, nothing left out, nothing of others, wherever the connection breaks."""

import contextlib
import json
import random
import threading
import time

import pytest
import requests

from served import rounds

STREAM = "/api/v1/events"


class Stream:
    """Reads server-sent events (WHATWG HTML, section 9.2) of one connection."""

    def __init__(self, client, last=None, path=STREAM, seconds=30):
        headers = {"Authorization": f"Bearer {client.token}", "Accept": "text/event-stream"}
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        self.answer = requests.get(client.server.base + path, headers=headers, stream=True, timeout=(10, seconds))
        assert self.answer.status_code == 200, self.answer.text
        assert self.answer.headers["Content-Type"].startswith("text/event-stream")

    def messages(self):
        fields = {}
        for line in self.answer.iter_lines(chunk_size=1, decode_unicode=True):
            if line == "":
                if "data" in fields:
                    yield fields
                fields = {}
            elif not line.startswith(":"):
                name, _, value = line.partition(":")
                value = value.removeprefix(" ")
                fields[name] = fields[name] + "\n" + value if name == "data" and "data" in fields else value

    def logged(self):
        """Lines of the log, which have an id: number, type, data. Progress has none, for it is not kept."""
        for message in self.messages():
            if "id" in message:
                data = json.loads(message["data"])
                yield int(message["id"]), data["type"], data

    def close(self):
        self.answer.close()


@contextlib.contextmanager
def streaming(client, last=None, **options):
    stream = Stream(client, last, **options)
    try:
        yield stream
    finally:
        stream.close()


def take_until(client, last, is_last):
    """Everything behind an id, up to and with the event for which the condition holds."""
    taken = []
    with streaming(client, last) as stream:
        for event in stream.logged():
            taken.append(event)
            if is_last(event):
                return taken
    raise AssertionError(f"the stream ended after {taken[-3:]}")


def ends(job):
    return lambda event: event[2].get("job_id") == job and event[1] in ("job.completed", "job.cancelled", "job.failed")


def test_the_stream_needs_a_token(server, admin):
    answer = requests.get(server.base + STREAM, timeout=30)
    assert answer.status_code == 401
    assert answer.json()["error"]


def test_a_job_is_told_from_its_creation_to_its_end(admin, people):
    job = admin.run(people)["id"]
    told = [event for event in take_until(admin, 0, ends(job)) if event[2].get("job_id") == job]
    assert [name for _, name, _ in told] == ["job.created", "job.queued", "job.started", "job.completed"]
    assert [data["status"] for _, _, data in told] == ["PENDING", "QUEUED", "RUNNING", "COMPLETED"]
    assert [data["id"] for _, _, data in told] == [number for number, _, _ in told]


def test_a_listener_hears_at_once(admin):
    with streaming(admin, 0) as stream:
        events = stream.logged()
        file_name, made = "heard-at-once.csv", []

        def make():
            made.append(time.monotonic())
            admin.create_job(file_name)

        # The event may come before the answer to the request that made it, so the job is known by its name.
        threading.Timer(0.5, make).start()
        for _, name, data in events:
            heard = time.monotonic()
            if name == "job.created" and data["name"] == file_name:
                break
        assert heard - made[0] < 5


@pytest.mark.seconds(300)
@pytest.mark.parametrize("seed", range(rounds(1, 5)))
def test_resuming_after_random_cuts_leaves_no_gap_and_no_double(server, admin, people, seed):
    """A reader that loses its connection again and again, while jobs run, hears what an undisturbed reader hears."""
    dice = random.Random(seed)
    start = take_until(admin, 0, ends(cancelled_job(admin)))[-1][0]
    jobs = 8
    failures = []

    def work():
        try:
            for _ in range(jobs):
                admin_too.submit(people)
            done.append(cancelled_job(admin_too))
        except Exception as error:
            failures.append(error)

    admin_too, done = server.visitor(), []
    admin_too.token = admin.token
    worker = threading.Thread(target=work)
    worker.start()
    heard, last, connections = [], start, 0
    while True:
        connections += 1
        with streaming(admin, last) as stream:
            left = dice.randint(1, 6)
            for event in stream.logged():
                heard.append(event)
                last = event[0]
                left -= 1
                if left == 0 or is_all_heard(heard, done, jobs):
                    break
        if is_all_heard(heard, done, jobs):
            break
    worker.join(30)
    assert not failures, failures
    undisturbed = []
    with streaming(admin, start) as stream:
        for event in stream.logged():
            undisturbed.append(event)
            if event[0] == heard[-1][0]:
                break
    assert heard == undisturbed
    numbers = [number for number, _, _ in heard]
    assert numbers == sorted(set(numbers))
    assert connections > 5


def cancelled_job(client):
    """A job that ends without a worker: a mark in the log."""
    job = client.create_job()["id"]
    client.expect(200, "POST", f"/api/v1/jobs/{job}/cancel", json={})
    return job


def is_all_heard(heard, done, jobs):
    ended = [data["job_id"] for _, name, data in heard if name in ("job.completed", "job.cancelled")]
    return bool(done) and done[0] in ended and len(ended) == jobs + 1


def test_someone_elses_events_are_not_heard(server, admin, member):
    job = cancelled_job(admin)
    own = cancelled_job(member)
    heard = take_until(member, 0, ends(own))
    assert job not in json.dumps(heard)
    assert {data["job_id"] for _, _, data in heard} == {own}


@pytest.mark.parametrize("last", ["x", "-1", "9" * 40, "1; DROP TABLE event"])
def test_a_senseless_last_event_id_does_no_harm(server, admin, last):
    answer = requests.get(
        server.base + STREAM, headers={"Authorization": f"Bearer {admin.token}", "Last-Event-ID": last}, stream=True, timeout=30
    )
    assert answer.status_code in (200, 400)
    answer.close()
    assert admin.get("/api/v1/jobs?limit=1").status_code == 200


def test_a_resumed_stream_survives_a_restart_of_the_server(new_server, people):
    server = new_server()
    server.register()
    client = server.login()
    first = client.run(people)["id"]
    before = take_until(client, 0, ends(first))
    server.stop()
    server.start()
    second = client.run(people)["id"]
    after = take_until(client, before[-1][0], ends(second))
    assert {data["job_id"] for _, _, data in after} == {second}
    assert take_until(client, 0, ends(second)) == before + after


def test_an_open_stream_does_not_keep_the_server_from_stopping(new_server):
    server = new_server()
    server.register()
    client = server.login()
    with streaming(client, 0):
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 10
