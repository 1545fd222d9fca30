"""A mechanism without one of its steps.

A step is a rate constant, ``<step>.k``, and all reactions that act by it; without the step that
constant is zero, both ways where the way back follows from potentials. Of a network that gives the
way back a constant of its own (``R1 reverse.k``) both are zero. So the same holds for the sets of
the package and for a user's own file.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from prenuc.errors import MechanismError, unknown_name
from prenuc.mechanism.mechanism import Mechanism
from prenuc.quantities import Quantity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.value import Value
    from prenuc.mechanism.mechanism import Rule

RATE, REVERSE = ".k", " reverse"
WORDS: Mapping[str, str] = {"monomer formation": "Pathway 2: monomer formation"}


def steps(mechanism: Mechanism) -> dict[str, tuple[str, ...]]:
    """Return the rate constants of each step that happens at all, by the name of the step.

    Args:
        mechanism: Any.
    """
    rates = [
        name.removesuffix(RATE)
        for name, value in mechanism.constants.items()
        if name.endswith(RATE) and value.quantity.number > 0
    ]
    found: dict[str, tuple[str, ...]] = {}
    for name in rates:
        there = name.removesuffix(REVERSE)
        step = there if there in rates else name
        found[WORDS.get(step, step)] = (*found.get(WORDS.get(step, step), ()), f"{name}{RATE}")
    return found


def without(mechanism: Mechanism, step: str) -> Mechanism:
    """Return a mechanism in which one step does not happen, by a name that says so.

    Args:
        mechanism: As it is.
        step: A key of :func:`steps`, or either half of "Pathway 2: monomer formation".

    Raises:
        MechanismError: It has no such step; the nearest are given.
    """
    known = steps(mechanism)
    meant = next((name for name in known if step in {name, *name.split(": ")}), None)
    if meant is None:
        raise MechanismError(unknown_name("step", step, known))
    values = mechanism.constants
    zero = {name: Quantity(0.0, values[name].quantity.unit) for name in known[meant]}
    bare, name = mechanism.with_constants(zero), f"{mechanism.name} without {meant}"
    owners = {constant: mechanism.origin(constant) for constant in values}
    if bare.rule is None:
        return replace(bare, name=name, borrowed=owners)
    return Mechanism.written(partial(_called, bare.rule, name, owners), bare.parameters)


def _called(
    rule: Rule, name: str, owners: Mapping[str, tuple[str, str]], values: Mapping[str, Value]
) -> Mechanism:
    """Return what a rule writes by another name; its constants stand where they stood."""
    return replace(rule(values), name=name, borrowed=owners)
