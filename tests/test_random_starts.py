"""A search from random points sees its bounds and its targets, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from commands import run
from prenuc.errors import FactsError, InputError
from prenuc.facts.catalogue import entries, get, held_out, read_files
from prenuc.facts.search import Bounds, Search
from prenuc.infer.calibration.random_starts import RandomStarts
from prenuc.infer.calibration.searches import with_numbers
from prenuc.infer.experiments.reproduce import experiments_for
from prenuc.infer.studies.random_starts import search_from_random_starts
from prenuc.mechanism.named import mechanism_named
from prenuc.simulation.choice import for_recipe
from prenuc.thermodynamics.check import check
from toy import SET, number, toy, toy_checks, toy_set

TRUE = {"first.k": 0.03, "second.k": 0.01}
BOUNDS = {"first.k": Bounds(1e-4, 10.0), "second.k": Bounds(1e-4, 1.0)}


def task(bounds=BOUNDS, targets=None, choose=toy):
    checks = toy_checks(TRUE, tolerance=0.1) if targets is None else targets
    return RandomStarts(choose, Search("toy", SET, bounds, tuple(checks)))


def test_the_best_of_random_starts_finds_what_the_targets_were_made_with():
    """Some starts end elsewhere, where they cost more."""
    with toy_set():
        ends = [task().from_seed(seed, screened=30) for seed in (1, 2, 3, 4)]
    assert all(end.cost <= end.begun for end in ends)
    best = min(ends, key=lambda end: end.cost)
    for name, true in TRUE.items():
        assert best.numbers[name] == pytest.approx(true, rel=0.02)


def test_a_start_does_not_hang_on_the_numbers_of_the_package():
    with toy_set():
        here = task().from_seed(1, screened=5, steps=3)
        old = entries("parameters")[SET]
        new = {**old.values, "first.k": number(7.0, "1/min")}
        entries("parameters")[SET] = replace(old, values=new)
        there = task().from_seed(1, screened=5, steps=3)
    assert here == there


def test_derivatives_are_those_of_differences():
    bounds = {**BOUNDS, "second.Ea": Bounds(30.0, 60.0)}
    with toy_set():
        one = task(bounds)
        x, step = np.array([0.4, 0.6, 0.1]), 1e-4
        found = one.jacobian(x)
        for i in range(len(x)):
            along = np.eye(len(x))[i] * step
            wanted = (one.residuals(x + along) - one.residuals(x - along)) / (2 * step)
            assert found[:, i] == pytest.approx(wanted, rel=0.03, abs=0.03)


def test_a_prefactor_that_no_molecule_has_costs_something():
    bounds = {"second.k": Bounds(1e-3, 1.0), "second.Ea": Bounds(30.0, 90.0)}
    with toy_set():
        one = task(bounds)
        beyond = [one.walls(np.array([0.3, x])).max() for x in (0.0, 0.3, 1.0)]
    assert beyond[0] > beyond[1] > beyond[2] == 0.0


def test_nothing_of_a_figure_that_is_held_out_is_run():
    """The search of the package asks for no recipe that only held-out figures have."""
    search = get("searches", "CdS-calibrated")
    asked = set()

    def noting(recipe):
        asked.add(recipe.id)
        return for_recipe(recipe)

    one = RandomStarts(noting, search)
    one.residuals(np.full(len(search.bounds), 0.5))
    assert asked == {target.recipe for target in search.targets}
    assert not asked & {"cds-3b-msa-at-30-min", "cds-4c-oleate", "cds-1f-topo", "cds-1f-no-topo"}
    assert not any(held_out("CdS", target.panel) for target in search.targets)


def test_no_start_at_all_is_refused():
    with pytest.raises(InputError, match="too few: 0 starts"):
        search_from_random_starts("CdS-calibrated", starts=0)


def test_a_search_that_looks_at_a_held_out_figure_is_refused():
    search = get("searches", "CdS-calibrated")
    peek = replace(search.targets[0], panel="3b")
    with pytest.raises(InputError, match="Figure 3b, which is held out"):
        RandomStarts(for_recipe, replace(search, targets=(*search.targets, peek)))


def test_a_constant_that_there_is_not_is_named_with_the_nearest():
    with toy_set(), pytest.raises(InputError, match=r"frist\.k.*first\.k"):
        task({"frist.k": Bounds(1.0, 2.0)})


def test_all_bounds_that_are_none_are_named_at_once(tmp_path):
    path = tmp_path / "searches.yaml"
    path.write_text(
        "- id: a\n  mechanism: b\n"
        "  bounds:\n    c.k: {low: 2, high: 1}\n    d.H: {low: -1, high: 1}\n"
        "  targets:\n    - {observation: o, panel: p, recipe: r, measure: share, of: {}}\n"
    )
    with pytest.raises(FactsError) as error:
        read_files([path], Search.read, "a search")
    assert len(error.value.problems) == 3


def test_bounds_hold_the_numbers_of_the_mechanism_they_are_for():
    search = get("searches", "CdS-calibrated")
    known = entries("parameters")[search.mechanism].values
    outside = [
        name
        for name, one in search.bounds.items()
        if not one.low <= known[name].quantity.number <= one.high
    ]
    assert not outside


def test_finished_starts_are_kept_and_costs_put_in_order(tmp_path, monkeypatch):
    made = []
    with toy_set():
        search = Search("toy", SET, BOUNDS, tuple(toy_checks(TRUE)))
        monkeypatch.setitem(entries("searches"), "toy", search)
        monkeypatch.setattr("prenuc.infer.studies.random_starts.chooser", lambda _: toy)
        monkeypatch.setattr("prenuc.infer.studies.random_starts.checks", list)
        monkeypatch.setattr("prenuc.infer.studies.random_starts.reproduce", lambda *_, **__: [])
        real = RandomStarts.from_seed
        monkeypatch.setattr(
            RandomStarts,
            "from_seed",
            lambda self, seed: made.append(seed) or real(self, seed, screened=5, steps=4),
        )
        ledger = tmp_path / "starts.db"
        first = search_from_random_starts("toy", starts=2, ledger=ledger)
        again = search_from_random_starts("toy", starts=3, ledger=ledger)
    assert made == [1, 2, 3]
    assert all(start in again.starts for start in first.starts)
    assert [s.cost for s in again.starts] == sorted(s.cost for s in again.starts)


def test_given_numbers_are_those_of_the_mechanism():
    with toy_set():
        recipe = get("recipes", "cds-msc-311-in-toluene")
        chosen = with_numbers(toy, task().search, {"first.k": 0.5})
        assert chosen(recipe).constants["first.k"].quantity.number == 0.5
        assert chosen(recipe).constants["first.k"].quantity.unit == "1/min"


def test_what_the_search_found_stands_within_its_bounds_and_obeys_thermodynamics():
    found, search = mechanism_named("two-pathway/CdS-calibrated"), get("searches", "CdS-calibrated")
    for name, one in search.bounds.items():
        value = found.constants[name]
        assert one.low <= value.quantity.number <= one.high, name
        assert value.informed_by == ("calibrated rows of CdS",)
    verdict = check(found)
    assert (verdict.verdict, verdict.irreversible) == ("consistent", ())
    assert all(one.within is not False for one in verdict.prefactors)
    usual = mechanism_named("two-pathway/CdS")
    assert [one.equation() for one in found.reactions] == [r.equation() for r in usual.reactions]


def test_a_set_is_chosen_for_no_recipe_because_it_was_searched_for():
    recipe = get("recipes", "cds-3b-msa-at-30-min")
    assert for_recipe(recipe).name == "two-pathway/CdS"
    assert experiments_for("two-pathway/CdS-calibrated").choose(recipe).name.endswith("calibrated")


@pytest.mark.parametrize(
    ("given", "unheard"),
    [
        (("CdTe", "--search", "CdS-calibrated"), "--search hears nothing of material"),
        (("--search", "CdS-calibrated", "--mechanism", "classical"), "nothing of --mechanism"),
        (("CdS", "--leave-out", "2a-b", "--out", "x.yaml"), "--leave-out hears nothing of --out"),
    ],
)
def test_what_would_have_no_effect_is_refused(capsys, monkeypatch, given, unheard):
    answer = run(capsys, monkeypatch, "calibrate", *given)
    assert answer.code == 2
    assert unheard in answer.err
