r"""How the numbers of one printed fit hang together.

.. math:: A(t) = A_∞ (1 - r e^{-kt}), \quad r = B/A_∞

The errors of ln k, ln A∞ and ln r that a curve of white noise leaves are correlated as the inverse
of JᵀJ says, at the times of the printed spectra. A flask that is made again, or a baseline that
drifts, errs along the same valley; so the same share of a row's spread is common to all three: the
first principal component of that correlation.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from prenuc.facts.catalogue import get
from prenuc.infer.experiments.published import PANELS
from prenuc.protocol.protocol import Protocol
from prenuc.protocol.steps import Measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.check import Check

MINUTE = 60.0  # s
NUMBERS = "rate constant", "plateau", "prefactor over plateau"  # of one fit, as measures


def printed_fit(check: Check) -> str:
    """Return the panel of whose fit a row is a number; "" of other rows."""
    return check.of["panel"] if check.printed and check.measure in NUMBERS else ""


def loading(check: Check) -> float:
    """Return the share of a row's spread that is common to its fit, with its sign."""
    panel = printed_fit(check)
    return _loadings(panel)[check.measure] if panel else 0.0


@cache
def _loadings(panel: str) -> Mapping[str, float]:
    """Return the first principal component of the correlation, by number of the fit."""
    published = PANELS[panel]
    entry = get("observations", published.published["k"][0]).quantities
    plateau, prefactor, k = (entry[name].quantity.number for name in ("plateau", "prefactor", "k"))
    steps = Protocol.from_recipe(get("recipes", published.recipe)).steps
    seconds = [at for one in steps if isinstance(one, Measure) for at in one.seconds()]
    late = np.array([at / MINUTE - published.origins[-1] for at in seconds])
    late = late[late >= 0.0]
    falling = prefactor / plateau * np.exp(-k * late)
    slopes = np.stack((k * late * falling, 1.0 - falling, -falling), axis=1)
    covariance = np.linalg.inv(slopes.T @ slopes)
    sd = np.sqrt(np.diag(covariance))
    values, vectors = np.linalg.eigh(covariance / np.outer(sd, sd))
    found = vectors[:, -1] * np.sqrt(values[-1])
    return dict(zip(NUMBERS, map(float, found), strict=True))
