"""Sandwich and block bootstrap beside the profile interval."""

import numpy as np
import pytest

from prenuc.errors import FitError
from prenuc.infer.fit.fit import fit
from prenuc.infer.fit.independent import independent_wavelengths
from prenuc.infer.second_opinions.bootstrap import bootstrap, sandwich
from prenuc.observe.series import SpectrumSeries
from spectra_bench import band, first_order

M, N, RATE = 40, 30, 0.02
WAVELENGTH = np.linspace(300.0, 600.0, N)
SHAPES = np.array([band(WAVELENGTH, 380, 40, 0.3), band(WAVELENGTH, 450, 40, 0.5)])


def small(seed, kind="white", count=M):
    """Few wavelengths, 10 mAU of noise: white, larger at the start, or in threes."""
    time = np.linspace(0.0, 150.0, count)
    rng = np.random.default_rng([7, seed])
    found = 1e-2 * rng.normal(size=(count, N))
    if kind == "larger at the start":
        found *= (2.0 * np.exp(-time / 30.0) + 0.3)[:, None]
    if kind == "lasting":
        found = np.repeat(found[::3], 3, axis=0)[:count]
    return SpectrumSeries(WAVELENGTH, time, first_order(RATE, time) @ SHAPES + found)


def spread(kind, count=M, seeds=60):
    """Standard deviation of k, root mean square of both standard errors, sandwich's coverage."""
    fits = [fit(small(seed, kind, count), "A -> B") for seed in range(seeds)]
    robust = [sandwich(one).params["k"] for one in fits]
    k = [one.params["k"] for one in fits]
    errors = [
        np.sqrt(np.mean([one.stderr**2 for one in some if one.stderr is not None] or [np.nan]))
        for some in (k, robust)
    ]
    held = np.mean([one.ci95[0] < RATE < one.ci95[1] for one in robust])
    return np.std([one.value for one in k]), *errors, held


def test_sandwich_agrees_with_gauss_newton_where_noise_is_white():
    scatter, gauss_newton, robust, held = spread("white", count=12)
    assert robust == pytest.approx(gauss_newton, rel=0.05)
    assert robust == pytest.approx(scatter, rel=0.2)
    assert held > 0.88


def test_sandwich_sees_noise_that_is_larger_where_the_rate_constant_is_read():
    """The profile interval takes noise for alike at all times: the fit no longer stands for it."""
    scatter, _, robust, held = spread("larger at the start")
    assert robust == pytest.approx(scatter, rel=0.2)
    assert held > 0.82
    muted = [not fit(small(seed, "larger at the start"), "A -> B").reliable for seed in range(10)]
    assert sum(muted) >= 9


@pytest.mark.parametrize("block", [1, 4])
def test_bootstrap_loses_no_variance_to_the_fit_or_the_blocks(block):
    ratios = []
    for seed in range(20):
        found = fit(small(seed, count=12), "A -> B")
        again = bootstrap(found, draws=40, seed=seed, block=block).params["k"]
        ratios.append((again.stderr / found.params["k"].stderr) ** 2)
    assert np.sqrt(np.mean(ratios)) == pytest.approx(1.0, rel=0.12)


def test_longer_blocks_see_noise_that_lasts_for_some_spectra():
    ratios = []
    for seed in range(8):
        found = fit(small(seed, "lasting"), "A -> B")
        short, long = (bootstrap(found, draws=40, block=size).params["k"] for size in (1, 4))
        ratios.append(long.stderr / short.stderr)
    assert np.mean(ratios) > 1.2


def test_second_opinions_speak_of_the_fit_they_were_given():
    found = fit(small(1), "A -> B")
    robust, drawn = sandwich(found), bootstrap(found, draws=40, seed=5)
    assert drawn == bootstrap(found, draws=40, seed=5)
    assert drawn != bootstrap(found, draws=40, seed=6)
    for opinion in (robust, drawn):
        assert opinion.params["k"].value == pytest.approx(found.params["k"].value, rel=1e-6)
        assert opinion.params["k"].unit == "1/min"
    assert "clustered by spectrum" in str(robust)
    assert "40 draws of blocks of 4 spectra, seed 5" in str(drawn)


def test_only_what_is_identifiable_has_a_second_opinion():
    found = fit(small(2), "A <-> B")
    robust = sandwich(found).params
    assert set(robust) == {"k_obs"}
    assert robust["k_obs"].value == pytest.approx(found.params["k_obs"].value, rel=1e-6)
    flat = SpectrumSeries(
        WAVELENGTH, np.arange(float(M)), 1e-2 * np.random.default_rng(1).normal(size=(M, N))
    )
    with pytest.raises(FitError, match="no parameter of the fit is identifiable"):
        sandwich(fit(flat, "A -> B"))


def test_impossible_draws_and_blocks_are_refused_together():
    with pytest.raises(FitError, match=r"3 draws are too few.*\n.*blocks of 30 spectra") as caught:
        bootstrap(fit(small(1), "A -> B"), draws=3, block=30)
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("groups", [1, 10, 40])
def test_wavelengths_that_repeat_each_other_count_once(groups):
    made = np.repeat(np.random.default_rng(8).normal(size=(400, groups)), 40 // groups, axis=1)
    assert independent_wavelengths(made @ made.T, 400, 40) == pytest.approx(groups, rel=0.05)
