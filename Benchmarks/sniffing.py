#!/usr/bin/env python3
"""How long `quern sniff` takes for files that are hard to look at: very wide, with very long rows, or broken.

    sniffing.py [PART OF A NAME]

Makes the files in a temporary folder and prints for each the median and the least of nine runs, in milliseconds, with the start
of the command in them, which the first file shows.
"""

import gzip
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
QUERN = os.environ.get("QUERN_BIN", str(ROOT / ".build/release/quern"))
RUNS = 9


def table(columns, rows, cell, delimiter=",", encoding="utf-8", header="column {}"):
    lines = [delimiter.join(header.format(column) for column in range(columns))]
    lines += [delimiter.join(cell(row, column) for column in range(columns)) for row in range(rows)]
    return ("\n".join(lines) + "\n").encode(encoding)


def ideographs(row, column):
    return "".join(chr(0x4E00 + (row * 7919 + column * 31 + place * 977) % 3000) for place in range(3))


def kana(row, column):
    return "".join(chr(0x3041 + (row + column * 5 + place * 7) % 80) for place in range(3))


def unlike(first, count, letters=3, quote=""):
    """Cells of letters of which no two are alike; the names of the columns as well."""

    def cell(row, column):
        number = row * 32_749 + column * 7919
        text = "".join(chr(first + (number + place * 977 + (number >> 3 * place)) % count) for place in range(letters))
        return f"{quote}{text}{number}{quote}"
    return cell


def wide_and_unlike(columns, cell, encoding, delimiter=","):
    lines = [delimiter.join(cell(row, column) for column in range(columns)) for row in range(-1, 60)]
    return ("\n".join(lines) + "\n").encode(encoding, "replace")


def records(text, count):
    return ("a,b\n" + (text + ",1\n") * count).encode()


def unlike_tables():
    """Whose names and cells are all different, so that nothing is known already when the next one comes."""
    cyrillic = wide_and_unlike(32_000, unlike(0x410, 64, 8), "cp1251")
    yield "unlike, windows-1251.csv", cyrillic
    yield "unlike, windows-1251.csv.gz", gzip.compress(cyrillic)
    yield "unlike, KOI8-R.csv", wide_and_unlike(32_000, unlike(0x410, 64, 8), "koi8-r")
    yield "unlike, Greek.csv", wide_and_unlike(32_000, unlike(0x3B1, 25, 8), "iso8859-7")
    yield "unlike, Thai.tsv", wide_and_unlike(32_000, unlike(0xE01, 46, 8), "cp874", "\t")
    latin = wide_and_unlike(32_000, unlike(0xC0, 64, 8, '"'), "latin-1")
    yield "unlike, Latin 1, doubled quotes.csv", latin.replace(b"\xd7", b'""')
    for name, encoding in [("GB18030", "gb18030"), ("UTF-16", "utf-16"), ("UTF-8", "utf-8")]:
        yield f"unlike, {name}.csv", wide_and_unlike(32_000, unlike(0x4E00, 20_000), encoding)
    for name, encoding in [("Big5", "big5"), ("Shift_JIS", "shift_jis"), ("EUC-JP", "euc_jp")]:
        yield f"unlike, {name}.csv", wide_and_unlike(32_000, unlike(0x4E00, 5_000), encoding)
    yield "unlike, EUC-KR.csv", wide_and_unlike(32_000, unlike(0xAC00, 9_000), "cp949")
    yield "unlike, GB18030, long.csv", wide_and_unlike(8_000, unlike(0x4E00, 20_000, 40), "gb18030")
    names = wide_and_unlike(32_000, lambda row, column: "naïve" if row < 0 else f"é{row * column}", "latin-1")
    yield "unlike, names alike.csv", names
    yield "unlike, days.csv", table(
        32_000, 60, lambda row, column: f"{(row + column) % 28 + 1:02}/{column % 12 + 1:02}/{1900 + (row * 7 + column) % 150}")
    yield "unlike, moments.csv", table(
        32_000, 60, lambda row, column: f"2024-{column % 12 + 1:02}-{row % 28 + 1:02}T{column % 24:02}:{row % 60:02}:00Z")
    yield "unlike, numbers.csv", table(32_000, 60, lambda row, column: f"{(row * 7919 + column * 104729) % 9999991 / 1000}")
    yield "unlike, amounts.csv", table(
        32_000, 60, lambda row, column: f"{(row * 7919 + column * 31) % 999 + 1}.{column % 1000:03},{row:02}", ";")


def files():
    wide = range(20_000)
    keys = {f"key{number}": number for number in range(200_000)}
    noise = random.Random(1).randbytes(3_000_000)
    yield "3 lines.csv", b"a,b\n1,2\n3,4\n"
    plain = table(32_000, 60, lambda row, column: str(row * column))
    yield "32,000 columns.csv", plain
    yield "32,000 columns.csv.gz", gzip.compress(plain)
    yield "32,000 columns, quoted.csv", table(32_000, 60, lambda row, column: f'"v {column}, x"')
    yield "20,000 columns, days.csv", table(20_000, 60, lambda row, column: f"{column % 28 + 1}.{row % 12 + 1}.2024")
    yield "20,000 columns, decimal commas.csv", table(20_000, 60, lambda row, column: f"1.{column % 999:03},{row:02}", ";")
    yield "20,000 columns, two pipes.txt", table(20_000, 60, lambda row, column: str(row * column), "||")
    yield "20,000 columns, spaces.txt", table(20_000, 60, lambda row, column: str(row * column), "   ", header="c{}")
    yield "20,000 columns, Latin 1.csv", table(20_000, 60, lambda row, column: f"Ünï {column}", encoding="latin-1")
    yield "20,000 columns, GB18030.csv", table(20_000, 60, ideographs, encoding="gb18030")
    yield "20,000 columns, Shift_JIS.csv", table(20_000, 60, kana, encoding="shift_jis")
    yield "20,000 columns, EUC-JP.csv", table(20_000, 60, kana, encoding="euc_jp")
    yield "20,000 columns, UTF-8.csv", table(20_000, 60, ideographs)
    yield "20,000 columns, UTF-16.csv", table(20_000, 60, ideographs, encoding="utf-16")
    yield from unlike_tables()
    yield "200,000 keys in one object.json", json.dumps(keys).encode()
    yield "20,000 keys.jsonl", (json.dumps({f"k{number}": number for number in wide}) + "\n").encode() * 60
    yield "20,000 keys.json", json.dumps([{f"k{number}": number for number in wide}] * 60).encode()
    yield "300,000 members.json", json.dumps({f"id{number}": {"a": number} for number in range(300_000)}).encode()
    yield "rows inside.json", json.dumps(
        {"meta": 1, "data": {"rows": [{"a": number, "b": {"c": [number] * 3}} for number in range(300_000)]}}).encode()
    yield "rows of 4 MB.csv", records("x" * 3_900_000, 10)
    yield "rows of 1.4 MB.csv", records("x" * 1_400_000, 20)
    yield "rows of 1.4 MB.jsonl", (json.dumps({"a": "x" * 1_400_000, "b": 1}) + "\n").encode() * 20
    yield "rows of 4 MB with quotes.csv", records('"' + 'x "" y\n' * 560_000 + '"', 10)
    yield "rows of 1 MB, Cyrillic.csv", ("имя,b\n" + ("привет мир " * 100_000 + ",1\n") * 10).encode("cp1251")
    yield "rows of 1 MB, UTF-16.csv", ("a,b\n" + ("é" * 500_000 + ",1\n") * 10).encode("utf-16")
    yield "quotes alone.csv", b'"' * 8_000_000
    yield "a quote in each line.csv", b"a,b\n" + b'"\n' * 2_000_000
    yield "a stray quote in each line.csv", b"a,b,c\n" + b'x;y"z,1\n' * 1_000_000
    yield "carriage returns.csv", b"a,b\r" + b"1,2\r" * 2_000_000
    yield "brackets.json", b"[" * 3_000_000
    yield "noise.bin", noise
    yield "noise in quotes.csv", b'"' + noise.replace(b"\0", b"") + b'"\n1,2\n'


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files():
            if wanted not in name:
                continue
            path = pathlib.Path(folder, name)
            path.write_bytes(content)
            took = []
            for _ in range(RUNS):
                start = time.perf_counter()
                subprocess.run([QUERN, "sniff", path], capture_output=True, timeout=60)
                took.append(1000 * (time.perf_counter() - start))
            print(f"{name:36} {statistics.median(took):6.1f} {min(took):6.1f}", flush=True)
            path.unlink()


if __name__ == "__main__":
    main()
