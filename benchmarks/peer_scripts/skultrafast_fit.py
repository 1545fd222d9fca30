"""Fit chains of first-order steps with skultrafast; runs in its environment, not in ours.

The file named on the command line holds ``time``, ``wavelength``, ``data`` (sets, m, n), ``start``
(rate constants) and ``repeats``. Rate constants and standard errors follow from its lifetimes.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
from skultrafast.dataset import TimeResSpec

NO_RESPONSE = (0.0, 0.01)  # time zero and width of the instrument's response, in min
CONSTANT = 1e7  # min, a lifetime so long that it is the static background


def fit(
    wavelength: np.ndarray, times: np.ndarray, data: np.ndarray, start: np.ndarray
) -> list[list[float]]:
    """Return rate constants, fastest first, and standard errors."""
    spectra = TimeResSpec(wavelength, times, data)
    guess = [*NO_RESPONSE, *(1.0 / start), CONSTANT]
    found = spectra.fit_exp(guess, fix_last_decay=True, verbose=False).lmfit_res
    lives = [one for one in found.params.values() if one.vary]
    pairs = [(1.0 / one.value, (one.stderr or 0.0) / one.value**2) for one in lives]
    return [list(column) for column in zip(*sorted(pairs, reverse=True), strict=True)]


def main() -> None:
    """Fit every set, each a few times, and print what was found and the shortest time."""
    given = np.load(sys.argv[1])
    fits, spent = [], []
    for data in given["data"]:
        for _ in range(int(given["repeats"])):
            began = time.process_time()
            k, stderr = fit(given["wavelength"], given["time"], data, given["start"])
            spent.append(time.process_time() - began)
        fits.append({"k": k, "stderr": stderr})
    print(json.dumps({"fits": fits, "cpu": min(spent)}))


main()
