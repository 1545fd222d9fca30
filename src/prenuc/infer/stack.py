r"""Many data sets as one: concentrations stacked in time, parameters shared by laws.

Data set i has kinetics of its own parameters θ_i, whose search variables are linear in what is
fitted, :math:`u_i = u_{0i} + X_i β` (:mod:`prenuc.infer.laws`). Its concentrations are scaled by
what was taken and how it was diluted, and stacked under those of the others:

.. math:: \begin{pmatrix} D_1 \\ D_2 \\ ⋮ \end{pmatrix} =
   \begin{pmatrix} w_1 C_1(β) & 1 & 0 & \\ w_2 C_2(β) & 0 & 1 & \\ ⋮ & & & ⋱ \end{pmatrix} S

so that the objective, the noise and the intervals of one matrix serve for all. Spectra are shared
(as drawn) or own (block diagonal); each data set has a static background of its own.

**A peak that shifts while it grows.** If the product's band lies at λ₀ + δ(b), where b is the share
grown, its signal is b S(λ − δ) = b S − b δ S′ + …; with δ a polynomial of b without a constant, the
signal lies in the columns b, b², b³, … with free spectra, the first of which is proportional to S′.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, final

import numpy as np

from prenuc.infer.profiles import AbstractKinetics, Clock, Variable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@final
@dataclass(frozen=True)
class Member:
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

    members: tuple[Member, ...]
    fitted: tuple[Variable, ...]
    shared: bool
    shift: int
    known: Array
    scale: Array

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the fitted parameters."""
        return tuple(variable.name for variable in self.fitted)

    @property
    def species(self) -> tuple[str, ...]:
        """The columns of one data set, without its background."""
        inner = self.members[0].species
        bands = tuple(f"shift of {inner[-1]}, order {p + 1}" for p in range(self.shift))
        return (*inner, *bands)

    @property
    def logarithmic(self) -> NDArray[np.bool_]:
        """Which parameters are searched on a logarithmic scale, shape (fitted,)."""
        return np.array([variable.logarithmic for variable in self.fitted])

    def variables(self, clock: Clock) -> tuple[Variable, ...]:
        """Return the fitted parameters."""
        del clock
        return self.fitted

    @property
    def rows(self) -> list[slice]:
        """The rows of each data set."""
        ends = np.cumsum([0, *(len(member.time) for member in self.members)])
        return [slice(int(a), int(b)) for a, b in pairwise(ends)]

    def place(self, index: int) -> slice:
        """Return the columns of one data set's species."""
        width = len(self.species)
        first = 0 if self.shared else index * width
        return slice(first, first + width)

    @property
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
