"""What is fitted to what: data sets, a scheme, and the parameters that they share.

A :class:`~prenuc.infer.fit.data_set.DataSet` says what was different: temperature, doses, starting
concentration, dilution, a lag that is known. How parameters follow from that is said by laws
(:mod:`prenuc.infer.fit.laws`). One trace is the case of one data set with one wavelength.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import FitError
from prenuc.infer.fit.laws import AbstractLaw, shared_parameters
from prenuc.infer.fit.preparation import check_known, filled, labelled_sets
from prenuc.infer.fit.stack import Stack, columns_of, member_of, plain
from prenuc.infer.noise.estimate import rotate
from prenuc.infer.schemes.profiles import AbstractKinetics, Clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.infer.fit.data_set import DataSet
    from prenuc.observe.series import SpectrumSeries

    Laws = Mapping[str, AbstractLaw | tuple[AbstractLaw, ...]]


@dataclass(frozen=True)
class Question:
    """What is to be fitted to what.

    Args:
        sets: The data sets, labelled.
        kinetics: The scheme.
        stack: Their columns, not yet weighted.
        data: The rotated spectra of each (:func:`~prenuc.infer.noise.estimate.rotate`), (m, n).
        known: The rotated known spectra, shape (rows, n).
        whole: Whether all species absorb.
    """

    sets: tuple[DataSet, ...]
    kinetics: AbstractKinetics
    stack: Stack
    data: tuple[Array, ...]
    known: Array
    whole: bool

    @property
    def clock(self) -> Clock:
        """What the times of all data sets allow one to see."""
        return clock_of(self.sets)

    @property
    def alone(self) -> bool:
        """Whether there is one data set, of which nothing is known."""
        return len(self.sets) == 1 and not len(self.known) and not self.stack.shift


def question(
    data: Sequence[DataSet],
    kinetics: AbstractKinetics,
    *,
    absorbing: Sequence[int] | None = None,
    laws: Laws | None = None,
    shift: int = 0,
    shared_spectra: bool = True,
    known: Mapping[str, Array] | None = None,
) -> Question:
    """Return data sets with one scheme, stacked.

    Args:
        data: The data sets.
        kinetics: The scheme.
        absorbing: Which species absorb, by their place in the scheme; all if None.
        laws: By parameter, how it follows from temperature and doses; shared by all if not named.
        shift: Order of the polynomial by which the product's band moves as it grows; 0 if it
            stands still.
        shared_spectra: Whether species have the same spectra in all data sets.
        known: Spectra of species that are known, by name, shape (n,).

    Raises:
        FitError: The data sets cannot be fitted together; all problems at once.
    """
    if shift < 0:
        raise FitError(f"a shift of order {shift}", "Give 0 for a band that stands still, or more")
    sets = labelled_sets(data, kinetics, shared=shared_spectra)
    known, n = known or {}, len(sets[0].series.wavelength)
    check_known(known, kinetics, n, shared=shared_spectra)
    fitted, rows = shared_parameters(kinetics, sets, laws or {}, clock_of(sets))
    picks = columns_of(kinetics, sets, absorbing)
    whole = absorbing is None or len({*absorbing}) == len(kinetics.species)
    members = tuple(
        member_of(kinetics, one, rows, index, len(fitted), picks) for index, one in enumerate(sets)
    )
    if len(members) == 1 and whole:
        members = (plain(members[0]),)
    columns = [*(kinetics.species[pick] for pick in picks), *[""] * shift]
    held = np.array([[name == column for column in columns] for name in known], dtype=float)
    ones = np.ones(sum(len(member.time) for member in members) + len(held))
    stack = Stack(kinetics.scheme, members, tuple(fitted), shared_spectra, shift, held, ones)
    turned = rotate(np.reshape([*known.values()], (len(known), n)).astype(float))
    asked = Question(sets, kinetics, stack, (), turned, whole)
    return replace(asked, data=tuple(_rotated(one.series, asked) for one in sets))


def _rotated(series: SpectrumSeries, asked: Question) -> Array:
    spectra = filled(series.time, series.absorbance)
    return rotate(spectra - level_of(spectra, asked))


def level_of(spectra: Array, asked: Question) -> Array:
    """Return the mean of spectra, shape (m, n), where it lies within the fit; else zeros, (n,).

    A constant spectrum does where all species absorb; less is lost to rounding without it.
    """
    inside = asked.alone and asked.whole and asked.kinetics.closed and spectra.shape[1] > 1
    found: Array = spectra.mean(axis=0) if inside else np.zeros(spectra.shape[1])
    return found


def clock_of(sets: Sequence[DataSet]) -> Clock:
    """Return the longest span and the shortest gap of all data sets."""
    clocks = [Clock.of(one.series.time) for one in sets]
    span, gap = max(clock.span for clock in clocks), min(clock.gap for clock in clocks)
    return Clock(span, gap, sets[0].series.time_unit)
