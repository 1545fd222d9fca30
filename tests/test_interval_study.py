"""Do 95 % intervals of the global fit hold the truth in 95 % of draws? (`make check-intervals`)."""

import numpy as np
import pytest

from prenuc.infer.fit.fit import fit as global_fit
from prenuc.observe.series import SpectrumSeries
from spectra_bench import MINUTES, NM, K, best_precision, first_order, growing, noise

DRAWS = 1000


@pytest.mark.study
@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ("white", 0.93, 0.97),
        ("white, offsets", 0.93, 0.97),
        ("white, correlated", 0.93, 0.97),
        ("white, drift", 0.93, 0.97),
    ],
)
def test_intervals_cover_the_rate_constant_and_are_as_narrow_as_possible(kind, low, high):
    rng = np.random.default_rng(20)
    clean = first_order() @ growing()
    fits = [
        global_fit(SpectrumSeries(NM, MINUTES, clean + noise(kind, rng)), "A -> B").params["k"]
        for _ in range(DRAWS)
    ]
    bounds = np.array([one.ci95 for one in fits], dtype=float)
    covered = float(np.mean((bounds[:, 0] <= K) & (bounds[:, 1] >= K)))
    half = float(np.mean(bounds[:, 1] - bounds[:, 0])) / 2 / 1.96
    width = half / best_precision(kind)
    scatter = float(np.std([one.value for one in fits])) / best_precision(kind)
    print(  # noqa: T201  # the numbers are what the study is for
        f"\n{kind}: covers {covered:.1%}, width {width:.3f}, scatter {scatter:.3f} of the bound"
    )
    assert low <= covered <= high
    assert 0.9 <= width <= 1.1
