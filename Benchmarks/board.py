"""What the board of tasks costs a person: bytes, nodes and time with many tasks, and how soon a change of somebody else is seen.

    python Benchmarks/board.py [--quern FILE] [--tasks 1000] [--runs 5]

A server of its own on loopback, headless Chromium (selenium), bounded; removes what it makes. Times are medians in milliseconds:
`load` from the request to the end of the load event, `live` from a change by the API until it stands on the open board.
"""
# requires selenium, requests

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "Tests" / "EndToEnd"))

import os  # noqa: E402

MOST_SECONDS = 120


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--quern", default=os.environ.get("QUERN_BIN", ".build/release/quern"))
    arguments.add_argument("--tasks", type=int, default=1000)
    arguments.add_argument("--runs", type=int, default=5)
    options = arguments.parse_args()
    os.environ["QUERN_BIN"] = str(Path(options.quern).resolve())
    from served import ADMIN, PASSWORD, Server  # reads QUERN_BIN

    folder = Path(tempfile.mkdtemp(prefix="board-"))
    server = Server(folder / "server", {"RATE_LIMIT_ENABLED": "false"}).start()
    try:
        server.register()
        client = server.login()
        for number in range(options.tasks):
            fields = {"title": f"Task {number}", "description": "Sweep, grind and carry. " * 4}
            assert client.post("/api/v1/collab/tasks", json=fields).status_code == 201
        print(json.dumps(measured(server, client, folder, ADMIN, PASSWORD, options.runs), indent=2))
    finally:
        server.end()
        shutil.rmtree(folder, ignore_errors=True)


def measured(server, client, folder, email, password, runs):
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    chrome = webdriver.ChromeOptions()
    chrome.binary_location = shutil.which("chromium")
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"):
        chrome.add_argument(argument)
    driver = webdriver.Chrome(chrome, Service(shutil.which("chromedriver")))
    driver.set_page_load_timeout(MOST_SECONDS)
    try:
        driver.get(f"{server.base}/auth/login")
        driver.find_element("id", "email").send_keys(email)
        driver.find_element("id", "password").send_keys(password)
        driver.find_element("css selector", "main form button[type=submit]").click()
        while "/dashboard" not in driver.current_url:
            time.sleep(0.05)
        loads = []
        for _ in range(runs):
            driver.get(f"{server.base}/dashboard/tasks")
            loads.append(driver.execute_script("return performance.getEntriesByType('navigation')[0].loadEventEnd"))
        seen = driver.execute_script("return [document.documentElement.outerHTML.length, document.querySelectorAll('*').length]")
        return {
            "bytes": seen[0], "nodes": seen[1], "load": round(statistics.median(loads)),
            "live": round(statistics.median(live(driver, client, number) for number in range(runs))),
        }
    finally:
        driver.quit()


def live(driver, client, number):
    time.sleep(1)
    task = driver.execute_script("return document.querySelector('[data-task]').dataset.task")
    path = f"/api/v1/collab/tasks/{task}"
    tag = client.get(path).headers["ETag"]
    title = f"Renamed {number}"
    start = time.monotonic()
    assert client.request("PATCH", path, json={"title": title}, headers={"If-Match": tag}).status_code == 200
    while title not in driver.execute_script("return document.querySelector('[data-task] .task-name').textContent"):
        assert time.monotonic() - start < MOST_SECONDS, "the change was never shown"
        time.sleep(0.01)
    return (time.monotonic() - start) * 1000


if __name__ == "__main__":
    main()
