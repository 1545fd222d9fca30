r"""What each model expects of an experiment, and what its outcome would say about the models.

**Expected.** A model's spectra are drawn: its rate constants from log-normal priors; the extinction
of every absorber log-normal as well, and its spectrum wrong by a smooth error that keeps its shape
over time. So a difference that an unknown spectrum could make is no difference. In the ultraviolet,
where precursors and solvents absorb and no model knows how, every spectrum has an edge of unknown
height. An outcome y (absorbance at chosen wavelengths and times) under model i has the density

.. math:: p(y|i) = \frac1J \sum_j t_ν\big(y;\ \bar y_i + \sqrt{1 - h^2}\,(y_{ij} - \bar y_i),
   Σ_i\big), \qquad Σ_i = h^2\, \mathrm{cov}_i + \mathrm{cov}_{reading}

a mixture over the J draws of constants with shrunken kernels (West 1993, J. R. Stat. Soc. B 55,
409), each a multivariate t with ν = J − 1, because J is small.

**Information.** With weights w of the models before, the information in bits that an experiment is
expected to give about which model it is,

.. math:: I = \sum_i w_i\, E_{y|i} \log_2 \frac{q(i|y)}{w_i}, \qquad
   q(i|y) \propto w_i\, p(y|i)^β

(mutual information; Lindley 1956, Ann. Math. Stat. 27, 986; as a criterion between models Box and
Hill 1967, Technometrics 9, 57). y runs over the draws themselves, each left out of its own model's
density, so that few draws do not flatter an experiment. With an approximate q this is a lower bound
(Barber and Agakov 2003, NIPS 16) whatever q is, so the densities enter with the power β between 0
and 1 that makes the bound highest: what they claim beyond the draws they were made from does not
count. A hundredth of q is kept at w, because no data make a chemist surer than that a flask was
mixed up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import FitError, ScopeError, SimulationError
from prenuc.facts.catalogue import entries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.random import Generator

    from prenuc.arrays import Array
    from prenuc.infer.calibration.candidate import Candidate, Part
    from prenuc.protocol.protocol import Protocol

SPREAD = 2.5  # factor of one standard deviation of a rate constant, as of an assumed one
EXTINCTION = 1.5  # the same of an extinction
SHAPE, SMOOTH = 0.1, 15.0  # error of a spectrum, relative; nm over which it changes
EDGE, EDGE_WIDTH = 0.1, 8.0  # absorbance at FIRST that nobody knows; nm in which it falls by e
KERNEL = 0.5  # h
TEMPERS = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.0)  # β
NOISE, OFFSET = 2e-3, 2e-3  # absorbance: each reading, and each whole spectrum
DRAWS = 8  # of constants, for each model
AMPLITUDES = 6  # draws of extinctions for each of these
DOUBT = 0.01  # of the answer that no data remove
EVERY = 20.0  # nm between wavelengths that are read, besides the bands
FIRST, LAST = 290.0, 550.0  # nm


def wavelengths(material: str) -> Array:
    """Return where spectra are read: an even grid, and the bands of the material's clusters."""
    bands = [
        round(band.position.quantity.to("nm"))
        for species in entries("species").values()
        if species.material == material
        for band in species.bands
    ]
    nm = {*np.arange(FIRST, LAST + 1.0, EVERY).tolist(), *map(float, bands)}
    return np.array(sorted(nm))


@dataclass(frozen=True)
class Predicted:
    """What one model expects of one experiment.

    Args:
        draws: Noise-free outcomes, shape (draws of constants, draws of extinctions, data).
    """

    draws: Array

    def without(self, index: int) -> Predicted:
        """Return the outlook without one draw of constants."""
        return Predicted(np.delete(self.draws, index, axis=0))


@dataclass(frozen=True)
class Instrument:
    """How well a spectrometer reads.

    Args:
        wavelength: Where spectra are read, in nm, shape (n,).
        noise: Standard deviation of one reading, absorbance.
        offset: Standard deviation of the offset of a whole spectrum, absorbance.
        ultraviolet: The same of what absorbs at :data:`FIRST` and nobody knows, absorbance.

    Raises:
        FitError: It reads without noise, or with one that is no number.
    """

    wavelength: Array
    noise: float = NOISE
    offset: float = OFFSET
    ultraviolet: float = EDGE

    def __post_init__(self) -> None:
        if not 0 < self.noise < math.inf:
            raise FitError(f"a noise of {self.noise:g}", "Give a standard deviation above zero")

    @property
    def edge(self) -> Array:
        """What may absorb in the ultraviolet besides, one standard deviation, shape (n,)."""
        edge: Array = self.ultraviolet * np.exp(-(self.wavelength - FIRST) / EDGE_WIDTH)
        return edge

    def covariance(self, size: int) -> Array:
        """Return the covariance of ``size`` readings, spectrum after spectrum."""
        count = len(self.wavelength)
        block = self.offset**2 + np.outer(self.edge, self.edge)
        whole: Array = np.kron(np.eye(size // count), block) + self.noise**2 * np.eye(size)
        return whole

    def readings(self, outcome: Array, generator: Generator) -> Array:
        """Return what is read of an outcome, shape (..., data)."""
        spectra = outcome.reshape(*outcome.shape[:-1], -1, len(self.wavelength))
        offsets, edges = generator.standard_normal((2, *spectra.shape[:-1], 1))
        noise = generator.normal(0.0, self.noise, spectra.shape)
        read: Array = spectra + self.offset * offsets + self.edge * edges + noise
        return read.reshape(outcome.shape)


def predicted(
    candidate: Candidate,
    protocol: Protocol,
    wavelength: Array,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    spread: float = SPREAD,
) -> Predicted | None:
    """Return what a model expects of an experiment; None when it cannot be run.

    The same seed draws the same constants for every experiment, so that experiments differ by
    what is done and not by chance.

    Args:
        candidate: The model.
        protocol: What is done.
        wavelength: Where spectra are read, in nm, shape (n,).
        draws: Draws of its constants.
        seed: Seed of the draws.
        spread: Factor of one standard deviation of a rate constant.
    """
    found = []
    for draw in range(draws):
        generator = np.random.default_rng((seed, draw))
        logs = math.log(spread) * generator.standard_normal(len(candidate.free))
        factors = {c.name: math.exp(x) for c, x in zip(candidate.free, logs, strict=True)}
        try:
            shown = candidate.shown(protocol, wavelength, factors)
        except SimulationError:
            continue
        except ScopeError:  # such as an additive that this model does not know
            return None
        found.append(_as_seen(list(shown.values()), wavelength, generator))
    return Predicted(np.array(found)) if len(found) > draws // 2 else None


def _as_seen(absorbers: Sequence[Part], wavelength: Array, generator: Generator) -> Array:
    """Return what absorbers may show with their spectra unknown, shape (AMPLITUDES, data)."""
    apart = (wavelength[:, None] - wavelength) / SMOOTH
    smooth = np.linalg.cholesky(np.exp(-0.5 * apart**2) + 1e-6 * np.eye(len(wavelength)))
    seen = []
    for _ in range(AMPLITUDES):
        heights = np.exp(math.log(EXTINCTION) * generator.standard_normal(len(absorbers)))
        shapes = (
            1.0 + SHAPE * generator.standard_normal((len(absorbers), len(wavelength))) @ smooth.T
        )
        every = zip(absorbers, heights, shapes, strict=True)
        seen.append(sum(part.absorbance * height * shape for part, height, shape in every))
    return np.array(seen).reshape(AMPLITUDES, -1)


@dataclass(frozen=True)
class Density:
    """The predictive density of an outcome under one model, a mixture of multivariate t.

    Args:
        centres: Whitened by the root, shape (data, draws).
        root: Cholesky factor of the scale of each, shape (data, data).
        freedom: ν.
    """

    centres: Array
    root: Array
    freedom: float

    @classmethod
    def of(cls, seen: Predicted, noise: Array) -> Density:
        """Return the density that draws and noise stand for."""
        from scipy.linalg import solve_triangular

        flat = seen.draws.reshape(-1, seen.draws.shape[-1])
        mean = flat.mean(axis=0)
        off = flat - mean
        spread = off.T @ off / max(len(flat) - 1, 1)
        own = seen.draws.mean(axis=1)
        centres = mean + math.sqrt(1.0 - KERNEL**2) * (own - mean)
        root = np.linalg.cholesky(KERNEL**2 * spread + noise)
        white = solve_triangular(root, centres.T, lower=True)
        return cls(white, root, max(len(own) - 1.0, 2.0))

    def log(self, outcome: Array) -> float:
        """Return the logarithm of the density."""
        from scipy.linalg import solve_triangular

        z = solve_triangular(self.root, outcome, lower=True)[:, None] - self.centres
        size, nu = len(outcome), self.freedom
        shape = math.lgamma((nu + size) / 2.0) - math.lgamma(nu / 2.0)
        shape -= size / 2.0 * math.log(nu * math.pi) + float(np.sum(np.log(np.diag(self.root))))
        tails = -(nu + size) / 2.0 * np.log1p(np.sum(z**2, axis=0) / nu)
        return shape + float(np.logaddexp.reduce(tails)) - math.log(len(tails))


def updated(
    weights: Mapping[str, float], logs: Mapping[str, float], temper: float = 1.0
) -> dict[str, float]:
    """Return the weights of models after an outcome.

    Args:
        weights: Before, summing to 1.
        logs: Logarithm of the density of the outcome under each model.
        temper: β of :class:`Expectation`.
    """
    most = max(logs.values())
    raw = {name: w * math.exp(temper * (logs[name] - most)) for name, w in weights.items()}
    total = sum(raw.values())
    return {name: (1.0 - DOUBT) * x / total + DOUBT * weights[name] for name, x in raw.items()}


@dataclass(frozen=True)
class Expectation:
    """What an experiment is expected to teach.

    Args:
        information: In bits.
        temper: The power β to which densities are best trusted; 1 when they hold for draws that
            they have not seen.
    """

    information: float
    temper: float


def expected_information(
    outlooks: Mapping[str, Predicted],
    weights: Mapping[str, float],
    instrument: Instrument,
    *,
    seed: int = 0,
) -> Expectation:
    """Return the information that an experiment is expected to give about the models.

    Args:
        outlooks: What each model expects.
        weights: Weight of each model before, summing to 1.
        instrument: How well is read.
        seed: Seed of the noise.
    """
    noise = instrument.covariance(next(iter(outlooks.values())).draws.shape[-1])
    densities = {name: Density.of(seen, noise) for name, seen in outlooks.items()}
    generator = np.random.default_rng((seed, 1))
    judged: dict[str, list[dict[str, float]]] = {name: [] for name in outlooks}
    for name, seen in outlooks.items():
        count, many = seen.draws.shape[:2]
        for draw in range(count):
            others = {**densities, name: Density.of(seen.without(draw), noise)}
            for outcome in instrument.readings(seen.draws[draw, : max(many // 2, 1)], generator):
                judged[name].append({n: one.log(outcome) for n, one in others.items()})
    gains = {beta: _gain(judged, weights, beta) for beta in TEMPERS}
    best = max(gains, key=lambda beta: gains[beta])
    return Expectation(gains[best], best)


def _gain(
    judged: Mapping[str, Sequence[Mapping[str, float]]],
    weights: Mapping[str, float],
    temper: float,
) -> float:
    """Return the mean information of outcomes that came from each model, in bits."""
    gain = 0.0
    for name, many in judged.items():
        after = [updated(weights, logs, temper)[name] for logs in many]
        gain += weights[name] * float(np.mean(np.log2(np.array(after) / weights[name])))
    return gain
