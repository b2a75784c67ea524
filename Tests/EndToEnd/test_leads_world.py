"""A run over 200 domains of all kinds, made from a seed: every outcome is right, everybody is found, no mailbox is called invalid that may
exist, and the web servers' own log shows that the crawler was polite."""

import collections
import gzip
import random
import sqlite3

import pytest

from leads_world import Site, World, page, team
from served import Server, wait_until

DOMAINS = 200
DELAY = 0.05
FIRST = ["Anna", "Tom", "Laura", "Peter", "Jane", "Ivan", "Maria", "Karl", "Eva", "Paul", "Sofia", "Hugo", "Ida", "Nora", "Felix"]
LAST = ["Keller", "Baker", "Rossi", "Novak", "Miller", "Petrov", "Garcia", "Braun", "Lund", "Weber", "Costa", "Meyer", "Olsen", "Kovacs", "Dubois"]
TITLES = ["Chief Executive Officer", "Head of Sales", "VP of Engineering", "Marketing Manager", "Software Engineer", "Director"]


def people(chance):
    names = chance.sample([(one, other) for one in FIRST for other in LAST], chance.randint(1, 5))
    return [(f"{one} {other}", chance.choice(TITLES), f"{one}.{other}".lower()) for one, other in names]


def table(found, domain):
    rows = "".join(f"<tr><td>{name}</td><td>{title}</td><td><a href='mailto:{box}@{domain}'>{box}@{domain}</a></td></tr>" for name, title, box in found)
    return page(f"<h1>Contact</h1><table><tr><th>Name</th><th>Position</th><th>E-mail</th></tr>{rows}</table>")


def cards(found, domain):
    return team(*[(name, title, f"{box}@{domain}") for name, title, box in found])


def described(found, domain):
    items = ",".join(f'{{"@type": "Person", "name": "{name}", "jobTitle": "{title}", "email": "{box}@{domain}"}}' for name, title, box in found)
    return page("<h1>Welcome</h1><p>We make mills and stones for mills, and have done so for years.</p>",
                f'<script type="application/ld+json">{{"@type": "Organization", "name": "{domain}", "employee": [{items}]}}</script>')


def definitions(found, domain):
    rows = "".join(f"<dt>{name}</dt><dd>{title}, <a href='mailto:{box}@{domain}'>{box}@{domain}</a></dd>" for name, title, box in found)
    return page(f"<h1>People</h1><dl>{rows}</dl>")


FRONT = page("<h1>Welcome</h1><p>We make mills and stones for mills, and have done so for years.</p><a href=/team>Our team</a> <a href=/news>News</a>")


def kinds(chance, domain):
    """A site of some kind: its name, the site, the outcome of the domain, and the verdict of those whose mailbox is there."""
    found = people(chance)
    boxes = tuple(box for _, _, box in found)
    layout = chance.choice([table, cards, described, definitions])(found, domain)
    valid = ("valid", "rcpt_2xx_non_catchall")
    plain = {"/": FRONT, "/team": layout}
    kind = chance.choice(KINDS)
    match kind:
        case "plain":
            return kind, Site(pages=plain, mailboxes=boxes), "read", found, valid
        case "first page":
            return kind, Site(pages={"/": layout}, mailboxes=boxes), "read", found, valid
        case "sitemap":
            return kind, Site(pages={
                "/robots.txt": f"User-agent: *\nSitemap: http://{domain}/map.xml".encode(), "/": page("<p>Welcome to our site about mills.</p>"),
                "/map.xml": f"<urlset><url><loc>http://{domain}/our-team</loc></url></urlset>".encode(), "/our-team": layout,
            }, mailboxes=boxes), "read", found, valid
        case "gzip":
            return kind, Site(pages={"/": (200, {"Content-Encoding": "gzip"}, gzip.compress(layout))}, mailboxes=boxes), "read", found, valid
        case "private":
            return kind, Site(pages={"/robots.txt": b"User-agent: *\nDisallow: /team\n", **plain}, mailboxes=boxes), "read", [], None
        case "slow":
            return kind, Site(pages={"/robots.txt": b"User-agent: *\nCrawl-delay: 0.3\n", **plain}, mailboxes=boxes), "read", found, valid
        case "catch-all":
            return kind, Site(pages=plain, catches_all=True), "read", found, ("risky_catch_all", "rcpt_2xx_catchall")
        case "greylisting":
            return kind, Site(pages=plain, mailboxes=boxes, greylists=2), "read", found, valid
        case "policy":
            return kind, Site(pages=plain, refusal="550 5.7.1 your network is blocked"), "read", found, ("unknown_timeout", "tempfail_or_timeout")
        case "no mailbox":
            return kind, Site(pages=plain), "read", found, ("invalid", "rcpt_5xx_user_unknown")
        case "no mail":
            return kind, Site(pages=plain, mail="null"), "no_mx", found, (None, None)
        case "robots":
            return kind, Site(pages={"/robots.txt": b"User-agent: *\nDisallow: /\n", **plain}), "robots_denied", [], None
        case "robots fails":
            return kind, Site(pages={"/robots.txt": (503, {}, b"later"), **plain}), "robots_denied", [], None
        case "refuses":
            return kind, Site(pages={"/": (chance.choice([401, 403, 429]), {}, b"no")}), "blocked", [], None
        case "gone":
            return kind, Site(addresses=()), "no_such_host", [], None
        case "nobody listens":
            return kind, Site(addresses=("127.77.0.1",)), "unreachable", [], None
        case "inside":
            return kind, Site(addresses=(chance.choice(["10.0.0.1", "192.168.1.1", "169.254.169.254"]),)), "forbidden_address", [], None
        case "script":
            return kind, Site(pages={"/": page("<div id=root></div><script src=/main.js></script>")}), "script_only", [], None
        case "file":
            return kind, Site(pages={"/": (200, {"Content-Type": "application/pdf"}, b"%PDF-1.4")}), "no_page", [], None
        case "missing":
            return kind, Site(pages={}), "no_page", [], None
        case "loop":
            return kind, Site(pages={"/": (302, {"Location": "/"}, b"")}), "no_page", [], None
        case "nobody":
            return kind, Site(pages={"/": page("<p>We make mills and stones for mills, and have done so for many years.</p>")}), "read", [], None
    raise AssertionError(kind)


KINDS = [
    "plain", "plain", "plain", "first page", "sitemap", "gzip", "private", "slow", "catch-all", "greylisting", "policy", "no mailbox", "no mail",
    "robots", "robots fails", "refuses", "gone", "nobody listens", "inside", "script", "file", "missing", "loop", "nobody",
]


@pytest.fixture(scope="module")
def truth():
    chance = random.Random(20)
    return {domain: kinds(chance, domain) for domain in (f"firm{number}.test" for number in range(DOMAINS))}


@pytest.fixture(scope="module")
def world(truth):
    made = World({domain: site for domain, (_, site, *_) in truth.items()}).start()
    yield made
    made.end()


@pytest.fixture(scope="module")
def done(truth, world, tmp_path_factory):
    """Outcomes and leads by domain."""
    server = Server(tmp_path_factory.mktemp("world"), world.settings | {"CRAWL_DELAY_SECONDS": DELAY}).start()
    server.register()
    admin = server.login()
    run = admin.expect(200, "POST", "/runs", json={"domains": list(truth)}).json()["run_id"]
    wait_until(lambda: admin.get(f"/runs/{run}").json()["status"] not in ("queued", "running"), 280, lambda: admin.get(f"/runs/{run}").text, pause=0.3)
    database = sqlite3.connect(f"file:{server.data}/quern.db?mode=ro", uri=True)
    rows = database.execute("SELECT name, errorCode, json_extract(result, '$.outcome') FROM unit WHERE job = ?", (run,))
    outcomes = {name: code or outcome for name, code, outcome in rows}
    leads, offset = collections.defaultdict(list), 0
    while True:
        answer = admin.expect(200, "GET", f"/runs/{run}/results", params={"limit": 500, "offset": offset}).json()["results"]
        for lead in answer:
            leads[lead["company_domain"]].append(lead)
        offset += len(answer)
        if len(answer) < 500:
            break
    attempts = admin.expect(200, "GET", f"/api/v1/jobs/{run}").json()["attempts"]
    yield outcomes, leads, attempts
    server.end()


pytestmark = pytest.mark.seconds(330)


def test_every_kind_is_there(truth):
    assert {kind for kind, *_ in truth.values()} == set(KINDS)


def test_every_outcome_is_right(truth, done):
    outcomes, _, attempts = done
    assert {domain: (kind, outcomes[domain]) for domain, (kind, _, outcome, *_) in truth.items() if outcomes[domain] != outcome} == {}
    assert attempts == 1


def test_everybody_is_found_and_nobody_else(truth, done):
    _, leads, _ = done
    for domain, (kind, _, _, found, _) in truth.items():
        assert {(lead["full_name"], lead["title"], lead["email"]) for lead in leads[domain]} == {
            (name, title, f"{box}@{domain}") for name, title, box in found}, (domain, kind)


def test_every_verdict_is_right(truth, done):
    _, leads, _ = done
    for domain, (kind, _, _, _, verdict) in truth.items():
        for lead in leads[domain]:
            assert (lead["verify_status"], lead["verify_reason"]) == verdict, (domain, kind, lead["email"])


def test_the_crawler_was_polite(truth, world, done):
    assert world.data_commands == 0
    times = collections.defaultdict(list)
    for at, host, path, agent in world.requests:
        assert agent.startswith("Quern/")
        times[host.removeprefix("www.")].append((at, path))
    for domain, seen in times.items():
        kind = truth[domain][0]
        assert seen[0][1] == "/robots.txt", domain
        # The log notes when a request arrives, which differs a little from when it was sent.
        least = (0.3 if kind == "slow" else DELAY) - 0.02
        gaps = [later - earlier for (earlier, _), (later, _) in zip(seen, seen[1:])]
        assert not gaps or min(gaps) >= least, (domain, kind, min(gaps))
        assert len(seen) <= 40, (domain, len(seen))
        if kind in ("robots", "robots fails"):
            assert {path for _, path in seen} == {"/robots.txt"}
        if kind == "private":
            assert "/team" not in [path for _, path in seen]
