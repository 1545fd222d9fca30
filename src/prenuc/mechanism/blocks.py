r"""A mechanism as blocks, one for each component and each reaction: the rule they stand for.

**Components** have a standard chemical potential against others, μ = Σ n_j μ_j + H − T S, given as
H and S, or as K at a temperature and H; one that says nothing defines zero. A ligand that binds to
s sites of a component lowers its potential by RT s ln(1 + x/h), and acts on nothing else. What is
bound is taken off a ligand that is ``debited``; any other is a reservoir. A ligand may take the
place of another (``exchange``), at sites that one of both always holds (``binding.py``).

**Reactions** have a forward law k Π cᵢ^oᵢ, where the orders are those of the equation unless the
block gives others, and catalysts, which multiply both ways. The way back of a reversible one is
forward × exp(−affinity/RT),

.. math:: k_\mathrm{b}(T) = k_\mathrm{f}(T) / K(T), \quad
   \ln K = \frac{ΔS}{R} - \frac{ΔH}{R T}, \quad \text{orders } o_i + ν_i

times (1 + x/h)^(−s ν) for every ligand, with the ν of the equation as it is closed: so every cycle
closes, whatever the numbers are. Other factors of a forward law act on the way there alone, unless
the block says why the law is no mass action, ``because``: then the step runs at
forward × (1 − exp(−affinity/RT)). A backward constant of its own is possible where a block marks it
as ``legacy``.

**Stages.** A component may stand for a number of equal stages, one after the other. What it reacts
to is written once for all of them, what makes it makes the first; a reaction that is a ``chain``
leads from each to the next and from the last to its product. All have one potential, or each is
formed from the one before (``each stage``): then the component defines that of the first, and what
is formed from it is formed from the last.

**Dots** are made in a size and then grow: a reaction that makes units of dots without saying in
what size is a channel by which they join a dot that is there (``dots.py``). One that acts from a
single unit on makes dots of two, whose way back is that they lose one. A reversible one that says
in what size makes the smallest dots, which fall apart into what they were made of.

Standard state: 1 mol/m³, that is 1 mmol/L. Limit: a way back of an order below zero is refused.

=====================  =========================================================================
constant               what
=====================  =========================================================================
reaction.k, .at, .Ea   forward constant at a temperature, activation energy
reaction reverse.k …   the same of a legacy way back
reaction with X.half   half-value of a catalyst that levels off; ``.scale`` of one that does not
reaction under X.h     the same as of a component, of a ligand that acts on a rate
component.K, .at, .H   equilibrium constant of its formation at a temperature, and enthalpy
component.H, .S        or enthalpy and entropy
component stage.K …    the same of each stage of a component against the one before
dots.solubility, .H    of a plane surface of dots at ``dots.solubility at``, heat of dissolution
component under X.h    concentration at which half of the sites are bound; ``.sites``: how many;
                       of a debited X also ``.H``, heat of binding, and h at ``.at``
component under X.K    how much its sites prefer X to the ligand that X takes the place of
dots under X.h, .sites the same of a ligand that covers dots; sites per n^(2/3)
=====================  =========================================================================
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from prenuc.conditions import GAS_CONSTANT
from prenuc.errors import MechanismError
from prenuc.mechanism.population import DOTS
from prenuc.mechanism.structure import LastWritten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.mechanism.mechanism import Component
    from prenuc.mechanism.reaction import Factor
    from prenuc.mechanism.structure import Noted

Number: TypeAlias = "float | str"  # itself, or constants: "a", "a * b", "a / b", "a - 1"
LESS_ONE = " - 1"


@dataclass(frozen=True)
class ComponentBlock:
    """What is said of a component besides its constants.

    Args:
        component: Name, basis, kind, species.
        initial: Starting concentration in mol/m³.
        against: How many of each other component it is made of, for its potential; {} where the
            component defines zero.
        ligands: What binds to it.
        exchanges: The ligand that each of others takes the place of, at sites that are never bare.
        parts: Moieties and reagents that it is put together from; None where that is not known.
        neutral: Metal carboxylate whose carboxylates its excess metal keeps; "" for none.
        stages: The constant that says in how many stages it is counted; "" for one.
        step: First words of K, at and H of each stage against the one before; "" where all are
            alike.
        words: First words of K, at and H (or H and S) of what it is made of, where they are not
            its own name.
    """

    component: Component
    initial: float = 0.0
    against: Mapping[str, float] = field(default_factory=dict)
    ligands: tuple[str, ...] = ()
    exchanges: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, Number] | None = None
    neutral: str = ""
    stages: str = ""
    step: str = ""
    words: str = ""

    @property
    def name(self) -> str:
        """Name of the component."""
        return self.component.name


@dataclass(frozen=True)
class Term:
    """A factor of a rate law besides mass action.

    Args:
        kind: Its class.
        pool: Components, reagents and moieties, the sum of which it is a function of.
        numbers: Its other arguments.
        fraction: Whether a solvent's volume fraction is meant.
    """

    kind: type[Factor]
    pool: tuple[str, ...]
    numbers: Mapping[str, Number] = field(default_factory=dict)
    fraction: bool = False


@dataclass(frozen=True)
class Legacy:
    """A way back that does not follow from the components.

    Args:
        orders: Of its law.
        name: Of the reaction.
        law: First words of the constants k, at and Ea; "" where k follows from one of the others.
        equilibrium: First words of K, K at and H.
        solubility: First words of the solubility of dots, solubility at and H.
        terms: What acts on it alone.
    """

    orders: Mapping[str, float]
    name: str
    law: str = ""
    equilibrium: str = ""
    solubility: str = ""
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True)
class ReactionBlock:
    """What is said of a reaction besides its constants.

    Args:
        name: Its name.
        net: ν: moles made (positive) and used up (negative).
        orders: o, of the forward law.
        law: First words of its constants k, at and Ea.
        catalysts: What multiplies both ways.
        terms: What acts on the way there alone.
        times: What its constant is multiplied with.
        size: Units in the dots that it makes.
        per_dot: Whether it runs once for a dot, not once for a unit.
        between: Units in the smallest and the largest dot that it lets grow.
        chain: Whether it leads from stage to stage.
        reversible: Whether there is a way back.
        legacy: A way back with constants of its own; None where it follows.
        where: ``file:line``.
        because: Why it has no way back, or a law that is no mass action.
    """

    name: str
    net: Mapping[str, float]
    orders: Mapping[str, float]
    law: str
    catalysts: tuple[Term, ...] = ()
    terms: tuple[Term, ...] = ()
    times: Number = 1.0
    size: Number | None = None
    per_dot: bool = False
    between: tuple[Number, Number] | None = None
    chain: bool = False
    reversible: bool = False
    legacy: Legacy | None = None
    where: str = ""
    because: str = ""

    @property
    def back(self) -> dict[str, float]:
        """Orders of the way back, without those that are zero."""
        if self.legacy is not None:
            return dict(self.legacy.orders)
        names = {**self.orders, **self.net}
        orders = {n: self.orders.get(n, 0.0) + self.net.get(n, 0.0) for n in names}
        return {name: order for name, order in orders.items() if order}


@dataclass(frozen=True)
class Form:
    """Everything that is said in a file but the constants.

    Args:
        name: Of the mechanism.
        units: In which it was written and is reported; {} for one that runs in vessels only.
        components: In the order of results.
        reactions: In order.
        material: Semiconductor, if any.
        closed_by: The metal carboxylates that close equations, the one that takes and brings metal
            first; () where every equation is written in full.
        media: Reagents that are counted besides.
        dots: The numbers of :class:`~prenuc.mechanism.dots.Surface`; None where there are no dots.
        plane: What a plane surface of dots dissolves into, and first words of its solubility; None
            where that is not said.
        covering: The ligand that covers dots; "" for none.
        debited: Ligands from which what is bound is taken.
        memory: How it was last written.
    """

    name: str
    units: Mapping[str, str]
    components: tuple[ComponentBlock, ...]
    reactions: tuple[ReactionBlock, ...]
    material: str = ""
    closed_by: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    dots: Mapping[str, Number] | None = None
    plane: tuple[str, str] | None = None
    covering: str = ""
    debited: tuple[str, ...] = ()
    memory: LastWritten = field(default_factory=LastWritten, init=False, compare=False, repr=False)

    def potential(self, name: str, values: Noted, stage: int | None = None) -> tuple[float, float]:
        """Return standard enthalpy (J/mol) and entropy (J/mol/K) of a component.

        Of dots, that of a unit in a large one, which is in equilibrium with its solubility. What
        stands in no block, a carboxylate that is set free, defines zero.

        Args:
            name: Of the component.
            values: The constants.
            stage: Which of its stages, from 0; the last one when None.
        """
        if name == DOTS.units and self.plane is not None:
            return self._of_unit(*self.plane, values)
        block = self._by_name.get(name)
        if block is None:
            return 0.0, 0.0
        words = block.words or name
        enthalpy, entropy = _formed(words, values) if block.against else (0.0, 0.0)
        for other, number in block.against.items():
            h, s = self.potential(other, values)
            enthalpy, entropy = enthalpy + number * h, entropy + number * s
        if block.step:
            before = round(values[block.stages].si) - 1 if stage is None else stage
            h, s = _formed(block.step, values)
            enthalpy, entropy = enthalpy + before * h, entropy + before * s
        return enthalpy, entropy

    @cached_property
    def _by_name(self) -> dict[str, ComponentBlock]:
        return {block.name: block for block in self.components}

    def _of_unit(self, dissolved: str, words: str, values: Noted) -> tuple[float, float]:
        solubility, at, heat = (
            values[f"{words}.{last}"].si for last in ("solubility", "solubility at", "H")
        )
        if solubility <= 0:
            what, where = "the solubility of dots is zero", f"{words}.solubility"
            raise MechanismError(what, "Give one above zero, or write '->'", where=where)
        enthalpy, entropy = self.potential(dissolved, values)
        return enthalpy - heat, entropy - heat / at - GAS_CONSTANT * math.log(solubility)


def _formed(words: str, values: Noted) -> tuple[float, float]:
    """Return what forming something adds to enthalpy and entropy, by first words of constants."""
    enthalpy: float = values[f"{words}.H"].si
    if f"{words}.S" in values:
        return enthalpy, values[f"{words}.S"].si
    equilibrium, at = values[f"{words}.K"].si, values[f"{words}.at"].si
    return enthalpy, enthalpy / at + GAS_CONSTANT * math.log(equilibrium)
