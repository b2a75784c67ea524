"""PDF files written by hand: objects, pages, cross-reference tables, fonts and their programs; other modules make their cases with it."""

import functools
import io
import pathlib
import zlib

from fontTools import subset
from fontTools.fontBuilder import FontBuilder
from fontTools.misc import eexec
from fontTools.pens.basePen import BasePen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

from made import Case

FOLDER = pathlib.Path("/usr/share/fonts/truetype/dejavu")


def cases(prose):
    """None: this module only helps the others."""
    return ()


class Gathered(list):
    """The functions that make cases: each gives a function that makes the bytes, and the truth."""

    def __init__(self, prefix, area):
        self.prefix, self.area = prefix, area

    def __call__(self, build=None, area=None):
        if build is None:
            return lambda build: self(build, area)
        self.append((area or self.area, build))
        return build

    def cases(self, prose):
        for area, build in self:
            data, truth = build(prose)
            yield Case(f"{self.prefix}_{build.__name__}.pdf", area, lambda path, data=data: path.write_bytes(data()), **truth)


def raw(text):
    return text if isinstance(text, bytes) else text.encode("latin-1")


def stream(data, more="", length=None, packed=False):
    data = raw(data)
    if packed:
        data, more = zlib.compress(data), more + " /Filter /FlateDecode"
    return b"<< %s /Length %s >>\nstream\n%s\nendstream" % (raw(more), raw(str(len(data) if length is None else length)), data)


class Pdf:
    """Objects by number; the catalog is 1 and the page tree 2."""

    def __init__(self):
        self.objects, self.kids = {1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b""}, []
        self.tree = ""

    def add(self, body, number=None):
        number = number or max(self.objects) + 1
        self.objects[number] = raw(body)
        return f"{number} 0 R"

    def page(self, content, fonts=None, more="/MediaBox [0 0 612 792]", resources="", packed=False):
        """A page with one content stream, or with content as it is given (a reference, an array)."""
        refs = {name: font if font.endswith(" R") else self.add(font) for name, font in (fonts or {}).items()}
        if isinstance(content, bytes):
            content = self.add(stream(content, packed=packed))
        names = " ".join(f"/{name} {ref}" for name, ref in refs.items())
        held = f"/Resources << /Font << {names} >> {resources} >>" if fonts is not None else ""
        self.kids.append(self.add(f"<< /Type /Page /Parent 2 0 R {more} {held} /Contents {content} >>"))
        return self.kids[-1]

    def finish(self):
        if self.objects.get(2) == b"":
            self.objects[2] = raw(f"<< /Type /Pages /Count {len(self.kids)} /Kids [{' '.join(self.kids)}] {self.tree} >>")
        return self

    def body(self, head=b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"):
        """The file up to the table, and where each object begins."""
        self.finish()
        out, places = bytearray(head), {}
        for number, body in self.objects.items():
            places[number] = len(out)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        return bytes(out), places

    def data(self, more="", **options):
        out, places = self.body(**options)
        return out + table(places, len(out), more)


def entries(places):
    """Sections of a classic table, for objects of any numbers."""
    out, last = b"", None
    for number in sorted(places):
        if number - 1 != last:
            run = number
            while run in places:
                run += 1
            out += b"%d %d\n" % (number, run - number)
        out += b"%010d %05d %s \n" % ((places[number], 0, b"n") if number else (0, 65535, b"f"))
        last = number
    return out


def table(places, start, more="", size=None):
    places = {0: 0, **places}
    trailer = f"trailer\n<< /Size {size or max(places) + 1} /Root 1 0 R {more} >>\nstartxref\n{start}\n%%EOF\n"
    return b"xref\n" + entries(places) + raw(trailer)


# Content


def literal(text):
    data = text if isinstance(text, bytes) else text.encode("cp1252")
    return b"(" + data.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"


def hexed(data):
    return b"<" + data.hex().upper().encode() + b">"


def show(lines, x=72, y=720, size=11, lead=14, font="F1", code=literal):
    """One text object with a line for each text."""
    out = [f"BT /{font} {size} Tf {lead} TL {x:g} {y:g} Td".encode()]
    out += [code(line) + b" Tj T*" for line in lines]
    return b"\n".join(out) + b"\nET\n"


def standard(name="Helvetica", encoding="/Encoding /WinAnsiEncoding", more=""):
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} {encoding} {more} >>"


def width(text, size=11, font="Helvetica"):
    from reportlab.pdfbase.pdfmetrics import stringWidth
    return stringWidth(text, font, size)


def wrap(text, measure=80):
    import textwrap
    return textwrap.wrap(text, measure, break_on_hyphens=False)


def to_unicode(lines, space="<00> <FF>"):
    """A ToUnicode stream; lines as they stand between the head and the tail."""
    return stream(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        f"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n{space}\nendcodespacerange\n{lines}\nendcmap\n"
        "CMapName currentdict /CMap defineresource pop\nend\nend", packed=True)


def utf16(text):
    return text.encode("utf-16-be").hex().upper()


def chars(codes, digits=2):
    """bfchar sections of code: text."""
    pairs, out = [f"<{code:0{digits}X}> <{utf16(text)}>" for code, text in codes.items()], []
    for at in range(0, len(pairs), 100):
        out.append(f"{len(pairs[at:at + 100])} beginbfchar\n" + "\n".join(pairs[at:at + 100]) + "\nendbfchar")
    return "\n".join(out)


# Fonts


@functools.cache
def face(name="DejaVuSans"):
    path = FOLDER / f"{name}.ttf"
    if not path.exists():
        raise FileNotFoundError(path)
    return TTFont(path)


def outline_name(char, name="DejaVuSans"):
    return face(name).getBestCmap()[ord(char)]


def cut(text, name="DejaVuSans", post=True):
    """The font with the glyphs of the text alone; its glyphs have names only with post."""
    options = subset.Options(glyph_names=post, hinting=False, layout_features=[], notdef_outline=True, name_IDs=[1, 2, 6], drop_tables=[
        *subset.Options().drop_tables, "GDEF", "GPOS", "GSUB", "FFTM", "kern", "gasp"])
    face(name)
    font = TTFont(FOLDER / f"{name}.ttf")
    cutter = subset.Subsetter(options)
    cutter.populate(text=text)
    cutter.subset(font)
    out = io.BytesIO()
    font.save(out)
    return TTFont(io.BytesIO(out.getvalue()))


def saved(font, *maps):
    """The bytes of the font; with maps (platform, encoding, {code: glyph}) in place of its own."""
    if maps:
        font["cmap"] = newTable("cmap")
        font["cmap"].tableVersion, font["cmap"].tables = 0, []
        for platform, encoding, codes in maps:
            found = CmapSubtable.newSubtable(0 if platform == 1 else 4)
            found.platformID, found.platEncID, found.language = platform, encoding, 0
            found.cmap = {code: ".notdef" for code in range(256)} | codes if platform == 1 else codes
            font["cmap"].tables.append(found)
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def advance(char, name="DejaVuSans"):
    return round(face(name)["hmtx"][outline_name(char, name)][0] * 1000 / 2048)


def descriptor(pdf, name, data=None, key="FontFile2", flags=32, more=""):
    held = f"/{key} {pdf.add(stream(data, more or f'/Length1 {len(data)}', packed=True))}" if data else ""
    return pdf.add(f"<< /Type /FontDescriptor /FontName /{name} /Flags {flags} /FontBBox [-1021 -463 1793 1232] /ItalicAngle 0 "
                   f"/Ascent 928 /Descent -236 /CapHeight 729 /StemV 80 {held} >>")


def simple(pdf, widths, data, subtype="TrueType", key="FontFile2", encoding="", unicode=None, flags=32, name="ABCDEF+DejaVuSans", more=""):
    """A font of one-byte codes: widths for each code."""
    first, last = min(widths), max(widths)
    held = " ".join(str(widths.get(code, 0)) for code in range(first, last + 1))
    map_ = f"/ToUnicode {pdf.add(unicode)}" if unicode else ""
    return pdf.add(f"<< /Type /Font /Subtype /{subtype} /BaseFont /{name} /FirstChar {first} /LastChar {last} /Widths [{held}] "
                   f"/FontDescriptor {descriptor(pdf, name, data, key, flags, more)} {encoding} {map_} >>")


def composite(pdf, widths, data=None, subtype="CIDFontType2", key="FontFile2", encoding="/Identity-H", ros=("Adobe", "Identity", 0),
              unicode=None, more="/CIDToGIDMap /Identity", name="ABCDEF+DejaVuSans", stream_more="", default=1000):
    """A Type 0 font: widths for each CID."""
    held = " ".join(f"{cid} [{value}]" for cid, value in sorted(widths.items()))
    inner = pdf.add(f"<< /Type /Font /Subtype /{subtype} /BaseFont /{name} /CIDSystemInfo << /Registry ({ros[0]}) /Ordering ({ros[1]}) /Supplement "
                    f"{ros[2]} >> /DW {default} /W [{held}] {more} /FontDescriptor {descriptor(pdf, name, data, key, 4, stream_more)} >>")
    map_ = f"/ToUnicode {pdf.add(unicode)}" if unicode else ""
    return pdf.add(f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding {encoding} /DescendantFonts [{inner}] {map_} >>")


def differences(names, base=""):
    """An encoding that names the glyph of each code."""
    return f"/Encoding << /Type /Encoding {base} /Differences [" + " ".join(f"{code} /{name}" for code, name in sorted(names.items())) + "] >>"


def draw(pen, glyph, name="DejaVuSans"):
    """The outline at 1000 units for an em."""
    glyphs, scale = face(name).getGlyphSet(), 1000 / 2048
    parts = DecomposingRecordingPen(glyphs)
    glyphs[glyph].draw(parts)
    parts.replay(TransformPen(pen, (scale, 0, 0, scale, 0, 0)))


def cff(glyphs, encoding=None):
    """A CFF program: glyphs {name: character whose outline it has}, encoding {code: name}."""
    order, strings = [".notdef", *glyphs], {}
    for name in order:
        pen = T2CharStringPen(600 if name == ".notdef" else advance(glyphs[name]), None)
        if name != ".notdef":
            draw(pen, outline_name(glyphs[name]))
        strings[name] = pen.getCharString()
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder(order)
    builder.setupCFF("ABCDEF+DejaVuSans", {}, strings, {})
    program = builder.font["CFF "]
    if encoding:
        program.cff.topDictIndex[0].Encoding = [encoding.get(code, ".notdef") for code in range(256)]
    return program.compile(builder.font)


class Charstring(BasePen):
    """Type 1 charstrings."""

    def __init__(self, advance):
        super().__init__(None)
        self.data, self.at = bytearray(), (0, 0)
        self.put(13, 0, advance)

    def put(self, operator, *numbers):
        for number in numbers:
            if abs(number) <= 107:
                self.data.append(number + 139)
            elif abs(number) <= 1131:
                high, low = divmod(abs(number) - 108, 256)
                self.data += bytes([high + (247 if number > 0 else 251), low])
            else:
                self.data += b"\xff" + number.to_bytes(4, "big", signed=True)
        self.data.append(operator)

    def steps(self, *points):
        out = []
        for point in points:
            point = round(point[0]), round(point[1])
            out += [point[0] - self.at[0], point[1] - self.at[1]]
            self.at = point
        return out

    def _moveTo(self, point):
        self.put(21, *self.steps(point))

    def _lineTo(self, point):
        self.put(5, *self.steps(point))

    def _curveToOne(self, *points):
        self.put(8, *self.steps(*points))

    def _closePath(self):
        self.put(9)


def type1(glyphs, encoding):
    """A Type 1 program and its three lengths: glyphs as for cff, encoding {code: name}."""
    clear = ("%!PS-AdobeFont-1.0: ABCDEF+Made 1.0\n11 dict begin\n/FontInfo 2 dict dup begin /version (1.0) readonly def end readonly def\n"
             "/FontName /ABCDEF+Made def\n/PaintType 0 def\n/FontType 1 def\n/FontMatrix [0.001 0 0 0.001 0 0] readonly def\n"
             "/FontBBox {-1021 -463 1793 1232} readonly def\n/Encoding 256 array\n0 1 255 {1 index exch /.notdef put} for\n"
             + "".join(f"dup {code} /{name} put\n" for code, name in sorted(encoding.items())) + "readonly def\ncurrentdict end\ncurrentfile eexec\n")
    private = (b"dup /Private 9 dict dup begin\n/RD {string currentfile exch readstring pop} executeonly def\n/ND {noaccess def} executeonly def\n"
               b"/NP {noaccess put} executeonly def\n/BlueValues [] def\n/MinFeature {16 16} def\n/password 5839 def\n"
               b"2 index /CharStrings %d dict dup begin\n" % (len(glyphs) + 1))
    for name in [".notdef", *glyphs]:
        pen = Charstring(600 if name == ".notdef" else advance(glyphs[name]))
        if name != ".notdef":
            draw(pen, outline_name(glyphs[name]))
        pen.put(14)
        held = eexec.encrypt(b"made" + bytes(pen.data), 4330)[0]
        private += b"/%s %d RD %s ND\n" % (name.encode(), len(held), held)
    private += b"end\nend\nreadonly put\nnoaccess put\ndup/FontName get exch definefont pop\nmark currentfile closefile\n"
    hidden, tail = eexec.encrypt(b"made" + private, 55665)[0], b"0" * 64 + b"\ncleartomark\n"
    return clear.encode() + hidden + tail, f"/Length1 {len(clear)} /Length2 {len(hidden)} /Length3 {len(tail)}"


class Paths(BasePen):
    """Path operators of a content stream."""

    def __init__(self):
        super().__init__(None)
        self.out = []

    def put(self, operator, *points):
        self.out.append(" ".join(f"{round(x)} {round(y)}" for x, y in points) + f" {operator}")

    def _moveTo(self, point):
        self.put("m", point)

    def _lineTo(self, point):
        self.put("l", point)

    def _curveToOne(self, *points):
        self.put("c", *points)

    def _closePath(self):
        self.out.append("h")


def type3(pdf, glyphs, names, encoding=None, unicode=None):
    """A Type 3 font: glyphs {code: character}, names {code: name of its procedure}."""
    procedures = []
    for code, char in glyphs.items():
        pen = Paths()
        draw(pen, outline_name(char))
        body = f"{advance(char)} 0 -200 -300 1500 1100 d1\n" + "\n".join(pen.out) + "\nf"
        procedures.append(f"/{names[code]} {pdf.add(stream(body, packed=True))}")
    map_ = f"/ToUnicode {pdf.add(unicode)}" if unicode else ""
    first, last = min(glyphs), max(glyphs)
    widths = " ".join(str(advance(glyphs[code]) if code in glyphs else 0) for code in range(first, last + 1))
    return pdf.add(f"<< /Type /Font /Subtype /Type3 /FontBBox [-200 -300 1500 1100] /FontMatrix [0.001 0 0 0.001 0 0] "
                   f"/FirstChar {first} /LastChar {last} /Widths [{widths}] /CharProcs << {' '.join(procedures)} >> "
                   f"{encoding or differences(names)} /Resources << >> {map_} >>")


def coded_font(pdf, text, change=None, shapes=None, says=None):
    """A font of one-byte codes for the text with a map to Unicode, and what codes a string; change, shapes, says: other widths, outlines, texts."""
    shapes, says = shapes or {}, says or {}
    codes = {char: 33 + at for at, char in enumerate(dict.fromkeys(text.replace(" ", "")))} | {" ": 32}
    widths = {code: (change or {}).get(char, advance(shapes.get(char, char))) for char, code in codes.items()}
    glyphs = {f"c{code}": shapes.get(char, char) for char, code in codes.items()}
    font = simple(pdf, widths, cff(glyphs), "Type1", "FontFile3", differences({code: f"c{code}" for code in widths}),
                  to_unicode(chars({code: says.get(char, char) for char, code in codes.items()})), more="/Subtype /Type1C")
    return font, lambda line: hexed(bytes(codes[char] for char in line))
