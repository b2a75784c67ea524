#!/usr/bin/env python3
"""Files that want to cost more than their size, each at several sizes: the CPU time must grow with the size, not with its square.

Prints a Markdown table: milliseconds for each megabyte at the largest size, and how the time grew each time the size doubled
(2 is linear, 4 is quadratic; small files mostly pay for the start of the process). Files are removed at the end.

    hostile.py [--largest 8000000] [--doublings 3] [--quern PATH] [--threads 2] [--only WORD] [--limit SECONDS] [--json]

It ends with exit code 1 when a kind takes more than twice the time that twice the size allows, or runs into the limit.
"""

import argparse
import json
import os
import pathlib
import random
import resource
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
# What a doubling may cost at most, of times that are long enough to mean something.
MOST_GROWTH = 3.0
LEAST_SECONDS = 0.25

# Enough sane rows that the file is taken for a table, whatever follows.
LEAD = b"a,b\n" + b"1,2\n" * 2500


def repeated(piece, size, lead=b""):
    return (lead + piece * (size // len(piece) + 1))[:size]


def random_bytes(size, lead=LEAD):
    return lead + random.Random(7).randbytes(max(0, size - len(lead)))


def some_bytes(alphabet, size, lead=LEAD):
    return lead + bytes(random.Random(9).choices(alphabet, k=max(0, size - len(lead))))


def many_columns(size):
    names = b",".join(b"c%d" % n for n in range(9000)) + b"\n"
    return names + (b"," * 8999 + b"\n") * max(1, (size - len(names)) // 9000)


def objects_with_new_keys(size):
    lines, length, number = [], 0, 0
    while length < size:
        lines.append(b'{"k%d":1}\n' % number)
        length += len(lines[-1])
        number += 1
    return b"".join(lines)


# name: (file name, bytes by size, more arguments)
KINDS = {
    "ordinary rows": ("csv", lambda n: repeated(b"1,some text,2024-01-01,3.5\n", n, b"a,b,c,d\n"), []),
    "lines of one quote": ("csv", lambda n: repeated(b'"\n', n), []),
    "lines of one quote under a header": ("csv", lambda n: repeated(b'"\n', n, LEAD), []),
    "quotes that open and never close": ("csv", lambda n: repeated(b'1,"x\n', n, LEAD), []),
    "quotes that close too early": ("csv", lambda n: repeated(b'1,"x"y\n', n, LEAD), []),
    "quotes inside fields": ("csv", lambda n: repeated(b'1,x"y"z\n', n, LEAD), []),
    "quotes across lines, out of step": ("csv", lambda n: repeated(b'"x\nx",', n, LEAD), []),
    "quotes across lines, too few fields": ("csv", lambda n: repeated(b'"x\ny"\n', n, LEAD), []),
    "doubled quotes only": ("csv", lambda n: repeated(b'""', n, LEAD + b'"'), []),
    "only quotes": ("csv", lambda n: repeated(b'"', n, LEAD), []),
    "random bytes": ("csv", random_bytes, []),
    "random bytes to Parquet": ("csv", random_bytes, ["parquet"]),
    "quotes, commas and breaks at random": ("csv", lambda n: some_bytes(b'",\nx', n), []),
    "the same in Windows-1252": ("csv", lambda n: some_bytes(b'",\nx\xe9', n), []),
    "the same in UTF-16": ("csv", lambda n: b"\xff\xfe" + some_bytes(b'",\nx', n // 2).decode().encode("utf-16-le"), []),
    "rejects in Windows-1252": ("csv", lambda n: repeated(b"caf\xe9\n", n, LEAD), []),
    "only delimiters": ("csv", lambda n: repeated(b",", n, LEAD), []),
    "only line breaks": ("csv", lambda n: repeated(b"\n", n, LEAD), []),
    "only carriage returns": ("csv", lambda n: repeated(b"1,2\r", n, b"a,b\r"), []),
    "carriage returns under line feeds": ("csv", lambda n: repeated(b"1,2\r", n, LEAD), []),
    "NULs": ("csv", lambda n: repeated(b"\0", n, LEAD), []),
    "one huge field": ("csv", lambda n: LEAD + b'1,"' + b"x" * n, []),
    "one endless line": ("csv", lambda n: LEAD + b"x" * n, []),
    "nine thousand columns": ("csv", many_columns, []),
    "nine thousand columns to Parquet": ("csv", many_columns, ["parquet"]),
    "a very long header": ("csv", lambda n: b",".join(b"n" * 4000 + b"%d" % k for k in range(min(1900, n // 4000 + 1))) + b"\n1\n", []),
    "long numbers": ("csv", lambda n: repeated(b"1" * 400 + b"." + b"2" * 400 + b"e-3\n", n, b"a\n"), ["parquet"]),
    "values that all differ": ("csv", lambda n: b"a\n" + b"".join(b"%x\n" % (k * 2654435761 % 2**32) for k in range(n // 9)), ["parquet"]),
    "a text that is nearly there": ("csv", lambda n: LEAD + b"1," + b"a" * min(n, 4_000_000) + b"\n", ["--filter", "b contains " + "a" * 20_000 + "b"]),
    "deep arrays in lines": ("jsonl", lambda n: repeated(b'{"a":' + b"[" * 4000 + b"\n", n), []),
    "deep arrays, one line": ("jsonl", lambda n: b'{"a":1}\n{"a":' + b"[" * n, []),
    "deep array file": ("json", lambda n: b"[" * (n // 2) + b"]" * (n // 2), []),
    "unbalanced brackets": ("json", lambda n: b"[" + b'{"a":[' * (n // 6), []),
    "unbalanced brackets in lines": ("jsonl", lambda n: repeated(b'{"a":[{"b":1\n', n), []),
    "escapes": ("jsonl", lambda n: repeated(b'{"a":"' + b"\\u0041" * 100 + b'"}\n', n), []),
    "strings that do not end": ("jsonl", lambda n: repeated(b'{"a":"\n', n), []),
    "keys that are always new": ("jsonl", objects_with_new_keys, []),
    "keys that are always new, to Parquet": ("jsonl", objects_with_new_keys, ["parquet"]),
    "empty objects": ("jsonl", lambda n: repeated(b"{}\n", n, b'{"a":1}\n'), []),
}


def measure(kind, quern, source, folder, arguments, threads, limit):
    """CPU seconds of one run, or None when the limit was reached."""
    arguments = list(arguments)
    ending = arguments.pop(0) if arguments and not arguments[0].startswith("-") else "csv"
    for old in folder.glob("out*"):
        old.unlink()
    words = [quern, "transform", source, "-o", folder / f"out.{ending}", "--threads", str(threads), "--quiet", *arguments]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=lambda: resource.setrlimit(
        resource.RLIMIT_CPU, (limit, limit)))
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return None
    if process.returncode not in (0, 1, 2):
        raise SystemExit(f"{kind}: ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, default=8_000_000, help="bytes of the largest file of each kind")
    parser.add_argument("--doublings", type=int, default=3)
    parser.add_argument("--quern", default=os.environ.get("QUERN_BIN") or str(ROOT / ".build/release/quern"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", default="", help="only kinds whose name holds this")
    parser.add_argument("--limit", type=int, default=120, help="CPU seconds after which a run counts as lost")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    results, bad = {}, []
    with tempfile.TemporaryDirectory(prefix="quern-hostile-") as name:
        folder = pathlib.Path(name)
        for kind, (ending, make, arguments) in KINDS.items():
            if options.only not in kind:
                continue
            times = []
            for step in range(options.doublings, -1, -1):
                source = folder / f"in.{ending}"
                source.write_bytes(make(options.largest >> step))
                seconds = measure(kind, options.quern, source, folder, arguments, options.threads, options.limit)
                times.append((source.stat().st_size, seconds))
                source.unlink()
                if seconds is None:
                    break
            results[kind] = times
            for (_, before), (_, after) in zip(times, times[1:]):
                if after is None or (before > LEAST_SECONDS and after > before * MOST_GROWTH):
                    bad.append(kind)
    if options.json:
        print(json.dumps(results))
    else:
        print("| kind | MB | CPU seconds | ms each MB | growth at each doubling |\n|---|---:|---:|---:|---|")
        for kind, times in results.items():
            size, seconds = times[-1]
            growth = ", ".join(
                "over" if after is None else f"{after / before:.1f}" for (_, before), (_, after) in zip(times, times[1:]))
            told = "over" if seconds is None else f"{seconds:.2f}"
            rate = "over" if seconds is None else f"{seconds * 1e9 / size:.0f}"
            print(f"| {kind} | {size / 1e6:.1f} | {told} | {rate} | {growth} |")
    if bad:
        print(f"More than linear: {', '.join(sorted(set(bad)))}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
