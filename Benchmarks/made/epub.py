"""Electronic books: the order of the spine, navigation, odd paths, covers, entities, and which encryption locks a book."""

import io
import zipfile

from . import Case

CONTAINER = ('<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
             '<rootfile full-path="{}" media-type="application/oebps-package+xml"/></rootfiles></container>')
ENCRYPTED = ('<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:enc="http://www.w3.org/2001/04/xmlenc#">{}</encryption>')
ENTRY = ('<enc:EncryptedData><enc:EncryptionMethod Algorithm="{}"/><enc:CipherData><enc:CipherReference URI="{}"/></enc:CipherData>'
    '</enc:EncryptedData>')


def chapter(title, *paragraphs, head="", body=""):
    return ('<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" '
        'xmlns:epub="http://www.idpf.org/2007/ops">'
            f"<head><title>{title}</title>{head}</head><body><h1>{title}</h1>" + "".join(f"<p>{one}</p>" for one in paragraphs) + body +
            "</body></html>")


def packed(parts, opf="OEBPS/content.opf"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        book.writestr("META-INF/container.xml", CONTAINER.format(opf))
        for name, data in parts.items():
            book.writestr(name, data)
    return out.getvalue()


def package(title, manifest, spine, version="3.0", more=""):
    entries = "".join(f'<item id="{ident}" href="{href}" media-type="{kind}"{rest}/>' for ident, href, kind, rest in manifest)
    return (f'<?xml version="1.0" encoding="utf-8"?><package xmlns="http://www.idpf.org/2007/opf" version="{version}" unique-identifier="id">'
            f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf"><dc:identifier id="id">'
            f'urn:x:1</dc:identifier>'
            f"<dc:title>{title}</dc:title><dc:language>en</dc:language></metadata><manifest>{entries}</manifest>{spine}{more}</package>")


def spine(*idents, toc=""):
    return f"<spine{toc}>" + "".join(f'<itemref idref="{one.rstrip("!")}"{NO if one.endswith("!") else ""}/>' for one in idents) + "</spine>"


XHTML, NO = "application/xhtml+xml", ' linear="no"'


def epub(name, area, data, **truth):
    return Case(f"epub-{name}.epub", area, lambda path: path.write_bytes(data), **truth)


def cases(prose):
    book, *a = [prose.name() for _ in range(9)]
    manifest = [("ncx", "toc.ncx", "application/x-dtbncx+xml", ""), ("c3", "text/a-third.xhtml", XHTML, ""), ("c1", "text/z-first.xhtml", XHTML, ""),
                ("c2", "text/m-second.xhtml", XHTML, ""), ("css", "style.css", "text/css", ""), ("img", "cover.jpg", "image/jpeg", ""),
                ("un", "text/b-unused.xhtml", XHTML, "")]
    points = "".join(f'<navPoint id="n{n}" playOrder="{n}"><navLabel><text>{a[2 * n - 2]}</text></navLabel><content src="text/{file}"/></navPoint>'
                     for n, file in ((1, "z-first.xhtml"), (2, "m-second.xhtml"), (3, "a-third.xhtml")))
    ncx = (f'<?xml version="1.0"?><ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1"><docTitle><text>{book}</text></docTitle>'
        f'<navMap>{points}</navMap></ncx>')
    parts = {"OEBPS/content.opf": package(book, manifest, spine("c1", "c2", "c3", toc=' toc="ncx"'), "2.0",
        '<guide><reference type="text" title="Start" href="text/z-first.xhtml"/></guide>'),
             "OEBPS/toc.ncx": ncx, "OEBPS/style.css": "p { margin: 0 }", "OEBPS/text/a-third.xhtml": chapter(a[4], a[5]),
             "OEBPS/text/z-first.xhtml": chapter(a[0], a[1]),
             "OEBPS/text/m-second.xhtml": chapter(a[2], a[3]), "OEBPS/text/b-unused.xhtml": chapter(a[6], a[7])}
    yield epub("2-spine-order", "order", packed(parts), text="\n".join(a[:6]), either=(book,), headings=[(1, a[0]), (1, a[2]), (1, a[4])],
        lacks=(a[6], "margin"))

    book, *a = [prose.name() for _ in range(8)]
    manifest = [("nav", "nav.xhtml", XHTML, ' properties="nav"'), ("c1", "one.xhtml", XHTML, ""), ("c2", "two.xhtml", XHTML, ""),
        ("notes", "notes.xhtml", XHTML, "")]
    nav = ('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head><title>Nav</title>'
        '</head><body>'
           f'<nav epub:type="toc"><ol><li><a href="one.xhtml">{a[0]}</a></li><li><a href="two.xhtml">{a[2]}</a></li></ol></nav></body></html>')
    parts = {"package.opf": package(book, manifest, spine("c1", "notes!", "c2")), "nav.xhtml": nav,
        "one.xhtml": chapter(a[0], a[1] + ' <a epub:type="noteref" href="notes.xhtml#n1">1</a>'),
             "two.xhtml": chapter(a[2], a[3]), "notes.xhtml": chapter(a[4], a[5])}
    yield epub("3-navigation-and-notes", "order", packed(parts, "package.opf"), has=(a[5],), order=(a[0], a[1], a[2], a[3]),
               text="\n".join((a[0], f"{a[1]} 1", a[2], a[3])), either=(a[4], a[5], book, "1"))

    book, *a = [prose.name() for _ in range(6)]
    manifest = [("cover", "Text/cover%20page.xhtml", XHTML, ' properties="svg"'), ("c1", "Text/Kapitel%201%20%C3%BCber.xhtml", XHTML, ""),
        ("c2", "../extra/b%26c.xhtml", XHTML, "")]
    cover = ('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>Cover</title></head><body><svg '
        'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 800" '
             f'xmlns:xlink="http://www.w3.org/1999/xlink"><image width="600" height="800" xlink:href="../cover.jpg"/><text x="20" y="100">{a[0]}'
             f'</text></svg></body></html>')
    parts = {"OEBPS/my book.opf": package(book, manifest, spine("cover", "c1", "c2")), "OEBPS/Text/cover page.xhtml": cover,
             "OEBPS/Text/Kapitel 1 über.xhtml": chapter(a[1], a[2]), "extra/b&c.xhtml": chapter(a[3], a[4])}
    yield epub("escaped-paths-and-cover", "paths", packed(parts, "OEBPS/my book.opf"), text="\n".join(a[1:]), either=(a[0], "Cover", book),
        headings=[(1, a[1]), (1, a[3])])

    book, a, b, c, d, gone = [prose.name() for _ in range(6)]
    text = ('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" '
        '"http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd" [ <!ENTITY maker "Old Press"> ]>\n'
            f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title><style>.gone {{ display: none }}</style></head><body><h2 class="t">'
            f'{a}</h2>'
            f'<p>{b}&nbsp;&mdash; caf&eacute; &amp; &hellip;</p><p class="gone">{gone}</p><table><tr><th>Name</th><td>{c}</td></tr><tr><th>'
            f'&maker;</th><td>{d}</td></tr></table></body></html>')
    yield epub("entities", "text", packed({"c.opf": package(book, [("c1", "c1.html", XHTML, "")], spine("c1"), "2.0"), "c1.html": text}, "c.opf"),
               has=(f"{b} — café & …",), lacks=(gone, "display"), headings=[(2, a)], tables=[[["Name", c], ["Old Press", d]]])
    book, a, b, c, d = [prose.name() for _ in range(5)]
    text = ('<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script type="text/javascript" '
        'src="x.js"/><link rel="stylesheet" href="x.css"/>'
            f'</head><body><a id="top"/><h1>{a}</h1><p/><p>{b}</p><div class="rule"/><p>{c}<i/> w<b>or</b>d</p></body></html>')
    yield epub("empty-elements", "text", packed({"c.opf": package(book, [("c1", "c1.xhtml", XHTML, "")], spine("c1"), "2.0"), "c1.xhtml": text},
        "c.opf"),
               text=f"{a}\n{b}\n{c} word", either=(book,), headings=[(1, a)])
    text = (f'<?xml version="1.0" encoding="windows-1252"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body><p>{d} – '
        f'Größe</p></body></html>')
    yield epub("declared-encoding", "text", packed({"c.opf": package(book, [("c1", "c1.html", XHTML, "")], spine("c1"), "2.0"),
        "c1.html": text.encode("cp1252")}, "c.opf"),
               has=(f"{d} – Größe",))

    book, a, b = [prose.name() for _ in range(3)]
    manifest = [("c1", "one.xhtml", XHTML, ""), ("f", "fonts/a.otf", "application/vnd.ms-opentype", ""),
        ("g", "fonts/b.otf", "application/vnd.ms-opentype", "")]
    fonts = ENCRYPTED.format(ENTRY.format("http://www.idpf.org/2008/embedding", "OEBPS/fonts/a.otf") +
        ENTRY.format("http://ns.adobe.com/pdf/enc#RC", "OEBPS/fonts/b.otf"))
    data = bytes(prose.number(0, 255) for _ in range(400))
    yield epub("veiled-fonts", "encryption", packed({
        "META-INF/encryption.xml": fonts, "OEBPS/content.opf": package(book, manifest, spine("c1")), "OEBPS/one.xhtml": chapter(a, b),
        "OEBPS/fonts/a.otf": data,
        "OEBPS/fonts/b.otf": data[::-1]}), text=f"{a}\n{b}", either=(book,))
    rights = ENCRYPTED.format(ENTRY.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "OEBPS/one.xhtml") +
        ENTRY.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "OEBPS/two.xhtml"))
    manifest = [("c1", "one.xhtml", XHTML, ""), ("c2", "two.xhtml", XHTML, "")]
    yield epub("locked", "encryption", packed({
        "META-INF/encryption.xml": rights, "META-INF/rights.xml": '<rights xmlns="http://ns.adobe.com/adept"/>',
        "OEBPS/content.opf": package(book, manifest, spine("c1", "c2")),
        "OEBPS/one.xhtml": data * 3, "OEBPS/two.xhtml": data[::-1] * 3}), ends="locked")
