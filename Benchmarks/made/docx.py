"""Word documents: headings, numbers of lists, tables, notes, changes, hidden text, signs and scripts."""

import functools
import io
import zipfile
from xml.sax.saxutils import escape

from made import Case

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
A = "http://schemas.openxmlformats.org/drawingml/2006"
MS = "http://schemas.microsoft.com/office/word"
SPACES = {
    "w": W, "r": OFFICE, "a": f"{A}/main", "wp": f"{A}/wordprocessingDrawing", "c": f"{A}/chart", "dgm": f"{A}/diagram",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math", "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "v": "urn:schemas-microsoft-com:vml", "o": "urn:schemas-microsoft-com:office:office", "w10": "urn:schemas-microsoft-com:office:word",
    "w14": f"{MS}/2010/wordml", "w15": f"{MS}/2012/wordml", "wps": f"{MS}/2010/wordprocessingShape", "wpg": f"{MS}/2010/wordprocessingGroup",
    "wpc": f"{MS}/2010/wordprocessingCanvas", "dsp": "http://schemas.microsoft.com/office/drawing/2008/diagram"}
NS = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in SPACES.items())
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
WML = "application/vnd.openxmlformats-officedocument.wordprocessingml"
MADE = 'w:id="{}" w:author="Ada Pell" w:date="2024-03-05T10:12:00Z"'


def r(text, props=""):
    return f'<w:r>{props and f"<w:rPr>{props}</w:rPr>"}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def p(inner="", style="", props=""):
    """A paragraph; text that is no XML becomes a run."""
    inner = inner if inner.startswith("<") or not inner else r(inner)
    style = style and f'<w:pStyle w:val="{style}"/>'
    return f'<w:p>{f"<w:pPr>{style}{props}</w:pPr>" if style or props else ""}{inner}</w:p>'


def item(text, level=0, num=1):
    return p(text, "ListParagraph", f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>')


def tc(inner="", props=""):
    return f'<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/>{props}</w:tcPr>{inner if inner.startswith("<") else p(inner)}</w:tc>'


def tr(*cells, props=""):
    return f'<w:tr>{props and f"<w:trPr>{props}</w:trPr>"}{"".join(c if c.startswith("<") else tc(c) for c in cells)}</w:tr>'


def tbl(columns, *rows):
    grid = '<w:gridCol w:w="2000"/>' * columns
    return ('<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/></w:tblPr>'
            f'<w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>')


def fld(code, result):
    """A field in runs; code and result may be XML."""
    code = code if code.startswith("<") else f'<w:r><w:instrText xml:space="preserve"> {escape(code)} </w:instrText></w:r>'
    result = result if result.startswith("<") or not result else r(result)
    sign = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    return sign.format("begin") + code + (sign.format("separate") + result if result else "") + sign.format("end")


def style(ident, name, props="", based="Normal", kind="paragraph"):
    return (f'<w:style w:type="{kind}" w:customStyle="1" w:styleId="{ident}"><w:name w:val="{name}"/>'
            f'{based and f"""<w:basedOn w:val="{based}"/>"""}{props}</w:style>')


def level(at, kind, text, start=1, more=""):
    return (f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/>{more}<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
            f'<w:pPr><w:ind w:left="{720 * (at + 1)}" w:hanging="360"/></w:pPr></w:lvl>')


def numbering(*abstracts, nums=None):
    """The part of numbers: each abstract a list of levels; nums (id, abstract, overrides), else one for each."""
    nums = nums or [(at + 1, at, "") for at in range(len(abstracts))]
    many = "".join(f'<w:abstractNum w:abstractNumId="{at}"><w:multiLevelType w:val="multilevel"/>{"".join(levels)}</w:abstractNum>'
                   for at, levels in enumerate(abstracts))
    return f"{XML}<w:numbering {NS}>{many}" + "".join(
        f'<w:num w:numId="{num}"><w:abstractNumId w:val="{of}"/>{more}</w:num>' for num, of, more in nums) + "</w:numbering>"


@functools.cache
def base():
    import docx
    stream = io.BytesIO()
    docx.Document().save(stream)
    with zipfile.ZipFile(stream) as package:
        return {name: package.read(name) for name in package.namelist()}


def package(body, parts=None, rels=(), types=None, styles="", numbers=None, settings="", section=""):
    """The parts of a document on Word's own styles: parts are added, rels (id, type, target) and types (part, type) told."""
    all_parts = dict(base())
    all_parts["word/document.xml"] = (
        f'{XML}<w:document {NS} mc:Ignorable="w14 w15"><w:body>{body}<w:sectPr>{section}<w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1417" w:right="1417" w:bottom="1134" w:left="1417" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr>'
        "</w:body></w:document>").encode()
    if styles:
        all_parts["word/styles.xml"] = all_parts["word/styles.xml"].replace(b"</w:styles>", styles.encode() + b"</w:styles>")
    if numbers:
        all_parts["word/numbering.xml"] = numbers.encode()
    if settings:
        all_parts["word/settings.xml"] = f"{XML}<w:settings {NS}>{settings}</w:settings>".encode()
    told = "".join(f'<Relationship Id="{ident}" Type="{kind if ":" in kind else f"{OFFICE}/{kind}"}" Target="{target}"/>'
                   for ident, kind, target in rels)
    known = "word/_rels/document.xml.rels"
    all_parts[known] = all_parts[known].replace(b"</Relationships>", told.encode() + b"</Relationships>")
    told = "".join(f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in (types or {}).items())
    known = "[Content_Types].xml"
    all_parts[known] = all_parts[known].replace(b"</Types>", told.encode() + b"</Types>")
    for name, content in (parts or {}).items():
        all_parts[name] = content if isinstance(content, bytes) else content.encode()
    return all_parts


def store(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)


def write(*content, **more):
    return lambda path: store(path, package(*content, **more))


# Headings


def headings_style(prose):
    one, two, three = (prose.words(3).capitalize() for _ in range(3))
    texts = [prose.paragraph(2) for _ in range(3)]
    body = (p(one, "Heading1") + p(texts[0]) + p(two, "Heading2") + p(texts[1], "BodyText") + p(r(three[:4]) + r(three[4:], "<w:i/>"), "Heading3")
            + p(r(texts[2], "<w:b/>")) + p("", "Heading2"))
    yield Case("headings-style.docx", "headings", write(body), text="\n".join([one, texts[0], two, texts[1], three, texts[2]]),
               headings=[(1, one), (2, two), (3, three)])


def headings_outline(prose):
    one, two, none = (prose.words(3).capitalize() for _ in range(3))
    texts = [prose.paragraph(2) for _ in range(3)]
    lvl = '<w:spacing w:before="240"/><w:outlineLvl w:val="{}"/>'
    body = (p(r(one, '<w:b/><w:sz w:val="32"/>'), "", lvl.format(0)) + p(texts[0]) + p(r(two, "<w:b/>"), "", lvl.format(1)) + p(texts[1])
            + p(none + ".", "Heading1", lvl.format(9)) + p(texts[2]))
    yield Case("headings-outline.docx", "headings", write(body), headings=[(1, one), (2, two)],
               text="\n".join([one, texts[0], two, texts[1], none, texts[2]]))


def headings_localised(prose):
    heads = [prose.words(3).capitalize() for _ in range(3)]
    texts = [prose.paragraph(2) for _ in range(4)]
    parts = package(p(heads[0], "berschrift1") + p(texts[0]) + p(heads[1], "2") + p(texts[1]) + p(heads[2], "Titolo3") + p(texts[2])
                    + p(texts[3], "1"))
    styles = parts["word/styles.xml"].decode()
    for old, new in (("Heading1", "berschrift1"), ("Heading2", "2"), ("Heading3", "Titolo3"), ("BodyText", "1")):
        styles = styles.replace(f'"{old}"', f'"{new}"')
    parts["word/styles.xml"] = styles.encode()
    yield Case("headings-localised.docx", "headings", lambda path: store(path, parts), headings=list(enumerate(heads, 1)),
               order=(heads[0], texts[0], heads[1], texts[1], heads[2], texts[2], texts[3]))


def headings_based(prose):
    heads = [prose.words(3).capitalize() for _ in range(3)]
    none, texts = prose.sentence(5), [prose.paragraph(2) for _ in range(4)]
    styles = (style("Kapitel", "Kapitel", based="Heading1") + style("KapitelNeu", "Kapitel neu", based="Kapitel")
              + style("Abschnitt", "Abschnitt", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>', "Kapitel")
              + style("Kasten", "Kasten", '<w:pPr><w:outlineLvl w:val="9"/></w:pPr>', "Heading2"))
    body = (p(heads[0], "Kapitel") + p(texts[0]) + p(heads[1], "Abschnitt") + p(texts[1]) + p(heads[2], "KapitelNeu") + p(texts[2])
            + p(none, "Kasten") + p(texts[3]))
    yield Case("headings-based.docx", "headings", write(body, styles=styles), headings=[(1, heads[0]), (2, heads[1]), (1, heads[2])],
               order=(heads[0], texts[0], heads[1], texts[1], heads[2], texts[2], none, texts[3]))


# Numbers of lists


def listed(name, prose, plan, numbers, head="", **more):
    """plan: (number as Word shows it, level, list); "" is an item with a dot, None a plain paragraph."""
    lines, body = [], head
    for shown, at, num in plan:
        text = prose.name() + " " + prose.words(4)
        lines.append(text if not shown else f"{shown} {text}")
        body += p(text) if shown is None else item(text, at, num)
    return Case(name, "lists", write(body, numbers=numbers, **more), text="\n".join(lines), has=tuple(lines), order=tuple(lines))


def lists(prose):
    deep = [level(0, "decimal", "%1."), level(1, "lowerLetter", "(%2)"), level(2, "lowerRoman", "%3)")]
    yield listed("list-nested.docx", prose, [
        ("1.", 0, 1), ("(a)", 1, 1), ("(b)", 1, 1), ("i)", 2, 1), ("ii)", 2, 1), ("iii)", 2, 1), ("iv)", 2, 1), ("(c)", 1, 1), ("i)", 2, 1),
        ("2.", 0, 1), ("(a)", 1, 1), (None, 0, 0), ("(b)", 1, 1), ("3.", 0, 1)], numbering(deep))
    legal = [level(0, "decimal", "%1."), level(1, "decimal", "%1.%2."), level(2, "decimal", "%1.%2.%3."), level(3, "lowerLetter", "(%4)")]
    yield listed("list-legal.docx", prose, [
        ("1.", 0, 1), ("1.1.", 1, 1), ("1.2.", 1, 1), ("1.2.1.", 2, 1), ("(a)", 3, 1), ("(b)", 3, 1), ("1.2.2.", 2, 1), ("(a)", 3, 1),
        ("2.", 0, 1), ("2.1.", 1, 1), ("2.1.1.", 2, 1)], numbering(legal))
    article = [level(0, "upperRoman", "Article %1"), level(1, "decimalZero", "Section %1.%2", more="<w:isLgl/>"),
               level(2, "upperLetter", "%3.", start=3)]
    yield listed("list-article.docx", prose, [
        ("Article I", 0, 1), ("Section 1.01", 1, 1), ("Section 1.02", 1, 1), ("C.", 2, 1), ("D.", 2, 1), ("Article II", 0, 1),
        ("Section 2.01", 1, 1), ("C.", 2, 1)], numbering(article))
    again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{}"/></w:lvlOverride>'
    yield listed("list-restarted.docx", prose, [
        ("1)", 0, 1), ("2)", 0, 1), (None, 0, 0), ("1)", 0, 2), ("2)", 0, 2), (None, 0, 0), ("7)", 0, 3), ("8)", 0, 3), (None, 0, 0), ("9)", 0, 4)],
        numbering([level(0, "decimal", "%1)"), level(1, "decimal", "%2)")],
                  nums=[(1, 0, ""), (2, 0, again.format(1)), (3, 0, again.format(7)), (4, 0, "")]))
    on = [level(0, "upperRoman", "%1."), level(1, "decimal", "§ %2", more='<w:lvlRestart w:val="0"/>')]
    yield listed("list-unbroken.docx", prose, [
        ("I.", 0, 1), ("§ 1", 1, 1), ("§ 2", 1, 1), ("II.", 0, 1), ("§ 3", 1, 1), ("III.", 0, 1), ("§ 4", 1, 1)], numbering(on))
    kinds = [[level(0, "lowerLetter", "%1)", start=25)], [level(0, "decimalZero", "%1", start=9)], [level(0, "bullet", "\uf0b7")],
        [level(0, "none", "")]]
    yield listed("list-kinds.docx", prose, [
        ("y)", 0, 1), ("z)", 0, 1), ("aa)", 0, 1), ("bb)", 0, 1), ("09", 0, 2), ("10", 0, 2), ("", 0, 3), ("", 0, 4)], numbering(*kinds))
    yield listed("list-ordinal.docx", prose, [("1st", 0, 1), ("2nd", 0, 1), ("3rd", 0, 1), ("11th", 0, 2), (None, 0, 0), ("4th", 0, 1)], numbering(
        [level(0, "ordinal", "%1")], [level(0, "ordinal", "%1", start=11)]))
    yield listed("list-russian.docx", prose, [("а)", 0, 1), ("б)", 0, 1), ("в)", 0, 1)], numbering([level(0, "russianLower", "%1)")]))


def list_headings(prose):
    heads = [prose.words(3).capitalize() for _ in range(4)]
    texts = [prose.paragraph(2) for _ in range(4)]
    parts = package("".join(p(head, f"Heading{depth}") + p(text) for head, depth, text in zip(heads, (1, 2, 2, 1), texts)),
                    numbers=numbering([level(0, "decimal", "%1", more='<w:pStyle w:val="Heading1"/>'),
                                       level(1, "decimal", "%1.%2", more='<w:pStyle w:val="Heading2"/>')]))
    styles = parts["word/styles.xml"].decode()
    for depth in (0, 1):
        lvl = f'<w:outlineLvl w:val="{depth}"/>'
        numpr = f'<w:numPr>{depth and """<w:ilvl w:val="1"/>""" or ""}<w:numId w:val="1"/></w:numPr>'
        at = styles.index("<w:pPr>", styles.index(f'w:styleId="Heading{depth + 1}"')) + len("<w:pPr>")
        assert lvl in styles[at:at + 600]
        styles = styles[:at] + numpr + styles[at:]
    parts["word/styles.xml"] = styles.encode()
    shown = [f"{number} {head}" for number, head in zip(("1", "1.1", "1.2", "2"), heads)]
    yield Case("list-headings.docx", "lists", lambda path: store(path, parts), headings=list(zip((1, 2, 2, 1), shown)),
               text="\n".join(f"{head}\n{text}" for head, text in zip(shown, texts)), has=tuple(shown))


# Tables


def tables(prose):
    n = [prose.name() for _ in range(14)]
    before, after = prose.sentence(), prose.sentence()
    span, top, on = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = [tr(tc(n[0], span), tc(n[1]), tc(n[2]), props="<w:tblHeader/>"), tr(tc(n[3], top), n[4], n[5], n[6]), tr(tc("", on), n[7],
        tc(n[8], span + top)),
            tr(tc("", on), n[9], tc("", span + on)), tr(n[10], n[11], n[12], n[13])]
    truth = [[n[0], "", n[1], n[2]], [n[3], n[4], n[5], n[6]], ["", n[7], n[8], ""], ["", n[9], "", ""], n[10:14]]
    yield Case("table-merged.docx", "tables", write(p(before) + tbl(4, *rows) + p(after)), tables=[truth], order=(before, n[0], n[13], after),
               text="\n".join([before, *n, after]))
    m = [prose.name() for _ in range(7)]
    skip = '<w:gridBefore w:val="1"/><w:wBefore w:w="2000" w:type="dxa"/>'
    late = '<w:gridAfter w:val="1"/><w:wAfter w:w="2000" w:type="dxa"/>'
    truth = [[m[0], m[1], m[2]], ["", m[3], m[4]], [m[5], m[6], ""]]
    yield Case("table-indented-rows.docx", "tables", write(
        p(before) + tbl(3, tr(*m[:3]), tr(m[3], m[4], props=skip), tr(m[5], m[6], props=late)) + p()), tables=[truth])
    k = [prose.name() for _ in range(9)]
    inner = tbl(2, tr(k[2], k[3]), tr(k[4], k[5]))
    yield Case("table-nested.docx", "tables", write(p(before) + tbl(2, tr(k[0], tc(p(k[1]) + inner + p(k[6]))), tr(k[7], k[8])) + p(after)),
               text="\n".join([before, *k, after]), order=(before, *k, after))


# Notes and changes


def notes(prose):
    start, rest, other = prose.sentence(), prose.sentence(), prose.sentence()
    foot, end = prose.name() + " " + prose.sentence(), prose.name() + " " + prose.sentence()
    ref = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:{}Reference w:id="2"/></w:r>'

    def part(kind, text):
        return (f'{XML}<w:{kind}s {NS}><w:{kind} w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:{kind}>'
                f'<w:{kind} w:type="continuationNotice" w:id="0"><w:p><w:r><w:t>{escape(dummy)}</w:t></w:r></w:p></w:{kind}>'
                f'<w:{kind} w:id="2"><w:p><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:{kind}Ref/></w:r>{r(" " + text)}</w:p></w:{kind}>'
                f"</w:{kind}s>")
    dummy = prose.name()
    yield Case("notes.docx", "notes", write(
        p(r(start) + ref.format("footnote") + r(" " + rest)) + p(r(other) + ref.format("endnote")),
        parts={"word/footnotes.xml": part("footnote", foot), "word/endnotes.xml": part("endnote", end)},
        rels=[("rIdf", "footnotes", "footnotes.xml"), ("rIde", "endnotes", "endnotes.xml")],
        types={"word/footnotes.xml": f"{WML}.footnotes+xml", "word/endnotes.xml": f"{WML}.endnotes+xml"}),
        has=(foot, end, other), lacks=(dummy,), order=(start, rest, other))
    first, last, said = prose.words(6), prose.words(6), prose.name() + " " + prose.sentence()
    comments = (f'{XML}<w:comments {NS}><w:comment {MADE.format(0)} w:initials="AP"><w:p>{r(said)}</w:p></w:comment></w:comments>')
    yield Case("comments.docx", "notes", write(
        p(r(first + " ") + '<w:commentRangeStart w:id="0"/>' + r("marked words") + '<w:commentRangeEnd w:id="0"/>'
          '<w:r><w:commentReference w:id="0"/></w:r>' + r(" " + last)) + p(rest),
        parts={"word/comments.xml": comments}, rels=[("rIdc", "comments", "comments.xml")], types={"word/comments.xml": f"{WML}.comments+xml"}),
        text=f"{first} marked words {last}\n{rest}", either=(said, "Comment by Ada Pell", "Ada Pell", "AP", "2024-03-05T10:12:00Z", "2024-03-05",
        "1"), order=(first, rest))


def changes(prose):
    keep, new, gone, moved, cell, row = (prose.name() for _ in range(6))
    texts = [prose.sentence() for _ in range(3)]
    dele = f'<w:del {MADE.format(1)}>{r(gone).replace("w:t", "w:delText")}</w:del>'
    move = (f'<w:moveFromRangeStart {MADE.format(3)} w:name="move1"/><w:moveFrom {MADE.format(4)}>{r(moved)}</w:moveFrom>'
            '<w:moveFromRangeEnd w:id="3"/>')
    to = (f'<w:moveToRangeStart {MADE.format(5)} w:name="move1"/><w:moveTo {MADE.format(6)}>{r(moved)}</w:moveTo><w:moveToRangeEnd w:id="5"/>')
    lost = tbl(2, tr(keep, cell), tr(tc(p(f'<w:del {MADE.format(8)}>{r(row).replace("w:t", "w:delText")}</w:del>')), tc(""),
                                      props=f"<w:del {MADE.format(7)}/>"))
    body = (p(r(texts[0] + " ") + dele + f"<w:ins {MADE.format(2)}>{r(new)}</w:ins>") + p(move) + p(texts[1]) + p(to) + p(texts[2]) + lost + p())
    yield Case("tracked.docx", "changes", write(body), lacks=(gone, row), order=(texts[0], new, texts[1], moved, texts[2], keep, cell),
               text="\n".join([texts[0], new, texts[1], moved, texts[2], keep, cell]), tables=[[[keep, cell]]])
    left, right = prose.words(5) + f" Left{prose.number()}", f"right{prose.number()} " + prose.words(5)
    mark = f"<w:rPr><w:del {MADE.format(1)}/></w:rPr>"
    yield Case("tracked-mark.docx", "changes", write(p(left, "", mark) + p(right) + p(texts[0])), text=f"{left}{right}\n{texts[0]}")


# Letters


def letters(prose):
    show = [prose.name() for _ in range(4)]
    hide = [prose.name() for _ in range(4)]
    styles = style("Secret", "Secret", "<w:rPr><w:vanish/></w:rPr>", "", "character") + style("Deep", "Deep", "", "Secret", "character") + style(
        "Away", "Away", "<w:rPr><w:vanish/></w:rPr>")
    body = (p(r(show[0] + " ") + r(hide[0], "<w:vanish/>") + r(" " + show[1], '<w:vanish w:val="0"/>')) + p(r(hide[1], '<w:rStyle w:val="Deep"/>')
        + r(show[2]))
            + p(hide[2], "Away") + p(r(hide[3], "<w:b/>") + r(show[3], '<w:vanish w:val="false"/>'), "Away"))
    yield Case("hidden.docx", "letters", write(body, styles=styles), text="\n".join([f"{show[0]} {show[1]}", show[2], show[3]]), lacks=tuple(hide),
               order=tuple(show))
    n = [f"{prose.word()}{prose.number()}" for _ in range(12)]
    body = (p(r(n[0]) + "<w:r><w:noBreakHyphen/></w:r>" + r(n[1]) + "<w:r><w:tab/></w:r>" + r(n[2]) + "<w:r><w:softHyphen/></w:r>" + r(n[3]))
            + p(f"<w:r><w:t>{n[4]}</w:t><w:br/><w:t>{n[5]}</w:t><w:cr/><w:t>{n[6]}</w:t><w:ptab "
                "w:relativeTo=\"margin\" w:alignment=\"right\" w:leader=\"none\"/>"
                f"<w:t>{n[7]}</w:t></w:r>")
            + p(r(n[8] + " ") + '<w:r><w:sym w:font="Symbol" w:char="F061"/></w:r>' + r(" ")
            + r("\uf0b3", '<w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/>')
                + r(" " + n[9]) + '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>' + r(n[10])) + p(r(n[11][:3], "<w:smallCaps/>")
                + r(n[11][3:])))
    yield Case("signs.docx", "letters", write(body),
        text=f"{n[0]}-{n[1]} {n[2]}{n[3]}\n{n[4]} {n[5]}\n{n[6]} {n[7]}\n{n[8]} α ≥ {n[9]} {n[10]}\n{n[11]}",
               has=(f"{n[8]} α ≥ {n[9]}",), lacks=("\uf0fc", "ü", "\uf0b3", "\uf061"))
    read = "東京"
    ruby = ('<w:r><w:ruby><w:rubyPr><w:rubyAlign w:val="distributeSpace"/><w:hps w:val="10"/><w:lid w:val="ja-JP"/></w:rubyPr><w:rt>{}</w:rt>'
            "<w:rubyBase>{}</w:rubyBase></w:ruby></w:r>").format(r("とうきょう"), r(read))
    yield Case("ruby.docx", "letters", write(p(r("私は") + ruby + r("に住んでいます。")) + p(n[0])), has=("私は", read, "に住んでいます。", n[0]),
               order=("私は", read, "に住んでいます。"))
    arabic, hebrew = "مرحبا بالعالم 2024 شكرا", "שלום עולם"
    yield Case("bidi.docx", "letters", write(p(r(arabic, "<w:rtl/>"), "", "<w:bidi/>") + p(r(n[1] + " ") + r(hebrew, "<w:rtl/>") + r(" " + n[2]))
        + tbl(
        2, tr(tc(p(r("الاسم", "<w:rtl/>"), "", "<w:bidi/>")), tc(n[3]))).replace("<w:tblW", "<w:bidiVisual/><w:tblW", 1) + p()),
        text=f"{arabic}\n{n[1]} {hebrew} {n[2]}\nالاسم {n[3]}", has=(arabic, f"{n[1]} {hebrew} {n[2]}"), tables=[[["الاسم", n[3]]]])
    num, den, rad = (f"q{prose.number()}" for _ in range(3))
    math = (f"<m:oMath><m:r><m:t>{n[4]}=</m:t></m:r><m:f><m:num><m:r><m:t>{num}</m:t></m:r></m:num><m:den><m:r><m:t>{den}</m:t></m:r></m:den></m:f>"
            f'<m:r><m:t>+</m:t></m:r><m:rad><m:radPr><m:degHide m:val="1"/></m:radPr><m:deg/>'
            f'<m:e><m:r><m:t>{rad}</m:t></m:r></m:e></m:rad></m:oMath>')
    yield Case("equation.docx", "letters", write(p(r(n[5] + " ") + math + r(" " + n[6])) + p(f"<m:oMathPara>{math}</m:oMathPara>") + p(n[7])),
               order=(n[5], n[4], num, den, rad, n[6], n[4], num, n[7]), has=(f"{n[4]}=",))


# Rarer things


def list_odd(prose):
    n = [prose.name() for _ in range(9)]
    styled = style("Clause", "Clause", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>') + style("SubClause", "Sub clause", "", "Clause")
    plain = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>'
    body = p(n[0], "Clause") + p(n[1], "SubClause") + p(n[2], "Clause", plain) + tbl(1, tr(tc(p(n[3], "Clause")))) + p(n[4], "Clause")
    yield Case("list-styled.docx", "lists", write(body, styles=styled, numbers=numbering([level(0, "decimal", "Clause %1:")])),
               text=f"Clause 1: {n[0]}\nClause 2: {n[1]}\n{n[2]}\nClause 3: {n[3]}\nClause 4: {n[4]}", has=(f"Clause 4: {n[4]}",))
    gone = prose.name()
    mark = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr>{}</w:rPr>'
    deleted = p(f'<w:del {MADE.format(1)}>{r(gone).replace("w:t", "w:delText")}</w:del>', "", mark.format(f"<w:del {MADE.format(2)}/>"))
    one = numbering([level(0, "decimal", "%1.")])
    yield Case("list-deleted.docx", "lists", write(item(n[5]) + deleted + item(n[6]), numbers=one), text=f"1. {n[5]}\n2. {n[6]}", lacks=(gone,),
        has=(f"2. {n[6]}",))
    linked = numbering([level(0, "upperLetter", "%1)")], [], nums=[(1, 0, ""), (2, 1, "")]).replace(
        '<w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="multilevel"/>',
        '<w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="multilevel"/>'
        '<w:numStyleLink w:val="Letters"/>').replace('<w:multiLevelType w:val="multilevel"/><w:lvl',
        '<w:multiLevelType w:val="multilevel"/><w:styleLink w:val="Letters"/><w:lvl', 1)
    names = style("Letters", "Letters", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>', "", "numbering")
    yield Case("list-linked.docx", "lists", write(item(n[0], 0, 2) + item(n[1], 0, 2) + p(n[2]) + item(n[3], 0, 2), styles=names, numbers=linked),
               text=f"A) {n[0]}\nB) {n[1]}\n{n[2]}\nC) {n[3]}", has=(f"A) {n[0]}", f"C) {n[3]}"))


def tables_odd(prose):
    n, hid = [prose.name() for _ in range(9)], prose.name()
    rows = [tr(*n[:2]), tr(tc(p(r(hid, "<w:vanish/>"), "", "<w:rPr><w:vanish/></w:rPr>")),
        tc(p(r(hid, "<w:vanish/>"), "", "<w:rPr><w:vanish/></w:rPr>")), props="<w:hidden/>"),
            tr(n[2], tc(p(n[3]) + p(n[4])))]
    wrapped = f'<w:customXml w:uri="urn:x" w:element="row">{tr(n[5], n[6])}</w:customXml>'
    yield Case("table-wrapped-rows.docx", "tables", write(p(n[7]) + tbl(2, *rows, wrapped) + p(n[8])), lacks=(hid,), order=(n[7], *n[:7], n[8]),
               text="\n".join([n[7], *n[:7], n[8]]))
    old = '<w:vMerge w:val="{}"/>'
    k = [prose.name() for _ in range(7)]
    cells = [tr(tc(k[0], '<w:hMerge w:val="restart"/>'), tc("", '<w:hMerge w:val="continue"/>'), k[1]), tr(tc(k[2], old.format("restart")), k[3],
        k[4]),
             tr(tc("", old.format("continue")), k[5], k[6])]
    yield Case("table-old-merges.docx", "tables", write(tbl(3, *cells) + p()), tables=[[[k[0], "", k[1]], [k[2], k[3], k[4]], ["", k[5], k[6]]]])


def changes_odd(prose):
    n, gone = [prose.name() for _ in range(5)], [prose.name() for _ in range(3)]
    deleted = r(gone[0]).replace("w:t", "w:delText")
    nested = f"<w:ins {MADE.format(1)}><w:del {MADE.format(2)}>{deleted}</w:del>{r(n[0])}</w:ins>"
    code = '<w:r><w:delInstrText xml:space="preserve"> REF x </w:delInstrText></w:r>'
    field = f'<w:del {MADE.format(3)}>{fld(code, r(gone[1]).replace("w:t", "w:delText"))}</w:del>'
    cell = f'<w:cellDel {MADE.format(4)}/>'
    body = (p(nested + r(" " + n[1])) + p(field + r(n[2])) + tbl(2, tr(n[3],
        tc(p(f'<w:del {MADE.format(5)}>{r(gone[2]).replace("w:t", "w:delText")}</w:del>'), cell)))
            + p(r(n[4], f'<w:b/><w:rPrChange {MADE.format(6)}><w:rPr><w:vanish/></w:rPr></w:rPrChange>')))
    yield Case("tracked-nested.docx", "changes", write(body), text="\n".join([f"{n[0]} {n[1]}", *n[2:]]), lacks=(*gone, "REF"))


def letters_odd(prose):
    n = [prose.name() for _ in range(6)]
    drop = prose.word()
    body = (p(r(drop[0].upper(), '<w:sz w:val="96"/>'), "",
        '<w:keepNext/><w:framePr w:dropCap="drop" w:lines="3" w:wrap="around" w:vAnchor="text" w:hAnchor="text"/>')
            + p(f"{drop[1:]} {n[0]}") + p(f'<w:smartTag w:uri="urn:x" w:element="place">{r(n[1])}<w:smartTag w:uri="urn:x" w:element="city">'
            f'{r(" " + n[2])}</w:smartTag></w:smartTag>'
            f'<w:bdo w:val="ltr">{r(" " + n[3])}</w:bdo><w:customXml w:uri="urn:x" w:element="y">{r(" " + n[4])}</w:customXml>'
            '<w:proofErr w:type="spellStart"/>'))
    body += f'<w:customXml w:uri="urn:x" w:element="block">{p(n[5])}</w:customXml>'
    yield Case("letters-wrapped.docx", "letters", write(body), order=(n[0], *n[1:]), has=(f"{n[1]} {n[2]} {n[3]} {n[4]}",),
        text=f"{drop[0].upper()} {drop[1:]} {n[0]}\n" + "\n".join(n[1:]),
               either=(f"{drop[0].upper()} {drop[1:]}", drop.capitalize()))


def cases(prose):
    for family in (headings_style, headings_outline, headings_localised, headings_based, lists, list_headings, list_odd, tables, tables_odd, notes,
            changes,
                   changes_odd, letters, letters_odd):
        yield from family(prose)
