import json
import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from click.testing import CliRunner

from prenuc.errors import InputError
from prenuc.facts.catalogue import entries, get, read_list
from prenuc.facts.recipe import ParameterSet
from prenuc.infer.calibration.nearby import nearby
from prenuc.infer.calibration.parallel import work
from prenuc.infer.calibration.priors import (
    NO_NUMBER,
    Free,
    distinct,
    free_constants,
    residual,
    sets_of,
)
from prenuc.infer.calibration.search import Task, search, searches
from prenuc.infer.calibration.varied import QUICK, Changed, Reach, ask, kind_of, owners, value_of
from prenuc.infer.experiments import performed
from prenuc.infer.experiments.performed import Experiments
from prenuc.infer.experiments.reproduce import Row
from prenuc.infer.studies.calibrate import (
    Calibration,
    calibrate_model,
    calibrate_rival,
    finish,
    rows_of,
    task_for,
)
from prenuc.infer.studies.ensemble import EnsembleMember, draw, members, predict
from prenuc.present.cli.calibration import calibrate as command
from prenuc.present.files.parameters import ensemble_file, parameter_file
from prenuc.simulation.choice import for_recipe, named_for, rival_for
from prenuc.simulation.run import simulate
from toy import SET, share, toy, toy_checks, toy_set

TRUE = {"first.k": 0.03, "second.k": 0.01}


def toy_task(*names, checks=None):
    values = entries("parameters")[SET].values
    free = tuple(Free.of(SET, name, values[name]) for name in names)
    return Task(toy, free, toy_checks(TRUE) if checks is None else checks)


def calibrated(task, seeds=(0,)) -> Calibration:
    return finish("CdS", task, [search(task, seed) for seed in seeds], [])


def test_known_constants_are_recovered_with_intervals_that_hold_them():
    with toy_set():
        found = calibrated(toy_task("first.k", "second.k"), seeds=(0, 1))
        said = found.meanings
    assert [one.partition(" = ")[0] for one in said] == [*TRUE]
    assert all("per minute" in one and "half of what it acts on" in one for one in said)
    for name, true in TRUE.items():
        one = found.estimates[name]
        assert one.number == pytest.approx(true, rel=0.005)
        assert one.ci95[0] < true < one.ci95[1]
        assert one.ci95[1] / one.ci95[0] < 1.1
    assert found.starts[0].cost <= found.starts[1].cost
    assert found.starts[1].cost == pytest.approx(found.starts[0].cost, abs=0.05)


def test_two_constants_that_act_by_their_product_are_not_identifiable():
    with toy_set():
        found = calibrated(toy_task("first.k", "twin.k", "second.k"))
        assert len(found.meanings) == 1  # of what is known alone
    product = found.estimates["first.k"].number * found.estimates["twin.k"].number
    assert product == pytest.approx(TRUE["first.k"], rel=0.01)
    for name in ("first.k", "twin.k"):
        one = found.estimates[name]
        assert not one.identifiable
        assert one.ci95 is None
        assert one.value().uncertainty is None
        assert one.value().status == "assumed"
    assert found.estimates["second.k"].value().status == "fitted"
    sloppiest = found.directions[-1]
    assert sloppiest.width == pytest.approx(1.0, abs=1e-3)
    assert set(list(sloppiest.parts)[:2]) == {"first.k", "twin.k"}
    assert sloppiest.parts["first.k"] == pytest.approx(-sloppiest.parts["twin.k"], abs=0.02)


def test_derivatives_are_those_of_runs_and_need_one_run(monkeypatch):
    names, runs = ("first.k", "twin.k", "second.k"), []

    def counted(*given, **options):
        runs.append(options["parameters"])
        return simulate(*given, **options)

    with toy_set():
        task, u, step = toy_task(*names), np.array([0.1, -0.2, 0.15]), 0.01
        task.at(u)
        monkeypatch.setattr(performed, "simulate", counted)
        found = task.jacobian(u)
        assert [sorted(one) for one in runs] == [sorted(names)]
        moved = [(task.residuals(u + d) - task.residuals(u - d)) for d in step * np.eye(3)]
    wanted = np.array(moved).T / (2.0 * step)
    np.testing.assert_allclose(found, wanted, atol=0.01 * np.abs(wanted).max())


def test_a_run_moved_along_its_tangents_is_the_run_with_another_constant():
    """To first order, in every recipe of a panel; a constant that does nothing changes nothing."""
    key, idle, by = ("two-pathway/CdS", "isomerisation.k"), ("two-pathway/CdS", "growth.k"), 1e-3
    runs = Experiments(for_recipe, along=frozenset({key}))
    here, spectra = runs.run("cds-msc-311-in-toluene")
    near, acting = nearby(runs, key, by)
    there, shown = near.run("cds-msc-311-in-toluene")
    number = value_of(key).quantity.number * math.exp(by)
    truth, seen = Experiments(Changed(for_recipe, {key: number})).run("cds-msc-311-in-toluene")
    assert acting == {"cds-msc-311-in-toluene"}
    assert there.mechanism.constants == truth.mechanism.constants
    size = np.abs(seen.absorbance - spectra.absorbance).max()
    assert np.abs(shown.absorbance - seen.absorbance).max() < 2.0 * by * size
    again, none = nearby(runs, idle, by)
    assert none == set()
    assert again.run("cds-msc-311-in-toluene")[0] is here


def test_a_one_sided_limit_moves_a_constant_no_further_than_it_must():
    with toy_set():
        little = share("B", "196 min", None, 0.2)  # 0.36 with the toy's own numbers
        found = calibrated(toy_task("first.k", checks=[little]))
        at = found.task.numbers(found.best, [little])[little.id]
    assert 0.15 < at < 0.205


def test_no_search_at_all_is_refused():
    with toy_set(), pytest.raises(InputError, match=r"too few: 0 starts\. Give 1 or more"):
        searches(toy_task("first.k"), 0)


def test_the_same_search_gives_the_same_numbers():
    with toy_set():
        ends = [search(toy_task("first.k", "second.k"), 3).u for _ in range(2)]
    assert np.array_equal(*ends)


@pytest.mark.parametrize(
    ("low", "high", "number", "expected"),
    [
        (1.0, 3.0, 2.0, 0.0),
        (1.0, 3.0, 3.0, 2.0),
        (1.0, 3.0, 1.0, -2.0),
        (None, 0.1, 0.1, np.log(2.0)),
        (None, 0.1, 1e-6, 0.0),
        (0.1, None, 1e-6, np.log(1e5) / 0.1),
        (0.1, None, 0.9, 0.0),
        (0.1, None, float("nan"), NO_NUMBER),
    ],
)
def test_residuals(low, high, number, expected):
    check = share("B", "4 min", low, high)
    assert residual(check, number) == pytest.approx(expected, abs=1e-3)


def test_a_pass_never_costs_more_than_two_standard_deviations():
    for check in (c for c in entries("checks").values() if not c.reason):
        for limit in (check.low, check.high):
            if limit is not None:
                assert abs(residual(check, limit.quantity.number)) <= 2.0 + 1e-9


def test_what_is_free_follows_from_the_facts():
    for material in ("CdS", "CdTe", "CdSe", "CdTeSe"):
        found = free_constants(sets_of(material))
        assert found
        for one in found:
            assert one.value.informed_by
            assert kind_of(one.name) in {"rate", "equilibrium"}
            assert one.value.status != "measured"
    rival = free_constants(["classical/CdS"])
    assert rival
    assert all(kind_of(one.name) in {"rate", "equilibrium"} for one in rival)


def test_rows_that_ask_the_same_count_once():
    once = get("checks", "2b-rate-constant")
    twice = [once, replace(once, id="2b-rate-of-the-curve")]
    assert distinct(twice) == twice[:1]


def test_only_rows_of_role_calibrated_are_fitted_to():
    checks = [get("checks", "3a-no-dots"), get("checks", "3a-absorbance")]
    roles = ("held-out", "calibrated")
    rows = [Row(c, "", "", 0.0, "miss", r) for c, r in zip(checks, roles, strict=True)]
    task = task_for(for_recipe, sets_of("CdS"), rows)
    assert [check.id for check in task.checks] == ["3a-absorbance"]
    with pytest.raises(InputError, match="nothing to fit"):
        task_for(for_recipe, sets_of("CdS"), rows[:1])
    with pytest.raises(InputError, match="two-pathway/CdS"):
        task_for(for_recipe, ["two-pathway/CdX"], rows)


def test_a_change_reaches_every_builder_and_leaves_the_package_alone():
    before = entries("parameters")["two-pathway/CdTe"]
    change = {("two-pathway/CdTe", "bond formation.k"): 0.5}
    recipe = get("recipes", "cdtese-5c")
    new = Changed(for_recipe, change)(recipe)
    assert new.parameters["CdTe bond formation.k"].quantity.number == 0.5
    assert entries("parameters")["two-pathway/CdTe"] is before
    rate = {r.name: r.constant.k for r in new.reactions}["bond formation (CdTe)"]
    assert rate == pytest.approx(0.5 / 60)
    rival = Changed(partial(rival_for, "classical"), {("classical/CdS", "growth.k"): 7.0})
    made = rival(get("recipes", "cds-3a-msa-at-15-min"))
    assert made.parameters["growth.k"].quantity.number == 7.0


def test_only_recipes_in_which_a_constant_can_act_are_run_again():
    names = ("1b-topo-no-msc", "2a-fall-at-290-nm", "5a-first-peak")
    checks = [get("checks", name) for name in names]
    reach = Reach.of(checks, Experiments(for_recipe, solver=QUICK))
    by_topo = {("two-pathway/CdS", "fragmentation with TOPO.k"): 1.0}
    assert reach.recipes(by_topo) == ["cds-qd-from-pc-with-topo"]
    by_growth = {("two-pathway/CdTe", "growth of bare pieces.k"): 1.0}
    assert reach.recipes(by_growth) == ["cdte-5a"]
    assert ("two-pathway/CdS", "growth.k") in owners(checks, for_recipe)[checks[0].recipe]


def test_a_constant_that_cannot_act_changes_no_number():
    check = get("checks", "2a-fall-at-290-nm")
    change = {("two-pathway/CdS", "fragmentation with TOPO.k"): 50.0}
    both = [
        Experiments(choose, solver=QUICK) for choose in (for_recipe, Changed(for_recipe, change))
    ]
    numbers = [ask([check], runs)[check.id] for runs in both]
    assert numbers[0] == numbers[1]


def test_members_of_an_ensemble_pass_what_the_best_set_passes(tmp_path):
    with toy_set():
        checks = toy_checks(TRUE, tolerance=0.2)
        task = toy_task("first.k", "second.k", checks=checks)
        row = [Row(c, "", "", 0.0, "miss", "calibrated") for c in checks]
        found = finish("CdS", task, [search(task, 0)], row)
        sets = draw(found, size=4)
        assert draw(found, size=4) == sets
        assert len({tuple(s.values()) for s in sets}) == len(sets) > 1
        for one in sets:
            numbers = ask(checks, Experiments(Changed(toy, one), solver=QUICK))
            assert all(check.passes(numbers[check.id]) for check in checks)
        path = tmp_path / "toy.yaml"
        path.write_text(ensemble_file("CdS", sets), encoding="utf-8")
    problems = []
    read = [member for member, _ in read_list(path, EnsembleMember.read, "a member", problems)]
    assert not problems
    assert [list(m.change) for m in read] == [list(s) for s in sets]
    assert read[0].change[SET, "first.k"] == pytest.approx(sets[0][SET, "first.k"], rel=1e-3)


def test_what_the_shipped_ensemble_says():
    shipped = members("CdS@0.1")
    assert len(shipped) >= 10
    for member in shipped:
        for which, name in member.change:
            assert name in get("frozen", which).values
    with pytest.raises(InputError, match=r"no ensemble is shipped for 'CdS', only for: CdS@0\.1"):
        members("CdS")


def test_a_frozen_ensemble_asks_the_frozen_set():
    change = {("two-pathway/CdS@0.1", "isomerisation.k"): 0.02}
    choose = partial(named_for, "two-pathway/CdS@0.1")
    moved = Changed(choose, change)(get("recipes", "cds-3a-msa-at-15-min"))
    assert moved.name == "two-pathway/CdS@0.1"
    assert "Cd(OA)2" in moved.components
    assert moved.parameters["isomerisation.k"].quantity.number == 0.02


def test_a_spread_has_a_smallest_a_middle_and_a_largest_number():
    with toy_set():
        sets = [{(SET, "second.k"): x} for x in (0.01, 0.02, 0.04)]
        found = predict("CdTeSe", ensemble=sets)
    for one in found:
        assert one.spread[0] <= one.spread[1] <= one.spread[2]
        assert one.share in {0.0, 1.0}  # the toy's constants have no part in CdTeSe


def test_the_command_answers_with_the_promised_fields(tmp_path):
    out = tmp_path / "CdTeSe.yaml"
    words = ["CdTeSe", "--starts", "1", "--workers", "1", "--json", "--out", str(out)]
    result = CliRunner().invoke(command, words)
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert set(answer["parameters"]) == {"substitution.k", "substitution with OTA.k"}
    for one in answer["parameters"].values():
        assert {"value", "unit", "ci95", "status", "informed_by", "identifiable"} <= set(one)
        assert one["identifiable"] == (one["ci95"] is not None) == (one["status"] == "fitted")
        assert one["informed_by"]
    rates = answer["pass_rates"]
    assert rates["after"]["calibrated"]["pass"] >= rates["before"]["calibrated"]["pass"]
    problems = []
    ((written, _),) = read_list(out, ParameterSet.read, "an entry of parameters", problems)
    assert not problems
    shipped = get("parameters", "alloy/CdTeSe")
    assert list(written.values) == list(shipped.values)
    for name, value in shipped.values.items():
        assert written.values[name].informed_by == value.informed_by
        if name not in answer["parameters"]:
            assert written.values[name] == value
    assert str(written.values["substitution.k"].source) == "prenuc @ calibration"


def test_a_material_without_checks_is_an_error():
    with pytest.raises(InputError, match="CdTeSe"):
        calibrate_model(for_recipe, sets_of("CdS"), "CdSeTe")


def test_a_rival_is_fitted_to_the_same_rows():
    found = calibrate_rival("autocatalytic", "CdSe", starts=1)
    assert set(found.estimates) == {"nucleation.k", "growth.k", "particle.K"}
    rows = rows_of("CdSe")
    ours = [row.check.id for row in rows if row.role == "calibrated"]
    assert [row.check.id for row in found.after if row.role == "calibrated"] == ours
    assert {row.verdict for row in found.after} <= {"pass", "miss", "silent", "not counted"}


def test_workers_change_nothing():
    assert work(abs, [-3, -2, 5], workers=2) == work(abs, [-3, -2, 5]) == [3, 2, 5]


def test_the_file_of_a_calibration_keeps_the_order_of_the_package():
    with toy_set():
        found = calibrated(toy_task("first.k"))
    assert parameter_file(found) == "[]\n"  # a set that no file of the package holds
