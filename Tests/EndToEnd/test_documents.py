"""Documents on jobs: uploaded to a signed address, looked at by the built-in scanner, and served only when they are clean."""

import gzip
import io
import json
import os
import random
import re
import urllib.parse
import zipfile

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
import requests
from botocore.config import Config

from people import (
    API, at_every_mount, NOBODY, UUID, assert_refused, at_once, let_time_pass, log_in, make_key, make_user, member as new_member,
    new_address, with_key,
)
from served import ADMIN, BUCKET, object_key, signature, wait_until
from test_collaboration_contract import ENVELOPED, assert_enveloped, assert_tagged
from test_presigned import assert_refused as assert_refused_by_store
from test_track_jobs import track

ACCESS_KEY, SECRET_KEY, REGION = "QUERNTESTKEY", "not/a+real=secret", "us-east-1"
MOST_BYTES = 300_000
USUAL_MOST_BYTES = 5_242_880
SETTINGS = {
    "OBJECT_STORAGE_ACCESS_KEY": ACCESS_KEY, "OBJECT_STORAGE_SECRET_KEY": SECRET_KEY, "MAX_DOCUMENT_BYTES": MOST_BYTES,
}
DOCUMENT_FIELDS = {
    "id", "job_id", "application_id", "doc_type", "original_filename", "content_type", "size_bytes", "status", "scan_status",
    "scan_checked_at", "scan_message", "quarantined_s3_key", "uploaded_at", "created_at", "uploaded_by",
}
UPLOAD_SECONDS = 600
PENDING_MOST = 5
SCAN_SECONDS = 60

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\x00" * 64 + b"\xff\xd9"
# In two halves, so that no scanner takes this file for what it tests with.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"



# One document from end to end


def presign(client, job, doc_type="other", filename="cv.pdf", content_type="application/pdf", size_bytes=len(PDF), mount=API, **options):
    """The answer to a wish to upload."""
    body = {"doc_type": doc_type, "filename": filename, "content_type": content_type, "size_bytes": size_bytes}
    return client.post(f"{mount}/jobs/{job}/documents/presign-upload", json=body, **options)


def presigned(client, job, **wish):
    """A pending document and the address to upload to."""
    answer = presign(client, job, **wish)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert set(body) == {"document", "upload_url"}, body
    client.server.secrets.add(signature(body["upload_url"]))
    return body["document"], body["upload_url"]


def put(url, data, content_type="application/pdf"):
    headers = {"Content-Type": content_type} if content_type else {}
    return requests.put(url, data=data, headers=headers, timeout=30)


def confirm(client, document, mount=API, **members):
    """The answer to the news that it is uploaded."""
    body = {"document_id": document["id"]} | members
    return client.post(f"{mount}/jobs/{document['job_id']}/documents/confirm-upload", json=body)


def documents(client, job, mount=API):
    return client.expect(200, "GET", f"{mount}/jobs/{job}/documents").json()


def shown(client, document):
    """The document as the list tells it; None when it is gone."""
    return next((one for one in documents(client, document["job_id"]) if one["id"] == document["id"]), None)


def scanned(client, document):
    """The document when its scan is over."""
    def is_over():
        now = shown(client, document)
        assert now, "the document vanished"
        return now if now["status"] not in ("pending", "scanning") else None

    return wait_until(is_over, SCAN_SECONDS, "the scan ends", pause=0.03)


def uploaded_only(client, job, data, **wish):
    """A document whose bytes are there, but nobody said so."""
    document, url = presigned(client, job, **{"size_bytes": max(1, len(data))} | wish)
    answer = put(url, data, wish.get("content_type", "application/pdf"))
    assert answer.status_code == 200, answer.text
    return document, url


def upload(client, job, data=PDF, **wish):
    """The document after its scan."""
    document, _ = uploaded_only(client, job, data, **wish)
    answer = confirm(client, document)
    assert answer.status_code == 200, answer.text
    return scanned(client, document)


def presign_download(client, document, mount=API):
    return client.get(f"{mount}/jobs/{document['job_id']}/documents/{document['id']}/presign-download")


def download(client, document):
    """The answer of the store."""
    answer = presign_download(client, document)
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"download_url"}
    client.server.secrets.add(signature(answer.json()["download_url"]))
    return requests.get(answer.json()["download_url"], timeout=30)


def delete(client, document, mount=API):
    return client.delete(f"{mount}/jobs/{document['job_id']}/documents/{document['id']}")


def files_of(server, thing):
    """Object files of a job or of a document."""
    return {name for name in server.object_files() if thing["id"] in name.split("/")}


def assert_document(document, **expected):
    assert set(document) == DOCUMENT_FIELDS, set(document) ^ DOCUMENT_FIELDS
    assert UUID.fullmatch(document["id"]) and UUID.fullmatch(document["job_id"]), document
    assert document["application_id"] == document["job_id"]
    assert document["quarantined_s3_key"] is None, document
    for name, value in expected.items():
        assert document[name] == value, f"{name} is {document[name]!r} instead of {value!r}"
    return document


def assert_refused_by_scan(document, status, scan_status):
    assert_document(document, status=status, scan_status=scan_status)
    assert document["scan_message"] and document["scan_checked_at"], document
    return document["scan_message"]


@pytest.fixture
def job(admin):
    return track(admin, "With documents")["id"]


@pytest.fixture(scope="module")
def shelf(admin):
    """A job that many documents are put on."""
    return track(admin, "Shelf")["id"]


@pytest.fixture(scope="module")
def signer(server):
    """Whoever holds the secret key of the store."""
    server.secrets.add(SECRET_KEY)
    return boto3.client(
        "s3", endpoint_url=server.base, aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY, region_name=REGION,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )


def self_signed(server, method, key):
    """An address that nobody gave, with a signature that is right."""
    address = f"{server.base}/{BUCKET}/{urllib.parse.quote(key)}"
    request = botocore.awsrequest.AWSRequest(method=method, url=address)
    credentials = botocore.credentials.Credentials(ACCESS_KEY, SECRET_KEY)
    botocore.auth.S3SigV4QueryAuth(credentials, "s3", REGION, expires=600).add_auth(request)
    return request.url


def assert_not_served(server, key):
    """Not even with a signature that is right."""
    assert_refused_by_store(requests.get(self_signed(server, "GET", key), timeout=30), 403)
    assert requests.head(self_signed(server, "HEAD", key), timeout=30).status_code == 403


# The way of a clean document


@at_every_mount
def test_a_document_is_uploaded_scanned_and_downloaded(server, admin, job, mount):
    document, url = presigned(admin, job, doc_type="resume", filename="Ada's résumé.pdf", mount=mount)
    assert_document(
        document, job_id=job, doc_type="resume", original_filename="Ada's résumé.pdf", content_type="application/pdf",
        size_bytes=len(PDF), status="pending", scan_status="PENDING", scan_checked_at=None, uploaded_at=None, uploaded_by=ADMIN,
    )
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)
    assert query["X-Amz-Expires"] == [str(UPLOAD_SECONDS)]
    assert query["X-Amz-SignedHeaders"] == ["content-type;host"]
    key = object_key(url)
    assert re.fullmatch(rf"documents/{job}/{document['id']}/[^/-]+-[^/]+", key), key
    assert put(url, PDF).status_code == 200
    assert files_of(server, document) == {key}
    answer = confirm(admin, document, mount)
    assert answer.status_code == 200, answer.text
    assert_document(answer.json(), id=document["id"], status="scanning", scan_status="PENDING")
    done = assert_document(scanned(admin, document), status="uploaded", scan_status="CLEAN", size_bytes=len(PDF))
    assert done["scan_checked_at"] and done["uploaded_at"]
    listed = admin.expect(200, "GET", f"{mount}/jobs/{job}/documents")
    assert listed.json() == [done]
    assert_tagged(listed)
    address = presign_download(admin, document, mount).json()["download_url"]
    assert urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)["X-Amz-Expires"] == ["600"]
    got = requests.get(address, timeout=30)
    assert (got.status_code, got.content) == (200, PDF)
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert saved_as(got) == "Ada's résumé.pdf"
    gone = delete(admin, document, mount)
    assert (gone.status_code, gone.json()) == (200, {"deleted": True})
    assert documents(admin, job, mount) == []
    assert files_of(server, document) == set()
    assert requests.get(address, timeout=30).status_code in (403, 404)
    assert_refused(delete(admin, document, mount), 404, "document_not_found")


def test_the_enveloped_dialect_wraps_the_list(admin, job):
    document, _ = presigned(admin, job, headers=ENVELOPED)
    answer = admin.expect(200, "GET", f"{API}/jobs/{job}/documents", headers=ENVELOPED)
    assert answer.json() == {"documents": [document]}
    assert_tagged(answer)
    assert_enveloped(presign(admin, job, doc_type="poem", headers=ENVELOPED), 422, "validation_error")
    assert_enveloped(presign(admin, job, size_bytes=MOST_BYTES + 1, headers=ENVELOPED), 413, "http_exception")


def test_the_newest_document_comes_first(admin, job):
    made = [presigned(admin, job)[0]["id"] for _ in range(PENDING_MOST)]
    assert [document["id"] for document in documents(admin, job)] == made[::-1]


def test_documents_are_for_every_kind_of_job(server, admin, people):
    one = admin.run(people)
    document = upload(admin, one["id"])
    assert (document["status"], download(admin, document).content) == ("uploaded", PDF)
    assert admin.output(one["id"]), "the output of the job is none the worse for it"


@pytest.mark.parametrize("doc_type", ["resume", "job_description", "cover_letter", "thank_you", "other"])
def test_every_type_of_document_is_taken(admin, shelf, doc_type):
    document, _ = presigned(admin, shelf, doc_type=doc_type)
    assert document["doc_type"] == doc_type
    delete(admin, document)


CLEAN = {
    "pdf": (PDF, "application/pdf"), "png": (PNG, "image/png"), "gif": (GIF, "image/gif"), "jpeg": (JPEG, "image/jpeg"),
    "text": (b"plain words\n", "text/plain"), "text-with-charset": ("Grüße\n".encode(), "text/plain; charset=utf-8"),
    "no-claim": (PNG, None), "one-byte": (b"x", None), "most": (b"x" * MOST_BYTES, "text/plain"),
    "bytes": (random.Random(1).randbytes(50_000), "application/octet-stream"),
}


@pytest.mark.parametrize("data, content_type", CLEAN.values(), ids=CLEAN)
def test_a_harmless_document_is_clean(admin, job, data, content_type):
    document = upload(admin, job, data, content_type=content_type)
    assert_document(document, status="uploaded", scan_status="CLEAN", size_bytes=len(data), content_type=content_type)
    assert download(admin, document).content == data


def zipped(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_a_harmless_archive_is_clean(admin, job):
    office = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>" * 500})
    assert upload(admin, job, office, content_type=DOCX, filename="letter.docx")["scan_status"] == "CLEAN"
    assert upload(admin, job, zipped({"a/b.txt": b"x", "..a": b"y"}), content_type="application/zip")["scan_status"] == "CLEAN"
    assert upload(admin, job, gzip.compress(b"words " * 100), content_type="application/gzip")["scan_status"] == "CLEAN"


# Wishes that are refused


@pytest.mark.parametrize("doc_type", ["poem", "", "RESUME", 7, [], None, "resume "], ids=repr)
def test_an_unknown_type_is_refused(admin, shelf, doc_type):
    assert_refused(presign(admin, shelf, doc_type=doc_type), 400, {"invalid_doc_type", "missing_doc_type"})


@pytest.mark.parametrize("filename", ["", "  ", None, 7, [], "x" * 513], ids=lambda value: repr(value)[:20])
def test_a_file_name_of_the_wrong_form_is_refused(admin, shelf, filename):
    assert_refused(presign(admin, shelf, filename=filename), 400, {"invalid_filename", "missing_filename"})


@pytest.mark.parametrize("size", [0, -1, 1.5, "5", True, None, [], -(2**63)], ids=repr)
def test_a_size_that_is_none_is_refused(admin, shelf, size):
    assert_refused(presign(admin, shelf, size_bytes=size), 400, {"invalid_size_bytes", "missing_size_bytes"})


@pytest.mark.parametrize("content_type", [7, [], "text/plain\r\nX-Evil: 1", "x" * 5000], ids=lambda value: repr(value)[:20])
def test_a_content_type_of_the_wrong_form_is_refused(admin, shelf, content_type):
    assert_refused(presign(admin, shelf, content_type=content_type), 400, "invalid_content_type")


@pytest.mark.parametrize("body", [[], "text", 7, None], ids=repr)
def test_a_wish_that_is_no_object_is_refused(admin, shelf, body):
    for verb in ("presign-upload", "confirm-upload"):
        answer = admin.post(
            f"{API}/jobs/{shelf}/documents/{verb}", data=json.dumps(body), headers={"Content-Type": "application/json"})
        assert_refused(answer, 400, "invalid_body")


def test_a_claimed_size_over_the_limit_is_refused(admin, shelf):
    assert_refused(presign(admin, shelf, size_bytes=MOST_BYTES + 1), 413, "document_too_large")
    document, _ = presigned(admin, shelf, size_bytes=MOST_BYTES)
    delete(admin, document)


def test_the_usual_limit_is_five_mebibytes(new_server):
    server = new_server()
    server.register()
    client = server.login()
    job = track(client)["id"]
    assert_refused(presign(client, job, size_bytes=USUAL_MOST_BYTES + 1), 413, "document_too_large")
    document, url = presigned(client, job, size_bytes=USUAL_MOST_BYTES, content_type=None)
    assert put(url, b"x" * USUAL_MOST_BYTES, None).status_code == 200
    assert confirm(client, document).status_code == 200
    assert scanned(client, document)["scan_status"] == "CLEAN"


def test_a_sixth_pending_document_is_refused(admin, job):
    made = [presigned(admin, job, doc_type=kind)[0] for kind in ("resume", "resume", "cover_letter", "thank_you", "other")]
    answer = presign(admin, job)
    assert_refused(answer, 429, "too_many_pending_uploads")
    assert 1 <= int(answer.headers["Retry-After"]) <= UPLOAD_SECONDS
    assert len(documents(admin, job)) == PENDING_MOST
    presigned(admin, track(admin)["id"])
    delete(admin, made[0])
    _, url = presigned(admin, job)
    assert_refused(presign(admin, job), 429, "too_many_pending_uploads")
    assert put(url, PDF).status_code == 200, "a document that was given an address may be uploaded"


def test_a_confirmed_document_makes_room(admin, job):
    first, *_ = [uploaded_only(admin, job, PDF)[0] for _ in range(PENDING_MOST)]
    assert_refused(presign(admin, job), 429, "too_many_pending_uploads")
    assert confirm(admin, first).status_code == 200
    presigned(admin, job)


def test_of_many_wishes_at_once_five_are_granted(admin, job):
    answers = at_once(*[lambda: presign(admin, job)] * 12)
    assert sorted(answer.status_code for answer in answers) == [201] * PENDING_MOST + [429] * 7
    assert len(documents(admin, job)) == PENDING_MOST


def test_an_address_that_was_not_used_makes_room_when_its_time_is_over(new_server):
    server = new_server(**SETTINGS)
    server.register()
    client = server.login()
    job = track(client)["id"]
    for _ in range(PENDING_MOST):
        presigned(client, job)
    assert_refused(presign(client, job), 429, "too_many_pending_uploads")
    let_time_pass(server, UPLOAD_SECONDS + 5)
    client.session = requests.Session()
    document = upload(client, job)
    assert document["scan_status"] == "CLEAN"


# Confirmations that are refused


def test_what_was_not_uploaded_is_not_confirmed(admin, job):
    document, url = presigned(admin, job)
    assert_refused(confirm(admin, document), 409, "not_uploaded")
    assert shown(admin, document)["status"] == "pending"
    assert put(url, PDF).status_code == 200
    assert confirm(admin, document).status_code == 200
    assert scanned(admin, document)["status"] == "uploaded"


def test_an_empty_document_is_not_confirmed(admin, job):
    document, url = presigned(admin, job)
    assert put(url, b"").status_code == 200
    assert_refused(confirm(admin, document), 409, "empty_document")
    assert put(url, PDF).status_code == 200
    assert confirm(admin, document).status_code == 200


def test_a_document_is_confirmed_once(admin, job):
    document, _ = uploaded_only(admin, job, PDF)
    assert confirm(admin, document).status_code == 200
    assert_refused(confirm(admin, document), 409, "already_confirmed")
    scanned(admin, document)
    assert_refused(confirm(admin, document), 409, "already_confirmed")


def test_of_two_confirmations_at_once_one_is_taken(admin, job):
    for _ in range(10):
        document, _ = uploaded_only(admin, job, PDF)
        answers = at_once(lambda: confirm(admin, document), lambda: confirm(admin, document))
        assert sorted(answer.status_code for answer in answers) == [200, 409], [answer.text for answer in answers]
        assert_refused(next(answer for answer in answers if answer.status_code == 409), 409, "already_confirmed")
        assert scanned(admin, document)["status"] == "uploaded"


def test_the_real_size_counts(admin, job):
    document, _ = uploaded_only(admin, job, PDF, size_bytes=5)
    assert_refused(confirm(admin, document, size_bytes=5), 409, "size_mismatch")
    assert shown(admin, document)["status"] == "pending"
    answer = confirm(admin, document, size_bytes=len(PDF))
    assert (answer.status_code, answer.json()["size_bytes"]) == (200, len(PDF)), answer.text
    document, _ = uploaded_only(admin, job, PDF, size_bytes=5)
    assert confirm(admin, document).json()["size_bytes"] == len(PDF)


def test_an_object_over_the_limit_is_not_confirmed(new_server):
    """The limit may have become smaller since it was uploaded."""
    server = new_server(**SETTINGS)
    server.register()
    client = server.login()
    document, _ = uploaded_only(client, track(client)["id"], b"x" * 1000, content_type=None)
    server.stop()
    server.settings["MAX_DOCUMENT_BYTES"] = 999
    server.start()
    client.session = requests.Session()
    assert_refused(confirm(client, document), 413, "document_too_large")
    assert shown(client, document)["status"] != "scanning"


@pytest.mark.parametrize("size", [0, -1, 1.5, "5", []], ids=repr)
def test_a_confirmed_size_that_is_none_is_refused(admin, job, size):
    document, _ = uploaded_only(admin, job, PDF)
    assert_refused(confirm(admin, document, size_bytes=size), 400, "invalid_size_bytes")


@pytest.mark.parametrize("id, statuses", [
    (NOBODY, {404}), ("not-a-uuid", {400, 404}), ("", {400}), (None, {400}), (7, {400}), ([], {400}),
], ids=repr)
def test_an_unknown_document_is_not_confirmed(admin, shelf, id, statuses):
    answer = confirm(admin, {"id": id, "job_id": shelf})
    assert answer.status_code in statuses, answer.text
    assert_refused(answer, answer.status_code, "document_not_found" if answer.status_code == 404 else None)


def test_a_document_is_not_reached_through_another_job(server, admin, job):
    document = upload(admin, job)
    pending, _ = uploaded_only(admin, job, PDF)
    other = track(admin)["id"]
    for one in (document, pending):
        misplaced = one | {"job_id": other}
        assert_refused(confirm(admin, misplaced), 404, "document_not_found")
        assert_refused(presign_download(admin, misplaced), 404, "document_not_found")
        assert_refused(delete(admin, misplaced), 404, "document_not_found")
        assert files_of(server, one)
    assert shown(admin, document)["status"] == "uploaded"
    assert shown(admin, pending)["status"] == "pending"


@pytest.mark.parametrize("id", [NOBODY, "not-a-uuid", "1", "%20"])
def test_an_unknown_document_is_not_there(admin, shelf, id):
    document = {"id": id, "job_id": shelf}
    assert_refused(presign_download(admin, document), 404, "document_not_found")
    assert_refused(delete(admin, document), 404, "document_not_found")


# The address to upload to


def test_a_second_upload_replaces_the_first_until_it_is_confirmed(server, admin, job):
    document, url = presigned(admin, job)
    first, second = PDF + b"% first\n", PDF + b"% second\n"
    assert put(url, first).status_code == 200
    assert put(url, second).status_code == 200
    assert len(files_of(server, document)) == 1
    assert confirm(admin, document).status_code == 200
    assert_refused_by_store(put(url, PDF + b"% third\n"), 403)
    assert scanned(admin, document)["size_bytes"] == len(second)
    assert_refused_by_store(put(url, PDF + b"% fourth\n"), 403)
    assert download(admin, document).content == second


def test_an_upload_over_the_limit_is_refused_and_leaves_nothing(server, admin, job):
    document, url = presigned(admin, job, content_type=None)

    def pieces():
        for _ in range(MOST_BYTES // 1000 + 1):
            yield b"x" * 1000

    for data in (b"x" * (MOST_BYTES + 1), pieces()):
        try:
            assert_refused_by_store(requests.put(url, data=data, timeout=30), 413, "EntityTooLarge")
        except requests.ConnectionError:
            pass  # It may answer and hang up before all is sent.
        wait_until(lambda: server.staged_files() == [], 20, "the staging folder is empty again")
        assert files_of(server, document) == set()
    assert_refused(confirm(admin, document), 409, "not_uploaded")


@pytest.mark.parametrize("content_type", ["text/html", "application/pdf; x=y", None, "APPLICATION/PDF"])
def test_an_upload_of_another_content_type_is_refused(server, admin, job, content_type):
    document, url = presigned(admin, job, content_type="application/pdf")
    assert_refused_by_store(put(url, PDF, content_type), 403)
    assert files_of(server, document) == set()


def test_an_upload_without_a_claim_may_be_of_any_type(admin, job):
    _, url = presigned(admin, job, content_type=None)
    assert "X-Amz-SignedHeaders=host&" in url + "&"
    assert put(url, PNG, "image/png").status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "PATCH"])
def test_an_address_to_upload_to_is_for_nothing_else(admin, job, method):
    _, url = uploaded_only(admin, job, PDF)
    answer = requests.request(method, url, headers={"Content-Type": "application/pdf"}, timeout=30)
    assert answer.status_code in (403, 404, 405), answer.text


def test_an_address_is_for_one_document(server, admin, job):
    """Signatures and keys are not exchanged, neither for uploads nor for downloads."""
    (first, first_url), (second, second_url) = presigned(admin, job), presigned(admin, job)
    for one, other in ((first_url, second_url), (second_url, first_url)):
        assert_refused_by_store(put(one.split("?")[0] + "?" + other.split("?")[1], PDF), 403)
        assert_refused_by_store(put(one.replace(signature(one), signature(other)), PDF), 403)
    assert files_of(server, first) == files_of(server, second) == set()
    clean, other = upload(admin, job), upload(admin, job, PDF + b"other")
    addresses = [presign_download(admin, document).json()["download_url"] for document in (clean, other)]
    swapped = addresses[0].split("?")[0] + "?" + addresses[1].split("?")[1]
    assert_refused_by_store(requests.get(swapped, timeout=30), 403)


def test_an_address_to_download_from_keeps_its_words(admin, job):
    """The name and type that a download is saved under are signed too."""
    document = upload(admin, job)
    url = presign_download(admin, document).json()["download_url"]
    if "response-content-disposition" in url:
        changed = url.replace("attachment", "inline")
        assert changed != url
        assert_refused_by_store(requests.get(changed, timeout=30), 403)
    assert_refused_by_store(requests.get(url + "&response-content-type=text%2Fhtml", timeout=30), 403)


def test_a_deleted_document_takes_no_upload(server, admin, job):
    document, url = presigned(admin, job)
    assert delete(admin, document).status_code == 200
    assert_refused_by_store(put(url, PDF), 403)
    assert files_of(server, document) == set()
    assert_refused(confirm(admin, document), 404, "document_not_found")


# Nothing is served before it is clean


def test_nothing_is_served_before_it_is_confirmed(server, admin, job, signer):
    document, url = presigned(admin, job)
    key = object_key(url)
    assert_not_served(server, key)
    assert put(url, PDF).status_code == 200
    assert_not_served(server, key)
    boto = signer.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": key}, ExpiresIn=600)
    assert_refused_by_store(requests.get(boto, timeout=30), 403)
    assert_refused(presign_download(admin, document), 409, "not_clean")
    confirm(admin, document)
    scanned(admin, document)
    assert requests.get(self_signed(server, "GET", key), timeout=30).content == PDF, "the holder of the key may read what is clean"


def test_nothing_is_served_while_it_is_scanned(unscanned):
    server, client, document, key = unscanned
    assert shown(client, document)["status"] == "scanning"
    assert_not_served(server, key)
    assert_refused(presign_download(client, document), 409, "not_clean")
    assert_refused(confirm(client, document), 409, "already_confirmed")
    assert_refused_by_store(requests.put(self_signed(server, "PUT", key), data=PNG, timeout=30), 403)
    assert shown(client, document)["scan_status"] == "PENDING"


@pytest.mark.parametrize("key", [
    f"documents/{NOBODY}/{NOBODY}/x-y.pdf", "documents/x", f"documents/{NOBODY}", "documents//x",
])
def test_a_key_of_no_document_is_neither_read_nor_written(server, admin, key):
    before = server.object_files()
    assert requests.get(self_signed(server, "GET", key), timeout=30).status_code in (400, 403)
    assert requests.put(self_signed(server, "PUT", key), data=PDF, timeout=30).status_code in (400, 403)
    assert server.object_files() == before


def test_not_even_the_holder_of_the_key_writes_over_a_clean_document(server, admin, job):
    document, url = uploaded_only(admin, job, PDF)
    confirm(admin, document)
    scanned(admin, document)
    assert_refused_by_store(requests.put(self_signed(server, "PUT", object_key(url)), data=EICAR, timeout=30), 403)
    folder = object_key(url).rsplit("/", 1)[0]
    assert_refused_by_store(requests.put(self_signed(server, "PUT", f"{folder}/other"), data=PDF, timeout=30), 403)
    assert download(admin, document).content == PDF


# The scan


def nested(data, depth):
    for _ in range(depth):
        data = zipped({"inner.zip": data})
    return data


INFECTED = {
    "plain": (EICAR, "text/plain"), "no-claim": (EICAR, None), "line-end": (EICAR + b"\r\n", "text/plain"),
    "zip": (zipped({"a.txt": b"x" * 5000, "eicar.com": EICAR}), "application/zip"),
    "stored-zip": (zipped({"eicar.com": EICAR}, zipfile.ZIP_STORED), "application/zip"),
    "zip-in-zip": (nested(zipped({"eicar.com": EICAR}), 1), "application/zip"),
    "gzip": (gzip.compress(EICAR), "application/gzip"), "zip-in-gzip": (gzip.compress(zipped({"eicar.com": EICAR})), "application/gzip"),
    "gzip-in-zip": (zipped({"eicar.gz": gzip.compress(EICAR)}), "application/zip"), "zip-without-a-claim": (zipped({"eicar.com": EICAR}), None),
    "office": (zipped({"[Content_Types].xml": b"<Types/>", "word/embeddings/oleObject1.bin": EICAR}), DOCX),
}


@pytest.mark.parametrize("data, content_type", INFECTED.values(), ids=INFECTED)
def test_an_infected_document_is_refused_and_its_bytes_are_gone(server, admin, job, data, content_type):
    document, url = uploaded_only(admin, job, data, content_type=content_type, filename="invoice.pdf")
    assert confirm(admin, document).status_code == 200
    assert_refused_by_scan(scanned(admin, document), "infected", "INFECTED")
    wait_until(lambda: files_of(server, document) == set(), 10, "the object is gone")
    assert_not_served(server, object_key(url))
    assert_refused(presign_download(admin, document), 409, "not_clean")
    assert_refused(confirm(admin, document), 409, "not_uploaded")
    assert_refused_by_store(put(url, PDF, content_type), 403)
    assert shown(admin, document)["status"] == "infected"
    assert delete(admin, document).status_code == 200


def test_a_mismatch_is_told_in_words(admin, job):
    message = assert_refused_by_scan(upload(admin, job, PNG, content_type="application/pdf"), "failed", "ERROR")
    assert message == "content type is application/pdf, but the file begins like a PNG"


MISMATCHES = {
    "pdf-for-png": (PDF, "image/png"), "gif-for-jpeg": (GIF, "image/jpeg"), "pdf-for-docx": (PDF, DOCX), "png-for-zip": (PNG, "application/zip"),
    "text-for-pdf": (b"just words\n", "application/pdf"), "program-for-pdf": (b"MZ\x90\x00" + b"\0" * 200, "application/pdf"),
    "zip-for-png": (zipped({"a": b"b"}), "image/png"), "pdf-for-gzip": (PDF, "application/gzip"),
}


@pytest.mark.parametrize("data, content_type", MISMATCHES.values(), ids=MISMATCHES)
def test_a_document_that_is_not_what_it_claims_fails(server, admin, job, data, content_type):
    document = upload(admin, job, data, content_type=content_type)
    assert content_type.split(";")[0] in assert_refused_by_scan(document, "failed", "ERROR")
    wait_until(lambda: files_of(server, document) == set(), 10, "the object is gone")
    assert_refused(presign_download(admin, document), 409, "not_clean")
    assert_refused(confirm(admin, document), 409, "not_uploaded")


def lying_zip(size):
    """An archive whose one member inflates to so many bytes, but is said to have ten."""
    data = bytearray(zipped({"zeros": b"\0" * size}))
    for head, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(head) + at
        data[place:place + 4] = (10).to_bytes(4, "little")
    return bytes(data)


DANGEROUS = {
    "parent": lambda: zipped({"../escape.txt": b"x"}), "deep-parent": lambda: zipped({"a/b/../../../escape.txt": b"x"}),
    "absolute": lambda: zipped({"/etc/escape.txt": b"x"}), "backslash-parent": lambda: zipped({"..\\escape.txt": b"x"}),
    "bomb": lambda: zipped({"zeros": b"\0" * 200_000_000}), "many-bombs": lambda: zipped({f"{n}": b"\0" * 20_000_000 for n in range(10)}),
    "bomb-in-zip": lambda: nested(zipped({"zeros": b"\0" * 200_000_000}), 1), "nesting": lambda: nested(b"x", 60),
    "lying": lambda: lying_zip(200_000_000),
}


@pytest.mark.parametrize("name", DANGEROUS)
def test_a_dangerous_archive_fails(server, admin, job, name):
    data = DANGEROUS[name]()
    assert len(data) <= MOST_BYTES, len(data)
    document = upload(admin, job, data, content_type="application/zip", filename="archive.zip")
    assert_refused_by_scan(document, "failed", "ERROR")
    wait_until(lambda: files_of(server, document) == set(), 10, "the object is gone")
    assert_refused(confirm(admin, document), 409, "not_uploaded")
    for folder, _, names in os.walk(server.folder):
        assert not any("escape" in one for one in names), folder


def test_a_gzip_bomb_fails(admin, job):
    data = gzip.compress(b"\0" * 200_000_000)
    assert_refused_by_scan(upload(admin, job, data, content_type="application/gzip"), "failed", "ERROR")


def damaged():
    whole = zipped({f"{n}.txt": random.Random(n).randbytes(300) for n in range(20)})
    dice = random.Random(5)
    yield "half", whole[: len(whole) // 2]
    yield "head-only", whole[:30]
    yield "end-only", b"PK\x05\x06" + b"\xff" * 18
    yield "gzip-head", gzip.compress(PDF)[:12]
    for number in range(4):
        broken = bytearray(whole)
        for _ in range(30):
            broken[dice.randrange(4, len(broken))] = dice.randrange(256)
        yield f"noise-{number}", bytes(broken)


@pytest.mark.parametrize("name, data", list(damaged()), ids=[name for name, _ in damaged()])
def test_a_damaged_archive_ends_somewhere(server, admin, job, name, data):
    """Which verdict it gets is not decided, but it gets one, and the server lives on."""
    kind = "application/gzip" if "gzip" in name else "application/zip"
    document = upload(admin, job, data, content_type=kind)
    assert (document["status"], document["scan_status"]) in {("uploaded", "CLEAN"), ("failed", "ERROR")}, document
    assert upload(admin, job)["status"] == "uploaded"


# Types that have one document


@pytest.mark.parametrize("doc_type", ["resume", "job_description", "cover_letter"])
def test_a_new_document_replaces_the_old_one_when_it_is_clean(server, admin, job, doc_type):
    old = upload(admin, job, PDF + b"old", doc_type=doc_type)
    other = upload(admin, job, PDF + b"other", doc_type="other")
    new, url = presigned(admin, job, doc_type=doc_type)
    assert download(admin, old).content == PDF + b"old", "nothing is lost when an upload is wished for"
    assert put(url, PDF + b"new").status_code == 200
    assert download(admin, old).content == PDF + b"old", "nor when it is there"
    assert confirm(admin, new).status_code == 200
    scanned(admin, new)
    wait_until(lambda: shown(admin, old) is None, 10, "the old one is replaced")
    assert [one["id"] for one in documents(admin, job)] == [new["id"], other["id"]]
    assert_refused(presign_download(admin, old), 404, "document_not_found")
    wait_until(lambda: files_of(server, old) == set(), 10, "the old object is gone")
    assert download(admin, new).content == PDF + b"new"
    assert download(admin, other).content == PDF + b"other"


@pytest.mark.parametrize("data, content_type", [(EICAR, "text/plain"), (PNG, "application/pdf")], ids=["infected", "failed"])
def test_a_document_that_is_not_clean_replaces_nothing(admin, job, data, content_type):
    old = upload(admin, job, PDF + b"old", doc_type="resume")
    assert upload(admin, job, data, doc_type="resume", content_type=content_type)["scan_status"] != "CLEAN"
    assert shown(admin, old) == old
    assert download(admin, old).content == PDF + b"old"


@pytest.mark.parametrize("doc_type", ["thank_you", "other"])
def test_a_type_with_many_documents_keeps_them_all(admin, job, doc_type):
    made = [upload(admin, job, doc_type=doc_type)["id"] for _ in range(3)]
    assert [one["id"] for one in documents(admin, job)] == made[::-1]


def test_types_do_not_replace_each_other_nor_those_of_other_jobs(admin, job):
    elsewhere = upload(admin, track(admin)["id"], doc_type="resume")
    made = [upload(admin, job, doc_type=doc_type) for doc_type in ("resume", "cover_letter", "job_description")]
    assert len(documents(admin, job)) == 3
    assert all(download(admin, document).content == PDF for document in [elsewhere, *made])


def test_of_many_of_one_type_at_once_one_remains(server, admin, job):
    made = [uploaded_only(admin, job, PDF, doc_type="resume")[0] for _ in range(PENDING_MOST)]
    answers = at_once(*[lambda document=document: confirm(admin, document) for document in made])
    assert all(answer.status_code in (200, 404) for answer in answers), [answer.text for answer in answers]

    def left():
        now = documents(admin, job)
        return now if not {"pending", "scanning"} & {one["status"] for one in now} else None

    (last,) = wait_until(left, SCAN_SECONDS, "all scans end")
    assert download(admin, last).content == PDF
    wait_until(lambda: len(files_of(server, {"id": job})) == 1, 10, "one object is left")


# Who may


def ask_all(client, document, pending):
    """What somebody is answered who lists, wishes, confirms, downloads and deletes."""
    return {
        "list": client.get(f"{API}/jobs/{document['job_id']}/documents"), "presign": presign(client, document["job_id"]),
        "confirm": confirm(client, pending), "download": presign_download(client, document), "delete": delete(client, document),
    }


def test_documents_are_for_the_owner_and_an_admin_may_read(server, admin, member):
    job = track(member)["id"]
    document, (pending, _) = upload(member, job), uploaded_only(member, job, PDF)
    before = documents(member, job)
    other = new_member(server)
    stranger = log_in(server, make_user(server, new_address("stranger"), tenant="elsewhere")["email"])
    for name, answer in ask_all(other, document, pending).items():
        assert_refused(answer, 403, "job_not_yours")
    for name, answer in ask_all(stranger, document, pending).items():
        assert_refused(answer, 404, "job_not_found")
    for name, answer in ask_all(server.visitor(), document, pending).items():
        assert_refused(answer, 401)
    for name, answer in ask_all(admin, document, pending).items():
        if name in ("list", "download"):
            assert answer.status_code == 200, (name, answer.text)
        else:
            assert_refused(answer, 403, "job_not_yours")
    nowhere = {"job_id": NOBODY}
    for name, answer in ask_all(admin, document | nowhere, pending | nowhere).items():
        assert_refused(answer, 404, "job_not_found")
    assert documents(member, job) == before


def test_a_key_needs_the_scope_to_write(server):
    owner = new_member(server)
    job = track(owner)["id"]
    document, (pending, _) = upload(owner, job), uploaded_only(owner, job, PDF)
    reader = with_key(server, make_key(owner, "jobs:read")["key"])
    for name, answer in ask_all(reader, document, pending).items():
        if name in ("list", "download"):
            assert answer.status_code == 200, (name, answer.text)
        else:
            assert_refused(answer, 403)
    writer = with_key(server, make_key(owner, "jobs:read", "jobs:write")["key"])
    statuses = {name: answer.status_code for name, answer in ask_all(writer, document, pending).items()}
    assert statuses == {"list": 200, "presign": 201, "confirm": 200, "download": 200, "delete": 200}


# Names


def saved_as(answer):
    """The name that a browser saves under (RFC 6266: the extended one, if there is one)."""
    header = answer.headers["Content-Disposition"].encode("latin-1").decode("utf-8", "replace")
    assert header.startswith("attachment"), header
    if extended := re.search(r"filename\*=UTF-8''([^;]*)", header, re.IGNORECASE):
        return urllib.parse.unquote(extended.group(1))
    return re.sub(r"\\(.)", r"\1", re.search(r'filename="((?:[^"\\]|\\.)*)"', header).group(1))


NAMES = [
    "plain.pdf", "with space (1).pdf", "résumé été.pdf", "履歴書.pdf", "резюме.pdf", "🌾.pdf", 'quo"te\'s.pdf', "semi;colon=a.pdf", "per%20cent%.pdf",
    "a+b&c#d?e.pdf", "back\\slash.pdf", "x" * 512, "ä" * 512, "🌾" * 512, "no-ending", ".hidden", "-rf", "a.pdf; filename=evil.exe", "~tilde", "CON",
    "e\u0301.pdf",
]


@pytest.mark.parametrize("name", NAMES, ids=[ascii(name)[:30] for name in NAMES])
def test_a_document_keeps_its_name(server, admin, job, name):
    document = upload(admin, job, filename=name)
    assert document["original_filename"] == name
    answer = download(admin, document)
    assert (answer.status_code, answer.content) == (200, PDF)
    assert saved_as(answer) == name
    (key,) = files_of(server, document)
    assert len(key.split("/")) == 4 and key.isascii(), key


CLIMBING = ["../../escape", "/etc/escape", "..", ".", "a/../../../escape", "..\\..\\escape", "C:\\escape", "a/b/escape", "//escape", "%2e%2e%2fescape"]
CONTROLS = ["a\0escape.pdf", "a\r\nX-Evil: 1", "a\tb", "\x01\x7f", "a\u2028b", "\u202efdp.exe", "a\x85b"]


@pytest.mark.parametrize("name", CLIMBING + CONTROLS, ids=[ascii(name) for name in CLIMBING + CONTROLS])
def test_a_name_that_climbs_or_controls_is_refused_or_tamed(server, admin, job, name):
    answer = presign(admin, job, filename=name)
    assert answer.status_code in (201, 400), answer.text
    if answer.status_code == 400:
        assert_refused(answer, 400, {"invalid_filename", "missing_filename"})
        return
    document, url = answer.json()["document"], answer.json()["upload_url"]
    key = object_key(url)
    assert re.fullmatch(rf"documents/{job}/{document['id']}/[^/]+", key) and key.isascii() and key.isprintable(), key
    assert put(url, PDF).status_code == 200
    assert files_of(server, document) == {key}
    assert confirm(admin, document).status_code == 200
    assert scanned(admin, document)["original_filename"] == name
    got = download(admin, document)
    assert (got.status_code, got.content) == (200, PDF)
    assert "X-Evil" not in got.headers
    assert saved_as(got) in (name, re.split(r"[/\\]", name)[-1], re.sub(r"[/\\\x00-\x1f\x7f]", "_", name)), got.headers
    for folder, _, files in os.walk(server.folder):
        inside = folder.startswith(str(server.data / "objects" / BUCKET / "documents"))
        assert inside or not any("escape" in one for one in files), folder


# Deleting


def test_every_state_is_deleted(server, admin, job):
    pending, _ = presigned(admin, job)
    there, _ = uploaded_only(admin, job, PDF)
    for document in (pending, there, upload(admin, job), upload(admin, job, EICAR, content_type=None), upload(admin, job, PNG)):
        assert delete(admin, document).json() == {"deleted": True}
        assert files_of(server, document) == set()
        assert_refused(delete(admin, document), 404, "document_not_found")
    assert documents(admin, job) == []


def test_a_deleted_job_takes_its_documents_along(server, admin, job):
    kept = upload(admin, track(admin)["id"])
    address = presign_download(admin, upload(admin, job)).json()["download_url"]
    _, url = uploaded_only(admin, job, PDF)
    document, _ = uploaded_only(admin, job, PDF)
    confirm(admin, document)
    admin.expect(204, "DELETE", f"{API}/jobs/{job}")
    wait_until(lambda: not files_of(server, {"id": job}), 10, "the objects of the job are gone")
    assert requests.get(address, timeout=30).status_code in (403, 404)
    assert_refused_by_store(put(url, PDF), 403)
    assert_refused(admin.get(f"{API}/jobs/{job}/documents"), 404, "job_not_found")
    assert not files_of(server, {"id": job})
    assert download(admin, kept).content == PDF


# Restarts


@pytest.fixture
def unscanned(new_server, tmp_path):
    """A server whose scanner is away, with a document that waits for it: server, client, document, key."""
    server = new_server(**SETTINGS | {"CLAMD_SOCKET": f"unix:{tmp_path}/away.sock"})
    server.register()
    client = server.login()
    document, url = uploaded_only(client, track(client)["id"], PDF)
    assert confirm(client, document).status_code == 200
    return server, client, document, object_key(url)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_scan_goes_on_after_a_restart(unscanned, end):
    server, client, document, _ = unscanned
    infected, _ = uploaded_only(client, document["job_id"], EICAR, content_type=None)
    assert confirm(client, infected).status_code == 200
    assert {one["status"] for one in documents(client, document["job_id"])} == {"scanning"}
    server.stop() if end == "stop" else server.kill()
    del server.settings["CLAMD_SOCKET"]
    server.start()
    client.session = requests.Session()
    assert scanned(client, document)["scan_status"] == "CLEAN"
    assert download(client, document).content == PDF
    assert scanned(client, infected)["scan_status"] == "INFECTED"


def test_a_document_that_waits_for_its_scan_is_deleted(unscanned):
    server, client, document, key = unscanned
    assert delete(client, document).status_code == 200
    wait_until(lambda: not files_of(server, document), 10, "the object is gone")
    assert_not_served(server, key)
    assert documents(client, document["job_id"]) == []


@pytest.mark.seconds(200)
def test_sudden_death_in_the_middle_of_scans_loses_none(new_server):
    server = new_server(**SETTINGS)
    server.register()
    client = server.login()
    job = track(client)["id"]
    for _ in range(4):
        good = [uploaded_only(client, job, PDF)[0] for _ in range(3)]
        bad = uploaded_only(client, job, zipped({"eicar.com": EICAR}), content_type=None)[0]
        for document in [*good, bad]:
            assert confirm(client, document).status_code == 200
        server.kill()
        server.start()
        client.session = requests.Session()
        assert [scanned(client, document)["status"] for document in [*good, bad]] == ["uploaded"] * 3 + ["infected"]
        assert all(download(client, document).content == PDF for document in good)
        wait_until(lambda: files_of(server, bad) == set(), 10, "the infected object is gone")
    wait_until(lambda: server.staged_files() == [], 20, "the staging folder is empty")
