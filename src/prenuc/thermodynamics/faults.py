"""What contradicts thermodynamics in a mechanism, one fault for each step or cycle."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from prenuc.conditions import GAS_CONSTANT, ROOM_TEMPERATURE
from prenuc.errors import listed
from prenuc.mechanism.binding import sites_of
from prenuc.mechanism.reaction import Barrier, Binding, Excess, as_side
from prenuc.mechanism.reversible import SAME, undoes
from prenuc.quantities import Quantity
from prenuc.thermodynamics.loops import MOST_LOG, WARMER
from prenuc.units import FREEZING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.mechanism.population import SizeClasses
    from prenuc.mechanism.reaction import Factor
    from prenuc.mechanism.reversible import Step
    from prenuc.thermodynamics.loops import Loop

HOST = "one-sided host"
CATALYST = "one-sided catalyst"
BOUND = "one-sided bound"
ORDERS = "power law"
RATE_BINDING = "binding on a rate"
NO_DEBIT = "binding without debit"
SOLUBILITIES = "dots with two solubilities"
WAY_BACK = "missing way back"
OPEN = "cycle that does not close"
SOURCE = "source of matter"
SAME_HEAT = 1.0  # J/mol; what is written down has fewer digits


@dataclass(frozen=True)
class Fault:
    """One contradiction.

    Args:
        kind: In three words; the constants of this module.
        text: What is wrong, as a clause.
        reactions: Names of the reactions that are concerned.
        where: ``file:line`` of the first of them, "" where there is none.
    """

    kind: str
    text: str
    reactions: tuple[str, ...] = ()
    where: str = ""

    def __str__(self) -> str:
        return f"{at(self.where)}{self.kind}: {self.text}"


def at(where: str) -> str:
    """Return a place as it stands before what is said of it."""
    return f"{where}: " if where else ""


def faults_of_steps(mechanism: Mechanism, steps: Sequence[Step]) -> Iterator[Fault]:
    """Yield what one way of a step sees and the other does not.

    Args:
        mechanism: Which components bind ligands, and whether those are taken off.
        steps: Its steps.
    """
    for step in steps:
        if step.back is not None:
            yield from _left_over(step, mechanism)
    yield from _not_debited(mechanism, steps)
    for sizes in mechanism.populations:
        yield from _of_ladder(sizes, steps, mechanism)


def faults_of_loops(
    mechanism: Mechanism, loops: Sequence[Loop], units: Mapping[str, str]
) -> Iterator[Fault]:
    """Yield cycles that do not close.

    Args:
        mechanism: Whose cycles.
        loops: The cycles.
        units: In which K is said.
    """
    suspicion: Counter[str] = Counter()  # in how many more cycles that do not close than in others
    for loop in loops:
        if not loop.one_way:
            suspicion.update({step.name: -1 if loop.closes else 1 for step, _ in loop.steps})
    for loop in loops:
        if loop.closes:
            continue
        if loop.one_way:
            yield from _running(mechanism, loop, units)
        else:
            last_first = [step for step, _ in reversed(loop.steps)]
            suspect = max(last_first, key=lambda one: suspicion[one.name])
            yield _open(loop, suspect, units)


def _left_over(step: Step, mechanism: Mechanism) -> Iterator[Fault]:
    """Yield how K of a step changes with concentrations."""
    back = step.back
    assert back is not None  # noqa: S101  # the caller asks for such steps alone
    names, where = (step.name, back.name), back.where or step.there.where
    polynomials = step.sites.keys()
    for name, order in step.uneven.items():
        if name in polynomials:
            text = f"'{step.name}' and '{back.name}' differ by {order:g} sites more than they bind"
            yield Fault(RATE_BINDING, f"{text} of {name}", names, where)
        elif name in step.net:
            wanted = f"orders must differ by {_difference(step)}"
            text = f"'{step.name}' and '{back.name}': K would change with {name}; {wanted}"
            yield Fault(ORDERS, text, names, where)
        else:
            one, other = (step.name, back.name) if order > 0 else (back.name, step.name)
            text = f"'{one}' needs {name}, '{other}' does not: K would change with {name}"
            yield Fault(HOST, text, names, where)
    for factor, sign in _without_potentials(step, mechanism):
        kind, how = CATALYST, "changes with"
        if isinstance(factor, Binding):
            kind = RATE_BINDING
        elif isinstance(factor, Barrier | Excess):
            kind, how = BOUND, "is bounded by"
        one, other = (step.name, back.name) if sign > 0 else (back.name, step.name)
        text = f"'{one}' {how} {listed([*factor.pool])}, '{other}' in another way or not"
        yield Fault(kind, text, names, where)


def _difference(step: Step) -> str:
    """Return the difference that mass action asks of the orders, as an equation."""
    left = {name: -nu for name, nu in step.dissolved.items() if nu < 0}
    right = {name: nu for name, nu in step.dissolved.items() if nu > 0}
    return f"({as_side(left) or '0'}) − ({as_side(right) or '0'})"


def _without_potentials(step: Step, mechanism: Mechanism) -> list[tuple[Factor, int]]:
    """Return the one-sided factors that are not the binding of its components."""
    left = list(step.one_sided)
    for name, number in step.net.items():
        for ligand, words in mechanism.bindings.get(name, {}).items():
            half, sites = (mechanism.parameters[f"{words}.{last}"].si for last in ("h", "sites"))
            there = Binding({ligand: 1.0}, half, -sites * number)
            if (there, -1) in left:
                left.remove((there, -1))
    return left


def _not_debited(mechanism: Mechanism, steps: Sequence[Step]) -> Iterator[Fault]:
    """Yield ligands that bind to a component that reacts, and stay as they are: reservoirs.

    Those in a balance bind by a polynomial that is a component, and are paid for.
    """
    for name, bindings in mechanism.bindings.items():
        acting = [step for step in steps if step.back is not None and name in step.net]
        for ligand in bindings:
            if acting:
                text = f"{ligand} binds to {name}, and what is bound is not taken off {ligand}"
                there = acting[0].there
                yield Fault(NO_DEBIT, text, tuple(one.name for one in acting), there.where)


def _of_ladder(sizes: SizeClasses, steps: Sequence[Step], mechanism: Mechanism) -> Iterator[Fault]:
    """Yield channels that act on some dots in one way alone, and a cover that nothing pays for."""
    joins = {one.name: one for one in sizes.attachment}
    for step in steps:
        if step.name in joins and step.back is not None:
            names = step.name, step.back.name
            if sizes.growth(step.there) != sizes.growth(step.back):
                text = f"'{names[0]}' acts on dots of other sizes than '{names[1]}'"
                yield Fault(BOUND, text, names, step.there.where)
    debited = sites_of(mechanism.balances).get(sizes.cover, {}).get(sizes.surface, 0.0)
    if sizes.cover and abs(debited - sizes.sites) > SAME * sizes.sites:
        text = (
            f"{sizes.cover} covers dots with {sizes.sites:g} sites, and ligands pay for {debited:g}"
        )
        yield Fault(NO_DEBIT, text, tuple(joins))


def _open(loop: Loop, suspect: Step, units: Mapping[str, str]) -> Fault:
    """Return what is wrong with a cycle of reversible steps, and what the suspect would mend."""
    names = tuple(step.name for step, _ in loop.steps)
    degrees = loop.state.temperature - FREEZING
    solid = [step for step, _ in loop.steps if step.solid & step.net.keys()]
    text = (
        f"{_around(loop)} has an affinity of {loop.affinity / 1e3:.4g} kJ/mol at {degrees:.4g} °C"
    )
    mend = f"'{suspect.name}' would close it with {_closing(loop, suspect, units)}"
    if changing := [f"'{step.name}'" for step in loop.changing]:
        text += f"; no K closes it while that of {listed(changing)} changes with concentrations"
        mend = f"without that {mend}"
    text += f"; {mend}"
    kind = SOLUBILITIES if len(solid) == len(loop.steps) else OPEN
    return Fault(kind, text, names, suspect.there.where)


def _closing(loop: Loop, suspect: Step, units: Mapping[str, str]) -> str:
    """Return the K with which a step would close a cycle, and ΔH where it has another one."""
    heat = enthalpy(lambda at: loop.log_closing(at)[suspect.name])
    own = 0.0 if suspect.back is None else enthalpy(suspect.log_equilibrium)
    if abs(heat - own) < SAME_HEAT:
        return f"K = {said_constant(suspect, loop.log_closing()[suspect.name], units)}"
    cold = said_constant(suspect, loop.log_closing(ROOM_TEMPERATURE)[suspect.name], units)
    return f"K = {cold} at {ROOM_TEMPERATURE - FREEZING:g} °C and ΔH = {heat / 1e3:.6g} kJ/mol"


def enthalpy(log_constant: Callable[[float], float]) -> float:
    """Return ΔH in J/mol of an equilibrium constant of which ln K is straight in 1/T.

    Args:
        log_constant: Returns ln K at a temperature in K.
    """
    cold, hot = ROOM_TEMPERATURE, ROOM_TEMPERATURE + WARMER
    return GAS_CONSTANT * (log_constant(hot) - log_constant(cold)) / (1.0 / cold - 1.0 / hot)


def _running(mechanism: Mechanism, loop: Loop, units: Mapping[str, str]) -> Iterator[Fault]:
    """Yield why a cycle runs forward for ever."""
    names, lone = tuple(step.name for step, _ in loop.steps), loop.one_way
    if len(loop.steps) == 2 and len(lone) == 2 and undoes(lone[1].there, lone[0].there):
        yield from _left_over(replace(lone[0], back=lone[1].there), mechanism)
        return
    text = f"{_around(loop)} runs by itself"
    if len(lone) == 1:
        closing = _closing(loop, lone[0], units)
        text += f": the others ask of '{lone[0].name}' a way back with {closing}"
    elif len(lone) == len(loop.steps):
        text += ", none of them has a way back"
    else:
        text += f": {', '.join(repr(one.name) for one in lone)} have no way back"
    yield Fault(WAY_BACK, text, names, lone[-1].there.where)


def _around(loop: Loop) -> str:
    """Return a cycle as text, "R1 + R2 − 2 R3"."""
    text = ""
    for step, times in loop.steps:
        sign = " − " if times < 0 else " + "
        many = "" if abs(times) == 1 else f"{abs(times)} "
        text += f"{sign}{many}'{step.name}'"
    return text.removeprefix(" + ").replace(" − ", "− ", 1) if text.startswith(" − ") else text[3:]


def said_constant(step: Step, logarithm: float, units: Mapping[str, str]) -> str:
    """Return an equilibrium constant with its unit.

    Args:
        step: Of which.
        logarithm: ln K with the standard state 1 mol/m³.
        units: In which it is said.
    """
    there, unit = in_units(step, logarithm, units)
    far = abs(there) > MOST_LOG
    number = f"10^{there / math.log(10):.1f}" if far else f"{math.exp(there):.6g}"
    return number if unit == "1" else f"{number} {unit}"


def in_units(step: Step, logarithm: float, units: Mapping[str, str]) -> tuple[float, str]:
    """Return the logarithm of an equilibrium constant in the units of a file, and its unit.

    Args:
        step: Of which.
        logarithm: ln K with the standard state 1 mol/m³.
        units: Of the file.
    """
    order = sum(step.dissolved.values())
    if abs(order) < SAME:
        return logarithm, "1"
    concentration = units.get("concentration", "mmol/L")
    size = math.log(Quantity(1.0, concentration).si)
    return logarithm - order * size, f"({concentration})^{order:g}"
