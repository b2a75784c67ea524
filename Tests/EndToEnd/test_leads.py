"""Runs, leads and what surrounds them, on a small internet of real servers."""

import csv
import io
import json
import re

import pytest

from leads_world import Site, World, page, team
from served import wait_until

RUN_SECONDS = 90


# What a page says of somebody, field by field.
JANE_ON_THE_PAGE = {
    "url": "http://acme.test/team", "text": "Jane Doe · VP of Engineering · jane.doe@acme.test", "source": "text",
    "fields": {"name": "Jane Doe", "title": "VP of Engineering", "email": "jane.doe@acme.test"},
}


def closed(status, **headers):
    return lambda world, host: (status, headers, b"no")


def slow_down(world, host):
    """The second request is one too many, once."""
    tries = world.mail_counts["slow"] = world.mail_counts.get("slow", 0) + 1
    return (429, {"Retry-After": "0.3"}, b"later") if tries == 1 else team(("Paula Weber", "Head of Sales", "paula.weber@slow.test"))


SITES = {
    "acme.test": Site(
        pages={
            "/robots.txt": b"User-agent: *\nDisallow: /private/\nSitemap: http://acme.test/sitemap.xml",
            "/sitemap.xml": (200, {"Content-Type": "application/xml"}, b"<urlset><url><loc>http://acme.test/leadership</loc></url></urlset>"),
            "/": page(
                "<h1>Acme</h1><p>We make things that last for a very long time, in our own mills.</p><a href=/team>Our team</a> "
                "<a href=/private/people>People</a> <a href=/products>Products</a>",
                '<script type="application/ld+json">{"@type": "Organization", "name": "Acme Inc."}</script>',
            ),
            "/team": team(
                ("Jane Doe", "VP of Engineering", "jane.doe@acme.test"), ("John Smith", "Chief Executive Officer", "john.smith@acme.test"),
                ("Maria García", "Head of Sales", None),
            ),
            "/leadership": team(("Peter Novak", "Chief Financial Officer", None)),
            "/private/people": team(("Hidden Person", "Director", "hidden.person@acme.test")),
            "/products": page("<h1>Products</h1><p>Mills of all sizes, and stones for them.</p>"),
        },
        mailboxes=("jane.doe", "maria.garcia", "pnovak"),
    ),
    "anybody.test": Site(pages={"/": team(("Anna Keller", "Managing Director", "anna@anybody.test"), ("Tom Baker", "Engineer", None))}, catches_all=True),
    "grey.test": Site(pages={"/": team(("Laura Rossi", "Marketing Manager", "laura.rossi@grey.test"))}, mailboxes=("laura.rossi",), greylists=2),
    "policy.test": Site(
        pages={"/": team(("Karl Braun", "Director", "karl.braun@policy.test"))}, refusal="550 5.7.1 blocked by policy, see our page"),
    "silent.test": Site(pages={"/": team(("Eva Lund", "Buyer", "eva.lund@silent.test"))}, mail="null"),
    # Its mail server can not be reached, as where a network closes port 25.
    "closed.test": Site(pages={"/": team(("Olga Frey", "Director", "olga.frey@closed.test"))}, mail="nobody-listens.test."),
    "nobody-listens.test": Site(addresses=("127.77.0.1",)),
    "forbids.test": Site(pages={"/robots.txt": b"User-agent: quern\nDisallow: /", "/": team(("No One", "Director", "no.one@forbids.test"))}),
    "broken.test": Site(pages={"/robots.txt": (500, {}, b"oops"), "/": team(("No One", "Director", None))}),
    "blocks.test": Site(pages={"/": closed(403)}),
    "slow.test": Site(pages={"/": slow_down}, mailboxes=("paula.weber",)),
    "orphan.test": Site(pages={"/": page("<h1>Orphan</h1><p>Write to us about all our mills: zoe.quiet@orphan.test or info@orphan.test.</p>")}),
    "gone.test": Site(addresses=()),
    "scripted.test": Site(pages={"/": page("<div id=app></div><script src=/app.js></script>")}),
    "inside.test": Site(addresses=("10.1.2.3",)),
    "rebinds.test": Site(pages={"/": (302, {"Location": "http://inside.test/"}, b"")}),
    "literal.test": Site(pages={"/": (302, {"Location": "http://127.0.0.1/"}, b"")}),
    "moved.test": Site(pages={"/": (301, {"Location": "http://moved-to.test/"}, b"")}, mailboxes=("info",)),
    "moved-to.test": Site(pages={"/": team(("Ivan Petrov", "Chief Technology Officer", "ivan.petrov@moved.test"))}),
    "latin.test": Site(
        pages={"/": (200, {"Content-Type": "text/html; charset=iso-8859-1"}, team(("Jürgen Größl", "Geschäftsführer", None)).decode().replace("<meta charset=utf-8>", "").encode("latin-1"))},
        mailboxes=("juergen.groessl",),
    ),
    "mapped.test": Site(pages={
        "/robots.txt": b"Sitemap: http://mapped.test/sitemap_index.xml\nSitemap: http://mapped.test/more.xml",
        "/sitemap_index.xml": (200, {"Content-Type": "text/xml"}, b"<sitemapindex><sitemap><loc>http://mapped.test/post-sitemap.xml</loc></sitemap><sitemap><loc><![CDATA[http://mapped.test/page-sitemap.xml]]></loc></sitemap></sitemapindex>"),
        "/page-sitemap.xml": (200, {"Content-Type": "text/xml"}, b"<urlset><url><loc>http://mapped.test/our-team</loc></url></urlset>"),
        "/more.xml": (200, {"Content-Type": "text/xml"}, b"<urlset><url><loc>http://mapped.test/leadership</loc></url></urlset>"),
        "/": page("<h1>Mapped</h1><p>Our first page leads nowhere, and our sitemaps lead everywhere.</p>"),
        "/our-team": team(("Gerd Atlas", "Buyer", "gerd@mapped.test")), "/leadership": team(("Karla Atlas", "Director", "karla@mapped.test")),
    }),
    "file.test": Site(pages={"/": (200, {"Content-Type": "application/pdf"}, b"%PDF-1.4")}),
    "xn--bcher-kva.test": Site(pages={"/": team(("Ute Buch", "Inhaberin", "ute.buch@xn--bcher-kva.test"))}, mailboxes=("ute.buch",)),
}


@pytest.fixture(scope="module")
def world():
    made = World(SITES).start()
    yield made
    made.end()


@pytest.fixture(scope="module")
def server(world, tmp_path_factory):
    from served import Server

    made = Server(tmp_path_factory.mktemp("leads"), world.settings | {"INGEST_HTTP_TOKEN": "a token for taking in leads"}).start()
    yield made
    made.end()


@pytest.fixture(scope="module")
def admin(server):
    server.register()
    return server.login()


def start(client, *domains, **members):
    return client.expect(200, "POST", "/runs", json={"domains": list(domains)} | members).json()["run_id"]


def finish(client, run):
    return wait_until(
        lambda: (found := client.expect(200, "GET", f"/runs/{run}").json())["status"] not in ("queued", "running") and found,
        RUN_SECONDS, lambda: client.get(f"/runs/{run}").text, pause=0.1,
    )


def results(client, run):
    return client.expect(200, "GET", f"/runs/{run}/results", params={"limit": 500}).json()["results"]


@pytest.fixture(scope="module")
def acme(admin):
    run = start(admin, "https://www.Acme.test/", "acme.test", label="Q1 prospects", options={"mode": "full", "skip_crawl": False, "skip_verify": False})
    return finish(admin, run)


def test_a_domain_becomes_leads(admin, acme):
    assert acme["status"] == "succeeded" and acme["label"] == "Q1 prospects" and acme["domains"] == ["acme.test"]
    assert acme["progress"]["domains_total"] == acme["progress"]["domains_completed"] == 1
    leads = {lead["full_name"]: lead for lead in results(admin, acme["run_id"]) if lead["is_primary_for_person"]}
    assert set(leads) == {"Jane Doe", "John Smith", "Maria García", "Peter Novak"}
    jane = leads["Jane Doe"]
    assert jane["email"] == "jane.doe@acme.test" and jane["title"] == "VP of Engineering"
    assert (jane["first_name"], jane["last_name"], jane["company"], jane["company_domain"]) == ("Jane", "Doe", "Acme Inc.", "acme.test")
    assert (jane["verify_status"], jane["verify_reason"]) == ("valid", "rcpt_2xx_non_catchall")
    assert (jane["role_family"], jane["seniority"], jane["source"]) == ("Engineering", "VP", "published")
    assert jane["icp_score"] == 50 and jane["source_url"] == "http://acme.test/team"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", jane["verified_at"])
    john = leads["John Smith"]
    assert (john["verify_status"], john["verify_reason"]) == ("invalid", "rcpt_5xx_user_unknown")
    # Her address is made after the pattern of the others, his by trying the next ones.
    assert leads["Maria García"]["email"] == "maria.garcia@acme.test" and leads["Maria García"]["source"] == "generated"
    assert leads["Peter Novak"]["email"] == "pnovak@acme.test" and leads["Peter Novak"]["verify_status"] == "valid"


def test_a_lead_shows_where_it_was_found(admin, acme):
    jane = next(lead for lead in results(admin, acme["run_id"]) if lead["full_name"] == "Jane Doe")
    shown = admin.expect(200, "GET", f"/api/v1/leads/{jane['id']}").json()
    evidence, = shown["evidence"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", evidence.pop("at"))
    assert evidence == JANE_ON_THE_PAGE
    assert shown["check"]["code"] == 250 and shown["check"]["host"] and shown["check"]["asked_at"] <= shown["check"]["ended_at"]
    assert shown["icp_reasons"] == ["role_family:Engineering+25", "seniority:VP+25"]


def test_what_robots_forbid_is_not_asked_for(world, acme):
    paths = [path for _, _, path, _ in world.asked("acme.test")]
    assert paths[0] == "/robots.txt" and "/leadership" in paths and "/private/people" not in paths
    assert all(agent.startswith("Quern/") and "https://quern.test/crawler" in agent for *_, agent in world.asked("acme.test"))


def test_the_same_address_is_not_asked_about_again(admin, world, acme):
    before = len(world.questions)
    finish(admin, start(admin, "acme.test"))
    assert len(world.questions) == before


def test_nothing_is_ever_sent(world, acme):
    assert world.data_commands == 0


OUTCOMES = {
    "forbids.test": "robots_denied", "broken.test": "robots_denied", "blocks.test": "blocked", "gone.test": "no_such_host",
    "scripted.test": "script_only", "inside.test": "forbidden_address", "rebinds.test": "forbidden_address", "literal.test": None,
    "silent.test": "no_mx", "file.test": "no_page", "slow.test": "read", "moved.test": "read", "latin.test": "read", "bücher.test": "read",
}


@pytest.fixture(scope="module")
def many(admin):
    return finish(admin, start(admin, *OUTCOMES, "anybody.test", "grey.test", "policy.test"))


def test_every_domain_ends_with_its_outcome(admin, many, server):
    assert many["status"] == "succeeded", many
    assert many["progress"]["domains_completed"] == many["progress"]["domains_total"] == len(OUTCOMES) + 3
    answer = admin.expect(200, "GET", f"/runs/{many['run_id']}/domains").json()
    assert answer["total"] == len(answer["results"]) == len(OUTCOMES) + 3
    found = {row["domain"]: row["outcome"] for row in answer["results"]}
    wanted = {name.replace("bücher", "xn--bcher-kva"): outcome for name, outcome in OUTCOMES.items() if outcome}
    assert {name: found[name] for name in wanted} == wanted


def test_every_verdict_has_its_reason(admin, many):
    leads = {lead["full_name"]: (lead["verify_status"], lead["verify_reason"]) for lead in results(admin, many["run_id"])}
    assert leads["Anna Keller"] == leads["Tom Baker"] == ("risky_catch_all", "rcpt_2xx_catchall")
    assert leads["Laura Rossi"] == ("valid", "rcpt_2xx_non_catchall")
    # A refusal of whoever asks says nothing of the mailbox.
    assert leads["Karl Braun"] == ("unknown_timeout", "tempfail_or_timeout")
    assert leads["Eva Lund"] == (None, None)
    assert leads["Paula Weber"] == leads["Ute Buch"] == ("valid", "rcpt_2xx_non_catchall")


def test_a_page_in_latin_1_has_its_letters(admin, many):
    lead = next(lead for lead in results(admin, many["run_id"]) if lead["company_domain"] == "latin.test")
    assert (lead["full_name"], lead["title"], lead["email"]) == ("Jürgen Größl", "Geschäftsführer", "juergen.groessl@latin.test")


def test_no_machine_inside_is_reached(world, many):
    assert not [host for _, host, _, _ in world.requests if host in ("inside.test", "127.0.0.1", "10.1.2.3")]


def test_who_fails_is_tried_again_alone(admin, world, many):
    ended = {unit["domain"]: unit for unit in admin.expect(200, "GET", f"/runs/{many['run_id']}/domains").json()["results"]}
    before = len(world.requests)
    answer = admin.expect(200, "POST", f"/jobs/{many['run_id']}/retry-failures").json()
    # What can not change, such as a name that does not exist, is not asked for again.
    assert answer["units"] >= 2
    assert finish(admin, many["run_id"])["status"] == "succeeded"
    again = {host.removeprefix("www.") for _, host, _, _ in world.requests[before:]}
    assert "blocks.test" in again
    assert not {name for name, unit in ended.items() if unit["state"] != "failed"} & again


# The search


@pytest.fixture(scope="module")
def found(admin, acme, many):
    return lambda **query: admin.expect(200, "GET", "/leads/search", params=query).json()


def test_search_finds_names_titles_and_companies(found):
    assert [lead["email"] for lead in found(q="jane")["results"]] == ["jane.doe@acme.test"]
    assert [lead["full_name"] for lead in found(q="garcia")["results"]] == ["María García".replace("í", "i", 1)]
    assert {lead["full_name"] for lead in found(q="Acme chief")["results"]} >= {"John Smith"}
    assert found(q="nobody")["results"] == [] and found(q="\"'*()")["results"] == []


def test_filters_narrow_and_facets_count_what_others_leave(found):
    query = {"q": "test", "facets": "verify_status,seniority,icp_bucket,unheard_of"}
    everything = found(**query)
    assert set(everything["facets"]) == {"verify_status", "seniority", "icp_bucket"}
    narrowed = found(**query, seniority="VP")
    assert narrowed["facets"]["seniority"] == everything["facets"]["seniority"]
    assert all(lead["seniority"] == "VP" for lead in narrowed["results"])
    assert sum(narrowed["facets"]["icp_bucket"].values()) == everything["facets"]["seniority"]["VP"]
    good = found(q="test", verify_status="valid", icp_min=40, limit=100)["results"]
    assert good and all(lead["verify_status"] == "valid" and lead["icp_score"] >= 40 for lead in good)


def test_pages_follow_each_other(found):
    whole = [lead["id"] for lead in found(q="test", limit=100)["results"]]
    pages, cursor = [], None
    while True:
        answer = found(q="test", limit=3, **({"cursor": cursor} if cursor else {}))
        assert "next_cursor" in answer and answer["limit"] == 3 and answer["sort"] == "icp_desc"
        pages += [lead["id"] for lead in answer["results"]]
        cursor = answer["next_cursor"]
        if not cursor:
            break
    assert pages == whole and len(whole) > 6


def test_a_word_with_a_mistake_finds_who_is_meant(found):
    answer = found(q="garcai")
    assert answer["approximate"] and [lead["full_name"] for lead in answer["results"]] == ["Maria García"]
    assert not found(q="garcia")["approximate"] and not found(q="zzzzzz")["approximate"]


def test_a_whole_domain_and_other_spellings_filter(admin, found):
    table = "domain,full_name,title\nmill.test,Cara Chief,CEO\nmill.test.example,Nora Near,Buyer\nmillworks.test,Mia Far,Buyer\n"
    admin.expect(200, "POST", "/ingest", data=table.encode(), headers={"Content-Type": "text/csv"})
    assert {lead["full_name"] for lead in found(q="mill")["results"]} >= {"Cara Chief", "Nora Near", "Mia Far"}
    assert [lead["full_name"] for lead in found(q="mill", domain="mill.test")["results"]] == ["Cara Chief"]
    assert [lead["full_name"] for lead in found(q="mill", domain="https://www.Mill.test/")["results"]] == ["Cara Chief"]
    assert found(q="mill", domain="nonsense")["results"] == []
    for query in ({"seniority": "C"}, {"seniority": "C-Level"}, {"role": "Executive"}, {"role_family": "Executive"}):
        assert "Cara Chief" in {lead["full_name"] for lead in found(q="cara", **query)["results"]}, query


def test_what_a_search_finds_is_exported(admin, found):
    rows = "domain,full_name,title\n" + "".join(f"many.test,Person {chr(97 + n // 26)}{chr(97 + n % 26)}x,Sales; =1+1\n" for n in range(600))
    admin.expect(200, "POST", "/ingest", data=rows.encode(), headers={"Content-Type": "text/csv"})
    answer = admin.expect(200, "GET", "/leads/export", params={"company_domain": "many.test", "sort": "icp_asc"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="leads.csv"'
    table = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(table) == len({row["full_name"] for row in table}) == 600 and {row["company_domain"] for row in table} == {"many.test"}
    assert '"Sales; =1+1"' in answer.text
    listed = admin.expect(200, "GET", "/leads/export", params={"domain": "many.test", "format": "json", "limit": 501}).json()
    assert listed["count"] == len(listed["results"]) == 501
    assert admin.expect(400, "GET", "/leads/export", params={"format": "pdf"}).json()["error"] == "invalid_format"


def test_a_search_is_saved_for_oneself(server, admin):
    saved = admin.expect(200, "POST", "/leads/searches", json={"name": "Sales", "query": "?roles=Sales&q=test&cursor="}).json()
    assert saved["query"] == "q=test&roles=Sales"
    again = admin.expect(200, "POST", "/leads/searches", json={"name": "Sales", "query": "roles=Sales"}).json()
    assert again["id"] == saved["id"]
    assert admin.expect(200, "GET", "/leads/searches").json()["results"] == [again]
    server.create_user("another@example.com")
    another = server.login("another@example.com")
    assert another.expect(200, "GET", "/leads/searches").json()["results"] == []
    assert another.delete(f"/leads/searches/{saved['id']}").status_code == 404
    for body, code in [
        ({"name": "x"}, "missing_query"), ({"name": " ", "query": "q=a"}, "missing_name"), ({"name": "x", "query": "nothing=1"}, "invalid_query"),
        ({"name": "x", "query": "icp_min=x"}, "invalid_icp_min"), ({"name": "x" * 101, "query": "q=a"}, "invalid_name"),
    ]:
        answer = admin.post("/leads/searches", json=body)
        assert (answer.status_code, answer.json()["error"]) == (400, code), body
    admin.expect(204, "DELETE", f"/leads/searches/{saved['id']}")
    admin.expect(404, "DELETE", f"/leads/searches/{saved['id']}")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "invalid_query"), ({"q": " "}, "invalid_query"), ({"q": "a", "sort": "name"}, "invalid_sort"),
        ({"q": "a", "icp_min": "x"}, "invalid_icp_min"), ({"q": "a", "recency_days": "0"}, "invalid_recency_days"),
        ({"q": "a", "limit": "101"}, "invalid_limit"), ({"q": "a", "cursor": "abc"}, "invalid_cursor"), ({"q": "é" * 600}, "invalid_query"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(admin, query, code):
    answer = admin.get("/leads/search", params=query)
    assert (answer.status_code, answer.json()["error"]) == (400, code)


# The rest of a run


def test_runs_are_listed_newest_first(admin, acme, many):
    answer = admin.expect(200, "GET", "/runs", params={"limit": 2}).json()
    assert answer["limit"] == 2 and len(answer["results"]) == 2
    listed = admin.expect(200, "GET", "/api/runs").json()["results"]
    row = next(row for row in listed if row["id"] == acme["run_id"])
    assert json.loads(row["domains_json"]) == ["acme.test"] and row["status"] == "succeeded" and row["finished_at"]
    assert admin.expect(200, "GET", "/runs", params={"limit": 9999}).json()["limit"] == 200


def test_results_are_exported(admin, acme):
    answer = admin.expect(200, "GET", f"/runs/{acme['run_id']}/export")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="run_{acme["run_id"]}.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert {row["email"] for row in rows} == {lead["email"] or "" for lead in results(admin, acme["run_id"])}
    whole = admin.expect(200, "GET", f"/runs/{acme['run_id']}/export", params={"format": "json"}).json()
    assert whole["run_id"] == acme["run_id"] and whole["count"] == len(whole["results"]) == len(rows)
    assert whole["results"] == results(admin, acme["run_id"])
    assert admin.expect(200, "GET", f"/runs/{acme['run_id']}/export", params={"format": "json", "limit": 1}).json()["count"] == 1
    assert admin.get(f"/runs/{acme['run_id']}/export", params={"format": "xml"}).json()["error"] == "invalid_format"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "missing_domains"), ({"domains": []}, "invalid_domains"), ({"domains": [" "]}, "invalid_domains"),
        ({"domains": ["not a domain"]}, "invalid_domains"), ({"domains": ["127.0.0.1"]}, "invalid_domains"), ({"domains": "a.test"}, "invalid_domains"),
        ({"domains": ["a.test"], "options": {"mod": "full"}}, "invalid_options"), ({"domains": ["a.test"], "options": {"mode": "fast"}}, "invalid_options"),
        ({"domains": ["a.test"], "options": {"skip_crawl": "no"}}, "invalid_options"), ({"domains": ["a.test"], "lable": "x"}, "unknown_field"),
    ],
)
def test_a_run_that_makes_no_sense_is_refused(admin, body, code):
    answer = admin.post("/runs", json=body)
    assert (answer.status_code, answer.json()["error"]) == (400, code)


def test_options_are_obeyed(admin, world, acme):
    before = (len(world.requests), len(world.questions))
    finish(admin, start(admin, "grey.test", options={"skip_crawl": True, "skip_verify": True}))
    assert (len(world.requests), len(world.questions)) == before
    finish(admin, start(admin, "moved-to.test", options={"mode": "autodiscovery"}))
    assert len(world.questions) == before[1] and len(world.requests) > before[0]


def test_options_of_other_programs_are_taken(admin, world):
    options = {"skip_verified": True, "skip_catch_all": True, "timeout_per_company_s": 20, "ai_enabled": False, "force_discovery": True}
    run = finish(admin, start(admin, "anybody.test", options=options))
    assert run["status"] == "succeeded" and run["options"] == options
    assert not [lead for lead in results(admin, run["run_id"]) if lead["verify_status"] and lead["full_name"] == "Nobody"]
    for wrong in ({"timeout_per_company_s": 1}, {"skip_verified": "yes"}, {"skip_verifed": True}):
        answer = admin.post("/runs", json={"domains": ["acme.test"], "options": wrong})
        assert answer.status_code == 400 and answer.json()["error"] == "invalid_options", wrong


def test_of_many_domains_so_many_are_worked_on(admin):
    run = admin.expect(200, "POST", "/runs", json={"domains": ["a.test", "b.test", "c.test"], "options": {"company_limit": 2, "mode": "generate"}}).json()
    assert run["domains"] == ["a.test", "b.test"]
    assert admin.post("/runs", json={"domains": ["a.test"], "options": {"company_limit": 0}}).json()["error"] == "invalid_options"


def test_each_stage_alone(admin, world, acme):
    def counts():
        return len(world.requests), len(world.questions)

    before = counts()
    finish(admin, start(admin, "moved-to.test", options={"skip_verify": True}))
    crawled = counts()
    assert crawled[0] > before[0] and crawled[1] == before[1]
    finish(admin, start(admin, "moved-to.test", options={"mode": "generate"}))
    assert counts() == crawled
    finish(admin, start(admin, "moved-to.test", options={"modes": ["verify"]}))
    finish(admin, start(admin, "moved-to.test", options={"skip_crawl": True}))
    assert counts()[0] == crawled[0]


def test_kept_out_domains_among_others_end_no_worker(admin, world):
    admin.expect(200, "POST", "/suppressions", json={"value": "kept-out.test"})
    run = finish(admin, start(admin, "gone1.test", "gone2.test", "kept-out.test", "acme.test", "policy.test", "gone3.test"))
    assert admin.expect(200, "GET", f"/api/v1/jobs/{run['run_id']}").json()["attempts"] == 1
    run = finish(admin, start(admin, *[f"nobody{number}.test" for number in range(6)], options={"mode": "verify"}))
    assert admin.expect(200, "GET", f"/api/v1/jobs/{run['run_id']}").json()["attempts"] == 1


def test_an_index_of_sitemaps_leads_to_its_pages(admin, world):
    run = finish(admin, start(admin, "mapped.test"))
    assert {lead["full_name"] for lead in results(admin, run["run_id"])} == {"Gerd Atlas", "Karla Atlas"}
    assert "/post-sitemap.xml" not in [path for _, _, path, _ in world.asked("mapped.test")]


def test_an_unknown_run_is_missing(admin):
    for path in ("", "/results", "/export", "/domains"):
        answer = admin.get(f"/runs/00000000-0000-4000-8000-000000000000{path}")
        assert (answer.status_code, answer.json()["error"]) == (404, "run_not_found")


# Taking in


def test_rows_are_taken_in_one_by_one(admin, found):
    table = (
        "company,domain,first_name,last_name,title,email\nStone Ltd,stone.test,ADA,LOVELACE,Chief Technology Officer,ada@stone.test\n"
        ",,No,Domain,,\nStone Ltd,https://www.stone.test/x,Grace,Hopper,Engineer,grace at stone\n"
    ).encode()
    answer = admin.expect(200, "POST", "/ingest", data=table, headers={"Content-Type": "text/csv"}).json()
    assert answer == {
        "ok": True, "received_bytes": len(table), "accepted": 2, "rejected": 1, "dry_run": False,
        "errors": ["row 2: domain_or_email_required; give a domain or an address such as jane@example.com"],
        "warnings": ["row 3: invalid_email; grace at stone is no address, and was left out"],
    }
    ada = found(q="lovelace")["results"][0]
    assert (ada["full_name"], ada["email"], ada["company"], ada["source"]) == ("Ada Lovelace", "ada@stone.test", "Stone Ltd", "ingested")
    # The same once more makes no second one.
    admin.expect(200, "POST", "/ingest", data=table, headers={"Content-Type": "text/csv"})
    assert len(found(q="stone", limit=100)["results"]) == 2


def test_rows_are_kept_while_they_arrive(server, admin, found):
    """In several parts, with line feeds and stray quotes in fields; the body is sent in small pieces."""
    lines = ["domain,full_name,title,notes"]
    lines += [f'stream.test,Nina Stream{chr(97 + n // 676 % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n % 26)},"Buyer, 5"" pipes","two\nlines {"x" * 200}"' for n in range(5000)]
    lines += ['stream.test,Ben Stray,5" pipes,plain', ",,,"]
    body = "\n".join(lines).encode()

    def pieces():
        for start in range(0, len(body), 100_001):
            yield body[start:start + 100_001]

    answer = admin.expect(200, "POST", "/ingest", data=pieces(), headers={"Content-Type": "text/csv"}).json()
    assert (answer["accepted"], answer["rejected"], answer["received_bytes"]) == (5001, 0, len(body))
    whole = found(q="stream.test nina", limit=1, facets="source")
    assert whole["facets"]["source"] == {"ingested": 5000}
    assert found(q="ben stray")["results"][0]["title"] == '5" pipes'
    assert found(q="streamaab")["results"][0]["title"] == 'Buyer, 5" pipes'


@pytest.mark.parametrize("before", ["", "\n", "sep=;\n", "People of our fair\n\n", "# exported today\n"], ids=["nothing", "blank", "sep", "title", "comment"])
def test_no_row_is_lost_between_parts(admin, found, before):
    """Whatever stands before the header, later parts of a body have none."""
    name = "".join(c for c in f"part{len(before)}" if c.isalnum())
    rows = "".join(f"{name}.test;Nina {chr(65 + n // 26 % 26)}{chr(97 + n % 26)}part{chr(97 + n // 676)};Buyer;{'x' * 150}\n" for n in range(3000))
    answer = admin.expect(
        200, "POST", "/ingest", data=f"{before}domain;full_name;title;notes\n{rows}".encode(), headers={"Content-Type": "text/csv"}).json()
    assert (answer["accepted"], answer["rejected"]) == (3000, 0), answer
    assert found(q=f"{name}.test nina", limit=1, facets="source")["facets"]["source"] == {"ingested": 3000}


def test_industries_may_hold_commas(admin, found):
    admin.expect(200, "POST", "/ingest", data=b'domain,full_name,industry\ncomma.test,Cora Comma,"Technology, Information and Internet"\n', headers={"Content-Type": "text/csv"})
    assert [lead["full_name"] for lead in found(q="comma.test", industries="Technology\\, Information and Internet,other")["results"]] == ["Cora Comma"]


def test_people_at_mail_providers_share_no_company(admin, found):
    admin.expect(200, "POST", "/ingest", data=b"email,full_name,company\nmia@gmail.com,Mia Mailer,Mill One\nmax@gmail.com,Max Mailer,Mill Two\n", headers={"Content-Type": "text/csv"})
    assert {lead["full_name"]: lead["company"] for lead in found(q="mailer")["results"]} == {"Mia Mailer": "Mill One", "Max Mailer": "Mill Two"}


def test_companies_have_industry_size_and_technology(admin, found):
    table = b"domain,company,full_name,title,industry,employees,technologies\nfacts.test,Facts Ltd,Fay Facts,CTO,b2b_saas,\"1,200 employees\",\"Salesforce; Google Analytics\"\nfacts.test,,Guy Facts,Buyer,,,\n"
    admin.expect(200, "POST", "/ingest", data=table, headers={"Content-Type": "text/csv"})
    for query in ({"sizes": "1001+"}, {"industries": "b2b_saas"}, {"tech": "salesforce"}, {"tech": "google-analytics"}):
        leads = found(q="facts.test", **query)["results"]
        assert {lead["full_name"] for lead in leads} == {"Fay Facts", "Guy Facts"}, query
    fay = next(lead for lead in leads if lead["full_name"] == "Fay Facts")
    assert (fay["company_size"], fay["industry"], fay["tech"]) == ("1001+", "b2b_saas", ["salesforce", "google-analytics"])
    assert found(q="facts.test", tech="hubspot")["results"] == []


def test_a_name_that_is_said_counts_more_than_the_beginning_of_an_address(admin, found):
    for row in (b"email\nnora.quist@saidlater.test\n", b"email,full_name,title\nnora.quist@saidlater.test,Nora Quist,Buyer\n"):
        admin.expect(200, "POST", "/ingest", data=row, headers={"Content-Type": "text/csv"})
    leads = found(q="saidlater.test")["results"]
    assert [(lead["full_name"], lead["first_name"], lead["last_name"], lead["email"]) for lead in leads] == [
        ("Nora Quist", "Nora", "Quist", "nora.quist@saidlater.test")]
    assert found(q="nora quist")["results"] == leads


def test_who_was_there_without_an_address_becomes_one_with_it(admin, found):
    for row in (b"domain,full_name,title,notes\ntwin.test,Nora Twin,Buyer,from the fair\n", b"email\nntwin@twin.test\n", b"email,full_name\nntwin@twin.test,Nora Twin\n"):
        admin.expect(200, "POST", "/ingest", data=row, headers={"Content-Type": "text/csv"})
    leads = found(q="twin.test")["results"]
    assert [(lead["full_name"], lead["email"], lead["title"], lead["is_primary_for_person"]) for lead in leads] == [
        ("Nora Twin", "ntwin@twin.test", "Buyer", True)]
    assert admin.expect(200, "GET", f"/leads/{leads[0]['id']}").json()["notes"] == "from the fair"


def test_json_lines_are_taken_in(admin, found):
    lines = b'{"email": "lin@river.test", "full_name": "Lin Chen", "title": "VP Sales"}\nnot json\n{"company": "x"}\n'
    answer = admin.expect(200, "POST", "/ingest", data=lines, headers={"Content-Type": "application/x-ndjson"}).json()
    assert (answer["accepted"], answer["rejected"], answer["received_bytes"]) == (1, 2, len(lines))
    assert found(q="lin chen")["results"][0]["company_domain"] == "river.test"


def test_the_token_for_taking_in_is_good_for_nothing_else(server):
    import requests

    headers = {"Authorization": "Bearer a token for taking in leads", "Content-Type": "text/csv"}
    answer = requests.post(f"{server.base}/api/ingest", data=b"email\nkim@ingested.test\n", headers=headers)
    assert answer.status_code == 200 and answer.json()["accepted"] == 1
    assert requests.get(f"{server.base}/leads/search", params={"q": "kim"}, headers=headers).status_code == 401
    assert requests.post(f"{server.base}/ingest", data=b"email\nx@y.test\n", headers=headers | {"Authorization": "Bearer another"}).status_code == 401


def test_formulas_do_no_harm_in_an_export(admin, server):
    admin.expect(200, "POST", "/ingest", data=b'domain,full_name,title\nacme.test,Mallory Jones,"=cmd|\'/c calc\'!A0"\n', headers={"Content-Type": "text/csv"})
    run = finish(admin, start(admin, "acme.test", options={"mode": "generate"}))
    text = admin.expect(200, "GET", f"/runs/{run['run_id']}/export").text
    assert "'=cmd" in text and ",=cmd" not in text and '"=cmd' not in text


# Who does not want to be kept


def test_who_is_erased_stays_away(admin, world, found):
    lead = found(q="laura rossi")["results"][0]
    admin.expect(204, "DELETE", f"/leads/{lead['id']}")
    assert found(q="laura rossi")["results"] == []
    finish(admin, start(admin, "grey.test"))
    assert found(q="laura rossi")["results"] == []
    answer = admin.expect(200, "POST", "/ingest", data=b"email\nlaura.rossi@grey.test\n", headers={"Content-Type": "text/csv"}).json()
    assert (answer["accepted"], answer["errors"]) == (0, ["row 1: suppressed; the person or the domain is kept out"])
    assert "laura.rossi@grey.test" in [entry["value"] for entry in admin.get("/suppressions").json()["results"]]
    admin.expect(204, "DELETE", "/suppressions/laura.rossi@grey.test")
    admin.expect(404, "DELETE", "/suppressions/laura.rossi@grey.test")


def test_allowing_one_person_again_allows_nobody_else(admin, found):
    table = b"domain,full_name,email\nerased.test,Ines Erased,ines@erased.test\nerased.test,Otto Erased,otto@erased.test\n"
    admin.expect(200, "POST", "/ingest", data=table, headers={"Content-Type": "text/csv"})
    for lead in found(q="erased.test")["results"]:
        admin.expect(204, "DELETE", f"/leads/{lead['id']}")
    admin.expect(404, "DELETE", "/suppressions/nobody@erased.test")
    admin.expect(204, "DELETE", "/suppressions/ines@erased.test")
    other = table.replace(b"@erased", b"2@erased")
    assert admin.expect(200, "POST", "/ingest", data=other, headers={"Content-Type": "text/csv"}).json()["errors"] == ["row 2: suppressed; the person or the domain is kept out"]
    dry = admin.expect(200, "POST", "/ingest?dry_run=true", data=other, headers={"Content-Type": "text/csv"}).json()
    assert (dry["accepted"], dry["errors"]) == (1, ["row 2: suppressed; the person or the domain is kept out"])


def test_who_is_erased_stays_away_however_the_name_is_written(admin, found):
    def take(*rows):
        table = "domain,full_name,email\n" + "".join(f'away.test,"{name}",{email}\n' for name, email in rows)
        return admin.expect(200, "POST", "/ingest", data=table.encode(), headers={"Content-Type": "text/csv"}).json()

    assert take(("Ann Roe", "ann.roe@away.test"))["accepted"] == 1
    admin.expect(204, "DELETE", f"/leads/{found(q='ann.roe@away.test')['results'][0]['id']}")
    spellings = ["Dr. Ann Roe", "Roe, Ann", "Ann Roe PhD", "Mrs Ann Roe", "ANN ROE"]
    # Before, too: all of these go with one of them.
    assert take(*[(name.replace("Ann", "Eve").replace("ANN", "EVE"), f"e{number}@away.test") for number, name in enumerate(spellings)], ("Eve Roebuck", "buck@away.test"))["accepted"] == 6
    eve = next(lead for lead in found(q="away.test")["results"] if lead["full_name"] == "Dr. Eve Roe")
    admin.expect(204, "DELETE", f"/leads/{eve['id']}")
    assert {lead["full_name"] for lead in found(q="away.test")["results"]} == {"Eve Roebuck"}
    answer = take(*[(name, "") for name in spellings], ("Somebody", "ann.roe+news@away.test"), ("Anna Roe", "anna@away.test"))
    assert (answer["accepted"], answer["rejected"]) == (1, 6), answer


def test_a_published_address_that_is_kept_out_does_not_come_back(admin, server, world):
    import sqlite3

    def kept():
        with sqlite3.connect(f"file:{server.data}/quern.db?mode=ro", uri=True) as database:
            return json.loads(database.execute("SELECT addresses FROM company WHERE domain = 'orphan.test'").fetchone()[0])

    finish(admin, start(admin, "orphan.test", options={"skip_verify": True}))
    assert kept() == ["zoe.quiet@orphan.test", "info@orphan.test"]
    admin.expect(200, "POST", "/suppressions", json={"value": "zoe.quiet@orphan.test"})
    assert kept() == []
    finish(admin, start(admin, "orphan.test", options={"skip_verify": True}))
    assert kept() == ["info@orphan.test"]


def test_nothing_stays_of_who_is_erased(admin, server, found):
    import sqlite3

    finish(admin, start(admin, "xn--bcher-kva.test"))
    ute = found(q="ute buch")["results"][0]

    def checks():
        with sqlite3.connect(f"file:{server.data}/quern.db?mode=ro", uri=True) as database:
            return [row[0] for row in database.execute("SELECT email FROM addressCheck WHERE email LIKE '%xn--bcher-kva.test'")]

    assert checks() == ["ute.buch@xn--bcher-kva.test"]
    # What somebody else has is not hers.
    admin.expect(200, "POST", "/ingest", data=b"email,full_name\nubuch@xn--bcher-kva.test,Udo Buch\n", headers={"Content-Type": "text/csv"})
    finish(admin, start(admin, "xn--bcher-kva.test", options={"mode": "verify"}))
    admin.expect(204, "DELETE", f"/leads/{ute['id']}")
    assert checks() == ["ubuch@xn--bcher-kva.test"]


def test_a_domain_can_be_suppressed(admin, found):
    table = b"domain,full_name,email\nriver.test,Rita River,\nsub.river.test,Sam River,\nother.test,Ola Other,ola@mail.river.test\n"
    admin.expect(200, "POST", "/ingest", data=table, headers={"Content-Type": "text/csv"})
    admin.expect(200, "POST", "/suppressions", json={"value": "https://River.test/", "reason": "asked by mail"})
    assert found(q="river")["results"] == []
    answer = admin.expect(200, "POST", "/ingest", data=table, headers={"Content-Type": "text/csv"}).json()
    assert (answer["accepted"], answer["rejected"]) == (0, 3)
    run = finish(admin, start(admin, "river.test"))
    assert admin.expect(200, "GET", f"/runs/{run['run_id']}/domains").json()["results"][0]["outcome"] == "suppressed"
    for value in ("no domain", "co.uk"):
        assert admin.post("/suppressions", json={"value": value}).json()["error"] == "invalid_value"


# Others


def test_leads_are_of_the_tenant_and_scopes_count(server, admin, acme):
    server.create_user("colleague@example.com")
    colleague = server.login("colleague@example.com")
    assert colleague.expect(200, "GET", f"/runs/{acme['run_id']}").json()["run_id"] == acme["run_id"]
    assert colleague.post(f"/runs/{acme['run_id']}/cancel").status_code == 403
    assert server.visitor().get("/leads/search", params={"q": "a"}).status_code == 401
