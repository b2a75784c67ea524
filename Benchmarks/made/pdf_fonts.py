"""PDF: encodings, glyph names, character maps and embedded font programs, from which the letters must be found."""

from fontTools.encodings.MacRoman import MacRoman
from fontTools.encodings.StandardEncoding import StandardEncoding

from made.pdf_writer import (
    FOLDER, Gathered, Pdf, advance, cff, chars, composite, cut, differences, face, hexed, literal, outline_name, saved, show, simple, standard,
    stream, to_unicode, type1, type3, utf16, wrap)

case = Gathered("fonts", "fonts and maps")
ACCENTED = ["Müller", "Škoda", "façade", "naïve", "Ångström", "œuvre", "Łódź", "señor", "Größe", "crème", "Žižek", "Þingvellir"]
LATIN1 = [word for word in ACCENTED if word.encode("cp1252", "ignore").decode("cp1252") == word]
CYRILLIC = "мельница река зерно хлеб поле урожай телега мост фонарь окно сад деревня рынок зима лето утро письмо учитель врач остров".split()
GREEK = "μύλος ποταμός σιτάρι ψωμί χωράφι κήπος γέφυρα παράθυρο χωριό αγορά χειμώνας καλοκαίρι πρωί γράμμα νησί".split()
CHINESE = "磨坊旁边的河水很清 农民把谷物装上马车 面包师在清晨点灯 村里的市场冬天也开 老师给船长写了一封信 花园里有一扇小窗 山谷的森林十分安静 孩子们走过石桥".split()
JAPANESE = "川のそばに水車があります 農夫は麦を馬車に積みました 朝早くパンを焼きます 村の市場は冬も開いています 先生は船長に手紙を書いた 庭には小さな窓がある 静かな森と谷 石の橋を渡る".split()
TAIWAN = "磨坊旁邊的河水很清 農民把穀物裝上馬車 麵包師在清晨點燈 村裡的市場冬天也開 老師給船長寫了一封信 花園裡有一扇小窗 山谷的森林十分安靜".split()
KOREAN = "강가에 물레방아가 있습니다|농부는 곡식을 마차에 실었다|빵집은 새벽에 불을 켠다|시장은 겨울에도 열린다|선생님은 선장에게 편지를 썼다|정원에는 작은 창이 있다|조용한 숲과 골짜기".split("|")


def some(prose, pool, count):
    return prose.random.sample(pool, min(count, len(pool)))


def mixed(prose, pool, count=5):
    """A sentence of plain words and words of the pool."""
    return " ".join(f"{prose.word()} {word}" for word in some(prose, pool, count)).capitalize() + f" {prose.name()}."


def numbered(text, start=33, step=1):
    """A code for each character, in the order in which a subset meets them."""
    return {char: start + step * at for at, char in enumerate(dict.fromkeys(text))}


def coded(codes, bytes_=1):
    return lambda line: hexed(b"".join(codes[char].to_bytes(bytes_, "big") for char in line))


def one_page(make_font, lines, code=literal, size=12, more=b""):
    """A page with the lines in one font, which the function adds to the file."""
    def data():
        pdf = Pdf()
        pdf.page(show(lines, size=size, lead=18, code=code) + more, {"F1": make_font(pdf)})
        return pdf.data()
    return data


def widths(codes):
    return {code: advance(char) for char, code in codes.items()}


def glyph_widths(font, by_glyph):
    return {at: round(font["hmtx"][glyph][0] * 1000 / 2048) for at, glyph in by_glyph.items()}


@case
def differences_scrambled(prose):
    names = dict(zip(
        "ÄößéçŠ€„“–œ ,.",
        "Adieresis odieresis germandbls eacute ccedilla Scaron Euro quotedblbase quotedblleft endash oe space comma period".split()))
    text = f"Älter {prose.words(5)} „{prose.words(2)}“ – {prose.number()} €, façade Šumava Größe œuvre {prose.name()}."
    names |= dict(zip("0123456789", "zero one two three four five six seven eight nine".split()))
    codes = numbered(text, 130)
    font = standard(encoding=differences({code: names.get(char, char) for char, code in codes.items()}))
    return one_page(lambda pdf: font, wrap(text), coded(codes)), dict(text=text, has=(text,))


@case
def uni_names(prose):
    text = mixed(prose, CYRILLIC)
    codes = numbered(text)

    def font(pdf):
        part = cut(text, post=False)
        names = {code: f"uni{ord(char):04X}" if ord(char) % 2 else f"u{ord(char):04X}" for char, code in codes.items()}
        return simple(pdf, widths(codes), saved(part), encoding=differences(names))
    return one_page(font, wrap(text), coded(codes)), dict(text=text, has=(text,))


@case
def glyph_name_parts(prose):
    """Names with several parts, with a suffix, and of several values."""
    text = f"The office of {prose.name()} filed the waffle fjord affair {prose.number()} été"
    names = {1: "f_f_i", 2: "f_i", 3: "f_f_l", 4: "f_f", 5: "uni00660069", 6: "uni00650301"}
    parts = {"ffi": 1, "ffl": 3, "ff": 4, "fi": 2}
    codes = {}

    def code(line):
        out = bytearray()
        at = 0
        while at < len(line):
            part = next((part for part in parts if line.startswith(part, at)), None)
            out.append(6 if line[at] == "é" else parts[part] if part else ord(line[at]))
            at += len(part) if part else 1
        return hexed(bytes(out))

    def font(pdf):
        codes.update({ord(char): char for char in text if ord(char) < 127} | {1: "ﬃ", 2: "ﬁ", 3: "ﬄ", 4: "ﬀ", 6: "é"})
        glyphs = {(names | {32: "space"}).get(number, f"{outline_name(char)}{'.sc' if char.isalpha() else ''}"): char
                  for number, char in codes.items()}
        named = {number: name for number, name in zip(codes, glyphs)}
        return simple(pdf, {number: advance(char) for number, char in codes.items()}, cff(glyphs), "Type1", "FontFile3", differences(named),
                      more="/Subtype /Type1C")
    return one_page(font, wrap(text), code), dict(text=text, has=(text,))


@case
def glyph_numbers_with_map(prose):
    text = mixed(prose, GREEK)
    codes = numbered(text)

    def font(pdf):
        part = cut(text)
        by_name = part.getBestCmap()
        names = {code: f"g{part.getGlyphID(by_name[ord(char)])}" for char, code in codes.items()}
        return simple(pdf, widths(codes), cff({names[code]: char for char, code in codes.items()}), "Type1", "FontFile3", differences(names),
                      to_unicode(chars({code: char for char, code in codes.items()})), more="/Subtype /Type1C")
    return one_page(font, wrap(text), coded(codes)), dict(text=text, has=(text,))


@case
def windows_encoding(prose):
    text = f"€{prose.number()} ‚{prose.word()}‘ „{prose.word()}“ ‹{prose.word()}› «{prose.word()}» † ‡ ‰ ™ Š Œ Ž Ÿ … – — ˜ ˆ ƒ • ½ µ ¿ ×"
    pieces = tuple("€ ‚ „ ‹ « † ‡ ‰ Š Œ Ž Ÿ – — ƒ • µ ¿ ×".split())
    return one_page(lambda pdf: standard("Times-Roman"), wrap(text)), dict(text=text, has=pieces)


@case
def mac_encoding(prose):
    """TrueType with a Unicode table, MacRomanEncoding and no map."""
    text = mixed(prose, [word for word in LATIN1 if not set(word) & set("ŠŽÞ")])
    codes = {char: 32 if char == " " else MacRoman.index(outline_name(char)) for char in text}
    return one_page(lambda pdf: simple(pdf, widths(codes), saved(cut(text)), encoding="/Encoding /MacRomanEncoding"), wrap(text), coded(codes)), dict(
        text=text, has=(text,))


@case
def standard_encoding(prose):
    """No /Encoding: the built-in one of Times-Roman, in which ligatures, quotes and dashes stand elsewhere."""
    text = f"The ﬁrst ﬂour “{prose.words(2)}” – {prose.words(3)} — Øster ‘{prose.word()}’ Straße Œuvre {prose.name()}"
    names = dict(zip("ﬁﬂ“”–—Ø‘’ßŒ ", "fi fl quotedblleft quotedblright endash emdash Oslash quoteleft quoteright germandbls OE space".split()))
    codes = {char: StandardEncoding.index(names[char]) if char in names else ord(char) for char in text}
    return one_page(lambda pdf: standard("Times-Roman", ""), wrap(text), coded(codes)), dict(text=text, has=(text,))


@case
def symbol_font(prose):
    greek, words = "αβγδλμπσω", prose.words(3)
    codes = dict(zip("αβγδλμπσωΣΩ≤≥∞√≠∈", b"abgdlmpsw\x53\x57\xa3\xb3\xa5\xd6\xb9\xce"))
    letters = prose.random.sample(greek, 5)
    line = " ".join([*letters, "≤", "Σ", "Ω", "≠", "∞", "√", "∈"])
    content = show([words]) + show([line], y=690, font="F2", code=lambda line: hexed(bytes(codes.get(char, 32) for char in line)))

    def data():
        pdf = Pdf()
        pdf.page(content, {"F1": standard(), "F2": standard("Symbol", "")})
        return pdf.data()
    return data, dict(text=f"{words} {line}", has=(words, line))


@case
def dingbats(prose):
    """Ticks and crosses of a form, in ZapfDingbats without an encoding."""
    items = [(prose.random.choice("✓✔✗✘"), prose.words(3)) for _ in range(6)] + [("➔", prose.words(2)), ("★", prose.words(2))]
    codes = dict(zip("✓✔✗✘➔★", b"3478\xd4H"))
    content = b"".join(show([char], y=720 - 20 * at, font="F2", code=lambda char: hexed(bytes([codes[char]])))
                       + show([text], x=90, y=720 - 20 * at) for at, (char, text) in enumerate(items))

    def data():
        pdf = Pdf()
        pdf.page(content, {"F1": standard(), "F2": standard("ZapfDingbats", "")})
        return pdf.data()
    return data, dict(text=" ".join(text for _, text in items), has=tuple(char for char, _ in items), order=tuple(text for _, text in items))


@case
def expert_figures(prose):
    """Old-style figures by MacExpertEncoding, in a second font amid the text."""
    figures = dict(zip("0123456789", "zero one two three four five six seven eight nine".split()))
    pairs = [(prose.words(3), str(prose.number(1000, 9999))) for _ in range(3)]

    def data():
        pdf = Pdf()
        digits = {48 + int(digit): digit for digit in figures}
        font = simple(pdf, {code: advance(char) for code, char in digits.items()}, cff({f"{figures[char]}oldstyle": char for char in figures}),
                      "Type1", "FontFile3", "/Encoding /MacExpertEncoding", more="/Subtype /Type1C", name="ABCDEF+MadeExpert")
        content = b"".join(b"BT /F1 11 Tf 72 %d Td %s Tj /F2 11 Tf %s Tj ET\n" % (720 - 20 * at, literal(words + " "), literal(number))
                           for at, (words, number) in enumerate(pairs))
        pdf.page(content, {"F1": standard(), "F2": font})
        return pdf.data()
    return data, dict(text=" ".join(" ".join(pair) for pair in pairs), has=tuple(" ".join(pair) for pair in pairs))


@case
def type3_names(prose):
    text = prose.sentence(9) + " " + prose.name()
    codes = numbered(text, 60)
    return one_page(lambda pdf: type3(pdf, {code: char for char, code in codes.items()}, {code: outline_name(char) for char, code in codes.items()}),
                    wrap(text), coded(codes)), dict(text=text, has=(text,))


@case
def type3_map(prose):
    text = mixed(prose, CYRILLIC)
    codes = numbered(text, 0)
    return one_page(lambda pdf: type3(pdf, {code: char for char, code in codes.items()}, {code: f"a{code}" for code in codes.values()},
                                      unicode=to_unicode(chars({code: char for char, code in codes.items()}))), wrap(text), coded(codes)), dict(
        text=text, has=(text,))


@case
def type3_bitmaps(prose):
    """As dvips writes them: pictures of letters as image masks, a matrix in pixels, names of ASCII letters, a flipped text matrix."""
    text = " ".join(prose.words(4) for _ in range(2))

    def data():
        pdf = Pdf()
        from PIL import Image, ImageDraw, ImageFont
        face()
        big = ImageFont.truetype(str(FOLDER / "DejaVuSansMono.ttf"), 36)
        procedures, letters = [], sorted(set(text) - {" "})
        for letter in letters:
            picture = Image.new("1", (24, 40))
            ImageDraw.Draw(picture).text((1, -2), letter, 1, big)
            body = b"24 0 0 -8 24 32 d1\n24 0 0 40 0 -8 cm\nBI /W 24 /H 40 /IM true /BPC 1 /D [1 0]\nID " + picture.tobytes() + b"\nEI"
            procedures.append(f"/{letter} {pdf.add(stream(body))}")
        held = " ".join("24" if chr(code) in letters else "0" for code in range(97, 123))
        font = pdf.add(f"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 20 32] /FontMatrix [1 0 0 1 0 0] /FirstChar 97 /LastChar 122 /Widths [{held}] "
                       f"/CharProcs << {' '.join(procedures)} >> "
                       f"/Encoding << /Differences [97 {' '.join(f'/{chr(code)}' for code in range(97, 123))}] >> "
                       f"/Resources << >> >>")
        content, x = b"q 0.24 0 0 -0.24 72 700 cm BT /F1 1 Tf 1 0 0 -1 0 0 Tm\n", 0
        for word in text.split():
            content += b"1 0 0 -1 %d 0 Tm %s Tj\n" % (x, literal(word))
            x += 24 * len(word) + 16
        pdf.page(content + b"ET Q", {"F1": font})
        return pdf.data()
    return data, dict(text=text, has=(text,))


@case
def truetype_symbolic(prose):
    """A (3,0) table with codes from F020 on, the names dropped: the codes are those of ASCII."""
    text = prose.sentence(10) + " " + prose.name()
    codes = {char: ord(char) for char in text}

    def font(pdf):
        part = cut(text, post=False)
        by_code = part.getBestCmap()
        return simple(pdf, widths(codes), saved(part, (3, 0, {0xf000 + ord(char): by_code[ord(char)] for char in codes})), flags=4)
    return one_page(font, wrap(text), coded(codes)), dict(text=text, has=(text,))


@case
def truetype_symbolic_names(prose):
    """A (3,0) table with codes in the order of their use: only the names in the font tell the letters."""
    text = mixed(prose, ACCENTED)
    codes = numbered(text, 1)

    def font(pdf):
        part = cut(text)
        by_code = part.getBestCmap()
        return simple(pdf, widths(codes), saved(part, (3, 0, {0xf000 + code: by_code[ord(char)] for char, code in codes.items()})), flags=4)
    return one_page(font, wrap(text), coded(codes)), dict(text=text, has=(text,))


@case
def truetype_mac_table(prose):
    """A (1,0) table alone, codes in the order of their use, names in the font."""
    text = mixed(prose, LATIN1)
    codes = numbered(text, 33)

    def font(pdf):
        part = cut(text)
        by_code = part.getBestCmap()
        return simple(pdf, widths(codes), saved(part, (1, 0, {code: by_code[ord(char)] for char, code in codes.items()})), flags=4)
    return one_page(font, wrap(text), coded(codes)), dict(text=text, has=(text,))


@case
def type1_own_encoding(prose):
    text = mixed(prose, LATIN1)
    codes = numbered(text, 161 if len(set(text)) < 95 else 33)

    def font(pdf):
        program, lengths = type1({outline_name(char): char for char in codes}, {code: outline_name(char) for char, code in codes.items()})
        return simple(pdf, widths(codes), program, "Type1", "FontFile", flags=4, name="ABCDEF+Made", more=lengths)
    return one_page(font, wrap(text), coded(codes)), dict(text=text, has=(text,))


@case
def cff_own_encoding(prose):
    text = mixed(prose, ACCENTED)
    codes = numbered(text, 1)

    def font(pdf):
        program = cff({outline_name(char): char for char in codes}, {code: outline_name(char) for char, code in codes.items()})
        return simple(pdf, widths(codes), program, "Type1", "FontFile3", flags=4, more="/Subtype /Type1C")
    return one_page(font, wrap(text), coded(codes)), dict(text=text, has=(text,))


def by_glyph(text):
    """The part of the font that the text needs, and the number of the glyph of each character."""
    part = cut(text, post=False)
    numbers = {char: part.getGlyphID(part.getBestCmap()[ord(char)]) for char in dict.fromkeys(text)}
    return part, numbers


@case
def cid_embedded_table(prose):
    """Identity-H without a map: the glyph numbers lead through the embedded font's own table."""
    text = mixed(prose, GREEK)

    def data():
        part, numbers = by_glyph(text)
        return one_page(lambda pdf: composite(pdf, widths(numbers), saved(part)), wrap(text), coded(numbers, 2))()
    return data, dict(text=text, has=(text,))


@case
def cid_to_gid_stream(prose):
    """CIDs that a CIDToGIDMap stream turns into glyphs; no map to Unicode, the embedded font has one."""
    text = mixed(prose, CYRILLIC)

    def data():
        part, numbers = by_glyph(text)
        cids = {char: 500 + 3 * at for at, char in enumerate(numbers)}
        table = bytearray(2 * (max(cids.values()) + 1))
        for char, cid in cids.items():
            table[2 * cid:2 * cid + 2] = numbers[char].to_bytes(2, "big")

        def font(pdf):
            return composite(pdf, widths(cids), saved(part), more=f"/CIDToGIDMap {pdf.add(stream(bytes(table), packed=True))}")
        return one_page(font, wrap(text), coded(cids, 2))()
    return data, dict(text=text, has=(text,))


@case
def cid_cff_names(prose):
    """A CFF program with glyph names in a CIDFontType0: the code is the number of the glyph, its name tells the letter."""
    text = mixed(prose, ACCENTED)
    numbers = numbered(text, 1)

    def font(pdf):
        return composite(pdf, widths(numbers), cff({outline_name(char): char for char in numbers}), "CIDFontType0", "FontFile3", more="",
                         stream_more="/Subtype /CIDFontType0C")
    return one_page(font, wrap(text), coded(numbers, 2)), dict(text=text, has=(text,))


def predefined(prose, pool, encoding, codec, ordering, name, extra=""):
    lines = [line + extra for line in some(prose, pool, 5)] + [str(prose.number())]
    font = dict(subtype="CIDFontType0", encoding=f"/{encoding}", more="", name=name,
                ros=("Adobe", ordering, {"Japan1": 6, "Korea1": 2}.get(ordering, 4)))
    return one_page(lambda pdf: composite(pdf, {}, **font), lines, lambda line: hexed(line.encode(codec))), dict(
        text=" ".join(lines), has=tuple(lines), order=tuple(lines))


@case
def chinese_ucs2(prose):
    return predefined(prose, CHINESE, "UniGB-UCS2-H", "utf-16-be", "GB1", "STSong-Light", "。")


@case
def chinese_gbk(prose):
    return predefined(prose, CHINESE, "GBK-EUC-H", "gbk", "GB1", "SimSun", "，")


@case
def japanese_utf16(prose):
    return predefined(prose, JAPANESE, "UniJIS-UTF16-H", "utf-16-be", "Japan1", "HeiseiMin-W3", "𠮷野")


@case
def japanese_shift_jis(prose):
    return predefined(prose, JAPANESE, "90ms-RKSJ-H", "cp932", "Japan1", "HeiseiKakuGo-W5", "ﾃｽﾄ①")


@case
def chinese_big5(prose):
    return predefined(prose, TAIWAN, "ETen-B5-H", "cp950", "CNS1", "MSung-Light", "。")


@case
def korean_uhc(prose):
    return predefined(prose, KOREAN, "KSCms-UHC-H", "cp949", "Korea1", "HYSMyeongJo-Medium", " 똠방")


@case
def japanese_vertical(prose):
    """Three columns from right to left, each from top to bottom."""
    columns = some(prose, JAPANESE, 3)
    content = b"".join(b"BT /F1 14 Tf %d 700 Td %s Tj ET\n" % (400 - 24 * at, hexed(line.encode("utf-16-be"))) for at, line in enumerate(columns))

    def data():
        pdf = Pdf()
        pdf.page(content, {"F1": composite(pdf, {}, subtype="CIDFontType0", encoding="/UniJIS-UTF16-V", ros=("Adobe", "Japan1", 6), more="",
                                           name="HeiseiMin-W3")})
        return pdf.data()
    return data, dict(has=tuple(columns), order=tuple(columns))


@case
def cmap_usecmap(prose):
    """An embedded CMap that builds upon 90ms-RKSJ-H and adds codes of the user's own area: CIDs 843 (あ) and 1125 (亜)."""
    lines = some(prose, JAPANESE, 3)
    own = {"あ": b"\xf0\x40", "亜": b"\xf0\x41"}
    lines = [f"{line}あ亜" for line in lines]

    def code(line):
        return hexed(b"".join(own.get(char) or char.encode("cp932") for char in line))

    def font(pdf):
        map_ = pdf.add(stream(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/90ms-RKSJ-H usecmap\n/CIDSystemInfo 3 dict dup begin\n"
            "/Registry (Adobe) def\n/Ordering (Japan1) def\n/Supplement 2 def\nend def\n/CMapName /Own-RKSJ-H def\n/CMapType 1 def\n/WMode 0 def\n"
            "1 begincidchar\n<f040> 843\nendcidchar\n1 begincidrange\n<f041> <f041> 1125\nendcidrange\nendcmap\n"
            "CMapName currentdict /CMap defineresource pop\nend\nend",
            "/Type /CMap /CMapName /Own-RKSJ-H /UseCMap /90ms-RKSJ-H /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >>"))
        return composite(pdf, {}, subtype="CIDFontType0", encoding=map_, ros=("Adobe", "Japan1", 2), more="", name="Ryumin-Light")
    return one_page(font, lines, code), dict(has=tuple(lines), order=tuple(lines))


@case
def map_code_lengths(prose):
    """An embedded CMap with codes of one and of two bytes, and a map to Unicode with codes of the same lengths."""
    text = mixed(prose, CYRILLIC)
    codes = {char: ord(char) if ord(char) < 128 else 0x8100 + ord(char) % 256 for char in text}

    def code(line):
        return hexed(b"".join(codes[char].to_bytes(1 if codes[char] < 256 else 2, "big") for char in line))

    def data():
        part, numbers = by_glyph(text)
        spaces = "2 begincodespacerange\n<00> <7F>\n<8100> <9FFF>\nendcodespacerange\n"

        def font(pdf):
            cids = "".join(f"1 begincidchar\n<{codes[char]:0{2 if codes[char] < 256 else 4}x}> {number}\nendcidchar\n"
                           for char, number in numbers.items())
            map_ = pdf.add(stream("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Mixed def /CMapType 1 def\n"
                                  + spaces + cids + "endcmap CMapName currentdict /CMap defineresource pop end end",
                                  "/Type /CMap /CMapName /Mixed /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"))
            short, long = ({code: char for char, code in codes.items() if (code < 256) == one} for one in (True, False))
            unicode = to_unicode("1 begincodespacerange\n<8100> <9FFF>\nendcodespacerange\n" + chars(short) + "\n" + chars(long, 4), "<00> <7F>")
            return composite(pdf, widths(numbers), saved(part, (3, 0, {0xf000: ".notdef"})), encoding=map_, unicode=unicode)
        return one_page(font, wrap(text), code)()
    return data, dict(text=text, has=(text,))


@case
def map_ranges_and_ligatures(prose):
    """bfrange with an array whose items are several letters long, and one that counts up."""
    name = prose.name().lower()
    parts = ["ffi", "ffl", "fi", "ff"]
    text = f"the office of {name} affirms waffles and first offers in a flat staff"
    letters = "abcdefghijklmnopqrstuvwxyz"

    def code(line):
        out, at = bytearray(), 0
        while at < len(line):
            part = next((part for part in parts if line.startswith(part, at)), "")
            char = line[at]
            out.append(16 + parts.index(part) if part else 64 + letters.index(char) if char in letters else 128 + int(char) if char.isdigit() else 1)
            at += max(1, len(part))
        return hexed(bytes(out))

    def font(pdf):
        shown = {1: " "} | {64 + at: char for at, char in enumerate(letters)} | {128 + at: str(at) for at in range(10)} | dict(
            zip(range(16, 20), "ﬃﬄﬁﬀ"))
        names = {code: f"g{code}" for code in shown}
        unicode = to_unicode(
            "1 beginbfchar\n<01> <0020>\nendbfchar\n3 beginbfrange\n"
            f"<10> <13> [{' '.join(f'<{utf16(part)}>' for part in parts)}]\n<40> <59> <0061>\n<80> <89> <0030>\nendbfrange")
        return simple(pdf, {code: advance(char) for code, char in shown.items()}, cff({names[code]: char for code, char in shown.items()}), "Type1",
                      "FontFile3", differences(names), unicode, more="/Subtype /Type1C")
    return one_page(font, wrap(text), code), dict(text=text, has=(text,))


@case
def map_surrogates(prose):
    """Letters beyond the first plane as pairs, one by one and in a range that counts up in the second half."""
    text = f"{prose.words(3)} 😀😁😂 {prose.words(2)} 𝔸 {prose.name()} 🐭"

    def data():
        part, codes = by_glyph(text)
        first = codes["😀"]
        lines = chars({code: char for char, code in codes.items() if char not in "😀😁😂"}, 4) + (
            f"\n1 beginbfrange\n<{first:04X}> <{first + 2:04X}> <D83DDE00>\nendbfrange")

        def font(pdf):
            return composite(pdf, widths(codes), saved(part, (3, 0, {0xf000: ".notdef"})), unicode=to_unicode(lines, "<0000> <FFFF>"))
        return one_page(font, wrap(text), coded(codes, 2))()
    return data, dict(text=text, has=(text,))


@case
def map_partial(prose):
    """A map for two letters alone; the encoding tells the others."""
    text = f"Größe {prose.sentence(9)} {prose.name()}"
    unicode = to_unicode(chars({0xf6: "ö", 0xdf: "ß"}))
    return one_page(lambda pdf: standard(more=f"/ToUnicode {pdf.add(unicode)}"), wrap(text)), dict(text=text, has=(text,))


@case
def map_useless(prose):
    """A map that sends all codes to nothing or to the sign for what is not known, beside a good encoding."""
    text = f"{prose.sentence(9)} {prose.name()}"
    unicode = to_unicode(chars({code: "\0" if code < 0x60 else "\ufffd" for code in range(33, 127)}))
    return one_page(lambda pdf: standard(more=f"/ToUnicode {pdf.add(unicode)}"), wrap(text)), dict(text=text, has=(text,))


@case
def map_many_letters(prose):
    """One code for a whole word, as logos have it; codes that stand for nothing."""
    words, name = prose.words(4), prose.name()
    whole = {1: "Millbrook & Sons", 2: "km/h", 3: "№"}
    text = f"{whole[1]} {words} {prose.number(10, 99)} {whole[2]} {whole[3]} {name}"

    def code(line):
        for number, part in whole.items():
            line = line.replace(part, chr(number))
        return hexed(line.encode("latin-1"))

    def font(pdf):
        shown = {1: "M", 2: "k", 3: "№"} | {ord(char): char for char in text if ord(char) < 128}
        glyphs = {f"c{number}": char for number, char in shown.items()}
        return simple(pdf, {number: advance(char) for number, char in shown.items()} | {1: 9500, 2: 2200}, cff(glyphs), "Type1", "FontFile3",
                      differences({number: f"c{number}" for number in shown}),
                      to_unicode(chars({number: whole.get(number, char) for number, char in shown.items()})), more="/Subtype /Type1C")
    return one_page(font, [text], code, size=10), dict(text=text, has=(text,))


@case
def actual_text(prose):
    """Marked content that says what its glyphs mean: in place, from /Properties, and for a word broken over two lines."""
    first, second, name = prose.words(4), prose.words(3), prose.name()
    text = f"{first} officinal {second} Zucker {name} harvested"
    codes = numbered("officinalharvested", 1)
    secret = coded(codes)
    lam = b"/Span << /ActualText <FEFF" + utf16("officinal").encode() + b"> >> BDC " + secret("officinal") + b" Tj EMC "
    content = (b"BT /F1 11 Tf 72 700 Td 20 TL " + literal(first + " ") + b" Tj /F2 11 Tf " + lam + b"/F1 11 Tf " + literal(f" {second} ") + b" Tj "
               b"/Span << /ActualText (Zucker) >> BDC (Zuk-) Tj T* (ker) Tj EMC " + literal(f" {name} ")
               + b" Tj /F2 11 Tf /Span /P0 BDC " + secret("harvested") + b" Tj EMC ET")

    def data():
        pdf = Pdf()
        odd = type3(pdf, {code: char for char, code in codes.items()}, {code: f"a{code}" for code in codes.values()})
        pdf.page(content, {"F1": standard(), "F2": odd}, resources="/Properties << /P0 << /ActualText (harvested) >> >>")
        return pdf.data()
    return data, dict(text=text, has=(f"{first} officinal {second}", "Zucker", f"{name} harvested"), lacks=("Zuk",))


@case
def small_capitals(prose):
    """Small capitals made of smaller letters: the words stay whole."""
    names = [prose.word().capitalize() + " " + prose.word().capitalize() for _ in range(3)]
    rest = [prose.words(4) for _ in range(3)]
    rows = []
    for at, (name, words) in enumerate(zip(names, rest)):
        parts = b"".join(b"/F1 12 Tf %s Tj /F1 9 Tf %s Tj /F1 12 Tf ( ) Tj " % (literal(word[0]), literal(word[1:].upper())) for word in name.split())
        rows.append(b"BT 72 %d Td %s /F1 12 Tf %s Tj ET\n" % (700 - 20 * at, parts, literal(words)))

    def data():
        pdf = Pdf()
        pdf.page(b"".join(rows), {"F1": standard("Times-Roman")})
        return pdf.data()
    lines = tuple(f"{name.upper()} {words}" for name, words in zip(names, rest))
    return data, dict(text=" ".join(lines), has=lines)


@case
def tex_accents(prose):
    """Accents as old TeX sets them: the accent drawn first, the letter moved back below it."""
    marks, text = {"ü": "u", "ö": "o", "ä": "a"}, f"{prose.words(2)} Müller über schön Bäume {prose.words(2)}"

    def data():
        pdf = Pdf()
        glyphs = {"dieresis": "¨"} | {outline_name(char): char for char in sorted(set(text) | set("uoa")) if char not in marks}
        codes = {ord(char): name for name, char in glyphs.items() if char != "¨"} | {127: "dieresis"}
        widths = {code: advance("¨" if code == 127 else chr(code)) for code in codes}
        program, lengths = type1(glyphs, codes)
        font = simple(pdf, widths, program, "Type1", "FontFile", differences(codes), flags=4, name="ABCDEF+Made", more=lengths)
        shift = advance("¨") / 2
        out = []
        for char in text:
            if char in marks:
                back = shift + advance(marks[char]) / 2
                out.append(b"%d(\177)%d(%s)" % (-round(advance(marks[char]) / 2 - shift), round(back), marks[char].encode()))
            else:
                out.append(literal(char))
        pdf.page(b"BT /F1 12 Tf 72 700 Td [" + b"".join(out) + b"] TJ ET", {"F1": font})
        return pdf.data()
    return data, dict(text=text, has=(text,))


def cases(prose):
    return case.cases(prose)
