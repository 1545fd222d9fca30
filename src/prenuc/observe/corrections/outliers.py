"""Spectra that do not belong: a bubble, a dirty cuvette, an aliquot that was mixed up.

A spectrum is compared with what its two neighbours in time say of it. One that departs from them by
far more than spectra usually do is flagged; nothing is left out by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from prenuc.observe.series import SpectrumSeries

FEWEST = 5  # spectra
USUAL = 6.0  # times the usual departure, above which a spectrum is an outlier


def outlier_spectra(series: SpectrumSeries) -> dict[str, str]:
    """Return the spectra that depart from both neighbours in time, by label, and how far.

    Args:
        series: The spectra; those without a time are in their order.
    """
    if len(series) < FEWEST:
        return {}
    order = np.argsort(series.time, kind="stable")
    known = np.isfinite(series.time).all() and np.all(np.diff(series.time[order]) > 0)
    time = series.time[order] if known else np.arange(len(series), dtype=float)
    values = series.absorbance[order]
    values = values[:, np.isfinite(values).all(axis=0)]
    found: dict[str, str] = {}
    left = np.arange(len(order))
    while len(left) >= FEWEST and values.shape[1]:
        before, here, after = left[:-2], left[1:-1], left[2:]
        part = ((time[here] - time[before]) / (time[after] - time[before]))[:, None]
        expected = (1 - part) * values[before] + part * values[after]
        away = np.sqrt(np.mean((values[here] - expected) ** 2, axis=1))
        worst = int(np.argmax(away))
        usual = float(np.median(away))
        if away[worst] <= USUAL * usual:
            break
        label = series.labels[order[here[worst]]]
        by = f"{1e3 * away[worst]:.2g} mAU, usual are {1e3 * usual:.2g}"
        found[label] = f"departs from its neighbours by {by}"
        left = np.delete(left, worst + 1)
    return found
