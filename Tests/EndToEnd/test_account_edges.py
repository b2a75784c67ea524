"""What an attack on accounts found, from outside: texts without end, tries side by side, secrets that come twice, weak folders; and
forms whose answer is a redirect."""

import json
import os
import re
import stat

import pytest

from people import (
    API, STRONG, Browser, answer_challenge, assert_given_back, assert_refused, at_once, challenge_of, led_to, let_time_pass,
    log_in, make_key, member, member_with_mfa, new_address, start_login,
)
from served import ADMIN, PASSWORD

SETTINGS = {"REGISTRATION_ENABLED": "true"}

# One letter, as people count, with marks of two classes that normalising has to sort.
MARKS = "a" + "\u0301" * 250_000 + "\u0316" * 250_000
# As many as the body of a stranger may hold.
STRANGERS = "a" + "\u0301" * 4000 + "\u0316" * 4000


def form_token(browser, path):
    return re.search(r'name="form_token" value="([^"]+)"', browser.see(path).text).group(1)


# Texts without end


@pytest.mark.seconds(60)
def test_a_password_without_end_is_refused_before_any_work(server, admin):
    visitor = server.visitor()
    for path in ("/auth/login", f"{API}/auth/login", f"{API}/auth/cognito/login"):
        name = "email" if "cognito" in path else "username"
        for email in (ADMIN, "nobody@example.com"):
            answer = visitor.post(path, json={name: email, "password": STRANGERS})
            assert answer.status_code in (400, 422) and "marks" in answer.text, answer.text[:300]
            # Few marks in a row, and still too long.
            answer = visitor.post(path, json={name: email, "password": "a\u0301" * 5000})
            assert answer.status_code in (400, 422) and "4096 bytes" in answer.text, answer.text[:300]
    browser = Browser(server)
    fields = {"form_token": form_token(browser, "/auth/login"), "email": ADMIN, "password": "é" * 3000}
    answer = browser.post(server.base + "/auth/login", data=fields, timeout=30)
    assert "4096 bytes" in assert_given_back(answer).text
    fields["password"] = STRANGERS
    assert browser.post(server.base + "/auth/login", data=fields, timeout=30).status_code == 400
    # The hashing threads are free.
    assert log_in(server, ADMIN, PASSWORD).is_in()


@pytest.mark.seconds(60)
@pytest.mark.parametrize("path, body", [
    ("/jobs", {"title": MARKS}), ("/jobs", {MARKS: 1}), ("/jobs", {"title": "x", "tags": [MARKS]}), ("/jobs", {"file_name": MARKS}),
    ("/collab/tasks", {"title": MARKS}), ("/collab/tasks", {"title": "x", "description": MARKS}), ("/users/me/keys", {"name": MARKS}),
], ids=["title", "name", "tag", "file", "task", "description", "key"])
def test_a_letter_with_marks_without_end_is_no_short_text(admin, path, body):
    answer = admin.post(API + path, json=body)
    assert answer.status_code in (400, 422) and "30 combining marks in a row" in answer.text, answer.text[:300]
    # The same as escapes.
    answer = admin.request("POST", API + path, data=json.dumps(body), headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422) and "30 combining marks in a row" in answer.text, answer.text[:300]


def test_marks_without_end_are_refused_in_addresses_and_headers_too(server):
    marks = "%CC%81" * 40
    for path in (f"{API}/jobs?q=a{marks}", f"{API}/jobs?{marks}=1", f"/dashboard/{marks}"):
        assert "too_many_marks" in server.visitor().get(path, headers={"Accept": "application/json"}).text
    answer = server.visitor().get(f"{API}/jobs", headers={"Authorization": ("Bearer " + "\u0301" * 40).encode()})
    assert_refused(answer, 400, "too_many_marks")


def test_a_title_of_another_script_has_room(admin):
    title = "मैसूर" * 51
    assert admin.expect(201, "POST", f"{API}/jobs", json={"title": title[:255]}).json()["title"] == title[:255]


# Tries side by side


def test_of_thirty_second_steps_at_once_ten_are_looked_at(server, admin):
    account, totp, codes = member_with_mfa(server)
    sessions = [challenge_of(start_login(server, account.email), "SOFTWARE_TOKEN_MFA") for _ in range(10)]
    wrong = totp.wrong()
    answers = at_once(*[
        lambda session=session: answer_challenge(server, account.email, session, wrong) for session in sessions for _ in range(3)])
    said = [answer.json()["error"] for answer in answers]
    assert said.count("code_mismatch") == 10, said
    assert set(said) == {"code_mismatch", "account_locked"}, said
    # Neither the app nor a recovery code opens it now.
    for code in (totp.code(), codes[0]):
        session = challenge_of(start_login(server, account.email), "SOFTWARE_TOKEN_MFA")
        assert answer_challenge(server, account.email, session, code).json()["error"] == "account_locked"


def test_of_twenty_passwords_at_once_five_are_looked_at(server, admin):
    account = member(server)
    answers = at_once(*[lambda: start_login(server, account.email, "wrong, and long enough") for _ in range(20)])
    said = [answer.json()["error"] for answer in answers]
    assert (said.count("invalid_credentials"), said.count("account_locked")) == (5, 15), said
    assert start_login(server, account.email).json()["error"] == "account_locked"


def test_twelve_right_passwords_at_once_are_all_let_in(server, admin):
    account = member(server)
    answers = at_once(*[lambda: start_login(server, account.email) for _ in range(12)])
    assert [answer.status_code for answer in answers] == [200] * 12


# What comes twice


def test_a_secret_comes_twice_only_for_a_login_that_is_fresh(server, admin):
    account = member(server)
    wish = {"name": "twice", "scopes": ["jobs:read"], "expires_in_days": 1}
    headers = {"Idempotency-Key": "twice"}
    first = account.post(f"{API}/users/me/keys", json=wish, headers=headers)
    assert first.status_code == 201
    server.secrets.add(first.json()["key"])
    again = account.post(f"{API}/users/me/keys", json=wish, headers=headers)
    assert again.content == first.content and again.headers["Idempotency-Replayed"] == "true"
    let_time_pass(server, 630)
    late = account.post(f"{API}/users/me/keys", json=wish, headers=headers)
    assert_refused(late, 403, "reauthentication_required")
    assert first.json()["key"] not in late.text
    # A wish that was refused because the login was old goes well after the proof, with the same key.
    headers = {"Idempotency-Key": "later"}
    assert_refused(account.post(f"{API}/users/me/keys", json=wish, headers=headers), 403, "reauthentication_required")
    account.expect(204, "POST", f"{API}/auth/reauthenticate", json={"password": STRONG})
    made = account.post(f"{API}/users/me/keys", json=wish, headers=headers)
    assert made.status_code == 201 and "Idempotency-Replayed" not in made.headers
    server.secrets.add(made.json()["key"])



# The folder


def test_a_folder_that_others_can_use_is_tightened_and_told(server, admin):
    server.stop()
    before = server.log.stat().st_size
    os.chmod(server.data, 0o777)
    os.chmod(server.data / "quern.db", 0o644)
    server.start()
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
    assert stat.S_IMODE((server.data / "quern.db").stat().st_mode) == 0o600
    lines = [json.loads(line) for line in server.log.read_text()[before:].splitlines()]
    told = [line for line in lines if line["message"] == "data_folder"]
    assert {line["level"] for line in told} == {"warning"}
    assert f"{server.data} had mode 0777" in json.dumps(told) and "quern.db had mode 0644" in json.dumps(told)


# Forms whose answer is a redirect


def test_a_new_key_stands_behind_a_redirect_and_is_shown_once(server, admin):
    account = member(server)
    browser = Browser(server)
    browser.sign_in(account.email)
    form = browser.form("/dashboard/settings", "/dashboard/settings/keys")
    made = browser.submit(form, {"name": "Nightly", "scopes": ["jobs:read"], "expires_in_days": "30"}, allow_redirects=False)
    assert led_to(made) == "/dashboard/settings"
    shown = browser.see("/dashboard/settings").text
    key = re.search(r"quern_[A-Za-z0-9_-]{30,}", shown).group()
    server.secrets.add(key)
    assert "Your new key “Nightly”" in shown
    # Reload shows the page without it, and makes nothing.
    shown = browser.see("/dashboard/settings").text
    assert key not in shown and shown.count("<b>Nightly</b> <code>") == 1
    assert server.visitor().get(f"{API}/jobs", headers={"X-API-Key": key}).status_code == 200


@pytest.mark.parametrize("path", [
    *[f"/dashboard/settings/{part}" for part in (
        "profile", "password", "preferences", "mfa", "mfa/devices/verify", "mfa/devices/x/delete", "mfa/recovery-codes",
        "passkeys/x/delete", "sessions/x/end", "sessions/end-others", "keys", "keys/x/delete")],
    *[f"/admin/users/x/{act}" for act in (
        "approve", "reject", "role", "disable", "enable", "end-sessions", "reset-mfa", "reset-password")],
])
def test_the_address_of_a_form_leads_to_its_page(server, admin, path):
    browser = Browser(server)
    browser.sign_in(ADMIN, PASSWORD)
    answer = browser.get(server.base + path, timeout=30, allow_redirects=False)
    assert led_to(answer) == ("/admin/users" if path.startswith("/admin") else "/dashboard/settings")


def test_an_error_stands_at_its_field_and_what_was_typed_stays(server, admin):
    account = member(server)
    browser = Browser(server)
    browser.sign_in(account.email)
    cases = [
        ("password", {"current_password": "not mine, for sure", "new_password": "another one, 3 mills"}, "current-password"),
        ("password", {"current_password": "x", "new_password": "short"}, "new-password"),
        ("keys", {"name": "x" * 101, "scopes": ["jobs:read"]}, "key-name"),
    ]
    for section, fields, field in cases:
        form = browser.form("/dashboard/settings", f"/dashboard/settings/{section}")
        form["fields"].pop("scopes", None)
        answer = browser.submit(form, fields)
        assert answer.status_code == 200 and answer.history and "refused=" in answer.url, answer.url
        tag = re.search(rf'<input id="{field}"[^>]*>', answer.text).group()
        assert 'aria-invalid="true"' in tag and f"{field}-problem" in tag
        assert re.search(rf'<p class="problem" id="{field}-problem" role="alert">[^<]+</p>', answer.text)
        for name, value in fields.items():
            if "password" in name:
                assert value not in answer.text or len(value) < 6
            elif isinstance(value, str):
                assert value in answer.text


# Words


def test_the_first_administrator_hears_of_no_code_and_no_approval(new_server):
    server = new_server(REGISTRATION_ENABLED="true")
    out = server.out.read_text()
    assert f"listens on http://localhost:{server.port}" in out and f"http://localhost:{server.port}/" in out.splitlines()[-1]
    page = Browser(server).see("/auth/register").text
    assert "becomes its administrator" in page
    assert "code" not in re.sub(r"<[^>]*>", "", page).lower() and "approve" not in page


def test_no_page_promises_a_mail_while_none_is_sent(server, admin):
    browser = Browser(server)
    page = browser.see("/auth/register").text
    assert "tells you the code" in page and "mailed to you" not in page
    email = new_address("waiting")
    page = browser.register(email)
    assert "Ask for your code" in page.text and "We sent" not in page.text and "quern outbox show" in page.text
    page = browser.submit(browser.form("/auth/forgot-password"), {"email": email})
    assert "on its way" not in page.text and "ask its administrator" in page.text


def test_scopes_of_leads_are_offered(server, admin):
    browser = Browser(server)
    browser.sign_in(ADMIN, PASSWORD)
    assert 'value="leads:read"' in browser.see("/dashboard/settings").text
    assert make_key(member(server), "leads:read")["scopes"] == ["leads:read"]
