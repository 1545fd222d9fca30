r"""The objective of a global fit with the spectra eliminated, and its minimum.

For rotated spectra :math:`Y = C(θ) S + E` (m × n, :mod:`prenuc.infer.noise.estimate`) the best
spectra S follow from C by linear regression. What is left depends on the rate constants alone,

.. math:: Q(θ) = \mathrm{tr}(P^\perp G), \qquad P^\perp = 1 - C C^+, \qquad
   G = \sum_j y_j y_j^T / v_j

so that more wavelengths than times are condensed once into m rows Y with :math:`Y Y^T = G`
(variable projection: Golub and Pereyra 1973, SIAM J. Numer. Anal. 10, 413). A trace has one column.
With :math:`T_p = P^\perp\, ∂C/∂u_p` and u = ln θ

.. math:: \tfrac12 \frac{∂Q}{∂u_p} = -\mathrm{tr}(T_p^T G C^{+T}), \qquad
   A_{pq} = \mathrm{tr}(T_p^T T_q\; C^+ G\, C^{+T})

The gradient is exact; A is the Gauss-Newton curvature of Kaufman (1975, BIT 15, 49). Directions
with a time covariance of their own enter as further blocks, whitened first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.schemes.profiles import Clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from prenuc.arrays import Array
    from prenuc.infer.schemes.profiles import AbstractKinetics, Variable

SMALLEST_COLUMN = 1e-150  # a species that is never there
RANK = 1e-10  # of normalised concentration columns
ALIKE = 1e-3  # the same, below which spectra are not found from a scatter matrix
ROUNDING = 1e-15  # of a scatter matrix
TINIEST = 1e-300
MOST_ITERATIONS = 60
LONGEST_STEP = 1.5  # in ln k, or in the sizes of other variables
CONVERGED = 1e-11  # as above
NEAR = 1e-8  # a step that promises less of Q than this share is judged by its length
LITTLE, LEAST = 1e-12, 1e-21  # a step that promises less of Q than this share is the last one
SETTLED = 1.0 + 1e-8  # it is taken unless it makes it worse by more than rounding


@dataclass(frozen=True)
class Block:
    """Directions of wavelength space that share a covariance over time.

    Args:
        data: Their weighted data Y, whitened in time, shape (m, q); or Y Yᵀ, shape (m, m).
        whitener: Inverse Cholesky factor of the covariance over time; None if it is the identity.
        condensed: Whether the data are Y Yᵀ.
    """

    data: Array
    whitener: Array | None = None
    condensed: bool = False

    @cached_property
    def rows(self) -> Array:
        """Y, or what has the same scatter, shape (m, q)."""
        if not self.condensed:
            return self.data
        found: Array = np.linalg.cholesky(self.data).astype(float)
        return found

    @property
    def scatter(self) -> Array:
        """Y Yᵀ, shape (m, m)."""
        return self.data if self.condensed else self.data @ self.data.T

    @cached_property
    def squares(self) -> float:
        """Sum of the squares of the rows."""
        squares = np.trace(self.data) if self.condensed else np.vdot(self.data, self.data)
        return float(squares)

    def seen(self, columns: Array) -> Array:
        """Return columns, shape (…, m, c), as these directions see them."""
        return columns if self.whitener is None else self.whitener @ columns

    def along(self, span: Array) -> Array:
        """Return Y Yᵀ Q for columns Q, shape (m, r)."""
        found: Array
        found = self.data @ span if self.condensed else self.data @ (self.data.T @ span)
        return found

    def left(self, span: Array) -> Array:
        """Return the sum of squares that orthonormal columns, shape (g, m, r), leave, (g,)."""
        found: Array
        if self.data.shape[1] > 1:
            wide = np.moveaxis(span, 1, 0).reshape(len(self.data), -1)
            explained = np.einsum("ij,ij->j", wide, self.along(wide))
            found = self.squares - explained.reshape(len(span), -1).sum(axis=1)
        else:
            found = np.sum([beyond(one, self.data) ** 2 for one in span], axis=(1, 2))
        return found

    def beside(self, first: Array, size: float = 1.0) -> Block:
        """Return these directions divided by their noise, after another one, shape (m, 1)."""
        if self.condensed:
            return Block(first @ first.T + self.data / size**2, self.whitener, condensed=True)
        return Block(np.hstack((first, self.data / size)), self.whitener)


def condensed(data: Array) -> Block:
    """Return data, shape (m, n), or their scatter matrix where n is larger than m.

    A condensed matrix is right to the rounding of its scatter matrix, 1e-15 of the largest.
    """
    m, n = data.shape
    if n <= m:
        return Block(data)
    scatter = data @ data.T
    scatter[np.diag_indices(m)] += ROUNDING * max(float(np.trace(scatter)), TINIEST)
    return Block(scatter, condensed=True)


def beyond(span: Array, rows: Array) -> Array:
    """Return what orthonormal columns do not follow of data, twice for its last digit."""
    rest = rows - span @ (span.T @ rows)
    again: Array = rest - span @ (span.T @ rest)
    return again


@dataclass(frozen=True)
class Split:
    """Concentrations of one block taken apart at one set of rate constants.

    Args:
        span: Orthonormal columns Q of C, shape (m, r).
        factor: What turns amplitudes of those into amplitudes of C, shape (species, r).
        tangents: T_p, shape (rates, m, species).
        least: Smallest singular value of C with columns of length one, of those that count.
    """

    span: Array
    factor: Array
    tangents: Array
    least: float

    @property
    def inverse(self) -> Array:
        """Pseudo-inverse of C, shape (species, m)."""
        found: Array = self.factor @ self.span.T
        return found

    def beyond(self, rows: Array) -> Array:
        """Return what the columns do not follow of data, shape (m, q), twice for its last digit."""
        return beyond(self.span, rows)

    def curvature(self, spectra: Array) -> Array:
        """Return tr(T_pᵀ T_q S Sᵀ), shape (rates, rates), for spectra S, shape (species, q)."""
        return self.bent(spectra @ spectra.T)

    def bent(self, inner: Array) -> Array:
        """Return the same for S Sᵀ, shape (species, species)."""
        flat = self.tangents.reshape(len(self.tangents), math.prod(self.tangents.shape[1:]))
        found: Array = flat @ (self.tangents @ inner).reshape(flat.shape).T
        return found


@dataclass(frozen=True)
class Point:
    """The objective at one set of rate constants.

    Args:
        u: Logarithms of the rate constants, lags, …, shape (variables,).
        value: Q.
        gradient: Half the gradient of Q, shape (rates,).
        curvature: A, half the Gauss-Newton curvature of Q, shape (rates, rates).
    """

    u: Array
    value: float
    gradient: Array
    curvature: Array


@dataclass(frozen=True)
class Objective:
    """Weighted residual sum of squares as a function of the nonlinear parameters.

    Args:
        kinetics: Gives the concentrations.
        time: Times, shape (m,).
        blocks: The data.
        clock: What the times can tell; from the times themselves if None.
    """

    kinetics: AbstractKinetics
    time: Array
    blocks: Sequence[Block]
    clock: Clock | None = None

    def with_kinetics(self, kinetics: AbstractKinetics) -> Objective:
        """Return the same data with another scheme."""
        return Objective(kinetics, self.time, self.blocks, self.clock)

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        """The nonlinear parameters and how they are searched."""
        return self.kinetics.variables(self.clock or Clock.of(self.time))

    @cached_property
    def bounds(self) -> Array:
        """Smallest and largest u that the times can tell anything about, shape (2, variables)."""
        return np.array([variable.bounds for variable in self.variables]).T

    @cached_property
    def sizes(self) -> Array:
        """A large step of each u, shape (variables,)."""
        return np.array([variable.size for variable in self.variables])

    def splits(self, u: Array) -> list[Split]:
        """Return the concentrations taken apart, one for each block."""
        values, scale = self.kinetics.decode(u)
        shares, slopes = self.kinetics.concentrations(self.time, values)
        slopes = slopes * scale[:, None, None]
        return [split(block.seen(shares), block.seen(slopes)) for block in self.blocks]

    def at(self, u: Array) -> Point:
        """Return value, gradient and curvature at u."""
        value, gradient, curvature = 0.0, np.zeros(len(u)), np.zeros((len(u), len(u)))
        for block, part in zip(self.blocks, self.splits(u), strict=True):
            if block.condensed and part.least > ALIKE:
                along = block.along(part.span)
                within = part.span.T @ along
                value += block.squares - float(np.trace(within))
                pull, inner = along @ part.factor.T, part.factor @ within @ part.factor.T
            else:
                rest, seen = block.rows, part.span.T @ block.rows
                if rest.shape[1] > 1:  # as good as the condensed rows are
                    value += block.squares - float(np.vdot(seen, seen))
                else:
                    rest = part.beyond(rest)
                    value += float(np.vdot(rest, rest))
                spectra = part.factor @ seen
                pull, inner = rest @ spectra.T, spectra @ spectra.T
            gradient -= np.einsum("pma,ma->p", part.tangents, pull)
            curvature += part.bent(inner)
        return Point(u, value, gradient, curvature)


def values_at(objective: Objective, points: Sequence[Array]) -> Array:
    """Return the values alone at some points, of an objective that is the sum of its blocks."""
    thetas = [objective.kinetics.decode(u)[0] for u in points]
    shares = np.array([objective.kinetics.concentrations(objective.time, k)[0] for k in thetas])
    found = np.zeros(len(points))
    for block in objective.blocks:
        left, size, _ = _spanned(block.seen(shares))
        found += block.left(left * (size > 0)[:, None, :])
    return found


def minimise(
    objective: Objective,
    u: Array,
    fixed: int | None = None,
    bounds: Array | None = None,
    little: float = LEAST,
) -> Point:
    """Return the minimum near u, by Gauss-Newton steps with damping (Marquardt 1963).

    Args:
        objective: What is minimised.
        u: Start, shape (variables,).
        fixed: Index of a variable that stays where it is.
        bounds: Smallest and largest u, shape (2, variables); those of the objective if None.
        little: Share of the objective that is not worth another step.
    """
    sizes, (low, high) = objective.sizes, objective.bounds if bounds is None else bounds
    here = objective.at(u)
    free = np.array([i for i in range(len(u)) if i != fixed], dtype=int)
    if not len(free):
        return here
    damping, last = 1e-6, np.inf
    for _ in range(MOST_ITERATIONS):
        held = ((here.u <= low) & (here.gradient > 0)) | ((here.u >= high) & (here.gradient < 0))
        moving = free[~held[free]]
        if not len(moving):
            break
        step = _step(here, moving, damping, sizes)
        if np.max(np.abs(step / sizes)) < CONVERGED:
            break
        there = objective.at(np.clip(here.u + step, low, high))
        promised = abs(float(step @ here.gradient)) / max(here.value, TINIEST)
        if promised < NEAR:  # of the value rounding is all that is seen, but not of the gradient
            longer = float(np.max(np.abs(step / sizes))) > 0.9 * last
            here = there if there.value < here.value * SETTLED else here
            if promised < little or longer:
                break
            last = float(np.max(np.abs(step / sizes)))
            continue
        if there.value < here.value:
            here, damping = there, max(damping / 10.0, 1e-12)
        elif damping > 1e8 or here.value - there.value > -1e-13 * abs(here.value):
            break
        else:
            damping = max(damping * 10.0, 1e-4)
    return here


def split(values: Array, slopes: Array) -> Split:
    """Return concentrations taken apart into span, pseudo-inverse and tangents."""
    left, size, right = _spanned(values)
    rank = np.count_nonzero(size)
    span = left[:, :rank]
    tangents, least = slopes - span @ (span.T @ slopes), float(size[:rank].min(initial=1.0))
    return Split(span, right[:rank].T / size[:rank], tangents, least)


def _spanned(values: Array) -> tuple[Array, ...]:
    """Return the singular value decomposition of columns, shape (…, m, c), of length one.

    Singular values that rounding leaves are zero; what turns back is that of the columns given.
    """
    norm = np.sqrt(np.einsum("...ij,...ij->...j", values, values))[..., None, :]
    there = norm > SMALLEST_COLUMN
    if not there.all():
        norm, values = np.where(there, norm, 1.0), np.where(there, values, 0.0)
    left, size, right = np.linalg.svd(values / norm, full_matrices=False)
    size[size <= RANK * size.max(axis=-1, keepdims=True, initial=0.0)] = 0.0
    return left, size, right / norm


def _step(here: Point, free: NDArray[np.intp], damping: float, sizes: Array) -> Array:
    """Return a damped Gauss-Newton step, no longer than allowed, shape (variables,)."""
    matrix = here.curvature[free[:, None], free]
    scale = np.sqrt(np.maximum(matrix.diagonal(), 1e-300))
    scaled = matrix / (scale[:, None] * scale) + damping * np.eye(len(free))
    move = np.linalg.lstsq(scaled, -here.gradient[free] / scale, rcond=1e-13)[0] / scale
    step = np.zeros(len(here.u))
    longest = float(np.max(np.abs(move / sizes[free])))
    step[free] = move * min(1.0, LONGEST_STEP / max(longest, 1e-300))
    return step
