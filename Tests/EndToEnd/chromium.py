"""One Chromium for each test process; everybody who looks at pages has a browser context of their own.

A context has its own cookies, storage, cache, permissions and authenticators, as an incognito window has, and takes a tenth of the
time that starting a browser takes. Each window is a WebDriver session of its own.
"""

import itertools
import json
import shutil
import tempfile

import requests
import websocket
from selenium import webdriver
from selenium.webdriver.chrome.remote_connection import ChromeRemoteConnection
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.file_detector import UselessFileDetector

from served import STARTS, free_port

PROTOCOL_SECONDS = 30
WIDTH, HEIGHT = 1280, 900

ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--no-first-run",
    f"--window-size={WIDTH},{HEIGHT}",
    # Stones that turn for ever would be drawn sixty times a second, without a graphics card, in every window. Pictures need not wait
    # for the end of transitions either.
    "--force-prefers-reduced-motion",
    # All windows are in front, as far as their pages know: no timer of a page is slowed down.
    "--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding",
]


class Chromium:
    def __init__(self):
        STARTS["browser"] += 1
        self.folder = tempfile.mkdtemp(prefix="chromium-")
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for argument in [*ARGUMENTS, f"--user-data-dir={self.folder}"]:
            options.add_argument(argument)
        self.service = Service(shutil.which("chromedriver"), port=free_port())
        self.driver = webdriver.Chrome(options, self.service)
        self.address = self.driver.capabilities["goog:chromeOptions"]["debuggerAddress"]
        version = requests.get(f"http://{self.address}/json/version", timeout=PROTOCOL_SECONDS).json()
        self.socket = websocket.create_connection(
            version["webSocketDebuggerUrl"], suppress_origin=True, timeout=PROTOCOL_SECONDS)
        self.numbers = itertools.count(1)

    def command(self, method, **parameters):
        """Asks the browser as a whole; WebDriver asks pages alone."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]

    def end(self):
        self.socket.close()
        self.driver.quit()
        shutil.rmtree(self.folder, ignore_errors=True)


class Window(webdriver.Remote):
    """A WebDriver session on a page of a new browser context, which is gone when the session ends."""

    def __init__(self, chromium, downloads, scripts=True):
        self.chromium = chromium
        self.context = chromium.command("Target.createBrowserContext")["browserContextId"]
        chromium.command(
            "Browser.setDownloadBehavior", behavior="allow", browserContextId=self.context, downloadPath=str(downloads))
        page = chromium.command(
            "Target.createTarget", url="about:blank", browserContextId=self.context, newWindow=True, width=WIDTH, height=HEIGHT,
        )["targetId"]
        options = webdriver.ChromeOptions()
        options.debugger_address = chromium.address
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        super().__init__(
            ChromeRemoteConnection(chromium.service.service_url), options=options, file_detector=UselessFileDetector())
        self.switch_to.window(page)
        if not scripts:
            self.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})

    def get_log(self, kind):
        return self.execute(Command.GET_LOG, {"type": kind})["value"]

    def grant(self, origin, *permissions):
        self.chromium.command(
            "Browser.grantPermissions", permissions=list(permissions), origin=origin, browserContextId=self.context)

    def quit(self):
        super().quit()
        self.chromium.command("Target.disposeBrowserContext", browserContextId=self.context)


_running = []


def new_window(downloads, scripts=True):
    """A window of somebody who was never here. A browser that was lost in another test is replaced."""
    if _running:
        try:
            _running[0].command("Browser.getVersion")
        except Exception:
            end()
    if not _running:
        _running.append(Chromium())
    return Window(_running[0], downloads, scripts)


def end():
    while _running:
        browser = _running.pop()
        try:
            browser.end()
        except Exception:
            browser.service.stop()
