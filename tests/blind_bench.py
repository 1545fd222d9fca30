"""Synthetic experiments for a chooser that does not know what they are.

The kinetics are integrated as rate equations here, with none of the closed forms of the package.
Nothing is left out for being hard: rates, amounts, spectra, backgrounds, times and noise are drawn,
and what was drawn stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp

from prenuc.observe.series import SpectrumSeries
from prenuc.observe.trace import Trace

KINDS = (
    "first order",
    "consecutive",
    "parallel",
    "reversible",
    "second order",
    "autocatalytic",
    "lag",
    "chain",
)
TRACES = 4  # one of so many experiments is a trace
SIGNAL_TO_NOISE = (30.0, 1000.0)  # largest change of the signal over the noise of one reading

# What fits any data identically: one class for each number of relaxation rates, and so on.
ONE = {"A -> B", "A <-> B", "A -> B, A -> C"}
TWO = {"A -> B -> C", "A <-> B -> C", "A -> B <-> C", "A -> B, A -> C, B -> C"}
GROWTH = {"A + B -> 2 B", "A -> B, A + B -> 2 B"}


@dataclass(frozen=True)
class Truth:
    """What an experiment is.

    Args:
        kind: One of the kinds.
        scheme: Its scheme.
        alike: Schemes that fit its data identically, itself among them.
        network: Steps as (rate constant, species used up, species made).
        start: Amounts at time 0.
        end: When the last spectrum is taken.
        lag: When the first step begins.
    """

    kind: str
    scheme: str
    alike: frozenset[str]
    network: tuple[tuple[float, tuple[int, ...], tuple[int, ...]], ...]
    start: tuple[float, ...]
    end: float
    lag: float = 0.0
    look: tuple[int, ...] = ()  # which spectrum each species has; its own when empty

    def amounts(self, time):
        """Amounts by integration of the rate equations, shape (m, species)."""

        def slope(_, y):
            out = np.zeros_like(y)
            for k, used, made in self.network:
                rate = k * np.prod(y[list(used)])
                for one in used:
                    out[one] -= rate
                for one in made:
                    out[one] += rate
            return out

        late = np.maximum(time - self.lag, 0.0)
        if late[-1] == 0.0:
            return np.tile(self.start, (len(time), 1))
        when, back = np.unique(late, return_inverse=True)
        span = (0.0, float(late[-1]))
        found = solve_ivp(slope, span, self.start, "LSODA", when, rtol=1e-10, atol=1e-13)
        return found.y.T[back]


@dataclass(frozen=True)
class Experiment:
    """Data, and the truth behind them.

    Args:
        data: What the chooser is given.
        truth: What it is not.
        signal_to_noise: Largest change over the noise of one reading.
        inert: How many inert absorbers lie under the signal.
    """

    data: SpectrumSeries | Trace
    truth: Truth
    signal_to_noise: float
    inert: int


def experiments(seed, count=60):
    """Draw experiments; every kind equally often."""
    return [experiment(seed, number) for number in range(count)]


def experiment(seed, number):
    """Draw one experiment."""
    rng = np.random.default_rng([seed, number])
    truth = TRUTHS[number % len(KINDS)](rng, 10.0 ** rng.uniform(-2.5, -1.0))
    time = _times(rng, truth.end)
    amounts = truth.amounts(time)
    nm = np.linspace(300.0, 600.0, int(rng.integers(60, 151)))
    look = truth.look or tuple(range(amounts.shape[1]))
    spectra = np.array([_spectrum(rng, nm) for _ in range(max(look) + 1)])[list(look)]
    inert = int(rng.integers(0, 3))
    under = sum((0.5 * _spectrum(rng, nm) for _ in range(inert)), np.zeros_like(nm))
    clean = amounts @ spectra + under
    ratio = float(np.exp(rng.uniform(*np.log(SIGNAL_TO_NOISE))))
    if (number // len(KINDS)) % TRACES == TRACES - 1:
        value = clean[:, int(np.argmax(np.ptp(clean, axis=0)))]
        noise = np.ptp(value) / ratio * rng.normal(size=len(time))
        return Experiment(Trace(time, value + noise), truth, ratio, inert)
    sd = float(np.max(np.ptp(clean, axis=0))) / ratio
    noise = sd * rng.normal(size=clean.shape)
    if rng.random() < 1 / 3:  # spectra that are shifted as a whole
        noise += sd * rng.uniform(0.0, 3.0) * rng.normal(size=(len(time), 1))
    return Experiment(SpectrumSeries(nm, time, clean + noise), truth, ratio, inert)


def _times(rng, end):
    """Draw 40 to 90 times, evenly spaced or denser at the beginning."""
    even = np.linspace(0.0, 1.0, int(rng.integers(40, 91)))
    return end * even ** rng.choice([1.0, 1.5, 2.0])


def _spectrum(rng, nm):
    """Draw a spectrum of two bands."""
    at, width = rng.uniform(310, 590, 2), rng.uniform(10, 50, 2)
    return rng.uniform(0.1, 1.0, 2) @ np.exp(-0.5 * ((nm - at[:, None]) / width[:, None]) ** 2)


def _first_order(rng, k):
    end = rng.uniform(3, 7) / k
    return Truth(KINDS[0], "A -> B", frozenset(ONE), ((k, (0,), (1,)),), (1, 0), end)


def _consecutive(rng, k):
    fast = k * 10.0 ** rng.uniform(0.4, 1.2)
    k1, k2 = rng.permutation([k, fast])
    steps = ((k1, (0,), (1,)), (k2, (1,), (2,)))
    end = rng.uniform(3, 6) / k
    return Truth(KINDS[1], "A -> B -> C", frozenset(TWO), steps, (1, 0, 0), end)


def _parallel(rng, k):
    share = rng.uniform(0.2, 0.8)
    steps = ((share * k, (0,), (1,)), ((1 - share) * k, (0,), (2,)))
    end = rng.uniform(3, 7) / k
    return Truth(KINDS[2], "A -> B, A -> C", frozenset(ONE), steps, (1, 0, 0), end)


def _reversible(rng, k):
    share = rng.uniform(0.3, 0.9)
    steps = ((share * k, (0,), (1,)), ((1 - share) * k, (1,), (0,)))
    return Truth(KINDS[3], "A <-> B", frozenset(ONE), steps, (1, 0), rng.uniform(3, 7) / k)


def _second_order(rng, k):
    if rng.random() < 0.5:
        alike = frozenset({"2 A -> B", "A -> B of order 2"})
        end = rng.uniform(5, 20) / (2 * k)
        return Truth(KINDS[4], "2 A -> B", alike, ((k, (0, 0), (1,)),), (1, 0), end)
    ratio = rng.uniform(1.3, 3.0)
    steps = ((k, (0, 1), (2,)),)
    alike = frozenset({"A + B -> C", "B + A -> C"})
    end = rng.uniform(4, 8) / (k * ratio)
    return Truth(KINDS[4], "A + B -> C", alike, steps, (1, ratio, 0), end)


def _autocatalytic(rng, k):
    seed = 10.0 ** rng.uniform(-2.5, -0.7)
    end = (np.log(1 / seed) + rng.uniform(3, 6)) / k
    if rng.random() < 0.5:
        steps, start = ((k, (0, 1), (1, 1)),), (1 - seed, seed)
        return Truth(KINDS[5], "A + B -> 2 B", frozenset(GROWTH), steps, start, end)
    steps = ((seed * k, (0,), (1,)), ((1 - seed) * k, (0, 1), (1, 1)))
    return Truth(KINDS[5], "A -> B, A + B -> 2 B", frozenset(GROWTH), steps, (1, 0), end)


def _lag(rng, k):
    lag, rest = rng.uniform(0.3, 2.0) / k, rng.uniform(3, 6) / k
    alike = frozenset(f"{scheme} after lag" for scheme in ONE)
    steps = ((k, (0,), (1,)),)
    return Truth(KINDS[6], "A -> B after lag", alike, steps, (1, 0), lag + rest, lag)


def _chain(rng, k):
    if rng.random() < 0.5:
        rates = rng.permutation(k * np.cumprod([1.0, *rng.uniform(2.5, 5.0, 2)]))
        steps = tuple((rate, (i,), (i + 1,)) for i, rate in enumerate(rates))
        alike = frozenset({"A -> B -> C -> D", "A <-> B -> C -> D"})
        end = rng.uniform(3, 6) / k
        return Truth(KINDS[7], "A -> B -> C -> D", alike, steps, (1, 0, 0, 0), end)
    m = int(rng.integers(2, 7))
    steps = tuple((k, (i,), (i + 1,)) for i in range(m))
    scheme, look = f"A -{m}-> B", (*[0] * m, 1)
    end = (m + rng.uniform(1, 3) * np.sqrt(m) + 1) / k
    start = (1.0, *[0.0] * m)
    return Truth(KINDS[7], scheme, frozenset({scheme}), steps, start, end, look=look)


TRUTHS = (
    _first_order,
    _consecutive,
    _parallel,
    _reversible,
    _second_order,
    _autocatalytic,
    _lag,
    _chain,
)
