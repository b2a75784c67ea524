"""The second step: no login of any document gets past it, and no code of it works twice."""

import concurrent.futures
import re

import pytest

from people import (
    API, MOUNTS, STRONG, STRONGER, WRONG, Account, Browser, Mailbox, Totp, add_device, answer_challenge, assert_given_back,
    assert_refused, at_once, challenge_of, cli, let_time_pass, log_in, log_in_with_code, make_key, make_user, member,
    member_with_mfa, new_address, path_of, start_login, tokens_of, turn_mfa_on, with_key,
)

TRIES = 5
SESSION_SECONDS = 60 * 60


@pytest.fixture(scope="module", autouse=True)
def owner(admin):
    return admin


def mfa_of(account):
    return account.expect(200, "GET", f"{API}/users/me/mfa").json()


def set_up(server, email, session, label="phone"):
    """Sets a device up at login: the tokens, and the authenticator."""
    setup = (
        server.visitor().expect(200, "POST", f"{API}/auth/cognito/mfa/setup", json={"session": session, "label": label}).json()
    )
    server.secrets.add(setup["secret_code"])
    totp = Totp(setup["secret_code"])
    body = {"email": email, "session": setup["session"], "code": totp.code(), "friendly_name": label}
    return tokens_of(server.visitor().post(f"{API}/auth/cognito/mfa/verify", json=body)), totp


# Turning it on


def test_who_turns_it_on_sets_a_device_up_at_the_next_login(server):
    account = member(server)
    assert (mfa_of(account)["enabled"], mfa_of(account)["required"], mfa_of(account)["devices"]) == (False, False, [])
    turn_mfa_on(account)
    assert mfa_of(account)["enabled"] is True
    tokens, totp = set_up(server, account.email, challenge_of(start_login(server, account.email), "MFA_SETUP"), "my phone")
    again = Account(server, account.email, tokens)
    (device,) = mfa_of(again)["devices"]
    assert set(device) >= {"id", "name", "created_at", "last_used_at"} and device["name"] == "my phone", device
    assert log_in_with_code(server, account.email, totp.code()).is_in()


def test_the_settings_set_a_device_up(server):
    account = member(server)
    made = account.expect(201, "POST", f"{API}/users/me/mfa/devices", json={"name": "phone"}).json()
    assert set(made) >= {"id", "secret_code", "otpauth_uri", "qr_svg"}
    assert f"secret={made['secret_code']}" in made["otpauth_uri"]
    assert made["qr_svg"].lstrip().startswith("<svg") and "<script" not in made["qr_svg"]
    server.secrets.add(made["secret_code"])
    totp, path = Totp(made["secret_code"]), f"{API}/users/me/mfa/devices/{made['id']}/verify"
    assert_refused(account.post(path, json={"code": totp.wrong()}), 400, "code_mismatch")
    tokens_of(start_login(server, account.email))  # a device that was not verified asks nothing
    codes = account.expect(200, "POST", path, json={"code": totp.code()}).json()["recovery_codes"]
    assert len(set(codes)) == 10
    turn_mfa_on(account)
    assert mfa_of(account)["recovery_codes_left"] == 10
    assert log_in_with_code(server, account.email, totp.code()).is_in()


def test_the_secret_is_told_once(server):
    account = member(server)
    made = account.expect(201, "POST", f"{API}/users/me/mfa/devices", json={"name": "phone"}).json()
    server.secrets.add(made["secret_code"])
    for path in ("/users/me/mfa", "/users/me", "/users/me/mfa/devices"):
        assert made["secret_code"] not in account.get(API + path).text


def test_everyone_is_asked_where_it_is_required(new_server):
    server = new_server(QUERN_MFA_REQUIRED="true")
    email = make_user(server, new_address(), is_admin=True)["email"]
    for mount in ("/api", "/api/v1"):
        assert_refused(
            server.visitor().post(f"{mount}/auth/login", data={"username": email, "password": STRONG}), 400, "mfa_required"
        )
    tokens, _ = set_up(server, email, challenge_of(start_login(server, email), "MFA_SETUP"))
    account = Account(server, email, tokens)
    assert (mfa_of(account)["required"], mfa_of(account)["enabled"]) == (True, True)
    off = account.request("PUT", f"{API}/users/me/mfa", json={"enabled": False})
    assert off.status_code in (400, 403, 409), off.text
    challenge_of(start_login(server, email), "SOFTWARE_TOKEN_MFA")
    (device,) = mfa_of(account)["devices"]
    account.delete(f"{API}/users/me/mfa/devices/{device['id']}")
    answer = start_login(server, email).json()
    assert answer["status"] == "CHALLENGE" and answer["tokens"] is None, "without a device one has to be set up"


def test_it_is_turned_off_again(server):
    account, _, _ = member_with_mfa(server)
    assert account.request("PUT", f"{API}/users/me/mfa", json={"enabled": False}).status_code in (200, 204)
    assert log_in(server, account.email).is_in()


@pytest.mark.parametrize("body", [{}, {"enabled": "yes"}, {"enabled": None}, {"enabled": 1}], ids=str)
def test_on_or_off_and_nothing_else(server, body):
    assert_refused(member(server).request("PUT", f"{API}/users/me/mfa", json=body), 400)


# A code works once


def test_a_code_works_once(server):
    account, totp, _ = member_with_mfa(server)
    code = totp.code()
    log_in_with_code(server, account.email, code)
    session = challenge_of(start_login(server, account.email), "SOFTWARE_TOKEN_MFA")
    assert_refused(answer_challenge(server, account.email, session, code), 400, "code_mismatch")
    tokens_of(answer_challenge(server, account.email, session, totp.code()))


def test_a_code_works_once_also_over_a_restart(new_server):
    server = new_server()
    server.register()
    account, totp, _ = member_with_mfa(server)
    code = totp.code()
    log_in_with_code(server, account.email, code)
    server.stop()
    server.start()
    session = challenge_of(start_login(server, account.email), "SOFTWARE_TOKEN_MFA")
    assert_refused(answer_challenge(server, account.email, session, code), 400, "code_mismatch")
    tokens_of(answer_challenge(server, account.email, session, totp.code()))


def test_the_code_that_verified_a_device_does_not_log_in(server):
    account = member(server)
    made = account.expect(201, "POST", f"{API}/users/me/mfa/devices", json={}).json()
    code = Totp(made["secret_code"]).code()
    account.expect(200, "POST", f"{API}/users/me/mfa/devices/{made['id']}/verify", json={"code": code})
    turn_mfa_on(account)
    session = challenge_of(start_login(server, account.email), "SOFTWARE_TOKEN_MFA")
    assert_refused(answer_challenge(server, account.email, session, code), 400, "code_mismatch")


def test_an_earlier_code_is_void_once_a_later_one_was_used(server):
    account, totp, _ = member_with_mfa(server)
    earlier, later = totp.code(), totp.code()
    log_in_with_code(server, account.email, later)
    session = challenge_of(start_login(server, account.email), "SOFTWARE_TOKEN_MFA")
    assert_refused(answer_challenge(server, account.email, session, earlier), 400, "code_mismatch")


def test_a_code_lets_one_in_even_when_many_send_it_at_once(server):
    account, totp, _ = member_with_mfa(server)
    sessions = [challenge_of(start_login(server, account.email), "SOFTWARE_TOKEN_MFA") for _ in range(6)]
    code = totp.code()
    answers = at_once(*[lambda session=session: answer_challenge(server, account.email, session, code) for session in sessions])
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 5


def test_a_code_of_long_ago_or_of_somebody_else_is_wrong(server):
    account, totp, _ = member_with_mfa(server)
    _, other, _ = member_with_mfa(server)
    session = challenge_of(start_login(server, account.email), "SOFTWARE_TOKEN_MFA")
    for code in (totp.at(totp.now() - 3), totp.at(totp.now() + 3), other.code(), "no code"):
        assert_refused(answer_challenge(server, account.email, session, code), 400)
    tokens_of(answer_challenge(server, account.email, session, totp.code()))


@pytest.mark.parametrize("shape", ["{0} ", " {0}", "{1} {2}"])
def test_a_pasted_code_may_have_blanks(server, shape):
    account, totp, _ = member_with_mfa(server)
    code = totp.code()
    assert log_in_with_code(server, account.email, shape.format(code, code[:3], code[3:])).is_in()


# Wrong tries


def test_five_wrong_codes_end_the_challenge(server):
    account, totp, _ = member_with_mfa(server)
    session = challenge_of(start_login(server, account.email), "SOFTWARE_TOKEN_MFA")
    for _ in range(TRIES - 1):
        assert_refused(answer_challenge(server, account.email, session, totp.wrong()), 400, "code_mismatch")
    assert answer_challenge(server, account.email, session, totp.wrong()).status_code in (400, 401)
    assert_refused(answer_challenge(server, account.email, session, totp.code()), 401, "invalid_session")


def test_wrong_codes_at_once_are_not_more_than_five(server):
    account, totp, _ = member_with_mfa(server)
    session = challenge_of(start_login(server, account.email), "SOFTWARE_TOKEN_MFA")
    with concurrent.futures.ThreadPoolExecutor(20) as threads:
        tries = [threads.submit(answer_challenge, server, account.email, session, totp.wrong()) for _ in range(20)]
        statuses = [answer.result().status_code for answer in tries]
    assert statuses.count(400) <= TRIES and set(statuses) <= {400, 401}, statuses
    assert_refused(answer_challenge(server, account.email, session, totp.code()), 401, "invalid_session")


def test_a_challenge_expires(new_server):
    server = new_server()
    server.register()
    account, totp, _ = member_with_mfa(server)
    session = challenge_of(start_login(server, account.email), "SOFTWARE_TOKEN_MFA")
    let_time_pass(server, SESSION_SECONDS)
    assert_refused(answer_challenge(server, account.email, session, totp.code()), 401, "invalid_session")


def test_a_challenge_ends_with_the_password_it_began_with(server):
    account, totp, _ = member_with_mfa(server)
    session = challenge_of(start_login(server, account.email), "SOFTWARE_TOKEN_MFA")
    body = {"current_password": STRONG, "new_password": STRONGER}
    account.expect(200, "POST", f"{API}/users/me/change-password", json=body)
    server.secrets.add(STRONGER)
    assert answer_challenge(server, account.email, session, totp.code()).status_code in (400, 401)


# Recovery codes


def test_each_recovery_code_works_once(server):
    account, totp, codes = member_with_mfa(server)
    entered = log_in_with_code(server, account.email, codes[0])
    assert mfa_of(entered)["recovery_codes_left"] == 9
    session = challenge_of(start_login(server, account.email), "SOFTWARE_TOKEN_MFA")
    assert_refused(answer_challenge(server, account.email, session, codes[0]), 400, "code_mismatch")
    tokens_of(answer_challenge(server, account.email, session, codes[1].upper()))
    assert mfa_of(entered)["recovery_codes_left"] == 8


def test_a_recovery_code_works_once_even_at_once(server):
    account, _, codes = member_with_mfa(server)
    sessions = [challenge_of(start_login(server, account.email), "SOFTWARE_TOKEN_MFA") for _ in range(6)]
    answers = at_once(
        *[lambda session=session: answer_challenge(server, account.email, session, codes[0]) for session in sessions]
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 5


def test_new_recovery_codes_make_the_old_ones_void(server):
    account, _, old = member_with_mfa(server)
    fresh = account.expect(200, "POST", f"{API}/users/me/mfa/recovery-codes").json()["recovery_codes"]
    server.secrets.update(fresh)
    assert len(set(fresh)) == 10 and not set(fresh) & set(old)
    session = challenge_of(start_login(server, account.email), "SOFTWARE_TOKEN_MFA")
    assert_refused(answer_challenge(server, account.email, session, old[0]), 400, "code_mismatch")
    tokens_of(answer_challenge(server, account.email, session, fresh[0]))


def test_a_recovery_code_is_its_owners_alone(server):
    account, _, _ = member_with_mfa(server)
    _, _, others = member_with_mfa(server)
    session = challenge_of(start_login(server, account.email), "SOFTWARE_TOKEN_MFA")
    assert_refused(answer_challenge(server, account.email, session, others[0]), 400, "code_mismatch")


# Several devices


def test_any_of_several_devices_logs_in_and_a_removed_one_does_not(server):
    account, phone, _ = member_with_mfa(server)
    tablet, tablet_id, _ = add_device(account, "tablet")
    assert [device["name"] for device in mfa_of(account)["devices"]] == ["phone", "tablet"]
    assert log_in_with_code(server, account.email, phone.code()).is_in()
    assert log_in_with_code(server, account.email, tablet.code()).is_in()
    used = {device["name"]: device["last_used_at"] for device in mfa_of(account)["devices"]}
    assert used["phone"] and used["tablet"]
    assert account.delete(f"{API}/users/me/mfa/devices/{tablet_id}").status_code in (200, 204)
    session = challenge_of(start_login(server, account.email), "SOFTWARE_TOKEN_MFA")
    assert_refused(answer_challenge(server, account.email, session, tablet.code()), 400, "code_mismatch")
    tokens_of(answer_challenge(server, account.email, session, phone.code()))


def test_somebody_elses_device_is_not_there(server):
    account, _, _ = member_with_mfa(server)
    (device,) = mfa_of(account)["devices"]
    other = member(server)
    assert_refused(other.delete(f"{API}/users/me/mfa/devices/{device['id']}"), 404)
    assert_refused(other.post(f"{API}/users/me/mfa/devices/{device['id']}/verify", json={"code": "123456"}), 404)
    assert mfa_of(account)["devices"] == [device]


# Nothing gets past it


def bare_logins():
    """The logins of all documents that have no second step."""
    for mount in MOUNTS[1:]:
        yield f"{mount}-form", lambda server, email, mount=mount: server.visitor().post(
            f"{mount}/auth/login", data={"username": email, "password": STRONG}
        )
    for mount in MOUNTS:
        yield f"{mount or 'root'}-json", lambda server, email, mount=mount: server.visitor().post(
            f"{mount}/auth/login", json={"username": email, "password": STRONG}
        )


@pytest.mark.parametrize("has_device", [True, False], ids=["device", "no-device-yet"])
@pytest.mark.parametrize("login", [pytest.param(login, id=name) for name, login in bare_logins()])
def test_no_login_of_any_document_gets_past_it(server, login, has_device):
    if has_device:
        email = member_with_mfa(server)[0].email
    else:
        account = member(server)
        turn_mfa_on(account)
        email = account.email
    answer = login(server, email)
    assert answer.status_code == (401 if answer.url.startswith(f"{server.base}/auth") else 400), answer.text
    assert "/auth/cognito/login" in answer.text, "it is told which login has the second step"
    assert "access_token" not in answer.text and not answer.cookies


def test_a_wrong_password_is_not_told_of_it(server):
    account, _, _ = member_with_mfa(server)
    answer = server.visitor().post(f"{API}/auth/login", data={"username": account.email, "password": WRONG})
    assert_refused(answer, 400, "invalid_credentials")
    assert_refused(start_login(server, account.email, WRONG), 401, "invalid_credentials")


def test_the_page_asks_for_the_code(server):
    account, totp, _ = member_with_mfa(server)
    browser = Browser(server)
    assert path_of(browser.sign_in(account.email)) == "/auth/mfa"
    assert not browser.is_in()
    for path in ("/users/me", "/jobs", "/auth/session"):
        answer = browser.get(server.base + API + path, timeout=30)
        assert answer.status_code == 401 or answer.json().get("authenticated") is False, f"{path}: {answer.text}"
    wrong = browser.submit(browser.form("/auth/mfa"), {"code": totp.wrong()})
    assert_given_back(wrong)
    assert not browser.is_in()
    assert path_of(browser.submit(browser.form("/auth/mfa"), {"code": totp.code()})) == "/dashboard"
    assert browser.is_in()


def test_the_page_takes_a_recovery_code(server):
    account, _, codes = member_with_mfa(server)
    browser = Browser(server)
    browser.sign_in(account.email)
    assert path_of(browser.submit(browser.form("/auth/mfa"), {"code": codes[0]})) == "/dashboard"


def test_five_wrong_codes_on_the_page_lead_back_to_the_login(server):
    account, totp, _ = member_with_mfa(server)
    browser = Browser(server)
    browser.sign_in(account.email)
    form = browser.form("/auth/mfa")
    for _ in range(TRIES):
        browser.submit(form, {"code": totp.wrong()})
    browser.submit(form, {"code": totp.code()})
    assert not browser.is_in()


def test_the_page_sets_a_device_up(server):
    account = member(server)
    turn_mfa_on(account)
    browser = Browser(server)
    page = browser.sign_in(account.email)
    assert path_of(page) == "/auth/mfa/setup"
    assert "<svg" in page.text, "the code to scan"
    text = re.sub(r"<svg.*?</svg>", "", page.text, flags=re.DOTALL)
    secret = re.search(r"(?<![A-Z2-7])(?:[A-Z2-7]{4} ?){8}(?![A-Z2-7])", text).group().replace(" ", "")
    server.secrets.add(secret)
    form = browser.form("/auth/mfa/setup")
    page = browser.submit(form, {"code": Totp(secret).code()})
    codes = set(re.findall(r">\s*([a-z2-9]{5}-[a-z2-9]{5})\s*<", page.text))
    server.secrets |= codes
    assert len(codes) == 10, "the recovery codes are shown"
    assert browser.is_in()
    assert mfa_of(account)["recovery_codes_left"] == 10


def test_every_page_leads_to_the_second_step_until_it_is_done(server):
    account, _, _ = member_with_mfa(server)
    browser = Browser(server)
    browser.sign_in(account.email)
    for path in ("/dashboard", "/dashboard/settings", "/dashboard/jobs/new", "/admin/users"):
        answer = browser.get(server.base + path, timeout=30, allow_redirects=False)
        assert answer.status_code in (303, 401, 403), f"{path}: {answer.status_code}"


def test_a_reset_password_does_not_get_past_it(server):
    account, _, _ = member_with_mfa(server)
    box = Mailbox(server, account.email)
    server.visitor().expect(200, "POST", f"{API}/auth/forgot-password", json={"email": account.email})
    body = {"token": box.reset_token(), "password": STRONGER}
    server.secrets |= set(body.values())
    answer = server.visitor().expect(200, "POST", f"{API}/auth/reset-password", json=body)
    assert "access_token" not in answer.text and not answer.cookies
    challenge_of(start_login(server, account.email, STRONGER), "SOFTWARE_TOKEN_MFA")


def test_a_refresh_token_of_before_goes_on_and_a_key_of_before_too(server):
    """Turning it on asks at the next login; what already runs keeps running, and a key opens no login."""
    account = member(server)
    key = make_key(account, "jobs:read", "account:read")
    add_device(account)
    turn_mfa_on(account)
    program = with_key(server, key["key"])
    program.expect(200, "GET", f"{API}/jobs")
    for path in ("/users/me/mfa", "/users/me/sessions", "/users/me/keys"):
        assert program.get(API + path).status_code == 403, path
    assert program.request("PUT", f"{API}/users/me/mfa", json={"enabled": False}).status_code == 403
    challenge_of(start_login(server, account.email), "SOFTWARE_TOKEN_MFA")


# Help for who lost the telephone


@pytest.mark.parametrize("way", ["admin", "cli"])
def test_an_admin_takes_the_devices_away(server, admin, way):
    account, _, codes = member_with_mfa(server)
    if way == "cli":
        cli(server, "user", "reset-mfa", account.email)
    else:
        admin.expect(200, "POST", f"{API}/admin/users/{account.id}/reset-mfa")
    answer = start_login(server, account.email).json()
    assert answer.get("next_step") in (None, "MFA_SETUP"), "no code of the lost telephone is asked for"
    if answer["session"]:
        assert answer_challenge(server, account.email, answer["session"], codes[0]).status_code in (400, 401)
