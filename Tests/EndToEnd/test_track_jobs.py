"""Jobs that people do: made by a title, changed by PATCH, found again by what is known of them."""

import datetime
import random
import re

import pytest

from people import (
    API, at_every_mount, NOBODY, assert_refused, log_in, make_key, make_user, member as new_member, new_address, with_key,
)
from served import wait_until
from test_collaboration_contract import ENVELOPED, assert_enveloped, assert_tagged

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
TRACKER_FIELDS = {"company_name", "job_title", "location", "job_url", "applied_date"}



def shown(value):
    """The id of a parameter; sets, which are what is expected, have none."""
    return "" if isinstance(value, set) else ascii(value)[:40]


def track(client, title="Grind rye", mount=API, **members):
    return client.expect(201, "POST", f"{mount}/jobs", json={"title": title} | members).json()


def change(client, job, headers=None, mount=API, **members):
    """The answer to a PATCH."""
    return client.request("PATCH", f"{mount}/jobs/{job}", json=members, headers=headers)


def changed(client, job, **members):
    """The job after a PATCH that must be taken."""
    answer = change(client, job, **members)
    assert answer.status_code == 200, answer.text
    return answer.json()


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def let_the_clock_move_past(job):
    """Until a change of the job must get a later time than its last one."""
    last = moment(job["updated_at"])
    wait_until(lambda: datetime.datetime.now(datetime.timezone.utc) - last > datetime.timedelta(milliseconds=2), 5, "a later time")


def listed(client, query="", mount=API):
    return client.expect(200, "GET", f"{mount}/jobs{query}").json()


def found(client, **query):
    """Ids of the jobs that a query finds."""
    return [job["id"] for job in client.expect(200, "GET", f"{API}/jobs", params=query).json()]


@pytest.fixture(scope="module")
def stranger(server, admin):
    """Somebody of another tenant."""
    return log_in(server, make_user(server, new_address("stranger"), tenant="elsewhere")["email"])


# Creating


@at_every_mount
def test_a_title_makes_a_track_job(admin, mount):
    answer = admin.expect(201, "POST", f"{mount}/jobs", json={"title": "  Grind rye\n"})
    job = answer.json()
    assert (job["title"], job["name"], job["kind"], job["status"]) == ("Grind rye", "Grind rye", "track", "pending"), job
    assert (job["description"], job["tags"], job["file_name"], job["progress"]) == (None, [], None, None), job
    assert TIME.fullmatch(job["created_at"]) and job["updated_at"] == job["created_at"]
    assert not TRACKER_FIELDS & set(job), "fields of the tracker are told only when they were given"
    assert answer.headers["Location"] == f"/api/v1/jobs/{job['id']}"
    assert assert_tagged(answer) == assert_tagged(admin.expect(200, "GET", f"{mount}/jobs/{job['id']}"))


def test_a_file_name_makes_a_transform_job_even_with_a_title(admin):
    job = admin.create_job("rye.csv", title="Grind rye")
    assert (job["kind"], job["status"], job["file_name"]) == ("transform", "PENDING", "rye.csv"), job


def test_everything_that_can_be_given_is_returned(admin):
    given = {
        "title": "Miller at Mühle & Söhne", "description": "Two\nlines", "status": "applied", "tags": ["remote", "senior"],
        "company_name": "Mühle & Söhne", "job_title": "Miller", "location": "São Paulo",
        "job_url": "https://example.com/jobs/1?a=b&c=d#e", "applied_date": "2025-01-14",
    }
    job = track(admin, **given)
    assert {name: job[name] for name in given} == given
    assert admin.job(job["id"]) == job
    assert [one for one in listed(admin) if one["id"] == job["id"]] == [job]


@pytest.mark.parametrize("name", sorted(TRACKER_FIELDS))
def test_one_tracker_field_alone_is_returned_alone(admin, name):
    value = {"job_url": "https://example.com/", "applied_date": "2024-02-29"}.get(name, "Something")
    job = track(admin, **{name: value})
    assert TRACKER_FIELDS & set(job) == {name}
    assert job[name] == value


@pytest.mark.parametrize("given, name", [
    ({"company_name": "Mill", "job_title": "Miller"}, "Miller, Mill"), ({"company_name": " Mill "}, "Mill"),
    ({"job_title": " Miller "}, "Miller"), ({"title": "Own", "company_name": "Mill", "job_title": "Miller"}, "Own"),
])
def test_company_and_job_title_stand_in_for_a_title(admin, given, name):
    job = admin.expect(201, "POST", f"{API}/jobs", json=given).json()
    assert (job["name"], job["title"], job["kind"]) == (name, name, "track"), job
    for field in set(given) - {"title"}:
        assert job[field] == given[field].strip()


def test_the_longest_company_and_job_title_make_a_name_too(admin):
    job = admin.expect(201, "POST", f"{API}/jobs", json={"company_name": "c" * 255, "job_title": "j" * 255}).json()
    assert (job["company_name"], job["job_title"]) == ("c" * 255, "j" * 255)
    assert job["name"].startswith("j" * 200)


@pytest.mark.parametrize("status, expected", [
    ("Interviewing", "interviewing"), ("  In Progress\t", "in progress"), ("x" * 50, "x" * 50), ("ÜBERFÄLLIG", "überfällig"),
    ("completed", "completed"),
])
def test_a_status_is_trimmed_and_lower_cased(admin, status, expected):
    assert track(admin, status=status)["status"] == expected


@pytest.mark.parametrize("tags, expected", [
    ([], []), (["b", "a"], ["b", "a"]), ([" Red ", "RED", "red", "blue", "red"], ["red", "blue"]), (["", " \t", "x"], ["x"]),
    (["ÄPFEL", "äpfel"], ["äpfel"]), (["x" * 64], ["x" * 64]), (["a b", "c,d", "100%"], ["a b", "c,d", "100%"]),
    ([f"t{number}" for number in range(50)], [f"t{number}" for number in range(50)]),
    (["same"] * 60, ["same"]), ([" " + "x" * 64 + " "], ["x" * 64]),
], ids=["none", "order", "doubles", "blank", "unicode", "long", "signs", "fifty", "sixty-times-one", "long-when-trimmed"])
def test_tags_are_a_set_of_trimmed_lower_case_words(admin, tags, expected):
    job = track(admin, tags=tags)
    assert job["tags"] == expected
    assert changed(admin, track(admin)["id"], tags=tags)["tags"] == expected


GOOD_DATES = ["2025-01-14", "2024-02-29", "2025-01-14T10:00:00Z", "2025-01-14T10:00:00.123+02:00"]


@pytest.mark.parametrize("date", GOOD_DATES)
def test_an_applied_date_is_a_day_or_a_time(admin, date):
    assert track(admin, applied_date=date)["applied_date"].startswith(date[:10])


@pytest.mark.parametrize("url", ["http://example.com", "HTTPS://EXAMPLE.COM/a", "https://example.com/" + "a" * 2028, "http://[::1]:80/"])
def test_a_job_url_is_http(admin, url):
    assert track(admin, job_url=url)["job_url"] == url


LIMITS = {"title": 255, "description": 10_000, "company_name": 255, "job_title": 255, "location": 255}


@pytest.mark.parametrize("name, limit", LIMITS.items())
@pytest.mark.parametrize("letter", ["x", "ä", "麦", "🌾"])
def test_a_text_of_the_longest_length_is_taken_and_a_longer_one_is_not(admin, name, limit, letter):
    job = track(admin, **{name: letter * limit})
    assert job[name] == letter * limit
    too_long = {name: letter * (limit + 1)}
    assert_refused(admin.post(f"{API}/jobs", json={"title": "x"} | too_long), 400, f"invalid_{name}")
    assert_refused(change(admin, job["id"], **too_long), 400, f"invalid_{name}")
    assert admin.job(job["id"]) == job


WRONG = {
    "status": [7, [], {}, True, "x" * 51],
    "tags": ["red", 7, {}, True, [7], [None], [["red"]], ["x" * 65], [f"t{number}" for number in range(51)]],
    "job_url": [
        7, [], True, "ftp://example.com/", "javascript:alert(1)", "data:text/html,x", "example.com", "//example.com/", "https://",
        "https:///path", "https://example.com/" + "a" * 2029, "https://example.com/\r\nSet-Cookie: a=b", "mailto:a@example.com",
    ],
    "applied_date": [
        20250114, [], True, "2025-02-30", "2025-13-01", "14.01.2025", "2025-1-4", "yesterday", "2025-01-14T25:00:00Z", "2025-01-14x",
    ],
    "title": [7, [], {}, True], "description": [7, [], {}, True], "company_name": [7, [], {}, True], "job_title": [7, [], {}, True],
    "location": [7, [], {}, True],
}
WRONG_PAIRS = [(name, value) for name, values in WRONG.items() for value in values]


@pytest.mark.parametrize("name, value", WRONG_PAIRS, ids=[f"{name}-{str(value)[:40]!r}" for name, value in WRONG_PAIRS])
def test_a_wrong_value_is_refused_and_named(admin, mutable, name, value):
    before = admin.job(mutable)
    for answer in (
        admin.post(f"{API}/jobs", json={"title": "x"} | {name: value}),
        change(admin, mutable, **{"description": "must not be kept"} | {name: value}),
    ):
        body = assert_refused(answer, 400, f"invalid_{name}")
        assert name in body["detail"], body
    assert admin.job(mutable) == before, "nothing of a refused change is kept"


@pytest.fixture(scope="module")
def mutable(admin):
    return track(admin, "Mutable", description="as it was")["id"]


@pytest.mark.parametrize("title", ["", "   ", "\t\n", " 　"], ids=repr)
def test_a_blank_title_is_refused(admin, mutable, title):
    assert_refused(admin.post(f"{API}/jobs", json={"title": title}), 400, {"missing_title", "missing_file_name"})
    assert_refused(change(admin, mutable, title=title), 400, "missing_title")


def test_a_title_can_not_be_taken_away(admin, mutable):
    assert_refused(change(admin, mutable, title=None), 400, {"missing_title", "invalid_title"})


@pytest.mark.parametrize("status", ["", "  ", None], ids=repr)
def test_a_status_is_never_blank(admin, mutable, status):
    answer = admin.post(f"{API}/jobs", json={"title": "x", "status": status})
    assert answer.status_code in (201, 400), answer.text
    if answer.status_code == 201:
        assert answer.json()["status"] == "pending"
    before = admin.job(mutable)
    assert change(admin, mutable, status=status).status_code in (200, 400)
    assert admin.job(mutable)["status"] == before["status"]


def test_null_is_as_if_nothing_was_said(admin):
    names = ["description", "status", "tags", *TRACKER_FIELDS]
    job = track(admin, **dict.fromkeys(names))
    assert (job["description"], job["status"], job["tags"]) == (None, "pending", [])
    assert not TRACKER_FIELDS & set(job)


HOSTILE = ["a\0b", "a\x01\x1b[31m\x7f", "\u202egnirg", "e\u0301" * 20, "'; DROP TABLE job; --", "<script>alert(1)</script>", "\ufeffx", "a\u2028b"]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_hostile_text_is_kept_as_it_is_or_refused(admin, text):
    answer = admin.post(f"{API}/jobs", json={"title": text, "description": text, "location": text, "tags": [text], "status": text[:40]})
    assert answer.status_code in (201, 400), answer.text
    if answer.status_code == 201:
        job = answer.json()
        assert (job["title"], job["description"], job["location"]) == (text, text, text), job
        assert_tagged(answer)
        assert job["id"] in found(admin, q=text)
        assert job["id"] in found(admin, tag=text)
    assert_tagged(admin.expect(200, "GET", f"{API}/jobs"))


@pytest.mark.parametrize("body", [
    b'{"title": "\\ud800"}', b'{"title": "\xff\xfe"}', b'{"title": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", b'{"title": "x", "tags": [',
    b"[]", b'"text"', b"null", b"7", b"", b'{"title": "x"}{"title": "y"}',
], ids=["surrogate", "not-utf-8", "deep", "half", "list", "text", "null", "number", "nothing", "two"])
def test_a_body_that_is_no_object_is_refused(admin, mutable, body):
    headers = {"Content-Type": "application/json"}
    before = admin.job(mutable)
    for method, path in (("POST", f"{API}/jobs"), ("PATCH", f"{API}/jobs/{mutable}")):
        answer = admin.request(method, path, data=body, headers=headers)
        if body.endswith(b'd800"}') and answer.status_code in (200, 201):
            assert answer.json()["title"] == "\ufffd", "half a character is replaced, if it is not refused"
        elif body == b"" and method == "PATCH":
            assert answer.status_code in (200, 400), answer.text
            assert admin.job(mutable) == before
        else:
            assert_refused(answer, 400)


# Changing


CHANGES = {
    "title": "Other title", "description": "Other words", "status": "rejected", "tags": ["x", "y"], "company_name": "Other mill",
    "job_title": "Other miller", "location": "Elsewhere", "job_url": "https://example.com/other", "applied_date": "2025-03-01",
}


@at_every_mount
@pytest.mark.parametrize("name", CHANGES)
def test_one_field_is_changed_and_nothing_else(admin, mount, name):
    before = track(admin, **{field: "before" for field in ("description", "company_name", "job_title", "location")})
    let_the_clock_move_past(before)
    answer = change(admin, before["id"], mount=mount, **{name: CHANGES[name]})
    assert answer.status_code == 200, answer.text
    after = answer.json()
    assert after[name] == CHANGES[name]
    touched = {name, "updated_at"} | ({"name"} if name == "title" else set())
    assert {field for field in before | after if before.get(field) != after.get(field)} == touched
    assert moment(after["updated_at"]) > moment(before["updated_at"])
    assert assert_tagged(answer) == admin.expect(200, "GET", f"{mount}/jobs/{before['id']}").headers["ETag"]
    assert admin.job(before["id"]) == after


def test_all_fields_are_changed_at_once(admin):
    job = changed(admin, track(admin)["id"], **CHANGES)
    assert {name: job[name] for name in CHANGES} == CHANGES
    assert job["name"] == CHANGES["title"]


def test_words_of_a_change_are_put_in_order(admin):
    job = changed(admin, track(admin)["id"], title="  Trimmed ", status=" REJECTED ", tags=[" B ", "b", "", "A"])
    assert (job["title"], job["status"], job["tags"]) == ("Trimmed", "rejected", ["b", "a"])


@pytest.mark.parametrize("nothing", [None, ""], ids=["null", "empty"])
def test_a_description_is_cleared(admin, nothing):
    job = track(admin, description="words")
    assert changed(admin, job["id"], description=nothing)["description"] is None


def test_tags_are_replaced_and_not_added(admin):
    job = track(admin, tags=["a", "b"])["id"]
    assert changed(admin, job, tags=["b", "c"])["tags"] == ["b", "c"]
    assert changed(admin, job, tags=[])["tags"] == []
    assert job not in found(admin, tag="b")


@pytest.mark.parametrize("name", sorted(TRACKER_FIELDS))
def test_a_tracker_field_that_is_taken_away_is_not_told_any_more(admin, name):
    job = changed(admin, track(admin)["id"], **{name: CHANGES[name]})
    answer = change(admin, job["id"], **{name: None})
    assert answer.status_code in (200, 400), answer.text
    assert answer.status_code == 400 or name not in answer.json(), answer.text


def test_an_empty_body_changes_nothing(admin):
    job = track(admin, tags=["a"])
    let_the_clock_move_past(job)
    tag = admin.get(f"{API}/jobs/{job['id']}").headers["ETag"]
    answer = change(admin, job["id"])
    assert answer.status_code == 200, answer.text
    assert (answer.json(), answer.headers["ETag"]) == (job, tag)


def test_a_second_change_builds_on_the_first(admin):
    job = track(admin)["id"]
    first = change(admin, job, title="First", description="kept")
    second = change(admin, job, headers={"If-Match": first.headers["ETag"]}, title="Second")
    assert second.status_code == 200, second.text
    assert (second.json()["title"], second.json()["description"]) == ("Second", "kept")
    assert second.headers["ETag"] != first.headers["ETag"]
    assert_refused(change(admin, job, headers={"If-Match": first.headers["ETag"]}, title="Third"), 412, "stale_version")
    assert admin.job(job)["title"] == "Second"


def test_title_description_and_tags_of_a_transform_job_are_changed(admin):
    job = admin.create_job("rye.csv", title="Before")
    after = changed(admin, job["id"], title="After", description="words", tags=["Rye"])
    assert (after["title"], after["name"], after["description"], after["tags"]) == ("After", "After", "words", ["rye"])
    assert (after["file_name"], after["status"], after["kind"]) == ("rye.csv", "PENDING", "transform")


@pytest.mark.parametrize("status", ["completed", "COMPLETED", "pending", "anything"])
def test_the_status_of_a_transform_job_is_not_settable(admin, status):
    job = admin.create_job("rye.csv")
    assert_refused(change(admin, job["id"], title="must not be kept", status=status), 400, "status_not_settable")
    assert admin.job(job["id"]) == job


def test_a_transform_job_has_no_tracker_fields(admin):
    job = admin.create_job("rye.csv")["id"]
    answer = change(admin, job, company_name="Mill")
    assert answer.status_code in (200, 400), answer.text
    assert "company_name" not in admin.job(job)


def test_a_changed_transform_job_still_runs(admin, people):
    job = admin.run(people)["id"]
    after = changed(admin, job, title="Finished", tags=["done"])
    assert (after["status"], after["title"], after["tags"]) == ("COMPLETED", "Finished", ["done"])


# Who may


@pytest.fixture(scope="module")
def theirs(member):
    return track(member, "Of the member", tags=["theirs"])["id"]


def test_someone_elses_job_is_refused(server, admin, theirs):
    other = new_member(server)
    before = admin.job(theirs)
    assert_refused(other.get(f"{API}/jobs/{theirs}"), 403, "job_not_yours")
    assert_refused(change(other, theirs, title="Mine now"), 403, "job_not_yours")
    assert_refused(other.delete(f"{API}/jobs/{theirs}"), 403, "job_not_yours")
    assert found(other, tag="theirs") == []
    assert admin.job(theirs) == before


def test_a_job_of_another_tenant_is_not_there(stranger, admin, theirs):
    before = admin.job(theirs)
    assert_refused(stranger.get(f"{API}/jobs/{theirs}"), 404, "job_not_found")
    assert_refused(change(stranger, theirs, title="Mine now"), 404, "job_not_found")
    assert_refused(stranger.delete(f"{API}/jobs/{theirs}"), 404, "job_not_found")
    assert admin.job(theirs) == before


def test_an_admin_reads_but_does_not_change(admin, theirs):
    before = admin.job(theirs)
    assert before["title"] == "Of the member"
    assert_refused(change(admin, theirs, title="Mine now"), 403, "job_not_yours")
    assert admin.job(theirs) == before


@at_every_mount
@pytest.mark.parametrize("job", [NOBODY, "not-a-uuid", "1"])
def test_an_unknown_job_is_not_there(admin, mount, job):
    assert_refused(change(admin, job, mount=mount, title="x"), 404, "job_not_found")
    assert_refused(admin.delete(f"{mount}/jobs/{job}"), 404, "job_not_found")


def test_nobody_changes_a_job_without_a_token(server, theirs):
    assert_refused(change(server.visitor(), theirs, title="x"), 401)


def test_a_key_needs_the_scope_to_write(server):
    owner = new_member(server)
    job = track(owner)["id"]
    reader = with_key(server, make_key(owner, "jobs:read")["key"])
    writer = with_key(server, make_key(owner, "jobs:write", "jobs:read")["key"])
    assert reader.job(job)["id"] == job
    assert_refused(change(reader, job, title="By a reader"), 403)
    assert_refused(reader.post(f"{API}/jobs", json={"title": "x"}), 403)
    assert changed(writer, job, title="By a writer")["title"] == "By a writer"
    writer.expect(204, "DELETE", f"{API}/jobs/{job}")


# Deleting


@at_every_mount
def test_a_track_job_is_deleted(admin, mount):
    job = track(admin, tags=["short-lived"])["id"]
    assert admin.expect(204, "DELETE", f"{mount}/jobs/{job}").content == b""
    assert_refused(admin.get(f"{mount}/jobs/{job}"), 404, "job_not_found")
    assert_refused(change(admin, job, title="x"), 404, "job_not_found")
    assert_refused(admin.delete(f"{mount}/jobs/{job}"), 404, "job_not_found")
    assert found(admin, tag="short-lived") == []


# Finding


JOBS = {
    "apples": {"title": "Grüne ÄPFEL", "tags": ["fruit", "green"], "status": "applied"},
    "privet": {"title": "ПРИВЕТ, мир", "tags": ["word"], "status": "Interviewing"},
    "percent": {"title": "100% done", "tags": ["100%"], "status": "offer"},
    "under": {"title": "a_b", "tags": ["a_b"]},
    "between": {"title": "axb", "tags": ["axb"]},
    "slash": {"title": "back\\slash", "tags": ["fruit", "red"], "status": "applied"},
    "quote": {"title": "the miller's \"daughter\"", "status": "rejected"},
    "star": {"title": "*[a-z]?", "status": "rejected"},
    "described": {"title": "Plain 1", "description": "needs a WHETSTONE"},
    "company": {"title": "Plain 2", "company_name": "Whetstone Ltd"},
    "role": {"title": "Plain 3", "job_title": "Chief whetSTONE officer"},
    "place": {"title": "Plain 4", "location": "Whetstone, London", "tags": ["fruit"]},
}


@pytest.fixture(scope="module")
def finder(server, admin):
    """Somebody with many jobs, whose names we know."""
    client = new_member(server)
    client.ids = {name: track(client, **members)["id"] for name, members in JOBS.items()}
    client.ids["file"] = client.create_job("Whetstone Export.csv", title="Plain 5", tags=["fruit"])["id"]
    client.ids["stopped"] = client.create_job("stopped.csv", title="Plain 6")["id"]
    client.expect(200, "POST", f"{API}/jobs/{client.ids['stopped']}/cancel", json={})
    client.names = {id: name for name, id in client.ids.items()}
    return client


def names(finder, **query):
    return {finder.names[id] for id in found(finder, limit=1000, **query)}


WHETSTONE = {"described", "company", "role", "place", "file"}


@pytest.mark.parametrize("q, expected", [
    ("äpfel", {"apples"}), ("ÄPFEL", {"apples"}), ("grÜNE ä", {"apples"}), ("привет", {"privet"}), ("МИР", {"privet"}),
    ("whetstone", WHETSTONE), ("WHETSTONE", WHETSTONE), ("hetston", WHETSTONE), ("whetstone export.CSV", {"file"}),
    ("%", {"percent"}), ("0%", {"percent"}), ("_", {"under"}), ("a_b", {"under"}), ("axb", {"between"}), ("\\", {"slash"}),
    ("K\\S", {"slash"}), ("'", {"quote"}), ('"', {"quote"}), ("*", {"star"}), ("[a-z]", {"star"}), ("?", {"star"}),
    ("%ä%", set()), ("a%b", set()), ("whet stone", set()), ("fruit", set()), ("nothing of this", set()),
    ("x' OR '1'='1", set()), ("äpfel" * 170, set()),
], ids=shown)
def test_a_search_finds_text_in_any_case_and_takes_no_sign_for_a_wildcard(finder, q, expected):
    assert names(finder, q=q) == expected


def test_a_search_longer_than_the_limit_is_refused(finder):
    assert_refused(finder.get(f"{API}/jobs", params={"q": "ä" * 513}), 400, "invalid_q")


def test_a_blank_search_finds_everything(finder):
    assert names(finder, q="") == set(finder.ids)


@pytest.mark.parametrize("q", ["%ff%fe", "a%00", "%00", "%", "%zz"])
def test_a_search_of_what_is_no_text_finds_nothing_or_is_refused(finder, q):
    answer = finder.get(f"{API}/jobs?q={q}")
    assert answer.status_code in (200, 400), answer.text
    if "%00" in q:
        assert answer.status_code == 400 or answer.json() == [], "a search does not end at a zero byte"


@pytest.mark.parametrize("status, expected", [
    ("applied", {"apples", "slash"}), ("APPLIED", {"apples", "slash"}), (["offer", "interviewing"], {"percent", "privet"}),
    ("cancelled", {"stopped"}), ("CANCELLED", {"stopped"}), (["CANCELLED", "offer"], {"stopped", "percent"}),
    ("nothing like this", set()), ("%", set()), ("QUEUED", set()), ("cancellation_requested", set()),
], ids=shown)
def test_a_status_is_one_of_those_asked_for(finder, status, expected):
    assert names(finder, status=status) == expected


@pytest.mark.parametrize("status", ["pending", "PENDING"])
def test_a_status_finds_track_jobs_and_machine_jobs_alike(finder, status):
    expected = {name for name, members in JOBS.items() if "status" not in members} | {"file"}
    assert names(finder, status=status) == expected


@pytest.mark.parametrize("tag, expected", [
    ("fruit", {"apples", "slash", "place", "file"}), ("FRUIT", {"apples", "slash", "place", "file"}), ("green", {"apples"}),
    (["green", "red"], {"apples", "slash"}), (["green", "word", "none"], {"apples", "privet"}), ("fru", set()), ("f%", set()),
    ("fruit,green", set()), ("100%", {"percent"}), ("a_b", {"under"}), ('"fruit"', set()), ('["fruit', set()),
], ids=shown)
def test_a_tag_is_one_of_those_asked_for_and_whole(finder, tag, expected):
    assert names(finder, tag=tag) == expected


def test_a_kind_is_the_one_asked_for(finder):
    assert names(finder, kind="transform") == {"file", "stopped"}
    assert names(finder, kind="track") == set(JOBS)


@pytest.mark.parametrize("query, expected", [
    ({"q": "whetstone", "tag": "fruit"}, {"place", "file"}), ({"q": "whetstone", "tag": "fruit", "kind": "track"}, {"place"}),
    ({"tag": ["fruit", "word"], "status": ["applied", "interviewing"]}, {"apples", "slash", "privet"}),
    ({"tag": "fruit", "status": "applied", "q": "slash"}, {"slash"}), ({"tag": "fruit", "status": "offer"}, set()),
    ({"kind": "transform", "status": "pending"}, {"file"}),
], ids=shown)
def test_filters_are_combined(finder, query, expected):
    assert names(finder, **query) == expected
    total = finder.get(f"{API}/jobs", params=query).headers["X-Total-Count"]
    assert total == str(len(expected))


def test_the_enveloped_list_is_filtered_too(finder):
    answer = finder.get(f"{API}/jobs", params={"tag": "fruit", "limit": 2}, headers=ENVELOPED)
    assert [len(answer.json()["jobs"]), answer.headers["X-Total-Count"]] == [2, "4"]
    assert_enveloped(finder.get(f"{API}/jobs?sort=size", headers=ENVELOPED), 422, "validation_error")


# Sorting


@pytest.fixture(scope="module")
def sorter(server, admin):
    """Somebody with jobs whose titles and states tie, changed in another order than they were made in."""
    client = new_member(server)
    dice = random.Random(4)
    made = [track(client, dice.choice("abc") * 3, status=dice.choice(["applied", "offer"])) for _ in range(20)]
    order = list(made)
    dice.shuffle(order)
    for job in order:
        let_the_clock_move_past(job)
        changed(client, job["id"], description="changed")
    client.made = [job["id"] for job in made]
    client.updated = [job["id"] for job in order]
    return client


def key_of(sort):
    return {"created": "created_at", "updated": "updated_at", "title": "title", "status": "status"}[sort]


@pytest.mark.parametrize("sort", ["created", "updated", "title", "status"])
@pytest.mark.parametrize("is_descending", [False, True], ids=["asc", "desc"])
def test_a_list_is_sorted(sorter, sort, is_descending):
    suffix = "desc" if is_descending else "asc"
    jobs = listed(sorter, f"?sort={sort}_{suffix}")
    keys = [job[key_of(sort)] for job in jobs]
    assert keys == sorted(keys, reverse=is_descending)
    assert {job["id"] for job in jobs} == set(sorter.made)
    assert listed(sorter, f"?sort={sort}_{suffix}") == jobs, "ties stand in the same order each time"
    for spelling in [f"{sort}_at_{suffix}"] if sort in ("created", "updated") else []:
        assert listed(sorter, f"?sort={spelling}") == jobs, spelling
    if is_descending:
        assert listed(sorter, f"?sort=-{sort}") == jobs


def test_the_order_of_making_and_of_changing_is_kept(sorter):
    assert [job["id"] for job in listed(sorter, "?sort=created_asc")] == sorter.made
    assert [job["id"] for job in listed(sorter)] == sorter.made[::-1], "newest first, if nothing else is said"
    assert [job["id"] for job in listed(sorter, "?sort=updated_asc")] == sorter.updated
    assert [job["id"] for job in listed(sorter, "?sort=updated_desc")] == sorter.updated[::-1]


@pytest.mark.parametrize("sort", ["created", "updated", "title", "status", "created_at", "updated_at"])
def test_a_sort_without_a_direction_has_one(sorter, sort):
    """Which one is not decided; both ends are asked."""
    key = key_of(sort.removesuffix("_at"))
    keys = [job[key] for job in listed(sorter, f"?sort={sort}")]
    assert keys in (sorted(keys), sorted(keys, reverse=True))


@pytest.mark.parametrize("sort", ["size", "title_up", "id", "created;DROP TABLE job", "--created", "title asc", "name_desc_desc", "_asc"])
def test_an_unknown_sort_is_refused(sorter, sort):
    assert_refused(sorter.get(f"{API}/jobs", params={"sort": sort}), 400, "invalid_sort")


@pytest.mark.parametrize("sort", ["title_asc", "title_desc", "status_asc", "status_desc", "created_asc", "updated_desc"])
def test_pages_of_a_list_with_ties_do_not_overlap(sorter, sort):
    whole = [job["id"] for job in listed(sorter, f"?sort={sort}")]
    pages = [job["id"] for skip in range(0, 21, 3) for job in listed(sorter, f"?sort={sort}&skip={skip}&limit=3")]
    assert pages == whole


# Paging


def follow(client, path):
    """Ids on the page and on those that its link leads to, and the links."""
    ids, links = [], []
    while path:
        answer = client.expect(200, "GET", path)
        ids += [job["id"] for job in answer.json()]
        links.append(answer.links)
        path = answer.links["next"]["url"].removeprefix(client.server.base) if "next" in answer.links else None
        assert len(links) < 50, "the links lead round in circles"
    return ids, links


def test_links_keep_what_was_asked_for(finder):
    query = "?q=&status=applied&status=pending&tag=fruit&tag=red&sort=title_desc"
    whole = [job["id"] for job in listed(finder, query)]
    ids, links = follow(finder, f"{API}/jobs{query}&limit=1")
    assert ids == whole and len(ids) == 4
    assert len(links) == 4
    for page in links:
        for link in page.values():
            for part in ("status=applied", "status=pending", "tag=fruit", "tag=red", "sort=title_desc", "limit=1"):
                assert part in link["url"], link
    assert "prev" not in links[0] and "prev" in links[1]
    assert links[0]["last"]["url"] == links[-2]["next"]["url"]


@pytest.mark.parametrize("q", ["Grüne ä", "100% d", 'the miller\'s "d', "back\\", "*[a-z]?", "a&b=c#d+e;f"])
def test_links_keep_odd_signs(finder, q):
    answer = finder.get(f"{API}/jobs", params={"q": q, "limit": 1})
    first = finder.get(answer.links["first"]["url"].removeprefix(finder.server.base))
    assert (first.status_code, first.content) == (200, answer.content)


def test_the_count_is_of_what_was_found(finder):
    answer = finder.get(f"{API}/jobs", params={"tag": "fruit", "limit": 1, "skip": 3})
    assert answer.headers["X-Total-Count"] == "4"
    assert len(answer.json()) == 1 and "next" not in answer.links
    assert finder.get(f"{API}/jobs", params={"q": "nothing of this"}).headers["X-Total-Count"] == "0"


def test_a_change_moves_a_job_between_lists(finder):
    job = track(finder, "Moving", tags=["before"], status="before")["id"]
    try:
        changed(finder, job, title="Gone over", tags=["after"], status="after")
        assert (found(finder, tag="before"), found(finder, status="before"), found(finder, q="moving")) == ([], [], [])
        assert found(finder, tag="after", status="after", q="gone OVER") == [job]
    finally:
        finder.expect(204, "DELETE", f"{API}/jobs/{job}")


def test_a_list_holds_what_the_single_answers_hold(finder):
    for job in listed(finder, "?limit=1000"):
        assert finder.job(job["id"]) == job
