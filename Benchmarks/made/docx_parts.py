"""Word documents as packages: boxes, drawings, fields, forms, sections, imports, other names of parts and namespaces, other programs."""

import io
import pathlib
import subprocess
import tempfile
import zipfile

from made import Case
from made.docx import A, NS, OFFICE, SPACES, W, WML, XML, fld, item, level, numbering, p, package, r, store, tbl, tc, tr, write


# Boxes and drawings


def wrapped(choice, fallback, kind="wps"):
    frame = ('<w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" '
             'relativeHeight="2" behindDoc="0" locked="0" layoutInCell="1" '
             'allowOverlap="1"><wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="column"><wp:posOffset>0</wp:posOffset></wp:positionH>'
             '<wp:positionV relativeFrom="paragraph"><wp:posOffset>100000</wp:posOffset></wp:positionV><wp:extent cx="4000000" cy="900000"/>'
             '<wp:wrapTopAndBottom/><wp:docPr id="1" name="Shape 1"/><a:graphic><a:graphicData uri="{}">{}</a:graphicData></a:graphic></wp:anchor>'
             '</w:drawing>')
    choice = frame.format(SPACES[kind], choice)
    return (f'<w:r><mc:AlternateContent><mc:Choice Requires="{kind}">{choice}</mc:Choice><mc:Fallback><w:pict>{fallback}</w:pict></mc:Fallback>'
            "</mc:AlternateContent></w:r>")


def box(text, at=0, group=False):
    return (f'<wps:wsp>{f"""<wps:cNvPr id="{at + 5}" name="Box {at}"/>""" if group else ""}<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm>'
            f'<a:off x="0" y="{at * 400000}"/><a:ext cx="4000000" cy="300000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr>'
            f"<wps:txbx><w:txbxContent>{p(text)}</w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp>")


def vml(text, at=0):
    return (f'<v:shape style="position:absolute;left:0;top:{at * 30}pt;width:300pt;height:28pt" type="#_x0000_t202"><v:textbox><w:txbxContent>'
            f"{p(text)}</w:txbxContent></v:textbox></v:shape>")


def boxes(prose):
    before, after = prose.sentence(), prose.sentence()
    one, two, three = (prose.name() + " " + prose.words(5) for _ in range(3))
    yield Case("box.docx", "drawings", write(p(before) + p(wrapped(box(one), vml(one))) + p(after)), text=f"{before}\n{one}\n{after}")
    yield Case("box-vml.docx", "drawings", write(p(before) + p(f"<w:r><w:pict>{vml(one)}</w:pict></w:r>") + p(after)),
               text=f"{before}\n{one}\n{after}", order=(before, one, after))
    xfrm = '<a:xfrm><a:off x="0" y="0"/><a:ext cx="4000000" cy="1200000"/><a:chOff x="0" y="0"/><a:chExt cx="4000000" cy="1200000"/></a:xfrm>'
    group = (f'<wpg:wgp><wpg:cNvGrpSpPr/><wpg:grpSpPr>{xfrm}</wpg:grpSpPr>{box(one, 0, True)}<wpg:grpSp><wpg:cNvPr id="9" name="Group 9"/>'
             '<wpg:cNvGrpSpPr/>'
             f"<wpg:grpSpPr>{xfrm}</wpg:grpSpPr>{box(two, 1, True)}{box(three, 2, True)}</wpg:grpSp></wpg:wgp>")
    yield Case("box-group.docx", "drawings", write(
        p(before) + p(wrapped(group, f"<v:group>{vml(one)}<v:group>{vml(two, 1)}{vml(three, 2)}</v:group></v:group>", "wpg")) + p(after)),
        text="\n".join([before, one, two, three, after]))
    canvas = f"<wpc:wpc><wpc:bg/><wpc:whole/>{box(one, 0, True)}{box(two, 1, True)}</wpc:wpc>"
    yield Case("box-canvas.docx", "drawings", write(
        p(before) + p(wrapped(canvas, f'<v:group editas="canvas">{vml(one)}{vml(two, 1)}</v:group>', "wpc")) + p(after)),
        text="\n".join([before, one, two, after]))


# Fields and forms


def fields(prose):
    heads, texts = [prose.words(3).capitalize() for _ in range(3)], [prose.paragraph(2) for _ in range(3)]
    pages = [prose.number(10, 90) for _ in range(3)]
    links = []
    for at, head in enumerate(heads):
        page = fld(f"PAGEREF _Toc10{at} \\h", r(str(pages[at]), "<w:noProof/><w:webHidden/>"))
        inner = f'<w:hyperlink w:anchor="_Toc10{at}" w:history="1">{r(head)}<w:r><w:tab/></w:r>{page}</w:hyperlink>'
        if at == 0:
            inner = fld('TOC \\o "1-3" \\h \\z \\u', inner).removesuffix('<w:r><w:fldChar w:fldCharType="end"/></w:r>')
        links.append(p(inner, "", '<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="9062"/></w:tabs>'))
    body = "".join(links) + p('<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    for at, (head, text) in enumerate(zip(heads, texts)):
        body += p(f'<w:bookmarkStart w:id="{at}" w:name="_Toc10{at}"/>{r(head)}<w:bookmarkEnd w:id="{at}"/>', "Heading1") + p(text)
    yield Case("field-contents.docx", "fields", write(body), lacks=("PAGEREF", "TOC", "_Toc10"), headings=[(1, head) for head in heads],
               text="\n".join([*(f"{head} {page}" for head, page in zip(heads, pages)), *(f"{head}\n{text}" for head, text in zip(heads, texts))]))
    say = [prose.words(5) for _ in range(5)]
    shown, inside, entry = (prose.name() for _ in range(3))
    no, bare = prose.name(), prose.name()
    choice = fld('<w:r><w:instrText xml:space="preserve"> IF </w:instrText></w:r>' + fld("MERGEFIELD State", inside)
                 + f'<w:r><w:instrText xml:space="preserve"> = "Kent" "{shown}" "{no}" </w:instrText></w:r>', shown)
    date = f'<w:fldSimple w:instr=" DATE \\@ &quot;d MMMM yyyy&quot; ">{r("5 March 2024")}</w:fldSimple>'
    body = (p(r(say[0] + " ") + date + r(" " + say[1])) + p(r(say[2] + " ") + choice + r(" " + say[3])) + p(
        r(say[4] + " ") + fld(f'XE "{entry}"', "") + fld('HYPERLINK "https://example.org/mill" \\o "tip"', r(bare, "<w:u w:val=\"single\"/>"))))
    yield Case("field-kinds.docx", "fields", write(body), lacks=(inside, entry, no, "MERGEFIELD", "HYPERLINK", "MMMM", "XE"),
               has=(bare, "5 March 2024", shown),
               text=f"{say[0]} 5 March 2024 {say[1]}\n{say[2]} {shown} {say[3]}\n{say[4]} {bare}")


def forms(prose):
    label, picked, other, typed, chosen, unseen, cell, rowed, last = (prose.name() for _ in range(9))
    data = "<w:ffData><w:name w:val=\"{}\"/><w:enabled/>{}</w:ffData>"
    begin = '<w:r><w:fldChar w:fldCharType="begin">{}</w:fldChar></w:r><w:r><w:instrText xml:space="preserve"> {} </w:instrText></w:r>'
    part, end = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>', '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    drop = data.format("Drop1", f'<w:ddList><w:result w:val="1"/><w:listEntry w:val="{other}"/><w:listEntry w:val="{picked}"/></w:ddList>')
    check = data.format("Check1", '<w:checkBox><w:sizeAuto/><w:default w:val="1"/></w:checkBox>')
    text = data.format("Text1", f'<w:textInput><w:default w:val="{unseen}"/></w:textInput>')
    body = p(begin.format(check, "FORMCHECKBOX") + part + end + r(" " + label)) + p(begin.format(text, "FORMTEXT") + part + r(typed) + end)
    body += p(begin.format(drop, "FORMDROPDOWN") + part + end)
    body += p('<w:sdt><w:sdtPr><w:alias w:val="Colour"/><w:dropDownList w:lastValue="b"><w:listItem w:displayText="'
              f'{unseen}" w:value="a"/><w:listItem w:displayText="{chosen}" w:value="b"/></w:dropDownList></w:sdtPr><w:sdtContent>'
              f'{r(chosen)}</w:sdtContent></w:sdt>')
    body += tbl(1, tr(f"<w:sdt><w:sdtPr/><w:sdtContent>{tc(cell)}</w:sdtContent></w:sdt>"),
        f"<w:sdt><w:sdtPr/><w:sdtContent>{tr(rowed)}</w:sdtContent></w:sdt>")
    body += ('<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Cover Pages"/></w:docPartObj></w:sdtPr>'
             f"<w:sdtContent>{p(last)}</w:sdtContent></w:sdt>")
    settings = '<w:documentProtection w:edit="forms" w:enforcement="1" w:cryptAlgorithmSid="4" w:hash="AAAA" w:salt="AAAA"/>'
    yield Case("forms.docx", "fields", write(body, settings=settings), has=(label, typed, picked, chosen, cell, rowed, last), lacks=(other, unseen),
               order=(label, typed, picked, chosen, cell, rowed, last), tables=[[[cell], [rowed]]])


# Parts and packages


def sections(prose):
    heads = [prose.name() for _ in range(6)]
    texts = [prose.paragraph(3) for _ in range(3)]
    parts, rels, types = {}, [], {}
    for at, head in enumerate(heads):
        kind = ("header", "footer")[at % 2]
        tag = "hdr" if kind == "header" else "ftr"
        parts[f"word/{kind}{at}.xml"] = f"{XML}<w:{tag} {NS}>{p(r(head))}</w:{tag}>"
        rels.append((f"rIds{at}", kind, f"{kind}{at}.xml"))
        types[f"word/{kind}{at}.xml"] = f"{WML}.{kind}+xml"

    def refs(first):
        return (f'<w:headerReference w:type="default" r:id="rIds{first}"/><w:footerReference w:type="default" r:id="rIds{first + 1}"/>')
    page = '<w:pgSz w:w="{}" w:h="{}"/><w:cols w:num="{}"/>'
    body = (p(r(texts[0]), "", f'<w:sectPr>{refs(0)}{page.format(11906, 16838, 1)}</w:sectPr>')
            + p(r(texts[1]), "", f'<w:sectPr>{refs(2)}{page.format(16838, 11906, 2)}</w:sectPr>') + p(texts[2]))
    yield Case("sections.docx", "parts", write(body, parts=parts, rels=rels, types=types, section=refs(4)), text="\n".join(texts),
        either=tuple(heads),
               order=tuple(texts))


def imports(prose):
    before, after, web, inner = (prose.name() for _ in range(4))
    text = prose.paragraph(2)
    page = f"<!DOCTYPE html><html><head><title>x</title><style>p {{ color: red }}</style></head><body><p>{web}</p><p>{text}</p></body></html>"
    stream = io.BytesIO()
    store(stream, package(p(inner)))
    yield Case("imported.docx", "parts", write(
        p(before) + '<w:altChunk r:id="rIdA"/>' + p(after) + '<w:altChunk r:id="rIdB"/>' + p(),
        parts={"word/afchunk1.html": page, "word/afchunk2.docx": stream.getvalue()},
        rels=[("rIdA", "aFChunk", "/word/afchunk1.html"), ("rIdB", "aFChunk", "afchunk2.docx")],
        types={"word/afchunk1.html": "text/html", "word/afchunk2.docx": f"{WML}.document.main+xml"}),
        order=(before, web, text, after, inner), lacks=("color: red",))


def simple(prose):
    """A small document: (body, what is read in it, headings, tables)."""
    head, texts, names = prose.words(3).capitalize(), [prose.paragraph(2) for _ in range(2)], [prose.name() for _ in range(4)]
    body = p(head, "Heading1") + p(texts[0]) + item(texts[1], 0, 1) + tbl(2, tr(*names[:2]), tr(*names[2:])) + p()
    return body, f"{head}\n{texts[0]}\n1. {texts[1]}\n{' '.join(names)}", [(1, head)], [[names[:2], names[2:]]]


ONE = numbering([level(0, "decimal", "%1.")])


def strict(parts):
    swaps = ((W, "http://purl.oclc.org/ooxml/wordprocessingml/main"), (OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships"),
             (A, "http://purl.oclc.org/ooxml/drawingml"), (SPACES["m"], "http://purl.oclc.org/ooxml/officeDocument/math"))
    made = {}
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")):
            for old, new in swaps:
                content = content.replace(old.encode(), new.encode())
        made[name] = content.replace(b"<w:document ", b'<w:document w:conformance="strict" ')
    return made


def packages(prose):
    body, text, headings, found = simple(prose)
    yield Case("strict.docx", "packages", lambda path: store(path, strict(package(body, numbers=ONE))), text=text, headings=headings, tables=found)
    macro = package(body, numbers=ONE, parts={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)},
                    rels=[("rIdV", "http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vbaProject.bin")],
                    types={"word/vbaProject.bin": "application/vnd.ms-office.vbaProject"})
    macro["[Content_Types].xml"] = macro["[Content_Types].xml"].replace(
        f"{WML}.document.main+xml".encode(), b"application/vnd.ms-word.document.macroEnabled.main+xml")
    yield Case("macro.docm", "packages", lambda path: store(path, macro), text=text, headings=headings, tables=found)
    odd = package(body, numbers=ONE)
    for old, new in (("word/document.xml", "Inhalt/teil.1.xml"), ("word/styles.xml", "shared/look.xml"), ("word/numbering.xml", "n.xml")):
        odd[new] = odd.pop(old)
        odd = {name: content.replace(f'PartName="/{old}"'.encode(), f'PartName="/{new}"'.encode()) for name, content in odd.items()}
    rels = odd.pop("word/_rels/document.xml.rels").replace(b'"styles.xml"', b'"../shared/look.xml"').replace(b'"numbering.xml"', b'"/n.xml"')
    odd["Inhalt/_rels/teil.1.xml.rels"] = rels.replace(b'Target="', b'Target="/word/').replace(b"/word//", b"/").replace(b"/word/..", b"")
    odd["_rels/.rels"] = odd["_rels/.rels"].replace(b"word/document.xml", b"/Inhalt/teil.1.xml")
    yield Case("odd-names.docx", "packages", lambda path: store(path, odd), text=text, headings=headings, tables=found)
    back = package(body, numbers=ONE)

    def backslashes(path):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in back.items():
                entry = zipfile.ZipInfo(name)
                entry.filename = name.replace("/", "\\")
                file.writestr(entry, content, zipfile.ZIP_DEFLATED)
    yield Case("backslashes.docx", "packages", backslashes, text=text, headings=headings, tables=found)
    odd_prefix = {name: content for name, content in package(body, numbers=ONE).items()}
    for name in ("word/document.xml", "word/numbering.xml", "word/styles.xml"):
        data = odd_prefix[name].replace(b"<w:", b"<ns0:").replace(b"</w:", b"</ns0:").replace(b" w:", b" ns0:").replace(b"xmlns:w=", b"xmlns:ns0=")
        odd_prefix[name] = data
    yield Case("other-prefix.docx", "packages", lambda path: store(path, odd_prefix), text=text, headings=headings, tables=found)
    shown, block = prose.name(), prose.name()
    holder = f'<w:glossaryDocument {NS}><w:docParts><w:docPart><w:docPartPr><w:name w:val="B"/></w:docPartPr>'
    holder += f"<w:docPartBody>{p(block)}</w:docPartBody></w:docPart>"
    yield Case("glossary.docx", "parts", write(
        p(shown), parts={"word/glossary/document.xml": f"{XML}{holder}</w:docParts></w:glossaryDocument>"},
        rels=[("rIdG", "glossaryDocument", "glossary/document.xml")],
        types={"word/glossary/document.xml": f"{WML}.document.glossary+xml"}), text=shown, lacks=(block,))


def pictured(uri, inner):
    return ('<w:r><w:drawing><wp:inline><wp:extent cx="5000000" cy="3000000"/><wp:docPr id="3" name="Object 3"/><a:graphic>'
            f'<a:graphicData uri="{uri}">{inner}'
            "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>")


def diagram_parts(names, folder, at=1):
    """The parts of a diagram of which each name is a node: data and drawing, with their relations and types."""
    points = "".join(f'<dgm:pt modelId="{n + 1}"><dgm:prSet phldrT="[Text]"/><dgm:spPr/><dgm:t><a:bodyPr/><a:p><a:r><a:rPr/><a:t>{name}</a:t></a:r>'
                     '</a:p></dgm:t></dgm:pt>'
                     for n, name in enumerate(names))
    links = "".join(f'<dgm:cxn modelId="{n + 50}" srcId="0" destId="{n + 1}" srcOrd="{n}" destOrd="0"/>' for n in range(len(names)))
    shapes = "".join(
        f'<dsp:sp modelId="{{{n}}}"><dsp:nvSpPr><dsp:cNvPr id="0" name=""/><dsp:cNvSpPr/></dsp:nvSpPr><dsp:spPr><a:xfrm>'
        f'<a:off x="{n * 1500000}" y="0"/>'
        '<a:ext cx="1400000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></dsp:spPr><dsp:txBody><a:bodyPr/><a:p><a:r>'
        f'<a:rPr/><a:t>{name}'
        "</a:t></a:r></a:p></dsp:txBody></dsp:sp>" for n, name in enumerate(names))
    parts = {
        f"{folder}/diagrams/data{at}.xml": f'{XML}<dgm:dataModel {NS}><dgm:ptLst><dgm:pt modelId="0" type="doc"><dgm:prSet/></dgm:pt>'
        f'{points}</dgm:ptLst><dgm:cxnLst>'
        f'{links}</dgm:cxnLst><dgm:bg/><dgm:whole/><dgm:extLst><a:ext uri="http://schemas.microsoft.com/office/drawing/2008/diagram">'
        '<dsp:dataModelExt relId="rIdD2" minVer="http://schemas.openxmlformats.org/drawingml/2006/diagram"/></a:ext></dgm:extLst></dgm:dataModel>',
        f"{folder}/diagrams/drawing{at}.xml": f"{XML}<dsp:drawing {NS}><dsp:spTree><dsp:nvGrpSpPr><dsp:cNvPr id='0' name=''/><dsp:cNvGrpSpPr/>"
        "</dsp:nvGrpSpPr>"
        f"<dsp:grpSpPr/>{shapes}</dsp:spTree></dsp:drawing>"}
    rels = [("rIdD1", "diagramData", f"/{folder}/diagrams/data{at}.xml"),
            ("rIdD2", "http://schemas.microsoft.com/office/2007/relationships/diagramDrawing", f"/{folder}/diagrams/drawing{at}.xml")]
    types = {f"{folder}/diagrams/data{at}.xml": "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml",
             f"{folder}/diagrams/drawing{at}.xml": "application/vnd.ms-office.drawingml.diagramDrawing+xml"}
    return parts, rels, types


DIAGRAM = '<dgm:relIds r:dm="rIdD1" r:lo="rIdD1" r:qs="rIdD1" r:cs="rIdD1"/>'


def chart_part(title, axis, names, values):
    points = "".join(f'<c:pt idx="{n}"><c:v>{name}</c:v></c:pt>' for n, name in enumerate(names))
    numbers = "".join(f'<c:pt idx="{n}"><c:v>{value}</c:v></c:pt>' for n, value in enumerate(values))
    rich = "<c:title><c:tx><c:rich><a:bodyPr/><a:p><a:r><a:t>{}</a:t></a:r></a:p></c:rich></c:tx></c:title>"
    ax = '<c:axId val="{}"/><c:scaling/><c:delete val="0"/><c:axPos val="l"/>{}<c:crossAx val="{}"/>'
    return (f'{XML}<c:chartSpace {NS}><c:chart>{rich.format(title)}<c:autoTitleDeleted val="0"/><c:plotArea><c:layout/><c:barChart>'
            '<c:barDir val="col"/><c:ser><c:idx val="0"/>'
            f'<c:order val="0"/><c:cat><c:strRef><c:f>Sheet1!$A$2:$A$9</c:f><c:strCache><c:ptCount val="{len(names)}"/>{points}</c:strCache>'
            '</c:strRef></c:cat>'
            f'<c:val><c:numRef><c:f>Sheet1!$B$2:$B$9</c:f><c:numCache><c:formatCode>General</c:formatCode><c:ptCount val="{len(names)}"/>'
            f'{numbers}</c:numCache></c:numRef>'
            f'</c:val></c:ser><c:axId val="1"/><c:axId val="2"/></c:barChart><c:catAx>{ax.format(1, "", 2)}</c:catAx><c:valAx>'
            f'{ax.format(2, rich.format(axis), 1)}</c:valAx></c:plotArea></c:chart></c:chartSpace>')


def pictures(prose):
    before, after, title, axis = (prose.name() for _ in range(4))
    names = [prose.name() for _ in range(3)]
    parts, rels, types = diagram_parts(names, "word")
    yield Case("smartart.docx", "drawings", write(p(before) + p(pictured(SPACES["dgm"], DIAGRAM)) + p(after), parts=parts, rels=rels, types=types),
               text="\n".join([before, *names, after]), order=(before, *names, after))
    yield Case("chart.docx", "drawings", write(
        p(before) + p(pictured(SPACES["c"], '<c:chart r:id="rIdC"/>')) + p(after),
        parts={"word/charts/chart1.xml": chart_part(title, axis, names, [prose.number() for _ in names])},
        rels=[("rIdC", "chart", "charts/chart1.xml")],
        types={"word/charts/chart1.xml": "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"}), has=(title, axis, *names),
        order=(before, title, after))


# Written by another program

FLAT = """<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.2"
 xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0"
 xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" office:mimetype="application/vnd.oasis.opendocument.{kind}">
<office:styles>{styles}</office:styles><office:automatic-styles>
<style:style style:name="Off" style:family="text"><style:text-properties text:display="none"/></style:style>
<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>
<text:list-level-style-number text:level="2" style:num-format="a" style:num-prefix="(" style:num-suffix=")"/></text:list-style>
<text:list-style style:name="L2"><text:list-level-style-bullet text:level="1" text:bullet-char="•"/></text:list-style>{automatic}
</office:automatic-styles>{master}<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document>"""


def flat(body, kind="text", styles="", automatic="", master=""):
    return XML + FLAT.format(kind=kind, body=body, styles=styles, automatic=automatic, master=master)


def office(sources, to, profile="/lo_made"):
    """Converts all sources {name: bytes or text} in one run of LibreOffice; gives {stem: bytes}."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name, content in sources.items():
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{tempfile.gettempdir()}{profile}", "--convert-to", to, "--outdir",
            folder / "to",
                        *(folder / name for name in sources)], check=True, capture_output=True, timeout=300)
        return {file.stem: file.read_bytes() for file in (folder / "to").iterdir()}


def foreign(prose):
    head, deep, texts = prose.words(3).capitalize(), prose.words(3).capitalize(), [prose.paragraph(2) for _ in range(2)]
    n = [prose.name() for _ in range(9)]
    note, off, gone = (prose.name() for _ in range(3))
    body = ('<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><office:change-info><dc:creator>Ada</dc:creator><dc:date>'
            '2024-03-05T10:00:00</dc:date>'
            f"</office:change-info><text:p>{gone}</text:p></text:deletion></text:changed-region></text:tracked-changes>"
            f'<text:h text:outline-level="1">{head}</text:h><text:p>{texts[0]}<text:note text:note-class="footnote"><text:note-citation>'
            '1</text:note-citation>'
            f'<text:note-body><text:p>{note}</text:p></text:note-body></text:note></text:p><text:h text:outline-level="2">{deep}</text:h>'
            f'<text:p>{n[0]} <text:change text:change-id="c1"/><text:span text:style-name="Off">{off}</text:span></text:p>'
            f'<text:list text:style-name="L1"><text:list-item><text:p>{n[1]}</text:p><text:list><text:list-item><text:p>{n[2]}</text:p>'
            '</text:list-item>'
            f"<text:list-item><text:p>{n[3]}</text:p></text:list-item></text:list></text:list-item><text:list-item><text:p>{n[4]}</text:p>"
            "</text:list-item></text:list>"
            '<table:table><table:table-column table:number-columns-repeated="2"/><table:table-row>'
            f'<table:table-cell table:number-columns-spanned="2"><text:p>{n[5]}</text:p>'
            f"</table:table-cell><table:covered-table-cell/></table:table-row><table:table-row><table:table-cell><text:p>{n[6]}</text:p>"
            "</table:table-cell>"
            f"<table:table-cell><text:p>{n[7]}</text:p></table:table-cell></table:table-row></table:table><text:p>{texts[1]}</text:p>")
    yield Case("libreoffice.docx", "packages", lambda path: path.write_bytes(office({"a.fodt": flat(body)}, "docx")["a"]), lacks=(gone, off),
               headings=[(1, head), (2, deep)], has=(f"1. {n[1]}", f"(a) {n[2]}", f"(b) {n[3]}", f"2. {n[4]}", note),
               order=(head, texts[0], deep, n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], texts[1]), tables=[[[n[5], ""], [n[6], n[7]]]])


# Rarer things


def boxes_odd(prose):
    n, other, alt = [prose.name() for _ in range(5)], prose.name(), prose.name()
    unknown = (f'<mc:AlternateContent xmlns:zz="urn:example:future"><mc:Choice Requires="zz">{r(other)}</mc:Choice><mc:Fallback>'
               f'{r(n[1])}</mc:Fallback></mc:AlternateContent>')
    yield Case("fallback.docx", "drawings", write(p(r(n[0] + " ") + unknown)), text=f"{n[0]} {n[1]}", lacks=(other,))
    inside = box("@").replace(p("@"), p(n[2]) + tbl(2, tr(n[3], n[4])) + p())
    fallback = vml("@").replace(p("@"), p(n[2]) + tbl(2, tr(n[3], n[4])) + p())
    framed = wrapped(inside, fallback).replace('name="Shape 1"', f'name="Shape 1" descr="{alt}"')
    yield Case("box-table.docx", "drawings", write(p(n[0]) + p(framed) + p(n[1])), text="\n".join([n[0], *n[2:], n[1]]), either=(alt,),
        tables=[[n[3:5]]])


def fields_odd(prose):
    n, hid = [prose.name() for _ in range(8)], prose.name()
    sign = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    code = '<w:r><w:instrText xml:space="preserve">{}</w:instrText></w:r>'
    pieces = (" HYPER", "LINK &quot;https://example.org/", f"{hid.split()[0]}&quot; ")
    split = sign.format("begin") + "".join(code.format(piece) for piece in pieces) + sign.format("separate")
    body = (p(split + r(n[0])) + p(r(n[1]) + sign.format("end") + r(" " + n[2])) + p(r(n[3] + " ") + fld("SEQ Figure \\* ARABIC", "7")
        + r(" " + n[4]))
            + p(f'<w:hyperlink r:id="rIdH" w:tooltip="x">{r(n[5])}<w:fldSimple w:instr=" PAGEREF _x ">{r("12")}</w:fldSimple></w:hyperlink>'
                + fld('ADDIN ZOTERO_ITEM CSL_CITATION {"a":1}', n[6])) + p(fld("SET x " + hid, "") + fld("FORMTEXT", "") + r(n[7])))
    yield Case("field-odd.docx", "fields", write(body, rels=[("rIdH", "hyperlink", "#x")]), lacks=(hid.split()[0], "HYPER", "LINK", "ZOTERO", "CSL",
        "ARABIC", "SET"),
               text=f"{n[0]}\n{n[1]} {n[2]}\n{n[3]} 7 {n[4]}\n{n[5]}12{n[6]}\n{n[7]}")


def cases(prose):
    for family in (boxes, boxes_odd, fields, fields_odd, forms, sections, imports, packages, pictures, foreign):
        yield from family(prose)
