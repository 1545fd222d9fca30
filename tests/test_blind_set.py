"""A scheme is chosen without being told; the full set is ``make blind``."""

from __future__ import annotations

import math

import numpy as np
import pytest

import blind_bench
import photometer_bench
import prenuc as pn
from prenuc.infer.selection.compare_schemes import STANDARD, which_scheme

SEED = 7


@pytest.mark.parametrize("number", [3, 4])
def test_the_scheme_of_spectra_is_found(number):
    one = blind_bench.experiment(SEED, number)
    verdict = which_scheme(one.data)
    assert verdict.best in one.truth.alike
    assert len(verdict.ranking) == len(STANDARD)
    named = {line.partition(": ")[0] for line in verdict.equivalent_schemes}
    assert one.truth.alike - {verdict.best} <= named


def test_the_set_is_drawn_from_its_seed():
    first, again, other = (blind_bench.experiment(s, 2) for s in (1, 1, 2))
    assert (first.data.absorbance == again.data.absorbance).all()
    assert first.data.absorbance.shape != other.data.absorbance.shape


def test_readings_that_a_fit_leaves_out_do_not_end_a_comparison():
    """Spikes stand alone and are left out, in each fit those that it sees."""
    (kind,) = (one for one in photometer_bench.KINDS if one.name.startswith("spikes"))
    spectra = kind.make(np.random.default_rng(5), photometer_bench.SMALL)
    assert np.isnan(pn.fit(spectra, "A -> B").residuals).any()
    found = pn.compare_schemes(spectra, ["A -> B", "A -> B -> C", "2 A -> B"])
    assert found.best == "A -> B"
    assert all(math.isfinite(one.chi2) for one in found.ranking)
