"""How long a run waits, how much it asks for, and when it stops: by the logs of the servers that it asks."""

import email.utils
import itertools
import time

import pytest

from leads_world import Site, World, page, team
from served import Server, wait_until
from test_leads import finish, results, start

WORDS = "<p>A house of many rooms, in which people make things that others like to have.</p>"
# Of the pauses between two questions to a mail server that says "later".
PATIENCE = 0.02
EXCHANGES = tuple((50, f"a-mail-server-with-a-rather-long-name-{number}.nobody-listens.test.") for number in range(20))


def links(*paths):
    return WORDS + "".join(f"<a href={path}>Our team {path}</a> " for path in paths)


def later(seconds):
    """Refuses the second request, and names a moment."""

    def answer(world, host):
        count = world.mail_counts[host] = world.mail_counts.get(host, 0) + 1
        if count == 1:
            return 429, {"Retry-After": email.utils.formatdate(time.time() + seconds, usegmt=True)}, b"later"
        return team(("Paula Weber", "Head of Sales", None))

    return answer


SITES = {
    "wide.test": Site(pages={"/": page(links(*[f"/team/{number}" for number in range(60)]))} | {
        f"/team/{number}": page(f"<h1>Team {number}</h1>{WORDS}") for number in range(60)}),
    "deep.test": Site(pages={
        "/": page(links("/team")), "/team": page(links("/team/north")), "/team/north": page(links("/team/north/people")),
        "/team/north/people": team(("Too Deep", "Director", None))}),
    "long.test": Site(pages={"/": page(links(*[f"/team/{number}" for number in range(40)]))} | {
        f"/team/{number}": page(f"<h1>Team {number}</h1>{WORDS}") for number in range(40)}),
    "dated.test": Site(pages={"/": page(links("/team")), "/team": later(3)}),
    "stubborn.test": Site(pages={"/": team(("Laura Rossi", "Marketing Manager", "laura.rossi@stubborn.test"))}, greylists=99),
    "exchanges.test": Site(
        pages={"/": team(("Anna Keller", "Director", "anna.keller@exchanges.test"))}, mailboxes=("anna.keller",),
        mail=((1, "mx.exchanges.test."), *EXCHANGES)),
    "fleeting.test": Site(pages={"/": page(links("/team")), "/team": team(("Tom Baker", "Director", None))}, ttl=0),
    "lasting.test": Site(pages={"/": page(links("/team")), "/team": team(("Tom Baker", "Director", None))}, ttl=600),
    "calm.test": Site(pages={"/": page(links("/team")), "/team": team(("Eva Lund", "Director", None))}),
}


@pytest.fixture(scope="module")
def world():
    made = World(SITES).start()
    yield made
    made.end()


@pytest.fixture(scope="module")
def admin(world, tmp_path_factory):
    settings = world.settings | {"SMTP_PROBE_PATIENCE": str(PATIENCE)}
    made = Server(tmp_path_factory.mktemp("patience"), settings).start()
    made.register()
    yield made.login()
    made.end()


@pytest.fixture(scope="module")
def done(admin):
    domains = [name for name in SITES if name not in ("long.test", "calm.test")]
    return finish(admin, start(admin, *domains))


def paths(world, domain):
    return [path for _, _, path, _ in world.asked(domain) if path != "/robots.txt"]


def test_of_a_site_so_many_pages_are_read(world, done):
    asked = paths(world, "wide.test")
    assert len(asked) == len(set(asked)) == 30


def test_pages_behind_two_links_are_not_read(world, done):
    assert paths(world, "deep.test") == ["/", "/team", "/team/north"]


def test_a_moment_that_a_site_names_is_waited_for(world, done):
    first, second = [at for at, _, path, _ in world.asked("dated.test") if path == "/team"]
    # The moment has whole seconds.
    assert second - first >= 2
    assert "Paula Weber" in {lead["full_name"] for lead in results_of(done)}


def results_of(done):
    return done["leads"]


@pytest.fixture(scope="module", autouse=True)
def with_leads(admin, done):
    done["leads"] = results(admin, done["run_id"])


def test_who_says_later_is_asked_again_less_and_less_often(world, done):
    asked = [at for at, address in world.questions if address == "laura.rossi@stubborn.test"]
    pauses = [later - before for before, later in itertools.pairwise(asked)]
    assert len(pauses) == 4 and all(pause >= seconds * PATIENCE for pause, seconds in zip(pauses, (5, 15, 45, 90))), pauses
    laura = next(lead for lead in results_of(done) if lead["full_name"] == "Laura Rossi")
    assert (laura["verify_status"], laura["verify_reason"]) == ("unknown_timeout", "tempfail_or_timeout")


def test_an_answer_that_is_too_long_for_a_packet_is_asked_for_again(world, done):
    assert world.by_tcp["exchanges.test."] >= 1 and world.by_tcp["deep.test."] == 0
    anna = next(lead for lead in results_of(done) if lead["full_name"] == "Anna Keller")
    assert (anna["verify_status"], anna["verify_reason"]) == ("valid", "rcpt_2xx_non_catchall")


def test_a_name_is_looked_up_again_when_its_time_is_over(world, done):
    """Its pages, and its mail server."""
    assert world.looked_up["lasting.test."] == 1 == world.looked_up["mx.lasting.test."]
    assert world.looked_up["fleeting.test."] >= 3


def test_a_run_that_is_cancelled_asks_for_nothing_more(admin, world, tmp_path):
    with_pauses = Server(tmp_path, world.settings | {"CRAWL_DELAY_SECONDS": "0.3"}).start()
    try:
        with_pauses.register()
        client = with_pauses.login()
        run = start(client, "long.test")
        wait_until(lambda: len(world.asked("long.test")) >= 3, 30, "it reads", pause=0.05)
        client.expect(200, "POST", f"/runs/{run}/cancel")
        assert finish(client, run)["status"] == "cancelled"
        asked = len(world.asked("long.test"))
        time.sleep(1.5)
        assert len(world.asked("long.test")) == asked < 20
    finally:
        with_pauses.end()


def test_without_a_setting_three_seconds_lie_between_two_requests(world, tmp_path):
    settings = {name: value for name, value in world.settings.items() if name != "CRAWL_DELAY_SECONDS"}
    server = Server(tmp_path, settings).start()
    try:
        server.register()
        client = server.login()
        finish(client, start(client, "calm.test", options={"skip_verify": True}))
        times = [at for at, *_ in world.asked("calm.test")]
        assert len(times) >= 3 and min(later - before for before, later in itertools.pairwise(times)) >= 2.95
    finally:
        server.end()
