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
:class:`~prenuc.facts.value.Value` in ``data/parameters``, where the model of each material stands
in the blocks of ``blocks.py``: a user could have written it.

**A short acid** such as HOAc exchanges with the metal carboxylate, M(OA)₂ + HOAc ⇌ M(OA)(OAc) + HOA
(``seed @ Note S4``). That the mixed carboxylate is poorly soluble means that what holds acetate
would rather sit in an aggregate: sites of assemblies, PC and MSC prefer it. Without the acid the
same carboxylate assembles at much higher concentrations only, and Pathway 2 is faster.

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

from typing import TYPE_CHECKING

from prenuc.errors import MechanismError, unknown_name
from prenuc.mechanism.shipped import mechanism_of, set_named, sets_of

if TYPE_CHECKING:
    from prenuc.facts.recipe import ParameterSet
    from prenuc.mechanism.dots import AbstractDots
    from prenuc.mechanism.mechanism import Mechanism

MODEL = "two-pathway"


def two_pathway(
    which: str, *, metal: str | None = None, dots: AbstractDots | None = None
) -> Mechanism:
    """Return the two-pathway model of a material with the package's own constants.

    Args:
        which: "CdS", "CdTe", "CdSe"; "CdTe-ODE" and "CdSe-ODE" for the carboxylates in ODE;
            "CdS@0.1" for the set of version 0.1.
        metal: Another metal carboxylate than the usual one, such as "Cd(MSA)2".
        dots: How dots are counted: :class:`Classes` (when None) or, coarse, :class:`Moments`.

    Raises:
        MechanismError: There is no such parameter set.
    """
    found = set_named(f"{MODEL}/{which}")
    if found is None:
        raise MechanismError(unknown_name(f"{MODEL} parameter set for", which, parameter_sets()))
    return mechanism_of(found, metal, dots)


def parameter_sets() -> dict[str, ParameterSet]:
    """Return the parameter sets of the model, by material and system."""
    return sets_of(MODEL)
