"""Parquet files of the executable, read back by pyarrow, DuckDB and Polars.

Each case is a table of Python values. It is written as CSV (and as JSON Lines), converted by `$QUERN_BIN transform`,
read by three independent readers, and compared value by value and type by type: with what went in, and so with each other.
"""

import datetime as dt
import json
import math
import os
import random
import subprocess

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

QUERN = os.environ.get("QUERN_BIN")
pytestmark = pytest.mark.skipif(not QUERN, reason="QUERN_BIN names no executable")

UTC = dt.timezone.utc
KINDS = {
    # kind: pyarrow type, DuckDB type, Polars type
    "integer": (pa.int64(), "BIGINT", pl.Int64),
    "double": (pa.float64(), "DOUBLE", pl.Float64),
    "boolean": (pa.bool_(), "BOOLEAN", pl.Boolean),
    "date": (pa.date32(), "DATE", pl.Date),
    "timestamp": (pa.timestamp("us"), "TIMESTAMP", pl.Datetime("us")),
    "timestamp_utc": (pa.timestamp("us", tz="UTC"), "TIMESTAMP WITH TIME ZONE", pl.Datetime("us", "UTC")),
    "string": (pa.string(), "VARCHAR", pl.String),
}

INTEGERS = [0, 1, -1, 2**53, -(2**53) - 1, 2**63 - 1, -(2**63), 42]
DOUBLES = [0.0, -0.0, 1.5, -2.25, 1e-300, 1.7976931348623157e308, 5e-324, 0.1, 1 / 3, 123456789.125]
BOOLEANS = [True, False, False, True, True]
DATES = [dt.date(1970, 1, 1), dt.date(1969, 12, 31), dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.date(2024, 2, 29)]
TIMES = [
    dt.datetime(1970, 1, 1), dt.datetime(1969, 12, 31, 23, 59, 59, 999999), dt.datetime(1, 1, 1),
    dt.datetime(9999, 12, 31, 23, 59, 59, 999999), dt.datetime(2024, 2, 29, 12, 30, 45, 120000),
]
STRINGS = [
    "plain", "", "with, comma", 'with "quotes"', "two\nlines", "cr\r\nlf", "Zoë", "日本語", "😀", "\u0000nul", "007", " 5 ", "NULL",
    "null", "NaN", "true story", "x" * 300, "é" * 200, "\U0010ffff" * 40, "'", "\\", "a\tb", "~" * 100, "\x7f" * 80,
]


def utc(values):
    return [v.replace(tzinfo=UTC) for v in values]


def holes(values, pattern):
    """Nulls in the places that a pattern names."""
    n = len(values)
    return {
        "none": values,
        "all": [None] * n,
        "first": [None] + values[1:],
        "last": values[:-1] + [None],
        "every other": [v if i % 2 else None for i, v in enumerate(values)],
        "long runs": [v if (i // 37) % 2 else None for i, v in enumerate(values)],
    }[pattern]


def spell(value):
    """A value as text."""
    if isinstance(value, bool):
        return "true" if value else "FALSE"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dt.datetime):
        # isoformat leaves zeros out of small years on some systems.
        text = f"{value.year:04d}-{value.month:02d}-{value.day:02d} {value:%H:%M:%S}"
        text += f".{value.microsecond:06d}" if value.microsecond else ""
        return text.replace(" ", "T") + "Z" if value.tzinfo else text
    if isinstance(value, dt.date):
        return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"
    return str(value)


def csv_cell(value):
    if value is None:
        return ""
    text = spell(value)
    if text == "" or any(c in text for c in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def write_csv(table, path):
    names = list(table)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(",".join(csv_cell(name) for name in names) + "\n")
        for row in zip(*(values for _, values in table.values())):
            file.write(",".join(csv_cell(value) for value in row) + "\n")


def write_jsonl(table, path):
    names = list(table)

    def plain(value):
        return value if value is None or isinstance(value, (bool, int, float, str)) else spell(value)

    with open(path, "w", encoding="utf-8") as file:
        for row in zip(*(values for _, values in table.values())):
            file.write(json.dumps(dict(zip(names, map(plain, row)))) + "\n")


def transform(source, target, *options):
    done = subprocess.run(
        [QUERN, "transform", str(source), "-o", str(target), "--force", "--json", *options], capture_output=True, text=True,
        timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def same(found, expected):
    if isinstance(expected, float) and isinstance(found, float):
        return found == expected and math.copysign(1, found) == math.copysign(1, expected)
    return type(found) is type(expected) and found == expected


def check_values(reader, name, found, expected):
    assert len(found) == len(expected), (reader, name)
    for i, (f, e) in enumerate(zip(found, expected)):
        assert same(f, e), f"{reader}, column {name!r}, row {i}: {f!r} instead of {e!r}"


def read_duckdb(path, name, kind):
    """Dates and times as days and microseconds: Python has no year 10000 and DuckDB no wish to make one."""
    quoted = '"' + name.replace('"', '""') + '"'
    expression = {
        "date": f"date_diff('day', DATE '1970-01-01', {quoted})",
        "timestamp": f"epoch_us({quoted})",
        "timestamp_utc": f"epoch_us({quoted})",
    }.get(kind, quoted)
    return [row[0] for row in duckdb.sql(f"SELECT {expression} FROM read_parquet('{path}')").fetchall()]


def as_number(value, kind):
    if value is None or kind not in ("date", "timestamp", "timestamp_utc"):
        return value
    if kind == "date":
        return (value - dt.date(1970, 1, 1)).days
    epoch = dt.datetime(1970, 1, 1, tzinfo=value.tzinfo)
    return (value - epoch) // dt.timedelta(microseconds=1)


def check(table, path):
    """All readers see the table, in its order, with its types, and with bounds that hold."""
    arrow = pq.read_table(path)
    assert arrow.column_names == list(table)
    frame = pl.read_parquet(path)
    assert frame.columns == list(table)
    described = duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet('{path}')").fetchall()
    for i, (name, (kind, values)) in enumerate(table.items()):
        expected_kind = "string" if all(v is None for v in values) else kind
        arrow_type, duck_type, polars_type = KINDS[expected_kind]
        assert arrow.schema.field(i).type == arrow_type, name
        assert described[i][1] == duck_type, name
        assert frame.dtypes[i] == polars_type, name
        numbers = [as_number(v, kind) for v in values]
        if arrow.num_columns == len(set(map(str.lower, table))):
            check_values("duckdb", name, read_duckdb(path, name, expected_kind), numbers)
        if expected_kind in ("date", "timestamp", "timestamp_utc"):
            integers = pa.int32() if expected_kind == "date" else pa.int64()
            check_values("pyarrow", name, arrow.column(i).cast(integers).to_pylist(), numbers)
            check_values("polars", name, frame.to_series(i).to_physical().to_list(), numbers)
        else:
            check_values("pyarrow", name, arrow.column(i).to_pylist(), values)
            check_values("polars", name, frame.to_series(i).to_list(), values)
    check_statistics(table, path)


def check_statistics(table, path):
    meta = pq.ParquetFile(path).metadata
    assert meta.created_by == "quern"
    assert meta.num_rows == len(next(iter(table.values()))[1])
    start = 0
    for g in range(meta.num_row_groups):
        group = meta.row_group(g)
        for c, (kind, values) in enumerate(table.values()):
            part = [v for v in values[start:start + group.num_rows]]
            there = [v for v in part if v is not None]
            column = group.column(c)
            assert column.compression == "SNAPPY"
            assert column.statistics.null_count == len(part) - len(there)
            if there and kind in ("integer", "double", "boolean", "string") and column.statistics.has_min_max:
                low, high = column.statistics.min, column.statistics.max
                if kind == "string":
                    low, high = low.encode(), high.encode()
                    there = [v.encode() for v in there]
                assert low <= min(there) and high >= max(there)
            if not there:
                assert not column.statistics.has_min_max
        start += group.num_rows
    assert start == meta.num_rows


COLUMNS = {
    "integer": INTEGERS, "double": DOUBLES, "boolean": BOOLEANS, "date": DATES, "timestamp": TIMES, "timestamp_utc": utc(TIMES),
    "string": STRINGS,
}


@pytest.mark.parametrize("pattern", ["none", "all", "first", "last", "every other", "long runs"])
@pytest.mark.parametrize("rows", [1, 7, 8, 9, 1000])
def test_every_type_with_nulls_in_all_places(tmp_path, rows, pattern):
    table = {"row": ("integer", list(range(rows)))}
    for kind, values in COLUMNS.items():
        table[kind] = (kind, holes([values[i % len(values)] for i in range(rows)], pattern))
    # With few rows the odd values that make a column what it is may be missing.
    table["double"] = ("double", [None if v is None else v + 0.5 if i == 0 else v for i, v in enumerate(table["double"][1])])
    write_csv(table, tmp_path / "in.csv")
    answer = transform(tmp_path / "in.csv", tmp_path / "out.parquet")
    assert answer_ledger(answer)["rows_written"] == rows
    check(table, tmp_path / "out.parquet")
    write_jsonl(table, tmp_path / "in.jsonl")
    transform(tmp_path / "in.jsonl", tmp_path / "out2.parquet")
    check(table, tmp_path / "out2.parquet")


def answer_ledger(answer):
    """The ledger, in whichever case its names are spelled."""
    ledger = answer.get("ledger", answer)
    names = {"rowsRead": "rows_read", "rowsWritten": "rows_written", "rowsFiltered": "rows_filtered", "rowsRejected": "rows_rejected"}
    return {names.get(key, key): value for key, value in ledger.items()}


@pytest.mark.parametrize("values", [[v] for v in STRINGS] + [STRINGS])
def test_every_odd_string(tmp_path, values):
    table = {"row": ("integer", list(range(len(values)))), "text": ("string", values)}
    # Alone in a column of CSV, a number with spaces around it is one.
    if values != [" 5 "]:
        write_csv(table, tmp_path / "in.csv")
        transform(tmp_path / "in.csv", tmp_path / "out.parquet")
        check(table, tmp_path / "out.parquet")
    write_jsonl(table, tmp_path / "in.jsonl")
    transform(tmp_path / "in.jsonl", tmp_path / "out2.parquet")
    check(table, tmp_path / "out2.parquet")


@pytest.mark.parametrize("distinct", [1, 2, 3, 200, 5000, 70_000])
def test_dictionaries_of_all_sizes(tmp_path, distinct):
    rng = random.Random(distinct)
    rows = 150_000
    picks = [rng.randrange(distinct) for _ in range(rows)]
    table = {
        "row": ("integer", list(range(rows))),
        "text": ("string", [None if rng.random() < 0.1 else f"value {p}" for p in picks]),
        "number": ("integer", [p * 1_000_003 for p in picks]),
        "real": ("double", [p + 0.25 for p in picks]),
        "day": ("date", [dt.date(2000, 1, 1) + dt.timedelta(days=p) for p in picks]),
        "flag": ("boolean", [p % 2 == 0 for p in picks]),
        "sorted": ("integer", sorted(picks)),
    }
    write_csv(table, tmp_path / "in.csv")
    transform(tmp_path / "in.csv", tmp_path / "out.parquet")
    check(table, tmp_path / "out.parquet")


def test_many_row_groups(tmp_path):
    rng = random.Random(1)
    rows = 700_000
    table = {
        "row": ("integer", list(range(rows))),
        "text": ("string", [f"{rng.getrandbits(64):x}" + "g" for _ in range(rows)]),
        "late": ("integer", [None] * (rows - 1) + [5]),
    }
    write_csv(table, tmp_path / "in.csv")
    transform(tmp_path / "in.csv", tmp_path / "out.parquet")
    assert pq.ParquetFile(tmp_path / "out.parquet").metadata.num_row_groups > 1
    check(table, tmp_path / "out.parquet")


def test_long_values_make_short_pages(tmp_path):
    rng = random.Random(2)
    table = {
        "row": ("integer", list(range(300))),
        "text": ("string", ["".join(rng.choice("abcdefgh ") for _ in range(rng.randrange(1, 40_000))) for _ in range(300)]),
    }
    write_csv(table, tmp_path / "in.csv")
    transform(tmp_path / "in.csv", tmp_path / "out.parquet")
    check(table, tmp_path / "out.parquet")


@pytest.mark.parametrize("kinds", [["string"], ["string", "string", "string"]])
def test_no_rows(tmp_path, kinds):
    table = {f"c{i}": (kind, []) for i, kind in enumerate(kinds)}
    write_csv(table, tmp_path / "in.csv")
    transform(tmp_path / "in.csv", tmp_path / "out.parquet")
    check(table, tmp_path / "out.parquet")


def test_no_rows_left_by_a_filter(tmp_path):
    write_csv({"a": ("integer", [1, 2]), "b": ("string", ["x", "y"])}, tmp_path / "in.csv")
    transform(tmp_path / "in.csv", tmp_path / "out.parquet", "--filter", "b eq z")
    # What holds no value has no type but text.
    check({"a": ("string", []), "b": ("string", [])}, tmp_path / "out.parquet")


@pytest.mark.parametrize(
    "names",
    [["a", "A"], ["with space", "with,comma", 'with "quote"'], ["Zoë", "日本", "😀"], ["a.b", "a.c", "."], ["two\nlines", "tab\t"],
     ["x" * 1000, "y"], ["select", "from", "null"]],
)
def test_odd_column_names(tmp_path, names):
    table = {name: ("integer", [i, i + 10, None]) for i, name in enumerate(names)}
    write_csv(table, tmp_path / "in.csv")
    transform(tmp_path / "in.csv", tmp_path / "out.parquet")
    check(table, tmp_path / "out.parquet")


def test_many_columns(tmp_path):
    table = {f"c{i}": ("integer", [i, None, -i]) for i in range(2000)}
    write_csv(table, tmp_path / "in.csv")
    transform(tmp_path / "in.csv", tmp_path / "out.parquet")
    arrow = pq.read_table(tmp_path / "out.parquet")
    assert arrow.num_columns == 2000
    assert all(arrow.column(i).to_pylist() == [i, None, -i] for i in range(2000))


def test_filtered_rows_become_whole_row_groups(tmp_path):
    rows = 400_000
    table = {"row": ("integer", list(range(rows))), "kind": ("string", ["keep" if i % 50 == 0 else "drop" for i in range(rows)])}
    write_csv(table, tmp_path / "in.csv")
    transform(tmp_path / "in.csv", tmp_path / "out.parquet", "--filter", "kind eq keep")
    check({"row": ("integer", list(range(0, rows, 50))), "kind": ("string", ["keep"] * (rows // 50))}, tmp_path / "out.parquet")
    assert pq.ParquetFile(tmp_path / "out.parquet").metadata.num_row_groups == 1


def test_random_tables(tmp_path):
    rng = random.Random(3)
    for case in range(40):
        rows = rng.choice([0, 1, 2, 17, 500, 20_000])
        table = {"row": ("integer", list(range(rows)))} if rows else {"row": ("string", [])}
        for i in range(rng.randrange(1, 8)):
            kind = rng.choice(list(COLUMNS))
            nulls = rng.choice([0, 0, 0.02, 0.5, 0.99])
            values = [None if rng.random() < nulls else rng.choice(COLUMNS[kind]) for _ in range(rows)]
            there = {v for v in values if v is not None}
            if kind == "double" and not any(not float(v).is_integer() or abs(v) > 1e15 or v == 0 for v in there):
                continue
            if kind == "string" and there <= {"", "NULL"} | {"true"}:
                continue
            table[f"{kind} {i}"] = (kind if rows else "string", values)
        write_csv(table, tmp_path / "in.csv")
        transform(tmp_path / "in.csv", tmp_path / "out.parquet")
        check(table, tmp_path / "out.parquet")
