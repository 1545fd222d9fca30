"""Synthetic series of growing CdSe dots in which an instrument has left its marks.

The shapes are none that the package fits: sizes are lognormal, edges are sums of soft steps. Each
series carries one kind of mark in some of its spectra: a weak line of the lamp, a line as narrow as
the slit, a band whose top is cut off; or none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prenuc.observe.series import SpectrumSeries

HC = 1239.841984  # eV nm
KINDS = ("lamp", "narrow", "flat", "clean")
LAMP_LINES = (486.0, 656.1, 763.5, 765.0)


@dataclass(frozen=True)
class Marked:
    """A series, where its first excitons are (nm), and which spectra carry a mark."""

    kind: str
    series: SpectrumSeries
    truth: np.ndarray
    marked: np.ndarray


def band(energy, first, width, spread):
    """The first transition of dots whose sizes are lognormal."""
    steps = np.linspace(-3, 3, 41)
    centres = 1.72 + (first - 1.72) * np.exp(-1.3 * spread * steps)
    weights = np.exp(-(steps**2) / 2)
    lines = np.exp(-0.5 * ((energy[:, None] - centres) / width) ** 2) @ weights
    return lines / lines.max()


def spectrum(rng, wavelength, at, shape):
    """One spectrum whose first band, alone, has its maximum at a wavelength (nm), height 1."""
    energy, first = HC / wavelength, HC / at
    width, spread, gap, second, edge, onset = shape
    found = band(energy, first, width, spread) + second * band(
        energy, first + gap, 1.3 * width, spread
    )
    x = energy - first - onset
    rise = 0.05 * np.logaddexp(0, x / 0.05)
    return found + edge * rise ** rng.uniform(1.45, 1.55) + 0.02 * (450 / wavelength) ** 4


def series(rng, kind):
    """Return one series with a kind of mark."""
    m = int(rng.integers(6, 15))
    wavelength = np.arange(
        380.0, rng.choice([800.0, 850.0]) + 0.1, rng.choice([0.5, 1.0, 1.0, 2.0])
    )
    time = np.cumsum(rng.uniform(20, 60, m))
    start, end = rng.uniform(455, 490), rng.uniform(525, 590)
    truth = end - (end - start) * np.exp(-(time - time[0]) / rng.uniform(100, 400))
    width, spread = rng.uniform(0.045, 0.07), rng.uniform(0.04, 0.08)
    gap = rng.uniform(2.2, 3.5) * np.hypot(width, 0.6 * spread)
    shape = (width, spread, gap, rng.uniform(0.2, 0.7), rng.uniform(1.5, 4.0), 0.6 * gap)
    height = 10 ** rng.uniform(-1.9, -0.3) * np.linspace(rng.uniform(0.3, 1), 1, m)
    height *= rng.uniform(0.7, 1.3, m)
    noise = 10 ** rng.uniform(-4.0, -3.3)
    rows = np.array(
        [h * spectrum(rng, wavelength, at, shape) for h, at in zip(height, truth, strict=True)]
    )
    rows += rng.normal(0, 5 * noise, m)[:, None]
    marked = np.zeros(m, bool)
    if kind == "lamp":
        rows, marked = with_lamp(rng, wavelength, rows, noise)
    elif kind == "narrow":
        rows, marked = with_narrow(rng, wavelength, rows, height, truth)
    elif kind == "flat":
        rows, marked = with_flat(rng, wavelength, rows, truth)
    rows += rng.normal(0, noise, rows.shape)
    return Marked(kind, SpectrumSeries(wavelength, time, rows, time_unit="s"), truth, marked)


def with_lamp(rng, wavelength, rows, noise):
    """A first spectrum (or two) so weak that the lamp's line is all of it, or much of it."""
    rows, marked = rows.copy(), np.zeros(len(rows), bool)
    marked[: rng.integers(1, 3)] = True
    at, wide = rng.choice(LAMP_LINES), rng.uniform(2.0, 14.0)
    for i in np.flatnonzero(marked):
        rows[i] *= rng.choice([0.02, 0.1, 0.5])
        x = (wavelength - at - rng.normal(0, 0.3)) / (wide / 2.355)
        shape = np.exp(-x * x / 2) * (1 if rng.random() < 0.7 else -x * 1.6)
        rows[i] += rng.uniform(10, 60) * noise * shape
    return rows, marked


def with_narrow(rng, wavelength, rows, height, truth):
    """A line of one to three steps in some spectra, between the band and what lies to its sides."""
    rows, marked = rows.copy(), np.zeros(len(rows), bool)
    marked[rng.choice(len(rows), int(rng.integers(1, 4)), replace=False)] = True
    step = wavelength[1] - wavelength[0]
    for i in np.flatnonzero(marked):
        x = (wavelength - truth[i] - rng.uniform(-40, 120)) / (step * rng.uniform(0.4, 1.3))
        rows[i] += height[i] * rng.uniform(0.3, 3.0) * np.exp(-x * x / 2)
    return rows, marked


def with_flat(rng, wavelength, rows, truth):
    """Spectra so dense that the top of the first band is cut off, sharply or softly."""
    rows, marked = rows.copy(), np.zeros(len(rows), bool)
    marked[rng.choice(len(rows), int(rng.integers(1, 4)), replace=False)] = True
    for i in np.flatnonzero(marked):
        top = rows[i][np.argmin(np.abs(wavelength - truth[i]))]
        rows[i] *= rng.uniform(2.5, 3.5) / top
        level = rng.uniform(0.6, 0.95) * rows[i][np.argmin(np.abs(wavelength - truth[i]))]
        rows[i] = np.minimum(rows[i], level)
    return rows, marked


def of_kinds(count, seed=19):
    """Return so many series, the kinds in turn."""
    rng = np.random.default_rng(seed)
    return [series(rng, KINDS[i % len(KINDS)]) for i in range(count)]
