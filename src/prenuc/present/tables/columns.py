"""How wide the columns of a table are, so that it fits a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

GAP = 2  # blanks between two columns
UNBROKEN = 24  # signs of a cell that rather stays on one line


def parts(columns: Sequence[Sequence[str]], room: int) -> Iterator[dict[int, int]]:
    """Yield the columns that stand beside each other, with the width of each, part by part.

    Cells stay on one line where all columns fit beside each other so; else long ones, else all of
    them are broken between words; and where that does not do, the columns stand in parts, each with
    the first.

    Args:
        columns: The texts of each column, its heading first.
        room: Signs in a line.

    Yields:
        The width of each column of the part, by its number.
    """
    words = [_longest_word(column) for column in columns]
    whole = [
        max([word, *map(len, column[1:])]) for word, column in zip(words, columns, strict=True)
    ]
    mixed = [full if full <= UNBROKEN else word for word, full in zip(words, whole, strict=True)]
    pairs = all(_needed([mixed[0], width]) <= room for width in mixed[1:])
    least = next(
        (widths for widths in (whole, mixed, words) if _needed(widths) <= room),
        mixed if pairs else words,
    )
    for part in _beside(least, room):
        widths = {i: min(least[i], room) for i in part}
        spare = room - _needed(widths.values())
        for i in part:  # what is left goes to the first that has longer lines
            more = max(0, min(max(map(len, columns[i])) - widths[i], spare))
            widths[i] += more
            spare -= more
        yield widths


def _longest_word(texts: Iterable[str]) -> int:
    return max(len(word) for text in texts for word in text.split() or [""])


def _needed(widths: Iterable[int]) -> int:
    found = list(widths)
    return sum(found) + GAP * (len(found) - 1)


def _beside(widths: Sequence[int], room: int) -> Iterator[list[int]]:
    part: list[int] = []
    for i in range(len(widths)):
        if len(part) > 1 and _needed(widths[j] for j in (*part, i)) > room:
            yield part
            part = [0]
        part.append(i)
    yield part
