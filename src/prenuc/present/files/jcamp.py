"""Spectra as JCAMP-DX, with every digit: the points stand as pairs, a masked reading is "?"."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from prenuc.present.files.sheets import clean
from prenuc.writing import write_text

if TYPE_CHECKING:
    from pathlib import Path

    from prenuc.observe.series import SpectrumSeries

_ORIGIN = ["##ORIGIN= prenuc", "##OWNER="]
_KINDS = {
    "absorbance": ("UV/VIS SPECTRUM", "ABSORBANCE"),
    "photoluminescence": ("FLUORESCENCE SPECTRUM", "EMISSION INTENSITY"),
}


def write_jcamp(series: SpectrumSeries, path: Path, *, about: str = "") -> None:
    """Write a block for each spectrum, linked where there are several.

    Args:
        series: The spectra.
        path: The file to write.
        about: What is known of the spectra, for the comments of the first.

    Raises:
        InputError: The file cannot be written.
    """
    blocks = [_block(series, place, about if place == 0 else "") for place in range(len(series))]
    if len(blocks) > 1:
        head = [_record("TITLE", path.stem), "##JCAMP-DX= 5.01", "##DATA TYPE= LINK"]
        head += [f"##BLOCKS= {len(blocks) + 1}", *_ORIGIN]
        blocks = ["\n".join(head), *blocks, "##END="]
    write_text(path, "\n".join(blocks) + "\n")


def _block(series: SpectrumSeries, place: int, about: str) -> str:
    data_type, ordinate = _KINDS[series.signal]
    axis, values, time = series.wavelength.tolist(), series.absorbance[place], series.time[place]
    written = ["?" if math.isnan(value) else repr(value) for value in values.tolist()]
    told = [] if math.isnan(time) else [f"##$TIME= {float(time)!r} {series.time_unit}"]
    return "\n".join(
        [
            _record("TITLE", series.labels[place]),
            "##JCAMP-DX= 5.01",
            f"##DATA TYPE= {data_type}",
            *_ORIGIN,
            *told,
            *([_record("COMMENTS", about)] if about else []),
            "##XUNITS= NANOMETERS",
            f"##YUNITS= {ordinate}",
            "##XFACTOR= 1",
            "##YFACTOR= 1",
            f"##FIRSTX= {axis[0]!r}",
            f"##LASTX= {axis[-1]!r}",
            f"##NPOINTS= {len(axis)}",
            "##XYPOINTS= (XY..XY)",
            *(f"{nm!r}, {value}" for nm, value in zip(axis, written, strict=True)),
            "##END=",
        ]
    )


def _record(label: str, words: str) -> str:
    """Return a record of text, in which nothing begins a remark or another record."""
    return f"##{label}= {clean(words).replace('$$', '$ $')}"
