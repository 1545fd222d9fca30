"""Two priors and what they say of rows: how constants are drawn, bits, sums, rivals' claims."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from commands import run
from prenuc.errors import FactsError
from prenuc.facts.catalogue import entries, get
from prenuc.facts.document import Node
from prenuc.facts.row_surprisal import PRIORS, RowSurprisal
from prenuc.infer.calibration.varied import Changed, kind_of, value_of
from prenuc.infer.court.priors import ACTIVATION, ENTROPY, Physical, near
from prenuc.infer.court.score import log_predictive, log_scores, weighed_rows
from prenuc.infer.court.surprisal import AMISS, Amiss, mark_of, row_surprisals
from prenuc.infer.court.weigh import earned, weighed
from prenuc.infer.experiments.marks import Marks
from prenuc.infer.experiments.performed import Experiments
from prenuc.infer.experiments.reproduce import checks, experiments_for, reproduce
from prenuc.protocol.protocol import Protocol
from prenuc.simulation.choice import for_recipe
from prenuc.thermodynamics.prefactors import WIDEST, prefactors_of

ROWS = tuple(checks(["1a", "2a"]))
PRIOR = Physical(ROWS, for_recipe)
MARKS = Marks(for_recipe)
CLAIMS = tuple(entries("rival_checks").values())


@pytest.fixture(scope="module")
def points():
    return [PRIOR.point(draw) for draw in range(16)]


# ---- the priors ----------------------------------------------------------------------------------


def test_the_physical_prior_does_not_know_the_fitted_numbers(points, monkeypatch):
    """A rate constant that is fitted a thousand times larger is drawn just the same."""
    usual = get("parameters", "two-pathway/CdS")
    value = usual.values["bond formation.k"]
    other = replace(value, quantity=replace(value.quantity, number=1e3 * value.quantity.number))
    changed = replace(usual, values={**usual.values, "bond formation.k": other})
    before = points[0]["two-pathway/CdS", "bond formation.k"]
    monkeypatch.setitem(entries("parameters"), "two-pathway/CdS", changed)
    choose = Changed(for_recipe, {("two-pathway/CdS", "bond formation.k"): other.quantity.number})
    after = Physical(ROWS, choose).point(0)["two-pathway/CdS", "bond formation.k"]
    assert after == pytest.approx(before, rel=1e-9)


def test_drawn_rate_constants_are_those_of_transition_state_theory(points):
    recipe = get("recipes", "cds-msc-311-in-toluene")
    entropies = []
    for point in points:
        steps = Changed(for_recipe, point)(recipe).steps
        named = {one.reaction: one for one in prefactors_of(steps, stated=True) if one.judged}
        entropies.append([named[name].entropy for name in ("bond formation", "isomerisation of 311")
                          if name in named])  # fmt: skip
    found = np.array(entropies).ravel()
    assert len(found) >= len(points)
    assert np.abs(found).max() <= WIDEST + 1e-6
    assert np.std(found) == pytest.approx(ENTROPY, rel=0.35)


def test_energies_of_activation_fill_their_range(points):
    for name in (name for name in PRIOR.names if name[1].endswith(".Ea")):
        drawn = np.array([point[name] for point in points])
        assert ACTIVATION[0] <= drawn.min() < drawn.max() <= ACTIVATION[1]
        assert np.ptp(drawn) > 80.0


def test_what_brings_many_particles_together_is_drawn_as_a_concentration(points):
    """K of twenty particles is that of 0.01 to 100 mmol/L, not a factor of ten about its number."""
    drawn = np.array([point["two-pathway/CdS", "as-PC-311.K"] for point in points])
    acting = drawn ** (1 / 19)
    assert 1e-3 < acting.min() < 0.5
    assert 2.0 < acting.max() < 1e3


def test_a_new_constant_moves_no_other(points):
    fewer = Physical(tuple(checks(["2a"])), for_recipe).point(0)
    for name, number in fewer.items():
        if kind_of(name[1]) != "rate":
            assert number == points[0][name]


def test_near_a_point_constants_are_log_normal_about_that_point():
    name, generator = ("two-pathway/CdS", "isomerisation.k"), np.random.default_rng(1)
    logs = [math.log(near(name, 5.0, generator) / 5.0) for _ in range(2000)]
    assert np.mean(logs) == pytest.approx(0.0, abs=0.08)
    assert np.std(logs) == pytest.approx(math.log(3.0), rel=0.05)
    assert value_of(name).quantity.number != 5.0


@pytest.mark.parametrize("how", AMISS)
def test_a_protocol_that_is_done_amiss_is_another_and_can_be_run(how):
    written = Protocol.from_recipe(get("recipes", "cds-msc-311-in-toluene"))
    done = how(written)
    assert str(done) != str(written)
    assert Amiss()(written).steps == written.steps


# ---- bits ----------------------------------------------------------------------------------------


def test_bits_are_of_the_mean_probability_and_a_draw_that_was_given_up_says_nothing():
    row = next(check for check in ROWS if check.id == "1a-pc-present")
    numbers = [0.001, 0.02, 0.5]
    each = [2 ** log_scores([row], {row.id: x})[row.id] for x in numbers]
    draws = [*({row.id: x} for x in numbers), {}]
    assert 2 ** log_predictive([row], draws)[row.id] == pytest.approx(np.mean(each))


def test_a_study_is_the_same_whether_it_was_interrupted_or_not(tmp_path):
    rows = [check for check in checks(["1a"]) if check.measure == "share"]
    whole = row_surprisals(rows, for_recipe, draws=2)
    shares = []
    parts = [
        row_surprisals(rows, for_recipe, draws=n, ledger=tmp_path / "l.db", progress=shares.append)
        for n in (1, 2, 2)
    ]
    assert parts[1] == parts[2] == whole
    assert shares[-1] == 1.0
    assert {one.draws for one in whole} <= {1, 2}


def test_a_model_earns_its_score_and_the_surprisal():
    rows = reproduce(["1a"])
    for one in weighed(rows):
        assert one.known is not None
        for prior in PRIORS:
            assert one.earned(prior) == pytest.approx(one.score + one.known.bits(prior))
            assert 0.0 < one.known.chances[prior] <= 1.0


def test_sums_keep_calibrated_rows_and_predictions_apart_and_the_smaller_counts():
    weights = weighed(reproduce(["3b", "1a"]))
    sums = earned(weights)
    assert sum(one.rows for one in sums.values()) == sum(one.summed for one in weights)
    for side, one in sums.items():
        mine = [w.earned("nearby") for w in weights if w.summed and w.side == side]
        assert one.bits["nearby"] == pytest.approx(sum(mine))
        assert one.least == min(one.bits.values())
    assert {w.side for w in weights if w.row.role == "held-out"} == {"held out but informed"}


def test_every_row_that_enters_a_sum_has_its_bits():
    assert {row.id for row in weighed_rows()} <= set(entries("row_surprisals"))


def test_a_row_with_other_digits_is_out_of_date(monkeypatch):
    row = next(one.row for one in weighed(reproduce(["2a"])) if one.row.check.printed)
    fresh, other = row, replace(row, check=replace(row.check, printed=f"{row.check.printed}.0"))
    kept = replace(entries("row_surprisals")[row.check.id], mark=mark_of(row.check, MARKS))
    monkeypatch.setitem(entries("row_surprisals"), row.check.id, kept)
    assert [one.stale for one in weighed([fresh, other])] == [False, True]


def test_the_mark_of_a_row_changes_with_its_range_and_its_digits():
    row = next(check for check in ROWS if check.printed)
    assert mark_of(row, MARKS) != mark_of(replace(row, printed=f"{row.printed}.0"), MARKS)
    assert mark_of(row, MARKS) != mark_of(replace(row, low=None), MARKS)


def test_an_entry_without_a_number_is_refused():
    problems = []
    RowSurprisal.read(Node({"id": "x", "mark": "y"}, "bits.yaml", problems, 1))
    assert "'nearby' is missing" in str(FactsError(problems))


# ---- reproduce -----------------------------------------------------------------------------------


def test_reproduce_says_class_pass_rates_and_bits_of_both_priors(capsys, monkeypatch):
    found = json.loads(run(capsys, monkeypatch, "reproduce", "1a", "--json").out)
    for row in found:
        assert set(row["pass_rates"]) == set(row["surprisal"]) == set(row["earned"]) == set(PRIORS)
        assert row["log_score"] <= 0.0
        assert row["class"]
    text = run(capsys, monkeypatch, "reproduce", "1a").out
    assert "bits earned by" in text
    assert text.index("bits earned by") < text.index("of 4 pass")


# ---- claims of rivals ----------------------------------------------------------------------------


def test_claims_of_rivals_are_in_no_count_and_no_sum():
    names = {check.id for check in CLAIMS}
    assert names
    assert names.isdisjoint(check.id for check in checks())
    assert names.isdisjoint(check.id for check in weighed_rows())


def test_claims_are_of_rivals_and_each_states_a_claim_of_the_seed_about_one():
    for check in CLAIMS:
        for name in check.observations:
            assert get("claims", name).kind == "rival"
        assert get("claims", check.observation).source


@pytest.mark.parametrize("scheme", ["Scheme S1", "Scheme S2", "Scheme S3"])
def test_a_rival_is_asked_for_its_own_claims(scheme):
    mine = [check for check in CLAIMS if check.panel == scheme]
    (rival,) = {check.claimed_by for check in mine}
    rows = reproduce([scheme], runs=experiments_for(rival))
    assert [row.check for row in rows] == mine
    assert {row.role for row in rows} == {"claim of a rival"}
    assert any(row.verdict == "pass" for row in rows)


def test_the_windows_of_the_flow_cell_can_be_missed_and_met():
    """Clusters alone when mild, both in the window: the rival's own model, and one without."""
    names = {"s2-clusters-in-the-window", "s2-nanocrystals-in-the-window"}

    def met(kind):
        rows = reproduce(["Scheme S2"], runs=experiments_for(kind))
        return {row.check.id for row in rows if row.verdict == "pass"} & names

    assert met("sequential") == names
    assert met("classical") != names


def test_a_claim_carries_the_objection_of_the_seed():
    rows = reproduce(["Scheme S2"], runs=Experiments(for_recipe))
    assert all(row.as_dict()["objection"] for row in rows)
    assert {row.as_dict()["claimed_by"] for row in rows} == {"sequential"}


def test_a_set_beside_the_usual_ones_is_silent_about_other_materials():
    rows = reproduce(["S1 sample 1"], runs=experiments_for("two-pathway/CdS-calibrated"))
    assert {row.verdict for row in rows} == {"silent"}
