"""The simulated photometer does what its kinds of noise and faults say."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.stats import kurtosis

from photometer_bench import KINDS, LARGE, MAU, SIZES, SMALL, Size, true
from spectra_bench import K, covariance, first_order, growing

ROOT = Path(__file__).parents[1]

NUMBER = {kind.name: number for number, kind in enumerate(KINDS, start=1)}


def draws(name, size=SMALL, count=20):
    make = KINDS[NUMBER[name] - 1].make
    return np.array(
        [make(np.random.default_rng([3, draw]), size).absorbance for draw in range(count)]
    )


def errors(name, size=SMALL, count=20):
    return draws(name, size, count) - true(size)


def test_decision_16_names_every_kind_with_its_number_and_group():
    (page,) = (ROOT / "docs" / "decisions").glob("0016-*.md")
    rows = re.findall(
        r"^\| (\d+) \| (.+?) \| ([123]) \|", page.read_text(encoding="utf-8"), re.MULTILINE
    )
    wanted = [(str(number), kind.name, str(kind.group)) for number, kind in enumerate(KINDS, 1)]
    assert rows == wanted
    assert [size.name for size in SIZES] == ["30 × 80", "50 × 601"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_draw_is_its_seed_s_and_has_the_size(kind, size):
    one, again, other = (kind.make(np.random.default_rng(seed), size) for seed in (1, 1, 2))
    assert np.array_equal(one.absorbance, again.absorbance, equal_nan=True)
    assert not np.array_equal(one.absorbance, other.absorbance, equal_nan=True)
    assert one.absorbance.shape == (len(size.minutes), len(size.nm))
    assert kind.truth == K


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS if kind.group == 1])
def test_the_bound_is_the_information_of_all_readings_together(kind):
    size = Size(np.linspace(0.0, 150.0, 8), np.linspace(300.0, 600.0, 12), 3 * MAU)
    (m, n), shares, spectra = (8, 12), first_order(time=size.minutes), growing(size.nm)
    slope = np.outer(size.minutes * shares[:, 0], spectra[1] - spectra[0])
    jacobian = np.column_stack((slope.ravel(), np.kron(shares, np.eye(n))))
    steps = np.arange(1, m + 1) / m if "drift" in kind else np.zeros(m)
    walk = (2 * MAU) ** 2 * np.kron(np.minimum.outer(steps, steps), np.ones((n, n)))
    noise = np.kron(np.eye(m), covariance(kind, size.nm, size.white)) + walk
    information = jacobian.T @ np.linalg.solve(noise, jacobian)
    assert size.bound(kind) == pytest.approx(np.sqrt(np.linalg.inv(information)[0, 0]), rel=1e-6)


@pytest.mark.parametrize("top", [1.3, 2])
def test_noise_of_light_grows_as_ten_to_the_absorbance(top):
    clean = true(SMALL, top)
    assert clean.max() == pytest.approx(top)
    spread = (draws(f"transmitted light 2e-4, A ≤ {top}", count=200) - clean).std(axis=0)
    expected = 2e-4 / math.log(10.0) * 10.0**clean
    assert np.all(np.abs(spread / expected - 1.0) < 0.25)
    assert np.mean(spread / expected) == pytest.approx(1.0, abs=0.01)


def test_readings_of_no_light_are_nan_or_the_ceiling():
    clean, light = true(SMALL, 3.0), "transmitted light 2e-3, A ≤ 3"
    dark = draws(f"{light}, no light is NaN")
    expected = np.mean([0.5 * math.erfc(t / 2e-3 / math.sqrt(2.0)) for t in 10.0 ** -clean.ravel()])
    assert np.mean(np.isnan(dark)) == pytest.approx(expected, rel=0.1)
    capped = draws(f"{light}, no light is the ceiling")
    tops = capped.max(axis=(1, 2))
    assert set(tops) == {4.0, 10.0}
    assert np.mean(capped[tops == 10.0] == 10.0) == pytest.approx(expected, rel=0.15)
    assert np.mean(capped[tops == 4.0] == 4.0) > expected
    assert not np.isnan(draws("transmitted light 2e-4, A ≤ 1.3")).any()


def test_noise_is_in_proportion_to_the_absorbance():
    assert errors("proportional 0.2 %") / true(SMALL) == pytest.approx(0.0, abs=0.012)
    assert np.std(errors("proportional 0.5 %") / true(SMALL)) == pytest.approx(0.005, rel=0.02)
    expected = np.hypot(0.002 * true(SMALL), 0.5 * MAU)
    found = errors("mixed: 0.2 % and 0.5 mAU") / expected
    assert np.sqrt(np.mean(found**2, axis=0)) == pytest.approx(1.0, abs=0.7)
    assert np.std(found) == pytest.approx(1.0, abs=0.01)


def test_offsets_come_on_top_of_the_noise_of_light():
    found = draws("mixed: light 2e-4, 0.5 mAU, offsets") - true(SMALL, 2.0)
    low = true(SMALL).max(axis=0) < 0.15  # where little is absorbed, light adds next to nothing
    offsets = found[:, :, low].mean(axis=2)
    assert offsets.std() == pytest.approx(2 * MAU, rel=0.1)
    assert (found[:, :, low] - offsets[:, :, None]).std() < 0.7 * MAU


def test_readings_are_rounded():
    for step, sd, name in ((1e-3, 2e-4, "readings to 0.001"), (1e-2, 2e-3, "readings to 0.01")):
        found = draws(name)
        assert found / step == pytest.approx(np.round(found / step), abs=1e-6)
        assert errors(name).std() == pytest.approx(np.hypot(sd, step / math.sqrt(12)), rel=0.03)
        assert errors(name).mean() == pytest.approx(0.0, abs=0.02 * step)


@pytest.mark.parametrize("size", SIZES)
def test_tails_are_heavy_at_the_size_s_standard_deviation(size):
    found = errors("heavy tails", size)
    assert found.std() == pytest.approx(size.white, rel=0.05)
    assert kurtosis(found, axis=None) > 6


def test_spikes_strike_one_reading_in_two_hundred():
    found = np.abs(errors("spikes"))
    struck = found > 40 * MAU
    assert struck.mean() == pytest.approx(0.005, rel=0.15)
    assert 190 * MAU < found.max() < 210 * MAU
    assert found[~struck].std() < SMALL.white


def test_two_spectra_are_lifted_or_seen_through_a_bubble():
    lifted = errors("outlier spectra, lifted")
    middle = np.abs(lifted.mean(axis=2))
    assert np.all((middle > 40 * MAU).sum(axis=1) == 2)
    assert np.all((middle < 2 * MAU).sum(axis=1) == len(SMALL.minutes) - 2)
    ratios = draws("outlier spectra, air bubbles") / true(SMALL)
    weighed = np.average(ratios, axis=2, weights=true(SMALL).mean(axis=0) ** 2)
    assert np.all((weighed > 1.03).sum(axis=1) == 2)


def test_factors_have_one_per_cent_and_steps_and_drifts_are_as_large_as_they_say():
    def factor(name, count=60):
        clean = true(SMALL)
        return np.sum(draws(name, count=count) * clean, axis=2) / np.sum(clean**2, axis=1)

    assert factor("factors of 1 %").std() == pytest.approx(0.01, rel=0.05)
    step = factor("gain step 1 %").mean(axis=0)
    assert step == pytest.approx(np.where(np.arange(30) < 15, 1.0, 1.01), abs=5e-4)
    line = factor("gain drift 2 %, a line").mean(axis=0)
    assert line == pytest.approx(np.linspace(1.0, 1.02, 30), abs=5e-4)
    walked = factor("gain drift 2 %, a walk", count=400).std(axis=0)
    assert walked == pytest.approx(0.02 * np.sqrt(np.arange(1, 31) / 30), rel=0.15)


def test_wavelengths_jitter_by_as_much_as_they_say():
    slope = np.gradient(true(SMALL), SMALL.nm, axis=1)
    for nm in (0.1, 0.3):
        found = errors(f"wavelength jitter {nm} nm", count=40)
        shift = -np.sum(found * slope, axis=2) / np.sum(slope**2, axis=1)
        unsure = SMALL.white / np.sqrt(np.sum(slope**2, axis=1))
        assert np.std(shift / np.hypot(nm, unsure)) == pytest.approx(1.0, abs=0.06)


def test_noise_lasts_in_time_alone():
    found = errors("AR(1) in time")
    assert found.std() == pytest.approx(SMALL.white, rel=0.02)
    for lag in (1, 2):
        last = np.mean(found[:, lag:] * found[:, :-lag]) / np.mean(found**2)
        assert last == pytest.approx(0.7**lag, abs=0.02)
    assert np.mean(found[:, :, 1:] * found[:, :, :-1]) / np.mean(found**2) < 0.02


def test_white_noise_correlates_over_twenty_nanometres_in_both_sizes():
    for size, draw in ((SMALL, 40), (LARGE, 10)):
        found = errors("white, correlated", size, draw)
        assert found.std() == pytest.approx(math.sqrt(2.0) * size.white, rel=0.02)
        step = size.nm[1] - size.nm[0]
        lag = round(12.0 / step)
        expected = 0.5 * math.exp(-0.25 * (lag * step / (20.0 / 2.355)) ** 2)
        related = np.mean(found[:, :, lag:] * found[:, :, :-lag]) / np.mean(found**2)
        assert related == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(("kind", "change"), [("k falls by 10 %", -0.1), ("k rises by 10 %", 0.1)])
@pytest.mark.parametrize("size", SIZES)
def test_k_changes_in_a_line_from_its_true_value(kind, change, size):
    fine = np.linspace(0.0, size.minutes[-1], 20001)
    rate = K * (1.0 + change * fine / fine[-1])
    left = np.exp(-np.concatenate(([0.0], np.cumsum(0.5 * (rate[1:] + rate[:-1]) * fine[1]))))
    a = np.interp(size.minutes, fine, left)
    expected = np.column_stack((a, 1.0 - a)) @ growing(size.nm)
    assert draws(kind, size).mean(axis=0) == pytest.approx(expected, abs=1.3 * size.white)


def test_the_baseline_scatters():
    found = errors("λ⁻⁴ drift", count=400)
    shape = (SMALL.nm / 300.0) ** -4
    course = found @ shape / (shape @ shape)
    expected = 3 * MAU * np.sqrt(np.arange(1, 31) / 30)
    assert course[:, 9:].std(axis=0) == pytest.approx(expected[9:], rel=0.15)
    assert np.std(found - course[:, :, None] * shape) == pytest.approx(SMALL.white, rel=0.03)


def test_stray_light_and_saturation_bound_the_readings():
    for share, top in ((0.1, 3), (0.5, 2.5)):
        found = draws(f"stray light {share} %, A ≤ {top}").mean(axis=0)
        through = 10.0 ** -true(SMALL, top)
        seen = 10.0**-found * (1.0 + share / 100) - share / 100
        assert seen == pytest.approx(through, abs=0.002)
        assert found.max() < -math.log10(share / 100)
    for cap, top in ((3, 3.5), (2, 2.5)):
        found = draws(f"saturation at {cap}, A ≤ {top}")
        high = true(SMALL, top) > cap + 5 * SMALL.white
        assert found.max() == cap
        assert np.all(found[:, high] == cap)
        assert found[:, ~high].std() > 0


@pytest.mark.parametrize(
    ("name", "ratio"),
    [("a tenth as fast", 0.1), ("a third as fast", 0.3), ("as fast", 1.0), ("three times", 3.0)],
)
def test_a_hidden_step_follows_its_rate_equations(name, ratio):
    (kind,) = [one for one in NUMBER if f"hidden step, {name}" in one]
    steps = np.array([[-K, 0.0, 0.0], [K, -ratio * K, 0.0], [0.0, ratio * K, 0.0]])
    shares = np.array([expm(steps * t)[:, 0] for t in SMALL.minutes])
    found = draws(kind, count=100).mean(axis=0)
    spectra = np.linalg.lstsq(shares, found, rcond=None)[0]
    assert shares @ spectra == pytest.approx(found, abs=1.2 * MAU)
    assert spectra[:2] == pytest.approx(growing(SMALL.nm), abs=5 * MAU)
    if ratio >= 0.3:  # else little of C is made
        assert SMALL.nm[np.argmax(spectra[2, 35:]) + 35] == pytest.approx(480.0, abs=6.0)


def test_a_hidden_step_of_five_per_cent_is_as_small():
    found = draws("hidden step of 5 % of the signal", count=100).mean(axis=0)
    a = first_order(time=SMALL.minutes)[:, 0]
    c = 1.0 - a - (a - np.exp(-0.3 * K * SMALL.minutes)) / -0.7
    more = found - true(SMALL)
    peak = int(np.argmin(np.abs(SMALL.nm - 480.0)))
    assert np.polyfit(c, more[:, peak], 1)[0] == pytest.approx(0.05 * 0.55, rel=0.05)
