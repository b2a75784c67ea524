"""quern extract: documents of the older Office programs and of Outlook, in compound files (MS-CFB).

samples/ has a text and slides that LibreOffice 7.4 wrote from files of python-docx and python-pptx; sheets are made by xlwt, mails by hand.
"""

import datetime
import gzip
import json
import random
import struct
import subprocess
from pathlib import Path

import pytest
import xlwt

from served import EXECUTABLE as QUERN
from test_extract import read
from test_text_formats import kinds, rows

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture
def sample(tmp_path):
    def unpack(name):
        path = tmp_path / name
        path.write_bytes(gzip.decompress((SAMPLES / f"{name}.gz").read_bytes()))
        return path
    return unpack


def test_a_text_of_word_97(sample):
    document = read(sample("mills.doc"))
    assert document["format"] == "doc" and document["metadata"]["title"] == "Of mills" and document["metadata"]["author"] == "Ada"
    assert kinds(document) == [
        ("header", "Header text"), ("heading", "Main heading"), ("paragraph", "Normal words with bold"),
        ("paragraph", "Überschrift — “quoted” 日本語 Привет €"), ("heading", "Second"), ("list_item", "one"), ("list_item", "two"),
        ("list_item", "x"), ("list_item", "y"), ("table", None), ("paragraph", "After the table."), ("footer", "Footer text")]
    assert [block["level"] for block in document["blocks"] if block["kind"] == "heading"] == [1, 2]
    assert [block["marker"] for block in document["blocks"] if block["kind"] == "list_item"] == ["1.", "2.", "•", "•"]
    assert [block["text"] for block in document["blocks"] if block.get("hidden")] == ["HIDDEN"] and document["receipt"] == {"hidden": 1}
    table = next(block for block in document["blocks"] if block["kind"] == "table")
    assert rows(table) == [["r0c0", "r0c1", "r0c2\nr1c2"], ["r1c0\nr1c1", None, None], ["r2c0", "r2c1", "r2c2"]]
    assert table["table"]["rows"][0][2]["rows"] == 2 and table["table"]["rows"][1][0]["columns"] == 2


def test_slides_of_powerpoint_97(sample):
    document = read(sample("mills.ppt"))
    assert document["format"] == "ppt" and document["page_count"] == 2
    assert [(block["kind"], block["text"], block["place"]["slide"]) for block in document["blocks"]] == [
        ("heading", "First slide", 1), ("list_item", "Top", 1), ("list_item", "Inner", 1), ("note", "Said aloud", 1),
        ("heading", "Zweite — 日本", 2), ("paragraph", "left", 2), ("paragraph", "right", 2), ("paragraph", "below", 2)]
    assert [block["level"] for block in document["blocks"] if block["kind"] == "list_item"] == [0, 1]


def workbook(path, count=40):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Prices – €")
    for column, name in enumerate(["name", "price", "day", "share", "true", "sum"]):
        sheet.write(0, column, name)
    day, money, share = (xlwt.easyxf(num_format_str=code) for code in ("YYYY-MM-DD", "#,##0.00", "0.0%"))
    for row in range(1, count):
        sheet.write(row, 0, f"Müller {row} 日本 " + "long " * (row * 40))
        sheet.write(row, 1, row * 1234.5, money)
        sheet.write(row, 2, datetime.date(2024, 1, 1) + datetime.timedelta(row), day)
        sheet.write(row, 3, row / 100, share)
        sheet.write(row, 4, row % 2 == 0)
        sheet.write(row, 5, xlwt.Formula(f"B{row + 1}*2"))
    sheet.write_merge(count, count, 0, 2, "merged")
    sheet.write(count, 3, 12345678901234)
    hidden = book.add_sheet("Hidden")
    hidden.visibility = 1
    hidden.write(0, 0, "secret")
    hidden.write(0, 1, "more")
    book.save(str(path))


def test_sheets_of_excel_97(tmp_path):
    path = tmp_path / "a.xls"
    workbook(path)
    document = read(path)
    assert document["format"] == "xls" and document["page_count"] == 2
    heading, table = document["blocks"][:2]
    assert heading["text"] == "Prices – €" and table["place"]["cells"] == "A1:F41"
    cells = table["table"]["rows"]
    # Text that goes over the end of a record.
    for row in range(1, 40):
        assert cells[row][0]["text"].split() == ["Müller", str(row), "日本"] + ["long"] * (row * 40)
    assert [cell["text"] for cell in cells[2][1:5]] == ["2,469.00", "2024-01-03", "2.0%", "TRUE"]
    assert cells[2][1]["value"] == "2469" and cells[2][3]["value"] == "0.02"
    assert cells[40][0] == {"text": "merged", "columns": 3} and cells[40][3] == {"text": "1.23457E+13", "value": "12345678901234"}
    assert [(block["kind"], block.get("hidden")) for block in document["blocks"][2:]] == [("heading", True), ("table", True)]


# Mails of Outlook


def compound(tree):
    """A compound file: folders are dictionaries, streams are bytes."""
    entries, small, large = [], bytearray(), []

    def add(name, content):
        entry = {"name": name, "child": -1, "right": -1, "start": 0xFFFFFFFE, "size": 0, "type": 2}
        entries.append(entry)
        if isinstance(content, dict):
            entry["type"] = 1
            last = None
            for inner, value in content.items():
                index = len(entries)
                add(inner, value)
                if last is None:
                    entry["child"] = index
                else:
                    entries[last]["right"] = index
                last = index
        else:
            entry["size"] = len(content)
            if len(content) < 4096:
                entry["start"] = len(small) // 64 if content else 0xFFFFFFFE
                small.extend(content + bytes(-len(content) % 64))
            else:
                large.append((entry, content))

    add("Root Entry", tree)
    entries[0]["type"], entries[0]["size"] = 5, len(small)
    mini = []
    for entry in entries:
        if entry["type"] == 2 and 0 < entry["size"] < 4096:
            count = (entry["size"] + 63) // 64
            mini += [*range(entry["start"] + 1, entry["start"] + count), 0xFFFFFFFE]
    sectors, table = [], []

    def store(content):
        if not content:
            return 0xFFFFFFFE
        first, count = len(sectors), (len(content) + 511) // 512
        for at in range(count):
            sectors.append(content[at * 512:at * 512 + 512].ljust(512, b"\0"))
        table.extend([*range(first + 1, first + count), 0xFFFFFFFE])
        return first

    for entry, content in large:
        entry["start"] = store(content)
    entries[0]["start"] = store(bytes(small))
    mini_start = store(struct.pack(f"<{len(mini)}I", *mini) + b"\xff" * (-4 * len(mini) % 512))
    listed = b""
    for entry in entries:
        name = entry["name"].encode("utf-16-le")
        listed += name.ljust(64, b"\0") + struct.pack(
            "<HBBiii16xIQQIQ", len(name) + 2, entry["type"], 1, -1, entry["right"], entry["child"], 0, 0, 0, entry["start"], entry["size"])
    directory = store(listed + bytes(-len(listed) % 512))
    count = 1
    while (len(table) + count) * 4 > count * 512:
        count += 1
    places = list(range(len(sectors), len(sectors) + count))
    table += [0xFFFFFFFD] * count
    packed = struct.pack(f"<{len(table)}I", *table).ljust(count * 512, b"\xff")
    sectors += [packed[at * 512:at * 512 + 512] for at in range(count)]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack(
        "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, count, directory, 0, 4096, mini_start, 1, 0xFFFFFFFE, 0, places[0])
    header += struct.pack(f"<{len(places) - 1}I", *places[1:])
    return header.ljust(512, b"\xff") + b"".join(sectors)


def mail(subject, body=None, html=None, files=(), inner=(), is_wide=True, header=32):
    def text(value):
        return value.encode("utf-16-le") if is_wide else value.encode("cp1252")

    kind = "001F" if is_wide else "001E"
    sent = int((datetime.datetime(2024, 1, 1, 10) - datetime.datetime(1601, 1, 1)).total_seconds()) * 10_000_000
    tree = {
        "__properties_version1.0": bytes(header) + struct.pack("<HHIQ", 0x40, 0x39, 6, sent) + struct.pack("<HHIQ", 3, 0x3FFD, 6, 1252),
        f"__substg1.0_0037{kind}": text(subject), f"__substg1.0_0C1A{kind}": text("Ädä"), f"__substg1.0_5D01{kind}": text("a@x.org"),
        f"__substg1.0_0E04{kind}": text("Ben; Cid"),
    }
    if body is not None:
        tree[f"__substg1.0_1000{kind}"] = text(body)
    if html is not None:
        tree["__substg1.0_10130102"] = html
    for number, (name, content) in enumerate(files):
        tree[f"__attach_version1.0_#{number:08X}"] = {
            "__properties_version1.0": bytes(8), f"__substg1.0_3707{kind}": text(name), "__substg1.0_37010102": content}
    for number, other in enumerate(inner, len(files)):
        tree[f"__attach_version1.0_#{number:08X}"] = {"__properties_version1.0": bytes(8), "__substg1.0_3701000D": other}
    return tree


@pytest.mark.parametrize("is_wide", [True, False])
def test_a_mail_of_outlook(tmp_path, is_wide):
    tree = mail(
        "Grüße", "Plain words.\r\n\r\nMore.", files=[("notes.txt", b"text words"), ("list.csv", b"a,b\n" + b"1,2\n" * 3000)],
        inner=[mail("Inner", "Inner words.", header=24)], is_wide=is_wide)
    (tmp_path / "a.msg").write_bytes(compound(tree))
    document = read(tmp_path / "a.msg")
    assert document["format"] == "msg" and document["metadata"] == {
        "title": "Grüße", "author": "Ädä <a@x.org>", "to": "Ben; Cid", "created": "2024-01-01T10:00:00Z"}
    about = "From: Ädä <a@x.org>\nTo: Ben; Cid\nDate: 2024-01-01T10:00:00Z"
    assert kinds(document) == [
        ("heading", "Grüße"), ("paragraph", about), ("paragraph", "Plain words."), ("paragraph", "More."), ("heading", "notes.txt"),
        ("paragraph", "text words"), ("heading", "list.csv"), ("table", None), ("heading", "Inner"), ("paragraph", about),
        ("paragraph", "Inner words.")]
    assert len(document["blocks"][7]["table"]["rows"]) == 3001


def test_the_richest_body_counts(tmp_path):
    html = '<meta charset="windows-1251"><p style="display:none">no</p><p>Привет <b>и</b> пока</p>'.encode("cp1251")
    (tmp_path / "a.msg").write_bytes(compound(mail("S", "plain", html=html)))
    assert kinds(read(tmp_path / "a.msg"))[2:] == [("paragraph", "Привет и пока")]


def test_html_that_is_stored_as_text(tmp_path):
    tree = mail("S", "plain")
    tree["__substg1.0_1013001F"] = "<p>測試 <b>日本</b></p>".encode("utf-16-le")
    tree["__properties_version1.0"] += struct.pack("<HHIQ", 3, 0x3FDE, 6, 950)
    (tmp_path / "a.msg").write_bytes(compound(tree))
    assert kinds(read(tmp_path / "a.msg"))[2:] == [("paragraph", "測試 日本")]


def test_a_mail_that_holds_itself_ends(tmp_path):
    """A folder of an attachment whose content is that of the whole file."""
    content = bytearray(compound(mail("S", "words", inner=[mail("Inner", "w", header=24)] * 5)))
    name = "__substg1.0_3701000D".encode("utf-16-le")
    first = content.index(name)
    root = content.index("Root Entry".encode("utf-16-le"))
    at = first
    while at >= 0:
        content[at + 76:at + 80] = content[root + 76:root + 80]
        at = content.find(name, at + 1)
    (tmp_path / "a.msg").write_bytes(content)
    ended = subprocess.run([QUERN, "extract", tmp_path / "a.msg"], capture_output=True, timeout=60)
    assert ended.returncode == 1 and b"than a document may" in ended.stderr


def test_a_text_that_names_the_same_bytes_again_is_cut(sample, tmp_path):
    content = bytearray(sample("mills.doc").read_bytes())
    # The table of pieces begins with 2, its size, and the place 0: its first piece is made a billion letters long.
    at = next(at for at in range(512, len(content) - 12) if content[at] == 2 and content[at + 1:at + 5] == bytes([16, 0, 0, 0]) and content[at + 5:at + 9] == bytes(4))
    content[at + 9:at + 13] = struct.pack("<I", 1 << 30)
    (tmp_path / "a.doc").write_bytes(content)
    ended = subprocess.run([QUERN, "extract", tmp_path / "a.doc"], capture_output=True, timeout=60)
    assert ended.returncode in (0, 1)


def test_damaged_compound_files_end_in_a_result_or_an_error(sample, tmp_path):
    workbook(tmp_path / "a.xls", 10)
    whole = {
        "doc": sample("mills.doc").read_bytes(), "ppt": sample("mills.ppt").read_bytes(), "xls": (tmp_path / "a.xls").read_bytes(),
        "msg": compound(mail("S", "words", files=[("a.txt", b"x" * 5000)]))}
    folder = tmp_path / "damaged"
    folder.mkdir()
    dice = random.Random(7)
    for kind, content in whole.items():
        for number in range(60):
            damaged = bytearray(content)
            # Mostly where the structure is.
            reach = len(damaged) if number % 2 else min(len(damaged), 4096)
            for _ in range(dice.randrange(1, 40)):
                damaged[dice.randrange(reach)] = dice.choice([0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)])
            if dice.random() < 0.3:
                del damaged[dice.randrange(1, len(damaged)):]
            damaged[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            (folder / f"{number}.{kind}").write_bytes(damaged)
    ended = subprocess.run([QUERN, "extract", "-r", folder, "-o", tmp_path / "out", "--json", "-q"], capture_output=True, timeout=100)
    assert ended.returncode in (0, 1, 2), ended.stderr[-2000:]
    results = json.loads(ended.stdout)
    assert len(results) == 240
    for result in results:
        assert result["status"] == "processed" or result["error"] in (
            "broken_document", "unknown_format", "limit_exceeded", "locked_document", "empty_document"), result
