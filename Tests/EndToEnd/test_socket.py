"""The WebSocket as a program uses it: who gets in, what is said, what is heard, and when it ends.

The client is `websockets`, which shares nothing with the server. What it can not do (be slow, be many) is done on a bare socket.
"""
# requires websockets==17.4

import base64
import contextlib
import datetime
import json
import os
import re
import resource
import socket
import struct
import time
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from people import (
    API, at_every_mount, OWN_PAGE, STRONG, STRONGER, Browser, assert_refused, at_once, claims_of, log_in, make_key, make_user, member, signed,
    token_key, with_key,
)
from served import ADMIN, PASSWORD, rounds, wait_until
from test_events import streaming, take_until
from test_sessions_and_keys import ENDS, sessions_of
from test_streams import change_job, change_task, is_about, last_id, neighbours, new_task, new_track

ANSWER_SECONDS = 20
END_SECONDS = 5
TICKET_SECONDS = 30
MOST_BYTES = 65_536
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}")
IDLE_SOCKETS = rounds(200, 1000)
SLOW_READERS, POURED = rounds(3, 8), 2500

pytestmark = pytest.mark.seconds(180)


@pytest.fixture(scope="module", autouse=True)
def owner(admin):
    return admin


@pytest.fixture(scope="module")
def account(server, owner):
    return member(server)


# A socket


class Socket:
    """One WebSocket. Pings are answered by themselves."""

    def __init__(self, server, query="", path="/ws", headers=None, origin=None):
        url = f"ws://127.0.0.1:{server.port}{path}" + (f"?{query}" if query else "")
        self.connection = connect(
            url, origin=origin, additional_headers=headers, compression=None, proxy=None, open_timeout=ANSWER_SECONDS,
            ping_interval=None, close_timeout=5, max_size=None, legacy=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def next(self, seconds=ANSWER_SECONDS):
        text = self.connection.recv(timeout=seconds)
        assert isinstance(text, str), "messages are text"
        return json.loads(text)

    def greeting(self):
        message = self.next()
        assert message["type"] == "connection", message
        return message

    def event(self, seconds=ANSWER_SECONDS):
        """The next event; what else is said is passed over."""
        while True:
            message = self.next(seconds)
            if message["type"] == "event":
                return message

    def say(self, thing):
        self.connection.send(thing if isinstance(thing, (str, bytes)) else json.dumps(thing))

    def ask(self, thing):
        """Says something; the answer to it, which is no event."""
        self.say(thing)
        while True:
            message = self.next()
            if message["type"] != "event":
                return message

    def close_frame(self, seconds=ANSWER_SECONDS):
        """Code and reason with which the server closes; what it says before is passed over."""
        end = time.monotonic() + seconds
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                self.connection.recv(timeout=max(0.01, end - time.monotonic()))
        frame = closed.value.rcvd
        assert frame is not None, f"the connection broke off: {closed.value}"
        return frame.code, frame.reason


def open_socket(account, query="", **more):
    """A socket of somebody who is logged in, past its first message."""
    opened = Socket(account.server, f"token={account.token}" + (f"&{query}" if query else ""), **more)
    opened.greeting()
    return opened


def assert_shut(server, reason, query="", **more):
    """The upgrade is accepted, and then nothing is said but why it ends."""
    with Socket(server, query, **more) as opened:
        with pytest.raises(ConnectionClosed) as closed:
            said = opened.next()
            raise AssertionError(f"it was let in: {said}")
        frame = closed.value.rcvd
        assert frame and (frame.code, frame.reason) == (1008, reason), closed.value


def assert_now(text):
    """The time of day now, in UTC, to the microsecond, without a zone."""
    assert TIMESTAMP.fullmatch(text), text
    told = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)
    assert abs((datetime.datetime.now(datetime.timezone.utc) - told).total_seconds()) < 60, text


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def new_ticket(client, mount=""):
    made = client.expect(201, "POST", f"{mount}/ws/ticket").json()
    client.server.secrets.add(made["ticket"])
    assert set(made) == {"ticket", "expires_in"} and made["expires_in"] == TICKET_SECONDS, made
    return made["ticket"]


def own_origin(server):
    return f"http://127.0.0.1:{server.port}"


# A ticket that nobody uses while the other tests run, for the last of them.


@pytest.fixture(scope="module", autouse=True)
def old_ticket(account):
    return new_ticket(account), time.monotonic()


# Who gets in


@at_every_mount
def test_a_token_in_the_query_opens_it(server, account, mount):
    with Socket(server, f"token={account.token}", path=f"{mount}/ws") as opened:
        message = opened.next()
        assert set(message) == {"type", "status", "user", "timestamp"}, message
        assert (message["type"], message["status"], message["user"]) == ("connection", "connected", account.email)
        assert_now(message["timestamp"])


@at_every_mount
def test_a_token_in_the_header_opens_it(server, account, mount):
    with Socket(server, path=f"{mount}/ws", headers=bearer(account.token)) as opened:
        assert opened.greeting()["user"] == account.email


def test_the_tokens_of_every_login_open_it(server, account):
    body = {"username": account.email, "password": STRONG}
    for answer in (
        server.visitor().post("/auth/login", json=body), server.visitor().post(f"{API}/auth/login", data=body),
    ):
        token = answer.json()["access_token"]
        server.secrets.add(token)
        with Socket(server, f"token={token}") as opened:
            assert opened.greeting()["user"] == account.email


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
def test_a_key_opens_it(server, account, header):
    key = make_key(account, "jobs:read", "tasks:read")["key"]
    server.secrets.add(key)
    headers = bearer(key) if header == "Authorization" else {header: key}
    with Socket(server, "topics=jobs,tasks", headers=headers) as opened:
        assert opened.greeting()["user"] == account.email
        task = new_task(account)[0]["id"]
        assert opened.event()["data"]["task_id"] == task


@pytest.mark.parametrize("scopes, topics", [
    (["jobs:read"], "tasks"), (["tasks:read"], "jobs"), (["jobs:read"], "jobs,tasks"), (["leads:read"], "jobs"),
])
def test_a_key_without_the_scope_of_a_topic_is_shut_out(server, account, scopes, topics):
    key = make_key(account, *scopes)["key"]
    assert_shut(server, "no scope", f"topics={topics}", headers={"X-API-Key": key})


def cookie_of(browser):
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}


@pytest.fixture(scope="module")
def browser(server, account):
    browser = Browser(server)
    browser.sign_in(account.email)
    return browser


def test_a_cookie_opens_it_for_a_page_of_our_own(server, account, browser):
    with Socket(server, headers=cookie_of(browser), origin=own_origin(server)) as opened:
        assert opened.greeting()["user"] == account.email


@pytest.mark.parametrize("origin", [
    "https://evil.example", "null", "http://localhost:1", "http://127.0.0.1", "https://127.0.0.1:{port}", "http://127.0.0.1:{port}.evil.example",
    "http://127.0.0.1:{port}@evil.example", None,
])
def test_a_cookie_does_not_open_it_for_a_foreign_page(server, browser, origin):
    origin = origin and origin.format(port=server.port)
    assert_shut(server, "foreign origin", headers=cookie_of(browser), origin=origin)


def test_a_cookie_of_nobody_opens_nothing(server):
    headers = {"Cookie": f"quern_session={base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip('=')}"}
    with Socket(server, headers=headers, origin=own_origin(server)) as opened:
        assert opened.close_frame()[0] == 1008


def test_a_token_is_good_on_any_page_because_no_browser_adds_it_by_itself(server, account):
    with Socket(server, f"token={account.token}", origin="https://elsewhere.example") as opened:
        opened.greeting()


def test_who_shows_nothing_is_let_in_only_to_be_told_why_not(server):
    assert_shut(server, "missing token")
    assert_shut(server, "missing token", "topics=jobs")


def bad_tokens(account):
    claims = claims_of(account.token)
    key = token_key(account.server)
    return {
        "senseless": "x", "no signature": account.token.rsplit(".", 1)[0] + ".", "other key": signed(claims, b"k" * 32),
        "expired": signed(claims | {"exp": int(time.time()) - 1, "iat": int(time.time()) - 1801}, key),
        "other audience": signed(claims | {"aud": "elsewhere"}, key), "refresh token": account.refresh_token,
        "very long": "x" * 6000,
    }


def test_bad_tokens_are_let_in_only_to_be_told_so(server, account):
    for kind, token in bad_tokens(account).items():
        server.secrets.add(token) if len(token) > 20 else None
        for query, headers in ((f"token={token}", {}), ("", bearer(token))):
            with Socket(server, query, headers=headers) as opened:
                assert opened.close_frame() == (1008, "invalid token"), kind


def test_a_bad_key_is_told_so(server):
    assert_shut(server, "invalid token", headers={"X-API-Key": "quern_" + "x" * 43})


def test_a_bad_token_in_the_query_is_not_made_good_by_a_header(server, account):
    assert_shut(server, "invalid token", "token=nonsense", headers=bearer(account.token))


# Tickets


@at_every_mount
def test_a_ticket_opens_it_once(server, account, mount):
    ticket = new_ticket(account, mount)
    with Socket(server, f"ticket={ticket}&topics=tasks", path=f"{mount}/ws") as opened:
        assert opened.greeting()["user"] == account.email
        assert opened.ask({"ask": 1})["data"] == {"ask": 1}
    assert_shut(server, "invalid token", f"ticket={ticket}")


def test_of_many_who_show_one_ticket_at_once_one_gets_in(server, account):
    ticket = new_ticket(account)

    def try_it():
        with Socket(server, f"ticket={ticket}") as opened:
            try:
                return opened.next()["type"]
            except ConnectionClosed as closed:
                return closed.rcvd.code

    assert sorted(map(str, at_once(*[try_it] * 8))) == ["1008"] * 7 + ["connection"]


def test_a_ticket_needs_somebody_who_is_signed_in(server):
    answer = server.visitor().post(f"{API}/ws/ticket")
    assert_refused(answer, 401)


def test_no_ticket_is_guessed(server):
    assert_shut(server, "invalid token", "ticket=" + base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("="))
    assert_shut(server, "invalid token", "ticket=1")


def test_a_ticket_dies_with_its_session(server):
    account = member(server)
    other = log_in(server, account.email)
    ticket = new_ticket(other)
    account.delete(f"{API}/users/me/sessions")
    assert_shut(server, "invalid token", f"ticket={ticket}")


def test_a_page_gets_a_ticket_by_its_cookie_and_no_foreign_page_does(server, browser):
    foreign = browser.post(f"{server.base}{API}/ws/ticket", headers={"Origin": "https://evil.example"}, timeout=30)
    assert foreign.status_code == 403, foreign.text
    own = browser.post(f"{server.base}{API}/ws/ticket", headers=OWN_PAGE, timeout=30)
    assert own.status_code == 201, own.text
    server.secrets.add(own.json()["ticket"])
    with Socket(server, f"ticket={own.json()['ticket']}") as opened:
        opened.greeting()


def test_a_key_gets_a_ticket_that_can_do_no_more_than_the_key(server, account):
    program = with_key(server, make_key(account, "jobs:read")["key"])
    answer = program.post(f"{API}/ws/ticket")
    if answer.status_code == 403:
        return  # keys get none at all: as good
    assert answer.status_code == 201, answer.text
    server.secrets.add(answer.json()["ticket"])
    assert_shut(server, "no scope", f"ticket={answer.json()['ticket']}&topics=tasks")


# What is said


@pytest.fixture(scope="module")
def talk(account):
    with open_socket(account) as opened:
        yield opened


@pytest.mark.parametrize("data", [
    {}, {"text": "hello"}, {"nested": {"list": [1, -2, 1.5, True, False, None, {"a": []}]}}, {"Σίτος": "粉 🌾 \u0001 \u0000 \" \\ /"},
    {"type": "connection", "status": "connected"}, {"large": 2**53, "small": -(2**53), "": "no name"},
], ids=["empty", "text", "nested", "unicode", "our-own-words", "numbers"])
def test_an_object_is_echoed(talk, account, data):
    message = talk.ask(data)
    assert set(message) == {"type", "data", "timestamp", "user"}, message
    assert (message["type"], message["data"], message["user"]) == ("message", data, account.email)
    assert_now(message["timestamp"])


@pytest.mark.parametrize("text", [
    "[1]", "[]", '"text"', "1", "null", "true", "", " ", "{", "}", "hello", '{"a":}', "{'a': 1}", '{"a": 1} {"b": 2}', '{"a": NaN}', '{"a": 1,}',
    "\ufeff{", b"{}", b"", b'{"a": 1}', b"\xff\x00",
], ids=repr)
def test_what_is_no_object_is_an_error_and_the_socket_stays_open(talk, text):
    message = talk.ask(text)
    assert set(message) == {"type", "message"} and message["type"] == "error" and message["message"], message
    assert talk.ask({"still": "here"})["data"] == {"still": "here"}


@pytest.mark.parametrize("text", [
    "[" * 65_000, '{"a":' * 13_000, '{"a":' + "[" * 32_000 + "]" * 32_000 + "}", "[{" * 30_000, '{"a":' * 9_000 + "1" + "}" * 9_000,
], ids=["brackets", "objects", "closed-brackets", "both", "closed-objects"])
def test_a_bomb_of_nested_json_is_answered(server, talk, text):
    """As deep as a message may be long. What is well-formed may be echoed; most likely it is too deep."""
    message = talk.ask(text)
    assert message["type"] == "error" or (message["type"] == "message" and text.endswith("}")), message["type"]
    assert talk.ask({"still": "here"})["data"] == {"still": "here"}


def test_a_bomb_of_100_000_brackets_is_longer_than_a_message_may_be(server, account):
    with open_socket(account) as opened:
        opened.say("[" * 100_000)
        assert opened.close_frame()[0] == 1009
    with open_socket(account) as opened:
        assert opened.ask({"a": 1})["type"] == "message"


def padded(size):
    return '{"a":"' + "x" * (size - 8) + '"}'


def test_messages_may_be_so_long_and_no_longer(account):
    with open_socket(account) as opened:
        assert len(opened.ask(padded(MOST_BYTES))["data"]["a"]) == MOST_BYTES - 8
        opened.say(padded(MOST_BYTES + 1))
        assert opened.close_frame()[0] == 1009


def test_a_message_in_pieces_may_be_no_longer_either(account):
    with open_socket(account) as opened:
        pieces = [padded(MOST_BYTES)[start:start + 1000] for start in range(0, MOST_BYTES, 1000)]
        opened.connection.send(iter(pieces))
        assert len(opened.next()["data"]["a"]) == MOST_BYTES - 8
        with contextlib.suppress(ConnectionClosed):
            opened.connection.send(iter([*pieces, "x"]))
        assert opened.close_frame()[0] == 1009


def test_who_talks_without_end_is_shut_out(account):
    with open_socket(account) as opened:
        with contextlib.suppress(ConnectionClosed):
            for number in range(2000):
                opened.say({"number": number})
        assert opened.close_frame() == (1008, "too fast")


def test_who_talks_a_lot_is_heard(account):
    with open_socket(account) as opened:
        for number in range(80):
            opened.say({"number": number})
        assert [opened.next()["data"]["number"] for _ in range(80)] == list(range(80))


def test_a_close_is_answered(account):
    opened = open_socket(account)
    opened.connection.close(code=1000, reason="thank you")
    assert opened.connection.close_code == 1000


# Without an upgrade


@at_every_mount
def test_a_plain_get_is_told_to_upgrade(server, account, mount):
    for client in (account, server.visitor()):
        answer = client.get(f"{mount}/ws")
        assert answer.status_code == 426, answer.text
        assert answer.headers["Upgrade"].lower() == "websocket"


def upgrade_request(server, query=""):
    return (
        f"GET /ws{query} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode()


def test_an_upgrade_on_a_used_connection_is_told_to_take_a_new_one(server, account):
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(f"GET /health HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
        connection.sendall(upgrade_request(server, f"?token={account.token}"))
        head = b""
        while b"\r\n\r\n" not in head:
            part = connection.recv(65_536)
            assert part, head
            head += part
        assert head.startswith(b"HTTP/1.1 426"), head
        assert b"\r\nconnection: close" in head.lower(), head


# What is heard


def test_events_of_own_jobs_and_of_tasks_of_the_tenant_arrive_and_no_others(server, owner):
    account, friend = neighbours(server)
    (stranger,) = neighbours(server, 1)
    with open_socket(account, "topics=jobs,tasks") as opened, open_socket(owner, "topics=jobs,tasks") as boss:
        new_track(friend, "a job of a friend")
        new_task(stranger, "a task of another tenant")
        new_track(stranger, "a job of another tenant")
        new_track(owner, "a job of an admin")
        task = new_task(friend, "a task of a friend")[0]["id"]
        job = new_track(account, "a job of my own")["id"]
        first, second = opened.event(), opened.event()
        for message in (first, second):
            assert set(message) == {"type", "topic", "data", "timestamp", "user"}, message
            assert message["user"] == account.email
            assert_now(message["timestamp"])
        assert (first["topic"], first["data"]["type"], first["data"]["task_id"]) == ("tasks", "task.created", task)
        assert (second["topic"], second["data"]["type"], second["data"]["job_id"]) == ("jobs", "job.created", job)
        # An admin of another tenant heard of the own job alone; nor does an admin hear of jobs of others.
        mark = new_task(owner, "a mark")[0]["id"]
        heard = [boss.event()["data"] for _ in range(2)]
        assert heard[0]["type"] == "job.created" and heard[1].get("task_id") == mark, heard


def test_an_admin_does_not_hear_of_the_jobs_of_members(server, owner, account):
    with open_socket(owner, "topics=jobs,tasks") as boss:
        job = new_track(account, "a job of a member")["id"]
        task = new_task(account, "a task of a member")[0]["id"]
        data = boss.event()["data"]
        assert data.get("task_id") == task and data.get("job_id") != job, data


@pytest.mark.parametrize("topics, expected", [("jobs", ["jobs"]), ("tasks", ["tasks"]), ("tasks,jobs", ["jobs", "tasks"])])
def test_only_the_topics_that_were_asked_for_are_heard(server, topics, expected):
    account, _ = neighbours(server)
    with open_socket(account, f"topics={topics}") as opened:
        new_track(account), new_task(account)
        assert [opened.event()["topic"] for _ in expected] == expected
        # Nothing else follows: the answer to a message is next.
        opened.say({"next": True})
        assert opened.next()["type"] == "message"


def test_without_topics_nothing_is_heard(server):
    account, _ = neighbours(server)
    with open_socket(account) as opened:
        new_track(account), new_task(account)
        opened.say({"next": True})
        assert opened.next()["type"] == "message"


@pytest.mark.parametrize("topics", ["nothing", "jobs,nothing", "Jobs", "job", "*"])
def test_an_unknown_topic_ends_it(server, account, topics):
    with Socket(server, f"token={account.token}&topics={topics}") as opened:
        assert opened.close_frame() == (1008, "unknown topic")


def test_an_event_is_the_same_on_the_socket_and_on_the_stream(server):
    account, _ = neighbours(server)
    start = last_id(account)
    with open_socket(account, "topics=jobs,tasks") as opened:
        task, tag = new_task(account, "told twice")
        change_task(account, task["id"], tag, done=True)
        heard = [opened.event()["data"] for _ in range(2)]
    with streaming(account, start) as stream:
        events = stream.logged()
        assert heard == [next(events)[2] for _ in range(2)]


def test_it_is_taken_up_where_it_broke_off(server):
    account, friend = neighbours(server)
    start = last_id(account)
    heard, last = [], start
    for turn in range(12):
        # Some happens while nobody listens, some meanwhile; not all of it is heard before the connection ends.
        new_task(account, f"between {turn}")
        with open_socket(account, f"topics=jobs,tasks&last_event_id={last}") as opened:
            new_task(friend, f"turn {turn}")
            change_job(account, new_track(account)["id"], status=f"turn {turn}")
            heard += [opened.event()["data"] for _ in range(turn % 4 + 1)]
            last = heard[-1]["id"]
    mark = new_track(account, "the end")["id"]
    with open_socket(account, f"topics=jobs,tasks&last_event_id={last}") as opened:
        while heard[-1].get("job_id") != mark:
            heard.append(opened.event()["data"])
    assert heard == [data for _, _, data in take_until(account, start, is_about(mark))]


def test_from_the_first_event_on(server):
    account, _ = neighbours(server)
    jobs = [new_track(account)["id"] for _ in range(3)]
    with open_socket(account, "topics=jobs&last_event_id=0") as opened:
        assert [opened.event()["data"]["job_id"] for _ in range(3)] == jobs


def test_a_senseless_last_event_id_ends_it(server, account):
    with Socket(server, f"token={account.token}&topics=jobs&last_event_id=x") as opened:
        assert opened.close_frame()[0] == 1008


# When it ends


@pytest.mark.parametrize("kind", ["token", "ticket", "events"])
@pytest.mark.parametrize("way", ["one", "password-change", "admin-disable", "cli-disable"])
def test_it_ends_with_its_session(server, owner, way, kind):
    account = member(server)
    account.user = account.id
    other = log_in(server, account.email)
    account.other = next(session["id"] for session in sessions_of(account) if not session["current"])
    server.secrets.add(STRONGER)
    if kind == "ticket":
        opened = Socket(server, f"ticket={new_ticket(other)}")
        opened.greeting()
    else:
        opened = open_socket(other, "topics=jobs,tasks" if kind == "events" else "")
    with opened:
        # A change of the password ends all sessions but the one that changed it.
        ENDS[way](server, account, log_in(server, ADMIN, PASSWORD) if way == "admin-disable" else owner)
        assert opened.close_frame(END_SECONDS) == (1008, "signed out")


def test_the_end_of_another_session_leaves_it_open(server):
    account = member(server)
    log_in(server, account.email)
    with open_socket(account, "topics=jobs") as opened:
        account.delete(f"{API}/users/me/sessions")
        job = new_track(account)["id"]
        assert opened.event()["data"]["job_id"] == job
        assert opened.ask({"a": 1})["type"] == "message"


def test_a_logout_on_the_page_ends_it(server):
    browser = Browser(server)
    browser.sign_in(make_user(server)["email"])
    form = browser.form("/dashboard", "/auth/logout")
    with Socket(server, headers=cookie_of(browser), origin=own_origin(server)) as opened:
        opened.greeting()
        browser.submit(form, {})
        assert opened.close_frame(END_SECONDS) == (1008, "signed out")


def test_a_logout_of_a_program_ends_it(server):
    account = member(server)
    with open_socket(account) as opened:
        account.post(f"{API}/auth/cognito/logout", json={"refresh_token": account.refresh_token})
        assert opened.close_frame(END_SECONDS) == (1008, "signed out")


def test_it_ends_with_its_key(server, account):
    key = make_key(account, "jobs:read", "tasks:read")
    with Socket(server, "topics=jobs", headers={"X-API-Key": key["key"]}) as opened:
        opened.greeting()
        account.delete(f"{API}/users/me/keys/{key['id']}")
        assert opened.close_frame(END_SECONDS) == (1008, "signed out")


def test_the_end_of_the_server_is_told_and_waits_for_nobody(new_server):
    server = new_server()
    server.register()
    account = log_in(server, ADMIN, PASSWORD)
    sockets = [open_socket(account), open_socket(account, "topics=jobs,tasks")]
    rude = RawSocket(server, f"?token={account.token}")  # never answers a close
    server.stop()  # the exit code is 0, or this fails
    assert [opened.close_frame(END_SECONDS)[0] for opened in sockets] == [1001, 1001]
    assert rude.end()[0] == 1001
    server.start()
    assert open_socket(log_in(server, ADMIN, PASSWORD)).ask({"a": 1})["type"] == "message"


def test_only_so_many_sockets_for_each_person(new_server):
    server = new_server(QUERN_SOCKETS_PER_USER=3)
    server.register()
    account, friend = member(server), member(server)
    with contextlib.ExitStack() as stack:
        first = open_socket(account)
        for _ in range(2):
            stack.enter_context(open_socket(account, "topics=jobs"))
        assert_shut(server, "too many sockets", f"token={account.token}")
        again = log_in(server, account.email)
        assert_shut(server, "too many sockets", f"token={again.token}")
        stack.enter_context(open_socket(friend)).ask({"a": 1})
        first.connection.close()

        def try_it():
            with contextlib.suppress(ConnectionClosed):
                return open_socket(account)

        stack.enter_context(wait_until(try_it, 10, "a place for another socket"))
        assert_shut(server, "too many sockets", f"token={account.token}")
    # Sockets that break off without a word free their places too.
    for _ in range(3):
        RawSocket(server, f"?token={friend.token}").connection.close()
    for _ in range(3):
        wait_until(lambda: try_once(friend), 10, "a place after broken connections")


def try_once(account):
    with contextlib.suppress(ConnectionClosed):
        with open_socket(account):
            return True


# On a bare socket: slow ones, and many


class RawSocket:
    """A WebSocket by hand (RFC 6455): it reads only when told to, and answers no ping by itself."""

    def __init__(self, server, query, small=False):
        self.connection = socket.socket()
        self.connection.settimeout(ANSWER_SECONDS)
        if small:
            # Segments and window are small, so that the system keeps little of what is not read.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        self.connection.connect(("127.0.0.1", server.port))
        self.connection.sendall(upgrade_request(server, query))
        self.buffer = b""
        head = self._until(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head

    def _until(self, end):
        while end not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(end, 1)
        return head

    def _more(self):
        part = self.connection.recv(65_536)
        if not part:
            raise ConnectionResetError("the connection is closed")
        self.buffer += part

    def _take(self, count):
        while len(self.buffer) < count:
            self._more()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def frame(self):
        """Opcode and payload of the next frame."""
        first, second = self._take(2)
        assert second < 128, "a server masks nothing"
        length = second
        if second >= 126:
            length = struct.unpack(*((">H", self._take(2)) if second == 126 else (">Q", self._take(8))))[0]
        return first & 15, self._take(length)

    def message(self):
        while True:
            opcode, payload = self.frame()
            if opcode == 9:
                self.send(payload, opcode=10)
            elif opcode == 8:
                raise ConnectionResetError(f"closed with {payload!r}")
            elif opcode == 1:
                return json.loads(payload)

    def send(self, payload, opcode=1):
        mask = os.urandom(4)
        size = bytes([128 | len(payload)]) if len(payload) < 126 else bytes([254]) + struct.pack(">H", len(payload))
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
        self.connection.sendall(bytes([128 | opcode]) + size + mask + masked)

    def end(self):
        """Reads what there still is: close code and reason, if they were sent, and how many events were heard before."""
        events = 0
        try:
            while True:
                opcode, payload = self.frame()
                if opcode == 8:
                    return struct.unpack(">H", payload[:2])[0], payload[2:].decode(), events
                events += opcode == 1 and b'"event"' in payload
        except (ConnectionError, TimeoutError) as error:
            assert not isinstance(error, TimeoutError), f"still open after {events} events"
            return None, "", events


def resident_kb(server):
    status = Path(f"/proc/{server.pid}/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+)", status, re.M).group(1))


def is_held(server, raw):
    """Whether the server's side of a connection is still established (proc(5), /proc/net/tcp)."""
    address = "0100007F:%04X" % server.port, "0100007F:%04X" % raw.connection.getsockname()[1]
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if (fields[1], fields[2]) == address:
            return fields[3] == "01"
    return False


@pytest.mark.seconds(300)
def test_slow_readers_are_dropped_while_others_go_on(server, capsys):
    account, friend = neighbours(server)
    start = last_id(account)
    before = resident_kb(server)
    slow = [RawSocket(server, f"?token={account.token}&topics=tasks", small=True) for _ in range(SLOW_READERS)]
    with open_socket(friend, "topics=tasks") as quick:
        most, heard = before, []
        for number in range(POURED):
            new_task(account, f"{number} " + "x" * 240, description="y" * 500)
            heard.append(quick.event()["data"]["id"])
            if number % 100 == 0:
                most = max(most, resident_kb(server))
        assert len(set(heard)) == POURED and heard == sorted(heard)
        wait_until(lambda: not any(is_held(server, one) for one in slow), 30, "the slow ones are dropped", pause=0.2)
        assert quick.ask({"a": 1})["type"] == "message"
        mark = new_task(account, "after all")[0]["id"]
        assert quick.event()["data"]["task_id"] == mark
    ends = [one.end() for one in slow]
    for code, reason, events in ends:
        assert code is None or (code, reason) == (1008, "too slow"), ends
        assert events < POURED, "it was fed although it did not eat"
    # 1 MiB waits for each at most; the rest is what a server grows by in so many requests anyway.
    assert most - before < SLOW_READERS * 1024 + 100_000, f"{before} kB before, {most} kB at most"
    with capsys.disabled():
        print(f"\n{SLOW_READERS} slow readers of {POURED} events: {before} kB before, {most} kB at most; ended {ends}")
    # Whoever was dropped takes it up again.
    with open_socket(account, f"topics=tasks&last_event_id={start}") as again:
        assert [again.event()["data"]["id"] for _ in range(POURED)] == heard


@pytest.mark.seconds(300)
def test_many_idle_sockets_each_answer(new_server, capsys):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard != resource.RLIM_INFINITY else 65_536, hard))
    try:
        server = new_server(QUERN_SOCKETS_PER_USER=2000)
        server.register()
        account = log_in(server, ADMIN, PASSWORD)
        with open_socket(account) as first:
            first.ask({"warm": "up"})
        before = resident_kb(server)
        sockets = []
        try:
            for _ in range(IDLE_SOCKETS):
                sockets.append(RawSocket(server, f"?token={account.token}"))
                assert sockets[-1].message()["type"] == "connection"
            idle = resident_kb(server)
            for number, one in enumerate(sockets):
                one.send(json.dumps({"number": number}).encode())
            assert [one.message()["data"]["number"] for one in sockets] == list(range(IDLE_SOCKETS))
            after = resident_kb(server)
        finally:
            for one in sockets:
                one.connection.close()
        assert account.get("/health").status_code == 200
        with capsys.disabled():
            print(f"\n{IDLE_SOCKETS} idle sockets: {before} kB before, {idle} kB with them, {(idle - before) / IDLE_SOCKETS:.1f} kB each; "
                  f"{after} kB after an echo each")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


# The ticket from the beginning


def test_a_ticket_that_was_not_used_in_time_opens_nothing(server, old_ticket):
    ticket, made = old_ticket
    wait_until(lambda: time.monotonic() > made + TICKET_SECONDS + 1, TICKET_SECONDS + 2, "the end of the ticket", pause=0.2)
    assert_shut(server, "invalid token", f"ticket={ticket}")
