"""What the lines above a table say about it, and what kind of signal their words name."""

from __future__ import annotations

import re

from prenuc.observe.readers.data_file import printable
from prenuc.observe.readers.decimals import is_number

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
