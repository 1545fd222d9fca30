"""Fit a kinetic scheme: to one trace, or to all wavelengths of a series at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from prenuc.errors import FitError, Problem
from prenuc.infer.global_fit import GlobalFit, global_fit
from prenuc.infer.parameter import Parameter
from prenuc.infer.trace_fit import Fit, fit_trace, linearised
from prenuc.observe.series import SpectrumSeries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.observe.series import Trace

__all__ = ["Fit", "GlobalFit", "Parameter", "fit", "linearised"]


@overload
def fit(
    data: SpectrumSeries,
    scheme: str,
    *,
    at: None = None,
    background: bool = False,
    through_origin: bool = False,
    start: Mapping[str, float] | None = None,
) -> GlobalFit: ...


@overload
def fit(
    data: SpectrumSeries,
    scheme: str,
    *,
    at: str,
    background: bool = False,
    through_origin: bool = False,
    start: Mapping[str, float] | None = None,
) -> Fit: ...


@overload
def fit(
    data: Trace,
    scheme: str,
    *,
    at: str | None = None,
    background: bool = False,
    through_origin: bool = False,
    start: Mapping[str, float] | None = None,
) -> Fit: ...


def fit(
    data: SpectrumSeries | Trace,
    scheme: str,
    *,
    at: str | None = None,
    background: bool = False,
    through_origin: bool = False,
    start: Mapping[str, float] | None = None,
) -> Fit | GlobalFit:
    """Fit a kinetic scheme to a trace, or to all wavelengths of a series at once.

    By default first-order growth of a trace is A = A∞ − B exp(−k t) with A∞ and B free, and a lag
    is read from B > A∞, which takes for granted that nothing else absorbs.

    Args:
        data: A trace, or spectra: the trace ``at`` one wavelength, or all of them without.
        scheme: For a trace "A -> B", "first-order", or "A -m-> B -> C" (m equal steps before the
            slow one); for spectra any first-order network.
        at: Wavelength at which spectra are read, such as "311 nm".
        background: An unknown constant lies under the whole trace. Implied when one of the
            spectra was subtracted, and in a fit of all wavelengths.
        through_origin: The signal of a trace is zero at time 0: no lag, no background.
        start: Starting values of rate constants of a global fit, in 1/time unit; not needed.

    Raises:
        FitError: The scheme is unknown, or the data are not something that it can be fitted to.
        SpectrumError: The wavelength lies outside the spectra.
    """
    if isinstance(data, SpectrumSeries):
        if at is None:
            if through_origin:
                what = "spectra at all wavelengths have no common origin to go through"
                raise FitError(Problem(what, "Give a wavelength, or leave the option out"))
            return global_fit(data, scheme, start=start)
        data = data.trace(at)
    if start:
        raise FitError(Problem("a trace is fitted without starting values", "Leave 'start' out"))
    return fit_trace(data, scheme, background=background, through_origin=through_origin)
