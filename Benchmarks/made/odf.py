"""OpenDocument texts: written by hand as the specification has them, by odfpy, and by LibreOffice from flat files."""

import functools
import io
import pathlib
import subprocess
import tempfile
import zipfile

from . import Case

SPACES = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"' for short, long in {
    "office": "office", "style": "style", "text": "text", "table": "table", "draw": "drawing", "fo": "xsl-fo-compatible", "meta": "meta",
    "number": "datastyle", "presentation": "presentation", "svg": "svg-compatible", "form": "form"}.items())
SPACES += (' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:ooow="http://openoffice.org/2004/writer" '
    'office:version="1.2"')
MIME = "application/vnd.oasis.opendocument."


def p(text, style="Standard"):
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def package(kind, body, automatic="", styles="", master=""):
    """The zip of a document: kind is text, spreadsheet or presentation."""
    content = (f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content {SPACES}><office:automatic-styles>{automatic}'
        f'</office:automatic-styles>'
               f'<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>')
    style = (f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-styles {SPACES}><office:styles>{styles}</office:styles>'
        f'<office:automatic-styles>'
             f'<style:page-layout style:name="pm1"/></office:automatic-styles><office:master-styles>{master}</office:master-styles>'
             f'</office:document-styles>')
    manifest = ('<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
                f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MIME}{kind}"/>'
                '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
                '<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/></manifest:manifest>')
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", MIME + kind, zipfile.ZIP_STORED)
        for name, text in {"content.xml": content, "styles.xml": style, "META-INF/manifest.xml": manifest}.items():
            packed.writestr(name, text)
    return out.getvalue()


def flat(kind, body, automatic="", styles="", master=""):
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document {SPACES} office:mimetype="{MIME}{kind}"><office:styles>{styles}'
        f'</office:styles>'
            f'<office:automatic-styles><style:page-layout style:name="pm1"/>{automatic}</office:automatic-styles>'
            f'<office:master-styles>{master}</office:master-styles><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document>').encode()


class Office:
    """Flat files that LibreOffice turns into other kinds, all of a kind in one run."""

    def __init__(self, ending, source=None):
        self.ending, self.source, self.sources, self.made = ending, source or f"f{ending}", {}, None

    def case(self, name, area, source, **truth):
        name = f"{name}.{self.ending}"
        self.sources[name] = source
        return Case(name, area, functools.partial(self.write, name), **truth)

    def write(self, name, path):
        if self.made is None:
            with tempfile.TemporaryDirectory(prefix="made-office-") as folder:
                folder = pathlib.Path(folder)
                files = []
                for source, data in self.sources.items():
                    files.append(folder / f"{source.rsplit('.', 1)[0]}.{self.source}")
                    files[-1].write_bytes(data)
                subprocess.run(
                    ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", self.ending, "--outdir",
                    folder / "out", *files],
                    check=True, capture_output=True, timeout=300)
                self.made = {source: (folder / "out" / source).read_bytes() for source in self.sources}
        path.write_bytes(self.made[name])


def hand(name, kind, area, body, automatic="", styles="", master="", **truth):
    data = package(kind, body, automatic, styles, master)
    return Case(name, area, lambda path: path.write_bytes(data), **truth)


def level(depth, form, around=("", "."), shown=1, start=1, tag="text:list-level-style-number"):
    more = f' text:display-levels="{shown}"' if shown > 1 else ""
    return (f'<{tag} text:level="{depth}" style:num-format="{form}" style:num-prefix="{around[0]}" style:num-suffix="{around[1]}"{more} '
            f'text:start-value="{start}"/>')


def items(*texts):
    """A list's content: a text is an item, a list below it is a list in the same item."""
    out = []
    for text in texts:
        if isinstance(text, str):
            out.append(f"<text:list-item>{p(text)}</text:list-item>")
        else:
            out[-1] = out[-1].removesuffix("</text:list-item>") + f"<text:list>{items(*text)}</text:list></text:list-item>"
    return "".join(out)


def h(depth, text, more=""):
    return f'<text:h text:style-name="Heading_20_{depth}" text:outline-level="{depth}"{more}>{text}</text:h>'


HEADS = "".join(f'<style:style style:name="Heading_20_{n}" style:display-name="Heading {n}" style:family="paragraph" '
    f'style:default-outline-level="{n}"/>'
                for n in (1, 2, 3))


def texts(prose):
    office = Office("odt")
    a = [prose.name() for _ in range(9)]
    outline = "<text:outline-style style:name=\"Outline\">" + level(1, "1", ("", "."), tag="text:outline-level-style") + level(
        2, "1", ("", ""), 2, tag="text:outline-level-style") + level(3, "a", ("(", ")"), tag="text:outline-level-style") + "</text:outline-style>"
    body = (h(1, a[0]) + p(a[1]) + h(2, a[2]) + h(2, a[3]) + h(3, a[4]) + p(a[5]) + h(1, a[6]) + h(2, a[7]) +
            h(1, a[8], ' text:is-list-header="true"'))
    truth = [(1, f"1. {a[0]}"), (2, f"1.1 {a[2]}"), (2, f"1.2 {a[3]}"), (3, f"(a) {a[4]}"), (1, f"2. {a[6]}"), (2, f"2.1 {a[7]}"), (1, a[8])]
    text = "\n".join((truth[0][1], a[1], truth[1][1], truth[2][1], truth[3][1], a[5], *(t for _, t in truth[4:])))
    yield hand("odt-outline-numbers.odt", "text", "headings", body, styles=HEADS + outline, text=text, headings=truth)
    body = h(1, a[0]) + p(a[1]) + h(2, a[2]) + h(2, a[3]) + h(3, a[4]) + p(a[5]) + h(1, a[6]) + h(2, a[7])
    yield office.case("odt-outline-numbers-office", "headings", flat("text", body, styles=HEADS + outline), text=text.rsplit("\n", 1)[0],
        headings=truth[:-1])

    a = [prose.name() for _ in range(16)]
    lists = ('<text:list-style style:name="L1">' + level(1, "1") + level(2, "a", ("", ")")) + level(3, "i") +
        '</text:list-style><text:list-style style:name="L2">'
             '<text:list-level-style-bullet text:level="1" text:bullet-char="–"/>' + level(2, "1", ("", "."), 2) + '</text:list-style>'
             '<text:list-style style:name="L3">' + level(1, "I", ("§ ", ":"), start=3) + level(2, "1", ("", "."), 2) + "</text:list-style>")
    body = (f'<text:list xml:id="one" text:style-name="L1">{items(a[0], a[1], [a[2], a[3], [a[4]]], a[5])}</text:list>' + p(a[6]) +
            f'<text:list text:style-name="L1" text:continue-numbering="true">{items(a[7], a[8])}</text:list>' +
            f'<text:list text:style-name="L2">{items(a[9])}</text:list>' +
            f'<text:list text:style-name="L3">{items(a[10], [a[11]])}<text:list-header>{p(a[12])}</text:list-header>'
            f'<text:list-item text:start-value="8">{p(a[13])}{p(a[14])}</text:list-item></text:list>' +
            f'<text:list text:continue-list="one" text:style-name="L1">{items(a[15])}</text:list>')
    text = f"""1. {a[0]}\n2. {a[1]}\na) {a[2]}\nb) {a[3]}\ni. {a[4]}\n3. {a[5]}\n{a[6]}\n4. {a[7]}\n5. {a[8]}\n{a[9]}\n§ III: {a[10]}\nIII.1. {a[11]}\n{a[12]}
§ VIII: {a[13]}\n{a[14]}"""
    yield hand("odt-lists.odt", "text", "lists", body.replace(' text:continue-list="one"', "").rsplit("<text:list ", 1)[0], automatic=lists,
        text=text,
               headings=[])
    b = [prose.name() for _ in range(6)]
    body = (f'<text:list xml:id="one" text:style-name="L1">{items(b[0], b[1])}</text:list>' + p(b[2]) +
            f'<text:list text:style-name="L3">{items(b[3])}</text:list>' +
            f'<text:list text:continue-list="one" text:style-name="L1">{items(b[4], [b[5]])}</text:list>')
    yield office.case("odt-lists-continued-office", "lists", flat("text", body, lists),
                      text=f"1. {b[0]}\n2. {b[1]}\n{b[2]}\n§ III: {b[3]}\n3. {b[4]}\na) {b[5]}", headings=[])

    n = [str(prose.number()) for _ in range(9)]
    names = [prose.name() for _ in range(4)]

    def cell(text, more=""):
        return f"<table:table-cell office:value-type=\"string\"{more}>{''.join(p(part) for part in text.split('|'))}</table:table-cell>"

    covered = "<table:covered-table-cell/>"
    body = p(names[0]) + (
        '<table:table table:name="T1"><table:table-column table:number-columns-repeated="4"/><table:table-header-rows><table:table-row>' +
        cell("Place", ' table:number-rows-spanned="2"') + cell("Goods", ' table:number-columns-spanned="2"') + covered + cell("Sum") +
        "</table:table-row></table:table-header-rows><table:table-row>" + covered + cell("Flour") + cell("Bread") + cell("All") +
        "</table:table-row><table:table-row>" + cell(names[1]) + "".join(cell(one) for one in n[:3]) + "</table:table-row><table:table-row>" +
        cell(names[2], ' table:number-rows-spanned="2"') + cell(n[3]) + cell(f"{n[4]}|{n[5]}",
        ' table:number-rows-spanned="2" table:number-columns-spanned="2"') +
        covered + "</table:table-row><table:table-row>" + covered + cell(n[6]) + covered * 2 + "</table:table-row></table:table>") + p(names[3])
    yield hand("odt-table-spans.odt", "text", "tables", body, tables=[[
        ["Place", "Goods", "", "Sum"], ["", "Flour", "Bread", "All"], [names[1], *n[:3]], [names[2], n[3], f"{n[4]} {n[5]}", ""],
        ["", n[6], "", ""]]],
        order=(names[0], "Place", n[6], names[3]))
    inner = '<table:table table:name="T2"><table:table-column table:number-columns-repeated="2"/>' + "".join(
        f"<table:table-row>{cell(x)}{cell(y)}</table:table-row>" for x, y in ((n[0], n[1]), (n[2], n[3]))) + "</table:table>"
    body = ('<table:table table:name="T1"><table:table-column table:number-columns-repeated="2"/><table:table-row>' + cell(names[0]) +
        cell(names[1]) +
            f"</table:table-row><table:table-row>{cell(names[2])}<table:table-cell>{p(names[3])}{inner}{p('')}</table:table-cell></table:table-row>"
            f"</table:table>")
    yield office.case("odt-table-in-table-office", "tables", flat("text", body),
                      text=f"{names[0]} {names[1]}\n{names[2]} {names[3]}\n{n[0]} {n[1]}\n{n[2]} {n[3]}")

    a, b, c, foot, end, remark = [prose.name() for _ in range(6)]
    note = ('<text:note text:id="f{0}" text:note-class="{1}"><text:note-citation>{0}</text:note-citation><text:note-body>{2}</text:note-body>'
        '</text:note>')
    body = p(f"{a}{note.format('1', 'footnote', p(foot))} and on {b}{note.format('i', 'endnote', p(end))}.") + p(
        f'<office:annotation><dc:creator>Ann</dc:creator><dc:date>2020-02-02T00:00:00</dc:date>{p(remark)}</office:annotation>{c}')
    yield hand("odt-notes.odt", "text", "notes", body, has=(foot, end, "and on", c), order=(a, "and on", b, c))

    a, b, c, d, gone, put = [prose.name() for _ in range(6)]
    change = ('<text:changed-region text:id="{0}" xml:id="{0}"><text:{1}><office:change-info><dc:creator>Editor</dc:creator><dc:date>'
        '2021-01-01T10:00:00</dc:date></office:change-info>{2}</text:{1}></text:changed-region>')
    body = ("<text:tracked-changes>" + change.format("c1", "deletion", p(gone)) + change.format("c2", "insertion", "") + "</text:tracked-changes>" +
            p(f'{a} <text:change text:change-id="c1"/>{b}') +
            p(f'{c} <text:change-start text:change-id="c2"/>{put}<text:change-end text:change-id="c2"/> {d}'))
    yield hand("odt-tracked-changes.odt", "text", "hidden", body, text=f"{a} {b}\n{c} {put} {d}", lacks=(gone, "Editor", "2021"))

    a, b, c, d, *gone = [prose.name() for _ in range(9)]
    hide = ('<style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/></style:style>'
            '<style:style style:name="P1" style:family="paragraph"><style:text-properties text:display="none"/></style:style>'
            '<style:style style:name="P2" style:family="paragraph" style:parent-style-name="Secret"/>')
    body = (p(f'{a} <text:span text:style-name="T1">{gone[0]}</text:span>{b}') + p(gone[1], "P1") + p(gone[2], "P2") +
            f'<text:section text:name="S1" text:display="none">{p(gone[3])}</text:section><text:section text:name="S2">{p(c)}</text:section>' +
            p(f'<text:hidden-paragraph text:condition="ooow:1==1" text:is-hidden="true"/>{gone[4]}') +
            p(f'<text:hidden-paragraph text:condition="ooow:1==2" text:is-hidden="false"/>{d}'))
    secret = '<style:style style:name="Secret" style:family="paragraph"><style:text-properties text:display="none"/></style:style>'
    yield hand("odt-hidden.odt", "text", "hidden", body, automatic=hide, styles=secret, text=f"{a} {b}\n{c}\n{d}", lacks=tuple(gone))

    a, b, c, box, aside, alt = [prose.name() for _ in range(6)]
    body = (p(f'{a}<draw:frame draw:name="F1" text:anchor-type="paragraph" svg:width="5cm" svg:height="2cm"><draw:text-box>{p(box)}'
              f'<text:list>{items(aside)}</text:list></draw:text-box></draw:frame>') +
            p(f'{b}<draw:frame draw:name="I1" text:anchor-type="as-char" svg:width="1cm" svg:height="1cm"><draw:image xlink:href="Pictures/no.png"/>'
              f'<svg:title>{alt}</svg:title></draw:frame>') +
            p(f'<draw:custom-shape text:anchor-type="char" svg:width="2cm" svg:height="1cm">{p(c)}</draw:custom-shape>'))
    yield hand("odt-frames.odt", "text", "frames", body, has=(a, b, c, box, aside), order=(a, box, aside, b), text="\n".join((a, box, aside, b, c)),
        either=(alt,))

    a, b, c = [prose.name() for _ in range(3)]
    body = p(f'{a}<text:s text:c="4"/>far<text:tab/>away<text:line-break/>below  \n  it w<text:span>or</text:span>d <text:bookmark-start '
        f'text:name="x"/>mark<text:bookmark-end '
             'text:name="x"/>ed<text:soft-page-break/> end') + p(
        f'<text:ruby><text:ruby-base>{b}</text:ruby-base><text:ruby-text>{c}</text:ruby-text></text:ruby> by <text:a '
        f'xlink:href="http://example.org/">the link</text:a>')
    yield hand("odt-blanks-and-ruby.odt", "text", "text", body, has=(f"{a} far away below it word marked end", "by the link"), order=(a, b, "by"))

    total, day, title = prose.number(), f"{prose.number(10, 28)} March 2019", prose.name()
    a = [prose.name() for _ in range(3)]
    body = (p(f'Sum <text:variable-set text:name="v" office:value-type="float" office:value="3.14159" text:display="none"/>{a[0]}: '
              f'<text:expression text:formula="ooow:1+1" office:value-type="float" office:value="{total}">{total}</text:expression>') +
            p(f'On <text:date text:date-value="2019-03-01" text:fixed="true">{day}</text:date> “<text:title>{title}</text:title>” {a[1]}, page '
            f'<text:page-number>7</text:page-number> see '
              f'<text:bookmark-ref text:ref-name="q" text:reference-format="text">{a[2]}</text:bookmark-ref>') +
            p('<text:conditional-text text:condition="ooow:1" text:string-value-if-true="Yes" text:string-value-if-false="Nope">'
            'Yes</text:conditional-text>'
              '<text:hidden-text text:condition="ooow:1" text:string-value="Unseen" text:is-hidden="true">Unseen</text:hidden-text> indeed'))
    yield hand("odt-fields.odt", "text", "fields", body, has=(f"Sum {a[0]}: {total}", f"On {day} “{title}” {a[1]}", a[2], "Yes indeed"),
        lacks=("3.14", "Nope", "Unseen", "ooow"))

    a, book, author, head, index = [prose.name() for _ in range(5)]
    body = (h(1, a) + p(f'As said <text:bibliography-mark text:identifier="Key1" text:bibliography-type="book" text:author="{author}" '
        f'text:title="{book}">[Key1]</text:bibliography-mark>.') +
            f'<text:bibliography text:name="B1"><text:bibliography-source><text:index-title-template text:style-name="x">{index}'
            f'</text:index-title-template>'
            f'</text:bibliography-source><text:index-body><text:index-title text:name="t">{p(head)}</text:index-title>'
            f'{p(f"Key1: {author}, {book}")}</text:index-body></text:bibliography>')
    yield hand("odt-bibliography.odt", "text", "fields", body, text=f"{a}\nAs said [Key1].\n{head}\nKey1: {author}, {book}", lacks=(index,))

    a, b, c, top, low = [prose.name() for _ in range(5)]
    master = (f'<style:master-page style:name="Standard" style:page-layout-name="pm1"><style:header>{p(top)}</style:header><style:footer>{p(low)}'
        f'</style:footer>'
              '</style:master-page>')
    columns = ('<style:style style:name="Sect1" style:family="section"><style:section-properties text:dont-balance-text-columns="false">'
        '<style:columns fo:column-count="2"/>'
               '</style:section-properties></style:style>')
    body = h(1, a) + f'<text:section text:name="S1" text:style-name="Sect1">{p(b)}{p(c)}</text:section>'
    yield office.case("odt-header-and-columns-office", "text", flat("text", body, columns, HEADS, master), text=f"{a}\n{b}\n{c}", either=(top, low),
        headings=[(1, a)])

    a, b, c, d, e = [prose.name() for _ in range(5)]
    source = '<text:table-of-content-source><text:index-title-template>Unseen template</text:index-title-template></text:table-of-content-source>'
    body = (f'<text:sequence-decls><text:sequence-decl text:display-outline-level="0" text:name="Table"/></text:sequence-decls>'
        f'<text:table-of-content text:name="TOC">{source}<text:index-body>'
            f'<text:index-title text:name="T">{p(a)}</text:index-title>{p(f"{b}<text:tab/>1")}</text:index-body></text:table-of-content>' + h(1, b) +
            f'<text:numbered-paragraph text:list-id="n" text:level="1" text:style-name="L1">{p(c)}</text:numbered-paragraph>'
            f'<text:numbered-paragraph text:list-id="n" text:level="1" text:style-name="L1">{p(d)}</text:numbered-paragraph>' + p(
                f'Table <text:sequence text:name="Table" text:formula="ooow:Table+1" style:num-format="1">4</text:sequence>: {e}'))
    yield hand("odt-contents-and-numbered-paragraphs.odt", "text", "lists", body, automatic=lists, styles=HEADS,
               text=f"{a}\n{b} 1\n{b}\n1. {c}\n2. {d}\nTable 4: {e}", headings=[(1, b)], lacks=("Unseen template",))

    sealed = io.BytesIO()
    data = ('<manifest:encryption-data manifest:checksum-type="SHA1/1K" manifest:checksum="AAAA"><manifest:algorithm '
        'manifest:algorithm-name="Blowfish CFB" manifest:initialisation-vector="AAAAAAAAAAA="/></manifest:encryption-data>')
    with zipfile.ZipFile(sealed, "w") as packed:
        packed.writestr("mimetype", MIME + "text")
        for name in ("content.xml", "styles.xml"):
            packed.writestr(name, bytes(prose.number(0, 255) for _ in range(900)))
        packed.writestr("META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
                        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MIME}text"/>' + "".join(
                            f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml" manifest:size="2000">{data}'
                            f'</manifest:file-entry>'
                            for name in ("content.xml", "styles.xml")) + "</manifest:manifest>")
    yield Case("odt-locked.odt", "encryption", lambda path, data=sealed.getvalue(): path.write_bytes(data), ends="locked")

    def by_odfpy(path, title, parts, rows):
        try:
            from odf import opendocument, style, table, text
        except ImportError as error:
            raise FileNotFoundError("odfpy is not here") from error
        document = opendocument.OpenDocumentText()
        bold = style.Style(name="Bold", family="text")
        bold.addElement(style.TextProperties(fontweight="bold"))
        document.automaticstyles.addElement(bold)
        document.text.addElement(text.H(outlinelevel=1, text=title))
        for part in parts:
            paragraph = text.P()
            paragraph.addElement(text.Span(stylename=bold, text=part[:4]))
            paragraph.addText(part[4:])
            document.text.addElement(paragraph)
        grid = table.Table(name="Grid")
        grid.addElement(table.TableColumn(numbercolumnsrepeated=2))
        for values in rows:
            line = table.TableRow()
            for value in values:
                one = table.TableCell()
                one.addElement(text.P(text=value))
                line.addElement(one)
            grid.addElement(line)
        document.text.addElement(grid)
        document.save(str(path))

    title, parts, rows = prose.name(), [prose.name() for _ in range(3)], [[prose.name(), str(prose.number())] for _ in range(3)]
    yield Case("odt-odfpy.odt", "text", functools.partial(by_odfpy, title=title, parts=parts, rows=rows), headings=[(1, title)], tables=[rows],
               text="\n".join((title, *parts, *(" ".join(row) for row in rows))))


def cases(prose):
    yield from list(texts(prose))
