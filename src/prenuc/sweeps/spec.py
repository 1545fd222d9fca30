"""A sweep as a chemist writes it: a YAML file.

It looks like this::

    recipe: cds-4c-oleate            # or protocol: a list of laboratory sentences
    mechanism: two-pathway/CdS       # optional for a recipe; or FILE.yaml
    design: grid                     # or random, sobol: with samples and seed
    vary:                            # changes of the protocol
      heat flask: {from: 140 degC, to: 220 degC, steps: 17}
      dilute charge flask: {from: 1, to: 300, steps: 17, scale: log}
      "charge flask: TOPO": [0 mmol, 3 mmol]
    constants:                       # of the mechanism
      isomerisation.k: {from: 0.01 1/min, to: 0.1 1/min, steps: 3}
    assume:                          # what the recipe does not print
      heating rate: [6 degC/min, 12 degC/min]
    keep: [share of PC, share of QD, absorbance at 311 nm]
    map: {x: heat flask, y: dilute charge flask, of: share of PC}
    rank: share of PC in trace
    solver: {rtol: 1e-6}
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError, Problem, noting, unknown_name
from prenuc.facts.catalogue import get
from prenuc.facts.document import Node
from prenuc.facts.yaml_file import load
from prenuc.mechanism.named import mechanism_named
from prenuc.mechanism.network_file import read_mechanism
from prenuc.protocol.protocol import Protocol, parse_steps
from prenuc.quantities import parse
from prenuc.scope.choice import mechanism_for
from prenuc.simulation.choice import for_recipe
from prenuc.simulation.run import IN_PROTOCOLS
from prenuc.simulation.solvers import solver_named
from prenuc.sweeps.design import KINDS, MOST_TASKS, Design, Factor
from prenuc.sweeps.job import Job
from prenuc.sweeps.observables import columns, read_all

if TYPE_CHECKING:
    from pathlib import Path

    from prenuc.facts.recipe import Recipe
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.simulation.solvers import AbstractSolver

ROLES = ("assume", "vary", "constants")
SCALES = ("linear", "log")


@dataclass(frozen=True)
class Chart:
    """A map that is drawn of a sweep.

    Args:
        x: The factor along it.
        y: The factor up it.
        of: What is drawn, a column of the table each.
    """

    x: str
    y: str
    of: tuple[str, ...]


@dataclass(frozen=True)
class Spec:
    """What a file asks for.

    Args:
        job: What every worker has to know.
        chart: The map that is drawn; None for none.
        rank: The column by which the best and the worst flask are chosen; empty for none.
        mechanism: How the file names the mechanism, for protocols that are written.
    """

    job: Job
    chart: Chart | None
    rank: str
    mechanism: str


@dataclass(frozen=True)
class _Flask:
    """What is varied: a protocol, where it comes from, and what could happen."""

    protocol: Protocol
    recipe: Recipe | None
    mechanism: Mechanism
    name: str


def read_spec(path: Path) -> Spec:
    """Return what a file asks for.

    Raises:
        InputError: Anything is wrong with it; all problems at once, with file and line.
    """
    problems: list[Problem] = []
    node = Node(load(path), str(path), problems)
    sections = {role: node.child(role, default={}) for role in ROLES}
    assumed = {name: str(v) for name, v in sections["assume"].data.items() if _is_word(v)}
    flask = _flask(node, assumed, path)
    factors = [(role, f) for role in ROLES for f in _factors(sections[role], role, problems)]
    inert, extrapolate = node.texts("inert"), node.flag("extrapolate")
    keep, rank, chart = node.placed_texts("keep"), node.text("rank", ""), _chart(node)
    solver, design = _solver(node.child("solver", default={})), _design(node, factors)
    node.finish("a sweep")
    if flask is not None:
        for role, factor in factors:
            _try(flask, role, factor, sections[role].where(factor.name), problems)
        kept = read_all(keep, flask.mechanism, problems)
        chart, rank = _checked(
            node, chart, rank, [f for _, f in factors], columns(kept, flask.protocol)
        )
    if problems or flask is None or design is None:
        raise InputError(problems)
    roles = tuple(role for role, _ in factors)
    job = Job(flask.mechanism, flask.protocol, design, roles, kept, solver, flask.recipe, assumed)
    job = replace(job, inert=inert, extrapolate=extrapolate)
    return Spec(job, chart, rank, flask.name)


def _is_word(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _flask(node: Node, assumed: dict[str, str], path: Path) -> _Flask | None:
    """Return what is varied; None where it cannot be read."""
    named = node.text("mechanism", "")
    recipe, protocol = None, None
    found: list[Problem] = []
    if "protocol" in node:
        with noting(found, node.where("protocol")):
            protocol = Protocol(parse_steps(node.placed_texts("protocol")), name=path.stem)
    elif name := node.text("recipe"):
        with noting(found, node.where("recipe")):
            recipe = get("recipes", name)
            protocol = Protocol.from_recipe(recipe, assume=assumed)
    mechanism = None
    with noting(found, node.where("mechanism")):
        if named.endswith((".yaml", ".yml")):
            mechanism = read_mechanism(path.parent / named)
        elif named and protocol is not None:
            mechanism = mechanism_for(named, protocol, inert=node.texts("inert"))
        elif named:
            mechanism_named(named)  # the name may be wrong as well
        elif recipe is not None:
            mechanism = for_recipe(recipe)
        elif protocol is not None:
            raise InputError("no mechanism is given", "Add 'mechanism: two-pathway/CdS'")
    if protocol is not None and not any(getattr(one, "looks", ()) for one in protocol.plan):
        what = "the protocol measures nothing"
        found.append(Problem(what, "Add 'measure cuvette at 0 min'", where=node.where("protocol")))
    node.problems += found
    if protocol is None or mechanism is None:
        return None
    return _Flask(protocol, recipe, mechanism, named or mechanism.name)


def _factors(node: Node, role: str, problems: list[Problem]) -> list[Factor]:
    """Return what varies in a section."""
    found = []
    for name, given in node.data.items():
        if role == "assume" and _is_word(given):
            continue
        with noting(problems, node.where(name)):
            found.append(_factor(str(name), given))
    return found


def _factor(name: str, given: Any) -> Factor:
    if isinstance(given, list) and given and all(map(_is_word, given)):
        return Factor(name, tuple(map(str, given)))
    if _is_word(given):
        return Factor(name, (str(given),))
    if not isinstance(given, dict) or not {"from", "to"} <= set(given):
        mend = "Write a list, or {from: 140 degC, to: 220 degC, steps: 17}"
        raise InputError(f"'{name}' has no values", mend)
    known = ("from", "to", "steps", "scale")
    if unknown := [key for key in given if key not in known]:
        raise InputError([unknown_name("part of a range", str(key), known) for key in unknown])
    return _range(name, given)


def _range(name: str, given: dict[str, Any]) -> Factor:
    low, high = parse(str(given["from"])), parse(str(given["to"]))
    scale = str(given.get("scale", "linear"))
    if scale not in SCALES:
        raise InputError(unknown_name("scale", scale, SCALES))
    steps, log = _steps(given.get("steps", 2)), scale == "log"
    top = high.require(low.unit).to(low.unit)
    if not low.number < top or (log and low.number <= 0):
        what = f"'{name}' does not ascend from {low} to {high}"
        raise InputError(what, "Give the smaller end first, and no zero on a log scale")
    unit = "" if low.unit == "1" else low.unit
    return Factor.between(name, low.number, top, unit=unit, steps=steps, log=log)


def _steps(given: Any) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or given < 2:
        raise InputError(f"a range in {given} steps", "Give a whole number of 2 or more")
    if given > MOST_TASKS:
        raise InputError(f"a range in {given:,} steps", f"Give at most {MOST_TASKS:,}")
    return given


def _design(node: Node, factors: list[tuple[str, Factor]]) -> Design | None:
    kind, samples, seed = node.text("design", "grid"), 0, _whole(node, "seed", 0, default=1)
    if kind not in KINDS:
        near = unknown_name("design", kind, KINDS)
        node.problem(near.what, "design", "Write " + " | ".join(KINDS), near.nearest)
        return None
    if kind != "grid":
        samples = _whole(node, "samples", 1)
    if not factors and not any(role in node for role in ROLES):
        node.problem("nothing varies", mend="Add 'vary', 'constants' or 'assume' with values")
    if node.problems or not factors:
        return None
    found: list[Design] = []
    with noting(node.problems, node.where("vary")):
        chosen = next(one for one in KINDS if one == kind)
        found.append(Design(tuple(factor for _, factor in factors), chosen, samples, seed))
    return found[0] if found else None


def _whole(node: Node, key: str, least: int, **default: int) -> int:
    """Return a whole number; the least one where there is none, and that is noted."""
    before, found = len(node.problems), node.number(key, **default)
    if found >= least and found.is_integer():
        return int(found)
    if len(node.problems) == before:
        node.problem(f"{found:g} is no count", key, f"Give a whole number of {least} or more")
    return least


def _solver(node: Node) -> AbstractSolver:
    given = {key: node.number(key) for key in ("rtol", "atol") if key in node}
    name = node.text("name", IN_PROTOCOLS.name)
    node.finish("a solver")
    for key, number in given.items():
        if not 0 < number < 1:
            node.problem(f"{key} {number:g} is not a tolerance", key, "Give 1e-12 to 0.1")
    found: list[AbstractSolver] = []
    with noting(node.problems, node.where("name")):
        found.append(solver_named(name)(**{"rtol": IN_PROTOCOLS.rtol, **given}))
    return found[0] if found else IN_PROTOCOLS


def _chart(node: Node) -> Chart | None:
    if "map" not in node:
        return None
    child = node.child("map")
    chart = Chart(child.text("x"), child.text("y"), child.texts("of"))
    child.finish("a map")
    return chart


def _try(flask: _Flask, role: str, factor: Factor, where: str, problems: list[Problem]) -> None:
    """Note what is wrong with a factor: with its first value, or with its last."""
    for value in dict.fromkeys((factor.values[0], factor.values[-1])):
        found: list[Problem] = []
        with noting(found, where):
            if role == "vary":
                flask.protocol.varied(f"{factor.name} = {value}")
            elif role == "constants":
                flask.mechanism.with_constants({factor.name: value}, places={factor.name: where})
            elif flask.recipe is None:
                raise InputError("only a recipe has assumptions", "Leave 'assume' out")
            else:
                Protocol.from_recipe(flask.recipe, assume={factor.name: value})
        problems += found
        if found:
            return


def _checked(
    node: Node, chart: Chart | None, rank: str, factors: list[Factor], known: list[str]
) -> tuple[Chart | None, str]:
    """Return map and rank with the full names of columns; note what there is none of."""
    names = [factor.name for factor in factors]

    def full(name: str, key: str) -> str:
        if not known:  # what is kept cannot be read, and that is said
            return name
        found = [one for one in known if name in {one, one.partition(" in ")[0]}]
        if not found:
            node.problems.append(unknown_name("column", name, known, node.where(key)))
        return found[-1] if found else name  # the last measurement

    if chart is not None:
        for name in (chart.x, chart.y):
            if name not in names:
                node.problems.append(unknown_name("factor", name, names, node.where("map")))
        chart = Chart(chart.x, chart.y, tuple(full(name, "map") for name in chart.of))
    return chart, full(rank, "rank") if rank else ""
