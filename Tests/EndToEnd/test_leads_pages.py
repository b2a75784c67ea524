"""The pages of leads in headless Chromium, with and without scripts: a run is started, its leads looked at, one erased."""

import pytest

from leads_world import World
from served import Server, wait_until
from test_leads import SITES
from test_pages import Browser, sign_in

JOB = r"/dashboard/jobs/[0-9a-f-]{36}$"


@pytest.fixture(scope="module")
def world():
    made = World(SITES).start()
    yield made
    made.end()


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def browser(request, tmp_path, world):
    server = Server(tmp_path / "server", world.settings).start()
    server.register()
    browser = Browser(server, tmp_path, request.param)
    browser.has_scripts = request.param
    yield browser
    browser.driver.quit()
    server.end()


def text_of(browser, selector):
    return browser.driver.execute_script("return document.querySelector(arguments[0])?.innerText ?? ''", selector)


@pytest.mark.seconds(180)
def test_domains_become_leads(browser):
    admin = browser.server.login()
    kind = "scripts" if browser.has_scripts else "plain"
    sign_in(browser)
    browser.open("/dashboard/leads")
    assert "No leads match" in text_of(browser, "main")
    browser.open("/dashboard/jobs/new-run")
    # What is no domain is told, and what was typed stays.
    browser.find("#domains").send_keys("acme.test, nonsense")
    browser.press(".fields-end button")
    wait_until(lambda: "nonsense" in text_of(browser, ".note-bad"), 20, "what is wrong with it")
    assert browser.find("#domains").get_attribute("value") == "acme.test, nonsense"
    browser.shoot(f"leads-new-{kind}")
    browser.find("#domains").clear()
    browser.find("#domains").send_keys("https://www.acme.test/\nacme.test\ngone.test")
    browser.find("#label").send_keys("Spring")
    browser.press(".fields-end button")
    browser.wait_for_path(JOB)
    job = browser.path.rsplit("/", 1)[1]
    wait_until(lambda: admin.get(f"/runs/{job}").json()["status"] == "succeeded", 60, "the run is over", pause=0.1)
    browser.open(f"/dashboard/jobs/{job}")
    domains = text_of(browser, "#domains")
    assert "acme.test" in domains and "there is no such host" in domains and "2 domains" in domains
    browser.shoot(f"leads-run-{kind}")
    browser.find('#domains nav a[href^="/dashboard/leads"]').click()
    browser.wait_for_path(r"/dashboard/leads$")
    wait_until(lambda: len(browser.all("tbody tr")) >= 4, 20, "the leads")
    assert "Jane Doe" in text_of(browser, "tbody")
    browser.shoot(f"leads-search-{kind}")
    # A filter stands in the address.
    browser.find('input[name="seniority"][value="VP"]').click()
    browser.press("aside .fields-end button")
    wait_until(lambda: "seniority=VP" in browser.driver.current_url, 20, "the filter in the address")
    assert [row.text for row in browser.all("tbody .jobs-name")] == ["Jane Doe"]
    browser.find("tbody .jobs-name").click()
    browser.wait_for_path(r"/dashboard/leads/\d+$")
    assert "http://acme.test/team" in text_of(browser, "main") and "role_family:Engineering+25" in text_of(browser, "main")
    browser.shoot(f"leads-lead-{kind}")
    assert browser.driver.title.startswith("Jane Doe")
    browser.find(".ask summary").click()
    browser.press('form[action$="/erase"] button')
    browser.wait_for_path(r"/dashboard/leads$")
    assert "Jane Doe" not in text_of(browser, "main")
    browser.open("/dashboard/leads/suppressions")
    assert "jane.doe@acme.test" in text_of(browser, "tbody")
    browser.shoot(f"leads-kept-out-{kind}")
    browser.press('form[action$="/remove"] button')
    wait_until(lambda: "jane.doe@acme.test" not in text_of(browser, "main"), 20, "it is allowed again")
    browser.open("/dashboard/runs")
    assert "Spring" in text_of(browser, "tbody") and "2 of 2" in text_of(browser, "tbody")
    browser.shoot(f"leads-runs-{kind}")


def test_a_list_is_taken_in(browser, tmp_path):
    kind = "scripts" if browser.has_scripts else "plain"
    admin = browser.server.login()
    sign_in(browser)
    browser.open("/dashboard/leads")
    browser.find('a[href="/dashboard/leads/import"]').click()
    browser.wait_for_path(r"/dashboard/leads/import$")
    table = tmp_path / "fair.csv"
    table.write_text("email,full_name,domain\nnina@fair.test,Nina Fair,\n,Nobody Anywhere,\nno address,Ben Fair,fair.test\n")

    def send(file, is_dry=False):
        if is_dry:
            browser.find("#dry-run").click()
        browser.find("#file").send_keys(str(file))
        browser.press(".fields-end button")

    send(table, is_dry=True)
    wait_until(lambda: "2 rows would be taken in · 1 row can not be used" in text_of(browser, "main"), 20, "what would happen")
    assert admin.expect(200, "GET", "/leads/search", params={"q": "fair.test"}).json()["results"] == []
    send(table)
    wait_until(lambda: "2 rows taken in · 1 row can not be used" in text_of(browser, "main"), 20, "what came of it")
    said = text_of(browser, "main")
    assert "row 2: domain_or_email_required" in said and "row 3: invalid_email; no address is no address" in said
    browser.shoot(f"leads-import-{kind}")
    found = admin.expect(200, "GET", "/leads/search", params={"q": "fair.test"}).json()["results"]
    assert {lead["full_name"] for lead in found} == {"Nina Fair", "Ben Fair"}
    # Loading the page again sends nothing once more.
    browser.driver.refresh()
    assert "2 rows taken in" in text_of(browser, "main")
    book = tmp_path / "fair.xlsx"
    book.write_bytes(b"PK")
    send(book)
    wait_until(lambda: "saved as CSV" in text_of(browser, ".note-bad"), 20, "what is wrong with it")


def test_the_administrator_sees_the_same_figures(browser):
    admin = browser.server.login()
    run = admin.expect(200, "POST", "/runs", json={"domains": ["acme.test", "anybody.test"]}).json()["run_id"]
    wait_until(lambda: admin.get(f"/runs/{run}").json()["status"] == "succeeded", 60, "the run is over", pause=0.1)
    metrics = admin.expect(200, "GET", "/admin/metrics").json()
    leads = admin.expect(200, "GET", f"/runs/{run}/results", params={"limit": 500}).json()["results"]
    statuses = [lead["verify_status"] for lead in leads if lead["email"]]
    assert metrics["verification"]["total_emails"] == len(statuses)
    assert metrics["verification"]["by_status"] == {
        status: statuses.count(status) for status in ("valid", "risky_catch_all", "invalid", "unknown_timeout")}
    judged = len(statuses) - statuses.count("unknown_timeout") - statuses.count(None)
    assert metrics["verification"]["valid_rate"] == pytest.approx(statuses.count("valid") / judged, abs=1e-4)
    assert metrics["run_status"] == {"total": 1, "queued": 0, "running": 0, "succeeded": 1, "failed": 0, "cancelled": 0}
    assert metrics["company_health"]["companies_catch_all"] == 1 and metrics["company_health"]["total_companies"] == 2
    assert metrics["costs"]["domains_resolved"] == 2 and metrics["costs"]["smtp_probes"] >= len([s for s in statuses if s])
    assert [queue["name"] for queue in metrics["queues"]] == ["discover", "extract", "transform"]
    assert {worker["state"] for worker in metrics["workers"]} == {"idle"}
    analytics = admin.expect(200, "GET", "/admin/analytics", params={"window_days": -1}).json()
    assert analytics["window_days"] == 30 and sum(day["total"] for day in analytics["verification_time_series"]) == len([s for s in statuses if s])
    assert {row["domain"] for row in analytics["domain_breakdown"]} == {"acme.test", "anybody.test"}
    lines = admin.expect(200, "GET", "/metrics").text.splitlines()
    assert f'quern_leads{{verify_status="valid"}} {statuses.count("valid")}' in lines
    sign_in(browser)
    browser.open("/admin/dashboard")
    assert f"{len(statuses)} addresses" in text_of(browser, "#days-title + p")
    assert len(browser.all(".day-bars rect")) == 2 * len(analytics["verification_time_series"])
    shown = text_of(browser, "main")
    for row in analytics["domain_breakdown"]:
        assert row["domain"] in shown
    for reason in analytics["error_breakdown"]:
        assert reason in shown
    browser.shoot(f"admin-dashboard-{'scripts' if browser.has_scripts else 'plain'}")
    if browser.has_scripts:
        # Figures are counted again by themselves.
        admin.expect(200, "POST", "/ingest", data=b"email\nnew@live.test\n", headers={"Content-Type": "text/csv"})
        wait_until(lambda: f"{len(statuses) + 1} addresses" in text_of(browser, "#days-title + p"), 60, "the new figures")


def test_a_search_is_saved_and_found_again(browser):
    admin = browser.server.login()
    admin.expect(200, "POST", "/ingest", data=b"email,full_name,title\nada@mill.test,Ada Miller,VP Sales\nbob@mill.test,Bob Baker,Buyer\n", headers={"Content-Type": "text/csv"})
    kind = "scripts" if browser.has_scripts else "plain"
    sign_in(browser)
    browser.open("/dashboard/leads?q=ada&seniority=VP")
    browser.find("#search-name").send_keys("Sales at mills")
    browser.press('form[action="/dashboard/leads/searches"] button')
    wait_until(lambda: "Sales at mills" in text_of(browser, "main"), 20, "the saved search")
    assert "Ada Miller" in text_of(browser, "tbody") and "Bob Baker" not in text_of(browser, "tbody")
    # What is saved is not offered for saving.
    assert not browser.all("#search-name")
    browser.open("/dashboard/leads")
    assert "Bob Baker" in text_of(browser, "tbody")
    browser.shoot(f"leads-saved-{kind}")
    browser.find('a[href*="seniority=VP"][href*="q=ada"]').click()
    wait_until(lambda: "Bob Baker" not in text_of(browser, "main"), 20, "the search of that name")
    browser.open("/dashboard/leads?q=milelr")
    assert "nearly the same" in text_of(browser, "main") and "Ada Miller" in text_of(browser, "tbody")
    browser.press('form[action$="/searches/delete"] button')
    wait_until(lambda: "Sales at mills" not in text_of(browser, "main"), 20, "it is deleted")


def test_a_long_run_has_pages(browser):
    admin = browser.server.login()
    run = admin.expect(200, "POST", "/runs", json={"domains": [f"none{number}.test" for number in range(150)], "options": {"skip_verify": True}}).json()["run_id"]
    wait_until(lambda: admin.get(f"/runs/{run}").json()["status"] == "failed", 60, "the run is over", pause=0.1)
    sign_in(browser)
    browser.open(f"/dashboard/jobs/{run}")
    assert "1–100 of 150" in text_of(browser, "#domains") and len(browser.all("#domains tbody tr")) == 100
    browser.find('#domains a[rel="next"]').click()
    wait_until(lambda: "101–150 of 150" in text_of(browser, "#domains"), 20, "the other domains")
    browser.find('#domains a[href*="show=failed"]').click()
    wait_until(lambda: "Show all" in text_of(browser, "#domains"), 20, "those that failed")
    for place in (1000, 2**63 - 1):
        browser.open(f"/dashboard/jobs/{run}?domains={place}")
        assert "150 domains" in text_of(browser, "#domains") and not browser.all("#domains tbody tr")


def test_a_closed_port_is_told(browser):
    admin = browser.server.login()
    run = admin.expect(200, "POST", "/runs", json={"domains": ["closed.test"]}).json()["run_id"]
    wait_until(lambda: admin.get(f"/runs/{run}").json()["status"] == "succeeded", 60, "the run is over", pause=0.1)
    lead = admin.expect(200, "GET", f"/runs/{run}/results").json()["results"][0]
    assert (lead["verify_status"], lead["verify_reason"]) == ("unknown_timeout", "tempfail_or_timeout")
    sign_in(browser)
    browser.open(f"/dashboard/jobs/{run}")
    assert "port 25" in text_of(browser, "#domains .note-bad")
    browser.shoot(f"leads-closed-{'scripts' if browser.has_scripts else 'plain'}")
