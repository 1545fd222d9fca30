"""The long work of the screen Spectra, done in processes of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import prenuc as pn
from prenuc.observe.series import SpectrumSeries
from prenuc.present.tables.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from prenuc.observe.trace import Trace

    Report = Callable[[float], None]


def excitons(
    report: Report, *, data: SpectrumSeries | Trace, material: str | None, file: str, line: str
) -> dict[str, Any]:
    """Find the first exciton of every spectrum.

    Args:
        report: Told the finished share.
        data: The spectra.
        material: Semiconductor, or None.
        file: Its name.
        line: The command that does the same.

    Raises:
        InputError: They are no absorption spectra, or there is no such material.
    """
    from prenuc.errors import SpectrumError
    from prenuc.infer.modelfree.isosbestic import isosbestic_points

    if not isinstance(data, SpectrumSeries):
        raise SpectrumError("a trace has no spectra to look at", "Fit it, or drop spectra")
    found = pn.analyze(data, material, file=file, progress=report)
    return {
        "rows": plain(found.rows()),
        "time_unit": data.time_unit,
        "time": plain(data.time),
        "warnings": list(found.warnings),
        "crossings": [point.verdict for point in isosbestic_points(data)],
        "material": material,
        "command": line,
    }


def fit(
    report: Report,  # noqa: ARG001  a fit says nothing before its end
    *,
    data: SpectrumSeries | Trace,
    scheme: str,
    at: str | None,
    said: dict[str, bool],
    absorbing: str | None,
    line: str,
) -> dict[str, Any]:
    """Fit a scheme.

    Args:
        report: Not told anything.
        data: Spectra or a trace.
        scheme: Such as "A -> B".
        at: Wavelength at which spectra are read, or None.
        said: What is said of the data.
        absorbing: Species that absorb, or None.
        line: The command that does the same.

    Raises:
        InputError: The data or the scheme are not something that a fit can work with.
    """
    from prenuc.observe.changing import check_changing
    from prenuc.present.app.fitted import shown

    check_changing(data, "the data")
    found = pn.fit(data, scheme, at=at, absorbing=absorbing, **said)  # type: ignore[call-overload]
    return {**shown(found), "command": line}


def compare(
    report: Report,
    *,
    data: SpectrumSeries | Trace,
    schemes: str | None,
    at: str | None,
    line: str,
) -> dict[str, Any]:
    """Ask which scheme the data support.

    Args:
        report: Told the finished share.
        data: Spectra or a trace.
        schemes: Separated by ";", or None.
        at: Wavelength at which spectra are read, or None.
        line: The command that does the same.

    Raises:
        InputError: The data or a scheme are not something that a fit can work with.
    """
    asked = None if schemes is None else [one for one in schemes.split(";") if one.strip()]
    found = pn.compare_schemes(data, asked, at=at, progress=report)
    return {**plain(found), "told": str(found), "command": line}
