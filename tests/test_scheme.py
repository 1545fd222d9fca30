"""The language of schemes: what each line means, and closed forms against integration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from prenuc.errors import FitError, MechanismError
from prenuc.infer.fit.starts import grid
from prenuc.infer.schemes.equivalence import equivalents
from prenuc.infer.schemes.integrated import RELATIVE, Integrated, from_steps
from prenuc.infer.schemes.kinetics import FirstOrderNetwork
from prenuc.infer.schemes.nonlinear import (
    Autocatalytic,
    Bimolecular,
    Exponentials,
    FinkeWatzky,
    PowerLaw,
)
from prenuc.infer.schemes.profiles import Clock, Lagged
from prenuc.infer.schemes.scheme import in_order, parse
from prenuc.infer.schemes.steps import Written
from prenuc.infer.second_opinions.rate_equations import RateEquations

TIME = np.array([0.0, 0.3, 1.0, 2.5, 7.0, 20.0, 60.0])
VALUES = {
    "k": 0.3, "k1": 0.2, "k2": 0.45, "k-1": 0.1, "k3": 0.12, "ratio": 1.3, "seed": 0.02,
    "lag": 0.8, "B0": 0.7, "L0": 1.4,
}  # fmt: skip
SCHEMES = {
    "A -> B": (FirstOrderNetwork, ("k",)),
    "PC -> I -> MSC": (FirstOrderNetwork, ("k1", "k2")),
    "A <=> B": (FirstOrderNetwork, ("k1", "k-1")),
    "A ⇌ B → C": (FirstOrderNetwork, ("k1", "k-1", "k2")),
    "A -> B, A -> C": (FirstOrderNetwork, ("k1", "k2")),
    "A -8-> B -> C": (FirstOrderNetwork, ("k1", "k2")),
    "2 A -> B": (PowerLaw, ("k",)),
    "3 PC -> QD": (PowerLaw, ("k",)),
    "A -> B of order 3/2": (PowerLaw, ("k",)),
    "A -> B of order 1/2": (PowerLaw, ("k",)),
    "A -> B of order 0": (PowerLaw, ("k",)),
    "A -> B of order 1": (FirstOrderNetwork, ("k",)),
    "0.5 A -> B": (PowerLaw, ("k",)),
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


# Five points make an error of h⁴/30 times the fifth derivative in ln θ, which is of order 100 here,
# and 1.5/h times that of the concentrations: rounding, or the tolerance of the integrator times the
# number of its steps (some 30 with every time constant that passes).
STEP = {True: 1e-2, False: 1e-3}
WRONG = {True: 30.0 * RELATIVE, False: 1e-12}


@pytest.mark.parametrize("text", SCHEMES)
def test_derivatives_agree_with_differences(text):
    kinetics = parse(text)
    integrated = isinstance(kinetics, Integrated)
    h = STEP[integrated]
    values = np.array([VALUES[name] for name in kinetics.names])
    _, slopes = kinetics.concentrations(TIME, values)
    for p, slope in enumerate(slopes):
        moved = [values * (1.0 + s * h * np.eye(len(values))[p]) for s in (2, 1, -1, -2)]
        a, b, c, d = (kinetics.concentrations(TIME, one)[0] for one in moved)
        difference = (8.0 * (b - c) - (a - d)) / (12.0 * h)
        bound = 100.0 * h**4 / 30.0 + 1.5 * WRONG[integrated] / h
        assert np.abs(difference - slope * values[p]).max() < bound


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
        ("A -> B of order 20", "decimal or fraction from 0 to 10", "A -> B of order 3/2"),
        ("A -> B of order 1/0", "order '1/0', which is no", "A -> B of order 3/2"),
        ("A -> B of order 0/0", "order '0/0', which is no", "A -> B of order 3/2"),
        ("A -> B of order 1e400", "order '1e400', which is no", "A -> B of order 3/2"),
        ("A -> B of order 1e999999999", "which is no", "A -> B of order 3/2"),
        ("A -> B of order -1", "order '-1', which is no", "A -> B of order 3/2"),
        ("A -> B of order nan", "order 'nan', which is no", "A -> B of order 3/2"),
        ("A -> B -> C of order 1/2", "not one step from one species", "A -> B of order 3/2"),
        ("0 A -> B", "no possible number of molecules at '0 A'", "2 A -> B"),
        (f"{'9' * 400} A -> B", "no possible number of molecules", "A -> B"),
        ("2 A -> B, 2 A -> B", "names a step twice", "A -> B, A + B -> 2 B"),
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


SAME = [
    ("B + A -> 2 B", "A + B -> 2 B"),
    ("A + B -> B + B", "A + B -> 2 B"),
    ("B + A -> B + B", "A + B -> 2 B"),
    ("A + A -> B", "2 A -> B"),
    ("A + B -> 2 B, A -> B", "A -> B, A + B -> 2 B"),
    ("B + A -> 2 B; A -> B", "A -> B, A + B -> 2 B"),
    ("B + A -> 2 B, A -> B after lag", "A -> B, A + B -> 2 B after lag"),
    ("A -> B; A -> C", "A -> B, A -> C"),
    ("A -1-> B", "A -> B"),
    ("A -> B of order 1", "A -> B"),
    ("A -> B, B -> A", "A <-> B"),
    ("B -> C, A -> B", "A -> B -> C"),
    ("C -> D; A -> B; B -> C", "A -> B -> C -> D"),
    ("B -> C, A -> B after lag", "A -> B -> C after lag"),
    ("B -> C, A -3-> B", "A -3-> B -> C"),
    ("B <-> C, A -> B", "A -> B <-> C"),
    ("B <-> C, A <-> B", "A <-> B <-> C"),
    ("C -> B, B -> C, A -> B", "A -> B <-> C"),
    ("A -> C, A -> B -> C", "A -> B -> C, A -> C"),
    ("A -> B, A -> C, B -> C", "A -> B -> C, A -> C"),
    ("2 B -> C, A -> B", "A -> B, 2 B -> C"),
    ("B -> 2 A, 2 A -> B, B -> C", "B <-> 2 A, B -> C"),
    ("B + A -> 3 B", "A + B -> 3 B"),
]


@pytest.mark.parametrize(("written", "usual"), SAME)
def test_the_order_of_writing_changes_no_name_and_no_number(written, usual):
    one, two = parse(written), parse(usual)
    assert (type(one), one.names, one.species) == (type(two), two.names, two.species)
    values = np.array([VALUES.get(name, 0.3 + 0.1 * i) for i, name in enumerate(one.names)])
    pairs = zip(one.concentrations(TIME, values), two.concentrations(TIME, values), strict=True)
    for mine, theirs in pairs:
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("written", [written for written, _ in SAME if "3 B" not in written])
def test_a_scheme_in_order_is_read_alike_by_one_who_does_not_order(written):
    kinetics = parse(written)
    values = np.array([VALUES.get(name, 0.3 + 0.1 * i) for i, name in enumerate(kinetics.names)])
    mine, _ = kinetics.concentrations(TIME, values)
    theirs = RateEquations.of(in_order(written)).concentrations(TIME, values)
    assert in_order(in_order(written)) == in_order(written)
    np.testing.assert_allclose(theirs[:, 0], mine[:, 0], atol=3e-8)


def test_where_nothing_is_without_a_source_a_scheme_starts_with_the_first_species_named():
    assert parse("B -> A, A -> B").species[0] == "B"
    assert parse("A -> B -> C -> A").species == ("A", "B", "C")


def used_up(order, number, k):
    """Amounts at TIME by another integrator, which stops where nothing is left."""

    def gone(_, a):
        return a[0] - 1e-12

    gone.terminal = True
    found = solve_ivp(
        lambda _, a: -number * k * np.maximum(a, 0.0) ** order,
        (0.0, TIME[-1]), [1.0], "DOP853", TIME, events=gone, rtol=1e-11, atol=1e-13,
    )  # fmt: skip
    return np.append(found.y[0], np.zeros(len(TIME) - len(found.y[0])))


@pytest.mark.parametrize("order", [0.0, 0.25, 0.5, 2 / 3, 0.9])
@pytest.mark.parametrize("k", [0.02, 0.3, 2.0])
def test_orders_below_one_end_and_agree_with_numerical_integration(order, k):
    kinetics = PowerLaw("A -> B", ("A", "B"), order)
    shares, slopes = kinetics.concentrations(TIME, np.array([k]))
    # rtol = 1e-11 over some hundred steps, and the last 1e-12 that is left out.
    np.testing.assert_allclose(shares[:, 0], used_up(order, 1.0, k), atol=1e-9)
    over = (1.0 - order) * k * TIME > 1.0
    assert np.all(shares[over] == [0.0, 1.0])
    assert np.all(slopes[:, over] == 0.0)


def test_order_zero_falls_on_a_straight_line():
    shares, _ = parse("A -> B of order 0").concentrations(
        np.array([0.0, 2.0, 4.0]), np.array([0.1])
    )
    assert shares[:, 0] == pytest.approx([1.0, 0.8, 0.6])


@pytest.mark.parametrize(("order", "told"), [("0", 0), ("1/2", 0), ("1", 0), ("3/2", 1), ("2", 1)])
def test_a_spread_of_rate_constants_is_equivalent_to_orders_above_one_alone(order, told):
    said = equivalents(parse(f"A -> B of order {order}"), one_signal=True)
    assert sum("spread" in one.scheme for one in said) == told


@pytest.mark.parametrize(
    "text", ["0.5 A + B -> C", "A -> B, 0.5 B -> C", "C -> A, 1.5 A -> 0.5 A + B, 0.5 A -> B"]
)
def test_an_order_below_one_among_other_steps_is_refused(text):
    with pytest.raises(FitError, match="no slope where it is used up"):
        parse(text)


LOW = """
units: {time: min, concentration: mmol/L}
species: {A: {initial: 2.0}, X: {initial: 0.25}, B: {}}
reactions:
  - {equation: "A + 0.5 X -> B + 0.5 X", k: 0.1}
"""


def test_a_mechanism_file_of_an_order_below_one_has_an_answer_where_nothing_runs_out(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(LOW, encoding="utf-8")
    shares, slopes = parse(str(path), "min").concentrations(TIME, np.array([0.1]))
    np.testing.assert_allclose(shares[:, 0], np.exp(-0.1 * np.sqrt(0.25) * TIME), atol=1e-7)
    assert np.all(np.isfinite(slopes))


@pytest.mark.parametrize(
    "change",
    [("X: {initial: 0.25}", "X: {}"), ("A + 0.5 X", "0.5 A + X"), ("B + 0.5 X", "B")],
)
def test_a_mechanism_file_of_an_order_below_one_is_refused_where_that_may_run_out(tmp_path, change):
    path = tmp_path / "mine.yaml"
    path.write_text(LOW.replace(*change), encoding="utf-8")
    with pytest.raises(
        FitError, match=r"mine.yaml:5: the rate is of order 0.5 in '[AX]': no slope"
    ):
        parse(str(path), "min")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (" -> ".join(f"A{i}" for i in range(201)), "has 200 rate constants, more than 6"),
        (", ".join(f"2 A{i} -> A{i + 1}" for i in range(200)), "has 200 rate constants"),
        ("A -500-> B", "500 equal steps; 1 to 200"),
        ("A -8-> B -> C + D", "not first order"),
    ],
)
def test_schemes_beyond_all_limits_are_refused_in_one_short_message(text, why):
    with pytest.raises(FitError, match=why) as caught:
        parse(text)
    assert len(caught.value.problems) == 1
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("kind", ["steps", "exponentials"])
def test_every_permutable_scheme_has_starts_and_all_descend(count, kind):
    text = " -> ".join("ABCDEFG"[: count + 1])
    kinetics = parse(" + ".join(["exp"] * count) if kind == "exponentials" else text)
    starts = grid(kinetics, kinetics.variables(Clock(100.0, 1.0)), {})
    assert len(starts) >= 10
    assert all(np.all(np.diff(u) < 0) for u in starts)
