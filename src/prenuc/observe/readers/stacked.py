"""Finds spectra that stand below one another on one grid, and what is written above each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.observe.readers.cells import SEP
from prenuc.observe.readers.data_file import printable
from prenuc.observe.readers.number_table import FEWEST_ROWS, Rows, split

if TYPE_CHECKING:
    from collections.abc import Sequence


def joined_blocks(runs: list[Rows], joined: Sequence[str]) -> tuple[Rows, list[Rows]] | None:
    """Return the rows of all tables of two columns as one, and its tables, if they are on one grid.

    Args:
        runs: The runs of rows of a file.
        joined: Its lines, the cells of each joined by ``SEP``.
    """
    blocks = [run for run in runs if len(run.rows) >= FEWEST_ROWS]
    if len(blocks) < 2 or any(run.width != 2 for run in blocks):
        return None
    grids = {tuple(joined[row].split(SEP, 1)[0].strip() for row in run.rows) for run in blocks}
    if len(grids) > 1:
        return None
    rows = [row for run in blocks for row in run.rows]
    return Rows(rows, 2, min(run.most for run in blocks)), blocks


def titles_of(
    blocks: list[Rows], lines: Sequence[str], delimiter: str
) -> tuple[tuple[str, ...], ...]:
    """Return what is written above each block: its title, and the name of its column.

    Args:
        blocks: The rows of each block.
        lines: The lines of the file.
        delimiter: What parts their cells.
    """
    ends = [max(blocks[0].rows[0] - 5, 0), *(run.rows[-1] + 1 for run in blocks[:-1])]
    titles = []
    for end, run in zip(ends, blocks, strict=True):
        between = [line.strip(delimiter + ' \t"') for line in lines[end : run.rows[0]]]
        written = [line for line in between if line]
        # The line right above the first number names the columns where there are two.
        names = split(written[-1], delimiter) if written else []
        named = names[1:] if len(names) == 2 and delimiter != " " else []
        above = written[-2:-1] if len(written) > 1 else [] if named else written
        titles.append(tuple(printable(text, 200) for text in [*above, *named]))
    return tuple(titles)
