"""A run goes on after the server is killed: no domain is lost, no lead, and no address is asked about twice."""

import collections
import random
import time

import pytest

from leads_world import Site, World, team
from served import rounds, wait_until

DOMAINS = 12
NAMES = [("Anna", "Keller"), ("Tom", "Baker"), ("Laura", "Rossi"), ("Peter", "Novak"), ("Jane", "Doe"), ("Ivan", "Petrov")]


@pytest.mark.seconds(600)
def test_a_killed_server_loses_and_repeats_nothing(new_server):
    sites = {
        f"firm{number}.test": Site(
            pages={"/": team(*[(f"{first} {last}", "Director", None) for first, last in NAMES])},
            mailboxes=tuple(f"{first}.{last}".lower() for first, last in NAMES),
        )
        for number in range(DOMAINS)
    }
    world = World(sites).start()
    try:
        # Slow enough that kills fall into every part of the work.
        server = new_server(**world.settings | {"SMTP_PROBE_PATIENCE": "0.05"})
        server.register()
        admin = server.login()
        run = admin.expect(200, "POST", "/runs", json={"domains": list(sites)}).json()["run_id"]
        chance = random.Random(11)
        for _ in range(rounds(6, 100)):
            time.sleep(chance.uniform(0.1, 1.2))
            server.kill()
            server.start()
        done = wait_until(
            lambda: (found := admin.get(f"/runs/{run}").json())["status"] not in ("queued", "running") and found, 300, "the run is over", pause=0.2)
        assert done["status"] == "succeeded" and done["progress"]["domains_failed"] == 0
        leads = admin.expect(200, "GET", f"/runs/{run}/results", params={"limit": 500}).json()["results"]
        assert {(lead["company_domain"], lead["full_name"]) for lead in leads} == {
            (domain, f"{first} {last}") for domain in sites for first, last in NAMES}
        # What was asked in the moment of a kill has no verdict; nothing was asked twice, but for the address that nobody has.
        asked = collections.Counter(address for _, address in world.questions if "quern-probe" not in address)
        assert max(asked.values()) == 1, asked.most_common(3)
        assert world.data_commands == 0
    finally:
        world.end()
