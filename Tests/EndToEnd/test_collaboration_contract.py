"""The collaboration document to the letter: its examples as they stand, each status, header and shape that it lists."""

import datetime
import hashlib
import json
import re
import subprocess

import pytest

from people import API, MOUNTS, at_every_mount, NOBODY, UUID, assert_refused, claims_of, make_user
from served import ADMIN, PASSWORD, Client

NAIVE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}")
TASK_FIELDS = {
    "id", "title", "description", "version", "created_at", "updated_at", "assignee", "done", "order", "created_by", "updated_by",
}
ENVELOPED, STANDARD = {"Quern-Dialect": "enveloped"}, {"Quern-Dialect": "standard"}


# As the document prints them.
LOGIN = r"""
curl -X POST http://localhost:8000/auth/login \
  -H "Content-Type: application/json" \
  -d '{"username": "admin", "password": "secret"}'
"""
CREATE_JOB = r"""
curl -X POST http://localhost:8000/api/v1/jobs \
  -H "Authorization: Bearer YOUR_TOKEN" \
  -H "Content-Type: application/json" \
  -d '{"title": "Process payroll", "description": "Monthly payroll processing"}'
"""
LIST_JOBS = r"""
curl -X GET http://localhost:8000/api/v1/jobs \
  -H "Authorization: Bearer YOUR_TOKEN" \
  -H "If-None-Match: \"abc123\""
"""
CREATE_TASK = r"""
curl -X POST http://localhost:8000/api/v1/collab/tasks \
  -H "Authorization: Bearer YOUR_TOKEN" \
  -H "Content-Type: application/json" \
  -d '{"title": "Review PR #123", "description": "Review frontend changes"}'
"""


# Shared with the other tests of collaboration


def assert_tagged(answer):
    """The body is the JSON with sorted keys that hashes to the strong tag; the tag."""
    tag = answer.headers.get("ETag")
    assert tag is not None, f"no ETag: {dict(answer.headers)}"
    assert re.fullmatch(r'"[0-9a-f]{64}"', tag), tag
    assert tag == f'"{hashlib.sha256(answer.content).hexdigest()}"', f"{tag} is no hash of {answer.text[:300]}"
    assert_canonical(answer.content.decode())
    return tag


def assert_canonical(text):
    """JSON with the members of each object in order, and no spaces between them."""

    def in_order(pairs):
        names = [name for name, _ in pairs]
        assert names == sorted(set(names)), f"not in order: {names}"
        return dict(pairs)

    json.loads(text, object_pairs_hook=in_order)
    assert not re.search(r"\s", re.sub(r'"(?:[^"\\]|\\.)*"', "", text)), f"not compact: {text[:300]}"


def assert_enveloped(answer, status, kind=None):
    """An error in the envelope of the document; its message."""
    assert answer.status_code == status, f"{answer.status_code} instead of {status}: {answer.text}"
    assert answer.headers["Content-Type"].startswith("application/json"), answer.headers
    body = answer.json()
    assert set(body) == {"error"}, body
    error = body["error"]
    assert {"type", "code", "message", "path", "method"} <= set(error) <= {"type", "code", "message", "path", "method", "details"}, body
    assert error["code"] == status, body
    assert isinstance(error["message"], str) and error["message"], body
    assert error["method"] == answer.request.method, body
    assert error["path"] == answer.request.path_url.split("?")[0], body
    assert error["type"] in ("http_exception", "internal_server_error", "validation_error"), body
    if kind:
        assert error["type"] == kind, body
    return error["message"]


def assert_task(task, **expected):
    """A task with exactly the fields that are decided, each of its type."""
    assert set(task) == TASK_FIELDS, set(task) ^ TASK_FIELDS
    assert UUID.fullmatch(task["id"]), task
    assert isinstance(task["title"], str) and task["title"], task
    assert task["description"] is None or isinstance(task["description"], str), task
    assert type(task["version"]) is int and task["version"] >= 1, task
    assert type(task["done"]) is bool, task
    assert type(task["order"]) in (int, float), task
    for name in ("created_at", "updated_at"):
        assert NAIVE_TIME.fullmatch(task[name]), task
    assert task["created_at"] <= task["updated_at"], task
    for name in ("created_by", "updated_by"):
        assert "@" in task[name], task
    assert task["assignee"] is None or "@" in task["assignee"], task
    for name, value in expected.items():
        assert task[name] == value, f"{name} is {task[name]!r} instead of {value!r}"
    return task


# The document's way in: a JSON login at the root, whose token speaks the enveloped dialect


def log_in_at_root(server, email=ADMIN, password=PASSWORD):
    client = server.visitor()
    answer = client.expect(200, "POST", "/auth/login", json={"username": email, "password": password})
    client.token = answer.json()["access_token"]
    server.secrets.add(client.token)
    return client


@pytest.fixture(scope="module")
def collaborator(server, admin):
    return log_in_at_root(server)


class CurlAnswer:
    """What curl wrote: status, header fields, body."""

    def __init__(self, output):
        head, _, self.content = output.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        self.status_code = int(lines[0].split()[1])
        pairs = [line.split(": ", 1) for line in lines[1:]]
        self.headers = {name.title(): value for name, value in pairs}
        self.text = self.content.decode()

    def json(self):
        return json.loads(self.content)

    @property
    def tag(self):
        tag = self.headers["Etag"]
        assert tag == f'"{hashlib.sha256(self.content).hexdigest()}"', (tag, self.text)
        return tag


def curl(server, command, token="none", **replaced):
    """Runs an example of the document in a shell. Only host, port, token and what is named are replaced."""
    command = command.strip().replace("http://localhost:8000", server.base).replace("YOUR_TOKEN", token)
    for old, new in replaced.items():
        assert old in command, f"{old} is not in the example"
        command = command.replace(old, new)
    assert command.startswith("curl ")
    command = command.replace("curl ", "curl --silent --show-error --include --max-time 30 --noproxy '*' ", 1)
    ended = subprocess.run(["sh", "-c", command], capture_output=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    return CurlAnswer(ended.stdout)


# The examples


def test_example_1_login_is_understood_and_refused_for_an_unknown_account(server, admin):
    answer = curl(server, LOGIN)
    assert answer.status_code == 401, answer.text
    assert answer.json()["error"]["type"] == "http_exception"
    assert answer.json()["error"]["path"] == "/auth/login"


def test_example_1_login_answers_a_bearer_token(server, admin):
    answer = curl(server, LOGIN, **{'"admin"': f'"{ADMIN}"', '"secret"': f'"{PASSWORD}"'})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    server.secrets.add(body["access_token"])
    assert body["token_type"] == "bearer", body
    assert body["access_token"].count(".") == 2


def test_example_2_create_job_answers_201_with_the_tag(server, collaborator):
    answer = curl(server, CREATE_JOB, collaborator.token)
    assert answer.status_code == 201, answer.text
    job = answer.json()
    assert UUID.fullmatch(job["id"])
    assert (job["name"], job["status"]) == ("Process payroll", "pending"), job
    assert job["description"] == "Monthly payroll processing"
    shown = collaborator.expect(200, "GET", f"{API}/jobs/{job['id']}")
    assert shown.headers["ETag"] == answer.tag
    assert shown.content == answer.content


def test_example_3_list_jobs_answers_the_list_for_another_tag_and_304_for_its_own(server, collaborator):
    answer = curl(server, LIST_JOBS, collaborator.token)
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"jobs"}
    known = curl(server, LIST_JOBS, collaborator.token, abc123=answer.tag.strip('"'))
    assert known.status_code == 304
    assert known.content == b""
    assert known.headers["Etag"] == answer.tag


def test_example_4_create_task_answers_201_with_tag_and_location(server, collaborator):
    answer = curl(server, CREATE_TASK, collaborator.token)
    assert answer.status_code == 201, answer.text
    task = assert_task(answer.json(), title="Review PR #123", description="Review frontend changes", version=1)
    assert answer.headers["Location"] == f"/api/v1/collab/tasks/{task['id']}"
    shown = collaborator.expect(200, "GET", answer.headers["Location"])
    assert shown.headers["ETag"] == answer.tag


@pytest.mark.parametrize("example", [CREATE_JOB, LIST_JOBS, CREATE_TASK], ids=["job", "list", "task"])
def test_an_example_without_a_token_of_ours_401(server, admin, example):
    answer = curl(server, example)
    assert answer.status_code == 401, answer.text
    assert "error" in answer.json()
    assert answer.headers["Www-Authenticate"].startswith("Bearer")


# Health


def test_health_answers_healthy(server):
    answer = server.visitor().expect(200, "GET", "/health")
    assert answer.json()["status"] == "healthy"


def test_healthz_answers_ok(server):
    assert server.visitor().expect(200, "GET", "/healthz").json() == {"status": "ok"}


# Login


def test_login_answers_200_and_the_claims_of_the_document(collaborator):
    claims = claims_of(collaborator.token)
    assert claims["sub"] == ADMIN
    assert claims["iss"] and claims["aud"]
    assert claims["exp"] - claims["iat"] == 30 * 60


@pytest.mark.parametrize("username", [ADMIN, "nobody@example.com", "admin"], ids=["wrong-password", "unknown", "no-address"])
def test_login_refuses_with_401(server, admin, username):
    answer = server.visitor().post("/auth/login", json={"username": username, "password": "wrong, but long enough"})
    assert_enveloped(answer, 401, "http_exception")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "body",
    [
        {}, {"username": ADMIN}, {"password": PASSWORD}, {"username": 7, "password": PASSWORD},
        {"username": ADMIN, "password": 7}, {"username": None, "password": None}, [], "text", None,
    ],
    ids=["nothing", "no-password", "no-username", "number-username", "number-password", "nulls", "list", "text", "null"],
)
def test_login_refuses_a_body_of_the_wrong_form_with_422(server, admin, body):
    headers = {"Content-Type": "application/json"}
    answer = server.visitor().post("/auth/login", data=json.dumps(body), headers=headers)
    assert_enveloped(answer, 422, "validation_error")


def test_login_refuses_malformed_json_with_422(server, admin):
    answer = server.visitor().post("/auth/login", data='{"username": ', headers={"Content-Type": "application/json"})
    assert_enveloped(answer, 422, "validation_error")


# Jobs


@at_every_mount
def test_a_job_is_created_listed_shown_and_deleted(collaborator, mount):
    made = collaborator.expect(201, "POST", f"{mount}/jobs", json={"title": "  Grind  ", "description": "fine"})
    job = made.json()
    assert (job["name"], job["status"], job["description"]) == ("Grind", "pending", "fine"), job
    tag = assert_tagged(made)
    shown = collaborator.expect(200, "GET", f"{mount}/jobs/{job['id']}")
    assert assert_tagged(shown) == tag
    listed = collaborator.expect(200, "GET", f"{mount}/jobs")
    assert_tagged(listed)
    assert set(listed.json()) == {"jobs"}
    assert [one for one in listed.json()["jobs"] if one["id"] == job["id"]] == [job]
    gone = collaborator.expect(204, "DELETE", f"{mount}/jobs/{job['id']}")
    assert gone.content == b""
    assert_enveloped(collaborator.get(f"{mount}/jobs/{job['id']}"), 404, "http_exception")
    assert_enveloped(collaborator.delete(f"{mount}/jobs/{job['id']}"), 404, "http_exception")


def test_a_job_needs_no_description(collaborator):
    job = collaborator.expect(201, "POST", f"{API}/jobs", json={"title": "x"}).json()
    assert (job["name"], job["status"], job["description"]) == ("x", "pending", None)


BAD_BODIES = {
    "nothing": {}, "empty-title": {"title": ""}, "blank-title": {"title": " \t\n"}, "null-title": {"title": None},
    "number-title": {"title": 7}, "list-title": {"title": ["x"]}, "long-title": {"title": "x" * 256},
    "number-description": {"title": "x", "description": 7}, "long-description": {"title": "x", "description": "x" * 10_001},
    "list": [], "text": "text", "null": None,
}


@pytest.mark.parametrize("path", ["/jobs", "/collab/tasks"])
@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_creating_refuses_an_invalid_body_with_422(collaborator, path, body):
    answer = collaborator.post(API + path, data=json.dumps(body), headers={"Content-Type": "application/json"})
    assert_enveloped(answer, 422, "validation_error")
    if isinstance(body, dict) and body:
        assert next(name for name in ("description", "title") if name in body) in answer.json()["error"]["message"], answer.text


@pytest.mark.parametrize("path", ["/jobs", "/collab/tasks"])
@pytest.mark.parametrize("body", ["{", "", '{"title": "x"', '{"title": "x"} y', "\x00"], ids=repr)
def test_creating_refuses_malformed_json_with_422(collaborator, path, body):
    answer = collaborator.post(API + path, data=body, headers={"Content-Type": "application/json"})
    assert_enveloped(answer, 422, "validation_error")


@pytest.mark.parametrize("job", [NOBODY, "not-a-uuid", "1"])
def test_an_unknown_job_404(collaborator, job):
    assert_enveloped(collaborator.get(f"{API}/jobs/{job}"), 404, "http_exception")
    assert_enveloped(collaborator.delete(f"{API}/jobs/{job}"), 404, "http_exception")


@at_every_mount
@pytest.mark.parametrize("method, path", [
    ("POST", "/jobs"), ("GET", "/jobs"), ("GET", f"/jobs/{NOBODY}"), ("DELETE", f"/jobs/{NOBODY}"), ("PATCH", f"/jobs/{NOBODY}"),
])
def test_jobs_need_a_token(server, admin, mount, method, path):
    answer = server.visitor().request(method, mount + path, json={}, headers=ENVELOPED)
    assert_enveloped(answer, 401, "http_exception")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@at_every_mount
@pytest.mark.parametrize("method, path", [
    ("POST", "/collab/tasks"), ("GET", "/collab/state/tasks"), ("GET", f"/collab/tasks/{NOBODY}"),
    ("PATCH", f"/collab/tasks/{NOBODY}"), ("DELETE", f"/collab/tasks/{NOBODY}"), ("GET", f"/collab/tasks/{NOBODY}/versions"),
    ("POST", f"/collab/tasks/{NOBODY}/undo"),
])
def test_tasks_need_a_token(server, admin, mount, method, path):
    for headers in ({}, {"Authorization": "Bearer forged"}, STANDARD):
        answer = server.visitor().request(method, mount + path, json={}, headers=headers)
        assert_enveloped(answer, 401, "http_exception")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


# Tasks


@at_every_mount
def test_a_task_is_created_and_listed(collaborator, mount):
    before = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    body = {"title": " Task title ", "description": "Optional task description"}
    made = collaborator.expect(201, "POST", f"{mount}/collab/tasks", json=body)
    task = assert_task(made.json(), title="Task title", description="Optional task description", version=1)
    assert_tagged(made)
    assert made.headers["Location"] == f"/api/v1/collab/tasks/{task['id']}"
    created = datetime.datetime.strptime(task["created_at"], "%Y-%m-%dT%H:%M:%S.%f")
    assert abs(created - before) < datetime.timedelta(minutes=1), "the time is UTC"
    listed = collaborator.expect(200, "GET", f"{mount}/collab/state/tasks")
    tag = assert_tagged(listed)
    assert set(listed.json()) == {"kind", "items"}
    assert listed.json()["kind"] == "tasks"
    assert [one for one in listed.json()["items"] if one["id"] == task["id"]] == [task]
    known = collaborator.expect(304, "GET", f"{mount}/collab/state/tasks", headers={"If-None-Match": tag})
    assert known.content == b""


def test_a_task_without_a_description_has_null(collaborator):
    assert_task(collaborator.expect(201, "POST", f"{API}/collab/tasks", json={"title": "x"}).json(), description=None, version=1)


@at_every_mount
def test_a_task_takes_no_put(collaborator, mount):
    made = collaborator.expect(201, "POST", f"{mount}/collab/tasks", json={"title": "x"}).json()
    answer = collaborator.put(f"{mount}/collab/tasks/{made['id']}", json={"title": "y"}, headers={"If-Match": "*"})
    assert_enveloped(answer, 405, "http_exception")


def test_the_tasks_are_enveloped_whatever_the_token_and_the_header_say(server, admin):
    for headers in ({}, STANDARD):
        assert_enveloped(admin.post(f"{API}/collab/tasks", json={}, headers=headers), 422, "validation_error")
        assert_enveloped(admin.get(f"{API}/collab/tasks/{NOBODY}", headers=headers), 404, "http_exception")
        assert set(admin.expect(200, "GET", f"{API}/collab/state/tasks", headers=headers).json()) == {"kind", "items"}


# The same list in both dialects


def test_the_same_list_in_both_dialects(server, admin):
    email = make_user(server, password=PASSWORD)["email"]
    standard, enveloped = server.login(email), log_in_at_root(server, email)
    machine = standard.create_job("both.csv")["id"]
    track = standard.expect(201, "POST", f"{API}/jobs", json={"title": "Followed", "status": "Interviewing"}).json()["id"]
    for mount in MOUNTS:
        bare = standard.expect(200, "GET", f"{mount}/jobs")
        wrapped = enveloped.expect(200, "GET", f"{mount}/jobs")
        assert isinstance(bare.json(), list)
        assert set(wrapped.json()) == {"jobs"}
        assert [job["id"] for job in bare.json()] == [job["id"] for job in wrapped.json()["jobs"]] == [track, machine]
        assert [job["status"] for job in bare.json()] == ["interviewing", "PENDING"]
        assert [job["status"] for job in wrapped.json()["jobs"]] == ["interviewing", "pending"]
        for one, other in zip(bare.json(), wrapped.json()["jobs"]):
            assert one | {"status": None} == other | {"status": None}, "they differ in nothing else"
        assert assert_tagged(bare) != assert_tagged(wrapped)
        assert bare.headers["X-Total-Count"] == wrapped.headers["X-Total-Count"] == "2"
        # The header overrides the token, both ways.
        assert standard.expect(200, "GET", f"{mount}/jobs", headers=ENVELOPED).content == wrapped.content
        assert enveloped.expect(200, "GET", f"{mount}/jobs", headers=STANDARD).content == bare.content


def test_a_validation_error_in_both_dialects(server, admin, collaborator):
    assert_refused(admin.post(f"{API}/jobs", json={"title": "x", "tags": 7}), 400, "invalid_tags")
    assert_enveloped(collaborator.post(f"{API}/jobs", json={"title": "x", "tags": 7}), 422, "validation_error")


def test_a_client_may_keep_its_token_in_an_odd_case(server, collaborator):
    client = Client(server)
    client.expect(200, "GET", f"{API}/jobs", headers={"Authorization": f"bearer {collaborator.token}"})
