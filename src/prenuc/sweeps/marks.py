"""Where published recipes stand on a map of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.errors import InputError
from prenuc.facts.catalogue import chalcogens, entries
from prenuc.protocol.protocol import Protocol
from prenuc.protocol.steps import Charge
from prenuc.protocol.varying import temperature_of
from prenuc.protocol.vessel import Contents, charged
from prenuc.protocol.words import Portion
from prenuc.quantities import parse

if TYPE_CHECKING:
    from prenuc.protocol.steps import Step
    from prenuc.sweeps.design import Factor
    from prenuc.sweeps.job import Job


def marks(job: Job, x: str, y: str) -> list[tuple[str, float, float, dict[str, str]]]:
    """Return panel and place of every recipe of the material that stands somewhere on a map.

    With it goes which value of each other amount that varies is nearest to the recipe's, so that a
    recipe without an additive does not stand among flasks with it.

    Args:
        job: The sweep.
        x: The factor along the map.
        y: The factor up it.
    """
    factors = {factor.name: factor for factor in job.design.factors}
    found = []
    for recipe in entries("recipes").values():
        if recipe.material != job.mechanism.material:
            continue
        try:
            protocol = Protocol.from_recipe(recipe)
        except InputError:
            continue
        place = [_number(factors[name], protocol, job.protocol) for name in (x, y)]
        if place[0] is not None and place[1] is not None:
            others = [f for n, f in factors.items() if n not in {x, y} and len(f.values) > 1]
            near = {one.name: _nearest(one, protocol) for one in others}
            at = {name: value for name, value in near.items() if value is not None}
            found.append((recipe.panel, place[0], place[1], at))
    return found


def _nearest(factor: Factor, protocol: Protocol) -> str | None:
    """Return the value of an amount that is nearest to a protocol's; None for another factor."""
    which, _, of = factor.name.partition(": ")
    step = _step(protocol, which)
    if not of or not isinstance(step, Charge):
        return None
    there = dict(map(charged, step.contents))
    away = {}
    for text in factor.values:
        name, moles = charged(Portion(parse(text), of))
        away[text] = abs(moles - there.get(name, 0.0))
    return min(away, key=lambda text: away[text])


def _number(factor: Factor, protocol: Protocol, base: Protocol) -> float | None:
    """Return the value of a factor in a protocol, in the factor's unit; None where it has none."""
    which = factor.name.removeprefix("dilute ")
    step, own = _step(protocol, which), _step(base, which)
    if step is None or own is None:
        return None
    if which != factor.name:
        there, here = _chalcogen(step), _chalcogen(own)
        return here / there if there and here else None
    at = temperature_of(step)
    unit = factor.unit or "1"
    return at.to(unit) if at is not None and unit in {"degC", "K"} else None


def _step(protocol: Protocol, name: str) -> Step | None:
    names = protocol.step_names
    return protocol.steps[names.index(name)] if name in names else None


def _chalcogen(step: Step) -> float:
    """Return the concentration of chalcogen in what a step charges, in mol/m³; 0 for none."""
    if not isinstance(step, Charge):
        return 0.0
    amounts = dict(map(charged, step.contents))
    shelf, volume = entries("reagents"), Contents(amounts).volume
    atoms = sum(
        moles * count
        for name, moles in amounts.items()
        for part, count in shelf[name].composition.items()
        if part in chalcogens()
    )
    return atoms / volume if volume else 0.0
