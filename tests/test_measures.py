"""What counts as seen: peaks that exist, ratios of something, dots that are no pieces."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from prenuc.errors import SimulationError
from prenuc.facts.catalogue import get
from prenuc.infer.calibration import varied
from prenuc.infer.calibration.varied import question
from prenuc.infer.experiments import performed, shares, spectra
from prenuc.infer.experiments.measures import measure
from prenuc.infer.experiments.performed import Experiments, Question
from prenuc.infer.experiments.reproduce import checks
from prenuc.infer.experiments.shares import SMALLEST_DOT, share, time_of_most
from prenuc.infer.experiments.spectra import highest_maximum
from prenuc.mechanism.population import SizeClasses
from prenuc.simulation.choice import for_recipe
from prenuc.simulation.relaxation import relaxation_rate

NM = np.arange(280.0, 341.0)


def band(centre, height, width=8.0):
    return height * np.exp(-(((NM - centre) / width) ** 2))


@pytest.mark.parametrize("centre", [300.0, 305.4, 311.0])
def test_a_maximum_is_found_between_the_readings(centre):
    assert highest_maximum(NM, band(centre, 0.3)) == pytest.approx(centre, abs=0.05)


def test_the_edge_of_a_window_is_no_maximum():
    falling = np.exp(-(NM - 280.0) / 20.0)
    assert math.isnan(highest_maximum(NM, falling))
    assert math.isnan(highest_maximum(NM, falling[::-1]))
    assert math.isnan(highest_maximum(NM, np.zeros_like(NM)))


def test_a_shoulder_and_a_bump_below_the_sensitivity_are_no_maxima():
    steep = 0.6 * np.exp(-(NM - 280.0) / 20.0)
    assert math.isnan(highest_maximum(NM, steep + band(311.0, 0.05)))
    assert math.isnan(highest_maximum(NM, band(311.0, 0.0009)))
    assert highest_maximum(NM, band(311.0, 0.0021)) == pytest.approx(311.0, abs=0.1)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [(0.2, 0.1, 2.0), (0.2, 0.0, math.inf), (0.0, 0.2, 0.0), (5e-5, 9e-5, math.nan)],
)
def test_a_ratio_of_traces_is_no_number(one, other, expected):
    assert shares._over(one, other) == pytest.approx(expected, nan_ok=True)


def test_less_than_twenty_units_are_a_piece_and_no_dot():
    ladder = SizeClasses((), smallest=2, largest=30)
    dots = np.zeros(ladder.units.size)
    dots[ladder.units == SMALLEST_DOT - 1] = 3.0
    dots[ladder.units == SMALLEST_DOT] = 1.0
    mechanism = SimpleNamespace(populations=(ladder,))
    number, units = shares._pieces(mechanism, SimpleNamespace(dots=dots))["QD"]
    assert (number, units) == (3.0, 3.0 * (SMALLEST_DOT - 1))


@pytest.fixture(scope="module")
def runs():
    return Experiments(for_recipe)


def test_what_the_integrator_gave_up_is_not_run_again(monkeypatch):
    tried = []

    def giving_up(_mechanism, protocol, **_options):
        tried.append(protocol.name)
        raise SimulationError("no further")

    monkeypatch.setattr(performed, "simulate", giving_up)
    runs = Experiments(for_recipe)
    for _ in range(3):
        with pytest.raises(SimulationError, match="no further"):
            runs.run("cds-4c-oleate")
    assert tried == ["cds-4c-oleate"]
    with pytest.raises(SimulationError):
        runs.by(for_recipe).run("cds-4c-oleate")
    assert len(tried) == 2  # other constants are tried anew


def test_a_number_that_was_given_up_is_none_and_one_that_is_not_there_is_no_number(monkeypatch):
    shown = {"1a-pc-present": 0.1, "1b-msc-311": math.nan}
    asked = [check for check in checks() if check.id in {*shown, "4c-oleate-is-broad"}]
    by_question = {question(check): shown.get(check.id) for check in asked}

    def read(_runs, name, recipe, of):
        number = by_question[recipe, name, repr(sorted(of.items()))]
        if number is None:
            raise SimulationError("no further")
        return number

    monkeypatch.setattr(varied, "measure", read)
    found, every = varied.answered(asked, None), varied.ask(asked, None)
    assert found.keys() == shown.keys()
    assert math.isnan(found["1b-msc-311"])
    assert every.keys() == {check.id for check in asked}
    assert math.isnan(every["4c-oleate-is-broad"])
    assert every["1a-pc-present"] == 0.1


def test_a_spectrum_that_two_rows_read_is_fitted_once(runs, monkeypatch):
    fitted = []
    once = spectra.first_exciton
    monkeypatch.setattr(
        spectra, "first_exciton", lambda nm, signal: fitted.append(1) or once(nm, signal)
    )
    spectra._of_spectrum.cache_clear()
    asked = Question(runs, "cds-4c-msa", {"vessel": "msa-trace"})
    position, height = spectra.exciton(asked), spectra.exciton_height(asked)
    assert len(fitted) == 1
    spectra._of_spectrum.cache_clear()
    assert (spectra.exciton(asked), spectra.exciton_height(asked)) == (position, height)
    assert len(fitted) == 2


def test_shares_of_everything_sum_to_one_but_for_pieces(runs):
    whole = "precursor, assembly, PC, MSC, monomer, QD"
    asked = Question(runs, "cds-4c-oleate", {"vessel": "oleate-trace", "of": whole})
    assert share(asked) == pytest.approx(1.0, abs=1e-3)


def test_the_time_of_most_is_that_of_the_first_of_the_largest(runs, monkeypatch):
    held = {"a": 0.1, "b": 0.3, "c": 0.3, "d": 0.0}
    monkeypatch.setattr(shares, "share", lambda asked: held[asked["vessel"]])
    of = {"vessels": "a, b, c, d", "taken at": "5, 10, 15, 20", "of": "MSC"}
    assert time_of_most(Question(runs, "x", of)) == 10.0
    held.update(dict.fromkeys(held, 0.0))
    assert math.isnan(time_of_most(Question(runs, "x", of)))


def test_the_core_of_a_particle_is_its_metal_and_chalcogen(runs):
    recipe = "cds-msc-311-in-toluene"
    composition = runs.run(recipe)[0].mechanism.components["PC-311"].composition
    weight = {"Cd": 112.414, "S": 32.06}
    assert set(composition) >= set(weight)
    carried = sum(count for part, count in composition.items() if part.startswith("Cd("))
    expected = (composition["Cd"] + carried) * weight["Cd"] + composition["S"] * weight["S"]
    assert measure(runs, "core mass", recipe, {"of": "PC-311"}) == pytest.approx(expected, 1e-4)
    assert measure(runs, "mass", recipe, {"of": "PC-311"}) > expected
    assert math.isnan(measure(runs, "core mass", recipe, {"of": "PC-999"}))


def test_pnictogens_are_core_and_whole_ligands_are_weighed(runs):
    """In20P10, and a cluster that holds OLA, which is no moiety but a reagent that stays whole."""
    core = 20 * 114.818 + 10 * 30.974
    assert measure(runs, "core mass", "inp-s1", {"of": "PC-InP"}) == pytest.approx(core, 1e-4)
    of = {"of": "PC-371"}
    recipe = "cdte-dmsc-371-in-toluene-ota"
    parts = 20 * 112.414 + 10 * 127.60 + 20 * 59.044 + 20 * 267.501
    assert measure(runs, "mass", recipe, of) == pytest.approx(parts, 1e-4)


def test_a_very_small_amount_is_more_than_nothing():
    few = get("checks", "4a-few-dots")
    assert not few.passes(3.5e-24)
    assert few.passes(0.01)
    assert not few.passes(0.2)


def test_the_first_sample_with_msa_shows_the_initial_presence():
    check = get("checks", "3b-msc-present")
    steps = [step.text for step in get("recipes", check.recipe).procedure]
    inject = next(i for i, text in enumerate(steps) if text.startswith("inject"))
    taken = [text for text in steps[inject:] if text.startswith("take")]
    assert f"into {check.of['vessel']} with" in taken[0]


def test_dilution_is_asked_at_temperatures_that_the_seed_prints_for_cds():
    hot = get("checks", "dilute-dots-by-pathway-2").of["vary"]
    printed = get("observations", "figure-1e-result-not-described").quantities["last_temperature"]
    assert f"heat flask = {printed.quantity.number:g} degC" in hot


def test_what_does_not_form_has_no_rate_of_relaxation(read):
    network = read(
        "units: {time: s, concentration: mol/L, energy: kJ/mol}\n"
        "species: {A: {initial: 1.0}, B: {}, C: {}, D: {}}\n"
        'reactions: [{equation: "A -> B", k: 0.04}, {equation: "C -> D", k: 0.1}]\n'
    )
    begun = SimpleNamespace(temperature=298.15, concentration=np.array([1000.0, 0.0, 0.0, 0.0]))
    assert relaxation_rate(network, begun, "B") == pytest.approx(0.04, rel=1e-12)
    assert math.isnan(relaxation_rate(network, begun, "D"))


def test_the_prefactor_over_the_plateau_of_a_plain_exponential_is_one(runs):
    """The first spectrum was subtracted, so a curve without a lag passes through zero there."""
    recipe, of = "cds-msc-311-in-toluene", {"panel": "2a-b", "vessel": "cuvette"}
    found = measure(runs, "prefactor over plateau", recipe, of)
    fit = runs.fit("2a-b", recipe).params
    assert found == pytest.approx(
        fit["B"].value / fit["A_inf"].value * math.exp(-4.0 * fit["k"].value), rel=1e-12
    )
    assert abs(found - 1.0) < 0.03
