"""OpenDocument sheets and slides: repeats, formats, hidden sheets and slides, merged cells, notes, groups and the order of shapes."""

from . import Case
from .odf import Office, flat, hand, items, p

STYLES = ('<style:style style:name="ta0" style:family="table"><style:table-properties table:display="false"/></style:style>'
          '<style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style>')


def cell(text="", more="", kind="string"):
    shown = "".join(f"<text:p>{part}</text:p>" for part in text.split("|")) if text else ""
    return f'<table:table-cell office:value-type="{kind}" {more}>{shown}</table:table-cell>' if text or more else "<table:table-cell/>"


def line(cells, more=""):
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def sheet(name, lines, style="ta1", columns="", shapes=""):
    columns = columns or '<table:table-column table:number-columns-repeated="16384"/>'
    return f'<table:table table:name="{name}" table:style-name="{style}">{shapes}{columns}{"".join(lines)}</table:table>'


def plain(rows):
    return [line([cell(one) for one in row]) for row in rows]


def sheets(prose):
    office = Office("ods")
    a, b, c = prose.name(), prose.name(), str(prose.number())
    end = '<table:table-cell table:number-columns-repeated="16380"/>'
    body = sheet("Figures", [
        line([cell("Item"), cell("A"), cell("B"), cell("C"), end]),
        line([cell(a), f'<table:table-cell table:number-columns-repeated="3" office:value-type="float" office:value="{c}"><text:p>{c}</text:p>'
        f'</table:table-cell>', end],
             'table:number-rows-repeated="2"'),
        line(['<table:table-cell table:number-columns-repeated="16384"/>'], 'table:number-rows-repeated="3"'),
        line([cell(b), '<table:table-cell table:number-columns-repeated="2"/>', cell("last"), end]),
        line(['<table:table-cell table:number-columns-repeated="16384"/>'], 'table:number-rows-repeated="1048569"')])
    rows = [["Item", "A", "B", "C"], [a, c, c, c], [a, c, c, c]]
    yield hand("ods-repeats.ods", "spreadsheet", "repeats", body, STYLES, has=(a, b, "last"),
               text="\n".join([*(" ".join(row) for row in rows), f"{b} last"]), either=("Figures",))

    a, money = prose.name(), prose.number(1000, 9999)
    row = [("47.5%", 'office:value="0.475"', "percentage"), (f"{money:,}.50 €", f'office:value="{money}.5" office:currency="EUR"', "currency"),
           ("1 March 2019", 'office:date-value="2019-03-01"', "date"), ("13:45", 'office:time-value="PT13H45M00S"', "time"),
           ("TRUE", 'office:boolean-value="true"', "boolean"), ("1.50E+06", 'office:value="1500000"', "float"),
           ("00042", 'office:value="42"', "float")]
    heads = ["Share", "Cost", "Day", "Hour", "Done", "Big", "Code"]
    body = sheet("Sheet1", [line([cell("Name"), *(cell(one) for one in heads)]), line([cell(a), *(cell(*one) for one in row)])])
    yield hand("ods-shown-values.ods", "spreadsheet", "formats", body, STYLES, tables=[[["Name", *heads], [a, *(one[0] for one in row)]]],
               lacks=("0.475", "2019-03-01", "PT13H", "1500000"))

    formats = """<number:percentage-style style:name="N10">
<number:number number:decimal-places="1" number:min-integer-digits="1"/><number:text>%</number:text></number:percentage-style>
<number:currency-style style:name="N11">
<number:text>EUR </number:text>
<number:number number:decimal-places="2" number:min-integer-digits="1" number:grouping="true"/></number:currency-style>
<number:date-style style:name="N12">
<number:day number:style="long"/><number:text>.</number:text><number:month number:style="long"/><number:text>.</number:text>
<number:year number:style="long"/></number:date-style>
<number:number-style style:name="N13">
<number:number number:decimal-places="3" number:min-integer-digits="1"/><number:text> kg</number:text></number:number-style>
<number:time-style style:name="N14" number:truncate-on-overflow="false">
<number:hours number:style="long"/><number:text>:</number:text><number:minutes number:style="long"/></number:time-style>
""" + "".join(f'<style:style style:name="ce{n}" style:family="table-cell" style:data-style-name="N{n}"/>' for n in range(10, 15))
    thousands, weight, day = prose.number(1000, 9999), prose.number(10, 99), prose.number(10, 28)
    values = [("ce10", "percentage", 'office:value="0.0625"', "6.3%"), ("ce11", "currency", f'office:value="{thousands}.456" office:currency="EUR"',
        f"EUR {thousands:,}.46"),
              ("ce12", "date", f'office:date-value="2020-11-{day}"', f"{day}.11.2020"), ("ce13", "float", f'office:value="{weight}.25"',
              f"{weight}.250 kg"),
              ("ce14", "time", 'office:time-value="PT30H15M00S"', "30:15")]
    a = prose.name()
    body = sheet("Sheet1", [line([cell("Name"), *(cell(f"Head{n}") for n in range(5))]), line(
        [cell(a), *(f'<table:table-cell table:style-name="{style}" office:value-type="{kind}" {value}/>' for style, kind, value, _ in values)])])
    yield office.case("ods-shown-values-office", "formats", flat("spreadsheet", body, STYLES + formats),
                      tables=[[["Name", *(f"Head{n}" for n in range(5))], [a, *(one[3] for one in values)]]])

    names, n = [prose.name() for _ in range(3)], [str(prose.number()) for _ in range(6)]
    covered = "<table:covered-table-cell/>"
    body = sheet("Plan", [
        line([cell(names[0], 'table:number-columns-spanned="3" table:number-rows-spanned="1"'),
        '<table:covered-table-cell table:number-columns-repeated="2"/>']),
        line([cell(names[1], 'table:number-columns-spanned="1" table:number-rows-spanned="3"'), cell(n[0]), cell(n[1])]),
        line([covered, cell(n[2], 'table:number-columns-spanned="2" table:number-rows-spanned="2"'), covered]),
        line([covered, '<table:covered-table-cell table:number-columns-repeated="2"/>']),
        line([cell(names[2]), cell(n[3]), cell(n[4])])])
    yield office.case("ods-merged-office", "merged", flat("spreadsheet", body, STYLES), tables=[[
        [names[0], "", ""], [names[1], n[0], n[1]], ["", n[2], ""], ["", "", ""], [names[2], n[3], n[4]]]])

    rows, *gone = [[prose.name(), str(prose.number())] for _ in range(2)], prose.name(), prose.name()
    body = sheet("First", plain([["Name", "Count"], *rows])) + sheet("Secret", plain([[gone[0], "1"], [gone[1], "2"]]), "ta0")
    yield office.case("ods-hidden-sheet-office", "hidden", flat("spreadsheet", body, STYLES), tables=[[["Name", "Count"], *rows]], lacks=tuple(gone))

    a, b, *gone = [prose.name() for _ in range(6)]
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>'
    body = sheet("List", [
        line([cell("Name"), cell(gone[0]), cell("Count")]), line([cell(a), cell(gone[1]), cell("17")]),
        line([cell(gone[2]), cell("x"), cell("18")], 'table:visibility="collapse"'), line([cell(gone[3]), cell("x"), cell("19")],
        'table:visibility="filter"'),
        line([cell(b), cell("x"), cell("20")])], columns=columns)
    yield hand("ods-hidden-rows-and-columns.ods", "spreadsheet", "hidden", body, STYLES, text=f"Name Count\n{a} 17\n{b} 20", either=("List",),
        lacks=tuple(gone))

    a, b, note = prose.name(), prose.name(), prose.name()
    marked = (f'<table:table-cell office:value-type="string"><office:annotation office:display="false"><dc:creator>Ann</dc:creator><dc:date>'
        f'2021-01-01T00:00:00</dc:date>'
              f"<text:p>{note}</text:p></office:annotation><text:p>{a}</text:p></table:table-cell>")
    body = sheet("Sheet1", [line([cell("Name"), cell("Count")]), line([marked, cell("5")]), line([cell(b), cell("6")])])
    yield hand("ods-notes.ods", "spreadsheet", "notes", body, STYLES, tables=[[["Name", "Count"], [a, "5"], [b, "6"]]])

    a, b, c, link = [prose.name() for _ in range(4)]
    total = prose.number()
    body = sheet("Sheet1", [
        line([cell("What"), cell("Value")]),
        line([cell(f'{a}|{b}'), cell("#DIV/0!",
        'table:formula="of:=1/0" office:value="0" calcext:value-type="error" '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"')]),
        line([cell(f'see <text:a xlink:href="http://example.org/x">{link}</text:a> w<text:span>or</text:span>d<text:s text:c="3"/>end'),
              cell(str(total), f'table:formula="of:=SUM([.B4:.B9])" office:value="{total}"', "float")]),
        line([cell(c), cell("yes", 'table:formula="of:=IF(1;&quot;yes&quot;;&quot;no&quot;)" office:string-value="yes"')])])
    yield hand("ods-formulas-and-lines.ods", "spreadsheet", "formats", body, STYLES, tables=[[
        ["What", "Value"], [f"{a} {b}", "#DIV/0!"], [f"see {link} word end", str(total)], [c, "yes"]]], lacks=("SUM", "of:="))

    one, two = ([["Name", "Count"], *([prose.name(), str(prose.number())] for _ in range(4))] for _ in range(2))
    first, second, box = prose.word().capitalize() + "s", prose.word().capitalize() + "es", prose.name()
    grouped = [f"<table:table-header-rows>{plain(one)[0]}</table:table-header-rows><table:table-row-group>{''.join(plain(one)[1:3])}"
        f"<table:table-row-group>"
               f"{plain(one)[3]}</table:table-row-group></table:table-row-group>{plain(one)[4]}"]
    shapes = (f'<table:shapes><draw:frame svg:x="8cm" svg:y="1cm" svg:width="4cm" svg:height="1cm"><draw:text-box>{p(box)}</draw:text-box>'
        f'</draw:frame></table:shapes>')
    columns = '<table:table-column-group><table:table-column table:number-columns-repeated="2"/></table:table-column-group>'
    yield office.case("ods-groups-and-sheets-office", "repeats", flat("spreadsheet", sheet(first, grouped, columns=columns, shapes=shapes) +
        sheet(second, plain(two)), STYLES),
                      tables=[one, two], order=(one[4][0], two[1][0]), has=(box,))


# Slides


def frame(text, x, y, kind="", more="", wide=8, high=2):
    kind = f'presentation:class="{kind}" presentation:style-name="pr1" ' if kind else ""
    return (f'<draw:frame {kind}{more} svg:x="{x}cm" svg:y="{y}cm" svg:width="{wide}cm" svg:height="{high}cm"><draw:text-box>{text}</draw:text-box>'
        f'</draw:frame>')


def slide(name, shapes, notes="", style="dp1"):
    if notes:
        notes = f'<presentation:notes>{frame(f"<text:p>{notes}</text:p>", 2, 14, "notes", wide=16, high=8)}</presentation:notes>'
    return f'<draw:page draw:name="{name}" draw:style-name="{style}" draw:master-page-name="Default">{shapes}{notes}</draw:page>'


PAGES = ('<style:style style:name="dp1" style:family="drawing-page"><style:drawing-page-properties presentation:display-footer="true"/></style:style>'
         '<style:style style:name="dp2" style:family="drawing-page"><style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
         '<style:style style:name="pr1" style:family="presentation"/>')


def master(prompt="Click to edit the title text format", fixed=""):
    return (f'<style:master-page style:name="Default" style:page-layout-name="pm1">{frame(f"<text:p>{prompt}</text:p>", 1, 1, "title")}'
            f'{frame("<text:p>Outline prompt</text:p>", 1, 4, "outline")}{fixed}</style:master-page>')


def slides(prose):
    office = Office("odp")
    a = [prose.name() for _ in range(8)]
    title = frame(f"<text:p>{a[0]}</text:p>", 1, 1, "title", wide=24)
    left, right, foot = frame(p(a[1]) + p(a[2]), 1, 5), frame(p(a[3]), 14, 5), frame(p(a[4]), 1, 14, wide=24)
    body = slide("page1", foot + right + title + left) + slide("page2", frame(f"<text:p>{a[5]}</text:p>", 1, 1, "title", wide=24) +
        frame(p(a[6]), 1, 6))
    order = (*a[:7],)
    yield hand("odp-order.odp", "presentation", "order", body, PAGES, master=master(), text="\n".join(order), either=("page1", "page2"),
               headings=[(0, a[0]), (0, a[5])], lacks=("Click to edit", "Outline prompt"))

    a = [prose.name() for _ in range(10)]
    bullets = f'<text:list text:style-name="L1">{items(a[1], [a[2], a[3]], a[4])}</text:list>'
    numbers = f'<text:list text:style-name="L2">{items(a[6], a[7], a[8])}</text:list>'
    lists = ('<text:list-style style:name="L1"><text:list-level-style-bullet text:level="1" text:bullet-char="●"/><text:list-level-style-bullet '
        'text:level="2" text:bullet-char="–"/>'
             '</text:list-style><text:list-style style:name="L2"><text:list-level-style-number text:level="1" style:num-format="1" '
             'style:num-suffix="."/></text:list-style>')
    body = slide("Intro", frame(f"<text:p>{a[0]}</text:p>", 1, 1, "title", wide=24) + frame(bullets, 1, 5, "outline", wide=24, high=8)) + slide(
        "Steps", frame(f"<text:p>{a[5]}</text:p>", 1, 1, "title", wide=24) + frame(numbers, 1, 5, "outline", wide=24, high=8) +
        '<draw:frame presentation:class="subtitle" presentation:placeholder="true" svg:x="1cm" svg:y="14cm" svg:width="5cm" svg:height="1cm">'
        '<draw:text-box/></draw:frame>')
    yield office.case("odp-lists-office", "lists", flat("presentation", body, PAGES + lists, master=master()), headings=[(0, a[0]), (0, a[5])],
                      text="\n".join((*a[:6], f"1. {a[6]}", f"2. {a[7]}", f"3. {a[8]}")), either=("Intro", "Steps"),
                      lacks=("Click to", "Outline prompt"))

    a, b, n = prose.name(), prose.name(), [str(prose.number()) for _ in range(5)]
    cells = [[cell(a, 'table:number-columns-spanned="2"') + "<table:covered-table-cell/>", cell("Sum")], [cell(one) for one in n[:3]],
        [cell(b), cell(n[3]), cell(n[4])]]
    table = ('<draw:frame svg:x="2cm" svg:y="5cm" svg:width="20cm" svg:height="6cm"><table:table><table:table-column/><table:table-column/>'
        '<table:table-column/>' +
             "".join(line(row) for row in cells) + '</table:table><draw:image xlink:href="Pictures/TablePreview1.svm"/></draw:frame>')
    title = prose.name()
    yield hand("odp-table.odp", "presentation", "tables", slide("page1", frame(f"<text:p>{title}</text:p>", 1, 1, "title", wide=24) + table), PAGES,
        master=master(),
               tables=[[[a, "", "Sum"], n[:3], [b, n[3], n[4]]]], headings=[(0, title)])

    a, b, note, other = [prose.name() for _ in range(4)]
    body = slide("page1", frame(p(a), 1, 5), note) + slide("page2", frame(p(b), 1, 5), other)
    yield office.case("odp-notes-office", "notes", flat("presentation", body, PAGES, master=master()), text=f"{a}\n{b}",
        either=(note, other, "page1", "page2", "Notes", "Notes"),
                      has=(note, other))

    a = [prose.name() for _ in range(6)]
    shape = ('<draw:custom-shape svg:x="{1}cm" svg:y="{2}cm" svg:width="4cm" svg:height="2cm"><text:p>{0}</text:p><draw:enhanced-geometry '
        'draw:type="rectangle"/></draw:custom-shape>')
    group = (f'<draw:g>{shape.format(a[1], 2, 5)}<draw:g>{shape.format(a[2], 7, 5)}<draw:ellipse svg:x="12cm" svg:y="5cm" svg:width="4cm" '
        f'svg:height="2cm">'
             f'<text:p>{a[3]}</text:p></draw:ellipse></draw:g><draw:line svg:x1="2cm" svg:y1="8cm" svg:x2="9cm" svg:y2="8cm"><text:p>{a[4]}'
             f'</text:p></draw:line></draw:g>')
    body = slide("page1", frame(p(a[0]), 1, 1) + group + frame(p(a[5]), 1, 12))
    yield hand("odp-groups.odp", "presentation", "shapes", body, PAGES, master=master(), text="\n".join(a), either=("page1",))

    a, b, gone, note = [prose.name() for _ in range(4)]
    body = slide("page1", frame(p(a), 1, 5)) + slide("page2", frame(f"<text:p>{gone}</text:p>", 1, 1, "title"), note, "dp2") + slide("page3",
        frame(p(b), 1, 5))
    yield office.case("odp-hidden-slide-office", "hidden", flat("presentation", body, PAGES, master=master()), text=f"{a}\n{b}",
        either=("page1", "page3"),
                      lacks=(gone, note))

    a, b, foot, fixed = [prose.name() for _ in range(4)]
    declared = f'<presentation:footer-decl presentation:name="ftr1">{foot}</presentation:footer-decl>'
    stamp = frame("<text:p><presentation:footer/></text:p>", 9, 19, "footer") + frame(f"<text:p>{fixed}</text:p>", 20, 19)
    text = (f"w<text:span>or</text:span>d<text:s text:c=\"2\"/>{b}<text:line-break/>below <text:a xlink:href=\"http://example.org\">link</text:a> "
        f"<text:page-number>&lt;number&gt;</text:page-number>")
    body = declared + slide("page1", frame(p(a), 1, 3) + frame(p(text), 1, 6)).replace("<draw:page ",
        '<draw:page presentation:use-footer-name="ftr1" ')
    yield hand("odp-footer-and-fields.odp", "presentation", "text", body, PAGES, master=master(fixed=stamp), has=(a, f"word {b} below link"),
        order=(a, b),
               lacks=("Click to edit", "Outline prompt"))


def cases(prose):
    yield from [*sheets(prose), *slides(prose)]
