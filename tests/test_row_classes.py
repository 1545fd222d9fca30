"""Which rows can fail: how constants are drawn, and what follows for the class of a row."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from prenuc.errors import FactsError
from prenuc.facts.catalogue import entries, get, read_files
from prenuc.facts.row_class import CLASSES, RowClass
from prenuc.infer.calibration.varied import ask, kind_of, value_of
from prenuc.infer.experiments.marks import Marks
from prenuc.infer.experiments.performed import Experiments
from prenuc.infer.experiments.reproduce import checks, reproduce
from prenuc.infer.studies import row_classes as study
from prenuc.infer.studies.row_classes import (
    drawn,
    drawn_constants,
    inputs,
    row_classes,
    without_dots,
)
from prenuc.simulation.choice import for_recipe
from toy import SET, share, toy, toy_set

DRAWS = 40
NAMES = [(SET, name) for name in ("first.k", "first.half", "second.k", "twin.k")]


@pytest.fixture
def shelf():
    with toy_set():
        yield


# ---- draws ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("shelf")
def test_rates_and_concentrations_are_log_normal_with_a_factor_of_three():
    for name in NAMES:
        usual = value_of(name).quantity.number
        logs = [math.log(drawn(name, draw) / usual) for draw in range(2000)]
        assert np.mean(logs) == pytest.approx(0.0, abs=0.08)
        assert np.std(logs) == pytest.approx(math.log(3.0), rel=0.05)


@pytest.mark.usefixtures("shelf")
def test_energies_move_by_ten_at_most_and_are_not_drawn_below_zero():
    name = (SET, "second.Ea")
    by = np.array([drawn(name, draw) - 40.0 for draw in range(500)])
    assert np.abs(by).max() <= 10.0
    assert by.min() < -9.0
    assert by.max() > 9.0
    low = replace(value_of(name), quantity=replace(value_of(name).quantity, number=2.0))
    entries("parameters")[SET] = replace(
        get("parameters", SET), values={**get("parameters", SET).values, "second.Ea": low}
    )
    assert min(drawn(name, draw) for draw in range(200)) == 0.0


@pytest.mark.usefixtures("shelf")
def test_a_constant_is_drawn_by_its_own_seed_whatever_else_there_is():
    once = {name: drawn(name, 7) for name in NAMES}
    assert {name: drawn(name, 7) for name in reversed(NAMES)} == once
    assert len(set(once.values())) == len(NAMES)
    assert drawn(NAMES[0], 7) != drawn(NAMES[0], 8)


@pytest.mark.usefixtures("shelf")
def test_structure_and_what_was_measured_are_not_drawn():
    asked = [share("B", "196 min", 0.1, None)]
    assert drawn_constants(asked, toy) == [*sorted([*NAMES, (SET, "second.Ea")])]
    real = [check for check in checks() if get("recipes", check.recipe).material == "CdTe"]
    for name in drawn_constants(real, for_recipe):
        assert kind_of(name[1]) != "structure" or name[1].endswith("surface energy")
        assert value_of(name).status != "measured"


# ---- classes -------------------------------------------------------------------------------------


def rows():
    """Return rows of the toy: one of each class that it can show."""
    wide = replace(share("B", "196 min", 1e-9, None), id="wide")
    narrow = replace(share("B", "196 min", 0.35, 0.37), id="narrow")
    again = replace(share("B", "196 min", 0.30, 0.40), id="again")
    empty = replace(share("B", "4 min", None, 0.5), id="empty")
    return [wide, narrow, again, empty]


@pytest.mark.usefixtures("shelf")
def test_what_the_control_passes_is_trivial_and_what_few_draws_pass_is_informative():
    asked = [check for check in rows() if check.id in {"narrow", "empty"}]
    found = {one.id: one for one in row_classes(asked, toy, draws=DRAWS)}
    assert found["empty"].kind == "trivial"
    assert found["narrow"].kind == "informative"
    assert found["narrow"].passes < DRAWS / 2
    assert found["narrow"].draws == DRAWS
    assert found["narrow"].around == SET


@pytest.mark.usefixtures("shelf")
def test_what_most_draws_pass_is_given_by_the_form_and_the_same_number_is_restated():
    found = {one.id: one.kind for one in row_classes(rows(), toy, draws=DRAWS)}
    assert found["wide"] == "by construction"
    assert found["narrow"] == "restated"  # the number of the row before it
    alone = row_classes(rows()[1:3], toy, draws=DRAWS)
    assert [one.kind for one in alone] == ["informative", "restated"]


@pytest.mark.usefixtures("shelf")
def test_a_row_that_passes_in_just_the_draws_of_another_is_restated():
    one = replace(share("B", "196 min", 0.3, None), id="one")
    other = replace(share("A, S", "196 min", None, 0.7), id="other")  # all that is not B
    kinds = [found.kind for found in row_classes([one, other], toy, draws=DRAWS)]
    assert kinds[1] in {"restated", "trivial"}
    same = [True] * 10 + [False] * 10
    assert study._alike(same, same)
    assert not study._alike(same, [*same[:-1], True])
    assert not study._alike([True] * 3 + [False] * 17, [True] * 3 + [False] * 17)


def test_a_number_that_no_draw_moves_is_given_by_the_form_even_where_it_misses():
    assert study._fixed([8198.1, 8198.1, math.nan])
    assert not study._fixed([8198.1, 8199.1])
    assert not study._fixed([math.nan])


@pytest.mark.usefixtures("shelf")
def test_a_study_goes_on_where_it_stopped(tmp_path, monkeypatch):
    ledger, seen = tmp_path / "rows.sqlite", []
    usual = study.numbers_of

    def stopping(asked, choose, names, draw):
        if len(seen) == 5:
            raise KeyboardInterrupt
        seen.append(draw)
        return usual(asked, choose, names, draw)

    monkeypatch.setattr(study, "numbers_of", stopping)
    with pytest.raises(KeyboardInterrupt):
        row_classes(rows(), toy, draws=DRAWS, ledger=ledger)
    seen.clear()
    monkeypatch.setattr(
        study, "numbers_of", lambda *given: (seen.append(given[3]), usual(*given))[1]
    )
    again = row_classes(rows(), toy, draws=DRAWS, ledger=ledger)
    assert sorted(seen) == list(range(5, DRAWS))
    monkeypatch.undo()
    assert again == row_classes(rows(), toy, draws=DRAWS)


def test_a_position_that_stays_without_dots_is_an_input_and_that_of_dots_is_none():
    wanted = {"3a-peak", "4c-msa-peak", "4c-oleate-dots"}
    asked = [check for check in checks() if check.id in wanted]
    assert inputs(asked, for_recipe) == {"3a-peak", "4c-msa-peak"}


def test_a_run_without_dots_has_none():
    run, _ = Experiments(for_recipe).run("cds-4c-oleate")
    bare = without_dots(run)
    assert any(one.dots.sum() > 0 for one in run.measurements)
    assert all(one.dots.sum() == 0 for one in bare.measurements)
    assert all(bare.fractions(one).get("QD", 0.0) == 0.0 for one in bare.measurements)
    assert run.measurements[0].dots.sum() > 0  # the run itself stays as it is


# ---- marks and the file --------------------------------------------------------------------------


def test_a_mark_changes_with_the_range_the_question_a_constant_and_a_band(monkeypatch):
    check = get("checks", "3a-absorbance")
    usual = Marks(for_recipe).of(check)
    assert Marks(for_recipe).of(check) == usual
    assert Marks(for_recipe).of(replace(check, low=None)) != usual
    assert Marks(for_recipe).of(replace(check, of={**check.of, "nm": "312 nm"})) != usual
    other = Marks(lambda recipe: for_recipe(recipe).with_constants({"isomerisation.k": "1 1/min"}))
    assert other.of(check) != usual
    species = entries("species")["MSC-311"]
    monkeypatch.setitem(entries("species"), "MSC-311", replace(species, bands=()))
    assert Marks(for_recipe).of(check) != usual


def test_a_row_whose_class_was_computed_with_something_else_is_stale(monkeypatch):
    check = get("checks", "4b-majority-311")
    mark = Marks(for_recipe).of(check)
    known = RowClass(check.id, "informative", 50, 200, "x", mark)
    monkeypatch.setitem(entries("row_classes"), check.id, known)
    row = next(row for row in reproduce(["4b"]) if row.check.id == check.id)
    assert (row.stale, row.informative, row.outdated) == (False, True, False)
    assert row.as_dict()["prior_pass_rate"] == 0.25
    monkeypatch.setitem(entries("row_classes"), check.id, replace(known, mark="another"))
    row = next(row for row in reproduce(["4b"]) if row.check.id == check.id)
    assert (row.stale, row.outdated) == (True, True)


def test_every_class_is_of_a_row_and_is_one_that_its_draws_allow():
    for one in entries("row_classes").values():
        assert one.id in entries("checks"), one.id
        assert one.kind in CLASSES
        assert 0 <= one.passes <= one.draws
        if one.kind == "informative":
            assert one.rate <= 0.5, one.id


def test_a_class_that_there_is_not_is_refused(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(
        '- {id: x, class: telling, passes: 1, draws: 2, around: a, mark: "b"}\n', encoding="utf-8"
    )
    with pytest.raises(FactsError, match="'telling' is no class of a row"):
        read_files([file], RowClass.read, "a class")


def test_the_control_tells_trivial_rows_of_the_package_from_the_others():
    known = entries("row_classes")
    asked = [check for check in checks(["4"]) if check.id in known]
    idle = ask(asked, Experiments(study.nothing_happens))
    for check in asked:
        assert (known[check.id].kind == "trivial") == check.passes(idle[check.id]), check.id
    assert Counter(known[check.id].kind for check in asked)["trivial"] < len(asked) / 2
