"""What the lines above a table say about it, about each column, and about the signal."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from prenuc.observe.readers.cells import is_number
from prenuc.observe.readers.data_file import printable
from prenuc.observe.readers.number_table import NumberTable, split, stripped
from prenuc.observe.readers.times import (
    before_times,
    has_time,
    is_time,
    says_time,
    states_unit,
)

# Earlier kinds win: "absorbance (a.u.)" is an absorbance.
_KINDS = {
    "%T": r"%T(?![a-z=])|^%\s*T$|\bT\s*[\[(]?%|%\s*trans|transmi(ttance|ssion)\W*(%|percent)",
    "T": r"transmi(ttance|ssion)|^T$",
    "reflectance": r"reflectance|^%\s*R$",
    "absorbance": r"absorb|absorption|\babs\b|extin[ck]tion|optical density|^OD\b|^A$",
    "photoluminescence": r"emission|(fluor|lumin)es[cz]|\bPL\b|\bFL\b|intensit|\b(counts|cps)\b",
}
_KIND = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _KINDS.items()}
_SAYS_KIND = re.compile(
    r"y.{0,3}(units?|mode|axis|label)|ordinate|measurement (mode|type)|photometric|"
    r"data ?type|(spectrum|scan) type|signal|title",
    re.IGNORECASE,
)
_KEY_VALUE = re.compile(r"([^:=\t;,]+)[:=\t;,](.+)")
_OF_BASELINE = re.compile("baseline|correct|zero|100", re.IGNORECASE)


def kind_of(text: str) -> str:
    """Return the kind of signal a text names: "absorbance", "%T", ...; "" for none."""
    return next((kind for kind, pattern in _KIND.items() if pattern.search(text)), "")


def is_generic(text: str) -> bool:
    """Whether a header cell names a quantity or a unit, and nothing of its own."""
    words = r"absorbance|absorption|extin[ck]tion|abs|a|od|transmittance|transmission|t|%|a\.?\s?u"
    words += r"|photoluminescence|pl|fluorescence|fl|emission|intensity|counts|units?|nm"
    return re.fullmatch(rf"(?:\W|_|\b(?:{words})\b)*", text, re.IGNORECASE) is not None


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
    says_axis = re.compile(r"x.{0,5}(units?|mode|axis|label)|abscissa", re.IGNORECASE)
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
    return _mentioned([printable(line.strip(' \t;,"#'), 200) for line in lines[:1000]])


def _mentioned(lines: list[str]) -> tuple[str, str]:
    """Return the kind that lines of text mention, and the one that does."""
    mentioned: tuple[str, str] = ("", "")
    for line in lines:
        kind = kind_of(line)
        if kind and is_generic(line):
            return kind, line
        if kind == "photoluminescence":
            mentioned = mentioned if mentioned[0] else (kind, line)
        elif kind in {"T", "%T"} and not _OF_BASELINE.search(line):
            mentioned = ("maybe %T", line)
    return mentioned


_AXIS = re.compile(
    r"wave ?length|wellenl|lambda|λ|longueur|nanomet|\bnm\b|^wave$|^wl$", re.IGNORECASE
)


_DECLARED = re.compile(r"\bData type: (absorbance|photoluminescence); written by prenuc\b")


def declaration(signal: str) -> str:
    """Return the words by which a file of our own says that each column is a spectrum, and of what.

    They are written where the names of the columns alone would be taken for something else.

    Args:
        signal: What the spectra are, as :class:`~prenuc.observe.series.SpectrumSeries` says.
    """
    return f"Data type: {signal}; written by prenuc"


@dataclass(frozen=True)
class Columns:
    """The header of a table, taken apart.

    Args:
        cells: What stands above each column, from top to bottom; no blank cells.
        rows: Indices of the header lines that name columns, counted from 0.
        clock: Whether the first column was one of clock times.
        times: A row of times below the names, a cell for each column; empty where there is none.
        declared: The signal that a file of our own declares; "" for any other file.
    """

    cells: list[list[str]]
    rows: list[int]
    clock: bool = False
    times: list[str] = field(default_factory=list)
    declared: str = ""

    def is_axis(self, column: int) -> bool:
        """Whether the header says that a column holds wavelengths."""
        return any(map(_AXIS.search, self.cells[column]))

    def says_time(self, column: int) -> bool:
        """Whether the header says that a column holds times."""
        return any(says_time(cell) for cell in self.cells[column])

    def label(self, *columns: int) -> str:
        """Return the name above one or two columns, without words that name a quantity only."""
        if self.declared:
            return next(iter(self.cells[columns[-1]][-1:]), "")
        texts = [text for column in columns for text in self.cells[column]]
        names = [text for text in texts if not _AXIS.search(text) and not is_generic(text)]
        return " ".join(dict.fromkeys(names))

    def time(self, *columns: int) -> str:
        """Return what the row of times says above one or two columns."""
        return next((self.times[column] for column in columns if self.times), "")

    def kept(self, columns: list[int]) -> Columns:
        """Return the header of some of the columns."""
        times = [self.times[column] for column in columns if self.times]
        return replace(self, cells=[self.cells[column] for column in columns], times=times)

    def kind(self, column: int) -> str:
        """Return the kind of signal that the header of a column names, "" for none."""
        return next(filter(None, map(kind_of, self.cells[column])), "")


def read_columns(table: NumberTable) -> Columns:
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
    named, times = _apart([cells for _, cells in found])
    columns = [[cells[column] for cells in named if cells[column]] for column in range(width)]
    declared = _DECLARED.search("\n".join(table.head[:10]))
    signal = declared[1] if declared else ""
    return Columns(columns, [row for row, _ in found], times=times, declared=signal)


def _apart(rows: list[list[str]]) -> tuple[list[list[str]], list[str]]:
    """Return the rows of names and the row of times, empty where names alone tell the times."""
    times = next(filter(_are_times, rows), [])
    named = [cells for cells in rows if cells is not times]
    return (named, times) if any(map(any, named)) else (rows, [])


def _are_times(cells: list[str]) -> bool:
    """Whether a row is one of times, as ``time / min, 0, 5``; nothing stands above the others."""
    written = [cell for cell in cells[1:] if cell]
    return says_time(cells[0]) and not _AXIS.search(cells[0]) and all(map(is_time, written))


def _header_cells(line: str, delimiter: str, width: int, *, lowest: bool) -> list[str] | None:
    """Return the cells of a line that names the columns, ``None`` for any other line."""
    written = _blank_separated(line, width) if delimiter == " " else split(line, delimiter)
    written = [_unguarded(printable(cell, 200)) for cell in written]
    cells = stripped(written)
    # Avantes names what a scope would show, and exports no column of it.
    if len(cells) == width + 1 and cells[-1].lower() == "scope":
        cells = cells[:-1]
    if len(cells) != width:
        no_time_at_the_end = len(written) == width and says_time(cells[0])
        return written if no_time_at_the_end else _completed(cells, len(written), width)
    # "Date <tab> 12.03." may have as many cells as the table; the last line above the table
    # is believed when it also names a quantity or a time.
    believed = (width > 2 and delimiter != " ") or any(map(_is_named, cells[1:]))
    return cells if _names_axis(cells[0]) or (lowest and believed) else None


def _names_axis(cell: str) -> bool:
    """Whether what stands above the first column makes its line one of names."""
    return not cell or any(
        map(bool, (_AXIS.search(cell), states_unit(cell), _DECLARED.search(cell)))
    )


def _unguarded(cell: str) -> str:
    """Return a cell without the sign that keeps a spreadsheet from computing it: ``'=A1``."""
    return cell[1:] if re.match(r"'\s*[=@+-]", cell) else cell


def _is_named(cell: str) -> bool:
    """Whether a cell names a quantity or a time."""
    return bool(kind_of(cell)) or has_time(cell)


def _completed(cells: list[str], written: int, width: int) -> list[str] | None:
    """Return the cells of a line with blank ones at an end where a header may lack them."""
    missing = width - len(cells)
    # The corner may be left out; then the rest must be unmistakable.
    if missing == 1 and width > 2 and all(map(is_time, cells)):
        return ["", *cells]
    # A row of units may end early: "[nm];[counts]".
    ends_early = missing > 0 and width > 2 and len(cells) > 1 and _AXIS.search(cells[0])
    one_name_a_pair = missing == 1 and written >= width and not any(cells[1::2])
    return cells + [""] * missing if ends_early or one_name_a_pair else None


def _blank_separated(line: str, width: int) -> list[str]:
    """Return the cells of a header whose names may hold single blanks."""
    apart = re.split(r"\t|\s{2,}", line.replace('"', "").strip())
    if len(apart) == width:
        return apart
    if with_times := before_times(line, width - 1):
        return with_times
    axis = re.match(
        r"\s*(\S*(?:wave ?length|λ|lambda)\S*(?:\s*[\[(/]\s*nm\s*[\])]?)?)\s+", line, re.IGNORECASE
    )
    if axis:
        return [axis[1], *line[axis.end() :].split()]
    return line.split()
