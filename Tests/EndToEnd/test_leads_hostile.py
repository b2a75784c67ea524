"""Sites that mean harm, or are only large: the run goes on, and nobody is taken for somebody else."""

import csv
import io

import pytest

from leads_world import Site, World, page, team
from served import wait_until

CELLS = "<table><tr><td colspan=9223372036854775807>a<td colspan=9223372036854775807>b<td>c</table>"
DEEP = "<div>" * 506 + "<table><tr><td><div></tr><b><p></b>"
BLANKS = '<a href="mailto:dot' + " " * 19_000 + 'x">x</a>'
LONG = f'<a href="mailto:jane.doe.aaaaaaaaaaaaaa@{"é." * 31}com">Jane Doe</a>'
MANY = "<div>" * 300 + "<p>One of many lines of text.</p>" * 3000
WIDE = "<table><tr>" + "<td>cell" * 15_000 + "</table>"

MARKS = "\u0301\u0316"
# Small or of two megabytes, and each once the work of minutes or more.
COSTLY = {
    "doubles": "<p>x<script>a='mail!';" + "a=a+a;" * 38 + "</script>",
    "markstag": f"<a{MARKS * 300_000}>x",
    "marksname": f"<a {MARKS * 300_000}=1>x",
    "marksclass": f'<p class="a{MARKS * 300_000}">x',
    "markstext": f"<p>Anna{MARKS * 300_000} Keller" + "<p>Anna" + "&#x301;" * 200_000,
    "marksjson": '<script type="application/ld+json">{"@type": "Person", "name": "Ann' + "\\u0301" * 150_000 + '"}</script>',
    "microdata": "<div itemtype=schema.org/person itemprop=x>" * 480 + "word " * 300_000,
    "cards": '<div class="vcard x">' * 480 + "word " * 300_000,
    "sentences": ("<p>a@b.co " + "Anna Keller " * 320) * 480,
    "attributes": f'<i data-a="x (at( at( {"( " * 230}"></i>' * 3500,
    "preformatted": "<pre>" + "a   b\n" * 280_000,
    "recipients": '<a href="mailto:' + ",".join(f"{number:x}@b.co" for number in range(150_000)) + '">x</a>',
    "ats": ("<p>x (at( at( ( ( dot ( @ a AT b AT c DOT " + "( ." * 1200) * 500,
    "scripts": ("<script>mail='" + "x@" * 1900 + "'</script>") * 500,
    "onclicks": ('<i onclick="mail(' + "'x@'+" * 370 + ')">x</i>') * 1000,
    "links": "".join(f'<a href="/{"a" * 1900}{number}">{"b" * 1900}</a>' for number in range(900)),
}
STARRED = "User-agent: *\nDisallow: /a\n" + "".join(f"Disallow: /*{'a' * 1900}b{number}\n" for number in range(250))


def costly(name):
    return f"costly-{name}.test"


SITES = {
    f"{name}.test": Site(pages={"/": page(body + "<div><h3>Anna Keller</h3><p>Director</p></div>")}, mailboxes=("anna.keller",))
    for name, body in {"cells": CELLS, "deep": DEEP, "blanks": BLANKS, "long": LONG, "wide": WIDE}.items()
} | {
    f"large{number}.test": Site(pages={"/": page(MANY + "<div><h3>Anna Keller</h3><p>Director</p></div>")}, mailboxes=("anna.keller",))
    for number in range(8)
} | {
    # The first has no address that could be made; the two after her have the same guess.
    "names.test": Site(
        pages={"/": team(
            ("Иван Петров", "Director", None), ("Jane Smith", "Buyer", None), ("John Smith", "Engineer", None),
            ("Ann Lee", "Director", "alee@names.test"), ("Bob Ray", "Manager", "bray@names.test"))},
        mailboxes=("alee", "bray", "jsmith", "john.smith")),
    "elsewhere.test": Site(pages={"/": team(("Ann Lee", "Director", "ann.lee@victim.test"))}, mailboxes=("ann",)),
    "victim.test": Site(),
    "formula.test": Site(pages={"/": page(
        '<script type="application/ld+json">{"@type": "Person", "name": "Ann Lee", "jobTitle": "Director, x\\"\\u0301,=1+1+HYPERLINK(A1)"}</script>')}),
} | {
    costly(name): Site(pages={"/": page(body)}, mail="null") for name, body in COSTLY.items()
} | {
    costly("robots"): Site(mail="null", pages={
        "/robots.txt": STARRED.encode(), "/": page("".join(f'<a href="/{"a" * 1900}{number}">x</a>' for number in range(1000)))}),
    costly("agents"): Site(mail="null", pages={
        "/robots.txt": f"User-agent: a{MARKS * 60_000}\n{MARKS * 30_000}: x\n".encode(), "/": page("<p>x")}),
    costly("sitemap"): Site(mail="null", pages={
        "/robots.txt": b"Sitemap: http://costly-sitemap.test/s.xml", "/s.xml": ("é<loc>/team</loc>" * 100_000).encode(), "/": page("<p>x")}),
    "splash.test": Site(mail="null", pages={
        "/": page("", '<meta http-equiv="refresh" content="0; URL=\'/en/\'">'), "/en/": page('<iframe src="/staff.html"></iframe>'),
        "/staff.html": team(("Anna Keller", "Director", None))}),
    "erase.test": Site(pages={"/": team(("Karl Braun", "Director", None), ("Ann Lee", "Director", None))}, mailboxes=("kbraun", "ann.lee")),
}


@pytest.fixture(scope="module")
def world():
    made = World(SITES).start()
    yield made
    made.end()


@pytest.fixture(scope="module")
def server(world, tmp_path_factory):
    from served import Server

    made = Server(tmp_path_factory.mktemp("leads"), world.settings).start()
    yield made
    made.end()


@pytest.fixture(scope="module")
def admin(server):
    server.register()
    return server.login()


def run(client, *domains):
    run = client.expect(200, "POST", "/runs", json={"domains": list(domains)}).json()["run_id"]
    done = wait_until(
        lambda: (found := client.get(f"/runs/{run}").json())["status"] not in ("queued", "running") and found, 90,
        lambda: client.get(f"/runs/{run}").text, pause=0.1)
    return done, client.expect(200, "GET", f"/runs/{run}/results", params={"limit": 500}).json()["results"]


def test_hostile_and_large_pages_end_like_others(admin):
    domains = [domain for domain in SITES if domain.split(".")[0] in ("cells", "deep", "blanks", "long", "wide") or domain.startswith("large")]
    done, leads = run(admin, *domains)
    assert done["status"] == "succeeded" and done["progress"]["domains_failed"] == 0, done
    # What is nested deeper than browsers go may be lost, but nothing else.
    assert {lead["company_domain"] for lead in leads if lead["full_name"] == "Anna Keller"} >= set(domains) - {"deep.test", "long.test"}


def test_costly_pages_keep_nobody_waiting(admin, server):
    """All in one worker, which needs no watchdog for any of them."""
    domains = [costly(name) for name in [*COSTLY, "robots", "agents", "sitemap"]]
    done, _ = run(admin, *domains)
    assert done["status"] == "succeeded" and done["progress"]["domains_failed"] == 0, done
    assert admin.expect(200, "GET", f"/api/v1/jobs/{done['run_id']}").json()["attempts"] == 1


def test_what_a_browser_shows_by_itself_is_read(admin):
    _, leads = run(admin, "splash.test")
    assert [lead["full_name"] for lead in leads] == ["Anna Keller"]


def test_nobody_is_taken_for_somebody_else(admin, world):
    _, leads = run(admin, "names.test")
    found = {lead["full_name"]: (lead["email"], lead["verify_status"]) for lead in leads}
    assert set(found) == {"Иван Петров", "Jane Smith", "John Smith", "Ann Lee", "Bob Ray"}
    assert found["Ann Lee"] == ("alee@names.test", "valid") and found["Bob Ray"] == ("bray@names.test", "valid")
    assert found["Jane Smith"][0] == "jsmith@names.test" and found["John Smith"][0] != "jsmith@names.test"


def test_strangers_servers_are_not_asked(admin, world):
    _, leads = run(admin, "elsewhere.test")
    assert leads[0]["email"] == "ann.lee@victim.test" and leads[0]["verify_status"] is None
    assert not [address for _, address in world.questions if address.endswith("@victim.test")]


def test_a_quote_with_an_accent_is_a_quote(admin):
    done, _ = run(admin, "formula.test")
    rows = list(csv.reader(io.StringIO(admin.get(f"/runs/{done['run_id']}/export").content.decode())))
    assert {len(row) for row in rows} == {15} and not [cell for row in rows for cell in row if cell.startswith("=")]


def test_who_is_erased_is_not_found_under_another_address(admin, world):
    _, leads = run(admin, "erase.test")
    karl = next(lead for lead in leads if lead["full_name"] == "Karl Braun")
    assert (karl["email"], karl["verify_status"]) == ("kbraun@erase.test", "valid")
    admin.expect(204, "DELETE", f"/leads/{karl['id']}")
    before = len(world.questions)
    _, leads = run(admin, "erase.test")
    assert [lead["full_name"] for lead in leads] == ["Ann Lee"] and len(world.questions) == before
    admin.expect(200, "POST", "/suppressions", json={"value": "erase.test"})
    asked = len(world.requests)
    done, leads = run(admin, "erase.test")
    assert done["status"] == "succeeded" and leads == [] and (len(world.requests), len(world.questions)) == (asked, before)
