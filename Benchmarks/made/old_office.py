"""Documents of Office 97 to 2003: workbooks written directly, the others by LibreOffice from sources of known content."""

import datetime
import io

from made import Case, docx, docx_parts, pptx, xlsx
from made.docx import level, numbering, p, r, tbl, tc, tr
from made.docx_parts import flat

CYRILLIC = "Мельница стоит у реки и мелет зерно"
CJK = "水車は川のそばで回る"
GREEK = "Ο μύλος γυρίζει"


def packed(make):
    stream = io.BytesIO()
    make(stream)
    return stream.getvalue()


class Batch:
    """Sources of one kind, converted together at the first need."""

    def __init__(self, kind):
        self.kind, self.sources, self.done = kind, {}, None

    def case(self, name, area, source, ending, **truth):
        stem = name.rsplit(".", 1)[0]
        self.sources[f"{stem}.{ending}"] = source

        def make(path):
            if self.done is None:
                self.done = docx_parts.office({key: value() if callable(value) else value for key, value in self.sources.items()}, self.kind,
                    "/lo_made_old")
            path.write_bytes(self.done[stem])
        return Case(name, area, make, **truth)


# Workbooks


def sheet(fill, **more):
    """An XLS by xlwt: fill gets the workbook."""
    def make(path):
        import xlwt
        work = xlwt.Workbook(encoding="utf-8")
        fill(work)
        work.save(str(path))
    return make


def formatted(name, prose, values, more=None):
    """A label and a number in each row: values of (number, format, as seen)."""
    labels = [prose.name() for _ in values]

    def fill(work):
        import xlwt
        if more:
            more(work)
        page = work.add_sheet("Data")
        for at, (label, (value, code, _)) in enumerate(zip(labels, values)):
            page.write(at, 0, label)
            page.write(at, 1, value, xlwt.easyxf(num_format_str=code))
    return Case(name, "xls", sheet(fill), tables=[[[label, seen] for label, (_, _, seen) in zip(labels, values)]], has=tuple(labels))


def workbooks(prose):
    yield formatted("dates.xls", prose, [
        (datetime.date(2024, 3, 5), "yyyy\\-mm\\-dd", "2024-03-05"), (datetime.datetime(2031, 11, 17, 14, 7), "dd.mm.yyyy hh:mm", "17.11.2031 14:07"),
        (datetime.date(1999, 12, 31), "D-MMM-YY", "31-Dec-99"), (datetime.time(9, 5, 30), "h:mm:ss AM/PM", "9:05:30 AM"), (1.5, "[h]:mm:ss",
        "36:00:00"),
        (datetime.date(2024, 3, 5), "mmmm d, yyyy", "March 5, 2024")])
    yield formatted("dates-1904.xls", prose, [(43894, "yyyy\\-mm\\-dd", "2024-03-05"), (0.75, "h:mm", "18:00")], lambda work: setattr(work,
        "dates_1904", True))
    yield formatted("money.xls", prose, [
        (0.256, "0%", "26%"), (1234567.891, "#,##0.00", "1,234,567.89"), (-1234.5, "#,##0.00;(#,##0.00)", "(1,234.50)"), (99.9, '"€" #,##0.00',
        "€ 99.90"), (7, "000", "007"),
        (0, '0;-0;"nothing"', "nothing"), (12345678, '0.0,,"M"', "12.3M"), (123456, "0.00E+00", "1.23E+05"), (0.1 + 0.2, "General", "0.3"),
        (-70000, "General", "-70000"),
        (2.5, "General", "2.5"), (1073741824, "General", "1073741824"), (12.34, "General", "12.34")])
    n = [prose.name() for _ in range(10)]

    def merged(work):
        page = work.add_sheet("Data")
        page.write_merge(0, 0, 0, 2, n[0])
        page.write_merge(1, 2, 0, 0, n[1])
        for (row, column), text in zip(((1, 1), (1, 2), (2, 1), (2, 2), (3, 0), (3, 2)), n[2:]):
            page.write(row, column, text)
    yield Case("merged.xls", "xls", sheet(merged), tables=[[[n[0], "", ""], [n[1], n[2], n[3]], ["", n[4], n[5]], [n[6], "", n[7]]]])
    m = [prose.name() for _ in range(5)]

    def hidden(work):
        for at, seen in enumerate((0, 1, 2, 0)):
            page = work.add_sheet(f"Tab{at}")
            page.write(0, 0, m[at])
            page.visibility = seen
    yield Case("hidden-sheets.xls", "xls", sheet(hidden), text=f"{m[0]}\n{m[3]}", either=("Tab0", "Tab3"), lacks=(m[1], m[2]), order=(m[0], m[3]))
    words = [f"{CYRILLIC} {prose.number()}", f"{CJK}{prose.number()}", f"{GREEK} {prose.name()}", "Größe für Straße café",
        f"{prose.word()} “{prose.word()}” – {prose.word()}"]

    def letters(work):
        page = work.add_sheet("Лист")
        for at, text in enumerate(words):
            page.write(at, 0, text)
            page.write(at, 1, at)
    yield Case("letters.xls", "xls", sheet(letters), tables=[[[text, str(at)] for at, text in enumerate(words)]], has=tuple(words))
    many = [f"{prose.words(60)} {CYRILLIC if at % 7 == 3 else ''}{at}" for at in range(160)]

    def long(work):
        page = work.add_sheet("Long")
        for at, text in enumerate(many):
            page.write(at, at % 3, text)
    yield Case("long.xls", "xls", sheet(long), text="\n".join(many), either=("Long",), has=(many[159],), order=(many[0], many[80], many[159]))
    kinds = [prose.name() for _ in range(3)]

    def values(work):
        import xlwt
        page = work.add_sheet("Data")
        page.write(0, 0, True)
        page.write(0, 1, False)
        page.row(0).set_cell_error(2, "#DIV/0!")
        page.row(0).set_cell_error(3, 0x2A)
        page.write_rich_text(1, 0, [(kinds[0][:4], xlwt.easyfont("bold on")), (kinds[0][4:], xlwt.easyfont("italic on"))])
        for at in range(1, 4):
            page.write(1, at, at * 100)
        page.write(2, 0, kinds[1], xlwt.easyxf("alignment: wrap on"))
        page.write(2, 3, kinds[2])
    yield Case("values.xls", "xls", sheet(values), tables=[[["TRUE", "FALSE", "#DIV/0!", "#N/A"], [kinds[0], "100", "200", "300"], [kinds[1], "", "",
        kinds[2]]]])
    batch, k = Batch("xls"), [prose.name() for _ in range(6)]
    count = prose.number(10, 99)
    rows = [(1, [xlsx.inline("A1", k[0]), xlsx.inline("B1", k[1]), xlsx.cell("C1", "<f>A1&amp;\"!\"</f><v>x</v>", 0, "str")]),
            (2, [xlsx.cell("A2", count), xlsx.cell("B2", f"<f>A2*2</f><v>{count * 2}</v>"), xlsx.cell("C2", f"<f>A2&gt;1000</f><v>0</v>", 0, "b")]),
            (3, [xlsx.cell("A3", 45356, 1), xlsx.cell("B3", f"<f>A3+1</f><v>45357</v>", 1), xlsx.cell("C3", "<f>1/0</f><v>#DIV/0!</v>", 0, "e")])]
    yield batch.case("formulas.xls", "xls", lambda: packed(xlsx.write(xlsx.grid(*rows),
        xlsx.grid((1, [xlsx.inline("A1", k[2]), xlsx.inline("B1", k[3])])), formats=["yyyy-mm-dd"])),
                     "xlsx", tables=[[[k[0], k[1], k[0] + "!"], [str(count), str(count * 2), "FALSE"], ["2024-03-05", "2024-03-06", "#DIV/0!"]],
                     [[k[2], k[3]]]],
                     order=(k[0], k[1], k[2], k[3]))
    far = xlsx.grid((1, [xlsx.inline("A1", k[0])]), (3000, [xlsx.inline("C3000", k[1])]), (60000, [xlsx.inline("IV60000", k[2])]))
    yield batch.case("far-apart.xls", "xls", lambda: packed(xlsx.write(far)), "xlsx", text="\n".join(k[:3]), either=("Sheet1",), order=tuple(k[:3]))

    def noted(stream):
        import openpyxl
        from openpyxl.comments import Comment
        work = openpyxl.Workbook()
        work.active["A1"], work.active["B2"], work.active["C1"] = k[0], k[1], k[5]
        work.active["B2"].comment = Comment(k[4], "Ada Pell")
        work.active["C1"].hyperlink = "https://example.org/"
        work.save(stream)
    yield batch.case("comments.xls", "xls", lambda: packed(noted), "xlsx", has=(k[4],), tables=[[[k[0], "", k[5]], ["", k[1], ""]]])
    boxed = next(case for case in xlsx.drawn(prose) if case.name == "box.xlsx")
    yield batch.case("box.xls", "xls", lambda: packed(boxed.make), "xlsx", has=boxed.has)
    first = prose.name()

    def hidden_rows(work):
        page = work.add_sheet("Data")
        for at, text in enumerate((first, m[0], m[1], m[2])):
            page.write(at, 0, text)
            page.write(at, 1, m[3])
        page.row(2).hidden = True
        page.col(1).hidden = True
    yield Case("hidden-rows.xls", "xls", sheet(hidden_rows), order=(first, m[0], m[2]), lacks=(m[1], m[3]))


# Texts


def word(*body, **more):
    return lambda: packed(docx.write("".join(body), **more))


def rtf(body):
    text = "".join(c if ord(c) < 128 else f"\\u{ord(c) if ord(c) < 32768 else ord(c) - 65536}?" for c in body)
    return ("{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\froman Times New Roman;}{\\f1\\fnil "
            "MS Mincho;}}{\\stylesheet{\\s0 Normal;}{\\s1\\outlinelevel0\\b\\fs32 heading 1;}}\n"
            + text + "}")


def texts(prose):
    batch = Batch("doc")
    heads, bodies = [prose.words(3).capitalize() for _ in range(3)], [prose.paragraph(3) for _ in range(3)]
    yield batch.case("headings.doc", "doc", word(*(p(head, f"Heading{depth}") + p(text) for head, depth, text in zip(heads, (1, 2, 1), bodies))),
        "docx",
                     text="\n".join(f"{head}\n{text}" for head, text in zip(heads, bodies)), headings=list(zip((1, 2, 1), heads)))
    n = [prose.name() for _ in range(12)]
    plan = [("1.", 0), ("(a)", 1), ("(b)", 1), ("2.", 0), ("(a)", 1), ("i)", 2), ("ii)", 2), ("3.", 0)]
    shown = [f"{number} {text}" for (number, _), text in zip(plan, n)]
    yield batch.case("list.doc", "doc", word(*(docx.item(text, at) for (_, at), text in zip(plan, n)), numbers=numbering(
        [level(0, "decimal", "%1."), level(1, "lowerLetter", "(%2)"), level(2, "lowerRoman", "%3)")])), "docx", text="\n".join(shown),
        has=tuple(shown), order=tuple(shown))
    legal = [("1", 0), ("1.1", 1), ("1.1.1", 2), ("1.1.2", 2), ("1.2", 1), ("2", 0), ("2.1", 1)]
    shown = [f"{number} {text}" for (number, _), text in zip(legal, n)]
    yield batch.case("list-legal.doc", "doc", word(*(docx.item(text, at) for (_, at), text in zip(legal, n)), numbers=numbering(
        [level(0, "decimal", "%1"), level(1, "decimal", "%1.%2"), level(2, "decimal", "%1.%2.%3")])), "docx", text="\n".join(shown), has=tuple(shown),
        order=tuple(shown))
    note, end = prose.name() + " " + prose.words(5), prose.name() + " " + prose.words(5)
    noted = ('{}<text:note text:note-class="{}"><text:note-citation>1</text:note-citation><text:note-body><text:p>{}</text:p></text:note-body>'
             '</text:note> {}')
    yield batch.case("notes.doc", "doc",
        flat(f"<text:p>{noted.format(n[0], 'footnote', note, n[1])}</text:p><text:p>{noted.format(n[2], 'endnote', end, n[3])}</text:p>"), "fodt",
                     has=(note, end), order=(n[0], n[1], n[2], n[3]))
    span = '<w:gridSpan w:val="2"/>'
    rows = [tr(tc(n[0], span), tc(n[1])), tr(tc(n[2], '<w:vMerge w:val="restart"/>'), n[3], n[4]), tr(tc("", "<w:vMerge/>"), n[5], n[6]),
        tr(n[7], n[8], n[9])]
    yield batch.case("table.doc", "doc", word(p(bodies[0]), tbl(3, *rows), p(bodies[1])), "docx", order=(bodies[0], *n[:10], bodies[1]),
                     tables=[[[n[0], "", n[1]], n[2:5], ["", n[5], n[6]], n[7:10]]])
    field = "{\\field{\\*\\fldinst{ %s }}{\\fldrslt{%s}}}"
    yield batch.case("fields.doc", "doc", rtf("\\pard " + n[0] + " " + field % ('HYPERLINK "https://example.org/a"', n[1]) + f" {n[2]}\\par " + n[3]
        + " " + field % (
        'DATE \\\\@ "d MMMM yyyy" \\\\* MERGEFORMAT', "5 March 2024") + f" {n[4]}\\par {n[5]} " + field % ("AUTHOR", n[6]) + f" {n[7]}\\par"), "rtf",
        has=(f"{n[0]} {n[1]} {n[2]}",), lacks=("HYPERLINK", "MERGEFORMAT", "MMMM", "AUTHOR"), order=(n[0], n[1], n[2], n[3], n[4], n[5], n[7]))
    off, gone, new = (prose.name() for _ in range(3))
    yield batch.case("hidden.doc", "doc",
        flat(f'<text:p>{n[0]} <text:span text:style-name="Off">{off}</text:span>{n[1]}</text:p><text:p>{n[2]}</text:p>'), "fodt",
                     text=f"{n[0]} {n[1]}\n{n[2]}", lacks=(off,))
    change = ('<text:changed-region text:id="{0}"><text:{1}><office:change-info><dc:creator>Ada Pell</dc:creator><dc:date>'
              '2024-03-05T10:00:00</dc:date></office:change-info>{2}'
              "</text:{1}></text:changed-region>")
    yield batch.case("tracked.doc", "doc", flat(
        '<text:tracked-changes>'
        f'{change.format("c1", "deletion", f"<text:p>{gone}</text:p>")}{change.format("c2", "insertion", "")}</text:tracked-changes><text:p>{n[0]} '
        f'<text:change text:change-id="c1"/><text:change-start text:change-id="c2"/>{new}<text:change-end text:change-id="c2"/> {n[1]}</text:p>'
        f'<text:p>{n[2]}</text:p>'), "fodt",
        text=f"{n[0]} {new} {n[1]}\n{n[2]}", lacks=(gone,))
    arabic = "مرحبا بالعالم"
    yield batch.case("letters.doc", "doc",
        rtf(f"\\pard {CYRILLIC}\\par {CJK}\\par {GREEK} \\'93{n[0]}\\'94 \\endash  caf\\'e9\\par "
                                               f"\\rtlpar\\rtlch {arabic}\\par \\pard\\ltrpar {n[1]}\\tab "
                                               f"{n[2]}\\line {n[3]}\\par"), "rtf",
                     text=f"{CYRILLIC}\n{CJK}\n{GREEK} “{n[0]}” – café\n{arabic}\n{n[1]} {n[2]}\n{n[3]}", has=(CYRILLIC, CJK, GREEK,
                     f"“{n[0]}” – café", arabic))
    heads = [prose.name() for _ in range(4)]
    yield batch.case("sections.doc", "doc", rtf(
        f"\\sectd{{\\header \\pard {heads[0]}\\par}}{{\\footer \\pard {heads[1]}\\par}}\\pard "
        f"{bodies[0]}\\par\\sect\\sectd\\cols2{{\\header \\pard {heads[2]}\\par}}"
        f"{{\\footer \\pard {heads[3]}\\par}}\\pard {bodies[1]}\\par\\page {bodies[2]}\\par"), "rtf", text="\n".join(bodies), either=tuple(heads),
        order=tuple(bodies))
    yield batch.case("box.doc", "doc", word(p(n[0]), p(docx_parts.wrapped(docx_parts.box(n[1]), docx_parts.vml(n[1]))), p(n[2])), "docx",
        text=f"{n[0]}\n{n[1]}\n{n[2]}", has=(n[1],))
    said = prose.name()
    comment = f'<office:annotation><dc:creator>Ada Pell</dc:creator><dc:date>2024-03-05T10:00:00</dc:date><text:p>{said}</text:p></office:annotation>'
    yield batch.case("comments.doc", "doc", flat(f"<text:p>{n[0]} {comment}{n[1]}</text:p><text:p>{n[2]}</text:p>"), "fodt",
        text=f"{n[0]} {n[1]}\n{n[2]}",
                     either=(said, f"Comment by Ada Pell: {said}", f"Comment {said}", "Ada Pell", "AP", "1"), order=(n[0], n[2]))
    plan = [("1)", 1), ("2)", 1), ("5)", 2), ("6)", 2), ("IV.", 3), ("V.", 3), ("3)", 1), ("z)", 4), ("aa)", 4)]
    shown = [f"{number} {text}" for (number, _), text in zip(plan, n)]
    yield batch.case("list-starts.doc", "doc", word(*(docx.item(text, 0, num) + p(bodies[0][:20]) for (_, num), text in zip(plan, n)),
        numbers=numbering(
        [level(0, "decimal", "%1)")], [level(0, "decimal", "%1)", start=5)], [level(0, "upperRoman", "%1.", start=4)],
        [level(0, "lowerLetter", "%1)", start=26)])), "docx", has=tuple(shown), order=tuple(shown))
    yield batch.case("table-nested.doc", "doc", word(p(n[0]), tbl(2, tr(n[1], tc(p(n[2]) + tbl(2, tr(n[3], n[4]), tr(n[5], n[6])) + p(n[7]))),
        tr(n[8], n[9])), p(n[10])), "docx",
                     text="\n".join(n[:11]), order=tuple(n[:11]))
    yield batch.case("signs.doc", "doc", word(
        p(r(n[0] + " ") + '<w:r><w:sym w:font="Symbol" w:char="F061"/></w:r>' + r(" " + n[1]) + "<w:r><w:noBreakHyphen/></w:r>" + r(n[2])),
        p(r(n[3], "<w:caps/>") + "<w:r><w:tab/></w:r>" + r(n[4][:3]) + "<w:r><w:softHyphen/></w:r>" + r(n[4][3:]))), "docx",
        has=(f"{n[0]} α {n[1]}", f" {n[4]}"), lacks=("\uf061",))
    away, deep = prose.name(), prose.name()
    styles = docx.style("Secret", "Secret", "<w:rPr><w:vanish/></w:rPr>", "", "character") + docx.style("Away", "Away", "<w:rPr><w:vanish/></w:rPr>")
    yield batch.case("hidden-styles.doc", "doc", word(
        p(r(n[0] + " ") + r(deep, '<w:rStyle w:val="Secret"/>') + r(n[1])), p(away, "Away"), p(r(n[2], '<w:vanish w:val="0"/>'), "Away"),
        styles=styles), "docx",
        text=f"{n[0]} {n[1]}\n{n[2]}", lacks=(away, deep), order=tuple(n[:3]))
    kapitel = docx.style("Kapitel", "Kapitel", based="Heading1") + docx.style("Teil", "Teil", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>')
    yield batch.case("headings-own.doc", "doc", word(p(n[0], "Kapitel"), p(bodies[0]), p(n[1], "Teil"), p(bodies[1]), styles=kapitel), "docx",
                     headings=[(1, n[0]), (2, n[1])], order=(n[0], bodies[0], n[1], bodies[1]))


# Presentations


def shows(prose):
    batch = Batch("ppt")
    title, n = prose.words(3).capitalize(), [prose.name() for _ in range(9)]

    def source(build):
        return lambda: packed(pptx.show(build))

    def bullets(deck):
        pptx.titled(deck, title, 0).placeholders[1].text = n[0]
        frame = pptx.titled(deck, n[1], 1).placeholders[1].text_frame
        frame.text = n[2]
        for depth, text in ((1, n[3]), (0, n[4])):
            line = frame.add_paragraph()
            line.text, line.level = text, depth
    yield batch.case("bullets.ppt", "ppt", source(bullets), "pptx", text="\n".join([title, *n[:5]]), headings=[(0, title), (0, n[1])])

    def order(deck):
        slide = pptx.titled(deck, title)
        for at in (3, 0, 2, 1):
            pptx.box(slide.shapes, n[at], 1, 2 + at, 7)
        second = pptx.titled(deck, n[4])
        group = second.shapes.add_group_shape()
        pptx.box(group.shapes, n[6], 1, 4)
        pptx.box(group.shapes, n[5], 1, 3)
    yield batch.case("order.ppt", "ppt", source(order), "pptx", text="\n".join([title, *n[:7]]), order=(title, *n[:7]))

    def table(deck):
        from pptx.util import Inches
        made = pptx.titled(deck, title).shapes.add_table(2, 3, Inches(1), Inches(2), Inches(8), Inches(2)).table
        for at in range(6):
            made.cell(at // 3, at % 3).text = n[at]
    yield batch.case("table.ppt", "ppt", source(table), "pptx", text="\n".join([title, *n[:6]]), order=(title, *n[:6]))

    def notes(deck):
        slide = pptx.titled(deck, title)
        pptx.box(slide.shapes, n[0], 1, 2)
        slide.notes_slide.notes_text_frame.text = n[1]
        pptx.titled(deck, n[2])
    yield batch.case("notes.ppt", "ppt", source(notes), "pptx", has=(n[1],), order=(title, n[0], n[2]))

    def hidden(deck):
        for at in range(3):
            pptx.titled(deck, n[at])._element.set("show", "10"[at == 1])
    yield batch.case("hidden-slide.ppt", "ppt", source(hidden), "pptx", text=f"{n[0]}\n{n[2]}", lacks=(n[1],), order=(n[0], n[2]))

    def letters(deck):
        slide = pptx.titled(deck, CYRILLIC)
        for at, text in enumerate((CJK, GREEK + " – “" + n[0] + "”", "Größe für Straße")):
            pptx.box(slide.shapes, text, 1, 2 + at, 7)
    yield batch.case("letters.ppt", "ppt", source(letters), "pptx", text="\n".join([CYRILLIC, CJK, GREEK + " – “" + n[0] + "”", "Größe für Straße"]),
                     has=(CYRILLIC, CJK, GREEK + " – “" + n[0] + "”"), headings=[(0, CYRILLIC)])

    left, right = [prose.name() + " " + prose.words(9) for _ in range(3)], [prose.name() + " " + prose.words(16) for _ in range(2)]

    def columns(deck):
        slide = pptx.titled(deck, title)
        for at in (1, 0):
            pptx.box(slide.shapes, right[at], 5.2, 1.8 + at * 2.1, 4, 1.9)
        for at in (2, 0, 1):
            pptx.box(slide.shapes, left[at], 0.5, 1.8 + at * 1.4, 4, 1.2)
    yield batch.case("columns.ppt", "ppt", source(columns), "pptx", text="\n".join([title, *left, *right]), order=(title, *left, *right))
    prompt = prose.name()

    def prompts(parts):
        for name in ("ppt/slideLayouts/slideLayout4.xml", "ppt/slideMasters/slideMaster1.xml"):
            parts[name] = parts[name].replace(b"Click to edit Master text styles", prompt.encode())

    def half(deck):
        slide = deck.slides.add_slide(deck.slide_layouts[3])
        slide.shapes.title.text, slide.placeholders[1].text = title, n[0]
    yield batch.case("placeholders.ppt", "ppt", lambda: packed(pptx.show(half, prompts)), "pptx", text=f"{title}\n{n[0]}", lacks=(prompt, "Click to",
        "Second level"))
    numbered = next(case for case in pptx.letters(prose) if case.name == "numbers.pptx")
    yield batch.case("numbers.ppt", "ppt", lambda: packed(numbered.make), "pptx", has=numbered.has, order=numbered.order)
    spans = next(pptx.tables(prose))
    yield batch.case("table-merged.ppt", "ppt", lambda: packed(spans.make), "pptx", text=spans.text, order=tuple(spans.text.split("\n")))


def cases(prose):
    """All at once: a batch must know its sources before the first is made."""
    return [case for family in (workbooks, texts, shows) for case in family(prose)]
