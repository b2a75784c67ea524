"""Pages and lines that are turned or skewed, vertical lines, stamps and watermarks, and lines from right to left."""

import io
import os
import unicodedata
import zlib

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from . import Case
from .pdf_hidden import FONT, Sheet, picture
from .pdf_layout import BOLD, SERIF, flow, lay, pages, wrap


def turned(prose):
    area = "turned, vertical"
    head, texts = prose.words(3).capitalize(), [prose.paragraph(5) for _ in range(4)]
    said = " ".join([head, *texts])

    def write(page, wide=451, top=770):
        y = lay(page, 72, top, [head], 18, BOLD) - 8
        for text in texts:
            y = flow(page, 72, y, text, wide) - 6

    def bent(name, move, turn=0, size=A4, wide=None):
        wide = size != A4 if wide is None else wide

        def draw(page):
            page.setPageRotation(turn)
            move(page)
            write(page, 600 if wide else 451, 520 if wide else 770)
        return pages(name, draw, area=area, size=size, text=said, headings=[(0, head)])

    def spin(x, y, angle):
        def move(page):
            page.translate(x, y)
            page.rotate(angle)
        return move

    wide = landscape(A4)
    yield bent("turned_page_90.pdf", spin(595, 0, 90), 90, wide)  # the sides of pages that are turned are swapped when it is written
    yield bent("turned_page_180.pdf", spin(595, 842, 180), 180)
    yield bent("turned_page_270.pdf", spin(0, 842, -90), 270, wide)
    yield bent("turned_page_90_text_not.pdf", lambda page: None, 90, wide, False)
    yield bent("turned_landscape.pdf", lambda page: None, 0, wide)
    yield bent("turned_upside_down.pdf", spin(595, 842, 180))
    yield bent("turned_skewed.pdf", spin(20, -10, 2))
    body, margin = [prose.paragraph(5) for _ in range(3)], prose.words(8).capitalize()

    def sideways(name, angle):
        def draw(page):
            spin(*((595, 0, 90) if angle == 90 else (0, 842, -90)))(page)
            y = 540
            for text in body:
                y = flow(page, 72, y, text, 650) - 8
        return pages(name, draw, area=area, text=" ".join(body))

    yield sideways("turned_text_90.pdf", 90)
    yield sideways("turned_text_minus_90.pdf", -90)
    lines = wrap(" ".join(body), 225)

    def skewed(page):
        spin(-15, 12, -1.8)(page)
        half = -(-len(lines) // 2)
        for at in range(half):
            for x, part in ((60, lines[:half]), (320, lines[half:])):
                if at < len(part):
                    lay(page, x, 770 - at * 12.5, [part[at]])

    yield pages("turned_skewed_columns.pdf", skewed, area=area, text=" ".join(body))

    def margined(page):
        page.saveState()
        spin(36, 300, 90)(page)
        lay(page, 0, 0, [margin], 16, SERIF)
        page.restoreState()
        y = 770
        for text in body:
            y = flow(page, 72, y, text) - 8

    yield pages("turned_line_in_margin.pdf", margined, area=area, text=" ".join(body), either=(margin,), has=(margin,))

    def marked(page):
        page.saveState()
        page.setFillGray(0.85)
        spin(130, 250, 50)(page)
        lay(page, 0, 0, ["CONFIDENTIAL"], 68, BOLD)
        page.restoreState()
        y = 770
        for text in texts:
            y = flow(page, 72, y, text, size=12) - 8

    yield pages("turned_watermark.pdf", marked, area=area, text=" ".join(texts), either=("CONFIDENTIAL",), order=tuple(texts))
    stamp = ["RECEIVED", f"{prose.number(1, 28)} May 2004"]

    def stamped(page):
        y = 770
        for text in body:
            y = flow(page, 72, y, text) - 8
        page.setStrokeColorRGB(0.8, 0, 0)
        page.setFillColorRGB(0.8, 0, 0)
        spin(330, y - 90, 14)(page)
        page.rect(-10, -22, 170, 52)
        lay(page, 0, 8, [stamp[0]], 20, BOLD)
        lay(page, 20, -12, [stamp[1]], 12, BOLD)

    yield pages("turned_stamp.pdf", stamped, area=area, text=f"{' '.join(body)} {' '.join(stamp)}", has=(stamp[0], stamp[1]))
    portrait, across = prose.paragraph(4), prose.paragraph(5)

    def second(page):
        page.setPageSize(wide)
        flow(page, 72, 500, across, 690)

    yield pages("turned_second_page_only.pdf", lambda page: flow(page, 72, 780, portrait), second, area=area, text=f"{portrait} {across}")
    scanned = Sheet()
    rows = wrap(" ".join(body), 420, 11)
    image = picture(scanned, 842, 595, lambda pen: [pen.text((60, 60 + at * 16), row, fill=30) for at, row in enumerate(rows)], 250)
    layer = "BT 3 Tr /F1 11 Tf\n" + "".join(f"0 1 -1 0 {72 + at * 16} 72 Tm ({row}) Tj\n" for at, row in enumerate(rows)) + "ET\n"
    scanned.page(f"q 0 842 -595 0 595 0 cm /Im Do Q\n{layer}", f"/XObject << /Im {image} 0 R >>", "/Rotate 90")
    yield Case("turned_scan_90.pdf", area, scanned.save, text=" ".join(body))


JAPANESE = ["水車小屋の朝は早い。", "川の音が静かに聞こえる。", "村の人々は麦を運んでくる。", "粉は白く、袋は重い。", "夕方になると橋の上に灯りがともる。", "冬の市場には銀の器が並ぶ。",
            "医者は島へ手紙を書いた。", "庭の林檎はまだ青い。", "先生は窓の外を見ていた。", "谷の道は細く、馬はゆっくり歩く。"]


def vertical(prose):
    texts = ["".join(prose.random.sample(JAPANESE, 6)) for _ in range(3)]
    columns = [text[at:at + 24] for text in texts for at in range(0, len(text), 24)]

    def embedded(path):
        try:
            import pymupdf
            from fontTools import subset, ttLib
        except ImportError as error:
            raise FileNotFoundError(f"a Japanese font: {error}")
        font = ttLib.TTFont(io.BytesIO(pymupdf.Font("cjk").buffer))
        told = subset.Options()
        told.notdef_outline = True
        cutter = subset.Subsetter(told)
        cutter.populate(text="".join(texts))
        cutter.subset(font)
        out = io.BytesIO()
        font.save(out)
        glyphs = {letter: font.getGlyphID(font.getBestCmap()[ord(letter)]) for letter in sorted(set("".join(texts)))}
        sheet = Sheet()
        add_font(sheet, out.getvalue(), {glyph: letter for letter, glyph in glyphs.items()}, "/DW 1000 /DW2 [880 -1000]", "Identity-V")
        codes = ["".join(f"{glyphs[letter]:04x}" for letter in text) for text in columns]
        lines = "".join(f"1 0 0 1 {520 - at * 22} 780 Tm <{code}> Tj\n" for at, code in enumerate(codes))
        sheet.page(f"BT /F3 14 Tf\n{lines}ET\n", extra="", resources="")
        page = sheet.pages[-1] - 1
        sheet.objects[page] = sheet.objects[page].replace(b"/F2 4 0 R", b"/F2 4 0 R /F3 %d 0 R" % sheet.font)
        sheet.save(path)

    yield Case("vertical_japanese.pdf", "turned, vertical", embedded, text="".join(texts), tables=[])

    def named(path):
        page = Canvas(str(path), pagesize=A4)
        pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3", isVertical=True))
        for at, text in enumerate(columns):
            page.setFont("HeiseiMin-W3", 14)
            page.drawString(520 - at * 22, 780, text)
        page.save()

    yield Case("vertical_japanese_named_font.pdf", "turned, vertical", named, text="".join(texts), tables=[])


def add_font(sheet, data, letters, widths, encoding="Identity-H"):
    """A whole TrueType font with codes that are glyphs; `letters` tells what they mean."""
    file = sheet.put(f"<< /Length1 {len(data)} /Filter /FlateDecode", zlib.compress(data, 1))
    about = sheet.put(f"<< /Type /FontDescriptor /FontName /ABCDEF+Made /Flags 4 /FontBBox [-200 -300 1200 1000] /ItalicAngle 0 /Ascent 900 "
                      f"/Descent -240 /CapHeight 730 /StemV 80 /FontFile2 {file} 0 R >>")
    kin = sheet.put(f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+Made "
                    f"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
                    f"/CIDToGIDMap /Identity /FontDescriptor {about} 0 R {widths} >>")
    lines = [f"<{glyph:04x}> <{text.encode('utf-16-be').hex()}>" for glyph, text in sorted(letters.items())]
    blocks = "".join(f"{len(lines[at:at + 100])} beginbfchar\n" + "\n".join(lines[at:at + 100]) + "\nendbfchar\n" for at in range(0, len(lines), 100))
    meaning = sheet.put("<<", "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Made def /CMapType 2 def\n"
                              f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{blocks}endcmap end end")
    sheet.font = sheet.put(f"<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Made /Encoding /{encoding} "
                           f"/DescendantFonts [{kin} 0 R] /ToUnicode {meaning} 0 R >>")


HEBREW = "הטחנה הישנה ליד הנהר עובדת בכל יום האיכרים מביאים חיטה ושעורה הקמח לבן וטוב הדרך אל הכפר צרה בערב נדלק אור בחלון השוק פתוח בבוקר".split()
ARABIC = ("الطاحونة القديمة قرب النهر تعمل كل يوم يحمل الفلاحون القمح والشعير الدقيق "
          "أبيض ونظيف الطريق إلى القرية ضيق في المساء يضيء مصباح السوق مفتوح صباحا").split()
LATIN = [["Mill", "Stone", "Ltd"], ["PDF"], ["River", "Bank"]]


def shaped(word):
    """An Arabic word as its presentation forms, in logical order: (form, letters that it stands for)."""
    forms, join = {}, {}
    for code in range(0xFE80, 0xFEFD):
        kind, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        forms["".join(chr(int(letter, 16)) for letter in letters), kind] = chr(code)
    out, at, joined = [], 0, False
    while at < len(word):
        piece = word[at:at + 2] if word[at:at + 2] and (word[at:at + 2], "<isolated>") in forms and len(word[at:at + 2]) == 2 else word[at]
        follows = at + len(piece) < len(word) and (word[at + len(piece)], "<final>") in forms and (piece, "<initial>") in forms
        kind = ("<medial>" if follows else "<final>") if joined else ("<initial>" if follows else "<isolated>")
        out.append((forms.get((piece, kind), piece), piece))
        joined = follows
        at += len(piece)
    return out


def right_to_left(prose):
    def line(vocabulary, count):
        """Words in the order of reading: mostly from the vocabulary, with numbers and Latin words among them."""
        words = prose.random.choices(vocabulary, k=count)
        words[1:1] = ["الفلاحون"] * (vocabulary is ARABIC)  # lam and alef are one glyph
        words[3:3] = [str(prose.number(100, 9999))]
        words[7:7] = prose.random.choice(LATIN)
        return words

    def visual(words, mean_forms):
        """(glyph letter, meaning) of a line from left to right."""
        runs = []
        for word in words:
            latin = word[0].isascii()
            if latin and runs and runs[-1][0]:
                runs[-1][1].append((" ", " "))
                runs[-1][1].extend((letter, letter) for letter in word)
            else:
                parts = [(letter, letter) for letter in word] if latin else [
                    (form, form if mean_forms else letters) for form, letters in shaped(word)][::-1]
                runs.append((latin, parts))
        out = []
        for _, parts in reversed(runs):
            out += [(" ", " "), *parts] if out else parts
        return out

    def case(name, vocabulary, logical, mean_forms=False, left=False):
        lines = [line(vocabulary, 9) for _ in range(8)]
        if left:  # lines from left to right with a few words from right to left
            lines = [prose.words(3).split() + prose.random.choices(vocabulary, k=2) + prose.words(4).split() for _ in range(6)]

        def make(path):
            if not os.path.exists(FONT):
                raise FileNotFoundError(FONT)
            from fontTools.ttLib import TTFont
            font = TTFont(FONT)
            known, across = font.getBestCmap(), font["hmtx"]
            content, letters, used = [], {}, {}
            for at, words in enumerate(lines):
                if left:
                    ahead = " ".join(words[:3]) + " "
                    middle = visual(words[3:5], mean_forms)
                    parts = [(x, x) for x in ahead] + middle + [(x, x) for x in " " + " ".join(words[5:])]
                else:
                    parts = visual(words, mean_forms)
                glyphs = []
                for form, meaning in parts:
                    glyph = font.getGlyphID(known[ord(form)])
                    letters[glyph], used[glyph] = meaning, across[known[ord(form)]][0] * 1000 / 2048
                    glyphs.append(glyph)
                wide = sum(used[glyph] for glyph in glyphs) * 0.012
                x, y = 72 if left else 523 - wide, 760 - at * 20
                if not logical:
                    content.append(f"1 0 0 1 {x:.2f} {y} Tm <{''.join(f'{glyph:04x}' for glyph in glyphs)}> Tj")
                    continue
                placed = []
                for glyph in glyphs:
                    placed.append((x, glyph))
                    x += used[glyph] * 0.012
                content += [f"1 0 0 1 {x:.2f} {y} Tm <{glyph:04x}> Tj" for x, glyph in spoken(placed, parts)]
            sheet = Sheet()
            widths = "/DW 600 /W [" + " ".join(f"{glyph} [{wide:.0f}]" for glyph, wide in sorted(used.items())) + "]"
            with open(FONT, "rb") as file:
                add_font(sheet, file.read(), letters, widths)
            sheet.page("BT /F3 12 Tf\n" + "\n".join(content) + "\nET\n")
            page = sheet.pages[-1] - 1
            sheet.objects[page] = sheet.objects[page].replace(b"/F2 4 0 R", b"/F2 4 0 R /F3 %d 0 R" % sheet.font)
            sheet.save(path)

        return Case(name, "right to left", make, text=" ".join(" ".join(words) for words in lines), tables=[])

    def spoken(placed, parts):
        """Glyphs in the order in which they are spoken: from the right, but Latin and numbers from the left."""
        out, run = [], []
        for place, (form, _) in zip(reversed(placed), reversed(parts)):
            if form.isascii() and form != " ":
                run.insert(0, place)
            else:
                if form == " " and run:
                    run.insert(0, place)
                    continue
                out += run + [place]
                run = []
        return out + run

    yield case("right_to_left_hebrew_visual.pdf", HEBREW, False)
    yield case("right_to_left_hebrew_logical.pdf", HEBREW, True)
    yield case("right_to_left_arabic_forms.pdf", ARABIC, False, True)
    yield case("right_to_left_arabic_letters.pdf", ARABIC, False)
    yield case("right_to_left_arabic_logical.pdf", ARABIC, True)
    yield case("right_to_left_in_latin_lines.pdf", HEBREW, False, left=True)


def cases(prose):
    for part in (turned, vertical, right_to_left):
        yield from part(prose)
