#!/usr/bin/env python3
"""Damaged documents of all formats: each must end in a result or in an error with a code, and take none of its neighbours along.

Seeds are the documents that the tests make, and any files that are named. Each is damaged in several ways: bytes changed, stretches cut out,
doubled or moved, numbers made huge, the end cut off; of archives also what is inside of a good archive. Prints a Markdown table: files, results,
errors by code, seconds of the slowest batch. Ends with exit code 1 after a crash, a time-out or an error without a code.

    mutated_documents.py [--files 5000] [--seed 1] [--quern PATH] [FILE…]

Run it with the Python of the tests (.venv/bin/python).
"""

import argparse
import collections
import gzip
import io
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))
CODES = {"broken_document", "unknown_format", "limit_exceeded", "locked_document", "empty_document"}
BATCH = 250
SECONDS = 300
NUMBERS = [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"99999999999999999999", b"-1", b"1e400"]


def seeds(folder):
    import test_extract
    import test_old_office
    import test_text_formats

    made = {}
    for kind, make in [*test_extract.MAKERS.items(), ("odt", test_extract.make_odt), ("xls", lambda path: test_old_office.workbook(path, 10))]:
        path = folder / f"seed.{kind}"
        make(path)
        made[kind] = path.read_bytes()
    for name in ("mills.doc", "mills.ppt"):
        made[name.rsplit(".", 1)[1]] = gzip.decompress((test_old_office.SAMPLES / f"{name}.gz").read_bytes())
    made["msg"] = test_old_office.compound(test_old_office.mail("Subject", "words", files=[("a.txt", b"x" * 5000)]))
    made["epub"] = test_extract.book([("a.xhtml", "<h1>One</h1><p>words <b>bold</b></p><table><tr><td>1</td><td>2</td></tr></table>")])
    mail = test_text_formats.message()
    mail.set_content("Plain words")
    mail.add_alternative("<p>HTML <b>words</b></p>", subtype="html")
    mail.add_attachment(b"id,name\n1,x\n2,y\n", maintype="text", subtype="csv", filename="list.csv")
    made["eml"] = bytes(mail)
    made["mbox"] = (b"From a@x.org Mon Jan  1 10:00:00 2024\n" + bytes(mail) + b"\n") * 3
    made["rtf"] = test_text_formats.rtf(
        r"{\info{\title T}}\s1 Head\par\trowd\clvmgf\cellx1000\cellx2000\intbl a\cell b\cell\row\pard {\field{\*\fldinst HYPERLINK x}{\fldrslt y}}"
        r"{\footnote note}{\listtext 1.\tab}item\par \u228 a{\f1 \'cf}").encode()
    made["md"] = test_text_formats.README.encode() + b"\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[^1]: note\n\n- a\n  1. b\n\n```\ncode\n```\n"
    made["html"] = b"<!doctype html><style>.x{display:none}</style><h1>T</h1><table><tr><th rowspan=2>a<td>b<tr><td>c</table><ol start=3><li>x</ol><p class=x>no"
    made["csv"] = b"id;name;price\n" + b'1;"a ""b""; c";1,50\n' * 40
    made["json"] = json.dumps({"rows": [{"id": at, "name": f"é{at}", "at": {"x": [1, 2]}} for at in range(20)], "deep": {"a": {"b": [1, "x"]}}}).encode()
    made["xml"] = b'<?xml version="1.0"?><book><title>T</title><para>Words <b>here</b> and.</para><table><row><e>1</e></row></table></book>'
    made["txt"] = "Grüße\n\nПривет\n\n日本語\n".encode() * 5
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for kind in ("md", "csv", "eml", "rtf"):
            archive.writestr(f"x/a.{kind}", made[kind])
    made["zip"] = out.getvalue()
    made["gz"] = gzip.compress(made["rtf"], mtime=0)
    return made


def damaged(content, dice):
    content = bytearray(content)
    for _ in range(dice.choice([1, 1, 2, 5, 20])):
        if not content:
            break
        at, length = dice.randrange(len(content)), dice.choice([1, 2, 8, 64, 512])
        match dice.randrange(7):
            case 0:
                content[at] = dice.randrange(256)
            case 1:
                content[at] ^= 1 << dice.randrange(8)
            case 2:
                del content[at:at + length]
            case 3:
                content[at:at] = content[at:at + length] * dice.choice([1, 2, 50])
            case 4:
                number = dice.choice(NUMBERS)
                content[at:at + len(number)] = number
            case 5:
                piece = content[at:at + length]
                del content[at:at + length]
                where = dice.randrange(len(content) + 1)
                content[where:where] = piece
            case 6:
                content[at:at + length] = dice.randbytes(length)
    if dice.random() < 0.1:
        del content[dice.randrange(len(content) + 1):]
    return bytes(content)


def mutated(content, dice):
    if content[:4] != b"PK\3\4" or dice.random() < 0.3:
        return damaged(content, dice)
    try:
        source = zipfile.ZipFile(io.BytesIO(content))
        names = source.namelist()
        chosen = set(dice.sample(names, min(len(names), dice.choice([1, 1, 2]))))
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in names:
                part = source.read(name)
                archive.writestr(name, damaged(part, dice) if name in chosen else part)
        return out.getvalue()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return damaged(content, dice)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("files", nargs="*", type=pathlib.Path, metavar="FILE")
    arguments.add_argument("--files", dest="count", type=int, default=5000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--quern", default=os.environ.get("QUERN_BIN", str(ROOT / ".build" / "release" / "quern")))
    told = arguments.parse_args()
    os.environ["QUERN_BIN"] = told.quern
    dice = random.Random(told.seed)
    ended, slowest, failures = collections.Counter(), 0.0, []
    with tempfile.TemporaryDirectory() as base:
        base = pathlib.Path(base)
        made = list(seeds(base).items()) + [(path.suffix[1:] or "bin", path.read_bytes()) for path in told.files]
        for start in range(0, told.count, BATCH):
            folder, out = base / "in", base / "out"
            for path in (folder, out):
                subprocess.run(["rm", "-rf", path], check=True)
            folder.mkdir()
            for number in range(start, min(start + BATCH, told.count)):
                kind, content = made[number % len(made)]
                (folder / f"{number}.{kind}").write_bytes(mutated(content, dice))
            begun = time.monotonic()
            try:
                run = subprocess.run([told.quern, "extract", "-r", folder, "-o", out, "--json", "-q"], capture_output=True, timeout=SECONDS)
                results = json.loads(run.stdout) if run.returncode in (0, 1, 2) else None
            except subprocess.TimeoutExpired:
                results = None
            slowest = max(slowest, time.monotonic() - begun)
            if results is None:
                # Which of them it was.
                for path in sorted(folder.iterdir()):
                    try:
                        alone = subprocess.run([told.quern, "extract", path], capture_output=True, timeout=30)
                        bad = alone.returncode not in (0, 1)
                    except subprocess.TimeoutExpired:
                        bad = True
                    if bad:
                        kept = pathlib.Path(tempfile.gettempdir()) / f"failed-{path.name}"
                        kept.write_bytes(path.read_bytes())
                        failures.append(str(kept))
                continue
            for result in results:
                code = "read" if result["status"] == "processed" else result["error"]
                ended[code] += 1
                if code != "read" and code not in CODES:
                    failures.append(f"{result['input']}: {code}")
    print("| ended as | files |\n|---|---|")
    for code, count in ended.most_common():
        print(f"| {code} | {count} |")
    print(f"\n{sum(ended.values())} of {told.count} files, slowest batch of {BATCH}: {slowest:.1f} s")
    for failure in failures:
        print("FAILED", failure)
    sys.exit(1 if failures or sum(ended.values()) != told.count else 0)


main()
