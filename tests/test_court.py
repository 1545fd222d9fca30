"""Rows weighed: alternatives sum to one, what is drawn is scored as it should be, fits are one."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prenuc.errors import FactsError
from prenuc.facts.catalogue import entries
from prenuc.facts.check import Check
from prenuc.facts.document import Node
from prenuc.infer.court.scale import ALTERNATIVES, LAPSE, STATED, kind_of_statement, scale_of
from prenuc.infer.court.score import drawn, log_scores, weighed_rows
from prenuc.infer.experiments.measures import MEASURES
from prenuc.infer.experiments.reproduce import checks

ROWS = {check.id: check for check in checks()}
FIT = [ROWS[f"2b-{name}"] for name in ("rate-constant", "plateau", "prefactor")]
NUMBERS = st.one_of(st.just(math.nan), st.just(0.0), st.floats(allow_nan=False))


def test_every_measure_is_of_one_kind_of_statement():
    counted = Counter(
        name for kind in entries("statement_kinds").values() for name in kind.measures
    )
    assert counted == dict.fromkeys(MEASURES, 1)


@settings(max_examples=200, deadline=None)
@given(row=st.sampled_from(sorted(ROWS)), number=NUMBERS, error=st.floats(-4, 4))
def test_the_alternatives_of_a_row_sum_to_one_whatever_a_model_gives(row, number, error):
    chances = scale_of(ROWS[row]).probabilities(number, error)
    assert chances.sum() == pytest.approx(1.0, abs=1e-12)
    assert chances.min() >= 0.0
    assert chances[STATED] >= LAPSE / 4


@pytest.mark.parametrize(
    ("row", "number"), [("3a-absorbance", 1.09), ("3b-msc-gone", 0.15), ("4a-few-dots", math.nan)]
)
def test_what_is_drawn_from_a_number_is_drawn_as_often_as_its_chance(row, number):
    chances = scale_of(ROWS[row]).probabilities(number)
    generator = np.random.default_rng(1)
    seen = Counter(drawn([ROWS[row]], {row: number}, generator)[row] for _ in range(4000))
    for name, chance in zip(ALTERNATIVES, chances, strict=True):
        assert seen[name] / 4000 == pytest.approx(chance, abs=4 * math.sqrt(chance / 4000) + 1e-9)


def test_the_numbers_of_a_fit_are_drawn_together_as_often_as_their_joint_score_says():
    numbers = {row.id: 1.04 * float(row.printed) for row in FIT}
    joint = 2.0 ** sum(log_scores(FIT, numbers).values())
    generator = np.random.default_rng(3)
    words = [set(drawn(FIT, numbers, generator).values()) for _ in range(4000)]
    share = np.mean([word == {ALTERNATIVES[STATED]} for word in words])
    assert share == pytest.approx(joint, abs=4 * math.sqrt(joint / 4000))


def test_rows_drawn_from_a_model_are_scored_as_often_as_their_score_says():
    """Over all rows: the share that is drawn as stated is what the scores say, within three sd."""
    rows = weighed_rows()
    generator = np.random.default_rng(2)
    numbers = {row.id: scale_middle(row) for row in rows}
    expected = np.array([2.0**one for one in log_scores(rows, numbers).values()])
    stated = [
        sum(word == ALTERNATIVES[STATED] for word in drawn(rows, numbers, generator).values())
        for _ in range(100)
    ]
    sd = math.sqrt(float(np.sum(expected * (1 - expected))) / 100)
    assert np.mean(stated) == pytest.approx(expected.sum(), abs=4 * sd)


def scale_middle(check):
    """Return a number at the edge of what a row accepts."""
    limit = check.low if check.low is not None else check.high
    return limit.quantity.number


def test_a_number_that_is_met_scores_more_than_one_that_is_missed():
    row = ROWS["2b-plateau"]
    met, near, far = (log_scores([row], {row.id: x})[row.id] for x in (0.411, 0.45, 0.9))
    assert met > near > far
    assert far == pytest.approx(math.log2(LAPSE / 4), abs=1e-6)


def test_a_word_is_judged_softly_and_by_the_width_of_its_kind():
    row = ROWS["1a-pc-present"]  # at least 0.02
    score = [log_scores([row], {row.id: x})[row.id] for x in (0.002, 0.02, 0.2)]
    assert score[0] < -4 < score[1] < score[2] < 0
    assert 2 ** score[1] == pytest.approx(0.5, abs=0.01)


def test_nothing_to_read_is_a_miss_and_a_silent_row_is_not_scored():
    row = ROWS["1b-topo-dots-at-320-nm"]
    assert log_scores([row], {row.id: math.nan})[row.id] < -7
    assert log_scores([row], {}) == {}


def test_the_numbers_of_one_fit_are_one_observation():
    """An error along the valley of the fit (k up, A down) costs less than one across it."""
    printed = {row.id: float(row.printed) for row in FIT[:2]}
    k, plateau = printed.values()
    along = dict(zip(printed, (k * 1.08, plateau / 1.08), strict=True))
    across = dict(zip(printed, (k * 1.08, plateau * 1.08), strict=True))
    alone, joint = [], []
    for numbers in (along, across):
        alone.append(sum(log_scores([row], numbers)[row.id] for row in FIT[:2]))
        joint.append(sum(log_scores(FIT[:2], numbers).values()))
    assert joint[0] > joint[1]
    assert joint[0] - alone[0] > joint[1] - alone[1]


def test_the_score_of_a_fit_does_not_hang_on_the_order_of_its_rows():
    numbers = {row.id: 1.03 * float(row.printed) for row in FIT}
    one, other = (sum(log_scores(rows, numbers).values()) for rows in (FIT, FIT[::-1]))
    assert one == pytest.approx(other, abs=1e-9)


def test_more_digits_make_a_narrower_row():
    row = ROWS["2d-rate-constant"]  # printed 0.004
    wide, narrow = (scale_of(replace(row, printed=digits), 0.0) for digits in ("0.004", "0.00400"))
    assert narrow.high - narrow.low < 0.95 * (wide.high - wide.low)


def test_no_printed_number_is_narrower_than_another_flask():
    for row in ROWS.values():
        kind = kind_of_statement(row)
        if row.printed and kind.id == "amount":
            scale = scale_of(row)
            assert (scale.high - scale.low) / 2 >= 0.05


def test_rows_that_restate_or_read_an_input_are_in_no_sum():
    summed = {row.id for row in weighed_rows()}
    kinds = {name: one.kind for name, one in entries("row_classes").items()}
    assert summed.isdisjoint(name for name, kind in kinds.items() if kind in {"restated", "input"})
    assert {name for name, kind in kinds.items() if kind == "informative"} - summed == {
        row.id for row in ROWS.values() if row.not_counted and kinds[row.id] == "informative"
    }


def test_a_printed_number_outside_its_range_is_refused():
    problems = []
    given = {"value": 1, "unit": "1", "source": "prenuc @ test", "status": "assumed"}
    data = {
        "id": "x", "observation": "y", "panel": "1", "recipe": "r", "measure": "share", "of": {},
        "low": given, "high": {**given, "value": 2}, "printed": "3",
    }  # fmt: skip
    Check.read(Node(data, "rows.yaml", problems, 1))
    assert "'3' is no number within 1 to 2" in str(FactsError(problems))
