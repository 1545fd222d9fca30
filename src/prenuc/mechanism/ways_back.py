"""Ways back that follow from the potentials of components; what they are is in ``blocks.py``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from prenuc.conditions import GAS_CONSTANT
from prenuc.errors import MechanismError, Problem
from prenuc.mechanism.population import DOTS
from prenuc.mechanism.reaction import Arrhenius, Binding, mass_action, total

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.mechanism.blocks import Form, ReactionBlock
    from prenuc.mechanism.reaction import Factor
    from prenuc.mechanism.structure import Noted

MOST_LOG_K = 500.0  # e^709 is the largest number there is
SMALLEST = 1e-12  # of an order; less is rounding


def law_back(
    form: Form,
    values: Noted,
    block: ReactionBlock,
    names: Mapping[str, str],
    net: Mapping[str, float],
    forward: Arrhenius,
) -> Arrhenius:
    """Return k_b(T) = k_f(T)/K(T), anchored where the forward constant is.

    Args:
        form: With the components.
        values: The constants.
        block: The reaction.
        names: Of stages, by the component that stands for them.
        net: The equation as it is closed.
        forward: k_f(T).

    Raises:
        MechanismError: K is a number that there is none for.
    """
    enthalpy = entropy = 0.0
    of_stage = {stage: name for name, stage in names.items()}
    for name, number in net.items():
        h, s = form.potential(of_stage.get(name, name), values)
        enthalpy, entropy = enthalpy + number * h, entropy + number * s
    logarithm = entropy / GAS_CONSTANT - enthalpy / (GAS_CONSTANT * forward.at)
    if abs(logarithm) > MOST_LOG_K:
        what = f"the equilibrium constant of '{block.name}' is 10^{logarithm / math.log(10):.0f}"
        mend = "Look at what its components are formed from, and at the unit of K"
        raise MechanismError(what, mend, where=block.where)
    return Arrhenius(forward.k * math.exp(-logarithm), forward.at, forward.energy - enthalpy)


def orders_back(
    block: ReactionBlock, names: Mapping[str, str], net: Mapping[str, float]
) -> tuple[Factor, ...]:
    """Return the powers o + ν of a way back; the units of dots have the activity 1.

    Args:
        block: The reaction.
        names: Of stages, by the component that stands for them.
        net: The equation as it is closed.

    Raises:
        MechanismError: An order would be below zero.
    """
    orders = {names.get(name, name): order for name, order in block.orders.items()}
    found = total(orders, {n: nu for n, nu in net.items() if n != DOTS.units})
    if problems := _below_zero(block, found, net):
        raise MechanismError(problems)
    return mass_action({n: order for n, order in found.items() if abs(order) > SMALLEST})


def orders_below_zero(block: ReactionBlock) -> list[Problem]:
    """Return a problem for every order below zero of a way back."""
    return _below_zero(block, block.back, block.net) if block.reversible else []


def _below_zero(
    block: ReactionBlock, orders: Mapping[str, float], net: Mapping[str, float]
) -> list[Problem]:
    return [
        Problem(
            f"the way back of '{block.name}' would be of order {order:g} in {name}",
            f"Give {name} an order of {-net[name]:g} or more",
            where=block.where,
        )
        for name, order in orders.items()
        if order < -SMALLEST
    ]


def bound_back(form: Form, values: Noted, block: ReactionBlock) -> tuple[Factor, ...]:
    """Return what ligands do to a way back: (1 + x/h)^(−s ν) for each that binds.

    Args:
        form: With the components.
        values: The constants.
        block: The reaction.
    """
    return tuple(
        Binding(
            {ligand: 1.0},
            values[f"{part.name} under {ligand}.h"].si,
            -values[f"{part.name} under {ligand}.sites"].si * block.net[part.name],
        )
        for part in form.components
        if block.net.get(part.name)
        for ligand in part.ligands
    )


def bindings_of(form: Form, stages: Mapping[str, Sequence[str]]) -> dict[str, dict[str, str]]:
    """Return what binds to which component, and first words of the constants.

    Args:
        form: With the components.
        stages: Names of the stages of a component that is counted in stages.
    """
    return {
        name: {ligand: f"{part.name} under {ligand}" for ligand in part.ligands}
        for part in form.components
        if part.ligands
        for name in stages.get(part.name, [part.name])
    }
