"""What each step of a mechanism is for: bits won and lost without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.infer.studies.ablation import HARMFUL, HELPFUL, REQUIRED
from prenuc.present.figures.style import DATA, MODEL, OTHER, name_axes, new_figure, styled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from prenuc.infer.studies.ablation import Ablated, Ablations, Word

COLOURS: Mapping[Word, str] = {
    "required": DATA,
    "helpful": OTHER,
    "not tested": "0.6",
    "harmful": MODEL,
}
MARKERS = "os"  # of the priors
LINEAR = 10.0  # bits, up to which the scale is linear


@styled
def plot_ablations(found: Ablations) -> Figure:
    """Return the figure: a line for each step, the one that is missed most at the top.

    Args:
        found: What every step is for.
    """
    steps = ordered(found)
    figure, axes = new_figure(6.4, 1.0 + 0.26 * len(steps))
    for place, one in enumerate(steps):
        ends = min(one.changes), max(one.changes)
        axes.plot(ends, (place, place), color=COLOURS[one.word], lw=1.2, zorder=2)
        for marker, bits in zip(MARKERS, one.changes, strict=False):
            axes.plot(bits, place, marker, color=COLOURS[one.word], ms=5, zorder=3)
    for limit in (REQUIRED, HELPFUL, HARMFUL):
        axes.axvline(limit, color="0.85", lw=0.8, zorder=0)
    axes.axvline(0.0, color="0.4", lw=0.8, zorder=1)
    axes.set_xscale("symlog", linthresh=LINEAR, linscale=2.0)
    axes.set_xticks([-100, -30, -10, REQUIRED, HELPFUL, HARMFUL, 10], minor=False)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "−"))
    axes.minorticks_off()
    furthest = [bits for one in steps for bits in one.changes]
    axes.set_xlim(min([*furthest, 2.0 * REQUIRED]) * 1.4, max([*furthest, 2.0]) * 1.4)
    axes.set_yticks(range(len(steps)), [_said(one) for one in steps], fontsize=8)
    axes.set_ylim(len(steps) - 0.4, -0.6)
    name_axes(axes, "change of the score without the step / bit", title=found.mechanism)
    lines = [
        axes.plot([], [], "o", color=colour, label=said)[0] for said, colour in COLOURS.items()
    ]
    lines += [
        axes.plot([], [], marker, color="0.3", mfc="none", label=f"{prior} prior")[0]
        for marker, prior in zip(MARKERS, found.priors, strict=False)
    ]
    figure.legend(handles=lines, fontsize=7, loc="outside lower center", ncols=6)
    return figure


def ordered(found: Ablations) -> list[Ablated]:
    """Return the steps, the one whose lack costs most first."""
    return sorted(found.steps, key=lambda one: max(one.changes))


def caption_ablations(found: Ablations) -> str:
    """Return what the figure shows, in words that stand for it."""
    by_word = {
        said: [one.step.partition(":")[0] for one in ordered(found) if one.word == said]
        for said in COLOURS
    }
    parts = [f"{said}: {', '.join(steps)}" for said, steps in by_word.items() if steps]
    how = "rate and equilibrium constants refitted" if found.how else "nothing refitted"
    return (
        f"Change of the score of {found.weighed} weighed rows, in bits, when a step of "
        f"{found.mechanism} is taken out, {how}. {'; '.join(parts)}."
    )


def _said(one: Ablated) -> str:
    lost = len(one.lost)
    rows = "no row lost" if not lost else f"{lost} row{'s' if lost > 1 else ''} lost"
    return f"{one.step.partition(':')[0]} ({rows})"
