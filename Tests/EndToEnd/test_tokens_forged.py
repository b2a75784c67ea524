"""Forged access tokens: whatever is tried, the answer is 401 and the log holds nothing of it."""

import hashlib
import hmac
import json
import time
import uuid

import pytest
import requests

from people import (
    API, at_every_mount, Browser, assert_refused, claims_of, decoded, encoded, log_in, make_user, member, new_address, signed,
    token_key,
)
from served import Server

SECRET = "the-outside-issuer-and-we-share-this-secret-1"
HS256 = {
    "AUTH_MODE": "hs256",
    "AUTH_HS256_SECRET": SECRET,
    "AUTH_JWT_ISSUER": "https://issuer.example",
    "AUTH_JWT_AUDIENCE": "quern-api",
}
HEADER = {"alg": "HS256", "typ": "JWT"}


class Door:
    """A server, claims that it takes, and the key that signs them."""

    def __init__(self, server, claims, key):
        self.server = server
        self.claims = claims
        self.key = key

    def token(self, header=None, key=None, without=(), digest=hashlib.sha256, **changes):
        claims = {name: value for name, value in (self.claims | changes).items() if name not in without}
        return signed(claims, self.key if key is None else key, header, digest)

    def ask(self, token, mount=API):
        """GET with exactly these bytes as the token."""
        value = f"Bearer {token}".encode()
        return requests.get(f"{self.server.base}{mount}/users/me", headers={"Authorization": value}, timeout=30)


@pytest.fixture(scope="module")
def session_door(server, admin):
    """The server's own tokens, signed with the key of its data folder: each differs only in what a test changes."""
    account = member(server)
    return Door(server, claims_of(account.token), token_key(server))


@pytest.fixture(scope="module")
def outside_door(tmp_path_factory):
    """Tokens of an issuer outside, who shares a secret with the server."""
    server = Server(tmp_path_factory.mktemp("hs256"), HS256).start()
    now = int(time.time())
    claims = {
        "sub": "ann", "tenant_id": "acme", "email": "ann@acme.example", "iss": HS256["AUTH_JWT_ISSUER"],
        "aud": HS256["AUTH_JWT_AUDIENCE"], "iat": now, "exp": now + 1800,
    }
    yield Door(server, claims, SECRET.encode())
    server.end()


@pytest.fixture(params=["session", "hs256"])
def door(request):
    return request.getfixturevalue("session_door" if request.param == "session" else "outside_door")


def refused(door, token):
    before = door.server.log.read_text()
    answer = door.ask(token)
    assert_refused(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    lines = door.server.log.read_text()[len(before):].splitlines()
    assert lines, "the request itself is logged"
    for line in map(json.loads, lines):
        assert line["level"] not in ("warning", "error", "critical"), line
    pieces = [piece for piece in token.split(".") if len(piece) > 15]
    for piece in pieces:
        assert piece not in "".join(lines), "a piece of the token is in the log"
    return answer


def test_a_token_that_is_made_the_same_way_is_taken(door):
    """Without this, each refusal below would prove nothing."""
    answer = door.ask(door.token())
    assert answer.status_code == 200, answer.text
    assert answer.json()["tenant_id"] == door.claims["tenant_id"]


# The algorithm


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", ""])
@pytest.mark.parametrize("signature", ["empty", "kept", "missing"])
def test_no_algorithm_is_none(door, alg, signature):
    head = f"{encoded({'alg': alg, 'typ': 'JWT'})}.{encoded(door.claims)}"
    refused(door, {"empty": f"{head}.", "kept": f"{head}.{door.token().split('.')[2]}", "missing": head}[signature])


@pytest.mark.parametrize(
    "alg, digest",
    [
        ("HS384", hashlib.sha384),
        ("HS512", hashlib.sha512),
        ("RS256", hashlib.sha256),
        ("ES256", hashlib.sha256),
        ("PS256", hashlib.sha256),
        ("EdDSA", hashlib.sha256),
        ("hs256", hashlib.sha256),
        ("HS256 ", hashlib.sha256),
        ("HS1", hashlib.sha1),
        (["HS256"], hashlib.sha256),
        (None, hashlib.sha256),
        (1, hashlib.sha256),
    ],
    ids=str,
)
def test_another_algorithm_is_refused_even_with_the_right_key(door, alg, digest):
    refused(door, door.token({"alg": alg, "typ": "JWT"}, digest=digest))


def test_a_header_without_an_algorithm_is_refused(door):
    refused(door, door.token({"typ": "JWT"}))


# The key


@pytest.mark.parametrize("key", [
    b"", b"\x00", b"secret", b"quern", b"\x00" * 32, b"null", b"public key",
], ids=["empty", "zero", "secret", "quern", "zeros", "null", "public"])
def test_another_key_is_refused(door, key):
    refused(door, door.token(key=key))


def test_no_other_secret_of_the_server_signs_tokens(session_door):
    for file in (session_door.server.data / "secrets").iterdir():
        if file.name != "access-tokens":
            for key in (file.read_bytes(), file.read_bytes().strip()):
                refused(session_door, session_door.token(key=key))


def test_the_servers_own_key_signs_nothing_for_another_issuer(outside_door):
    folder = outside_door.server.data / "secrets"
    for file in folder.iterdir():
        refused(outside_door, outside_door.token(key=file.read_bytes()))


@pytest.mark.parametrize("kid", [
    "../../../../dev/null", "/dev/null", "/proc/sys/kernel/randomize_va_space", "' UNION SELECT 'key' --", "1; DROP TABLE user",
    "http://127.0.0.1:1/key", "file:///etc/hostname", "|id", "a" * 2000, "", None, 7, ["a"], "\x00",
], ids=str)
def test_a_key_id_chooses_no_key(door, kid):
    for key in (b"", b"\x00", b"key", b"2\n", str(kid).encode()):
        refused(door, door.token(HEADER | {"kid": kid}, key=key))


@pytest.mark.parametrize("member", ["jku", "x5u", "jwk", "x5c", "crit", "zip", "b64"])
def test_a_header_brings_no_key_of_its_own(door, member):
    own = b"the key of whoever forges this token"
    value = {
        "jku": "http://127.0.0.1:1/jwks.json",
        "x5u": "http://127.0.0.1:1/cert.pem",
        "jwk": {"kty": "oct", "k": encoded(own), "alg": "HS256"},
        "x5c": [encoded(own)],
        "crit": ["exp"],
        "zip": "DEF",
        "b64": False,
    }[member]
    refused(door, door.token(HEADER | {member: value}, key=own))


def test_a_critical_extension_that_nobody_knows_is_refused(door):
    """RFC 7515, section 4.1.11: who does not know it must not take the token."""
    refused(door, door.token(HEADER | {"crit": ["unheard-of"], "unheard-of": True}))


# The claims


@pytest.mark.parametrize("changes", [
    {"aud": "somebody-else"}, {"aud": ["somebody", "else"]}, {"aud": ""}, {"aud": None}, {"aud": 7}, {"aud": []},
    {"iss": "somebody-else"}, {"iss": ""}, {"iss": None}, {"iss": 7},
    {"exp": 0}, {"exp": 1}, {"exp": -1}, {"exp": "never"}, {"exp": "99999999999"}, {"exp": {}},
    {"sub": ""}, {"sub": None}, {"sub": 7}, {"sub": ["ann"]}, {"tenant_id": 7}, {"tenant_id": None},
], ids=str)
def test_a_claim_that_does_not_fit_is_refused(door, changes):
    refused(door, door.token(**changes))


@pytest.mark.parametrize("name", ["sub", "tenant_id", "iss", "aud"])
def test_a_claim_that_is_missing_is_refused(door, name):
    refused(door, door.token(without=[name]))


def test_a_token_of_ours_always_ends(session_door):
    refused(session_door, session_door.token(without=["exp"]))


def test_a_token_is_refused_from_its_last_second_on(door):
    now = int(time.time())
    refused(door, door.token(exp=now - 90, iat=now - 1890))
    refused(door, door.token(exp=now - 61, iat=now - 1861))


def test_a_token_that_is_not_valid_yet_is_refused(outside_door):
    refused(outside_door, outside_door.token(nbf=int(time.time()) + 3600))


def test_another_subject_is_refused(session_door):
    """The session of one does not speak for another, even if somebody could sign."""
    other = member(session_door.server)
    refused(session_door, session_door.token(sub=other.id))
    refused(session_door, session_door.token(sub=str(uuid.uuid4())))


def test_a_session_that_has_ended_is_refused(server, admin):
    account = member(server)
    key, claims = token_key(server), claims_of(account.token)
    account.expect(200, "POST", f"{API}/auth/cognito/logout")
    door = Door(server, claims, key)
    refused(door, account.token)
    refused(door, door.token(exp=claims["exp"] + 3600, jti=str(uuid.uuid4())))


# Other tokens of the same server


def test_tokens_of_another_kind_are_refused(session_door):
    server = session_door.server
    account = member(server)
    browser = Browser(server)
    form = browser.form("/auth/login")["fields"]["form_token"]
    browser.sign_in(account.email)
    session_form = browser.form("/dashboard", "/auth/logout")["fields"]["form_token"]
    check = server.visitor().get(f"{API}/auth/bot-check").json()["challenge"]
    for token in (account.refresh_token, account.id_token, form, session_form, check, *browser.cookies.values()):
        refused(session_door, token)


def test_a_token_for_another_use_is_refused_even_with_the_right_key(session_door):
    """An id token tells a program who somebody is; it opens nothing."""
    claims = claims_of(member(session_door.server).id_token)
    refused(session_door, signed(claims, session_door.key))
    refused(session_door, signed(claims | {"exp": int(time.time()) + 600}, session_door.key))


def test_a_token_of_the_server_next_door_is_refused(session_door, new_server):
    other = new_server()
    other.register()
    refused(session_door, log_in(other, make_user(other)["email"]).token)


def test_our_own_tokens_are_no_tokens_of_an_outside_issuer(session_door, outside_door):
    refused(outside_door, session_door.token())
    refused(session_door, outside_door.token())


# The shape


def mangled(token):
    header, payload, signature = token.split(".")
    flipped = encoded(bytes([decoded(signature)[0] ^ 1]) + decoded(signature)[1:])
    half = encoded(decoded(signature)[:16])
    return {
        "two-parts": f"{header}.{payload}",
        "four-parts": f"{token}.{signature}",
        "five-parts": f"{header}..{payload}..{signature}",
        "trailing-dot": f"{token}.",
        "leading-dot": f".{token}",
        "trailing-part": f"{token}.{encoded(b'more')}",
        "no-signature": f"{header}.{payload}.",
        "no-payload": f"{header}..{signature}",
        "no-header": f".{payload}.{signature}",
        "dots": "..",
        "flipped": f"{header}.{payload}.{flipped}",
        "half-signature": f"{header}.{payload}.{half}",
        "swapped": f"{payload}.{header}.{signature}",
        "padded": f"{header}=.{payload}=.{signature}=",
        "newline-inside": f"{header}.{payload[:5]}%0a{payload[5:]}.{signature}",
        "letters-behind": f"{token}AAAAA",
        "unicode": f"{header}.{payload}.é{signature}",
        "full-width-dot": token.replace(".", "．"),
        "garbage": "garbage" * 3,
        "header-is-a-list": f"{encoded([HEADER])}.{payload}.{signature}",
        "header-is-text": f"{encoded('HS256')}.{payload}.{signature}",
        "header-is-no-json": f"{encoded(b'{alg:HS256}')}.{payload}.{signature}",
        "header-is-no-text": f"{encoded(bytes([255, 254]))}.{payload}.{signature}",
        "json": json.dumps(
            {"payload": payload, "signatures": [{"protected": header, "signature": signature}]}, separators=(",", ":")
        ),
        "five-thousand": "a" * 5000,
        "sixteen-thousand-parts": "a." * 8000,
        "deep": encoded(("[" * 3000).encode()) + f".{payload}.{signature}",
        "two-tokens": f"{token} {token}",
        "comma": f"{token},{token}",
    }


@pytest.mark.parametrize("name", sorted(mangled("e30.e30.c2ln")))
def test_a_mangled_token_is_refused(door, name):
    refused(door, mangled(door.token())[name])


@pytest.mark.parametrize("claims", [[], "text", 7, None, {}, [["sub", "ann"]]], ids=str)
def test_claims_that_are_no_object_are_refused(door, claims):
    refused(door, signed(claims, door.key))


def test_a_claim_said_twice_gives_nobody_more(session_door):
    """RFC 8259 leaves open which one counts; neither may open somebody else's account."""
    other = member(session_door.server)
    text = json.dumps(session_door.claims)
    twice = text[:-1] + f', "sub": "{other.id}"}}'
    head = f"{encoded(HEADER)}.{encoded(twice.encode())}"
    token = f"{head}.{encoded(hmac.new(session_door.key, head.encode(), hashlib.sha256).digest())}"
    answer = session_door.ask(token)
    assert answer.status_code in (200, 401)
    assert other.email not in answer.text


@pytest.mark.parametrize("size", [60_000, 1_000_000])
def test_a_huge_token_does_no_harm(door, size):
    try:
        answer = door.ask("a" * size)
        assert answer.status_code in (400, 401, 413, 431), answer.status_code
    except requests.ConnectionError:
        pass  # a server may hang up on a head of this size
    assert door.ask(door.token()).status_code == 200


@at_every_mount
def test_no_mount_takes_a_forged_token(door, mount):
    assert door.ask(door.token(key=b"secret"), mount).status_code == 401
    assert door.ask(door.token(), mount).status_code == 200


def test_a_bad_token_is_not_mended_by_a_good_cookie(server, admin):
    """Who sends a token is judged by it alone."""
    browser = Browser(server)
    browser.sign_in(make_user(server)["email"])
    answer = browser.get(f"{server.base}{API}/users/me", headers={"Authorization": "Bearer forged"}, timeout=30)
    assert answer.status_code == 401, answer.text


def test_a_token_in_the_address_is_no_token(session_door):
    token = session_door.token()
    session_door.server.secrets.add(token)
    for name in ("token", "access_token", "api_key"):
        answer = requests.get(f"{session_door.server.base}{API}/users/me", params={name: token}, timeout=30)
        assert answer.status_code == 401


def test_a_member_of_another_tenant_stays_in_it(session_door):
    """Tokens of one tenant open nothing of another, with the right signature too."""
    server = session_door.server
    stranger = make_user(server, new_address(), tenant="elsewhere")
    account = log_in(server, stranger["email"])
    claims = claims_of(account.token)
    assert claims["tenant_id"] == "elsewhere"
    answer = session_door.ask(signed(claims | {"tenant_id": "default"}, session_door.key))
    assert answer.status_code == 401 or answer.json()["tenant_id"] == "elsewhere", answer.text
