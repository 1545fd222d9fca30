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
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from prenuc.errors import FitError, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_STAGES = 200
_ARROW = re.compile(r"\s+-(?:(\d+)-)?>\s+")
_EXAMPLES = (
    "'A -> B' (or 'first-order'), or 'A -8-> B -> C' for eight equal steps before the slow one"
)


@dataclass(frozen=True)
class AbstractGrowth(ABC):
    """A closed form for growth.

    Args:
        scheme: The scheme as the user wrote it.
    """

    scheme: str
    lag_is_positive: ClassVar[bool] = False

    @abstractmethod
    def missing(self, time: NDArray[np.float64], k: float, lag: float) -> NDArray[np.float64]:
        """Return G(t), the share that is still missing, for times, rate constant and lag."""

    def derived(self, k: float, lag: float) -> dict[str, float]:
        """Return further numbers that follow from rate constant and lag."""
        del k, lag
        return {}


@dataclass(frozen=True)
class FirstOrder(AbstractGrowth):
    """One first-order step."""

    def missing(self, time: NDArray[np.float64], k: float, lag: float) -> NDArray[np.float64]:
        """Return exp(−k (t − τ))."""
        gone: NDArray[np.float64] = np.exp(np.clip(-k * (time - lag), -300.0, 300.0))
        return gone


@dataclass(frozen=True)
class Chain(AbstractGrowth):
    """A chain of equal steps, then one slow step.

    Args:
        stages: The number m of equal steps.
    """

    stages: int = 1
    lag_is_positive: ClassVar[bool] = True

    def stage_rate(self, k: float, lag: float) -> float:
        """Return κ, the rate constant of one of the equal steps."""
        return k / -math.expm1(-max(k * lag / self.stages, 1e-300))

    def missing(self, time: NDArray[np.float64], k: float, lag: float) -> NDArray[np.float64]:
        """Return the share of product still missing; 1 before time 0."""
        from scipy.special import gammainc

        m, stage = self.stages, self.stage_rate(k, lag)
        excess = stage * math.exp(-k * lag / m)  # κ − k without cancellation
        t = np.maximum(time, 0.0)
        late = np.exp(np.minimum(-k * (t - lag), 700.0))
        rest: NDArray[np.float64] = 1.0 - gammainc(m, stage * t) + late * gammainc(m, excess * t)
        return np.clip(rest, 0.0, 1.0)  # what rounding adds far before the lag

    def derived(self, k: float, lag: float) -> dict[str, float]:
        """Return the rate of one stage and the mean time that the chain takes."""
        stage = self.stage_rate(k, lag)
        return {"k_stage": stage, "mean_lag": self.stages / stage}


def parse_scheme(text: str) -> AbstractGrowth:
    """Return the closed form that a scheme names.

    Args:
        text: "A -> B", "first-order", or "A -m-> B -> C" with m equal steps in the first arrow;
            names are free.

    Raises:
        FitError: The scheme is none of these.
    """
    found = growth_of(text)
    if found is None:
        what = f"'{text}' is not a scheme that a trace can be fitted with"
        raise FitError(Problem(what, f"Write {_EXAMPLES}"))
    return found


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
