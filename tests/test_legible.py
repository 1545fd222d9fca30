"""Numbers and nouns as people write them: no more digits than were given, one flask and two."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prenuc as pn
from commands import run
from prenuc.errors import counted
from prenuc.present.files.report import report
from prenuc.quantities import MOST_GIVEN, legible, legible_text, percent

_NUMBER = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.])")
RECIPE = (
    "cds-msc-311-in-toluene"  # its ODE is 9.1799812 g, which a balance of synthesis never shows
)


def long_numbers(text):
    return [
        one for one in _NUMBER.findall(text) if len(one.replace(".", "").lstrip("0")) > MOST_GIVEN
    ]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (9.1799812, "9.18"),
        (0.00071805123, "0.0007181"),
        (0.123456, "0.123456"),
        (12345.678, "12346"),
    ],
)
def test_what_was_computed_has_four_digits_and_what_may_have_been_given_all(number, text):
    assert legible(number) == text


def test_the_digits_of_a_sentence_stay_as_they_were_given():
    said = (
        "take 27.80 mg of flask into cuvette with 3.00 mL toluene, 9.1799812 g ODE, CdSe-1.2345678x"
    )
    told = "take 27.80 mg of flask into cuvette with 3.00 mL toluene, 9.18 g ODE, CdSe-1.2345678x"
    assert legible_text(said) == told


@given(st.floats(min_value=1e-3, max_value=9e5))
def test_no_number_is_rounded_by_more_than_a_half_of_its_fourth_digit(number):
    assert float(legible(number)) == pytest.approx(number, rel=5.0001e-4)


def test_what_a_person_reads_of_a_recipe_has_no_long_number(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    protocol = pn.Protocol.from_recipe(pn.recipe(RECIPE))
    assert long_numbers(str(protocol))  # else there is nothing to show
    drawn = pn.figure("protocol", protocol)
    texts = [
        one.get_text() for one in drawn.figure.findobj(match=lambda one: hasattr(one, "get_text"))
    ]
    shown = run(capsys, monkeypatch, "batch", RECIPE).out
    page = report(pn.simulate(pn.two_pathway("CdS"), protocol), to="page.html").read_text("utf-8")
    steps = page[page.index("What was done") : page.index("What had to be assumed")]
    for text in (drawn.told, " ".join(texts), shown, steps):
        assert "9.18 g ODE" in text.replace("\n", " ")
        assert long_numbers(text) == []


def test_a_share_is_written_with_a_blank_and_in_one_way():
    assert (percent(0.625), percent(0.0312, 1), percent(1.0)) == ("62 %", "3.1 %", "100 %")
    other = re.compile(r"\.\d%\}|\d%(?=[ ,.)\"'])")
    sources = Path(pn.__file__).parent.rglob("*.py")
    assert not [one.name for one in sources if other.search(one.read_text("utf-8"))]


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [(1, "flask", "1 flask"), (0, "flask", "0 flasks"), (1, "spectrum", "1 spectrum"),
     (2, "emission spectrum", "2 emission spectra"),
     (1, "series", "1 series"), (3, "species", "3 species")],
)  # fmt: skip
def test_one_is_singular(number, noun, text):
    assert counted(number, noun) == text
