"""Spectra and traces that are sound, and the same with a ceiling or with stray light."""

import itertools

import numpy as np

from prenuc.observe.series import SpectrumSeries
from prenuc.observe.trace import Trace
from spectra_bench import band

NM = np.linspace(300.0, 500.0, 101)
MINUTES = np.linspace(0.0, 90.0, 24)
K = 0.05  # 1/min
NOISE = (2e-4, 5e-4, 1e-3, 2e-3, 5e-3)  # absorbance
STEPS = (None, 1e-5, 1e-3, 1e-2)
TOPS = (0.52, 1.0, 2.0, 3.0)
CEILINGS = (2.5, 3.0, 4.0, 6.0, 10.0)
SHARES = (1e-2, 5e-3, 2e-3, 1e-3, 5e-4, 2e-4)


def converting():
    """A -> B: an edge in the ultraviolet with a band gives way to a band, shape (m, n)."""
    edge = band(NM, 300, 14, 1.0) + band(NM, 360, 12, 0.3)
    share = np.exp(-K * MINUTES)[:, None]
    return share * edge + (1 - share) * (band(NM, 420, 16, 0.8) + 0.4 * edge)


def growing():
    """One spectrum that grows to a plateau, which it has reached to 1e-6."""
    course = -np.expm1(-3 * K * MINUTES)[:, None]
    return course * (band(NM, 380, 18, 1.0) + band(NM, 300, 40, 0.6))


def broad():
    """A broad maximum that grows by a fifth: its top is flat over many readings."""
    return (1 - 0.2 * np.exp(-K * MINUTES)[:, None]) * band(NM, 400, 150, 1.0)


def moving():
    """A band that moves by 30 nm as it grows, above an edge."""
    at = 370 + 30 * -np.expm1(-K * MINUTES)
    rows = [band(NM, one, 12, 0.7) + 1 / (1 + np.exp((NM - one + 40) / 6)) for one in at]
    return np.array(rows) * np.linspace(0.5, 1, len(at))[:, None]


def two_steps():
    """A -> B -> C, where C is seen only where everything is dense."""
    a = np.exp(-K * MINUTES)
    b = 2 * (np.exp(-K * MINUTES / 2) - a)
    spectra = (band(NM, 300, 30, 1.0), band(NM, 420, 16, 0.5) + band(NM, 310, 30, 0.7))
    return np.column_stack((a, b, 1 - a - b)) @ (*spectra, band(NM, 320, 25, 0.9))


SHAPES = (converting, growing, broad, moving, two_steps)


def written(values, step):
    return values if step is None else step * np.round(values / step)


def seen(values):
    return SpectrumSeries(NM, MINUTES, values)


def scaled(shape, top):
    clean = shape()
    return clean * (top / clean.max())


def sound_series():
    """Every shape, height, noise and rounding, once; and without noise."""
    rng = np.random.default_rng(8)
    for shape, top, sd, step in itertools.product(SHAPES, TOPS, (0.0, *NOISE), STEPS):
        clean = scaled(shape, top)
        yield seen(written(clean + sd * rng.normal(size=clean.shape), step))


def clipped_series():
    """Ceilings with noise below them, and what each reading would have been."""
    rng = np.random.default_rng(9)
    above = (1.05, 1.3, 2.0)
    for shape, cap, factor, sd, step in itertools.product(
        SHAPES, CEILINGS, above, (0.0, 2e-4, 1e-3, 5e-3), STEPS
    ):
        clean = scaled(shape, cap * factor)
        noisy = clean + sd * rng.normal(size=clean.shape)
        yield seen(written(np.minimum(noisy, cap), step)), clean, cap, sd


def stray_series():
    """Stray light and white noise, the share, and what each reading would have been."""
    rng = np.random.default_rng(10)
    for shape, share, top, sd in itertools.product(
        (converting, two_steps, growing), SHARES, (2.0, 2.5, 3.0, 4.0, 6.0), NOISE
    ):
        clean = scaled(shape, top)
        shown = -np.log10((10.0**-clean + share) / (1 + share))
        yield seen(shown + sd * rng.normal(size=clean.shape)), clean, shown, share, sd


def courses():
    """Courses that level off, as functions of time in lifetimes."""
    yield "exponential", lambda t: -np.expm1(-t)
    yield "sigmoid", lambda t: 1 / (1 + np.exp(5 - t))
    yield "two steps", lambda t: 1 - 2 * np.exp(-t / 2) + np.exp(-t)
    yield "second order", lambda t: t / (1 + t)
    yield "hyperbolic tangent", np.tanh
    yield "used up", lambda t: np.minimum(t / 6, 1.0)  # stops when something is used up
    yield "constant", np.ones_like


def sound_traces():
    """Traces that end on their plateau, which is 0.52, 2.5 or another number."""
    rng = np.random.default_rng(11)
    for (_, course), top, sd, step, points, last in itertools.product(
        courses(), (0.52, 1.73, 2.37, 2.5), (0.0, *NOISE), STEPS, (12, 60, 300), (8.0, 40.0)
    ):
        t = np.linspace(0, last, points)
        value = top * course(t)
        if top == 2.5 and value.max() > 2.499 and np.allclose(np.diff(value[value < 2.4], 2), 0):
            continue  # nobody can tell one that is used up at 2.5 from a ceiling
        yield Trace(t, written(value + sd * rng.normal(size=points), step))
