"""Notes, documents and tracked jobs on the pages, in headless Chromium with scripts and without.

QUERN_SHOTS names a folder for pictures of each page: light, dark, and 390 pixels wide.
"""

import io
import re
import urllib.parse
import zipfile

import pytest

import people
from people import API, log_in, make_user
from served import wait_until
from test_account_pages import PAGE_SECONDS, has_scripts, new_window, with_scripts  # noqa: F401 (fixtures)
from test_board_pages import calmly, is_the_same_page, mark, press, sees, submit, words
from test_pages import finished_download
from test_streams import change_job, neighbours, new_track

JOB = re.compile(r"/dashboard/jobs/([0-9a-f-]{36})$")
SCAN_SECONDS = 30
# In two halves, or every scanner would refuse this file.
EICAR = ("X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"

pytestmark = pytest.mark.seconds(180)


@pytest.fixture(scope="module", autouse=True)
def owner(admin):
    return admin


@pytest.fixture
def account(server):
    (account,) = neighbours(server, 1)
    return account


@pytest.fixture
def window(server, account, new_window):  # noqa: F811
    return new_window(server).sign_in(account.email)


@pytest.fixture
def job(account):
    return new_track(account, "Miller at Mill & Sons", status="applied", tags=["stone", "near"])["id"]


@pytest.fixture
def page(window, job):
    """The page of a tracked job."""
    window.open(address(job))
    mark(window)
    return window


def address(job):
    return f"/dashboard/jobs/{job}"


def browser_of(account):
    browser = people.Browser(account.server)
    browser.sign_in(account.email)
    return browser


def notes_of(account, job):
    return account.expect(200, "GET", f"{API}/jobs/{job}/notes").json()


def documents_of(account, job):
    return account.expect(200, "GET", f"{API}/jobs/{job}/documents").json()


# Notes


def test_notes_are_added_newest_first_and_deleted(page, account, job):
    page.shoot("job-track")
    form = f'form[action="{address(job)}/notes"]'
    submit(page, form, body="Called **twice**, see [their page](https://mill.example/).")
    sees(page, lambda: "Called twice" in words(page, "#notes-list"), "the note")
    assert page.find("#notes-list strong").text == "twice"
    link = page.find('#notes-list a[href="https://mill.example/"]')
    assert set(link.get_attribute("rel").split()) >= {"nofollow", "noopener", "noreferrer"}
    submit(page, form, body="- they call back\n- on Monday\n\n# A heading")
    sees(page, lambda: len(page.all("#notes-list li.note-entry")) == 2, "both notes")
    assert "they call back" in words(page, "#notes-list li.note-entry")
    assert len(page.all("#notes-list .prose li")) == 2
    assert page.all("#notes-list h1, #notes-list h2") == [] and len(page.all("main h1")) == 1
    assert account.email in words(page, "#notes-list")
    assert page.find(f"{form} [name=body]").get_attribute("value") == ""
    page.shoot("job-notes")
    newest, oldest = notes_of(account, job)
    assert oldest["body"] == "Called **twice**, see [their page](https://mill.example/)."
    press(page, f'form[action="{address(job)}/notes/{newest["id"]}/delete"] button')
    sees(page, lambda: len(page.all("#notes-list li.note-entry")) == 1, "one note")
    assert [note["id"] for note in notes_of(account, job)] == [oldest["id"]]
    assert "they call back" not in words(page, "#notes-list")
    page.check()


NASTY = """<script>window.pwned = 1</script>
<img src=x onerror="window.pwned = 1"> <svg onload="window.pwned = 1"></svg>
<a href="javascript:window.pwned = 1">raw</a> <iframe srcdoc="<script>parent.pwned = 1</script>"></iframe>

[one](javascript:window.pwned=1) [two](JaVaScRiPt:window.pwned=1) [three](data:text/html,<script>window.pwned=1</script>)
[four](vbscript:x) [five](<java\tscript:window.pwned=1>) [six](&#106;avascript:window.pwned=1) [seven](//evil.example/x)
![picture](https://evil.example/pixel.png) <javascript:window.pwned=1> [eight]("onmouseover="window.pwned=1)

[ref]: javascript:window.pwned=1
[ref]

`<script>window.pwned = 1</script>` <style>main { display: none }</style> <form action="/auth/logout"><button>press</button></form>
"""


def test_a_note_is_words_and_never_a_script(page, account, job):
    """Written by hand and by program; whoever looks, nothing runs, nothing is loaded, nothing is sent."""
    account.expect(201, "POST", f"{API}/jobs/{job}/notes", json={"body": NASTY})
    page.open(address(job))
    sees(page, lambda: page.all("#notes-list li.note-entry"), "the note")
    assert page.driver.execute_script("return window.pwned") is None
    within = "#notes-list .prose"
    assert page.all(", ".join(f"{within} {tag}" for tag in ("script", "img", "svg", "iframe", "style", "form", "button"))) == []
    allowed = ("http:", "https:", "mailto:")
    links = [link.get_attribute("href") for link in page.all(f"{within} a[href]")]
    assert [link for link in links if not link.startswith(allowed)] == [], links
    assert [link for link in links if "evil.example/x" in link and link.startswith(page.driver.current_url)] == []
    for link in page.all(f"{within} a"):
        assert not [name for name in ("onclick", "onmouseover", "style", "target") if link.get_attribute(name)]
    assert "display: none" not in (page.find("main").get_attribute("style") or "") and page.find("main").is_displayed()
    page.check()


def test_a_refused_note_says_why_and_keeps_what_was_typed(account, job):
    browser = browser_of(account)
    form = browser.form(address(job), f"{job}/notes")
    blank = browser.submit(form, {"body": "  \n "})
    assert blank.history[0].status_code == 303 and 'role="alert"' in blank.text
    long = browser.submit(form, {"body": "typed with care " + "x" * 20_000})
    assert long.history[0].status_code == 303 and 'role="alert"' in long.text and "typed with care" in long.text
    assert notes_of(account, job) == []


def test_a_note_on_a_job_that_works_on_a_file(window, account, people):
    job = account.run(people)["id"]
    window.open(address(job))
    submit(window, f'form[action="{address(job)}/notes"]', body="The rows of *Monday*")
    sees(window, lambda: "The rows of Monday" in words(window, "#notes-list"), "the note")
    assert window.all("#download"), "all else is still there"
    window.check()


@with_scripts
def test_notes_of_a_program_appear_by_themselves(page, account, job):
    page.find("#note-body").send_keys("Half a sen")
    note = account.expect(201, "POST", f"{API}/jobs/{job}/notes", json={"body": "From a program"}).json()["id"]
    sees(page, lambda: "From a program" in words(page, "#notes-list"), "the note of the program")
    assert page.find("#note-body").get_attribute("value") == "Half a sen"
    account.expect(200, "DELETE", f"{API}/jobs/{job}/notes/{note}")
    sees(page, lambda: "From a program" not in words(page, "#notes-list"), "that it is gone")
    assert is_the_same_page(page)


# Documents


def upload(page, job, path, doc_type):
    """Chooses a type and a file, and sends the form."""
    form = f'form[action="{address(job)}/documents"]'
    page.fill(form, {"doc_type": doc_type})
    page.find(f"{form} [name=file]").send_keys(str(path))
    press(page, f"{form} button[type=submit]")
    sees(page, lambda: path.name in words(page, "#documents-list"), "the document in the list")


def state_of(page, name):
    """What the list says of a document: its whole row."""
    return calmly(lambda: next((row.text for row in page.all("#documents-list li") if name in row.text), ""))


def wait_for_state(page, name, pattern):
    """With scripts the page tells by itself; without, somebody looks again."""

    def is_reached():
        if not page.has_scripts:
            page.driver.refresh()
        return re.search(pattern, state_of(page, name), re.I)

    wait_until(is_reached, SCAN_SECONDS, f"{name} is {pattern}, not {state_of(page, name)!r}", pause=0.2)


def test_a_document_is_uploaded_checked_and_fetched(page, account, job, tmp_path):
    content = PDF + bytes(range(256)) * 40
    path = tmp_path / "Résumé of Ada (3).pdf"
    path.write_bytes(content)
    upload(page, job, path, "resume")
    wait_for_state(page, path.name, "ready")
    (document,) = documents_of(account, job)
    assert (document["status"], document["scan_status"], document["doc_type"]) == ("uploaded", "CLEAN", "resume")
    assert (document["original_filename"], document["size_bytes"]) == (path.name, len(content))
    if page.has_scripts:
        assert is_the_same_page(page), "the page told by itself"
    page.shoot("job-documents")
    press(page, f"#document-{document['id']} a.document-name")
    file = wait_until(lambda: finished_download(page.downloads), PAGE_SECONDS, "the file")
    assert file.read_bytes() == content and file.name == path.name
    press(page, f'form[action="{address(job)}/documents/{document["id"]}/delete"] button')
    sees(page, lambda: path.name not in words(page, "#documents-list"), "that it is gone")
    assert documents_of(account, job) == []
    page.check()


def zipped(content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("letter.txt", content)
    return out.getvalue()


@pytest.mark.parametrize("name, content, states, expected", [
    ("virus.txt", EICAR, "infected", ("infected", "INFECTED")), ("virus.zip", zipped(EICAR), "infected", ("infected", "INFECTED")),
    ("picture.pdf", PNG, "refused", ("failed", "ERROR")),
], ids=["eicar", "eicar-in-zip", "not-what-it-claims"])
def test_a_bad_document_is_refused_with_words(page, account, job, tmp_path, name, content, states, expected):
    path = tmp_path / name
    path.write_bytes(content)
    upload(page, job, path, "other")
    wait_for_state(page, name, states)
    (document,) = documents_of(account, job)
    assert (document["status"], document["scan_status"]) == expected
    assert document["scan_message"] and document["scan_message"] in words(page, f"#document-{document['id']}")
    assert page.all(f"#document-{document['id']} a.document-name") == [], "there is no way to fetch it"
    page.shoot(f"job-document-{name.replace('.', '-')}")
    fetched = account.get(f"{API}/jobs/{job}/documents/{document['id']}/presign-download")
    assert fetched.status_code == 409, fetched.text
    # The page itself is none the worse for it.
    press(page, f'form[action="{address(job)}/documents/{document["id"]}/delete"] button')
    sees(page, lambda: name not in words(page, "#documents-list"), "that it is gone")
    page.check()


def test_a_new_resume_replaces_the_old_one_when_it_is_clean(page, account, job, tmp_path):
    old, bad, new = (tmp_path / name for name in ("old.txt", "bad.txt", "new.txt"))
    old.write_bytes(b"my first words")
    bad.write_bytes(EICAR)
    new.write_bytes(b"my better words")
    upload(page, job, old, "resume")
    wait_for_state(page, "old.txt", "ready")
    upload(page, job, bad, "resume")
    wait_for_state(page, "bad.txt", "infected")
    assert re.search("ready", state_of(page, "old.txt"), re.I), "nothing is lost when the new one is refused"
    upload(page, job, new, "resume")
    wait_for_state(page, "new.txt", "ready")
    sees(page, lambda: state_of(page, "old.txt") == "", "that the old one is gone")
    clean = [document["original_filename"] for document in documents_of(account, job) if document["scan_status"] == "CLEAN"]
    assert clean == ["new.txt"]


def test_letters_of_thanks_stand_side_by_side(page, account, job, tmp_path):
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_bytes(b"thank you")
        upload(page, job, tmp_path / name, "thank_you")
        wait_for_state(page, name, "ready")
    assert len(documents_of(account, job)) == 2


def test_a_file_that_is_too_large_is_refused_with_words(page, account, job, tmp_path):
    path = tmp_path / "large.bin"
    path.write_bytes(b"x" * (5_242_880 + 1))
    form = f'form[action="{address(job)}/documents"]'
    page.fill(form, {"doc_type": "other"})
    page.find(f"{form} [name=file]").send_keys(str(path))
    press(page, f"{form} button[type=submit]")
    problem = sees(page, lambda: words(page, "#document-problem"), "why it was refused")
    assert re.search(r"large|limit|5.?M", problem, re.I), problem
    assert [document for document in documents_of(account, job) if document["status"] == "uploaded"] == []
    page.check(413)


def test_names_of_files_are_words(page, account, job, tmp_path):
    path = tmp_path / "<img src=x onerror=alert(1)>.txt"
    path.write_bytes(b"harmless")
    upload(page, job, path, "other")
    wait_for_state(page, path.name, "ready")
    assert page.all("#documents-list img") == []
    page.check()


# Tracked jobs


def test_a_job_to_track_is_made_on_a_page(window, account):
    window.open("/dashboard/jobs/new")
    window.follow('main a[href="/dashboard/jobs/new-track"]')
    window.shoot("job-new-track")
    form = 'main form[action="/dashboard/jobs/new-track"]'
    submit(window, form, status="Applied", tags="Remote, swift,  remote ,", description="Two lines\nof words",
           job_title="Miller", company_name="Mill & Söhne", location="Köln", job_url="https://mill.example/jobs/1")
    job = wait_until(lambda: JOB.search(window.path), PAGE_SECONDS, "the page of the new job").group(1)
    made = account.job(job)
    assert (made["name"], made["status"], made["tags"]) == ("Miller, Mill & Söhne", "applied", ["remote", "swift"])
    assert (made["company_name"], made["job_title"], made["location"]) == ("Mill & Söhne", "Miller", "Köln")
    assert "Miller, Mill & Söhne" in words(window, "h1")
    assert window.all('main a[href="https://mill.example/jobs/1"]')
    window.shoot("job-track-whole")
    window.check()


def test_a_refused_job_to_track_says_why_and_keeps_what_was_typed(account):
    browser = browser_of(account)
    form = browser.form("/dashboard/jobs/new-track", "/dashboard/jobs/new-track")
    good = {"title": "Typed with care", "description": "also typed with care"}
    for bad in ({"title": ""}, {"status": "x" * 51}, {"job_url": "javascript:alert(1)"}, {"applied_date": "2026-02-30"}, {"tags": "x" * 65}):
        answer = browser.submit(form, good | bad)
        assert answer.history[0].status_code == 303, "the answer to a form is a redirect: a reload sends nothing"
        assert 'role="alert"' in answer.text and "also typed with care" in answer.text, bad
        (field,) = re.findall(r'name="(\w+)"[^>]* aria-invalid="true"[^>]* autofocus', answer.text)
        assert field == next(iter(bad)), "it is said at the field"
        assert not re.search(r'class="problem"[^>]*>[^<]*_', answer.text), "in words of the page"
    assert account.get(f"{API}/jobs").json() == []


def test_every_address_of_a_form_leads_to_its_page(account, job):
    browser = browser_of(account)
    some = "00000000-0000-4000-8000-000000000000"
    for form in ("edit", "cancel", "delete", "notes", f"notes/{some}/delete", "documents", f"documents/{some}/delete"):
        answer = browser.see(f"{address(job)}/{form}")
        assert people.path_of(answer) == address(job), form
    assert people.path_of(browser.see("/dashboard/jobs")) == "/dashboard"
    assert account.job(job)["id"] == job


def test_status_and_tags_are_edited_on_the_page(page, account, job):
    form = f'form[action="{address(job)}/edit"]'
    submit(page, form, status=" Interviewing ", tags="near, HURRY", title="Head miller at Mill & Sons")
    sees(page, lambda: "Head miller" in words(page, "h1"), "the new title")
    now = account.job(job)
    assert (now["status"], now["tags"], now["name"]) == ("interviewing", ["near", "hurry"], "Head miller at Mill & Sons")
    sees(page, lambda: "interviewing" in words(page, "#job-head"), "the new status")
    submit(page, form, tags="")
    wait_until(lambda: account.job(job)["tags"] == [], PAGE_SECONDS, "that all tags are gone")
    page.check()


def test_who_saves_late_is_told_and_keeps_the_own_words(page, account, job):
    form = f'form[action="{address(job)}/edit"]'
    page.fill(form, {"status": "my own words", "title": "My own title"})
    change_job(account, job, status="changed by another window")
    press(page, f"{form} button[type=submit]")
    sees(page, lambda: page.all("#conflict"), "that somebody was faster")
    assert account.job(job)["status"] == "changed by another window", "nothing was lost"
    assert page.find("#conflict-form [name=status]").get_attribute("value") == "my own words"
    assert page.find("#conflict-form [name=title]").get_attribute("value") == "My own title"
    assert "changed by another window" in words(page, "#conflict")
    page.shoot("job-conflict")
    submit(page, "#conflict-form")
    wait_until(lambda: account.job(job)["status"] == "my own words", PAGE_SECONDS, "the own words, saved on purpose")
    page.check(412)


def test_a_note_of_another_does_not_refuse_an_edit(page, account, job):
    """Notes change the job's time, not the words that are being edited."""
    form = f'form[action="{address(job)}/edit"]'
    page.fill(form, {"status": "offer"})
    account.expect(201, "POST", f"{API}/jobs/{job}/notes", json={"body": "meanwhile"})
    press(page, f"{form} button[type=submit]")
    wait_until(lambda: account.job(job)["status"] == "offer", PAGE_SECONDS, "the new status")
    assert page.all("#conflict") == []


def test_jobs_are_searched_and_chosen_by_tag(window, account):
    names = {"stone": "Steinmühle Köln", "water": "Wassermühle Bonn", "wind": "Windmill Leiden"}
    jobs = {tag: new_track(account, name, tags=[tag, "mill"], location=f"near {tag}")["id"] for tag, name in names.items()}

    def listed():
        return {link.get_attribute("id").removeprefix("job-") for link in window.all("a.jobs-name")}

    window.open("/dashboard")
    assert listed() == set(jobs.values())
    window.shoot("dashboard-track")
    for text, expected in (("MÜHLE", {"stone", "water"}), ("leiden", {"wind"}), ("near water", {"water"}), ("nothing like it", set())):
        window.send("#search", q=text)
        assert listed() == {jobs[tag] for tag in expected}, text
        assert window.find("#search [name=q]").get_attribute("value") == text
    assert "Nothing found" in window.text
    window.shoot("dashboard-nothing-found")
    window.open("/dashboard")
    window.follow('#list a[href*="tag=wind"]')
    assert listed() == {jobs["wind"]}
    window.send("#search", q="leiden")
    assert listed() == {jobs["wind"]} and "tag=wind" in urllib.parse.urlsplit(window.driver.current_url).query, "the tag is kept"
    window.open("/dashboard?tag=wind&tag=stone&sort=title_asc")
    assert [link.text for link in window.all("a.jobs-name")] == ["Steinmühle Köln", "Windmill Leiden"]
    window.check()


@with_scripts
def test_a_change_by_a_program_is_seen_at_once(page, account, job, new_window):  # noqa: F811
    listed = new_window(page.server).sign_in(account.email)
    mark(listed)
    change_job(account, job, status="offer")
    sees(page, lambda: "offer" in words(page, "#job-head"), "the new status on its page")
    sees(listed, lambda: "offer" in words(listed, "#list"), "the new status in the list")
    assert is_the_same_page(page) and is_the_same_page(listed)


# Those who may not


def test_an_admin_sees_a_job_of_another_without_forms(server, account, new_window):  # noqa: F811
    tenant = account.me()["tenant_id"]
    boss = make_user(server, people.new_address("boss"), is_admin=True, tenant=tenant)["email"]
    job = new_track(account, "A job of a member", description="Seen by an admin")["id"]
    account.expect(201, "POST", f"{API}/jobs/{job}/notes", json={"body": "A note of a member"})
    window = new_window(server).sign_in(boss)
    window.open(address(job))
    for text in ("A job of a member", "Seen by an admin", "A note of a member"):
        assert text in window.text
    assert window.all(f'main form[action*="{job}"]:not([action$="/{job}/delete"])') == [], "but to delete it, which administrators may"
    window.shoot("job-of-another")
    admin = log_in(server, boss)
    browser = browser_of(admin)
    token = browser.form("/dashboard/tasks", "/dashboard/tasks")["fields"]["form_token"]
    note = notes_of(account, job)[0]["id"]
    for verb, fields in (("notes", {"body": "x"}), (f"notes/{note}/delete", {}), ("edit", {"title": "x", "status": "x"})):
        answer = browser.submit({"action": f"{address(job)}/{verb}", "fields": {"form_token": token}}, fields)
        assert answer.status_code == 403, f"{verb}: {answer.status_code}"
    assert len(notes_of(account, job)) == 1 and account.job(job)["name"] == "A job of a member"
    window.check()


def test_nobody_of_another_tenant_sees_anything(server, account, job):
    (stranger,) = neighbours(server, 1)
    browser, own = browser_of(stranger), browser_of(account)
    browser.see(address(job), 404)
    token = browser.form("/dashboard/jobs/new-track", "/dashboard/jobs/new-track")["fields"]["form_token"]
    for verb, fields in (("notes", {"body": "x"}), ("edit", {"title": "x"})):
        answer = browser.submit({"action": f"{address(job)}/{verb}", "fields": {"form_token": token}}, fields)
        assert answer.status_code == 404, f"{verb}: {answer.status_code}"
    assert "Mill" in own.see(address(job)).text and notes_of(account, job) == []


def test_the_pages_have_a_strict_policy_and_nothing_inline(account, job):
    account.expect(201, "POST", f"{API}/jobs/{job}/notes", json={"body": NASTY})
    browser = browser_of(account)
    for path in (address(job), "/dashboard/jobs/new-track", "/dashboard?q=mill&tag=stone"):
        answer = browser.see(path)
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert people.Forms(answer.text).inline == []
