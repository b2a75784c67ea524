"""The page of the API: it lists and explains every route without scripts, and with them sends requests and copies them."""

import json

import pytest

from people import API
from served import ADMIN, PASSWORD, run_quern, wait_until
from test_account_pages import PAGE_SECONDS, has_scripts, home, new_window, with_scripts  # noqa: F401 (fixtures)

pytestmark = pytest.mark.seconds(120)


def test_every_route_is_explained_to_everybody(server, admin, new_window):  # noqa: F811
    window = new_window(server)
    window.open("/docs")
    shown = {(one.get_attribute("data-method"), one.get_attribute("data-path")) for one in window.driver.find_elements("css selector", ".api-route")}
    told = {
        (route["method"], route["path"]) for route in json.loads(run_quern("routes", "--json").stdout)
        if route["path"].startswith("/api/v1/")}
    assert told <= shown
    assert window.find("h1").text == "API" and "openapi.json" in window.find("main").text
    window.find(f'[data-method="POST"][data-path="{API}/jobs"] summary').click()
    text = window.find(f'[data-method="POST"][data-path="{API}/jobs"]').text
    assert "jobs:write" in text and "Idempotency-Key" in text and "file_name?" in text and "201" in text
    window.shoot("docs")


@with_scripts
def test_a_request_is_sent_as_who_is_signed_in(server, admin, new_window):  # noqa: F811
    job = admin.create_job("tried.csv")["id"]
    window = new_window(server)
    window.sign_in(ADMIN, PASSWORD)
    window.open("/docs#get-jobs--id-")
    route = window.find(f'[data-method="GET"][data-path="{API}/jobs/{{id}}"]')
    assert route.get_attribute("open") is not None
    field = route.find_element("css selector", "[data-in=path]")
    button = route.find_element("css selector", "button[type=submit]")
    button.click()
    wait_until(lambda: "Fill in id first" in route.find_element("css selector", "[role=status]").get_attribute("textContent"), PAGE_SECONDS, "the page shows it")
    field.send_keys(job)
    button.click()
    wait_until(lambda: "200" in route.find_element("css selector", "[data-status]").text, PAGE_SECONDS, "the page shows it")
    assert json.loads(route.find_element("css selector", "[data-answer]").text)["file_name"] == "tried.csv"
    change = window.find(f'[data-method="PATCH"][data-path="{API}/users/me"]')
    window.unfold(change.find_element("css selector", "textarea")).send_keys('{"name": "Tried Out"}')
    change.find_element("css selector", "button[type=submit]").click()
    wait_until(lambda: "200" in change.find_element("css selector", "[data-status]").text, PAGE_SECONDS, "the page shows it")
    assert admin.expect(200, "GET", f"{API}/users/me").json()["name"] == "Tried Out"
    window.shoot("docs-tried")


@with_scripts
def test_a_request_is_copied_for_a_shell(server, admin, new_window):  # noqa: F811
    window = new_window(server)
    window.driver.grant(home(server), "clipboardReadWrite", "clipboardSanitizedWrite")
    window.open("/docs#post-jobs--id--notes")
    route = window.find(f'[data-method="POST"][data-path="{API}/jobs/{{id}}/notes"]')
    route.find_element("css selector", "[data-in=path]").send_keys("it's")
    route.find_element("css selector", "textarea").send_keys('{"body": "it\'s $HOME"}')
    route.find_element("css selector", "[data-curl]").click()
    wait_until(lambda: route.find_element("css selector", "[data-curl]").text == "Copied", PAGE_SECONDS, "the page shows it")
    copied = window.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    assert copied == (
        f"curl -X POST '{home(server)}{API}/jobs/it'\\''s/notes' -H \"Authorization: Bearer $TOKEN\" "
        "-H 'Content-Type: application/json' -d '{\"body\": \"it'\\''s $HOME\"}'")
