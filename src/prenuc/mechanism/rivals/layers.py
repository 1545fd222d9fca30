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

from prenuc.mechanism.mechanism import Component
from prenuc.mechanism.reaction import Power, Reaction, scaled, total
from prenuc.mechanism.rivals.shared_steps import MONOMER, Rival, supply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.mechanism.roles import Roles

FACETS, SMALLEST = 4, 5  # facets; metal atoms on the shortest edge


def _reactions(roles: Roles) -> list[Reaction]:
    sizes = dict(enumerate(roles.clusters, SMALLEST))
    steps = (_layer(roles, edge, sizes) for edge in list(sizes)[:-1])
    return [*supply(roles), _first(roles, sizes[SMALLEST]), *steps]


def atoms(edge: int) -> tuple[int, int]:
    """Return metal and chalcogen atoms of a tetrahedron with ``edge`` metal atoms on an edge."""

    def number(n: int) -> int:
        return n * (n + 1) * (n + 2) // 6

    return number(edge), number(edge - 1)


def _tetrahedra(roles: Roles) -> list[Component]:
    (m, e), found = roles.unit, []
    for edge, name in enumerate(roles.clusters, SMALLEST):
        metal, chalcogen = atoms(edge)
        excess = metal / chalcogen - 1
        parts = {m: 1 + excess, e: 1.0, **roles.carboxylates(excess)}
        found.append(Component(name, parts, roles.basis, "MSC", name))
    return found


def _made(roles: Roles, edge: int, name: str) -> dict[str, float]:
    """Return one chalcogen atom's worth of a tetrahedron and what it is made of."""
    metal, chalcogen = atoms(edge)
    return total({name: 1.0, MONOMER: -1.0}, roles.metal_returned(1 - metal / chalcogen))


def _first(roles: Roles, name: str) -> Reaction:
    """Return (1)."""
    law = (Power({MONOMER: 1.0}), roles.barrier("nucleation"))
    made = _made(roles, SMALLEST, name)
    return Reaction("nucleation", made, roles.constant("nucleation"), law)


def _layer(roles: Roles, edge: int, sizes: Mapping[int, str]) -> Reaction:
    """Return (2)."""
    old, new = sizes[edge], sizes[edge + 1]
    ratio = atoms(edge + 1)[1] / atoms(edge)[1]
    made = total(scaled(_made(roles, edge + 1, new), ratio), scaled(_made(roles, edge, old), -1.0))
    island = roles.barrier("layer", order=1.0, largest=edge * (edge + 1) / 2)
    law = (Power({old: 1.0}), roles.above_solubility(), island)
    return Reaction(f"{old} to {new}", made, roles.constant("layer", FACETS), law)


layers = Rival("layers", _reactions, _tetrahedra)
