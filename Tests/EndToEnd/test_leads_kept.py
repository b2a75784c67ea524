"""What lasts and what does not: scores by a file of weights, verdicts that grow old, mail servers that could not be reached."""

import json
import sqlite3
import time

import pytest

from leads_world import Site, World, team
from served import Server, run_quern, wait_until
from test_leads import finish, results, start

DAY = 86_400_000
ANN = ("Ann Moss", "Head of Sales", "ann.moss@kept.test")
BEN = ("Ben Hill", "Software Engineer", "ben.hill@kept.test")
SITES = {
    "kept.test": Site(pages={"/": team(ANN, BEN)}, mailboxes=("ann.moss", "ben.hill")),
    "shut.test": Site(pages={"/": team(("Olga Frey", "Director", "olga.frey@shut.test"))}, mail="opens-later.test.", mailboxes=("olga.frey",)),
    "mailless.test": Site(pages={"/": team(("Noa Post", "Director", None))}, mail="null"),
    # Nobody listens there, at first.
    "opens-later.test": Site(addresses=("127.77.0.2",)),
}


@pytest.fixture
def world():
    made = World(SITES | {"opens-later.test": Site(addresses=("127.77.0.2",))}).start()
    yield made
    made.end()


def served(tmp_path, world, **settings):
    server = Server(tmp_path / "data", world.settings | settings).start()
    server.register()
    return server, server.login()


def change(server, sql, *values):
    """As if time had passed."""
    with sqlite3.connect(server.data / "quern.db") as database:
        assert database.execute(sql, values).rowcount >= 1
    database.close()


def test_weights_of_ones_own_score_leads(world, tmp_path):
    weights = tmp_path / "weights.json"
    weights.write_text(json.dumps({
        "weights": {"role_family": {"Sales": 70, "Engineering": -5}, "seniority": {"Head": 60, "C": 1}, "size": {"1001-5000": 1}}, "min_required": ["role_family"], "cap": 90}))
    server, client = served(tmp_path, world, LEADS_PROFILE_FILE=str(weights))
    try:
        run = finish(client, start(client, "kept.test", options={"skip_verify": True}))
        scores = {lead["full_name"]: lead["icp_score"] for lead in results(client, run["run_id"])}
        assert scores == {"Ann Moss": 90, "Ben Hill": 0}
        ann = client.expect(200, "GET", "/leads/search", params={"q": "moss"}).json()["results"][0]
        assert client.expect(200, "GET", f"/api/v1/leads/{ann['id']}").json()["icp_reasons"] == ["role_family:Sales+70", "seniority:Head+60"]
        rows = "email,full_name,title\n" + "".join(f"p{number}@many.test,Person {number},Head of Sales\n" for number in range(1200))
        client.expect(200, "POST", "/ingest", data=rows, headers={"Content-Type": "text/csv"})
        server.stop()
        weights.write_text(json.dumps({"weights": {"role_family": {"Sales": 11, "Engineering": 22}}}))
        server.start()
        client = server.login()

        def scores():
            return client.expect(200, "GET", "/leads/search", params={"q": "many", "sort": "icp_asc", "limit": 100}).json()["results"]

        wait_until(lambda: {lead["icp_score"] for lead in scores()} == {11}, 30, "the others have their points")
        found = client.expect(200, "GET", "/leads/search", params={"q": "hill"}).json()["results"][0]
        assert found["icp_score"] == 22
        assert client.expect(200, "GET", f"/api/v1/leads/{found['id']}").json()["icp_reasons"] == ["role_family:Engineering+22"]
    finally:
        server.end()


@pytest.mark.parametrize("text, what", [
    ("{", "no JSON object"), ('{"weigths": {}}', "weigths is unknown"), ('{"weights": {"shoe_size": {"44": 3}}}', "weights.shoe_size"),
    ('{"weights": {"role_family": {"Sales": "much"}}}', "weights.role_family.Sales"), ('{"min_required": ["luck"]}', "min_required"),
])
def test_weights_that_make_no_sense_are_refused_at_the_start(tmp_path, text, what):
    weights = tmp_path / "weights.json"
    weights.write_text(text)
    done = run_quern("serve", settings={"LEADS_PROFILE_FILE": str(weights), "QUERN_DATA": str(tmp_path / "data")})
    assert done.returncode != 0 and "LEADS_PROFILE_FILE" in done.stderr and what in done.stderr


def test_verdicts_older_than_ninety_days_are_taken_back(world, tmp_path):
    server, client = served(tmp_path, world)
    try:
        run = finish(client, start(client, "kept.test"))
        assert {lead["verify_status"] for lead in results(client, run["run_id"])} == {"valid"}
        server.stop()
        now = int(time.time() * 1000)
        change(server, "UPDATE lead SET verifiedAt = ? WHERE fullName = 'Ann Moss'", now - 91 * DAY)
        change(server, "UPDATE lead SET verifiedAt = ? WHERE fullName = 'Ben Hill'", now - 89 * DAY)
        server.start()
        client = server.login()

        def verdicts():
            found = client.expect(200, "GET", "/leads/search", params={"q": "kept"}).json()["results"]
            return {lead["full_name"]: (lead["verify_status"], lead["verify_reason"]) for lead in found}

        wait_until(lambda: verdicts()["Ann Moss"] == ("unknown_timeout", "stale_result_ttl_exceeded"), 30, verdicts)
        assert verdicts()["Ben Hill"] == ("valid", "rcpt_2xx_non_catchall")
    finally:
        server.end()


def test_who_could_not_be_reached_is_asked_again_soon(world, tmp_path):
    """Nobody was asked, so nobody has to be left alone for a day; and what was said before still holds."""
    server, client = served(tmp_path, world)
    try:
        run = finish(client, start(client, "shut.test"))
        olga, = results(client, run["run_id"])
        assert (olga["verify_status"], olga["verify_reason"]) == ("unknown_timeout", "tempfail_or_timeout")
        assert client.expect(200, "GET", f"/runs/{run['run_id']}/domains").json()["results"][0]["mail"] == "unreachable"
        world.sites["opens-later.test"].addresses = ("127.0.0.1",)
        finish(client, start(client, "shut.test"))
        assert not [address for _, address in world.questions if address == olga["email"]], "not within five minutes"
        minutes = 6 * 60_000
        change(server, "UPDATE addressCheck SET askedAt = askedAt - ?, endedAt = endedAt - ?", minutes, minutes)
        change(server, "UPDATE company SET catchAllAt = catchAllAt - ? WHERE catchAllAt IS NOT NULL", minutes)
        run = finish(client, start(client, "shut.test"))
        assert results(client, run["run_id"])[0]["verify_status"] == "valid"
        world.sites["opens-later.test"].addresses = ("127.77.0.2",)
        change(server, "UPDATE addressCheck SET askedAt = askedAt - ?, endedAt = endedAt - ?", DAY, DAY)
        change(server, "UPDATE company SET catchAllAt = catchAllAt - ? WHERE catchAllAt IS NOT NULL", DAY)
        run = finish(client, start(client, "shut.test"))
        assert results(client, run["run_id"])[0]["verify_status"] == "valid"
    finally:
        server.end()


def test_figures_of_people_and_for_prometheus(world, tmp_path):
    server, client = served(tmp_path, world)
    try:
        finish(client, start(client, "kept.test"))
        finish(client, start(client, "shut.test", "mailless.test"))
        health = client.expect(200, "GET", "/admin/metrics").json()["company_health"]
        assert (health["companies_no_mx"], health["companies_with_valid_email"]) == (1, 1)
        client.expect(200, "POST", "/ingest", data="email,full_name\nnew@else.test,New Person\n", headers={"Content-Type": "text/csv"})
        person, = client.expect(200, "GET", "/admin/metrics").json()["user_stats"]
        assert (person["runs_total"], person["runs_succeeded"], person["runs_failed"]) == (2, 2, 0)
        assert person["user_email"] == client.expect(200, "GET", "/api/v1/users/me").json()["email"]
        answer = client.expect(200, "GET", "/metrics")
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        lines = answer.text.splitlines()
        for line in (
            'quern_leads{verify_status="valid"} 2', 'quern_leads{verify_status="unknown_timeout"} 1', 'quern_leads{verify_status="none"} 1',
            'quern_jobs{kind="discover",state="completed"} 2', "quern_companies 4", "quern_users 1", "# TYPE quern_leads gauge",
            "# TYPE quern_discovery_smtp_probes_total counter", "quern_discovery_smtp_probes_total 3",
        ):
            assert line in lines, (line, answer.text)
    finally:
        server.end()
