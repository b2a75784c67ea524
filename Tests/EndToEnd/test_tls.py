"""https, wss and HTTP/2 on the server's own port: what the clients agree on, what wrong files tell, and how it ends."""

import asyncio
import contextlib
import datetime
import http.client
import ipaddress
import json
import re
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time
import urllib.parse

import h2.config
import h2.connection
import h2.events
import hpack
import httpx
import pytest
import requests
import websockets.sync.client
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

import served
from people import Browser
from served import ADMIN, PASSWORD, Client, Server, environment, free_port, run_quern, wait_until
from test_socket_protocol import CLOSE, Raw, TEXT, expect_echo, frame, wrapped

MEGABYTE = 1_000_000


def make_certificate(folder, name="server", key=None):
    """A certificate of its own authority for this machine; paths of the certificate and the key."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30)).add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256()))
    files = folder / f"{name}.crt", folder / f"{name}.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return files


class SecureServer(Server):
    """The same on https; requests believe its certificate."""

    def __init__(self, folder, settings=None, name="server", key=None):
        folder.mkdir(parents=True, exist_ok=True)
        self.certificate, self.key = make_certificate(folder, name, key)
        super().__init__(folder, {"TLS_CERTIFICATE": self.certificate, "TLS_PRIVATE_KEY": self.key} | (settings or {}))

    @property
    def base(self):
        return f"https://127.0.0.1:{self.port}"

    def _is_healthy(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.log_tail()}")
        try:
            return requests.get(f"{self.base}/health", timeout=2, verify=self.certificate).status_code == 200
        except requests.ConnectionError:
            return False

    def visitor(self):
        client = Client(self)
        client.session.verify = str(self.certificate)
        return client

    def tls(self, *protocols, **versions):
        context = ssl.create_default_context(cafile=self.certificate)
        if protocols:
            context.set_alpn_protocols(protocols)
        for name, version in versions.items():
            setattr(context, name, version)
        return context

    def connect(self, *protocols, **versions):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        return self.tls(*protocols, **versions).wrap_socket(plain, server_hostname="localhost")

    def http2(self, **options):
        return httpx.Client(
            http2=True, http1=False, verify=self.tls(), base_url=self.base, timeout=60, trust_env=False, **options)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = SecureServer(tmp_path_factory.mktemp("server")).start()
    server.register()
    yield server
    server.end()


@pytest.fixture(scope="module")
def admin(server):
    return server.login()


@pytest.fixture
def new_secure_server(tmp_path):
    made = []

    def make(**options):
        server = SecureServer(tmp_path / f"server-{len(made)}", **options)
        made.append(server)
        return server.start()

    yield make
    for server in made:
        server.end()


# What is agreed on


@pytest.mark.parametrize("offered, chosen", [
    (["h2", "http/1.1"], "h2"), (["http/1.1", "h2"], "h2"), (["http/1.1"], "http/1.1"), ([], None), (["spdy/3"], None),
])
def test_the_protocol_is_agreed_on(server, offered, chosen):
    with server.connect(*offered) as peer:
        assert peer.selected_alpn_protocol() == chosen


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_both_versions_of_tls_are_spoken_with_good_ciphers(server, version):
    with server.connect("http/1.1", minimum_version=version, maximum_version=version) as peer:
        assert re.search(r"GCM|CHACHA20", peer.cipher()[0]), peer.cipher()
        assert version == ssl.TLSVersion.TLSv1_3 or peer.cipher()[0].startswith("ECDHE"), peer.cipher()
        peer.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert peer.recv(100).startswith(b"HTTP/1.1 200 ")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_older_versions_are_refused(server):
    context = server.tls()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain, pytest.raises((ssl.SSLError, ConnectionError)):
        context.wrap_socket(plain, server_hostname="localhost")


def test_http_on_the_port_of_https_gets_nothing(server):
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{server.port}/health", timeout=10)


def test_a_key_of_rsa_works_too(new_secure_server):
    server = new_secure_server(key=rsa.generate_private_key(65_537, 2048))
    assert server.visitor().get("/health").status_code == 200


# HTTP over it


def test_links_cookies_and_lines_are_of_https(server, admin):
    assert f"listens on https://localhost:{server.port}" in server.out.read_text()
    job = admin.create_job()["id"]
    assert admin.upload_url(job).startswith(server.base + "/quern/")
    browser = Browser(server)
    browser.verify = str(server.certificate)
    answer = browser.sign_in(ADMIN, PASSWORD, allow_redirects=False)
    assert answer.status_code == 303, answer.text
    cookie = answer.headers["Set-Cookie"]
    assert "__Host-quern_session=" in cookie and "; Secure" in cookie and "Path=/" in cookie
    assert browser.is_in()


def test_who_came_by_https_comes_by_https_again(server, admin):
    """RFC 6797; on errors too."""
    for path, status in (("/api/v1/jobs", 200), ("/api/v1/nothing", 404)):
        answer = admin.get(path)
        assert (answer.status_code, answer.headers["Strict-Transport-Security"]) == (status, "max-age=31536000")


def test_health_asks_over_tls(server):
    # Whether or not this shell's settings know of the certificate.
    for settings in (server.settings, None):
        asked = run_quern("health", "--port", server.port, settings=settings)
        assert (asked.returncode, asked.stdout.splitlines()[0]) == (0, "ok, over TLS"), asked.stderr


def test_a_job_runs_over_http_1(server, admin, people):
    job = admin.run(people, steps=[served.filter_step("age", "gt", 26)])
    assert b"Bob" not in admin.output(job["id"])


def test_http_2_answers_as_http_1_does(server, admin):
    with server.http2(headers={"Authorization": f"Bearer {admin.token}"}) as client:
        answer = client.get("/api/v1/jobs")
        assert answer.http_version == "HTTP/2"
        assert answer.json() == admin.get("/api/v1/jobs").json()
        assert client.get("/nothing/here").status_code == 404
        assert client.post("/api/v1/jobs", content=b"{").status_code == 400
        assert client.get("/ws").status_code == 426
        assert client.get("/health").json()["status"]


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl")
@pytest.mark.parametrize("flag, version", [("--http2", "2"), ("--http1.1", "1.1")])
def test_curl_agrees(server, tmp_path, flag, version):
    made = subprocess.run(
        ["curl", "-sS", flag, "--cacert", server.certificate, "-o", tmp_path / "body", "-w", "%{http_code} %{http_version}",
         f"{server.base}/health"], capture_output=True, text=True, timeout=30)
    assert made.stdout == f"200 {version}", made.stderr


@pytest.mark.parametrize("client_of", ["http2", "http1"])
def test_an_upload_of_some_megabytes_arrives(server, admin, client_of):
    data = b"name,city\n" + b"".join(b"person %d,somewhere\n" % index for index in range(600_000))
    assert len(data) > 10 * MEGABYTE
    job = admin.create_job()["id"]
    url = admin.upload_url(job)
    with contextlib.ExitStack() as stack:
        if client_of == "http2":
            answer = stack.enter_context(server.http2()).put(url, content=data)
            assert answer.http_version == "HTTP/2"
        else:
            answer = admin.put(url, data=data)
        assert answer.status_code == 200, answer.text
    job = admin.wait(admin.mark_uploaded(job, served.object_key(url))["id"])
    assert job["status"] == "COMPLETED", job
    with server.http2() as client:
        output = client.get(admin.download_url(job["id"]))
        assert output.status_code == 200 and output.content.count(b"\n") == data.count(b"\n")


def test_a_body_over_the_limit_is_refused_over_http_2(server, admin):
    with server.http2(headers={"Authorization": f"Bearer {admin.token}"}) as client:
        answer = client.post("/api/v1/jobs", content=b" " * (6 * MEGABYTE), headers={"Content-Type": "application/json"})
        assert answer.status_code == 413
        assert client.get("/health").status_code == 200


def test_events_come_over_http_2(server, admin):
    with server.http2(headers={"Authorization": f"Bearer {admin.token}"}) as client:
        with client.stream("GET", "/api/v1/events") as stream:
            assert stream.http_version == "HTTP/2" and stream.headers["content-type"].startswith("text/event-stream")
            lines = stream.iter_lines()
            made = threading.Timer(0.3, admin.create_job)
            made.start()
            event = next(line for line in lines if line.startswith("data:"))
            made.join()
            assert json.loads(event[5:])["job_id"]
        # The stream was cut, not the connection.
        assert client.get("/health").status_code == 200


@pytest.mark.seconds(180)
def test_a_hundred_streams_at_once(server, admin):
    async def ask():
        limits = httpx.Limits(max_connections=1)
        async with httpx.AsyncClient(
                http2=True, http1=False, verify=server.tls(), base_url=server.base, timeout=120, limits=limits, trust_env=False,
                headers={"Authorization": f"Bearer {admin.token}"}) as client:
            await client.get("/health")
            answers = await asyncio.gather(*(client.get("/api/v1/jobs") for _ in range(100)))
            assert {answer.status_code for answer in answers} == {200}
            assert {answer.http_version for answer in answers} == {"HTTP/2"}

    asyncio.run(ask())


# HTTP/2 by hand


class Streams:
    """An HTTP/2 client that does what it is told."""

    def __init__(self, server):
        self.socket = server.connect("h2")
        self.connection = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.connection.initiate_connection()
        self.flush()

    def flush(self):
        self.socket.sendall(self.connection.data_to_send())

    def get(self, path):
        stream = self.connection.get_next_available_stream_id()
        self.connection.send_headers(
            stream, [(":method", "GET"), (":scheme", "https"), (":authority", "localhost"), (":path", path)], end_stream=True)
        return stream

    def events(self, seconds=20):
        """Until the connection ends or nothing comes for so long."""
        self.socket.settimeout(seconds)
        while True:
            try:
                data = self.socket.recv(65_536)
            except (TimeoutError, ConnectionError, ssl.SSLError):
                return
            if not data:
                return
            yield from self.connection.receive_data(data)
            with contextlib.suppress(OSError):
                self.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def test_the_settings_are_sensible(server):
    with Streams(server) as client:
        settings = next(event for event in client.events() if isinstance(event, h2.events.RemoteSettingsChanged))
        told = {int(code): change.new_value for code, change in settings.changed_settings.items()}
        assert told[3] == 100 and told[4] == 131_072 and told[6] == 16_384


def test_rapid_resets_end_the_connection(server):
    """CVE-2023-44487: streams that are opened and reset at once."""
    with Streams(server) as client:
        with contextlib.suppress(OSError):
            for _ in range(1000):
                client.connection.reset_stream(client.get("/health"))
                client.flush()
        events = list(client.events(10))
        assert any(isinstance(event, h2.events.ConnectionTerminated) for event in events) or client.socket.recv(1) == b""
    assert server.visitor().get("/health").status_code == 200


@pytest.mark.parametrize("flood", [
    pytest.param(b"\0\0\0\x04\0\0\0\0\0", id="settings"), pytest.param(b"\0\0\x08\x06\0\0\0\0\0" + b"*" * 8, id="pings"),
    pytest.param(b"\0\0\x05\x02\0\0\0\0\x01\0\0\0\0\x10", id="priorities"),
])
def test_floods_of_small_frames_end_the_connection(server, flood):
    with Streams(server) as client:
        closed = False
        with contextlib.suppress(OSError):
            for _ in range(20):
                client.socket.sendall(flood * 200)
                time.sleep(0.02)
        for event in client.events(5):
            closed = closed or isinstance(event, h2.events.ConnectionTerminated)
        with contextlib.suppress(OSError):
            closed = closed or client.socket.recv(1) == b""
        assert closed
    assert server.visitor().get("/health").status_code == 200


def test_headers_without_end_end_the_connection(server):
    """CVE-2024-27316: CONTINUATION frames for ever."""
    with Streams(server) as client:
        client.socket.sendall(b"\0\0\x01\x01\0\0\0\0\x01\x82")
        with contextlib.suppress(OSError):
            for _ in range(200):
                client.socket.sendall(b"\0\x10\0\x09\0\0\0\0\x01" + b"\x40\x01a\x7f\xe0\x1e" * 682 + b"\x82\x82\x82\x82")
        ended = list(client.events(10))
        assert any(isinstance(event, h2.events.ConnectionTerminated) for event in ended) or client.socket.recv(1) == b""
    assert server.visitor().get("/health").status_code == 200


# Sockets


def test_wss_works_and_closes_cleanly(server, admin):
    address = f"wss://127.0.0.1:{server.port}/api/v1/ws?token={admin.token}"
    with websockets.sync.client.connect(address, ssl=server.tls(), server_hostname="localhost", proxy=None) as peer:
        assert json.loads(peer.recv())["type"] == "connection"
        peer.send('{"p":"over TLS"}')
        assert json.loads(peer.recv())["data"] == {"p": "over TLS"}
        assert peer.ping().wait(20)
    assert peer.close_code == 1000


@pytest.mark.parametrize("bytes_sent, code", [
    (frame(CLOSE, struct.pack(">H", 1000)), 1000), (frame(3), 1002), (frame(TEXT, b"\xff"), 1007),
    (frame(TEXT, b"", length=70_000), 1009),
], ids=["close", "reserved-opcode", "broken-text", "too-long"])
def test_wss_closes_as_ws_does(server, admin, bytes_sent, code):
    with Raw(server, admin.token, tls=server.tls("http/1.1"), extra=frame(TEXT, wrapped("early"))) as client:
        expect_echo(client, wrapped("early"))
        client.send(bytes_sent)
        client.expect_closed(code)


# The end


@pytest.mark.seconds(180)
def test_a_server_that_stops_finishes_streams_and_waits_for_no_idle_ones(new_secure_server):
    server = new_secure_server()
    server.register()
    admin = server.login()
    job = admin.create_job()["id"]
    url = admin.upload_url(job)
    idle = Streams(server)
    socket_peer = Raw(server, admin.token, tls=server.tls("http/1.1"))
    handshaking = socket.create_connection(("127.0.0.1", server.port))
    statuses = []
    upload = threading.Thread(target=lambda: statuses.append(upload_slowly(server, url)))
    upload.start()
    time.sleep(0.3)
    with server.http2(headers={"Authorization": f"Bearer {admin.token}"}) as watcher:
        with contextlib.suppress(httpx.HTTPError), watcher.stream("GET", "/api/v1/events") as stream:
            lines = stream.iter_lines()
            reading = threading.Thread(target=lambda: [None for _ in quietly(lines)])
            reading.start()
            time.sleep(0.5)
            begun = time.monotonic()
            server.stop()
            assert time.monotonic() - begun < 12
            reading.join(10)
    upload.join(20)
    assert statuses == [("200", True)]
    assert any(isinstance(event, h2.events.ConnectionTerminated) for event in idle.events(5))
    assert socket_peer.frame()[1][:2] == struct.pack(">H", 1001)
    handshaking.close()


def upload_slowly(server, url):
    """Sends a body for two seconds over HTTP/2, by hand: h2 gives up at the server's good-bye, which most clients do not.

    The status, and whether a good-bye came meanwhile.
    """
    parts = urllib.parse.urlsplit(url)
    client = Streams(server)
    client.connection.send_headers(1, [
        (":method", "PUT"), (":scheme", "https"), (":authority", parts.netloc), (":path", f"{parts.path}?{parts.query}")])
    client.flush()

    def send(kind, flags, stream, payload):
        client.socket.sendall(struct.pack(">IBBI", len(payload), kind, flags, stream)[1:] + payload)

    for index in range(10):
        send(0, 1 if index == 9 else 0, 1, b"row\n" * 1000)
        time.sleep(0.2)
    client.socket.settimeout(20)
    data, said_goodbye, decoder = b"", False, hpack.Decoder()
    while True:
        while len(data) < 9 or len(data) < 9 + int.from_bytes(data[:3], "big"):
            data += client.socket.recv(65_536) or pytest.fail("the stream was cut")
        length, kind, flags = int.from_bytes(data[:3], "big"), data[3], data[4]
        payload, data = data[9:9 + length], data[9 + length:]
        if kind == 6 and not flags & 1:
            send(6, 1, 0, payload)
        said_goodbye = said_goodbye or kind == 7
        if kind == 1:
            return dict(decoder.decode(payload))[":status"], said_goodbye


def quietly(lines):
    with contextlib.suppress(httpx.HTTPError, httpx.StreamError):
        yield from lines


# Files


def start_fails(folder, settings):
    """What a server says that does not start."""
    ended = subprocess.run(
        [served.EXECUTABLE, "serve", "--port", str(free_port()), "--data-dir", str(folder / "data")],
        env=environment(settings), capture_output=True, text=True, timeout=60, cwd=folder)
    assert ended.returncode != 0
    return ended.stdout + ended.stderr


def test_wrong_files_are_told_at_the_start(tmp_path):
    certificate, key = make_certificate(tmp_path)
    _, other = make_certificate(tmp_path, "other")
    locked = tmp_path / "locked.key"
    locked.write_bytes(ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"secret")))
    empty = tmp_path / "empty.pem"
    empty.write_text("")

    def told(**settings):
        return start_fails(tmp_path, {f"TLS_{name.upper()}": value for name, value in settings.items()})

    assert "TLS_PRIVATE_KEY is not" in told(certificate=certificate)
    assert "TLS_CERTIFICATE is not" in told(private_key=key)
    assert "not the one of the certificate" in told(certificate=certificate, private_key=other)
    assert "holds no key" in told(certificate=certificate, private_key=locked)
    assert "holds no key" in told(certificate=certificate, private_key=certificate)
    assert "holds no certificate" in told(certificate=key, private_key=key)
    assert "holds no certificate" in told(certificate=empty, private_key=key)
    for missing in (told(certificate=tmp_path / "none.crt", private_key=key), told(certificate=certificate, private_key=tmp_path / "none.key")):
        assert "can not be read" in missing


def shown(server):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as plain, context.wrap_socket(plain) as peer:
        return peer.getpeercert(binary_form=True)


def test_a_renewed_certificate_is_shown_without_a_restart(new_secure_server, tmp_path):
    server = new_secure_server()
    kept = http.client.HTTPSConnection("127.0.0.1", server.port, context=server.tls(), timeout=20)

    def kept_answers():
        kept.request("GET", "/health")
        answer = kept.getresponse()
        answer.read()
        return answer.status == 200

    assert kept_answers()
    socket_of_kept = kept.sock
    first = shown(server)
    # Half a renewal changes nothing.
    certificate, key = make_certificate(tmp_path, "renewed")
    shutil.copy(key, server.key)

    def is_noticed():
        # The files are looked at when somebody comes.
        assert shown(server) == first
        return "certificate_not_renewed" in server.log.read_text()

    wait_until(is_noticed, 30, "the mismatch is logged", pause=0.5)
    shutil.copy(certificate, server.certificate)
    wait_until(lambda: shown(server) != first, 15, "the renewed certificate", pause=1)
    assert shown(server) == ssl.PEM_cert_to_DER_cert(certificate.read_text())
    # Connections that stand are left alone.
    assert kept_answers() and kept.sock is socket_of_kept
    kept.close()
