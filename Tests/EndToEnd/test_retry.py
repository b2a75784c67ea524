"""What failed of a job is tried again, by the API and by the button on its page; what would fail again is not."""

import os
import signal

import pytest

from people import Browser
from served import ADMIN, PASSWORD, filter_step, wait_until
from workload import STEPS, busy_file

SETTINGS = {"QUERN_WORKERS": 1}


@pytest.fixture(scope="module")
def busy(admin, tmp_path_factory):
    return busy_file(admin, tmp_path_factory.mktemp("busy"), 1.5)


def failed_job(server, admin, path):
    """A job whose worker was killed three times."""
    with open(path, "rb") as file:
        job = admin.submit(file, "busy.csv", STEPS)
    for attempt in (1, 2, 3):

        def is_at_work():
            now = admin.job(job)
            return now["attempts"] == attempt and now["status"] == "RUNNING" and now["progress"]["done"] > 0

        wait_until(is_at_work, 60, "a worker at work", 0.01)
        for worker in server.workers():
            os.kill(worker, signal.SIGKILL)
    return admin.wait(job, {"FAILED"})


def test_a_job_whose_workers_were_killed_is_tried_again(server, admin, busy):
    failed = failed_job(server, admin, busy)
    job = failed["id"]
    assert failed["error_code"] == "worker_killed" and "3 times" in failed["error_message"], failed
    assert "busy.csv" in failed["error_message"]
    browser = Browser(server)
    browser.sign_in(ADMIN, PASSWORD)
    form = browser.form(f"/dashboard/jobs/{job}", "/retry-failures")
    answer = admin.expect(200, "POST", f"/api/v1/jobs/{job}/retry-failures", json={})
    assert answer.json() == {"job_id": job, "status": "queued", "units": 1}
    again = admin.expect(409, "POST", f"/api/v1/jobs/{job}/retry-failures", json={}).json()
    assert again["error"] == "job_not_over", again
    # The button that was on the page before leads to the job, whose state says that it is on its way.
    assert browser.submit(form, {}, allow_redirects=False).status_code == 303
    done = admin.wait(job)
    assert done["status"] == "COMPLETED" and done["error_code"] is None and done["attempts"] == 4, done
    assert admin.output(job)[:4] == b"PAR1"
    types = [event["type"] for event in admin.expect(200, "GET", f"/api/v1/jobs/{job}/events").json()]
    assert types.count("job.retried") == 1 and types.count("job.started") == 4
    assert admin.expect(409, "POST", f"/api/v1/jobs/{job}/retry-failures", json={}).json()["error"] == "nothing_to_retry"


def test_the_button_tries_a_job_again(server, admin, busy):
    job = failed_job(server, admin, busy)["id"]
    browser = Browser(server)
    browser.sign_in(ADMIN, PASSWORD)
    assert browser.submit(browser.form(f"/dashboard/jobs/{job}", "/retry-failures"), {}).status_code == 200
    assert admin.wait(job)["status"] == "COMPLETED"


def test_what_would_fail_again_is_not_tried(server, admin):
    job = admin.submit(b"a,b\n1,2\n", "people.csv", [filter_step("missing", "eq", "x")])
    assert admin.wait(job)["status"] == "FAILED"
    answer = admin.expect(409, "POST", f"/api/v1/jobs/{job}/retry-failures", json={}).json()
    assert answer["error"] == "nothing_to_retry" and "would fail again" in answer["detail"], answer
    browser = Browser(server)
    browser.sign_in(ADMIN, PASSWORD)
    assert "/retry-failures" not in browser.see(f"/dashboard/jobs/{job}").text


def test_what_has_not_begun_and_what_people_do(admin):
    waiting = admin.create_job()["id"]
    assert admin.expect(400, "POST", f"/api/v1/jobs/{waiting}/retry-failures", json={}).json()["error"] == "job_not_started"
    track = admin.expect(201, "POST", "/api/v1/jobs", json={"title": "a call"}).json()["id"]
    assert admin.expect(409, "POST", f"/api/v1/jobs/{track}/retry-failures", json={}).json()["error"] == "nothing_to_retry"
    unknown = "00000000-0000-4000-8000-000000000000"
    assert admin.expect(404, "POST", f"/api/v1/jobs/{unknown}/retry-failures", json={}).json()["error"] == "job_not_found"
