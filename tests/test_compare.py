"""Which model do spectra support? Truths that are known, twins that nobody can tell apart."""

from __future__ import annotations

import dataclasses
import math
from functools import partial

import numpy as np
import pytest

import prenuc as pn
from prenuc.errors import FitError, InputError
from prenuc.infer.calibration.candidate import DOTS, Candidate, parts
from prenuc.infer.experiments.control import IDLE
from prenuc.infer.selection import refit
from prenuc.infer.selection.compare_mechanisms import compare_mechanisms, rivals
from prenuc.infer.selection.compare_schemes import compare_schemes
from prenuc.infer.selection.condensed import Condensed
from prenuc.infer.selection.evidence import Standing, judge, words
from prenuc.infer.selection.refit import Refit
from prenuc.infer.selection.shapes import FURTHEST, FreeShapes, KnownShapes
from prenuc.infer.studies.observed import compare_on_observations
from prenuc.mechanism.rivals import rival
from prenuc.observe.trace import Trace
from prenuc.protocol.steps import Measure, parse_step
from prenuc.quantities import Quantity

NM = np.arange(285.0, 421.0, 3.0)
TIMES = ", ".join(f"{t} min" for t in (2, 4, 8, 16, 30, 45, 60, 90, 130, 180, 240, 300))


@pytest.fixture(scope="module")
def protocol():
    written = pn.Protocol.from_recipe(pn.recipe("cds-msc-311-in-toluene"))
    kept = tuple(step for step in written.steps if not isinstance(step, Measure))
    return dataclasses.replace(written, steps=(*kept, parse_step(f"measure cuvette at {TIMES}")))


MOVED = {
    *("bond formation.k", "isomerisation.k", "MSC-311.K", "exchange.k", "nucleation.k"),
    *("growth.k", "uptake.k", "crystallisation.k", "dissolution.k"),
}


def seen(model, protocol, *, offset=0.0, seed=1):
    run = pn.simulate(model, protocol)
    return pn.uv_vis(run, wavelength=NM, noise=1e-3, offset=offset, seed=seed)


def faster(which, name, factor):
    value = pn.two_pathway(which).parameters[name]
    new = Quantity(value.quantity.number * factor, value.quantity.unit)
    return pn.two_pathway(which).with_constants({name: new})


@pytest.fixture(scope="module")
def ours():
    return pn.two_pathway("CdS")


@pytest.fixture(scope="module")
def droplet_spectra(protocol):
    return seen(rival("droplets", "CdS"), protocol)


def test_absorbers_taken_apart_add_up_to_the_spectra(ours, protocol):
    run = pn.simulate(ours, protocol)
    apart = parts(run, NM)
    assert {"MSC-311", "PC-311", DOTS} <= set(apart)
    total = sum(part.absorbance for part in apart.values())
    assert np.allclose(total, pn.uv_vis(run, wavelength=NM).absorbance, atol=1e-12)
    assert np.allclose(apart["MSC-311"].course, run.concentration("MSC-311"), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("which", ["two-pathway", "droplets"])
def test_slopes_are_those_of_the_refitted_residuals(monkeypatch, ours, protocol, which):
    """Also through extinctions and spectra that are fitted away, one of them at its limit."""
    monkeypatch.setattr(refit, "REMEMBERED", 100)  # runs are the same whatever is fitted away
    model = ours if which == "two-pathway" else rival(which, "CdS")
    spectra = seen(faster("CdS", "isomerisation.k", 1.6), protocol)
    data = Condensed.of([spectra], [protocol])
    data = data.with_shapes([Refit(Candidate(model), data, KnownShapes()).shown({})])
    # Differences need steps that are finer than theirs; tangents are as exact as their run.
    trial, exact = (
        Refit(Candidate(model, solver=pn.Rodas(rtol=rtol, atol=atol)), data, KnownShapes())
        for rtol, atol in ((1e-7, 1e-14), (1e-9, 1e-15))
    )
    free, step = [one for one in trial.candidate.free if one.name in MOVED], 2e-3
    u = np.linspace(-0.3, 0.4, len(free))
    for shapes in (KnownShapes(), FreeShapes()):
        trial.shapes = exact.shapes = shapes
        here = trial.at(free, u)
        found = trial.slopes(free, here)
        if which == "two-pathway" and isinstance(shapes, KnownShapes):
            assert np.abs(here.fitted.pull).max() == pytest.approx(FURTHEST)
        for i in range(len(free)):
            far, near = (
                exact.at(free, u + h * np.eye(len(free))[i]).residuals
                - exact.at(free, u - h * np.eye(len(free))[i]).residuals
                for h in (2 * step, step)
            )
            wanted = (8.0 * near - far) / (12.0 * step)
            assert np.abs(found[:, i] - wanted).max() < 3e-3 * max(np.abs(wanted).max(), 1.0)


def test_the_true_model_is_found(ours, protocol):
    verdict = compare_mechanisms(
        seen(ours, protocol), protocol, models=[rival("classical", "CdS"), ours]
    )
    assert verdict.best == "two-pathway/CdS"
    assert verdict.cannot_tell == ()
    assert [one.verdict for one in verdict.ranking] == ["best", "ruled out"]
    best, other = verdict.ranking
    assert best.chi2 == pytest.approx(verdict.data, rel=0.6)  # describes the data to the noise
    assert 0.7 < best.held_out < 2.5
    assert other.held_out > 10.0
    assert sum(verdict.weights.values()) == pytest.approx(1.0)


def test_offsets_of_spectra_are_found_and_do_not_mislead(protocol):
    spectra = seen(rival("droplets", "CdS"), protocol, offset=2e-3)
    models = [rival("classical", "CdS"), rival("droplets", "CdS")]
    verdict = compare_mechanisms(spectra, protocol, models=models, starts=2)
    assert verdict.best == "droplets/CdS"
    assert verdict.noise["offset_sd"] == pytest.approx(2e-3, rel=0.6)
    assert verdict.noise["overdispersion"] < 1.5


def test_offsets_of_a_few_spectra_do_not_mislead(protocol):
    short = protocol.with_spectra(["1 min", "5 min", "20 min", "1 h", "4 h"])
    spectra = seen(rival("droplets", "CdS"), short, offset=2e-3)
    models = [rival("classical", "CdS"), rival("droplets", "CdS")]
    verdict = compare_mechanisms(spectra, short, models=models)
    assert (verdict.best, verdict.cannot_tell) == ("droplets/CdS", ())
    assert verdict.noise["overdispersion"] < 1.5
    assert verdict.data % len(spectra) == 0


def test_noise_of_a_few_short_spectra_is_no_direction(protocol):
    short = protocol.with_spectra(["1 min", "5 min", "20 min", "1 h", "4 h"])
    nm, minutes, taken = np.arange(290.0, 481.0, 5.0), np.array([1.0, 5.0, 20.0, 60.0, 240.0]), []
    band = np.outer([0.0, 1.0, 2.0, 3.0, 4.0], np.exp(-(((nm - 350.0) / 8.0) ** 2)))
    for seed in range(100):
        noise = np.random.default_rng(seed).normal(0.0, 2e-3, (5, len(nm)))
        for size, directions in ((0.0, 1), (0.02, 2)):
            series = pn.SpectrumSeries(nm, minutes, noise + size * band)
            data = Condensed.of([series], [short]).with_shapes([])
            taken.append(data.basis.shape[1] == directions)
    assert all(taken)


def test_twins_cannot_be_told_apart(protocol, droplet_spectra):
    one, twin = (
        rival("droplets", "CdS"),
        dataclasses.replace(rival("droplets", "CdS"), name="its twin"),
    )
    verdict = compare_mechanisms(
        droplet_spectra, protocol, models=[one, twin, rival("classical", "CdS")]
    )
    assert set(verdict.cannot_tell) == {"droplets/CdS", "its twin"}
    assert verdict.best in verdict.cannot_tell
    assert "cannot tell" in str(verdict)
    assert verdict.ranking[-1].verdict == "ruled out"


def test_a_droplet_is_told_by_its_spectrum_and_not_by_its_kinetics(ours, protocol, droplet_spectra):
    """One nucleus in a droplet gives first-order growth: what ``droplets`` says of ν = 1."""
    models = [ours, rival("droplets", "CdS")]
    known = compare_mechanisms(droplet_spectra, protocol, models=models, starts=2)
    assert known.best == "droplets/CdS"
    assert known.cannot_tell == ()
    free = compare_mechanisms(droplet_spectra, protocol, models=models, shapes=FreeShapes())
    assert set(free.cannot_tell) == {"droplets/CdS", "two-pathway/CdS"}
    assert free.noise["overdispersion"] < 1.5


def test_an_unknown_extinction_is_fitted_away(ours, protocol):
    spectra = seen(ours, protocol)
    taller = dataclasses.replace(spectra, absorbance=1.4 * spectra.absorbance)
    verdict = compare_mechanisms(taller, protocol, models=[ours], starts=2)
    (best,) = verdict.ranking
    together = best.fitted["extinction of MSC-311"] * best.fitted["bond formation.k"]
    assert together == pytest.approx(1.4, rel=0.1), "only the product is fixed"
    assert best.held_out < 1.5
    assert verdict.noise["overdispersion"] < 1.5


def test_a_rate_constant_of_the_batch_is_refitted(ours, protocol):
    spectra = seen(faster("CdS", "isomerisation.k", 1.6), protocol)
    verdict = compare_mechanisms(spectra, protocol, models=[ours], starts=2)
    (best,) = verdict.ranking
    assert best.fitted["isomerisation.k"] == pytest.approx(1.6, rel=0.05)
    assert verdict.noise["overdispersion"] < 1.5


def test_whole_experiments_are_held_out_of_several(protocol):
    warm = pn.Protocol.from_text(str(protocol).replace("toluene at 25 degC", "toluene at 35 degC"))
    truth = rival("droplets", "CdS")
    both = [seen(truth, protocol), seen(truth, warm, seed=2)]
    models = [rival("classical", "CdS"), truth]
    verdict = compare_mechanisms(both, [protocol, warm], models=models, starts=2)
    assert verdict.best == "droplets/CdS"
    assert verdict.ranking[0].held_out < 10.0
    assert verdict.ranking[1].held_out > 30.0


def test_spectra_at_other_times_than_the_protocol(ours, protocol):
    spectra = seen(ours, protocol)
    written = pn.Protocol.from_recipe(pn.recipe("cds-msc-311-in-toluene"))
    verdict = compare_mechanisms(spectra, written, models=[ours], starts=1)
    assert verdict.noise["overdispersion"] < 1.5


def test_spectra_that_do_not_fit_the_protocol_are_refused(ours, protocol):
    spectra = seen(ours, protocol)
    two = pn.Protocol.from_text(f"{protocol}\nmeasure flask at 3 d")
    with pytest.raises(FitError, match="12 spectra do not match the 13 measurements"):
        compare_mechanisms(spectra, two, models=[ours])
    with pytest.raises(FitError, match="Name each once"):
        compare_mechanisms(spectra, protocol, models=[ours, ours])
    with pytest.raises(FitError, match="one protocol for each"):
        compare_mechanisms([spectra, spectra], protocol, models=[ours])
    with pytest.raises(InputError, match="too few: 0 starts"):
        compare_mechanisms(spectra, protocol, models=[ours], starts=0)
    timeless = dataclasses.replace(spectra, time=np.full(len(spectra), math.nan))
    with pytest.raises(FitError, match="no numbers"):
        compare_mechanisms(timeless, protocol, models=[ours])


def test_the_answer_is_the_same_twice_and_readable(protocol, droplet_spectra):
    shares, models = [], [rival("classical", "CdS"), rival("droplets", "CdS")]
    asked = partial(compare_mechanisms, droplet_spectra, protocol, models=models, starts=2)
    first = asked(progress=shares.append)
    assert first == asked()
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    table = first.to_dataframe()
    assert list(table["model"]) == ["droplets/CdS", "classical/CdS"]
    assert "droplets/CdS" in first._repr_html_()
    assert first.as_dict()["best"] == "droplets/CdS"


def test_ours_comes_first_and_every_rival_that_speaks_follows():
    names = [model.name for model in rivals("CdS")]
    assert names[0] == "two-pathway/CdS"
    assert {"classical/CdS", "droplets/CdS"} <= set(names)
    assert "layers/CdS" not in names
    assert "layers/CdSe" in [model.name for model in rivals("CdSe")]


def test_a_model_that_was_put_together_by_hand_has_nothing_to_refit(ours):
    assert Candidate(dataclasses.replace(ours, name="mine")).free == ()
    assert "isomerisation.k" in [constant.name for constant in Candidate(ours).free]


# ---- the arithmetic of evidence ----------------------------------------------------------------


def test_criteria_by_hand():
    verdict = judge([Standing("a", 100.0, 2), Standing("b", 90.0, 5)], 100)
    a, b = (next(r for r in verdict.ranking if r.model == name) for name in "ab")
    assert a.criterion == pytest.approx(100 + 4 + 2 * 2 * 3 / 97)
    assert b.criterion == pytest.approx(90 + 10 + 2 * 5 * 6 / 94)
    assert b.bic == pytest.approx(90 + 5 * math.log(100))
    delta = a.criterion - b.criterion
    assert a.weight / b.weight == pytest.approx(math.exp(-delta / 2))
    assert verdict.best == "b"


def test_overdispersion_tempers_the_verdict():
    sure = judge([Standing("a", 100.0, 2), Standing("b", 120.0, 2)], 100)
    assert sure.ranking[1].verdict == "ruled out"
    poor = judge([Standing("a", 1000.0, 2), Standing("b", 1020.0, 2)], 100)
    assert poor.cannot_tell == ("a", "b")
    assert "even the best model" in poor.warnings[0]


def test_data_that_say_nothing_tell_nothing_apart():
    verdict = judge([Standing("a", 0.0, 0), Standing("b", 0.1, 1), Standing("c", 0.2, 4)], 0)
    assert verdict.cannot_tell == ("a", "b", "c")
    assert sum(verdict.weights.values()) == pytest.approx(1.0)


def test_more_constants_for_the_same_fit_are_no_evidence_of_the_data():
    standings = [Standing("plain", 100.0, 2), Standing("rich", 99.0, 12)]
    assert judge(standings, 100).cannot_tell == ("plain", "rich")
    assert judge(standings, 100, parsimony=True).cannot_tell == ()


def test_what_fits_any_data_identically_is_never_told_apart():
    swapped = Standing("b", 500.0, 2, same_as=("a",))  # a search that ended badly
    assert judge([Standing("a", 100.0, 2), swapped], 100).cannot_tell == ("a", "b")


def test_words_of_kass_and_raftery():
    found = [words(2 * math.log(ratio)) for ratio in (2, 10, 100, 1000)]
    assert found == ["not worth more than a bare mention", "positive", "strong", "very strong"]


# ---- schemes -----------------------------------------------------------------------------------


def test_schemes_on_a_trace():
    time = np.arange(4.0, 400.0, 4.0)
    noise = np.random.default_rng(3).normal(0.0, 1e-3, len(time))
    second = Trace(time, 0.4 * (1.0 - 1.0 / (1.0 + 0.03 * time)) + noise)
    first = Trace(time, 0.4 * (1.0 - np.exp(-0.015 * time)) + noise)
    for trace, best in ((first, "A -> B"), (second, "2 A -> B")):
        verdict = compare_schemes(trace, ["A -> B", "2 A -> B"])
        assert verdict.best == best
        assert verdict.cannot_tell == ()
    with pytest.raises(FitError, match="1 scheme to compare"):
        compare_schemes(first, ["A -> B", "A  ->  B"])


def test_equivalent_schemes_are_never_told_apart(ours, protocol):
    spectra = seen(ours, protocol)
    verdict = compare_schemes(spectra, ["A -> B", "A <-> B"])
    assert set(verdict.cannot_tell) == {"A -> B", "A <-> B"}


# ---- published observations --------------------------------------------------------------------


@pytest.mark.study
def test_on_published_observations_the_control_passes_no_telling_row():
    records = {r.model: r for r in compare_on_observations("CdS")}
    assert records[IDLE].telling_passes == 0
    assert records["two-pathway"].telling_passes > records["droplets"].telling_passes
    assert "layers" not in records


def test_a_network_of_a_file_is_refitted_and_what_was_measured_stays(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("species: {A: {}, B: {}}\nreactions: [{equation: A -> B, k: 2}]\n")
    bare = "units: {time: min, concentration: mmol/L, energy: kJ/mol}\n"
    path.write_text(bare + path.read_text())
    assert [one.name for one in Candidate(pn.read_mechanism(path)).free] == ["R1.k"]
    path.write_text(
        bare + "components: {A: {}, B: {}}\nreactions:\n"
        "  one: {equation: A -> B, k: {value: 2, status: measured}, irreversible: {because: x}}\n"
        "  two: {equation: A -> B, k: 3, irreversible: {because: x}}\n"
    )
    assert [one.name for one in Candidate(pn.read_mechanism(path)).free] == ["two.k"]
