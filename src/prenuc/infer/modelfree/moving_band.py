r"""One band shape that shifts, widens and grows: its fit to a series of spectra.

.. math:: A_i(E) = b_i\, \sum_j c_j\, B_j\!\Big(\frac{E - E_0 - δ_i}{w_i}\Big)

with cubic B-splines B on even knots. All b, δ, ln w and c move together; the normal equations are
built spectrum by spectrum in the metric of the noise and solved with Marquardt's damping, which
also settles what the model leaves free (a common shift or scale of all shapes).

It begins with the last spectrum as the shape, along which the others are lined up one by one,
backwards, each near its neighbour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.infer.noise.whitened import Whitened

POINTS_PER_KNOT = 2.0
BEYOND = 0.25  # the shape reaches so far beyond the spectra, in their range
REACH = 0.12  # a neighbouring spectrum is looked for within this share of the range
TRIED = 49  # shifts tried in lining up
MOST_ITERATIONS = 30
STEADY = 2e-4  # relative gain in χ² that ends the steps
SMOOTH = 1e-6  # weight of the shape's second differences: only where no spectrum reaches
ROW = 3  # b, δ, ln w


@dataclass(frozen=True, kw_only=True)
class MovingBand:
    """A moving band.

    Args:
        size: b of each spectrum, mean 1 among the larger ones, shape (m,).
        shift: δ of each spectrum, eV, from the first one in which the band can be seen, (m,).
        width: w of each spectrum, relative to the last, shape (m,).
        fitted: The spectra, absorbance, shape (m, n).
    """

    size: Array
    shift: Array
    width: Array
    fitted: Array

    @property
    def shift_ev(self) -> float:
        """Shift from the first to the last spectrum, eV; negative is red."""
        return float(self.shift[-1] - self.shift[0])


class _Model:
    """Splines on a scaled axis, seen through the noise.

    Args:
        energy: Photon energies, eV, shape (n,).
        data: Spectra in units of their noise.
    """

    def __init__(self, energy: Array, data: Whitened) -> None:
        self.data = data
        self.middle, self.half = float(energy.mean()), float(np.ptp(energy)) / 2.0
        self.x = (energy - self.middle) / self.half  # from -1 to 1
        end = 1.0 + 2.0 * BEYOND
        inner = np.linspace(-end, end, int(len(energy) / POINTS_PER_KNOT * end))
        step = inner[1] - inner[0]
        self.knots = np.concatenate(
            (inner[0] - step * np.arange(3, 0, -1), inner, inner[-1] + step * np.arange(1, 4))
        )
        self.count = len(self.knots) - 4
        self.clip = (inner[0], inner[-1] - 1e-9)
        bend = np.diff(np.eye(self.count), 2, axis=0)
        self.smooth = SMOOTH * bend.T @ bend

    def axis(self, row: Array) -> Array:
        """Return where the shape is read for one spectrum, shape (n,)."""
        at: Array = (self.x - row[1]) * np.exp(-row[2])
        return np.clip(at, *self.clip)

    def basis(self, row: Array) -> Array:
        """Return the splines for one spectrum, shape (n, count)."""
        from scipy.interpolate import BSpline

        found: Array = BSpline.design_matrix(self.axis(row), self.knots, 3).toarray()
        return found

    def spectrum(self, row: Array, shape: Array) -> Array:
        """Return one spectrum, absorbance, shape (n,)."""
        from scipy.interpolate import BSpline

        found: Array = row[0] * BSpline(self.knots, shape, 3)(self.axis(row))
        return found

    def slopes(self, row: Array, shape: Array) -> Array:
        """Return its derivatives along b, δ and ln w, shape (n, 3)."""
        from scipy.interpolate import BSpline

        spline = BSpline(self.knots, shape, 3)
        at = self.axis(row)
        steep = row[0] * spline(at, 1)
        return np.column_stack((spline(at), -steep * np.exp(-row[2]), -steep * at))

    def misfit(self, rows: Array, shape: Array) -> float:
        """Return χ² and the smoothness of the shape."""
        fitted = np.array([self.spectrum(row, shape) for row in rows])
        rest = self.data.forth(self.data.series.absorbance - fitted)
        return float(np.sum(rest**2)) + float(shape @ self.smooth @ shape)

    def shape_of(self, rows: Array) -> Array:
        """Return the best shape for given sizes, shifts and widths, shape (count,)."""
        normal = self.smooth + 1e-9 * np.eye(self.count)
        seen = np.zeros(self.count)
        for row, white in zip(rows, self.data.matrix, strict=True):
            turned = self.data.forth((row[0] * self.basis(row)).T)
            normal = normal + turned @ turned.T
            seen += turned @ white
        found: Array = np.asarray(np.linalg.solve(normal, seen), dtype=np.float64)
        return found


def fit_moving_band(energy: Array, data: Whitened) -> MovingBand:
    """Fit one moving band to a series.

    Args:
        energy: Photon energies of the wavelengths, eV, shape (n,).
        data: The spectra in units of their noise, m × n.
    """
    model = _Model(energy, data)
    rows = _lined_up(model)
    shape = model.shape_of(rows)
    rows, shape = _refined(model, rows, shape)
    fitted = np.array([model.spectrum(row, shape) for row in rows])
    return MovingBand(
        size=rows[:, 0] / max(float(np.abs(rows[:, 0]).max()), 1e-300),
        shift=(rows[:, 1] - rows[0, 1]) * model.half,
        width=np.exp(rows[:, 2] - rows[-1, 2]),
        fitted=fitted,
    )


def _lined_up(model: _Model) -> Array:
    """Return size, shift and ln width of each spectrum, the last one being the shape, (m, 3)."""
    spectra = model.data.series.absorbance
    m = len(spectra)
    rows = np.zeros((m, ROW))
    rows[-1] = (1.0, 0.0, 0.0)
    order = np.argsort(model.x)
    for i in range(m - 2, -1, -1):
        best = np.inf
        for shift in rows[i + 1, 1] + 2.0 * REACH * np.linspace(-1.0, 1.0, TRIED):
            moved = np.interp(model.x - shift, model.x[order], spectra[-1][order])
            inside = np.abs(model.x - shift) <= 1.0
            size = float(moved[inside] @ spectra[i][inside]) / float(moved[inside] @ moved[inside])
            rest = float(np.mean((spectra[i] - size * moved)[inside] ** 2))
            if rest < best:
                best, rows[i] = rest, (size, shift, 0.0)
    return rows


def _refined(model: _Model, rows: Array, shape: Array) -> tuple[Array, Array]:
    """Return rows and shape where damped Gauss-Newton steps stand still."""
    damping, here = 1e-3, model.misfit(rows, shape)
    for _ in range(MOST_ITERATIONS):
        normal, slope = _normal(model, rows, shape)
        gain = 0.0
        while damping < 1e6:
            step = np.linalg.solve(normal + damping * np.diag(np.diag(normal) + 1e-9), slope)
            new_shape = shape + step[: model.count]
            new_rows = rows + step[model.count :].reshape(rows.shape)
            new_rows[:, 1] = np.clip(new_rows[:, 1], -2.0 * BEYOND, 2.0 * BEYOND)
            new_rows[:, 2] = np.clip(new_rows[:, 2], -1.0, 1.0)
            there = model.misfit(new_rows, new_shape)
            if there < here:
                gain, here, rows, shape = here - there, there, new_rows, new_shape
                damping = max(damping / 10.0, 1e-9)
                break
            damping *= 10.0
        if gain < STEADY * here:
            break
    return rows, shape


def _normal(model: _Model, rows: Array, shape: Array) -> tuple[Array, Array]:
    """Return the normal matrix and the slope of -χ²/2, the shape first, then the rows."""
    k, m = model.count, len(rows)
    normal, slope = np.zeros((k + ROW * m, k + ROW * m)), np.zeros(k + ROW * m)
    normal[:k, :k] = model.smooth
    slope[:k] = -model.smooth @ shape
    for i, (row, spectrum) in enumerate(zip(rows, model.data.series.absorbance, strict=True)):
        own = slice(k + ROW * i, k + ROW * (i + 1))
        basis = model.data.forth((row[0] * model.basis(row)).T)
        along = model.data.forth(model.slopes(row, shape).T)
        rest = model.data.forth((spectrum - model.spectrum(row, shape))[None, :])[0]
        normal[:k, :k] += basis @ basis.T
        normal[:k, own] = basis @ along.T
        normal[own, :k] = normal[:k, own].T
        normal[own, own] = along @ along.T
        slope[:k] += basis @ rest
        slope[own] = along @ rest
    return normal, slope
