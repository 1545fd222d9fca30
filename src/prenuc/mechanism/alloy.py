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

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from prenuc.facts.catalogue import get
from prenuc.mechanism.dots import Moments
from prenuc.mechanism.mechanism import Mechanism
from prenuc.mechanism.reaction import Power, Reaction, mass_action
from prenuc.mechanism.roles import Roles
from prenuc.mechanism.two_pathway import two_pathway

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.facts.recipe import ParameterSet
    from prenuc.facts.value import Value
    from prenuc.mechanism.mechanism import Component

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
    pots = [_pot(one, {name: values[_of(one, name)] for name in one.values}) for one in sets]
    names = parameters.names
    own = Roles(parameters, {n: values[n] for n in parameters.values}, names["metal precursor"])
    counted = {name: part for pot in pots for name, part in pot.components.items()}
    halves = [half for pot in pots for half in _halves(pot, parameters)]
    return Mechanism(
        name=parameters.id,
        components=counted | {half.name: half for half in halves},
        reactions=(
            *(reaction for pot in pots for reaction in pot.reactions),
            *_substitution(own, pots, parameters),
            *(reaction for pot in pots for reaction in _isomerisation(own, pot, parameters)),
        ),
        material=parameters.material,
        borrowed={_of(one, name): (one.id, name) for one in sets for name in one.values},
    )


def _pot(one: ParameterSet, values: Mapping[str, Value]) -> Mechanism:
    """Return the model of one material; what both have under one name has the material behind it."""
    usual = two_pathway(one.id.partition("/")[2], dots=Moments())
    pot = usual.with_constants({n: v for n, v in values.items() if v != one.values[n]})
    kinds = {"assembly", "monomer", "QD", "moment"}
    named = {
        name: f"{name} ({one.material})" if part.kind in kinds else name
        for name, part in pot.components.items()
    }
    components = {
        named[name]: replace(part, name=named[name]) for name, part in pot.components.items()
    }
    reactions = tuple(
        Reaction(
            f"{r.name} ({one.material})",
            _renamed(r.stoichiometry, named),
            r.constant,
            tuple(replace(factor, pool=_renamed(factor.pool, named)) for factor in r.factors),
        )
        for r in pot.reactions
    )
    return Mechanism(one.id, components, reactions, material=one.material)


def _renamed(pool: Mapping[str, float], named: Mapping[str, str]) -> dict[str, float]:
    return {named[name]: weight for name, weight in pool.items()}


def _compounds(pot: Mechanism) -> list[str]:
    return [name for name, part in pot.components.items() if part.kind == "PC"]


def _half(name: str, pot: Mechanism) -> str:
    return f"{name} ({get('materials', pot.material).chalcogen})"


def _halves(pot: Mechanism, parameters: ParameterSet) -> list[Component]:
    """Return the alloy's PC and MSC, one chalcogen's half; made of the same atoms as the PC."""
    pc = pot.components[_compounds(pot)[0]]
    return [
        replace(pc, name=_half(name, pot), kind=kind, species=name)
        for kind in ("PC", "MSC")
        for name in [parameters.names[kind]]
    ]


def _substitution(
    own: Roles, pots: Sequence[Mechanism], parameters: ParameterSet
) -> list[Reaction]:
    """Return (1), one reaction for each stage of each PC; both halves form at the same rate."""
    reactions = []
    for pot, other in (pots, pots[::-1]):
        partner = Power(dict.fromkeys(_compounds(other), 1.0))
        for pc in _compounds(pot):
            for how, constant, factors in own.routes("substitution"):
                made = {pc: -1.0, _half(parameters.names["PC"], pot): 1.0}
                law = (*mass_action({pc: 1}), partner, *factors)
                reactions.append(Reaction(f"substitution of {pc}{how}", made, constant, law))
    return reactions


def _isomerisation(own: Roles, pot: Mechanism, parameters: ParameterSet) -> list[Reaction]:
    pc, msc = (_half(parameters.names[kind], pot) for kind in ("PC", "MSC"))
    forward, back = own.constant("isomerisation"), own.reverse("isomerisation")
    return [
        Reaction(f"{pc} to {msc}", {pc: -1.0, msc: 1.0}, forward, mass_action({pc: 1})),
        Reaction(f"{msc} to {pc}", {msc: -1.0, pc: 1.0}, back, mass_action({msc: 1})),
    ]
