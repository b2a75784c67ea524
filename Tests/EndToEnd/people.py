"""People as they come to the server from outside: they sign up, read their mail, and log in with a password and a second step."""

import base64
import contextlib
import functools
import hashlib
import hmac
import itertools
import json
import os
import re
import sqlite3
import struct
import threading
import time
import unicodedata
import urllib.parse
import uuid

import pytest
import requests

from served import Client, rounds, run_quern, wait_until
from test_pages import Forms

# Passwords that the strictest policy takes: 14 characters with capitals, small letters, digits and signs.
STRONG = "Grain in, Flour out 42!"
STRONGER = "Slow Stones, fine Meal 7?"
WRONG = "Nothing 4 this Door, ever"

MOUNTS = ["", "/api", "/api/v1"]
API = "/api/v1"
# What a contract promises is tested at one mount. That the others lead to the same routes is tested once, in test_authorisation.py.
at_every_mount = pytest.mark.parametrize("mount", rounds([API], MOUNTS), ids=rounds(["api-v1"], ["root", "api", "api-v1"]))
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NOBODY = "00000000-0000-4000-8000-000000000000"
MAIL_SECONDS = 10
TOKEN_SECONDS = 30 * 60

# What a browser says of a request that a page of our own makes.
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


def new_address(name="person"):
    return f"{name}-{uuid.uuid4().hex[:12]}@example.com"


def assert_refused(answer, status, code=None):
    """An error of the standard dialect; what it says."""
    assert answer.status_code == status, f"{answer.status_code} instead of {status}: {answer.text}"
    body = answer.json()
    assert {"error", "detail", "request_id"} <= set(body) <= {"error", "detail", "request_id", "details"}, body
    assert isinstance(body["detail"], str) and body["detail"], body
    if code is not None:
        codes = {code} if isinstance(code, str) else set(code)
        assert body["error"] in codes, body
    return body


# The command line


def cli(server, *arguments):
    """What a verb answers in JSON; it must end well."""
    ended = run_quern(*arguments, "--json", "--data-dir", server.data, settings=server.hashing)
    assert ended.returncode == 0, f"{arguments}: {ended.returncode}\n{ended.stdout}\n{ended.stderr}"
    return json.loads(ended.stdout) if ended.stdout.strip() else None


def refused_cli(server, *arguments):
    """Why a verb did not do what it was told."""
    ended = run_quern(*arguments, "--data-dir", server.data, settings=server.hashing)
    assert ended.returncode == 1, f"{arguments}: {ended.returncode}\n{ended.stdout}\n{ended.stderr}"
    assert ended.stderr.strip()
    return ended.stderr


# The database, beside the running server. Hundreds of tests need somebody, or a mail, and starting a verb for each takes minutes;
# what `quern user` and `quern outbox` do is tested where they are the subject.


def rows(server, sql, *values):
    """What a statement finds, as dictionaries; what it changes is committed."""
    with contextlib.closing(sqlite3.connect(server.data / "quern.db", timeout=30)) as database, database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(sql, values)]


@functools.cache
def password_hash(password, cost):
    """As the server stores it: scrypt with N = 2^cost."""
    salt = os.urandom(16)
    key = hashlib.scrypt(
        unicodedata.normalize("NFKC", password).encode(), salt=salt, n=1 << cost, r=8, p=3, dklen=32, maxmem=1 << 30)
    return f"$scrypt$ln={cost},r=8,p=3${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


def make_user(server, email=None, *, is_admin=False, tenant="default", password=STRONG):
    """An active account, as `quern user create` makes it."""
    email = email or new_address()
    server.secrets.add(password)
    made = {
        "id": str(uuid.uuid4()), "tenant": tenant, "email": email, "name": email.split("@")[0],
        "role": "admin" if is_admin else "member", "state": "active",
        "passwordHash": password_hash(password, int(server.hashing.get("QUERN_PASSWORD_COST", 15))),
        "createdAt": int(time.time() * 1000), "provider": "embedded", "mustChangePassword": 0, "mfaEnabled": 0, "settings": "{}",
    }
    entry = {
        "tenant": tenant, "actorName": "operator", "action": "user.created", "subject": made["id"], "subjectName": email,
        "detail": json.dumps({"role": made["role"]}), "address": "", "requestID": "", "at": made["createdAt"],
    }
    with contextlib.closing(sqlite3.connect(server.data / "quern.db", timeout=30)) as database, database:
        for table, row in (("user", made), ("audit", entry)):
            database.execute(
                f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
    return {"id": made["id"], "email": email, "role": made["role"], "state": "active", "tenant_id": tenant, "name": made["name"]}


def users(server):
    """Everybody, by address."""
    found = rows(
        server, "SELECT id, email, name, role, state, tenant AS tenant_id, mfaEnabled AS mfa_enabled FROM user ORDER BY createdAt")
    return {user["email"]: user | {"mfa_enabled": bool(user["mfa_enabled"])} for user in found}


# Mail


class Mailbox:
    """What the server would have sent to an address since this was made: without SMTP_URL it is kept."""

    def __init__(self, server, address):
        self.server = server
        self.address = address
        self.seen = {mail["id"] for mail in self._listed()}

    def _listed(self):
        return rows(
            self.server, "SELECT *, recipient AS \"to\" FROM mail WHERE recipient = ? ORDER BY createdAt DESC, id", self.address)

    def unread(self):
        """Mails that were not read yet, with their text."""
        fresh = [mail for mail in self._listed() if mail["id"] not in self.seen]
        self.seen.update(mail["id"] for mail in fresh)
        return fresh

    def next(self, pattern=""):
        """The next mail whose text has a match."""
        kept = []

        def arrived():
            kept.extend(self.unread())
            return [mail for mail in kept if re.search(pattern, mail["text"])]

        return wait_until(arrived, MAIL_SECONDS, f"a mail with {pattern!r} to {self.address}", pause=0.05)[0]

    def code(self):
        """The six digits of the next mail that has some."""
        return re.search(r"(?<!\d)\d{6}(?!\d)", self.next(r"(?<!\d)\d{6}(?!\d)")["text"]).group()

    def reset_token(self):
        """The token in the link of the next mail that has one."""
        link = re.search(r"/auth/reset-password\?token=([^\s&]+)", self.next(r"/auth/reset-password\?token=")["text"])
        return urllib.parse.unquote(link.group(1))


# The bot check


def zero_bits(token):
    """With how many zero bits the SHA-256 of a text begins."""
    digest = hashlib.sha256(token.encode()).digest()
    return len(digest) * 8 - int.from_bytes(digest, "big").bit_length()


def tries(challenge):
    """The challenge with one number behind it after the other."""
    return (f"{challenge}.{number}" for number in itertools.count())


def solved(challenge, difficulty):
    """A number behind the challenge with which its SHA-256 begins with so many zero bits."""
    assert difficulty <= 32
    start, bound = hashlib.sha256(f"{challenge}.".encode()), 1 << (32 - difficulty)
    for number in itertools.count():
        digest = start.copy()
        digest.update(b"%d" % number)
        if int.from_bytes(digest.digest()[:4], "big") < bound:
            return f"{challenge}.{number}"


def bot_token(server):
    """A fresh proof of work, for one sign-up."""
    check = server.visitor().expect(200, "GET", f"{API}/auth/bot-check").json()
    assert check["provider"] == "proof_of_work" and check["algorithm"] == "SHA-256", check
    return solved(check["challenge"], check["difficulty"])


# Signing up


def sign_up(server, email, password=STRONG, name="Pat Miller", token=None, mount=API):
    """The answer to the tracker document's sign-up."""
    server.secrets.add(password)
    body = {"email": email, "password": password, "name": name, "turnstile_token": token or bot_token(server)}
    return server.visitor().post(f"{mount}/auth/cognito/signup", json=body)


def unverified(server, email=None, password=STRONG):
    """Registers; the address and the code that was mailed to it."""
    email = email or new_address()
    box = Mailbox(server, email)
    server.secrets.add(password)
    server.visitor().expect(201, "POST", f"{API}/auth/register", json={"email": email, "password": password})
    return email, box.code()


def pending(server, email=None, password=STRONG):
    """Registers and confirms the address: an account that waits for an admin."""
    email, code = unverified(server, email, password)
    answer = server.visitor().expect(200, "POST", f"{API}/auth/verify-email", json={"email": email, "code": code}).json()
    assert answer == {"status": "verified", "state": "pending"}
    return email


# Logging in


class Account(Client):
    """Somebody who is logged in with tokens."""

    def __init__(self, server, email, tokens):
        super().__init__(server)
        self.email = email
        self.take(tokens)

    def take(self, tokens):
        self.token, self.refresh_token, self.id_token = (tokens[f"{name}_token"] for name in ("access", "refresh", "id"))
        self.server.secrets |= {self.token, self.refresh_token, self.id_token}

    @property
    def id(self):
        return self.me()["id"]

    def me(self):
        return self.expect(200, "GET", f"{API}/users/me").json()

    def is_in(self):
        return self.get(f"{API}/users/me").status_code == 200


def start_login(server, email, password=STRONG, mount=API):
    return server.visitor().post(f"{mount}/auth/cognito/login", json={"email": email, "password": password})


def tokens_of(answer):
    """The token object of an auth response that says OK."""
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["status"] == "OK", body
    return body["tokens"]


def challenge_of(answer, step):
    """The session of an auth response that asks for a certain next step."""
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["status"], body["next_step"], body["tokens"]) == ("CHALLENGE", step, None), body
    assert body["challenge_name"] and body["session"], body
    return body["session"]


def log_in(server, email, password=STRONG):
    return Account(server, email, tokens_of(start_login(server, email, password)))


def member(server, name="member", **options):
    """A new active account, logged in."""
    return log_in(server, make_user(server, new_address(name), **options)["email"])


def with_key(server, key):
    """A program that has nothing but an API key."""
    server.secrets.add(key)
    client = server.visitor()
    client.session.headers["X-API-Key"] = key
    return client


def make_key(account, *scopes, name="a program", days=30):
    body = {"name": name, "scopes": list(scopes), "expires_in_days": days}
    made = account.expect(201, "POST", f"{API}/users/me/keys", json=body).json()
    account.server.secrets.add(made["key"])
    return made


# The second step


class Totp:
    """An authenticator (RFC 6238: HMAC-SHA-1, 30 s, six digits) that never shows a code twice.

    The server takes the step before and the step after the present one too, so a few codes in a row need no waiting.
    """

    STEP_SECONDS = 30

    def __init__(self, secret):
        self.key = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
        self.last = 0

    def at(self, step):
        digest = hmac.new(self.key, struct.pack(">Q", step), hashlib.sha1).digest()
        offset = digest[-1] & 15
        return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"

    def now(self):
        return int(time.time()) // self.STEP_SECONDS

    def code(self):
        """A code that was not shown before; waits when those of the next step are used up."""
        is_ending = time.time() % self.STEP_SECONDS > self.STEP_SECONDS - 5
        self.last = max(self.last + 1, self.now() - (0 if is_ending else 1))
        wait_until(lambda: self.last <= self.now() + 1, self.STEP_SECONDS + 1, "the next step of the clock", pause=0.1)
        return self.at(self.last)

    def wrong(self):
        """Six digits that are no code of any step that is near."""
        near = {self.at(self.now() + step) for step in range(-3, 4)}
        return next(digit * 6 for digit in "01234567" if digit * 6 not in near)


def add_device(account, name="phone"):
    """A verified authenticator: its code generator, its id, and recovery codes when they were given."""
    made = account.expect(201, "POST", f"{API}/users/me/mfa/devices", json={"name": name}).json()
    account.server.secrets.add(made["secret_code"])
    totp = Totp(made["secret_code"])
    path = f"{API}/users/me/mfa/devices/{made['id']}/verify"
    codes = account.expect(200, "POST", path, json={"code": totp.code()}).json()["recovery_codes"]
    account.server.secrets.update(codes or [])
    return totp, made["id"], codes


def turn_mfa_on(account):
    assert account.request("PUT", f"{API}/users/me/mfa", json={"enabled": True}).status_code in (200, 204)


def member_with_mfa(server, name="careful"):
    """An account whose login has a second step; its authenticator and its recovery codes."""
    account = member(server, name=name)
    totp, _, codes = add_device(account)
    turn_mfa_on(account)
    return account, totp, codes


def answer_challenge(server, email, session, code, mount=API):
    responses = {"SOFTWARE_TOKEN_MFA_CODE": code}
    body = {"email": email, "challenge_name": "SOFTWARE_TOKEN_MFA", "session": session, "responses": responses}
    return server.visitor().post(f"{mount}/auth/cognito/challenge", json=body)


def log_in_with_code(server, email, code, password=STRONG):
    session = challenge_of(start_login(server, email, password), "SOFTWARE_TOKEN_MFA")
    return Account(server, email, tokens_of(answer_challenge(server, email, session, code)))


# A browser without scripts


class Browser(requests.Session):
    """Somebody at a browser without scripts: pages, forms, cookies, no tokens."""

    def __init__(self, server):
        super().__init__()
        self.trust_env = False
        self.headers["Accept"] = "text/html"
        self.server = server

    def see(self, path, status=200, **options):
        """- status: None for any."""
        answer = self.get(urllib.parse.urljoin(self.server.base, path), timeout=30, **options)
        assert status in (None, answer.status_code), f"{path}: {answer.status_code} instead of {status}: {answer.text}"
        return answer

    def form(self, path, ending=None):
        """The form of a page that is sent to an address with this ending: the page's own, if none is named."""
        answer = self.see(path)
        return Forms(answer.text).to(ending or urllib.parse.urlsplit(answer.url).path)

    def submit(self, form, fields, **options):
        url = urllib.parse.urljoin(self.server.base, form["action"])
        return self.post(url, data=form["fields"] | fields, timeout=30, **options)

    def sign_in(self, email, password=STRONG, **options):
        """Sends the login form; the page where it leads."""
        answer = self.submit(self.form("/auth/login"), {"email": email, "password": password}, **options)
        self.server.secrets.update(value for value in self.cookies.values() if value)
        return answer

    def register(self, email, password=STRONG, **options):
        """Sends the form, with the proof of work that the page's script would have made."""
        self.server.secrets.add(password)
        form = self.form("/auth/register")
        proof = {"proof": bot_token(self.server)} if "proof" in form["fields"] else {}
        answer = self.submit(form, {"email": email, "password": password} | proof, **options)
        self.server.secrets.update(value for value in self.cookies.values() if value)
        return answer

    def is_in(self):
        answer = self.get(self.server.base + "/dashboard", timeout=30, allow_redirects=False)
        assert answer.status_code in (200, 303), answer.text
        return answer.status_code == 200


def path_of(answer):
    """Where a browser ended up."""
    return urllib.parse.urlsplit(answer.url).path


def assert_given_back(answer):
    """The page behind a form that was refused; it was led to, so that a reload does not send the form again."""
    assert answer.history and answer.history[-1].status_code == 303, f"{answer.status_code}: {answer.text}"
    assert answer.status_code == 200 and answer.request.method == "GET", f"{answer.status_code}: {answer.text}"
    assert 'id="problem"' in answer.text, answer.text
    return answer


def led_to(answer):
    """Where a redirect leads."""
    assert answer.status_code == 303, f"{answer.status_code}: {answer.text}"
    return urllib.parse.urlsplit(answer.headers["Location"]).path


# Time


def let_time_pass(server, seconds):
    """Restarts the server as if so many seconds had gone by: every time in its database moves back.

    Times are whole milliseconds since 1970; no other number in the database is of that size.
    """
    server.stop()
    with contextlib.closing(sqlite3.connect(server.data / "quern.db")) as database:
        # The tables behind a search index hold numbers of this size that are no times.
        tables = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'jobSearch%'"
        ).fetchall()
        moved = 0
        for (table,) in tables:
            for column in database.execute(f'PRAGMA table_info("{table}")').fetchall():
                if column[2].upper() == "INTEGER":
                    moved += database.execute(
                        f'UPDATE "{table}" SET "{column[1]}" = "{column[1]}" - ? WHERE "{column[1]}" BETWEEN 1.6e12 AND 4e12',
                        (int(seconds * 1000),),
                    ).rowcount
        database.commit()
    assert moved, "no time was found in the database"
    server.start()


# At once


def at_once(*actions):
    """Runs all at the same moment, each in a thread of its own; what they answered, in order."""
    barrier, answers = threading.Barrier(len(actions)), [None] * len(actions)

    def run(index, action):
        barrier.wait(30)
        try:
            answers[index] = action()
        except Exception as error:
            answers[index] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers


# Tokens


def encoded(data):
    """Base64url without padding (RFC 7515) of bytes, or of the JSON of anything else."""
    if not isinstance(data, bytes):
        data = json.dumps(data, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def claims_of(token):
    return json.loads(decoded(token.split(".")[1]))


def signed(claims, key, header=None, digest=hashlib.sha256):
    """A JSON Web Token, signed by HMAC whatever its header says."""
    head = f"{encoded({'alg': 'HS256', 'typ': 'JWT'} if header is None else header)}.{encoded(claims)}"
    return f"{head}.{encoded(hmac.new(key, head.encode(), digest).digest())}"


def token_key(server):
    """The key of the server's own access tokens, as whoever owns the data folder could read it."""
    return base64.b64decode((server.data / "secrets" / "access-tokens").read_bytes())
