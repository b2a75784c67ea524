"""PDF: running text as programs set it, and where words begin and end: blanks, gaps, doubled letters, hyphens, order of drawing."""

import io
import pathlib
import shutil
import subprocess
import tempfile

from made.pdf_writer import Gathered, Pdf, advance, coded_font, composite, hexed, literal, show, standard, width, wrap

case = Gathered("text", "blanks, doubling, hyphens")


def page(content, fonts=None, **truth):
    """One page with Helvetica as F1; content bytes, or a function that adds what it needs to the file."""
    def data():
        pdf = Pdf()
        made = content(pdf) if callable(content) else (content, {})
        pdf.page(made[0], {"F1": standard()} | (fonts or {}) | made[1])
        return pdf.data()
    return data, truth


def sure(text, *more):
    return dict(text=text, has=(text, *more))


def at(x, y, operators, font="/F1 11 Tf"):
    return b"BT %s %s %s Td %s ET\n" % (font.encode(), b"%.2f" % x, b"%.2f" % y, operators)


# Plain


@case(area="plain")
def report(prose):
    """Headings and paragraphs over three pages with running headers and page numbers, as reportlab sets them."""
    head = prose.name()
    parts = [(prose.words(3).capitalize(), [prose.paragraph(6) for _ in range(3)]) for _ in range(4)]

    def data():
        from reportlab.lib.styles import getSampleStyleSheet
        from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer
        styles, out = getSampleStyleSheet(), io.BytesIO()

        def furniture(canvas, document):
            canvas.setFont("Times-Roman", 9)
            canvas.drawString(72, 810, head)
            canvas.drawCentredString(297, 30, f"Page {document.page}")
        story = []
        for title, paragraphs in parts:
            story += [Paragraph(title, styles["Heading1"]), *(Paragraph(text, styles["BodyText"]) for text in paragraphs), Spacer(1, 12)]
        SimpleDocTemplate(out).build(story, onFirstPage=furniture, onLaterPages=furniture)
        return out.getvalue()
    text = " ".join(" ".join([title, *paragraphs]) for title, paragraphs in parts)
    return data, dict(text=text, either=(head, "Page 1", "Page 2", "Page 3"), headings=[(0, title) for title, _ in parts])


@case(area="plain")
def letter(prose):
    """Sender at the right, address, date, subject, body and signature."""
    sender, address = [prose.name(), f"{prose.word()} {prose.number(1, 99)}"], [prose.name(), f"{prose.words(2)} {prose.number(1, 99)}"]
    date, subject, body, end = f"{prose.number(1, 28)} March 1998", prose.words(5).capitalize(), prose.paragraph(5), ["Yours sincerely", prose.name()]
    content = (show(sender, 400, 740) + show(address, 72, 660) + show([date], 400, 600) + show([subject], 72, 570, font="F2")
               + show(["Dear Madam,", *wrap(body)], 72, 545) + show(end, 72, 420, lead=40))
    pieces = [*sender, *address, date, subject, f"Dear Madam, {body}", *end]
    return page(content, {"F2": standard("Helvetica-Bold")}, text=" ".join(pieces), order=tuple(pieces))


def kerned(line, size=10):
    """As TeX does: a TJ array for a line, kerns in the words, the blanks as moves."""
    out = []
    for word in line.split():
        half = max(1, len(word) // 2)
        out.append(literal(word[:half]) + b"28" + literal(word[half:]))
    return b"[" + b"-333".join(out) + b"]TJ\n"


@case(area="plain")
def tex_pages(prose):
    """Two pages as pdfTeX sets them, with section numbers, kerns and page numbers."""
    parts = [(f"{number} {prose.words(3).capitalize()}", prose.paragraph(6)) for number in (1, 2)]

    def data():
        pdf = Pdf()
        for number, (title, text) in enumerate(parts, 1):
            lines = b"".join(b"0 -11.955 Td " + kerned(line) for line in wrap(text, 78))
            pdf.page(b"BT\n/F2 14.3462 Tf 133.768 657.235 Td " + kerned(title) + b"/F1 9.9626 Tf 0 -10 Td\n" + lines
                     + b"ET BT /F1 9.9626 Tf 303.509 89.365 Td [(" + str(number).encode() + b")]TJ ET",
                     {"F1": standard("Times-Roman"), "F2": standard("Times-Bold")}, packed=True)
        return pdf.data()
    return data, dict(text=" ".join(f"{title} {text}" for title, text in parts), either=("1", "2"), order=tuple(text for _, text in parts),
                      headings=[(0, title) for title, _ in parts])


@case(area="plain")
def word_runs(prose):
    """Each run a text object of its own with a matrix, in marked content, blanks at the ends of runs; empty runs between."""
    lines = wrap(prose.paragraph(5), 76)
    out = []
    for number, line in enumerate(lines):
        x = 72.024
        for word in line.split():
            out.append(b"/P <</MCID %d>> BDC q 0.00000912 0 612 792 re W* n BT /F1 11.04 Tf 1 0 0 1 %.3f %.2f Tm 0 g 0 G [%s]TJ ET Q EMC\n" % (
                len(out), x, 708 - 14.6 * number, literal(word)))
            x += width(word, 11.04)
            out.append(b"/P <</MCID %d>> BDC q BT /F1 11.04 Tf 1 0 0 1 %.3f %.2f Tm [( )]TJ ET Q EMC\n" % (len(out), x, 708 - 14.6 * number))
            x += width(" ", 11.04)
    return page(b"".join(out), **sure(" ".join(lines)))


@case(area="plain")
def bullets(prose):
    """A list whose bullets are drawn in Symbol, with lines that hang."""
    items = [prose.sentence(18) for _ in range(4)]
    content, y = b"", 700
    for item in items:
        content += at(72, y, b"(\267) Tj", "/F2 11 Tf")
        for line in wrap(item, 60):
            content += at(90, y, literal(line) + b" Tj")
            y -= 14
        y -= 4
    return page(content, {"F2": standard("Symbol", "")}, text=" ".join(items), order=tuple(items))


@case(area="plain")
def poem(prose):
    """Short lines in three verses, a title in the middle and a name at the right."""
    title, author = prose.words(3).title(), prose.name()
    verses = [[prose.words(prose.random.randrange(3, 7)).capitalize() + "," for _ in range(4)] for _ in range(3)]
    content = show([title], 306 - width(title, 16) / 2, 740, 16)
    for number, verse in enumerate(verses):
        content += show(verse, 180, 700 - 80 * number)
    content += show([author], 400, 440)
    lines = [title, *(line for verse in verses for line in verse), author]
    return page(content, text=" ".join(lines), order=tuple(lines))


@case(area="plain")
def across_pages(prose):
    """A sentence goes on over the page break, below it stand a footer and above it a header."""
    lines, footer = wrap(prose.sentence(60), 80), prose.name()
    title = prose.name()

    def data():
        pdf = Pdf()
        for number, held in enumerate((lines[:3], lines[3:]), 1):
            content = show([title], 72, 760, 9) + show(held) + show([f"{footer} {number}"], 72, 40, 8)
            pdf.page(content, {"F1": standard()})
        return pdf.data()
    return data, dict(text=" ".join(lines), either=(title, f"{footer} 1", f"{footer} 2"), order=(" ".join(lines[:3]), " ".join(lines[3:])))


@case(area="plain")
def writer_export(prose):
    """What LibreOffice makes of a text with headings, bold words and a list."""
    title, text, bold, items = prose.words(3).capitalize(), prose.paragraph(5), prose.name(), [prose.sentence(9) for _ in range(3)]

    def data():
        if not shutil.which("soffice"):
            raise FileNotFoundError("soffice")
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder, "text.fodt")
            item = "".join(f"<text:list-item><text:p>{item}</text:p></text:list-item>" for item in items)
            spaces = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"' for short, long in (
                ("office", "office"), ("text", "text"), ("style", "style"), ("fo", "xsl-fo-compatible")))
            source.write_text(
                f'<?xml version="1.0" encoding="UTF-8"?><office:document {spaces} office:version="1.3" '
                'office:mimetype="application/vnd.oasis.opendocument.text"><office:styles><style:style style:name="Heading_20_1" '
                'style:display-name="Heading 1" style:family="paragraph" style:default-outline-level="1"><style:text-properties fo:font-size="20pt" '
                'fo:font-weight="bold"/></style:style><style:style style:name="B" style:family="text"><style:text-properties fo:font-weight="bold"/>'
                '</style:style></office:styles><office:body><office:text>'
                f'<text:h text:style-name="Heading_20_1" text:outline-level="1">{title}</text:h>'
                f'<text:p>{text} <text:span text:style-name="B">{bold}</text:span></text:p><text:list>{item}</text:list></office:text></office:body>'
                '</office:document>')
            subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/lo", "--headless", "--convert-to", "pdf", "--outdir",
                            folder, source], capture_output=True, timeout=120, check=True)
            return pathlib.Path(folder, "text.pdf").read_bytes()
    return data, dict(text=" ".join([title, text, bold, *items]), order=(title, text + " " + bold, *items), headings=[(0, title)])


# Gaps


@case
def gaps_alone(prose):
    """No blank is ever drawn: moves in TJ arrays part the words."""
    lines = wrap(prose.paragraph(4), 76)
    content = b"".join(at(72, 700 - 14 * number, b"[" + b"-278".join(map(literal, line.split())) + b"] TJ") for number, line in enumerate(lines))
    return page(content, **sure(" ".join(lines)))


@case
def tight_line(prose):
    """Words stand close, as in a narrow column that had to take one more, and letters are kerned by less."""
    lines = wrap(prose.paragraph(3), 70)

    def word(text):
        return b"-25".join(literal(char) for char in text)
    content = b"".join(at(72, 700 - 14 * number, b"[" + b"-190".join(map(word, line.split())) + b"] TJ") for number, line in enumerate(lines))
    return page(content, **sure(" ".join(lines)))


@case
def letterspaced_headings(prose):
    """Titles with wide letters: by Tc, by moves between all letters, and by single letters at places."""
    titles = [f"{prose.word()} {prose.word()}".upper() for _ in range(3)]
    bodies = [prose.sentence(10) for _ in range(3)]
    content = b"BT /F1 14 Tf 7 Tc 14 Tw 72 740 Td %s Tj ET BT 0 Tc 0 Tw ET\n" % literal(titles[0])
    moves = b"-1100".join(b"-450".join(literal(char) for char in word) for word in titles[1].split())
    content += b"BT /F1 14 Tf 72 660 Td [%s] TJ ET\n" % moves
    x = 72
    for char in titles[2]:
        if char != " ":
            content += at(x, 580, literal(char) + b" Tj", "/F1 14 Tf")
        x += width(char, 14) + (5 if char != " " else 8)
    content += b"".join(show([body], 72, 715 - 80 * number) for number, body in enumerate(bodies))
    pieces = [piece for pair in zip(titles, bodies) for piece in pair]
    return page(content, **sure(" ".join(pieces)))


@case
def kerns_both_ways(prose):
    """Large moves forth and back that sum up to little, and blanks with a move back behind them."""
    words = [prose.word() for _ in range(7)]
    parts = []
    for number, word in enumerate(words):
        half = len(word) // 2
        if number % 2:
            parts.append(literal(word[:half]) + b"-900 880" + literal(word[half:]) + b"40" + literal(" "))
        else:
            parts.append(literal(word[:half]) + b"60" + literal(word[half:]) + literal(" ") + b"-120 70")
    return page(at(72, 700, b"[" + b"".join(parts) + b"] TJ"), **sure(" ".join(words)))


@case
def blanks_of_another_font(prose):
    """Each blank is drawn in a second font at half the size; some are too many and overlapped by a move."""
    lines = wrap(prose.paragraph(3), 70)
    content = b""
    for number, line in enumerate(lines):
        content += b"BT 72 %d Td " % (700 - 14 * number)
        content += b" /F2 5.5 Tf [( )-250( )] TJ ".join(b"/F1 11 Tf " + literal(word) + b" Tj" for word in line.split()) + b" ET\n"
    return page(content, {"F2": standard("Courier")}, **sure(" ".join(lines)))


@case
def blanks_without_width(prose):
    """The blank's width is 0 in the font; the gap comes from Tw, or from a move behind it."""
    lines = wrap(prose.paragraph(3), 60)

    def content(pdf):
        font, code = coded_font(pdf, "".join(lines), change={" ": 0})
        out = b"BT /F2 11 Tf 3.4 Tw 15 TL 72 700 Td " + b"".join(code(line) + b" Tj T* " for line in lines[:2])
        out += b"0 Tw " + b"".join(b"[" + b"-310".join(code(word + " ") for word in line.split()) + b"] TJ T* " for line in lines[2:]) + b"ET"
        return out, {"F2": font}
    return page(content, **sure(" ".join(lines)))


@case
def state_of_text(prose):
    """Tc, Tw, Tz, Ts and TL set by all operators that can; words whose halves are drawn apart must meet."""
    words = [[prose.word() for _ in range(5)] for _ in range(4)]
    content = b""
    for number, (line, scale, gap, space) in enumerate(zip(words, (60, 150, 100, 80), (0.5, 0, 1.5, -0.3), (2, -1, 6, 4))):
        x, y = 72, 700 - 24 * number
        for word in line:
            half = len(word) // 2
            for part in (word[:half], word[half:]):
                rise = 3 if number == 2 else 0
                content += b"BT /F1 12 Tf %d Tz %g Tc %g Tw %d Ts %.2f %d Td %s Tj ET\n" % (scale, gap, space, rise, x, y - rise, literal(part))
                x += (width(part, 12) + gap * len(part)) * scale / 100
            x += (width(" ", 12) + gap + space) * scale / 100
    content += b'BT 0 Ts 100 Tz /F1 12 Tf 20 TL 72 590 Td 5 1 (two of them) " 0 Tc (below) \' ET'
    return page(content, **sure(" ".join(" ".join(line) for line in words) + " two of them below"))


@case
def justified(prose):
    """A narrow column set to both edges: gaps of all widths, up to those of three blanks."""
    lines = wrap(prose.paragraph(6), 34)
    content = b""
    for number, line in enumerate(lines):
        gaps = line.count(" ")
        room = (180 - width(line)) / gaps if gaps and number < len(lines) - 1 else 0
        content += b"BT /F1 11 Tf %.3f Tw 72 %d Td %s Tj ET\n" % (room, 700 - 13 * number, literal(line))
    return page(content, **sure(" ".join(lines)))


@case
def letter_by_letter(prose):
    """Each letter has its own place, some drawn long before their neighbours; blanks are not drawn."""
    lines = wrap(prose.paragraph(2), 60)
    glyphs = []
    for number, line in enumerate(lines):
        x = 72
        for char in line:
            glyphs.append((x, 700 - 15 * number, char))
            x += width(char)
    glyphs = [glyph for glyph in glyphs if glyph[2] != " "]
    glyphs.sort(key=lambda glyph: (glyph[2], glyph[0]))
    content = b"".join(at(x, y, literal(char) + b" Tj") for x, y, char in glyphs)
    return page(content, **sure(" ".join(lines)))


@case
def drawn_backwards(prose):
    """Words from right to left in each line, lines from the lowest up, letters in two halves."""
    lines = wrap(prose.paragraph(3), 66)
    content = b""
    for number, line in reversed(list(enumerate(lines))):
        x, words = 72, []
        for word in line.split():
            half = len(word) // 2
            words += [(x, word[:half]), (x + width(word[:half]), word[half:])]
            x += width(word + " ")
        content += b"".join(at(x, 700 - 15 * number, literal(part) + b" Tj") for x, part in reversed(words))
    return page(content, **sure(" ".join(lines)))


# Doubled


@case
def bold_by_doubling(prose):
    """Drawn twice or three times, a little apart; words that are meant twice stay so."""
    word = prose.word()
    lines = [f"{prose.words(3)} {word} {word} {prose.name()}", prose.words(6), f"{prose.words(2)} 77 77 11 aa"]
    content = show(lines[:1], 72, 700) + show(lines[:1], 72.4, 700)
    content += b"".join(show(lines[1:2], 72 + shift, 680) for shift in (0, 0.25, 0.5))
    x = 72
    for char in lines[2]:
        content += b"".join(at(x + shift, 660, literal(char) + b" Tj") for shift in (0, 0.3) if char != " ")
        x += width(char)
    return page(content, **sure(" ".join(lines)))


@case
def shadows(prose):
    """A grey line lies a little below and right of the black one; one title is filled and then stroked."""
    title, second, body = prose.words(3).title(), prose.words(3).title(), prose.paragraph(2)
    content = b"0.7 g " + show([title], 73.5, 698.5, 20) + b"0 g " + show([title], 72, 700, 20)
    content += b"0 Tr 0.9 g " + show([second], 72, 660, 20) + b"1 Tr 0 G 0.3 w " + show([second], 72, 660, 20)
    content += b"0 Tr 0 g " + show(wrap(body), 72, 620)
    return page(content, **sure(f"{title} {second} {body}"))


# Hyphens


@case
def hyphens(prose):
    """Words broken at the ends of lines come together; the hyphens of compounds and of years stay."""
    name = prose.name()
    lines = ["Every harvest the well-known miller took grain to the mar-", "ket by the river, and the moun-", "tain road was long. The well-",
             "known miller had been there in the years 1998-", "2004, when the orches-", f"tra played for {name}. The",
             "mother-in-law of the cap-", "tain came too - she always did - and her mother-", "in-law as well."]
    text = ("Every harvest the well-known miller took grain to the market by the river, and the mountain road was long. The well-known miller had "
            f"been there in the years 1998-2004, when the orchestra played for {name}. The mother-in-law of the captain came too - she always did - "
            "and her mother-in-law as well.")
    return page(show(lines), text=text, has=(
        "market by", "mountain road", "The well-known miller had", "1998-2004", "orchestra", "captain came too - she", "mother-in-law of",
        "her mother-in-law as"))


@case
def soft_hyphens(prose):
    """U+00AD in the map to Unicode: joined at the end of a line, not seen within it."""
    lines = ["The messenger went from har\u2027vest to win\u00ad", f"ter with {prose.name()} and the remem\u00ad", "brance of moun\u2027tains."]
    text = "".join(lines).replace("\u00ad", "").replace("\u2027", "")

    def content(pdf):
        font, code = coded_font(pdf, "".join(lines), {"\u2027": 0}, {"\u2027": " ", "\u00ad": "-"}, {"\u2027": "\u00ad"})
        out = b"BT /F2 11 Tf 15 TL 72 700 Td " + b"".join(code(line) + b" Tj T* " for line in lines) + b"ET"
        return out, {"F2": font}
    return page(content, **sure(text, "harvest to winter", "remembrance of mountains"))


# Larger and smaller letters


@case
def ligatures(prose):
    """Glyphs of ligatures amid a word, placed singly, mapped to the signs of Unicode."""
    text = f"The oﬃce aﬃrms: the ﬁrst ﬂour of {prose.name()} in the waﬄe scuﬀ"

    def content(pdf):
        font, code = coded_font(pdf, text)
        out, x = b"", 72.0
        for char in text:
            if char != " ":
                out += at(x, 700, code(char) + b" Tj", "/F2 11 Tf")
            x += advance(char) * 0.011
        return out, {"F2": font}
    return page(content, **sure(text, "office affirms", "first flour", "waffle scuff"))


@case
def drop_capital(prose):
    """A capital three lines high begins the word."""
    first = prose.random.choice(("Harvest", "Morning", "Travel", "Winter"))
    lines = wrap(f"{first} {prose.paragraph(4)}", 56)
    capital, size = first[0], 48
    x = 72 + width(capital, size) + 2
    content = b"BT /F1 %d Tf 72 672 Td %s Tj ET\n" % (size, literal(capital))
    content += show([lines[0][1:], *lines[1:3]], x, 697, 11, 12.5) + show(lines[3:], 72, 659.5, 11, 12.5)
    return page(content, **sure(" ".join(lines), first))


@case
def raised_marks(prose):
    """Small raised figures and a lowered one must not break their lines, nor come before or after them."""
    parts, formula = [prose.words(4) for _ in range(4)], ("CO", "2")
    notes = [prose.sentence(7) for _ in range(2)]
    content = (b"BT /F1 11 Tf 14 TL 72 700 Td %s Tj /F1 6.5 Tf 4 Ts (1) Tj /F1 11 Tf 0 Ts %s Tj T* %s Tj /F1 6.5 Tf 4 Ts (2) Tj /F1 11 Tf 0 Ts %s Tj "
               b"T* (the air holds CO) Tj /F1 6.5 Tf -2 Ts (2) Tj /F1 11 Tf 0 Ts ( only) Tj ET\n" % tuple(
                   literal(part) for part in (parts[0], f" {parts[1]}", parts[2], f" {parts[3]}")))
    for number, note in enumerate(notes, 1):
        y = 120 - 14 * number
        content += at(72, y + 3, literal(str(number)) + b" Tj", "/F1 5.5 Tf") + at(76, y, literal(note) + b" Tj", "/F1 9 Tf")
    return page(content, has=("".join(formula) + " only",), order=(parts[0], "1", parts[1], parts[2], "2", parts[3], "the air holds", *notes))


# Leaders, numbers, code


@case
def contents_leaders(prose):
    """A table of contents: dots lead to the page numbers, drawn as a string, singly, or in a font of their own."""
    rows = [(f"{number} {prose.words(3)}", str(prose.number(10, 300))) for number in range(1, 8)]
    content = show(["Contents"], 72, 740, 16)
    for number, (title, where) in enumerate(rows):
        y, start, end = 700 - 18 * number, 72 + width(title) + 6, 520 - width(where) - 4
        content += at(72, y, literal(title) + b" Tj") + at(520 - width(where), y, literal(where) + b" Tj")
        if number % 3 == 0:
            content += at(start, y, b"(" + b"." * int((end - start) / width(".")) + b") Tj")
        elif number % 3 == 1:
            content += b"".join(at(x, y, b"(.) Tj") for x in range(int(start), int(end), 6))
        else:
            content += at(start, y, b"(" + b" ." * int((end - start) / 5.5) + b") Tj", "/F2 11 Tf")
    pieces = tuple(piece for row in rows for piece in row)
    return page(content, {"F2": standard("Times-Roman")}, text="Contents " + " ".join(pieces), order=pieces)


@case
def thin_blanks(prose):
    """Figures grouped by thin blanks: as signs of their own, and as small moves; digits of one number stay together."""
    a, b = prose.number(1000000, 9999999), prose.number(1000000, 9999999)
    groups = f"{a:,}".split(",")
    first, second = "\u2009".join(groups), f"{b:,}".replace(",", "\u202f")

    def content(pdf):
        font, code = coded_font(pdf, first + second + "sumofand ")
        out = at(72, 700, code(f"sum of {first} and {second}") + b" Tj", "/F2 11 Tf")
        out += at(72, 670, b"(no less than ) Tj [" + b"11 ".join(literal(char) for char in str(b)) + b"] TJ ( tons) Tj")
        return out, {"F2": font}
    return page(content, text=f"sum of {' '.join(groups)} and {f'{b:,}'.replace(',', ' ')} no less than {b} tons",
                has=(f"of {' '.join(groups)} and", f"no less than {b} tons"))


@case
def code_listing(prose):
    """A listing in Courier below a sentence: minus signs at the ends of lines are no hyphens, underscores and signs stay."""
    one, two = prose.word(), prose.word()
    lines = [f"def {one}_{two}(width, *, margin=0):", "    total = width -", "        margin", f"    if total >= 0x1F and not {two}[-1]:",
             f'        return f"{{total:>{prose.number(10, 99)}}}"', "    return None  # --strict"]
    intro = prose.sentence()
    content = show([intro], 72, 720) + show(lines, 72, 690, 10, 12, "F2")
    return page(content, {"F2": standard("Courier")}, text=" ".join([intro, *lines]),
                has=(f"def {one}_{two}(width, *, margin=0):", "total = width - margin", f"not {two}[-1]:", "# --strict"),
                order=(intro, *(map(str.strip, lines))))


@case
def line_numbers(prose):
    """Every fifth line has its number in the margin."""
    lines = wrap(prose.paragraph(10), 64)
    content = show(lines, 100, 720)
    for number in range(5, len(lines) + 1, 5):
        content += at(72, 720 - 14 * (number - 1), literal(str(number)) + b" Tj", "/F1 8 Tf")
    return page(content, text=" ".join(lines), either=tuple(str(number) for number in range(5, len(lines) + 1, 5)))


@case
def hard_blanks(prose):
    """No-break blanks and tabs in strings part words as others do; several blanks are one."""
    words = prose.words(8).split()
    text = "\u00a0".join(words[:4]) + "   " + "\u00a0 ".join(words[4:])
    return page(show([text]), **sure(" ".join(words)))


@case
def chinese_single_signs(prose):
    """Signs placed one by one over several lines, Latin words and figures amid them; no blanks between the signs."""
    signs = prose.random.sample("磨坊旁边的河水很清农民把谷物装上马车面包师在晨点灯村里市场冬天也开", 24)
    name, number = prose.word().capitalize(), str(prose.number(1000, 9999))
    lines = ["".join(signs[:12]), "".join(signs[12:18]) + f" {name} " + "".join(signs[18:20]) + f" {number} " + "".join(signs[20:])]
    content = b""
    for at_, line in enumerate(lines):
        x = 72
        for char in line:
            if char != " ":
                content += at(x, 700 - 20 * at_, hexed(char.encode("utf-16-be")) + b" Tj", "/F2 12 Tf")
            x += (12 if ord(char) > 255 else width(char, 12, "Courier") if char != " " else 4)

    def made(pdf):
        return content, {"F2": composite(pdf, dict.fromkeys(range(1, 96), 600), subtype="CIDFontType0", encoding="/UniGB-UCS2-H",
                                         ros=("Adobe", "GB1", 4), more="", name="STSong-Light")}
    return page(made, has=(lines[0], name, number, "".join(signs[20:])))


def cases(prose):
    return case.cases(prose)
