"""Every number of a parameter set that nobody knows well enough, moved as the quantity that acts.

A rate constant moves by ±10 % at all temperatures, an energy by ±2 kJ/mol about the temperature at
which its constant is quoted. Where a constant stands in a power, ±10 % of the number is not ±10 %
of what it does:

* an equilibrium constant of a reaction that brings several particles together, of the dimension
  concentration^m, moves as the concentration that it stands for, K^(1/m): the K of an assembly of
  three S and six Cd moves 2.1-fold, that of a PC of ten units sixfold;
* the constant K by which a ligand is preferred on s sites moves as K^s, by which it changes a
  potential when it holds all of them;
* an equilibrium constant that is quoted at another temperature than that to which most recipes of
  the set are heated is moved there too, and stays where it is quoted: by its enthalpy;
* surface energy and solubility of dots together decide how many are made. The surface energy moves
  at a steady flux J of nucleation that stays, the flux at a surface energy that stays; in both the
  solubility gives way. J is that of bare pieces where the solubility is quoted, without ligands, at
  30 times the solubility: there the critical piece has some 16 units, as in the flask of Figure 3b
  when dots appear. Under TOPO, and at other temperatures, J does move;
* the sites of a ligand on dots, per n^(2/3), are a fitted number like any other. Whole numbers that
  were fitted (the count of stages) move by a tenth and at least by one; the largest bare piece and
  the smallest dot that a PC docks to move together.

Beside these, numbers that stand in a steep law are moved *as written*, ±10 % of the bare number:
surface energy alone, solubility alone, K of a preference. No law of physics makes these the same
size of change; who measures the number wants to know.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from prenuc.conditions import GAS_CONSTANT
from prenuc.facts.catalogue import get
from prenuc.infer.calibration.varied import Name, kind_of, value_of
from prenuc.infer.studies.steady_flux import Ladder
from prenuc.mechanism.shipped import known_set
from prenuc.quantities import Quantity
from prenuc.units import FREEZING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

SHARE, ENERGY = 0.1, 2.0  # of a constant; kJ/mol
SUPERSATURATION = 30.0  # at which a flux of nucleation is compared
APART = 20.0  # K between two temperatures that are not the same
PREFERENCE = " under "  # stands in the name of a constant by which a ligand is preferred
SURFACE, SOLUBILITY = "dots.surface energy", "dots.solubility"
BARE, CAPPED = "dots.bare", "dots.capped"
OF_LADDERS = SURFACE, SOLUBILITY, BARE, CAPPED

_SUBSTANCE = re.compile(r"\[substance\](?: \*\* (\d+))?")

Way = Literal["one at a time", "as written"]


@dataclass(frozen=True)
class Change:
    """One quantity, and what its constants are when it is moved.

    Args:
        id: What is moved, with its parameter set.
        to: Returns the constants for a share (−1 to 1) of the variation, from the numbers before.
        way: Of which test it is.
        drawn: Whether it takes part when all are drawn at once; what moves the same constant in
            another way does not.
    """

    id: str
    to: Callable[[float, Mapping[Name, float]], dict[Name, float]]
    way: Way = "one at a time"
    drawn: bool = True


def numbers(names: Iterable[Name]) -> dict[Name, float]:
    """Return the package's own numbers of some constants, in their own units."""
    return {name: value_of(name).quantity.number for name in names}


def changes(names: Iterable[Name], heated: Mapping[str, float]) -> list[Change]:
    """Return every change of every quantity.

    Args:
        names: Constants that act anywhere, by parameter set and name.
        heated: Temperature in K to which most recipes of a set are heated.
    """
    known = sorted(set(names))
    found: list[Change] = []
    for name in known:
        if value_of(name).status != "measured":
            found += _of_constant(name, heated.get(name[0]), set(known))
    return found


def _of_constant(name: Name, heated: float | None, known: set[Name]) -> list[Change]:
    """Return the changes that a constant stands for; none where it is structure."""
    of, what = name
    said, kind = f"{of}: {what}", kind_of(what)
    if what in OF_LADDERS and {(of, word) for word in OF_LADDERS} <= known:
        return _of_dots(of, what)
    if kind == "structure":
        return _of_structure(name, said)
    if kind == "energy":
        return [Change(said, partial(_plus, name))]
    if not value_of(name).quantity.number:
        return []
    power = _power(name)
    found = [Change(_powered(said, power), partial(_times, name, power))]
    if PREFERENCE in what and power != 1.0:
        found.append(_as_written(name))
    return [*found, *_where_heated(name, heated, power)]


def _of_dots(of: str, what: str) -> list[Change]:
    """Return the changes that a constant of dots stands for."""
    if what == SURFACE:
        kept = Change(f"{of}: {SURFACE} at a steady flux", partial(_energy, of))
        return [kept, _as_written((of, what))]
    if what == SOLUBILITY:
        return [Change(f"{of}: nucleation flux", partial(_flux, of)), _as_written((of, what))]
    if what == CAPPED:
        both = partial(_whole, ((of, BARE), (of, CAPPED)))
        return [Change(f"{of}: {BARE} and {CAPPED}", both)]
    return []


def _as_written(name: Name) -> Change:
    to = partial(_times, name, 1.0)
    return Change(f"{name[0]}: {name[1]} as written", to, "as written", drawn=False)


def _of_structure(name: Name, said: str) -> list[Change]:
    """Return a change of a number of structure that was fitted."""
    if value_of(name).status != "fitted":
        return []
    if value_of(name).quantity.number.is_integer():
        return [Change(said, partial(_whole, (name,)))]
    return [Change(said, partial(_times, name, 1.0))]


def _power(name: Name) -> float:
    """Return the power of a constant in which it moves by a tenth."""
    of, what = name
    stem, _, word = what.rpartition(".")
    if word != "K":
        return 1.0
    if PREFERENCE in what:
        return value_of((of, f"{stem}.sites")).quantity.number
    return 1.0 / max(abs(_order(value_of(name).quantity)), 1.0)


def _order(quantity: Quantity) -> float:
    """Return |m| of the dimension concentration^m; 0 of a pure number."""
    held = _SUBSTANCE.search(quantity.dimension)
    return float(held[1] or 1.0) if held else 0.0


def _powered(said: str, power: float) -> str:
    """Return what is moved by a tenth, with the power in which it is."""
    if power == 1.0:
        return said
    return f"{said}^{power:g}" if power > 1.0 else f"{said}^(1/{1.0 / power:g})"


def _where_heated(name: Name, heated: float | None, power: float) -> list[Change]:
    """Return the change of K at the temperature of the flask, if it is quoted at another one."""
    of, what = name
    stem = what.removesuffix(".K")
    at, enthalpy = (of, f"{stem}.at"), (of, f"{stem}.H")
    held = known_set(of).values
    if heated is None or stem == what or not {at[1], enthalpy[1]} <= set(held):
        return []
    quoted = value_of(at).quantity.si
    if abs(quoted - heated) < APART:
        return []
    there = 1.0 / quoted - 1.0 / heated
    said = f"{_powered(f'{of}: {what}', power)} at {heated - FREEZING:.0f} degC alone"
    to = partial(_enthalpy, enthalpy, GAS_CONSTANT / (power * there))
    return [Change(said, to, drawn=False)]


def _times(name: Name, power: float, by: float, now: Mapping[Name, float]) -> dict[Name, float]:
    return {name: now[name] * (1.0 + SHARE * by) ** (1.0 / power)}


def _plus(name: Name, by: float, now: Mapping[Name, float]) -> dict[Name, float]:
    return {name: now[name] + by * Quantity(ENERGY, "kJ/mol").to(value_of(name).quantity.unit)}


def _enthalpy(
    name: Name, per_log: float, by: float, now: Mapping[Name, float]
) -> dict[Name, float]:
    """Return the enthalpy with which K is another where it is used, and stays where quoted."""
    more = Quantity(per_log * math.log(1.0 + SHARE * by), "J/mol")
    return {name: now[name] + more.to(value_of(name).quantity.unit)}


def _whole(names: tuple[Name, ...], by: float, now: Mapping[Name, float]) -> dict[Name, float]:
    """Return whole numbers moved by as many as a tenth of the largest, and at least by one."""
    most = max(1, round(SHARE * max(now[name] for name in names)))
    return {name: now[name] + round(by * most) for name in names}


def _energy(of: str, by: float, now: Mapping[Name, float]) -> dict[Name, float]:
    """Return another surface energy, and the solubility with which as many dots are made."""
    ladder, monomer = _ladder(of, now)
    other = replace(ladder, energy=ladder.energy * (1.0 + SHARE * by))
    kept = other.solubility_for(ladder.log_flux(monomer), monomer)
    return {(of, SURFACE): other.energy, (of, SOLUBILITY): kept}


def _flux(of: str, by: float, now: Mapping[Name, float]) -> dict[Name, float]:
    """Return the solubility with which a tenth more dots are made."""
    ladder, monomer = _ladder(of, now)
    wanted = ladder.log_flux(monomer) + math.log(1.0 + SHARE * by)
    return {(of, SOLUBILITY): ladder.solubility_for(wanted, monomer)}


def _ladder(of: str, now: Mapping[Name, float]) -> tuple[Ladder, float]:
    """Return the bare pieces of a set, and the concentration at which their flux is compared."""
    ladder = Ladder(
        energy=now[of, SURFACE],
        solubility=now[of, SOLUBILITY],
        temperature=value_of((of, f"{SOLUBILITY} at")).quantity.si,
        unit=get("materials", known_set(of).material).values["unit_volume"].si,
        bare=round(now[of, BARE]),
    )
    return ladder, SUPERSATURATION * value_of((of, SOLUBILITY)).quantity.number
