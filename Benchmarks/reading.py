#!/usr/bin/env python3
"""How many odd tables are read right, by Quern and by other readers, with nothing said.

    reading.py dialects CSVSNIFFER   delimiter and quote of the files of https://github.com/ws-garcia/CSVsniffer
    reading.py pollock POLLOCK       the measures of https://github.com/HPI-Information-Systems/Pollock, by its own code
    reading.py encodings FOLDER      files in folders that are named after their encoding, such as the tests of chardet

The argument is a checkout of the repository, or the folder. The same counting for all: an answer in dialects is right
when delimiter and quote are what the annotation says, where no quote counts as the double one; in encodings when the text
comes out the same. Beside Quern, what the Python that runs this has of duckdb, clevercsv, chardet and charset-normalizer.
"""

import argparse
import collections
import csv
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
QUERN = os.environ.get("QUERN_BIN", str(ROOT / ".build/release/quern"))

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "space": " ", "vslash": "|", "nsign": "#", "colon": ":"}
QUOTES = {"doublequote": '"', "singlequote": "'", "tilde": "~"}
SUITES = [
    ("POLLOCK", "POLLOCK-dialect_annotations.txt", "CSV"), ("W3C-CSVW", "W3C-CSVW-dialect_annotations.txt", "W3C-CSVW"),
    ("CSV Wrangling", "CCSV-manual_Dialect_Annotation.txt", "CSV_Wrangling"),
]


def quern(*arguments):
    return subprocess.run([QUERN, *map(str, arguments)], capture_output=True, text=True, errors="replace", timeout=120)


# Dialects


def by_quern(path):
    dialect = json.loads(quern("sniff", path, "--json", "--rows", "0", "--format", "csv").stdout)["dialect"]
    return " " if dialect["delimiter"] == "spaces" else dialect["delimiter"], dialect["quote"]


def by_python(path):
    with open(path, newline="", encoding="utf-8") as file:
        found = csv.Sniffer().sniff(file.read(6144), [",", ";", "\t", "|", ":", "=", " ", "#", "*"])
    return found.delimiter, found.quotechar


def by_duckdb(path):
    duckdb = importlib.import_module("duckdb")
    name = str(path).replace("'", "''")
    found = duckdb.sql(f"SELECT Delimiter, Quote FROM sniff_csv('{name}')").fetchall()[0]
    return tuple("" if mark in ("(empty)", "\0", None) else mark for mark in found)


def by_clevercsv(path):
    clevercsv = importlib.import_module("clevercsv")
    with open(path, newline="", encoding="utf-8") as file:
        found = clevercsv.Sniffer().sniff(file.read(6144))
    return found.delimiter, found.quotechar


def dialects(folder):
    readers = [("Quern", by_quern), ("Python", by_python)]
    readers += [(name, ask) for name, module, ask in [("DuckDB", "duckdb", by_duckdb), ("CleverCSV", "clevercsv", by_clevercsv)]
                if importlib.util.find_spec(module)]
    files = []
    for suite, annotations, place in SUITES:
        with open(folder / "python/ground truth" / annotations, newline="", encoding="utf-8") as file:
            for row in list(csv.reader(file, delimiter="|"))[1:]:
                path = folder / "python" / place / row[0] if len(row) > 3 else None
                if path and path.is_file():
                    files.append((suite, path, (DELIMITERS[row[2]], QUOTES[row[3]])))
    sizes = collections.Counter(suite for suite, _, _ in files)
    print("| suite | files | " + " | ".join(name for name, _ in readers) + " |")
    print("|---|---:|" + "---:|" * len(readers))
    right, wrong = collections.Counter(), []
    for suite, path, expected in files:
        for name, ask in readers:
            try:
                delimiter, quote = ask(path)
                got = (delimiter, quote or '"')
            except Exception as error:
                got = repr(error)[:80]
            right[suite, name] += got == expected
            if name == "Quern" and got != expected:
                wrong.append(f"{suite}: {path.name} is {expected}, not {got}")
    for suite, _, _ in SUITES:
        print(f"| {suite} | {sizes[suite]} | " + " | ".join(f"{100 * right[suite, name] / sizes[suite]:.1f} %" for name, _ in readers) + " |")
    print("\n".join(wrong))


# Pollock


def pollock(folder):
    sys.path.insert(0, str(folder))
    metrics = importlib.import_module("pollock.metrics")
    weights = json.loads((folder / "pollock_weights.json").read_text())
    names = sorted(path.name for path in (folder / "polluted_files/csv").iterdir() if path.name.endswith("csv"))
    sums, weighted, total = collections.Counter(), 0.0, sum(weights[name] for name in names)
    with tempfile.TemporaryDirectory() as out:
        for name in names:
            loaded = f"{out}/{name}"
            ended = quern("transform", folder / "polluted_files/csv" / name, "-o", loaded, "--force", "--quiet")
            if ended.returncode not in (0, 2):
                pathlib.Path(loaded).write_text("Application Error\n")
            measures = [float(metrics.successful_csv(loaded))]
            clean = str(folder / "polluted_files/clean" / name)
            measures += metrics.header_record_cell_measures_csv(clean, loaded, 1) if measures[0] else [0] * 9
            for place, measure in enumerate(measures):
                sums[place] += measure
            weighted += sum(measures) * weights[name] / total
    print(f"{len(names)} files: {sum(sums.values()) / len(names):.4f} simple, {weighted:.4f} weighted, of 10")


# Encodings

SAME = {
    "shift_jis": "cp932", "euc-kr": "cp949", "big5": "big5hkscs", "gb18030": "gb18030", "macintosh": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic", "x-mac-ce": "mac_latin2", "windows-874": "cp874",
}


def text(content, codec):
    try:
        return content.decode(SAME.get((codec or "").lower(), codec or "none"), "replace").lstrip("\ufeff")
    except LookupError:
        return None


def encodings(folder):
    scratch = tempfile.NamedTemporaryFile(suffix=".csv")

    def quern_says(_, content):
        # Every line is a row of one field, whatever stands in it; the first line keeps it from being named as a web page.
        scratch.seek(0)
        scratch.truncate()
        scratch.write(content if b"\0" in content[:4096] or content[:2] in (b"\xff\xfe", b"\xfe\xff") else b"text\n" + content)
        scratch.flush()
        ended = quern("sniff", scratch.name, "--json", "--rows", "0", "--delimiter", "\x01", "--quote", "none", "--header", "1")
        return json.loads(ended.stdout)["dialect"]["encoding"]

    readers = [("Quern", quern_says)]
    if importlib.util.find_spec("chardet"):
        readers.append(("chardet", lambda _, content: importlib.import_module("chardet").detect(content)["encoding"]))
    if importlib.util.find_spec("charset_normalizer"):
        module = importlib.import_module("charset_normalizer")
        readers.append(("charset-normalizer", lambda _, content: module.from_bytes(content).best().encoding))
    right, files, wrong, took = collections.Counter(), 0, [], collections.Counter()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.parent != folder):
        codec = path.parent.name.lower()
        while codec and text(b"a", codec) is None:
            codec = codec.rpartition("-")[0]
        content = path.read_bytes()
        expected = text(content, codec)
        if expected is None or codec in ("ascii", "utf-8"):
            continue
        files += 1
        for name, ask in readers:
            start = time.perf_counter()
            try:
                got = ask(path, content)
            except Exception as error:
                got = None
            took[name] += time.perf_counter() - start
            right[name] += text(content, got) == expected
            if name == "Quern" and text(content, got) != expected:
                wrong.append(f"{path.parent.name}/{path.name}: {got}")
    for name, _ in readers:
        print(f"{name}: {right[name]} of {files} right, {1000 * took[name] / files:.1f} ms a file")
    print("\n".join(wrong))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["dialects", "pollock", "encodings"])
    parser.add_argument("folder", type=pathlib.Path)
    given = parser.parse_args()
    {"dialects": dialects, "pollock": pollock, "encodings": encodings}[given.what](given.folder.resolve())
