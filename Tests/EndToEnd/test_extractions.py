"""Extractions over the API: documents in a form or by path, one unit each; states, files, retries, artifacts, sessions, presets, search."""

import concurrent.futures
import hashlib
import io
import json
import os
import signal
import time
import zipfile

import docx
import openpyxl
import pypdf
import pytest
from reportlab.pdfgen import canvas

from people import UUID, Browser, make_user
from served import ADMIN, PASSWORD, Client, Server, wait_until

DONE = {"COMPLETED", "PARTIAL", "FAILED", "CANCELLED"}


@pytest.fixture(scope="module")
def imports(tmp_path_factory):
    folder = tmp_path_factory.mktemp("imports")
    (folder / "deep").mkdir()
    (folder / "a.pdf").write_bytes(pdf("The first of the imported papers."))
    (folder / "deep" / "b.docx").write_bytes(word("Second", "The second of the imported papers."))
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    (folder / ".hidden.pdf").write_bytes(pdf("hidden"))
    (folder / "outside.pdf").symlink_to("/etc/passwd")
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory, imports):
    server = Server(
        tmp_path_factory.mktemp("extractions"), {"IMPORT_ROOTS": str(imports), "MAX_EXTRACT_FILES": 40, "QUERN_WORKERS": 2})
    server.start().register()
    yield server
    server.end()


@pytest.fixture(scope="module")
def admin(server):
    return server.login()


def pdf(*pages):
    out = io.BytesIO()
    sheet = canvas.Canvas(out)
    for text in pages:
        sheet.drawString(72, 720, text)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def word(heading, *paragraphs, table=None):
    document = docx.Document()
    document.add_heading(heading, 1)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        made = document.add_table(rows=0, cols=len(table[0]))
        for row in table:
            for cell, text in zip(made.add_row().cells, row):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def workbook(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def locked(text):
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(text)))
    writer.encrypt("secret", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def process(client, files, status=200, headers=None, **fields):
    """Sends files, as (name, bytes); what the server says."""
    parts = [("files", (name, content)) for name, content in files]
    return client.expect(status, "POST", "/api/v1/jobs/process", files=parts, data=fields, headers=headers).json()


def extract(client, files, **fields):
    started = process(client, files, **fields)
    assert started["status"] == "queued" and UUID.fullmatch(started["job_id"]), started
    return client.wait(started["job_id"], DONE)


def artifacts(client, job):
    listed = client.expect(200, "GET", f"/api/v1/jobs/{job}/artifacts").json()
    assert listed["job_id"] == job
    return {artifact["path"]: artifact for artifact in listed["artifacts"]}


def download(client, job, path):
    return client.expect(200, "GET", f"/api/v1/jobs/{job}/artifacts/{path}").content


def kept(server):
    """Files that came in and are still there, whatever workers make meanwhile."""
    uploads = [path for path in server.staged_files() if "upload-" in path]
    return {key for key in server.object_files() if key.startswith("input/")} | set(uploads)


@pytest.fixture(scope="module")
def three(admin):
    """The main job: a folder of PDF, DOCX and XLSX."""
    return extract(
        admin, [
            ("papers/mill.pdf", pdf("Flour is ground between two stones.", "The second page tells of bread.")),
            ("papers/plan.docx", word("The plan", "Buy a mill made of basalt.", table=[["Stone", "Weight"], ["basalt", "21 kg"]])),
            ("papers/costs.xlsx", workbook([["Item", "Price"], ["Mill", 120.5], ["Grain", 7]])),
        ])


def test_documents_become_text_tables_and_chunks(admin, three):
    assert three["status"] == "COMPLETED" and three["kind"] == "extract" and three["name"] == "papers", three
    assert three["units"] == {"total": 3, "pending": 0, "completed": 3, "partial": 0, "failed": 0}
    files = {file["source_path"]: file for file in three["files"]}
    assert list(files) == ["papers/mill.pdf", "papers/plan.docx", "papers/costs.xlsx"]
    assert [file["format"] for file in files.values()] == ["pdf", "docx", "xlsx"]
    for file in files.values():
        assert file["status"] == "processed" and file["chunk_count"] >= 1 and file["retry_count"] == 0, file
        assert file["output_path"].endswith(".json") and file["error_type"] is None
    made = artifacts(admin, three["id"])
    for file in files.values():
        artifact = made[file["output_path"]]
        content = download(admin, three["id"], file["output_path"])
        assert len(content) == artifact["size_bytes"] and hashlib.sha256(content).hexdigest() == artifact["sha256"]
        document = json.loads(content)
        stored = document["content"].encode()
        assert document["chunks"]
        for chunk in document["chunks"]:
            assert stored[chunk["start_byte"]:chunk["end_byte"]].decode() == chunk["text"]
            assert document["content"][chunk["start"]:chunk["end"]] == chunk["text"]
    plan = json.loads(download(admin, three["id"], files["papers/plan.docx"]["output_path"]))
    (table,) = [block["table"] for block in plan["blocks"] if block["kind"] == "table"]
    assert [[cell["text"] for cell in row] for row in table["rows"]] == [["Stone", "Weight"], ["basalt", "21 kg"]]
    pages = json.loads(download(admin, three["id"], files["papers/mill.pdf"]["output_path"]))
    assert [chunk["places"][0]["page"] for chunk in pages["chunks"]][0] == 1


def test_the_result_is_told_as_the_document_has_it(three):
    result = three["result_payload"]
    assert (result["total_files"], result["processed_count"], result["failed_count"], result["exit_code"]) == (3, 3, 0, 0)
    assert len(result["processed_files"]) == 3 and result["failed_files"] == []
    assert result["evaluation"]["policy_id"] == "baseline_v1" and result["evaluation"]["verdict"] == "good"
    assert three["session_id"] and three["request_hash"] == result["request_hash"]
    types = [event["event_type"] for event in three["events"]]
    assert types[0] == "job.created" and types[-1] == "job.completed" and "job.started" in types, types


def test_an_answer_has_so_many_files_and_events_as_asked_for(admin, three):
    short = admin.expect(200, "GET", f"/api/v1/jobs/{three['id']}?file_limit=1&event_limit=2").json()
    assert len(short["files"]) == 1 and len(short["events"]) == 2 and short["events"][-1]["event_type"] == "job.completed"
    for query in ("file_limit=0", "file_limit=5001", "event_limit=x"):
        assert admin.get(f"/api/v1/jobs/{three['id']}?{query}").status_code == 400


def test_the_tag_of_an_answer_is_that_of_the_next_and_good_for_a_change(admin, three):
    path = f"/api/v1/jobs/{three['id']}"
    first = admin.expect(200, "GET", path)
    assert admin.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    changed = admin.expect(
        200, "PATCH", path, json={"tags": ["mills"]}, headers={"If-Match": first.headers["ETag"]})
    assert changed.headers["ETag"] == admin.get(path).headers["ETag"]
    assert admin.request("PATCH", path, json={"tags": []}, headers={"If-Match": first.headers["ETag"]}).status_code == 412
    # The tag of a part is that of the whole.
    part = admin.get(f"{path}?file_limit=1").headers["ETag"]
    admin.expect(200, "PATCH", path, json={"tags": ["stones"]}, headers={"If-Match": part})
    assert admin.get(f"{path}?file_limit=1", headers={"If-None-Match": part}).status_code == 200


@pytest.mark.parametrize("chosen, look", [
    ("md", lambda text: text.startswith("# The plan") and "| basalt | 21 kg |" in text),
    ("txt", lambda text: "Buy a mill made of basalt." in text),
    ("csv", lambda text: text.replace("\r\n", "\n") == "Stone,Weight\nbasalt,21 kg\n"),
    ("jsonl", lambda text: json.loads(text.splitlines()[0])["position_index"] == 0),
])
def test_every_format_is_written(admin, chosen, look):
    content = word("The plan", "Buy a mill made of basalt.", table=[["Stone", "Weight"], ["basalt", "21 kg"]])
    job = extract(admin, [("plan.docx", content)], output_format=chosen)
    assert job["status"] == "COMPLETED" and job["requested_format"] == chosen
    output = [artifact for artifact in artifacts(admin, job["id"]).values() if artifact["role"] == "output"]
    assert len(output) == 1 and output[0]["path"] == f"plan.docx.{chosen}"
    assert look(download(admin, job["id"], output[0]["path"]).decode())


def test_one_bad_file_stops_no_other_and_is_tried_again_alone(admin):
    files = [(f"{number}.pdf", pdf(f"Paper number {number}.")) for number in range(5)]
    files[2] = ("locked.pdf", locked("nobody reads this"))
    files.append(("noise.pdf", b"%PDF-1.4\nnothing else"))
    job = extract(admin, files)
    assert job["status"] == "PARTIAL", job
    failed = {file["source_path"]: file for file in job["files"] if file["status"] == "failed"}
    assert failed["locked.pdf"]["error_type"] == "locked_document" and failed["locked.pdf"]["category"] == "requires_config"
    assert failed["noise.pdf"]["category"] == "permanent" and "password" in failed["locked.pdf"]["error_message"]
    assert job["result_payload"]["exit_code"] == 1
    again = admin.expect(200, "POST", f"/api/v1/jobs/{job['id']}/retry-failures", json={}).json()
    assert again == {"job_id": job["id"], "status": "queued", "units": 1}
    after = admin.wait(job["id"], {"PARTIAL"})
    assert [file["retry_count"] for file in after["files"]] == [0, 0, 1, 0, 0, 0]
    assert after["attempts"] == job["attempts"] + 1
    # What the first attempt read is as it was.
    assert [file["output_path"] for file in after["files"] if file["status"] == "processed"] == [
        file["output_path"] for file in job["files"] if file["status"] == "processed"]
    # Both attempts can still be read, each with what it did itself.
    sessions = admin.expect(200, "GET", f"/api/v1/sessions?job_id={job['id']}").json()
    assert [(session["processed_count"], session["failed_count"]) for session in sessions] == [(0, 1), (4, 2)]
    old = admin.expect(200, "GET", f"/api/v1/sessions/{sessions[1]['session_id']}").json()
    assert {file["path"] for file in old["failed_files"]} == {"locked.pdf", "noise.pdf"}
    assert old["statistics"] == {"total_files": 6, "processed_count": 4, "failed_count": 2, "skipped_count": 0}
    assert old["configuration"]["output_format"] == "json" and old["status"] == "completed"


def test_sessions_belong_to_somebody(server, admin, three):
    stranger = make_user(server)
    other = server.visitor()
    answer = other.post("/api/v1/auth/login", data={"username": stranger["email"], "password": "Grain in, Flour out 42!"})
    other.token = answer.json()["access_token"]
    session = three["session_id"]
    assert admin.get(f"/api/v1/sessions/{session}").status_code == 200
    assert other.get(f"/api/v1/sessions/{session}").status_code == 404
    assert other.get("/api/v1/sessions").json() == []
    assert other.get("/api/v1/sessions?job_id=nonsense").json() == []
    assert other.get(f"/api/v1/jobs/{three['id']}").status_code == 403
    assert other.get(f"/api/v1/jobs/{three['id']}/artifacts.zip").status_code == 403
    assert other.get("/api/v1/search?q=stones").json()["results"] == []
    # A preset of somebody else is unknown.
    admin.expect(200, "POST", "/api/v1/config/presets", json={"name": "mine", "chunk_size": 64})
    assert other.get("/api/v1/config/presets/mine/preview").status_code == 404


def test_a_path_is_read_below_the_roots_alone(admin, imports):
    def ask(status, **body):
        return admin.expect(status, "POST", "/api/v1/jobs/process", json=body).json()

    flat = ask(200, input_path=str(imports))
    assert (flat["files"], flat["skipped"]) == (1, 1)
    deep = admin.wait(ask(200, input_path=str(imports), recursive=True)["job_id"], DONE)
    assert [file["source_path"] for file in deep["files"]] == ["a.pdf", "deep/b.docx"] and deep["status"] == "COMPLETED"
    assert deep["input_path"] == str(imports) and deep["skipped_count"] == 1
    assert ask(200, input_path=f"{imports}/*.pdf")["files"] == 1
    assert ask(200, source_files=[f"{imports}/a.pdf", f"{imports}/deep/b.docx", f"{imports}/*.pdf"])["files"] == 2
    for path in ("/etc/passwd", "/etc", f"{imports}/../", f"{imports}/outside.pdf", f"{imports}/none.pdf", "relative.pdf",
                 "/etc/pass*", "/*/*/*/*/*"):
        assert ask(400, input_path=path)["error"] == "invalid_input_path", path
    assert ask(400, input_path=f"{imports}/picture*")["error"] == "no_documents"
    assert ask(400)["error"] == "missing_files"


@pytest.mark.parametrize("fields, code", [
    ({"chunk_size": "7"}, "invalid_chunk_size"), ({"chunk_size": "many"}, "invalid_chunk_size"),
    ({"output_format": "exe"}, "invalid_output_format"), ({"preset": "nosuch"}, "preset_not_found"),
    ({"chnk_size": "100"}, "unknown_field"), ({"per_chunk": "true"}, "unsupported_option"),
    ({"input_path": "/etc"}, "invalid_input_path"), ({"chunk_size": ["64", "128"]}, "repeated_field"),
])
def test_what_is_wrong_is_named_and_nothing_is_kept(server, admin, fields, code):
    before = kept(server)
    answer = process(admin, [("a.pdf", pdf("a"))], status=404 if code == "preset_not_found" else 400, **fields)
    assert answer["error"] == code, answer
    assert kept(server) == before


def test_too_many_files_are_refused(server, admin):
    before = kept(server)
    answer = process(admin, [(f"{number}.pdf", b"%PDF-") for number in range(41)], status=413)
    assert answer["error"] == "too_many_files" and kept(server) == before


def test_names_of_files_are_no_paths(admin):
    job = extract(admin, [("../../../etc/cron.d/x.pdf", pdf("up")), ("a\\b\\..\\c.pdf", pdf("windows"))])
    assert [file["source_path"] for file in job["files"]] == ["etc/cron.d/x.pdf", "a/b/c.pdf"]
    for path in ("..%2f..%2fquern.db", "../quern.db", "%2e%2e/quern.db", "1/..%2f..%2fquern.db", "none.json"):
        assert admin.get(f"/api/v1/jobs/{job['id']}/artifacts/{path}", allow_redirects=False).status_code in (400, 404), path


def test_the_same_request_makes_one_job(admin):
    files = [("one.pdf", pdf("only once"))]
    first = process(admin, files, idempotency_key="k-1")
    admin.wait(first["job_id"], DONE)
    second = process(admin, files, idempotency_key="k-1")
    assert second["job_id"] == first["job_id"] and second["status"] == "completed"
    assert process(admin, files, headers={"Idempotency-Key": "k-1"})["job_id"] == first["job_id"]
    # Other files are another request.
    assert process(admin, [("two.pdf", pdf("another"))], idempotency_key="k-1")["job_id"] != first["job_id"]


def test_an_archive_has_everything(admin, three):
    answer = admin.expect(200, "GET", f"/api/v1/jobs/{three['id']}/artifacts.zip")
    assert answer.headers["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    made = artifacts(admin, three["id"])
    assert len(archive.namelist()) == len(made) and "papers/mill.pdf.json" in archive.namelist()
    for name in archive.namelist():
        digest = hashlib.sha256(archive.read(name)).hexdigest()
        assert digest in {artifact["sha256"] for artifact in made.values()}


def test_ranges_and_tags_of_artifacts(admin, three):
    path = next(iter(artifacts(admin, three["id"])))
    address = admin.get(f"/api/v1/jobs/{three['id']}/artifacts/{path}", allow_redirects=False).headers["Location"]
    whole = admin.get(address)
    part = admin.get(address, headers={"Range": "bytes=2-5"})
    assert part.status_code == 206 and part.content == whole.content[2:6]
    assert admin.get(address, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304


def test_files_are_taken_away_and_the_job_stays(server, admin):
    job = extract(admin, [("gone.pdf", pdf("Zwieback is soon forgotten.")), ("gone2.pdf", pdf("too"))])
    wait_until(lambda: admin.get("/api/v1/search?q=zwieback").json()["results"], 20, "a hit")
    assert admin.expect(200, "DELETE", f"/api/v1/jobs/{job['id']}/artifacts").json() == {"job_id": job["id"], "removed": True}
    assert admin.expect(200, "DELETE", f"/api/v1/jobs/{job['id']}/artifacts").json()["removed"] is False
    assert artifacts(admin, job["id"]) == {} and not [key for key in server.object_files() if job["id"] in key]
    # Without its input nothing is tried again.
    failed = extract(admin, [("locked.pdf", locked("x")), ("a.pdf", pdf("a"))])["id"]
    admin.expect(200, "DELETE", f"/api/v1/jobs/{failed}/artifacts")
    assert admin.expect(409, "POST", f"/api/v1/jobs/{failed}/retry-failures", json={}).json()["error"] == "nothing_to_retry"
    after = admin.job(job["id"])
    assert after["status"] == "COMPLETED" and [file["output_path"] for file in after["files"]] == [None, None]
    assert admin.get(f"/api/v1/jobs/{job['id']}/artifacts.zip").status_code == 404
    wait_until(lambda: not admin.get("/api/v1/search?q=zwieback").json()["results"], 20, "no hit any more")


def test_what_was_extracted_is_found(admin, three):
    def hits(query):
        return admin.expect(200, "GET", f"/api/v1/search?{query}").json()["results"]

    (hit,) = wait_until(lambda: hits(f"q=basalt+mill&job_id={three['id']}"), 20, "a hit")
    assert hit["file"] == "papers/plan.docx" and "**mill**" in hit["snippet"] and "**basalt**" in hit["snippet"], hit
    assert hit["view"].startswith(f"/dashboard/jobs/{three['id']}/files/2?chunk=")
    (page,) = hits(f"q=tells+of+bread&job_id={three['id']}")
    assert page["place"]["page"] in (1, 2) and page["file"] == "papers/mill.pdf"
    # Words of a person are no syntax; the last one need not be finished.
    assert hits(f"q=basal&job_id={three['id']}") and not hits(f"q=basal+&job_id={three['id']}")
    assert not hits(f'q="mill+basalt"&job_id={three["id"]}') and hits(f'q="made+of+basalt"&job_id={three["id"]}')
    for query in ("q=", "q=*", "q=%22", "q=" + "x" * 2000):
        assert admin.get(f"/api/v1/search?{query}").status_code == 400, query
    for query in ("q=NEAR(a+b)", "q=text:x", "q=-mill", "q=a+OR+b", "q=%00x"):
        assert admin.get(f"/api/v1/search?{query}").status_code in (200, 400), query


def test_presets_are_previewed_applied_and_made(admin):
    listed = admin.expect(200, "GET", "/api/v1/config/presets").json()
    names = [preset["name"] for preset in listed]
    assert names == sorted(names)
    assert {"quality", "speed", "balanced", "audit-standard", "quick-scan", "rag-optimized"} <= set(names)
    assert admin.expect(200, "GET", "/api/v1/config/current-preset").json() == {"preset": None}
    preview = admin.expect(200, "GET", "/api/v1/config/presets/rag-optimized/preview").json()
    assert preview["effective_config"]["chunk"] == {"max_tokens": 256, "overlap": 64, "by": "headings"}
    assert admin.expect(200, "POST", "/api/v1/config/presets/rag-optimized/apply", json={}).json() == preview
    # What was applied shows, and new jobs begin with it.
    effective = admin.expect(200, "GET", "/api/v1/config/effective").json()
    assert effective["preset"] == "rag-optimized" and effective["chunk"] == preview["effective_config"]["chunk"]
    assert {"IMPORT_ROOTS", "SMTP_URL"} <= {setting["name"] for setting in effective["settings"]}
    job = extract(admin, [("a.pdf", pdf("a"))])
    assert job["request_payload"]["preset"] == "rag-optimized" and job["chunk_size"] == 256
    own = {"name": "tiny", "description": "For labels", "chunk_size": 16, "chunk_by": "sentences", "output_format": "md"}
    assert admin.expect(200, "POST", "/api/v1/config/presets", json=own).json()["category"] == "custom"
    job = extract(admin, [("a.pdf", pdf("a"))], preset="tiny")
    assert (job["chunk_size"], job["requested_format"]) == (16, "md")
    assert extract(admin, [("a.pdf", pdf("a"))], preset="tiny", output_format="txt")["requested_format"] == "txt"
    assert admin.get("/api/v1/config/presets/rag-optimised/preview").json()["detail"].count("Did you mean rag-optimized?") == 1
    assert admin.request("DELETE", "/api/v1/config/presets/quality").status_code == 409
    assert admin.post("/api/v1/config/presets", json={"name": "quality"}).status_code == 409
    assert admin.post("/api/v1/config/presets", json={"name": "No Good"}).status_code == 400
    admin.expect(200, "POST", "/api/v1/config/presets/tiny/apply", json={})
    admin.expect(204, "DELETE", "/api/v1/config/presets/tiny")
    assert admin.expect(200, "GET", "/api/v1/config/current-preset").json() == {"preset": None}


def status_of(server, admin, files):
    """One of many requests at the same time."""
    client = Client(server, admin.token)
    return client.request("POST", "/api/v1/jobs/process", files=[("files", file) for file in files]).status_code


def test_of_many_at_once_no_more_are_taken_than_may_wait(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("many"), {"MAX_QUEUED_EXTRACTIONS": 2, "QUERN_WORKERS": 1}).start()
    try:
        server.register()
        admin = server.login()
        held = process(admin, [(f"{number}.pdf", pdf(*["x"] * 60)) for number in range(400)])["job_id"]
        wait_until(lambda: admin.job(held)["status"] == "RUNNING", 20, "the job runs")
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            codes = list(pool.map(lambda _: status_of(server, admin, [("a.pdf", pdf("a"))]), range(12)))
        assert codes.count(200) == 2 and set(codes) == {200, 503}, codes
        assert admin.expect(200, "GET", "/api/v1/health?detailed=true").json()["queue_backlog"] <= 2
    finally:
        server.end()


def test_a_full_queue_asks_for_patience(tmp_path_factory):
    server = Server(
        tmp_path_factory.mktemp("full"), {"MAX_QUEUED_EXTRACTIONS": 1, "QUERN_WORKERS": 1}).start()
    try:
        server.register()
        admin = server.login()
        files = [("a.pdf", pdf("a"))]
        first = process(admin, files, idempotency_key="again")
        admin.wait(first["job_id"], DONE)
        # Nobody works while the only worker is stopped; the job that it holds is not in the queue any more.
        many = [(f"{number}.pdf", pdf(*["x"] * 30)) for number in range(300)]
        held = process(admin, many)["job_id"]
        workers = wait_until(server.workers, 20, "a worker")
        for worker in workers:
            os.kill(worker, signal.SIGSTOP)
        try:
            wait_until(lambda: admin.job(held)["status"] == "RUNNING", 20, "the job runs")
            process(admin, [("b.pdf", pdf("b"))])
            answer = admin.request("POST", "/api/v1/jobs/process", files=[("files", ("c.pdf", pdf("c")))])
            assert answer.status_code == 503 and answer.json()["error"] == "queue_full"
            assert 2 <= int(answer.headers["Retry-After"]) <= 60 and answer.headers["Retry-After"] in answer.json()["detail"]
            assert not [path for path in server.staged_files() if "upload-" in path]
            # Of many that come at once none is taken either.
            with concurrent.futures.ThreadPoolExecutor(12) as pool:
                codes = list(pool.map(lambda _: status_of(server, admin, files), range(12)))
            assert set(codes) == {503}, codes
            # What was answered before is answered again.
            assert process(admin, files, idempotency_key="again")["job_id"] == first["job_id"]
            health = admin.expect(200, "GET", "/api/v1/health?detailed=true").json()
            assert health["queue_backlog"] == 1 and health["queue_capacity"] == 1 and health["queue_overload"]["throttled"] is True
            assert health["queue_overload"]["queue_full_rejections"] == 13
        finally:
            for worker in server.workers():
                os.kill(worker, signal.SIGCONT)
        assert admin.wait(held, DONE)["status"] == "COMPLETED"
    finally:
        server.end()


def test_a_killed_worker_loses_one_file_at_most(server, admin):
    files = [(f"{number}.pdf", pdf(*[f"Page of paper {number}."] * 60)) for number in range(40)]
    job = process(admin, files)["job_id"]
    killed = 0
    while killed < 2:
        state = admin.job(job)
        assert state["status"] not in DONE, "too quick to be killed"
        if state["status"] == "RUNNING" and state["progress"]["done"] > killed * 5:
            for worker in server.workers():
                os.kill(worker, signal.SIGKILL)
            killed += 1
        time.sleep(0.005)
    done = admin.wait(job, DONE)
    assert done["status"] == "COMPLETED" and done["units"]["completed"] == 40, done["units"]


def test_a_restart_goes_on_where_it_was(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("restart"), {"QUERN_WORKERS": 1}).start()
    try:
        server.register()
        admin = server.login()
        job = process(admin, [(f"{number}.pdf", pdf(*[f"Paper {number}"] * 60)) for number in range(60)])["job_id"]
        wait_until(lambda: 3 < admin.job(job)["progress"]["done"], 20, "some files are read", 0.005)
        server.kill()
        server.start()
        admin = server.login()
        done = admin.wait(job, DONE)
        assert done["status"] == "COMPLETED" and done["units"]["completed"] == 60
        sessions = admin.expect(200, "GET", f"/api/v1/sessions?job_id={job}").json()
        assert len(sessions) == 2 and sum(session["processed_count"] for session in sessions) == 60
        assert sessions[1]["status"] == "interrupted" and sessions[1]["processed_count"] > 0
        wait_until(lambda: admin.get(f"/api/v1/search?q=paper&job_id={job}&limit=100").json()["results"], 20, "the index")
    finally:
        server.end()


@pytest.mark.parametrize("body, kind, code", [
    (b"{", "application/json", "invalid_json"), (b"[]", "application/json", "invalid_body"), (b"a=b", "text/plain", "invalid_form"),
])
def test_what_is_no_request_is_told(admin, body, kind, code):
    answer = admin.request("POST", "/api/v1/jobs/process", data=body, headers={"Content-Type": kind})
    assert answer.status_code == 400 and answer.json()["error"] == code, answer.text


def test_half_a_form_makes_no_job(server, admin):
    before = kept(server)
    body = (
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n' + pdf("a") +
        b'\r\n--x\r\nContent-Disposition: form-data; name="files"; filename="b.pdf"\r\n\r\nhalf')
    answer = admin.request(
        "POST", "/api/v1/jobs/process", data=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status_code == 400 and answer.json()["error"] == "invalid_form"
    assert kept(server) == before


def test_a_job_is_deleted_with_its_words(server, admin):
    job = extract(admin, [("a.pdf", pdf("Pumpernickel for all."))])["id"]
    wait_until(lambda: admin.get("/api/v1/search?q=pumpernickel").json()["results"], 20, "a hit")
    admin.expect(204, "DELETE", f"/api/v1/jobs/{job}")
    assert admin.get("/api/v1/search?q=pumpernickel").json()["results"] == []
    assert not [key for key in server.object_files() if job in key]


def test_without_scripts_a_form_sends_files(server, admin):
    browser = Browser(server)
    browser.sign_in(ADMIN, PASSWORD)
    form = browser.form("/dashboard/jobs/new-documents")

    def send(files, **fields):
        return browser.post(
            server.base + form["action"], files=[("files", file) for file in files], data=form["fields"] | fields,
            allow_redirects=False)

    answer = send(
        [("x.pdf", pdf("From a form.")), ("y.docx", word("Y", "y"))], preset="quality", output_format="md", title="By hand")
    assert answer.status_code == 303, answer.text
    job = admin.wait(answer.headers["Location"].rsplit("/", 1)[1], DONE)
    assert job["name"] == "By hand" and job["chunk_size"] == 256 and job["requested_format"] == "md"
    page = browser.see(f"/dashboard/jobs/{job['id']}").text
    assert "x.pdf" in page and "y.docx" in page
    assert "From a form." in browser.see(f"/dashboard/jobs/{job['id']}/files/1").text
    # Nothing chosen: the form comes back with what was said in it.
    answer = send([("", b"")], preset="speed", title="Kept")
    back = browser.see(answer.headers["Location"]).text
    assert "Choose at least one file first." in back and 'value="Kept"' in back
