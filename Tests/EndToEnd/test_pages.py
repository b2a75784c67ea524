"""The pages, in headless Chromium with and without scripts, and form by form.

QUERN_SHOTS names a folder for pictures of each page: light, dark, and 390 pixels wide.
"""

import base64
import csv
import html
import html.parser
import os
import re
import time
import urllib.parse
from pathlib import Path

import pyarrow.parquet
import pytest
import requests
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

import chromium
from served import ADMIN, PASSWORD, Server, wait_until
from workload import busy_file

PAGE_SECONDS = 20
BUSY_SECONDS = 4
JOB_ADDRESS = re.compile(r"/dashboard/jobs/([0-9a-f-]{36})$")
TEXT_FIELDS = {"text", "password", "email", "search", "url", "tel", "textarea"}
STATES = ("pending", "queued", "running", "cancelling", "completed", "partial", "failed", "cancelled")


# A browser


class Browser:
    """Somebody's window on a server, with cookies of its own."""

    def __init__(self, server, folder, scripts):
        self.server = server
        self.too_wide = []
        self.downloads = folder / "downloads"
        self.downloads.mkdir()
        self.driver = chromium.new_window(self.downloads, scripts)
        self.driver.set_page_load_timeout(PAGE_SECONDS)

    def open(self, path):
        self.driver.get(self.server.base + path)
        return self

    @property
    def path(self):
        return urllib.parse.urlsplit(self.driver.current_url).path

    def wait_for_path(self, pattern):
        return wait_until(lambda: re.search(pattern, self.path), PAGE_SECONDS, lambda: f"a page at {pattern}, not {self.path}")

    def find(self, selector):
        return wait_until(lambda: self.all(selector), PAGE_SECONDS, lambda: f"{selector} on {self.path}")[0]

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def type(self, selector, text):
        self.enter(self.find(selector), text)

    def enter(self, field, text):
        """Replaces what a field holds, as a keyboard does that sends whole words: three events for each letter take long."""
        if text and field.get_attribute("type") in TEXT_FIELDS:
            self.driver.execute_script("arguments[0].focus(); arguments[0].select()", field)
            self.driver.execute_cdp_cmd("Input.insertText", {"text": text})
        else:
            field.clear()
            field.send_keys(text)

    def press(self, selector):
        self.find(selector).click()

    def state(self):
        """The state of the job that the page shows; a page that is being renewed is asked again."""
        for name in STATES:
            if self.all(f".head .state-{name}"):
                return name
        return None

    def complaints(self):
        """What the console holds of errors and of violated policy, since the last look."""
        return [entry for entry in self.driver.get_log("browser") if is_complaint(entry)]

    def shoot(self, name):
        """Notes a page that would have to be scrolled sideways; with QUERN_SHOTS, also takes pictures of the whole page."""
        pictures = os.environ.get("QUERN_SHOTS")
        for variant, width, scheme in (("light", 1280, "light"), ("dark", 1280, "dark"), ("narrow", 390, "light")):
            if not pictures and variant == "dark":
                continue
            # A window is as wide as the first picture.
            if pictures or variant != "light":
                self.show_as(width, scheme)
            size = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
            if size["width"] > width:
                self.too_wide.append(f"{name} is {size['width']} wide on {width} pixels")
            if pictures:
                clip = {"x": 0, "y": 0, "width": width, "height": min(size["height"], 4000), "scale": 1}
                picture = self.driver.execute_cdp_cmd(
                    "Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True, "clip": clip}
                )["data"]
                Path(pictures).mkdir(parents=True, exist_ok=True)
                (Path(pictures) / f"{name}-{variant}.png").write_bytes(base64.b64decode(picture))
        self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    def show_as(self, width, scheme, height=844):
        """Lays the page out anew, as on another screen."""
        command = self.driver.execute_cdp_cmd
        command(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500},
        )
        command("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        wait_until(
            lambda: self.driver.execute_script("return document.documentElement.clientWidth") <= width, PAGE_SECONDS,
            f"a page {width} pixels wide")


def is_complaint(entry):
    return entry["level"] == "SEVERE" or "Content Security Policy" in entry["message"]


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def browser(request, tmp_path):
    server = Server(tmp_path / "server").start()
    browser = Browser(server, tmp_path, request.param)
    browser.has_scripts = request.param
    yield browser
    browser.driver.quit()
    server.end()


def sign_in(browser):
    browser.open("/auth/login")
    browser.type("#email", ADMIN)
    browser.type("#password", PASSWORD)
    browser.press("main form button[type=submit]")
    browser.wait_for_path("^/dashboard$")


@pytest.mark.seconds(240)
def test_from_the_first_account_to_the_downloaded_rows(browser, tmp_path):
    suffix = "" if browser.has_scripts else "-no-scripts"

    # The first account, which becomes the admin.
    browser.open("/")
    browser.wait_for_path("^/auth/")
    browser.open("/auth/register")
    browser.shoot("register" + suffix)
    browser.type("#email", ADMIN)
    browser.type("#password", PASSWORD)
    browser.press("main form button[type=submit]")
    browser.wait_for_path("^/(dashboard|auth/login)$")
    if browser.path == "/dashboard":
        browser.press("details.account summary")
        browser.press("details.account button[type=submit]")
        browser.wait_for_path("^/(auth/login)?$")

    # A wrong password says so, and keeps the address that was typed.
    browser.open("/auth/login")
    browser.shoot("login" + suffix)
    assert browser.complaints() == []
    browser.type("#email", ADMIN)
    browser.type("#password", "not the password")
    browser.press("main form button[type=submit]")
    assert browser.find("#problem").text
    assert browser.find("#email").get_attribute("value") == ADMIN
    assert browser.find("#password").get_attribute("value") == ""
    browser.complaints()  # the console notes the refused sign-in itself
    sign_in(browser)
    assert browser.all(".empty"), "a new account has no jobs, and the page says so"
    browser.shoot("dashboard-empty" + suffix)

    # A new job, from a file large enough to watch it being done.
    path = busy_file(browser.server.login(), tmp_path, BUSY_SECONDS)
    expected = [row for row in read_rows(path) if row["city"] == "Pune"]
    total = sum(1 for _ in read_rows(path))
    browser.open("/dashboard/jobs/new")
    browser.type("#filter-column-1", "city")
    Select(browser.find("#filter-operator-1")).select_by_value("eq")
    browser.type("#filter-value-1", "Pune")
    browser.press("label[for=format-parquet]")
    if browser.has_scripts:
        # A picture is called one as soon as it is chosen, and is not sent.
        picture = tmp_path / "picture.csv"
        picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"picture" * 1000)
        browser.find("#file").send_keys(str(picture))
        wait_until(lambda: "This is a PNG image" in browser.find("#problem-text").text, 10, "the page says what the file is")
        browser.press("#start")
        assert browser.path == "/dashboard/jobs/new"
    browser.find("#file").send_keys(str(path))
    browser.shoot("new-job" + suffix)
    browser.press("#start")
    wait_until(lambda: JOB_ADDRESS.search(browser.path), 60, "the page of the new job")
    job = JOB_ADDRESS.search(browser.path).group(1)

    # It is watched to its end. With scripts the page renews itself: a mark on the window shows that it was not loaded anew.
    seen = set()
    if browser.has_scripts:
        browser.driver.execute_script("window.isStillHere = true")

    def is_over():
        if not browser.has_scripts:
            browser.driver.refresh()
        state = browser.state()
        if state == "running" and state not in seen:
            browser.shoot("job-running" + suffix)
        seen.add(state)
        return state == "completed"

    wait_until(is_over, 90, "the page shows the end of the job", pause=0.1)
    assert "failed" not in seen
    if browser.has_scripts:
        assert seen & {"queued", "running"}, f"nothing was seen of the work: {seen}"
        assert browser.driver.execute_script("return window.isStillHere") is True
    wait_until(lambda: browser.all("#download"), PAGE_SECONDS, "the download")
    browser.shoot("job-completed" + suffix)

    # The ledger: every row is accounted for.
    ledger = read_ledger(browser)
    assert ledger["Read"] == total
    assert ledger["written"] == len(expected)
    assert ledger["filtered"] == total - len(expected)
    assert ledger["rejected"] == 0

    browser.press("#download")
    file = wait_until(lambda: finished_download(browser.downloads), 30, "the downloaded file")
    table = pyarrow.parquet.read_table(file)
    assert table.column("id").to_pylist() == [int(row["id"]) for row in expected]
    assert table.column("name").to_pylist() == [row["name"] for row in expected]

    browser.open("/dashboard")
    assert browser.find(f"#job-{job}").get_attribute("href").endswith(f"/dashboard/jobs/{job}")
    browser.shoot("dashboard" + suffix)
    browser.open("/dashboard/jobs/00000000-0000-4000-8000-000000000000")
    assert "404" in browser.find("main").text
    browser.shoot("not-found" + suffix)
    complaints = [entry for entry in browser.complaints() if "404" not in entry["message"]]
    assert complaints == []
    assert browser.too_wide == []


@pytest.mark.seconds(240)
def test_a_running_job_is_cancelled_on_its_page(browser, tmp_path):
    browser.server.register()
    client = browser.server.login()
    path = busy_file(client, tmp_path, BUSY_SECONDS * 2)
    sign_in(browser)
    with open(path, "rb") as file:
        job = client.submit(file, "busy.csv", [{"type": "convert_format", "params": {"to_format": "parquet"}}])
    client.wait(job, {"RUNNING"}, pause=0.01)
    browser.open(f"/dashboard/jobs/{job}")
    browser.press("#cancel")

    def is_cancelled():
        if not browser.has_scripts:
            browser.driver.refresh()
        return browser.state() == "cancelled"

    wait_until(is_cancelled, 30, "the page shows that the job was cancelled", pause=0.1)
    assert client.job(job)["status"] == "CANCELLED"
    assert browser.all("#download") == []
    assert browser.complaints() == []


@pytest.mark.parametrize("browser", [True], indirect=True, ids=["scripts"])
def test_the_list_of_jobs_is_live(browser, people):
    browser.server.register()
    client = browser.server.login()
    sign_in(browser)
    browser.driver.execute_script("window.isStillHere = true")
    time.sleep(1)  # the stream of the page is open by then, or the page would have to catch up: both must work
    job = client.run(people)["id"]
    wait_until(
        lambda: browser.all(f'tr[data-job-id="{job}"][data-state="completed"]'), PAGE_SECONDS, "the new job in the list"
    )
    assert browser.driver.execute_script("return window.isStillHere") is True
    assert browser.complaints() == []


@pytest.mark.parametrize("browser", [True], indirect=True, ids=["scripts"])
def test_a_page_that_is_being_left_does_not_ask_for_its_stream_again(browser):
    """Signing out ends the stream, often before the next page is here; here the page waits for it."""
    browser.server.register()
    sign_in(browser)
    find_feed = "return document.querySelector('[data-feed]')?.dataset.feed"
    wait_until(lambda: browser.driver.execute_script(find_feed) == "live", PAGE_SECONDS, "an open stream")
    status = browser.driver.execute_async_script("""
        const done = arguments[0];
        const form = document.querySelector("form[action='/auth/logout']");
        form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
        const body = new URLSearchParams(new FormData(form));
        fetch(form.action, { method: "POST", body, redirect: "manual" }).then((answer) => done(answer.type));
    """)
    assert status == "opaqueredirect", "the session has ended"
    time.sleep(2)
    assert browser.path == "/dashboard"
    assert browser.complaints() == []
    browser.wait_for_path("^/auth/login$")  # a page that stays looks again all the same


def read_rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def read_ledger(browser):
    """Counts of the ledger by part, and the sum that it claims."""
    counts = {}
    for row in browser.all("table.ledger tr"):
        numbers = row.find_elements(By.CSS_SELECTOR, "td")
        if not numbers:
            continue
        head = row.find_element(By.CSS_SELECTOR, "th")
        name = (head.get_attribute("class") or "").removeprefix("part-") or head.text
        counts[name] = int(re.sub(r"\D", "", numbers[0].text))
    assert counts["Read"] == counts["written"] + counts["filtered"] + counts["rejected"]
    return counts


def finished_download(folder):
    # While it loads, the browser writes to a name of its own.
    partial = (".crdownload", ".tmp")
    files = [path for path in folder.iterdir() if path.suffix not in partial and not path.name.startswith(".")]
    return files[0] if files else None


# Form by form


class Forms(html.parser.HTMLParser):
    """The forms of a page (action, names and values of their fields), and what it has of inline style and script."""

    def __init__(self, text):
        super().__init__()
        self.forms = []
        self.inline = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.inline += [f"<{tag} {name}>" for name in attributes if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in attributes):
            self.inline.append(f"<{tag}>")
        if tag == "form":
            self.forms.append({"action": attributes.get("action"), "fields": {}})
        elif tag in ("input", "textarea") and self.forms and "name" in attributes:
            if attributes.get("type") not in ("radio", "checkbox") or "checked" in attributes:
                self.forms[-1]["fields"].setdefault(attributes["name"], attributes.get("value") or "")

    def to(self, ending):
        return next(form for form in self.forms if urllib.parse.urlsplit(form["action"]).path.endswith(ending))


HTML = {"Accept": "text/html"}


class Person(requests.Session):
    """A browser without scripts and without fetch metadata."""

    def __init__(self, server):
        super().__init__()
        self.trust_env = False
        self.headers["Accept"] = "text/html"
        self.server = server

    def see(self, path, status=200):
        answer = self.get(self.server.base + path, timeout=30)
        assert answer.status_code == status, answer.text
        return answer

    def form(self, path, ending):
        return Forms(self.see(path).text).to(ending)

    def submit(self, form, fields, **options):
        return self.post(
            urllib.parse.urljoin(self.server.base, form["action"]), data=form["fields"] | fields, timeout=30, **options
        )

    def sign_in(self):
        answer = self.submit(self.form("/auth/login", "/auth/login"), {"email": ADMIN, "password": PASSWORD})
        assert urllib.parse.urlsplit(answer.url).path == "/dashboard", answer.text
        return self

    def start_job(self, content, name="people.csv", **fields):
        form = self.form("/dashboard/jobs/new", "/dashboard/jobs")
        parts = [(key, (None, value)) for key, value in (form["fields"] | fields).items() if key != "file"]
        url = urllib.parse.urljoin(self.server.base, form["action"])
        return self.post(url, files=[*parts, ("file", (name, content, "text/csv"))], timeout=60)


@pytest.fixture(scope="module")
def person(server, admin):
    return Person(server).sign_in()


def test_registering_and_signing_in_by_form(new_server):
    server = new_server()
    person = Person(server)
    answer = person.submit(person.form("/auth/register", "/auth/register"), {"email": ADMIN, "password": PASSWORD})
    assert answer.status_code == 200 and answer.history[0].status_code == 303, answer.text
    assert server.login().expect(200, "GET", "/users/me").json()["role"] == "admin"
    assert urllib.parse.urlsplit(Person(server).sign_in().see("/").url).path == "/dashboard"


def test_a_weak_password_is_refused_on_the_page_and_what_was_typed_stays(new_server):
    person = Person(new_server())
    form = person.form("/auth/register", "/auth/register")
    answer = person.submit(form, {"email": "typed@example.com", "password": "short"})
    assert answer.history[0].status_code == 303 and answer.status_code == 200
    assert "typed@example.com" in answer.text
    assert 'role="alert"' in answer.text
    assert "short" not in Forms(answer.text).to("/auth/register")["fields"]["password"]


def test_a_picture_is_no_table_and_the_form_says_so(person):
    answer = person.start_job(b"\x89PNG\r\n\x1a\n" + b"picture" * 1000, name="people.csv")
    assert answer.history[0].status_code == 303 and urllib.parse.urlsplit(answer.url).path == "/dashboard/jobs/new"
    assert "This is a PNG image, not a table." in re.search(r'<p class="problem" id="problem-text"[^>]*>([^<]*)<', answer.text)[1]
    assert re.search(r'id="file"[^>]* aria-invalid="true"', answer.text), "it is said at the field"


def test_a_job_by_one_multipart_form(person, people):
    answer = person.start_job(people, filter_column="city", filter_operator="eq", filter_value="London", to_format="csv")
    assert answer.history and answer.history[0].status_code == 303, answer.text
    page = urllib.parse.urlsplit(answer.url).path
    assert JOB_ADDRESS.search(page), answer.url
    wait_until(lambda: "state-completed" in person.see(page).text, 60, "the page shows the end of the job", pause=0.1)
    text = person.see(page).text
    link = re.search(r'id="download" href="([^"]+)"', text).group(1)
    output = person.get(urllib.parse.urljoin(person.server.base, html.unescape(link)), timeout=30)
    assert output.status_code == 200
    assert output.text.splitlines() == ["name,city,age", "Bob,London,25"]
    assert "attachment" in output.headers["Content-Disposition"]

    deleted = person.submit(Forms(text).to("/delete"), {})
    assert urllib.parse.urlsplit(deleted.url).path == "/dashboard"
    person.see(page, 404)


@pytest.mark.parametrize("fields, name", [
    ({"filter_column": "city", "filter_operator": "between", "filter_value": "one"}, "people.csv"),
    ({"limit": "many"}, "people.csv"),
    ({"rename_columns": "no equals sign"}, "people.csv"),
    ({}, "people.xlsm"),
])
def test_a_refused_form_says_why_and_leaves_nothing(person, server, people, fields, name):
    before = server.object_files()
    answer = person.start_job(people, name, **fields)
    assert answer.history[0].status_code == 303, "the answer to a form is a redirect: a reload sends nothing"
    assert 'role="alert"' in answer.text and 'id="problem-text"' in answer.text
    for value in fields.values():
        assert html.escape(value) in answer.text, "what was typed stays"
    assert server.object_files() == before
    assert server.staged_files() == []


def test_a_form_without_its_token_or_from_elsewhere_is_refused(person, server, people):
    count = len(server.login().get("/api/v1/jobs?limit=1000").json())
    form = person.form("/dashboard/jobs/new", "/dashboard/jobs")
    target = urllib.parse.urljoin(server.base, form["action"])
    bare = target.split("?")[0]
    file = {"file": ("people.csv", people, "text/csv")}
    for url, headers in (
        (bare, {}), (bare + "?form_token=guessed", {}), (target, {"Sec-Fetch-Site": "cross-site"}),
        (target, {"Sec-Fetch-Site": "same-site"}), (target, {"Origin": "https://elsewhere.example"}), (target, {"Origin": "null"}),
    ):
        answer = person.post(url, files=file, headers=headers, timeout=30)
        assert answer.status_code == 403, f"{headers}: {answer.status_code}"
    api = server.base + "/api/v1/jobs"
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}, {"X-Form-Token": "guessed"}):
        answer = person.post(api, json={"file_name": "a.csv"}, headers=headers, timeout=30)
        assert answer.status_code == 403, f"{headers}: {answer.status_code}"
    logout = Forms(person.see("/dashboard").text).to("/auth/logout")
    assert person.post(server.base + "/auth/logout", data={}, timeout=30).status_code == 403
    assert person.see("/dashboard").url.endswith("/dashboard"), "still signed in"
    assert len(server.login().get("/api/v1/jobs?limit=1000").json()) == count
    token = logout["fields"]["form_token"]
    assert person.post(api, json={"file_name": "a.csv"}, headers={"X-Form-Token": token}, timeout=30).status_code == 201


def test_a_login_form_without_its_token_is_refused(server, admin):
    answer = Person(server).post(server.base + "/auth/login", data={"email": ADMIN, "password": PASSWORD}, timeout=30)
    assert answer.status_code in (400, 403)
    assert not answer.cookies


def test_the_session_cookie_is_closed_to_scripts_and_ends_with_the_session(server, admin):
    person = Person(server)
    answer = person.submit(
        person.form("/auth/login", "/auth/login"), {"email": ADMIN, "password": PASSWORD}, allow_redirects=False
    )
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    stolen = dict(person.cookies)
    server.secrets |= set(stolen.values())
    person.submit(Forms(person.see("/dashboard").text).to("/auth/logout"), {})
    again = requests.get(server.base + "/dashboard", cookies=stolen, headers=HTML, allow_redirects=False, timeout=30)
    assert again.status_code == 303 and again.headers["Location"].startswith("/auth/login")


def test_signing_in_gives_a_new_session(server, admin):
    first, second = Person(server).sign_in(), Person(server).sign_in()
    assert dict(first.cookies) != dict(second.cookies)
    fixed = Person(server)
    name = next(iter(first.cookies.keys()))
    fixed.cookies.set(name, "chosen-by-an-attacker", domain="127.0.0.1", path="/")
    fixed.sign_in()
    assert "chosen-by-an-attacker" not in fixed.cookies.values()


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard/jobs/new", "/dashboard/jobs/00000000-0000-4000-8000-000000000000"])
def test_a_stranger_is_led_to_the_login_page_and_back(server, admin, path):
    answer = requests.get(server.base + path, headers=HTML, allow_redirects=False, timeout=30)
    assert answer.status_code == 303
    target = urllib.parse.urlsplit(answer.headers["Location"])
    assert target.path == "/auth/login"
    assert urllib.parse.parse_qs(target.query)["next"] == [path]
    person = Person(server)
    form = person.form(answer.headers["Location"], "/auth/login")
    there = person.submit(form, {"email": ADMIN, "password": PASSWORD})
    assert urllib.parse.urlsplit(there.url).path == path


@pytest.mark.parametrize("next", [
    "/auth/logout", "/x/../auth/logout", "/x/%2e%2E/auth/logout", "/./auth/logout", "/%61uth/logout", "/x\\..\\auth\\logout", "/" + "a" * 3000,
])
def test_signing_in_does_not_lead_to_signing_out(server, admin, next):
    """As a browser reads an address: dots go up, backslashes are slashes."""
    person = Person(server)
    form = person.form("/auth/login", "/auth/login")
    answer = person.submit(form, {"email": ADMIN, "password": PASSWORD, "next": next}, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/dashboard")


@pytest.mark.parametrize("next", [
    "https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)", "http:elsewhere.example",
    "/%09/elsewhere.example",
])
def test_signing_in_leads_nowhere_else(server, admin, next):
    person = Person(server)
    form = person.form("/auth/login?next=" + urllib.parse.quote(next, safe=""), "/auth/login")
    answer = person.submit(form, {"email": ADMIN, "password": PASSWORD, "next": next}, allow_redirects=False)
    assert answer.status_code == 303
    target = urllib.parse.urljoin(server.base + "/auth/login", re.sub(r"[\t\r\n]", "", answer.headers["Location"]).replace("\\", "/"))
    assert target.startswith(server.base + "/"), answer.headers["Location"]
    person.see("/auth/login?next=/%09/elsewhere.example", 400)


def test_what_a_person_typed_never_becomes_markup(person, server, people):
    name = "<img src=x onerror=alert(1)>\"'&.csv"
    job = server.login().create_job(name)["id"]
    for path in (f"/dashboard/jobs/{job}", "/dashboard"):
        text = person.see(path).text
        assert "<img src=x" not in text
        assert "&lt;img src" in text, "it is shown, escaped"
    answer = person.start_job(people, "people.csv", select_columns='"><script>alert(1)</script>', limit="x")
    assert "<script>alert(1)" not in answer.text


@pytest.mark.parametrize("is_signed_in, path, status", [
    (False, "/auth/login", 200), (False, "/auth/register", 403), (False, "/nothing", 404),
    (True, "/dashboard", 200), (True, "/dashboard/jobs/new", 200), (True, "/dashboard/jobs/nothing", 404), (True, "/auth/logout", 200),
])
def test_every_page_has_a_strict_policy_and_nothing_inline(person, is_signed_in, path, status):
    answer = (person if is_signed_in else Person(person.server)).see(path, status)
    policy = dict(
        (parts[0], parts[1:]) for parts in (rule.split() for rule in answer.headers["Content-Security-Policy"].split(";")) if parts
    )
    assert policy["default-src"] == ["'none'"]
    for kind in ("script-src", "style-src"):
        assert policy[kind] == ["'self'"]
    for kind in ("form-action", "base-uri", "frame-ancestors"):
        assert policy[kind] in (["'self'"], ["'none'"])
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert Forms(answer.text).inline == []
    for address in re.findall(r'\s(?:src|href)="([^"]*)"', answer.text):
        assert address.startswith(("/", "#", person.server.base)) and not address.startswith("//"), address


def test_assets_are_kept_by_browsers_for_ever_because_their_address_tells_their_content(person):
    text = person.see("/dashboard").text
    addresses = set(re.findall(r'"(/assets/[^"]+)"', text))
    assert {urllib.parse.urlsplit(address).path.rsplit(".", 1)[1] for address in addresses} >= {"css", "js", "svg"}
    for address in addresses:
        answer = person.see(address)
        assert answer.content
        assert "immutable" in answer.headers["Cache-Control"]
        kind = answer.headers["Content-Type"].split(";")[0]
        assert kind == {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}[address.rsplit(".", 1)[1]]


def test_an_unknown_page_is_a_page_that_says_so(person):
    answer = person.see("/nothing/at/all", 404)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "404" in answer.text and "<h1>" in answer.text
