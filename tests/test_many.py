"""Many data sets at once: what is shared, what each has of its own, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import many_bench
import prenuc as pn
from many_bench import EA, FACTOR, LAG, MINUTES, NM, ORDER, K, band, experiments
from prenuc.errors import FitError, InputError
from prenuc.infer.fit.data_set import DataSet, Dilution
from prenuc.infer.fit.laws import ArrheniusLaw, DosePower, Own
from prenuc.infer.fit.question import question
from prenuc.infer.fit.solve import solve
from prenuc.infer.noise.estimate import rotate
from prenuc.infer.schemes.scheme import parse
from prenuc.observe.series import SpectrumSeries
from prenuc.observe.trace import Trace
from prenuc.present.figures.kinds import draw

LAWS = {"k": (ArrheniusLaw("60 degC"), DosePower("MeOH"))}


def test_temperatures_doses_dilution_lag_drift_and_a_band_that_shifts_in_one_fit():
    found = pn.fit(experiments(seed=1), "A -> B after lag", laws=LAWS, shift=3)
    assert found.params["Ea"].value == pytest.approx(EA, rel=0.02)
    assert found.params["lag"].value == pytest.approx(LAG, rel=0.05)
    assert found.params["k"].value == pytest.approx(K, rel=0.03)
    assert found.params["n"].value == pytest.approx(ORDER, abs=0.02)
    for name, unit in (("k", "1/min"), ("Ea", "kJ/mol"), ("n", "1"), ("lag", "min")):
        one = found.params[name]
        assert one.identifiable
        assert one.unit == unit
        truth = {"k": K, "Ea": EA, "n": ORDER, "lag": LAG}[name]
        assert abs(one.value - truth) < 4 * one.stderr, name
    assert sum("the baseline drifts" in line for line in found.warnings) >= 4
    assert "6 data sets" in found.fit_report()
    assert found.to_dataframe().loc["Ea", "unit"] == "kJ/mol"
    assert set(found.to_xarray()) == {one.label for one in found.sets}


@pytest.mark.parametrize("move", [0.0, 2.0])
def test_half_the_rate_constant_does_not_win_where_a_band_moves_little(move, monkeypatch):
    """The powers of the share grown with k/2 hold exp(-kt) and exp(-2kt): they fit as well."""
    monkeypatch.setattr(many_bench, "MOVE", move)
    for seed in (11, 12):
        found = pn.fit(experiments(seed), "A -> B after lag", laws=LAWS, shift=3)
        assert found.params["k"].value == pytest.approx(K, rel=0.02)
        assert found.params["Ea"].value == pytest.approx(EA, rel=0.01)


def test_a_drift_has_the_shape_that_all_data_sets_share():
    asked = question(experiments(seed=3), parse("A -> B after lag", "min"), laws=LAWS, shift=3)
    found = solve(asked, {})
    scattering = rotate(((NM / 300.0) ** -3)[None, :])[0, :6]
    for noise in found.noises:
        strongest = int(np.argmax(noise.drift))
        shape = np.linalg.inv(noise.turn)[strongest]
        cosine = shape @ scattering / np.linalg.norm(shape) / np.linalg.norm(scattering)
        assert abs(cosine) > 0.999
        assert np.count_nonzero(noise.drift) == 1


def plain(k, lag=0.0, scale=1.0, seed=1, sd=1e-3, scheme="A -> B after lag"):
    kinetics = parse(scheme)
    values = [k, lag] if "lag" in kinetics.names else [k]
    shares, _ = kinetics.concentrations(MINUTES, np.array(values))
    spectra = np.array([band(300, 12, 0.4), band(335, 10, 0.5)])
    noise = np.random.default_rng(seed).normal(0, sd, (len(MINUTES), len(NM)))
    return SpectrumSeries(NM, MINUTES, scale * (shares @ spectra) + noise)


def test_a_lag_of_its_own_a_known_lag_and_a_shared_rate_constant():
    sets = [
        DataSet(data=plain(0.02, 10.0, seed=1), label="a"),
        DataSet(data=plain(0.02, 30.0, seed=2), label="b"),
        DataSet(data=plain(0.02, 20.0, seed=3), label="c", lag=20.0),
    ]
    found = pn.fit(sets, "A -> B after lag", laws={"lag": Own()})
    assert found.params["lag (a)"].value == pytest.approx(10.0, rel=0.02)
    assert found.params["lag (b)"].value == pytest.approx(30.0, rel=0.02)
    assert found.derived["c"]["lag"] == 20.0
    assert found.params["k"].value == pytest.approx(0.02, rel=0.005)


def test_a_lag_shortens_with_temperature():
    sets = []
    for seed, celsius in enumerate((40, 50, 60)):
        factor = np.exp(-60.0 / 8.31446e-3 * (1 / (273.15 + celsius) - 1 / 323.15))
        data = plain(0.02 * factor, 40.0 / factor, seed=seed)
        sets.append(DataSet(data=data, temperature=f"{celsius} degC"))
    laws = {name: ArrheniusLaw("50 degC") for name in ("k", "lag")}
    found = pn.fit(sets, "A -> B after lag", laws=laws)
    assert found.params["lag"].value == pytest.approx(40.0, rel=0.02)
    assert found.params["Ea_lag"].value == pytest.approx(60.0, rel=0.03)
    assert found.params["Ea"].value == pytest.approx(60.0, rel=0.03)


def test_starting_concentrations_tell_a_second_order_rate_constant():
    """With 2 A -> B the observed rate is k [A]₀; spectra scale with [A]₀ too."""
    sets = [
        DataSet(data=plain(0.05 * c, scale=c, seed=i, scheme="2 A -> B"), initial=c)
        for i, c in enumerate((0.5, 1.0, 3.0))
    ]
    found = pn.fit(sets, "2 A -> B")
    assert found.params["k"].value == pytest.approx(0.05, rel=0.01)
    wrong = pn.fit(sets, "A -> B")
    assert any("slow course" in line for line in wrong.warnings)
    assert not wrong.reliable
    assert wrong.params["k"].ci95 is None
    assert found.reliable


def test_a_dilution_scales_what_is_seen_from_then_on():
    data = plain(0.02)
    halved = np.where(MINUTES >= 100.0, FACTOR, 1.0)[:, None]
    data = replace(data, absorbance=data.absorbance / halved)
    sets = [DataSet(data=data, dilution=Dilution(FACTOR, at=100.0)), DataSet(data=plain(0.02))]
    found = pn.fit(sets, "A -> B")
    assert found.params["k"].value == pytest.approx(0.02, rel=0.005)
    missed = pn.fit([replace(sets[0], dilution=()), sets[1]], "A -> B")
    assert any("slow course" in line for line in missed.warnings)
    with pytest.raises(FitError, match="all but first-order"):
        pn.fit(sets, "2 A -> B")


def test_a_known_spectrum_tells_reversible_steps_apart():
    """From spectra alone only k1 + k-1 is known; the product's spectrum fixes the equilibrium."""
    kinetics = parse("A <-> B")
    shares, _ = kinetics.concentrations(MINUTES, np.array([0.02, 0.01]))
    spectra = np.array([band(300, 12, 0.4), band(335, 10, 0.5)])
    noise = np.random.default_rng(4).normal(0, 1e-3, (len(MINUTES), len(NM)))
    one = DataSet(data=SpectrumSeries(NM, MINUTES, shares @ spectra + noise), background=False)
    blind = pn.fit([one], "A <-> B")
    assert not blind.params["k1"].identifiable
    assert any("trade against each other" in line for line in blind.warnings)
    found = pn.fit([one], "A <-> B", known={"B": spectra[1]})
    assert found.params["k1"].value == pytest.approx(0.02, rel=0.01)
    assert found.params["k-1"].value == pytest.approx(0.01, rel=0.02)


def test_traces_and_spectra_of_their_own():
    traces = [
        DataSet(data=Trace(MINUTES, plain(0.02, seed=seed).absorbance[:, 110])) for seed in (1, 2)
    ]
    assert pn.fit(traces, "A -> B").params["k"].value == pytest.approx(0.02, rel=0.02)
    sets = [DataSet(data=plain(0.02)), DataSet(data=plain(0.02, seed=5, scale=-2.0))]
    found = pn.fit(sets, "A -> B", shared_spectra=False)
    assert found.params["k"].value == pytest.approx(0.02, rel=0.005)


def test_all_problems_are_told_at_once():
    good = plain(0.02)
    bad = [
        DataSet(data=good, label="x"),
        DataSet(data=replace(good, time=MINUTES[::-1]), label="x"),
        DataSet(data=replace(good, time_unit="s"), label="y", initial=0.0),
    ]
    with pytest.raises(FitError) as caught:
        pn.fit(bad, "A -> B")
    assert len(caught.value.problems) == 4
    spoiled = {"initial": np.inf, "dilution": (Dilution(0.0), Dilution(np.nan)), "lag": np.nan}
    with pytest.raises(FitError) as caught:
        pn.fit([DataSet(data=good, **spoiled), DataSet(data=good)], "A -> B")
    assert len(caught.value.problems) == 4
    with pytest.raises(FitError, match="a shift of order -1"):
        pn.fit([DataSet(data=good), DataSet(data=good)], "A -> B", shift=-1)
    at = DataSet(data=good, temperature="20 degC", dose={"MeOH": 1.0})
    for law in (ArrheniusLaw("-300 degC"), DosePower("MeOH", reference=0.0)):
        with pytest.raises(InputError, match=r"not above absolute zero|is no dose"):
            pn.fit([at, at], "A -> B", laws={"k": law})
    with pytest.raises(FitError, match="no temperature"):
        pn.fit([DataSet(data=good)], "A -> B", laws={"k": ArrheniusLaw("60 degC")})
    with pytest.raises(FitError, match="no dose 'MeOH'"):
        pn.fit([DataSet(data=good)], "A -> B", laws={"k": DosePower("MeOH")})
    with pytest.raises(FitError, match="no parameter 'q'"):
        pn.fit([DataSet(data=good)], "A -> B", laws={"q": Own()})
    with pytest.raises(FitError, match="there are no data sets"):
        pn.fit([], "A -> B")


def test_many_data_sets_have_a_figure_and_a_report(tmp_path):
    time = np.linspace(0.0, 100.0, 30)
    noise = np.random.default_rng(3).normal(0.0, 1e-3, (2, 30))
    traces = [Trace(time, 0.5 * -np.expm1(-0.03 * time) + row) for row in noise]
    fit = pn.fit([DataSet(data=one) for one in traces], "A -> B")
    figure = draw("fit", fit).figure
    assert [line.get_label() for line in figure.axes[0].lines[::2]] == ["set 1", "set 2"]
    page = pn.report(fit, to=tmp_path / "report.html").read_text(encoding="utf-8")
    assert "2 data sets" in page
