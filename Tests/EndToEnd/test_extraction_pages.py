"""The pages of extractions in headless Chromium, with and without scripts: files are chosen, sent, read, looked at, searched."""

import io
import zipfile

import pytest

from served import Server, wait_until
from test_extractions import locked, pdf, word
from test_pages import Browser, sign_in
from test_text_formats import message

JOB = r"/dashboard/jobs/[0-9a-f-]{36}$"


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def browser(request, tmp_path):
    server = Server(tmp_path / "server").start()
    server.register()
    browser = Browser(server, tmp_path, request.param)
    browser.has_scripts = request.param
    yield browser
    browser.driver.quit()
    server.end()


def choose(browser, folder, files):
    for name, content in files.items():
        (folder / name).write_bytes(content)
    browser.find("#files").send_keys("\n".join(str(folder / name) for name in files))


def text_of(browser, selector):
    """Asked in the page, which may be renewed between finding an element and reading it."""
    return browser.driver.execute_script("return document.querySelector(arguments[0])?.innerText ?? ''", selector)


def preset(browser, name):
    """The row of a preset."""
    return browser.driver.execute_script(
        "return [...document.querySelectorAll('tbody tr')].find((row) => row.innerText.trim().startsWith(arguments[0]))?.innerText", name)


def press_in_row(browser, name, ending):
    browser.press(f'form[action$="/{name}/{ending}"] button')


@pytest.mark.seconds(180)
def test_documents_are_read_and_found(browser, tmp_path):
    admin = browser.server.login()
    kind = "scripts" if browser.has_scripts else "plain"
    sign_in(browser)
    browser.open("/dashboard/jobs/new-documents")
    files = {
        "mill.pdf": pdf("Flour is ground between two stones.", "The second page tells of bread."),
        "plan.docx": word("The plan", "Buy a mill made of basalt.", table=[["Stone", "Weight"], ["basalt", "21 kg"]]),
        "locked.pdf": locked("nobody reads this"),
    }
    choose(browser, tmp_path, files)
    if browser.has_scripts:
        wait_until(lambda: "3 files" in text_of(browser, "#gathered-text"), 10, "three files are listed")
        browser.shoot(f"extract-new-{kind}")
    browser.find('label[for="preset-rag-optimized"]').click()
    browser.press("#start")
    browser.wait_for_path(JOB)
    job = browser.path.rsplit("/", 1)[1]
    assert admin.wait(job, {"PARTIAL"})["chunk_size"] == 256
    # With scripts the page renews itself.
    if not browser.has_scripts:
        browser.open(f"/dashboard/jobs/{job}")
    wait_until(lambda: "password" in text_of(browser, "#file-3"), 20, "why the third file failed")
    assert "2 pages" in text_of(browser, "#file-1") and "1 table" in text_of(browser, "#file-2")
    wait_until(lambda: "Try 1 failed file again" in text_of(browser, "#retry"), 20, "a way to try it again")
    browser.shoot(f"extract-job-{kind}")
    # Only those that failed.
    browser.find('#files a[href*="show=failed"]').click()
    wait_until(lambda: len(browser.all("#files tbody tr")) == 1, 20, "one file")
    for place in (1000, 2**63 - 1):
        browser.open(f"/dashboard/jobs/{job}?files={place}")
        assert "3 files" in text_of(browser, "#files") and not browser.all("#files tbody tr")
    browser.open(f"/dashboard/jobs/{job}/files/2")
    assert [cell.text for cell in browser.all(".paper-table td, .paper-table th")] == ["Stone", "Weight", "basalt", "21 kg"]
    assert text_of(browser, ".paper-heading").endswith("The plan") and "Chunk 1" in text_of(browser, ".paper-chunk")
    browser.shoot(f"extract-file-{kind}")
    wait_until(lambda: admin.get("/api/v1/search?q=basalt").json()["results"], 20, "the index")
    browser.open("/dashboard/search")
    browser.type("#search-q", "mill basalt")
    browser.press(".search button")
    hit = browser.find(".hit-title a")
    assert hit.text == "plan.docx" and {mark.text for mark in browser.all(".hit mark")} == {"mill", "basalt"}
    browser.shoot(f"extract-search-{kind}")
    browser.driver.execute_script("arguments[0].click()", hit)
    browser.wait_for_path(rf"/dashboard/jobs/{job}/files/2$")
    assert browser.find("#chunk-0").is_displayed()
    assert browser.too_wide == [] and browser.complaints() == []


@pytest.mark.seconds(120)
def test_an_archive_shows_the_files_in_it(browser, tmp_path):
    kind = "scripts" if browser.has_scripts else "plain"
    admin = browser.server.login()
    sign_in(browser)
    browser.open("/dashboard/jobs/new-documents")
    mail = message("Invoice 7")
    mail.set_content("The millstone has come.")
    mail.add_attachment(b"item,price\nstone,21\nwood,3\n", maintype="text", subtype="csv", filename="bill.csv")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("2024/mail.eml", bytes(mail))
        archive.writestr("data.json", '{"mill": {"stone": "basalt", "weight": 21.50}, "uses": ["flour", "paint"]}')
        archive.writestr("notes.md", "# Notes\n\n- grind\n- sieve\n")
        archive.writestr("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(99))
    choose(browser, tmp_path, {"papers.zip": out.getvalue()})
    browser.press("#start")
    browser.wait_for_path(JOB)
    job = browser.path.rsplit("/", 1)[1]
    admin.wait(job, {"COMPLETED"})
    browser.open(f"/dashboard/jobs/{job}")
    wait_until(lambda: "4 files" in text_of(browser, "#file-1"), 20, "what is in the archive")
    browser.open(f"/dashboard/jobs/{job}/files/1")
    places = [place.text for place in browser.all(".paper-place")]
    assert [place for place in places if "bill.csv" in place] == ["2024/mail.eml/bill.csv"] and any("data.json" in place for place in places)
    assert "weight: 21.50" in text_of(browser, ".paper-code") and "1 picture" in text_of(browser, "main")
    browser.shoot(f"extract-archive-{kind}")
    assert browser.too_wide == [] and browser.complaints() == []


@pytest.mark.seconds(120)
def test_presets_are_made_used_and_deleted(browser):
    sign_in(browser)
    browser.open("/dashboard/presets")
    browser.type("#name", "labels")
    browser.type("#chunk-size", "7")
    browser.press(".fields-end button")
    # What is wrong is said, and what was typed stays.
    wait_until(lambda: browser.all(".note-bad"), 20, "a refusal")
    assert "chunk_size" in text_of(browser, ".note-bad") and browser.find("#name").get_attribute("value") == "labels"
    browser.type("#chunk-size", "64")
    browser.press(".fields-end button")

    wait_until(lambda: preset(browser, "labels"), 20, "the new preset")
    browser.shoot("extract-presets")
    press_in_row(browser, "labels", "apply")
    wait_until(lambda: "In use" in (preset(browser, "labels") or ""), 20, "it is in use")
    browser.open("/dashboard/jobs/new-documents")
    assert browser.find("#preset-labels").is_selected()
    browser.open("/dashboard/presets")
    press_in_row(browser, "labels", "delete")
    wait_until(lambda: preset(browser, "quality") and not preset(browser, "labels"), 20, "it is gone")
    assert browser.too_wide == [] and browser.complaints() == []
