"""Documents that were made to break a reader: each ends in a result or in an error with a code, and takes none of its neighbours along.

Numbers beyond every type, structures that name themselves, nesting without end, sizes that lie, much out of little.
"""

import io
import json
import struct
import subprocess
import zipfile
import zlib
from xml.sax.saxutils import quoteattr

import pytest

from served import EXECUTABLE as QUERN

# All of them together; each alone takes a second or two at most.
SECONDS = 100


# Office files, by hand


def package(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def relations(*them):
    lines = (f'<Relationship Id="{id}" Type="http://x/{type}" Target="{target}"/>' for id, type, target in them)
    return f'<Relationships xmlns="x">{"".join(lines)}</Relationships>'


def word(body, extra=None):
    known = [("n1", "numbering", "numbering.xml"), ("n2", "styles", "styles.xml"), ("n3", "footnotes", "footnotes.xml")]
    return package({
        "_rels/.rels": relations(("r1", "officeDocument", "word/document.xml")),
        "word/document.xml": f'<w:document xmlns:w="w" xmlns:r="r"><w:body>{body}</w:body></w:document>',
        "word/_rels/document.xml.rels": relations(*known),
    } | (extra or {}))


def sheet(rows, codes=None, after="", strings=None):
    parts = {
        "_rels/.rels": relations(("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            ("r1", "worksheet", "worksheets/s1.xml"), ("r2", "styles", "styles.xml"), ("r3", "sharedStrings", "ss.xml")),
        "xl/worksheets/s1.xml": f"<worksheet><sheetData>{rows}</sheetData>{after}</worksheet>",
    }
    if codes:
        formats = "".join(f'<numFmt numFmtId="{200 + at}" formatCode={quoteattr(code)}/>' for at, code in enumerate(codes))
        cells = "".join(f'<xf numFmtId="{200 + at}"/>' for at in range(len(codes)))
        parts["xl/styles.xml"] = f"<styleSheet><numFmts>{formats}</numFmts><cellXfs>{cells}</cellXfs></styleSheet>"
    if strings:
        parts["xl/ss.xml"] = f"<sst>{strings}</sst>"
    return package(parts)


def slides(tree, extra=None, count=1):
    return package({
        "_rels/.rels": relations(("r1", "officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml":
            '<p:presentation xmlns:r="r"><p:sldIdLst>' + '<p:sldId id="256" r:id="r1"/>' * count + "</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(("r1", "slide", "slides/s1.xml")),
        "ppt/slides/s1.xml": f'<p:sld xmlns:r="r"><p:cSld><p:spTree>{tree}</p:spTree></p:cSld></p:sld>',
        "ppt/slides/_rels/s1.xml.rels": relations(("c1", "chart", "../charts/c.xml")),
    } | (extra or {}))


def run(text):
    return f"<w:r><w:t>{text}</w:t></w:r>"


def paragraph(inner):
    return f"<w:p>{inner}</w:p>"


def item(text, level=0):
    return paragraph(f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr>{run(text)}')


def numbering(start, text="%1.", more=""):
    return {
        "word/numbering.xml":
            f'<w:numbering><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="{start}"/>'
            f'<w:numFmt w:val="decimal"/><w:lvlText w:val="{text}"/></w:lvl></w:abstractNum>'
            f'<w:num w:numId="1"><w:abstractNumId w:val="1"/>{more}</w:num></w:numbering>'
    }


def shape(text, x, y):
    return (
        f'<p:sp><p:spPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="10" cy="10"/></a:xfrm></p:spPr>'
        f"<p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>")


def opendocument(kind, body, styles=""):
    return package({
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml":
            f"<o:document-content><o:automatic-styles>{styles}</o:automatic-styles><o:body><o:{kind}>{body}</o:{kind}></o:body>"
            "</o:document-content>",
    })


def book(chapters):
    items = "".join(f'<item id="c{at}" href="{name}" media-type="application/xhtml+xml"/>' for at, (name, _) in enumerate(chapters))
    spine = "".join(f'<itemref idref="c{at}"/>' for at in range(len(chapters)))
    return package({
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        "OEBPS/book.opf":
            '<package xmlns:dc="dc"><metadata><dc:title>Of mills</dc:title><dc:creator>Ada</dc:creator></metadata>'
            f"<manifest>{items}</manifest><spine>{spine}</spine></package>",
    } | {f"OEBPS/{name.replace('%20', ' ')}": text for name, text in chapters})


def page_of(html):
    return book([("a.xhtml", html)])


CELL = "<w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>"
MERGED = '<w:tc><w:tcPr><w:vMerge{}/></w:tcPr><w:p/></w:tc>'
CHART = '<p:graphicFrame><a:graphic><c:chart r:id="c1"/></a:graphic></p:graphicFrame>'
ONE = '<row r="1"><c s="0"><v>{}</v></c></row>'

OFFICE = {
    "merged-over-deleted-row.docx": word(
        f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr>{CELL}{MERGED.format(' w:val=' + chr(34) + 'restart' + chr(34))}</w:tr>"
        f"<w:tr>{CELL}</w:tr><w:tr>{CELL}{MERGED.format('')}</w:tr></w:tbl>"),
    "largest-number.docx": word(item("a") + item("b"), numbering(2**63 - 1)),
    "least-number.docx": word(item("a"), numbering(-(2**63))),
    "negative-levels.docx": word(item("a") * 2000, numbering(1, more="".join(
        f'<w:lvlOverride w:ilvl="-{at}"><w:startOverride w:val="1"/></w:lvlOverride>' for at in range(1, 20_001)))),
    "long-marker.docx": word(item("a") * 5000, numbering(1, text="x" * 100_000 + "%1")),
    "wide-rows.docx": word("<w:tbl><w:tr>" + '<w:gridBefore w:val="1000"/>' * 20_000 + CELL + "</w:tr></w:tbl>"),
    "wide-cells.docx": word("<w:tbl><w:tr>" + '<w:tc><w:gridSpan w:val="1000"/></w:tc>' * 100_000 + "</w:tr></w:tbl>"),
    "deep-elements.docx": word(paragraph("<w:x>" * 500_000)),
    "deep-tables.docx": word("<w:tbl><w:tr><w:tc>" * 300_000),
    "deep-boxes.docx": word("<w:p><w:r><w:txbxContent>" * 48 + paragraph(run("deep")) + "</w:txbxContent></w:r></w:p>" * 48),
    "deep-equation.docx": word(paragraph("<m:oMath>" + "<m:e>" * 500_000)),
    "long-equation.docx": word(paragraph("<m:oMath><m:d>" + "<m:e/>" * 100_000 + "</m:d></m:oMath>")),
    "one-word.docx": word(paragraph(run("A" * 2_000_000))),
    "one-heading.docx": word(f'<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr>{run("word " * 100_000)}</w:p>'),
    "links-in-links.docx": word(paragraph('<w:hyperlink w:anchor="x">' * 190 + run("a " * 200_000) + "</w:hyperlink>" * 190)),
    "many-attributes.docx": word(("<w:p " + 'a="b" ' * 100_000 + "/>") * 3 + paragraph(run("x"))),
    "laughs.docx": package({
        "_rels/.rels": relations(("r1", "officeDocument", "word/document.xml")),
        "word/document.xml":
            '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
            f'<w:document xmlns:w="w"><w:body>{paragraph(run("&b;&c;seen"))}</w:body></w:document>',
    }),
    "far-fraction.xlsx": sheet(ONE.format(100_000_000), ["?/1000000000000"]),
    "long-format.xlsx": sheet(ONE.format(1), ["0 " * 100_000, "-" * 400_000, "#." * 100_000]),
    "text-format.xlsx": sheet('<row r="1"><c t="s" s="0"><v>0</v></c></row>', ["@" * 100_000], strings=f"<si><t>{'a' * 100_000}</t></si>"),
    "no-such-string.xlsx": sheet(
        '<row r="1"><c t="s"><v>-1</v></c><c t="s"><v>99999999999999999999</v></c><c t="s"><v>0</v></c></row>', strings="<si><t>hi</t></si>"),
    "far-cells.xlsx": sheet('<row><c r="A1"><v>1</v></c></row>' + '<row><c r="XFD1"><v>1</v></c></row>' * 5000),
    "merged-all.xlsx": sheet(
        '<row r="3"><c r="C3"><v>1</v></c></row><row r="1"><c r="B1"><v>0</v></c></row>',
        after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    "much-merged.xlsx": sheet(
        '<row r="1"><c><v>1</v></c></row>' * 50_000, after="<mergeCells>" + '<mergeCell ref="B1:C1"/>' * 50_000 + "</mergeCells>"),
    "deep-lists.odt": opendocument("text", "<t:list><t:list-item>" * 200_000),
    "deep-spans.odt": opendocument("text", "<t:p>" + "<t:span>" * 300_000),
    "deep-tables.odt": opendocument("text", "<t:table><t:table-row><t:table-cell>" * 100_000),
    "deep-frames.odt": opendocument("text", "<d:frame><d:text-box>" * 100_000),
    "many-spaces.odt": opendocument("text", "<t:p>" + '<t:s t:c="999999999999"/>' * 20_000 + "x</t:p>"),
    "styles-in-a-ring.odt": opendocument(
        "text", '<t:p t:style-name="A">x</t:p>' * 1000,
        '<s:style s:name="A" s:family="paragraph" s:parent-style-name="B"/><s:style s:name="B" s:family="paragraph" s:parent-style-name="A"/>'),
    "far-numbers.odt": opendocument(
        "text", '<t:list t:style-name="L"><t:list-item t:start-value="9223372036854775807"><t:p>x</t:p></t:list-item></t:list>' * 10
        + '<t:h t:outline-level="9223372036854775807" t:start-value="-9223372036854775808">h</t:h>' * 3,
        '<t:list-style s:name="L"><t:list-level-style-number t:level="1" s:num-format="I" t:display-levels="999999999"/></t:list-style>'),
    "objects-in-objects.odt": package({
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": '<o:c><o:body><o:text><d:frame><d:object x:href="./O"/></d:frame></o:text></o:body></o:c>',
        "O/content.xml": '<o:c><c:chart><t:table><t:table-row><t:table-cell><d:frame><d:object x:href="./O"/></d:frame>'
        "</t:table-cell></t:table-row></t:table></c:chart></o:c>",
    }),
    "rows-again.ods": opendocument(
        "spreadsheet", '<t:table t:name="S"><t:table-row t:number-rows-repeated="1048576">'
        '<t:table-cell t:number-columns-repeated="16384"><t:p>x</t:p></t:table-cell></t:table-row></t:table>'),
    "rows-and-rows.ods": opendocument(
        "spreadsheet", '<t:table t:name="S">' + '<t:table-row t:number-rows-repeated="1048576"><t:table-cell/></t:table-row>' * 2000),
    "spans.ods": opendocument(
        "spreadsheet", '<t:table t:name="S"><t:table-row><t:table-cell t:number-columns-spanned="9999999999" '
        't:number-rows-spanned="99999999999"><t:p>x</t:p></t:table-cell></t:table-row></t:table>' * 100),
    "no-place.odp": opendocument(
        "presentation", '<d:page>' + '<d:frame v:x="nancm" v:y="1e400cm"><d:text-box><t:p>x</t:p></d:text-box></d:frame>' * 200 + "</d:page>"),
    "deep-groups.odp": opendocument("presentation", "<d:page>" + "<d:g>" * 200_000),
    "deep.epub": page_of("<div>" * 500_000 + "x"),
    "deep-tables.epub": page_of("<table><tr><td>" * 100_000 + "x"),
    "deep-lists.epub": page_of("<ul><li>" * 200_000 + "x"),
    "open-paragraphs.epub": page_of("<b>" * 140 + "<p>x" * 200_000),
    "ends.epub": page_of("<b>" * 140 + "</i></p></td>" * 200_000),
    "comments.epub": page_of("<!--" * 300_000 + "<!---->" * 200_000 + "x"),
    "angles.epub": page_of("<" * 1_000_000 + "</" * 300_000 + "<!" * 300_000),
    "quotes.epub": page_of("<a b='" * 200_000),
    "raw.epub": page_of("<title></titl" * 100_000 + "<script></scrip" * 100_000),
    "references.epub": page_of("&amp" * 300_000 + "&nosuchreferenceatall" * 100_000 + "&#99999999999;" * 50_000),
    "attributes.epub": page_of(("<p " + "a=b " * 20_000 + ">") * 20),
    "spans.epub": page_of("<table>" + "<tr><td colspan=99999999999 rowspan=99999999999>x" * 300 + "</table>"),
    "covered.epub": page_of("<table><tr>" + "<td rowspan=1000>x" * 1000 + "<tr><td>y" * 1000 + "</table>"),
    "numbers.epub": page_of("<ol start=9223372036854775807><li>a<li value=-9223372036854775808>b</ol>"),
    "styles.epub": page_of("<style>" + ".a{display:none}" * 20_000 + "{" * 200_000 + "/*" * 200_000 + "</style><p class='a'>x</p>" * 1000),
    "words-again.ods": opendocument(
        "spreadsheet", '<t:table t:name="S"><t:table-row t:number-rows-repeated="60"><t:table-cell t:number-columns-repeated="16384"><t:p>'
        + "word " * 20_000 + "</t:p></t:table-cell></t:table-row></t:table>"),
    "words-again.odt": opendocument(
        "text", '<t:table><t:table-row t:number-rows-repeated="1000000"><t:table-cell t:number-columns-repeated="1000"><t:p>'
        + "word " * 100_000 + "</t:p></t:table-cell></t:table-row></t:table>"),
    "chapter-again.epub": book([("a.xhtml", "<p>" + "word " * 100_000)] + [("a.xhtml", "<p>" + "word " * 100_000)] * 900),
    "links-in-links.epub": page_of("<a href=x>" * 149 + "word " * 200_000 + "</a>" * 149),
    "no-number.pptx": slides(shape("A", "nan", "nan") + shape("B", "nan", "inf")),
    "no-scale.pptx": slides(
        '<p:grpSp><p:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="1e308" cy="1e308"/><a:chOff x="0" y="0"/>'
        f'<a:chExt cx="1e-5" cy="1e-5"/></a:xfrm></p:grpSpPr>{shape("A", 0, 0)}{shape("B", 0, 0)}</p:grpSp>'),
    "far-point.pptx": slides(CHART, {
        "ppt/charts/c.xml":
            '<c:chart><c:ser><c:val><c:pt idx="9223372036854775807"><c:v>5</c:v></c:pt></c:val></c:ser></c:chart>'}),
    "deep-groups.pptx": slides("<p:grpSp>" * 300_000),
    "many-shapes.pptx": slides("".join(shape("a", at * 7 % 1000, at * 13 % 1001) for at in range(20_000))),
    "one-slide-again.pptx": slides(shape("a", 0, 0), count=20_000),
}


# PDF, by hand


def pdf(objects, trailer=b"/Root 1 0 R"):
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n" % size
    for number in range(size):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
    return bytes(out + b"trailer<</Size %d %s>>\nstartxref\n%d\n%%%%EOF" % (size, trailer, start))


def stream(data, extra=b""):
    return b"<<" + extra + b"/Length %d>>stream\n" % len(data) + data + b"\nendstream"


def packed(data, extra=b""):
    return stream(zlib.compress(data, 9), b"/Filter/FlateDecode" + extra)


FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
HELLO = b"BT /F 12 Tf 72 700 Td (Hello) Tj ET"
FAR = b"9223372036854774784"
ROOT = {1: b"<</Type/Catalog/Pages 2 0 R>>"}


def page(content, font=FONT, extra=None, resources=b"", more=b"", box=b"[0 0 612 792]", is_raw=False):
    return pdf(ROOT | {
        2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox" + box + b"/Contents 4 0 R" + more + b"/Resources<</Font<</F 5 0 R>>" + resources + b">>>>",
        4: content if is_raw else stream(content), 5: font,
    } | (extra or {}))


def truetype(table):
    return struct.pack(">IHHHH", 0x10000, 1, 0, 0, 0) + b"cmap" + struct.pack(">III", 0, 28, len(table)) + table


def lzw(*codes):
    bits = "".join(format(code, "09b") for code in codes)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[at:at + 8], 2) for at in range(0, len(bits), 8))


def with_font(more, extra=None):
    return page(HELLO, font=FONT[:-2] + more + b">>", extra=extra)


def chain(count):
    """Streams each of whose length is the next stream."""
    kids = {number: b"<</Length %d 0 R>>stream\n" % (number + 1) for number in range(10, 10 + count)}
    return pdf(ROOT | {2: b"<</Type/Pages/Kids[3 0 R]>>", 3: b"<</Type/Page/Contents 10 0 R>>"} | kids)


INFINITE = b"9" * 400
GROUPS = struct.pack(">HHHHI", 0, 1, 3, 10, 12) + struct.pack(">HHIIIIII", 12, 0, 28, 0, 1, 65, 70, 0xFFFFFFFE)
SEGMENTS = struct.pack(">HHHHHHH", 4, 0, 0, 16000, 0, 0, 0) + b"\xff\xff" * 8000 + b"\0\0" * 8001 + b"\0\1" * 8000 + b"\0\0" * 8000
FORM = stream(b"/X Do " * 4 + b" " * 100_000, b"/Type/XObject/Subtype/Form")
SHAPES = b"0 g " + b"1 1 9 9 re " * 20_000 + b"f 1 g "

PDFS = {
    "mode.pdf": page(b"99999999999999999999 Tr"),
    "object-stream.pdf": pdf(ROOT | {2: b"<<>>", 3: stream(b"4 " + FAR + b" ", b"/Type/ObjStm/N 1/First " + FAR)}).replace(
        b"startxref", b"startxxxx"),
    "table.pdf": b"%PDF-1.7\nxref\n" + FAR + b" 3000\n" + b"1 0 n " * 2100 + b"trailer<<>>startxref 9",
    "lzw.pdf": page(stream(lzw(65, 300, 300, 257, 257), b"/Filter/LZWDecode"), is_raw=True),
    "range.pdf": with_font(b"/ToUnicode 6 0 R", {6: stream(b"<FFFFFFFF><FFFFFFFF>[<41><42>]endbfrange")}),
    "differences.pdf": with_font(b"/Encoding<</Differences[" + FAR + b"/a" * 2100 + b"]>>"),
    "first-char.pdf": with_font(b"/FirstChar -9223372036854775808/Widths[1]"),
    "widths.pdf": page(HELLO, font=b"<</Subtype/Type0/DescendantFonts[<</W[" + FAR + b"[" + b"1 " * 2100 + b"]]>>]>>"),
    "many-widths.pdf": page(HELLO, font=b"<</Subtype/Type0/DescendantFonts[<</W[" + b"0 69999 1 " * 20_000 + b"]>>]>>"),
    "permissions.pdf": pdf(
        ROOT | {2: b"<</Kids[]>>"}, b"/Root 1 0 R/Encrypt<</Filter/Standard/V 1/R 2/O()/U()/P 99999999999999999999>>"),
    "glyph-groups.pdf": with_font(b"/FontDescriptor<</FontFile2 6 0 R>>", {6: stream(truetype(GROUPS))}),
    "glyph-segments.pdf": with_font(
        b"/FontDescriptor<</FontFile2 6 0 R>>",
        {6: packed(truetype(struct.pack(">HH", 0, 50) + struct.pack(">HHI", 3, 1, 404) * 50 + SEGMENTS))}),
    "lengths.pdf": chain(8000),
    "infinite.pdf": page(
        b"BT /F 12 Tf 72 700 Td (Hello) Tj 10 0 0 10 0 0 Tm " + INFINITE + b" Tc (AB) Tj ET",
        font=FONT[:-2] + b"/FirstChar 0/Widths[" + (INFINITE + b" ") * 256 + b"]>>"),
    "far-box.pdf": page(
        b"BT /F 12 Tf 1 0 0 1 72 700 Tm (Hello) Tj 1 0 0 1 " + b"9" * 300 + b" 0 Tm (big) Tj ET",
        box=b"[-" + INFINITE + b" 0 1 " + INFINITE + b"]"),
    "turned.pdf": page(HELLO, more=b"/Rotate -9223372036854775808"),
    "kids.pdf": pdf(ROOT | {2: b"<</Kids 3 0 R>>", 3: b"[<</Kids 3 0 R>><</Kids 3 0 R>>]"}),
    "open-objects.pdf": b"%PDF-1.7\n" + b"1 0 obj<<" * 100_000,
    "open-trailers.pdf": b"%PDF-1.7\n" + b"trailer<<" * 100_000,
    "open-streams.pdf": b"%PDF-1.7\n" + b"".join(b"%d 0 obj<<>>stream\n" % number for number in range(60_000)),
    "form-in-itself.pdf": page(b"/X Do", resources=b"/XObject<</X 6 0 R>>", extra={6: FORM}),
    "code-spaces.pdf": page(
        b"BT /F 12 Tf 1 1 Td (" + b"A" * 100_000 + b") Tj ET", font=b"<</Subtype/Type0/Encoding 6 0 R>>",
        extra={6: stream(b"<00000000><00000000>" * 12_000 + b"endcodespacerange <00><41>endbfchar")}),
    "white-and-shapes.pdf": page(SHAPES + b"BT /F 12 Tf 200 700 Td (" + b"A" * 200_000 + b") Tj ET"),
    "covered.pdf": page(b"BT /F .02 Tf 1 1 Td (" + b"A" * 200_000 + b") Tj ET " + SHAPES),
    "many-lines.pdf": page(
        b"BT /F 12 Tf 1 0 0 1 72 40000 Tm " + b"0 -13 Td(a)Tj " * 20_000 + b"ET", box=b"[0 -999999 612 999999]"),
    "many-gaps.pdf": page(
        b"BT /F 12 Tf 1 0 0 1 72 40000 Tm " + b"0 -30 Td(a)Tj " * 20_000 + b"ET", box=b"[0 -9999999 612 999999]"),
    "one-row.pdf": page(b"BT /F 1 Tf 1 0 0 1 72 700 Tm (" + b"AB" * 100_000 + b") Tj ET", box=b"[0 0 9999999 792]"),
    "right-to-left.pdf": page(
        b"BT /F 1 Tf 1 0 0 1 72 700 Tm (" + b"AB" * 50_000 + b") Tj ET", box=b"[0 0 9999999 792]",
        font=FONT[:-2] + b"/ToUnicode 6 0 R>>", extra={6: stream(b"<41><05D0><42><05D1>endbfchar")}),
    "marks.pdf": page(
        b"BT /F 1 Tf 1 0 0 1 72 700 Tm (" + b"A" * 100_000 + b") Tj ET", box=b"[0 0 9999999 792]",
        font=FONT[:-2] + b"/ToUnicode 6 0 R/FirstChar 65/Widths[2000]>>", extra={6: stream(b"<41><0301>endbfchar")}),
    "contents-again.pdf": pdf(ROOT | {2: b"<</Kids[" + b"<</Contents 4 0 R>>" * 20_000 + b"]>>", 4: stream(b" " * 500_000)}),
    "pieces-again.pdf": pdf(
        ROOT | {2: b"<</Kids[3 0 R]>>", 3: b"<</Contents[" + b"4 0 R " * 20_000 + b"]>>", 4: stream(b" " * 1_000_000)}),
    "looks-again.pdf": pdf(ROOT | {
        2: b"<</Kids[3 0 R]>>", 3: b"<</Annots[" + b"6 0 R " * 10_000 + b"]>>",
        6: b"<</Subtype/Widget/Rect[0 0 9 9]/AP<</N 7 0 R>>>>", 7: stream(b" " * 1_000_000, b"/BBox[0 0 1 1]")}),
    "notes-again.pdf": pdf(ROOT | {
        2: b"<</Kids[" + b"<</Annots 5 0 R>>" * 2000 + b"]>>", 5: b"[" + b"6 0 R " * 10_000 + b"]",
        6: b"<</Subtype/Text/Rect[0 0 9 9]/Contents(" + b"x" * 100_000 + b")>>"}),
    "files-again.pdf": pdf({
        1: b"<</Pages 2 0 R/Names<</EmbeddedFiles 7 0 R>>>>", 2: b"<</Kids[]>>", 7: b"<</Kids[7 0 R 7 0 R]/Names[" + b"(a)8 0 R" * 20_000 + b"]>>",
        8: b"<</F(a.txt)/EF<</F 9 0 R>>>>", 9: stream(b"words " * 10_000)}),
    "predictor.pdf": page(
        packed(b"\2hello", b"/DecodeParms<</Predictor 15/Columns 16777216/Colors 32/BitsPerComponent 16>>"), is_raw=True),
    "said-again.pdf": page(
        b"/P /M BDC BT /F 9 Tf(a)Tj ET EMC " * 20_000, resources=b"/Properties<</M 6 0 R>>",
        extra={6: b"<</ActualText(" + b"x" * 1_000_000 + b")>>"}),
    "much-of-a-letter.pdf": page(
        b"BT /F 9 Tf 1 1 Td(" + b"AB" * 20_000 + b")Tj ET", font=FONT[:-2] + b"/ToUnicode 6 0 R>>",
        extra={6: stream(b"<41><" + b"0061" * 250_000 + b">endbfchar")}),
    "bomb.pdf": page(packed(b"(" + b"a" * 300_000_000 + b") Tj"), is_raw=True),
}


# Text of all kinds, mail and archives


def archived(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def nested(content, count):
    for _ in range(count):
        content = archived([("a.zip", content)])
    return content


def header(name, size, kind=b"0"):
    block = bytearray(name.ljust(100, b"\0") + b"0000644\0" + bytes(16) + size.ljust(12, b"\0")[:12] + bytes(12) + b" " * 8 + kind)
    block += bytes(512 - len(block))
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


MAIL = b"From: a@x.org\nDate: x\nMIME-Version: 1.0\n"

TEXTS = {
    "deep.json": b"[" * 1_000_000,
    "deep-objects.json": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "keys.json": b"{" + b'"a":1,' * 300_000 + b'"a":1}',
    "columns.json": b"[" + b",".join(b'{"k%d":1}' % at for at in range(50_000)) + b"]",
    "string.json": b'["' + b"\\u0041" * 500_000 + b'"]',
    "number.json": b"[" + b"9" * 1_000_000 + b"]",
    "surrogates.json": b'["' + b"\\ud800" * 200_000 + b'"]',
    "deep.xml": b"<?xml version='1.0'?>" + b"<a>" * 500_000,
    "laughs.xml":
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "' + b"y" * 1000 + b'"><!ENTITY z "' + b"&x;" * 1000 + b'">]><a>&z;&z;</a>',
    "mixed.xml": b"<?xml version='1.0'?><a>" + b"x<b>y</b>" * 200_000 + b"</a>",
    "attributes.xml": b"<?xml version='1.0'?><a " + b"b='c' " * 200_000 + b"/>",
    "deep-mixed.xml": b"<?xml version='1.0'?>" + b"<a>x " * 190 + b"word " * 100_000 + b"</a>" * 190,
    "encoding.xml": b'<?xml version="1.0" encoding="utf-16"?><a>\xff\xfe</a>',
    "deep.html": b"<!doctype html>" + b"<div>" * 500_000 + b"x",
    "quotes.md": b">" * 200_000 + b"x",
    "lists.md": b"".join(b" " * at + b"- x\n" for at in range(1500)),
    "brackets.md": b"[" * 200_000 + b"]" * 200_000,
    "emphasis.md": b"*a_ " * 100_000,
    "backticks.md": b"".join(b"`" * at + b" " for at in range(1500)),
    "links.md": b"[a](b" * 100_000,
    "wide.md": b"|" + b"a|" * 50_000 + b"\n|" + b"-|" * 50_000 + b"\n" + b"|x|\n" * 200,
    "front.md": b"---\n" + b"a: b\n" * 200_000,
    "notes.md": b"[^1]: x\n" * 100_000,
    "quotes.csv": b'"' * 2_000_001,
    "open.csv": b'a,b\n1,"' + b'x\n2,"' * 200_000,
    "columns.csv": b"," * 1_000_000,
    "rows.csv": b"a,b\n" + b",\n" * 500_000,
    "one-line.txt": b"a" * 5_000_000,
    "blank-lines.txt": b"a\n\n" * 1_000_000,
    "strikes.txt": b"a\x08" * 500_000 + b"\x08" * 500_000,
    "escapes.txt": b"\x1b[" * 500_000 + b"x" * 9_999_999,
    "zeros.txt": bytes(1_000_000),
    "marks.txt": "\u0301".encode() * 500_000,
    "groups.rtf": b"{\\rtf1" + b"{" * 500_000,
    "ends.rtf": b"{\\rtf1 x" + b"}" * 500_000,
    "unicode.rtf": b"{\\rtf1" + b"\\u-99999999999999999999" * 50_000 + b"}",
    "bin.rtf": b"{\\rtf1\\bin99999999999999 x}",
    "cells.rtf": b"{\\rtf1" + b"\\trowd" + b"\\cellx1" * 100_000 + b"\\cell" * 100_000 + b"\\row}",
    "edges.rtf": b"{\\rtf1" + b"".join(b"\\trowd\\cellx%d\\cell\\row" % (at * 100) for at in range(20_000)) + b"}",
    "nests.rtf": b"{\\rtf1\\itap999999 x\\nestcell\\nestrow\\cell\\row}",
    "notes.rtf": b"{\\rtf1" + b"{\\footnote x" * 900 + b"}",
    "fields.rtf": b"{\\rtf1" + b"{\\field{\\*\\fldinst HYPERLINK a}{\\fldrslt x" * 300 + b"}",
    "lists.rtf": b"{\\rtf1{\\*\\listtable{\\list{\\listlevel\\levelstartat9999999999{\\leveltext\\'ff\\'00\\'08;}}\\listid1}}{\\*\\listoverridetable{\\listoverride\\listid1\\ls1}}"
        + b"\\ls1\\ilvl9999999999 x\\par" * 2000 + b"}",
    "words.rtf": b"{\\rtf1\\" + b"a" * 1_000_000 + b"}",
    "colons.eml": MAIL + b": x\n" * 100_000,
    "fields.eml": MAIL + b"X: y\n" * 200_000,
    "fold.eml": MAIL + b"Subject: x\n" + b" y\n" * 200_000,
    "rows.md": b"|" + b"a|" * 2000 + b"\n|" + b"-|" * 2000 + b"\n" + b"|x|\n" * 20_000,
    "open-word.eml": MAIL + b"Subject: " + b"=?x?Q?a" * 120_000 + b"\n\nx",
    "spanned.rtf": b"{\\rtf1\\trowd" + b"".join(b"\\cellx%d" % (at * 100) for at in range(490)) + b"\\intbl a\\cell\\row"
        + b"\\trowd\\cellx49000\\pard\\intbl a\\cell\\row" * 40_000 + b"}",
    "links.rtf": b"{\\rtf1" + b'{\\field{\\*\\fldinst HYPERLINK "x"}{\\fldrslt a' * 480 + b"words " * 250_000 + b"}}" * 480 + b"}",
    "covered.html": b"<!doctype html><table>" + (b"<tr>" + b"<td rowspan=1000>a" * 990 + b"<tr>" * 999) * 20,
    "lines.json": b'{"a":' * 150 + b'"' + b"x\\n" * 500_000 + b'"' + b"}" * 150,
    "words.eml": MAIL + b"Subject: " + b"=?utf-8?q?a?= " * 50_000 + b"\n\nx",
    "open-words.eml": MAIL + b"Subject: " + b"=?utf-8?q?" * 50_000 + b"\n\nx",
    "parts.eml": MAIL + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000,
    "nests.eml": MAIL + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (at, at) for at in range(5000)) + b"\nx",
    "messages.eml": MAIL + b"Content-Type: message/rfc822\n\n" * 5000 + b"\nx",
    "same-boundary.eml": MAIL + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 5000 + b"\nx",
    "parameters.eml": MAIL + b"Content-Type: text/plain; " + b"a*0*=%FF; " * 50_000 + b"\n\nx",
    "hex.eml": MAIL + b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=" * 1_000_000,
    "envelopes.mbox": (b"From a Mon Jan  1 10:00:00 2024\nFrom: a\nDate: x\n\nx\n\n") * 50_000,
    "zip.zip": nested(b"x", 30),
    "empty.zip": archived([]),
    "many.zip": archived((f"{at}.txt", "x") for at in range(15_000)),
    "same.zip": archived([("a.txt", "x")]) * 2,
    "bomb.zip": archived((name, b"a" * 200_000_000) for name in "ab"),
    "bombs.zip": archived((f"{at}.gz", zlib.compress(b"a" * 9_000_000, 9, 31)) for at in range(100)),
    "bomb.txt.gz": zlib.compress(b"a" * 300_000_000, 9, 31),
    "cut.gz": zlib.compress(b"a" * 9999, 9, 31)[:30],
    "gz.gz": zlib.compress(zlib.compress(zlib.compress(b"words", 9, 31), 9, 31), 9, 31),
    "size.tar": header(b"a.txt", b"77777777777") + b"x" * 512,
    "negative.tar": header(b"a.txt", b"\xff" * 12) + b"x" * 512,
    "large.tar": header(b"a.txt", b"\x80" + b"\xff" * 11) + b"x" * 512,
    "many.tar": header(b"a.txt", b"00000000000") * 50_000,
    "names.tar": (header(b"././@LongLink", b"00000001000", b"L") + b"n" * 512) * 20_000,
    "pax.tar": header(b"x", b"00000001000", b"x") + b"9999 path=x\n".ljust(512, b"1") + header(b"a", b"00000000000"),
}

GROUPS_OF_FILES = {
    "office": {name: content for name, content in OFFICE.items() if not name.endswith(".epub")},
    "books": {name: content for name, content in OFFICE.items() if name.endswith(".epub")}, "pdf": PDFS,
    **{f"texts-{part}": {name: content for at, (name, content) in enumerate(TEXTS.items()) if at % 4 == part} for part in range(4)},
}


@pytest.mark.seconds(SECONDS + 20)
@pytest.mark.parametrize("files", GROUPS_OF_FILES.values(), ids=GROUPS_OF_FILES.keys())
def test_each_ends_in_a_result_or_an_error(tmp_path, files):
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    ended = subprocess.run(
        [QUERN, "extract", "-r", folder, "-o", out, "--json", "--quiet"], capture_output=True, timeout=SECONDS)
    if ended.returncode not in (0, 1, 2):
        # Which of them it was.
        for name in files:
            alone = subprocess.run([QUERN, "extract", folder / name], capture_output=True, timeout=SECONDS)
            assert alone.returncode in (0, 1), f"{name}: {alone.returncode}\n{alone.stderr[-2000:].decode(errors='replace')}"
    told = {line["input"].rsplit("/", 1)[1]: line for line in json.loads(ended.stdout)}
    assert told.keys() == files.keys()
    for name, line in told.items():
        if line["status"] == "processed":
            json.loads((out / f"{name}.json").read_bytes())
        else:
            assert line["error"] in {"broken_document", "limit_exceeded", "locked_document", "unknown_format", "empty_document"}, line
            assert line["detail"].endswith("."), line


def test_no_file_of_the_machine_gets_in(tmp_path):
    path = tmp_path / "laughs.docx"
    path.write_bytes(OFFICE["laughs.docx"])
    ended = subprocess.run([QUERN, "extract", path, "--format", "txt"], capture_output=True, timeout=30)
    assert b"seen" in ended.stdout and b"root:" not in ended.stdout and b"lol" not in ended.stdout
