"""Presigned URLs (AWS Signature Version 4 in the query), judged by an independent signer: botocore's."""

import datetime
import os
import random
import socket
import subprocess
import urllib.parse
import xml.etree.ElementTree

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
import requests
from botocore.config import Config

from people import cli, make_user
from served import BUCKET, PASSWORD, filter_step, object_key, wait_until

ACCESS_KEY, SECRET_KEY, REGION = "QUERNTESTKEY", "not/a+real=secret", "us-east-1"
MAX_UPLOAD_BYTES = 2_000_000
SETTINGS = {
    "OBJECT_STORAGE_ACCESS_KEY": ACCESS_KEY, "OBJECT_STORAGE_SECRET_KEY": SECRET_KEY,
    "MAX_UPLOAD_BYTES": MAX_UPLOAD_BYTES,
}


@pytest.fixture(scope="module")
def signer(server):
    """boto3, pointed at the server; signs without sending."""
    server.secrets.add(SECRET_KEY)
    return boto3.client(
        "s3", endpoint_url=server.base, aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY, region_name=REGION,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )


def at(monkeypatch, moment):
    """Lets botocore's signer believe that it is another time."""
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: moment)


def signed(signer, operation, key, seconds=3600, bucket=BUCKET):
    return signer.generate_presigned_url(operation, Params={"Bucket": bucket, "Key": key}, ExpiresIn=seconds)


def sign_by_hand(method, url, access_key=ACCESS_KEY, secret_key=SECRET_KEY, region=REGION, service="s3", seconds=3600):
    """Signs any address, also such as boto3 would refuse to make."""
    request = botocore.awsrequest.AWSRequest(method=method, url=url)
    credentials = botocore.credentials.Credentials(access_key, secret_key)
    botocore.auth.S3SigV4QueryAuth(credentials, service, region, expires=seconds).add_auth(request)
    return request.url


def assert_refused(answer, status=403, code=None):
    """An error as an S3 client reads it."""
    assert answer.status_code == status, answer.text
    if answer.request.method != "HEAD":
        root = xml.etree.ElementTree.fromstring(answer.content)
        assert root.tag == "Error"
        assert root.findtext("Code") and root.findtext("Message"), answer.text
        if code:
            assert root.findtext("Code") == code, answer.text


@pytest.fixture
def waiting(admin):
    """A job that waits for its input: id and upload URL."""
    job = admin.create_job()["id"]
    return job, admin.upload_url(job)


@pytest.fixture(scope="module")
def stored(admin):
    """An output that can be read: bytes and URL."""
    rows = "".join(f"{number},row {number}\n" for number in range(20_000))
    job = admin.run(f"n,text\n{rows}".encode(), "rows.csv")
    url = admin.download_url(job["id"])
    return admin.get(url).content, url


# Agreement with the independent signer


@pytest.mark.parametrize("kind", ["upload", "download"])
def test_the_independent_signer_makes_the_same_url(server, admin, stored, waiting, monkeypatch, kind):
    url = waiting[1] if kind == "upload" else stored[1]
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
    moment = datetime.datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
    at(monkeypatch, moment)
    theirs = sign_by_hand("PUT" if kind == "upload" else "GET", url.split("?")[0], seconds=int(query["X-Amz-Expires"]))
    assert dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(theirs).query)) == query
    assert abs(datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) - moment) < datetime.timedelta(minutes=10)


def test_a_url_of_boto3_uploads_and_downloads(admin, signer, people):
    job = admin.create_job(steps=[filter_step("city", "eq", "London")])["id"]
    key = object_key(admin.upload_url(job))
    assert requests.put(signed(signer, "put_object", key), data=people, timeout=30).status_code == 200
    admin.mark_uploaded(job, key)
    output = admin.wait(job)["output_object_key"]
    answer = requests.get(signed(signer, "get_object", output), timeout=30)
    assert answer.status_code == 200
    assert answer.text.splitlines() == ["name,city,age", "Bob,London,25"]
    head = requests.head(signed(signer, "head_object", output), timeout=30)
    assert head.status_code == 200
    assert head.headers["ETag"] == answer.headers["ETag"]


def test_curl_uploads_and_downloads(admin, waiting, tmp_path, people):
    job, url = waiting
    (tmp_path / "people.csv").write_bytes(people)
    curl = ["curl", "--silent", "--show-error", "--fail", "--max-time", "30"]
    subprocess.run([*curl, "--upload-file", "people.csv", url], cwd=tmp_path, check=True, timeout=60)
    admin.mark_uploaded(job, object_key(url))
    admin.wait(job)
    subprocess.run([*curl, "--output", "out.csv", admin.download_url(job)], cwd=tmp_path, check=True, timeout=60)
    assert (tmp_path / "out.csv").read_bytes().replace(b"\r\n", b"\n") == people


# Refusals


def tampered(url):
    """Changed addresses, each by the name of the change. Another bucket is an address at which nothing is: 404."""
    parts = urllib.parse.urlsplit(url)
    query = urllib.parse.parse_qsl(parts.query)

    def with_query(name, change):
        changed = [(key, change(value) if key == name else value) for key, value in query]
        return urllib.parse.urlunsplit(parts._replace(query=urllib.parse.urlencode(changed, quote_via=urllib.parse.quote)))

    def without(name):
        return urllib.parse.urlunsplit(
            parts._replace(query=urllib.parse.urlencode([pair for pair in query if pair[0] != name], quote_via=urllib.parse.quote))
        )

    yield "other-key", urllib.parse.urlunsplit(parts._replace(path=parts.path + "x"))
    yield "other-bucket", urllib.parse.urlunsplit(parts._replace(path=parts.path.replace(f"/{BUCKET}/", "/other/", 1)))
    yield "longer-life", with_query("X-Amz-Expires", lambda value: str(int(value) + 1))
    yield "later-date", with_query("X-Amz-Date", lambda value: value[:-2] + ("0Z" if value[-2] != "0" else "1Z"))
    yield "other-day", with_query("X-Amz-Credential", lambda value: value.replace("/20", "/19", 1))
    yield "other-region", with_query("X-Amz-Credential", lambda value: value.replace(REGION, "eu-west-1"))
    yield "other-account", with_query("X-Amz-Credential", lambda value: "X" + value)
    yield "other-algorithm", with_query("X-Amz-Algorithm", lambda value: value.replace("SHA256", "SHA1"))
    yield "flipped-signature", with_query("X-Amz-Signature", lambda value: ("0" if value[0] != "0" else "1") + value[1:])
    yield "short-signature", with_query("X-Amz-Signature", lambda value: value[:-1])
    yield "capital-signature", with_query("X-Amz-Signature", lambda value: value.upper() + "0")
    yield "empty-signature", with_query("X-Amz-Signature", lambda value: "")
    yield "more-headers", with_query("X-Amz-SignedHeaders", lambda value: "host;x-amz-acl")
    yield "no-headers", with_query("X-Amz-SignedHeaders", lambda value: "")
    yield "added-parameter", url + "&acl=public"
    yield "doubled-signature", url + "&X-Amz-Signature=" + "0" * 64
    for name, _ in query:
        yield f"without-{name}", without(name)
    yield "no-query", url.split("?")[0]


def test_a_tampered_download_is_refused(stored):
    _, url = stored
    for name, changed in tampered(url):
        answer = requests.get(changed, timeout=30)
        if name == "other-bucket":
            assert answer.status_code == 404
            continue
        assert answer.status_code in (400, 403), f"{name}: {answer.status_code}"
        assert_refused(answer, answer.status_code)


def test_a_tampered_upload_is_refused_and_leaves_nothing(server, waiting):
    job, url = waiting
    for name, changed in tampered(url):
        answer = requests.put(changed, data=b"a,b\n1,2\n", timeout=30)
        assert answer.status_code in ((404,) if name == "other-bucket" else (400, 403)), f"{name}: {answer.status_code}"
    assert not {name for name in server.object_files() if job in name}
    assert server.staged_files() == []


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH", "OPTIONS"])
def test_a_download_url_is_good_for_reading_only(stored, method):
    content, url = stored
    assert requests.request(method, url, data=b"other", timeout=30).status_code in (403, 404, 405)
    assert requests.get(url, timeout=30).content == content


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_an_upload_url_is_good_for_writing_only(waiting, method):
    assert requests.request(method, waiting[1], timeout=30).status_code in (403, 404, 405)


def test_an_expired_url_is_refused(admin, signer, stored, waiting, monkeypatch):
    key = object_key(stored[1])
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    at(monkeypatch, now - datetime.timedelta(seconds=7))
    assert requests.get(signed(signer, "get_object", key, seconds=60), timeout=30).status_code == 200
    assert_refused(requests.get(signed(signer, "get_object", key, seconds=5), timeout=30))
    at(monkeypatch, now - datetime.timedelta(hours=2))
    assert_refused(requests.get(signed(signer, "get_object", key), timeout=30))
    assert_refused(requests.put(signed(signer, "put_object", object_key(waiting[1])), data=b"a\n1\n", timeout=30))
    at(monkeypatch, now + datetime.timedelta(hours=2))
    assert requests.get(signed(signer, "get_object", key), timeout=30).status_code in (400, 403)


@pytest.mark.parametrize("seconds", [0, -1, 604_801, 10**12])
def test_a_life_out_of_bounds_is_refused(server, stored, seconds):
    url = sign_by_hand("GET", stored[1].split("?")[0], seconds=seconds)
    assert requests.get(url, timeout=30).status_code in (400, 403)


@pytest.mark.parametrize(
    "wrong", [{"access_key": "OTHER"}, {"secret_key": "guessed"}, {"region": "eu-west-1"}, {"service": "ec2"}], ids=str
)
def test_other_credentials_are_refused(stored, wrong):
    assert_refused(requests.get(sign_by_hand("GET", stored[1].split("?")[0], **wrong), timeout=30))


def test_a_bearer_token_does_not_replace_a_signature(admin, stored):
    answer = requests.get(stored[1].split("?")[0], headers={"Authorization": f"Bearer {admin.token}"}, timeout=30)
    assert_refused(answer, answer.status_code)
    assert answer.status_code in (400, 403)


def test_an_unknown_object_is_404_for_who_may_ask(signer):
    assert_refused(requests.get(signed(signer, "get_object", "output/nothing.csv"), timeout=30), 404, "NoSuchKey")


# Reading


def test_get_and_head_tell_length_and_etag(stored):
    content, url = stored
    got = requests.get(url, headers={"Accept-Encoding": "identity"}, timeout=30)
    assert got.content == content
    assert got.headers["Content-Length"] == str(len(content))
    assert got.headers["ETag"].startswith('"') and got.headers["ETag"].endswith('"')
    assert got.headers["Accept-Ranges"] == "bytes"
    # A signature is for one method, so HEAD needs one of its own.
    assert requests.head(url, timeout=30).status_code == 403
    head = requests.head(sign_by_hand("HEAD", url.split("?")[0]), headers={"Accept-Encoding": "identity"}, timeout=30)
    assert head.status_code == 200
    assert head.content == b""
    for name in ("Content-Length", "ETag", "Content-Type"):
        assert head.headers[name] == got.headers[name]


RANGES = [
    ("bytes=0-9", 0, 10), ("bytes=10-", 10, None), ("bytes=-7", -7, None), ("bytes=0-", 0, None), ("bytes=5-5", 5, 6),
    ("bytes=100-99999999", 100, None), ("bytes=-99999999", 0, None),
]


@pytest.mark.parametrize("header, start, end", RANGES, ids=[header for header, _, _ in RANGES])
def test_a_range_is_answered_with_206(stored, header, start, end):
    content, url = stored
    expected = content[start:end]
    got = requests.get(url, headers={"Range": header}, timeout=30)
    assert got.status_code == 206
    assert got.content == expected
    first = start if start >= 0 else len(content) + start
    assert got.headers["Content-Range"] == f"bytes {first}-{first + len(expected) - 1}/{len(content)}"
    assert got.headers["Content-Length"] == str(len(expected))


def test_random_ranges_join_to_the_whole(stored):
    content, url = stored
    random.seed(7)
    cuts = [0, *sorted(random.sample(range(1, len(content)), 12)), len(content)]
    pieces = [
        requests.get(url, headers={"Range": f"bytes={start}-{end - 1}"}, timeout=30).content
        for start, end in zip(cuts, cuts[1:])
    ]
    assert b"".join(pieces) == content


@pytest.mark.parametrize("past", [0, 1, 10**9])
def test_a_range_behind_the_end_416(stored, past):
    content, url = stored
    got = requests.get(url, headers={"Range": f"bytes={len(content) + past}-"}, timeout=30)
    assert got.status_code == 416
    assert got.headers["Content-Range"] == f"bytes */{len(content)}"


@pytest.mark.parametrize("header", ["bytes", "bytes=", "bytes=b-a", "lines=1-2", "bytes=9-5"])
def test_a_range_that_is_none_is_ignored(stored, header):
    content, url = stored
    got = requests.get(url, headers={"Range": header}, timeout=30)
    assert got.status_code == 200
    assert got.content == content


# Writing


def raw_request(server, head, body=b"", half=False):
    """Sends bytes as they are; with `half`, hangs up without waiting for an answer."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(head.encode() + body)
        if half:
            return b""
        connection.settimeout(30)
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = connection.recv(65536)
            if not piece:
                break
            answer += piece
        return answer


def target(url):
    parts = urllib.parse.urlsplit(url)
    return f"{parts.path}?{parts.query}"


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_a_half_sent_upload_leaves_nothing(server, admin, waiting, chunked):
    job, url = waiting
    head = f"PUT {target(url)} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
    half = b"a,b\n" + b"1,2\n" * 100_000
    if chunked:
        raw_request(server, head + "Transfer-Encoding: chunked\r\n\r\n", b"%x\r\n%s\r\n" % (len(half), half), half=True)
    else:
        raw_request(server, head + f"Content-Length: {2 * len(half)}\r\n\r\n", half, half=True)
    wait_until(lambda: server.staged_files() == [], 20, "the staging folder is empty again")
    assert not {name for name in server.object_files() if job in name}
    key = object_key(url)
    assert admin.post(f"/api/v1/jobs/{job}/mark-uploaded", json={"object_key": key}).status_code == 400
    # The address is still good for a whole upload.
    admin.expect(200, "PUT", url, data=b"a,b\n1,2\n")
    admin.mark_uploaded(job, key)
    assert admin.wait(job)["status"] == "COMPLETED"


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_an_upload_over_the_limit_413_and_leaves_nothing(server, waiting, chunked):
    job, url = waiting
    piece = b"x" * 1000

    def pieces():
        for _ in range(MAX_UPLOAD_BYTES // len(piece) + 1):
            yield piece

    try:
        answer = requests.put(url, data=pieces() if chunked else piece * (MAX_UPLOAD_BYTES // len(piece) + 1), timeout=60)
        assert_refused(answer, 413, "EntityTooLarge")
    except requests.ConnectionError:
        # The server may answer and hang up before all is sent, and a client that still sends misses the answer.
        pass
    wait_until(lambda: server.staged_files() == [], 20, "the staging folder is empty again")
    assert not {name for name in server.object_files() if job in name}


def test_a_declared_length_over_the_limit_413_before_a_byte_is_read(server, waiting):
    head = (
        f"PUT {target(waiting[1])} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        f"Content-Length: {MAX_UPLOAD_BYTES + 1}\r\n\r\n"
    )
    assert raw_request(server, head).startswith(b"HTTP/1.1 413 ")


def test_an_upload_of_exactly_the_limit_is_kept(server, admin, waiting):
    job, url = waiting
    content = b"a\n" + b"1\n" * ((MAX_UPLOAD_BYTES - 2) // 2)
    assert len(content) == MAX_UPLOAD_BYTES
    admin.expect(200, "PUT", url, data=content)
    key = object_key(url)
    assert server.object_path(key).read_bytes() == content
    admin.mark_uploaded(job, key)


def test_a_second_upload_replaces_the_first_until_it_is_marked(server, admin, waiting):
    job, url = waiting
    admin.expect(200, "PUT", url, data=b"a\nfirst\n")
    admin.expect(200, "PUT", url, data=b"a\nsecond\n")
    admin.mark_uploaded(job, object_key(url))
    answer = requests.put(url, data=b"a\nthird\n", timeout=30)
    assert 400 <= answer.status_code < 500, answer.text
    assert admin.wait(job)["status"] == "COMPLETED"
    assert admin.output(job).split() == [b"a", b"second"]
    assert 400 <= requests.put(url, data=b"a\nfourth\n", timeout=30).status_code < 500
    assert server.object_path(object_key(url)).read_bytes() == b"a\nsecond\n"


@pytest.mark.parametrize("content, words", [
    (b"\x89PNG\r\n\x1a\n" + b"picture" * 1000, "This is a PNG image, not a table."),
    (b"BZh91AY&SY" + b"packed" * 1000, "Unpack it first"), (b"PAR1\x15\x04" + b"rows" * 1000, "can not be read yet"),
], ids=["png", "bzip2", "parquet"])
def test_what_is_no_table_is_refused_with_its_first_bytes(server, admin, waiting, content, words):
    job, url = waiting
    answer = requests.put(url, data=content, timeout=30)
    assert answer.status_code == 400 and words in answer.text
    # Jobs of other tests may be writing elsewhere.
    assert not [name for name in server.object_files() if job in name]
    # The job still takes the right file.
    assert requests.put(url, data=b"a,b\n1,2\n", timeout=30).status_code == 200


def test_no_upload_for_a_job_that_was_cancelled(server, admin, waiting):
    job, url = waiting
    admin.expect(200, "POST", f"/api/v1/jobs/{job}/cancel", json={})
    assert 400 <= requests.put(url, data=b"a\n1\n", timeout=30).status_code < 500
    assert not {name for name in server.object_files() if job in name}


NAMES = ["my data (1).csv", "données/été.csv", "数据.csv", "a+b&c=d?e#f%20g.csv", "quote'\".csv", "~tilde_-.csv"]


@pytest.mark.parametrize("name", NAMES)
def test_an_odd_file_name_makes_a_safe_key_that_works(server, admin, people, name):
    answer = admin.post("/api/v1/jobs", json={"file_name": name, "processing_steps": []})
    if answer.status_code == 400:
        assert "file_name" in answer.json()["detail"]
        return
    job = answer.json()["id"]
    url = admin.upload_url(job)
    key = object_key(url)
    assert key.startswith(f"input/{job}/") and ".." not in key.split("/")
    admin.expect(200, "PUT", url, data=people)
    admin.mark_uploaded(job, key)
    assert admin.wait(job)["status"] == "COMPLETED"
    assert admin.output(job).replace(b"\r\n", b"\n") == people
    assert_all_inside(server)


@pytest.mark.parametrize("name", ["../../../escape.csv", "/etc/escape.csv", "..", ".", "a/../../../escape.csv", "..\\escape.csv", "a\0b.csv"])
def test_a_file_name_that_climbs_is_refused_or_tamed(server, admin, people, name):
    answer = admin.post("/api/v1/jobs", json={"file_name": name, "processing_steps": []})
    if answer.status_code != 400:
        assert answer.status_code == 201, answer.text
        job = answer.json()["id"]
        url = admin.upload_url(job)
        key = object_key(url)
        assert key.startswith(f"input/{job}/") and not {"..", "."} & set(key.split("/")), key
        admin.expect(200, "PUT", url, data=people)
        assert server.object_path(key).is_file()
    assert_all_inside(server)


@pytest.mark.parametrize("path", [
    "input/../../escape.csv", "../escape.csv", "input/%2e%2e/%2e%2e/escape.csv", "..%2f..%2fescape.csv", "input//escape.csv",
    "/escape.csv", "escape.csv%00.csv", "input/./escape.csv", "input/" + "a" * 3000, "",
])
def test_a_well_signed_key_that_climbs_is_refused(server, admin, path):
    """Signed with the right secret, sent as it is: what no client library would send."""
    host = f"127.0.0.1:{server.port}"
    for method in ("PUT", "GET"):
        url = sign_by_hand(method, f"http://{host}/{BUCKET}/{path}")
        body = b"a\n1\n" if method == "PUT" else b""
        head = f"{method} {target(url)} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        answer = raw_request(server, head, body)
        assert answer.startswith(b"HTTP/1.1 4"), answer[:200]
    assert_all_inside(server)


def assert_all_inside(server):
    """Every file lies where it belongs, and no name that climbs left a file anywhere near."""
    known = {"quern.db", "quern.db-wal", "quern.db-shm", "lock"}
    for folder, folders, files in os.walk(server.folder):
        for name in files:
            assert "escape" not in name or folder.startswith(str(server.data / "objects" / BUCKET / "input")), (folder, name)
    assert {entry.name for entry in server.data.iterdir() if entry.is_file()} <= known
    assert {entry.name for entry in (server.data / "objects").iterdir()} == {BUCKET}


def test_addresses_stop_working_when_their_owner_is_disabled(server, admin, people):
    """Both ways, at once, and from the command line of another process too."""
    email = make_user(server, password=PASSWORD)["email"]
    owner = server.login(email)
    done = owner.run(people)["id"]
    download = owner.download_url(done)
    waiting = owner.create_job()["id"]
    upload = owner.upload_url(waiting)
    assert requests.get(download, timeout=30).status_code == 200
    cli(server, "user", "disable", email)
    assert_refused(requests.get(download, timeout=30), 403, "AccessDenied")
    assert_refused(requests.head(download, timeout=30), 403)
    assert_refused(requests.put(upload, data=people, timeout=30), 403, "AccessDenied")
    cli(server, "user", "enable", email)
    assert requests.get(download, timeout=30).status_code == 200
