"""What all rivals share: precursors that become monomers, dots that grow, constants by name.

Every rival takes the same reagents as the two-pathway model, in the same units (per chalcogen
atom), and answers with the same observables: clusters of the catalogue and four moments of the
dots. What it does in between is its own page. Two steps are common property::

    E + M → monomer             k_supply(T) E M  [+ with HPPh2]                              (S)
    monomer → QD                k_grow(T) m₍₂₋q₎ (c − c_eq)₊                                 (G)

(S) is the supply of LaMer and Dinegar (1950, J. Am. Chem. Soc. 72, 4847). (G) is growth at the
surface for q = 0, dl/dt = g, or limited by diffusion for q = 1, dl/dt = g / l, with
l = (units per dot)^(1/3) and g = k (c − c_eq)/3. The moments close for q = 0. For q = 1 the moment
of order −1 is taken as m₀²/m₁, which is exact for dots of one size.

**Additives** that a rival has no constants for are inert in it. Two kinds have some, because no
model of nucleation denies them: a secondary phosphine that speeds (S), and an acid that binds
monomers and so slows nucleation and growth, by (1 + x/h)^s.

**Counting.** A monomer, a unit of a dot and a unit of a cluster are one ME; excess metal on
surfaces is not resolved, except where a page says so. What (S) sets free is declared.

Limits: dots do not dissolve and do not ripen (no Gibbs-Thomson term); B and c_eq do not change with
temperature, so that the activation energy of a nucleation is an effective one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from prenuc.errors import MechanismError, unknown_name
from prenuc.facts.catalogue import entries
from prenuc.mechanism.mechanism import Component, Mechanism
from prenuc.mechanism.population import QuantumDotMoments
from prenuc.mechanism.reaction import Binding, Power, Reaction, mass_action, total
from prenuc.mechanism.roles import Roles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from prenuc.facts.recipe import ParameterSet
    from prenuc.facts.value import Value
    from prenuc.mechanism.reaction import Factor

DOTS = QuantumDotMoments()
MONOMER = "monomer"
TINY = 1e-9  # mol/m³; keeps m₀²/m₁ finite where there are no dots


def system_named(which: str) -> tuple[str, str]:
    """Return the material of a system and its metal carboxylate; "" for a plain material."""
    system = entries("parameters").get(f"two-pathway/{which}")
    if system is None or which == system.material:
        return which, ""
    return system.material, system.names["metal precursor"]


def clusters(roles: Roles) -> list[Component]:
    """Return the clusters of the catalogue as components, one ME of each."""
    return [Component(name, roles.unit, roles.basis, "MSC", name) for name in roles.clusters]


@dataclass(frozen=True)
class Rival:
    """A rival of the two-pathway model; called with a material it returns the mechanism.

    Args:
        model: Its name, such as "classical".
        reactions: Returns all reactions of some roles; a function of a module.
        others: Returns the components that are neither precursors, reagents, monomer nor dots.
    """

    model: str
    reactions: Callable[[Roles], Iterable[Reaction]]
    others: Callable[[Roles], Iterable[Component]] = clusters

    def __call__(self, material: str, *, metal: str | None = None) -> Mechanism:
        """Return the rival for a material, with the package's own constants.

        Args:
            material: Such as "CdS"; or a system of the two-pathway model such as "CdTe-ODE", which
                stands for its material and its metal carboxylate.
            metal: Another metal carboxylate than the usual one, such as "Cd(MSA)2".

        Raises:
            MechanismError: There is no parameter set for the material.
        """
        known = {p.material: p for p in entries("parameters").values() if p.model == self.model}
        plain, usual = system_named(material)
        if plain not in known:
            raise MechanismError(unknown_name(f"{self.model} parameter set for", material, known))
        parameters = known[plain]
        fed = metal or usual or parameters.names["metal precursor"]
        return Mechanism.written(partial(self._written, parameters, fed), parameters.values)

    def _written(
        self, parameters: ParameterSet, metal: str, values: Mapping[str, Value]
    ) -> Mechanism:
        roles = Roles(parameters, values, metal, MONOMER)
        reactions = tuple(self.reactions(roles))
        mentioned = {name for reaction in reactions for name in reaction.components()}
        common = roles.components([metal, *roles.sources], (), entries("reagents"))
        counted = {part.name: part for part in (*common, *self.others(roles))}
        return Mechanism(
            name=parameters.id,
            components={name: part for name, part in counted.items() if name in mentioned},
            reactions=reactions,
            material=parameters.material,
            dots=DOTS if DOTS.units in mentioned else None,
        )


def supply(roles: Roles) -> list[Reaction]:
    """Return (S), from every chalcogen source and by every route."""
    return [
        Reaction(
            f"supply from {source}{how}",
            roles.conversion(source, {MONOMER: 1.0}),
            constant,
            mass_action({source: 1, roles.metal: 1}) + factors,
        )
        for source in roles.sources
        for how, constant, factors in roles.routes("supply")
    ]


def dots_of(units: float, size: float) -> dict[str, float]:
    """Return dots of one size, holding a number of units together, as their four moments."""
    dots = units / size
    return {
        DOTS.units: units,
        DOTS.number: dots,
        DOTS.length: dots * size ** (1 / 3),
        DOTS.surface: dots * size ** (2 / 3),
    }


def growth(roles: Roles) -> list[Reaction]:
    """Return (G)."""
    law = (roles.above_solubility(), *roles.modulations("growth"))
    k, exponent = roles.constant("growth"), roles.number("growth.size exponent")
    units = {MONOMER: -1.0, DOTS.units: 1.0}
    number, length, surface = ({name: 1.0} for name in (DOTS.number, DOTS.length, DOTS.surface))
    moments: tuple[tuple[Factor, ...], ...]
    if exponent == 0:
        moments = (Power(surface),), (Power(length),), (Power(number),)
    elif exponent == 1:
        over = (Power(number, 2.0, TINY**0.5), Binding(length, TINY, -1.0))  # m₀² / (m₁ + tiny)
        moments = (Power(length),), (Power(number),), over
    else:
        what = f"growth with a size exponent of {exponent:g} has no closed moments"
        raise MechanismError(
            what, "Give 0 (surface) or 1 (diffusion)", where="growth.size exponent"
        )
    return [
        Reaction("growth", units, k, (*moments[0], *law)),
        Reaction("growth, surface", {DOTS.surface: 2 / 3}, k, (*moments[1], *law)),
        Reaction("growth, length", {DOTS.length: 1 / 3}, k, (*moments[2], *law)),
    ]


def nucleation(roles: Roles) -> Reaction:
    """Return classical nucleation of dots from the monomer, J = k exp(−B / ln²(c/c_eq))."""
    size = roles.number("nucleation.size")
    law = (roles.barrier("nucleation"), *roles.modulations("nucleation"))
    nucleus = total({MONOMER: -size}, dots_of(size, size))
    return Reaction("nucleation", nucleus, roles.constant("nucleation"), law)
