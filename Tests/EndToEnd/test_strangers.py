"""What a stranger sends: bodies that do not end, requests that are not well formed, and who is to blame."""

import contextlib
import gzip
import json
import socket
import ssl
import struct
import time

import brotli
import h2.config
import h2.connection
import h2.events
import pytest

from people import API, NOBODY, Browser, assert_refused
from served import ADMIN, PASSWORD, wait_until
from test_tls import SecureServer

STRANGERS_LIMIT = 65_536


def raw(server, *pieces, seconds=20, half_close=False):
    """Sends bytes as they are; everything that comes back until the end of the connection."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=seconds) as connection:
        for piece in pieces:
            connection.sendall(piece)
        if half_close:
            connection.shutdown(socket.SHUT_WR)
        received = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(65_536):
                received += piece
        return received


def request(target="/api/v1/auth/login", *fields, method="POST", host="localhost", version="1.1"):
    lines = [f"{method} {target} HTTP/{version}"] + ([f"Host: {host}"] if host is not None else []) + list(fields)
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def status(answer):
    assert answer.startswith(b"HTTP/1."), answer[:200]
    return int(answer.split(b" ", 2)[1])


def log_lines(server):
    return [json.loads(line) for line in server.log.read_text().splitlines()]


@pytest.fixture
def blameless(server):
    """Nothing in the log of this test may be called a defect, or be an error of ours."""
    before = len(log_lines(server))
    yield
    bad = [line for line in log_lines(server)[before:] if line.get("level") in ("error", "critical") or line.get("status") == "500"]
    assert not bad, bad


@pytest.fixture(scope="module")
def secure(tmp_path_factory):
    server = SecureServer(tmp_path_factory.mktemp("secure")).start()
    yield server
    server.end()


# Bodies


@pytest.mark.parametrize("path", ["/auth/logout", "/auth/login", "/api/v1/auth/login", "/api/v1/auth/register", "/auth/cognito/login"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json"])
def test_a_stranger_who_announces_much_is_refused_at_once(server, admin, blameless, path, kind):
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(request(path, f"Content-Type: {kind}", "Content-Length: 5000000") + b"a" * 1000)
        assert status(connection.recv(65_536)) in (413, 401, 400, 403)


def test_a_strangers_chunks_are_counted(server, admin, blameless):
    chunk = b"%x\r\n%s\r\n" % (40_000, b"a" * 40_000)
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(request("/api/v1/auth/login", "Content-Type: application/json", "Transfer-Encoding: chunked") + chunk + chunk)
        assert status(connection.recv(65_536)) == 413


def test_a_signed_in_body_may_be_larger(server, admin):
    body = json.dumps({"title": "x", "description": "a" * 9000, "tags": []}) + " " * 200_000
    assert admin.post("/api/v1/jobs", data=body, headers={"Content-Type": "application/json"}).status_code == 201


def test_what_nobody_reads_is_cut_off(server, admin, blameless):
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(request("/api/v1/jobs", "Content-Type: application/json", "Content-Length: 50000000"))
        assert status(connection.recv(65_536)) == 401
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            for _ in range(60):
                connection.sendall(b"a" * 1000)
                time.sleep(0.5)
            raise AssertionError("the connection is still there")


def test_unfinished_bodies_of_strangers_take_little_memory(server, admin):
    def resident():
        with open(f"/proc/{server.pid}/status") as text:
            return next(int(line.split()[1]) for line in text if line.startswith("VmRSS")) // 1024

    before = resident()
    with contextlib.ExitStack() as stack:
        for _ in range(150):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=20))
            connection.setblocking(False)
            connection.send(request("/auth/logout", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 60000"))
            with contextlib.suppress(BlockingIOError):
                connection.send(b"a" * 59_000)
        time.sleep(1)
        assert resident() - before < 150, "150 unfinished bodies"
        assert server.visitor().post("/api/v1/auth/login", data={"username": "nobody", "password": "x"}).status_code in (400, 503)


def test_streams_of_http2_take_no_more(secure):
    context = ssl._create_unverified_context()
    context.set_alpn_protocols(["h2"])
    with contextlib.closing(context.wrap_socket(socket.create_connection(("127.0.0.1", secure.port), timeout=20))) as connection:
        peer = h2.connection.H2Connection(h2.config.H2Configuration())
        peer.initiate_connection()
        stream = peer.get_next_available_stream_id()
        peer.send_headers(stream, [
            (":method", "POST"), (":path", "/auth/logout"), (":scheme", "https"), (":authority", "localhost"),
            ("content-type", "application/x-www-form-urlencoded"), ("content-length", "5000000")])
        connection.sendall(peer.data_to_send())
        answered = None
        while answered is None:
            for event in peer.receive_data(connection.recv(65_536)):
                if isinstance(event, h2.events.ResponseReceived):
                    answered = dict(event.headers)[b":status"]
        assert answered == b"413"
        assert peer.remote_settings.initial_window_size <= 131_072


# Blame


BROKEN = {
    "chunk-size": b"zz\r\nabc\r\n0\r\n\r\n",
    "chunk-end": b"3\r\nabcX\r\n0\r\n\r\n",
    "huge-chunk": b"fffffffffffffffff\r\n",
    "bad-trailer": b"3\r\nabc\r\n0\r\nno colon here\r\n\r\n",
    "trailer-with-nul": b"3\r\nabc\r\n0\r\nX: a\x00b\r\n\r\n",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("path", ["/api/v1/auth/login", "/auth/logout", "/health"])
def test_a_broken_body_is_the_clients_fault(server, admin, blameless, path, body):
    answer = raw(server, request(path, "Content-Type: application/json", "Transfer-Encoding: chunked"), body)
    assert status(answer) in (400, 405)


@pytest.mark.parametrize("fields", [("Content-Length: 100",), ("Transfer-Encoding: chunked",)], ids=["length", "chunked"])
@pytest.mark.parametrize("ending", ["half-close", "close", "reset"])
def test_a_client_that_hangs_up_is_not_a_defect(server, admin, blameless, fields, ending):
    before = len(log_lines(server))
    head = request("/api/v1/auth/login", "Content-Type: application/json", *fields) + b'5\r\n{"use\r\n'
    if ending == "half-close":
        assert status(raw(server, head, half_close=True)) == 400
    else:
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
            connection.sendall(head)
            time.sleep(0.2)
            if ending == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wait_until(lambda: len(log_lines(server)) > before, 10, "the request is in the log")
    assert log_lines(server)[-1]["level"] == "info"


def test_a_broken_upload_is_the_clients_fault(server, admin, blameless):
    job = admin.create_job()["id"]
    target = admin.upload_url(job).split(str(server.port), 1)[1]
    head = request(target, "Content-Length: 1000000", method="PUT", host=f"127.0.0.1:{server.port}")
    assert status(raw(server, head + b"a,b\n", half_close=True)) == 400
    assert not server.object_files() and not server.staged_files()


# Strict reading


@pytest.mark.parametrize("host", [
    "[::1].evil.test", "user@localhost", "localhost:", "localhost:0", "localhost:99999", "local host", "a,b", "", "localhost/x", "::1"])
def test_a_host_is_one_name_or_address(server, blameless, host):
    assert status(raw(server, request("/health", "Connection: close", method="GET", host=host))) == 400


@pytest.mark.parametrize("fields", [
    ("Host: localhost",), ("Host: evil.example",), ("Content-Length: 2", "Content-Length: 3"),
    ("Content-Length: 5", "Transfer-Encoding: chunked"), ("Transfer-Encoding: gzip, chunked, gzip",), ("Transfer-Encoding: gzip, chunked",),
    ("Transfer-Encoding: chunked, chunked",), ("Content-Length: -1",),
    ("Content-Length: +3",)],
    ids=["same-host-twice", "two-hosts", "two-lengths", "length-and-chunked", "odd-coding", "packed", "chunked-twice", "negative", "plus"])
def test_fields_that_contradict_each_other_are_refused(server, blameless, fields):
    assert status(raw(server, request("/api/v1/auth/login", *fields, "Connection: close") + b"{}abc", half_close=True)) == 400


def test_no_host_at_all(server, blameless):
    assert status(raw(server, request("/health", "Connection: close", method="GET", host=None))) == 400
    assert status(raw(server, request("/health", "Connection: close", method="GET", host=None, version="1.0"))) == 200


def test_the_host_of_an_absolute_target_counts(server, blameless):
    def ask(target, host):
        return status(raw(server, request(target, "Connection: close", method="GET", host=host)))

    assert ask("http://localhost/health", "localhost") == 200
    assert ask("http://localhost/health", "other.example") == 200
    assert ask("http://[::1].evil.test/health", "localhost") == 400
    assert ask("http://user@localhost/health", "localhost") == 400
    assert ask("ftp://localhost/health", "localhost") == 400
    assert ask("health", "localhost") == 400


def test_a_path_of_http2_begins_with_a_slash(secure):
    for path in ("health", "*", "x:/health"):
        context = ssl._create_unverified_context()
        context.set_alpn_protocols(["h2"])
        with contextlib.closing(context.wrap_socket(socket.create_connection(("127.0.0.1", secure.port), timeout=20))) as connection:
            peer = h2.connection.H2Connection(h2.config.H2Configuration(validate_outbound_headers=False))
            peer.initiate_connection()
            peer.send_headers(1, [
                (":method", "GET"), (":path", path), (":scheme", "https"), (":authority", "localhost")], end_stream=True)
            connection.sendall(peer.data_to_send())
            answered = None
            while answered is None and (received := connection.recv(65_536)):
                for event in peer.receive_data(received):
                    if isinstance(event, h2.events.ResponseReceived):
                        answered = dict(event.headers)[b":status"]
                    elif isinstance(event, (h2.events.StreamReset, h2.events.ConnectionTerminated)):
                        answered = b"reset"
            assert answered in (b"400", b"reset"), (path, answered)


@pytest.mark.parametrize("path", ["/api/v1/collab/state/tasks", "/api/v1/jobs", "/api/v1/admin/users", "/dashboard"])
@pytest.mark.parametrize("text", ["%00", "a%00b", "%0A", "%7F", "%", "%zz"])
def test_no_control_character_is_searched_for(server, admin, blameless, path, text):
    answer = raw(server, request(
        f"{path}?q={text}", f"Authorization: Bearer {admin.token}", "Accept: application/json", "Connection: close", method="GET"))
    assert status(answer) == 400 and b"control character" in answer


def test_the_sign_between_parameters_stands_in_no_signed_path(server, admin):
    job = admin.create_job("a&b.csv")["id"]
    url = admin.upload_url(job)
    path, query = url.split(str(server.port), 1)[1].split("?", 1)
    if "%26" not in path:
        pytest.skip("the name is made safe")
    loose = request(f"{path.replace('%26', '&')}?{query}", "Content-Length: 4", "Connection: close", method="PUT",
                    host=f"127.0.0.1:{server.port}")
    assert status(raw(server, loose + b"a\n1\n")) == 403
    admin.expect(200, "PUT", url, data=b"a\n1\n")


# Members of bodies


@pytest.mark.parametrize("path,body,stranger,meant", [
    ("/jobs", {"file_name": "a.csv", "steps": []}, "steps", "processing_steps"),
    ("/jobs", {"filename": "a.csv"}, "filename", "file_name"),
    ("/jobs", {"title": "x", "descripton": "y"}, "descripton", "description"),
    ("/jobs", {"file_name": "a.csv", "processing_steps": [{"type": "limit", "parms": {"n": 1}}]}, "parms", "params"),
    ("/jobs", {"file_name": "a.csv", "processing_steps": [{"type": "limit", "params": {"m": 1}}]}, "m", "n"),
    ("/collab/tasks", {"title": "x", "asignee": None}, "asignee", "assignee"),
    ("/auth/register", {"email": "a@b.example", "passwort": "x"}, "passwort", "password"),
    ("/auth/cognito/login", {"mail": "a@b.example", "password": "x"}, "mail", "email"),
    ("/users/me/keys", {"name": "k", "scope": []}, "scope", "scopes"),
    ("/users/me/change-password", {"old_password": "x", "new_password": "y"}, "old_password", "current_password"),
])
def test_an_unknown_member_is_refused_by_name(admin, path, body, stranger, meant):
    answer = admin.post(f"/api/v1{path}", json=body)
    assert answer.status_code in (400, 422), answer.text
    assert stranger in answer.text and meant in answer.text, answer.text


BARE = [
    ("POST", "/jobs/{job}/upload-url"), ("POST", "/jobs/{job}/download-url"), ("POST", "/jobs/{job}/cancel"), ("DELETE", "/jobs/{job}"),
    ("POST", "/ws/ticket"), ("POST", "/users/me/passkeys/options"), ("DELETE", "/users/me/sessions"),
    ("POST", "/users/me/mfa/recovery-codes"), ("DELETE", "/auth/session"),
    *(("POST", f"/admin/users/{NOBODY}/{verb}") for verb in ("approve", "disable", "enable", "end-sessions", "reset-mfa", "reset-password")),
]


@pytest.mark.parametrize("method, path", BARE)
@pytest.mark.parametrize("mount", ["", "/api", "/api/v1"])
def test_a_route_without_members_refuses_all(admin, method, path, mount):
    """The job is the same as before; an empty object, and no body, are fine."""
    job = admin.create_job()["id"]
    address = mount + path.format(job=job)
    assert_refused(admin.request(method, address, json={"expire": 3}), 400, "unknown_field")
    assert admin.job(job)["status"] == "PENDING"


def test_an_empty_object_is_no_member(admin):
    job = admin.create_job()["id"]
    admin.expect(200, "POST", f"{API}/jobs/{job}/upload-url", json={})


def test_a_wrong_method_is_told_the_right_ones(admin):
    answer = admin.request("PUT", f"{API}/jobs")
    assert_refused(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, POST"


@pytest.mark.parametrize("path, status", [("/jobs", 400), ("/collab/tasks", 422)])
def test_no_text_has_a_nul(admin, path, status):
    """What stands behind it would never be found again."""
    answer = admin.post(API + path, json={"title": "pp\0needle"})
    assert answer.status_code == status and "title has a NUL" in answer.text, answer.text


def test_unknown_members_in_the_other_dialect(admin):
    answer = admin.post("/api/v1/jobs", json={"title": "x", "steps": []}, headers={"Quern-Dialect": "enveloped"})
    assert answer.status_code == 422 and "processing_steps" in answer.json()["error"]["message"], answer.text


# Pages


@pytest.mark.parametrize("accept", ["*/*", None, "text/html", "text/html;q=0.9,application/json;q=0.8", "image/png,*/*;q=0.5"])
@pytest.mark.parametrize("path", ["/auth/login", "/auth/forgot-password", "/dashboard", "/admin/users"])
def test_pages_answer_html(server, admin, path, accept):
    answer = server.visitor().get(path, headers={"Accept": accept}, allow_redirects=False)
    if answer.status_code == 303:
        assert answer.headers["Location"].startswith("/auth/login")
    else:
        assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("accept", [
    "application/json", "application/json, text/plain, */*", "text/html;q=0.5,application/json", "application/*"])
@pytest.mark.parametrize("path", ["/auth/login", "/dashboard", "/admin/users"])
def test_programs_that_prefer_json_get_it(server, admin, path, accept):
    answer = server.visitor().get(path, headers={"Accept": accept}, allow_redirects=False)
    assert answer.headers["Content-Type"].startswith("application/json"), answer.headers


def test_routes_of_the_api_are_json_as_before(server, admin):
    for path in ("/jobs", "/api/v1/jobs", "/users/me", "/nothing", "/api/nothing", "/admin/users"):
        assert admin.get(path, headers={"Accept": "*/*"}).headers["Content-Type"].startswith("application/json"), path
    assert server.visitor().post("/auth/login", json={"username": "a", "password": "b"}).headers["Content-Type"].startswith("application/json")


# Compression


def fetch(client, path, coding, **headers):
    answer = client.session.get(
        client.server.base + path, stream=True, timeout=30,
        headers={"Accept-Encoding": coding, "Authorization": f"Bearer {client.token}"} | headers)
    return answer, answer.raw.read(decode_content=False)


@pytest.fixture(scope="module")
def busy(admin):
    for number in range(12):
        admin.expect(201, "POST", "/api/v1/jobs", json={"title": f"job {number}", "description": "text " * 40})
        admin.expect(201, "POST", "/api/v1/collab/tasks", json={"title": f"task {number}", "description": "text " * 40})
    return admin


@pytest.mark.parametrize("path", ["/api/v1/jobs", "/api/v1/collab/state/tasks", "/dashboard", "/dashboard/tasks"])
def test_answers_are_packed_for_those_who_unpack(busy, path):
    cookie = {}
    if path.startswith("/dashboard"):
        browser = Browser(busy.server)
        browser.sign_in(ADMIN, PASSWORD)
        cookie = {"Cookie": "; ".join(f"{one.name}={one.value}" for one in browser.cookies), "Authorization": ""}
    plain, bytes_plain = fetch(busy, path, "identity", **cookie)
    packed, bytes_packed = fetch(busy, path, "br;q=1, gzip;q=0.8, *;q=0.1", **cookie)
    assert plain.status_code == packed.status_code == 200
    assert "Content-Encoding" not in plain.headers and packed.headers["Content-Encoding"] == "gzip"
    assert len(bytes_packed) < len(bytes_plain) / 2 and int(packed.headers["Content-Length"]) == len(bytes_packed)
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["Vary"]
    if not cookie:
        assert gzip.decompress(bytes_packed) == bytes_plain
        assert plain.headers["ETag"] == packed.headers["ETag"]
        for coding in ("gzip", "identity"):
            again, nothing = fetch(busy, path, coding, **{"If-None-Match": plain.headers["ETag"]})
            assert (again.status_code, nothing, again.headers["ETag"]) == (304, b"", plain.headers["ETag"])
            assert "Accept-Encoding" in again.headers["Vary"]


@pytest.mark.parametrize("coding", ["", "identity", "gzip;q=0", "deflate", "*;q=0, identity", "identity, gzip;q=0.5", "gzip;q=x"])
def test_nothing_is_packed_for_others(busy, coding):
    answer, _ = fetch(busy, "/api/v1/jobs", coding)
    assert "Content-Encoding" not in answer.headers


def test_secrets_small_answers_and_files_stay_as_they_are(busy, server, people):
    job = busy.run(people * 400)
    for path in ("/health", "/api/v1/users/me/mfa", "/api/v1/auth/bot-check"):
        assert "Content-Encoding" not in fetch(busy, path, "gzip")[0].headers, path
    for headers in ({}, {"Range": "bytes=0-4999"}):
        answer = server.visitor().session.get(busy.download_url(job["id"]), headers={"Accept-Encoding": "gzip"} | headers, timeout=30)
        assert "Content-Encoding" not in answer.headers and answer.content
    assert "Content-Encoding" not in fetch(busy, "/api/v1/jobs", "gzip", **{"Sec-Fetch-Site": "cross-site"})[0].headers
    streamed = busy.session.get(
        server.base + "/api/v1/events", stream=True, timeout=30,
        headers={"Accept": "text/event-stream", "Accept-Encoding": "gzip", "Authorization": f"Bearer {busy.token}", "Last-Event-ID": "0"})
    assert "Content-Encoding" not in streamed.headers
    streamed.close()


def test_every_asset_is_there_in_three_codings(server, admin):
    page = server.visitor().get("/auth/login").text
    sheet = next(part for part in page.split('"') if part.startswith("/assets/app.") and part.endswith(".css"))
    visitor = server.visitor()
    plain, content = fetch(visitor, sheet, "identity")
    tags = {plain.headers["ETag"]}
    for coding, unpack in (("br, gzip", brotli.decompress), ("gzip", gzip.decompress)):
        answer, packed = fetch(visitor, sheet, coding)
        assert answer.headers["Content-Encoding"] == coding.split(",")[0] and unpack(packed) == content
        assert len(packed) < len(content) / 3 and "Accept-Encoding" in answer.headers["Vary"]
        tags.add(answer.headers["ETag"])
        assert fetch(visitor, sheet, coding, **{"If-None-Match": answer.headers["ETag"]})[0].status_code == 304
    assert len(tags) == 3


def test_the_token_of_a_form_is_another_text_on_each_page_and_each_is_good(server, admin):
    browser = Browser(server)
    browser.sign_in(ADMIN, PASSWORD)
    tokens = set()
    for _ in range(3):
        page = browser.get(f"{server.base}/dashboard", timeout=30).text
        tokens.add(page.split('name="form-token" content="', 1)[1].split('"', 1)[0] if 'name="form-token"' in page
                   else page.split('name="form_token" value="', 1)[1].split('"', 1)[0])
    assert len(tokens) == 3
    for token in tokens:
        answer = browser.post(
            f"{server.base}/api/v1/jobs", json={"title": "x"}, headers={"X-Form-Token": token, "Accept": "application/json"}, timeout=30)
        assert answer.status_code == 201, answer.text
