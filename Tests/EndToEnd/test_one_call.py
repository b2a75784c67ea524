"""A table in one request, and a look at how it would be read."""

import gzip
import json
import threading
import time
import urllib.parse

import pytest
import requests

CSV = b"name,city,age\nAlice,New York,30\nBob,London,25\nCharlie,New York,35\n"
STEPS = [{"type": "filter", "params": {"column": "city", "operator": "eq", "value": "New York"}}]
MOUNTS = ["", "/api", "/api/v1"]


def send(account, path="/api/v1/transform", *, files=None, data=None, headers=None, **query):
    """What the server answers to a file; members of the query that are no text go as JSON."""
    words = {name: value if isinstance(value, str) else json.dumps(value) for name, value in query.items()}
    url = f"{account.server.base}{path}" + (f"?{urllib.parse.urlencode(words)}" if words else "")
    given = {"Authorization": f"Bearer {account.token}", "Accept": "application/json"} | (headers or {})
    return requests.post(url, files=files, data=data, headers=given, timeout=90)


@pytest.mark.parametrize("mount", MOUNTS)
def test_a_file_in_a_result_out(admin, mount):
    answer = send(admin, f"{mount}/transform", data=CSV, file_name="people.csv", steps=STEPS, to="jsonl")
    assert answer.status_code == 200, answer.text
    assert [json.loads(line)["name"] for line in answer.text.splitlines()] == ["Alice", "Charlie"]
    assert answer.headers["Content-Type"].startswith("application/x-ndjson")
    assert json.loads(answer.headers["Quern-Ledger"]) == {"rows_read": 3, "rows_written": 2, "rows_filtered": 1, "rows_rejected": 0}
    job = admin.job(answer.headers["Quern-Job"])
    assert job["status"] == "COMPLETED" and answer.headers["Location"] == f"/api/v1/jobs/{job['id']}"
    assert admin.output(job["id"]) == answer.content


def test_a_form_holds_fields_and_then_the_file(admin):
    fields = [("steps", (None, json.dumps(STEPS))), ("to", (None, "csv")), ("input_options", (None, '{"delimiter": ";"}')),
              ("output_options", (None, '{"delimiter": "|"}')), ("file", ("people.csv", CSV.replace(b",", b";"), "text/csv"))]
    answer = send(admin, files=fields)
    assert answer.status_code == 200, answer.text
    assert answer.text == "name|city|age\nAlice|New York|30\nCharlie|New York|35\n"


def test_a_packed_file_becomes_parquet_with_rejects_counted(admin):
    answer = send(admin, data=gzip.compress(CSV + b"short\n"), file_name="people.csv.gz", to="parquet")
    assert answer.status_code == 200 and answer.content[:4] == answer.content[-4:] == b"PAR1"
    assert json.loads(answer.headers["Quern-Ledger"])["rows_rejected"] == 1
    assert admin.job(answer.headers["Quern-Job"])["status"] == "PARTIAL"


def test_who_does_not_want_to_wait_gets_the_job(admin):
    answer = send(admin, data=CSV, file_name="people.csv", headers={"Prefer": "respond-async"})
    assert answer.status_code == 202
    job = answer.json()
    assert answer.headers["Location"] == f"/api/v1/jobs/{job['id']}" and job["file_name"] == "people.csv"
    assert admin.wait(job["id"])["status"] == "COMPLETED"


@pytest.mark.parametrize("status, code, query, data", [
    (400, "missing_file_name", {}, CSV), (400, "invalid_file_name", {"file_name": "people.xml"}, CSV),
    (400, "unknown_field", {"file_name": "a.csv", "stesp": "[]"}, CSV), (400, "invalid_steps", {"file_name": "a.csv", "steps": "[{"}, CSV),
    (400, "invalid_steps", {"file_name": "a.csv", "steps": [{"type": "filter"}]}, CSV), (400, "invalid_steps", {"file_name": "a.csv", "to": "xml"}, CSV),
    (400, "invalid_input_options", {"file_name": "a.csv", "input_options": {"delimeter": ";"}}, CSV),
    (400, "invalid_output_options", {"file_name": "a.csv", "output_options": {"codec": "gzip"}}, CSV),
    (400, "not_a_table", {"file_name": "a.csv"}, b"\x89PNG\r\n\x1a\n" + b"x" * 100),
    (422, "empty_file", {"file_name": "a.csv"}, b""),
    (422, "column_not_found", {"file_name": "a.csv", "steps": [{"type": "select_columns", "params": {"columns": ["town"]}}]}, CSV),
])
def test_what_can_not_be_done_is_said(admin, status, code, query, data):
    before = admin.expect(200, "GET", "/api/v1/jobs?limit=1").headers.get("X-Total-Count")
    answer = send(admin, data=data, **query)
    assert (answer.status_code, answer.json()["error"]) == (status, code), answer.text
    after = admin.expect(200, "GET", "/api/v1/jobs?limit=1").headers.get("X-Total-Count")
    assert status == 422 or before == after, "a refused request leaves no job"
    if status == 422:
        assert admin.job(answer.json()["details"]["job_id"])["status"] == "FAILED"


@pytest.mark.parametrize("value, status", [("wait=soon", 400), ("wait=-1", 400), ("wait=5", 200), ("handling=lenient, wait=30", 200), ("wait=2; x=y", 200)])
def test_patience_is_said_in_seconds(admin, value, status):
    assert send(admin, data=CSV, file_name="a.csv", headers={"Prefer": value}).status_code == status


def test_fields_behind_the_file_and_forms_without_one_are_refused(admin):
    behind = [("file", ("people.csv", CSV)), ("steps", (None, "[]"))]
    assert send(admin, files=behind).json()["error"] == "invalid_form"
    assert send(admin, files=[("steps", (None, "[]"))]).json()["error"] == "missing_file"


def test_nobody_but_people_with_an_account_sends_files(server):
    for path in ("/api/v1/transform?file_name=a.csv", "/api/v1/transform/sniff?file_name=a.csv"):
        assert requests.post(server.base + path, data=CSV, timeout=30).status_code == 401


def test_a_half_sent_file_makes_no_job(admin):
    before = len(admin.expect(200, "GET", "/api/v1/jobs?limit=1000").json())

    def pieces():
        yield CSV
        raise ConnectionError

    with pytest.raises(requests.exceptions.ConnectionError):
        send(admin, data=pieces(), file_name="half.csv")
    time.sleep(0.3)
    assert len(admin.expect(200, "GET", "/api/v1/jobs?limit=1000").json()) == before


def test_sniff_tells_how_a_file_would_be_read(admin):
    content = b"# made by hand\nname;price\nAnna;1,50\nBert;NA\n"
    found = send(admin, "/api/v1/transform/sniff", data=content, file_name="prices.csv").json()
    assert found["dialect"]["delimiter"] == ";" and found["dialect"]["comment"] == "#"
    assert found["columns"] == [{"name": "name", "type": "string", "nullable": False}, {"name": "price", "type": "double", "nullable": True}]
    assert found["rows"] == [{"name": "Anna", "price": 1.5}, {"name": "Bert", "price": None}]
    assert found["null_word_columns"] == ["price"]
    said = send(admin, "/api/v1/transform/sniff", data=content, file_name="prices.csv", input_options={"infer_types": False}).json()
    assert said["rows"] == [{"name": "Anna", "price": "1,50"}, {"name": "Bert", "price": "NA"}]


@pytest.mark.parametrize("name, content", [
    ("a.csv", b"id,name\n" + b"1,Ana\n" * 100_000), ("a.json", b"[" + b'{"id":1,"name":"Ana"},' * 50_000 + b"{}]"),
    ("a.json", b'{"rows":[' + b'{"id":1,"name":"Ana"},' * 50_000 + b"{}]}"), ("a.csv.gz", gzip.compress(b"id,name\n" + b"1,Ana\n" * 500_000)),
    ("a.csv", ("id,name\n" + "1,Ana\n" * 100_000).encode("utf-16")),
], ids=["csv", "array", "wrapped", "packed", "utf-16"])
def test_the_beginning_of_a_file_is_enough_to_sniff(admin, name, content):
    part = content[:len(content) // 3 | 1]
    found = send(admin, "/api/v1/transform/sniff", data=part, file_name=name, is_part="true").json()
    assert [column["name"] for column in found["columns"]] == ["id", "name"], found
    assert found["rows"][0] == {"id": 1, "name": "Ana"} and found["rejected_at_head"] == 0


@pytest.mark.parametrize("status, code, query, data", [
    (400, "not_a_table", {"file_name": "a.csv"}, b"%PDF-1.7 and so on"), (400, "empty_file", {"file_name": "a.csv"}, b""),
    (400, "invalid_input_options", {"input_options": "{"}, CSV), (400, "invalid_input_options", {"input_options": {"header": "maybe"}}, CSV),
    (413, "upload_too_large", {"file_name": "a.csv"}, b"a,b\n" * (1 << 20) + b"x"), (400, "unknown_field", {"steps": []}, CSV),
    (400, "invalid_is_part", {"is_part": "maybe"}, CSV),
    (400, "column_not_found", {"file_name": "a.csv", "input_options": {"types": {"town": "string"}}}, CSV),
])
def test_what_can_not_be_sniffed_is_said(admin, status, code, query, data):
    answer = send(admin, "/api/v1/transform/sniff", data=data, **query)
    assert (answer.status_code, answer.json()["error"]) == (status, code), answer.text


def test_a_form_is_not_sniffed_for_the_file_in_it(admin):
    answer = send(admin, "/api/v1/transform/sniff", files=[("file", ("people.csv", CSV))])
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_body")


def test_many_look_at_once(admin):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(send(admin, "/api/v1/transform/sniff", data=CSV, file_name="a.csv").status_code))
               for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 12
