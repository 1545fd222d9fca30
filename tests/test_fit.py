"""Fits of traces: the truth when there is no noise, honest intervals when there is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from prenuc.errors import FitError, SpectrumError
from prenuc.infer.fit.fit import fit
from prenuc.infer.modelfree.first_order import linearised
from prenuc.infer.schemes.growth import Chain
from prenuc.observe.series import SpectrumSeries
from prenuc.observe.trace import Trace

K, PLATEAU, LAG = 0.015, 0.411, 3.0  # 1/min, absorbance, min
TIMES = np.arange(4.0, 197.0, 4.0)
CHAIN_TIMES = np.arange(10.0, 1371.0, 10.0)


def first_order(times=TIMES, k=K, plateau=PLATEAU, lag=LAG, constant=0.0):
    return Trace(times, constant + plateau * (1 - np.exp(-k * (times - lag))))


def chain(stages=8, k=0.004, lag=200.0, plateau=0.334):
    return Trace(CHAIN_TIMES, plateau * (1 - Chain("", stages).missing(CHAIN_TIMES, k, lag)))


def noisy(trace, seed, sd=1e-3):
    noise = np.random.default_rng(seed).normal(0, sd, len(trace.value))
    return replace(trace, value=trace.value + noise)


def numbers(found):
    return {name: parameter.value for name, parameter in found.params.items()}


# ---- the truth without noise --------------------------------------------------------------------


def test_first_order_growth_is_recovered_exactly():
    found = numbers(fit(first_order(), "A -> B"))
    wanted = {"k": K, "A_inf": PLATEAU, "lag": LAG, "B": PLATEAU * np.exp(K * LAG)}
    assert found == pytest.approx(wanted, rel=1e-8)


@pytest.mark.parametrize("k", [0.002, 0.01, 0.1, 0.5])
def test_slow_and_quick_growth_is_recovered_exactly(k):
    assert numbers(fit(first_order(k=k, lag=0.5), "A -> B"))["k"] == pytest.approx(k, rel=1e-8)


def test_growth_over_an_unknown_constant_is_recovered_exactly():
    found = fit(first_order(constant=0.2), "A -> B", background=True)
    assert found.params["k"].value == pytest.approx(K, rel=1e-8)
    assert found.params["A_inf"].value == pytest.approx(PLATEAU + 0.2, rel=1e-8)
    assert found.params["B"].value == pytest.approx(PLATEAU * np.exp(K * LAG), rel=1e-8)


def test_growth_from_the_origin_is_recovered_exactly():
    found = fit(first_order(lag=0.0), "A -> B", through_origin=True)
    assert numbers(found) == pytest.approx({"k": K, "A_inf": PLATEAU}, rel=1e-8)


def test_a_falling_signal_is_fitted_too():
    found = fit(first_order(plateau=-0.4), "A -> B")
    assert found.params["k"].value == pytest.approx(K, rel=1e-8)
    assert found.params["A_inf"].value == pytest.approx(-0.4, rel=1e-8)


@pytest.mark.parametrize("stages", [4, 8])
def test_a_chain_is_recovered_from_almost_no_noise(stages):
    found = fit(noisy(chain(stages), 1, 1e-9), f"A -{stages}-> B -> C")
    assert found.params["k"].value == pytest.approx(0.004, rel=1e-5)
    assert found.params["lag"].value == pytest.approx(200.0, rel=1e-5)
    assert found.params["A_inf"].value == pytest.approx(0.334, rel=1e-6)


def test_a_chain_is_recovered_exactly():
    found = fit(chain(), "A -8-> B -> C")
    assert found.params["k"].value == pytest.approx(0.004, rel=1e-8)
    assert found.params["lag"].value == pytest.approx(200.0, rel=1e-8)
    assert found.derived["mean_lag"] == pytest.approx(8 / found.derived["k_stage"], rel=1e-12)


def test_what_is_fitted_is_the_data_less_the_residuals():
    trace = noisy(first_order(), 2)
    found = fit(trace, "A -> B")
    wanted = found.params["A_inf"].value - found.params["B"].value * np.exp(
        -found.params["k"].value * TIMES
    )
    np.testing.assert_allclose(found.fitted, wanted, rtol=1e-9)
    np.testing.assert_allclose(found.residuals, trace.value - found.fitted, atol=1e-15)
    assert found.noise["sd"] == pytest.approx(1e-3, rel=0.3)


# ---- units and scales ---------------------------------------------------------------------------


def test_the_constant_has_the_inverse_of_the_traces_own_unit():
    minutes = noisy(first_order(), 3)
    seconds = replace(minutes, time=minutes.time * 60, time_unit="s")
    one, other = fit(minutes, "A -> B"), fit(seconds, "A -> B")
    assert (one.params["k"].unit, other.params["k"].unit) == ("1/min", "1/s")
    assert (one.params["lag"].unit, other.params["lag"].unit) == ("min", "s")
    for get in (lambda p: p.value, lambda p: p.stderr, lambda p: p.ci95[0], lambda p: p.ci95[1]):
        assert get(other.params["k"]) * 60 == pytest.approx(get(one.params["k"]), rel=1e-5)
        assert get(other.params["lag"]) / 60 == pytest.approx(get(one.params["lag"]), rel=1e-5)


@pytest.mark.parametrize("factor", [1e-4, 25.0, 1e6, -3.0])
def test_a_larger_signal_has_the_same_constant(factor):
    trace = noisy(first_order(), 4)
    one = fit(trace, "A -> B")
    other = fit(replace(trace, value=factor * trace.value), "A -> B")
    assert other.params["k"].value == pytest.approx(one.params["k"].value, rel=1e-6)
    assert other.params["k"].ci95 == pytest.approx(one.params["k"].ci95, rel=1e-4)
    assert other.params["A_inf"].value == pytest.approx(
        factor * one.params["A_inf"].value, rel=1e-6
    )
    assert sorted(other.params["A_inf"].ci95) == pytest.approx(
        sorted(factor * end for end in one.params["A_inf"].ci95), rel=1e-4
    )


# ---- intervals ----------------------------------------------------------------------------------


def inside(parameter, truth):
    low, high = parameter.ci95
    assert low < parameter.value < high
    return low <= truth <= high


def test_intervals_hold_the_truth_about_nineteen_times_in_twenty():
    hits = np.array(
        [
            [inside(found.params["k"], K), inside(found.params["A_inf"], PLATEAU)]
            for found in (
                fit(noisy(first_order(), seed, 2e-3), "A -> B", background=True)
                for seed in range(60)
            )
        ]
    )
    of_k, of_plateau = hits.mean(axis=0)
    assert of_k >= 0.9
    assert of_plateau >= 0.85  # 0.95 less three standard deviations of 60 draws


def test_intervals_are_not_wide_without_need():
    """With white noise and a plateau in sight they are two standard errors, a little more."""
    for seed in range(5):
        k = fit(noisy(first_order(), seed), "A -> B").params["k"]
        assert (k.ci95[1] - k.ci95[0]) / (2 * k.stderr) == pytest.approx(2.01, rel=0.05)


def test_standard_errors_are_the_scatter_of_many_fits():
    found = [fit(noisy(first_order(), seed), "A -> B", background=True) for seed in range(60)]
    scatter = np.std([one.params["k"].value for one in found])
    typical = np.median([one.params["k"].stderr for one in found])
    assert typical == pytest.approx(scatter, rel=0.25)


def test_the_intervals_of_a_chain_hold_the_truth():
    found = fit(noisy(chain(), 5), "A -8-> B -> C")
    assert inside(found.params["k"], 0.004)
    assert inside(found.params["lag"], 200.0)
    assert inside(found.params["A_inf"], 0.334)
    assert found.params["k"].identifiable


def test_a_trace_without_a_plateau_says_so():
    trace = noisy(first_order(np.arange(1.0, 31.0)), 6, 1e-2)
    found = fit(trace, "A -> B")
    assert any("before the plateau" in warning for warning in found.warnings)
    assert not found.params["A_inf"].identifiable
    assert found.params["A_inf"].value is None
    assert any("not identifiable: " in w and "A∞" in w for w in found.warnings)
    assert "not identifiable" in found.fit_report()


def test_correlated_residuals_are_pointed_out():
    assert any("correlated" in w for w in fit(noisy(chain(), 7), "A -> B").warnings)
    assert not any("correlated" in w for w in fit(noisy(first_order(), 8), "A -> B").warnings)


# ---- what was subtracted ------------------------------------------------------------------------


def spectra(trace):
    wavelength = np.array([300.0, 310.0, 320.0])
    shape = np.array([0.5, 1.0, 0.25])
    return SpectrumSeries(wavelength, trace.time, trace.value[:, None] * shape)


def test_a_subtracted_spectrum_takes_the_lag_away_and_leaves_the_constant():
    series = spectra(noisy(first_order(), 9))
    plain, corrected = (
        fit(series, "A -> B", at="310 nm"),
        fit(series.subtract(0), "A -> B", at="310 nm"),
    )
    assert plain.params["lag"].identifiable
    lag = corrected.params["lag"]
    assert not lag.identifiable
    assert lag.value is None
    assert any("no information on a lag" in warning for warning in corrected.warnings)
    assert corrected.params["k"].identifiable
    assert corrected.params["k"].value == pytest.approx(K, rel=0.03)
    shift = PLATEAU * np.exp(-K * (TIMES[0] - LAG)) - corrected.params["A_inf"].value
    assert abs(shift) < 0.01


def test_a_background_takes_the_lag_away():
    found = fit(noisy(first_order(), 10), "A -> B", background=True)
    assert not found.params["lag"].identifiable
    assert fit(noisy(first_order(), 10), "A -> B").params["lag"].identifiable


def test_the_sharp_lag_of_a_chain_survives_a_background():
    trace = noisy(chain(), 11)
    found = fit(replace(trace, value=trace.value + 0.3), "A -8-> B -> C", background=True)
    assert found.params["lag"].value == pytest.approx(200.0, rel=0.05)


def test_spectra_are_read_between_wavelengths():
    series = spectra(first_order())
    assert fit(series, "A -> B", at="305 nm").params["A_inf"].value == pytest.approx(
        0.75 * PLATEAU, rel=1e-8
    )


# ---- through the origin -------------------------------------------------------------------------


def test_through_the_origin_there_is_neither_lag_nor_prefactor():
    found = fit(noisy(first_order(lag=0.0), 12), "A -> B", through_origin=True)
    assert set(found.params) == {"k", "A_inf"}
    assert inside(found.params["k"], K)
    free = fit(noisy(first_order(lag=0.0), 12), "A -> B")
    assert found.params["k"].stderr < free.params["k"].stderr


def test_through_the_origin_and_a_background_exclude_each_other():
    with pytest.raises(FitError, match="does not go through the origin"):
        fit(first_order(), "A -> B", through_origin=True, background=True)
    with pytest.raises(FitError, match="does not go through the origin"):
        fit(spectra(first_order()).subtract(0), "A -> B", at="310 nm", through_origin=True)


# ---- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_too_few_points_are_refused(count):
    with pytest.raises(FitError, match=f"{count} points are too few"):
        fit(first_order(TIMES[:count]), "A -> B")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_time_that_is_no_number_is_refused_with_its_place(bad):
    trace = first_order()
    times = trace.time.copy()
    times[2] = bad
    with pytest.raises(FitError, match="point 3 has no time"):
        fit(replace(trace, time=times), "A -> B")


@pytest.mark.parametrize(("value", "said"), [(np.nan, "1 point is masked"), (np.inf, "infinite")])
def test_a_value_that_is_missing_or_infinite_is_left_out_and_said_so(value, said):
    trace = noisy(first_order(), 3)
    values = trace.value.copy()
    values[2] = value
    holed, whole = fit(replace(trace, value=values), "A -> B"), fit(trace, "A -> B")
    assert holed.params["k"].value == pytest.approx(whole.params["k"].value, rel=0.02)
    assert len(holed.fitted) == len(trace.time) - 1
    assert any(said in line for line in holed.history)


@pytest.mark.parametrize("swap", [[1, 0], [0, 0]])
def test_times_that_do_not_ascend_are_refused(swap):
    times = TIMES.copy()
    times[:2] = times[swap]
    with pytest.raises(FitError, match="do not ascend"):
        fit(replace(first_order(), time=times), "A -> B")


def test_an_unknown_scheme_is_refused():
    with pytest.raises(FitError, match="'A <- B' is not a scheme"):
        fit(first_order(), "A <- B")


def test_a_wavelength_must_lie_inside_the_spectra():
    with pytest.raises(SpectrumError, match=r"400 nm lies outside the spectra \(300-320 nm\)"):
        fit(spectra(first_order()), "A -> B", at="400 nm")


FLAT = {"nothing": np.zeros(50), "a constant": np.full(50, 0.4)}


@pytest.mark.parametrize("options", [{}, {"background": True}, {"through_origin": True}], ids=str)
@pytest.mark.parametrize("scheme", ["A -> B", "A -4-> B -> C"])
@pytest.mark.parametrize("value", FLAT.values(), ids=FLAT)
def test_a_signal_that_never_changes_tells_no_constant(value, scheme, options):
    trace = Trace(np.arange(50.0), value)
    try:
        found = fit(trace, scheme, **options)
    except FitError:
        return
    assert not found.params["k"].identifiable


@pytest.mark.parametrize("options", [{}, {"background": True}, {"through_origin": True}], ids=str)
@pytest.mark.parametrize("scheme", ["A -> B", "A -4-> B -> C"])
@pytest.mark.parametrize("seed", range(3))
def test_mere_noise_is_fitted_without_a_fuss(seed, scheme, options):
    trace = Trace(np.arange(50.0), np.random.default_rng(seed).normal(size=50))
    for parameter in fit(trace, scheme, **options).params.values():
        assert parameter.identifiable == (parameter.value is not None)


def test_a_parameter_that_is_not_identifiable_has_no_number():
    found = fit(noisy(first_order(), 10), "A -> B", background=True).as_dict()
    lag = found["parameters"]["lag"]
    assert (lag["value"], lag["stderr"], lag["identifiable"]) == (None, None, False)
    assert None in lag["ci95"]
    assert lag["unit"] == "min"


# ---- the straight line for the eye --------------------------------------------------------------


def test_the_linearised_plot_is_a_straight_line_of_slope_minus_k():
    times, logarithm = linearised(first_order(), PLATEAU)
    slope, intercept = np.polyfit(times, logarithm, 1)
    assert slope == pytest.approx(-K, rel=1e-10)
    assert intercept == pytest.approx(np.log(PLATEAU) + K * LAG, rel=1e-10)
    assert len(times) == len(TIMES)


def test_the_linearised_plot_stops_at_the_sensitivity():
    long = first_order(np.arange(4.0, 800.0, 4.0))
    times, logarithm = linearised(long, PLATEAU)
    last = LAG + np.log(PLATEAU / 0.001) / K
    assert times[-1] <= last < times[-1] + 4.0
    assert np.all(logarithm > np.log(0.001))
    coarse, _ = linearised(long, PLATEAU, sensitivity=0.01)
    assert coarse[-1] <= LAG + np.log(PLATEAU / 0.01) / K < coarse[-1] + 4.0


def test_the_linearised_plot_does_not_come_back_after_it_stopped():
    trace = first_order()
    value = trace.value.copy()
    value[5] = PLATEAU
    times, _ = linearised(replace(trace, value=value), PLATEAU)
    assert len(times) == 5


def test_a_plateau_below_the_signal_leaves_nothing_to_plot():
    times, logarithm = linearised(first_order(), -1.0)
    assert len(times) == len(logarithm) == 0
