"""The published checks asked again with other constants, for calibration and robustness.

A change names numbers by parameter set and constant. A mechanism knows where each of its constants
stands (:meth:`Mechanism.origin`), so that a change of one set reaches every mechanism that has it:
the two-pathway model, the alloy, a rival.

What a constant is follows from the last word of its name:

===============  ==================================================  ========================
last word        what                                                kind
===============  ==================================================  ========================
k                rate constant at its reference temperature          rate
K                equilibrium constant at its reference temperature   equilibrium
half, threshold  concentration at which something is half of its     concentration
solubility, h    most; the reciprocal of a binding constant
Ea               activation energy                                   energy
H                reaction enthalpy                                   energy
===============  ==================================================  ========================

Anything else (orders, sites, counts, sizes, barriers, reference temperatures) is structure. So is
a ``reference``: the concentration at which a rate constant is quoted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from numpy.linalg import LinAlgError

from prenuc.errors import MechanismError, SimulationError
from prenuc.facts.catalogue import get
from prenuc.infer.experiments.measures import measure
from prenuc.infer.experiments.performed import VARIED
from prenuc.mechanism.constants import no_constant
from prenuc.mechanism.reach import looks, reachable, runs
from prenuc.mechanism.shipped import known_set
from prenuc.quantities import Quantity
from prenuc.simulation.solvers import Rodas

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from prenuc.facts.check import Check
    from prenuc.facts.recipe import Recipe
    from prenuc.facts.value import Value
    from prenuc.infer.experiments.performed import Choose, Experiments
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.mechanism.population import SizeClasses
    from prenuc.mechanism.reaction import Reaction

Kind = Literal["rate", "equilibrium", "concentration", "energy", "structure"]
Name = tuple[str, str]  # parameter set and constant

QUICK = Rodas(rtol=1e-6, atol=1e-13)  # numbers agree with those at 1e-8 to about 1e-5
_KINDS: Mapping[str, Kind] = {
    "k": "rate",
    "K": "equilibrium",
    "half": "concentration",
    "h": "concentration",
    "threshold": "concentration",
    "solubility": "concentration",
    "Ea": "energy",
    "H": "energy",
}


def kind_of(name: str) -> Kind:
    """Return what a constant is, by its name; see the module."""
    return _KINDS.get(name.rpartition(".")[2], "structure")


def value_of(name: Name) -> Value:
    """Return a constant of the package."""
    parameters = known_set(name[0])
    if name[1] not in parameters.values:
        raise MechanismError(no_constant(name[1], parameters.values, name[0]))
    return parameters.values[name[1]]


@dataclass(frozen=True)
class Changed:
    """Chooses the mechanism of a recipe, built from changed constants.

    Args:
        choose: Chooses it with the package's own constants.
        change: Numbers in the units of the package's own, by set and constant.

    Raises:
        MechanismError: A set has no constant of a name.
    """

    choose: Choose
    change: Mapping[Name, float]
    _made: list[tuple[Mechanism, Mechanism]] = field(
        default_factory=list, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        for name in self.change:
            value_of(name)

    def __call__(self, recipe: Recipe) -> Mechanism:
        """Return the mechanism for a recipe; recipes that share one share the new one."""
        usual = self.choose(recipe)
        for old, made in self._made:
            if old is usual:
                return made
        new = {
            name: replace(old, quantity=Quantity(self.change[key], old.quantity.unit))
            for name, old in usual.parameters.items()
            if (key := usual.origin(name)) in self.change
        }
        self._made.append((usual, usual.with_constants(new) if new else usual))
        return self._made[-1][1]


def ask(checks: Iterable[Check], runs: Experiments) -> dict[str, float]:
    """Return the number of each check, NaN where there is none; each number is worked out once."""
    asked = list(checks)
    return dict.fromkeys((check.id for check in asked), math.nan) | answered(asked, runs)


def answered(checks: Iterable[Check], runs: Experiments) -> dict[str, float]:
    """Return the number of each check whose experiment could be run; NaN where it shows none."""
    numbers: dict[tuple[str, str, str], float | None] = {}
    found = {}
    for check in checks:
        key = question(check)
        if key not in numbers:
            try:
                numbers[key] = measure(runs, check.measure, check.recipe, check.of)
            except (SimulationError, MechanismError, LinAlgError):  # such as a curve of 10^200
                numbers[key] = None
        if (number := numbers[key]) is not None:
            found[check.id] = number
    return found


def question(check: Check) -> tuple[str, str, str]:
    """Return what a check asks of the simulation, whatever range it expects."""
    return check.recipe, check.measure, repr(sorted(check.of.items()))


def owners(checks: Iterable[Check], choose: Choose) -> dict[str, frozenset[Name]]:
    """Return, by recipe, the constants of parameter sets that its mechanism was built from."""
    found: dict[str, frozenset[Name]] = {}
    for recipe in dict.fromkeys(name for check in checks for name in check.recipes):
        try:
            mechanism = choose(get("recipes", recipe))
        except MechanismError:  # a rival that has nothing to say
            found[recipe] = frozenset()
        else:
            found[recipe] = frozenset(map(mechanism.origin, mechanism.constants))
    return found


@dataclass(frozen=True)
class Reach:
    """Which constants can act in which recipe, so that nothing is run again in vain.

    Args:
        choose: Chooses the mechanism of a recipe.
        used: The constants of each recipe's mechanism.
        charged: The reagents that each recipe, and each variation of it, puts into any vessel.
    """

    choose: Choose
    used: Mapping[str, frozenset[Name]]
    charged: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, checks: Collection[Check], runs: Experiments) -> Reach:
        """Run the checks and return what was charged.

        Args:
            checks: What will be asked.
            runs: Where it is asked with the package's own constants.
        """
        ask(checks, runs)
        charged: dict[str, frozenset[str]] = {}
        for run, _ in runs.finished():
            recipe = run.protocol.name.removesuffix(VARIED)
            charged[recipe] = charged.get(recipe, frozenset()) | run.protocol.reagents
        return cls(runs.choose, owners(checks, runs.choose), charged)

    def recipes(self, change: Mapping[Name, float]) -> list[str]:
        """Return the recipes in which a change can make a difference."""
        new = Changed(self.choose, change)
        found = []
        for recipe_id, used in self.used.items():
            if used.isdisjoint(change):
                continue
            recipe = get("recipes", recipe_id)
            if _differs(self.choose(recipe), new(recipe), self.charged[recipe_id]):
                found.append(recipe_id)
        return found


def _differs(old: Mechanism, new: Mechanism, charged: Iterable[str]) -> bool:
    """Return whether any reaction that can run at all has another law, or dots other sizes."""
    if len(old.all_reactions) != len(new.all_reactions):
        return True
    there = reachable(old, charged)
    if _sizes(old) != _sizes(new) and old.dots is not None and old.dots.units in there:
        return True
    return any(
        was != now and runs(was, there) and _matters(was, now, there)
        for was, now in zip(old.all_reactions, new.all_reactions, strict=True)
    )


def _sizes(mechanism: Mechanism) -> tuple[SizeClasses, ...]:
    """Return the size classes without their channels, which count as reactions."""
    bare = (replace(one, attachment=(), detachment=()) for one in mechanism.populations)
    return tuple(bare)


def _matters(was: Reaction, now: Reaction, there: Collection[str]) -> bool:
    if was.constant != now.constant or was.stoichiometry != now.stoichiometry:
        return True
    pairs = zip(was.factors, now.factors, strict=True)
    return any(old != new and looks(old, there) for old, new in pairs)
