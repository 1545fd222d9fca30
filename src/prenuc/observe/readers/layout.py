"""Which columns of a table are spectra, and what part the others have.

A reference, a dark spectrum, a deviation or a derivative beside the spectra is no spectrum of the
sample: it is left out under its name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import listed_names
from prenuc.observe.readers.cells import is_wavelength
from prenuc.observe.readers.durations import has_duration

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.observe.readers.columns import Columns
    from prenuc.observe.readers.data_file import DataFile
    from prenuc.observe.readers.number_table import NumberTable

_ROLES = {
    "dark": r"dark(ness)?|background|bkgd?|bg",
    "reference": r"ref(erence)?|i ?0|lamp|light source",
    "baseline": r"base ?line|100 ?% ?t? ?(base)?line|zero ?line",
    "sample": r"sample|sam",
    "deviation": r"(std|st|standard)? ?(dev|deviation|error|err)|std|stdev|sd|sem|rsd|error bars?|"
    r"uncertainty|variance|sigma|±|\+/-",
    "derivative": r"(\w+ )?deriv(ative)?|d ?a ?/ ?d ?(λ|lambda|nm|wl)|d[12] ?(abs|a)?",
    "high tension": r"ht( ?v)?|hv",
    "energy": r"energy",
}
_ROLE = {role: re.compile(rf"\W*(?:{how})\W*", re.IGNORECASE) for role, how in _ROLES.items()}
_OF_LETTER = {"S": "sample", "D": "dark", "R": "reference", "P": ""}
# What stands beside the name of a role and changes nothing: units, numbers, words for a signal.
_BESIDE = re.compile(
    r"\[[^\]]*\]|\([^)]*\)|\b(counts?|cts|cps|spectrum|signal|intensity|raw|mean|average|avg|data)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Counts:
    """Columns of counts that make absorbances: those of samples, dark and reference."""

    samples: tuple[int, ...]
    dark: int
    reference: int


@dataclass(frozen=True)
class Layout:
    """Which columns are spectra.

    Args:
        spectra: Their indices, m of them.
        named_by: For each, the columns whose header names it.
        summary: What the summary says about it.
        left_out: History lines about columns that are no spectra.
        counts: The columns of counts, where these make the spectra.
    """

    spectra: list[int]
    named_by: list[tuple[int, ...]]
    summary: str = ""
    left_out: tuple[str, ...] = ()
    counts: Counts | None = None


def find_layout(file: DataFile, table: NumberTable, columns: Columns) -> Layout:
    """Return a matrix, or pairs when every second column repeats the wavelengths.

    Args:
        file: The file, for messages.
        table: Its numbers.
        columns: Its header.

    Raises:
        SpectrumError: No column is a spectrum, or pairs stand on different wavelengths.
    """
    width = table.numbers.shape[1]
    if columns.declared:
        return Layout(list(range(1, width)), [(column,) for column in range(1, width)])
    # A name may stand above the wavelengths of its spectrum, in a single pair as in many.
    single = width == 2 and columns.is_axis(0) and not columns.label(1)
    layout = Layout(
        list(range(1, width)), [(0,)] if single else [(column,) for column in range(1, width)]
    )
    if width >= 4 and width % 2 == 0 and _are_pairs(file, table, columns):
        seconds = list(range(1, width, 2))
        named_by: list[tuple[int, ...]] = [(column - 1, column) for column in seconds]
        layout = Layout(seconds, named_by, " in column pairs")
    return _without_others(file, table, columns, layout)


def role_of(cells: list[str], *, letters: bool = False) -> str:
    """Return what a column is besides a spectrum: "dark", "reference", ...; "" for a spectrum.

    Args:
        cells: What stands above it.
        letters: Whether single letters are roles, as in ``W D R S P``.
    """
    if letters and len(cells) == 1 and cells[0] in _OF_LETTER:
        return _OF_LETTER[cells[0]]
    name = _BESIDE.sub(" ", " ".join(cells).replace("_", " "))
    if not name.strip():
        return ""
    for role, pattern in _ROLE.items():
        if pattern.fullmatch(name):
            return role
        # "5 min std" is the deviation of a spectrum, "Std" in "5 Std" a unit of time.
        ends = re.search(rf"(?:^|[\s(,:±]){pattern.pattern}$", name, re.IGNORECASE)
        if role in {"deviation", "derivative"} and ends and not _is_time(name, ends.start()):
            return role
    return ""


def _is_time(name: str, start: int) -> bool:
    """Whether the end of a name belongs to its time."""
    return has_duration(name) and not has_duration(name[:start])


def _without_others(file: DataFile, table: NumberTable, columns: Columns, layout: Layout) -> Layout:
    """Return a layout whose spectra are spectra; the other columns are left out by name."""
    letters = columns.cells[0] == ["W"]
    roles = {c: role_of(columns.cells[c], letters=letters) for c in layout.spectra}

    def of(role: str) -> list[int]:
        return [column for column, own in roles.items() if own == role]

    processed, samples, dark, reference = of(""), of("sample"), of("dark"), of("reference")
    if len(samples) == len(dark) == len(reference) == 1 and len(processed) < 2:
        counts = Counts((samples[0],), dark[0], reference[0])
        if not processed:
            return _part(layout, columns, roles, samples, counts)
        if _is_percentage(table.numbers, counts, processed[0], columns):
            roles |= {processed[0]: "the percentage of the reference"}
            return _part(layout, columns, roles, samples, counts)
    light = [c for c in processed if columns.kind(c) == "photoluminescence"]
    if processed == light and len(dark) == len(reference) == 1 and light and not samples:
        # Light beside its dark and its reference is what a sample lets through, no emission.
        counts = Counts(tuple(light), dark[0], reference[0])
        return _part(layout, columns, roles, light, counts)
    kept = processed if processed and [*dark, *reference] else sorted([*processed, *samples])
    if kept:
        return _part(layout, columns, roles, kept, None)
    shown = listed_names([" ".join(columns.cells[c]) for c in layout.spectra])
    line = columns.rows[-1] + 1 if columns.rows else 0
    raise file.problem(f"no column is a spectrum of the sample ({shown})", "Export it too", line)


def _is_percentage(numbers: Array, counts: Counts, column: int, columns: Columns) -> bool:
    """Whether a column that nothing names is (sample - dark) / (reference - dark) in percent."""
    if columns.kind(column):
        return False
    lit = numbers[:, counts.reference] - numbers[:, counts.dark]
    through = (numbers[:, counts.samples[0]] - numbers[:, counts.dark])[lit > 0] / lit[lit > 0]
    own = numbers[lit > 0, column]
    near = np.abs(100 * through - own) <= 1e-3 * np.maximum(np.abs(own), 1)
    return bool(len(own) > 2 and near.mean() > 0.9)


def _part(
    layout: Layout, columns: Columns, roles: dict[int, str], kept: list[int], counts: Counts | None
) -> Layout:
    used = {counts.dark, counts.reference} if counts else set()
    gone = [c for c in layout.spectra if c not in kept and c not in used]
    named_by = [by for c, by in zip(layout.spectra, layout.named_by, strict=True) if c in kept]
    names = [f"'{' '.join(columns.cells[c])}' ({roles[c]})" for c in gone]
    note = [f"left out as no spectra of the sample: {', '.join(names)}"] if gone else []
    return Layout(kept, named_by, layout.summary, tuple(note), counts)


def _are_pairs(file: DataFile, table: NumberTable, columns: Columns) -> bool:
    """Whether every second column repeats the wavelengths."""
    axes, signals = table.numbers[:, ::2], table.numbers[:, 1::2]
    over = np.isnan(axes) & np.isnan(signals)  # a spectrum that ends before the others
    differs = ((axes != axes[:, :1]) & ~over).any(axis=1)
    if not differs.any():
        return True
    stated = all(map(columns.is_axis, range(0, 2 * axes.shape[1], 2)))
    # Unstated pairs on grids that differ a little must not be read as spectra.
    close = not np.any(np.abs(axes - axes[:, :1]) >= 5.0) and is_wavelength(float(axes[0, 0]))
    if stated or close:
        line = int(table.line[np.flatnonzero(differs)[0]])
        mend = "Save each spectrum as a file, or export all on one grid"
        raise file.problem("the wavelengths of the column pairs differ", mend, line)
    return False
