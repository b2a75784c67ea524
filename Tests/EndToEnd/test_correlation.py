"""One id through everything: answers, log lines, events, and what the engine does later on behalf of a request."""

import contextlib
import json
import re
import stat

import pytest
import requests

from people import API, at_every_mount, NOBODY, STRONG, Browser, log_in, make_key, make_user, member, new_address
from served import Server, free_port, object_key, run_quern, wait_until
from test_events import streaming
from test_streams import change_job, change_task, last_id, new_task, new_track
from workload import STEPS, busy_file

TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")
OURS = re.compile(r"[A-Za-z0-9._-]{1,128}")
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
LOG_SECONDS = 5


@pytest.fixture(scope="module")
def account(server, admin):
    return member(server)


def traceparent(trace=TRACE, span=SPAN, flags="01"):
    return f"00-{trace}-{span}-{flags}"


def trace_of(answer):
    """Trace id and span id that an answer tells."""
    match = TRACEPARENT.fullmatch(answer.headers.get("traceparent", ""))
    assert match, answer.headers.get("traceparent")
    return match.groups()


def lines_of(log):
    """The whole lines of a log; the last may be on its way."""
    return [json.loads(line) for line in log.read_text().split("\n")[:-1]]


def logged(server, request_id):
    """The line of the log that tells of a request."""

    def find():
        return [line for line in lines_of(server.log) if line.get("request_id") == request_id and "status" in line]

    return wait_until(find, LOG_SECONDS, f"a line of {request_id}")[0]


# X-Request-ID


@pytest.mark.parametrize("id", ["a", "0", "AZaz09._-", "x" * 128, "7f0c5b1e-8a3d-4a55-b7d0-9a3f0c1d2e3f", "...", "-"])
def test_a_request_id_is_taken(server, account, id):
    answer = account.get(f"{API}/jobs", headers={"X-Request-ID": id})
    assert answer.headers["X-Request-ID"] == id
    assert logged(server, id)["status"] == "200"


HOSTILE = [
    "", "has a space", "x" * 129, "x" * 4000, "a/b", "a,b", "<script>alert(1)</script>", '"quoted"', "a;b", "a\tb", "{}", "é".encode(),
    "é".encode("latin-1"), b"\xff\xfe", b"a\x7fb",
]


@pytest.mark.parametrize("id", HOSTILE, ids=lambda id: repr(id)[:20])
def test_a_hostile_request_id_is_replaced(server, account, id):
    answer = account.get(f"{API}/jobs", headers={"X-Request-ID": id})
    assert answer.status_code in (200, 400), "bytes that no header may hold can be refused as a whole"
    made = answer.headers.get("X-Request-ID", "")
    if answer.status_code == 200:
        assert OURS.fullmatch(made) and made != id, made
        assert logged(server, made)["request_id"] == made


def test_request_ids_that_are_made_differ(account):
    made = {account.get(f"{API}/users/me").headers["X-Request-ID"] for _ in range(50)}
    assert len(made) == 50 and all(map(OURS.fullmatch, made)), made


# traceparent


def test_a_trace_is_taken_up_and_goes_on_with_a_span_of_our_own(server, account):
    answer = account.get(f"{API}/jobs", headers={"traceparent": traceparent(), "X-Request-ID": "trace-taken"})
    trace, span = trace_of(answer)
    assert trace == TRACE and span != SPAN
    line = logged(server, "trace-taken")
    assert (line["trace_id"], line["span_id"]) == (trace, span)


def test_each_request_of_a_trace_has_a_span_of_its_own(account):
    told = [trace_of(account.get(f"{API}/jobs", headers={"traceparent": traceparent()})) for _ in range(20)]
    assert {trace for trace, _ in told} == {TRACE} and len({span for _, span in told}) == 20


INVALID = {
    "version-ff": f"ff-{TRACE}-{SPAN}-01", "no-trace": traceparent(trace="0" * 32), "no-span": traceparent(span="0" * 16),
    "upper-case": traceparent(trace=TRACE.upper()), "upper-case-span": traceparent(span="00F067AA0BA902B7"),
    "short-trace": traceparent(trace=TRACE[:-1]), "long-trace": traceparent(trace=TRACE + "a"), "short-span": traceparent(span=SPAN[:-1]),
    "no-flags": f"00-{TRACE}-{SPAN}", "long-flags": traceparent(flags="011"), "odd-flags": traceparent(flags="zz"),
    "more": traceparent() + "-more", "no-hex": traceparent(trace="g" * 32), "blank": "", "words": "hello", "underscores": traceparent().replace("-", "_"),
}


@pytest.mark.parametrize("kind", INVALID)
def test_an_invalid_trace_is_replaced(account, kind):
    trace, span = trace_of(account.get(f"{API}/jobs", headers={"traceparent": INVALID[kind]}))
    assert trace != TRACE and trace.lower() != TRACE and span != SPAN


def test_traces_that_are_made_differ(account):
    assert len({trace_of(account.get(f"{API}/jobs"))[0] for _ in range(50)}) == 50


def test_the_state_of_a_trace_is_logged_and_not_sent_back(server, account):
    state = "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"
    answer = account.get(f"{API}/jobs", headers={"traceparent": traceparent(), "tracestate": state, "X-Request-ID": "with-state"})
    assert "tracestate" not in answer.headers
    assert logged(server, "with-state")["tracestate"] == state


# Every answer


def answers(server, account):
    """One of each kind that there is."""
    browser = Browser(server)
    browser.sign_in(account.email)
    visitor = server.visitor()
    ids = {"X-Request-ID": "every-answer", "traceparent": traceparent()}
    yield "200", account.get(f"{API}/jobs", headers=ids)
    yield "201", account.post(f"{API}/jobs", json={"title": "x"}, headers=ids)
    yield "304", account.get(f"{API}/jobs", headers=ids | {"If-None-Match": account.get(f"{API}/jobs").headers["ETag"]})
    yield "400", account.post(f"{API}/jobs", data="{", headers=ids)
    yield "401", visitor.get(f"{API}/jobs", headers=ids)
    yield "404", account.get(f"{API}/jobs/{NOBODY}", headers=ids)
    yield "404-route", visitor.get("/nothing", headers=ids)
    yield "405", account.put(f"{API}/jobs", headers=ids)
    yield "422", account.post("/collab/tasks", json={"nonsense": 1}, headers=ids)
    yield "428", account.request("PATCH", f"/collab/tasks/{new_task(account)[0]['id']}", json={}, headers=ids)
    yield "health", visitor.get("/health", headers=ids)
    yield "page", browser.get(f"{server.base}/dashboard", headers=ids, timeout=30)
    yield "page-404", browser.get(f"{server.base}/dashboard/jobs/{NOBODY}", headers=ids, timeout=30)
    yield "redirect", visitor.get("/dashboard", headers=ids | {"Accept": "text/html"}, allow_redirects=False)
    yield "socket-426", visitor.get("/ws", headers=ids)


def test_every_answer_carries_both(server, account):
    for kind, answer in answers(server, account):
        assert answer.headers.get("X-Request-ID") == "every-answer", f"{kind}: {dict(answer.headers)}"
        assert trace_of(answer)[0] == TRACE, kind


def test_a_stream_carries_both(server, account):
    headers = {"Authorization": f"Bearer {account.token}", "X-Request-ID": "a-stream", "traceparent": traceparent()}
    with contextlib.closing(requests.get(f"{server.base}{API}/events", headers=headers, stream=True, timeout=30)) as answer:
        assert answer.headers["X-Request-ID"] == "a-stream" and trace_of(answer)[0] == TRACE


@at_every_mount
def test_the_id_in_the_body_of_an_error_is_that_of_the_header(server, account, mount):
    standard = {"Quern-Dialect": "standard"}
    for headers in (standard, standard | {"X-Request-ID": "an-error"}, standard | {"X-Request-ID": "not valid"}):
        for answer in (account.get(f"{mount}/jobs/{NOBODY}", headers=headers), server.visitor().get(f"{mount}/jobs", headers=headers),
                       account.post(f"{mount}/jobs", data="{", headers=headers)):
            assert answer.status_code >= 400
            assert answer.json()["request_id"] == answer.headers["X-Request-ID"], answer.text


def test_log_lines_tell_both_of_requests_of_every_kind(server, account):
    for number, (path, client) in enumerate([(f"{API}/jobs", account), (f"{API}/jobs", server.visitor()), ("/nothing", account), ("/health", account)]):
        id = f"a-line-{number}"
        answer = client.get(path, headers={"X-Request-ID": id, "traceparent": traceparent()})
        line = logged(server, id)
        assert (line["trace_id"], line["span_id"]) == trace_of(answer)
        assert line["status"] == str(answer.status_code)


# Events


def events_of(client, job):
    listed = client.expect(200, "GET", f"{API}/jobs/{job}/events").json()
    return {event["type"]: (event["request_id"], event["trace_id"]) for event in listed}


def test_events_of_the_engine_carry_the_ids_of_the_request_that_set_it_to_work(account, people):
    made, queued = ("a-job-is-made", "a1" * 16), ("a-job-is-queued", "b2" * 16)

    def ids(pair):
        return {"X-Request-ID": pair[0], "traceparent": traceparent(trace=pair[1])}

    body = {"file_name": "people.csv", "processing_steps": []}
    job = account.expect(201, "POST", f"{API}/jobs", json=body, headers=ids(made)).json()["id"]
    url = account.upload_url(job)
    account.expect(200, "PUT", url, data=people)
    account.expect(200, "POST", f"{API}/jobs/{job}/mark-uploaded", json={"object_key": object_key(url)}, headers=ids(queued))
    account.wait(job, {"COMPLETED"})
    told = events_of(account, job)
    assert told["job.created"] == made
    assert {name: told[name] for name in ("job.queued", "job.started", "job.completed")} == dict.fromkeys(
        ("job.queued", "job.started", "job.completed"), queued)


def test_the_engine_remembers_the_ids_over_a_restart(new_server, tmp_path):
    server = new_server(QUERN_WORKERS=1)
    server.register()
    client = server.login()
    path = busy_file(client, tmp_path, 3)
    job = client.create_job("busy.csv", STEPS)["id"]
    url = client.upload_url(job)
    with open(path, "rb") as file:
        client.expect(200, "PUT", url, data=file)
    headers = {"X-Request-ID": "before-the-crash", "traceparent": traceparent()}
    client.expect(200, "POST", f"{API}/jobs/{job}/mark-uploaded", json={"object_key": object_key(url)}, headers=headers)
    client.wait(job, {"RUNNING"}, pause=0.01)
    server.kill()
    server.start()
    client.session = requests.Session()
    client.wait(job, {"COMPLETED"})
    assert events_of(client, job)["job.completed"] == ("before-the-crash", TRACE)


def test_events_of_tasks_and_of_track_jobs_carry_the_ids_of_their_requests(account):
    start = last_id(account)
    expected = []

    def ids(name):
        expected.append(name)
        return {"X-Request-ID": name, "traceparent": traceparent()}

    made = account.expect(201, "POST", f"{API}/collab/tasks", json={"title": "x"}, headers=ids("task-made"))
    task, tag = made.json()["id"], made.headers["ETag"]
    changed = account.expect(200, "PATCH", f"{API}/collab/tasks/{task}", json={"done": True}, headers=ids("task-changed") | {"If-Match": tag})
    account.expect(204, "DELETE", f"{API}/collab/tasks/{task}", headers=ids("task-deleted") | {"If-Match": changed.headers["ETag"]})
    job = account.expect(201, "POST", f"{API}/jobs", json={"title": "x"}, headers=ids("job-made")).json()["id"]
    account.expect(200, "PATCH", f"{API}/jobs/{job}", json={"status": "offer"}, headers=ids("job-changed"))
    account.expect(201, "POST", f"{API}/jobs/{job}/notes", json={"body": "x"}, headers=ids("note-added"))
    with streaming(account, start) as stream:
        events = stream.logged()
        told = [next(events)[2] for _ in expected]
    assert [data["request_id"] for data in told] == expected
    assert {data["trace_id"] for data in told} == {TRACE}


def test_events_of_a_request_without_ids_carry_those_that_were_made(account):
    answer = account.expect(201, "POST", f"{API}/jobs", json={"title": "x"})
    assert events_of(account, answer.json()["id"])["job.created"] == (answer.headers["X-Request-ID"], trace_of(answer)[0])


# Log files of development


def devlog(server, name="o-glm"):
    return server.folder / ".devlogs" / f"orch-{name}.log"


def is_private(path):
    return path.stat().st_mode & stat.S_IRWXO == 0


def test_in_development_the_log_is_also_a_file(new_server):
    server = new_server(QUERN_ENV="development")
    server.register()
    account = log_in(server, make_user(server)["email"])
    answer = account.get(f"{API}/jobs", headers={"X-Request-ID": "in-the-file", "traceparent": traceparent()})
    logged(server, "in-the-file")
    lines = wait_until(lambda: [line for line in lines_of(devlog(server)) if line.get("request_id") == "in-the-file"], LOG_SECONDS, "a line in the file")
    assert (lines[0]["trace_id"], lines[0]["span_id"]) == trace_of(answer)
    assert is_private(devlog(server)) and devlog(server).stat().st_mode & stat.S_IXUSR == 0
    server.stop()
    before = devlog(server).read_text()
    assert before.endswith("\n")
    server.start()
    account = log_in(server, account.email)
    account.get(f"{API}/jobs", headers={"X-Request-ID": "after-a-restart"})
    wait_until(lambda: any(line.get("request_id") == "after-a-restart" for line in lines_of(devlog(server))), LOG_SECONDS, "a line after the restart")
    assert devlog(server).read_text().startswith(before), "what was there is kept"
    text = devlog(server).read_text()
    assert not [secret for secret in server.secrets if secret in text] and account.email not in text


def test_the_file_is_lines_of_json_also_when_people_read_the_log(new_server, tmp_path):
    server = Server(tmp_path / "text", {"QUERN_ENV": "development", "QUERN_LOG_FORMAT": "text"})
    server.check_log = lambda: None  # text for people
    server.start()
    try:
        server.visitor().get("/health", headers={"X-Request-ID": "as-text"})
        wait_until(lambda: any(line.get("request_id") == "as-text" for line in lines_of(devlog(server))), LOG_SECONDS, "a line in the file")
    finally:
        server.end()


@pytest.mark.parametrize("id", ["a", "blue.1_x-2", "A" * 64])
def test_the_file_is_named_after_the_orchestrator(new_server, id):
    server = new_server(QUERN_ENV="development", ORCH_ID=id)
    assert devlog(server, id).is_file()
    assert [path.name for path in (server.folder / ".devlogs").iterdir()] == [f"orch-{id}.log"]


@pytest.mark.parametrize("id", ["../x", "a/b", "/etc/x", "a b", "x" * 65, "ü", "a\nb", "*"])
def test_a_hostile_name_stops_the_start_with_words(tmp_path, id):
    folder = tmp_path / "deep" / "down"
    folder.mkdir(parents=True)
    ended = run_quern(
        "serve", "--port", free_port(), "--data-dir", tmp_path / "data", settings={"QUERN_ENV": "development", "ORCH_ID": id}, cwd=folder, seconds=20)
    assert ended.returncode in (1, 64), f"{ended.returncode}: {ended.stderr}"
    assert "ORCH_ID" in ended.stderr, ended.stderr
    assert not list(tmp_path.rglob("*.log")), "no file was made"


@pytest.mark.parametrize("environment", [{"QUERN_ENV": None}, {"QUERN_ENV": "production"}, {"QUERN_ENV": None, "ORCH_ID": "blue"}], ids=["default", "production", "name-alone"])
def test_otherwise_no_file_is_written(new_server, environment):
    server = new_server(**environment)
    server.visitor().get("/health")
    assert not (server.folder / ".devlogs").exists()


# What a log never holds


def test_no_token_no_address_and_no_words_of_people_are_in_the_log(new_server):
    server = new_server(QUERN_ENV="development", QUERN_LOG_LEVEL="debug")
    server.register()
    email = new_address("secretive")
    account = log_in(server, make_user(server, email)["email"])
    key = make_key(account, "jobs:read")["key"]
    marks = {email, key, account.token, account.refresh_token, STRONG, "words-of-a-note", "words-of-a-task", "words-of-a-job"}
    visitor = server.visitor()
    for path in ("/ws", f"{API}/ws", f"{API}/jobs", f"{API}/events/nothing"):
        visitor.get(f"{path}?token={account.token}&ticket={account.refresh_token}&q={email}")
    visitor.get(f"{API}/jobs", headers={"X-API-Key": key})
    visitor.get(f"{API}/jobs", headers={"Authorization": f"Bearer {account.token}x"})
    job = new_track(account, "words-of-a-job")["id"]
    change_job(account, job, status="words-of-a-job")
    account.post(f"{API}/jobs/{job}/notes", json={"body": "words-of-a-note"})
    task, tag = new_task(account, "words-of-a-task", assignee=email)
    change_task(account, task["id"], tag, description="words-of-a-task")
    account.get(f"{API}/collab/state/tasks?assignee={email}&q=words-of-a-task")
    account.post(f"{API}/jobs", json={"title": email, "status": "x" * 99})
    ticket = account.expect(201, "POST", f"{API}/ws/ticket").json()["ticket"]
    visitor.get(f"/ws?ticket={ticket}")
    server.visitor().post(f"{API}/auth/login", data={"username": email, "password": "words-of-a-wrong-password"})
    marks |= {ticket, "words-of-a-wrong-password"}
    account.get(f"{API}/jobs", headers={"X-Request-ID": "the-last-one"})
    logged(server, "the-last-one")
    text = server.log.read_text() + server.out.read_text() + devlog(server).read_text()
    assert [mark[:12] for mark in marks if mark in text] == []
