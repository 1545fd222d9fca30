"""What runs, fits, laws of growth and comparisons of models found."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from prenuc.infer.fit.parameter import digits_of, symbol
from prenuc.present.tables.table import Table, fixed, in_unit, with_unit
from prenuc.quantities import legible, roughly

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from prenuc.infer.experiments.published import PanelResult
    from prenuc.infer.selection.evidence import Comparison
    from prenuc.infer.selection.growth_laws import FittedLaw, Growth
    from prenuc.protocol.protocol import Protocol
    from prenuc.simulation.solution import Measurement, Run


REACTED = "reaction / min"
NOT_FIXED = "not identifiable from these data"
NO_INTERVAL = "none that can be believed"


def assumptions(protocol: Protocol) -> list[dict[str, Any]]:
    """Return what a protocol assumes as plain data, each with its source and why it matters."""
    return [{"name": a.name, **a.value.as_dict(), "why": a.why} for a in protocol.assumptions]


def assumptions_table(assumed: Sequence[Mapping[str, Any]]) -> Table:
    """Return a table of assumptions, fresh or saved."""
    return Table(
        caption="What had to be assumed",
        headings=("assumption", "value", "status", "source", "why it matters"),
        rows=tuple(
            (one["name"], quantity(one), one["status"], one["source"], one.get("why", ""))
            for one in assumed
        ),
    )


def quantity(one: Mapping[str, Any]) -> str:
    """Return number and unit of a value that is plain data."""
    return with_unit(float(one["value"]), str(one.get("unit", "1")))


def shares_table(run: Run, measurements: Sequence[Measurement]) -> Table:
    """Return how the chalcogen is shared out at some measurements of a run.

    Beside each, the reaction time of its sample and how far that was diluted. What there is never a
    thousandth of stands in the caption. Where no species of the mechanism says what it is made of,
    how much there is of each.
    """
    caption, of, digits = "shares of the chalcogen", run.fractions, "z.3f"
    names = [*of(measurements[0])]
    if not names:
        caption, of, digits = "concentrations / (mmol/L)", run.amounts, ".4g"
        names = [*run.mechanism.components]
    absent = [] if of == run.amounts else _absent(names, [of(one) for one in measurements])
    if absent:
        names = [name for name in names if name not in absent]
        caption += f" (never 0.1 %: {', '.join(absent)})"
    heads, beside, alike = _sampled(measurements)
    rows = (
        (
            _named(one, measurements) if heads else one.label,
            *told,
            *(f"{of(one)[name]:{digits}}" for name in names),
        )
        for one, told in zip(measurements, beside, strict=True)
    )
    headings = ("measurement", *heads, *names)
    return Table(caption=caption + alike, headings=headings, rows=tuple(rows))


def _absent(names: Sequence[str], shares: Sequence[Mapping[str, float]]) -> list[str]:
    """Return what there is never a thousandth of; nothing where that is everything."""
    found = [name for name in names if all(abs(one[name]) < 1e-3 for one in shares)]
    return found if len(found) < len(names) else []


def _named(one: Measurement, among: Sequence[Measurement]) -> str:
    """Return the vessel alone where it was looked at once and at once: its time stands beside."""
    once = sum(other.vessel == one.vessel for other in among) == 1
    return one.vessel if once and one.time == 0 else one.label


def _sampled(of: Sequence[Measurement]) -> tuple[tuple[str, ...], list[tuple[str, ...]], str]:
    """Return headings and cells of reaction time and dilution, and what all have in common."""
    if all(one.reaction_time is None for one in of):
        return (), [()] * len(of), ""
    times = ["" if (t := one.reaction_time) is None else legible(t / 60.0) for one in of]
    dilutions = [f"{one.dilution:.4g}" for one in of]
    if len({*dilutions}) == 1:
        alike = "" if dilutions[0] == "1" else f", diluted {dilutions[0]} times"
        return (REACTED,), [(time,) for time in times], alike
    return (REACTED, "dilution"), list(zip(times, dilutions, strict=True)), ""


def growth_table(found: Growth) -> Table:
    """Return the laws of growth with their rates, as they were asked."""
    return Table(
        headings=("law", "rate", "95 % interval", "d at 0 / nm", "d at the end / nm", "rms / nm"),
        rows=tuple(
            (
                one.law,
                *_rate_of(one),
                fixed(one.first_nm, 2),
                fixed(one.last_nm, 2),
                f"{one.rms_nm:.3f}",
            )
            for one in found.fitted.values()
        ),
    )


def _rate_of(one: FittedLaw) -> tuple[str, str]:
    """Return the rate of a law and its interval."""
    if one.rate is None:
        return "", ""
    if one.ci95 is None:
        return with_unit(one.rate, one.unit), NO_INTERVAL
    value, below, above = digits_of(one.rate, *one.ci95)
    return in_unit(value, one.unit), f"{below} to {above}"


def constants_table(document: Mapping[str, Any], *, unit: str = "1") -> Table:
    """Return the parameters of a fit and what follows from them.

    Args:
        document: The fit as plain data, such as its ``as_dict()`` or a saved answer.
        unit: Of time, of the derived numbers.
    """
    rows = [(symbol(name), *_estimate(one)) for name, one in document["parameters"].items()]
    rows += [
        (name, with_unit(value, _unit_of(name, unit)), "", "derived")
        for name, value in _derived(document["derived"])
        if name not in document["parameters"]
    ]
    headings = ("parameter", "value", "95 % interval", "")
    return Table(caption="Parameters", headings=headings, rows=tuple(rows))


def _unit_of(name: str, time: str) -> str:
    """Return the unit of a derived number: a rate constant's, or that of time."""
    return f"1/{time}" if name.startswith("k") and time != "1" else time


def _derived(numbers: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    """Return derived numbers by name; those of many data sets stand by data set."""
    for name, value in numbers.items():
        if isinstance(value, dict):
            yield from ((f"{inner}, {name}", number) for inner, number in value.items())
        else:
            yield name, value


def _estimate(one: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return value, interval and doubt of one parameter."""
    if not one.get("identifiable", True) or one["value"] is None:
        return "", "", NOT_FIXED
    unit, (low, high) = one.get("unit", "1"), one.get("ci95") or (None, None)
    if low is None or high is None:
        return with_unit(one["value"], unit), NO_INTERVAL, ""
    value, below, above = digits_of(one["value"], low, high)
    return in_unit(value, unit), f"{below} to {above}", ""


def ranking_table(comparison: Comparison) -> Table:
    """Return the models of a comparison, best first."""
    return Table(
        headings=("model", "ΔAICc", "weight", "held out / noise", "constants", "verdict"),
        rows=tuple(
            (
                one.model,
                legible(one.delta),
                f"{one.weight:.3f}",
                f"{roughly(one.held_out)}" if math.isfinite(one.held_out) else "–",
                str(one.parameters),
                one.verdict,
            )
            for one in comparison.ranking
        ),
    )


def lag_table(panel: PanelResult) -> Table:
    """Return the lag of a kinetic panel, read in two ways."""
    return Table(
        headings=("reading", "lag", "95 % interval", "", "k", "95 % interval of k"),
        rows=tuple(
            (
                reading,
                *_estimate(one.params["lag"].as_dict()),
                *_estimate(one.params["k"].as_dict())[:2],
            )
            for reading, one in panel.lag_readings.items()
        ),
    )
