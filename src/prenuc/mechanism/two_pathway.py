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
from prenuc.facts.catalogue import entries
from prenuc.mechanism.cast import Cast, total
from prenuc.mechanism.dots import AbstractDots, Classes
from prenuc.mechanism.mechanism import Mechanism
from prenuc.mechanism.reaction import Power, Reaction, Saturation, mass_action

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
    cast = Cast.of(parameters, values, metal=metal)
    reactions = reactions_of(cast, dots)
    nucleations = [r.name for r in reactions if r.stoichiometry.get(cast.dots.units, 0.0) > 1]
    return Mechanism(
        name=parameters.id,
        components={component.name: component for component in cast.components},
        reactions=reactions,
        material=parameters.material,
        dots=cast.dots,
        population=dots.population(cast, nucleations),
    )


def parameter_sets() -> dict[str, ParameterSet]:
    """Return the parameter sets of the model, by material and system."""
    sets = entries("parameters").values()
    return {p.id.removeprefix(f"{MODEL}/"): p for p in sets if p.model == MODEL}


def reactions_of(cast: Cast, dots: AbstractDots) -> tuple[Reaction, ...]:
    """Return all reactions of a cast; growth of size classes, (8) and (11), is not among them."""
    return (*pathway_1(cast), *pathway_2(cast, dots), *bridge(cast), *dots.growth(cast))


def pathway_1(cast: Cast) -> list[Reaction]:
    """Return equations (1) to (5)."""
    r, first = cast.ratio, cast.compounds[0]
    assembled = {cast.chalcogen: -1.0, cast.assembling: -r, cast.assembly: 1.0}
    bonded = total({cast.assembly: -1.0, first: 1.0}, cast.released(), cast.ligands(r))
    clusters = [reaction for pair in cast.pairs for reaction in _isomerisation(cast, *pair)]
    return [
        *_acid_exchange(cast),
        Reaction("assembly", assembled, cast.constant("assembly"), _assembling(cast)),
        _linear("disassembly", _negative(assembled), cast.constant("assembly"), cast.assembly),
        *_routes(cast, "bond formation", bonded, cast.assembly),
        *(
            reaction
            for old, new in zip(cast.stages, cast.compounds[1:], strict=False)
            for reaction in _routes(cast, "stage", {old: -1.0, new: 1.0}, old, f"{old} to {new}")
        ),
        *clusters,
        *_exchange(cast),
    ]


def _acid_exchange(cast: Cast) -> list[Reaction]:
    """Return M(long)₂ + short acid ⇌ M(long)(short) + long acid, where a short acid takes part."""
    if cast.acids is None:
        return []
    short, long = cast.acids
    there = {cast.metal: -1.0, short: -1.0, cast.assembling: 1.0, long: 1.0}
    forward, back = (
        mass_action({cast.metal: 1, short: 1}),
        mass_action({cast.assembling: 1, long: 1}),
    )
    return [
        Reaction("acid exchange", there, cast.constant("acid exchange"), forward),
        Reaction("acid exchange back", _negative(there), cast.reverse("acid exchange"), back),
    ]


def _assembling(cast: Cast) -> tuple[Factor, ...]:
    """Return the concentration dependence of (1)."""
    threshold, feed = cast.number("assembly.threshold"), cast.number("assembly.feed ratio")
    return (
        Power({cast.chalcogen: 1.0}),
        Power({cast.chalcogen: 1.0}, cast.number("assembly.order in chalcogen"), threshold),
        Power({cast.assembling: 1.0}, cast.number("assembly.order in metal"), feed * threshold),
    )


def _isomerisation(cast: Cast, pc: str, msc: str) -> list[Reaction]:
    """Return (4) by every route; a ligand that favours the cluster slows its way back."""
    under = cast.modulations("reverse isomerisation")
    return [
        reaction
        for how, forward, factors in cast.routes("isomerisation")
        for reaction in (
            Reaction(
                f"{pc} to {msc}{how}", {pc: -1.0, msc: 1.0}, forward, mass_action({pc: 1}) + factors
            ),
            Reaction(
                f"{msc} to {pc}{how}",
                {msc: -1.0, pc: 1.0},
                cast.backward(forward, "isomerisation"),
                mass_action({msc: 1}) + factors + under,
            ),
        )
    ]


def _exchange(cast: Cast) -> list[Reaction]:
    """Return (5), where the material has two clusters."""
    if len(cast.pairs) == 1:
        return []
    (one, _), (other, _) = cast.pairs
    law = mass_action({one: 1}) + cast.modulations("exchange")
    return [
        Reaction(f"{one} to {other}", {one: -1.0, other: 1.0}, cast.constant("exchange"), law),
        _linear(f"{other} to {one}", {other: -1.0, one: 1.0}, cast.reverse("exchange"), other),
    ]


def pathway_2(cast: Cast, dots: AbstractDots) -> list[Reaction]:
    """Return equations (6) and (7)."""
    made = total(
        {cast.chalcogen: -1.0, cast.monomer: 1.0},
        cast.metal_returned(-1.0, cast.metal),
        cast.released(cast.metal),
    )
    order, reference = cast.number("nucleation.order"), cast.number("nucleation.reference")
    cluster = (Power({cast.monomer: 1.0}, order, reference), *cast.modulations("nucleation"))
    both = mass_action({cast.chalcogen: 1, cast.metal: 1})
    nucleus = dots.nucleus(cast)
    return [
        Reaction("monomer formation", made, cast.constant("monomer formation"), both),
        Reaction("nucleation", nucleus, cast.constant("nucleation"), cluster),
        *(_nucleation_with(cast, name, nucleus) for name in cast.additives("nucleation with ")),
    ]


def _nucleation_with(cast: Cast, additive: str, nucleus: Mapping[str, float]) -> Reaction:
    """Return nucleation helped by an additive: second order in Mo/Fr, levelling off."""
    name = f"nucleation with {additive}"
    helped = Saturation(cast.pool(additive), cast.number(f"{name}.half"))
    return Reaction(name, nucleus, cast.constant(name), (helped, Power({cast.monomer: 1.0}, 2.0)))


def bridge(cast: Cast) -> list[Reaction]:
    """Return equations (9) and (10), for the PC at every stage."""
    freed = cast.metal_returned(cast.ratio - 1)
    back = total({cast.monomer: -1.0, cast.compounds[0]: 1.0}, _negative(freed))
    metal = Saturation({cast.assembling: 1.0}, cast.number("return.half"))
    hosted = (*mass_action({cast.monomer: 1, cast.assembly: 1}), metal)
    fragments = [
        reaction
        for pc in cast.compounds
        for reaction in _routes(
            cast,
            "fragmentation",
            total({pc: -1.0, cast.monomer: 1.0}, freed),
            pc,
            f"{pc} fragments",
        )
    ]
    return [*fragments, Reaction("return to the PC", back, cast.constant("return"), hosted)]


def _routes(
    cast: Cast, kind: str, stoichiometry: Mapping[str, float], reactant: str, name: str = ""
) -> list[Reaction]:
    """Return a first-order step by every route that has constants: plain, and with additives."""
    law = mass_action({reactant: 1})
    return [
        Reaction(f"{name or kind}{how}", stoichiometry, constant, (*law, *factors))
        for how, constant, factors in cast.routes(kind)
    ]


def _linear(
    name: str, stoichiometry: Mapping[str, float], constant: Arrhenius, reactant: str
) -> Reaction:
    return Reaction(name, stoichiometry, constant, mass_action({reactant: 1}))


def _negative(stoichiometry: Mapping[str, float]) -> dict[str, float]:
    return {name: -number for name, number in stoichiometry.items()}
