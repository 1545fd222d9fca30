r"""How far concentrations and spectra can turn into each other without leaving the data.

The data fix the products X Y of scores and loadings only. Every T gives another pair,

.. math:: C = X T, \qquad S = T^{-1} Y,

and all those that keep the constraints fit equally well. As in MCR-BANDS (Gemperline 1999, Anal.
Chem. 71, 5398; Tauler 2001, J. Chemom. 15, 627) the part of component k in the signal,

.. math:: f_k(T) = \lVert c_k s_k^T \rVert / \lVert X Y \rVert,

is made as small and as large as the constraints allow. The two answers bound what can be said about
component k; a course in between is as good.

Noise makes values that are zero come out slightly negative, so each constraint is met to within
three standard errors of its own value.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.infer.noise.whitened import Whitened

TOLERANCE = 3.0  # standard errors by which a value may be negative
MOST_ITERATIONS = 200
KEPT = 1e-6  # violation of a scaled constraint that passes for none


@dataclass(frozen=True, kw_only=True)
class Range:
    """What the constraints leave open about one component.

    Args:
        part: Its part in the signal in the answer that was reported.
        lowest: The smallest part that the constraints allow.
        highest: The largest part.
        courses: Its course in these two answers, shape (2, m).
        spectra: Its spectrum in these two answers, shape (2, n).
        complete: Whether the search for both ends came to an end; if not, the range is at least
            so wide.
    """

    part: float
    lowest: float
    highest: float
    courses: Array
    spectra: Array
    complete: bool = True

    @property
    def concentration_band(self) -> Array:
        """The smaller and the larger of the two courses at each time, shape (2, m)."""
        return np.sort(self.courses, axis=0)

    @property
    def spectrum_band(self) -> Array:
        """The smaller and the larger of the two spectra at each wavelength, shape (2, n)."""
        return np.sort(self.spectra, axis=0)

    @property
    def course_open(self) -> float:
        """The widest gap between the two courses, relative to their peak."""
        return _gap(self.courses)

    @property
    def spectrum_open(self) -> float:
        """The widest gap between the two spectra, relative to their peak."""
        return _gap(self.spectra)


def _gap(two: Array) -> float:
    return float(np.max(np.abs(two[1] - two[0])) / max(float(np.max(np.abs(two))), 1e-300))


@dataclass(frozen=True, kw_only=True)
class Factors:
    """A resolved series in the coordinates of its own components.

    Args:
        scores: X, concentrations of the reported answer freed of what is no component, (m, k).
        loadings: Y, its spectra, shape (k, n); X Y are the data without their noise.
        score_slack: By how much a concentration may be negative, shape (m, k).
        loading_slack: By how much a spectrum may be negative, shape (k, n).
        positive: Whether spectra may not be negative.
    """

    scores: Array
    loadings: Array
    score_slack: Array
    loading_slack: Array
    positive: bool

    @staticmethod
    def of(data: Whitened, shares: Array, spectra: Array, *, positive: bool) -> Factors:
        """Return the factors near a resolved answer, with T = 1 standing for that answer.

        Args:
            data: The spectra in units of their noise.
            shares: Concentrations of the answer, shape (m, k).
            spectra: Its spectra in absorbance, shape (k, n).
            positive: Whether spectra are nowhere below zero.
        """
        left, size, right = data.factors
        k = shares.shape[1]
        span, loadings = left[:, :k], data.back(size[:k, None] * right[:k])
        turn = span.T @ shares
        inverse = np.linalg.pinv(shares)
        white = data.forth(spectra)
        concentration_error = np.sqrt(np.diag(np.linalg.pinv(white @ white.T)))
        noise = np.hypot(data.noise.sd, data.noise.offset_sd)
        spectrum_error = noise * np.linalg.norm(inverse, axis=1)
        clipped = [
            np.maximum(-part, 0.0) for part in (span @ turn, np.linalg.pinv(turn) @ loadings)
        ]
        return Factors(
            scores=span @ turn,
            loadings=np.linalg.pinv(turn) @ loadings,
            # The reported answer keeps the constraints by construction, whatever it was cut by.
            score_slack=np.maximum(TOLERANCE * concentration_error, clipped[0]),
            loading_slack=np.maximum(TOLERANCE * spectrum_error[:, None], clipped[1]),
            positive=positive,
        )

    @cached_property
    def _grams(self) -> tuple[Array, Array, float]:
        x, y = self.scores.T @ self.scores, self.loadings @ self.loadings.T
        return x, y, float(np.sqrt(np.trace(x @ y)))

    def part(self, turn: Array, k: int) -> float:
        """Return the part of component k in the signal, for a matrix T, shape (k, k)."""
        x, y, whole = self._grams
        row = np.linalg.inv(turn)[k]
        return float(np.sqrt((turn[:, k] @ x @ turn[:, k]) * (row @ y @ row)) / whole)

    def slope(self, turn: Array, k: int) -> Array:
        """Return the derivative of :meth:`part` along T, shape (k, k)."""
        x, y, _ = self._grams
        inverse = np.linalg.inv(turn)
        column, row = turn[:, k], inverse[k]
        found = np.zeros_like(turn)
        found[:, k] = x @ column / (column @ x @ column)
        along = -np.outer(row, inverse @ (y @ row)) / (row @ y @ row)
        slope: Array = self.part(turn, k) * (found + along)
        return slope

    def margins(self, flat: Array) -> Array:
        """Return by how much each constraint is kept, in units of its slack."""
        turn = flat.reshape(len(self.loadings), -1)
        kept = [(self.scores @ turn / self.score_slack + 1.0).ravel()]
        if self.positive:
            kept.append((np.linalg.inv(turn) @ self.loadings / self.loading_slack + 1.0).ravel())
        return np.concatenate(kept)

    def margin_slopes(self, flat: Array) -> Array:
        """Return the derivatives of :meth:`margins`, shape (constraints, k²)."""
        k = len(self.loadings)
        turn = flat.reshape(k, k)
        shares = (
            np.einsum("ma,bc->mcab", self.scores, np.eye(k)) / self.score_slack[..., None, None]
        )
        slopes = [shares.reshape(-1, k * k)]
        if self.positive:
            inverse = np.linalg.inv(turn)
            spectra = -np.einsum("ca,bn->cnab", inverse, inverse @ self.loadings)
            slopes.append((spectra / self.loading_slack[..., None, None]).reshape(-1, k * k))
        return np.vstack(slopes)


def ranges(factors: Factors, given: Array, *, closure: bool) -> tuple[Range, ...]:
    """Return the range of each component.

    Args:
        factors: The reported answer.
        given: Spectra that are known, those of the first components, shape (known, n).
        closure: The concentrations add up to 1.
    """
    k = len(factors.loadings)
    matrix, value = _equalities(factors, given, closure=closure)
    found = []
    for one in range(k):
        ends = [_extreme(factors, one, sign, matrix, value) for sign in (1.0, -1.0)]
        turns = [np.eye(k)] + [end for end in ends if end is not None]
        parts = [factors.part(turn, one) for turn in turns]
        low, high = turns[int(np.argmin(parts))], turns[int(np.argmax(parts))]
        shares = np.array([(factors.scores @ turn)[:, one] for turn in (low, high)])
        spectra = np.array([(np.linalg.inv(turn) @ factors.loadings)[one] for turn in (low, high)])
        found.append(
            Range(
                part=parts[0],
                lowest=min(parts),
                highest=max(parts),
                courses=shares,
                spectra=spectra,
                complete=len(turns) == 3,
            )
        )
    return tuple(found)


def _equalities(factors: Factors, given: Array, *, closure: bool) -> tuple[Array, Array]:
    """Return A and b with A·vec(T) = b: closure, known spectra, and the scale that is left."""
    k = len(factors.loadings)
    rows: list[Array] = []
    for one in range(len(given)):  # the first rows of T⁻¹ stay, so the first rows of T do
        rows += [np.eye(k * k)[one * k + j] for j in range(k)]
    if closure:  # T·1 = 1 for the rows that are not fixed yet
        rows += [np.repeat(np.eye(k)[i], k) for i in range(len(given), k)]
    else:  # the mean concentration of each component stays
        mean = factors.scores.mean(axis=0)
        rows += [np.outer(mean, np.eye(k)[j]).ravel() for j in range(len(given), k)]
    matrix = np.array(rows)
    return matrix, matrix @ np.eye(k).ravel()


def _extreme(factors: Factors, one: int, sign: float, matrix: Array, value: Array) -> Array | None:
    """Return the T of the smallest (sign 1) or largest (sign -1) part; None if not found."""
    from scipy.optimize import minimize

    k = len(factors.loadings)
    constraints: list[dict[str, Any]] = [
        {"type": "eq", "fun": lambda t: matrix @ t - value, "jac": lambda _: matrix},
        {"type": "ineq", "fun": factors.margins, "jac": factors.margin_slopes},
    ]
    found = minimize(
        lambda t: sign * factors.part(t.reshape(k, k), one),
        np.eye(k).ravel(),
        jac=lambda t: sign * factors.slope(t.reshape(k, k), one).ravel(),
        method="SLSQP",
        constraints=constraints,
        options={"maxiter": MOST_ITERATIONS, "ftol": 1e-7},
    )
    kept = bool(np.min(factors.margins(found.x)) > -KEPT)
    turn: Array = found.x.reshape(k, k)
    return turn if kept and np.allclose(matrix @ found.x, value, atol=1e-6) else None
