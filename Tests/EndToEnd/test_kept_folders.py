"""Data folders that servers of older commits made: all that a user could see of them is there still, and can be worked with.

`keep_folder.py` makes such a folder.
"""

import json
import stat
import tarfile
from pathlib import Path

import pytest

from keep_folder import MEMBER, PDF, PEOPLE, TRACKED
from people import API, Browser, with_key
from served import ADMIN, PASSWORD, Server

FOLDERS = sorted((Path(__file__).parent / "kept").glob("*.tar.gz"))
# They tell of the moment.
MOVING = {"request_id"}


def differences(kept, now, path=""):
    """Where an answer lacks what it had. Members may have been added."""
    if isinstance(kept, dict) and isinstance(now, dict):
        return [
            line for name in kept.keys() - MOVING
            for line in (differences(kept[name], now[name], f"{path}.{name}") if name in now else [f"{path}.{name} is gone"])
        ]
    if isinstance(kept, list) and isinstance(now, list) and len(kept) == len(now):
        return [line for at, (one, other) in enumerate(zip(kept, now)) for line in differences(one, other, f"{path}[{at}]")]
    return [] if kept == now else [f"{path} was {kept!r} and is {now!r}"]


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda path: path.name.split(".")[0])
def old(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept")
    with tarfile.open(request.param) as archive:
        archive.extractall(folder, filter="data")
    server = Server(folder, {"OBJECT_STORAGE_SECRET_KEY": "kept with the folder"}).start()
    server.answers = json.loads((folder / "answers.json").read_text())
    yield server
    server.end()


@pytest.fixture(scope="module")
def admin(old):
    return old.login()


def test_there_is_a_kept_folder():
    assert FOLDERS


def test_every_answer_is_as_it_was(old, admin):
    """First of all, since later tests change things."""
    found = {}
    for address, kept in old.answers["addresses"].items():
        lines = differences(kept, admin.expect(200, "GET", address).json())
        if lines:
            found[address] = lines
    assert not found, json.dumps(found, indent=1)


def test_results_can_be_fetched(old, admin):
    for job, content in old.answers["outputs"].items():
        assert admin.output(job).hex() == content


def test_a_document_can_be_fetched(old, admin):
    document = f"{API}/jobs/{old.answers['track']}/documents/{old.answers['document']}"
    given = admin.expect(200, "GET", f"{document}/presign-download").json()
    assert admin.expect(200, "GET", given["download_url"]).content == PDF


def test_searches_and_counts_know_the_jobs_of_before(old, admin):
    def total(query):
        return int(admin.expect(200, "GET", f"{API}/jobs?{query}").headers["X-Total-Count"])

    assert total("q=people") == 3
    assert total("q=BRUGES") == total("q=ug") == 1
    assert total("tag=wind&tag=nothing") == 1
    assert total("status=completed") == 2
    assert total("status=partial") == 1
    assert total("") == 7


def test_pages_show_them(old):
    browser = Browser(old)
    browser.sign_in(ADMIN, PASSWORD)
    for path in ["/dashboard", "/dashboard?q=mill", "/dashboard/tasks", "/dashboard/settings", "/admin/users", "/admin/outbox", "/admin/audit"]:
        browser.see(path)
    for job in [*old.answers["ended"][:4], old.answers["pending"], old.answers["track"]]:
        browser.see(f"/dashboard/jobs/{job}")
    assert TRACKED["job_title"] in browser.see("/dashboard").text


def test_the_work_goes_on(old, admin):
    pending, task = old.answers["pending"], old.answers["task"]
    url = admin.upload_url(pending)
    admin.expect(200, "PUT", url, data=PEOPLE)
    admin.mark_uploaded(pending, f"input/{pending}/pending.csv")
    assert admin.wait(pending)["ledger"]["rows_written"] == 2
    assert admin.run(PEOPLE)["ledger"]["rows_written"] == 3

    address = f"{API}/collab/tasks/{task}"
    tag = admin.expect(200, "GET", address).headers["ETag"]
    undone = admin.expect(200, "POST", f"{address}/undo", headers={"If-Match": tag}).json()
    assert undone["title"] == "Sweep the mill"

    admin.expect(200, "PATCH", f"{API}/jobs/{old.answers['track']}", json={"tags": ["steam"]})
    assert admin.get(f"{API}/jobs?tag=wind").json() == []
    assert [job["id"] for job in admin.get(f"{API}/jobs?tag=steam&q=bruges").json()] == [old.answers["track"]]

    gone = old.answers["ended"][0]
    admin.expect(204, "DELETE", f"{API}/jobs/{gone}")
    admin.expect(404, "GET", f"{API}/jobs/{gone}")
    assert not list((old.data / "objects").glob(f"*/*/{gone}/*"))


def test_other_people_are_who_they_were(old):
    member = old.login(MEMBER)
    (job,) = member.expect(200, "GET", f"{API}/jobs").json()
    assert member.output(job["id"]) == PEOPLE


def test_a_program_has_its_key_still(old):
    program = with_key(old, old.answers["key"])
    program.expect(200, "GET", f"{API}/jobs/{old.answers['track']}")
    program.expect(403, "DELETE", f"{API}/jobs/{old.answers['track']}")


def test_nobody_else_may_read_the_folder(old):
    assert stat.S_IMODE(old.data.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in old.data.rglob("*"))
