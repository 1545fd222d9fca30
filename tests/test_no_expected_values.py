"""No number that a simulation is checked against stands in the code that simulates."""

from __future__ import annotations

import ast
from decimal import Decimal
from pathlib import Path

import pytest

import prenuc
from prenuc.errors import PrenucError
from prenuc.facts.catalogue import entries
from prenuc.quantities import dimension, parse

FOLDERS = ("mechanism", "protocol", "simulation", "observe")
FILES = [
    path for folder in FOLDERS for path in Path(prenuc.__file__).with_name(folder).rglob("*.py")
]
CLOSE = 1e-6  # relative; numbers converted to SI units are rounded
# Numbers of one significant digit (0.05, 2, 200) are everybody's, unless they are printed rate
# constants. Further numbers that mean something else wherever they stand in the code:
GENERIC = {
    1.2: "a fifth more of something; that little change means as much is ours",
    1.3: "a third more of something; how much wider a broad peak is than a sharp one is ours",
    1.5: "one and a half of something; the InP sample at 1.5 min has no recipe",
}


def digits(number):
    return len(Decimal(repr(float(number))).normalize().as_tuple().digits)


def expected_values():
    """Return every number that is printed or checked, as written and in SI units, and by whom."""
    found = {}
    for kind in ("checks", "observations"):
        for entry in entries(kind).values():
            if kind == "checks":
                values = [value for value in (entry.low, entry.high) if value is not None]
            else:
                values = list(entry.quantities.values())
            for value in values:
                rate = dimension(value.quantity.unit) == dimension("1/min")
                written = abs(value.quantity.number)
                if digits(written) > 1 or rate:
                    for number in (written, abs(value.quantity.si)):
                        found.setdefault(number, entry.id)
    return {number: who for number, who in found.items() if number}


EVERY = expected_values()
EXPECTED = {number: who for number, who in EVERY.items() if number not in GENERIC}


def docstrings(tree):
    """Return the constants that are docstrings or other statements of mere text."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def numbers_in(text):
    """Yield line and number of every literal, also of texts that are a quantity ("311 nm")."""
    tree = ast.parse(text)
    prose = docstrings(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in prose:
            continue
        if type(node.value) in {int, float}:
            yield node.lineno, abs(node.value)
        elif isinstance(node.value, str) and any(c.isdigit() for c in node.value):
            try:
                quantity = parse(node.value)
            except PrenucError:
                continue
            yield node.lineno, abs(quantity.number)


def culprits(text):
    """Return what the code says that it must not know."""
    return [
        f"line {line}: {number:g} is expected by '{who}'"
        for line, number in numbers_in(text)
        for value, who in EXPECTED.items()
        if abs(number - value) <= CLOSE * value
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_expected_value_stands_in_code_that_simulates(path):
    assert culprits(path.read_text(encoding="utf-8")) == []


def test_the_folders_are_all_searched():
    assert {path.relative_to(Path(prenuc.__file__).parent).parts[0] for path in FILES} == {*FOLDERS}
    assert len(FILES) > 30


# The numbers that the seed is known by: rates, plateaus, absorbances, positions of peaks.
@pytest.mark.parametrize(
    "number",
    [0.015, 0.004, 0.411, 0.417, 0.334, 1.04, 1.40, 0.28, 311, 371, 387, 490, 399, 322, 415, 302],
)
def test_every_known_number_of_the_seed_is_searched_for(number):
    (found,) = culprits(f"def rate():\n    return 2 * {number!r}\n")[:1]
    assert found.startswith("line 2: ")
    assert culprits(f"LIMIT = -{number!r}\n")
    assert culprits(f"LIMITS = {{'k': [0, {number!r}]}}\n")


def test_numbers_are_found_in_other_units_and_in_texts_that_are_quantities():
    assert culprits(f"k = {0.015 / 60!r}\n")
    assert culprits("k = 2.5e-4\n")
    assert culprits('position = parse("311 nm")\n')
    assert culprits("position = 311e-9\n")


@pytest.mark.parametrize(
    "text",
    [
        '"""A rate of 0.015 1/min, and 311 nm."""\n',
        'def f():\n    """311 nm"""\n',
        "x = 1  # 0.411\n",
        'name = "MSC-311"\n',
        "half, second = 0.5, 86400.0\n",
    ],
)
def test_prose_names_and_generic_numbers_are_not_meant(text):
    assert culprits(text) == []


def test_what_is_called_generic_would_else_be_found():
    assert set(GENERIC) <= set(EVERY)
    assert all(reason for reason in GENERIC.values())
