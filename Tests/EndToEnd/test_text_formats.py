"""quern extract: text, Markdown, HTML, tables, data, Rich Text, mail and archives, made by the libraries that people use or by hand."""

import email.message
import email.policy
import gzip
import io
import json
import subprocess
import tarfile
import zipfile

import pytest
import striprtf.striprtf

from served import EXECUTABLE as QUERN
from test_extract import read


def told(tmp_path, name, content, *arguments):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path, *arguments)


def kinds(document):
    return [(block["kind"], block.get("text")) for block in document["blocks"] if not block.get("hidden")]


def rows(block):
    return [[cell and cell["text"] for cell in row] for row in block["table"]["rows"]]


# Text


LETTERS = {
    "utf-8": "Grüße, naïve façade — “quoted” €", "utf-8-sig": "Grüße aus Köln", "utf-16": "Grüße an alle, в том числе",
    "utf-16-le": "Words of plain English in two bytes", "cp1252": "Grüße aus Köln, die Straße ist schön – für alle, die dort wohnen.",
    "koi8-r": "Привет, это обычный русский текст в старой кодировке, которую надо узнать.",
    "cp1251": "Съешь же ещё этих мягких французских булок, да выпей чаю.",
    "shift_jis": "これは日本語のテキストです。文字コードを判定します。", "gb18030": "这是一个用来检测编码的中文文本，里面有很多汉字。",
    "iso-8859-2": "Zażółć gęślą jaźń, to jest zwykły polski tekst z ogonkami.",
}


@pytest.mark.parametrize("encoding", LETTERS)
def test_text_in_any_encoding(tmp_path, encoding):
    text = LETTERS[encoding]
    document = told(tmp_path, "a.txt", f"{text}\r\n\r\nX.\r\n".encode(encoding))
    assert document["format"] == "txt" and document["content"] == f"{text}\n\nX."


@pytest.mark.parametrize("content, text", [
    (b"N\x08NA\x08A\n_\x08a_\x08b\x1b[1m c\x1b[0m", "NA\nab c"), (b"ok\x1b(B\x1b[m\n\x1b]0;title\x07x", "ok\nx"), (b"a\rb\r\rc", "a\nb\n\nc"), (b"a\x0cb", "a\n\nb"),
    (b"co\xc2\xadop\xe2\x80\x8b", "coop"), (b"one\nline\n \t \ntwo", "one\nline\n\ntwo"),
])
def test_text_of_printers_and_terminals(tmp_path, content, text):
    assert told(tmp_path, "a.log", content)["content"] == text


def test_lines_are_places(tmp_path):
    assert [block["place"]["line"] for block in told(tmp_path, "a.txt", "\na\nb\n\n\nc")["blocks"]] == [2, 6]


@pytest.mark.parametrize("content", [bytes(range(256)) * 10, b"\x89PNG\r\n\x1a\n" + bytes(1000), b"\0\1\2", b"\x7fELF\2\1\1" + bytes(200)])
def test_what_is_no_text_is_refused(tmp_path, content):
    (tmp_path / "a.txt").write_bytes(content)
    ended = subprocess.run([QUERN, "extract", tmp_path / "a.txt", "--json", "-o", tmp_path], capture_output=True, timeout=60)
    assert ended.returncode == 1 and json.loads(ended.stdout)[0]["error"] == "unknown_format"


# Markdown and HTML


def test_markdown(tmp_path):
    document = told(tmp_path, "a.md", """---
title: "Of mills"
author: Ada
---
# Heading *one*

Words with `code`, **bold**, a [link](http://x.org/a) and ~~struck~~ text[^1].
Second line.

| Name | Value |
|------|:-----:|
| a \\| b | 1 |
| *c* | 2 |

1. first
   - inner
2. second

```
x = [1]
```

![A picture](p.png)

<table><tr><th>H</th><th>K</th></tr><tr><td>1</td><td>2</td></tr></table>

[^1]: Note.
""")
    assert document["metadata"] == {"title": "Of mills", "author": "Ada"}
    assert kinds(document) == [
        ("heading", "Heading one"), ("paragraph", "Words with code, bold, a link and struck text[1]. Second line."), ("table", None),
        ("list_item", "first"), ("list_item", "inner"), ("list_item", "second"), ("code", "x = [1]"), ("picture", "A picture"), ("table", None),
        ("note", "Note.")]
    assert rows(document["blocks"][2]) == [["Name", "Value"], ["a | b", "1"], ["c", "2"]]
    assert [(block["level"], block["marker"]) for block in document["blocks"][3:6]] == [(0, "1."), (1, "•"), (0, "2.")]
    assert document["blocks"][1]["links"] == [{"text": "link", "target": "http://x.org/a"}]
    assert document["blocks"][0]["place"]["line"] == 5 and document["blocks"][9]["marker"] == "1"


@pytest.mark.parametrize("content, blocks", [
    ("Use `[^a-z]` and `~~no~~ x ~~y~~`, or [^0-9].", [("paragraph", "Use [^a-z] and ~~no~~ x ~~y~~, or [^0-9].")]),
    ("```\n[^a-z]+\n[^1]: code\n```", [("code", "[^a-z]+\n[^1]: code")]),
    ("a[^1] b[^x]\n\n[^1]: First.\n[^x]: Second.\n\n    Goes on.\n\nText", [
        ("paragraph", "a[1] b[x]"), ("note", "First."), ("note", "Second."), ("paragraph", "Goes on."), ("paragraph", "Text")]),
    ("| a | b |\n|---|---|\n| 1 |\n| 1 | 2 | 3 |", [("table", None)]), ("- a\n\n      code\n- b", [("list_item", "a"), ("code", "code"), ("list_item", "b")]),
])
def test_markdown_keeps_what_is_code_and_finds_notes(tmp_path, content, blocks):
    assert kinds(told(tmp_path, "a.md", content)) == blocks


def test_lines_of_markdown_behind_notes(tmp_path):
    document = told(tmp_path, "a.md", "a\n\n[^1]: x\n[^2]: y\n\nlast")
    assert [block["place"]["line"] for block in document["blocks"]] == [1, 3, 4, 6]


README = '<p align="center"><img src="a.png" alt="Logo"></p>\n\n# Title\n\n- one\n- two\n\n```\nstd::vector<int> x;\n```\n'


@pytest.mark.parametrize("name, content, kind", [
    ("README", README, "md"), ("a.txt", "<b> is a tag.\nIt is old.\n", "txt"), ("a.vue", "<script setup>\nlet a = 1\n</script>\n", "txt"),
    ("a.c", "int a;\nint b;\nint c;\n", "txt"), ("x", "int a;\nint b;\nint c;\nchar *d;\n", "txt"), ("poem.txt", "One line;\ntwo lines;\nthree lines;\n", "txt"),
    ("a.txt", "INSERT INTO t VALUES (1, 2, 3);\n" * 3, "txt"), ("a.txt", "\tone\n\ttwo\n\tthree\n", "txt"), ("a.txt", "Smith, A., 2001\nJones, B., 2002\nMill, C., 2003\n", "txt"),
    ("a.txt", "| a | b |\n|---|---|\n| 1 | 2 |\n", "txt"), ("y.yaml", "date: 2024-01-02\nsubject: Physics\nteacher: Bob\n", "txt"),
    ("a.txt", "Date: Monday\nTo: all staff\nFrom: management\nRe: Parking\n\nHello.\n", "txt"), ("x", "Date: Mon\nContent-Type: text/html\nServer: x\n\nb", "txt"),
    ("a.eml", "\nFrom: a@x.org\nSubject: s\n\nwords", "eml"), ("x", "id\tname\n1\ta\n2\tb\n", "csv"),
])
def test_a_text_is_what_people_take_it_for(tmp_path, name, content, kind):
    document = told(tmp_path, name, content)
    assert document["format"] == kind
    if kind == "txt":
        assert document["content"].split() == content.split()


def test_indents_are_kept(tmp_path):
    assert told(tmp_path, "a.py", "class A:\n\n    def f(self):\n        return 1\n")["content"] == "class A:\n\n    def f(self):\n        return 1"


@pytest.mark.parametrize("html, shown", [
    ('<td style="font-size:0px"><div style="font-size:13px">seen</div></td>', "seen"), ('<div style="visibility:hidden">no<b style="visibility:visible">seen</b></div>', "seen"),
    ('<p style="display:none;display:block">seen</p>', "seen"), ('<style media="print">p{display:none}</style><p>seen</p>', "seen"),
    ("<style>.t{display:none}.t{display:block}</style><p class=t>seen</p>", "seen"), ('<style>.x{display:none}.x.on{display:block}</style><p class="x on">seen</p>', "seen"),
    ("<style>.x{display:none}</style><p class=x>no<b style='display:block'>no</b></p>seen", "seen"), ("<style>#a{display:none}p{display:block}</style><p id=a>no</p>seen", "seen"),
])
def test_styles_of_html_are_weighed(tmp_path, html, shown):
    assert told(tmp_path, "a.html", f"<html><body>{html}</body></html>")["content"] == shown


@pytest.mark.parametrize("html, marks", [
    ("<ol reversed><li>x<li>y<li>z</ol>", ["3.", "2.", "1."]), ("<ol reversed start=9><li>x<ol><li>i</ol><li>y</ol>", ["9.", "1.", "8."]),
    ("<ol style='list-style-type: lower-alpha'><li>x<li>y</ol>", ["a.", "b."]), ("<ol type=I start=3><li>x<li value=9>y</ol>", ["III.", "IX."]),
])
def test_numbers_of_html(tmp_path, html, marks):
    assert [block["marker"] for block in told(tmp_path, "a.html", f"<html><body>{html}</body></html>")["blocks"]] == marks


def test_chunks_that_say_the_same_again_are_marked(tmp_path):
    notice = "This notice stands in each chapter, and tells the reader that no warranty is given for anything in it, whatever that may be."
    text = "".join(f"# Chapter {number}\n\nWords of chapter {number} alone, about {word}.\n\n# Notice\n\n{notice}\n\n"
                   for number, word in enumerate(["mills", "stones", "flour"]))
    chunks = told(tmp_path, "a.md", text, "--preset", "rag-optimized")["chunks"]
    same = [(chunk["position_index"], chunk["duplicate_of"]) for chunk in chunks if "duplicate_of" in chunk]
    first = next(chunk for chunk in chunks if notice in chunk["text"])
    assert len(same) == 2 and {other for _, other in same} == {first["id"]}
    assert all(notice in chunks[index]["text"] for index, _ in same)


def test_tables_of_html_with_headings_and_tables_inside(tmp_path):
    document = told(tmp_path, "a.html", """<html><table><tr><th><h3>Name</h3></th><th><h3>Age</h3></th></tr><tr><td><a href="http://x.org">Ada</a></td>
        <td rowspan=0>36</td></tr></table><table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>""")
    assert [rows(block) for block in document["blocks"]] == [[["Name", "Age"], ["Ada", "36"]], [["1", "2"], ["3", "a | b"]]]
    assert document["blocks"][0]["links"] == [{"text": "Ada", "target": "http://x.org"}] and "rows" not in document["blocks"][0]["table"]["rows"][1][1]


def test_japanese_in_seven_bits(tmp_path):
    text = "日本語のテキスト ASCII 終わり"
    assert told(tmp_path, "a.txt", text.encode("iso-2022-jp"))["content"] == text
    mail = b"From: a@x.org\nSubject: =?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=\nContent-Type: text/plain; charset=iso-2022-jp\n\n" + "日本語".encode("iso-2022-jp")
    assert told(tmp_path, "a.eml", mail)["content"] == "日本\n\nFrom: a@x.org\n\n日本語"


def test_markdown_that_begins_with_html_is_markdown(tmp_path):
    assert kinds(told(tmp_path, "a.md", "<h1 align=center>T</h1>\n\n- a\n- b\n")) == [("heading", "T"), ("list_item", "a"), ("list_item", "b")]


@pytest.mark.parametrize("content, text", [
    ("<!DOCTYPE html><meta charset=windows-1252><title>Tö</title><h1>Über</h1><p>a<p>b".encode("cp1252"), "Über\n\na\n\nb"),
    (b'<?xml version="1.0" encoding="ISO-8859-1"?><html><body><p>caf\xe9</p></body></html>', "café"),
    ("<html><head><style>.x{display:none}</style></head><body><div class=x>no</div>yes</body></html>".encode("utf-16"), "yes"),
])
def test_html(tmp_path, content, text):
    document = told(tmp_path, "page", content)
    assert document["format"] == "html" and document["content"] == text


# Tables and data


@pytest.mark.parametrize("name, content, table", [
    ("a.csv", 'id;name\n1;"A; b"\n2;"two\nlines"\n3;C\n', [["id", "name"], ["1", "A; b"], ["2", "two\nlines"], ["3", "C"]]),
    ("a.tsv", "id\tname\n1\tx, y\n2\tz\n", [["id", "name"], ["1", "x, y"], ["2", "z"]]),
    ("a.csv", 'id,"na""me"\n1\n2,b,c\n', [["id", 'na"me'], ["1"], ["2", "b", "c"]]),
    ("table.txt", "id\tname\n1\tx\n2\ty\n3\tz\n", [["id", "name"], ["1", "x"], ["2", "y"], ["3", "z"]]),
    ("a.csv", "sep=;\na;b\n1;2\n3;4\n", [["a", "b"], ["1", "2"], ["3", "4"]]),
    ("a.csv", 'id,name\n1,"open\n2,b\n3,c\n', [["id", "name"], ["1", '"open'], ["2", "b"], ["3", "c"]]),
])
def test_tables_lose_nothing(tmp_path, name, content, table):
    document = told(tmp_path, name, content)
    assert document["format"] == "csv" and [rows(block) for block in document["blocks"]] == [table]
    assert document["blocks"][0]["table"]["header_rows"] == 1


def test_lines_above_a_table_are_text(tmp_path):
    document = told(tmp_path, "a.csv", "Report of things\n\nid,name\n1,a\n2,b\n3,c\n")
    assert kinds(document) == [("paragraph", "Report of things"), ("table", None)]
    assert rows(document["blocks"][1])[0] == ["id", "name"]


@pytest.mark.parametrize("content", [
    "A man, a plan.\nA canal, too.\nThat is it, then.\n", "One line\nanother line\na third\n", "Dear all,\n\nSee you, then.\n\nAda, the miller\n"])
def test_prose_with_commas_is_no_table(tmp_path, content):
    assert told(tmp_path, "a.txt", content)["format"] == "txt"


def test_json(tmp_path):
    document = told(tmp_path, "a.json", """\ufeff{"title": "T \\u00e9 \\ud83d\\ude00", "big": 12345678901234567890.10, "tags": ["a", "b"],
        "rows": [{"id": 1, "at": {"x": 2}}, {"id": 2, "at": {"x": null}}], "deep": {"a": {"b": "c\\nd"}}, "title": "again"}""")
    assert document["format"] == "json"
    assert kinds(document) == [
        ("code", "title: T é 😀\nbig: 12345678901234567890.10\ntags: a, b\nrows:"), ("table", None), ("code", "deep:\n  a:\n    b: c\n      d\ntitle: again")]
    assert rows(document["blocks"][1]) == [["id", "at.x"], ["1", "2"], ["2", "null"]]
    assert document["blocks"][1]["place"] == {"part": "/rows"}


def test_lines_of_json_are_a_table(tmp_path):
    document = told(tmp_path, "a.jsonl", '{"a": 1, "b": "x"}\n{"a": 2, "c": true}\n')
    assert rows(document["blocks"][0]) == [["a", "b", "c"], ["1", "x", ""], ["2", "", "true"]]


def test_lists_of_properties(tmp_path):
    song = "<dict><key>Name</key><string>{}</string><key>Plays</key><integer>{}</integer></dict>"
    document = told(tmp_path, "a.plist", f'<?xml version="1.0"?><plist><array>{song.format("Air", 5)}{song.format("Gigue", 7)}</array></plist>')
    assert rows(document["blocks"][0]) == [["Name", "Plays"], ["Air", "5"], ["Gigue", "7"]]


def test_comments_inside_a_table_are_kept(tmp_path):
    document = told(tmp_path, "a.csv", "# exported\nid,Name,Age\n1,Ada,3\n# a note\n2,Bob,4\n3,Cid,5\n")
    assert kinds(document) == [("paragraph", "# exported"), ("table", None), ("paragraph", "# a note")]
    assert len(document["blocks"][1]["table"]["rows"]) == 4


def test_what_is_nearly_json_is_text(tmp_path):
    assert told(tmp_path, "a.json", '{"a": 1,')["content"] == '{"a": 1,'


def test_xml_that_holds_records(tmp_path):
    content = '<?xml version="1.0" encoding="ISO-8859-1"?><c><b id="1"><t>Café</t><p>3</p></b><b id="2"><t>B &amp; C</t><p>4</p></b></c>'
    document = told(tmp_path, "a.xml", content.encode("latin-1"))
    assert document["format"] == "xml" and rows(document["blocks"][0]) == [["id", "t", "p"], ["1", "Café", "3"], ["2", "B & C", "4"]]


def test_xml_that_holds_prose(tmp_path):
    document = told(tmp_path, "a.xml", """<?xml version="1.0"?><book><title>Book</title><chapter><title>One</title><para>Words with
        <emphasis>stress</emphasis> inside.</para><itemizedlist><listitem><para>a</para></listitem><listitem><para>b</para></listitem></itemizedlist>
        <table><title>Tab</title><tgroup><thead><row><entry>H</entry></row></thead><tbody><row><entry>1</entry></row></tbody></tgroup></table>
        <programlisting>x =  1\ny</programlisting></chapter></book>""")
    assert kinds(document) == [
        ("heading", "Book"), ("heading", "One"), ("paragraph", "Words with stress inside."), ("list_item", "a"), ("list_item", "b"),
        ("paragraph", "Tab"), ("table", None), ("code", "x =  1\ny")]
    assert [block["level"] for block in document["blocks"][:2]] == [1, 2] and rows(document["blocks"][6]) == [["H"], ["1"]]


def test_broken_xml_keeps_its_words(tmp_path):
    document = told(tmp_path, "a.xml", "<?xml version='1.0'?><a><b>words</a>")
    assert document["content"] == "words" and document["receipt"] == {"broken": 1}


# Rich Text


def rtf(body, head=""):
    fonts = r"{\fonttbl{\f0\fcharset0 Arial{\*\falt Helvetica};}{\f1\fcharset204 Arial;}{\f2\fcharset2 Symbol;}{\f3\fcharset128 MS Mincho;}}"
    return rf"{{\rtf1\ansi\ansicpg1252\deff0{fonts}{head}{body}}}"


@pytest.mark.parametrize("body, blocks", [
    (r"Gr\'fc\'dfe \u8212?\u-10179?\u-8704? \emdash\lquote a\rquote\~b\_c\-d \\\{\}", [("paragraph", "Grüße —😀 —‘a’\xa0b-cd \\{}")]),
    (r"{\f1 \'cf\'f0\'e8\'e2\'e5\'f2} {\f2 abg}{\f3 \'82\'a0\'93\'fa}", [("paragraph", "Привет αβγあ日")]),
    (r"{\uc2\u228 ae}{\uc0\u246}x", [("paragraph", "äöx")]),
    (r"a{\v no}b{\deleted gone}{\revised new}", [("paragraph", "abnew")]),
    (r"a\par\pard b\line c", [("paragraph", "a"), ("paragraph", "b\nc")]),
    (r"{\upr{\bkmkstart x}{\*\ud{\*\bkmkstart \u228 y}}}t{\*\unknown u}{\pict\bin5 }}}}}}k", [("paragraph", "tk")]),
    (r"w{\super\chftn}{\footnote\pard {\super\chftn} The note}.", [("paragraph", "w[1]."), ("note", "The note")]),
    (r"a{\super\chftn}{\footnote\ftnalt\pard {\super\chftn} Last}b{\super\chftn}{\footnote {\chftn} First}", [
        ("paragraph", "a[i]b[1]"), ("note", "Last"), ("note", "First")]),
    (r"a{\super *}{\footnote {\super *} Star}b{\super\chftn}{\footnote {\chftn} 1990 was}", [("paragraph", "a*b[1]"), ("note", "Star"), ("note", "1990 was")]),
    (r"{\field{\*\fldinst MACROBUTTON NoMacro [Click me]}{\fldrslt }}", [("paragraph", "[Click me]")]),
    (r"{\field{\*\fldinst{HYPERLINK \"http://x.org/\"}}{\fldrslt{shown}}}", [("paragraph", "shown")]),
    (r"{\header\pard Top\par}{\footer\pard {\field{\*\fldinst PAGE}{\fldrslt 3}}\par}w", [("header", "Top"), ("paragraph", "w"), ("footer", "3")]),
    (r"{\pntext\f2\'b7\tab}\ls1 a\par{\listtext 2.\tab}b", [("list_item", "a"), ("list_item", "b")]),
    (r"\s1 Head\par\pard\outlinelevel1 Two\par\pard w", [("heading", "Head"), ("heading", "Two"), ("paragraph", "w")]),
    (r"{\shp{\*\shpinst{\sp{\sn x}{\sv y}}{\shptxt\pard Box\par}}{\shprslt z}}w", [("paragraph", "w"), ("paragraph", "Box")]),
    (r"a{\deleted\par}b\par {\field{\*\fldinst SYMBOL 97 \\f Symbol}{\fldrslt }}", [("paragraph", "ab"), ("paragraph", "α")]),
])
def test_rich_text(tmp_path, body, blocks):
    head = r"{\stylesheet{Normal;}{\s1\outlinelevel0 heading 1;}{\*\cs9 Character;}}"
    assert kinds(told(tmp_path, "a.rtf", rtf(body, head))) == blocks


def test_tables_inside_tables_of_rich_text(tmp_path):
    document = told(tmp_path, "a.rtf", rtf(
        r"\trowd\cellx4000\cellx8000\intbl A\cell B\cell\row\trowd\cellx4000\cellx8000\intbl C\cell\itap2 x\nestcell y\nestcell"
        r"{\*\nesttableprops\trowd\cellx1000\cellx2000\nestrow}{\nonesttables\par}\itap1\cell\row\pard after"))
    assert rows(document["blocks"][0]) == [["A", "B"], ["C", "x | y"]]


def test_tables_of_rich_text(tmp_path):
    document = told(tmp_path, "a.rtf", rtf(
        r"\trowd\trhdr\cellx1000\cellx2000\cellx3000\intbl A\cell B\cell C\cell\row"
        r"\trowd\clvmgf\cellx1000\cellx3000\intbl d\par e\cell wide\cell\row"
        r"\trowd\clvmrg\cellx1000\cellx2000\cellx3000\intbl\cell f\cell g\cell\row\pard after"))
    table = document["blocks"][0]["table"]
    assert rows(document["blocks"][0]) == [["A", "B", "C"], ["d\ne", "wide", None], [None, "f", "g"]] and table["header_rows"] == 1
    assert table["rows"][1][0]["rows"] == 2 and table["rows"][1][1]["columns"] == 2
    assert kinds(document)[1] == ("paragraph", "after")


def test_lists_of_rich_text_that_are_not_spelled_out(tmp_path):
    head = (
        r"{\*\listtable{\list{\listlevel\levelnfc0\levelstartat3{\leveltext\'02\'00.;}{\levelnumbers\'01;}}"
        r"{\listlevel\levelnfc4\levelstartat1{\leveltext\'03\'00.\'01;}{\levelnumbers\'01\'03;}}\listid7}}"
        r"{\*\listoverridetable{\listoverride\listid7\listoverridecount0\ls1}}")
    document = told(tmp_path, "a.rtf", rtf(r"\ls1 a\par\ls1\ilvl1 b\par\ilvl1 c\par\pard\ls1\ilvl0 d", head))
    assert [(block["marker"], block["text"]) for block in document["blocks"]] == [("3.", "a"), ("3.a", "b"), ("3.b", "c"), ("4.", "d")]


def test_rich_text_has_the_words_of_another_reader(tmp_path):
    content = rtf(r"{\info{\title Of \'fcber}{\creatim\yr2024\mo3\dy5}}One {\b bold} word.\par\pard Two \i words\i0 , \'e9t\'e9.\par{\*\generator x;}")
    document = told(tmp_path, "a.rtf", content)
    assert document["content"].split() == striprtf.striprtf.rtf_to_text(content, encoding="cp1252").split()
    assert document["metadata"] == {"title": "Of über", "created": "2024-03-05"}


# Mail


def message(subject="Grüße – 日本", **policy):
    mail = email.message.EmailMessage(policy=email.policy.default.clone(**policy))
    mail["From"], mail["To"], mail["Subject"] = "Ädä <a@x.org>", "b@x.org", subject
    mail["Date"], mail["Message-ID"] = "Mon, 01 Jan 2024 10:00:00 +0000", "<1@x.org>"
    return mail


def test_mail_with_files(tmp_path):
    mail = message()
    mail.set_content("Plain words")
    mail.add_alternative('<html><body><div style="display:none">preheader</div><p>HTML <b>words</b> é</p><img src="cid:1"></body></html>', subtype="html")
    mail.add_attachment("id,name\n1,x\n2,y\n".encode(), maintype="text", subtype="csv", filename="Zähler.csv")
    inner = message("Inner")
    inner.set_content("inner words")
    mail.add_attachment(inner)
    mail.add_attachment(b"\x89PNG\r\n\x1a\n" + bytes(99), maintype="image", subtype="png", filename="p.png")
    document = told(tmp_path, "a.eml", bytes(mail))
    assert document["format"] == "eml" and document["metadata"]["title"] == "Grüße – 日本" and document["metadata"]["author"] == "Ädä <a@x.org>"
    assert kinds(document) == [
        ("heading", "Grüße – 日本"), ("paragraph", "From: Ädä <a@x.org>\nTo: b@x.org\nDate: Mon, 01 Jan 2024 10:00:00 +0000"),
        ("paragraph", "HTML words é"), ("heading", "Zähler.csv"), ("table", None), ("heading", "Inner"),
        ("paragraph", "From: Ädä <a@x.org>\nTo: b@x.org\nDate: Mon, 01 Jan 2024 10:00:00 +0000"), ("paragraph", "inner words")]
    assert document["blocks"][-4]["place"]["entry"] == "Zähler.csv" and document["receipt"]["hidden"] == 1
    assert document["receipt"]["unread"] == [{"entry": "p.png", "code": "unknown_format", "message": document["receipt"]["unread"][0]["message"]}]


@pytest.mark.parametrize("head, body, text", [
    ("Content-Type: text/plain; charset=koi8-r", "Привет".encode("koi8-r"), "Привет"),
    ("Content-Type: text/plain", "Съешь же ещё этих мягких французских булок".encode("cp1251"), "Съешь же ещё этих мягких французских булок"),
    ("Content-Type: text/html", "<meta charset=shift_jis><p>日本語のテキスト".encode("shift_jis"), "日本語のテキスト"),
    ("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable", b"Gr=C3=BC=C3=\n=9Fe =3D  \nx", "Grüße =\nx"),
    ("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64", b"R3LDvMOf\nZQ==\n", "Grüße"),
    ("Content-Type: text/plain; format=flowed; delsp=yes", b"one \ntwo\n>> q \n>> r\n-- \nsig", "onetwo\n>> qr\n--\nsig"),
    ("Content-Type: multipart/mixed", b"--b\n\nfound\n--b--\n", "found"),
    ("Content-Type: multipart/mixed; boundary=b", b"--b\n\ncut off", "cut off"),
    ("Content-Type: multipart/alternative; boundary=b", b"--b\n\nplain\n--b\nContent-Type: text/html\n\n<p></p>\n--b--", "plain"),
    ("Content-Type: multipart/signed; boundary=b", b"--b\n\nwords\n--b\nContent-Type: application/pgp-signature\n\nxxx\n--b--", "words"),
])
def test_what_mail_programs_write(tmp_path, head, body, text):
    document = told(tmp_path, "mail", f"Return-Path: <a@x.org>\nMIME-Version: 1.0\nFrom: a@x.org\n{head}\n\n".encode() + body)
    assert document["content"] == f"From: a@x.org\n\n{text}"


@pytest.mark.parametrize("field, name", [
    ("attachment; filename*=UTF-8''%E2%82%AC%20rates.txt", "€ rates.txt"), ("attachment; filename*0=\"a long\"; filename*1=\" name.txt\"", "a long name.txt"),
    ("attachment; filename=\"=?UTF-8?B?w6QudHh0?=\"", "ä.txt"), ('attachment; filename="C:\\\\x\\\\y.txt"', "y.txt"), ('attachment; filename="../../z.txt"', "z.txt"),
])
def test_names_of_files_in_mail(tmp_path, field, name):
    mail = f"From: a@x.org\nDate: x\nMIME-Version: 1.0\nContent-Type: text/plain\nContent-Disposition: {field}\n\nwords"
    assert ("heading", name) in kinds(told(tmp_path, "a.eml", mail))


def test_a_mailbox(tmp_path):
    box = b""
    for number in range(3):
        mail = message(f"Mail {number}")
        mail.set_content(f"From the start of {number}\n\nFrom here\n")
        box += b"From a@x.org Mon Jan  1 10:00:00 2024\n" + bytes(mail).replace(b"\nFrom ", b"\n>From ") + b"\n"
    document = told(tmp_path, "a.mbox", box)
    assert document["format"] == "mbox" and document["page_count"] == 3
    assert [block["text"] for block in document["blocks"] if block["kind"] == "heading"] == ["Mail 0", "Mail 1", "Mail 2"]
    assert [(block["text"], block["place"]["entry"]) for block in document["blocks"]][-2:] == [("From the start of 2", "message 3"), ("From here", "message 3")]


def test_an_invitation_is_read(tmp_path):
    mail = message("Meet")
    mail.set_content("See you.")
    mail.add_alternative("BEGIN:VCALENDAR\r\nSUMMARY:Milling\r\nEND:VCALENDAR\r\n", subtype="calendar")
    assert "Summary: Milling" in told(tmp_path, "a.eml", bytes(mail))["content"]


def test_a_letter_is_no_mail(tmp_path):
    assert told(tmp_path, "a.txt", "To: Ada\nFrom: Ben\n\nHello.\n")["format"] == "txt"


def test_a_locked_mail_says_so(tmp_path):
    mail = "From: a@x.org\nDate: x\nContent-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b--"
    assert told(tmp_path, "a.eml", mail)["receipt"]["locked"] == 1


# Archives


def files():
    mail = message("In a mail")
    mail.set_content("mail words")
    mail.add_attachment(b"inner text", maintype="text", subtype="plain", filename="in.txt")
    return {"a/text.txt": b"text words", "b/mail.eml": bytes(mail), "a/text.TXT": b"other words", "p.png": b"\x89PNG\r\n\x1a\n" + bytes(99)}


ENTRIES = ["a/text.txt", "b/mail.eml", "a/text.TXT"]


def check(document, kind):
    assert document["format"] == kind and document["page_count"] == 4
    assert [block["text"] for block in document["blocks"] if block["text"] in ENTRIES] == ENTRIES
    assert {block["place"]["entry"] for block in document["blocks"]} == {*ENTRIES, "b/mail.eml/in.txt"}
    assert document["receipt"]["picture"] == 1 and document["receipt"]["unread"][0]["entry"] == "p.png"


def test_zip(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files().items():
            archive.writestr(name, content)
        archive.writestr("__MACOSX/._x", b"xx")
        archive.mkdir("empty")
    check(read(tmp_path / "a.zip"), "zip")


@pytest.mark.parametrize("shape", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_tar(tmp_path, shape, mode):
    with tarfile.open(tmp_path / "a.bin", mode, format=shape) as archive:
        for name, content in files().items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    check(read(tmp_path / "a.bin"), "tar")


def test_long_names_of_tar(tmp_path):
    name = "x" * 90 + "/" + "ü" * 90 + "/a.txt"
    for shape in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        with tarfile.open(tmp_path / "a.tar", "w", format=shape) as archive:
            entry = tarfile.TarInfo(name)
            entry.size = 5
            archive.addfile(entry, io.BytesIO(b"words"))
        assert read(tmp_path / "a.tar")["blocks"][1]["place"]["entry"] == name


def test_gzip_is_what_is_in_it(tmp_path):
    document = told(tmp_path, "a.csv.gz", gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n"))
    assert document["format"] == "csv" and rows(document["blocks"][0]) == [["a", "b"], ["1", "2"], ["3", "4"]]
    whole = gzip.compress(b"words " * 1000, mtime=0)
    cut = told(tmp_path, "a.txt.gz", whole[:-12])
    assert cut["content"].startswith("words") and cut["receipt"] == {"broken": 1}


def test_one_locked_file_costs_the_others_nothing(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("open.txt", b"open words")
        archive.writestr("locked.txt", b"locked words")
    content = bytearray(out.getvalue())
    # The mark of a lock, in both headers of the second file.
    for mark, distance in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(mark, content.index(mark) + 1) + distance] |= 1
    document = told(tmp_path, "a.zip", bytes(content))
    assert kinds(document) == [("heading", "open.txt"), ("paragraph", "open words")]
    assert document["receipt"]["locked"] == 1 and document["receipt"]["unread"][0]["code"] == "locked_document"


def test_a_damaged_file_in_an_archive_is_named(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", b"some words")
        archive.writestr("b.txt", b"other words")
    document = told(tmp_path, "a.zip", out.getvalue().replace(b"some words", b"same words"))
    assert [text for kind, text in kinds(document) if kind == "paragraph"] == ["same words", "other words"]
    assert document["receipt"]["broken"] == 1 and document["receipt"]["unread"][0]["entry"] == "a.txt"


@pytest.mark.parametrize("is_stream", [False, True])
def test_an_archive_that_is_cut_off_gives_what_it_has(tmp_path, is_stream):
    class Stream(io.BytesIO):
        def seekable(self):
            return not is_stream

        def tell(self):
            if is_stream:
                raise OSError
            return super().tell()

    out = Stream()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.txt", "b.txt", "c.txt"):
            archive.writestr(name, f"words of {name} " * 50)
    content = out.getvalue()
    document = told(tmp_path, "a.zip", content[:content.index(b"PK\1\2") + 10])
    assert [text for kind, text in kinds(document) if kind == "heading"] == ["a.txt", "b.txt", "c.txt"] and document["receipt"]["broken"] == 1
    cut = content[:content.rindex(b"PK\3\4") + 45]
    assert [text for kind, text in kinds(told(tmp_path, "b.zip", cut)) if kind == "heading"][:2] == ["a.txt", "b.txt"]


def test_behind_a_broken_header_of_tar(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for name in ("a.txt", "b.txt", "c.txt"):
            entry = tarfile.TarInfo(name)
            entry.size = 5
            archive.addfile(entry, io.BytesIO(b"words"))
    content = bytearray((tmp_path / "a.tar").read_bytes())
    content[1024 + 148:1024 + 156] = b"99999999"
    document = told(tmp_path, "b.tar", bytes(content))
    assert [text for kind, text in kinds(document) if kind == "heading"] == ["a.txt", "c.txt"] and document["receipt"]["broken"] == 1


def test_archives_inside_each_other_end(tmp_path):
    content = b"words"
    for _ in range(12):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("a.zip" if content[:2] == b"PK" else "a.txt", content)
        content = out.getvalue()
    document = told(tmp_path, "a.zip", content)
    assert document["receipt"]["limit"] == 1 and document["receipt"]["unread"][0]["entry"] == "/".join(["a.zip"] * 7)
