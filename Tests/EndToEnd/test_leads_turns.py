"""Two runs that name the same domain, and many domains that lead to one host: the host sees one polite reader."""

import threading
import time

import pytest

from leads_world import Site, World, page
from served import Server, run_quern
from test_leads import finish, results, start

DELAY = 0.3
SLOW = 0.5
PARKED = [f"parked{letter}.test" for letter in "abcdef"]


class Counted:
    """Pages that take a while, and when each was being sent."""

    def __init__(self):
        self.lock = threading.Lock()
        self.spans = []

    def page(self, body):
        def answer(world, host):
            begin = time.monotonic()
            time.sleep(SLOW)
            with self.lock:
                self.spans.append((begin, time.monotonic()))
            return body

        return answer


@pytest.fixture(scope="module")
def counted():
    return Counted()


@pytest.fixture(scope="module")
def world(counted):
    first = page("<h1>Shared</h1><p>One house with many names, and a team that works for all of them.</p><a href=/team>Team</a>")
    team = page("<h1>Team</h1><div><h3>Anna Keller</h3><p>Director</p></div>")
    sites = {"shared.test": Site(pages={"/": counted.page(first), "/team": counted.page(team)})}
    sites |= {name: Site(pages={"/": (301, {"Location": "http://shared.test/"}, b"")}) for name in PARKED}
    made = World(sites).start()
    yield made
    made.end()


def check(counted, least):
    spans = sorted(counted.spans)
    assert len(spans) >= least
    # From the end of one answer to the arrival of the next request.
    gaps = [later - ended for (_, ended), (later, _) in zip(spans, spans[1:])]
    assert min(gaps) >= DELAY - 0.05, gaps
    counted.spans.clear()


def test_runs_of_two_people_take_turns(counted, world, tmp_path):
    server = Server(tmp_path, world.settings | {"CRAWL_DELAY_SECONDS": DELAY, "CRAWL_SECONDS": "6"}).start()
    try:
        server.register()
        admin = server.login()
        server.create_user("another@example.com")
        another = server.login("another@example.com")
        # The second one gets a worker beside the first.
        runs = [(admin, start(admin, "shared.test", *PARKED)), (another, start(another, "www.shared.test"))]
        for client, run in runs:
            assert finish(client, run)["status"] == "succeeded"
            assert {lead["full_name"] for lead in results(client, run)} == {"Anna Keller"}
        # Waiting for the others is not held against a site.
        assert len(results(admin, runs[0][1])) == 1 + len(PARKED)
    finally:
        server.end()
    check(counted, 2 * (2 + len(PARKED)))


def test_the_command_takes_turns_with_itself(counted, world):
    done = run_quern("discover", *PARKED[:3], "--json", "-q", "--no-verify", settings=world.settings | {"CRAWL_DELAY_SECONDS": DELAY})
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 3, done.stderr
    check(counted, 6)
