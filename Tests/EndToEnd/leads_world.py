"""A small internet on loopback: a name server, web sites and mail servers, each a real one, which keep their own logs.

Every site is a domain of `Site`. Names resolve to this machine; the executable reaches it because the tests allow 127.0.0.0/8.
"""

import collections
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from dnslib import A, AAAA, CNAME, MX, QTYPE, RCODE, RR
from dnslib.server import BaseResolver, DNSHandler, DNSServer

from served import free_port


def page(body, head=""):
    return f"<!DOCTYPE html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode()


def team(*people):
    """A page of cards: name, title, address (which may be None)."""
    cards = "".join(
        f"<div class=card><h3>{name}</h3><p>{title}</p>" + (f"<p><a href='mailto:{mail}'>{mail}</a></p>" if mail else "") + "</div>"
        for name, title, mail in people
    )
    return page(f"<h1>Our team</h1>{cards}")


@dataclass
class Site:
    """What a domain is like. Pages are bytes, or (status, headers, bytes)."""

    pages: dict = field(default_factory=dict)
    # Where its names lead; None stands for the machine of the world, () means that there is no such name. A function of how often
    # the name was asked for gives another answer each time.
    addresses: tuple | None = None
    addresses6: tuple = ()
    # Another name that it stands for.
    alias: str | None = None
    # "own": a mail server; "null": it says that it takes no mail; "none": no record at all; anything with a dot: that host; a tuple:
    # these, with their preferences.
    mail: str | tuple = "own"
    # How many seconds its addresses hold.
    ttl: int = 60
    mailboxes: tuple = ()
    catches_all: bool = False
    # Says "later" to the first so many questions about a mailbox.
    greylists: int = 0
    # What it says to everybody instead.
    refusal: str | None = None


class World:
    def __init__(self, sites, address="127.0.0.1"):
        self.sites = sites
        self.address = address
        # Questions for addresses, and questions that came over TCP.
        self.looked_up, self.by_tcp = collections.Counter(), collections.Counter()
        self.requests = []
        self.questions = []
        self.data_commands = 0
        self.mail_counts = {}
        self.dns_port, self.http_port, self.smtp_port = free_port(), free_port(), free_port()

    def site(self, host):
        host = host.lower().rstrip(".").split(":")[0]
        for name in (host, host.removeprefix("www."), host.removeprefix("mx.")):
            if name in self.sites:
                return name, self.sites[name]
        return host, None

    @property
    def settings(self):
        return {
            "DNS_SERVER": f"127.0.0.1:{self.dns_port}", "OUTBOUND_ALLOW": "127.0.0.0/8", "CRAWL_HTTP_PORT": self.http_port,
            # Nobody listens there, so that http is tried.
            "CRAWL_HTTPS_PORT": free_port(), "CRAWL_DELAY_SECONDS": "0.02", "CRAWL_SECONDS": "30", "SMTP_PROBES_ENABLED": "true",
            "SMTP_PROBE_PORT": self.smtp_port, "SMTP_HELO_DOMAIN": "probe.test", "SMTP_PROBE_PATIENCE": "0.01",
            "CRAWL_CONTACT": "https://quern.test/crawler",
        }

    def start(self):
        self.dns = [
            DNSServer(Names(self), address="127.0.0.1", port=self.dns_port, tcp=tcp, handler=_ShortAnswers, logger=_Quiet())
            for tcp in (False, True)
        ]
        for server in self.dns:
            server.start_thread()
        self.web = ThreadingHTTPServer((self.address, self.http_port), self._handler())
        self.web.daemon_threads = True
        threading.Thread(target=self.web.serve_forever, daemon=True).start()
        self.mail = Controller(Mailboxes(self), hostname=self.address, port=self.smtp_port, ready_timeout=10)
        self.mail.start()
        return self

    def end(self):
        self.mail.stop()
        self.web.shutdown()
        self.web.server_close()
        for server in self.dns:
            server.stop()
            server.server.server_close()

    def asked(self, host):
        """Requests of a site with their times, in their order."""
        return [request for request in self.requests if request[1].removeprefix("www.") == host]

    def _handler(world):
        class Pages(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                host = (self.headers["Host"] or "").split(":")[0]
                world.requests.append((time.monotonic(), host, self.path, self.headers["User-Agent"]))
                _, site = world.site(host)
                found = site.pages.get(self.path) if site else None
                if callable(found):
                    found = found(world, host)
                status, headers, body = found if isinstance(found, tuple) else (200, {}, found) if found else (404, {}, b"nothing here")
                self.send_response(status)
                for name, value in ({"Content-Type": "text/html"} | headers).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Pages


class _Quiet:
    def __getattr__(self, _):
        return lambda *_: None


class _ShortAnswers(DNSHandler):
    # What is longer is cut off, and has to be asked for over TCP.
    udplen = 512


class Names(BaseResolver):
    def __init__(self, world):
        self.world = world

    def resolve(self, request, handler):
        reply = request.reply()
        name, kind = str(request.q.qname).lower(), QTYPE[request.q.qtype]
        domain, site = self.world.site(name)
        addresses = site and ((self.world.address,) if site.addresses is None else site.addresses)
        if handler.protocol == "tcp":
            self.world.by_tcp[name] += 1
        if site is None or not (addresses or site.addresses6 or site.alias):
            reply.header.rcode = RCODE.NXDOMAIN
            return reply
        owner = request.q.qname
        while site and site.alias and kind in ("A", "AAAA"):
            reply.add_answer(RR(owner, QTYPE.CNAME, rdata=CNAME(site.alias), ttl=60))
            owner, site = site.alias, self.world.site(site.alias)[1]
            addresses = site and (site.addresses or (self.world.address,))
        if kind == "A" and site:
            self.world.looked_up[name] += 1
            for address in addresses(self.world.looked_up[name]) if callable(addresses) else addresses:
                reply.add_answer(RR(owner, QTYPE.A, rdata=A(address), ttl=0 if callable(addresses) else site.ttl))
        if kind == "AAAA" and site:
            for address in site.addresses6:
                reply.add_answer(RR(owner, QTYPE.AAAA, rdata=AAAA(address), ttl=60))
        if kind == "MX" and site.mail != "none":
            host, preference = (".", 0) if site.mail == "null" else (site.mail if "." in site.mail else f"mx.{domain}.", 10)
            for preference, host in site.mail if isinstance(site.mail, tuple) else [(preference, host)]:
                reply.add_answer(RR(request.q.qname, QTYPE.MX, rdata=MX(host, preference), ttl=60))
        return reply


class Mailboxes:
    """All mail servers of the world: what is said depends on the domain of the recipient."""

    def __init__(self, world):
        self.world = world

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.world.questions.append((time.monotonic(), address))
        domain, site = self.world.site(address.rsplit("@", 1)[1])
        if site is None:
            return "550 5.1.2 no such domain"
        if site.refusal:
            return site.refusal
        count = self.world.mail_counts[address] = self.world.mail_counts.get(address, 0) + 1
        if count <= site.greylists:
            return "451 4.7.1 Greylisted, try again later"
        if site.catches_all or address.rsplit("@", 1)[0] in site.mailboxes:
            envelope.rcpt_tos.append(address)
            return "250 OK"
        return "550 5.1.1 no such mailbox"

    async def handle_DATA(self, server, session, envelope):
        self.world.data_commands += 1
        return "554 nobody may send here"
