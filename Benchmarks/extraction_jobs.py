"""How many small documents a second one job reads, and what that takes of memory, server and workers together.

    python Benchmarks/extraction_jobs.py [--quern FILE] [--files 1000]

Prints a Markdown table: files that were sent, read and taken into the search in a second, the largest resident memory of all processes,
and how long the archive of all results takes. One of the files is broken; the job has to end PARTIAL with all others read, and trying it
again has to touch that one alone. Loopback only, bounded, removes what it makes.
"""

import argparse
import io
import os
import shutil
import subprocess
import tempfile
import threading
import time

import requests
from reportlab.pdfgen import canvas

from server import Server

OVER = {"COMPLETED", "PARTIAL", "FAILED", "CANCELLED"}


def pdf(number):
    out = io.BytesIO()
    sheet = canvas.Canvas(out)
    for line in range(20):
        sheet.drawString(72, 720 - line * 20, f"Paper {number}, line {line} of a page that tells of mills and bread.")
    sheet.save()
    return out.getvalue()


class Memory(threading.Thread):
    """The largest resident memory of a process and its children together, looked at twenty times a second."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid = pid
        self.peak_kb = 0
        self.start()

    def run(self):
        while True:
            children = subprocess.run(["pgrep", "-P", str(self.pid)], capture_output=True, text=True).stdout.split()
            total = 0
            for pid in [self.pid, *children]:
                try:
                    with open(f"/proc/{pid}/status", encoding="ascii") as status:
                        total += next((int(line.split()[1]) for line in status if line.startswith("VmRSS")), 0)
                except OSError:
                    continue
            self.peak_kb = max(self.peak_kb, total)
            time.sleep(0.05)


def wait(server, job):
    while True:
        told = server.call("GET", f"/api/v1/jobs/{job}?file_limit=1&event_limit=1")
        if told["status"] in OVER:
            return told
        time.sleep(0.02)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quern", default=os.environ.get("QUERN_BIN", ".build/release/quern"))
    parser.add_argument("--files", type=int, default=1000)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="quern-extraction-")
    server = Server(options.quern, folder)
    try:
        server.sign_in()
        headers = {"Authorization": f"Bearer {server.token}"}
        base = f"http://127.0.0.1:{server.port}/api/v1"
        files = [("files", (f"{number}.pdf", pdf(number))) for number in range(options.files)]
        files[options.files // 2] = ("files", ("broken.pdf", b"%PDF-1.4 nothing else"))
        memory = Memory(server.process.pid)
        start = time.monotonic()
        job = requests.post(f"{base}/jobs/process", files=files, headers=headers, timeout=300).json()["job_id"]
        sent = time.monotonic() - start
        start = time.monotonic()
        done = wait(server, job)
        read = time.monotonic() - start
        assert done["status"] == "PARTIAL" and done["units"]["failed"] == 1 and done["units"]["completed"] == options.files - 1, done
        while len(requests.get(f"{base}/search?q=paper+{options.files - 1}&job_id={job}", headers=headers, timeout=60).json()["results"]) == 0:
            time.sleep(0.05)
        found = time.monotonic() - start
        peak = memory.peak_kb / 1024
        start = time.monotonic()
        size = len(requests.get(f"{base}/jobs/{job}/artifacts.zip", headers=headers, timeout=300).content)
        archive = time.monotonic() - start
        print("| what | value |\n|---|---|")
        print(f"| files sent in a second | {options.files / sent:.0f} |")
        print(f"| files read in a second | {options.files / read:.0f} |")
        print(f"| until the last of them is found | {found:.1f} s |")
        print(f"| most memory, server and workers | {peak:.0f} MiB |")
        print(f"| archive of all results, {size / 1e6:.1f} MB | {archive:.1f} s |")
    finally:
        server.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
