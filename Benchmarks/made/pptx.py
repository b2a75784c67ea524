"""Presentations as PowerPoint writes them: order of boxes, groups, tables, notes, charts, diagrams, hidden slides, placeholders."""

import io
import re
import zipfile

from made import Case
from made.docx import SPACES
from made.docx_parts import DIAGRAM, diagram_parts

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def show(build, patch=None):
    """Builds with python-pptx and lets patch change the parts."""
    def make(path):
        import pptx
        deck, stream = pptx.Presentation(), io.BytesIO()
        build(deck)
        deck.save(stream)
        with zipfile.ZipFile(stream) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        if patch:
            patch(parts)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in parts.items():
                file.writestr(name, content)
    return make


def add(parts, name, content, kind, of, relation, ident):
    """A new part with its type and the relation of the part that it belongs to."""
    parts[name] = content.encode() if isinstance(content, str) else content
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>",
        f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'.encode())
    relation = relation if ":" in relation else f"{OFFICE}/{relation}"
    parts[of] = parts[of].replace(b"</Relationships>", f'<Relationship Id="{ident}" Type="{relation}" Target="/{name}"/></Relationships>'.encode())


def swap(part, old, new):
    def patch(parts):
        assert old.encode() in parts[part], old
        parts[part] = parts[part].replace(old.encode(), new.encode())
    return patch


def box(shapes, text, x, y, wide=3.5, high=0.5):
    """A text box, places in inches."""
    from pptx.util import Inches
    made = shapes.add_textbox(Inches(x), Inches(y), Inches(wide), Inches(high))
    made.text_frame.word_wrap = True
    made.text_frame.text = text
    return made


def blank(deck):
    return deck.slides.add_slide(deck.slide_layouts[6])


def titled(deck, title, layout=5):
    slide = deck.slides.add_slide(deck.slide_layouts[layout])
    slide.shapes.title.text = title
    return slide


def bullets(prose):
    titles, points = [prose.words(3).capitalize() for _ in range(3)], [prose.name() for _ in range(6)]
    sub = prose.sentence(5)

    def build(deck):
        titled(deck, titles[0], 0).placeholders[1].text = sub
        for at in (1, 2):
            frame = titled(deck, titles[at], 1).placeholders[1].text_frame
            frame.text = points[at * 3 - 3]
            for level, text in ((1, points[at * 3 - 2]), (0, points[at * 3 - 1])):
                line = frame.add_paragraph()
                line.text, line.level = text, level
    yield Case("bullets.pptx", "text", show(build), headings=[(0, title) for title in titles],
               text="\n".join([titles[0], sub, titles[1], *points[:3], titles[2], *points[3:]]))


def order(prose):
    title, texts = prose.words(3).capitalize(), [prose.name() + " " + prose.words(4) for _ in range(6)]

    def build(deck):
        slide = blank(deck)
        for at in (3, 0, 5, 2, 4, 1):
            box(slide.shapes, texts[at], 1, 1 + at * 0.9, 7)
    yield Case("order.pptx", "order", show(build), text="\n".join(texts), order=tuple(texts))
    left, right = [prose.name() + " " + prose.words(9) for _ in range(3)], [prose.name() + " " + prose.words(16) for _ in range(2)]

    def columns(deck):
        slide = titled(deck, title)
        for at in (1, 0):
            box(slide.shapes, right[at], 5.2, 1.8 + at * 2.1, 4, 1.9)
        for at in (2, 0, 1):
            box(slide.shapes, left[at], 0.5, 1.8 + at * 1.4, 4, 1.2)
    yield Case("columns.pptx", "order", show(columns), text="\n".join([title, *left, *right]), order=(title, *left, *right))
    parts = [prose.name() for _ in range(6)]

    def groups(deck):
        slide = titled(deck, title)
        box(slide.shapes, parts[5], 1, 6.5)
        outer = slide.shapes.add_group_shape()
        inner = outer.shapes.add_group_shape()
        box(inner.shapes, parts[2], 1, 3.4)
        box(inner.shapes, parts[1], 1, 2.6)
        box(outer.shapes, parts[3], 1, 4.4)
        box(outer.shapes, parts[4], 1, 5.4)
        box(slide.shapes, parts[0], 1, 1.8)
    yield Case("groups.pptx", "order", show(groups), text="\n".join([title, *parts]), order=(title, *parts))
    firsts = [prose.name() for _ in range(4)]

    def slides(deck):
        for at in (2, 0, 3, 1):
            titled(deck, firsts[at])
        ids = deck.slides._sldIdLst
        for ident in [ids[1], ids[3], ids[0], ids[2]]:
            ids.append(ident)
    yield Case("slides.pptx", "order", show(slides), text="\n".join(firsts), order=tuple(firsts), headings=[(0, first) for first in firsts])

    def scaled(deck):
        slide = blank(deck)
        box(slide.shapes, parts[1], 1, 3)
        group = slide.shapes.add_group_shape()
        box(group.shapes, parts[2], 0.2, 0.2)
        box(group.shapes, parts[0], 9, 9)
        box(slide.shapes, parts[3], 1, 6.6)
        box(slide.shapes, parts[4], 1, 5.6)
        frame = group._element.grpSpPr.xfrm
        frame.off.x, frame.off.y, frame.ext.cx, frame.ext.cy = 914400, 4 * 914400, 6 * 914400, 914400
    yield Case("group-scaled.pptx", "order", show(scaled), text="\n".join([parts[1], parts[2], parts[0], parts[4], parts[3]]),
               order=(parts[1], parts[2], parts[0], parts[4], parts[3]))


def tables(prose):
    title, n = prose.words(3).capitalize(), [prose.name() for _ in range(10)]

    def build(deck):
        from pptx.util import Inches
        table = titled(deck, title).shapes.add_table(4, 3, Inches(1), Inches(2), Inches(8), Inches(3)).table
        for (row, column), text in zip(((0, 0), (0, 2), (1, 0), (1, 1), (1, 2), (2, 1), (2, 2), (3, 0), (3, 1), (3, 2)), n):
            table.cell(row, column).text = text
        table.cell(0, 0).merge(table.cell(0, 1))
        table.cell(1, 0).merge(table.cell(2, 0))
    truth = [[n[0], "", n[1]], n[2:5], ["", n[5], n[6]], n[7:10]]
    yield Case("table.pptx", "tables", show(build), tables=[truth], text="\n".join([title, *n]), headings=[(0, title)])


def notes(prose):
    title, said, seen, quiet = prose.words(3).capitalize(), prose.name() + " " + prose.sentence(), prose.name(), prose.name()

    def build(deck):
        slide = titled(deck, title)
        box(slide.shapes, seen, 1, 2)
        slide.notes_slide.notes_text_frame.text = said
    yield Case("notes.pptx", "notes", show(build), has=(title, seen, said), order=(title, seen, said))
    remark = prose.name()

    def plain(deck):
        box(titled(deck, title).shapes, seen, 1, 2)

    def comment(parts):
        ns = f'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="{SPACES["a"]}" xmlns:r="{OFFICE}"'
        of, kind = "ppt/slides/_rels/slide1.xml.rels", "application/vnd.openxmlformats-officedocument.presentationml"
        add(parts, "ppt/comments/comment1.xml",
            f'{XML}<p:cmLst {ns}><p:cm authorId="0" dt="2024-03-05T10:00:00.000" idx="1"><p:pos x="10" y="10"/><p:text>{remark}</p:text>'
            "</p:cm></p:cmLst>", f"{kind}.comments+xml", of, "comments", "rIdX")
        add(parts, "ppt/commentAuthors.xml",
            f'{XML}<p:cmAuthorLst {ns}><p:cmAuthor id="0" name="Ada Pell" initials="AP" lastIdx="1" clrIdx="0"/></p:cmAuthorLst>',
            f"{kind}.commentAuthors+xml", "ppt/_rels/presentation.xml.rels", "commentAuthors", "rIdX")
    yield Case("comments.pptx", "notes", show(plain, comment), text=f"{title}\n{seen}", either=(
        remark, f"Comment {remark}", "Comment by Ada Pell", "Ada Pell", "AP", "2024-03-05T10:00:00.000", "2024-03-05"), order=(title, seen))

    def hidden(deck):
        for at, text in enumerate((title, quiet, seen)):
            titled(deck, text)._element.set("show", "10"[at == 1])
    yield Case("hidden-slide.pptx", "hidden", show(hidden), text=f"{title}\n{seen}", lacks=(quiet,), order=(title, seen))

    def unseen(deck):
        slide = titled(deck, title)
        box(slide.shapes, seen, 1, 2)
        box(slide.shapes, quiet, 1, 3)._element.nvSpPr.cNvPr.set("hidden", "1")
    yield Case("hidden-shape.pptx", "hidden", show(unseen), text=f"{title}\n{seen}", lacks=(quiet,))


def graphics(prose):
    title, names, series = prose.words(3).capitalize(), [prose.name() for _ in range(3)], prose.name()
    caption, values = prose.name(), [prose.number() for _ in range(3)]

    def chart(deck):
        from pptx.chart.data import CategoryChartData
        from pptx.enum.chart import XL_CHART_TYPE
        from pptx.util import Inches
        data = CategoryChartData()
        data.categories = names
        data.add_series(series, values)
        made = titled(deck, title).shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(2), Inches(8), Inches(4.5), data).chart
        made.has_title = made.has_legend = True
        made.chart_title.text_frame.text = caption
        made.plots[0].has_data_labels = True
    yield Case("chart.pptx", "graphics", show(chart), has=(title, caption, series, *names, *map(str, values)))
    nodes = [prose.name() for _ in range(3)]

    def holder(deck):
        box(titled(deck, title).shapes, series, 1, 6.5)

    def diagram(parts):
        found, rels, types = diagram_parts(nodes, "ppt")
        for (name, content), (ident, kind, _) in zip(found.items(), rels):
            add(parts, name, content, types[name], "ppt/slides/_rels/slide1.xml.rels", kind, ident)
        frame = (f'<p:graphicFrame xmlns:dgm="{SPACES["dgm"]}"><p:nvGraphicFramePr><p:cNvPr id="20" name="Diagram 1"/><p:cNvGraphicFramePr/>'
                 '<p:nvPr/></p:nvGraphicFramePr><p:xfrm>'
                 f'<a:off x="914400" y="1828800"/><a:ext cx="5486400" cy="3657600"/></p:xfrm><a:graphic><a:graphicData uri="{SPACES["dgm"]}">'
                 f'{DIAGRAM}</a:graphicData></a:graphic>'
                 "</p:graphicFrame></p:spTree>")
        swap("ppt/slides/slide1.xml", "</p:spTree>", frame)(parts)
    yield Case("smartart.pptx", "graphics", show(holder, diagram), text="\n".join([title, *nodes, series]), order=(title, *nodes, series))


def placeholders(prose):
    title, seen, prompt, foot = prose.words(3).capitalize(), prose.name(), prose.name(), prose.name()

    def build(deck):
        slide = deck.slides.add_slide(deck.slide_layouts[3])
        slide.shapes.title.text = title
        slide.placeholders[1].text = seen

    def prompts(parts):
        for name in ("ppt/slideLayouts/slideLayout4.xml", "ppt/slideMasters/slideMaster1.xml"):
            parts[name] = re.sub(rb"Click to edit Master text styles", prompt.encode(), parts[name])
    yield Case("placeholders.pptx", "text", show(build, prompts), text=f"{title}\n{seen}", lacks=(prompt, "Click to", "Second level"),
        headings=[(0, title)])

    def feet(deck):
        slide = titled(deck, title)
        box(slide.shapes, seen, 1, 2)

    def patch(parts):
        shape = ('<p:sp><p:nvSpPr><p:cNvPr id="{0}" name="Holder {0}"/><p:cNvSpPr/><p:nvPr><p:ph type="{1}" sz="quarter" idx="{0}"/></p:nvPr>'
                 '</p:nvSpPr><p:spPr/><p:txBody>'
                 "<a:bodyPr/><a:p>{2}</a:p></p:txBody></p:sp>")
        number = '<a:fld id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="{}"><a:rPr lang="en-GB"/><a:t>{}</a:t></a:fld>'
        more = shape.format(11, "ftr", f"<a:r><a:t>{foot}</a:t></a:r>") + shape.format(12, "sldNum", number.format("slidenum", "1")) + shape.format(
            10, "dt", number.format("datetime1", "05/03/2024"))
        swap("ppt/slides/slide1.xml", "</p:spTree>", more + "</p:spTree>")(parts)
    yield Case("footers.pptx", "text", show(feet, patch), text=f"{title}\n{seen}", either=(foot, "1", "05/03/2024"), order=(title, seen),
        headings=[(0, title)])


def letters(prose):
    title, n = prose.words(3).capitalize(), [prose.name() for _ in range(5)]
    cjk = "縦書きの文章です"

    def build(deck):
        slide = titled(deck, title)
        box(slide.shapes, n[0], 1, 1.8)
        box(slide.shapes, cjk, 8.5, 1.8, 0.8, 4)._element.txBody.bodyPr.set("vert", "eaVert")
        box(slide.shapes, n[1], 1, 3, 0.5, 3)._element.txBody.bodyPr.set("vert", "vert270")
    first = "<a:p><a:r><a:t>{}</a:t></a:r></a:p>"
    field = prose.number()
    yield Case("letters.pptx", "text", show(build, swap(
        "ppt/slides/slide1.xml", first.format(n[0]),
        f'<a:p><a:r><a:t>{n[0][:4]}</a:t></a:r><a:fld id="{{00000000-1234-1234-1234-123412341234}}" type="text"><a:t>{field}</a:t>'
        f"</a:fld><a:br/><a:r><a:t>{n[0]}</a:t></a:r></a:p>")), has=(title, f"{n[0][:4]}{field} {n[0]}", n[1], cjk))
    plan = [("4.", 0, "arabicPeriod", ' startAt="4"'), ("5.", 0, "arabicPeriod", ' startAt="4"'), ("(a)", 1, "alphaLcParenBoth", ""),
        ("(b)", 1, "alphaLcParenBoth", ""),
            ("6.", 0, "arabicPeriod", ' startAt="4"'), ("I)", 1, "romanUcParenR", "")]
    texts = [prose.name() for _ in plan]
    lines = "".join(f'<a:p><a:pPr lvl="{level}" marL="{342900 * (level + 1)}" indent="-342900"><a:buFont typeface="+mj-lt"/>'
                    f'<a:buAutoNum type="{kind}"{start}/></a:pPr><a:r><a:t>{text}'
                    "</a:t></a:r></a:p>" for (_, level, kind, start), text in zip(plan, texts))

    def listed(deck):
        box(titled(deck, title).shapes, n[2], 1, 1.8, 6, 4)
    said = tuple(f"{number} {text}" for (number, *_), text in zip(plan, texts))
    yield Case("numbers.pptx", "text", show(listed, swap("ppt/slides/slide1.xml", first.format(n[2]), lines)), has=said, order=(title, *said))

    left, right, other = n[3], n[4], prose.name()

    def halves(deck):
        slide = deck.slides.add_slide(deck.slide_layouts[3])
        slide.shapes.title.text, slide.placeholders[1].text, slide.placeholders[2].text = title, left, right
        tree = slide.shapes._spTree
        for shape in (slide.placeholders[2], slide.placeholders[1], slide.shapes.title):
            tree.append(shape._element)
    yield Case("inherited.pptx", "order", show(halves), text=f"{title}\n{left}\n{right}", order=(title, left, right), headings=[(0, title)])

    def twice(parts):
        text = parts["ppt/slides/slide1.xml"].decode()
        found = re.search(r"<p:sp>(?:(?!<p:sp>).)*?" + n[2] + ".*?</p:sp>", text, re.S)[0]
        ns = f'xmlns:mc="{SPACES["mc"]}" xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main"'
        both = (f'<mc:AlternateContent {ns}><mc:Choice Requires="a14">{found}</mc:Choice><mc:Fallback>{found.replace(n[2], other)}</mc:Fallback>'
                "</mc:AlternateContent>")
        parts["ppt/slides/slide1.xml"] = text.replace(found, both).encode()

    def plain(deck):
        box(titled(deck, title).shapes, n[2], 1, 2)
    yield Case("alternate.pptx", "text", show(plain, twice), text=f"{title}\n{n[2]}", lacks=(other,))


def cases(prose):
    for family in (bullets, order, tables, notes, graphics, placeholders, letters):
        yield from family(prose)
