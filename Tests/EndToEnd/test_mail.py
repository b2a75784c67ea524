"""Mail leaves through real SMTP: in the clear, with STARTTLS, with TLS from the start, with a password or without.

Each test sends one mail with `quern outbox test` to a server of its own, and names what the server must have got, or
what the one line of the refusal must say.
"""

import re
import socket
import ssl
import threading
import time
import warnings

import pytest

from mailbox import Authority, Mailbox
from served import run_quern

FINE, FAILED = 0, 1
ADA = "ada@example.com"
ACCOUNT = {"quern": "gr/ain & fl%ur: 7 @ once"}
SECRET = ACCOUNT["quern"]


def send(settings, to=ADA, seconds=60, **changes):
    """Runs the verb; no output may hold the password, in any of its forms."""
    ended = run_quern("outbox", "test", to, "--json", settings=settings | changes, seconds=seconds)
    for secret in (SECRET, "gr%2Fain"):
        assert secret not in ended.stdout + ended.stderr
    return ended


def sent(mailbox, to=ADA, **changes):
    ended = send(mailbox.settings(), to, **changes)
    assert ended.returncode == FINE, ended.stderr
    return mailbox.wait_for(to=to)


def refused(settings, *words, **options):
    """It ends with code 1, and one line that a person can act on."""
    ended = send(settings, **options)
    assert ended.returncode == FAILED, ended.stdout
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, ended.stderr
    for word in words:
        assert word.lower() in lines[0].lower(), lines[0]
    return lines[0]


# The ways to a server


@pytest.mark.parametrize("tls", ["none", "starttls", "implicit"])
def test_a_mail_arrives(tls):
    with Mailbox(tls=tls) as mailbox:
        letter = sent(mailbox)
        assert letter.encrypted == (tls != "none")
        assert (letter.sender, letter.recipients) == ("quern@example.com", (ADA,))
        assert len(mailbox.letters) == 1


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_a_password_is_sent_through_tls(tls, mechanism):
    with Mailbox(tls=tls, accounts=ACCOUNT, offers=(mechanism,)) as mailbox:
        letter = sent(mailbox)
        assert letter.encrypted and letter.user == "quern"
        assert mailbox.sign_ins == [(mechanism, "quern", True)]


def test_a_long_password_is_sent_in_a_line_of_its_own():
    with Mailbox(tls="starttls", accounts={"quern": "x" * 400}, offers=("PLAIN",)) as mailbox:
        assert sent(mailbox).user == "quern"


def test_a_server_is_known_by_its_address_too():
    with Mailbox(tls="implicit") as mailbox:
        assert send(mailbox.settings(host="127.0.0.1")).returncode == FINE
        assert mailbox.wait_for(to=ADA).encrypted


def test_on_this_very_machine_a_password_may_go_without_tls_when_the_setting_says_so():
    with Mailbox(accounts=ACCOUNT) as mailbox:
        assert send(mailbox.settings(query="?tls=never")).returncode == FINE
        assert mailbox.wait_for(to=ADA).user == "quern"


def test_tls_is_not_used_when_the_setting_says_never():
    with Mailbox(tls="starttls") as mailbox:
        assert send(mailbox.settings(query="?tls=never")).returncode == FINE
        assert not mailbox.wait_for(to=ADA).encrypted


# What arrives


def test_the_mail_is_well_formed():
    with Mailbox() as mailbox:
        letter = sent(mailbox, MAIL_FROM="Mühle \"Zum Korn\" <quern@example.com>")
        assert not letter.defects and not any(part.defects for part in letter.walk())
        raw = letter.raw
        assert raw.isascii() and b"\0" not in raw
        assert re.search(rb"(?<!\r)\n|\r(?!\n)", raw) is None, "an end of line that is none"
        assert max(map(len, raw.split(b"\r\n"))) <= 76
        assert letter["From"].addresses[0].display_name == "Mühle \"Zum Korn\""
        assert letter["From"].addresses[0].addr_spec == "quern@example.com"
        assert letter["To"].addresses[0].addr_spec == ADA
        assert letter["Auto-Submitted"] == "auto-generated"
        assert re.fullmatch(r"<[0-9a-f-]{36}@example\.com>", letter["Message-ID"])
        assert abs(letter["Date"].datetime.timestamp() - time.time()) < 120
        assert letter.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
        assert letter["Subject"] and letter.text.strip() and letter.html.strip()


def test_two_mails_are_two_mails():
    with Mailbox() as mailbox:
        assert sent(mailbox)["Message-ID"] != sent(mailbox)["Message-ID"]


def test_an_address_beyond_ascii_needs_a_server_that_knows_it():
    with Mailbox() as mailbox:
        refused(mailbox.settings(), "ascii", to="jürgen@example.com")
        assert not mailbox.letters
    with Mailbox(enable_SMTPUTF8=True) as mailbox:
        letter = sent(mailbox, "jürgen@example.com")
        assert letter["To"].addresses[0].addr_spec == "jürgen@example.com"


@pytest.mark.parametrize("address", [
    "ada@example.com>\r\nRCPT TO:<eve@example.com", "ada@example.com\nBcc: eve@example.com", "<ada@example.com>",
    "ada@example.com eve@example.com", "ada@example.com,eve@example.com", "ada", "@example.com", "ada@", "",
])
def test_what_is_no_address_reaches_no_server(address):
    with Mailbox() as mailbox:
        ended = send(mailbox.settings(), address)
        assert ended.returncode != FINE and ended.stderr.strip()
        assert not mailbox.letters


# Refusals


def test_a_wrong_password_is_told():
    with Mailbox(tls="starttls", accounts=ACCOUNT) as mailbox:
        refused(mailbox.settings(user="quern", password="wrong"), "password", "535")
        assert mailbox.sign_ins == [("PLAIN", "quern", False)] and not mailbox.letters


def test_a_password_is_not_sent_in_the_clear():
    with Mailbox(accounts=ACCOUNT) as mailbox:
        refused(mailbox.settings(), "STARTTLS")
        assert not mailbox.sign_ins and not mailbox.letters


def test_no_password_where_the_server_wants_one():
    with Mailbox(tls="starttls", accounts=ACCOUNT) as mailbox:
        refused(mailbox.settings() | {"SMTP_URL": f"smtp://localhost:{mailbox.port}"}, "530")
        assert not mailbox.letters


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_certificate_of_a_stranger_is_refused(tls, tmp_path):
    with Mailbox(tls=tls, accounts=ACCOUNT) as mailbox:
        refused(mailbox.settings(), "certificate", "trusted", QUERN_CA_FILE=str(Authority(tmp_path).pem))
        assert not mailbox.sign_ins and not mailbox.letters


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize("names, host", [
    (["mail.example.com"], "localhost"), (["localhost"], "127.0.0.1"), (["127.0.0.2"], "127.0.0.1"),
])
def test_a_certificate_for_another_name_is_refused(tls, names, host):
    with Mailbox(tls=tls, accounts=ACCOUNT, names=names) as mailbox:
        refused(mailbox.settings(host=host), "certificate", "name")
        assert not mailbox.sign_ins and not mailbox.letters


def test_a_certificate_that_has_expired_is_refused():
    with Mailbox(tls="implicit", days=-1) as mailbox:
        refused(mailbox.settings(), "certificate")
        assert not mailbox.letters


def test_tls_to_a_port_that_speaks_none_is_told():
    with Mailbox() as mailbox:
        refused(mailbox.settings() | {"SMTP_URL": f"smtps://localhost:{mailbox.port}"}, "TLS at this port")


def test_tls_of_a_time_gone_by_is_refused():
    with Mailbox(tls="implicit") as mailbox:
        mailbox.context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            mailbox.context.minimum_version = ssl.TLSVersion.TLSv1
            mailbox.context.maximum_version = ssl.TLSVersion.TLSv1_1
        refused(mailbox.settings(), "TLS", "safe")
        assert not mailbox.letters


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("code", [451, 550])
def test_what_the_server_says_is_told(at, code):
    with Mailbox() as mailbox:
        mailbox.fail_next(code=code, at=at, words="the sack is full")
        refused(mailbox.settings(), str(code), "the sack is full")
        assert not mailbox.letters
        sent(mailbox)


def test_a_message_that_is_too_large_is_not_sent():
    with Mailbox(data_size_limit=100) as mailbox:
        refused(mailbox.settings(), "100 bytes")


def test_nobody_at_that_port():
    with Mailbox() as mailbox:
        url = mailbox.url()
    refused({"SMTP_URL": url, "MAIL_FROM": "quern@example.com"}, "localhost")


def test_a_name_that_leads_nowhere():
    refused({"SMTP_URL": "smtp://mail.invalid", "MAIL_FROM": "quern@example.com"}, "mail.invalid")


@pytest.mark.parametrize("url", [
    "mail.example.com", "http://quern:SECRET@localhost", "smtp://quern:SECRET", "smtp://quern:SECRET@", "smtp://quern@localhost",
    "smtp://quern:SECRET@localhost:port", "smtp://quern:SECRET@localhost:70000", "smtp://quern:SECRET@localhost/?tls=maybe",
    "smtp://quern:SEC/RET@localhost", "smtp://quern:SEC@RET@localhost", "smtp://quern:SECRET%@localhost",
    "smtp://quern:SECRET@mail.example.com?tls=never", "smtps://localhost?tls=never", "smtp://quern:SECRET@::1:25",
])
def test_a_setting_that_is_wrong_is_told_without_its_password(url):
    line = refused({"SMTP_URL": url, "MAIL_FROM": "quern@example.com"}, "SMTP_URL")
    assert "SEC" not in line and "RET" not in line


# Servers that mean no good


class Scripted:
    """Says these things, one after each line that it gets, then closes; the first is the greeting."""

    def __init__(self, *sayings):
        self.sayings = sayings
        self.heard = b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(30)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._talk, daemon=True)
        self.thread.start()

    def _talk(self):
        try:
            connection, _ = self.listener.accept()
        except OSError:
            return
        with connection:
            connection.settimeout(30)
            try:
                for number, saying in enumerate(self.sayings):
                    if number:
                        self._hear_line(connection)
                    connection.sendall(saying)
                while self.sayings and (more := connection.recv(4096)):
                    self.heard += more
            except OSError:
                pass

    def _hear_line(self, connection):
        heard = b""
        while not heard.endswith(b"\n") and (byte := connection.recv(1)):
            heard += byte
        self.heard += heard

    def settings(self, credentials="quern:grain@"):
        return {"SMTP_URL": f"smtp://{credentials}localhost:{self.port}", "MAIL_FROM": "quern@example.com"}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.thread.join(5)


HELLO = b"220 mill ESMTP\r\n"
OFFERS = b"250-mill\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n"


def test_what_is_slipped_in_before_tls_is_not_read_after_it():
    """CVE-2011-0411: an answer in the clear behind the 220 would else be taken for one that came through TLS."""
    with Scripted(HELLO, OFFERS, b"220 go ahead\r\n250-mill\r\n250 AUTH PLAIN\r\n") as server:
        refused(server.settings(), "TLS")
    assert server.heard.splitlines()[1] == b"STARTTLS" and b"AUTH" not in server.heard


def test_what_is_slipped_in_before_starttls_is_not_read_either():
    with Scripted(HELLO, OFFERS + b"220 go ahead\r\n") as server:
        refused(server.settings())
    assert b"AUTH" not in server.heard


def test_an_offer_that_was_taken_away_is_missed():
    with Scripted(HELLO, b"250-mill\r\n250 AUTH PLAIN LOGIN\r\n") as server:
        refused(server.settings(), "STARTTLS")
    assert b"AUTH" not in server.heard


def test_an_offer_that_is_broken_is_no_reason_to_go_without():
    with Scripted(HELLO, OFFERS, b"454 4.7.0 not today\r\n", b"221 bye\r\n") as server:
        refused(server.settings(credentials=""), "TLS", "454")
    assert b"MAIL" not in server.heard


@pytest.mark.parametrize("sayings", [
    [], [b""], [b"554 5.3.2 closed for today\r\n"], [b"421 busy\r\n"], [HELLO], [HELLO, b"550 who are you\r\n"],
    [b"HTTP/1.1 400 Bad Request\r\n\r\n"], [b"220 " + b"x" * 100_000], [b"220-x\r\n" * 1000], [b"220-a\r\n221 b\r\n"],
    [b"220 a\0b\r\n"], [HELLO + b"250 early\r\n"], [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n"],
], ids=str)
def test_a_server_that_talks_nonsense_or_hangs_up_is_told(sayings):
    """Bounded: nothing that it says makes the verb wait for more."""
    class HangsUp(Scripted):
        def _talk(self):
            connection, _ = self.listener.accept()
            with connection:
                try:
                    for number, saying in enumerate(self.sayings):
                        if number:
                            self._hear_line(connection)
                        connection.sendall(saying)
                except OSError:
                    pass

    with HangsUp(*sayings) as server:
        line = refused(server.settings(), seconds=30)
    assert line.isprintable()


def test_words_of_the_server_can_not_steer_a_terminal():
    with Scripted(HELLO, b"250 mill\r\n", b"250 fine\r\n", b"550 \x1b[2J\x1b]0;gotcha\x07 no such box\r\n", b"221 bye\r\n") as server:
        line = refused(server.settings(credentials=""), "no such box")
    assert line.isprintable()
