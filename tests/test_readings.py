"""Readings that are no data: ceilings, stray light, want of light; and sound ones left alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import readings_bench as bench
from prenuc.infer.fit.fit import fit
from prenuc.observe.ceilings import ceiling_of_series
from prenuc.observe.readers import read
from prenuc.observe.readings import judge_readings, judge_trace, values_too_large
from prenuc.observe.series import SpectrumSeries
from prenuc.observe.stray_light import judge_light, without
from prenuc.observe.trace import Trace
from spectra_bench import band

CASES = Path(__file__).parent / "data" / "cases"
NM = np.linspace(300.0, 600.0, 151)


def whole_wavelengths(series):
    """The series without the wavelengths at which a reading is masked."""
    kept = ~np.isnan(series.absorbance).any(axis=0)
    return replace(
        series, wavelength=series.wavelength[kept], absorbance=series.absorbance[:, kept]
    )


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("saturated_stray", "stray light of 0.063 %, at which absorbances level off at 3.20"),
        ("saturated_ten", "99 readings masked: the signal is cut off at 10"),
    ],
)
def test_a_saturated_edge_no_longer_spoils_the_rate_constant(name, said):
    series = read(CASES / f"{name}.csv")
    judged = judge_readings(series)
    assert any(note.startswith(said) for note in judged.notes)
    assert judged.series.history == (*series.history, *judged.notes)
    found = fit(whole_wavelengths(judged.series), "A -> B").params["k"]
    assert found.value == pytest.approx(0.070, rel=0.01)
    assert fit(series, "A -> B").params["k"].value == pytest.approx(0.070, rel=0.01)


def test_dense_spectra_of_a_true_instrument_are_left_alone():
    series = read(CASES / "saturated_clean.csv")
    judged = judge_readings(series)
    assert judged.notes == ()
    assert judged.series.absorbance.max() > 7
    assert np.array_equal(judged.series.absorbance, series.absorbance)


# --- sound data -----------------------------------------------------------------------------------


def test_sound_series_are_not_called_clipped():
    series = list(bench.sound_series())
    found = [judge_readings(one) for one in series]
    assert len(series) == 480
    assert sum(one.clipped.any() for one in found) <= 0.01 * len(series)
    assert sum(bool(one.notes) for one in found) <= 0.01 * len(series)


def test_a_trace_that_levels_off_is_never_called_saturated():
    traces = list(bench.sound_traces())
    assert len(traces) > 3000
    assert not any(judge_trace(one).masked.any() for one in traces)


def test_thirty_equal_readings_of_a_plateau_are_kept():
    time = np.arange(60.0)
    trace = Trace(time, np.round(0.5204 * -np.expm1(-time / 6), 2))
    assert np.sum(trace.value == 0.52) >= 30
    assert judge_trace(trace).trace is trace


@pytest.mark.parametrize("value", [0.0, 0.52, 3.0])
def test_constant_spectra_are_not_clipped(value):
    series = SpectrumSeries(NM, np.arange(6.0), np.full((6, NM.size), value))
    assert not judge_readings(series).masked.any()


def test_absorbances_of_a_rounded_transmittance_are_not_clipped():
    """In steps of 0.01 % absorbances near 3 come in steps of 0.04, each many times."""
    through = np.round(1e4 * 10.0 ** -band(NM, 400, 60, 2.9)) / 1e4
    series = SpectrumSeries(NM, np.arange(3.0), np.tile(-np.log10(through), (3, 1)))
    assert np.sum(series.absorbance[0] == series.absorbance.max()) > 5
    assert not judge_readings(series).masked.any()


# --- ceilings -------------------------------------------------------------------------------------


def test_ceilings_are_found():
    """Wherever five readings miss more than three times their noise, and one is not at it."""
    asked = found = whole = 0
    for series, clean, cap, sd in bench.clipped_series():
        missing = clean - cap > max(3 * sd, 1e-9)
        if missing.sum() < 5 or series.absorbance.min() > 0.99 * cap:
            continue
        clipped = ceiling_of_series(series.absorbance)
        asked += 1
        found += clipped.any()
        whole += np.mean(clipped[missing]) > 0.99
    assert asked > 400
    assert found >= 0.95 * asked
    assert whole >= 0.95 * asked


def test_readings_at_a_ceiling_are_masked_and_those_beside_them():
    clean = band(NM, 420, 20, 3.0) * np.linspace(0.2, 1, 8)[:, None] + band(NM, 300, 30, 2.0)
    series = SpectrumSeries(NM, np.arange(8.0), np.minimum(clean, 2.2))
    judged = judge_readings(series)
    assert np.array_equal(judged.clipped, clean >= 2.2)
    beside = judged.masked & ~judged.clipped  # noise would have cut their larger readings
    assert clean[beside].min() > 1.5
    assert 0 < beside.sum() < clean.size / 10
    assert np.array_equal(np.isnan(judged.series.absorbance), judged.masked)
    assert "".join(judged.notes) == (
        f"{judged.clipped.sum()} readings masked: the signal is cut off at 2.2; {beside.sum()} "
        "beside them as well"
    )


def test_a_ceiling_of_one_spectrum_only_is_found():
    """The third spectrum was diluted and multiplied afterwards."""
    clean = np.tile(band(NM, 420, 20, 3.0), (4, 1))
    shown = np.minimum(clean, [[9.0], [9.0], [2.5], [9.0]])
    judged = judge_readings(SpectrumSeries(NM, np.arange(4.0), shown))
    assert np.array_equal(judged.clipped, shown == 2.5)


def test_a_flat_top_under_noise_is_found_in_a_single_spectrum():
    noise = 1e-3 * np.random.default_rng(4).normal(size=NM.size)
    shown = np.minimum(band(NM, 420, 20, 3.0), 2.5) + noise
    judged = judge_readings(SpectrumSeries(NM, np.array([np.nan]), shown[None, :]))
    assert judged.clipped.sum() == pytest.approx((band(NM, 420, 20, 3.0) > 2.5).sum(), abs=2)


@pytest.mark.parametrize("sd", [0.0, 1e-3])
def test_the_flat_end_of_a_trace_at_a_ceiling_is_left_out(sd):
    time = np.linspace(0, 20, 60)
    noise = sd * np.random.default_rng(5).normal(size=60)
    trace = Trace(time, np.round(np.minimum(4 * -np.expm1(-time / 8) + noise, 3.0), 5))
    judged = judge_trace(trace)
    assert judged.trace.value.max() < 3.0
    assert judged.masked.sum() == np.sum(trace.value == 3.0)
    assert judged.trace.history == judged.notes
    assert judged.notes == (f"{judged.masked.sum()} readings left out: the signal is cut off at 3",)


# --- light ----------------------------------------------------------------------------------------


def test_stray_light_is_found_and_its_share_is_right():
    """For one conversion or one growth, wherever the bias reaches thirty times the noise."""
    ratios, asked = [], 0
    for number, (series, clean, shown, share, sd) in enumerate(bench.stray_series()):
        missing = clean - shown > 3 * sd
        one_step = number % 450 not in range(150, 300)
        if not one_step or missing.sum() < 5 or np.max(clean - shown) < 30 * sd:
            continue
        asked += 1
        stray = judge_readings(series).stray
        ratios += [] if stray is None else [stray / share]
    assert asked > 250
    assert len(ratios) >= 0.95 * asked
    assert np.quantile(np.abs(np.log(ratios)), 0.9) < 0.05


def test_what_is_corrected_for_stray_light_is_right():
    clean = bench.scaled(bench.converting, 4.0)
    shown = -np.log10((10.0**-clean + 1e-3) / (1 + 1e-3))
    noise = 1e-3 * np.random.default_rng(6).normal(size=clean.shape)
    judged = judge_readings(bench.seen(shown + noise))
    kept = ~judged.masked
    assert clean[kept].max() > 2.2
    assert (clean - shown)[kept].max() > 0.05
    assert np.abs(judged.series.absorbance - clean)[kept].max() < 8e-3
    assert judged.masked[clean > 3].all()


def test_stray_light_undone_is_the_true_absorbance():
    true = np.linspace(0, 3, 31)
    shown = -np.log10((10.0**-true + 2e-3) / (1 + 2e-3))
    assert without(shown, 2e-3) == pytest.approx(true, abs=1e-9)


def test_a_further_species_is_not_taken_for_stray_light():
    clean = bench.scaled(bench.two_steps, 3.0)
    for seed in range(20):
        noise = 1e-3 * np.random.default_rng(seed).normal(size=clean.shape)
        assert judge_light(clean + noise)[0] is None


def test_stray_light_is_found_beside_a_further_species():
    clean = bench.scaled(bench.two_steps, 4.0)
    shown = -np.log10((10.0**-clean + 1e-3) / (1 + 1e-3))
    noise = 2e-4 * np.random.default_rng(12).normal(size=clean.shape)
    assert judge_readings(bench.seen(shown + noise)).stray == pytest.approx(1e-3, rel=0.05)


def test_readings_with_hardly_any_light_are_masked_by_level_not_one_by_one():
    """Noise of 5e-4 of full light at A = 3 is half of the light that is left."""
    clean = bench.scaled(bench.converting, 4.0)
    errors = []
    for seed in range(20):
        through = 10.0**-clean + 5e-4 * np.random.default_rng(seed).normal(size=clean.shape)
        shown = np.where(through > 0, -np.log10(np.abs(through)), 4.0)
        judged = judge_readings(bench.seen(np.minimum(shown, 4.0)))
        assert any("so little light" in note for note in judged.notes)
        assert not judged.masked[clean < 2.2].any()
        errors += list((shown - clean)[~judged.masked & (clean > 2.6)])
    assert len(errors) > 500
    assert np.mean(errors) == pytest.approx(0, abs=0.04)  # one by one it is -0.07


# --- absurd values, and values that are no absorbance ---------------------------------------------


def test_absurd_readings_are_masked():
    clean = band(NM, 420, 40, 0.8) * np.linspace(0.5, 1, 6)[:, None]
    for number, absurd in enumerate((-np.inf, np.inf, -3e7, 2e6)):
        clean[number, 40] = absurd
    judged = judge_readings(SpectrumSeries(NM, np.arange(6.0), clean))
    assert judged.masked.sum() == 4
    assert judged.notes == ("4 readings masked: infinite, or beyond a million",)


def test_an_absurd_point_of_a_trace_is_left_out():
    value = np.array([0.1, 0.2, -np.inf, 0.35, 0.4])
    judged = judge_trace(Trace(np.arange(5.0), value))
    assert judged.trace.time.tolist() == [0, 1, 3, 4]
    assert judged.notes == ("1 reading left out: infinite, or beyond a million",)


@pytest.mark.parametrize(
    ("most", "said"),
    [
        (
            99.83,
            "up to 99.8 are no absorbance; if they are transmittance in percent, add --signal %T",
        ),
        (51234.0, "up to 5.12e+04 are no absorbance; if they are an emission, add --signal"),
        (9.99, ""),
    ],
)
def test_values_too_large_for_an_absorbance_are_doubted(most, said):
    history = ("nothing names the signal, taken as absorbance",)
    values = np.minimum(band(NM, 420, 40, 1.2 * most), most)[None, :]
    series = SpectrumSeries(NM, np.zeros(1), values, history=history)
    judged = judge_readings(series)
    assert judged.doubt == values_too_large(series)
    assert said in judged.doubt
    assert bool(judged.doubt) == bool(said)
    assert not (said and judged.masked.any())
    assert values_too_large(replace(series, history=("signal: absorbance, from the option",))) == ""
