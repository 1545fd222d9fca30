"""Fit a kinetic scheme: to a trace, to spectra at all wavelengths, or to many data sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict, Unpack, overload

from prenuc.errors import FitError, Problem
from prenuc.infer.fit.answer import of_many, of_one_trace, of_spectra
from prenuc.infer.fit.data_set import DataSet
from prenuc.infer.fit.late_start import after_lag
from prenuc.infer.fit.outlying import without_outlying
from prenuc.infer.fit.parameter import Parameter
from prenuc.infer.fit.preparation import prepared, prepared_sets
from prenuc.infer.fit.question import question
from prenuc.infer.fit.results import Fit, GlobalFit, ManyFit
from prenuc.infer.fit.solve import solve
from prenuc.infer.fit.stack import absorbers
from prenuc.infer.fit.starts import check_start
from prenuc.infer.schemes.growth import delayed
from prenuc.infer.schemes.scheme import parse
from prenuc.observe.readings import values_too_large
from prenuc.observe.series import SpectrumSeries
from prenuc.observe.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.infer.fit.question import Laws
    from prenuc.infer.fit.solve import Solution
    from prenuc.infer.schemes.profiles import AbstractKinetics

__all__ = ["DataSet", "Fit", "GlobalFit", "ManyFit", "Parameter", "fit"]

ALWAYS = ("A_inf", "A_0", "B", "lag", "constant")  # what a start may name though it needs none


class FitOptions(TypedDict, total=False):
    """What may be said of a trace or of spectra besides the scheme; see :func:`fit`."""

    absorbing: str | Sequence[str] | None
    background: bool
    through_origin: bool
    non_negative: bool
    start: Mapping[str, float] | None


class Together(TypedDict, total=False):
    """What several data sets have in common."""

    laws: Laws | None
    shift: int
    shared_spectra: bool
    known: Mapping[str, Array] | None


class OptionsOfSets(Together, total=False):
    """What may be said of several data sets."""

    absorbing: str | Sequence[str] | None
    start: Mapping[str, float] | None


@overload
def fit(  # type: ignore[overload-overlap]  # what is more special stands first
    data: SpectrumSeries, scheme: str, *, at: None = None, **said: Unpack[FitOptions]
) -> GlobalFit: ...


@overload
def fit(
    data: SpectrumSeries | Trace, scheme: str, *, at: str | None = None, **said: Unpack[FitOptions]
) -> Fit: ...


@overload
def fit(data: Sequence[DataSet], scheme: str, **said: Unpack[OptionsOfSets]) -> ManyFit: ...


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
    known: Mapping[str, Array] | None = None,
    start: Mapping[str, float] | None = None,
) -> Fit | GlobalFit | ManyFit:
    """Fit a kinetic scheme to a trace, to all wavelengths of a series, or to many data sets.

    By default first-order growth of a trace is A = A∞ − B exp(−k t) with A∞ and B free, and a lag
    is read from B > A∞, which takes for granted that nothing else absorbs.

    Args:
        data: A trace; or spectra: the trace ``at`` one wavelength, or all of them without; or
            several :class:`~prenuc.infer.fit.data_set.DataSet`. Spectra at one wavelength are a
            trace.
        scheme: What happens, such as "A -> B -> C" (:mod:`prenuc.infer.schemes.scheme`), or a
            mechanism file.
        at: Wavelength at which spectra are read, such as "311 nm".
        absorbing: The species that absorb, such as "A, C"; all of them when None.
        background: An unknown constant lies under the whole trace. Implied when one of the
            spectra was subtracted, and in a fit of all wavelengths.
        through_origin: The signal of a trace comes from the product alone: no lag, no background.
        non_negative: Spectra of species are nowhere below zero.
        laws: How parameters change from data set to data set (:mod:`prenuc.infer.fit.laws`).
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
        joint = Together(laws=laws, shift=shift, shared_spectra=shared_spectra, known=known)
        return _of_sets(data, scheme, absorbing, start or {}, joint)
    if isinstance(data, SpectrumSeries) and (at is not None or len(data.wavelength) == 1):
        data = data.trace(f"{data.wavelength[0]} nm" if at is None else at)
    return _of_one(
        prepared(data),
        scheme,
        absorbing=absorbing,
        background=background,
        through_origin=through_origin,
        non_negative=non_negative,
        start=start,
    )


def fit_as_asked(data: SpectrumSeries | Trace, scheme: str, *, background: bool) -> Fit | GlobalFit:
    """Fit just the scheme that is asked for, even where growth begins late.

    Args:
        data: A trace, or spectra.
        scheme: What happens.
        background: An unknown constant lies under a trace.

    Raises:
        FitError: See :func:`fit`.
    """
    data = prepared(data)
    return _as_asked(data, parse(scheme, data.time_unit), {"background": background})


def _of_sets(
    data: Sequence[DataSet],
    scheme: str,
    absorbing: str | Sequence[str] | None,
    start: Mapping[str, float],
    together: Together,
) -> ManyFit:
    sets = prepared_sets(data)
    kinetics = parse(scheme, sets[0].series.time_unit if sets else "1")
    asked = question(sets, kinetics, absorbing=absorbers(kinetics, absorbing), **together)
    check_start(start, [variable.name for variable in asked.stack.fitted])
    return of_many(solve(asked, start))


def _of_one(
    data: SpectrumSeries | Trace, scheme: str, **said: Unpack[FitOptions]
) -> Fit | GlobalFit:
    kinetics = parse(scheme, data.time_unit)
    found = _as_asked(data, kinetics, said)
    if isinstance(data, SpectrumSeries) and (why := values_too_large(data)):
        return found.muted(why)
    if found.reliable:
        return found
    return after_lag(found, kinetics, lambda late: _as_asked(data, late, said))


def _as_asked(
    data: SpectrumSeries | Trace, kinetics: AbstractKinetics, said: FitOptions
) -> Fit | GlobalFit:
    if isinstance(data, SpectrumSeries):
        return _of_spectra(data, kinetics, said)
    return _of_trace(data, kinetics, said)


def _of_spectra(data: SpectrumSeries, kinetics: AbstractKinetics, said: FitOptions) -> GlobalFit:
    if said.get("through_origin"):
        what = "spectra at all wavelengths have no common origin to go through"
        raise FitError(Problem(what, "Give a wavelength, or leave the option out"))
    start = said.get("start") or {}
    check_start(start, kinetics.names)
    picked = absorbers(kinetics, said.get("absorbing"))
    under = bool(said.get("background")) and not kinetics.closed

    def solved(spectra: SpectrumSeries) -> Solution:
        asked = question([DataSet(data=spectra, background=under)], kinetics, absorbing=picked)
        return solve(asked, start, non_negative=bool(said.get("non_negative")))

    return of_spectra(*without_outlying(data, solved))


def _of_trace(data: Trace, kinetics: AbstractKinetics, said: FitOptions) -> Fit:
    if said.get("non_negative"):
        what = "a trace has no spectra that could be held above zero"
        raise FitError(Problem(what, "Leave the option out, or fit all wavelengths"))
    free = bool(said.get("background")) or data.offset_free
    picked = absorbers(kinetics, said.get("absorbing"))
    if said.get("through_origin"):
        if free:
            what = "a trace with an unknown constant under it does not go through the origin"
            raise FitError(Problem(what, "Leave out one of the two options"))
        picked = (len(kinetics.species) - 1,)
    late = delayed(kinetics) or kinetics
    given = said.get("start") or {}
    check_start(given, late.names, (*ALWAYS, *(f"A_{s}" for s in late.species), *late.species))
    start = {name: value for name, value in given.items() if name in late.names}
    asked = question([DataSet(data=data, background=free)], late, absorbing=picked)
    return of_one_trace(solve(asked, start), data, kinetics)
