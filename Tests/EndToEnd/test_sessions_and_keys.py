"""Sessions and keys: listed, ended, and ended at once for every door that was open; and what a key never reaches."""

import contextlib
import json
import re
import threading
import time

import pytest
import requests

from people import (
    API, MOUNTS, at_every_mount, NOBODY, OWN_PAGE, STRONG, STRONGER, WRONG, Browser, Mailbox, add_device, assert_given_back,
    assert_refused, at_once, cli, led_to, let_time_pass, log_in, log_in_with_code, make_key, make_user, member, member_with_mfa,
    new_address, path_of, with_key,
)
from served import ADMIN, PASSWORD, Server, wait_until
from test_events import STREAM, Stream

EXTRACT_KEY = "extract-key-for-this-test-0123456789abcdef"
SETTINGS = {"DATA_EXTRACT_API_KEY": EXTRACT_KEY}
SCOPES = ["jobs:read", "jobs:write", "leads:read", "leads:write", "tasks:read", "tasks:write", "account:read"]
FRESH_SECONDS = 10 * 60
END_SECONDS = 1.0



@pytest.fixture(scope="module", autouse=True)
def owner(admin):
    return admin


def sessions_of(account):
    return account.expect(200, "GET", f"{API}/users/me/sessions").json()


def current(account):
    return next(session for session in sessions_of(account) if session["current"])


# Sessions


@at_every_mount
def test_the_list_tells_where_one_is_signed_in(server, mount):
    account, browser = member(server), Browser(server)
    browser.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
    browser.sign_in(account.email)
    listed = account.expect(200, "GET", f"{mount}/users/me/sessions").json()
    assert len(listed) == 2
    for session in listed:
        assert set(session) >= {"id", "kind", "device", "address", "created_at", "last_used_at", "expires_at", "current"}
        assert session["address"] == "127.0.0.1" and session["expires_at"] > session["created_at"]
    assert [session["current"] for session in listed].count(True) == 1
    (other,) = [session for session in listed if not session["current"]]
    assert "Firefox" in other["device"] and "Linux" in other["device"]
    for secret in (account.token, account.refresh_token, *browser.cookies.values()):
        assert secret not in json.dumps(listed)


@at_every_mount
def test_one_session_is_ended(server, mount):
    account = member(server)
    other = log_in(server, account.email)
    id = current(other)["id"]
    assert account.delete(f"{mount}/users/me/sessions/{id}").status_code in (200, 204)
    assert not other.is_in() and account.is_in()
    refused = server.visitor().post(f"{API}/auth/cognito/refresh", json={"refresh_token": other.refresh_token})
    assert_refused(refused, 401, "invalid_refresh_token")
    assert id not in [session["id"] for session in sessions_of(account)]
    assert_refused(account.delete(f"{mount}/users/me/sessions/{id}"), 404)


@at_every_mount
def test_all_other_sessions_are_ended(server, mount):
    account = member(server)
    others, browser = [log_in(server, account.email) for _ in range(3)], Browser(server)
    browser.sign_in(account.email)
    assert account.delete(f"{mount}/users/me/sessions").status_code in (200, 204)
    assert [other.is_in() for other in others] == [False] * 3 and not browser.is_in()
    assert account.is_in() and len(sessions_of(account)) == 1


def test_somebody_elses_session_is_not_there(server, admin):
    account, stranger = member(server), member(server)
    id = current(account)["id"]
    for other in (stranger, admin):
        assert_refused(other.delete(f"{API}/users/me/sessions/{id}"), 404)
        assert id not in json.dumps(sessions_of(other))
    assert account.is_in()


def test_the_logins_of_all_documents_are_sessions_that_can_be_ended(server):
    email = make_user(server)["email"]
    account = log_in(server, email)
    tokens = [
        server.visitor().post("/auth/login", json={"username": email, "password": STRONG}).json()["access_token"],
        server.visitor().post(f"{API}/auth/login", data={"username": email, "password": STRONG}).json()["access_token"],
    ]
    assert len(sessions_of(account)) == 3
    account.delete(f"{API}/users/me/sessions")
    for token in tokens:
        assert server.visitor().get(f"{API}/users/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_session_of_a_browser_does_not_live_for_ever(new_server):
    server = new_server(SESSION_TTL_SECONDS=3600)
    server.register()
    browser = Browser(server)
    browser.sign_in(make_user(server)["email"])
    assert browser.is_in()
    let_time_pass(server, 3600 + 1)
    assert not browser.is_in()


# What ends sessions


def by_end_of_one(server, account, admin):
    account.delete(f"{API}/users/me/sessions/{account.other}")


def by_end_of_all(server, account, admin):
    account.delete(f"{API}/users/me/sessions")


def by_password_change(server, account, admin):
    account.expect(200, "POST", f"{API}/users/me/change-password", json={"current_password": STRONG, "new_password": STRONGER})


def by_password_reset(server, account, admin):
    box = Mailbox(server, account.email)
    server.visitor().expect(200, "POST", f"{API}/auth/forgot-password", json={"email": account.email})
    server.visitor().expect(200, "POST", f"{API}/auth/reset-password", json={"token": box.reset_token(), "password": STRONGER})


def by_admin(verb, **body):
    def act(server, account, admin):
        admin.expect(200, "POST", f"{API}/admin/users/{account.user}/{verb}", json=body)

    return act


def by_cli(*words):
    def act(server, account, admin):
        cli(server, "user", words[0], account.email, *words[1:])

    return act


ENDS = {
    "one": by_end_of_one,
    "all": by_end_of_all,
    "password-change": by_password_change,
    "password-reset": by_password_reset,
    "admin-disable": by_admin("disable"),
    "admin-role": by_admin("role", role="admin"),
    "admin-end-sessions": by_admin("end-sessions"),
    "cli-disable": by_cli("disable"),
    "cli-role": by_cli("role", "admin"),
}


class Listener:
    """An open stream of events; notes when it ended."""

    def __init__(self, server, headers):
        self.answer = requests.get(server.base + STREAM, headers=headers, stream=True, timeout=(10, 60))
        assert self.answer.status_code == 200, self.answer.text
        self.is_open, self.ended = threading.Event(), None
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()
        assert self.is_open.wait(20), "the stream says nothing"

    def _listen(self):
        with contextlib.suppress(requests.RequestException):
            for _ in self.answer.iter_content(1):
                self.is_open.set()
        self.ended = time.monotonic()

    def seconds_to_end(self, since):
        """How long after a moment the stream ended; None when it goes on."""
        self.thread.join(max(0, since + END_SECONDS * 3 - time.monotonic()))
        return None if self.ended is None else max(0, self.ended - since)


@pytest.mark.parametrize("kind", ["token", "cookie"])
@pytest.mark.parametrize("way", ENDS)
def test_an_end_closes_the_open_stream_within_a_second(server, admin, way, kind):
    account = member(server)
    account.user = account.id
    if kind == "token":
        other = log_in(server, account.email)
        headers = {"Authorization": f"Bearer {other.token}"}
        is_in = other.is_in
    else:
        browser = Browser(server)
        browser.sign_in(account.email)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}
        is_in = browser.is_in
    account.other = next(session["id"] for session in sessions_of(account) if not session["current"])
    fresh_admin = log_in(server, ADMIN, PASSWORD)
    server.secrets.add(STRONGER)
    listener = Listener(server, headers)
    assert is_in()
    ENDS[way](server, account, fresh_admin)
    done = time.monotonic()
    took = listener.seconds_to_end(done)
    assert took is not None and took <= END_SECONDS, f"{took} s after {way}"
    assert not is_in()


def test_an_end_of_another_session_leaves_the_stream_open(server):
    account = member(server)
    other = log_in(server, account.email)
    with contextlib.closing(Stream(account)) as stream:
        account.delete(f"{API}/users/me/sessions/{current(other)['id']}")
        cancelled = account.create_job()["id"]
        assert any(data["job_id"] == cancelled for _, _, data in stream.logged()), "events go on"
        assert account.is_in()


def test_a_logout_on_the_page_closes_the_stream(server):
    browser = Browser(server)
    browser.sign_in(make_user(server)["email"])
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    form = browser.form("/dashboard", "/auth/logout")
    listener = Listener(server, {"Cookie": cookie})
    browser.submit(form, {})
    took = listener.seconds_to_end(time.monotonic())
    assert took is not None and took <= END_SECONDS


def test_the_stream_of_a_key_ends_with_the_key(server):
    account = member(server)
    key = make_key(account, "jobs:read")
    listener = Listener(server, {"X-API-Key": key["key"]})
    account.delete(f"{API}/users/me/keys/{key['id']}")
    took = listener.seconds_to_end(time.monotonic())
    assert took is not None and took <= END_SECONDS


# Cookies


def cookie_of(answer):
    (cookie,) = [value for name, value in answer.raw.headers.items() if name.lower() == "set-cookie" and "session" in value]
    name_and_value, *flags = [part.strip() for part in cookie.split(";")]
    return (*name_and_value.split("=", 1), {flag.split("=")[0].lower(): flag.partition("=")[2] for flag in flags})


def test_the_cookie_of_a_browser(server):
    name, value, flags = cookie_of(Browser(server).sign_in(make_user(server)["email"], allow_redirects=False))
    assert not name.startswith("__") and len(value) >= 43
    assert "httponly" in flags and flags["samesite"] == "Lax" and flags["path"] == "/"
    assert "secure" not in flags and "domain" not in flags


def test_over_https_the_cookie_is_bound_to_the_host(new_server):
    server = new_server(QUERN_PUBLIC_URL="https://quern.example")
    server.register()
    answer = Browser(server).sign_in(make_user(server)["email"], headers=OWN_PAGE, allow_redirects=False)
    name, _, flags = cookie_of(answer)
    assert name.startswith("__Host-")
    assert "secure" in flags and "httponly" in flags and flags["path"] == "/" and "domain" not in flags


def test_a_login_gives_a_new_session_and_ends_the_one_before(server):
    email = make_user(server)["email"]
    browser = Browser(server)
    browser.sign_in(email)
    before = dict(browser.cookies)
    form = Browser(server).form("/auth/login")
    browser.submit(form, {"email": email, "password": STRONG}, allow_redirects=False)
    assert dict(browser.cookies) != before
    old = Browser(server)
    old.cookies.update(before)
    assert not old.is_in() and browser.is_in()


def test_a_change_with_a_cookie_needs_proof_that_our_page_sent_it(server):
    account = member(server)
    browser = Browser(server)
    browser.sign_in(account.email)
    for headers in (
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
    ):
        for method, path in (
            ("DELETE", "/users/me/sessions"), ("PUT", "/users/me/settings"), ("POST", "/users/me/keys"), ("PUT", "/users/me/mfa"),
            ("POST", "/users/me/change-password"), ("PATCH", "/users/me"),
        ):
            answer = browser.request(method, server.base + API + path, json={}, headers=headers, timeout=30)
            assert answer.status_code == 403, f"{headers} {method} {path}: {answer.status_code}"
    assert account.is_in()
    answer = browser.request("DELETE", f"{server.base}{API}/users/me/sessions", headers=OWN_PAGE, timeout=30)
    assert answer.status_code in (200, 204) and not account.is_in()


# A fresh login for what matters


SENSITIVE = [
    ("POST", "/users/me/keys", {"name": "late", "scopes": ["jobs:read"], "expires_in_days": 1}),
    ("PUT", "/users/me/mfa", {"enabled": True}), ("POST", "/users/me/mfa/devices", {"name": "late"}),
    ("POST", "/users/me/mfa/recovery-codes", {}), ("POST", "/users/me/passkeys/options", {}),
    ("DELETE", f"/users/me/mfa/devices/{NOBODY}", None),
]
ON_A_USER = [
    ("role", {"role": "admin"}), ("disable", {}), ("enable", {}), ("end-sessions", {}), ("reset-mfa", {}), ("reset-password", {}),
]


@pytest.fixture(scope="module")
def later(tmp_path_factory):
    """A server whose people logged in more than ten minutes ago: its admin, a member, and one with a second step."""
    server = Server(tmp_path_factory.mktemp("later"), {}).start()
    server.register()
    server.boss, server.account = log_in(server, ADMIN, PASSWORD), member(server)
    server.careful, server.totp, _ = member_with_mfa(server)
    server.careful = log_in_with_code(server, server.careful.email, server.totp.code())
    server.browser = Browser(server)
    server.browser.sign_in(server.account.email)
    server.target = make_user(server)["id"]
    let_time_pass(server, FRESH_SECONDS + 30)
    yield server
    server.end()


@pytest.mark.parametrize("method, path, body", SENSITIVE, ids=[f"{m}-{p}" for m, p, _ in SENSITIVE])
def test_a_login_of_long_ago_is_asked_again(later, method, path, body):
    assert later.account.is_in(), "for all else it still counts"
    assert_refused(later.account.request(method, API + path, json=body), 403, "reauthentication_required")


@pytest.mark.parametrize("verb, body", ON_A_USER, ids=[verb for verb, _ in ON_A_USER])
def test_an_admin_of_long_ago_is_asked_again(later, verb, body):
    answer = later.boss.post(f"{API}/admin/users/{later.target}/{verb}", json=body)
    assert_refused(answer, 403, "reauthentication_required")


def test_an_admin_of_long_ago_makes_nobody(later):
    answer = later.boss.post(f"{API}/admin/users", json={"email": new_address()})
    assert_refused(answer, 403, "reauthentication_required")


def test_the_password_makes_a_login_fresh(later):
    account = log_in(later, make_user(later)["email"])
    let_time_pass(later, FRESH_SECONDS + 30)
    body = {"name": "late", "scopes": ["jobs:read"], "expires_in_days": 1}
    assert_refused(account.post(f"{API}/users/me/keys", json=body), 403, "reauthentication_required")
    assert_refused(account.post(f"{API}/auth/reauthenticate", json={"password": WRONG}), 400, "invalid_credentials")
    assert_refused(account.post(f"{API}/auth/reauthenticate", json={}), 400)
    assert_refused(account.post(f"{API}/users/me/keys", json=body), 403, "reauthentication_required")
    assert account.expect(204, "POST", f"{API}/auth/reauthenticate", json={"password": STRONG}).content == b""
    account.expect(201, "POST", f"{API}/users/me/keys", json=body)
    other = log_in(later, account.email)
    let_time_pass(later, FRESH_SECONDS + 30)
    account.expect(204, "POST", f"{API}/auth/reauthenticate", json={"password": STRONG})
    assert_refused(other.post(f"{API}/users/me/keys", json=body), 403, "reauthentication_required")


def test_a_code_makes_a_login_fresh_and_counts_as_used(later):
    code = later.totp.code()
    assert_refused(later.careful.post(f"{API}/auth/reauthenticate", json={"code": later.totp.wrong()}), 400)
    later.careful.expect(204, "POST", f"{API}/auth/reauthenticate", json={"code": code})
    later.careful.expect(200, "POST", f"{API}/users/me/mfa/recovery-codes")
    assert_refused(later.careful.post(f"{API}/auth/reauthenticate", json={"code": code}), 400)


def test_a_refresh_does_not_make_a_login_fresh(later):
    answer = later.visitor().post(f"{API}/auth/cognito/refresh", json={"refresh_token": later.account.refresh_token})
    later.account.take(answer.json()["tokens"])
    answer = later.account.post(f"{API}/users/me/keys", json={"name": "late", "scopes": ["jobs:read"], "expires_in_days": 1})
    assert_refused(answer, 403, "reauthentication_required")


def test_the_page_asks_for_the_password_and_leads_back(later):
    form = later.browser.form("/auth/confirm?next=/dashboard/settings", "/auth/confirm")
    wrong = later.browser.submit(form, {"password": WRONG})
    assert_given_back(wrong)
    page = later.browser.submit(form, {"password": STRONG})
    assert path_of(page) == "/dashboard/settings"


@pytest.mark.parametrize("next", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example"])
def test_confirming_leads_nowhere_else(later, next):
    browser = Browser(later)
    browser.sign_in(make_user(later)["email"])
    form = browser.form("/auth/confirm?next=" + requests.utils.quote(next, safe=""), "/auth/confirm")
    answer = browser.submit(form, {"password": STRONG}, allow_redirects=False)
    assert led_to(answer).startswith("/") and "elsewhere" not in answer.headers["Location"]


def test_who_is_not_signed_in_confirms_nothing(later):
    assert_refused(later.visitor().post(f"{API}/auth/reauthenticate", json={"password": STRONG}), 401)


# Keys


@at_every_mount
def test_a_key_is_shown_once_and_works_both_ways(server, mount):
    account = member(server)
    body = {"name": "nightly import", "scopes": ["jobs:read"], "expires_in_days": 30}
    made = account.expect(201, "POST", f"{mount}/users/me/keys", json=body).json()
    server.secrets.add(made["key"])
    assert re.fullmatch(r"quern_[A-Za-z0-9_-]{32,}", made["key"])
    (listed,) = account.expect(200, "GET", f"{mount}/users/me/keys").json()
    assert set(listed) >= {"id", "name", "prefix", "scopes", "created_at", "expires_at", "last_used_at"}
    assert "key" not in listed and made["key"] not in json.dumps(listed)
    assert made["key"].startswith(listed["prefix"]) and len(listed["prefix"]) < 20
    assert (listed["name"], listed["scopes"], listed["last_used_at"]) == ("nightly import", ["jobs:read"], None)
    for headers in ({"X-API-Key": made["key"]}, {"Authorization": f"Bearer {made['key']}"}):
        server.visitor().expect(200, "GET", f"{mount}/jobs", headers=headers)
    wait_until(lambda: account.get(f"{mount}/users/me/keys").json()[0]["last_used_at"], 5, "the last use", pause=0.2)


@at_every_mount
def test_a_key_is_revoked(server, mount):
    account = member(server)
    key = make_key(account, "jobs:read")
    program = with_key(server, key["key"])
    program.expect(200, "GET", f"{mount}/jobs")
    assert account.delete(f"{mount}/users/me/keys/{key['id']}").status_code in (200, 204)
    assert_refused(program.get(f"{mount}/jobs"), 401)
    assert account.expect(200, "GET", f"{mount}/users/me/keys").json() == []
    assert_refused(account.delete(f"{mount}/users/me/keys/{key['id']}"), 404)


def test_a_key_expires(new_server):
    server = new_server()
    server.register()
    account = member(server)
    short, long = make_key(account, "jobs:read", days=1), make_key(account, "jobs:read", days=30)
    let_time_pass(server, 86400 + 60)
    assert_refused(with_key(server, short["key"]).get(f"{API}/jobs"), 401)
    with_key(server, long["key"]).expect(200, "GET", f"{API}/jobs")


@pytest.mark.parametrize("key", ["quern_", "quern_" + "a" * 43, "", "x", "é", "quern_' OR 1=1 --"])
def test_an_unknown_key_401(server, key):
    for headers in ({"X-API-Key": key.encode()}, {"Authorization": b"Bearer " + key.encode()}):
        assert_refused(server.visitor().get(f"{API}/jobs", headers=headers), 401)


def test_a_key_with_one_letter_changed_401(server):
    key = make_key(member(server), "jobs:read")["key"]
    for forged in (key[:-1] + ("A" if key[-1] != "A" else "B"), key + "A", key[:-1], key.upper(), key.removeprefix("quern_")):
        assert_refused(with_key(server, forged).get(f"{API}/jobs"), 401)


def test_a_scope_opens_its_own_door_and_no_other(server):
    account = member(server)
    job = account.create_job()["id"]
    reader, writer = (with_key(server, make_key(account, scope)["key"]) for scope in ("jobs:read", "jobs:write"))
    other = with_key(server, make_key(account, "tasks:read", "leads:write", "account:read")["key"])
    reader.expect(200, "GET", f"{API}/jobs/{job}")
    assert_refused(reader.post(f"{API}/jobs", json={"file_name": "a.csv"}), 403, "scope_missing")
    assert_refused(reader.post(f"{API}/jobs/{job}/cancel", json={}), 403, "scope_missing")
    writer.expect(201, "POST", f"{API}/jobs", json={"file_name": "a.csv"})
    assert_refused(other.get(f"{API}/jobs/{job}"), 403, "scope_missing")
    other.expect(200, "GET", f"{API}/users/me")
    assert_refused(reader.get(f"{API}/users/me"), 403, "scope_missing")


NEVER = [
    ("POST", "/users/me/change-password", {"current_password": STRONG, "new_password": STRONGER}),
    ("GET", "/users/me/mfa", None),
    ("PUT", "/users/me/mfa", {"enabled": True}),
    ("POST", "/users/me/mfa/devices", {}),
    ("POST", "/users/me/mfa/recovery-codes", {}),
    ("DELETE", f"/users/me/mfa/devices/{NOBODY}", None),
    ("GET", "/users/me/sessions", None),
    ("DELETE", "/users/me/sessions", None),
    ("DELETE", f"/users/me/sessions/{NOBODY}", None),
    ("GET", "/users/me/keys", None),
    ("DELETE", f"/users/me/keys/{NOBODY}", None),
    ("POST", "/users/me/keys", {"name": "more", "scopes": ["jobs:read"], "expires_in_days": 1}),
    ("POST", "/users/me/passkeys/options", {}),
    ("GET", "/users/me/passkeys", None),
    ("DELETE", f"/users/me/passkeys/{NOBODY}", None),
    ("POST", "/auth/reauthenticate", {"password": STRONG}),
]


@pytest.fixture(scope="module")
def everything(server, admin):
    """A key of an admin with every scope there is."""
    email = make_user(server, new_address("keyholder"), is_admin=True)["email"]
    return with_key(server, make_key(log_in(server, email), *SCOPES, "admin")["key"])


@pytest.mark.parametrize("method, path, body", NEVER, ids=[f"{m}-{p}" for m, p, _ in NEVER])
def test_no_key_reaches_passwords_second_steps_sessions_or_keys(everything, method, path, body):
    for mount in MOUNTS:
        assert_refused(everything.request(method, mount + path, json=body), 403)


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard/settings", "/admin/users"])
def test_no_key_opens_a_page(everything, path):
    answer = everything.get(path, headers={"Accept": "text/html"}, allow_redirects=False)
    assert answer.status_code in (303, 401, 403), answer.status_code


def test_a_key_has_no_more_than_its_owner(server, admin):
    account = member(server)
    made = account.post(f"{API}/users/me/keys", json={"name": "greedy", "scopes": ["admin"], "expires_in_days": 1})
    assert made.status_code in (201, 400, 403), made.text
    if made.status_code == 201:
        assert with_key(server, made.json()["key"]).get(f"{API}/admin/users").status_code == 403
    theirs = admin.create_job()["id"]
    assert with_key(server, make_key(account, *SCOPES)["key"]).get(f"{API}/jobs/{theirs}").status_code == 403


@pytest.mark.parametrize("change", ["disable", "role"])
def test_a_key_follows_its_owner(server, change):
    email = make_user(server, new_address(), is_admin=True)["email"]
    program = with_key(server, make_key(log_in(server, email), "jobs:read", "admin")["key"])
    program.expect(200, "GET", f"{API}/admin/users")
    if change == "disable":
        cli(server, "user", "disable", email)
        assert_refused(program.get(f"{API}/jobs"), 401)
    else:
        cli(server, "user", "role", email, "member")
    assert program.get(f"{API}/admin/users").status_code in (401, 403)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "a"},
        {"name": "a", "scopes": ["everything"], "expires_in_days": 1},
        {"name": "a", "scopes": "jobs:read", "expires_in_days": 1},
        {"name": "a", "scopes": ["jobs:read"], "expires_in_days": 0},
        {"name": "a", "scopes": ["jobs:read"], "expires_in_days": -1},
        {"name": "a", "scopes": ["jobs:read"], "expires_in_days": "x"},
        {"name": "a", "scopes": ["jobs:read"], "expires_in_days": 10**9},
        {"name": "a", "scopes": [], "expires_in_days": 1},
        {"name": "", "scopes": ["jobs:read"], "expires_in_days": 1},
        {"name": "x" * 5000, "scopes": ["jobs:read"], "expires_in_days": 1},
    ],
    ids=lambda body: str(body)[:60],
)
def test_a_key_that_makes_no_sense_400(server, body):
    account = member(server)
    assert_refused(account.post(f"{API}/users/me/keys", json=body), 400)
    assert account.get(f"{API}/users/me/keys").json() == []


def test_somebody_elses_key_is_not_there(server, admin):
    key = make_key(member(server), "jobs:read")
    for other in (member(server), admin):
        assert_refused(other.delete(f"{API}/users/me/keys/{key['id']}"), 404)
    with_key(server, key["key"]).expect(200, "GET", f"{API}/jobs")


def test_keys_on_the_command_line(server):
    email = make_user(server)["email"]
    made = cli(server, "key", "create", "--email", email, "--name", "from the shell", "--scope", "jobs:read")
    program = with_key(server, made["key"])
    program.expect(200, "GET", f"{API}/jobs")
    assert_refused(program.post(f"{API}/jobs", json={"file_name": "a.csv"}), 403, "scope_missing")
    listed = cli(server, "key", "list", "--email", email)
    assert made["id"] in [key["id"] for key in listed] and made["key"] not in json.dumps(listed)
    cli(server, "key", "revoke", made["id"])
    assert_refused(program.get(f"{API}/jobs"), 401)


# The session that stands on a key


def status_of(browser, mount=API):
    answer = browser.get(f"{browser.server.base}{mount}/auth/session", headers={"Accept": "application/json"}, timeout=30)
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"authenticated", "api_key_configured", "expires_at"}
    return answer.json()


@at_every_mount
def test_a_session_on_the_key_of_the_environment(server, mount):
    browser = Browser(server)
    browser.headers["Accept"] = "application/json"
    server.secrets.add(EXTRACT_KEY)
    path = f"{server.base}{mount}/auth/session"
    assert status_of(browser, mount) == {"authenticated": False, "api_key_configured": True, "expires_at": None}
    made = browser.post(path, json={"api_key": EXTRACT_KEY}, timeout=30)
    assert made.status_code == 200, made.text
    assert (made.json()["authenticated"], made.json()["api_key_configured"]) == (True, True) and made.json()["expires_at"]
    _, value, flags = cookie_of(made)
    assert "httponly" in flags and flags["samesite"] == "Strict" and flags["path"] == "/"
    assert value not in made.text and EXTRACT_KEY not in value
    assert status_of(browser, mount)["authenticated"] is True
    assert browser.get(f"{server.base}{mount}/jobs", timeout=30).status_code == 200

    stolen = Browser(server)
    stolen.cookies.update(browser.cookies)
    ended = browser.delete(path, headers=OWN_PAGE, timeout=30)
    assert ended.status_code == 200 and ended.json()["authenticated"] is False and ended.json()["expires_at"] is None
    assert cookie_of(ended)[2].get("max-age") == "0" or "expires" in cookie_of(ended)[2]
    assert status_of(stolen, mount)["authenticated"] is False, "the session has ended, not only its cookie"
    assert stolen.get(f"{server.base}{mount}/jobs", headers={"Accept": "application/json"}, timeout=30).status_code == 401


@at_every_mount
@pytest.mark.parametrize(
    "body, status",
    [
        ({"api_key": "wrong"}, 401),
        ({"api_key": EXTRACT_KEY[:-1]}, 401),
        ({"api_key": EXTRACT_KEY + "x"}, 401),
        ({"api_key": 7}, 400),
        ({}, 400),
    ],
    ids=str,
)
def test_a_wrong_key_makes_no_session(server, mount, body, status):
    answer = server.visitor().post(f"{mount}/auth/session", json=body)
    assert_refused(answer, status)
    assert not answer.cookies


def test_the_key_of_the_environment_as_a_header(server):
    server.visitor().expect(200, "GET", f"{API}/jobs", headers={"X-API-Key": EXTRACT_KEY})
    assert_refused(server.visitor().get(f"{API}/jobs", headers={"X-API-Key": EXTRACT_KEY[:-1]}), 401)
    assert_refused(server.visitor().get(f"{API}/users/me/keys", headers={"X-API-Key": EXTRACT_KEY}), 403)


def test_a_session_on_a_key_reaches_no_more_than_the_key(server):
    browser = Browser(server)
    browser.headers["Accept"] = "application/json"
    assert browser.post(f"{server.base}{API}/auth/session", json={"api_key": EXTRACT_KEY}, timeout=30).status_code == 200
    for method, path in (("GET", "/users/me/keys"), ("GET", "/users/me/sessions"), ("GET", "/users/me/mfa")):
        assert browser.request(method, server.base + API + path, timeout=30).status_code == 403, path


def test_without_a_configured_key_nothing_is_open(new_server):
    server = new_server()
    server.register()
    browser = Browser(server)
    assert status_of(browser) == {"authenticated": False, "api_key_configured": False, "expires_at": None}
    for key in ("", "None", "null"):
        answer = server.visitor().post(f"{API}/auth/session", json={"api_key": key})
        assert answer.status_code in (400, 401)
        assert_refused(server.visitor().get(f"{API}/jobs", headers={"X-API-Key": key}), 401)


def test_ending_a_session_twice_at_once_is_fine(server):
    account = member(server)
    other = current(log_in(server, account.email))["id"]
    answers = at_once(*[lambda: account.delete(f"{API}/users/me/sessions/{other}")] * 4)
    assert sorted(answer.status_code for answer in answers)[0] in (200, 204)
    assert {answer.status_code for answer in answers} <= {200, 204, 404}


def test_a_device_added_in_one_session_counts_for_all(server):
    account = member(server)
    other = log_in(server, account.email)
    add_device(account)
    assert len(other.expect(200, "GET", f"{API}/users/me/mfa").json()["devices"]) == 1
