"""The stream of events of jobs and of tasks: a thousand cuts, and nothing is missing, nothing double; and whom it tells what."""

import collections
import contextlib
import json
import random
import re
import socket
import sqlite3
import threading
import time

import pytest
import requests

from people import API, NOBODY, Browser, assert_refused, log_in, make_key, make_user, member, new_address, with_key
from served import Server, rounds, wait_until
from test_events import STREAM, streaming, take_until
from test_sessions_and_keys import Listener, current, sessions_of

MOST_STREAMS = 3
READERS, CUTS = 8, rounds(20, 125)
KILLS, CUTS_WITH_KILLS = rounds((2, 8), (4, 25))
# Closed connections of quick readers may be noticed a moment late, but not never: far fewer than there are cuts.
CAP_OF_CUTS = 200
HEARTBEAT_SECONDS = 15
GONE = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, requests.Timeout)

pytestmark = pytest.mark.seconds(240)


@pytest.fixture(scope="module", autouse=True)
def owner(admin):
    return admin


# Things that are told of


def new_task(client, title="Grind the corn", **fields):
    """A task, and its tag."""
    answer = client.expect(201, "POST", f"{API}/collab/tasks", json={"title": title} | fields)
    return answer.json(), answer.headers["ETag"]


def tag_of(client, task):
    return client.expect(200, "GET", f"{API}/collab/tasks/{task}").headers["ETag"]


def change_task(client, task, tag=None, **fields):
    headers = {"If-Match": tag or tag_of(client, task)}
    answer = client.expect(200, "PATCH", f"{API}/collab/tasks/{task}", json=fields, headers=headers)
    return answer.json(), answer.headers["ETag"]


def delete_task(client, task, tag=None):
    """The tag of the deleted state."""
    answer = client.expect(204, "DELETE", f"{API}/collab/tasks/{task}", headers={"If-Match": tag or tag_of(client, task)})
    return answer.headers["ETag"]


def undo_task(client, task, tag):
    answer = client.expect(200, "POST", f"{API}/collab/tasks/{task}/undo", headers={"If-Match": tag})
    return answer.json(), answer.headers["ETag"]


def new_track(client, title="Miller, Mill & Sons", **fields):
    return client.expect(201, "POST", f"{API}/jobs", json={"title": title} | fields).json()


def change_job(client, job, **fields):
    return client.expect(200, "PATCH", f"{API}/jobs/{job}", json=fields).json()


def neighbours(server, count=2):
    """So many people of a tenant that nobody else is in."""
    tenant = new_address("tenant").split("@")[0]
    return [log_in(server, make_user(server, new_address("neighbour"), tenant=tenant)["email"]) for _ in range(count)]


def is_about(thing):
    return lambda event: thing in (event[2].get("job_id"), event[2].get("task_id"))


def last_id(client):
    """The number of the newest event that this person hears of."""
    mark = new_track(client, "a mark")["id"]
    return take_until(client, 0, is_about(mark))[-1][0]


# A reader whose connection is cut at a byte


def unchunked(raw):
    """What has arrived of a body in chunks (RFC 9112, section 7.1)."""
    body = b""
    while b"\r\n" in raw:
        size, raw = raw.split(b"\r\n", 1)
        length = int(size.split(b";")[0], 16)
        body += raw[:length]
        raw = raw[length + 2:]
        if length == 0:
            break
    return body


def messages_in(raw):
    """Status and the whole messages of an answer of which only the beginning may be there: id, name and data of each."""
    head, end, rest = raw.partition(b"\r\n\r\n")
    if not end:
        return None, []
    status = int(head.split(b" ", 2)[1])
    body = unchunked(rest) if b"transfer-encoding: chunked" in head.lower() else rest
    found = []
    for block in body.split(b"\n\n")[:-1]:
        fields = dict(line.split(b": ", 1) for line in block.split(b"\n") if not line.startswith(b":"))
        if b"id" in fields:
            found.append((int(fields[b"id"]), fields[b"event"].decode(), json.loads(fields[b"data"])))
    return status, found


class Reader(threading.Thread):
    """Reads the stream over a connection that breaks at a random byte, and takes it up again, as often as told; then to the end.

    A message that was not there as a whole when the connection broke was not heard.
    """

    def __init__(self, client, start, cuts, seed, query=""):
        super().__init__(daemon=True)
        self.client, self.query, self.last = client, query, start
        self.left, self.dice = cuts, random.Random(seed)
        self.heard, self.end, self.error = [], None, None
        self.cuts = 0

    def run(self):
        try:
            while self.left > 0 or self.end is None or self.last < self.end:
                is_cut = self.left > 0 or self.end is None
                self.take(self.dice.randint(1, self.dice.choice([700, 2500, 9000])) if is_cut else None)
        except BaseException as error:
            self.error = error

    def take(self, size):
        """Takes so many bytes of an answer and hangs up; without a size, reads until the end of the log."""
        raw = b""
        try:
            with socket.create_connection(("127.0.0.1", self.client.server.port), timeout=10) as connection:
                connection.sendall(
                    f"GET {STREAM}{self.query} HTTP/1.1\r\nHost: 127.0.0.1:{self.client.server.port}\r\n"
                    f"Authorization: Bearer {self.client.token}\r\nLast-Event-ID: {self.last}\r\n\r\n".encode())
                connection.settimeout(1)
                while (size is None or len(raw) < size) and not self.is_at_end(raw):
                    part = connection.recv(65_536 if size is None else size - len(raw))
                    if not part:
                        break
                    raw += part
        except (ConnectionError, TimeoutError):
            pass  # also a cut: the server was killed, is starting, or had no more to say for now
        if not raw:
            time.sleep(0.02)  # nobody is there at the moment
            return
        status, messages = messages_in(raw)
        assert status in (200, None), raw
        self.heard += messages
        if messages:
            self.last = messages[-1][0]
        self.left -= 1
        self.cuts += 1

    def is_at_end(self, raw):
        messages = [] if self.end is None or self.left > 0 else messages_in(raw)[1]
        return bool(messages) and messages[-1][0] >= self.end


class Writer(threading.Thread):
    """Makes events until it is stopped; notes what the server promised to have done, and what it never answered."""

    def __init__(self, client, seed=1):
        super().__init__(daemon=True)
        self.client, self.dice = client, random.Random(seed)
        self.done, self.lost = collections.Counter(), 0
        self.stopped, self.error = threading.Event(), None
        self.tasks, self.jobs = {}, []

    def run(self):
        try:
            while not self.stopped.is_set():
                try:
                    self.act()
                except GONE:
                    self.lost += 1
                    self.client.session = requests.Session()
                    self.client.session.trust_env = False
                    self.tasks.clear()  # their tags may be old: the answer that held the new one is lost
                    time.sleep(0.02)
        except BaseException as error:
            self.error = error

    def act(self):
        what = self.dice.choice(["job", "job-change", "task", "task-change", "task-change", "task-delete", "note"])
        if what == "job" or not self.jobs:
            self.jobs.append(new_track(self.client, "Möller & Söhne " + "x" * self.dice.randint(0, 200))["id"])
            self.did("job.created", self.jobs[-1])
        elif what == "job-change":
            job = self.dice.choice(self.jobs)
            change_job(self.client, job, status=f"step {self.dice.random()}")
            self.did("job.changed", job)
        elif what == "note":
            job = self.dice.choice(self.jobs)
            self.client.expect(201, "POST", f"{API}/jobs/{job}/notes", json={"body": "seen"})
            self.did("note.added", job)
        elif what == "task" or not self.tasks:
            task, tag = new_task(self.client, "Σίτος " + "y" * self.dice.randint(0, 200))
            self.tasks[task["id"]] = tag
            self.did("task.created", task["id"])
        elif what == "task-change":
            id = self.dice.choice(list(self.tasks))
            _, self.tasks[id] = change_task(self.client, id, self.tasks[id], title=f"new {self.dice.random()}")
            self.did("task.changed", id)
        else:
            id = self.dice.choice(list(self.tasks))
            tag = delete_task(self.client, id, self.tasks.pop(id))
            self.did("task.deleted", id)
            _, self.tasks[id] = undo_task(self.client, id, tag)
            self.did("task.undone", id)

    def did(self, type, thing):
        self.done[type, thing] += 1


def log_after(client, start, end):
    """What an undisturbed reader hears."""
    heard = []
    with streaming(client, start) as stream:
        for message in stream.messages():
            if "id" in message:
                heard.append((int(message["id"]), message["event"], json.loads(message["data"])))
                if heard[-1][0] >= end:
                    return heard
    raise AssertionError(f"the stream ended before {end}")


def rows_of_the_log(server, start, end):
    database = sqlite3.connect(f"file:{server.data / 'quern.db'}?mode=ro", uri=True, timeout=10)
    with contextlib.closing(database):
        return [id for (id,) in database.execute("SELECT id FROM event WHERE id > ? AND id <= ? ORDER BY id", (start, end))]


def check(reader, expected):
    assert reader.error is None, reader.error
    ids = [id for id, _, _ in reader.heard]
    wanted = [id for id, _, _ in expected]
    missing, foreign = sorted(set(wanted) - set(ids)), sorted(set(ids) - set(wanted))
    double = [id for id, times in collections.Counter(ids).items() if times > 1]
    assert not missing and not foreign and not double, f"missing {missing[:9]}, foreign {foreign[:9]}, double {double[:9]}"
    assert reader.heard == expected, "in the same order, with the same words"


def cut_again_and_again(server, cuts, disturb=lambda readers: None):
    """One writer, many readers whose connections break. Readers differ in who they are and what they listen to."""
    server.register()
    author = server.login()
    friend = log_in(server, make_user(server)["email"])
    start = last_id(author)
    kinds = [
        (author, "", lambda event: True), (author, "?topics=jobs", lambda event: event[1] == "job"),
        (author, "?topics=tasks", lambda event: event[1] == "task"), (friend, "?topics=jobs,tasks", lambda event: event[1] == "task"),
    ]
    writer = Writer(server.visitor())
    writer.client.token = author.token
    readers = [Reader(kinds[n % 4][0], start, cuts, seed=n, query=kinds[n % 4][1]) for n in range(READERS)]
    writer.start()
    for reader in readers:
        reader.start()
    disturb(readers)
    wait_until(
        lambda: writer.error or any(one.error for one in readers) or all(one.left <= 0 for one in readers), 180,
        "all cuts are made", pause=0.1)
    writer.stopped.set()
    writer.join(60)
    assert writer.error is None, writer.error
    assert not writer.is_alive()
    # Marks of both kinds, so that every reader hears one last event.
    author.session = requests.Session()
    mark_task, mark_job = new_task(author, "the end")[0]["id"], new_track(author, "the end")["id"]
    truth = log_after(author, start, take_until(author, start, is_about(mark_job))[-1][0])
    assert [id for id, _, _ in truth] == rows_of_the_log(server, start, truth[-1][0]), "the stream is the log"
    assert any(data.get("task_id") == mark_task for _, _, data in truth)
    for n, reader in enumerate(readers):
        reader.end = [event for event in truth if kinds[n % 4][2](event)][-1][0]
    for n, reader in enumerate(readers):
        reader.join(60)
        assert not reader.is_alive(), f"reader {n} waits for {reader.end} behind {reader.last}: {reader.error}"
        check(reader, [event for event in truth if kinds[n % 4][2](event)])
    told = collections.Counter((data["type"], data.get("task_id") or data["job_id"]) for _, _, data in truth)
    told.subtract({("task.created", mark_task): 1, ("job.created", mark_job): 1})
    return writer, readers, truth, +told


@pytest.mark.seconds(400)
def test_after_many_random_cuts_nothing_is_missing_and_nothing_double(new_server, capsys):
    server = new_server(QUERN_STREAMS_PER_USER=CAP_OF_CUTS)
    writer, readers, truth, told = cut_again_and_again(server, CUTS)
    cuts = sum(reader.cuts for reader in readers)
    assert cuts >= READERS * CUTS
    assert told == writer.done, "one event for each thing that was done, and none else"
    with capsys.disabled():
        print(f"\n{cuts} connections cut at random bytes, {len(truth)} events, {len(readers)} readers: each heard each once")


@pytest.mark.seconds(400)
def test_kill_and_restart_of_the_server_leave_no_gap_and_no_double(new_server, capsys):
    server = new_server(QUERN_STREAMS_PER_USER=CAP_OF_CUTS)

    def kill_again_and_again(readers):
        for turn in range(KILLS):
            before = [reader.last for reader in readers]

            def has_gone_on(before=before):
                return any(one.error for one in readers) or all(one.last > last + 20 for one, last in zip(readers, before))

            wait_until(has_gone_on, 60, "every reader hears more", pause=0.05)
            server.kill()
            server.start()

    writer, readers, truth, told = cut_again_and_again(server, CUTS_WITH_KILLS, kill_again_and_again)
    assert not writer.done - told, "what was promised before the kill is in the log"
    # Of the acts whose answer was lost, each may have happened; nothing else did.
    assert sum((told - writer.done).values()) <= writer.lost
    with capsys.disabled():
        print(f"\n{KILLS} kills, {sum(one.cuts for one in readers)} cuts, {writer.lost} answers lost, {len(truth)} events")


# What is told, and to whom


def test_the_stream_tells_of_jobs_and_of_tasks_by_name(server):
    account, _ = neighbours(server)
    start = last_id(account)
    job = new_track(account)["id"]
    note = account.expect(201, "POST", f"{API}/jobs/{job}/notes", json={"body": "called **twice**"}).json()["id"]
    account.expect(200, "DELETE", f"{API}/jobs/{job}/notes/{note}")
    change_job(account, job, status="interview", tags=["urgent"])
    task, tag = new_task(account)
    _, tag = change_task(account, task["id"], tag, done=True)
    tag = delete_task(account, task["id"], tag)
    undo_task(account, task["id"], tag)
    end = last_id(account)
    told = [(name, data["type"]) for _, name, data in log_after(account, start, end)][:-1]
    assert told == [
        ("job", "job.created"), ("job", "note.added"), ("job", "note.deleted"), ("job", "job.changed"), ("task", "task.created"),
        ("task", "task.changed"), ("task", "task.deleted"), ("task", "task.undone"),
    ]


def test_an_event_says_who_when_and_by_which_request(server):
    account, _ = neighbours(server)
    start = last_id(account)
    headers = {"X-Request-ID": "told-by-the-stream", "traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"}
    made = account.expect(201, "POST", f"{API}/collab/tasks", json={"title": "Sift the flour"}, headers=headers).json()
    (id, _, data) = take_until(account, start, is_about(made["id"]))[-1]
    assert (data["id"], data["type"], data["task_id"]) == (id, "task.created", made["id"])
    assert (data["request_id"], data["trace_id"]) == ("told-by-the-stream", "ab" * 16)
    assert data["user_id"] == account.id
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z?", data["at"]), data
    assert account.email not in json.dumps(data)
    job = account.expect(201, "POST", f"{API}/jobs", json={"title": "A track job"}, headers=headers).json()["id"]
    data = take_until(account, id, is_about(job))[-1][2]
    assert (data["request_id"], data["trace_id"], data["user_id"]) == ("told-by-the-stream", "ab" * 16, account.id)


@pytest.mark.parametrize("topics, names", [("jobs", {"job"}), ("tasks", {"task"}), ("jobs,tasks", {"job", "task"}), (None, {"job", "task"})])
def test_topics_choose_what_is_told(server, topics, names):
    account, _ = neighbours(server)
    start = last_id(account)
    for _ in range(3):
        new_track(account), new_task(account)
    path = STREAM + (f"?topics={topics}" if topics else "")
    heard = []
    with streaming(account, start, path=path) as stream:
        for message in stream.messages():
            if "id" in message:
                heard.append(message["event"])
                if len(heard) == 3 * len(names):
                    break
    assert set(heard) == names and heard.count(heard[0]) == 3


def test_an_unknown_topic_is_refused_with_words(server, owner):
    assert "nothing" in assert_refused(owner.get(f"{STREAM}?topics=jobs,nothing"), 400)["detail"]


def test_tasks_are_told_to_the_whole_tenant_and_jobs_to_their_owner(server, owner):
    account, friend = neighbours(server)
    (stranger,) = neighbours(server, 1)
    starts = {one.email: last_id(one) for one in (account, friend, stranger)}
    task, job = new_task(account, "seen by a friend")[0]["id"], new_track(account, "seen by nobody else")["id"]
    ends = {one.email: last_id(one) for one in (account, friend, stranger)}
    told = {one.email: log_after(one, starts[one.email], ends[one.email])[:-1] for one in (account, friend, stranger)}
    assert [data.get("task_id") or data["job_id"] for _, _, data in told[account.email]] == [task, job]
    assert [data.get("task_id") for _, _, data in told[friend.email]] == [task]
    assert told[stranger.email] == []
    # Nor is an administrator of another tenant told, from the first event on.
    everything = json.dumps(log_after(owner, 0, last_id(owner)))
    assert task not in everything and job not in everything


def test_a_stream_of_one_job_tells_of_that_job_alone(server):
    account, _ = neighbours(server)
    job, other = new_track(account)["id"], new_track(account)["id"]
    new_task(account)
    change_job(account, other, status="over")
    change_job(account, job, status="over")
    with streaming(account, 0, path=f"{STREAM}?job_id={job}") as stream:
        events = stream.logged()
        assert [next(events)[1] for _ in range(2)] == ["job.created", "job.changed"]
    (stranger,) = neighbours(server, 1)
    assert_refused(stranger.get(f"{STREAM}?job_id={job}"), 404, "job_not_found")
    assert_refused(stranger.get(f"{STREAM}?job_id={NOBODY}"), 404, "job_not_found")


# Where it begins


def test_without_an_id_it_begins_at_the_present(server):
    account, _ = neighbours(server)
    old = new_task(account, "long ago")[0]["id"]
    with streaming(account) as stream:
        fresh = new_task(account, "right now")[0]["id"]
        first = next(stream.logged())
    assert first[2]["task_id"] == fresh != old


def test_the_id_may_stand_in_the_query(server):
    account, _ = neighbours(server)
    start = last_id(account)
    tasks = [new_task(account)[0]["id"] for _ in range(3)]
    with streaming(account, path=f"{STREAM}?last_event_id={start}") as stream:
        events = stream.logged()
        assert [next(events)[2]["task_id"] for _ in range(3)] == tasks


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "0x10", "9" * 40, "1; DROP TABLE event"])
@pytest.mark.parametrize("place", ["header", "query"])
def test_an_id_that_is_none_is_refused(server, owner, last, place):
    if place == "header":
        answer = owner.get(STREAM, headers={"Last-Event-ID": last})
    else:
        answer = owner.get(STREAM, params={"last_event_id": last})
    assert_refused(answer, 400, "invalid_last_event_id")


@pytest.mark.parametrize("last", [10**9, 2**63 - 1])
def test_an_id_beyond_the_end_of_the_log_does_not_make_a_reader_deaf(server, last):
    """As after a backup was restored: the reader is refused, or hears what happens from now on."""
    account, _ = neighbours(server)
    headers = {"Authorization": f"Bearer {account.token}", "Last-Event-ID": str(last)}
    with contextlib.closing(requests.get(server.base + STREAM, headers=headers, stream=True, timeout=(10, 20))) as answer:
        if answer.status_code != 400:
            assert answer.status_code == 200, answer.text
            lines = answer.iter_lines(chunk_size=1, decode_unicode=True)
            fresh = new_task(account, "heard all the same")[0]["id"]
            assert any(fresh in line for line in lines if line.startswith("data:"))


# How long it lasts


def test_a_quiet_stream_shows_that_it_lives(server):
    account, _ = neighbours(server)
    with streaming(account, seconds=HEARTBEAT_SECONDS * 3) as stream:
        comments = (line for line in stream.answer.iter_lines(chunk_size=1, decode_unicode=True) if line.startswith(":"))
        # One may be there at once; the next is sent because nothing else was.
        next(comments), next(comments)


@pytest.mark.parametrize("query", ["", "?topics=tasks", "?last_event_id=0"])
def test_a_stream_ends_with_its_session(server, query):
    account = member(server)
    other = log_in(server, account.email)
    answer = requests.get(server.base + STREAM + query, headers={"Authorization": f"Bearer {other.token}"}, stream=True, timeout=(10, 60))
    assert answer.status_code == 200, answer.text
    ended = threading.Event()

    def read():
        with contextlib.suppress(requests.RequestException):
            for _ in answer.iter_content(1):
                pass
        ended.set()

    threading.Thread(target=read, daemon=True).start()
    account.delete(f"{API}/users/me/sessions/{current(other)['id']}")
    assert ended.wait(5), "the stream goes on after the end of its session"


def test_a_stream_of_a_disabled_account_ends(server, owner):
    account = member(server)
    listener = Listener(server, {"Authorization": f"Bearer {account.token}"})
    owner.expect(200, "POST", f"{API}/admin/users/{account.id}/disable", json={})
    wait_until(lambda: listener.ended, 5, "the end of the stream")


# How many


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A server that gives everybody three streams."""
    server = Server(tmp_path_factory.mktemp("small"), {"QUERN_STREAMS_PER_USER": MOST_STREAMS}).start()
    server.register()
    yield server
    server.end()


class Open:
    """A stream that stays open; whether the server gave one, or what it said instead."""

    def __init__(self, server, account):
        self.answer = requests.get(
            server.base + STREAM, headers={"Authorization": f"Bearer {account.token}"}, stream=True, timeout=(10, 30))
        self.status = self.answer.status_code
        if self.status == 200:
            # Held, because the connection ends with it.
            self.pieces = self.answer.iter_content(1)
            next(self.pieces)

    def close(self):
        self.answer.close()


def test_only_so_many_streams_for_each_person(small):
    server = small
    account, friend = neighbours(server)
    streams = [Open(server, account) for _ in range(MOST_STREAMS)]
    try:
        assert [stream.status for stream in streams] == [200] * MOST_STREAMS
        refused = Open(server, account)
        assert_refused(refused.answer, 429, "too_many_streams")
        assert int(refused.answer.headers["Retry-After"]) > 0
        # Another session of the same person counts as the same person; a friend is somebody else.
        assert Open(server, log_in(server, account.email)).status == 429
        streams.append(Open(server, friend))
        assert streams[-1].status == 200
        # The place of one that hung up is free again.
        streams.pop(0).close()
        streams.append(wait_until(lambda: opened(server, account), 30, "a place for another stream", pause=0.2))
        assert Open(server, account).status == 429
    finally:
        for stream in streams:
            stream.close()


def opened(server, account):
    stream = Open(server, account)
    return stream if stream.status == 200 else None


def test_a_stream_that_ended_with_its_session_frees_its_place(small):
    account = member(small)
    others = [log_in(small, account.email) for _ in range(MOST_STREAMS)]
    listeners = [Listener(small, {"Authorization": f"Bearer {other.token}"}) for other in others]
    assert Open(small, account).status == 429
    account.delete(f"{API}/users/me/sessions")
    wait_until(lambda: all(listener.ended for listener in listeners), 5, "the end of the streams")
    wait_until(lambda: opened(small, account), 10, "a place for another stream", pause=0.2).close()


def test_a_key_needs_the_scope_of_what_it_hears(server):
    account = member(server)
    jobs, tasks = (with_key(server, make_key(account, scope)["key"]) for scope in ("jobs:read", "tasks:read"))
    start = last_id(account)
    task, job = new_task(account)[0]["id"], new_track(account)["id"]
    for client, query, thing in ((jobs, "?topics=jobs", job), (tasks, "?topics=tasks", task)):
        answer = client.get(f"{STREAM}{query}&last_event_id={start}", stream=True)
        with contextlib.closing(answer):
            assert answer.status_code == 200, answer.text
            assert any(thing in line for line in answer.iter_lines(chunk_size=1, decode_unicode=True) if line.startswith("data:"))
    assert_refused(jobs.get(f"{STREAM}?topics=tasks"), 403)
    assert_refused(tasks.get(f"{STREAM}?topics=jobs"), 403)


def test_a_browser_hears_by_its_cookie(server):
    account, _ = neighbours(server)
    browser = Browser(server)
    browser.sign_in(account.email)
    with contextlib.closing(browser.get(server.base + STREAM, stream=True, timeout=(10, 30))) as answer:
        assert answer.status_code == 200
        lines = answer.iter_lines(chunk_size=1, decode_unicode=True)
        task = new_task(account)[0]["id"]
        assert any(task in line for line in lines if line.startswith("data:"))
    assert len(sessions_of(account)) == 2
