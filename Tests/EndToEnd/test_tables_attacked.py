"""Tables that were made to go wrong in silence: nothing is lost without a word, and no look at a file takes long.

Values are read back by other readers: Python's own csv and json, and pyarrow for Parquet.
"""

import csv
import gzip
import io
import json
import random
import time

import pyarrow.parquet
import pytest

from served import run_quern

FINE, FAILED, PARTIAL, USAGE = 0, 1, 2, 64


class Made:
    """What came of one transformation."""

    def __init__(self, ended, output):
        self.answer = json.loads(ended.stdout)
        self.remarks = " ".join(self.answer.get("remarks", []))
        self.ledger = self.answer["ledger"]
        self.types = {column["name"]: column["type"] for column in self.answer["columns"]}
        if output.suffix == ".parquet":
            self.rows = [list(row.values()) for row in pyarrow.parquet.read_table(output).to_pylist()]
        elif output.suffix == ".jsonl":
            self.rows = [list(json.loads(line).values()) for line in output.read_text("utf-8").split("\n") if line]
        else:
            self.rows = list(csv.reader(io.StringIO(output.read_bytes().decode(), newline="")))[1:]
        rejects = output.with_name(output.name.replace(output.suffix, ".rejected.csv"))
        self.rejects = list(csv.DictReader(io.StringIO(rejects.read_text("utf-8"), newline=""))) if rejects.exists() else []


def make(folder, name, content, *flags, to="jsonl", code=FINE):
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    output = folder / f"out.{to}"
    ended = run_quern("transform", str(folder / name), "-o", str(output), "--json", "--force", *map(str, flags))
    assert ended.returncode == code, f"{ended.returncode}: {ended.stdout}\n{ended.stderr}"
    return Made(ended, output)


def refused(folder, name, content, *flags, to="jsonl"):
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    ended = run_quern("transform", str(folder / name), "-o", str(folder / f"out.{to}"), "--force", *map(str, flags))
    assert ended.returncode in (FAILED, USAGE), ended.stdout + ended.stderr
    assert not (folder / f"out.{to}").exists()
    return ended.stderr


# Numbers


@pytest.mark.parametrize("to", ["jsonl", "parquet"])
@pytest.mark.parametrize("content, flags, rows", [
    ("v\n1.5\n2.25\n", ["--decimal", ","], [["1.5"], ["2.25"]]),
    ("v\n1.5\n12\n", ["--thousands", "."], [["1.5"], ["12"]]),
    ("v\n+-5\n3\n", [], [["+-5"], ["3"]]),
    ("v\n1e-400\n2.5\n", [], [["1e-400"], ["2.5"]]),
    ("v\n0e5\n-0.0\n2.5\n", [], [[0], [0], [2.5]]),
])
def test_a_number_that_does_not_fit_is_never_null(tmp_path, content, flags, rows, to):
    assert make(tmp_path, "in.csv", content, *flags, to=to).rows == rows


def test_a_number_that_a_double_does_not_keep_is_said_or_rejected(tmp_path):
    made = make(tmp_path, "in.csv", "k,v\na,1.23456789012345678901\nb,2.5\nc,1e-400\n", "--type", "v=double", to="parquet", code=PARTIAL)
    assert [row[0] for row in made.rows] == ["a", "b"]
    assert "rounded: v" in made.remarks
    assert made.rejects[0]["content"] == "c,1e-400"


@pytest.mark.parametrize("type, good, bad", [
    ("timestamp", "2024-01-01T10:00:00", "2024-01-01T10:00:00Z"),
    ("timestamp_utc", "2024-01-01T10:00:00Z", "2024-01-01T10:00:00"),
    ("timestamp_utc", "2024-01-01T10:00:00Z", "2024-01-01"),
])
def test_a_moment_of_the_other_kind_is_rejected(tmp_path, type, good, bad):
    made = make(tmp_path, "in.csv", f"k,t\na,{good}\nb,{bad}\n", "--type", f"t={type}", to="parquet", code=PARTIAL)
    assert [row[0] for row in made.rows] == ["a"]
    assert [line["content"] for line in made.rejects] == [f"b,{bad}"]


def test_words_for_null_are_not_told_where_there_were_none(tmp_path):
    made = make(tmp_path, "in.csv", "k,v\na,1\nb,2\n", "--type", "v=double", to="parquet")
    assert "null" not in made.remarks


# Encodings


def test_one_zero_and_one_bad_byte_do_not_make_utf_16(tmp_path):
    made = make(tmp_path, "in.csv", b"id,name\n" + b"".join(b"%d,row %d\n" % (i, i) for i in range(50)) + b"50,\x00\n51,\xff\n")
    assert [row[0] for row in made.rows] == list(range(52))[:len(made.rows)]
    assert "utf-16" not in made.answer["dialect"]["encoding"] and (made.rejects or "not sure" in made.remarks)


def test_bad_bytes_of_a_header_are_told(tmp_path):
    made = make(tmp_path, "in.csv", b"id,na\xffme,gr\xc3\xb6\xc3\x9fe\n1,Zo\xc3\xab,3\n2,B\xc3\xa9n,4\n")
    assert list(made.types)[1] == "na\ufffdme"
    assert "no UTF-8" in made.remarks


# JSON


def test_nested_values_with_line_breaks_stay_on_one_line(tmp_path):
    document = json.dumps([{"id": 1, "a": {"b": [1, "two\nlines \\ \"x\""], "c": None}}, {"id": 2, "a": []}, 5, {"id": 3, "a": {}}], indent=2)
    made = make(tmp_path, "in.json", document, code=PARTIAL)
    assert made.rows == [[1, {"b": [1, "two\nlines \\ \"x\""], "c": None}], [2, []], [3, {}]]
    # Line numbers are those of the file, whatever was done to the values before.
    assert made.rejects[0]["line"] == str(document[:document.index("\n  5")].count("\n") + 2)


def test_line_numbers_of_rejects_do_not_count_escaped_line_feeds(tmp_path):
    made = make(tmp_path, "in.json", '[{"a":"x\\ny\\nz"},\n{"a":"u\\nv"},\n{"a":}]\n', code=PARTIAL)
    assert [line["line"] for line in made.rejects] == ["3"]


def test_a_broken_value_costs_no_other(tmp_path):
    made = make(tmp_path, "in.json", '{"a": 1} {"a": } {"a": 3}\n{"a":\n4}', code=PARTIAL)
    assert made.rows == [[1], [3], [4]]


@pytest.mark.parametrize("content, ids, rejected", [
    ('[\n{"a":1},\n{"a":2,"b":"x\n},\n{"a":4}\n]\n', [1, 4], ["3", "4"]),
    ('[{"a":0},\n{"a":{"b":2},\n{"a":3},\n{"a":4}\n]', [0, 3, 4], ["2"]),
    ('[\n{"a":1}\n,{"a":2}}\n,{"a":3}\n]\n', [1, 3], ["3"]),
])
def test_an_element_that_does_not_end_costs_its_lines(tmp_path, content, ids, rejected):
    made = make(tmp_path, "in.json", content, code=PARTIAL)
    assert [row[0] for row in made.rows] == ids
    assert [line["line"] for line in made.rejects] == rejected
    assert "lines are read one by one" in made.remarks


# Objects one behind the other, as jq and MongoDB's tools write them.
PRETTY = '{\n "a": 1\n}\n{\n "a": 2,\n "b": [\n{"x":1},\n{"x":2}\n ]\n}\n{\n %s\n{\n "a": 4\n}\n\n{\n "a": 5\n}\n'


def pretty(*numbers, end="\n"):
    return "".join(f'{{\n  "a": {number},\n  "n": "x"\n}}{end}' for number in numbers)


@pytest.mark.parametrize("content, rows, rejected", [
    (PRETTY % '"a": 3', [1, 2, 4, 5], ["11"]),
    (PRETTY % '"a": "3\n}', [1, 2, 4, 5], ["11"]),
    (PRETTY % '"a": [3\n}', [1, 2, 4, 5], ["11"]),
    (PRETTY % '"a": 3\n}}', [1, 2, 3, 4, 5], ["13"]),
    # Behind a comma nobody knows whether the next object is a part of the broken one.
    (PRETTY % '"a": 3,', [1, 2, 5], ["11"]),
    (PRETTY.split("%")[0], [1, 2], ["11"]),
    ('{"a":1}{"a":2} {"a":3', [1, 2], ["1"]),
    ('{"a":1}\n{"a":2}\n{"a":"3', [1, 2], ["3"]),
    # Balanced in all, and broken twice.
    ('{\n"a":[{"x":1}]\n{\n"a":[{"x":2}]\n}\n}\n', ['[{"x":2}]'], ["1", "6"]),
    ('{\n"a":[{"x":1}],\n"n":"foo\n}\n{\n"a":[{"x":2}],\n"n":"ok"\n}\n{\n"a":[{"x":3}],\n"n":"bar\n}\n', ['[{"x":2}]'], ["1", "9"]),
    (pretty(1) + '{\n"a":2,\n"n":"foo\n}\n' + pretty(3) + '{\n"a":4,\n"n":"baz\n}\n' + pretty(5, 6), [1, 3, 5, 6], ["5", "13"]),
    (pretty(1) + '{\n"a":2\n' + pretty(3) + '{\n"a":4\n}}\n' + pretty(5, 6), [1, 3, 4, 5, 6], ["5", "13"]),
    # Words between objects, and before them.
    (pretty(1) + "xyz\n" + pretty(2, 3), [1, 2, 3], ["5"]),
    (pretty(1) + "null\n// more\n" + pretty(2), [1, 2], ["5"]),
    ("garbage\n" + pretty(1, 2), [1, 2], ["1"]),
    ('{"a":1} xx {"a":2}{"a":3}', [1, 2, 3], ["1"]),
    # Few, and most of them broken.
    ('{\n"a":1,\n"n":"x"\n' + pretty(2), [2], ["1"]),
    ('{\n"a":1\n' * 5 + pretty(6, 7), [6, 7], ["1", "3", "5", "7", "9"]),
    # Record separators, indented, ends of lines by returns alone.
    ("\x1e" + pretty(1) + '\x1e{\n"a":2,\n\x1e' + pretty(3) + "\x1e" + pretty(4), [1, 3, 4], ["5"]),
    (pretty(1) + ' {\n"a":2\n \t' + pretty(3), [1, 3], ["5"]),
    ((pretty(1) + '{\n"a":2\n' + pretty(3)).replace("\n", "\r"), [1, 3], ["1"]),
    ((pretty(1) + '{\n"a":2\n' + pretty(3)).replace("\n", "\r\n"), [1, 3], ["5"]),
], ids=str)
def test_of_objects_one_behind_the_other_the_broken_one_is_rejected(tmp_path, content, rows, rejected):
    made = make(tmp_path, "in.json", content, code=PARTIAL)
    assert [row[0] if isinstance(row[0], int) else json.dumps(row[0], separators=(",", ":")) for row in made.rows] == rows
    assert [line["line"] for line in made.rejects] == rejected
    assert made.ledger["rows_read"] == len(rows) + len(rejected)


@pytest.mark.parametrize("size", [130_000, 250_000, 300_000, 1_100_000])
@pytest.mark.parametrize("broken", [0, 1, 3])
def test_long_objects_cost_no_others(tmp_path, size, broken):
    objects = [f'{{\n"id":{number},\n"s":"{"x" * size}"\n}}\n' for number in range(4)]
    objects[broken] = objects[broken][:-2]
    made = make(tmp_path, "in.json", "".join(objects), code=PARTIAL)
    assert [row[0] for row in made.rows] == [number for number in range(4) if number != broken]
    assert len(made.rejects) == 1


def test_an_object_that_is_longer_than_any_may_be_costs_no_others(tmp_path):
    content = pretty(*range(5)) + '{\n"a":5,\n"s":"' + "x" * 9_000_000 + '"\n' + pretty(*range(6, 20))
    made = make(tmp_path, "in.json", content, code=PARTIAL)
    assert [row[0] for row in made.rows] == [number for number in range(20) if number != 5]


def test_pieces_of_what_is_too_long_are_no_rows(tmp_path):
    inside = ",\n".join(f'{{"c":{number},"d":"{"x" * 80}"}}' for number in range(120_000))
    made = make(tmp_path, "in.json", '{\n "a":1\n}\n{\n "items":[\n' + inside + "\n]\n}\n" + pretty(3), code=PARTIAL)
    assert [row[0] for row in made.rows] == [1, 3]
    assert list(made.types) == ["a", "n"]


@pytest.mark.parametrize("content", [
    '{"version":1,"items":{' + ",\n".join(f'"k{number}":{{"x":"{"y" * 90}"}}' for number in range(100_000)) + "}}",
    '[{"a":"' + "x" * 12_000_000 + '"}]', '[{"a":1}' + " " * 12_000_000 + "]", '{"a":1}{"a":2}\n' + "z" * 12_000_000,
], ids=["document", "text", "spaces", "word"])
def test_what_is_longer_than_a_record_may_be_is_an_error_where_nothing_divides_it(tmp_path, content):
    assert "8388608" in refused(tmp_path, "in.json", content)


@pytest.mark.parametrize("content", [
    '[{"a":1}}', '{"rows":[{"x":1}}}', '{"a":{"x":1},"b":{"x":2}]', '[{"a":1}}]', '{"rows":[{"a":1},{"a":2}]}}', '[{"a":1}]]',
    '{"a":{"x":1},"b":{"x":2}]}',
])
def test_brackets_that_do_not_match_end_a_run(tmp_path, content):
    """And end it at once: one of them was read for ever."""
    (tmp_path / "in.json").write_text(content)
    for verb in (["sniff"], ["transform", "-o", str(tmp_path / "out.jsonl"), "--force"]):
        ended = run_quern(verb[0], str(tmp_path / "in.json"), *verb[1:], seconds=20)
        assert ended.returncode in (FAILED, PARTIAL) or (verb[0] == "sniff" and ended.returncode == FINE)


def test_brackets_that_close_nothing_are_one_reject(tmp_path):
    made = make(tmp_path, "in.json", '{"a":1}{"a":2}\n' + "}" * 1_000_000 + "\n" + pretty(3), code=PARTIAL)
    assert [row[0] for row in made.rows] == [1, 2, 3] and len(made.rejects) == 1


def test_a_backslash_before_the_end_of_a_line_hides_no_object(tmp_path):
    made = make(tmp_path, "in.json", pretty(1) + '{\n"p":"C:\\dir\\\n' + pretty(2, 3), code=PARTIAL)
    assert [row[0] for row in made.rows] == [1, 2, 3]


@pytest.mark.parametrize("content, rows", [
    ('{"a":0}\n' + pretty(1, 2), [0, 1, 2]),
    ('{"a":0}\n{"a":1}{"a":2}\n{"a":3}\n', [0, 1, 2, 3]),
    ('{"a":0}{"a":1}\n' + pretty(2), [0, 1, 2]),
    ('{"a":1}\n{"a":2}\n{\n"a":[\n{"x":1},\n{"x":2}\n]}\n{"a":3}\n', [1, 2, [{"x": 1}, {"x": 2}], 3]),
    ('{"a":1}\n{"a":2}', [1, 2]),
    ('{"rows":[{"a":1},{"a":2}], "n": [1, {"b": [-1.5e3, true, null, "x\\"]"]}], }\n', [1, 2]),
], ids=str)
def test_valid_objects_are_all_read_however_their_lines_are_divided(tmp_path, content, rows):
    made = make(tmp_path, "in.json", content)
    assert [row[0] for row in made.rows] == rows


def test_a_line_that_is_cut_behind_a_comma_costs_itself_alone(tmp_path):
    made = make(tmp_path, "in.jsonl", '{"a":1,\n{"a":2}\n{"a":3}\n', code=PARTIAL)
    assert [row[0] for row in made.rows] == [2, 3] and [line["line"] for line in made.rejects] == ["1"]


@pytest.mark.parametrize("content", [
    '{"rows":[{"x":1}], garbage }', '{"rows":[{"x":1}], "o":[1,2}, "n":5]', '{"rows":[{"x":1}], "n": 1 2}', '{"rows":[{"x":1}] "n": 1}',
    '{"rows":[{"x":1}], "n"}', '{"rows":[{"x":1}]]', '{"n": tru, "rows":[{"x":1}]}',
    '{"rows" [{"x":1}]}', '{"n":,"rows":[{"x":1}]}',
])
def test_what_stands_around_the_rows_has_to_be_json(tmp_path, content):
    assert "broken at byte" in refused(tmp_path, "in.json", content)
    for path in ("/rows", "/o"):
        (tmp_path / "in.json").write_text(content)
        assert run_quern("transform", str(tmp_path / "in.json"), "-o", str(tmp_path / "out.jsonl"), "--path", path).returncode == FAILED


@pytest.mark.parametrize("line", ['{\n', '"\n', '{"\n', '[\n', '{"a":\n', 'x{\n', '{}\n{\n', "{\x1e{"])
def test_broken_values_take_no_longer_the_more_there_are(tmp_path, line):
    (tmp_path / "in.json").write_text('{"a":1}{"a":2}\n' + line * (2_000_000 // len(line)))
    start = time.monotonic()
    ended = run_quern("transform", str(tmp_path / "in.json"), "-o", str(tmp_path / "out.jsonl"), "--force")
    assert ended.returncode in (FAILED, PARTIAL)
    assert time.monotonic() - start < 20


def test_objects_one_behind_the_other_are_divided_at_the_same_places_however_many_there_are(tmp_path):
    """More than a block, so that the places where blocks begin count."""
    one = '{\n "a": %d,\n "b": [\n{"x": "' + "y" * 500 + '"},\n{"x":2}\n ]\n}\n'
    content = "".join(one % number for number in range(8_000)).replace(" ]\n}\n{\n \"a\": 4000,", " ]\n{\n \"a\": 4000,")
    made = make(tmp_path, "in.json", content, code=PARTIAL)
    assert [row[0] for row in made.rows] == [number for number in range(8_000) if number != 3_999]
    assert made.ledger["rows_rejected"] == 1


@pytest.mark.parametrize("content", ['{"a": 1', '{"rows": [\n{"a":1},\n{"a":2},\n{"a":3', '{"a":[1,2}\n'])
def test_one_object_that_does_not_end_is_an_error(tmp_path, content):
    assert "JSON" in refused(tmp_path, "in.json", content)


@pytest.mark.parametrize("content", ['{"rows":[{"a":1},{"a":2}]} x'])
def test_what_stands_outside_of_a_document_is_an_error(tmp_path, content):
    assert "outside the JSON document" in refused(tmp_path, "in.json", content)


def test_arrays_that_are_not_read_are_told(tmp_path):
    made = make(tmp_path, "in.json", '{"r":[{"a":1},{"a":2},{"a":3}],"s":[{"b":1}],"r":[{"a":4}]}')
    assert made.rows == [[1], [2], [3]]
    assert "/r stands 2 times" in made.remarks and "not read: /s" in made.remarks


def test_a_member_key_does_not_hide_the_name_of_its_row(tmp_path):
    made = make(tmp_path, "in.json", '{"x":{"key":1,"v":2},"y":{"key":3,"v":4}}')
    assert list(made.types) == ["key", "key_2", "v"]
    assert made.rows == [["x", 1, 2], ["y", 3, 4]]


def test_an_empty_object_is_not_null_when_objects_are_flattened(tmp_path):
    made = make(tmp_path, "in.jsonl", '{"a":{"b":1}}\n{"a":{}}\n', "--flatten", "yes", to="csv")
    assert list(made.types) == ["a.b", "a"]
    assert made.rows == [["1", ""], ["", "{}"]]


def test_a_row_of_commas_is_one_reject(tmp_path):
    made = make(tmp_path, "in.json", "[" + "," * 5_000 + '{"a":1},,,{"a":2}]', code=PARTIAL)
    assert made.rows == [[1], [2]]
    assert len(made.rejects) == 2


# Filters on large files: what is found at some places does not decide for all cells.


def large(rows, odd):
    lines = [f"{i},{i % 97}" for i in range(rows)]
    for place, cell in odd.items():
        lines[place] = f"{place},{cell}"
    return "id,v\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize("rows", [2_000, 400_000])
def test_a_word_for_null_counts_wherever_it_stands(tmp_path, rows):
    # A place that no sample of a large file sees.
    made = make(tmp_path, "in.csv", large(rows, {rows // 3 + 7: "NA"}), "--filter", "v is_null", to="csv")
    assert made.rows == [[str(rows // 3 + 7), "NA"]]


@pytest.mark.parametrize("rows", [2_000, 400_000])
def test_a_word_in_a_column_of_text_is_a_word_wherever_the_text_stands(tmp_path, rows):
    made = make(tmp_path, "in.csv", large(rows, {5: "NA", rows // 3 + 7: "a text"}), "--filter", "v eq NA", to="csv")
    assert made.rows == [["5", "NA"]]


@pytest.mark.parametrize("rows", [2_000, 400_000])
def test_a_decimal_comma_counts_wherever_it_stands(tmp_path, rows):
    content = large(rows, {rows // 3 + 7: "9999999,5"}).replace(",", ";").replace("9999999;5", "9999999,5")
    made = make(tmp_path, "in.csv", content, "--filter", "v gt 1000", to="csv")
    assert made.rows == [[str(rows // 3 + 7), "9999999,5"]]


@pytest.mark.parametrize("rows", [2_000, 300_000])
def test_the_order_of_dates_is_that_of_all_cells(tmp_path, rows):
    lines = [f"{i};{i % 12 + 1:02}/{i % 11 + 1:02}/2023" for i in range(rows)]
    lines[rows // 3 + 7] = f"{rows // 3 + 7};31/12/2024"
    made = make(tmp_path, "in.csv", "id;d\n" + "\n".join(lines) + "\n", "--filter", "d gte 2024-01-01", to="csv")
    assert made.rows == [[str(rows // 3 + 7), "31/12/2024"]]


# Dialects


@pytest.mark.parametrize("content, flags, rows", [
    ('a||b\n1||"x\n2||y\n3||z\n', ["--delimiter", "||"], [["1", '"x'], ["2", "y"], ["3", "z"]]),
    ('a||b\n1||5" pipe\n2||"y||z"\n', ["--delimiter", "||"], [["1", '5" pipe'], ["2", "y||z"]]),
    ('a||b\n"x""y"||2\n"p"q||4\n"r"||"s\nt"\n', ["--delimiter", "||"], [['x"y', "2"], ['"p"q', "4"], ["r", "s\nt"]]),
    ('a  b\n1   "x  y"\n2 "u\n3  w\n', ["--delimiter", "spaces"], [["1", "x  y"], ["3", "w"]]),
])
def test_a_stray_quote_costs_one_line_whatever_the_delimiter(tmp_path, content, flags, rows):
    lost = content.count("\n") - 1 - content.count("s\nt") != len(rows)
    made = make(tmp_path, "in.csv", content, *flags, to="csv", code=PARTIAL if lost else FINE)
    assert made.rows == rows


def test_a_rejected_record_shows_the_delimiter_of_the_file(tmp_path):
    made = make(tmp_path, "in.csv", "a||b\n1||2||3\n4||5\n", "--delimiter", "||", to="csv", code=PARTIAL)
    assert [(line["line"], line["byte_offset"], line["content"]) for line in made.rejects] == [("2", "", "1||2||3")]


@pytest.mark.parametrize("piece", range(1, 40, 7))
def test_a_long_delimiter_is_found_wherever_pieces_end(tmp_path, piece):
    rows = [[f"{i}", "x" * (i % 50), f'q"{i}', "a|b"] for i in range(30_000)]
    text = "\n".join("|~|".join('"' + c.replace('"', '""') + '"' if '"' in c else c for c in row) for row in rows)
    made = make(tmp_path, "in.csv", "w|~|x|~|y|~|" + "z" * piece + "\n" + text + "\n", "--delimiter", "|~|", to="csv")
    assert made.rows == rows


def test_a_lone_return_is_quoted_for_other_readers(tmp_path):
    made = make(tmp_path, "in.csv", b"a,b\r\n1,x\ry\r\n2,z\r\n" * 1 + b"".join(b"%d,ok\r\n" % i for i in range(3, 2_000)), to="csv")
    assert made.rows[0] == ["1", "x\ry"] and made.rows[1] == ["2", "z"] and len(made.rows) == 1_999


def test_mixed_line_ends_are_told(tmp_path):
    assert "Line ends are mixed" in make(tmp_path, "in.csv", b"a,b\r\n1,2\n3,4\r\n").remarks
    assert "Line ends" not in make(tmp_path, "in.csv", b'a,b\r\n1,"x\ny"\r\n3,4\r\n').remarks


@pytest.mark.parametrize("content, columns, says", [
    ("id,name\nid,name\n1,x\n2,y\nid,name\n", ["id id", "name name"], "2 lines"),
    ("time,speed\ns,m/s\n0,1.5\n1,2.5\n", ["time s", "speed m/s"], "2 lines"),
])
def test_a_header_of_several_lines_is_told(tmp_path, content, columns, says):
    made = make(tmp_path, "in.csv", content)
    assert list(made.types) == columns and says in made.remarks


def test_lines_of_spaces_are_told(tmp_path):
    assert "2 lines held nothing but spaces" in make(tmp_path, "in.csv", "a,b\n1,2\n   \n\n \t\n3,4\n").remarks


@pytest.mark.parametrize("name, content, flags, says", [
    ("in.csv", "a,b\n1,2\n3,4\n", ["--header", "4"], "4 lines"),
    ("in.csv", "a,b\n1,2\n", ["--path", "/x"], "path"),
    ("in.json", '[{"a":1}]', ["--delimiter", ";"], "delimiter"),
    ("in.jsonl", '{"a":1}\n{"b":1}\n', ["--type", "c=string"], '"c"'),
    ("in.csv", "a,b\n1,2\n", ["--skip-lines", "9"], "9"),
])
def test_an_option_that_can_not_be_used_is_refused(tmp_path, name, content, flags, says):
    assert says in refused(tmp_path, name, content, *flags)


def test_a_type_may_be_said_of_a_key_that_comes_late(tmp_path):
    content = "".join('{"a":1}\n' for _ in range(300_000)) + '{"a":2,"late":"007"}\n'
    made = make(tmp_path, "in.jsonl", content, "--type", "late=string", "--filter", "late not_null")
    assert made.rows == [[2, "007"]]


def test_a_quote_that_was_said_is_no_delimiter(tmp_path):
    made = make(tmp_path, "in.txt", "|a|,|b|\n|1,5|,|2|\n|3|,|4|\n", "--quote", "|")
    assert list(made.types) == ["a", "b"] and made.ledger["rows_written"] == 2


def test_many_lines_are_skipped(tmp_path):
    content = "".join(f"# a remark of some length, number {i}\n" for i in range(20_000)) + "id,name\n1,Ana\n"
    made = make(tmp_path, "in.csv", content, "--skip-lines", "20000")
    assert made.rows == [[1, "Ana"]]
    made = make(tmp_path, "in.csv", content + "2\n", "--skip-lines", "20000", code=PARTIAL)
    assert made.rejects[0]["line"] == "20003"


@pytest.mark.parametrize("delimiter", ["||", "spaces"])
def test_the_encoding_of_a_text_that_was_written_anew_is_that_of_the_file(tmp_path, delimiter):
    content = "a||b\nZoë||1\n" if delimiter == "||" else "a   b\nZoë   1\n"
    made = make(tmp_path, "in.txt", content.encode("utf-16"), "--delimiter", delimiter)
    assert made.rows == [["Zoë", 1]]
    assert made.answer["dialect"]["encoding"] == "utf-16le"


# Time


def dice(seed, letters, count):
    return bytes(random.Random(seed).choices(letters, k=count))


@pytest.mark.parametrize("name, content", [
    ("quotes.csv", b'"a,' * 60_000 + b'\n1,2\n3,4\n5,6\n'),
    ("returns.csv", b"a,b\r" + b"1,2\r" * 3_000_000),
    ("spaces.txt", b"a   b\n" + b"1     2\n" * 2_000_000),
    ("array.json", b'[' + b'{"a":1},' * 2_000_000 + b'{"a":1}]'),
    ("wrapped.json", b'{"rows":[' + b'{"a":1},' * 2_000_000 + b'{"a":1}]}'),
    ("packed.csv.gz", gzip.compress(b"a,b\n" + b"1,2\n" * 10_000_000, 1, mtime=0)),
    ("latin.csv", b"a,b\n" + b"1,Zo\xeb\n" * 2_000_000),
    ("columns.csv", b"\n".join(b",".join(b"%d" % number for number in range(30_000)) for _ in range(40))),
    ("keys.jsonl", b"\n".join(
        json.dumps({f"key_{number}": number for number in range(20_000)}).encode() for _ in range(5))),
    ("few-of-many-keys.json", json.dumps(
        [{f"key_{row * 10 + number}": number for number in range(10)} for row in range(20_000)]).encode()),
    ("zeros.csv.gz", gzip.compress(bytes(200 << 20), 1, mtime=0)),
    ("hostile.csv", dice(5, b'",;\n\r a1\xff', 4 << 20)),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_look_at_a_large_file_is_short(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    start = time.monotonic()
    ended = run_quern("sniff", str(tmp_path / name), "--json")
    assert time.monotonic() - start < 5
    assert ended.returncode in (FINE, FAILED) and (ended.returncode == FAILED or json.loads(ended.stdout)["columns"])


def test_a_look_at_the_beginning_of_a_document_of_members_finds_the_same_columns(tmp_path):
    """The look ends behind some bytes, wherever that is in a member."""
    for shift in range(0, 40, 3):
        members = {f"key_{'x' * shift}{number}": {"id": number, "name": "x" * (number % 7)} for number in range(60_000)}
        (tmp_path / "in.json").write_text(json.dumps(members))
        told = json.loads(run_quern("sniff", str(tmp_path / "in.json"), "--json", "--rows", "1").stdout)
        assert [column["name"] for column in told["columns"]] == ["key", "id", "name"], shift


def test_a_look_at_a_file_full_of_holes_is_short(tmp_path):
    with open(tmp_path / "holes.csv", "wb") as file:
        file.write(b"a,b\n1,2\n" * 1_000)
        file.truncate(4 << 30)
    start = time.monotonic()
    run_quern("sniff", str(tmp_path / "holes.csv"), "--json")
    assert time.monotonic() - start < 5


# Filters find equal what is equal


def days(rows, at):
    return "k,v\n" + "".join(f"{i},{'31/12/2024' if i == at else '01/02/2024'}\n" for i in range(rows))


@pytest.mark.parametrize("rows, at", [(2_000, 60), (100_000, 60_000)])
@pytest.mark.parametrize("expression, found", [
    ("v eq 2024-02-01", -1), ("v ne 2024-02-01", 1), ("v in 2024-02-01,2023-01-01", -1), ("v not_in 2024-02-01", 1),
    ("v between 2024-12-01,2024-12-31", 1),
])
def test_days_are_equal_wherever_their_order_shows(tmp_path, rows, at, expression, found):
    made = make(tmp_path, "in.csv", days(rows, at), "--filter", expression, to="csv")
    assert made.ledger["rows_written"] == (found if found > 0 else rows + found)


@pytest.mark.parametrize("name, content, flags, found", [
    ("in.csv", "k,v\na,1.50\nb,1.5\nc,15e-1\nd,2\n", ["--filter", "v eq 1.5"], "abc"),
    ("in.csv", "k,v\na,1.50\nb,15e-1\nc,2\nd,\n", ["--filter", "v ne 1.5"], "c"),
    # 1.5 and 1.50 alone may be versions, and stay text.
    ("in.csv", "k,v\na,1.50\nb,1.5\nc,2\n", ["--filter", "v ne 1.5"], "ac"),
    ("in.csv", "k,v\na,1.50\nb,7\nc,2\n", ["--filter", "v in 1.5,7.0"], "ab"),
    ("in.csv", 'k,v\na,"1,234.5"\nb,"2,000"\nc,1\n', ["--filter", "v eq 1234.5"], "a"),
    ("in.csv", "k;v\na;1,5\nb;1,50\nc;2\n", ["--filter", "v eq 1.5"], "ab"),
    ("in.csv", "k,v\na,1.5\nb,1.50\nc,x\n", ["--filter", "v eq 1.5"], "a"),
    ("in.csv", "k,v\na,01\nb,1\nc,1.0\n", ["--filter", "v eq 1"], "b"),
    ("in.csv", "k,v\na,9007199254740993\nb,9007199254740992\n", ["--filter", "v eq 9007199254740993"], "a"),
    ("in.csv", "k,v\na,1.50\nb,1.5\n", ["--filter", "v eq 1.5", "--infer-types", "no"], "b"),
    ("in.jsonl", '{"k":"a","v":1.50}\n{"k":"b","v":"1.5"}\n{"k":"c","v":"1.50"}\n{"k":"d","v":15e-1}\n', ["--filter", "v eq 1.5"], "abd"),
])
def test_numbers_are_equal_by_value_and_texts_by_their_letters(tmp_path, name, content, flags, found):
    assert "".join(row[0] for row in make(tmp_path, name, content, *flags, to="csv").rows) == found


@pytest.mark.parametrize("odd, found", [("007", 1), ("seven", 1), ("7.0", 2)])
@pytest.mark.parametrize("rows", [2_000, 400_000])
def test_a_number_is_a_text_where_one_cell_makes_its_column_text(tmp_path, rows, odd, found):
    lines = [f"{i},{i % 5 + 100}" for i in range(rows)]
    lines[rows // 3 + 7], lines[rows // 2 + 3] = "x,7", f"y,{odd}"
    made = make(tmp_path, "in.csv", "k,v\n" + "\n".join(lines) + "\n", "--filter", "v eq 7", to="csv")
    assert len(made.rows) == found
