"""A service that says whether addresses exist, asked where mail servers leave it open."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from leads_world import Site, World, team
from served import Server, free_port, run_quern
from test_leads import finish, results, start

KEY = "a-key-of-the-service"
ANSWERS = {
    "anna@any.test": {"status": "deliverable"}, "tom@any.test": {"result": "undeliverable"}, "eva@any.test": {"is_reachable": "risky"},
    "anna@later.test": {"deliverable": True}, "tom@later.test": {"data": {"status": "invalid"}}, "eva@later.test": ["what?"],
    "anna@refused.test": {"state": "Valid"}, "tom@refused.test": {"status": "unknown"},
}
PEOPLE = [("Anna Keller", "Director", "anna"), ("Tom Baker", "Buyer", "tom"), ("Eva Lund", "Engineer", "eva")]
SITES = {
    name: Site(pages={"/": team(*[(person, title, f"{local}@{name}") for person, title, local in PEOPLE])}, **members)
    for name, members in {
        "any.test": {"catches_all": True}, "later.test": {"refusal": "450 4.2.0 later"}, "refused.test": {"mailboxes": ("eva",)},
    }.items()
}


class Service:
    """Answers as ANSWERS say, to whoever has the key."""

    def __init__(self):
        self.asked = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                service.asked.append(body["email"])
                is_known = self.path == "/check?v=1" and self.headers["Authorization"] == f"Bearer {KEY}"
                answer = json.dumps(ANSWERS.get(body["email"], {"status": "unknown"}) if is_known else {"error": "no"}).encode()
                self.send_response(200 if is_known else 401)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.port = free_port()
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def settings(self, key=KEY):
        return {"VERIFY_SERVICE_URL": f"http://localhost:{self.port}/check?v=1", "VERIFY_SERVICE_KEY": key}


@pytest.fixture(scope="module")
def world():
    made = World(SITES).start()
    yield made
    made.end()


@pytest.fixture
def service():
    made = Service()
    yield made
    made.server.shutdown()
    made.server.server_close()


def verdicts(tmp_path, settings, *domains):
    server = Server(tmp_path, settings).start()
    try:
        server.register()
        admin = server.login()
        run = start(admin, *domains)
        finish(admin, run)
        return {lead["email"]: (lead["verify_status"], lead["verify_reason"]) for lead in results(admin, run)}
    finally:
        server.end()


def test_the_service_decides_what_mail_servers_leave_open(world, service, tmp_path):
    found = verdicts(tmp_path, world.settings | service.settings(), *SITES)
    assert found == {
        "anna@any.test": ("risky_catch_all", "rcpt_2xx_catchall"), "tom@any.test": ("invalid", "rcpt_2xx_catchall_fallback_invalid"),
        "eva@any.test": ("risky_catch_all", "rcpt_2xx_catchall"), "anna@later.test": ("valid", "fallback_valid_after_tempfail"),
        "tom@later.test": ("invalid", "fallback_invalid_after_tempfail"), "eva@later.test": ("unknown_timeout", "tempfail_or_timeout"),
        "anna@refused.test": ("valid", "fallback_valid_overrides_rcpt_5xx"), "tom@refused.test": ("invalid", "rcpt_5xx_user_unknown"),
        "eva@refused.test": ("valid", "rcpt_2xx_non_catchall"),
    }
    # What the mail server knows costs no question, and nobody is asked about twice.
    assert sorted(service.asked) == sorted(email for email in found if email != "eva@refused.test")


def test_the_service_alone_decides_where_no_mail_server_is_asked(world, service, tmp_path):
    before = len(world.questions)
    found = verdicts(tmp_path, world.settings | service.settings() | {"SMTP_PROBES_ENABLED": "false"}, "later.test")
    assert found == {
        "anna@later.test": ("valid", "fallback_valid_no_smtp"), "tom@later.test": ("invalid", "fallback_invalid_no_smtp"),
        "eva@later.test": ("unknown_timeout", "no_verification_attempt"),
    }
    assert len(world.questions) == before


def test_a_service_that_takes_no_questions_is_asked_once_and_told_of(world, service):
    settings = world.settings | service.settings("another-key")
    done = run_quern("discover", "later.test", "-q", "--json", settings=settings)
    assert {person["verify_reason"] for person in json.loads(done.stdout)["people"]} == {"tempfail_or_timeout"}
    assert len(service.asked) == 1 and "VERIFY_SERVICE_URL answers 401" in done.stderr


def test_a_service_that_is_gone_changes_nothing(world, service):
    settings = world.settings | service.settings() | {"VERIFY_SERVICE_URL": f"http://127.0.0.1:{free_port()}/"}
    done = run_quern("discover", "refused.test", "-q", "--json", settings=settings)
    assert {person["email"]: person["verify_status"] for person in json.loads(done.stdout)["people"]} == {
        "anna@refused.test": "invalid", "tom@refused.test": "invalid", "eva@refused.test": "valid"}


def test_a_service_that_never_answers_is_left_alone(world):
    """Three questions in vain, and the rest goes on without it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        threading.Thread(target=hang_up, args=(silent,), daemon=True).start()
        settings = world.settings | {"VERIFY_SERVICE_URL": f"http://localhost:{silent.getsockname()[1]}/", "VERIFY_SERVICE_KEY": KEY}
        done = run_quern("discover", "later.test", "-q", "--json", settings=settings)
    assert {person["verify_reason"] for person in json.loads(done.stdout)["people"]} == {"tempfail_or_timeout"}
    assert "VERIFY_SERVICE_URL can not be reached" in done.stderr


def hang_up(server):
    """Takes each question and ends without an answer."""
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        connection.recv(4096)
        connection.close()


def test_an_address_that_is_none_is_refused_at_the_start(world):
    done = run_quern("discover", "any.test", settings=world.settings | {"VERIFY_SERVICE_URL": "verify.example.com"})
    assert done.returncode == 1 and "VERIFY_SERVICE_URL" in done.stderr
