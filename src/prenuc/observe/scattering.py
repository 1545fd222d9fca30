r"""Small-angle scattering of discs: what a radius of gyration says about one, and what not.

A homogeneous disc of radius R and thickness L has

.. math:: R_g^2 = \frac{R^2}{2} + \frac{L^2}{12}                                     \qquad (1)

and, with its axis at an angle α to the scattering vector of length q, averaged over all directions
(Guinier and Fournet 1955, Small-Angle Scattering of X-Rays, ch. 2.1),

.. math:: P(q) = \int_0^{π/2} \left( \frac{2 J_1(q R \sin α)}{q R \sin α} \,
          \frac{\sin(\tfrac12 q L \cos α)}{\tfrac12 q L \cos α} \right)^2 \sin α \, dα  \qquad (2)

with P(0) = 1. For q R_g below about 1, ln P falls as −q² R_g²/3 (Guinier), for discs and for all
else: R_g is one number, and R needs an L from elsewhere.

What is left out: the distances between particles. Stacks of discs have a peak at 2π over their
spacing, of which nothing here is computed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError, check_above_zero

if TYPE_CHECKING:
    from prenuc.arrays import Array

ANGLES = 200  # of the average over directions: nine digits for q times the size up to 50
GUINIER = 1.3  # q R_g up to which the curve is taken as straight in q²
FEWEST = 3  # points of a straight line with a misfit


def disc_radius(gyration: float, thickness: float) -> float:
    """Return the radius of a disc in nm, equation (1).

    Args:
        gyration: Radius of gyration, nm.
        thickness: Of the disc, nm.

    Raises:
        InputError: Either is not above zero, or a disc so thick has a larger radius of gyration.
    """
    check_above_zero({"a radius of gyration": gyration, "a thickness": thickness}, "nm")
    flat = gyration**2 - thickness**2 / 12.0
    if flat <= 0.0:
        what = f"a disc of {thickness:g} nm has a radius of gyration above {gyration:g} nm"
        most = math.sqrt(12.0) * gyration
        raise InputError(what, f"Give a thickness below {most:.3g} nm")
    return math.sqrt(2.0 * flat)


def disc_scattering(q: Array, radius: float, thickness: float) -> Array:
    """Return the scattering of discs that point anywhere, 1 at q = 0, shape (m,); equation (2).

    Args:
        q: Lengths of the scattering vector, 1/nm, shape (m,).
        radius: Of the disc, nm.
        thickness: Of the disc, nm.

    Raises:
        InputError: Radius or thickness is not above zero.
    """
    from scipy.special import j1

    check_above_zero({"a radius": radius, "a thickness": thickness}, "nm")
    nodes, weights = np.polynomial.legendre.leggauss(ANGLES)
    angle = 0.25 * math.pi * (nodes + 1.0)
    across = np.asarray(q, dtype=float)[:, None] * radius * np.sin(angle)
    along = np.asarray(q, dtype=float)[:, None] * 0.5 * thickness * np.cos(angle)
    safe = np.where(across == 0.0, 1.0, across)
    round_part = np.where(across == 0.0, 1.0, 2.0 * j1(safe) / safe)
    amplitude = round_part * np.sinc(along / math.pi)
    found: Array = 0.25 * math.pi * (amplitude**2 @ (weights * np.sin(angle)))
    return found


def guinier_radius(q: Array, intensity: Array) -> float:
    """Return the radius of gyration in nm from the slope of ln I against q², where q R_g < 1.3.

    Args:
        q: Lengths of the scattering vector, 1/nm, ascending from above zero, shape (m,).
        intensity: In any unit, above zero, shape (m,).

    Raises:
        InputError: Another number of points, q that does not ascend, an intensity that is not above
            zero; fewer than three points lie so close to zero, or the curve does not fall there.
    """
    q, intensity = np.asarray(q, dtype=float), np.asarray(intensity, dtype=float)
    if q.ndim != 1 or q.shape != intensity.shape:
        raise InputError(f"q and intensity have the shapes {q.shape} and {intensity.shape}")
    if not (np.all(q > 0.0) and np.all(np.diff(q) > 0.0)):
        raise InputError("q does not ascend from above zero", "Sort the points, leave q = 0 out")
    if not np.all((intensity > 0.0) & (intensity < np.inf)):
        raise InputError("an intensity is not above zero, or infinite", "Leave such points out")
    count = len(q)
    while count >= FEWEST:
        slope, _ = np.polyfit(q[:count] ** 2, np.log(intensity[:count]), 1)
        if slope >= 0.0:
            raise InputError("the intensity does not fall with q", "Leave out what rises")
        found = math.sqrt(-3.0 * slope)
        inside = int(np.searchsorted(q, GUINIER / found))
        if inside >= count:
            return found
        count = min(inside, count - 1)
    what = f"fewer than {FEWEST} points lie below {GUINIER:g} over the radius of gyration"
    raise InputError(what, "Measure at smaller angles")
