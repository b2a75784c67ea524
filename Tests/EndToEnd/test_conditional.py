"""Entity tags: every answer hashes to its tag, a tag changes exactly when its answer does, and a 304 says no more than that."""

import hashlib

import pytest
import requests

from people import API, NOBODY, assert_refused, at_once, log_in, make_user, member as new_member, new_address
from served import Client, object_key
from test_collaboration_contract import ENVELOPED, STANDARD, assert_enveloped, assert_tagged
from test_documents import presigned, upload
from test_notes import add
from test_track_jobs import change, changed, let_the_clock_move_past, track

OTHER_TAG = '"' + "0" * 64 + '"'
LISTS = [
    "/jobs", "/jobs?q=rye&sort=title_desc", "/jobs?status=pending&tag=a&tag=b&kind=track&skip=0&limit=5", "/jobs?q=nothing",
    "/jobs?limit=0", "/jobs?skip=1&limit=1",
]
OF_A_JOB = ["", "/notes", "/notes?skip=0&limit=1", "/documents", "/artifacts", "/events"]
OF_TASKS = [
    "/collab/state/tasks", "/collab/state/tasks?done=false", "/collab/state/tasks?q=rye", "/collab/tasks/{task}", "/collab/tasks/{task}/versions",
]
PATHS = LISTS + ["/jobs/{track}" + path for path in OF_A_JOB] + ["/jobs/{done}" + path for path in OF_A_JOB] + OF_TASKS

on_every_path = pytest.mark.parametrize("path", PATHS)


class Mill:
    """Somebody with one of everything; knows the address of each."""

    def __init__(self, client, people):
        self.client = client
        self.track = track(client, "Rye", tags=["a"], company_name="Mill")["id"]
        self.done = client.run(people)["id"]
        for job in (self.track, self.done):
            add(client, job, "**noted**")
            add(client, job, "again")
            upload(client, job)
            presigned(client, job)
        self.task = client.expect(201, "POST", f"{API}/collab/tasks", json={"title": "rye", "description": "x"}).json()["id"]
        client.request("PATCH", f"{API}/collab/tasks/{self.task}", json={"done": False, "order": 7}, headers={"If-Match": "*"})

    def path(self, path, mount=API):
        return mount + path.format(track=self.track, done=self.done, task=self.task)

    def get(self, path, mount=API, **headers):
        return self.client.get(self.path(path, mount), headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.fixture(scope="module")
def mill(server, admin):
    return Mill(new_member(server), b"name,city\nAlice,London\n")


def tag_of(answer):
    assert answer.status_code == 200, answer.text
    return assert_tagged(answer)


def assert_not_modified(answer, tag):
    assert answer.status_code == 304, f"{answer.status_code}: {answer.text[:300]}"
    assert answer.headers["ETag"] == tag
    assert answer.content == b""
    assert answer.headers.get("Content-Length", "0") == "0" and "Content-Type" not in answer.headers, answer.headers


# Reading


@on_every_path
def test_an_answer_hashes_to_its_tag_and_is_not_sent_twice(mill, path):
    for mount in ("", "/api", API):
        answer = mill.get(path, mount)
        tag = tag_of(answer)
        assert_not_modified(mill.get(path, mount, If_None_Match=tag), tag)
        assert mill.get(path, mount).content == answer.content


KNOWN = ["W/{tag}", '"x", {tag}', '{tag}, "x"', '"a",W/{tag} ,"b"', "*", "{bare}", "x, {bare}", "W/{bare}", '"with, comma", {tag}', ", {tag},", "{tag}, {tag}"]


@on_every_path
def test_a_known_tag_is_found_in_every_form(mill, path):
    tag = tag_of(mill.get(path))
    for form in KNOWN:
        known = form.replace("{tag}", tag).replace("{bare}", tag.strip('"'))
        answer = mill.get(path, If_None_Match=known)
        assert answer.status_code == 304, f"{form}: {answer.status_code}"
        assert_not_modified(answer, tag)


UNKNOWN = [
    OTHER_TAG, 'W/"x"', '"a", "b"', '""', '"', ",", ",,,", "W/", 'W/"', "x", "{cut}", '"{bare}x"', '"x{bare}"', '"{upper}"', '"{bare}', '"*"', "**", "w/{tag}x",
    '"x"' * 500, "[]", "null",
]


@on_every_path
def test_an_unknown_or_malformed_tag_is_ignored(mill, path):
    answer = mill.get(path)
    tag = tag_of(answer)
    bare = tag.strip('"')
    for form in UNKNOWN:
        known = form.replace("{tag}", tag).replace("{cut}", tag[:-2] + '"').replace("{bare}", bare).replace("{upper}", bare.upper())
        again = mill.get(path, If_None_Match=known)
        if form == '"{bare}' and again.status_code == 304:
            continue  # Half a quote is neither a tag nor an unquoted one; whoever sends it may get either.
        assert (again.status_code, again.content) == (200, answer.content), form


@pytest.mark.parametrize("path", ["/jobs", "/jobs/{track}", "/jobs/{track}/notes", "/jobs/{track}/documents", "/jobs/{done}/artifacts", "/jobs/{done}/events"])
def test_a_dialect_has_a_tag_of_its_own_where_it_has_words_of_its_own(mill, path):
    standard, enveloped = (mill.client.get(mill.path(path), headers=headers) for headers in (STANDARD, ENVELOPED))
    tags = tag_of(standard), tag_of(enveloped)
    assert (tags[0] == tags[1]) == (standard.content == enveloped.content)
    if path in ("/jobs", "/jobs/{track}/notes", "/jobs/{track}/documents"):
        assert tags[0] != tags[1]
    for headers, own, other in ((STANDARD, *tags), (ENVELOPED, *tags[::-1])):
        assert_not_modified(mill.client.get(mill.path(path), headers=headers | {"If-None-Match": own}), own)
        if own != other:
            again = mill.client.get(mill.path(path), headers=headers | {"If-None-Match": other})
            assert (again.status_code, again.headers["ETag"]) == (200, own), "the tag of the other dialect is not known here"


def test_a_machine_job_has_a_tag_for_each_dialect(mill):
    path = mill.path("/jobs/{done}")
    tags = {mill.client.get(path, headers=headers).headers["ETag"] for headers in (STANDARD, ENVELOPED)}
    assert len(tags) == 2


def test_a_query_has_a_tag_of_its_own(mill):
    answers = [mill.get(path) for path in LISTS]
    assert len({tag_of(answer) for answer in answers}) == len({answer.content for answer in answers})
    tag = tag_of(mill.get("/jobs"))
    assert mill.get("/jobs?limit=1", If_None_Match=tag).status_code == 200


@pytest.mark.parametrize("path", ["/jobs", "/jobs/{track}", "/collab/state/tasks", "/collab/tasks/{task}"])
def test_head_tells_the_same_tag_if_it_is_answered(mill, path):
    answer = mill.client.request("HEAD", mill.path(path))
    assert answer.status_code in (200, 404, 405), answer.status_code
    assert answer.content == b""
    if answer.status_code == 200:
        assert answer.headers["ETag"] == tag_of(mill.get(path))


@pytest.mark.parametrize("path", ["/jobs/{track}", "/jobs/{track}/notes", "/jobs/{track}/documents", "/jobs/{track}/events"])
def test_a_known_tag_opens_nothing_to_others(server, mill, path):
    tag = tag_of(mill.get(path))
    known = {"If-None-Match": f"{tag}, *"}
    other = new_member(server)
    assert_refused(other.get(mill.path(path), headers=known), 403)
    assert_refused(server.visitor().get(mill.path(path), headers=known), 401)
    assert_refused(mill.client.get(mill.path(path.replace("{track}", NOBODY)), headers=known), 404)


def test_an_admin_reads_the_same_answer(mill, admin):
    assert admin.get(mill.path("/jobs/{track}")).headers["ETag"] == tag_of(mill.get("/jobs/{track}"))


# A tag changes exactly when the answer does


class Watch:
    """Looks at some answers again and again; a tag may change only with its answer, and must then."""

    def __init__(self, client, *paths):
        self.client, self.paths = client, paths
        self.seen = self._look()

    def _look(self):
        seen = {}
        for path in self.paths:
            answer = self.client.get(API + path)
            seen[path] = (tag_of(answer), answer.content)
        return seen

    def changes(self):
        """The paths whose answers changed since the last look."""
        before, self.seen = self.seen, self._look()
        for path, (tag, content) in self.seen.items():
            assert (tag == before[path][0]) == (content == before[path][1]), path
            again = self.client.get(API + path, headers={"If-None-Match": before[path][0]})
            assert again.status_code == (304 if content == before[path][1] else 200), path
        return {path for path in self.paths if self.seen[path] != before[path]}


def test_what_happens_to_a_track_job_changes_what_tells_of_it(server, admin):
    client = new_member(server)
    job = track(client, "Watched", tags=["a"])
    other = track(client, "Other")
    one, notes, documents, all = f"/jobs/{job['id']}", f"/jobs/{job['id']}/notes", f"/jobs/{job['id']}/documents", "/jobs"
    watch = Watch(client, one, notes, documents, all, f"/jobs/{other['id']}", "/jobs?q=other", "/jobs?tag=b")

    def after(act):
        let_the_clock_move_past(client.job(job["id"]))
        result = act()
        return result, watch.changes()

    assert after(lambda: None)[1] == set()
    assert after(lambda: changed(client, job["id"], title="Changed"))[1] == {one, all}
    assert after(lambda: changed(client, job["id"], tags=["b"]))[1] == {one, all, "/jobs?tag=b"}
    assert after(lambda: changed(client, job["id"]))[1] == set()
    assert after(lambda: change(client, job["id"], title=""))[1] == set()
    note, happened = after(lambda: add(client, job["id"], "x"))
    assert happened == {one, all, notes, "/jobs?tag=b"}, "a note is activity of its job"
    path = f"{API}{notes}/{note['id']}"
    assert after(lambda: client.expect(200, "DELETE", path))[1] == {one, all, notes, "/jobs?tag=b"}
    assert documents in after(lambda: presigned(client, job["id"]))[1]
    assert documents in after(lambda: upload(client, job["id"]))[1]


def test_what_others_do_does_not_change_a_list(server, admin):
    ada, bob = new_member(server), new_member(server)
    mine = track(ada, "Mine")["id"]
    watch = Watch(ada, "/jobs", "/jobs?q=mine", f"/jobs/{mine}")
    theirs = track(bob, "Mine too", tags=["x"])["id"]
    changed(bob, theirs, title="Mine three")
    add(bob, theirs, "x")
    bob.expect(204, "DELETE", f"{API}/jobs/{theirs}")
    bob.run(b"a\n1\n")
    assert watch.changes() == set()
    gone = track(ada)["id"]
    assert watch.changes() == {"/jobs"}
    ada.expect(204, "DELETE", f"{API}/jobs/{gone}")
    assert watch.changes() == {"/jobs"}


def test_every_state_of_a_machine_job_has_a_tag_that_fits(server, admin, people):
    client = new_member(server)
    job = client.create_job()["id"]
    path, all = f"/jobs/{job}", "/jobs"
    watch = Watch(client, path, all, f"/jobs/{job}/events", "/jobs?status=completed")
    url = client.upload_url(job)
    client.expect(200, "PUT", url, data=people)
    client.mark_uploaded(job, object_key(url))
    for _ in range(200):
        answer, listed = client.get(API + path), client.get(API + all)
        tag_of(answer), tag_of(listed)
        if answer.json()["status"] == "COMPLETED":
            break
    client.wait(job)
    assert watch.changes() == {path, all, f"/jobs/{job}/events", "/jobs?status=completed"}
    other = client.create_job()["id"]
    watch = Watch(client, f"/jobs/{other}", all)
    client.expect(200, "POST", f"{API}/jobs/{other}/cancel", json={})
    assert watch.changes() == {f"/jobs/{other}", all}


def test_what_happens_to_a_task_changes_what_tells_of_it(server, admin):
    client = log_in(server, make_user(server, new_address("lead"), tenant=new_address("t").split("@")[0])["email"])

    def make(title):
        return client.expect(201, "POST", f"{API}/collab/tasks", json={"title": title}).json()["id"]

    task, other = make("rye"), make("oats")
    one, history, all, done = f"/collab/tasks/{task}", f"/collab/tasks/{task}/versions", "/collab/state/tasks", "/collab/state/tasks?done=true"
    watch = Watch(client, one, history, all, done, f"/collab/tasks/{other}", "/collab/state/tasks?q=oats")

    def write(method, verb="", **members):
        headers = {"If-Match": "*"}
        return client.request(method, f"{API}{one}{verb}", json=members or None, headers=headers)

    assert write("PATCH", done=True).status_code == 200
    assert watch.changes() == {one, history, all, done}
    assert write("PATCH", done=True).status_code == 200
    assert watch.changes() == set()
    assert write("POST", "/undo").status_code == 200
    assert watch.changes() == {one, history, all, done}
    track(client)
    assert watch.changes() == set()
    make("barley")
    assert watch.changes() == {all}


# A restart


def test_tags_hold_after_a_restart(new_server, people):
    server = new_server()
    server.register()
    mill = Mill(server.login(), people)
    before = {path: (tag_of(mill.get(path)), mill.get(path).content) for path in PATHS}
    for end in (server.stop, server.kill):
        end()
        server.start()
        mill.client.session = requests.Session()
        for path, (tag, content) in before.items():
            assert_not_modified(mill.get(path, If_None_Match=tag), tag)
            assert mill.get(path).content == content, path
    changed(mill.client, mill.track, title="After the restart")
    answer = mill.get("/jobs/{track}", If_None_Match=before["/jobs/{track}"][0])
    assert tag_of(answer) != before["/jobs/{track}"][0]
    assert mill.get("/jobs", If_None_Match=before["/jobs"][0]).status_code == 200


# Writing


@pytest.fixture(scope="module")
def miller(server, admin):
    return new_member(server)


def ready(client, verb):
    """A job to which a verb can be done: its id, and how."""
    if verb in ("PATCH", "DELETE"):
        return track(client)["id"], lambda job, headers: client.request(
            verb, f"{API}/jobs/{job}", json={"title": "Written"} if verb == "PATCH" else None, headers=headers)
    job = client.create_job()["id"]
    if verb == "cancel":
        return job, lambda job, headers: client.post(f"{API}/jobs/{job}/cancel", json={}, headers=headers)
    url = client.upload_url(job)
    client.expect(200, "PUT", url, data=b"a\n1\n")
    return job, lambda job, headers: client.post(
        f"{API}/jobs/{job}/mark-uploaded", json={"object_key": object_key(url)}, headers=headers)


on_every_write = pytest.mark.parametrize("verb", ["PATCH", "DELETE", "cancel", "mark-uploaded"])


@on_every_write
@pytest.mark.parametrize("form", ["{tag}", '"x", {tag}', '{tag}, "x"', "*", 'W/"x", {tag}', None])
def test_a_write_with_the_right_tag_or_without_one_is_taken(miller, verb, form):
    job, write = ready(miller, verb)
    tag = tag_of(miller.get(f"{API}/jobs/{job}"))
    answer = write(job, {} if form is None else {"If-Match": form.replace("{tag}", tag)})
    assert answer.status_code == (204 if verb == "DELETE" else 200), answer.text


@on_every_write
@pytest.mark.parametrize("form", [OTHER_TAG, "W/{tag}", '"a", "b"', '""', '"x{bare}"', '"*"'])
def test_a_write_with_another_or_a_weak_tag_is_refused(miller, verb, form):
    job, write = ready(miller, verb)
    answer = miller.get(f"{API}/jobs/{job}")
    tag = tag_of(answer)
    refused = write(job, {"If-Match": form.replace("{tag}", tag).replace("{bare}", tag.strip('"'))})
    assert_refused(refused, 412, "stale_version")
    assert miller.get(f"{API}/jobs/{job}").content == answer.content, "nothing is changed"
    assert write(job, {"If-Match": tag}).status_code in (200, 204)


@on_every_write
def test_the_tag_from_before_a_change_is_stale(miller, verb):
    job, write = ready(miller, verb)
    tag = tag_of(miller.get(f"{API}/jobs/{job}"))
    changed(miller, job, description="changed meanwhile")
    assert_refused(write(job, {"If-Match": tag}), 412, "stale_version")


def test_a_stale_write_is_told_in_the_envelope(miller):
    job = track(miller)["id"]
    answer = change(miller, job, headers=ENVELOPED | {"If-Match": OTHER_TAG}, title="x")
    assert_enveloped(answer, 412, "http_exception")


def test_a_note_makes_the_tag_of_its_job_stale(miller):
    job = track(miller)
    tag = tag_of(miller.get(f"{API}/jobs/{job['id']}"))
    let_the_clock_move_past(job)
    add(miller, job["id"], "x")
    assert_refused(change(miller, job["id"], headers={"If-Match": tag}, title="x"), 412, "stale_version")


@pytest.mark.parametrize("headers", [STANDARD, ENVELOPED], ids=["standard", "enveloped"])
def test_the_tag_of_a_dialect_is_right_in_that_dialect(miller, headers):
    job = miller.create_job()["id"]
    tag = miller.get(f"{API}/jobs/{job}", headers=headers).headers["ETag"]
    answer = change(miller, job, headers=headers | {"If-Match": tag}, title="Written")
    assert answer.status_code == 200, answer.text
    assert assert_tagged(answer) == miller.get(f"{API}/jobs/{job}", headers=headers).headers["ETag"]


def test_a_tag_opens_no_job_that_is_not_there_or_not_ones_own(server, miller):
    other = new_member(server)
    job = track(miller)["id"]
    tag = tag_of(miller.get(f"{API}/jobs/{job}"))
    for headers in ({"If-Match": tag}, {"If-Match": "*"}, {"If-Match": OTHER_TAG}):
        assert_refused(change(other, job, headers=headers, title="x"), 403, "job_not_yours")
        assert change(miller, NOBODY, headers=headers, title="x").status_code in (404, 412)
    assert tag_of(miller.get(f"{API}/jobs/{job}")) == tag


def test_of_many_changes_with_one_tag_one_is_taken(server, miller):
    for _ in range(8):
        job = track(miller)["id"]
        tag = tag_of(miller.get(f"{API}/jobs/{job}"))
        clients = [Client(server, miller.token) for _ in range(8)]
        answers = at_once(*[
            lambda client=client, number=number: change(client, job, headers={"If-Match": tag}, title=f"by {number}")
            for number, client in enumerate(clients)
        ])
        assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
        taken = next(answer for answer in answers if answer.status_code == 200)
        assert miller.job(job) == taken.json()
        assert taken.headers["ETag"] == f'"{hashlib.sha256(taken.content).hexdigest()}"'
