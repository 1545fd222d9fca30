"""A user's own mechanism, written in YAML.

Either a reaction network::

    units: {time: s, concentration: mol/L, energy: kJ/mol}
    species: {A: {initial: 1.0}, B: {}, C: {composition: {Cd: 1, S: 1}}}
    reactions:
      - {equation: "A -> B", k: 0.04}
      - {equation: "2 B -> B + C", k: 3.0e7}     # rate = k [B]², order from the left side
      - {equation: "A <-> C", k: 1.0, k_reverse: 0.5}
      - {equation: "B -> C", k: {at: 25 degC, value: 0.015, Ea: 85, status: measured}}
      - {equation: "2 B <-> C", k: 2.0, K: {value: 12, at: 25 degC, dH: -30}}  # way back: k/K

where a species that says what it is ``formed`` from (as below) needs neither, and a reaction that
goes one way may say why, ``irreversible: {because: …}``;
or blocks of ``components`` and ``reactions``, which say more (:mod:`prenuc.mechanism.block_file`),
or a mechanism of the package or of another file. In each of them ``change`` moves constants, which
is :meth:`Mechanism.with_constants`::

    based_on: two-pathway/CdS            # or mine.yaml, beside this file
    change: {isomerisation.k: 0.03 1/min}
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from prenuc.conditions import ROOM_TEMPERATURE
from prenuc.errors import InputError, MechanismError, Problem, QuantityError, listed_names
from prenuc.facts.document import Node
from prenuc.facts.source import Source
from prenuc.facts.value import STATUSES, Value
from prenuc.facts.yaml_file import load, text_of
from prenuc.mechanism.block_file import read_blocks
from prenuc.mechanism.blocks import ComponentBlock, Form, Legacy, ReactionBlock
from prenuc.mechanism.component_blocks import ROOM, ComponentReader, check_circles
from prenuc.mechanism.constants import constants_of, no_constant
from prenuc.mechanism.dots import Classes
from prenuc.mechanism.equations import because_of, net_of, sides_of, units_of
from prenuc.mechanism.mechanism import Component, Mechanism, unbalanced
from prenuc.mechanism.named import mechanism_named
from prenuc.mechanism.reaction import Arrhenius, Reaction, mass_action
from prenuc.mechanism.writing import written
from prenuc.quantities import Quantity, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path


LARGEST = 300  # decimal exponent of a rate constant


def read_mechanism(
    path: Path, named: Callable[[str], Mechanism] = mechanism_named, *, called: str = ""
) -> Mechanism:
    """Return the mechanism of a YAML file.

    Args:
        path: The file.
        named: Returns the mechanism of the package that the file is based on, by its name.
        called: What the file is called in messages and sources; its path when empty.

    Raises:
        MechanismError: Anything is wrong with it; all problems at once, with file and line.
        FactsError: It is not a YAML file.
    """
    problems: list[Problem] = []
    node = Node(load(path), called or str(path), problems)
    change, based = node.child("change", default={}), "based_on" in node
    if based:
        mechanism = _based(node, path, named)
    elif "components" in node:
        mechanism = _of_blocks(node, path.stem)
    else:
        mechanism = _network(node, path.stem)
    if mechanism is not None:
        mechanism = _changed(mechanism, change)
    if problems or mechanism is None:
        raise MechanismError(problems)
    return mechanism if based else mechanism.with_text(text_of(path))


def _of_blocks(node: Node, name: str) -> Mechanism | None:
    given = node.values("values")
    found = read_blocks(node, name, given)
    if found is None:
        return None
    form, values = found
    return Mechanism.written(partial(written, form, Classes()), {**given, **values})


def _based(node: Node, path: Path, named: Callable[[str], Mechanism]) -> Mechanism | None:
    base = node.text("based_on")
    node.finish("a changed mechanism")
    try:
        return _base(base, path, named)
    except InputError as error:
        node.problems += [problem.at(node.where("based_on")) for problem in error.problems]
        return None


def _changed(mechanism: Mechanism, given: Node) -> Mechanism | None:
    """Return a mechanism with the constants that stand under ``change``."""
    values, places = {}, {str(name): given.where(name) for name in given.data}
    for name, where in places.items():
        if name not in mechanism.constants:
            given.problems.append(no_constant(name, mechanism.constants, where))
        elif (quantity := given.written(name)) is not None:
            values[name] = Value(quantity, Source("user", where), "assumed")
    try:
        return mechanism.with_constants(values, places=places) if values else mechanism
    except MechanismError as error:
        given.problems += [
            replace(problem, where=places.get(problem.where, problem.where))
            for problem in error.problems
        ]
        return None


def _base(name: str, path: Path, named: Callable[[str], Mechanism]) -> Mechanism:
    """Return what a file changes: a mechanism of the package, or of another file beside it.

    Raises:
        InputError: There is none, or the other file changes another mechanism itself.
    """
    if not name.endswith((".yaml", ".yml")):
        return named(name)
    other = path.parent / name
    data = load(other)
    if isinstance(data, dict) and "based_on" in data:
        what = f"{name} changes another mechanism itself"
        raise MechanismError(what, f"Begin with {data['based_on']} and change all of it here")
    return read_mechanism(other)


def _network(node: Node, name: str) -> Mechanism | None:
    units = units_of(node)
    reader = ComponentReader(units, ())
    blocks = _species(node, reader)
    components = {block.name: block.component for block in blocks}
    reactions: list[Reaction] = []
    written_out: list[ReactionBlock] = []
    said: dict[str, str] = {}
    for index, entry in enumerate(node.children("reactions")):
        block, found = _reaction(entry, f"R{index + 1}", blocks, reader, said)
        reactions += found
        written_out += [] if block is None else [block]
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
    if reader.values or said:  # ways back that follow: the rule that writes them is that of blocks
        form = Form(name, units, blocks, tuple(written_out))
        given = constants_of(reactions, units, name).items()
        known = {of: _with_status(one, said.get(of.rpartition(".")[0])) for of, one in given}
        values = {**known, **reader.values}
        return Mechanism.written(partial(written, form, Classes()), values)
    initial = {block.name: block.initial for block in blocks}
    return Mechanism(name, components, tuple(reactions), initial=initial, units=units)


def _with_status(value: Value, status: str | None) -> Value:
    """Return a constant with the status that is said of its rate; none is said of most."""
    known = next((one for one in STATUSES if one == status), value.status)
    return replace(value, status=known)


def _species(node: Node, reader: ComponentReader) -> tuple[ComponentBlock, ...]:
    blocks: list[ComponentBlock] = []
    species = node.child("species")
    for name, entry in species.items():
        amount = entry.number("initial", default=0.0)
        if amount < 0:
            entry.problem(f"species '{name}' starts below zero", "initial", "Give zero or more")
        parts = entry.child("composition", default={})
        composition = {str(part): parts.number(str(part)) for part in parts.data}
        known = composition if "composition" in entry else None
        start = Quantity(amount if math.isfinite(amount) else 0.0, reader.units["concentration"]).si
        if not math.isfinite(start):
            entry.problem(f"species '{name}' starts with {amount:g}", "initial", "Give less")
        formed = entry.child("formed", default={})
        against = reader.formed(name, formed, species.data) if "formed" in entry else {}
        block = ComponentBlock(Component(name, known), start, against, parts=known)
        blocks.append(block)
        entry.finish(f"species '{name}'")
    check_circles(species, {block.name: block.against for block in blocks})
    return tuple(blocks)


def _reaction(
    entry: Node,
    name: str,
    blocks: Collection[ComponentBlock],
    reader: ComponentReader,
    said: dict[str, str],
) -> tuple[ReactionBlock | None, list[Reaction]]:
    """Return a reaction as a block, and every way of it that has a rate constant of its own.

    What the file says of the status of these goes to ``said``, by the name of the way.
    """
    sides = sides_of(entry, {block.name: block for block in blocks})
    if sides is None:
        return None, []
    left, right, reversible = sides
    net, units, where = net_of(left, right), reader.units, entry.where()
    constant = _constant(entry, "k", sum(left.values()), units)
    said |= _status(entry, "k", name)
    because = because_of(entry, reversible=reversible)
    found = [Reaction(name, net, constant, mass_action(left), where, because=because)]
    legacy, back = None, f"{name} reverse"
    formed = [block.name for block in blocks if block.against and net.get(block.name)]
    for key in {"K", "k_reverse"} & {*entry.data} if formed else ():
        what = f"'{key}' is one thing and what {listed_names(formed)} is formed from another"
        entry.problem(what, key, "Leave one of them out")
    if reversible and "K" in entry:
        _equilibrium(entry, name, net, reader)
        legacy = Legacy(right, back, equilibrium=name)
    elif reversible and ("k_reverse" in entry or not formed):
        constant = _constant(entry, "k_reverse", sum(right.values()), units)
        said |= _status(entry, "k_reverse", back)
        law, place = mass_action(right), entry.where("k_reverse")
        undone = {s: -n for s, n in net.items()}
        found.append(Reaction(back, undone, constant, law, place, name))
        legacy = Legacy(right, back, law=back)
    entry.finish(f"reaction {name}")
    block = ReactionBlock(
        name, net, left, name, reversible=reversible, legacy=legacy, where=where, because=because
    )
    return block, found


def _equilibrium(entry: Node, name: str, net: Mapping[str, float], reader: ComponentReader) -> None:
    """Read K of a reaction, at a temperature with its enthalpy; they go to the constants."""
    block, order = entry.block("K"), sum(net.values())
    unit = "1" if order == 0 else f"({reader.units['concentration']})^{order:g}"
    reader.value(f"{name}.K", block, "value", unit)
    reader.value(f"{name}.K at", block, "at", "degC", default=ROOM)
    reader.value(f"{name}.H", block, "dH", reader.units["energy"], default=0.0)
    block.finish("'K'")


def _constant(entry: Node, key: str, order: float, units: Mapping[str, str]) -> Arrhenius:
    """Return a rate constant in SI units; its unit follows from the order of the reaction."""
    if not isinstance(entry.data.get(key), dict):
        return Arrhenius(_in_si(entry, key, order, units))
    law = entry.child(key)
    at = _temperature(law)
    number = law.number("Ea")
    energy = Quantity(number if math.isfinite(number) else 0.0, units["energy"]).si
    constant = Arrhenius(_in_si(law, "value", order, units), at, energy)
    status = law.text("status", default="assumed")
    if status not in STATUSES:
        law.problem(f"'{status}' is not a status", "status", "Write " + " | ".join(STATUSES))
    law.finish(f"'{key}'")
    return constant


def _status(entry: Node, key: str, way: str) -> dict[str, str]:
    """Return what is said of the status of a rate constant, by the name of its way."""
    law = entry.data.get(key)
    return {way: str(law["status"])} if isinstance(law, dict) and "status" in law else {}


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
