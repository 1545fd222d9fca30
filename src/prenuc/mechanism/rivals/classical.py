r"""Classical one-step nucleation with LaMer's supply, on one page.

The precursors make monomers (``shared_steps.py``, eq. S); above the solubility monomers meet
in one step to a nucleus, at a rate that the work of the critical nucleus sets; nuclei grow (G)::

    E + M → monomer             k_supply(T) E M                                              (S)
    n* monomer → QD             k_nuc(T) exp(−B / ln²(c/c_eq))                               (1)
    monomer → QD                k_grow(T) m₍₂₋q₎ (c − c_eq)₊                                 (G)

.. math:: J = A \exp\Big(-\frac{16 π γ^3 v^2}{3 (kT)^3 \ln^2 S}\Big), \quad S = c / c_{eq}

Symbols: c monomer (mol/m³), c_eq its solubility (mol/m³), γ surface energy (J/m²), v volume of a
unit (m³), B = 16πγ³v²/(3(kT)³) without unit, k_nuc dots per volume and time (mol/(m³ s)), n* units
in a nucleus, m_p moments of the dots (``two_pathway.py``), q size exponent of growth, 0 or 1.

Limits of validity: the nucleus is a piece of crystal with the bulk's surface energy. The bare
surface energy of CdS, about 0.75 J/m², makes the work hundreds of kT, so B is effective and no γ is
to be read from it. n* is one number, not 2B/ln³S. No cluster is ever made: neither PC nor MSC
exists in this model, and what absorbs is dots.

References: ``lee2016`` (review of classical and other paths); ``seed @ Scheme S4`` (bottom panel).
Not in the catalogue: Becker and Döring 1935, Ann. Phys. 416, 719; LaMer and Dinegar 1950, J. Am.
Chem. Soc. 72, 4847.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.mechanism.rivals.shared_steps import Rival, growth, nucleation, supply

if TYPE_CHECKING:
    from prenuc.mechanism.reaction import Reaction
    from prenuc.mechanism.roles import Roles


def _reactions(roles: Roles) -> list[Reaction]:
    return [*supply(roles), nucleation(roles), *growth(roles)]


classical = Rival("classical", _reactions)
