#!/usr/bin/env python3
"""Made documents: what Quern and other readers make of files whose text, order, tables and headings are known.

    made_documents.py [--quern PATH] [--peers PYTHON] [--seed N] [--only PATTERN] [--keep FOLDER] [--failed]

The cases stand in Benchmarks/made/, one module for each family. Each is written anew, with words that the seed chooses. A case is "text right"
when everything it names is there, in order, and nothing that is hidden is; "all right" when tables and headings are right too. PYTHON is
the interpreter of an environment with the peers (pypdfium2, pymupdf, pdf-oxide, firecrawl-anydoc, liteparse, xberg, markitdown,
python-calamine, openpyxl, python-docx, python-pptx); poppler-utils and LibreOffice come from Debian. What is not there is left out and said.
With --failed the cases that Quern does not get right are told one by one, and the exit code is 1.
"""

import argparse
import collections
import difflib
import fnmatch
import html
import importlib
import json
import os
import pathlib
import pkgutil
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import made  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEAD = "import sys, json, signal\nsignal.alarm(60)\npath = sys.argv[1]\n"
PEERS = {
    "pdftotext": ("pdf", None),
    "pypdfium2": ("pdf", "import pypdfium2\nfor page in pypdfium2.PdfDocument(path): print(page.get_textpage().get_text_range())"),
    "pymupdf": ("pdf", "import pymupdf\nd = pymupdf.open(path)\nif d.needs_pass: sys.exit(3)\nfor page in d: print(page.get_text())"),
    "pdf_oxide": (
        "pdf", "import pdf_oxide\nd = pdf_oxide.PdfDocument(path)\nfor n in range(d.page_count()): print(d.to_markdown(n))"),
    "liteparse": ("pdf", "import liteparse\nprint(liteparse.LiteParse(quiet=True, ocr_enabled=False, output_format='markdown').parse(path).text)"),
    "anydoc": (
        "pdf docx xlsx pptx odt ods odp epub rtf csv xls doc ppt", "import anydoc\nprint(anydoc.to_markdown(path))"),
    "xberg": (
        "pdf docx xlsx pptx odt ods odp epub rtf html md txt csv json xml eml mbox zip gz tar xls doc ppt msg",
        "import asyncio, xberg\nwanted = xberg.ExtractionConfig(output_format='markdown', disable_ocr=True)\n"
        "r = asyncio.run(xberg.extract(xberg.ExtractInput(uri=path), wanted))\nif not r.results: sys.exit(3)\n"
        "for d in r.results: print(d.content)\n"
        "for c in (d.children or []): print(c.result.content if hasattr(c, 'result') else c.content)"),
    "markitdown": (
        "pdf docx xlsx pptx epub html md txt csv json xml eml zip xls msg",
        "import markitdown\nprint(markitdown.MarkItDown().convert(path).text_content)"),
    "calamine": (
        "xlsx xls ods",
        "import python_calamine as c\nb = c.CalamineWorkbook.from_path(path)\n"
        "for n in b.sheet_names:\n for r in b.get_sheet_by_name(n).to_python(): print('|', ' | '.join(str(int(v)) if isinstance(v, float) and v == int(v)"
        " else str(v) for v in r), '|')\n print()"),
    "openpyxl": (
        "xlsx",
        "import openpyxl\nfor s in openpyxl.load_workbook(path, data_only=True):\n"
        " for r in s.iter_rows(values_only=True): print('|', ' | '.join('' if v is None else str(v) for v in r), '|')\n print()"),
    "python_docx": (
        "docx", "import docx\nfor p in docx.Document(path).paragraphs: print(p.text)\nfor t in docx.Document(path).tables:\n"
        " for r in t.rows: print('|', ' | '.join(c.text for c in r.cells), '|')\n print()"),
    "python_pptx": (
        "pptx", "import pptx\nfor s in pptx.Presentation(path).slides:\n for x in s.shapes:\n"
        "  if x.has_text_frame: print(x.text_frame.text)\n"
        "  if x.has_table:\n   for r in x.table.rows: print('|', ' | '.join(c.text for c in r.cells), '|')"),
}


# What a reader said


class Reading:
    """The visible text of a document, its tables (rows of texts) and headings (level, text); `error` where there is none."""

    def __init__(self, text="", tables=(), headings=(), error=None):
        self.text, self.tables, self.headings, self.error = text, list(tables), list(headings), error


def read_quern(document):
    lines, tables, headings = [], [], []
    for block in document["blocks"]:
        if block.get("hidden"):
            continue
        if "table" in block:
            rows = [[(cell or {}).get("text", "") for cell in row] for row in block["table"]["rows"]]
            tables.append(rows)
            lines += [" ".join(cell for cell in row if cell) for row in rows]
            continue
        text, marker = block.get("text", ""), block.get("marker", "")
        # Headings have their numbers in their text.
        if not text.startswith(marker):
            text = f"{marker} {text}"
        if block["kind"] == "heading":
            headings.append((block.get("level", 0), text))
        lines.append(text)
    return Reading("\n".join(lines), tables, headings)


def plain(text):
    """Markdown without its marks: enough for words and cells."""
    text = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"<(https?:[^>]*|mailto:[^>]*)>", r"\1", text)
    text = re.sub(r"</?[a-zA-Z][^>]*>", " ", text)
    text = re.sub(r"(\*\*|__|~~|`)", "", text)
    text = re.sub(r"\\([\\`*_{}\[\]()#+\-.!|<>~$])", r"\1", text)
    return html.unescape(text)


def read_markdown(text):
    lines, tables, headings, rows = [], [], [], []
    for found in re.finditer(r"<table.*?</table>", text, re.S | re.I):
        tables.append([
            [plain(cell).strip() for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S | re.I)]
            for row in re.findall(r"<tr[^>]*>(.*?)</tr>", found[0], re.S | re.I)])
    for line in [*text.split("\n"), ""]:
        if re.fullmatch(r"\s*\|.*\|\s*", line):
            if not re.fullmatch(r"[\s|:\-]+", line):
                rows.append([plain(cell).strip() for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])])
                lines.append(" ".join(rows[-1]))
            continue
        if rows:
            tables.append(rows)
            rows = []
        head = re.match(r"(#{1,6})\s+(.*)", line)
        if head:
            headings.append((len(head[1]), plain(head[2]).strip()))
            lines.append(headings[-1][1])
        else:
            lines.append(plain(re.sub(r"^\s*([-*+>]\s+)+", "", line)))
    return Reading("\n".join(lines), tables, headings)


def run_quern(quern, folder, names):
    out = folder / "out"
    run = subprocess.run(
        [quern, "extract", *(folder / name for name in names), "-o", out, "--json", "-q"], capture_output=True, timeout=900)
    told = {result["input"].rsplit("/", 1)[1]: result for result in json.loads(run.stdout)}
    readings = {}
    for name in names:
        if told[name]["status"] == "processed":
            readings[name] = read_quern(json.loads((out / f"{name}.json").read_bytes()))
        else:
            readings[name] = Reading(error=told[name]["error"])
    return readings


def run_peer(python, peer, folder, names):
    readings, code = {}, PEERS[peer][1]
    for name in names:
        command = [python, "-c", HEAD + code, folder / name] if code else ["pdftotext", "-enc", "UTF-8", folder / name, "-"]
        try:
            run = subprocess.run(command, capture_output=True, timeout=90)
            text = run.stdout.decode(errors="replace")
            readings[name] = read_markdown(text) if run.returncode == 0 else Reading(error=f"exit code {run.returncode}")
        except subprocess.TimeoutExpired:
            readings[name] = Reading(error="time-out")
    return readings


# What it is worth


def folded(text):
    """Compatible letters as one, no soft hyphens and marks of direction, blanks as one; none between letters that are written without them."""
    text = unicodedata.normalize("NFKC", re.sub("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]", "", text))
    text = re.sub(r"\s+", " ", text)
    return re.sub(r"(?<=[\u0e00-\u0e7f\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]) (?=[\u0e00-\u0e7f\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef])", "", text).strip()


def words(text):
    return re.findall(r"\w+", folded(text))


def without(found, either):
    """The words less one run of those that may be there, for each time that they are."""
    joined = " " + " ".join(found) + " "
    for piece in sorted(either, key=len, reverse=True):
        run = " " + " ".join(words(piece)) + " "
        while run.strip() and run in joined:
            joined = joined.replace(run, " ", 1)
    return joined.split()


def f1(mine, truth):
    mine, truth = collections.Counter(mine), collections.Counter(truth)
    both = (mine & truth).total()
    return 2 * both / (mine.total() + truth.total()) if mine or truth else 1.0


def cells(table):
    return collections.Counter((at, column, folded(cell)) for at, row in enumerate(table) for column, cell in enumerate(row) if cell.strip())


class Score:
    def __init__(self, case, reading):
        self.problems, self.f1, self.order, self.cells, self.headings = [], None, None, None, None
        tables_wrong = headings_wrong = False
        if case.ends == "locked" or (case.ends == "broken" and reading.error):
            if not reading.error:
                self.problems.append("not refused")
            self.text_right = self.all_right = bool(reading.error)
            return
        if reading.error:
            self.problems.append(f"refused: {reading.error}")
        text = folded(reading.text)
        if case.text is not None:
            mine, truth = without(words(reading.text), case.either), without(words(case.text), case.either)
            self.f1 = f1(mine, truth)
            match = difflib.SequenceMatcher(None, mine, truth, autojunk=False)
            self.order = 2 * sum(block.size for block in match.get_matching_blocks()) / max(1, len(mine) + len(truth))
            if self.f1 < 0.99 or self.order < 0.985:
                gone = list((collections.Counter(truth) - collections.Counter(mine)).elements())[:8]
                more = list((collections.Counter(mine) - collections.Counter(truth)).elements())[:8]
                self.problems.append(f"words {self.f1:.3f}, order {self.order:.3f}; missing {gone}, too many {more}")
        for piece in (*case.has, *case.lacks, *case.order):
            assert folded(piece), f"a piece of {case.name} is in every text: {piece!r}"
        for piece in case.has:
            if folded(piece) not in text:
                self.problems.append(f"missing: {piece!r}")
        for piece in case.lacks:
            if folded(piece) in text:
                self.problems.append(f"shown: {piece!r}")
        at = 0
        for piece in case.order:
            found = text.find(folded(piece), at)
            if found < 0:
                self.problems.append(f"not in order: {piece!r}")
                break
            at = found + len(folded(piece))
        self.text_right = not self.problems
        if case.tables is not None:
            scores, rest = [], [cells(table) for table in reading.tables]
            for table in case.tables:
                want = cells(table)
                best = max(rest, key=lambda other: (want & other).total() - (other - want).total() / 1e6, default=collections.Counter())
                scores.append(2 * (want & best).total() / max(1, want.total() + best.total()))
                if best in rest:
                    rest.remove(best)
                if scores[-1] < 1:
                    gone, more = list((want - best).elements())[:4], list((best - want).elements())[:4]
                    self.problems.append(f"table with {next(iter(want), ('', '', ''))[2]!r}: cells {scores[-1]:.3f}; missing {gone}, too many {more}")
            self.cells = sum(scores) / len(scores) if scores else (0.0 if reading.tables else 1.0)
            if not scores and reading.tables:
                self.problems.append(f"a table where none is: {reading.tables[0][:2]}")
            tables_wrong = self.cells < 1
        if case.headings is not None:
            mine = [(level, folded(text)) for level, text in reading.headings]
            found = 0
            for level, heading in case.headings:
                if any(folded(heading) == other and level in (0, depth) for depth, other in mine):
                    found += 1
                else:
                    self.problems.append(f"no heading: {level} {heading!r}; there are {mine[:6]}")
            self.headings = found / len(case.headings) if case.headings else 1.0
            known = {folded(heading) for _, heading in case.headings}
            false = [other for _, other in mine if other not in known]
            if false:
                self.problems.append(f"headings that are none: {false[:4]}")
            headings_wrong = self.headings < 1 or bool(false)
        self.all_right = self.text_right and not tables_wrong and not headings_wrong


def mean(values):
    values = [value for value in values if value is not None]
    return f"{sum(values) / len(values):.3f}" if values else ""


def row(name, scores):
    right = sum(score.text_right for score in scores) / len(scores), sum(score.all_right for score in scores) / len(scores)
    return (f"| {name} | {len(scores)} | {right[0]:.0%} | {right[1]:.0%} | {mean(s.f1 for s in scores)} | {mean(s.order for s in scores)} | "
            f"{mean(s.cells for s in scores)} | {mean(s.headings for s in scores)} |")


def make(folder, only="*", seed=1):
    """Writes the documents whose names, or whose module's name, are as `only` says.

    Returns the cases by name, and what could not be made here.
    """
    cases, left_out = {}, []
    names = sorted(found.name for found in pkgutil.iter_modules(made.__path__))
    for module in [only] if only in names else names:
        family = importlib.import_module(f"made.{module}")
        for case in family.cases(made.Prose(f"{seed} {module}")) if hasattr(family, "cases") else ():
            if not (fnmatch.fnmatch(case.name, only) or module == only):
                continue
            if case.name in cases:
                raise ValueError(f"two cases are named {case.name}")
            try:
                case.make(folder / case.name)
            except (FileNotFoundError, ImportError) as error:
                left_out.append(f"{case.name}: {error}")
                continue
            cases[case.name] = case
    return cases, left_out


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--quern", default=os.environ.get("QUERN_BIN", str(ROOT / ".build" / "release" / "quern")))
    arguments.add_argument("--peers", help="a Python with the peers; without it Quern alone is measured")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--only", default="*", help="a pattern of names of cases, or of modules")
    arguments.add_argument("--keep", type=pathlib.Path, help="leave the documents and what Quern made of them here")
    arguments.add_argument("--failed", action="store_true")
    told = arguments.parse_args()
    folder = told.keep or pathlib.Path(tempfile.mkdtemp(prefix="quern-made-"))
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / "out", ignore_errors=True)
    cases, left_out = make(folder, told.only, told.seed)
    for reason in left_out:
        print(f"left out: {reason}", file=sys.stderr)
    if not cases:
        sys.exit(f"no case is named like {told.only!r}")
    readings = {"quern": run_quern(told.quern, folder, list(cases))}
    for peer, (endings, code) in PEERS.items():
        names = [name for name in cases if name.rsplit(".", 1)[1] in endings.split()]
        if told.peers and names and (code or shutil.which(peer)):
            readings[peer] = run_peer(told.peers, peer, folder, names)
    scores = {reader: {name: Score(cases[name], read[name]) for name in read} for reader, read in readings.items()}
    head = "| | cases | text right | all right | word F1 | order | cell F1 | headings |\n|---|---|---|---|---|---|---|---|"
    kinds = sorted({name.rsplit(".", 1)[1] for name in cases})
    for kind in kinds:
        print(f"\n### {kind}\n\n{head}")
        for reader, read in scores.items():
            of_kind = [score for name, score in read.items() if name.endswith(f".{kind}")]
            if of_kind:
                print(row(reader, of_kind))
        areas = sorted({case.area for case in cases.values() if case.name.endswith(f".{kind}")})
        if len(areas) > 1:
            print(f"\n| all right, by area | {' | '.join(scores)} |\n|---|{'---|' * len(scores)}")
            for area in areas:
                of_area = [name for name, case in cases.items() if case.area == area and name.endswith(f".{kind}")]
                shares = [[read[name].all_right for name in of_area if name in read] for read in scores.values()]
                print(f"| {area} ({len(of_area)}) | " + " | ".join(f"{sum(s) / len(s):.0%}" if s else "" for s in shares) + " |")
    print(f"\nAll {len(cases)} cases, Quern:\n\n{head}\n{row('quern', list(scores['quern'].values()))}")
    failed = [name for name, score in scores["quern"].items() if not score.all_right]
    if told.failed:
        for name in failed:
            others = [peer for peer, read in scores.items() if name in read and read[name].all_right]
            print(f"\n{name} ({cases[name].area}){', right by ' + ', '.join(others) if others else ''}")
            for problem in scores["quern"][name].problems:
                print(f"    {problem}")
    if not told.keep:
        shutil.rmtree(folder)
    sys.exit(1 if told.failed and failed else 0)


if __name__ == "__main__":
    main()
