"""An equation or a scheme that is printed is the one that was written: read again it is equal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prenuc.errors import FitError, MechanismError
from prenuc.infer.schemes.scheme import in_order, parse
from prenuc.infer.schemes.steps import Written
from prenuc.mechanism.network_file import read_mechanism

NAMES = ("A", "B", "PC-311", "Cd(OA)2", "x2", "µ")
COUNTS = st.one_of(st.integers(1, 9), st.sampled_from([0.5, 1.5, 0.1, 1 / 3, 2.0000001, 123.25]))


def sides(least=0):
    return st.dictionaries(st.sampled_from(NAMES), COUNTS, min_size=least, max_size=3)


def text(side):
    return " + ".join(
        f"{np.format_float_positional(n, trim='-')} {name}" for name, n in side.items()
    )


def network(equations):
    lines = "".join(f"  - {{equation: '{one}', k: 1}}\n" for one in equations)
    species = "".join(f"  {name}: {{}}\n" for name in NAMES)
    return f"units: {{concentration: mol/m^3}}\nspecies:\n{species}reactions:\n{lines}"


@given(st.lists(st.tuples(sides(1), sides()), min_size=1, max_size=3))
def test_a_printed_equation_gives_back_the_reaction(tmp_path_factory, steps):
    """Coefficients and orders too: "2 B -> B + C" is not "B -> C"."""
    path = tmp_path_factory.mktemp("printed") / "mine.yaml"
    path.write_text(
        network(f"{text(left)} -> {text(right)}" for left, right in steps), encoding="utf-8"
    )
    first = read_mechanism(path).reactions
    path.write_text(network(one.equation() for one in first), encoding="utf-8")
    again = read_mechanism(path).reactions
    assert [one.factors for one in again] == [one.factors for one in first]
    for one, other in zip(first, again, strict=True):
        assert dict(one.stoichiometry) == pytest.approx(dict(other.stoichiometry), abs=1e-12)


@given(st.lists(st.tuples(sides(1), sides(1)), min_size=1, max_size=4))
def test_a_printed_scheme_gives_back_the_scheme(steps):
    written = ", ".join(str(Written("k", left, right)) for left, right in steps)
    try:
        first = parse(written)
    except FitError:  # not every set of steps is a scheme
        return
    again = parse(in_order(written))
    for what in ("species", "names", "meanings", "orders"):
        assert getattr(again, what) == getattr(first, what)
    assert in_order(in_order(written)) == in_order(written)


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("2.0000001 A -> B", "2.0000001 A -> B"),
        ("1.00001 A + B -> C", "1.00001 A + B -> C"),
        ("A + A -> B", "2 A -> B"),
    ],
)
def test_no_digit_of_a_coefficient_is_lost(written, printed):
    assert in_order(in_order(written)) == in_order(written) == in_order(printed)
    assert in_order(written) == printed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("units: {concentration: fmol/L}\n{species}  - {equation: '30 A -> B', k: 1}", "no number"),
        ("{species}  - {equation: 'A -> B', k: 1.0e-320}", "no number holds"),
        ("{species}  - {equation: '1e7 A -> B', k: 1}", "impossible number"),
        ("{species}  - {equation: '0 A -> B', k: 1}", "impossible number"),
    ],
)
def test_a_constant_that_no_number_holds_is_refused(tmp_path, text, said):
    path = tmp_path / "mine.yaml"
    species = "species: {A: {initial: 1}, B: {}}\nreactions:\n"
    path.write_text(text.replace("{species}", species), encoding="utf-8")
    with pytest.raises(MechanismError, match=said):
        read_mechanism(path)
