"""What each step of a mechanism is for: bits won and lost without it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import counted
from prenuc.present.figures.drawing import Drawn
from prenuc.present.figures.page_size import DOUBLE, NARROW_PAIR, Layout, laid_out
from prenuc.present.figures.style import DATA, MODEL, OTHER, name_axes
from prenuc.present.tables.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from prenuc.infer.studies.ablation import Ablated, Ablations, Word

COLOURS: Mapping[Word, str] = {
    "required": DATA,
    "helpful": OTHER,
    "not tested": "0.6",
    "harmful": MODEL,
}
MARKERS = "os"  # of the priors
OF_NAMES = 0.5  # of the width, at most, for the names of steps
LINEAR = 10.0  # bits, up to which the scale is linear


@laid_out
def plot_ablations(found: Ablations, layout: Layout) -> Drawn:
    """Return the figure: a line for each step, the one that is missed most at the top.

    Args:
        found: What every step is for.
        layout: Size, fonts and title; the mechanism where there is none.
    """
    steps = ordered(found)
    names = [
        replace(layout, width=layout.width or DOUBLE).wrapped(_said(one), 1, share=OF_NAMES)
        for one in steps
    ]
    lines = np.array([name.count("\n") + 1.0 for name in names])
    places = (np.cumsum(lines) - 0.5 * lines - 0.5).tolist()  # each where its name has room
    figure, ((axes,),) = layout.grid(1, 1, height=3.0 + 0.5 * float(lines.sum()), wide=True)
    for place, one in zip(places, steps, strict=True):
        ends = min(one.changes), max(one.changes)
        axes.plot(ends, (place, place), color=COLOURS[one.word], lw=1.2, zorder=2)
        for marker, bits in zip(MARKERS, one.changes, strict=False):
            axes.plot(bits, place, marker, color=COLOURS[one.word], ms=5, zorder=3)
    narrow = (layout.width or DOUBLE) < NARROW_PAIR
    _scale(axes, [bits for one in steps for bits in one.changes], narrow=narrow)
    axes.set_yticks(places, names)
    axes.set_ylim(lines.sum() - 0.4, -0.6)
    along = layout.over(layout.width or DOUBLE, 2, "change of the score without the step / bit")
    name_axes(axes, along)
    for said, colour in COLOURS.items():
        axes.plot([], [], "o", color=colour, label=said)
    for marker, prior in zip(MARKERS, found.priors, strict=False):
        axes.plot([], [], marker, color="0.3", mfc="none", label=f"{prior} prior")
    layout.titled(found.mechanism).head(figure, [axes])
    return Drawn(figure, _numbers(found), caption_ablations(found))


def _scale(axes: Axes, changes: Sequence[float], *, narrow: bool) -> None:
    """Give axes an abscissa that is linear around zero, with the limits of the words on it."""
    from prenuc.infer.studies.ablation import HARMFUL, HELPFUL, REQUIRED

    for limit in (REQUIRED, HELPFUL, HARMFUL):
        axes.axvline(limit, color="0.85", lw=0.8, zorder=0)
    axes.axvline(0.0, color="0.4", lw=0.8, zorder=1)
    axes.set_xscale("symlog", linthresh=LINEAR, linscale=2.0)
    between = [] if narrow else [-30]
    axes.set_xticks([-100, *between, -10, REQUIRED, 0, 10], minor=False)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "−"))
    axes.minorticks_off()
    axes.set_xlim(min([*changes, 2.0 * REQUIRED]) * 1.4, max([*changes, 2.0]) * 1.4)


def _numbers(found: Ablations) -> Sheet:
    """Return the table that is drawn: a row for each step, a column for each prior."""
    steps = ordered(found)
    bits: dict[str, list[Any]] = {
        f"change under the {prior} prior / bit" if found.how else "change / bit": [
            one.changes[place] for one in steps
        ]
        for place, prior in enumerate(found.priors or ("",))
    }
    named: dict[str, list[Any]] = {
        "step": [one.step for one in steps],
        "what it is": [one.word for one in steps],
    }
    lost: dict[str, list[Any]] = {"rows lost": [len(one.lost) for one in steps]}
    return Sheet.of("ablations", {**named, **bits, **lost})


def ordered(found: Ablations) -> list[Ablated]:
    """Return the steps, the one whose lack costs most first."""
    return sorted(found.steps, key=lambda one: max(one.changes))


def caption_ablations(found: Ablations) -> str:
    """Return what the figure shows, in words that stand for it."""
    by_word = {
        said: [
            f"{one.step.partition(':')[0]} ({' and '.join(f'{bits:+.3g}' for bits in one.changes)})"
            for one in ordered(found)
            if one.word == said
        ]
        for said in COLOURS
    }
    parts = [f"{said}: {', '.join(steps)}" for said, steps in by_word.items() if steps]
    how = "rate and equilibrium constants refitted" if found.how else "nothing refitted"
    under = f", under the {' and the '.join(found.priors)} prior" if found.priors else ""
    return (
        f"Change of the score of {found.weighed} weighed rows, in bits{under}, when a step of "
        f"{found.mechanism} is taken out, {how}. {'; '.join(parts)}."
    )


def _said(one: Ablated) -> str:
    rows = counted(len(one.lost), "row") if one.lost else "no row"
    return f"{one.step.partition(':')[0]} ({rows} lost)"
