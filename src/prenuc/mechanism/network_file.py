"""A user's own mechanism, written in YAML.

Either a reaction network::

    units: {time: s, concentration: mol/L, energy: kJ/mol}
    species: {A: {initial: 1.0}, B: {}, C: {composition: {Cd: 1, S: 1}}}
    reactions:
      - {equation: "A -> B", k: 0.04}
      - {equation: "2 B -> B + C", k: 3.0e7}     # rate = k [B]², order from the left side
      - {equation: "A <-> C", k: 1.0, k_reverse: 0.5}
      - {equation: "B -> C", k: {at: 25 degC, value: 0.015, Ea: 85}}

or a change to any mechanism of the package, which is :meth:`Mechanism.with_constants`::

    based_on: two-pathway/CdS
    change: {isomerisation.k: 0.03 1/min}
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from prenuc.conditions import ROOM_TEMPERATURE
from prenuc.errors import MechanismError, Problem, QuantityError, nearest_names
from prenuc.facts.document import Node
from prenuc.facts.source import Source
from prenuc.facts.value import Value
from prenuc.facts.yaml_file import load
from prenuc.mechanism.constants import no_constant
from prenuc.mechanism.mechanism import Component, Mechanism, unbalanced
from prenuc.mechanism.named import mechanism_named
from prenuc.mechanism.reaction import Arrhenius, Reaction, mass_action
from prenuc.quantities import Quantity, parse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MOST_MOLECULES = 1e6  # in one term; more is a typing error
DEFAULT_UNITS = {"time": "s", "concentration": "mol/L", "energy": "kJ/mol"}
_TERM = re.compile(r"\s*(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)?\s*\*?\s*([^\s\d+][^\s]*)\s*")


def read_mechanism(path: Path) -> Mechanism:
    """Return the mechanism of a YAML file.

    Raises:
        MechanismError: Anything is wrong with it; all problems at once, with file and line.
        FactsError: It is not a YAML file.
    """
    problems: list[Problem] = []
    node = Node(load(path), str(path), problems)
    mechanism = _changed(node) if "based_on" in node else _network(node, path.stem)
    if problems or mechanism is None:
        raise MechanismError(problems)
    return mechanism


def _changed(node: Node) -> Mechanism | None:
    base = node.text("based_on")
    change = node.child("change", default={})
    node.finish("a changed mechanism")
    values, places = {}, {str(name): change.where(name) for name in change.data}
    try:
        mechanism = mechanism_named(base)
    except MechanismError as error:
        node.problems += [problem.at(node.where("based_on")) for problem in error.problems]
        return None
    for name, where in places.items():
        if name not in mechanism.constants:
            node.problems.append(no_constant(name, mechanism.constants, where))
        elif (quantity := change.written(name)) is not None:
            values[name] = Value(quantity, Source("user", where), "assumed")
    try:
        return mechanism.with_constants(values, places=places)
    except MechanismError as error:
        node.problems += [
            replace(problem, where=places.get(problem.where, problem.where))
            for problem in error.problems
        ]
        return None


def _network(node: Node, name: str) -> Mechanism | None:
    units = _units(node)
    components, initial = _species(node, units)
    reactions: list[Reaction] = []
    for index, entry in enumerate(node.children("reactions")):
        reactions += _reaction(entry, f"R{index + 1}", components, units)
    if not node.data.get("reactions"):
        node.problem(
            "the mechanism has no reactions", mend="Add 'reactions: - {equation: …, k: …}'"
        )
    node.finish("a mechanism")
    if node.problems:
        for reaction in reactions:
            if not set(reaction.stoichiometry) - set(components):
                node.problems += unbalanced(reaction, components)
        return None
    return Mechanism(name, components, tuple(reactions), initial=initial, units=units)


def _units(node: Node) -> dict[str, str]:
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


def _species(node: Node, units: Mapping[str, str]) -> tuple[dict[str, Component], dict[str, float]]:
    components: dict[str, Component] = {}
    initial: dict[str, float] = {}
    for name, entry in node.child("species").items():
        amount = entry.number("initial", default=0.0)
        if amount < 0:
            entry.problem(f"species '{name}' starts below zero", "initial", "Give zero or more")
        parts = entry.child("composition", default={})
        composition = {str(part): parts.number(str(part)) for part in parts.data}
        components[name] = Component(name, composition if "composition" in entry else None)
        initial[name] = Quantity(
            amount if math.isfinite(amount) else 0.0, units["concentration"]
        ).si
        entry.finish(f"species '{name}'")
    return components, initial


def _reaction(
    entry: Node, name: str, components: Mapping[str, Component], units: Mapping[str, str]
) -> list[Reaction]:
    text = entry.text("equation")
    arrow = "<->" if "<->" in text else "->"
    left_text, found, right_text = text.partition(arrow)
    if not found:
        entry.problem(f"'{text}' has no arrow", "equation", "Write 'A + B -> C' or 'A <-> B'")
        return []
    left, right = _side(entry, left_text, components), _side(entry, right_text, components)
    if not left and not right:
        entry.problem("a reaction of nothing", "equation", "Write '-> A', 'A ->' or 'A -> B'")
    net = {s: right.get(s, 0.0) - left.get(s, 0.0) for s in {**left, **right}}
    where = entry.where()
    reactions = []
    constant = _constant(entry, "k", sum(left.values()), units)
    reactions.append(Reaction(name, net, constant, mass_action(left), where))
    if arrow == "<->":
        constant = _constant(entry, "k_reverse", sum(right.values()), units)
        back = {s: -n for s, n in net.items()}
        reactions.append(Reaction(f"{name} reverse", back, constant, mass_action(right), where))
    entry.finish(f"reaction {name}")
    return reactions


def _side(entry: Node, text: str, components: Mapping[str, Component]) -> dict[str, float]:
    """Return species and stoichiometric numbers of one side; an empty side is a source or sink."""
    numbers: dict[str, float] = {}
    for term in re.split(r"\s\+\s|^\+\s|\s\+$", text) if text.strip() else []:
        match = _TERM.fullmatch(term)
        if match is None:
            entry.problem(f"cannot read '{term.strip()}'", "equation", "Write terms as '2 A'")
            continue
        number, name = float(match[1] or 1), match[2]
        if not 0 < number < MOST_MOLECULES:
            entry.problem(f"'{term.strip()}' has an impossible number", "equation", "Write '2 A'")
            continue
        if name not in components:
            near = nearest_names(name, components)
            mend = "Fix the name or declare it under 'species'"
            entry.problem(f"no species '{name}'", "equation", mend, near)
        numbers[name] = numbers.get(name, 0.0) + number
    return numbers


def _constant(entry: Node, key: str, order: float, units: Mapping[str, str]) -> Arrhenius:
    """Return a rate constant in SI units; its unit follows from the order of the reaction."""
    time, concentration = Quantity(1.0, units["time"]).si, Quantity(1.0, units["concentration"]).si
    scale = concentration ** (1.0 - order) / time
    if not isinstance(entry.data.get(key), dict):
        return Arrhenius(_not_negative(entry, key, entry.number(key)) * scale)
    law = entry.child(key)
    at = _temperature(law)
    number = law.number("Ea")
    energy = Quantity(number if math.isfinite(number) else 0.0, units["energy"]).si
    constant = Arrhenius(_not_negative(law, "value", law.number("value")) * scale, at, energy)
    law.finish(f"'{key}'")
    return constant


def _not_negative(node: Node, key: str, number: float) -> float:
    if number < 0:
        node.problem("a rate constant is below zero", key, "Swap the two sides of the equation")
    return number


def _temperature(law: Node) -> float:
    text = law.text("at")
    try:
        kelvin = parse(text).require("K").si
        if kelvin > 0:
            return kelvin
        law.problem(f"{text} is not above absolute zero", "at", "Give a temperature")
    except QuantityError as error:
        law.problems += [problem.at(law.where("at")) for problem in error.problems]
    return ROOM_TEMPERATURE
