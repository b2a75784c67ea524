"""A real mail server on a loopback port, and the letters that it took. It delivers nothing to anybody.

    with Mailbox(tls="starttls", accounts={"quern": "secret"}) as mailbox:
        server = new_server(**mailbox.settings())
        …
        code = code_in(mailbox.wait_for(to="ada@example.com", subject="code"))
"""
# requires aiosmtpd==1.4.6, cryptography==50.0.2

import asyncio
import datetime
import email.parser
import email.policy
import ipaddress
import logging
import re
import shutil
import ssl
import tempfile
import threading
import time
import warnings
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

# It tells of every use of what it will drop some day.
logging.getLogger("mail.log").setLevel(logging.ERROR)

SENDER = "Quern <quern@example.com>"
START_SECONDS = 10
STOP_SECONDS = 5


class Authority:
    """Signs certificates. `pem` is the path of its own, to be given as QUERN_CA_FILE."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Quern test authority")])
        certificate = self._certificate(
            self.name, self.key.public_key(), x509.BasicConstraints(ca=True, path_length=0), [])
        self.pem = self.folder / "authority.pem"
        self.pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def _certificate(self, name, public_key, constraints, alternatives, days=1):
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (
            x509.CertificateBuilder().subject_name(name).issuer_name(self.name).public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=2)).not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(constraints, critical=True)
        )
        if alternatives:
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def server_context(self, names, days=1):
        """TLS for a server with a certificate for these names and addresses; negative days: it has expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
        certificate = self._certificate(
            subject, key.public_key(), x509.BasicConstraints(ca=False, path_length=None), list(map(alternative, names)), days)
        path = self.folder / f"server-{certificate.serial_number}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def alternative(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


class Letter(EmailMessage):
    """A mail as it was taken: the parsed message, and what the envelope said."""

    sender = ""         # of MAIL FROM
    recipients = ()     # of RCPT TO
    encrypted = False
    user = None         # who signed in
    raw = b""

    @property
    def text(self):
        return self.get_body(("plain",)).get_content()

    @property
    def html(self):
        return self.get_body(("html",)).get_content()


class Mailbox:
    """Takes mail in a thread of its own.

    tls       "none", "starttls" or "implicit"
    accounts  passwords by user name; when given, nobody sends without signing in
    offers    the sign-in mechanisms offered, of PLAIN and LOGIN
    names     for whom the certificate is
    options   further arguments of aiosmtpd's SMTP, such as data_size_limit or enable_SMTPUTF8
    """

    def __init__(self, tls="none", accounts=None, offers=("PLAIN", "LOGIN"), names=("localhost", "127.0.0.1"), days=1, **options):
        assert tls in ("none", "starttls", "implicit"), tls
        self.tls = tls
        self.accounts = accounts
        self.options = options
        if accounts:
            excluded = [name for name in ("PLAIN", "LOGIN") if name not in offers]
            # aiosmtpd means STARTTLS by "TLS" here, so a connection that is TLS from the start must not ask for it.
            self.options |= {
                "auth_required": True, "auth_require_tls": tls == "starttls", "authenticator": self._authenticate,
                "auth_exclude_mechanism": excluded,
            }
        self.folder = Path(tempfile.mkdtemp(prefix="mailbox-"))
        self.authority = Authority(self.folder)
        self.context = self.authority.server_context(names, days)
        self.sign_ins = []      # (mechanism, user, whether it was right)
        self.refused = 0
        self._letters = []
        self._taken = set()
        self._failures = {}
        self._change = threading.Condition()
        self.port = None

    # Starting and stopping

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(started,), name="mailbox", daemon=True)
        self._thread.start()
        assert started.wait(START_SECONDS), "the mailbox did not start"
        return self

    def _run(self, started):
        asyncio.set_event_loop(self._loop)
        # A client that refuses our certificate is what some tests are about, and no news.
        self._loop.set_exception_handler(lambda *_: None)
        listening = self._loop.create_server(
            self._conversation, "127.0.0.1", self.port or 0, ssl=self.context if self.tls == "implicit" else None)
        server = self._loop.run_until_complete(listening)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    def _conversation(self):
        with warnings.catch_warnings():
            # It warns of a password without TLS, which some tests are about.
            warnings.simplefilter("ignore", UserWarning)
            return SMTP(
                self, hostname="mailbox.test", loop=self._loop,
                tls_context=self.context if self.tls == "starttls" else None, **self.options)

    def stop(self):
        """May be started again, on the same port and with its letters."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP_SECONDS)

    # Settings for the executable

    @property
    def ca_file(self):
        return str(self.authority.pem)

    def url(self, user=None, password=None, host="localhost", query=""):
        """SMTP_URL; with the first account when no other is named."""
        if user is None and self.accounts:
            user, password = next(iter(self.accounts.items()))
        scheme = "smtps" if self.tls == "implicit" else "smtp"
        who = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
        return f"{scheme}://{who}{host}:{self.port}{query}"

    def settings(self, **url):
        return {"SMTP_URL": self.url(**url), "MAIL_FROM": SENDER, "QUERN_CA_FILE": self.ca_file}

    # Reading

    @property
    def letters(self):
        with self._change:
            return list(self._letters)

    def letters_to(self, address):
        return [letter for letter in self.letters if address in letter.recipients]

    def wait_for(self, to=None, subject="", seconds=15):
        """The oldest letter to this address, with this in its subject, that was not given out before."""
        end = time.monotonic() + seconds
        with self._change:
            while True:
                for letter in self._letters:
                    if id(letter) not in self._taken and to in (None, *letter.recipients) and subject in letter["Subject"]:
                        self._taken.add(id(letter))
                        return letter
                if not self._change.wait(end - time.monotonic()) and time.monotonic() >= end:
                    had = [(letter.recipients, letter["Subject"]) for letter in self._letters]
                    raise AssertionError(f"no letter to {to} about {subject!r} within {seconds} s; there are {had}")

    def wait_for_refusal(self, count=1, seconds=15):
        """Until so many commands were refused because of `fail_next`."""
        with self._change:
            assert self._change.wait_for(lambda: self.refused >= count, seconds), f"{self.refused} refused, not {count}"

    def forget(self):
        with self._change:
            self._letters.clear()
            self._taken.clear()

    # Trouble

    def fail_next(self, times=1, code=451, at="RCPT", words="as the test asked"):
        """The next so many of MAIL, RCPT or DATA commands are answered with this code."""
        with self._change:
            self._failures[at] = [f"{code} {code // 100}.0.0 {words}"] * times

    def _failure(self, command):
        with self._change:
            waiting = self._failures.get(command)
            if not waiting:
                return None
            self.refused += 1
            self._change.notify_all()
            return waiting.pop()

    # What aiosmtpd calls

    async def handle_MAIL(self, server, session, envelope, address, options):
        if failure := self._failure("MAIL"):
            return failure
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 fine"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if failure := self._failure("RCPT"):
            return failure
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server, session, envelope):
        if failure := self._failure("DATA"):
            return failure
        # Headers beyond ASCII (RFC 6532) are text to the parser only when they come as text.
        letter = email.parser.Parser(_class=Letter, policy=email.policy.default).parsestr(envelope.original_content.decode())
        letter.sender = envelope.mail_from
        letter.recipients = tuple(envelope.rcpt_tos)
        letter.encrypted = self.tls == "implicit" or session.ssl is not None
        letter.user = session.auth_data.login.decode() if session.authenticated else None
        letter.raw = envelope.original_content
        with self._change:
            self._letters.append(letter)
            self._change.notify_all()
        return "250 2.0.0 taken"

    def _authenticate(self, server, session, envelope, mechanism, data):
        user, password = data.login.decode(), data.password.decode()
        right = self.accounts.get(user) == password
        self.sign_ins.append((mechanism, user, right))
        return AuthResult(success=right, handled=False, auth_data=data)


def code_in(letter):
    """The one six-digit code of a mail; the same in its text and its HTML."""
    codes = set(re.findall(r"(?<![\d#&])\d{6}(?!\d)", letter.text))
    assert len(codes) == 1, f"{len(codes)} codes in:\n{letter.text}"
    code = codes.pop()
    assert code in letter.html
    return code


def link_in(letter):
    """The one link of a mail."""
    links = set(re.findall(r"https?://[^\s<>\"]+", letter.text))
    assert len(links) == 1, f"{len(links)} links in:\n{letter.text}"
    return links.pop()
