"""Order of reading on PDF pages: columns, notes, boxes, headings, lists, letters, a newspaper, and text that runs on over pages."""

from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from PIL import Image

from . import Case

PLAIN, BOLD, SLANT, SERIF = "Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Times-Roman"


def wrap(text, width, size=10, font=PLAIN):
    return simpleSplit(text, font, size, width)


def lay(page, x, y, lines, size=10, font=PLAIN, step=None):
    """Lines from the baseline y down; tells where the next would stand."""
    for line in lines:
        page.setFont(font, size)
        page.drawString(x, y, line)
        y -= step or size * 1.25
    return y


def flow(page, x, y, text, width=451, size=10, font=PLAIN):
    return lay(page, x, y, wrap(text, width, size, font), size, font)


def pages(name, *draws, area="order, layout", size=A4, tables=(), **truth):
    """A case whose pages `draws` write."""
    def make(path):
        page = Canvas(str(path), pagesize=size)
        for draw in draws:
            draw(page)
            page.showPage()
        page.save()
    return Case(name, area, make, tables=list(tables) if tables is not None else None, **truth)


def columns(prose):
    def poured(texts, width, size=10):
        """Paragraphs as lines, None between them."""
        lines = []
        for text in texts:
            lines += [*wrap(text, width, size), None]
        return lines[:-1]

    def set_in(page, lines, xs, top, count, order=None, size=10):
        """Lines poured into columns of `count` lines; `order` of drawing may differ."""
        places = [(line, xs[at // count], top - at % count * size * 1.25) for at, line in enumerate(lines) if line]
        for line, x, y in sorted(places, key=order) if order else places:
            page.setFont(PLAIN, size)
            page.drawString(x, y, line)

    def case(name, xs, width, order=None, count=8, size=10):
        texts = [prose.paragraph(5) for _ in range(count)]
        lines = poured(texts, width, size)
        depth = -(-len(lines) // len(xs))
        yield pages(name, lambda page: set_in(page, lines, xs, 780, depth, order, size), text=" ".join(texts))

    two, three = (60, 310), (50, 220, 390)
    yield from case("columns_two.pdf", two, 225)
    yield from case("columns_three.pdf", three, 150, count=12, size=9)
    yield from case("columns_two_drawn_across.pdf", two, 225, lambda place: (-place[2], place[1]))
    yield from case("columns_two_right_first.pdf", two, 225, lambda place: (-place[1], -place[2]))
    yield from case("columns_three_drawn_across.pdf", three, 150, lambda place: (-place[2], place[1]), count=9)
    yield from case("columns_two_drawn_upwards.pdf", two, 225, lambda place: (place[1], place[2]))
    yield from case("columns_narrow_gap.pdf", (60, 301), 230)

    title, texts = prose.words(5).capitalize(), [prose.paragraph(4) for _ in range(7)]
    lead = prose.sentence(22)

    def headline(page):
        lay(page, 60, 775, [title], 20, BOLD)
        flow(page, 60, 748, lead, 475, 12, SLANT)
        lines = poured(texts, 225)
        set_in(page, lines, two, 700, -(-len(lines) // 2))

    yield pages("columns_under_headline.pdf", headline, text=" ".join([title, lead, *texts]), headings=[(0, title)])
    parts = [[prose.paragraph(4) for _ in range(3)] for _ in range(3)]

    def mixed(page):
        y = 780
        for at, part in enumerate(parts):
            if at == 1:
                for text in part:
                    y = flow(page, 60, y, text, 475) - 6
                y -= 10
            else:
                lines = poured(part, 225)
                set_in(page, lines, two, y, -(-len(lines) // 2))
                y -= -(-len(lines) // 2) * 12.5 + 16

    yield pages("columns_then_whole_then_columns.pdf", mixed, text=" ".join(text for part in parts for text in part))
    word = "harvestmoon"
    start, end, first = prose.words(310), prose.words(330), prose.paragraph(3)

    def cut(page):
        lay(page, 60, 780, wrap(first, 225))
        y = lay(page, 60, 700, wrap(start, 225))
        lay(page, 60, y, ["harvest-"])
        lay(page, 310, 780, wrap(f"moon {end}.", 225))

    yield pages("columns_word_cut.pdf", cut, text=f"{first} {start} {word} {end}.", has=(word,))
    texts, aside, name = [prose.paragraph(5) for _ in range(7)], prose.paragraph(2), prose.words(2).capitalize()

    def box(page):
        lines = poured(texts, 225)
        half = (len(lines) + 10) // 2
        set_in(page, lines[:16], (60,), 780, 16)
        page.setFillGray(0.9)
        page.rect(56, 780 - 16 * 12.5 - 92, 233, 95, stroke=1, fill=1)
        page.setFillGray(0)
        lay(page, 64, 780 - 16 * 12.5 - 14, [name], 10, BOLD)
        flow(page, 64, 780 - 16 * 12.5 - 30, aside, 215, 9, SLANT)
        rest = half - 16
        set_in(page, lines[16:16 + rest], (60,), 780 - 16 * 12.5 - 112, rest)
        set_in(page, lines[16 + rest:], (310,), 780, len(lines))

    yield pages("columns_with_box.pdf", box, text=" ".join(texts), either=(f"{name} {aside}", aside, name), has=(aside,))


def notes(prose):
    texts, marks = [prose.paragraph(5) for _ in range(5)], [prose.sentence(9) for _ in range(3)]

    def side(page):
        y = 780
        for at, text in enumerate(texts):
            if at % 2 == 0:
                flow(page, 470, y - 14, marks[at // 2], 95, 8, SLANT)
            y = flow(page, 72, y, text, 370) - 8

    yield pages("notes_at_side.pdf", side, text=" ".join(texts), either=tuple(marks), has=tuple(marks))

    def side_left(page):
        for at in (0, 2, 4):
            flow(page, 40, 766 - at * 75, marks[at // 2], 95, 8, BOLD)
        for at, text in enumerate(texts):
            flow(page, 160, 780 - at * 75, text, 370)

    yield pages("notes_at_left.pdf", side_left, text=" ".join(texts), either=tuple(marks), has=tuple(marks))
    lead, long, tail = [prose.paragraph(5) for _ in range(4)], prose.words(190).capitalize() + ".", [prose.paragraph(6) for _ in range(4)]
    feet = [f"{at} {prose.sentence(9)}" for at in (1, 2)]

    def footed(page):
        x, y = 60, 780
        for text in [*lead, long, *tail]:
            for line in wrap(text, 225):
                if y < 120:
                    x, y = 310, 780
                y = lay(page, x, y, [line])
            y -= 6
        for x, foot in ((60, feet[0]), (310, feet[1])):
            page.line(x, 105, x + 70, 105)
            flow(page, x, 92, foot, 225, 7.5)

    yield pages("notes_at_foot_of_columns.pdf", footed, text=" ".join([*lead, long, *tail]), either=tuple(feet), has=(long, *feet))
    one, run, two = [prose.paragraph(7) for _ in range(6)], prose.words(150).capitalize() + ".", prose.paragraph(6)
    lines, foot = wrap(run, 451), f"1 {prose.sentence(14)}"

    def page_one(page):
        y = 780
        for text in one:
            y = flow(page, 72, y, text) - 6
        y = lay(page, 72, y, lines[:6])
        page.line(72, y - 4, 200, y - 4)
        flow(page, 72, y - 16, foot, size=8)

    def page_two(page):
        flow(page, 72, lay(page, 72, 780, lines[6:]) - 8, two)

    yield pages("notes_at_foot_of_page.pdf", page_one, page_two, text=" ".join([*one, run, two]), either=(foot,), has=(run, foot))
    title, author = prose.words(3).title(), prose.words(2).title()
    bodies = [prose.words(prose.number(110, 190)).capitalize() + "." for _ in range(14)]
    flat = [(14 * (at == 0), line) for text in bodies for at, line in enumerate(wrap(text, 430, 11, SERIF))]

    def furnished(number, part):
        def draw(page):
            lay(page, 72 if number % 2 == 0 else 400, 805, [title if number % 2 else author], 8, SLANT)
            for at, (indent, line) in enumerate(part):
                lay(page, 72 + indent, 770 - at * 14, [line], 11, SERIF)
            page.setFont(PLAIN, 8)
            page.drawCentredString(297, 36, f"– {number} –")
        return draw

    cut = 50
    yield pages("pages_header_footer.pdf", *(furnished(at + 7, flat[at * cut:(at + 1) * cut]) for at in range(-(-len(flat) // cut))),
                text=" ".join(bodies), either=(title, author, *(str(at) for at in range(7, 7 + -(-len(flat) // cut)))), has=tuple(bodies))
    endless = prose.words(1600).capitalize() + "."
    lines = wrap(endless, 451, 11, SERIF)
    yield pages("pages_paragraph_over_three.pdf", *(furnished(at + 7, [(0, line) for line in lines[at * cut:(at + 1) * cut]])
                                                    for at in range(-(-len(lines) // cut))),
                text=endless, has=(endless,), either=(title, author, *(str(at) for at in range(7, 10))))
    text = prose.words(160).capitalize() + "."
    halves, before, after = wrap(text, 451), [prose.paragraph(8) for _ in range(6)], prose.paragraph(8)

    kept = min(len(halves) - 3, int((780 - sum(len(wrap(part, 451)) * 12.5 + 6 for part in before) - 60) / 12.5))

    def first_page(page):
        y = 780
        for part in before:
            y = flow(page, 72, y, part) - 6
        lay(page, 72, y, halves[:kept])

    def second_page(page):
        flow(page, 72, lay(page, 72, 780, halves[kept:]) - 10, after)

    yield pages("pages_paragraph_runs_on.pdf", first_page, second_page, text=" ".join([*before, text, after]), has=(text,))
    body = prose.paragraph(9)
    body = "The " + body[0].lower() + body[1:]
    more = prose.paragraph(4)

    def drop(page):
        page.setFont("Times-Bold", 41)
        page.drawString(72, 753, "T")
        rest = body[1:]
        first = wrap(rest, 415, 10, SERIF)[:3]
        y = lay(page, 104, 780, first, 10, SERIF, 13.5)
        flow(page, 72, lay(page, 72, y, wrap(rest[len(" ".join(first)) + 1:], 451, 10, SERIF), 10, SERIF, 13.5) - 6, more, font=SERIF)

    yield pages("drop_capital.pdf", drop, text=f"{body} {more}")
    around, below, caption = prose.words(150).capitalize() + ".", prose.paragraph(4), f"Figure {prose.number(1, 9)}. {prose.sentence(5)}"

    def wrapped(page):
        grey = Image.new("RGB", (30, 20), (120, 140, 160))
        page.drawImage(ImageReader(grey), 330, 660, 190, 120)
        flow(page, 335, 645, caption, 180, 8, SLANT)
        narrow = wrap(around, 240)[:12]
        y = lay(page, 72, 772, narrow)
        y = lay(page, 72, y, wrap(around[len(" ".join(narrow)) + 1:], 451))
        flow(page, 72, y - 8, below)

    yield pages("text_beside_picture.pdf", wrapped, text=f"{around} {below}", either=(caption,), has=(caption,))
    quote, parts = prose.sentence(9), [prose.paragraph(6), prose.paragraph(6)]

    def pulled(page):
        y = flow(page, 72, 780, parts[0])
        page.line(150, y - 10, 445, y - 10)
        y = flow(page, 160, y - 32, quote, 280, 16, SLANT)
        page.line(150, y + 6, 445, y + 6)
        flow(page, 72, y - 16, parts[1])

    yield pages("pulled_quote.pdf", pulled, text=" ".join([parts[0], quote, parts[1]]))


def headings(prose):
    heads = [(1, f"1 {prose.words(2).title()}"), (2, f"1.1 {prose.words(3).capitalize()}"), (2, f"1.2 {prose.words(2).capitalize()}"),
             (1, f"2 {prose.words(2).title()}"), (2, f"2.1 {prose.words(3).capitalize()}")]
    texts = [prose.paragraph(5) for _ in heads]
    truth = " ".join(f"{head} {text}" for (_, head), text in zip(heads, texts))

    def headed(heads, style, gap=14):
        """Headings with paragraphs; `style` says font and size of a level."""
        def draw(page):
            y = 780
            for (level, head), text in zip(heads, texts):
                font, size = style(level)
                y = flow(page, 72, flow(page, 72, y, head, 451, size, font) - 4, text) - gap
        return draw

    yield pages("headings_by_size.pdf", headed(heads, lambda level: (BOLD, (0, 17, 13)[level])), text=truth, headings=heads)
    bold = [(0, prose.words(3).capitalize()) for _ in range(5)]
    said = " ".join(f"{head} {text}" for (_, head), text in zip(bold, texts))
    yield pages("headings_bold_same_size.pdf", headed(bold, lambda level: (BOLD, 10)), text=said, headings=bold)
    capital = [(0, prose.words(3).upper()) for _ in range(5)]
    yield pages("headings_capitals_larger.pdf", headed(capital, lambda level: (PLAIN, 13)), headings=capital,
                text=" ".join(f"{head} {text}" for (_, head), text in zip(capital, texts)))
    listed = [(level, prose.words(3).capitalize()) for level in (1, 2, 2, 1, 2)]

    def outlined(page):
        y = 780
        for at, ((level, head), text) in enumerate(zip(listed, texts)):
            page.bookmarkHorizontal(f"to{at}", 0, y + 12)
            page.addOutlineEntry(head, f"to{at}", level - 1)
            y = flow(page, 72, flow(page, 72, y, head, font=SLANT) - 4, text) - 14
        page.showOutline()

    yield pages("headings_in_outline.pdf", outlined, headings=listed, text=" ".join(f"{head} {text}" for (_, head), text in zip(listed, texts)))
    long = [(1, prose.words(14).capitalize()), (1, prose.words(3).capitalize()), (1, prose.words(13).capitalize())]
    yield pages("headings_over_two_lines.pdf", headed(long, lambda level: (BOLD, 16)), headings=long,
                text=" ".join(f"{head} {text}" for (_, head), text in zip(long, texts)))
    stressed = [prose.sentence(7) for _ in range(3)]
    plain = [prose.paragraph(4) for _ in range(4)]

    def emphasis(page):
        """Bold sentences that begin paragraphs, which are no headings."""
        y = 780
        for at, text in enumerate(plain):
            if at:
                page.setFont(BOLD, 10)
                page.drawString(72, y, stressed[at - 1])
                left = 76 + pdfmetrics.stringWidth(stressed[at - 1], BOLD, 10)
                first = wrap(text, 523 - left)[0]
                lay(page, left, y, [first])
                y = flow(page, 72, y - 12.5, text[len(first) + 1:]) - 8
            else:
                y = flow(page, 72, y, text) - 8

    yield pages("headings_none_bold_start.pdf", emphasis, headings=[],
                text=" ".join([plain[0], *(f"{bold} {text}" for bold, text in zip(stressed, plain[1:]))]))
    entries = [(prose.words(3).capitalize(), prose.number(2, 90)) for _ in range(8)]
    chapter, body = entries[0][0], prose.paragraph(9)

    def contents(page):
        y = lay(page, 72, 770, ["Contents"], 18, BOLD) - 10
        for name, number in entries:
            page.setFont(PLAIN, 10)
            page.drawString(72, y, name)
            start = 76 + pdfmetrics.stringWidth(name, PLAIN, 10)
            page.drawString(start, y, "." * int((500 - start) / 2.78))
            page.drawRightString(523, y, str(number))
            y -= 16

    yield pages("headings_contents_with_leaders.pdf", contents, lambda page: flow(page, 72, lay(page, 72, 770, [chapter], 18, BOLD) - 10, body),
                tables=None, headings=[(0, "Contents"), (0, chapter)],
                text=f"Contents {' '.join(f'{name} {number}' for name, number in entries)} {chapter} {body}")


def sheets(prose):
    paper, lead = "THE VALLEY HERALD", prose.words(6).capitalize()
    stories = [(prose.words(3).capitalize(), [prose.paragraph(4) for _ in range(3)]) for _ in range(2)]
    main = [prose.paragraph(4) for _ in range(6)]
    day = f"Monday, {prose.number(1, 28)} May 1934"

    def newspaper(page):
        page.setFont("Times-Bold", 38)
        page.drawCentredString(297, 780, paper)
        page.line(40, 770, 555, 770)
        page.setFont(SERIF, 9)
        page.drawString(40, 758, day)
        page.drawRightString(555, 758, "Price 2d")
        page.line(40, 752, 555, 752)
        lay(page, 40, 722, [lead], 24, "Times-Bold")
        lines = [line for text in main for line in wrap(text, 160, 9, SERIF)]
        depth = -(-len(lines) // 3)
        for at in range(3):
            lay(page, 40 + at * 178, 695, lines[at * depth:(at + 1) * depth], 9, SERIF, 11)
        y = 695 - depth * 11 - 12
        page.line(40, y + 8, 555, y + 8)
        for at, (head, texts) in enumerate(stories):
            below = lay(page, 40 + at * 265, y - 14, [head], 14, "Times-Bold") - 2
            for text in texts:
                below = flow(page, 40 + at * 265, below, text, 245, 9, SERIF)
        page.line(293, y, 293, y - 200)

    yield pages("newspaper.pdf", newspaper, either=(f"{day} Price 2d", day, "Price 2d"),
                text=f"{paper} {lead} {' '.join(main)} {' '.join(head + ' ' + ' '.join(texts) for head, texts in stories)}")
    sender = [prose.words(2).title(), f"{prose.number(1, 99)} {prose.word().capitalize()} Road", prose.word().capitalize()]
    to = [f"Dr {prose.words(2).title()}", f"{prose.number(1, 99)} {prose.word().capitalize()} Street",
          f"{prose.word().capitalize()} {prose.number(1000, 9999)}"]
    date, subject, texts = f"{prose.number(1, 28)} March 1998", prose.words(4).capitalize(), [prose.paragraph(4) for _ in range(3)]

    def letter(page):
        lay(page, 400, 790, sender, 9)
        lay(page, 72, 700, to, 11)
        page.setFont(PLAIN, 11)
        page.drawRightString(523, 640, date)
        y = lay(page, 72, 600, [subject], 11, BOLD) - 12
        y = lay(page, 72, y, ["Dear Doctor,"], 11) - 6
        for text in texts:
            y = flow(page, 72, y, text, size=11) - 8
        lay(page, 72, lay(page, 72, y - 10, ["Yours sincerely,"], 11) - 30, [sender[0]], 11)

    yield pages("letter.pdf", letter, text=" ".join([*sender, *to, date, subject, "Dear Doctor,", *texts, "Yours sincerely,", sender[0]]))
    facts = [f"Our mark: {prose.name()}", f"Telephone: {prose.number()} {prose.number()}", f"Date: {date}"]

    def office(page):
        for y, mine, other in zip((700, 686, 672), to, facts):
            lay(page, 72, y, [mine], 10)
            lay(page, 380, y, [other], 9)
        y = lay(page, 72, 600, [subject], 11, BOLD) - 12
        for text in texts:
            y = flow(page, 72, y, text) - 8

    yield pages("letter_two_blocks.pdf", office, has=(" ".join(to), " ".join(facts), *texts), order=(" ".join(to), subject, texts[0]))
    title, under, author, town = prose.words(7).title(), prose.words(6).capitalize(), prose.words(2).title(), prose.word().capitalize()
    start = prose.paragraph(6)

    def cover(page):
        y = 640
        for line in wrap(title, 380, 26, BOLD):
            page.setFont(BOLD, 26)
            page.drawCentredString(297, y, line)
            y -= 32
        for text, at, size in ((under, y - 20, 14), (f"by {author}", y - 90, 12), (f"{town}, 1998", 90, 11)):
            page.setFont(PLAIN, size)
            page.drawCentredString(297, at, text)

    yield pages("title_page.pdf", cover, lambda page: flow(page, 72, 780, start), has=(title,),
                text=f"{title} {under} by {author} {town}, 1998 {start}")
    points = [(f"{at}.", prose.sentence(25)) for at in range(1, 4)]
    inner, end = [prose.sentence(12) for _ in range(2)], prose.sentence()

    def nested(page):
        y = 780
        for mark, text in points:
            lay(page, 72, y, [mark])
            y = flow(page, 92, y, text, 420)
            for at, more in enumerate(inner if mark == "2." else ()):
                lay(page, 92, y, [f"({'ab'[at]})"])
                y = flow(page, 116, y, more, 390)
        flow(page, 72, y - 10, end)

    said = [f"{mark} {text}" + (f" (a) {inner[0]} (b) {inner[1]}" if mark == "2." else "") for mark, text in points]
    yield pages("list_in_list.pdf", nested, text=" ".join([*said, end]))


def cases(prose):
    for part in (columns, notes, headings, sheets):
        yield from part(prose)
