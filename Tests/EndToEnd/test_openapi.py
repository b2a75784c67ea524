"""The description of the API: whole, valid, and kept by the answers.

Schemathesis makes requests from it, some of which no person would send, and looks at each answer: none may be a failure of
the server, and none may be other than the description says.
"""

import json
import os
import re
import subprocess
import sysconfig

import openapi_spec_validator
import pytest
import requests

import served
from people import API
from served import run_quern

EXAMPLES = 30 if served.LONG else 4
SEED = 20261128
METHODS = {"get", "put", "post", "patch", "delete", "head"}

# What would end the session that asks, never ends by itself, or is of the object store.
SPARED = [
    "/api/v1/events", "/api/v1/auth/session", "/api/v1/users/me/sessions", "/api/v1/users/me/change-password",
    "/api/v1/auth/cognito/logout", "/api/v1/users/me/mfa", "/api/v1/ws",
]


@pytest.fixture(scope="module")
def document(server):
    answer = requests.get(server.base + "/openapi.json", timeout=30)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("application/json")
    again = requests.get(server.base + "/openapi.json", headers={"If-None-Match": answer.headers["ETag"]}, timeout=30)
    assert again.status_code == 304
    return answer.json()


def test_the_description_is_valid(document):
    openapi_spec_validator.validate(document)


def test_every_route_is_described(document):
    told = {(route["method"], route["path"].replace("**", "{path}")) for route in json.loads(run_quern("routes", "--json").stdout)}
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item if method in METHODS}
    assert described == told
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert operation["summary"] and operation["responses"], (method, path)
            assert {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"} == set(
                re.findall(r"{(\w+)}", path)), (method, path)


def test_refusals_are_told_with_their_codes(document):
    # What any request may be refused for.
    anywhere = {
        "bad_request", "connection_broken", "incomplete_body", "invalid_host", "invalid_parameter", "invalid_target",
        "too_many_marks", "unsupported_coding",
    }

    def codes(path, method, status):
        schema = document["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"]
        words = [part for one in schema.get("anyOf", [schema]) for part in one.get("allOf", [])]
        found = {code for part in words for code in part.get("properties", {}).get("error", {}).get("enum", [])}
        assert "bad_request" in found
        return found - anywhere

    job = "/api/v1/jobs/{id}"
    assert codes(job, "get", "404") == {"job_not_found"} and "job_not_yours" in codes(job, "get", "403")
    assert codes(job, "delete", "409") == {"job_running"} and codes(job, "patch", "412") == {"stale_version"}
    assert "missing_file_name" in codes("/api/v1/jobs", "post", "400") and "rate_limited" in codes("/api/v1/jobs", "post", "429")
    # The enveloped dialect says what is wrong in words; its description names the codes.
    task = document["paths"]["/api/v1/collab/tasks/{id}"]["patch"]["responses"]
    assert "if_match_required" in task["428"]["description"] and "unknown_assignee" in task["422"]["description"]
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for status, response in operation["responses"].items():
                if status[0] == "4":
                    assert response["description"].startswith("Refused: ") and len(response["description"]) > 10, (method, path, status)


def test_the_command_line_prints_the_same(document):
    ended = run_quern("openapi")
    assert ended.returncode == 0, ended.stderr
    printed = json.loads(ended.stdout)
    assert printed["paths"].keys() == document["paths"].keys() and printed["info"] == document["info"]


@pytest.mark.seconds(600)
@pytest.mark.parametrize("credential", ["key", "token"])
def test_answers_are_what_the_description_says(server, admin, document, tmp_path, credential):
    scopes = ["jobs:read", "jobs:write", "tasks:read", "tasks:write", "account:read", "admin"]
    key = admin.post(f"{API}/users/me/keys", json={"name": "schemathesis", "scopes": scopes}).json()["key"]
    header = {"key": f"X-API-Key: {key}", "token": f"Authorization: Bearer {admin.token}"}[credential]
    admin.create_job("described.csv")
    # One of the three mounts; the others are the same routes.
    only = {path: item for path, item in document["paths"].items() if path.startswith("/api/v1/") or path == "/health"}
    only = {path: item for path, item in only.items() if not any(path.startswith(spared) for spared in SPARED)}
    source = tmp_path / "openapi.json"
    source.write_text(json.dumps({**document, "paths": only}))
    command = [
        os.path.join(sysconfig.get_path("scripts"), "schemathesis"), "run", str(source), "--url", server.base,
        "--header", header, "--max-examples", str(EXAMPLES), "--seed", str(SEED), "--workers", "1",
        "--checks", "not_a_server_error,content_type_conformance,response_schema_conformance,status_code_conformance",
        "--phases", "examples,coverage,fuzzing", "--request-timeout", "20", "--no-color", "--max-failures", "20",
    ]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=600)
    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-2000:]
    tested = re.search(r"Tested: (\d+)", ended.stdout)
    assert tested and int(tested[1]) >= 60, ended.stdout[-3000:]


def test_nobody_is_asked_to_sign_in_where_the_description_says_so(server, document):
    for path, item in document["paths"].items():
        # A socket is asked for in another way.
        if not path.startswith("/api/v1/") or path.endswith("/ws"):
            continue
        for method, operation in item.items():
            if not operation.get("security"):
                continue
            answer = requests.request(method, server.base + re.sub(r"{\w+}", "none", path), timeout=30, stream=True)
            assert answer.status_code == 401, (method, path, answer.status_code)
