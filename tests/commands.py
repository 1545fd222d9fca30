"""Runs the command line inside the test, and writes spectrum files for it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from prenuc.observe.series import SpectrumSeries
from prenuc.present.cli import main

REAL = Path(__file__).parents[1].parent / "shared/data/cdse_hot_injection"
real = pytest.mark.skipif(not REAL.exists(), reason=f"the real files are not at {REAL}")


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


def run(capsys, monkeypatch, *arguments: object, columns: int = 160) -> Answer:
    """Run ``prenuc``; an exception that is no exit fails the test as it would the user."""
    monkeypatch.setattr(sys, "argv", ["prenuc", *map(str, arguments)])
    monkeypatch.setenv("COLUMNS", str(columns))
    capsys.readouterr()
    code = 0
    try:
        main()
    except SystemExit as stop:
        code = int(stop.code or 0)
    said = capsys.readouterr()
    return Answer(code, said.out, said.err)


def line(wavelength, position, fwhm, height):
    return height * np.exp(-4 * np.log(2) * ((wavelength - position) / fwhm) ** 2)


def dots(positions=(500.0, 510.0, 520.0), fwhm=34.0):
    """Quantum dots that grow: broad bands on an edge, one spectrum each 30 s."""
    x = np.arange(380.0, 651.0)
    noise = np.random.default_rng(7)
    rows = [
        line(x, at, fwhm, 0.2) + 0.8 * np.exp(-(x - 380) / 40) + noise.normal(0, 3e-4, x.size)
        for at in positions
    ]
    time = 30.0 * np.arange(1, len(positions) + 1)
    return SpectrumSeries(x, time, np.array(rows), time_unit="s", metadata={"file": "dots.csv"})


def clusters(shares=(0.0, 0.4, 1.0), position=311.0):
    """A magic-size cluster that grows: a sharp singlet on an edge."""
    x = np.arange(285.0, 421.0)
    noise = np.random.default_rng(8)
    rows = [
        line(x, position, 18, 0.4 * share)
        + 0.2 * np.exp(-(x - 285) / 12)
        + noise.normal(0, 3e-4, x.size)
        for share in shares
    ]
    time = 4.0 * np.arange(1, len(shares) + 1)
    return SpectrumSeries(x, time, np.array(rows), metadata={"file": "clusters.csv"})


def write(series: SpectrumSeries, path: Path) -> Path:
    head = ",".join(["wavelength (nm)", *series.labels])
    rows = [
        ",".join(repr(number) for number in (nm, *values))
        for nm, values in zip(series.wavelength.tolist(), series.absorbance.T.tolist(), strict=True)
    ]
    path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    return path


def bad_files(folder: Path) -> dict[str, Path]:
    """Write what laboratories drop by mistake; the key says what it is."""
    contents = {
        "a PNG image": b"\x89PNG\r\n\x1a\n" + bytes(200),
        "the limit is 50 MB": b"4",
        "only one column": b"400\n401\n402\n",
        "no rows of numbers": b"a text\nwithout any number\nat all\n",
        "not spectra of one kind": b"wavelength (nm),%T,Abs\n400,50,.3\n401,51,.3\n402,52,.2\n",
        "occurs twice": b"wavelength (nm),30 s\n400,.5\n401,.4\n401,.3\n402,.2\n",
        "NUL byte": b"400,.5\n401,.4\x00\n402,.3\n",
        "a zip archive": b"PK\x03\x04" + bytes(100),
        "the file is empty": b"",
    }
    folder.mkdir()
    paths = {}
    for number, (what, content) in enumerate(contents.items()):
        paths[what] = folder / f"bad-{number}.csv"
        paths[what].write_bytes(content)
    with paths["the limit is 50 MB"].open("r+b") as file:
        file.truncate(60_000_000)  # a hole in the file: as large, and quick to write
    paths["no such file"] = folder / "missing.csv"
    return paths
