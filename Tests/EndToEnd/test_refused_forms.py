"""Forms of people who are not signed in, when they are refused: the answer leads back to the page, and a reload sends nothing again."""

import re
import socket
import threading
import time
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
    # What is refused before it is whole can not be answered by a redirect.
    where = answer.headers.get("Refresh", "").removeprefix("0; url=") or answer.headers["Location"]
    assert answer.status_code == (400 if "Refresh" in answer.headers else 303)
    assert urllib.parse.urlsplit(where).path == "/auth/refused", answer.headers
    before = state(browser.server)
    for _ in range(2):
        page = browser.see(where, status=status)
        assert re.search(rf'<p class="lost-status">{status}</p>\s*<h1>\w[^<]+</h1>', page.text) and answer.headers["X-Request-ID"] in page.text
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


def refuse_something(browser, path="/auth/nothing", **headers):
    return browser.submit({"action": path, "fields": {}}, {}, headers=AS_BROWSERS[0] | headers, allow_redirects=False)


def test_each_window_shows_why_its_own_form_was_refused(server):
    browser = Browser(server)
    answers = [refuse_something(browser, f"/auth/nothing{number}") for number in range(12)]
    # As many as there are places for; one that was pushed out leads on, and never shows what another says.
    shown = [browser.see(answer.headers["Location"], status=None) for answer in answers]
    assert all(answer.headers["X-Request-ID"] in page.text or path_of(page) == "/auth/login" for answer, page in zip(answers, shown))
    assert sum(page.status_code == 404 for page in shown) in (2, 3, 4)
    assert shown[-1].status_code == 404


def test_what_one_person_was_told_is_not_shown_to_the_next_at_the_same_browser(server):
    browser = Browser(server)
    browser.sign_in(make_user(server)["email"])
    answer = refuse_something(browser, "/dashboard/tasks", Referer=f"{server.base}/dashboard?q=secret+words")
    assert "secret" in refused_page(browser, answer, 403).text
    browser.cookies.clear("127.0.0.1", "/", "quern_session")
    assert path_of(browser.see(answer.headers["Location"])) == "/auth/login"
    browser.sign_in(make_user(server)["email"])
    assert path_of(browser.see(answer.headers["Location"])) == "/dashboard"


@pytest.mark.parametrize("query", ["|" * 900, "é" * 400, "x" * 960, "%22" * 300])
def test_a_long_address_of_the_page_costs_the_way_back_alone(server, query):
    browser = Browser(server)
    browser.sign_in(make_user(server)["email"])
    answer = refuse_something(browser, "/dashboard/tasks", Referer=f"{server.base}/dashboard?q={query}".encode())
    refused_page(browser, answer, 403)


@pytest.mark.parametrize("path", ["/auth/logout/", "/auth//logout", "//auth/logout", "/auth/refused/", "/auth/%6Cogout"])
def test_back_never_signs_out(server, path):
    browser = Browser(server)
    browser.sign_in(make_user(server)["email"])
    page = refused_page(browser, refuse_something(browser, "/dashboard/tasks", Referer=server.base + path), 403)
    assert 'class="button button-main" href="/dashboard"' in page.text


def test_when_to_try_again_is_told(server):
    browser = Browser(server)
    browser.register(new_address())
    form = browser.form("/auth/verify-email", "/auth/verify-email/resend")
    browser.submit(form, {})
    answer = browser.submit(form, {}, allow_redirects=False)
    assert led_to(answer) == "/auth/verify-email" and int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["//api/v1/tasks", "/api", "/api/", "/api//v1/tasks"])
def test_below_api_all_is_json(server, path):
    answer = Browser(server).post(server.base + path, data={"x": "y"}, headers=AS_BROWSERS[0] | {"Accept": "text/html"},
                                  allow_redirects=False)
    assert answer.status_code >= 400 and answer.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("path", [
    "/auth/login", "/api/v1/auth/login", "/auth/cognito/login", "/auth/cognito/signup", "/api/v1/auth/cognito/confirm"])
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
def test_no_page_of_another_site_lets_a_browser_try_passwords(server, path, kind):
    email = make_user(server)["email"]
    before = state(server)
    headers = {"Content-Type": kind, "Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example", "Sec-Fetch-Mode": "no-cors"}
    for body in (f'{{"email":"{email}","password":"{STRONG}"}}', urllib.parse.urlencode({"username": email, "password": WRONG})):
        answer = Browser(server).post(server.base + path, data=body, headers=headers, allow_redirects=False)
        assert answer.status_code == 403 and "another site" in answer.text, answer.text
    # One that asks first is the browser's to refuse, and programs have no origin.
    json_type = headers | {"Content-Type": "application/json; charset=utf-8"}
    answer = Browser(server).post(server.base + path, data="{}", headers=json_type, allow_redirects=False)
    assert answer.status_code in (400, 422)
    assert state(server) == before


def early_answer(server, head, body):
    """The head and the page of what is answered before a body is whole."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        line.sendall(head.encode() + b"Content-Length: 100000000\r\n\r\n" + body)
        answer = b""
        while b"</p>" not in answer and b"\r\n\r\n" not in answer:
            piece = line.recv(65536)
            assert piece, answer
            answer += piece
    return answer.decode()


def test_a_form_that_is_refused_before_it_is_whole_is_answered_by_an_error_that_leads_on(server):
    browser = Browser(server)
    browser.sign_in(make_user(server)["email"])
    cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)
    head = (f"POST /dashboard/jobs?form_token=stale HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: {cookie}\r\n"
            "Accept: text/html\r\nSec-Fetch-Site: same-origin\r\nContent-Type: multipart/form-data; boundary=x\r\n")
    answer = early_answer(server, head + "Sec-Fetch-Mode: navigate\r\n", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n')
    assert answer.startswith("HTTP/1.1 400 ") and "\r\nlocation:" not in answer.lower()
    where = re.search(r"(?mi)^refresh: 0; url=(\S+)\r$", answer).group(1)
    kept = re.search(r"(?mi)^set-cookie: ([^=]+)=([^;]+)", answer)
    browser.cookies.set(kept.group(1), kept.group(2), domain="127.0.0.1", path="/auth/refused")
    assert "too old" in browser.see(where, status=403).text
    # A program is told where it asked.
    assert early_answer(server, head, b"--x\r\n").startswith("HTTP/1.1 403 ")


class SlowLine:
    """Hands a browser's bytes on to the server as slowly as a poor line does."""

    def __init__(self, port, bytes_per_second):
        self.target, self.pace = port, bytes_per_second
        self.posts = 0
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.door.accept()
            except OSError:
                return
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
            server = socket.create_connection(("127.0.0.1", self.target))
            threading.Thread(target=self.up, args=(client, server), daemon=True).start()
            threading.Thread(target=self.down, args=(client, server), daemon=True).start()

    def up(self, client, server):
        sent = 0
        try:
            while piece := client.recv(16384):
                self.posts += piece.startswith(b"POST ")
                server.sendall(piece)
                sent += len(piece)
                if sent > 200_000:
                    time.sleep(len(piece) / self.pace)
        except OSError:
            pass

    def down(self, client, server):
        try:
            while piece := server.recv(65536):
                client.sendall(piece)
        except OSError:
            pass
        # As the kernel does with a peer that has gone.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        client.close()
        server.close()


def test_a_browser_shows_why_a_long_upload_was_refused_and_sends_it_once(server, tmp_path):
    line = SlowLine(server.port, 1_000_000)
    big = tmp_path / "big.csv"
    big.write_bytes(b"a,b\n" + b"1,2\n" * 5_000_000)

    class Far:
        base = f"http://127.0.0.1:{line.port}"

    window = Chromium(Far, tmp_path, scripts=False)
    try:
        window.driver.set_page_load_timeout(60)
        window.open("/auth/login")
        window.type("#email", member(server).email)
        window.type("#password", STRONG)
        window.press("main form button[type=submit]")
        window.wait_for_path("/dashboard")
        window.open("/dashboard/jobs/new")
        window.driver.execute_script("""
            const form = document.querySelector("form[enctype]");
            form.action = form.action.replace(/form_token=[^&]*/, "form_token=stale");
        """)
        window.find("input[type=file]").send_keys(str(big))
        before = line.posts
        window.driver.execute_script("document.querySelector('form[enctype]').submit()")
        window.wait_for_path("/auth/refused")
        assert "too old" in window.find(".lost").text and line.posts == before + 1
        window.driver.refresh()
        assert "too old" in window.find(".lost").text and line.posts == before + 1
    finally:
        window.driver.quit()
        line.door.close()


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
        window.shoot("refused-form")
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


def test_a_login_with_too_many_wrong_codes_says_why_it_is_over(server):
    browser = Browser(server)
    form, fields = at_the_second_step(server, browser)
    for _ in range(5):
        page = browser.submit(form, fields)
    assert "too many wrong codes" in page.text and "too long" in page.text
