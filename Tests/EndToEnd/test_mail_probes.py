"""What mail servers say and do, 50 ways, and what is said of an address then. Each server is a script on a loopback address of its own; the
name servers and the web sites are those of the world. A mailbox that may exist is never called invalid."""

import socket
import ssl
import struct
import threading
import time
from dataclasses import dataclass, field

import pytest

from leads_world import Site, World, team
from served import Server, wait_until
from test_tls import make_certificate

HANG, CLOSE, RESET = object(), object(), object()
UNKNOWN = ("unknown_timeout", "tempfail_or_timeout")
VALID = ("valid", "rcpt_2xx_non_catchall")
UNCONFIRMED = ("valid", "rcpt_2xx_catchall_unconfirmed")
INVALID = ("invalid", "rcpt_5xx_user_unknown")
CATCH_ALL = ("risky_catch_all", "rcpt_2xx_catchall")
CATCH_ALL_LATER = ("risky_catch_all", "catchall_softfail_no_fallback")
NO_SUCH = "550 5.1.1 no such user"


@dataclass
class Script:
    """What a server answers to each command; a function gets the server. `rcpt` speaks of the mailbox that exists, `other` of any other."""

    verdict: tuple
    rcpt: object = "250 2.1.5 OK"
    other: object = NO_SUCH
    banner: object = "220 mx.test ESMTP"
    ehlo: object = "250-mx.test\r\n250 SIZE 1000000"
    helo: object = "250 mx.test"
    starttls: object = "502 no"
    mail: object = "250 2.1.0 OK"
    # Sends answers one byte at a time.
    slowly: bool = False
    ends: bytes = b"\r\n"
    counts: dict = field(default_factory=dict)


def after(times, first, then):
    """`first` for so many conversations, then another answer."""

    def answer(script, key):
        script.counts[key] = script.counts.get(key, 0) + 1
        return first if script.counts[key] <= times else then

    return answer


ENDLESS = b"250-more\r\n" * 30_000
SCRIPTS = {
    # Mailboxes that exist, or may.
    "accepts": Script(VALID),
    "catches-all": Script(CATCH_ALL, other="250 OK"),
    "catches-all-252": Script(CATCH_ALL, rcpt="252 can not verify", other="252 can not verify"),
    "forwards": Script(VALID, rcpt="251 2.1.5 will forward"),
    "slow-bytes": Script(VALID, slowly=True),
    "many-lines": Script(VALID, ehlo="250-mx.test hello\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-DSN\r\n250 HELP", rcpt="250-2.1.5 OK\r\n250 2.1.5 really"),
    "no-enhanced": Script(VALID, rcpt="250 Accepted", other="550 User unknown"),
    "only-helo": Script(VALID, ehlo="502 5.5.1 not implemented"),
    "only-helo-500": Script(VALID, ehlo="500 what?"),
    "bare-line-feeds": Script(VALID, ends=b"\n"),
    "tls": Script(VALID, ehlo="250-mx.test\r\n250 STARTTLS", starttls="220 2.0.0 go on"),
    "tls-refused": Script(VALID, ehlo="250-mx.test\r\n250 STARTTLS", starttls="454 4.7.0 not now"),
    "tls-broken": Script(VALID, ehlo="250-mx.test\r\n250 STARTTLS", starttls="220 go on\r\nthis is no handshake"),
    "tls-hangs-up": Script(VALID, ehlo="250-mx.test\r\n250 STARTTLS", starttls=CLOSE),
    "greylists": Script(VALID, rcpt=after(2, "451 4.7.1 greylisted, come back later", "250 OK")),
    "greylists-all": Script(VALID, rcpt=after(1, "450 4.2.0 try again", "250 OK"), other=after(1, "450 4.2.0 try again", NO_SUCH)),
    "busy-first": Script(VALID, banner=after(1, "421 4.3.2 too busy", "220 mx.test")),
    "other-refused-by-policy": Script(UNCONFIRMED, other="550 5.7.1 rejected by policy"),
    "other-hangs": Script(UNCONFIRMED, other=HANG),
    "other-hangs-up": Script(UNCONFIRMED, other=CLOSE),
    "catch-all-greylists": Script(CATCH_ALL_LATER, rcpt="451 4.7.1 later", other="250 OK"),
    # Nothing can be said.
    "greylists-always": Script(UNKNOWN, rcpt="451 4.7.1 greylisted"),
    "relay-denied": Script(UNKNOWN, rcpt="554 5.7.1 Relay access denied"),
    "relay-denied-plain": Script(UNKNOWN, rcpt="550 relay not permitted"),
    "spamhaus": Script(UNKNOWN, rcpt="550 5.7.1 Service unavailable; client host blocked using zen.spamhaus.org"),
    "spamhaus-plain": Script(UNKNOWN, rcpt="550 blocked using zen.spamhaus.org"),
    "no-ptr": Script(UNKNOWN, rcpt="550 5.7.25 no PTR record"),
    "denied": Script(UNKNOWN, rcpt="554 Access denied"),
    "denied-541": Script(UNKNOWN, rcpt="550 5.4.1 Recipient address rejected: Access denied"),
    "full": Script(UNKNOWN, rcpt="552 5.2.2 mailbox full"),
    "full-plain": Script(UNKNOWN, rcpt="552 mailbox is full"),
    "full-550": Script(UNKNOWN, rcpt="550 mailbox over quota"),
    "sender-refused": Script(UNKNOWN, mail="550 5.1.8 sender rejected"),
    "sender-later": Script(UNKNOWN, mail="451 4.3.0 later"),
    "sender-verify": Script(UNKNOWN, rcpt="550 sender verify failed"),
    "spf": Script(UNKNOWN, rcpt="550 5.7.23 SPF validation failed"),
    "needs-tls": Script(UNKNOWN, mail="530 5.7.0 Must issue a STARTTLS command first"),
    "needs-sign-in": Script(UNKNOWN, rcpt="530 5.7.0 Authentication required"),
    "too-many": Script(UNKNOWN, rcpt="452 4.5.3 too many recipients"),
    "too-many-permanent": Script(UNKNOWN, rcpt="550 5.7.0 too many connections from your network"),
    "busy": Script(UNKNOWN, banner="421 4.3.2 too busy"),
    "closed-shop": Script(UNKNOWN, banner="554 no service for you"),
    "silent": Script(UNKNOWN, banner=HANG),
    "hangs-up": Script(UNKNOWN, banner=CLOSE),
    "resets": Script(UNKNOWN, banner=RESET),
    "hangs-up-after-ehlo": Script(UNKNOWN, ehlo=CLOSE),
    "hangs-at-rcpt": Script(UNKNOWN, rcpt=HANG),
    "hangs-up-at-rcpt": Script(UNKNOWN, rcpt=CLOSE),
    "refuses-ehlo": Script(UNKNOWN, ehlo="550 5.7.1 your EHLO name is not welcome"),
    "talks-nonsense": Script(UNKNOWN, rcpt="hello there"),
    "talks-nonsense-first": Script(UNKNOWN, banner="HTTP/1.1 400 Bad Request"),
    "long-line": Script(UNKNOWN, rcpt="250 " + "x" * 200_000),
    "endless-lines": Script(UNKNOWN, rcpt=ENDLESS),
    "code-999": Script(UNKNOWN, rcpt="999 what"),
    "code-000": Script(UNKNOWN, rcpt="000 what"),
    "mixed-codes": Script(UNKNOWN, rcpt="550-5.1.1 no such user\r\n250 OK"),
    # Whoever asks is refused, without a code that says so.
    "refused-exim": Script(UNKNOWN, rcpt="550 Administrative prohibition"),
    "refused-callback": Script(UNKNOWN, rcpt="550-Verification failed for <bounce@probe.test>\r\n550-No such user here\r\n550 Sender verify failed"),
    "refused-callback-setup": Script(UNKNOWN, rcpt="550 Callback setup failed"),
    "refused-connection": Script(UNKNOWN, rcpt="550 Connection refused by administrator"),
    "refused-host": Script(UNKNOWN, rcpt="550 Host is not permitted"),
    "refused-dmarc": Script(UNKNOWN, rcpt="550 Unauthenticated email not accepted due to domain's DMARC"),
    "refused-dynamic": Script(UNKNOWN, rcpt="550 Dynamic IP, go away"),
    "refused-country": Script(UNKNOWN, rcpt="550 Mail from this country is rejected"),
    "refused-spam": Script(UNKNOWN, rcpt="550 This message was classified as SPAM and may not be delivered"),
    "refused-message": Script(UNKNOWN, rcpt="550 Message rejected"),
    "refused-service": Script(UNKNOWN, rcpt="550 Service temporarily unavailable"),
    "refused-greeting": Script(UNKNOWN, rcpt="550 Invalid greeting"),
    "refused-action": Script(UNKNOWN, rcpt="550 Requested action not taken"),
    "refused-rate": Script(UNKNOWN, rcpt="550-5.2.1 The user you are trying to contact is receiving mail at a rate that\r\n550 5.2.1 prevents additional messages from being delivered."),
    "refused-access": Script(UNKNOWN, rcpt="554 Your access has been suspended"),
    "refused-network": Script(UNKNOWN, rcpt="554 Service disabled for your network"),
    "refused-no-longer": Script(UNKNOWN, rcpt="550 5.0.0 We no longer accept mail from you"),
    "refused-policy-words": Script(UNKNOWN, rcpt="550 #5.7.1 Your access to submit messages to this e-mail system has been rejected."),
    # Mailboxes that do not exist.
    "unknown-cisco": Script(INVALID, rcpt="550 #5.1.0 Address rejected."),
    "unknown-plainly": Script(INVALID, rcpt="550 Recipient not found"),
    "unknown-alias": Script(INVALID, rcpt="550 Unknown or illegal alias"),
    "closed-account": Script(INVALID, rcpt="550 This account has been disabled or discontinued"),
    # Words of the address say nothing.
    "contemporary-spam-full": Script(INVALID, rcpt="550 5.1.1 <jane.doe@contemporary-spam-full.test>: Recipient address rejected: User unknown"),
    "disabled-account-closed": Script(UNKNOWN, rcpt="550 <jane.doe@disabled-account-closed.test> rejected"),
    "unknown-action": Script(INVALID, rcpt="550 Requested action not taken: mailbox unavailable"),
    "unknown-dutch": Script(INVALID, rcpt="550 Gebruiker onbekend"),
    "not-local": Script(INVALID, rcpt="551 User not local"),
    "unknown": Script(INVALID, rcpt=NO_SUCH),
    "unknown-plain": Script(INVALID, rcpt="550 No such user here"),
    "unknown-many-lines": Script(INVALID, rcpt="550-5.1.1 The email account that you tried to reach\r\n550-5.1.1 does not exist.\r\n550 5.1.1 See our page"),
    "unknown-letters": Script(INVALID, rcpt="550 5.1.1 Benutzer unbekannt, schöne Grüße".encode("latin-1")),
    "moved": Script(INVALID, rcpt="551 5.1.6 user has moved"),
    "disabled": Script(INVALID, rcpt="550 5.2.1 mailbox disabled"),
}


class ScriptedServer:
    """A mail server on one address."""

    def __init__(self, script, address, port, tls):
        self.script, self.tls = script, tls
        self.commands = []
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((address, port))
        self.listener.listen(16)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.converse, args=(line,), daemon=True).start()

    def say(self, line, answer, key):
        """Whether the conversation goes on."""
        if callable(answer):
            answer = answer(self.script, key)
        if answer is HANG:
            time.sleep(60)
            return False
        if answer is RESET:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if answer in (CLOSE, RESET):
            return False
        data = answer if isinstance(answer, bytes) else answer.encode().replace(b"\r\n", self.script.ends)
        data += self.script.ends
        for start in range(0, len(data), 1 if self.script.slowly else len(data)):
            line.sendall(data[start:start + (1 if self.script.slowly else len(data))])
            if self.script.slowly:
                time.sleep(0.002)
        return True

    def converse(self, line):
        script = self.script
        try:
            line.settimeout(60)
            if not self.say(line, script.banner, "banner"):
                return
            buffer = b""
            while True:
                while b"\n" not in buffer:
                    more = line.recv(4096)
                    if not more:
                        return
                    buffer += more
                command, _, buffer = buffer.partition(b"\n")
                command = command.decode().strip()
                self.commands.append(command)
                verb = command.split(" ")[0].upper()
                if verb == "QUIT":
                    self.say(line, "221 bye", "quit")
                    return
                key = verb.lower()
                if verb == "RCPT":
                    key = "rcpt" if "<jane.doe@" in command else "other"
                answer = {
                    "ehlo": script.ehlo, "helo": script.helo, "starttls": script.starttls, "mail": script.mail, "rcpt": script.rcpt,
                    "other": script.other,
                }.get(key, "500 what?")
                # Once encrypted, it is offered no more.
                if verb == "EHLO" and isinstance(line, ssl.SSLSocket):
                    answer = "250 mx.test"
                if not self.say(line, answer, key):
                    return
                if verb == "STARTTLS" and answer == "220 2.0.0 go on":
                    line = self.tls.wrap_socket(line, server_side=True)
        except (OSError, ssl.SSLError):
            pass
        finally:
            line.close()


@pytest.fixture(scope="module")
def probed(tmp_path_factory):
    """Of each script the verdict about jane.doe, and the server."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*make_certificate(tmp_path_factory.mktemp("certificate"))[:2])
    sites, addresses = {}, {}
    for number, name in enumerate(SCRIPTS):
        domain = f"{name}.test"
        addresses[name] = f"127.2.{number // 200}.{number % 200 + 1}"
        sites[domain] = Site(pages={"/": team(("Jane Doe", "Director", f"jane.doe@{domain}"))}, mail=f"host-{name}.test.")
        sites[f"host-{name}.test"] = Site(addresses=(addresses[name],))
    world = World(sites).start()
    servers = {name: ScriptedServer(script, addresses[name], world.smtp_port, tls) for name, script in SCRIPTS.items()}
    server = Server(tmp_path_factory.mktemp("probes"), world.settings).start()
    server.register()
    admin = server.login()
    run = admin.expect(200, "POST", "/runs", json={"domains": [f"{name}.test" for name in SCRIPTS]}).json()["run_id"]
    wait_until(lambda: admin.get(f"/runs/{run}").json()["status"] not in ("queued", "running"), 240, lambda: admin.get(f"/runs/{run}").text, pause=0.2)
    # The worker lived through all of it.
    assert admin.expect(200, "GET", f"/api/v1/jobs/{run}").json()["attempts"] == 1
    leads = admin.expect(200, "GET", f"/runs/{run}/results", params={"limit": 500}).json()["results"]
    yield {lead["company_domain"].removesuffix(".test"): ((lead["verify_status"], lead["verify_reason"]), servers[lead["company_domain"].removesuffix(".test")])
           for lead in leads}
    server.end()
    for scripted in servers.values():
        scripted.listener.close()
    world.end()


pytestmark = pytest.mark.seconds(300)


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_server_gets_its_verdict(probed, name):
    verdict, server = probed[name]
    assert verdict == SCRIPTS[name].verdict, server.commands


def test_no_mailbox_that_may_exist_is_called_invalid(probed):
    assert len(SCRIPTS) >= 50
    for name, (verdict, _) in probed.items():
        assert verdict[0] != "invalid" or SCRIPTS[name].verdict == INVALID, name


def test_nothing_is_sent_and_nobody_is_asked_too_often(probed):
    for name, (_, server) in probed.items():
        verbs = [command.split(" ")[0].upper() for command in server.commands]
        assert set(verbs) <= {"EHLO", "HELO", "STARTTLS", "MAIL", "RCPT", "QUIT"}, (name, verbs)
        # Five tries of two addresses, each perhaps once more without TLS.
        assert verbs.count("RCPT") <= 10, (name, verbs)


def test_tls_is_spoken_where_it_is_offered(probed):
    for name in ("tls", "tls-refused", "tls-broken", "tls-hangs-up"):
        assert "STARTTLS" in probed[name][1].commands, name
