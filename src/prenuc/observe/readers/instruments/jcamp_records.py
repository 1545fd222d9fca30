"""The labelled records of JCAMP-DX text, block by block.

References: R. S. McDonald, P. A. Wilks, Appl. Spectrosc. 42 (1988) 151 (JCAMP-DX 4.24); P. Lampen,
H. Hillig, A. N. Davies, M. Linscheid, Appl. Spectrosc. 48 (1994) 1545 (NTUPLES).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_RECORD = re.compile(r"[ \t]*##[ \t]*([^=\n]*?)[ \t]*=(.*)")
PLAIN = r"[+-]?(?:\d+\.?\d*|\.\d+)"
NUMBER = re.compile(rf"{PLAIN}(?:[eE][+-]?\d{{1,4}})?|\?")


@dataclass
class Block:
    """One block of a file: what it says, and its tables.

    Args:
        line: Of its title, counted from 1.
        facts: Its records by label, in capitals without blanks, dashes and slashes.
        tables: Form, lines of text and number of the first of them, for each table.
        pages: For each table what its page says, such as "T=5".
    """

    line: int
    facts: dict[str, str] = field(default_factory=dict)
    tables: list[tuple[str, list[str], int]] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)

    def number(self, label: str) -> float | None:
        """Return the number that a record holds, None where it holds none."""
        found = NUMBER.match(self.facts.get(label, "").strip())
        return None if found is None or found[0] == "?" else float(found[0])


_TABLES = {"XYDATA", "XYPOINTS", "DATATABLE", "PEAKTABLE", "PEAKASSIGNMENTS", "ASSIGNMENTS"}
_TABLES |= {"RADATA", "XYW"}


def read_blocks(text: str) -> list[Block]:
    """Return the blocks of a file that hold tables, in the order of their titles.

    Args:
        text: The file, with plain line ends.
    """
    reading = _Reading()
    for number, written in enumerate(text.split("\n"), 1):
        line = written.partition("$$")[0]
        record = _RECORD.fullmatch(line)
        if record is None:
            reading.go_on(line)
        else:
            label = re.sub(r"[\s\-/_]", "", record[1]).upper()
            reading.begin(label, record[2].strip(), number)
    return [block for block in reading.blocks if block.tables]


class _Reading:
    """The state of one pass over a file: open blocks, and the record that a line may go on."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._open: list[Block] = []
        self._table: list[str] | None = None
        self._label = self._page = ""

    def begin(self, label: str, value: str, number: int) -> None:
        """Begin a record."""
        self._table, self._label = None, ""
        if label == "TITLE":
            self.blocks.append(Block(number))
            self._open.append(self.blocks[-1])
            self._page = ""
        if not self._open:
            return
        block = self._open[-1]
        if label == "END":
            self._open.pop()
        elif label == "PAGE":
            self._page = value
        elif label in _TABLES:
            self._table = []
            form = value if label != "PEAKTABLE" else f"peaks {value}"
            block.tables.append((form, self._table, number + 1))
            block.pages.append(self._page)
        elif label not in block.facts:
            block.facts[label], self._label = value, label

    def go_on(self, line: str) -> None:
        """Go on with the record above."""
        if self._table is not None:
            self._table.append(line)
        elif self._label and self._open and line.strip():
            facts = self._open[-1].facts
            facts[self._label] = f"{facts[self._label]}\n{line}"[:2000]
