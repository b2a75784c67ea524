"""What a review found once, and what must not come back: each attack as it was made."""

import concurrent.futures
import http.client
import time

import pytest

import people
from people import API, STRONG, Mailbox, add_device, assert_refused, log_in, make_key, make_user, member, new_address, pending, \
    turn_mfa_on, unverified, users, with_key
from served import ADMIN, PASSWORD

SETTINGS = {"REGISTRATION_ENABLED": "true"}
FOREIGN = [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("size, status", [(60_000, 400), (1_000_000, 413)], ids=["strangers", "large"])
def test_nested_json_costs_nothing(server, admin, opening, size, status):
    body = (opening * (size // len(opening))).encode()

    def send():
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("POST", f"{API}/auth/login", body, {"Content-Type": "application/json"})
        return connection.getresponse().status

    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(send) for _ in range(8)]
        # The others are still served while they are read: by requests that end, not by the clock.
        assert server.visitor().get("/health").status_code == 200
        assert {one.result() for one in waiting} == {status}


@pytest.mark.parametrize("path", ["/jobs", "/dashboard", "/admin/audit"])
def test_a_page_beyond_every_number_is_empty(server, admin, path):
    answer = admin.get(f"{path}?skip=9223372036854775807", headers={"Accept": "application/json"})
    assert answer.status_code in (200, 400), answer.text
    assert server.visitor().get("/health").status_code == 200


@pytest.mark.parametrize("headers", FOREIGN, ids=["origin", "fetch-metadata"])
def test_no_page_of_another_site_makes_the_first_admin(new_server, headers):
    server = new_server()
    for mount in people.MOUNTS:
        answer = server.visitor().post(
            f"{mount}/auth/register", data='{"email": "evil@example.com", "password": "a long enough one"}',
            headers=headers | {"Content-Type": "text/plain"})
        assert_refused(answer, 403, "foreign_origin")
    rebound = server.visitor().post(
        f"{API}/auth/register", json={"email": "evil@example.com", "password": STRONG}, headers={"Host": "evil.example"})
    assert_refused(rebound, 403, "setup_required")
    server.register()


def test_nobody_signs_up_before_the_first_admin(new_server):
    server = new_server(**SETTINGS)
    body = {"email": new_address(), "password": STRONG, "name": "Early", "turnstile_token": "x"}
    assert_refused(server.visitor().post(f"{API}/auth/cognito/signup", json=body), 403, "setup_required")
    server.register()


def test_a_strangers_password_is_not_made_valid_by_the_owners_code(server, admin):
    email, first = unverified(server, password=STRONG)
    others = "A Stranger's Password 9!"
    server.secrets.add(others)
    box = Mailbox(server, email)
    server.visitor().expect(201, "POST", f"{API}/auth/register", json={"email": email, "password": others})
    newest = box.code()
    answer = server.visitor().post(f"{API}/auth/verify-email", json={"email": email, "code": newest if newest != first else first})
    assert answer.status_code == 200, answer.text
    admin.expect(200, "POST", f"{API}/admin/users/{users(server)[email]['id']}/approve")
    for password in (others, STRONG):
        assert_refused(people.start_login(server, email, password), 401, "invalid_credentials")


def test_the_same_password_sent_twice_is_one_wish(server, admin):
    email, _ = unverified(server, password=STRONG)
    box = Mailbox(server, email)
    server.visitor().expect(201, "POST", f"{API}/auth/register", json={"email": email, "password": STRONG})
    code = box.code()
    server.visitor().expect(200, "POST", f"{API}/auth/verify-email", json={"email": email, "code": code})
    admin.expect(200, "POST", f"{API}/admin/users/{users(server)[email]['id']}/approve")
    assert log_in(server, email).is_in()


def test_nobody_is_approved_who_has_not_proved_the_address(server, admin):
    email, _ = unverified(server)
    answer = admin.post(f"{API}/admin/users/{users(server)[email]['id']}/approve")
    assert_refused(answer, 409, "email_not_verified")


def test_a_key_sees_no_words_of_mails(server, admin):
    server.visitor().expect(200, "POST", f"{API}/auth/forgot-password", json={"email": ADMIN})
    key = make_key(log_in(server, ADMIN, PASSWORD), "admin")["key"]
    time.sleep(0.7)  # the errand is run at the next beat
    for who, sees in ((with_key(server, key), False), (log_in(server, ADMIN, PASSWORD), True)):
        mails = who.expect(200, "GET", f"{API}/admin/outbox").json()["mails"]
        assert mails and any(mail["text"] for mail in mails) is sees
        assert not any(character.isdigit() for mail in mails if mail["kind"] == "verify-code" for character in mail["subject"])


def test_the_password_alone_does_not_renew_a_login_with_two_steps(server, admin):
    account = member(server)
    totp, _, codes = add_device(account)
    turn_mfa_on(account)
    assert_refused(account.post(f"{API}/auth/reauthenticate", json={"password": STRONG}), 400, "code_required")
    account.expect(204, "POST", f"{API}/auth/reauthenticate", json={"code": codes[0]})
    assert totp


def test_the_last_factor_stays_where_everyone_needs_one(new_server):
    server = new_server(QUERN_MFA_REQUIRED="true")
    server.register()
    email = make_user(server)["email"]
    session = people.challenge_of(people.start_login(server, email), "MFA_SETUP")
    setup = server.visitor().expect(200, "POST", f"{API}/auth/cognito/mfa/setup", json={"session": session}).json()
    server.secrets.add(setup["secret_code"])
    body = {"email": email, "session": setup["session"], "code": people.Totp(setup["secret_code"]).code()}
    tokens = server.visitor().expect(200, "POST", f"{API}/auth/cognito/mfa/verify", json=body).json()["tokens"]
    account = people.Account(server, email, tokens)
    (device,) = account.expect(200, "GET", f"{API}/users/me/mfa").json()["devices"]
    assert_refused(account.delete(f"{API}/users/me/mfa/devices/{device['id']}"), 409, "last_factor")


def test_a_session_of_the_environments_key_ends_with_the_key(new_server):
    server = new_server(DATA_EXTRACT_API_KEY="first key of the environment")
    server.register()
    client = server.visitor()
    client.expect(200, "POST", f"{API}/auth/session", json={"api_key": "first key of the environment"})
    client.expect(200, "GET", f"{API}/jobs")
    server.stop()
    server.settings["DATA_EXTRACT_API_KEY"] = "second key of the environment"
    server.start()
    assert client.get(f"{API}/jobs").status_code == 401


def test_every_answer_says_that_nothing_may_frame_it(server, admin):
    for path in ("/health", f"{API}/jobs", "/nothing", "/auth/login"):
        policy = server.visitor().get(path).headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy, path


def test_who_waits_is_still_let_in(server, admin):
    email = pending(server)
    admin.expect(200, "POST", f"{API}/admin/users/{users(server)[email]['id']}/approve")
    assert log_in(server, email).is_in()
