"""From a stranger to an active account: by page and by API, with the mails in between, and past the check against robots."""

import contextlib
import http.server
import json
import re
import threading
import urllib.parse

import pytest

from people import (
    API, MOUNTS, at_every_mount, STRONG, STRONGER, WRONG, Browser, Mailbox, assert_given_back, assert_refused, at_once, bot_token,
    cli, led_to, let_time_pass, log_in, make_user, new_address, path_of, pending, sign_up, solved, start_login, tokens_of, tries,
    unverified, users, zero_bits,
)
from served import ADMIN, PASSWORD

SETTINGS = {"REGISTRATION_ENABLED": "true"}
CODE_SECONDS = 15 * 60
BOTS = 8


@pytest.fixture(scope="module", autouse=True)
def owner(admin):
    """The server has its admin before anybody registers."""
    return admin


def verify(server, email, code, mount=API):
    return server.visitor().post(f"{mount}/auth/verify-email", json={"email": email, "code": code})


def not_this(code):
    return "000000" if code != "000000" else "111111"


# By API


@at_every_mount
def test_register_verify_approve_login(server, admin, mount):
    email = new_address()
    box, admins = Mailbox(server, email), Mailbox(server, ADMIN)
    server.secrets.add(STRONG)
    body = {"email": email, "password": STRONG, "name": "Pat"}
    made = server.visitor().expect(201, "POST", f"{mount}/auth/register", json=body).json()
    assert (made["email"], made["name"], made["role"], made["state"]) == (email, "Pat", "member", "unverified")
    assert admins.unread() == [], "nobody waits yet"
    refused = server.visitor().post(f"{API}/auth/login", data={"username": email, "password": STRONG})
    assert_refused(refused, 400, "email_not_verified")

    code = box.code()
    assert_refused(verify(server, email, not_this(code), mount), 400, "wrong_code")
    answer = verify(server, email, code, mount)
    assert (answer.status_code, answer.json()) == (200, {"status": "verified", "state": "pending"}), answer.text
    assert email in admins.next()["text"], "an admin is told that somebody waits"
    assert_refused(start_login(server, email), 403, "account_pending")
    assert_refused(
        server.visitor().post(f"{API}/auth/login", data={"username": email, "password": STRONG}), 400, "account_pending"
    )

    approved = log_in(server, ADMIN, PASSWORD)
    assert approved.expect(200, "POST", f"{mount}/admin/users/{made['id']}/approve").json() == {
        "status": "approved",
        "email": email,
    }
    again = approved.expect(200, "POST", f"{mount}/admin/users/{made['id']}/approve").json()
    assert again == {"status": "already_approved", "email": email}
    assert log_in(server, email).me()["state"] == "active"


def test_without_approval_a_verified_account_is_active(new_server):
    server = new_server(REGISTRATION_ENABLED="true", REGISTRATION_APPROVAL="false")
    server.register()
    email, code = unverified(server)
    assert verify(server, email, code).json() == {"status": "verified", "state": "active"}
    assert log_in(server, email).is_in()


def test_after_five_wrong_codes_the_right_one_is_void(server):
    email, code = unverified(server)
    for _ in range(5):
        assert_refused(verify(server, email, not_this(code)), 400)
    assert_refused(verify(server, email, code), 400)
    assert_refused(start_login(server, email), 403, "email_not_verified")


def test_tries_at_once_are_not_more_than_five(server):
    email, code = unverified(server)
    guesses = [f"{number:06}" for number in range(60) if f"{number:06}" != code]
    at_once(*[lambda guess=guess: verify(server, email, guess) for guess in guesses[:30]])
    assert_refused(verify(server, email, code), 400)


def test_a_code_lives_fifteen_minutes_and_another_is_sent(new_server):
    server = new_server(**SETTINGS)
    server.register()
    email, code = unverified(server)
    let_time_pass(server, CODE_SECONDS + 60)
    assert_refused(verify(server, email, code), 400, "code_expired")
    box = Mailbox(server, email)
    path = f"{API}/auth/verify-email/resend"
    sent = server.visitor().expect(200, "POST", path, json={"email": email}).json()
    assert sent == {"status": "sent", "resend_available_in_seconds": 60}
    fresh = box.code()
    refused = server.visitor().post(path, json={"email": email})
    assert_refused(refused, 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert verify(server, email, fresh).json() == {"status": "verified", "state": "pending"}


def test_a_new_code_makes_the_old_one_void(new_server):
    server = new_server(**SETTINGS)
    server.register()
    email, old = unverified(server)
    let_time_pass(server, 61)
    box = Mailbox(server, email)
    server.visitor().expect(200, "POST", f"{API}/auth/verify-email/resend", json={"email": email})
    fresh = box.code()
    if fresh != old:
        assert_refused(verify(server, email, old), 400)
    assert verify(server, email, fresh).status_code == 200


def test_a_code_fits_only_its_own_address(server):
    (one, its_code), (other, other_code) = unverified(server), unverified(server)
    if its_code != other_code:
        assert_refused(verify(server, other, its_code), 400, "wrong_code")
    assert verify(server, one, its_code).status_code == 200


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", 123456, None, "１２３４５６", "000000\x00"])
def test_what_is_no_code_is_refused(server, code):
    email, _ = unverified(server)
    assert_refused(verify(server, email, code), 400)


def test_a_known_address_400(server, admin):
    active, waiting = make_user(server)["email"], pending(server)
    for email in (active, waiting, active.upper()):
        answer = server.visitor().post(f"{API}/auth/register", json={"email": email, "password": STRONGER})
        assert_refused(answer, 400, "email_taken")
    assert_refused(start_login(server, active, STRONGER), 401, "invalid_credentials")


def test_registering_twice_at_once_makes_one_account(server):
    email = new_address("twice")
    body = {"email": email, "password": STRONG}
    answers = at_once(*[lambda: server.visitor().post(f"{API}/auth/register", json=body) for _ in range(BOTS)])
    made = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    assert len(set(made)) == 1, [answer.text for answer in answers]
    for answer in answers:
        if answer.status_code != 201:
            assert_refused(answer, 400, "email_taken")
    assert [user["email"] for user in cli(server, "user", "list")].count(email) == 1


def test_signing_up_twice_at_once_makes_one_account(server):
    email = new_address("twice")
    tokens = [bot_token(server) for _ in range(BOTS)]
    answers = at_once(*[lambda token=token: sign_up(server, email, token=token) for token in tokens])
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["status"] for answer in answers}) == 1
    assert [user["email"] for user in cli(server, "user", "list")].count(email) == 1


def test_registration_is_closed_unless_it_is_opened(new_server):
    server = new_server()
    server.register()
    for mount in MOUNTS:
        body = {"email": new_address(), "password": STRONG}
        assert_refused(server.visitor().post(f"{mount}/auth/register", json=body), 403, "registration_closed")
        assert_refused(sign_up(server, new_address(), mount=mount), 403, "registration_closed")
    assert Browser(server).see("/auth/register", 403).text
    assert len(users(server)) == 1


def test_the_first_account_is_an_active_admin_also_where_registration_is_open(new_server):
    server = new_server(**SETTINGS)
    elsewhere = server.visitor().post(
        f"{API}/auth/register", json={"email": ADMIN, "password": STRONG}, headers={"X-Forwarded-For": "192.0.2.1"}
    )
    assert_refused(elsewhere, 403, "setup_required")
    assert users(server) == {}
    made = server.register()
    assert (made["role"], made["state"]) == ("admin", "active")
    second, _ = unverified(server)
    assert (users(server)[second]["role"], users(server)[second]["state"]) == ("member", "unverified")


# By page


def test_register_verify_wait_and_enter_by_page(server, admin):
    email = new_address()
    box, browser = Mailbox(server, email), Browser(server)
    page = browser.register(email)
    assert path_of(page) == "/auth/verify-email", page.url
    assert not browser.is_in()

    code = box.code()
    wrong = browser.submit(browser.form("/auth/verify-email"), {"code": not_this(code)})
    assert_given_back(wrong)
    page = browser.submit(browser.form("/auth/verify-email"), {"code": code})
    assert path_of(page) == "/auth/pending", page.url
    assert not browser.is_in()
    assert path_of(Browser(server).sign_in(email)) == "/auth/pending", "who waits is told so at login"

    cli(server, "user", "approve", email)
    browser = Browser(server)
    assert path_of(browser.sign_in(email)) == "/dashboard"
    assert browser.is_in()


@pytest.mark.parametrize(
    "fields", [{}, {"proof": "none"}, {"answer": "no answer at all"}], ids=["nothing", "bad-proof", "bad-answer"]
)
def test_a_robot_registers_nobody_on_the_page(server, fields):
    email, browser = new_address(), Browser(server)
    answer = browser.submit(browser.form("/auth/register"), {"email": email, "password": STRONG} | fields)
    assert_given_back(answer)
    assert email in answer.text, "what was typed stays"
    assert email not in users(server)


def test_without_scripts_a_question_takes_the_place_of_the_proof(server):
    fields = Browser(server).form("/auth/register")["fields"]
    assert fields["question"] and "answer" in fields


def test_a_code_may_be_pasted_with_blanks_around(server):
    email = new_address()
    box, browser = Mailbox(server, email), Browser(server)
    browser.register(email)
    code = box.code()
    page = browser.submit(browser.form("/auth/verify-email"), {"code": f" {code[:3]} {code[3:]} "})
    assert path_of(page) == "/auth/pending", page.url


def test_the_fields_are_what_password_managers_look_for(server):
    page = Browser(server).see("/auth/register").text
    assert 'autocomplete="username"' in page and 'autocomplete="new-password"' in page
    page = Browser(server).see("/auth/login").text
    assert 'autocomplete="username"' in page and 'autocomplete="current-password"' in page
    browser = Browser(server)
    browser.register(new_address())
    assert 'autocomplete="one-time-code"' in browser.see("/auth/verify-email").text


def test_a_new_code_is_asked_for_on_the_page(new_server):
    server = new_server(**SETTINGS)
    server.register()
    email, _ = unverified(server)
    let_time_pass(server, 61)
    browser, box = Browser(server), Mailbox(server, email)
    assert path_of(browser.sign_in(email)) == "/auth/verify-email", "who has not confirmed the address is led there"
    browser.submit(browser.form("/auth/verify-email", "/auth/verify-email/resend"), {})
    page = browser.submit(browser.form("/auth/verify-email"), {"code": box.code()})
    assert path_of(page) == "/auth/pending", page.url


def test_a_page_tells_a_known_address_nothing_but_by_mail(server):
    known, unknown = make_user(server)["email"], new_address()
    before, box = len(users(server)), Mailbox(server, known)
    answers = [Browser(server).register(email, STRONGER, allow_redirects=False) for email in (known, unknown)]
    assert answers[0].status_code == answers[1].status_code == 303
    assert led_to(answers[0]) == led_to(answers[1]) == "/auth/verify-email"
    assert box.next(), "its owner is told"
    assert len(users(server)) == before + 1
    assert_refused(start_login(server, known, STRONGER), 401, "invalid_credentials")
    tokens_of(start_login(server, known))


def test_who_registers_a_known_address_gets_nowhere_with_a_code(server):
    """The mail to a known address holds no code, and none that is typed lets the other one in."""
    known = make_user(server)["email"]
    box, browser = Mailbox(server, known), Browser(server)
    browser.register(known, STRONGER)
    assert not re.search(r"(?<!\d)\d{6}(?!\d)", box.next()["text"])
    answer = browser.submit(browser.form("/auth/verify-email"), {"code": "123456"})
    assert_given_back(answer)
    assert not browser.is_in()


@pytest.mark.parametrize("path", ["/auth/register", "/auth/verify-email", "/auth/forgot-password"])
def test_a_form_from_another_site_is_refused(server, path):
    browser = Browser(server)
    if path == "/auth/verify-email":
        browser.register(new_address())
    form = browser.form(path)
    email = new_address()
    before = len(users(server))
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        fields = {"email": email, "password": STRONG, "code": "123456"}
        assert browser.submit(form, fields, headers=headers).status_code == 403
    assert browser.submit(form | {"fields": {}}, {"email": email, "password": STRONG}).status_code == 403, "without its token"
    assert len(users(server)) == before


# Passwords that were forgotten


def test_a_forgotten_password_by_page(server):
    email = make_user(server)["email"]
    lost, box, browser = log_in(server, email), Mailbox(server, email), Browser(server)
    answer = browser.submit(browser.form("/auth/forgot-password"), {"email": email})
    assert answer.status_code == 200, answer.text
    token = box.reset_token()
    server.secrets |= {token, STRONGER}
    form = browser.form(f"/auth/reset-password?token={urllib.parse.quote(token)}")
    page = browser.submit(form, {"password": STRONGER})
    assert path_of(page) == "/auth/login", page.url
    assert not lost.is_in(), "every session has ended"
    assert path_of(browser.sign_in(email, STRONGER)) == "/dashboard"


def test_a_reset_link_works_once_and_for_an_hour(new_server):
    server = new_server()
    server.register()
    path = f"{API}/auth/reset-password"

    def link(email):
        box = Mailbox(server, email)
        sent = server.visitor().expect(200, "POST", f"{API}/auth/forgot-password", json={"email": email}).json()
        assert sent["status"] == "sent" and sent["message"]
        return box.reset_token()

    one, other = make_user(server)["email"], make_user(server)["email"]
    token, late = link(one), link(other)
    weak = server.visitor().post(path, json={"token": token, "password": "weak"})
    assert_refused(weak, 400, "weak_password")
    done = server.visitor().expect(200, "POST", path, json={"token": token, "password": STRONGER}).json()
    assert done == {"status": "changed"}
    assert_refused(server.visitor().post(path, json={"token": token, "password": WRONG}), 400, "invalid_reset_token")
    assert_refused(server.visitor().post(path, json={"token": "x" * 43, "password": WRONG}), 400, "invalid_reset_token")
    tokens_of(start_login(server, one, STRONGER))
    let_time_pass(server, 3600 + 60)
    assert_refused(server.visitor().post(path, json={"token": late, "password": STRONGER}), 400, "invalid_reset_token")
    tokens_of(start_login(server, other))


def test_a_reset_link_is_used_once_even_by_many_at_once(server):
    email = make_user(server)["email"]
    box = Mailbox(server, email)
    server.visitor().expect(200, "POST", f"{API}/auth/forgot-password", json={"email": email})
    token = box.reset_token()
    passwords = [f"{STRONGER} {number}" for number in range(BOTS)]
    path = f"{API}/auth/reset-password"
    answers = at_once(*[lambda new=new: server.visitor().post(path, json={"token": token, "password": new}) for new in passwords])
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * (BOTS - 1)
    winner = next(new for new, answer in zip(passwords, answers) if answer.status_code == 200)
    tokens_of(start_login(server, email, winner))


def test_a_host_header_does_not_choose_where_a_link_leads(new_server):
    server = new_server(QUERN_PUBLIC_URL="https://quern.example")
    server.register()
    email = make_user(server)["email"]
    box = Mailbox(server, email)
    answer = server.visitor().post(
        f"{API}/auth/forgot-password", json={"email": email}, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    )
    if answer.status_code == 200:
        text = box.next()["text"]
        assert "https://quern.example/auth/reset-password?token=" in text and "evil.example" not in text


# The check against robots


def test_the_bot_check_tells_what_is_to_be_done(server):
    check = server.visitor().expect(200, "GET", f"{API}/auth/bot-check").json()
    assert (check["provider"], check["algorithm"]) == ("proof_of_work", "SHA-256")
    assert 8 <= check["difficulty"] <= 24, "work, but not much of it"
    assert check["challenge"] and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", check["expires_at"])
    assert server.visitor().get(f"{API}/auth/bot-check").json()["challenge"] != check["challenge"]


def test_a_proof_works_once(server):
    token = bot_token(server)
    assert sign_up(server, new_address(), token=token).status_code == 200
    assert_refused(sign_up(server, new_address(), token=token), 400, "bot_check_failed")


def test_a_proof_works_once_even_at_once(server):
    token = bot_token(server)
    answers = at_once(*[lambda: sign_up(server, new_address(), token=token) for _ in range(BOTS)])
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * (BOTS - 1)


def test_a_proof_works_once_also_over_a_restart(new_server):
    server = new_server(**SETTINGS)
    server.register()
    token = bot_token(server)
    assert sign_up(server, new_address(), token=token).status_code == 200
    server.stop()
    server.start()
    assert_refused(sign_up(server, new_address(), token=token), 400, "bot_check_failed")


def test_a_proof_of_too_little_work_is_refused(server):
    check = server.visitor().get(f"{API}/auth/bot-check").json()
    lazy = next(token for token in tries(check["challenge"]) if zero_bits(token) < check["difficulty"])
    refused = sign_up(server, new_address(), token=lazy)
    assert_refused(refused, 400, "bot_check_failed")


@pytest.mark.parametrize("forge", [
    lambda text: "own-challenge", lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"),
    lambda text: ("A" if text[0] != "A" else "B") + text[1:], lambda text: text + "A", lambda text: "",
    # A later end, or less work, where the challenge tells them in digits.
    lambda text: re.sub(r"\d(?=\d{3,})", "9", text, count=1) if re.search(r"\d{4}", text) else text + "9",
], ids=["own", "last-letter", "first-letter", "longer", "empty", "other-digits"])
def test_a_challenge_that_is_not_the_servers_is_refused(server, forge):
    check = server.visitor().get(f"{API}/auth/bot-check").json()
    challenge = forge(check["challenge"])
    assert challenge != check["challenge"]
    assert_refused(sign_up(server, new_address(), token=solved(challenge, check["difficulty"])), 400, "bot_check_failed")


@pytest.mark.parametrize("token", ["x", ":", "::::", "a" * 5000, "é:1"])
def test_what_is_no_proof_is_refused(server, token):
    assert_refused(sign_up(server, new_address(), token=token), 400, "bot_check_failed")


@contextlib.contextmanager
def siteverify(good):
    """A stand-in for Turnstile's verification: its address, and what it was asked. One token is good."""
    asked = []

    class Verify(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            kind = self.headers["Content-Type"]
            fields = json.loads(text) if "json" in kind else dict(urllib.parse.parse_qsl(text))
            asked.append(fields)
            body = json.dumps({"success": fields.get("response") == good, "error-codes": []}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    door = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Verify)
    thread = threading.Thread(target=door.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{door.server_port}/siteverify", asked
    finally:
        door.shutdown()
        door.server_close()
        thread.join()


def test_turnstile_is_asked_where_it_is_configured(new_server):
    with siteverify("good-token") as (url, asked):
        server = new_server(
            **SETTINGS, TURNSTILE_SECRET_KEY="turnstile-secret-1", TURNSTILE_SITE_KEY="site-key-1", TURNSTILE_VERIFY_URL=url
        )
        server.register()
        server.secrets.add("turnstile-secret-1")
        check = server.visitor().get(f"{API}/auth/bot-check").json()
        assert check == {"provider": "turnstile", "site_key": "site-key-1"}
        assert_refused(sign_up(server, new_address(), token="bad-token"), 400, "bot_check_failed")
        assert sign_up(server, new_address(), token="good-token").status_code == 200
        assert [fields["response"] for fields in asked] == ["bad-token", "good-token"]
        assert {fields["secret"] for fields in asked} == {"turnstile-secret-1"}
        assert_refused(sign_up(server, new_address(), "weak", token="good-token"), 400, "weak_password")
        assert len(asked) == 2, "a weak password is told before anybody is asked"
    unreachable = sign_up(server, new_address(), token="good-token")
    assert unreachable.status_code == 503, "nobody gets in because the check is away"
