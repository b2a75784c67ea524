"""The pages of accounts in headless Chromium: every way in, through, and out, with scripts and without.

Pages are opened at http://localhost, the only address without TLS where a browser uses passkeys. The authenticators are
Chromium's own virtual ones; pictures of QR codes are read by zxing-cpp, which shares nothing with the server's encoder.
QUERN_SHOTS names a folder for pictures of each page: light, dark, and 390 pixels wide.
"""
# requires zxing-cpp==3.1.1, pillow==13.0.0

import contextlib
import re
import time
import urllib.parse

import PIL.Image
import pytest
import zxingcpp
from selenium.common.exceptions import NoSuchElementException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions
from selenium.webdriver.support.ui import Select

import mailbox
import people
from people import (
    API, STRONG, STRONGER, WRONG, Mailbox, Totp, add_device, cli, let_time_pass, log_in, make_user, member, new_address, users,
    with_key,
)
from served import ADMIN, PASSWORD, Server, free_port, run_quern, wait_until
from test_pages import PAGE_SECONDS, Browser

QUICKEST_ANSWER_SECONDS = 3
FRESH_SECONDS = 10 * 60
CODE_TRIES = 5
LOGIN_TRIES = 5
DAY = 86_400
CODE = re.compile(r"[0-9a-z]{4,}(?:-[0-9a-z]{4,})+", re.I)

pytestmark = pytest.mark.seconds(300)

with_scripts = pytest.mark.parametrize("has_scripts", [True], ids=["scripts"])


# A server and its browsers


def home(server):
    return f"http://localhost:{server.port}"


def form(action, has=""):
    return f'main form[action="{action}"]' + (f":has({has})" if has else "")


# Opens what the form and its fields are folded away in, and sets each field; the names of those that are not there, or shut.
FILL = """
const [sheet, fields] = arguments;
const unfold = (element) => { for (let at = element; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true; };
const tell = (element, kind) => element.dispatchEvent(new Event(kind, { bubbles: true }));
unfold(sheet);
return Object.entries(fields).filter(([name, value]) => {
  const field = [...sheet.elements].find((one) => one.name === name && one.type !== "hidden");
  if (!field || field.disabled || field.readOnly) return true;
  unfold(field.parentElement);
  if (field.type === "checkbox") {
    if (field.checked !== value) field.click();
    return false;
  }
  if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === value)) return true;
  if (field.tagName !== "SELECT") field.focus();
  field.value = value;
  tell(field, "input");
  tell(field, "change");
  return false;
}).map(([name]) => name);
"""


class Window(Browser):
    """A browser of its own, with its own cookies."""

    def __init__(self, server, folder, scripts):
        folder.mkdir()
        super().__init__(server, folder, scripts)
        self.has_scripts = scripts
        self.folder = folder

    def open(self, path):
        self.driver.get(urllib.parse.urljoin(home(self.server), path))
        return self

    def shoot(self, name):
        super().shoot(name if self.has_scripts else name + "-no-scripts")

    @property
    def query(self):
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.driver.current_url).query))

    @property
    def text(self):
        return self.find("main").text

    @property
    def problem(self):
        return self.find("#problem").text

    def note(self, kind="good", within="main"):
        return self.find(f"{within} .note-{kind}").text

    def said(self, selector):
        """The texts of all that fit and are not empty, read at once: a page that is leaving can not leave in between."""
        return self.driver.execute_script(
            "return [...document.querySelectorAll(arguments[0])].map(one => one.innerText.trim()).filter(Boolean)", selector)

    def turn(self, press):
        """Does what leads to another page, and waits until that is there."""
        old = self.find("html")
        press()

        def is_gone():
            with contextlib.suppress(WebDriverException):
                old.is_enabled()
                return False
            return True

        wait_until(is_gone, PAGE_SECONDS, lambda: f"another page after {self.path}", pause=0.05)
        self.find("main")
        return self

    def unfold(self, element):
        """Opens what an element is folded away in."""
        for summary in element.find_elements(By.XPATH, "ancestor::details[not(@open)]/summary"):
            summary.click()
        return element

    def fill(self, selector, fields):
        """Fills a form in as a password manager does: all at once, with the events of somebody who types."""
        sheet = self.find(selector)
        missing = self.driver.execute_script(FILL, sheet, fields)
        if missing:
            raise NoSuchElementException(f"{missing} can not be filled in {selector}")
        return sheet

    def send(self, selector, **fields):
        """Fills a form in and sends it, as a person would."""
        sheet = self.fill(selector, fields)
        return self.turn(sheet.find_element(By.CSS_SELECTOR, "button[type=submit]").click)

    def follow(self, selector):
        return self.turn(self.find(selector).click)

    def sign_in(self, email, password=STRONG, next="", **fields):
        self.open("/auth/login" + (f"?next={urllib.parse.quote(next, safe='')}" if next else ""))
        return self.send(form("/auth/login"), email=email, password=password, **fields)

    def sign_out(self):
        self.press("details.account summary")
        return self.turn(self.find("details.account form button").click)

    def is_in(self):
        self.open("/dashboard")
        return self.path == "/dashboard"

    def cookie(self, name="quern_session"):
        cookie = self.driver.get_cookie(name)
        if cookie:
            self.server.secrets.add(cookie["value"])
        return cookie

    def check(self, *statuses):
        """Nothing went wrong in the console, but pages that were to be refused with these; no page is too wide."""
        # A page that was open when its server was started again, or its session ended, asks for its events in vain.
        vain = re.compile(r"ERR_CONNECTION_REFUSED|/events\?\S* - .*status of 401")
        found = [entry for entry in self.complaints() if not vain.search(entry["message"])]
        assert [entry for entry in found if not any(f"status of {status}" in entry["message"] for status in statuses)] == []
        assert self.too_wide == []


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def has_scripts(request):
    return request.param


def knows_its_address(server):
    server.port = free_port()
    server.settings["QUERN_PUBLIC_URL"] = home(server)


def knows_no_address(server):
    server.port = free_port()


@pytest.fixture
def open_server(shared_servers):
    """A server with an administrator, that knows its own address unless told otherwise; other tests use it too."""

    def get(is_address_set=True, **settings):
        return shared_servers.get(knows_its_address if is_address_set else knows_no_address, **settings)

    return get


@pytest.fixture
def own_server(tmp_path):
    """As open_server, but with nobody else on it."""
    made = []

    def make(**settings):
        server = Server(tmp_path / f"server-{len(made)}", settings)
        made.append(server)
        knows_its_address(server)
        server.start()
        server.register()
        return server

    yield make
    for server in made:
        server.end()


@pytest.fixture
def new_window(tmp_path, has_scripts):
    made = []

    def make(server, scripts=has_scripts):
        made.append(Window(server, tmp_path / f"window-{len(made)}", scripts))
        return made[-1]

    yield make
    for window in made:
        window.driver.quit()


# Registration

SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen"
).split()
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()


def number(word):
    tens, _, ones = word.partition("-")
    if tens in SMALL:
        return SMALL.index(tens)
    return TENS.index(tens) * 10 + (SMALL.index(ones) if ones else 0)


def solve(question):
    """The answer to a sum in words, as somebody finds it who reads the page."""
    known = "|".join(sorted(SMALL + TENS, key=len, reverse=True))
    numbers = [number(word) for word in re.findall(rf"\b(?:{known})(?:-(?:{known}))?\b", question.lower())]
    first, last = numbers[0], numbers[-1]
    for words, answer in (
        ("plus", first + last), ("together", first + last), ("minus", first - last), ("away from", last - first),
        ("times", first * last), ("weeks", first * 7), ("half of", first // 2), ("twice", first * 2), ("right after", first + 1),
        ("right before", first - 1), ("larger", max(numbers)), ("smaller", min(numbers)), ("legs", first * 4),
    ):
        if words in question:
            return answer
    raise AssertionError(f"a question that nobody can answer: {question}")


def other_than(code):
    return "111111" if code != "111111" else "222222"


def register(window, email, name="Pat Miller"):
    """Through the form: the browser works, or the person reads and answers."""
    window.server.secrets.add(STRONG)
    window.open("/auth/register")
    fields = {"email": email, "display_name": name, "password": STRONG}
    if window.has_scripts:
        return window.send(form("/auth/register"), **fields)
    shown = time.monotonic()
    answer = str(solve(window.find("label[for=answer]").text))
    window.fill(form("/auth/register"), fields)
    wait_until(lambda: time.monotonic() > shown + QUICKEST_ANSWER_SECONDS + 0.2, 10, "as long as it takes to read")
    return window.send(form("/auth/register"), answer=answer)


def test_somebody_new_registers_proves_the_address_is_approved_and_comes_in(own_server, new_window, has_scripts):
    # With scripts a mail server takes the letters; without, they wait in the outbox.
    with mailbox.Mailbox() if has_scripts else contextlib.nullcontext() as post_office:
        server = own_server(REGISTRATION_ENABLED="true", **(post_office.settings() if post_office else {}))
        email = new_address("newcomer")
        box = Mailbox(server, email)

        def next_code():
            return mailbox.code_in(post_office.wait_for(to=email, subject="code")) if post_office else box.code()

        window = new_window(server)
        window.open("/auth/login").follow('main a[href="/auth/register"]')
        window.shoot("account-register")
        if has_scripts:
            assert not window.find("[data-proof-fallback]").is_displayed(), "nobody is asked what the browser can show"
        else:
            # Quicker than anybody reads: a program. Then a wrong answer: another question, and what was typed stays.
            program = people.Browser(server)
            page = program.see("/auth/register").text
            answer = str(solve(re.search(r'for="answer">([^<]+)<', page).group(1)))
            fields = {"email": email, "password": STRONG, "answer": answer}
            quick = program.submit(people.Forms(page).to("/auth/register"), fields)
            assert "quick" in people.assert_given_back(quick).text and people.path_of(quick) == "/auth/register"
            window.fill(form("/auth/register"), {"email": email, "display_name": "Pat Miller", "password": STRONG})
            time.sleep(QUICKEST_ANSWER_SECONDS + 0.2)
            window.send(form("/auth/register"), answer="one hundred")
            assert window.path == "/auth/register" and "another question" in window.problem
            assert window.find("#email").get_attribute("value") == email
            assert window.find("#display-name").get_attribute("value") == "Pat Miller"
            window.shoot("account-register-wrong-answer")
        # A password that everybody has.
        window.open("/auth/register")
        window.send(form("/auth/register"), email=email, password="password1")
        assert window.path == "/auth/register" and "common" in window.problem.lower()
        window.shoot("account-register-refused")

        register(window, email)
        window.wait_for_path("^/auth/verify-email$")
        assert email in window.text
        window.shoot("account-verify-email")
        code = next_code()
        window.send(form("/auth/verify-email"), code=other_than(code))
        assert f"Tries left: {CODE_TRIES - 1}" in window.problem
        assert email in window.text
        window.shoot("account-verify-email-wrong")

        # Another code; a third is not to be had so soon.
        window.send(form("/auth/verify-email/resend"))
        assert "new one" in window.note()
        window.shoot("account-verify-email-again")
        code = next_code()
        window.send(form("/auth/verify-email/resend"))
        assert re.search(r"in \d+ s", window.problem)
        assert re.search(r"another code in \d+ s", window.text)
        window.shoot("account-verify-email-too-soon")

        # Pasted as the mail may show it.
        window.send(form("/auth/verify-email"), code=f"{code[:3]} {code[3:]}")
        window.wait_for_path("^/auth/pending$")
        window.shoot("account-pending")
        window.sign_in(email)
        assert window.path == "/auth/pending", "the password is right, but nobody has approved"

        admin = new_window(server)
        admin.sign_in(ADMIN, PASSWORD).open("/admin/users")
        assert "Pat Miller" in admin.find(".waiting").text and email in admin.find(".waiting").text
        assert admin.find(".tabs .count").text.startswith("1")
        admin.shoot("admin-users-waiting")
        id = users(server)[email]["id"]
        admin.send(f'.waiting form[action="/admin/users/{id}/approve"]')
        assert f"{email} may sign in now." in admin.note()
        assert not admin.all(".waiting")
        admin.check()

        if post_office:
            link = mailbox.link_in(post_office.wait_for(to=email, subject="ready"))
        else:
            link = re.search(r"https?://\S+", box.next("approved")["text"]).group()
        assert link == home(server) + "/auth/login"
        window.open(link)
        window.send(form("/auth/login"), email=email, password=STRONG)
        assert window.path == "/dashboard"
        window.check(400, 429)


def test_registration_is_closed(open_server, new_window):
    window = new_window(open_server())
    window.open("/auth/login")
    assert not window.all('main a[href="/auth/register"]')
    window.open("/auth/register")
    assert "Registration is closed" in window.text
    window.shoot("account-closed")
    window.check(403)


# A password that is not right


def test_a_refused_login_a_lock_and_a_forgotten_password(open_server, new_window):
    server = open_server()
    email = make_user(server, new_address("forgetful"))["email"]
    box = Mailbox(server, email)
    before = people.Browser(server)
    before.sign_in(email)
    assert before.is_in()

    window = new_window(server)
    window.sign_in(email, WRONG)
    assert window.path == "/auth/login" and "not right" in window.problem
    assert window.find("#email").get_attribute("value") == email
    assert window.find("#password").get_attribute("value") == ""
    window.shoot("account-login-refused")
    for _ in range(LOGIN_TRIES - 1):
        window.send(form("/auth/login"), password=WRONG)
    window.send(form("/auth/login"), password=STRONG)
    assert window.path == "/auth/login" and "15 minutes" in window.problem, "not even with the right one"
    window.shoot("account-login-locked")
    assert before.is_in(), "whoever was in stays in"
    assert "nobody can sign in" in box.next("guessing")["text"]

    window.follow('main a[href="/auth/forgot-password"]')
    window.shoot("account-forgot-password")
    window.send(form("/auth/forgot-password"), email=new_address("nobody"))
    unknown = window.text
    window.open("/auth/forgot-password").send(form("/auth/forgot-password"), email=email)
    assert re.sub(r"\S+@\S+", "@", window.text) == re.sub(r"\S+@\S+", "@", unknown), "known or not, it says the same"
    window.shoot("account-forgot-password-sent")

    link = re.search(r"https?://\S+", box.next("/auth/reset-password")["text"]).group()
    server.secrets |= {link.split("token=")[1], STRONGER}
    assert link.startswith(home(server) + "/auth/reset-password?token=")
    window.open(link)
    window.shoot("account-reset-password")
    window.send(form("/auth/reset-password"), password="password1")
    assert "common" in window.problem.lower()
    window.shoot("account-reset-password-refused")
    window.send(form("/auth/reset-password"), password=STRONGER)
    assert window.path == "/auth/login" and "Sign in with the new one" in window.note()
    window.shoot("account-login-notice")
    assert not before.is_in(), "old sessions are gone"
    window.send(form("/auth/login"), email=email, password=STRONGER)
    assert window.path == "/dashboard", "the lock is gone with the old password"
    window.sign_out()
    window.sign_in(email, STRONG)
    assert "not right" in window.problem

    window.open(link)
    assert "no longer works" in window.text and not window.all("#password")
    window.shoot("account-reset-password-used")
    window.check(400, 401, 429)


def test_a_password_that_an_operator_set_is_replaced_at_the_login(open_server, new_window):
    server = open_server()
    email = make_user(server, new_address("helped"))["email"]
    server.secrets |= {WRONG, STRONGER}
    done = run_quern("user", "reset-password", email, "--password", WRONG, "--data-dir", server.data)
    assert done.returncode == 0, done.stderr
    window = new_window(server)
    window.sign_in(email, WRONG, next="/dashboard/settings")
    assert window.path == "/auth/new-password"
    window.shoot("account-new-password")
    assert not window.is_in(), "not before there is a new one"
    window.sign_in(email, WRONG, next="/dashboard/settings")
    window.send(form("/auth/new-password"), password=WRONG)
    assert window.path == "/auth/new-password" and "differ" in window.problem
    window.shoot("account-new-password-refused")
    window.send(form("/auth/new-password"), password=STRONGER)
    assert window.path == "/dashboard/settings"
    window.sign_out()
    window.sign_in(email, STRONGER)
    assert window.path == "/dashboard"
    window.check(400)


# Two-step sign-in


def scanned(window, name):
    """What the QR code says on each picture of a page."""
    folder = window.folder / "codes"
    found = []
    for variant, width, scheme in (("light", 1280, "light"), ("dark", 1280, "dark"), ("narrow", 390, "dark")):
        window.show_as(width, scheme, height=2400)
        folder.mkdir(exist_ok=True)
        picture = folder / f"{name}-{variant}.png"
        assert window.driver.save_screenshot(str(picture))
        with PIL.Image.open(picture) as image:
            codes = zxingcpp.read_barcodes(image.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
        # The reader may find the same code twice, in two of its sizes, and once in thousands of pictures it reads one of them wrong.
        assert codes, f"no QR code in the picture {variant}"
        found.append({code.text for code in codes})
    window.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    window.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    on_all = set.intersection(*found)
    assert len(on_all) == 1, found
    return on_all.pop()


def read_secret(window, email, name):
    """The secret that the set-up page shows three times: as a picture, as a link, and to be typed."""
    uri = scanned(window, name)
    parts = urllib.parse.urlsplit(uri)
    query = dict(urllib.parse.parse_qsl(parts.query))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert urllib.parse.unquote(parts.path) == f"/Quern:{email}" and query["issuer"] == "Quern"
    assert (query.get("digits", "6"), query.get("period", "30"), query.get("algorithm", "SHA1")) == ("6", "30", "SHA1")
    secret = query["secret"]
    assert window.find(".scan-text a").get_attribute("href") == uri
    assert window.find("#secret").text.replace(" ", "") == secret
    assert window.find("#secret").get_attribute("data-copy-text") == secret
    window.server.secrets.add(secret)
    return secret


def shown_codes(window):
    codes = [item.text for item in window.all("#codes code")]
    assert len(set(codes)) == 10 and all(map(CODE.fullmatch, codes)), codes
    window.server.secrets.update(codes)
    return codes


def clipboard(window):
    window.driver.grant(home(window.server), "clipboardReadWrite", "clipboardSanitizedWrite")
    return lambda: window.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0], arguments[0])")


def test_two_step_sign_in_from_the_settings(open_server, new_window):
    server = open_server()
    email = make_user(server, new_address("careful"))["email"]
    window = new_window(server)
    window.sign_in(email).open("/dashboard/settings")
    window.shoot("settings")

    # Set-up: the picture, a wrong code, a right one.
    window.send(form("/dashboard/settings/mfa/devices"), name="My phone")
    assert window.path == "/dashboard/settings/mfa/devices"
    window.shoot("settings-mfa-setup")
    secret = read_secret(window, email, "setup")
    assert window.find("#name").get_attribute("value") == "My phone"
    if window.has_scripts:
        read = clipboard(window)
        window.press("[data-copy='#secret']")
        wait_until(lambda: read() == secret, 5, "the key in the clipboard")
    totp = Totp(secret)
    window.send(form("/dashboard/settings/mfa/devices/verify"), code=totp.wrong())
    assert "not right" in window.problem
    window.shoot("settings-mfa-setup-wrong")
    assert read_secret(window, email, "again") == secret, "whoever scanned it need not scan again"
    code = totp.code()
    window.send(form("/dashboard/settings/mfa/devices/verify"), code=f"{code[:3]} {code[3:]}")

    # Recovery codes, shown once.
    codes = shown_codes(window)
    window.shoot("account-recovery-codes")
    if window.has_scripts:
        window.press("[data-copy='#codes']")
        wait_until(lambda: read() == "\n".join(codes), 5, "the codes in the clipboard")
        window.press("[data-save='#codes']")
        file = window.downloads / "quern-recovery-codes.txt"
        wait_until(file.exists, 10, "the file of codes")
        assert all(code in file.read_text() for code in codes)
    window.follow(".setup-end a")
    assert window.path == "/dashboard/settings"
    assert window.find("#mfa .state").text == "On" and "My phone" in window.find("#mfa").text
    assert "10 of 10 left" in window.find("#mfa").text
    window.open("/dashboard/settings/mfa/devices")
    assert secret not in window.driver.page_source and codes[0] not in window.driver.page_source, "never again"
    window.shoot("settings-mfa-on")
    window.sign_out()

    # It is asked for from now on.
    window.sign_in(email, next="/dashboard/jobs/new")
    assert window.path == "/auth/mfa"
    window.shoot("account-mfa")
    assert not window.is_in(), "half a login is none"
    window.sign_in(email, next="/dashboard/jobs/new")
    window.send(form("/auth/mfa", "#code"), code=totp.wrong())
    assert f"Tries left: {CODE_TRIES - 1}" in window.problem
    window.shoot("account-mfa-wrong")
    window.send(form("/auth/mfa", "#code"), code=code)
    assert f"Tries left: {CODE_TRIES - 2}" in window.problem, "a code that was used is none"
    window.send(form("/auth/mfa", "#code"), code=totp.code())
    assert window.path == "/dashboard/jobs/new"
    window.sign_out()

    # A recovery code works, in capitals and with blanks, and once.
    window.sign_in(email)
    window.send(form("/auth/mfa", "#recovery-code"), code=f" {codes[0].upper()} ")
    assert window.path == "/dashboard"
    window.open("/dashboard/settings")
    assert "9 of 10 left" in window.find("#mfa").text
    window.sign_out()
    window.sign_in(email)
    window.send(form("/auth/mfa", "#recovery-code"), code=codes[0])
    assert window.path == "/auth/mfa" and f"Tries left: {CODE_TRIES - 1}" in window.problem
    assert window.find("#recovery-code").is_displayed(), "the form that was used stays open"
    window.shoot("account-mfa-recovery-wrong")
    for _ in range(CODE_TRIES - 2):
        window.send(form("/auth/mfa", "#recovery-code"), code="0000-0000")
    assert "Tries left: 1" in window.problem
    window.send(form("/auth/mfa", "#recovery-code"), code="0000-0000")
    assert window.path == "/auth/login", "too often; from the start"
    window.shoot("account-login-over")
    window.sign_in(email)
    window.send(form("/auth/mfa", "#recovery-code"), code=codes[1])
    assert window.path == "/dashboard"

    # New codes; the old are void.
    window.open("/dashboard/settings")
    window.send(form("/dashboard/settings/mfa/recovery-codes"))
    fresh = shown_codes(window)
    assert not set(fresh) & set(codes)
    window.shoot("account-recovery-codes-new")
    window.follow(".setup-end a")
    assert "10 of 10 left" in window.find("#mfa").text

    # The device is removed.
    window.send('#mfa form[action$="/delete"]')
    assert "removed" in window.note(within="#mfa") and "My phone" not in window.find("#mfa .rows, #mfa").text
    window.shoot("settings-mfa-removed")
    window.check(400, 401)


def test_a_device_that_was_removed_no_longer_signs_in_and_the_other_does(open_server, new_window):
    server = open_server()
    account = member(server)
    (lost, lost_id, _), (kept, _, _) = add_device(account, "lost"), add_device(account, "kept")
    window = new_window(server)
    window.sign_in(account.email).send(form("/auth/mfa", "#code"), code=kept.code())
    window.open("/dashboard/settings")
    window.send(form(f"/dashboard/settings/mfa/devices/{lost_id}/delete"))
    assert "lost" not in window.find("#mfa .rows").text and "kept" in window.find("#mfa .rows").text
    window.sign_out()
    window.sign_in(account.email).send(form("/auth/mfa", "#code"), code=lost.code())
    assert window.path == "/auth/mfa" and "not right" in window.problem
    window.send(form("/auth/mfa", "#code"), code=kept.code())
    assert window.path == "/dashboard"
    # Turned off: the password alone signs in again.
    window.open("/dashboard/settings")
    window.send(form("/dashboard/settings/mfa", '[value="false"]'))
    assert window.find("#mfa .state").text == "Off"
    window.sign_out()
    window.sign_in(account.email)
    assert window.path == "/dashboard"
    window.check(400)


def test_the_last_device_is_removed_and_two_step_sign_in_is_off(open_server, new_window):
    """What nobody can answer must not be asked, and the page must not say that it is on."""
    server = open_server()
    account = member(server)
    totp, id, _ = add_device(account)
    window = new_window(server)
    window.sign_in(account.email).send(form("/auth/mfa", "#code"), code=totp.code())
    window.open("/dashboard/settings")
    window.send(form(f"/dashboard/settings/mfa/devices/{id}/delete"))
    assert window.find("#mfa .state").text == "Off"
    window.sign_out()
    window.sign_in(account.email)
    assert window.path == "/dashboard"


def test_a_server_that_asks_everyone_for_a_second_step_leads_through_the_set_up(open_server, new_window):
    server = open_server(QUERN_MFA_REQUIRED="true")
    email = make_user(server, new_address("told"))["email"]
    window = new_window(server)
    window.sign_in(email, next="/dashboard/settings")
    assert window.path == "/auth/mfa/setup"
    window.shoot("account-mfa-setup")
    secret = read_secret(window, email, "forced")
    assert not window.is_in(), "not before it is done"
    window.sign_in(email, next="/dashboard/settings")
    assert read_secret(window, email, "forced-again") == secret, "whoever scanned it need not scan again"
    totp = Totp(secret)
    window.send(form("/auth/mfa/setup"), code=totp.wrong(), name="Work phone")
    assert window.path == "/auth/mfa/setup" and "not right" in window.problem
    assert window.find("#name").get_attribute("value") == "Work phone"
    window.shoot("account-mfa-setup-wrong")
    assert read_secret(window, email, "forced-wrong") == secret
    window.send(form("/auth/mfa/setup"), code=totp.code())
    codes = shown_codes(window)
    window.follow(".setup-end a")
    assert window.path == "/dashboard/settings"
    assert "Work phone" in window.find("#mfa").text and "another device first" in window.find("#mfa .row-why").text
    assert not window.all(form("/dashboard/settings/mfa", '[value="false"]')), "nobody may turn it off"
    window.shoot("settings-mfa-required")
    window.sign_out()
    window.sign_in(email).send(form("/auth/mfa", "#code"), code=totp.code())
    assert window.path == "/dashboard"
    assert codes
    window.check(400)


# Passkeys


def authenticator(window, is_verifying=True):
    """A passkey holder inside this browser, such as a laptop with a finger reader; or a plain one, which asks for nothing."""
    window.driver.add_virtual_authenticator(VirtualAuthenticatorOptions(
        protocol=VirtualAuthenticatorOptions.Protocol.CTAP2, transport=VirtualAuthenticatorOptions.Transport.INTERNAL,
        has_resident_key=True, has_user_verification=is_verifying, is_user_verified=is_verifying))
    return window


def add_passkey(window, name):
    window.open("/dashboard/settings")
    window.type("#passkey-name", name)
    window.turn(window.find("[data-passkey=add]").click)
    assert name in window.find("#passkeys .rows").text


def use_passkey(window):
    return window.turn(window.find("[data-passkey=login]").click)


def refused_passkey(window):
    """What the page says when the passkey on it does not open the door."""
    window.find("[data-passkey=login]").click()
    return wait_until(lambda: window.find("#passkey-problem").text, PAGE_SECONDS, "a word about the passkey")


@with_scripts
@pytest.mark.parametrize("is_address_set", [True, False], ids=["public-url", "host"])
def test_a_passkey_is_added_and_signs_in_without_a_password(open_server, new_window, is_address_set):
    server = open_server(is_address_set)
    email = make_user(server, new_address("keyholder"))["email"]
    box = Mailbox(server, email)
    window = authenticator(new_window(server))
    window.sign_in(email)
    add_passkey(window, "This laptop")
    window.shoot("settings-passkeys")
    assert "not used yet" in window.find("#passkeys .rows").text
    assert "passkey was added" in box.next("passkey")["text"], "the owner is told, in case it was somebody else"

    # The same device a second time.
    window.type("#passkey-name", "Once more")
    window.find("[data-passkey=add]").click()
    said = wait_until(lambda: window.find("#passkey-problem").text, PAGE_SECONDS, "a word about the second one")
    assert "already" in said
    window.shoot("settings-passkeys-twice")

    window.sign_out()
    window.open("/auth/login?next=/dashboard/jobs/new")
    use_passkey(window)
    assert window.path == "/dashboard/jobs/new"
    window.open("/dashboard/settings")
    assert email in window.find("#profile").text
    assert "not used yet" not in window.find("#passkeys .rows").text
    assert len(window.all("#passkeys .rows li")) == 1

    # Removed here: the browser still has it, the server no longer knows it.
    window.send('#passkeys form[action$="/delete"]')
    assert "removed" in window.note(within="#passkeys")
    window.sign_out()
    window.open("/auth/login")
    assert "not known" in refused_passkey(window)
    assert window.path == "/auth/login"
    window.shoot("account-login-passkey-refused")
    assert not window.is_in()
    window.check(400, 401)


@with_scripts
def test_a_passkey_is_the_second_step(open_server, new_window):
    server = open_server()
    account = member(server)
    window = authenticator(new_window(server))
    window.sign_in(account.email)
    add_passkey(window, "This laptop")
    window.send(form("/dashboard/settings/mfa", '[value="true"]'))
    assert len(window.all(".codes li")) == 10, "recovery codes come along"
    window.open("/dashboard/settings")
    assert window.find("#mfa .state").text == "On"
    window.shoot("settings-mfa-passkey-only")
    window.sign_out()
    window.sign_in(account.email, next="/dashboard/jobs/new")
    assert window.path == "/auth/mfa"
    window.shoot("account-mfa-passkey-only")
    assert not window.all("#code"), "there is no app"
    use_passkey(window)
    assert window.path == "/dashboard/jobs/new"
    # Beside an app.
    totp, _, _ = add_device(account)
    window.sign_out()
    window.sign_in(account.email)
    assert window.find("#code").is_displayed()
    window.shoot("account-mfa-passkey")
    use_passkey(window)
    assert window.path == "/dashboard"
    assert not window.cookie("quern_step"), "the step is over"
    window.check()
    assert totp


@with_scripts
def test_whoever_turns_two_steps_on_with_a_passkey_gets_recovery_codes(open_server, new_window):
    """As with an app: the day the device is lost, only an administrator could help otherwise."""
    server = open_server()
    account = member(server)
    window = authenticator(new_window(server))
    window.sign_in(account.email)
    add_passkey(window, "This laptop")
    window.send(form("/dashboard/settings/mfa", '[value="true"]'))
    if window.all("#codes"):
        shown_codes(window)
    window.open("/dashboard/settings")
    assert "10 of 10 left" in window.find("#mfa").text


@with_scripts
def test_a_passkey_of_somebody_else_is_no_second_step(open_server, new_window):
    server = open_server()
    account, other = member(server, name="owner"), member(server, name="other")
    add_device(account)
    window = authenticator(new_window(server))
    window.sign_in(other.email)
    add_passkey(window, "Of somebody else")
    window.sign_out()
    window.sign_in(account.email)
    assert window.path == "/auth/mfa" and not window.all("[data-passkey=login]")
    # The button is not there, so the page's script is asked what it would have done.
    status, said = window.driver.execute_async_script(ASSERTION, "preferred", [], {"session": "cookie"})
    assert status in (400, 401), said
    assert not window.is_in()


@with_scripts
def test_a_login_that_was_given_up_does_not_stand_in_the_way_of_a_passkey(open_server, new_window):
    """Two people at one computer: one stops at the second step, the other signs in with a passkey."""
    server = open_server()
    account, other = member(server, name="gives-up"), member(server, name="comes-next")
    add_device(account)
    window = authenticator(new_window(server))
    window.sign_in(other.email)
    add_passkey(window, "This laptop")
    window.sign_out()
    window.sign_in(account.email)
    assert window.path == "/auth/mfa"
    window.follow('main a[href="/auth/login"]')
    window.find("[data-passkey=login]").click()
    said = wait_until(
        lambda: window.path == "/dashboard" or window.said("#passkey-problem"), PAGE_SECONDS, "an answer to the passkey")
    assert said is True, said
    window.open("/dashboard/settings")
    assert other.email in window.find("#profile").text


@with_scripts
def test_keep_me_signed_in_holds_through_a_passkey_as_second_step(open_server, new_window):
    server = open_server()
    account = member(server)
    window = authenticator(new_window(server))
    window.sign_in(account.email)
    add_passkey(window, "This laptop")
    people.turn_mfa_on(account)
    window.sign_out()
    window.sign_in(account.email, remember_me=True)
    use_passkey(window)
    assert life(window.cookie()) > 29 * DAY


# What the page's script does, without its button, and with another demand for a PIN or a finger; the answer of the server.
ASSERTION = """
const [verification, known, session, done] = arguments;
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const plain = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
const text = (buffer) => plain(buffer).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const post = (path, body) => fetch(path, {
  method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(body),
});
(async () => {
  const question = await (await post("/auth/passkey/options", session)).json();
  const key = question.publicKey;
  const credential = await navigator.credentials.get({ publicKey: {
    ...key, userVerification: verification, challenge: bytes(key.challenge),
    allowCredentials: known.map((id) => ({ type: "public-key", id: bytes(id) })),
  } });
  const response = credential.response;
  const answer = await post("/auth/passkey", { ...session, challenge_id: question.challenge_id, credential: {
    id: credential.id, rawId: text(credential.rawId), type: credential.type, clientExtensionResults: {},
    response: {
      clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData),
      signature: text(response.signature), userHandle: response.userHandle ? text(response.userHandle) : null,
    },
  } });
  done([answer.status, await answer.text()]);
})().catch((problem) => done([0, `${problem.name}: ${problem.message}`]));
"""


@with_scripts
def test_a_passkey_that_asks_for_no_pin_is_no_login_without_a_password(open_server, new_window):
    server = open_server()
    account = member(server)
    window = authenticator(new_window(server), is_verifying=False)
    window.sign_in(account.email)
    add_passkey(window, "A plain key")
    window.sign_out()
    window.open("/auth/login")
    refused_passkey(window)
    window.shoot("account-login-passkey-unverified")
    assert window.path == "/auth/login"
    # The browser did not even ask it; asked all the same, the server says no.
    known = [credential.id for credential in window.driver.get_credentials()]
    status, said = window.driver.execute_async_script(ASSERTION, "discouraged", known, {})
    assert status in (400, 401), said
    assert not window.is_in()
    # As a second step behind the password it is good.
    people.turn_mfa_on(account)
    window.sign_in(account.email)
    use_passkey(window)
    assert window.path == "/dashboard"


@pytest.mark.parametrize("has_scripts", [False], ids=["no-scripts"])
def test_without_scripts_no_page_offers_a_passkey(open_server, new_window):
    server = open_server()
    window = new_window(server)
    window.open("/auth/login")
    assert not window.find("[data-passkey]").is_displayed() and not window.find(".or").is_displayed()
    window.sign_in(ADMIN, PASSWORD).open("/dashboard/settings")
    assert not window.find("[data-passkey]").is_displayed()
    assert window.find(".passkey-none").is_displayed()
    window.check()


# Settings


def test_profile_password_and_preferences(open_server, new_window):
    server = open_server()
    server.secrets |= {WRONG, STRONGER}
    email = make_user(server, new_address("settled"))["email"]
    other = people.Browser(server)
    other.sign_in(email)
    window = new_window(server)
    window.sign_in(email).open("/dashboard/settings")

    window.send(form("/dashboard/settings/profile"), display_name="Ada <Miller> & Söhne")
    assert "saved" in window.note(within="#profile")
    assert window.find("#display-name").get_attribute("value") == "Ada <Miller> & Söhne"
    window.shoot("settings-profile-saved")

    window.send(form("/dashboard/settings/password"), current_password=WRONG, new_password=STRONGER)
    assert "not right" in window.find("#current-password-problem").text
    window.shoot("settings-password-wrong")
    window.send(form("/dashboard/settings/password"), current_password=STRONG, new_password="password1")
    assert "common" in window.find("#new-password-problem").text.lower()
    assert window.is_in() and other.is_in()
    window.open("/dashboard/settings")
    window.send(form("/dashboard/settings/password"), current_password=STRONG, new_password=STRONGER)
    assert "changed" in window.note(within="#password")
    window.shoot("settings-password-changed")
    assert window.is_in() and not other.is_in(), "here it goes on, elsewhere it has ended"
    people.Browser(server).sign_in(email, STRONGER)

    # The theme holds for the person, whichever device it is.
    window.open("/dashboard/settings")
    for theme in ("dark", "light"):
        window.send(
            form("/dashboard/settings/preferences"), theme=theme, auto_refresh_seconds="30", default_jobs_view="active",
            data_retention_days="365")
        assert "saved" in window.note(within="#preferences")
        assert window.find("html").get_attribute("data-theme") == theme
        assert is_dark(window) == (theme == "dark")
        if theme == "dark":
            window.shoot("settings-theme-dark")
    assert Select(window.find("#refresh")).first_selected_option.get_attribute("value") == "30"
    assert window.find("#retention").get_attribute("value") == "365"
    again = people.Browser(server)
    again.sign_in(email, STRONGER)
    assert 'data-theme="light"' in again.see("/dashboard").text
    window.send(form("/dashboard/settings/preferences"), theme="auto", data_retention_days="9999")
    assert window.find("#retention-problem").text
    window.shoot("settings-preferences-refused")
    window.send(form("/dashboard/settings/preferences"), theme="auto", data_retention_days="0")
    assert window.find("html").get_attribute("data-theme") is None
    window.check(400)


def is_dark(window):
    shade = [int(part) for part in re.findall(r"\d+", window.find("body").value_of_css_property("background-color"))[:3]]
    return sum(shade) < 3 * 128


@with_scripts
def test_the_switch_at_the_top_goes_before_the_theme_of_the_settings(open_server, new_window):
    """Whoever switches on this device sees what was switched to, on the next page too."""
    window = new_window(open_server())
    window.sign_in(ADMIN, PASSWORD).open("/dashboard/settings")
    window.send(form("/dashboard/settings/preferences"), theme="dark")
    assert window.find("html").get_attribute("data-theme") == "dark"
    window.press("[data-theme-switch]")
    switched = window.find("html").get_attribute("data-theme")
    assert switched != "dark"
    window.open("/dashboard")
    assert window.find("html").get_attribute("data-theme") == switched


def test_a_session_is_ended_from_another_browser(open_server, new_window):
    server = open_server()
    email = make_user(server, new_address("mobile"))["email"]
    window, other = new_window(server), new_window(server)
    window.sign_in(email), other.sign_in(email)
    log_in(server, email)
    window.open("/dashboard/settings")
    rows = window.all("#sessions .rows li")
    assert len(rows) == 3 and "this one" in rows[0].text and not rows[0].find_elements(By.TAG_NAME, "form")
    assert any("Tokens" in row.text for row in rows) and "Chrome on Linux" in rows[0].text
    window.shoot("settings-sessions")
    browsers = [row for row in rows[1:] if "Tokens" not in row.text]
    action = browsers[0].find_element(By.TAG_NAME, "form").get_attribute("action")
    window.send(form(urllib.parse.urlsplit(action).path))
    assert "has ended" in window.note(within="#sessions")
    assert len(window.all("#sessions .rows li")) == 2
    other.open("/dashboard/settings")
    assert other.path == "/auth/login" and other.query["next"] == "/dashboard/settings"
    other.send(form("/auth/login"), email=email, password=STRONG)
    assert other.path == "/dashboard/settings", "after the login it goes on where it was"
    window.open("/dashboard/settings").send(form("/dashboard/settings/sessions/end-others"))
    assert len(window.all("#sessions .rows li")) == 1 and not window.all(form("/dashboard/settings/sessions/end-others"))
    assert window.is_in() and not other.is_in()
    window.check(), other.check()


def make_key(window, name, **fields):
    window.open("/dashboard/settings")
    window.send(form("/dashboard/settings/keys"), name=name, **fields)


def test_a_key_is_made_shown_once_used_and_revoked(open_server, new_window):
    server = open_server()
    account = member(server)
    window = new_window(server)
    window.sign_in(account.email)
    make_key(window, "Nightly import", expires_in_days="30")
    key = window.find("#made-key").text
    assert re.fullmatch(r"quern_\S{20,}", key)
    assert 'Your new key “Nightly import”' in window.find(".once").text
    window.shoot("settings-key-made")
    if window.has_scripts:
        read = clipboard(window)
        window.press("[data-copy='#made-key']")
        wait_until(lambda: read() == key, 5, "the key in the clipboard")
    program = with_key(server, key)
    program.expect(200, "GET", f"{API}/jobs")
    assert program.get(f"{API}/users/me/sessions").status_code == 403

    window.open("/dashboard/settings")
    assert key not in window.driver.page_source and not window.all("#made-key"), "never again"
    listed = window.find("#keys .rows").text
    assert "Nightly import" in listed and key[:10] in listed and "jobs:read" in listed and "expires" in listed
    window.shoot("settings-keys")
    window.send('#keys form[action$="/delete"]')
    assert "revoked" in window.note(within="#keys") and not window.all("#keys .rows")
    assert program.get(f"{API}/jobs").status_code == 401

    # A key that may do nothing.
    for scope in window.find(form("/dashboard/settings/keys")).find_elements(By.NAME, "scopes"):
        if scope.is_selected():
            scope.click()
    window.send(form("/dashboard/settings/keys"), name="Idle")
    assert window.find("#key-scopes-problem").text and window.find("#key-name").get_attribute("value") == "Idle"
    window.shoot("settings-key-refused")
    window.check(400)


def test_a_change_that_outlives_the_session_wants_a_login_of_the_last_minutes(open_server, new_window):
    server = open_server()
    account = member(server)
    window = new_window(server)
    window.sign_in(account.email)
    let_time_pass(server, FRESH_SECONDS + 60)
    make_key(window, "Late")
    assert window.path == "/auth/confirm"
    window.shoot("account-confirm")
    window.send(form("/auth/confirm", "#password"), password=WRONG)
    assert window.path == "/auth/confirm" and "not right" in window.problem
    window.shoot("account-confirm-wrong")
    window.send(form("/auth/confirm", "#password"), password=STRONG)
    assert window.path == "/dashboard/settings" and window.driver.current_url.endswith("#keys")
    make_key(window, "Late")
    assert window.find("#made-key").text.startswith("quern_")
    window.server.secrets.add(window.find("#made-key").text)
    if window.has_scripts:
        authenticator(window)
        let_time_pass(server, FRESH_SECONDS + 60)
        window.open("/dashboard/settings")
        window.turn(window.find("[data-passkey=add]").click)
        assert window.path == "/auth/confirm"
        window.send(form("/auth/confirm", "#password"), password=STRONG)
        add_passkey(window, "After all")
    window.check(400, 403)


def test_whoever_has_a_second_step_confirms_with_it(open_server, new_window):
    """A password that was stolen along with the open session is not enough."""
    server = open_server()
    account = member(server)
    totp, _, _ = add_device(account)
    window = new_window(server)
    window.sign_in(account.email).send(form("/auth/mfa", "#code"), code=totp.code())
    let_time_pass(server, FRESH_SECONDS + 60)
    window.open("/dashboard/settings").send(form("/dashboard/settings/mfa/devices"), name="Tablet")
    assert window.path == "/auth/confirm" and not window.all("#password")
    assert window.find("#code").is_displayed()
    window.shoot("account-confirm-code")
    window.send(form("/auth/confirm", "#code"), code=totp.wrong())
    assert window.path == "/auth/confirm" and "not right" in window.problem and window.find("#code").is_displayed()
    window.shoot("account-confirm-code-wrong")
    window.send(form("/auth/confirm", "#code"), code=totp.code())
    assert window.path == "/dashboard/settings"
    window.send(form("/dashboard/settings/mfa/devices"), name="Tablet")
    assert window.path == "/dashboard/settings/mfa/devices"
    window.check(400)


def test_whoever_lost_the_device_confirms_with_a_recovery_code(open_server, new_window):
    """The server takes one in place of a code, so the page has to."""
    server = open_server()
    account = member(server)
    _, id, codes = add_device(account)
    window = new_window(server)
    window.sign_in(account.email).send(form("/auth/mfa", "#recovery-code"), code=codes[0])
    let_time_pass(server, FRESH_SECONDS + 60)
    window.open("/dashboard/settings").send(form(f"/dashboard/settings/mfa/devices/{id}/delete"))
    assert window.path == "/auth/confirm"
    window.send(form("/auth/confirm", "#recovery-code" if window.all("#recovery-code") else "#code"), code=codes[1])
    assert window.path == "/dashboard/settings"
    window.check()


# Administration


def act(window, id, act, within="", **fields):
    return window.send(f'{within or f"#person-{id}"} form[action="/admin/users/{id}/{act}"]', **fields)


def row(window, id):
    return window.find(f"#person-{id}").text


def test_an_administrator_looks_after_people(own_server, new_window):
    server = own_server(REGISTRATION_ENABLED="true")
    careful, totp, _ = people.member_with_mfa(server)
    waiting, patient = people.pending(server), people.pending(server)
    people.unverified(server)
    window = new_window(server)
    window.sign_in(ADMIN, PASSWORD).open("/admin/users")
    ids = {email: user["id"] for email, user in users(server).items()}
    window.shoot("admin-users")

    # The last administrator is kept, and the page says why.
    me = window.find(f"#person-{ids[ADMIN]}")
    me.find_element(By.CSS_SELECTOR, "details.ask > summary").click()
    assert "last administrator" in me.find_element(By.CSS_SELECTOR, ".acts-why").text
    assert not me.find_element(By.NAME, "role").is_enabled()
    assert not me.find_element(By.CSS_SELECTOR, 'form[action$="/disable"] button').is_enabled()
    window.shoot("admin-users-last")

    # An invitation: a link, a password, in.
    window.open("/admin/users")
    guest = new_address("guest")
    box = Mailbox(server, guest)
    window.find("#invite > summary").click()
    window.shoot("admin-users-invite")
    window.send(form("/admin/users", "#invite-email"), email=guest, name="Guest of Honour", role="member")
    assert f"{guest} is invited" in window.note()
    window.shoot("admin-users-invited")
    link = re.search(r"https?://\S+", box.next("/auth/reset-password")["text"]).group()
    newcomer = people.Browser(server)
    newcomer.submit(newcomer.form(link, "/auth/reset-password"), {"password": STRONG})
    newcomer.sign_in(guest)
    assert newcomer.is_in(), "nobody has to approve"
    window.send(form("/admin/users", "#invite-email"), email=guest, name="Once more", role="admin")
    assert window.find("#invite-problem").is_displayed() and window.find("#invite-email").get_attribute("value") == guest
    window.shoot("admin-users-invite-refused")

    # Role, sessions, second step, disabling and enabling.
    window.open("/admin/users")
    id = users(server)[guest]["id"]
    act(window, id, "role", role="admin")
    assert f"{guest} is an administrator now." in window.note() and "Administrator" in row(window, id)
    assert not newcomer.is_in(), "what somebody may do changed, so they sign in again"
    newcomer.sign_in(guest)
    newcomer.see("/admin/users")
    act(window, id, "end-sessions")
    assert "signed out everywhere" in window.note() and not newcomer.is_in()
    act(window, id, "role", role="member")
    newcomer.sign_in(guest)
    act(window, id, "disable")
    assert "disabled" in window.note() and "Disabled" in row(window, id) and not newcomer.is_in()
    window.shoot("admin-users-disabled")
    newcomer.sign_in(guest)
    assert not newcomer.is_in()
    act(window, id, "enable")
    assert "may sign in again" in window.note()
    newcomer.sign_in(guest)
    assert newcomer.is_in()
    act(window, id, "reset-password")
    assert "choose a new password" in window.note()
    assert box.reset_token()

    assert re.search(r"\bOn\b", row(window, ids[careful.email]))
    act(window, ids[careful.email], "reset-mfa")
    assert "without a second step" in window.note() and re.search(r"\bOff\b", row(window, ids[careful.email]))
    again = people.Browser(server)
    again.sign_in(careful.email)
    assert again.is_in() and totp

    # Who waits is approved in the list, or turned away above it.
    act(window, ids[patient], "approve")
    assert "may sign in now" in window.note()
    act(window, ids[waiting], "reject", within=".waiting")
    assert waiting not in users(server) and not window.all(".waiting")

    # Search and filter.
    window.open("/admin/users").send("form.search", q="guest of")
    assert window.query["q"] == "guest of" and len(window.all("tbody tr")) == 1
    window.open("/admin/users").follow('.chip[href*="state=disabled"]')
    assert "Nobody here" in window.text
    window.shoot("admin-users-nobody")
    window.check(400, 409)


def test_after_somebody_was_turned_away_the_page_says_so(own_server, new_window):
    server = own_server(REGISTRATION_ENABLED="true")
    waiting = people.pending(server)
    id = users(server)[waiting]["id"]
    window = new_window(server)
    window.sign_in(ADMIN, PASSWORD).open("/admin/users")
    act(window, id, "reject", within=".waiting")
    assert waiting not in users(server)
    assert window.all("main .note-good"), "nothing on the page tells that it was done"
    assert "turned away" in window.note()


def test_whoever_never_proved_the_address_can_be_turned_away(open_server, new_window):
    """They can not be approved; the box of what can be done must not be empty."""
    server = open_server(REGISTRATION_ENABLED="true")
    unproved, _ = people.unverified(server)
    id = users(server)[unproved]["id"]
    window = new_window(server)
    window.sign_in(ADMIN, PASSWORD).open("/admin/users")
    window.find(f"#person-{id} details.ask > summary").click()
    window.shoot("admin-users-unconfirmed")
    assert not window.all(f'#person-{id} form[action$="/approve"]')
    assert window.all(f"#person-{id} .ask-box button"), "the box is empty"
    act(window, id, "reject")
    assert unproved not in users(server)
    window.check()


def test_an_old_login_of_an_administrator_is_asked_again_before_it_changes_people(open_server, new_window):
    server = open_server()
    email = make_user(server)["email"]
    id = users(server)[email]["id"]
    window = new_window(server)
    window.sign_in(ADMIN, PASSWORD)
    let_time_pass(server, FRESH_SECONDS + 60)
    window.open("/admin/users")
    act(window, id, "disable")
    assert window.path == "/auth/confirm" and users(server)[email]["state"] == "active"
    window.shoot("account-confirm-admin")
    window.send(form("/auth/confirm"), password=PASSWORD)
    assert window.path == "/admin/users"
    act(window, id, "disable")
    assert "disabled" in window.note()
    window.check()


def test_outgoing_mail_and_the_audit_log(own_server, new_window):
    server = own_server(REGISTRATION_ENABLED="true")
    window = new_window(server)
    window.sign_in(ADMIN, PASSWORD).open("/admin/outbox")
    assert "No mail" in window.text
    window.shoot("admin-outbox-empty")
    window.open("/admin/audit")
    assert "Signed in" in window.text

    unproved, code = people.unverified(server)
    admin = log_in(server, ADMIN, PASSWORD)
    id = make_user(server, new_address("to-and-fro"))["id"]
    for index in range(102):
        admin.expect(200, "POST", f"{API}/admin/users/{id}/{'disable' if index % 2 == 0 else 'enable'}", json={})
    window.open("/admin/outbox")
    mail = window.find(".mails li")
    assert unproved in window.find(".mails").text and "Waiting" in window.find(".mails").text
    mail.find_element(By.TAG_NAME, "summary").click()
    assert code in window.find("pre.letter").text
    window.shoot("admin-outbox")
    window.follow('.chip[href*="state=failed"]')
    assert "No mail" in window.text

    window.open("/admin/audit")
    assert len(window.all("tbody tr")) == 100
    total = int(re.search(r"1–100 of ([\d,]+)", window.find(".pager").text).group(1).replace(",", ""))
    window.shoot("admin-audit")
    window.follow(".pager a[rel=next]")
    assert len(window.all("tbody tr")) == total - 100
    window.shoot("admin-audit-older")
    window.follow(".pager a[rel=prev]")
    assert len(window.all("tbody tr")) == 100
    window.send("form.search", q=unproved)
    rows = [row.text for row in window.all("tbody tr")]
    assert rows and all(unproved in row for row in rows)
    window.shoot("admin-audit-search")
    window.send("form.search", q="to-and-fro")
    assert "of 103" in window.find(".pager").text
    window.follow(".pager a[rel=next]")
    assert window.query["q"] == "to-and-fro" and len(window.all("tbody tr")) == 3, "the search goes along"
    window.send("form.search", q="nothing of this name")
    assert "Nothing found" in window.text
    window.shoot("admin-audit-nothing")
    window.check()


def is_done(server, email):
    return any(email in mail["to"] and mail["state"] in ("failed", "sent") for mail in cli(server, "outbox", "list"))


@with_scripts
def test_outgoing_mail_that_went_out_and_that_did_not(own_server, new_window):
    secret = "between the two of us 9"
    with mailbox.Mailbox(tls="starttls", accounts={"postman": secret}) as post_office:
        server = own_server(**post_office.settings())
        server.secrets.add(secret)
        post_office.fail_next(1, 550, "RCPT", "no such person here")
        admin = log_in(server, ADMIN, PASSWORD)
        for name in ("refused", "taken"):
            email = new_address(name)
            admin.expect(201, "POST", f"{API}/admin/users", json={"email": email})
            wait_until(lambda: is_done(server, email), 20, f"the mail to {email} is sent, or given up")
        window = new_window(server)
        window.sign_in(ADMIN, PASSWORD).open("/admin/outbox")
        for summary in window.all(".mails summary"):
            summary.click()
        window.shoot("admin-outbox-states")
        text = window.find(".mails").text
        assert "Sent" in text and "Failed" in text and "550" in text
        assert window.find(".tabs .count-bad").text.startswith("1")
        sender = window.find(".head").text
        assert mailbox.SENDER in sender and f"localhost:{post_office.port}" in sender
        assert secret not in window.driver.page_source and "postman" not in window.driver.page_source
        window.check()


def test_of_a_mail_that_went_out_nothing_secret_is_kept(own_server):
    """Its words are removed: an administrator reads no code that is still good."""
    with mailbox.Mailbox() as post_office:
        server = own_server(REGISTRATION_ENABLED="true", **post_office.settings())
        admin, newcomer, email = people.Browser(server), people.Browser(server), new_address("newcomer")
        newcomer.register(email)
        code = mailbox.code_in(post_office.wait_for(to=email, subject="code"))
        admin.sign_in(ADMIN, PASSWORD)
        wait_until(lambda: "Removed after it was sent" in admin.see("/admin/outbox").text, 10, "the mail counts as sent")
        assert code not in admin.see("/admin/outbox").text
        assert code not in run_quern("outbox", "list", "--data-dir", server.data).stdout


def test_a_list_of_many_people_has_pages(own_server, new_window):
    server = own_server()
    admin = log_in(server, ADMIN, PASSWORD)
    for index in range(60):
        admin.expect(201, "POST", f"{API}/admin/users", json={"email": f"guest-{index:02}@example.com", "name": f"Guest {index}"})
    window = new_window(server)
    window.sign_in(ADMIN, PASSWORD).open("/admin/users")
    assert len(window.all("tbody tr")) == 50 and "1–50 of 61" in window.find(".pager").text
    window.follow(".pager a[rel=next]")
    assert len(window.all("tbody tr")) == 11
    window.send("form.search", q="guest-4")
    assert len(window.all("tbody tr")) == 10
    window.check()


@pytest.mark.parametrize("path", ["/admin/users", "/admin/outbox", "/admin/audit"])
def test_a_member_sees_nothing_of_it(open_server, new_window, path):
    server = open_server()
    window = new_window(server)
    window.sign_in(make_user(server)["email"])
    assert not window.all('a[href="/admin/users"]')
    window.open(path)
    assert "403" in window.text and ADMIN not in window.text
    if path == "/admin/users":
        window.shoot("admin-forbidden")
    window.check(403)


def test_a_page_of_an_error_still_shows_who_is_signed_in(open_server, new_window):
    """Nobody is told to sign in who is in."""
    server = open_server()
    email = make_user(server)["email"]
    window = new_window(server)
    window.sign_in(email)
    for path, status in (("/admin/users", "403"), (f"/dashboard/jobs/{people.NOBODY}", "404"), ("/nothing", "404")):
        window.open(path)
        assert status in window.text
        assert window.all("details.account"), f"{path} looks as if nobody were signed in"
        assert not window.all('main a[href="/auth/login"]')


def test_what_an_administrator_did_is_not_sent_again_by_loading_the_page_anew(open_server):
    """As everywhere: a form leads on by a redirect, so that the address it ends at can be opened."""
    server = open_server()
    id = make_user(server)["id"]
    admin = people.Browser(server)
    admin.sign_in(ADMIN, PASSWORD)
    answer = admin.submit(admin.form("/admin/users", f"{id}/disable"), {})
    assert people.path_of(answer) == "/admin/users", f"it ended at {people.path_of(answer)}"
    admin.see(answer.url)


# Cookies, and ways in and out


def life(cookie):
    return cookie["expiry"] - time.time() if "expiry" in cookie else 0


def test_the_cookie_lives_a_day_or_a_month_for_whoever_asks(open_server, new_window):
    server = open_server()
    window = new_window(server)
    window.sign_in(ADMIN, PASSWORD)
    plain = window.cookie()
    assert plain["httpOnly"] and plain["sameSite"] == "Lax" and plain["path"] == "/"
    assert 0 < life(plain) <= DAY + 60
    window.sign_out()
    assert window.path == "/auth/login" and not window.cookie(), "nothing is left"
    window.sign_in(ADMIN, PASSWORD, remember_me=True)
    assert 29 * DAY < life(window.cookie()) <= 30 * DAY + 60
    assert window.cookie()["value"] != plain["value"]
    window.driver.add_cookie({"name": "quern_session", "value": plain["value"], "path": "/", "domain": "localhost"})
    assert not window.is_in(), "the cookie of before opens nothing"
    window.check()


def test_keep_me_signed_in_holds_through_the_second_step(open_server, new_window):
    server = open_server()
    account = member(server)
    totp, _, _ = add_device(account)
    window = new_window(server)
    window.sign_in(account.email, remember_me=True)
    window.send(form("/auth/mfa", "#code"), code=totp.wrong())
    window.send(form("/auth/mfa", "#code"), code=totp.code())
    assert window.path == "/dashboard"
    assert life(window.cookie()) > 29 * DAY
    window.check(400)


@pytest.mark.parametrize("next", ["https://example.com/", "//example.com/", "/\\example.com", "javascript:alert(1)"])
def test_after_the_login_nobody_is_led_elsewhere(open_server, new_window, next):
    window = new_window(open_server())
    window.sign_in(ADMIN, PASSWORD, next=next)
    assert window.driver.current_url == home(window.server) + "/dashboard"
    # Somebody who is in and follows such a link.
    window.open("/auth/login?next=" + urllib.parse.quote(next, safe=""))
    assert window.driver.current_url == home(window.server) + "/dashboard"
    window.open("/auth/confirm?next=" + urllib.parse.quote(next, safe=""))
    window.send(form("/auth/confirm"), password=PASSWORD)
    assert window.driver.current_url == home(window.server) + "/dashboard"
    window.check()


def test_after_signing_out_the_back_button_shows_nothing(open_server, new_window):
    server = open_server()
    email = make_user(server, new_address("leaver"))["email"]
    window = new_window(server)
    window.sign_in(email).open("/dashboard/settings")
    answer = people.Browser(server)
    answer.sign_in(email)
    for path in ("/dashboard", "/dashboard/settings", "/dashboard/jobs/new"):
        assert "no-store" in answer.see(path).headers["Cache-Control"]
    window.sign_out()
    assert window.path == "/auth/login"
    window.shoot("account-signed-out")
    for _ in range(2):
        window.driver.back()
        window.wait_for_path("^/auth/login$")
        assert email not in window.driver.page_source
    window.check()


def test_an_address_to_sign_out_asks_first(open_server, new_window):
    server = open_server()
    window = new_window(server)
    window.sign_in(ADMIN, PASSWORD).open("/auth/logout")
    window.shoot("account-logout")
    assert window.is_in(), "a link alone signs nobody out"
    window.open("/auth/logout").send(form("/auth/logout"))
    assert window.path == "/auth/login" and not window.cookie()
    window.check()
