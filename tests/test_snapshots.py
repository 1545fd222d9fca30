"""Every command answers with ``--json`` what is recorded: structure exactly, numbers closely.

The cases and how to record them anew stand in ``snapshot_bench.py``.
"""

from __future__ import annotations

import json

import pytest

from prenuc.present.cli import prenuc
from snapshot_bench import CASES, FOLDER, answer, lay_out, short

CLOSE = 1e-9  # relative
ZERO = 1e-9  # absolute, for what is zero but for rounding, such as errors of conservation
ROW = 1e-6  # relative, of a row of ``reproduce``
END = 1e-6  # relative, of an end of an interval, where a profile crosses its limit
# Searches that end 1e-8 further on where the processor rounds its sums in another order.
SEARCHED = {"calibrate", "compare-mechanisms", "next", "view", "view-part"}
TESTED_ELSEWHERE = {
    "ablate",
    "app",
    "correct",
    "emission",
    "growth",
    "join",
    "plot",
    "predict",
    "robustness",
    "scope",
    "sweep",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("snapshots")
    lay_out(path)
    return path


def known(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def differences(found, recorded, *, close=CLOSE, at="answer"):
    """Return where two documents differ, as a list of sentences."""
    if isinstance(found, float) and isinstance(recorded, float):
        same = found == pytest.approx(recorded, rel=close, abs=ZERO)
        return [] if same else [f"{at}: {found!r}, recorded {recorded!r}"]
    if type(found) is not type(recorded):
        return [f"{at}: {found!r}, recorded {recorded!r}"]
    if isinstance(found, dict):
        if found.keys() != recorded.keys():
            return [f"{at}: {list(found)}, recorded {list(recorded)}"]
        pairs = [(f"{at}.{key}", found[key], recorded[key]) for key in found]
    elif isinstance(found, list):
        if len(found) != len(recorded):
            return [f"{at}: {len(found)} items, recorded {len(recorded)}"]
        pairs = [(f"{at}[{i}]", *both) for i, both in enumerate(zip(found, recorded, strict=True))]
    else:
        return [] if found == recorded else [f"{at}: {found!r}, recorded {recorded!r}"]
    near = {where: max(close, END) if where.endswith(".ci95") else close for where, *_ in pairs}
    return [x for at, *two in pairs for x in differences(*two, close=near[at], at=at)]


@pytest.mark.parametrize("name", [name for name in CASES if name != "reproduce"])
def test_a_command_answers_what_is_recorded(name, folder):
    found, recorded = answer(CASES[name], folder), known(name)
    assert not differences(found, recorded, close=ROW if name in SEARCHED else CLOSE)


@pytest.fixture(scope="module")
def rows(folder):
    found = answer(CASES["reproduce"], folder)
    assert found["exit"] == known("reproduce")["exit"]
    return {row["id"]: row for row in found["answer"]}


def test_reproduce_has_the_rows_that_are_recorded(rows):
    assert list(rows) == [row["id"] for row in known("reproduce")["answer"]]


@pytest.mark.parametrize("recorded", known("reproduce")["answer"], ids=lambda row: row["id"])
def test_a_row_of_reproduce_has_the_verdict_and_value_that_are_recorded(recorded, rows):
    assert not differences(rows[recorded["id"]], recorded, close=ROW)


def test_every_command_is_recorded():
    assert set(prenuc.commands) == {words[0] for words in CASES.values()} | TESTED_ELSEWHERE
    assert {path.stem for path in FOLDER.glob("*.json")} == set(CASES)


def test_a_change_of_number_or_structure_is_seen():
    row = {"k": {"value": 0.015, "unit": "1/min", "ci95": [0.014, None]}, "n": 3}
    assert not differences(row, json.loads(json.dumps(row)))
    for changed in (
        {**row, "n": 4},
        {**row, "more": 1},
        {"k": row["k"]},
        {**row, "k": {**row["k"], "value": 0.01500001}},
        {**row, "k": {**row["k"], "ci95": [0.014, 0.016]}},
        {**row, "k": {**row["k"], "ci95": [0.014]}},
    ):
        assert len(differences(changed, row)) == 1, changed


def test_a_change_anywhere_in_a_long_row_is_seen():
    row = [1.0 + i / 7 for i in range(200)]
    changed = [*row[:5], row[5] + 1e-4, *row[6:]]
    assert short(row)["of"] == 200
    assert differences(short(changed), short(row))
