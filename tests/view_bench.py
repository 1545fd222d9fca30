"""Synthetic series whose truth is known, small enough for quick tests."""

import numpy as np

from prenuc.infer.schemes.network_text import parse_network
from prenuc.observe.series import SpectrumSeries
from spectra_bench import band

NM = np.arange(330.0, 500.0, 1.0)
FIRST = band(NM, 371, 8, 0.40) + band(NM, 350, 10, 0.20)
SECOND = band(NM, 417, 9, 0.50) + band(NM, 392, 12, 0.30)
THIRD = band(NM, 448, 9, 0.50) + band(NM, 422, 12, 0.30)
CLUSTERS = np.array([FIRST, SECOND, THIRD])
OVERLAPPING = np.array([band(NM, 380, 25, 0.3), band(NM, 430, 22, 0.4)]) + 0.1
HC = 1239.841984  # eV nm


def shares(scheme, rates, time):
    return parse_network(scheme).concentrations(time, np.array(rates))[0]


def converting(
    scheme="A -> B", rates=(0.02,), m=24, sd=1e-3, offset=1e-3, seed=1, spectra=CLUSTERS
):
    """Clusters that turn into each other, with white noise and an offset per spectrum."""
    random = np.random.default_rng(seed)
    time = np.linspace(0.0, 250.0, m)
    clean = shares(scheme, rates, time) @ spectra[: len(rates) + 1]
    noise = sd * random.normal(size=clean.shape) + offset * random.normal(size=(m, 1))
    return SpectrumSeries(NM, time, clean + noise)


def moving(by=60.0, m=24, sd=1e-3, seed=1):
    """A dot that grows: one shape on the axis of energy that shifts to the red and gets larger."""
    random = np.random.default_rng(seed)
    nm, progress = np.arange(400.0, 650.0, 2.0), np.linspace(0.0, 1.0, m)[:, None]
    apart = HC / nm - HC / (480.0 + by * -np.expm1(-3.0 * progress))
    shape = np.exp(-0.5 * (apart / 0.08) ** 2) + 1.6 / (1.0 + np.exp((0.25 - apart) / 0.08))
    clean = (0.2 + 0.3 * progress) * shape
    return SpectrumSeries(nm, 10.0 * progress[:, 0], clean + sd * random.normal(size=clean.shape))
