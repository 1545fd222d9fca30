"""Writes a SpectrumSeries the way spectrometers and spreadsheets do, in every dialect."""

from __future__ import annotations

import codecs
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prenuc.observe.series import SpectrumSeries

ENCODINGS = {
    "utf-8": b"",
    "utf-8 with mark": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "latin-1": b"",
}


@dataclass(frozen=True)
class Dialect:
    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8"
    newline: str = "\n"
    pairs: bool = False
    descending: bool = False
    messy: bool = False  # vendor header, blank rows, vendor log
    wording: str = "{} {}"

    @property
    def quoted(self) -> bool:
        return self.delimiter == self.decimal == ","


def dialects() -> Iterator[Dialect]:
    return itertools.starmap(
        Dialect,
        itertools.product(
            ",;\t ",
            ".,",
            ENCODINGS,
            ("\n", "\r", "\r\n"),
            (False, True),
            (False, True),
            (False, True),
            ("{} {}", "{} {} reaction", "aliquot_{}{}"),
        ),
    )


def label(number: float, unit: str, dialect: Dialect) -> str:
    return dialect.wording.format(_written(number, dialect), unit)


def write(series: SpectrumSeries, dialect: Dialect) -> bytes:
    labels = [label(time, series.time_unit, dialect) for time in series.time.tolist()]
    lines = [f"Data type: {series.signal}"] if series.signal != "absorbance" else []
    if dialect.messy:
        lines += ["Instrument: µ-Spec 12", "Date: 12.03.2024", "", dialect.delimiter * 3]
    lines += _header(labels, dialect)
    rows = zip(series.wavelength.tolist(), series.absorbance.T.tolist(), strict=True)
    body = [_row(axis, values, dialect) for axis, values in rows]
    if dialect.descending:
        body.reverse()
    if dialect.messy:
        body[1:1] = ["", dialect.delimiter * 4]
        body += ["", "Method log", "Baseline: 100%T", f"{dialect.delimiter * 2} Old: 0.0125", "352"]
    text = dialect.newline.join([*lines, *body, ""])
    codec = dialect.encoding.removesuffix(" with mark")
    return ENCODINGS[dialect.encoding] + text.encode(codec)


def _header(labels: list[str], dialect: Dialect) -> list[str]:
    axis = "Wavelength (nm)"
    if dialect.delimiter == " ":
        cells = (
            [cell for one in labels for cell in (axis, one)] if dialect.pairs else [axis, *labels]
        )
        return ["  ".join(cells)]
    if dialect.pairs:
        names = [cell for one in labels for cell in (one, "")]
        return [_joined(names, dialect), _joined([axis, ""] * len(labels), dialect)]
    return [_joined([axis, *labels], dialect)]


def _row(axis: float, values: list[float], dialect: Dialect) -> str:
    numbers = [axis, *values]
    if dialect.pairs:
        numbers = [number for value in values for number in (axis, value)]
    return _joined([_written(number, dialect) for number in numbers], dialect)


def _joined(cells: list[str], dialect: Dialect) -> str:
    if dialect.quoted:
        cells = [f'"{cell}"' for cell in cells]
    return dialect.delimiter.join(cells)


def _written(number: float, dialect: Dialect) -> str:
    return repr(number).replace(".", dialect.decimal)
