"""Units that are known without a registry mean what pint says."""

import subprocess
import sys

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prenuc.errors import QuantityError
from prenuc.quantities import dimension, parse
from prenuc.units import UNITS, known_unit

REGISTRY = pint.UnitRegistry(cache_folder=None)
NAMES = sorted({*UNITS} - {"1", "dimensionless"})

powers = st.integers(-3, 3).filter(bool)
products = st.lists(st.tuples(st.sampled_from("*/"), st.sampled_from(NAMES), powers), min_size=1)


def check(text):
    factor, offset, told = known_unit(text)
    parsed = REGISTRY.parse_units(text)
    zero = REGISTRY.Quantity(0.0, parsed).to_base_units()
    one = REGISTRY.Quantity(1.0, parsed).to_base_units()
    assert factor == pytest.approx(one.magnitude - zero.magnitude, rel=1e-12)
    assert offset == pytest.approx(zero.magnitude, rel=1e-12)
    assert powers_of(told) == {name: float(n) for name, n in one.dimensionality.items()}


def powers_of(told):
    """Read a dimension in words again."""
    found = {}
    for number, part in enumerate(told.split(" / ") if told else ()):
        for one in part.split(" * "):
            name, _, power = one.partition(" ** ")
            if name != "1":
                found[name] = float(power or 1) * (-1 if number else 1)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_name_has_the_size_and_the_dimension_of_pint(name):
    check(name)


@given(products)
def test_every_product_of_names_has_the_size_and_the_dimension_of_pint(parts):
    text = "1" + "".join(f" {sign} {name}^{power}" for sign, name, power in parts)
    check(text)


@pytest.mark.parametrize("text", ["furlong", "m^99", "m**", "mol L", "(mol/L)", "m^0.5", "*m", ""])
def test_what_the_table_lacks_is_left_to_the_registry(text):
    assert known_unit(text) is None


def test_the_order_of_factors_does_not_change_a_dimension():
    assert dimension("L/mmol/min") == dimension("1/min*L/mmol") == dimension("liter/minute/mmol")


def test_everyday_units_are_exact():
    assert parse("3 mmol/L").si == 3.0
    assert parse("2 mL").si == 2e-6
    assert parse("30 min").si == 1800.0


@pytest.mark.parametrize("text", ["1/Da^12", "Da^15", "nm^-40"])
def test_a_unit_beyond_all_floats_is_refused(text):
    with pytest.raises(QuantityError):
        parse(f"1 {text}")


def test_no_registry_is_built_for_what_the_package_knows():
    code = "import sys, prenuc\nfrom prenuc.facts.catalogue import KINDS, entries\n"
    code += "[entries(kind) for kind in KINDS]\nprint('pint' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
