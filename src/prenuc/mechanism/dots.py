r"""How the dots of the two-pathway model are counted: class by class, or by four moments.

A dot gains a unit from Mo/Fr or from a PC, and loses one to Mo/Fr. With α = n^(2/3) (growth limited
by the reaction at the surface), a the activity coefficient of Mo/Fr under ligands that bind them,
and f_n dots of n units per volume::

    Mo/Fr + dot(n) → dot(n+1)     k_grow(T) a Mo α_n                                         (1)
    PC + dot(n) → dot(n+1) + …    k_up(T) PC / (1 + ΣPC / K_up) α_n                          (2)
    dot(n) → dot(n−1) + Mo/Fr     k_grow(T) Mo_eq(T) β_n                                     (3)

(3) follows from (1) by detailed balance: at the solubility Mo_eq(T) of a plane surface, with van 't
Hoff's temperature dependence, a large dot gains as much as it loses, and a small one loses more
(Gibbs-Thomson; β_n is in ``population.py``). Dots of n units keep their size at

.. math:: c_n = \frac{Mo_{eq}(T)}{a}
   \exp\Big(\frac{Γ}{T}\,\big((n+1)^{2/3} - n^{2/3}\big)\Big)                             \qquad (4)

and dissolve below that. (2) has no way back: what a PC brings is far from equilibrium with a dot.

:class:`Classes` counts every size for itself. :class:`Moments` is the coarse option for quick looks
and for two materials in one pot: m_p = Σ l^p of l = n^(1/3). With a growth rate g = dl/dt that does
not depend on l they close exactly, m₀' = J, m₁' = J l* + g m₀, m₂' = J l*² + 2 g m₁, m₃' = J n*
+ 3 g m₂ (Hulburt and Katz 1964, Chem. Eng. Sci. 19, 555). The price: no dot dissolves, and the
solubility is that of a plane surface at one temperature, k_grow m₂ (Mo − Mo_eq)₊. What that costs
in an experiment is told by :mod:`prenuc.observe.coarse`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.facts.catalogue import get
from prenuc.mechanism.population import SizeClasses, capillarity
from prenuc.mechanism.reaction import Arrhenius, Binding, Excess, Power, Reaction, total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.mechanism.reaction import Factor
    from prenuc.mechanism.roles import Roles


@dataclass(frozen=True)
class AbstractDots(ABC):
    """A way of counting dots; those below are final."""

    @abstractmethod
    def nucleus(self, roles: Roles) -> dict[str, float]:
        """Return what nucleation turns into what, per mole of dots."""

    @abstractmethod
    def growth(self, roles: Roles) -> tuple[Reaction, ...]:
        """Return growth as reactions among components; none where it moves size classes."""

    @abstractmethod
    def population(self, roles: Roles, nucleations: Sequence[str]) -> SizeClasses | None:
        """Return the size classes, where there are any.

        Args:
            roles: Who plays which part.
            nucleations: Names of the reactions that make nuclei.
        """


@dataclass(frozen=True)
class Classes(AbstractDots):
    """Every number of units per dot for itself, ``dots.smallest`` to ``dots.largest``."""

    def nucleus(self, roles: Roles) -> dict[str, float]:
        """Return what nucleation turns into what, per mole of dots."""
        n = roles.number("nucleation.size")
        return {roles.monomer: -n, roles.dots.units: n}

    def growth(self, roles: Roles) -> tuple[Reaction, ...]:  # noqa: ARG002
        """Return nothing: (1) to (3) are channels of the population."""
        return ()

    def population(self, roles: Roles, nucleations: Sequence[str]) -> SizeClasses:
        """Return the size classes with the channels (1) to (3)."""
        unit = get("materials", roles.material).values["unit_volume"].si
        return SizeClasses(
            attachment=(_by_monomer(roles), *_by_compounds(roles)),
            detachment=(_dissolution(roles),),
            nuclei=dict.fromkeys(nucleations, roles.number("nucleation.size")),
            capillarity=capillarity(roles.number("dots.surface energy"), unit),
            smallest=round(roles.number("dots.smallest")),
            largest=round(roles.number("dots.largest")),
            moments=roles.dots,
        )


@dataclass(frozen=True)
class Moments(AbstractDots):
    """Four moments: number, length, surface and units. Coarse: dots never dissolve."""

    def nucleus(self, roles: Roles) -> dict[str, float]:
        """Return what nucleation turns into what, per mole of dots."""
        n, dots = roles.number("nucleation.size"), roles.dots
        lower = {dots.number: 1.0, dots.length: n ** (1 / 3), dots.surface: n ** (2 / 3)}
        return {roles.monomer: -n, dots.units: n, **lower}

    def growth(self, roles: Roles) -> tuple[Reaction, ...]:
        """Return growth of all moments: the channels times m₂, and m₁, m₂ by the sum of each."""
        monomer = _by_monomer(roles)
        above = Excess({roles.monomer: 1.0}, roles.number("growth.solubility"))
        net = (above, *monomer.factors[1:])
        compounds = _by_compounds(roles)
        every, (_, full) = dict.fromkeys(roles.compounds, 1.0), compounds[0].factors
        taken = (Power(every), full)
        surface = Power({roles.dots.surface: 1.0})
        return (
            Reaction(monomer.name, monomer.stoichiometry, monomer.constant, (surface, *net)),
            *_lower_moments(roles, "growth by monomer", monomer.constant, net),
            *(
                Reaction(one.name, one.stoichiometry, one.constant, (surface, *one.factors))
                for one in compounds
            ),
            *_lower_moments(roles, "growth by PC", compounds[0].constant, taken),
        )

    def population(self, roles: Roles, nucleations: Sequence[str]) -> None:  # noqa: ARG002
        """Return None: there are no size classes."""
        return


def _by_monomer(roles: Roles) -> Reaction:
    """Return (1), per dot with α = 1."""
    joined = {roles.monomer: -1.0, roles.dots.units: 1.0}
    law = (Power({roles.monomer: 1.0}), *roles.modulations("growth"))
    return Reaction("growth by monomer", joined, roles.constant("growth"), law)


def _by_compounds(roles: Roles) -> tuple[Reaction, ...]:
    """Return (2) for the PC at every stage, per dot with α = 1."""
    freed = roles.metal_returned(roles.ratio - 1, roles.assembling)
    full = Binding(dict.fromkeys(roles.compounds, 1.0), roles.number("uptake.half"), -1.0)
    return tuple(
        Reaction(
            f"growth by {pc}",
            total({pc: -1.0, roles.dots.units: 1.0}, freed),
            roles.constant("uptake"),
            (Power({pc: 1.0}), full),
        )
        for pc in roles.compounds
    )


def _dissolution(roles: Roles) -> Reaction:
    """Return (3), per dot with β = 1: k_grow Mo_eq, both at the temperature of the moment."""
    join, at = roles.constant("growth"), roles.number("growth.solubility at")
    solubility = Arrhenius(roles.number("growth.solubility"), at, roles.number("growth.H"))
    leave = Arrhenius(join.k * solubility(join.at), join.at, join.energy + solubility.energy)
    return Reaction("dissolution", {roles.dots.units: -1.0, roles.monomer: 1.0}, leave)


def _lower_moments(
    roles: Roles, name: str, k: Arrhenius, law: tuple[Factor, ...]
) -> tuple[Reaction, Reaction]:
    """Return growth of m₁ and m₂: units come at 3 g m₂, so m₁' = g m₀ and m₂' = 2 g m₁."""
    dots = roles.dots
    number, length = Power({dots.number: 1.0}), Power({dots.length: 1.0})
    return (
        Reaction(f"{name}, length", {dots.length: 1 / 3}, k, (number, *law)),
        Reaction(f"{name}, surface", {dots.surface: 2 / 3}, k, (length, *law)),
    )
