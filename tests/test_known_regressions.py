"""Certified regressions (NIST StRD) that are kinetics, through the public function.

How their parameters b map to rate constants and amplitudes stands beside each: ``k`` always is
the rate constant of the scheme in 1/x, ``A_inf`` the signal of the product, and ``a`` the amplitude
of an exponential. Amplitudes enter linearly and are eliminated, so that they need no start.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

import prenuc as pn

FOLDER = Path(__file__).parent / "known_values" / "nist"
# Name of ours: what it is in terms of b, as (value, factor from the standard deviation of b).
ORIGIN = {"through_origin": True}


def same(name):
    return name, lambda b: b, lambda _: 1.0


def half(name):  # −d[A]/dt = 2 k [A]²: b2 = 2 k
    return name, lambda b: b / 2, lambda _: 0.5


def seed(name):  # b2 = ln(1/s − 1), s the product's share at x = 0; ds/db2 = −s (1 − s)
    share = lambda b: 1.0 / (1.0 + np.exp(b))  # noqa: E731
    return name, share, lambda b: share(b) * (1.0 - share(b))


THREE = {
    "k1": same("b2"), "k2": same("b4"), "k3": same("b6"),
    "a1": same("b1"), "a2": same("b3"), "a3": same("b5"),
}  # fmt: skip
GROWTH = {"k": same("b2"), "A_inf": same("b1")}
SETS = {
    "misra1a": ("A -> B", ORIGIN, GROWTH),
    "boxbod": ("A -> B", ORIGIN, GROWTH),
    # y = b1 (1 − (1 + (n − 1) k x)^(−1/(n − 1))) with n = 3/2, 3 and 2, k = b2
    "misra1b": ("A -> B of order 3/2", ORIGIN, GROWTH),
    "misra1c": ("A -> B of order 3", ORIGIN, GROWTH),
    "misra1d": ("2 A -> B", ORIGIN, {"k": half("b2"), "A_inf": same("b1")}),
    "rat42": (
        "A + B -> 2 B",
        ORIGIN,
        {"k": same("b3"), "seed": seed("b2"), "A_inf": same("b1")},
    ),
    "mgh17": (
        "exp + exp + constant",
        {},
        {
            "k1": same("b4"), "k2": same("b5"), "a1": same("b2"), "a2": same("b3"),
            "constant": same("b1"),
        },
    ),
    "lanczos1": ("exp + exp + exp", {}, THREE),
    "lanczos2": ("exp + exp + exp", {}, THREE),
    "lanczos3": ("exp + exp + exp", {}, THREE),
}  # fmt: skip


def read(name):
    return YAML(typ="safe").load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("which", [0, 1], ids=["start 1", "start 2"])
@pytest.mark.parametrize("name", SETS)
def test_certified_values_and_standard_errors_from_both_starts(name, which):
    scheme, options, mapping = SETS[name]
    known = read(name)
    y, x = np.array(known["data"], dtype=float).T
    certified = known["parameters"]
    start = {ours: value(certified[b][which]) for ours, (b, value, _) in mapping.items()}
    found = pn.fit(pn.Trace(x, y, time_unit="1"), scheme, start=start, **options)
    for ours, (b, value, factor) in mapping.items():
        _, _, best, error = certified[b]
        assert found.params[ours].value == pytest.approx(value(best), rel=1e-6, abs=0), ours
        assert found.params[ours].stderr == pytest.approx(factor(best) * error, rel=1e-4, abs=0), (
            ours
        )
    squares = float(found.residuals @ found.residuals)
    digits = 1e-2 if name == "lanczos1" else 1e-6  # data less fit, at its rounding error there
    assert squares == pytest.approx(known["residual_sum_of_squares"], rel=digits, abs=0)


@pytest.mark.parametrize("name", SETS)
def test_certified_values_without_any_start(name):
    scheme, options, mapping = SETS[name]
    known = read(name)
    y, x = np.array(known["data"], dtype=float).T
    found = pn.fit(pn.Trace(x, y, time_unit="1"), scheme, **options)
    rates = sorted(p.value for ours, p in found.params.items() if ours.startswith("k"))
    wanted = sorted(
        value(known["parameters"][b][2])
        for ours, (b, value, _) in mapping.items()
        if ours.startswith("k")
    )
    assert rates == pytest.approx(wanted, rel=1e-6)
