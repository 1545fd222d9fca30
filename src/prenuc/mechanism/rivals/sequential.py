"""Sequential growth of cluster families into nanocrystals by monomer addition, on one page.

Clusters are always formed and always needed: the smallest family nucleates, each family adds
monomers to become the next, the last becomes a nanocrystal (``palencia2020``, continuous flow,
after ``seed @ Scheme S2``)::

    E + M → monomer             k_supply(T) E M                                              (S)
    monomer → MSC(1)            k_nuc(T) c exp(−B / ln²(c/c_eq))                             (1)
    MSC(i) + monomers → MSC(i+1)   k_add,i(T) MSC(i) (c − c_eq)₊                             (2)
    MSC(last) + monomers → QD   k_last(T) MSC(last) (c − c_eq)₊                              (3)
    MSC(i) → monomer            k_diss(T) MSC(i)                                             (4)
    monomer → QD                k_grow(T) m₍₂₋q₎ (c − c_eq)₊                                 (G)

Symbols: c monomer, MSC(i) family i, in mol/m³ of chalcogen; N_i units in a cluster of family i; n*
in the smallest nanocrystal; c_eq solubility (mol/m³); B work times ln²S in kT. (2) counts units:
one unit of family i takes N_(i+1)/N_i − 1 monomers with it.

**CdSe** has the four families of the flow cell, 350, 380, 403 and 437 nm, assigned 13, 19, 33 and
66 units from a sizing curve (``seed @ Table S1 row 8``). The 350 nm family stands here as MSC-355
of the catalogue; both numbers are printed for such a cluster. **A family at 415 nm is missing, and
is missing on purpose**: the authors saw none, others did (``seed @ Scheme S2``). **CdS** and
**CdTe** are an analogy of ours: their catalogue clusters in order of wavelength, with assumed
sizes.

Three regimes follow from activation energies alone, k_diss and k_last being the steepest: clusters
only, clusters beside nanocrystals, nanocrystals only (260 and 300 °C in the paper, at a growth time
of 14 s). Families appear in order of size, each as a line that does not move.

Limits of validity: the seed objects that no continuous redshift was seen between the last line and
the nanocrystals, and that nobody measured the monomer. The additions between two families are one
step. No family is a dead end, so no pair of isomers can exist here.

References: ``palencia2020`` p. 22932 after ``seed @ Scheme S2``; ``seed @ Table S1 row 8``.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from prenuc.mechanism.reaction import Power, Reaction, mass_action, total
from prenuc.mechanism.rivals.shared_steps import MONOMER, Rival, dots_of, growth, supply

if TYPE_CHECKING:
    from prenuc.mechanism.roles import Roles


def _reactions(roles: Roles) -> list[Reaction]:
    families = roles.clusters
    return [
        *supply(roles),
        _first(roles, families[0]),
        *(_addition(roles, *pair) for pair in pairwise(families)),
        _last(roles, families[-1]),
        *(_dissolution(roles, name) for name in families),
        *growth(roles),
    ]


def _first(roles: Roles, first: str) -> Reaction:
    """Return (1)."""
    law = (Power({MONOMER: 1.0}), roles.barrier("nucleation"))
    return Reaction("nucleation", {MONOMER: -1.0, first: 1.0}, roles.constant("nucleation"), law)


def _addition(roles: Roles, old: str, new: str) -> Reaction:
    """Return (2)."""
    ratio = roles.number(f"{new}.size") / roles.number(f"{old}.size")
    made = {old: -1.0, MONOMER: 1.0 - ratio, new: ratio}
    law = (Power({old: 1.0}), roles.above_solubility(), *roles.modulations("addition"))
    return Reaction(f"{old} to {new}", made, roles.constant(f"{new} forms"), law)


def _last(roles: Roles, last: str) -> Reaction:
    """Return (3)."""
    size = roles.number("nucleation.size")
    ratio = size / roles.number(f"{last}.size")
    made = total({last: -1.0, MONOMER: 1.0 - ratio}, dots_of(ratio, size))
    law = (Power({last: 1.0}), roles.above_solubility(), *roles.modulations("addition"))
    return Reaction(f"{last} to QD", made, roles.constant("QD forms"), law)


def _dissolution(roles: Roles, name: str) -> Reaction:
    """Return (4)."""
    made = {name: -1.0, MONOMER: 1.0}
    k, law = roles.constant("dissolution"), mass_action({name: 1})
    return Reaction(f"{name} dissolves", made, k, law)


sequential = Rival("sequential", _reactions)
