"""A mechanism drawn from itself, and the same with what went which way as the width of arrows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.errors import counted
from prenuc.present.figures.boxes import Arrow, drawing
from prenuc.present.figures.drawing import Drawn
from prenuc.present.figures.page_size import Layout, laid_out
from prenuc.present.tables.sheet import Sheet
from prenuc.simulation.ways import carriers, ways

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.simulation.fluxes import Fluxes

THINNEST, THICKEST = 0.6, 5.0  # points
FAINT = 1e-3  # of the chalcogen; what is less is a dotted line


@laid_out
def plot_mechanism(mechanism: Mechanism, layout: Layout) -> Drawn:
    """Return a mechanism, drawn from its own reactions: species, ways, and the steps of each way.

    Args:
        mechanism: What could happen.
        layout: Size, fonts and title; the name of the mechanism where there is none.
    """
    known = ways(mechanism)
    kinds = {one.species: one.kind for one in carriers(mechanism).values()}
    arrows = [
        Arrow(one.start, one.end, str(number), 1.1, both=one.back)
        for number, one in enumerate(known, 1)
    ]
    legend = [f"{number}  {_steps(one.steps)}" for number, one in enumerate(known, 1)]
    figure = drawing(layout.titled(mechanism.name), kinds, dict.fromkeys(kinds, ""), arrows, legend)
    numbers = Sheet.of(
        "mechanism",
        {
            "number": [*range(1, len(known) + 1)],
            "from": [one.start for one in known],
            "to": [one.end for one in known],
            "steps": ["; ".join(one.steps) for one in known],
            "goes back": ["yes" if one.back else "no" for one in known],
        },
    )
    told = (
        f"{mechanism.name}: {counted(len(kinds), 'species')} and "
        f"{counted(len(known), 'way')} between them. "
        + "; ".join(f"{one.start} {'⇌' if one.back else '→'} {one.end}" for one in known)
    )
    return Drawn(figure, numbers, f"{told}.")


@laid_out
def plot_fluxes(found: Fluxes, layout: Layout) -> Drawn:
    """Return the ways of a mechanism with the share of the chalcogen that took each, net.

    Args:
        found: What went which way.
        layout: Size, fonts and title; the protocol where there is none.
    """
    arrows = _arrows(found)
    held = {name: _percent(share) for name, share in found.held.items()}
    legend = [
        "arrows: net share of the chalcogen that went this way; dotted: less than 0.1 %",
        "in the boxes: what is there at the end",
    ]
    named = layout.titled(f"{found.name}, {found.vessel}, {found.minutes:.4g} min")
    figure = drawing(named, found.kinds, held, arrows, legend)
    pairs = zip(arrows, found.flows, strict=True)
    ranked = sorted((pair for pair in pairs if pair[0].seen), key=lambda pair: -abs(pair[1].share))
    went = "; ".join(f"{one.start} → {one.end} {one.said}" for one, _ in ranked)
    ended = ", ".join(f"{name} {said}" for name, said in held.items() if said)
    where = f"{found.vessel} of {found.name}"
    told = f"Net ways of the chalcogen in {where}: {went}. At the end: {ended}."
    worst = max(one.error for one in found.flows)
    notes = [f"flows are known to {worst:.1g} of the chalcogen"]
    if found.silent:
        notes.append(f"without a way back, so from the books alone: {', '.join(found.silent)}")
    return Drawn(figure, _numbers(found), told, tuple(notes))


def _arrows(found: Fluxes) -> list[Arrow]:
    """Return the ways, each in the direction in which more went, as wide as that is."""
    most = max(abs(one.share) for one in found.flows)
    arrows = []
    for one in found.flows:
        ends = (one.way.start, one.way.end) if one.share >= 0 else (one.way.end, one.way.start)
        size = abs(one.share)
        width = max(THINNEST, THICKEST * size / most)
        arrows.append(Arrow(*ends, _percent(size), width, seen=size >= FAINT))
    return arrows


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %" if share >= FAINT else ""


def _numbers(found: Fluxes) -> Sheet:
    """Return the ways as a table."""
    return Sheet.of(
        "fluxes",
        {
            "from": [one.way.start for one in found.flows],
            "to": [one.way.end for one in found.flows],
            "net share of the chalcogen": [one.share for one in found.flows],
            "standard deviation": [one.error for one in found.flows],
            "steps": ["; ".join(one.way.steps) for one in found.flows],
        },
    )


def _steps(names: Sequence[str]) -> str:
    """Return the steps of a way, what they have in common once."""
    first = names[0]
    rest = [name.removeprefix(first).strip(", ") for name in names[1:]]
    return first if not rest else f"{first}; {', '.join(rest)}"
