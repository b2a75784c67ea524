"""The WebSocket protocol (RFC 6455), by the cases of the Autobahn fuzzing client and by peers that are not ours.

Autobahn itself needs a server that echoes bytes as they are. Ours answers messages, so each case keeps its number and what it
sends, and what is expected maps like this:

* Text that a case would have echoed goes out as the JSON object {"p": text} and comes back in "data". Where the text itself
  is the case (section 6) the frames are cut inside the text.
* Binary messages, and text that is no JSON object, are answered with {"type": "error"}; the socket stays open.
* An empty text (1.1.1, 9.x of size 0) is no JSON object either.
* Messages of 64 KiB are the largest; larger ones (9.1.2 and up, 9.2.2 and up) must end with 1009 before they are read.
* Cases that send 1,000 messages at full speed (9.7, 9.8) would break the limit of 100 messages in a second: they send 90.
* Sections 12 and 13 (compression) do not apply: it is not offered.
* A case that must fail is strict: the close code must be the one of the RFC, and nothing else may come before it but what was
  sent correctly before.
"""

import base64
import contextlib
import hashlib
import json
import os
import random
import resource
import socket
import struct
import time

import pytest
import websockets.exceptions
import websockets.sync.client
import wsproto
import wsproto.events

from served import rounds, stat_fields, wait_until

PATH = "/api/v1/ws"
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
LIMIT = 65_536
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
PATIENCE = 20


class Gone(Exception):
    """The server ended the connection."""


class Raw:
    """A client that sends whatever it is told to, right or wrong."""

    def __init__(self, server, token=None, path=PATH, headers=(), extra=b"", tls=None, greeted=True):
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self.buffer = b""
        self.key = base64.b64encode(os.urandom(16))
        target = path + (f"?token={token}" if token else "")
        lines = [f"GET {target} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {self.key.decode()}", *headers]
        self.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + extra)
        self.head = self.read_head()
        self.greeting = self.json() if token and greeted else None

    def read_head(self):
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        return head.decode()

    def more(self):
        try:
            data = self.socket.recv(65_536)
        except (ConnectionResetError, BrokenPipeError):
            data = b""
        if not data:
            raise Gone
        return data

    def take(self, count):
        while len(self.buffer) < count:
            self.buffer += self.more()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def send(self, data):
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            self.socket.sendall(data)

    def frame(self):
        """The next frame: opcode and payload. A server's frames are whole, unmasked, and without reserved bits."""
        first, second = self.take(2)
        assert first & 0x70 == 0 and second & 0x80 == 0, (first, second)
        length = second & 0x7F
        if length == 126:
            length = struct.unpack(">H", self.take(2))[0]
            assert length > 125
        elif length == 127:
            length = struct.unpack(">Q", self.take(8))[0]
            assert length > 65_535
        assert first & 0x80, "the server sends no fragments"
        return first & 0x0F, self.take(length)

    def json(self):
        opcode, payload = self.frame()
        assert opcode == TEXT, (opcode, payload)
        return json.loads(payload)

    def expect_closed(self, *codes):
        """Nothing but a close with one of these codes (None: without one), and then the end of the connection."""
        opcode, payload = self.frame()
        assert opcode == CLOSE, (opcode, payload)
        code = struct.unpack(">H", payload[:2])[0] if payload else None
        assert code in codes, (code, payload)
        payload[2:].decode()
        with pytest.raises(Gone):
            self.frame()
        return payload[2:].decode()

    def say_goodbye(self):
        self.send(frame(CLOSE, struct.pack(">H", 1000)))
        self.expect_closed(1000)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def frame(opcode, payload=b"", final=True, reserved=0, mask=None, masked=True, length=None):
    """A client's frame; `length` overrides what its head says."""
    head = bytes([(0x80 if final else 0) | reserved << 4 | opcode])
    size = len(payload) if length is None else length
    bit = 0x80 if masked else 0
    if size <= 125:
        head += bytes([bit | size])
    elif size <= 65_535:
        head += bytes([bit | 126]) + struct.pack(">H", size)
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", size)
    if not masked:
        return head + payload
    mask = mask or os.urandom(4)
    long_mask = (mask * (len(payload) // 4 + 1))[: len(payload)]
    masked_payload = (int.from_bytes(payload, "big") ^ int.from_bytes(long_mask, "big")).to_bytes(len(payload), "big")
    return head + mask + masked_payload


def wrapped(text):
    return json.dumps({"p": text}, ensure_ascii=False).encode()


def of_size(size):
    """A JSON object of exactly so many bytes."""
    return b'{"p":"' + b"*" * (size - 8) + b'"}'


@pytest.fixture(scope="module")
def token(server, admin):
    return admin.token


@pytest.fixture
def raw(server, token):
    with Raw(server, token) as client:
        yield client


def expect_echo(client, payload):
    answer = client.json()
    assert answer["type"] == "message" and answer["data"] == json.loads(payload), str(answer)[:200]


def expect_error(client):
    assert client.json()["type"] == "error"


def case(number, *values):
    return pytest.param(*values, id=number)


def chopped(data, size):
    return [data[index:index + size] for index in range(0, len(data), size)]


# Section 1: framing


SIZES = [16, 125, 126, 127, 128, 65_535, LIMIT]


@pytest.mark.parametrize("size, chop", [
    *[case(f"1.1.{number}", size, None) for number, size in enumerate(SIZES, 2)],
    case("1.1.8", LIMIT, 997),
])
def test_text_of_a_size_is_echoed(raw, size, chop):
    payload = of_size(size)
    data = frame(TEXT, payload)
    for piece in chopped(data, chop or len(data)):
        raw.send(piece)
    expect_echo(raw, payload)
    raw.say_goodbye()


@pytest.mark.parametrize("opcode, size, chop", [
    case("1.1.1", TEXT, 0, None), case("1.2.1", BINARY, 0, None),
    *[case(f"1.2.{number}", BINARY, size, None) for number, size in enumerate(SIZES, 2)],
    case("1.2.8", BINARY, LIMIT, 997),
])
def test_what_is_no_text_object_is_answered_and_the_socket_stays(raw, opcode, size, chop):
    data = frame(opcode, b"\xfe" * size)
    for piece in chopped(data, chop or len(data)):
        raw.send(piece)
    expect_error(raw)
    raw.send(frame(TEXT, wrapped("still here")))
    expect_echo(raw, wrapped("still here"))
    raw.say_goodbye()


# Section 2: pings and pongs


@pytest.mark.parametrize("payload, chop", [
    case("2.1", b"", None), case("2.2", b"Hello, world!", None), case("2.3", bytes([0, 255, 254, 253, 252, 251, 0, 255]), None),
    case("2.4", b"\xfe" * 125, None), case("2.6", b"\xfe" * 125, 1),
])
def test_a_ping_is_answered_with_its_payload(raw, payload, chop):
    data = frame(PING, payload)
    for piece in chopped(data, chop or len(data)):
        raw.send(piece)
    assert raw.frame() == (PONG, payload)
    raw.say_goodbye()


@pytest.mark.parametrize("size", [case("2.5", 126)])
def test_a_ping_that_is_too_long_is_refused(raw, size):
    raw.send(frame(PING, b"\xfe" * size))
    raw.expect_closed(1002)


@pytest.mark.parametrize("payload, pings", [case("2.7", b"", 0), case("2.8", b"unsolicited", 0), case("2.9", b"unsolicited", 1)])
def test_a_pong_that_nobody_asked_for_is_ignored(raw, payload, pings):
    raw.send(frame(PONG, payload))
    for _ in range(pings):
        raw.send(frame(PING, b"ping"))
        assert raw.frame() == (PONG, b"ping")
    raw.say_goodbye()


@pytest.mark.parametrize("chop", [case("2.10", None), case("2.11", 1)])
def test_ten_pings_are_answered_in_order(raw, chop):
    data = b"".join(frame(PING, b"payload-%d" % index) for index in range(10))
    for piece in chopped(data, chop or len(data)):
        raw.send(piece)
    assert [raw.frame() for _ in range(10)] == [(PONG, b"payload-%d" % index) for index in range(10)]
    raw.say_goodbye()


# Section 3: reserved bits


@pytest.mark.parametrize("before, broken, chop", [
    case("3.1", b"", (TEXT, wrapped("x"), 1), None),
    case("3.2", frame(TEXT, wrapped("first")), (TEXT, wrapped("x"), 2), None),
    case("3.3", frame(TEXT, wrapped("first")), (TEXT, wrapped("x"), 3), None),
    case("3.4", frame(TEXT, wrapped("first")), (TEXT, wrapped("x"), 4), 1),
    case("3.5", b"", (BINARY, b"\x00\xff\xfe\xfd", 5), None),
    case("3.6", b"", (PING, b"Hello, world!", 6), None),
    case("3.7", b"", (CLOSE, b"", 7), None),
])
def test_reserved_bits_are_refused(raw, before, broken, chop):
    opcode, payload, reserved = broken
    data = before + frame(opcode, payload, reserved=reserved) + frame(PING)
    for piece in chopped(data, chop or len(data)):
        raw.send(piece)
    if before:
        expect_echo(raw, wrapped("first"))
    raw.expect_closed(1002)


# Section 4: reserved opcodes


@pytest.mark.parametrize("opcode, payload, before", [
    *[case(f"4.{section}.{number}", opcode + number - 1, payload, number > 2)
      for section, opcode in ((1, 3), (2, 11))
      for number, payload in enumerate([b"", b"reserved opcode payload", b"", b"reserved opcode payload", b""], 1)],
])
def test_reserved_opcodes_are_refused(raw, opcode, payload, before):
    raw.send((frame(TEXT, wrapped("first")) if before else b"") + frame(opcode, payload) + frame(PING))
    if before:
        expect_echo(raw, wrapped("first"))
    raw.expect_closed(1002)


# Section 5: fragments


HELLO = wrapped("fragment1 fragment2")
ONE, TWO = HELLO[:12], HELLO[12:]


@pytest.mark.parametrize("opcode", [case("5.1", PING), case("5.2", PONG)])
def test_control_frames_are_never_fragments(raw, opcode):
    raw.send(frame(opcode, b"fragment1", final=False) + frame(0, b"fragment2"))
    raw.expect_closed(1002)


@pytest.mark.parametrize("separate, chop", [case("5.3", True, None), case("5.4", False, None), case("5.5", False, 1)])
def test_two_fragments_are_one_message(raw, separate, chop):
    first, second = frame(TEXT, ONE, final=False), frame(0, TWO)
    if separate:
        raw.send(first)
        time.sleep(0.05)
        raw.send(second)
    else:
        for piece in chopped(first + second, chop or 10_000):
            raw.send(piece)
    expect_echo(raw, HELLO)
    raw.say_goodbye()


@pytest.mark.parametrize("separate, chop", [case("5.6", True, None), case("5.7", False, None), case("5.8", False, 1)])
def test_a_ping_between_fragments_is_answered_at_once(raw, separate, chop):
    parts = [frame(TEXT, ONE, final=False), frame(PING, b"pongme"), frame(0, TWO)]
    for part in parts if separate else [b"".join(parts)]:
        for piece in chopped(part, chop or 10_000):
            raw.send(piece)
    assert raw.frame() == (PONG, b"pongme")
    expect_echo(raw, HELLO)
    raw.say_goodbye()


@pytest.mark.parametrize("first, chop", [
    *[case(f"5.{number}", first, chop) for number, (first, chop) in enumerate([
        ((0, True), None), ((0, True), 10_000), ((0, True), 1), ((0, False), None), ((0, False), 10_000), ((0, False), 1)], 9)],
])
def test_there_must_be_something_to_continue(raw, first, chop):
    opcode, final = first
    data = frame(opcode, b"non-continuation payload", final=final) + frame(TEXT, HELLO)
    for piece in chopped(data, chop or 10_000):
        raw.send(piece)
    raw.expect_closed(1002)


def test_a_message_ends_once__5_15(raw):
    raw.send(frame(TEXT, ONE, final=False) + frame(0, TWO) + frame(0, b"fragment3", final=False) + frame(TEXT, b"fragment4"))
    expect_echo(raw, HELLO)
    raw.expect_closed(1002)


@pytest.mark.parametrize("final", [case("5.16", False), case("5.17", True)])
def test_every_message_has_a_beginning(raw, final):
    raw.send(frame(0, b"fragment1", final=final) + frame(TEXT, b"fragment2", final=False) + frame(0, b"fragment3"))
    raw.expect_closed(1002)


def test_a_message_does_not_begin_inside_another__5_18(raw):
    raw.send(frame(TEXT, ONE, final=False) + frame(TEXT, TWO))
    raw.expect_closed(1002)


@pytest.mark.parametrize("pause", [case("5.19", 0.5), case("5.20", 0)])
def test_five_fragments_with_pings_between_them(raw, pause):
    payload = wrapped("fragment1fragment2fragment3fragment4fragment5")
    parts = chopped(payload, len(payload) // 5 + 1)
    assert len(parts) == 5
    raw.send(frame(TEXT, parts[0], final=False) + frame(0, parts[1], final=False) + frame(PING, b"pongme 1!"))
    time.sleep(pause)
    raw.send(frame(0, parts[2], final=False) + frame(0, parts[3], final=False) + frame(PING, b"pongme 2!") + frame(0, parts[4]))
    assert raw.frame() == (PONG, b"pongme 1!")
    assert raw.frame() == (PONG, b"pongme 2!")
    expect_echo(raw, payload)
    raw.say_goodbye()


# Section 6: UTF-8


def quoted(data):
    return b'{"p":"' + data + b'"}'


@pytest.mark.parametrize("fragments", [
    case("6.1.1", [b""]), case("6.1.2", [b"", b"", b""]), case("6.1.3", [b"", b"middle frame payload", b""]),
])
def test_empty_text_is_a_message(raw, fragments):
    for index, part in enumerate(fragments):
        raw.send(frame(TEXT if index == 0 else 0, part, final=index == len(fragments) - 1))
    expect_error(raw)
    raw.say_goodbye()


GREETING = "Hello-µ@ßöäüàá-UTF-8!!".encode()
KOSME = "κόσμε".encode()


@pytest.mark.parametrize("text, cut", [
    case("6.2.1", GREETING, None), case("6.2.2", GREETING, len(GREETING) // 2), case("6.2.3", GREETING, 1), case("6.2.4", KOSME, 1),
])
def test_good_text_is_echoed_however_it_is_cut(raw, text, cut):
    payload = quoted(text)
    parts = chopped(payload, cut or len(payload))
    for index, part in enumerate(parts):
        raw.send(frame(TEXT if index == 0 else 0, part, final=index == len(parts) - 1))
    expect_echo(raw, payload)
    raw.say_goodbye()


BAD = KOSME + b"\xed\xa0\x80" + b"edited"
LATE = KOSME + b"\xf4\x90\x80\x80" + b"edited"


@pytest.mark.parametrize("cut", [case("6.3.1", None), case("6.3.2", 1)])
def test_bad_text_is_refused(raw, cut):
    parts = chopped(BAD, cut or len(BAD))
    for index, part in enumerate(parts):
        raw.send(frame(TEXT if index == 0 else 0, part, final=index == len(parts) - 1))
    raw.expect_closed(1007)


@pytest.mark.parametrize("cuts", [case("6.4.1", (11, 15)), case("6.4.2", (12, 13))])
def test_bad_text_fails_in_the_fragment_where_it_is(raw, cuts):
    """The last fragment, which would end the message, is never sent."""
    first, second = LATE[:cuts[0]], LATE[cuts[0]:cuts[1]]
    raw.send(frame(TEXT, first, final=False) + frame(0, second, final=False))
    raw.expect_closed(1007)


@pytest.mark.parametrize("cuts", [case("6.4.3", (11, 15)), case("6.4.4", (12, 13))])
def test_bad_text_fails_in_the_middle_of_a_frame(raw, cuts):
    """The frame goes on, but nothing of it is sent behind the bytes that can be no text."""
    data = frame(TEXT, LATE)
    head = len(data) - len(LATE)
    raw.send(data[:head + cuts[0]])
    time.sleep(0.05)
    raw.send(data[head + cuts[0]:head + cuts[1]])
    raw.expect_closed(1007)


GOOD_TEXT = [
    ("6.5.1", "ceb1"), ("6.5.2", "cebae1bdb9cf83cebcceb5"), ("6.5.3", "eda080", False), ("6.5.4", "f09f9880"), ("6.5.5", "41c2a9"),
    ("6.6.2", "ce", False), ("6.6.3", "ceba"), ("6.6.4", "cebae1", False), ("6.6.5", "cebae1bd", False), ("6.6.6", "cebae1bdb9"),
    ("6.6.7", "cebae1bdb9cf", False), ("6.6.8", "cebae1bdb9cf83"), ("6.6.9", "cebae1bdb9cf83ce", False),
    ("6.6.10", "cebae1bdb9cf83cebc"), ("6.6.11", "cebae1bdb9cf83cebcce", False), ("6.6.1", "cebae1bdb9cf83cebcceb5"),
    ("6.7.1", "7f"), ("6.7.2", "c280"), ("6.7.3", "e0a080"), ("6.7.4", "f0908080"),
    ("6.8.1", "f888808080", False), ("6.8.2", "fc8480808080", False),
    ("6.9.1", "7f"), ("6.9.2", "dfbf"), ("6.9.3", "efbfbf"), ("6.9.4", "f48fbfbf"),
    ("6.10.1", "f7bfbfbf", False), ("6.10.2", "fbbfbfbfbf", False), ("6.10.3", "fdbfbfbfbfbf", False),
    ("6.11.1", "ed9fbf"), ("6.11.2", "ee8080"), ("6.11.3", "efbfbd"), ("6.11.4", "f48fbfbf"), ("6.11.5", "f4908080", False),
    ("6.12.1", "80", False), ("6.12.2", "bf", False), ("6.12.3", "80bf", False), ("6.12.4", "80bf80", False),
    ("6.12.5", "80bf80bf", False), ("6.12.6", "80bf80bf80", False), ("6.12.7", "80bf80bf80bf", False),
    ("6.12.8", "".join(f"{byte:02x}" for byte in range(0x80, 0xC0)), False),
    *[(f"6.13.{number}", "".join(f"{byte:02x}20" for byte in series), False) for number, series in enumerate(
        [range(0xC0, 0xE0), range(0xE0, 0xF0), range(0xF0, 0xF8), range(0xF8, 0xFC), range(0xFC, 0xFE)], 1)],
    *[(f"6.14.{number}", text, False) for number, text in enumerate(
        ["c0", "e080", "f08080", "f8808080", "fc80808080", "df", "efbf", "f7bfbf", "fbbfbfbf", "fdbfbfbfbf"], 1)],
    ("6.15.1", "c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf", False),
    ("6.16.1", "fe", False), ("6.16.2", "ff", False), ("6.16.3", "fefeffff", False),
    *[(f"6.17.{number}", text, False) for number, text in enumerate(
        ["c0af", "e080af", "f08080af", "f8808080af", "fc80808080af"], 1)],
    *[(f"6.18.{number}", text, False) for number, text in enumerate(
        ["c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf"], 1)],
    *[(f"6.19.{number}", text, False) for number, text in enumerate(
        ["c080", "e08080", "f0808080", "f880808080", "fc8080808080"], 1)],
    *[(f"6.20.{number}", text, False) for number, text in enumerate(
        ["eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80", "edbfbf"], 1)],
    *[(f"6.21.{number}", text, False) for number, text in enumerate(
        ["eda080edb080", "eda080edbfbf", "edadbfedb080", "edadbfedbfbf", "edae80edb080", "edae80edbfbf", "edafbfedb080",
         "edafbfedbfbf"], 1)],
    *[(f"6.22.{number}", (chr(plane << 16 | low)).encode().hex()) for number, (plane, low) in enumerate(
        ((plane, low) for plane in range(17) for low in (0xFFFE, 0xFFFF)), 1)],
    *[(f"6.23.{number}", chr(point).encode().hex()) for number, point in enumerate(range(0xFFF9, 0x10000), 1)],
]


@pytest.mark.parametrize("data", [case(item[0], bytes.fromhex(item[1])) for item in GOOD_TEXT if len(item) == 2])
def test_characters_at_the_edges_are_text(raw, data):
    payload = quoted(data)
    raw.send(frame(TEXT, payload))
    expect_echo(raw, payload)
    raw.say_goodbye()


@pytest.mark.parametrize("data", [case(item[0], bytes.fromhex(item[1])) for item in GOOD_TEXT if len(item) == 3])
def test_what_looks_like_characters_is_no_text(raw, data):
    raw.send(frame(TEXT, data))
    raw.expect_closed(1007)


# Section 7: closing


@pytest.mark.parametrize("before, behind", [
    case("7.1.1", b"", b""), case("7.1.2", b"", frame(CLOSE, struct.pack(">H", 1000))), case("7.1.3", b"", frame(PING)),
    case("7.1.4", b"", frame(TEXT, wrapped("ignored"))), case("7.1.5", frame(TEXT, ONE, final=False), frame(0, TWO)),
])
def test_nothing_is_processed_behind_a_close(raw, before, behind):
    raw.send(before + frame(CLOSE, struct.pack(">H", 1000)) + behind)
    raw.expect_closed(1000)


def test_a_message_before_the_close_is_answered_or_not_but_the_close_is__7_1_6(raw):
    payload = of_size(LIMIT)
    raw.send(frame(TEXT, payload) + frame(CLOSE, struct.pack(">H", 1000)) + frame(PING))
    opcode, data = raw.frame()
    if opcode == TEXT:
        assert json.loads(data)["data"] == json.loads(payload)
        opcode, data = raw.frame()
    assert (opcode, data[:2]) == (CLOSE, struct.pack(">H", 1000))
    with pytest.raises(Gone):
        raw.frame()


@pytest.mark.parametrize("payload, codes", [
    case("7.3.1", b"", (None, 1000)), case("7.3.2", b"\x03", (1002,)), case("7.3.3", struct.pack(">H", 1000), (1000,)),
    case("7.3.4", struct.pack(">H", 1000) + b"Hello World!", (1000,)), case("7.3.5", struct.pack(">H", 1000) + b"*" * 123, (1000,)),
    case("7.3.6", struct.pack(">H", 1000) + b"*" * 124, (1002,)), case("7.5.1", struct.pack(">H", 1000) + BAD, (1007,)),
    *[case(f"7.7.{number}", struct.pack(">H", code), (code,)) for number, code in enumerate(
        [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999], 1)],
    *[case(f"7.7.{code}", struct.pack(">H", code), (code,)) for code in (1012, 1013, 1014)],
    *[case(f"7.9.{number}", struct.pack(">H", code), (1002,)) for number, code in enumerate(
        [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999], 1)],
    case("7.9.1015", struct.pack(">H", 1015), (1002,)),
    case("7.13.1", struct.pack(">H", 5000), (1002,)), case("7.13.2", struct.pack(">H", 65_535), (1002,)),
])
def test_a_close_is_checked_and_answered(raw, payload, codes):
    raw.send(frame(CLOSE, payload))
    raw.expect_closed(*codes)


# Section 9: limits and speed


@pytest.mark.parametrize("opcode, size", [
    *[case(f"9.{section}.{number}", opcode, size << 20) for section, opcode in ((1, TEXT), (2, BINARY))
      for number, size in ((3, 1), (4, 4), (5, 8), (6, 16))],
    case("9.1.2", TEXT, 256 << 10), case("9.2.2", BINARY, 256 << 10), case("limit-text", TEXT, LIMIT + 1),
    case("limit-binary", BINARY, LIMIT + 1),
])
def test_a_message_over_the_limit_ends_the_socket_before_it_was_sent(raw, opcode, size):
    raw.send(frame(opcode, b"", length=size))
    raw.expect_closed(1009)


@pytest.mark.parametrize("opcode, part", [
    *[case(f"9.{section}.{number}", opcode, part) for section, opcode in ((3, TEXT), (4, BINARY))
      for number, part in enumerate((64, 256, 1024, 4096, 16_384), 1)],
])
def test_fragments_of_any_size_make_the_largest_message(raw, opcode, part):
    payload = of_size(LIMIT)
    parts = chopped(payload, part)
    raw.send(b"".join(frame(opcode if index == 0 else 0, data, final=index == len(parts) - 1) for index, data in enumerate(parts)))
    if opcode == TEXT:
        expect_echo(raw, payload)
    else:
        expect_error(raw)
    raw.say_goodbye()


@pytest.mark.parametrize("part", [case("9.3.9", LIMIT), case("9.4.9", 1024)])
def test_fragments_over_the_limit_end_the_socket(raw, part):
    raw.send(frame(BINARY, b"*" * part, final=False))
    raw.send(b"".join(frame(0, b"*" * 1024, final=False) for _ in range((LIMIT - part) // 1024)) + frame(0, b"*"))
    raw.expect_closed(1009)


@pytest.mark.parametrize("opcode, chop", [
    *[case(f"9.{section}.{number}", opcode, chop) for section, opcode in ((5, TEXT), (6, BINARY))
      for number, chop in enumerate((64, 128, 256, 512, 1024, 2048), 1)],
])
def test_a_message_may_come_in_small_pieces(raw, opcode, chop):
    payload = of_size(LIMIT)
    for piece in chopped(frame(opcode, payload), chop):
        raw.send(piece)
    if opcode == TEXT:
        expect_echo(raw, payload)
    else:
        expect_error(raw)
    raw.say_goodbye()


@pytest.mark.parametrize("opcode, size", [
    *[case(f"9.{section}.{number}", opcode, size) for section, opcode in ((7, TEXT), (8, BINARY))
      for number, size in enumerate((16, 64, 256, 1024, 4096, 16_384), 1)],
])
def test_many_messages_come_back_in_order(raw, opcode, size):
    for index in range(90):
        payload = json.dumps({"n": index, "p": "*" * (size - 12)}).encode()
        raw.send(frame(opcode, payload))
    for index in range(90):
        answer = raw.json()
        if opcode == TEXT:
            assert answer["data"]["n"] == index
        else:
            assert answer["type"] == "error"
    raw.say_goodbye()


# Section 10: fragments of the server's making


def test_a_message_in_odd_fragments_is_echoed_whole__10_1_1(raw):
    payload = of_size(65_536)
    parts = chopped(payload, 1300)
    for index, part in enumerate(parts):
        raw.send(frame(TEXT if index == 0 else 0, part, final=index == len(parts) - 1))
    expect_echo(raw, payload)
    raw.say_goodbye()


# What Autobahn does not ask


def test_frames_without_a_mask_are_refused(raw):
    raw.send(frame(TEXT, wrapped("x"), masked=False))
    assert "mask" in raw.expect_closed(1002)


@pytest.mark.parametrize("head", [b"\x81\xfe\x00\x05", b"\x81\xff" + struct.pack(">Q", 65_535), b"\x82\xff" + struct.pack(">Q", 1 << 63)])
def test_lengths_have_one_form(raw, head):
    raw.send(head + b"\0\0\0\0" + b"*" * 5)
    raw.expect_closed(1002)


def test_what_is_sent_with_the_handshake_is_heard(server, token):
    with Raw(server, token, extra=frame(TEXT, wrapped("early"))) as client:
        expect_echo(client, wrapped("early"))
        client.say_goodbye()


def test_the_handshake_proves_itself_and_offers_no_compression(server, token):
    with Raw(server, token, headers=["Sec-WebSocket-Extensions: permessage-deflate"]) as client:
        assert client.head.startswith("HTTP/1.1 101 ")
        fields = {line.split(":", 1)[0].lower(): line.split(":", 1)[1].strip() for line in client.head.split("\r\n")[1:]}
        assert fields["sec-websocket-accept"] == base64.b64encode(hashlib.sha1(client.key + GUID).digest()).decode()
        assert (fields["upgrade"].lower(), fields["connection"].lower()) == ("websocket", "upgrade")
        assert "sec-websocket-extensions" not in fields and "sec-websocket-protocol" not in fields
        assert "content-length" not in fields and "transfer-encoding" not in fields


@pytest.mark.parametrize("path", ["/ws", "/api/ws", "/api/v1/ws", "/ws/"])
def test_every_mount_has_a_socket(server, token, path):
    with Raw(server, token, path=path) as client:
        assert client.greeting["type"] == "connection" and client.greeting["status"] == "connected"
        assert client.greeting["user"] == "admin@example.com"
        client.say_goodbye()


@pytest.mark.parametrize("token, reason", [(None, "missing token"), ("rubbish", "invalid token")])
def test_who_may_not_is_told_in_the_close(server, token, reason):
    with Raw(server, token, greeted=False) as client:
        assert client.head.startswith("HTTP/1.1 101 ")
        assert client.expect_closed(1008) == reason


def exchange(server, *lines, again=None):
    """Sends a request by hand; the head of the answer, and whether the connection was closed behind it."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as peer:
        heads = []
        for request in [lines, *([again] if again else [])]:
            peer.sendall("\r\n".join(request).encode() + b"\r\n\r\n")
            data = b""
            while b"\r\n\r\n" not in data:
                data += peer.recv(65_536)
            head, body = data.split(b"\r\n\r\n", 1)
            length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
            while len(body) < length:
                body += peer.recv(65_536)
            heads.append((head.decode().lower(), body))
        peer.settimeout(1)
        try:
            closed = peer.recv(1) == b""
        except TimeoutError:
            closed = False
        return heads[-1][0], heads[-1][1], closed


HANDSHAKE = ["Host: localhost", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]


@pytest.mark.parametrize("path", ["/ws", "/api/ws", "/api/v1/ws"])
def test_a_plain_request_is_told_to_upgrade(server, path):
    head, body, closed = exchange(server, f"GET {path} HTTP/1.1", "Host: localhost")
    assert head.startswith("http/1.1 426 ")
    assert "\r\nupgrade: websocket" in head and "\r\nconnection: close" in head and "\r\nsec-websocket-version: 13" in head
    assert json.loads(body)["error"] == "upgrade_required"
    assert closed


def test_an_upgrade_as_second_request_is_told_to_come_back(server):
    head, _, closed = exchange(
        server, "GET /health HTTP/1.1", "Host: localhost", again=["GET /ws HTTP/1.1", *HANDSHAKE])
    assert head.startswith("http/1.1 426 ") and "\r\nconnection: close" in head and closed


@pytest.mark.parametrize("change, status", [
    (("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8"), 426),
    (("Sec-WebSocket-Version: 13", "X-Nothing: 1"), 426),
    (("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: short"), 400),
    (("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "X-Nothing: 1"), 400),
    (("Connection: Upgrade", "Connection: keep-alive"), 426),
    (("Upgrade: websocket", "Upgrade: h2c"), 426),
])
def test_a_handshake_with_a_mistake_is_refused(server, change, status):
    lines = [change[1] if line == change[0] else line for line in HANDSHAKE]
    head, _, closed = exchange(server, "GET /ws HTTP/1.1", *lines)
    assert head.startswith(f"http/1.1 {status} ") and "\r\nconnection: close" in head and closed
    assert status != 426 or "\r\nsec-websocket-version: 13" in head


def test_http_1_0_opens_no_socket(server):
    head, _, closed = exchange(server, "GET /ws HTTP/1.0", *HANDSHAKE)
    assert head.split(" ")[1] == "426" and closed


def test_an_upgrade_elsewhere_is_plain_http(server):
    head, body, closed = exchange(server, "GET /health HTTP/1.1", *HANDSHAKE)
    assert head.startswith("http/1.1 200 ") and "\r\nconnection: close" in head and closed
    head, body, closed = exchange(server, "GET /health HTTP/1.1", "Host: localhost", "Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings")
    assert head.startswith("http/1.1 200 ") and closed


def test_connections_without_upgrades_are_kept(server):
    head, _, closed = exchange(
        server, "GET /health HTTP/1.1", "Host: localhost", again=["GET /health HTTP/1.1", "Host: localhost"])
    assert head.startswith("http/1.1 200 ") and not closed


def test_what_is_no_http_is_refused_as_before(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as peer:
        peer.sendall(b"this is not HTTP\r\n\r\n")
        assert peer.recv(100).startswith(b"HTTP/1.1 400 ")


def test_a_client_that_talks_without_pause_is_too_fast(server, token):
    with Raw(server, token) as client:
        client.send(frame(TEXT, wrapped("x")) * 1000)
        seen = 0
        while True:
            opcode, payload = client.frame()
            if opcode == CLOSE:
                break
            seen += 1
        assert payload == struct.pack(">H", 1008) + b"too fast"
        assert seen <= 200


def test_pings_without_pause_are_too_fast(server, token):
    with Raw(server, token) as client:
        client.send(frame(PING) * 1000)
        frames = []
        with contextlib.suppress(Gone):
            while True:
                frames.append(client.frame())
        assert frames[-1] == (CLOSE, struct.pack(">H", 1008) + b"too fast")


def test_a_reader_that_does_not_read_is_dropped(server, token):
    """64 kB echoes that nobody fetches fill the kernel's buffers, then ours, and then the line is over."""
    with Raw(server, token) as client:
        client.socket.settimeout(2)
        payload = frame(TEXT, of_size(LIMIT - 100))
        started, sent = time.monotonic(), 0
        try:
            while time.monotonic() - started < 30:
                client.socket.sendall(payload)
                sent += 1
                time.sleep(0.012)
        except OSError:
            pass
        client.socket.settimeout(PATIENCE)
        last = None
        with contextlib.suppress(Gone, OSError):
            while True:
                last = client.frame()
        assert sent < 1500
        assert last is None or last[0] != CLOSE or last[1] == struct.pack(">H", 1008) + b"too slow", last


def test_a_peer_that_vanishes_leaves_nothing_behind(server, token):
    files = lambda: len(os.listdir(f"/proc/{server.pid}/fd"))
    before = files()
    clients = [Raw(server, token) for _ in range(20)]
    assert files() >= before + 20
    for client in clients:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.socket.close()
    wait_until(lambda: files() <= before + 2, 10, "the connections are gone")


def test_a_peer_that_never_answers_the_close_is_cut(server, token):
    with Raw(server, token) as client:
        client.send(frame(3))
        assert client.frame()[0] == CLOSE
        begun = time.monotonic()
        with contextlib.suppress(OSError):
            while time.monotonic() - begun < 15:
                client.socket.sendall(frame(PING))
                time.sleep(0.05)
        assert 3 < time.monotonic() - begun < 10


@pytest.mark.parametrize("seed", range(rounds(5, 20)))
def test_random_bytes_do_no_harm(server, token, seed):
    dice = random.Random(seed)
    with Raw(server, token) as client:
        client.send(bytes(dice.randrange(256) for _ in range(dice.randrange(1, 3000))))
        with contextlib.suppress(OSError):
            client.socket.shutdown(socket.SHUT_WR)
        with contextlib.suppress(Gone):
            while True:
                client.frame()
    with Raw(server, token) as client:
        client.say_goodbye()


# Peers that are not ours


def address(server, token, path=PATH):
    return f"ws://127.0.0.1:{server.port}{path}?token={token}"


def test_websockets_talks_with_us(server, token):
    with websockets.sync.client.connect(address(server, token), proxy=None) as peer:
        assert json.loads(peer.recv())["type"] == "connection"
        assert peer.ping().wait(PATIENCE)
        for size in (10, 1000, 60_000):
            peer.send(of_size(size).decode())
            assert json.loads(peer.recv())["data"] == json.loads(of_size(size))
        peer.send(['{"p":', '"in fragments"', "}"])
        assert json.loads(peer.recv())["data"] == {"p": "in fragments"}
        peer.send(b"\0\1")
        assert json.loads(peer.recv())["type"] == "error"
        peer.send("no JSON")
        assert json.loads(peer.recv())["type"] == "error"
        assert peer.protocol.extensions == []
    assert peer.close_code == 1000


def test_websockets_hears_why_it_may_not(server):
    with websockets.sync.client.connect(address(server, "rubbish"), proxy=None) as peer:
        with pytest.raises(websockets.exceptions.ConnectionClosed):
            peer.recv()
    assert (peer.close_code, peer.close_reason) == (1008, "invalid token")


def test_wsproto_talks_with_us(server, token):
    connection = wsproto.WSConnection(wsproto.ConnectionType.CLIENT)
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as peer:
        def await_events(kind):
            while True:
                for event in connection.events():
                    if isinstance(event, kind):
                        return event
                connection.receive_data(peer.recv(65_536) or None)

        peer.sendall(connection.send(wsproto.events.Request(host="localhost", target=f"{PATH}?token={token}")))
        await_events(wsproto.events.AcceptConnection)
        assert json.loads(await_events(wsproto.events.TextMessage).data)["status"] == "connected"
        peer.sendall(connection.send(wsproto.events.Message(data='{"p":"from wsproto"}')))
        assert json.loads(await_events(wsproto.events.TextMessage).data)["data"] == {"p": "from wsproto"}
        peer.sendall(connection.send(wsproto.events.Ping(payload=b"abc")))
        assert await_events(wsproto.events.Pong).payload == b"abc"
        peer.sendall(connection.send(wsproto.events.CloseConnection(code=1000)))
        assert await_events(wsproto.events.CloseConnection).code == 1000


def test_a_server_that_stops_says_so_and_waits_for_nobody(new_server):
    server = new_server()
    server.register()
    token = server.login().token
    polite = websockets.sync.client.connect(address(server, token), proxy=None, legacy=True)
    polite.recv()
    stubborn = Raw(server, token)
    silent = socket.create_connection(("127.0.0.1", server.port))
    begun = time.monotonic()
    server.stop()
    assert time.monotonic() - begun < 10
    with pytest.raises(websockets.exceptions.ConnectionClosed):
        polite.recv()
    assert polite.close_code == 1001
    assert stubborn.frame()[1][:2] == struct.pack(">H", 1001)
    with pytest.raises(Gone):
        stubborn.frame()
    silent.close()


def resident_bytes(pid):
    return int(stat_fields(pid)[21]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.seconds(240)
def test_a_thousand_idle_sockets_cost_little(new_server):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    server = new_server(QUERN_SOCKETS_PER_USER=2000)
    server.register()
    token = server.login().token
    for _ in range(50):
        Raw(server, token).socket.close()
    time.sleep(1)
    before = resident_bytes(server.pid)
    clients = [Raw(server, token) for _ in range(1000)]
    time.sleep(1)
    each = (resident_bytes(server.pid) - before) / len(clients)
    print(f"{each / 1000:.1f} kB for each of {len(clients)} sockets")
    assert each < 64_000
    clients[-1].send(frame(TEXT, wrapped("still here")))
    expect_echo(clients[-1], wrapped("still here"))
    for client in clients:
        client.socket.close()
