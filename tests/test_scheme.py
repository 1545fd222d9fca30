"""The language of schemes: what each line means, and closed forms against integration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prenuc.errors import FitError, MechanismError
from prenuc.infer.equivalence import equivalents
from prenuc.infer.integrated import Integrated, from_steps
from prenuc.infer.kinetics import Network
from prenuc.infer.nonlinear import (
    Autocatalytic,
    Bimolecular,
    Exponentials,
    FinkeWatzky,
    PowerLaw,
)
from prenuc.infer.profiles import Lagged
from prenuc.infer.scheme import Written, parse

TIME = np.array([0.0, 0.3, 1.0, 2.5, 7.0, 20.0, 60.0])
VALUES = {
    "k": 0.3, "k1": 0.2, "k2": 0.45, "k-1": 0.1, "k3": 0.12, "ratio": 1.3, "seed": 0.02,
    "lag": 0.8, "B0": 0.7, "L0": 1.4,
}  # fmt: skip
SCHEMES = {
    "A -> B": (Network, ("k",)),
    "PC -> I -> MSC": (Network, ("k1", "k2")),
    "A <=> B": (Network, ("k1", "k-1")),
    "A ⇌ B → C": (Network, ("k1", "k-1", "k2")),
    "A -> B, A -> C": (Network, ("k1", "k2")),
    "A -8-> B -> C": (Network, ("k1", "k2")),
    "2 A -> B": (PowerLaw, ("k",)),
    "3 PC -> QD": (PowerLaw, ("k",)),
    "A -> B of order 3/2": (PowerLaw, ("k",)),
    "A + B -> C": (Bimolecular, ("k", "ratio")),
    "PC + MSC -> 2 MSC": (Autocatalytic, ("k", "seed")),
    "A -> B, A + B -> 2 B": (FinkeWatzky, ("k1", "k2")),
    "A -> B after lag": (Lagged, ("k", "lag")),
    "A + B -> 2 B after a lag": (Lagged, ("k", "seed", "lag")),
    "exp + exp + constant": (Exponentials, ("k1", "k2")),
    "2 A <-> B": (Integrated, ("k1", "k-1")),
    "A + B -> C -> D": (Integrated, ("k1", "k2", "B0")),
    "PC + 2 L -> MSC": (Integrated, ("k", "L0")),
}


@pytest.mark.parametrize(("text", "meaning"), SCHEMES.items(), ids=list(SCHEMES))
def test_each_scheme_has_its_kinetics_and_its_names(text, meaning):
    kinetics = parse(text)
    assert (type(kinetics), kinetics.names) == meaning
    assert len(kinetics.meanings) == len(kinetics.orders) == len(kinetics.names)


@pytest.mark.parametrize("text", SCHEMES)
def test_derivatives_agree_with_differences(text):
    kinetics = parse(text)
    values = np.array([VALUES[name] for name in kinetics.names])
    _, slopes = kinetics.concentrations(TIME, values)
    for p, slope in enumerate(slopes):
        step = 1e-5 * values[p] * np.eye(len(values))[p]
        up, down = (kinetics.concentrations(TIME, values + s * step)[0] for s in (1, -1))
        assert np.abs((up - down) / (2 * step[p]) - slope).max() < 2e-7


MASS_ACTION = {
    "2 A -> B": [Written("k", {"A": 2.0}, {"B": 1.0})],
    "A + B -> C": [Written("k", {"A": 1.0, "B": 1.0}, {"C": 1.0})],
    "A -> B of order 3/2": [Written("k", {"A": 1.5}, {"B": 1.0})],
    "A -> B, A + B -> 2 B": [
        Written("k1", {"A": 1.0}, {"B": 1.0}),
        Written("k2", {"A": 1.0, "B": 1.0}, {"B": 2.0}),
    ],
}


@settings(max_examples=25, deadline=None)
@given(
    text=st.sampled_from(sorted(MASS_ACTION)),
    logs=st.lists(st.floats(-2.0, 0.7), min_size=2, max_size=2),
    ratio=st.sampled_from([0.3, 1.0, 1.0 + 1e-9, 1.0004, 1.02, 8.0]),
)
def test_closed_forms_solve_the_equations_of_mass_action(text, logs, ratio):
    kinetics = parse(text)
    rates = 10.0 ** np.array(logs)[: len([n for n in kinetics.names if n.startswith("k")])]
    values = np.append(rates, ratio) if "ratio" in kinetics.names else rates
    integrated = from_steps(text, MASS_ACTION[text])
    # Order 3/2 in mass action uses up 3/2 of A in each step.
    other = np.append(rates, ratio) if integrated.ratios else rates / (1.5 if "/" in text else 1)
    found, _ = kinetics.concentrations(TIME, values)
    wanted, _ = integrated.concentrations(TIME, other)
    np.testing.assert_allclose(found[:, 0], wanted[:, 0], atol=3e-8)


def test_autocatalysis_is_the_logistic_curve():
    shares, _ = parse("A + B -> 2 B").concentrations(TIME, np.array([0.3, 0.02]))
    logit = np.log(shares[:, 1] / shares[:, 0])
    np.testing.assert_allclose(logit, np.log(0.02 / 0.98) + 0.3 * TIME, rtol=1e-9)


def test_a_lag_shifts_the_course_and_holds_the_start_before():
    shares, _ = parse("A -> B after lag").concentrations(TIME, np.array([0.3, 2.0]))
    np.testing.assert_allclose(shares[:, 0], np.exp(-0.3 * np.maximum(TIME - 2.0, 0.0)), rtol=1e-6)


FILE = """
units: {time: s, concentration: mmol/L}
species: {A: {initial: 2.0}, B: {}, C: {}}
reactions:
  - {equation: "A <-> B", k: 0.02, k_reverse: 0.01}
  - {equation: "2 B -> C", k: 0.003}
"""


def test_a_mechanism_file_is_a_scheme_in_the_datas_own_unit_of_time(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(FILE, encoding="utf-8")
    kinetics = parse(str(path), "min")
    assert kinetics.names == ("k1", "k-1", "k2")
    seconds = parse(str(path), "s")
    one, _ = kinetics.concentrations(TIME, 60 * np.array([0.02, 0.01, 0.003]))
    other, _ = seconds.concentrations(60 * TIME, np.array([0.02, 0.01, 0.003]))
    np.testing.assert_allclose(one, other, atol=1e-8)
    assert one[0] == pytest.approx([1.0, 0.0, 0.0])
    np.testing.assert_allclose(one @ [1.0, 1.0, 2.0], 1.0, atol=1e-7)


def test_a_wrong_mechanism_file_says_where(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(FILE.replace("2 B", "2 X"), encoding="utf-8")
    with pytest.raises(MechanismError, match=r"mine.yaml:6: no species 'X'"):
        parse(str(path))


@pytest.mark.parametrize(
    ("text", "why", "nearest"),
    [
        ("A => B", "cannot be read|has no arrow", "A <-> B|A -> B"),
        ("A", "has no arrow", "A -> B"),
        ("A + B", "has no arrow", "A -> B"),
        ("A + -> B", "cannot be read at", "A -> B"),
        ("2 A -> 2 A", "changes nothing", "2 A -> B"),
        ("exp + ecp", "is not a sum", "exp \\+ exp \\+ constant"),
        ("A -> B of order 20", "order 1 to 10", "A -> B of order 3/2"),
        ("A -> B after lag after lag", "two lags", "A -> B after lag"),
        ("", "has no arrow|cannot be read", "A -> B"),
    ],
)
def test_what_is_no_scheme_is_refused_with_the_nearest_form(text, why, nearest):
    with pytest.raises(FitError, match=why) as caught:
        parse(text)
    assert len(caught.value.problems) == 1
    forms = nearest.replace("\\", "").split("|")
    assert any(form in forms for form in caught.value.problems[0].nearest)


@pytest.mark.parametrize(
    ("text", "other", "matching"),
    [
        ("A -> B, A + B -> 2 B", "A + B -> 2 B", lambda k1, k2: (k1 + k2, k1 / (k1 + k2))),
        ("A <-> B", "A -> B", lambda k1, k2: (k1 + k2,)),
        ("A -> B, A -> C", "A <-> B", lambda k1, k2: (k1, k2)),
        ("A -> B -> C", "A -> B -> C", lambda k1, k2: (k2, k1)),
        ("A + B -> C", "A + B -> C", lambda k, ratio: (k * ratio, 1 / ratio)),
    ],
)
def test_schemes_called_equivalent_span_the_same_courses(text, other, matching):
    one, two = parse(text), parse(other)
    values = (0.12, 0.45) if "ratio" not in one.names else (0.3, 1.7)
    first, _ = one.concentrations(TIME, np.array(values))
    second, _ = two.concentrations(TIME, np.array(matching(*values)))
    for a, b in ((first, second), (second, first)):
        rest = a - b @ np.linalg.pinv(b) @ a
        assert np.abs(rest).max() < 1e-10
    said = " ".join(str(line) for line in equivalents(one))
    assert other in said or "exchanged" in said
    assert all(line.apart for line in equivalents(one))
