"""Traces and spectra in closed form, made without the package that is tested.

Courses of concentrations take times, shape (m,), and rate constants as the schemes name them, and
return the shares of the species in the order in which they are named, shape (m, species).
"""

from __future__ import annotations

import math

import numpy as np
from scipy.linalg import expm
from scipy.ndimage import gaussian_filter1d
from scipy.special import gammainc, gammaincc

from prenuc.observe.series import SpectrumSeries
from prenuc.observe.trace import Trace

TIME = np.linspace(0.0, 300.0, 101)  # min; of traces
MINUTES = np.linspace(0.0, 240.0, 50)  # of spectra
NM = np.linspace(300.0, 500.0, 90)
SD = 1e-3  # of white noise, absorbance
R = 8.31446261815324e-3  # kJ/(mol K)


def linear(*places):
    """Return the course of first-order steps between numbered species that starts from 0."""

    def course(time, *rates):
        size = 1 + max(max(pair) for pair in places)
        matrix = np.zeros((size, size))
        for (a, b), k in zip(places, rates, strict=True):
            matrix[a, a] -= k
            matrix[b, a] += k
        return expm(matrix * time[:, None, None])[:, :, 0]

    return course


def stages(count):
    """Return the course of A -count-> B -> C: equal steps, of which all look like A, then one."""

    def course(time, k1, k2):
        a = gammaincc(count, k1 * time)
        rest = (k1 / (k1 - k2)) ** count * np.exp(-k2 * time) * gammainc(count, (k1 - k2) * time)
        return np.column_stack((a, rest, 1.0 - a - rest))

    return course


def pair(left):
    return np.column_stack((left, 1.0 - left))


def order(n, number=1):
    """Return the course of one reactant, of which ``number`` vanish in a step of order n."""
    return lambda time, k: pair((1.0 + (n - 1) * number * k * time) ** (-1.0 / (n - 1)))


def two_reactants(time, k, ratio):
    grown = np.exp((ratio - 1.0) * k * time)
    x = ratio * (grown - 1.0) / (ratio * grown - 1.0)
    return np.column_stack((1.0 - x, ratio - x, x))


def autocatalysis(time, k, seed):
    rest = (1.0 / seed - 1.0) * np.exp(-k * time)
    return pair(rest / (1.0 + rest))


def nucleation(time, k1, k2):
    gone = np.exp(-(k1 + k2) * time)
    return pair((k1 + k2) * gone / (k2 * gone + k1))


def dimer(time, k1, back):
    """Return the course of 2 A <-> B, da/dt = −2 k1 a² + k₋₁ (1 − a), between its two roots."""
    width = np.sqrt(back**2 + 8.0 * k1 * back)
    high, low = (-back + width) / (4.0 * k1), (-back - width) / (4.0 * k1)
    gone = (1.0 - high) / (1.0 - low) * np.exp(-width * time)
    a = (high - low * gone) / (1.0 - gone)
    return np.column_stack((a, (1.0 - a) / 2.0))


def exponentials(count, *, constant):
    def course(time, *rates):
        columns = [np.exp(-k * time) for k in rates[:count]]
        return np.column_stack((*columns, np.ones_like(time)) if constant else columns)

    return course


COURSES = {
    "A -> B": linear((0, 1)),
    "A -> B -> C": linear((0, 1), (1, 2)),
    "A -> B -> C -> D": linear((0, 1), (1, 2), (2, 3)),
    "A <-> B": linear((0, 1), (1, 0)),
    "A <-> B -> C": linear((0, 1), (1, 0), (1, 2)),
    "A -> B, A -> C": linear((0, 1), (0, 2)),
    "A -8-> B -> C": stages(8),
    "A -4-> B -> C": stages(4),
    "A -4-> B": lambda time, k: pair(gammaincc(4, k * time)),
    "2 A -> B": order(2, 2),
    "A -> B of order 3/2": order(1.5),
    "A + B -> C": two_reactants,
    "A + B -> 2 B": autocatalysis,
    "A -> B, A + B -> 2 B": nucleation,
    "A -> B after lag": lambda time, k, lag: pair(np.exp(-k * np.maximum(time - lag, 0.0))),
    "exp + constant": exponentials(1, constant=True),
    "exp + exp": exponentials(2, constant=False),
    "exp + exp + constant": exponentials(2, constant=True),
    "2 A <-> B": dimer,
}


def band(at, width, height):
    return height * np.exp(-0.5 * ((NM - at) / width) ** 2)


SHAPES = np.array([band(340, 25, 0.5), band(390, 22, 0.45), band(435, 20, 0.6), band(470, 18, 0.4)])
BACKGROUND = 0.05 + 0.2 * np.exp(-(NM - 300.0) / 80.0)


def trace(scheme, rates, signals, *, seed, time=TIME, sd=SD, unit="min"):
    """Return a trace of a scheme whose columns have the given signals."""
    shares = COURSES[scheme](time, *rates)
    noise = np.random.default_rng(seed).normal(0.0, 1.0, len(time))
    return Trace(time, shares @ np.array(signals) + sd * noise, unit)


def spectra(
    scheme, rates, *, seed, time=MINUTES, sd=SD, kind="white", unit="min", under=BACKGROUND
):
    """Return spectra of a scheme on a static background."""
    shares = COURSES[scheme](time, *rates)
    signal = shares @ SHAPES[: shares.shape[1]] + under
    noise = sd * noise_of(kind, np.random.default_rng(seed), *signal.shape)
    return SpectrumSeries(NM, time, signal + noise, time_unit=unit)


def noise_of(kind, rng, m, n):
    """Return noise of unit white part, shape (m, n)."""
    found = rng.normal(size=(m, n))
    if "offsets" in kind:
        found += 2.0 * rng.normal(size=(m, 1))
    if "drift" in kind:
        found += 3.0 * np.cumsum(rng.normal(size=(m, 1)), axis=0) / np.sqrt(m)
    if "correlated" in kind:
        smooth = gaussian_filter1d(rng.normal(size=(m, n + 80)), 4.0, axis=1)[:, 40:-40]
        found += smooth / smooth.std()
    return found


def faster(celsius, energy):
    """Return by what a rate constant is multiplied from 60 °C to another temperature."""
    return math.exp(-energy / R * (1 / (273.15 + celsius) - 1 / 333.15))


def scaled(series, factor):
    return SpectrumSeries(series.wavelength, series.time, series.absorbance * factor)
