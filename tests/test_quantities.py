"""Numbers keep their unit and their spelling; kernels get SI floats."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from prenuc.errors import QuantityError
from prenuc.quantities import Quantity, dimension, from_si, parse
from strategies import TEMPERATURES, UNITS, computed_quantities, numbers, quantities


@given(numbers(), st.sampled_from(UNITS))
def test_a_quantity_prints_as_it_was_written(number, unit):
    read = parse(f"{number} {unit}")
    assert str(read) == f"{number} {unit}"
    assert (read.number, read.unit) == (float(number), unit)


@given(quantities())
def test_a_written_quantity_comes_back_from_its_text(quantity):
    again = parse(str(quantity))
    assert again == quantity
    assert str(again) == str(quantity)


@given(computed_quantities())
def test_a_computed_quantity_comes_back_from_its_text(quantity):
    assert parse(str(quantity)) == quantity


@pytest.mark.parametrize("text", ["0.5", "3.00", "1e-3"])
def test_a_pure_number_has_unit_one_and_prints_without(text):
    assert parse(text) == Quantity(float(text), "1")
    assert str(parse(text)) == text
    assert parse(text).dimension == ""


def test_trailing_zeros_are_kept_but_do_not_make_two_quantities_differ():
    assert str(parse("3.00 mL")) == "3.00 mL"
    assert parse("3.00 mL") == parse("3 mL")


@pytest.mark.parametrize("number", [np.float64(2.5), np.float32(2.5)])
def test_a_number_of_numpy_prints_like_any_other(number):
    assert str(Quantity(number, "min")) == "2.5 min"
    assert parse(str(from_si(np.float64(150.0), "min"))) == Quantity(2.5, "min")


def test_a_temperature_counts_from_absolute_zero_and_a_difference_does_not():
    assert parse("180 degC").si == pytest.approx(453.15, rel=1e-14)
    assert parse("−196 °C").si == pytest.approx(77.15, rel=1e-14)
    assert parse("20 degC").si_difference == pytest.approx(20.0, rel=1e-14)
    assert parse("20 K").si_difference == pytest.approx(20.0, rel=1e-14)
    assert parse("12 degC/min").si == pytest.approx(0.2, rel=1e-14)
    assert parse("25 degC").to("K") == pytest.approx(298.15, rel=1e-14)
    assert parse("298.15 K").to("degC") == pytest.approx(25.0, rel=1e-12)


@pytest.mark.parametrize(
    ("spellings", "si"),
    [
        (("180 degC", "180 °C", "180 ℃", "180 C", "180°C"), 453.15),
        (("25 uL", "25 µL", "25 μL", "25µL"), 25e-9),
        (("0.015 1/min", "0.015 min^-1", "0.015 min⁻¹"), 0.015 / 60),
        (("30 mmol/kg", "30 umol/g", "0.03 mol/kg"), 0.03),
        (("2 mol/L", "2000 mmol/L", "2 mol/dm^3"), 2000.0),
        (("7775 L/mol/cm", "7775 L/(mol*cm)", "7775 L·mol⁻¹·cm⁻¹"), 777.5),
        (("12 degC/min", "12 °C/min", "12 K/min"), 0.2),
        (("5 d", "120 h", "7200 min"), 432000.0),
        (("105 kJ/mol", "105000 J/mol"), 105e3),
        (("27.8 mg", "0.0278 g"), 27.8e-6),
    ],
)
def test_every_spelling_of_a_unit_means_the_same(spellings, si):
    for text in spellings:
        assert parse(text).si == pytest.approx(si, rel=1e-12), text


def test_a_concentration_in_si_is_the_number_in_mmol_per_litre():
    assert parse("0.275 mmol/L").si == pytest.approx(0.275, rel=1e-14)


@given(quantities(), st.sampled_from(UNITS))
def test_from_si_is_the_inverse_of_si(quantity, unit):
    assume(dimension(unit) == quantity.dimension and abs(quantity.number) < 1e12)
    there = from_si(quantity.si, unit)
    slack = 1e-9 if unit in TEMPERATURES else 0.0
    assert there.unit == unit
    assert there.si == pytest.approx(quantity.si, rel=1e-12, abs=slack)
    assert there.number == pytest.approx(quantity.to(unit), rel=1e-12, abs=slack)


@given(st.floats(-1e12, 1e12), st.sampled_from(UNITS))
def test_si_is_the_inverse_of_from_si(si, unit):
    assert from_si(si, unit).si == pytest.approx(si, rel=1e-12, abs=1e-9)


@pytest.mark.parametrize("text", ["nan mL", "inf mL", "-inf K", "1e400 mL", "", "mL", "three mL"])
def test_what_is_not_a_finite_number_is_refused(text):
    with pytest.raises(QuantityError):
        parse(text)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_quantity_cannot_be_built_from_a_number_that_is_not_finite(number):
    with pytest.raises(QuantityError, match="not finite"):
        Quantity(number, "mL")


def test_a_missing_unit_is_named_and_the_expected_one_shown():
    with pytest.raises(QuantityError, match=r"'20' has no unit\. Expected a unit such as min"):
        parse("20").require("min")


def test_a_wrong_dimension_is_named_and_the_expected_one_shown():
    with pytest.raises(QuantityError, match=r"'20 mL' has the wrong unit\. .* min or h"):
        parse("20 mL").require("min", "h")
    with pytest.raises(QuantityError):
        parse("20 mL").to("g")
    assert parse("20 mL").require("g", "L") == parse("20 mL")


@pytest.mark.parametrize(
    "text",
    [
        "3 mll",
        "3 min-1",
        "3 (",
        "3 )",
        '3 "',
        "3 $",
        "3 m**",
        "3 m/0",
        "1 km^400",
        "3 ∞",
        "12 5",
        "3 dB",
        "3 dBm",
    ],
)
def test_what_is_not_a_unit_is_refused_with_one_message(text):
    with pytest.raises(QuantityError, match="is not a unit"):
        parse(text)


@given(st.text(st.characters(codec="utf-8"), max_size=12))
def test_whatever_is_typed_is_a_quantity_or_wrong_input(text):
    with contextlib.suppress(QuantityError):
        assert np.isfinite(parse(f"3 {text}").number)
