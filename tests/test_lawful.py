"""Every mechanism of the package that is called consistent obeys thermodynamics when it runs.

Potentials, Gibbs energy and equilibrium are those of ``lawful.py``, which has its own formulas.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from functools import cache, partial

import numpy as np
import pytest

from lawful import Potentials, R, Vessel, chalcogens, with_one_sided_host
from membrane import PRIME, joined, other, side_by_side
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
LOW = 0.04  # J/m² of dots that no ligand covers, so that they are made while one waits
CUT, SOME = 60, 40  # units of the largest dot that there is an equilibrium of; of those of a start
CHALCOGEN, METAL, ADDITIVE = 24.0, 96.0, 20.0  # mmol/L
LONG, LONGEST, STILL = 1e7, 1e13, 2e-7  # s, s, of the chalcogen
MOST_STEPS = 6000  # in one of the looks at a vessel that comes to rest
HASTE = {"droplets": 1e8, "sequential": 1e8, "layers": 1e6}  # at 240 °C theirs take 10²⁰ s
COOLER = 473.15  # K, of a vessel that is then warmed
SHORT = 1e-4  # of a time, over which a fall is seen
SEEN = 1e-12  # of the chalcogen; of what there is less of, concentrations are not followed
RARE = 1e-14  # mol/m³; of what is in equilibrium with more even so little is right
THROUGH = {"precursor", "by-product", "monomer"}  # what a membrane lets through
USUAL, EXACT = Rodas(rtol=1e-9), Rodas(rtol=1e-10)


def test_all_mechanisms_are_consistent():
    assert {verdict_of(mechanism_named(name)) for name in EVERY} == {CONSISTENT}


@cache
def model(name, metal=None):
    found = mechanism_named(name, metal=metal)
    assert verdict_of(found) == CONSISTENT
    return found


@cache
def cut(name):
    """Return the same with small dots, of which there is an equilibrium, and a low barrier."""
    return hastened(_cut(model(name)), HASTE.get(name.partition("/")[0], 1.0))


def hastened(mechanism, times):
    """Return the same with all steps but the supply and growth of what is there faster both ways.

    Equilibrium does not hang on it.
    """

    def way(one):
        known = one.name.startswith(("supply", "growth"))
        return (
            one if known else replace(one, constant=replace(one.constant, k=one.constant.k * times))
        )

    if times == 1.0:
        return mechanism
    laws = tuple(map(way, mechanism.reactions))
    populations = tuple(
        replace(
            one,
            attachment=tuple(map(way, one.attachment)),
            detachment=tuple(map(way, one.detachment)),
        )
        for one in mechanism.populations
    )
    return mechanism.with_laws(laws, populations, mechanism.balances)


def _cut(mechanism):
    small = {}
    for name, value in mechanism.constants.items():
        if name.endswith("dots.largest"):
            least = mechanism.constants[name.replace("largest", "smallest")].si
            small[name] = max(CUT, round(least) + 1 + SOME)
        elif name.endswith("dots.surface energy") and not mechanism.population.cover:
            small[name] = f"{min(value.si, LOW)} J/m^2"
    return mechanism.with_constants(small)


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
        near = [0.0, *(time * (1 + SHORT * i) for i in (-1, 0, 1))]
        run = evolve(
            mechanism, near, start=start, dots=dots, temperature=kelvin, solver=Rodas(rtol=1e-11)
        )
        states = list(along(run))[1:]
        theirs = [gibbs_energy(mechanism, Conditions(kelvin, 1.0, c, {}), f) for c, f in states]
        ours = [Potentials(mechanism, kelvin).gibbs(*one) for one in states]
        thermal = R * kelvin
        fall = theirs[0] - theirs[2]
        assert fall == pytest.approx(
            thermal * (ours[0] - ours[2]), rel=1e-5, abs=1e-13 * abs(theirs[0])
        )
        c, f = states[1]
        power = dissipation(mechanism, Conditions(kelvin, 1.0, c, {}), f)
        rounding = 1e-13 * abs(theirs[0])
        assert fall / (2 * SHORT * time) == pytest.approx(
            power, rel=1e-3, abs=rounding / time / SHORT
        )
        assert power == pytest.approx(
            thermal * Potentials(mechanism, kelvin).dissipated(c, f)[0], rel=1e-9
        )


def until_nothing_changes(mechanism, kelvin, held, dots, solver=USUAL):
    """Return states from the start to where three times as long changes and dissipates nothing."""
    states, long, found = [], 1e-3, Potentials(mechanism, kelvin)  # s
    while long < LONGEST:
        at = [0.0, long]
        run = evolve(mechanism, at, start=held, dots=dots, temperature=kelvin, solver=solver)
        held, dots = tuple(along(run))[1]
        states.append((held, dots))
        if long > LONG:
            changed = _change(mechanism, *states[-2:]) / CHALCOGEN
            spent = found.dissipated(held, dots)[0] * long / CHALCOGEN  # RT
            if changed < STILL and spent < STILL:
                return states
            assert changed > 1e-3 * STILL or spent < 1e-3, "it dissipates and does not change"
        if run.stats["steps"] > MOST_STEPS:
            break
        long *= 10**0.5
    return states


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
    if begin == "rest":
        start, dots = Vessel(Potentials(mechanism, COOLER), start).at_rest(totals)
        start = {part: c for part, c in start.items() if part not in mechanism.without_mass}
    elif begin != "precursors":
        made = vessel.with_most(KINDS[begin], totals, SOME)
        if made is None:
            pytest.skip(f"{mechanism.name} knows no {begin}")
        start, dots = made
    states = until_nothing_changes(mechanism, found.kelvin, start, dots, solver)
    vessel = replace(vessel, frozen=too_slow(vessel, *states[-1]))
    totals = vessel.totals(*states[-1]) if vessel.frozen else totals
    power = np.array([found.dissipated(*one)[0] for one in states])
    end, end_dots = states[-1]
    gross = sum(there.sum() for _, there, _, _ in found.driven(end, end_dots))
    assert abs(power[-1]) < 1e-12 * max(power.max(), gross)
    least, least_dots = vessel.at_rest(totals)
    apart = {
        part: abs(end[part] - least[part]) * (chalcogens(mechanism.components[part]) or 1.0)
        for part in least.keys() - {*mechanism.without_mass}
    }
    apart["dots"] = (np.abs(end_dots - least_dots) * mechanism.class_units).max(initial=0.0)
    assert max(apart.values()) < 1e-6 * CHALCOGEN, apart
    acting = {step.name for step in vessel.acting}
    for step, _, _, driven in found.driven(end, end_dots):
        if step.name in acting:
            there = _both_sides(mechanism, step, end, end_dots) > SEEN * CHALCOGEN
            assert np.abs(driven[there]).max(initial=0.0) < 1e-6, step.name


def too_slow(vessel, held, dots):
    """Return the steps off balance that move less than `STILL` in 10⁷ s, both ways together.

    Of what is there, and of what makes dots; what they would change is then as good as conserved.
    """
    found, acting, slow = vessel.potentials, {step.name for step in vessel.acting}, set()
    for step, there, back, driven in found.driven(held, dots):
        seen = _both_sides(found.mechanism, step, held, dots) > SEEN * CHALCOGEN
        off = (seen | _makes_dots(found.mechanism, step)) & (np.abs(driven) > 1e-3)
        moved = np.max((there + back)[off], initial=0.0) * LONG
        if step.name in acting and off.any() and moved < STILL * CHALCOGEN:
            slow.add(step.name)
    return frozenset(slow)


def _makes_dots(mechanism, step):
    """Return whether a step changes how many dots there are; some act on the smallest alone."""
    for sizes in mechanism.populations:
        if step.name in {one.name for one in sizes.attachment}:
            return np.count_nonzero(sizes.growth(step.there)(sizes.units)) == 1
        if sizes.moments.number in step.net:
            return True
    return False


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


def balances_in_detail(mechanism, celsius, seed):
    """Where the Gibbs energy is least, each step runs as fast one way as the other."""
    rng, found = seeded(mechanism, seed), Potentials(mechanism, celsius + 273.15)
    start, dots = precursors(mechanism, additives=1), np.zeros(mechanism.class_units.size)
    start = {part: c * 10 ** rng.uniform(-0.5, 0.5) for part, c in start.items()}
    vessel = Vessel(found, start)
    totals = vessel.totals(start, dots)
    held, dots = vessel.at_rest(totals)
    same = vessel.totals(held, dots)
    np.testing.assert_allclose(same, totals, rtol=1e-6, atol=1e-6)
    held = dict.fromkeys(mechanism.components, 0.0) | held
    for step, there, back, _ in found.driven(held, dots):
        if step.name in {one.name for one in vessel.acting}:
            np.testing.assert_allclose(there, back, rtol=1e-6, atol=1e-200, err_msg=step.name)
    state = Conditions(found.kelvin, 1.0, held, {})
    gross = sum(there.sum() for _, there, _, _ in found.driven(held, dots))
    assert abs(dissipation(mechanism, state, dots)) < 1e-12 * R * found.kelvin * gross


@pytest.mark.parametrize(("celsius", "seed"), [(180, 0), (240, 1)])
@every
def test_every_step_is_in_balance_where_the_gibbs_energy_is_least(name, celsius, seed):
    balances_in_detail(cut(name), celsius, seed)


STARTS = [("precursors", 240), ("PC", 210), ("dots", 240), ("dots", 180), ("rest", 240)]


@pytest.mark.parametrize(("begin", "celsius"), STARTS)
@every
def test_all_ways_lead_to_the_least_gibbs_energy(name, begin, celsius):
    comes_to_rest(cut(name), begin, celsius, additives=1)


@pytest.mark.study
@pytest.mark.parametrize("begin", KINDS)
@every
def test_all_ways_lead_to_the_least_gibbs_energy_without_additives(name, begin):
    """At 240 °C: where nothing speeds nucleation the last mode is slower than rounding."""
    comes_to_rest(cut(name), begin, 240, additives=0, solver=EXACT)


def come_to_equal_potentials(mechanism, celsius, rare=RARE):
    """Precursors are in one vessel, additives in both, not alike; the membrane keeps those."""
    rng, kelvin = seeded(mechanism), celsius + 273.15
    mixing = {n for new, _ in exchanges_of(mechanism.balances).values() for n in new}
    kinds = {n: one.kind for n, one in mechanism.components.items() if n not in mixing}
    start, dots = precursors(mechanism, additives=0), np.zeros(mechanism.class_units.size)
    for part in (one for one, kind in kinds.items() if kind == "medium"):
        start |= {part: ADDITIVE, other(part): ADDITIVE * rng.uniform(0.1, 1.0)}
    taken = {part for step in Potentials(mechanism, kelvin).steps for part in step.net}
    permeable = [
        part
        for part, kind in kinds.items()
        if kind in THROUGH or (kind == "medium" and part in taken)
    ]
    twice = joined(mechanism, permeable)
    end, end_dots = until_nothing_changes(twice, kelvin, start, side_by_side(dots, dots))[-1]
    mu, of_dots = Potentials(twice, kelvin).potentials(end, end_dots)
    slow = too_slow(Vessel(Potentials(twice, kelvin), start), end, end_dots)
    slow = frozenset(step.removesuffix(PRIME) for step in slow)
    tied = Vessel(Potentials(mechanism, kelvin), start, slow).tied(permeable)
    assert set(permeable) < set(tied)
    there = [one for one in tied if end.get(one, 0.0) > rare]
    off = {part: abs(mu[part] - mu[other(part)]) for part in there}
    assert max(off.values()) < 1e-6, off
    for i, sizes in enumerate(mechanism.populations):
        if {sizes.moments.units, sizes.moments.number} <= {*tied}:
            here, beyond = of_dots[i], of_dots[i + len(mechanism.populations)]
            seen = end_dots[i :: len(of_dots)] > rare
            assert np.abs(here - beyond)[seen].max(initial=0.0) < 1e-6


@every
def test_two_vessels_behind_a_membrane_come_to_equal_potentials(name):
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
    assert len(bench.measurements) >= 4
    for one in bench.measurements:
        held = dict.fromkeys(mechanism.components, 0.0)
        held |= dict(zip(bench.names, np.maximum(one.concentration, 0.0), strict=True))
        total, least = at(one.temperature).dissipated(held, np.maximum(one.dots, 0.0))
        assert least >= -1e-9 * total, f"{one.label} runs uphill"
    assert all(max(parts.values()) < 1e-12 for parts in books.conservation(bench.held).values())


def _watched(operation):
    if not isinstance(operation, Evolve):
        return operation
    shares = () if operation.frozen else (0.0, 0.02, 0.3, 1.0)
    looks = sorted({operation.duration * share for share in shares})
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
    small, step = whole.with_constants({"dots.largest": CUT}), "isomerisation of PC-311"
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
        come_to_equal_potentials(wrong, 240, rare=1e-20)
    come_to_equal_potentials(small, 240, rare=1e-20)
    with pytest.raises(MechanismError, match="no Gibbs energy"):
        gibbs_energy(wrong, Conditions(300.0, 1.0, {}, {}))
