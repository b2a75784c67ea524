"""AUTH_MODE hs256 and dev, as the leads document has them; and where dev refuses to be."""

import hashlib
import json
import time

import pytest
import requests

from people import API, at_every_mount, assert_refused, encoded, signed
from served import Server, free_port, run_quern

SECRET = "an-outside-issuer-shares-these-words-with-us-1"
ISSUER, AUDIENCE = "https://issuer.example", "quern-api"
REFUSED = (400, 401, 403, 421)


def serve_refused(folder, *arguments, **settings):
    """Why the server did not start."""
    ended = run_quern("serve", "--port", free_port(), "--data-dir", folder / "data", *arguments, settings=settings, seconds=30)
    assert ended.returncode == 1, f"{ended.returncode}\n{ended.stdout}\n{ended.stderr}"
    assert "listen" not in ended.stdout
    return ended.stderr


def test_an_unknown_mode_does_not_start(tmp_path):
    assert "AUTH_MODE" in serve_refused(tmp_path, AUTH_MODE="none")


# hs256


@pytest.fixture(scope="module")
def bound(tmp_path_factory):
    """Issuer and audience are set, so both have to fit."""
    settings = {"AUTH_MODE": "hs256", "AUTH_HS256_SECRET": SECRET, "AUTH_JWT_ISSUER": ISSUER, "AUTH_JWT_AUDIENCE": AUDIENCE}
    server = Server(tmp_path_factory.mktemp("bound"), settings).start()
    server.secrets.add(SECRET)
    yield server
    server.end()


@pytest.fixture(scope="module")
def loose(tmp_path_factory):
    """Only the secret is set."""
    server = Server(tmp_path_factory.mktemp("loose"), {"AUTH_MODE": "hs256", "AUTH_HS256_SECRET": SECRET}).start()
    server.secrets.add(SECRET)
    yield server
    server.end()


def token(sub="ann", tenant="acme", key=SECRET.encode(), header=None, digest=hashlib.sha256, without=(), **more):
    claims = {"sub": sub, "tenant_id": tenant, "iss": ISSUER, "aud": AUDIENCE, "exp": int(time.time()) + 600} | more
    return signed({name: value for name, value in claims.items() if name not in without}, key, header, digest)


def client(server, text):
    visitor = server.visitor()
    visitor.token = text
    return visitor


@at_every_mount
def test_a_token_from_outside_is_taken(bound, mount):
    ann = client(bound, token(email="ann@acme.example"))
    me = ann.expect(200, "GET", f"{mount}/users/me").json()
    assert me["tenant_id"] == "acme" and me["email"] == "ann@acme.example"
    assert ann.expect(200, "GET", f"{mount}/users/me").json()["id"] == me["id"], "the same subject is the same person"
    job = ann.expect(201, "POST", f"{mount}/jobs", json={"file_name": "a.csv"}).json()
    assert job["user_id"] == me["id"]


def test_the_audience_may_be_a_list(bound):
    client(bound, token(aud=["somebody", AUDIENCE])).expect(200, "GET", f"{API}/users/me")


@pytest.mark.parametrize(
    "changes",
    [
        {"key": b"another secret of thirty-two bytes or more"},
        {"header": {"alg": "none"}},
        {"header": {"alg": "HS512"}, "digest": hashlib.sha512},
        {"iss": "https://other.example"},
        {"aud": "other"},
        {"exp": int(time.time()) - 120},
        {"nbf": int(time.time()) + 3600},
        {"without": ["sub"]},
        {"without": ["tenant_id"]},
        {"without": ["iss"]},
        {"without": ["aud"]},
        {"sub": ""},
        {"tenant": ""},
    ],
    # Without the moment: every worker has to know a test by the same name.
    ids=lambda changes: "-".join(f"{name}-{value}" if isinstance(value, str) else name for name, value in changes.items()),
)
def test_a_token_that_does_not_fit_401(bound, changes):
    assert_refused(client(bound, token(**changes)).get(f"{API}/users/me"), 401)


def test_without_a_token_401(bound):
    for headers in ({}, {"Authorization": "Bearer"}, {"Authorization": f"Basic {token()}"}, {"Authorization": token()}):
        assert_refused(bound.visitor().get(f"{API}/jobs", headers=headers), 401)


def test_issuer_and_audience_count_only_where_they_are_set(loose):
    for changes in (
        {},
        {"iss": "https://other.example"},
        {"aud": "other"},
        {"without": ["iss"]},
        {"without": ["aud"]},
        {"without": ["iss", "aud"]},
    ):
        client(loose, token(**changes)).expect(200, "GET", f"{API}/users/me")
    assert_refused(client(loose, token(key=b"another secret of thirty-two bytes or more")).get(f"{API}/users/me"), 401)


def test_an_end_counts_where_there_is_one(loose):
    client(loose, token(without=["exp"])).expect(200, "GET", f"{API}/users/me")
    assert_refused(client(loose, token(exp=int(time.time()) - 120)).get(f"{API}/users/me"), 401)


def test_tenants_are_apart(bound):
    ann, bob, eve = client(bound, token("ann")), client(bound, token("bob")), client(bound, token("eve", "other"))
    same_name = client(bound, token("ann", "other"))
    job = ann.create_job("mine.csv")["id"]
    assert_refused(bob.get(f"{API}/jobs/{job}"), 403)
    for stranger in (eve, same_name):
        assert_refused(stranger.get(f"{API}/jobs/{job}"), 404)
        assert_refused(stranger.delete(f"{API}/jobs/{job}"), 404)
        assert job not in stranger.expect(200, "GET", f"{API}/jobs").text
    assert same_name.get(f"{API}/users/me").json()["id"] != ann.get(f"{API}/users/me").json()["id"]


def test_a_subject_and_a_tenant_are_never_read_as_one(bound):
    """Joined by a separator, two different pairs must not make one person."""
    pairs = [("a:b", "c"), ("a", "b:c"), ("b", "c:a"), ("c", "a:b"), ("a/b", "c"), ("a", "b/c"), ("a b", "c"), ("a", "b c")]
    ids = [client(bound, token(sub, tenant)).expect(200, "GET", f"{API}/users/me").json()["id"] for sub, tenant in pairs]
    assert len(set(ids)) == len(pairs)


def test_an_outside_token_makes_nobody_an_admin_by_its_address(bound):
    """An e-mail in a token is a name, not the key to the account that has the same address."""
    made = run_quern(
        "user",
        "create",
        "--email",
        "boss@acme.example",
        "--password",
        "Grain in, Flour out 42!",
        "--admin",
        "--data-dir",
        bound.data,
    )
    assert made.returncode == 0, made.stderr
    visitor = client(bound, token("mallory", "default", email="boss@acme.example"))
    assert_refused(visitor.get(f"{API}/admin/users"), 403)
    assert visitor.expect(200, "GET", f"{API}/users/me").json()["role"] == "member"


@pytest.mark.parametrize("settings", [{}, {"AUTH_HS256_SECRET": ""}], ids=["missing", "empty"])
def test_without_a_secret_it_does_not_start(tmp_path, settings):
    assert "AUTH_HS256_SECRET" in serve_refused(tmp_path, AUTH_MODE="hs256", **settings)


def test_no_key_means_no_entry(loose):
    for key in (b"", b"\x00", b"null", b"undefined"):
        assert_refused(client(loose, token(key=key)).get(f"{API}/users/me"), 401)
    head = f"{encoded({'alg': 'none'})}.{encoded({'sub': 'ann', 'tenant_id': 'acme'})}"
    assert_refused(client(loose, f"{head}.").get(f"{API}/users/me"), 401)


# dev


@pytest.fixture(scope="module")
def dev(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("dev"), {"AUTH_MODE": "dev"}).start()
    yield server
    server.end()


def person(server, tenant="dev", user="user_dev", **headers):
    visitor = server.visitor()
    visitor.session.headers.update({"X-Tenant-Id": tenant, "X-User-Id": user} | headers)
    return visitor


@at_every_mount
def test_headers_say_who_it_is(dev, mount):
    me = person(dev).expect(200, "GET", f"{mount}/users/me").json()
    assert me["tenant_id"] == "dev"
    assert person(dev).get(f"{mount}/users/me").json()["id"] == me["id"]
    job = person(dev).expect(201, "POST", f"{mount}/jobs", json={"file_name": "a.csv"}).json()
    assert job["user_id"] == me["id"]


def test_people_and_tenants_of_headers_are_apart(dev):
    job = person(dev, "acme", "ann").create_job()["id"]
    # Developers are admins of the tenant that they name: they read and end its jobs, and change only their own.
    assert person(dev, "acme", "bob").get(f"{API}/jobs/{job}").status_code == 200
    assert_refused(person(dev, "acme", "bob").post(f"{API}/jobs/{job}/upload-url", json={}), 403)
    assert_refused(person(dev, "other", "ann").get(f"{API}/jobs/{job}"), 404)
    assert_refused(person(dev, "other", "ann").delete(f"{API}/jobs/{job}"), 404)
    assert person(dev, "acme", "bob").delete(f"{API}/jobs/{job}").status_code == 204


def test_dev_listens_on_loopback_only(tmp_path):
    for host in ("0.0.0.0", "::"):
        assert "AUTH_MODE" in serve_refused(tmp_path, "--host", host, AUTH_MODE="dev")
    # An address of another machine; whichever reason comes first.
    serve_refused(tmp_path, "--host", "192.0.2.1", AUTH_MODE="dev")


@pytest.mark.parametrize("method, path", [("GET", "/users/me"), ("GET", "/jobs"), ("POST", "/jobs")])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8000"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost.evil.example"},
        {"Host": "192.0.2.1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
    ids=str,
)
def test_dev_hears_no_page_from_elsewhere(dev, method, path, headers):
    """A page of any site could reach this address through the developer's own browser, also by rebinding a name to it."""
    answer = person(dev, **headers).request(method, API + path, json={"file_name": "evil.csv"} if method == "POST" else None)
    assert answer.status_code in REFUSED, f"{answer.status_code}: {answer.text}"
    assert "evil.csv" not in person(dev).expect(200, "GET", f"{API}/jobs").text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_dev_knows_its_own_names(dev, host):
    for name in (host, f"{host}:{dev.port}"):
        person(dev, Host=name).expect(200, "GET", f"{API}/users/me")
    person(dev, **{"Sec-Fetch-Site": "same-origin"}).expect(201, "POST", f"{API}/jobs", json={"file_name": "own.csv"})


def test_dev_lets_no_page_be_read_from_elsewhere(dev):
    answer = requests.options(
        f"{dev.base}{API}/jobs",
        timeout=30,
        headers={
            "Origin": "https://evil.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "x-user-id",
        },
    )
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_dev_says_loudly_what_it_is(dev):
    lines = [json.loads(line) for line in dev.log.read_text().splitlines()]
    assert [line for line in lines if line["level"] in ("warning", "notice") and "dev" in json.dumps(line)], "the log warns"


# What the others do not hear


@pytest.mark.parametrize(
    "headers", [{"X-Tenant-Id": "default", "X-User-Id": "user_dev"}, {"X-User-Email": "admin@example.com"}], ids=str
)
def test_only_dev_believes_headers(server, admin, bound, headers):
    for other in (server, bound):
        assert_refused(other.visitor().get(f"{API}/users/me", headers=headers), 401)


def test_only_hs256_takes_tokens_from_outside(server, admin, dev):
    assert_refused(client(server, token()).get(f"{API}/users/me"), 401)
