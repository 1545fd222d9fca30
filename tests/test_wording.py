"""Numbers of a fit in words: as many digits as the interval allows, and what a constant means."""

from __future__ import annotations

import math

import pytest

from prenuc.infer.fit.parameter import Parameter
from prenuc.infer.fit.wording import meanings, numbers, spoken


def parameter(value, half, unit="1/min"):
    ends = None if half is None else (value - half, value + half)
    return Parameter(value, unit, half, ends, identifiable=True)


@pytest.mark.parametrize(
    ("value", "half", "said"),
    [
        (0.0150123, 0.0002, "0.01501 (0.01481 to 0.01521) per minute"),
        (0.0150123, 0.0008, "0.0150 (0.0142 to 0.0158) per minute"),
        (0.01500012, 2e-7, "0.01500012 (0.01499992 to 0.01500032) per minute"),
        (3.2e-9, 1.1e-10, "3.20e−09 (3.09e−09 to 3.31e−09) per minute"),
        (-2.5, 0.5, "−2.5 (−3.0 to −2.0) per minute"),
        (12345678.0, 2000.0, "1.23457e+07 (1.23437e+07 to 1.23477e+07) per minute"),
        (0.015, 0.0, "0.015 (0.015 to 0.015) per minute"),
        (1e-5, 0.0, "1e−05 (1e−05 to 1e−05) per minute"),
        (0.001, 0.31, "0.00 (−0.31 to 0.31) per minute"),
        (0.015, None, "0.015 per minute, without an interval that can be believed"),
    ],
)
def test_a_number_has_the_digits_that_its_interval_allows(value, half, said):
    assert spoken(parameter(value, half)) == said


def test_a_wide_interval_on_one_side_of_zero_leaves_two_digits_of_each_end():
    wide = Parameter(0.0123, "1/min", None, (0.0012, 1.23), identifiable=True)
    assert spoken(wide) == "0.0123 (0.0012 to 1.2300) per minute"
    nothing = Parameter(-0.0004, "min", None, (-0.3, 0.5), identifiable=True)
    assert spoken(nothing) == "0.0 (−0.3 to 0.5) min"


def test_a_report_of_a_fit_says_its_numbers_with_the_same_digits():
    assert str(parameter(0.0150123, 0.0002)) == "0.01501 1/min  (95 % interval 0.01481 to 0.01521)"
    unknown = parameter(0.01501234, None)
    assert str(unknown) == "0.01501 1/min  (no interval that can be believed)"
    assert numbers({"half_life": 46.172198, "k_obs": 0.01501234}, "min") == [
        "  half_life 46.17 min",
        "  k_obs  0.01501 1/min",
    ]


def test_a_constant_of_first_order_says_when_half_has_turned_over():
    k = parameter(0.0150123, 0.0002)
    derived = {"half_life": math.log(2.0) / 0.0150123}
    (told,) = meanings({"k": k}, scheme="A -> B", steps={"k": "A -> B"}, derived=derived)
    assert told.endswith("per minute: half of the A has turned over after 46.2 min.")
    (told,) = meanings({"k": k}, scheme="A -> B -> C", steps={"k": "B -> C"}, derived=derived)
    assert told.endswith("B -> C alone would turn over half of the B in 46.2 min.")
    (told,) = meanings({"k": k}, scheme="2 A -> B", steps={"k": "2 A -> B"}, derived={})
    assert "half" not in told
