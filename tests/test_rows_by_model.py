"""The table of rows and models adds up to what the models are said to score."""

from __future__ import annotations

import pytest

from prenuc.infer.studies.models import standings
from prenuc.infer.studies.rows_by_model import rows_by_model


def test_rows_add_up_to_the_standing_of_every_model():
    found = standings()
    rows = rows_by_model(found)
    for one in found:
        answers = [row.answers[one.model] for row in rows]
        bits = sum(answer.bits or 0.0 for answer in answers)
        assert bits == pytest.approx(sum(one.score.values()), abs=1e-9)
        passed = sum(answer.verdict == "pass" for answer in answers)
        assert passed == sum(one.passed.values())
        assert len(answers) == sum(one.of.values())
    assert {row.role for row in rows} == {"calibrated", "held-out"}
    assert all(row.statement and row.source for row in rows)
