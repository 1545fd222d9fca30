"""What an additive does to whatever mechanism it meets, and how large that may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.document import Node

DEEDS = "binds", "exchanges", "covers", "blocks", "speeds"
LAWS = "first order", "levels off", "any order", "share of volume"


@dataclass(frozen=True)
class Prior:
    """The range of a constant before anything was fitted.

    Args:
        low: Its smallest number.
        high: Its largest.
        unit: Of both.
        at: Temperature at which a rate constant is meant; "" for any other.
        beside: Concentration of a second reactant at which it is of first order; "" for none.
    """

    low: float
    high: float
    unit: str
    at: str = ""
    beside: str = ""

    @classmethod
    def read(cls, node: Node, name: str) -> Self:
        """Read the range of a constant."""
        at, beside = (node.text(key, default="") for key in ("at", "beside"))
        found = cls(node.number("low"), node.number("high"), node.text("unit"), at, beside)
        node.finish(f"the range of '{name}'")
        if not 0.0 < found.low < found.high:
            what = f"'{name}' may be {found.low:g} to {found.high:g}"
            node.problem(what, mend="Give an ascending range above zero")
        return found


@dataclass(frozen=True)
class Act:
    """One thing that an additive does.

    Args:
        does: One of :data:`DEEDS`.
        role: The part of a mechanism that it is done to.
        by: The reagent or moiety that does it.
        law: How a route depends on it, one of :data:`LAWS`; "" for what is no route.
        together: Last words of a rate constant that several additives share; "" for its own.
        numbers: The prior of each constant by its last word.
    """

    does: str
    role: str
    by: str
    law: str
    together: str
    numbers: Mapping[str, Prior]

    @classmethod
    def read(cls, node: Node, usual: str) -> Self:
        """Read one act of the additive of a name."""
        numbers = {name: Prior.read(one, name) for name, one in node.child("numbers").items()}
        does, law = node.text("does"), node.text("as", default="")
        laws = LAWS if does == "speeds" else ("",)
        for key, word, known in (("does", does, DEEDS), ("as", law, laws)):
            if word not in known:
                node.problem(f"'{word}' is nothing that an additive does", key)
        by, together = node.text("by", default=usual), node.text("together", default="")
        found = cls(does, node.text("role"), by, law, together, numbers)
        node.finish("an act")
        return found


@dataclass(frozen=True)
class Additive:
    """An additive.

    Args:
        id: Such as "TOPO".
        name: In words.
        brings: Reagents that a mechanism counts when it has the additive.
        acts: What it does.
    """

    id: str
    name: str
    brings: tuple[str, ...]
    acts: tuple[Act, ...]

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read one entry of the file of additives."""
        which = node.text("id")
        acts = tuple(Act.read(one, which) for one in node.children("acts"))
        return cls(which, node.text("name"), node.texts("brings"), acts)
