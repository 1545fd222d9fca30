"""Which experiment next: bench plans that can be done, and information that is worth its name."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import prenuc as pn
from prenuc.errors import FitError, InputError
from prenuc.infer.calibration.candidate import Candidate, with_and_without
from prenuc.infer.selection import disagreement as maps
from prenuc.infer.selection.apart import Unknown, bare, sigmas
from prenuc.infer.selection.disagreement import disagreement
from prenuc.infer.selection.next_experiment import next_experiment
from prenuc.infer.selection.plans import axes, base
from prenuc.infer.selection.precision import precision_gained
from prenuc.infer.selection.predictive import (
    Density,
    Instrument,
    Predicted,
    expected_information,
    predicted,
    updated,
    wavelengths,
)
from prenuc.infer.selection.rehearsal import rehearsed
from prenuc.mechanism.rivals import rival
from prenuc.present.files.named import models_named

KINETIC = ("cds-msc-311-in-toluene", "cdte-dmsc-371-in-toluene-ota", "cdse-5b")
METER = Instrument(np.array([311.0, 340.0, 380.0, 420.0]))


def written(recipe=KINETIC[0]):
    return pn.Protocol.from_recipe(pn.recipe(recipe))


# ---- plans -------------------------------------------------------------------------------------


@pytest.mark.parametrize("recipe", KINETIC)
def test_every_plan_is_read_again_as_it_stands(recipe):
    start = base(written(recipe))
    plans = [start.with_level(one) for levels in axes(start.protocol).values() for one in levels]
    assert len(plans) > 10
    for plan in plans:
        assert plan is not None
        again = pn.Protocol.from_text(list(plan.sentences))
        assert again.steps == plan.protocol.steps
        assert plan.sentences != start.sentences
        assert not again.warnings


def test_a_plan_is_weighed_and_poured():
    text = "\n".join(base(written()).sentences)
    assert "mmol" not in "".join(line.partition("#")[0] for line in text.splitlines())
    assert "9.6 mg S" in text  # 0.3 mmol of 32.06 g/mol
    assert "# 1.2 mmol Cd(OA)2, 0.299 mmol S" in text
    assert " 0 " not in text


def test_changes_can_be_combined():
    start = base(written())
    along = axes(start.protocol)
    plan = start
    for levels in along.values():
        plan = plan.with_level(levels[0])
    assert len(plan.changes) == len(along)
    additive, temperature = along["additive"][1], along["temperature"][0]
    text = start.with_level(additive).with_level(temperature).sentences
    assert [line for line in text if line.startswith(("heat", "hold", "inject"))] == [
        "heat flask to 120 degC at 12 degC/min",
        "hold flask for 10 min",
        "inject 1.02 g TOPO into flask  # 2.64 mmol TOPO",
        "hold flask for 10 min",
    ]


def test_a_protocol_without_a_flask_has_fewer_axes():
    plain = pn.Protocol.from_text("charge vial with 0.1 mmol S and 3 mL toluene at 25 degC")
    assert set(axes(plain)) == {"concentration", "sampling"}


# ---- information -------------------------------------------------------------------------------


def outlook_of(level, *, width=0.02, seed=0, draws=12):
    """Draws of one spectrum of height ``level`` at 311 nm that is uncertain by ``width``."""
    generator = np.random.default_rng(seed)
    height = level * np.exp(width * generator.standard_normal((draws, 4)))
    return Predicted(height[:, :, None] * np.array([1.0, 0.5, 0.2, 0.0]))


def test_models_that_expect_the_same_teach_nothing():
    seen = {"a": outlook_of(0.4, seed=1), "b": outlook_of(0.4, seed=2)}
    assert abs(expected_information(seen, {"a": 0.5, "b": 0.5}, METER).information) < 0.1


def test_models_that_expect_other_things_teach_one_bit():
    seen = {"a": outlook_of(0.4), "b": outlook_of(0.1)}
    assert expected_information(seen, {"a": 0.5, "b": 0.5}, METER).information > 0.95


def test_a_difference_within_the_unknown_extinction_teaches_little():
    told = {"a": outlook_of(0.4, width=0.02, seed=1), "b": outlook_of(0.5, width=0.02, seed=2)}
    hidden = {"a": outlook_of(0.4, width=0.6, seed=1), "b": outlook_of(0.5, width=0.6, seed=2)}
    even = {"a": 0.5, "b": 0.5}
    assert expected_information(told, even, METER).information > 0.9
    assert expected_information(hidden, even, METER).information < 0.2


def test_draws_that_nobody_could_foresee_never_make_information_negative():
    seen = {name: outlook_of(0.3, width=2.0, seed=i, draws=4) for i, name in enumerate("ab")}
    found = expected_information(seen, {"a": 0.5, "b": 0.5}, METER)
    assert 0.0 <= found.information < 0.3
    assert found.temper < 1.0


def test_who_is_sure_learns_nothing():
    seen = {"a": outlook_of(0.4), "b": outlook_of(0.1)}
    gain = expected_information(seen, {"a": 0.999, "b": 0.001}, METER).information
    assert 0.0 <= gain < 0.02


def test_information_never_exceeds_what_there_is_to_learn():
    seen = {name: outlook_of(0.1 + 0.2 * i, seed=i) for i, name in enumerate("abc")}
    gain = expected_information(seen, dict.fromkeys("abc", 1 / 3), METER).information
    assert 0.9 * math.log2(3) < gain < math.log2(3)


def test_weights_follow_bayes():
    after = updated({"a": 0.5, "b": 0.5}, {"a": math.log(3.0), "b": 0.0})
    assert after["a"] == pytest.approx(0.99 * 0.75 + 0.01 * 0.5)
    assert sum(after.values()) == pytest.approx(1.0)


def test_a_density_of_one_reading_integrates_to_one():
    meter = Instrument(np.array([400.0]), noise=0.01, offset=0.0)
    seen = Predicted(np.random.default_rng(0).normal(0.3, 0.05, (8, 4, 1)))
    density = Density.of(seen, meter.covariance(1))
    x = np.linspace(-3.0, 3.6, 20001)
    heights = np.exp([density.log(np.array([one])) for one in x])
    assert np.trapezoid(heights, x) == pytest.approx(1.0, abs=0.01)


def test_the_instrument_reads_with_the_covariance_that_it_states():
    meter = Instrument(np.array([290.0, 311.0, 400.0]))
    read = meter.readings(np.zeros((20000, 6)), np.random.default_rng(0))
    assert np.allclose(np.cov(read.T), meter.covariance(6), atol=3e-4)


def test_bands_of_the_material_are_read():
    assert {311.0, 322.0} <= set(wavelengths("CdS").tolist())


# ---- proposals ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found():
    models = [pn.two_pathway("CdS"), rival("classical", "CdS")]
    return next_experiment(models, written(), draws=3, only=["temperature"], seed=1)


def test_proposals_are_ranked_and_can_be_done(found):
    assert 1 <= len(found) <= 5
    values = [one.expected_information for one in found]
    assert values[0] == pytest.approx(max(values), abs=0.02)
    assert all(value <= 1.0 for value in values)
    again = pn.Protocol.from_text(list(found[0].bench_steps))
    assert again.steps == found[0].protocol.steps
    run = pn.simulate(pn.two_pathway("CdS"), again)
    assert len(run.measurements) == 6
    assert found[0].experiment in str(found[0])


def test_the_same_seed_gives_the_same_proposals(found):
    models = [pn.two_pathway("CdS"), rival("classical", "CdS")]
    again = next_experiment(models, written(), draws=3, only=["temperature"], seed=1)
    assert [one.as_dict() for one in again] == [one.as_dict() for one in found]


def test_what_cannot_be_asked_is_said():
    ours = pn.two_pathway("CdS")
    with pytest.raises(FitError, match="Give two or more"):
        next_experiment([ours], written())
    with pytest.raises(FitError, match=r"Nearest: 'isomerisation\.k'"):
        next_experiment([ours], written(), sharpen="isomerization.k")
    with pytest.raises(FitError, match="Nearest: 'temperature'"):
        next_experiment([ours, rival("droplets", "CdS")], written(), only=["temperatur"])
    with pytest.raises(FitError, match="weight of the model"):
        next_experiment(
            [ours, rival("droplets", "CdS")], written(), weights={"two-pathway/CdS": 1.0}
        )


def test_models_that_cannot_be_run_say_why():
    droplets, alloy = rival("droplets", "CdS"), rival("classical", "CdTe")
    with pytest.raises(InputError, match="classical/CdTe has no constants for"):
        next_experiment([droplets, alloy], written(), only=["cuvette"], draws=2)


def test_a_model_may_be_a_file_and_goes_by_its_name(tmp_path):
    changed = tmp_path / "slower.yaml"
    changed.write_text("based_on: two-pathway/CdS\nchange: {isomerisation.k: 0.001 1/min}\n")
    ours, theirs = models_named(f"two-pathway,{changed}", "CdS")
    assert (ours.name, theirs.name) == ("two-pathway/CdS", "slower")
    assert theirs.mechanism.constants["isomerisation.k"].quantity.to("1/min") == 0.001
    found = next_experiment([ours, theirs], written(), only=["sampling"], draws=4)
    assert found[0].expected_information > 0.05


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"draws": 1}, r"too few: 1 draw\. Give 2 or more"),
        ({"noise": 0.0}, "a noise of 0"),
        ({"noise": math.nan}, "a noise of nan"),
        ({"weights": {"two-pathway/CdS": 0.0, "droplets/CdS": 0.0}}, "no shares"),
        ({"weights": {"two-pathway/CdS": -1.0, "droplets/CdS": 2.0}}, "no shares"),
        ({"weights": {"two-pathway/CdS": math.nan, "droplets/CdS": 1.0}}, "no shares"),
    ],
)
def test_numbers_that_cannot_be_are_refused_before_anything_is_run(asked, said):
    both = [pn.two_pathway("CdS"), rival("droplets", "CdS")]
    with pytest.raises(InputError, match=said):
        next_experiment(both, written(), **asked)


# ---- one constant ------------------------------------------------------------------------------


def test_slopes_of_spectra_agree_with_a_finite_change():
    """Of the rise A (1 − exp(−k t)) in ln k: A k t exp(−k t), read off a first-order droplet."""
    one, plan = Candidate(rival("droplets", "CdS")), base(written())
    nm, name = np.array([311.0]), "crystallisation.k"
    shown = one.shown(plan.protocol, nm, along=[name])
    slopes = sum(part.slopes[0].ravel() for part in shown.values())
    there, back = (
        sum(part.absorbance.ravel() for part in one.shown(plan.protocol, nm, factors).values())
        for factors in ({name: 1.02}, {name: 1.0 / 1.02})
    )
    assert np.allclose(slopes, (there - back) / (2.0 * math.log(1.02)), rtol=1e-3, atol=1e-5)
    assert np.all(slopes[1:] > 0.0)


def test_more_in_the_cuvette_narrows_a_rate_constant_more():
    one, start = Candidate(rival("droplets", "CdS")), base(written())
    thin, *_, thick = (start.with_level(level) for level in axes(start.protocol)["dilution"])
    meter = Instrument(wavelengths("CdS"))
    little = precision_gained(one, thin.protocol, "crystallisation.k", meter)
    much = precision_gained(one, thick.protocol, "crystallisation.k", meter)
    nothing = precision_gained(one, thick.protocol, "supply with HPPh2.k", meter)
    assert much > little + 0.3 > 0.5
    assert nothing == pytest.approx(0.0, abs=1e-6)


def test_an_outlook_does_not_know_the_extinction():
    nm = np.array([311.0])
    seen = predicted(
        Candidate(rival("droplets", "CdS")), base(written()).protocol, nm, draws=6, spread=1.0
    )
    scatter = np.std(np.log(seen.draws[:, :, -1]))
    assert scatter == pytest.approx(math.hypot(math.log(1.5), 0.1), rel=0.35)


# ---- is a step needed --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pathway_2():
    return with_and_without(pn.two_pathway("CdS"), "Pathway 2")


@pytest.fixture(scope="module")
def where(pathway_2):
    return disagreement(*pathway_2, written(), additives=["HMSA"])


def test_the_same_without_a_step_goes_by_a_name_of_its_own(pathway_2):
    whole, bare_one = pathway_2
    assert bare_one.name.startswith("two-pathway/CdS without Pathway 2")
    assert bare_one.mechanism.constants["monomer formation.k"].quantity.number == 0
    assert {f.name for f in whole.free} - {f.name for f in bare_one.free} == {"monomer formation.k"}


@pytest.mark.parametrize(
    ("dilutions", "seed"),
    [
        ((3.0, 10.0, 30.0), 0),
        pytest.param((2.7, 9.0, 27.0), 7, marks=pytest.mark.study),
    ],
)
def test_the_proposal_says_whether_pathway_2_is_needed(pathway_2, where, dilutions, seed):
    """Done in simulation at the noise of a photometer, also with every dilution a tenth off."""
    tried = rehearsed(*pathway_2, written(), where, dilutions=dilutions, noise=2e-3, seed=seed)
    assert tried.tells
    assert tried.score > 5.0
    assert [plan.words.partition("dilute ")[2] for plan in tried.plans][1:] == [
        f"the batch {one:g} times; inject HMSA when hot" for one in dilutions
    ]
    assert tried.verdict.startswith("This tells two-pathway/CdS from")


def test_a_model_is_not_told_from_its_twin(pathway_2, where):
    """No proposal moves the score between a model and itself."""
    one = replace(pathway_2[0], only=("bond formation", "isomerisation", "monomer formation"))
    twin = replace(one, label="twin")
    tried = rehearsed(one, twin, written(), where, dilutions=(3.0,), noise=2e-3)
    assert not tried.tells
    assert tried.score <= 0.0
    assert "No experiment that was tried tells" in tried.verdict


def test_the_largest_spot_is_a_bench_plan(where):
    most = where.largest
    assert most.sigmas == max(one.sigmas for one in where.spots if math.isfinite(one.sigmas))
    assert where.plan.words.startswith(f"heat to {most.celsius:g} degC")
    text = "\n".join(where.plan.sentences)
    assert "mmol HMSA" in text
    assert "mg HMSA" in text
    assert pn.Protocol.from_text(text).steps == where.plan.protocol.steps


def test_a_model_is_not_apart_from_itself(pathway_2):
    one, start = pathway_2[0], base(written())
    assert bare(one, one, [start.protocol], METER) == pytest.approx(0.0, abs=1e-9)


def test_what_is_unknown_brings_models_nearer():
    """And nothing brings them further apart than knowing all."""
    one, other = Candidate(rival("droplets", "CdS")), Candidate(rival("classical", "CdS"))
    protocol = base(written()).protocol
    far = bare(one, other, [protocol], METER)
    known = sigmas(one, other, [protocol], METER, Unknown(1.0, 1.0, 0.0))
    usual = sigmas(one, other, [protocol], METER)
    assert known == pytest.approx((far, far))
    assert max(usual) < far


def test_several_models_are_told_from_one_as_each_alone(monkeypatch, pathway_2):
    """And that one is run once for all of them."""
    monkeypatch.setattr(maps, "TEMPERATURES", (180.0, 220.0))
    monkeypatch.setattr(maps, "DILUTIONS", (1.0, 10.0))
    whole, without = pathway_2
    third, protocol = Candidate(rival("classical", "CdS")), written()
    runs = []
    shown = Candidate.shown
    monkeypatch.setattr(
        Candidate, "shown", lambda self, *a, **k: runs.append(self.name) or shown(self, *a, **k)
    )
    found = [*maps.disagreements(whole, [without, third], protocol, additives=["none"])]
    assert runs.count(whole.name) == 1 + 4
    assert runs.count(without.name) <= 1 + 2 * 4
    alone = disagreement(whole, third, protocol, additives=["none"])
    assert found[1].spots == alone.spots
    most = found[1].largest
    flasks = base(protocol).protocol, found[1].plan.protocol
    meter = Instrument(np.arange(290.0, maps.RED, maps.STEP), ultraviolet=0.0)
    assert most.sigmas == pytest.approx(sigmas(whole, third, flasks, meter, maps.UNKNOWN)[0])


def test_a_thinner_batch_shows_as_much_in_the_cuvette():
    start = base(written())
    (level, *_) = axes(start.protocol)["concentration"]
    thin = start.with_level(level).sentences
    assert "# 0.4 mmol Cd(OA)2" in thin[0]
    assert thin[0].endswith("mmol S as 1/10 of a solution of 32.0 mg")  # 3.2 mg is ill weighed
    assert any(line.startswith("take 83.4 mg of flask") for line in thin)


def test_a_map_has_a_panel_for_each_additive_and_marks_the_largest(where):
    from prenuc.present.figures.kinds import draw

    figure = draw("map", where).figure
    texts = [text.get_text() for axes_ in figure.axes for text in axes_.texts]
    assert "largest" in texts
    assert any("HMSA" in axes_.get_title(loc="left") for axes_ in figure.axes)


def test_dilutions_stand_evenly_on_a_map(where):
    from prenuc.present.figures.kinds import draw

    drawn, *_ = draw("map", where).figure.axes
    assert drawn.get_yscale() == "log"
    assert drawn.get_xscale() == "linear"
