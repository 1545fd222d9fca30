"""Recipes as published: amounts and procedure, and what they do not print. Nothing is computed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.document import Node
    from prenuc.facts.value import Value


@dataclass(frozen=True)
class Unreported:
    """Something that a recipe needs and does not print.

    Args:
        name: What is missing, such as "batch mass".
        why: What hangs on it.
        proposal: The assumption that is used unless the user gives another; None asks for one.
    """

    name: str
    why: str
    proposal: Value | None


@dataclass(frozen=True)
class Feed:
    """What goes into the flask, as ratios and one concentration.

    Args:
        ratio: Moles of each precursor relative to the others, by reagent.
        concentration_of: The reagent whose concentration is printed.
        concentration: That concentration, per mass of the whole batch.
        solvent: Reagent that makes up the rest.
    """

    ratio: Mapping[str, Value]
    concentration_of: str
    concentration: Value
    solvent: str


@dataclass(frozen=True)
class PublishedStep:
    """One sentence of a procedure and where it is printed.

    Args:
        text: A laboratory sentence; ``{name}`` stands for something unreported.
        source: Where it is printed.
    """

    text: str
    source: str


@dataclass(frozen=True)
class Recipe:
    """A published experiment.

    Args:
        id: Identifier, such as "cds-msc-311-in-toluene".
        name: One line.
        panel: Figure panel it belongs to, such as "2a-b".
        material: Semiconductor.
        feeds: What each flask is charged with, by vessel.
        procedure: The steps in order.
        unreported: What is not printed.
        source: Where the recipe is printed.
    """

    id: str
    name: str
    panel: str
    material: str
    feeds: Mapping[str, Feed]
    procedure: tuple[PublishedStep, ...]
    unreported: tuple[Unreported, ...]
    source: str

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read one entry of a recipe file."""
        return node.entry(
            cls,
            feeds={
                vessel: feed.part(Feed, "a feed") for vessel, feed in node.child("feeds").items()
            },
            procedure=tuple(
                step.part(PublishedStep, "a step", text=step.text("step"))
                for step in node.children("procedure")
            ),
            unreported=tuple(
                entry.part(Unreported, "an unreported entry")
                for entry in node.children("unreported")
            ),
        )


@dataclass(frozen=True)
class Observation:
    """What a paper reports to have seen or fitted.

    Args:
        id: Identifier, such as "figure-2b-rate-constant".
        panel: Figure panel.
        kind: "observation" or "kinetics".
        statement: What is claimed, in our words.
        evidence: "printed", "inference", "implied" or "absent".
        quantities: The printed numbers by name.
        source: Where it is printed.
        note: What a reader should know.
        entry: Identifier in the list of facts taken from the seed.
    """

    id: str
    panel: str
    kind: str
    statement: str
    evidence: str = field(default="printed", kw_only=True)
    quantities: Mapping[str, Value]
    source: str
    note: str = ""
    entry: str = ""

    @property
    def name(self) -> str:
        """The statement."""
        return self.statement


FITTED_TO = "calibrated rows", "all rows", ""
BLOCKS = (
    *("units", "closed by", "media", "additives", "roles", "debited"),
    *("components", "dots", "reactions"),
)


@dataclass(frozen=True)
class Structure:
    """What of a mechanism is no constant, and what was in view when it was chosen.

    Args:
        what: In words.
        informed_by: Observations, claims, or groups of them.
    """

    what: str = ""
    informed_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class ParameterSet:
    """The constants of one mechanism for one material.

    Args:
        id: Identifier, such as "two-pathway/CdS".
        name: One line.
        model: Name of the mechanism that reads it.
        material: Semiconductor.
        names: Which species and reagents play which part.
        values: The constants by name.
        blocks: Components, dots and reactions that the constants act by, as they are written; {}
            where the mechanism is written by a rule, or in another set.
        note: How the set came about.
        like: The set whose names it has, and every constant, component and reaction that it does
            not give.
        fitted_to: "calibrated rows" where no constant is informed by a held-out figure, "all rows"
            where one may be; "" where nothing is said.
        structure: What of it is no constant, and what informed that.
    """

    id: str
    name: str
    model: str
    material: str
    names: Mapping[str, str]
    values: Mapping[str, Value]
    blocks: Mapping[str, Any]
    note: str = ""
    like: str = ""
    fitted_to: str = ""
    structure: Structure = Structure()

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read one entry of a parameter file."""
        roles = node.child("names", {}) if "like" in node else node.child("names")
        blocks = {key: node.plain(key) for key in BLOCKS if key in node}
        names = {str(role): roles.text(str(role)) for role in roles.data}
        fitted_to = node.text("fitted to", default="")
        if fitted_to not in FITTED_TO:
            mend = "Write " + " | ".join(filter(None, FITTED_TO)) + ", or nothing"
            node.problem(f"'{fitted_to}' is nothing that a set is fitted to", "fitted to", mend)
        structure = node.child("structure", {}).part(Structure, "a structure")
        given = {"fitted_to": fitted_to, "structure": structure}
        return node.entry(cls, names=names, blocks=blocks, **given)

    def filled(self, base: ParameterSet) -> ParameterSet:
        """Return the set with what it has from the one that it is like.

        Of components and reactions, those that it gives itself stand in the place of the others.
        """
        values = {**base.values, **self.values}
        blocks = dict(base.blocks)
        for key, own in self.blocks.items():
            blocks[key] = {**blocks[key], **own} if isinstance(own, dict) else own
        names, structure = base.names, base.structure
        return replace(self, names=names, blocks=blocks, values=values, structure=structure)
