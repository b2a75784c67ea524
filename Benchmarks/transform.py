#!/usr/bin/env python3
"""The same tabular work done by Quern, DuckDB and Polars, side by side.

Makes a CSV file (the same bytes every time), runs each engine in a process of its own with the same number of
threads, checks that all count the same rows, and prints a Markdown table. Files are removed at the end.

    transform.py [--bytes 1000000000] [--threads 2] [--repeat 1] [--quern PATH] [--dir DIR]

The Python that runs this needs duckdb and polars; an engine that is missing is left out of the table.
"""

import argparse
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TIMEOUT_SECONDS = 900

FIRST = "Asha Ben Chloé Dmitri Elif Farid Grace Hiro Ines João Kavya Liam Mira Nils Olga Priya Quinn Rosa Sven Tara".split()
LAST = "Sharma Müller Dupont Ivanov Yilmaz Haddad Okafor Tanaka García Silva Nair Walsh Novak Berg Petrova Rao Adams Rossi Lund Singh".split()
PLACES = [
    ("India", "Mumbai"), ("India", "Pune"), ("Germany", "Köln"), ("France", "Lyon"), ("Brazil", "São Paulo"),
    ("Japan", "Osaka"), ("Nigeria", "Lagos"), ("Spain", "Sevilla"), ("United States", "Portland"), ("Poland", "Łódź"),
    ("Kenya", "Nairobi"), ("Nepal", "Kathmandu"), ("Mexico", "Puebla"), ("Turkey", "İzmir"), ("Canada", "Halifax"),
    ("Italy", "Bari"), ("Norway", "Bergen"), ("Egypt", "Giza"), ("Vietnam", "Huế"), ("Chile", "Arica"),
]
NOTES = [
    "", "", "", "renewed", "called twice", '"prefers mail, not phone"', '"said ""later"", ask in spring"',
    '"one, two, three"', "waiting for a reply from the office in the other town", '"invoice sent, paid"',
]
HEADER = "id,name,email,country,city,age,salary,signup_date,last_seen,note\n"


def generate(path, size):
    """Writes rows until the file has `size` bytes; returns the number of rows."""
    state = 12345
    row = 0
    with open(path, "wb", buffering=1 << 22) as file:
        file.write(HEADER.encode())
        written = len(HEADER)
        while written < size:
            lines = []
            for _ in range(20000):
                # A linear congruential generator: the same everywhere, and quick.
                state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
                r = state >> 24
                row += 1
                first = FIRST[r % 20]
                last = LAST[(r >> 5) % 20]
                country, city = PLACES[(r >> 10) % 20]
                age = 18 + (r >> 15) % 70
                day = 1 + (r >> 20) % 28
                month = 1 + (r >> 25) % 12
                salary = 18000 + (r >> 8) % 90000
                lines.append(
                    f"{row},{first} {last},{first.lower()}.{row}@example.com,{country},{city},{age},{salary}.{r % 100:02d},"
                    f"20{10 + (r >> 30) % 15}-{month:02d}-{day:02d},2024-{month:02d}-{day:02d} {(r >> 12) % 24:02d}:"
                    f"{(r >> 17) % 60:02d}:{(r >> 22) % 60:02d},{NOTES[(r >> 27) % 10]}\n"
                )
            block = "".join(lines).encode()
            file.write(block)
            written += len(block)
    return row


TASKS = {
    "filter to CSV": ("csv", True),
    "filter to Parquet": ("parquet", True),
    "all to Parquet": ("parquet", False),
}

DUCKDB = """
import sys, duckdb
source, target, threads, filtered = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4] == "1"
con = duckdb.connect(config={"threads": int(threads)})
con.execute("SET preserve_insertion_order = true")
kind = "FORMAT PARQUET, COMPRESSION SNAPPY" if target.endswith("parquet") else "FORMAT CSV, HEADER"
where = " WHERE country = 'India'" if filtered else ""
rows = con.execute(f"COPY (SELECT * FROM read_csv('{source}'){where}) TO '{target}' ({kind})").fetchall()[0][0]
print(rows)
"""

POLARS = """
import os, sys
source, target, threads, filtered = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4] == "1"
os.environ["POLARS_MAX_THREADS"] = threads
import polars as pl
frame = pl.scan_csv(source, try_parse_dates=True)
if filtered:
    frame = frame.filter(pl.col("country") == "India")
if target.endswith("parquet"):
    frame.sink_parquet(target, compression="snappy", engine="streaming")
else:
    frame.sink_csv(target, engine="streaming")
print(-1)
"""


def command(engine, quern, source, target, threads, filtered):
    if engine == "Quern":
        words = [quern, "transform", source, "-o", target, "--threads", str(threads), "--json"]
        return words + (["--filter", "country eq India"] if filtered else [])
    script = DUCKDB if engine == "DuckDB" else POLARS
    return [sys.executable, "-c", script, source, target, str(threads), "1" if filtered else "0"]


def measure(words):
    """Seconds, CPU seconds, peak bytes and the answer of a process."""
    started = time.monotonic()
    with tempfile.TemporaryFile() as answer:
        process = subprocess.Popen(words, stdout=answer, stderr=subprocess.DEVNULL, start_new_session=True)
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() - started > TIMEOUT_SECONDS:
                process.kill()
            time.sleep(0.002)
        seconds = time.monotonic() - started
        # The process is already collected; Popen must not wait for it again.
        process.returncode = os.waitstatus_to_exitcode(status)
        answer.seek(0)
        text = answer.read().decode(errors="replace").strip()
    if process.returncode != 0:
        raise SystemExit(f"{words[0]} ended with {process.returncode}: {text[-500:]}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, text


COUNT = """
import sys, duckdb
reader = "read_parquet" if sys.argv[1].endswith("parquet") else "read_csv"
print(duckdb.sql(f"SELECT count(*) FROM {reader}('{sys.argv[1]}')").fetchall()[0][0])
"""


def rows_in(path):
    """Rows of an output, counted by somebody else than who wrote it.

    In a process of its own, as everything large is: the peak memory of a child begins with that of who starts it.
    """
    done = subprocess.run([sys.executable, "-c", COUNT, path], capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=True)
    return int(done.stdout)


def available(engine, quern):
    if engine == "Quern":
        return bool(quern and os.path.exists(quern))
    return importlib.util.find_spec(engine.lower()) is not None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bytes", type=int, default=1_000_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=1, help="runs of each; the fastest counts")
    parser.add_argument("--quern", default=os.environ.get("QUERN_BIN") or str(ROOT / ".build/release/quern"))
    parser.add_argument("--dir", default=None, help="where the files are put while it runs")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--generate", metavar="FILE", help="only make the CSV file, print its number of rows, and end")
    options = parser.parse_args()
    if options.generate:
        print(generate(options.generate, options.bytes))
        return

    engines = [name for name in ("Quern", "DuckDB", "Polars") if available(name, options.quern)]
    if "Quern" not in engines:
        raise SystemExit("There is no quern to measure; build it (make build) or set QUERN_BIN.")
    folder = tempfile.mkdtemp(prefix="quern-bench-", dir=options.dir)
    try:
        if shutil.disk_usage(folder).free < options.bytes * 3:
            raise SystemExit("There is not enough free disk for the files.")
        source = os.path.join(folder, "people.csv")
        made = subprocess.run(
            [sys.executable, __file__, "--generate", source, "--bytes", str(options.bytes)], capture_output=True, text=True, check=True)
        rows = int(made.stdout)
        size = os.path.getsize(source)
        results = {}
        for task, (extension, filtered) in TASKS.items():
            counts = {}
            for engine in engines:
                best = None
                for _ in range(options.repeat):
                    target = os.path.join(folder, f"{engine}.{extension}")
                    pathlib.Path(target).unlink(missing_ok=True)
                    # Everybody begins with the input in memory and nothing left to write.
                    os.sync()
                    with open(source, "rb", buffering=0) as file:
                        while file.read(1 << 24):
                            pass
                    run = measure(command(engine, options.quern, source, target, options.threads, filtered))
                    if best is None or run[0] < best[0]:
                        best = run
                counts[engine] = rows_in(target)
                results[task, engine] = (*best[:3], os.path.getsize(target))
                os.unlink(target)
            if len(set(counts.values())) != 1 or (not filtered and counts["Quern"] != rows):
                raise SystemExit(f"{task}: the engines do not agree on the rows: {counts}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)

    if options.json:
        print(json.dumps([{"task": t, "engine": e, "seconds": r[0], "cpu_seconds": r[1], "peak_bytes": r[2], "output_bytes": r[3]}
                          for (t, e), r in results.items()]))
        return
    print(f"{size / 1e9:.2f} GB of CSV, {rows} rows, {options.threads} threads, best of {options.repeat}\n")
    print("| task | engine | seconds | CPU seconds | peak MiB | output MB | time, Quern = 1 |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for (task, engine), (seconds, cpu, peak, output) in results.items():
        ratio = seconds / results[task, "Quern"][0]
        print(f"| {task} | {engine} | {seconds:.2f} | {cpu:.2f} | {peak / 2**20:.0f} | {output / 1e6:.0f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
