"""Model-free views: how many components, when, crossing where, how unique, of what order."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, nnls

from commands import REAL, real
from prenuc.errors import FitError, SpectrumError
from prenuc.infer.modelfree.ambiguity import Factors
from prenuc.infer.modelfree.components import count_components
from prenuc.infer.modelfree.evolving import evolving_factors
from prenuc.infer.modelfree.first_order import judge_first_order
from prenuc.infer.modelfree.isosbestic import judge_isosbestic
from prenuc.infer.modelfree.resolution import non_negative, resolve
from prenuc.infer.modelfree.shift import judge_shift
from prenuc.infer.modelfree.views import main_course, view
from prenuc.infer.noise.whitened import noise_ceiling, whiten
from prenuc.observe.readers import read
from prenuc.observe.series import SpectrumSeries
from prenuc.observe.trace import Trace
from spectra_bench import series as bench
from view_bench import CLUSTERS, FIRST, HC, NM, OVERLAPPING, SECOND, converting, moving, shares

TWO_STEPS = {"scheme": "A -> B -> C", "rates": (0.05, 0.01)}

# --- how many components --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("white", 2), ("white, offsets", 2), ("white, correlated", 2)],
)
def test_a_conversion_has_two_components_whatever_the_noise(kind, expected):
    found = count_components(bench(kind, seed=3))
    assert found.count == expected
    assert found.singular_values[expected] < found.noise_level
    assert "2 components above the noise" in found.verdict


def test_two_conversions_in_a_row_have_three():
    assert count_components(converting(**TWO_STEPS)).count == 3


@pytest.mark.parametrize("seed", range(3))
def test_noise_alone_has_no_component(seed):
    noise = 1e-3 * np.random.default_rng(seed).normal(size=(24, 170))
    assert count_components(SpectrumSeries(NM, np.arange(24.0), noise)).at_most == 0


def test_a_drift_of_the_baseline_is_counted_and_named():
    series = converting(offset=0.0)
    drift = 0.02 * np.linspace(0, 1, 24)[:, None] ** 2
    found = count_components(replace(series, absorbance=series.absorbance + drift))
    assert found.count == 3
    assert found.baseline
    assert "drifting baseline" in found.verdict


def test_an_odd_spectrum_is_no_component():
    series = converting(offset=0.0)
    absorbance = series.absorbance.copy()
    absorbance[12] += 0.05 * np.sin(NM / 9.0)  # a bubble in the cuvette
    found = count_components(replace(series, absorbance=absorbance))
    assert found.at_least == 2
    assert found.count != 3
    if found.count is None:
        assert found.verdict.startswith("cannot tell: 2 components beyond doubt")


def test_a_change_between_two_of_few_spectra_leaves_the_count_open():
    found = count_components(converting(m=7, scheme="A -> B -> C", rates=(0.2, 0.02)))
    assert found.count is None
    assert found.at_most >= 3
    assert "too few spectra" in found.verdict


def test_the_count_is_reproducible_and_does_not_hang_on_the_seed():
    series = converting(seed=5)
    assert np.array_equal(
        count_components(series).noise_level, count_components(series).noise_level
    )
    assert {count_components(series, seed=seed).count for seed in (1, 2)} == {2}


def test_whitened_noise_has_unit_variance_and_the_way_back_is_exact():
    series = bench("white, correlated", seed=2)
    data = whiten(series)
    outside = np.linalg.qr(data.span, mode="complete")[0][:, data.span.shape[1] :]
    assert np.var(outside.T @ data.matrix) == pytest.approx(1.0, abs=0.03)
    assert data.back(data.matrix) == pytest.approx(series.absorbance, abs=1e-12)
    assert data.forth(series.absorbance) == pytest.approx(data.matrix, rel=1e-9)


@pytest.mark.parametrize("rows", [1, 5, 40])
def test_the_noise_ceiling_is_that_of_simulated_noise(rows):
    random = np.random.default_rng(rows)
    largest = [np.linalg.norm(random.normal(size=(rows, 170)), 2) for _ in range(400)]
    exceeded = np.mean(np.array(largest) > noise_ceiling(np.array([rows]), 170)[0])
    assert exceeded <= 0.03


def test_what_cannot_be_worked_with_is_refused_with_all_reasons_at_once():
    bad = SpectrumSeries(NM[:4], np.array([0.0, 2.0, 1.0]), np.full((3, 4), np.nan))
    with pytest.raises(FitError) as caught:
        count_components(bad)
    said = str(caught.value)
    for reason in ("3 spectra are too few", "4 wavelengths", "not numbers", "do not ascend"):
        assert reason in said
    with pytest.raises(FitError, match="all absorbances are equal"):
        count_components(SpectrumSeries(NM, np.arange(9.0), np.zeros((9, 170))))


# --- when they come and go ------------------------------------------------------------------------


def test_evolving_factors_see_the_second_product_come_later_and_the_reactant_go_first():
    found = evolving_factors(converting(**TWO_STEPS, m=40, sd=3e-3))
    assert found.count == 3
    first, _, third = found.appears
    assert first == 0
    assert third > 0
    assert found.vanishes[0] < found.vanishes[1] <= found.vanishes[2] == 39
    truth = shares("A -> B -> C", (0.05, 0.01), found.series.time)
    gone = np.flatnonzero(truth[:, 0] > 3e-3 / 0.4)[-1]  # one absorbance above its noise
    assert abs(found.vanishes[0] - gone) <= 8
    assert "appears by" in found.verdict


def test_singular_values_never_fall_as_spectra_are_added():
    found = evolving_factors(converting())
    assert np.all(np.diff(found.forward[4:], axis=0) > -1e-6)
    assert np.all(np.diff(found.backward[:-4], axis=0) < 1e-6)
    assert found.forward[-1] == pytest.approx(found.backward[0])
    assert len(found.to_dataframe()) == 24


# --- concentrations and spectra -------------------------------------------------------------------


@given(st.integers(0, 10**6), st.integers(1, 4))
def test_non_negative_fits_are_those_of_lawson_and_hanson(seed, k):
    random = np.random.default_rng(seed)
    basis, data = random.normal(size=(12, k)), random.normal(size=(12, 5))
    found = non_negative(basis.T @ basis, basis.T @ data)
    for column, one in zip(data.T, found.T, strict=True):
        assert one == pytest.approx(nnls(basis, column)[0], abs=1e-8)


@pytest.mark.parametrize("closure", [False, True])
def test_the_truth_lies_within_the_ranges(closure):
    series = converting(**TWO_STEPS)
    truth = shares("A -> B -> C", (0.05, 0.01), series.time)
    found = resolve(series, closure=closure)
    spectra = CLUSTERS
    if not closure:  # all answers within a range have one mean concentration
        scale = found.concentrations.mean(axis=0) / truth.mean(axis=0)
        truth, spectra = truth * scale, CLUSTERS / scale[:, None]
    for k, one in enumerate(found.ranges):
        low, high = one.concentration_band
        slack = 0.03
        assert np.mean((truth[:, k] > low - slack) & (truth[:, k] < high + slack)) > 0.95
        low, high = one.spectrum_band
        slack = 0.03 * spectra[k].max()
        assert np.mean((spectra[k] > low - slack) & (spectra[k] < high + slack)) > 0.95
        assert one.lowest <= one.part <= one.highest
    if closure:
        assert found.concentrations.sum(axis=1) == pytest.approx(np.ones(24), abs=0.02)


def test_overlapping_bands_are_not_unique_and_the_verdict_says_so():
    found = resolve(converting(spectra=OVERLAPPING, offset=0.0))
    assert not found.unique
    assert "NOT unique" in found.verdict
    widest = max(one.course_open for one in found.ranges)
    assert widest > 0.2
    assert found.misfit == pytest.approx(1e-3, rel=0.1)


def test_both_ends_of_a_range_fit_as_well_as_the_reported_answer():
    series = converting(spectra=OVERLAPPING, offset=0.0)
    found = resolve(series)
    data = count_components(series).whitened
    factors = Factors.of(data, found.concentrations, found.spectra, positive=True)
    for one in found.ranges:
        assert one.course_open > 0.1
        for c, s in zip(one.courses, one.spectra, strict=True):
            # What is left without the component must be the other one alone: rank one.
            rest = factors.scores @ factors.loadings - np.outer(c, s)
            size = np.linalg.svd(rest, compute_uv=False)
            assert size[1] < 1e-6 * size[0]


def test_a_known_spectrum_narrows_what_is_open():
    series = converting(**TWO_STEPS)
    free, tied = resolve(series), resolve(series, known=[FIRST])
    assert tied.spectra[0] == pytest.approx(FIRST)
    assert tied.ranges[0].spectrum_open == pytest.approx(0.0, abs=1e-6)
    assert tied.ranges[1].spectrum_open <= free.ranges[1].spectrum_open + 1e-6


def test_nothing_is_negative_and_nothing_is_random():
    one, other = resolve(converting()), resolve(converting())
    assert np.array_equal(one.spectra, other.spectra)
    assert one.spectra.min() >= 0
    assert one.concentrations.min() >= 0
    assert {"c1 lowest", "c2 highest"} < set(one.to_dataframe().columns)


def test_difference_spectra_may_be_negative():
    series = converting(offset=0.0)
    difference = series.subtract(0)
    found = resolve(difference, 1, non_negative_spectra=False)
    assert found.spectra.min() < -0.2


def test_a_component_with_nothing_to_describe_is_refused_instead_of_called_unique():
    series = converting(offset=0.0, sd=0.0)
    with pytest.raises(FitError, match="has nothing to describe"):
        resolve(replace(series, absorbance=-0.01 - series.absorbance), 2)


def test_what_cannot_be_resolved_is_refused():
    with pytest.raises(FitError, match="9 components cannot be resolved"):
        resolve(converting(), 9)
    with pytest.raises(FitError, match="3 known spectra for 2 components"):
        resolve(converting(), 2, known=[FIRST, FIRST, FIRST])
    with pytest.raises(FitError, match="known spectrum 1 has 5 values"):
        resolve(converting(), 2, known=[FIRST[:5]])


# --- isosbestic points ----------------------------------------------------------------------------


def exact_crossing(low, high):
    fine = np.linspace(low, high, 4001)
    apart = np.interp(fine, NM, FIRST - SECOND)
    place = int(np.flatnonzero(apart[:-1] * apart[1:] < 0)[0])
    return brentq(lambda x: np.interp(x, NM, FIRST - SECOND), fine[place], fine[place + 1])


@pytest.mark.parametrize("seed", range(3))
def test_one_conversion_crosses_in_one_point_offsets_or_not(seed):
    found = judge_isosbestic(converting(seed=seed, offset=2e-3))
    (point,) = found.crossings
    assert point.answer == "holds"
    assert point.p_value > 0.01
    low, high = point.ci95_nm
    # The bands are sampled each nm: what lies between two wavelengths is known to 0.1 nm.
    assert low - 0.1 < exact_crossing(372, 400) < high + 0.1
    assert high - low < 1.0
    assert "one species turning into one other" in found.verdict


@pytest.mark.parametrize("rates", [(0.05, 0.01), (0.02, 0.02), (0.01, 0.05)])
def test_two_conversions_in_a_row_are_rejected_as_one_isosbestic_point(rates):
    found = judge_isosbestic(converting("A -> B -> C", rates))
    assert found.crossings
    assert {one.answer for one in found.crossings} == {"fails"}
    assert max(one.p_value for one in found.crossings) < 1e-6
    assert found.verdict.startswith("not one conversion")


def test_growth_beside_a_conversion_destroys_the_point():
    series = converting()
    growth = 1.0 + 0.15 * np.linspace(0, 1, 24)[:, None]
    found = judge_isosbestic(replace(series, absorbance=series.absorbance * growth))
    assert "fails" in {one.answer for one in found.crossings}


def test_a_crossing_under_noise_is_left_open():
    found = judge_isosbestic(converting(offset=4e-2))
    assert found.crossings
    assert {one.answer for one in found.crossings} == {"cannot tell"}
    assert "cannot tell" in found.verdict


def test_growth_alone_has_no_crossing():
    found = judge_isosbestic(moving(by=0.0))
    assert found.crossings == ()
    assert "nothing falls" in found.verdict


@pytest.mark.parametrize(
    ("first", "second", "reported"), [(371.0, 417.0, 385.0), (417.0, 448.0, 430.0)]
)
def test_doublets_of_cadmium_telluride_cross_where_the_literature_says(first, second, reported):
    """Equal doublets of 20 nm width: the reported points lie between their bands."""
    nm = np.arange(320.0, 500.0, 1.0)

    def doublet(at):
        main = np.exp(-0.5 * ((nm - at) / 9) ** 2)
        return 0.5 * (main + 0.6 * np.exp(-0.5 * ((nm - at + 21) / 11) ** 2))

    clean = shares("A -> B", (0.02,), np.linspace(0, 250, 24)) @ [doublet(first), doublet(second)]
    noise = 1e-3 * np.random.default_rng(3).normal(size=clean.shape)
    found = judge_isosbestic(SpectrumSeries(nm, np.linspace(0, 250, 24), clean + noise))
    held = [one.position_nm for one in found.crossings if one.answer == "holds"]
    assert any(abs(at - reported) < 8 for at in held)


# --- order ----------------------------------------------------------------------------------------

MINUTES = np.linspace(4.0, 200.0, 50)


def trace(value, seed=1, sd=1e-3):
    return Trace(MINUTES, value + sd * np.random.default_rng(seed).normal(size=50))


@pytest.mark.parametrize("amplitude", [-0.4, 0.4])
def test_an_exponential_is_first_order_up_and_down(amplitude):
    found = judge_first_order(trace(0.5 + amplitude * np.exp(-0.015 * MINUTES)))
    assert found.answer == "first order"
    assert found.ci95[0] < 0 < found.ci95[1]
    assert found.rate == pytest.approx(0.015, rel=0.02)
    time, log, error = found.line
    assert np.polyfit(time, log, 1, w=1 / error)[0] == pytest.approx(-0.015, rel=0.03)


def test_second_order_has_curvature_one():
    found = judge_first_order(trace(0.4 - 0.4 / (1 + 0.03 * MINUTES)))
    assert found.answer == "not first order"
    assert found.ci95[0] < 1.0 < found.ci95[1]
    assert "slows down" in found.verdict


def test_a_curvature_that_no_plot_would_show_speaks_for_nothing():
    exact = Trace(MINUTES, 0.4 - 0.4 * (1 + 0.02 * 0.015 * MINUTES) ** (-1 / 0.02))
    found = judge_first_order(exact)
    assert found.curvature == pytest.approx(0.02, abs=2e-3)
    assert found.answer == "first order"


def test_a_sigmoid_is_not_first_order_and_no_order_fits():
    found = judge_first_order(trace(0.4 / (1 + np.exp(-0.05 * (MINUTES - 80)))))
    assert found.answer == "not first order"
    assert "no single order" in found.verdict


def test_early_growth_and_noise_cannot_tell():
    assert judge_first_order(trace(-0.4 * np.expm1(-0.003 * MINUTES))).answer == "cannot tell"
    nothing = judge_first_order(trace(0.0 * MINUTES))
    assert nothing.answer == "cannot tell"
    assert len(nothing.to_dataframe()) <= 50


def test_the_interval_of_the_curvature_covers_the_truth():
    exact = 0.4 - 0.4 * np.exp(-0.015 * MINUTES)
    ends = [judge_first_order(trace(exact, seed)).ci95 for seed in range(40)]
    covered = sum(low < 0 < high for low, high in ends)
    assert covered >= 34  # 95 % of 40 is 38; fewer than 34 has a chance of 1 %


def test_too_few_points_are_refused():
    with pytest.raises(FitError, match="4 points are too few"):
        judge_first_order(Trace(np.arange(4.0), np.arange(4.0)))


# --- redshift or step -----------------------------------------------------------------------------


def test_a_dot_that_grows_moves():
    found = judge_shift(moving())
    assert found.answer == "moves"
    start, end = HC / 480.0, HC / (480.0 + 60.0 * -np.expm1(-3.0))
    assert found.band.shift_ev == pytest.approx(end - start, rel=0.02)
    assert found.moving_misfit < 1.5 * found.noise < found.fixed_misfit


@pytest.mark.parametrize(
    ("kinetics", "spectra"), [({}, 2), ({"scheme": "A -> B -> C", "rates": (0.05, 0.01)}, 3)]
)
def test_a_cluster_that_gives_way_converts(kinetics, spectra):
    found = judge_shift(converting(**kinetics))
    assert found.answer == "converts"
    assert found.fixed == spectra
    assert found.moving_misfit > 5 * found.noise
    assert "fixed spectra describe it" in found.verdict


def test_a_shift_small_against_the_width_cannot_be_told():
    found = judge_shift(moving(by=3.0, sd=3e-3))
    assert found.answer == "cannot tell"
    assert len(found.to_dataframe()) == len(found.band.size)


def test_growth_that_takes_nothing_away_is_no_conversion():
    found = judge_shift(converting(spectra=np.array([0.3 * SECOND + 0.1, SECOND + 0.1])))
    assert found.answer == "cannot tell"


def test_a_range_without_wavelengths_is_refused():
    assert converting().window(350, 400).wavelength[[0, -1]].tolist() == [350, 400]
    with pytest.raises(SpectrumError, match="no wavelengths lie between 700 and 800 nm"):
        converting().window(700, 800)


# --- all together ---------------------------------------------------------------------------------


def test_all_views_of_one_conversion_agree():
    found = view(converting(), at="417 nm")
    said = found.verdicts
    assert said["components"].startswith("2 components")
    assert said["isosbestic"].startswith("every crossing holds")
    assert said["first_order"].startswith("first order")
    assert said["shift"].startswith("converts")
    assert found.unasked == {}
    assert all(line in found.report() for line in said.values())


def test_what_cannot_be_asked_gives_its_reason():
    series = moving()
    found = view(replace(series, time=np.full(24, np.nan)))
    assert found.resolution is None
    assert "cannot be resolved" in found.unasked["resolution"]
    assert found.first_order is None
    assert "not numbers" in found.unasked["first_order"]


@settings(max_examples=5)
@given(st.integers(0, 10**6), st.floats(0.3, 3.0), st.floats(-0.2, 0.5))
def test_verdicts_do_not_hang_on_scale_or_static_background(seed, scale, background):
    series = converting(seed=seed % 7)
    other = replace(series, absorbance=scale * (series.absorbance + background))
    one, two = judge_isosbestic(series).crossings, judge_isosbestic(other).crossings
    assert [a.answer for a in one] == [b.answer for b in two]
    assert [a.position_nm for a in one] == pytest.approx([b.position_nm for b in two], abs=0.02)


def test_the_main_course_of_a_conversion_is_its_progress():
    series = converting(offset=0.0)
    course = main_course(series, count_components(series))
    progress = -np.expm1(-0.02 * series.time)
    assert np.corrcoef(course.value, progress)[0, 1] > 0.9999


@real
@pytest.mark.parametrize("run", [2, 5, 6, 7])
def test_real_dots_that_grow_are_no_single_conversion(run):
    series = read(REAL / f"Run {run} UV-Vis.csv")
    found = count_components(series)
    assert found.at_least >= 3  # a conversion would have two
    shift = judge_shift(series.window(420, 600))
    assert shift.answer != "converts"
    assert "holds" not in {one.answer for one in judge_isosbestic(series).crossings}
