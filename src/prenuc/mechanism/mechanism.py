"""A mechanism: components, reactions, and the numbers behind them; checked when it is built."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prenuc.errors import MechanismError, Problem, unknown_name
from prenuc.facts.catalogue import moieties
from prenuc.mechanism.reaction import Power

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prenuc.facts.value import Value
    from prenuc.mechanism.population import SizeClasses
    from prenuc.mechanism.reaction import Reaction

BALANCE_TOLERANCE = 1e-9  # relative; stoichiometric numbers are written, not computed


@dataclass(frozen=True)
class Component:
    """Something that the mechanism counts, in moles of its basis.

    Args:
        name: Such as "PC-311".
        composition: Moieties per mole of basis; None when it is not known, {} for a quantity
            that carries no matter (the number of dots, say).
        basis: What one mole means, such as "S atom".
        kind: "precursor", "assembly", "PC", "MSC", "monomer", "QD", "moment", "by-product", …
        species: Identifier of the catalogue's species whose spectrum it has.
    """

    name: str
    composition: Mapping[str, float] | None = None
    basis: str = "formula unit"
    kind: str = ""
    species: str = ""


@dataclass(frozen=True)
class QuantumDotMoments:
    """Names of the four moments Σ l^p of a dot population, l = (units per dot)^(1/3).

    Args:
        number: p = 0.
        length: p = 1.
        surface: p = 2.
        units: p = 3, the formula units in dots: the only one that carries matter.
    """

    number: str = "QD number"
    length: str = "QD length"
    surface: str = "QD surface"
    units: str = "QD"


@dataclass(frozen=True)
class Mechanism:
    """What could happen in a vessel.

    Args:
        name: Such as "two-pathway/CdS".
        components: By name, in the order in which results list them.
        reactions: In the order in which the documentation lists them.
        parameters: The numbers that the reactions were built from, by name.
        material: Semiconductor, when there is one.
        dots: Names of the moments of the dot population, when there is one.
        population: The dots class by class; None when they are moments or when there are none.
        initial: Starting concentrations (mol/m³) of a bare network.
        units: Units in which a bare network was written and is reported.

    Raises:
        MechanismError: See :meth:`issues`; all at once.
    """

    name: str
    components: Mapping[str, Component]
    reactions: tuple[Reaction, ...]
    parameters: Mapping[str, Value] = field(default_factory=dict)
    material: str = ""
    dots: QuantumDotMoments | None = None
    population: SizeClasses | None = None
    initial: Mapping[str, float] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        issues = self.issues()
        if issues:
            raise MechanismError(issues)

    def issues(self) -> list[Problem]:
        """Return everything that is wrong: unknown and unbalanced reactions, repeated names."""
        found: list[Problem] = self.population.issues() if self.population else []
        seen: set[str] = set()
        for reaction in self.all_reactions:
            if reaction.name in seen:
                what = f"reaction '{reaction.name}' stands twice"
                found.append(Problem(what, "Rename one of them", where=reaction.where))
            seen.add(reaction.name)
            unknown = list(self._unknown(reaction))
            found += unknown or unbalanced(reaction, self.components)
        return found

    def _unknown(self, reaction: Reaction) -> Iterable[Problem]:
        for name in reaction.components():
            if name not in self.components:
                yield unknown_name("species", name, self.components, reaction.where)

    @property
    def all_reactions(self) -> tuple[Reaction, ...]:
        """The reactions, and the channels by which dots gain and lose units."""
        return (*self.reactions, *(self.population.channels if self.population else ()))

    @property
    def moment_names(self) -> tuple[str, ...]:
        """The components that are sums over size classes: reported, but not moved by a solver."""
        if self.population is None:
            return ()
        names = self.population.moments
        return (names.number, names.length, names.surface, names.units)

    def moieties(self) -> tuple[str, ...]:
        """Return every tracked moiety, in order of first appearance."""
        names: dict[str, None] = {}
        for component in self.components.values():
            names.update(dict.fromkeys(component.composition or ()))
        return tuple(names)

    def solvents_seen(self) -> tuple[str, ...]:
        """Return the components that some rate law looks at and no reaction changes."""
        changed = {name for r in self.all_reactions for name, n in r.stoichiometry.items() if n}
        seen = {name: None for r in self.all_reactions for name in r.components()}
        return tuple(name for name in seen if name not in changed)


def unbalanced(reaction: Reaction, components: Mapping[str, Component]) -> list[Problem]:
    """Return a problem for every moiety that a reaction makes or loses.

    Args:
        reaction: The reaction.
        components: By name; a reaction with a component of unknown composition is not judged.
    """
    gains: dict[str, list[float]] = {}
    for name, number in reaction.stoichiometry.items():
        composition = components[name].composition
        if composition is None:
            return []
        for moiety, count in composition.items():
            gains.setdefault(moiety, []).append(number * count)
    problems = []
    for moiety, terms in gains.items():
        excess = math.fsum(terms)
        if abs(excess) > BALANCE_TOLERANCE * max(abs(term) for term in terms):
            said = f"'{reaction.name}' ({reaction.equation()})"
            mend = f"Balance {moiety} on both sides, or declare the by-product that carries it"
            what = f"reaction {said} makes {excess:+g} {moiety}"
            problems.append(Problem(what, mend, where=reaction.where))
    return problems


def volume_fraction(solvent: str, order: float = 1.0, reference: float = 1.0) -> Power:
    """Return the factor (φ / reference) ** order of a solvent's volume fraction φ."""
    return Power({solvent: moieties()[solvent][1]}, order, reference)
