"""Two precursor compounds in one pot: substitution to the alloy's PC, and its MSC.

Samples of CdTe and CdSe from the induction period are mixed at room temperature. Their PCs exchange
chalcogen, whatever stage each has reached, and the alloy's PC isomerises into its own cluster
(``seed @ Note S5``)::

    PC(Te) + PC(Se) → 2 PC(alloy)    k_sub(T) ΣPC(Te) ΣPC(Se)   [+ with OTA]                   (1)
    PC(alloy) ⇌ MSC(alloy)           k_iso(T), K_iso(T)                                      (2)

The precursors SeTOP and TeTOP take no part: no anion exchange with them was seen. Neat mixing
favours (1), which is of second order; dilution and amine favour the first-order ways of each PC
alone. The alloy is counted in two halves, one per Te and one per Se atom, so that every atom keeps
its place; both halves carry the same spectrum.

Everything else is the two-pathway model of each material (``two_pathway.py``). A mechanism counts
one population class by class, and here are two materials: their dots, of which the experiments
show none, are moments (``dots.py``).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from prenuc.facts.catalogue import get
from prenuc.mechanism.dots import Moments
from prenuc.mechanism.mechanism import Component, Mechanism
from prenuc.mechanism.reaction import Power, Reaction, mass_action
from prenuc.mechanism.roles import Roles
from prenuc.mechanism.two_pathway import components_of, reactions_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.facts.recipe import ParameterSet
    from prenuc.facts.value import Value

MODEL = "alloy"


def alloy(which: str = "CdTeSe") -> Mechanism:
    """Return the mechanism of two materials in one pot.

    Its constants are those of the substitution under their own names, and those of each material
    with the material before them, such as "CdTe isomerisation.k".

    Args:
        which: "CdTeSe".
    """
    parameters: ParameterSet = get("parameters", f"{MODEL}/{which}")
    sets = [get("parameters", parameters.names[part]) for part in ("first", "second")]
    merged = {_of(one, name): v for one in sets for name, v in one.values.items()}
    return Mechanism.written(partial(_written, parameters, sets), {**merged, **parameters.values})


def _of(one: ParameterSet, name: str) -> str:
    """Return the name in the alloy of a constant of one material's set."""
    return f"{one.material} {name}"


def _written(
    parameters: ParameterSet, sets: Sequence[ParameterSet], values: Mapping[str, Value]
) -> Mechanism:
    """Return the alloy of a parameter set, and of one for each material, with other constants."""
    pots = [
        Roles(
            parameters=s,
            values={name: values[_of(s, name)] for name in s.values},
            metal=s.names["metal precursor"],
            monomer=f"Mo/Fr ({s.material})",
            suffix=f" ({s.material})",
        )
        for s in sets
    ]
    names = parameters.names
    own = Roles(parameters, {n: values[n] for n in parameters.values}, names["metal precursor"])
    components = [component for pot in pots for component in components_of(pot)]
    halves = [half for pot in pots for half in _halves(pot, parameters)]
    reactions = [reaction for pot in pots for reaction in _renamed(pot)]
    reactions += _substitution(own, pots, parameters)
    for pot in pots:
        reactions += _isomerisation(own, pot, parameters)
    return Mechanism(
        name=parameters.id,
        components={component.name: component for component in (*components, *halves)},
        reactions=tuple(reactions),
        material=parameters.material,
        borrowed={_of(one, name): (one.id, name) for one in sets for name in one.values},
    )


def _renamed(pot: Roles) -> tuple[Reaction, ...]:
    return tuple(
        Reaction(f"{r.name} ({pot.material})", r.stoichiometry, r.constant, r.factors)
        for r in reactions_of(pot, Moments())
    )


def _half(name: str, pot: Roles) -> str:
    return f"{name} ({get('materials', pot.material).chalcogen})"


def _halves(pot: Roles, parameters: ParameterSet) -> list[Component]:
    """Return the alloy's PC and MSC, one chalcogen's half; made of the same atoms as the PC."""
    pc = next(c for c in components_of(pot) if c.name == pot.pairs[0][0])
    return [
        Component(
            _half(parameters.names[kind], pot),
            pc.composition,
            pc.basis,
            kind,
            parameters.names[kind],
        )
        for kind in ("PC", "MSC")
    ]


def _substitution(own: Roles, pots: list[Roles], parameters: ParameterSet) -> list[Reaction]:
    """Return (1), one reaction for each stage of each PC; both halves form at the same rate."""
    reactions = []
    for pot, other in (pots, pots[::-1]):
        partner = Power(dict.fromkeys(other.compounds, 1.0))
        for pc in pot.compounds:
            for how, constant, factors in own.routes("substitution"):
                made = {pc: -1.0, _half(parameters.names["PC"], pot): 1.0}
                law = (*mass_action({pc: 1}), partner, *factors)
                reactions.append(Reaction(f"substitution of {pc}{how}", made, constant, law))
    return reactions


def _isomerisation(own: Roles, pot: Roles, parameters: ParameterSet) -> list[Reaction]:
    pc, msc = (_half(parameters.names[kind], pot) for kind in ("PC", "MSC"))
    forward, back = own.constant("isomerisation"), own.reverse("isomerisation")
    return [
        Reaction(f"{pc} to {msc}", {pc: -1.0, msc: 1.0}, forward, mass_action({pc: 1})),
        Reaction(f"{msc} to {pc}", {msc: -1.0, pc: 1.0}, back, mass_action({msc: 1})),
    ]
