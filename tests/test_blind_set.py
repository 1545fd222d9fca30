"""A scheme is chosen without being told; the full set is ``make blind``."""

from __future__ import annotations

import pytest

import blind_bench
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
