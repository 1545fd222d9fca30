"""Fit a kinetic scheme: to a trace, to spectra at all wavelengths, or to many data sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

import numpy as np

from prenuc.errors import FitError, Problem, unknown_name
from prenuc.infer.answer import of_many, of_one_trace, of_spectra
from prenuc.infer.data_sets import DataSet, question
from prenuc.infer.growth import delayed
from prenuc.infer.outlying import without_outlying
from prenuc.infer.parameter import Parameter
from prenuc.infer.preparation import prepared, prepared_sets
from prenuc.infer.results import Fit, GlobalFit, ManyFit
from prenuc.infer.scheme import parse
from prenuc.infer.solve import solve
from prenuc.infer.starts import check_start
from prenuc.observe.series import SpectrumSeries, Trace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from prenuc.infer.data_sets import Laws
    from prenuc.infer.profiles import AbstractKinetics
    from prenuc.infer.solve import Solution

__all__ = ["DataSet", "Fit", "GlobalFit", "ManyFit", "Parameter", "fit", "linearised"]

ALWAYS = ("A_inf", "A_0", "B", "lag", "constant")  # what a start may name though it needs none


@overload
def fit(
    data: SpectrumSeries,
    scheme: str,
    *,
    at: None = None,
    absorbing: str | Sequence[str] | None = None,
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
    absorbing: str | Sequence[str] | None = None,
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
    absorbing: str | Sequence[str] | None = None,
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
    absorbing: str | Sequence[str] | None = None,
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
    absorbing: str | Sequence[str] | None = None,
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
            several :class:`~prenuc.infer.data_sets.DataSet`. Spectra at one wavelength are a trace.
        scheme: What happens, such as "A -> B -> C" (:mod:`prenuc.infer.scheme`), or a mechanism
            file.
        at: Wavelength at which spectra are read, such as "311 nm".
        absorbing: The species that absorb, such as "A, C"; all of them when None.
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
    start = start or {}
    if not isinstance(data, SpectrumSeries | Trace):
        sets = prepared_sets(data)
        unit = sets[0].series.time_unit if sets else "1"
        kinetics = parse(scheme, unit)
        asked = question(
            sets,
            kinetics,
            absorbing=absorbers(kinetics, absorbing),
            laws=laws,
            shift=shift,
            shared_spectra=shared_spectra,
            known=known,
        )
        check_start(start, [variable.name for variable in asked.stack.fitted])
        return of_many(solve(asked, start))
    if isinstance(data, SpectrumSeries) and at is None and len(data.wavelength) == 1:
        at = f"{data.wavelength[0]} nm"
    if isinstance(data, SpectrumSeries) and at is not None:
        data = data.trace(at)
    data = prepared(data)
    kinetics = parse(scheme, data.time_unit)
    picked = absorbers(kinetics, absorbing)
    if isinstance(data, SpectrumSeries):
        if through_origin:
            what = "spectra at all wavelengths have no common origin to go through"
            raise FitError(Problem(what, "Give a wavelength, or leave the option out"))
        check_start(start, kinetics.names)

        def solved(spectra: SpectrumSeries) -> Solution:
            one = DataSet(data=spectra, background=background and not kinetics.closed)
            asked = question([one], kinetics, absorbing=picked)
            return solve(asked, start, non_negative=non_negative)

        return of_spectra(*without_outlying(data, solved))
    if non_negative:
        what = "a trace has no spectra that could be held above zero"
        raise FitError(Problem(what, "Leave the option out, or fit all wavelengths"))
    free = background or data.offset_free
    if through_origin:
        if free:
            what = "a trace with an unknown constant under it does not go through the origin"
            raise FitError(Problem(what, "Leave out one of the two options"))
        picked = (len(kinetics.species) - 1,)
    late = delayed(kinetics) or kinetics
    sets = [DataSet(data=data, background=free)]
    asked = question(sets, late, absorbing=picked)
    check_start(start, late.names, (*ALWAYS, *(f"A_{s}" for s in late.species), *late.species))
    nonlinear = {name: value for name, value in start.items() if name in late.names}
    return of_one_trace(solve(asked, nonlinear), data, kinetics)


def absorbers(
    kinetics: AbstractKinetics, names: str | Sequence[str] | None
) -> tuple[int, ...] | None:
    """Return which species absorb, by their place in the scheme; None for all of them.

    Args:
        kinetics: The scheme.
        names: Their names, in one text with commas or one by one.

    Raises:
        FitError: The scheme has no such species.
    """
    if names is None:
        return None
    asked = [n.strip() for n in (names.split(",") if isinstance(names, str) else names)]
    if wrong := [name for name in asked if name not in kinetics.species]:
        raise FitError([unknown_name("species", name, kinetics.species) for name in wrong])
    return tuple(kinetics.species.index(name) for name in dict.fromkeys(asked))


def linearised(
    trace: Trace, plateau: float, *, sensitivity: float = 0.001
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return times and ln(A∞ − A) where the difference is above the instrument's sensitivity.

    For the eye only: taking logarithms weighs the noise of late points without bound.

    Args:
        trace: The signal.
        plateau: A∞.
        sensitivity: Smallest difference that the instrument can tell (seed @ Note S2: 0.001).
    """
    rest = plateau - trace.value
    visible = rest > sensitivity
    first_hidden = int(np.argmin(visible)) if not np.all(visible) else len(rest)
    return trace.time[:first_hidden], np.log(rest[:first_hidden])
