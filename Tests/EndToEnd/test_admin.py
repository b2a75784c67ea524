"""What admins do to accounts, by API, by page and on the command line, and what nobody may do."""

import json

import pytest

from people import (
    API, at_every_mount, NOBODY, STRONG, STRONGER, Browser, Mailbox, add_device, assert_refused, at_once, challenge_of, cli, led_to,
    let_time_pass, log_in, make_user, member, member_with_mfa, new_address, path_of, pending, refused_cli, start_login,
    tokens_of, turn_mfa_on, unverified, users,
)
from served import ADMIN, PASSWORD

SETTINGS = {"REGISTRATION_ENABLED": "true"}
FIELDS = {
    "id",
    "email",
    "tenant_id",
    "display_name",
    "role",
    "state",
    "is_active",
    "is_superuser",
    "is_approved",
    "is_verified",
    "mfa_enabled",
    "created_at",
    "last_login_at",
}
ACTS = [
    ("approve", {}),
    ("reject", {}),
    ("role", {"role": "admin"}),
    ("disable", {}),
    ("enable", {}),
    ("end-sessions", {}),
    ("reset-mfa", {}),
    ("reset-password", {}),
]

each_act = pytest.mark.parametrize("verb, body", ACTS, ids=[verb for verb, _ in ACTS])


@pytest.fixture
def boss(server, admin):
    """The admin, freshly logged in."""
    return log_in(server, ADMIN, PASSWORD)


def state_of(server, email):
    return users(server)[email]["state"]


def listed(boss, query="", mount=API):
    body = boss.expect(200, "GET", f"{mount}/admin/users{query}", headers={"Accept": "application/json"}).json()
    assert set(body) == {"users", "count"} and body["count"] == len(body["users"]), body
    return body["users"]


def act(boss, id, verb, mount=API, **body):
    return boss.post(f"{mount}/admin/users/{id}/{verb}", json=body)


# The list


@at_every_mount
def test_the_list_shows_every_account_of_the_tenant(server, boss, mount):
    email, waiting, new = make_user(server)["email"], pending(server), unverified(server)[0]
    found = {user["email"]: user for user in listed(boss, mount=mount)}
    assert {email, waiting, new, ADMIN} <= set(found)
    for user in found.values():
        assert set(user) >= FIELDS, user
        assert not [name for name in user if "hash" in name.lower() or "password" in name.lower()]
    one = found[email]
    assert (one["role"], one["state"], one["tenant_id"]) == ("member", "active", "default")
    assert (one["is_active"], one["is_superuser"], one["is_approved"], one["is_verified"]) == (True, False, True, True)
    assert (found[waiting]["state"], found[waiting]["is_approved"], found[waiting]["is_verified"]) == ("pending", False, True)
    assert (found[new]["state"], found[new]["is_approved"], found[new]["is_verified"]) == ("unverified", False, False)
    assert found[ADMIN]["is_superuser"] is True and found[ADMIN]["last_login_at"]


def test_who_waits_comes_first_and_can_be_listed_alone(server, boss):
    waiting = [pending(server), pending(server)]
    found = listed(boss)
    states = [user["state"] for user in found]
    assert states[: states.count("pending")] == ["pending"] * states.count("pending"), states
    assert {user["email"] for user in listed(boss, "?pending_only=true")} >= set(waiting)
    assert {user["state"] for user in listed(boss, "?pending_only=true")} == {"pending"}
    assert [user["email"] for user in listed(boss, f"?q={waiting[0].split('@')[0]}")] == [waiting[0]]


def test_a_wildcard_is_a_letter_like_any_other(server, boss):
    email = make_user(server, new_address("wild"))["email"]
    assert email in [user["email"] for user in listed(boss, "?q=wild-")]
    for query in ("w_ld-", "%25wild", "wild%25", "'", "%5C"):
        assert listed(boss, f"?q={query}") == [], query


def test_whether_somebody_has_a_second_step_is_shown(server, boss):
    account, _, _ = member_with_mfa(server)
    assert [user["mfa_enabled"] for user in listed(boss, f"?q={account.email.split('@')[0]}")] == [True]


# Acts


@at_every_mount
def test_approve(server, boss, mount):
    email = pending(server)
    id = users(server)[email]["id"]
    box = Mailbox(server, email)
    assert act(boss, id, "approve", mount).json() == {"status": "approved", "email": email}
    assert act(boss, id, "approve", mount).json() == {"status": "already_approved", "email": email}
    assert state_of(server, email) == "active"
    tokens_of(start_login(server, email))
    assert box.next(), "who waited is told"


@at_every_mount
def test_reject(server, boss, mount):
    email = pending(server)
    id = users(server)[email]["id"]
    assert act(boss, id, "reject", mount).json() == {"status": "rejected", "email": email}
    assert email not in users(server)
    assert_refused(start_login(server, email), 401, "invalid_credentials")
    assert_refused(act(boss, id, "reject", mount), 404)


def test_who_is_in_already_can_not_be_rejected(server, boss):
    made = make_user(server)
    answer = act(boss, made["id"], "reject")
    assert answer.status_code in (400, 409), answer.text
    assert state_of(server, made["email"]) == "active"


@at_every_mount
def test_role(server, boss, mount):
    account = member(server)
    id = account.id
    body = {"status": "updated", "email": account.email, "role": "admin"}
    assert act(boss, id, "role", mount, role="admin").json() == body
    assert not account.is_in(), "a change of the role ends the sessions"
    promoted = log_in(server, account.email)
    promoted.expect(200, "GET", f"{mount}/admin/users")
    assert act(boss, id, "role", mount, role="member").json() == body | {"role": "member"}
    assert not promoted.is_in()
    log_in(server, account.email).expect(403, "GET", f"{mount}/admin/users")


@pytest.mark.parametrize("body", [{}, {"role": "owner"}, {"role": ""}, {"role": 7}, {"role": "ADMIN "}], ids=str)
def test_a_role_that_is_none_400(server, boss, body):
    made = make_user(server)
    assert_refused(boss.post(f"{API}/admin/users/{made['id']}/role", json=body), 400)
    assert users(server)[made["email"]]["role"] == "member"


@at_every_mount
def test_disable_and_enable(server, boss, mount):
    account = member(server)
    id = account.id
    act(boss, id, "disable", mount).raise_for_status()
    assert not account.is_in() and state_of(server, account.email) == "disabled"
    assert_refused(start_login(server, account.email), 403, "account_disabled")
    act(boss, id, "enable", mount).raise_for_status()
    assert not account.is_in(), "what ended stays ended"
    tokens_of(start_login(server, account.email))


def test_enable_is_no_way_around_approval(server, boss):
    email = pending(server)
    act(boss, users(server)[email]["id"], "enable")
    assert state_of(server, email) == "pending"


@at_every_mount
def test_end_sessions(server, boss, mount):
    account = member(server)
    act(boss, account.id, "end-sessions", mount).raise_for_status()
    assert not account.is_in()
    tokens_of(start_login(server, account.email))


@at_every_mount
def test_reset_mfa(server, boss, mount):
    account, _, _ = member_with_mfa(server)
    act(boss, account.id, "reset-mfa", mount).raise_for_status()
    answer = start_login(server, account.email).json()
    assert answer["next_step"] in (None, "MFA_SETUP"), answer


@at_every_mount
def test_reset_password_mails_a_link(server, boss, mount):
    made = make_user(server)
    box = Mailbox(server, made["email"])
    act(boss, made["id"], "reset-password", mount).raise_for_status()
    token = box.reset_token()
    server.secrets |= {token, STRONGER}
    server.visitor().expect(200, "POST", f"{mount}/auth/reset-password", json={"token": token, "password": STRONGER})
    tokens_of(start_login(server, made["email"], STRONGER))


@at_every_mount
def test_an_admin_makes_an_account_whose_owner_chooses_the_password(server, boss, mount):
    email = new_address()
    box = Mailbox(server, email)
    answer = boss.post(f"{mount}/admin/users", json={"email": email, "name": "Nell", "role": "member"})
    assert answer.status_code in (200, 201), answer.text
    assert users(server)[email]["role"] == "member"
    token = box.reset_token()
    server.visitor().expect(200, "POST", f"{mount}/auth/reset-password", json={"token": token, "password": STRONG})
    assert log_in(server, email).me()["name"] == "Nell"
    assert boss.post(f"{mount}/admin/users", json={"email": email}).status_code in (400, 409)


@pytest.mark.parametrize(
    "body", [{}, {"email": "no-address"}, {"email": "a@example.com", "role": "owner"}, {"email": 7}], ids=str
)
def test_an_account_that_may_not_be_400(server, boss, body):
    before = len(users(server))
    assert_refused(boss.post(f"{API}/admin/users", json=body), 400)
    assert len(users(server)) == before


# The last admin


@pytest.fixture
def alone(new_server):
    """A server with one admin."""
    server = new_server(**SETTINGS)
    server.register()
    return log_in(server, ADMIN, PASSWORD)


@pytest.mark.parametrize("verb, body", [("role", {"role": "member"}), ("disable", {})], ids=["role", "disable"])
def test_the_last_admin_stays(alone, verb, body):
    server, id = alone.server, alone.id
    assert_refused(act(alone, id, verb, **body), 409, "last_admin")
    make_user(server, None, is_admin=True, tenant="elsewhere")
    disabled = make_user(server, None, is_admin=True)
    cli(server, "user", "disable", disabled["email"])
    assert_refused(act(alone, id, verb, **body), 409, "last_admin")
    words = ["role", ADMIN, "member"] if verb == "role" else ["disable", ADMIN]
    assert "admin" in refused_cli(server, "user", *words)
    assert (users(server)[ADMIN]["role"], users(server)[ADMIN]["state"]) == ("admin", "active")
    assert alone.is_in(), "a refused act ends nothing"


@pytest.mark.parametrize("verb, body", [("role", {"role": "member"}), ("disable", {})], ids=["role", "disable"])
def test_two_admins_who_remove_each_other_at_once_leave_one(alone, verb, body):
    server = alone.server
    for _ in range(8):
        other, boss = member(server, name="rival", is_admin=True), log_in(server, ADMIN, PASSWORD)
        boss_id, other_id = boss.id, other.id
        answers = at_once(lambda: act(boss, other_id, verb, **body), lambda: act(other, boss_id, verb, **body))
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses[0] == 200 and statuses[1] in (401, 403, 409), statuses
        found = users(server)
        left = [email for email in (ADMIN, other.email) if (found[email]["role"], found[email]["state"]) == ("admin", "active")]
        assert len(left) == 1, f"{statuses} left {left}"
        if left == [other.email] and verb == "role":
            cli(server, "user", "role", ADMIN, "admin")
            cli(server, "user", "role", other.email, "member")
        elif left == [other.email]:
            cli(server, "user", "enable", ADMIN)
            cli(server, "user", "disable", other.email)


def test_with_another_admin_one_may_go(alone):
    server = alone.server
    make_user(server, new_address("second"), is_admin=True)
    assert act(alone, alone.id, "role", role="member").status_code == 200
    assert users(server)[ADMIN]["role"] == "member"


# Who may not


@at_every_mount
@each_act
def test_a_member_does_nothing_to_others(server, mount, verb, body):
    account, target = member(server), make_user(server)
    assert_refused(act(account, target["id"], verb, mount, **body), 403)
    assert_refused(act(account, account.id, verb, mount, **body), 403)
    assert_refused(act(server.visitor(), target["id"], verb, mount, **body), 401)
    found = users(server)[target["email"]]
    assert (found["role"], found["state"]) == ("member", "active")


@at_every_mount
@each_act
def test_a_user_of_another_tenant_is_not_there(server, boss, mount, verb, body):
    stranger = make_user(server, None, tenant="elsewhere")
    assert_refused(act(boss, stranger["id"], verb, mount, **body), 404)
    for id in (NOBODY, "no-id", "1"):
        assert_refused(act(boss, id, verb, mount, **body), 404)
    assert_refused(act(boss, "%00", verb, mount, **body), 400, "invalid_target")
    assert stranger["email"] not in json.dumps(listed(boss, mount=mount))
    found = users(server)[stranger["email"]]
    assert (found["role"], found["state"]) == ("member", "active")


def test_an_admin_of_another_tenant_sees_only_that_one(server, boss):
    foreign = log_in(server, make_user(server, None, is_admin=True, tenant="elsewhere")["email"])
    assert {user["tenant_id"] for user in listed(foreign)} == {"elsewhere"}
    assert_refused(act(foreign, boss.id, "disable"), 404)
    for path in ("/admin/audit", "/admin/outbox"):
        answer = foreign.expect(200, "GET", API + path, headers={"Accept": "application/json"})
        assert ADMIN not in answer.text, path


# Traces


def trail(boss):
    return boss.expect(200, "GET", f"{API}/admin/audit", headers={"Accept": "application/json"}).text


@each_act
def test_every_act_leaves_a_trace(server, boss, verb, body):
    email = pending(server) if verb in ("approve", "reject") else make_user(server)["email"]
    if verb == "enable":
        cli(server, "user", "disable", email)
    id = users(server)[email]["id"]
    before = trail(boss)
    act(boss, id, verb, **body).raise_for_status()
    after = trail(boss)
    assert max(after.count(id), after.count(email)) > max(before.count(id), before.count(email)), f"{verb} left no trace"
    assert boss.id in after or ADMIN in after, "it is told who did it"


def test_acts_of_people_on_themselves_leave_a_trace_without_secrets(server, boss):
    account = member(server)
    add_device(account)
    turn_mfa_on(account)
    made = account.expect(
        201, "POST", f"{API}/users/me/keys", json={"name": "n", "scopes": ["jobs:read"], "expires_in_days": 1}
    ).json()
    account.expect(200, "POST", f"{API}/users/me/change-password", json={"current_password": STRONG, "new_password": STRONGER})
    server.secrets |= {made["key"], STRONGER}
    text = trail(boss)
    assert max(text.count(account.email), text.count(str(users(server)[account.email]["id"]))) >= 4
    for secret in server.secrets:
        assert secret not in text


def test_a_refused_login_leaves_a_trace(server, boss):
    made = make_user(server)
    before = trail(boss)
    start_login(server, made["email"], "not the password 1!")
    after = trail(boss)
    assert max(after.count(made["email"]) - before.count(made["email"]), after.count(made["id"]) - before.count(made["id"])) > 0


def test_the_outbox_is_shown_to_admins_alone(server, boss):
    email, _ = unverified(server)
    assert email in boss.expect(200, "GET", f"{API}/admin/outbox", headers={"Accept": "application/json"}).text
    for path in ("/admin/outbox", "/admin/audit", "/admin/users"):
        assert_refused(member(server).get(API + path, headers={"Accept": "application/json"}), 403)
        assert_refused(server.visitor().get(API + path, headers={"Accept": "application/json"}), 401)


# By page


@pytest.fixture
def office(server, admin):
    """The admin at a browser."""
    browser = Browser(server)
    browser.sign_in(ADMIN, PASSWORD)
    return browser


def test_who_waits_is_approved_and_rejected_on_the_page(server, office):
    one, other = pending(server), pending(server)
    page = office.see("/admin/users").text
    assert one in page and other in page
    ids = users(server)
    for email, verb in ((one, "approve"), (other, "reject")):
        answer = office.submit(office.form("/admin/users", f"/admin/users/{ids[email]['id']}/{verb}"), {}, allow_redirects=False)
        assert led_to(answer) == "/admin/users"
    assert state_of(server, one) == "active" and other not in users(server)


@pytest.mark.parametrize(
    "verb, fields, expected",
    [
        ("role", {"role": "admin"}, ("admin", "active")),
        ("disable", {}, ("member", "disabled")),
        ("end-sessions", {}, ("member", "active")),
    ],
    ids=["role", "disable", "end-sessions"],
)
def test_the_buttons_of_the_page(server, office, verb, fields, expected):
    account = member(server)
    id = account.id
    form = office.form(f"/admin/users?q={account.email.split('@')[0]}", f"/admin/users/{id}/{verb}")
    assert office.submit(form, fields, allow_redirects=False).status_code == 303
    found = users(server)[account.email]
    assert (found["role"], found["state"]) == expected
    assert not account.is_in()


def test_the_page_takes_no_form_of_another_site_or_without_its_token(server, office):
    target = make_user(server)
    form = office.form(f"/admin/users?q={target['email'].split('@')[0]}", f"/admin/users/{target['id']}/disable")
    assert office.submit(form, {}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert office.submit(form | {"fields": {}}, {}).status_code == 403
    assert office.submit(form, {"form_token": "guessed"}).status_code == 403
    assert state_of(server, target["email"]) == "active"


@pytest.mark.parametrize("path", ["/admin/users", "/admin/outbox", "/admin/audit"])
def test_the_pages_are_for_admins(server, office, path):
    assert office.see(path).headers["Content-Type"].startswith("text/html")
    stranger = Browser(server)
    assert led_to(stranger.see(path, 303, allow_redirects=False)) == "/auth/login"
    stranger.sign_in(make_user(server)["email"])
    stranger.see(path, 403)
    twin = office.get(server.base + path, headers={"Accept": "application/json"}, timeout=30)
    assert twin.headers["Content-Type"].startswith("application/json")


def test_an_admin_of_long_ago_is_led_to_the_confirmation(new_server):
    server = new_server(**SETTINGS)
    server.register()
    target = make_user(server)
    office = Browser(server)
    office.sign_in(ADMIN, PASSWORD)
    form = office.form("/admin/users", f"/admin/users/{target['id']}/disable")
    let_time_pass(server, 11 * 60)
    answer = office.submit(form, {})
    assert path_of(answer) == "/auth/confirm", answer.url
    assert state_of(server, target["email"]) == "active"


# The command line


def test_every_verb_of_the_command_line(server, boss):
    email = pending(server)
    assert cli(server, "user", "approve", email)["state"] == "active"
    account = log_in(server, email)
    assert cli(server, "user", "role", email, "admin")["role"] == "admin"
    assert not account.is_in()
    assert cli(server, "user", "role", email, "member")["role"] == "member"
    assert cli(server, "user", "disable", email)["state"] == "disabled"
    assert cli(server, "user", "enable", email)["state"] == "active"
    account = log_in(server, email)
    add_device(account)
    turn_mfa_on(account)
    challenge_of(start_login(server, email), "SOFTWARE_TOKEN_MFA")
    cli(server, "user", "reset-mfa", email)
    answer = start_login(server, email).json()
    assert answer["next_step"] in (None, "MFA_SETUP")
    text = trail(boss)
    assert max(text.count(email), text.count(users(server)[email]["id"])) >= 6, "what the operator does is in the audit log too"


def test_a_link_for_a_new_password_is_mailed_from_the_command_line(server):
    account = member(server)
    box = Mailbox(server, account.email)
    cli(server, "user", "reset-password", account.email, "--mail")
    token = box.reset_token()
    server.visitor().expect(200, "POST", f"{API}/auth/reset-password", json={"token": token, "password": STRONGER})
    server.secrets |= {token, STRONGER}
    tokens_of(start_login(server, account.email, STRONGER))


@pytest.mark.parametrize("words", [
    ["approve", "nobody@example.com"], ["role", "nobody@example.com", "admin"], ["reset-password", "nobody@example.com"],
    ["reset-mfa", "nobody@example.com"], ["disable", "nobody@example.com"], ["enable", "nobody@example.com"],
], ids=lambda words: words[0])
def test_an_unknown_user_is_told_on_the_command_line(server, words):
    assert "nobody@example.com" in refused_cli(server, "user", *words)
