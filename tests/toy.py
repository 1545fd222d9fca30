"""A tiny mechanism S -> A -> B on a published recipe, with its own parameter set and checks."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from prenuc.facts.catalogue import entries
from prenuc.facts.check import Check
from prenuc.facts.recipe import ParameterSet
from prenuc.facts.source import Source
from prenuc.facts.value import Value
from prenuc.infer.calibration.varied import QUICK, Changed, ask
from prenuc.infer.experiments.performed import Experiments
from prenuc.mechanism.mechanism import Component, Mechanism
from prenuc.mechanism.reaction import Arrhenius, Reaction, mass_action
from prenuc.quantities import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prenuc.facts.recipe import Recipe

SET, RECIPE = "toy/CdS", "cds-msc-311-in-toluene"
SOURCE = Source("prenuc", "toy")
TIMES = ("4 min", "40 min", "120 min", "196 min")


def number(value: float, unit: str = "1", *informed: str) -> Value:
    return Value(Quantity(value, unit), SOURCE, "assumed", informed_by=informed)


VALUES = {
    "first.k": number(0.02, "1/min", "seen"),
    "first.half": number(1.0, "1", "seen"),
    "second.k": number(0.02, "1/min", "seen"),
    "second.Ea": number(40.0, "kJ/mol"),
    "twin.k": number(1.0, "1", "seen"),
    "unseen.order": number(1.0),
}


@contextmanager
def toy_set() -> Iterator[None]:
    """Put the toy's parameter set on the shelf."""
    shelf = entries("parameters")
    shelf[SET] = ParameterSet(SET, "toy", "toy", "CdS", {}, VALUES, {})
    try:
        yield
    finally:
        del shelf[SET]


def toy(_: Recipe) -> Mechanism:
    """Return the mechanism; first.k and twin.k act by their product only."""
    return Mechanism.written(_written, entries("parameters")[SET].values)


def _written(values: Mapping[str, Value]) -> Mechanism:
    def k(name: str, at: float, energy: float = 0.0) -> Arrhenius:
        return Arrhenius(values[name].si, at, energy)

    first = Arrhenius(values["first.k"].si * values["twin.k"].si, 453.15, 90e3)
    second = k("second.k", 298.15, values["second.Ea"].si)
    chain = [Component("S", {"S": 1.0}, kind="precursor")]
    chain += [Component(n, {"S": 1.0}, "S atom", kind) for n, kind in (("A", "PC"), ("B", "MSC"))]
    return Mechanism(
        name=SET,
        components={one.name: one for one in chain},
        reactions=(
            Reaction("first", {"S": -1.0, "A": 1.0}, first, mass_action({"S": 1})),
            Reaction("second", {"A": -1.0, "B": 1.0}, second, mass_action({"A": 1})),
        ),
        material="CdS",
    )


def share(name: str, time: str, low: float | None, high: float | None) -> Check:
    limits = (None if x is None else number(x) for x in (low, high))
    of = {"vessel": "cuvette", "time": time, "of": name}
    low_value, high_value = limits
    return Check(
        id=f"{name} at {time}",
        observation="seen",
        panel="2b",
        recipe=RECIPE,
        measure="share",
        of=of,
        low=low_value,
        high=high_value,
        reason="",
    )


def toy_checks(true: Mapping[str, float], *, tolerance: float = 0.02) -> list[Check]:
    """Return checks that the toy, on the shelf, passes with other constants than its set's."""
    open_ended = [share(name, time, 0.0, 1.0) for name in "SAB" for time in TIMES]
    change = {(SET, name): x for name, x in true.items()}
    seen = ask(open_ended, Experiments(Changed(toy, change), solver=QUICK))
    return [
        share(c.of["of"], c.of["time"], seen[c.id] * (1 - tolerance), seen[c.id] * (1 + tolerance))
        for c in open_ended
        if seen[c.id] > 1e-6
    ]
