"""A mechanism: components, reactions, and the numbers behind them; checked when it is built.

"The same, but with this constant" is :meth:`Mechanism.with_constants`, and nothing else: a
mechanism is frozen, and its variants share what follows from its structure alone.
"""

from __future__ import annotations

import math
from copy import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import MechanismError, Problem, listed_names, unknown_name
from prenuc.facts.catalogue import moieties
from prenuc.mechanism.constants import constants_of, given_anew, with_constants_of
from prenuc.mechanism.population import population_issues
from prenuc.mechanism.reaction import Power
from prenuc.mechanism.reversible import steps_of
from prenuc.mechanism.structure import Shared, same_channels, same_reactions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from prenuc.arrays import Array
    from prenuc.conditions import Conditions
    from prenuc.facts.family import StandIn
    from prenuc.facts.value import Value
    from prenuc.mechanism.constants import Given
    from prenuc.mechanism.population import QuantumDotMoments, SizeClasses
    from prenuc.mechanism.reaction import Reaction
    from prenuc.mechanism.reversible import Step

    Rule = Callable[[Mapping[str, Value]], "Mechanism"]

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
class Mechanism:
    """What could happen in a vessel.

    Args:
        name: Such as "two-pathway/CdS".
        components: By name, in the order in which results list them.
        reactions: In the order in which the documentation lists them.
        parameters: The numbers that the reactions were built from, by name.
        material: Semiconductor, when there is one.
        dots: Names of the moments of the dot population, when there is one.
        populations: The dots of each ladder class by class; none when they are moments or when
            there are none. Ladders count the same numbers of units per dot.
        balances: Equations of components without a time of their own, term by term; see
            :mod:`prenuc.mechanism.binding`.
        initial: Starting concentrations (mol/m³) of a bare network.
        units: Units in which a bare network was written and is reported.
        borrowed: Parameter set of a constant, and its name there, where that is not the set of the
            mechanism's own name.
        bindings: Of a component, the ligands that bind to it and so lower its chemical potential,
            with the first words of the constants ``h`` and ``sites``.
        declared: Reagents that a file counts, whether or not a reaction looks at them.
        stand_ins: Precursors that its constants were not found with.
        text: The file that a user wrote it in, or that it was changed from; "" for one of the
            package, or of Python.
        rule: Writes the mechanism from constants, see :meth:`written`; None for one that was put
            together from reactions, or changed in another way than by its constants.
        shared: What has been worked out from the structure, for all variants at once.

    Raises:
        MechanismError: See :meth:`issues`; all at once.
    """

    name: str
    components: Mapping[str, Component]
    reactions: tuple[Reaction, ...]
    parameters: Mapping[str, Value] = field(default_factory=dict)
    material: str = ""
    dots: QuantumDotMoments | None = None
    populations: tuple[SizeClasses, ...] = ()
    balances: tuple[Reaction, ...] = ()
    initial: Mapping[str, float] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    borrowed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    bindings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    declared: tuple[str, ...] = ()
    stand_ins: tuple[StandIn, ...] = ()
    text: str = field(default="", compare=False, repr=False)
    rule: Rule | None = field(init=False, default=None, compare=False, repr=False)
    shared: Shared = field(init=False, default_factory=Shared, compare=False, repr=False)

    @classmethod
    def written(cls, rule: Rule, values: Mapping[str, Value]) -> Mechanism:
        """Return what a rule writes from constants; its variants are written by the same rule.

        Args:
            rule: Returns a new mechanism for all its constants by name, and depends on nothing
                else. A function of a module, or a ``functools.partial`` of one, where mechanisms
                go to other processes.
            values: The constants.

        Raises:
            MechanismError: The rule cannot write a mechanism from them.
        """
        mechanism = rule(values)
        object.__setattr__(mechanism, "rule", rule)  # it is new, and nobody else has it yet
        object.__setattr__(mechanism, "parameters", values)
        return mechanism

    def with_constants(
        self, given: Mapping[str, Given], *, places: Mapping[str, str] | None = None
    ) -> Mechanism:
        """Return the same mechanism with other constants; this one stays as it is.

        Args:
            given: Such as ``{"isomerisation.k": "0.03 1/min", "exchange.K": 0.1}``: texts,
                quantities, values with a source, or plain numbers where a constant has no unit.
                :attr:`constants` lists the names.
            places: ``file:line`` of each, for messages.

        Raises:
            MechanismError: No constant has such a name (the nearest are given), a unit does not
                fit, or a number is impossible; all problems at once.
        """
        new = given_anew(self.constants, given, places)
        values = {**self.parameters, **new}
        if self.rule is not None:
            variant = Mechanism.written(self.rule, values).with_text(self.text)
        else:
            variant = self.with_laws(*self._moved(new))
            object.__setattr__(variant, "parameters", values)
        if variant.shared is not self.shared and variant.is_like(self):
            object.__setattr__(variant, "shared", self.shared)
        return variant

    def with_text(self, text: str) -> Mechanism:
        """Return the same mechanism, which knows the file that it was written in.

        Args:
            text: What stands in the file.
        """
        variant = copy(self)
        object.__setattr__(variant, "text", text)
        return variant

    def with_laws(
        self,
        reactions: tuple[Reaction, ...],
        populations: tuple[SizeClasses, ...],
        balances: tuple[Reaction, ...],
    ) -> Mechanism:
        """Return the same mechanism with other numbers in its laws; nothing is checked again.

        Args:
            reactions: As many, with the same equations.
            populations: With the same classes and channels.
            balances: With the same terms.
        """
        variant = copy(self)  # what is checked at birth does not hang on numbers in laws
        object.__setattr__(variant, "reactions", reactions)
        object.__setattr__(variant, "populations", populations)
        object.__setattr__(variant, "balances", balances)
        return variant

    def _moved(
        self, new: Mapping[str, Value]
    ) -> tuple[tuple[Reaction, ...], tuple[SizeClasses, ...], tuple[Reaction, ...]]:
        """Return reactions, populations and balances with new constants."""

        def moved(reactions: Iterable[Reaction]) -> tuple[Reaction, ...]:
            return tuple(with_constants_of(reaction, new) for reaction in reactions)

        populations = tuple(
            replace(one, attachment=moved(one.attachment), detachment=moved(one.detachment))
            for one in self.populations
        )
        return moved(self.reactions), populations, moved(self.balances)

    @property
    def constants(self) -> Mapping[str, Value]:
        """Every number that :meth:`with_constants` can change, by name."""
        if self.rule is not None:
            return self.parameters
        return constants_of(self.all_reactions, self.units, self.name)

    def origin(self, name: str) -> tuple[str, str]:
        """Return the parameter set that a constant stands in, and its name there."""
        return self.borrowed.get(name, (self.name, name))

    def is_like(self, other: Mechanism) -> bool:
        """Return whether two mechanisms differ in numbers alone: same reactions, same sizes."""
        same = tuple(self.components) == tuple(other.components)
        alike = same_reactions(self.balances, other.balances)
        return same and alike and self.has_structure(other.reactions, other.populations)

    def has_structure(
        self, reactions: tuple[Reaction, ...], populations: tuple[SizeClasses, ...]
    ) -> bool:
        """Return whether reactions and populations differ from these in numbers alone."""
        return (
            same_reactions(self.reactions, reactions)
            and len(self.populations) == len(populations)
            and all(map(same_channels, self.populations, populations))
        )

    def __post_init__(self) -> None:
        issues = self.issues()
        if issues:
            raise MechanismError(issues)

    def issues(self) -> list[Problem]:
        """Return everything that is wrong: unknown and unbalanced reactions, repeated names."""
        found = population_issues(self.populations, self.components)
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
    def population(self) -> SizeClasses | None:
        """The dots class by class, those of the first ladder; None where there is no ladder."""
        return self.populations[0] if self.populations else None

    @property
    def class_units(self) -> Array:
        """Units per dot of every class, one class of each ladder after the other, (classes,)."""
        ladders = len(self.populations)
        return np.repeat(self.populations[0].units, ladders) if ladders else np.zeros(0)

    @property
    def all_reactions(self) -> tuple[Reaction, ...]:
        """The reactions, terms of balances, and channels by which dots gain and lose units.

        Those by which they gain come first, ladder by ladder.
        """
        joins = (one for ladder in self.populations for one in ladder.attachment)
        leaves = (one for ladder in self.populations for one in ladder.detachment)
        return (*self.reactions, *self.balances, *joins, *leaves)

    @property
    def without_mass(self) -> tuple[str, ...]:
        """The components whose equations are balances, in order."""
        return tuple(dict.fromkeys(name for one in self.balances for name in one.stoichiometry))

    @property
    def steps(self) -> tuple[Step, ...]:
        """The reactions with their ways back, in order; what has a constant of zero is no step."""
        of = self.dots
        moments = () if of is None else (of.number, of.length, of.surface)
        return steps_of(self.reactions, self.populations, self.balances, moments)

    def affinities(self, state: Conditions) -> dict[str, float]:
        """Return how strongly each reversible reaction is driven, A = RT ln(r_f/r_b) = −Σ ν μ.

        Reactions without a way back have no affinity and are left out, and so are nucleations. Of
        dots, a plane surface is meant: the affinity of a unit that joins a very large dot.

        Args:
            state: Temperature (K) and concentrations (mol/m³) of every component.

        Returns:
            By the name of the reaction, in kJ/mol; zero at equilibrium, positive where the reaction
            runs forward, infinite where one side is missing, nan where both are.

        Raises:
            MechanismError: The state has no concentration of a component.
        """
        missing = [name for name in self.components if name not in state.concentrations]
        if missing:
            what = f"the state has no concentration of {listed_names(missing)}"
            raise MechanismError(what, "Give one for each component, 0 for what is not there")
        numbers = {one.moments.number for one in self.populations}
        return {
            one.name: one.affinity(state) / 1e3
            for one in self.steps
            if one.back is not None and not numbers & one.net.keys()
        }

    @property
    def moment_names(self) -> tuple[str, ...]:
        """The components that are sums over size classes: reported, but not moved by a solver."""
        moments = (one.moments for one in self.populations)
        return tuple(n for one in moments for n in (one.number, one.length, one.surface, one.units))

    def moieties(self) -> tuple[str, ...]:
        """Return every tracked moiety, in order of first appearance."""
        names: dict[str, None] = {}
        for component in self.components.values():
            names.update(dict.fromkeys(component.composition or ()))
        return tuple(names)


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


def volume_fraction(solvent: str) -> Power:
    """Return a solvent's volume fraction as a factor."""
    return Power({solvent: moieties()[solvent][1]})
