"""Rivals against the data: what each model makes of them where the models differ most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError
from prenuc.present.figures.drawing import Drawn, finished
from prenuc.present.figures.overlay import told_apart
from prenuc.present.figures.page_size import Layout, laid_out
from prenuc.present.figures.style import GREY, name_axes
from prenuc.quantities import legible

if TYPE_CHECKING:
    from prenuc.infer.selection.evidence import Comparison

MOST = 6  # models; the others are further from the data


@laid_out
def plot_rivals(found: Comparison, layout: Layout) -> Drawn:
    """Return the data with the best fit of each model, and below what each leaves.

    Args:
        found: Which model the data support.
        layout: Size, fonts and title.

    Raises:
        InputError: The comparison does not hold the data.
    """
    curves = found.curves
    if curves is None:
        raise InputError("this comparison holds no data", "Compare again, and draw that")
    at, ranked = curves.telling, found.ranking[:MOST]
    nm = float(curves.wavelength[at])
    signal = curves.signal if np.isnan(nm) else f"{curves.signal} at {nm:g} nm"
    figure, grid = layout.grid(2, 1, height=10.0, wide=True, sharex=True, height_ratios=[2.2, 1])
    axes, below = grid[:, 0]
    data = curves.seen[:, at]
    order = np.argsort(curves.time)
    axes.plot(curves.time, data, "o", ms=3, mfc="none", color="black", label="data")
    below.axhspan(-2.0, 2.0, color="0.92", lw=0)
    below.axhline(0.0, color=GREY, lw=0.8)
    for place, one in enumerate(ranked):
        fitted = curves.fitted[one.model][:, at]
        look = told_apart(place)
        name = f"{one.model}, ΔAICc {legible(one.delta)}"
        axes.plot(curves.time[order], fitted[order], label=name, **look)
        left = (data - fitted) / curves.sd
        below.plot(curves.time[order], left[order], label=name, **{**look, "lw": 0.9})
    name_axes(axes, y=signal)
    name_axes(below, curves.time_label, "left over / σ")
    figure.align_ylabels([axes, below])
    layout.head(figure, [axes])
    scored = "; ".join(f"{one.model} {legible(one.delta)} ({one.verdict})" for one in ranked)
    told = (
        f"{signal[:1].upper()}{signal[1:]} against {curves.time_label.partition(' / ')[0]} with "
        f"the best fit of each model, where the models differ most, and below what each leaves "
        f"over the noise of {curves.sd:.2g}. {found.verdict} ΔAICc: {scored}."
    )
    rest = len(found.ranking) - len(ranked)
    lower = "model that ranks lower is" if rest == 1 else "models that rank lower are"
    notes = [f"{rest} {lower} not drawn"] if rest else []
    return finished(figure, told, notes)
