"""Tables in PDF pages: rules of all kinds and none, merged, split, turned and empty cells; and what looks like a table but is none."""

import os

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle
from reportlab.lib.styles import getSampleStyleSheet

from . import Case

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
PLAIN, BOLD, SLANT = "Helvetica", "Helvetica-Bold", "Helvetica-Oblique"


def flow(page, x, y, text, width=451, size=10, font=PLAIN):
    """Writes a paragraph from the baseline y down; tells where the next line would stand."""
    for line in simpleSplit(text, font, size, width):
        page.setFont(font, size)
        page.drawString(x, y, line)
        y -= size * 1.25
    return y


def put(page, x, y, width, text, side="l", size=9, font=PLAIN):
    """A cell's lines, the first with its baseline at y."""
    page.setFont(font, size)
    for at, line in enumerate(text.split("\n")):
        where = y - at * size * 1.2
        if side == "r":
            page.drawRightString(x + width - 4, where, line)
        elif side == "c":
            page.drawCentredString(x + width / 2, where, line)
        else:
            page.drawString(x + 4, where, line)


class Grid:
    """Rows of texts with widths; heights follow from the lines in the cells."""

    def __init__(self, rows, widths, sides=None, size=9, head=1, low=6):
        self.rows, self.widths, self.sides, self.size, self.head = rows, widths, sides or "l" * len(widths), size, head
        self.heights = [max(cell.count("\n") + 1 for cell in row) * size * 1.2 + low for row in rows]
        self.edges = [sum(widths[:at]) for at in range(len(widths) + 1)]

    def levels(self, y):
        return [y - sum(self.heights[:at]) for at in range(len(self.rows) + 1)]

    def write(self, page, x, y, by_column=False):
        levels = self.levels(y)
        places = [(r, c) for r in range(len(self.rows)) for c in range(len(self.widths))]
        for r, c in sorted(places, key=lambda place: place[::-1]) if by_column else places:
            if self.rows[r][c]:
                put(page, x + self.edges[c], levels[r] - self.size - 2, self.widths[c], self.rows[r][c], self.sides[c], self.size,
                    BOLD if r < self.head else PLAIN)
        return levels[-1]

    def rule(self, page, x, y, how):
        """All rules; `how` draws one from its ends."""
        levels = self.levels(y)
        for level in levels:
            how(page, x, level, x + self.edges[-1], level)
        for edge in self.edges:
            how(page, x + edge, levels[0], x + edge, levels[-1])


def line(page, *ends):
    page.line(*ends)


def thin(page, x0, y0, x1, y1):
    page.rect(min(x0, x1) - 0.25, min(y0, y1) - 0.25, abs(x1 - x0) + 0.5, abs(y1 - y0) + 0.5, stroke=0, fill=1)


def double(page, x0, y0, x1, y1):
    for off in (-0.8, 0.8):
        page.line(x0 + off * (x0 == x1), y0 + off * (y0 == y1), x1 + off * (x0 == x1), y1 + off * (y0 == y1))


def flat(rows):
    return " ".join(cell.replace("\n", " ") for row in rows for cell in row if cell)


def money(prose, low=1000, high=99999):
    return f"{prose.number(low, high):,}"


def goods(prose, count, columns=4):
    """A head and rows as a bill has them."""
    head = ["Article", "Quantity", "Price", "Amount"][:columns]
    names = prose.random.sample(["Barley flour", "Rye bread", "Oat cakes", "Wheat bran", "Millet", "Copper kettle", "Grain sack", "Lantern oil",
                                 "Window glass", "Cart wheel", "Mill stone", "Garden chair"], count)
    return [head] + [[name, str(prose.number(2, 90)), f"{prose.number(100, 999)}.50", money(prose)][:columns] for name in names]


def around(prose, name, draw, tables, middle, top=760, **more):
    """A page with a paragraph above and one below what `draw(page, y)` draws; draw tells where it ends."""
    above, below = prose.paragraph(3), prose.paragraph(3)

    def make(path):
        page = Canvas(str(path), pagesize=A4)
        y = flow(page, 72, top, above) - 14
        y = draw(page, y)
        flow(page, 72, y - 30, below)
        page.save()
    return Case(name, "tables", make, text=f"{above} {middle} {below}", tables=tables, **more)


def ruled(prose):
    sheet = goods(prose, 6)
    widths, sides = [160, 80, 80, 90], "lrrr"

    def by(rule, before=lambda page: None):
        def draw(page, y, grid=Grid(sheet, widths, sides)):
            before(page)
            grid.rule(page, 72, y, rule)
            page.setDash()
            return grid.write(page, 72, y)
        return draw

    yield around(prose, "table_ruled_lines.pdf", by(line), [sheet], flat(sheet))
    yield around(prose, "table_ruled_thin_boxes.pdf", by(thin), [sheet], flat(sheet))
    yield around(prose, "table_ruled_dashed.pdf", by(line, lambda page: page.setDash(2, 2)), [sheet], flat(sheet))
    yield around(prose, "table_ruled_double.pdf", by(double, lambda page: page.setLineWidth(0.5)), [sheet], flat(sheet))
    boxed = goods(prose, 5)

    def boxes(page, y, grid=Grid(boxed, widths, sides)):
        levels = grid.levels(y)
        for r in range(len(boxed)):
            for c in range(4):
                page.setFillColorRGB(*((0.8, 0.85, 0.9) if r == 0 else (1, 1, 1)))
                page.rect(72 + grid.edges[c], levels[r + 1], grid.widths[c], grid.heights[r], stroke=1, fill=1)
                page.setFillGray(0)
                if boxed[r][c]:
                    put(page, 72 + grid.edges[c], levels[r] - 11, widths[c], boxed[r][c], sides[c], 9, BOLD if r == 0 else PLAIN)
        return levels[-1]

    yield around(prose, "table_cell_boxes.pdf", boxes, [boxed], flat(boxed))
    books = goods(prose, 7)

    def booktabs(page, y, grid=Grid(books, widths, sides)):
        levels = grid.levels(y)
        for level, width in ((levels[0], 1.1), (levels[1], 0.6), (levels[-1], 1.1)):
            page.setLineWidth(width)
            page.line(72, level, 72 + grid.edges[-1], level)
        return grid.write(page, 72, y)

    yield around(prose, "table_booktabs.pdf", booktabs, [books], flat(books))
    bare = goods(prose, 7)
    yield around(prose, "table_unruled.pdf", lambda page, y: Grid(bare, widths, sides).write(page, 72, y), [bare], flat(bare))
    tall = goods(prose, 6)
    yield around(prose, "table_unruled_by_column.pdf", lambda page, y: Grid(tall, widths, sides).write(page, 72, y, True), [tall], flat(tall))
    plain = [["Place", "Owner", "State", "Remarks"]] + [[prose.word().capitalize(), prose.words(2), prose.word(), prose.words(2)] for _ in range(7)]
    yield around(prose, "table_unruled_words.pdf", lambda page, y: Grid(plain, [100, 120, 90, 120]).write(page, 72, y), [plain], flat(plain))
    stripes = goods(prose, 8)

    def zebra(page, y, grid=Grid(stripes, widths, sides)):
        levels = grid.levels(y)
        for r in range(0, len(stripes), 2):
            page.setFillColorRGB(*((0.2, 0.3, 0.5) if r == 0 else (0.92, 0.94, 0.97)))
            page.rect(72, levels[r + 1], grid.edges[-1], grid.heights[r], stroke=0, fill=1)
        page.setFillGray(0)
        for r in range(len(stripes)):
            page.setFillGray(1 if r == 0 else 0)
            for c in range(4):
                put(page, 72 + grid.edges[c], levels[r] - 11, widths[c], stripes[r][c], sides[c], 9, BOLD if r == 0 else PLAIN)
        return levels[-1]

    yield around(prose, "table_zebra.pdf", zebra, [stripes], flat(stripes))


def cells(prose):
    long = [["Part", "Description", "Made by"]] + [
        [prose.word().capitalize(), "\n".join(prose.words(5) for _ in range(prose.number(1, 4))), "\n".join(prose.words(2) for _ in range(2))]
        for _ in range(5)]

    def grid(rows, widths, sides=None, **more):
        def draw(page, y):
            made = Grid(rows, widths, sides, **more)
            made.rule(page, 72, y, line)
            return made.write(page, 72, y)
        return draw

    yield around(prose, "table_lines_in_cells.pdf", grid(long, [90, 200, 120]), [long], flat(long))
    loose = [["Part", "Description", "Price"]] + [
        [prose.word().capitalize(), "\n".join(prose.words(5) for _ in range(2)), money(prose)] for _ in range(5)]

    def spread(page, y):
        made = Grid(loose, [90, 230, 90], "llr", low=14)
        page.line(72, y - made.heights[0], 482, y - made.heights[0])
        return made.write(page, 72, y)

    yield around(prose, "table_unruled_lines_in_cells.pdf", spread, [loose], flat(loose))
    holes = goods(prose, 7)
    for r, c in ((1, 1), (2, 2), (2, 3), (4, 1), (4, 2), (4, 3), (6, 0)):
        holes[r][c] = ""
    yield around(prose, "table_empty_cells.pdf", grid(holes, [160, 80, 80, 90], "lrrr"), [holes], flat(holes))
    gaps = goods(prose, 7)
    for r, c in ((2, 1), (3, 2), (5, 1), (7, 2)):
        gaps[r][c] = ""
    yield around(prose, "table_unruled_empty_cells.pdf", lambda page, y: Grid(gaps, [160, 80, 80, 90], "lrrr").write(page, 72, y), [gaps], flat(gaps))

    def laid(name, rows, style, widths):
        """Drawn by a layout program that knows merged cells."""
        above, below = prose.paragraph(3), prose.paragraph(3)

        def make(path):
            sheet = getSampleStyleSheet()
            table = Table(rows, widths, style=TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONTSIZE", (0, 0), (-1, -1), 9), *style]))
            SimpleDocTemplate(str(path), pagesize=A4).build(
                [Paragraph(above, sheet["BodyText"]), Spacer(1, 10), table, Spacer(1, 20), Paragraph(below, sheet["BodyText"])])
        return Case(name, "tables", make, text=f"{above} {flat(rows)} {below}", tables=[rows])

    def figures(count):
        return [money(prose) for _ in range(count)]

    wide = [["Mill", "First half", "", "Second half", ""], ["", "Spring", "Early summer", "Late summer", "Autumn"]] + [
        [prose.word().capitalize(), *figures(4)] for _ in range(4)]
    yield laid("table_merged_across.pdf", wide,
               [("SPAN", (1, 0), (2, 0)), ("SPAN", (3, 0), (4, 0)), ("ALIGN", (1, 0), (-1, 0), "CENTER")], [90] + [80] * 4)

    def regions():
        return [["Region", "Mill", "Tons"]] + [
            ["" if at % 3 else prose.word().capitalize(), prose.word().capitalize(), money(prose)] for at in range(6)]

    yield laid("table_merged_down.pdf", regions(),
               [("SPAN", (0, 1), (0, 3)), ("SPAN", (0, 4), (0, 6)), ("VALIGN", (0, 1), (0, -1), "TOP")], [120, 120, 90])
    yield laid("table_merged_down_middle.pdf", regions(),
               [("SPAN", (0, 1), (0, 3)), ("SPAN", (0, 4), (0, 6)), ("VALIGN", (0, 1), (0, -1), "MIDDLE")], [120, 120, 90])
    nested = [["Harvest by field, in tons", "", "", "", ""], ["Field", "Northern valley", "", "Southern valley", ""],
              ["", "Barley", "Rye", "Barley", "Rye"]] + [
        [prose.word().capitalize(), *figures(4)] for _ in range(4)]
    yield laid("table_heads_nested.pdf", nested,
               [("SPAN", (0, 0), (4, 0)), ("SPAN", (0, 1), (0, 2)), ("SPAN", (1, 1), (2, 1)), ("SPAN", (3, 1), (4, 1)),
                ("ALIGN", (0, 0), (-1, 1), "CENTER"),
                ("VALIGN", (0, 1), (0, 1), "TOP")], [90] + [75] * 4)
    total = goods(prose, 5)
    total.append(["Total", "", "", money(prose, 100000, 900000)])

    def summed(page, y):
        made = Grid(total, [160, 80, 80, 90], "lrrr")
        levels = made.levels(y)
        page.line(72, levels[1], 482, levels[1])
        page.line(402, levels[-2], 482, levels[-2])
        double(page, 402, levels[-1], 482, levels[-1])
        return made.write(page, 72, y)

    yield around(prose, "table_total.pdf", summed, [total], flat(total))
    title, note = f"Table {prose.number(1, 9)}. {prose.sentence(6)}", f"Source: {prose.sentence(8)}"
    body = goods(prose, 5)

    def captioned(page, y):
        flow(page, 72, y - 8, title, font=BOLD, size=9)
        made = Grid(body, [160, 80, 80, 90], "lrrr")
        made.rule(page, 72, y - 18, line)
        return flow(page, 72, made.write(page, 72, y - 18) - 12, note, size=8, font=SLANT)

    yield around(prose, "table_caption_and_note.pdf", captioned, [body], f"{title} {flat(body)} {note}")


def accounts(prose):
    names = ["Sales", "Cost of grain", "Gross profit", "Wages", "Repairs of the mill", "Interest paid", "Profit for the year"]
    minus = {1, 3, 4, 5}
    rows = [["", "2023", "2022"]] + [
        [name, *(f"({money(prose)})" if at in minus else money(prose) for _ in range(2))] for at, name in enumerate(names)]

    def draw(page, y):
        for at, (name, this, last) in enumerate(rows):
            base = y - 12 - at * 16
            page.setFont(BOLD if at in (0, 3, 7) else PLAIN, 9)
            page.drawString(76, base, name)
            if name:
                start = 80 + pdfmetrics.stringWidth(name, page._fontname, 9)
                page.drawString(start, base, "." * int((320 - start) / 2.51))
            for edge, text in ((400, this), (482, last)):
                page.drawRightString(edge + 3 * text.endswith(")"), base, text)
            if at in (2, 6):
                page.line(350, base - 4, 402, base - 4)
                page.line(432, base - 4, 484, base - 4)
        return y - 12 - 16 * len(rows)

    yield around(prose, "table_statement_with_leaders.pdf", draw, [rows], flat(rows))
    signs = [["", "Note", "2023 £", "2022 £"]] + [
        [name, str(at) if at % 2 else "", *(f"{'-' if at in minus else ''}{money(prose)}" for _ in range(2))]
                                                for at, name in enumerate(names, 1)]

    def noted(page, y):
        made = Grid(signs, [190, 50, 85, 85], "lcrr", low=4)
        levels = made.levels(y)
        for at in (4, 7):
            page.line(325, levels[at], 395 + 8, levels[at])
            page.line(410, levels[at], 482, levels[at])
        return made.write(page, 72, y)

    yield around(prose, "table_statement_with_notes.pdf", noted, [signs], flat(signs))


def pages(prose):
    rows, above, below = [["Day", "Mill", "Grain", "Sacks"]], prose.paragraph(2), prose.paragraph(2)
    for at in range(1, 56):
        rows.append([f"{at} {prose.word()}", prose.word().capitalize(), prose.word(), str(prose.number())])

    def laid(path):
        sheet = getSampleStyleSheet()
        table = LongTable(rows, [110, 110, 110, 80], repeatRows=1, style=TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))
        SimpleDocTemplate(str(path), pagesize=A4).build(
            [Paragraph(above, sheet["BodyText"]), Spacer(1, 8), table, Spacer(1, 20), Paragraph(below, sheet["BodyText"])])

    yield Case("table_two_pages.pdf", "tables", laid, text=f"{above} {flat(rows)} {below}", either=(flat(rows[:1]),), tables=[rows])
    bare = [["Day", "Mill", "Grain", "Sacks"]] + [
        [f"{at} {prose.word()}", prose.word().capitalize(), prose.word(), str(prose.number())] for at in range(1, 31)]

    def furnished(path):
        page = Canvas(str(path), pagesize=A4)
        for number, part in ((1, bare[:18]), (2, bare[:1] + bare[18:])):
            page.setFont(PLAIN, 8)
            page.drawString(72, 805, "Accounts of the mill")
            page.drawRightString(523, 30, f"Page {number} of 2")
            made = Grid(part, [110, 110, 110, 80], "lllr")
            if number == 1:
                flow(page, 72, 770, above)
            y = 420 if number == 1 else 780
            page.line(72, y - made.heights[0], 482, y - made.heights[0])
            y = made.write(page, 72, y)
            if number == 1:
                flow(page, 72, 700, below)
            else:
                flow(page, 72, y - 30, tail)
            page.showPage()
        page.save()

    tail = prose.paragraph(2)
    yield Case("table_two_pages_unruled.pdf", "tables", furnished, text=f"{above} {below} {flat(bare)} {tail}", tables=[bare],
               either=(flat(bare[:1]), "Accounts of the mill", "Page 1 of 2", "Page 2 of 2"))
    parts = [prose.words(4) for _ in range(6)]
    rows_cut = [["Place", "Account", "Year"]] + [
        [prose.word().capitalize(), "\n".join(prose.words(4) for _ in range(2)), str(prose.number(1800, 1999))] for _ in range(4)]
    cut = [prose.word().capitalize(), "\n".join(parts), str(prose.number(1800, 1999))]
    rest = [[prose.word().capitalize(), "\n".join(prose.words(4) for _ in range(2)), str(prose.number(1800, 1999))] for _ in range(3)]
    whole = [*rows_cut, cut, *rest]

    def broken(path, head=False):
        page = Canvas(str(path), pagesize=A4)
        y = flow(page, 72, 770, above)
        y = flow(page, 72, y - 10, below)
        for part, y in (([*rows_cut, [cut[0], "\n".join(parts[:3]), cut[2]]], 250), ([*rows_cut[:head], ["", "\n".join(parts[3:]), ""], *rest], 780)):
            made = Grid(part, [110, 220, 80], head=int(y < 700 or head))
            made.rule(page, 72, y, line)
            y = made.write(page, 72, y)
            if part[-1] is rest[-1]:
                flow(page, 72, y - 25, tail)
            page.showPage()
        page.save()

    yield Case("table_row_cut_by_page.pdf", "tables", broken, text=f"{above} {below} {flat(whole)} {tail}", tables=[whole],
               order=(" ".join(parts[:3]), " ".join(parts[3:])), either=(cut[2],))
    yield Case("table_row_cut_by_page_head_again.pdf", "tables", lambda path: broken(path, True), text=f"{above} {below} {flat(whole)} {tail}",
               tables=[whole], either=(cut[2], flat(rows_cut[:1])))


def places(prose):
    months = ("May", "June", "July", "August", "September", "October")

    def rain(count):
        return [["Month", "Rain"]] + [[name, str(prose.number(10, 99))] for name in months[:count]]

    left, right = goods(prose, 5, 2), rain(5)

    def beside(page, y, how=line):
        a, b = Grid(left, [130, 70], "lr"), Grid(right, [110, 60], "lr")
        if how:
            a.rule(page, 72, y, how)
            b.rule(page, 330, y, how)
        a.write(page, 72, y)
        return b.write(page, 330, y)

    yield around(prose, "table_side_by_side.pdf", beside, [left, right], f"{flat(left)} {flat(right)}")
    odd, even = goods(prose, 4, 2), rain(6)

    def uneven(page, y):
        a, b = Grid(odd, [130, 70], "lr", low=9), Grid(even, [110, 60], "lr")
        a.rule(page, 72, y, line)
        b.rule(page, 330, y, line)
        return min(a.write(page, 72, y), b.write(page, 330, y))

    yield around(prose, "table_side_by_side_uneven.pdf", uneven, [odd, even], f"{flat(odd)} {flat(even)}")
    turned, caption = goods(prose, 7), f"Table {prose.number(1, 9)}. {prose.sentence(5)}"

    def sideways(path, turn=0):
        page = Canvas(str(path), pagesize=A4[::-1] if turn else A4)  # it swaps the sides of pages that are turned
        page.setPageRotation(turn)
        page.translate(595, 0)
        page.rotate(90)
        flow(page, 90, 480, caption, font=BOLD)
        made = Grid(turned, [240, 120, 120, 140], "lrrr", 10)
        made.rule(page, 90, 460, line)
        made.write(page, 90, 460)
        page.save()

    yield Case("table_sideways_text.pdf", "tables", sideways, text=f"{caption} {flat(turned)}", tables=[turned])
    yield Case("table_sideways_page.pdf", "tables", lambda path: sideways(path, 90), text=f"{caption} {flat(turned)}", tables=[turned])
    inner, one, two, three = goods(prose, 4, 3), prose.paragraph(7), prose.paragraph(4), prose.paragraph(10)

    def columns(path):
        page = Canvas(str(path), pagesize=A4)
        y = flow(page, 60, 770, one, 225) - 8
        made = Grid(inner, [105, 60, 60], "lrr", 8)
        made.rule(page, 60, y, line)
        flow(page, 60, made.write(page, 60, y) - 20, two, 225)
        flow(page, 310, 770, three, 225)
        page.save()

    yield Case("table_in_column.pdf", "tables", columns, text=f"{one} {flat(inner)} {two} {three}", tables=[inner])
    steep = [["Mill", "Barley", "Oats", "Rye", "Wheat"]] + [
        [prose.word().capitalize(), *(str(prose.number(10, 99)) for _ in range(4))] for _ in range(5)]

    def upright(page, y):
        made = Grid(steep, [120, 40, 40, 40, 40], "lcccc")
        made.heights[0] = 60
        made.rule(page, 72, y, line)
        made.rows = [["Mill", "", "", "", ""], *steep[1:]]
        page.setFont(BOLD, 9)
        for at, name in enumerate(steep[0][1:]):
            page.saveState()
            page.translate(72 + 120 + at * 40 + 23, y - 55)
            page.rotate(90)
            page.drawString(0, 0, name)
            page.restoreState()
        return made.write(page, 72, y)

    yield around(prose, "table_upright_heads.pdf", upright, [steep], flat(steep))
    names = ["קמח", "לחם", "חיטה", "שעורה", "אבן ריחיים"]
    hebrew = [["Goods", "שם בעברית", "Price"]] + [[prose.words(2), name, money(prose)] for name in names]

    def righted(page, y):
        if not os.path.exists(FONT):
            raise FileNotFoundError(FONT)
        pdfmetrics.registerFont(TTFont("DejaVu", FONT))
        made = Grid(hebrew, [140, 140, 90], "lrr")
        made.rule(page, 72, y, line)
        made.rows = [[row[0], "", row[2]] for row in hebrew]
        page.setFont("DejaVu", 9)
        for level, row in zip(made.levels(y), hebrew):
            page.drawRightString(72 + 276, level - 11, row[1][::-1])
        return made.write(page, 72, y)

    yield around(prose, "table_right_to_left_cells.pdf", righted, [hebrew], flat(hebrew))


def none(prose):
    pairs = [(key, prose.words(2).title()) for key in ("Name:", "Street and number:", "Town:", "Date of birth:", "Profession:")]

    def listed(page, y):
        for at, (key, value) in enumerate(pairs):
            page.setFont(BOLD, 10)
            page.drawString(72, y - 12 - at * 15, key)
            start = 76 + pdfmetrics.stringWidth(key, BOLD, 10)
            page.setFont(PLAIN, 10)
            page.drawString(start, y - 12 - at * 15, value)
        return y - 15 * len(pairs)

    yield around(prose, "no_table_pairs.pdf", listed, [], " ".join(f"{key} {value}" for key, value in pairs))
    warning = prose.paragraph(4)

    def boxed(page, y):
        end = flow(page, 84, y - 16, warning, 420)
        page.rect(72, end, 451, y - end)
        return end

    yield around(prose, "no_table_box.pdf", boxed, [], warning)
    long, short = [prose.sentence(prose.number(18, 30)) for _ in range(5)], [prose.sentence(8) for _ in range(6)]

    def numbered(page, y, points):
        for at, point in enumerate(points, 1):
            page.setFont(PLAIN, 10)
            page.drawString(72, y - 12, f"{at}.")
            y = flow(page, 100, y - 12, point, 420) + 6
        return y

    for name, points in (("list", long), ("lines", short)):
        yield around(prose, f"no_table_numbered_{name}.pdf", lambda page, y, points=points: numbered(page, y, points), [],
                     " ".join(f"{at}. {point}" for at, point in enumerate(points, 1)))
    bars = [(prose.word().capitalize(), prose.number(20, 90)) for _ in range(5)]

    def chart(page, y):
        page.line(72, y - 120, 400, y - 120)
        page.line(72, y, 72, y - 120)
        for at, (_, height) in enumerate(bars):
            page.setFillGray(0.5)
            page.rect(90 + at * 60, y - 120, 40, height, stroke=0, fill=1)
        page.setFillGray(0)
        for at, (name, _) in enumerate(bars):
            put(page, 80 + at * 60, y - 132, 60, name, "c", 8)
        return y - 135

    yield around(prose, "no_table_chart.pdf", chart, [], " ".join(name for name, _ in bars))
    first, second, lines = prose.name(), prose.name(), [prose.sentence(7) for _ in range(4)]

    def underlined(page, y):
        """Two places for signatures, each with a rule above the name."""
        for at, text in enumerate(lines):
            page.setFont(PLAIN, 10)
            page.drawString(72, y - 12 - at * 14, text)
        page.line(72, y - 110, 232, y - 110)
        page.line(300, y - 110, 460, y - 110)
        page.drawString(72, y - 122, first)
        page.drawString(300, y - 122, second)
        return y - 130

    yield around(prose, "no_table_signatures.pdf", underlined, [], f"{' '.join(lines)} {first} {second}")


def cases(prose):
    for part in (ruled, cells, accounts, pages, places, none):
        yield from part(prose)
