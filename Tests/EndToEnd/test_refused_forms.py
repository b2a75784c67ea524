"""Forms of people who are not signed in, when they are refused: the answer leads back to the page, and a reload sends nothing again."""

import urllib.parse

import pytest

from people import (
    STRONG, WRONG, Browser, Mailbox, assert_given_back, led_to, make_user, member, member_with_mfa, new_address, path_of, rows,
    turn_mfa_on,
)
from test_pages import Browser as Chromium


SETTINGS = {"REGISTRATION_ENABLED": "true"}


@pytest.fixture(scope="module", autouse=True)
def owner(admin):
    """The server has its admin before anybody registers."""
    return admin


def at_login(server, browser):
    return browser.form("/auth/login?next=/dashboard/settings", "/auth/login"), {"email": new_address(), "password": WRONG}


def at_registration(server, browser):
    return browser.form("/auth/register"), {"email": new_address(), "display_name": "Pat <Miller>", "password": "short"}


def at_the_code(server, browser):
    browser.register(new_address())
    return browser.form("/auth/verify-email"), {"code": "000000"}


def at_another_code(server, browser):
    browser.register(new_address())
    form = browser.form("/auth/verify-email", "/auth/verify-email/resend")
    browser.submit(form, {})
    return form, {}


def at_a_forgotten_password(server, browser):
    return browser.form("/auth/forgot-password"), {"email": "nobody at example"}


def at_a_new_password(server, browser):
    email = make_user(server)["email"]
    box = Mailbox(server, email)
    browser.submit(browser.form("/auth/forgot-password"), {"email": email})
    link = urllib.parse.urlsplit(box.next()["text"].split("/auth/reset-password?")[1].split()[0])
    return browser.form(f"/auth/reset-password?{link.path}"), {"password": "password1"}


def at_the_second_step(server, browser):
    account, totp, _ = member_with_mfa(server)
    browser.submit(browser.form("/auth/login?next=/dashboard/settings", "/auth/login"),
                   {"email": account.email, "password": STRONG, "remember_me": "true"})
    return browser.form("/auth/mfa?next=/dashboard/settings&remember_me=true", "/auth/mfa"), {"code": totp.wrong()}


def at_setting_a_device_up(server, browser):
    account = member(server)
    turn_mfa_on(account)
    browser.sign_in(account.email)
    return browser.form("/auth/mfa/setup"), {"code": "000000", "name": "Pat's phone"}


def at_the_confirmation(server, browser):
    browser.sign_in(make_user(server)["email"])
    return browser.form("/auth/confirm?next=/dashboard/settings", "/auth/confirm"), {"password": WRONG}


FORMS = [at_login, at_registration, at_the_code, at_another_code, at_a_forgotten_password, at_a_new_password, at_the_second_step,
         at_setting_a_device_up, at_the_confirmation]


def state(server):
    """All that a form could have changed."""
    return {table: rows(server, f"SELECT * FROM {table}") for table in ("audit", "tryCount", "spent", "mail", "user", "signInStep")}


@pytest.mark.parametrize("at", FORMS, ids=lambda at: at.__name__)
def test_the_page_behind_a_refused_form_can_be_loaded_again(server, at):
    browser = Browser(server)
    form, fields = at(server, browser)
    answer = browser.submit(form, fields, allow_redirects=False)
    assert led_to(answer) in ("/auth/verify-email" if at is at_another_code else urllib.parse.urlsplit(form["action"]).path,)
    where = answer.headers["Location"]
    for name, value in fields.items():
        assert not value or urllib.parse.quote(value, safe="") not in where, f"the address tells {name}"
        assert not value or value not in answer.headers["Set-Cookie"], f"the cookie tells {name}"

    before = state(server)
    page = browser.see(where)
    assert 'id="problem"' in page.text
    for name in ("email", "display_name", "name"):
        typed = fields.get(name, "").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;")
        assert typed in page.text or typed.replace("&#39;", "&apos;") in page.text, f"{name} has to be typed again"
    for name in ("password", "code"):
        assert not fields.get(name) or f'value="{fields[name]}"' not in page.text
    assert 'id="problem"' in browser.see(where).text, "a reload says it again"
    assert state(server) == before, "a reload does nothing"

    # Whoever gets the address without the cookie, or opens the page anew, sees nothing of it.
    plain = where.split("refused=")[0].rstrip("?&")
    assert 'id="problem"' not in browser.see(plain).text
    if at in (at_login, at_registration, at_a_forgotten_password, at_a_new_password):
        assert 'id="problem"' not in Browser(server).see(where).text


def test_what_was_refused_on_one_page_is_not_shown_on_another(server):
    browser = Browser(server)
    where = browser.submit(*at_login(server, browser), allow_redirects=False).headers["Location"]
    key = urllib.parse.parse_qs(urllib.parse.urlsplit(where).query)["refused"][0]
    assert 'id="problem"' not in browser.see(f"/auth/forgot-password?refused={key}").text
    for wrong in ("", key[:-1], key + "A", "é", "a&refused=b"):
        assert 'id="problem"' not in browser.see(f"/auth/login?refused={wrong}").text


def test_two_pages_at_once_show_what_each_refused(server):
    browser = Browser(server)
    form, fields = at_login(server, browser)
    first = assert_given_back(browser.submit(form, fields))
    assert_given_back(browser.submit(*at_a_forgotten_password(server, browser)))
    again = browser.see(first.url)
    assert 'id="problem"' in again.text and fields["email"] in again.text


def test_what_was_refused_is_shown_to_nobody_who_signs_in_afterwards_at_the_same_browser(server):
    browser = Browser(server)
    form, fields = at_setting_a_device_up(server, browser)
    first = assert_given_back(browser.submit(form, fields))
    assert "Pat" in first.text
    account = member(server)
    turn_mfa_on(account)
    browser.sign_in(account.email)
    page = browser.see(first.url)
    assert path_of(page) == "/auth/mfa/setup" and "Pat" not in page.text and 'id="problem"' not in page.text

    browser = Browser(server)
    refused = assert_given_back(browser.submit(*at_the_confirmation(server, browser)))
    for cookie in [cookie for cookie in browser.cookies if cookie.name == "quern_session"]:
        browser.cookies.clear(cookie.domain, cookie.path, cookie.name)
    browser.sign_in(make_user(server)["email"])
    assert 'id="problem"' not in browser.see(refused.url).text


def test_characters_that_no_address_holds_leave_the_reason_visible(server):
    browser = Browser(server)
    form, fields = at_registration(server, browser)
    for setup in ("\x00", "a\r\nSet-Cookie: x=y", "\x7f"):
        page = assert_given_back(browser.submit(form, fields | {"setup": setup}))
        assert fields["email"] in page.text


@pytest.mark.parametrize("value", ["", "x", "é".encode().hex(), "A" * 3000, "....", "AAAA" * 20])
def test_a_cookie_that_somebody_made_up_is_none(server, value):
    browser = Browser(server)
    browser.cookies.set("quern_refused_auth_login", value, domain="127.0.0.1")
    assert 'id="problem"' not in browser.see("/auth/login?refused=" + "A" * 43).text


@pytest.mark.parametrize("email", ["a" * 10_000, "\x01" * 500, "é" * 500, "😀" * 200], ids=["letters", "controls", "accents", "emoji"])
def test_what_is_too_long_for_a_cookie_is_left_out_and_the_reason_stays(server, email):
    browser = Browser(server)
    form = browser.form("/auth/register") if email.isascii() else browser.form("/auth/login")
    answer = browser.submit(form, {"email": email, "display_name": email, "password": WRONG}, allow_redirects=False)
    assert len(answer.headers["Set-Cookie"]) < 4000
    assert 'id="problem"' in browser.see(answer.headers["Location"]).text


def test_where_to_go_afterwards_and_being_remembered_are_kept(server):
    browser = Browser(server)
    form, fields = at_the_second_step(server, browser)
    form = browser.submit(form, fields).text
    assert 'name="next" value="/dashboard/settings"' in form and 'name="remember_me" value="true"' in form

    email = make_user(server)["email"]
    form = browser.form("/auth/login?next=/dashboard/settings", "/auth/login")
    browser = Browser(server)
    page = assert_given_back(browser.submit(form, {"email": email, "password": WRONG, "remember_me": "true"}))
    assert 'name="next" value="/dashboard/settings"' in page.text and 'value="true" checked' in page.text
    form["fields"].pop("refused", None)
    assert path_of(browser.submit(form, {"email": email, "password": STRONG})) == "/dashboard/settings"


def test_a_browser_reloads_and_goes_back_without_sending(server, tmp_path):
    """Chromium sends a form again on reload without a word when it is driven, so what it does is counted."""
    email = make_user(server)["email"]
    window = Chromium(server, tmp_path, scripts=True)
    try:
        window.open("/auth/login")
        window.type("#email", email)
        window.type("#password", WRONG)
        window.press("main form button[type=submit]")
        assert "not right" in window.find("#problem").text
        before = state(server)
        assert before["audit"][-1]["action"] == "login.refused"
        window.driver.refresh()
        assert "not right" in window.find("#problem").text
        window.driver.back()
        window.driver.forward()
        window.driver.refresh()
        assert "not right" in window.find("#problem").text
        assert state(server) == before
    finally:
        window.driver.quit()


# A browser says so, and is led to a page also where the form itself can not be shown again. A program is told where it asked.

AS_BROWSERS = [{"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin"}, {"Upgrade-Insecure-Requests": "1"}]


def refused_page(browser, answer, status):
    """The page that says why; a reload says it again, and nothing has happened."""
    assert led_to(answer) == "/auth/refused", answer.headers
    before = state(browser.server)
    for _ in range(2):
        page = browser.see(answer.headers["Location"], status=status)
        assert f'<p class="lost-status">{status}</p>' in page.text and answer.headers["X-Request-ID"] in page.text
    assert state(browser.server) == before
    return page


@pytest.mark.parametrize("headers", AS_BROWSERS, ids=["told", "older"])
@pytest.mark.parametrize("at", FORMS[:-1], ids=lambda at: at.__name__)
def test_a_page_that_was_open_for_too_long_is_shown_anew(server, at, headers):
    browser = Browser(server)
    form, fields = at(server, browser)
    old = form | {"fields": form["fields"] | {"form_token": "1700000000000.AAAA"}}
    before = state(server)
    assert browser.submit(old, fields).status_code == 403, "a program is told"
    answer = browser.submit(old, fields, headers=headers, allow_redirects=False)
    assert led_to(answer) in ("/auth/verify-email" if at is at_another_code else urllib.parse.urlsplit(form["action"]).path,)
    page = browser.see(answer.headers["Location"])
    assert "open for too long" in page.text and state(server) == before
    for name in ("email", "display_name", "name"):
        typed = fields.get(name, "").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;")
        assert typed in page.text or typed.replace("&#39;", "&apos;") in page.text
    assert f'value="{fields.get("password", "?")}"' not in page.text


def settings_form(browser, where):
    return browser.form("/dashboard/settings", f"/dashboard/settings/{where}")


@pytest.mark.parametrize("headers", AS_BROWSERS, ids=["told", "older"])
@pytest.mark.parametrize("path", [
    "/dashboard/settings/profile", "/dashboard/settings/keys", "/dashboard/settings/mfa", "/dashboard/tasks", "/dashboard/jobs",
    "/dashboard/jobs/new-track", "/auth/confirm", "/auth/logout", "/auth/nothing", "/dashboard/nothing"])
def test_a_form_without_its_token_leads_to_a_page_that_says_so(server, path, headers):
    browser = Browser(server)
    browser.sign_in(make_user(server)["email"])
    status = 404 if path.endswith("nothing") else 403
    form = {"action": path, "fields": {"display_name": "Pat"}}
    assert browser.submit(form, {}, allow_redirects=False).status_code == status, "a program is told"
    before = state(server)
    page = refused_page(
        browser, browser.submit(form, {}, headers=headers | {"Referer": f"{server.base}/dashboard/settings?x=1&y=%22%3E"},
                                allow_redirects=False), status)
    assert state(server) == before
    assert ('href="/dashboard/settings?x=1&amp;y=%22%3E"' in page.text) == (status == 403), "back to the form, if there is one"
    assert browser.is_in()


@pytest.mark.parametrize("referer", [
    "http://evil.example/x", "//evil.example/x", "javascript:alert(1)", "{base}//evil.example", "{base}.evil.example/", "x" * 3000,
    "{base}/auth/logout", "{base}/auth/refused?refused=x", "http://user@{host}:pass@evil.example/", "data:text/html,x"])
def test_back_leads_to_a_page_of_ours_and_nowhere_else(server, referer):
    browser = Browser(server)
    browser.sign_in(make_user(server)["email"])
    referer = referer.format(base=server.base, host=urllib.parse.urlsplit(server.base).netloc)
    answer = browser.submit({"action": "/dashboard/settings/profile", "fields": {}}, {},
                            headers=AS_BROWSERS[1] | {"Referer": referer}, allow_redirects=False)
    page = refused_page(browser, answer, 403)
    assert 'class="button button-main" href="/dashboard"' in page.text and "evil" not in page.text


def test_a_form_from_another_site_leads_to_a_page_that_says_so(server):
    for headers in AS_BROWSERS:
        browser = Browser(server)
        form, fields = at_login(server, browser)
        page = refused_page(
            browser, browser.submit(form, fields, allow_redirects=False,
                                    headers=headers | {"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"}), 403)
        assert "another site" in page.text


def test_what_is_gone_leads_to_a_page_that_says_so(server):
    """The second click on Revoke, in another window."""
    account = member(server)
    browser = Browser(server)
    browser.sign_in(account.email)
    browser.submit(browser.form("/dashboard/settings", "/dashboard/settings/keys"), {"name": "one", "scopes": "jobs:read"})
    key = browser.see("/dashboard/settings").text.split('action="/dashboard/settings/keys/')[1].split("/delete")[0]
    form = settings_form(browser, f"keys/{key}/delete")
    assert path_of(browser.submit(form, {})) == "/dashboard/settings"
    for headers in AS_BROWSERS:
        assert browser.submit(form, {}, allow_redirects=False).status_code == 404
        refused_page(browser, browser.submit(form, {}, headers=headers, allow_redirects=False), 404)
        task = {"action": "/dashboard/tasks/00000000-0000-4000-8000-000000000000/delete", "fields": form["fields"] | {"version": "1"}}
        refused_page(browser, browser.submit(task, {}, headers=headers, allow_redirects=False), 404)


def test_a_form_that_is_too_large_leads_to_a_page_that_says_so(server):
    browser = Browser(server)
    browser.sign_in(make_user(server)["email"])
    form = browser.form("/dashboard/tasks", "/dashboard/tasks")
    for size, status in ((2 << 20, 400), (12 << 20, 413)):
        answer = browser.submit(form, {"title": "x" * size}, headers=AS_BROWSERS[0], allow_redirects=False)
        refused_page(browser, answer, status)


def test_a_page_is_shown_to_whom_it_was_kept_for(server):
    browser = Browser(server)
    answer = browser.submit({"action": "/auth/nothing", "fields": {}}, {}, headers=AS_BROWSERS[0], allow_redirects=False)
    where = answer.headers["Location"]
    refused_page(browser, answer, 404)
    for address in (where[:-1], "/auth/refused", "/auth/refused?refused="):
        assert path_of(browser.see(address)) in ("/auth/login", "/auth/register")
    assert path_of(Browser(server).see(where)) in ("/auth/login", "/auth/register")


def test_scripts_of_a_page_are_answered_where_they_asked(server):
    browser = Browser(server)
    browser.sign_in(make_user(server)["email"])
    form = {"action": "/dashboard/tasks", "fields": {}}
    for headers in ({"Sec-Fetch-Mode": "cors"}, {"Sec-Fetch-Mode": "cors", "Upgrade-Insecure-Requests": "1"}, {}):
        assert browser.submit(form, {}, headers=headers, allow_redirects=False).status_code == 403
    answer = browser.post(server.base + "/api/v1/tasks", data={"x": "y"}, headers=AS_BROWSERS[0], allow_redirects=False)
    assert answer.status_code >= 400 and answer.headers["Content-Type"].startswith("application/json")


def test_a_browser_reloads_the_second_click_without_sending(server, tmp_path):
    account = member(server)
    window = Chromium(server, tmp_path, scripts=True)
    try:
        window.open("/auth/login")
        window.type("#email", account.email)
        window.type("#password", STRONG)
        window.press("main form button[type=submit]")
        window.open("/dashboard/settings")
        for token in window.driver.find_elements("css selector", "input[name=form_token]"):
            window.driver.execute_script("arguments[0].value = 'of a session before'", token)
        window.type("#display-name", "Somebody else")
        window.press("form[action='/dashboard/settings/profile'] button[type=submit]")
        assert "too old" in window.find(".lost").text and "/auth/refused" in window.driver.current_url
        before = state(server)
        window.driver.refresh()
        assert "too old" in window.find(".lost").text
        window.driver.back()
        window.driver.forward()
        window.driver.refresh()
        assert "too old" in window.find(".lost").text and state(server) == before
        window.press(".lost a.button")
        assert "/dashboard/settings" in window.driver.current_url
    finally:
        window.driver.quit()
