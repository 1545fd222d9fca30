"""A search by the score: one way for all models, on calibrated rows alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

from prenuc.facts.catalogue import get, held_out
from prenuc.facts.search import Bounds, Search
from prenuc.infer.calibration.random_starts import RandomStarts
from prenuc.infer.calibration.searches import chooser, known_search
from prenuc.infer.court import by_score
from prenuc.infer.court.by_score import ByScore
from prenuc.infer.court.score import log_scores
from prenuc.infer.studies import models
from prenuc.infer.studies.models import model_searches, rows_of
from toy import SET, toy, toy_checks, toy_set

BOUNDS = {"first.k": Bounds(1e-3, 1.0), "second.k": Bounds(1e-3, 1.0)}
TRUE = {"first.k": 0.005, "second.k": 0.005}


@pytest.fixture
def small(monkeypatch):
    """A search of two constants to two rows, whose entropies are nobody's business."""
    monkeypatch.setattr(RandomStarts, "walls", lambda *_: np.zeros(1))
    with toy_set():
        rows = toy_checks(TRUE, tolerance=0.3)
        yield ByScore(RandomStarts(toy, Search("toy", SET, BOUNDS, tuple(rows))), rows)


def test_what_is_minimised_is_the_score_of_what_is_printed(small):
    place = small.at(np.array([0.4, 0.6]))
    assert place.cost == pytest.approx(-sum(log_scores(small.rows, place.numbers).values()))


def test_what_no_transition_state_allows_costs_bits(small, monkeypatch):
    free = small.at(small.box.own).cost
    monkeypatch.setattr(RandomStarts, "walls", lambda *_: np.array([2.0]))  # 20 J/mol/K beyond
    assert small.at(small.box.own).cost - free == pytest.approx(2.0 / math.log(2.0))


def test_a_search_makes_the_rows_likelier_and_ends_at_the_same_place_again(small):
    found = small.from_seed(1, screened=4, steps=40)
    assert found.cost < found.begun
    again = small.from_seed(1, screened=4, steps=40)
    assert (again.cost, again.numbers) == (found.cost, found.numbers)
    assert all(b.low <= found.numbers[n] <= b.high for n, b in BOUNDS.items())
    x = [math.log(TRUE[n] / b.low) / math.log(b.high / b.low) for n, b in BOUNDS.items()]
    assert found.cost < small.at(np.array(x)).cost + 0.5  # it may find better than what is true
    assert found.begun > small.at(np.array(x)).cost + 1.0


def test_every_start_has_as_many_evaluations(small, monkeypatch):
    asked = []
    whole = ByScore.at
    monkeypatch.setattr(ByScore, "at", lambda *a: asked.append(1) or whole(*a))
    for seed in (0, 1, 2):
        asked.clear()
        assert small.from_seed(seed, screened=5, steps=6).evaluations == len(asked) == 11


def test_seed_0_begins_at_the_numbers_of_the_set(small):
    assert small.from_seed(0, screened=1, steps=0).begun == small.at(small.box.own).cost


@pytest.mark.parametrize("which", ["msc-source", "two-pathway, no return"])
def test_rows_that_a_step_cannot_reach_are_not_asked_again_and_stay_as_they_are(which):
    one = known_search(which)
    rows = [row for row in rows_of(one) if row.panel in {"1a", "3a", "4a"} and not row.printed]
    search = ByScore(RandomStarts(chooser(one), one), rows)
    here = search.at(search.box.own)
    there = search.box.own.copy()
    there[[*one.bounds].index("MSC-322 under HPPh2.h")] = 0.9
    asked = search._touched(there, here.x)
    assert {row.panel for row in asked} == {"4a"}
    beside, alone = search.at(there, here), search.at(there)
    assert beside.cost == pytest.approx(alone.cost, abs=1e-12)
    assert beside.cost != here.cost


def test_steps_are_in_few_constants_and_stay_in_the_box():
    draw = np.random.default_rng(0)
    steps = np.array([by_score._step(40, draw) for _ in range(400)])
    moved = (steps != 0.0).sum(axis=1)
    assert moved.min() == 1
    assert 1.5 < moved.mean() < 2.5
    sizes = np.abs(steps[steps != 0.0])
    assert np.quantile(sizes, 0.1) < 0.01
    assert np.quantile(sizes, 0.9) > 0.1
    assert by_score._within(np.array([-0.25, 1.25, 0.3])) == pytest.approx([0.25, 0.75, 0.3])


@pytest.mark.parametrize("which", ["classical", "two-pathway, PCs alone"])
def test_held_out_rows_choose_nothing(which, monkeypatch):
    seen = []
    monkeypatch.setattr(ByScore, "from_seed", lambda self, *_, **__: seen.extend(self.rows))
    models._end((which, 0))
    assert len(seen) == 41
    assert not any(held_out(get("recipes", row.recipe).material, row.panel) for row in seen)


def test_a_constant_beyond_all_numbers_makes_a_row_unreadable_and_no_error():
    one = known_search("droplets")
    rows = [row for row in rows_of(one) if row.id == "3a-steady-rise"]
    search = ByScore(RandomStarts(chooser(one), one), rows)
    corner = np.array([float(name == "dots.H") for name in one.bounds])  # one K is 10^333 there
    here = search.at(search.box.own)
    there = search.at(corner, here)
    assert math.isnan(there.numbers["3a-steady-rise"])
    assert there.cost > here.cost


def test_every_search_is_of_the_same_rows():
    rows = [[row.id for row in rows_of(one)] for one in model_searches()]
    assert all(one == rows[0] for one in rows)
