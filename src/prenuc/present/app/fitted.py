"""A fit as the screen Spectra shows it: its numbers, its report, what is drawn of it."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Any

from prenuc.infer.fit.parameter import symbol
from prenuc.infer.fit.results import AbstractFit, Fit, GlobalFit, ManyFit
from prenuc.present.tables.plain import plain

if TYPE_CHECKING:
    from prenuc.arrays import Array

FEW = 120  # spectra and wavelengths of a picture of residuals; of more every n-th


def shown(found: AbstractFit) -> dict[str, Any]:
    """Return a fit as plain data; ``drawn`` is None where several data sets were fitted.

    Args:
        found: A fit of one trace, of spectra, or of several data sets.
    """
    told = {
        **plain(found),
        "symbols": {name: symbol(name) for name in found.params},
        "report": found.fit_report(equivalents=True).splitlines(),
        "drawn": _drawn(found),
    }
    if isinstance(found, ManyFit):
        each = {f"{name}, {of}": x for of, own in found.derived.items() for name, x in own.items()}
        told["derived"] = plain(each)
    return told


@singledispatch
def _drawn(_found: AbstractFit) -> dict[str, Any] | None:
    return None


@_drawn.register(Fit)
def _of_trace(found: Fit) -> dict[str, Any]:
    """Return data, fit and residuals of a trace against time."""
    return {
        "kind": "trace",
        "name": found.trace.name,
        "time": plain(found.trace.time),
        "time_label": found.trace.time_label,
        "value": plain(found.trace.value),
        "fitted": plain(found.fitted),
        "residuals": plain(found.residuals),
    }


@_drawn.register(GlobalFit)
def _of_spectra(found: GlobalFit) -> dict[str, Any]:
    """Return courses and spectra of the species, and the residuals, every n-th of many."""
    m, n = found.residuals.shape
    rows, columns = slice(None, None, -(-m // FEW)), slice(None, None, -(-n // FEW))
    return {
        "kind": "spectra",
        "species": list(found.species),
        "time": plain(found.series.time),
        "time_label": found.series.time_label,
        "concentrations": _short(found.concentrations.T),
        "wavelength_nm": plain(found.series.wavelength),
        "spectra": _short(found.spectra),
        "residual_nm": plain(found.series.wavelength[columns]),
        "residual_time": plain(found.series.time[rows]),
        "residuals": _short(found.residuals[rows, columns]),
    }


def _short(numbers: Array) -> Any:
    """Return rows of numbers in five digits, as many as a picture shows."""
    return [[None if x is None else float(f"{x:.5g}") for x in row] for row in plain(numbers)]
