"""A user's own mechanism, written in YAML.

Either a reaction network::

    units: {time: s, concentration: mol/L, energy: kJ/mol}
    species: {A: {initial: 1.0}, B: {}, C: {composition: {Cd: 1, S: 1}}}
    reactions:
      - {equation: "A -> B", k: 0.04}
      - {equation: "2 B -> B + C", k: 3.0e7}     # rate = k [B]², order from the left side
      - {equation: "A <-> C", k: 1.0, k_reverse: 0.5}
      - {equation: "B -> C", k: {at: 25 degC, value: 0.015, Ea: 85}}

or blocks of ``components`` and ``reactions``, which say more (:mod:`prenuc.mechanism.block_file`),
or a change to any mechanism of the package, which is :meth:`Mechanism.with_constants`::

    based_on: two-pathway/CdS
    change: {isomerisation.k: 0.03 1/min}
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from prenuc.conditions import ROOM_TEMPERATURE
from prenuc.errors import MechanismError, Problem, QuantityError
from prenuc.facts.document import Node
from prenuc.facts.source import Source
from prenuc.facts.value import Value
from prenuc.facts.yaml_file import load
from prenuc.mechanism.block_file import read_blocks
from prenuc.mechanism.constants import no_constant
from prenuc.mechanism.dots import Classes
from prenuc.mechanism.equations import because_of, net_of, sides_of, units_of
from prenuc.mechanism.mechanism import Component, Mechanism, unbalanced
from prenuc.mechanism.named import mechanism_named
from prenuc.mechanism.reaction import Arrhenius, Reaction, mass_action
from prenuc.mechanism.writing import written
from prenuc.quantities import Quantity, parse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


LARGEST = 300  # decimal exponent of a rate constant


def read_mechanism(path: Path) -> Mechanism:
    """Return the mechanism of a YAML file.

    Raises:
        MechanismError: Anything is wrong with it; all problems at once, with file and line.
        FactsError: It is not a YAML file.
    """
    problems: list[Problem] = []
    node = Node(load(path), str(path), problems)
    if "based_on" in node:
        mechanism = _changed(node)
    elif "components" in node:
        mechanism = _of_blocks(node, path.stem)
    else:
        mechanism = _network(node, path.stem)
    if problems or mechanism is None:
        raise MechanismError(problems)
    return mechanism


def _of_blocks(node: Node, name: str) -> Mechanism | None:
    given = node.values("values")
    found = read_blocks(node, name, given)
    if found is None:
        return None
    form, values = found
    return Mechanism.written(partial(written, form, Classes()), {**given, **values})


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
    units = units_of(node)
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
        start = Quantity(amount if math.isfinite(amount) else 0.0, units["concentration"]).si
        if not math.isfinite(start):
            entry.problem(f"species '{name}' starts with {amount:g}", "initial", "Give less")
        initial[name] = start
        entry.finish(f"species '{name}'")
    return components, initial


def _reaction(
    entry: Node, name: str, components: Mapping[str, Component], units: Mapping[str, str]
) -> list[Reaction]:
    sides = sides_of(entry, components)
    if sides is None:
        return []
    left, right, reversible = sides
    net = net_of(left, right)
    where = entry.where()
    reactions = []
    constant = _constant(entry, "k", sum(left.values()), units)
    because = because_of(entry, reversible=reversible)
    there = Reaction(name, net, constant, mass_action(left), where, because=because)
    reactions.append(there)
    if reversible:
        constant = _constant(entry, "k_reverse", sum(right.values()), units)
        back = {s: -n for s, n in net.items()}
        law, where = mass_action(right), entry.where("k_reverse")
        reactions.append(Reaction(f"{name} reverse", back, constant, law, where, name))
    entry.finish(f"reaction {name}")
    return reactions


def _constant(entry: Node, key: str, order: float, units: Mapping[str, str]) -> Arrhenius:
    """Return a rate constant in SI units; its unit follows from the order of the reaction."""
    if not isinstance(entry.data.get(key), dict):
        return Arrhenius(_in_si(entry, key, order, units))
    law = entry.child(key)
    at = _temperature(law)
    number = law.number("Ea")
    energy = Quantity(number if math.isfinite(number) else 0.0, units["energy"]).si
    constant = Arrhenius(_in_si(law, "value", order, units), at, energy)
    law.finish(f"'{key}'")
    return constant


def _in_si(node: Node, key: str, order: float, units: Mapping[str, str]) -> float:
    """Return a rate constant of an order in mol/m³ and s; what is wrong with it is noted."""
    number = node.number(key)
    if number < 0:
        node.problem("a rate constant is below zero", key, "Swap the two sides of the equation")
    if not 0 < number < math.inf:
        return 0.0
    time, concentration = (Quantity(1.0, units[name]).si for name in ("time", "concentration"))
    exponent = math.log10(number) - math.log10(time) + (1.0 - order) * math.log10(concentration)
    if abs(exponent) > LARGEST:
        what = f"a constant of order {order:g} is 1e{exponent:.0f} in mol/m³ and s"
        node.problem(f"{what}, which no number holds", key, "State another unit of concentration")
        return 0.0
    return float(number * concentration ** (1.0 - order) / time)


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
