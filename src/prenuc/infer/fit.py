"""Fit a kinetic scheme: to a trace, to spectra at all wavelengths, or to many data sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from prenuc.errors import FitError, Problem
from prenuc.infer.curve_fit import fit_curve
from prenuc.infer.global_fit import GlobalFit, global_fit
from prenuc.infer.growth import growth_of
from prenuc.infer.many import DataSet, ManyFit, fit_many
from prenuc.infer.parameter import Parameter
from prenuc.infer.scheme import parse
from prenuc.infer.trace_fit import Fit, fit_trace, linearised
from prenuc.observe.series import SpectrumSeries, Trace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from prenuc.infer.many import Laws

__all__ = ["DataSet", "Fit", "GlobalFit", "ManyFit", "Parameter", "fit", "linearised"]


@overload
def fit(
    data: SpectrumSeries,
    scheme: str,
    *,
    at: None = None,
    background: bool = False,
    through_origin: bool = False,
    non_negative: bool = False,
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
    non_negative: bool = False,
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
    non_negative: bool = False,
    start: Mapping[str, float] | None = None,
) -> Fit: ...


@overload
def fit(
    data: Sequence[DataSet],
    scheme: str,
    *,
    laws: Laws | None = None,
    shift: int = 0,
    shared_spectra: bool = True,
    known: Mapping[str, NDArray[np.float64]] | None = None,
    start: Mapping[str, float] | None = None,
) -> ManyFit: ...


def fit(
    data: SpectrumSeries | Trace | Sequence[DataSet],
    scheme: str,
    *,
    at: str | None = None,
    background: bool = False,
    through_origin: bool = False,
    non_negative: bool = False,
    laws: Laws | None = None,
    shift: int = 0,
    shared_spectra: bool = True,
    known: Mapping[str, NDArray[np.float64]] | None = None,
    start: Mapping[str, float] | None = None,
) -> Fit | GlobalFit | ManyFit:
    """Fit a kinetic scheme to a trace, to all wavelengths of a series, or to many data sets.

    By default first-order growth of a trace is A = A∞ − B exp(−k t) with A∞ and B free, and a lag
    is read from B > A∞, which takes for granted that nothing else absorbs.

    Args:
        data: A trace; or spectra: the trace ``at`` one wavelength, or all of them without; or
            several :class:`~prenuc.infer.many.DataSet`.
        scheme: What happens, such as "A -> B -> C" (:mod:`prenuc.infer.scheme`), or a mechanism
            file.
        at: Wavelength at which spectra are read, such as "311 nm".
        background: An unknown constant lies under the whole trace. Implied when one of the
            spectra was subtracted, and in a fit of all wavelengths.
        through_origin: The signal of a trace comes from the product alone: no lag, no background.
        non_negative: Spectra of species are nowhere below zero.
        laws: How parameters change from data set to data set (:mod:`prenuc.infer.laws`).
        shift: For several data sets: order of the move of the product's band as it grows.
        shared_spectra: For several data sets: species have the same spectra in all.
        known: For several data sets: spectra that are known, by species.
        start: Starting values of some or all rate constants, in 1/time unit. None are needed; the
            search begins at those given and nowhere else.

    Raises:
        FitError: The scheme is unknown, or the data are not something that it can be fitted to.
        SpectrumError: The wavelength lies outside the spectra.
    """
    if not isinstance(data, SpectrumSeries | Trace):
        return fit_many(
            data,
            scheme,
            laws=laws,
            shift=shift,
            shared_spectra=shared_spectra,
            known=known,
            start=start,
        )
    if isinstance(data, SpectrumSeries):
        if at is None:
            if through_origin:
                what = "spectra at all wavelengths have no common origin to go through"
                raise FitError(Problem(what, "Give a wavelength, or leave the option out"))
            return global_fit(data, scheme, start=start, non_negative=non_negative)
        data = data.trace(at)
    if non_negative:
        what = "a trace has no spectra that could be held above zero"
        raise FitError(Problem(what, "Leave the option out, or fit all wavelengths"))
    growth = growth_of(scheme)
    if growth is not None:
        return fit_trace(
            data, growth, background=background, through_origin=through_origin, start=start
        )
    return fit_curve(
        data,
        parse(scheme, data.time_unit),
        background=background,
        through_origin=through_origin,
        start=start,
    )
