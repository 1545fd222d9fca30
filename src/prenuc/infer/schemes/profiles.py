"""What every kinetic scheme gives: concentrations against time, with exact derivatives.

A scheme has species, whose concentrations are columns C(t; θ), and nonlinear parameters θ: rate
constants, a lag, a share or ratio at time 0. Each is searched on a scale of its own
(:class:`Variable`): a rate constant as u = ln k, a lag as it is.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from prenuc.arrays import Array

SLOWEST, QUICKEST = 1e-7, 1e3  # times 1/span and 1/shortest gap: rate constants searched
LEAST, MOST = 1e-12, 1e6  # shares and ratios searched
LONGEST_LAG = 0.7  # of the span: where a lag is looked for first


@dataclass(frozen=True)
class Variable:
    """One nonlinear parameter and the scale on which it is searched.

    Args:
        name: Such as "k1".
        unit: Its unit, such as "1/min".
        logarithmic: Whether u = ln θ; else u = θ.
        bounds: Smallest and largest u.
        grid: The part of them in which starts are laid out.
        size: A large step of u.
        points: How many starts at least; 0 for as many as the number of variables suggests.
    """

    name: str
    unit: str
    logarithmic: bool
    bounds: tuple[float, float]
    grid: tuple[float, float]
    size: float = 1.0
    points: int = 0


@dataclass(frozen=True)
class Clock:
    """What the times of a series allow one to see.

    Args:
        span: From the first to the last time.
        gap: The shortest time between two spectra.
        unit: Unit of both, "1" when nothing names it.
    """

    span: float
    gap: float
    unit: str = "1"

    @classmethod
    def of(cls, time: Array, unit: str = "1") -> Clock:
        """Return the clock of ascending times, shape (m,); those before 0 count as 0."""
        gaps = np.diff(np.maximum(time, 0.0))
        span = float(time[-1] - time[0])
        return cls(span, min(float(np.min(gaps[gaps > 0], initial=np.inf)), span), unit)

    def rate(self, name: str, slower: float = 1.0) -> Variable:
        """Return a rate constant; starts are laid out from ``slower`` times the usual."""
        bounds = math.log(min(slower, 1.0) * SLOWEST / self.span), math.log(QUICKEST / self.gap)
        grid = math.log(0.3 * slower / self.span), math.log(3.0 / self.gap)
        return Variable(name, f"1/{self.unit}", logarithmic=True, bounds=bounds, grid=grid)

    def lag(self, name: str = "lag") -> Variable:
        """Return a lag, from 0 to the end of the series."""
        grid = (0.02 * self.span, LONGEST_LAG * self.span)
        bounds, size = (0.0, self.span), 0.1 * self.span
        return Variable(name, self.unit, False, bounds, grid, size, 8)

    def share(self, name: str, most: float = 1.0 - 1e-9) -> Variable:
        """Return a share at time 0; or a ratio, which may be larger."""
        bounds, top = (math.log(LEAST), math.log(most)), 0.5 if most <= 1.0 else 3.0
        low = 1e-6 if most <= 1.0 else 0.3
        grid = math.log(low), math.log(top)
        return Variable(name, "1", logarithmic=True, bounds=bounds, grid=grid, points=4)


def rate_names(reverse_of: Sequence[int | None]) -> tuple[str, ...]:
    """Return k, or k1, k-1, k2 and so on.

    Args:
        reverse_of: For each step the index of the step that it reverses, or None.
    """
    if list(reverse_of) == [None]:
        return ("k",)
    names: list[str] = []
    for partner in reverse_of:
        forward = sum(not name.startswith("k-") for name in names)
        names.append(f"k{forward + 1}" if partner is None else f"k-{names[partner][1:]}")
    return tuple(names)


@dataclass(frozen=True)
class AbstractKinetics(ABC):
    """A kinetic scheme whose concentrations are known.

    Args:
        scheme: The scheme as written.
    """

    scheme: str

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """Names of the nonlinear parameters θ."""

    @property
    @abstractmethod
    def species(self) -> tuple[str, ...]:
        """Names of the columns of C; the first is the start, the last the product."""

    @abstractmethod
    def concentrations(self, time: Array, values: Array) -> tuple[Array, Array]:
        """Return concentrations and their derivatives.

        Args:
            time: Times, shape (m,); those before 0 count as 0.
            values: θ in the order of ``names``.

        Returns:
            C, shape (m, species), and ∂C/∂θ, shape (names, m, species).
        """

    def variables(self, clock: Clock) -> tuple[Variable, ...]:
        """Return the parameters with their scales for a series of times."""
        return tuple(clock.rate(name) for name in self.names)

    @property
    def orders(self) -> tuple[float, ...]:
        """Power of the starting concentration in k of each parameter, one less than the order."""
        return (0.0,) * len(self.names)

    @property
    def closed(self) -> bool:
        """Whether the columns can add up to a constant, so that they hold a background."""
        return True

    @property
    def meanings(self) -> tuple[str, ...]:
        """What each parameter belongs to, in words, in the order of ``names``."""
        return (self.scheme,) * len(self.names)

    def decode(self, u: Array) -> tuple[Array, Array]:
        """Return θ and ∂θ/∂u at a point of the search, both shape (names,)."""
        logs = self.logarithmic
        if logs.all():
            values = np.exp(u)
            return values, values
        values = np.where(logs, np.exp(np.where(logs, u, 0.0)), u)
        return values, np.where(logs, values, 1.0)

    def half_lives(self, values: Mapping[str, float | None]) -> dict[str, float]:
        """Return the half-lives of first-order steps, by name.

        Args:
            values: θ by name; None where it is not known.
        """
        orders = dict(zip(self.names, self.orders, strict=True))
        return {
            "half_life" + name[1:]: math.log(2.0) / k
            for name, k in values.items()
            if k is not None and name.startswith("k") and orders.get(name, 0.0) == 0.0
        }

    @property
    def logarithmic(self) -> NDArray[np.bool_]:
        """Which parameters are searched on a logarithmic scale, shape (names,)."""
        return np.ones(len(self.names), dtype=bool)


@dataclass(frozen=True)
class Still(AbstractKinetics):
    """One species, to which nothing happens."""

    @property
    def names(self) -> tuple[str, ...]:
        """None."""
        return ()

    @property
    def species(self) -> tuple[str, ...]:
        """The one."""
        return (self.scheme,)

    def concentrations(self, time: Array, values: Array) -> tuple[Array, Array]:
        """Return ones, shape (m, 1), and no derivatives."""
        del values
        return np.ones((len(time), 1)), np.zeros((0, len(time), 1))


@dataclass(frozen=True)
class Lagged(AbstractKinetics):
    r"""A scheme that begins after a lag: C(t − lag), and the starting state before.

    All of θ but the lag are rates or pure numbers, so that
    :math:`\tau\,∂C/∂τ = \sum_p k_p\,∂C/∂k_p` with τ = t − lag: the derivative in the lag is free.

    Args:
        inner: The scheme.
    """

    inner: AbstractKinetics

    @property
    def names(self) -> tuple[str, ...]:
        """Those of the scheme, then the lag."""
        return (*self.inner.names, "lag")

    @property
    def species(self) -> tuple[str, ...]:
        """Those of the scheme."""
        return self.inner.species

    @property
    def orders(self) -> tuple[float, ...]:
        """Those of the scheme; none for the lag."""
        return (*self.inner.orders, 0.0)

    @property
    def closed(self) -> bool:
        """As the scheme."""
        return self.inner.closed

    @property
    def meanings(self) -> tuple[str, ...]:
        """Those of the scheme; the lag is before the first."""
        return (*self.inner.meanings, "before the first step")

    @property
    def logarithmic(self) -> NDArray[np.bool_]:
        """Those of the scheme; the lag is searched as it is."""
        return np.append(self.inner.logarithmic, False)

    def variables(self, clock: Clock) -> tuple[Variable, ...]:
        """Return those of the scheme, then the lag."""
        return (*self.inner.variables(clock), clock.lag())

    def concentrations(self, time: Array, values: Array) -> tuple[Array, Array]:
        """Return the scheme's concentrations, later by the lag."""
        late = time - values[-1]
        least = 1e-9 * max(float(np.max(np.abs(time))), 1e-300)
        shares, slopes = self.inner.concentrations(np.maximum(late, least), values[:-1])
        rates = [name.startswith("k") for name in self.inner.names]
        pace = np.where(rates, values[:-1], 0.0)
        begun = (late > least)[:, None]
        shift = -np.tensordot(pace, slopes, 1) / np.maximum(late, least)[:, None]
        return shares, np.concatenate((slopes, (shift * begun)[None]))
