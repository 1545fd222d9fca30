"""One table, for whoever reads it: a terminal, a page of HTML, the documentation."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from prenuc.quantities import legible

if TYPE_CHECKING:
    from collections.abc import Callable

NOTHING = {"", "–"}  # what stands in an empty cell
SHORT = 20  # letters of a cell, a number or an interval, that stays on one line


@dataclass(frozen=True, kw_only=True)
class Table:
    """Headings and rows of text.

    Args:
        headings: Heading of each of n columns.
        rows: Cells, shape (m, n).
        caption: What it shows.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""

    def html(self, words: Callable[[str], str] = str) -> str:
        """Return a table element; every cell is escaped.

        Args:
            words: What is made of every text before.
        """
        head = "".join(_heading(words(heading)) for heading in self.headings)
        body = "".join(
            "<tr>"
            + "".join(f"<td{_short(cell)}>{escape(words(cell))}</td>" for cell in row)
            + "</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def told(self) -> Table:
        """Return the table without columns in which nothing stands, the first one but for that."""
        columns = [{*column} - NOTHING for column in zip(*self.rows, strict=True)]
        kept = [i for i in range(len(self.headings)) if i == 0 or not columns or columns[i]]
        return Table(
            caption=self.caption,
            headings=tuple(self.headings[i] for i in kept),
            rows=tuple(tuple(row[i] for i in kept) for row in self.rows),
        )

    def markdown(self) -> str:
        """Return lines of Markdown, the last one ended too."""
        lines = [self.headings, ["---"] * len(self.headings), *self.rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _heading(text: str) -> str:
    """Return a cell of the head; one without a word is no heading."""
    return f'<th scope="col">{escape(text)}</th>' if text else "<td></td>"


def _short(cell: str) -> str:
    """Return the attribute that keeps a short cell on one line."""
    return ' class="number"' if len(cell) <= SHORT else ""


def fixed(number: float | None, digits: int) -> str:
    """Return a number with so many decimals; a dash for none."""
    return "–" if number is None else f"{number:.{digits}f}"


def with_unit(number: float | None, unit: str = "1") -> str:
    """Return a number for people with its unit; nothing for none.

    Args:
        number: It, in ``unit``.
        unit: "1" for none.
    """
    return "" if number is None else in_unit(legible(number), unit)


def in_unit(number: str, unit: str) -> str:
    """Return a written number with its unit.

    Args:
        number: It, in ``unit``.
        unit: "1" for none.
    """
    return number if unit in {"1", ""} else f"{number} {unit}"
