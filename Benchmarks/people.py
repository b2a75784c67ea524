"""How many of the people that pages name are found, and how many that are none.

    python Benchmarks/people.py [--quern FILE] [--set 1|2|3] [--failed] [--layouts]

Makes the pages of `people_pages.py`, of `people_pages_more.py` (`--set 2`) or of `people_pages_third.py` (`--set 3`), serves each as a site of its own on loopback, lets `quern discover --published-only` read them, and prints
precision and recall for names, with titles, and with addresses. Bounded, removes what it makes.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dnslib import A, QTYPE, RCODE, RR
from dnslib.server import BaseResolver, DNSServer

import people_pages
import people_pages_more
import people_pages_third


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Names(BaseResolver):
    """Every name stands for this machine, and takes no mail of its own."""

    def resolve(self, request, handler):
        reply = request.reply()
        if QTYPE[request.q.qtype] == "A":
            reply.add_answer(RR(request.q.qname, QTYPE.A, rdata=A("127.0.0.1"), ttl=60))
        elif QTYPE[request.q.qtype] == "MX":
            reply.header.rcode = RCODE.NOERROR
        return reply


class Quiet:
    def __getattr__(self, _):
        return lambda *_: None


def serve(pages, port):
    """Pages by domain and path; the first page of a domain leads to its page."""

    class Sites(BaseHTTPRequestHandler):
        def do_GET(self):
            host = (self.headers["Host"] or "").split(":")[0].removeprefix("www.")
            path, body = pages.get(host, ("", b""))
            if self.path == path:
                status = 200
            elif self.path == "/" and body:
                status, body = 200, f'<!DOCTYPE html><title>x</title><a href="{path}">Team</a>'.encode()
            else:
                status, body = 404, b"nothing here"
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Sites)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quern", default=os.environ.get("QUERN_BIN", ".build/release/quern"))
    parser.add_argument("--set", type=int, choices=[1, 2, 3], default=1, help="which set of pages")
    parser.add_argument("--failed", action="store_true", help="show each page that is not fully right")
    parser.add_argument("--layouts", action="store_true", help="show each layout, the worst first")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="quern-people-")
    dns_port, http_port = free_port(), free_port()
    dns = [DNSServer(Names(), address="127.0.0.1", port=dns_port, tcp=tcp, logger=Quiet()) for tcp in (False, True)]
    for server in dns:
        server.start_thread()
    try:
        [people_pages, people_pages_more, people_pages_third][options.set - 1].make(folder)
        with open(f"{folder}/truth.json", encoding="utf-8") as file:
            truth = json.load(file)
        settings = {
            "DNS_SERVER": f"127.0.0.1:{dns_port}", "OUTBOUND_ALLOW": "127.0.0.0/8", "CRAWL_HTTP_PORT": str(http_port),
            "CRAWL_HTTPS_PORT": str(free_port()), "CRAWL_DELAY_SECONDS": "0.001", "CRAWL_SECONDS": "30",
        }
        answer, waiting = {}, dict(truth)
        # A domain may have several pages: one of them at a time.
        while waiting:
            batch = {}
            for name, page in waiting.items():
                batch.setdefault(page["domain"], name)
            pages = {}
            for domain, name in batch.items():
                with open(f"{folder}/pages/{name}", "rb") as file:
                    pages[domain] = (urllib.parse.urlsplit(truth[name]["url"]).path, file.read())
            server = serve(pages, http_port)
            done = subprocess.run(
                [options.quern, "discover", "--json", "--quiet", "--published-only", "--no-verify", *batch], capture_output=True, text=True,
                env=os.environ | settings, timeout=1200)
            server.shutdown()
            server.server_close()
            for line in done.stdout.splitlines():
                found = json.loads(line)
                answer[batch[found["domain"]]] = [
                    {"name": person["full_name"], "title": person["title"], "email": person["email"]} for person in found["people"]]
            for name in batch.values():
                del waiting[name]
        with open(f"{folder}/answer.json", "w", encoding="utf-8") as file:
            json.dump(answer, file)
        judge = [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "people_judge.py"), f"{folder}/answer.json",
                 "--truth", f"{folder}/truth.json"]
        subprocess.run(judge + ["--failed"] * options.failed + ["--layouts"] * options.layouts, check=True)
    finally:
        for server in dns:
            server.stop()
            server.server.server_close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
