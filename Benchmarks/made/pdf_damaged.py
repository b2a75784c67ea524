"""PDF: files that are damaged, locked, or built in ways that are allowed but seldom met."""

import base64
import re
import zlib

from made.pdf_writer import Gathered, Pdf, entries, hexed, literal, show, standard, stream, table, wrap

case = Gathered("damaged", "damaged or odd files")


def plain(prose, pages=2, packed=False):
    """A file with a paragraph on each page, and the paragraphs."""
    texts = [f"{prose.name()} {prose.paragraph(3)}" for _ in range(pages)]
    pdf = Pdf()
    font = pdf.add(standard())
    for text in texts:
        pdf.page(show(wrap(text)), {"F1": font}, packed=packed)
    return pdf.finish(), texts


def truth(texts):
    return dict(text=" ".join(texts), has=tuple(texts), order=tuple(texts))


def mangled(prose, change, packed=False):
    pdf, texts = plain(prose, packed=packed)
    return lambda: change(pdf.data()), truth(texts)


def contents(content, text, resources="", packed=False, **more):
    """One page with the content and the truth that it is the text."""
    def data():
        pdf = Pdf()
        made = content(pdf) if callable(content) else content
        pdf.page(made, {"F1": standard()}, resources=resources, packed=packed)
        return pdf.data()
    return data, dict(text=text, has=(text,), **more)


# The table of objects


@case
def startxref_wrong(prose):
    return mangled(prose, lambda data: re.sub(rb"startxref\n\d+", b"startxref\n999999", data))


@case
def xref_missing(prose):
    return mangled(prose, lambda data: data[:data.rindex(b"xref\n0 ")])


@case
def xref_shifted(prose):
    """As after a transfer that added a byte in the head."""
    return mangled(prose, lambda data: data.replace(b"%PDF-1.4\n", b"%PDF-1.4\r\n\r\n", 1))


@case
def xref_starts_at_one(prose):
    """The section says that it starts at 1, and its first entry is that of object 0."""
    return mangled(prose, lambda data: re.sub(rb"xref\n0 (\d+)", rb"xref\n1 \1", data))


@case
def previous_loop(prose):
    """/Prev leads back to the same table."""
    def data():
        out, places = pdf.body()
        return out + table(places, len(out), f"/Prev {len(out)}")
    pdf, texts = plain(prose)
    return data, truth(texts)


@case
def end_cut_off(prose):
    """Cut in the midst of the last page's content: what stands before is to be read."""
    pdf, texts = plain(prose, 3)

    def data():
        out = pdf.data()
        return out[:out.index(literal(wrap(texts[2])[1]))]
    return data, dict(has=(texts[0], texts[1]), order=(texts[0], texts[1]))


@case
def junk_before(prose):
    """Headers of a transfer stand before the file; places count from %PDF."""
    return mangled(prose, lambda data: b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nX-Note: " + b"a" * 400 + b"\r\n\r\n" + data)


@case
def junk_after(prose):
    return mangled(prose, lambda data: data + b"\0" * 5000 + b"\r\n--boundary--\r\n")


@case
def carriage_returns(prose):
    """All lines end in CR alone, in the content too."""
    return mangled(prose, lambda data: data.replace(b"\n", b"\r"))


@case
def hybrid_table(prose):
    """A classic table whose trailer leads to a stream of further entries: page, font and content are in an object stream or hidden there."""
    text = f"{prose.name()} {prose.paragraph(2)}"

    def data():
        pdf = Pdf()
        pdf.page(show(wrap(text)), {"F1": standard()})
        pdf.finish()
        inner = {number: body for number, body in pdf.objects.items() if not body.endswith(b"endstream") and number > 1}
        pdf.objects = {number: body for number, body in pdf.objects.items() if number not in inner}
        held = object_stream(inner)
        pdf.add(held, 20)
        out, places = pdf.body()
        at = len(out)
        rows = b"".join(bytes([2]) + (20).to_bytes(3, "big") + bytes([index]) for index, number in enumerate(sorted(inner)))
        index = " ".join(f"{number} 1" for number in sorted(inner))
        out += b"21 0 obj\n" + stream(rows, f"/Type /XRef /Size 22 /W [1 3 1] /Index [{index}]") + b"\nendobj\n"
        return out + table(places | {21: at}, len(out), f"/XRefStm {at}", size=22)
    return data, truth([text])


def object_stream(objects):
    head, body = [], b""
    for number in sorted(objects):
        head.append(f"{number} {len(body)}")
        body += objects[number] + b"\n"
    head = (" ".join(head) + "\n").encode()
    return stream(head + body, f"/Type /ObjStm /N {len(objects)} /First {len(head)}", packed=True)


def predicted(rows, kind):
    """PNG rows, each filtered in the given way (or in turn)."""
    out, above = b"", bytes(len(rows[0]))
    for at, row in enumerate(rows):
        way = at % 5 if kind is None else kind
        left, corner = bytes([0]) + row[:-1], bytes([0]) + above[:-1]
        guess = [bytes(len(row)), left, above, bytes((a + b) // 2 for a, b in zip(left, above)), bytes(map(paeth, left, above, corner))][way]
        out += bytes([way]) + bytes((a - b) % 256 for a, b in zip(row, guess))
        above = row
    return out


def paeth(left, above, corner):
    return min((left, above, corner), key=lambda value: abs(left + above - corner - value))


@case
def object_streams(prose):
    """PDF 1.5: a table that is a stream with rows as in PNG, two object streams of which the second extends the first."""
    pdf, texts = plain(prose, 3, packed=True)

    def data():
        inner = {number: body for number, body in pdf.objects.items() if not body.endswith(b"endstream")}
        outer = {number: body for number, body in pdf.objects.items() if number not in inner}
        numbers = sorted(inner)
        halves = [numbers[:len(numbers) // 2], numbers[len(numbers) // 2:]]
        out, rows = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"), {0: (0, 0, 255)}
        for at, half in enumerate(halves):
            held = object_stream({number: inner[number] for number in half})
            outer[50 + at] = held.replace(b"/Type /ObjStm", b"/Type /ObjStm /Extends 50 0 R", at)
            rows |= {number: (2, 50 + at, index) for index, number in enumerate(half)}
        for number, body in outer.items():
            rows[number] = (1, len(out), 0)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        rows[52] = (1, len(out), 0)
        lines = [bytes([kind]) + place.to_bytes(3, "big") + bytes([last]) for kind, place, last in (rows[number] for number in sorted(rows))]
        index = " ".join(f"{number} 1" for number in sorted(rows))
        body = stream(zlib.compress(predicted(lines, 2)), f"/Type /XRef /Size 53 /W [1 3 1] /Index [{index}] /Root 1 0 R /Filter /FlateDecode "
                      "/DecodeParms << /Predictor 12 /Columns 5 >>")
        start = len(out)
        return bytes(out) + b"52 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (body, start)
    return data, truth(texts)


@case
def later_version(prose):
    """Saved anew at the end: the first page's content is replaced, a third page added, the second taken away."""
    pdf, texts = plain(prose)
    new = [prose.paragraph(2), prose.paragraph(2)]

    def data():
        out, places = pdf.body()
        start = len(out)
        out += table(places, start)
        first, second = (int(kid.split()[0]) for kid in pdf.kids)
        content = int(re.search(rb"/Contents (\d+)", pdf.objects[first])[1])
        size = max(pdf.objects) + 1
        later = {2: b"<< /Type /Pages /Count 2 /Kids [%d 0 R %d 0 R] >>" % (first, size), content: stream(show(wrap(new[0]))),
                 size: re.sub(rb"/Contents \d+", b"/Contents %d" % (size + 1), pdf.objects[second]), size + 1: stream(show(wrap(new[1])))}
        at = {}
        for number, body in later.items():
            at[number] = len(out)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        return out + b"xref\n0 1\n0000000000 65535 f \n" + entries(at) + (
            f"trailer\n<< /Size {size + 2} /Root 1 0 R /Prev {start} >>\nstartxref\n{len(out)}\n%%EOF\n".encode())
    return data, dict(text=" ".join(new), has=tuple(new), lacks=tuple(texts), order=tuple(new))


@case
def linearized(prose):
    """The first page's objects and their table stand first, the table of the others after them."""
    pdf, texts = plain(prose, 3)

    def data():
        first = [1, 3, 4, 5]
        rest = [number for number in pdf.objects if number not in first]
        size = max(pdf.objects) + 2
        lin = size - 1

        def lay(total, second, end):
            out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
            places = {lin: len(out)}
            out += b"%d 0 obj\n<< /Linearized 1 /L %010d /H [ 0 0 ] /O 5 /E %010d /N 3 /T %010d >>\nendobj\n" % (lin, total, end, second)
            table_at, held = len(out), len(entries(dict.fromkeys([*first, lin], 1)))
            places_at, after = {}, bytearray()
            trailer = b"trailer\n<< /Size %d /Root 1 0 R /Prev %010d >>\nstartxref\n0\n%%%%EOF\n" % (size, second)
            start = table_at + 5 + held + len(trailer)
            for number in first:
                places[number] = start + len(after)
                after += b"%d 0 obj\n%s\nendobj\n" % (number, pdf.objects[number])
            end = start + len(after)
            for number in rest:
                places_at[number] = start + len(after)
                after += b"%d 0 obj\n%s\nendobj\n" % (number, pdf.objects[number])
            out += b"xref\n" + entries(places) + trailer + after
            second = len(out)
            out += b"xref\n0 1\n0000000000 65535 f \n" + entries(places_at) + b"trailer\n<< /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (size, table_at)
            return bytes(out), second, end
        out, second, end = lay(0, 0, 0)
        return lay(len(out), second, end)[0]
    return data, truth(texts)


@case
def generations(prose):
    """Objects of later generations, and an object number that was given away twice: only the table's is alive."""
    pdf, texts = plain(prose)
    dead = prose.name()

    def data():
        first = int(pdf.kids[0].split()[0])
        content = int(re.search(rb"/Contents (\d+)", pdf.objects[first])[1])
        pdf.objects[first] = pdf.objects[first].replace(b"/Contents %d 0 R" % content, b"/Contents %d 2 R" % content)
        out, places = pdf.body()
        out = out.replace(b"\n%d 0 obj" % content, b"\n%d 2 obj" % content)
        ghost = b"%d 0 obj\n%s\nendobj\n" % (content, stream(show([dead])))
        held = table(places, len(out) + len(ghost)).replace(b"%010d 00000 n" % places[content], b"%010d 00002 n" % places[content])
        return out + ghost + held
    return data, truth(texts) | dict(lacks=(dead,))


@case
def doubled_object(prose):
    """No table, and an object number twice: the later is the one that counts."""
    pdf, texts = plain(prose)
    old = prose.name()

    def data():
        out, _ = pdf.body()
        content = int(re.search(rb"/Contents (\d+)", pdf.objects[int(pdf.kids[0].split()[0])])[1])
        at = out.index(b"1 0 obj")
        return out[:at] + b"%d 0 obj\n%s\nendobj\n" % (content, stream(show([old]))) + out[at:] + b"trailer\n<< /Root 1 0 R >>\n"
    return data, truth(texts) | dict(lacks=(old,))


# Streams


@case
def length_too_small(prose):
    return mangled(prose, lambda data: re.sub(rb"/Length (\d+)", b"/Length 40", data))


@case
def length_too_large(prose):
    return mangled(prose, lambda data: re.sub(rb"/Length (\d+)", lambda found: b"/Length %d" % (int(found[1]) + 300), data))


@case
def length_missing(prose):
    """A reference to an object that is not there for one page, no /Length at all for the other; the content is packed."""
    return mangled(prose, lambda data: re.sub(rb"/Length \d+", b"", re.sub(rb"/Length \d+", b"/Length 99 0 R", data, count=1)), packed=True)


@case
def endstream_missing(prose):
    return mangled(prose, lambda data: data.replace(b"\nendstream\nendobj", b"\nendobj"))


def packed_page(change, lines, **more):
    def content(pdf):
        data = change(zlib.compress(show(lines), 9))
        return pdf.add(b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(data), data))
    return contents(content, **more)


@case
def flate_cut_off(prose):
    lines = wrap(prose.paragraph(14))
    data, _ = packed_page(lambda data: data[:len(data) * 3 // 4], lines, text="")
    return data, dict(has=(" ".join(lines[:4]),))


@case
def flate_bad_sum(prose):
    text = prose.paragraph(3)
    return packed_page(lambda data: data[:-4] + b"\1\2\3\4", wrap(text), text=text)


@case
def flate_no_head(prose):
    """White space before the data and bytes behind them."""
    text = prose.paragraph(3)
    return packed_page(lambda data: data + b"\r\n\0\0junk", wrap(text), text=text)


@case
def filters_stacked(prose):
    """RunLength, then Flate, then ASCII85 around it, in names that are cut short."""
    text = prose.paragraph(3)

    def content(pdf):
        data = show(wrap(text))
        runs = b"".join(bytes([len(data[at:at + 100]) - 1]) + data[at:at + 100] for at in range(0, len(data), 100)) + b"\x80"
        out = base64.a85encode(zlib.compress(runs), wrapcol=72) + b"~>"
        return pdf.add(stream(out, "/Filter [/A85 /Fl /RL]"))
    return contents(content, text)


@case
def hex_odd(prose):
    """ASCIIHex with blanks and an odd number of digits: a 0 is thought behind the last; so in strings of the content."""
    text = prose.paragraph(2)

    def content(pdf):
        held = show(wrap(text), code=lambda line: b"<" + re.sub(rb"(.{30})", rb"\1\n ", (line + "p").encode().hex().encode()[:-1]) + b">")
        out = re.sub(rb"(.{64})", rb"\1\r\n", (held.rstrip() + b"\n\x20").hex().encode()[:-1])
        return pdf.add(stream(out + b">", "/Filter /ASCIIHexDecode"))
    data, _ = contents(content, text)
    return data, dict(has=tuple(line.rstrip() for line in wrap(text)))


def lzw(data, early):
    codes, out, size, bits = {bytes([code]): code for code in range(256)}, [(256, 9)], 9, 258
    word, count = b"", 258
    for byte in data:
        longer = word + bytes([byte])
        if longer in codes:
            word = longer
            continue
        out.append((codes[word], size))
        codes[longer] = count
        count += 1
        if count + early > 1 << size:
            size += 1
        if count >= 4094:
            out.append((256, size))
            codes, size, count = {bytes([code]): code for code in range(256)}, 9, 258
        word = bytes([byte])
    out += [(codes[word], size), (257, size if count + 1 + early <= 1 << size else size + 1)]
    bits = "".join(f"{code:0{size}b}" for code, size in out)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


@case
def lzw_late(prose):
    """LZW with EarlyChange 0, long enough for codes of 11 bits and more."""
    text = prose.paragraph(25)
    return contents(lambda pdf: pdf.add(stream(lzw(show(wrap(text)), 0), "/Filter /LZWDecode /DecodeParms << /EarlyChange 0 >>")), text)


@case
def lzw_early(prose):
    text = prose.paragraph(45)
    return contents(lambda pdf: pdf.add(stream(lzw(show(wrap(text, 100), size=8, lead=10), 1), "/Filter [/LZWDecode] /DecodeParms [null]")), text)


@case
def png_predictor(prose):
    text = prose.paragraph(4)

    def content(pdf):
        data = show(wrap(text))
        data += b" " * (-len(data) % 24)
        rows = [data[at:at + 24] for at in range(0, len(data), 24)]
        return pdf.add(stream(zlib.compress(predicted(rows, None)), "/Filter /FlateDecode /DecodeParms << /Predictor 15 /Columns 24 >>"))
    return contents(content, text)


@case
def tiff_predictor(prose):
    text = prose.paragraph(4)

    def content(pdf):
        data = show(wrap(text))
        data += b" " * (-len(data) % 20)
        out = b"".join(bytes((byte - (data[row + at - 2] if at > 1 else 0)) % 256 for at, byte in enumerate(data[row:row + 20]))
                       for row in range(0, len(data), 20))
        return pdf.add(stream(zlib.compress(out), "/Filter /FlateDecode /DecodeParms << /Predictor 2 /Colors 2 /Columns 10 >>"))
    return contents(content, text)


# Pages


@case
def tree_loop(prose):
    """A page tree that holds itself, and a count that is wrong."""
    pdf, texts = plain(prose)

    def data():
        pdf.objects[2] = b"<< /Type /Pages /Count 97 /Kids [%s 40 0 R] >>" % pdf.kids[0].encode()
        pdf.objects[40] = b"<< /Type /Pages /Parent 2 0 R /Count -1 /Kids [%s 2 0 R 40 0 R] >>" % pdf.kids[1].encode()
        return pdf.data()
    return data, truth(texts)


@case
def tree_holes(prose):
    """Null, objects that are not there, a page without contents and one whose contents are in part missing."""
    pdf, texts = plain(prose)

    def data():
        first = int(pdf.kids[0].split()[0])
        pdf.objects[first] = re.sub(rb"/Contents (\d+ 0 R)", rb"/Contents [88 0 R \1 null 89 0 R]", pdf.objects[first])
        empty = pdf.add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Annots 77 0 R >>")
        pdf.objects[2] = f"<< /Type /Pages /Count 5 /Kids [null 90 0 R {pdf.kids[0]} {empty} {pdf.kids[1]}] >>".encode()
        return pdf.data()
    return data, truth(texts)


@case
def inherited(prose):
    """Resources, size and rotation come from the tree, two levels up; the size has its corners the other way round."""
    texts = [prose.paragraph(2) for _ in range(2)]

    def data():
        pdf = Pdf()
        font = pdf.add(standard(encoding="/Encoding << /BaseEncoding /WinAnsiEncoding /Differences [65 /Z] >>"))
        for text in texts:
            pdf.page(show(wrap(text), y=720, code=lambda line: literal(line.replace("Z", "A"))), None, more="")
        middle = pdf.add(f"<< /Type /Pages /Parent 2 0 R /Count 2 /Kids [{' '.join(pdf.kids)}] >>")
        for kid in pdf.kids:
            number = int(kid.split()[0])
            pdf.objects[number] = pdf.objects[number].replace(b"/Parent 2 0 R", b"/Parent " + middle.encode())
        pdf.objects[2] = (f"<< /Type /Pages /Count 2 /Kids [{middle}] /MediaBox [612 792 0 0] /Rotate 0 "
                          f"/Resources << /Font << /F1 {font} >> >> >>").encode()
        return pdf.data()
    texts = [text.replace("A", "Z") for text in texts]
    return data, truth(texts)


@case
def contents_split(prose):
    """An array of streams that part in the midst of a text object, of an array of strings and before an operator."""
    name, text = prose.name(), prose.words(12)
    words = text.split()
    parts = [b"q BT /F1 11 Tf 14 TL 72 700 Td [", literal(" ".join(words[:4]) + " ") + b" 0", literal(" ".join(words[4:8])) + b"] TJ T*",
             b"(" + " ".join(words[8:]).encode() + b")", b"Tj T* /F1", b"11 Tf " + literal(name), b"'", b"ET Q"]

    def data():
        pdf = Pdf()
        refs = pdf.add("[" + " ".join(pdf.add(stream(part)) for part in parts) + "]")
        pdf.page(refs, {"F1": standard()})
        return pdf.data()
    return data, truth([f"{text} {name}"])


@case
def forms_nested(prose):
    """Forms in forms with matrices that turn their order round; the inner one has no resources of its own and takes the page's."""
    top, middle, low = prose.sentence(7), prose.sentence(7), prose.sentence(7)

    def data():
        pdf = Pdf()
        font = pdf.add(standard("Times-Roman"))
        box = "/Type /XObject /Subtype /Form /BBox [0 -20 600 800]"
        inner = pdf.add(stream(show([top], 0, 0), f"{box} /Matrix [1 0 0 1 0 300]"))
        outer = pdf.add(stream(show([middle], 0, 100, font="G1") + b"q 1 0 0 1 0 -60 cm /X2 Do Q",
                               f"{box} /Matrix [2 0 0 2 0 0] /Resources << /Font << /G1 {font} >> /XObject << /X2 {inner} >> >>"))
        pdf.page(show([low], 72, 120) + b"q 0.5 0 0 0.5 72 400 cm /X1 Do Q", {"F1": font}, resources=f"/XObject << /X1 {outer} >>")
        return pdf.data()
    return data, truth([f"{top} {middle} {low}"])


@case
def names_escaped(prose):
    """Names with #xx: in keys, and a resource that is called in another way than it is named."""
    pdf, texts = plain(prose)

    def data():
        out = pdf.data().replace(b"/F1 11 Tf", b"/#46#31 11 Tf").replace(b"/Contents", b"/C#6fntents").replace(b"/Type /Page ", b"/T#79pe /P#61ge ")
        return out[:out.rindex(b"xref\n0")] + b"trailer\n<< /R#6fot 1 0 R >>\n"
    return data, truth(texts)


@case
def inline_images(prose):
    """Inline images whose bytes hold EI between blanks, brackets and operators."""
    above, below = prose.sentence(), prose.sentence()
    pixels = (b"\x00\xff EI Q (no such text) Tj BT ( \xf0 EI\n" + bytes(range(256)))[:256]
    packed = zlib.compress(pixels)
    content = (show([above]) + b"q 60 0 0 60 72 600 cm\nBI /W 16 /H 16 /BPC 8 /CS /G\nID " + pixels + b"\nEI Q\n"
               b"q 60 0 0 60 172 600 cm BI /W 16 /H 16 /BPC 8 /CS /G /F /Fl ID " + packed + b" EI Q\n" + show([below], y=500))
    return contents(content, f"{above} {below}", lacks=("no such text",))


@case
def comments(prose):
    """Comments between operands, with brackets and operators in them; none in strings."""
    first, second = prose.words(5), prose.words(5)
    content = (b"% BT (no such text) Tj ET\rBT%begin\n/F1%(font\n11 Tf 14 TL 72 700 Td [(" + first.encode() + b")% 200 (wrong)\r\n] TJ T*\n"
               b"(50% of " + second.encode() + b") %) Tj\nTj ET % the end")
    return contents(content, f"{first} 50% of {second}", lacks=("no such text", "wrong"))


@case
def strings_escaped(prose):
    """Octal numbers of one to three digits, lines that go on, brackets in pairs, escapes that mean nothing."""
    words = prose.random.sample("harvest market lantern orchard captain harbour".split(), 4)
    content = (b"BT /F1 11 Tf 14 TL 72 700 Td "
               b"(\\(" + words[0].encode() + b"\\) (in \\\r\n(pairs)) \\344\\53\\0533 " + words[1].encode() + b"\\q) Tj T*"
               b"(back\\\\slash " + words[2].encode() + b" tab\\040end " + words[3].encode() + b"\\\nly)' ET")
    text = f"({words[0]}) (in (pairs)) ä++3 {words[1]}q back\\slash {words[2]} tab end {words[3]}ly"
    return contents(content, text)


@case
def operators_odd(prose):
    """More Q than q, operators that nobody knows, a text object in a text object, one without an end, operands too many."""
    lines = [prose.sentence(8) for _ in range(4)]
    one, two, three, four = map(literal, lines)
    content = (b"Q Q q BT /F1 11 Tf 72 700 Td " + one + b" Tj BT 1 0 0 1 72 680 Tm " + two + b" Tj ET 12 foo BX <</A 1>> bar EX\n"
               b"BT /F1 11 Tf 1 0 0 1 72 660 Tm /Odd " + three + b"Tj 0 -20 Td 1 0 0 1 72 640 Tm" + four + b"Tj")
    return contents(content, " ".join(lines), order=tuple(lines))


@case
def numbers_odd(prose):
    """Numbers as some programs write them: 4., .5, +14.0, 0000072, -.0, -14., and delimiters without blanks."""
    lines = [prose.sentence(8) for _ in range(3)]
    one, two = map(literal, lines[:2])
    content = b"BT/F1 11. Tf +14.0 TL 0000072 0700. Td[" + one + b"-.0]TJ T*[" + two + b".5]TJ 0 -14. TD" + hexed(lines[2].encode()) + b"Tj ET"
    return contents(content, " ".join(lines), order=tuple(lines))


# Locks


def locked(prose, method, user="", **more):
    pdf, texts = plain(prose)

    def data():
        import pymupdf
        out = pymupdf.open(stream=pdf.data(), filetype="pdf").tobytes(
            encryption=getattr(pymupdf, f"PDF_ENCRYPT_{method}"), user_pw=user, owner_pw="Owner1", permissions=int(pymupdf.PDF_PERM_PRINT), **more)
        return out
    return data, dict(ends="locked") if user else truth(texts)


@case
def locked_rc4_40(prose):
    return locked(prose, "RC4_40")


@case
def locked_rc4_128(prose):
    return locked(prose, "RC4_128")


@case
def locked_aes_128(prose):
    return locked(prose, "AES_128", use_objstms=1)


@case
def locked_aes_256(prose):
    return locked(prose, "AES_256", deflate=True)


@case
def locked_with_password_rc4(prose):
    return locked(prose, "RC4_128", "Secret7")


@case
def locked_with_password_aes(prose):
    return locked(prose, "AES_256", "Secret7")


@case
def nothing_left(prose):
    """A head and noise: no document."""
    noise = bytes(prose.random.randrange(256) for _ in range(3000)).replace(b"obj", b"xxx")
    return lambda: b"%PDF-1.7\n" + noise, dict(ends="broken", has=("what no reader can find",))


def cases(prose):
    return case.cases(prose)
