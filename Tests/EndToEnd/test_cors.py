"""Which pages of other origins may read the answers: none by default, those that are configured, and never with cookies."""

import contextlib
import functools
import http.server
import threading

import pytest
import requests

from people import API, at_every_mount, NOBODY, STRONG, Browser, log_in, make_user, member, new_address
from served import Server, free_port, run_quern
from test_events import STREAM
from test_pages import Browser as Chromium
from test_streams import new_task, new_track

APP, DEVELOPMENT = "https://app.example.com", "http://localhost:5173"
SETTINGS = {"BACKEND_CORS_ORIGINS": f"{APP},{DEVELOPMENT}"}
EXPOSED = [
    "ETag", "Location", "Link", "X-Total-Count", "X-Request-ID", "Retry-After", "RateLimit", "RateLimit-Policy", "X-RateLimit-Limit",
    "X-RateLimit-Remaining", "X-RateLimit-Reset", "Idempotency-Replayed",
]
ALLOWED = [
    "Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "Last-Event-ID", "Quern-Dialect", "X-API-Key",
    "X-Request-ID", "traceparent",
]
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
FOREIGN = [
    "https://evil.example", "null", "http://app.example.com", "https://app.example.com:8443", "https://app.example.com.evil.example",
    "https://evil-app.example.com", "https://sub.app.example.com", "http://localhost:51730", "http://localhost", "https://app.example.com/",
    "https://app.example.com, https://evil.example", "*", "file://", "https://APP.example.com.evil.example",
]

both = pytest.mark.parametrize("origin", [APP, DEVELOPMENT], ids=["app", "development"])


@pytest.fixture(scope="module")
def account(server, admin):
    return member(server)


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """A server whose owner configured nothing."""
    server = Server(tmp_path_factory.mktemp("closed")).start()
    server.register()
    server.account = log_in(server, make_user(server)["email"])
    yield server
    server.end()


def words(answer, name):
    return {word.strip().lower() for word in answer.headers.get(name, "").split(",") if word.strip()}


def assert_open(answer, origin):
    """A page of this origin may read the answer, with the fields that clients need, and without cookies."""
    assert answer.headers.get("Access-Control-Allow-Origin") == origin, dict(answer.headers)
    assert "origin" in words(answer, "Vary"), answer.headers.get("Vary")
    missing = {name.lower() for name in EXPOSED} - words(answer, "Access-Control-Expose-Headers")
    assert not missing, f"not exposed: {missing}"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    return answer


def assert_shut(answer):
    """No page of another origin may read the answer."""
    there = [name for name in answer.headers if name.lower().startswith("access-control-")]
    assert there == [], {name: answer.headers[name] for name in there}
    return answer


def preflight(server, path, origin, method="PATCH", headers="authorization,content-type,if-match"):
    asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return server.visitor().request("OPTIONS", path, headers=asked)


# By default


def test_by_default_no_page_of_another_origin_reads_anything(closed):
    for origin in (APP, DEVELOPMENT, "null", "http://localhost:3000", f"http://localhost:{closed.port + 1}"):
        answer = closed.account.get(f"{API}/jobs", headers={"Origin": origin})
        assert assert_shut(answer).status_code == 200, "programs that send an Origin are served as ever"
        assert_shut(closed.visitor().get("/health", headers={"Origin": origin}))
        assert_shut(closed.visitor().get(f"{API}/jobs", headers={"Origin": origin}))


def test_by_default_no_preflight_is_answered_as_allowed(closed):
    for path in (f"{API}/jobs", "/collab/tasks", "/health", "/nothing"):
        answer = assert_shut(preflight(closed, path, APP))
        assert answer.status_code != 500, answer.text


# Configured origins


@both
@at_every_mount
def test_a_configured_origin_may_read(server, account, mount, origin):
    new_track(account), new_task(account)
    for path in ("/jobs", "/users/me", "/collab/state/tasks", "/health"):
        path = "/health" if path == "/health" else mount + path
        answer = account.get(path, headers={"Origin": origin})
        assert assert_open(answer, origin).status_code == 200, answer.text


def test_without_an_origin_nothing_is_said_of_origins(account):
    assert_shut(account.get(f"{API}/jobs"))


@pytest.mark.parametrize("origin", FOREIGN)
def test_any_other_origin_may_not_read(server, account, origin):
    answer = account.get(f"{API}/jobs", headers={"Origin": origin})
    assert assert_shut(answer).status_code == 200, answer.text
    assert_shut(preflight(server, f"{API}/jobs", origin))
    assert_shut(server.visitor().get(f"{API}/jobs", headers={"Origin": origin}))


@both
def test_a_configured_origin_may_write_with_a_token(account, origin):
    made = assert_open(account.post(f"{API}/collab/tasks", json={"title": "From afar"}, headers={"Origin": origin}), origin)
    assert made.status_code == 201 and made.headers["Location"] and made.headers["ETag"]
    path, tag = f"{API}/collab/tasks/{made.json()['id']}", made.headers["ETag"]
    changed = account.request("PATCH", path, json={"done": True}, headers={"Origin": origin, "If-Match": tag})
    assert assert_open(changed, origin).status_code == 200
    gone = account.delete(path, headers={"Origin": origin, "If-Match": changed.headers["ETag"]})
    assert assert_open(gone, origin).status_code == 204


@both
def test_a_configured_origin_may_log_in_for_tokens(server, account, origin):
    answer = server.visitor().post(
        f"{API}/auth/cognito/login", json={"email": account.email, "password": STRONG}, headers={"Origin": origin})
    assert assert_open(answer, origin).status_code == 200, answer.text


def test_a_configured_origin_may_listen(server, account):
    headers = {"Authorization": f"Bearer {account.token}", "Origin": APP}
    with contextlib.closing(requests.get(server.base + STREAM, headers=headers, stream=True, timeout=30)) as answer:
        assert assert_open(answer, APP).status_code == 200


def test_limits_that_are_told_are_exposed(new_server):
    server = new_server(RATE_LIMIT_ENABLED="true", **SETTINGS)
    server.register()
    answer = assert_open(log_in(server, make_user(server)["email"]).get(f"{API}/jobs", headers={"Origin": APP}), APP)
    told = {name.lower() for name in answer.headers if "ratelimit" in name.lower()}
    assert told and told <= words(answer, "Access-Control-Expose-Headers"), told


# Errors


def conflict(account, job):
    tag = account.get(f"{API}/jobs/{job}").headers["ETag"]
    account.expect(200, "PATCH", f"{API}/jobs/{job}", json={"status": "changed meanwhile"})
    return account.request("PATCH", f"{API}/jobs/{job}", json={"status": "late"}, headers={"Origin": APP, "If-Match": tag})


def unchanged(account, job):
    tag = account.get(f"{API}/jobs/{job}").headers["ETag"]
    answer = account.get(f"{API}/jobs/{job}", headers={"Origin": APP, "If-None-Match": tag})
    assert answer.headers["ETag"] == tag and answer.content == b""
    return answer


ERRORS = {
    304: unchanged, 400: lambda account, job: account.post(f"{API}/jobs", data="{", headers={"Origin": APP}),
    401: lambda account, job: account.server.visitor().get(f"{API}/jobs", headers={"Origin": APP}),
    403: lambda account, job: account.get(f"{API}/admin/users", headers={"Origin": APP}),
    404: lambda account, job: account.get(f"{API}/jobs/{NOBODY}", headers={"Origin": APP}),
    405: lambda account, job: account.put(f"{API}/jobs/{job}", json={}, headers={"Origin": APP}), 412: conflict,
    413: lambda account, job: account.post(f"{API}/jobs", data=b'"' + b"x" * 6_000_000, headers={"Origin": APP}),
}


@pytest.mark.parametrize("status", ERRORS)
def test_errors_can_be_read_too(account, status):
    answer = ERRORS[status](account, new_track(account)["id"])
    assert answer.status_code == status, answer.text
    assert_open(answer, APP)


def test_an_address_without_a_route_can_be_read_too(account):
    assert assert_open(account.get("/api/v1/nothing/at/all", headers={"Origin": APP}), APP).status_code == 404


def test_being_too_quick_can_be_read_too(new_server):
    server = new_server(RATE_LIMIT_ENABLED="true", **SETTINGS)
    visitor = server.visitor()
    for _ in range(40):
        answer = visitor.post(f"{API}/auth/cognito/refresh", json={"refresh_token": new_address()}, headers={"Origin": APP})
        assert_open(answer, APP)
        if answer.status_code == 429:
            assert int(answer.headers["Retry-After"]) > 0
            return
    raise AssertionError("nothing was refused")


# Preflights


@both
@pytest.mark.parametrize("path", [f"{API}/jobs", f"/api/jobs/{NOBODY}", "/collab/tasks", "/auth/login", "/events", f"{API}/users/me"])
def test_a_preflight_of_a_configured_origin(server, path, origin):
    answer = preflight(server, path, origin)
    assert answer.status_code == 204 and answer.content == b"", answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert METHODS <= {word.upper() for word in words(answer, "Access-Control-Allow-Methods")}
    missing = {name.lower() for name in ALLOWED} - words(answer, "Access-Control-Allow-Headers")
    assert not missing, f"not allowed: {missing}"
    assert answer.headers["Access-Control-Max-Age"] == "600"
    assert "origin" in words(answer, "Vary")
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_preflight_does_nothing_and_needs_nobody(server, account):
    job = new_track(account)["id"]
    assert preflight(server, f"{API}/jobs/{job}", APP, method="DELETE").status_code == 204
    assert account.get(f"{API}/jobs/{job}").status_code == 200


def test_preflights_are_not_counted_as_logins(new_server):
    server = new_server(RATE_LIMIT_ENABLED="true", **SETTINGS)
    answers = [preflight(server, f"{API}/auth/cognito/login", APP, method="POST").status_code for _ in range(30)]
    assert answers == [204] * 30


# Cookies


@pytest.mark.parametrize("origin", [APP, DEVELOPMENT, "https://evil.example"])
def test_a_cookie_from_a_foreign_page_changes_nothing_even_when_its_origin_is_configured(server, account, origin):
    browser = Browser(server)
    browser.sign_in(account.email)
    for method, path, body in (
        ("POST", "/jobs", {"title": "forged"}), ("POST", "/collab/tasks", {"title": "forged"}), ("DELETE", "/users/me/sessions", None),
        ("PATCH", "/users/me", {"name": "forged"}), ("POST", "/ws/ticket", None),
    ):
        for headers in ({"Origin": origin}, {"Origin": origin, "Sec-Fetch-Site": "cross-site"}):
            answer = browser.request(method, server.base + API + path, json=body, headers=headers, timeout=30)
            assert answer.status_code == 403, f"{method} {path} {headers}: {answer.status_code} {answer.text}"
            assert "Access-Control-Allow-Credentials" not in answer.headers
    assert account.is_in()
    assert "forged" not in account.get(f"{API}/jobs").text + account.get(f"{API}/collab/state/tasks").text


# Settings that are wrong


@pytest.mark.parametrize("origins", [
    "*", f"{APP},*", f"{APP}/path", f"{APP},https://b.example/x?y", "https://*.example.com", "app.example.com", "null", "ftp://app.example.com",
    "https://user@app.example.com", "https://", f"{APP} {DEVELOPMENT}",
])
def test_origins_that_make_no_sense_stop_the_start_with_words(tmp_path, origins):
    ended = run_quern(
        "serve", "--port", free_port(), "--data-dir", tmp_path / "data", settings={"BACKEND_CORS_ORIGINS": origins}, cwd=tmp_path, seconds=20)
    assert ended.returncode not in (0, None), ended.stderr
    assert "BACKEND_CORS_ORIGINS" in ended.stderr, ended.stderr
    assert ended.returncode in (1, 64), f"{ended.returncode}: {ended.stderr}"


def test_blanks_around_configured_origins_do_no_harm(new_server):
    server = new_server(BACKEND_CORS_ORIGINS=f" {APP} , {DEVELOPMENT} ")
    for origin in (APP, DEVELOPMENT):
        assert_open(server.visitor().get("/health", headers={"Origin": origin}), origin)


# A real browser


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def page_elsewhere(folder):
    """An empty page on a port of its own, which is an origin of its own."""
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>Elsewhere</title><p>Another program's page.")
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{httpd.server_address[1]}"
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join(10)


FETCH = """
const [url, options, done] = arguments;
fetch(url, options).then(async answer => done({
    status: answer.status, text: await answer.text(),
    etag: answer.headers.get("ETag"), total: answer.headers.get("X-Total-Count"), location: answer.headers.get("Location"),
    id: answer.headers.get("X-Request-ID"), server: answer.headers.get("X-Content-Type-Options"),
}), error => done({ error: `${error}` }));
"""

SOCKET = """
const [url, done] = arguments;
const socket = new WebSocket(url);
let first = null;
socket.onmessage = event => { first ??= JSON.parse(event.data).type; socket.close(1000); };
socket.onclose = event => done({ code: event.code, reason: event.reason, first });
"""


@pytest.fixture
def chromium(server, tmp_path):
    browser = Chromium(server, tmp_path, scripts=True)
    browser.driver.set_script_timeout(30)
    yield browser
    browser.driver.quit()


@pytest.fixture
def elsewhere(tmp_path):
    with page_elsewhere(tmp_path / "elsewhere") as origin:
        yield origin


def test_a_page_on_another_port_reads_and_writes_with_a_token_when_it_is_configured(new_server, chromium, elsewhere):
    server = new_server(BACKEND_CORS_ORIGINS=elsewhere)
    server.register()
    account = log_in(server, make_user(server)["email"])
    job = new_track(account)["id"]

    def fetch(path, method="GET", body=None, **headers):
        headers = {"Authorization": f"Bearer {account.token}"} | {name.replace("_", "-"): value for name, value in headers.items()}
        options = {"method": method, "headers": headers} | ({"body": body} if body else {})
        return chromium.driver.execute_async_script(FETCH, f"http://localhost:{server.port}{API}{path}", options)

    chromium.driver.get(elsewhere)
    one = fetch(f"/jobs/{job}")
    assert one["status"] == 200 and one["etag"] == account.get(f"{API}/jobs/{job}").headers["ETag"], one
    assert one["id"] and one["server"] is None, "what is not exposed is not seen"
    listed = fetch("/jobs")
    assert (listed["status"], listed["total"]) == (200, "1"), listed
    same = fetch(f"/jobs/{job}", If_None_Match=one["etag"])
    assert (same["status"], same["text"], same["etag"]) == (304, "", one["etag"]), same
    changed = fetch(f"/jobs/{job}", "PATCH", '{"status": "offer"}', Content_Type="application/json", If_Match=one["etag"])
    assert changed["status"] == 200 and changed["etag"] != one["etag"], changed
    late = fetch(f"/jobs/{job}", "PATCH", '{"status": "late"}', Content_Type="application/json", If_Match=one["etag"])
    assert late["status"] == 412, late
    made = fetch("/collab/tasks", "POST", '{"title": "From a page"}', Content_Type="application/json", Idempotency_Key="a-page")
    assert made["status"] == 201 and made["location"], made
    assert fetch(f"/jobs/{NOBODY}")["status"] == 404


def test_a_page_on_another_port_reads_nothing_when_it_is_not_configured(server, chromium, elsewhere, account):
    url = f"http://localhost:{server.port}{API}/users/me"
    chromium.driver.get(elsewhere)
    for headers in ({}, {"Authorization": f"Bearer {account.token}"}):
        seen = chromium.driver.execute_async_script(FETCH, url, {"headers": headers})
        assert "error" in seen, seen


def test_a_page_on_another_port_opens_no_socket_with_the_cookie_of_somebody_who_is_signed_in(new_server, chromium, elsewhere):
    """Ports are one site to a browser: it sends the cookie along. Configuring the origin does not change that."""
    server = new_server(BACKEND_CORS_ORIGINS=elsewhere)
    server.register()
    email = make_user(server)["email"]
    chromium.driver.get(f"http://localhost:{server.port}/auth/login")
    chromium.type("#email", email)
    chromium.type("#password", STRONG)
    chromium.press("main form button[type=submit]")
    chromium.wait_for_path("^/dashboard$")
    server.secrets.update(cookie["value"] for cookie in chromium.driver.get_cookies())
    url = f"ws://localhost:{server.port}/ws"
    own = chromium.driver.execute_async_script(SOCKET, url)
    assert (own["code"], own["first"]) == (1000, "connection"), own
    chromium.driver.get(elsewhere)
    foreign = chromium.driver.execute_async_script(SOCKET, url)
    assert (foreign["code"], foreign["reason"], foreign["first"]) == (1008, "foreign origin", None), foreign
    seen = chromium.driver.execute_async_script(FETCH, f"http://localhost:{server.port}{API}/users/me", {"credentials": "include"})
    assert "error" in seen, seen
