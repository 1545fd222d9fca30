"""What headers say: names of the columns, times, and what kind of signal was measured."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.observe.readers.decimals import is_number
from prenuc.observe.readers.source import printable
from prenuc.observe.readers.tables import split

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prenuc.observe.readers.source import Options
    from prenuc.observe.readers.tables import Table

# Seconds in each unit that a series can have.
TIME_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0, "day": 86400.0}
_SPELLINGS = {
    "s": r"s|(?i:secs?|seconds?|sek|sekunden?)",
    "min": r"(?i:mins?|minutes?|minuten?)",
    "h": r"h|(?i:hrs?|hours?|std|stunden?)",
    "day": r"d|(?i:days?|tage?)",
}
_UNIT = "|".join(f"(?P<{unit}>{spelling})" for unit, spelling in _SPELLINGS.items())
_COUNT = r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?"
# Not "2 s-1", "5 min/step", "10-30 s", "CdSe30 s"; an underscore separates.
_TIME = re.compile(
    rf"(?<![A-Za-z0-9.,])(?<!\d-)(?P<count>{_COUNT})[ _]?(?:{_UNIT})(?![A-Za-z0-9/^⁻]|-\d)"
)
_BARE = re.compile(rf"(?:(?:t|time)\s*[=:_ ]?\s*)?(?P<count>{_COUNT})", re.IGNORECASE)
_STATED = re.compile(rf"(?:\b|_)(?i:time|zeit|t)\s*[\[(/,_]\s*(?:{_UNIT})(?![A-Za-z])")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")

_AXIS = re.compile(
    r"wave ?length|wellenl|lambda|λ|longueur|nanomet|\bnm\b|^wave$|^wl$", re.IGNORECASE
)
# Earlier kinds win: "absorbance (a.u.)" is an absorbance.
_KINDS = {
    "%T": r"%T(?![a-z=])|^%\s*T$|\bT\s*[\[(]?%|%\s*trans|transmi(ttance|ssion)\W*(%|percent)",
    "T": r"transmi(ttance|ssion)|^T$",
    "reflectance": r"reflectance|^%\s*R$",
    "absorbance": r"absorb|absorption|\babs\b|extin[ck]tion|optical density|^OD\b|^A$",
    "photoluminescence": r"emission|(fluor|lumin)es[cz]|\bPL\b|\bFL\b|intensit|\b(counts|cps)\b",
    "no spectrum": r"^\W*(dark|reference|ht ?\W?v?\W?|error|std\W?|stdev|energy)\W*$",
}
_KIND = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _KINDS.items()}
_SAYS_KIND = re.compile(
    r"y.{0,3}(units?|mode|axis|label)|ordinate|measurement (mode|type)|photometric|"
    r"data ?type|(spectrum|scan) type|signal|title",
    re.IGNORECASE,
)
_KEY_VALUE = re.compile(r"([^:=\t;,]+)[:=\t;,](.+)")


@dataclass(frozen=True)
class Columns:
    """The header of a table, taken apart.

    Args:
        cells: What stands above each column, from top to bottom; no blank cells.
        rows: Indices of the header lines that name columns, counted from 0.
    """

    cells: list[list[str]]
    rows: list[int]

    def is_axis(self, column: int) -> bool:
        """Whether the header says that a column holds wavelengths."""
        return any(map(_AXIS.search, self.cells[column]))

    def label(self, *columns: int) -> str:
        """Return the name above one or two columns, without words that name a quantity only."""
        texts = [text for column in columns for text in self.cells[column]]
        names = [text for text in texts if not _AXIS.search(text) and not _is_generic(text)]
        return " ".join(dict.fromkeys(names))

    def kind(self, column: int) -> str:
        """Return the kind of signal that the header of a column names, "" for none."""
        return next(filter(None, map(kind_of, self.cells[column])), "")


@dataclass(frozen=True)
class Times:
    """Times of the spectra.

    Args:
        time: The times in ``unit``, NaN where unknown, shape (m,).
        unit: Their unit.
        said: What the summary in the history says about them.
        notes: Further history lines.
    """

    time: NDArray[np.float64]
    unit: str
    said: str
    notes: list[str]


def stated_unit(text: str) -> str | None:
    """Return the unit of time that a header such as "time (min)" or "s" states."""
    match = _STATED.search(text) or re.fullmatch(rf"\W*(?:{_UNIT})\W*", text)
    return match.lastgroup if match else None


def kind_of(text: str) -> str:
    """Return the kind of signal a text names: "absorbance", "%T", ...; "" for none."""
    return next((kind for kind, pattern in _KIND.items() if pattern.search(text)), "")


def _is_generic(text: str) -> bool:
    """Whether a header cell names a quantity or a unit, and nothing of its own."""
    words = r"absorbance|absorption|extin[ck]tion|abs|a|od|transmittance|transmission|t|%|a\.?\s?u"
    words += r"|photoluminescence|pl|fluorescence|fl|emission|intensity|counts|units?|nm"
    return re.fullmatch(rf"(?:\W|_|\b(?:{words})\b)*", text, re.IGNORECASE) is not None


def read_columns(table: Table) -> Columns:
    """Return what the header says about each column of a table."""
    width = table.numbers.shape[1]
    found: list[tuple[int, list[str]]] = []
    for row in range(len(table.head) - 1, -1, -1):
        line = table.head[row]
        if not line.strip(table.delimiter + ' \t"'):
            continue
        cells = _header_cells(line, table.delimiter, width, lowest=not found)
        if cells is None or len(found) == 4:
            break
        found.insert(0, (row, cells))
    columns = [[cells[column] for _, cells in found if cells[column]] for column in range(width)]
    return Columns(columns, [row for row, _ in found])


def _header_cells(line: str, delimiter: str, width: int, *, lowest: bool) -> list[str] | None:
    """Return the cells of a line that names the columns, ``None`` for any other line."""
    cells = _blank_separated(line, width) if delimiter == " " else split(line, delimiter)
    cells = [printable(cell, 200) for cell in cells]
    written = len(cells)
    while cells and not cells[-1]:
        cells.pop()
    missing = width - len(cells)
    # The corner may be left out; then the rest must be unmistakable.
    if missing == 1 and width > 2 and all(_TIME.search(c) or _BARE.fullmatch(c) for c in cells):
        return ["", *cells]
    # A row of units may end early: "[nm];[counts]".
    if missing > 0 and width > 2 and len(cells) > 1 and _AXIS.search(cells[0]):
        return cells + [""] * missing
    one_name_a_pair = missing == 1 and written >= width and not any(cells[1::2])
    if missing != 0 and not one_name_a_pair:
        return None
    cells += [""] * missing
    telling = _AXIS.search(cells[0]) or not cells[0] or one_name_a_pair or _STATED.search(cells[0])
    # "Date <tab> 12.03." may have as many cells as the table; the last line above the table
    # is believed when it also names a quantity or a time.
    named = any(kind_of(cell) or _TIME.search(cell) for cell in cells[1:])
    words = width > 2 and delimiter != " "
    return cells if telling or (lowest and (named or words)) else None


def _blank_separated(line: str, width: int) -> list[str]:
    """Return the cells of a header whose names may hold single blanks."""
    apart = re.split(r"\t|\s{2,}", line.replace('"', "").strip())
    if len(apart) == width:
        return apart
    times = list(_TIME.finditer(line))
    if len(times) == width - 1 > 0:
        rest = [line[: times[0].start()], *(match[0] for match in times)]
        return [cell.strip() for cell in rest]
    axis = re.match(
        r"\s*(\S*(?:wave ?length|λ|lambda)\S*(?:\s*[\[(/]\s*nm\s*[\])]?)?)\s+", line, re.IGNORECASE
    )
    if axis:
        return [axis[1], *line[axis.end() :].split()]
    return line.split()


def read_times(columns: Columns, labels: list[str], decimal: str, options: Options) -> Times:
    """Read the times of the spectra from their labels.

    Args:
        columns: The header; its first cells may name the unit of bare numbers.
        labels: The labels, m of them.
        decimal: The decimal sign of the file.
        options: ``time_unit`` for numbers without one.

    Returns:
        Times of shape (m,).
    """
    stated = next(filter(None, map(_STATED.search, columns.cells[0])), None)
    bare_unit = str(stated.lastgroup) if stated else options.time_unit
    read = [_time_of(label, decimal, bare_unit) for label in labels]
    units = {own for one in read if one for _, own in one}
    common: str = units.pop() if len(units) == 1 else "s"
    unit = options.time_unit or common
    time = np.array([_in_unit(one, unit) if one else np.nan for one in read], dtype=np.float64)
    notes = []
    if stated and any(map(_BARE.fullmatch, labels)):
        notes.append(f"unit of times without one: {bare_unit}, from '{stated.string}'")
    elif bare_unit and any(map(_BARE.fullmatch, labels)):
        notes.append(f"unit of times without one: {bare_unit}, from the option time_unit")
    unread = [label for label, one in zip(labels, read, strict=True) if one is None]
    unitless = [label for label in unread if _BARE.fullmatch(label.strip())]
    if unitless:
        shown = _shown(unitless)
        notes.append(f"time not known, no unit in {shown}: pass time_unit= to read()")
    others = [label for label in unread if label and label not in unitless]
    if "" in unread:
        notes.append(f"time not known, no header names {unread.count('')} of the spectra")
    if others:
        notes.append(f"time not known, no single time in {_shown(others)}")
    said = f"times in {unit} from headers" if len(unread) < len(labels) else "no times"
    return Times(time, unit, said, notes)


def _shown(labels: list[str]) -> str:
    more = f" and {len(labels) - 3} more" if len(labels) > 3 else ""
    return ", ".join(f"'{label}'" for label in labels[:3]) + more


def _time_of(label: str, decimal: str, bare_unit: str | None) -> list[tuple[float, str]] | None:
    """Return the parts of a time ("1 h 30 min" has two) as numbers and units."""
    parts = [(match["count"], str(match.lastgroup)) for match in _TIME.finditer(label)]
    bare = _BARE.fullmatch(label.strip())
    if not parts and bare and bare_unit:
        parts = [(bare["count"], bare_unit)]
    sizes = [TIME_UNITS[unit] for _, unit in parts]
    if not parts or any(one <= other for one, other in itertools.pairwise(sizes)):
        return None
    foreign = "," if decimal == "." else "."
    if any(foreign in count and _THOUSANDS.fullmatch(count) for count, _ in parts):
        return None
    return [(float(count.replace(",", ".")), unit) for count, unit in parts]


def _in_unit(parts: list[tuple[float, str]], unit: str) -> float:
    # A single time in the unit of the series is kept to the last digit.
    if len(parts) == 1 and parts[0][1] == unit:
        return parts[0][0]
    return sum(count * TIME_UNITS[own] for count, own in parts) / TIME_UNITS[unit]


def read_metadata(head: list[str], rows: list[int], delimiter: str) -> dict[str, str]:
    """Return the ``key: value`` lines above a table, at most a hundred of the first thousand.

    Args:
        head: The lines above the table.
        rows: Indices of the lines that name columns, which are no metadata.
        delimiter: The delimiter of the file.
    """
    found: dict[str, str] = {}
    for row, line in enumerate(head[:1000]):
        pair = _KEY_VALUE.fullmatch(line[:500].strip(delimiter + " \t"))
        key, value = (text.strip(' \t;,"#') for text in (pair.groups() if pair else ("", "")))
        if key and value and row not in rows and len(found) < 100 and not is_number(key):
            found.setdefault(printable(key, 60), printable(value, 200))
    return found


def axis_in_metadata(metadata: dict[str, str]) -> str:
    """Return what the lines above a table say about its axis, "" for nothing."""
    says_axis = re.compile(r"x.{0,3}(units?|mode|axis|label)|abscissa", re.IGNORECASE)
    return next((value for key, value in metadata.items() if says_axis.fullmatch(key)), "")


def kind_in_metadata(metadata: dict[str, str], lines: list[str]) -> tuple[str, str]:
    """Return the kind of signal that the lines above a table state, and where.

    Args:
        metadata: The ``key: value`` lines.
        lines: All lines above the table that name no column.

    Returns:
        The kind and the words that say so; "maybe %T" when a line only mentions it; two
        empty texts when nothing does.
    """
    second = next((key for key in metadata if re.fullmatch(r"Y[2-9] ?UNITS?", key)), "")
    if second:
        return "no spectrum", f"{second}: {metadata[second]}"
    for key, value in metadata.items():
        if _SAYS_KIND.search(key) and kind_of(value):
            return kind_of(value), f"{key}: {value}"
    mentioned: tuple[str, str] = ("", "")
    for line in lines[:1000]:
        short = printable(line.strip(' \t;,"#'), 200)
        kind = kind_of(short)
        if kind and _is_generic(short):
            return kind, short
        if kind == "photoluminescence":
            mentioned = mentioned if mentioned[0] else (kind, short)
        elif kind in {"T", "%T"} and not re.search(
            "baseline|correct|zero|100", short, re.IGNORECASE
        ):
            mentioned = ("maybe %T", short)
    return mentioned
