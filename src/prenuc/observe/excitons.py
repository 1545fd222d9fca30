"""An exciton line on a rising background, fitted locally on the energy axis.

Equation, with x = E - E₁::

    A(E) = a₁ exp(-x²/2s₁²) + a₂ exp(-(x - d)²/2s₂²) + edge(x) + c₀ + c₁ x

Symbols:
    E, E₁   photon energy and the centre of the first exciton, eV
    s₁, s₂  standard deviations of the first and the second transition, eV
    d       distance of the second transition, eV
    a₁, a₂  their absorbance
    edge    all higher transitions; exponential, quadratic ramp, or step: nobody knows which
    c₀, c₁  offset and scattering

Limits: seen through a window of some line widths, the background is never identified by the data
alone. The shape parameters therefore carry weak priors, in units of the line width, and callers
compare edges and windows instead of believing one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from prenuc.arrays import Array


Edge = Literal["exponential", "ramp", "step"]
EDGES: tuple[Edge, ...] = ("exponential", "ramp", "step")

# Fit parameters: everything that must be positive is fitted as its logarithm.
CENTRE, WIDTH, HEIGHT, DISTANCE, WIDTH2, HEIGHT2, EDGE_HEIGHT, EDGE_WIDTH, OFFSET, SLOPE = range(10)
# How far, as a standard deviation, the data may pull each parameter from where it starts:
# line widths for the centre, natural logarithms for the positive ones, free for the offset.
LOOSENESS = np.array([1.0, 0.5, 2.0, 0.35, 0.35, 1.5, 2.0, 0.5, np.inf, 1.0])
# A misfit below this fraction of the window's span is no evidence about the background.
MODEL_ERROR = 0.003

# A fit has converged when a step would gain, or move, less than this fraction.
ENOUGH = 1e-4
# Two lines closer than this many widths of the first cannot be told from one asymmetric band.
CLOSEST = 1.5


@dataclass(frozen=True)
class LineFit:
    """One fit: one edge, one window.

    Args:
        edge: Shape of the edge.
        energy: Photon energies of the window, eV, ascending, shape (k,).
        parameters: Fitted parameters, shape (10,).
        centre_sd: Standard deviation of the centre, eV, with correlated residuals counted.
        residual: Data minus model, absorbance, shape (k,).
    """

    edge: Edge
    energy: Array
    parameters: Array
    centre_sd: float
    residual: Array

    @property
    def centre(self) -> float:
        """Centre of the first exciton, eV."""
        return float(self.parameters[CENTRE])

    @property
    def width(self) -> float:
        """Standard deviation of the first exciton, eV."""
        return float(np.exp(self.parameters[WIDTH]))

    @property
    def height(self) -> float:
        """Absorbance of the first exciton alone."""
        return float(np.exp(self.parameters[HEIGHT]))

    @property
    def second_centre(self) -> float:
        """Centre of the second transition, eV."""
        return self.centre + float(np.exp(self.parameters[DISTANCE]))

    @property
    def blend(self) -> float:
        """How far the maximum of both lines lies from the first, eV; 0 where they are apart.

        Two lines closer than this may as well be one asymmetric band.
        """
        distance = self.second_centre - self.centre
        if distance > CLOSEST * self.width:
            return 0.0
        x = np.linspace(0.0, distance, 41)
        at = self.centre + x
        first, second, _ = line_model(self.parameters, at, self.edge)[2]
        return float(x[np.argmax(first + second)])

    def parts(self) -> tuple[Array, Array, Array]:
        """Return first line, second line, and edge with offset and scattering, each (k,)."""
        return line_model(self.parameters, self.energy, self.edge)[2]


def line_model(
    parameters: Array, energy: Array, edge: Edge
) -> tuple[Array, Array, tuple[Array, Array, Array]]:
    """Return a first absorption, its Jacobian and its parts: two lines and the background.

    Args:
        parameters: The ten of them, energies in eV, widths and heights as logarithms.
        energy: Photon energies in eV, shape (k,).
        edge: The shape of what absorbs above the lines.

    Returns:
        The model, shape (k,), its Jacobian, shape (k, 10), and three parts of shape (k,).
    """
    x = energy - parameters[CENTRE]
    s1, a1, d, s2, a2 = np.exp(parameters[WIDTH:EDGE_HEIGHT])
    u, v = x / s1, (x - d) / s2
    first, second = a1 * np.exp(-u * u / 2), a2 * np.exp(-v * v / 2)
    edge_part, d_x, d_distance, d_width2, d_width = _edge(parameters, x, edge)
    slope = parameters[SLOPE]
    jacobian = np.array(
        [
            first * u / s1 + second * v / s2 - d_x - slope,
            first * u * u,
            first,
            second * v / s2 * d + d_distance,
            second * v * v + d_width2,
            second,
            edge_part,
            d_width,
            np.ones_like(x),
            x,
        ]
    ).T
    background = edge_part + parameters[OFFSET] + slope * x
    return first + second + background, jacobian, (first, second, background)


def _edge(parameters: Array, x: Array, edge: Edge) -> tuple[Array, Array, Array, Array, Array]:
    """Return the edge and its derivatives by x, log distance, log second width, log edge width."""
    d, s2 = np.exp(parameters[[DISTANCE, WIDTH2]])
    height, width = np.exp(parameters[[EDGE_HEIGHT, EDGE_WIDTH]])
    none = np.zeros_like(x)
    if edge == "exponential":
        value = height * np.exp(x / width)
        return value, value / width, none, none, -value * x / width
    if edge == "ramp":  # from the second transition on, rounded by its width
        z = (x - d) / s2
        ramp = np.logaddexp(0, 2 * z) / 2
        d_z = height * ramp * (1 + np.tanh(z))
        return height * ramp * ramp, d_z / s2, -d_z * d / s2, -d_z * z, none
    from scipy.special import ndtr

    # half a distance above the second transition, where the third is expected
    z = (x - 1.5 * d) / (1.5 * s2)
    d_z = height * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    return height * ndtr(z), d_z / (1.5 * s2), -d_z * d / s2, -d_z * z, none


def fit_line(
    energy: Array,
    absorbance: Array,
    *,
    centre: float,
    width: float,
    edge: Edge,
    noise: float,
    second: float | None = None,
) -> LineFit | None:
    """Fit one exciton with one edge shape to one window.

    Args:
        energy: Photon energies, eV, ascending, shape (k,).
        absorbance: Absorbance, shape (k,).
        centre: Expected centre of the first exciton, eV.
        width: Expected standard deviation of it, eV.
        edge: Shape of the edge.
        noise: Standard deviation of the white part of the noise, absorbance.
        second: Centre of a second line that was seen, eV.

    Returns:
        The fit, or None where it broke down, or where the second line is not above the first.
    """
    if second is not None and second <= centre:
        return None
    start = _start(energy, absorbance, centre, width, second)
    tightness = 1 / LOOSENESS
    tightness[CENTRE] /= width
    tightness[SLOPE] *= width / np.exp(start[HEIGHT]) / 3
    if second is not None:
        tightness[DISTANCE] *= 3
    sigma = max(noise, MODEL_ERROR * float(np.ptp(absorbance)))
    with np.errstate(all="ignore"):
        found = _minimise(start, tightness, energy, absorbance / sigma, edge, sigma)
        if found is None:
            return None
        parameters, covariance = found
        residual = absorbance - line_model(parameters, energy, edge)[0]
    if not (np.all(np.isfinite(residual)) and covariance[CENTRE, CENTRE] > 0):
        return None
    scatter = max(float(np.mean(residual**2)), noise**2) / sigma**2
    variance = float(covariance[CENTRE, CENTRE]) * scatter * correlation_time(residual)
    return LineFit(edge, energy, parameters, float(np.sqrt(variance)), residual)


def _start(
    energy: Array, absorbance: Array, centre: float, width: float, second: float | None
) -> Array:
    """Return the parameters to start from, which are the centres of the priors, too."""
    base = float(np.mean(absorbance[: max(3, energy.size // 10)]))
    top = float(np.interp(centre, energy, absorbance)) - base
    height = 0.8 * max(top, 0.02 * float(np.ptp(absorbance)), np.finfo(float).tiny)
    distance, width2 = (3 * width, 1.6 * width) if second is None else (second - centre, width)
    edge_width = 4 * width
    logs = [width, height, distance, width2, 0.5 * height, 0.3 * height, edge_width]
    return np.array([centre, *np.log(logs), base, 0.0])


def _minimise(
    start: Array, tightness: Array, energy: Array, target: Array, edge: Edge, sigma: float
) -> tuple[Array, Array] | None:
    """Return the most probable parameters and their covariance.

    The priors are residuals like any other: how far a parameter moved, over its looseness.
    """
    from scipy.optimize import leastsq

    prior = np.diag(tightness)
    seen: dict[bytes, tuple[Array, Array]] = {}

    def look(at: Array) -> tuple[Array, Array]:
        key = at.tobytes()
        if key not in seen:  # MINPACK asks for residual and Jacobian of one place in turn
            value, jacobian, _ = line_model(at, energy, edge)
            residual = np.concatenate([value / sigma - target, tightness * (at - start)])
            seen.clear()
            seen[key] = residual, np.concatenate([jacobian / sigma, prior])
        return seen[key]

    found = leastsq(
        lambda at: look(at)[0],
        start,
        Dfun=lambda at: look(at)[1],
        ftol=ENOUGH,
        xtol=ENOUGH,
        maxfev=60,
        full_output=True,
    )
    parameters = np.asarray(found[0])
    covariance = _covariance(look(parameters)[1])
    return None if covariance is None else (parameters, covariance)


def _covariance(jacobian: Array) -> Array | None:
    """Return the inverse of JᵀJ; None where there is none."""
    if not np.all(np.isfinite(jacobian)):
        return None
    try:
        return np.asarray(np.linalg.inv(jacobian.T @ jacobian), dtype=np.float64)
    except np.linalg.LinAlgError:
        return None


def correlation_time(residual: Array) -> float:
    """Return how many points of a residual (k,) say one thing: 1 + 2 Σ ρ, up to the first ρ ≤ 0."""
    centred = residual - residual.mean()
    power = float(centred @ centred)
    total = 1.0
    for lag in range(1, residual.size // 3):
        rho = float(centred[lag:] @ centred[:-lag]) / power if power > 0 else 0.0
        if rho <= 0:
            break
        total += 2 * rho
    return total
