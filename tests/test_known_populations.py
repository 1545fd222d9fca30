"""Populations whose sizes are known: equilibrium, relaxation, and growth that moments close."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from known_values import size_independent_growth as alike
from known_values import surface_limited_growth as surface
from known_values.becker_doering import BeckerDoering
from populations import ConstantProfile, attachment, detachment, only, population
from prenuc.mechanism import Arrhenius, Reaction
from prenuc.mechanism.population import DiffusionLimited, SurfaceLimited
from prenuc.mechanism.reaction import mass_action
from prenuc.simulation.evolve import evolve
from prenuc.simulation.solvers import Cvode, Rodas

SOLVERS = [Rodas(rtol=1e-9, atol=1e-18), Cvode(rtol=1e-10, atol=1e-18)]
solvers = pytest.mark.parametrize("solver", SOLVERS, ids=lambda s: s.name)

# ---- the closed Becker-Döring system -------------------------------------------------------------

LARGEST, TOTAL = 40, 6.0
PROFILES = {"surface": SurfaceLimited(), "diffusion": DiffusionLimited()}
profiles = pytest.mark.parametrize("name", PROFILES)


def closed(name, tension=0.8):
    known = BeckerDoering(2.0, 3.0, tension, LARGEST, PROFILES[name])
    dimer = Reaction("dimer", {"M": -2.0, "QD": 2.0}, Arrhenius(2.0), mass_action({"M": 2}))
    ours = population(
        attachment(2.0),
        detachment(3.0),
        dimer,
        nuclei={"dimer": 2.0},
        tension=tension,
        profile=PROFILES[name],
        sizes=(2, LARGEST),
    )
    return known, ours


def starts():
    sizes = (2, LARGEST)
    n = np.arange(2.0, LARGEST + 1)
    yield {"M": TOTAL}, None
    yield {"M": 0.0}, only(sizes, LARGEST, TOTAL / LARGEST)
    yield {"M": 0.0}, only(sizes, 2, TOTAL / 2)
    yield {"M": TOTAL / 2}, np.full(len(n), TOTAL / 2 / n.sum())


@solvers
@profiles
def test_every_start_ends_at_the_same_equilibrium(solver, name):
    known, ours = closed(name)
    c, f = known.equilibrium(TOTAL)
    assert c + known.units @ f == pytest.approx(TOTAL, rel=1e-12)
    late = 40 / known.slowest(TOTAL)[0]
    for start, dots in starts():
        run = evolve(ours, [0.0, late], start=start, dots=dots, solver=solver)
        assert run.of("M")[-1] == pytest.approx(c, rel=1e-7)
        np.testing.assert_allclose(run.dots[-1], f, rtol=1e-6)
        assert run.of("M")[-1] + run.sizes @ run.dots[-1] == pytest.approx(TOTAL, rel=1e-12)


@profiles
def test_the_free_energy_never_rises_on_the_way(name):
    known, ours = closed(name)
    times = np.concatenate(([0.0], np.geomspace(1e-4, 30 / known.slowest(TOTAL)[0], 120)))
    lowest = known.free_energy(*known.equilibrium(TOTAL))
    for start, dots in starts():
        run = evolve(ours, times, start=start, dots=dots, solver=SOLVERS[0])
        seen = [
            known.free_energy(max(c, 1e-300), np.maximum(f, 0.0))
            for c, f in zip(run.of("M"), run.dots, strict=True)
        ]
        assert np.all(np.diff(seen) < 1e-9 * abs(lowest))
        assert seen[1] > lowest + 1e-2
        assert seen[-1] == pytest.approx(lowest, rel=1e-9)


@solvers
@profiles
def test_the_slowest_mode_dies_away_with_the_smallest_eigenvalue(solver, name):
    known, ours = closed(name)
    rate, mode = known.slowest(TOTAL)
    tight = replace(solver, rtol=1e-12)
    c, f = known.equilibrium(TOTAL)
    small = 1e-3 * mode / np.max(np.abs(mode) / np.concatenate(([c], f)))
    times = np.array([0.0, 0.5, 1.0, 3.0]) / rate
    there, back = (  # the mean of both is free of what is quadratic in the disturbance
        evolve(ours, times, start={"M": c + x[0]}, dots=f + x[1:], solver=tight).dots
        for x in (small, -small)
    )
    for time, found in zip(times, (there - back) / 2, strict=True):
        wanted = np.exp(-rate * time) * small[1:]
        np.testing.assert_allclose(found, wanted, rtol=0, atol=2e-4 * np.max(np.abs(wanted)))


# ---- growth that does not see the size -----------------------------------------------------------


@solvers
def test_dots_that_grow_alike_are_poisson_distributed(solver):
    sizes, first, dots, speed = (10, 160), 12, 0.3, 0.5
    ours = population(attachment(speed, order=0), profile=ConstantProfile(), sizes=sizes)
    times = np.array([0.0, 4.0, 40.0, 100.0])
    run = evolve(ours, times, start={"M": 100.0}, dots=only(sizes, first, dots), solver=solver)
    for time, found in zip(times[1:], run.dots[1:], strict=True):
        wanted = np.zeros(len(run.sizes))
        wanted[2:] = dots * alike.poisson(run.sizes[2:] - first, speed * time)
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-7 * wanted.max())
        mean = run.sizes @ found / found.sum()
        assert mean == pytest.approx(first + speed * time, rel=1e-9)
        assert (run.sizes - mean) ** 2 @ found / dots == pytest.approx(speed * time, rel=1e-7)
    np.testing.assert_allclose(run.of("M"), 100.0 - dots * speed * times, rtol=1e-9)


@solvers
def test_growth_that_uses_up_its_monomer_stops_with_the_poisson_of_what_was_taken(solver):
    sizes, first, dots, monomer = (10, 120), 12, 0.3, 9.0
    ours = population(attachment(0.8), profile=ConstantProfile(), sizes=sizes)
    times = np.array([0.0, 1.0, 3.0, 60.0])
    run = evolve(ours, times, start={"M": monomer}, dots=only(sizes, first, dots), solver=solver)
    taken = alike.uptake(times, 0.8, dots, monomer)
    np.testing.assert_allclose(run.of("M"), monomer - dots * taken, atol=1e-8 * monomer)
    for grown, found in zip(taken[1:], run.dots[1:], strict=True):
        wanted = dots * alike.poisson(run.sizes[2:] - first, grown)
        np.testing.assert_allclose(found[2:], wanted, rtol=0, atol=1e-7 * wanted.max())


@solvers
@pytest.mark.parametrize("nucleus", [12, 12.25])
def test_nucleation_with_growth_alike_has_closed_moments(solver, nucleus):
    """A nucleus between two classes is shared: its dots and units are right, its square is not."""
    sizes, rate, growth, start = (10, 200), 0.05, 0.7, 0.2
    source = Reaction(
        "nucleate", {"P": -1.0, "QD": nucleus}, Arrhenius(rate), mass_action({"P": 1})
    )
    ours = population(
        attachment(growth, order=0),
        (),
        source,
        nuclei={"nucleate": nucleus},
        profile=ConstantProfile(),
        sizes=sizes,
    )
    times = np.array([0.0, 3.0, 30.0, 100.0])
    run = evolve(ours, times, start={"M": 100.0, "P": start}, solver=solver)
    number, first, second = alike.factorial_moments(times, rate, start, growth)
    np.testing.assert_allclose(run.dots.sum(axis=1), number, rtol=1e-8, atol=1e-15)
    np.testing.assert_allclose(run.moment(0), number, rtol=1e-8, atol=1e-15)
    units = nucleus * number + first
    np.testing.assert_allclose(run.moment(1), units, rtol=1e-8, atol=1e-15)
    np.testing.assert_allclose(run.of("M"), 100.0 - first, rtol=1e-9)
    between = (nucleus % 1) * (1 - nucleus % 1)  # variance that sharing adds to every nucleus
    squares = second + first + between * number
    spread = np.array([(run.sizes - nucleus) ** 2 @ found for found in run.dots])
    np.testing.assert_allclose(spread, squares, rtol=1e-7, atol=1e-14)


# ---- growth at the surface -----------------------------------------------------------------------


@solvers
def test_growth_at_the_surface_is_a_pure_birth_process(solver):
    sizes, first, grown = (20, 200), 27, 6.0
    ours = population(attachment(0.5, order=0), sizes=sizes)
    start = only(sizes, first, 0.4)
    run = evolve(ours, [0.0, grown / 0.5], start={"M": 100.0}, dots=start, solver=solver)
    wanted = surface.distribution(run.sizes, start, grown)
    np.testing.assert_allclose(run.dots[-1], wanted, rtol=0, atol=1e-7 * wanted.max())
    assert run.of("M")[-1] + run.sizes @ run.dots[-1] == pytest.approx(100.0 + 27 * 0.4, rel=1e-12)


@pytest.mark.parametrize("first", [125, 1000, 4096])
def test_large_dots_grow_in_length_at_the_same_speed(first):
    """The continuum is reached with an error of l^-2, and that error is known too."""
    grown = 3.0
    length = np.cbrt(first)
    sizes = (first - 2, int((length + grown / 3 + 1) ** 3))
    ours = population(attachment(1.0, order=0), sizes=sizes)
    run = evolve(
        ours, [0.0, grown], start={"M": 1e4}, dots=only(sizes, first, 1.0), solver=SOLVERS[0]
    )
    found = run.moment(1 / 3)[-1] / run.moment(0)[-1]
    correction = surface.mean_length(first, grown) - (length + grown / 3)
    assert found - (length + grown / 3) == pytest.approx(correction, rel=6 / length)
    assert run.moment(0)[-1] == pytest.approx(1.0, rel=1e-12)
