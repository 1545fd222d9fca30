"""Cells that hold no number: what stands for a reading that was not taken, and how it is told.

A spectrometer that is blinded writes ``OVER`` or ``----``, a spreadsheet ``#N/A`` or nothing at
all. Such a reading is masked: it becomes NaN in its place, and a line of the history says how many
there are. Nothing is masked that may be a damaged number (a cell with a digit in it), and never the
first column, where a missing wavelength or time is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.errors import listed
from prenuc.observe.readers.data_file import printable
from prenuc.observe.readers.decimals import HOLE, SEP, is_number

if TYPE_CHECKING:
    from collections.abc import Sequence


MOST_IN_WORD = 30  # signs; what is longer is a remark
# What instruments and spreadsheets write; the last lines are blank, dashes and the like.
_WORDS = re.compile(
    r"over|over[ _-]?(range|flow|load|scale)(ed)?|ovr?fl?w?|ovr|ol|o\.l\.|o/?r|"
    r"(out[ _]of|off|beyond)[ _-]?(range|scale|limits?)|under[ _-]?(range|flow)?|"
    r"sat|sat\.|saturat(ed|ion)|clip(ped)?|too (high|low)|"
    r"[+-]?nan(\(.*\))?|na|<na>|n[./]?\s?[ad]\.?|nd|k\.\s?a\.|null|nil|none|missing|void|empty|blank|"
    r"no (data|value|reading)|not (measured|available)|invalid|bad|fail(ed)?|err(or)?|fehler|"
    r"[üu]e?berl(auf)?|hors (gamme|limites?)|satur[ée]e?|"
    r"[+-]?inf(inity)?|[+-]?∞|#n/a|#[a-z]+[!?]|#div/0!|[+-]?1[.,]#[a-z]+0*|"
    r"[<>≥≤]=?\s*[+-]?[\d.,]+|"
    r"[-‒–—―*#?.,:/\\_x~| ]*",
    re.IGNORECASE,
)
_DAMAGED = re.compile(r"[+-]?\d[\d.,]*[^\W\d_]{1,2}[\d.,]*|[+-]?\d[\d.,]*[?*!]+")
_NEVER_A_NAME = re.compile(r"over|[+-]?nan|[+-]?inf|n/a|\W{2}|[+-]?\d", re.IGNORECASE)
# Two words that blanks must not tear apart where blanks separate the cells.
TWO_WORDS = re.compile(r"(?i)\b(over|under|out of|off|beyond|no|not|too)[ \t]+(?=[a-z])")


@dataclass(frozen=True)
class Hole:
    """A cell of a table without a number.

    Args:
        row: Its row in the table, counted from 0.
        column: Its column.
        word: What stands there; empty for a blank cell.
    """

    row: int
    column: int
    word: str


def stands_for_nothing(cell: str) -> bool:
    """Whether a cell says that there is no reading, as ``OVER``, ``n/a`` or a blank cell do."""
    return len(cell) <= MOST_IN_WORD and _WORDS.fullmatch(cell.strip()) is not None


def span(joined: str, *, any_word: bool) -> tuple[int, int]:
    """Return the fewest and the most columns of a table of which a line may be a row with holes.

    Blank cells at the end may belong to the table or not, so there are two numbers.

    Args:
        joined: The line, its cells joined by ``SEP``.
        any_word: Whether any word may stand for a missing reading beside a number.

    Returns:
        Two numbers of columns; zeros for a line that is no row.
    """
    cells = [cell.strip() for cell in joined.split(SEP)]
    if len(cells) < 2 or not is_number(cells[0]):
        return 0, 0
    others = [cell for cell in cells[1:] if not is_number(cell)]
    beside = any_word and len(others) < len(cells) - 1
    if not all(stands_for_nothing(cell) or (beside and _is_word(cell)) for cell in others):
        return 0, 0
    return max(place for place, cell in enumerate(cells, 1) if cell), len(cells)


def _is_word(cell: str) -> bool:
    return len(cell) <= MOST_IN_WORD and not any(map(str.isdigit, cell))


def fill(joined: str, row: int, width: int) -> tuple[str, list[Hole]]:
    """Return a row of ``width`` cells whose holes are ``HOLE``, and the holes.

    Args:
        joined: The row, its cells joined by ``SEP``.
        row: Its number in the table, counted from 0.
        width: Columns of the table.
    """
    cells = [cell.strip() for cell in joined.split(SEP)[:width]]
    cells += [""] * (width - len(cells))
    places = [column for column, cell in enumerate(cells) if not is_number(cell)]
    holes = [Hole(row, column, cells[column]) for column in places]
    for column in places:
        cells[column] = HOLE
    return SEP.join(cells), holes


def lost_number(cell: str) -> bool:
    """Whether a cell looks like a number that was lost (``--``) or damaged (``4O0``)."""
    cell = cell.strip()
    return cell not in {"", "#"} and (
        stands_for_nothing(cell) or _DAMAGED.fullmatch(cell) is not None
    )


def is_no_name(cell: str) -> bool:
    """Whether a lost number can be no name of a row of names, as ``nan``, ``--`` and ``OVER``."""
    return lost_number(cell) and _NEVER_A_NAME.match(cell.strip()) is not None


def in_words(holes: Sequence[Hole]) -> str:
    """Return what stands in the holes: ``no number: 'OVER', empty cell``."""
    words = dict.fromkeys(hole.word for hole in holes)
    return "no number: " + listed([f"'{printable(w, 40)}'" if w else "empty cell" for w in words])
