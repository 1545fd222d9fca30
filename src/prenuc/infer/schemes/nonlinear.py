r"""Closed forms of second-order, autocatalytic and nucleation kinetics, with their derivatives.

All concentrations are shares of the starting amount, so that every k is in 1/time: where a step is
of order n, k stands for k [A]₀ⁿ⁻¹.

**One reactant of order n** (``"2 A -> B"``: −d[A]/dt = 2 k [A]²; ``"A -> B of order 3/2"``:
−d[A]/dt = k [A]^{3/2}), with ν the number of A in one step

.. math:: a = (1 + (n - 1) ν k t)^{-1/(n-1)}, \qquad a = e^{-νkt} \text{ for } n = 1

which for n < 1 reaches 0 at t = 1/((1 − n) ν k) and stays there (n = 0: a straight line).

**Two reactants** (``"A + B -> C"``), ratio r = [B]₀/[A]₀, d = r − 1, progress x:

.. math:: x = \frac{rφ}{1 + rφ}, \qquad φ = \frac{e^{dkt} - 1}{d} = kt\, \mathrm{exprel}(dkt)

which is finite where the two amounts are equal (d = 0).

**Autocatalysis** (``"A + B -> 2 B"``), the product's share s at time 0 (``seed``), a + b = 1:

.. math:: b = \frac{1}{1 + (1/s - 1) e^{-kt}}

**Finke and Watzky** (``"A -> B, A + B -> 2 B"``; Watzky and Finke 1997, J. Am. Chem. Soc. 119,
10382, eq. 3), K = k₁ + k₂, e = exp(−K t):

.. math:: a = \frac{K e}{k_2 e + k_1}

**Sum of exponentials** (``"exp + exp + constant"``): columns exp(−k_i t) and 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from prenuc.infer.schemes.profiles import MOST, AbstractKinetics, Clock, Variable

if TYPE_CHECKING:
    from prenuc.arrays import Array

LARGEST_EXPONENT = 300.0  # exp of it, squared, is still a number
NEARLY_EQUAL = 1e-3  # |dkt| below which exprel' is summed as a series


@dataclass(frozen=True)
class AbstractProgress(AbstractKinetics):
    """A scheme in which one progress variable turns the start into the product.

    Args:
        reactants: Names of what is used up, then of the product.
    """

    reactants: tuple[str, ...] = ("A", "B")

    @property
    def species(self) -> tuple[str, ...]:
        """Reactants and product."""
        return self.reactants


def _columns(left: Array, slopes: list[Array]) -> tuple[Array, Array]:
    """Return the columns a and 1 − a, and their derivatives, from those of a."""
    shares = np.stack((left, 1.0 - left), axis=1)
    return shares, np.stack([np.stack((slope, -slope), axis=1) for slope in slopes])


@final
@dataclass(frozen=True)
class PowerLaw(AbstractProgress):
    """One reactant that disappears with some order.

    Args:
        order: n, at least 0.
        number: ν, how many of it disappear in one step.
    """

    order: float = 2.0
    number: float = 1.0

    @property
    def names(self) -> tuple[str, ...]:
        """The rate constant."""
        return ("k",)

    @property
    def orders(self) -> tuple[float, ...]:
        """One less than the order."""
        return (self.order - 1.0,)

    def concentrations(self, time: Array, values: Array) -> tuple[Array, Array]:
        """Return the shares of reactant and product, and their derivative in k."""
        t = np.maximum(time, 0.0) * self.number
        excess = self.order - 1.0
        if excess == 0:
            left = np.exp(-values[0] * t)
        else:
            left = np.maximum(1.0 + excess * values[0] * t, 0.0) ** (-1.0 / excess)
        rate = np.where(left > 0, left**self.order, 0.0)  # 0⁰ is nothing here
        return _columns(left, [-t * rate])


@final
@dataclass(frozen=True)
class Bimolecular(AbstractProgress):
    """Two reactants, one of each; k stands for k [A]₀."""

    @property
    def names(self) -> tuple[str, ...]:
        """The rate constant, and [B]₀/[A]₀."""
        return ("k", "ratio")

    @property
    def orders(self) -> tuple[float, ...]:
        """Second order."""
        return (1.0, 0.0)

    def variables(self, clock: Clock) -> tuple[Variable, ...]:
        """Return rate constant and ratio."""
        return (clock.rate("k"), clock.share("ratio", MOST))

    def concentrations(self, time: Array, values: Array) -> tuple[Array, Array]:
        """Return the amounts of A, B and C, and their derivatives in k and the ratio."""
        t = np.maximum(time, 0.0)
        k, ratio = values
        kt = k * t
        z = np.minimum((ratio - 1.0) * kt, LARGEST_EXPONENT)
        growth, steepness = _exprel(z)
        phi = kt * growth
        below = (1.0 + ratio * phi) ** 2
        x = ratio * phi / (1.0 + ratio * phi)
        along_k = ratio * t * np.exp(z) / below
        along_ratio = (phi + ratio * kt**2 * steepness) / below
        shares = np.stack((1.0 - x, ratio - x, x), axis=1)
        slopes = np.stack([np.stack((-s, -s, s), axis=1) for s in (along_k, along_ratio)])
        slopes[1, :, 1] += 1.0
        return shares, slopes


def _exprel(z: Array) -> tuple[Array, Array]:
    """Return (e^z − 1)/z and its derivative."""
    near = np.abs(z) < NEARLY_EQUAL
    safe = np.where(near, 1.0, z)
    value = np.where(near, 1.0 + z / 2 + z**2 / 6 + z**3 / 24 + z**4 / 120, np.expm1(safe) / safe)
    slope = np.where(near, 0.5 + z / 3 + z**2 / 8 + z**3 / 30, (np.exp(safe) - value) / safe)
    return value, slope


@final
@dataclass(frozen=True)
class Autocatalytic(AbstractProgress):
    """A product that makes more of itself; k stands for k ([A]₀ + [B]₀)."""

    @property
    def names(self) -> tuple[str, ...]:
        """The rate constant, and the product's share at time 0."""
        return ("k", "seed")

    @property
    def orders(self) -> tuple[float, ...]:
        """Second order."""
        return (1.0, 0.0)

    def variables(self, clock: Clock) -> tuple[Variable, ...]:
        """Return rate constant and seed."""
        return (clock.rate("k"), clock.share("seed"))

    def concentrations(self, time: Array, values: Array) -> tuple[Array, Array]:
        """Return the shares of reactant and product, and their derivatives."""
        t = np.maximum(time, 0.0)
        k, seed = values
        rest = (1.0 / seed - 1.0) * np.exp(-k * t)
        product, left = 1.0 / (1.0 + rest), rest / (1.0 + rest)
        turn = product * left
        return _columns(left, [-t * turn, -turn / (seed * (1.0 - seed))])


@final
@dataclass(frozen=True)
class FinkeWatzky(AbstractProgress):
    """Slow nucleation, then autocatalytic growth; k2 stands for k2 [A]₀."""

    @property
    def names(self) -> tuple[str, ...]:
        """Rate constants of nucleation and of growth."""
        return ("k1", "k2")

    @property
    def orders(self) -> tuple[float, ...]:
        """First and second order."""
        return (0.0, 1.0)

    @property
    def meanings(self) -> tuple[str, ...]:
        """Nucleation and growth."""
        a, b = self.reactants
        return (f"{a} -> {b}", f"{a} + {b} -> 2 {b}")

    def variables(self, clock: Clock) -> tuple[Variable, ...]:
        """Return both rate constants; nucleation may be very slow."""
        return (clock.rate("k1", slower=1e-5), clock.rate("k2"))

    def concentrations(self, time: Array, values: Array) -> tuple[Array, Array]:
        """Return the shares of reactant and product, and their derivatives."""
        t = np.maximum(time, 0.0)
        k1, k2 = values
        total = k1 + k2
        e = np.exp(-total * t)
        below = k2 * e + k1
        left = total * e / below
        first = e / below - total * e * (1.0 + k1 * t) / below**2
        second = e / below - total * e * (e + k1 * t) / below**2
        return _columns(left, [first, second])


@final
@dataclass(frozen=True)
class Exponentials(AbstractKinetics):
    """A sum of exponentials with free amplitudes.

    Args:
        count: How many.
        constant: Whether a constant is added.
    """

    count: int = 1
    constant: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The rate constants."""
        return ("k",) if self.count == 1 else tuple(f"k{i + 1}" for i in range(self.count))

    @property
    def species(self) -> tuple[str, ...]:
        """Amplitudes a (or a1, a2, …), and the constant."""
        own = ("a",) if self.count == 1 else tuple(f"a{i + 1}" for i in range(self.count))
        return (*own, "constant") if self.constant else own

    @property
    def closed(self) -> bool:
        """Only with the constant."""
        return self.constant

    def concentrations(self, time: Array, values: Array) -> tuple[Array, Array]:
        """Return exp(−k_i t), and 1 if there is a constant; times are taken as they are."""
        decay = np.exp(np.clip(-np.multiply.outer(time, values), None, LARGEST_EXPONENT))
        columns = np.hstack((decay, np.ones((len(time), 1)))) if self.constant else decay
        slopes = np.zeros((self.count, *columns.shape), dtype=columns.dtype)
        for i in range(self.count):
            slopes[i, :, i] = -time * decay[:, i]
        return columns, slopes
