"""What a user's file says in few words: units, and equations such as "2 A + B -> C"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from prenuc.errors import QuantityError, nearest_names
from prenuc.quantities import Quantity

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from prenuc.facts.document import Node

MOST_MOLECULES = 1e6  # in one term; more is a typing error
DEFAULT_UNITS = {"time": "s", "concentration": "mol/L", "energy": "kJ/mol"}
_TERM = re.compile(r"\s*(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)?\s*\*?\s*([^\s\d+]\S*(?: \(\w+\))?)\s*")


def units_of(node: Node) -> dict[str, str]:
    """Return the units of a file, the usual ones where it names none."""
    given = node.child("units", default={})
    units = {key: given.text(key, default=usual) for key, usual in DEFAULT_UNITS.items()}
    given.finish("units")
    for key, unit in units.items():
        try:
            Quantity(1.0, unit).require(DEFAULT_UNITS[key])
        except QuantityError as error:
            node.problems += [problem.at(given.where(key)) for problem in error.problems]
            units[key] = DEFAULT_UNITS[key]
    return units


def sides_of(
    entry: Node, components: Collection[str], declared: str = "species"
) -> tuple[dict[str, float], dict[str, float], bool] | None:
    """Return both sides of the equation of an entry, and whether it goes both ways.

    Args:
        entry: With a key "equation".
        components: Known names.
        declared: Where a name is to be declared, for messages.

    Returns:
        Stoichiometric numbers of the left and the right side; None without an arrow.
    """
    text = entry.text("equation")
    arrow = "<->" if "<->" in text else "->"
    left_text, found, right_text = text.partition(arrow)
    if not found:
        entry.problem(f"'{text}' has no arrow", "equation", "Write 'A + B -> C' or 'A <-> B'")
        return None
    left = side_of(entry, "equation", left_text, components, declared)
    right = side_of(entry, "equation", right_text, components, declared)
    if not left and not right:
        entry.problem("a reaction of nothing", "equation", "Write '-> A', 'A ->' or 'A -> B'")
    return left, right, arrow == "<->"


def because_of(entry: Node, *, reversible: bool) -> str:
    """Return why a reaction has no way back, ``irreversible: {because: …}``; "" for no reason.

    Args:
        entry: The reaction.
        reversible: Whether its equation goes both ways, so that no reason is asked for.
    """
    if "irreversible" not in entry:
        return ""
    said = entry.child("irreversible")
    because = said.text("because").strip()
    said.finish("'irreversible'")
    if reversible:
        what = "a reaction goes both ways and says why it does not"
        entry.problem(what, "irreversible", "Leave one of them out")
    return because


def net_of(left: Mapping[str, float], right: Mapping[str, float]) -> dict[str, float]:
    """Return what a reaction makes (positive) and uses up (negative)."""
    return {name: right.get(name, 0.0) - left.get(name, 0.0) for name in {**left, **right}}


def side_of(
    entry: Node, key: str, text: str, components: Collection[str], declared: str = "species"
) -> dict[str, float]:
    """Return the stoichiometric numbers of one side; an empty side is a source or sink.

    Args:
        entry: Where it is written.
        key: Under which key.
        text: Such as "2 A + B".
        components: Known names.
        declared: Where a name is to be declared, for messages.
    """
    numbers: dict[str, float] = {}
    for term in re.split(r"\s\+\s|^\+\s|\s\+$", text) if text.strip() else []:
        match = _TERM.fullmatch(term)
        if match is None:
            entry.problem(f"cannot read '{term.strip()}'", key, "Write terms as '2 A'")
            continue
        number, name = float(match[1] or 1), match[2]
        if not 0 < number < MOST_MOLECULES:
            entry.problem(f"'{term.strip()}' has an impossible number", key, "Write '2 A'")
            continue
        if name not in components:
            near = nearest_names(name, components)
            mend = f"Fix the name or declare it under '{declared}'"
            entry.problem(f"no species '{name}'", key, mend, near)
        numbers[name] = numbers.get(name, 0.0) + number
    return numbers
