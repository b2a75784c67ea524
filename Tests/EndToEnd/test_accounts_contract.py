"""Every auth and user route of the tracker document, with each status it names, at every mount point."""

import pytest

from people import (
    API, at_every_mount, NOBODY, STRONG, STRONGER, TOKEN_SECONDS, UUID, WRONG, Account, Browser, Mailbox, Totp, add_device,
    answer_challenge, assert_refused, bot_token, challenge_of, claims_of, cli, let_time_pass, log_in, make_user, member,
    member_with_mfa,
    new_address, path_of, pending, sign_up, start_login, tokens_of, turn_mfa_on, unverified,
)

SETTINGS = {"REGISTRATION_ENABLED": "true"}


PROVISIONAL = "Chosen by the Operator 8!"
COGNITO = ["signup", "confirm", "login", "challenge", "mfa/setup", "mfa/verify", "refresh"]


@pytest.fixture(scope="module", autouse=True)
def owner(admin):
    """The server has its admin before anybody signs up."""
    return admin


def assert_signed_in(answer, email):
    """An auth response that says OK: tokens, and nothing of a challenge."""
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert set(body) - {"recovery_codes"} == {"status", "message", "next_step", "challenge_name", "session", "tokens"}, body
    assert body["status"] == "OK"
    assert [body[name] for name in ("next_step", "challenge_name", "session")] == [None, None, None], body
    tokens = body["tokens"]
    assert set(tokens) == {"access_token", "id_token", "refresh_token", "expires_in", "token_type"}, tokens
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", TOKEN_SECONDS)
    assert len({tokens[f"{name}_token"] for name in ("access", "id", "refresh")}) == 3
    assert tokens["refresh_token"].count(".") == 0, "a refresh token is opaque"
    assert claims_of(tokens["id_token"])["email"] == email
    return tokens


# Sign-up and confirmation


@at_every_mount
def test_signup_confirm_approve_login(server, admin, mount):
    email = new_address("signup")
    box = Mailbox(server, email)
    body = sign_up(server, email, mount=mount)
    assert body.status_code == 200, body.text
    assert body.json()["status"] == "CONFIRMATION_REQUIRED" and body.json()["message"], body.text
    assert_refused(start_login(server, email), 403, "email_not_verified")

    code = box.code()
    wrong = "000000" if code != "000000" else "111111"
    visitor = server.visitor()
    assert_refused(visitor.post(f"{mount}/auth/cognito/confirm", json={"email": email, "code": wrong}), 400, "wrong_code")
    done = visitor.expect(200, "POST", f"{mount}/auth/cognito/confirm", json={"email": email, "code": code}).json()
    assert done["status"] == "OK" and done["message"], done
    assert visitor.post(f"{mount}/auth/cognito/confirm", json={"email": email, "code": code}).status_code == 400, (
        "a code works once"
    )
    assert_refused(start_login(server, email), 403, "account_pending")

    cli(server, "user", "approve", email)
    assert_signed_in(start_login(server, email, mount=mount), email)


def test_what_is_said_of_an_account_is_said_only_after_its_password(server):
    email = pending(server)
    assert_refused(start_login(server, email, WRONG), 401, "invalid_credentials")
    assert_refused(start_login(server, email), 403, "account_pending")


@pytest.mark.parametrize("password, violations", [
    ("Short 1!", {"min_length"}),
    ("no capitals in 1 here!", {"uppercase"}),
    ("NO SMALL LETTERS IN 1!", {"lowercase"}),
    ("No digits in here at all!", {"number"}),
    ("NoSignsInHere1234567", {"special_char"}),
    ("Local-part 1234 is in here!", {"contains_email"}),
    ("Wilhelmina 1234 is in here!", {"contains_name"}),
    ("iloveyou", {"min_length", "uppercase", "number", "special_char", "denylist_common"}),
])
def test_signup_refuses_a_weak_password_and_names_each_rule(server, password, violations):
    answer = sign_up(server, "local-part@example.com", password, name="Wilhelmina", token="none")
    body = assert_refused(answer, 400, "weak_password")
    assert body["details"]["code"] == "WEAK_PASSWORD"
    assert set(body["details"]["violations"]) == violations, body
    assert len(body["details"]["violations"]) == len(violations)


def test_signup_looks_at_the_password_first_then_at_the_bot_check(server):
    email = new_address()
    assert_refused(sign_up(server, email, "weak", token="not a proof"), 400, "weak_password")
    assert_refused(sign_up(server, email, token="not a proof"), 400, "bot_check_failed")
    assert email not in {user["email"] for user in cli(server, "user", "list")}


@at_every_mount
@pytest.mark.parametrize("route", COGNITO)
@pytest.mark.parametrize("body", [{}, {"email": 7}, [], "text"], ids=["nothing", "number", "list", "text"])
def test_a_body_that_is_none_400(server, mount, route, body):
    assert_refused(server.visitor().post(f"{mount}/auth/cognito/{route}", json=body), 400)


@pytest.mark.parametrize("email", ["no-address", "a@b", "", "a@example.com\r\nBcc: b@example.com", "a@example.com,b@example.com"])
def test_signup_needs_an_address(server, email):
    assert_refused(sign_up(server, email, token=bot_token(server)), 400)


@at_every_mount
def test_a_code_is_sent_again(new_server, mount):
    server = new_server(**SETTINGS)
    server.register()
    email, old = unverified(server)
    let_time_pass(server, 61)
    box = Mailbox(server, email)
    sent = server.visitor().expect(200, "POST", f"{mount}/auth/cognito/verification/send", json={"email": email}).json()
    assert sent["status"] and sent["message"] and sent["resend_available_in_seconds"] == 60, sent
    server.visitor().expect(200, "POST", f"{mount}/auth/cognito/confirm", json={"email": email, "code": box.code()})


# Login and its challenges


@at_every_mount
def test_login(server, mount):
    email = make_user(server)["email"]
    tokens = assert_signed_in(start_login(server, email, mount=mount), email)
    assert Account(server, email, tokens).get(f"{mount}/users/me").json()["email"] == email
    assert_signed_in(start_login(server, email.upper(), mount=mount), email)


@at_every_mount
def test_login_refuses_wrong_credentials_with_401(server, mount):
    email = make_user(server)["email"]
    assert_refused(start_login(server, email, WRONG, mount), 401, "invalid_credentials")
    assert_refused(start_login(server, new_address(), STRONG, mount), 401, "invalid_credentials")


def test_a_disabled_account_is_refused_after_its_password(server):
    email = make_user(server)["email"]
    cli(server, "user", "disable", email)
    assert_refused(start_login(server, email), 403, "account_disabled")
    assert_refused(start_login(server, email, WRONG), 401, "invalid_credentials")
    cli(server, "user", "enable", email)
    assert_signed_in(start_login(server, email), email)


@at_every_mount
def test_the_first_login_with_mfa_sets_a_device_up(server, mount):
    account = member(server)
    turn_mfa_on(account)
    visitor = server.visitor()
    session = challenge_of(start_login(server, account.email, mount=mount), "MFA_SETUP")
    body = {"session": session, "label": "my phone"}
    setup = visitor.expect(200, "POST", f"{mount}/auth/cognito/mfa/setup", json=body).json()
    assert setup["otpauth_uri"].startswith("otpauth://totp/"), setup
    assert f"secret={setup['secret_code']}" in setup["otpauth_uri"] and "issuer=" in setup["otpauth_uri"]
    assert setup["session"]
    server.secrets.add(setup["secret_code"])
    totp = Totp(setup["secret_code"])
    verify = {"email": account.email, "session": setup["session"], "friendly_name": "my phone"}
    refused = visitor.post(f"{mount}/auth/cognito/mfa/verify", json=verify | {"code": totp.wrong()})
    assert_refused(refused, 400, "code_mismatch")
    done = visitor.post(f"{mount}/auth/cognito/mfa/verify", json=verify | {"code": totp.code()})
    assert_signed_in(done, account.email)

    session = challenge_of(start_login(server, account.email, mount=mount), "SOFTWARE_TOKEN_MFA")
    assert_refused(answer_challenge(server, account.email, session, totp.wrong(), mount), 400, "code_mismatch")
    assert_signed_in(answer_challenge(server, account.email, session, totp.code(), mount), account.email)
    assert_refused(answer_challenge(server, account.email, session, totp.code(), mount), 401, "invalid_session")


@at_every_mount
@pytest.mark.parametrize("session", ["unknown", NOBODY, "a" * 3000])
def test_an_unknown_session_401(server, mount, session):
    email = make_user(server)["email"]
    visitor = server.visitor()
    assert_refused(answer_challenge(server, email, session, "123456", mount), 401, "invalid_session")
    assert_refused(visitor.post(f"{mount}/auth/cognito/mfa/setup", json={"session": session}), 401, "invalid_session")
    body = {"email": email, "session": session, "code": "123456"}
    assert_refused(visitor.post(f"{mount}/auth/cognito/mfa/verify", json=body), 401, "invalid_session")


def test_a_session_answers_only_its_own_challenge(server):
    """One for set-up does not take a code, and one for a code sets nothing up."""
    new = member(server)
    turn_mfa_on(new)
    session = challenge_of(start_login(server, new.email), "MFA_SETUP")
    assert answer_challenge(server, new.email, session, "123456").status_code in (400, 401)
    account, totp, _ = member_with_mfa(server)
    session = challenge_of(start_login(server, account.email), "SOFTWARE_TOKEN_MFA")
    assert_refused(server.visitor().post(f"{API}/auth/cognito/mfa/setup", json={"session": session}), 401, "invalid_session")
    assert answer_challenge(server, new.email, session, totp.code()).status_code in (400, 401), "it belongs to somebody else"
    body = {"email": account.email, "challenge_name": "NEW_PASSWORD_REQUIRED", "session": session}
    answer = server.visitor().post(f"{API}/auth/cognito/challenge", json=body | {"responses": {"NEW_PASSWORD": STRONGER}})
    assert answer.status_code in (400, 401), answer.text
    assert_refused(start_login(server, account.email, STRONGER), 401, "invalid_credentials")


def test_an_access_token_has_the_claims_that_are_written_down(server):
    account = member(server)
    claims = claims_of(account.token)
    assert {"sub", "iss", "aud", "exp", "iat", "jti", "tenant_id", "dialect"} <= set(claims), claims
    assert claims["exp"] - claims["iat"] == TOKEN_SECONDS
    assert (claims["sub"], claims["tenant_id"], claims["dialect"]) == (account.id, "default", "standard")


# A password that somebody else chose


@pytest.fixture
def provisional(server):
    """An account whose password the operator has set."""
    account = member(server)
    cli(server, "user", "reset-password", account.email, "--password", PROVISIONAL)
    server.secrets |= {PROVISIONAL, STRONGER}
    assert not account.is_in()
    return account.email


def new_password(server, email, session, password, mount=API):
    body = {"email": email, "challenge_name": "NEW_PASSWORD_REQUIRED", "session": session}
    return server.visitor().post(f"{mount}/auth/cognito/challenge", json=body | {"responses": {"NEW_PASSWORD": password}})


@at_every_mount
def test_a_password_of_the_operator_is_changed_at_the_next_login(server, provisional, mount):
    assert_refused(start_login(server, provisional, STRONG), 401, "invalid_credentials")
    session = challenge_of(start_login(server, provisional, PROVISIONAL, mount), "NEW_PASSWORD_REQUIRED")
    assert_refused(new_password(server, provisional, session, "weak", mount), 400, "weak_password")
    assert_signed_in(new_password(server, provisional, session, STRONGER, mount), provisional)
    assert_refused(new_password(server, provisional, session, STRONG, mount), 401, "invalid_session")
    assert_refused(start_login(server, provisional, PROVISIONAL), 401, "invalid_credentials")
    assert_signed_in(start_login(server, provisional, STRONGER), provisional)


def test_no_other_login_takes_a_password_of_the_operator(server, provisional):
    for path in ("/auth/login", "/api/auth/login", "/api/v1/auth/login"):
        answer = server.visitor().post(path, json={"username": provisional, "password": PROVISIONAL})
        assert answer.status_code in (400, 401, 403) and "access_token" not in answer.text, answer.text
    browser = Browser(server)
    assert path_of(browser.sign_in(provisional, PROVISIONAL)) == "/auth/new-password"
    assert not browser.is_in()
    assert path_of(browser.submit(browser.form("/auth/new-password"), {"password": STRONGER})) == "/dashboard"


# Refresh and logout


@at_every_mount
def test_refresh(server, mount):
    account = member(server)
    old = account.refresh_token
    answer = server.visitor().post(f"{mount}/auth/cognito/refresh", json={"refresh_token": old})
    tokens = assert_signed_in(answer, account.email)
    assert tokens["refresh_token"] != old and tokens["access_token"] != account.token
    account.take(tokens)
    assert account.is_in()


@at_every_mount
@pytest.mark.parametrize("token", ["unknown-but-long-enough", "a" * 43, "é" * 20])
def test_an_unknown_refresh_token_401(server, mount, token):
    answer = server.visitor().post(f"{mount}/auth/cognito/refresh", json={"refresh_token": token})
    assert_refused(answer, 401, "invalid_refresh_token")


def test_an_access_token_refreshes_nothing(server):
    account = member(server)
    for token in (account.token, account.id_token):
        answer = server.visitor().post(f"{API}/auth/cognito/refresh", json={"refresh_token": token})
        assert answer.status_code in (400, 401), answer.text


@at_every_mount
def test_logout_ends_the_session_of_its_token(server, mount):
    account = member(server)
    other = log_in(server, account.email)
    done = account.expect(200, "POST", f"{mount}/auth/cognito/logout").json()
    assert done["status"] == "OK" and done["message"]
    assert not account.is_in()
    answer = server.visitor().post(f"{API}/auth/cognito/refresh", json={"refresh_token": account.refresh_token})
    assert_refused(answer, 401, "invalid_refresh_token")
    assert other.is_in(), "only one's own session ends"


@at_every_mount
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer no-token"}], ids=["no-token", "bad-token"])
def test_logout_without_a_session_is_fine(server, mount, headers):
    answer = server.visitor().expect(200, "POST", f"{mount}/auth/cognito/logout", headers=headers)
    assert answer.json()["status"] == "OK"


# The user


@at_every_mount
def test_users_me(server, mount):
    account = member(server)
    me = account.expect(200, "GET", f"{mount}/users/me").json()
    assert UUID.fullmatch(me["id"])
    assert (me["email"], me["role"], me["state"], me["tenant_id"]) == (account.email, "member", "active", "default")
    assert not [name for name in me if "password" in name.lower() and me[name] not in (True, False)], me
    account.expect(200, "PATCH", f"{mount}/users/me", json={"name": "Pat the Miller"})
    assert account.me()["name"] == "Pat the Miller"


@pytest.mark.parametrize(
    "body",
    [
        {"name": 7},
        {"name": "x" * 101},
        {"role": "admin"},
        {"state": "active"},
        {"tenant_id": "other"},
        {"email": "else@example.com"},
    ],
    ids=str,
)
def test_nobody_changes_more_of_oneself_than_the_name(server, body):
    account = member(server)
    before = account.me()
    answer = account.request("PATCH", f"{API}/users/me", json=body)
    assert answer.status_code in (200, 400), answer.text
    assert account.me() == before


@at_every_mount
def test_change_password(server, mount):
    account = member(server)
    other = log_in(server, account.email)
    server.secrets.add(STRONGER)
    body = {"current_password": STRONG, "new_password": STRONGER}
    assert account.expect(200, "POST", f"{mount}/users/me/change-password", json=body).json()["message"]
    assert_refused(start_login(server, account.email, STRONG), 401, "invalid_credentials")
    assert_signed_in(start_login(server, account.email, STRONGER), account.email)
    for holder in (account, other):
        answer = server.visitor().post(f"{API}/auth/cognito/refresh", json={"refresh_token": holder.refresh_token})
        assert_refused(answer, 401, "invalid_refresh_token")


@at_every_mount
def test_change_password_refuses_with_400(server, mount):
    account = member(server)
    path = f"{mount}/users/me/change-password"
    for body in (
        {"current_password": WRONG, "new_password": STRONGER}, {"current_password": STRONG, "new_password": STRONG},
        {"current_password": STRONG}, {"new_password": STRONGER}, {}, {"current_password": STRONG, "new_password": 7},
    ):
        assert_refused(account.post(path, json=body), 400)
    weak = assert_refused(account.post(path, json={"current_password": STRONG, "new_password": "weak"}), 400, "weak_password")
    assert weak["details"]["code"] == "WEAK_PASSWORD"
    assert set(weak["details"]["violations"]) == {"min_length", "uppercase", "number", "special_char"}
    weak = account.post(path, json={"current_password": STRONG, "new_password": f"Xy 1! {account.email} Xy"})
    assert "contains_email" in assert_refused(weak, 400, "weak_password")["details"]["violations"]
    assert account.is_in(), "a refused change ends nothing"
    tokens_of(start_login(server, account.email))


@at_every_mount
def test_settings(server, mount):
    account = member(server)
    path = f"{mount}/users/me/settings"
    standard = account.expect(200, "GET", path).json()
    names = {"auto_refresh_seconds", "theme", "default_jobs_sort", "default_jobs_view", "data_retention_days"}
    assert set(standard) >= names, standard
    assert standard["auto_refresh_seconds"] in (0, 10, 30, 60)
    own = {
        "auto_refresh_seconds": 30 if standard["auto_refresh_seconds"] != 30 else 60,
        "theme": "light" if standard["theme"] != "light" else "dark",
        "default_jobs_sort": "created_asc",
        "default_jobs_view": "active",
        "data_retention_days": 365,
    }
    account.expect(200, "PUT", path, json=own)
    assert account.expect(200, "GET", path).json() == standard | own
    account.expect(200, "PUT", path, json={"auto_refresh_seconds": 10})
    assert account.expect(200, "GET", path).json() == standard | {"auto_refresh_seconds": 10}, (
        "what is missing is reset, not kept"
    )
    account.expect(200, "PUT", path, json={})
    assert account.expect(200, "GET", path).json() == standard


@pytest.mark.parametrize("seconds", [0, 10, 30, 60])
def test_settings_take_four_intervals(server, seconds):
    account = member(server)
    account.expect(200, "PUT", f"{API}/users/me/settings", json={"auto_refresh_seconds": seconds})
    assert account.expect(200, "GET", f"{API}/users/me/settings").json()["auto_refresh_seconds"] == seconds


@pytest.mark.parametrize("body, naming", [
    ({"auto_refresh_seconds": 5}, "auto_refresh_seconds"), ({"auto_refresh_seconds": -1}, "auto_refresh_seconds"),
    ({"auto_refresh_seconds": 61}, "auto_refresh_seconds"), ({"auto_refresh_seconds": "10"}, "auto_refresh_seconds"),
    ({"auto_refresh_seconds": 10.5}, "auto_refresh_seconds"), ({"auto_refresh_seconds": True}, "auto_refresh_seconds"),
    ({"theme": 1}, "theme"), ({"theme": "x" * 21}, "theme"), ({"default_jobs_sort": "x" * 31}, "default_jobs_sort"),
    ({"default_jobs_view": "x" * 31}, "default_jobs_view"), ({"data_retention_days": -1}, "data_retention_days"),
    ({"data_retention_days": 3651}, "data_retention_days"), ({"data_retention_days": "x"}, "data_retention_days"),
], ids=str)
def test_settings_refuse_with_400_and_change_nothing(server, body, naming):
    account = member(server)
    before = account.expect(200, "GET", f"{API}/users/me/settings").json()
    refused = assert_refused(account.put(f"{API}/users/me/settings", json={"auto_refresh_seconds": 60} | body), 400)
    assert naming in refused["detail"]
    assert account.expect(200, "GET", f"{API}/users/me/settings").json() == before


@at_every_mount
@pytest.mark.parametrize("method, path", [
    ("GET", "/users/me"), ("PATCH", "/users/me"), ("POST", "/users/me/change-password"), ("GET", "/users/me/settings"),
    ("PUT", "/users/me/settings"),
])
def test_without_a_token_401(server, mount, method, path):
    answer = server.visitor().request(method, mount + path, json=None if method == "GET" else {})
    assert_refused(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


# Around the documents: logins that have no second step


def test_the_other_logins_say_which_login_has_the_second_step(server):
    account, _, _ = member_with_mfa(server)
    root = server.visitor().post("/auth/login", json={"username": account.email, "password": STRONG})
    assert root.status_code == 401 and "/auth/cognito/login" in root.json()["error"]["message"], root.text
    for mount in ("/api", "/api/v1"):
        for body in (
            {"data": {"username": account.email, "password": STRONG}},
            {"json": {"username": account.email, "password": STRONG}},
        ):
            refused = assert_refused(server.visitor().post(f"{mount}/auth/login", **body), 400, "mfa_required")
            assert "/auth/cognito/login" in refused["detail"]


def test_a_second_device_does_not_need_new_recovery_codes(server):
    account = member(server)
    _, _, codes = add_device(account)
    assert len(set(codes)) == 10
    assert add_device(account, "tablet")[2] is None
