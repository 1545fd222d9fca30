"""What a photometer does is found in the residuals, enters the interval, or mutes it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import photometer_bench as bench
import prenuc as pn
from prenuc.infer.objectives.uneven import Uneven
from prenuc.infer.schemes.profiles import Clock
from prenuc.infer.schemes.scheme import parse

K = 0.015  # 1/min
DRAWS = 12


def drawn(name, seed, size=bench.SMALL):
    number, kind = next((i, one) for i, one in enumerate(bench.KINDS, 1) if one.name == name)
    return kind.make(np.random.default_rng([5, number, seed]), size)


def fits(name, draws=DRAWS):
    return [pn.fit(drawn(name, seed), "A -> B") for seed in range(draws)]


FOUND = [
    ("transmitted light 5e-4, A ≤ 2", "light_sd", 5e-4),
    ("transmitted light 5e-4, A ≤ 3, no light is NaN", "light_sd", 5e-4),
    ("proportional 0.5 %", "relative_sd", 5e-3),
    ("factors of 1 %", "factor_sd", 1e-2),
    ("wavelength jitter 0.3 nm", "shift_nm", 0.3),
    ("AR(1) in time", "rho", 0.7),
    ("readings to 0.01", "step", 0.01),
]


@pytest.mark.parametrize(("name", "what", "size"), FOUND, ids=[name for name, *_ in FOUND])
def test_what_was_drawn_is_found_and_the_interval_allows_for_it(name, what, size):
    found = fits(name)
    assert np.median([one.noise[what] for one in found]) == pytest.approx(size, rel=0.25)
    k = [one.params["k"] for one in found if one.reliable]
    assert len(k) >= DRAWS - 2
    assert sum(low <= K <= high for low, high in (one.ci95 for one in k)) >= len(k) - 2
    assert all(len(one.noise["model"]) >= 2 for one in found if one.noise[what] > 0)


def test_white_noise_is_all_there_is_where_nothing_else_was_drawn():
    found = fits("white")
    assert sum(one.noise["model"] == ["white"] for one in found) >= DRAWS - 2
    assert all(one.reliable for one in found)


@pytest.mark.parametrize(
    "name",
    [
        "gain step 1 %",
        "gain drift 2 %, a line",
        "stray light 0.5 %, A ≤ 2.5",
        "hidden step, a third as fast",
        "hidden step, three times as fast",
    ],
)
def test_a_fault_that_moves_the_constant_is_right_or_leaves_no_interval(name):
    """Muted fits keep their value, and say why."""
    wrong = 0
    for one in fits(name, draws=20):
        k = one.params["k"]
        if one.reliable:
            wrong += abs(k.value - K) >= 4 * k.stderr
            continue
        assert (k.ci95, k.stderr, k.reliable) == (None, None, False)
        assert k.value is not None
        assert one.reason == k.reason
        assert one.reason
        told = one.as_dict()
        assert (told["reliable"], told["reason"]) == (False, one.reason)
        assert told["parameters"]["k"]["ci95"] is None
        assert "NO INTERVAL" in one.fit_report()
    assert wrong <= 1


def test_rounding_that_is_the_same_each_time_does_not_move_the_constant():
    """Rounded readings taken at their word are 0.7 standard errors off in every draw."""
    k = [one.params["k"] for one in fits("readings to 0.001", draws=40) if one.reliable]
    assert len(k) >= 36
    error = np.array([(one.value - K) / one.stderr for one in k])
    assert abs(error.mean()) < 0.4
    assert 0.6 < error.std() < 1.4


@pytest.mark.parametrize("name", ["saturation at 2, A ≤ 2.5", "saturation at 3, A ≤ 3.5"])
def test_readings_that_are_missing_do_not_change_the_noise_of_the_others(name):
    found = fits(name)
    assert [one.noise["sd"] for one in found] == pytest.approx([bench.SMALL.white] * DRAWS, rel=0.1)
    assert all("correlated along time" not in one.noise["model"] for one in found)
    k = [one.params["k"] for one in found]
    error = [(one.value - K) / one.stderr for one in k]
    assert np.mean(np.square(error)) < 3


def test_a_rate_constant_that_may_have_changed_widens_its_interval():
    """Where the change shows, no interval is left; nowhere is a narrow one beside the truth."""
    found = [one.params["k"] for one in fits("k rises by 10 %", draws=40)]
    muted = sum(not one.reliable for one in found)
    wrong = sum(one.reliable and not one.ci95[0] <= K <= one.ci95[1] for one in found)
    assert muted >= 25
    assert wrong <= 4
    widths = [np.ptp(one.ci95) / (3.92 * one.stderr) for one in found if one.reliable]
    assert max(widths) > 1.2


def test_spikes_and_a_spectrum_through_a_bubble_are_left_out_and_said_so():
    spiky = pn.fit(drawn("spikes", 1), "A -> B")
    assert any("spikes are left out" in line for line in spiky.history)
    assert abs(spiky.params["k"].value - K) < 4 * spiky.params["k"].stderr
    bubbles = pn.fit(drawn("outlier spectra, air bubbles", 1), "A -> B")
    assert any("unlike the others are left out" in line for line in bubbles.history)
    assert abs(bubbles.params["k"].value - K) < 4 * bubbles.params["k"].stderr


def uneven(fields):
    """Return an objective of random data with random weights, some zero."""
    rng = np.random.default_rng(3)
    time, n = np.linspace(0.0, 200.0, 25), 12
    kinetics = parse("A -> B -> C")
    shares, _ = kinetics.concentrations(time, np.array([0.05, 0.01]))
    data = shares @ rng.normal(size=(3, n)) + 0.01 * rng.normal(size=(25, n))
    weight = rng.uniform(0.5, 2.0, size=(25, n)) * 1e4
    weight[rng.random(weight.shape) < 0.05] = 0.0
    z = rng.normal(size=(n, fields, 25))
    return Uneven(
        kinetics, time, (), Clock.of(time), data.T.copy(), weight.T.copy(), z, 1e3 * np.ones(fields)
    )


@pytest.mark.parametrize("fields", [0, 1, 2])
def test_gradient_of_uneven_readings_is_exact(fields):
    objective, u, step = uneven(fields), np.log([0.06, 0.012]), 1e-5
    for p, along in enumerate(step * np.eye(2)):
        slope = (objective.at(u + along).value - objective.at(u - along).value) / (4 * step)
        assert objective.at(u).gradient[p] == pytest.approx(slope, rel=1e-5)


def test_amounts_of_whole_spectra_are_eliminated_as_generalised_least_squares_does():
    """The covariance of all readings at once gives the same sum of squares."""
    objective, u = uneven(1), np.log([0.06, 0.012])
    objective = replace(objective, weight=np.maximum(objective.weight, 1e3))
    shares, _ = objective.kinetics.concentrations(objective.time, np.exp(u))
    n, m = objective.data.shape
    covariance = np.diag(1.0 / objective.weight.ravel())
    for i in range(m):
        z = np.zeros((n, m))
        z[:, i] = objective.fields[:, 0, i]
        covariance += np.outer(z.ravel(), z.ravel()) / objective.precision[0]
    root = np.linalg.inv(np.linalg.cholesky(covariance))
    columns, y = root @ np.kron(np.eye(n), shares), root @ objective.data.ravel()
    rest = y - columns @ np.linalg.lstsq(columns, y, rcond=None)[0]
    assert objective.at(u).value == pytest.approx(float(rest @ rest), rel=1e-8)


def test_readings_of_little_light_do_not_bias_the_constant():
    """A mean of logarithms is too large where the noise is a part of the light."""
    z = [
        (one.params["k"].value - K) / one.params["k"].stderr
        for one in fits("transmitted light 2e-3, A ≤ 3, no light is NaN", draws=20)
        if one.reliable
    ]
    assert len(z) >= 16
    assert abs(np.mean(z)) < 3.5 / np.sqrt(len(z))


def test_a_scheme_that_misfits_does_not_make_light_in_which_all_readings_drown():
    """A hidden step looks like noise of a quarter of full light, which silences every doubt."""
    series = drawn("hidden step, a third as fast", 1, bench.LARGE)
    late = pn.fit(series, "A -> B after lag")
    assert late.noise["light_sd"] < 0.05
    assert not late.reliable
    assert "course" in late.reason


def test_spectra_of_species_are_whole_where_single_readings_are_missing():
    series = drawn("white", 3)
    gaps = series.absorbance.copy()
    gaps[4, 10:14] = gaps[20, 12] = gaps[7, 60] = np.nan
    found = pn.fit(replace(series, absorbance=gaps), "A -> B", non_negative=True)
    assert np.all(np.isfinite(found.spectra))
    assert np.array_equal(np.isnan(found.residuals), np.isnan(gaps))
    whole = pn.fit(series, "A -> B")
    assert np.max(np.abs(found.spectra - whole.spectra)) < 3 * bench.SMALL.white
    assert any("not held above zero" in line for line in found.warnings)
