r"""Closed forms for the growth of a product's signal.

With the plateau A∞, a slow rate constant k and a lag τ, the signal is

.. math:: A(t) = A_∞ - a\, G(t; k, τ)

where a = A∞ unless an unknown constant was added to the whole trace, and G is what is still
missing.

**First order** (``"A -> B"``): G = exp(−k (t − τ)).

**Chain** (``"A -8-> B -> C"``): m equal first-order steps of rate κ come first (an Erlang chain),
then the slow step. With P the regularised lower incomplete gamma function

.. math:: G = 1 - P(m, κt) + \Big(\frac{κ}{κ - k}\Big)^m e^{-kt} P(m, (κ - k) t)

Late on, G is exp(−k (t − τ)) with τ = m ln(κ / (κ − k)) / k: the *zero crossing of the late
exponential*, which is the lag reported. The *mean* of the chain is m / κ. Given k and τ,
κ = k / (1 − exp(−k τ / m)), so κ > k always. (Convolution of an Erlang density with a
first-order step; for m = 1 the textbook A → B → C.)

If PC ⇌ MSC is reversible, the same forms hold with k = k₊ + k₋, the slow eigenvalue.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from prenuc.infer.schemes.kinetics import FirstOrderNetwork
from prenuc.infer.schemes.profiles import AbstractKinetics, Clock, Variable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prenuc.arrays import Array

MOST_STAGES = 200
WIDEST_LAG = 20.0  # of the span of the times: where a lag is looked for
SMALLEST = 1e-12  # rate constants closer than this share are taken to differ by it
SHORTEST, LONGEST = math.log(1e6), math.log(20.0)  # a lag against the span of the times
_ARROW = re.compile(r"\s+-(?:(\d+)-)?>\s+")


@dataclass(frozen=True)
class AbstractGrowth(ABC):
    """A closed form for growth.

    Args:
        scheme: The scheme as the user wrote it.
    """

    scheme: str

    @abstractmethod
    def missing(self, time: Array, k: float, lag: float) -> Array:
        """Return G(t), the share that is still missing, for times, rate constant and lag.

        Args:
            time: Times in the unit of 1/k, shape (m,).
            k: Rate constant.
            lag: Induction time, in the same unit.
        """

    def derived(self, k: float, lag: float) -> dict[str, float]:
        """Return further numbers that follow from rate constant and lag."""
        del k, lag
        return {}


@dataclass(frozen=True)
class FirstOrder(AbstractGrowth):
    """One first-order step."""

    def missing(self, time: Array, k: float, lag: float) -> Array:
        """Return exp(−k (t − τ)).

        Args:
            time: Times in the unit of 1/k, shape (m,).
            k: Rate constant.
            lag: Induction time, in the same unit.
        """
        gone: Array = np.exp(np.clip(-k * (time - lag), -300.0, 300.0))
        return gone


@dataclass(frozen=True)
class Chain(AbstractGrowth):
    """A chain of equal steps, then one slow step.

    Args:
        stages: The number m of equal steps.
    """

    stages: int = 1

    def stage_rate(self, k: float, lag: float) -> float:
        """Return κ, the rate constant of one of the equal steps."""
        return k / -math.expm1(-max(k * lag / self.stages, 1e-300))

    def missing(self, time: Array, k: float, lag: float) -> Array:
        """Return the share of product still missing; 1 before time 0.

        Args:
            time: Times in the unit of 1/k, shape (m,).
            k: Rate constant.
            lag: Induction time, in the same unit.
        """
        from scipy.special import gammainc

        m, stage = self.stages, self.stage_rate(k, lag)
        excess = stage * math.exp(-k * lag / m)  # κ − k without cancellation
        t = np.maximum(time, 0.0)
        late = np.exp(np.minimum(-k * (t - lag), 700.0))
        rest: Array = 1.0 - gammainc(m, stage * t) + late * gammainc(m, excess * t)
        return np.clip(rest, 0.0, 1.0)  # what rounding adds far before the lag

    def derived(self, k: float, lag: float) -> dict[str, float]:
        """Return the rate of one stage and the mean time that the chain takes."""
        stage = self.stage_rate(k, lag)
        return {"k_stage": stage, "mean_lag": self.stages / stage}


@final
@dataclass(frozen=True)
class Delayed(AbstractKinetics):
    r"""A chain of equal steps, then one slow step, in terms of the slow constant and the lag.

    The same curves as the network ``A -m-> B -> C`` with k2 = k and k1 = κ(k, τ):
    a = 1 − P(m, κt), c = 1 − G, b = 1 − a − c. With p(m, x) = x^{m−1} e^{−x} / Γ(m)

    .. math:: ∂P(m, κt)/∂κ = t\, p(m, κt), \qquad
       ∂κ/∂τ = -\frac{k^2}{m} \frac{e^{-kτ/m}}{(1 - e^{-kτ/m})^2}

    Args:
        chain: The closed form.
        reactants: Names of A, B and C.
    """

    chain: Chain
    reactants: tuple[str, ...]

    @property
    def species(self) -> tuple[str, ...]:
        """A, B and C."""
        return self.reactants

    @property
    def names(self) -> tuple[str, ...]:
        """The slow rate constant, and the lag."""
        return ("k", "lag")

    def variables(self, clock: Clock) -> tuple[Variable, ...]:
        """Return rate constant and lag, both on a logarithmic scale."""
        middle = math.log(clock.span)
        bounds = (middle - SHORTEST, middle + LONGEST)
        lag = Variable("lag", clock.unit, True, bounds, (middle - 4.0, middle - 0.7), 1.0, 6)
        return (clock.rate("k"), lag)

    def concentrations(self, time: Array, values: Array) -> tuple[Array, Array]:
        """Return the shares of A, B and C, and their derivatives in k and the lag."""
        from scipy.special import gammainc, gammaln, xlogy

        k, lag = (float(value) for value in values)
        m, t = self.chain.stages, np.maximum(time, 0.0)
        stage = self.chain.stage_rate(k, lag)
        inner = math.exp(-k * lag / m)
        excess = max(stage * inner, SMALLEST * stage)  # κ − k
        rest = -math.expm1(-max(k * lag / m, SMALLEST))  # 1 − e^(−kτ/m)

        def density(x: Array) -> Array:
            found: Array = np.exp(xlogy(m - 1, x) - x - gammaln(m))
            return found

        late = np.exp(np.minimum(-k * (t - lag), 100.0))  # (κ/(κ − k))^m e^(−kt)
        begun, slow = gammainc(m, stage * t), late * gammainc(m, excess * t)
        along = late * t * density(excess * t)
        left_k1 = -t * density(stage * t)
        missing_k1 = left_k1 + m * slow * (1.0 / stage - 1.0 / excess) + along
        missing_k = m * slow / excess - t * slow - along
        stage_k = 1.0 / rest - k * lag / m * inner / rest**2
        stage_lag = -(k**2) / m * inner / rest**2
        left, missing = 1.0 - begun, np.clip(1.0 - begun + slow, 0.0, 1.0)
        slopes = [
            (left_k1 * stage_k, missing_k1 * stage_k + missing_k),
            (left_k1 * stage_lag, missing_k1 * stage_lag),
        ]
        shares = np.stack((left, missing - left, 1.0 - missing), axis=1)
        return shares, np.stack([np.stack((a, g - a, -g), axis=1) for a, g in slopes])


@final
@dataclass(frozen=True)
class LateGrowth(AbstractKinetics):
    """The product of A -> B as growth from a lag on, continued below zero before it."""

    @property
    def names(self) -> tuple[str, ...]:
        """Rate constant and lag."""
        return ("k", "lag")

    @property
    def species(self) -> tuple[str, ...]:
        """The product."""
        return ("B",)

    @property
    def logarithmic(self) -> NDArray[np.bool_]:
        """The lag is searched as it is: it may be negative."""
        return np.array([True, False])

    def variables(self, clock: Clock) -> tuple[Variable, ...]:
        """Return rate constant and lag."""
        rate = clock.rate("k")
        widest = (-WIDEST_LAG * clock.span, WIDEST_LAG * clock.span)
        return (rate, Variable("lag", clock.unit, False, widest, widest, 0.1 * clock.span))

    def concentrations(self, time: Array, values: Array) -> tuple[Array, Array]:
        """Return 1 − exp(−k (t − lag)), shape (m, 1), and its derivatives."""
        k, lag = values
        left = np.exp(np.clip(-k * (time - lag), -300.0, 300.0))
        slopes = np.stack(((time - lag) * left, -k * left))[:, :, None]
        return (1.0 - left)[:, None], slopes


def delayed(kinetics: AbstractKinetics) -> Delayed | None:
    """Return a chain of equal steps before a slow one in terms of its lag; None if it is none."""
    if not isinstance(kinetics, FirstOrderNetwork) or len(kinetics.steps) != 2:
        return None
    first, last = kinetics.steps
    if first.end != last.start or first.count == 1 or last.count > 1 or first.start == last.end:
        return None
    chain = Chain(kinetics.scheme, first.count)
    return Delayed(kinetics.scheme, chain, kinetics.species)


def growth_of(text: str) -> AbstractGrowth | None:
    """Return the closed form that a scheme names, or None if it is another one."""
    if text.strip() in {"first-order", "first order"}:
        return FirstOrder(text.strip())
    arrows = _ARROW.findall(text)
    names = _ARROW.sub("\n", text.strip()).split("\n")
    if not all(re.fullmatch(r"[^\s<>+,;]+", name) for name in names) or len({*names}) < len(names):
        return None
    if arrows == [""]:
        return FirstOrder(text.strip())
    if len(arrows) == 2 and arrows[0] and not arrows[1] and 1 <= int(arrows[0]) <= MOST_STAGES:
        return Chain(text.strip(), int(arrows[0]))
    return None
