"""The tracker document's login with a user pool outside: passwords and codes are the pool's, people and their rights are ours."""

import base64
import hashlib
import hmac
import json
import time

import pytest

pytest.importorskip("moto", reason="needs the stand-in for Cognito that pool.py names")

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from people import (
    API, at_every_mount, STRONG, STRONGER, WRONG, Account, Browser, Totp, answer_challenge, assert_refused, challenge_of, cli,
    log_in, new_address, sign_up, start_login, tokens_of,
)
from pool import TEMPORARY, Pool, Provider, present_code, signed
from served import Server, free_port, run_quern

OPEN = {"REGISTRATION_ENABLED": "true", "REGISTRATION_APPROVAL": "false", "RATE_LIMIT_ENABLED": "false"}
# A pool that does not answer is given up after this, with some time to spare.
PATIENCE_SECONDS = 12


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    provider = Provider(tmp_path_factory.mktemp("moto")).start()
    yield provider
    provider.stop()


@pytest.fixture(scope="module")
def pool(provider):
    return Pool(provider)


@pytest.fixture(scope="module")
def server(pool, tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("server"), OPEN | pool.settings).start()
    server.secrets |= {STRONG, STRONGER, WRONG, TEMPORARY}
    yield server
    server.end()


@pytest.fixture(scope="module")
def strict_pool(provider):
    """A pool in which everybody has a second step."""
    return Pool(provider, mfa="ON")


@pytest.fixture(scope="module")
def strict_server(strict_pool, tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("strict"), OPEN | strict_pool.settings).start()
    server.secrets |= {STRONG, STRONGER, WRONG, TEMPORARY}
    yield server
    server.end()


@pytest.fixture
def person(server, pool):
    """Somebody of the pool, logged in."""
    email = new_address()
    pool.add(email, STRONG)
    return log_in(server, email)


def post(server, path, body, mount=API):
    return server.visitor().post(f"{mount}/auth/cognito/{path}", json=body)


def me(server, token):
    return server.visitor().get(f"{API}/users/me", headers={"Authorization": f"Bearer {token}"})


def claims_of(token):
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


# Signing up


@at_every_mount
def test_somebody_signs_up_confirms_and_logs_in(server, pool, mount):
    email = new_address()
    made = sign_up(server, email, name="Pat Miller", mount=mount)
    assert made.status_code == 200, made.text
    assert made.json()["status"] == "CONFIRMATION_REQUIRED"
    assert_refused(start_login(server, email, mount=API), 403, "email_not_verified")
    confirmed = post(server, "confirm", {"email": email, "code": "123456"}, mount)
    assert confirmed.status_code == 200, confirmed.text
    assert confirmed.json()["status"] == "OK"
    # Amazon does this by itself when the code is right.
    pool.verify_address(email)
    tokens = tokens_of(start_login(server, email, mount=mount))
    assert tokens["token_type"] == "Bearer" and tokens["expires_in"] == 3600
    account = Account(server, email, tokens)
    profile = account.me()
    assert (profile["email"], profile["name"], profile["state"]) == (email, "Pat Miller", "active")


def test_a_password_that_the_policy_does_not_take_never_reaches_the_pool(server, pool):
    email = new_address()
    body = assert_refused(sign_up(server, email, password="short"), 400, "weak_password")
    assert "min_length" in body["details"]["violations"]
    assert email not in users_of(pool)


def test_a_known_address_is_answered_like_a_new_one(server, pool):
    known, new = new_address(), new_address()
    pool.add(known, STRONG)
    first, second = sign_up(server, known), sign_up(server, new)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    tokens_of(start_login(server, known))


def test_a_code_for_nobody_is_wrong(server):
    assert_refused(post(server, "confirm", {"email": new_address(), "code": "123456"}), 400, "wrong_code")


def users_of(pool):
    listed = pool.provider.call("ListUsers", UserPoolId=pool.id)["Users"]
    return {attribute["Value"] for user in listed for attribute in user["Attributes"] if attribute["Name"] == "email"}


# Logging in


def test_the_access_token_is_the_pools(server, pool, person):
    claims = claims_of(person.token)
    assert claims["iss"] == f"https://cognito-idp.us-east-1.amazonaws.com/{pool.id}"
    assert claims["token_use"] == "access"
    assert me(server, person.token).json()["email"] == person.email


def test_one_person_has_one_account_however_often_they_log_in(server, pool, person):
    again = log_in(server, person.email)
    assert again.id == person.id
    assert len([email for email in (user["email"] for user in cli(server, "user", "list")) if email == person.email]) == 1


@at_every_mount
def test_a_wrong_password_and_an_unknown_address_are_refused_alike(server, pool, mount):
    email = new_address()
    pool.add(email, STRONG)
    wrong, unknown = start_login(server, email, WRONG, mount), start_login(server, new_address(), WRONG, mount)
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}
    assert "invalid_credentials" in wrong.text


def test_who_is_disabled_in_the_pool_does_not_get_in(server, pool):
    email = new_address()
    pool.add(email, STRONG)
    pool.disable(email)
    assert_refused(start_login(server, email), 401, "invalid_credentials")


def test_who_is_disabled_here_does_not_get_in(server, person):
    cli(server, "user", "disable", person.email)
    assert me(server, person.token).status_code in (401, 403)
    assert_refused(start_login(server, person.email), 403, "account_disabled")
    cli(server, "user", "enable", person.email)
    assert log_in(server, person.email).is_in()


def test_a_browser_logs_in_with_the_pools_password(server, pool):
    email = new_address()
    pool.add(email, STRONG)
    browser = Browser(server)
    browser.sign_in(email, WRONG)
    assert not browser.is_in()
    browser.sign_in(email)
    assert browser.is_in()


# Tokens that are none


def test_an_identity_token_opens_nothing(server, person):
    assert me(server, person.token).status_code == 200
    assert_refused(me(server, person.id_token), 401)


def part(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def rs256(key, header, claims):
    head = f"{part(header)}.{part(claims)}"
    return f"{head}.{part(key.sign(head.encode(), padding.PKCS1v15(), SHA256()))}"


def test_forged_tokens_are_refused(server, pool, person):
    header, claims = {"alg": "RS256", "kid": "dummy", "typ": "JWT"}, claims_of(person.token)
    parts = person.token.split(".")
    thief = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    numbers = thief.public_key().public_numbers()
    own = {"kty": "RSA", "kid": "dummy", "use": "sig", "alg": "RS256", "e": "AQAB", "n": part(numbers.n.to_bytes(256, "big"))}
    published = requests.get(f"{pool.provider.base}/{pool.id}/.well-known/jwks.json", timeout=10).json()["keys"][0]
    modulus = int.from_bytes(base64.urlsafe_b64decode(published["n"] + "=="), "big")
    public = rsa.RSAPublicNumbers(65537, modulus).public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    hs_head = f"{part({'alg': 'HS256', 'kid': 'dummy'})}.{parts[1]}"
    forged = {
        "none": f"{part({'alg': 'none', 'kid': 'dummy'})}.{parts[1]}.",
        "none with a signature": f"{part({'alg': 'none', 'kid': 'dummy'})}.{parts[1]}.{parts[2]}",
        "no signature": f"{parts[0]}.{parts[1]}.",
        "HMAC with the public key": f"{hs_head}.{part(hmac.digest(pem, hs_head.encode(), hashlib.sha256))}",
        "HMAC with the modulus": f"{hs_head}.{part(hmac.digest(published['n'].encode(), hs_head.encode(), hashlib.sha256))}",
        "another key": rs256(thief, header, claims),
        "another key in the header": rs256(thief, header | {"jwk": own}, claims),
        "another key's address": rs256(thief, header | {"jku": "http://127.0.0.1:1/keys", "x5u": "http://127.0.0.1:1/chain"}, claims),
        "an unknown key": rs256(thief, header | {"kid": "no-such-key"}, claims),
        "no key": rs256(thief, {"alg": "RS256"}, claims),
        "changed claims": f"{parts[0]}.{part(claims | {'sub': 'somebody-else'})}.{parts[2]}",
        "half a signature": person.token[:-100],
    }
    for name, token in forged.items():
        assert_refused(me(server, token), 401)
        assert me(server, token).headers.get("WWW-Authenticate"), name
    assert me(server, person.token).status_code == 200


def test_tokens_that_the_pool_signed_for_others_are_refused(server, pool, provider, person):
    claims = claims_of(person.token)
    assert me(server, signed(claims)).status_code == 200, "signing as the pool does"
    now = int(time.time())
    changes = {
        "expired": {"exp": now - 1}, "no expiry": {"exp": None}, "expiry in words": {"exp": str(now + 3600)},
        "another pool": {"iss": f"https://cognito-idp.us-east-1.amazonaws.com/{Pool(provider).id}"},
        "no issuer": {"iss": None}, "the stand-in as issuer": {"iss": f"{provider.base}/{pool.id}"},
        "another app": {"client_id": pool.app_client()}, "no app": {"client_id": None},
        "the app as audience": {"client_id": None, "aud": pool.client},
        "for identity": {"token_use": "id"}, "for nothing": {"token_use": None}, "nobody": {"sub": None}, "empty": {"sub": ""},
    }
    for name, change in changes.items():
        token = signed({key: value for key, value in (claims | change).items() if value is not None})
        assert me(server, token).status_code == 401, name


def test_a_token_that_another_app_of_the_pool_was_given_is_refused(server, pool, person):
    given = pool.provider.call(
        "InitiateAuth", ClientId=pool.app_client(), AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": person.email, "PASSWORD": STRONG},
    )["AuthenticationResult"]
    server.secrets |= {given["AccessToken"], given["IdToken"], given["RefreshToken"]}
    assert_refused(me(server, given["AccessToken"]), 401)


def test_our_own_tokens_do_not_pass_for_the_pools(server, person):
    header = part({"alg": "HS256", "typ": "JWT"})
    for secret in (b"", b"secret", b"quern"):
        head = f"{header}.{part({'sub': person.id, 'iss': 'quern', 'aud': 'quern', 'exp': int(time.time()) + 600})}"
        assert_refused(me(server, f"{head}.{part(hmac.digest(secret, head.encode(), hashlib.sha256))}"), 401)


# The second step


def test_a_new_password_then_a_device_then_its_codes(strict_server, strict_pool):
    server, email = strict_server, new_address()
    strict_pool.invite(email)

    session = challenge_of(start_login(server, email, TEMPORARY), "NEW_PASSWORD_REQUIRED")

    def choose(password):
        body = {"email": email, "challenge_name": "NEW_PASSWORD_REQUIRED", "session": session, "responses": {"NEW_PASSWORD": password}}
        return post(server, "challenge", body)

    assert_refused(choose("short"), 400, "weak_password")
    session = challenge_of(choose(STRONG), "MFA_SETUP")

    setup = post(server, "mfa/setup", {"session": session, "label": "Pat at the mill"})
    assert setup.status_code == 200, setup.text
    setup = setup.json()
    server.secrets.add(setup["secret_code"])
    assert setup["otpauth_uri"].startswith("otpauth://totp/") and f"secret={setup['secret_code']}".lower() in setup["otpauth_uri"].lower()
    totp = Totp(setup["secret_code"])

    def verify(code, session=setup["session"]):
        return post(server, "mfa/verify", {"email": email, "session": session, "code": code, "friendly_name": "phone"})

    assert_refused(verify(totp.wrong()), 400, "code_mismatch")
    assert_refused(verify(present_code(totp), session="no-such-session-of-anybody"), 401, "invalid_session")
    tokens = tokens_of(verify(present_code(totp)))
    assert Account(server, email, tokens).is_in()

    session = challenge_of(start_login(server, email), "SOFTWARE_TOKEN_MFA")
    assert_refused(answer_challenge(server, email, session, totp.wrong()), 400, "code_mismatch")
    entered = Account(server, email, tokens_of(answer_challenge(server, email, session, present_code(totp))))
    assert entered.is_in()
    assert_refused(answer_challenge(server, email, session, present_code(totp)), 401, "invalid_session")


def test_a_browser_is_asked_for_the_code(strict_server, strict_pool):
    server, email = strict_server, new_address()
    strict_pool.invite(email)
    session = challenge_of(start_login(server, email, TEMPORARY), "NEW_PASSWORD_REQUIRED")
    body = {"email": email, "challenge_name": "NEW_PASSWORD_REQUIRED", "session": session, "responses": {"NEW_PASSWORD": STRONG}}
    session = challenge_of(post(server, "challenge", body), "MFA_SETUP")
    setup = post(server, "mfa/setup", {"session": session}).json()
    server.secrets.add(setup["secret_code"])
    totp = Totp(setup["secret_code"])
    verified = post(server, "mfa/verify", {"email": email, "session": setup["session"], "code": present_code(totp)})
    Account(server, email, tokens_of(verified))
    browser = Browser(server)
    browser.sign_in(email)
    assert not browser.is_in()
    browser.submit(browser.form("/auth/mfa"), {"code": present_code(totp)})
    assert browser.is_in()


@pytest.mark.parametrize("path", ["challenge", "mfa/setup", "mfa/verify"])
def test_a_session_that_is_none_is_refused(strict_server, path):
    more = {
        "challenge": {
            "email": new_address(), "challenge_name": "SOFTWARE_TOKEN_MFA", "responses": {"SOFTWARE_TOKEN_MFA_CODE": "123456"},
        },
        "mfa/setup": {},
        "mfa/verify": {"email": new_address(), "code": "123456"},
    }
    assert_refused(post(strict_server, path, {"session": "A" * 40} | more[path]), 401, "invalid_session")


# Staying in, and leaving


def test_a_refresh_token_gives_new_tokens_and_goes_on(server, person):
    tokens = tokens_of(post(server, "refresh", {"refresh_token": person.refresh_token}))
    assert tokens["access_token"] != person.token and tokens["id_token"] != person.id_token
    assert tokens["refresh_token"] == person.refresh_token, "the pool issues no new one, so the old one is named again"
    server.secrets |= {tokens["access_token"], tokens["id_token"]}
    assert me(server, tokens["access_token"]).json()["email"] == person.email
    tokens_of(post(server, "refresh", {"refresh_token": person.refresh_token}))


def test_a_refresh_token_that_is_none_is_refused(server, person):
    for token in ("0123456789", person.token, person.id_token):
        assert_refused(post(server, "refresh", {"refresh_token": token}), 401, "invalid_refresh_token")


def test_logging_out_ends_this_login_and_no_other(server, person):
    other = log_in(server, person.email)
    answer = person.post(f"{API}/auth/cognito/logout")
    assert answer.status_code == 200 and answer.json()["status"] == "OK", answer.text
    assert not person.is_in()
    again = post(server, "refresh", {"refresh_token": person.refresh_token})
    if again.status_code == 200:
        person.take(tokens_of(again))
        assert not person.is_in(), "a token of the login that has ended"
    else:
        assert_refused(again, 401, "invalid_refresh_token")
    assert other.is_in()
    assert log_in(server, person.email).is_in()


def test_logging_out_without_a_token_does_nothing(server):
    answer = server.visitor().post(f"{API}/auth/cognito/logout")
    assert answer.status_code == 200 and answer.json()["status"] == "OK", answer.text


# A pool that does not answer


@pytest.mark.seconds(240)
def test_without_the_pool_nobody_logs_in_but_who_is_in_stays_in(tmp_path):
    provider = Provider(tmp_path).start()
    pool = Pool(provider)
    server = Server(tmp_path / "server", OPEN | pool.settings).start()
    try:
        email = new_address()
        pool.add(email, STRONG)
        person = log_in(server, email)
        assert person.is_in()

        provider.pause()
        begun = time.monotonic()
        answer = start_login(server, email)
        assert_refused(answer, 503, "identity_provider_unavailable")
        assert time.monotonic() - begun < PATIENCE_SECONDS
        assert person.is_in(), "its keys are known"
        provider.go_on()
        tokens_of(start_login(server, email))

        provider.stop()
        begun = time.monotonic()
        body = assert_refused(start_login(server, email), 503, "identity_provider_unavailable")
        assert time.monotonic() - begun < 5, "a refused connection is told at once"
        assert str(provider.port) not in json.dumps(body)
        assert_refused(post(server, "refresh", {"refresh_token": person.refresh_token}), 503, "identity_provider_unavailable")
        assert person.is_in()
        assert_refused(me(server, "forged.forged.forged"), 401)

        # A server that has never seen a key can not tell a good token from a bad one.
        server.stop()
        server.start()
        assert_refused(person.get(f"{API}/users/me"), 503, "identity_provider_unavailable")
        assert_refused(me(server, person.id_token), 401)
    finally:
        provider.stop()
        server.end()


def test_a_pool_that_does_not_exist_is_the_operators_mistake(provider, pool, tmp_path):
    server = Server(tmp_path, OPEN | pool.settings | {"COGNITO_CLIENT_ID": "nosuchclient"}).start()
    try:
        assert_refused(start_login(server, new_address()), 503, "identity_provider_misconfigured")
        assert "identity_provider_misconfigured" in server.log.read_text()
    finally:
        server.end()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COGNITO_REGION", ""), ("COGNITO_USER_POOL_ID", ""), ("COGNITO_CLIENT_ID", ""), ("COGNITO_USER_POOL_ID", "eu-west-1_abc"),
        ("COGNITO_ENDPOINT_URL", "127.0.0.1:5000"),
    ],
)
def test_a_wrong_setting_is_named_at_the_start(tmp_path, name, value):
    settings = {
        "AUTH_PROVIDER": "cognito", "COGNITO_REGION": "us-east-1", "COGNITO_USER_POOL_ID": "us-east-1_abc",
        "COGNITO_CLIENT_ID": "abc", name: value,
    }
    ended = run_quern("serve", "--port", free_port(), "--data-dir", tmp_path / "data", settings=settings, seconds=30)
    assert ended.returncode != 0
    assert name in ended.stderr
