"""One long run with secrets that can be recognised: afterwards none of them is where it has no business to be."""

import contextlib
import hashlib
import json
import re
import sqlite3
import urllib.parse

import pytest
import requests

from people import (
    API, Account, Browser, Mailbox, Totp, answer_challenge, assert_given_back, bot_token, challenge_of, cli, log_in, make_key,
    rows, start_login, tokens_of, turn_mfa_on, unverified, with_key,
)
from served import ADMIN, Server, run_quern
from test_events import streaming

# Words that stand nowhere else, in every setting that is secret.
MARKED = {
    "DATA_EXTRACT_API_KEY": "marked-extract-key-0123456789abcdef-Zq1",
    "AUTH_HS256_SECRET": "marked-hs256-secret-0123456789abcdef-Zq2",
    "OBJECT_STORAGE_SECRET_KEY": "marked-storage-secret-0123456789-Zq3",
    "QUERN_ADMIN_PASSWORD": "Marked admin Password 4, Zq4",
}
SETTINGS = MARKED | {"REGISTRATION_ENABLED": "true", "QUERN_ADMIN_EMAIL": ADMIN, "QUERN_LOG_LEVEL": "trace"}
FIRST = "Marked first Password 5, Zq5"
SECOND = "Marked second Password 6, Zq6"
THIRD = "Marked third Password 7, Zq7"
TYPED = "Marked wrong Password 8, Zq8"


class Run:
    """What was secret in the run, by kind, and what everybody outside was shown."""

    def __init__(self, server):
        self.server = server
        self.secrets = {}
        self.errors = []

    def keep(self, kind, *values):
        for value in values:
            assert isinstance(value, str) and len(value) >= 6, (kind, value)
            self.secrets.setdefault(kind, set()).add(value)

    def refuse(self, answer):
        assert answer.status_code >= 400, answer.text
        self.errors.append(answer.text + str(answer.headers))

    def all(self, *kinds):
        return {value for kind in kinds or self.secrets for value in self.secrets[kind]}


def sign_in_and_out(run):
    """Somebody registers, sets up a second step, makes a key, changes the password, forgets it, and errs at every step."""
    server = run.server
    email, code = unverified(server, password=FIRST)
    run.keep("password", FIRST, SECOND, THIRD, TYPED, *MARKED.values())
    run.keep("mailed code", code)
    run.refuse(server.visitor().post(f"{API}/auth/register", json={"email": ADMIN, "password": TYPED}))
    run.refuse(server.visitor().post(f"{API}/auth/register", json={"email": [TYPED], "password": {"x": TYPED}}))
    run.refuse(
        server.visitor().post(
            f"{API}/auth/register", data=f'{{"password": "{TYPED}", ', headers={"Content-Type": "application/json"}
        )
    )
    server.visitor().expect(200, "POST", f"{API}/auth/verify-email", json={"email": email, "code": code})
    run.refuse(start_login(server, email, FIRST))
    cli(server, "user", "approve", email)
    run.refuse(start_login(server, email, TYPED))

    account = log_in(server, email, FIRST)
    run.keep("token", account.token, account.id_token)
    run.keep("refresh token", account.refresh_token)
    made = account.expect(201, "POST", f"{API}/users/me/mfa/devices", json={"name": "phone"}).json()
    run.keep("totp secret", made["secret_code"])
    totp = Totp(made["secret_code"])
    path = f"{API}/users/me/mfa/devices/{made['id']}/verify"
    run.refuse(account.post(path, json={"code": totp.wrong()}))
    used = totp.code()
    run.keep("totp code", used)
    codes = account.expect(200, "POST", path, json={"code": used}).json()["recovery_codes"]
    run.keep("recovery code", *codes)
    turn_mfa_on(account)
    key = make_key(account, "jobs:read", "jobs:write")
    run.keep("api key", key["key"])
    program = with_key(server, key["key"])
    job = program.expect(201, "POST", f"{API}/jobs", json={"file_name": "a.csv"}).json()["id"]
    run.refuse(program.get(f"{API}/users/me/keys"))
    run.refuse(server.visitor().get(f"{API}/jobs", headers={"X-API-Key": key["key"] + "x"}))
    url = program.expect(200, "POST", f"{API}/jobs/{job}/upload-url", json={}).json()["upload_url"]
    run.keep("signature", re.search(r"X-Amz-Signature=([0-9a-f]{64})", url).group(1))
    run.refuse(requests.put(url + "x", data=b"a", timeout=30))

    session = challenge_of(start_login(server, email, FIRST), "SOFTWARE_TOKEN_MFA")
    run.keep("login session", session)
    run.refuse(answer_challenge(server, email, session, totp.wrong()))
    tokens = tokens_of(answer_challenge(server, email, session, codes[0]))
    again = Account(server, email, tokens)
    run.keep("token", again.token, again.id_token)
    run.keep("refresh token", again.refresh_token)
    run.refuse(answer_challenge(server, email, session, codes[1]))
    renewed = server.visitor().post(f"{API}/auth/cognito/refresh", json={"refresh_token": again.refresh_token}).json()["tokens"]
    run.keep("refresh token", renewed["refresh_token"])
    run.refuse(server.visitor().post(f"{API}/auth/cognito/refresh", json={"refresh_token": again.refresh_token + "x"}))
    run.refuse(server.visitor().get(f"{API}/users/me", headers={"Authorization": f"Bearer {again.token}x"}))

    browser = Browser(server)
    form = browser.form("/auth/login")
    run.keep("form token", form["fields"]["form_token"])
    given_back = browser.submit(form, {"email": email, "password": TYPED})
    run.errors += [answer.text + str(answer.headers) + answer.url for answer in (*given_back.history, assert_given_back(given_back))]
    browser.submit(form, {"email": email, "password": FIRST})
    browser.submit(browser.form("/auth/mfa"), {"code": codes[2]})
    assert browser.is_in()
    # What a refused form said travels sealed in its cookie.
    run.keep("session token", *(cookie.value for cookie in browser.cookies if not cookie.name.startswith("quern_refused")))
    run.keep("form token", browser.form("/dashboard", "/auth/logout")["fields"]["form_token"])

    body = {"current_password": FIRST, "new_password": SECOND}
    run.refuse(account.post(f"{API}/users/me/change-password", json=body | {"current_password": TYPED}))
    run.refuse(account.post(f"{API}/users/me/change-password", json=body | {"new_password": TYPED[:12]}))
    account.expect(200, "POST", f"{API}/users/me/change-password", json=body)
    box = Mailbox(server, email)
    server.visitor().expect(200, "POST", f"{API}/auth/forgot-password", json={"email": email})
    token = box.reset_token()
    run.keep("reset token", token)
    # As a browser opens the link: the token is in its address.
    browser = Browser(server)
    page = browser.see(f"/auth/reset-password?token={urllib.parse.quote(token)}")
    assert page.headers["Referrer-Policy"] in ("no-referrer", "same-origin", "strict-origin", "origin")
    assert "no-store" in page.headers["Cache-Control"]
    run.refuse(server.visitor().post(f"{API}/auth/reset-password", json={"token": token, "password": "weak"}))
    server.visitor().expect(200, "POST", f"{API}/auth/reset-password", json={"token": token, "password": THIRD})
    run.refuse(server.visitor().post(f"{API}/auth/reset-password", json={"token": token, "password": TYPED}))
    run.refuse(start_login(server, email, SECOND))
    challenge_of(start_login(server, email, THIRD), "SOFTWARE_TOKEN_MFA")
    return email


def use_the_key_of_the_environment(run):
    browser = Browser(run.server)
    browser.headers["Accept"] = "application/json"
    path = f"{run.server.base}{API}/auth/session"
    run.refuse(browser.post(path, json={"api_key": MARKED["DATA_EXTRACT_API_KEY"] + "x"}, timeout=30))
    assert browser.post(path, json={"api_key": MARKED["DATA_EXTRACT_API_KEY"]}, timeout=30).status_code == 200
    run.keep("session token", *browser.cookies.values())
    run.keep("bot proof", bot_token(run.server))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("secrets"), SETTINGS).start()
    run = Run(server)
    run.boss = log_in(server, ADMIN, MARKED["QUERN_ADMIN_PASSWORD"])
    run.keep("token", run.boss.token, run.boss.id_token)
    run.keep("refresh token", run.boss.refresh_token)
    run.email = sign_in_and_out(run)
    use_the_key_of_the_environment(run)
    # Everything that a restart writes, too.
    server.stop()
    server.start()
    yield run
    server.end()


def assert_holds_none(text, secrets, where):
    for secret in secrets:
        forms = {secret, urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret), json.dumps(secret)[1:-1]}
        for form in forms:
            assert form not in text, f"{where} holds {secret[:12]}…"


# Six digits may be part of any number, so short codes are looked for as whole words.
def assert_holds_no_code(text, codes, where):
    for code in codes:
        assert not re.search(rf"(?<![0-9a-f.]){code}(?![0-9a-f.])", text), f"{where} holds the code {code}"


def long_ones(run):
    return {secret for secret in run.all() if len(secret) > 6}


def test_the_run_had_secrets_of_every_kind(run):
    assert set(run.secrets) == {
        "password", "mailed code", "token", "refresh token", "totp secret", "totp code", "recovery code", "api key", "signature",
        "login session", "form token", "session token", "reset token", "bot proof",
    }
    assert len(run.errors) >= 18


def test_no_log_and_no_output_holds_one(run):
    text = run.server.log.read_text() + run.server.out.read_text()
    assert '"path":"/auth/reset-password"' in text.replace(" ", ""), (
        "the page with the token in its address was logged, without it"
    )
    assert_holds_none(text, long_ones(run), "the log")
    assert_holds_no_code(text, run.all("mailed code", "totp code"), "the log")
    for file in run.server.data.rglob("*.log"):
        assert_holds_none(file.read_text(), long_ones(run), file.name)


def test_no_address_in_the_log_has_a_query(run):
    for line in map(json.loads, run.server.log.read_text().splitlines()):
        assert "?" not in line.get("path", "") and "token=" not in json.dumps(line), line


def test_no_error_holds_one(run):
    for text in run.errors:
        assert_holds_none(text, long_ones(run), "an error")


def test_no_event_holds_one(run):
    with contextlib.closing(sqlite3.connect(f"file:{run.server.data / 'quern.db'}?mode=ro", uri=True)) as database:
        rows = [repr(row) for row in database.execute("SELECT * FROM event")]
    assert rows
    with streaming(run.boss, 0) as stream:
        job = run.boss.create_job()["id"]
        for _, _, data in stream.logged():
            rows.append(json.dumps(data))
            if data.get("job_id") == job:
                break
    assert_holds_none("\n".join(rows), long_ones(run), "an event")


def test_no_audit_entry_holds_one(run):
    text = run.boss.expect(200, "GET", f"{API}/admin/audit", headers={"Accept": "application/json"}).text
    assert len(text) > 500
    assert_holds_none(text, long_ones(run), "the audit log")
    assert_holds_no_code(text, run.all("mailed code", "totp code"), "the audit log")


def test_no_answer_of_the_api_tells_one_again(run):
    answers = [run.boss.get(API + path, headers={"Accept": "application/json"}).text for path in (
        "/users/me", "/users/me/mfa", "/users/me/sessions", "/users/me/keys", "/users/me/settings", "/admin/users",
    )]
    assert_holds_none("\n".join(answers), long_ones(run), "an answer")


def test_the_outbox_holds_no_other_than_what_was_mailed(run):
    text = run.boss.expect(200, "GET", f"{API}/admin/outbox", headers={"Accept": "application/json"}).text
    assert run.email in text
    assert_holds_none(text, long_ones(run) - run.all("reset token"), "the outbox")


def test_the_database_holds_none_in_the_clear(run):
    """Passwords, tokens, keys and codes are stored as hashes, TOTP secrets are encrypted; a stolen copy opens nothing."""
    server = run.server
    server.stop()
    try:
        files = [path for path in server.data.iterdir() if path.name.startswith("quern.db")]
        assert files
        kinds = {
            "password", "token", "refresh token", "totp secret", "recovery code", "api key", "login session", "session token",
            "form token", "bot proof", "signature",
        }
        for file in files:
            content = file.read_bytes()
            for secret in run.all(*kinds):
                for form in (secret, secret.lower(), secret.upper(), secret.replace("-", "")):
                    assert form.encode() not in content, f"{file.name} holds {secret[:12]}…"
                    assert form.encode("utf-16-le") not in content
        with contextlib.closing(sqlite3.connect(f"file:{server.data / 'quern.db'}?mode=ro", uri=True)) as database:
            rows = "\n".join(
                repr(row) for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
                if table != "mail" for row in database.execute(f'SELECT * FROM "{table}"')
            )
        assert_holds_none(rows, run.all("reset token"), "the database")
        assert_holds_no_code(rows, run.all("mailed code"), "the database")
    finally:
        server.start()


def test_a_backup_made_by_copying_holds_no_key_of_the_room(run):
    """What opens the encrypted ones is beside the database, in files of their own."""
    content = (run.server.data / "quern.db").read_bytes()
    for file in (run.server.data / "secrets").iterdir():
        assert file.read_bytes().strip() not in content, file.name


def test_the_database_holds_no_fast_hash_of_a_password(run):
    content = (run.server.data / "quern.db").read_bytes()
    for password in run.all("password"):
        for make in (hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.sha512):
            digest = make(password.encode())
            assert digest.digest() not in content and digest.hexdigest().encode() not in content


# What hashing costs


def hash_of(server, email=ADMIN):
    ((stored,),) = (row.values() for row in rows(server, "SELECT passwordHash FROM user WHERE email = ?", email))
    return stored


def test_a_server_as_it_is_shipped_hashes_at_full_cost(new_server):
    server = new_server(QUERN_ENV=None)
    server.register()
    assert hash_of(server).startswith("$scrypt$ln=15,r=8,p=3$")
    server.create_user("member@example.com")
    assert hash_of(server, "member@example.com").startswith("$scrypt$ln=15,r=8,p=3$")


def test_a_cheap_hash_is_renewed_at_the_first_login_after_the_cost_was_raised(new_server):
    server = new_server(QUERN_ENV="development", QUERN_PASSWORD_COST="4")
    server.register()
    assert hash_of(server).startswith("$scrypt$ln=4,")
    server.stop()
    del server.settings["QUERN_ENV"], server.settings["QUERN_PASSWORD_COST"]
    server.start().login()
    assert hash_of(server).startswith("$scrypt$ln=15,")
    server.login()


@pytest.mark.parametrize("settings", [
    {"QUERN_PASSWORD_COST": "14"}, {"QUERN_PASSWORD_COST": "4", "QUERN_ENV": "production"},
    {"QUERN_PASSWORD_COST": "4", "QUERN_ENV": "development", "QUERN_HOST": "0.0.0.0"},
    {"QUERN_PASSWORD_COST": "3", "QUERN_ENV": "development"}, {"QUERN_PASSWORD_COST": "19"}, {"QUERN_PASSWORD_COST": "cheap"},
], ids=str)
def test_cheap_hashes_are_for_developers_on_their_own_machine(tmp_path, settings):
    ended = run_quern("serve", "--port", "0", "--data-dir", tmp_path / "data", settings=settings, cwd=tmp_path, seconds=30)
    assert ended.returncode != 0 and "QUERN_PASSWORD_COST" in ended.stderr
    made = run_quern(
        "user", "create", "--email", ADMIN, "--password", FIRST, "--data-dir", tmp_path / "data", settings=settings)
    assert made.returncode != 0 and "QUERN_PASSWORD_COST" in made.stderr


def test_the_settings_are_masked(run):
    for form in ([], ["--json"]):
        shown = run_quern(
            "config", "show", *form, settings=SETTINGS | {"SMTP_URL": "smtp://user:marked-mail-Zq9@127.0.0.1:1"}
        ).stdout
        assert_holds_none(shown, [*MARKED.values(), "marked-mail-Zq9"], "config show")


@pytest.mark.parametrize(
    "setting",
    [
        "AUTH_HS256_SECRET",
        "DATA_EXTRACT_API_KEY",
        "TURNSTILE_SECRET_KEY",
        "SMTP_URL",
        "OBJECT_STORAGE_SECRET_KEY",
        "QUERN_ADMIN_PASSWORD",
    ],
)
def test_a_secret_may_come_from_a_file_and_is_masked(setting, tmp_path):
    file = tmp_path / "secret"
    file.write_text("smtp://user:marked-from-a-file@127.0.0.1:25\n")
    listed = json.loads(run_quern("config", "show", "--json", settings={f"{setting}_FILE": file}).stdout)
    (value,) = [item for item in listed if item["name"] == setting]
    assert value["source"] == "environment" and value["value"]
    assert "marked-from-a-file" not in json.dumps(listed)


def test_a_process_list_shows_no_secret(run):
    """Nothing secret is handed on to workers by their arguments."""
    for worker in [run.server.pid, *run.server.workers()]:
        with open(f"/proc/{worker}/cmdline", "rb") as file:
            text = file.read().decode(errors="replace")
        assert_holds_none(text, long_ones(run), "the arguments of a process")


def test_workers_do_not_get_the_secrets_of_the_server(run):
    job = run.boss.submit(b"a,b\n" + b"1,2\n" * 200_000, "busy.csv")
    seen = set()
    while run.boss.job(job)["status"] in ("QUEUED", "RUNNING"):
        for worker in run.server.workers():
            try:
                with open(f"/proc/{worker}/environ", "rb") as file:
                    seen.add(file.read().decode(errors="replace"))
            except OSError:
                pass  # it ended meanwhile
    for text in seen:
        assert_holds_none(text, MARKED.values(), "the environment of a worker")
