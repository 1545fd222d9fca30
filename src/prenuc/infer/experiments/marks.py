"""Marks of rows: what a class or a pass rate of a row was computed with, in a few letters."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from prenuc.errors import MechanismError
from prenuc.facts.catalogue import entries, get, values_of

if TYPE_CHECKING:
    from prenuc.facts.check import Check
    from prenuc.infer.experiments.performed import Choose
    from prenuc.mechanism.mechanism import Mechanism

LETTERS = 12


class Marks:
    """Marks of checks with some choice of mechanisms; each mechanism is looked at once.

    Args:
        choose: Gives every recipe its mechanism.
    """

    def __init__(self, choose: Choose) -> None:
        self._choose = choose
        self._known: dict[str, str] = {}

    def of(self, check: Check) -> str:
        """Return the mark of a check: what it asks, its range, and what answers it."""
        asked = [check.measure, sorted(check.of.items()), check.expected()]
        said = [repr(asked), *(self._of_recipe(name) for name in check.recipes)]
        return _hashed(said)

    def _of_recipe(self, name: str) -> str:
        if name not in self._known:
            recipe = get("recipes", name)
            try:
                answers: Any = _said(self._choose(recipe))
            except MechanismError as error:
                answers = str(error)
            steps = [step.text for step in recipe.procedure]
            given = [str(value.quantity) for value in values_of(recipe)]
            self._known[name] = _hashed([answers, steps, given])
        return self._known[name]


def _said(mechanism: Mechanism) -> list[Any]:
    """Return what a mechanism is, but for its name: constants, reactions and spectra."""
    constants = [(name, str(value.quantity)) for name, value in mechanism.constants.items()]
    steps = [(one.name, sorted(one.stoichiometry.items())) for one in mechanism.all_reactions]
    species, known = {c.species for c in mechanism.components.values()}, entries("species")
    bands = [
        [str(value.quantity) for value in values_of(known[name])]
        for name in sorted(species & set(known))
    ]
    return [constants, steps, bands]


def _hashed(said: Any) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()[:LETTERS]
