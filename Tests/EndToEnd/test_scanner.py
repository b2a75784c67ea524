"""Documents and the scanners: the built-in check, and the real clamd with signatures of our own."""

import gzip
import io
import os
import shutil
import signal
import socket
import subprocess
import time
import zipfile

import boto3
import pytest
import requests
from botocore.config import Config

from served import free_port, run_quern, signature, wait_until

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
# Known to our clamd alone, so that its verdict can not come from the built-in check.
MARKER = b"a marker that only the clamd of this test takes for harmful: 7f3c"
PDF = b"%PDF-1.4\nhello\n"
PNG = b"\x89PNG\r\n\x1a\nhello"
STREAM_BYTES = 1_000_000
SCAN_SECONDS = 60


class Clamd:
    """clamd(8) on a socket and a port of its own, with a database that holds two signatures."""

    def __init__(self, folder):
        program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/sbin")
        assert program, "clamd is missing: apt-get install clamav-daemon"
        self.program, self.folder, self.port, self.process = program, folder, free_port(), None
        self.socket = folder / "clamd.sock"
        database = folder / "database"
        database.mkdir(parents=True)
        database.joinpath("own.ndb").write_text(f"Own.Eicar:0:*:{EICAR.hex()}\nOwn.Marker:0:*:{MARKER.hex()}\n")
        folder.joinpath("clamd.conf").write_text(
            f"DatabaseDirectory {database}\nLocalSocket {self.socket}\nTCPSocket {self.port}\nTCPAddr 127.0.0.1\n"
            f"LogFile {folder}/clamd.log\nPidFile {folder}/clamd.pid\nTemporaryDirectory {folder}\n"
            f"StreamMaxLength {STREAM_BYTES}\nForeground yes\nFixStaleSocket yes\nMaxThreads 4\n"
        )
        # It may run as another user, who has to reach the folder.
        for path in [folder, database, *database.iterdir()]:
            path.chmod(0o755)

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "--config-file", self.folder / "clamd.conf"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT,
        )
        wait_until(self.answers, SCAN_SECONDS, "clamd answers PING", pause=0.1)
        return self

    def answers(self):
        assert self.process.poll() is None, self.folder.joinpath("clamd.log").read_text()
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as talk:
                talk.sendall(b"zPING\0")
                return talk.recv(100) == b"PONG\0"
        except OSError:
            return False

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait(20)
            self.process = None
            self.socket.unlink(missing_ok=True)

    def hold(self):
        """It takes connections and bytes, but says nothing, as one that is too busy."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)


@pytest.fixture
def clamd(tmp_path):
    # A socket's path may have 107 characters.
    made = Clamd(tmp_path / "c")
    yield made
    if made.process is not None:
        made.go_on()
    made.stop()


class Desk:
    """One job and what is attached to it."""

    def __init__(self, server, client=None):
        if client is None:
            server.register()
            client = server.login()
        self.server, self.client = server, client
        self.job = client.expect(201, "POST", "/api/v1/jobs", json={"title": "A job"}).json()["id"]
        self.path = f"/api/v1/jobs/{self.job}/documents"

    def announce(self, data, content_type=None, name="file.bin", doc_type="other"):
        body = {"doc_type": doc_type, "filename": name, "size_bytes": len(data)}
        if content_type:
            body["content_type"] = content_type
        made = self.client.expect(201, "POST", f"{self.path}/presign-upload", json=body).json()
        self.server.secrets.add(signature(made["upload_url"]))
        return made["document"]["id"], made["upload_url"]

    def submit(self, data, content_type=None, **more):
        document, url = self.announce(data, content_type, **more)
        headers = {"Content-Type": content_type} if content_type else {}
        self.client.expect(200, "PUT", url, data=data, headers=headers)
        answer = self.client.expect(200, "POST", f"{self.path}/confirm-upload", json={"document_id": document})
        assert answer.json()["status"] == "scanning"
        return document

    def find(self, document):
        (found,) = [one for one in self.client.expect(200, "GET", self.path).json() if one["id"] == document]
        return found

    def wait(self, document, seconds=SCAN_SECONDS):
        last = {}

        def is_over():
            last.update(self.find(document))
            return last["status"] not in ("pending", "scanning")

        wait_until(is_over, seconds, f"the scan is over: {last}", pause=0.05)
        return last

    def outcome(self, data, content_type=None, **more):
        found = self.wait(self.submit(data, content_type, **more))
        return found["status"], found["scan_status"], found["scan_message"]

    def read(self, document):
        url = self.client.expect(200, "GET", f"{self.path}/{document}/presign-download").json()["download_url"]
        self.server.secrets.add(signature(url))
        return requests.get(url, timeout=30)


@pytest.fixture
def desk(new_server):
    return Desk(new_server())


def zipped(*members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


# The built-in check


def test_the_built_in_check(desk):
    document = desk.submit(PDF, "application/pdf", name="Lebenslauf für Ada.pdf")
    found = desk.wait(document)
    assert (found["status"], found["scan_status"], found["scan_message"]) == ("uploaded", "CLEAN", None)
    assert found["scan_checked_at"] and found["quarantined_s3_key"] is None
    answer = desk.read(document)
    assert answer.content == PDF
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''Lebenslauf%20f%C3%BCr%20Ada.pdf"
    infected = ("infected", "INFECTED", "EICAR-Test-File was found; the file was deleted")
    for data, content_type in [
        (EICAR, "text/plain"), (b"see: " + EICAR, None), (zipped(("a/b.txt", EICAR)), "application/zip"),
        (gzip.compress(EICAR), "application/gzip"), (zipped(("in.zip", zipped(("x", EICAR)))), None),
    ]:
        assert desk.outcome(data, content_type) == infected
    assert desk.outcome(PNG, "application/pdf") == (
        "failed", "ERROR", "content type is application/pdf, but the file begins like a PNG"
    )
    for data, words in [
        (zipped(("../../etc/passwd", "x")), "out of its folder"), (zipped(("big", bytes(50_000_000))), "100 times"),
        (zipped(*[(f"n{number}", b"") for number in range(1001)]), "1000 files"), (zipped(("a", b"x"))[:-9], "broken"),
    ]:
        status, scan_status, message = desk.outcome(data, "application/zip")
        assert (status, scan_status) == ("failed", "ERROR") and words in message
    (left,) = desk.server.object_files()
    assert document in left


def test_a_document_that_is_not_clean_is_not_read_with_any_signature(new_server):
    """Whoever holds the store's secret key signs what they like; these bytes stay where they are."""
    server = new_server(OBJECT_STORAGE_ACCESS_KEY="KEY", OBJECT_STORAGE_SECRET_KEY="not/a+real=secret")
    desk = Desk(server)
    signer = boto3.client(
        "s3", endpoint_url=server.base, aws_access_key_id="KEY", aws_secret_access_key="not/a+real=secret",
        region_name="us-east-1", config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )

    def signed(operation, key):
        return signer.generate_presigned_url(operation, Params={"Bucket": "quern", "Key": key})

    document, url = desk.announce(PDF)
    requests.put(url, data=PDF, timeout=30).raise_for_status()
    (key,) = server.object_files()
    assert requests.get(signed("get_object", key), timeout=30).status_code == 403
    desk.client.expect(200, "POST", f"{desk.path}/confirm-upload", json={"document_id": document})
    assert desk.wait(document)["status"] == "uploaded"
    assert requests.get(signed("get_object", key), timeout=30).content == PDF
    # Confirmed, the bytes do not change any more.
    assert requests.put(url, data=b"other", timeout=30).status_code == 403
    assert requests.put(signed("put_object", key), data=b"other", timeout=30).status_code == 403
    assert requests.put(signed("put_object", f"documents/{desk.job}/{document}/x"), data=b"x", timeout=30).status_code == 403
    assert requests.get(signed("get_object", key), timeout=30).content == PDF


def test_an_upload_address_is_for_its_content_type_and_size(new_server):
    desk = Desk(new_server(MAX_DOCUMENT_BYTES=1000))
    _, url = desk.announce(PDF, "application/pdf")
    for headers in ({}, {"Content-Type": "text/html"}):
        assert requests.put(url, data=PDF, headers=headers, timeout=30).status_code == 403
    right = {"Content-Type": "application/pdf"}
    too_large = requests.put(url, data=bytes(1001), headers=right, timeout=30)
    assert too_large.status_code == 413 and "<Code>EntityTooLarge</Code>" in too_large.text
    chunked = requests.put(url, data=iter([bytes(600), bytes(600)]), headers=right, timeout=30)
    assert chunked.status_code == 413
    assert desk.server.object_files() == set() and desk.server.staged_files() == []
    assert requests.put(url, data=PDF, headers=right, timeout=30).status_code == 200


def test_a_scan_whose_worker_is_killed_is_done_again(desk):
    """Killing it is a race that the scan may win; what counts is that nothing but its own verdict comes of it."""
    idle = set(desk.server.workers())
    document = desk.submit(zipped(*[(f"n{number}", bytes(60_000)) for number in range(400)]), "application/zip")
    end = time.monotonic() + 5
    while time.monotonic() < end and desk.find(document)["status"] == "scanning":
        scanning = set(desk.server.workers()) - idle
        if scanning:
            os.kill(scanning.pop(), signal.SIGKILL)
            break
    found = desk.wait(document)
    assert (found["status"], found["scan_status"], found["scan_message"]) == ("uploaded", "CLEAN", None)


# clamd


@pytest.mark.parametrize("address", ["{socket}", "unix:{socket}", "tcp://127.0.0.1:{port}"])
def test_clamd_decides(new_server, clamd, address):
    clamd.start()
    desk = Desk(new_server(CLAMD_SOCKET=address.format(socket=clamd.socket, port=clamd.port)))
    assert desk.outcome(PDF, "application/pdf") == ("uploaded", "CLEAN", None)
    for data, name in [(EICAR, "Own.Eicar"), (b"x" * 300_000 + MARKER, "Own.Marker"), (zipped(("a", MARKER)), "Own.Marker")]:
        status, scan_status, message = desk.outcome(data)
        assert (status, scan_status) == ("infected", "INFECTED")
        assert message == f"{name}.UNOFFICIAL was found; the file was deleted"
    # What it knows nothing about is still held against its claim.
    assert desk.outcome(PNG, "application/pdf") == (
        "failed", "ERROR", "content type is application/pdf, but the file begins like a PNG"
    )
    assert len(desk.server.object_files()) == 1


def test_a_document_that_is_too_large_for_clamd(new_server, clamd):
    clamd.start()
    desk = Desk(new_server(CLAMD_SOCKET=clamd.socket))
    data = PDF + bytes(3 * STREAM_BYTES)
    document = desk.submit(data, "application/pdf")
    found = desk.wait(document)
    assert (found["status"], found["scan_status"]) == ("failed", "ERROR")
    assert "StreamMaxLength" in found["scan_message"]
    # Its bytes wait for a scanner that is set up for them.
    again = desk.client.expect(200, "POST", f"{desk.path}/confirm-upload", json={"document_id": document})
    assert again.json()["status"] == "scanning"
    assert desk.wait(document)["status"] == "failed"
    desk.client.expect(409, "GET", f"{desk.path}/{document}/presign-download")


def test_while_clamd_is_down_documents_wait(new_server, clamd):
    desk = Desk(new_server(CLAMD_SOCKET=clamd.socket))
    document = desk.submit(PDF, "application/pdf")
    wait_until(lambda: desk.find(document)["scan_message"], 20, "a try has failed")
    found = desk.find(document)
    assert (found["status"], found["scan_status"]) == ("scanning", "PENDING")
    assert found["scan_message"] == "the virus scanner can not be reached"
    desk.client.expect(409, "GET", f"{desk.path}/{document}/presign-download")
    desk.client.expect(409, "POST", f"{desk.path}/confirm-upload", json={"document_id": document})
    clamd.start()
    assert desk.wait(document)["status"] == "uploaded"


@pytest.mark.parametrize("data, status", [(PDF, "uploaded"), (MARKER, "infected")])
def test_a_server_that_is_killed_while_it_scans_goes_on_after_its_start(new_server, clamd, data, status):
    clamd.start()
    clamd.hold()
    desk = Desk(new_server(CLAMD_SOCKET=f"tcp://127.0.0.1:{clamd.port}"))
    document = desk.submit(data)
    time.sleep(1)
    assert desk.find(document)["status"] == "scanning"
    desk.server.kill()
    clamd.go_on()
    desk.server.start()
    assert desk.wait(document)["status"] == status


def test_a_server_that_is_stopped_while_it_scans_stops_soon(new_server, clamd):
    clamd.start()
    clamd.hold()
    desk = Desk(new_server(CLAMD_SOCKET=clamd.socket))
    document = desk.submit(PDF)
    time.sleep(0.5)
    started = time.monotonic()
    desk.server.stop()
    assert time.monotonic() - started < 10
    clamd.go_on()
    desk.server.start()
    assert desk.wait(document)["status"] == "uploaded"


def test_a_document_that_is_deleted_while_it_is_scanned_is_gone(new_server, clamd):
    clamd.start()
    clamd.hold()
    desk = Desk(new_server(CLAMD_SOCKET=clamd.socket))
    document = desk.submit(PDF)
    time.sleep(0.5)
    desk.client.expect(200, "DELETE", f"{desk.path}/{document}")
    assert desk.server.object_files() == set()
    clamd.go_on()
    # Another one that is through shows that the first is too.
    assert desk.outcome(PDF)[0] == "uploaded"
    assert len(desk.client.expect(200, "GET", desk.path).json()) == 1


def test_a_wrong_address_of_clamd_is_told_at_start(tmp_path):
    for address in ("clamd.sock", "tcp://nowhere", "http://127.0.0.1:1"):
        ended = run_quern("serve", "--port", "0", "--data-dir", tmp_path / "data", settings={"CLAMD_SOCKET": address})
        assert ended.returncode != 0 and "CLAMD_SOCKET" in ended.stderr
