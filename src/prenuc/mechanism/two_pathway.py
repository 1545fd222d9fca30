"""The two-pathway model of Kui Yu and co-workers, on one page.

Two pathways compete for the same precursors, a metal carboxylate M and a chalcogen source E
(``seed @ Scheme S4``).

**Pathway 1.** The precursors self-assemble, bonds form inside the assembly, and the as-synthesised
precursor compound PC appears. It is transparent where the cluster absorbs. Activated by a good
solvent or an additive it turns, through a chain of equal steps, into the immediate PC, which
isomerises one to one and first order into the magic-size cluster MSC::

    E + … ⇌ assembly            k_as E (E/c*)^a (M/(q c*))^b, high order in concentration    (1)
    assembly → as-PC.1          k_bond(T)                                                    (2)
    as-PC.1 → … → as-PC.m → PC  k_stage(T) · activation                                      (3)
    PC ⇌ MSC                    k_iso(T), K_iso(T)                                           (4)
    PC ⇌ PC'                    k_ex(T), K_ex(T): two clusters exchange through their PCs    (5)

**Pathway 2.** Precursors make monomers and fragments Mo/Fr, which nucleate and grow dots::

    E + M → Mo/Fr               k_mono(T) E M                                                (6)
    n* Mo/Fr → QD               k_nuc(T) (Mo/Mo_ref)^x                                       (7)
    Mo/Fr ⇌ QD                  k_grow(T) Σ (α_n Mo − β_n Mo_eq(T)) f_n                      (8)

**The bridge.** A PC falls apart into Mo/Fr; Mo/Fr return to a PC only through an assembly; a
growing dot takes PC up at its surface, which saturates::

    PC → Mo/Fr                  k_frag(T) PC                                                 (9)
    Mo/Fr + assembly → PC + …   k_back(T) Mo · assembly                                     (10)
    PC → QD                     k_up(T) Σ α_n f_n PC / (1 + ΣPC / K_up)                     (11)

**Additives** act in two ways, and the names of the constants say which. "… with HPPh2" or "… in
toluene" is a route of its own beside the plain one, as in (9) with TOPO: k_TOPO(T) TOPO · PC.
"… under MSA" multiplies a rate by the binding polynomial (1 + x/h)^s of s sites: slower for s < 0.

**Dilution** switches Pathway 1 off through the orders alone: (1) is of order 1 + a + b in
concentration, (6) of order two. **Nothing here is an expected result**: every constant is a
:class:`~prenuc.facts.value.Value` in ``data/parameters``.

**A short acid** such as HOAc exchanges with the metal carboxylate, M(OA)₂ + HOAc ⇌ M(OA)(OAc) + HOA
(``seed @ Note S4``). The mixed carboxylate is poorly soluble and assembles; the other one makes
monomers. Without the acid such a reaction has Pathway 2 alone.

**Counting.** Everything is counted per chalcogen atom, because cluster formulae are disputed
(``seed @ Table S1``). The metal : chalcogen ratio r of PC and MSC is an assumed value; the
carboxylate 2 (r − 1) keeps it neutral. What a reaction sets free is declared: two carboxylates
per E (with their hydrogen from the solvent, which is not tracked), and what carried E.

**Dots** are counted by their number n of units, f_n of each size; they grow at their surface, lose
units the faster the smaller they are, and fall apart (``dots.py``). Four moments of the population
in place of its classes are the coarse option.

The orders, the saturating uptake (11) and the return through an assembly (10) are proposals made
for this project, not results of the seed; their status says so.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from prenuc.errors import MechanismError, unknown_name
from prenuc.facts.catalogue import entries, get
from prenuc.mechanism.dots import AbstractDots, Classes
from prenuc.mechanism.mechanism import Component, Mechanism
from prenuc.mechanism.reaction import Power, Reaction, Saturation, mass_action, scaled, total
from prenuc.mechanism.roles import Roles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.recipe import ParameterSet
    from prenuc.facts.value import Value
    from prenuc.mechanism.reaction import Arrhenius, Factor

MODEL = "two-pathway"


def two_pathway(
    which: str, *, metal: str | None = None, dots: AbstractDots | None = None
) -> Mechanism:
    """Return the two-pathway model of a material with the package's own constants.

    Args:
        which: "CdS", "CdTe", "CdSe"; "CdTe-ODE" and "CdSe-ODE" for the carboxylates in ODE.
        metal: Another metal carboxylate than the usual one, such as "Cd(MSA)2".
        dots: How dots are counted: :class:`Classes` (when None) or, coarse, :class:`Moments`.

    Raises:
        MechanismError: There is no such parameter set.
    """
    known = parameter_sets()
    if which not in known:
        raise MechanismError(unknown_name(f"{MODEL} parameter set for", which, known))
    rule = partial(_written, known[which], metal, dots or Classes())
    return Mechanism.written(rule, known[which].values)


def _written(
    parameters: ParameterSet,
    metal: str | None,
    dots: AbstractDots,
    values: Mapping[str, Value],
) -> Mechanism:
    """Return the model of a parameter set with the constants ``values``."""
    roles = Roles(parameters, values, metal or parameters.names["metal precursor"])
    reactions = reactions_of(roles, dots)
    nucleations = [r.name for r in reactions if r.stoichiometry.get(roles.dots.units, 0.0) > 1]
    return Mechanism(
        name=parameters.id,
        components={component.name: component for component in components_of(roles)},
        reactions=reactions,
        material=parameters.material,
        dots=roles.dots,
        population=dots.population(roles, nucleations),
    )


def parameter_sets() -> dict[str, ParameterSet]:
    """Return the parameter sets of the model, by material and system."""
    sets = entries("parameters").values()
    return {p.id.removeprefix(f"{MODEL}/"): p for p in sets if p.model == MODEL}


def components_of(roles: Roles) -> list[Component]:
    """Return everything that the model counts."""
    r, metal, first = roles.ratio, roles.assembling, roles.pairs[0][0]
    core = roles.unit | {get("materials", roles.material).metal: r}
    compound = total(core, roles.carboxylates(r - 1, metal))
    bound = (roles.carried(roles.chalcogen), roles.carboxylates(r, metal), roles.ligands(r, metal))
    between = [
        Component(roles.assembly, total(core, *bound), roles.basis, "assembly"),
        *(Component(name, compound, roles.basis, "PC", first) for name in roles.stages),
        *(Component(pc, compound, roles.basis, "PC", pc) for pc, _ in roles.pairs),
        *(Component(msc, compound, roles.basis, "MSC", msc) for _, msc in roles.pairs),
    ]
    return roles.components([roles.metal, metal, roles.chalcogen], between, _media(roles))


def _media(roles: Roles) -> list[str]:
    """Return the reagents that some rate looks at or some reaction sets free."""
    shelf, kinds = entries("reagents"), entries("moieties")
    found = [*roles.ligands(1.0, roles.assembling), *roles.ligands(1.0), *roles.acids]
    found += roles.carried(roles.chalcogen)
    seen = [
        name.rpartition(word)[2]
        for name in (constant.partition(".")[0] for constant in roles.values)
        for word in (" with ", " in ", " under ")
        if word in name
    ]
    for name in seen:
        if name in kinds:
            found += [r.id for r in shelf.values() if name in r.composition]
        elif name in shelf:
            found.append(name)
    return found


def reactions_of(roles: Roles, dots: AbstractDots) -> tuple[Reaction, ...]:
    """Return all reactions of a roles; growth of size classes, (8) and (11), is not among them."""
    return (*pathway_1(roles), *pathway_2(roles, dots), *bridge(roles), *dots.growth(roles))


def pathway_1(roles: Roles) -> list[Reaction]:
    """Return equations (1) to (5)."""
    r, first = roles.ratio, roles.compounds[0]
    assembled = {roles.chalcogen: -1.0, roles.assembling: -r, roles.assembly: 1.0}
    bonded = total(
        {roles.assembly: -1.0, first: 1.0},
        roles.released(roles.chalcogen, roles.assembling),
        roles.ligands(r, roles.assembling),
    )
    clusters = [reaction for pair in roles.pairs for reaction in _isomerisation(roles, *pair)]
    return [
        *_acid_exchange(roles),
        Reaction("assembly", assembled, roles.constant("assembly"), _assembling(roles)),
        _linear("disassembly", scaled(assembled, -1.0), roles.constant("assembly"), roles.assembly),
        *_routes(roles, "bond formation", bonded, roles.assembly),
        *(
            reaction
            for old, new in zip(roles.stages, roles.compounds[1:], strict=False)
            for reaction in _routes(roles, "stage", {old: -1.0, new: 1.0}, old, f"{old} to {new}")
        ),
        *clusters,
        *_exchange(roles),
    ]


def _acid_exchange(roles: Roles) -> list[Reaction]:
    """Return M(long)₂ + short acid ⇌ M(long)(short) + long acid, where a short acid takes part."""
    if not roles.acids:
        return []
    short, long = roles.acids
    there = {roles.metal: -1.0, short: -1.0, roles.assembling: 1.0, long: 1.0}
    forward, back = (
        mass_action({roles.metal: 1, short: 1}),
        mass_action({roles.assembling: 1, long: 1}),
    )
    return [
        Reaction("acid exchange", there, roles.constant("acid exchange"), forward),
        Reaction("acid exchange back", scaled(there, -1.0), roles.reverse("acid exchange"), back),
    ]


def _assembling(roles: Roles) -> tuple[Factor, ...]:
    """Return the concentration dependence of (1)."""
    threshold, feed = roles.number("assembly.threshold"), roles.number("assembly.feed ratio")
    return (
        Power({roles.chalcogen: 1.0}),
        Power({roles.chalcogen: 1.0}, roles.number("assembly.order in chalcogen"), threshold),
        Power({roles.assembling: 1.0}, roles.number("assembly.order in metal"), feed * threshold),
    )


def _isomerisation(roles: Roles, pc: str, msc: str) -> list[Reaction]:
    """Return (4) by every route; a ligand that favours the cluster slows its way back."""
    under = roles.modulations("reverse isomerisation")
    return [
        reaction
        for how, forward, factors in roles.routes("isomerisation")
        for reaction in (
            Reaction(
                f"{pc} to {msc}{how}", {pc: -1.0, msc: 1.0}, forward, mass_action({pc: 1}) + factors
            ),
            Reaction(
                f"{msc} to {pc}{how}",
                {msc: -1.0, pc: 1.0},
                roles.backward(forward, "isomerisation"),
                mass_action({msc: 1}) + factors + under,
            ),
        )
    ]


def _exchange(roles: Roles) -> list[Reaction]:
    """Return (5), where the material has two clusters."""
    if len(roles.pairs) == 1:
        return []
    (one, _), (other, _) = roles.pairs
    law = mass_action({one: 1}) + roles.modulations("exchange")
    return [
        Reaction(f"{one} to {other}", {one: -1.0, other: 1.0}, roles.constant("exchange"), law),
        _linear(f"{other} to {one}", {other: -1.0, one: 1.0}, roles.reverse("exchange"), other),
    ]


def pathway_2(roles: Roles, dots: AbstractDots) -> list[Reaction]:
    """Return equations (6) and (7)."""
    made = roles.conversion(roles.chalcogen, {roles.monomer: 1.0})
    order, reference = roles.number("nucleation.order"), roles.number("nucleation.reference")
    cluster = (Power({roles.monomer: 1.0}, order, reference), *roles.modulations("nucleation"))
    both = mass_action({roles.chalcogen: 1, roles.metal: 1})
    nucleus = dots.nucleus(roles)
    return [
        Reaction("monomer formation", made, roles.constant("monomer formation"), both),
        Reaction("nucleation", nucleus, roles.constant("nucleation"), cluster),
        *(_nucleation_with(roles, name, nucleus) for name in roles.after("nucleation with ")),
    ]


def _nucleation_with(roles: Roles, additive: str, nucleus: Mapping[str, float]) -> Reaction:
    """Return nucleation helped by an additive: second order in Mo/Fr, levelling off."""
    name = f"nucleation with {additive}"
    helped = Saturation(roles.pool(additive), roles.number(f"{name}.half"))
    return Reaction(name, nucleus, roles.constant(name), (helped, Power({roles.monomer: 1.0}, 2.0)))


def bridge(roles: Roles) -> list[Reaction]:
    """Return equations (9) and (10), for the PC at every stage."""
    freed = roles.metal_returned(roles.ratio - 1, roles.assembling)
    back = total({roles.monomer: -1.0, roles.compounds[0]: 1.0}, scaled(freed, -1.0))
    metal = Saturation({roles.assembling: 1.0}, roles.number("return.half"))
    hosted = (*mass_action({roles.monomer: 1, roles.assembly: 1}), metal)
    fragments = [
        reaction
        for pc in roles.compounds
        for reaction in _routes(
            roles,
            "fragmentation",
            total({pc: -1.0, roles.monomer: 1.0}, freed),
            pc,
            f"{pc} fragments",
        )
    ]
    return [*fragments, Reaction("return to the PC", back, roles.constant("return"), hosted)]


def _routes(
    roles: Roles, kind: str, stoichiometry: Mapping[str, float], reactant: str, name: str = ""
) -> list[Reaction]:
    """Return a first-order step by every route that has constants: plain, and with additives."""
    law = mass_action({reactant: 1})
    return [
        Reaction(f"{name or kind}{how}", stoichiometry, constant, (*law, *factors))
        for how, constant, factors in roles.routes(kind)
    ]


def _linear(
    name: str, stoichiometry: Mapping[str, float], constant: Arrhenius, reactant: str
) -> Reaction:
    return Reaction(name, stoichiometry, constant, mass_action({reactant: 1}))
