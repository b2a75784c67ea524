"""Ways around the outbound guard, each of which has to end at the guard.

The world of the run stands for the public internet and lies in 127.1.0.0/16, which `OUTBOUND_ALLOW` opens. The machines inside are 127.0.0.1 and
::1: web and mail servers there, on the same ports, note every connection. None may ever come.
"""

import socket
import threading

import pytest
import requests

from leads_world import Site, World, page, team
from served import Server, wait_until

WORLD = "127.1.0.1"
INSIDE = ("127.0.0.1", "::1", "127.9.9.9")
TEAM = team(("Jane Doe", "Director", None))


class Inside:
    """Accepts connections on the addresses inside, and counts them."""

    def __init__(self, ports):
        self.seen = []
        self.listeners = []
        for address in INSIDE:
            for port in ports:
                listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind((address, port))
                listener.listen()
                self.listeners.append(listener)
                threading.Thread(target=self.accept, args=(listener, address, port), daemon=True).start()

    def accept(self, listener, address, port):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.seen.append((address, port))
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\nsecret")
            connection.close()

    def end(self):
        for listener in self.listeners:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()


# Typed by whoever starts a run.
TYPED = [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "127.0.0.1.", "[::1]", "http://[::ffff:127.0.0.1]/",
    "①②⑦.⓪.⓪.①", "127。0。0。1", "localhost", "http://user@127.0.0.1/", "http://acme.test@127.0.0.1/", "127.0.0.1:80",
    "127.0.0.1%00.test", "http://127.0.0.1\\@acme.test/", "127.0.0.1/acme.test", "0", "::1", "１２７.0.0.1", "http:///127.0.0.1",
]

# Where the first page of a site sends whoever reads it. {port} is the port of the web servers.
REDIRECTS = {
    "literal": "http://127.0.0.1/", "with-port": "http://127.0.0.1:{port}/", "no-scheme": "//127.0.0.1/", "decimal": "http://2130706433/",
    "hexadecimal": "http://0x7f000001/", "octal": "http://0177.0.0.1/", "short": "http://127.1/", "six": "http://[::1]/",
    "six-with-port": "http://[::1]:{port}/", "mapped": "http://[::ffff:127.0.0.1]:{port}/", "localhost": "http://localhost/",
    "localhost-with-port": "http://localhost:{port}/", "a-name": "http://inside.test/", "a-name-with-port": "http://inside.test:{port}/",
    "with-user": "http://user:password@inside.test/", "as-user": "http://acme.test@127.0.0.1:{port}/", "backslash": "http:\\\\127.0.0.1\\",
    "slash-backslash": "/\\127.0.0.1/", "one-slash": "http:/127.0.0.1/", "full-width": "http://１２７.0.0.1/", "circled": "http://①②⑦.⓪.⓪.①/",
    "chinese-dots": "http://127。0。0。1/", "file": "file:///etc/passwd", "ftp": "ftp://127.0.0.1/", "gopher": "gopher://127.0.0.1:{port}/_x",
    "percent": "http://%31%32%37.0.0.1/", "trailing-dot": "http://127.0.0.1./", "line-feed": "http://inside.test/\r\nHost: acme.test",
    "tab": "http://in\tside.test/", "secure": "https://127.0.0.1:{port}/", "alias-of-it": "http://alias.test/", "any": "http://0.0.0.0:{port}/",
}


def leads_to(location):
    return lambda world, host: (302, {"Location": location.replace("{port}", str(world.http_port)).replace("\r\n", "")}, b"")


def header(name, location):
    return lambda world, host: (200, {name: location.replace("{port}", str(world.http_port))}, TEAM)


def linking(body):
    return lambda world, host: (200, {}, page(body.replace("{port}", str(world.http_port)) + TEAM.decode()))


SITES = (
    {f"to-{name}.test": Site(pages={"/": leads_to(location)}) for name, location in REDIRECTS.items()}
    | {
        # What the name server says.
        "inside.test": Site(addresses=("127.0.0.1",), pages={"/": TEAM}),
        "alias.test": Site(alias="inside.test"),
        "alias-of-alias.test": Site(alias="alias.test"),
        "six.test": Site(addresses=(), addresses6=("::1",)),
        "mapped.test": Site(addresses=(), addresses6=("::ffff:7f00:1",)),
        "compatible.test": Site(addresses=(), addresses6=("::7f00:1",)),
        "nat64.test": Site(addresses=(), addresses6=("64:ff9b::7f00:1",)),
        "six-to-four.test": Site(addresses=(), addresses6=("2002:7f00:1::",)),
        "any.test": Site(addresses=("0.0.0.0",)),
        "any-six.test": Site(addresses=(), addresses6=("::",)),
        "several.test": Site(addresses=("127.0.0.1", "127.9.9.9", "10.0.0.1")),
        "mixed.test": Site(addresses=("127.0.0.1", WORLD), addresses6=("::1",), pages={"/": TEAM}),
        "another-loopback.test": Site(addresses=("127.9.9.9",)),
        # A name that stands for something else each time it is asked for.
        "changes.test": Site(addresses=lambda count: (WORLD,) if count % 2 else ("127.0.0.1",), pages={"/": page("<a href=/team>Team</a>"), "/team": TEAM}),
        "changes-later.test": Site(addresses=lambda count: (WORLD,) if count < 4 else ("127.0.0.1",), pages={"/": page("<a href=/team>Team</a>"), "/team": TEAM}),
        "changes-at-once.test": Site(addresses=lambda count: ("127.0.0.1",) if count == 1 else (WORLD,), pages={"/": TEAM}),
        # What pages and files of the site lead to.
        "robots-redirect.test": Site(pages={"/robots.txt": leads_to("http://127.0.0.1:{port}/robots.txt"), "/": TEAM}),
        "robots-name.test": Site(pages={"/robots.txt": leads_to("http://inside.test/robots.txt"), "/": TEAM}),
        "sitemap-inside.test": Site(pages={"/robots.txt": b"Sitemap: http://inside.test/sitemap.xml", "/": TEAM}),
        "sitemap-names.test": Site(pages={
            "/robots.txt": b"Sitemap: http://sitemap-names.test/map.xml",
            "/map.xml": b"<urlset><url><loc>http://inside.test/team</loc></url><url><loc>http://127.0.0.1/team</loc></url></urlset>", "/": TEAM}),
        "sitemap-redirect.test": Site(pages={
            "/robots.txt": b"Sitemap: http://sitemap-redirect.test/map.xml", "/map.xml": leads_to("http://inside.test/map.xml"), "/": TEAM}),
        "link.test": Site(pages={"/": linking("<a href=http://inside.test/team>Our team</a><a href=http://127.0.0.1:{port}/team>Team</a>")}),
        "base.test": Site(pages={"/": page("<a href=team>Our team</a>" + TEAM.decode(), "<base href=http://inside.test/>")}),
        "refresh.test": Site(pages={"/": page("wait", "<meta http-equiv=refresh content='0; url=http://inside.test/'>")}),
        "refresh-header.test": Site(pages={"/": header("Refresh", "0; url=http://127.0.0.1:{port}/")}),
        "location-without-redirect.test": Site(pages={"/": header("Location", "http://127.0.0.1:{port}/")}),
        "link-header.test": Site(pages={"/": header("Link", "<http://127.0.0.1:{port}/>; rel=canonical")}),
        "frame.test": Site(pages={"/": linking("<iframe src=http://127.0.0.1:{port}/></iframe><img src=http://inside.test/x>")}),
        "inner-redirect.test": Site(pages={"/": page("<a href=/team>Our team</a>"), "/team": leads_to("http://inside.test/team")}),
        "chain.test": Site(pages={"/": leads_to("/a"), "/a": leads_to("/b"), "/b": leads_to("http://chain-two.test/")}),
        "chain-two.test": Site(pages={"/": leads_to("http://inside.test/")}),
        "alternate.test": Site(pages={"/": (300, {"Location": "http://inside.test/"}, b"")}),
        "keeps-method.test": Site(pages={"/": (308, {"Location": "http://inside.test/"}, b"")}),
        # Mail servers.
        "mail-inside.test": Site(mail="inside.test", pages={"/": TEAM}),
        "mail-alias.test": Site(mail="alias.test", pages={"/": TEAM}),
        "mail-literal.test": Site(mail="127.0.0.1", pages={"/": TEAM}),
        "mail-localhost.test": Site(mail="localhost.", pages={"/": TEAM}),
        "mail-six.test": Site(mail="six.test", pages={"/": TEAM}),
        "mail-changes.test": Site(mail="changes.test", pages={"/": TEAM}),
        # Without a mail record, mail goes to the address of the domain itself.
        "mail-none.test": Site(addresses=("127.0.0.1",), mail="none", pages={"/": TEAM}),
        "fine.test": Site(pages={"/": TEAM}, mailboxes=("jane.doe",)),
    }
)


@pytest.fixture(scope="module")
def world():
    made = World(SITES, WORLD).start()
    yield made
    made.end()


@pytest.fixture(scope="module")
def inside(world):
    made = Inside([world.http_port, world.smtp_port])
    yield made
    made.end()


@pytest.fixture(scope="module")
def admin(world, inside, tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("guard"), world.settings | {"OUTBOUND_ALLOW": "127.1.0.0/16"}).start()
    server.register()
    yield server.login()
    server.end()


@pytest.fixture(scope="module")
def done(admin):
    run = admin.expect(200, "POST", "/runs", json={"domains": list(SITES)}).json()["run_id"]
    return wait_until(
        lambda: (found := admin.get(f"/runs/{run}").json())["status"] not in ("queued", "running") and found, 150,
        lambda: admin.get(f"/runs/{run}").text, pause=0.2)


def test_the_machines_inside_can_be_reached_by_others(world, inside):
    """Else the other tests would pass for nothing."""
    for address in INSIDE:
        host = f"[{address}]" if ":" in address else address
        assert requests.get(f"http://{host}:{world.http_port}/", timeout=5).text == "secret"
    assert len(inside.seen) == len(INSIDE)
    inside.seen.clear()


@pytest.mark.parametrize("typed", TYPED)
def test_an_address_is_no_domain(admin, inside, typed):
    answer = admin.post("/runs", json={"domains": [typed], "options": {"mode": "autodiscovery"}})
    if answer.status_code == 200:
        # What is left of it is a name, and that is looked up like any other.
        run = answer.json()["run_id"]
        wait_until(lambda: admin.get(f"/runs/{run}").json()["status"] not in ("queued", "running"), 60, "the run is over", pause=0.1)
        assert admin.get(f"/runs/{run}").json()["domains"] == ["acme.test"]
    else:
        assert answer.json()["error"] == "invalid_domains"
    assert inside.seen == []


def test_nothing_leads_inside(admin, done, inside, world):
    assert len(TYPED) + len(SITES) - 2 >= 90
    assert inside.seen == []
    assert done["progress"]["domains_completed"] == len(SITES)
    # The worker lived through all of it.
    assert admin.expect(200, "GET", f"/api/v1/jobs/{done['run_id']}").json()["attempts"] == 1
    # The guard refuses what is inside, and nothing else.
    assert [host for _, host, path, _ in world.requests if host == "fine.test" and path == "/"]
    assert "jane.doe@fine.test" in [address for _, address in world.questions]


@pytest.mark.parametrize("domain", ["inside.test", "six.test", "mapped.test", "any.test", "several.test", "another-loopback.test", "to-a-name.test", "chain.test"])
def test_who_leads_inside_is_told_so(admin, done, domain):
    run = admin.expect(200, "POST", "/runs", json={"domains": [domain], "options": {"mode": "autodiscovery"}}).json()["run_id"]
    shown = wait_until(
        lambda: (found := admin.get(f"/runs/{run}").json())["status"] not in ("queued", "running") and found, 60, "the run is over", pause=0.1)
    assert shown["status"] == "failed" and "not on the public internet" in shown["error"], shown


def test_a_name_with_an_address_outside_is_read_there(admin, done):
    leads = admin.expect(200, "GET", f"/runs/{done['run_id']}/results", params={"limit": 500}).json()["results"]
    assert {"mixed.test", "fine.test", "link.test", "base.test"} <= {lead["company_domain"] for lead in leads}
