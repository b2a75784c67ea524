"""Text in PDF pages that nobody sees, and text that looks hidden by one means or other but is seen; form fields, notes, links and attachments.

The files are written object by object, so that each holds just the trick that it is about."""

import pathlib
import zlib

from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import simpleSplit

from . import Case

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


class Sheet:
    """A PDF of raw objects: 1 is the catalogue, 2 the page tree, 3 and 4 Helvetica and its bold."""

    def __init__(self):
        self.objects, self.pages, self.catalogue = [b"", b""], [], ""
        for name in ("Helvetica", "Helvetica-Bold"):
            self.put(f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>")

    def put(self, body, stream=None):
        if stream is not None:
            data = stream if isinstance(stream, bytes) else stream.encode("latin-1")
            body = f"{body} /Length {len(data)} >>\nstream\n".encode("latin-1") + data + b"\nendstream"
        self.objects.append(body if isinstance(body, bytes) else body.encode("latin-1"))
        return len(self.objects)

    def page(self, content, resources="", extra="", box="0 0 595 842"):
        stream = self.put("<<", content)
        self.pages.append(self.put(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents {stream} 0 R {extra} "
            f"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> {resources} >> >>"))
        return self.pages[-1]

    def save(self, path: pathlib.Path):
        self.objects[0] = f"<< /Type /Catalog /Pages 2 0 R {self.catalogue} >>".encode("latin-1")
        self.objects[1] = f"<< /Type /Pages /Count {len(self.pages)} /Kids [{' '.join(f'{page} 0 R' for page in self.pages)}] >>".encode()
        out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
        for number, body in enumerate(self.objects, 1):
            places.append(len(out))
            out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
        start = len(out)
        out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode() + b"".join(b"%010d 00000 n \n" % place for place in places)
        out += f"trailer\n<< /Size {len(places) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
        path.write_bytes(out)


def say(x, y, text, size=11, font="F1", before=""):
    return f"BT {before} /{font} {size} Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET\n"


def flow(x, y, text, width=440, size=11, before=""):
    lines = simpleSplit(text, "Helvetica", size, width)
    return f"BT {before} /F1 {size} Tf {size * 1.3:.1f} TL 1 0 0 1 {x} {y} Tm\n" + "".join(f"({line}) Tj T*\n" for line in lines) + "ET\n"


def picture(sheet, width, height, draw=None, shade=200, extra=""):
    """A grey picture; `draw` may write on it."""
    image = Image.new("L", (width, height), shade)
    if draw:
        draw(ImageDraw.Draw(image))
    return sheet.put(
        f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode {extra}",
        zlib.compress(image.tobytes()))


def secrets(prose):
    """Each yields name, page content, resources, extra entries of the page, and a hook that adds objects first."""
    hide = prose.name

    def one(name, trick, setup=None, extra="", seen=""):
        return name, trick, setup, extra, seen

    s = hide()
    yield one("white_on_white", lambda _: "1 g " + say(72, 560, s) + "0 g\n"), s
    s1 = hide()
    yield one("white_cmyk", lambda _: "0 0 0 0 k " + say(72, 560, s1) + "0 g\n"), s1

    def tint(sheet):
        function = "<< /FunctionType 2 /Domain [0 1] /N 1 /C0 [0 0 0 0] /C1 [0 1 1 0] >>"
        return f"/ColorSpace << /Red [/Separation /Signal /DeviceCMYK {function}] >>"

    s2 = hide()
    yield one("white_tint_zero", lambda _: "/Red cs 0 scn " + say(72, 560, s2) + "0 g\n", tint), s2
    s3 = hide()
    yield one("same_colour_as_box", lambda _: "0.85 0.9 1 rg 60 540 300 50 re f\n" + say(72, 560, s3) + "0 g\n"), s3
    s4 = hide()
    yield one("under_white_box", lambda _: say(72, 560, s4) + "1 g 66 548 300 32 re f 0 g\n"), s4
    s5 = hide()
    yield one("under_black_bar", lambda _: say(72, 560, s5) + "0 g 66 553 300 20 re f\n"), s5
    s6 = hide()

    def shot(sheet):
        return f"/XObject << /Im {picture(sheet, 60, 20)} 0 R >>"

    yield one("under_picture", lambda _: say(72, 560, s6) + "q 320 0 0 60 60 535 cm /Im Do Q\n", shot), s6
    s7, new = hide(), hide()
    yield one("overpainted_and_written_anew",
              lambda _: say(72, 560, s7) + "1 g 66 548 300 32 re f 0 g\n" + say(72, 560, new), None, "", new), s7
    s8 = hide()
    yield one("mode_3", lambda _: say(72, 560, s8, before="3 Tr") + "BT 0 Tr ET\n"), s8
    s9 = hide()
    yield one("opacity_0", lambda _: "q /Clear gs " + say(72, 560, s9) + "Q\n", lambda _: "/ExtGState << /Clear << /ca 0 /CA 0 >> >>"), s9
    s10 = hide()
    yield one("clipped_away", lambda _: "q 72 300 200 50 re W n\n" + say(72, 560, s10) + "Q\n"), s10
    s11 = hide()
    yield one("beside_the_page", lambda _: say(700, 560, s11)), s11
    s12 = hide()
    yield one("outside_crop_box", lambda _: say(72, 20, s12), None, "/CropBox [40 60 555 800]"), s12
    s13 = hide()
    yield one("size_0_1", lambda _: say(72, 560, s13, size=0.1)), s13
    s14 = hide()
    yield one("matrix_tiny", lambda _: f"BT /F1 11 Tf 0.001 0 0 0.001 72 560 Tm ({s14}) Tj ET\n"), s14

    def group(state):
        def setup(sheet):
            layer = sheet.put("<< /Type /OCG /Name (Draft) >>")
            lists = f"/OFF [{layer} 0 R]" if state == "off" else f"/BaseState /OFF /ON [{layer} 0 R]" if state == "on" else "/BaseState /OFF"
            sheet.catalogue += f"/OCProperties << /OCGs [{layer} 0 R] /D << /Order [{layer} 0 R] {lists} >> >>"
            return f"/Properties << /Layer {layer} 0 R >>"
        return setup

    s15 = hide()
    yield one("layer_off", lambda _: "/OC /Layer BDC\n" + say(72, 560, s15) + "EMC\n", group("off")), s15
    s16 = hide()
    yield one("layer_base_state_off", lambda _: "/OC /Layer BDC\n" + say(72, 560, s16) + "EMC\n", group("base")), s16
    s17 = hide()

    def form(sheet):
        layer = sheet.put("<< /Type /OCG /Name (Notes) >>")
        member = sheet.put(f"<< /Type /OCMD /OCGs [{layer} 0 R] /P /AllOn >>")
        sheet.catalogue += f"/OCProperties << /OCGs [{layer} 0 R] /D << /OFF [{layer} 0 R] >> >>"
        inner = sheet.put(
            f"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /OC {member} 0 R /Resources << /Font << /F1 3 0 R >> >>", say(72, 560, s17))
        return f"/XObject << /Fm {inner} 0 R >>"

    yield one("layer_off_form", lambda _: "q /Fm Do Q\n", form), s17
    s18 = hide()

    def mask(sheet):
        black = sheet.put("<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Group << /S /Transparency /CS /DeviceGray >>",
                          "0 g 0 0 595 842 re f")
        return f"/ExtGState << /Masked << /SMask << /S /Luminosity /G {black} 0 R >> >> >>"

    yield one("soft_mask_black", lambda _: "q /Masked gs\n" + say(72, 560, s18) + "Q\n", mask), s18
    s19 = hide()

    def bound(sheet):
        inner = sheet.put("<< /Type /XObject /Subtype /Form /BBox [0 0 200 100] /Resources << /Font << /F1 3 0 R >> >>", say(20, 160, s19))
        return f"/XObject << /Fm {inner} 0 R >>"

    yield one("outside_form_box", lambda _: "q 1 0 0 1 72 400 cm /Fm Do Q\n", bound), s19
    s20 = hide()
    yield one("clip_mode_7_unpainted", lambda _: "q " + say(72, 560, s20, before="7 Tr") + "Q\n"), s20


def shown(prose):
    """What looks like the above but is seen."""
    hide = prose.name

    def plainly(name, trick, piece, setup=None):
        return name, trick, piece, setup

    a = hide()
    yield plainly("white_on_dark", lambda _: "0.1 0.2 0.4 rg 60 540 300 50 re f 1 g " + say(72, 560, a) + "0 g\n", a)
    b = hide()
    yield plainly("white_on_path",
                  lambda _: "0.6 0 0 rg 60 540 m 360 540 l 380 565 l 360 590 l 60 590 l h f 1 1 1 rg " + say(72, 560, b) + "0 g\n", b)
    c = hide()
    yield plainly("white_on_picture", lambda _: "q 320 0 0 60 60 535 cm /Im Do Q 1 g\n" + say(72, 560, c) + "0 g\n", c,
                  lambda sheet: f"/XObject << /Im {picture(sheet, 60, 20, shade=30)} 0 R >>")
    d = hide()
    yield plainly("under_translucent_marker", lambda _: say(72, 560, d) + "q /Half gs 1 1 0 rg 66 553 300 20 re f Q\n", d,
                  lambda _: "/ExtGState << /Half << /ca 0.4 >> >>")
    e = hide()
    yield plainly("under_multiplied_marker", lambda _: say(72, 560, e) + "q /Mark gs 1 1 0 rg 66 553 300 20 re f Q\n", e,
                  lambda _: "/ExtGState << /Mark << /BM /Multiply >> >>")
    f = hide()

    def layer_on(sheet):
        layer, other = sheet.put("<< /Type /OCG /Name (Final) >>"), sheet.put("<< /Type /OCG /Name (Draft) >>")
        sheet.catalogue += f"/OCProperties << /OCGs [{layer} 0 R {other} 0 R] /D << /OFF [{other} 0 R] >> >>"
        return f"/Properties << /Layer {layer} 0 R >>"

    yield plainly("layer_on", lambda _: "/OC /Layer BDC\n" + say(72, 560, f) + "EMC\n", f, layer_on)
    g = hide()

    def base_off(sheet):
        layer = sheet.put("<< /Type /OCG /Name (Final) >>")
        sheet.catalogue += f"/OCProperties << /OCGs [{layer} 0 R] /D << /BaseState /OFF /ON [{layer} 0 R] >> >>"
        return f"/Properties << /Layer {layer} 0 R >>"

    yield plainly("layer_switched_on", lambda _: "/OC /Layer BDC\n" + say(72, 560, g) + "EMC\n", g, base_off)
    h = hide()
    yield plainly("drawn_twice_for_bold", lambda _: say(72, 560, h) + say(72.3, 560, h), h)
    i = hide()
    yield plainly("shadow", lambda _: "0.7 g " + say(73, 559, i, 16) + "0 g " + say(72, 560, i, 16), i)
    j = hide()
    yield plainly("clip_mode_7_painted", lambda _: "q " + say(72, 560, j, 20, before="7 Tr") + "0 0.3 0.6 rg 60 540 400 50 re f Q\n", j)
    k = hide()
    yield plainly("outline_mode_1", lambda _: "1 g 0 G 0.4 w " + say(72, 560, k, 20, before="1 Tr") + "BT 0 Tr ET 0 g\n", k)
    m = hide()
    yield plainly("inside_clip", lambda _: "q 60 540 400 60 re W n\n" + say(72, 560, m) + "Q\n", m)
    n = hide()
    yield plainly("box_drawn_before", lambda _: "1 1 0.8 rg 0 0 0 RG 60 540 300 50 re B 0 g\n" + say(72, 560, n), n)
    o = hide()
    yield plainly("hollow_box_after", lambda _: say(72, 560, o) + "1 1 1 rg 2 w 60 540 300 50 re S 0 g\n", o)
    p = hide()
    yield plainly("size_1_scaled_up", lambda _: f"q 11 0 0 11 72 560 cm BT /F1 1 Tf ({p}) Tj ET Q\n", p)
    r = hide()

    def shade(sheet):
        function = "<< /FunctionType 2 /Domain [0 1] /N 1 /C0 [0 0 0.3] /C1 [0.2 0 0.4] >>"
        return f"/Shading << /Sh << /ShadingType 2 /ColorSpace /DeviceRGB /Coords [60 540 360 590] /Extend [true true] /Function {function} >> >>"

    yield plainly("white_on_gradient", lambda _: "q 60 540 300 50 re W n /Sh sh Q 1 g " + say(72, 560, r) + "0 g\n", r, shade)
    t = hide()

    def ground(sheet):
        inner = sheet.put("<< /Type /XObject /Subtype /Form /BBox [0 0 10 10]", "0 0.3 0.2 rg 0 0 10 10 re f")
        return f"/XObject << /Fm {inner} 0 R >>"

    yield plainly("white_on_form", lambda _: "q 30 0 0 5 60 540 cm /Fm Do Q 1 g " + say(72, 560, t) + "0 g\n", t, ground)
    q = hide()
    yield plainly("box_under_no_paint", lambda _: say(72, 560, q) + "1 g 60 540 300 50 re n 0 g\n", q)


def scan(prose):
    """A page that is a picture of text, with the text laid over it so that it can be found."""
    text, sheet = prose.paragraph(6), Sheet()
    lines = simpleSplit(text, "Helvetica", 11, 400)

    def draw(pen):
        font = ImageFont.truetype(FONT, 22)
        for at, line in enumerate(lines):
            pen.text((145, 150 + at * 40), line, fill=20, font=font)

    image = picture(sheet, 1190, 1684, draw, shade=245)
    layer = "BT 3 Tr /F1 11 Tf\n" + "".join(f"1 0 0 1 72 {842 - 86 - at * 20} Tm ({line}) Tj\n" for at, line in enumerate(lines)) + "ET\n"
    return sheet, image, layer, text


def forms(prose):
    label, value, area = prose.words(3), prose.name(), "forms, notes"

    def held(annotations, fields=True, more=""):
        """A sheet with a line and annotations; each is text or makes its text with the sheet."""
        sheet, line = Sheet(), prose.sentence()
        numbers = [sheet.put(made(sheet) if callable(made) else made) for made in annotations]
        kids = " ".join(f"{number} 0 R" for number in numbers)
        if fields:
            sheet.catalogue += f"/AcroForm << /Fields [{kids}] /DR << /Font << /Helv 3 0 R >> >> /DA (/Helv 10 Tf 0 g) {more} >>"
        return sheet, line, f"/Annots [{kids}]"

    def looks(text, width=200, height=20):
        return lambda sheet: sheet.put(
            f"<< /Type /XObject /Subtype /Form /BBox [0 0 {width} {height}] /Resources << /Font << /Helv 3 0 R >> >>",
            f"/Tx BMC q BT /Helv 10 Tf 0 g 2 6 Td ({text}) Tj ET Q EMC")

    def widget(text, rest, top=600):
        return lambda sheet: (f"<< /Type /Annot /Subtype /Widget /Rect [200 {top - 5} 400 {top + 15}] /F 4 "
                              f"/AP << /N {looks(text)(sheet)} 0 R >> {rest} >>")

    sheet, line, extra = held([widget(value, f"/FT /Tx /T (a) /V ({value})")])
    sheet.page(say(72, 700, line) + say(72, 600, label), "", extra)
    yield Case("form_text.pdf", area, sheet.save, text=f"{line} {label} {value}", order=(line, label, value))

    value = prose.name()
    sheet, line, extra = held(
        [f"<< /Type /Annot /Subtype /Widget /Rect [200 595 400 615] /F 4 /FT /Tx /T (b) /V ({value}) /DA (/Helv 10 Tf 0 g) >>"],
        more="/NeedAppearances true")
    sheet.page(say(72, 700, line) + say(72, 600, label), "", extra)
    yield Case("form_text_no_appearance.pdf", area, sheet.save, text=f"{line} {label} {value}", order=(label, value))

    first, second = prose.name(), prose.name()
    sheet, line, extra = held([f"<< /Type /Annot /Subtype /Widget /Rect [72 560 400 620] /F 4 /FT /Tx /Ff 4096 /T (c) "
                               f"/V <{('﻿' + first + chr(13) + second).encode('utf-16-be').hex()}> /DA (/Helv 10 Tf 0 g) >>"],
                              more="/NeedAppearances true")
    sheet.page(say(72, 700, line), "", extra)
    yield Case("form_text_lines_utf16.pdf", area, sheet.save, text=f"{line} {first} {second}", order=(line, first, second))

    choices = prose.random.sample(["Barley flour", "Rye bread", "Oat cakes", "Wheat bran", "Millet gruel"], 3)
    options = "".join(f"({choice})" for choice in choices)
    sheet, line, extra = held([widget(choices[1], f"/FT /Ch /Ff 131072 /T (d) /Opt [{options}] /V ({choices[1]})")])
    sheet.page(say(72, 700, line) + say(72, 600, label), "", extra)
    yield Case("form_choice.pdf", area, sheet.save, text=f"{line} {label} {choices[1]}", lacks=(choices[0], choices[2]))

    yes, no = prose.words(2), prose.words(2)

    def box(top, state):
        def made(sheet):
            ticked = sheet.put("<< /Type /XObject /Subtype /Form /BBox [0 0 12 12]", "0 0 12 12 re S 1 1 m 11 11 l 1 11 m 11 1 l S")
            empty = sheet.put("<< /Type /XObject /Subtype /Form /BBox [0 0 12 12]", "0 0 12 12 re S")
            return (f"<< /Type /Annot /Subtype /Widget /Rect [72 {top} 84 {top + 12}] /F 4 /FT /Btn /T (box{top}) /V /{state} /AS /{state} "
                    f"/AP << /N << /Chosen {ticked} 0 R /Off {empty} 0 R >> >> >>")
        return made

    sheet, line, extra = held([box(598, "Chosen"), box(568, "Off")])
    sheet.page(say(72, 700, line) + say(92, 600, yes) + say(92, 570, no), "", extra)
    yield Case("form_checkboxes.pdf", area, sheet.save, text=f"{line} {yes} {no}", order=(line, yes, no), either=("x", "Chosen", "Off"))

    gone, value = prose.name(), prose.name()
    sheet, line, extra = held([widget(value, f"/FT /Tx /T (e) /V ({value})"),
                               widget(gone, f"/FT /Tx /T (f) /V ({gone})", 560)])
    sheet.objects = [body.replace(b"/F 4", b"/F 2") if gone.encode() in body and b"/Widget" in body else body for body in sheet.objects]
    sheet.page(say(72, 700, line), "", extra)
    yield Case("form_hidden_field.pdf", area, sheet.save, text=f"{line} {value}", lacks=(gone,))

    note = prose.name()
    sheet, line, extra = held([lambda sheet: f"<< /Type /Annot /Subtype /FreeText /Rect [72 500 272 520] /F 4 /DA (/Helv 10 Tf 0 g) "
                               f"/Contents ({note}) /AP << /N {looks(note)(sheet)} 0 R >> >>"], False)
    sheet.page(say(72, 700, line), "", extra)
    yield Case("note_free_text.pdf", area, sheet.save, text=f"{line} {note}", order=(line, note))

    note = prose.name()
    sheet, line, extra = held([f"<< /Type /Annot /Subtype /FreeText /Rect [72 500 272 520] /F 4 /DA (/Helv 10 Tf 0 g) /Contents ({note}) >>"], False)
    sheet.page(say(72, 700, line), "", extra)
    yield Case("note_free_text_no_appearance.pdf", area, sheet.save, text=f"{line} {note}")

    note, gone = prose.name(), prose.name()
    sheet, line, extra = held([
        lambda sheet: f"<< /Type /Annot /Subtype /FreeText /Rect [72 500 272 520] /F 2 /DA (/Helv 10 Tf 0 g) "
                      f"/Contents ({gone}) /AP << /N {looks(gone)(sheet)} 0 R >> >>",
        lambda sheet: f"<< /Type /Annot /Subtype /Stamp /Rect [72 400 272 420] /F 4 /Name /Draft /AP << /N {looks(note)(sheet)} 0 R >> >>"], False)
    sheet.page(say(72, 700, line), "", extra)
    yield Case("note_hidden_and_stamp.pdf", "hidden", sheet.save, text=f"{line} {note}", lacks=(gone,))

    note = prose.sentence(7)
    sheet, line, extra = held([f"<< /Type /Annot /Subtype /Text /Rect [500 690 520 710] /F 28 /Name /Comment /Open true /T (Reader) "
                               f"/Contents ({note}) >>"], False)
    sheet.page(say(72, 700, line), "", extra)
    yield Case("note_sticky.pdf", area, sheet.save, text=f"{line} {note}", has=(note,), either=("Comment by", "Comment", "Reader"))

    start, tail = prose.words(4).capitalize(), prose.words(3)
    sheet, line, extra = held(["<< /Type /Annot /Subtype /Link /Rect [72 598 200 612] /Border [0 0 0] "
                               "/A << /S /URI /URI (https://example.org/a) >> >>",
                               "<< /Type /Annot /Subtype /Highlight /Rect [72 696 300 712] /F 4 /C [1 1 0] "
                               "/QuadPoints [72 712 300 712 72 696 300 696] >>"], False)
    sheet.page(say(72, 700, line) + say(72, 600, f"{start} {tail}."), "", extra)
    yield Case("link_and_marker.pdf", area, sheet.save, text=f"{line} {start} {tail}.", either=("https://example.org/a",))

    inner, line, sheet = prose.sentence(), prose.sentence(), Sheet()
    file = sheet.put(f"<< /Type /EmbeddedFile /Subtype /text#2Fplain /Params << /Size {len(inner)} >>", inner)
    told = sheet.put(f"<< /Type /Filespec /F (words.txt) /UF (words.txt) /EF << /F {file} 0 R >> >>")
    sheet.catalogue += f"/Names << /EmbeddedFiles << /Names [(words.txt) {told} 0 R] >> >> /PageMode /UseAttachments"
    sheet.page(say(72, 700, line))
    yield Case("attachment.pdf", area, sheet.save, has=(line, inner))


def cases(prose):
    for (name, trick, setup, extra, seen), gone in secrets(prose):
        sheet, above, below = Sheet(), prose.paragraph(3), prose.paragraph(3)
        resources = setup(sheet) if setup else ""
        sheet.page(flow(72, 740, above) + trick(sheet) + flow(72, 460, below), resources, extra)
        yield Case(f"hidden_{name}.pdf", "hidden", sheet.save, text=f"{above} {seen} {below}", lacks=(gone,))
    for name, trick, piece, setup in shown(prose):
        sheet, above, below = Sheet(), prose.paragraph(3), prose.paragraph(3)
        resources = setup(sheet) if setup else ""
        sheet.page(flow(72, 740, above) + trick(sheet) + flow(72, 460, below), resources)
        yield Case(f"seen_{name}.pdf", "hidden", sheet.save, text=f"{above} {piece} {below}", order=(above, piece, below))
    sheet, image, layer, text = scan(prose)
    sheet.page(f"q 595 0 0 842 0 0 cm /Im Do Q\n{layer}", f"/XObject << /Im {image} 0 R >>")
    yield Case("seen_scan_with_layer.pdf", "hidden", sheet.save, text=text)
    sheet, image, layer, text = scan(prose)
    sheet.page(f"{layer}BT 0 Tr ET q 595 0 0 842 0 0 cm /Im Do Q\n", f"/XObject << /Im {image} 0 R >>")
    yield Case("seen_scan_over_layer.pdf", "hidden", sheet.save, text=text)
    sheet, image, layer, text = scan(prose)
    sheet.page(f"{layer.replace('3 Tr', '0 Tr')}q 595 0 0 842 0 0 cm /Im Do Q\n", f"/XObject << /Im {image} 0 R >>")
    yield Case("seen_scan_over_painted_text.pdf", "hidden", sheet.save, text=text)
    yield from forms(prose)
