"""What drives the reactions in a vessel: dissipated power, affinities, and the temperature."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prenuc.present.figures.drawing import Drawn, finished
from prenuc.present.figures.page_size import Layout, laid_out
from prenuc.present.figures.style import SPECIES, logarithmic, name_axes
from prenuc.quantities import percent
from prenuc.units import FREEZING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from prenuc.arrays import Array
    from prenuc.simulation.driving import Driving

HEIGHTS = (2.0, 2.4, 0.7)  # of the three panels
MOST_LINES = 8
BALANCED = 0.05  # RT; a step that is never further off is at equilibrium
SMALLEST = 1e-3  # of the dissipated energy; steps of less are not drawn
DECADES = 8.0  # of power that are shown
LINEAR = 0.1  # RT; below, affinities are drawn to a linear scale
ABOUT = (
    "An affinity is RT ln(rate there/rate back), of growth the mean over all events. Percentages "
    "are parts of the energy; (+1) is one more route of the same step."
)
UNITS = (60.0, "min", 5 * 3600.0), (3600.0, "h", 2.5 * 86400.0), (86400.0, "d", np.inf)  # s, to s


@laid_out
def plot_driving(driven: Driving, layout: Layout) -> Drawn:
    """Return the figure of a vessel.

    Args:
        driven: What drives the reactions there.
        layout: Size, fonts and title; the vessel where there is none.
    """
    figure, grid = layout.grid(3, 1, height=13.0, wide=True, sharex=True, height_ratios=HEIGHTS)
    power, affinity, temperature = grid[:, 0]
    size, unit = next((s, u) for s, u, longest in UNITS if driven.time[-1] <= longest)
    time = driven.time / size
    power.plot(time, _positive(driven.power), color="black", lw=1.4, label="all together")
    for i, route in enumerate(drawn_routes(driven)):
        look = {"color": SPECIES[i % len(SPECIES)], "ls": ("-", "--")[i // len(SPECIES)], "lw": 1.1}
        named = {**look, "label": said(driven, route)}
        power.plot(time, _positive(sum_of(driven, route)), **named)
        affinity.plot(time, _seen(driven, route), **named)
    logarithmic(power)
    power.set_ylim(*_range(driven.power))
    _symmetric(affinity)
    celsius = driven.temperature - FREEZING
    temperature.plot(time, celsius, color="0.3", lw=1.0, label=driven.vessel)
    temperature.set_ylim(np.min(celsius) - 10.0, np.max(celsius) + 10.0)
    for axes in grid[:, 0]:
        for dose in driven.doses:
            axes.axvline(dose / size, color="0.75", lw=0.7, zorder=0)
    name_axes(power, y="power / (mW/L)")
    name_axes(affinity, y="affinity / RT")
    name_axes(temperature, f"time / {unit}", "T / °C")
    figure.align_ylabels(grid[:, 0])
    layout.titled(driven.vessel).head(figure, [power])
    return finished(figure, caption_driving(driven))


def drawn_routes(driven: Driving) -> list[tuple[str, ...]]:
    """Return the steps that are drawn, other routes of the same beside them, the costliest first.

    They are at some time off equilibrium and have a part in what is dissipated.
    """
    cost = {route: _energy(driven, route) for route in driven.routes}
    least = SMALLEST * sum(cost.values())
    off = [r for r in cost if cost[r] > least and _farthest(driven, r) > BALANCED]
    return sorted(off, key=lambda route: -cost[route])[:MOST_LINES]


def caption_driving(driven: Driving) -> str:
    """Return what the figure of a vessel shows, and what it leaves out."""
    drawn = drawn_routes(driven)
    rest = [route for route in driven.routes if route not in drawn]
    balanced = [route[0] for route in rest if _farthest(driven, route) <= BALANCED]
    others = len(rest) - len(balanced)
    per_liter = driven.dissipated / 1e3
    energy = f"{per_liter:{'.3g' if per_liter < 1e3 else '.0f'}} J/L in all"
    parts = [
        f"{driven.vessel}: power that reactions dissipate, {energy}, and what drives them. {ABOUT}"
    ]
    if balanced:
        parts.append(f"Within {BALANCED:g} RT of equilibrium all along: {', '.join(balanced)}.")
    if others:
        less = f"dissipate less than {percent(SMALLEST, 1)}, or nothing"
        parts.append(f"Not drawn: {others} more, which {less}.")
    if driven.frozen:
        parts.append("The time in which it is frozen is left out.")
    return " ".join(parts)


def _energy(driven: Driving, route: tuple[str, ...]) -> float:
    return float(np.trapezoid(sum_of(driven, route), driven.time))


def sum_of(driven: Driving, route: tuple[str, ...]) -> Array:
    """Return the power of a step by all its routes, in W/m³, shape (m,)."""
    total: Array = np.sum([driven.powers[name] for name in route], axis=0)
    return total


def _farthest(driven: Driving, route: tuple[str, ...]) -> float:
    """Return how far from equilibrium a step is at most, in RT."""
    affinity = driven.affinities[route[0]]
    return float(np.max(np.abs(affinity[np.isfinite(affinity)]), initial=0.0))


def said(driven: Driving, route: tuple[str, ...]) -> str:
    """Return the name of a step with its part of the energy; of routes that of the costliest."""
    costliest = max(route, key=lambda name: _energy(driven, (name,)))
    more = f" (+{len(route) - 1})" if len(route) > 1 else ""
    part = _energy(driven, route) / driven.dissipated
    return f"{costliest}{more}, {percent(part)}" if part >= 0.01 else f"{costliest}{more}, < 1 %"


def _positive(power: Array) -> Array:
    return np.where(power > 0, power, np.nan)


def _range(power: Array) -> tuple[float, float]:
    """Return the powers that are shown, without decades in which next to nothing is dissipated."""
    top = float(np.max(power, initial=0.0)) or 1.0
    least = float(np.min(power[power > 0], initial=top))
    return max(top / 10**DECADES, 0.01 * least), 3.0 * top


def _seen(driven: Driving, route: tuple[str, ...]) -> Array:
    """Return the affinity of a step, of a mean over events only where there are any to speak of."""
    affinity = driven.affinities[route[0]]
    if route[0] not in driven.means:
        return affinity
    return np.where(sum_of(driven, route) > _range(driven.power)[0], affinity, np.nan)


def _symmetric(axes: Axes) -> None:
    """Give axes an ordinate that is logarithmic on both sides of zero."""
    axes.set_yscale("symlog", linthresh=LINEAR)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.axhline(0.0, color="0.6", lw=0.6)
