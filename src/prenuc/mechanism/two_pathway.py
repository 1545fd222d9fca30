r"""The two-pathway model of Kui Yu and co-workers, on one page.

Two pathways compete for the same precursors, a metal carboxylate M and a chalcogen source E
(``seed @ Scheme S4``). Every step goes both ways, and no way back has a constant of its own: a
component has one standard potential (its K of formation), and the way back follows from it.

**Pathway 1.** The precursors self-assemble, bonds form inside the assembly, and the as-synthesised
precursor compound as-PC appears: a particle of N units, transparent where the cluster absorbs.
Activated by a good solvent or an additive it turns into the immediate PC, which isomerises one to
one and first order into the magic-size cluster MSC::

    3 E + 6 M ⇌ assembly        k_dis(T) (K E³ M⁶ − assembly); the numbers are those of CdS    (1)
    assembly ⇌ 3/N as-PC        k_bond(T) assembly                                           (2)
    as-PC ⇌ PC                  k_act(T) as-PC · activation; exothermic                      (3)
    PC ⇌ MSC                    k_iso(T) PC                                                  (4)
    PC ⇌ PC'                    k_ex(T) PC: two clusters exchange through their PCs          (5)

**Pathway 2.** Precursors make monomers and fragments Mo/Fr, of which dots of n units grow, from two
units on::

    E + M ⇌ Mo/Fr               k_mono(T) E M                                                (6)
    Mo/Fr ⇌ QD                  k_grow(T) Σ α_n (Mo − Mo_eq(n, T)) f_n                       (7)

There is no law of nucleation: small bare pieces are in equilibrium with Mo/Fr, and Mo_eq(n, T) of
one solubility and one surface energy says which of them go on.

**The bridge.** A PC falls apart into Mo/Fr, and a capped dot takes PCs up at its surface, which
what is docked takes up::

    PC ⇌ N Mo/Fr                k_frag(T) PC                                                 (8)
    1/N PC ⇌ QD                 k_up(T) Σ α_n f_n PC / (1 + ΣPC / K_up)                      (9)

A law that is no mass action, such as (2) of first order in an assembly of three, is a forward law
times 1 − exp(−affinity/RT), and the block says ``because``.

**Additives** act in two ways. A catalyst, such as toluene in (3) or TOPO in (8), speeds both ways
alike: "… with HPPh2" or "… in toluene" is a route of its own beside the plain one. A ligand binds
to a component and lowers its potential, and what is bound is taken off what is free: "… under MSA".

**Dilution** switches Pathway 1 off through the orders alone: (1) is of order nine in concentration,
(6) of order two. **Nothing here is an expected result**: every constant is a
:class:`~prenuc.facts.value.Value` in ``data/parameters``, where the model of each material stands
in the blocks of ``blocks.py``: a user could have written it.

**A short acid** such as HOAc exchanges with the metal carboxylate, M(OA)₂ + HOAc ⇌ M(OA)(OAc) + HOA
(``seed @ Note S4``). That the mixed carboxylate is poorly soluble means that what holds acetate
would rather sit in an aggregate: sites of assemblies, PC and MSC prefer it. Without the acid the
same carboxylate assembles at much higher concentrations only, and Pathway 2 is faster (CdTe), or
the PC falls apart for want of an MSC that holds it (CdSe).

**Counting.** PCs, MSCs and assemblies are particles; their metal : chalcogen ratio is an assumed
value, because cluster formulae are disputed (``seed @ Table S1``), and the carboxylate keeps them
neutral. What a reaction sets free is declared: two carboxylates per E (with their hydrogen from the
solvent, which is not tracked), and what carried E.

N, the sites of ligands, the assembly of three and the forms of the laws are proposals of this
project, not results of the seed; their status says so. Sets of version 0.1 ("CdS@0.1") have other
equations, which stand with their numbers in ``data/frozen``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.errors import MechanismError, unknown_name
from prenuc.mechanism.shipped import mechanism_of, set_named, sets_of

if TYPE_CHECKING:
    from prenuc.facts.recipe import ParameterSet
    from prenuc.mechanism.dots import AbstractDots
    from prenuc.mechanism.mechanism import Mechanism

MODEL = "two-pathway"


def two_pathway(
    which: str,
    *,
    metal: str | None = None,
    chalcogen: str | None = None,
    dots: AbstractDots | None = None,
) -> Mechanism:
    """Return the two-pathway model of a material with the package's own constants.

    Args:
        which: "CdS", "CdTe", "CdSe"; "CdTe-ODE" and "CdSe-ODE" for the carboxylates in ODE;
            "CdS@0.1" for the set of version 0.1.
        metal: Another metal carboxylate than the usual one, such as "Cd(MSA)2".
        chalcogen: Another chalcogen source than the usual one, such as "SeTOP".
        dots: How dots are counted: :class:`Classes` (when None) or, coarse, :class:`Moments`.

    Raises:
        MechanismError: There is no such parameter set.
    """
    found = set_named(f"{MODEL}/{which}")
    if found is None:
        raise MechanismError(unknown_name(f"{MODEL} parameter set for", which, parameter_sets()))
    return mechanism_of(found, metal, dots, chalcogen)


def parameter_sets() -> dict[str, ParameterSet]:
    """Return the parameter sets of the model, by material and system."""
    return sets_of(MODEL)
