"""A mechanism without one of its steps: which steps there are, and what takes their place.

A step is taken out by its constants: a rate constant becomes zero, a binding infinitely weak, an
enthalpy zero; the mechanism obeys thermodynamics as it did. The return of Mo/Fr is the way back of
fragmentation: it goes where Mo/Fr become so stable that there is no PC beside them. Cooperativity
is structure: an assembly then holds one S in place of three, and its K is such that as much is
assembled where half of the S was.

The two-pathway sets have steps with names of their own; of any other mechanism, a rival or a file
of a user, each rate constant is one.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from prenuc.errors import MechanismError, Problem, unknown_name
from prenuc.infer.calibration.one_by_one import CONSTANT, one_by_one
from prenuc.mechanism.alloy import MODEL as ALLOY
from prenuc.mechanism.constants import multiplied
from prenuc.mechanism.dots import Classes
from prenuc.mechanism.mechanism import Mechanism
from prenuc.mechanism.shipped import form_from, set_named
from prenuc.mechanism.two_pathway import MODEL
from prenuc.mechanism.writing import written
from prenuc.quantities import Quantity

if TYPE_CHECKING:
    from prenuc.facts.recipe import Recipe
    from prenuc.infer.experiments.performed import Choose

EQUAL = 1.0  # of a ligand that is not preferred to the one whose place it takes
WEAK = 1e9  # how many times more of a ligand is needed when it is said not to bind
UNSTABLE, STABLE = 1e-20, 1e2  # of K, PC and Mo/Fr: ten Mo/Fr stay, and S and Cd see the same PC
RATE, REVERSE = ".k", " reverse"  # end the names of a rate constant, and of a way back


class AbstractAblation(ABC):
    """A step that can be taken out.

    Attributes:
        step: In words.
    """

    step: str

    @abstractmethod
    def without(self, mechanism: Mechanism) -> Mechanism:
        """Return a mechanism without the step; the same object where it has no such step."""

    @abstractmethod
    def touched(self, mechanism: Mechanism) -> tuple[str, ...]:
        """Return the constants that mean nothing any more, by their names in the mechanism."""


@dataclass(frozen=True)
class OfConstants(AbstractAblation):
    """A step that is taken out by its constants, which become another number.

    Args:
        step: In words.
        pattern: A regular expression that matches the whole names of its constants.
        number: What takes the place of each.
    """

    step: str
    pattern: str
    number: float = 0.0

    def without(self, mechanism: Mechanism) -> Mechanism:
        """Return a mechanism with these constants changed."""
        new = {
            name: Quantity(self.number, mechanism.constants[name].quantity.unit)
            for name in self.touched(mechanism)
        }
        return mechanism.with_constants(new) if new else mechanism

    def touched(self, mechanism: Mechanism) -> tuple[str, ...]:
        """Return the constants that match."""
        return _matching(mechanism, self.pattern)


@dataclass(frozen=True)
class OfFactors(AbstractAblation):
    """A step that is taken out by constants that become many times larger or smaller.

    Args:
        step: In words.
        factors: By a regular expression that matches whole names of constants.
    """

    step: str
    factors: tuple[tuple[str, float], ...]

    def without(self, mechanism: Mechanism) -> Mechanism:
        """Return a mechanism with these constants multiplied."""
        by = {name: f for pattern, f in self.factors for name in _matching(mechanism, pattern)}
        if not self.touched(mechanism):
            return mechanism
        return mechanism.with_constants(multiplied(mechanism.constants, by))

    def touched(self, mechanism: Mechanism) -> tuple[str, ...]:
        """Return the constants that the first expression matches."""
        return _matching(mechanism, self.factors[0][0])


def _matching(mechanism: Mechanism, pattern: str) -> tuple[str, ...]:
    names = ((name, mechanism.origin(name)[1]) for name in mechanism.constants)
    return tuple(name for name, of in names if re.fullmatch(pattern, of))


@dataclass(frozen=True)
class OfCooperativity(AbstractAblation):
    """An assembly holds one chalcogen in place of several; see :func:`one_by_one`."""

    step: str = "cooperativity: several chalcogens in one assembly"

    def without(self, mechanism: Mechanism) -> Mechanism:
        """Return the same chemistry, assembled one chalcogen at a time."""
        there = set_named(mechanism.origin(CONSTANT)[0])
        if there is None or not self.touched(mechanism):
            return mechanism
        other = one_by_one(replace(there, values=mechanism.parameters))
        if other is None:
            return mechanism
        metal = next(c.name for c in mechanism.components.values() if c.kind == "precursor")
        form = form_from(other, metal, tuple(other.values))
        return Mechanism.written(partial(written, form, Classes()), other.values)

    def touched(self, mechanism: Mechanism) -> tuple[str, ...]:
        """Return the constant of the assembly, which has another unit afterwards."""
        return (CONSTANT,) if CONSTANT in mechanism.parameters else ()


_FRAGMENTATION = "fragmentation( with TOPO)?"
_ACTIVATION = "activation( in .*)?|stage in .*"
_BY_OTHERS = r"activation with (additives|HOAc|acetate|OTA)|stage with OTA"
ABLATIONS: tuple[AbstractAblation, ...] = (
    OfConstants("Pathway 2: monomers straight from the precursors", r"monomer formation\.k"),
    OfFactors("return of Mo/Fr to PCs", ((r"as-PC-\S+\.K", UNSTABLE), (r"Mo/Fr\.K", STABLE))),
    OfConstants("fragmentation of PCs: with it their return", r"fragmentation\.k"),
    OfConstants("all ways to Mo/Fr: PCs alone", rf"({_FRAGMENTATION}|monomer formation)\.k"),
    OfConstants("uptake of PCs by dots", r"uptake\.k"),
    OfCooperativity(),
    OfConstants("activation of PCs", rf"({_ACTIVATION}|{_BY_OTHERS})\.k"),
    OfConstants("activation that gives off heat", r"PC-311\.H"),
    OfConstants("exchange of the two PCs", r"exchange( with MeOH)?\.k"),
    OfConstants("substitution between PCs", r"substitution( with OTA)?\.k"),
    OfConstants("binding of MSA", r".* under MSA-ate\.K", EQUAL),
    OfFactors("binding of HPPh2", ((r".* under HPPh2\.h", WEAK),)),
    OfFactors("binding of TOPO to Mo/Fr", ((r"Mo/Fr under TOPO\.h", WEAK),)),
    OfFactors("binding of TOPO to dots", ((r"dots under TOPO\.h", WEAK),)),
    OfConstants("binding of acetate", r".* under acetate\.K", EQUAL),
    OfConstants("catalysis of bond formation by HPPh2", r"bond formation with HPPh2\.k"),
    OfConstants("catalysis of fragmentation by TOPO", r"fragmentation with TOPO\.k"),
    OfConstants("catalysis of growth by TOPO", r"growth( of bare pieces)? with TOPO\.k"),
    OfConstants("catalysis of activation by additives", rf"({_BY_OTHERS})\.k"),
    OfConstants("catalysis of isomerisation by OTA", r"isomerisation with OTA\.k"),
    OfConstants("catalysis of exchange by MeOH", r"exchange with MeOH\.k"),
    OfConstants("catalysis of substitution by OTA", r"substitution with OTA\.k"),
)
WITH_NAMES = frozenset({MODEL, ALLOY})  # models whose steps these are


def ablations_of(mechanism: Mechanism) -> tuple[AbstractAblation, ...]:
    """Return the steps of a mechanism that can be taken out.

    Args:
        mechanism: One of the package or of a file.

    Returns:
        The steps of the two-pathway model that it has; of any other mechanism one step for each
        rate constant above zero, a way back of its own with the way there.
    """
    if mechanism.name.partition("/")[0] in WITH_NAMES:
        return tuple(one for one in ABLATIONS if one.without(mechanism) is not mechanism)
    rates = {
        name.removesuffix(RATE).removesuffix(REVERSE): None
        for name, value in mechanism.constants.items()
        if name.endswith(RATE) and value.quantity.number > 0
    }
    return tuple(OfConstants(name, rf"{re.escape(name)}({REVERSE})?\.k") for name in rates)


def ablation_named(step: str, mechanism: Mechanism) -> AbstractAblation:
    """Return the step of a mechanism that begins with a text, such as "Pathway 2" or "pathway 2".

    Raises:
        MechanismError: It has no such step, or several; the nearest names are given.
    """
    there, asked = ablations_of(mechanism), step.casefold()
    found = [one for one in there if one.step.casefold().startswith(asked)]
    found = [one for one in found if one.step.casefold() == asked] or found
    if not found:
        short = [one.step.partition(":")[0] for one in there]
        raise MechanismError(unknown_name("step", step, short))
    if len(found) > 1:
        several = tuple(one.step for one in found)
        raise MechanismError(Problem(f"'{step}' begins several steps", "Say which", several))
    return found[0]


@dataclass(frozen=True)
class Without:
    """Chooses the mechanism of a recipe, without a step.

    Args:
        choose: Chooses it as it is.
        ablation: What is taken out.
    """

    choose: Choose
    ablation: AbstractAblation
    _made: list[tuple[Mechanism, Mechanism]] = field(
        default_factory=list, repr=False, compare=False
    )

    def __call__(self, recipe: Recipe) -> Mechanism:
        """Return the mechanism for a recipe; recipes that share one share the new one."""
        usual = self.choose(recipe)
        for old, made in self._made:
            if old is usual:
                return made
        self._made.append((usual, self.ablation.without(usual)))
        return self._made[-1][1]
