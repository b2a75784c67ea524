"""What the machine may do to us: a full disk, a stop in the middle of an upload, a port that is taken."""

import json
import os
import signal
import socket
import subprocess

import pytest

import served
from served import Server, convert_step, object_key, run_quern, wait_until

DISK_BYTES = 24_000_000


@pytest.fixture
def small_disk(tmp_path):
    """A server whose data folder is a file system of 24 MB."""
    server = Server(tmp_path / "server")
    server.data.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "quern-test", str(server.data)], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"only root can mount a small disk: {mounted.stderr.strip()}")
    try:
        yield server.start()
        server.end()
    finally:
        if server.process is not None:
            server.kill()
        subprocess.run(["umount", "--lazy", str(server.data)], check=True)


def used(server):
    info = os.statvfs(server.data)
    return (info.f_blocks - info.f_bfree) * info.f_frsize


def test_an_upload_that_does_not_fit_is_refused_and_leaves_nothing(small_disk, people):
    small_disk.register()
    admin = small_disk.login()
    job = admin.create_job()["id"]
    url = admin.upload_url(job)
    before = used(small_disk)
    answer = admin.put(url, data=b"x" * (DISK_BYTES + 1_000_000))
    assert answer.status_code == 507, answer.text
    assert "full" in answer.text
    assert small_disk.staged_files() == []
    assert used(small_disk) < before + 1_000_000
    # The same address takes a file that fits, and the job goes its way.
    admin.expect(200, "PUT", url, data=people)
    admin.mark_uploaded(job, object_key(url))
    assert admin.wait(job)["status"] == "COMPLETED"


def test_a_result_that_does_not_fit_fails_the_job_and_nothing_else(small_disk, people):
    small_disk.register()
    admin = small_disk.login()
    # Named cells make JSON several times as large as this CSV.
    rows = b"a_rather_long_name_of_a_column,another_long_name_of_a_column\n" + b"1,2\n" * 2_000_000
    job = admin.submit(rows, steps=[convert_step("json")])
    ended = admin.wait(job)
    assert ended["status"] == "FAILED", ended
    assert ended["error_code"] == "disk_full", ended
    wait_until(lambda: small_disk.staged_files() == [], 10, "an empty staging folder")
    assert admin.run(people)["status"] == "COMPLETED"


@pytest.mark.seconds(60)
def test_a_stop_in_the_middle_of_an_upload_ends_in_time_and_keeps_nothing(new_server):
    server = new_server()
    server.register()
    admin = server.login()
    url = admin.upload_url(admin.create_job()["id"])
    path = url.split("/", 3)[3]
    with socket.create_connection(("127.0.0.1", server.port), timeout=40) as connection:
        connection.sendall(
            f"PUT /{path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: 1000000\r\n\r\n".encode() + b"x" * 1000)
        wait_until(lambda: server.staged_files(), 10, "the upload has begun")
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(40) == 0, server.log_tail()
    server.process = None
    assert server.staged_files() == []
    assert server.object_files() == set()


def test_a_port_that_is_taken_is_told_with_what_to_do(new_server, tmp_path):
    server = new_server()
    second = run_quern("serve", "--port", server.port, "--data-dir", tmp_path / "other", seconds=20)
    assert second.returncode == 1
    assert "in use" in second.stderr and "--port" in second.stderr


def test_a_folder_that_is_in_use_is_told_with_what_to_do(new_server):
    server = new_server()
    second = run_quern("serve", "--port", served.free_port(), "--data-dir", server.data, seconds=20)
    assert second.returncode == 1
    assert "Another server" in second.stderr and "--data-dir" in second.stderr


def test_a_worker_reaches_no_network_and_no_file_but_its_own(server, admin):
    """A busy worker is held by the layers that this kernel has; /proc tells which."""
    rows = b"n,text\n" + b"".join(b"%d,some words that fill the row\n" % n for n in range(2_000_000))
    job = admin.submit(rows, steps=[convert_step("json")])
    seen = {}

    def confined():
        for worker in server.workers():
            try:
                with open(f"/proc/{worker}/status", encoding="ascii") as status:
                    fields = dict(line.rstrip("\n").split(":\t", 1) for line in status if ":\t" in line)
            except (FileNotFoundError, ProcessLookupError):
                continue
            if fields.get("Seccomp") == "2":
                seen.update(fields)
                return True
        return admin.job(job)["status"] in served.TERMINAL

    wait_until(confined, 30, "a worker at work", pause=0.001)
    assert seen.get("Seccomp") == "2", "the job ended before a worker was seen"
    assert seen["NoNewPrivs"] == "1"
    assert admin.wait(job)["status"] == "COMPLETED"


def test_the_layers_that_hold_the_workers_are_told(server, admin):
    """In the log, to whoever may know, and by the verb on this machine; strangers hear nothing of it."""
    told = admin.expect(200, "GET", "/api/v1/health?detailed=true").json()["sandbox"]
    assert "sandbox" not in server.visitor().get("/api/v1/health?detailed=true").json()
    assert told["seccomp"] is True and told["no_new_privileges"] is True and told["complete"] is (told["landlock"] > 0)
    assert '"sandbox' in server.log.read_text()
    answer = run_quern("health", "--port", server.port, "--json", settings={})
    assert json.loads(answer.stdout)["sandbox"] == told
    assert "Workers are held by" in run_quern("health", "--port", server.port, settings={}).stdout


def test_what_the_server_stores_is_the_owner_s_alone(server, admin, people):
    """Also where the data folder itself stands open, as a volume may."""
    admin.run(people)
    for folder, folders, files in os.walk(server.data):
        for name in files:
            path = os.path.join(folder, name)
            assert os.stat(path).st_mode & 0o077 == 0, path
