"""Lists of jobs: what people set for them is obeyed, they stay small, and administrators end what is listed."""

import http.client
import re
import time

import pytest

from people import API, Browser, assert_refused, log_in, make_user, member as new_member, new_address

SPREAD = True


def names(page):
    """Names of the jobs on the dashboard, in order."""
    return re.findall(r'class="jobs-name"[^>]*>([^<]*)<', page.text)


@pytest.fixture
def owner(shared_server):
    """Somebody with three tracked jobs and one that is over, and a browser of theirs."""
    server = shared_server()
    account = new_member(server)
    for title in ("beta", "gamma", "alpha"):
        account.expect(201, "POST", f"{API}/jobs", json={"title": title})
    over = account.create_job("over.csv")["id"]
    account.expect(200, "POST", f"{API}/jobs/{over}/cancel", json={})
    account.browser = Browser(server)
    account.browser.sign_in(account.email)
    return account


def prefer(account, **settings):
    account.expect(200, "PUT", f"{API}/users/me/settings", json=settings)


@pytest.mark.parametrize("sort, expected", [
    ("created_asc", ["beta", "gamma", "alpha", "over.csv"]), ("created_desc", ["over.csv", "alpha", "gamma", "beta"]),
    ("title_asc", ["alpha", "beta", "gamma", "over.csv"]),
])
def test_the_dashboard_has_the_order_that_its_reader_set(owner, sort, expected):
    prefer(owner, default_jobs_sort=sort)
    assert names(owner.browser.see("/dashboard")) == expected
    assert names(owner.browser.see("/dashboard?sort=title_desc")) == ["over.csv", "gamma", "beta", "alpha"], "what is asked for counts"


def test_the_dashboard_shows_first_what_its_reader_set(owner):
    prefer(owner, default_jobs_view="active", default_jobs_sort="title_asc")
    first = owner.browser.see("/dashboard")
    assert names(first) == ["alpha", "beta", "gamma"]
    assert "/dashboard?view=all" in first.text, "there is a way to all of them"
    assert names(owner.browser.see("/dashboard?view=all")) == ["alpha", "beta", "gamma", "over.csv"]
    assert names(owner.browser.see("/dashboard?status=cancelled")) == ["over.csv"], "a filter finds what is over too"
    assert names(owner.browser.see("/dashboard?q=over")) == ["over.csv"]


@pytest.mark.parametrize("seconds", [0, 30])
def test_a_list_is_loaded_again_as_its_reader_set(owner, seconds):
    prefer(owner, auto_refresh_seconds=seconds)
    page = owner.browser.see("/dashboard").text
    assert (f'data-refresh-seconds="{seconds}"' in page) == (seconds > 0), "with scripts"
    assert (f'<noscript><meta http-equiv="refresh" content="{seconds}"></noscript>' in page) == (seconds > 0), "without"


@pytest.mark.parametrize("settings", [{"default_jobs_sort": "size"}, {"default_jobs_view": "mine"}], ids=str)
def test_a_setting_that_nobody_could_obey_is_refused(owner, settings):
    refused = assert_refused(owner.put(f"{API}/users/me/settings", json=settings), 400)
    assert next(iter(settings)) in refused["detail"]


def test_steps_have_a_limit_and_long_ones_are_left_out_of_lists(owner):
    def steps(count):
        return [{"type": "filter", "params": {"column": "a", "operator": "in", "value": ["x" * 100] * count}}]

    refused = owner.post(f"{API}/jobs", json={"file_name": "big.csv", "processing_steps": steps(3000)})
    assert_refused(refused, 400, "invalid_processing_steps")
    big = owner.create_job("big.csv", steps(300))
    small = owner.create_job("small.csv", steps(3))
    listed = {job["id"]: job for job in owner.expect(200, "GET", f"{API}/jobs").json()}
    assert listed[small["id"]] == owner.job(small["id"])
    assert listed[big["id"]] == owner.job(big["id"]) | {
        "processing_steps": None, "input_options": None, "output_options": None,
        "omitted": ["input_options", "output_options", "processing_steps"]}
    assert owner.job(big["id"])["processing_steps"] == steps(300)


def test_searches_whose_callers_have_gone_keep_nobody_from_reading(shared_server, owner):
    server = shared_server()
    for number in range(40):
        owner.expect(201, "POST", f"{API}/jobs", json={"title": f"long {number}", "description": "a" * 10_000})
    for _ in range(9):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", f"{API}/jobs?q={'a' * 999}b", headers={"Authorization": f"Bearer {owner.token}"})
        connection.close()
    start = time.monotonic()
    assert owner.get("/health", timeout=10).status_code == 200
    assert owner.expect(200, "GET", f"{API}/jobs?limit=1").headers["X-Total-Count"] == "44"
    assert owner.expect(200, "GET", f"{API}/jobs?q={'a' * 999}").headers["X-Total-Count"] == "40"
    assert time.monotonic() - start < 10, "it took 40 s once"


def test_a_list_of_many_patterns_compiles_none(owner):
    steps = [{"type": "filter", "params": {"column": "a", "operator": "regex", "value": f"(x{number}|y)+[a-z]{{1,20}}"}} for number in range(100)]
    for number in range(20):
        owner.create_job(f"patterns {number}.csv", steps)
    start = time.monotonic()
    for _ in range(3):
        assert names(owner.browser.see("/dashboard"))
    assert time.monotonic() - start < 10, "each row took 180 ms once"


def test_an_administrator_ends_every_job_of_the_tenant_and_it_is_written_down(shared_server, owner):
    server = shared_server()
    boss = log_in(server, make_user(server, new_address("boss"), is_admin=True)["email"])
    stranger = log_in(server, make_user(server, new_address("stranger"), is_admin=True, tenant="elsewhere")["email"])
    by_api, by_page = (owner.create_job(name)["id"] for name in ("api.csv", "page.csv"))
    for method, path in (("POST", f"{API}/jobs/{by_api}/cancel"), ("DELETE", f"{API}/jobs/{by_api}")):
        assert_refused(stranger.request(method, path), 404, "job_not_found")
    assert boss.expect(200, "POST", f"{API}/jobs/{by_api}/cancel", json={}).json()["status"] == "CANCELLED"
    boss.expect(204, "DELETE", f"{API}/jobs/{by_api}")
    browser = Browser(server)
    browser.sign_in(boss.email)
    page = f"/dashboard/jobs/{by_page}"
    browser.submit(browser.form(page, "/cancel"), {})
    assert owner.job(by_page)["status"] == "CANCELLED"
    browser.submit(browser.form(page, "/delete"), {})
    for job in (by_api, by_page):
        assert_refused(owner.get(f"{API}/jobs/{job}"), 404, "job_not_found")
    log = boss.expect(200, "GET", f"{API}/admin/audit", headers={"Accept": "application/json"}).text
    for action in ("job.cancelled", "job.deleted"):
        assert log.count(f'"{action}"') >= 2
    assert by_api in log and by_page in log and owner.email in log
