"""`quern discover`: domains in, a table or a line of JSON for each out, and nothing kept."""

import json

import pytest

from leads_world import World
from served import run_quern
from test_leads import JANE_ON_THE_PAGE, SITES


@pytest.fixture(scope="module")
def settings():
    world = World(SITES).start()
    yield world.settings
    world.end()


def test_a_table_for_people(settings):
    done = run_quern("discover", "acme.test", "-q", settings=settings)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "acme.test: read, 4 pages, 4 people"
    assert lines[1].split() == ["Name", "Title", "Address", "Verified", "Score"]
    assert "Peter Novak   Chief Financial Officer  pnovak@acme.test        valid     30" in lines


def test_json_for_programs_and_codes_for_scripts(settings):
    done = run_quern("discover", "https://www.acme.test/", "gone.test", "--json", "-q", "--no-verify", settings=settings)
    # Each when it is done.
    gone, acme = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 2 and gone == {
        "domain": "gone.test", "outcome": "no_such_host", "people": [], "pages": 0, "catch_all": None, "mail": None}
    assert {person["company"] for person in acme["people"]} == {"Acme Inc."}
    jane = next(person for person in acme["people"] if person["full_name"] == "Jane Doe")
    assert (jane["email"], jane["source"], jane["verify_status"]) == ("jane.doe@acme.test", "published", None)
    evidence, = jane["evidence"]
    assert evidence.pop("at").endswith("Z") and evidence == JANE_ON_THE_PAGE
    assert run_quern("discover", "gone.test", "-q", settings=settings).returncode == 1


@pytest.mark.parametrize("arguments", [[], ["not a domain"], ["127.0.0.1"]])
def test_what_is_no_domain_is_wrong_usage(settings, arguments):
    done = run_quern("discover", *arguments, settings=settings)
    assert done.returncode == 64 and done.stderr


def test_what_discovery_needs_is_said(settings):
    wrong = {"DNS_SERVER": "not an address", "OUTBOUND_ALLOW": "10.0.0.0/99", "SMTP_HELO_DOMAIN": ""}
    for name, value in wrong.items():
        done = run_quern("discover", "acme.test", settings=settings | {name: value})
        assert done.returncode == 1 and name in done.stderr, done.stderr
