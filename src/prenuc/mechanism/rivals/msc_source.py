"""Magic-size clusters as a source of monomers, on one page.

Clusters form from monomers in the flask, hot and at once, and dissolve again to feed the dots;
there is no inactive precursor compound between them (``seed @ Scheme S1``)::

    E + M → monomer             k_supply(T) E M                                              (S)
    monomer → MSC               k_form(T) c (c/c_ref)^(a − 1)                                (1)
    MSC → monomer               k_diss(T) MSC                                                (2)
    n* monomer → QD             k_nuc(T) exp(−B / ln²(c/c_eq))                               (3)
    monomer → QD                k_grow(T) m₍₂₋q₎ (c − c_eq)₊                                 (G)

Symbols: c monomer and MSC in mol/m³ of chalcogen, c_eq solubility and c_ref a scale (mol/m³), a the
order of forming a cluster, B the work of a nucleus times ln²S in kT, n* its units. Where a material
has several clusters each has its own (1) and (2); they turn into each other through monomers only.

What follows from the structure: dots wait for no cluster, and a cluster appears before dots eat the
monomers, never after. Cluster and dots compete for one pool, so (2) empties the cluster as soon as
dots grow. In a dispersion (1) is slower by the dilution to the power a. With a = 1 monomers would
turn to clusters in any dispersion, first order, and the monomer would be a precursor compound by
another name.

Limits of validity: a cluster is one species, not a ladder; its size appears nowhere but in a.
jiang2010 speaks of CdSe nanorods, gary2015 and friedfeld2019 of InP: that the same holds for CdS
and CdTe is the question, not their claim.

References: ``jiang2010``, ``gary2015``, ``friedfeld2019``, all after ``seed @ Scheme S1``;
``xie2016`` for InP in ``seed @ Figure S1``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.mechanism.reaction import Power, Reaction, mass_action
from prenuc.mechanism.rivals.shared_steps import MONOMER, Rival, growth, nucleation, supply

if TYPE_CHECKING:
    from prenuc.mechanism.roles import Roles


def _reactions(roles: Roles) -> list[Reaction]:
    steps = (step for name in roles.clusters for step in _cluster(roles, name))
    return [*supply(roles), *steps, nucleation(roles), *growth(roles)]


def _cluster(roles: Roles, name: str) -> list[Reaction]:
    """Return (1) and (2) of one cluster."""
    law = (
        Power({MONOMER: 1.0}),
        Power({MONOMER: 1.0}, roles.number("formation.order") - 1, roles.number("reference")),
    )
    forms, dissolves = f"{name} forms", f"{name} dissolves"
    return [
        Reaction(forms, {MONOMER: -1.0, name: 1.0}, roles.constant(forms), law),
        Reaction(
            dissolves,
            {name: -1.0, MONOMER: 1.0},
            roles.constant(dissolves),
            mass_action({name: 1}) + roles.modulations(dissolves),
        ),
    ]


msc_source = Rival("msc-source", _reactions)
