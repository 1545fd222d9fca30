"""All models are searched on the same terms, and the table says what was found and no more."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from prenuc.facts.catalogue import entries, get
from prenuc.facts.search import Bounds, Search
from prenuc.infer.calibration.random_starts import RandomStarts
from prenuc.infer.calibration.searches import chooser, known_search
from prenuc.infer.studies import models
from prenuc.infer.studies.models import PRIOR, model_searches, rows_of, standings
from prenuc.mechanism.named import mechanism_named
from prenuc.thermodynamics.check import check
from toy import SET, toy, toy_checks, toy_set

SEARCHES = {one.id: one for one in model_searches()}
RECIPE = get("recipes", "cds-msc-311-in-toluene")


def test_every_model_looks_at_the_same_targets():
    targets = get("searches", "CdS-calibrated").targets
    assert all(one.targets == targets for one in SEARCHES.values())
    assert {one.step.partition(":")[0] for one in SEARCHES.values() if one.step} == {
        "Pathway 2",
        "all ways to Mo/Fr",
        "return of Mo/Fr to PCs",
    }


@pytest.mark.parametrize("which", SEARCHES)
def test_a_search_moves_constants_that_its_mechanism_has(which):
    one = SEARCHES[which]
    known = chooser(one)(RECIPE).constants
    assert not set(one.bounds) - set(known)
    assert RandomStarts(chooser(one), one).search is one


def test_rivals_have_the_same_bounds_for_what_they_share():
    rivals = [one for one in SEARCHES.values() if not one.mechanism.startswith("two-pathway")]
    shared = ("supply.k", "supply.Ea", "monomer under TOPO.h", "dots under TOPO.sites", "growth.Ea")
    for name in (*shared, "growth with TOPO.k", "dots.surface energy", "growth.Ea"):
        found = [one.bounds[name] for one in rivals if name in one.bounds]
        assert len(found) > 1
        assert len({(bounds.low, bounds.high) for bounds in found}) == 1, name


def test_what_is_without_a_step_stays_without_it_wherever_the_search_goes():
    one = SEARCHES["two-pathway, no Pathway 2"]
    assert "monomer formation.k" not in one.bounds
    task = RandomStarts(chooser(one), one)
    moved = task.chosen(np.full(len(one.bounds), 0.3))(RECIPE)
    assert moved.constants["monomer formation.k"].si == 0.0
    assert moved.constants["growth.k"] != mechanism_named(one.mechanism).constants["growth.k"]


def test_start_0_begins_at_the_numbers_of_the_set_or_at_the_nearest_bound():
    bounds = {"first.k": Bounds(1e-3, 10.0), "second.k": Bounds(0.1, 1.0)}
    with toy_set():
        task = RandomStarts(toy, Search("toy", SET, bounds, tuple(toy_checks({"first.k": 0.02}))))
        end = task.from_seed(0, steps=1)
        x = np.array([math.log(0.02 / 1e-3) / math.log(1e4), 0.0])  # 0.02 for both in the set
        assert end.begun == pytest.approx(task.cost(x))


def test_every_model_has_its_place_in_the_table_with_what_it_was_given():
    found = {one.model: one for one in standings()}
    assert list(found) == list(SEARCHES)
    for name, one in found.items():
        assert one.free == len(SEARCHES[name].bounds)
        assert sum(one.of.values()) == len(rows_of(SEARCHES[name]))
        assert one.score["calibrated"] == max(one.ends.values()) == one.ends[one.where]
        assert one.passed["calibrated"] <= one.of["calibrated"]
        assert one.as_dict()["freedom"] == one.free / one.spoken
    assert len({tuple(one.ends) for one in found.values()}) == 1  # as many starts for each


def test_every_rival_has_as_many_free_constants_for_each_row_it_speaks_about_as_ours():
    ours, *others = standings()
    assert ours.model == "two-pathway"
    few = {one.model: one.freedom for one in others if one.freedom < ours.freedom and not one.step}
    assert few == {}


def test_more_or_other_bounds_make_a_refit_out_of_date(monkeypatch):
    one = SEARCHES["classical"]
    before = models._mark(one)
    wider = {**one.bounds, "supply.k": Bounds(1e-9, 1.0)}
    monkeypatch.setattr(models, "known_search", lambda _: replace(one, bounds=wider))
    assert models._mark(one) != before
    monkeypatch.undo()
    assert models._mark(one) == before
    monkeypatch.setattr(models, "STEPS", models.STEPS + 1)
    assert models._mark(one) != before


def test_a_refit_of_other_rows_or_another_mechanism_is_told_as_such(monkeypatch):
    one = standings()[0]
    kept = {
        name: replace(refit, mark="other") if refit.prior == PRIOR else refit
        for name, refit in entries("refits").items()
    }
    shelf = partial(_shelf, kept)
    monkeypatch.setattr("prenuc.infer.studies.models.entries", shelf)
    assert standings()[0] == replace(one, outdated=True)


def test_a_droplet_may_give_two_crystals_by_the_same_laws():
    one, two = (mechanism_named(name) for name in ("droplets/CdS", "droplets/CdS-two"))
    assert (
        two.components["droplet"].composition["S"] == 2 * one.components["droplet"].composition["S"]
    )
    (step,) = (step for step in two.steps if step.name == "crystallisation")
    assert step.net == {"droplet": -1.0, "MSC-311": 2.0}
    assert check(two).verdict == "consistent"
    assert set(two.constants) == set(one.constants)


def _shelf(refits, kind):
    return refits if kind == "refits" else entries(kind)


def test_a_search_that_is_like_another_has_its_targets_and_may_have_bounds_of_its_own():
    plain = get("searches", "classical")
    assert plain.targets == ()
    assert "monomer under TOPO.h" not in plain.bounds
    whole = known_search("classical")
    prior = whole.bounds["supply with HPPh2.k"]  # of second order: divided by 100 mmol/L
    assert (prior.low, prior.high) == pytest.approx((1e-4, 1.0))
    assert whole.bounds["monomer under TOPO.h"].low == pytest.approx(1.0)
