"""Workbooks as Excel and others write them: numbers as they are seen, kinds of strings, hidden things, drawings, odd sheets."""

import datetime
import re
import zipfile
from xml.sax.saxutils import escape

from made import Case

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
A = "http://schemas.openxmlformats.org/drawingml/2006"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def cell(at, value, style=0, kind=""):
    """A cell by hand: a value is XML where it starts with <, else the content of <v>."""
    value = value if str(value).startswith("<") else f"<v>{escape(str(value))}</v>"
    return f'<c{at and f""" r="{at}" """.rstrip()}{style and f""" s="{style}" """.rstrip() or ""}{kind and f""" t="{kind}" """.rstrip()}>{value}</c>'


def inline(at, text):
    return cell(at, f'<is><t xml:space="preserve">{escape(text)}</t></is>', 0, "inlineStr")


def grid(*rows, more="", head=""):
    """A sheet of rows, each (number or "", cells)."""
    return (f'{XML}<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">{head}<sheetData>'
            + "".join(f'<row{number and f""" r="{number}" """.rstrip()}>{"".join(inner)}</row>' for number, inner in rows)
            + f"</sheetData>{more}</worksheet>")


def book(sheets, formats=(), shared=None, parts=None, types=None, settings="", names=None, files=None, states=None, sheet_rels=None):
    """A workbook of sheets by hand; formats are of styles 1 and on: codes, or numbers of built-in ones."""
    names, files = names or [f"Sheet{n + 1}" for n in range(len(sheets))], files or [f"sheet{n + 1}.xml" for n in range(len(sheets))]
    codes = "".join(f'<numFmt numFmtId="{170 + n}" formatCode="{escape(code, {chr(34): "&quot;"})}"/>' for n, code in enumerate(formats)
        if isinstance(code, str))
    xfs = "".join(f'<xf numFmtId="{170 + n if isinstance(code, str) else code}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
                  for n, code in enumerate(formats))
    all_parts = {
        "[Content_Types].xml": f'{XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/><Override '
        f'PartName="/xl/styles.xml" ContentType="{TYPE}.styles+xml"/>'
        + "".join(f'<Override PartName="/xl/worksheets/{file}" ContentType="{TYPE}.worksheet+xml"/>' for file in files)
        + (f'<Override PartName="/xl/sharedStrings.xml" ContentType="{TYPE}.sharedStrings+xml"/>' if shared else "")
        + "".join(f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in (types or {}).items()) + "</Types>",
        "_rels/.rels": f'{XML}<Relationships xmlns="{RELS}"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        '</Relationships>',
        "xl/workbook.xml": f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{settings}<sheets>' + "".join(
            f'<sheet name="{escape(name)}" sheetId="{n + 4}" {f"""state="{states[n]}" """ if states and states[n] else ""}r:id="rId{n + 1}"/>'
            for n, name in enumerate(names)) + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{XML}<Relationships xmlns="{RELS}">' + "".join(
            f'<Relationship Id="rId{n + 1}" Type="{OFFICE}/worksheet" Target="worksheets/{file}"/>' for n, file in enumerate(files))
        + f'<Relationship Id="rId90" Type="{OFFICE}/styles" Target="styles.xml"/>'
        + (f'<Relationship Id="rId91" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>' if shared else "") + "</Relationships>",
        "xl/styles.xml": f'{XML}<styleSheet xmlns="{MAIN}">{codes and f"<numFmts>{codes}</numFmts>"}<fonts><font><sz val="11"/><name val="Calibri"/>'
        '</font></fonts><fills><fill>'
        '<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders><border><left/><right/><top/>'
        '<bottom/><diagonal/></border>'
        '</borders><cellStyleXfs><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs>'
        f'<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>{xfs}</cellXfs></styleSheet>'}
    all_parts |= {f"xl/worksheets/{file}": sheet for file, sheet in zip(files, sheets)}
    if shared:
        all_parts["xl/sharedStrings.xml"] = f'{XML}<sst xmlns="{MAIN}" count="{len(shared)}" uniqueCount="{len(shared)}">{"".join(shared)}</sst>'
    if sheet_rels:
        all_parts[f"xl/worksheets/_rels/{files[0]}.rels"] = f'{XML}<Relationships xmlns="{RELS}">' + "".join(
            f'<Relationship Id="{ident}" Type="{kind if ":" in kind else f"{OFFICE}/{kind}"}" Target="{target}"/>' for ident, kind,
            target in sheet_rels) + "</Relationships>"
    return all_parts | (parts or {})


def store(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)


def write(*sheets, **more):
    return lambda path: store(path, book(sheets, **more))


def shown(name, prose, values, area="numbers", settings=""):
    """A label and a number in each row: values of (number, format, as seen)."""
    rows, truth = [], []
    for at, (value, _, seen) in enumerate(values, 1):
        label = prose.name()
        kind = "str" if isinstance(value, str) and not re.fullmatch(r"-?[\d.]+(E[+-]\d+)?", value) else ""
        rows.append((at, [inline(f"A{at}", label), cell(f"B{at}", value, at, kind)]))
        truth.append([label, seen])
    sheet = grid(*rows, head='<cols><col min="1" max="2" width="40" customWidth="1"/></cols>')
    return Case(name, area, write(sheet, formats=[code for _, code, _ in values], settings=settings), tables=[truth], has=tuple(label for label,
        _ in truth))


def numbers(prose):
    def day(*date):
        return (datetime.datetime(*date) - datetime.datetime(1899, 12, 30)).total_seconds() / 86400

    yield shown("dates.xlsx", prose, [
        (day(2024, 3, 5), "yyyy\\-mm\\-dd", "2024-03-05"), (day(2024, 3, 5), "d mmm yyyy", "5 Mar 2024"), (day(2031, 11, 17), "dd/mm/yyyy",
        "17/11/2031"),
        (day(2024, 3, 5, 14, 7), "dd.mm.yyyy hh:mm", "05.03.2024 14:07"), (day(1999, 12, 31), "mmmm yyyy", "December 1999"),
        (day(2024, 3, 5, 9, 5, 30), "h:mm:ss AM/PM", "9:05:30 AM"), (day(2024, 3, 5), 'dddd, "the" d "of" mmmm', "Tuesday, the 5 of March"),
        (day(2024, 3, 5), "[$-409]mmm\\-yy;@", "Mar-24"), (day(2024, 3, 5), "yy/m/d", "24/3/5"), (day(2024, 12, 31), "mmmmm yy", "D 24")])
    yield shown("dates-builtin.xlsx", prose, [
        (day(2024, 3, 5), 15, "5-Mar-24"), (day(2024, 3, 5), 16, "5-Mar"), (day(2024, 3, 5), 17, "Mar-24"), (0.5903125, 18, "2:10 PM"),
        (0.5903125, 19, "2:10:03 PM"),
        (0.5903125, 20, "14:10"), (0.5903125, 21, "14:10:03"), (510 / 86400, 45, "08:30"), (1.25, 46, "30:00:00")])
    yield shown("dates-1904.xlsx", prose, [
        (day(2024, 3, 5) - 1462, "yyyy\\-mm\\-dd", "2024-03-05"), (0, "yyyy\\-mm\\-dd", "1904-01-01"), (day(1985, 10, 26) - 1462, 15, "26-Oct-85")],
        settings='<workbookPr date1904="1"/>')
    yield shown("dates-languages.xlsx", prose, [
        (day(2024, 3, 5), "[$-407]d\\. mmmm yyyy", "5. März 2024"), (day(2024, 8, 5), "[$-40C]d mmmm yyyy", "5 août 2024"),
        (day(2024, 1, 5), "[$-C0A]dddd", "viernes"),
        (day(2024, 5, 5), "[$-410]mmmm yyyy", "maggio 2024")])
    yield shown("times.xlsx", prose, [
        (1.5, "[h]:mm:ss", "36:00:00"), (4.260416666666667, "[hh]:mm", "102:15"), (0.0625, "[mm]:ss", "90:00"), (0.001, "[ss]", "86"),
        (2.75, "h:mm", "18:00"),
        (0.5000115740740741, "hh:mm:ss.0", "12:00:01.0")])
    yield shown("money.xlsx", prose, [
        (0.256, "0%", "26%"), (0.2567, 10, "25.67%"), (1234567.891, "#,##0.00", "1,234,567.89"), (1234567, 3, "1,234,567"),
        (-1234.5, "#,##0.00;(#,##0.00)", "(1,234.50)"),
        (-1234.5, "#,##0.00_);[Red]\\(#,##0.00\\)", "(1,234.50)"), (99.9, "[$€-2] #,##0.00", "€ 99.90"), (1999, '#,##0.00 "zł"', "1,999.00 zł"),
        (1500, '"£"#,##0', "£1,500"),
        (12345678, '0.0,,"M"', "12.3M"), (7, "000", "007"), (0.5, "#.##", ".5"), (12, "0.0#", "12.0"), (-3, "0;0", "3"), (123456, "0.00E+00",
        "1.23E+05"),
        (5551234567, "(000) 000-0000", "(555) 123-4567")])
    yield shown("sections.xlsx", prose, [
        (0, '#,##0;-#,##0;"nothing"', "nothing"), (5, '0" pcs";;', "5 pcs"), (12, '[>=100]"many";[>=10]"some";"few"', "some"),
        (250, '[>=100]"many";[>=10]"some";"few"', "many"),
        (1, '"Yes";"No";"Neither"', "Yes"), (-1, '"Yes";"No";"Neither"', "No"), ("harbour", '0;0;0;"to "@', "to harbour"), (0, "0.00;;", ""),
        (4, "General\" kg\"", "4 kg"),
        (1234, "@", "1234"), (3, "[Blue]0.0\\x", "3.0x")])
    yield shown("general.xlsx", prose, [
        ("0.30000000000000004", 0, "0.3"), ("1.0", 0, "1"), ("4.0999999999999996", 0, "4.1"), ("1E+3", 0, "1000"), ("-0.5", 0, "-0.5"),
        ("2.5000000000000001E-2", 0, "0.025"),
        ("33.333333333333336", "0.00", "33.33"), ("2.675", "0.0", "2.7"), ("0.1", 0, "0.1"), ("1234567", 0, "1234567")])
    secret, label = prose.number(100000, 999999), prose.name()
    yield Case("invisible.xlsx", "numbers", write(grid((1, [inline("A1", label), cell("B1", secret, 1)])), formats=[";;;"]), has=(label,),
        lacks=(str(secret),))


def strings(prose):
    n = [prose.name() for _ in range(8)]
    shared = [f"<si><t>{n[0]}</t></si>", f'<si><r><rPr><b/></rPr><t xml:space="preserve">{n[1][:4]}</t></r><r><t>{n[1][4:]}</t></r></si>',
              '<si><t>東京都</t><rPh sb="0" eb="3"><t>トウキョウト</t></rPh><phoneticPr fontId="1"/></si>', f'<si><t xml:space="preserve">  {n[2]} </t></si>',
              "<si/>",
              f"<si><r><t>大阪</t></r><rPh sb=\"0\" eb=\"2\"><t>オオサカ</t></rPh></si>"]
    rows = [(1, [cell("A1", 0, 0, "s"), cell("B1", 1, 0, "s"), cell("C1", 2, 0, "s")]), (2, [cell("A2", 3, 0, "s"), cell("B2", 4, 0, "s"),
        inline("C2", n[3])]),
            (3, [cell("A3", f"<f>A1&amp;B1</f><v>{n[4]}</v>", 0, "str"),
            cell("B3", f"<is><r><t>{n[5][:5]}</t></r><r><rPr><i/></rPr><t>{n[5][5:]}</t></r></is>", 0, "inlineStr"),
                 cell("C3", 5, 0, "s")]), (4, [cell("A4", 0, 0, "s")])]
    truth = [[n[0], n[1], "東京都"], [n[2], "", n[3]], [n[4], n[5], "大阪"], [n[0], "", ""]]
    yield Case("strings.xlsx", "strings", write(grid(*rows), shared=shared), tables=[truth], has=tuple(n[:6]), lacks=("トウキョウト", "オオサカ"))
    head = [prose.name() for _ in range(4)]
    rows = [(1, [inline(f"{c}1", h) for c, h in zip("ABCD", head)]),
            (2, [cell("A2", 1, 0, "b"), cell("B2", 0, 0, "b"), cell("C2", "#DIV/0!", 0, "e"), cell("D2", "#N/A", 0, "e")]),
            (3, [cell("A3", "<f>SUM(B9:B10)</f><v>42</v>"), cell("B3", "<f>1&gt;0</f><v>1</v>", 0, "b"),
            cell("C3", '<f t="shared" ref="C3:C4" si="0">D3*2</f><v>14</v>'),
                 cell("D3", "<f>VLOOKUP(1,Z1:Z2,1)</f><v>#REF!</v>", 0, "e")]), (4, [cell("A4", '<f t="array" ref="A4">SUM(A1:A2*2)</f><v>8.5</v>'),
                 cell("C4", '<f t="shared" si="0"/><v>16</v>')])]
    yield Case("values.xlsx", "strings", write(grid(*rows)), tables=[[head, ["TRUE", "FALSE", "#DIV/0!", "#N/A"], ["42", "TRUE", "14", "#REF!"],
        ["8.5", "", "16", ""]]],
               lacks=("SUM", "VLOOKUP"))
    w = [prose.word() for _ in range(8)]
    shared = [f"<si><t>{w[0]}_x000D_\n{w[1]}</t></si>", f"<si><t>{w[2]}_x005F_x0041_{w[3]}</t></si>",
              f'<si><t xml:space="preserve"> {w[4]} &amp; &lt;{w[5]}&gt;</t></si>',
              f"<si><t>{w[6]}_x0009_{w[7]}</t></si>", "<si><t>_x00E9_t_x00E9_</t></si>", "<si><t>=1+1</t></si>"]
    yield Case("escapes.xlsx", "strings", write(grid(*((n + 1, [cell(f"A{n + 1}", n, 0, "s"), cell(f"B{n + 1}", n)]) for n in range(6))),
        shared=shared),
               tables=[[[f"{w[0]} {w[1]}", "0"], [f"{w[2]}_x0041_{w[3]}", "1"], [f"{w[4]} & <{w[5]}>", "2"], [f"{w[6]} {w[7]}", "3"], ["été", "4"],
               ["=1+1", "5"]]],
               lacks=("_x000D_", "_x005F_", "_x0009_"))


def structure(prose):
    n = [prose.name() for _ in range(12)]
    rows = [(1, [inline("A1", n[0]), cell("B1", "")]), (2, [inline("A2", n[1]), inline("B2", n[2]), inline("C2", n[3])]),
        (3, [inline("B3", n[4]), inline("C3", n[5])]),
            (4, [inline("A4", n[6]), inline("B4", n[7]), inline("C4", n[8])])]
    merge = '<mergeCells count="2"><mergeCell ref="A1:C1"/><mergeCell ref="A2:A3"/></mergeCells>'
    yield Case("merged.xlsx", "structure", write(grid(*rows, more=merge).replace("<v></v>", "")), tables=[[[n[0], "", ""], n[1:4], ["", n[4], n[5]],
        n[6:9]]])
    keep, hide = [prose.name() for _ in range(6)], [prose.name() for _ in range(6)]
    first = grid((1, [inline("A1", keep[0]), inline("B1", hide[0]), inline("C1", keep[1])]), (2, [inline("A2", hide[1]), inline("C2", hide[2])]),
                 (3, [inline("A3", keep[2]), inline("B3", hide[3]), inline("C3", keep[3])]),
                 head='<cols><col min="2" max="2" width="0" hidden="1" customWidth="1"/></cols>')
    first = first.replace('<row r="2">', '<row r="2" hidden="1">')
    yield Case("hidden-rows.xlsx", "structure", write(first), has=tuple(keep[:4]), lacks=tuple(hide[:4]), order=tuple(keep[:4]))
    yield Case("hidden-sheets.xlsx", "structure", write(
        *(grid((1, [inline("A1", text)])) for text in (keep[4], hide[4], hide[5], keep[5])), states=["", "hidden", "veryHidden", ""],
        names=["Open", "Closed", "Sealed", "Last"]), lacks=tuple(hide[4:]), order=tuple(keep[4:]))
    tabs = [prose.name() for _ in range(3)]
    yield Case("sheets.xlsx", "structure", write(*(grid((1, [inline("A1", n[at]), inline("B1", n[at + 3])])) for at in range(3)), names=tabs,
                                                 files=["sheet3.xml", "sheet10.xml", "sheet1.xml"]), order=(n[0], n[3], n[1], n[4], n[2], n[5]),
               tables=[[[n[at], n[at + 3]]] for at in range(3)], text="\n".join(f"{n[at]} {n[at + 3]}" for at in range(3)), either=tuple(tabs))
    yield Case("no-places.xlsx", "structure", write(grid(*(("", [cell("", f"<is><t>{text}</t></is>", 0, "inlineStr") for text in n[at:at + 3]])
        for at in (0, 3, 6)))),
               tables=[[n[0:3], n[3:6], n[6:9]]])
    far = grid((1, [inline("A1", n[0])]), (5000, [inline("C5000", n[1])]), (1048576, [inline("A1048576", n[2]), inline("XFD1048576", n[3])]),
               head='<dimension ref="A1:XFD1048576"/>')
    yield Case("far-apart.xlsx", "structure", write(far), text="\n".join([n[0], n[1], f"{n[2]} {n[3]}"]), either=("Sheet1",),
               order=tuple(n[:4]))
    block = [[str(prose.number()) for _ in range(30)] for _ in range(400)]

    def column(at):
        return (chr(64 + at // 26) if at >= 26 else "") + chr(65 + at % 26)
    yield Case("dense.xlsx", "structure", write(grid(*((r + 1, [cell(f"{column(c)}{r + 1}", value) for c, value in enumerate(row)]) for r,
        row in enumerate(block)))),
               tables=[block])


def prefixed(parts):
    """All of SpreadsheetML under a prefix, as some generators write it."""
    for name in [name for name in parts if name.startswith("xl/") and name.endswith(".xml")]:
        text = re.sub(r"<(/?)([A-Za-z])", r"<\1x:\2", parts[name])
        parts[name] = text.replace("xmlns=", "xmlns:x=").replace("x:x:", "x:")
    return parts


def strict(parts):
    for name, content in parts.items():
        parts[name] = content.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
            OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships").replace("<workbook ", '<workbook conformance="strict" ')
    return parts


def packages(prose):
    n = [prose.name() for _ in range(6)]
    rows = [(1, [cell("A1", 0, 0, "s"), cell("B1", 1, 0, "s")]), (2, [inline("A2", n[2]), cell("B2", 45356, 1)]),
        (3, [inline("A3", n[3]), cell("B3", 0.25, 2)])]
    truth = [[n[0], n[1]], [n[2], "2024-03-05"], [n[3], "25%"]]
    more = {"formats": ["yyyy-mm-dd", "0%"], "shared": [f"<si><t>{text}</t></si>" for text in n[:2]]}
    yield Case("strict.xlsx", "packages", lambda path: store(path, strict(book([grid(*rows)], **more))), tables=[truth], has=tuple(n[:4]))
    iso = [*rows, (4, [inline("A4", n[4]), cell("B4", "2023-07-09T00:00:00", 1, "d")])]
    yield Case("strict-iso-dates.xlsx", "packages", lambda path: store(path, strict(book([grid(*iso)], **more))),
        tables=[[*truth, [n[4], "2023-07-09"]]])
    yield Case("prefixed.xlsx", "packages", lambda path: store(path, prefixed(book([grid(*rows)], **more))), tables=[truth], has=tuple(n[:4]))

    def backslashes(path):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in book([grid(*rows)], **more).items():
                entry = zipfile.ZipInfo(name)
                entry.filename = name.replace("/", "\\")
                file.writestr(entry, content, zipfile.ZIP_DEFLATED)
    yield Case("backslashes.xlsx", "packages", backslashes, tables=[truth], has=tuple(n[:4]))
    import openpyxl
    from openpyxl.worksheet.table import Table, TableStyleInfo
    heads, body = [prose.name() for _ in range(3)], [[prose.name(), prose.number(), prose.number()] for _ in range(4)]
    total = prose.name()

    def table(path):
        work = openpyxl.Workbook()
        sheet = work.active
        sheet.title = "Data"
        for row in (heads, *body, [total, "", 9]):
            sheet.append(row)
        made = Table(displayName="Stock", ref="A1:C6", totalsRowCount=1)
        made.tableStyleInfo = TableStyleInfo(name="TableStyleMedium9", showRowStripes=True)
        sheet.add_table(made)
        sheet.auto_filter.ref = "A1:C6"
        work.save(path)
    lines = [heads, *([a, str(b), str(c)] for a, b, c in body), [total, "", "9"]]
    yield Case("table.xlsx", "structure", table, tables=[lines], text="\n".join(" ".join(line) for line in lines), either=("Data", "Stock"))


def drawn(prose):
    n, said, threaded = [prose.name() for _ in range(5)], prose.name(), prose.name()
    ns = f'xmlns:xdr="{A}/spreadsheetDrawing" xmlns:a="{A}/main" xmlns:r="{OFFICE}" xmlns:c="{A}/chart"'
    place = ("<xdr:from><xdr:col>{0}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{1}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to>"
             "<xdr:col>{2}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{3}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>")

    def sp(text, at):
        return (f'<xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="{at}" name="TextBox {at}"/><xdr:cNvSpPr txBox="1"/></xdr:nvSpPr><xdr:spPr>'
                '<a:xfrm><a:off x="0" y="0"/><a:ext cx="3000000" cy="500000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr>'
                '<xdr:txBody><a:bodyPr/><a:p>'
                f"<a:r><a:t>{text[:6]}</a:t></a:r><a:r><a:rPr b='1'/><a:t>{text[6:]}</a:t></a:r></a:p></xdr:txBody></xdr:sp>")
    group = ('<xdr:grpSp><xdr:nvGrpSpPr><xdr:cNvPr id="8" name="Group"/><xdr:cNvGrpSpPr/></xdr:nvGrpSpPr><xdr:grpSpPr><a:xfrm><a:off x="0" y="0"/>'
             '<a:ext cx="3000000" cy="500000"/>'
             f'<a:chOff x="0" y="0"/><a:chExt cx="3000000" cy="500000"/></a:xfrm></xdr:grpSpPr>{sp(n[2], 9)}</xdr:grpSp>')
    drawing = (f"{XML}<xdr:wsDr {ns}><xdr:twoCellAnchor>{place.format(3, 1, 7, 4)}{sp(n[1], 2)}<xdr:clientData/></xdr:twoCellAnchor>"
               f"<xdr:twoCellAnchor>{place.format(3, 6, 7, 9)}{group}<xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>")
    yield Case("box.xlsx", "drawings", write(
        grid((1, [inline("A1", n[0])]), more='<drawing r:id="rId1"/>'), parts={"xl/drawings/drawing1.xml": drawing},
        sheet_rels=[("rId1", "drawing", "../drawings/drawing1.xml")],
        types={"xl/drawings/drawing1.xml": "application/vnd.openxmlformats-officedocument.drawing+xml"}), has=tuple(n[:3]))
    heads = [prose.name() for _ in range(3)]

    def chart(path):
        import openpyxl
        from openpyxl.chart import BarChart, Reference
        work = openpyxl.Workbook()
        for row in ([n[0], heads[0]], [n[1], 4], [n[2], 7]):
            work.active.append(row)
        made = BarChart()
        made.title, made.y_axis.title = heads[1], heads[2]
        made.add_data(Reference(work.active, min_col=2, min_row=1, max_row=3), titles_from_data=True)
        made.set_categories(Reference(work.active, min_col=1, min_row=2, max_row=3))
        work.active.add_chart(made, "E2")
        work.save(path)
    yield Case("chart.xlsx", "drawings", chart, has=(heads[1], heads[2]), order=(n[0], heads[0], n[1], "4", n[2], "7"))
    comments = (f'{XML}<comments xmlns="{MAIN}"><authors><author>Ada Pell</author><author>tc={{1}}</author></authors><commentList>'
                '<comment ref="A1" authorId="0"><text><r><rPr><b/></rPr>'
                f'<t xml:space="preserve">Ada Pell:\n</t></r><r><t>{said}</t></r></text></comment><comment ref="B1" authorId="1"><text><t>'
                '[Threaded comment] Your version of Excel '
                f"allows you to read this threaded comment. Comment: {threaded}</t></text></comment></commentList></comments>")
    thread = (f'{XML}<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
              '<threadedComment ref="B1" dT="2024-03-05T10:00:00.00" personId='
              f'"{{2}}" id="{{1}}"><text>{threaded}</text></threadedComment></ThreadedComments>')
    yield Case("comments.xlsx", "notes", write(
        grid((1, [inline("A1", n[3]), inline("B1", n[4])])), parts={"xl/comments1.xml": comments, "xl/threadedComments/threadedComment1.xml": thread},
        sheet_rels=[("rId2", "comments", "../comments1.xml"),
                    ("rId3", "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment",
                    "../threadedComments/threadedComment1.xml")],
        types={"xl/comments1.xml": f"{TYPE}.comments+xml",
        "xl/threadedComments/threadedComment1.xml": "application/vnd.ms-excel.threadedcomments+xml"}),
        has=(n[3], n[4], said, threaded), tables=[[[n[3], n[4]]]])


def cases(prose):
    for family in (numbers, strings, structure, packages, drawn):
        yield from family(prose)
