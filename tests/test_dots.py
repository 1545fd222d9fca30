"""Dots of the two-pathway model: class by class against closed forms, moments, and the bench."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.optimize import brentq

from prenuc.errors import InputError
from prenuc.facts.catalogue import get, recipe
from prenuc.facts.material import PHOTON_ENERGY_NM
from prenuc.facts.source import Source
from prenuc.facts.value import Value
from prenuc.mechanism import Moments, two_pathway
from prenuc.mechanism.named import mechanism_named
from prenuc.observe.absorption import uv_vis
from prenuc.observe.coarse import coarse_error
from prenuc.observe.dots import FWHM_PER_SIGMA, dot_sizes, line_of
from prenuc.protocol import Protocol
from prenuc.quantities import parse
from prenuc.simulation import simulate
from prenuc.simulation.choice import for_recipe
from prenuc.simulation.evolve import evolve

HOT = 453.15
MONOMER = "Mo/Fr"
CDS = "charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9 g ODE at 60 degC"


def value(text):
    return Value(parse(text), Source("user", "here"), "assumed")


def cds(dots=None, **change):
    named = {name.replace("__", " ").replace("_", "."): value(v) for name, v in change.items()}
    return two_pathway("CdS@0.1", dots=dots).with_constants(named)


@pytest.fixture(scope="module")
def model():
    return two_pathway("CdS@0.1")


@pytest.fixture(scope="module")
def oleate():
    return simulate(two_pathway("CdS@0.1"), Protocol.from_recipe(recipe("cds-4c-oleate")))


# ---- solubility ---------------------------------------------------------------------------------


def solubility(model, units, temperature=HOT):
    """Equation (4) by hand: monomer at which dots of a size keep it, mmol/L."""
    number = {name: one.si for name, one in model.parameters.items()}
    volume = get("materials", "CdS").values["unit_volume"].si
    edge = (36 * np.pi) ** (1 / 3) * volume ** (2 / 3)
    energy = number["dots.surface energy"] * edge * ((units + 1) ** (2 / 3) - units ** (2 / 3))
    cold = 1 / temperature - 1 / number["growth.solubility at"]
    plane = number["growth.solubility"] * np.exp(-number["growth.H"] / 8.314462618 * cold)
    return plane * np.exp(energy / 1.380649e-23 / temperature)


def left_alone(model, units, monomer, *, number=1e-9, hours=1.0, temperature=HOT):
    """Dots of one size in a monomer that they do not change; nothing else is there."""
    dots = np.zeros(len(model.population.units))
    dots[units - model.population.smallest] = number
    times = np.linspace(0.0, 3600 * hours, 5)
    return evolve(model, times, start={MONOMER: monomer}, dots=dots, temperature=temperature)


@pytest.mark.parametrize(("units", "temperature"), [(40, HOT), (40, 298.15), (400, HOT)])
def test_dots_keep_their_size_at_their_solubility(units, temperature):
    """Twenty arrivals, and as many departures as they have at this monomer."""
    quiet = cds(nucleation_k="0 mmol/L/min")
    at, (by_monomer, *_) = solubility(quiet, units, temperature), quiet.population.attachment
    hours = 20 / (by_monomer.constant(temperature) * at * units ** (2 / 3)) / 3600
    drift = [
        left_alone(quiet, units, at * off, number=1e-6 * at, hours=hours, temperature=temperature)
        for off in (0.7, 1.0, 1.3)
    ]
    less, same, more = (float(run.moment(1)[-1] / run.moment(0)[-1]) - units for run in drift)
    assert less < -4
    assert abs(same) < 1.5
    assert more > 4


def test_dots_below_their_solubility_dissolve_to_the_last_unit():
    quiet = cds(nucleation_k="0 mmol/L/min")
    run = left_alone(quiet, 40, 0.0, number=1e-4 * solubility(quiet, 40), hours=50)
    whole = 40 * 1e-4 * solubility(quiet, 40)
    assert run.of(MONOMER)[-1] == pytest.approx(whole, rel=1e-9)
    assert run.moment(0)[-1] < 1e-9 * run.moment(0)[0]


def test_small_dots_feed_large_ones():
    """Ostwald ripening: fewer dots, larger on average, the same units."""
    quiet = cds(nucleation_k="0 mmol/L/min")
    dots = np.zeros(len(quiet.population.units))
    dots[[30 - 10, 300 - 10]] = 1e-3, 1e-4
    times = [0.0, 36000.0]
    run = evolve(quiet, times, start={}, dots=dots, temperature=HOT)
    assert run.moment(0)[-1] < 0.3 * run.moment(0)[0]
    assert run.dots[-1, :50].sum() < 1e-2 * run.dots[0, :50].sum()
    units = run.moment(1) + run.of(MONOMER)
    assert units[-1] == pytest.approx(units[0], rel=1e-10)


def test_a_ligand_that_binds_monomers_makes_dots_more_soluble(model):
    (monomer, *_), (dissolution,) = model.population.attachment, model.population.detachment
    assert len(monomer.factors) == 2
    assert dissolution.factors == ()


def test_a_solubility_of_nothing_means_no_dissolution():
    run = left_alone(cds(growth_solubility="0 mmol/L"), 40, 0.0, hours=1000)
    assert run.moment(1)[-1] == pytest.approx(40 * run.moment(0)[0], rel=1e-12)


# ---- classes and moments ------------------------------------------------------------------------

FLAT = {"dots_surface__energy": "0 J/m^2", "growth_solubility": "0 mmol/L"}


def differences(units):
    """Largest relative differences of moments from classes without curvature and solubility."""
    change = FLAT | {"nucleation_size": str(units), "dots_largest": "20000"}
    protocol = Protocol.from_recipe(recipe("cds-4c-oleate"))
    runs = [simulate(cds(dots, **change), protocol) for dots in (None, Moments())]
    return coarse_error(*runs)


def test_classes_without_curvature_have_the_moments_of_the_continuum():
    """What is left is the discreteness of units, which dies away as nuclei become larger."""
    small, large = differences(30), differences(1000)
    assert large.number < 1e-3
    assert large.size < 1e-4
    assert large.width < 0.02
    assert large.size < 0.1 * small.size
    assert large.width < small.width


def test_moments_of_the_run_are_those_of_its_classes(oleate, model):
    (found,) = oleate.measurements
    units, names = model.population.units, model.dots
    amounts = oleate.amounts(found)
    for power, name in enumerate((names.number, names.length, names.surface, names.units)):
        assert amounts[name] == pytest.approx(np.sum(units ** (power / 3) * found.dots), rel=1e-12)


def test_the_coarse_error_compares_one_protocol(oleate):
    other = simulate(cds(Moments()), Protocol.from_text([CDS, "measure flask at 1 min"]))
    with pytest.raises(InputError, match="two different protocols"):
        coarse_error(oleate, other)


def test_an_alloy_has_a_ladder_for_each_material_and_once_counted_moments():
    ladders = for_recipe(recipe("cdtese-5c")).populations
    assert [ladder.material for ladder in ladders] == ["CdTe", "CdSe"]
    assert mechanism_named("alloy/CdTeSe@0.1").populations == ()


# ---- on the bench -------------------------------------------------------------------------------


def test_dots_travel_with_their_aliquot(model):
    """Two batches of dots, sampled, diluted, mixed and heated again: nothing is lost or made."""
    done = [
        CDS,
        CDS.replace("flask", "other"),
        "heat flask to 200 degC over 10 min",
        "hold flask for 60 min",
        "heat other to 180 degC over 10 min",
        "hold other for 40 min",
        "measure flask at 70 min",
        "measure other at 50 min",
        "take 2 mL of flask into mix at 25 degC",
        "take 1 mL of other into mix at 25 degC",
        "measure mix at 0 min",
        "heat mix to 150 degC over 5 min",
        "hold mix for 30 min",
        "take 25 uL of mix into cuvette with 3.00 mL toluene at 25 degC",
        "measure cuvette at 0 min, 5 d",
        "hold flask for 5 min",
    ]
    run = simulate(model, Protocol.from_text(done))
    errors = [
        e for name, held in run.conservation.items() if name != "ledger" for e in held.values()
    ]
    assert max(errors) < 1e-10
    assert run.conservation["ledger"]["final"] < 1e-10
    flask, other, mix, *_ = run.measurements
    assert min(m.dots.sum() for m in run.measurements) > 0
    both = (2 * flask.dots + 1 * other.dots) / 3
    np.testing.assert_allclose(mix.dots * mix.volume, both * 3e-6, rtol=1e-3, atol=1e-30)


def test_dots_form_in_the_hot_flask_and_not_before(model):
    steps = [CDS, "heat flask to 180 degC over 10 min"]
    for minutes in (10, 20, 45):
        steps += [f"hold flask for {minutes} min", f"take 1 uL of flask into S{minutes} at 25 degC"]
        steps += [f"measure S{minutes} at 0 min"]
    run = simulate(model, Protocol.from_text(steps))
    held = run.concentration("QD")
    assert held[0] < 1e-3 * held[-1]
    sizes = [dot_sizes(run, m, model.dots) for m in run.measurements[1:]]
    assert sizes[0][1] < sizes[1][1]


# ---- spectra ------------------------------------------------------------------------------------

NM = np.linspace(285.0, 500.0, 431)


def shown(run, dots, nm=NM):
    """Absorbance of size classes alone, per cm."""
    nothing = np.zeros(len(run.names))
    measurement = dataclasses.replace(
        run.measurements[0], concentration=nothing, dots=dots, occupied=None
    )
    alone = dataclasses.replace(run, measurements=(measurement,))
    return uv_vis(alone, wavelength=nm).absorbance[0]


def first_absorption(curve, diameter):
    """Return the first absorption (nm), held at the ends of the curve."""
    low, high = curve.low.quantity.number, curve.high.quantity.number
    held = np.clip(diameter, curve.diameter(low), curve.diameter(high))
    return brentq(lambda nm: curve.diameter(nm) - held, low, high, xtol=1e-10)


def by_hand(run, dots, nm=NM):
    """Sum of equation (1) over all classes, one by one."""
    line, material = line_of("CdS"), get("materials", "CdS")
    total = np.zeros_like(nm)
    for units, amount in zip(run.mechanism.population.units, dots, strict=True):
        if amount:
            diameter = material.diameter(units)
            first = PHOTON_ENERGY_NM / first_absorption(material.curves[0], diameter)
            above = PHOTON_ENERGY_NM / nm - first
            edge = 2 / (1 + np.exp(-(above - line.step) / (2 * line.sigma)))
            shape = np.exp(-0.5 * (above / line.sigma) ** 2) + edge
            total += 1e-3 * amount * 21536 * diameter**2.3 * shape
    return total


def test_the_spectrum_is_the_sum_over_sizes(oleate):
    dots = oleate.measurements[0].dots
    found, wanted = shown(oleate, dots), by_hand(oleate, dots)
    assert np.max(np.abs(found - wanted)) < 1e-7


@pytest.mark.parametrize("classes", [1, 200, 256, 257, 300, 5000, 9991])
def test_few_sizes_and_many_are_summed_alike(oleate, classes):
    """From no line on a grid to nearly all of them; of absorbance 1 a ten millionth."""
    dots = np.zeros(len(oleate.measurements[0].dots))
    dots[:classes] = np.random.default_rng(classes).random(classes) * 1e-3
    wanted = by_hand(oleate, dots)
    found = shown(oleate, dots / wanted.max())
    assert np.max(np.abs(found - wanted / wanted.max())) < 1e-7


def test_absorbance_is_linear_in_every_class(oleate):
    rng = np.random.default_rng(3)
    one, two = rng.random((2, len(oleate.measurements[0].dots))) * 1e-6
    both = shown(oleate, 2 * one + 3 * two)
    np.testing.assert_allclose(both, 2 * shown(oleate, one) + 3 * shown(oleate, two), rtol=1e-10)


def half_width(run, dots, centre):
    """Half width in eV of the line of size classes, from its red flank."""
    energy = np.linspace(centre - 0.6, centre, 2401)
    absorbance = shown(run, dots, PHOTON_ENERGY_NM / energy[::-1])[::-1]
    top = int(np.argmax(absorbance))
    return energy[top] - np.interp(absorbance[top] / 2, absorbance[:top], energy[:top])


def test_the_width_of_the_first_absorption_is_that_of_the_distribution(oleate):
    """Homogeneous for one size; as √(σ² + σ_sizes²) for a normal distribution of energies.

    The tail of the higher transitions lies under the line and adds some hundredths.
    """
    line, material = line_of("CdS"), get("materials", "CdS")
    units = oleate.mechanism.population.units
    energies = line.first(np.array([material.diameter(n) for n in units]))
    centre = float(energies[400 - 10])
    found = []
    for sigma in (1e-4, 0.03, 0.06):
        dots = np.exp(-0.5 * ((energies - centre) / sigma) ** 2)
        dots *= np.abs(np.gradient(energies)) / line.per_dot(
            np.array([material.diameter(n) for n in units])
        )
        found.append(half_width(oleate, dots * 1e-6, centre + 0.05))
        wanted = np.hypot(line.sigma, sigma) * FWHM_PER_SIGMA / 2
        assert found[-1] == pytest.approx(wanted, rel=0.08)
    assert found == sorted(found)
