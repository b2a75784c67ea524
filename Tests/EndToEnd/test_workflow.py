"""The nine steps of the transform document's cURL workflow, as they stand there. Only host, ids, token and the presigned
addresses are put in; everything else of each command is the document's."""

import csv
import io
import json
import os
import subprocess
import time

import pyarrow.parquet
import pytest

import served

REGISTER = r"""
curl -X POST "http://localhost:8000/api/v1/auth/register" \
     -H "Content-Type: application/json" \
     -d '{
           "email": "devuser@example.com",
           "password": "devpassword"
         }'
"""
LOGIN = r"""
curl -X POST "http://localhost:8000/api/v1/auth/login" \
     -H "Content-Type: application/x-www-form-urlencoded" \
     -d "username=devuser@example.com&password=devpassword"
"""
CREATE = r"""
curl -X POST "http://localhost:8000/api/v1/jobs" \
     -H "Authorization: Bearer YOUR_JWT_TOKEN" \
     -H "Content-Type: application/json" \
     -d '{
           "file_name": "sample_data.csv",
           "original_file_size_bytes": 10240,
           "processing_steps": [
             {"type": "filter", "params": {"column": "city", "operator": "eq", "value": "New York"}}
           ]
         }'
"""
UPLOAD_URL = r"""
curl -X POST "http://localhost:8000/api/v1/jobs/abcde123-f456-7890-1234-abcdefghijkl/upload-url" \
     -H "Authorization: Bearer YOUR_JWT_TOKEN" \
     -H "Content-Type: application/json" \
     -d '{}'
"""
UPLOAD = r"""
curl -X PUT "https://minio:9000/karyaksham-data/input/abcde123-f456-7890-1234-abcdefghijkl/sample_data.csv?X-Amz-Algorithm=..." \
     -H "Content-Type: text/csv" \
     --data-binary "@sample_data.csv"
"""
MARK_UPLOADED = r"""
curl -X POST "http://localhost:8000/api/v1/jobs/abcde123-f456-7890-1234-abcdefghijkl/mark-uploaded" \
     -H "Authorization: Bearer YOUR_JWT_TOKEN" \
     -H "Content-Type: application/json" \
     -d '{
           "object_key": "input/abcde123-f456-7890-1234-abcdefghijkl/sample_data.csv"
         }'
"""
POLL = r"""
curl -X GET "http://localhost:8000/api/v1/jobs/abcde123-f456-7890-1234-abcdefghijkl" \
     -H "Authorization: Bearer YOUR_JWT_TOKEN"
"""
DOWNLOAD_URL = r"""
curl -X POST "http://localhost:8000/api/v1/jobs/abcde123-f456-7890-1234-abcdefghijkl/download-url" \
     -H "Authorization: Bearer YOUR_JWT_TOKEN" \
     -H "Content-Type: application/json" \
     -d '{}'
"""
DOWNLOAD = r"""
curl -X GET "https://minio:9000/karyaksham-data/output/abcde123-f456-7890-1234-abcdefghijkl/sample_data_processed.csv?X-Amz-Algorithm=..." \
     -o processed_data.csv
"""
UPLOAD_ADDRESS = (
    "https://minio:9000/karyaksham-data/input/abcde123-f456-7890-1234-abcdefghijkl/sample_data.csv?X-Amz-Algorithm=..."
)
DOWNLOAD_ADDRESS = (
    "https://minio:9000/karyaksham-data/output/abcde123-f456-7890-1234-abcdefghijkl/"
    "sample_data_processed.csv?X-Amz-Algorithm=..."
)
SAMPLE = "name,city,age\nAlice,New York,30\nBob,London,25\nCharlie,New York,35\n"


class Shell:
    """Runs the document's commands in a folder. A .curlrc adds what the document leaves to the reader: the status."""

    def __init__(self, folder, base):
        self.folder = folder
        self.words = {"http://localhost:8000": base}
        (folder / ".curlrc").write_text('silent\nshow-error\nmax-time = 30\nwrite-out = "%{stderr}%{http_code}"\n')

    def run(self, status, command):
        for word, meaning in self.words.items():
            command = command.replace(word, meaning)
        ended = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, capture_output=True, text=True, timeout=60,
            env={"PATH": os.environ["PATH"], "CURL_HOME": str(self.folder)},
        )
        assert ended.returncode == 0, ended.stderr
        assert ended.stderr == str(status), f"{ended.stderr} instead of {status}: {ended.stdout}"
        return json.loads(ended.stdout) if ended.stdout else None


def walk(shell, server, create=CREATE):
    """Steps 1 to 9; the statuses that polling saw."""
    registered = shell.run(201, REGISTER)
    assert registered["email"] == "devuser@example.com"
    server.secrets.add("devpassword")

    login = shell.run(200, LOGIN)
    assert login["token_type"] == "bearer"
    shell.words["YOUR_JWT_TOKEN"] = login["access_token"]
    server.secrets.add(login["access_token"])

    job = shell.run(201, create)
    assert job["status"] == "PENDING"
    assert job["user_id"] == registered["id"]

    # The presigned addresses hold the id too, so they are put in before it.
    shell.words["abcde123-f456-7890-1234-abcdefghijkl"] = job["id"]
    upload = shell.run(200, UPLOAD_URL)["upload_url"]
    assert f"/input/{job['id']}/sample_data.csv?X-Amz-Algorithm=AWS4-HMAC-SHA256&" in upload
    shell.words = {UPLOAD_ADDRESS: upload} | shell.words
    assert shell.run(200, UPLOAD) is None, "the answer of a PUT has no body"

    queued = shell.run(200, MARK_UPLOADED)
    assert queued["id"] == job["id"]
    assert queued["status"] == "QUEUED"
    assert queued["input_object_key"] == f"input/{job['id']}/sample_data.csv"

    seen = []
    end = time.monotonic() + served.JOB_SECONDS
    while not seen or seen[-1] not in served.TERMINAL:
        assert time.monotonic() < end, seen
        polled = shell.run(200, POLL)
        seen.append(polled["status"])
        time.sleep(0.05)
    assert seen[-1] == "COMPLETED", polled
    assert set(seen) <= {"QUEUED", "RUNNING", "COMPLETED"}
    assert polled["output_object_key"].startswith(f"output/{job['id']}/sample_data_processed.")

    download = shell.run(200, DOWNLOAD_URL)["download_url"]
    assert f"/{polled['output_object_key']}?X-Amz-Algorithm=AWS4-HMAC-SHA256&" in download
    shell.words = {DOWNLOAD_ADDRESS: download} | shell.words
    shell.run(200, DOWNLOAD)
    server.secrets |= {served.signature(upload), served.signature(download)}
    return polled


@pytest.fixture
def shell(new_server, tmp_path):
    server = new_server()
    folder = tmp_path / "shell"
    folder.mkdir()
    (folder / "sample_data.csv").write_text(SAMPLE)
    return Shell(folder, server.base), server


def test_the_nine_steps_end_in_the_right_rows(shell):
    shell, server = shell
    walk(shell, server)
    rows = list(csv.reader(io.StringIO((shell.folder / "processed_data.csv").read_text())))
    assert rows == [["name", "city", "age"], ["Alice", "New York", "30"], ["Charlie", "New York", "35"]]


def test_the_nine_steps_with_parquet_output(shell):
    shell, server = shell
    step = '{"type": "filter", "params": {"column": "city", "operator": "eq", "value": "New York"}}'
    create = CREATE.replace(step, step + ', {"type": "convert_format", "params": {"to_format": "parquet"}}')
    assert create != CREATE
    job = walk(shell, server, create)
    assert job["output_object_key"].endswith("/sample_data_processed.parquet")
    table = pyarrow.parquet.read_table(shell.folder / "processed_data.csv")
    assert table.to_pydict() == {"name": ["Alice", "Charlie"], "city": ["New York", "New York"], "age": [30, 35]}
