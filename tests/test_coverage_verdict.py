"""How the coverage study counts draws, and when it says that a promise is kept."""

import math
import sys
from pathlib import Path

import pytest
from scipy.stats import binom

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))

from coverage_verdict import REFUSED, Said, count, exact_interval


def said(low, high, muted=False):  # as a fit says it
    return Said(0.5 * (low + high), low, high, muted)


HOLDS, MISSES, NONE = said(0.9, 1.1), said(1.1, 1.2), Said(math.nan, math.nan, math.nan, muted=True)


def test_exact_interval_has_the_binomial_tails_it_promises():
    low, high = exact_interval(470, 500)
    assert binom.sf(469, 500, low) == pytest.approx(0.0005)
    assert binom.cdf(470, 500, high) == pytest.approx(0.0005)
    assert exact_interval(0, 9)[0] == 0.0
    assert exact_interval(9, 9)[1] == 1.0


def test_all_draws_count_and_a_muted_one_is_a_miss_where_noise_was_drawn():
    rows = [HOLDS, MISSES, REFUSED, NONE, said(0.9, 1.1, muted=True), said(math.nan, 1.1)]
    noise, fault = (count("x", group, "30 × 80", rows, 1.0) for group in (2, 3))
    assert (noise.covered, noise.muted, noise.muted_misses) == (1, 2, 2)
    assert (fault.covered, fault.muted, fault.muted_misses) == (2, 2, 1)
    assert fault.owned_up == pytest.approx(1 / 4)


@pytest.mark.parametrize(
    ("group", "rows", "kept"),
    [
        (2, [HOLDS] * 445 + [MISSES] * 55, True),
        (2, [HOLDS] * 444 + [MISSES] * 56, False),
        (2, [HOLDS] * 498 + [MISSES] * 2, True),
        (2, [HOLDS] * 499 + [MISSES], False),
        (2, [HOLDS] * 400 + [NONE] * 100, False),
        (3, [HOLDS] * 400 + [NONE] * 95 + [MISSES] * 5, True),
        (3, [HOLDS] * 400 + [NONE] * 94 + [MISSES] * 6, False),
        (4, [HOLDS] * 496 + [MISSES] * 4, True),
        (4, [HOLDS] * 497 + [MISSES] * 3, False),
    ],
)
def test_promises_are_kept_or_missed_by_a_single_draw(group, rows, kept):
    found = count("x", group, "30 × 80", rows, 1.0)
    assert found.kept is kept
    assert found.row().endswith("| kept |" if kept else "| MISSED |")


def test_white_noise_asks_for_the_width_of_the_bound_as_well():
    rows = [HOLDS] * 1900 + [MISSES] * 100
    width = (1900 * 0.2 + 100 * 0.1) / 2000
    for factor, kept in ((1.0, True), (1.04, True), (0.96, True), (1.06, False), (0.94, False)):
        bound = width / (2 * 1.96) / factor
        assert count("white", 1, "30 × 80", rows, 1.0, bound).kept is kept
