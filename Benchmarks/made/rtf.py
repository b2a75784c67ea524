"""Rich Text as Word, WordPad, LibreOffice, TextEdit and Outlook write it: encodings, tables, lists, fields, and what is not to be seen."""

from . import Case
from .odf import HEADS, Office, flat, h, items, level, p

WORD = r"""{\rtf1\adeflang1025\ansi\ansicpg1252\uc1\adeff0\deff0\stshfdbch0\deflang1033\deflangfe1033
{\fonttbl{\f0\froman\fcharset0\fprq2{\*\panose 02020603050405020304}Times New Roman;}{\f1\fswiss\fcharset0\fprq2 Arial{\*\falt Helvetica};}
{\f2\froman\fcharset2 Symbol;}{\f3\froman\fcharset204 Times New Roman Cyr;}
{\f4\fmodern\fcharset128 MS Mincho{\*\falt \'82\'6c\'82\'72 \'96\'be\'92\'a9};}{\f5\froman\fcharset161 Greek;}}
{\colortbl;\red0\green0\blue0;\red255\green0\blue0;}
{\stylesheet{\ql \li0\ri0\nowidctlpar \snext0 Normal;}
{\s1\keepn\outlinelevel0 \b\fs32 \sbasedon0 \snext0 heading 1;}{\s2\keepn\outlinelevel1 \b\i \sbasedon0 \snext0 heading 2;}
{\s15 \sbasedon0 \snext15 Quotation Block;}{\*\cs10 \additive Default Paragraph Font;}}
{\*\rsidtbl \rsid1\rsid222}{\*\generator Microsoft Word 11.0.0000;}{\info{\title Untold title}{\author Somebody}{\creatim\yr2004\mo5\dy6}{\nofpages1}}
\widowctrl\ftnbj\viewkind1\pgwsxn11906\pghsxn16838 \sectd \linex0
"""


def escaped(text):
    """Unicode as \\u with a question mark for old readers."""
    out = ""
    for letter in text:
        if letter in "\\{}":
            out += "\\" + letter
        elif ord(letter) < 128:
            out += letter
        else:
            data = letter.encode("utf-16-le")
            for at in range(0, len(data), 2):
                code = int.from_bytes(data[at:at + 2], "little")
                out += f"\\u{code - 65536 if code > 32767 else code}?"
    return out


def coded(text, codec):
    """Bytes of a code page as \\'xx."""
    return "".join(chr(byte) if 32 <= byte < 127 and chr(byte) not in "\\{}" else f"\\'{byte:02x}" for byte in text.encode(codec))


def doubled(text, codec):
    """The same with all bytes of letters that have two as \\'xx."""
    return "".join("".join(f"\\'{byte:02x}" for byte in letter.encode(codec)) if ord(letter) > 127 else letter for letter in text)


def par(text, style=""):
    return rf"\pard\plain {style}\ql \li0\ri0\fs24 {text}\par" + "\n"


def rtf(name, area, body, head=WORD, **truth):
    data = (head + body + "}").encode("latin-1") if isinstance(body, str) else head.encode("latin-1") + body + b"}"
    return Case(f"rtf-{name}.rtf", area, lambda path: path.write_bytes(data), **truth)


def row(cells, marks=None, before="", end=r"\row"):
    marks = marks or [""] * len(cells)
    edges = "".join(rf"{mark}\clbrdrt\brdrs\brdrw10\cltxlrtb\cellx{1500 * (at + 1)}" for at, mark in enumerate(marks))
    inside = "".join(rf"\pard\plain \ql\intbl {cell}\cell " for cell in cells)
    return rf"\trowd \irow0\trgaph108\trleft-108{before}{edges}{inside}\pard \ql\intbl {{\trowd \trgaph108\trleft-108{edges}{end}}}" + "\n"


def encodings(prose):
    a, b, c = [prose.name() for _ in range(3)]
    text = "Größe über 5 € – „Fluß“ © naïve"
    yield rtf("word-cp1252", "encodings", par(rf"{a} {coded(text, 'cp1252')}") + par(
        rf"\lquote {b}\rquote  \ldblquote so\rdblquote\emdash then\~on co\-operate non\_stop \bullet  \{{x\}} C:\\dir {{\b w}}{{\i or}}d{c[0]}{{\f1\insrsid222 {c[1:]}}}\line down\tab here"),
              text=f"{a} {text}\n‘{b}’ “so”—then on cooperate non‑stop • {{x}} C:\\dir word{c}\ndown here")
    russian, a, b = "Старая мельница стояла на берегу реки", prose.name(), prose.name()
    greek = "Ο παλιός μύλος δίπλα στο ποτάμι"
    yield rtf("font-charsets", "encodings",
        par(rf"{a} {{\f3 {coded(russian, 'cp1251')}}} {coded('é', 'cp1252')}t{coded('é', 'cp1252')} {{\f5\fs20 {coded(greek, 'cp1253')}}} {b}"),
              text=f"{a} {russian} été {greek} {b}")
    japanese, a = "古い水車小屋の表と予定、ソース能力十分", prose.name()
    yield rtf("shift-jis", "encodings", par(rf"\loch\f0 {a} \hich\f0 \dbch\f4 {doubled(japanese, 'cp932')}\loch\f0  end") +
              par(rf"\f4 {coded(japanese[::-1], 'cp932')}"), text=f"{a} {japanese} end\n{japanese[::-1]}")
    a, b = prose.name(), prose.name()
    yield rtf("unicode-fallbacks", "encodings", par(
        rf"{a} \u8364?\u8211\'96{{\uc2 \u26085\'93\'fa}}\u26412?{{\uc0 \u26085\u26412 }}\u-4051?{{\uc3\u8364 EUR}}\u-10179?\u-8704? "
        rf"{{\uc1\u233}}x\u322\'b3{{\uc0\u8364}}10 \u233? {b}"),
        has=(f"{a} €–日本日本", "€😀", "x", f"ł€10 é {b}"))
    french, a = "L’été où le château…", prose.name()
    yield rtf("textedit-mac", "encodings", rf"""\paperw11900\paperh16840\margl1440\margr1440\vieww10800\viewh8400\viewkind0
\pard\tx566\tx1133\pardirnatural\partightenfactor0

\f0\fs24 \cf0 {coded(french, "cp1252")} \uc0\u8734 \u55357 \u56832  done\
{a}\
\
\pard\pardirnatural\partightenfactor0

\f1\b \cf0 Bold\f0\b0  end""", r"""{\rtf1\ansi\ansicpg1252\cocoartf2639
\cocoatextscaling0\cocoaplatform0{\fonttbl\f0\fswiss\fcharset0 Helvetica;\f1\fswiss\fcharset0 Helvetica-Bold;}
{\colortbl;\red255\green255\blue255;}
{\*\expandedcolortbl;;}
""", text=f"{french} ∞ 😀 done\n{a}\nBold end")
    a = prose.name()
    yield rtf("old-macintosh", "encodings", par(rf"\f0 {coded(french, 'mac_roman')}\'d0{a} \'a5"), r"{\rtf1\mac\deff0{\fonttbl{\f0\fswiss Geneva;}}" +
        "\n",
              text=f"{french}–{a} •")


def tables(prose):
    names, n = [prose.name() for _ in range(5)], [str(prose.number()) for _ in range(8)]
    body = par(names[0]) + row(["Place", "Spring", "", "Sum"], ["", r"\clmgf", r"\clmrg", ""]) + row([names[1], *n[:3]],
        [r"\clvmgf", "", "", ""]) + row(
        ["", *n[3:6]], [r"\clvmrg", "", "", ""]) + row([names[2], rf"{{\b {n[6]}}}", names[3], n[7]]) + par(names[4])
    yield rtf("table-merged", "tables", body, tables=[[
        ["Place", "Spring", "", "Sum"], [names[1], *n[:3]], ["", *n[3:6]], [names[2], n[6], names[3], n[7]]]],
        order=(names[0], "Place", n[7], names[4]))

    names, n = [prose.name() for _ in range(5)], [str(prose.number()) for _ in range(4)]
    nested = "".join(
        rf"\pard\plain \ql\intbl\itap2 {x}\nestcell{{\nonesttables\par}}\pard \ql\intbl\itap2 {y}\nestcell{{\nonesttables\par}}"
        r"\pard \ql\intbl\itap2 {{\*\nesttableprops\trowd \trgaph108\clbrdrt\brdrs\cellx1000\clbrdrt\brdrs\cellx2000\nestrow}{\nonesttables\par}}" +
        "\n"
        for x, y in ((n[0], n[1]), (n[2], n[3])))
    body = row([names[0], names[1]]) + rf"\pard\plain \ql\intbl\itap1 {names[2]}\cell {names[3]}\par" + "\n" + nested + rf"\pard \ql\intbl\itap1 {names[4]}\cell" + (
        r"\pard \ql\intbl {\trowd \trgaph108\cellx1500\cellx6000\row}" + "\n") + par("after it")
    yield rtf("table-in-table", "tables", body, text="\n".join((
        f"{names[0]} {names[1]}", f"{names[2]} {names[3]}", f"{n[0]} {n[1]}", f"{n[2]} {n[3]}", names[4], "after it")))

    rows = [["Name", "Count"], *([prose.name(), str(prose.number())] for _ in range(3))]
    a, b = prose.name(), prose.name()
    body = rf"\pard\f0\fs20 {a}\par" + "\n" + "".join(
        r"\trowd\trgaph70\trleft-5\trbrdrl\brdrs\brdrw10 \trpaddl70\trpaddr70\trpaddfl3\trpaddfr3" "\n"
        r"\clbrdrl\brdrw10\brdrs\cellx4500\clbrdrl\brdrw10\brdrs\cellx9000 \pard\intbl "
        + rf"{x}\cell {y}\cell\row" + "\n" for x, y in rows) + rf"\pard\sa200 {b}\par" + "\n"
    yield rtf("wordpad-table", "tables", body, r"{\rtf1\ansi\ansicpg1252\deff0\nouicompat\deflang1031{\fonttbl{\f0\fnil\fcharset0 Calibri;}}"
              "\n" r"{\*\generator Riched20 10.0.19041}\viewkind4\uc1 " "\n", tables=[rows], order=(a, "Name", b))


def lists(prose):
    a = [prose.name() for _ in range(7)]
    table = (r"{\*\listtable{\list\listtemplateid1\listhybrid{\listlevel\levelnfc0\leveljc0\levelstartat1\levelfollow0{\leveltext\'02\'00.;}"
        r"{\levelnumbers\'01;}\fi-360\li720}"
             r"{\listlevel\levelnfc4\leveljc0\levelstartat1\levelfollow0{\leveltext\'02\'01);}{\levelnumbers\'01;}\fi-360\li1440}{\listname ;}"
             r"\listid77}"
             r"{\list\listtemplateid2{\listlevel\levelnfc23\levelstartat1{\leveltext\'01\u-3913 ?;}{\levelnumbers;}\f2\fi-360\li720}{\listname ;}"
             r"\listid78}}"
             r"{\*\listoverridetable{\listoverride\listid77\listoverridecount0\ls1}{\listoverride\listid78\listoverridecount0\ls2}}" "\n")

    def item(text, mark, ls=1, depth=0):
        return (rf"{{\listtext\pard\plain\fs24 {mark}\tab}}\pard \ql\fi-360\li720\jclisttab\tx720\ls{ls}\ilvl{depth}\adjustright {{{text}\par }}" +
            "\n")

    body = item(a[0], "1.") + item(a[1], "2.") + item(a[2], "a)", 1, 1) + item(a[3], "3.") + par(a[4]) + item(a[5],
        r"\loch\af2\dbch\af0\hich\f2 \'b7", 2) + item(a[6], "4.")
    yield rtf("word-lists", "lists", table + body, text=f"1. {a[0]}\n2. {a[1]}\na) {a[2]}\n3. {a[3]}\n{a[4]}\n• {a[5]}\n4. {a[6]}", headings=[])
    a = [prose.name() for _ in range(6)]
    body = "".join(rf"\pard\plain \ql\fi-360\li720\ls{ls}\ilvl{depth} {text}\par" "\n" for text, ls, depth in (
        (a[0], 1, 0), (a[1], 1, 1), (a[2], 1, 1), (a[3], 1, 0), (a[4], 2, 0)))
    yield rtf("lists-without-texts", "lists", table + body + par(a[5]), text=f"1. {a[0]}\na) {a[1]}\nb) {a[2]}\n2. {a[3]}\n• {a[4]}\n{a[5]}",
        headings=[])
    a = [prose.name() for _ in range(5)]
    body = "".join(rf"\pard {{\*\pn\pnlvlbody\pnf0\pnindent0\pnstart1\pndec{{\pntxta.}}}}" rf"{{\pntext\f0 {at}.\tab}}\fi-360\li720 {text}\par"
        "\n" for at, text in enumerate(a[:2], 1)) + (
        rf"\pard{{\pntext\f2\'B7\tab}}{{\*\pn\pnlvlblt\pnf2\pnindent0{{\pntxtb\'B7}}}}\fi-360\li720 {a[2]}\par" "\n"
        rf"{{\pntext\f2\'B7\tab}}{a[3]}\par" "\n" rf"\pard {a[4]}\par")
    yield rtf("wordpad-lists", "lists", body, text=f"1. {a[0]}\n2. {a[1]}\n• {a[2]}\n• {a[3]}\n{a[4]}")
    a = [prose.name() for _ in range(7)]
    office = Office("rtf", "fodt")
    style = '<text:list-style style:name="L1">' + level(1, "1") + level(2, "a", ("", ")")) + "</text:list-style>"
    body = h(1, a[0]) + p(a[1]) + f'<text:list text:style-name="L1">{items(a[2], [a[3]], a[4])}</text:list>' + h(2, a[5]) + p(f"{a[6]} – “日本” 😀")
    yield office.case("rtf-libreoffice", "lists", flat("text", body, style, HEADS), headings=[(1, a[0]), (2, a[5])],
                      text=f"{a[0]}\n{a[1]}\n1. {a[2]}\na) {a[3]}\n2. {a[4]}\n{a[5]}\n{a[6]} – “日本” 😀")


def others(prose):
    a, b, c, d, e = [prose.name() for _ in range(5)]
    body = par(a, r"\s1\keepn\outlinelevel0 ") + par(b) + par(c, r"\s2\keepn ") + par(d, r"\s15 ") + par(rf"{{\b {e}}}", r"\s1\outlinelevel0 ")
    yield rtf("word-headings", "headings", body, text="\n".join((a, b, c, d, e)), headings=[(1, a), (2, c), (1, e)],
              lacks=("heading 1", "Quotation Block", "Untold title", "Somebody", "Microsoft"))

    a, b, c, d, address = [prose.name() for _ in range(5)]
    body = par(rf'{a} {{\field{{\*\fldinst {{ HYPERLINK "http://example.org/{address.split()[0]}" \\o "Tip text" }}{{\fs24 {{\*\datafield '
        rf'00d0c9ea79f9bace118c8200aa004ba90b02000000}}}}}}'
               rf'{{\fldrslt {{\cs15\ul\cf2 {b}}}}}}}. {{\field\flddirty{{\*\fldinst  DATE \\@ "d MMMM" }}{{\fldrslt 6 May}}}} '
               rf'{{\field{{\*\fldinst {{\i  REF x \\h }}}}{{\fldrslt {c}}}}} '
               rf'{{\field{{\*\fldinst SYMBOL 183 \\f "Symbol"}}{{\fldrslt\f2\'b7}}}}{{\*\bkmkstart x}}{d}{{\*\bkmkend x}} {{\field{{\*\fldinst {{ '
               rf'SEQ Figure }}}}{{\fldrslt 3}}}}')
    yield rtf("fields", "fields", body, has=(f"{a} {b}. 6 May {c}", f"{d} 3"), lacks=("HYPERLINK", "DATE", "Tip text", "d0c9ea", "SYMBOL", "SEQ"))

    a, b, note, top, low, remark = [prose.name() for _ in range(6)]
    body = (rf"{{\header \pard\plain \qc {top}\par }}{{\footer \pard\plain {{\field{{\*\fldinst PAGE}}{{\fldrslt 1}}}} {low}\par }}" "\n" +
            par(rf"{a}{{\super \chftn {{\footnote \pard\plain \s15 {{\super \chftn }} {note}}}}} and so on") +
            par(rf"{b}{{\*\atnid AB}}{{\*\atnauthor Ann}}\chatn{{\*\annotation \pard\plain {{\chatn }}{remark}}} end"))
    yield rtf("notes-and-headers", "notes", body, has=(note, "and so on", b), order=(a, "and so on", b, "end"))

    a, b, c, d, e, *gone = [prose.name() for _ in range(12)]
    body = (par(rf"{a} {{\v {gone[0]} }}{b}\v  {gone[1]}\v0  {c}") + rf"\pard\plain \v {gone[2]}\par \pard {gone[3]}\par" "\n" + par(d) +
            par(rf"{{\deleted\revauthdel1\revdttmdel-1 {gone[4]}}}{{\revised\revauth1\revdttm-1 {e}}}") +
            rf"{{\*\revtbl {{Unknown;}}{{Reviser;}}}}{{\*\unknowndest {gone[5]}{{\b {gone[6]}}}}}{{\*\xmlnstbl {{\xmlns1 urn:x}}}}" +
            par("Plain \\v no\\plain\\fs20  yes"))
    yield rtf("hidden-and-deleted", "hidden", body, text=f"{a} {b} {c}\n{d}\n{e}\nPlain yes", lacks=(*gone, "Reviser", "urn:x"))

    a, b, c = [prose.name() for _ in range(3)]
    picture = "89504e470d0a1a0a0000000d49484452" + "".join(f"{prose.number(0, 255):02x}" for _ in range(200))
    raw = b"}{\\par binary\\'41 " + bytes(prose.number(0, 255) for _ in range(300))
    body = (rf"\pard\plain {a} {{\*\shppict{{\pict{{\*\picprop}}\picscalex100\picw26\pich26\pngblip\bliptag1 " "\n" + picture +
        rf"}}}}{{\nonshppict{{\pict\wmetafile8 {picture}}}}} {b} ").encode() + (
        rf"{{\pict\dibitmap0\picw10\pich10\bin{len(raw)} ".encode() + raw +
        rf"}}{{\object\objemb{{\*\objclass Word.Picture}}{{\*\objdata {picture}}}{{\result {c}}}}}\par ".encode())
    yield rtf("pictures-and-bin", "pictures", body, text=f"{a} {b} {c}", lacks=("binary", picture[:24], "Word.Picture"))

    a, b, c = [prose.name() for _ in range(3)]
    body = rf"""\f0\fs20
{{\*\htmltag18 <html>}}
{{\*\htmltag34 <head>}}{{\*\htmltag1 \par }}{{\*\htmltag241 <style>\par p \{{ margin: 0 \}}\par </style>}}
{{\*\htmltag50 <body>}}
{{\*\htmltag64 <p>}}\htmlrtf {{\htmlrtf0 {a}
{{\*\htmltag84 &nbsp;}}\htmlrtf \'a0\htmlrtf0 {{\*\htmltag84 <b>}}\htmlrtf {{\b \htmlrtf0 {b}{{\*\htmltag92 </b>}}\htmlrtf }}\htmlrtf0
{{\*\htmltag72 </p>}}\htmlrtf \par}}\htmlrtf0
{{\*\htmltag64 <p>}}\htmlrtf {{\htmlrtf0 caf\'e9 {c}{{\*\htmltag72 </p>}}\htmlrtf \par}}\htmlrtf0
{{\*\htmltag58 </body>}}{{\*\htmltag27 </html>}}"""
    yield rtf("outlook-from-html", "html", body, r"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl" "\n"
        r"{\f0\fswiss\fcharset0 Arial;}{\f1\fmodern Courier New;}}" "\n"
              r"{\colortbl\red0\green0\blue0;}" "\n" r"\uc1\pard\plain\deftab360 ", text=f"{a} {b}\ncafé {c}",
              lacks=("<p>", "margin", "htmltag", "nbsp"))

    a, b, box, fall = [prose.name() for _ in range(4)]
    body = par(rf"{a}{{\shp{{\*\shpinst\shpleft100\shptop100\shpright4000\shpbottom900\shpfhdr0\shpbxcolumn\shpbypara\shpwr3{{\sp{{\sn "
        rf"shapeType}}{{\sv 202}}}}"
               rf"{{\sp{{\sn wzName}}{{\sv Text Box 9}}}}{{\shptxt \pard\plain {box}"
               rf"\par}}}}{{\shprslt{{\*\do\dobxcolumn{{\dptxbx\dptxbxtext\pard\plain {box}\par}}}}}}}}") + par(b)
    yield rtf("text-box", "text", body, text=f"{a}\n{box}\n{b}", lacks=("shapeType", "202", "Text Box 9"))
    czech, polish, a = "Příliš dlouhá cesta přes kopce", "każdego ranka chłopiec łowił ryby", prose.name()
    yield rtf("code-page-of-document", "encodings", rf"\pard\f0 {coded(czech, 'cp1250')}\par {{\f1 {coded(polish, 'cp1250')}}} {a}\par",
              r"{\rtf1\ansi\ansicpg1250\deff0{\fonttbl{\f0\fnil Arial;}{\f1\fnil\fcharset238{\*\fname Arial;}Arial CE;}}" "\n",
              text=f"{czech}\n{polish} {a}")
    russian, a, b = "Привет, река", prose.name(), prose.name()
    body = (par(rf"{{\upr{{{a} ??????}}{{\*\ud{{{a} {escaped(russian)}}}}}}}") + "\\pard\\plain Line one\r\nstill\\\r\nnext " +
        rf"{{\field{{\*\fldinst FORMTEXT}}{{\fldrslt {b}}}}}\sect last\page" + "\n" + r"\par"
            + r"{\*\themedata 504b0304140006000800}{\*\colorschememapping 3c3f786d6c}{\*\latentstyles\lsdstimax267{\lsdlockedexcept \lsdqformat1 "
            r"Normal;heading 1;}}")
    yield rtf("alternatives-and-lines", "text", body, text=f"{a} {russian}\nLine onestill\nnext {b}\nlast", lacks=("??", "504b", "heading"))


def cases(prose):
    yield from [*encodings(prose), *tables(prose), *lists(prose), *others(prose)]
