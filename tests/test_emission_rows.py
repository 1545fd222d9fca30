"""Rows of Figure 3d read the emission of the samples of Figure 3c."""

from __future__ import annotations

import math

import pytest

from prenuc.errors import InputError
from prenuc.facts.catalogue import entries
from prenuc.infer.experiments.measures import measure
from prenuc.infer.experiments.performed import Experiments
from prenuc.simulation.choice import for_recipe

RECIPE = "cdse-3c-hoac"


@pytest.fixture(scope="module")
def runs():
    return Experiments(for_recipe)


def test_every_row_of_3d_is_one_of_emission(runs):
    rows = [one for one in entries("checks").values() if one.panel == "3d"]
    assert {one.measure for one in rows} == {"emission maximum", "emission ratio"}
    for row in rows:
        number = measure(runs, row.measure, row.recipe, row.of)
        low = row.low.quantity.number if row.low else -math.inf
        high = row.high.quantity.number if row.high else math.inf
        assert low <= number <= high, row.id


def test_a_sample_that_the_light_does_not_excite_has_no_maximum(runs):
    dark = {"vessel": "trace-4", "excitation": "600 nm"}
    assert math.isnan(measure(runs, "emission maximum", RECIPE, dark))
    assert math.isnan(
        measure(runs, "emission ratio", RECIPE, dark | {"nm": "399 nm", "over": "465 nm"})
    )


def test_a_ratio_needs_two_wavelengths(runs):
    with pytest.raises(InputError, match="needs the argument 'over'"):
        measure(runs, "emission ratio", RECIPE, {"vessel": "trace-4", "nm": "399 nm"})
