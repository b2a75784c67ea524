"""Every endpoint and every status code of the transform document, at every mount point, in both dialects."""

import base64
import hashlib
import hmac
import json
import re
import uuid

import pytest

from people import at_every_mount
from served import PASSWORD, convert_step, filter_step, object_key

SETTINGS = {"REGISTRATION_ENABLED": "true", "BODY_LIMIT_BYTES": "100000"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NOBODY = "00000000-0000-4000-8000-000000000000"



def assert_standard_error(answer, status, code=None, naming=None):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/json"), answer.headers
    body = answer.json()
    assert set(body) == {"error", "detail", "request_id"}, body
    assert re.fullmatch(r"[a-z][a-z0-9_]*", body["error"]), body
    assert isinstance(body["detail"], str) and body["detail"], body
    assert body["request_id"] and body["request_id"] == answer.headers["X-Request-ID"]
    if code:
        assert body["error"] == code, body
    if naming:
        assert naming in body["detail"], body


def assert_enveloped_error(answer, status, method, path, kind="http_exception"):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/json"), answer.headers
    body = answer.json()
    assert set(body) == {"error"}, body
    assert set(body["error"]) == {"type", "code", "message", "path", "method"}, body
    assert body["error"]["type"] == kind
    assert body["error"]["code"] == status
    assert body["error"]["message"]
    assert (body["error"]["method"], body["error"]["path"]) == (method, path)


def assert_job(job, **expected):
    """A JobResponse with every field of the document and of the design, each of its type."""
    assert UUID.fullmatch(job["id"]) and UUID.fullmatch(job["user_id"]), job
    for name in ("created_at", "updated_at"):
        assert TIME.fullmatch(job[name]), job
    for name in ("started_at", "finished_at"):
        assert job[name] is None or TIME.fullmatch(job[name]), job
    for name in ("input_object_key", "output_object_key", "error_message"):
        assert job[name] is None or isinstance(job[name], str), job
    assert isinstance(job["file_name"], str)
    assert job["original_file_size_bytes"] is None or isinstance(job["original_file_size_bytes"], int)
    assert isinstance(job["processing_steps"], list)
    assert isinstance(job["status"], str)
    assert job["kind"] == "transform"
    assert isinstance(job["tags"], list)
    assert job["name"] and job["title"]
    assert "description" in job and "progress" in job
    for name, value in expected.items():
        assert job[name] == value, f"{name} is {job[name]!r}"


# Accounts


def test_register_answers_201_with_id_and_email(server, admin):
    email = f"{uuid.uuid4().hex}@example.com"
    answer = server.visitor().expect(201, "POST", "/api/v1/auth/register", json={"email": email, "password": PASSWORD})
    assert UUID.fullmatch(answer.json()["id"])
    assert answer.json()["email"] == email


@pytest.mark.parametrize(
    "body, naming",
    [
        ({"email": "admin@example.com", "password": PASSWORD}, "email"),
        ({"email": "ADMIN@example.com", "password": PASSWORD}, "email"),
        ({"email": "no-address", "password": PASSWORD}, "email"),
        ({"email": "a@b", "password": PASSWORD}, "email"),
        ({"email": "", "password": PASSWORD}, "email"),
        ({"email": 7, "password": PASSWORD}, "email"),
        ({"password": PASSWORD}, "email"),
        ({"email": "short@example.com", "password": "seven77"}, "password"),
        ({"email": "common@example.com", "password": "password123"}, "password"),
        ({"email": "none@example.com"}, "password"),
        ({"email": "number@example.com", "password": 12345678}, "password"),
        ([], None),
        ("text", None),
    ],
    ids=[
        "taken", "taken-in-capitals", "no-address", "no-domain", "empty-email", "number-email", "no-email",
        "short-password", "common-password", "no-password", "number-password", "list", "text",
    ],
)
def test_register_refuses_with_400(server, admin, body, naming):
    answer = server.visitor().post("/api/v1/auth/register", json=body)
    assert_standard_error(answer, 400, naming=naming)


@pytest.mark.parametrize("body", ["{", '{"email": ', "", "\x00", '{"email": "a@example.com" "password": "x"}'])
def test_register_refuses_malformed_json_with_400(server, admin, body):
    answer = server.visitor().post("/api/v1/auth/register", data=body, headers={"Content-Type": "application/json"})
    assert_standard_error(answer, 400)


def test_login_by_form_answers_a_bearer_token(server, admin):
    answer = server.visitor().expect(
        200, "POST", "/api/v1/auth/login", data={"username": "admin@example.com", "password": PASSWORD}
    )
    assert answer.json()["token_type"] == "bearer"
    claims = json.loads(decoded(answer.json()["access_token"].split(".")[1]))
    assert {"sub", "iss", "aud", "exp", "iat", "jti", "tenant_id", "dialect"} <= set(claims)
    assert claims["exp"] - claims["iat"] == 30 * 60
    assert (claims["dialect"], claims["tenant_id"]) == ("standard", "default")
    assert UUID.fullmatch(claims["sub"])


def test_login_by_json_answers_a_bearer_token(server, admin):
    answer = server.visitor().expect(
        200, "POST", "/api/v1/auth/login", json={"username": "admin@example.com", "password": PASSWORD}
    )
    assert answer.json()["access_token"].count(".") == 2


@pytest.mark.parametrize(
    "form",
    [
        {"username": "admin@example.com", "password": "a wrong password"},
        {"username": "nobody@example.com", "password": PASSWORD},
        {"username": "admin@example.com"},
        {"password": PASSWORD},
        {},
    ],
    ids=["wrong-password", "unknown-user", "no-password", "no-username", "empty"],
)
def test_login_refuses_with_400(server, admin, form):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert_standard_error(server.visitor().post("/api/v1/auth/login", data=form, headers=headers), 400)


def test_an_unknown_user_and_a_wrong_password_are_answered_alike(server, admin):
    answers = [
        server.visitor().post("/api/v1/auth/login", data={"username": name, "password": "a wrong password"}).json()
        for name in ("admin@example.com", "nobody@example.com")
    ]
    assert answers[0]["error"] == answers[1]["error"]
    assert answers[0]["detail"] == answers[1]["detail"]


def test_json_login_at_the_root_speaks_the_enveloped_dialect(server, admin):
    visitor = server.visitor()
    credentials = {"username": "admin@example.com", "password": PASSWORD}
    visitor.token = visitor.expect(200, "POST", "/auth/login", json=credentials).json()["access_token"]
    assert json.loads(decoded(visitor.token.split(".")[1]))["sub"] == "admin@example.com"
    listed = visitor.expect(200, "GET", "/api/v1/jobs").json()
    assert isinstance(listed["jobs"], list)
    assert_enveloped_error(visitor.get(f"/api/v1/jobs/{NOBODY}"), 404, "GET", f"/api/v1/jobs/{NOBODY}")
    invalid = visitor.post("/jobs", json={"file_name": 7})
    assert_enveloped_error(invalid, 422, "POST", "/jobs", kind="validation_error")
    job = visitor.expect(201, "POST", "/jobs", json={"file_name": "people.csv", "processing_steps": []}).json()
    assert job["status"] == "pending"
    # The header wins over the token for one request.
    assert isinstance(visitor.expect(200, "GET", "/jobs", headers={"Quern-Dialect": "standard"}).json(), list)


def test_json_login_at_the_root_refuses_with_an_enveloped_401(server, admin):
    answer = server.visitor().post("/auth/login", json={"username": "admin@example.com", "password": "wrong password"})
    assert_enveloped_error(answer, 401, "POST", "/auth/login")


@at_every_mount
def test_users_me(server, admin, mount):
    me = admin.expect(200, "GET", f"{mount}/users/me").json()
    assert UUID.fullmatch(me["id"])
    assert me["email"] == "admin@example.com"
    assert not {"password", "password_hash", "passwordHash"} & set(me)


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def forged_tokens(token):
    header, payload, signature = token.split(".")
    claims = json.loads(decoded(payload))
    none = encoded(json.dumps({"alg": "none", "typ": "JWT"}).encode())
    stranger = encoded(json.dumps(claims | {"sub": str(uuid.uuid4())}).encode())
    later = encoded(json.dumps(claims | {"exp": claims["exp"] + 3600}).encode())
    guessed = hmac.new(b"secret", f"{header}.{payload}".encode(), hashlib.sha256).digest()
    flipped = encoded(bytes([decoded(signature)[0] ^ 1]) + decoded(signature)[1:])
    return {
        "none": "", "garbage": "garbage", "dots": "..", "alg-none": f"{none}.{payload}.",
        "alg-none-signed": f"{none}.{payload}.{signature}", "other-subject": f"{header}.{stranger}.{signature}",
        "longer-life": f"{header}.{later}.{signature}", "guessed-key": f"{header}.{payload}.{encoded(guessed)}",
        "no-signature": f"{header}.{payload}.", "flipped-signature": f"{header}.{payload}.{flipped}",
        "not-ascii": "é".encode().decode("latin-1"), "very-long": "a" * 5000,
    }


PROTECTED = [
    ("GET", "/users/me"), ("POST", "/jobs"), ("GET", "/jobs"), ("GET", f"/jobs/{NOBODY}"),
    ("POST", f"/jobs/{NOBODY}/upload-url"), ("POST", f"/jobs/{NOBODY}/mark-uploaded"),
    ("POST", f"/jobs/{NOBODY}/download-url"), ("POST", f"/jobs/{NOBODY}/cancel"), ("DELETE", f"/jobs/{NOBODY}"),
]


@at_every_mount
@pytest.mark.parametrize("method, path", PROTECTED, ids=[f"{m}-{p.replace(NOBODY, 'id')}" for m, p in PROTECTED])
def test_without_a_token_401(server, admin, mount, method, path):
    answer = server.visitor().request(method, mount + path, json={} if method == "POST" else None)
    assert_standard_error(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_forged_token_401(server, admin):
    for name, token in forged_tokens(admin.token).items():
        answer = server.visitor().get("/api/v1/users/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, f"{name}: {answer.status_code} {answer.text}"
        assert_standard_error(answer, 401)


@pytest.mark.parametrize("value", ["Basic YTpi", "Bearer", "Token abc", "bearer"])
def test_another_scheme_401(server, admin, value):
    assert_standard_error(server.visitor().get("/api/v1/users/me", headers={"Authorization": value}), 401)


# Creating a job


@at_every_mount
def test_create_answers_201_with_the_whole_job(admin, mount):
    steps = [filter_step("country", "eq", "India"), convert_step("parquet")]
    body = {"file_name": "my_large_data.csv", "original_file_size_bytes": 1024000000, "processing_steps": steps}
    job = admin.expect(201, "POST", f"{mount}/jobs", json=body).json()
    assert_job(
        job, file_name="my_large_data.csv", original_file_size_bytes=1024000000, status="PENDING", processing_steps=steps,
        input_object_key=None, output_object_key=None, error_message=None, started_at=None, finished_at=None,
        user_id=admin.get("/users/me").json()["id"],
    )
    assert admin.expect(200, "GET", f"{mount}/jobs/{job['id']}").json() == job


def test_create_needs_only_a_file_name(admin):
    assert_job(admin.expect(201, "POST", "/api/v1/jobs", json={"file_name": "a.csv"}).json(), processing_steps=[])


@pytest.mark.parametrize(
    "steps, naming",
    [
        ("filter", "processing_steps"),
        ({"type": "filter"}, "processing_steps"),
        (["filter"], "processing_steps"),
        ([{}], "processing_steps"),
        ([{"type": "grind"}], "type"),
        ([{"type": 7, "params": {}}], "type"),
        ([{"type": "filter"}], "params"),
        ([{"type": "filter", "params": []}], "params"),
        ([{"type": "filter", "params": {"operator": "eq", "value": 1}}], "column"),
        ([{"type": "filter", "params": {"column": "a", "operator": "resembles", "value": 1}}], "operator"),
        ([{"type": "filter", "params": {"column": "a", "operator": "eq"}}], "value"),
        ([{"type": "filter", "params": {"column": "a", "operator": "between", "value": [1]}}], "value"),
        ([{"type": "filter", "params": {"column": "a", "operator": "in", "value": "x"}}], "value"),
        ([{"type": "filter", "params": {"column": "a", "operator": "regex", "value": "("}}], "value"),
        ([{"type": "select_columns", "params": {}}], "columns"),
        ([{"type": "select_columns", "params": {"columns": []}}], "columns"),
        ([{"type": "select_columns", "params": {"columns": ["a", "a"]}}], "columns"),
        ([{"type": "limit", "params": {"n": -1}}], "params.n"),
        ([{"type": "limit", "params": {"count": 5}}], "count"),
        ([{"type": "convert_format", "params": {"to_format": "xlsm"}}], "to_format"),
        ([{"type": "convert_format", "params": {}}], "to_format"),
    ],
)
def test_malformed_steps_400_and_the_field_is_named(admin, steps, naming):
    answer = admin.post("/api/v1/jobs", json={"file_name": "a.csv", "processing_steps": steps})
    assert_standard_error(answer, 400, naming=naming)


@pytest.mark.parametrize(
    "body, naming",
    [
        ({}, "file_name"),
        ({"original_file_size_bytes": 5}, "file_name"),
        ({"file_name": "", "processing_steps": []}, "file_name"),
        ({"file_name": 7}, "file_name"),
        ({"file_name": "a" * 5000 + ".csv"}, "file_name"),
        ({"file_name": "a.csv", "original_file_size_bytes": -1}, "original_file_size_bytes"),
        ({"file_name": "a.csv", "original_file_size_bytes": "big"}, "original_file_size_bytes"),
        ({"file_name": "a.csv", "original_file_size_bytes": 1.5}, "original_file_size_bytes"),
        ([], None),
        (None, None),
    ],
    ids=[
        "nothing", "no-name", "empty-name", "number-name", "long-name", "negative-size", "text-size", "half-byte", "list", "null",
    ],
)
def test_create_refuses_with_400(admin, body, naming):
    assert_standard_error(
        admin.post("/api/v1/jobs", data=json.dumps(body), headers={"Content-Type": "application/json"}), 400, naming=naming
    )


def test_a_body_over_the_limit_413(admin):
    answer = admin.post("/api/v1/jobs", json={"file_name": "a.csv", "description": "x" * 100_001})
    assert_standard_error(answer, 413, code="body_too_large")


# Lists


@pytest.fixture(scope="module")
def lister(server, admin):
    """An account with seven jobs, newest last."""
    server.create_user("lister@example.com")
    client = server.login("lister@example.com")
    client.jobs = [client.create_job(f"file-{number}.csv")["id"] for number in range(7)]
    return client


@at_every_mount
def test_the_list_is_a_bare_array_of_ones_own_jobs_newest_first(lister, mount):
    answer = lister.expect(200, "GET", f"{mount}/jobs")
    assert [job["id"] for job in answer.json()] == lister.jobs[::-1]
    for job in answer.json():
        assert_job(job)
    assert answer.headers["X-Total-Count"] == "7"


def test_skip_and_limit_make_pages_that_do_not_overlap(lister):
    pages = [lister.expect(200, "GET", f"/api/v1/jobs?skip={skip}&limit=3") for skip in (0, 3, 6, 9)]
    assert [len(page.json()) for page in pages] == [3, 3, 1, 0]
    assert [job["id"] for page in pages for job in page.json()] == lister.jobs[::-1]
    assert {page.headers["X-Total-Count"] for page in pages} == {"7"}
    assert "skip=3" in pages[0].links["next"]["url"]
    assert "prev" in pages[1].links and "next" in pages[1].links
    assert "next" not in pages[2].links


def test_the_next_link_leads_through_the_whole_list(lister):
    path, seen = "/api/v1/jobs?limit=2", []
    for _ in range(10):
        answer = lister.expect(200, "GET", path)
        seen += [job["id"] for job in answer.json()]
        if "next" not in answer.links:
            break
        target = answer.links["next"]["url"]
        path = target.removeprefix(lister.server.base)
    assert seen == lister.jobs[::-1]


def test_limit_zero_is_an_empty_page_that_knows_the_total(lister):
    answer = lister.expect(200, "GET", "/api/v1/jobs?limit=0")
    assert answer.json() == []
    assert answer.headers["X-Total-Count"] == "7"


@pytest.mark.parametrize("query, naming", [
    ("skip=-1", "skip"), ("limit=-1", "limit"), ("skip=x", "skip"), ("limit=1.5", "limit"),
    ("limit=99999999999999999999", "limit"),
])
def test_a_page_out_of_bounds_400(lister, query, naming):
    assert_standard_error(lister.get(f"/api/v1/jobs?{query}"), 400, naming=naming)


def test_the_standard_page_holds_a_hundred(server, admin):
    server.create_user("many@example.com")
    client = server.login("many@example.com")
    for number in range(101):
        client.create_job(f"{number}.csv")
    answer = client.expect(200, "GET", "/api/v1/jobs")
    assert len(answer.json()) == 100
    assert answer.headers["X-Total-Count"] == "101"
    assert len(client.expect(200, "GET", "/api/v1/jobs?limit=1000").json()) == 101


# One job


@pytest.fixture(scope="module")
def theirs(admin):
    """A job of the admin, which the member may not touch."""
    return admin.create_job("theirs.csv")["id"]


ON_A_JOB = [
    ("GET", ""), ("POST", "/upload-url"), ("POST", "/mark-uploaded"), ("POST", "/download-url"), ("POST", "/cancel"),
    ("DELETE", ""),
]
on_a_job = pytest.mark.parametrize("method, verb", ON_A_JOB, ids=[f"{m}{v}" for m, v in ON_A_JOB])


def body_of(method, verb):
    return None if method != "POST" else {"object_key": "input/x/y.csv"} if verb == "/mark-uploaded" else {}


@at_every_mount
@on_a_job
def test_someone_elses_job_403(member, theirs, mount, method, verb):
    answer = member.request(method, f"{mount}/jobs/{theirs}{verb}", json=body_of(method, verb))
    assert_standard_error(answer, 403)


@at_every_mount
@on_a_job
@pytest.mark.parametrize("job", [NOBODY, "not-a-uuid", "1"])
def test_an_unknown_job_404(member, mount, method, verb, job):
    answer = member.request(method, f"{mount}/jobs/{job}{verb}", json=body_of(method, verb))
    assert_standard_error(answer, 404)


def test_an_admin_reads_and_ends_a_job_of_their_tenant_but_does_not_change_it(admin, member):
    job = member.create_job("mine.csv")["id"]
    assert admin.expect(200, "GET", f"/api/v1/jobs/{job}").json()["id"] == job
    assert_standard_error(admin.post(f"/api/v1/jobs/{job}/upload-url", json={}), 403)
    assert admin.expect(200, "POST", f"/api/v1/jobs/{job}/cancel", json={}).json()["status"] == "CANCELLED"


def test_an_id_in_capitals_is_the_same_job(admin, theirs):
    assert admin.expect(200, "GET", f"/api/v1/jobs/{theirs.upper()}").json()["id"] == theirs


def test_a_known_etag_answers_304(admin, theirs):
    path = f"/api/v1/jobs/{theirs}"
    tag = admin.expect(200, "GET", path).headers["ETag"]
    body = admin.get(path).json()
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert tag == f'"{hashlib.sha256(canonical.encode()).hexdigest()}"'
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        answer = admin.expect(304, "GET", path, headers={"If-None-Match": known})
        assert answer.headers["ETag"] == tag
        assert answer.content == b""
    admin.expect(200, "GET", path, headers={"If-None-Match": '"other"'})


@at_every_mount
def test_an_upload_url_is_given_once(admin, mount):
    job = admin.create_job()["id"]
    url = admin.expect(200, "POST", f"{mount}/jobs/{job}/upload-url", json={}).json()["upload_url"]
    assert url.startswith(f"{admin.server.base}/quern/input/{job}/people.csv?X-Amz-Algorithm=AWS4-HMAC-SHA256&")
    for part in ("X-Amz-Credential=", "X-Amz-Date=", "X-Amz-Expires=3600", "X-Amz-SignedHeaders=host", "X-Amz-Signature="):
        assert part in url
    assert_standard_error(admin.post(f"{mount}/jobs/{job}/upload-url", json={}), 400)


def test_an_upload_url_needs_no_body(admin):
    admin.expect(200, "POST", f"/api/v1/jobs/{admin.create_job()['id']}/upload-url")


def test_no_upload_url_for_a_job_that_is_over(admin, people):
    job = admin.run(people)["id"]
    assert_standard_error(admin.post(f"/api/v1/jobs/{job}/upload-url", json={}), 400)


def test_mark_uploaded_before_anything_was_uploaded_400(admin):
    job = admin.create_job()["id"]
    key = object_key(admin.upload_url(job))
    assert_standard_error(admin.post(f"/api/v1/jobs/{job}/mark-uploaded", json={"object_key": key}), 400)
    assert admin.job(job)["status"] == "PENDING"


@pytest.mark.parametrize(
    "key", ["input/other/people.csv", "", "../people.csv", 7, None, "people.csv", "quern.db", "input/" + NOBODY + "/people.csv"]
)
def test_mark_uploaded_with_a_wrong_key_400(admin, people, key):
    job = admin.create_job()["id"]
    admin.expect(200, "PUT", admin.upload_url(job), data=people)
    answer = admin.post(f"/api/v1/jobs/{job}/mark-uploaded", json={"object_key": key})
    assert_standard_error(answer, 400, naming="object_key")
    assert admin.job(job)["status"] == "PENDING"


def test_the_input_of_another_job_is_a_wrong_key(admin, people):
    others = admin.create_job()["id"]
    url = admin.upload_url(others)
    admin.expect(200, "PUT", url, data=people)
    job = admin.create_job()["id"]
    admin.upload_url(job)
    assert_standard_error(admin.post(f"/api/v1/jobs/{job}/mark-uploaded", json={"object_key": object_key(url)}), 400)


@at_every_mount
def test_mark_uploaded_queues_the_job_once(admin, people, mount):
    job = admin.create_job(steps=[filter_step("city", "eq", "London")])["id"]
    url = admin.upload_url(job)
    admin.expect(200, "PUT", url, data=people)
    body = {"object_key": object_key(url)}
    queued = admin.expect(200, "POST", f"{mount}/jobs/{job}/mark-uploaded", json=body).json()
    assert_job(queued, id=job, status="QUEUED", input_object_key=body["object_key"], output_object_key=None)
    assert_standard_error(admin.post(f"{mount}/jobs/{job}/mark-uploaded", json=body), 400)
    done = admin.wait(job)
    assert_job(done, status="COMPLETED", error_message=None, input_object_key=body["object_key"])
    assert done["output_object_key"] == f"output/{job}/people_processed.csv"
    assert done["created_at"] <= done["started_at"] <= done["finished_at"]
    assert_standard_error(admin.post(f"{mount}/jobs/{job}/mark-uploaded", json=body), 400)


@at_every_mount
def test_the_output_is_downloaded_when_the_job_is_over(admin, people, mount):
    job = admin.create_job(steps=[filter_step("city", "eq", "London")])["id"]
    assert_standard_error(admin.post(f"{mount}/jobs/{job}/download-url", json={}), 400)
    url = admin.upload_url(job)
    admin.expect(200, "PUT", url, data=people)
    admin.mark_uploaded(job, object_key(url))
    admin.wait(job)
    download = admin.expect(200, "POST", f"{mount}/jobs/{job}/download-url", json={}).json()["download_url"]
    assert download.startswith(f"{admin.server.base}/quern/output/{job}/people_processed.csv?X-Amz-Algorithm=")
    content = admin.expect(200, "GET", download).text
    assert content.replace("\r\n", "\n") == "name,city,age\nBob,London,25\n"


def test_a_failed_job_says_why_and_has_no_download(admin, people):
    job = admin.wait(admin.submit(people, steps=[filter_step("planet", "eq", "Mars")]))
    assert job["status"] == "FAILED"
    assert "planet" in job["error_message"]
    assert job["output_object_key"] is None
    assert_standard_error(admin.post(f"/api/v1/jobs/{job['id']}/download-url", json={}), 400)


def test_rejected_rows_make_a_job_partial_and_none_is_lost(admin):
    job = admin.wait(admin.submit(b"name,age\nAnn,30\nBob\nCid,31,extra,cells\nDee,29\n"))
    assert job["status"] == "PARTIAL", job
    ledger = job["ledger"]
    assert (ledger["rows_read"], ledger["rows_written"], ledger["rows_rejected"]) == (4, 2, 2), ledger
    assert ledger["rows_read"] == ledger["rows_written"] + ledger["rows_filtered"] + ledger["rows_rejected"]


@at_every_mount
def test_a_waiting_job_is_cancelled_once(admin, mount):
    job = admin.create_job()["id"]
    cancelled = admin.expect(200, "POST", f"{mount}/jobs/{job}/cancel", json={}).json()
    assert_job(cancelled, id=job, status="CANCELLED")
    assert_standard_error(admin.post(f"{mount}/jobs/{job}/cancel", json={}), 400)
    assert_standard_error(admin.post(f"{mount}/jobs/{job}/upload-url", json={}), 400)


def test_a_job_that_is_over_is_not_cancelled(admin, people):
    job = admin.run(people)["id"]
    assert_standard_error(admin.post(f"/api/v1/jobs/{job}/cancel", json={}), 400)
    assert admin.job(job)["status"] == "COMPLETED"


@at_every_mount
def test_delete_takes_the_job_and_its_files(server, admin, people, mount):
    job = admin.run(people)
    assert {job["input_object_key"], job["output_object_key"]} <= server.object_files()
    assert admin.expect(204, "DELETE", f"{mount}/jobs/{job['id']}").content == b""
    assert_standard_error(admin.get(f"/api/v1/jobs/{job['id']}"), 404)
    assert not {name for name in server.object_files() if job["id"] in name}
    assert_standard_error(admin.delete(f"{mount}/jobs/{job['id']}"), 404)


# Around the documents


def test_errors_of_an_enveloped_request(server, admin):
    headers = {"Quern-Dialect": "enveloped"}
    assert_enveloped_error(server.visitor().get("/api/v1/users/me", headers=headers), 401, "GET", "/api/v1/users/me")
    path = f"/api/v1/jobs/{NOBODY}"
    assert_enveloped_error(admin.get(path, headers=headers), 404, "GET", path)


@at_every_mount
@pytest.mark.parametrize("method, path", [
    ("PUT", "/jobs"), ("DELETE", "/users/me"), ("GET", "/auth/register"), ("DELETE", f"/jobs/{NOBODY}/cancel"),
])
def test_a_wrong_method_is_a_json_error(admin, mount, method, path):
    answer = admin.request(method, mount + path)
    if (mount, path) == ("", "/auth/register"):
        assert answer.status_code in (200, 303), "the page of the same address"
    else:
        assert answer.status_code in (404, 405), answer.text
        assert_standard_error(answer, answer.status_code)


@at_every_mount
@pytest.mark.parametrize("path", ["/nothing", f"/jobs/{NOBODY}/nothing", "/jobs/a/b/c/d", "/%20", "/users"])
def test_an_unknown_address_is_a_json_404(admin, mount, path):
    assert_standard_error(admin.get(mount + path, headers={"Accept": "application/json"}), 404)


def test_health(server):
    answer = server.visitor().expect(200, "GET", "/health")
    assert answer.json()["status"] == "healthy"
    assert answer.json()["ok"] is True


def test_each_answer_has_a_request_id_of_its_own_that_the_log_knows(server, admin):
    ids = [admin.get("/api/v1/jobs?limit=1").headers["X-Request-ID"] for _ in range(3)]
    assert len(set(ids)) == 3
    logged = {json.loads(line).get("request_id") for line in server.log.read_text().splitlines()}
    assert set(ids) <= logged
