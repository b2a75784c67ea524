"""Nobody learns from outside which addresses have accounts: neither from what is answered nor from how long it takes."""

import re
import statistics
import time

import pytest

from people import (
    API, at_every_mount, STRONG, STRONGER, WRONG, Browser, bot_token, cli, let_time_pass, make_user, member_with_mfa, new_address,
    pending, unverified,
)
from served import rounds

# Passwords are hashed at a cost that can be told from none.
SETTINGS = {"REGISTRATION_ENABLED": "true", "QUERN_ENV": "development", "QUERN_PASSWORD_COST": "12"}
TRIES = rounds(7, 15)
MOST_APART = 2.0
# What differs from answer to answer whoever is asked for.
PASSING = {"date", "x-request-id", "traceparent", "etag", "set-cookie"}



@pytest.fixture(scope="module", autouse=True)
def owner(admin):
    return admin


def plain(text, email):
    """An answer without what is its own: the address that was sent, ids, signed fields."""
    text = re.sub(r"\d{13}\.[\w-]{43}", "TOKEN", text)  # the form token, which also stands in the head of the page
    text = (
        text.replace(email, "ADDRESS")
        .replace(email.replace("@", "%40"), "ADDRESS")
        .replace(email.replace("@", "&#64;"), "ADDRESS")
    )
    text = re.sub(r'"request_id":\s*"[^"]*"', "", text)
    text = re.sub(r'(name="(?:form_token|session|question|proof|challenge)" value=")[^"]*', r"\1", text)
    return re.sub(r'(<label for="answer">).*?(</label>)', r"\1\2", text)


def shape(answer, email):
    """All that somebody outside sees."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    seen = {name: value.replace(email.replace("@", "%40"), "ADDRESS") for name, value in headers.items() if name not in PASSING}
    if "retry-after" in seen:
        # Of a lock, counted from its last failure: a second may pass between two answers.
        seen["retry-after"] = str(round(int(seen["retry-after"]) / 60))
    if "location" in seen:
        seen["location"] = re.sub(r"refused=[\w-]+", "refused=KEY", seen["location"])  # another one each time
    seen.pop("content-length", None)  # it tells the length of the address; the body is compared itself
    cookies = sorted(cookie.name for cookie in answer.cookies)
    return answer.status_code, seen, cookies, plain(answer.text, email)


def addresses(server):
    """One of each kind, all of one length, so that answers that repeat them are of one length too."""
    email = member_with_mfa(server, "probe")[0].email
    disabled = make_user(server, new_address("probe"))["email"]
    cli(server, "user", "disable", disabled)
    return {
        "active": make_user(server, new_address("probe"))["email"], "mfa": email, "disabled": disabled,
        "pending": pending(server, new_address("probe")), "unverified": unverified(server, new_address("probe"))[0],
        "unknown": new_address("probe"),
    }


@pytest.fixture(scope="module")
def probes(server, admin):
    return addresses(server)


def assert_alike(answers):
    """Answers by kind of address; each as for one that nobody has."""
    expected = answers.pop("unknown")
    for kind, seen in answers.items():
        assert seen == expected, f"an address that is {kind} is told from one that is unknown"


@at_every_mount
@pytest.mark.parametrize("path, body", [
    ("/auth/forgot-password", {}), ("/auth/verify-email", {"code": "123456"}), ("/auth/cognito/confirm", {"code": "123456"}),
    ("/auth/cognito/login", {"password": WRONG}), ("/auth/cognito/login", {"password": ""}),
], ids=["forgot", "verify", "confirm", "login", "login-without"])
def test_json_answers_are_alike(server, probes, mount, path, body):
    assert_alike({
        kind: shape(server.visitor().post(mount + path, json={"email": email} | body), email) for kind, email in probes.items()
    })


@at_every_mount
@pytest.mark.parametrize("path", ["/auth/verify-email/resend", "/auth/cognito/verification/send"])
def test_another_code_is_promised_to_everybody(new_server, mount, path):
    server = new_server(**SETTINGS)
    server.register()
    probes = addresses(server)
    let_time_pass(server, 61)
    for again in (False, True):
        answers = {
            kind: shape(server.visitor().post(mount + path, json={"email": email}), email) for kind, email in probes.items()
        }
        assert again or answers["unknown"][0] == 200
        for kind in answers:
            answers[kind][1].pop("retry-after", None)  # counts seconds
            answers[kind] = (*answers[kind][:3], re.sub(r"\d+", "N", answers[kind][3]))
        assert_alike(answers)


@pytest.mark.parametrize("login", [
    lambda visitor, email: visitor.post(f"{API}/auth/login", data={"username": email, "password": WRONG}),
    lambda visitor, email: visitor.post(f"{API}/auth/login", json={"username": email, "password": WRONG}),
    lambda visitor, email: visitor.post("/auth/login", json={"username": email, "password": WRONG}),
], ids=["form", "json", "root"])
def test_the_other_logins_are_alike(server, probes, login):
    assert_alike({kind: shape(login(server.visitor(), email), email) for kind, email in probes.items()})


@at_every_mount
def test_sign_ups_are_alike(server, probes, mount):
    answers = {}
    for kind, email in probes.items():
        body = {"email": email, "password": STRONGER, "name": "Pat", "turnstile_token": bot_token(server)}
        answers[kind] = shape(server.visitor().post(f"{mount}/auth/cognito/signup", json=body), email)
    probes["unknown"] = new_address("probe")
    assert answers["unknown"][0] == 200
    assert_alike(answers)


def test_a_refused_sign_up_is_alike(server, probes):
    for body in ({"password": "weak"}, {"password": STRONGER, "turnstile_token": "none"}):
        answers = {}
        for kind, email in probes.items():
            whole = {"email": email, "name": "Pat", "turnstile_token": "none"} | body
            answers[kind] = shape(server.visitor().post(f"{API}/auth/cognito/signup", json=whole), email)
        assert_alike(answers)


def test_forms_to_log_in_are_alike(server, admin):
    probes = addresses(server)  # of its own: the others have failures behind them
    answers = {}
    for kind, email in probes.items():
        browser = Browser(server)
        answers[kind] = shape(
            browser.submit(browser.form("/auth/login"), {"email": email, "password": WRONG}, allow_redirects=False), email
        )
    assert answers["unknown"][0] == 303
    assert_alike(answers)


def test_forms_for_a_forgotten_password_are_alike(server, probes):
    answers = {}
    for kind, email in probes.items():
        browser = Browser(server)
        answers[kind] = shape(
            browser.submit(browser.form("/auth/forgot-password"), {"email": email}, allow_redirects=False), email
        )
    assert answers["unknown"][0] in (200, 303)
    assert_alike(answers)


def test_forms_to_register_are_alike_and_so_are_the_pages_behind(server, probes):
    answers, pages, refusals = {}, {}, {}
    for kind, email in probes.items():
        browser = Browser(server)
        answers[kind] = shape(browser.register(email, STRONGER, allow_redirects=False), email)
        pages[kind] = shape(browser.see("/auth/verify-email"), email)
        refusals[kind] = shape(
            browser.submit(browser.form("/auth/verify-email"), {"code": "123456"}, allow_redirects=False), email
        )
    probes["unknown"] = new_address("probe")
    assert answers["unknown"][0] == 303 and pages["unknown"][0] == 200
    for found in (answers, pages, refusals):
        assert_alike(found)


# Time


def timed(act):
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def assert_takes_as_long(prepare, known, unknown):
    """Medians of so many tries each, in turns, so that whatever else the machine does meets both."""
    times = {"known": [], "unknown": []}
    for pair in zip(known, unknown, strict=True):
        for kind, email in zip(times, pair):
            times[kind].append(timed(prepare(email)))
    one, other = (statistics.median(values) for values in times.values())
    assert 1 / MOST_APART < one / other < MOST_APART, f"known {one * 1000:.1f} ms, unknown {other * 1000:.1f} ms"


@pytest.fixture(scope="module")
def many(server, admin):
    """Accounts that exist, one for each try."""
    return [make_user(server, new_address("timed"))["email"] for _ in range(TRIES)]


@pytest.fixture
def strangers():
    return [new_address("timed") for _ in range(TRIES)]


def posting(server, path, **body):
    """Prepares a request on a connection that is open already."""

    def prepare(email):
        visitor = server.visitor()
        visitor.get("/health")
        return lambda: visitor.post(path, json=body | {"email": email})

    return prepare


@pytest.mark.alone
@pytest.mark.parametrize("path, body", [
    (f"{API}/auth/cognito/login", {"password": WRONG}), (f"{API}/auth/login", {"password": WRONG}),
    (f"{API}/auth/forgot-password", {}), (f"{API}/auth/verify-email", {"code": "123456"}),
], ids=["cognito-login", "login", "forgot", "verify"])
def test_it_takes_as_long_for_both(server, many, strangers, path, body):
    assert_takes_as_long(posting(server, path, **body), many, strangers)


@pytest.mark.alone
def test_a_sign_up_takes_as_long_for_both(server, many, strangers):
    def prepare(email):
        body = {"password": STRONG, "name": "Pat", "turnstile_token": bot_token(server)}
        return posting(server, f"{API}/auth/cognito/signup", **body)(email)

    assert_takes_as_long(prepare, many, strangers)


@pytest.mark.alone
@pytest.mark.parametrize("path", ["/auth/verify-email/resend", "/auth/cognito/verification/send"])
def test_another_code_takes_as_long_for_both(server, strangers, path):
    waiting = [unverified(server, new_address("timed"))[0] for _ in range(TRIES)]
    assert_takes_as_long(posting(server, API + path), waiting, strangers)


@pytest.mark.alone
def test_a_form_to_register_takes_as_long_for_both(server, many, strangers):
    def prepare(email):
        browser = Browser(server)
        form = browser.form("/auth/register")
        fields = {"email": email, "password": STRONGER} | ({"proof": bot_token(server)} if "proof" in form["fields"] else {})
        return lambda: browser.submit(form, fields, allow_redirects=False)

    assert_takes_as_long(prepare, many, strangers)
