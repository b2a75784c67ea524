"""Every request of the leads document as it stands there, with the members that it shows."""

import csv
import io
import re

import pytest
import requests

from leads_world import Site, World, team
from served import Server, wait_until

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Sent with each request in development, as the document has it.
WHO = {"X-Tenant-Id": "dev", "X-User-Id": "user_dev"}
SITES = {
    "example.com": Site(pages={"/": team(("John Doe", "VP of Engineering", "john.doe@example.com"), ("Mia Roe", "Buyer", None))}, mailboxes=("john.doe",)),
    "acme.io": Site(pages={"/": team(("Jane Smith", "CTO", "jane.smith@acme.io"))}, mailboxes=("jane.smith",)),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    world = World(SITES).start()
    made = Server(tmp_path_factory.mktemp("contract"), world.settings | {"AUTH_MODE": "dev"}).start()
    yield made
    made.end()
    world.end()


@pytest.fixture(scope="module")
def ask(server):
    def ask(method, path, status=200, **options):
        answer = requests.request(method, server.base + path, headers=WHO | options.pop("headers", {}), timeout=60, **options)
        assert answer.status_code == status, answer.text
        return answer

    return ask


@pytest.fixture(scope="module")
def started(ask):
    return ask("POST", "/runs", json={
        "domains": ["example.com", "acme.io"], "label": "Q1 prospects", "options": {"mode": "full", "skip_crawl": False, "skip_verify": False}}).json()


@pytest.fixture(scope="module")
def run(ask, started):
    return wait_until(
        lambda: (found := ask("GET", f"/runs/{started['run_id']}").json())["status"] not in ("queued", "running") and found, 60, "the run is over", pause=0.1)


def test_health(server):
    assert requests.get(f"{server.base}/health", timeout=30).json()["ok"] is True


def test_post_runs(started):
    assert ID.fullmatch(started["run_id"]) and started["status"] == "queued" and started["tenant_id"] == "dev" and TIME.fullmatch(started["created_at"])


def test_get_runs(ask, run):
    answer = ask("GET", "/runs", params={"limit": 50}).json()
    assert answer["limit"] == 50
    row = next(row for row in answer["results"] if row["id"] == run["run_id"])
    assert (row["status"], row["label"], row["domains_json"]) == ("succeeded", "Q1 prospects", '["example.com","acme.io"]')
    assert TIME.fullmatch(row["created_at"]) and TIME.fullmatch(row["finished_at"])


def test_get_a_run(run):
    assert set(run) == {
        "run_id", "tenant_id", "user_id", "label", "status", "domains", "options", "progress", "error", "created_at", "updated_at", "started_at", "finished_at"}
    assert (run["tenant_id"], run["label"], run["status"]) == ("dev", "Q1 prospects", "succeeded") and ID.fullmatch(run["user_id"])
    assert run["domains"] == ["example.com", "acme.io"] and run["options"]["mode"] == "full" and run["error"] is None
    progress = run["progress"]
    assert (progress["domains_total"], progress["domains_completed"], progress["emails_found"], progress["emails_verified"]) == (2, 2, 3, 3)
    assert all(TIME.fullmatch(run[name]) for name in ("created_at", "updated_at", "started_at", "finished_at"))


def test_results(ask, run):
    answer = ask("GET", f"/runs/{run['run_id']}/results", params={"limit": 100, "offset": 0}).json()
    assert (answer["limit"], answer["offset"], len(answer["results"])) == (100, 0, 3)
    john = next(lead for lead in answer["results"] if lead["email"] == "john.doe@example.com")
    for name, value in {
        "first_name": "John", "last_name": "Doe", "full_name": "John Doe", "title": "VP of Engineering", "company_domain": "example.com", "icp_score": 50,
        "verify_status": "valid", "verify_reason": "rcpt_2xx_non_catchall", "source_url": "http://example.com/", "is_primary_for_person": True,
    }.items():
        assert john[name] == value, name
    assert isinstance(john["company_id"], int) and john["company"] and TIME.fullmatch(john["verified_at"]) and john["verify_label"]
    assert [lead["icp_score"] for lead in answer["results"]] == sorted((lead["icp_score"] for lead in answer["results"]), reverse=True)
    assert len(ask("GET", f"/runs/{run['run_id']}/results", params={"offset": 2}).json()["results"]) == 1


def test_export(ask, run):
    answer = ask("GET", f"/runs/{run['run_id']}/export", params={"format": "csv", "limit": 10000})
    assert answer.headers["Content-Type"].startswith("text/csv") and answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[0] == (
        "email first_name last_name full_name title company company_id company_domain icp_score verify_status verify_reason verified_at verify_label "
        "is_primary_for_person source_url").split()
    assert len(rows) == 4
    whole = ask("GET", f"/runs/{run['run_id']}/export", params={"format": "json"})
    assert whole.headers["Content-Disposition"].startswith("attachment")
    assert (whole.json()["run_id"], whole.json()["count"], len(whole.json()["results"])) == (run["run_id"], 3, 3)


def test_an_empty_run_has_a_header(ask):
    empty = ask("POST", "/runs", json={"domains": ["gone.example"], "options": {"mode": "generate"}}).json()["run_id"]
    wait_until(lambda: ask("GET", f"/runs/{empty}").json()["status"] not in ("queued", "running"), 60, "the run is over", pause=0.1)
    assert ask("GET", f"/runs/{empty}/export").text.count("\r\n") == 1
    assert ask("GET", f"/runs/{empty}/export", params={"format": "json"}).json() == {"run_id": empty, "count": 0, "results": []}


def test_search_with_every_parameter(ask, run):
    answer = ask("GET", "/leads/search", params={
        "q": "smith", "verify_status": "valid,risky_catch_all", "icp_min": 10, "roles": "Executive,Engineering", "seniority": "C-Level,VP", "source": "published",
        "recency_days": 30, "sort": "icp_desc", "limit": 20, "facets": "verify_status,seniority"}).json()
    assert (answer["limit"], answer["sort"], answer["next_cursor"]) == (20, "icp_desc", None)
    jane, = answer["results"]
    for name, value in {
        "email": "jane.smith@acme.io", "first_name": "Jane", "last_name": "Smith", "title": "CTO", "company_domain": "acme.io", "verify_status": "valid",
        "source_url": "http://acme.io/",
    }.items():
        assert jane[name] == value, name
    assert isinstance(jane["icp_score"], int) and jane["company_name"]
    assert answer["facets"] == {"verify_status": {"valid": 1}, "seniority": {"C-Level": 1}}
    for name in ("industries", "sizes", "tech"):
        assert ask("GET", "/leads/search", params={"q": "smith", name: "none,such"}).json()["results"] == []
    assert ask("GET", "/leads/search", params={"q": "smith"}).json()["facets"] == {}


@pytest.mark.parametrize("sort", ["icp_desc", "icp_asc", "verified_at_desc", "verified_at_asc"])
def test_sorts_and_cursors(ask, run, sort):
    pages, cursor = [], {}
    while len(pages) < 5:
        answer = ask("GET", "/leads/search", params={"q": "e", "sort": sort, "limit": 1} | cursor).json()
        pages += [lead["id"] for lead in answer["results"]]
        if not answer["next_cursor"]:
            break
        cursor = {"cursor": answer["next_cursor"]}
    assert pages == [lead["id"] for lead in ask("GET", "/leads/search", params={"q": "e", "sort": sort}).json()["results"]] and len(pages) == 2
    if sort.startswith("icp"):
        other = ask("GET", "/leads/search", 400, params={"q": "e", "sort": "verified_at_desc"} | cursor)
        assert other.json()["error"] == "invalid_cursor"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"q": " "}, "invalid_query"), ({"q": "a", "sort": "best"}, "invalid_sort"), ({"q": "a", "icp_min": "x"}, "invalid_icp_min"),
        ({"q": "a", "recency_days": 0}, "invalid_recency_days"), ({"q": "a", "recency_days": "x"}, "invalid_recency_days"), ({"q": "a", "limit": 0}, "invalid_limit"),
        ({"q": "a", "limit": 101}, "invalid_limit"), ({"q": "a", "limit": "x"}, "invalid_limit"), ({"q": "a", "cursor": "%%%"}, "invalid_cursor"),
    ],
)
def test_refused_searches(ask, query, code):
    answer = ask("GET", "/leads/search", 400, params=query).json()
    assert answer["error"] == code and answer["detail"]


@pytest.mark.parametrize(
    ("body", "type", "accepted"),
    [
        (b"company,domain,first_name,last_name,title,role,source_url\nRiver,river.test,Lin,Chen,VP Sales,,https://river.test/team\n", "text/csv", 1),
        (b'{"company": "River", "user_supplied_domain": "https://www.river.test/", "full_name": "Tom Reed", "title": "Buyer"}\n{"mail": "eva@river.test"}\n', "application/x-ndjson", 2),
        (b'[{"e-mail": "max@river.test", "full_name": "Max Reed", "role": "Engineer"}, {"website": "river.test", "full_name": "Ida Reed"}, {"url": "river.test", "full_name": "Ole Reed"}]', "application/json", 3),
        (b'{"items": [{"email": "una@river.test"}]}', "application/json", 1),
    ],
    ids=["csv", "lines", "list", "items"],
)
def test_ingest(ask, body, type, accepted):
    answer = ask("POST", "/ingest", data=body, headers={"Content-Type": type}).json()
    assert (answer["ok"], answer["received_bytes"], answer["accepted"], answer["rejected"]) == (True, len(body), accepted, 0), answer


@pytest.mark.parametrize(
    ("body", "type", "code"),
    [
        (b"<leads/>", "application/xml", "invalid_media_type"), (b"a,b\n1,2\n", "text/csv", "invalid_table"), (b"{", "application/json", "invalid_json"),
        (b'{"a": 1}', "application/json", "invalid_json"),
    ],
)
def test_ingest_that_is_refused(ask, body, type, code):
    assert ask("POST", "/ingest", 400, data=body, headers={"Content-Type": type}).json()["error"] == code


def test_a_body_over_the_limit_is_refused(ask):
    line = b'{"domain": "large.test", "full_name": "Ann Large", "notes": "' + b"x" * 1000 + b'"}\n'
    answer = ask("POST", "/ingest", 413, data=line * 5400, headers={"Content-Type": "application/x-ndjson"})
    assert answer.json()["error"] == "body_too_large"


def test_admin_json(ask, run):
    metrics = ask("GET", "/admin/metrics").json()
    assert {"queues", "workers", "verification", "costs", "company_health", "run_status", "user_stats", "recent_runs"} <= set(metrics)
    assert set(metrics["company_health"]) == {
        "total_companies", "companies_with_pages", "companies_with_candidates", "companies_with_valid_email", "companies_403_blocked",
        "companies_robots_blocked", "companies_no_mx", "companies_catch_all"}
    assert metrics["company_health"]["companies_with_valid_email"] == 2 == metrics["company_health"]["companies_with_pages"]
    assert (metrics["costs"]["domains_resolved"], metrics["costs"]["catchall_checks"]) == (2, 2) and metrics["costs"]["pages_crawled"] == 2
    recent = {row["id"]: row for row in metrics["recent_runs"]}
    assert (recent[run["run_id"]]["label"], recent[run["run_id"]]["status"], recent[run["run_id"]]["domain_count"]) == ("Q1 prospects", "succeeded", 2)
    assert all(row["label"] is None for id, row in recent.items() if id != run["run_id"])
    analytics = ask("GET", "/admin/analytics", params={"window_days": 30, "top_domains": 1, "top_errors": 20}).json()
    day, = analytics["verification_time_series"]
    assert (day["total"], day["valid"], day["invalid"], day["risky_catch_all"]) == (3, 2, 1, 0) and day["valid_rate"] == pytest.approx(2 / 3, abs=1e-4)
    assert len(analytics["domain_breakdown"]) == 1 and analytics["domain_breakdown"][0]["domain"] == "example.com"
    assert analytics["error_breakdown"] == {"rcpt_2xx_non_catchall": 2, "rcpt_5xx_user_unknown": 1}


def test_errors_have_a_code_and_a_text(ask):
    answer = ask("GET", "/runs/a1b2c3d4-e5f6-7890-abcd-ef1234567890", 404).json()
    assert answer["error"] == "run_not_found" and answer["detail"]
