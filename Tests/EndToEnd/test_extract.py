"""quern extract: documents made by the libraries that people use, read again; each output held against what was put in."""

import csv
import io
import json
import os
import random
import re
import subprocess
import zipfile

import docx
import odf.dc
import odf.draw
import odf.office
import odf.opendocument
import odf.presentation
import odf.style
import odf.table
import odf.text
import openpyxl
import pptx
import pypdf
import pypdf.annotations
import pypdfium2
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen import canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate
from reportlab.platypus import Table as PDFTable

from served import EXECUTABLE as QUERN
from test_hostile_documents import book, item, numbering, paragraph, run, sheet, word
from test_hostile_documents import page as pdf_page
from test_hostile_documents import stream as pdf_stream

SENTENCES = [
    "A quern is a hand mill of two stones.", "The upper stone turns on the lower one.", "Grain goes in at the top, and flour comes out at the rim.",
    "Querns were used for thousands of years.", "Some families still keep one in the kitchen.",
]


def extract(*arguments, stdin=None):
    return subprocess.run([QUERN, "extract", *map(str, arguments)], capture_output=True, input=stdin, timeout=120)


def read(path, *arguments):
    told = extract(path, "--format", "json", *arguments)
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def make_pdf(path, pages=3):
    styles = getSampleStyleSheet()
    story = []
    for page in range(pages):
        story.append(Paragraph(f"Chapter {page + 1}: Stones", styles["Heading1"]))
        for number in range(6):
            story.append(Paragraph(" ".join(random.Random(page * 10 + number).sample(SENTENCES, 4)), styles["BodyText"]))
        story.append(PDFTable([["Name", "Weight", "Place"], ["Basalt", f"{page}.5 kg", "Mayen"], ["Granite", "12 kg", "Aswan"]]))
        story.append(PageBreak())

    def furniture(sheet, document):
        sheet.drawString(72, A4[1] - 40, "The book of mills")
        sheet.drawString(A4[0] / 2, 30, str(sheet.getPageNumber()))

    SimpleDocTemplate(str(path), pagesize=A4, title="Of mills").build(story, onFirstPage=furniture, onLaterPages=furniture)


def make_docx(path):
    made = docx.Document()
    made.core_properties.title = "Of mills"
    made.add_heading("Mills", 1)
    made.add_paragraph("A quern is a hand mill.")
    made.add_paragraph("upper stone", style="List Bullet")
    made.add_paragraph("lower stone", style="List Bullet")
    made.add_paragraph("grind", style="List Number")
    made.add_paragraph("sieve", style="List Number")
    table = made.add_table(rows=3, cols=3)
    for row, names in enumerate([("Name", "Weight", "Place"), ("Basalt", "8 kg", "Mayen"), ("Granite", "12 kg", "Aswan")]):
        for column, name in enumerate(names):
            table.cell(row, column).text = name
    table.cell(1, 0).merge(table.cell(2, 0))
    run = made.add_paragraph("seen ").add_run("and hidden")
    run.font.hidden = True
    made.sections[0].header.paragraphs[0].text = "The book of mills"
    made.save(path)


def make_xlsx(path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Mills"
    sheet.append(["Name", "Weight", "Bought", "Share"])
    sheet.append(["Basalt", 8.25, __import__("datetime").date(2024, 2, 29), 0.256])
    sheet["C2"].number_format, sheet["D2"].number_format, sheet["B2"].number_format = "d mmm yyyy", "0.0%", "#,##0.0"
    sheet.append(["Öl, \"gut\"", 1234567.891, None, True])
    sheet["B3"].number_format = "#,##0.00"
    hidden = book.create_sheet("Secret")
    hidden["A1"] = "not for all"
    hidden.sheet_state = "hidden"
    book.save(path)


def make_pptx(path):
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.shapes.title.text = "Mills"
    slide.placeholders[1].text = "first\nsecond"
    slide.notes_slide.notes_text_frame.text = "say it slowly"
    slide = made.slides.add_slide(made.slide_layouts[5])
    slide.shapes.title.text = "Numbers"
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    for row in range(2):
        for column in range(2):
            table.cell(row, column).text = f"{row}{column}"
    data = CategoryChartData()
    data.categories = ["East", "West"]
    data.add_series("Flour", (19.2, 21.4))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(4), Inches(4), Inches(3), data)
    made.save(path)


MAKERS = {"pdf": make_pdf, "docx": make_docx, "xlsx": make_xlsx, "pptx": make_pptx}


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents")
    made = {}
    for kind, make in MAKERS.items():
        made[kind] = folder / f"mills.{kind}"
        make(made[kind])
    return made


def words(text):
    return re.findall(r"\w+", text)


def test_pdf_has_the_words_of_another_reader_in_their_order(documents):
    found = read(documents["pdf"])
    with pypdfium2.PdfDocument(str(documents["pdf"])) as other:
        expected = [word for page in other for word in words(page.get_textpage().get_text_range())]
    furniture = sum(1 for block in found["blocks"] if block["kind"] in ("header", "footer", "page_number"))
    assert furniture == 6
    assert len(words(found["content"])) == len(expected) - 3 * 5
    assert "The book of mills" not in found["content"]
    assert found["page_count"] == 3 and found["metadata"]["title"] == "Of mills"
    headings = [block["text"] for block in found["blocks"] if block["kind"] == "heading"]
    assert headings == [f"Chapter {number}: Stones" for number in (1, 2, 3)]
    tables = [block["table"]["rows"] for block in found["blocks"] if block["kind"] == "table"]
    assert [[cell["text"] for cell in row] for row in tables[1]] == [
        ["Name", "Weight", "Place"], ["Basalt", "1.5 kg", "Mayen"], ["Granite", "12 kg", "Aswan"]]
    for block in found["blocks"]:
        left, top, right, bottom = block["place"]["box"]
        assert 0 <= left < right <= A4[0] + 1 and 0 <= top < bottom <= A4[1] + 1
    paragraphs = [block["text"] for block in found["blocks"] if block["kind"] == "paragraph"]
    assert paragraphs[0] == " ".join(random.Random(0).sample(SENTENCES, 4))
    assert len(paragraphs) == 18


def test_docx(documents):
    found = read(documents["docx"])
    told = [(block["kind"], block.get("marker"), block.get("text")) for block in found["blocks"]]
    assert told[:6] == [
        ("header", None, "The book of mills"), ("heading", None, "Mills"), ("paragraph", None, "A quern is a hand mill."),
        ("list_item", "•", "upper stone"), ("list_item", "•", "lower stone"), ("list_item", "1.", "grind")]
    assert told[6] == ("list_item", "2.", "sieve")
    rows = next(block["table"]["rows"] for block in found["blocks"] if block["kind"] == "table")
    assert rows[1][0] == {"text": "Basalt\nGranite", "rows": 2} and rows[2][0] is None
    assert [cell["text"] for cell in rows[0]] == ["Name", "Weight", "Place"]
    hidden = [block["text"] for block in found["blocks"] if block.get("hidden")]
    assert hidden == ["and hidden"] and "and hidden" not in found["content"] and found["receipt"]["hidden"] == 1


def test_xlsx(documents):
    found = read(documents["xlsx"])
    table = next(block for block in found["blocks"] if block["kind"] == "table")
    assert table["place"] == {"sheet": "Mills", "cells": "A1:D3"}
    assert [[cell and cell["text"] for cell in row] for row in table["table"]["rows"]] == [
        ["Name", "Weight", "Bought", "Share"], ["Basalt", "8.3", "29 Feb 2024", "25.6%"], ['Öl, "gut"', "1,234,567.89", None, "TRUE"]]
    assert table["table"]["rows"][1][2]["value"] == "2024-02-29" and table["table"]["rows"][1][1]["value"] == "8.25"
    assert "not for all" not in found["content"]
    assert any(block.get("hidden") and block["place"]["sheet"] == "Secret" for block in found["blocks"])
    rows = list(csv.reader(io.StringIO(extract(documents["xlsx"], "--format", "csv").stdout.decode())))
    assert rows[2] == ['Öl, "gut"', "1,234,567.89", "", "TRUE"]


def test_pptx(documents):
    found = read(documents["pptx"])
    told = [(block["kind"], block.get("text"), block["place"]["slide"]) for block in found["blocks"]]
    assert told[0] == ("heading", "Mills", 1)
    assert [text for kind, text, slide in told if slide == 1] == ["Mills", "first", "second", "say it slowly"]
    tables = [block["table"]["rows"] for block in found["blocks"] if block["kind"] == "table"]
    assert [[cell["text"] for cell in row] for row in tables[0]] == [["00", "01"], ["10", "11"]]
    assert [[cell["text"] for cell in row] for row in tables[1]] == [["", "Flour"], ["East", "19.2"], ["West", "21.4"]]


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("preset", ["quality", "rag-optimized"])
def test_chunks_are_slices_and_the_same_each_time(documents, kind, preset):
    found = read(documents[kind], "--preset", preset, "--chunk-size", "40", "--overlap", "10")
    assert found["chunks"]
    for chunk in found["chunks"]:
        assert found["content"][chunk["start"]:chunk["end"]] == chunk["text"]
        assert found["content"].encode()[chunk["start_byte"]:chunk["end_byte"]].decode() == chunk["text"]
        assert chunk["places"] and chunk["token_count"] <= 40
    again = extract(documents[kind], "--preset", preset, "--chunk-size", "40", "--overlap", "10").stdout
    assert again == extract(documents[kind], "--preset", preset, "--chunk-size", "40", "--overlap", "10").stdout
    lines = extract(documents[kind], "--format", "jsonl", "--preset", preset, "--chunk-size", "40", "--overlap", "10").stdout
    assert [json.loads(line) for line in lines.splitlines()] == found["chunks"]


def test_many_files_go_into_a_folder_and_one_bad_one_costs_nothing(documents, tmp_path):
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for kind, path in documents.items():
        (tmp_path / "in" / "deep" / f"a.{kind}").write_bytes(path.read_bytes())
    (tmp_path / "in" / "broken.docx").write_bytes(b"PK\x03\x04 nothing more")
    (tmp_path / "in" / "notes.xyz").write_bytes(b"\x00\x01\x02")
    told = extract("-r", tmp_path / "in", "-o", tmp_path / "out", "--format", "md", "--json")
    assert told.returncode == 2
    results = {os.path.basename(result["input"]): result for result in json.loads(told.stdout)}
    assert {name for name, result in results.items() if result["status"] == "failed"} == {"broken.docx", "notes.xyz"}
    assert results["broken.docx"]["error"] == "broken_document" and results["notes.xyz"]["error"] == "unknown_format"
    text = (tmp_path / "out" / "deep" / "a.docx.md").read_text()
    assert text.startswith("The book of mills\n\n# Mills\n\nA quern is a hand mill.\n\n- upper stone\n- lower stone\n1. grind\n2. sieve\n")
    again = extract("-r", tmp_path / "in", "-o", tmp_path / "out", "--format", "md", "--json")
    assert {result.get("error") for result in json.loads(again.stdout)} == {"broken_document", "unknown_format", "output_exists"}
    assert extract("-r", tmp_path / "in", "-o", tmp_path / "out", "--format", "md", "--force", "-q").returncode == 2


def test_the_standard_input_and_wrong_usage(documents, tmp_path):
    told = extract("-", "--format", "txt", stdin=documents["docx"].read_bytes())
    assert told.returncode == 0 and b"A quern is a hand mill." in told.stdout
    for arguments in ([], [documents["pdf"], documents["docx"]], [documents["pdf"], "--preset", "qality"], [documents["pdf"], "--chunk-size", "1"]):
        assert extract(*arguments).returncode == 64
    assert b"Did you mean quality?" in extract(documents["pdf"], "--preset", "qality").stderr
    assert extract(tmp_path / "none.pdf").returncode == 1


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"])
def test_locked_pdf_files(documents, tmp_path, algorithm):
    plain = extract(documents["pdf"], "--format", "txt").stdout
    for name, password in (("open", ""), ("locked", "secret")):
        writer = pypdf.PdfWriter(clone_from=str(documents["pdf"]))
        writer.encrypt(user_password=password, owner_password="owner", algorithm=algorithm)
        writer.write(str(tmp_path / f"{name}.pdf"))
    told = extract(tmp_path / "open.pdf", "--format", "txt")
    assert told.returncode == 0 and told.stdout == plain
    told = extract(tmp_path / "locked.pdf")
    assert told.returncode == 1 and b"locked with a password" in told.stderr


def test_text_that_nobody_sees_is_marked(tmp_path):
    path = tmp_path / "hidden.pdf"
    sheet = canvas.Canvas(str(path))
    sheet.drawString(72, 700, "plainly there")
    sheet.setFillColorRGB(1, 1, 1)
    sheet.drawString(72, 680, "white on white")
    sheet.setFillColorRGB(0, 0, 0)
    sheet.rect(60, 640, 200, 20, fill=1)
    sheet.setFillColorRGB(1, 1, 1)
    sheet.drawString(72, 645, "white on black")
    sheet.setFillColorRGB(0, 0, 0)
    sheet.drawString(72, 605, "under a box")
    sheet.rect(60, 600, 200, 20, fill=1)
    sheet.setFillAlpha(0)
    sheet.drawString(72, 580, "opacity zero")
    sheet.setFillAlpha(1)
    sheet.drawString(72, -40, "below the page")
    sheet.save()
    found = read(path)
    seen = " ".join(block["text"] for block in found["blocks"] if not block.get("hidden"))
    hidden = " ".join(block["text"] for block in found["blocks"] if block.get("hidden"))
    assert seen == "plainly there white on black"
    for words_ in ("white on white", "under a box", "opacity zero", "below the page"):
        assert words_ in hidden
    assert found["content"] == "plainly there\n\nwhite on black" and found["receipt"]["hidden"] == 1


def test_text_over_text_is_read_by_itself(tmp_path):
    (tmp_path / "a.pdf").write_bytes(pdf_page(b"BT /F 12 Tf 72 700 Td (Original page) Tj ET BT /F 12 Tf 74 701 Td (Approved by Ada) Tj ET"))
    content = read(tmp_path / "a.pdf")["content"]
    assert "Original page" in content and "Approved by Ada" in content


def test_letters_drawn_twice_for_bold_are_read_once(tmp_path):
    twice = b"BT /F 12 Tf 72 700 Td (Bold words) Tj ET BT /F 12 Tf 72.4 700 Td (Bold words) Tj ET"
    (tmp_path / "a.pdf").write_bytes(pdf_page(twice))
    assert read(tmp_path / "a.pdf")["content"] == "Bold words"


def test_small_lines_beside_a_large_title_stay_apart(tmp_path):
    content = b"BT /F 40 Tf 72 700 Td (TITLE) Tj ET BT /F 10 Tf 400 712 Td (first line) Tj ET BT /F 10 Tf 400 699 Td (second line) Tj ET"
    (tmp_path / "a.pdf").write_bytes(pdf_page(content))
    found = read(tmp_path / "a.pdf")["content"]
    assert "TITLE" in found and "first line" in found and "second line" in found


def test_a_font_that_says_its_codes_are_unicode(tmp_path):
    font = (
        b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/ToUnicode/Identity-H"
        b"/DescendantFonts[<</Subtype/CIDFontType2/BaseFont/X/DW 600>>]>>")
    (tmp_path / "a.pdf").write_bytes(pdf_page(b"BT /F 12 Tf 72 700 Td <00480069002004160444> Tj ET", font=font))
    assert read(tmp_path / "a.pdf")["content"] == "Hi Жф"


def compact_font(names):
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder([".notdef", *names])
    pen = T2CharStringPen(600, None)
    pen.moveTo((0, 0))
    pen.lineTo((500, 700))
    pen.closePath()
    shape = pen.getCharString()
    builder.setupCFF("Test", {}, {name: shape for name in [".notdef", *names]}, {})
    font = builder.font["CFF "]
    top = font.cff.topDictIndex[0]
    top.Encoding = [".notdef"] + list(names) + [".notdef"] * (255 - len(names))
    return font.compile(builder.font)


def test_the_encoding_inside_of_a_compact_font(tmp_path):
    data = compact_font(["fi", "A", "eacute", "uni0416", "Gamma"])
    font = (
        b"<</Type/Font/Subtype/Type1/BaseFont/ABCDEF+X/FirstChar 1/LastChar 5/Widths[600 600 600 600 600]"
        b"/FontDescriptor<</Type/FontDescriptor/FontName/X/Flags 4/FontFile3 6 0 R>>>>")
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_page(b"BT /F 12 Tf 72 700 Td (\\001\\002\\003\\004\\005) Tj ET", font=font, extra={6: pdf_stream(data, b"/Subtype/Type1C")}))
    assert read(path)["content"] == "fiAéЖΓ"
    # By number in a composite font.
    font = (
        b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[<</Subtype/CIDFontType0/BaseFont/X/DW 600"
        b"/FontDescriptor<</Type/FontDescriptor/FontName/X/Flags 4/FontFile3 6 0 R>>>>]>>")
    path.write_bytes(pdf_page(b"BT /F 12 Tf 72 700 Td <00020004> Tj ET", font=font, extra={6: pdf_stream(data, b"/Subtype/CIDFontType0C")}))
    assert read(path)["content"] == "AЖ"


def test_digits_stand_from_left_to_right_in_arabic(tmp_path):
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    meaning = pdf_stream(b"<41><0627><42><0661><43><0664><44><0644>endbfchar")
    (tmp_path / "a.pdf").write_bytes(pdf_page(b"BT /F 12 Tf 72 700 Td (BC DA) Tj ET", font=font, extra={6: meaning}))
    assert read(tmp_path / "a.pdf")["content"] == "\u0627\u0644 \u0661\u0664"


def test_a_file_of_which_only_attachments_are_locked(tmp_path):
    lock = (
        b"/Root 1 0 R/ID[<00><00>]/Encrypt<</Filter/Standard/V 4/R 4/Length 128/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32
        + b">/CF<</StdCF<</CFM/AESV2/AuthEvent/EFOpen/Length 16>>>>/StmF/Identity/StrF/Identity/EFF/StdCF>>")
    content = pdf_page(b"BT /F 12 Tf 72 700 Td (Open words) Tj ET")
    (tmp_path / "a.pdf").write_bytes(content.replace(b"/Root 1 0 R", lock))
    assert read(tmp_path / "a.pdf")["content"] == "Open words"
    (tmp_path / "b.pdf").write_bytes(content.replace(b"/Root 1 0 R", lock.replace(b"/StmF/Identity", b"/StmF/StdCF")))
    assert b"locked with a password" in extract(tmp_path / "b.pdf").stderr


def test_a_hyphen_that_belongs_to_the_word_stays(tmp_path):
    lines = ["A well-known mill stands here, and it is a well-", "known one, for it was the first that had a mill-", "stone of two parts."]
    content = b"BT /F 12 Tf 72 700 Td " + b" 0 -14 Td ".join(b"(%s) Tj" % line.encode() for line in lines) + b" ET"
    (tmp_path / "a.pdf").write_bytes(pdf_page(content))
    assert read(tmp_path / "a.pdf")["content"] == (
        "A well-known mill stands here, and it is a well-known one, for it was the first that had a millstone of two parts.")


def test_notes_fields_and_files_of_a_pdf(tmp_path):
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(300, 300)
    note = pypdf.annotations.Text(text="Is this right?", rect=(10, 10, 30, 30))
    note[pypdf.generic.NameObject("/T")] = pypdf.generic.TextStringObject("Ada")
    writer.add_annotation(0, note)
    field = pypdf.generic.DictionaryObject({
        pypdf.generic.NameObject("/Type"): pypdf.generic.NameObject("/Annot"), pypdf.generic.NameObject("/Subtype"): pypdf.generic.NameObject("/Widget"),
        pypdf.generic.NameObject("/FT"): pypdf.generic.NameObject("/Tx"), pypdf.generic.NameObject("/V"): pypdf.generic.TextStringObject("Filled in"),
        pypdf.generic.NameObject("/Rect"): pypdf.generic.ArrayObject([pypdf.generic.NumberObject(at) for at in (10, 100, 90, 120)]),
    })
    page[pypdf.generic.NameObject("/Annots")].append(field)
    writer.add_attachment("list.csv", b"id,name\n1,x\n2,y\n")
    writer.write(tmp_path / "a.pdf")
    document = read(tmp_path / "a.pdf")
    assert [(block["kind"], block.get("text"), block.get("marker")) for block in document["blocks"]] == [
        ("note", "Is this right?", "Comment by Ada"), ("paragraph", "Filled in", None), ("heading", "list.csv", None), ("table", None, None)]
    assert document["blocks"][3]["place"]["entry"] == "list.csv" and document["blocks"][0]["place"]["page"] == 1


def test_two_columns_are_read_one_after_the_other(tmp_path):
    path = tmp_path / "columns.pdf"
    sheet = canvas.Canvas(str(path), pagesize=A4)
    sheet.drawString(72, 800, "A title that stands over both columns of the page and is long enough")
    for line in range(20):
        sheet.drawString(60, 760 - 14 * line, f"left column line number {line} of twenty")
        sheet.drawString(320, 760 - 14 * line, f"right column line number {line} of twenty")
    sheet.save()
    text = extract(path, "--format", "txt").stdout.decode()
    assert [int(number) for number in re.findall(r"(?:left|right) column line number (\d+)", text)] == [*range(20), *range(20)]
    assert text.index("left column line number 19") < text.index("right column line number 0")


def test_a_bomb_is_refused(tmp_path):
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("_rels/.rels", '<Relationships><Relationship Id="a" Type="x/officeDocument" Target="word/document.xml"/></Relationships>')
        with bomb.open("word/document.xml", "w", force_zip64=True) as part:
            part.write(b"<document><body>")
            for _ in range(1200):
                part.write(b"<p/>" * 250_000)
    told = extract(path)
    assert told.returncode == 1 and b"grows to more than" in told.stderr


@pytest.mark.parametrize("kind", MAKERS)
def test_damaged_files_end_in_a_result_or_an_error(documents, tmp_path, kind):
    dice = random.Random(kind)
    whole = documents[kind].read_bytes()
    folder = tmp_path / "damaged"
    folder.mkdir()
    for number in range(60):
        damaged = bytearray(whole)
        if kind != "pdf" and number % 2:
            # Damage inside a part, behind a good archive.
            source = zipfile.ZipFile(io.BytesIO(whole))
            target = io.BytesIO()
            name = dice.choice([name for name in source.namelist() if name.endswith((".xml", ".rels"))])
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
                for part in source.namelist():
                    content = bytearray(source.read(part))
                    if part == name and content:
                        for _ in range(dice.randrange(1, 30)):
                            content[dice.randrange(len(content))] = dice.randrange(256)
                        if dice.random() < 0.3:
                            del content[dice.randrange(len(content)):]
                    archive.writestr(part, bytes(content))
            damaged = bytearray(target.getvalue())
        else:
            for _ in range(dice.randrange(1, 60)):
                damaged[dice.randrange(len(damaged))] = dice.randrange(256)
            if dice.random() < 0.3:
                del damaged[dice.randrange(1, len(damaged)):]
        (folder / f"{number}.{kind}").write_bytes(damaged)
    told = extract("-r", folder, "-o", tmp_path / "out", "--json")
    assert told.returncode in (0, 1, 2), told.stderr[-2000:]
    results = json.loads(told.stdout)
    assert len(results) == 60
    for result in results:
        assert result["status"] == "processed" or result["error"] in (
            "broken_document", "unknown_format", "limit_exceeded", "locked_document", "empty_document")


# What the libraries do not write, by hand

DELETED_END = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{}</w:p>"
DELETED_ITEM = (
    '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr></w:pPr>'
    "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>")
CELL = "<w:tc><w:tcPr>{}</w:tcPr><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"


def field(kind):
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def notes(*them):
    inner = "".join(f'<w:footnote w:id="{id}"{more}><w:p>{run(text)}</w:p></w:footnote>' for id, more, text in them)
    return {"word/footnotes.xml": f'<w:footnotes xmlns:w="w">{inner}</w:footnotes>'}


def levels(more, text="%1.", shape="decimal"):
    made = numbering(1, text)
    made["word/numbering.xml"] = made["word/numbering.xml"].replace('"decimal"/>', f'"{shape}"/>', 1).replace(
        "</w:abstractNum>", more + "</w:abstractNum>")
    return made


LINKED = {
    "word/numbering.xml":
        '<w:numbering><w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="LS"/></w:abstractNum>'
        '<w:abstractNum w:abstractNumId="2"><w:styleLink w:val="LS"/><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1)"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num></w:numbering>'
}
SECOND = '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/>{}<w:lvlText w:val="{}"/></w:lvl>'
REFERENCE = '<w:r><w:footnoteReference w:id="{}"/></w:r>'


@pytest.mark.parametrize("body, extra, text", [
    # A deleted end joins two paragraphs, and a deleted item has no number.
    (DELETED_END.format(run("Hel")) + paragraph(run("lo")), None, "Hello"),
    (DELETED_END.format(run("last")), None, "last"),
    (item("a") + DELETED_ITEM + item("b"), numbering(1), "1. a\n2. b"),
    # Rows and cells that were deleted are gone, also where others would go on from them.
    (f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr>{CELL.format('', 'gone')}</w:tr><w:tr>{CELL.format('', 'kept')}</w:tr></w:tbl>", None, "kept"),
    (f"<w:tbl><w:tr>{CELL.format('', 'kept')}{CELL.format('<w:cellDel/>', 'gone')}</w:tr></w:tbl>", None, "kept"),
    (
        f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr>{CELL.format('<w:vMerge w:val=' + chr(34) + 'restart' + chr(34) + '/>', 'gone')}</w:tr>"
        f"<w:tr>{CELL.format('<w:vMerge/>', 'now first')}</w:tr></w:tbl>", None, "now first"),
    # Of a field in the instruction of another nobody sees the result.
    (
        paragraph(
            field("begin") + "<w:r><w:instrText> IF </w:instrText></w:r>" + field("begin") + "<w:r><w:instrText>PAGE</w:instrText></w:r>"
            + field("separate") + run("7") + field("end") + field("separate") + run("yes") + field("end") + run(" seen")),
        None, "yes seen"),
    # An instruction that does not end hides no more than its paragraph.
    (paragraph(field("begin") + run("lost")) + paragraph(run("found")), None, "found"),
    # Notes are numbered as the text names them, whatever their ids.
    (
        paragraph(run("one") + REFERENCE.format(7) + run(" two") + REFERENCE.format(3)),
        notes((0, ' w:type="separator"', "-"), (3, "", "second"), (7, "", "first"), (9, "", "nowhere")),
        "one[1] two[2]\n\n[1] first\n\n[2] second"),
    (item("a") + item("b", 1), levels(SECOND.format("<w:isLgl/>", "%1.%2"), "Article %1", "upperRoman"), "Article I a\n  1.1 b"),
    (
        item("a") + item("x", 1) + item("b") + item("y", 1), levels(SECOND.format('<w:lvlRestart w:val="0"/>', "Note %2")),
        "1. a\n  Note 1 x\n2. b\n  Note 2 y"),
    (item("a"), LINKED, "1) a"),
])
def test_word_as_people_see_it(tmp_path, body, extra, text):
    path = tmp_path / "made.docx"
    path.write_bytes(word(body, extra))
    told = extract(path, "--format", "txt")
    assert told.returncode == 0 and told.stdout.decode() == text + "\n", told


@pytest.mark.parametrize("text, markdown", [
    ("---", "\\---"), ("1. one", "1\\. one"), ("1986. A year", "1986\\. A year"), ("~~x~~", "\\~\\~x\\~\\~"), ("+", "\\+"),
    ("&amp;amp;", "\\&amp;"), ("===", "\\==="), ("AT&amp;T", "AT\\&T"), ("3.14 and 2) fine", "3.14 and 2) fine"), ("* * *", "\\* \\* \\*"),
])
def test_markdown_means_the_same_letters(tmp_path, text, markdown):
    path = tmp_path / "made.docx"
    path.write_bytes(word(paragraph(run(text))))
    assert extract(path, "--format", "md").stdout.decode() == markdown + "\n"


def test_a_heading_keeps_its_last_mark(tmp_path):
    path = tmp_path / "made.docx"
    path.write_bytes(word(f'<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr>{run("Learn C #")}</w:p>'))
    assert extract(path, "--format", "md").stdout.decode() == "# Learn C \\#\n"


def test_parts_that_are_named_twice_are_read_the_same_each_time(tmp_path):
    core = '<c:p xmlns:dc="dc"><dc:title>{}</dc:title></c:p>'
    parts = "".join(f'<Relationship Id="c{at}" Type="http://x/core-properties" Target="c{at}.xml"/>' for at in range(8))
    content = word(paragraph(run("words")), {f"c{at}.xml": core.format(f"Title {at}") for at in range(8)})
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            part = source.read(name)
            archive.writestr(name, part.replace(b"</Relationships>", parts.encode() + b"</Relationships>") if name == "_rels/.rels" else part)
    (tmp_path / "a.docx").write_bytes(out.getvalue())
    assert {read(tmp_path / "a.docx")["metadata"]["title"] for _ in range(6)} == {"Title 0"}


@pytest.mark.parametrize("number, value, shown", [
    (5, "-1234", "-$1,234"), (7, "1234.5", "$1,234.50"), (41, "0", "-"), (44, "1234.5", "$1,234.50"), (27, "45000", "2023-03-15"),
    (57, "45000", "2023-03-15"), (32, "0.5", "12:00"),
])
def test_formats_that_have_a_number_alone(tmp_path, number, value, shown):
    content = sheet(f'<row r="1"><c s="0"><v>{value}</v></c></row>', ["0"])
    path = tmp_path / "made.xlsx"
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/styles.xml":
                part = f'<styleSheet><cellXfs><xf numFmtId="{number}"/></cellXfs></styleSheet>'.encode()
            new.writestr(name, part)
    assert read(path)["content"].endswith("\n" + shown)


# OpenDocument, written by odfpy

PRESENTATION = "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0"


def with_children(element, *children):
    for child in children:
        if isinstance(child, str):
            element.addText(child)
        else:
            element.addElement(child)
    return element


def list_item(text, *inner):
    return with_children(odf.text.ListItem(), odf.text.P(text=text), *inner)


def row_of(*cells):
    return with_children(odf.table.TableRow(), *cells)


def cell_of(text, **attributes):
    return with_children(odf.table.TableCell(**attributes), odf.text.P(text=text))


def frame(text, x, y, role=None, width="10cm"):
    made = odf.draw.Frame(x=x, y=y, width=width, height="2cm")
    if role:
        made.setAttrNS(PRESENTATION, "class", role)
    return with_children(made, with_children(odf.draw.TextBox(), odf.text.P(text=text)))


def make_odt(path):
    document = odf.opendocument.OpenDocumentText()
    with_children(
        document.automaticstyles,
        with_children(odf.style.Style(name="Off", family="text"), odf.style.TextProperties(display="none")),
        with_children(
            odf.text.ListStyle(name="L1"), odf.text.ListLevelStyleNumber(level="1", numformat="1", numsuffix="."),
            odf.text.ListLevelStyleNumber(level="2", numformat="a", numsuffix=")")),
        with_children(odf.text.ListStyle(name="B1"), odf.text.ListLevelStyleBullet(level="1", bulletchar="•")),
        odf.style.PageLayout(name="pl"))
    with_children(
        document.masterstyles,
        with_children(
            odf.style.MasterPage(name="Standard", pagelayoutname="pl"),
            with_children(odf.style.Header(), odf.text.P(text="The header")),
            with_children(odf.style.Footer(), odf.text.P(text="The footer"))))
    document.meta.addElement(odf.dc.Title(text="Of mills"))
    with_children(
        document.text, odf.text.H(outlinelevel=1, text="The mill"),
        with_children(
            odf.text.P(text="Stones "), odf.text.Span(stylename="Off", text="SECRET"), "turn", odf.text.S(c=3), "slowly",
            odf.text.Tab(), "and", odf.text.LineBreak(), "loud. ", odf.text.A(href="http://example.com", text="link"),
            with_children(
                odf.text.Note(noteclass="footnote", id="n1"), odf.text.NoteCitation(text="1"),
                with_children(odf.text.NoteBody(), odf.text.P(text="A note."))),
            with_children(odf.office.Annotation(), odf.dc.Creator(text="Ada"), odf.text.P(text="Really?"))),
        with_children(
            odf.text.List(stylename="L1"),
            list_item("first", with_children(odf.text.List(), list_item("inner one"), list_item("inner two"))), list_item("second")),
        with_children(odf.text.List(stylename="B1"), list_item("dot")),
        with_children(
            odf.table.Table(name="T"), with_children(odf.table.TableHeaderRows(), row_of(*map(cell_of, "ABC"))),
            row_of(cell_of("wide", numbercolumnsspanned=2), odf.table.CoveredTableCell(), cell_of("z"))))
    document.save(path)


def test_a_text_of_opendocument(tmp_path):
    path = tmp_path / "mill.odt"
    make_odt(path)
    told = read(path)
    assert told["format"] == "odt" and told["metadata"]["title"] == "Of mills"
    assert told["content"] == (
        "The header\n\nThe mill\n\nStones turn   slowly\tand\nloud. link[1]\n\n1. first\n  a) inner one\n  b) inner two\n2. second\n"
        "• dot\n\nA | B | C\nwide |  | z\n\n[1] A note.\n\n[Comment by Ada] Really?\n\nThe footer")
    blocks = told["blocks"]
    assert [block["text"] for block in blocks if block.get("hidden")] == ["SECRET"] and told["receipt"] == {"hidden": 1}
    (paragraph,) = [block for block in blocks if block.get("links")]
    assert paragraph["links"] == [{"text": "link", "target": "http://example.com"}] and paragraph["place"] == {"paragraph": 2}
    (table,) = [block["table"] for block in blocks if block["kind"] == "table"]
    assert table["header_rows"] == 1 and table["rows"][1] == [{"text": "wide", "columns": 2}, None, {"text": "z"}]


def test_sheets_of_opendocument(tmp_path):
    document = odf.opendocument.OpenDocumentSpreadsheet()
    document.automaticstyles.addElement(
        with_children(odf.style.Style(name="Off", family="table"), odf.style.TableProperties(display="false")))
    with_children(
        document.spreadsheet,
        with_children(
            odf.table.Table(name="Costs"), row_of(cell_of("Item", valuetype="string"), cell_of("Price", valuetype="string")),
            row_of(cell_of("Mill", valuetype="string"), cell_of("1.120,50 €", valuetype="currency", value=1120.5)),
            row_of(cell_of("On", valuetype="string"), cell_of("29.02.24", valuetype="date", datevalue="2024-02-29")),
            row_of(cell_of("twice", valuetype="string", numbercolumnsrepeated=2)),
            # As programs end a sheet.
            with_children(
                odf.table.TableRow(numberrowsrepeated=1_048_000), odf.table.TableCell(numbercolumnsrepeated=16_384))),
        with_children(odf.table.Table(name="Secret", stylename="Off"), row_of(cell_of("hidden", valuetype="string"))))
    path = tmp_path / "costs.ods"
    document.save(path)
    told = read(path)
    assert told["content"] == "Costs\n\nItem | Price\nMill | 1.120,50 €\nOn | 29.02.24\ntwice | twice" and told["page_count"] == 2
    (table,) = [block for block in told["blocks"] if block["kind"] == "table" and not block.get("hidden")]
    assert table["place"] == {"sheet": "Costs", "cells": "A1:B4"}
    assert [row[1].get("value") for row in table["table"]["rows"]] == [None, "1120.5", "2024-02-29", None]
    assert [block["place"]["sheet"] for block in told["blocks"] if block.get("hidden")] == ["Secret", "Secret"]


def test_slides_of_opendocument(tmp_path):
    document = odf.opendocument.OpenDocumentPresentation()
    document.automaticstyles.addElement(odf.style.PageLayout(name="pl"))
    document.automaticstyles.addElement(
        with_children(odf.style.Style(name="Off", family="drawing-page"), odf.style.DrawingPageProperties(visibility="hidden")))
    document.masterstyles.addElement(odf.style.MasterPage(name="M", pagelayoutname="pl"))
    with_children(
        document.presentation,
        with_children(
            odf.draw.Page(masterpagename="M", name="one"), frame("right", "14cm", "5cm"), frame("left", "1cm", "5cm"),
            frame("The title", "1cm", "1cm", "title", "24cm"),
            with_children(odf.presentation.Notes(), frame("Say hello.", "1cm", "15cm", "notes"))),
        with_children(odf.draw.Page(masterpagename="M", name="two", stylename="Off"), frame("unseen", "1cm", "5cm")))
    path = tmp_path / "talk.odp"
    document.save(path)
    told = read(path)
    assert told["content"] == "The title\n\nleft\n\nright\n\n[Notes] Say hello." and told["page_count"] == 2
    assert told["blocks"][0]["kind"] == "heading" and told["blocks"][0]["place"] == {"slide": 1}
    assert [(block["text"], block["place"]["slide"]) for block in told["blocks"] if block.get("hidden")] == [("unseen", 2)]


def test_a_locked_text_of_opendocument_says_so(tmp_path):
    path = tmp_path / "locked.odt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="m"><m:file-entry m:full-path="content.xml"><m:encryption-data/></m:file-entry></m:manifest>')
        archive.writestr("content.xml", bytes(100))
    told = extract(path)
    assert told.returncode == 1 and b"locked with a password" in told.stderr


# Books

CHAPTER = """<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head><title>One</title>
<style>.no, p.gone { display: none } @media print { b { display: none } }</style></head><body>
<h1>The&nbsp;mill</h1>
<p>Stones <b>turn</b>
  slowly &amp; loud&#8230;<br/>all day. <a href="http://example.com/?a=1&amp;copy=2">A link</a></p>
<p class="no">SECRET</p><p style="display: none">unseen</p><p hidden="">gone</p>
<ol start="3"><li>third<ul><li>dot</li></ul></li><li><p>fourth</p><p>more of it</p></li></ol>
<pre>  code  here
    indented</pre>
<table><thead><tr><th>Stone</th><th>kg</th></tr></thead><tbody><tr><td rowspan="2">basalt</td><td>21</td></tr><tr><td>22</td></tr>
<tr><td colspan="2">all</td></tr></tbody></table>
<table><tr><td><h2>Arranged</h2></td><td>by a table</td></tr></table>
<img src="x.png" alt="A quern"/><script>no()</script></body></html>"""


def test_a_book(tmp_path):
    path = tmp_path / "mill.epub"
    path.write_bytes(book([("one.xhtml", CHAPTER), ("two%20b.xhtml", "<html><body><p>Second</p></body></html>")]))
    told = read(path)
    assert told["format"] == "epub" and told["page_count"] == 2 and told["metadata"] == {"title": "Of mills", "author": "Ada"}
    assert told["content"] == (
        "The\u00a0mill\n\nStones turn slowly & loud…\nall day. A link\n\n3. third\n  • dot\n4. fourth\n\nmore of it\n\n"
        "  code  here\n    indented\n\nStone | kg\nbasalt | 21\n | 22\nall | \n\nArranged\n\nby a table\n\nA quern\n\nSecond"), told["content"]
    blocks = told["blocks"]
    assert [block["text"] for block in blocks if block.get("hidden")] == ["SECRET", "unseen", "gone"]
    assert [(block["kind"], block["level"]) for block in blocks if block["kind"] == "heading"] == [("heading", 1), ("heading", 2)]
    (linked,) = [block for block in blocks if block.get("links")]
    assert linked["links"] == [{"text": "A link", "target": "http://example.com/?a=1&copy=2"}]
    (table,) = [block["table"] for block in blocks if block["kind"] == "table"]
    assert table["header_rows"] == 1 and table["rows"][1:3] == [[{"text": "basalt", "rows": 2}, {"text": "21"}], [None, {"text": "22"}]]
    assert {block["place"]["part"] for block in blocks} == {"one.xhtml", "two b.xhtml"}
    assert "```\n  code  here\n    indented\n```" in extract(path, "--format", "md").stdout.decode()


@pytest.mark.parametrize("html, text", [
    # What is not closed, closed twice, or closed in another order, as browsers take it.
    ("<p>one<p>two", "one\n\ntwo"), ("<ul><li>a<li>b</ul>c", "• a\n• b\n\nc"), ("<b><i>x</b>y</i>", "xy"),
    ("<table><tr><td>a<td>b<tr><td>c<td>d</table>", "a | b\nc | d"), ("a</p>b", "a\n\nb"), ("1 < 2 & 3 > 2", "1 < 2 & 3 > 2"),
    ("<!-- no --->a<!-->b", "ab"), ("<![CDATA[1<2]]>", "1<2"), ("&copy2026 &notit; &nosuch; &#x41;&#66 &#0;&#128;", "©2026 ¬it; &nosuch; AB \ufffd€"),
    ("<p title='a>b'>c</p>", "c"), ("<textarea>&lt;b></textarea>", "<b>"), ("<script>if (a<b) '</p>'</script>x", "x"),
    ("a <span> b </span> c", "a b c"), ("<a href=x><p>in a link</p></a>", "in a link"), ("<P>CAPITALS<BR>here", "CAPITALS\nhere"),
    ("<dl><dt>t<dd>d</dl>", "t\n\nd"), ("<select><option>no</select>x", "x"), ("<input type=submit value=Go>", "Go"),
    ("<p><ruby>K<rt>kan</ruby> rest</p><p>more</p>", "K rest\n\nmore"), ("<h1>A</h2><p>b</p>", "A\n\nb"), ("foo<o:p></o:p> bar", "foo bar"),
    ("<ol><li><h3>First</h3><p>a</p></li><li>second</li></ol>", "1. First\n\na\n\n2. second"), ("<a href=http://x.com/>text</a>", "text"),
    ("x <math><mn>1</mn><annotation encoding='application/x-tex'>1</annotation></math>", "x 1"),
    ("<table><tr><td rowspan=0>A<td>b<tr><td>c</table>", "A | b\n | c"),
])
def test_html_that_people_write(tmp_path, html, text):
    path = tmp_path / "made.epub"
    path.write_bytes(book([("one.xhtml", f"<html><body>{html}</body></html>")]))
    told = read(path)
    assert told["content"] == text, told["blocks"]


def test_links_of_html(tmp_path):
    html = (
        "<a href='http://x/'><h2>Title</h2><p>words</p></a><p><a href='http://one/'>foo</p><p>bar <a name='z'>anchor</a></p>"
        "<p><a href=http://two/>two <a href='http://three/'>three</a></p>")
    path = tmp_path / "made.epub"
    path.write_bytes(book([("one.xhtml", f"<html><body>{html}</body></html>")]))
    found = [(link["text"], link["target"]) for block in read(path)["blocks"] for link in block.get("links", [])]
    assert found[:2] == [("Title", "http://x/"), ("words", "http://x/")] and ("foo", "http://one/") in found
    assert found[-2:] == [("two", "http://two/"), ("three", "http://three/")], found


def test_a_hidden_table_is_kept_and_marked(tmp_path):
    path = tmp_path / "made.epub"
    path.write_bytes(book([("one.xhtml", "<p>v</p><table style='display:none'><tr><td>secret</td><td>b</td></tr></table>")]))
    told = read(path)
    assert told["content"] == "v" and [block["text"] for block in told["blocks"] if block.get("hidden")] == ["secret", "b"]
