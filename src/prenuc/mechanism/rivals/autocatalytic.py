r"""The two-step scheme of Finke and Watzky, as the field's habit, on one page.

A precursor A turns slowly to particles B, and faster where B is already::

    A → B                       k₁(T) A                                                      (1)
    A + B → 2 B                 k₂(T) A B                                                    (2)

.. math:: A(t) = \frac{k_1/k_2 + A_0}{1 + \frac{k_1}{k_2 A_0} \exp\big((k_1 + k_2 A_0) t\big)}

Here A is the chalcogen source E, which takes one metal M with it, and B is dots. (1) makes nuclei
of n* units, (2) grows them. Symbols: A, B in mol/m³ of chalcogen, k₁ 1/s, k₂ m³/(mol s).

**What the habit says without saying it.** (2) is first order in the units of B, not in their
surface: every unit inside a dot would have to be active. For dots with l = (units per dot)^(1/3)
that is dl/dt = k₂ A l / 3: they grow exponentially, all by the same factor. So the moments close
exactly, m_p' = (k₁ A / n*) n*^(p/3) + (p/3) k₂ A m_p, and the sum over p = 3 gives back (1) and
(2).

Limits of validity: a fit of the sigmoid to one curve fixes k₁ and k₂ and nothing about mechanism;
many schemes share the curve. There is no solubility, no cluster, one product. Metal limits only
when it runs out (a saturation at a nanomole per litre keeps it from going below zero).
Where a paper fits the scheme to the band of a cluster, A and B mean something else; that is a fit
of a curve (``infer/schemes/kinetics.py``), not this mechanism.

References: ``lee2016`` (review). Not in the catalogue: Watzky and Finke 1997, J. Am. Chem. Soc.
119, 10382.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.mechanism.reaction import Power, Reaction, Saturation
from prenuc.mechanism.rivals.shared_steps import DOTS, Rival, dots_of

if TYPE_CHECKING:
    from prenuc.mechanism.reaction import Factor
    from prenuc.mechanism.roles import Roles

RUNS_OUT = 1e-6  # mol/m³ of metal


def _reactions(roles: Roles) -> list[Reaction]:
    return [step for source in roles.sources for step in _two_steps(roles, source)]


def _two_steps(roles: Roles, source: str) -> list[Reaction]:
    size = roles.number("nucleation.size")
    law: tuple[Factor, ...]
    law = (Power({source: 1.0}), Saturation({roles.metal: 1.0}, RUNS_OUT))
    born = roles.conversion(source, dots_of(1.0, size))
    slow = [
        Reaction(f"nucleation from {source}{how}", born, k, law + extra)
        for how, k, extra in roles.routes("nucleation")
    ]
    grown = roles.conversion(source, {DOTS.units: 1.0})
    k, law = roles.constant("growth"), law + roles.modulations("growth")
    return [
        *slow,
        Reaction(f"growth from {source}", grown, k, (Power({DOTS.units: 1.0}), *law)),
        *(
            Reaction(
                f"growth from {source}, {what}", {moment: p / 3}, k, (Power({moment: 1.0}), *law)
            )
            for what, moment, p in (("surface", DOTS.surface, 2), ("length", DOTS.length, 1))
        ),
    ]


autocatalytic = Rival("autocatalytic", _reactions)
