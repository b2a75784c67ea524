"""Mail as servers and programs write it, mailboxes of several letters, and archives of documents."""

import base64
import gzip
import io
import quopri
import tarfile
import zipfile

from . import Case

CRLF = "\r\n"


def lines(*parts):
    return CRLF.join(parts) + CRLF


def b64(data):
    return base64.encodebytes(data if isinstance(data, bytes) else data.encode()).decode().replace("\n", CRLF).strip()


def quoted(text, codec="utf-8"):
    return quopri.encodestring(text.encode(codec)).decode().replace("\n", CRLF)


def head(prose, subject, *more):
    return (f"Return-Path: <ann@example.org>", "Received: from mx.example.org (mx.example.org [192.0.2.7]) by mail.example.net",
        "\twith ESMTPS id 4Xyz; Tue, 5 Mar 2019 10:11:12 +0100",
            "From: Ann Miller <ann@example.org>", "To: Bob Stone <bob@example.net>", f"Subject: {subject}", "Date: Tue, 5 Mar 2019 10:11:12 +0100",
            f"Message-ID: <{prose.number(100000, 999999)}@example.org>", "MIME-Version: 1.0", *more)


def part(kind, body, *more):
    return lines(f"Content-Type: {kind}", *more, "", body)


def multi(mark, *parts, end=True):
    return "".join(f"--{mark}{CRLF}{one}" for one in parts) + (f"--{mark}--{CRLF}" if end else "")


def docx(text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml",
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
                        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
                        'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>')
        packed.writestr("_rels/.rels", '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="r1" '
                        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
                        '</Relationships>')
        packed.writestr("word/document.xml",
            '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
                        f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>")
    return out.getvalue()


def pdf(text):
    content = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode()
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
               b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content), b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    out, offsets = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"xref\n0 6\n0000000000 65535 f \n%strailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (table, len(out))


def writer(data):
    data = data.encode() if isinstance(data, str) else data
    return lambda path: path.write_bytes(data)


def eml_cases(prose):
    def eml(name, area, headers, body, **truth):
        text = lines(*headers, "")
        return Case(f"eml-{name}.eml", area, writer((text.encode() if isinstance(body, bytes) else text) + body), **truth)

    # So long that the few words of the head do not count: read twice, it would be twice as long.
    subject, hidden, paragraphs = prose.name(), prose.name(), [prose.paragraph(14) for _ in range(12)]
    body = multi("=_b1", part("text/plain; charset=utf-8", quoted("\n\n".join(paragraphs)), "Content-Transfer-Encoding: quoted-printable"), part(
        "text/html; charset=utf-8", quoted(f'<html><body><div style="display:none;max-height:0;overflow:hidden">{hidden}</div>'
        f'{"".join(f"<p>{one}</p>" for one in paragraphs)}</body></html>'),
        "Content-Transfer-Encoding: quoted-printable"))
    yield eml("alternative", "parts", head(prose, subject, 'Content-Type: multipart/alternative; boundary="=_b1"'),
        lines("This is a multi-part message in MIME format.", "") + body,
              text="\n".join((subject, *paragraphs)), has=(subject, "Ann Miller"), lacks=(hidden, "multi-part message", "<p>"))

    russian, subject, a, hidden = "Старая мельница стояла на берегу реки", *[prose.name() for _ in range(3)]
    page = (f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><style>.pre {{ display:none !important }}</style>'
        f'</head><body>'
            f'<span class="pre">{hidden}</span><p>{russian}</p><table><tr><td>Sum</td><td>{a}</td></tr></table></body></html>')
    yield eml("page-charset-in-meta", "charsets", head(prose, subject, "Content-Type: text/html", "Content-Transfer-Encoding: base64"),
        b64(page.encode("koi8-r")) + CRLF,
              has=(russian, a, subject), lacks=(hidden, "display"))

    a, b, c = [prose.name() for _ in range(3)]
    long = f"{a} Größe über 5 € = „Fluß“ {prose.paragraph(2)} {b}"
    yield eml("quoted-printable", "charsets",
        head(prose, f"=?windows-1252?Q?Gr=F6=DFe_=96_{a.replace(' ', '_')}?=\r\n =?utf-8?B?{b64('über ' + c)}?=",
                                                   "Content-Type: text/plain; charset=windows-1252; delsp=no",
                                                   "Content-Transfer-Encoding: quoted-printable"),
              quoted(long, "cp1252") + CRLF, has=(long, f"Größe – {a}über {c}"), lacks=("=?", "=FC", "=E4"))

    a, b, c, d, e = [prose.name() for _ in range(5)]
    table = f"Item;Count\r\n{c};17\r\n{d};18\r\n"
    body = multi("outer", part("text/plain; charset=us-ascii", a),
                 part("application/vnd.openxmlformats-officedocument.wordprocessingml.document; name*0*=utf-8''%C3%9Cbersicht;\r\n "
                 "name*1*=%20Juni.docx", b64(docx(b)),
                      "Content-Transfer-Encoding: base64",
                      "Content-Disposition: attachment;\r\n filename*0*=utf-8''%C3%9Cbersicht;\r\n filename*1*=%20Juni.docx"),
                 part('text/csv; name="list.csv"', b64(table), "Content-Transfer-Encoding: base64",
                 'Content-Disposition: attachment; filename="=?utf-8?Q?B=C3=BCcher?=.csv"'),
                 part('application/octet-stream; name="scan.pdf"', b64(pdf(e)), "Content-Transfer-Encoding: BASE64",
                 'Content-Disposition: attachment; filename=scan.pdf'))
    yield eml("attached-files", "attached", head(prose, "Files", 'Content-Type: multipart/mixed; boundary="outer"'), body,
        has=(a, b, e, "Übersicht Juni.docx", "Bücher.csv"),
              order=(a, b, c, e), tables=[[["Item", "Count"], [c, "17"], [d, "18"]]], lacks=("''%C3", "JVBERi"))

    a, b, c, inner = [prose.name() for _ in range(4)]
    message = lines("From: Carl <carl@example.com>", f"Subject: =?iso-8859-1?Q?{inner.replace(' ', '_')}_=FCber?=",
        'Content-Type: multipart/alternative; boundary="in"', "MIME-Version: 1.0", "") + multi(
        "in", part("text/plain", b), part("text/html", f"<p>{b}</p>"))
    body = multi("out", part("text/plain", a), lines("Content-Type: message/rfc822", "Content-Disposition: attachment; filename=\"forwarded.eml\"",
        "") + message + CRLF, part("text/plain", c, "Content-Disposition: inline"))
    yield eml("letter-in-letter", "attached", head(prose, "Fwd", "Content-Type: multipart/mixed; boundary=out"), body, has=(f"{inner} über",),
        order=(a, b, c))

    a, b, c = [prose.words(30) for _ in range(3)]

    def flowed(text, width=60):
        out, line = [], ""
        for word in text.split(" "):
            line += word + " "
            if len(line) > width:
                out.append(line)
                line = ""
        out.append(line.rstrip())
        return CRLF.join(out) if out[-1] else CRLF.join(out[:-1]).rstrip()

    yield eml("flowed", "text", head(prose, "Long lines", "Content-Type: text/plain; charset=utf-8; format=flowed"),
        lines(flowed(a), "", " From the start", "", "> " + flowed(b).replace(CRLF, CRLF + "> "), "", flowed(c), "-- ", "Ann"),
              has=(a, "From the start", c), order=(a, "From the start", c, "Ann"))

    german, a = "Die Größe der Brücke über den Fluß wurde später geändert, natürlich für Gäste und Ärzte", prose.name()
    yield Case("eml-eight-bits.eml", "charsets", writer(lines("From: J\xfcrgen <j@example.org>", "To: b@example.org", "Subject: Br\xfccke " + a,
        "Date: Tue, 5 Mar 2002 10:11:12 +0100", "", german, a).encode("latin-1")),
               has=(german, a, f"Brücke {a}", "Jürgen"))

    a, b, where = [prose.name() for _ in range(3)]
    calendar = lines("BEGIN:VCALENDAR", "VERSION:2.0", "METHOD:REQUEST", "BEGIN:VEVENT", "UID:1@example.org", "DTSTART:20190401T100000Z",
        f"SUMMARY:{b}", f"LOCATION:{where[:5]}", f" {where[5:]}", "END:VEVENT", "END:VCALENDAR")
    yield eml("invitation", "parts", head(prose, "Meeting", 'Content-Type: multipart/mixed; boundary="m"'),
        multi("m", multi_part("a", part("text/plain", a), part("text/calendar; charset=utf-8; method=REQUEST", calendar))),
              has=(a, b, where))

    a, b = prose.name(), prose.name()
    signature = lines("-----BEGIN PGP SIGNATURE-----", "", b64(bytes(prose.number(0, 255) for _ in range(120))), "-----END PGP SIGNATURE-----")
    signed = multi("s", part("text/plain; charset=utf-8", f"{a}{CRLF}{CRLF}{b} =E2=82=AC", "Content-Transfer-Encoding: quoted-printable"),
        part('application/pgp-signature; name="signature.asc"', signature, 'Content-Disposition: attachment; filename="signature.asc"'))
    yield eml("signed", "parts", head(prose, "Signed",
        'Content-Type: multipart/signed; micalg=pgp-sha256; protocol="application/pgp-signature"; boundary="s"'), signed, has=(f"{b} €",),
        order=(a, b))

    def der(tag, *parts):
        body = b"".join(parts)
        size = bytes([len(body)]) if len(body) < 128 else b"\x82" + len(body).to_bytes(2, "big")
        return bytes([tag]) + size + body

    a = prose.name()
    inside = lines("Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", f"{a} – signed all round").encode()
    data, signed_data = bytes.fromhex("2a864886f70d010701"), bytes.fromhex("2a864886f70d010702")
    digest, rsa = der(0x30, der(6, bytes.fromhex("608648016503040201"))), der(0x30, der(6, bytes.fromhex("2a864886f70d010101")), der(5))
    issuer = der(0x30, der(0x30, der(0x31, der(0x30, der(6, bytes.fromhex("550403")), der(0x0C, b"Ann Miller")))), der(2, b"\x11"))
    signer = der(0x30, der(2, b"\1"), issuer, digest, rsa, der(4, bytes(prose.number(0, 255) for _ in range(256))))
    sealed = der(0x30, der(6, signed_data), der(0xA0, der(
        0x30, der(2, b"\1"), der(0x31, digest), der(0x30, der(6, data), der(0xA0, der(4, inside))), der(0x31, signer))))
    yield eml("signed-opaque", "parts", head(prose, "Sealed", "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
        "Content-Transfer-Encoding: base64",
                                             "Content-Disposition: attachment; filename=smime.p7m"), b64(sealed) + CRLF,
                                             has=(f"{a} – signed all round",))

    japanese, subject = "古い水車小屋は川のほとりに立っていて、少年は毎朝ここに釣りに来ました。", "橋が十月の終わりまで閉鎖"
    halves = [base64.b64encode(half.encode("iso2022_jp")).decode() for half in (subject[:6], subject[6:])]
    letters = base64.b64encode("表予定".encode()).decode()
    yield eml("iso2022-jp", "charsets", head(prose, f"=?ISO-2022-JP?B?{halves[0]}?=\r\n =?ISO-2022-JP?B?{halves[1]}?=",
        f"Organization: =?UTF-8?B?{letters}?=",
                                             "Content-Type: text/plain; charset=iso-2022-jp", "Content-Transfer-Encoding: 7bit"),
                                             (japanese + CRLF).encode("iso2022_jp"),
              has=(subject, japanese), lacks=("=?", "$B"))

    a, b, c = [prose.name() for _ in range(3)]
    broken = multi("never closed", part("text/plain; charset=unknown-8bit", a), part("text/html", f"<p>{b}</p><p>{c}"), end=False)
    yield eml("boundary-not-closed", "mending", head(prose, "Cut off", "Content-Type: multipart/mixed; boundary=\"never closed\""), broken,
        order=(a, b, c), lacks=("never closed",))

    a, b, logo, attached = [prose.name() for _ in range(4)]
    related = multi_part("r", multi_part("alt", part("text/plain", f"{a}{CRLF}[cid:x]"), part("text/html", f'<p>{a}<img src="cid:x" alt=""></p>')),
        part(
        'image/png; name="logo.png"', b64(b"\x89PNG\r\n\x1a\n" + logo.encode()), "Content-ID: <x>", "Content-Transfer-Encoding: base64",
        "Content-Disposition: inline"), kind="related")
    body = multi("mix", related, part("text/plain; name=notes.txt; charset=utf-16", b64(attached.encode("utf-16")),
        "Content-Transfer-Encoding: base64", "Content-Disposition: attachment; filename=notes.txt"),
                 part("text/plain", b, "Content-Disposition: inline"))
    yield eml("related-and-mixed", "parts", head(prose, "Nested", "Content-Type: multipart/mixed;\r\n\tboundary=mix"), body, order=(a, attached, b),
        lacks=("iVBOR",))


def multi_part(mark, *parts, kind="alternative"):
    return lines(f'Content-Type: multipart/{kind}; boundary="{mark}"', "") + multi(mark, *parts) + CRLF


def mbox_cases(prose):
    def letter(subject, body, sender="ann@example.org", more="", ends="\n"):
        text = (f"From {sender} Tue Mar  5 10:11:12 2019\nFrom: {sender}\nTo: bob@example.net\nSubject: {subject}\nDate: Tue, 5 Mar 2019 10:11:12 "
            f"+0100\n{more}\n{body}\n\n")
        return text.replace("\n", ends)

    a = [prose.name() for _ in range(7)]
    data = letter(a[0], f"{a[1]}\n>From the hill we saw\n>>From two\n{a[2]}") + letter(a[3], a[4]) + letter(a[5], f"{a[6]}\nfrom here on")
    yield Case("mbox-quoted-from.mbox", "letters", writer(data), order=tuple(a), has=("From the hill we saw", "from here on"),
        lacks=("Mar 5 10:11:12 2019",))
    a = [prose.name() for _ in range(5)]
    body = f"{a[1]}\n\nFrom nobody Tue Mar  5 10:11:12 2019\nSubject: quoted whole\n\n{a[2]}\n"
    data = letter(a[0], body.rstrip("\n"), more=f"Content-Length: {len(body)}\nLines: 6\nStatus: RO\n") + letter(a[3], a[4],
        more=f"Content-Length: {len(a[4]) + 1}\n")
    yield Case("mbox-content-length.mbox", "letters", writer(data), order=tuple(a))
    a = [prose.name() for _ in range(6)]
    multi_body = multi("q", part("text/plain; charset=utf-8", f"{a[1]} über"), part("text/html; charset=utf-8", f"<p>{a[1]} über</p>")).replace(CRLF,
        "\n")
    more = 'MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary="q"\nX-Mozilla-Status: 0001\n'
    data = (letter(f"=?utf-8?Q?{a[0].replace(' ', '_')}_=C3=A4?=", multi_body, "-", more, CRLF) +
        letter(a[2], a[3] + " Gr\xf6\xdfe", ends=CRLF).encode("utf-8").decode() + letter(a[4], a[5], ends=CRLF))
    yield Case("mbox-thunderbird.mbox", "letters", writer(data), order=(f"{a[0]} ä", f"{a[1]} über", a[2], f"{a[3]} Größe", a[4], a[5]),
        lacks=("X-Mozilla", "<p>"))


def zipped(entries, comment=b""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in entries.items():
            packed.writestr(name, data)
        packed.comment = comment
    return out.getvalue()


def archive_cases(prose):
    a = [prose.name() for _ in range(5)]
    inner = zipped({"deep/letter.docx": docx(a[1]), "deeper.zip": zipped({"page.html": f"<p>{a[2]}</p>"})})
    data = zipped({"docs/": b"", "docs/a.pdf": pdf(a[0]), "docs/inner.zip": inner, "list.csv": f"Name,Count\n{a[3]},5\n", "readme.txt": a[4],
        "__MACOSX/._readme.txt": b"\0\5\x16\7\0\2\0\0Mac OS X", ".DS_Store": b"\0\0\0\1Bud1"})
    yield Case("zip-nested.zip", "archives", writer(data), has=tuple(a), lacks=("Bud1",), tables=[[["Name", "Count"], [a[3], "5"]]])

    a, b, gone = [prose.name() for _ in range(3)]
    data = bytearray(zipped({"one.txt": a, "locked.txt": gone, "two.txt": b}))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark, data.find(mark) + 4)
        data[at + flags] |= 1
        if mark == b"PK\x03\x04":
            start = at + 30 + len("locked.txt")
            for place in range(start, start + int.from_bytes(data[at + 18:at + 22], "little")):
                data[place] ^= 0x5A
    yield Case("zip-one-locked.zip", "archives", writer(bytes(data)), has=(a, b), lacks=(gone,))

    a, b, c = [prose.name() for _ in range(3)]
    data = zipped({"Bücher über Flüsse.txt": a, "mühle.txt": b, "日本.html": f"<p>{c}</p>"})
    old = zipped({"m_hle.txt": b, "Gr__e.csv": f"Name,Size\n{a},7\n"}).replace(b"m_hle.txt", "mühle.txt".encode("cp437")).replace(b"Gr__e.csv",
        "Größe.csv".encode("cp437"))
    yield Case("zip-names.zip", "names", writer(zipped({"new.zip": data, "old.zip": old})),
        has=(a, b, c, "Bücher über Flüsse", "日本", "mühle", "Größe.csv"))

    a, b, c = [prose.name() for _ in range(3)]
    data = bytearray(zipped({"good.txt": a, "bad.txt": prose.paragraph(20), "fine.html": f"<h1>{b}</h1><p>{c}</p>"}))
    at = data.find(b"bad.txt") + 7 + 40
    data[at:at + 60] = bytes(60)
    yield Case("zip-broken-entry.zip", "archives", writer(bytes(data)), has=(a, b, c))

    class Stream(io.RawIOBase):
        """What cannot go back: the sizes come behind the data."""

        def __init__(self):
            self.data = b""

        def writable(self):
            return True

        def write(self, data):
            self.data += bytes(data)
            return len(data)

    a, b, c = [prose.name() for _ in range(3)]
    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.txt", a)
        packed.writestr("b.docx", docx(b), zipfile.ZIP_STORED)
        packed.writestr("c.csv", f"Name,Count\n{c},3\n")
    yield Case("zip-streamed.zip", "archives", writer(stream.data), has=(a, b), tables=[[["Name", "Count"], [c, "3"]]])
    def tarred(entries, form):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=form) as packed:
            for name, data in entries.items():
                info = tarfile.TarInfo(name)
                info.size, info.mtime = len(data), 1500000000
                if name.endswith("/"):
                    info.type = tarfile.DIRTYPE
                packed.addfile(info, io.BytesIO(data))
            link = tarfile.TarInfo("link.txt")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            packed.addfile(link)
        return out.getvalue()

    a, b, c = [prose.name() for _ in range(3)]
    entries = {"box/": b"", "box/" + "long-name-" * 14 + "end.txt": a.encode(), "box/mühle.docx": docx(b),
        "box/data.json": f'{{"key": "{c}"}}'.encode()}
    yield Case("tar-gz.gz", "archives", writer(gzip.compress(tarred(entries, tarfile.GNU_FORMAT), mtime=0)), has=(a, b, c), lacks=("root:",))
    a, b, c = [prose.name() for _ in range(3)]
    entries = {"box/" + "long-name-" * 14 + "end.txt": a.encode(), "日本.html": f"<p>{b}</p>".encode(),
        "mail.eml": lines("Subject: x", "From: a@example.org", "", c).encode()}
    yield Case("tar-pax.tar", "archives", writer(tarred(entries, tarfile.PAX_FORMAT)), has=(a, b, c, "日本"), lacks=("root:",))
    a, b = prose.name(), prose.name()
    out = io.BytesIO()
    with gzip.GzipFile("notes.txt", "wb", fileobj=out, mtime=0) as packed:
        packed.write(f"{a}\n".encode())
    yield Case("gz-two-members.gz", "archives", writer(out.getvalue() + gzip.compress(f"{b}\n".encode(), mtime=0)), order=(a, b))


def cases(prose):
    yield from eml_cases(prose)
    yield from mbox_cases(prose)
    yield from archive_cases(prose)
