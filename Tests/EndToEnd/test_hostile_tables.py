"""Generated tables, most of them broken in some place: none crashes the executable, and none loses a cell without a word.

Every cell of a table holds a word of its own. What ends well without a remark has all words in its output; what rejected rows has them
in its output and its rejects. With QUERN_LONG there are ten thousand.
"""

import json
import random
import re

import pytest

from served import LONG, run_quern

FINE, FAILED, PARTIAL = 0, 1, 2
BATCHES, TABLES = (200, 50) if LONG else (4, 50)
WORD = re.compile(rb"q\d+z")
ODD = [
    "", "a", "-5", "3.14", "NA", "true", "2024-01-05", "31/12/2024", "1,5", "1.234,50", '"', 'a"b', '"q', "\\", 'a\\"', "l1\nl2", "l1\rl2",
    " lead", "trail ", "#x", "=1+1", "é", "中文", "\x00", "\x1a", "007", "1e400", "9007199254740993", "sep=;", "'x'", "||", "a|b", "a;b", "\ufeff",
]
BYTES = b'",;\t|\n\r \x00\\\'#{}[]:\xff\xef\xc3\x80\x1a'


class Maker:
    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.words = 0
        self.is_wide = False

    def word(self):
        self.words += 1
        return f"q{self.words}z"

    def cell(self):
        kind = self.dice.random()
        return self.word() if kind < 0.5 else self.dice.choice(ODD) + (self.word() if kind < 0.9 else "")

    def csv(self):
        dice = self.dice
        delimiter, quote, end = dice.choice(",,,,;;\t\t|^:~"), dice.choice('""""\''), dice.choice(["\n", "\n", "\r\n", "\r"])
        width, height = dice.choice([(1, 3), (2, 2), (3, 5), (5, 8), (4, 30), (40, 3)])

        def written(cell):
            needed = any(mark in cell for mark in (delimiter, quote, "\n", "\r")) or dice.random() < 0.1
            return quote + cell.replace(quote, quote * 2) + quote if needed else cell

        lines = [[self.word() for _ in range(width)]] + [[self.cell() for _ in range(width)] for _ in range(height)]
        for line in lines[1:]:
            if dice.random() < 0.05:
                line.append(self.word()) if dice.random() < 0.5 or width == 1 else line.pop()
        text = "".join(delimiter.join(map(written, line)) + end for line in lines)
        codec = dice.choice(["utf-8"] * 6 + ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
        self.is_wide = codec.startswith(("utf-16", "utf-32"))
        return text.encode(codec), dice.choice(["in.csv", "in.txt", "in.tsv"])

    def json(self):
        dice = self.dice

        def value(depth=0):
            kind = dice.random()
            if kind < 0.5 or depth > 2:
                return json.dumps(self.word() + dice.choice(ODD), ensure_ascii=dice.random() < 0.5)
            if kind < 0.7:
                return dice.choice(["0", "-1.5", "1e400", "9223372036854775808", "true", "null", "NaN", '"\\ud800"', "01", "tru"])
            return "[" + ",".join(value(depth + 1) for _ in range(dice.randrange(3))) + "]" if kind < 0.85 else thing(depth + 1)

        def thing(depth=0):
            space = dice.choice(["", " ", "\n "])
            return "{" + ",".join(f'{space}"{key}":{space}{value(depth)}' for key in dice.sample("abcdefgh", dice.randrange(1, 6))) + "}"

        things = [thing() for _ in range(dice.choice([1, 2, 5, 20]))]
        text = dice.choice([
            "\n".join(each.replace("\n", " ") for each in things), "[" + ",\n".join(things) + "]", "\n".join(things),
            '{"rows":[' + ",".join(things) + "]}", "\x1e".join(things)])
        return text.encode("utf-8", "surrogatepass"), dice.choice(["in.json", "in.jsonl"])

    def broken(self, content):
        """With some bytes changed, added or taken away; the text of wide characters would be another text behind them."""
        if self.is_wide:
            return content
        text = bytearray(content)
        for _ in range(self.dice.choice([0, 1, 1, 2, 5])):
            place = self.dice.randrange(len(text) + 1)
            kind = self.dice.random()
            if kind < 0.4:
                text[place:place] = bytes([self.dice.choice(BYTES)]) * self.dice.choice([1, 1, 1, 300])
            elif kind < 0.8:
                text[place:place + self.dice.choice([1, 1, 3])] = bytes([self.dice.choice(BYTES)])
            else:
                del text[place:]
        return bytes(text)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_nothing_is_lost_without_a_word(tmp_path, batch):
    for seed in range(batch * TABLES, (batch + 1) * TABLES):
        maker = Maker(seed)
        content, name = maker.csv() if maker.dice.random() < 0.7 else maker.json()
        content = maker.broken(content)
        (tmp_path / name).write_bytes(content)
        ending = maker.dice.choice(["csv", "jsonl"])
        output, rejects = tmp_path / f"out.{ending}", tmp_path / "out.rejected.csv"
        output.unlink(missing_ok=True)
        rejects.unlink(missing_ok=True)
        ended = run_quern("transform", tmp_path / name, "-o", output, "--force", "--json")
        said = f"seed {seed}: {ended.returncode} {ended.stderr[:500]} {ended.stdout[:1500]}\n{content[:2000]!r}"
        assert ended.returncode in (FINE, FAILED, PARTIAL), said
        if ended.returncode == FAILED:
            assert ended.stderr.strip() and not output.exists(), said
            continue
        told = json.loads(ended.stdout)
        ledger = told["ledger"]
        assert ledger["rows_read"] == ledger["rows_written"] + ledger["rows_filtered"] + ledger["rows_rejected"], said
        assert (ledger["rows_rejected"] > 0) == (ended.returncode == PARTIAL) == rejects.exists(), said
        kept = output.read_bytes() + (rejects.read_bytes() if rejects.exists() else b"")
        expected = set(WORD.findall(content.replace(b"\0", b"") if maker.is_wide else content))
        lost = expected - set(WORD.findall(kept))
        # JSON says the names of its columns in its keys, and an object without rows has none.
        lost -= {word for column in told["columns"] for word in WORD.findall(column["name"].encode())}
        assert not lost or told["remarks"], f"lost {lost} in {said}"
