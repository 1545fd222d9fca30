"""Measures of what a vessel holds: shares of the chalcogen, numbers of dots, masses, rates."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

from prenuc.facts.catalogue import chalcogens, entries
from prenuc.simulation.relaxation import relaxation_rate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.infer.experiments.performed import Question
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.simulation.solution import Measurement

SMALLEST_DOT = 20  # units; what holds less is a piece and no dot: MSC-311 itself holds 20 Cd
CORE = {"metal", "chalcogen", "pnictogen"}  # kinds of moieties that are the semiconductor
TRACE = 1e-4  # share of the chalcogen; less is nothing: 0.0002 of absorbance in these cuvettes


def share(asked: Question) -> float:
    """Return the share of the chalcogen that named components, or kinds of them, hold."""
    run, measurement = asked.run, asked.measurement
    wanted = {word.strip() for word in asked["of"].split(",")}
    pieces = _pieces(run.mechanism, measurement)
    held = total = 0.0
    for name, amount in zip(run.names, measurement.concentration, strict=True):
        component = run.mechanism.components.get(name)
        if component is None or not component.composition:
            continue
        per = sum(n for part, n in component.composition.items() if part in chalcogens())
        total += per * amount
        if wanted & {name, component.kind, component.species}:
            held += per * max(amount - pieces.get(name, (0.0, 0.0))[1], 0.0)
    return float(held / total) if total else math.nan  # a ratio of nothing is no number


def _pieces(mechanism: Mechanism, measurement: Measurement) -> dict[str, tuple[float, float]]:
    """Return number and units of what is too small for a dot, by the component of each ladder."""
    ladders = len(mechanism.populations)
    found = {}
    for place, ladder in enumerate(mechanism.populations):
        small = ladder.units < SMALLEST_DOT
        amounts = measurement.dots[place::ladders][small]
        units = float(amounts @ ladder.units[small])
        found[ladder.moments.units] = (float(amounts.sum()), units)
    return found


def ratio(one: float, other: float) -> float:
    """Return a ratio; infinite over nothing, but not a number where there is nothing at all."""
    if other > 0:
        return one / other
    return math.inf if one > 0 else math.nan


def _over(one: float, other: float) -> float:
    """Return a ratio of two shares, of which one at least must be more than a trace."""
    return math.nan if max(one, other) < TRACE else ratio(one, other)


def share_ratio(asked: Question) -> float:
    """Return the share of one over the share of the other."""
    return _over(share(asked), share(asked.but(of=asked["over"])))


def change_of_share(asked: Question) -> float:
    """Return a later share less an earlier one."""
    vessel, time = asked.of.get("to", asked["vessel"]), asked.of.get("later")
    later = asked.but(vessel=vessel) if time is None else asked.but(vessel=vessel, time=time)
    return share(later) - share(asked)


def change_of_ratio(asked: Question) -> float:
    """Return a share ratio in another vessel over that in the first; NaN when either lacks it."""
    first, later = share_ratio(asked), share_ratio(asked.but(vessel=asked["to"]))
    return math.nan if math.isnan(first) else ratio(later, first)


def gain_over(asked: Question) -> float:
    """Return a share here over that in another vessel, at another time or in another recipe."""
    return _over(share(asked), share(asked.there()))


def gain_by(asked: Question) -> float:
    """Return a share in the varied procedure over that in the written one."""
    return _over(share(asked.but(vary=asked["by"])), share(asked))


def number_of_dots(asked: Question) -> float:
    """Return how many dots there are, in mmol/L."""
    run, measurement = asked.run, asked.measurement
    dots = run.mechanism.dots
    if dots is None:
        return 0.0
    small, _ = _pieces(run.mechanism, measurement).get(dots.units, (0.0, 0.0))
    return float(measurement.concentration[run.names.index(dots.number)]) - small


def dots_over(asked: Question) -> float:
    """Return the number of dots here over that there."""
    return ratio(number_of_dots(asked), number_of_dots(asked.there()))


def time_of_most(asked: Question) -> float:
    """Return when the first of the samples with the largest share was taken; NaN for none."""
    vessels = [vessel.strip() for vessel in asked["vessels"].split(",")]
    times = [float(time) for time in asked["taken at"].split(",")]
    found = [share(asked.but(vessel=vessel)) for vessel in vessels]
    most = max(found)
    return times[found.index(most)] if most > 0 else math.nan


def mass(asked: Question) -> float:
    """Return the molar mass of a component, as it is written in the mechanism, in Da."""
    moieties, reagents = entries("moieties"), entries("reagents")
    weighed = [(moieties.get(part) or reagents[part], n) for part, n in _parts(asked).items()]
    return 1e3 * math.fsum(n * one.molar_mass.si for one, n in weighed) or math.nan


def core_mass(asked: Question) -> float:
    """Return the mass of a component's atoms of the semiconductor, without ligands, in Da."""
    known = entries("moieties")
    core = [(known[part], n) for part, n in _parts(asked).items() if part in known]
    return 1e3 * math.fsum(n * one.molar_mass.si for one, n in core if one.kind in CORE) or math.nan


def mass_ratio(asked: Question) -> float:
    """Return the molar mass of one component over that of another."""
    return mass(asked) / mass(asked.but(of=asked["over"]))


def _parts(asked: Question) -> Mapping[str, float]:
    """Return the moieties of a component, and the reagents that stay whole in it; {} for none."""
    component = asked.run.mechanism.components.get(asked["of"])
    return {} if component is None else component.composition or {}


def rate_on_dilution(asked: Question) -> float:
    """Return the relaxation rate of a diluted last sample over that of the undiluted one."""
    run = asked.run
    last = run.measurements[-1]
    if asked["product"] not in run.mechanism.components:
        return math.nan
    thin = dataclasses.replace(last, concentration=last.concentration / float(asked["factor"]))
    rates = [relaxation_rate(run.mechanism, m, asked["product"]) for m in (thin, last)]
    return ratio(rates[0], rates[1])
