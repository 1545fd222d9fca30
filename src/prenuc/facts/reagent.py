"""What stands on the shelf: moieties, and the reagents and solvents made of them.

A *moiety* is a part that no reaction of prenuc breaks: a metal atom, a chalcogen atom, a
carboxylate, a whole solvent molecule. Mass and volume are sums over moieties, so a reaction
that balances its moieties changes neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from prenuc.errors import noting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.document import Node
    from prenuc.facts.value import Value


UNITS = {
    "molar_mass": "g/mol",
    "density": "g/mL",
    "melting_point": "degC",
    "boiling_point": "degC",
}


@dataclass(frozen=True)
class Moiety:
    """A part of a compound that is conserved in every reaction.

    Args:
        id: Short name, such as "Cd" or "oleate".
        name: Name as a chemist says it.
        formula: Sum formula.
        kind: "metal", "chalcogen", "pnictogen", "carboxylate", "silyl" or "other".
        molar_mass: Mass per mole.
        molar_volume: Volume per mole that it contributes to a liquid.
    """

    id: str
    name: str
    formula: str
    kind: str
    molar_mass: Value
    molar_volume: Value


@dataclass(frozen=True)
class Reagent:
    """A compound that can be weighed or pipetted.

    Args:
        id: Short name, such as "ODE" or "Cd(OA)2".
        name: Full name.
        formula: Sum or structural formula.
        composition: Moieties and how many of each; a compound that always stays whole is its
            own moiety.
        roles: Any of solvent, precursor, additive, ligand, by-product.
        aliases: Other names for the same compound.
        molar_mass: Mass per mole.
        density: Density of the pure compound, for liquids.
        melting_point: Melting point, when known.
        boiling_point: Boiling point, when known.
        note: What a reader should know.
    """

    id: str
    name: str
    formula: str
    composition: Mapping[str, int]
    roles: tuple[str, ...]
    aliases: tuple[str, ...]
    molar_mass: Value
    density: Value | None
    melting_point: Value | None
    boiling_point: Value | None
    note: str = ""

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read one entry of ``reagents.yaml``; what says nothing of its moieties stays whole."""
        whole = {} if "composition" in node else {"composition": {node.text("id"): 1}}
        reagent = node.entry(cls, **whole)
        for key, unit in UNITS.items():
            value = getattr(reagent, key) if key in node else None
            if value is None:
                continue
            with noting(node.problems, node.where(key)):
                value.quantity.require(unit)
                if not value.si > 0:
                    node.problem(f"{key} is {value.quantity}", key, "Give a number above zero")
        if reagent.whole and reagent.density is None:
            node.problem(
                f"'{reagent.id}' is its own moiety and needs a density", mend="Add 'density: …'"
            )
        return reagent

    @property
    def whole(self) -> bool:
        """Whether the compound is its own moiety."""
        return dict(self.composition) == {self.id: 1}

    @property
    def is_solvent(self) -> bool:
        """Whether the compound can be the liquid that a reaction runs in."""
        return "solvent" in self.roles
