"""What went which way: a dose is no reaction, and an error is none of rounding."""

from __future__ import annotations

import pytest

import prenuc as pn
from prenuc.simulation.fluxes import fluxes

BATCH = (
    "charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE at 60 degC",
    "heat flask to 180 degC over 10 min",
    "hold flask for 20 min",
)


def flows(*more: str):
    run = pn.simulate(pn.two_pathway("CdS"), pn.Protocol.from_text([*BATCH, *more]))
    return {(one.way.start, one.way.end): one for one in fluxes(run).flows}


def test_a_second_dose_of_chalcogen_moves_nothing_between_the_species_that_are_there():
    before, after = flows(), flows("inject 3 mmol S into flask", "hold flask for 0.1 s")
    assert {*after} == {*before}
    for way in {*before} - {("S", "assembly"), ("assembly", "S")}:  # the dose assembles at once
        assert after[way].share == pytest.approx(before[way].share, abs=1e-4), way
    assert before["as-PC-311", "PC-311"].share > 1e-3


def test_what_follows_from_the_books_is_known_however_fast_it_goes():
    """S and its assemblies exchange so fast that the looks miss all of it; the books do not."""
    assert max(one.error for one in flows("hold flask for 2 min").values()) < 1e-4
