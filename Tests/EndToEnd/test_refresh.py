"""Refresh tokens: each is exchanged once, racing tabs get one successor, and a stolen one ends the session."""

import http.client
import json
import threading

import pytest

from people import API, Account, assert_refused, at_once, cli, let_time_pass, log_in, member
from served import rounds

GRACE_SECONDS = 10
TABS = 8
ROUNDS = rounds(40, 200)
RACES = rounds(800, 10_000)
REFRESH_DAYS = 400


@pytest.fixture(scope="module", autouse=True)
def owner(admin):
    return admin


def refresh(server, token):
    return server.visitor().post(f"{API}/auth/cognito/refresh", json={"refresh_token": token})


def renewed(server, token):
    """The next refresh token."""
    answer = refresh(server, token)
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "OK"
    return answer.json()["tokens"]["refresh_token"]


def is_live(server, token):
    return refresh(server, token).status_code == 200


def families(account):
    """The sessions of an account, one for each login."""
    return [session["id"] for session in account.expect(200, "GET", f"{API}/users/me/sessions").json()]


def test_each_refresh_gives_a_new_token(server):
    account, seen = member(server), set()
    token = account.refresh_token
    for _ in range(20):
        seen.add(token)
        token = renewed(server, token)
        assert token not in seen
    assert len(families(account)) == 1


def test_within_the_grace_an_old_token_answers_the_very_same_successor(server):
    account = member(server)
    successor = renewed(server, account.refresh_token)
    assert [renewed(server, account.refresh_token) for _ in range(5)] == [successor] * 5
    assert is_live(server, successor)
    assert account.is_in()


def test_a_reuse_after_the_grace_ends_the_family(new_server):
    server = new_server()
    server.register()
    account = member(server)
    other = log_in(server, account.email)
    successor = renewed(server, account.refresh_token)
    let_time_pass(server, GRACE_SECONDS + 1)
    assert_refused(refresh(server, account.refresh_token), 401, "invalid_refresh_token")
    assert_refused(refresh(server, successor), 401, "invalid_refresh_token")
    assert not account.is_in(), "the access tokens of the family end too"
    assert other.is_in() and is_live(server, other.refresh_token), "another login goes on"


def test_an_unused_token_outlives_the_grace_and_a_restart(new_server):
    server = new_server()
    server.register()
    account = member(server)
    successor = renewed(server, account.refresh_token)
    let_time_pass(server, 3600)
    assert is_live(server, successor)


def test_a_refresh_token_does_not_live_for_ever(new_server):
    server = new_server()
    server.register()
    account = member(server)
    let_time_pass(server, REFRESH_DAYS * 86400)
    assert_refused(refresh(server, account.refresh_token), 401, "invalid_refresh_token")


def test_an_end_of_the_session_ends_its_refresh_tokens(server):
    account = member(server)
    successor = renewed(server, account.refresh_token)
    account.expect(200, "POST", f"{API}/auth/cognito/logout")
    for token in (account.refresh_token, successor):
        assert_refused(refresh(server, token), 401, "invalid_refresh_token")


def test_a_disabled_user_refreshes_nothing(server):
    account = member(server)
    cli(server, "user", "disable", account.email)
    assert_refused(refresh(server, account.refresh_token), 401, "invalid_refresh_token")
    cli(server, "user", "enable", account.email)
    assert_refused(refresh(server, account.refresh_token), 401, "invalid_refresh_token")


def test_refreshing_and_logging_out_at_once_leaves_nothing_alive(server):
    for _ in range(10):
        account = member(server)
        answer, _ = at_once(
            lambda: refresh(server, account.refresh_token), lambda: account.post(f"{API}/auth/cognito/logout")
        )
        assert answer.status_code in (200, 401)
        if answer.status_code == 200:
            late = Account(server, account.email, answer.json()["tokens"])
            assert not late.is_in() and not is_live(server, late.refresh_token)


class Tab:
    """One connection that stays open, as a browser keeps it."""

    def __init__(self, server):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)

    def refresh(self, token):
        """Status and next token."""
        body = json.dumps({"refresh_token": token})
        self.connection.request("POST", f"{API}/auth/cognito/refresh", body, {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            return answer.status, content
        return answer.status, json.loads(content)["tokens"]["refresh_token"]


@pytest.mark.seconds(600)
def test_racing_refreshes_are_one_chain(new_server):
    """In each round all tabs send the same token at the same moment: all get the same successor, and none is signed out."""
    server = new_server()
    server.register()
    account = member(server)
    rounds, chain, answers = RACES // TABS, [account.refresh_token], [None] * TABS

    def judge():
        """Runs once a round, when all tabs have their answer."""
        assert {status for status, _ in answers} == {200}, f"round {len(chain)}: {answers}"
        (successor,) = {token for _, token in answers}
        chain.append(successor)

    barrier = threading.Barrier(TABS, action=judge, timeout=60)

    def work(number):
        tab = Tab(server)
        try:
            for _ in range(rounds):
                answers[number] = tab.refresh(chain[-1])
                barrier.wait()
        except threading.BrokenBarrierError:
            pass  # the tab that broke it tells why
        except Exception:
            barrier.abort()
            raise

    at_once(*[lambda number=number: work(number) for number in range(TABS)])
    assert len(set(chain)) == len(chain) == rounds + 1

    # One chain, with one token at its end: the login is still one session, and the newest token is the live one.
    current = Account(server, account.email, refresh(server, chain[-1]).json()["tokens"])
    assert len(families(current)) == 1
    assert is_live(server, current.refresh_token)
    assert current.is_in()

    # What was used long ago is no second way in: whoever shows it ends the chain.
    let_time_pass(server, GRACE_SECONDS + 1)
    assert_refused(refresh(server, chain[0]), 401, "invalid_refresh_token")
    assert_refused(refresh(server, current.refresh_token), 401, "invalid_refresh_token")


@pytest.mark.seconds(300)
def test_tabs_that_race_without_order_are_never_signed_out(server):
    """Each tab takes whatever token was stored last, as tabs that share their storage do."""
    account = member(server)
    stored, statuses = [account.refresh_token], []

    def work():
        tab = Tab(server)
        for _ in range(ROUNDS):
            status, token = tab.refresh(stored[0])
            statuses.append(status)
            assert status == 200, token
            stored[0] = token

    at_once(*[work] * TABS)
    assert len(statuses) == TABS * ROUNDS
    assert len(families(account)) == 1
    assert is_live(server, stored[0])
