"""How long documents take, beside other readers: the same files, CPU seconds of whole processes, one run.

    python Benchmarks/extraction.py [--quern FILE] [--peers PYTHON] FOLDER…

FOLDERs hold PDF, DOCX, XLSX and PPTX files; large ones are made besides (a DOCX of 3,000 paragraphs, an XLSX of 500,000 cells, a PPTX of
300 slides). PYTHON is the interpreter of a virtual environment with the packages of Tests/requirements.txt; pdftotext (Debian:
poppler-utils) is measured where it is there. Also told: on how many PDF files the words agree with those of pdftotext and pypdfium2, where
these two agree with each other. Bounded; removes what it makes.
"""

import argparse
import collections
import glob
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile

PEERS = {
    "pdf": {"pypdfium2": "import sys, pypdfium2 as p\nfor page in p.PdfDocument(sys.argv[1]): print(page.get_textpage().get_text_range())"},
    "docx": {"python-docx": "import sys, docx\nfor p in docx.Document(sys.argv[1]).paragraphs: print(p.text)"},
    "xlsx": {
        "openpyxl": "import sys, openpyxl\nfor s in openpyxl.load_workbook(sys.argv[1], read_only=True, data_only=True):\n for r in s.iter_rows("
        "values_only=True): print(r)"},
    "pptx": {
        "python-pptx": "import sys, pptx\nfor s in pptx.Presentation(sys.argv[1]).slides:\n for x in s.shapes:\n  if x.has_text_frame: print("
        "x.text_frame.text)"},
}


def run(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run(command, capture_output=True, timeout=120)
    except subprocess.TimeoutExpired:
        return None, 120.0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return (done.stdout.decode(errors="replace") if done.returncode == 0 else None), cpu


def make(python, folder):
    script = f"""
import docx, openpyxl, pptx
d = docx.Document()
for n in range(3000): d.add_paragraph(f"Paragraph {{n}} of many: the upper stone turns on the lower one, and flour comes out at the rim.")
d.save({os.path.join(folder, "paragraphs.docx")!r})
b = openpyxl.Workbook(write_only=True); s = b.create_sheet()
for r in range(50_000): s.append([r, r * 1.5, "stone", f"row {{r}}", True, r / 7, "mill", r % 13, "x", -r])
b.save({os.path.join(folder, "cells.xlsx")!r})
p = pptx.Presentation()
for n in range(300):
    s = p.slides.add_slide(p.slide_layouts[1]); s.shapes.title.text = f"Slide {{n}}"; s.placeholders[1].text = "first\\nsecond\\nthird"
p.save({os.path.join(folder, "slides.pptx")!r})
"""
    subprocess.run([python, "-c", script], check=True)


def words(text):
    return collections.Counter(re.findall(r"\w+", (text or "").lower()))


def agreement(a, b):
    a, b = words(a), words(b)
    total = sum(a.values()) + sum(b.values())
    return 2 * sum((a & b).values()) / total if total else 1.0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quern", default=os.environ.get("QUERN_BIN", ".build/release/quern"))
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("folders", nargs="*")
    options = parser.parse_args()
    made = tempfile.mkdtemp(prefix="quern-extraction-")
    try:
        make(options.peers, made)
        print("| format | files | Quern: CPU s | peer | CPU s | × |\n|---|---|---|---|---|---|")
        agreeing = []
        for kind, peers in PEERS.items():
            files = sorted(f for folder in [*options.folders, made] for f in glob.glob(os.path.join(folder, "**", f"*.{kind}"), recursive=True))
            if not files:
                continue
            ours = {f: run([options.quern, "extract", f, "--format", "txt"]) for f in files}
            others = {name: {f: run([options.peers, "-c", code, f]) for f in files} for name, code in peers.items()}
            if kind == "pdf" and shutil.which("pdftotext"):
                others["pdftotext"] = {f: run(["pdftotext", "-q", f, "-"]) for f in files}
                for f in files:
                    first, second = others["pypdfium2"][f][0], others["pdftotext"][f][0]
                    if first and second and agreement(first, second) >= 0.98:
                        agreeing.append(agreement(ours[f][0], second))
            for name, results in others.items():
                both = [f for f in files if ours[f][0] is not None and results[f][0] is not None]
                mine, theirs = sum(ours[f][1] for f in both), sum(results[f][1] for f in both)
                print(f"| {kind} | {len(both)} of {len(files)} | {mine:.2f} | {name} | {theirs:.2f} | {theirs / mine:.1f} |")
        if agreeing:
            good = sum(1 for value in agreeing if value >= 0.98)
            print(f"\nWords agree with both readers of PDF on {good} of {len(agreeing)} files; F1 {sum(agreeing) / len(agreeing):.4f} on average.")
    finally:
        shutil.rmtree(made, ignore_errors=True)


if __name__ == "__main__":
    main()
