"""Which rows need which step of the two-pathway model: a step is taken out, and nothing refitted.

A step is taken out by its constants: a rate constant becomes zero, a binding infinitely weak, an
enthalpy zero. Cooperativity is structure: an assembly then holds one S in place of three, and its
K is such that as much is assembled where half of the S was.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from prenuc.infer.calibration.parallel import work
from prenuc.infer.calibration.varied import QUICK, Changed, ask, owners, value_of
from prenuc.infer.court.priors import EQUAL
from prenuc.infer.experiments.performed import Experiments
from prenuc.infer.studies.one_by_one import CONSTANT, one_by_one
from prenuc.mechanism.dots import Classes
from prenuc.mechanism.mechanism import Mechanism
from prenuc.mechanism.shipped import form_from, known_set
from prenuc.mechanism.writing import written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from prenuc.facts.check import Check
    from prenuc.facts.recipe import Recipe
    from prenuc.infer.calibration.varied import Name
    from prenuc.infer.experiments.performed import Choose

WEAK = 1e9  # how many times more of a ligand is needed when it is said not to bind


@dataclass(frozen=True)
class Ablation:
    """A step, and what its constants are without it.

    Args:
        step: In words.
        names: What the names of its constants begin or end with.
        number: What takes the place of each; a factor where it is told so.
        factor: Whether ``number`` multiplies.
    """

    step: str
    names: tuple[str, ...]
    number: float = 0.0
    factor: bool = False

    def change(self, names: Iterable[Name]) -> dict[Name, float]:
        """Return the constants that it changes among some, with their new numbers."""
        mine = [name for name in names if self._has(name[1])]
        if not self.factor:
            return dict.fromkeys(mine, self.number)
        return {name: self.number * value_of(name).quantity.number for name in mine}

    def _has(self, name: str) -> bool:
        return name in self.names or name.endswith(tuple(n for n in self.names if n[0] == " "))


ABLATIONS = (
    Ablation("Pathway 2: monomers straight from the precursors", ("monomer formation.k",)),
    Ablation("fragmentation of PCs", ("fragmentation.k",)),
    Ablation("fragmentation by TOPO", ("fragmentation with TOPO.k",)),
    Ablation("uptake of PCs by dots", ("uptake.k",)),
    Ablation("exchange of the two PCs", ("exchange.k",)),
    Ablation("binding of MSA", (" under MSA-ate.K",), EQUAL),
    Ablation("binding of HPPh2", (" under HPPh2.h",), WEAK, factor=True),
    Ablation("bond formation by HPPh2", ("bond formation with HPPh2.k",)),
    Ablation("binding of TOPO to Mo/Fr", ("Mo/Fr under TOPO.h",), WEAK, factor=True),
    Ablation("binding of TOPO to dots", ("dots under TOPO.h",), WEAK, factor=True),
    Ablation("exothermic activation", ("PC-311.H",)),
)


@dataclass(frozen=True)
class Ablated:
    """What a step is for.

    Args:
        step: In words.
        lost: Rows that pass with the step and not without it.
        won: Rows that pass without the step only.
    """

    step: str
    lost: tuple[str, ...]
    won: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {"step": self.step, "rows_lost": list(self.lost), "rows_won": list(self.won)}


@dataclass(frozen=True)
class NotCooperative:
    """Chooses the mechanism of a recipe, with an assembly of one chalcogen in place of several.

    Args:
        choose: Chooses it as it is.
    """

    choose: Choose

    def __call__(self, recipe: Recipe) -> Mechanism:
        """Return the mechanism for a recipe; as it is where nothing assembles."""
        usual = self.choose(recipe)
        owner = usual.origin(CONSTANT)[0] if CONSTANT in usual.constants else ""
        other = one_by_one(known_set(owner)) if owner else None
        if other is None:
            return usual
        metal = next(c.name for c in usual.components.values() if c.kind == "precursor")
        form = form_from(other, metal, tuple(other.values))
        return Mechanism.written(partial(written, form, Classes()), other.values)


COOPERATIVE = "cooperativity: several chalcogens in one assembly"


def ablations(
    checks: Sequence[Check],
    choose: Choose,
    *,
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> list[Ablated]:
    """Take out one step after the other and return what each is for.

    Args:
        checks: The rows.
        choose: Gives every recipe its mechanism; a function of a module with several workers.
        workers: Processes to work with.
        progress: Called with the finished share.

    Returns:
        One answer for each step that the mechanisms have.
    """
    used = {name for of in owners(checks, choose).values() for name in of}
    there = {one.step: change for one in ABLATIONS if (change := one.change(used))}
    steps = ["", COOPERATIVE, *there]
    do = partial(_passing, checks, choose, there)
    found = dict(zip(steps, work(do, steps, workers=workers, progress=progress), strict=True))
    usual = found.pop("")
    ids = [check.id for check in checks]
    return [
        Ablated(
            step,
            tuple(name for name in ids if name in usual - passing),
            tuple(name for name in ids if name in passing - usual),
        )
        for step, passing in found.items()
    ]


def _passing(
    checks: Sequence[Check], choose: Choose, changes: Mapping[str, Mapping[Name, float]], step: str
) -> set[str]:
    """Return the rows that pass without a step; with everything where none is named."""
    other: Choose = choose
    if step:
        other = NotCooperative(choose) if step == COOPERATIVE else Changed(choose, changes[step])
    numbers = ask(checks, Experiments(other, solver=QUICK))
    return {check.id for check in checks if check.verdict(numbers[check.id]) == "pass"}
