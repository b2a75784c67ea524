"""Documents that are made to know what stands in them: each case writes one file and says what a careful person would read in it."""

import dataclasses
import pathlib
import random
from collections.abc import Callable

WORDS = """mill stone water wheel river grain flour bread field harvest barley oats rye wheat sack cart horse bridge lantern window garden
orchard village market winter summer morning evening letter journey teacher doctor captain sailor harbour island mountain valley forest
meadow castle tower kitchen table chair basket bottle copper silver golden simple quiet narrow heavy gentle broken hidden distant early
carry follow gather answer measure remember promise wonder travel listen explain repair""".split()


@dataclasses.dataclass
class Case:
    """One document and its truth.

    name: file name with its ending. area: the row of the table that it counts in. make: writes the file at the path that it is given.

    text: all that a reader sees, in the order of reading; words in `either` (headers, page numbers, notes, alternative texts: what tools
    may show or leave) are taken from both sides before they are compared. has: pieces that must be there. lacks: pieces that must not be in
    the visible text. order: pieces in the order in which they must follow. tables: each a list of rows of cells, a merged cell's text in its
    first cell and "" in the others. headings: (level, text), level 0 where any will do. ends: "read", or how the document must be refused:
    "locked", "broken" (an error is right, and so is a text that has what `has` says).
    """

    name: str
    area: str
    make: Callable[[pathlib.Path], None]
    text: str | None = None
    either: tuple[str, ...] = ()
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    tables: list[list[list[str]]] | None = None
    headings: list[tuple[int, str]] | None = None
    ends: str = "read"


class Prose:
    """Words, sentences and numbers that differ with the seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def word(self):
        return self.random.choice(WORDS)

    def words(self, count):
        return " ".join(self.word() for _ in range(count))

    def name(self):
        """Two words that no other piece has: for what must be found, or must not."""
        return f"{self.word().capitalize()}{self.random.randrange(1000, 9999)} {self.word()}{self.random.randrange(100, 999)}"

    def sentence(self, count=12):
        text = self.words(count)
        return text[0].upper() + text[1:] + "."

    def paragraph(self, sentences=4):
        return " ".join(self.sentence(self.random.randrange(8, 15)) for _ in range(sentences))

    def number(self, low=10, high=9999):
        return self.random.randrange(low, high)
