"""Makes a data folder as people have them, with everything that can be in one, and writes down what its server answers.

    QUERN_BIN=FILE python keep_folder.py kept/<commit>.tar.gz

`FILE` is the executable of a commit that people use; the archive is kept in the repository, and `test_kept_folders.py` opens it
with the executable of today. The archive holds `data/`, as the server left it, and `answers.json`.
"""

import json
import shutil
import sqlite3
import sys
import tarfile
import tempfile
from pathlib import Path

import requests

import served
from people import API, make_key
from served import ADMIN, Server, convert_step, filter_step, object_key, wait_until

PEOPLE = b"name,city,age\nAlice,New York,30\nBob,London,25\nCharlie,New York,35\n"
BROKEN = b"name,city\nAlice,New York\nBob,London,too,many\n"
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
MEMBER = "member@example.com"
COMBINING = "Mu\u0308hle " + "a\u0301" * 250
TRACKED = {"company_name": "Mill", "job_title": "Miller", "location": "Bruges", "status": "Interviewing", "tags": ["wind", "water"]}


def fill(server):
    """Everything that the API of a server can be given. The addresses whose answers are kept."""
    server.register()
    admin = server.login()
    server.create_user(MEMBER)
    member = server.login(MEMBER)
    ended = [
        admin.wait(admin.submit(PEOPLE, "people.csv", [filter_step("city", "eq", "New York")]))["id"],
        admin.wait(admin.submit(PEOPLE, "people.csv", [convert_step("parquet")]))["id"],
        admin.wait(admin.submit(BROKEN, "broken.csv"))["id"],
        admin.wait(admin.submit(PEOPLE, "people.csv", [filter_step("nowhere", "eq", "x")]))["id"],
        member.wait(member.submit(PEOPLE, "member.csv"))["id"],
    ]
    pending = admin.create_job("pending.csv", [filter_step("age", "gte", 30)])["id"]
    track = admin.expect(201, "POST", f"{API}/jobs", json=TRACKED).json()["id"]
    admin.expect(201, "POST", f"{API}/jobs", json={"title": COMBINING[:255]})
    admin.expect(201, "POST", f"{API}/jobs/{track}/notes", json={"body": "**Coarse** grain & <husks>"})
    wish = {"doc_type": "resume", "filename": "cv.pdf", "content_type": "application/pdf", "size_bytes": len(PDF)}
    given = admin.expect(201, "POST", f"{API}/jobs/{track}/documents/presign-upload", json=wish).json()
    requests.put(given["upload_url"], data=PDF, headers={"Content-Type": "application/pdf"}, timeout=30).raise_for_status()
    documents = f"{API}/jobs/{track}/documents"
    admin.expect(200, "POST", f"{documents}/confirm-upload", json={"document_id": given["document"]["id"]})
    wait_until(lambda: "CLEAN" in admin.get(documents).text, 60, "a clean document")
    task = admin.expect(201, "POST", f"{API}/collab/tasks", json={"title": "Sweep the mill"})
    admin.expect(
        200, "PATCH", f"{API}/collab/tasks/{task.json()['id']}", json={"title": "Sweep the mill twice"},
        headers={"If-Match": task.headers["ETag"]})
    admin.expect(201, "POST", f"{API}/collab/tasks", json={"title": "Oil the stones", "description": COMBINING})
    addresses = [f"{API}/jobs/{job}" for job in [*ended[:4], pending, track]]
    addresses += [f"{API}/jobs/{job}/artifacts" for job in ended[:4]]
    addresses += [f"{API}/jobs/{track}/notes", documents, f"{API}/collab/tasks/{task.json()['id']}", f"{API}/collab/state/tasks", f"{API}/users/me"]
    addresses += [f"{API}/jobs?{query}" for query in ("", "q=mill", "tag=wind", "status=completed", "status=interviewing")]
    return {
        "addresses": {address: admin.expect(200, "GET", address).json() for address in addresses},
        "outputs": {job: admin.output(job).hex() for job in ended[:3]},
        "key": make_key(admin, "jobs:read")["key"], "ended": ended, "pending": pending, "track": track, "document": given["document"]["id"], "task": task.json()["id"],
    }


def main(path):
    folder = Path(tempfile.mkdtemp(prefix="quern-kept-"))
    server = Server(folder, {"OBJECT_STORAGE_SECRET_KEY": "kept with the folder"})
    try:
        answers = fill(server.start())
        server.stop()
        # The key outlives the folder. One file in place of three, and no empty pages.
        base = sqlite3.connect(server.data / "quern.db")
        base.create_function("swiftLowercaseString", 1, lambda text: text if text is None else text.lower(), deterministic=True)
        with base:
            base.execute("UPDATE apiKey SET expiresAt = NULL")
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        base.execute("VACUUM")
        base.close()
        (folder / "answers.json").write_text(json.dumps(answers, indent=1))
        with tarfile.open(path, "w:gz") as archive:
            for name in ("data", "answers.json"):
                archive.add(folder / name, name, filter=nobody)
    finally:
        server.end()
        shutil.rmtree(folder, ignore_errors=True)


def nobody(member):
    """Without the names of this machine."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return None if member.name.endswith(("-wal", "-shm")) else member


if __name__ == "__main__":
    main(sys.argv[1])
