"""How often models are searched, and that no odds are claimed where searches disagree."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from prenuc.infer.selection.evidence import Standing, judge
from prenuc.infer.selection.refit import Refit, RefitPoint
from prenuc.infer.selection.starts import FEWEST, STARTS, Searched, searched


def end(cost: float, falling: float = 0.0) -> RefitPoint:
    """Where a search ended."""
    nothing: Any = None
    return RefitPoint(np.zeros(1), nothing, cost, falling)


@dataclass
class Told:
    """A model whose searches end where they are told to, before so many data."""

    ends: list[float]
    constants: tuple[str, ...] = ("k",)
    data: Any = field(default_factory=lambda: SimpleNamespace(count=25))
    begun: list[float] = field(default_factory=list)

    def search(self, start):
        self.begun.append(float(start[0]) if len(start) else 0.0)
        cost = self.ends[len(self.begun) - 1]
        return None if math.isnan(cost) else end(cost)


def counts(*models: Told, starts: int = STARTS) -> list[int]:
    searched(models, starts)
    return [len(one.begun) for one in models]


def test_what_is_found_twice_and_allowed_is_searched_no_further():
    assert counts(Told([24.0, 24.3] + 9 * [0.0])) == [2]


def test_a_valley_found_three_times_is_left_where_the_data_do_not_allow_it():
    """The blind trial's flask of seed 2031: 53.8 three times, and 18.9 from the fourth start on."""
    truth, other = Told([53.9, 53.8, 53.8, 18.9, 19.0, 0.0]), Told([19.7, 19.7] + 4 * [0.0])
    found = searched([truth, other])
    assert [len(truth.begun), len(other.begun)] == [5, 2]
    assert found[0].cost == 18.9
    assert found[0].unsettled == pytest.approx(0.1)


def test_what_is_hopeless_is_searched_a_few_times_and_not_more():
    assert counts(Told([24.0, 24.0]), Told(6 * [1e4])) == [2, FEWEST]
    disagreeing = Told([1e4, 5e3, 900.0, 200.0, 60.0, 60.0])  # each gains what the next may again
    assert counts(Told([24.0, 24.0]), disagreeing) == [2, STARTS]


def test_every_model_has_the_same_starts():
    models = [Told(6 * [60.0]), Told(6 * [70.0])]
    searched(models, seed=3)
    assert models[0].begun == models[1].begun
    assert models[0].begun[0] == 0.0
    assert len({*models[0].begun}) == STARTS


def test_a_search_that_fails_is_none():
    (found,) = searched([Told([math.nan, 24.0, 24.1])])
    assert [one.cost for one in found.ends] == [24.0, 24.1]


def test_without_constants_there_is_one_search_and_it_is_settled():
    (found,) = searched([Told([70.0], constants=())])
    assert len(found.ends) == 1
    assert found.unsettled == 0.0


@pytest.mark.parametrize(
    ("ends", "unsettled"),
    [
        ([end(20.0)], math.inf),
        ([end(20.0), end(23.0)], 3.0),
        ([end(20.0, falling=5.0), end(23.0)], 5.0),
    ],
)
def test_what_a_model_is_unsettled_by(ends, unsettled):
    assert Searched(tuple(ends)).unsettled == unsettled


# ---- odds --------------------------------------------------------------------------------------


def verdict(unsettled: float):
    best, other = Standing("best", 20.0, 4), Standing("other", 55.0, 4, unsettled=unsettled)
    return judge([best, other], 25)


def test_no_odds_are_claimed_against_a_model_whose_searches_disagree():
    settled, not_settled = verdict(0.5), verdict(35.0)
    assert settled.cannot_tell == ()
    assert not_settled.cannot_tell == ("best", "other")
    assert any(note.startswith("no odds against other") for note in not_settled.warnings)
    assert not any(note.startswith("no odds") for note in settled.warnings)
    once = verdict(math.inf)
    assert once.cannot_tell == ("best", "other")
    assert "no odds against other: it was searched once" in once.warnings


# ---- a search ----------------------------------------------------------------------------------


class Bent(Refit):
    """Rosenbrock's valley (1960, Comput. J. 3, 175), steeper: every step in it is short."""

    steep = 1000.0

    def at(self, _, u):
        residuals = np.array([self.steep * (u[1] - u[0] ** 2), 10.0 * (1.0 - u[0])])
        fitted: Any = SimpleNamespace(all_residuals=residuals)
        return Flat(np.asarray(u, dtype=float), fitted, float(residuals @ residuals))

    def slopes(self, _, here):
        return np.array([[-2.0 * self.steep * here.u[0], self.steep], [-10.0, 0.0]])


class Even(Bent):
    """The same, hardly bent."""

    steep = 1.0


class Flat(RefitPoint):
    """A point without a prior."""

    @property
    def residuals(self):
        return self.fitted.all_residuals


def test_a_search_does_not_end_because_one_step_was_short():
    nothing: Any = None
    trial = Bent(nothing, nothing, nothing, rounds=60)
    begin = np.array([-2.0, 2.9])
    assert trial.search(begin).cost < 0.5 * 538.0  # where it ended that took the first short step


def test_a_search_that_its_rounds_ended_says_so():
    nothing: Any = None
    short = Bent(nothing, nothing, nothing, rounds=10).search(np.array([-2.0, 2.9]))
    assert short.falling > 0.0
    easy = Even(nothing, nothing, nothing, rounds=60).search(np.array([-2.0, 2.9]))
    assert easy.cost < 0.1
    assert easy.falling == 0.0
