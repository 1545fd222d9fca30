"""Is the wavelength axis right? The absorption lines of holmium oxide say so.

The certified positions are those of holmium oxide in perchloric acid at a bandwidth of 1 nm (NIST
Standard Reference Material 2034; J. C. Travis et al. 2005, J. Phys. Chem. Ref. Data 34, 41). Glass
filters differ by up to 2 nm from line to line; their certificate counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import SpectrumError

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.observe.series import SpectrumSeries

LINES = (
    *(240.98, 249.87, 278.14, 287.22, 333.48, 345.38, 361.25),
    *(385.62, 416.25, 451.45, 467.82, 485.23, 536.56, 640.50),
)  # nm, at a bandwidth of 1 nm
REACH = 3.0  # nm around a line in which its maximum is looked for
FEWEST_LINES = 3
CLEAR = 10.0  # noise that a line rises above both ends of its window
SCATTER = 1.0  # nm by which the errors of single lines may differ


@dataclass(frozen=True, kw_only=True)
class WavelengthError:
    """How far an axis is off.

    Args:
        lines: Certified positions of the lines that were found, nm, shape (k,).
        error_nm: Found minus certified position of each, nm, shape (k,).
    """

    lines: Array
    error_nm: Array

    @property
    def mean_nm(self) -> float:
        """The median error, nm."""
        return float(np.median(self.error_nm))

    def __str__(self) -> str:
        low, high = self.error_nm.min(), self.error_nm.max()
        found = f"{len(self.lines)} lines of holmium oxide"
        return f"{found} lie {low:+.2f} to {high:+.2f} nm from where they should"


def wavelength_error(standard: SpectrumSeries) -> WavelengthError:
    """Return how far the lines of a holmium standard lie from where they should.

    Args:
        standard: One absorption spectrum of holmium oxide.

    Raises:
        SpectrumError: It is not one spectrum, fewer than three lines stand out, or their errors do
            not agree, so that this is no holmium oxide.
    """
    if len(standard) != 1 or standard.signal != "absorbance":
        what = f"the standard holds {len(standard)} spectra of {standard.signal}"
        raise SpectrumError(what, "Give one absorption spectrum of holmium oxide")
    x, y = standard.wavelength, standard.absorbance[0]
    places = [(line, _top(x, y, line)) for line in LINES]
    found = np.array([(line, at - line) for line, at in places if at is not None]).reshape(-1, 2)
    if len(found) < FEWEST_LINES:
        what = f"{len(found)} lines of holmium oxide stand out, {FEWEST_LINES} are needed"
        raise SpectrumError(what, "Measure the standard in steps of 1 nm or less")
    error = found[:, 1]
    if np.median(np.abs(error - np.median(error))) > SCATTER:
        what = "the lines of the standard are off in different directions: no holmium oxide"
        raise SpectrumError(what, "Give a spectrum of holmium oxide")
    return WavelengthError(lines=found[:, 0], error_nm=error)


def _top(x: Array, y: Array, line: float) -> float | None:
    """Return where a spectrum has its maximum near a line (nm); None where none stands out."""
    from prenuc.observe.curvature import white_noise

    near = np.flatnonzero((np.abs(x - line) <= REACH) & np.isfinite(y))
    if len(near) < 5:
        return None
    top = int(near[np.argmax(y[near])])
    rise = y[top] - max(y[near[0]], y[near[-1]])
    if top in {near[0], near[-1]} or rise <= CLEAR * white_noise(y[np.isfinite(y)]):
        return None
    a, b, _ = np.polyfit(x[top - 1 : top + 2] - x[top], y[top - 1 : top + 2], 2)
    return float(x[top] - b / (2 * a)) if a < 0 else None
