r"""Tetrahedra that grow layer by layer, on one page.

A cluster is a tetrahedron with n metal atoms on an edge, ended by metal on its four equal facets.
It grows by whole layers, and only complete tetrahedra are seen: n = 5 to 15, eleven lines from 355
to 554 nm (``mule2021``, after ``seed @ Scheme S3``)::

    E + M → monomer             k_supply(T) E M                                              (S)
    monomers + M → n = 5        k_nuc(T) c exp(−B₃ / ln²(c/c_eq))                            (1)
    n + monomers + M → n + 1    4 k_f(T) (c − c_eq)₊ exp(−W_n)                               (2)

.. math:: W_n = \begin{cases} B_2 / \ln S & m^* \le m_n \\ α \sqrt{m_n} - m_n \ln S & \text{else}
   \end{cases}, \quad α^2 = 4 B_2, \quad m^* = \frac{B_2}{\ln^2 S}, \quad m_n = \tfrac{n(n+1)}{2}

(2) waits for an island on one of the four facets. Its step costs α√m kT at m units, a unit gains ln
S, S = c/c_eq; the work has its maximum B₂/ln S at the critical island m*. A facet with fewer places
m_n than m* is full before that, so small tetrahedra pay less. As S falls and m* outgrows the
facets, large tetrahedra come to rest before small ones, which catch up: sizes crowd together.

Symbols: c monomer in mol/m³ of chalcogen, c_eq solubility (mol/m³), B₂ and B₃ work factors (no
unit), k_f in m³/(mol s) per facet. A tetrahedron has T(n) = n(n+1)(n+2)/6 metal and T(n−1)
chalcogen atoms: Cd35Se20, Cd56Se35, Cd84Se56, … (``seed @ Table S1 rows 6 and 9``; row 9 names them
by their metal). The excess metal n(n+1)/2 keeps its carboxylates, so that each is neutral. All is
counted per chalcogen atom: one atom's worth of n takes T(n)/T(n−1) − 1 monomers and metal to become
n + 1.

It can speak about **CdSe only**: no other material has its tetrahedra in the catalogue. The sizes
never shrink, the largest only collects, and there are no dots of any other size: nothing between
two lines and nothing beyond 554 nm.

Limits of validity: one island per layer; islands and sites are not resolved; no reverse steps, so
no Ostwald ripening; the law of a full facet is a capillary one at a few tens of atoms. The details
of (2) are ours; the paper was not read in full.

References: ``mule2021`` Figures 2 and 6 after ``seed @ Scheme S3``; ``beecher2014`` for n = 5 to 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.mechanism.cast import total
from prenuc.mechanism.reaction import Power, Reaction
from prenuc.mechanism.rivals.players import MONOMER, Players, rival, supply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.mechanism.mechanism import Component, Mechanism

MODEL = "layers"
FACETS, SMALLEST = 4, 5  # facets; metal atoms on the shortest edge


def layers(material: str = "CdSe", *, metal: str | None = None) -> Mechanism:
    """Return layer-by-layer growth of tetrahedra.

    Args:
        material: "CdSe"; or a system of the two-pathway model such as "CdSe-ODE".
        metal: Another metal carboxylate than the usual one.

    Raises:
        MechanismError: It is another material.
    """
    return rival(MODEL, material, metal, _written)


def _written(players: Players) -> Mechanism:
    sizes = dict(enumerate(players.clusters, SMALLEST))
    return players.mechanism(
        [
            *supply(players),
            _first(players, sizes[SMALLEST]),
            *(_layer(players, n, sizes) for n in list(sizes)[:-1]),
        ],
        *(_tetrahedron(players, n, name) for n, name in sizes.items()),
    )


def atoms(edge: int) -> tuple[int, int]:
    """Return metal and chalcogen atoms of a tetrahedron with ``edge`` metal atoms on an edge."""

    def number(n: int) -> int:
        return n * (n + 1) * (n + 2) // 6

    return number(edge), number(edge - 1)


def _tetrahedron(players: Players, edge: int, name: str) -> Component:
    metal, chalcogen = atoms(edge)
    (m, e), excess = players.unit, metal / chalcogen - 1
    return players.cluster(name, {m: 1 + excess, e: 1.0, **players.carboxylates(excess)})


def _made(players: Players, edge: int, name: str) -> dict[str, float]:
    """Return one chalcogen atom's worth of a tetrahedron and what it is made of."""
    metal, chalcogen = atoms(edge)
    return total({name: 1.0, MONOMER: -1.0}, players.metal_used(metal / chalcogen - 1))


def _scaled(stoichiometry: Mapping[str, float], by: float) -> dict[str, float]:
    return {name: number * by for name, number in stoichiometry.items()}


def _first(players: Players, name: str) -> Reaction:
    """Return (1)."""
    law = (Power({MONOMER: 1.0}), players.barrier("nucleation"))
    made = _made(players, SMALLEST, name)
    return Reaction("nucleation", made, players.constant("nucleation"), law)


def _layer(players: Players, edge: int, sizes: Mapping[int, str]) -> Reaction:
    """Return (2)."""
    old, new = sizes[edge], sizes[edge + 1]
    ratio = atoms(edge + 1)[1] / atoms(edge)[1]
    made = total(
        _scaled(_made(players, edge + 1, new), ratio), _scaled(_made(players, edge, old), -1.0)
    )
    island = players.barrier("layer", order=1.0, largest=edge * (edge + 1) / 2)
    law = (Power({old: 1.0}), players.above_solubility(), island)
    return Reaction(f"{old} to {new}", made, players.faster("layer", FACETS), law)
