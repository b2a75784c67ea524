"""The command line: what each verb prints, and how it ends. 0 fine, 1 failed, 2 partial, 64 wrong usage."""

import json
import os
import pty
import random
import re
import signal
import stat
import subprocess
import time

import pyarrow.parquet
import pytest
import requests

import served
from served import ADMIN, PASSWORD, environment, free_port, run_quern, wait_until

FINE, FAILED, PARTIAL, USAGE = 0, 1, 2, 64


@pytest.fixture
def table(tmp_path, people):
    path = tmp_path / "people.csv"
    path.write_bytes(people)
    return path


@pytest.fixture
def ragged(tmp_path):
    """Four rows, of which two have too few or too many cells."""
    path = tmp_path / "ragged.csv"
    path.write_text("name,age\nAnn,30\nBob\nCid,31,extra\nDee,29\n")
    return path


def quern(code, *arguments, **options):
    ended = run_quern(*arguments, **options)
    assert ended.returncode == code, f"{arguments}: {ended.returncode} instead of {code}\n{ended.stdout}\n{ended.stderr}"
    return ended


# Every verb


def test_version():
    assert re.fullmatch(r"quern \d+\.\d+\.\d+\n", quern(FINE, "--version").stdout)


def test_help_names_every_verb():
    text = quern(FINE, "--help").stdout
    for verb in ("serve", "transform", "sniff", "user", "config", "health"):
        assert re.search(rf"^ +{verb}\b", text, re.MULTILINE), f"{verb} is missing in:\n{text}"
        assert "USAGE" in quern(FINE, verb, "--help").stdout
    assert not re.search(r"^ +worker\b", text, re.MULTILINE), "the verb for child processes is not for people"


@pytest.mark.parametrize("arguments", [
    ["grind"], ["--grind"], ["transform"], ["transform", "a.csv", "b.csv", "-o"], ["transform", "a.csv", "--grind"],
    ["transform", "a.csv", "--limit", "-1"], ["transform", "a.csv", "--limit", "many"], ["transform", "a.csv", "--rename", "old"],
    ["serve", "--port", "many"], ["user", "create"], ["user", "grind"], ["config", "grind"],
], ids=" ".join)
def test_wrong_usage_64_and_says_so_on_standard_error(arguments, tmp_path):
    ended = quern(USAGE, *arguments, cwd=tmp_path)
    assert ended.stderr.strip()
    assert ended.stdout == ""
    assert list(tmp_path.iterdir()) == []


# transform


def test_transform_filters_to_parquet(table, tmp_path):
    out = tmp_path / "out.parquet"
    ended = quern(FINE, "transform", table, "--filter", "city eq New York", "-o", out)
    assert pyarrow.parquet.read_table(out).to_pylist() == [
        {"name": "Alice", "city": "New York", "age": 30}, {"name": "Charlie", "city": "New York", "age": 35},
    ]
    for word in ("3 rows read", "2 written", "1 filtered", "0 rejected"):
        assert word in ended.stdout


def test_transform_writes_beside_its_input_when_no_output_is_named(table):
    quern(FINE, "transform", table)
    assert (table.parent / "people_processed.csv").read_bytes().replace(b"\r\n", b"\n") == table.read_bytes()
    assert sorted(path.name for path in table.parent.iterdir()) == ["people.csv", "people_processed.csv"]


def test_transform_answers_in_json(table, tmp_path):
    out = tmp_path / "out.jsonl"
    ended = quern(FINE, "transform", table, "--filter", "age gt 26", "--select", "name, age", "-o", out, "--json")
    answer = json.loads(ended.stdout)
    assert answer["ledger"] == {"rows_read": 3, "rows_written": 2, "rows_filtered": 1, "rows_rejected": 0}
    assert answer["output"] == str(out)
    assert answer["rejects"] is None
    assert [column["name"] for column in answer["columns"]] == ["name", "age"]
    assert [json.loads(line) for line in out.read_text().splitlines()] == [
        {"name": "Alice", "age": 30}, {"name": "Charlie", "age": 35},
    ]


def test_transform_does_the_same_with_steps_of_a_file_and_with_flags(table, tmp_path):
    steps = tmp_path / "steps.json"
    steps.write_text(json.dumps([
        {"type": "filter", "params": {"column": "age", "operator": "gte", "value": 30}},
        {"type": "drop_columns", "params": {"columns": ["city"]}},
        {"type": "rename_columns", "params": {"mapping": {"name": "who"}}},
        {"type": "limit", "params": {"n": 1}},
    ]))
    quern(FINE, "transform", table, "--steps", steps, "-o", tmp_path / "one.csv")
    quern(
        FINE, "transform", table, "--filter", "age gte 30", "--drop", "city", "--rename", "name=who", "--limit", "1",
        "-o", tmp_path / "two.csv",
    )
    assert (tmp_path / "one.csv").read_text().splitlines() == ["who,age", "Alice,30"]
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


def test_transform_2_when_rows_were_rejected_and_each_has_its_reason(ragged, tmp_path):
    out = tmp_path / "out.csv"
    ended = quern(PARTIAL, "transform", ragged, "-o", out, "--json")
    answer = json.loads(ended.stdout)
    assert answer["ledger"] == {"rows_read": 4, "rows_written": 2, "rows_filtered": 0, "rows_rejected": 2}
    assert out.read_text().splitlines() == ["name,age", "Ann,30", "Dee,29"]
    rejects = (tmp_path / "out.rejected.csv").read_text().splitlines()
    assert answer["rejects"] == str(tmp_path / "out.rejected.csv")
    assert len(rejects) == 3, rejects
    assert "line" in rejects[0] and "reason" in rejects[0]
    assert "Bob" in rejects[1] and "Cid" in rejects[2]


def test_transform_says_in_words_that_rows_were_rejected(ragged, tmp_path):
    ended = quern(PARTIAL, "transform", ragged, "-o", tmp_path / "out.csv")
    assert "2 rejected" in ended.stdout
    assert "out.rejected.csv" in ended.stderr


@pytest.mark.parametrize("arguments, word", [
    (["missing.csv"], "missing.csv"),
    (["people.csv", "-o", "out.docx"], "out.docx"),
    (["people.csv", "--filter", "planet eq Mars"], "planet"),
    (["people.csv", "--select", "planet"], "planet"),
    (["people.csv", "--steps", "missing.json"], "missing.json"),
    (["people.csv", "-o", "no/such/folder/out.csv"], "output"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else None)
def test_transform_1_with_the_reason_and_without_a_trace(table, arguments, word):
    before = sorted(path.name for path in table.parent.iterdir())
    ended = quern(FAILED, "transform", *arguments, cwd=table.parent)
    assert word in ended.stderr
    assert sorted(path.name for path in table.parent.iterdir()) == before
    answer = json.loads(quern(FAILED, "transform", *arguments, "--json", cwd=table.parent).stdout)
    assert answer["error"] and word in answer["detail"]


@pytest.mark.parametrize("expression", ["city resembles London", "city", "", "age between 1"])
def test_a_filter_that_is_none_is_wrong_usage(table, expression):
    ended = quern(USAGE, "transform", table, "--filter", expression, cwd=table.parent)
    assert ended.stderr.strip()


def test_an_existing_output_stays_when_the_run_fails(table, tmp_path):
    out = tmp_path / "out.csv"
    out.write_text("kept\n")
    quern(FAILED, "transform", table, "--filter", "planet eq Mars", "-o", out)
    assert out.read_text() == "kept\n"


def same_place(table):
    (table.parent / "hard.csv").hardlink_to(table)
    (table.parent / "soft.csv").symlink_to(table)
    (table.parent / "sub").mkdir()
    return ["people.csv", "./people.csv", "sub/../people.csv", str(table), "hard.csv", "soft.csv"]


@pytest.mark.parametrize("force", [[], ["--force"]], ids=["", "force"])
def test_an_output_that_is_the_input_is_refused(table, force):
    before = table.read_bytes()
    for name in same_place(table):
        ended = quern(FAILED, "transform", "people.csv", "--limit", "1", "-o", name, *force, cwd=table.parent)
        assert "same file" in ended.stderr, name
        ended = quern(FAILED, "transform", "people.csv", "-o", "out.csv", "--rejects", name, *force, cwd=table.parent)
        assert "same file" in ended.stderr, name
    quern(FAILED, "transform", "people.csv", "-o", "out.csv", "--rejects", "./out.csv", *force, cwd=table.parent)
    assert table.read_bytes() == before
    assert not (table.parent / "out.csv").exists()


def test_an_output_that_exists_needs_force(table, tmp_path):
    out = tmp_path / "out.csv"
    out.write_text("kept\n")
    assert "--force" in quern(FAILED, "transform", table, "-o", out).stderr
    assert out.read_text() == "kept\n"
    quern(FINE, "transform", table, "-o", out, "--force")
    assert out.read_text() != "kept\n"
    quern(FINE, "transform", table)
    assert "--force" in quern(FAILED, "transform", table).stderr
    (tmp_path / "folder.csv").mkdir()
    quern(FAILED, "transform", table, "-o", tmp_path / "folder.csv", "--force")
    assert not list(tmp_path.glob("*.part-*"))


def test_rejects_of_an_earlier_run_never_stay_beside_a_new_output(table, ragged, tmp_path):
    out, rejects = tmp_path / "out.csv", tmp_path / "out.rejected.csv"
    quern(PARTIAL, "transform", ragged, "-o", out)
    earlier = rejects.read_bytes()
    out.unlink()
    assert "out.rejected.csv" in quern(FAILED, "transform", table, "-o", out).stderr
    assert rejects.read_bytes() == earlier and not out.exists()
    quern(FAILED, "transform", table, "--filter", "planet eq Mars", "-o", out, "--force")
    assert rejects.read_bytes() == earlier, "a run that fails changes nothing"
    quern(FINE, "transform", table, "-o", out, "--force")
    assert out.exists() and not rejects.exists()
    assert not list(tmp_path.glob("*.part-*"))


def test_rejects_where_they_are_by_default_go_when_others_are_named(table, ragged, tmp_path):
    out, usual = tmp_path / "out.csv", tmp_path / "out.rejected.csv"
    quern(PARTIAL, "transform", ragged, "-o", out)
    assert usual.exists()
    quern(FINE, "transform", table, "-o", out, "--rejects", tmp_path / "else.csv", "--force")
    assert out.exists() and not usual.exists()
    # What is read stays, whatever its name.
    usual.write_bytes(table.read_bytes())
    quern(FINE, "transform", usual, "-o", out, "--rejects", tmp_path / "else.csv", "--force")
    assert usual.read_bytes() == table.read_bytes()


def test_formulas_are_text_in_the_rejects_and_in_the_output_when_asked_for(tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("a,b\n=1+1,-5\n@x\n")
    out, rejects = tmp_path / "out.csv", tmp_path / "out.rejected.csv"
    ended = quern(PARTIAL, "transform", source, "-o", out)
    assert "apostrophe" in ended.stderr
    assert out.read_text() == "a,b\n=1+1,-5\n" and rejects.read_text().endswith(",'@x\n")
    answer = json.loads(quern(PARTIAL, "transform", source, "-o", out, "--force", "--formula-safe", "--json").stdout)
    assert answer["formula_safe"] == {"output": True, "rejects": True}
    assert out.read_text() == "a,b\n'=1+1,-5\n"
    quern(PARTIAL, "transform", source, "-o", out, "--force", "--no-formula-safe")
    assert rejects.read_text().endswith(",@x\n")
    quern(USAGE, "transform", source, "-o", tmp_path / "out.parquet", "--formula-safe")


@pytest.mark.parametrize("content, word", [
    (b"\x89PNG\r\n\x1a\n" + b"rest" * 20, "PNG"), (b"BZh91AY&SY" * 20, "Unpack"), (b"PAR1\x15\x04" * 20, "Parquet"),
    (b"PK\x03\x04" + bytes(26) + b"xl/workbook.xml" + b"x" * 40, "save the sheet as CSV"), (b"<!doctype html><p>", "HTML"),
], ids=["png", "bzip2", "parquet", "xlsx", "html"])
def test_what_is_no_table_is_called_by_its_name(tmp_path, content, word):
    source = tmp_path / "table.csv"
    source.write_bytes(content)
    ended = quern(FAILED, "transform", source)
    assert word in ended.stderr and "table.csv can not be used" in ended.stderr
    assert json.loads(quern(FAILED, "transform", source, "--json").stdout)["error"] == "not_a_table"
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


def test_a_pattern_that_thrashes_ends(tmp_path):
    source = tmp_path / "in.csv"
    rows = random.Random(5).choices("ab", k=600_000)
    source.write_text("n,text\n" + "".join(f"{i},{''.join(rows[i * 3000:i * 3000 + 3000])}\n" for i in range(200)))
    # It held a worker for hours: a new state for each byte.
    ended = quern(FINE, "transform", source, "--filter", "text regex [ab]*a[ab]{900}c", "-o", tmp_path / "out.csv", seconds=100)
    assert "0 written" in ended.stdout
    quern(USAGE, "transform", source, "--filter", "text regex (((){1000}){1000}){1000}", "-o", tmp_path / "out.csv", seconds=30)


def test_an_interrupted_run_leaves_nothing(tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("n,text\n" + "1,some text\n" * 3_000_000)
    before = sorted(tmp_path.iterdir())
    process = subprocess.Popen(
        [served.EXECUTABLE, "transform", str(source), "--threads", "1", "--filter", "text regex (x|so.*t){3}"], env=environment(),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: list(tmp_path.glob("*.part-*")) or process.poll() is not None, 30, "the run begins")
    process.send_signal(signal.SIGTERM)
    if process.wait(30) == -signal.SIGTERM:
        assert sorted(tmp_path.iterdir()) == before


def test_help_lists_operators_and_formats():
    text = quern(FINE, "transform", "--help").stdout
    for word in ("starts_with", "not_in", "between", "is_null", "regex", ".ndjson", ".parquet", "--force", "--formula-safe"):
        assert word in text


@pytest.mark.parametrize("words, hint", [
    (["transfrom", "a.csv"], "transform"), (["srve"], "serve"), (["user", "lst"], "list"), (["key", "revok"], "revoke"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else None)
def test_an_unknown_verb_names_the_nearest(words, hint):
    assert f"Did you mean {hint}?" in quern(USAGE, *words).stderr
    assert "worker" not in quern(USAGE, "grind").stderr


def test_progress_is_a_bar_on_a_terminal_and_lines_elsewhere(table, tmp_path):
    big = tmp_path / "big.csv"
    big.write_text("n,text\n" + "".join(f"{number},some words of row {number}\n" for number in range(200_000)))
    elsewhere = quern(FINE, "transform", big, "-o", tmp_path / "out.csv")
    assert "\x1b" not in elsewhere.stderr and "\r" not in elsewhere.stderr
    quiet = quern(FINE, "transform", big, "-o", tmp_path / "out.csv", "--quiet", "--force")
    assert quiet.stderr == ""

    parent, child = pty.openpty()
    process = subprocess.Popen(
        [served.EXECUTABLE, "transform", str(big), "-o", str(tmp_path / "out.csv"), "--force"], env=environment(), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=child,
    )
    os.close(child)
    shown = b""
    try:
        while piece := os.read(parent, 65536):
            shown += piece
    except OSError:
        pass  # Linux says so when the other end of a terminal is closed
    assert process.wait(60) == FINE
    os.close(parent)
    assert b"\r" in shown and ("█".encode() in shown or "░".encode() in shown)


# config


def shown(*arguments, settings=None):
    listed = json.loads(quern(FINE, "config", "show", "--json", *arguments, settings=settings).stdout)
    return {item["name"]: (item["value"], item["source"]) for item in listed}


def test_config_show_tells_values_and_where_they_came_from(tmp_path):
    file = tmp_path / "quern.toml"
    file.write_text('port = 9001\nworkers = 3\nregistration_enabled = true\nlog_level = "debug"\n')
    values = shown("--config", file, "--data-dir", "/srv/quern", settings={"QUERN_PORT": "9002", "QUERN_LOG_LEVEL": "warning"})
    assert values["QUERN_DATA_DIR"] == ("/srv/quern", "flag")
    assert values["QUERN_PORT"] == ("9002", "environment")
    assert values["QUERN_LOG_LEVEL"] == ("warning", "environment")
    assert values["QUERN_WORKERS"] == ("3", "file")
    assert values["REGISTRATION_ENABLED"] == ("true", "file")
    assert values["QUERN_HOST"] == ("127.0.0.1", "default")
    assert values["OBJECT_STORAGE_BUCKET"] == ("quern", "default")
    assert values["BODY_LIMIT_BYTES"] == ("5242880", "default")


def test_config_show_for_people_names_every_setting_with_its_source():
    text = quern(FINE, "config", "show", settings={"QUERN_PORT": "9002"}).stdout
    assert re.search(r"^QUERN_PORT\s+9002\s+\(environment\)$", text, re.MULTILINE)
    assert re.search(r"^QUERN_HOST\s+127\.0\.0\.1\s+\(default\)$", text, re.MULTILINE)


@pytest.mark.parametrize("name, text", [
    ("quern.toml", 'host = "127.0.0.9"\nport = 9001\nregistration_enabled = true\n'),
    ("quern.yaml", "host: 127.0.0.9\nport: 9001\nregistration_enabled: true\n"),
    ("quern.yml", "QUERN_HOST: 127.0.0.9\nQUERN_PORT: 9001\nREGISTRATION_ENABLED: true\n"),
])
def test_a_file_in_toml_or_yaml(tmp_path, name, text):
    file = tmp_path / name
    file.write_text(text)
    values = shown("--config", file)
    assert values["QUERN_HOST"] == ("127.0.0.9", "file")
    assert values["QUERN_PORT"] == ("9001", "file")
    assert values["REGISTRATION_ENABLED"] == ("true", "file")


@pytest.mark.parametrize("name, text", [("quern.toml", "prot = 9001\n"), ("quern.yaml", "prot: 9001\n")])
@pytest.mark.parametrize("verb", [["config", "show"], ["serve", "--port", "0"], ["user", "list"]], ids=" ".join)
def test_an_unknown_key_is_refused_with_the_nearest_name(tmp_path, name, text, verb):
    file = tmp_path / name
    file.write_text(text)
    ended = quern(FAILED, *verb, "--config", file, cwd=tmp_path)
    assert "prot" in ended.stderr and re.search(r"\bport\b", ended.stderr)
    assert not (tmp_path / "quern-data").exists()


@pytest.mark.parametrize("name, text", [
    ("quern.toml", "port = \n"), ("quern.yaml", "port: [1\n"), ("quern.yaml", "- port\n"), ("quern.toml", "port = [1]\n"),
    ("quern.yaml", "port: {a: 1}\n"),
])
def test_a_file_that_can_not_be_understood_is_refused(tmp_path, name, text):
    file = tmp_path / name
    file.write_text(text)
    assert name in quern(FAILED, "config", "show", "--config", file).stderr or "configuration file" in quern(
        FAILED, "config", "show", "--config", file
    ).stderr


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert "nowhere.toml" in quern(FAILED, "config", "show", "--config", tmp_path / "nowhere.toml").stderr


def test_secrets_are_masked_and_may_come_from_files(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s3cr3t-from-a-file\n")
    settings = {"OBJECT_STORAGE_SECRET_KEY_FILE": secret, "QUERN_ADMIN_PASSWORD": "s3cr3t-from-environment"}
    for form in ([], ["--json"]):
        assert "s3cr3t" not in quern(FINE, "config", "show", *form, settings=settings).stdout
    values = shown(settings=settings)
    assert values["OBJECT_STORAGE_SECRET_KEY"][1] == "environment" and values["OBJECT_STORAGE_SECRET_KEY"][0]
    assert values["QUERN_ADMIN_PASSWORD"][1] == "environment"
    assert "OBJECT_STORAGE_SECRET_KEY" in quern(
        FAILED, "config", "show", settings={"OBJECT_STORAGE_SECRET_KEY_FILE": tmp_path / "missing"}
    ).stderr


@pytest.mark.parametrize("settings", [
    {"QUERN_PORT": "many"}, {"QUERN_PORT": "70000"}, {"QUERN_WORKERS": "-1"}, {"REGISTRATION_ENABLED": "maybe"},
    {"QUERN_LOG_LEVEL": "loud"}, {"QUERN_LOG_FORMAT": "xml"}, {"BODY_LIMIT_BYTES": "0"}, {"OBJECT_STORAGE_BUCKET": "../up"},
    {"OBJECT_STORAGE_BUCKET": "api"}, {"QUERN_ADMIN_EMAIL": "a@example.com"},
], ids=str)
def test_a_server_with_a_senseless_setting_does_not_start_and_names_it(tmp_path, settings):
    port = {} if "QUERN_PORT" in settings else {"QUERN_PORT": str(free_port())}
    ended = quern(FAILED, "serve", "--data-dir", tmp_path / "data", settings=settings | port, seconds=30)
    assert next(iter(settings)) in ended.stderr.replace("QUERN_ADMIN_PASSWORD", "QUERN_ADMIN_EMAIL")


@pytest.mark.parametrize("settings, word", [
    ({"QUERN_PORT": "abc"}, "0 to 65535"), ({"QUERN_WORKERS": "-1"}, "0 to 1024"), ({"REGISTRATION_ENABLED": "maybe"}, "true or false"),
    ({"QUERN_LOG_LEVEL": "inof"}, "did you mean info"), ({"AUTH_MODE": "open"}, "hs256"), ({"SMTP_URL": "http://secret@x"}, "smtps://"),
    ({"QUERN_PUBLIC_URL": "example.com"}, "https://"), ({"SESSION_TTL_SECONDS": ""}, "60 to"),
], ids=str)
def test_config_show_refuses_what_serve_refuses(settings, word):
    ended = quern(FAILED, "config", "show", settings=settings)
    assert next(iter(settings)) in ended.stderr and word in ended.stderr
    assert "secret" not in ended.stderr


def test_config_show_names_every_senseless_setting_at_once():
    ended = quern(FAILED, "config", "show", settings={"QUERN_PORT": "abc", "RATE_LIMIT_ENABLED": "perhaps"})
    assert "QUERN_PORT" in ended.stderr and "RATE_LIMIT_ENABLED" in ended.stderr


def test_config_show_tells_of_a_setting_that_does_not_exist():
    ended = quern(FINE, "config", "show", settings={"QUERN_PROT": "9000"})
    assert "QUERN_PROT" in ended.stderr and "QUERN_PORT" in ended.stderr


# Users


@pytest.mark.parametrize("verb", [
    ["user", "list"], ["user", "approve", "a@example.com"], ["key", "list", "--email", "a@example.com"], ["outbox", "list"],
    ["key", "create", "--email", "a@example.com", "--name", "x"],
], ids=" ".join)
def test_a_verb_in_the_wrong_folder_says_so_and_makes_nothing(tmp_path, verb):
    ended = quern(FAILED, *verb, cwd=tmp_path)
    assert str(tmp_path / "quern-data") in ended.stderr and "--data-dir" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_lists_have_headings_and_say_when_they_are_empty(tmp_path):
    data = ["--data-dir", tmp_path / "data"]
    quern(FINE, "user", "create", "--email", "ada@example.com", "--password", PASSWORD, *data)
    users = quern(FINE, "user", "list", *data).stdout.splitlines()
    assert users[0].split() == ["EMAIL", "ROLE", "STATE", "CREATED"] and users[1].startswith("ada@example.com  ")
    assert "no keys" in quern(FINE, "key", "list", "--email", "ada@example.com", *data).stdout
    quern(FINE, "key", "create", "--email", "ada@example.com", "--name", "press", *data)
    keys = quern(FINE, "key", "list", "--email", "ada@example.com", *data).stdout.splitlines()
    assert keys[0].split() == ["ID", "BEGINS", "NAME", "SCOPES", "EXPIRES"] and "press" in keys[1]
    assert "no mails" in quern(FINE, "outbox", "list", *data).stdout



def test_users_are_made_and_listed_without_a_server(tmp_path, new_server):
    data = ["--data-dir", tmp_path / "server-0" / "data"]
    made = quern(FINE, "user", "create", "--email", "Ada@Example.com", "--password", PASSWORD, "--admin", "--json", *data)
    ada = json.loads(made.stdout)
    assert (ada["email"], ada["role"], ada["state"]) == ("ada@example.com", "admin", "active")
    quern(FINE, "user", "create", "--email", "bob@example.com", *data, input=PASSWORD + "\n")
    listed = json.loads(quern(FINE, "user", "list", "--json", *data).stdout)
    assert [(user["email"], user["role"]) for user in listed] == [("ada@example.com", "admin"), ("bob@example.com", "member")]
    assert "bob@example.com" in quern(FINE, "user", "list", *data).stdout
    server = new_server()
    assert server.login("ada@example.com").get("/users/me").json()["id"] == ada["id"]
    server.login("bob@example.com")


def test_users_are_made_while_the_server_runs(new_server):
    server = new_server()
    server.register()
    server.create_user("bob@example.com")
    assert server.login("bob@example.com").get("/users/me").json()["role"] == "member"


@pytest.mark.parametrize("email, password, word", [
    ("no-address", PASSWORD, "email"), ("bob@example.com", "short", "password"), ("ada@example.com", PASSWORD, "registered"),
])
def test_a_user_that_may_not_be_is_refused(tmp_path, email, password, word):
    data = ["--data-dir", tmp_path / "data"]
    quern(FINE, "user", "create", "--email", "ada@example.com", "--password", PASSWORD, *data)
    ended = quern(FAILED, "user", "create", "--email", email, "--password", password, *data)
    assert word in ended.stderr
    assert len(json.loads(quern(FINE, "user", "list", "--json", *data).stdout)) == 1


def test_the_first_admin_from_the_environment(new_server, tmp_path):
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n")
    server = new_server(QUERN_ADMIN_EMAIL=ADMIN, QUERN_ADMIN_PASSWORD_FILE=secret)
    assert server.login().get("/users/me").json()["role"] == "admin"
    refused = server.visitor().post("/api/v1/auth/register", json={"email": "late@example.com", "password": PASSWORD})
    assert refused.status_code == 403, "registration is closed unless it is opened"
    server.stop()
    server.start()
    server.login()


# A server, from outside


def test_health_is_0_when_the_server_answers_and_1_when_not(new_server):
    server = new_server()
    quern(FINE, "health", "--port", server.port)
    assert json.loads(quern(FINE, "health", "--port", server.port, "--json").stdout)["status"] == "ok"
    quern(FINE, "health", settings={"QUERN_PORT": server.port, "QUERN_HOST": "0.0.0.0"})
    assert quern(FAILED, "health", "--port", free_port()).stderr.strip()


def test_a_server_that_hangs_is_not_healthy(new_server):
    server = new_server()
    server.process.send_signal(signal.SIGSTOP)
    try:
        started = time.monotonic()
        quern(FAILED, "health", "--port", server.port, seconds=30)
        assert time.monotonic() - started < 20
    finally:
        server.process.send_signal(signal.SIGCONT)


def test_a_port_that_is_taken_is_told(new_server, tmp_path):
    server = new_server()
    ended = quern(FAILED, "serve", "--port", server.port, "--data-dir", tmp_path / "other", seconds=30)
    assert ended.stderr.count("\n") == 1 and f"port {server.port} is in use" in ended.stderr
    assert ended.stdout == ""
    assert not (tmp_path / "other").exists(), "nothing is made before the port is known to be free"


def test_the_data_folder_is_for_its_owner_alone(new_server):
    server = new_server()
    server.register()
    for folder, folders, files in os.walk(server.data):
        assert stat.S_IMODE(os.stat(folder).st_mode) & 0o077 == 0, folder
    for name in (server.data / "secrets").iterdir():
        assert stat.S_IMODE(name.stat().st_mode) == 0o600, name


def test_answers_in_flight_are_finished_when_the_server_is_told_to_stop(new_server):
    """An upload that has begun when the signal comes is stored and answered before the server ends."""
    server = new_server()
    server.register()
    client = server.login()
    job = client.create_job("slow.csv")["id"]
    url = client.upload_url(job)
    told = []

    def slowly():
        yield b"a\n"
        for number in range(20):
            if number == 5:
                server.process.send_signal(signal.SIGTERM)
                told.append(time.monotonic())
            yield b"%d\n" % number
            time.sleep(0.05)

    answer = requests.put(url, data=slowly(), timeout=30)
    assert told and answer.status_code == 200, answer.text
    wait_until(lambda: server.process.poll() is not None, 30, "the server ends")
    assert server.process.returncode == 0
    server.process = None
    assert len(server.object_files()) == 1
    server.start()
    client.session = requests.Session()
    client.mark_uploaded(job, f"input/{job}/slow.csv")
    assert client.wait(job)["status"] == "COMPLETED"
    assert client.output(job).split()[-1] == b"19"


def test_text_logs_for_people(new_server):
    server = new_server(QUERN_LOG_FORMAT="text")
    server.register()
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(30) == 0
    server.process = None
    lines = server.log.read_text().splitlines()
    assert any("listening" in line for line in lines)
    assert not any(line.startswith("{") for line in lines)
    assert PASSWORD not in server.log.read_text()
