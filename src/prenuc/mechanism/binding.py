r"""Ligands in fast equilibrium with their sites, the free ligand from its balance.

Sites of one kind stand on components (so many per mole) or on the surface of dots. Ligands *m*
compete for them, each with a constant K_m(T); with the free concentrations l_m the binding
polynomial of a site and the balance of a ligand are

.. math:: q_j = 1 + \sum_m K_{jm} l_m, \qquad
   L_m = l_m + \sum_j S_j \frac{K_{jm} l_m}{q_j}

where S_j counts sites. A component's potential falls by RT s ln q for s sites, so that
an equilibrium constant is multiplied by q^(s ν) (Wyman 1964, Adv. Protein Chem. 19, 223), and what
is bound is not free.

l and q are components without a time of their own: each has an equation in place of a rate, and the
equations are lists of terms that are written like reactions.

In a mechanism that is written in blocks (``ways_back.py``) a way back is multiplied by q^(−s ν) and
nothing else changes. Sites are of three kinds:

* s sites of a component that are bare or bound, q = 1 + l/h;
* s sites that one of two ligands always holds, such as carboxylates of a cluster. Where x is the
  fraction of the new one among all that are not on such sites, q = 1 + (K − 1) x: every other
  component holds both without a preference, which cancels in a balanced reaction. With T of both
  ligands and N of the new one, N = x (T − Σ S) + Σ S K x/q;
* σ sites per n^(2/3) of dots, q = 1 + l/h.

l is what is free where a file says that the ligand is ``debited``, and in exchanges; otherwise it
is a reservoir, and all of it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.mechanism.reaction import Arrhenius, Power, Reaction, mass_action

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


BOUND_ON = " on "  # stands in the name of a term before the polynomial of the sites
OF_BOTH = " of all"  # ends the name of a term that counts a ligand and the one whose place it takes


@dataclass(frozen=True)
class Sites:
    """Sites of one kind.

    Args:
        polynomial: Name of the component that stands for q.
        hosts: Sites per mole of every component that has them, or per n^(2/3) of a surface.
        ligands: K(T) in m³/mol by the name of the free ligand.
    """

    polynomial: str
    hosts: Mapping[str, float]
    ligands: Mapping[str, Arrhenius]


def balances(
    totals: Mapping[str, Mapping[str, float]], sites: Sequence[Sites]
) -> tuple[Reaction, ...]:
    """Return the equations of free ligands and polynomials, term by term.

    Args:
        totals: How many of a ligand each component counts, free and bound ones, by the name of the
            free one.
        sites: All kinds of sites.
    """
    found = []
    for free, counted in totals.items():
        law = Arrhenius(1.0)
        found += [Reaction(f"{free} in all", {free: 1.0}, law, (Power(counted),))]
        found += [term(f"{free} free", {free: -1.0}, {free: 1.0})]
        found += [_bound(free, one) for one in sites if free in one.ligands]
    for one in sites:
        name = one.polynomial
        found += [term(f"{name} bare", {name: 1.0}, {})]
        found += [
            term(f"{name} with {free}", {name: 1.0}, {free: 1.0}, law)
            for free, law in one.ligands.items()
        ]
        found += [term(f"{name} itself", {name: -1.0}, {name: 1.0})]
    return tuple(found)


def surface_balance(surface: str) -> Reaction:
    """Return the term that makes a component the surface of all dots of a ladder."""
    return term(f"{surface} itself", {surface: -1.0}, {surface: 1.0})


def term(
    name: str,
    changes: Mapping[str, float],
    orders: Mapping[str, float],
    law: Arrhenius | None = None,
) -> Reaction:
    """Return a term of an equation.

    Args:
        name: Of the term.
        changes: The component in whose row it stands, with its sign.
        orders: Of what it is a product of powers.
        law: Its factor; 1 when None.
    """
    return Reaction(name, changes, law or Arrhenius(1.0), mass_action(orders))


def _bound(free: str, sites: Sites) -> Reaction:
    factors = (Power(sites.hosts), Power({free: 1.0}), Power({sites.polynomial: 1.0}, -1.0))
    return Reaction(
        f"{free}{BOUND_ON}{sites.polynomial}", {free: -1.0}, sites.ligands[free], factors
    )


def free_of(terms: Sequence[Reaction]) -> dict[str, str]:
    """Return the free ligand by the component that counts it, where one alone does.

    Args:
        terms: As :func:`balances` returns them.
    """
    return {name: free for free, pool in _pools(terms) if _is_alone(pool) for name in pool}


def carried_of(terms: Sequence[Reaction]) -> dict[str, Mapping[str, float]]:
    """Return how many of a ligand each component counts, where several do, by the free ligand.

    Args:
        terms: As :func:`balances` returns them.
    """
    return {free: pool for free, pool in _pools(terms) if not _is_alone(pool)}


def _pools(terms: Sequence[Reaction]) -> list[tuple[str, Mapping[str, float]]]:
    return [(free, one.factors[0].pool) for one in terms for free in _counted_by(one)]


def _is_alone(pool: Mapping[str, float]) -> bool:
    return [*pool.values()] == [1.0]


def _counted_by(term: Reaction) -> list[str]:
    """Return the free ligand of a term that counts all of it; nothing for any other term."""
    ((name, change),) = term.stoichiometry.items()
    return [name] if change > 0 and term.name == f"{name} in all" else []


def exchanges_of(
    terms: Sequence[Reaction],
) -> dict[str, tuple[Mapping[str, float], Mapping[str, float]]]:
    """Return what counts ligands of which one takes the place of the other, bound and free.

    Args:
        terms: Balances of ligands.

    Returns:
        How many of the new ligand, and of both together, each component counts, by the name of the
        fraction x of the new one.
    """
    found = {}
    for one in terms:
        x = one.name.removesuffix(OF_BOTH)
        if one.name.endswith(OF_BOTH) and [*one.stoichiometry] == [x]:
            (of_new,) = (t for t in terms if t.stoichiometry == {x: 1.0} and len(t.factors) == 1)
            found[x] = of_new.factors[0].pool, one.factors[1].pool
    return found


def sites_of(terms: Sequence[Reaction]) -> dict[str, dict[str, float]]:
    """Return how many sites each component has, by the polynomial that stands for them.

    Args:
        terms: As :func:`balances` returns them; what is bound to these sites is taken off ligands.
    """
    found: dict[str, dict[str, float]] = {}
    for one in terms:
        if len(one.factors) == len(("hosts", "free", "polynomial")):
            polynomial = one.name.partition(BOUND_ON)[2]
            found.setdefault(polynomial, {}).update(one.factors[0].pool)
    return found
