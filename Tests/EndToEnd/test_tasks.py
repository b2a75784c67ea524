"""Tasks that a tenant shares: nobody's change is lost, every version is kept, and what was done can be undone."""

import random
import time

import pytest

from people import (
    API, at_every_mount, NOBODY, at_once, cli, log_in, make_key, make_user, member as new_member, new_address, pending, with_key,
)
from served import Client, rounds
from test_collaboration_contract import TASK_FIELDS, assert_enveloped, assert_tagged, assert_task
from test_events import Stream

TASKS = f"{API}/collab/tasks"
STATE = f"{API}/collab/state/tasks"
SETTINGS = {"REGISTRATION_ENABLED": "true"}
OTHER_TAG = '"' + "0" * 64 + '"'



class Task:
    """A task as its last answer told it."""

    def __init__(self, answer):
        self.tag = assert_tagged(answer)
        self.content = assert_task(answer.json())
        self.id = self.content["id"]

    @property
    def version(self):
        return self.content["version"]


def make(client, title="Sweep the mill", **members):
    return Task(client.expect(201, "POST", TASKS, json={"title": title} | members))


def read(client, id):
    return Task(client.expect(200, "GET", f"{TASKS}/{id}"))


def write(client, method, task, tag=None, verb="", mount=API, **members):
    """The answer to a PATCH, DELETE or undo; without a tag of its own it goes with the task's."""
    headers = {"If-Match": task.tag if tag is None else tag}
    body = members if method == "PATCH" else None
    return client.request(method, f"{mount}/collab/tasks/{task.id}{verb}", json=body, headers=headers)


def patched(client, task, **members):
    answer = write(client, "PATCH", task, **members)
    assert answer.status_code == 200, answer.text
    return Task(answer)


def undo(client, task, tag=None):
    return write(client, "POST", task, tag, "/undo")


def undone(client, task, tag=None):
    answer = undo(client, task, tag)
    assert answer.status_code == 200, answer.text
    return Task(answer)


def deleted(client, task):
    """The tag of the deleted state."""
    answer = write(client, "DELETE", task)
    assert (answer.status_code, answer.content) == (204, b""), answer.text
    return answer.headers["ETag"]


def items(client, **query):
    answer = client.expect(200, "GET", STATE, params=query)
    assert_tagged(answer)
    assert set(answer.json()) == {"kind", "items"} and answer.json()["kind"] == "tasks"
    return answer.json()["items"]


def ids(client, **query):
    return [item["id"] for item in items(client, **query)]


def versions(client, task):
    """The history, newest first."""
    answer = client.expect(200, "GET", f"{TASKS}/{task.id}/versions")
    assert_tagged(answer)
    assert set(answer.json()) == {"kind", "items"} and answer.json()["kind"] == "versions"
    for item in answer.json()["items"]:
        assert set(item) == TASK_FIELDS | {"changed_by", "changed_at", "action"}, item
        assert item["action"] in ("created", "changed", "deleted", "undone"), item
    return answer.json()["items"]


def words(content):
    """What people decide about a task."""
    return {name: content[name] for name in ("title", "description", "assignee", "done", "order")}


@pytest.fixture(scope="module")
def ada(server, admin):
    return new_member(server, name="ada")


@pytest.fixture(scope="module")
def bob(server, admin):
    return new_member(server, name="bob")


@pytest.fixture
def team(server, admin):
    """A tenant without tasks, and somebody in it."""
    email = make_user(server, new_address("lead"), tenant=new_address("tenant").split("@")[0])["email"]
    return log_in(server, email)


# Making and reading


@at_every_mount
def test_a_task_is_made_read_changed_and_deleted(ada, mount):
    made = ada.expect(201, "POST", f"{mount}/collab/tasks", json={"title": " Sweep ", "description": "daily"})
    task = Task(made)
    assert_task(task.content, title="Sweep", description="daily", version=1, assignee=None, done=False, created_by=ada.email, updated_by=ada.email)
    assert task.content["created_at"] == task.content["updated_at"]
    assert made.headers["Location"] == f"/api/v1/collab/tasks/{task.id}"
    shown = ada.expect(200, "GET", f"{mount}/collab/tasks/{task.id}")
    assert (shown.content, shown.headers["ETag"]) == (made.content, task.tag)
    answer = write(ada, "PATCH", task, mount=mount, title="Sweep well")
    assert answer.status_code == 200, answer.text
    after = Task(answer)
    assert_task(after.content, title="Sweep well", description="daily", version=2, created_by=ada.email)
    assert after.tag != task.tag and read(ada, task.id).tag == after.tag
    gone = write(ada, "DELETE", after, mount=mount)
    assert (gone.status_code, gone.content) == (204, b""), gone.text
    assert_enveloped(ada.get(f"{mount}/collab/tasks/{task.id}"), 404, "http_exception")
    assert task.id not in ids(ada)


def test_everything_can_be_given_at_once(ada, bob):
    given = {"title": "Oil", "description": "the axle", "assignee": bob.email, "done": True, "order": 12.5}
    task = make(ada, **given)
    assert words(task.content) == given
    assert read(bob, task.id).content == task.content


@pytest.mark.parametrize("name, values", {
    "title": ["x" * 255, "ä" * 255, "🌾" * 255, "a\nb"], "description": [None, "x" * 10_000, "🌾" * 10_000, " as typed "],
    "done": [True, False], "order": [0, -1, 1.5, -0.25, 10**9, 1e-9, 123456789.125], "assignee": [None],
}.items(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_value_in_its_bounds_is_kept(ada, name, values):
    for value in values:
        task = make(ada, **{name: value})
        expected = value.strip() if name == "title" else value
        assert task.content[name] == expected or name == "description" and task.content[name] == expected.strip()
        assert patched(ada, make(ada), **{name: value}).content[name] == task.content[name]
        deleted(ada, task)


WRONG = {
    "title": [None, "", "  ", 7, [], {}, True, "x" * 256], "description": [7, [], {}, True, "x" * 10_001],
    "assignee": [7, [], {}, True, "nobody@example.com", "no address"], "done": ["yes", "true", 1, 0, [], {}],
    "order": ["first", [], {}, True, "1"],
}
WRONG_PAIRS = [(name, value) for name, values in WRONG.items() for value in values]


@pytest.mark.parametrize("name, value", WRONG_PAIRS, ids=[f"{name}-{str(value)[:20]!r}" for name, value in WRONG_PAIRS])
def test_a_wrong_value_is_refused_and_named(ada, steady, name, value):
    before = read(ada, steady.id)
    answers = [
        ada.post(TASKS, json={"title": "x"} | {name: value}),
        write(ada, "PATCH", before, **{"description": "must not be kept"} | {name: value}),
    ]
    for answer in answers:
        assert name in assert_enveloped(answer, 422, "validation_error"), answer.text
    assert read(ada, steady.id).content == before.content


@pytest.mark.parametrize("order", ["1e999", "-1e999", "NaN", "Infinity", "1e400"])
def test_an_order_that_is_no_number_is_refused(ada, steady, order):
    headers = {"Content-Type": "application/json", "If-Match": "*"}
    assert_enveloped(ada.post(TASKS, data=f'{{"title": "x", "order": {order}}}', headers=headers), 422)
    assert_enveloped(ada.request("PATCH", f"{TASKS}/{steady.id}", data=f'{{"order": {order}}}', headers=headers), 422)


@pytest.fixture(scope="module")
def steady(ada):
    return make(ada, "Steady", description="as it was")


@pytest.mark.parametrize("unknown, nearest", [
    ("titel", "title"), ("decription", "description"), ("asignee", "assignee"), ("ordr", "order"), ("Done", "done"),
    ("created_by", None), ("version", None), ("id", None), ("xyzzy", None),
])
def test_an_unknown_member_is_refused_and_the_nearest_is_named(ada, steady, unknown, nearest):
    for answer in (ada.post(TASKS, json={"title": "x", unknown: "y"}), write(ada, "PATCH", steady, "*", **{unknown: "y"})):
        message = assert_enveloped(answer, 422, "validation_error")
        assert unknown in message, message
        assert nearest is None or nearest in message.replace(unknown, ""), message
    assert read(ada, steady.id).version == 1


@pytest.mark.parametrize("body", ["[]", '"text"', "null", "7", "", "{", "[" * 50_000 + "]" * 50_000], ids=lambda body: body[:5])
def test_a_body_that_is_no_object_is_refused(ada, steady, body):
    headers = {"Content-Type": "application/json", "If-Match": "*"}
    assert_enveloped(ada.post(TASKS, data=body, headers=headers), 422, "validation_error")
    if body:
        assert_enveloped(ada.request("PATCH", f"{TASKS}/{steady.id}", data=body, headers=headers), 422, "validation_error")
    assert read(ada, steady.id).version == 1


@pytest.mark.parametrize("text", ["a\0b", "a\x01\x1b[31m\x7f", "\u202egnirg", "'; DROP TABLE task; --", "<script>alert(1)</script>"], ids=ascii)
def test_a_hostile_text_is_kept_as_it_is_or_refused(ada, text):
    answer = ada.post(TASKS, json={"title": text, "description": text})
    if answer.status_code != 422:
        task = Task(answer)
        assert (task.content["title"], task.content["description"]) == (text, text)
        if any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
            # No address holds a control character: SQL reads a NUL as the end of the text, and everything would be found.
            assert ada.get(STATE, params={"q": text}).status_code == 400
        else:
            assert ids(ada, q=text) == [task.id]
        deleted(ada, task)


@pytest.mark.parametrize("method, verb", [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/versions"), ("POST", "/undo")])
@pytest.mark.parametrize("task", [NOBODY, "not-a-uuid", "1"])
def test_an_unknown_task_is_not_there(ada, method, verb, task):
    answer = ada.request(method, f"{TASKS}/{task}{verb}", json={} if method == "PATCH" else None, headers={"If-Match": "*"})
    assert_enveloped(answer, 404, "http_exception")


# Every write needs a tag


def writes(task):
    return [("PATCH", "", {"title": "Changed"}), ("DELETE", "", {}), ("POST", "/undo", {})]


@at_every_mount
def test_a_write_without_a_tag_is_refused(ada, mount):
    task = patched(ada, make(ada), title="Second version")
    for method, verb, members in writes(task):
        answer = ada.request(method, f"{mount}/collab/tasks/{task.id}{verb}", json=members or None)
        assert_enveloped(answer, 428, "http_exception")
    assert read(ada, task.id).content == task.content


STALE = [
    OTHER_TAG, 'W/{tag}', '"x", W/{tag}', '"a", "b"', '""', '"{bare}x"', '"{upper}"', "W/*", '"*"', '"x{bare}"',
]


@pytest.mark.parametrize("form", STALE)
def test_a_write_with_another_or_a_weak_tag_is_refused_and_told_the_right_one(ada, form):
    task = patched(ada, make(ada), title="Second version")
    bare = task.tag.strip('"')
    tag = form.replace("{tag}", task.tag).replace("{bare}", bare).replace("{upper}", bare.upper())
    for method, verb, members in writes(task):
        answer = write(ada, method, task, tag, verb, **members)
        assert_enveloped(answer, 412, "http_exception")
        assert answer.headers["ETag"] == task.tag
    assert read(ada, task.id).content == task.content


def test_the_tag_of_the_version_before_is_stale(ada):
    first = make(ada)
    second = patched(ada, first, title="Second")
    for method, verb, members in writes(first):
        answer = write(ada, method, first, first.tag, verb, **members)
        assert_enveloped(answer, 412, "http_exception")
        assert answer.headers["ETag"] == second.tag
    assert read(ada, first.id).content == second.content


@pytest.mark.parametrize("form", ["{tag}", '"x", {tag}', '{tag}, "x"', '"a","b" ,{tag}', "*", 'W/"x", {tag}', '"with, comma", {tag}'])
def test_a_write_with_the_right_tag_in_a_list_or_a_star_is_taken(ada, form):
    for method, verb, members in writes(None):
        task = patched(ada, make(ada), title="Second version")
        answer = write(ada, method, task, form.replace("{tag}", task.tag), verb, **members)
        assert answer.status_code in (200, 204), f"{method}{verb}: {answer.text}"


@pytest.mark.parametrize("tag", ["", "x", '"unterminated', ",", '"a" "b"', "W/"])
def test_a_malformed_tag_does_not_open(ada, steady, tag):
    answer = write(ada, "PATCH", steady, tag, title="Opened")
    assert answer.status_code in (400, 412, 422, 428), answer.text
    assert_enveloped(answer, answer.status_code)
    assert read(ada, steady.id).version == 1


def test_a_change_that_changes_nothing_keeps_the_version(ada):
    task = make(ada, description="words", order=3)
    for members in ({}, {"title": "Sweep the mill"}, {"done": False}, words(task.content), {"assignee": None}):
        after = patched(ada, task, **members)
        assert (after.content, after.tag) == (task.content, task.tag), members
    assert len(versions(ada, task)) == 1


def test_each_change_is_a_version_and_tells_who_made_it(ada, bob):
    task = make(ada)
    after = patched(bob, task, done=True, description="by bob")
    assert_task(after.content, version=2, created_by=ada.email, updated_by=bob.email, done=True, description="by bob")
    assert after.content["updated_at"] >= task.content["updated_at"]
    assert after.content["created_at"] == task.content["created_at"]
    last = patched(ada, after, description=None)
    assert_task(last.content, version=3, updated_by=ada.email, done=True, description=None)


# Whom a task is for


def test_a_task_is_for_an_active_member(server, ada, bob):
    task = make(ada, assignee=bob.email)
    assert task.content["assignee"] == bob.email
    assert patched(ada, task, assignee=None).content["assignee"] is None


def test_a_task_is_for_nobody_else(server, ada, steady):
    gone = make_user(server)["email"]
    cli(server, "user", "disable", gone)
    waiting = pending(server)
    foreign = make_user(server, new_address("stranger"), tenant="elsewhere")["email"]
    for email in (gone, waiting, foreign, "nobody@example.com"):
        for answer in (ada.post(TASKS, json={"title": "x", "assignee": email}), write(ada, "PATCH", steady, assignee=email)):
            assert "assignee" in assert_enveloped(answer, 422, "validation_error"), email
    assert read(ada, steady.id).version == 1


def test_a_task_outlives_the_account_that_it_was_for(server, ada):
    email = make_user(server)["email"]
    task = make(ada, assignee=email)
    cli(server, "user", "disable", email)
    after = patched(ada, task, done=True)
    assert (after.content["assignee"], after.content["done"]) == (email, True), "what is not touched is not asked for again"


# Lists


def test_the_list_is_in_order(team):
    third, first, second = make(team, order=3), make(team, order=-1), make(team, order=2.5)
    last = make(team)
    assert ids(team) == [first.id, second.id, third.id, last.id], "a new task goes behind all"
    assert items(team) == [read(team, id).content for id in ids(team)]
    assert last.content["order"] > 3
    again = make(team)
    assert ids(team)[-1] == again.id


def test_of_the_same_order_the_smaller_id_comes_first(team):
    made = [make(team, order=7).id for _ in range(8)]
    assert ids(team) == sorted(made)


def test_an_empty_list_has_a_tag_too(team):
    assert items(team) == []


def test_the_list_is_filtered(server, team):
    done = make(team, "Grüne ÄPFEL mahlen", done=True, assignee=team.email)
    mine = make(team, "100% a_b", assignee=team.email)
    other = make(team, "axb", description="ÄPFEL again")
    assert ids(team, done="true") == [done.id]
    assert ids(team, done="false") == [mine.id, other.id]
    assert ids(team, assignee=team.email) == [done.id, mine.id]
    assert ids(team, assignee="nobody@example.com") == []
    assert ids(team, q="äpfel") == ids(team, q="ÄPFEL") == [done.id, other.id]
    assert ids(team, q="%") == ids(team, q="a_b") == [mine.id]
    assert ids(team, q="äpfel", done="false") == [other.id]
    assert ids(team, done="true", assignee=team.email, q="GRÜNE") == [done.id]
    assert ids(team, q="nothing of this") == []
    assert_enveloped(team.get(f"{STATE}?done=perhaps"), 422, "validation_error")


def test_a_deleted_task_is_in_no_list(team):
    task, other = make(team, "x", done=True), make(team, "x")
    deleted(team, task)
    assert ids(team) == ids(team, q="x") == [other.id]
    assert ids(team, done="true") == []


# Moving


def moved(client, task, **where):
    return patched(client, read(client, task), **where)


def test_a_task_is_moved_before_and_after_another(team):
    a, b, c = (make(team, name).id for name in "abc")
    moved(team, c, before=a)
    assert ids(team) == [c, a, b]
    moved(team, c, after=a)
    assert ids(team) == [a, c, b]
    moved(team, a, after=b)
    assert ids(team) == [c, b, a]
    moved(team, b, before=c)
    assert ids(team) == [b, c, a]
    task = moved(team, c, before=b, title="moved and named")
    assert (ids(team), task.content["title"]) == ([c, b, a], "moved and named")


@pytest.mark.parametrize("seed", range(rounds(1, 2)))
def test_a_hundred_random_moves_keep_the_order_of_a_model(team, seed):
    dice = random.Random(seed)
    model = [make(team, str(number)).id for number in range(9)]
    for move in range(100):
        task, target = dice.sample(model, 2)
        where = dice.choice(["before", "after"])
        moved(team, task, **{where: target})
        model.remove(task)
        model.insert(model.index(target) + (where == "after"), task)
        if move % 10 == 9:
            assert ids(team) == model, f"after {move + 1} moves"
    assert len({item["order"] for item in items(team)}) == len(model), "no two have the same place"


def test_the_space_between_two_tasks_does_not_run_out(team):
    """Halving a distance again and again ends, for a number, after some fifty times."""
    first, x, y, last = (make(team, name).id for name in ("first", "x", "y", "last"))
    for number in range(130):
        task, other = (x, y) if number % 2 else (y, x)
        moved(team, task, after=first)
        if number % 10 == 9:
            assert ids(team) == [first, task, other, last], f"after {number + 1} moves"


def test_a_task_is_moved_between_two_of_the_same_order(team):
    for _ in range(4):
        make(team, order=7)
    mover = make(team).id
    for number in range(4):
        order = [id for id in ids(team) if id != mover]
        moved(team, mover, before=order[number])
        order.insert(number, mover)
        assert ids(team) == order


def test_a_place_beside_nothing_is_refused(server, team, steady):
    task, other = make(team), make(team)
    deleted(team, other)
    for target in (NOBODY, "not-a-uuid", other.id, steady.id, 7, []):
        for where in ("before", "after"):
            answer = write(team, "PATCH", task, **{where: target})
            assert answer.status_code in (404, 422), f"{where} {target!r}: {answer.text}"
            assert_enveloped(answer, answer.status_code)
    assert read(team, task.id).content == task.content


def test_a_place_that_contradicts_itself_is_no_defect(team):
    a, b, c = make(team), make(team), make(team)
    for members in ({"before": a.id}, {"before": b.id, "after": c.id}, {"before": b.id, "order": 99}, {"before": None}):
        answer = write(team, "PATCH", a, "*", **members)
        assert answer.status_code in (200, 422), answer.text
        assert len(ids(team)) == 3


# History and undo


def test_the_history_holds_every_version_as_it_was(ada, bob):
    first = make(ada, "First", order=1)
    second = patched(bob, first, title="Second", done=True)
    third = patched(ada, second, description="words")
    gone = deleted(bob, third)
    back = undone(ada, third, gone)
    history = versions(ada, first)
    assert [item["version"] for item in history] == [5, 4, 3, 2, 1]
    assert [item["action"] for item in history] == ["undone", "deleted", "changed", "changed", "created"]
    assert [item["changed_by"] for item in history] == [ada.email, bob.email, ada.email, bob.email, ada.email]
    assert [item["changed_at"] for item in history] == sorted((item["changed_at"] for item in history), reverse=True)
    for item, task in zip(history, (back, None, third, second, first)):
        if task:
            assert {name: item[name] for name in TASK_FIELDS} == task.content


def test_an_undo_brings_back_what_was_before(ada, bob):
    first = make(ada, "First", assignee=bob.email)
    second = patched(ada, first, title="Second", assignee=None, done=True, order=99, description="words")
    third = undone(bob, second)
    assert words(third.content) == words(first.content)
    assert_task(third.content, version=3, created_by=ada.email, updated_by=bob.email)
    assert third.tag not in (first.tag, second.tag)
    assert read(ada, first.id).content == third.content


def test_undos_in_a_row_go_back_to_the_beginning(ada):
    made = [make(ada, "0")]
    for number in range(1, 5):
        made.append(patched(ada, made[-1], title=str(number)))
    last = made[-1]
    for expected in "3210":
        last = undone(ada, last)
        assert last.content["title"] == expected
    assert_enveloped(undo(ada, last), 409, "http_exception")
    assert last.version == 9
    assert read(ada, last.id).content == last.content


def test_there_is_nothing_to_undo_on_a_new_task(ada):
    task = make(ada)
    assert_enveloped(undo(ada, task), 409, "http_exception")
    assert (read(ada, task.id).tag, len(versions(ada, task))) == (task.tag, 1)


def test_a_change_after_an_undo_is_undone_first(ada):
    a = make(ada, "a")
    c = patched(ada, undone(ada, patched(ada, a, title="b")), title="c")
    back = undone(ada, c)
    assert back.content["title"] == "a"
    assert_enveloped(undo(ada, back), 409, "http_exception")


def test_a_deleted_task_comes_back(ada):
    task = patched(ada, make(ada, "First"), title="Second")
    gone = deleted(ada, task)
    for method, verb in (("GET", ""), ("PATCH", ""), ("DELETE", "")):
        answer = ada.request(method, f"{TASKS}/{task.id}{verb}", json={} if method == "PATCH" else None, headers={"If-Match": gone})
        assert_enveloped(answer, 404, "http_exception")
    assert gone != task.tag
    assert_enveloped(undo(ada, task, task.tag), 412, "http_exception")
    assert_enveloped(ada.post(f"{TASKS}/{task.id}/undo"), 428, "http_exception")
    back = undone(ada, task, gone)
    assert words(back.content) == words(task.content)
    assert back.version == task.version + 2
    assert task.id in ids(ada)
    first = undone(ada, back)
    assert first.content["title"] == "First", "an undo after the undo goes one further back"
    assert_enveloped(undo(ada, first), 409, "http_exception")


def test_a_deleted_task_comes_back_with_a_star_too(ada):
    task = make(ada)
    deleted(ada, task)
    assert words(undone(ada, task, "*").content) == words(task.content)


@pytest.mark.parametrize("seed", range(rounds(1, 3)))
def test_random_changes_and_undos_agree_with_a_model(ada, seed):
    """Whatever was done and not undone lies on a stack; an undo takes the uppermost away."""
    dice = random.Random(seed)
    task = make(ada, "0")
    tag, stack, count = task.tag, [words(task.content)], 1
    for number in range(1, 50):
        act = dice.choice(["change", "change", "delete", "undo", "undo"])
        if stack[-1] is None or act == "undo":
            answer = undo(ada, task, tag)
            if len(stack) == 1:
                assert_enveloped(answer, 409, "http_exception")
                continue
            assert answer.status_code == 200, answer.text
            stack.pop()
        elif act == "delete":
            answer = write(ada, "DELETE", task, tag)
            assert answer.status_code == 204, answer.text
            stack.append(None)
        else:
            members = dice.choice([{"title": str(number)}, {"done": not stack[-1]["done"]}, {"order": -number - 0.25}, {"description": str(number)}])
            answer = write(ada, "PATCH", task, tag, **members)
            assert answer.status_code == 200, answer.text
            stack.append(stack[-1] | members)
        count += 1
        tag = answer.headers["ETag"]
        if stack[-1] is not None:
            content = read(ada, task.id).content
            assert words(content) == stack[-1]
            assert content["version"] == count
    if stack[-1] is None:
        undone(ada, task, tag)
        count += 1
    assert [item["version"] for item in versions(ada, task)] == list(range(count, 0, -1))


# Who may


@pytest.fixture(scope="module")
def stranger(server, admin):
    return log_in(server, make_user(server, new_address("stranger"), tenant="elsewhere")["email"])


def test_the_tasks_of_another_tenant_are_not_there(ada, stranger):
    task = patched(ada, make(ada, "Ours alone"), done=True)
    assert task.id not in ids(stranger)
    assert ids(stranger, q="Ours alone") == []
    for method, verb in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/versions"), ("POST", "/undo")):
        for tag in ("*", task.tag):
            members = {"title": "Theirs"} if method == "PATCH" else None
            answer = stranger.request(method, f"{TASKS}/{task.id}{verb}", json=members, headers={"If-Match": tag})
            assert_enveloped(answer, 404, "http_exception")
    assert read(ada, task.id).content == task.content


def test_the_list_of_a_tenant_does_not_change_with_that_of_another(ada, team):
    make(team)
    tag = team.get(STATE).headers["ETag"]
    make(ada)
    assert team.get(STATE).headers["ETag"] == tag


def test_a_key_needs_the_scope(server, ada):
    task = patched(ada, make(ada), title="Second")
    reader = with_key(server, make_key(ada, "tasks:read")["key"])
    writer = with_key(server, make_key(ada, "tasks:read", "tasks:write")["key"])
    pen = with_key(server, make_key(ada, "tasks:write")["key"])
    none = with_key(server, make_key(ada, "jobs:read", "jobs:write")["key"])
    assert read(reader, task.id).content == task.content
    assert len(versions(reader, task)) == 2 and task.id in ids(reader)
    for method, verb, members in writes(task):
        assert_enveloped(write(reader, method, task, None, verb, **members), 403, "http_exception")
        assert_enveloped(write(none, method, task, None, verb, **members), 403, "http_exception")
    assert_enveloped(reader.post(TASKS, json={"title": "x"}), 403, "http_exception")
    for path in (STATE, f"{TASKS}/{task.id}", f"{TASKS}/{task.id}/versions"):
        assert_enveloped(none.get(path), 403, "http_exception")
        assert_enveloped(pen.get(path), 403, "http_exception")
    assert make(pen).content["created_by"] == ada.email
    after = undone(writer, patched(writer, task, title="By a key"))
    assert after.content["title"] == "Second"
    deleted(writer, after)


@pytest.mark.seconds(45)
def test_everybody_of_the_tenant_hears_of_a_task_and_nobody_else(ada, bob, stranger):
    marker = make(ada, "Marker")
    streams = {"bob": Stream(bob, 0, f"{API}/events?topics=tasks"), "stranger": Stream(stranger, 0, f"{API}/events?topics=tasks")}
    try:
        task = make(ada, "Loud")
        undone(ada, task, deleted(ada, patched(ada, task, done=True)))
        theirs = make(stranger, "Theirs")
        heard = []
        for message in streams["bob"].messages():
            if "task_id" in message.get("data", "") and task.id in message["data"]:
                assert message["event"] == "task"
                heard.append(message["data"])
                if len(heard) == 4:
                    break
        for data, name in zip(heard, ("task.created", "task.changed", "task.deleted", "task.undone")):
            assert f'"{name}"' in data, data
            assert ada.email not in data
        for message in streams["stranger"].messages():
            assert task.id not in message.get("data", "") and marker.id not in message.get("data", "")
            if theirs.id in message.get("data", ""):
                break
    finally:
        for stream in streams.values():
            stream.close()


# Many at once


def count_up(server, people, task, writers, rounds):
    """Each writer adds one to the description so many times, trying again when another was faster; the versions they made."""

    def writer(number):
        client = Client(server, people[number % len(people)].token)
        made = []
        while len(made) < rounds:
            now = read(client, task.id)
            answer = write(client, "PATCH", now, description=str(int(now.content["description"]) + 1))
            assert answer.status_code in (200, 412), answer.text
            if answer.status_code == 200:
                assert answer.json()["version"] == now.version + 1
                made.append(answer.json()["version"])
            else:
                assert answer.headers["ETag"] != now.tag
        return made

    return at_once(*[lambda number=number: writer(number) for number in range(writers)])


@pytest.mark.parametrize("writers", rounds([2, 16], [2, 4, 8, 16, 64]))
def test_no_update_is_lost_among_many_writers(server, ada, bob, writers, capsys):
    rounds = max(1, 64 // writers)
    task = make(ada, "Counter", description="0")
    started = time.monotonic()
    made = count_up(server, [ada, bob], task, writers, rounds)
    total = writers * rounds
    assert sorted(version for each in made for version in each) == list(range(2, total + 2)), "each version was one success"
    last = read(ada, task.id)
    assert (last.content["description"], last.version) == (str(total), total + 1)
    history = versions(ada, task)
    assert [item["version"] for item in history] == list(range(total + 1, 0, -1))
    assert [item["description"] for item in history] == [str(number) for number in range(total, -1, -1)]
    by = {version: people.email for number, each in enumerate(made) for people in [(ada, bob)[number % 2]] for version in each}
    assert {item["version"]: item["changed_by"] for item in history if item["version"] > 1} == by
    with capsys.disabled():
        print(f"\n{writers} writers, {total} successes in {time.monotonic() - started:.1f} s")


@pytest.mark.parametrize("method, verb, good, bad", [
    ("PATCH", "", 200, {412}), ("POST", "/undo", 200, {412}), ("DELETE", "", 204, {404, 412}),
], ids=["patch", "undo", "delete"])
def test_of_many_writes_with_one_tag_one_is_taken(server, ada, method, verb, good, bad):
    for _ in range(5):
        task = patched(ada, patched(ada, make(ada), title="Second"), title="Third")
        clients = [Client(server, ada.token) for _ in range(8)]
        answers = at_once(*[
            lambda client=client, number=number: write(
                client, method, task, None, verb, **({"title": f"by {number}"} if method == "PATCH" else {}))
            for number, client in enumerate(clients)
        ])
        statuses = [answer.status_code for answer in answers]
        assert statuses.count(good) == 1 and set(statuses) <= {good} | bad, statuses


def test_tasks_made_at_once_have_each_a_place_of_their_own(server, team):
    clients = [Client(server, team.token) for _ in range(12)]
    made = at_once(*[lambda client=client: make(client).id for client in clients])
    assert sorted(ids(team)) == sorted(made)
    assert len({item["order"] for item in items(team)}) == len(made)
