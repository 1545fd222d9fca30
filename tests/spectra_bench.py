"""Synthetic spectra with known rate constants, and the best precision that their noise allows."""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from prenuc.observe.series import SpectrumSeries

NM = np.linspace(300.0, 600.0, 601)
MINUTES = np.linspace(4.0, 200.0, 50)
K = 0.015  # 1/min
WHITE, OFFSET = 1e-3, 2e-3  # absorbance


def band(nm, at, width, height):
    return height * np.exp(-0.5 * ((nm - at) / width) ** 2)


def growing(nm=NM):
    """Spectra of A and B on a static background; B absorbs more, so their mean carries signal."""
    background = 0.1 + 0.3 * np.exp(-(nm - 300) / 80)
    return np.array([band(nm, 350, 25, 0.3), band(nm, 420, 20, 0.55)]) + background


def first_order(k=K, time=MINUTES):
    return np.column_stack((np.exp(-k * time), -np.expm1(-k * time)))


def noise(kind, rng, time=MINUTES, nm=NM, white=WHITE):
    m, n = len(time), len(nm)
    found = white * rng.normal(size=(m, n))
    if "offsets" in kind:
        found += OFFSET * rng.normal(size=(m, 1))
    if "correlated" in kind:  # as large as the white noise
        width = kernel(nm)
        alone = gaussian_filter1d(np.eye(1, 401, 200), width)
        smooth = gaussian_filter1d(rng.normal(size=(m, n + 400)), width, axis=1)[:, 200:-200]
        found += white * smooth / np.sqrt(np.sum(alone**2))
    if "drift" in kind:
        found += OFFSET * np.cumsum(rng.normal(size=(m, 1)), axis=0) / np.sqrt(m)
    return found


def kernel(nm):
    """Standard deviation in readings of a kernel of 20 nm, full width at half maximum."""
    return 20.0 / (nm[1] - nm[0]) / 2.355


def covariance(kind, nm=NM, white=WHITE):
    """Covariance along wavelength of the noise of one spectrum, a drift not counted."""
    n = len(nm)
    found = white**2 * np.eye(n)
    if "offsets" in kind:
        found += OFFSET**2
    if "correlated" in kind:
        lag = np.subtract.outer(np.arange(n), np.arange(n)) / kernel(nm)
        found += white**2 * np.exp(-0.25 * lag**2)
    return found


def information(time, over_time):
    """Return what a course whose two amplitudes are free tells of k at unit signal."""
    shares, slope = first_order(time=time), time * np.exp(-K * time)
    weighed = np.linalg.solve(over_time, np.column_stack((shares, slope)))
    known, crossed = shares.T @ weighed[:, :2], shares.T @ weighed[:, 2]
    return slope @ weighed[:, 2] - crossed @ np.linalg.solve(known, crossed)


def best_precision(kind, time=MINUTES, nm=NM, white=WHITE):
    """Return the Cramér-Rao bound on the standard deviation of k for A -> B (1/min).

    The spectra are free at every wavelength. A drift is a random walk of the mean of white noise;
    all other directions of wavelength space stay as they are.
    """
    m, n = len(time), len(nm)
    change = np.subtract(*growing(nm))
    alone = information(time, np.eye(m))
    total = alone * (change @ np.linalg.solve(covariance(kind, nm, white), change))
    if "drift" in kind:
        walk = np.minimum.outer(np.arange(1, m + 1), np.arange(1, m + 1)) / m
        drifting = information(time, white**2 * np.eye(m) + n * OFFSET**2 * walk)
        total += change.sum() ** 2 / n * (drifting - alone / white**2)
    return 1.0 / np.sqrt(total)


def series(kind="white", seed=1, time=MINUTES):
    rng = np.random.default_rng(seed)
    data = first_order(time=time) @ growing() + noise(kind, rng, time)
    return SpectrumSeries(NM, time, data)
