"""Several files as one table."""

import csv
import gzip
import io
import json
import os

import pyarrow.parquet
import pytest

from served import run_quern

FINE, FAILED, PARTIAL, USAGE = 0, 1, 2, 64


def make(folder, files, *arguments, to="jsonl", code=FINE):
    """What is told, and the path of the output; without other arguments all files are named in their order."""
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    named = [a for a in arguments if not a.startswith("-")] if arguments and not arguments[0].startswith("-") else list(files)
    flags = arguments[len(named):] if arguments and not arguments[0].startswith("-") else arguments
    ended = run_quern("transform", *named, "-o", f"out.{to}", "--json", "--force", *flags, cwd=folder)
    assert ended.returncode == code, f"{ended.returncode}: {ended.stdout}\n{ended.stderr}"
    return json.loads(ended.stdout) if code in (FINE, PARTIAL) else ended.stderr, folder / f"out.{to}"


def lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


PARTS = {
    "part-1.csv": "id,name\n1,Ana\n2,\"B, C\"\n", "part-2.csv": "name;id;city\nDora;3;Ulm\n;4;\"\"\n".encode("utf-16"),
    "part-10.csv": gzip.compress("id|name\n5|Zoë\n".encode(), mtime=0),
}
ROWS = [
    {"id": 1, "name": "Ana", "city": None}, {"id": 2, "name": "B, C", "city": None}, {"id": 3, "name": "Dora", "city": "Ulm"},
    {"id": 4, "name": None, "city": ""}, {"id": 5, "name": "Zoë", "city": None},
]


@pytest.mark.parametrize("arguments", [["part-*.csv"], ["part-1.csv", "part-2.csv", "part-10.csv"], ["part-[12].csv", "part-10.csv"], ["part-?.csv", "part-1?.csv"]])
def test_columns_are_matched_by_name(tmp_path, arguments):
    told, output = make(tmp_path, PARTS, *arguments)
    assert lines(output) == ROWS
    assert told["ledger"] == {"rows_read": 5, "rows_written": 5, "rows_filtered": 0, "rows_rejected": 0}
    remarks = " ".join(told["remarks"])
    assert "part-1.csv has no column city" in remarks and "part-10.csv has no column city" in remarks and "part-2.csv has no" not in remarks
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*PARTS, "out.jsonl"])


def test_types_and_steps_see_all_files(tmp_path):
    files = {"a.csv": "k,v\na,1\nb,2\n", "b.csv": "k,v\nc,2.5\nd,NA\n"}
    told, output = make(tmp_path, files, "--filter", "v gt 1", "--select", "v", to="parquet")
    assert pyarrow.parquet.read_table(output).to_pydict() == {"v": [2.0, 2.5]}
    assert told["columns"][0]["type"] == "double" and told["ledger"]["rows_filtered"] == 2
    told, output = make(tmp_path, files, "--limit", "3", to="csv")
    assert output.read_text() == "k,v\na,1\nb,2\nc,2.5\n"


def test_a_rejected_row_names_its_file(tmp_path):
    files = {"a.csv": "k,v\na,1\nb\n", "b, c.csv": "k,v\nc,2\n", "d.csv": "k,v\nd,3\nx,y,\"z\nz\"\ne,four\n"}
    told, output = make(tmp_path, files, "--type", "v=integer", to="csv", code=PARTIAL)
    assert output.read_text() == "k,v\na,1\nc,2\nd,3\n"
    assert told["ledger"] == {"rows_read": 6, "rows_written": 3, "rows_filtered": 0, "rows_rejected": 3}
    rejects = list(csv.DictReader(io.StringIO((tmp_path / "out.rejected.csv").read_text(), newline="")))
    assert [(row["file"], row["line"], row["content"]) for row in rejects] == [
        ("a.csv", "3", "b"), ("d.csv", "3", 'x,y,"z\nz"'), ("d.csv", "5", "e,four")]


def test_json_files_keep_what_they_are(tmp_path):
    files = {"a.json": '[{"id":1,"code":"007"},{"id":2,"n":{"x":[1,\n2]}}]', "b.jsonl": '{"code":7,"id":3}\n', "c.json": '{"rows":[{"id":4}]}'}
    _, output = make(tmp_path, files)
    assert lines(output) == [
        {"id": 1, "code": "007", "n": None}, {"id": 2, "code": None, "n": {"x": [1, 2]}}, {"id": 3, "code": 7, "n": None},
        {"id": 4, "code": None, "n": None}]


def test_one_column_keeps_its_nulls_and_empty_texts(tmp_path):
    _, output = make(tmp_path, {"a.csv": 'v\nx\n""\ny\n', "b.csv": "v\nz\n"})
    assert [row["v"] for row in lines(output)] == ["x", None, "y", "z"]


def test_files_without_headers_are_one_behind_the_other(tmp_path):
    _, output = make(tmp_path, {"a.csv": "1,x\n2,y\n", "b.csv": "3,z\n"}, "--header", "no")
    assert [list(row.values()) for row in lines(output)] == [[1, "x"], [2, "y"], [3, "z"]]


@pytest.mark.parametrize("files, arguments, says", [
    ({"a.csv": "k\n1\n", "b.json": '[{"k":1}]'}, [], "all of one format"), ({"a.csv": "k\n1\n"}, ["b-*.csv"], "No file is like b-*.csv"),
    ({"a.csv": "k\n1\n"}, ["a.csv", "a.csv"], "named twice"), ({"a.csv": "k\n1\n"}, ["a.csv", "-"], "standard input"),
    ({"a.csv": "k\n1\n", "b.csv": ""}, [], "b.csv: "), ({"a.csv": "k,v\n1,2\n", "b.csv": "k\n1\n"}, ["--type", "w=string"], "no file has such a column"),
    ({"a.csv": "k\n1\n", "b.csv": b"\x89PNG\r\n\x1a\n" + b"x" * 99}, [], "b.csv: "),
])
def test_what_can_not_be_one_table_says_why(tmp_path, files, arguments, says):
    error, output = make(tmp_path, files, *arguments, code=FAILED)
    assert says in error and not output.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(files)


def test_an_input_is_never_the_output(tmp_path):
    files = {"a.csv": "k\n1\n", "b.csv": "k\n2\n"}
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    ended = run_quern("transform", "a.csv", "b.csv", "-o", "b.csv", "--force", cwd=tmp_path)
    assert ended.returncode == FAILED and "same file" in ended.stderr
    assert {name: (tmp_path / name).read_text() for name in files} == files


def test_a_hundred_files_and_the_standard_output(tmp_path):
    for number in range(100):
        (tmp_path / f"p{number}.csv").write_text(f"id,n{number % 3}\n{number},x\n")
    ended = run_quern("transform", "p*.csv", "-o", "-", "--to", "csv", "-q", cwd=tmp_path)
    assert ended.returncode == FINE, ended.stderr
    rows = list(csv.DictReader(io.StringIO(ended.stdout)))
    assert [int(row["id"]) for row in rows] == list(range(100))
    assert all(row[f"n{number % 3}"] == "x" for number, row in enumerate(rows))
    assert "more files lack columns" in ended.stderr


def test_a_comma_in_one_file_is_no_mark_in_another(tmp_path):
    told, output = make(tmp_path, {"a.csv": "id;d\n1;1.234,5\n2;2,5\n", "b.csv": "id,d\n3,1.500\n4,2.25\n"})
    assert [row["d"] for row in lines(output)] == ["1.234,5", "2,5", "1.500", "2.25"]
    assert "with a comma and some with a point in d" in " ".join(told["remarks"])


def test_a_file_under_two_names_is_one(tmp_path):
    (tmp_path / "a.csv").write_text("k\n1\n")
    (tmp_path / "b.csv").symlink_to("a.csv")
    for names in (["a.csv", "./a.csv"], ["a.csv", "b.csv"], ["*.csv"]):
        ended = run_quern("transform", *names, "-o", "out.jsonl", cwd=tmp_path)
        assert ended.returncode == FAILED and "same file" in ended.stderr


def test_a_file_that_is_called_like_the_standard_input(tmp_path):
    (tmp_path / "-").write_text("k\n9\n")
    ended = run_quern("transform", "*", "-o", "-", "--to", "csv", cwd=tmp_path, input="k\n1\n")
    assert ended.returncode == FINE and ended.stdout == "k\n9\n"


def test_a_pipe_without_a_writer_keeps_nobody_waiting(tmp_path):
    os.mkfifo(tmp_path / "a.csv")
    ended = run_quern("transform", "a.csv", "-o", "out.csv", cwd=tmp_path, seconds=20)
    assert ended.returncode == FAILED and "not a regular file" in ended.stderr
