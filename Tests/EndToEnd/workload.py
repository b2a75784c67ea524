"""Inputs that keep a worker busy for a known while, whatever the machine and the build."""

import os
import random
import time

from served import convert_step, filter_step

CITIES = ["New York", "London", "Pune", "São Paulo", "Tokyo", "Nairobi", "Zürich", "Lima"]
STEPS = [filter_step("city", "ne", "Lima"), convert_step("parquet")]
FIRST_ROWS = 20_000
MOST_BYTES = 200_000_000


def write_rows(path, rows, seed=11):
    """The same rows for the same numbers. One block of lines is drawn and repeated, with its line numbers renewed."""
    dice = random.Random(seed)
    tails = [
        f",name {dice.randrange(10**6)},{dice.choice(CITIES)},{dice.randrange(90)},{dice.random() * 1000:.3f},"
        f"20{dice.randrange(10, 26)}-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02},\"said \"\"{dice.randrange(99)}\"\", left\"\n"
        for _ in range(5000)
    ]
    with open(path, "w", encoding="utf-8", buffering=1 << 20) as file:
        file.write("id,name,city,age,score,day,remark\n")
        for number in range(rows):
            file.write(f"{number}{tails[number % len(tails)]}")
    return path


def busy_file(client, folder, seconds):
    """A file whose job runs for about so many seconds on this machine: one job is timed, then the size is scaled."""
    probe = write_rows(folder / "probe.csv", FIRST_ROWS)
    taken = timed(client, probe)
    rows = FIRST_ROWS
    if taken < seconds / 2:
        rows = min(FIRST_ROWS * 10, rows_within_limit(probe))
        probe = write_rows(folder / "probe.csv", rows)
        taken = timed(client, probe)
    wanted = max(FIRST_ROWS, int(rows * seconds / max(taken, 0.01)))
    return write_rows(folder / "busy.csv", min(wanted, rows_within_limit(probe)))


def rows_within_limit(probe):
    with open(probe, "rb") as file:
        lines = sum(1 for _ in file)
    return int(lines * MOST_BYTES / os.path.getsize(probe))


def timed(client, path):
    with open(path, "rb") as file:
        job = client.submit(file, "busy.csv", STEPS)
    started = time.monotonic()
    done = client.wait(job, pause=0.01, seconds=120)
    assert done["status"] == "COMPLETED", done
    return time.monotonic() - started
