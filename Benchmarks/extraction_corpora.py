#!/usr/bin/env python3
"""Real documents: the test files of other readers, fetched from where packages come from, and not kept.

All of them are read; of each kind the table says how many were read, and how the others ended: a crash, a time-out or an error without a code
ends the run with exit code 1. PDF files on which pdftotext and pypdfium2 agree (word F1 of 0.98 or more, 20 words or more) are a reference:
the second table says how near Quern comes to pypdfium2 on them, by words, and which are furthest.

    extraction_corpora.py [--folder FOLDER] [--quern PATH] [--worst 10]

It needs pypdfium2 (the Python of the tests has it), poppler-utils, and sources that apt knows; what can not be had is left out and said.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PYTHON = ["pypdf", "python-docx", "python-pptx", "xlsx2csv", "odfpy", "msg_parser", "mail_parser"]
DEBIAN = ["libapache-poi-java", "libpdfbox2-java", "qpdf", "pdfminer", "unrtf"]
KINDS = {
    "pdf", "docx", "xlsx", "pptx", "doc", "xls", "ppt", "odt", "ods", "odp", "epub", "rtf", "html", "md", "csv", "json", "xml", "eml", "mbox", "msg", "zip"}
CODES = {"broken_document", "unknown_format", "limit_exceeded", "locked_document", "empty_document"}
BATCH = 200


def fetch(folder):
    for name in PYTHON:
        into = folder / name
        if not into.exists():
            into.mkdir(parents=True)
            subprocess.run(
                [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", into, name],
                capture_output=True)
    apt = folder / "apt"
    (apt / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    sources = ""
    for path in pathlib.Path("/etc/apt").rglob("*"):
        if path.suffix in (".list", ".sources") and path.is_file():
            text = path.read_text()
            (apt / f"source-{path.name}").write_text(re.sub(r"^(Types: )?deb\b", lambda found: f"{found[1] or ''}deb-src", text, flags=re.M))
            sources = apt
    if sources:
        options = ["-o", "Dir::Etc::sourcelist=/dev/null", "-o", f"Dir::Etc::sourceparts={apt}", "-o", f"Dir::State::lists={apt}/lists"]
        wanted = [name for name in DEBIAN if not (folder / name).exists()]
        if wanted:
            subprocess.run(["apt-get", *options, "update"], capture_output=True)
        for name in wanted:
            (folder / name).mkdir()
            subprocess.run(["apt-get", *options, "source", "--download-only", name], cwd=folder / name, capture_output=True)
    for name in PYTHON + DEBIAN:
        into = folder / name
        packed = [path for path in into.glob("*.tar.*") if ".debian." not in path.name]
        if not packed:
            print(f"left out: {name} can not be had here", file=sys.stderr)
        for path in packed:
            if not (into / "files").exists():
                with tarfile.open(path) as archive:
                    archive.extractall(into / "files", filter="data")


def words(text):
    return collections.Counter(re.findall(r"\w+", text))


def score(mine, other):
    both = (mine & other).total()
    precision, recall = both / max(1, mine.total()), both / max(1, other.total())
    return 2 * precision * recall / (precision + recall) if both else 0.0


def reference(path):
    """In a process of its own: pdfium is not made for several threads, and some of these files were made to break readers."""
    import pypdfium2

    try:
        shown = subprocess.run(["pdftotext", "-enc", "UTF-8", path, "-"], capture_output=True, timeout=20).stdout.decode(errors="replace")
        document = pypdfium2.PdfDocument(path)
        if len(document) > 400:
            return None
        text = "\n".join(document[at].get_textpage().get_text_range() for at in range(len(document)))
    except (pypdfium2.PdfiumError, subprocess.TimeoutExpired, ValueError):
        return None
    first, second = words(shown), words(text)
    return second if first.total() >= 20 and score(first, second) >= 0.98 else None


def text_of(document):
    """What stands on the pages: the other two show no files that are attached, and no comments."""
    lines = []
    for block in document["blocks"]:
        if "entry" in block["place"] or block["kind"] == "note":
            continue
        rows = block["table"]["rows"] if "table" in block else []
        lines.append(block.get("text") or "\n".join(" ".join(cell["text"] for cell in row if cell) for row in rows))
    return "\n".join(lines)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--folder", type=pathlib.Path)
    arguments.add_argument("--worst", type=int, default=10)
    arguments.add_argument("--quern", default=os.environ.get("QUERN_BIN", str(ROOT / ".build" / "release" / "quern")))
    told = arguments.parse_args()
    base = told.folder or pathlib.Path(tempfile.mkdtemp())
    fetch(base)
    found = sorted(
        path for name in PYTHON + DEBIAN for path in (base / name / "files").rglob("*")
        if path.is_file() and path.suffix[1:].lower() in KINDS and not path.is_symlink())
    ended, failures, scores = collections.defaultdict(collections.Counter), [], []
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        for start in range(0, len(found), BATCH):
            shutil.rmtree(work / "in", ignore_errors=True)
            shutil.rmtree(work / "out", ignore_errors=True)
            (work / "in").mkdir()
            names = {}
            for number, path in enumerate(found[start:start + BATCH]):
                names[f"{number}{path.suffix.lower()}"] = path
                shutil.copy(path, work / "in" / f"{number}{path.suffix.lower()}")
            try:
                run = subprocess.run(
                    [told.quern, "extract", "-r", work / "in", "-o", work / "out", "--json", "-q"], capture_output=True, timeout=600)
                results = json.loads(run.stdout) if run.returncode in (0, 1, 2) else []
            except subprocess.TimeoutExpired:
                results = []
            if not results:
                failures.append(f"a batch that begins with {found[start]}")
            read = set()
            for result in results:
                name = result["input"].rsplit("/", 1)[1]
                code = "read" if result["status"] == "processed" else result["error"]
                ended[names[name].suffix[1:].lower()][code] += 1
                if code == "read":
                    read.add(name)
                elif code not in CODES:
                    failures.append(f"{names[name]}: {code}")
            pdfs = [name for name in names if name.endswith(".pdf")]
            with concurrent.futures.ProcessPoolExecutor(2) as pool:
                waiting = {name: pool.submit(reference, names[name]) for name in pdfs}
                for name, future in waiting.items():
                    try:
                        other = future.result(timeout=60)
                    except (concurrent.futures.process.BrokenProcessPool, concurrent.futures.TimeoutError):
                        other = None
                    if other is not None:
                        mine = text_of(json.loads((work / "out" / f"{name}.json").read_bytes())) if name in read else ""
                        scores.append((score(words(mine), other), names[name]))
    print("| kind | files | read | otherwise |\n|---|---|---|---|")
    for kind, counts in sorted(ended.items()):
        others = ", ".join(f"{count} {code}" for code, count in counts.most_common() if code != "read")
        print(f"| {kind} | {counts.total()} | {counts['read']} | {others} |")
    if scores:
        scores.sort()
        good = sum(value >= 0.98 for value, _ in scores)
        print(f"\n{len(scores)} PDF files on which pdftotext and pypdfium2 agree: mean word F1 {sum(value for value, _ in scores) / len(scores):.4f}, "
              f"0.98 or more in {good} ({good / len(scores):.1%}).\n\n| word F1 | file |\n|---|---|")
        for value, path in scores[:told.worst]:
            print(f"| {value:.4f} | {path.name} |")
    for failure in failures:
        print("FAILED", failure)
    if told.folder is None:
        shutil.rmtree(base)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
