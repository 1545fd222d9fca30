"""Six simulated experiments: temperatures, doses, a dilution, a lag, drift, a red shift."""

import numpy as np

from prenuc.infer.fit.data_set import DataSet, Dilution
from prenuc.observe.series import SpectrumSeries

NM = np.linspace(280.0, 380.0, 201)
MINUTES = np.linspace(0.0, 240.0, 61)
R = 8.31446261815324e-3  # kJ/(mol K)
K, EA, ORDER, LAG = 0.02, 85.0, 0.7, 18.0  # 1/min at 60 degC and dose 1; kJ/mol; 1; min
DILUTED, FACTOR = 150.0, 2.0  # min; volume after over volume before
WHITE, DRIFT, MOVE = 1e-3, 3e-3, 4.0  # absorbance; absorbance; nm at full growth


def band(at, width, height):
    return height * np.exp(-0.5 * ((NM - at) / width) ** 2)


def experiment(celsius, dose, rng, lag=LAG):
    """One series; the shift is a true one of the whole band, the drift has a scattering shape."""
    kelvin = 273.15 + celsius
    k = K * np.exp(-EA / R * (1 / kelvin - 1 / 333.15)) * dose**ORDER
    grown = -np.expm1(-k * np.maximum(MINUTES - lag, 0.0))
    product = np.array([b * band(311.0 + MOVE * b, 8.0, 0.5) for b in grown])
    signal = np.outer(1.0 - grown, band(290.0, 14.0, 0.4)) + product
    signal /= np.where(MINUTES >= DILUTED, FACTOR, 1.0)[:, None]
    background = 0.05 + 0.2 * np.exp(-(NM - 280.0) / 60.0)
    course = np.cumsum(rng.normal(size=len(MINUTES))) / np.sqrt(len(MINUTES))
    drift = DRIFT * np.outer(course, (NM / 300.0) ** -3)
    white = WHITE * rng.normal(size=signal.shape)
    return SpectrumSeries(NM, MINUTES, signal + background + drift + white)


def experiments(seed=1):
    rng = np.random.default_rng(seed)
    return [
        DataSet(
            data=experiment(celsius, dose, rng),
            label=f"{celsius} degC, {dose:g}",
            temperature=f"{celsius} degC",
            dose={"MeOH": dose},
            dilution=Dilution(FACTOR, at=DILUTED),
        )
        for celsius in (50, 60, 70)
        for dose in (1.0, 2.5)
    ]
