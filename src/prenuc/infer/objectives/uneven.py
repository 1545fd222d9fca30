r"""The objective of spectra whose readings are not equally good, and whose spectra vary as wholes.

.. math:: D_{ij} = (C S)_{ij} + \sum_k z_{kij}\, b_{ki} + e_{ij}, \qquad
   \mathrm{var}\, e_{ij} = 1 / w_{ij}, \quad \mathrm{var}\, b_{ki} = 1 / λ_k

with fields z that are known (1 for an offset, the spectrum itself for a factor, its slope for a
shift of the wavelengths) and random amounts b of each spectrum. Both S and b enter linearly. At
wavelength j, with Q the orthonormal columns of C, W_j the weights and
:math:`Π_j = W_j - W_j Q (Q^T W_j Q)^{-1} Q^T W_j`,

.. math:: Q_{min}(θ) = \sum_j d_j^T Π_j d_j - r^T K^{-1} r, \qquad
   r_k = \sum_j z_{kj} ∘ Π_j d_j, \quad K_{kl} = \sum_j z_{kj} z_{lj}^T ∘ Π_j + λ_k δ_{kl}

so that both are eliminated exactly (variable projection; best linear unbiased prediction:
Henderson 1975, Biometrics 31, 423). A weight of zero leaves a reading out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, final

import numpy as np

from prenuc.infer.noise.photometer import EFFECTS, fields_of
from prenuc.infer.objectives.projection import Objective, Point, split

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.infer.noise.photometer import Readout
    from prenuc.infer.schemes.profiles import AbstractKinetics

RIDGE = 1e-12  # of the weights: wavelengths at which hardly anything is left
NOTHING = 1e-300


@final
@dataclass(frozen=True)
class Uneven(Objective):
    """Weighted residual sum of squares with a weight for each reading.

    Args:
        data: Spectra by wavelength, shape (n, m).
        weight: Inverse variance of each reading, shape (n, m).
        fields: z by wavelength, shape (n, k, m).
        precision: λ, shape (k,).
    """

    data: Array = field(default_factory=lambda: np.zeros((0, 0)))
    weight: Array = field(default_factory=lambda: np.zeros((0, 0)))
    fields: Array = field(default_factory=lambda: np.zeros((0, 0, 0)))
    precision: Array = field(default_factory=lambda: np.zeros(0))

    @classmethod
    def of(
        cls, base: Objective, readout: Readout, data: Array, fit: Array, wavelength: Array
    ) -> Uneven:
        """Return the objective of readings with the noise found.

        Args:
            base: Scheme, times and clock.
            readout: The noise.
            data: Readings, shape (m, n); NaN where there is none.
            fit: The fit of the round before, shape (m, n).
            wavelength: Shape (n,).
        """
        response, weight = readout.response(data, fit)
        chosen = [EFFECTS.index(name) for name in readout.amounts]
        fields = fields_of(fit, wavelength)[chosen]
        precision = np.array([1.0 / size for size in readout.amounts.values()])
        return cls(
            base.kinetics,
            base.time,
            base.blocks,
            base.clock,
            np.ascontiguousarray(response.T),
            np.ascontiguousarray(weight.T),
            np.ascontiguousarray(np.moveaxis(fields, 2, 0)),
            precision,
        )

    def with_kinetics(self, kinetics: AbstractKinetics) -> Objective:
        """Return the same data with another scheme."""
        return replace(self, kinetics=kinetics)

    def at(self, u: Array) -> Point:
        """Return value, gradient and curvature at u."""
        values, scale = self.kinetics.decode(u)
        shares, slopes = self.kinetics.concentrations(self.time, values)
        one = _Eliminated(self, shares)
        moves = np.swapaxes((slopes * scale[:, None, None]) @ one.spectra, 0, 2)  # (n, m, p)
        moves = np.swapaxes(moves, 1, 2)
        weighted = self.weight[:, None, :] * moves
        beyond = one.beyond(moves)
        gradient = -np.einsum("npm,nm->p", weighted, one.residual)
        curvature = np.einsum("npm,nqm->pq", weighted, beyond)
        if len(self.precision):
            seen = np.einsum("nkm,npm->pkm", one.weighted_fields, beyond).reshape(
                len(u), one.amounts.size
            )
            curvature = curvature - seen @ np.linalg.solve(one.inner, seen.T)
        return Point(u, one.value, gradient, curvature)

    def parts(self, u: Array) -> tuple[Array, Array, Array]:
        """Return spectra, shape (species, n), amounts b, (k, m), and the residual, (m, n)."""
        shares, _ = self.kinetics.concentrations(self.time, self.kinetics.decode(u)[0])
        one = _Eliminated(self, shares)
        return one.spectra, one.amounts, one.residual.T


class _Eliminated:
    """Spectra and random amounts of an objective, eliminated at given columns.

    Args:
        asked: The objective.
        shares: C, shape (m, species).
    """

    def __init__(self, asked: Uneven, shares: Array) -> None:
        part = split(shares, np.zeros((0, *shares.shape)))
        self.asked, self.span = asked, part.span
        self.seen = asked.weight[:, :, None] * part.span  # W Q, shape (n, m, r)
        normal = part.span.T @ self.seen
        ridge = RIDGE * np.trace(normal, axis1=1, axis2=2) + NOTHING
        self.inverse = np.linalg.inv(normal + ridge[:, None, None] * np.eye(normal.shape[1]))
        data, count = asked.data[:, None, :], len(asked.precision)
        first = self.beyond(data)[:, 0]
        self.amounts = np.zeros((count, asked.data.shape[1]))
        penalty = 0.0
        if count:
            self.weighted_fields = asked.weight[:, None, :] * asked.fields
            self.inner = self._inner()
            right = np.einsum("nkm,nm->km", self.weighted_fields, first)
            self.amounts = np.linalg.solve(self.inner, right.ravel()).reshape(right.shape)
            data = data - np.einsum("nkm,km->nm", asked.fields, self.amounts)[:, None, :]
            penalty = float(asked.precision @ np.sum(self.amounts**2, axis=1))
        amplitudes = self._amplitudes(data)  # (n, 1, r)
        self.residual = (data - amplitudes @ self.span.T)[:, 0]
        self.spectra = part.factor @ amplitudes[:, 0].T
        self.value = float(np.sum(asked.weight * self.residual**2)) + penalty

    def _amplitudes(self, rows: Array) -> Array:
        """Return what the columns follow of rows, shape (n, f, m), as amplitudes, (n, f, r)."""
        found: Array = rows @ self.seen @ self.inverse
        return found

    def beyond(self, rows: Array) -> Array:
        """Return what the columns do not follow of rows, shape (n, f, m)."""
        found: Array = rows - self._amplitudes(rows) @ self.span.T
        return found

    def _inner(self) -> Array:
        """Return K, shape (k m, k m)."""
        asked, (_, k, m) = self.asked, self.asked.fields.shape
        root = np.linalg.cholesky(self.inverse)
        columns = np.swapaxes(root, 1, 2) @ self.span.T  # (n, r, m), in this order: none is copied
        crossed = (self.weighted_fields[:, None] * columns[:, :, None]).reshape(-1, k * m)
        found: Array = -(crossed.T @ crossed)  # as the square that it is, which is half the work
        own = np.einsum("nkm,nlm->klm", self.weighted_fields, asked.fields)
        spectrum = np.arange(m)
        for i in range(k):
            for j in range(k):
                found[i * m + spectrum, j * m + spectrum] += own[i, j]
            found[i * m + spectrum, i * m + spectrum] += asked.precision[i]
        return found
