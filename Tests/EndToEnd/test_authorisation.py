"""The authorisation matrix: every route of the assembled server, asked by everybody there is.

`quern routes` tells the routes. Each needs a row in ROUTES; a new route without one fails here. A row says by which rule
the route is kept, and how to ask it for real: with ids of things that exist and belong to the owner. Whoever may not is asked
with a thing that is then looked for; whoever may gets one of their own, since it may be used up.
"""

import json
import re
import time
import urllib.parse
from dataclasses import dataclass, field
from typing import Callable

import pytest
import requests

import served
from people import (
    API, MOUNTS, at_every_mount, NOBODY, OWN_PAGE, STRONG, STRONGER, Browser, Mailbox, Totp, add_device, log_in, make_key, make_user,
    new_address, pending, users, with_key,
)
from served import ADMIN, PASSWORD, object_key, run_quern, wait_until

SETTINGS = {"REGISTRATION_ENABLED": "true"}
SCOPES = ["jobs:read", "jobs:write", "leads:read", "leads:write", "tasks:read", "tasks:write", "account:read"]
ACTORS = ["nobody", "unverified", "pending", "owner", "other", "stranger", "admin", "key", "bare-key"]
PEOPLE = ["owner", "other", "stranger", "admin"]
FRESH_SECONDS = 300

# An answer is its status, or this word for a redirect to the pages of /auth: come in by the door first.
DOOR = "door"
SHUT = {401, 403}
AJAR = {200, 303, 400, 401, DOOR}
# A form of a page of /auth, which may come from an older page than the cookie.
FORM = AJAR | {403}


# Rules: who gets which answer. `ok` is the answer for those who may.


def public(ok, page):
    """For everybody; a key may be told that it is good for nothing here."""
    return {actor: ok | ({403} if "key" in actor else set()) for actor in ACTORS}


def refusals(page):
    """For who is not in yet."""
    return {"nobody": {DOOR} if page else {401}} | {
        actor: SHUT | ({DOOR} if page else set()) for actor in ("unverified", "pending")
    }


def keys(ok, is_open, page):
    """A key with the right scope, and one without; neither opens a page."""
    shut = SHUT | {DOOR} if page else {403}
    return {"key": ok if is_open and not page else shut, "bare-key": shut}


def own(ok, page, is_open=False):
    """Each for oneself. No key is good enough."""
    return refusals(page) | dict.fromkeys(PEOPLE, ok) | keys(ok, is_open, page)


def own_scoped(ok, page):
    """Each for oneself, also by a key that has the scope."""
    return own(ok, page, is_open=True)


def own_thing(ok, page):
    """A thing of the owner that is not there for anybody else."""
    return own(ok, page) | dict.fromkeys(["other", "stranger", "admin"], {404})


def own_scoped_thing(ok, page):
    """The same, also by a key that has the scope."""
    return own_scoped(ok, page) | dict.fromkeys(["other", "stranger", "admin"], {404})


def job_read(ok, page):
    """A job: its owner and admins of the tenant; others of the tenant may know that it exists."""
    return own_scoped(ok, page) | {"other": {403}, "stranger": {404}, "admin": ok}


def job_part(ok, page):
    """What belongs to a job, under an id of its own: for others it is not there."""
    return job_read(ok, page) | {"other": {404}}


def shared(ok, page):
    """A thing of the whole tenant."""
    return own_scoped(ok, page) | {"stranger": {404}}


def job_write(ok, page):
    """A job: its owner alone."""
    return job_read(ok, page) | {"admin": {403}}


def job_end(ok, page):
    """The end of a job: its owner, and administrators of the tenant."""
    return job_write(ok, page) | {"admin": ok}


def admin_read(ok, page):
    """Admins, and their keys with the scope."""
    return refusals(page) | dict.fromkeys(["owner", "other", "stranger"], {403}) | {"admin": ok} | keys(ok, True, page)


def admin_work(ok, page):
    """Letting people in: everyday work of admins, which their keys may do too."""
    return admin_read(ok, page)


def admin_write(ok, page):
    """Admins with a fresh login, which a key never is."""
    return admin_read(ok, page) | keys(ok, False, page)


# Things, each made by who owns it; what is returned fills the parameters of the path, in order.


def nothing(world, account):
    return []


def a_job(world, account):
    return [account.create_job("matrix.csv")["id"]]


def an_uploaded_job(world, account):
    job = account.create_job("matrix.csv")["id"]
    url = account.upload_url(job)
    account.expect(200, "PUT", url, data=b"a\n1\n")
    world.notes["object_key"] = object_key(url)
    return [job]


def a_finished_job(world, account):
    if "finished" not in world.notes:
        world.notes["finished"] = world.account("owner").run(b"a\n1\n")["id"]
    return [world.notes["finished"]]


def an_artifact(world, account):
    (job,) = a_finished_job(world, account)
    listed = world.account("owner").expect(200, "GET", f"{API}/jobs/{job}/artifacts").json()["artifacts"]
    return [job, listed[0]["path"]]


def an_artifact_of_no_unit(world, account):
    job, name = an_artifact(world, account)
    return [job, "1", name]


def an_attempt(world, account):
    (job,) = a_finished_job(world, account)
    return [world.account("owner").expect(200, "GET", f"{API}/sessions?job_id={job}").json()[0]["session_id"]]


def a_file_of_an_extraction(world, account):
    if "extraction" not in world.notes:
        owner = world.account("owner")
        started = owner.expect(200, "POST", f"{API}/jobs/process", files=[("files", ("a.pdf", b"%PDF-1.4"))]).json()
        world.notes["extraction"] = owner.wait(started["job_id"], {"COMPLETED", "FAILED"})["id"]
    return [world.notes["extraction"], "1"]


def a_preset(world, account):
    return ["quality"]


def a_noted_job(world, account):
    (job,) = a_job(world, account)
    note = account.expect(201, "POST", f"{API}/jobs/{job}/notes", json={"body": "matrix"}).json()
    return [job, note["id"]]


def an_announced_document(world, account):
    (job,) = a_job(world, account)
    path = f"{API}/jobs/{job}/documents"
    made = account.expect(201, "POST", f"{path}/presign-upload", json=NEW_DOCUMENT).json()
    account.expect(200, "PUT", made["upload_url"], data=b"matrix")
    world.notes["document"] = made["document"]["id"]
    return [job, made["document"]["id"]]


def a_job_with_an_upload(world, account):
    return an_announced_document(world, account)[:1]


def a_clean_document(world, account):
    if "clean" not in world.notes:
        owner = world.account("owner")
        job, document = an_announced_document(world, owner)
        path = f"{API}/jobs/{job}/documents"
        owner.expect(200, "POST", f"{path}/confirm-upload", json={"document_id": document})
        wait_until(lambda: owner.get(path).json()[0]["status"] == "uploaded", 30, "the document is clean", pause=0.1)
        world.notes["clean"] = [job, document]
    return world.notes["clean"]


def a_task(world, account):
    return [account.expect(201, "POST", f"{API}/collab/tasks", json={"title": "matrix"}).json()["id"]]


def a_changed_task(world, account):
    (task,) = a_task(world, account)
    account.expect(200, "PATCH", f"{API}/collab/tasks/{task}", json={"done": True}, headers={"If-Match": "*"})
    return [task]


def a_run(world, account):
    return [account.expect(200, "POST", f"{API}/runs", json={"domains": ["matrix.invalid"]}).json()["run_id"]]


def a_lead(world, account):
    email = new_address("lead")
    # Each has a name of its own, and digits are no part of a name: who was erased is not taken in again.
    name = email.split("@")[0].translate(str.maketrans("0123456789", "abcdefghij"))
    table = f"email,full_name\n{email},Lead {name}\n"
    account.expect(200, "POST", f"{API}/ingest", data=table, headers={"Content-Type": "text/csv"})
    found = account.expect(200, "GET", f"{API}/leads/search", params={"q": email}).json()["results"]
    return [next(str(lead["id"]) for lead in found if lead["email"] == email)]


def a_saved_search(world, account):
    made = account.expect(200, "POST", f"{API}/leads/searches", json={"name": new_address("search"), "query": "q=matrix"}).json()
    return [made["id"]]


def a_suppression(world, account):
    email = new_address("suppressed")
    account.expect(200, "POST", f"{API}/suppressions", json={"value": email})
    return [email]


def a_session(world, account):
    other = log_in(world.server, account.email)
    return [next(one["id"] for one in other.expect(200, "GET", f"{API}/users/me/sessions").json() if one["current"])]


def a_key(world, account):
    return [make_key(account, "jobs:read")["id"]]


def a_device(world, account):
    return [add_device(account)[1]]


def an_unverified_device(world, account):
    made = account.expect(201, "POST", f"{API}/users/me/mfa/devices", json={"name": "new"}).json()
    world.notes["code"] = Totp(made["secret_code"]).code()
    return [made["id"]]


def with_a_device(world, account):
    add_device(account)
    return []


def an_unknown_id(world, account):
    """A passkey needs an authenticator: that these doors open only for their owner is shown where passkeys are tested."""
    return [NOBODY]


def a_member(world, account):
    return [make_user(world.server, new_address("target"))["id"]]


def a_disabled_member(world, account):
    made = make_user(world.server, new_address("target"))
    world.account("admin").expect(200, "POST", f"{API}/admin/users/{made['id']}/disable")
    return [made["id"]]


def who_waits(world, account):
    email = pending(world.server)
    return [users(world.server)[email]["id"]]


def an_asset(world, account):
    return [re.search(r'"/assets/([^"]+)"', Browser(world.server).see("/auth/login").text).group(1)]


def an_object(world, account):
    return [f"input/{NOBODY}/a.csv"]


# The rows


@dataclass
class Row:
    rule: Callable
    ok: set = field(default_factory=lambda: {200})
    # What a browser gets that may; None where no page is.
    page: set | None = None
    is_api: bool = True
    make: Callable = nothing
    body: dict | Callable | None = None
    # It ends sessions or changes passwords of who asks: done with an account of its own.
    spends: bool = False
    is_stream: bool = False
    headers: dict = field(default_factory=dict)


def form(rule, *, page=frozenset({200, 303, 400}), **more):
    """A form of a page, which has no other door."""
    return Row(rule, page=set(page), is_api=False, **more)


def page(rule, *, page=frozenset({200}), **more):
    return Row(rule, page=set(page), is_api=False, **more)


def api(rule, ok=200, **more):
    return Row(rule, {ok} if isinstance(ok, int) else set(ok), **more)


ANY_VERSION = {"If-Match": "*"}
NEW_DOCUMENT = {"doc_type": "other", "filename": "matrix.txt", "size_bytes": 6}


def new_key(world):
    return {"name": "matrix", "scopes": ["jobs:read"], "expires_in_days": 1}


def new_user(world):
    return {"email": new_address("invited"), "role": "member"}


ROUTES = {
    # Leads, which a tenant shares.
    "POST /runs": api(own_scoped, body={"domains": ["matrix.invalid"]}),
    "GET /runs": api(own_scoped),
    "GET /runs/:id": api(shared, make=a_run),
    "POST /runs/:id/cancel": api(job_end, {200, 400}, make=a_run),
    "GET /runs/:id/domains": api(shared, make=a_run),
    "GET /runs/:id/results": api(shared, make=a_run),
    "GET /runs/:id/export": api(shared, make=a_run),
    "GET /leads/search": api(own_scoped, 400),
    "GET /leads/export": api(own_scoped),
    "GET /leads/searches": api(own_scoped),
    "POST /leads/searches": api(own_scoped, body={"name": "Matrix", "query": "q=matrix"}),
    "DELETE /leads/searches/:id": api(own_scoped_thing, 204, make=a_saved_search),
    "GET /leads/:id": api(shared, make=a_lead),
    "DELETE /leads/:id": api(shared, 204, make=a_lead),
    "POST /ingest": api(own_scoped, {200, 400}, body={}),
    "GET /suppressions": api(own_scoped),
    "POST /suppressions": api(own_scoped, body={"value": "matrix.example"}),
    "DELETE /suppressions/:value": api(shared, 204, make=a_suppression),
    "GET /dashboard/jobs/new-run": page(own),
    "POST /dashboard/jobs/new-run": form(own),
    "GET /dashboard/runs": page(own),
    "GET /dashboard/leads": page(own),
    "GET /dashboard/leads/:id": page(shared, make=a_lead),
    "GET /dashboard/leads/:id/erase": page(own, page={303}, make=a_lead),
    "POST /dashboard/leads/:id/erase": form(own, make=a_lead),
    "POST /dashboard/leads/searches": form(own),
    "GET /dashboard/leads/searches": page(own, page={303}),
    "POST /dashboard/leads/searches/delete": form(own),
    "GET /dashboard/leads/searches/delete": page(own, page={303}),
    "GET /dashboard/leads/import": page(own),
    "POST /dashboard/leads/import": form(own),
    "GET /dashboard/leads/suppressions": page(own),
    "POST /dashboard/leads/suppressions": form(own),
    "GET /dashboard/leads/suppressions/remove": page(own, page={303}),
    "POST /dashboard/leads/suppressions/remove": form(own),
    "GET /admin/dashboard": page(admin_read),
    "GET /admin/metrics": api(admin_read),
    "GET /admin/analytics": api(admin_read),
    "GET /metrics": api(admin_read),
    # Around the house.
    "GET /": page(public, page={303, DOOR}),
    "GET /health": api(public),
    "GET /healthz": api(public),
    "GET /assets/**": api(public, make=an_asset),
    "GET /openapi.json": api(public),
    "GET /docs": page(public),
    "GET /favicon.ico": api(public, {200, 301, 302, 303, 307, 308}),
    # Only a signature opens these; who asks does not matter.
    "GET /quern/**": api(public, 403, make=an_object),
    "HEAD /quern/**": api(public, 403, make=an_object),
    "PUT /quern/**": api(public, 403, make=an_object),
    # The doors.
    "GET /auth/bot-check": api(public),
    "GET /auth/login": page(public, page=AJAR),
    "POST /auth/login": api(public, {400, 401, 422}, body={}, page=FORM),
    "GET /auth/register": page(public, page=AJAR),
    "POST /auth/register": api(public, 400, body={}, page=FORM),
    "GET /auth/verify-email": page(public, page=AJAR),
    "POST /auth/verify-email": api(public, 400, body={}, page=FORM),
    "POST /auth/verify-email/resend": api(public, 400, body={}, page=FORM),
    "GET /auth/verify-email/resend": page(public, page=AJAR),
    "GET /auth/pending": page(public, page=AJAR),
    "GET /auth/refused": page(public, page=AJAR),
    "GET /auth/logout": page(public, page=AJAR, spends=True),
    "POST /auth/logout": page(public, page=FORM, spends=True),
    "GET /auth/forgot-password": page(public, page=AJAR),
    "POST /auth/forgot-password": api(public, 400, body={}, page=FORM),
    "GET /auth/reset-password": page(public, page=AJAR),
    "POST /auth/reset-password": api(public, 400, body={}, page=FORM),
    "GET /auth/mfa": page(public, page=AJAR),
    "POST /auth/mfa": page(public, page=FORM),
    "GET /auth/mfa/setup": page(public, page=AJAR),
    "POST /auth/mfa/setup": page(public, page=FORM),
    "GET /auth/new-password": page(public, page=AJAR),
    "POST /auth/new-password": page(public, page=FORM),
    "GET /auth/confirm": page(own),
    "POST /auth/confirm": form(own, body={"password": STRONG}, page={200, 303}, spends=True),
    "POST /auth/cognito/signup": api(public, 400, body={}),
    "POST /auth/cognito/confirm": api(public, 400, body={}),
    "POST /auth/cognito/verification/send": api(public, 400, body={}),
    "POST /auth/cognito/login": api(public, 400, body={}),
    "POST /auth/cognito/challenge": api(public, 400, body={}),
    "POST /auth/cognito/mfa/setup": api(public, 400, body={}),
    "POST /auth/cognito/mfa/verify": api(public, 400, body={}),
    "POST /auth/cognito/refresh": api(public, 400, body={}),
    "POST /auth/cognito/logout": api(public, spends=True),
    "GET /auth/session": api(public),
    "POST /auth/session": api(public, 400, body={}),
    "DELETE /auth/session": api(public, spends=True),
    "POST /auth/passkey/options": api(public, body={}),
    "POST /auth/passkey": api(public, 400, body={}),
    "POST /auth/reauthenticate": api(own, 204, body={"password": STRONG}, spends=True),
    # Oneself.
    "GET /users/me": api(own_scoped),
    "PATCH /users/me": api(own, body={"name": "Matrix"}),
    "POST /users/me/change-password": api(own, body={"current_password": STRONG, "new_password": STRONGER}, spends=True),
    "GET /users/me/settings": api(own_scoped),
    "PUT /users/me/settings": api(own, body={"auto_refresh_seconds": 10}),
    "GET /users/me/mfa": api(own),
    "PUT /users/me/mfa": api(own, {200, 204}, body={"enabled": False}),
    "POST /users/me/mfa/devices": api(own, 201, body={"name": "matrix"}, spends=True),
    "POST /users/me/mfa/devices/:id/verify": api(
        own_thing, make=an_unverified_device, body=lambda world: {"code": world.notes["code"]}, spends=True
    ),
    "DELETE /users/me/mfa/devices/:id": api(own_thing, {200, 204}, make=a_device, spends=True),
    "POST /users/me/mfa/recovery-codes": api(own, make=with_a_device, spends=True),
    "GET /users/me/passkeys": api(own),
    "POST /users/me/passkeys/options": api(own, body={}),
    "POST /users/me/passkeys": api(own, 400, body={}),
    "DELETE /users/me/passkeys/:id": api(own, 404, make=an_unknown_id),
    "GET /users/me/sessions": api(own),
    "DELETE /users/me/sessions": api(own, {200, 204}, spends=True),
    "DELETE /users/me/sessions/:id": api(own_thing, {200, 204}, make=a_session, spends=True),
    "GET /users/me/keys": api(own),
    "POST /users/me/keys": api(own, 201, body=new_key, spends=True),
    "DELETE /users/me/keys/:id": api(own_thing, {200, 204}, make=a_key, spends=True),
    # Jobs.
    "GET /jobs": api(own_scoped),
    "POST /jobs": api(own_scoped, 201, body={"file_name": "matrix.csv"}),
    # Without a name the file is refused, whoever sends it.
    "POST /transform": api(own_scoped, 400, body={"a": 1}),
    "POST /transform/sniff": api(own_scoped, body={"a": 1}),
    "GET /jobs/:id": api(job_read, make=a_job),
    "PATCH /jobs/:id": api(job_write, make=a_job, body={"tags": ["matrix"]}),
    "DELETE /jobs/:id": api(job_end, 204, make=a_job),
    "POST /jobs/:id/cancel": api(job_end, make=a_job, body={}),
    # It has not begun, so nothing of it has failed.
    "POST /jobs/:id/retry-failures": api(job_write, 400, make=a_job, body={}),
    "POST /jobs/:id/upload-url": api(job_write, make=a_job, body={}),
    "POST /jobs/:id/mark-uploaded": api(
        job_write, make=an_uploaded_job, body=lambda world: {"object_key": world.notes["object_key"]}
    ),
    "POST /jobs/:id/download-url": api(job_read, make=a_finished_job, body={}),
    "GET /jobs/:id/artifacts": api(job_read, make=a_finished_job),
    "DELETE /jobs/:id/artifacts": api(job_end, 409, make=a_job),
    "GET /jobs/:id/artifacts.zip": api(job_read, make=a_finished_job),
    "GET /jobs/:id/artifacts/:name": api(job_read, {200, 302, 303, 307}, make=an_artifact),
    "GET /jobs/:id/artifacts/:unit/:name": api(job_read, 404, make=an_artifact_of_no_unit),
    "GET /jobs/:id/events": api(job_read, make=a_job),
    "GET /jobs/:id/notes": api(job_read, make=a_job),
    "POST /jobs/:id/notes": api(job_write, 201, make=a_job, body={"body": "matrix"}),
    "DELETE /jobs/:id/notes/:note": api(job_write, make=a_noted_job),
    "GET /jobs/:id/documents": api(job_read, make=a_job),
    "POST /jobs/:id/documents/presign-upload": api(job_write, 201, make=a_job, body=NEW_DOCUMENT),
    "POST /jobs/:id/documents/confirm-upload": api(
        job_write, make=a_job_with_an_upload, body=lambda world: {"document_id": world.notes["document"]}
    ),
    "GET /jobs/:id/documents/:document/presign-download": api(job_read, make=a_clean_document),
    "DELETE /jobs/:id/documents/:document": api(job_write, make=an_announced_document),
    "GET /events": api(own_scoped, is_stream=True),
    # Extractions. Without a file nothing begins, whoever asks.
    "POST /jobs/process": api(own_scoped, 400, body={"recursive": True}),
    "GET /sessions": api(own_scoped),
    "GET /sessions/:id": api(job_part, make=an_attempt),
    "GET /search": api(own_scoped, 400),
    "GET /config/effective": api(own_scoped),
    "GET /config/current-preset": api(own_scoped),
    "GET /config/presets": api(own_scoped),
    "POST /config/presets": api(own_scoped, body={"name": "matrix"}),
    "DELETE /config/presets/:name": api(own_scoped, 409, make=a_preset),
    "GET /config/presets/:name/preview": api(own_scoped, make=a_preset),
    "POST /config/presets/:name/apply": api(own_scoped, make=a_preset, body={}),
    # Tasks and sockets.
    "GET /collab/state/tasks": api(own_scoped),
    "POST /collab/tasks": api(own_scoped, 201, body={"title": "matrix"}),
    "GET /collab/tasks/:id": api(shared, make=a_task),
    "PATCH /collab/tasks/:id": api(shared, make=a_task, body={"done": True}, headers=ANY_VERSION),
    "DELETE /collab/tasks/:id": api(shared, 204, make=a_task, headers=ANY_VERSION),
    "GET /collab/tasks/:id/versions": api(shared, make=a_task),
    "POST /collab/tasks/:id/undo": api(shared, make=a_changed_task, headers=ANY_VERSION),
    "GET /ws": api(public, 426),
    "POST /ws/ticket": api(own_scoped, 201),
    # Admins.
    "GET /admin/users": api(admin_read, page={200}),
    "POST /admin/users": api(admin_write, {200, 201}, body=new_user, page={200, 303}),
    "POST /admin/users/:id/approve": api(admin_work, make=who_waits, page={200, 303}),
    "POST /admin/users/:id/reject": api(admin_work, make=who_waits, page={200, 303}),
    "POST /admin/users/:id/role": api(admin_write, make=a_member, body={"role": "admin"}, page={200, 303}),
    "POST /admin/users/:id/disable": api(admin_write, make=a_member, page={200, 303}),
    "POST /admin/users/:id/enable": api(admin_write, make=a_disabled_member, page={200, 303}),
    "POST /admin/users/:id/end-sessions": api(admin_write, make=a_member, page={200, 303}),
    "POST /admin/users/:id/reset-mfa": api(admin_write, make=a_member, page={200, 303}),
    "POST /admin/users/:id/reset-password": api(admin_write, make=a_member, page={200, 303}),
    "GET /admin/users/:id/approve": page(admin_read, make=an_unknown_id, page={303}),
    "GET /admin/users/:id/reject": page(admin_read, make=an_unknown_id, page={303}),
    "GET /admin/users/:id/role": page(admin_read, make=an_unknown_id, page={303}),
    "GET /admin/users/:id/disable": page(admin_read, make=an_unknown_id, page={303}),
    "GET /admin/users/:id/enable": page(admin_read, make=an_unknown_id, page={303}),
    "GET /admin/users/:id/end-sessions": page(admin_read, make=an_unknown_id, page={303}),
    "GET /admin/users/:id/reset-mfa": page(admin_read, make=an_unknown_id, page={303}),
    "GET /admin/users/:id/reset-password": page(admin_read, make=an_unknown_id, page={303}),
    "GET /admin/outbox": api(admin_read, page={200}),
    "GET /admin/audit": api(admin_read, page={200}),
    # Pages.
    "GET /dashboard": page(own),
    "GET /dashboard/jobs/new": page(own),
    "POST /dashboard/jobs": form(own),
    "GET /dashboard/jobs/new-track": page(own),
    "POST /dashboard/jobs/new-track": form(own, body={"title": "matrix", "status": "pending"}),
    "GET /dashboard/jobs/new-documents": page(own),
    "POST /dashboard/jobs/new-documents": form(own),
    "GET /dashboard/jobs/:id/files/:number": page(job_read, make=a_file_of_an_extraction),
    "GET /dashboard/search": page(own),
    "GET /dashboard/presets": page(own),
    "POST /dashboard/presets": form(own, body={"name": "matrix"}, page={303}),
    "POST /dashboard/presets/:name/apply": form(own, make=a_preset, page={303}),
    "POST /dashboard/presets/:name/delete": form(own, make=a_preset, page={409}),
    "GET /dashboard/presets/:name/apply": page(own, make=a_preset, page={303}),
    "GET /dashboard/presets/:name/delete": page(own, make=a_preset, page={303}),
    "GET /dashboard/jobs/:id": page(job_read, make=a_job),
    "POST /dashboard/jobs/:id/edit": form(job_write, make=a_job, body={"title": "matrix", "etag": "*"}, page={303}),
    "POST /dashboard/jobs/:id/notes": form(job_write, make=a_job, body={"body": "matrix"}, page={303}),
    "POST /dashboard/jobs/:id/notes/:note/delete": form(job_write, make=a_noted_job, page={303}),
    "POST /dashboard/jobs/:id/documents": form(job_write, make=a_job, page={303}),
    "GET /dashboard/jobs/:id/documents/:document": page(job_read, make=a_clean_document, page={303}),
    "POST /dashboard/jobs/:id/documents/:document/delete": form(job_write, make=an_announced_document, page={303}),
    "GET /dashboard/tasks": page(own),
    "POST /dashboard/tasks": form(own, body={"title": "matrix"}, page={303}),
    "GET /dashboard/tasks/:id": page(shared, make=a_task),
    "POST /dashboard/tasks/:id": form(shared, make=a_task, body={"title": "matrix", "etag": "*"}, page={303}),
    "POST /dashboard/tasks/:id/done": form(shared, make=a_task, body={"etag": "*"}, page={303}),
    "POST /dashboard/tasks/:id/reopen": form(shared, make=a_task, body={"etag": "*"}, page={303}),
    "POST /dashboard/tasks/:id/up": form(shared, make=a_task, body={"etag": "*"}, page={303}),
    "POST /dashboard/tasks/:id/down": form(shared, make=a_task, body={"etag": "*"}, page={303}),
    "POST /dashboard/tasks/:id/delete": form(shared, make=a_task, body={"etag": "*"}, page={303}),
    "POST /dashboard/tasks/:id/undo": form(shared, make=a_changed_task, body={"etag": "*"}, page={303}),
    "POST /dashboard/jobs/:id/cancel": form(job_end, make=a_job, page={303}),
    "POST /dashboard/jobs/:id/retry-failures": form(job_write, make=a_job, page={303}),
    "POST /dashboard/jobs/:id/delete": form(job_end, make=a_job, page={303}),
    # Addresses of forms lead everybody to the page, which knows who may see it.
    "GET /dashboard/jobs": page(own, page={303}),
    "GET /dashboard/jobs/:id/edit": page(own_scoped, make=a_job, page={303}),
    "GET /dashboard/jobs/:id/cancel": page(own_scoped, make=a_job, page={303}),
    "GET /dashboard/jobs/:id/retry-failures": page(own_scoped, make=a_job, page={303}),
    "GET /dashboard/jobs/:id/delete": page(own_scoped, make=a_job, page={303}),
    "GET /dashboard/jobs/:id/notes": page(own_scoped, make=a_job, page={303}),
    "GET /dashboard/jobs/:id/notes/:note/delete": page(own_scoped, make=a_noted_job, page={303}),
    "GET /dashboard/jobs/:id/documents": page(own_scoped, make=a_job, page={303}),
    "GET /dashboard/jobs/:id/documents/:document/delete": page(own_scoped, make=an_announced_document, page={303}),
    "GET /dashboard/tasks/:id/done": page(own, make=a_task, page={303}),
    "GET /dashboard/tasks/:id/reopen": page(own, make=a_task, page={303}),
    "GET /dashboard/tasks/:id/up": page(own, make=a_task, page={303}),
    "GET /dashboard/tasks/:id/down": page(own, make=a_task, page={303}),
    "GET /dashboard/tasks/:id/delete": page(own, make=a_task, page={303}),
    "GET /dashboard/tasks/:id/undo": page(own, make=a_task, page={303}),
    "GET /dashboard/settings": page(own),
    "GET /dashboard/settings/profile": page(own, page={303}),
    "GET /dashboard/settings/password": page(own, page={303}),
    "GET /dashboard/settings/preferences": page(own, page={303}),
    "GET /dashboard/settings/mfa": page(own, page={303}),
    "GET /dashboard/settings/mfa/devices/verify": page(own, page={303}),
    "GET /dashboard/settings/sessions/end-others": page(own, page={303}),
    "GET /dashboard/settings/keys": page(own, page={303}),
    "GET /dashboard/settings/mfa/devices/:id/delete": page(own, make=an_unknown_id, page={303}),
    "GET /dashboard/settings/passkeys/:id/delete": page(own, make=an_unknown_id, page={303}),
    "GET /dashboard/settings/keys/:id/delete": page(own, make=an_unknown_id, page={303}),
    "GET /dashboard/settings/sessions/:id/end": page(own, make=an_unknown_id, page={303}),
    "GET /dashboard/settings/mfa/recovery-codes": page(own, page={200, 303}),
    "POST /dashboard/settings/profile": form(own, body={"display_name": "Matrix"}),
    "POST /dashboard/settings/password": form(own, body={"current_password": "wrong", "new_password": "wrong"}, page={303}),
    "POST /dashboard/settings/mfa": form(own, body={"enabled": "false"}),
    "POST /dashboard/settings/mfa/devices": form(own, body={"name": "matrix"}),
    "GET /dashboard/settings/mfa/devices": page(own, page={200, 303, 400, 404}),
    "POST /dashboard/settings/mfa/devices/verify": form(
        own, body={"device": NOBODY, "code": "000000"}, page={200, 303, 400, 404}
    ),
    "POST /dashboard/settings/mfa/devices/:id/delete": form(own_thing, make=a_device, spends=True),
    "POST /dashboard/settings/mfa/recovery-codes": form(own, make=with_a_device, spends=True),
    "POST /dashboard/settings/passkeys/:id/delete": form(own, make=an_unknown_id, page={404}),
    "POST /dashboard/settings/sessions/end-others": form(own, spends=True),
    "POST /dashboard/settings/sessions/:id/end": form(own_thing, make=a_session, spends=True),
    "POST /dashboard/settings/keys": form(
        own, body={"name": "matrix", "scopes": "jobs:read", "expires_in_days": "30"}, spends=True
    ),
    "POST /dashboard/settings/keys/:id/delete": form(own_thing, make=a_key, spends=True),
    "POST /dashboard/settings/preferences": form(own, body={"auto_refresh_seconds": "10", "theme": "dark"}),
}


# The routes as they are


def plain(path):
    """A path without its mount and without the names of its parameters."""
    path = "/" + path.strip("/")
    for mount in (API, "/api"):
        if path == mount or path.startswith(mount + "/"):
            return plain(path.removeprefix(mount))
    return re.sub(r":\w+|\{[^}]+\}", ":", path)


def mount_of(path):
    path = "/" + path.strip("/")
    return next(mount for mount in MOUNTS[::-1] if path == mount or path.startswith(mount + "/"))


@pytest.fixture(scope="module")
def declared():
    """What each route says of itself."""
    ended = run_quern("routes", "--json")
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.fixture(scope="module")
def routes(declared):
    """Each route with the mounts that it has."""
    found = {}
    for route in declared:
        found.setdefault(f"{route['method']} {plain(route['path'])}", set()).add(mount_of(route["path"]))
    return found


TABLE = {f"{name.split()[0]} {plain(name.split()[1])}": name for name in ROUTES}


def test_every_route_has_a_row(routes):
    missing = sorted(route for route in routes if route not in TABLE)
    assert not missing, "who may ask these? Give each a row in ROUTES:\n" + "\n".join(missing)


def test_every_row_is_of_a_route(routes):
    gone = sorted(name for route, name in TABLE.items() if route not in routes)
    assert not gone, "no such route any more:\n" + "\n".join(gone)


def test_each_row_keeps_what_its_route_declares(declared):
    """Who may ask stands in the declaration; a row says what that means for things of other people."""
    for route in declared:
        name = f"{route['method']} {plain(route['path'])}"
        row, access, scopes = ROUTES[TABLE[name]], route["access"], route["scopes"]
        if row.rule is public:
            assert access in ("everyone", "signature", "socket"), name
        elif row.rule in (admin_read, admin_work, admin_write):
            assert access == "administrator" and scopes == ["admin"], name
            assert route["needs_fresh_login"] == (row.rule is admin_write and route["method"] == "POST"), name
        else:
            assert access == "signed_in", name
            if route["answers"] != "page":
                assert bool(scopes) == (row.rule not in (own, own_thing)), name
                assert set(scopes) <= set(SCOPES), name
            else:
                assert scopes == [], name


def test_a_contract_route_is_at_every_mount(routes):
    for name, mounts in routes.items():
        if re.match(r"\S+ /(users|jobs|events|collab|ws|auth/cognito|auth/session)\b", name):
            assert mounts == set(MOUNTS), name


# The world


class World:
    """Everybody there is, with what each needs to ask."""

    def __init__(self, server):
        self.server = server
        self.notes = {}
        self.made = {}
        self.emails = {
            "owner": make_user(server, new_address("owner"))["email"], "other": make_user(server, new_address("other"))["email"],
            "stranger": make_user(server, new_address("stranger"), tenant="elsewhere")["email"], "admin": ADMIN,
        }
        owner, admin = self.account("owner"), self.account("admin")
        self.api_keys = {
            "key": make_key(owner, *SCOPES)["key"], "bare-key": make_key(owner, "leads:write")["key"],
            "key-without-leads": make_key(owner, "tasks:write")["key"],
            "admin-key": make_key(admin, "admin")["key"], "bare-admin-key": make_key(admin, *SCOPES)["key"],
        }

    def halfway(self, actor, spends):
        """Somebody who is not in yet."""
        if spends:
            return self._registered(actor)
        return self.once(f"{actor} browser", lambda: self._registered(actor))

    def _registered(self, actor):
        """A browser with whatever cookie registering gave it."""
        email = new_address("halfway")
        box, browser = Mailbox(self.server, email), Browser(self.server)
        browser.register(email)
        code = box.code()
        if actor == "pending":
            browser.submit(browser.form("/auth/verify-email"), {"code": code})
        assert users(self.server)[email]["state"] == actor
        return browser

    def once(self, name, make):
        """Made once, and again when the login behind it is no longer fresh."""
        at, thing = self.made.get(name, (0, None))
        if time.monotonic() - at > FRESH_SECONDS or thing is None:
            thing = make()
            self.made[name] = (time.monotonic(), thing)
        return thing

    def password(self, actor):
        return PASSWORD if actor == "admin" else STRONG

    def account(self, actor):
        return self.once(f"{actor} account", lambda: log_in(self.server, self.emails[actor], self.password(actor)))

    def browser(self, actor):
        def make():
            browser = Browser(self.server)
            browser.sign_in(self.emails[actor], self.password(actor))
            assert browser.is_in()
            return browser

        return self.once(f"{actor} browser", make)

    def disposable(self, actor):
        """The address of somebody of the same kind, who may be used up; the password is STRONG."""
        tenant = "elsewhere" if actor == "stranger" else "default"
        return make_user(self.server, new_address("spent"), is_admin=actor == "admin", tenant=tenant)["email"]


@pytest.fixture(scope="module")
def world(server, admin):
    return World(server)


def outcome(answer):
    if answer.status_code in (301, 302, 303, 307):
        target = urllib.parse.urlsplit(answer.headers["Location"])
        if target.path.startswith("/auth/"):
            return DOOR
    return answer.status_code


class Cell:
    """One actor at one route."""

    def __init__(self, world, name, actor, is_page):
        self.world, self.actor, self.is_page, self.row = world, actor, is_page, ROUTES[name]
        self.name = name
        self.method, self.pattern = name.split()
        ok = self.row.page if is_page else self.row.ok
        self.expected = self.row.rule(ok, is_page)[actor]
        # Pages refuse a form of a stranger with a page, not with a redirect: what was typed would be lost.
        if is_page and self.method != "GET" and self.row.rule is not public and actor == "nobody":
            self.expected = SHUT | {DOOR}
        self.may = actor in PEOPLE + ["key"] and bool(self.expected & ok) and not self.expected <= SHUT

    def path(self, parameters):
        rest = iter(parameters)
        return re.sub(r":\w+|\*\*", lambda _: next(rest), self.pattern)

    def body(self):
        return self.row.body(self.world) if callable(self.row.body) else self.row.body

    def ask(self, mount):
        account = None
        if self.may and self.row.spends and self.actor in PEOPLE:
            account = log_in(self.world.server, self.world.disposable(self.actor))
        client, headers = self.client(account)
        path = mount + self.path(self.parameters(account))
        return self._ask_page(path, client, headers) if self.is_page else self._ask_api(path, client, headers)

    def parameters(self, account):
        """Ids of things of the owner. Who may not is shown one that all others are shown too."""
        world, row = self.world, self.row
        if row.make is nothing:
            return []
        if self.may:
            return row.make(world, account or world.account("owner"))
        return world.once(f"thing of {self.name}", lambda: shared_thing(world, row))[1]

    def client(self, account):
        """A session of requests, and headers that say who it is; of an account to be used up, where there is one."""
        world, actor = self.world, self.actor
        if actor in ("key", "bare-key"):
            is_admins = self.row.rule in (admin_read, admin_work, admin_write)
            name = {"key": "admin-key", "bare-key": "bare-admin-key"}[actor] if is_admins else actor
            if actor == "bare-key" and re.match(r"\S+ /(runs|ingest|leads|suppressions)\b", self.name):
                name = "key-without-leads"
            return with_key(world.server, world.api_keys[name]).session, {}
        if actor in ("unverified", "pending"):
            return world.halfway(actor, self.row.spends), OWN_PAGE
        if actor == "nobody":
            return Browser(world.server), {}
        if not self.is_page:
            account = account or world.account(actor)
            return account.session, {"Authorization": f"Bearer {account.token}"}
        if account is None:
            return world.browser(actor), OWN_PAGE
        browser = Browser(world.server)
        browser.sign_in(account.email)
        return browser, OWN_PAGE

    def _ask_api(self, path, client, headers):
        answer = client.request(
            self.method,
            self.world.server.base + path,
            json=self.body(),
            timeout=30,
            allow_redirects=False,
            stream=self.row.is_stream,
            headers=headers | self.row.headers | {"Accept": "text/event-stream" if self.row.is_stream else "application/json"},
        )
        answer.close()
        return answer

    def _ask_page(self, path, client, headers):
        headers = headers | {"Accept": "text/html"}
        if self.method == "GET":
            return client.get(self.world.server.base + path, headers=headers, timeout=30, allow_redirects=False)
        return send_form(self.world.server, client, path, self.body(), form_token(self.world.server, client), headers)


def shared_thing(world, row):
    """A thing to be refused, and whose it is."""
    account = log_in(world.server, world.disposable("owner")) if row.rule in (own, own_thing) else world.account("owner")
    return account, row.make(world, account)


def send_form(server, client, path, body, token, headers):
    """As the form of a page: the token is in it, and in the address for the one that carries a file."""
    fields = {name: str(value) for name, value in (body or {}).items()} | {"form_token": token}
    url = server.base + path
    return client.post(url, params={"form_token": token}, data=fields, headers=headers, timeout=30, allow_redirects=False)


def form_token(server, client):
    """The token that forms of this browser carry: of its session, or, before there is one, of the login page."""
    for path in ("/dashboard", "/auth/pending", "/auth/verify-email", "/auth/login"):
        answer = client.get(server.base + path, headers={"Accept": "text/html"}, timeout=30, allow_redirects=False)
        found = re.search(r'name="form_token" value="([^"]+)"', answer.text) if answer.status_code == 200 else None
        if found:
            return found.group(1)
    return ""


JSON_CELLS = [(name, actor) for name, row in ROUTES.items() if row.is_api for actor in ACTORS]
PAGE_CELLS = [(name, actor) for name, row in ROUTES.items() if row.page is not None for actor in ACTORS]


@pytest.mark.parametrize("name, actor", JSON_CELLS, ids=[f"{name}-{actor}" for name, actor in JSON_CELLS])
def test_the_api_lets_in_who_may(world, routes, name, actor):
    mounts = routes.get(f"{name.split()[0]} {plain(name.split()[1])}")
    assert mounts, "there is no such route"
    # `quern routes` tells that a route is at all mounts. That each mount leads to it is asked by who is let in and by nobody.
    who_may = "admin" if ROUTES[name].rule in (admin_read, admin_work, admin_write) else "owner"
    is_at_all = served.LONG or actor in ("nobody", who_may)
    for mount in sorted(mounts) if is_at_all else [max(mounts)]:
        cell = Cell(world, name, actor, is_page=False)
        answer = cell.ask(mount)
        assert outcome(answer) in cell.expected, (
            f"{actor} at {mount}: {answer.status_code}, expected {cell.expected}\n{answer.text[:500]}"
        )


@pytest.mark.parametrize("name, actor", PAGE_CELLS, ids=[f"{name}-{actor}" for name, actor in PAGE_CELLS])
def test_the_pages_let_in_who_may(world, name, actor):
    cell = Cell(world, name, actor, is_page=True)
    answer = cell.ask("")
    assert outcome(answer) in cell.expected, f"{actor}: {outcome(answer)}, expected {cell.expected}\n{answer.text[:500]}"
    if cell.row.rule is not public and actor == "nobody" and cell.method == "GET" and not cell.pattern.startswith("/auth"):
        target = urllib.parse.urlsplit(answer.headers["Location"])
        assert target.path == "/auth/login"
        assert (
            urllib.parse.urlsplit(urllib.parse.parse_qs(target.query)["next"][0]).path == urllib.parse.urlsplit(answer.url).path
        )


FORMS = [name for name, row in ROUTES.items() if row.page is not None and name.startswith("POST")]


@pytest.mark.parametrize("name", FORMS)
def test_no_form_counts_without_its_token(world, name):
    """Who may send it, but without the token of the form, or from another site, is refused."""
    row = ROUTES[name]
    actor = "admin" if row.rule in (admin_read, admin_write) else "owner"
    cell = Cell(world, name, actor, is_page=True)
    path = cell.path([NOBODY] if row.rule in (own, own_thing) else row.make(world, world.account("owner")))
    browser = Browser(world.server) if row.rule is public else world.browser(actor)
    token = form_token(world.server, browser)
    for sent, headers in (
        ("", {}), ("guessed", {}), (token, {"Sec-Fetch-Site": "cross-site"}), (token, {"Origin": "https://elsewhere.example"}),
    ):
        answer = send_form(world.server, browser, path, cell.body(), sent, headers)
        is_sent_away = row.rule is public and outcome(answer) == DOOR
        assert answer.status_code == 403 or is_sent_away, f"{sent} {headers}: {answer.status_code}"


def test_who_was_refused_changed_nothing(world):
    """Runs after them: the things that were shown to those who may not are still as they were."""
    lists = {a_key: "keys", a_session: "sessions", a_device: "mfa"}
    looked_at = 0
    for name, row in ROUTES.items():
        _, thing = world.made.get(f"thing of {name}", (0, None))
        if thing is None:
            continue
        account, parameters = thing
        if row.make is a_job:
            assert account.job(parameters[0])["status"] == "PENDING", name
        elif row.make is a_member:
            (found,) = [user for user in users(world.server).values() if user["id"] == parameters[0]]
            assert (found["role"], found["state"]) == ("member", "active"), name
        elif row.make in lists:
            assert parameters[0] in account.expect(200, "GET", f"{API}/users/me/{lists[row.make]}").text, name
        looked_at += 1
    assert looked_at


def test_a_method_that_no_route_has_opens_nothing(world, routes):
    """HEAD and others that are not listed are no side doors."""
    client = requests.Session()
    client.trust_env = False
    for route in routes:
        _, path = route.split()
        row = ROUTES.get(TABLE.get(route, ""))
        if row is None or row.rule is public or ":" in path:
            continue
        for other in ("HEAD", "OPTIONS", "TRACE", "PATCH", "PROPFIND"):
            if f"{other} {path}" in routes:
                continue
            answer = client.request(other, world.server.base + path, timeout=30, allow_redirects=False)
            assert answer.status_code in (303, 401, 403, 404, 405, 501), f"{other} {path}: {answer.status_code}"
