"""Web pages, XML and Markdown: what a browser hides, how it mends, and the encodings, tables, lists and entities that pages are full of."""

from . import Case


def writer(text, codec="utf-8", before=b""):
    data = before + (text if isinstance(text, bytes) else text.encode(codec))
    return lambda path: path.write_bytes(data)


def page(body, head="", title="Page"):
    return (f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n{head}\n</head>\n<body>\n{body}\n</body>'
        f'\n</html>\n')


def html(name, area, body, head="", **truth):
    return Case(f"html-{name}.html", area, writer(page(body, head)), either=("Page", *truth.pop("either", ())), **truth)


def hidden_cases(prose):
    a, b, c, *gone = [prose.name() for _ in range(9)]
    yield html("hidden-attribute", "hidden", f"""<p>{a}</p>
<script>document.write("<p>{gone[0]}</p>"); if (1 < 2) {{ var s = '</p>'; }}</script>
<section hidden><h2>Hint</h2><p>{gone[1]}</p></section>
<template><p>{gone[2]}</p></template>
<form action="/go"><input type="hidden" name="token" value="{gone[3]}"></form>
<dialog><p>{gone[4]}</p></dialog>
<p hidden="">{gone[5]}</p>
<p>{b} <span HIDDEN>secret</span>{c}</p>""", f"<style>p {{ text-indent: {prose.number(10, 20)}px }}</style>",
               text=f"{a}\n{b} {c}", lacks=tuple(gone) + ("text-indent", "document.write"))

    a, b, c, d, *gone = [prose.name() for _ in range(9)]
    yield html("hidden-inline-style", "hidden", f"""<p>{a}</p>
<div style="display:none">{gone[0]} <div style="display:block">{gone[1]}</div></div>
<p style="color: red; DISPLAY : None !important; margin:0">{gone[2]}</p>
<div style="visibility:hidden"><p>{gone[3]}</p><p style="visibility: visible">{b}</p></div>
<p style="display: inline-block">{c}</p>
<p data-style="display:none">{d}</p>
<span style="font-size:12px;display:none;">{gone[4]}</span>""", text=f"{a}\n{b}\n{c}\n{d}", lacks=tuple(gone))

    a, b, c, d, e, *gone = [prose.name() for _ in range(10)]
    yield html("hidden-stylesheet", "hidden", f"""<div class="note box">{gone[0]}</div>
<p class="always">{a}</p>
<div id="overlay"><p>{gone[1]}</p></div>
<div class="panel">{gone[2]}</div>
<div class="panel open">{b}</div>
<ul class="menu"><li>{c}<ul class="sub"><li>{gone[3]}</li></ul></li></ul>
<div class="sub">{d}</div>
<p class="skip extra">{gone[4]}</p>
<p class="paper">{e}</p>""", """<style>
/* .always { display: none } */
.note, #overlay { display: none; }
.panel { display: none } .panel.open { display: block }
ul.menu .sub { display: none }
p.skip { visibility: hidden }
@media screen and (max-width: 40px) { .paper { display: none } }
</style>""", text="\n".join((a, b, c, d, e)), lacks=tuple(gone))

    a, b, c, d, *gone = [prose.name() for _ in range(7)]
    yield html("comments", "hidden", f"""<!-- {gone[0]} --><p>{a}</p>
<!--[if mso]><table><tr><td>{gone[1]}</td></tr></table><![endif]-->
<!--[if !mso]><!--><p>{b}</p><!--<![endif]-->
<![if !vml]><p>{c}</p><![endif]>
<!-- a > b --> <p>{d}<!-- - {gone[2]} --
--></p>""", text="\n".join((a, b, c, d)), lacks=(*gone, "endif", "-->", "mso", "vml"))


def table_cases(prose):
    n = [str(prose.number(100, 9999)) for _ in range(12)]
    names = [prose.name() for _ in range(4)]
    yield html("spans", "tables", f"""<p>{names[0]}</p>
<table border="1">
<thead><tr><th rowspan="2">Region</th><th colspan="2">2021</th><th colspan="2">2022</th></tr>
<tr><th>Spring</th><th>Autumn</th><th>Spring</th><th>Autumn</th></tr></thead>
<tbody><tr><td>{names[1]}</td><td>{n[0]}</td><td>{n[1]}</td><td>{n[2]}</td><td>{n[3]}</td></tr>
<tr><td rowspan="2">{names[2]}</td><td>{n[4]}</td><td colspan="3">{n[5]}</td></tr>
<tr><td>{n[6]}</td><td>{n[7]}</td><td>{n[8]}</td><td>{n[9]}</td></tr></tbody></table>""", tables=[[
        ["Region", "2021", "", "2022", ""], ["", "Spring", "Autumn", "Spring", "Autumn"], [names[1], *n[:4]], [names[2], n[4], n[5], "", ""],
        ["", n[6], n[7], n[8], n[9]]]], has=(names[0],))

    n, a = [str(prose.number(100, 9999)) for _ in range(7)], prose.name()
    yield html("spans-odd", "tables", f"""<table><tr><th>Name<th colspan="0">One<th colspan="x">Two</tr>
<tr><td rowspan="9">{a}</td><td>{n[0]}</td><td>{n[1]}</td></tr>
<tr><td>{n[2]}<td><p>{n[3]}</p><p>{n[4]}</p></tr>
<tr><td colspan=2>{n[5]}<br>{n[6]}</table>""", tables=[[
        ["Name", "One", "Two"], [a, n[0], n[1]], ["", n[2], f"{n[3]} {n[4]}"], ["", f"{n[5]} {n[6]}", ""]]])

    rows = [[prose.name(), str(prose.number())] for _ in range(4)]
    total, caption = str(prose.number(10000, 99999)), prose.sentence(5)
    yield html("foot-before-body", "tables", f"""<table><caption>{caption}</caption>
<colgroup><col width=80><col></colgroup>
<thead><tr><th>Item<th>Price
<tfoot><tr><th>Total<td>{total}
<tbody>{"".join(f"<tr><td>{a}<td>{b}" for a, b in rows[:2])}
<tbody>{"".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in rows[2:])}
</table>""", tables=[[["Item", "Price"], *rows, ["Total", total]]], order=("Item", rows[0][0], rows[3][0], total), has=(caption,))

    inner = [["Size", "Stock"], [prose.name(), str(prose.number())], [prose.name(), str(prose.number())]]
    a, b, c, d = [prose.name() for _ in range(4)]
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in inner)
    yield html("table-in-table", "tables", f"""<table width="100%" cellpadding=0><tr><td width=120 valign=top>{a}<br>{b}</td>
<td><p>{c}</p><table border=1>{cells}</table><p>{d}</p></td></tr></table>""",
               text="\n".join((a, b, c, *(" ".join(row) for row in inner), d)), tables=[inner])


def structure_cases(prose):
    a = [prose.name() for _ in range(14)]
    yield html("lists", "lists", f"""<ol start="4"><li>{a[0]}</li><li>{a[1]}<ol type="a"><li>{a[2]}</li><li>{a[3]}</li></ol></li>
<li value="9">{a[4]}</li><li>{a[5]}</li></ol>
<ol type="I"><li>{a[6]}<li>{a[7]}<ul><li>{a[8]}<li>{a[9]}</ul><li>{a[10]}</ol>
<ol reversed><li>{a[11]}</li><li>{a[12]}</li><li>{a[13]}</li></ol>""",
               text=f"""4. {a[0]}\n5. {a[1]}\na. {a[2]}\nb. {a[3]}\n9. {a[4]}\n10. {a[5]}\nI. {a[6]}\nII. {a[7]}\n• {a[8]}\n• {a[9]}
III. {a[10]}\n3. {a[11]}\n2. {a[12]}\n1. {a[13]}""")

    a = [prose.name() for _ in range(10)]
    yield html("headings", "headings", f"""<header><h1>{a[0]} <small>(draft)</small></h1></header>
<p><b>{a[1]}</b></p>
<section><h2 id=x><a href="#x">{a[2]}</a></h2><p>{prose.paragraph(2)}</p><h3><span>{a[3]}</span><br></h3><p>{a[4]}</p></section>
<div class="h2"><big>{a[5]}</big></div>
<h6>{a[6]}</h6><h4></h4>
<dl><dt>{a[7]}</dt><dd>{a[8]}</dd><dd>{a[9]}</dd></dl>""",
               headings=[(1, f"{a[0]} (draft)"), (2, a[2]), (3, a[3]), (6, a[6])], order=tuple(a))

    a, b, c = prose.name(), prose.name(), prose.word()
    yield html("pre-and-code", "text", f"""<p>Call <code>open_{c}(x)</code>now.</p>
<pre><code class="language-c">if (a &lt; b &amp;&amp; c) {{
    {c}_1();  <span class="comment">/* {a} */</span>
}}</code></pre>
<p>w<b>or</b>d{prose.number()} co&shy;operate one<br>two<br/>three a<wbr>b H<sub>2</sub>O</p><p>{b}</p>""",
               has=(f"Call open_{c}(x)now.", f"if (a < b && c) {{ {c}_1(); /* {a} */ }}", "word", "cooperate one two three ab H2O"), order=(a, b))

    a, b = prose.name(), prose.name()
    yield html("entities", "text", f"""<p>{a}&nbsp;&mdash; caf&eacute; &#233;t&#xE9; &#147;so&#148; &#150; AT&T &copy 2020 &notit; &amp;lt; x&lt;y &#x1F600; &euro;5
&hellip; &ldquo;{b}&rdquo; &ThickSpace;&NotEqualTilde; &unknown; a&#8203;b R&D?a=1&copy=2</p>""",
               has=(f"{a} — café été “so” – AT&T © 2020 ¬it; &lt; x<y 😀 €5 … “{b}”", "&unknown; ab R&D?a=1©=2"))

    a = [prose.name() for _ in range(7)]
    yield Case("html-unclosed-misnested.html", "mending", writer(f"""<title>Page</title><body bgcolor=white onload="x('<p>')">
<h1>{a[0]}</h1><p>{a[1]}<p>{a[2]} <b><i>{a[3]}</b></i> <a href=one.html>{a[4]}
<ul><li>{a[5]}<li><p>{a[6]}</ul></span></div>
<table><tr><td>Left<td>Right<tr><td>Low<td>High</table>1 < 2 & 3 <4 <b"""),
               text="\n".join((*a, "Left Right\nLow High\n1 < 2 & 3 <4")), either=("Page",), tables=[[["Left", "Right"], ["Low", "High"]]])

    a, b, c = [prose.name() for _ in range(3)]
    yield html("ruby", "text", f"""<p>{a} <ruby>Kanji<rp>(</rp><rt>reading</rt><rp>)</rp></ruby> {b}
<ruby>base<rt>above</ruby> {c}</p>""",
               has=(a, "Kanji", b, "base", c), order=(a, "Kanji", b, "base", c), lacks=("Kanjireading", "baseabove"))

    a, b, c, d, e, f, g = [prose.name() for _ in range(7)]
    alt, value, choice, inside = [prose.name() for _ in range(4)]
    yield html("controls-and-details", "controls", f"""<h1>{a}</h1><p>{b} <img src="x.png" alt="{alt}"> {c}</p>
<form><label for=n>{d}</label> <input id=n value="{value}"><select><option>{choice}</option></select><button type=submit>Send</button></form>
<details><summary>{e}</summary><p>{inside}</p></details><details open><summary>{f}</summary><p>{g}</p></details>
<noscript>Please enable scripts.</noscript>""",
               text="\n".join((a, b, c, d, e, f, g)), either=(alt, value, choice, "Send", inside, "Please enable scripts"))


def charset_cases(prose):
    russian, word = "Длинная дорога ведёт к реке, где стоит старая мельница", prose.name()
    yield Case(
        "html-charset-meta.html", "charsets", writer(
            f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><title>Река</title></head><body><p>{russian}'
            f'</p><p>{word}</p>',
            "cp1251"), text=f"{russian}\n{word}", either=("Река",))
    greek, word = "Ο παλιός μύλος βρισκόταν δίπλα στο ποτάμι", prose.name()
    yield Case(
        "html-charset-bom-wins.html", "charsets", writer(
            f'<html><head><meta charset="iso-8859-1"></head><body><p>{greek}</p><p>{word}</p></body></html>', before=b"\xef\xbb\xbf"),
        text=f"{greek}\n{word}")
    german, word = "„Größe“ – 5 € für die Brücke über den Fluß", prose.name()
    yield Case("html-charset-latin1-means-cp1252.html", "charsets", writer(
        f'<html><head><meta charset=iso-8859-1></head><body><p>{german}</p><p>{word}</p></body></html>', "cp1252"), text=f"{german}\n{word}")
    french, word = "L’été dernier, la maîtresse était déjà partie à la forêt, où le château s’élève", prose.name()
    yield Case("html-charset-undeclared.html", "charsets", writer(f"<html><body><p>{french}</p>\n<p>{word}</p></body></html>"),
        text=f"{french}\n{word}")
    czech, a, b = "Příliš dlouhá cesta vedla přes kopce až k řece", prose.name(), prose.name()
    yield Case("html-xhtml.html", "charsets", writer(f"""<?xml version="1.0" encoding="iso-8859-2"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="cs"><head><title>Page</title>
<style type="text/css">/*<![CDATA[*/ p {{ margin: 0 }} /*]]>*/</style></head>
<body><p>{czech}<br />{a}</p><hr /><p><a id="here"></a>{b}</p></body></html>""", "iso-8859-2"),
        text=f"{czech}\n{a}\n{b}", either=("Page",), lacks=("CDATA", "margin", "?xml"))


def xml_cases(prose):
    a, b, c = [prose.name() for _ in range(3)]
    yield Case("xml-namespaces-cdata.xml", "text", writer(f"""<?xml version="1.0" encoding="UTF-8"?>
<!-- hidden remark -->
<?xml-stylesheet type="text/xsl" href="style.xsl"?>
<o:order xmlns:o="urn:orders" xmlns="urn:things"><o:from>{a}</o:from>
<item><name>{b}</name><note><![CDATA[x < y && <b>]]> and {c}</note></item></o:order>"""),
        order=(a, b, "x < y && <b>", f"and {c}"), lacks=("CDATA", "hidden remark", "]]>", "stylesheet"))
    company, a = prose.name(), prose.name()
    yield Case("xml-internal-entity.xml", "entities", writer(f"""<?xml version="1.0"?>
<!DOCTYPE letter [ <!ELEMENT letter ANY> <!ENTITY firm "{company} &amp; Sons"> <!ENTITY both "&firm; since 1897"> ]>
<letter><p>We are &both;.</p><p>{a} &#8212; &lt;ok&gt; &#x41;</p></letter>"""), has=(f"We are {company} & Sons since 1897.", f"{a} — <ok> A"))
    a, b, c, d, e = [prose.name() for _ in range(5)]
    yield Case("xml-docbook.xml", "text", writer(f"""<?xml version="1.0" encoding="utf-8"?>
<article xmlns="http://docbook.org/ns/docbook" version="5.0" xml:lang="en"><title>{a}</title>
 <section xml:id="one"><title>{b}</title><para>First <emphasis>{c}</emphasis>, then w<emphasis>or</emphasis>d
 goes on.</para><itemizedlist><listitem><para>{d}</para></listitem></itemizedlist></section>
 <section><title>{e}</title><programlisting>a
  b</programlisting></section></article>"""), order=(a, b, "First", c, "goes on", d, e))
    a, b = prose.name(), prose.name()
    yield Case("xml-external-dtd.xml", "entities", writer(f"""<?xml version="1.0" standalone="no"?>
<!DOCTYPE report SYSTEM "http://192.0.2.1/report.dtd" [ <!ENTITY chapter SYSTEM "file:///etc/passwd"> ]>
<report><p>{a}</p>&chapter;<p>{b}</p></report>"""), order=(a, b), lacks=("root:",))
    a, czech = prose.name(), "Příliš dlouhá cesta vedla přes kopce až k řece – мост"
    yield Case("xml-utf16.xml", "encodings", writer(
        f'<?xml version="1.0" encoding="UTF-16"?>\r\n<doc><p>{a}</p><p>{czech}</p></doc>', "utf-16-le", b"\xff\xfe"), order=(a, czech))
    a, russian = prose.name(), "Старая мельница стояла на берегу реки"
    yield Case("xml-declared-koi8.xml", "encodings", writer(
        f"<?xml version='1.0' encoding='KOI8-R' standalone='yes'?>\n<doc><p>{russian}</p><p>{a}</p></doc>", "koi8-r"), order=(russian, a))


def markdown_cases(prose):
    a, b, c, d = [prose.name() for _ in range(4)]
    yield Case("md-table.md", "tables", writer(f"""# {a}

| Item | Price | Note |
|:-----|------:|:----:|
| {b} | 12.50 | **bold** and `x\\|y` |
| {c} | 7 | |
| [{d}](http://example.org/a_b) | 1 \\| 2 | *so* |

Name | Count
--- | ---
left | 3
"""), headings=[(1, a)], tables=[
        [["Item", "Price", "Note"], [b, "12.50", "bold and x|y"], [c, "7", ""], [d, "1 | 2", "so"]], [["Name", "Count"], ["left", "3"]]])
    a, b, c, d, e = [prose.name() for _ in range(5)]
    yield Case("md-headings-and-code.md", "headings", writer(f"""{a}
=====

{prose.sentence()}
Still the paragraph.

{b}
---

```python
# {c}
print("{d}")
```

    ## indented code

#NoHeading \\# \\*star\\* 1\\. 2 * 3 snake_case_word

### {e} ###
"""), headings=[(1, a), (2, b), (3, e)], has=(f'# {c}', "## indented code", "#NoHeading # *star* 1. 2 * 3 snake_case_word"), order=(a, b, c, d, e))
    a, b, c, d, note = [prose.name() for _ in range(5)]
    yield Case("md-links-and-footnotes.md", "links", writer(f"""See [{a}][one] and [{b}][] or [two].[^1] ![{c}](pic.png "title")
<https://example.org/auto> {d}

[one]: https://example.org/one "The title"
[{b}]: <https://example.org/b>
[two]: https://example.org/two

[^1]: {note}
"""), has=(f"See {a} and {b} or two.", d, note), lacks=("[one]:", "[two]", "The title", "[^1]:", "]["))
    a, b, c, d = [prose.name() for _ in range(4)]
    yield Case("md-commonmark-corners.md", "text", writer(f"""   ## {a}
    
~~~text
```
{b} `&amp;`
~~~
Use `a\\b &lt; **x**` and ``tick ` inside``\\
new line *{c}*text

7) seven
8) eight

* one
continues here
<!-- a comment
of two lines --> 

\\[not a link\\](x) 5\\*3 {d}
"""), headings=[(2, a)], has=(f"``` {b} `&amp;`", "a\\b &lt; **x** and tick ` inside new line", f"{c}text", "one continues here",
        f"[not a link](x) 5*3 {d}"),
        order=("7) seven", "8) eight"), lacks=("a comment", "~~~"))
    a, b, c, gone = [prose.name() for _ in range(4)]
    yield Case("md-html-inside.md", "html", writer(f"""<!-- {gone} -->
<div align="center">

**{a}**

</div>

Press <kbd>Ctrl</kbd>+<kbd>C</kbd>, H<sub>2</sub>O &amp; caf&eacute;<br>{b}

<table><tr><td>one</td><td>{c}</td></tr></table>

~~old~~ ***both*** __bold__
"""), has=(a, "Press Ctrl+C, H2O & café", b, c, "old both bold"), lacks=(gone, "<kbd>", "align", "**", "&amp;", "<!--", "</div>"))
    a, b, c, d, e, f = [prose.name() for _ in range(6)]
    yield Case("md-front-matter-and-lists.md", "lists", writer(f"""---
title: {a}
tags: [one, two]
layout: post
---

# {b}

3. {c}
4. {d}
   - inner {e}

     more of it
5. last

- [x] {f}
- [ ] open

> quoted
> text
"""), headings=[(1, b)], order=(b, f"3. {c}", f"4. {d}", f"inner {e}", "more of it", "5. last", f, "open", "quoted text"),
        lacks=("> text", "layout: post ---"))


def cases(prose):
    yield from hidden_cases(prose)
    yield from table_cases(prose)
    yield from structure_cases(prose)
    yield from charset_cases(prose)
    yield from xml_cases(prose)
    yield from markdown_cases(prose)
