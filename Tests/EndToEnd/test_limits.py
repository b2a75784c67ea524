"""Rate limits of each route, and the lock of an account whose password is being guessed."""

import re
import uuid

import pytest

from people import (
    API, NOBODY, STRONG, STRONGER, WRONG, Browser, assert_given_back, assert_refused, at_once, bot_token, let_time_pass, log_in,
    make_user, member, new_address, start_login, tokens_of, with_key,
)
from served import ADMIN, PASSWORD

SETTINGS = {"RATE_LIMIT_ENABLED": "true", "REGISTRATION_ENABLED": "true", "TRUSTED_PROXIES": "127.0.0.0/8"}
FAILURES = 5
LOCK_SECONDS = 900
MOST = 200


def visitor_from(server, address):
    """Somebody behind the trusted proxy on this machine."""
    visitor = server.visitor()
    visitor.session.headers["X-Forwarded-For"] = address
    return visitor


def some_address():
    """An address that nobody used before: each has counters of its own."""
    number = uuid.uuid4().int
    return f"2001:db8:{number & 0xFFFF:x}:{number >> 16 & 0xFFFF:x}::1"


def login_of(email, password=WRONG):
    return "POST", "/auth/cognito/login", {"email": email, "password": password}


# What a program sends that tries again and again, each time with another account; how many a minute are heard.
ROUTES = {
    "signup": (
        5,
        lambda: (
            "POST",
            "/auth/cognito/signup",
            {"email": new_address(), "password": "weak", "name": "x", "turnstile_token": "x"},
        ),
    ),
    "confirm": (8, lambda: ("POST", "/auth/cognito/confirm", {"email": new_address(), "code": "123456"})),
    "login": (10, lambda: login_of(new_address())),
    "challenge": (
        10,
        lambda: (
            "POST",
            "/auth/cognito/challenge",
            {
                "email": new_address(),
                "challenge_name": "SOFTWARE_TOKEN_MFA",
                "session": NOBODY,
                "responses": {"SOFTWARE_TOKEN_MFA_CODE": "123456"},
            },
        ),
    ),
    "mfa-setup": (5, lambda: ("POST", "/auth/cognito/mfa/setup", {"session": NOBODY})),
    "mfa-verify": (
        10,
        lambda: ("POST", "/auth/cognito/mfa/verify", {"email": new_address(), "session": NOBODY, "code": "123456"}),
    ),
    "refresh": (12, lambda: ("POST", "/auth/cognito/refresh", {"refresh_token": uuid.uuid4().hex})),
    # The other documents name no number.
    "register": (None, lambda: ("POST", "/auth/register", {"email": new_address(), "password": "weak"})),
    "plain-login": (None, lambda: ("POST", "/auth/login", {"username": new_address(), "password": WRONG})),
    "verify-email": (None, lambda: ("POST", "/auth/verify-email", {"email": new_address(), "code": "123456"})),
    "resend": (None, lambda: ("POST", "/auth/verify-email/resend", {"email": new_address()})),
    "send": (None, lambda: ("POST", "/auth/cognito/verification/send", {"email": new_address()})),
    "forgot": (None, lambda: ("POST", "/auth/forgot-password", {"email": new_address()})),
    "reset": (None, lambda: ("POST", "/auth/reset-password", {"token": uuid.uuid4().hex, "password": STRONG})),
    "session": (None, lambda: ("POST", "/auth/session", {"api_key": uuid.uuid4().hex})),
    "passkey-options": (None, lambda: ("POST", "/auth/passkey/options", {})),
    "passkey": (None, lambda: ("POST", "/auth/passkey", {"challenge_id": NOBODY, "credential": {}})),
    "bot-check": (None, lambda: ("GET", "/auth/bot-check", None)),
}


@pytest.fixture(scope="module", autouse=True)
def owner(admin):
    return admin


def send(visitor, make, mount=API):
    method, path, body = make()
    return visitor.request(method, mount + path, json=body)


def rate(answer):
    """Limit, what is left, and seconds until it begins anew, of the rule nearest to its end; in both wordings of the drafts."""
    headers = answer.headers
    if "RateLimit-Limit" in headers:
        texts = [headers[f"RateLimit-{name}"] for name in ("Limit", "Remaining", "Reset")]
        return tuple(int(re.match(r"\d+", text).group()) for text in texts)
    limits = {name: int(limit) for name, limit in re.findall(r'"([^"]+)";q=(\d+)', headers["RateLimit-Policy"])}
    left = [(int(left), int(reset), name) for name, left, reset in re.findall(r'"([^"]+)";r=(\d+);t=(\d+)', headers["RateLimit"])]
    remaining, reset, name = min(left)
    return limits[name], remaining, reset


def until_refused(visitor, make, most=MOST):
    """How many were heard, and the answer that refused the next."""
    for heard in range(most):
        answer = send(visitor, make)
        if answer.status_code == 429:
            return heard, answer
    raise AssertionError(f"{most} were heard")


@pytest.mark.parametrize("name", ROUTES)
def test_each_route_hears_so_many_a_minute(server, name):
    limit, make = ROUTES[name]
    heard, refused = until_refused(visitor_from(server, some_address()), make)
    assert heard == limit if limit else 1 < heard <= 120, heard
    assert_refused(refused, 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    if limit:
        assert int(refused.headers["Retry-After"]) <= 60
    told, left, _ = rate(refused)
    assert (told, left) == (heard, 0)
    assert send(visitor_from(server, some_address()), make).status_code != 429, "others are still heard"


def test_the_headers_count_down(server):
    visitor, make = visitor_from(server, some_address()), ROUTES["login"][1]
    counts = [rate(send(visitor, make)) for _ in range(4)]
    assert [left for _, left, _ in counts] == [9, 8, 7, 6], counts
    assert {limit for limit, _, _ in counts} == {10}
    assert all(0 < reset <= 60 for _, _, reset in counts)


def test_a_limit_is_one_for_all_mounts(server):
    visitor, make = visitor_from(server, some_address()), ROUTES["login"][1]
    mounts = ["", "/api", "/api/v1"] * 3 + [""]
    assert [send(visitor, make, mount).status_code for mount in mounts] == [401] * 10
    for mount in ("", "/api", "/api/v1"):
        assert send(visitor, make, mount).status_code == 429


def test_writing_the_address_otherwise_gives_no_more_tries(server):
    """The same route in another spelling counts as the same."""
    visitor, body = visitor_from(server, some_address()), ROUTES["login"][1]
    until_refused(visitor, body)
    for path in (
        "/api/v1/auth/cognito/login/",
        "/api/v1//auth/cognito/login",
        "/api/v1/auth/cognito/%6cogin",
        "/api/v1/auth/cognito/login?x=1",
    ):
        answer = visitor.post(path, json=body()[2])
        assert answer.status_code in (404, 405, 429), f"{path}: {answer.status_code}"


def test_a_good_login_is_refused_too_when_the_limit_is_reached(server):
    email, address = make_user(server)["email"], some_address()
    until_refused(visitor_from(server, address), ROUTES["login"][1])
    answer = send(visitor_from(server, address), lambda: login_of(email, STRONG))
    assert_refused(answer, 429)
    tokens_of(send(visitor_from(server, some_address()), lambda: login_of(email, STRONG)))


def test_the_pages_are_limited_too(server):
    browser = Browser(server)
    browser.headers["X-Forwarded-For"] = some_address()
    form = browser.form("/auth/login")
    answers = [browser.submit(form, {"email": new_address(), "password": WRONG}) for _ in range(40)]
    statuses = [answer.status_code for answer in answers]
    assert 429 in statuses, statuses
    assert_given_back(answers[0])
    refused = answers[statuses.index(429)]
    assert refused.headers["Content-Type"].startswith("text/html") and "Retry-After" in refused.headers


def test_one_account_is_limited_wherever_the_tries_come_from(server):
    """A resend each minute, however many machines ask for it."""
    email = new_address()
    path = f"{API}/auth/verify-email/resend"
    statuses = [visitor_from(server, some_address()).post(path, json={"email": email}).status_code for _ in range(3)]
    assert statuses == [200, 429, 429]


# Behind a proxy


def test_only_a_trusted_proxy_says_where_one_comes_from(new_server):
    server = new_server(RATE_LIMIT_ENABLED="true")
    server.register()
    make = ROUTES["login"][1]
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        statuses = []
        for number in range(11):
            visitor = server.visitor()
            visitor.session.headers[name] = f"for=192.0.2.{number}" if name == "Forwarded" else f"192.0.2.{number}"
            statuses.append(send(visitor, make).status_code)
        assert 429 in statuses, f"{name} gives a stranger more tries"


def test_what_the_client_wrote_before_the_proxy_does_not_count(server):
    """The proxy adds at the end what it saw; all before that is the client's own word."""
    real, make = some_address(), ROUTES["login"][1]
    statuses = [send(visitor_from(server, f"192.0.2.{number}, {real}"), make).status_code for number in range(11)]
    assert statuses == [401] * 10 + [429]


def test_further_trusted_proxies_are_passed_over(server):
    real, make = some_address(), ROUTES["login"][1]
    statuses = [send(visitor_from(server, f"{real}, 127.0.0.{number + 2}"), make).status_code for number in range(11)]
    assert statuses == [401] * 10 + [429]


@pytest.mark.parametrize(
    "value", ["", "unknown", "not an address", "999.1.1.1", "192.0.2.1:1234", '"', ",,,", "\x7f", "1" * 5000]
)
def test_a_senseless_header_does_no_harm(server, value):
    answer = send(visitor_from(server, value), ROUTES["bot-check"][1])
    assert answer.status_code in (200, 400, 429), answer.text


def test_where_one_comes_from_is_shown_in_the_list_of_sessions(server):
    email, address = make_user(server)["email"], "203.0.113.77"
    visitor = visitor_from(server, address)
    tokens = tokens_of(send(visitor, lambda: login_of(email, STRONG)))
    visitor.token = tokens["access_token"]
    (session,) = visitor.expect(200, "GET", f"{API}/users/me/sessions").json()
    assert session["address"] == address


def test_the_limits_can_be_turned_off(new_server):
    server = new_server(RATE_LIMIT_ENABLED="false")
    server.register()
    assert {send(server.visitor(), ROUTES["login"][1]).status_code for _ in range(30)} == {401}


# The lock


def fail(server, email, times=FAILURES):
    """Wrong passwords, each from another address."""
    return [send(visitor_from(server, some_address()), lambda: login_of(email, f"{WRONG} {number}")) for number in range(times)]


def doors(email, password):
    """Every login of every document."""
    yield "POST", f"{API}/auth/cognito/login", {"json": {"email": email, "password": password}}
    yield "POST", f"{API}/auth/login", {"data": {"username": email, "password": password}}
    yield "POST", f"{API}/auth/login", {"json": {"username": email, "password": password}}
    yield "POST", "/auth/login", {"json": {"username": email, "password": password}}


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "unknown"])
def test_five_failures_lock_an_account_at_every_door(server, is_known):
    email = make_user(server)["email"] if is_known else new_address()
    assert [answer.status_code for answer in fail(server, email)] == [401] * FAILURES
    for method, path, options in doors(email, STRONG):
        answer = visitor_from(server, some_address()).request(method, path, **options)
        assert answer.status_code == 429, f"{path}: {answer.status_code} {answer.text}"
        assert LOCK_SECONDS - 60 < int(answer.headers["Retry-After"]) <= LOCK_SECONDS
        if path != "/auth/login":
            assert answer.json()["error"] == "account_locked"
    answer = send(visitor_from(server, some_address()), lambda: login_of(email.upper(), STRONG))
    assert_refused(answer, 429, "account_locked")


def test_known_and_unknown_addresses_are_locked_alike(server):
    known, unknown = fail(server, make_user(server)["email"], 7), fail(server, new_address(), 7)
    assert [answer.status_code for answer in known] == [answer.status_code for answer in unknown] == [401] * 5 + [429] * 2
    assert [answer.json()["error"] for answer in known] == [answer.json()["error"] for answer in unknown]
    assert [answer.json()["detail"] for answer in known] == [answer.json()["detail"] for answer in unknown]


def test_failures_at_every_door_count_together(server):
    email = make_user(server)["email"]
    for method, path, options in list(doors(email, WRONG)) + list(doors(email, WRONG))[:1]:
        visitor_from(server, some_address()).request(method, path, **options)
    assert_refused(send(visitor_from(server, some_address()), lambda: login_of(email, STRONG)), 429, "account_locked")


def test_the_page_tells_that_an_account_is_locked(server):
    email = make_user(server)["email"]
    fail(server, email)
    browser = Browser(server)
    browser.headers["X-Forwarded-For"] = some_address()
    answer = browser.sign_in(email)
    assert_given_back(answer)
    assert "minute" in answer.text
    assert not browser.is_in()


def test_live_sessions_and_keys_go_on(server):
    account = member(server)
    made = account.expect(
        201, "POST", f"{API}/users/me/keys", json={"name": "k", "scopes": ["jobs:read"], "expires_in_days": 1}
    ).json()
    browser = Browser(server)
    browser.headers["X-Forwarded-For"] = some_address()
    browser.sign_in(account.email)
    fail(server, account.email)
    assert account.is_in() and browser.is_in()
    with_key(server, made["key"]).expect(200, "GET", f"{API}/jobs")
    answer = visitor_from(server, some_address()).post(
        f"{API}/auth/cognito/refresh", json={"refresh_token": account.refresh_token}
    )
    tokens_of(answer)


def test_a_right_password_in_between_forgives(server):
    email = make_user(server)["email"]
    fail(server, email, FAILURES - 1)
    tokens_of(send(visitor_from(server, some_address()), lambda: login_of(email, STRONG)))
    assert [answer.status_code for answer in fail(server, email, FAILURES - 1)] == [401] * (FAILURES - 1)
    tokens_of(send(visitor_from(server, some_address()), lambda: login_of(email, STRONG)))


def test_guessing_at_once_is_no_way_around_the_lock(server):
    email = make_user(server)["email"]
    answers = at_once(
        *[
            lambda number=number: send(visitor_from(server, some_address()), lambda: login_of(email, f"{WRONG} {number}"))
            for number in range(20)
        ]
    )
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(401) <= FAILURES and set(statuses) <= {401, 429}, statuses


@pytest.mark.parametrize(
    "settings", [{"RATE_LIMIT_ENABLED": "true"}, {"RATE_LIMIT_ENABLED": "false"}], ids=["limits", "no-limits"]
)
def test_the_lock_outlives_a_restart_and_ends(new_server, settings):
    server = new_server(**settings)
    server.register()
    email = make_user(server)["email"]
    for _ in range(FAILURES):
        start_login(server, email, WRONG)
    assert_refused(start_login(server, email), 429, "account_locked")
    let_time_pass(server, LOCK_SECONDS - 60)
    answer = start_login(server, email)
    assert_refused(answer, 429, "account_locked")
    assert int(answer.headers["Retry-After"]) <= 60
    let_time_pass(server, 61)
    tokens_of(start_login(server, email))


def test_the_other_doors_to_a_password_count_too(server):
    """Who holds a session and guesses the password at the change of it, or at the confirmation, is stopped as well."""
    for path, body in (
        ("/users/me/change-password", {"current_password": WRONG, "new_password": STRONGER}),
        ("/auth/reauthenticate", {"password": WRONG}),
    ):
        account = log_in_from(server, make_user(server)["email"])
        statuses = [account.post(API + path, json=body).status_code for _ in range(30)]
        assert statuses[0] == 400 and 429 in statuses, f"{path}: {statuses}"


def log_in_from(server, email):
    visitor = visitor_from(server, some_address())
    visitor.token = tokens_of(send(visitor, lambda: login_of(email, STRONG)))["access_token"]
    return visitor


def test_the_admin_is_locked_like_anybody_but_stays_signed_in(new_server):
    server = new_server()
    server.register()
    boss = log_in(server, ADMIN, PASSWORD)
    for _ in range(FAILURES):
        start_login(server, ADMIN, WRONG)
    assert_refused(start_login(server, ADMIN, PASSWORD), 429, "account_locked")
    assert boss.is_in()


def test_sign_up_with_a_good_proof_counts_like_any_other(server):
    visitor = visitor_from(server, some_address())
    statuses = []
    for _ in range(6):
        body = {"email": new_address(), "password": STRONG, "name": "Pat", "turnstile_token": bot_token(server)}
        statuses.append(visitor.post(f"{API}/auth/cognito/signup", json=body).status_code)
    assert statuses == [200] * 5 + [429]
