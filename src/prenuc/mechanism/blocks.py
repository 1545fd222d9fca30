r"""A mechanism as blocks, one for each component and each reaction: the rule they stand for.

**Components** have a standard chemical potential against others, μ = Σ n_j μ_j + H − T S, given as
H and S, or as K at a temperature and H; one that says nothing defines zero. A ligand that binds to
s sites of a component lowers its potential by RT s ln(1 + x/h), and acts on nothing else.

**Reactions** have a forward law k Π cᵢ^oᵢ, where the orders are those of the equation unless the
block gives others, and catalysts, which multiply both ways. The way back of a reversible one is
forward × exp(−affinity/RT),

.. math:: k_\mathrm{b}(T) = k_\mathrm{f}(T) / K(T), \quad
   \ln K = \frac{ΔS}{R} - \frac{ΔH}{R T}, \quad \text{orders } o_i + ν_i

times (1 + x/h)^(−s ν) for every ligand: so every cycle closes, whatever the numbers are. A backward
constant of its own is possible where a block marks it as ``legacy``.

Standard state: 1 mol/m³, that is 1 mmol/L. Limits: a ligand is a reservoir, what is bound is not
taken off it; a way back of an order below zero is refused.

=====================  =========================================================================
constant               what
=====================  =========================================================================
reaction.k, .at, .Ea   forward constant at a temperature, activation energy
reaction reverse.k …   the same of a legacy way back
reaction with X.half   half-value of a catalyst that levels off
component.K, .at, .H   equilibrium constant of its formation at a temperature, and enthalpy
component.H, .S        or enthalpy and entropy
component under X.h    concentration at which half of the sites are bound; ``.sites``: how many
=====================  =========================================================================
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prenuc.conditions import GAS_CONSTANT
from prenuc.errors import MechanismError, Problem
from prenuc.mechanism.mechanism import Component, Mechanism
from prenuc.mechanism.reaction import Arrhenius, Binding, Power, Reaction, Saturation, mass_action

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.value import Value
    from prenuc.mechanism.reaction import Factor

MOST_LOG_K = 500.0  # e^709 is the largest number there is


@dataclass(frozen=True)
class ComponentBlock:
    """What is said of a component besides its constants.

    Args:
        component: Name, composition, kind.
        initial: Starting concentration in mol/m³.
        against: How many of each other component it is made of, for its potential; {} where the
            component defines zero.
        ligands: What binds to it.
    """

    component: Component
    initial: float = 0.0
    against: Mapping[str, float] = field(default_factory=dict)
    ligands: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the component."""
        return self.component.name


@dataclass(frozen=True)
class ReactionBlock:
    """What is said of a reaction besides its constants.

    Args:
        name: Its name.
        net: ν: moles made (positive) and used up (negative).
        orders: o, of the forward law.
        catalysts: Order of each catalyst; None for one that levels off.
        reversible: Whether there is a way back.
        legacy: Orders of a way back that has a constant of its own; None where it follows.
        where: ``file:line``.
    """

    name: str
    net: Mapping[str, float]
    orders: Mapping[str, float]
    catalysts: Mapping[str, float | None] = field(default_factory=dict)
    reversible: bool = False
    legacy: Mapping[str, float] | None = None
    where: str = ""

    @property
    def back(self) -> dict[str, float]:
        """Orders of the way back, without those that are zero."""
        if self.legacy is not None:
            return dict(self.legacy)
        names = {**self.orders, **self.net}
        orders = {n: self.orders.get(n, 0.0) + self.net.get(n, 0.0) for n in names}
        return {name: order for name, order in orders.items() if order}


@dataclass(frozen=True)
class Form:
    """Everything that is said in a file but the constants.

    Args:
        name: Of the mechanism.
        units: In which it was written and is reported.
        components: In the order of results.
        reactions: In order.
        material: Semiconductor, if any.
    """

    name: str
    units: Mapping[str, str]
    components: tuple[ComponentBlock, ...]
    reactions: tuple[ReactionBlock, ...]
    material: str = ""

    def potential(self, name: str, values: Mapping[str, Value]) -> tuple[float, float]:
        """Return standard enthalpy (J/mol) and entropy (J/mol/K) of a component."""
        block = next(one for one in self.components if one.name == name)
        if not block.against:
            return 0.0, 0.0
        enthalpy = values[f"{name}.H"].si
        if f"{name}.S" in values:
            entropy = values[f"{name}.S"].si
        else:
            equilibrium, at = values[f"{name}.K"].si, values[f"{name}.at"].si
            entropy = enthalpy / at + GAS_CONSTANT * math.log(equilibrium)
        for other, number in block.against.items():
            h, s = self.potential(other, values)
            enthalpy, entropy = enthalpy + number * h, entropy + number * s
        return enthalpy, entropy


def written(form: Form, values: Mapping[str, Value]) -> Mechanism:
    """Return the mechanism of a form with its constants; a rule of :meth:`Mechanism.written`.

    Args:
        form: What the file says.
        values: The constants by name.

    Raises:
        MechanismError: A way back would have an order below zero, a reaction makes or loses atoms.
    """
    problems = [problem for block in form.reactions for problem in _negative_orders(block)]
    if problems:
        raise MechanismError(problems)
    return Mechanism(
        name=form.name,
        components={block.name: block.component for block in form.components},
        reactions=tuple(
            reaction for block in form.reactions for reaction in _both_ways(form, block, values)
        ),
        initial={block.name: block.initial for block in form.components},
        units=form.units,
        material=form.material,
    )


def _negative_orders(block: ReactionBlock) -> list[Problem]:
    if not block.reversible:
        return []
    return [
        Problem(
            f"the way back of '{block.name}' would be of order {order:g} in {name}",
            f"Give {name} an order of {-block.net[name]:g} or more",
            where=block.where,
        )
        for name, order in block.back.items()
        if order < 0
    ]


def _both_ways(
    form: Form, block: ReactionBlock, values: Mapping[str, Value]
) -> tuple[Reaction, ...]:
    forward = _law(block.name, values)
    catalysts = _catalysts(block, values)
    there = Reaction(
        block.name, block.net, forward, (*mass_action(block.orders), *catalysts), block.where
    )
    if not block.reversible:
        return (there,)
    name = f"{block.name} reverse"
    ligands = () if block.legacy is not None else _ligands(form, block, values)
    law = _law(name, values) if block.legacy is not None else _back(form, block, forward, values)
    net = {part: -number for part, number in block.net.items()}
    factors = (*mass_action(block.back), *catalysts, *ligands)
    return there, Reaction(name, net, law, factors, block.where)


def _law(name: str, values: Mapping[str, Value]) -> Arrhenius:
    return Arrhenius(*(values[f"{name}.{part}"].si for part in ("k", "at", "Ea")))


def _back(
    form: Form, block: ReactionBlock, forward: Arrhenius, values: Mapping[str, Value]
) -> Arrhenius:
    """Return k_b(T) = k_f(T)/K(T), anchored where the forward constant is."""
    enthalpy = entropy = 0.0
    for name, number in block.net.items():
        h, s = form.potential(name, values)
        enthalpy, entropy = enthalpy + number * h, entropy + number * s
    logarithm = entropy / GAS_CONSTANT - enthalpy / (GAS_CONSTANT * forward.at)
    if abs(logarithm) > MOST_LOG_K:
        what = f"the equilibrium constant of '{block.name}' is 10^{logarithm / math.log(10):.0f}"
        mend = "Look at what its components are formed from, and at the unit of K"
        raise MechanismError(what, mend, where=block.where)
    return Arrhenius(forward.k * math.exp(-logarithm), forward.at, forward.energy - enthalpy)


def _catalysts(block: ReactionBlock, values: Mapping[str, Value]) -> tuple[Factor, ...]:
    return tuple(
        Saturation({name: 1.0}, values[f"{block.name} with {name}.half"].si)
        if order is None
        else Power({name: 1.0}, order)
        for name, order in block.catalysts.items()
    )


def _ligands(form: Form, block: ReactionBlock, values: Mapping[str, Value]) -> tuple[Factor, ...]:
    """Return what ligands do to the way back: (1 + x/h)^(−s ν) for each that binds."""
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
