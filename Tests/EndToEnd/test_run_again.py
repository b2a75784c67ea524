"""A job is changed and run again: its steps fill the form, its file is taken again, with scripts and without."""

import csv
import html
import io
import re
import urllib.parse

import pytest

import people
from served import wait_until
from test_account_pages import PAGE_SECONDS, has_scripts, new_window, with_scripts  # noqa: F401 (fixtures)
from test_board_pages import press, words
from test_streams import neighbours

JOB = re.compile(r"/dashboard/jobs/([0-9a-f-]{36})$")
NEW = "/dashboard/jobs/new"
CSV = b"name,city,age\nAlice,New York,30\nBob,London,25\nCharlie,New York,35\n"

pytestmark = pytest.mark.seconds(180)


@pytest.fixture(scope="module", autouse=True)
def owner(admin):
    return admin


@pytest.fixture
def account(server):
    (account,) = neighbours(server, 1)
    return account


def filtering(column, *values, operator="in"):
    return {"type": "filter", "params": {"column": column, "operator": operator, "value": list(values) if operator == "in" else values[0]}}


def run(account, steps, content=CSV):
    """The id of a job that is over."""
    job = account.submit(content, steps=steps)
    account.wait(job, {"COMPLETED", "FAILED", "PARTIAL"})
    return job


def rows(account, job):
    return list(csv.DictReader(io.StringIO(account.output(job).decode())))


def browser_of(account):
    browser = people.Browser(account.server)
    browser.sign_in(account.email)
    return browser


def send(browser, answer, file=("", b""), **fields):
    """Sends the form of a page as a browser without scripts does; `file` is its name and content, nothing by default."""
    form = people.Forms(answer.text).to("/dashboard/jobs")
    parts = [(name, (None, value)) for name, value in (form["fields"] | fields).items() if name != "file"]
    url = urllib.parse.urljoin(browser.server.base, html.unescape(form["action"]))
    name, content = file
    boundary = "quern-test-boundary"
    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, (_, value) in parts)
    body += (f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
             "Content-Type: application/octet-stream\r\n\r\n").encode() + content + f"\r\n--{boundary}--\r\n".encode()
    return browser.post(url, data=body, headers={"Content-Type": f"multipart/form-data; boundary={boundary}"}, timeout=60)


def test_a_failed_job_is_changed_and_run_again(server, account, new_window):  # noqa: F811
    failed = run(account, [filtering("town", "New York", "a, b"), {"type": "limit", "params": {"n": 2}}])
    assert account.job(failed)["status"] == "FAILED"
    window = new_window(server).sign_in(account.email)
    window.open(f"/dashboard/jobs/{failed}")
    assert words(window, "#again") == "Change and run again"
    window.follow("#again")
    assert window.find("#filter-column-1").get_attribute("value") == "town"
    assert window.find("#filter-operator-1").get_attribute("value") == "in"
    assert window.find("#filter-value-1").get_attribute("value") == 'New York, "a, b"'
    assert window.find("#limit").get_attribute("value") == "2"
    assert "people.csv" in words(window, "#origin-file")
    window.shoot("job-again")
    window.type("#filter-column-1", "city")
    press(window, "#start")
    job = wait_until(lambda: JOB.search(window.path) and not window.path.endswith(failed) and JOB.search(window.path), PAGE_SECONDS, "the new job")[1]
    account.wait(job, {"COMPLETED"})
    assert [row["name"] for row in rows(account, job)] == ["Alice", "Charlie"]
    assert account.job(failed)["status"] == "FAILED", "the other job stays as it is"
    window.check()


def test_the_file_stays_when_the_first_job_is_deleted(account):
    first = run(account, [])
    browser = browser_of(account)
    answer = send(browser, browser.see(f"{NEW}?from={first}"), limit="1")
    second = JOB.search(people.path_of(answer))[1]
    account.wait(second, {"COMPLETED"})
    account.expect(204, "DELETE", f"/api/v1/jobs/{first}")
    third = JOB.search(people.path_of(send(browser, browser.see(f"{NEW}?from={second}"))))[1]
    account.wait(third, {"COMPLETED"})
    assert [len(rows(account, job)) for job in (second, third)] == [1, 1]


def test_another_file_may_be_chosen(account):
    first = run(account, [])
    browser = browser_of(account)
    answer = send(browser, browser.see(f"{NEW}?from={first}"), ("other.csv", b"name\nDora\n"))
    job = JOB.search(people.path_of(answer))[1]
    account.wait(job, {"COMPLETED"})
    assert rows(account, job) == [{"name": "Dora"}]


def test_steps_that_the_fields_can_not_say_are_kept(account):
    steps = [{"type": "limit", "params": {"n": 2}}, filtering("age", 26, operator="gt")]
    first = run(account, steps)
    browser = browser_of(account)
    page = browser.see(f"{NEW}?from={first}")
    assert 'name="steps"' in page.text
    text = html.unescape(re.search(r'<textarea [^>]*name="steps"[^>]*>([^<]*)<', page.text)[1])
    job = JOB.search(people.path_of(send(browser, page, steps=text)))[1]
    account.wait(job, {"COMPLETED"})
    assert account.job(job)["processing_steps"] == steps
    answer = send(browser, page, steps="[{]")
    assert 'id="steps"' in answer.text and "not a list in JSON" in answer.text and "[{]" in answer.text


@pytest.mark.parametrize("fields, field, said", [
    ({"filter_column": "city", "filter_operator": "between", "filter_value": "one"}, "filter_value", "two values"),
    ({"limit": "many"}, "limit", "whole number"),
    ({"rename_columns": "no equals sign"}, "rename_columns", "old=new"),
])
def test_a_refusal_stands_at_its_field(account, fields, field, said):
    browser = browser_of(account)
    answer = send(browser, browser.see(NEW), ("people.csv", CSV), **fields)
    bad = re.findall(r'name="(\w+)"[^>]* aria-invalid="true"[^>]* autofocus', answer.text)
    assert bad == [field]
    problem = re.search(r'<p class="problem" id="problem-text" role="alert">([^<]*)</p>', answer.text)[1]
    assert said in html.unescape(problem).lower() and "processing_steps" not in problem
    for value in fields.values():
        assert html.escape(value) in answer.text, "what was typed stays"


def test_nobody_runs_a_job_of_somebody_else_again(server, admin, account):
    theirs = run(account, [filtering("city", "London")])
    tenant = neighbours(server, 2)
    own = run(tenant[0], [])
    browser, other = browser_of(tenant[1]), browser_of(tenant[0])
    browser.see(f"{NEW}?from={own}", 403)
    browser.see(f"{NEW}?from={theirs}", 404)
    answer = send(browser, other.see(f"{NEW}?from={own}"))
    assert answer.status_code == 403, "the token of the form is of another session"
    empty = browser.see(NEW)
    for job, status in ((own, 403), (theirs, 404), ("nonsense", 404)):
        assert send(browser, empty, **{"from": job}).status_code == status
    assert tenant[1].get("/api/v1/jobs").json() == []


def test_steps_behind_the_file_are_refused_and_never_left_out(account):
    browser = browser_of(account)
    form = people.Forms(browser.see(NEW).text).to("/dashboard/jobs")
    url = urllib.parse.urljoin(browser.server.base, html.unescape(form["action"]))
    answer = browser.post(url, files=[("file", ("people.csv", CSV)), ("limit", (None, "1"))], timeout=60)
    assert "before the file" in answer.text
    assert account.get("/api/v1/jobs").json() == []


def test_a_file_that_is_gone_has_to_be_chosen_again(account):
    job = account.create_job()["id"]
    account.expect(200, "POST", f"/api/v1/jobs/{job}/cancel")
    browser = browser_of(account)
    page = browser.see(f"{NEW}?from={job}")
    assert 'id="origin-file"' not in page.text
    answer = send(browser, page)
    assert "choose it again" in answer.text and 'id="file"' in answer.text


# How a file is read, and the result written


TABLE = b"# made by hand\nname;price\nAnna;1,50\nBert;NA\n"


def test_options_are_filled_in_kept_and_obeyed_without_scripts(account):
    browser = browser_of(account)
    answer = send(
        browser, browser.see(NEW), ("people.csv", TABLE), to_format="csv",
        input_delimiter="semicolon", input_skip_lines="1", input_null_words="NA, n/a", input_types="name=string, price=string",
        output_delimiter="tab", output_null_word="nothing")
    assert JOB.search(people.path_of(answer)), re.findall(r'id="problem-text"[^>]*>([^<]*)<', answer.text)
    first = JOB.search(people.path_of(answer))[1]
    account.wait(first, {"COMPLETED"})
    assert account.output(first) == b"name\tprice\nAnna\t1,50\nBert\tnothing\n"
    told = {"delimiter": "semicolon", "skip_lines": "1", "null_words": "NA,n/a", "types": "name=string,price=string"}
    assert account.job(first)["input_options"] == told
    # They are there again when the job is changed.
    page = browser.see(f"{NEW}?from={first}")
    for name, value in told.items():
        assert re.search(rf'name="input_{name}" value="{re.escape(value)}"', page.text), name
    second = JOB.search(people.path_of(send(browser, page, output_delimiter="pipe")))[1]
    account.wait(second, {"COMPLETED"})
    assert account.output(second) == b"name|price\nAnna|1,50\nBert|nothing\n"


@pytest.mark.parametrize("field, value, said", [
    ("input_delimiter", "much too long", "one to eight bytes"), ("input_header", "maybe", "yes, no, or"),
    ("input_types", "a=colour", "known are"), ("output_row_group_rows", "7", "100"),
])
def test_an_option_that_can_not_be_is_refused_at_its_field(account, field, value, said):
    browser = browser_of(account)
    answer = send(browser, browser.see(NEW), ("people.csv", CSV), to_format="parquet", **{field: value})
    assert re.findall(r'name="(\w+)"[^>]* aria-invalid="true"[^>]* autofocus', answer.text) == [field]
    problem = html.unescape(re.search(r'<p class="problem" id="problem-text" role="alert">([^<]*)</p>', answer.text)[1])
    assert said in problem and "put_options" not in problem
    assert f'value="{value}"' in answer.text and "<details class=\"fold\" open>" in answer.text


@with_scripts
def test_a_file_is_shown_as_it_would_be_read(server, account, new_window, tmp_path):  # noqa: F811
    window = new_window(server).sign_in(account.email)
    window.open(NEW)
    path = tmp_path / "prices.csv"
    path.write_bytes(b"name;price\nAnna;1,50\nBert;NA\n" + b"Zoe;3,25\n" * 200_000)
    window.find("#file").send_keys(str(path))
    # All at once: the table may be replaced between two questions.
    script = "return [...document.querySelectorAll('#look-table tr')].map(row => [...row.cells].map(cell => cell.innerText))"

    def cells():
        return window.driver.execute_script(script)

    wait_until(lambda: len(cells()) > 1, PAGE_SECONDS, "the first rows")
    assert cells()[:3] == [["name\nstring", "price\ndouble"], ["Anna", "1.5"], ["Bert", ""]]
    assert "CSV in utf-8 with semicolons and a header" in words(window, "#look-text")
    assert "null in price" in words(window, "#look-notes")
    # What is said changes what is shown.
    window.unfold(window.find("#input-header"))
    window.type("#input-header", "no")
    wait_until(lambda: cells()[:1] and cells()[0][0] == "column_1\nstring", PAGE_SECONDS, "the rows without a header")
    window.type("#input-types", "price=string")
    wait_until(lambda: "no such column" in words(window, "#look-text"), PAGE_SECONDS, "what can not be")
    window.type("#input-header", "perhaps")
    wait_until(lambda: window.all("#problem-text"), PAGE_SECONDS, "the refusal")
    assert window.find("#input-header").get_attribute("aria-invalid") == "true"
    window.complaints()  # the console notes the refusals itself
    window.shoot("new-job-options")
    window.type("#input-header", "1")
    window.type("#input-delimiter", ";")
    wait_until(lambda: cells()[:1] == [["name\nstring", "price\nstring"]], PAGE_SECONDS, "the columns as they were said")
    window.type("#limit", "2")
    press(window, "#start")
    job = wait_until(lambda: JOB.search(window.path), PAGE_SECONDS, "the new job")[1]
    account.wait(job, {"COMPLETED"})
    assert rows(account, job) == [{"name": "Anna", "price": "1,50"}, {"name": "Bert", "price": "NA"}]
    assert account.job(job)["input_options"] == {"types": "price=string", "header": "1", "delimiter": ";"}
    window.check()
