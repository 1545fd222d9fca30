"""Writes docs/reference/formats.md: which files that others wrote are read, and how checked.

Give the folder that holds data sets as ``--data`` (its subfolders ``formats``, ``jcamp`` and
``cdse_hot_injection`` are not part of the project). A file of our own making counts for nothing.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from prenuc.errors import SpectrumError
from prenuc.observe.readers import read
from prenuc.observe.readers.data_file import Signal, load
from prenuc.observe.readers.instruments.jcamp import read_tables

HERE = Path(__file__).parents[1]
PAGE = HERE / "docs/reference/formats.md"
DATA = HERE / "../shared/data"
# Kind of file, and where its foreign specimens are.
KINDS = {
    "Delimited text of several spectrometers": ["cdse_hot_injection/Run*.csv"],
    "Shimadzu text": ["formats/shimadzu_ole/*.csv"],
    "Ocean Optics, OceanView, Jaz text": [
        "formats/ocean_avantes/OO*.txt",
        "formats/ocean_avantes/OceanView.txt",
        "formats/ocean_avantes/BB*.txt",
        "formats/ocean_avantes/*.jaz",
    ],
    "Avantes text": ["formats/ocean_avantes/*.ttt", "formats/ocean_avantes/avasoft8.txt"],
    "JCAMP-DX": ["formats/jcamp/*.jdx", "jcamp/*.*dx", "formats/ocean_avantes/*.jdx"],
    "Agilent ChemStation .KD": ["formats/agilent_kd/*.KD"],
    "Avantes binary": ["formats/ocean_avantes/*.TRM"],
    "Ocean Optics ProcSpec": ["formats/ocean_avantes/*.ProcSpec"],
    "Shimadzu UVProbe .spc (extra `files`)": ["formats/shimadzu_ole/*.spc"],
}
UNTESTED = {
    "Excel workbook (xlsx)": "books that openpyxl writes",
    "OpenDocument workbook (ods)": "self-made",
    "VISIONlite .dsp": "self-made",
    "Galactic .spc (extra `files`)": "none",
    "JASCO, PerkinElmer, Hitachi text": "self-made",
    "Excitation-emission matrices": "self-made",
}
# A file, its twin, the signal of both, and to what the twin prints wavelengths and readings.
TWINS: list[tuple[str, str, Signal | None, float, float]] = [
    *(
        (f"formats/shimadzu_ole/{n}.spc", f"formats/shimadzu_ole/{n}.csv", None, 1e-9, 1e-6)
        for n in ("01", "02", "03")
    ),
    (
        "formats/ocean_avantes/BB_PF21_4.ProcSpec",
        "formats/ocean_avantes/BB_PF21_4.txt",
        "photoluminescence",
        0.0051,
        0.00051,
    ),
    (
        "formats/ocean_avantes/J_PIR_AVRIL2016_0001.TRM",
        "formats/ocean_avantes/J_PIR_AVRIL2016_0001.ttt",
        None,
        0.0051,
        3e-5,
    ),
]
NO_LIGHT = "no spectrum of light"
NO_AXIS = "no table is a spectrum"


@dataclass
class Outcome:
    """What became of the files of one kind."""

    tried: int = 0
    read: int = 0
    told: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    other: list[str] = field(default_factory=list)


def outcome(data: Path, patterns: list[str]) -> Outcome:
    """Read every file of a kind."""
    found = Outcome()
    for path in sorted(path for pattern in patterns for path in data.glob(pattern)):
        try:
            read(path)
        except SpectrumError as error:
            _note(found, path, str(error))
        else:
            found.read += 1
        found.tried += path.name not in found.other
    return found


def _note(found: Outcome, path: Path, why: str) -> None:
    """Note a refusal: of no light, of an unnamed signal, or of another reason."""
    if (NO_LIGHT in why and "RAMAN" not in why) or NO_AXIS in why:
        found.other.append(path.name)
    elif "--signal" in why:
        signal: Signal = "%T" if "reflectance" in why else "photoluminescence"
        read(path, signal=signal)
        found.told.append(path.name)
    else:
        found.refused[path.name] = why.partition(": ")[2].partition(". ")[0]


def twins(data: Path) -> list[str]:
    """Compare files with their vendors' exports; raise where they differ."""
    lines = []
    for one, other, signal, axis, reading in TWINS:
        first, second = (read(data / name, signal=signal) for name in (one, other))
        far = float(np.abs(first.wavelength - second.wavelength).max())
        off = float(np.nanmax(np.abs(first.absorbance - second.absorbance)))
        if far > axis or off > reading:
            raise SystemExit(f"{one} and {other} differ by {far:g} nm, {off:g}")
        lines.append(
            f"| `{Path(one).name}` | `{Path(other).name}` | {far:.2g} nm | {off:.2g} | "
            f"{axis:g} nm, {reading:g} |"
        )
    return lines


def against_library(data: Path) -> tuple[int, int, list[str]]:
    """Compare the tables of JCAMP-DX files with openreadout's; return equal, compared, others."""
    import openreadout

    equal, compared, others = 0, 0, []
    for path in sorted((data / "formats/jcamp").glob("*.jdx")):
        try:
            ours = [table.y for table in read_tables(load(path))]
            with openreadout.File(path) as opened:
                theirs = [
                    row
                    for trace in opened.info["traces"]
                    for row in opened.read_trace(trace["index"])
                ]
        except (SpectrumError, openreadout.OpenReadoutError) as error:
            others.append(f"{path.name} ({' '.join(str(error).split())[:80]})")
            continue
        if not ours and not theirs:
            continue
        same = len(ours) == len(theirs) and all(
            a.shape == b.shape and np.allclose(a, b, rtol=1e-6, atol=0, equal_nan=True)
            for a, b in zip(ours, theirs, strict=True)
        )
        compared += 1
        equal += same
        if not same:
            others.append(path.name)
    return equal, compared, others


HEAD = """\
# Files that are read

Made by `make formats` from files that instruments wrote and others published; none is part of the
project. A file of our own making counts for nothing here: such a format is *untested*.

| format | tried | read | read once the signal is said | refused |
|---|---|---|---|---|
"""
RATE = """
Of {tried} spectra of light, {read} ({read_share:.0f} %) are read as they are,
{good} ({share:.0f} %) once the user says what the file does not.

{why}

{count} files hold no light (NMR, mass, chromatograms, simulations, or an axis that nothing names)
and are refused by that name; their numbers are decoded and checked below:
{no_light}.

## Checked against vendors' exports

| file | export | wavelengths differ by | readings differ by | the export prints to |
|---|---|---|---|---|
{twins}

## Checked against an independent reader

JCAMP-DX tables against openreadout: {equal} of {compared} files are equal to 1e-6. The others are
lists of peaks, which are no spectra, and what openreadout does not read: {others}.

The .KD file has no export; its 96 spectra of 911 points at 190 to 1100 nm, every 5 s, are as many
as its own directory lists.
"""


def page(data: Path) -> str:
    """Return the page."""
    found = {kind: outcome(data, patterns) for kind, patterns in KINDS.items()}
    rows = [
        f"| {kind} | {one.tried} | {one.read} | {len(one.told)} | {len(one.refused)} |\n"
        for kind, one in found.items()
    ]
    rows += [f"| *{kind}* | untested ({what}) | | | |\n" for kind, what in UNTESTED.items()]
    every = list(found.values())
    why = [f"- `{name}`: {text}" for one in every for name, text in one.refused.items()]
    why += [f"- `{name}`: read with `--signal`" for one in every for name in one.told]
    no_light = [f"`{name}`" for one in every for name in one.other]
    tried, read_in = sum(one.tried for one in every), sum(one.read for one in every)
    good = read_in + sum(len(one.told) for one in every)
    equal, compared, others = against_library(data)
    tail = RATE.format(
        tried=tried,
        read=read_in,
        read_share=100 * read_in / tried,
        good=good,
        share=100 * good / tried,
        why="\n".join(why),
        count=len(no_light),
        no_light=", ".join(no_light),
        twins="\n".join(twins(data)),
        equal=equal,
        compared=compared,
        others=", ".join(others),
    )
    return HEAD + "".join(rows) + tail


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data sets")
    data = parser.parse_args().data
    if not (data / "formats").is_dir():
        raise SystemExit(f"{data} holds no folder 'formats': nothing to read")
    PAGE.write_text(page(data), encoding="utf-8")
    print(f"wrote {PAGE}")


if __name__ == "__main__":
    main()
