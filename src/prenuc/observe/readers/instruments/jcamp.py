"""JCAMP-DX: spectra of light from one block, from linked blocks, or from the pages of NTUPLES."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import SpectrumError, listed_names
from prenuc.observe.readers.columns import kind_of
from prenuc.observe.readers.data_file import DataFile, Format, Options, printable
from prenuc.observe.readers.instruments.jcamp_pages import times_of_pages
from prenuc.observe.readers.instruments.jcamp_records import Block, read_blocks
from prenuc.observe.readers.instruments.jcamp_tables import (
    MOST_POINTS,
    abscissae,
    ordinates,
    points,
)
from prenuc.observe.readers.instruments.spectra import Spectra, as_series
from prenuc.observe.readers.layout import role_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from prenuc.arrays import Array
    from prenuc.observe.series import SpectrumSeries

_TITLE = re.compile(rb"(?:\xef\xbb\xbf)?\s*##\s*TITLE\s*=", re.IGNORECASE)
_AXES = {
    "nm": r"NANO ?MET.*|NM",
    "µm": r"MICRO ?MET.*|MICRONS?|UM|µM",
    "Å": r"ANGSTR.*",
    "cm⁻¹": r"1/CM|CM-1|CM\^-1|WAVE ?NUMBERS?.*|RECIPROCAL CENTIM.*",
    "eV": r"EV|ELECTRON ?VOLTS?",
}
_OF_LIGHT = re.compile(r"INFRARED|UV|VIS|FTIR|FLUOR|LUMIN|EMISSION|ABSOR|NIR", re.IGNORECASE)
_OTHER = re.compile(r"RAMAN|NMR|MASS|CHROMATO|ION MOBILITY|EPR|ESR|DIFFRACTION", re.IGNORECASE)
_PROPORTIONAL = re.compile(r"MICROMOL/MOL|EPSILON|ABSORPTIVITY|L/MOL|KUBELKA", re.IGNORECASE)
NAME = "JCAMP-DX"


@dataclass(frozen=True)
class Table:
    """One table of a file as numbers.

    Args:
        block: Its records.
        x: Abscissae, shape (n,).
        y: Ordinates, shape (n,); NaN where there is none.
        page: What its page says, "" for none.
        symbols: Names of abscissa and ordinate, as "X" and "Y".
    """

    block: Block
    x: Array
    y: Array
    page: str = ""
    symbols: tuple[str, str] = ("X", "Y")


def read_tables(file: DataFile, wanted: Callable[[Block], bool] = lambda _: True) -> list[Table]:
    """Return the tables of a JCAMP-DX file that are no lists of peaks.

    Args:
        file: The file.
        wanted: Of which blocks; of all, whatever they hold.

    Raises:
        SpectrumError: The text is damaged.
    """
    text, _ = file.text()
    tables: list[Table] = []
    for block in filter(wanted, read_blocks(text)):
        for place, (form, _, first) in enumerate(block.tables):
            if not form.startswith("peaks") and "A" not in _symbols(form):
                tables.append(_table(file, block, place))
            if sum(len(table.x) for table in tables) > MOST_POINTS:
                raise file.problem(f"there are more than {MOST_POINTS} points", "Split it", first)
    return tables


def _symbols(form: str) -> str:
    """Return the letters of a form: "XY" of (X++(Y..Y)) and of (XY..XY)."""
    inside = re.search(r"\(.*\)", form)
    return "".join(dict.fromkeys(re.sub(r"[^A-Z]", "", inside[0].upper()))) if inside else ""


def _table(file: DataFile, block: Block, place: int) -> Table:
    form, lines, first = block.tables[place]
    symbols = _symbols(form)
    if len(symbols) != 2:
        what = f"a table of the form '{printable(form, 40)}' is not known"
        raise file.problem(what, "Export the spectra as CSV", first - 1)
    own = _of_symbols(block, symbols)
    fx, fy = (_factor(file, own, label) for label in ("XFACTOR", "YFACTOR"))
    if "++" in form:
        starts, values = ordinates(file, lines, first)
        if not starts:
            raise file.problem("the table is empty", "Export it again", first - 1)
        x = abscissae(file, own, starts, len(values))
    else:
        x, values = points(file, lines, first)
        x = x * fx
        told = own.number("NPOINTS")
        if told is not None and int(told) != len(x):
            what = f"the table holds {len(x)} points, NPOINTS says {told:g}"
            raise file.problem(what, "It is cut off or damaged: export it again", first)
    return Table(own, x, values * fy, block.pages[place], (symbols[0], symbols[1]))


def _factor(file: DataFile, block: Block, label: str) -> float:
    """Return the factor of an axis; 1 where there is none."""
    written = block.facts.get(label, "").strip()
    factor = block.number(label) if written else 1.0
    if not factor:
        what = f"##{label}= {printable(written, 30)} is no factor"
        raise file.problem(what, "Mend it, or export the spectrum again", block.line)
    return factor


def _of_symbols(block: Block, symbols: str) -> Block:
    """Return the records of a block for two of the symbols of its NTUPLES, under usual names."""
    names = [one.strip().upper() for one in block.facts.get("SYMBOL", "").split(",")]
    if "SYMBOL" not in block.facts or any(one not in names for one in symbols):
        return block
    labels = {"UNITS": "UNITS", "FACTOR": "FACTOR", "FIRST": "FIRST{}", "LAST": "LAST{}"}
    facts = dict(block.facts)
    for axis, symbol in zip("XY", symbols, strict=True):
        for label, written in labels.items():
            cells = [one.strip() for one in block.facts.get(label, "").split(",")]
            place = names.index(symbol)
            if place < len(cells):
                name = written.format(axis) if "{}" in written else f"{axis}{written}"
                facts[name] = cells[place]
    counts = [one.strip() for one in block.facts.get("VARDIM", "").split(",")]
    place = names.index(symbols[1])
    facts["NPOINTS"] = counts[place] if place < len(counts) else ""
    return Block(block.line, facts, block.tables, block.pages)


def read_jcamp(file: DataFile, options: Options) -> SpectrumSeries:
    """Read the spectra of light in a JCAMP-DX file.

    Args:
        file: The file.
        options: What the caller knows.

    Raises:
        SpectrumError: It is damaged, holds no spectrum of light, or spectra that do not fit
            together.
    """
    spectra = read_tables(file, _is_of_light)
    if not spectra:
        raise _of_something_else(file)
    unit = _unit(file, spectra[0].block)
    spectra, left_out = _without_others(spectra)
    _refuse_unlike(file, spectra)
    facts = spectra[0].block.facts
    kind, notes = _kind(file, spectra[0])
    notes += _odd(spectra)
    time, time_unit = times_of_pages([(one.block, one.page) for one in spectra])
    told = {key: text for key, text in facts.items() if text and "\n" not in text}
    found = Spectra(
        axis=spectra[0].x,
        values=np.array([one.y for one in spectra]),
        kind=kind,
        unit=unit,
        labels=tuple(_label(one, len(spectra)) for one in spectra),
        time=time,
        time_unit=time_unit,
        metadata={key.capitalize(): told[key] for key in list(told)[:60]},
        notes=(*left_out, *notes),
    )
    return as_series(file, options, NAME, found)


def _is_of_light(block: Block) -> bool:
    kind = block.facts.get("DATATYPE", "")
    return not _OTHER.search(kind) and (bool(_OF_LIGHT.search(kind)) or _unit_of(block) != "")


def _unit_of(block: Block) -> str:
    written = block.facts.get("XUNITS", "").strip()
    return next((u for u, how in _AXES.items() if re.fullmatch(how, written, re.IGNORECASE)), "")


def _unit(file: DataFile, block: Block) -> str:
    unit = _unit_of(block)
    if not unit:
        written = block.facts.get("XUNITS", "")
        what = f"the axis is in '{printable(written, 40)}'" if written else "no ##XUNITS= is there"
        raise file.problem(what, "Say ##XUNITS= NANOMETERS or 1/CM", block.line)
    return unit


def _of_something_else(file: DataFile) -> SpectrumError:
    blocks = read_blocks(file.text()[0])
    kinds = dict.fromkeys(block.facts.get("DATATYPE", "").strip() for block in blocks)
    shown = listed_names([printable(kind, 40) for kind in kinds if kind])
    what = f"there is no spectrum of light here ({shown})" if shown else "no table is a spectrum"
    mend = "Add ##DATA TYPE= and ##XUNITS= if it is one"
    return file.problem(what, mend if not shown else "Give a spectrum against wavelength")


def _without_others(spectra: list[Table]) -> tuple[list[Table], list[str]]:
    """Return the tables that are spectra of the sample, and what to say of the others."""
    if spectra[0].block.facts.get("ORIGIN") == "prenuc":  # whose titles are labels of spectra
        return spectra, []
    roles = [_role(table) for table in spectra]
    kept = [table for table, role in zip(spectra, roles, strict=True) if not role]
    if not kept:
        return spectra, []
    gone = [
        f"'{printable(_title(table), 60)}' ({role})"
        for table, role in zip(spectra, roles, strict=True)
        if role
    ]
    note = [f"left out as no spectra of the sample: {', '.join(gone)}"] if gone else []
    return kept, note


def _role(table: Table) -> str:
    units = table.block.facts.get("YUNITS", "")
    if re.fullmatch(r"VARIANCE|STANDARD DEVIATION|.*DERIVATIVE", units.strip(), re.IGNORECASE):
        return "deviation" if "DERIV" not in units.upper() else "derivative"
    title = _title(table).rpartition(": ")[2]
    return role_of([title]) if role_of([title]) in {"dark", "reference", "baseline"} else ""


def _title(table: Table) -> str:
    return table.block.facts.get("TITLE", "").strip()


def _label(table: Table, many: int) -> str:
    title = _title(table)
    return f"{title} {table.page}".strip() if many > 1 else title


def _refuse_unlike(file: DataFile, spectra: list[Table]) -> None:
    first = spectra[0]
    for one in spectra[1:]:
        if one.x.shape != first.x.shape or (one.x != first.x).any():
            what = f"'{printable(_title(one), 40)}' stands on another axis than the first spectrum"
            raise file.problem(what, "Save each spectrum as a file", one.block.line)
        if one.block.facts.get("YUNITS") != first.block.facts.get("YUNITS"):
            what = f"'{printable(_title(one), 40)}' is of another kind than the first spectrum"
            raise file.problem(what, "Save each spectrum as a file", one.block.line)


def _kind(file: DataFile, table: Table) -> tuple[str, list[str]]:
    """Return what the ordinates are, as :class:`Spectra` has it, and what to say about it."""
    written = " ".join(table.block.facts.get("YUNITS", "").split())
    if _PROPORTIONAL.search(written):
        return "absorbance", [f"in {printable(written, 60)}, which is proportional to absorbance"]
    kind = kind_of(written) or ("photoluminescence" if "ARBITRARY" in written.upper() else "")
    if kind == "reflectance":
        mend = 'Pass signal="%T" or "T" to read it as log10(1/R)'
        raise file.problem("this is a reflectance", mend, table.block.line)
    if kind == "T" and np.nanmax(table.y) > 2:
        return "%T", [f"transmittance up to {np.nanmax(table.y):g} is in percent"]
    return kind, []


def _odd(spectra: list[Table]) -> list[str]:
    """Return what is to be said of readings that are missing, and of a factor that may be wrong."""
    missing = sum(int(np.isnan(one.y).sum()) for one in spectra)
    many = "1 reading is" if missing == 1 else f"{missing} readings are"
    notes = [f"{many} masked (no number: '?')"] if missing else []
    for one in spectra:
        told, height = one.block.number("FIRSTY"), float(np.nanmax(np.abs(one.y), initial=0.0))
        if told is not None and abs(told - one.y[0]) > 1e-3 * height:
            where = f" in '{printable(_title(one), 40)}'" if len(spectra) > 1 else ""
            what = f"FIRSTY says {told:g}, the table begins with {one.y[0]:g}{where}"
            return [*notes, f"{what}: YFACTOR may be wrong"]
    return notes


FORMAT = Format(NAME, sniff=lambda data: _TITLE.match(data[:200]) is not None, read=read_jcamp)
