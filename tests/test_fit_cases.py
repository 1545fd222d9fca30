"""Files as people have them: each stands for a kind, and has its right value."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import commands
import prenuc as pn

CASES = Path(__file__).parent / "data" / "cases"


@pytest.fixture
def fitted(capsys, monkeypatch):
    def run(name, scheme, *options):
        path = str(CASES / f"{name}.csv")
        return json.loads(
            commands.run(capsys, monkeypatch, "fit", path, scheme, *options, "--json").out
        )

    return run


RIGHT = [
    ("late_growth", "A -> B", {"k": (0.08, 0.01), "lag": (15.0, 0.01)}),
    ("before_zero", "A -> B", {"k": (0.08, 0.01)}),
    ("11-negative-times", "A -> B", {"k": (0.05, 1e-3)}),
    ("saturated_clean", "A -> B", {"k": (0.070, 0.01)}),
    ("saturated_ten", "A -> B", {"k": (0.070, 0.01)}),
    ("saturated_stray", "A -> B", {"k": (0.070, 0.01)}),
    ("five_points", "A -> B of order 2", {"k": (1.0e-3, 0.01)}),
    ("five_points", "2 A -> B", {"k": (0.5e-3, 0.01)}),
    ("holes_over", "A -> B", {"k": (0.05, 0.01)}),
    ("hole_column", "A -> B", {"k": (0.05, 0.01)}),
]


@pytest.mark.parametrize(("name", "scheme", "right"), RIGHT, ids=[f"{a}: {b}" for a, b, _ in RIGHT])
def test_a_file_gives_its_right_value(fitted, name, scheme, right):
    found = fitted(name, scheme)
    for parameter, (value, share) in right.items():
        one = found["parameters"][parameter]
        assert one["value"] == pytest.approx(value, rel=share)
        assert one["ci95"][0] <= one["value"] <= one["ci95"][1]
        assert one["reliable"]


def test_a_late_start_is_named_with_what_was_fitted(fitted):
    found = fitted("late_growth", "A -> B")
    assert found["scheme"] == "A -> B after lag"
    assert found["warnings"][0].startswith("growth begins at about 15 s")
    assert fitted("late_growth", "A -> B after lag")["parameters"] == found["parameters"]


def test_what_was_left_out_stands_in_the_history(fitted):
    said = {
        "before_zero": "12 points before time zero left out",
        "11-negative-times": "1 spectrum before time zero left out",
        "saturated_ten": "cut off at 10",
        "saturated_stray": "stray light",
        "holes_over": "6 readings are masked",
    }
    for name, words in said.items():
        assert any(words in line for line in fitted(name, "A -> B")["history"]), name


def test_transmittance_that_nothing_names_is_refused_until_it_is_named(fitted, capsys, monkeypatch):
    path = str(CASES / "percentT_unnamed.csv")
    refused = commands.run(capsys, monkeypatch, "fit", path, "A -> B", "--json")
    assert refused.code == 2
    assert "--signal" in refused.err
    named = fitted("percentT_unnamed", "A -> B", "--signal", "%T")
    assert named["parameters"]["k"]["value"] == pytest.approx(0.05, rel=0.01)


def test_two_rate_constants_that_may_swap_have_the_intervals_of_the_ordered_pair(fitted):
    """The ends are those of a profile on a fine grid, the fastest first."""
    found = fitted("two_exp", "exp + exp + constant")["parameters"]
    assert found["k1"]["ci95"] == pytest.approx([0.286, 1.031], rel=0.05)
    assert found["k2"]["ci95"] == pytest.approx([0.036, 0.348], rel=0.05)
    assert found["k1"]["value"] > found["k2"]["value"]
    assert found["a1"]["value"] is None  # it may be a hundred times the data


@pytest.mark.parametrize("steps", [4, 5])
def test_more_steps_than_the_data_hold_are_not_identifiable(fitted, steps):
    names = "ABCDEF"[: steps + 1]
    found = fitted("10-two-species", " -> ".join(names))
    assert all(one["value"] is None for one in found["parameters"].values())


def test_which_species_absorb_can_be_said():
    time = np.linspace(0.0, 300.0, 80)
    rest = (0.03 * np.exp(-0.008 * time) - 0.008 * np.exp(-0.03 * time)) / 0.022
    noise = np.random.default_rng(2).normal(0.0, 1e-3, len(time))
    trace = pn.Trace(time, 0.5 * (1.0 - rest) + noise)
    alone = pn.fit(trace, "A -> B -> C", absorbing="C")
    assert set(alone.params) == {"k1", "k2", "A_inf"}
    assert alone.params["k1"].value == pytest.approx(0.03, rel=0.03)
    assert alone.params["k2"].value == pytest.approx(0.008, rel=0.03)
    every = pn.fit(trace, "A -> B -> C")
    assert every.params["k2"].stderr > alone.params["k2"].stderr
    with pytest.raises(pn.errors.FitError, match="no species 'D'"):
        pn.fit(trace, "A -> B -> C", absorbing="A, D")
