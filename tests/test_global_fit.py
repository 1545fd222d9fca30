"""The global fit of a wavelength × time matrix: numbers, intervals, verdicts, refusals."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import least_squares

from prenuc.errors import FitError
from prenuc.infer.fit.fit import fit
from prenuc.infer.fit.results import Fit, GlobalFit
from prenuc.infer.objectives.projection import Block, Objective
from prenuc.infer.schemes.network_text import parse_network
from prenuc.infer.schemes.scheme import parse
from prenuc.observe.series import SpectrumSeries
from spectra_bench import MINUTES, NM, K, band, best_precision, first_order, growing, series

LONG = np.linspace(0.0, 400.0, 80)
SHAPES = np.array([band(NM, at, 25, 0.5) for at in (350, 420, 490, 540)])


def simulated(scheme, rates, sd=1e-3, seed=2, time=LONG, every=1):
    shares, _ = parse_network(scheme).concentrations(time, np.array(rates))
    rng = np.random.default_rng(seed)
    data = shares @ SHAPES[: shares.shape[1], ::every]
    return SpectrumSeries(NM[::every], time, data + sd * rng.normal(size=data.shape))


def by_hand(spectra, scheme, start):
    """Full-data variable projection with white noise; rate constants and standard errors."""
    network = parse_network(scheme)

    def residual(u):
        shares, _ = network.concentrations(spectra.time, np.exp(u))
        linear = np.linalg.lstsq(shares, spectra.absorbance, rcond=None)[0]
        return (spectra.absorbance - shares @ linear).ravel()

    found = least_squares(residual, np.log(start), xtol=1e-15, ftol=1e-15, gtol=1e-15)
    m, n = spectra.absorbance.shape
    sigma2 = 2 * found.cost / (n * (m - len(network.species)) - len(start))
    errors = np.sqrt(np.diag(np.linalg.inv(found.jac.T @ found.jac)) * sigma2)
    return np.exp(found.x), np.exp(found.x) * errors


@pytest.mark.parametrize(("scheme", "rates"), [("A -> B", [0.015]), ("A -> B -> C", [0.05, 0.01])])
def test_white_noise_gives_the_numbers_of_full_data_variable_projection(scheme, rates):
    spectra = simulated(scheme, rates)
    found = fit(spectra, scheme)
    assert isinstance(found, GlobalFit)
    expected, errors = by_hand(spectra, scheme, 1.1 * np.array(rates))
    assert found.noise["offset_sd"] == 0
    for one, k, error in zip(found.params.values(), expected, errors, strict=True):
        assert one.value == pytest.approx(k, rel=1e-8)
        assert one.stderr == pytest.approx(error, rel=1e-3)
        assert one.ci95 == pytest.approx((k - 1.96 * error, k + 1.96 * error), abs=0.02 * error)
        assert one.unit == "1/min"


def test_gradient_of_the_objective_is_exact():
    data = simulated("A -> B -> C", [0.05, 0.01]).absorbance
    objective = Objective(parse_network("A -> B -> C"), LONG, [Block(data)])
    u, step = np.log([0.08, 0.02]), 1e-5
    for p, along in enumerate(np.eye(2) * step):
        slope = (objective.at(u + along).value - objective.at(u - along).value) / (4 * step)
        assert objective.at(u).gradient[p] == pytest.approx(slope, rel=1e-6)


def test_offsets_are_found_and_do_not_spoil_the_interval():
    found = fit(series("white, offsets", seed=4), "A -> B")
    k = found.params["k"]
    assert found.noise["offset_sd"] == pytest.approx(2e-3, rel=0.25)
    assert found.noise["sd"] == pytest.approx(1e-3, rel=0.02)
    assert not found.noise["correlated"]
    assert found.noise["drift_sd"] == 0
    assert k.stderr == pytest.approx(best_precision("white, offsets"), rel=0.05)
    assert abs(k.value - K) < 3 * k.stderr
    assert any("offset of its own" in line and "mAU" in line for line in found.warnings)


def test_offsets_cost_less_than_a_free_constant_per_spectrum():
    small = series("white", seed=6)
    rng = np.random.default_rng(7)
    small = replace(small, absorbance=small.absorbance + 6e-5 * rng.normal(size=(50, 1)))
    freed = replace(
        small, absorbance=small.absorbance - small.absorbance.mean(axis=1, keepdims=True)
    )
    assert fit(small, "A -> B").noise["offset_sd"] > 0
    assert fit(small, "A -> B").params["k"].stderr < fit(freed, "A -> B").params["k"].stderr


def test_noise_correlated_along_wavelength_widens_the_interval():
    found = fit(series("white, correlated", seed=5), "A -> B")
    k = found.params["k"]
    assert found.noise["correlated"]
    assert any("correlated" in line for line in found.warnings)
    assert k.stderr == pytest.approx(best_precision("white, correlated"), rel=0.35)
    assert k.stderr > 3 * best_precision("white")


def test_a_drift_of_the_baseline_is_named():
    found = fit(series("white, drift", seed=5), "A -> B")
    assert found.noise["drift_sd"] > 3e-4
    assert any("baseline drifts" in line for line in found.warnings)
    assert abs(found.params["k"].value - K) < 4 * best_precision("white, offsets")


def test_exact_data_give_exact_numbers_and_spectra():
    shares = first_order()
    spectra = SpectrumSeries(NM, MINUTES, shares @ growing())
    found = fit(spectra, "PC -> MSC")
    # Wavelengths are condensed by their squares, which hold half of the digits: √eps = 1.5e-8.
    assert found.params["k"].value == pytest.approx(K, rel=1e-7)
    assert found.species == ("PC", "MSC")
    assert found.spectra == pytest.approx(growing(), abs=1e-7)
    assert found.fitted == pytest.approx(spectra.absorbance, abs=1e-8)
    assert found.derived["half_life"] == pytest.approx(np.log(2) / K)


def same(found, scheme):
    return any(line.startswith(f"{scheme}: ") for line in found.equivalent_schemes)


def test_the_fast_step_comes_first_unless_a_start_says_otherwise_and_the_swap_is_named():
    spectra = simulated("A -> B -> C", [0.008, 0.06])
    found = fit(spectra, "A -> B -> C")
    assert found.params["k1"].value == pytest.approx(0.06, rel=0.01)
    assert found.params["k2"].value == pytest.approx(0.008, rel=0.01)
    other = fit(spectra, "A -> B -> C", start={"k1": 0.01, "k2": 0.05})
    assert other.params["k1"].value == pytest.approx(found.params["k2"].value, rel=1e-6)
    assert other.residuals == pytest.approx(found.residuals, abs=1e-7)
    assert any("k1 and k2 exchanged" in line for line in found.equivalent_schemes)
    assert same(found, "background against product")
    assert same(found, "A <-> B -> C")
    assert not same(found, "A -> B -> C")
    assert all("; to tell apart: " in line for line in found.equivalent_schemes)


def test_a_start_out_of_sight_is_not_the_end():
    """From 60 in 1/min every decay is over before the first spectrum; the fit says what it did."""
    found = fit(simulated("A -> B -> C", [0.05, 0.01]), "A -> B -> C", start={"k1": 80, "k2": 60})
    assert found.params["k2"].value == pytest.approx(0.01, rel=0.01)
    assert any("from the start given" in line for line in found.warnings)
    near = fit(simulated("A -> B -> C", [0.05, 0.01]), "A -> B -> C", start={"k2": 0.02})
    assert not any("from the start given" in line for line in near.warnings)


@pytest.mark.parametrize(
    ("scheme", "names"), [("A <-> B", ("k1", "k-1")), ("A -> B, A -> C", ("k1", "k2"))]
)
def test_rate_constants_that_only_their_sum_fixes_are_not_identifiable(scheme, names):
    found = fit(simulated(scheme.replace(",", ";"), [0.012, 0.006]), scheme)
    for name in names:
        one = found.params[name]
        assert (one.value, one.stderr, one.identifiable) == (None, None, False)
    assert found.params["k_obs"].identifiable
    assert found.params["k_obs"].value == pytest.approx(0.018, rel=2e-3)
    assert f"not identifiable: {', '.join(names)}" in found.warnings
    assert any("trade against each other" in line for line in found.warnings)
    assert "not identifiable" in found.fit_report()
    assert same(found, "A -> B")
    assert not same(found, scheme)


def test_chain_of_equal_steps_is_fitted():
    found = fit(simulated("A -4-> B -> C", [0.1, 0.012]), "A -4-> B -> C")
    assert found.params["k1"].value == pytest.approx(0.1, rel=0.01)
    assert found.params["k2"].value == pytest.approx(0.012, rel=0.01)


@pytest.mark.parametrize("seed", range(3))
def test_pure_noise_and_a_step_too_many_are_not_identifiable(seed):
    rng = np.random.default_rng(seed)
    flat = SpectrumSeries(NM, MINUTES, growing()[0] + 1e-3 * rng.normal(size=(50, len(NM))))
    found = fit(flat, "A -> B")
    assert not found.params["k"].identifiable
    assert any("no change with time" in line for line in found.warnings)
    found = fit(series(seed=seed), "A -> B -> C")
    assert not any(one.identifiable for one in found.params.values())
    assert any("only 1 of 2 steps" in line for line in found.warnings)


@pytest.mark.parametrize("scheme", ["A -> B", "A -> B -> C", "A -4-> B"])
@pytest.mark.parametrize("level", [0.0, 1.0])
def test_spectra_that_never_change_tell_no_rate_constant(scheme, level):
    found = fit(SpectrumSeries(NM, MINUTES, np.full((50, 601), level)), scheme)
    assert not any(one.identifiable for one in found.params.values())
    assert any("no change with time" in line for line in found.warnings)


def test_equal_rate_constants_have_intervals_that_hold_both():
    found = fit(simulated("A -> B -> C", [0.03, 0.03]), "A -> B -> C")
    for one in found.params.values():
        assert one.ci95[0] < 0.03 < one.ci95[1]
        assert one.ci95[1] / one.ci95[0] < 1.2


def test_a_rate_too_slow_for_the_series_has_only_an_upper_limit():
    data = first_order(k=1e-5) @ growing()
    rng = np.random.default_rng(1)
    slow = SpectrumSeries(NM, MINUTES, data + 1e-3 * rng.normal(size=data.shape))
    k = fit(slow, "A -> B").params["k"]
    assert not k.identifiable
    assert k.ci95[0] is None


def test_any_origin_of_time_gives_the_same_rate_constant():
    spectra = series()
    late = replace(spectra, time=MINUTES + 1e5)
    expected = fit(spectra, "A -> B").params["k"].value
    assert fit(late, "A -> B").params["k"].value == pytest.approx(expected, rel=1e-8)


def test_a_missing_step_is_noticed():
    found = fit(simulated("A -> B -> C", [0.05, 0.01], every=4), "A -> B")
    assert not found.reliable
    assert "course" in found.reason


def test_result_as_data_and_as_text():
    found = fit(series("white, offsets"), "A -> B")
    data = found.as_dict()
    wanted = {"scheme", "parameters", "derived", "noise", "equivalent_schemes", "warnings"}
    assert wanted <= set(data)
    fields = {"value", "unit", "stderr", "ci95", "identifiable", "reliable", "reason"}
    assert set(data["parameters"]["k"]) == fields
    assert (data["reliable"], data["reason"]) == (True, None)
    assert found.residuals == pytest.approx(found.series.absorbance - found.fitted)
    assert "50 spectra × 601 wavelengths" in found.fit_report()
    assert "offset per spectrum" in found.fit_report()


def test_one_wavelength_still_goes_through_the_trace_fit():
    assert isinstance(fit(series(), "A -> B", at="420 nm"), Fit)


def test_few_wavelengths_are_fitted_without_offsets():
    whole = series()
    few = SpectrumSeries(NM[200:260:20], MINUTES, whole.absorbance[:, 200:260:20])
    found = fit(few, "A -> B")
    assert found.params["k"].value == pytest.approx(K, rel=0.05)
    assert found.noise["offset_sd"] == 0


def spoiled(**changes):
    whole = series()
    parts = {"wavelength": NM, "time": MINUTES, "absorbance": whole.absorbance}
    return SpectrumSeries(**{**parts, **changes})


def with_hole():
    data = series().absorbance.copy()
    data[3, 10] = np.nan
    return data


@pytest.mark.parametrize(
    ("changes", "options", "message"),
    [
        (
            {"time": MINUTES[::-1]},
            {},
            "times do not ascend at the spectrum '196 min'",
        ),
        ({"time": np.where(MINUTES > 190, np.nan, MINUTES)}, {}, "'nan min' has no time"),
        ({"time": MINUTES[:3], "absorbance": series().absorbance[:3]}, {}, "3 spectra are too few"),
        ({}, {"start": {"q": 1.0}}, "no rate constant 'q'"),
        ({}, {"start": {"k": -1.0}}, "not a positive number"),
        ({}, {"through_origin": True}, "no common origin"),
    ],
)
def test_bad_input_is_one_clear_message(changes, options, message):
    with pytest.raises(FitError, match=message) as caught:
        fit(spoiled(**changes), "A -> B", **options)
    assert len(caught.value.problems) == 1


def test_readings_that_are_missing_are_left_out():
    """The rest are fitted as if the others had never been taken."""
    whole, holed = series(), with_hole()
    found = fit(replace(whole, absorbance=holed), "A -> B").params["k"]
    assert found.value == pytest.approx(fit(whole, "A -> B").params["k"].value, rel=1e-5)
    rng = np.random.default_rng(3)
    many = np.where(rng.random(holed.shape) < 0.03, np.nan, whole.absorbance)
    found = fit(replace(whole, absorbance=many), "A -> B").params["k"]
    assert abs(found.value - K) < 3 * found.stderr
    assert found.stderr == pytest.approx(best_precision("white") / np.sqrt(0.97), rel=0.05)


NONLINEAR = [
    ("2 A -> B", {"k": 0.02}),
    ("A + B -> C", {"k": 0.02, "ratio": 1.6}),
    ("A + B -> 2 B", {"k": 0.05, "seed": 0.01}),
    ("A -> B, A + B -> 2 B", {"k1": 0.0005, "k2": 0.05}),
    ("A -> B after lag", {"k": 0.02, "lag": 30.0}),
    ("2 A <-> B", {"k1": 0.02, "k-1": 0.004}),
    ("exp + exp + constant", {"k1": 0.05, "k2": 0.01}),
]


@pytest.mark.parametrize(("scheme", "truth"), NONLINEAR, ids=[scheme for scheme, _ in NONLINEAR])
def test_schemes_of_other_kinds_are_fitted_to_all_wavelengths(scheme, truth):
    kinetics = parse(scheme)
    shares, _ = kinetics.concentrations(LONG, np.array(list(truth.values())))
    rng = np.random.default_rng(3)
    data = shares @ SHAPES[: shares.shape[1]] + 0.1
    spectra = SpectrumSeries(NM, LONG, data + 1e-3 * rng.normal(size=data.shape))
    found = fit(spectra, scheme)
    for name, value in truth.items():
        if scheme == "A + B -> C":  # the two reactants may have changed places
            continue
        one = found.params[name]
        assert one.identifiable, name
        assert abs(one.value - value) < 4 * one.stderr, name
        assert one.ci95[0] < one.value < one.ci95[1]
    assert found.noise["sd"] == pytest.approx(1e-3, rel=0.05)
    assert found.residuals.std() == pytest.approx(1e-3, rel=0.05)


def test_autocatalysis_and_slow_nucleation_fit_the_same_spectra():
    spectra_of = parse("A -> B, A + B -> 2 B")
    shares, _ = spectra_of.concentrations(LONG, np.array([0.0005, 0.05]))
    spectra = SpectrumSeries(NM, LONG, shares @ SHAPES[:2])
    one, other = fit(spectra, "A -> B, A + B -> 2 B"), fit(spectra, "A + B -> 2 B")
    assert same(one, "A + B -> 2 B")
    assert same(other, "A -> B, A + B -> 2 B")
    k1, k2 = one.params["k1"].value, one.params["k2"].value
    assert other.params["k"].value == pytest.approx(k1 + k2, rel=1e-5)
    assert other.params["seed"].value == pytest.approx(k1 / (k1 + k2), rel=1e-4)


def test_spectra_are_held_above_zero_where_asked():
    spectra = simulated("A -> B -> C", [0.05, 0.01], sd=3e-3)
    free, held = (fit(spectra, "A -> B -> C", non_negative=on) for on in (False, True))
    assert free.spectra.min() < 0
    assert held.spectra.min() >= 0
    for name, truth in (("k1", 0.05), ("k2", 0.01)):
        assert abs(held.params[name].value - truth) < 4 * held.params[name].stderr
        assert held.params[name].stderr == pytest.approx(free.params[name].stderr, rel=0.1)


def test_results_as_tables_and_labelled_arrays():
    found = fit(simulated("A -> B", [0.015]), "A -> B")
    assert found.to_dataframe().loc["k", "value"] == found.params["k"].value
    labelled = found.to_xarray()
    assert labelled["spectrum"].dims == ("species", "wavelength")
    assert list(labelled["species"].values) == ["A", "B"]
    rebuilt = labelled["concentration"] @ labelled["spectrum"] + labelled["residual"]
    np.testing.assert_allclose(rebuilt.values, found.series.absorbance, atol=1e-12)


def test_residuals_that_are_no_noise_are_told():
    """A missed step leaves a course; good fits leave none of the three checks' sentences."""
    time, nm = np.linspace(0.0, 300.0, 60), np.linspace(300.0, 500.0, 80)
    chain, _ = parse("A -> B -> C").concentrations(time, np.array([0.05, 0.012]))
    bands = np.exp(-0.5 * ((nm - np.array([[340.0], [400.0], [450.0]])) / 20.0) ** 2)
    noise = np.random.default_rng(4).normal(0.0, 1e-3, (60, 80))
    data = SpectrumSeries(nm, time, chain @ bands + noise)
    missed = fit(data, "A -> B")
    assert "course" in missed.reason
    assert missed.params["k"].value is not None
    assert missed.params["k"].ci95 is None
    good = " ".join(fit(data, "A -> B -> C").warnings)
    assert "slow course" not in good
    assert "neighbouring spectra" not in good
    assert "shifted as a whole" not in good
