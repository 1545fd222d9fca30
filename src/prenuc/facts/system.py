"""What the constants of a mechanism were found with: reagents, liquids and temperatures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.value import Value


@dataclass(frozen=True)
class System:
    """A published system of reagents, which the parameter set of the same name speaks about.

    Args:
        id: As behind the model in the name of a set, such as "CdSe-ODE".
        name: One line, such as "CdSe from Cd(MA)2 and Se in ODE".
        material: Semiconductor.
        solvents: The liquids of its recipes, the hot one first.
        reagents: Everything else that they charge.
        recipes: The recipes themselves.
        low: The lowest temperature at which they let a liquid react.
        high: The highest.
        without_effect: Reagents that are said to do nothing there, each with who says so.
        note: What a reader should know.
    """

    id: str
    name: str
    material: str
    solvents: tuple[str, ...]
    reagents: tuple[str, ...]
    recipes: tuple[str, ...]
    low: Value
    high: Value
    without_effect: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
