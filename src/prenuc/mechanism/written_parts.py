"""What a mechanism written from blocks consists of: components, their stages, what follows."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from prenuc.errors import MechanismError
from prenuc.facts.catalogue import get
from prenuc.mechanism.blocks import LESS_ONE
from prenuc.mechanism.matter import carboxylates, component, parts_of, released
from prenuc.mechanism.mechanism import Component
from prenuc.mechanism.population import DOTS
from prenuc.mechanism.ways_back import Ligands

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from prenuc.mechanism.blocks import ComponentBlock, Form, Number, ReactionBlock
    from prenuc.mechanism.dots import AbstractDots
    from prenuc.mechanism.structure import Noted

T = TypeVar("T")

MOST_STAGES = 100  # more are a lag without spread, and a slow simulation


@dataclass
class Parts:
    """The components of a form, and whatever is made of its constants.

    Args:
        form: What the file says.
        dots: How dots are counted.
        values: The constants.
        parts: What was made so far, and of which constants.
    """

    form: Form
    dots: AbstractDots
    values: Noted
    parts: dict[Hashable, tuple[set[str], Any]] = field(default_factory=dict)

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what a function makes of constants, or made of the same ones last time."""
        known = self.parts.get(key)
        if known is None:
            outside, self.values.read = self.values.read, set()
            made = make()
            known = self.parts[key] = self.values.read, made
            self.values.read = outside
        self.values.read |= known[0]  # what is made of this is made of the same constants
        found: T = known[1]
        return found

    def number(self, given: Number) -> float:
        """Return a number, a constant, or what constants give."""
        if not isinstance(given, str):
            return given
        above, _, below = given.removesuffix(LESS_ONE).partition(" / ")
        found: float = math.prod(self.values[name].si for name in above.split(" * "))
        found /= self.values[below].si if below else 1.0
        return found - given.endswith(LESS_ONE)

    @property
    def ligands(self) -> Ligands:
        """The ligands that bind."""
        return Ligands(self.form, self.values, self.stages)

    @property
    def stages(self) -> dict[str, list[str]]:
        """The names of the stages of what is counted in stages."""
        return self.kept("stages", self.count_stages)

    @property
    def counted(self) -> dict[str, Component]:
        """Every component, see :meth:`count`."""
        return self.kept("components", self.count)

    def count_stages(self) -> dict[str, list[str]]:
        """Return the names of the stages of what is counted in stages."""
        found = {}
        for block in self.form.components:
            if block.stages:
                count = self.number(block.stages)
                if not 1 <= count <= MOST_STAGES or count != round(count):
                    what = f"{count:g} {block.stages} is no count"
                    mend = f"Give a whole number of 1 to {MOST_STAGES}"
                    raise MechanismError(what, mend, where=block.stages)
                numbers = range(1, round(count) + 1)
                found[block.name] = [f"{block.name}.{i}" for i in numbers]
        return found

    def count(self) -> dict[str, Component]:
        """Return what leads to monomers, dots, what equations set free, media, what follows."""
        found: dict[str, Component] = {}
        last: dict[str, Component] = {}
        for block in self.form.components:
            part = replace(block.component, composition=self.composition(block))
            names = self.stages.get(block.name, [block.name])
            after = any(one.kind == "monomer" for one in found.values())
            (last if after else found).update({n: replace(part, name=n) for n in names})
        if self.form.dots is not None:
            material = get("materials", self.form.material)
            unit = {material.metal: 1.0, material.chalcogen: 1.0}
            found[DOTS.units] = Component(DOTS.units, unit, f"{material.chalcogen} atom", "QD")
            for name in (DOTS.number, DOTS.length, DOTS.surface):
                found[name] = Component(name, {}, "dot · unit^(p/3)", "moment")
        besides = (*released(self.form.closed_by).values(), *self.form.media)
        found |= {n: component(n) for n in besides if n not in found}
        return found | self.ligands.components() | last

    def composition(self, block: ComponentBlock) -> dict[str, float] | None:
        """Return moieties per mole of a component."""
        if block.parts is None:
            return None
        parts = parts_of({name: self.number(n) for name, n in block.parts.items()})
        if block.neutral:
            atom = next(iter(get("reagents", block.neutral).composition))
            parts |= carboxylates(block.neutral, 2.0 * parts[atom] - sum(parts.values()))
        return parts

    def variants(
        self, block: ReactionBlock, stages: Mapping[str, list[str]]
    ) -> list[dict[str, str]]:
        """Return the names of components in an equation that stands for several stages."""
        staged = [name for name in block.net if name in stages]
        if not staged:
            return [{}]
        (name,) = staged
        if block.net[name] > 0:
            return [{name: stages[name][0]}]
        if not block.chain:
            return [{name: stage} for stage in stages[name]]
        (product,) = (part for part, number in block.net.items() if number > 0)
        following = [*stages[name][1:], product]
        pairs = zip(stages[name], following, strict=True)
        return [{name: old, product: new} for old, new in pairs]
