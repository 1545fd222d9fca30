r"""Many data sets as one: concentrations stacked in time, parameters shared by laws.

Data set i has kinetics of its own parameters θ_i, whose search variables are linear in what is
fitted, :math:`u_i = u_{0i} + X_i β` (:mod:`prenuc.infer.fit.laws`). Its concentrations are scaled
by what was taken and how it was diluted, and stacked under those of the others:

.. math:: \begin{pmatrix} D_1 \\ D_2 \\ ⋮ \end{pmatrix} =
   \begin{pmatrix} w_1 C_1(β) & 1 & 0 & \\ w_2 C_2(β) & 0 & 1 & \\ ⋮ & & & ⋱ \end{pmatrix} S

so that the objective, the noise and the intervals of one matrix serve for all. Spectra are shared
(as drawn) or own (block diagonal); each data set has a static background of its own.

**A peak that shifts while it grows.** If the product's band lies at λ₀ + δ(b), where b is the share
grown, its signal is b S(λ − δ) = b S − b δ S′ + …; with δ a polynomial of b without a constant, the
signal lies in the columns b, b², b³, … with free spectra, the first of which is proportional to S′.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, final

import numpy as np

from prenuc.errors import FitError, Problem, unknown_name
from prenuc.infer.schemes.kinetics import FirstOrderNetwork
from prenuc.infer.schemes.nonlinear import Exponentials
from prenuc.infer.schemes.profiles import AbstractKinetics, Clock, Lagged, Variable
from prenuc.observe.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from prenuc.arrays import Array
    from prenuc.infer.fit.data_set import DataSet

NEW = 1e-6  # a column is new if this share of it lies outside the others


@final
@dataclass(frozen=True)
class StackedSet:
    """One data set of a stack.

    Args:
        kinetics: Its scheme.
        time: Times less its known lag, shape (m,).
        weight: What multiplies the concentrations at each time, shape (m,).
        origin: u₀, shape (parameters,).
        matrix: X, shape (parameters, fitted).
        exponent: Which θ are exp(u), shape (parameters,).
        background: Whether a static background lies under its spectra.
        picks: Which species absorb, by their place in the scheme.
    """

    kinetics: AbstractKinetics
    time: Array
    weight: Array
    origin: Array
    matrix: Array
    exponent: NDArray[np.bool_]
    background: bool
    picks: tuple[int, ...]

    @property
    def species(self) -> tuple[str, ...]:
        """Names of the species that absorb."""
        return tuple(self.kinetics.species[pick] for pick in self.picks)

    def parameters(self, fitted: Array) -> tuple[Array, Array]:
        """Return θ, shape (parameters,), and ∂θ/∂β, shape (parameters, fitted)."""
        u = self.origin + self.matrix @ fitted
        values = np.where(self.exponent, np.exp(np.where(self.exponent, u, 0.0)), u)
        return values, self.matrix * np.where(self.exponent, values, 1.0)[:, None]

    def plain_columns(self, values: Array) -> tuple[Array, Array]:
        """Return the columns for θ, shape (m, c), and their derivatives in it, (p, m, c)."""
        shares, slopes = self.kinetics.concentrations(self.time, values)
        if self.picks != tuple(range(shares.shape[1])):
            shares, slopes = shares[:, self.picks], slopes[:, :, self.picks]
        if self.background:
            shares = np.concatenate((shares, np.ones_like(shares[:, :1])), axis=1)
            slopes = np.concatenate((slopes, np.zeros_like(slopes[:, :, :1])), axis=2)
        return shares, slopes

    def columns(self, fitted: Array, shift: int) -> tuple[Array, Array]:
        """Return weighted concentrations and shift columns, and their derivatives in β."""
        values, along = self.parameters(fitted)
        shares, slopes = self.kinetics.concentrations(self.time, values)
        slopes = np.tensordot(along.T, slopes, 1)
        grown, growth = shares[:, -1:], slopes[:, :, -1:]
        shares, slopes = shares[:, self.picks], slopes[:, :, self.picks]
        if shift:
            powers = range(2, 2 + shift)
            shares = np.hstack((shares, *(grown**p for p in powers)))
            steep = (p * grown ** (p - 1) * growth for p in powers)
            slopes = np.concatenate((slopes, *steep), axis=2)
        return shares * self.weight[:, None], slopes * self.weight[:, None]


@final
@dataclass(frozen=True)
class Stack(AbstractKinetics):
    """Many data sets with shared parameters.

    Args:
        members: The data sets.
        fitted: The parameters β.
        shared: Whether all have the same spectra.
        shift: Order of the shift of the product's band; 0 for none.
        known: Rows that say which species' spectra are known, shape (rows, species).
        scale: Standard deviation of each row's noise, by which it is divided, shape (rows,).
    """

    members: tuple[StackedSet, ...]
    fitted: tuple[Variable, ...]
    shared: bool
    shift: int
    known: Array
    scale: Array

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the fitted parameters."""
        return tuple(variable.name for variable in self.fitted)

    @cached_property
    def species(self) -> tuple[str, ...]:
        """The columns of one data set, without its background."""
        inner = self.members[0].species
        bands = tuple(f"shift of {inner[-1]}, order {p + 1}" for p in range(self.shift))
        return (*inner, *bands)

    @cached_property
    def logarithmic(self) -> NDArray[np.bool_]:
        """Which parameters are searched on a logarithmic scale, shape (fitted,)."""
        return np.array([variable.logarithmic for variable in self.fitted])

    @cached_property
    def is_plain(self) -> bool:
        """Whether there is one data set whose parameters are fitted as they are."""
        one = self.members[0]
        free = len(self.members) == 1 and one.matrix.shape[0] == one.matrix.shape[1]
        if not free or self.shift or len(self.known):
            return False
        as_it_is = np.all(one.weight == 1.0) and np.all(self.scale == 1.0)
        direct = np.array_equal(one.matrix, np.eye(len(one.matrix))) and not np.any(one.origin)
        same = np.array_equal(one.exponent, one.kinetics.logarithmic)
        return bool(as_it_is and direct and same)

    def variables(self, clock: Clock) -> tuple[Variable, ...]:
        """Return the fitted parameters."""
        del clock
        return self.fitted

    @cached_property
    def rows(self) -> list[slice]:
        """The rows of each data set."""
        ends = np.cumsum([0, *(len(member.time) for member in self.members)])
        return [slice(int(a), int(b)) for a, b in pairwise(ends)]

    def place(self, index: int) -> slice:
        """Return the columns of one data set's species."""
        width = len(self.species)
        first = 0 if self.shared else index * width
        return slice(first, first + width)

    @cached_property
    def width(self) -> int:
        """How many columns all spectra have together, backgrounds last."""
        blocks = 1 if self.shared else len(self.members)
        return blocks * len(self.species) + sum(member.background for member in self.members)

    def concentrations(self, time: Array, values: Array) -> tuple[Array, Array]:
        """Return the stacked columns, divided by the noise, and their derivatives.

        Args:
            time: Not used: each data set has its own.
            values: The fitted parameters.
        """
        del time
        if self.is_plain:
            return self.members[0].plain_columns(values)
        logs = self.logarithmic
        fitted = np.where(logs, np.log(np.where(logs, values, 1.0)), values)
        total = self.rows[-1].stop + len(self.known)
        stacked = np.zeros((total, self.width))
        slopes = np.zeros((len(values), total, self.width))
        behind = self.width - sum(member.background for member in self.members)
        for index, (member, rows) in enumerate(zip(self.members, self.rows, strict=True)):
            at = self.place(index)
            stacked[rows, at], slopes[:, rows, at] = member.columns(fitted, self.shift)
            if member.background:
                stacked[rows, behind] = 1.0
                behind += 1
        if len(self.known):
            stacked[self.rows[-1].stop :, : self.known.shape[1]] = self.known
        steep = slopes * np.where(logs, 1.0 / np.where(logs, values, 1.0), 1.0)[:, None, None]
        return stacked / self.scale[:, None], steep / self.scale[:, None]

    def of_order(self, shift: int) -> Stack:
        """Return the same data sets with another order of the shift, rows not weighted."""
        kept = self.known.shape[1] - self.shift + shift if len(self.known) else 0
        known = self.known[:, :kept] if len(self.known) else self.known
        return replace(self, shift=shift, known=known, scale=np.ones_like(self.scale))

    def alone(self, index: int) -> Stack:
        """Return one data set alone, with the parameters of its kinetics free."""
        member = self.members[index]
        inner = member.kinetics.variables(Clock.of(member.time))
        free = np.any(member.matrix != 0, axis=1)
        own = replace(
            member,
            origin=np.where(free, 0.0, member.origin),
            matrix=np.diag(free.astype(float)),
            exponent=member.kinetics.logarithmic,
        )
        ones = np.ones(len(member.time))
        none = np.zeros((0, len(self.species)))
        return Stack(self.scheme, (own,), inner, True, self.shift, none, ones)


def columns_of(
    kinetics: AbstractKinetics, sets: Sequence[DataSet], absorbing: Sequence[int] | None
) -> tuple[int, ...]:
    """Return the species whose columns are used.

    Of a single signal those that can be told apart, the last and the first species before others.

    Args:
        kinetics: The scheme.
        sets: The data sets.
        absorbing: Which species absorb, by their place in the scheme; all if None.
    """
    count = len(kinetics.species)
    chosen = range(count) if absorbing is None else sorted({*absorbing})
    alone = len(sets) == 1 and isinstance(sets[0].data, Trace)
    if not alone or isinstance(kinetics, Exponentials):
        return tuple(chosen)
    ends = [place for place in (0, count - 1) if place in chosen]
    order = [*ends, *(place for place in chosen if place not in ends)]
    time = sets[0].series.time
    middle = Clock.of(time, sets[0].series.time_unit)
    u = np.array([0.6 * sum(v.grid) - 0.1 * v.grid[0] for v in kinetics.variables(middle)])
    columns, _ = kinetics.concentrations(time, kinetics.decode(u)[0])
    kept: list[int] = []
    for pick in order:
        others, column = columns[:, kept], columns[:, pick]
        rest = column - others @ np.linalg.lstsq(others, column, rcond=None)[0]
        if np.linalg.norm(rest) > NEW * np.linalg.norm(column):
            kept.append(pick)
    return tuple(kept)


def member_of(
    kinetics: AbstractKinetics,
    one: DataSet,
    rows: Mapping[str, Array],
    index: int,
    count: int,
    picks: tuple[int, ...],
) -> StackedSet:
    """Return one data set of the stack.

    Args:
        kinetics: The scheme.
        one: The data set.
        rows: By parameter of the scheme, X, shape (sets, fitted).
        index: Which data set it is.
        count: How many parameters are fitted.
        picks: Which species absorb.

    Raises:
        FitError: It was diluted on the way, which changes rates of other orders than the first.
    """
    time, weight = one.series.time, np.full(len(one.series), one.initial)
    dilutions = one.dilutions
    inner = kinetics.inner if isinstance(kinetics, Lagged) else kinetics
    for dilution in dilutions:
        if dilution.at is not None and not isinstance(inner, FirstOrderNetwork):
            what = "a dilution on the way changes the rates of all but first-order steps"
            mend = "Split the data at the dilution, or fit up to it"
            raise FitError(Problem(what, mend, where=one.label))
        late = True if dilution.at is None else time >= dilution.at
        weight = np.where(late, weight / dilution.factor, weight)
    origin, matrix = np.zeros(len(kinetics.names)), np.zeros((len(kinetics.names), count))
    exponent = kinetics.logarithmic.copy()
    for p, (name, order) in enumerate(zip(kinetics.names, kinetics.orders, strict=True)):
        matrix[p] = rows[name][index]
        origin[p] = order * math.log(one.initial)
        if name == "lag" and not exponent[p]:
            exponent[p] = bool(np.any((rows[name] != 0) & (rows[name] != 1)))
            if one.lag is not None:
                matrix[p], origin[p], exponent[p] = 0.0, one.lag, False
    if one.lag is not None and "lag" not in kinetics.names:
        time = time - one.lag
    return StackedSet(kinetics, time, weight, origin, matrix, exponent, one.background, picks)


def plain(member: StackedSet) -> StackedSet:
    """Return one data set without what changes nothing where all species absorb.

    A constant lies within columns that add up to one; and sums of exponentials with free
    amplitudes span the same curves from any origin of time.
    """
    kinetics, time = member.kinetics, member.time
    if isinstance(kinetics, FirstOrderNetwork) and all(step.count == 1 for step in kinetics.steps):
        time = time - max(float(time[0]), 0.0)
    return replace(member, time=time, background=member.background and not kinetics.closed)


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
