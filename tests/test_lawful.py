"""Every mechanism of the package that is called consistent obeys thermodynamics when it runs.

Potentials, Gibbs energy and equilibrium are those of ``lawful.py``, which has its own formulas.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from functools import cache, partial

import numpy as np
import pytest

from lawful import Potentials, Vessel, chalcogens, with_one_sided_host
from membrane import joined, other, side_by_side
from prenuc.conditions import Conditions
from prenuc.errors import MechanismError
from prenuc.facts.catalogue import entries
from prenuc.mechanism.alloy import MODEL as ALLOY
from prenuc.mechanism.binding import exchanges_of
from prenuc.mechanism.named import MODELS, mechanism_named
from prenuc.mechanism.two_pathway import MODEL
from prenuc.protocol.operations import Evolve
from prenuc.protocol.protocol import Protocol
from prenuc.simulation.books import Books
from prenuc.simulation.evolve import evolve
from prenuc.simulation.solvers import Rodas
from prenuc.simulation.vessels import Vessels
from prenuc.thermodynamics.check import CONSISTENT, verdict_of
from prenuc.thermodynamics.energy import dissipation, gibbs_energy

EVERY = [one.id for one in entries("parameters").values() if one.model in {*MODELS, ALLOY}]
CUT, SOME = 60, 40  # units of the largest dot that there is an equilibrium of; of those of a start
CHALCOGEN, METAL, ADDITIVE = 24.0, 96.0, 20.0  # mmol/L
LONG, LONGEST, STILL = 1e7, 1e16, 2e-7  # s, s, of the chalcogen
SEEN = 1e-12  # of the chalcogen; of what there is less of, concentrations are not followed
RARE = 1e-20  # mol/m³; of what is in equilibrium with more even so little is right
THROUGH = {"precursor", "by-product", "monomer"}  # what a membrane lets through
FROZEN = 100.0  # K; liquid nitrogen, where nothing runs and potentials in RT leave the numbers
USUAL, EXACT = Rodas(rtol=1e-9), Rodas(rtol=1e-10)


def test_all_mechanisms_are_consistent():
    assert {verdict_of(mechanism_named(name)) for name in EVERY} == {CONSISTENT}


# Rivals that the integrator does not follow to rest, or not to a part in a million of RT: barriers
# of tens of units, laws of as high an order, 10⁹ s and more. Until then no step runs uphill.
SLOW = "the last mode is slower than the integrator follows"
NOT_FOLLOWED = {
    ("droplets/CdS", "precursors"),
    ("droplets/CdS", "dots"),
    ("msc-source/CdSe", "dots"),
    ("sequential/CdS", "precursors"),
    ("sequential/CdS", "dots"),
    ("sequential/CdSe", "precursors"),
    ("sequential/CdSe", "dots"),
    ("layers/CdSe", "precursors"),
}
NOT_JOINED = {
    "classical/CdS",
    "classical/CdTe",
    "classical/CdSe",
    "droplets/CdTe",
    "msc-source/CdTe",
    "msc-source/CdSe",
    "sequential/CdS",
    "sequential/CdTe",
    "sequential/CdSe",
    "autocatalytic/CdTe",
    "autocatalytic/CdSe",
}


@cache
def model(name, metal=None):
    found = mechanism_named(name, metal=metal)
    if verdict_of(found) != CONSISTENT:
        pytest.skip(f"{name}: {verdict_of(found)}")
    return found


@cache
def cut(name):
    """Return the same with small dots, of which there is an equilibrium."""
    return _cut(model(name))


def _cut(mechanism):
    largest = max(CUT, *(one.smallest + 20 for one in mechanism.populations), 0)
    return (
        mechanism.with_constants({"dots.largest": largest}) if mechanism.populations else mechanism
    )


def every(function):
    return pytest.mark.parametrize("name", EVERY)(function)


def precursors(mechanism, *, additives):
    """Return concentrations of what a flask is charged with."""
    parts = mechanism.components.values()
    sources = [one.name for one in parts if one.kind == "precursor" and chalcogens(one)]
    start = {one.name: METAL for one in parts if one.kind == "precursor"}
    start |= {name: CHALCOGEN / len(sources) for name in sources}
    return start | {one.name: ADDITIVE * additives for one in parts if one.kind == "medium"}


def some_start(mechanism, rng):
    start = {}
    for one in mechanism.components.values():
        if one.name not in {*mechanism.moment_names, *mechanism.without_mass}:
            start[one.name] = 10 ** rng.uniform(-4, 1)
        if one.kind == "medium":
            start[one.name] *= rng.choice([0.0, 10.0])
    return start, 10 ** rng.uniform(-6, -2, mechanism.class_units.size)


def along(run):
    """Yield what is held, by name, and dots by class; rounding below zero is nothing."""
    for c, f in zip(run.concentration, run.dots, strict=True):
        yield dict(zip(run.names, np.maximum(c, 0.0), strict=True)), np.maximum(f, 0.0)


def seeded(mechanism, seed=0):
    return np.random.default_rng([seed, zlib.crc32(mechanism.name.encode())])


def never_rises(mechanism, kelvin, start, dots):
    times = np.concatenate(([0.0], np.logspace(-8, 7, 60)))
    run = evolve(mechanism, times, start=start, dots=dots, temperature=kelvin, solver=EXACT)
    found = Potentials(mechanism, kelvin)
    states = list(along(run))[1:]  # at time 0 ligands are not yet bound
    energy = np.array([found.gibbs(*one) for one in states])
    assert np.ptp(energy) > 0
    assert np.diff(energy).max() < 1e-6 * np.ptp(energy), "the Gibbs energy rises"


def never_rises_from_somewhere(mechanism, seed):
    rng = seeded(mechanism, seed)
    start, dots = some_start(mechanism, rng)
    never_rises(mechanism, rng.uniform(298.15, 513.15), start, dots)


@pytest.mark.parametrize("seed", range(2))
@every
def test_the_gibbs_energy_of_a_closed_vessel_never_rises(name, seed):
    never_rises_from_somewhere(cut(name), seed)


@pytest.mark.study
@pytest.mark.parametrize("seed", range(2, 50))
@every
def test_the_gibbs_energy_never_rises_from_many_states(name, seed):
    never_rises_from_somewhere(cut(name), seed)


@every
def test_the_package_counts_the_same_gibbs_energy_and_its_fall_is_the_dissipated_power(name):
    """dG = −Σ v A dt along a run, with ligands that bind and exchange."""
    mechanism, kelvin = cut(name), 450.0
    start, dots = some_start(mechanism, seeded(mechanism))
    for time in (1e-3, 1.0, 1e3):
        near = [0.0, *(time * (1 + 1e-3 * i) for i in (-1, 0, 1))]
        run = evolve(
            mechanism, near, start=start, dots=dots, temperature=kelvin, solver=Rodas(rtol=1e-11)
        )
        states = list(along(run))[1:]
        theirs = [gibbs_energy(mechanism, Conditions(kelvin, 1.0, c, {}), f) for c, f in states]
        ours = [Potentials(mechanism, kelvin).gibbs(*one) for one in states]
        thermal = 8.31446261815324 * kelvin
        fall = theirs[0] - theirs[2]
        assert fall == pytest.approx(thermal * (ours[0] - ours[2]), rel=1e-5)
        c, f = states[1]
        power = dissipation(mechanism, Conditions(kelvin, 1.0, c, {}), f)
        assert fall / (2e-3 * time) == pytest.approx(power, rel=1e-3)
        assert power == pytest.approx(
            thermal * Potentials(mechanism, kelvin).dissipated(c, f)[0], rel=1e-9
        )


def until_nothing_changes(mechanism, kelvin, held, dots, solver=USUAL):
    """Return states from the start to where three times as long changes nothing."""
    states, long = [], 1e-3  # s
    while long < LONGEST:
        at = [0.0, long]
        run = evolve(mechanism, at, start=held, dots=dots, temperature=kelvin, solver=solver)
        held, dots = tuple(along(run))[1]
        states.append((held, dots))
        long *= 10**0.5
        if long > LONG and _change(mechanism, *states[-2:]) < STILL * CHALCOGEN:
            return states
    raise AssertionError("it does not come to rest")


def _change(mechanism, one, two):
    """Return the largest change of anything, in mol/m³ of its units."""
    parts = [abs(one[0][name] - two[0][name]) for name in one[0]]
    return max(*parts, np.abs(mechanism.class_units * (one[1] - two[1])).max(initial=0.0))


KINDS = {"precursors": "precursor", "PC": "PC", "dots": "QD"}


def comes_to_rest(mechanism, begin, celsius, *, additives, solver=USUAL):
    found = Potentials(mechanism, celsius + 273.15)
    start, dots = precursors(mechanism, additives=additives), np.zeros(mechanism.class_units.size)
    vessel = Vessel(found, start)
    totals = vessel.totals(start, dots)
    if begin != "precursors":
        size = max(SOME, *(one.smallest for one in mechanism.populations), 0)
        made = vessel.with_most(KINDS[begin], totals, size)
        if made is None:
            pytest.skip(f"{mechanism.name} knows no {begin}")
        start, dots = made
    states = until_nothing_changes(mechanism, found.kelvin, start, dots, solver)
    power = np.array([found.dissipated(*one)[0] for one in states])
    assert abs(power[-1]) < 1e-12 * power.max()
    end, end_dots = states[-1]
    least, least_dots = vessel.at_rest(totals, states[-1])
    for part, amount in least.items():
        units = chalcogens(mechanism.components[part]) or 1.0
        assert abs(end[part] - amount) * units < 1e-6 * CHALCOGEN, part
    off = np.abs(end_dots - least_dots) * mechanism.class_units
    assert off.max(initial=0.0) < 1e-6 * CHALCOGEN
    acting = {step.name for step in vessel.acting}
    for step, _, driven in found.driven(end, end_dots):
        if step.name in acting:
            there = _both_sides(mechanism, step, end, end_dots) > SEEN * CHALCOGEN
            assert np.abs(driven[there]).max(initial=0.0) < 1e-6, step.name


def _both_sides(mechanism, step, held, dots):
    """Return how much there is of what there is least of in a step, by class for channels."""
    ladders = mechanism.populations
    of_dots = {name for one in ladders for name in (one.moments.units, one.moments.number)}
    least = min(held[name] for name in step.net if name not in of_dots)
    for i, sizes in enumerate(ladders):
        own = dots[i :: len(ladders)] * sizes.units
        if step.name in {one.name for one in sizes.attachment}:
            return np.minimum(least, np.minimum(own[:-1], own[1:]))
        if sizes.moments.number in step.net:
            least = min(least, own[0])
    return np.array([least])


@pytest.mark.parametrize(("begin", "celsius"), [("precursors", 240), ("PC", 210), ("dots", 180)])
@every
def test_all_ways_lead_to_the_least_gibbs_energy(request, name, begin, celsius):
    if (name, begin) in NOT_FOLLOWED:
        request.applymarker(pytest.mark.xfail(strict=True, reason=SLOW))
    comes_to_rest(cut(name), begin, celsius, additives=1)


@pytest.mark.study
@pytest.mark.parametrize("begin", KINDS)
@every
def test_all_ways_lead_to_the_least_gibbs_energy_without_additives(name, begin):
    """At 240 °C: where nothing speeds nucleation the last mode is slower than rounding."""
    comes_to_rest(cut(name), begin, 240, additives=0, solver=EXACT)


def come_to_equal_potentials(mechanism, celsius):
    """Precursors are in one vessel, additives in both, not alike; the membrane keeps those."""
    rng, kelvin = seeded(mechanism), celsius + 273.15
    mixing = {n for new, _ in exchanges_of(mechanism.balances).values() for n in new}
    kinds = {n: one.kind for n, one in mechanism.components.items() if n not in mixing}
    start, dots = precursors(mechanism, additives=0), np.zeros(mechanism.class_units.size)
    for part in (one for one, kind in kinds.items() if kind == "medium"):
        start |= {part: ADDITIVE, other(part): ADDITIVE * rng.uniform(0.1, 1.0)}
    permeable = [part for part, kind in kinds.items() if kind in THROUGH]
    twice = joined(mechanism, permeable)
    end, end_dots = until_nothing_changes(twice, kelvin, start, side_by_side(dots, dots))[-1]
    mu, of_dots = Potentials(twice, kelvin).potentials(end, end_dots)
    tied = Vessel(Potentials(mechanism, kelvin), start).tied(permeable)
    assert set(permeable) < set(tied)
    there = [one for one in tied if end.get(one, 0.0) > RARE]
    assert max(abs(mu[part] - mu[other(part)]) for part in there) < 1e-6
    for i, sizes in enumerate(mechanism.populations):
        if {sizes.moments.units, sizes.moments.number} <= {*tied}:
            here, beyond = of_dots[i], of_dots[i + len(mechanism.populations)]
            seen = end_dots[i :: len(of_dots)] > RARE
            assert np.abs(here - beyond)[seen].max(initial=0.0) < 1e-6


@every
def test_two_vessels_behind_a_membrane_come_to_equal_potentials(request, name):
    if name in NOT_JOINED:
        request.applymarker(pytest.mark.xfail(strict=True, reason=SLOW))
    come_to_equal_potentials(cut(name), 240)


def recipes_of(name):
    """Yield the recipes that a set speaks about, each with the metal carboxylate of its flask."""
    mine = entries("parameters")[name]
    sisters = [one for one in entries("parameters").values() if one.model == mine.model]
    shelf, usual = entries("reagents"), mine.names["metal precursor"]
    metals = {one.names["metal precursor"] for one in sisters if one.material == mine.material}
    metal = next(iter(shelf[usual].composition))
    for one in entries("recipes").values():
        reagents = Protocol.from_recipe(one).reagents if one.material == mine.material else ()
        if mine.names["chalcogen precursor"] not in reagents or (metals - {usual}) & reagents:
            continue
        others = sorted(n for n in reagents - {usual} if metal in shelf[n].composition)
        yield one.id, None if usual in reagents else next(iter(others), None)


def no_step_runs_uphill(mechanism, recipe):
    """In every vessel, in ramps and after doses; and all that is put in stays."""
    protocol = Protocol.from_recipe(entries("recipes")[recipe])
    bench = Vessels.of(mechanism, protocol, Rodas())
    books, at = Books.of(mechanism, bench.names), cache(partial(Potentials, mechanism))
    for operation in protocol.plan:
        before = bench.held
        bench.carry_out(_watched(operation))
        books.enter(operation, before, bench.held)
    assert len(bench.measurements) >= 6
    for one in bench.measurements:
        if one.temperature < FROZEN:
            continue
        held = dict.fromkeys(mechanism.components, 0.0)
        held |= dict(zip(bench.names, np.maximum(one.concentration, 0.0), strict=True))
        total, least = at(one.temperature).dissipated(held, np.maximum(one.dots, 0.0))
        assert least >= -1e-9 * total, f"{one.label} runs uphill"
    assert all(max(parts.values()) < 1e-12 for parts in books.conservation(bench.held).values())


def _watched(operation):
    if not isinstance(operation, Evolve):
        return operation
    looks = sorted({operation.duration * share for share in (0.0, 0.02, 0.3, 1.0)})
    return replace(operation, looks=tuple(looks))


RUNS = [(name, *one) for name in EVERY for one in recipes_of(name)]
OURS = MODEL, ALLOY  # of rivals one run in three, and not the longest
SOONER = [
    run
    for i, run in enumerate(RUNS)
    if run[0].startswith(OURS) or (i % 3 == 0 and "-1e-" not in run[1])
]


@pytest.mark.parametrize(("name", "recipe", "metal"), SOONER)
def test_no_step_of_a_recipe_runs_uphill_and_matter_is_kept(name, recipe, metal):
    no_step_runs_uphill(model(name, metal), recipe)


@pytest.mark.study
@pytest.mark.parametrize(("name", "recipe", "metal"), [run for run in RUNS if run not in SOONER])
def test_no_step_of_another_recipe_runs_uphill_and_matter_is_kept(name, recipe, metal):
    no_step_runs_uphill(model(name, metal), recipe)


def test_a_one_sided_host_is_seen_by_each_of_these_tests():
    whole = model("two-pathway/CdS")
    small, step = _cut(whole), "isomerisation of PC-311"
    wrong = with_one_sided_host(small, step, "toluene")
    start, dots = precursors(small, additives=1), np.zeros(small.class_units.size)
    rest = until_nothing_changes(small, 453.15, start, dots)[-1]
    start = {part: c for part, c in rest[0].items() if part not in small.without_mass}
    with pytest.raises(AssertionError, match="rises"):
        never_rises(wrong, 453.15, start, rest[1])
    with pytest.raises(AssertionError, match="runs uphill"):
        no_step_runs_uphill(with_one_sided_host(whole, step, "toluene"), "cds-msc-311-in-toluene")
    monomers = with_one_sided_host(small, "monomer formation", "toluene")
    with pytest.raises(AssertionError):
        comes_to_rest(monomers, "precursors", 240, additives=1)
    with pytest.raises(AssertionError):
        come_to_equal_potentials(wrong, 240)
    with pytest.raises(MechanismError, match="no Gibbs energy"):
        gibbs_energy(wrong, Conditions(300.0, 1.0, {}, {}))
