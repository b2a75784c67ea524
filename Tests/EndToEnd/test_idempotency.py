"""Idempotency-Key: whoever sends a creating request again gets the first answer again, and nothing is made twice.

QUERN_LONG=1 kills the server 25 times, QUERN_CHAOS_SEED says at which moments.
"""

import base64
import itertools
import os
import random
import threading
import time
import uuid

import pytest
import requests

from people import API, NOBODY, assert_refused, at_once, log_in, make_user, member as new_member, new_address, users
from served import ADMIN, PASSWORD, Client, rounds, wait_until
from test_collaboration_contract import ENVELOPED, assert_enveloped
from test_documents import documents, presign
from test_notes import notes
from test_track_jobs import found, track

ROUNDS = rounds(5, 25)
SEED = int(os.environ.get("QUERN_CHAOS_SEED", "20"))
ANSWER_FIELDS = ["ETag", "Location", "Content-Type"]


def new_key():
    return uuid.uuid4().hex


def keyed(client, path, body, key, headers=None):
    """The answer to a POST with a key."""
    return client.post(API + path, json=body, headers={"Idempotency-Key": key} | (headers or {}))


def is_replayed(answer):
    return answer.headers.get("Idempotency-Replayed") == "true"


def assert_replay(first, again):
    assert not is_replayed(first), "the first answer is no replay"
    assert again.status_code == first.status_code, again.text
    assert is_replayed(again), dict(again.headers)
    assert again.content == first.content
    for name in ANSWER_FIELDS:
        assert again.headers.get(name) == first.headers.get(name), name


# Each creating POST


class Door:
    """A creating POST: its path, a body of its own each time, and how many things were made with it."""

    def __init__(self, client, path, body, count):
        self.client, self.path, self.body, self.count = client, path, body, count

    def post(self, key, body=None, client=None):
        return keyed(client or self.client, self.path, body or self.body, key)


def job_door(server, person, boss):
    title = f"Job {new_key()}"
    return Door(person, "/jobs", {"title": title, "tags": ["a"]}, lambda: len(found(person, q=title)))


def file_door(server, person, boss):
    name = f"{new_key()}.csv"
    return Door(person, "/jobs", {"file_name": name, "processing_steps": []}, lambda: len(found(person, q=name)))


def note_door(server, person, boss):
    job = track(person)["id"]
    return Door(person, f"/jobs/{job}/notes", {"body": "Once **only**"}, lambda: len(notes(person, job)))


def document_door(server, person, boss):
    job = track(person)["id"]
    body = {"doc_type": "resume", "filename": "cv.pdf", "content_type": "application/pdf", "size_bytes": 5}
    return Door(person, f"/jobs/{job}/documents/presign-upload", body, lambda: len(documents(person, job)))


def task_door(server, person, boss):
    title = f"Task {new_key()}"

    def count():
        return len(person.expect(200, "GET", f"{API}/collab/state/tasks", params={"q": title}).json()["items"])

    return Door(person, "/collab/tasks", {"title": title}, count)


def key_door(server, person, boss):
    name = f"Key {new_key()}"

    def count():
        return sum(key["name"] == name for key in person.expect(200, "GET", f"{API}/users/me/keys").json())

    return Door(person, "/users/me/keys", {"name": name, "scopes": ["jobs:read"], "expires_in_days": 1}, count)


def user_door(server, person, boss):
    email = new_address("invited")
    return Door(boss, "/admin/users", {"email": email, "role": "member"}, lambda: int(email in users(server)))


DOORS = {
    "job": job_door, "file": file_door, "note": note_door, "document": document_door, "task": task_door, "key": key_door, "user": user_door,
}
at_every_door = pytest.mark.parametrize("name", DOORS)


@pytest.fixture(scope="module")
def person(server, admin):
    return new_member(server)


@pytest.fixture(scope="module")
def boss(server, admin):
    return log_in(server, ADMIN, PASSWORD)


@pytest.fixture
def door(server, person, boss, name):
    return DOORS[name](server, person, boss)


def remember_secrets(server, answer):
    """What an answer gives away must not be in the log."""
    if answer.ok and "key" in answer.json():
        server.secrets.add(answer.json()["key"])


@at_every_door
def test_the_first_answer_is_replayed_and_nothing_is_made_twice(server, door):
    key = new_key()
    first = door.post(key)
    remember_secrets(server, first)
    assert first.status_code in (200, 201), first.text
    for _ in range(3):
        assert_replay(first, door.post(key))
    assert door.count() == 1


@at_every_door
def test_another_body_with_the_same_key_is_refused(server, door):
    key = new_key()
    first = door.post(key)
    remember_secrets(server, first)
    other = door.post(key, door.body | {"description": "another"})
    if door.path == "/collab/tasks":
        assert_enveloped(other, 422)
    else:
        assert_refused(other, 422, "idempotency_key_reused")
    assert not is_replayed(other)
    assert_replay(first, door.post(key))
    assert door.count() == 1


@at_every_door
def test_the_same_key_at_another_door_is_refused(server, person, boss, door):
    key = new_key()
    first = door.post(key)
    remember_secrets(server, first)
    for name in DOORS:
        other = DOORS[name](server, person, boss)
        if other.path == door.path or other.client is not door.client:
            continue
        answer = keyed(other.client, other.path, door.body, key)
        assert answer.status_code == 422, f"{other.path}: {answer.status_code} {answer.text}"
        assert not is_replayed(answer)
        answer = other.post(key)
        assert answer.status_code == 422, f"{other.path}: {answer.status_code} {answer.text}"
        assert other.count() == 0
    assert door.count() == 1


@at_every_door
def test_of_two_with_the_same_key_at_once_one_is_made(server, person, boss, name):
    """The other waits for the answer, or is told that it is on its way."""
    for _ in range(5 if name in ("key", "user") else 15):
        door, key = DOORS[name](server, person, boss), new_key()
        clients = [Client(server, door.client.token) for _ in range(3)]
        answers = at_once(*[lambda client=client: door.post(key, client=client) for client in clients])
        made = [answer for answer in answers if answer.status_code in (200, 201)]
        assert len([answer for answer in made if not is_replayed(answer)]) == 1, [answer.text for answer in answers]
        for answer in made:
            remember_secrets(server, answer)
        assert len({answer.content for answer in made}) == 1
        for answer in answers:
            if answer in made:
                continue
            if door.path == "/collab/tasks":
                assert_enveloped(answer, 409, "http_exception")
            else:
                assert_refused(answer, 409, "idempotency_in_flight")
            assert answer.headers["Retry-After"] == "1"
        assert_replay(next(answer for answer in made if not is_replayed(answer)), door.post(key))
        assert door.count() == 1


def test_of_different_bodies_with_one_key_at_once_one_is_made(server, person):
    for _ in range(15):
        key, title = new_key(), new_key()
        clients = [Client(server, person.token) for _ in range(4)]
        answers = at_once(*[
            lambda client=client, number=number: keyed(client, "/jobs", {"title": f"{title} {number}"}, key)
            for number, client in enumerate(clients)
        ])
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses[0] == 201 and set(statuses[1:]) <= {409, 422}, statuses
        assert len(found(person, q=title)) == 1


def test_different_keys_make_different_things(person):
    title = new_key()
    answers = [keyed(person, "/jobs", {"title": title}, new_key()) for _ in range(3)]
    assert len({answer.json()["id"] for answer in answers}) == 3
    assert not any(map(is_replayed, answers))
    assert len(found(person, q=title)) == 3


def test_without_a_key_everything_is_made(person):
    title = new_key()
    for _ in range(2):
        answer = person.expect(201, "POST", f"{API}/jobs", json={"title": title})
        assert "Idempotency-Replayed" not in answer.headers
    assert len(found(person, q=title)) == 2


def test_a_replay_tells_how_it_was_and_not_how_it_is(person):
    key = new_key()
    first = keyed(person, "/jobs", {"title": "Before"}, key)
    path = f"{API}/jobs/{first.json()['id']}"
    assert person.request("PATCH", path, json={"title": "After"}).status_code == 200
    assert_replay(first, keyed(person, "/jobs", {"title": "Before"}, key))
    person.expect(204, "DELETE", path)
    assert_replay(first, keyed(person, "/jobs", {"title": "Before"}, key))
    assert found(person, q="Before") == []


def test_a_replay_is_as_the_first_answer_was_whatever_the_dialect(person):
    key = new_key()
    first = keyed(person, "/jobs", {"file_name": "rye.csv"}, key, ENVELOPED)
    assert first.json()["status"] == "pending"
    assert_replay(first, keyed(person, "/jobs", {"file_name": "rye.csv"}, key, ENVELOPED))


def test_a_reused_key_is_a_422_in_both_dialects(person):
    key = new_key()
    keyed(person, "/jobs", {"title": "x"}, key)
    assert_refused(keyed(person, "/jobs", {"title": "y"}, key), 422, "idempotency_key_reused")
    assert_enveloped(keyed(person, "/jobs", {"title": "y"}, key, ENVELOPED), 422)


# Keys


@pytest.mark.parametrize("key", ["x", "!~", "a" * 255, "a/b?c=d&e", "0", "k-" + "é".encode().hex(), "with,comma;and=more"])
def test_a_key_is_any_visible_ascii(person, key):
    body = {"title": new_key()}
    key = key if len(key) == 255 else key + new_key()
    assert_replay(keyed(person, "/jobs", body, key), keyed(person, "/jobs", body, key))


def test_quotes_around_a_key_do_not_count(person):
    key, body = new_key(), {"title": new_key()}
    first = keyed(person, "/jobs", body, f'"{key}"')
    assert first.status_code == 201, first.text
    assert_replay(first, keyed(person, "/jobs", body, key))
    assert_replay(first, keyed(person, "/jobs", body, f'"{key}"'))


@pytest.mark.parametrize("key", ["", '""', "a" * 256, '"' + "a" * 256 + '"', "a b", "a\tb", b"\xc3\xa9", b"a\xff"], ids=lambda key: repr(key)[:20])
def test_a_key_of_the_wrong_form_is_refused(person, key):
    title = new_key()
    assert_refused(keyed(person, "/jobs", {"title": title}, key), 400, "invalid_idempotency_key")
    assert found(person, q=title) == []


@pytest.mark.parametrize("case", ["upper", "lower"])
def test_the_case_of_a_key_counts(person, case):
    key, title = "Key" + new_key(), new_key()
    for one in (key, getattr(key, case)()):
        assert not is_replayed(keyed(person, "/jobs", {"title": title}, one))
    assert len(found(person, q=title)) == 2


def test_a_key_belongs_to_its_user(server, person):
    key, body = new_key(), {"title": new_key()}
    other = new_member(server)
    stranger = log_in(server, make_user(server, new_address("stranger"), tenant="elsewhere")["email"])
    answers = [keyed(client, "/jobs", body, key) for client in (person, other, stranger)]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert not any(map(is_replayed, answers))
    assert len({answer.json()["id"] for answer in answers}) == 3
    for client, first in zip((person, other, stranger), answers):
        assert_replay(first, keyed(client, "/jobs", body, key))
        assert found(client, q=body["title"]) == [first.json()["id"]]


def test_a_key_of_a_user_is_known_to_each_login_of_theirs(server, person):
    key, body = new_key(), {"title": new_key()}
    first = keyed(person, "/jobs", body, key)
    assert_replay(first, keyed(log_in(server, person.email), "/jobs", body, key))


# Refusals


def test_a_refusal_is_replayed_too(person):
    job = track(person)["id"]
    for path, body, status in [
        ("/jobs", {"title": "x", "tags": 7}, 400), ("/jobs", {}, 400), (f"/jobs/{job}/notes", {"body": " "}, 400),
        (f"/jobs/{NOBODY}/notes", {"body": "x"}, 404), (f"/jobs/{job}/documents/presign-upload", {"doc_type": "poem"}, 400),
        ("/collab/tasks", {"titel": "x"}, 422), ("/users/me/keys", {"name": "x", "scopes": []}, 400),
    ]:
        key = new_key()
        first = keyed(person, path, body, key)
        assert first.status_code == status, first.text
        assert_replay(first, keyed(person, path, body, key))
        better = keyed(person, path, {"title": "x", "body": "x"}, key)
        assert better.status_code == 422, f"{path}: a key stays with its first body: {better.text}"


def test_a_refusal_of_someone_elses_job_is_replayed_too(server, person):
    job, key = track(new_member(server))["id"], new_key()
    first = keyed(person, f"/jobs/{job}/notes", {"body": "x"}, key)
    assert_refused(first, 403, "job_not_yours")
    assert_replay(first, keyed(person, f"/jobs/{job}/notes", {"body": "x"}, key))


def test_an_answer_to_nobody_is_not_kept(server, person):
    key, body = new_key(), {"title": new_key()}
    visitor = server.visitor()
    for token in (None, "forged"):
        visitor.token = token
        refused = keyed(visitor, "/jobs", body, key)
        assert_refused(refused, 401)
        assert not is_replayed(refused)
    first = keyed(person, "/jobs", body, key)
    assert (first.status_code, is_replayed(first)) == (201, False)
    visitor.token = None
    assert_refused(keyed(visitor, "/jobs", body, key), 401)
    assert_replay(first, keyed(person, "/jobs", body, key))


def test_an_answer_that_asks_for_patience_is_not_kept(person):
    job, key = track(person)["id"], new_key()
    made = [presign(person, job).json()["document"] for _ in range(5)]
    wish = {"headers": {"Idempotency-Key": key}}
    for _ in range(2):
        refused = presign(person, job, **wish)
        assert_refused(refused, 429, "too_many_pending_uploads")
        assert not is_replayed(refused)
    person.expect(200, "DELETE", f"{API}/jobs/{job}/documents/{made[0]['id']}")
    first = presign(person, job, **wish)
    assert (first.status_code, is_replayed(first)) == (201, False), first.text
    assert_replay(first, presign(person, job, **wish))
    assert len(documents(person, job)) == 5


def test_a_replay_is_not_for_an_account_that_was_locked_out(server, boss):
    account = new_member(server)
    key, body = new_key(), {"title": new_key()}
    keyed(account, "/jobs", body, key)
    boss.expect(200, "POST", f"{API}/admin/users/{account.id}/disable", json={})
    answer = keyed(account, "/jobs", body, key)
    assert answer.status_code in (401, 403), answer.text
    assert not is_replayed(answer)


# Secrets


def every_form(secret):
    """How a secret could stand in a file in clear, or nearly so."""
    text = secret.encode()
    yield from (text, text.hex().encode(), text.hex().upper().encode(), text[::-1], secret.encode("utf-16-le"))
    for shift in range(3):
        # The middle of its base64, wherever in a longer text it stands.
        yield base64.b64encode(b"\0" * shift + text)[4:-4].rstrip(b"=")


def assert_nowhere(server, secret):
    """In no file of the data folder, in no form that could be read back without a key."""
    for path in server.data.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for form in every_form(secret):
                assert form not in content, f"{path.name} holds {form[:12]!r}…"


def test_the_secret_of_a_new_key_is_replayed_but_not_stored_in_clear(new_server):
    server = new_server()
    server.register()
    owner = server.login()
    key, body = new_key(), {"name": "replayed", "scopes": ["jobs:read"], "expires_in_days": 1}
    first = keyed(owner, "/users/me/keys", body, key)
    assert first.status_code == 201, first.text
    secret = first.json()["key"]
    server.secrets.add(secret)
    assert_replay(first, keyed(owner, "/users/me/keys", body, key))
    database = [path for path in server.data.glob("quern.db*")]
    assert database and sum(path.stat().st_size for path in database) > 10_000
    for part in (secret, secret.split("_", 1)[-1]):
        assert_nowhere(server, part)
    server.stop()
    assert_nowhere(server, secret)
    server.start()
    owner.session = requests.Session()
    assert_replay(first, keyed(owner, "/users/me/keys", body, key))
    program = server.visitor()
    assert program.get(f"{API}/jobs", headers={"X-API-Key": secret}).status_code == 200


# Restarts and sudden death


@pytest.fixture
def survivor(new_server):
    server = new_server()
    server.register()
    return server, server.login()


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_an_answer_is_replayed_after_a_restart(survivor, end):
    server, client = survivor
    job = track(client)["id"]
    asked = [
        (path, body, new_key()) for path, body in [
            ("/jobs", {"title": "x"}), ("/jobs", {"title": "x", "tags": 7}), (f"/jobs/{job}/notes", {"body": "x"}),
            (f"/jobs/{job}/documents/presign-upload", {"doc_type": "other", "filename": "a", "size_bytes": 1}),
            ("/collab/tasks", {"title": "x"}), ("/admin/users", {"email": new_address(), "role": "member"}),
        ]
    ]
    firsts = [keyed(client, *one) for one in asked]
    server.stop() if end == "stop" else server.kill()
    server.start()
    client.session = requests.Session()
    for one, first in zip(asked, firsts):
        assert_replay(first, keyed(client, *one))
    assert keyed(client, "/jobs", {"title": "y"}, asked[0][2]).status_code == 422
    assert (len(found(client)), len(notes(client, job)), len(documents(client, job))) == (2, 1, 1)


class Creator(threading.Thread):
    """Makes jobs with keys, one after the other, until the server is gone; the answers that came."""

    def __init__(self, server, token, name, most):
        super().__init__()
        self.client, self.prefix, self.most = Client(server, token), name, most
        self.asked, self.answered, self.refused = [], {}, None

    def run(self):
        try:
            for number in range(self.most):
                key = f"{self.prefix}-{number}"
                self.asked.append(key)
                answer = keyed(self.client, "/jobs", {"title": f"<{key}>"}, key)
                assert (answer.status_code, is_replayed(answer)) == (201, False), answer.text
                self.answered[key] = answer
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, requests.Timeout):
            pass  # the server is gone
        except AssertionError as error:
            self.refused = error


def try_again(client, key):
    """The answer to the same request, as soon as nobody works on it any more."""

    def is_settled():
        answer = keyed(client, "/jobs", {"title": f"<{key}>"}, key)
        # In a list, because an answer that refuses is false.
        return None if answer.status_code == 409 and answer.json()["error"] == "idempotency_in_flight" else [answer]

    return wait_until(is_settled, 30, f"{key} is no longer in flight")[0]


@pytest.mark.seconds(120 + 20 * ROUNDS)
def test_sudden_death_in_the_middle_makes_nothing_twice(survivor, capsys):
    server, client = survivor
    dice = random.Random(SEED)
    ends, keys = {"replayed": 0, "made": 0, "lost": 0}, []
    for number in range(ROUNDS):
        creators = [Creator(server, client.token, f"{number}-{letter}", most=15) for letter in "abcdefgh"]
        for creator in creators:
            creator.start()
        time.sleep(dice.uniform(0, 0.25))
        server.kill()
        for creator in creators:
            creator.join(60)
            assert not creator.is_alive()
            assert creator.refused is None, creator.refused
        server.start()
        client.session = requests.Session()
        for creator in creators:
            for key in creator.asked:
                answer, promised = try_again(client, key), creator.answered.get(key)
                keys.append(key)
                if promised is not None:
                    assert_replay(promised, answer)
                if answer.status_code == 201:
                    ends["replayed" if is_replayed(answer) else "made"] += 1
                    assert answer.json()["title"] == f"<{key}>"
                    assert client.job(answer.json()["id"])["title"] == f"<{key}>"
                else:
                    assert_refused(answer, 409, "idempotency_answer_lost")
                    assert promised is None, "an answer that was given is not lost"
                    ends["lost"] += 1
    assert titles(client) == sorted(f"<{key}>" for key in keys), "each key made exactly one job"
    server.stop()
    with capsys.disabled():
        print(f"\n{ROUNDS} kills, {len(keys)} keys: {ends}")


def titles(client):
    """Of all jobs, in order."""
    seen = []
    for skip in itertools.count(0, 1000):
        page = client.expect(200, "GET", f"{API}/jobs?skip={skip}&limit=1000").json()
        seen += [job["title"] for job in page]
        if len(page) < 1000:
            return sorted(seen)


@pytest.mark.seconds(200)
def test_sudden_death_loses_no_task_and_makes_none_twice(survivor):
    """The same for a thing that lives in another room than jobs, with fewer rounds."""
    server, client = survivor
    dice, asked = random.Random(SEED + 1), []
    for number in range(rounds(2, 5)):
        keys = [f"{number}-{letter}" for letter in "abcdefgh"]
        clients = [Client(server, client.token) for _ in keys]

        def create(one, key):
            try:
                return keyed(one, "/collab/tasks", {"title": f"<{key}>"}, key)
            except requests.RequestException:
                return None

        threads = [threading.Thread(target=create, args=pair) for pair in zip(clients, keys)]
        for thread in threads:
            thread.start()
        time.sleep(dice.uniform(0, 0.03))
        server.kill()
        for thread in threads:
            thread.join(60)
        server.start()
        client.session = requests.Session()
        for key in keys:
            def is_settled(key=key):
                answer = keyed(client, "/collab/tasks", {"title": f"<{key}>"}, key)
                return [answer] if answer.status_code == 201 or "Retry-After" not in answer.headers else None

            (answer,) = wait_until(is_settled, 30, f"{key} is no longer in flight")
            assert answer.status_code in (201, 409), answer.text
        asked += keys
    items = client.expect(200, "GET", f"{API}/collab/state/tasks").json()["items"]
    assert sorted(item["title"] for item in items) == sorted(f"<{key}>" for key in asked)
