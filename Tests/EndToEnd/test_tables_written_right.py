"""How an output is written: options, packing, pipes. Other readers say whether it is right."""

import csv
import gzip
import io
import json
import subprocess

import pyarrow
import pyarrow.parquet
import pytest
import requests

import served
from served import environment, object_key, run_quern

FINE, FAILED, PARTIAL, USAGE = 0, 1, 2, 64
TABLE = b'id,name,when\n1,"a, b",2024-01-02\n2,,\n3,"say ""x""",2024-03-04\n'


def quern(code, *arguments, **options):
    ended = run_quern(*map(str, arguments), **options)
    assert ended.returncode == code, f"{arguments}: {ended.returncode} instead of {code}\n{ended.stdout}\n{ended.stderr}"
    return ended


def transform(folder, content, name, *flags, code=FINE):
    (folder / "in.csv").write_bytes(content)
    quern(code, "transform", folder / "in.csv", "-o", folder / name, "--force", *flags)
    return (folder / name).read_bytes()


@pytest.mark.parametrize("flags, text", [
    (["--out-delimiter", ";"], 'id;name;when\n1;a, b;2024-01-02\n2;;\n3;"say ""x""";2024-03-04\n'),
    (["--out-delimiter", "tab"], 'id\tname\twhen\n1\ta, b\t2024-01-02\n2\t\t\n3\t"say ""x"""\t2024-03-04\n'),
    (["--out-quoting", "all"], '"id","name","when"\n"1","a, b","2024-01-02"\n"2",,\n"3","say ""x""","2024-03-04"\n'),
    (["--out-quoting", "nonnumeric"], '"id","name","when"\n1,"a, b","2024-01-02"\n2,,\n3,"say ""x""","2024-03-04"\n'),
    (["--out-header", "no"], '1,"a, b",2024-01-02\n2,,\n3,"say ""x""",2024-03-04\n'),
    (["--out-line-end", "crlf"], 'id,name,when\r\n1,"a, b",2024-01-02\r\n2,,\r\n3,"say ""x""",2024-03-04\r\n'),
    (["--out-null-word", "NA"], 'id,name,when\n1,"a, b",2024-01-02\n2,NA,NA\n3,"say ""x""",2024-03-04\n'),
    (["--out-mark", "yes"], '\ufeffid,name,when\n1,"a, b",2024-01-02\n2,,\n3,"say ""x""",2024-03-04\n'),
])
def test_csv_is_written_as_it_was_said(tmp_path, flags, text):
    assert transform(tmp_path, TABLE, "out.csv", *flags).decode() == text


def test_a_text_that_is_the_word_for_null_gets_quotes(tmp_path):
    written = transform(tmp_path, b"a,b\nNA,\nx,1\n", "out.csv", "--out-null-word", "NA")
    assert written == b'a,b\n"NA",NA\nx,1\n'


@pytest.mark.parametrize("codec", ["windows-1252", "iso-8859-15", "utf-16le", "utf-16be", "utf-32le", "koi8-r"])
def test_text_is_written_in_another_encoding(tmp_path, codec):
    text = "name\nИгорь\n" if codec == "koi8-r" else "name\nZoë\n"
    written = transform(tmp_path, text.encode(), "out.csv", "--out-encoding", codec)
    assert written.decode(codec) == text
    marked = transform(tmp_path, text.encode(), "out.csv", "--out-encoding", "utf-16le", "--out-mark", "yes")
    assert marked.decode("utf-16") == text


def test_a_character_that_the_encoding_has_not_ends_the_run_and_is_named(tmp_path):
    (tmp_path / "in.csv").write_text("name\nŁódź\n", encoding="utf-8")
    ended = quern(FAILED, "transform", tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--out-encoding", "windows-1252")
    assert "Ł" in ended.stderr and "U+141" in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.parametrize("name", ["out.csv.gz", "out.csv.zst", "out.jsonl.gz", "out.json.zst", "out.tsv.gz"])
def test_packed_text_is_what_other_programs_unpack(tmp_path, name):
    content = b"id,name\n" + b"".join(b"%d,row %d\n" % (number, number) for number in range(50_000))
    packed = transform(tmp_path, content, name)
    plain = transform(tmp_path, content, name.rsplit(".", 1)[0])
    if name.endswith(".gz"):
        assert gzip.decompress(packed) == plain
    else:
        assert pyarrow.input_stream(io.BytesIO(packed), compression="zstd").read() == plain
    assert len(packed) * 3 < len(plain)
    # And what Quern reads again.
    quern(FINE, "transform", tmp_path / name, "-o", tmp_path / "again.csv", "--force")
    assert (tmp_path / "again.csv").read_bytes() == content


@pytest.mark.parametrize("codec", ["snappy", "zstd", "gzip", "none"])
def test_parquet_is_packed_as_it_was_said(tmp_path, codec):
    content = b"id,name,x\n" + b"".join(b"%d,row %d,%d.5\n" % (number, number % 7, number) for number in range(30_000))
    transform(tmp_path, content, "out.parquet", "--out-codec", codec, "--out-row-group-rows", "10000")
    file = pyarrow.parquet.ParquetFile(tmp_path / "out.parquet")
    assert file.metadata.row_group(0).column(0).compression == {"none": "UNCOMPRESSED"}.get(codec, codec.upper())
    assert file.metadata.num_row_groups > 1
    table = file.read()
    assert table.column("id").to_pylist() == list(range(30_000))
    assert table.column("x").to_pylist()[-1] == 29_999.5


@pytest.mark.parametrize("name, flags, says", [
    ("out.csv", ["--out-codec", "zstd"], "--out-codec"), ("out.parquet", ["--out-delimiter", ";"], "--out-delimiter"),
    ("out.jsonl", ["--out-quoting", "all"], "--out-quoting"), ("out.csv", ["--out-encoding", "big5"], "--out-encoding"),
    ("out.csv", ["--out-delimiter", "||"], "--out-delimiter"), ("out.parquet", ["--out-row-group-rows", "0"], "--out-row-group-rows"),
    ("out.parquet.gz", [], "--out-compression"),
])
def test_an_option_that_means_nothing_here_is_refused(tmp_path, name, flags, says):
    (tmp_path / "in.csv").write_bytes(TABLE)
    assert says in quern(USAGE, "transform", tmp_path / "in.csv", "-o", tmp_path / name, *flags).stderr


# Pipes


def pipe(content, *arguments, cwd):
    return subprocess.run(
        [served.EXECUTABLE, "transform", *arguments], input=content, capture_output=True, env=environment(), cwd=cwd, timeout=60)


def test_standard_input_to_standard_output(tmp_path):
    ended = pipe(TABLE, "-", "--filter", "id gt 1", cwd=tmp_path)
    assert ended.returncode == FINE, ended.stderr
    assert ended.stdout.decode() == 'id,name,when\n2,,\n3,"say ""x""",2024-03-04\n'
    assert b"3 rows read" in ended.stderr
    ended = pipe(gzip.compress(TABLE), "-", "-o", "-", "--to", "jsonl", "--json", cwd=tmp_path)
    assert [json.loads(line)["id"] for line in ended.stdout.splitlines()] == [1, 2, 3]
    assert json.loads(ended.stderr.splitlines()[-1])["dialect"]["compression"] == "gzip"
    ended = pipe(TABLE, "-", "-o", "-", "--to", "parquet", cwd=tmp_path)
    assert pyarrow.parquet.read_table(io.BytesIO(ended.stdout)).num_rows == 3
    assert list(tmp_path.iterdir()) == []


def test_rejected_rows_of_a_pipe_are_kept(tmp_path):
    ended = pipe(b"a,b\n1,2\n3\n", "-", cwd=tmp_path)
    assert ended.returncode == PARTIAL and ended.stdout == b"a,b\n1,2\n"
    assert [path.name for path in tmp_path.iterdir()] == ["quern.rejected.csv"]


def test_a_reader_that_leaves_early_is_no_failure(tmp_path):
    content = b"a,b\n" + b"1,2\n" * 2_000_000
    (tmp_path / "in.csv").write_bytes(content)
    ended = subprocess.run(
        ["sh", "-c", f"{served.EXECUTABLE} transform {tmp_path}/in.csv -o - --quiet | head -1; exit ${{PIPESTATUS:-0}}"],
        capture_output=True, env=environment(), timeout=60)
    assert ended.stdout == b"a,b\n" and b"could not be written" not in ended.stderr


def test_what_pipes_can_not_do_is_said(tmp_path):
    assert pipe(b"", "-", cwd=tmp_path).returncode == FAILED
    assert pipe(TABLE, "-", "--to", "docx", cwd=tmp_path).returncode == USAGE
    assert pipe(TABLE, "-", "-o", "x.csv", "--to", "csv", cwd=tmp_path).returncode == USAGE


# In a job


@pytest.mark.parametrize("options, name, check", [
    ({"delimiter": ";", "quoting": "all"}, "t_processed.csv", lambda body: body == b'"a";"b"\n"1";"2"\n'),
    ({"compression": "gzip"}, "t_processed.csv.gz", lambda body: gzip.decompress(body) == b"a,b\n1,2\n"),
])
def test_a_job_writes_its_output_as_it_was_said(admin, options, name, check):
    job = admin.create_job("t.csv", [], output_options=options)
    assert job["output_options"] == options
    url = admin.upload_url(job["id"])
    assert requests.put(url, data=b"a,b\n1,2\n", timeout=30).status_code == 200
    admin.mark_uploaded(job["id"], object_key(url))
    done = admin.wait(job["id"])
    assert done["status"] == "COMPLETED", done
    assert done["output_object_key"].endswith(name)
    assert check(requests.get(admin.download_url(job["id"]), headers={"Accept-Encoding": "identity"}, timeout=30).content)


def test_output_options_are_checked_when_the_job_is_made(admin):
    for options, says in [({"codec": "zstd"}, "codec"), ({"quotes": "all"}, "quoting"), ({"encoding": "klingon"}, "klingon")]:
        body = {"file_name": "t.csv", "processing_steps": [], "output_options": options}
        answer = admin.expect(400, "POST", "/api/v1/jobs", json=body)
        assert "invalid_output_options" in answer.text and says in answer.text


@pytest.mark.parametrize("flags, content, values, rejected", [
    (["--type", "v=decimal(12,2)"], "k,v\na,1.5\nb,-0.05\nc,\nd,1234567890.12\ne,007\nf,2.500\n",
     ["1.50", "-0.05", None, "1234567890.12", "7.00", "2.50"], 0),
    (["--type", "v=decimal(4,2)"], "k,v\na,12.34\nb,123.4\nc,1.234\nd,x\ne,99.99\n", ["12.34", "99.99"], 3),
    (["--type", "v=numeric(18)"], "k,v\na,999999999999999999\nb,-999999999999999999\nc,1000000000000000000\n", ["999999999999999999", "-999999999999999999"], 1),
    (["--type", "v=decimal(9,2)", "--decimal", ",", "--thousands", "."], "k;v\na;1.234,5\nb;-7\n", ["1234.50", "-7.00"], 0),
    (["--type", "v=decimal(9,2)"], "k;v\na;1.234,50\nb;99,90\n", ["1234.50", "99.90"], 0),
    (["--type", "v=decimal(9,2)"], "k,v\na,NA\nb,1.25\n", [None, "1.25"], 0),
    (["--type", "v=decimal(18,0)"], "k,v\na,9999999999999999999\nb,92233720368547758080\nc,5\n", ["5"], 2),
    (["--type", "v=decimal(18,2)"], "k,v\na,99000000000000000\nb,92233720368547758080\nc,-9999999999999999.99\n", ["-9999999999999999.99"], 2),
    (["--type", "v=decimal(18,18)"], "k,v\na,9.5\nb,0.123456789012345678\nc,-0.9\n", ["0.123456789012345678", "-0.900000000000000000"], 1),
])
def test_a_decimal_is_exact(tmp_path, flags, content, values, rejected):
    transform(tmp_path, content.encode(), "out.parquet", *flags, code=PARTIAL if rejected else FINE)
    column = pyarrow.parquet.read_table(tmp_path / "out.parquet").column("v")
    assert pyarrow.types.is_decimal(column.type)
    assert [None if value is None else str(value) for value in column.to_pylist()] == values
    statistics = pyarrow.parquet.ParquetFile(tmp_path / "out.parquet").metadata.row_group(0).column(1).statistics
    there = [value for value in column.to_pylist() if value is not None]
    assert (statistics.min, statistics.max) == (min(there), max(there))


@pytest.mark.parametrize("type", ["decimal(19,2)", "decimal(4,5)", "decimal(0,0)", "decimal", "decimal(4,2"])
def test_a_decimal_that_can_not_be_is_refused(tmp_path, type):
    (tmp_path / "in.csv").write_text("v\n1\n")
    ended = run_quern("transform", tmp_path / "in.csv", "-o", tmp_path / "o.parquet", "--type", f"v={type}")
    assert ended.returncode == USAGE and "--type" in ended.stderr and "18 digits" in ended.stderr


def test_a_word_for_null_does_not_hold_the_delimiter(tmp_path):
    (tmp_path / "in.csv").write_text("k,v\n2,\n")
    for word, flags in (("a,b", []), ("a;b", ["--out-delimiter", ";"])):
        ended = run_quern("transform", tmp_path / "in.csv", "-o", tmp_path / "o.csv", "--out-null-word", word, *flags)
        assert ended.returncode == USAGE and "delimiter" in ended.stderr
    quern(FINE, "transform", tmp_path / "in.csv", "-o", tmp_path / "o.csv", "--out-null-word", "a;b")
