import pytest

from prenuc.errors import InputError
from prenuc.infer.studies.leave_out import leave_out


def test_a_panel_that_is_left_out_is_refitted_without_its_observations():
    found = leave_out("CdTeSe", "5c")
    assert {one.row.check.panel for one in found.left} == {"5c"}
    assert {one.row.role for one in found.left} == {"calibrated"}
    assert all(0.0 <= one.share <= 1.0 for one in found.left)
    rates = found.rates()
    assert set(rates) == {"calibrated", "held-out", "left-one-out", "left-one-out, draws"}
    assert rates["left-one-out"]["of"] == len(found.left)
    plain = found.as_dict()
    assert {row["role"] for row in plain["rows"]} == {"left-one-out"}


def test_a_panel_without_calibrated_rows_is_an_error():
    with pytest.raises(InputError, match="5c"):
        leave_out("CdTeSe", "5g")
