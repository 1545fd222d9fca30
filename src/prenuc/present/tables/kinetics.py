"""What a fit and a comparison of models say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prenuc.present.tables.table import Table, with_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prenuc.infer.experiments.published import PanelResult
    from prenuc.infer.selection.evidence import Comparison

NOT_FIXED = "not identifiable from these data"
NO_INTERVAL = "none that can be believed"


def constants_table(document: Mapping[str, Any], *, unit: str = "1") -> Table:
    """Return the parameters of a fit and what follows from them.

    Args:
        document: The fit as plain data, such as its ``as_dict()`` or a saved answer.
        unit: Of the derived numbers.
    """
    rows = [(name, *_estimate(one)) for name, one in document["parameters"].items()]
    rows += [
        (name, with_unit(value, unit), "", "derived")
        for name, value in _derived(document["derived"])
        if name not in document["parameters"]
    ]
    headings = ("parameter", "value", "95 % interval", "")
    return Table(caption="Parameters", headings=headings, rows=tuple(rows))


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
    value = with_unit(one["value"], one.get("unit", "1"))
    low, high = one.get("ci95") or (None, None)
    if low is None or high is None:
        return value, NO_INTERVAL, ""
    return value, f"{low:.5g} to {high:.5g}", ""


def ranking_table(comparison: Comparison) -> Table:
    """Return the models of a comparison, best first."""
    return Table(
        headings=("model", "ΔAICc", "weight", "held out / noise", "constants", "verdict"),
        rows=tuple(
            (
                one.model,
                f"{one.delta:.4g}",
                f"{one.weight:.3f}",
                f"{one.held_out:.3g}",
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
